//! Divisions of the same customers side by side, under the same measures; finished results of any tool beside each other.
//!
//! In come the features, one [`Method`] per division, the graph's answer first, and a known grouping where there is
//! one; out comes one [`MethodScores`] per method. The silhouette dominates the cost: `O(n²d)` per method up to its
//! limit of 10,000 customers, a sample above.

use serde::Serialize;

mod agreement;
mod align;
mod interval;
mod resampled;
mod results;
mod scores;

pub use agreement::{Agreement, Measured, Shared, agreement, moved, shared_customers};
pub use align::{Aligned, Alone, align};
pub use interval::Interval;
use resampled::RESAMPLES;
pub use results::{Compared, Pair, compare_results};
pub use scores::{Method, score_methods};

/// One method's division and its scores; NaN where a measure is not defined (fewer than two groups).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MethodScores {
    /// `louvain`, `leiden`, `kmeans`.
    pub method: String,
    /// Number of groups.
    pub n_clusters: usize,
    /// Mean silhouette width on the features.
    pub silhouette: f64,
    /// Davies–Bouldin index on the features, smaller is better.
    pub davies_bouldin: f64,
    /// Calinski–Harabasz index on the features.
    pub calinski_harabasz: f64,
    /// Where the three would lie with other customers of the same kind.
    pub intervals: Intervals,
    /// The same of this method's value minus that of the graph's answer, which has none. Where zero is outside, other customers of
    /// the same kind would not turn the two around.
    pub minus_graph: Intervals,
    /// Modularity on the similarity graph at γ = 1.
    pub modularity: f64,
    /// Mean over customers of how well their group comes back on samples, in \[0, 1\]; `None` until it is measured.
    pub stability: Option<f64>,
    /// Agreement with the graph's division.
    pub with_graph: Agreement,
    /// Adjusted Rand index with the known grouping, where there is one.
    pub ari_with_truth: Option<f64>,
    /// Adjusted mutual information with the known grouping, where there is one.
    pub ami_with_truth: Option<f64>,
}

/// An interval for each measure of the features; `None` where it is not defined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Intervals {
    /// Of the mean silhouette width.
    pub silhouette: Option<Interval>,
    /// Of the Davies–Bouldin index.
    pub davies_bouldin: Option<Interval>,
    /// Of the Calinski–Harabasz index.
    pub calinski_harabasz: Option<Interval>,
}
