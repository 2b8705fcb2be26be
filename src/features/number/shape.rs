//! Statistics of sorted values.

use crate::num::quantile_sorted;

/// Interquartile range of the standard normal distribution.
const NORMAL_IQR: f64 = 1.348_979_500_392_163_5;

/// Statistics of sorted values.
pub(in crate::features) struct Shape {
    pub(super) mean: f64,
    pub(in crate::features) sd: f64,
    pub(super) skewness: f64,
    pub(super) median: f64,
    /// Standard deviation of the normal distribution with these quartiles.
    pub(super) robust: f64,
}

impl Shape {
    pub(in crate::features) fn of(sorted: &[f64]) -> Shape {
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

    pub(super) fn robust_or_sd(&self) -> f64 {
        if self.robust > 0.0 { self.robust } else { self.sd }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_two_and_six_lean_to_the_right() {
        // Mean 3, deviations −2, −1, 3: squares 14, cubes 18.
        let shape = Shape::of(&[1.0, 2.0, 6.0]);
        let sd = (14.0f64 / 3.0).sqrt();
        assert_eq!((shape.mean, shape.median), (3.0, 2.0));
        assert!((shape.sd - sd).abs() < 1e-15);
        assert!((shape.skewness - 6.0 / (sd * sd * sd)).abs() < 1e-15);
        // Quartiles 1.5 and 4.
        assert!((shape.robust - 2.5 / NORMAL_IQR).abs() < 1e-15);
        assert_eq!(Shape::of(&[5.0, 5.0]).skewness, 0.0);
        assert_eq!(Shape::of(&[5.0, 5.0]).robust_or_sd(), 0.0);
    }
}
