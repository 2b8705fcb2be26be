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
