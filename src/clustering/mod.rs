//! Clusters of points, for an honest comparison: k-means and its relatives.
//!
//! In come the features of n customers (n × d, finite) and, except for DBSCAN and HDBSCAN, the number of clusters; out comes a
//! [`Partition`](crate::Partition). The similarity graph is not used: these are the methods it is compared with.
//!
//! | function | idea | cost | source |
//! |---|---|---|---|
//! | [`k_means`] | nearest center, center = mean | `O(nkd)` per iteration | Lloyd 1982; Arthur & Vassilvitskii 2007 |
//! | [`mini_batch_k_means`] | the same from small random batches | `O(bkd)` per batch of b | Sculley 2010 |
//! | [`ward`] | joins the two clusters whose union adds least variance | `O(n²d)` | Ward 1963; Murtagh 1983 |
//! | [`dbscan`] | dense neighborhoods that touch; the rest is noise | `O(n²d)` | Ester, Kriegel, Sander and Xu 1996 |
//! | [`hdbscan`] | the same at every density; what lasts longest | `O(n²d)` | Campello, Moulavi and Sander 2013 |

mod dbscan;
mod everybody;
mod exchange;
mod hdbscan;
mod k_means;
mod knee;
mod levels;
mod lloyd;
mod means;
mod mini_batch;
mod sample;
mod start;
mod tiled;
mod ward;

pub use dbscan::{Dbscan, DbscanFit, dbscan};
pub use hdbscan::{Hdbscan, HdbscanFit, hdbscan};
pub use k_means::{KMeans, KMeansFit, k_means};
pub(crate) use knee::knee;
pub use mini_batch::{MiniBatchKMeans, mini_batch_k_means};
pub use ward::{Dendrogram, Merge, Ward, ward, ward_dendrogram};

use crate::error::{Error, Result};
use ndarray::{ArrayView2, CowArray, Ix2};
use rayon::prelude::*;
use std::ops::Range;

/// Rows per piece of parallel work, whatever the number of threads.
const ROWS: usize = 1024;

/// Above this many customers the methods that compare everybody with everybody refuse.
pub const QUADRATIC_UP_TO: usize = 30_000;

/// n × d values, row after row.
struct Points<'a> {
    values: &'a [f32],
    /// How many customers each row stands for; empty where each stands for itself.
    weights: &'a [f32],
    n: usize,
    d: usize,
}

impl<'a> Points<'a> {
    /// The points of an array in standard layout.
    fn new(standard: &'a CowArray<'_, f32, Ix2>) -> Self {
        Points {
            // An array in standard layout is always one slice.
            values: standard.as_slice().unwrap_or_default(),
            weights: &[],
            n: standard.nrows(),
            d: standard.ncols(),
        }
    }

    fn row(&self, i: usize) -> &'a [f32] {
        &self.values[i * self.d..(i + 1) * self.d]
    }

    fn weight(&self, i: usize) -> f64 {
        self.weights.get(i).map_or(1.0, |&weight| f64::from(weight))
    }

    /// Writes row `i` to `row` as doubles.
    fn widen(&self, i: usize, row: &mut Vec<f64>) {
        row.clear();
        row.extend(self.row(i).iter().map(|&x| f64::from(x)));
    }

    /// What `work` gives for each chunk of rows, in their order.
    fn per_chunk<T: Send>(&self, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
        (0..self.n.div_ceil(ROWS))
            .into_par_iter()
            .map(|chunk| work(chunk * ROWS..((chunk + 1) * ROWS).min(self.n)))
            .collect()
    }
}

/// Row `i` of rows of `d` doubles.
fn row_of(values: &[f64], d: usize, i: usize) -> &[f64] {
    &values[i * d..(i + 1) * d]
}

/// Whether `points` can be divided into `n_clusters`.
fn check_n_clusters(points: ArrayView2<'_, f32>, n_clusters: usize) -> Result<()> {
    if n_clusters == 0 {
        return Err(Error::usage("0 clusters were asked for").hint("ask for 1 or more"));
    }
    if n_clusters > points.nrows() {
        return Err(Error::usage(format!(
            "{n_clusters} clusters were asked for, but there are only {} customers",
            points.nrows()
        ))
        .hint("ask for fewer clusters"));
    }
    check_finite(points)
}

/// A distance to a point without a place would be without a value, and nobody would be nearest.
fn check_finite(points: ArrayView2<'_, f32>) -> Result<()> {
    let lost = points
        .rows()
        .into_iter()
        .position(|row| !row.iter().all(|x| x.is_finite()));
    match lost {
        Some(row) => Err(Error::data(format!(
            "row {row} of the points has a coordinate that is not finite"
        ))
        .hint("rows are counted from 0; fill or leave out what is missing first")),
        None => Ok(()),
    }
}

/// Whether a method that compares everybody with everybody may start on `n` customers.
fn check_quadratic(method: &str, n: usize) -> Result<()> {
    if n > QUADRATIC_UP_TO {
        return Err(Error::data(format!(
            "{method} compares every customer with every other, and {n} are more than its limit of {QUADRATIC_UP_TO}"
        ))
        .hint("mini-batch k-means has no such limit"));
    }
    Ok(())
}
