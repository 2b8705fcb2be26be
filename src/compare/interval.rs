//! How much a score would vary with other customers of the same kind.

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
            low: quantile_of_draws(values, 0.025),
            high: quantile_of_draws(values, 0.975),
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

    /// The interval of a mean of `n` independent terms around which studentized deviations of resamples are known: means of resamples
    /// over their own standard errors. Skewed terms, such as those of a few customers in the wrong group, need the longer arm on
    /// the side where the standard error is estimated too small. Hall, The Annals of Statistics 16, 927 (1988).
    pub(super) fn studentized(value: f64, error: f64, deviations: &mut [f64], least: f64, most: f64) -> Self {
        let found = Self::of_resamples(deviations);
        Interval {
            low: (value - found.high * error).clamp(least, most).min(value),
            high: (value - found.low * error).clamp(least, most).max(value),
        }
    }

    /// Whether zero is outside.
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// The value below which a further draw would lie with probability `p`: the order statistic number `p (draws + 1)`, between two of them by a
/// straight line. The quantiles of a finite population would enclose only 94 % of further draws at 200. Hyndman and Fan, The American
/// Statistician 50, 361 (1996), definition 6.
fn quantile_of_draws(sorted: &[f64], p: f64) -> f64 {
    let place = (p * (sorted.len() as f64 + 1.0) - 1.0).clamp(0.0, sorted.len() as f64 - 1.0);
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_draws_are_order_statistics() {
        let draws: Vec<f64> = (1..=199).map(f64::from).collect();
        assert_eq!(quantile_of_draws(&draws, 0.025), 5.0);
        assert_eq!(quantile_of_draws(&draws, 0.975), 195.0);
        assert_eq!(quantile_of_draws(&[3.0, 4.0], 0.025), 3.0);
    }
}
