//! k-means: settings, restarts, result.

use super::lloyd::{Descent, descend};
use super::start::greedy_plus_plus;
use super::{Points, check_n_clusters};
use crate::error::{Error, Result};
use crate::num::par_sum;
use crate::partition::Partition;
use crate::random::stream;
use ndarray::{Array2, ArrayView2};

/// How [`k_means`] works.
#[derive(Clone, Debug, PartialEq)]
pub struct KMeans {
    /// How many clusters, 1 to the number of customers. Default 8.
    pub n_clusters: usize,
    /// How many starts, 1 or more; the one that ends with the smallest inertia is kept. Default 10.
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
/// `n_init` starts by greedy k-means++ (Arthur and Vassilvitskii 2007), each followed by Lloyd's iterations with
/// Hamerly's bounds (2010), which give what the plain iterations give. Euclidean distance. The same seed gives the
/// same bits for any number of threads. `O(n k d)` per iteration at worst, `O(n)` memory beside the points.
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
    let mut best: Option<Descent> = None;
    for start in 0..settings.n_init {
        let mut random = stream(settings.seed, start as u64);
        let centers = greedy_plus_plus(&points, settings.n_clusters, &mut random);
        // With no coordinates all customers coincide.
        let n_clusters = centers.len().checked_div(points.d).unwrap_or(1);
        let descent = descend(&points, centers, n_clusters, settings.max_iterations, tolerance);
        if best.as_ref().is_none_or(|b| descent.inertia < b.inertia) {
            best = Some(descent);
        }
    }
    best.map(|descent| fit(&points, descent))
        .ok_or_else(|| Error::usage("k-means needs at least one start"))
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
