//! Columns measured in one unit: pixels, principal components, answers on one scale, months of spending.
//!
//! Scaling each by itself would blow up those that hardly vary. A family keeps the proportions between its columns.

use super::number;
use super::treatments::Draft;
use crate::num::quantile_sorted;
use crate::table::{Table, Values};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// A series of numbered names, `PC1` to `PC50`, is a family from this many columns on.
const SERIES: usize = 6;
/// Columns without a common name are one from this many on: so many things are not measured in as many units.
const MANY: usize = 50;
/// Sizes and spreads of a family are within this factor of each other, the outermost left aside.
const ALIKE: f64 = 8.0;

/// Gives the families among number columns one scale each; their members.
pub(super) fn join(table: &Table, drafts: &mut [Draft]) -> Vec<usize> {
    let mut joined = Vec::new();
    let numbers: Vec<usize> = (0..drafts.len())
        .filter(|&i| matches!(drafts[i], Draft::Number(_)) && values(table, i).is_some())
        .collect();
    let mut families = series(table, &numbers);
    let rest: Vec<usize> = numbers
        .iter()
        .copied()
        .filter(|i| families.iter().all(|family| !family.contains(i)))
        .collect();
    if rest.len() >= MANY {
        families.push(rest);
    }
    for family in families {
        // Answers of yes and no are categories, however many there are; a few among pixels are pixels.
        let two_valued = |&&i: &&usize| matches!(&drafts[i], Draft::Number(fit) if fit.two_valued);
        if 2 * family.iter().filter(two_valued).count() > family.len() {
            continue;
        }
        let columns: Vec<&[f64]> = family.iter().filter_map(|&i| values(table, i)).collect();
        if alike(&columns) {
            let fits = number::fit_together(&columns, &words(table, &family));
            for (&i, fit) in family.iter().zip(fits) {
                drafts[i] = Draft::Number(fit);
                joined.push(i);
            }
        }
    }
    joined
}

fn values(table: &Table, column: usize) -> Option<&[f64]> {
    match &table.columns[column].values {
        Values::Number(values) => Some(values),
        _ => None,
    }
}

/// Groups of columns whose names differ by a number at the end, in the order of their first column.
fn series(table: &Table, numbers: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut of_stem: FxHashMap<&str, usize> = FxHashMap::default();
    for &i in numbers {
        let name = table.columns[i].name.as_str();
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        if stem.len() == name.len() {
            continue;
        }
        let group = *of_stem.entry(stem).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(i);
    }
    groups
        .into_iter()
        .filter(|members| members.len() >= SERIES)
        .collect()
}

/// Whether columns can be in one unit: their largest sizes and their standard deviations are of one order.
fn alike(columns: &[&[f64]]) -> bool {
    let (mut sizes, mut spreads): (Vec<f64>, Vec<f64>) = columns
        .par_iter()
        .map(|values| {
            let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let size = sorted
                .first()
                .map_or(0.0, |v| v.abs())
                .max(sorted.last().map_or(0.0, |v| v.abs()));
            (size, number::Shape::of(&sorted).sd)
        })
        .unzip();
    let within = |values: &mut Vec<f64>, low: f64, high: f64| {
        values.sort_unstable_by(f64::total_cmp);
        quantile_sorted(values, high) <= ALIKE * quantile_sorted(values, low)
    };
    within(&mut sizes, 0.1, 0.9) && within(&mut spreads, 0.25, 0.75)
}

/// `p0 to p63`, or how many they are.
fn words(table: &Table, family: &[usize]) -> String {
    let name = |i: usize| table.columns[i].name.as_str();
    match family {
        [first, .., last] => format!(
            "one scale for {} columns, {} to {}",
            family.len(),
            name(*first),
            name(*last)
        ),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::math;

    #[test]
    fn one_unit_or_several_is_told_by_sizes_and_spreads() {
        let column = |size: f64| (0..40).map(|i| f64::from(i) * size).collect::<Vec<f64>>();
        let pixels: Vec<Vec<f64>> = (0..8).map(|i| column(1.0 + f64::from(i) / 4.0)).collect();
        let mixed: Vec<Vec<f64>> = (0..8).map(|i| column(math::powi(10.0, i))).collect();
        let slices = |columns: &'static [Vec<f64>]| columns.iter().map(Vec::as_slice).collect::<Vec<_>>();
        assert!(alike(&slices(pixels.leak())));
        assert!(!alike(&slices(mixed.leak())));
    }
}
