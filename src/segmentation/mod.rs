//! The whole road: a table in, a [`Segmentation`] out.
//!
//! [`prepare`] makes features of a table and puts the customers into their canonical order; [`segment`] links
//! neighbors, finds communities, measures bridges, runs the baselines and describes the segments. Nothing here
//! prints, reads a file or looks at a clock; an [`Observer`] hears which [`Stage`] begins and may end the run.

mod answer;
mod baselines;
mod between;
mod differing;
mod division;
mod grouping;
mod importance;
mod network;
mod permuted;
mod pipeline;
mod plan;
mod prepare;
mod remarks;
mod sampled;
mod settings;

pub use differing::Differing;
pub use grouping::Grouping;
pub use importance::{ColumnImportance, Without};
pub use network::{NetworkCommunities, NetworkSettings, communities};
pub use permuted::Permuted;
pub use pipeline::segment;
pub use plan::{Workload, table_bytes};
pub use prepare::{Prepared, prepare};
pub use settings::{BaselineMethod, LeastSize, Method, Observer, Settings, Stage, unobserved};

use crate::centrality::{Positions, SegmentMap};
use crate::clustering::Merge;
use crate::compare::MethodScores;
use crate::features::{Features, Metric};
use crate::graph::{Similarity, SimilarityGraph};
use crate::neighbors::Recall;
use crate::partition::Partition;
use crate::profile::{Association, Profiles};
use crate::quality::KMeansCurve;
use crate::stability::{Found, Scales, Stability};
use crate::table::{Table, Values};
use crate::warning::Warning;
use rustc_hash::FxHashMap;
use serde::Serialize;

/// A baseline's answer on the same features.
#[derive(Clone, Debug, Serialize)]
pub struct Baseline {
    /// Its column in `customers.csv`: `kmeans`.
    pub name: &'static str,
    /// Its clusters.
    pub partition: Partition,
    /// How well each of them comes back where a fifth of the customers is left out, as [`Stability::segments`] of the segments;
    /// `None` for one cluster, or where the segments' was not measured.
    pub stability: Option<Vec<f64>>,
    /// The numbers of clusters that were tried, where the method chose among them.
    pub curve: Option<KMeansCurve>,
    /// The last joins of Ward's tree, 50 at most; none of other methods. Of a sample where there were too many customers.
    pub merges: Vec<Merge>,
    /// What marks each cluster, and a name for it, as of segments.
    pub profiles: Profiles,
    /// Beside the segments.
    pub differing: Differing,
}

/// How many of the highest bridge scores are explained.
const EXPLAINED: usize = 20;

/// Somebody between two segments, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BridgeNote {
    /// Its row (node).
    pub customer: u32,
    /// One sentence.
    pub explanation: String,
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
    /// How many of the true neighbors were found; `None` where all were: the search was exact.
    pub recall: Option<Recall>,
    /// Edge weights in force.
    pub similarity: Similarity,
    /// `louvain` or `leiden`; `parts` where the segments are parts by k-means, see [`Grouping::Parts`].
    pub method: &'static str,
    /// γ in force: 0 for groups of the coarsest resolution joined by where they lie, 1 for parts, which no resolution gave.
    pub resolution: f64,
    /// Seed in force.
    pub seed: u64,
    /// How the segments were found.
    pub found: Found,
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
    /// Who is tied to whom among the segments.
    pub map: SegmentMap,
    /// The bridge customers of the highest scores, at most 20, each with a sentence.
    pub bridge_notes: Vec<BridgeNote>,
    /// How the segments come back on samples of the customers; `None` for one segment, or too few customers to tell.
    pub stability: Option<Stability>,
    /// The resolutions examined; `None` where one was given, or there are too few customers to tell.
    pub scales: Option<Scales>,
    /// The level of `scales` that the segments are; `None` where none is supported.
    pub level: Option<usize>,
    /// How much each column in use has to say, in the order of the table.
    pub importance: Vec<ColumnImportance>,
    /// What marks each segment.
    pub profiles: Profiles,
    /// How much columns that were compared say of each other, the strongest pair first.
    pub associations: Vec<Association>,
    /// Other methods' answers.
    pub baselines: Vec<Baseline>,
    /// The segments first (`louvain`, `leiden` or `parts`), then the baselines in their order.
    pub comparison: Vec<MethodScores>,
    /// Plain names of [`Settings::names`] that no segment has.
    pub unused_names: Vec<String>,
    /// Place of each customer in the picture, centered on 0, 0.
    pub layout: Vec<[f64; 2]>,
    /// Everything noticed on the way.
    pub warnings: Vec<Warning>,
}

impl Segmentation {
    /// Each segment's share of the value column's sum, where one was named.
    pub(crate) fn value_shares(&self) -> Option<Vec<f64>> {
        let Values::Number(values) = &self.table.value()?.values else {
            return None;
        };
        let mut sums = vec![0.0; self.partition.n_groups()];
        for (&g, &x) in self.partition.labels().iter().zip(values) {
            if x.is_finite() {
                sums[g as usize] += x;
            }
        }
        let total: f64 = sums.iter().sum();
        Some(sums.iter().map(|x| x / total).collect())
    }

    /// What each column counts, by its name: looked up for thousands of columns.
    pub(crate) fn importance_by_column(&self) -> FxHashMap<&str, &ColumnImportance> {
        self.importance.iter().map(|c| (c.column.as_str(), c)).collect()
    }

    /// Whether the segments rest on evidence: `Some(true)` at a supported level, `Some(false)` where none is or another
    /// was asked for, `None` where the resolution was given or there are too few customers to tell.
    pub fn supported(&self) -> Option<bool> {
        let scales = self.scales.as_ref()?;
        Some(self.level.is_some_and(|l| scales.levels[l].supported))
    }

    /// Whether the segments were found among [`SCANNED`](crate::stability::SCANNED) of the customers: `resolution` is one of their graph, and no
    /// search of all gives these segments.
    pub fn sampled(&self) -> bool {
        self.level.is_some() && self.scales.as_ref().is_some_and(|s| s.sampled)
    }

    /// The bridge customers (rows of the table) by falling score; equal scores in the order of their ids.
    pub fn bridges(&self) -> Vec<u32> {
        self.positions.bridges()
    }
}
