//! A name for each segment, from the effects that stand out.

use super::ProfileRow;
use super::marks::{STANDS_OUT, WORTH_A_WORD, direction, speaker};
use super::measure::Measured;
use super::tell_apart::tell_apart;
use super::words::{Reading, humanised, reading, tame};
use crate::table::ColumnType;
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
        let short = shortened(level);
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

fn shortened(level: &str) -> String {
    if level.chars().count() <= LEVEL_LENGTH {
        return level.to_owned();
    }
    let mut out: String = level.chars().take(LEVEL_LENGTH - 1).collect();
    out.push('…');
    out
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

    #[test]
    fn long_levels_are_cut_by_characters() {
        assert_eq!(shortened(&"ä".repeat(41)).chars().count(), 40);
        assert_eq!(shortened(&"ä".repeat(40)), "ä".repeat(40));
    }
}
