//! Means, medians and effects of one column in all segments at once.

use super::ProfileRow;
use super::dominance::Dominance;
use crate::num::quantile_sorted;
use crate::partition::Partition;
use crate::table::{ColumnType, MISSING, Role, Table, Values};
use rayon::prelude::*;

/// How many levels of a category have rows.
const MOST_LEVELS: usize = 20;

/// A column and what its rows are worth knowing for when segments are named.
pub(super) struct Measured {
    pub(super) name: String,
    pub(super) rows: Vec<ProfileRow>,
}

/// The columns in such a role that have values, in the order of the table.
pub(super) fn columns(
    table: &Table,
    partition: &Partition,
    wanted: impl Fn(Role) -> bool + Sync,
) -> Vec<Measured> {
    table
        .columns
        .par_iter()
        .filter(|c| wanted(c.role))
        .filter_map(|column| match &column.values {
            Values::Number(v) => numbers(&column.name, ColumnType::Number, v, partition),
            Values::Date(v) => numbers(&column.name, ColumnType::Date, v, partition),
            Values::Category { codes, levels } => categories(&column.name, codes, levels, partition),
            Values::Text(_) => None,
        })
        .collect()
}

fn numbers(name: &str, column_type: ColumnType, values: &[f64], partition: &Partition) -> Option<Measured> {
    let labels = partition.labels();
    let mut sorted: Vec<(f64, u32)> = values
        .iter()
        .zip(labels)
        .filter(|(x, _)| x.is_finite())
        // Adding zero turns −0 into 0, so that equal values are equal bits.
        .map(|(&x, &label)| (x + 0.0, label))
        .collect();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (&(least, _), &(most, _)) = (sorted.first()?, sorted.last()?);
    let all: Vec<f64> = sorted.iter().map(|&(x, _)| x).collect();
    let groups = Groups::new(&sorted, partition.n_groups());
    let (overall_mean, overall_median) = (mean_of_sorted(&all), quantile_sorted(&all, 0.5));
    let overall_deviation = spread(&all, overall_mean);
    let dominances = Dominance::of_groups(&sorted, &groups);
    let flag = all.iter().all(|&x| x == 0.0 || x == 1.0);
    let sizes = partition.sizes();
    let rows = (0..partition.n_groups())
        .filter_map(|g| {
            let own = groups.values(g);
            if own.is_empty() {
                return None;
            }
            Some(ProfileRow {
                segment: g as u32,
                column: name.to_owned(),
                level: None,
                column_type,
                present: own.len(),
                members: sizes[g],
                mean: mean_of_sorted(own),
                median: quantile_sorted(own, 0.5),
                quartiles: (quantile_sorted(own, 0.25), quantile_sorted(own, 0.75)),
                zeros: match column_type {
                    ColumnType::Number => own.iter().filter(|&&x| x == 0.0).count() as f64 / own.len() as f64,
                    _ => f64::NAN,
                },
                overall_mean,
                overall_median,
                overall_deviation,
                range: (least, most),
                flag,
                effect: cliffs_delta(groups.double_rank_sums[g], own.len(), all.len()),
                effect_interval: dominances[g].interval(own.len(), all.len() - own.len()),
            })
        })
        .collect();
    Some(Measured {
        name: name.to_owned(),
        rows,
    })
}

/// Sorted values by segment, and the ranks they have among all.
pub(super) struct Groups {
    starts: Vec<usize>,
    values: Vec<f64>,
    /// Twice the sum of mid-ranks, which is a whole number.
    double_rank_sums: Vec<u128>,
}

impl Groups {
    pub(super) fn new(sorted: &[(f64, u32)], n_groups: usize) -> Self {
        let mut starts = vec![0; n_groups + 1];
        for &(_, g) in sorted {
            starts[g as usize + 1] += 1;
        }
        for g in 0..n_groups {
            starts[g + 1] += starts[g];
        }
        let mut next = starts.clone();
        let mut values = vec![0.0; sorted.len()];
        let mut double_rank_sums = vec![0u128; n_groups];
        let mut before = 0;
        for ties in sorted.chunk_by(|a, b| a.0 == b.0) {
            // Ranks before + 1 … before + ties, of which each tied value has the mean.
            let double_rank = 2 * before + ties.len() + 1;
            for &(x, g) in ties {
                double_rank_sums[g as usize] += double_rank as u128;
                values[next[g as usize]] = x;
                next[g as usize] += 1;
            }
            before += ties.len();
        }
        Groups {
            starts,
            values,
            double_rank_sums,
        }
    }

    pub(super) fn n_groups(&self) -> usize {
        self.double_rank_sums.len()
    }

    pub(super) fn values(&self, g: usize) -> &[f64] {
        &self.values[self.starts[g]..self.starts[g + 1]]
    }
}

/// Cliff's δ of `own` values among `all` against the others, from twice their rank sum: `2 U / (own · others) − 1` with
/// `U` of Mann and Whitney. 0 where there are no others.
fn cliffs_delta(double_rank_sum: u128, own: usize, all: usize) -> f64 {
    let (own, others) = (own as i128, (all - own) as i128);
    if own == 0 || others == 0 {
        return 0.0;
    }
    // Whole numbers to the end: δ of two segments that mirror each other has the same digits.
    (double_rank_sum as i128 - own * (own + 1) - own * others) as f64 / (own * others) as f64
}

/// Mean of finite values, finite itself.
fn mean_of_sorted(sorted: &[f64]) -> f64 {
    let n = sorted.len() as f64;
    let sum: f64 = sorted.iter().sum();
    let mean = if sum.is_finite() {
        sum / n
    } else {
        sorted.iter().map(|x| x / n).sum()
    };
    // Rounding must not carry a mean out of its values.
    match (sorted.first(), sorted.last()) {
        (Some(&least), Some(&most)) => mean.clamp(least, most),
        _ => 0.0,
    }
}

/// Quartiles of a normal distribution are so many standard deviations apart.
const QUARTILES_APART: f64 = 1.349;

/// Standard deviation of ascending values around their mean, or what their quartiles would have it where that is less: a handful of far values
/// makes the former so large that nothing else differs by a part of it.
fn spread(sorted: &[f64], mean: f64) -> f64 {
    let squares: f64 = sorted.iter().map(|x| (x - mean) * (x - mean)).sum();
    let deviation = (squares / sorted.len() as f64).sqrt();
    let by_quartiles = (quantile_sorted(sorted, 0.75) - quantile_sorted(sorted, 0.25)) / QUARTILES_APART;
    if by_quartiles > 0.0 {
        deviation.min(by_quartiles)
    } else {
        deviation
    }
}

fn categories(name: &str, codes: &[u32], levels: &[String], partition: &Partition) -> Option<Measured> {
    let (k, l) = (partition.n_groups(), levels.len());
    let mut overall = vec![0usize; l];
    for &code in codes {
        if let Some(count) = overall.get_mut(code as usize) {
            *count += 1;
        }
    }
    let present: usize = overall.iter().sum();
    if present == 0 {
        return None;
    }
    // The commonest first, by name where equally common.
    let mut kept: Vec<usize> = (0..l).filter(|&level| overall[level] > 0).collect();
    kept.sort_by(|&a, &b| {
        overall[b]
            .cmp(&overall[a])
            .then_with(|| levels[a].cmp(&levels[b]))
    });
    kept.truncate(MOST_LEVELS);
    let mut place = vec![usize::MAX; l];
    for (p, &level) in kept.iter().enumerate() {
        place[level] = p;
    }
    let mut held = vec![0usize; k * kept.len()];
    let mut own = vec![0usize; k];
    for (&code, &g) in codes.iter().zip(partition.labels()) {
        if code == MISSING {
            continue;
        }
        if let Some(&p) = place.get(code as usize) {
            own[g as usize] += 1;
            if p < kept.len() {
                held[g as usize * kept.len() + p] += 1;
            }
        }
    }
    let sizes = partition.sizes();
    let mut rows = Vec::with_capacity(held.len());
    for g in (0..k).filter(|&g| own[g] > 0) {
        for (p, &level) in kept.iter().enumerate() {
            let inside = held[g * kept.len() + p];
            let share = inside as f64 / own[g] as f64;
            let overall_share = overall[level] as f64 / present as f64;
            let others = present - own[g];
            let effect = if others == 0 {
                0.0
            } else {
                share - (overall[level] - inside) as f64 / others as f64
            };
            rows.push(ProfileRow {
                segment: g as u32,
                column: name.to_owned(),
                level: Some(levels[level].clone()),
                column_type: ColumnType::Category,
                present: own[g],
                members: sizes[g],
                mean: share,
                median: f64::NAN,
                quartiles: (f64::NAN, f64::NAN),
                zeros: f64::NAN,
                overall_mean: overall_share,
                overall_median: f64::NAN,
                overall_deviation: (overall_share * (1.0 - overall_share)).sqrt(),
                range: (0.0, 1.0),
                flag: false,
                effect,
                effect_interval: Dominance::of_shares(inside, own[g], overall[level] - inside, others)
                    .interval(own[g], others),
            });
        }
    }
    Some(Measured {
        name: name.to_owned(),
        rows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(members: &[f64], others: &[f64]) -> f64 {
        let values: Vec<f64> = members.iter().chain(others).copied().collect();
        let labels: Vec<u32> = (0..values.len()).map(|i| u32::from(i >= members.len())).collect();
        let partition = Partition::from_labels(&labels);
        let measured = numbers("x", ColumnType::Number, &values, &partition).expect("values");
        let own = partition.labels()[0] as usize;
        measured.rows[own].effect
    }

    #[test]
    fn a_spread_is_the_deviation_or_what_the_quartiles_would_have_it() {
        // Around 3: √(8/3); quartiles 2 and 4 apart 2.
        let even = [1.0, 3.0, 5.0];
        assert!((spread(&even, 3.0) - 2.0 / QUARTILES_APART).abs() < 1e-15);
        // Most are equal: the quartiles say nothing.
        let few = [0.0, 0.0, 0.0, 0.0, 5.0];
        assert!((spread(&few, 1.0) - 2.0).abs() < 1e-15);
        // Around 2, deviations of 2 and quartiles 4 apart: the deviation is less.
        assert!((spread(&[0.0, 0.0, 4.0, 4.0], 2.0) - 2.0).abs() < 1e-15);
    }

    #[test]
    fn cliffs_delta_counts_pairs() {
        // 3 against 1, 2, 4: above, above, below; 2 against them: above, tied, below.
        assert_eq!(delta(&[3.0, 2.0], &[1.0, 2.0, 4.0]), 1.0 / 6.0);
        assert_eq!(delta(&[5.0, 6.0], &[1.0]), 1.0);
        assert_eq!(delta(&[0.0], &[1.0, f64::NAN, 2.0]), -1.0);
        assert_eq!(delta(&[-0.0], &[0.0, 0.0]), 0.0);
    }

    #[test]
    fn the_effect_of_a_level_is_cliffs_delta_of_holding_it() {
        let holds = [1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        let codes = holds.map(|x| x as u32);
        let partition = Partition::from_labels(&[0, 0, 0, 1, 1, 1, 1]);
        let levels = ["no".to_owned(), "yes".to_owned()];
        let as_number = numbers("x", ColumnType::Number, &holds, &partition).expect("values");
        let as_category = categories("x", &codes, &levels, &partition).expect("values");
        for number in as_number.rows {
            let row = as_category
                .rows
                .iter()
                .find(|r| r.segment == number.segment && r.level.as_deref() == Some("yes"))
                .expect("the level");
            assert!((row.effect - number.effect).abs() < 1e-15);
            assert_eq!(row.mean, number.mean);
        }
    }

    #[test]
    fn the_mean_of_huge_values_is_finite_and_among_them() {
        assert_eq!(mean_of_sorted(&[f64::MAX, f64::MAX, f64::MAX]), f64::MAX);
        assert_eq!(mean_of_sorted(&[-f64::MAX, f64::MAX]), 0.0);
        assert_eq!(mean_of_sorted(&[0.1, 0.1, 0.1]), 0.1);
    }

    #[test]
    fn only_the_twenty_commonest_levels_have_rows_but_shares_are_of_all() {
        // Level 00 once, 01 twice, and so on.
        let codes: Vec<u32> = (0..30)
            .flat_map(|c| std::iter::repeat_n(c, c as usize + 1))
            .collect();
        let levels: Vec<String> = (0..30).map(|c| format!("{c:02}")).collect();
        let partition = Partition::one_group(codes.len());
        let measured = categories("x", &codes, &levels, &partition).expect("values");
        assert_eq!(measured.rows.len(), 20);
        assert_eq!(measured.rows[0].level.as_deref(), Some("29"));
        assert_eq!(measured.rows[19].level.as_deref(), Some("10"));
        assert_eq!(measured.rows[0].mean, 30.0 / 465.0);
    }
}
