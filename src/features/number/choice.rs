//! Which curve, center and spread a number column takes under a scale.

use super::super::Scale;
use super::curve::{Curve, asinh_curve, log_curve, rank_curve};
use super::shape::Shape;

/// How many times the robust spread the standard deviation may be before outliers are said to squash a column; under
/// `robust` no column's variance exceeds the square of it.
const SQUASHED: f64 = 4.0;

pub(super) struct Choice {
    pub(super) curve: Curve,
    pub(super) center: f64,
    pub(super) spread: f64,
    pub(super) transform: &'static str,
}

impl Choice {
    /// For sorted values up to `magnitude` in size; `centered` is whether values that stay as they are get centered.
    pub(super) fn new(
        sorted: &[f64],
        magnitude: f64,
        scale: Option<Scale>,
        centered: bool,
    ) -> Option<Choice> {
        let plain = Curve::Plain { magnitude };
        let choice = match scale {
            None => automatic(sorted, plain, magnitude),
            Some(Scale::Zscore) => standardized(sorted, plain, "z-score"),
            Some(Scale::Log) => standardized(sorted, log_curve(sorted), "log, z-score"),
            Some(Scale::Rank) => standardized(sorted, rank_curve(sorted), "rank, z-score"),
            Some(Scale::Robust) => robust(sorted, plain),
            Some(Scale::Minmax) => {
                let places = bent(sorted, &plain);
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
                    shape_of(sorted, &plain).mean * magnitude
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

    fn zscore(curve: Curve, shape: &Shape, transform: &'static str) -> Choice {
        Choice {
            curve,
            center: shape.mean,
            spread: shape.sd,
            transform,
        }
    }
}

/// Straight where that does; a logarithm against skewness, where no value is negative; asinh against skewness of both signs and
/// against outliers that would squash everybody else.
fn automatic(sorted: &[f64], plain: Curve, magnitude: f64) -> Choice {
    let straight = shape_of(sorted, &plain);
    let tails = asinh_curve(sorted, &straight, magnitude);
    let asinh = || standardized(sorted, tails, "asinh, z-score");
    let (mut curve, mut shape, mut transform) = (plain, straight, "z-score");
    if shape.skewness.abs() > 1.0 {
        if sorted.first().is_some_and(|&v| v < 0.0) {
            return asinh();
        }
        let log = log_curve(sorted);
        let logged = shape_of(sorted, &log);
        if logged.skewness.abs() < shape.skewness.abs() {
            (curve, shape, transform) = (log, logged, "log, z-score");
        }
    }
    if shape.robust > 0.0 && shape.sd > SQUASHED * shape.robust {
        asinh()
    } else {
        Choice::zscore(curve, &shape, transform)
    }
}

fn robust(sorted: &[f64], plain: Curve) -> Choice {
    let shape = shape_of(sorted, &plain);
    if shape.robust > 0.0 {
        Choice {
            curve: plain,
            center: shape.median,
            spread: shape.robust.max(shape.sd / SQUASHED),
            transform: "robust",
        }
    } else {
        Choice::zscore(plain, &shape, "z-score, since the quartiles are equal")
    }
}

fn standardized(sorted: &[f64], curve: Curve, transform: &'static str) -> Choice {
    let shape = shape_of(sorted, &curve);
    Choice::zscore(curve, &shape, transform)
}

fn shape_of(sorted: &[f64], curve: &Curve) -> Shape {
    Shape::of(&bent(sorted, curve))
}

fn bent(sorted: &[f64], curve: &Curve) -> Vec<f64> {
    sorted.iter().map(|&v| curve.at(v)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(sorted: &[f64], scale: Option<Scale>, centered: bool) -> Option<Choice> {
        let magnitude = sorted.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        Choice::new(sorted, magnitude, scale, centered)
    }

    #[test]
    fn no_robust_spread_is_narrower_than_a_quarter_of_the_deviation() {
        let mut values: Vec<f64> = (0..99).map(f64::from).collect();
        let plain = chosen(&values, Some(Scale::Robust), true).expect("a spread");
        let shape = Shape::of(&values.iter().map(|v| v / 98.0).collect::<Vec<_>>());
        assert!((plain.center - 0.5).abs() < 1e-12 && (plain.spread - shape.robust).abs() < 1e-12);
        values.push(10_000.0);
        let squashed = chosen(&values, Some(Scale::Robust), true).expect("a spread");
        let shape = Shape::of(&values.iter().map(|v| v / 10_000.0).collect::<Vec<_>>());
        assert!(shape.sd > 4.0 * shape.robust);
        assert!((squashed.spread - shape.sd / 4.0).abs() < 1e-12);
        assert_eq!((plain.transform, squashed.transform), ("robust", "robust"));
        // Where the quartiles are equal there is no robust spread.
        let mut flat = vec![5.0; 90];
        flat.extend([6.0, 7.0, 8.0]);
        assert_eq!(
            chosen(&flat, Some(Scale::Robust), true)
                .expect("a spread")
                .transform,
            "z-score, since the quartiles are equal"
        );
    }

    #[test]
    fn what_stays_as_it_is_loses_its_mean_or_nothing() {
        let centered = chosen(&[2.0, 4.0, 12.0], Some(Scale::None), true).expect("a spread");
        assert!((centered.center - 6.0).abs() < 1e-12);
        assert_eq!((centered.spread, centered.transform), (1.0, "as it is"));
        assert_eq!(
            chosen(&[2.0, 4.0, 12.0], Some(Scale::None), false)
                .expect("a spread")
                .center,
            0.0
        );
    }

    #[test]
    fn skewness_is_logged_where_nothing_is_negative_and_bent_on_both_sides_where_something_is() {
        let tail = |low: f64| -> Vec<f64> {
            let mut values = vec![low];
            values.extend((0..200).map(|i| crate::num::math::exp(f64::from(i) / 25.0)));
            values
        };
        assert_eq!(
            chosen(&tail(0.0), None, true).expect("a spread").transform,
            "log, z-score"
        );
        assert_eq!(
            chosen(&tail(-1.0), None, true).expect("a spread").transform,
            "asinh, z-score"
        );
        let even: Vec<f64> = (-50..50).map(f64::from).collect();
        assert_eq!(chosen(&even, None, true).expect("a spread").transform, "z-score");
        // Outliers on both sides: no skewness, and a deviation of many robust ones.
        let mut both = vec![-1e6];
        both.extend((-50..=50).map(f64::from));
        both.push(1e6);
        assert_eq!(
            chosen(&both, None, true).expect("a spread").transform,
            "asinh, z-score"
        );
    }
}
