//! k-means from small random batches, for many customers.

use super::k_means::{KMeansFit, fit};
use super::lloyd::{Descent, Limits, descend, two_nearest};
use super::start::greedy_plus_plus;
use super::tiled::Tiled;
use super::{Points, check_n_clusters};
use crate::error::{Error, Result};
use crate::num::{Tiles, squared_distance};
use crate::random::{Random, stream};
use ndarray::ArrayView2;
use rand::RngExt;

/// Iterations over all customers at the end: centers carry the memory of the first batches, and this rids them of it.
const LAST_ITERATIONS: usize = 5;

/// How [`mini_batch_k_means`] works.
#[derive(Clone, Debug, PartialEq)]
pub struct MiniBatchKMeans {
    /// How many clusters, 1 to the number of customers. Default 8.
    pub n_clusters: usize,
    /// Customers drawn per step, 1 or more; no more than there are. Default 1024.
    pub batch_size: usize,
    /// How many starts are tried on a sample; the best is followed. 1 or more. Default 3.
    pub n_init: usize,
    /// How often each customer may be drawn on average, 1 or more. Default 100.
    pub max_iterations: usize,
    /// Steps without progress of the smoothed inertia after which it ends, 1 or more. Default 10.
    pub patience: usize,
    /// Seed of starts and batches. Default 42.
    pub seed: u64,
}

impl Default for MiniBatchKMeans {
    fn default() -> Self {
        MiniBatchKMeans {
            n_clusters: 8,
            batch_size: 1024,
            n_init: 3,
            max_iterations: 100,
            patience: 10,
            seed: 42,
        }
    }
}

/// Divides customers as [`k_means`](super::k_means) does, a few percent less tightly and in a fraction of the time.
///
/// Each step draws a batch with replacement and moves each center to the mean of all customers it was given so far. The
/// end are five plain iterations over all customers, in parallel. [`KMeansFit::iterations`] counts batches. There are
/// fewer clusters than asked for only where the sample for the starts, three batches, has fewer distinct
/// customers. The same seed gives the same bits for any number of threads. `O(bkd)` per batch of b and `O(nkd)` at the
/// end. Sculley, World Wide Web Conference 2010; it stops as scikit-learn's `MiniBatchKMeans` does.
///
/// ```
/// use kinfolk::clustering::{MiniBatchKMeans, mini_batch_k_means};
/// use ndarray::array;
///
/// let points = array![[0.0f32], [1.0], [2.0], [10.0], [11.0]];
/// let settings = MiniBatchKMeans { n_clusters: 2, ..MiniBatchKMeans::default() };
/// let fit = mini_batch_k_means(points.view(), &settings)?;
/// assert_eq!(fit.partition.labels(), [0, 0, 0, 1, 1]);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where a coordinate is not finite, there are no clusters or more clusters than customers, or another setting is 0.
pub fn mini_batch_k_means(points: ArrayView2<'_, f32>, settings: &MiniBatchKMeans) -> Result<KMeansFit> {
    check_n_clusters(points, settings.n_clusters)?;
    if [
        settings.batch_size,
        settings.n_init,
        settings.max_iterations,
        settings.patience,
    ]
    .contains(&0)
    {
        return Err(Error::usage(
            "mini-batch k-means needs a batch size, starts, iterations and patience of at least 1",
        ));
    }
    let standard = points.as_standard_layout();
    let points = Points::new(&standard);
    let d = points.d;
    let mut centers = start(&points, settings);
    // With no coordinates all customers coincide.
    let n_clusters = centers.len().checked_div(d).unwrap_or(1);
    let mut counts = vec![0.0; n_clusters];
    let mut random = stream(settings.seed, u64::MAX);
    let batch_size = settings.batch_size.min(points.n);
    let most = settings
        .max_iterations
        .saturating_mul(points.n)
        .div_ceil(batch_size);
    // Smoothed over about as many batches as hold all customers.
    let share = (2.0 * batch_size as f64 / (points.n as f64 + 1.0)).min(1.0);
    let (mut smoothed, mut least, mut waiting) = (f64::INFINITY, f64::INFINITY, 0);
    let mut iterations = 0;
    while iterations < most && waiting < settings.patience {
        iterations += 1;
        let inertia = step(
            &points,
            settings.batch_size,
            &mut random,
            &mut centers,
            &mut counts,
        );
        smoothed = if smoothed.is_finite() {
            smoothed * (1.0 - share) + inertia * share
        } else {
            inertia
        };
        if smoothed < least {
            (least, waiting) = (smoothed, 0);
        } else {
            waiting += 1;
        }
    }
    let limits = Limits {
        max_iterations: LAST_ITERATIONS,
        tolerance: 0.0,
        middle: vec![0.0; d],
    };
    let descent = descend(&Tiled::new(&points), centers, n_clusters, &limits);
    let descent = Descent {
        iterations,
        converged: waiting >= settings.patience,
        ..descent
    };
    Ok(fit(&points, descent))
}

/// The best of several starts, each drawn from and judged by the same sample.
fn start(points: &Points<'_>, settings: &MiniBatchKMeans) -> Vec<f64> {
    let wanted = settings.batch_size.max(settings.n_clusters).saturating_mul(3);
    let rows = if wanted >= points.n {
        points.values.to_vec()
    } else {
        let chosen = rand::seq::index::sample(&mut stream(settings.seed, 0), points.n, wanted);
        chosen.iter().flat_map(|i| points.row(i)).copied().collect()
    };
    let sample = Points {
        n: wanted.min(points.n),
        values: &rows,
        weights: &[],
        d: points.d,
    };
    let tiled = Tiled::new(&sample);
    let mut best = (f64::INFINITY, Vec::new());
    for attempt in 0..settings.n_init {
        let mut random = stream(settings.seed, 1 + attempt as u64);
        let centers = greedy_plus_plus(&tiled, settings.n_clusters, &mut random);
        let n_clusters = centers.len().checked_div(points.d).unwrap_or(1);
        let tiles = Tiles::new(n_clusters, points.d, |c, coordinate| {
            centers[c * points.d + coordinate]
        });
        let (mut row, mut distances) = (Vec::new(), Vec::new());
        let mut inertia = 0.0;
        for i in 0..sample.n {
            sample.widen(i, &mut row);
            tiles.squared_distances(&row, &mut distances);
            inertia += two_nearest(&distances).1;
        }
        if inertia < best.0 {
            best = (inertia, centers);
        }
    }
    best.1
}

/// Draws a batch and moves the centers; the mean squared distance before the move.
fn step(
    points: &Points<'_>,
    batch_size: usize,
    random: &mut Random,
    centers: &mut [f64],
    counts: &mut [f64],
) -> f64 {
    let d = points.d;
    let tiles = Tiles::new(counts.len(), d, |c, coordinate| centers[c * d + coordinate]);
    let (mut row, mut distances) = (Vec::new(), Vec::new());
    let batch: Vec<(usize, usize)> = (0..batch_size)
        .map(|_| {
            let i = random.random_range(0..points.n);
            points.widen(i, &mut row);
            tiles.squared_distances(&row, &mut distances);
            (i, two_nearest(&distances).0 as usize)
        })
        .collect();
    let inertia: f64 = batch
        .iter()
        .map(|&(i, c)| squared_distance(points.row(i), &centers[c * d..(c + 1) * d]))
        .sum();
    for (i, c) in batch {
        counts[c] += 1.0;
        for (center, &x) in centers[c * d..(c + 1) * d].iter_mut().zip(points.row(i)) {
            *center += (f64::from(x) - *center) / counts[c];
        }
    }
    inertia / batch_size as f64
}
