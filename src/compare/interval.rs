//! How much a score would vary with other customers of the same kind.

use crate::num::quantile_sorted;
use crate::random::{Random, stream};
use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;

/// A 95 % interval: the 2.5 % and 97.5 % quantiles over resamples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// The middle 95 % of some values, which are sorted on the way.
    pub(super) fn of_resamples(values: &mut [f64]) -> Self {
        values.sort_by(f64::total_cmp);
        Interval {
            low: quantile_sorted(values, 0.025),
            high: quantile_sorted(values, 0.975),
        }
    }

    /// The interval moved by how far the resamples' mean lies from `value`, which the same resampling would have moved away
    /// from the truth once already, and cut to what the measure can be.
    pub(super) fn around(value: f64, values: &mut [f64], least: f64, most: f64) -> Self {
        let shift = values.iter().sum::<f64>() / values.len() as f64 - value;
        let found = Self::of_resamples(values);
        Interval {
            low: (found.low - shift).clamp(least, most).min(value),
            high: (found.high - shift).clamp(least, most).max(value),
        }
    }

    /// Whether zero is outside.
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
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
    Some(Interval::of_resamples(&mut found))
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
}
