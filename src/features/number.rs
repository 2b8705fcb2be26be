//! Number columns: missing values, scaling, and what stays finite.

use super::Scale;
use crate::num::math;
use crate::num::quantile_sorted;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Standardized values end here: a z-score of a million customers cannot go further, a robust one can.
const FURTHEST: f64 = 1000.0;
/// Unscaled values beyond this have squared differences that single precision cannot sum.
pub(super) const LARGEST_RAW: f64 = 1e15;
const MOST_KNOTS: usize = 4096;
/// Interquartile range of the standard normal distribution.
const NORMAL_IQR: f64 = 1.348_979_500_392_163_5;
/// How many times the robust spread the standard deviation may be before outliers are said to squash a column; under
/// `robust` no column's variance exceeds the square of it.
const SQUASHED: f64 = 4.0;

/// The bend that comes before centering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Curve {
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
    fn at(&self, x: f64) -> f64 {
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

/// How a number becomes a coordinate: `factor · (curve(x) − center) / spread`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct NumberCode {
    /// The latest date of a date column; coordinates count the days before it.
    pub(super) reference: Option<f64>,
    /// What stands in for a missing value.
    pub(super) fill: f64,
    pub(super) curve: Curve,
    pub(super) center: f64,
    pub(super) spread: f64,
    /// Whether places end at ±1000; not for unscaled values.
    pub(super) bounded: bool,
    /// Weight and, for two-valued columns, the step of a category.
    pub(super) factor: f64,
    /// Where the middle customer is placed, and the robust standard deviation of places; 0 where a column says
    /// nothing about outliers.
    middle: f64,
    tolerance: f64,
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
    pub(super) fn is_sound(&self) -> bool {
        let curve = match &self.curve {
            Curve::Rank { values, ranks } => values.len() == ranks.len() && values.is_sorted(),
            _ => true,
        };
        let numbers = [self.fill, self.center, self.spread, self.factor];
        curve && numbers.iter().all(|x| x.is_finite()) && self.spread != 0.0
    }

    /// Where `value` lies, before its weight.
    pub(super) fn place(&self, value: f64) -> f64 {
        let place = (self.curve.at(self.number(value)) - self.center) / self.spread;
        if self.bounded {
            place.clamp(-FURTHEST, FURTHEST)
        } else {
            place
        }
    }

    /// Robust standard deviations beyond 3 from the median, for a value [placed](Self::place) there.
    pub(super) fn excess(&self, place: f64) -> f64 {
        if self.tolerance > 0.0 {
            ((place - self.middle).abs() / self.tolerance).min(FURTHEST) - 3.0
        } else {
            0.0
        }
        .max(0.0)
    }
}

/// Days from `value` to the latest date; the difference of two doubles can overflow.
fn days_before(latest: f64, value: f64) -> f64 {
    (latest - value).min(f64::MAX)
}

/// What was found and decided about a number column.
#[derive(Debug)]
pub(super) struct NumberFit {
    pub(super) code: NumberCode,
    /// In words: `log, z-score`.
    pub(super) transform: String,
    /// Exactly two values, to be treated as a two-level category.
    pub(super) two_valued: bool,
    /// Variance of the places.
    pub(super) variance: f64,
}

/// The scaling of a column, `None` where it is constant. `values` may hold NaN, not infinities; at least one is
/// present. `centered` is whether unscaled values are centered. `O(n log n)`.
pub(super) fn fit(values: &[f64], date: bool, scale: Option<Scale>, centered: bool) -> Option<NumberFit> {
    let latest = values
        .iter()
        .copied()
        .filter(|v| v.is_finite())
        .fold(f64::MIN, f64::max);
    let reference = date.then_some(latest);
    // Adding 0.0 turns −0.0 into 0.0: the two must not sort apart.
    let mut sorted: Vec<f64> = values
        .iter()
        .filter(|v| v.is_finite())
        .map(|&v| if date { days_before(latest, v) } else { v } + 0.0)
        .collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (lowest, highest) = (*sorted.first()?, *sorted.last()?);
    if lowest == highest {
        return None;
    }
    let magnitude = lowest.abs().max(highest.abs());
    if scale.is_none() && sorted.iter().all(|&v| v == lowest || v == highest) {
        let low = lowest / magnitude;
        return Some(NumberFit {
            code: NumberCode {
                reference,
                fill: lowest / 2.0 + highest / 2.0,
                curve: Curve::Plain { magnitude },
                center: low,
                spread: highest / magnitude - low,
                bounded: true,
                factor: 1.0,
                middle: 0.0,
                tolerance: 0.0,
            },
            transform: "two values".to_owned(),
            two_valued: true,
            variance: 1.0,
        });
    }
    let fill = fill_gaps(&mut sorted, values.len());
    let choice = Choice::new(&sorted, magnitude, scale, centered)?;
    let code = NumberCode {
        reference,
        fill,
        curve: choice.curve,
        center: choice.center,
        spread: choice.spread,
        bounded: scale != Some(Scale::None),
        factor: 1.0,
        middle: 0.0,
        tolerance: 0.0,
    };
    let days = reference.unwrap_or(0.0);
    let places = sorted
        .iter()
        .map(|&v| code.place(if date { days - v } else { v }))
        .collect();
    Some(finish(code, places, choice.transform.to_owned()))
}

/// The scaling of columns in one unit, none of them constant: each centered, all by one spread, so that their mean
/// variance is 1; logged, in one unit, where none is negative and most are strongly skewed. Empty where rounding leaves no
/// spread. `O(n log n)` per column.
pub(super) fn fit_together(columns: &[&[f64]], words: &str) -> Vec<NumberFit> {
    let filled: Vec<(Vec<f64>, f64)> = columns
        .par_iter()
        .map(|values| {
            let mut sorted: Vec<f64> = values.iter().filter(|v| v.is_finite()).map(|v| v + 0.0).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let fill = fill_gaps(&mut sorted, values.len());
            (sorted, fill)
        })
        .collect();
    let magnitude = filled
        .iter()
        .flat_map(|(sorted, _)| sorted.first().into_iter().chain(sorted.last()))
        .fold(0f64, |most, v| most.max(v.abs()));
    let shapes = |curve: &Curve| -> Vec<Shape> {
        filled
            .par_iter()
            .map(|(sorted, _)| Shape::of(&sorted.iter().map(|&v| curve.at(v)).collect::<Vec<_>>()))
            .collect()
    };
    let mut curve = Curve::Plain { magnitude };
    let mut shape_of = shapes(&curve);
    let skewed = shape_of.iter().filter(|s| s.skewness > 1.0).count();
    let negative = filled
        .iter()
        .any(|(sorted, _)| sorted.first().is_some_and(|&v| v < 0.0));
    let mut how = "centered";
    if 2 * skewed > columns.len() && !negative {
        let pooled: Vec<f64> = filled
            .iter()
            .flat_map(|(sorted, _)| sorted.iter().copied())
            .collect();
        curve = log_curve(&pooled);
        shape_of = shapes(&curve);
        how = "log, centered";
    }
    let spread = (shape_of.iter().map(|s| s.sd * s.sd).sum::<f64>() / columns.len() as f64).sqrt();
    if spread == 0.0 {
        // Different values can still meet when rounded: then there is no common scale.
        return Vec::new();
    }
    filled
        .par_iter()
        .zip(&shape_of)
        .map(|((sorted, fill), shape)| {
            let code = NumberCode {
                reference: None,
                fill: *fill,
                curve: curve.clone(),
                center: shape.mean,
                spread,
                bounded: true,
                factor: 1.0,
                middle: 0.0,
                tolerance: 0.0,
            };
            let places = sorted.iter().map(|&v| code.place(v)).collect();
            finish(code, places, format!("{how}, {words}"))
        })
        .collect()
}

/// Puts the median where values are missing, in place; what it is.
fn fill_gaps(sorted: &mut Vec<f64>, n: usize) -> f64 {
    let fill = quantile_sorted(sorted, 0.5);
    let missing = n - sorted.len();
    let middle = sorted.partition_point(|&v| v < fill);
    sorted.splice(middle..middle, std::iter::repeat_n(fill, missing));
    fill
}

fn finish(mut code: NumberCode, places: Vec<f64>, transform: String) -> NumberFit {
    let shape = Shape::of(&places);
    code.middle = quantile_sorted(&places, 0.5);
    code.tolerance = shape.robust_or_sd();
    NumberFit {
        code,
        transform,
        two_valued: false,
        variance: shape.sd * shape.sd,
    }
}

struct Choice {
    curve: Curve,
    center: f64,
    spread: f64,
    transform: &'static str,
}

impl Choice {
    fn new(sorted: &[f64], magnitude: f64, scale: Option<Scale>, centered: bool) -> Option<Choice> {
        let plain = Curve::Plain { magnitude };
        let bent = |curve: &Curve| sorted.iter().map(|&v| curve.at(v)).collect::<Vec<f64>>();
        let zscore = |curve: Curve, shape: &Shape, transform| Choice {
            curve,
            center: shape.mean,
            spread: shape.sd,
            transform,
        };
        let choice = match scale {
            None => {
                let straight = Shape::of(&bent(&plain));
                let tails = asinh_curve(sorted, &straight, magnitude);
                let asinh = || {
                    let shape = Shape::of(&bent(&tails));
                    zscore(tails, &shape, "asinh, z-score")
                };
                let signed = sorted.first().is_some_and(|&v| v < 0.0);
                let (curve, shape, transform) = if straight.skewness.abs() > 1.0 {
                    let log = log_curve(sorted);
                    let shape = Shape::of(&bent(&log));
                    if signed {
                        return Some(asinh());
                    } else if shape.skewness.abs() < straight.skewness.abs() {
                        (log, shape, "log, z-score")
                    } else {
                        (plain, straight, "z-score")
                    }
                } else {
                    (plain, straight, "z-score")
                };
                if shape.robust > 0.0 && shape.sd > SQUASHED * shape.robust {
                    asinh()
                } else {
                    zscore(curve, &shape, transform)
                }
            }
            Some(Scale::Zscore) => {
                let shape = Shape::of(&bent(&plain));
                zscore(plain, &shape, "z-score")
            }
            Some(Scale::Log) => {
                let log = log_curve(sorted);
                let shape = Shape::of(&bent(&log));
                zscore(log, &shape, "log, z-score")
            }
            Some(Scale::Rank) => {
                let rank = rank_curve(sorted);
                let shape = Shape::of(&bent(&rank));
                zscore(rank, &shape, "rank, z-score")
            }
            Some(Scale::Robust) => {
                let shape = Shape::of(&bent(&plain));
                if shape.robust > 0.0 {
                    Choice {
                        curve: plain,
                        center: shape.median,
                        spread: shape.robust.max(shape.sd / SQUASHED),
                        transform: "robust",
                    }
                } else {
                    zscore(plain, &shape, "z-score, since the quartiles are equal")
                }
            }
            Some(Scale::Minmax) => {
                let places = bent(&plain);
                let (low, high) = (*places.first()?, *places.last()?);
                Choice {
                    curve: plain,
                    center: low,
                    spread: high - low,
                    transform: "0 to 1",
                }
            }
            Some(Scale::None) => Choice {
                center: if centered {
                    Shape::of(&bent(&plain)).mean * magnitude
                } else {
                    0.0
                },
                curve: Curve::Plain { magnitude: 1.0 },
                spread: 1.0,
                transform: "as it is",
            },
        };
        // Different values can still meet when rounded: then the column is as good as constant.
        (choice.spread > 0.0).then_some(choice)
    }
}

fn log_curve(sorted: &[f64]) -> Curve {
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
fn asinh_curve(sorted: &[f64], straight: &Shape, magnitude: f64) -> Curve {
    Curve::Asinh {
        middle: quantile_sorted(sorted, 0.5),
        // Four times the least, so that a quarter of it is a number as exact as others.
        scale: (straight.robust_or_sd() * magnitude).max(4.0 * f64::MIN_POSITIVE),
    }
}

fn rank_curve(sorted: &[f64]) -> Curve {
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

/// Statistics of sorted values.
pub(super) struct Shape {
    mean: f64,
    pub(super) sd: f64,
    skewness: f64,
    median: f64,
    /// Standard deviation of the normal distribution with these quartiles.
    robust: f64,
}

impl Shape {
    pub(super) fn of(sorted: &[f64]) -> Shape {
        let n = sorted.len() as f64;
        let mean = sorted.iter().sum::<f64>() / n;
        let (mut square, mut cube) = (0.0, 0.0);
        for v in sorted {
            let d = v - mean;
            square += d * d;
            cube += d * d * d;
        }
        let sd = (square / n).sqrt();
        let q = |share| quantile_sorted(sorted, share);
        Shape {
            mean,
            sd,
            skewness: if sd > 0.0 { cube / n / (sd * sd * sd) } else { 0.0 },
            median: q(0.5),
            robust: (q(0.75) - q(0.25)) / NORMAL_IQR,
        }
    }

    fn robust_or_sd(&self) -> f64 {
        if self.robust > 0.0 { self.robust } else { self.sd }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(values: &[f64], scale: Option<Scale>) -> Vec<f64> {
        let fit = fit(values, false, scale, true).expect("not constant");
        values.iter().map(|&v| fit.code.place(v)).collect()
    }

    #[test]
    fn zscores_of_one_two_three_are_those_of_the_population_formula() {
        let z = places(&[3.0, 1.0, 2.0], Some(Scale::Zscore));
        for (found, expected) in z.iter().zip([1.5f64.sqrt(), -(1.5f64.sqrt()), 0.0]) {
            assert!((found - expected).abs() < 1e-15, "{z:?}");
        }
    }

    #[test]
    fn minmax_runs_from_zero_to_one_and_a_missing_value_takes_the_median() {
        let z = places(&[2.0, f64::NAN, 6.0, 3.0], Some(Scale::Minmax));
        assert_eq!(z, [0.0, 0.25, 1.0, 0.25]);
    }

    #[test]
    fn ranks_share_ties_and_are_blind_to_size() {
        let a = places(&[1.0, 5.0, 5.0, 9.0], Some(Scale::Rank));
        let b = places(&[-1e308, 2.0, 2.0, 1e308], Some(Scale::Rank));
        assert_eq!(a, b);
        assert_eq!(a[1], a[2]);
    }

    #[test]
    fn a_long_tail_is_logged_and_a_symmetric_column_is_not() {
        let tail: Vec<f64> = (0..200).map(|i| math::exp(i as f64 / 20.0)).collect();
        assert_eq!(
            fit(&tail, false, None, true).expect("varies").transform,
            "log, z-score"
        );
        let even: Vec<f64> = (0..200).map(f64::from).collect();
        assert_eq!(
            fit(&even, false, None, true).expect("varies").transform,
            "z-score"
        );
    }

    #[test]
    fn one_absurd_value_does_not_squash_the_others() {
        // Years of birth, and one mistake that a logarithm cannot cure.
        let mut years: Vec<f64> = (0..400).map(|i| 1950.0 + f64::from(i % 50)).collect();
        years.push(99_999.0);
        let z = places(&years, None);
        assert!(z[49] - z[0] > 2.0, "{} {}", z[0], z[49]);
        assert!(z[400] > 5.0 && z[400] < 15.0, "{}", z[400]);
    }

    #[test]
    fn euros_and_cents_are_placed_alike() {
        let euros: Vec<f64> = (0..100).map(|i| f64::from(i * i * i) / 64.0).collect();
        let scaled: Vec<f64> = euros.iter().map(|v| v * 1024.0).collect();
        for scale in [
            None,
            Some(Scale::Log),
            Some(Scale::Zscore),
            Some(Scale::Robust),
            Some(Scale::Minmax),
        ] {
            assert_eq!(places(&euros, scale), places(&scaled, scale), "{scale:?}");
        }
    }

    #[test]
    fn two_values_stand_at_zero_and_one_and_a_missing_one_between() {
        let z = places(&[7.0, f64::NAN, 3.0], None);
        assert_eq!((z[0], z[2]), (1.0, 0.0));
        assert!((z[1] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_farthest_dates_are_finite_days_apart() {
        for scale in [
            None,
            Some(Scale::Zscore),
            Some(Scale::Robust),
            Some(Scale::Minmax),
        ] {
            let fit = fit(&[-1e308, 1e308], true, scale, true).expect("varies");
            let places = [-1e308, 1e308].map(|v| fit.code.place(v));
            assert!(
                places.iter().all(|p| p.is_finite()) && places[0] > places[1],
                "{places:?}"
            );
        }
    }

    #[test]
    fn dates_count_the_days_before_the_latest() {
        let fit = fit(&[10.0, 20.0, f64::NAN, 25.0], true, Some(Scale::Minmax), true).expect("varies");
        assert_eq!(fit.code.reference, Some(25.0));
        assert_eq!(fit.code.fill, 5.0);
        assert_eq!(fit.code.place(25.0), 0.0);
        assert_eq!(fit.code.place(10.0), 1.0);
    }
}
