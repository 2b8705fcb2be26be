//! Better divisions from good ones: a center that is hardly needed goes where one is missing.

use super::lloyd::Descent;
use super::row_of;
use super::start::{best_of, draw_by_weight};
use super::tiled::Tiled;
use crate::num::squared_distance;
use crate::random::Random;

/// Far rows that are drawn for the free center; the one that lowers the inertia most is taken.
const TRIALS: usize = 2;

/// What there is to exchange in a division.
pub(super) struct Exchanges<'a> {
    tiled: &'a Tiled<'a>,
    centers: &'a [f64],
    /// The weight of each cluster.
    sizes: Vec<f64>,
    /// What joining two centers costs, the cheapest first.
    pairs: Vec<(f64, usize, usize)>,
    /// Weighted squared distances of rows from their centers, scaled as the tiles are, and their sums over chunks.
    away: Vec<f32>,
    sums: Vec<f64>,
}

impl<'a> Exchanges<'a> {
    /// `O(nd + k²d)`.
    pub(super) fn new(tiled: &'a Tiled<'a>, descent: &'a Descent) -> Self {
        let points = tiled.points;
        let d = points.d;
        let center = |c: usize| row_of(&descent.centers, d, c);
        // Without coordinates there are no centers to move.
        let mut sizes = vec![0f64; descent.centers.len().checked_div(d).unwrap_or(0)];
        for (i, &label) in descent.labels.iter().enumerate() {
            if let Some(size) = sizes.get_mut(label as usize) {
                *size += points.weight(i);
            }
        }
        let mut pairs = Vec::new();
        for b in 0..sizes.len() {
            for a in 0..b {
                let apart: f64 = (center(a).iter().zip(center(b)))
                    .map(|(x, y)| (x - y) * (x - y))
                    .sum();
                pairs.push((apart * sizes[a] * sizes[b] / (sizes[a] + sizes[b]), a, b));
            }
        }
        pairs.sort_by(|x, y| x.0.total_cmp(&y.0));
        let of_chunks = points.per_chunk(|rows| {
            let away: Vec<f32> = rows
                .map(|i| {
                    let distance = squared_distance(points.row(i), center(descent.labels[i] as usize));
                    (points.weight(i) * tiled.scale * tiled.scale * distance) as f32
                })
                .collect();
            let sum: f64 = away.iter().map(|&x| f64::from(x)).sum();
            (away, sum)
        });
        let (away, sums): (Vec<Vec<f32>>, Vec<f64>) = of_chunks.into_iter().unzip();
        Exchanges {
            tiled,
            centers: &descent.centers,
            sizes,
            pairs,
            away: away.concat(),
            sums,
        }
    }

    /// The centers with the two that are cheapest to join, the `rank`-th cheapest pair, joined, and the free one at a
    /// row: of some drawn with probabilities proportional to their squared distances from their centers, the one
    /// that lowers the sum of these most. `None` where no row is away from its center or there are no two centers.
    /// `O(nd)`.
    ///
    /// Fränti and Kivijärvi, Pattern Analysis and Applications 3, 358 (2000), who join and place at random; the price of
    /// joining is Ward's.
    pub(super) fn centers(&self, rank: usize, random: &mut Random) -> Option<Vec<f64>> {
        let d = self.tiled.points.d;
        let &(_, kept, free) = self.pairs.get(rank.min(self.pairs.len().checked_sub(1)?))?;
        let candidates: Vec<usize> = (0..TRIALS)
            .map(|_| draw_by_weight(&self.away, &self.sums, random))
            .collect::<Option<_>>()?;
        let best = candidates[best_of(self.tiled, &candidates, &self.away)];
        let row = self.tiled.points.row(best);
        let mut centers = self.centers.to_vec();
        let share = self.sizes[free] / (self.sizes[kept] + self.sizes[free]);
        for c in 0..d {
            centers[kept * d + c] += share * (centers[free * d + c] - centers[kept * d + c]);
            centers[free * d + c] = f64::from(row[c]);
        }
        Some(centers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::Points;
    use crate::random::stream;

    fn exchanged(values: &[f32], weights: &[f32], labels: &[u32], rank: usize) -> Option<Vec<f64>> {
        let points = Points {
            values,
            weights,
            n: values.len(),
            d: 1,
        };
        let descent = Descent {
            labels: labels.to_vec(),
            centers: vec![0.0, 1.0, 150.0],
            inertia: 10_000.0,
            between: 0.0,
            iterations: 1,
            converged: true,
        };
        Exchanges::new(&Tiled::new(&points), &descent).centers(rank, &mut stream(1, 0))
    }

    #[test]
    fn the_center_that_is_hardly_needed_goes_where_two_clusters_share_one() {
        let values = [0.0, 0.0, 0.0, 1.0, 100.0, 100.0, 200.0, 200.0];
        let labels = [0, 0, 0, 1, 2, 2, 2, 2];
        let centers = exchanged(&values, &[], &labels, 0).expect("a pair and a far row");
        assert_eq!(centers[0], 0.25);
        assert!([100.0, 200.0].contains(&centers[1]), "{centers:?}");
        assert_eq!(centers[2], 150.0);
        // Beyond the last pair the last is taken: the dearest.
        let centers = exchanged(&values, &[], &labels, 9).expect("a pair and a far row");
        assert_eq!(centers[1], 1.0);
        assert_eq!(exchanged(&[0.0, 0.0, 1.0], &[], &[0, 0, 1], 0), None);
    }

    #[test]
    fn a_row_of_weight_three_is_three_rows() {
        let values = [0.0, 1.0, 100.0, 200.0, 200.0];
        let weights = [3.0, 1.0, 9.0, 1.0, 1.0];
        let centers = exchanged(&values, &weights, &[0, 1, 2, 2, 2], 0).expect("a pair and a far row");
        // Nine in eleven draws find the row of weight 9, and of two draws the better is taken.
        assert_eq!(centers, [0.25, 100.0, 150.0]);
    }
}
