//! One descent of k-means from given centers.

use super::means::{Means, NONE};
use super::tiled::{Rounded, TILE, Tiled};
use super::{Points, ROWS, row_of};
use crate::num::squared_distance;
use rayon::prelude::*;

/// Where a descent ended.
pub(super) struct Descent {
    /// The nearest center of each row.
    pub(super) labels: Vec<u32>,
    /// k × d.
    pub(super) centers: Vec<f64>,
    /// Weighted sum of squared distances to the nearest center.
    pub(super) inertia: f64,
    /// [`Means::between`]: rises by what the inertia falls, and costs next to nothing to know.
    pub(super) between: f64,
    pub(super) iterations: usize,
    pub(super) converged: bool,
}

/// When a descent ends.
pub(super) struct Limits {
    pub(super) max_iterations: usize,
    /// It ends when the centers' squared movement, summed, is at most this.
    pub(super) tolerance: f64,
    /// The mean of all rows.
    pub(super) middle: Vec<f64>,
}

/// A descent that would need this many times the gain of its latest iteration to reach a rival is given up.
const HOPE: f64 = 30.0;

/// Alternates nearest centers and means until no row changes its center, the centers move no more than the limits say,
/// or there were as many iterations as they allow.
///
/// Every row is compared with every center, 64 rows at a time in single precision; where rounding leaves a doubt, in
/// double precision. Only rows that change their center touch the sums. Bounds on distances save less than they cost
/// at this speed. A cluster that loses all its rows goes on from the row farthest from its center. `O(nkd)` per
/// iteration. Lloyd, IEEE Transactions on Information Theory 28, 129 (1982).
pub(super) fn descend(tiled: &Tiled<'_>, centers: Vec<f64>, n_clusters: usize, limits: &Limits) -> Descent {
    arrive(
        tiled,
        follow(tiled, centers, n_clusters, limits, f64::NEG_INFINITY),
    )
}

/// The same, or `None` as soon as it is most unlikely to get below `rival`.
pub(super) fn descend_below(
    rival: &Descent,
    tiled: &Tiled<'_>,
    centers: Vec<f64>,
    n_clusters: usize,
    limits: &Limits,
) -> Option<Descent> {
    let path = follow(tiled, centers, n_clusters, limits, rival.between);
    (!path.given_up).then(|| arrive(tiled, path))
}

/// The iterations of a descent.
struct Path {
    labels: Vec<u32>,
    centers: Vec<f64>,
    n_clusters: usize,
    between: f64,
    iterations: usize,
    converged: bool,
    given_up: bool,
}

fn follow(tiled: &Tiled<'_>, centers: Vec<f64>, n_clusters: usize, limits: &Limits, rival: f64) -> Path {
    let points = tiled.points;
    let mut means = Means::new(n_clusters, points.d);
    let mut path = Path {
        labels: vec![NONE; points.n],
        centers,
        n_clusters,
        between: 0.0,
        iterations: 0,
        converged: false,
        given_up: false,
    };
    while path.iterations < limits.max_iterations && !path.converged && !path.given_up {
        path.iterations += 1;
        let changed = assign(tiled, &path.centers, &mut path.labels, &mut means);
        if changed == 0 && path.iterations > 1 {
            path.converged = true;
            break;
        }
        refill(points, &path.centers, &mut means, &mut path.labels);
        let next = means.centers(&path.centers);
        let moved: f64 = (0..n_clusters)
            .map(|c| squared(row_of(&next, points.d, c), row_of(&path.centers, points.d, c)))
            .sum();
        path.converged = moved <= limits.tolerance;
        path.centers = next;
        let before = std::mem::replace(&mut path.between, means.between(&limits.middle));
        path.given_up = path.iterations > 1 && path.between + HOPE * (path.between - before) < rival;
    }
    path
}

fn arrive(tiled: &Tiled<'_>, mut path: Path) -> Descent {
    let inertia = settle(tiled, &mut path.centers, path.n_clusters, &mut path.labels);
    Descent {
        labels: path.labels,
        centers: path.centers,
        inertia,
        between: path.between,
        iterations: path.iterations,
        converged: path.converged,
    }
}

fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// Brings every row to its nearest center and the sums up to date; how many rows changed.
fn assign(tiled: &Tiled<'_>, centers: &[f64], labels: &mut [u32], means: &mut Means) -> usize {
    let points = tiled.points;
    let rounded = Rounded::new(tiled, centers);
    let n_clusters = means.n_clusters();
    let changes: Vec<(usize, Option<Means>)> = labels
        .par_chunks_mut(ROWS)
        .enumerate()
        .map(|(chunk, labels)| {
            let mut delta = None;
            let mut changed = 0;
            let mut found = [0u32; TILE];
            for (tile, labels) in labels.chunks_mut(TILE).enumerate() {
                let found = &mut found[..labels.len()];
                let tile = chunk * (ROWS / TILE) + tile;
                tiled.nearest(tile, centers, &rounded, found);
                for (slot, (label, &found)) in labels.iter_mut().zip(&*found).enumerate() {
                    if *label != found {
                        changed += 1;
                        let i = tile * TILE + slot;
                        delta
                            .get_or_insert_with(|| Means::new(n_clusters, points.d))
                            .exchange(points.row(i), points.weight(i), *label, found);
                        *label = found;
                    }
                }
            }
            (changed, delta)
        })
        .collect();
    let mut changed = 0;
    for (of_chunk, delta) in changes {
        changed += of_chunk;
        if let Some(delta) = delta {
            means.add(&delta);
        }
    }
    changed
}

/// The nearest center, the first of equals, with its squared distance and that of the next.
pub(super) fn two_nearest(squared_distances: &[f64]) -> (u32, f64, f64) {
    let (mut nearest, mut first, mut second) = (0, f64::INFINITY, f64::INFINITY);
    for (c, &distance) in squared_distances.iter().enumerate() {
        if distance < first {
            (nearest, second, first) = (c as u32, first, distance);
        } else if distance < second {
            second = distance;
        }
    }
    (nearest, first, second)
}

/// Gives each cluster without rows the row farthest from its center, taken from its cluster.
fn refill(points: &Points<'_>, centers: &[f64], means: &mut Means, labels: &mut [u32]) {
    let empty = means.empty();
    if empty.is_empty() {
        return;
    }
    let distances = distances(points, centers, labels);
    for (c, i) in empty.into_iter().zip(farthest_first(&distances)) {
        means.exchange(points.row(i), points.weight(i), labels[i], c as u32);
        labels[i] = c as u32;
    }
}

/// The squared distance of each row to the center of its label.
fn distances(points: &Points<'_>, centers: &[f64], labels: &[u32]) -> Vec<f64> {
    let of_chunks = points.per_chunk(|rows| {
        rows.map(|i| squared_distance(points.row(i), row_of(centers, points.d, labels[i] as usize)))
            .collect::<Vec<f64>>()
    });
    of_chunks.concat()
}

/// The rows away from their centers, the farthest first, equals in their order.
fn farthest_first(distances: &[f64]) -> impl Iterator<Item = usize> + '_ {
    let mut rows: Vec<usize> = (0..distances.len()).filter(|&i| distances[i] > 0.0).collect();
    rows.sort_by(|&i, &j| distances[j].total_cmp(&distances[i]));
    rows.into_iter()
}

/// Measures every row against the final centers, writes the nearest to `labels` and returns the inertia.
///
/// A center without rows, which coinciding centers leave, goes to the farthest row. That ends, because each such move
/// lowers the inertia, and with all clusters in use, because there are as many distinct rows as clusters.
fn settle(tiled: &Tiled<'_>, centers: &mut [f64], n_clusters: usize, labels: &mut [u32]) -> f64 {
    let points = tiled.points;
    let d = points.d;
    loop {
        let rounded = Rounded::new(tiled, centers);
        labels
            .par_chunks_mut(TILE)
            .enumerate()
            .for_each(|(tile, labels)| tiled.nearest(tile, centers, &rounded, labels));
        let mut counts = vec![0usize; n_clusters];
        for &label in labels.iter() {
            counts[label as usize] += 1;
        }
        let mut empty = (0..n_clusters).filter(|&c| counts[c] == 0).peekable();
        if empty.peek().is_some() {
            let distances = distances(points, centers, labels);
            let mut moved = false;
            for (c, i) in empty.zip(farthest_first(&distances)) {
                for (coordinate, &x) in points.row(i).iter().enumerate() {
                    centers[c * d + coordinate] = f64::from(x);
                }
                moved = true;
            }
            if moved {
                continue;
            }
        }
        return crate::num::par_sum(points.n, |i| {
            points.weight(i) * squared_distance(points.row(i), row_of(centers, d, labels[i] as usize))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::start::greedy_plus_plus;
    use crate::random::stream;
    use rand::RngExt;

    /// The plain method: every distance, every time.
    fn plain(points: &Points<'_>, mut centers: Vec<f64>, n_clusters: usize) -> (Vec<u32>, Vec<f64>) {
        let d = points.d;
        let mut labels = vec![NONE; points.n];
        loop {
            let before = labels.clone();
            let mut means = Means::new(n_clusters, d);
            for (i, label) in labels.iter_mut().enumerate() {
                let distances: Vec<f64> = (0..n_clusters)
                    .map(|c| squared_distance(points.row(i), row_of(&centers, d, c)))
                    .collect();
                *label = two_nearest(&distances).0;
                means.exchange(points.row(i), points.weight(i), NONE, *label);
            }
            if labels == before {
                return (labels, centers);
            }
            assert!(means.empty().is_empty(), "this twin does not refill");
            centers = means.centers(&centers);
        }
    }

    fn limits(max_iterations: usize, d: usize) -> Limits {
        Limits {
            max_iterations,
            tolerance: 0.0,
            middle: vec![0.0; d],
        }
    }

    #[test]
    fn tiles_and_kept_sums_change_nothing_but_the_work() {
        for seed in 0..20 {
            let mut random = stream(seed, 0);
            let (n, d, n_clusters) = (300, 1 + seed as usize % 5, 2 + seed as usize % 9);
            let values: Vec<f32> = (0..n * d).map(|_| random.random::<f32>()).collect();
            let weights: Vec<f32> = (0..n).map(|i| (1 + i % 3) as f32).collect();
            let points = Points {
                values: &values,
                weights: if seed % 2 == 0 { &[] } else { &weights },
                n,
                d,
            };
            let tiled = Tiled::new(&points);
            let start = greedy_plus_plus(&tiled, n_clusters, &mut random);
            let (labels, centers) = plain(&points, start.clone(), n_clusters);
            let found = descend(&tiled, start, n_clusters, &limits(1_000, d));
            assert!(found.converged);
            assert_eq!(found.labels, labels, "seed {seed}");
            for (a, b) in found.centers.iter().zip(&centers) {
                assert!((a - b).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_cluster_that_loses_its_customers_goes_on_from_the_farthest() {
        let values = [0.0, 1.0, 2.0, 50.0, 51.0, 80.0];
        let points = Points {
            values: &values,
            weights: &[],
            n: 6,
            d: 1,
        };
        // The last center is nobody's nearest.
        let start = vec![1.0, 51.0, 1e6];
        let found = descend(&Tiled::new(&points), start, 3, &limits(100, 1));
        assert_eq!(found.labels, [0, 0, 0, 1, 1, 2]);
        assert_eq!(found.centers, [1.0, 50.5, 80.0]);
    }

    #[test]
    fn coinciding_centers_part_at_the_end() {
        let values = [0.0, 10.0, 10.0];
        let points = Points {
            values: &values,
            weights: &[],
            n: 3,
            d: 1,
        };
        let mut centers = vec![10.0, 10.0];
        let mut labels = vec![0; 3];
        let tiled = Tiled::new(&points);
        assert_eq!(settle(&tiled, &mut centers, 2, &mut labels), 0.0);
        assert_eq!((labels, centers), (vec![1, 0, 0], vec![10.0, 0.0]));
    }
}
