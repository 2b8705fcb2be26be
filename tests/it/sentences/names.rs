//! Names of segments, and what the screen says marks them.

use super::Ledger;
use super::text::{Shown, entries, key, split_value};
use super::world::{Seen, World};
use kinfolk::table::{Column, ColumnType, Values};
use std::collections::BTreeSet;

const STANDS_OUT: f64 = 0.28;
const WORTH_A_WORD: f64 = 0.11;
const UNITS: [&str; 11] = [
    "days", "day", "weeks", "week", "months", "month", "years", "year", "hours", "in", "d",
];
const SHARES: [&str; 8] = [
    "share",
    "ratio",
    "rate",
    "proportion",
    "fraction",
    "percentage",
    "percent",
    "pct",
];

pub(super) fn check(world: &World, ledger: &mut Ledger) {
    let mut sets: Vec<BTreeSet<&str>> = world.names.iter().map(|n| n.split(", ").collect()).collect();
    sets.sort();
    sets.dedup();
    ledger.claim(
        sets.len() == world.names.len(),
        "names differ in more than the order of their words",
    );
    for (s, name) in world.names.iter().enumerate() {
        check_name(world, s + 1, name, ledger);
        let in_json = world.summary["segments"][s]["name"].as_str();
        ledger.claim(
            in_json == Some(name),
            &format!("{name}: the same in summary.json"),
        );
    }
    let same = |(c, &s): (&std::collections::HashMap<String, String>, &usize)| {
        c["segment_name"] == world.names[s - 1]
    };
    ledger.claim(
        world.customers.iter().zip(&world.segment).all(same),
        "customers.csv has the names of segments.csv",
    );
}

pub(super) fn check_name(world: &World, segment: usize, name: &str, ledger: &mut Ledger) {
    if name == "all customers" {
        ledger.claim(world.sizes.len() == 1, name);
        return;
    }
    let strongest = strongest(world, segment);
    // What tells it from a namesake stands behind.
    if let Some(rest) = name.strip_prefix("not distinct in any column") {
        ledger.claim(
            strongest < WORTH_A_WORD,
            &format!("{segment}: {name}: the strongest is {strongest}"),
        );
        let rest = rest.trim_start_matches(", ");
        if !rest.is_empty() {
            each(world, segment, rest, 0.0, ledger);
        }
    } else if let Some(rest) = name.strip_prefix("hardly distinct: ") {
        ledger.claim(
            (WORTH_A_WORD..STANDS_OUT).contains(&strongest),
            &format!("{segment}: {name}: the strongest is {strongest}"),
        );
        each(world, segment, rest, WORTH_A_WORD, ledger);
    } else {
        each(world, segment, name, STANDS_OUT, ledger);
    }
}

/// The greatest effect that mean and median do not contradict.
fn strongest(world: &World, segment: usize) -> f64 {
    let mut most = 0.0f64;
    for column in world.features() {
        for level in levels(column) {
            if let Some(seen) = world.of(column, level, segment) {
                let speaks = if level.is_some() {
                    seen.side() > 0.0
                } else {
                    seen.side() != 0.0
                };
                if speaks {
                    most = most.max(seen.effect.abs());
                }
            }
        }
    }
    most
}

/// `None` for a number, each level of a category: of the twenty commonest those that have rows.
fn levels(column: &Column) -> Vec<Option<u32>> {
    match &column.values {
        Values::Category { codes, levels } => {
            let mut counts: Vec<(usize, usize)> = (0..levels.len())
                .map(|l| (codes.iter().filter(|&&c| c as usize == l).count(), l))
                .collect();
            counts.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| levels[a.1].cmp(&levels[b.1])));
            counts.into_iter().take(20).map(|(_, l)| Some(l as u32)).collect()
        }
        Values::Number(_) | Values::Date(_) => vec![None],
        Values::Text(_) => Vec::new(),
    }
}

fn each(world: &World, segment: usize, text: &str, least: f64, ledger: &mut Ledger) {
    let read = |t: &str| part(world, segment, t, least);
    match entries(text, ", ", &read, &|holds| *holds) {
        Some(parts) => parts
            .iter()
            .for_each(|&holds| ledger.claim(holds, &format!("segment {segment} is called {text:?}"))),
        None => ledger.not_understood(&format!("segment {segment} is called {text:?}")),
    }
}

/// Whether one part of a name is true; `None` where it is not understood.
fn part(world: &World, segment: usize, text: &str, least: f64) -> Option<bool> {
    let mut answers = Vec::new();
    for column in world.features() {
        for level in levels(column) {
            let said = match level {
                None => side_of(column, text),
                Some(l) => quantity(column, l, text),
            };
            if said.is_none() && !is_value_of(column, level, text) {
                continue;
            }
            // Only now: it takes a walk through all customers.
            let Some(seen) = world.of(column, level, segment) else {
                continue;
            };
            if let Some(says) = said {
                answers.push(says.holds(&seen) && seen.effect.abs() >= least);
            } else {
                answers.push(value_is_true(column, level, text, &seen));
            }
        }
    }
    (!answers.is_empty()).then(|| answers.contains(&true))
}

/// What a word says of a column.
enum Says {
    Above,
    Below,
    /// A mean of at least, or at most.
    AtLeast(f64),
    AtMost(f64),
    /// The part that holds a level, by a quantity; for a flag it may be those who do not.
    Part(String, bool),
}

impl Says {
    fn holds(&self, seen: &Seen) -> bool {
        match self {
            Says::Above => seen.side() > 0.0,
            Says::Below => seen.side() < 0.0,
            Says::AtLeast(x) => seen.side() > 0.0 && seen.mean >= *x,
            Says::AtMost(x) => seen.side() < 0.0 && seen.mean <= *x,
            Says::Part(quantity, holds_it) => {
                let (part, more) = if *holds_it {
                    (seen.mean, seen.side() > 0.0)
                } else {
                    (1.0 - seen.mean, seen.side() < 0.0)
                };
                more && match quantity.as_str() {
                    "all" => part == 1.0,
                    "almost all" => (0.95..1.0).contains(&part),
                    "mostly" => (0.6..0.95).contains(&part),
                    _ => part < 0.6,
                }
            }
        }
    }
}

/// A column's name without its units.
fn bare(column: &Column) -> String {
    let mut name = key(&column.name);
    while let Some(shorter) = UNITS
        .iter()
        .find_map(|u| name.strip_suffix(u))
        .filter(|n| n.len() > 2)
    {
        name = shorter.to_owned();
    }
    name
}

fn side_of(column: &Column, text: &str) -> Option<Says> {
    let name = key(&column.name);
    let is = |what: &str| key(what) == name;
    let (flag, _) = World::flag_and_least(column);
    if column.column_type() == ColumnType::Date {
        let date = |what: &str| is(what) || is(&format!("{what} date"));
        return match text.split_once(' ') {
            Some(("recent", what)) if date(what) => Some(Says::Above),
            Some(("early", what)) if date(what) => Some(Says::Below),
            _ => None,
        };
    }
    if flag {
        let (what, rest) = text.rsplit_once(": ")?;
        let (quantity, level) = rest.rsplit_once(' ')?;
        return is(what).then(|| Says::Part(quantity.to_owned(), level == "1"));
    }
    for (words, side) in [("high ", Says::Above), ("low ", Says::Below)] {
        if text.strip_prefix(words).is_some_and(is) {
            return Some(side);
        }
    }
    for (words, side) in [("long ", Says::Above), ("short ", Says::Below)] {
        if text
            .strip_prefix(words)
            .is_some_and(|what| key(what) == bare(column))
        {
            return Some(side);
        }
    }
    let bare = bare(column);
    let since = |what: &str| name == key(&format!("days since {what}"));
    match text {
        "recent" if bare == "recency" => return Some(Says::Below),
        "not recent" if bare == "recency" => return Some(Says::Above),
        "older" if bare == "age" => return Some(Says::Above),
        "younger" if bare == "age" => return Some(Says::Below),
        _ => {}
    }
    if text.strip_prefix("recent ").is_some_and(since) {
        return Some(Says::Below);
    }
    if text.strip_suffix(" long ago").is_some_and(since) {
        return Some(Says::Above);
    }
    let share = |what: &str| SHARES.iter().any(|s| is(&format!("{what} {s}")));
    if text.strip_prefix("mostly ").is_some_and(share) {
        return Some(Says::AtLeast(0.6));
    }
    text.strip_prefix("hardly any ")
        .is_some_and(share)
        .then_some(Says::AtMost(0.1))
}

/// The level's name as sentences have it.
fn spoken_level(column: &Column, level: u32) -> String {
    match &column.values {
        Values::Category { levels, .. } => levels[level as usize].clone(),
        _ => String::new(),
    }
}

fn is_level(column: &Column, level: u32, text: &str) -> bool {
    let name = spoken_level(column, level);
    let cut = text
        .strip_suffix('…')
        .is_some_and(|start| name.starts_with(start));
    cut || key(&name) == key(text)
}

fn quantity(column: &Column, level: u32, text: &str) -> Option<Says> {
    let of_column = text
        .split_once(": ")
        .filter(|(what, _)| key(what) == key(&column.name))
        .map_or(text, |(_, rest)| rest);
    ["almost all", "all", "mostly", "more often"]
        .iter()
        .find_map(|quantity| {
            let what = of_column.strip_prefix(quantity)?.strip_prefix(' ')?;
            is_level(column, level, what).then(|| Says::Part((*quantity).to_owned(), true))
        })
}

/// Whether a text is `average balance 1,452`, `channel store 40 %`, `newsletter = 1 40 %` or `online share 40 %` of this column.
pub(super) fn is_value_of(column: &Column, level: Option<u32>, text: &str) -> bool {
    let Some((subject, value)) = split_value(text) else {
        return false;
    };
    let name = key(&column.name);
    match (level, &value) {
        (Some(level), Shown::Share(..)) => {
            key(subject) == format!("{name}{}", key(&spoken_level(column, level)))
        }
        (None, Shown::Share(..)) => key(subject) == name || key(subject) == format!("{name}=1"),
        (None, _) => subject
            .strip_prefix("average ")
            .is_some_and(|what| key(what) == name),
        _ => false,
    }
}

fn value_is_true(column: &Column, level: Option<u32>, text: &str, seen: &Seen) -> bool {
    let flag = World::flag_and_least(column).0;
    split_value(text).is_some_and(|(subject, value)| {
        let fits = level.is_some() || flag == subject.ends_with("= 1");
        fits && value.is(seen.mean)
    })
}

/// What the screen says marks a segment: phrases with `; ` between them.
pub(super) fn check_marks(world: &World, segment: usize, text: &str, ledger: &mut Ledger) {
    if text == "-" {
        let quiet = world.sizes.len() == 1 || strongest(world, segment) < WORTH_A_WORD;
        ledger.claim(quiet, &format!("nothing marks segment {segment}"));
        return;
    }
    let read = |t: &str| phrase(world, segment, t);
    match entries(text, "; ", &read, &|holds| *holds) {
        Some(parts) => parts
            .iter()
            .for_each(|&holds| ledger.claim(holds, &format!("segment {segment}: {text}"))),
        None => ledger.not_understood(&format!("segment {segment}: {text}")),
    }
}

fn phrase(world: &World, segment: usize, text: &str) -> Option<bool> {
    let mut answers = Vec::new();
    for column in world.features() {
        let (_, least) = World::flag_and_least(column);
        for level in levels(column) {
            if let Some((own, overall)) = text
                .strip_suffix(" overall")
                .and_then(|t| t.rsplit_once(" against "))
            {
                if !is_value_of(column, level, own) {
                    continue;
                }
                let Some(seen) = world.of(column, level, segment) else {
                    continue;
                };
                let whole = split_value(overall).is_some_and(|(_, v)| v.is(seen.overall_mean));
                answers.push(
                    seen.side() != 0.0 && own != overall && value_is_true(column, level, own, &seen) && whole,
                );
            } else if level.is_none() {
                let Some(ratio) = ratio_of(column, text) else {
                    continue;
                };
                let Some(seen) = world.of(column, None, segment) else {
                    continue;
                };
                let true_ratio = seen.mean / seen.overall_mean;
                let right_side = (true_ratio - 1.0) * seen.side() > 0.0;
                answers.push(least >= 0.0 && right_side && ratio.0 <= true_ratio && true_ratio <= ratio.1);
            }
        }
    }
    (!answers.is_empty()).then(|| answers.contains(&true))
}

/// Words behind a percentage, and the ratio it stands for.
type Form = (&'static str, fn(f64) -> f64);

/// Between which ratios to the overall mean a phrase puts a column.
fn ratio_of(column: &Column, text: &str) -> Option<(f64, f64)> {
    let front = text.strip_suffix(" the average")?;
    let around = |x: f64, half: f64| (x - half - 1e-9, x + half + 1e-9);
    let forms: [Form; 3] = [
        (" % of", |x| x / 100.0),
        (" % below", |x| 1.0 - x / 100.0),
        (" % above", |x| 1.0 + x / 100.0),
    ];
    let (subject, range) = if let Some(s) = front.strip_suffix(" about half") {
        (s, (0.445, 0.555))
    } else if let Some(s) = front.strip_suffix(" about twice") {
        (s, (1.945, 2.055))
    } else if let Some(s) = front.strip_suffix(" less than 1 % of") {
        (s, (0.0, 0.01))
    } else if let Some(f) = front.strip_suffix(" times") {
        let (s, x) = f.rsplit_once(' ')?;
        (s, around(x.parse().ok()?, 0.05))
    } else {
        forms.iter().find_map(|(words, to_ratio)| {
            let (s, x) = front.strip_suffix(words)?.rsplit_once(' ')?;
            Some((s, around(to_ratio(x.parse().ok()?), 0.005)))
        })?
    };
    (key(subject) == key(&column.name)).then_some(range)
}
