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
