//! Where k-means begins: greedy k-means++.

use super::{Points, ROWS};
use crate::num::Tiles;
use crate::random::Random;
use rand::RngExt;
use rayon::prelude::*;

/// Up to `n_clusters` rows as first centers, k × d; fewer only where there are fewer distinct rows.
///
/// Each next center is drawn with a probability proportional to the squared distance from the centers so far; of
/// 2 + ln k draws the one that leaves the smallest sum of squared distances is kept, as scikit-learn does.
/// `O(nkd log k)`. Arthur and Vassilvitskii, SODA 2007.
pub(super) fn greedy_plus_plus(points: &Points<'_>, n_clusters: usize, random: &mut Random) -> Vec<f64> {
    let n_trials = 2 + (n_clusters as f64).ln() as usize;
    let mut centers = Vec::with_capacity(n_clusters * points.d);
    let mut nearest = vec![f64::INFINITY; points.n];
    let first = random.random_range(0..points.n);
    take(points, first, &mut centers);
    // The sum of `nearest` over each chunk of rows.
    let mut potentials = shrink(points, first, &mut nearest);
    for _ in 1..n_clusters {
        let total: f64 = potentials.iter().sum();
        // Every row coincides with a center.
        if total <= 0.0 {
            break;
        }
        let candidates: Vec<usize> = (0..n_trials)
            .map(|_| draw(&nearest, &potentials, random.random::<f64>() * total))
            .collect();
        let best = candidates[best_of(points, &candidates, &nearest)];
        take(points, best, &mut centers);
        potentials = shrink(points, best, &mut nearest);
    }
    centers
}

fn take(points: &Points<'_>, row: usize, centers: &mut Vec<f64>) {
    centers.extend(points.row(row).iter().map(|&x| f64::from(x)));
}

/// Lowers `nearest` to the squared distances from `center` and returns its sum over each chunk.
fn shrink(points: &Points<'_>, center: usize, nearest: &mut [f64]) -> Vec<f64> {
    let mut center_row = Vec::new();
    points.widen(center, &mut center_row);
    nearest
        .par_chunks_mut(ROWS)
        .enumerate()
        .map(|(chunk, nearest)| {
            let mut sum = 0.0;
            for (offset, distance) in nearest.iter_mut().enumerate() {
                let to_center = crate::num::squared_distance(points.row(chunk * ROWS + offset), &center_row);
                *distance = distance.min(to_center);
                sum += *distance;
            }
            sum
        })
        .collect()
}

/// The row at which the running sum of `weights` passes `target`; never a row of weight 0.
fn draw(weights: &[f64], chunk_sums: &[f64], target: f64) -> usize {
    let mut left = target;
    let mut chunk = 0;
    while chunk + 1 < chunk_sums.len() && left >= chunk_sums[chunk] {
        left -= chunk_sums[chunk];
        chunk += 1;
    }
    for (row, &weight) in weights.iter().enumerate().skip(chunk * ROWS) {
        if left < weight {
            return row;
        }
        left -= weight;
    }
    // Rounding can carry the target past the end.
    weights.iter().rposition(|&weight| weight > 0.0).unwrap_or(0)
}

/// The position of the candidate that leaves the smallest sum of squared distances, the first of equals.
fn best_of(points: &Points<'_>, candidates: &[usize], nearest: &[f64]) -> usize {
    let tiles = Tiles::new(candidates.len(), points.d, |candidate, coordinate| {
        f64::from(points.row(candidates[candidate])[coordinate])
    });
    let partial = points.per_chunk(|rows| {
        let mut sums = vec![0.0; candidates.len()];
        let (mut row, mut distances) = (Vec::new(), Vec::new());
        for i in rows {
            points.widen(i, &mut row);
            tiles.squared_distances(&row, &mut distances);
            for (sum, distance) in sums.iter_mut().zip(&distances) {
                *sum += distance.min(nearest[i]);
            }
        }
        sums
    });
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
            n: 7,
            d: 1,
        };
        let mut centers = greedy_plus_plus(&points, 6, &mut crate::random::stream(1, 0));
        centers.sort_by(f64::total_cmp);
        assert_eq!(centers, [1.0, 5.0, 9.0]);
    }
}
