//! Where each customer stands in the network: inside a segment, or between two.
//!
//! In: a [`SimilarityGraph`] and a [`Partition`] of its nodes. Out: [`Positions`], one value per node of each measure;
//! each measure also has a function of its own.
//!
//! | measure | weights | cost | source |
//! |---|---|---|---|
//! | [`betweenness()`] | no | n · m, sampled: sources · m | Brandes 2001; Brandes and Pich 2007 |
//! | [`participation`], [`within_module_z`], [`roles`] | yes | m | Guimerà and Amaral 2005 |
//! | [`local_clustering`] | no | m^1.5 | Watts and Strogatz 1998 |
//! | [`core_numbers`], [`cut_nodes`] | no | m | Batagelj and Zaveršnik 2003; Hopcroft and Tarjan 1973 |
//! | [`bridges`] | no | m | `docs/decisions/bridge-score.md` |
//! | [`segment_map`], [`exemplars`] | yes | m | Newman and Girvan 2004 (what chance gives) |
//!
//! Nothing here is NaN or infinite: where a measure is not defined (no edges, one segment, a segment of one) its
//! documentation says which number stands for that.

mod betweenness;
mod bridge;
mod clustering;
mod cores;
mod exemplars;
mod ranks;
mod roles;
mod search;
mod segment_map;
mod segment_strengths;
mod surroundings;

pub use betweenness::{Betweenness, Sources, betweenness};
pub(crate) use betweenness::{EXACT_WORK, MIN_SOURCES, SAMPLED_WORK};
pub(crate) use bridge::strongest_bridges;
pub use bridge::{BRIDGE_SCORE, Bridges, Nearest, bridges, is_bridge};
pub use clustering::local_clustering;
pub use cores::{core_numbers, cut_nodes};
pub(crate) use exemplars::EXEMPLARS;
pub use exemplars::exemplars;
pub use ranks::Ranks;
pub(crate) use ranks::TOP;
pub use roles::roles;
pub(crate) use segment_map::PAIR_BRIDGES;
pub use segment_map::{SegmentMap, SegmentPair, segment_map};
use segment_strengths::segment_strengths;
pub use segment_strengths::{participation, within_module_z};
pub use surroundings::{Surroundings, surroundings};

use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use serde::Serialize;

/// Settings of [`positions`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Centrality {
    /// From how many nodes betweenness counts paths. Default [`Sources::Auto`].
    pub betweenness: Sources,
    /// Draws those nodes where they are not all. Default 42.
    pub seed: u64,
}

impl Default for Centrality {
    fn default() -> Self {
        Centrality {
            betweenness: Sources::Auto,
            seed: 42,
        }
    }
}

/// Place of a node by within-module z-score and participation. Guimerà and Amaral, Nature 433, 895 (2005).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// R1: nearly all edges in its own segment.
    UltraPeripheral,
    /// R2: most edges in its own segment.
    Peripheral,
    /// R3: many edges to other segments.
    Connector,
    /// R4: edges spread evenly over all segments.
    Kinless,
    /// R5: hub of its own segment.
    ProvincialHub,
    /// R6: hub with many edges to other segments.
    ConnectorHub,
    /// R7: hub with edges spread evenly over all segments.
    KinlessHub,
}

/// The place of every node in a divided graph. All vectors have length n.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Positions {
    /// Number of edges.
    pub degree: Vec<u32>,
    /// Sum of edge weights.
    pub strength: Vec<f64>,
    /// Shortest paths through the node.
    pub betweenness: Betweenness,
    /// Its rank by betweenness, and between which ranks that lies.
    pub betweenness_ranks: Ranks,
    /// Share of the pairs of its neighbors that are neighbors themselves, unweighted.
    pub clustering: Vec<f64>,
    /// The largest k such that it belongs to a part in which everybody has k neighbors.
    pub core: Vec<u32>,
    /// Whether its component falls apart without it.
    pub is_cut: Vec<bool>,
    /// Evenness with which its strength spreads over segments, in [0, 1).
    pub participation: Vec<f64>,
    /// Strength inside its segment, in standard deviations from the segment's mean; 0 where the members are alike.
    pub within_segment_z: Vec<f64>,
    /// Guimerà–Amaral role.
    pub role: Vec<Role>,
    /// How much the node joins two segments, in [0, 1].
    pub bridge_score: Vec<f64>,
    /// The two segments (labels of the partition) it joins, its own first; `None` where walks of three steps from nearest to
    /// nearest stay inside.
    pub bridge_pair: Vec<Option<(u32, u32)>>,
}

impl Positions {
    /// The bridge customers, the strongest first; equal scores in the order of the nodes. `O(n log n)`.
    pub fn bridges(&self) -> Vec<u32> {
        let mut order = strongest_bridges(&self.bridge_score, &self.bridge_pair);
        order.retain(|&v| is_bridge(self.bridge_score[v as usize]));
        order
    }
}

/// The place of every node: all measures of [`Positions`] at once. `nearest` is what the graph was made of, where it was made
/// of customers.
///
/// `O(sources · (n + m) + m^1.5)`, in parallel, the same bits for any number of threads; nearly all of the time is
/// betweenness.
///
/// ```
/// use kinfolk::{Partition, SimilarityGraph};
/// use kinfolk::centrality::{Centrality, Role, positions};
///
/// let pairs = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (3, 5), (4, 5)];
/// let graph = SimilarityGraph::from_edges(6, &pairs.map(|(a, b)| (a, b, 1.0)));
/// let positions = positions(&graph, &Partition::from_labels(&[0, 0, 0, 1, 1, 1]), None, &Centrality::default());
/// assert_eq!(positions.betweenness.values, [0.0, 0.0, 6.0, 6.0, 0.0, 0.0]);
/// assert_eq!(positions.role[2], Role::Peripheral);
/// assert_eq!(positions.bridge_pair[3], Some((1, 0)));
/// ```
///
/// # Panics
/// Where the partition is not of the graph's nodes.
pub fn positions(
    graph: &SimilarityGraph,
    partition: &Partition,
    nearest: Option<Nearest<'_>>,
    settings: &Centrality,
) -> Positions {
    let n = graph.n_nodes();
    // First of all: its buffers are the largest.
    let betweenness = betweenness(graph, settings.betweenness, settings.seed);
    let strengths = segment_strengths(graph, partition);
    let participation = segment_strengths::participation_of(&strengths, n);
    let within_segment_z = segment_strengths::within_module_z_of(&strengths, partition);
    let bridges = bridges(graph, partition, nearest, &betweenness.values);
    // One after the other each: side by side.
    let (core, cut) = rayon::join(|| core_numbers(graph), || cut_nodes(graph));
    let mut is_cut = vec![false; n];
    cut.into_iter().for_each(|v| is_cut[v as usize] = true);
    Positions {
        degree: (0..n as u32).map(|v| graph.degree(v) as u32).collect(),
        strength: (0..n as u32).map(|v| graph.strength(v)).collect(),
        clustering: local_clustering(graph),
        core,
        is_cut,
        role: roles(&within_segment_z, &participation),
        betweenness_ranks: betweenness.ranks(),
        betweenness,
        participation,
        within_segment_z,
        bridge_score: bridges.score,
        bridge_pair: bridges.pair,
    }
}
