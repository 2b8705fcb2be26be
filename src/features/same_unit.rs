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

    use crate::table::written::{categories, feature, table};

    fn drafts_of(table: &Table) -> Vec<Draft> {
        let draft = |column: &crate::table::Column| match &column.values {
            Values::Number(values) => {
                Draft::Number(number::fit(values, false, None, true).expect("not constant"))
            }
            _ => Draft::Out(String::new(), super::super::treatments::Reason::Asked),
        };
        table.columns.iter().map(draft).collect()
    }

    /// So many numbered columns of 40 customers, `two` of them of two values, behind a category.
    fn numbered(n: usize, two: usize) -> Table {
        let words: Vec<&str> = (0..40).map(|i| if i % 2 == 0 { "a" } else { "b" }).collect();
        let mut columns = vec![feature("kind", categories(&words))];
        columns.extend((0..n).map(|c| {
            let value = |i: usize| {
                if c < two {
                    (i % 2) as f64 * 20.0
                } else {
                    (i * (c + 3) % 101) as f64
                }
            };
            feature(&format!("p{c}"), Values::Number((0..40).map(value).collect()))
        }));
        table(40, columns)
    }

    #[test]
    fn six_numbered_columns_are_a_family_unless_most_are_answers_of_yes_and_no() {
        let joined = |n: usize, two: usize| {
            let table = numbered(n, two);
            join(&table, &mut drafts_of(&table))
        };
        assert_eq!(joined(6, 0), [1, 2, 3, 4, 5, 6]);
        assert!(joined(5, 0).is_empty());
        assert_eq!(joined(6, 3), [1, 2, 3, 4, 5, 6]);
        assert!(joined(6, 4).is_empty());
        let table = numbered(6, 0);
        let mut drafts = drafts_of(&table);
        join(&table, &mut drafts);
        let spreads: Vec<f64> = drafts
            .iter()
            .filter_map(|d| match d {
                Draft::Number(fit) => Some(fit.code.spread),
                _ => None,
            })
            .collect();
        assert!(spreads.iter().all(|s| *s == spreads[0]), "one scale: {spreads:?}");
        assert!(
            matches!(&drafts[1], Draft::Number(fit) if fit.transform.contains("one scale for 6 columns, p0 to p5"))
        );
    }

    #[test]
    fn fifty_columns_of_any_names_are_a_family_and_forty_nine_are_not() {
        let joined = |n: usize| {
            let mut table = numbered(n, 0);
            for (c, column) in table.columns.iter_mut().enumerate() {
                column.name = format!("{c} things");
            }
            join(&table, &mut drafts_of(&table)).len()
        };
        assert_eq!((joined(50), joined(49)), (50, 0));
    }

    #[test]
    fn one_unit_takes_sizes_and_spreads_that_are_alike() {
        let wide = |i: usize| (i % 100) as f64;
        // One in 1,000 reaches as far, and all else is 0.
        let spike = |i: usize| if i == 0 { 99.0 } else { 0.0 };
        // As spread, ten times as far from 0.
        let away = |i: usize| 900.0 + (i % 100) as f64;
        let of = |first: &dyn Fn(usize) -> f64, second: &dyn Fn(usize) -> f64| {
            let columns: Vec<Vec<f64>> = (0..8)
                .map(|c| {
                    (0..1000)
                        .map(|i| if c < 4 { first(i) } else { second(i) })
                        .collect()
                })
                .collect();
            alike(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>())
        };
        assert!(of(&wide, &wide));
        assert!(!of(&wide, &spike) && !of(&spike, &wide));
        assert!(!of(&wide, &away) && !of(&away, &wide));
    }
}
