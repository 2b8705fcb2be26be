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
                    // The lowest value, or what lies below it.
                    (None, _) => ranks.first().copied().unwrap_or(0.0),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_middle_of_ties_straight_between_and_level_outside() {
        let curve = rank_curve(&[1.0, 1.0, 2.0, 4.0]);
        // Places 0 and 1 of 3 share 1/6.
        for (x, rank) in [
            (0.0, 1.0 / 6.0),
            (1.0, 1.0 / 6.0),
            (1.5, 5.0 / 12.0),
            (2.0, 2.0 / 3.0),
            (3.0, 5.0 / 6.0),
            (4.0, 1.0),
            (9.0, 1.0),
        ] {
            assert!((curve.at(x) - rank).abs() < 1e-15, "{x}: {}", curve.at(x));
        }
    }

    #[test]
    fn of_many_values_knots_are_kept_from_the_first_to_the_last() {
        let values: Vec<f64> = (0..10_000).map(f64::from).collect();
        let curve = rank_curve(&values);
        let Curve::Rank { values: kept, ranks } = &curve else {
            panic!("ranks")
        };
        assert_eq!((kept.len(), ranks.len()), (MOST_KNOTS, MOST_KNOTS));
        assert_eq!((kept[0], kept[MOST_KNOTS - 1]), (0.0, 9_999.0));
        for x in [0.0, 1.0, 777.0, 5_000.5, 9_998.0, 9_999.0] {
            assert!((curve.at(x) - x / 9_999.0).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn a_logarithm_has_the_size_of_the_smallest_tenth_for_its_unit() {
        // Of ten sizes without zeros the first, number 9 / 10 = 0; of eleven the second.
        let ten: Vec<f64> = (0..=10).map(f64::from).collect();
        assert_eq!(log_curve(&ten), Curve::Log { unit: 1.0 });
        let eleven: Vec<f64> = (0..=11).map(f64::from).collect();
        assert_eq!(log_curve(&eleven), Curve::Log { unit: 2.0 });
        let at = log_curve(&ten).at(1.0);
        assert!((at - math::ln(2.0)).abs() < 1e-15, "{at}");
        assert_eq!(log_curve(&ten).at(-1.0), -at);
    }

    #[test]
    fn the_inverse_sine_is_straight_near_the_middle_and_a_logarithm_far_out() {
        let curve = Curve::Asinh {
            middle: 2.0,
            scale: 4.0,
        };
        assert_eq!(curve.at(2.0), 0.0);
        // asinh(1) = ln(1 + √2).
        assert!((curve.at(6.0) - math::ln(1.0 + 2f64.sqrt())).abs() < 1e-15);
        assert_eq!(curve.at(-2.0), -curve.at(6.0));
        let far = Curve::Asinh {
            middle: 0.0,
            scale: 1e-300,
        };
        // ln(2 · 1e300 / 1e-300).
        assert!((far.at(1e300) - (math::ln(2.0) + 600.0 * std::f64::consts::LN_10)).abs() < 1e-9);
    }
}
