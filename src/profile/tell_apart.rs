//! Segments that would have the same name, told apart by what their customers have.

use super::ProfileRow;
use super::marks::speaks_for_most;
use super::measure::Measured;
use super::words::{subject, tame, value};
use std::collections::{BTreeMap, BTreeSet};

/// Adds to names of the same traits, in whatever order, the mean of the column in which their segments differ most.
pub(super) fn tell_apart(columns: &[Measured], spoken: &[String], said: &mut [Vec<String>]) {
    let mut alike: BTreeMap<BTreeSet<String>, Vec<usize>> = BTreeMap::new();
    for (g, traits) in said.iter().enumerate() {
        let key = traits.iter().cloned().collect();
        alike.entry(key).or_default().push(g);
    }
    for segments in alike.into_values().filter(|s| s.len() > 1) {
        if let Some(values) = telling(columns, spoken, &segments) {
            for (&g, value) in segments.iter().zip(values) {
                said[g].push(value);
            }
        }
    }
}

/// What each of these segments has in the one column, or level of a category, where their effects are farthest apart and
/// no two are written alike; `None` where no column tells all of them apart.
fn telling(columns: &[Measured], spoken: &[String], segments: &[usize]) -> Option<Vec<String>> {
    let mut candidates: Vec<(f64, &str, Vec<&ProfileRow>)> = Vec::new();
    for (column, spoken) in columns.iter().zip(spoken) {
        let levels: BTreeSet<Option<&str>> = column.rows.iter().map(|r| r.level.as_deref()).collect();
        for level in levels {
            let row_of = |&g: &usize| {
                let of_level = |r: &&ProfileRow| r.segment as usize == g && r.level.as_deref() == level;
                column.rows.iter().find(of_level).filter(|r| speaks_for_most(r))
            };
            let Some(rows) = segments.iter().map(row_of).collect::<Option<Vec<_>>>() else {
                continue;
            };
            let effects = || rows.iter().map(|r| r.effect);
            let spread = effects().fold(f64::MIN, f64::max) - effects().fold(f64::MAX, f64::min);
            candidates.push((spread, spoken, rows));
        }
    }
    // Stable: of equals the first column of the table.
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    (3..=9).find_map(|digits| {
        candidates.iter().find_map(|(_, spoken, rows)| {
            let texts: Vec<String> = rows
                .iter()
                .map(|r| tame(&format!("{} {}", subject(r, spoken), value(r, r.mean, digits))))
                .collect();
            let different: BTreeSet<&String> = texts.iter().collect();
            (different.len() == texts.len()).then_some(texts)
        })
    })
}
