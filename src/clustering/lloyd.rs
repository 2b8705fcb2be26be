//! One descent of k-means from given centers.

use super::{Points, ROWS};
use crate::num::{Tiles, squared_distance};
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
/// Most distances are never computed: each row keeps an upper bound of the distance to its own center and a lower
/// bound of that to all others, and both give way by as much as centers move. The result is that of the plain method.
/// A cluster that loses all its rows goes on from the row farthest from its center. `O(nkd)` per iteration at worst.
/// Hamerly, SIAM International Conference on Data Mining 2010.
pub(super) fn descend(
    points: &Points<'_>,
    mut centers: Vec<f64>,
    n_clusters: usize,
    max_iterations: usize,
    tolerance: f64,
) -> Descent {
    let mut bounds = Bounds {
        labels: vec![0; points.n],
        upper: vec![f64::INFINITY; points.n],
        lower: vec![0.0; points.n],
    };
    let mut drift = Drift::new(vec![0.0; n_clusters]);
    let mut iterations = 0;
    let mut converged = false;
    while iterations < max_iterations && !converged {
        iterations += 1;
        let mut means = assign(points, &centers, &drift, &mut bounds);
        if means.changed == 0 && iterations > 1 {
            converged = true;
            break;
        }
        refill(points, &centers, &mut means, &mut bounds);
        let next = means.centers(&centers);
        let moved: Vec<f64> = (0..n_clusters)
            .map(|c| squared(row(&next, points.d, c), row(&centers, points.d, c)))
            .collect();
        converged = moved.iter().sum::<f64>() <= tolerance;
        drift = Drift::new(moved.iter().map(|m| m.sqrt()).collect());
        centers = next;
    }
    let mut labels = bounds.labels;
    let inertia = settle(points, &mut centers, n_clusters, &mut labels);
    Descent {
        labels,
        centers,
        inertia,
        iterations,
        converged,
    }
}

fn row(centers: &[f64], d: usize, c: usize) -> &[f64] {
    &centers[c * d..(c + 1) * d]
}

fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// What is known of each row without measuring.
struct Bounds {
    labels: Vec<u32>,
    /// At least the distance to the own center.
    upper: Vec<f64>,
    /// At most the distance to any other center.
    lower: Vec<f64>,
}

/// How far each center moved, and the farthest two.
struct Drift {
    moved: Vec<f64>,
    farthest: usize,
    first: f64,
    second: f64,
}

impl Drift {
    fn new(moved: Vec<f64>) -> Self {
        let (mut farthest, mut first, mut second) = (0, 0.0, 0.0);
        for (c, &distance) in moved.iter().enumerate() {
            if distance > first {
                (farthest, second, first) = (c, first, distance);
            } else if distance > second {
                second = distance;
            }
        }
        Drift {
            moved,
            farthest,
            first,
            second,
        }
    }

    /// The farthest that a center other than `own` moved.
    fn of_others(&self, own: usize) -> f64 {
        if own == self.farthest {
            self.second
        } else {
            self.first
        }
    }
}

/// Sums per cluster.
struct Means {
    sums: Vec<f64>,
    counts: Vec<usize>,
    changed: usize,
}

impl Means {
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

/// Brings every row to its nearest center and sums the rows of each cluster.
fn assign(points: &Points<'_>, centers: &[f64], drift: &Drift, bounds: &mut Bounds) -> Means {
    let d = points.d;
    let n_clusters = drift.moved.len();
    let tiles = Tiles::new(n_clusters, d, |c, coordinate| centers[c * d + coordinate]);
    // A row nearer to its center than half the way to the next center has no nearer one.
    let half_way: Vec<f64> = (0..n_clusters)
        .map(|c| {
            let others = (0..n_clusters).filter(|&other| other != c);
            let nearest = others
                .map(|other| squared(row(centers, d, c), row(centers, d, other)))
                .fold(f64::INFINITY, f64::min);
            nearest.sqrt() / 2.0
        })
        .collect();
    let chunks: Vec<Means> = bounds
        .labels
        .par_chunks_mut(ROWS)
        .zip(bounds.upper.par_chunks_mut(ROWS))
        .zip(bounds.lower.par_chunks_mut(ROWS))
        .enumerate()
        .map(|(chunk, ((labels, upper), lower))| {
            let mut means = Means {
                sums: vec![0.0; n_clusters * d],
                counts: vec![0; n_clusters],
                changed: 0,
            };
            let (mut wide, mut distances) = (Vec::new(), Vec::new());
            for i in 0..labels.len() {
                let values = points.row(chunk * ROWS + i);
                let own = labels[i] as usize;
                upper[i] += drift.moved[own];
                lower[i] -= drift.of_others(own);
                let enough = lower[i].max(half_way[own]);
                if upper[i] > enough {
                    upper[i] = squared_distance(values, row(centers, d, own)).sqrt();
                    if upper[i] > enough {
                        points.widen(chunk * ROWS + i, &mut wide);
                        tiles.squared_distances(&wide, &mut distances);
                        let (nearest, first, second) = two_nearest(&distances);
                        means.changed += usize::from(nearest != labels[i]);
                        labels[i] = nearest;
                        upper[i] = first.sqrt();
                        lower[i] = second.sqrt();
                    }
                }
                let own = labels[i] as usize;
                means.counts[own] += 1;
                for (sum, &x) in means.sums[own * d..].iter_mut().zip(values) {
                    *sum += f64::from(x);
                }
            }
            means
        })
        .collect();
    let mut total = Means {
        sums: vec![0.0; n_clusters * d],
        counts: vec![0; n_clusters],
        changed: 0,
    };
    for means in chunks {
        total.changed += means.changed;
        for (sum, part) in total.sums.iter_mut().zip(&means.sums) {
            *sum += part;
        }
        for (count, part) in total.counts.iter_mut().zip(&means.counts) {
            *count += part;
        }
    }
    total
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
fn refill(points: &Points<'_>, centers: &[f64], means: &mut Means, bounds: &mut Bounds) {
    let d = points.d;
    let empty: Vec<usize> = (0..means.counts.len())
        .filter(|&c| means.counts[c] == 0)
        .collect();
    if empty.is_empty() {
        return;
    }
    let distances: Vec<f64> = (points.per_chunk(|rows| {
        rows.map(|i| squared_distance(points.row(i), row(centers, d, bounds.labels[i] as usize)))
            .collect::<Vec<f64>>()
    }))
    .concat();
    for (c, i) in empty.into_iter().zip(farthest_first(&distances)) {
        let old = bounds.labels[i] as usize;
        means.counts[old] -= 1;
        means.counts[c] = 1;
        for (coordinate, &x) in points.row(i).iter().enumerate() {
            means.sums[old * d + coordinate] -= f64::from(x);
            means.sums[c * d + coordinate] = f64::from(x);
        }
        bounds.labels[i] = c as u32;
        bounds.upper[i] = f64::INFINITY;
        bounds.lower[i] = 0.0;
    }
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
fn settle(points: &Points<'_>, centers: &mut [f64], n_clusters: usize, labels: &mut [u32]) -> f64 {
    let d = points.d;
    loop {
        let tiles = Tiles::new(n_clusters, d, |c, coordinate| centers[c * d + coordinate]);
        let nearest: Vec<(u32, f64)> = points
            .per_chunk(|rows| {
                let (mut wide, mut distances) = (Vec::new(), Vec::new());
                rows.map(|i| {
                    points.widen(i, &mut wide);
                    tiles.squared_distances(&wide, &mut distances);
                    let (nearest, first, _) = two_nearest(&distances);
                    (nearest, first)
                })
                .collect::<Vec<_>>()
            })
            .concat();
        let mut counts = vec![0usize; n_clusters];
        for (label, &(c, _)) in labels.iter_mut().zip(&nearest) {
            *label = c;
            counts[c as usize] += 1;
        }
        let mut empty = (0..n_clusters).filter(|&c| counts[c] == 0).peekable();
        if empty.peek().is_some() {
            let distances: Vec<f64> = nearest.iter().map(|&(_, distance)| distance).collect();
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
        return crate::num::par_sum(points.n, |i| nearest[i].1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;
    use rand::RngExt;

    /// The plain method: every distance, every time.
    fn plain(points: &Points<'_>, mut centers: Vec<f64>, n_clusters: usize) -> (Vec<u32>, Vec<f64>) {
        let d = points.d;
        let mut labels = vec![u32::MAX; points.n];
        loop {
            let before = labels.clone();
            let mut means = Means {
                sums: vec![0.0; n_clusters * d],
                counts: vec![0; n_clusters],
                changed: 0,
            };
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
    fn bounds_change_nothing_but_the_work() {
        for seed in 0..20 {
            let mut random = stream(seed, 0);
            let (n, d, n_clusters) = (300, 1 + seed as usize % 5, 2 + seed as usize % 9);
            let values: Vec<f32> = (0..n * d).map(|_| random.random::<f32>()).collect();
            let points = Points {
                values: &values,
                n,
                d,
            };
            let start = crate::clustering::start::greedy_plus_plus(&points, n_clusters, &mut random);
            let (labels, centers) = plain(&points, start.clone(), n_clusters);
            let found = descend(&points, start, n_clusters, 1_000, 0.0);
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
        let found = descend(&points, vec![1.0, 51.0, 1e6], 3, 100, 0.0);
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
        assert_eq!(settle(&points, &mut centers, 2, &mut labels), 0.0);
        assert_eq!((labels, centers), (vec![1, 0, 0], vec![10.0, 0.0]));
    }
}
