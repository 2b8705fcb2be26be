//! The first page of `report.html`: everything it says, from the files and the closing words, which are checked by themselves.

use super::text::{count, number};
use super::world::World;
use super::{Ledger, names};

type Claims = Option<Vec<bool>>;

/// What the page says at each of its places: the name of the place, and the text without marks.
pub(crate) fn said(html: &str) -> Vec<(String, String)> {
    const MARK: &str = " data-say=\"";
    let text_at = |(at, _): (usize, &str)| {
        let tag: String = html[html[..at].rfind('<').expect("a tag") + 1..]
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let (place, rest) = html[at + MARK.len()..].split_once('"').expect("a closing quote");
        let inside = rest.split_once('>').expect("the end of the tag").1;
        let (text, _) = inside.split_once(&format!("</{tag}>")).expect("it is closed");
        (place.to_owned(), plain(text))
    };
    html.match_indices(MARK).map(text_at).collect()
}

/// Text without tags, entities and more than one blank.
pub(crate) fn plain(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let (tag, words) = piece.split_once('>').unwrap_or(("", piece));
        // Names and emphasis stand inside words and before full stops.
        if !["bdi", "/bdi", "strong", "/strong"].contains(&tag) {
            text.push(' ');
        }
        text.push_str(words);
    }
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#x2f;", "/")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One line, blanks where there were several.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn check(world: &World, ledger: &mut Ledger) {
    let all = said(&world.report);
    let at = |place: &str| {
        all.iter()
            .filter(|s| s.0 == place)
            .map(|s| s.1.as_str())
            .collect::<Vec<_>>()
    };
    let lines: Vec<String> = world.stdout.lines().map(one_line).collect();
    let headline: Vec<&str> = at("title").into_iter().chain(at("lead")).collect();
    ledger.claim(
        lines.first() == Some(&headline.join(" ")),
        "the report's title is the first line",
    );
    let parts = world.sizes.len() > 1;
    ledger.claim(
        at("card").len() == world.sizes.len().min(12) && at("between").len() == usize::from(parts),
        "the report has a card for each segment",
    );
    ledger.claim(
        at("curve").len() == usize::from(!world.curve.is_empty()),
        "k-means by its number of clusters is on the page where it was asked for",
    );
    for (s, card) in at("card").into_iter().enumerate() {
        check_card(world, s + 1, card, ledger);
    }
    let mut pairs = at("pair").into_iter();
    for (place, text) in &all {
        let claims = match place.as_str() {
            "title" | "lead" | "card" => continue,
            "mark" => continue,
            "pair" => pairs.next().and_then(|t| pair(world, t)),
            "why" => why(world, text),
            "sure" => Some(vec![lines.contains(&format!("How sure: {}", uncapital(text)))]),
            "evidence" => Some(vec![lines.iter().any(|l| ends_like(l, text))]),
            "between" => Some(vec![lines.iter().any(|l| {
                l.trim_end_matches('.').trim_end_matches("; the strongest:") == text.trim_end_matches('.')
            })]),
            "doubt" => Some(vec![lines.iter().any(|l| {
                l.trim_end_matches('.').trim_end_matches("; most often") == text.trim_end_matches('.')
            })]),
            "note" => Some(vec![
                world.parts() && text.starts_with("Parts that come back are no evidence of groups"),
            ]),
            "differing" => Some(vec![world.stdout.lines().any(|l| {
                world.as_of_segments(l.trim()) == world.as_of_segments(text.trim_end_matches('.'))
            })]),
            "curve" => curve(world, text),
            "apart" => apart(world, text),
            "rest" => rest(world, text),
            "convenience" => convenience(world, text),
            "question" => question(world, text),
            "fact" => fact(world, text),
            "audience" => audience(world, text),
            _ => None,
        };
        match claims {
            Some(claims) => claims
                .into_iter()
                .for_each(|c| ledger.claim(c, &format!("report: {text}"))),
            None => ledger.not_understood(&format!("report, {place}: {text}")),
        }
    }
}

fn curve(world: &World, text: &str) -> Claims {
    let rest = text.strip_prefix("The largest silhouette is that of ")?;
    let (best, elbow) = rest
        .strip_suffix('.')?
        .split_once(" clusters, and the elbow of the inertia is at ")?;
    let marked = |column: &str, clusters: &str| {
        let mut rows = world.curve.iter().filter(|row| row[column] == "true");
        rows.next().is_some_and(|row| row["clusters"] == clusters) && rows.next().is_none()
    };
    Some(vec![marked("best", best), marked("elbow", elbow)])
}

fn uncapital(text: &str) -> String {
    let text = text.trim_end_matches('.');
    text[..1].to_lowercase() + &text[1..]
}

/// A line of the screen may have a word before the text, which then begins with a small letter.
fn ends_like(line: &str, text: &str) -> bool {
    let text = text.trim_end_matches('.');
    line == text || line.ends_with(&format!(": {}", uncapital(text)))
}

fn chosen(world: &World) -> bool {
    world.levels.iter().any(|l| l["chosen"] == "true")
}

fn why(world: &World, text: &str) -> Claims {
    let n = world.table.n_rows();
    if let Some((who, rest)) = text.split_once(" customers were compared by ") {
        let (columns, rest) = rest.split_once(" column")?;
        let (names, linked) = rest.split_once(". Each one is linked to the ")?;
        let used = world.summary["features"].as_array()?;
        let first = names.trim_start_matches('s').strip_prefix(": ")?;
        return Some(vec![
            count(who)? == n,
            count(columns)? == used.len(),
            // Names are written as words; their number tells whether all are there.
            used.len() > 12 || !first.ends_with(" more"),
            count(linked.strip_suffix(" most like it.")?)? as u64 == world.summary["neighbors"].as_u64()?,
        ]);
    }
    let none_apart = !chosen(world) && (world.parts() || world.sizes.len() == 1);
    Some(vec![match text {
        "Groups with many links inside and few to the rest are the segments." => !world.parts(),
        "Groups with many links inside and few to the rest were looked for. None stands apart clearly enough, so customers with similar values are put together for convenience." => {
            none_apart && world.parts()
        }
        "Groups with many links inside and few to the rest were looked for. None stands apart clearly enough." => {
            none_apart && world.sizes.len() == 1
        }
        "How many there are was found in the data, not set beforehand." => {
            chosen(world)
                && world.summary["recurrence"]["recommended"].as_u64() == Some(world.sizes.len() as u64)
        }
        _ => return None,
    }])
}

/// `1 high frequency, low online share 34 % 516 customers highly stable frequency 64 % above …`
fn check_card(world: &World, segment: usize, text: &str, ledger: &mut Ledger) {
    let size = world.sizes[segment - 1];
    let n = world.table.n_rows() as f64;
    let described = size >= 10;
    let name = if described {
        world.names[segment - 1].clone()
    } else if world.parts() {
        format!("Part {segment}")
    } else {
        format!("Segment {segment}")
    };
    let front = one_line(&format!("{segment} {name} "));
    let Some(rest) = text.strip_prefix(&format!("{front} ")) else {
        return ledger.not_understood(&format!("report, card: {text}"));
    };
    let (share, rest) = rest.split_once(" % ").unwrap_or_default();
    let exact = 100.0 * size as f64 / n;
    let near = match number(share.trim_start_matches("under ")) {
        Some(shown) if share.starts_with("under ") => exact <= shown,
        Some(shown) => (shown - exact).abs() <= if share.contains('.') { 0.050_001 } else { 0.500_001 },
        None => false,
    };
    ledger.claim(near, &format!("report, share: {text}"));
    ledger.claim(
        rest.split(' ').next().and_then(count) == Some(size),
        &format!("report, size: {text}"),
    );
    let verdict = world.segments[segment - 1]["verdict"].as_str();
    ledger.claim(
        rest.contains(verdict) || verdict.is_empty(),
        &format!("report, verdict: {text}"),
    );
    // Each mark is a phrase as on the screen.
    let cards = world.report.split("<article").skip(segment);
    let card = cards.map(|c| c.split("</article>").next().unwrap_or(c)).next();
    // The card's own place is cut in two; its marks are whole.
    let inside = card.and_then(|c| c.split_once('>')).map_or("", |c| c.1);
    let marks: Vec<String> = (said(inside).into_iter())
        .filter(|(place, _)| place == "mark")
        .map(|(_, text)| text)
        .collect();
    ledger.claim(
        marks.len() <= 3 && (described || marks.is_empty()),
        "small groups are not described",
    );
    for mark in marks {
        names::check_marks(world, segment, &mark, ledger);
    }
}

fn rest(world: &World, text: &str) -> Claims {
    let rest = text.strip_prefix("And ")?;
    let (groups, members) = rest.split_once(" smaller ones with ")?;
    let members = members.strip_suffix(" customers together.")?;
    Some(vec![
        count(groups)? + 12 == world.sizes.len(),
        count(members)? == world.sizes[12..].iter().sum::<usize>(),
    ])
}

/// `1 5 255 0.13 22`
fn pair(world: &World, text: &str) -> Claims {
    let cells: Vec<&str> = text.split(' ').collect();
    let [a, b, ties, ratio, between] = cells.as_slice() else {
        return None;
    };
    let row = world
        .map
        .iter()
        .find(|r| r["segment_a"] == **a && r["segment_b"] == **b)?;
    let stronger = world
        .map
        .iter()
        .filter(|r| r["ties"] != "0" && number(&r["ratio"]) > number(&row["ratio"]));
    Some(vec![
        count(ties)? == count(&row["ties"])?,
        (number(ratio)? - number(&row["ratio"])?).abs() <= 0.005_001,
        count(between)? == count(&row["bridge_customers"])?,
        stronger.count() < 5,
    ])
}

fn apart(world: &World, text: &str) -> Claims {
    let tied = world.map.iter().filter(|r| r["ties"] != "0").count();
    let c = world.sizes.len();
    let all = c * (c - 1) / 2;
    if all == 1 && text.starts_with("The two ") {
        return Some(vec![text.ends_with(" are tied nowhere.") == (tied == 0)]);
    }
    if let Some(groups) = text
        .strip_prefix("Every pair of ")
        .and_then(|t| t.strip_suffix(" is tied somewhere."))
    {
        return Some(vec![tied == all, (groups == "parts") == world.parts()]);
    }
    let (untied, pairs) = (text.strip_suffix(" are tied nowhere."))
        .or(text.strip_suffix(" is tied nowhere."))?
        .split_once(" of ")?;
    Some(vec![
        count(untied)? == all - tied,
        count(pairs.split(' ').next()?)? == all,
        text.contains(" is ") == (all - tied == 1),
    ])
}

fn convenience(world: &World, text: &str) -> Claims {
    if text == "Names: they say what differs most, and are no findings of their own." {
        return Some(vec![world.sizes.len() > 1]);
    }
    if let Some(parts) = text.strip_prefix("All ").and_then(|t| {
        t.strip_suffix(" parts: they help to work with many customers, and another number would do as well.")
    }) {
        return Some(vec![count(parts)? == world.sizes.len(), world.parts()]);
    }
    if text.contains(" there are: the number was ") {
        return Some(vec![
            text.ends_with("and whether the data support it was not examined."),
            world.levels.is_empty() && world.summary["supported"].is_null(),
        ]);
    }
    let (_, list) = text
        .strip_prefix("What does not come back often enough to be trusted: ")?
        .strip_suffix('.')?
        .split_once(' ')?;
    let doubtful: Vec<String> = (world.segments.iter().take(12))
        .filter(|s| number(&s["stability"]).is_some_and(|x| x < 0.6))
        .map(|s| s["segment"].clone())
        .collect();
    Some(vec![list == doubtful.join(", "), !world.parts()])
}

fn question(world: &World, text: &str) -> Claims {
    if let Some(column) = text
        .strip_prefix("Is ")
        .and_then(|t| t.strip_suffix(" a difference you want to act on?"))
    {
        let separation = |row: &std::collections::HashMap<String, String>| number(&row["separation"]);
        let most = world
            .feature_rows
            .iter()
            .filter_map(separation)
            .fold(0.0, f64::max);
        let best = world
            .feature_rows
            .iter()
            .filter(|r| separation(r).is_some_and(|x| x >= most));
        let named = best
            .into_iter()
            .any(|r| super::text::key(&r["feature"]) == super::text::key(column));
        return Some(vec![named]);
    }
    let groups = if world.parts() { "parts" } else { "segments" };
    let group = &groups[..groups.len() - 1];
    let all = format!("Would you treat all {} {groups} differently?", world.sizes.len());
    let between =
        format!("What do those in between get: what their own {group} gets, or what the other one does?");
    let known = [
        all.as_str(),
        between.as_str(),
        "Should a first test leave out those whose place is not sure?",
        "How will you know that it worked?",
    ];
    known.contains(&text).then(|| vec![world.sizes.len() > 1])
}

fn fact(world: &World, text: &str) -> Claims {
    if let Some(rest) = text.strip_prefix("It is about ") {
        let (who, share) = rest.strip_suffix(").")?.split_once(" (")?;
        let who = count(who.split(' ').next()?)?;
        let n = world.table.n_rows() as f64;
        let is = |column: &str, holds: &dyn Fn(f64) -> bool| {
            let rows = world.customers.iter().filter_map(|c| number(&c[column]));
            rows.filter(|&x| holds(x)).count()
        };
        let shown = number(share.strip_suffix(" %")?)?;
        return Some(vec![
            who == is("bridge_score", &|x| x >= 0.4) || who == is("probability", &|x| x < 0.75),
            (shown - 100.0 * who as f64 / n).abs() <= 0.050_001,
        ]);
    }
    if let Some(rest) = text.strip_prefix("Where two would get the same, fewer ") {
        let supported: Vec<String> = {
            let mut all: Vec<usize> = (world.levels.iter().filter(|l| l["supported"] == "true"))
                .filter_map(|l| count(&l["segments"]))
                .filter(|&c| c != world.sizes.len())
                .collect();
            all.sort_unstable();
            all.dedup();
            all.iter().map(usize::to_string).collect()
        };
        return match rest.split_once(" The data support other numbers too: ") {
            Some((_, list)) => {
                let said: Vec<&str> = list.trim_end_matches('.').split(", ").collect();
                Some(vec![said.iter().all(|s| supported.iter().any(|x| x == s))])
            }
            None => Some(vec![rest.ends_with(" are enough.")]),
        };
    }
    if text.starts_with("Of all columns it tells these ") {
        return Some(vec![text.ends_with(" apart most.")]);
    }
    (text
        == "What an offer does to these customers is not in the data. Keep a part of each group untouched, drawn by chance, to compare with.")
        .then(|| vec![true])
}

/// `1 high frequency, low online share 516 505 16`
fn audience(world: &World, text: &str) -> Claims {
    let segment = count(text.split(' ').next()?)?;
    let of = |column: &str, holds: &dyn Fn(f64) -> bool| {
        let own = world.customers.iter().enumerate();
        let own = own.filter(|&(i, _)| world.segment[i] == segment);
        own.filter_map(|(_, c)| number(&c[column]))
            .filter(|&x| holds(x))
            .count()
    };
    let mut expected = vec![world.sizes[segment - 1]];
    let described = world.sizes[segment - 1] >= 10;
    if !world.segments[segment - 1]["stability"].is_empty() {
        expected.push(of("probability", &|x| x >= 0.75));
    }
    expected.push(of("bridge_score", &|x| x >= 0.4));
    let cells: Vec<&str> = text.split(' ').collect();
    let shown = &cells[cells.len().checked_sub(expected.len())?..];
    let same = shown
        .iter()
        .zip(&expected)
        .enumerate()
        .all(|(k, (cell, &x))| count(cell) == Some(x) || (k > 0 && !described && *cell == "–"));
    Some(vec![same])
}
