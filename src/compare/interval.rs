//! How much a score would vary with other customers of the same kind.

use crate::num::quantile_sorted;
use crate::partition::{Partition, adjusted_rand};
use crate::random::{Random, stream};
use rand::RngExt;
use rayon::prelude::*;

/// A 95 % interval: the 2.5 % and 97.5 % quantiles over resamples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The bootstrap interval of the mean of `values`, such as the
/// [`silhouette_widths`](crate::quality::silhouette_widths): the division is held fixed, customers are drawn again.
///
/// `resamples` of as many customers as there are, with replacement; 200 give two digits. The same seed gives the same
/// bits for any number of threads. `None` for no values or no resamples. `O(n)` per resample. Efron, Annals of
/// Statistics 7, 1 (1979).
///
/// ```
/// use kinfolk::compare::mean_interval;
///
/// let interval = mean_interval(&[0.5; 20], 100, 42).unwrap();
/// assert_eq!((interval.low, interval.high), (0.5, 0.5));
/// ```
pub fn mean_interval(values: &[f64], resamples: usize, seed: u64) -> Option<Interval> {
    interval(values.len(), resamples, seed, |draw| {
        (0..values.len()).map(|_| values[draw()]).sum::<f64>() / values.len() as f64
    })
}

/// The bootstrap interval of the adjusted Rand index of two divisions that are held fixed.
///
/// As [`mean_interval`]. A customer drawn twice counts as two that are together in both divisions, which moves the
/// interval up by about 1/n: not for a few dozen customers. `O(n log n)` per resample.
///
/// ```
/// use kinfolk::{Partition, compare::adjusted_rand_interval};
///
/// let a = Partition::from_labels(&[0, 0, 0, 1, 1, 1]);
/// let interval = adjusted_rand_interval(&a, &a, 100, 42).unwrap();
/// assert_eq!((interval.low, interval.high), (1.0, 1.0));
/// ```
///
/// # Panics
/// Where the partitions are not of the same number of customers.
pub fn adjusted_rand_interval(a: &Partition, b: &Partition, resamples: usize, seed: u64) -> Option<Interval> {
    assert_eq!(a.len(), b.len(), "two partitions of different customers");
    interval(a.len(), resamples, seed, |draw| {
        let drawn: Vec<usize> = (0..a.len()).map(|_| draw()).collect();
        let again =
            |p: &Partition| Partition::from_labels(&drawn.iter().map(|&i| p.labels()[i]).collect::<Vec<_>>());
        adjusted_rand(&again(a), &again(b))
    })
}

/// The interval of `statistic`, which draws customers from `0..n`.
fn interval(
    n: usize,
    resamples: usize,
    seed: u64,
    statistic: impl Fn(&mut dyn FnMut() -> usize) -> f64 + Sync,
) -> Option<Interval> {
    if n == 0 || resamples == 0 {
        return None;
    }
    let mut found: Vec<f64> = (0..resamples as u64)
        .into_par_iter()
        .map(|resample| {
            let mut random: Random = stream(seed, resample);
            statistic(&mut || random.random_range(0..n))
        })
        .collect();
    found.sort_by(f64::total_cmp);
    Some(Interval {
        low: quantile_sorted(&found, 0.025),
        high: quantile_sorted(&found, 0.975),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_two_standard_errors_wide_on_each_side() {
        let values: Vec<f64> = (0..1_000).map(|i| f64::from(i % 2)).collect();
        let found = mean_interval(&values, 1_000, 1).expect("values");
        let side = 1.96 * 0.5 / 1_000f64.sqrt();
        assert!((found.low - (0.5 - side)).abs() < 0.004, "{found:?}");
        assert!((found.high - (0.5 + side)).abs() < 0.004, "{found:?}");
        assert_eq!(mean_interval(&[], 100, 1), None);
    }

    #[test]
    fn the_interval_of_the_adjusted_rand_index_holds_the_index_and_narrows_with_customers() {
        let width = |n: usize| {
            let a = Partition::from_labels(&(0..n).map(|i| i % 3).collect::<Vec<_>>());
            let b = Partition::from_labels(
                &(0..n)
                    .map(|i| if i % 7 == 0 { 1 } else { i % 3 })
                    .collect::<Vec<_>>(),
            );
            let found = adjusted_rand_interval(&a, &b, 200, 1).expect("customers");
            let index = adjusted_rand(&a, &b);
            assert!(found.low < index && index < found.high, "{found:?} {index}");
            found.high - found.low
        };
        assert!(width(3_000) < 0.5 * width(300));
    }
}
