//! k-means: settings, restarts, result.

use super::exchange::exchanged;
use super::lloyd::{Descent, descend};
use super::start::{Seeds, greedy_plus_plus};
use super::tiled::Sorted;
use super::{Points, check_n_clusters};
use crate::error::{Error, Result};
use crate::num::par_sum;
use crate::partition::Partition;
use crate::random::stream;
use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

/// Rounds of exchanges after the starts, at most.
const EXCHANGES: usize = 5;

/// Rounds without success after which it ends.
const PATIENCE: usize = 2;

/// Pairs of centers that are tried for joining: the cheapest few.
const PAIRS: usize = 5;

/// How [`k_means`] works.
#[derive(Clone, Debug, PartialEq)]
pub struct KMeans {
    /// How many clusters, 1 to the number of customers. Default 8.
    pub n_clusters: usize,
    /// How many starts, 1 or more; the one that ends with the smallest inertia is kept and improved. Default 10.
    pub n_init: usize,
    /// How many iterations a start may take, 1 or more. Default 300.
    pub max_iterations: usize,
    /// A start ends when the centers' squared movement, summed, is at most this share of the mean variance of the
    /// coordinates; 0 or above, as scikit-learn's `tol`. 0 goes on until no customer moves. Default 1e-4.
    pub tolerance: f64,
    /// Seed of the starts. Default 42.
    pub seed: u64,
}

impl Default for KMeans {
    fn default() -> Self {
        KMeans {
            n_clusters: 8,
            n_init: 10,
            max_iterations: 300,
            tolerance: 1e-4,
            seed: 42,
        }
    }
}

/// Clusters, their centers and how they were reached.
#[derive(Clone, Debug, PartialEq)]
pub struct KMeansFit {
    /// The cluster of each customer: that of the nearest center. There are fewer clusters than were asked for only
    /// where there are fewer distinct customers.
    pub partition: Partition,
    /// c × d: the centers in the order of the partition's labels.
    pub centers: Array2<f64>,
    /// Sum of squared distances to the nearest center.
    pub inertia: f64,
    /// Iterations of the start that was kept.
    pub iterations: usize,
    /// Whether that start ended before the allowed number of iterations.
    pub converged: bool,
}

/// Divides customers so that the sum of squared distances to the mean of their cluster is small.
///
/// `n_init` starts by greedy k-means++ (Arthur and Vassilvitskii 2007), in parallel, each followed by Lloyd's
/// iterations (1982). With more than one start the best is then improved: in up to five rounds, ended by two without success, as many attempts as there were starts move one center to where it is missed more (Fränti and Kivijärvi 2000)
/// and iterate again. Euclidean distance. The same seed gives the same bits for any number of threads. `O(n k d)` per
/// iteration; memory for the points three times and for a label per customer and start.
///
/// ```
/// use kinfolk::clustering::{KMeans, k_means};
/// use ndarray::array;
///
/// let points = array![[0.0f32], [1.0], [2.0], [10.0], [11.0]];
/// let fit = k_means(points.view(), &KMeans { n_clusters: 2, ..KMeans::default() })?;
/// assert_eq!(fit.partition.labels(), [0, 0, 0, 1, 1]);
/// assert_eq!(fit.centers, array![[1.0], [10.5]]);
/// assert_eq!(fit.inertia, 2.5);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where there are no clusters, more clusters than customers, no starts, no iterations, or a tolerance that is not
/// a number from 0.
pub fn k_means(points: ArrayView2<'_, f32>, settings: &KMeans) -> Result<KMeansFit> {
    check_n_clusters(points, settings.n_clusters)?;
    if settings.n_init == 0 || settings.max_iterations == 0 {
        return Err(Error::usage("k-means needs at least one start and one iteration"));
    }
    if settings.tolerance.is_nan() || settings.tolerance < 0.0 {
        return Err(Error::usage(format!(
            "the tolerance of k-means is {}, but must be 0 or above",
            settings.tolerance
        )));
    }
    let standard = points.as_standard_layout();
    let points = Points::new(&standard);
    let tolerance = settings.tolerance * mean_variance(&points);
    let (seeds, sorted) = (Seeds::new(&points), Sorted::new(&points));
    let descents: Vec<Descent> = (0..settings.n_init)
        .into_par_iter()
        .map(|start| {
            let mut random = stream(settings.seed, start as u64);
            let centers = greedy_plus_plus(&seeds, settings.n_clusters, &mut random);
            // With no coordinates all customers coincide.
            let n_clusters = centers.len().checked_div(points.d).unwrap_or(1);
            descend(&sorted, centers, n_clusters, settings.max_iterations, tolerance)
        })
        .collect();
    let Some(mut best) = descents.into_iter().reduce(better) else {
        return Err(Error::usage("k-means needs at least one start"));
    };
    // A single start is left as it is: who asks for one wants the plain method.
    let rounds = if settings.n_init > 1 { EXCHANGES } else { 0 };
    let mut idle = 0;
    for round in 0..rounds {
        let before = best.inertia;
        let tries: Vec<Descent> = (0..settings.n_init)
            .into_par_iter()
            .filter_map(|attempt| {
                let number = (1 + round) * settings.n_init + attempt;
                let mut random = stream(settings.seed, number as u64);
                let centers = exchanged(&points, &best, attempt % PAIRS, &mut random)?;
                let n_clusters = centers.len() / points.d;
                Some(descend(
                    &sorted,
                    centers,
                    n_clusters,
                    settings.max_iterations,
                    tolerance,
                ))
            })
            .collect();
        best = tries.into_iter().fold(best, better);
        idle = if best.inertia < before { 0 } else { idle + 1 };
        if idle == PATIENCE {
            break;
        }
    }
    Ok(fit(&points, best))
}

/// The one with the smaller inertia, the first of equals.
fn better(best: Descent, other: Descent) -> Descent {
    if other.inertia < best.inertia { other } else { best }
}

/// The result in the order of the partition's labels.
pub(super) fn fit(points: &Points<'_>, descent: Descent) -> KMeansFit {
    let partition = Partition::from_labels(&descent.labels);
    let mut centers = Array2::zeros((partition.n_groups(), points.d));
    let labels = partition.labels();
    for (i, &raw) in descent.labels.iter().enumerate() {
        // Every member says the same.
        let (c, raw) = (labels[i] as usize, raw as usize);
        for (coordinate, value) in centers.row_mut(c).iter_mut().enumerate() {
            *value = descent.centers[raw * points.d + coordinate];
        }
    }
    KMeansFit {
        partition,
        centers,
        inertia: descent.inertia,
        iterations: descent.iterations,
        converged: descent.converged,
    }
}

/// The mean over coordinates of their variance.
fn mean_variance(points: &Points<'_>) -> f64 {
    if points.d == 0 {
        return 0.0;
    }
    let n = points.n as f64;
    let variances = (0..points.d).map(|coordinate| {
        let at = |i: usize| f64::from(points.values[i * points.d + coordinate]);
        let mean = par_sum(points.n, at) / n;
        par_sum(points.n, |i| (at(i) - mean) * (at(i) - mean)) / n
    });
    variances.sum::<f64>() / points.d as f64
}
