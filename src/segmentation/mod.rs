//! The whole road: a table in, a [`Segmentation`] out.

use crate::centrality::Positions;
use crate::compare::MethodScores;
use crate::features::{Features, Metric};
use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use crate::profile::Profiles;
use crate::table::Table;
use crate::warning::Warning;

/// A baseline's answer on the same features.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// Its column in `customers.csv`: `kmeans`.
    pub name: &'static str,
    /// Its clusters.
    pub partition: Partition,
}

/// Segments and everything about them.
///
/// Customers stand in canonical order (by features, then by id), so that every number is independent of the order
/// of the input; [`input_rows`](Self::input_rows) leads back to it.
#[derive(Clone, Debug)]
pub struct Segmentation {
    /// The customers, in canonical order.
    pub table: Table,
    /// The row of the input that each customer was read from.
    pub input_rows: Vec<u32>,
    /// The numbers that similarity was measured on.
    pub features: Features,
    /// The metric in force.
    pub metric: Metric,
    /// Neighbors per customer in force.
    pub n_neighbors: usize,
    /// Edge weights in force: `jaccard`, `gaussian` or `unweighted`.
    pub similarity: &'static str,
    /// `louvain` or `leiden`.
    pub method: &'static str,
    /// γ in force.
    pub resolution: f64,
    /// Seed in force.
    pub seed: u64,
    /// Who is linked to whom, how strongly.
    pub graph: SimilarityGraph,
    /// The connected parts of the graph.
    pub components: Partition,
    /// The segments: label 0 is segment 1 in every file.
    pub partition: Partition,
    /// Modularity of the segments at γ in force.
    pub modularity: f64,
    /// Share of each segment's tie strength that leaves it. Length: number of segments.
    pub conductance: Vec<f64>,
    /// Where each customer stands.
    pub positions: Positions,
    /// How surely each customer belongs to its segment, in [0, 1]; `None` until stability was measured. Length n.
    pub probability: Option<Vec<f64>>,
    /// The segment (a label of the partition) that each customer would belong to otherwise; its own where there is no other.
    /// `None` until stability was measured. Length n.
    pub second_segment: Option<Vec<u32>>,
    /// How much of each segment comes back when the run is repeated, in [0, 1]; `None` until it was measured. Length: number
    /// of segments.
    pub stability: Option<Vec<f64>>,
    /// What the stability means, in a word per segment; `None` until it was measured.
    pub verdict: Option<Vec<String>>,
    /// Whether the data support any division; `None` until it was measured.
    pub supported: Option<bool>,
    /// The money column whose shares are reported, where one was named.
    pub value_column: Option<String>,
    /// What marks each segment.
    pub profiles: Profiles,
    /// Other methods' answers.
    pub baselines: Vec<Baseline>,
    /// The graph's answer first, then the baselines in their order.
    pub comparison: Vec<MethodScores>,
    /// Place of each customer in the picture, centered on 0, 0.
    pub layout: Vec<[f64; 2]>,
    /// Everything noticed on the way.
    pub warnings: Vec<Warning>,
}
