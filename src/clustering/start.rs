//! Where k-means begins: greedy k-means++.

use super::tiled::{TILE, Tiled};
use super::{Points, ROWS};
use crate::num::math;
use crate::random::Random;
use rand::RngExt;
use rayon::prelude::*;

/// Up to `n_clusters` rows as first centers, k × d; fewer only where there are fewer distinct rows.
///
/// Each next center is drawn with a probability proportional to the squared distance from the centers so far; of
/// 2 + ln k draws the one that leaves the smallest sum of squared distances is kept, as scikit-learn does.
/// `O(nkd log k)`. Arthur and Vassilvitskii, SODA 2007.
pub(super) fn greedy_plus_plus(tiled: &Tiled<'_>, n_clusters: usize, random: &mut Random) -> Vec<f64> {
    let points = tiled.points;
    let n_trials = 2 + math::ln(n_clusters as f64) as usize;
    let mut centers = Vec::with_capacity(n_clusters * points.d);
    let mut nearest = vec![f32::INFINITY; points.n];
    let first = random.random_range(0..points.n);
    take(points, first, &mut centers);
    // The sum of `nearest` over each chunk of rows.
    let mut potentials = shrink(tiled, first, &mut nearest);
    for _ in 1..n_clusters {
        let total: f64 = potentials.iter().sum();
        // Every row coincides with a center.
        if total <= 0.0 {
            break;
        }
        let candidates: Vec<usize> = (0..n_trials)
            .map(|_| draw(&nearest, &potentials, random.random::<f64>() * total))
            .collect();
        let best = candidates[best_of(tiled, &candidates, &nearest)];
        take(points, best, &mut centers);
        potentials = shrink(tiled, best, &mut nearest);
    }
    centers
}

fn take(points: &Points<'_>, row: usize, centers: &mut Vec<f64>) {
    centers.extend(points.row(row).iter().map(|&x| f64::from(x)));
}

/// The sum of a tile's numbers, in the order that vector registers like, whatever the processor.
fn sum_of(values: &[f32]) -> f64 {
    let mut sums = [0f64; 8];
    let (groups, rest) = values.as_chunks::<8>();
    for group in groups {
        for (sum, &x) in sums.iter_mut().zip(group) {
            *sum += f64::from(x);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&x| f64::from(x)).sum::<f64>()
}

/// Lowers `nearest` to the squared distances from `center` and returns its sum over each chunk.
fn shrink(tiled: &Tiled<'_>, center: usize, nearest: &mut [f32]) -> Vec<f64> {
    let row = tiled.points.row(center);
    nearest
        .par_chunks_mut(ROWS)
        .enumerate()
        .map(|(chunk, nearest)| {
            let mut sum = 0.0;
            for (tile, nearest) in nearest.chunks_mut(TILE).enumerate() {
                let to_center = tiled.weighted_squares(chunk * (ROWS / TILE) + tile, row);
                for (distance, to_center) in nearest.iter_mut().zip(to_center) {
                    *distance = distance.min(to_center);
                }
                sum += sum_of(nearest);
            }
            sum
        })
        .collect()
}

/// A row drawn with a probability proportional to its weight, whose sums over chunks of rows are given; `None` where no
/// weight is above 0.
pub(super) fn draw_by_weight(weights: &[f32], chunk_sums: &[f64], random: &mut Random) -> Option<usize> {
    let total: f64 = chunk_sums.iter().sum();
    (total > 0.0 && total.is_finite()).then(|| draw(weights, chunk_sums, random.random::<f64>() * total))
}

/// The row at which the running sum of `weights` passes `target`; never a row of weight 0.
fn draw(weights: &[f32], chunk_sums: &[f64], target: f64) -> usize {
    let mut left = target;
    let mut chunk = 0;
    while chunk + 1 < chunk_sums.len() && left >= chunk_sums[chunk] {
        left -= chunk_sums[chunk];
        chunk += 1;
    }
    for (row, &weight) in weights.iter().enumerate().skip(chunk * ROWS) {
        if left < f64::from(weight) {
            return row;
        }
        left -= f64::from(weight);
    }
    // Rounding can carry the target past the end.
    weights.iter().rposition(|&weight| weight > 0.0).unwrap_or(0)
}

/// The position of the candidate that leaves the smallest sum of squared distances, the first of equals.
pub(super) fn best_of(tiled: &Tiled<'_>, candidates: &[usize], nearest: &[f32]) -> usize {
    let partial: Vec<Vec<f64>> = nearest
        .par_chunks(ROWS)
        .enumerate()
        .map(|(chunk, nearest)| {
            let mut sums = vec![0.0; candidates.len()];
            for (tile, nearest) in nearest.chunks(TILE).enumerate() {
                for (sum, &candidate) in sums.iter_mut().zip(candidates) {
                    let row = tiled.points.row(candidate);
                    let mut left = tiled.weighted_squares(chunk * (ROWS / TILE) + tile, row);
                    for (left, &nearest) in left.iter_mut().zip(nearest) {
                        *left = left.min(nearest);
                    }
                    *sum += sum_of(&left[..nearest.len()]);
                }
            }
            sums
        })
        .collect();
    let mut best = (f64::INFINITY, 0);
    for candidate in 0..candidates.len() {
        let sum: f64 = partial.iter().map(|sums| sums[candidate]).sum();
        if sum < best.0 {
            best = (sum, candidate);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_weight_is_never_drawn() {
        let weights = [0.0, 2.0, 0.0, 1.0, 0.0];
        let sums = [3.0];
        for (target, row) in [(0.0, 1), (1.9, 1), (2.0, 3), (2.9, 3), (3.0, 3), (4.0, 3)] {
            assert_eq!(draw(&weights, &sums, target), row, "target {target}");
        }
    }

    #[test]
    fn centers_are_as_many_as_distinct_rows() {
        let values = [1.0, 5.0, 1.0, 1.0, 5.0, 9.0, 9.0];
        let points = Points {
            values: &values,
            weights: &[],
            n: 7,
            d: 1,
        };
        let mut centers = greedy_plus_plus(&Tiled::new(&points), 6, &mut crate::random::stream(1, 0));
        centers.sort_by(f64::total_cmp);
        assert_eq!(centers, [1.0, 5.0, 9.0]);
    }
}
