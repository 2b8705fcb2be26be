//! The bend that comes before centering.

use super::shape::Shape;
use crate::num::math;
use crate::num::quantile_sorted;
use serde::{Deserialize, Serialize};

const MOST_KNOTS: usize = 4096;

/// The bend that comes before centering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::features) enum Curve {
    /// Divided by the largest size of the column, so that sums of squares cannot overflow.
    Plain { magnitude: f64 },
    /// `sign(x) ln(1 + |x| / unit)`. Steep at 0: for columns without negative values, which it cannot part in two.
    Log { unit: f64 },
    /// `asinh((x − middle) / scale)`: straight within a scale of the middle, logarithmic beyond. Tails that fall as
    /// 1/x² or faster keep their one peak, which the signed logarithm does not grant: it parts a column at 0.
    Asinh { middle: f64, scale: f64 },
    /// Rank in 0 to 1 at each of these values, straight lines between.
    Rank { values: Vec<f64>, ranks: Vec<f64> },
}

impl Curve {
    pub(super) fn at(&self, x: f64) -> f64 {
        match self {
            Curve::Plain { magnitude } => x / magnitude,
            Curve::Log { unit } => {
                let ratio = x.abs() / unit;
                let log = if ratio.is_finite() {
                    math::ln_1p(ratio)
                } else {
                    math::ln(x.abs()) - math::ln(*unit)
                };
                log.copysign(x)
            }
            Curve::Asinh { middle, scale } => {
                // Halves: the difference of two doubles can overflow.
                let from_middle = x / 2.0 - middle / 2.0;
                let ratio = from_middle / (scale / 2.0);
                if ratio.is_finite() {
                    math::asinh(ratio)
                } else {
                    // What asinh is far out: ln 2|ratio|.
                    (math::ln(from_middle.abs()) - math::ln(scale / 4.0)).copysign(from_middle)
                }
            }
            Curve::Rank { values, ranks } => {
                let above = values.partition_point(|&v| v < x);
                match (above.checked_sub(1), values.get(above)) {
                    (None, _) => 0.0,
                    (Some(below), None) => ranks[below],
                    (Some(below), Some(&high)) => {
                        let low = values[below];
                        // Halves: the difference of two doubles can overflow.
                        let share = (x / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
                        ranks[below] + (ranks[above] - ranks[below]) * share
                    }
                }
            }
        }
    }
}

pub(super) fn log_curve(sorted: &[f64]) -> Curve {
    let mut sizes: Vec<f64> = sorted.iter().filter(|&&v| v != 0.0).map(|v| v.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    // A size that occurs, not one between two: the smallest double halved would be 0.
    let unit = sizes
        .get((sizes.len().saturating_sub(1)) / 10)
        .copied()
        .unwrap_or(1.0);
    Curve::Log { unit }
}

/// Around the median, straight within a robust standard deviation of it.
pub(super) fn asinh_curve(sorted: &[f64], straight: &Shape, magnitude: f64) -> Curve {
    Curve::Asinh {
        middle: quantile_sorted(sorted, 0.5),
        // Four times the least, so that a quarter of it is a number as exact as others.
        scale: (straight.robust_or_sd() * magnitude).max(4.0 * f64::MIN_POSITIVE),
    }
}

pub(super) fn rank_curve(sorted: &[f64]) -> Curve {
    let last = (sorted.len() - 1).max(1) as f64;
    let (mut values, mut ranks) = (Vec::new(), Vec::new());
    let mut start = 0;
    for ties in sorted.chunk_by(|a, b| a == b) {
        let end = start + ties.len() - 1;
        values.push(ties[0]);
        ranks.push((start + end) as f64 / 2.0 / last);
        start = end + 1;
    }
    if values.len() > MOST_KNOTS {
        let pick = |v: &[f64]| -> Vec<f64> {
            (0..MOST_KNOTS)
                .map(|i| v[i * (v.len() - 1) / (MOST_KNOTS - 1)])
                .collect()
        };
        (values, ranks) = (pick(&values), pick(&ranks));
    }
    Curve::Rank { values, ranks }
}
