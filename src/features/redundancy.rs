//! Columns that say the same thing share one weight.

use rayon::prelude::*;
use rustc_hash::FxHasher;
use std::borrow::Cow;
use std::hash::Hasher;

/// From this association on (V⁴, or its like of ranks) two columns are said to repeat each other.
const SAID: f64 = 0.5;
/// Rows that rank correlations are taken from, where there are more than twice as many.
const SAMPLE: u64 = 10_000;

/// What a column keeps of its weight, and the places of the columns that repeat it.
pub(super) type Shared = (f64, Vec<usize>);

/// The share of its weight that each column keeps, in (0, 1]: `1 / Σ_j V_ij⁴`, with V the bias-corrected association
/// of columns i and j (V_ii = 1). `columns` hold small codes, one per row. `O(n c²)` for c columns.
///
/// The fourth power spares columns that are merely related, as columns that tell segments apart are.
/// W. Bergsma, J. Korean Stat. Soc. 42, 323 (2013).
pub(super) fn of_categories(columns: &[Vec<u8>]) -> Vec<Shared> {
    let sizes: Vec<usize> = columns
        .iter()
        .map(|c| c.iter().max().map_or(0, |&m| usize::from(m) + 1))
        .collect();
    let rows: Vec<Vec<f64>> = (0..columns.len())
        .into_par_iter()
        .map(|i| {
            let mut table = Vec::new();
            (0..i)
                .map(|j| {
                    let v2 = association(&columns[i], sizes[i], &columns[j], sizes[j], &mut table);
                    v2 * v2
                })
                .collect()
        })
        .collect();
    shared(&rows)
}

/// The same for columns of numbers, NaN where missing: `1 / Σ_j s(ρ_ij)`, with ρ the rank correlation and s 0 up to
/// |ρ| = 0.9 and from there a straight line to 1. Numbers that go together are what segments are made of: only those
/// that hardly differ repeat each other. `O(c n log n + c² min(n, 20,000))`.
pub(super) fn of_numbers(columns: &[Cow<'_, [f64]>]) -> Vec<Shared> {
    let rows = sample(columns);
    // Whole numbers to the end: the order of the rows does not matter.
    let ranks: Vec<Vec<i64>> = columns.par_iter().map(|c| centered_ranks(c, &rows)).collect();
    let squares: Vec<i128> = ranks
        .iter()
        .map(|r| r.iter().map(|x| x * x).map(i128::from).sum())
        .collect();
    let rows: Vec<Vec<f64>> = (0..columns.len())
        .into_par_iter()
        .map(|i| {
            (0..i)
                .map(|j| {
                    let both: i128 = ranks[i]
                        .iter()
                        .zip(&ranks[j])
                        .map(|(a, b)| i128::from(a * b))
                        .sum();
                    // Of equal sizes the root of the square is the size itself.
                    let size = (squares[i] as f64 * squares[j] as f64).sqrt();
                    let rho = if size > 0.0 {
                        (both as f64 / size).abs()
                    } else {
                        0.0
                    };
                    (10.0 * rho - 9.0).clamp(0.0, 1.0)
                })
                .collect()
        })
        .collect();
    // So few rows can agree by chance.
    if rows.len() > 1 && ranks[0].len() < 10 {
        return vec![(1.0, Vec::new()); columns.len()];
    }
    shared(&rows)
}

/// Shares from the lower triangle of associations.
fn shared(rows: &[Vec<f64>]) -> Vec<Shared> {
    let at = |i: usize, j: usize| if i > j { rows[i][j] } else { rows[j][i] };
    (0..rows.len())
        .map(|i| {
            let others = (0..rows.len()).filter(|&j| j != i);
            let sum: f64 = 1.0 + others.clone().map(|j| at(i, j)).sum::<f64>();
            (1.0 / sum, others.filter(|&j| at(i, j) >= SAID).collect())
        })
        .collect()
}

/// All rows, or some that their values choose, whatever their order.
fn sample(columns: &[Cow<'_, [f64]>]) -> Vec<usize> {
    let n = columns.first().map_or(0, |c| c.len());
    let every = n as u64 / SAMPLE;
    if every < 2 {
        return (0..n).collect();
    }
    let chosen: Vec<usize> = (0..n)
        .into_par_iter()
        .filter(|&row| {
            let mut hasher = FxHasher::default();
            for column in columns {
                hasher.write_u64((column[row] + 0.0).to_bits());
            }
            // The upper bits of a product are mixed best.
            (hasher.finish().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32).is_multiple_of(every)
        })
        .collect();
    // Where rows are equal in masses they may all be in or out.
    let fair = SAMPLE as usize / 4..=4 * SAMPLE as usize;
    if fair.contains(&chosen.len()) {
        chosen
    } else {
        (0..n).collect()
    }
}

/// Twice the mid-rank less its mean, 0 where missing.
fn centered_ranks(column: &[f64], rows: &[usize]) -> Vec<i64> {
    let mut order: Vec<(f64, usize)> = rows
        .iter()
        .enumerate()
        .filter(|&(_, &row)| column[row].is_finite())
        .map(|(place, &row)| (column[row] + 0.0, place))
        .collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let present = order.len() as i64;
    let mut ranks = vec![0; rows.len()];
    let mut before = 0i64;
    for ties in order.chunk_by(|a, b| a.0 == b.0) {
        let twice = 2 * before + ties.len() as i64 + 1;
        for &(_, place) in ties {
            ranks[place] = twice - (present + 1);
        }
        before += ties.len() as i64;
    }
    ranks
}

/// V² in 0 to 1.
fn association(a: &[u8], size_a: usize, b: &[u8], size_b: usize, table: &mut Vec<u32>) -> f64 {
    table.clear();
    table.resize(size_a * size_b, 0);
    for (&x, &y) in a.iter().zip(b) {
        table[usize::from(x) * size_b + usize::from(y)] += 1;
    }
    let mut sum_a = vec![0f64; size_a];
    let mut sum_b = vec![0f64; size_b];
    for (x, row) in table.chunks_exact(size_b.max(1)).enumerate() {
        for (y, &count) in row.iter().enumerate() {
            sum_a[x] += f64::from(count);
            sum_b[y] += f64::from(count);
        }
    }
    let n = a.len() as f64;
    let mut phi2 = -1.0;
    for (x, row) in table.chunks_exact(size_b.max(1)).enumerate() {
        for (y, &count) in row.iter().enumerate() {
            if count > 0 {
                phi2 += f64::from(count) / sum_a[x] * (f64::from(count) / sum_b[y]);
            }
        }
    }
    let used = |sums: &[f64]| sums.iter().filter(|&&s| s > 0.0).count() as f64 - 1.0;
    let (free_a, free_b) = (used(&sum_a), used(&sum_b));
    let corrected = |free: f64| free - free * free / (n - 1.0);
    let most = corrected(free_a).min(corrected(free_b));
    // As many levels as rows: nothing can be said.
    if most.is_nan() || most <= 0.0 {
        return 0.0;
    }
    ((phi2 - free_a * free_b / (n - 1.0)) / most).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_equal_columns_count_as_one_and_an_unrelated_one_keeps_its_weight() {
        let a: Vec<u8> = (0..240).map(|i| (i % 3) as u8).collect();
        let b: Vec<u8> = (0..240).map(|i| (i / 3 % 2) as u8).collect();
        let renamed: Vec<u8> = a.iter().map(|x| 2 - x).collect();
        let shares: Vec<f64> = of_categories(&[a.clone(), b, a, renamed])
            .iter()
            .map(|s| s.0)
            .collect();
        for (found, expected) in shares.iter().zip([1.0 / 3.0, 1.0, 1.0 / 3.0, 1.0 / 3.0]) {
            assert!((found - expected).abs() < 1e-12, "{shares:?}");
        }
    }

    #[test]
    fn mildly_related_columns_keep_most_of_their_weight() {
        // Equal in 60 of 100 rows, where chance gives 50.
        let a: Vec<u8> = (0..1000).map(|i| (i % 2) as u8).collect();
        let b: Vec<u8> = (0..1000)
            .map(|i| ((i % 2) ^ usize::from(i / 2 % 10 >= 6)) as u8)
            .collect();
        assert!(of_categories(&[a, b]).iter().all(|s| s.0 > 0.99));
    }

    #[test]
    fn two_rows_are_too_few_to_call_columns_repeated() {
        let shared = of_categories(&[vec![0, 1], vec![0, 1]]);
        assert!(shared.iter().all(|s| s.0 == 1.0));
    }

    #[test]
    fn numbers_that_run_together_or_against_each_other_share_and_related_ones_do_not() {
        let recency: Vec<f64> = (0..300).map(|i| f64::from(i * 37 % 300)).collect();
        let last_order: Vec<f64> = recency.iter().map(|r| 19_000.0 - r * r).collect();
        // Rank correlation about 0.8.
        let spend: Vec<f64> = recency
            .iter()
            .enumerate()
            .map(|(i, r)| r + (i % 200) as f64)
            .collect();
        let columns = [&recency, &last_order, &spend].map(|c| Cow::Borrowed(c.as_slice()));
        let found = of_numbers(&columns);
        assert_eq!((found[0].0, &found[0].1[..]), (0.5, &[1][..]));
        assert_eq!((found[1].0, &found[1].1[..]), (0.5, &[0][..]));
        assert!(found[2].0 > 0.95, "{found:?}");
    }

    #[test]
    fn the_order_of_many_rows_changes_nothing() {
        let a: Vec<f64> = (0..30_000).map(|i| f64::from(i * 7919 % 30_011)).collect();
        let b: Vec<f64> = a.iter().map(|x| x + x * 31.0 % 8_009.0).collect();
        let both = |a: &[f64], b: &[f64]| of_numbers(&[Cow::Borrowed(a), Cow::Borrowed(b)])[0].0;
        let (mut back_a, mut back_b) = (a.clone(), b.clone());
        back_a.reverse();
        back_b.reverse();
        assert_eq!(both(&a, &b).to_bits(), both(&back_a, &back_b).to_bits());
        assert!(both(&a, &b) < 0.7);
    }

    #[test]
    fn nine_rows_are_too_few_to_call_numbers_repeated_and_ten_are_not() {
        let rising = |n: usize| (0..n).map(|i| i as f64).collect::<Vec<f64>>();
        let shares = |n: usize| {
            let column = rising(n);
            of_numbers(&[Cow::Borrowed(&column[..]), Cow::Borrowed(&column[..])])
        };
        assert_eq!(shares(9), [(1.0, vec![]), (1.0, vec![])]);
        assert_eq!(shares(10), [(0.5, vec![1]), (0.5, vec![0])]);
        // One column has nobody to repeat it, and a constant one goes with nothing.
        assert_eq!(of_numbers(&[Cow::Borrowed(&rising(9)[..])]), [(1.0, vec![])]);
        let constant = of_numbers(&[Cow::Owned(rising(20)), Cow::Owned(vec![3.0; 20])]);
        assert_eq!(constant, [(1.0, vec![]), (1.0, vec![])]);
    }

    #[test]
    fn ranks_are_twice_their_distance_from_the_middle() {
        let column = [3.0, 1.0, f64::NAN, 1.0, -0.0, 0.0];
        // 0, 0, 1, 1, 3: mid-ranks 1.5, 1.5, 3.5, 3.5, 5, less 3, doubled.
        assert_eq!(centered_ranks(&column, &[0, 1, 2, 3, 4, 5]), [4, 1, 0, 1, -3, -3]);
        assert_eq!(centered_ranks(&column, &[0, 1]), [1, -1]);
    }

    #[test]
    fn an_association_is_that_of_the_cross_table_less_what_chance_gives() {
        // 30 10 / 10 30: φ² = ¼; of 80 rows chance gives 1/79.
        let pairs = [(0, 0, 30), (0, 1, 10), (1, 0, 10), (1, 1, 30)];
        let column = |pick: fn(&(u8, u8, usize)) -> u8, pairs: &[(u8, u8, usize)]| -> Vec<u8> {
            pairs.iter().flat_map(|p| vec![pick(p); p.2]).collect()
        };
        let (a, b) = (column(|p| p.0, &pairs), column(|p| p.1, &pairs));
        let expected = (0.25 - 1.0 / 79.0) / (1.0 - 1.0 / 79.0);
        assert!((association(&a, 2, &b, 2, &mut Vec::new()) - expected).abs() < 1e-12);
        // 20 20 0 / 0 0 40, with a level that nobody has: φ² = 1, degrees of freedom 1 and 2.
        let pairs = [(0, 0, 20), (0, 1, 20), (1, 3, 40)];
        let (a, b) = (column(|p| p.0, &pairs), column(|p| p.1, &pairs));
        let expected = (1.0 - 2.0 / 79.0) / (1.0 - 1.0 / 79.0);
        assert!((association(&a, 2, &b, 4, &mut Vec::new()) - expected).abs() < 1e-12);
        assert!((association(&b, 4, &a, 2, &mut Vec::new()) - expected).abs() < 1e-12);
        // A constant column goes with nothing.
        assert_eq!(association(&a, 2, &[0; 80], 1, &mut Vec::new()), 0.0);
    }

    #[test]
    fn of_many_rows_about_ten_thousand_are_asked_unless_masses_are_equal() {
        let different = |n: usize| (0..n).map(|i| i as f64).collect::<Vec<f64>>();
        let asked = |column: &[f64]| sample(&[Cow::Borrowed(column)]).len();
        assert_eq!(asked(&different(19_999)), 19_999);
        let half = asked(&different(20_000));
        assert!((9_500..10_500).contains(&half), "{half}");
        let fifth = asked(&different(50_000));
        assert!((9_500..10_500).contains(&fifth), "{fifth}");
        assert_eq!(asked(&vec![1.0; 50_000]), 50_000);
    }
}
