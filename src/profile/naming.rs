//! A name for each segment, from the effects that stand out.

use super::ProfileRow;
use super::marks::{STANDS_OUT, WORTH_A_WORD, direction, speaker};
use super::measure::Measured;
use super::tell_apart::tell_apart;
use super::words::{Reading, humanised, reading, tame};
use crate::table::ColumnType;
use crate::text::shown::within;
use rustc_hash::{FxHashMap, FxHashSet};

/// Longest level in a name, in characters.
const LEVEL_LENGTH: usize = 40;
/// Levels that say nothing without their column.
const BLAND: [&str; 14] = [
    "yes", "no", "true", "false", "none", "other", "others", "unknown", "missing", "high", "low", "medium",
    "never", "always",
];

/// Something that is true of a segment.
struct Trait {
    text: String,
    size: f64,
}

/// One unique name per segment.
pub(super) fn names(columns: &[Measured], n_segments: usize) -> Vec<String> {
    if n_segments == 1 {
        return vec!["all customers".to_owned()];
    }
    let spoken = spoken_names(columns);
    let mut said: Vec<Vec<String>> = traits_by_segment(columns, &spoken, n_segments)
        .iter()
        .map(|traits| said_of(traits))
        .collect();
    tell_apart(columns, &spoken, &mut said);
    let mut names: Vec<String> = said.iter().map(|s| s.join(", ")).collect();
    number_the_rest(&mut names);
    names
}

/// What a name is made of: at most two traits that stand out, or the one that comes nearest to it.
fn said_of(traits: &[Trait]) -> Vec<String> {
    let strong: Vec<String> = traits
        .iter()
        .take(2)
        .filter(|t| t.size >= STANDS_OUT)
        .map(|t| t.text.clone())
        .collect();
    match traits.first() {
        _ if !strong.is_empty() => strong,
        Some(weak) if weak.size >= WORTH_A_WORD => vec![format!("hardly distinct: {}", weak.text)],
        _ => vec!["not distinct in any column".to_owned()],
    }
}

/// The segments whose name is not theirs alone.
fn repeated(names: &[String]) -> Vec<usize> {
    let mut times: FxHashMap<&str, usize> = FxHashMap::default();
    for name in names {
        *times.entry(name).or_insert(0) += 1;
    }
    (0..names.len())
        .filter(|&g| times[names[g].as_str()] > 1)
        .collect()
}

/// The first of several equal names keeps it, the others get the next free number.
fn number_the_rest(names: &mut [String]) {
    // Of each name, the number to try next; names as they stand are taken from the start.
    let mut next: FxHashMap<String, usize> = names.iter().map(|n| (n.clone(), 2)).collect();
    let mut seen: FxHashMap<String, ()> = FxHashMap::default();
    for name in names.iter_mut() {
        if seen.insert(name.clone(), ()).is_none() {
            continue;
        }
        let mut number = next.get(name.as_str()).copied().unwrap_or(2);
        while next.contains_key(&format!("{name} ({number})")) {
            number += 1;
        }
        let free = format!("{name} ({number})");
        next.insert(name.clone(), number + 1);
        next.insert(free.clone(), 2);
        seen.insert(free.clone(), ());
        *name = free;
    }
}

/// Strongest first; columns in order where equally strong. No text twice in a segment.
fn traits_by_segment(columns: &[Measured], spoken: &[String], n_segments: usize) -> Vec<Vec<Trait>> {
    let shared = levels_of_several_columns(columns);
    let mut traits: Vec<Vec<Trait>> = (0..n_segments).map(|_| Vec::new()).collect();
    for (column, spoken) in columns.iter().zip(spoken) {
        for rows in column.rows.chunk_by(|a, b| a.segment == b.segment) {
            let Some(found) = column_trait(column, spoken, rows, &shared) else {
                continue;
            };
            traits[rows[0].segment as usize].push(found);
        }
    }
    for of_segment in &mut traits {
        of_segment.sort_by(|a, b| b.size.total_cmp(&a.size));
        let mut seen: FxHashSet<String> = FxHashSet::default();
        of_segment.retain(|t| seen.insert(t.text.clone()));
    }
    traits
}

/// Columns as people call them; as written where two would be called the same.
fn spoken_names(columns: &[Measured]) -> Vec<String> {
    let human: Vec<String> = columns.iter().map(|c| humanised(&c.name)).collect();
    let mut out = human.clone();
    for g in repeated(&human) {
        out[g].clone_from(&columns[g].name);
    }
    out
}

/// Lower-case levels that more than one column has: "No internet service".
fn levels_of_several_columns(columns: &[Measured]) -> FxHashMap<String, bool> {
    let mut several: FxHashMap<String, (usize, bool)> = FxHashMap::default();
    for (c, column) in columns.iter().enumerate() {
        for level in column.rows.iter().filter_map(|r| r.level.as_deref()) {
            let entry = several.entry(level.to_lowercase()).or_insert((c, false));
            entry.1 |= entry.0 != c;
        }
    }
    several
        .into_iter()
        .map(|(level, (_, both))| (level, both))
        .collect()
}

fn column_trait(
    column: &Measured,
    spoken: &str,
    rows: &[ProfileRow],
    shared: &FxHashMap<String, bool>,
) -> Option<Trait> {
    let row = speaker(rows)?;
    let text = if let Some(level) = row.level.as_deref() {
        let short = within(level, LEVEL_LENGTH);
        let speaks_for_itself = level.chars().count() > 2
            && !BLAND.contains(&level.to_lowercase().as_str())
            && level.chars().any(char::is_alphabetic)
            && !shared.get(&level.to_lowercase()).copied().unwrap_or(false);
        if speaks_for_itself {
            format!("{} {short}", quantifier(row.mean))
        } else {
            format!("{spoken}: {} {short}", quantifier(row.mean))
        }
    } else if row.flag {
        // A flag: speak of those who have it, or of those who have not.
        let (share, level) = if row.effect > 0.0 {
            (row.mean, "1")
        } else {
            (1.0 - row.mean, "0")
        };
        format!("{spoken}: {} {level}", quantifier(share))
    } else {
        number_words(&column.name, spoken, row)?
    };
    Some(Trait {
        text: tame(&text),
        size: row.effect.abs(),
    })
}

fn quantifier(share: f64) -> &'static str {
    match share {
        x if x >= 1.0 => "all",
        x if x >= 0.95 => "almost all",
        x if x >= 0.6 => "mostly",
        _ => "more often",
    }
}

/// Words for a number or date.
fn number_words(column: &str, spoken: &str, row: &ProfileRow) -> Option<String> {
    let up = direction(row)?;
    let choose = |high: &str, low: &str| if up { high.to_owned() } else { low.to_owned() };
    if row.column_type == ColumnType::Date {
        let what = spoken.strip_suffix(" date").unwrap_or(spoken);
        return Some(format!("{} {what}", choose("recent", "early")));
    }
    let in_unit = row.range.0 >= 0.0 && row.range.1 <= 1.0;
    Some(match reading(column) {
        Reading::Recency => choose("not recent", "recent"),
        Reading::Since(what) => choose(&format!("{what} long ago"), &format!("recent {what}")),
        Reading::Age => choose("older", "younger"),
        Reading::Tenure(what) => format!("{} {what}", choose("long", "short")),
        Reading::Share(what) if in_unit && up && row.mean >= 0.6 => format!("mostly {what}"),
        Reading::Share(what) if in_unit && !up && row.mean <= 0.1 => format!("hardly any {what}"),
        _ => format!("{} {spoken}", choose("high", "low")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_equal_names_never_meet_a_name_that_is_there() {
        let mut names = ["a", "a (2)", "a", "b", "a"].map(str::to_owned);
        number_the_rest(&mut names);
        assert_eq!(names, ["a", "a (2)", "a (3)", "b", "a (4)"]);
    }

    use crate::partition::Partition;
    use crate::table::written::{categories, feature, table};
    use crate::table::{Role, Values};

    /// Names of two segments of ten customers each, by these columns.
    fn named(columns: Vec<(&str, Values)>) -> [String; 2] {
        let columns = columns
            .into_iter()
            .map(|(name, values)| feature(name, values))
            .collect();
        let labels: Vec<u32> = (0..20).map(|i| i / 10).collect();
        let measured =
            super::super::measure::columns(&table(20, columns), &Partition::from_labels(&labels), |r| {
                r == Role::Feature
            });
        names(&measured, 2).try_into().expect("two")
    }

    /// So many of the first ten hold `word`, so many of the others; who does not holds `beside`.
    fn held(word: &'static str, first: usize, second: usize, beside: &'static str) -> Values {
        let holds = |i: usize| i % 10 < if i < 10 { first } else { second };
        let words: Vec<&str> = (0..20).map(|i| if holds(i) { word } else { beside }).collect();
        categories(&words)
    }

    fn numbers(first: f64, second: f64) -> Values {
        Values::Number((0..20).map(|i| if i < 10 { first } else { second }).collect())
    }

    #[test]
    fn how_many_hold_a_category_is_said_in_four_words() {
        let words = [1.0, 0.95, 0.949, 0.6, 0.599, 0.1].map(quantifier);
        assert_eq!(
            words,
            [
                "all",
                "almost all",
                "mostly",
                "mostly",
                "more often",
                "more often"
            ]
        );
        assert_eq!(
            named(vec![("plan", held("gold", 10, 0, "basic"))]),
            ["all gold", "all basic"]
        );
        assert_eq!(
            named(vec![("plan", held("gold", 6, 0, "basic"))]),
            ["mostly gold", "all basic"]
        );
        assert_eq!(
            named(vec![("plan", held("gold", 5, 0, "basic"))]),
            ["more often gold", "all basic"]
        );
    }

    #[test]
    fn levels_that_say_nothing_by_themselves_are_named_with_their_column() {
        for (word, beside) in [
            ("Yes", "No"),
            ("A", "B2"),
            ("2024", "1_000"),
            ("Unknown", "never"),
        ] {
            let expected = [
                format!("member card: all {word}"),
                format!("member card: all {beside}"),
            ];
            assert_eq!(named(vec![("member_card", held(word, 10, 0, beside))]), expected);
        }
        // Three letters speak for themselves, unless another column has them too.
        assert_eq!(
            named(vec![("plan", held("abo", 10, 0, "Cash"))]),
            ["all abo", "all Cash"]
        );
        let both = vec![
            ("tv", held("No service", 10, 0, "dish")),
            ("phone", held("line", 5, 5, "no service")),
        ];
        assert_eq!(named(both), ["tv: all No service", "all dish"]);
    }

    #[test]
    fn flags_are_said_of_those_who_have_them_or_have_not() {
        assert_eq!(
            named(vec![("has_app", numbers(1.0, 0.0))]),
            ["has app: all 1", "has app: all 0"]
        );
        let seven = Values::Number((0..20).map(|i| f64::from(u8::from(i < 7))).collect());
        assert_eq!(
            named(vec![("has_app", seven)]),
            ["has app: mostly 1", "has app: all 0"]
        );
    }

    #[test]
    fn numbers_and_dates_are_said_as_people_say_them() {
        for (column, first, second, expected) in [
            ("monetary", 90.0, 10.0, ["high monetary", "low monetary"]),
            ("recency_days", 90.0, 10.0, ["not recent", "recent"]),
            ("days_since_order", 90.0, 10.0, ["order long ago", "recent order"]),
            ("age", 90.0, 10.0, ["older", "younger"]),
            ("tenure_months", 90.0, 10.0, ["long tenure", "short tenure"]),
            ("online_share", 0.6, 0.1, ["mostly online", "hardly any online"]),
            (
                "online_share",
                0.59,
                0.11,
                ["high online share", "low online share"],
            ),
            // Not in 0 to 1: no share, whatever the name says.
            (
                "online_share",
                60.0,
                0.1,
                ["high online share", "low online share"],
            ),
            (
                "online_share",
                0.6,
                -0.1,
                ["high online share", "low online share"],
            ),
        ] {
            assert_eq!(
                named(vec![(column, numbers(first, second))]),
                expected,
                "{column} {first}"
            );
        }
        let dates = Values::Date(
            (0..20)
                .map(|i| if i < 10 { 19_000.0 } else { 18_000.0 })
                .collect(),
        );
        assert_eq!(
            named(vec![("signup_date", dates)]),
            ["recent signup", "early signup"]
        );
    }

    #[test]
    fn at_most_two_traits_that_stand_out_make_a_name_and_weak_ones_are_said_to_be_weak() {
        let three = vec![
            ("a x", numbers(9.0, 1.0)),
            ("b x", numbers(9.0, 1.0)),
            ("c x", numbers(9.0, 1.0)),
        ];
        assert_eq!(named(three), ["high a x, high b x", "low a x, low b x"]);
        // Six of ten against four.
        let weak = named(vec![("plan", held("gold", 6, 4, "basic"))]);
        assert_eq!(
            weak,
            ["hardly distinct: mostly gold", "hardly distinct: mostly basic"]
        );
        let equal = named(vec![("plan", held("gold", 5, 5, "basic"))]);
        assert_eq!(
            equal,
            ["not distinct in any column", "not distinct in any column (2)"]
        );
        assert_eq!(names(&[], 1), ["all customers"]);
    }

    #[test]
    fn columns_that_people_would_call_the_same_are_called_as_written() {
        let twice = vec![
            ("order value", numbers(9.0, 1.0)),
            ("order_value", numbers(9.0, 1.0)),
        ];
        assert_eq!(
            named(twice),
            [
                "high order value, high order_value",
                "low order value, low order_value"
            ]
        );
    }
}
