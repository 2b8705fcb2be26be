//! A few rows, weighted, that stand for all.

use super::Points;
use crate::num::squared_distance;
use crate::random::stream;
use rand::RngExt;

/// Rows and how many customers each stands for.
pub(super) struct Sample {
    values: Vec<f32>,
    weights: Vec<f32>,
    d: usize,
}

impl Sample {
    /// About `size` rows, fewer where single rows weigh much. A row is taken with a probability that is half the same
    /// for all and half proportional to its squared distance from `middle`, and weighs the inverse: sums over the sample
    /// are those over all rows on average, and the few far rows that decide inertia are all in it. `spread` is the sum of these
    /// distances. `O(nd)`.
    ///
    /// Bachem, Lucic and Krause, "Scalable k-means clustering via lightweight coresets", KDD 2018.
    pub(super) fn new(points: &Points<'_>, size: usize, middle: &[f64], spread: f64, seed: u64) -> Self {
        let even = size as f64 / points.n as f64;
        let of_chunks = points.per_chunk(|rows| {
            let mut random = stream(seed, u64::MAX - rows.start as u64);
            let (mut values, mut weights) = (Vec::new(), Vec::new());
            for i in rows {
                let far = if spread > 0.0 {
                    size as f64 * squared_distance(points.row(i), middle) / spread
                } else {
                    even
                };
                let share = (0.5 * (even + far)).min(1.0);
                if random.random::<f64>() < share {
                    values.extend_from_slice(points.row(i));
                    weights.push(((256.0 / share).round() / 256.0) as f32);
                }
            }
            (values, weights)
        });
        let (values, weights): (Vec<_>, Vec<_>) = of_chunks.into_iter().unzip();
        Sample {
            values: values.concat(),
            weights: weights.concat(),
            d: points.d,
        }
    }

    pub(super) fn points(&self) -> Points<'_> {
        Points {
            values: &self.values,
            weights: &self.weights,
            n: self.weights.len(),
            d: self.d,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::math;

    #[test]
    fn a_sample_weighs_as_much_as_all_and_holds_every_row_that_is_far() {
        let n = 50_000;
        let values: Vec<f32> = (0..n)
            .map(|i| if i % 10_000 == 77 { 1e4 } else { (i % 100) as f32 })
            .collect();
        let points = Points {
            values: &values,
            weights: &[],
            n,
            d: 1,
        };
        let middle = [50.5];
        let spread = values.iter().map(|&x| math::square(f64::from(x) - 50.5)).sum();
        let sample = Sample::new(&points, 2_000, &middle, spread, 1);
        let found = sample.points();
        assert!((900..2_200).contains(&found.n), "{}", found.n);
        let far: Vec<f64> = (0..found.n)
            .filter(|&i| found.row(i)[0] == 1e4)
            .map(|i| found.weight(i))
            .collect();
        assert_eq!(far, [1.0; 5]);
        let total: f64 = (0..found.n).map(|i| found.weight(i)).sum();
        assert!((total / n as f64 - 1.0).abs() < 0.1, "{total}");
    }

    #[test]
    fn of_rows_that_all_coincide_every_one_is_as_likely() {
        let points = Points {
            values: &[3.0; 20_000],
            weights: &[],
            n: 10_000,
            d: 2,
        };
        let sample = Sample::new(&points, 1_000, &[3.0; 2], 0.0, 1);
        assert!((850..1_150).contains(&sample.points().n));
    }
}
