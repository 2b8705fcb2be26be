//! Where each customer stands in the network: inside a segment, or between two.

use serde::Serialize;

/// Betweenness of each node, and how it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Betweenness {
    /// Shortest paths through each node, unordered pairs, hops as distance, not normalized. Length n.
    pub values: Vec<f64>,
    /// How many nodes the paths were counted from; n means exact.
    pub n_sources: usize,
}

impl Betweenness {
    /// Whether paths from every node were counted.
    pub fn is_exact(&self) -> bool {
        self.n_sources == self.values.len()
    }
}

/// Place of a node by within-module z-score and participation. Guimerà and Amaral, Nature 433, 895 (2005).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// R1: nearly all ties in its own segment.
    UltraPeripheral,
    /// R2: most ties in its own segment.
    Peripheral,
    /// R3: many ties to other segments.
    Connector,
    /// R4: ties spread evenly over all segments.
    Kinless,
    /// R5: hub of its own segment.
    ProvincialHub,
    /// R6: hub with many ties to other segments.
    ConnectorHub,
    /// R7: hub with ties spread evenly over all segments.
    KinlessHub,
}

/// The place of every node in a divided graph. All vectors have length n.
#[derive(Clone, Debug, PartialEq)]
pub struct Positions {
    /// Number of edges.
    pub degree: Vec<u32>,
    /// Sum of edge weights.
    pub strength: Vec<f64>,
    /// Shortest paths through the node.
    pub betweenness: Betweenness,
    /// Share of the pairs of its neighbors that are neighbors themselves, unweighted.
    pub clustering: Vec<f64>,
    /// Evenness with which its strength spreads over segments, in [0, 1).
    pub participation: Vec<f64>,
    /// Strength inside its segment, in standard deviations from the segment's mean.
    pub within_segment_z: Vec<f64>,
    /// Guimerà–Amaral role.
    pub role: Vec<Role>,
    /// How much the node joins two segments, in [0, 1].
    pub bridge_score: Vec<f64>,
    /// The two segments (labels of the partition) it joins, its own first; `None` where all its ties stay inside.
    pub bridge_pair: Vec<Option<(u32, u32)>>,
}
