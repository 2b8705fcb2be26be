//! Divisions of the same customers side by side, under the same measures; finished results of any tool beside each other.
//!
//! In come the features, one [`Method`] per division, the graph's answer first, and a known grouping where there is
//! one; out comes one [`MethodScores`] per method. The silhouette dominates the cost: `O(n²d)` per method up to its
//! limit ([`SILHOUETTE_EXACT_UP_TO`](crate::quality::SILHOUETTE_EXACT_UP_TO)), a sample above.

use serde::Serialize;

mod agreement;
mod align;
mod interval;
mod results;
mod scores;

pub use agreement::{Agreement, Measured, Shared, agreement, moved, shared_customers};
pub use align::{Aligned, Alone, align};
pub use interval::{Interval, mean_interval};
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
    /// Modularity on the similarity graph at γ = 1.
    pub modularity: f64,
    /// Adjusted Rand index with the graph's division.
    pub ari_with_graph: f64,
    /// Adjusted mutual information with the graph's division.
    pub ami_with_graph: f64,
    /// Adjusted Rand index with the known grouping, where there is one.
    pub ari_with_truth: Option<f64>,
    /// Adjusted mutual information with the known grouping, where there is one.
    pub ami_with_truth: Option<f64>,
}
