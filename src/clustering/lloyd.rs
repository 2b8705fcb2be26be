//! One descent of k-means from given centers.

use super::tiled::{Sorted, TILE};
use super::{Points, ROWS};
use crate::num::squared_distance;
use rayon::prelude::*;

/// Where a descent ended.
pub(super) struct Descent {
    /// The nearest center of each row.
    pub(super) labels: Vec<u32>,
    /// k × d.
    pub(super) centers: Vec<f64>,
    /// Sum of squared distances to the nearest center.
    pub(super) inertia: f64,
    pub(super) iterations: usize,
    pub(super) converged: bool,
}

/// Alternates nearest centers and means until no row changes its center, the centers together move less than
/// `tolerance` (a squared distance), or `max_iterations`.
///
/// Every row is compared with every center, 64 rows at a time in single precision; where rounding leaves a doubt, in
/// double precision. Only rows that change their center touch the sums. Bounds on distances save less than they cost
/// at this speed. A cluster that loses all its rows goes on from the row farthest from its center. `O(nkd)` per
/// iteration. Lloyd, IEEE Transactions on Information Theory 28, 129 (1982).
pub(super) fn descend(
    sorted: &Sorted,
    mut centers: Vec<f64>,
    n_clusters: usize,
    max_iterations: usize,
    tolerance: f64,
) -> Descent {
    let points = sorted.points();
    let mut labels = vec![NONE; points.n];
    let mut means = Means::new(n_clusters, points.d);
    let mut iterations = 0;
    let mut converged = false;
    while iterations < max_iterations && !converged {
        iterations += 1;
        let changed = assign(sorted, &centers, &mut labels, &mut means);
        if changed == 0 && iterations > 1 {
            converged = true;
            break;
        }
        refill(&points, &centers, &mut means, &mut labels);
        let next = means.centers(&centers);
        let moved: f64 = (0..n_clusters)
            .map(|c| squared(row(&next, points.d, c), row(&centers, points.d, c)))
            .sum();
        converged = moved <= tolerance;
        centers = next;
    }
    let inertia = settle(sorted, &mut centers, n_clusters, &mut labels);
    let mut of_rows = vec![0; points.n];
    for (&i, &label) in sorted.order.iter().zip(&labels) {
        of_rows[i as usize] = label;
    }
    Descent {
        labels: of_rows,
        centers,
        inertia,
        iterations,
        converged,
    }
}

/// The label of a row that has not been assigned yet.
const NONE: u32 = u32::MAX;

fn row(centers: &[f64], d: usize, c: usize) -> &[f64] {
    &centers[c * d..(c + 1) * d]
}

fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// Sums per cluster.
struct Means {
    sums: Vec<f64>,
    counts: Vec<isize>,
}

impl Means {
    fn new(n_clusters: usize, d: usize) -> Self {
        Means {
            sums: vec![0.0; n_clusters * d],
            counts: vec![0; n_clusters],
        }
    }

    /// Takes `values` out of one cluster and into another; [`NONE`] is nowhere.
    fn exchange(&mut self, values: &[f32], from: u32, to: u32) {
        let d = values.len();
        let mut add = |c: u32, sign: f64| {
            if c != NONE {
                let own = c as usize * d..(c as usize + 1) * d;
                for (sum, &x) in self.sums[own].iter_mut().zip(values) {
                    *sum += sign * f64::from(x);
                }
                self.counts[c as usize] += sign as isize;
            }
        };
        add(from, -1.0);
        add(to, 1.0);
    }

    /// Their means; a cluster without rows keeps its center.
    fn centers(&self, old: &[f64]) -> Vec<f64> {
        let d = self.sums.len() / self.counts.len();
        let mut centers = old.to_vec();
        for (c, &count) in self.counts.iter().enumerate() {
            if count > 0 {
                let own = c * d..(c + 1) * d;
                for (value, sum) in centers[own.clone()].iter_mut().zip(&self.sums[own]) {
                    *value = sum / count as f64;
                }
            }
        }
        centers
    }
}

/// Brings every row to its nearest center and the sums up to date; how many rows changed.
fn assign(sorted: &Sorted, centers: &[f64], labels: &mut [u32], means: &mut Means) -> usize {
    let points = sorted.points();
    let rounded = sorted.rounded(centers);
    let n_clusters = means.counts.len();
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
                sorted.nearest(tile, centers, &rounded, found);
                for (slot, (label, &found)) in labels.iter_mut().zip(&*found).enumerate() {
                    if *label != found {
                        changed += 1;
                        delta
                            .get_or_insert_with(|| Means::new(n_clusters, points.d))
                            .exchange(points.row(tile * TILE + slot), *label, found);
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
            for (sum, part) in means.sums.iter_mut().zip(&delta.sums) {
                *sum += part;
            }
            for (count, part) in means.counts.iter_mut().zip(&delta.counts) {
                *count += part;
            }
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
    let empty: Vec<usize> = (0..means.counts.len())
        .filter(|&c| means.counts[c] == 0)
        .collect();
    if empty.is_empty() {
        return;
    }
    let distances = distances(points, centers, labels);
    for (c, i) in empty.into_iter().zip(farthest_first(&distances)) {
        means.exchange(points.row(i), labels[i], c as u32);
        labels[i] = c as u32;
    }
}

/// The squared distance of each row to the center of its label.
fn distances(points: &Points<'_>, centers: &[f64], labels: &[u32]) -> Vec<f64> {
    let of_chunks = points.per_chunk(|rows| {
        rows.map(|i| squared_distance(points.row(i), row(centers, points.d, labels[i] as usize)))
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
fn settle(sorted: &Sorted, centers: &mut [f64], n_clusters: usize, labels: &mut [u32]) -> f64 {
    let points = sorted.points();
    let d = points.d;
    loop {
        let rounded = sorted.rounded(centers);
        labels
            .par_chunks_mut(TILE)
            .enumerate()
            .for_each(|(tile, labels)| sorted.nearest(tile, centers, &rounded, labels));
        let mut counts = vec![0usize; n_clusters];
        for &label in labels.iter() {
            counts[label as usize] += 1;
        }
        let mut empty = (0..n_clusters).filter(|&c| counts[c] == 0).peekable();
        if empty.peek().is_some() {
            let distances = distances(&points, centers, labels);
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
            squared_distance(points.row(i), row(centers, d, labels[i] as usize))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::start::{Seeds, greedy_plus_plus};
    use crate::random::stream;
    use rand::RngExt;

    /// The plain method: every distance, every time.
    fn plain(points: &Points<'_>, mut centers: Vec<f64>, n_clusters: usize) -> (Vec<u32>, Vec<f64>) {
        let d = points.d;
        let mut labels = vec![u32::MAX; points.n];
        loop {
            let before = labels.clone();
            let mut means = Means::new(n_clusters, d);
            for (i, label) in labels.iter_mut().enumerate() {
                let distances: Vec<f64> = (0..n_clusters)
                    .map(|c| squared_distance(points.row(i), row(&centers, d, c)))
                    .collect();
                *label = two_nearest(&distances).0;
                means.counts[*label as usize] += 1;
                for (coordinate, &x) in points.row(i).iter().enumerate() {
                    means.sums[*label as usize * d + coordinate] += f64::from(x);
                }
            }
            if labels == before {
                return (labels, centers);
            }
            assert!(
                means.counts.iter().all(|&count| count > 0),
                "this twin does not refill"
            );
            centers = means.centers(&centers);
        }
    }

    #[test]
    fn tiles_and_kept_sums_change_nothing_but_the_work() {
        for seed in 0..20 {
            let mut random = stream(seed, 0);
            let (n, d, n_clusters) = (300, 1 + seed as usize % 5, 2 + seed as usize % 9);
            let values: Vec<f32> = (0..n * d).map(|_| random.random::<f32>()).collect();
            let points = Points {
                values: &values,
                n,
                d,
            };
            let start = greedy_plus_plus(&Seeds::new(&points), n_clusters, &mut random);
            let (labels, centers) = plain(&points, start.clone(), n_clusters);
            let found = descend(&Sorted::new(&points), start, n_clusters, 1_000, 0.0);
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
            n: 6,
            d: 1,
        };
        // The last center is nobody's nearest.
        let found = descend(&Sorted::new(&points), vec![1.0, 51.0, 1e6], 3, 100, 0.0);
        assert_eq!(found.labels, [0, 0, 0, 1, 1, 2]);
        assert_eq!(found.centers, [1.0, 50.5, 80.0]);
    }

    #[test]
    fn coinciding_centers_part_at_the_end() {
        let values = [0.0, 10.0, 10.0];
        let points = Points {
            values: &values,
            n: 3,
            d: 1,
        };
        let mut centers = vec![10.0, 10.0];
        let mut labels = vec![0; 3];
        let sorted = Sorted::new(&points);
        assert_eq!(settle(&sorted, &mut centers, 2, &mut labels), 0.0);
        assert_eq!((labels, centers), (vec![1, 0, 0], vec![10.0, 0.0]));
    }
}
