//! How a number becomes a coordinate.

use super::curve::Curve;
use serde::{Deserialize, Serialize};

/// Standardized values end here: a z-score of a million customers cannot go further, a robust one can.
const FURTHEST: f64 = 1000.0;

/// How a number becomes a coordinate: `factor · (curve(x) − center) / spread`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::features) struct NumberCode {
    /// The latest date of a date column; coordinates count the days before it.
    pub(in crate::features) reference: Option<f64>,
    /// What stands in for a missing value.
    pub(in crate::features) fill: f64,
    pub(in crate::features) curve: Curve,
    pub(in crate::features) center: f64,
    pub(in crate::features) spread: f64,
    /// Whether places end at ±1000; not for unscaled values.
    pub(in crate::features) bounded: bool,
    /// Weight and, for two-valued columns, the step of a category.
    pub(in crate::features) factor: f64,
    /// Where the middle customer is placed, and the robust standard deviation of places; 0 where a column says
    /// nothing about outliers.
    pub(super) middle: f64,
    pub(super) tolerance: f64,
}

impl NumberCode {
    /// The value that is scaled: the fill where missing, days before the reference for dates.
    fn number(&self, value: f64) -> f64 {
        if !value.is_finite() {
            return self.fill;
        }
        self.reference.map_or(value, |latest| days_before(latest, value))
    }

    /// Whether it makes coordinates of numbers.
    pub(in crate::features) fn is_sound(&self) -> bool {
        let curve = match &self.curve {
            Curve::Rank { values, ranks } => values.len() == ranks.len() && values.is_sorted(),
            _ => true,
        };
        let numbers = [self.fill, self.center, self.spread, self.factor];
        curve && numbers.iter().all(|x| x.is_finite()) && self.spread != 0.0
    }

    /// Where `value` lies, before its weight.
    pub(in crate::features) fn place(&self, value: f64) -> f64 {
        let place = (self.curve.at(self.number(value)) - self.center) / self.spread;
        if self.bounded {
            place.clamp(-FURTHEST, FURTHEST)
        } else {
            place
        }
    }

    /// Robust standard deviations beyond 3 from the median, for a value [placed](Self::place) there.
    pub(in crate::features) fn excess(&self, place: f64) -> f64 {
        if self.tolerance > 0.0 {
            ((place - self.middle).abs() / self.tolerance).min(FURTHEST) - 3.0
        } else {
            0.0
        }
        .max(0.0)
    }
}

/// Days from `value` to the latest date; the difference of two doubles can overflow.
pub(super) fn days_before(latest: f64, value: f64) -> f64 {
    (latest - value).min(f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> NumberCode {
        NumberCode {
            reference: None,
            fill: 4.0,
            curve: Curve::Plain { magnitude: 1.0 },
            center: 4.0,
            spread: 2.0,
            bounded: true,
            factor: 1.0,
            middle: 0.5,
            tolerance: 0.25,
        }
    }

    #[test]
    fn a_place_is_centered_divided_and_bounded() {
        assert_eq!(
            [8.0, 0.0, f64::NAN, 1e9, -1e9].map(|x| code().place(x)),
            [2.0, -2.0, 0.0, 1000.0, -1000.0]
        );
        let unbounded = NumberCode {
            bounded: false,
            ..code()
        };
        assert_eq!(unbounded.place(1e9), (1e9 - 4.0) / 2.0);
        let dates = NumberCode {
            reference: Some(100.0),
            ..code()
        };
        // 8 days before the latest; one without a date is placed by the fill, which counts days already.
        assert_eq!([92.0, f64::NAN].map(|x| dates.place(x)), [2.0, 0.0]);
    }

    #[test]
    fn an_excess_begins_three_robust_deviations_from_the_middle() {
        let excess = [0.5, 1.25, -0.25, 1.5, -1.0].map(|place| code().excess(place));
        assert_eq!(excess, [0.0, 0.0, 0.0, 1.0, 3.0]);
        assert_eq!(code().excess(1e9), 997.0);
        // A column of which half is equal says nothing.
        assert_eq!(
            NumberCode {
                tolerance: 0.0,
                ..code()
            }
            .excess(1e9),
            0.0
        );
    }

    #[test]
    fn what_makes_no_coordinates_is_not_sound() {
        assert!(code().is_sound());
        assert!(
            !NumberCode {
                spread: 0.0,
                ..code()
            }
            .is_sound()
        );
        for broken in [
            NumberCode {
                fill: f64::NAN,
                ..code()
            },
            NumberCode {
                center: f64::INFINITY,
                ..code()
            },
            NumberCode {
                spread: f64::NAN,
                ..code()
            },
            NumberCode {
                factor: f64::NAN,
                ..code()
            },
        ] {
            assert!(!broken.is_sound());
        }
        let ranked = |values: &[f64], ranks: &[f64]| NumberCode {
            curve: Curve::Rank {
                values: values.to_vec(),
                ranks: ranks.to_vec(),
            },
            ..code()
        };
        assert!(ranked(&[1.0, 2.0], &[0.0, 1.0]).is_sound());
        assert!(!ranked(&[1.0, 2.0], &[0.0]).is_sound());
        assert!(!ranked(&[2.0, 1.0], &[0.0, 1.0]).is_sound());
        assert!(
            !NumberCode {
                spread: 0.0,
                ..ranked(&[1.0], &[0.0])
            }
            .is_sound()
        );
    }
}
