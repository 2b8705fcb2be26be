//! Ranks, and between which ranks a sampled value lies.

use rayon::prelude::*;
use serde::Serialize;

/// How many of the first the confidence of the intervals is stated for, all together.
pub(crate) const TOP: usize = 20;

/// Standard errors to either side of a sampled value: each of the first [`TOP`] lies within with 99.75 %, so all of them
/// together with 95 % at least (Bonferroni).
pub(super) const Z: f64 = 3.023_341_439_739_15;

/// Differences in the last digits are none: sums of the same paths in another order have them.
const ALIKE: f64 = 1e-9;

/// Rank of each node, 1 for the highest, and the lowest and highest rank it may have. All of length n.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ranks {
    /// One more than there are nodes of higher value; equal values have equal ranks.
    pub rank: Vec<u32>,
    /// One more than there are nodes sure to be above it.
    pub low: Vec<u32>,
    /// n less the nodes sure to be below it.
    pub high: Vec<u32>,
}

/// Ranks of values that are known up to [`Z`] errors.
pub(super) fn interval_ranks(values: &[f64], errors: &[f64]) -> Ranks {
    let reach = |v: usize| Z * errors[v] + ALIKE / 2.0 * values[v].abs();
    let bounds = |sign: f64| {
        let mut sorted: Vec<f64> = (0..values.len()).map(|v| values[v] + sign * reach(v)).collect();
        sorted.par_sort_unstable_by(f64::total_cmp);
        sorted
    };
    let (lower, upper) = (bounds(-1.0), bounds(1.0));
    let n = values.len() as u32;
    let each = |of: &(dyn Fn(usize) -> u32 + Sync)| (0..values.len()).into_par_iter().map(of).collect();
    Ranks {
        rank: ranks(values),
        low: each(&|v| n - lower.partition_point(|&x| x <= values[v] + reach(v)) as u32 + 1),
        high: each(&|v| n - upper.partition_point(|&x| x < values[v] - reach(v)) as u32),
    }
}

/// One more than there are higher values, for each; equal to nine digits is equal.
pub(super) fn ranks(values: &[f64]) -> Vec<u32> {
    let mut sorted = values.to_vec();
    sorted.par_sort_unstable_by(f64::total_cmp);
    let n = values.len();
    values
        .par_iter()
        .map(|&x| (n - sorted.partition_point(|&y| y <= x + ALIKE * x.abs()) + 1) as u32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_a_rank_and_an_interval_of_as_many_places() {
        let exact = interval_ranks(&[0.0, 5.0, 9.0, 5.0 * (1.0 + 1e-13), 0.0], &[0.0; 5]);
        assert_eq!(exact.rank, [4, 2, 1, 2, 4]);
        assert_eq!(exact.low, [4, 2, 1, 2, 4]);
        assert_eq!(exact.high, [5, 3, 1, 3, 5]);
    }

    #[test]
    fn ranges_that_meet_leave_the_order_open() {
        // 10 ± 3, 12 ± 1 and 20 ± 1: the first two overlap.
        let e = |half: f64| half / Z;
        let found = interval_ranks(&[10.0, 12.0, 20.0], &[e(3.0), e(1.0), e(1.0)]);
        assert_eq!(found.rank, [3, 2, 1]);
        assert_eq!(found.low, [2, 2, 1]);
        assert_eq!(found.high, [3, 3, 1]);
    }

    #[test]
    fn nothing_has_no_ranks() {
        assert!(interval_ranks(&[], &[]).rank.is_empty());
    }

    #[test]
    fn values_that_agree_to_nine_digits_are_equal_and_others_are_not() {
        let apart = |by: f64| interval_ranks(&[1.0, 1.0 + by], &[0.0; 2]);
        assert_eq!(
            (apart(0.9e-9).rank, apart(0.9e-9).low, apart(0.9e-9).high),
            (vec![1, 1], vec![1, 1], vec![2, 2])
        );
        assert_eq!(
            (apart(1.1e-9).rank, apart(1.1e-9).low, apart(1.1e-9).high),
            (vec![2, 1], vec![2, 1], vec![2, 1])
        );
    }
}
