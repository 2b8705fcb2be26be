//! k-means: settings, restarts, result.

use super::exchange::Exchanges;
use super::lloyd::{Descent, Limits, descend, descend_below};
use super::sample::Sample;
use super::start::greedy_plus_plus;
use super::tiled::Tiled;
use super::{Points, check_n_clusters};
use crate::error::{Error, Result};
use crate::partition::Partition;
use crate::random::stream;
use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

/// Above twice this many customers, starts are compared on a sample of this size.
const SAMPLE: usize = 16_384;

/// The sample is larger where there are so many clusters that they would have fewer customers each than this.
const SAMPLE_PER_CLUSTER: usize = 256;

/// Rounds of exchanges, at most.
const EXCHANGES: usize = 10;

/// Rounds without success after which the search ends.
const PATIENCE: usize = 3;

/// The same on all customers, where a sample was searched before.
const LAST_PATIENCE: usize = 1;

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
    /// Iterations of the last descent: of the start that was kept, or of the exchange that improved it.
    pub iterations: usize,
    /// Whether that descent ended before the allowed number of iterations.
    pub converged: bool,
}

/// Divides customers so that the sum of squared distances to the mean of their cluster is small.
///
/// `n_init` starts by greedy k-means++ (Arthur and Vassilvitskii 2007), in parallel, each followed by Lloyd's
/// iterations (1982). With more than one start the best is then improved: in up to ten rounds, ended by three without
/// success, as many attempts as there were starts move one center to where it is missed more (Fränti and Kivijärvi
/// 2000) and iterate again, as long as they can still win.
///
/// Above 32,768 customers, and above 512 per cluster, more than one start are compared and improved on a weighted
/// sample of half as many (Bachem, Lucic and Krause 2018). The best division of the sample goes on to all customers: Lloyd's
/// iterations to the same tolerance, then exchanges until a round brings nothing. A single start always has all
/// customers from the first step.
///
/// Euclidean distance. The same seed gives the same bits for any number of threads. `O(n k d)` per iteration; memory
/// for the points a second time, in single precision, and for a label per customer and thread twice.
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
/// Where a coordinate is not finite, there are no clusters, more clusters than customers, no starts, no iterations, or a tolerance that is not
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
    let (middle, variance) = middle_and_variance(&points);
    let limits = Limits {
        max_iterations: settings.max_iterations,
        tolerance: settings.tolerance * variance,
        middle,
    };
    let size = SAMPLE.max(SAMPLE_PER_CLUSTER * settings.n_clusters);
    let sampled = if settings.n_init > 1 && points.n / 2 > size {
        let spread = variance * (points.n * points.d) as f64;
        let sample = Sample::new(&points, size, &limits.middle, spread, settings.seed);
        search(&sample.points(), settings, &limits)?.centers
    } else {
        Vec::new()
    };
    let best = if !sampled.is_empty() && sampled.len() == settings.n_clusters * points.d {
        let tiled = Tiled::new(&points);
        let best = descend(&tiled, sampled, settings.n_clusters, &limits);
        improved(best, &tiled, settings, &limits, LAST_PATIENCE)
    } else {
        search(&points, settings, &limits)?
    };
    Ok(fit(&points, best))
}

/// The best of the starts, improved.
fn search(points: &Points<'_>, settings: &KMeans, limits: &Limits) -> Result<Descent> {
    let tiled = Tiled::new(points);
    let best = (0..settings.n_init)
        .into_par_iter()
        .map(|start| {
            let mut random = stream(settings.seed, start as u64);
            let centers = greedy_plus_plus(&tiled, settings.n_clusters, &mut random);
            // With no coordinates all customers coincide.
            let n_clusters = centers.len().checked_div(points.d).unwrap_or(1);
            descend(&tiled, centers, n_clusters, limits)
        })
        .reduce_with(better);
    let Some(best) = best else {
        return Err(Error::usage("k-means needs at least one start"));
    };
    // A single start is left as it is: who asks for one wants the plain method.
    if settings.n_init == 1 {
        return Ok(best);
    }
    Ok(improved(best, &tiled, settings, limits, PATIENCE))
}

/// The same or a better division, by exchanges until `patience` rounds bring nothing.
fn improved(
    mut best: Descent,
    tiled: &Tiled<'_>,
    settings: &KMeans,
    limits: &Limits,
    patience: usize,
) -> Descent {
    let mut idle = 0;
    for round in 0..EXCHANGES {
        let exchanges = Exchanges::new(tiled, &best);
        let found = (0..settings.n_init)
            .into_par_iter()
            .filter_map(|attempt| {
                let number = (1 + round) * settings.n_init + attempt;
                let mut random = stream(settings.seed, number as u64);
                let centers = exchanges.centers(attempt % PAIRS, &mut random)?;
                let n_clusters = centers.len() / tiled.points.d;
                descend_below(&best, tiled, centers, n_clusters, limits)
            })
            .reduce_with(better);
        match found {
            Some(found) if found.inertia < best.inertia => (best, idle) = (found, 0),
            _ => idle += 1,
        }
        if idle == patience {
            break;
        }
    }
    best
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

/// The mean of the rows, and the mean over coordinates of their variance.
fn middle_and_variance(points: &Points<'_>) -> (Vec<f64>, f64) {
    let sums = |term: &(dyn Fn(usize, f64) -> f64 + Sync)| -> Vec<f64> {
        let of_chunks = points.per_chunk(|rows| {
            let mut sums = vec![0.0; points.d];
            for i in rows {
                for (coordinate, (sum, &x)) in sums.iter_mut().zip(points.row(i)).enumerate() {
                    *sum += term(coordinate, f64::from(x));
                }
            }
            sums
        });
        of_chunks
            .into_iter()
            .fold(vec![0.0; points.d], |mut total, sums| {
                total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
                total
            })
    };
    let n = points.n as f64;
    let middle: Vec<f64> = sums(&|_, x| x).iter().map(|sum| sum / n).collect();
    let squares = sums(&|coordinate, x| (x - middle[coordinate]) * (x - middle[coordinate]));
    let variance = squares.iter().sum::<f64>() / n / points.d.max(1) as f64;
    (middle, variance)
}
