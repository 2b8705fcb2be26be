//! Who stands between groups: of customers and of nodes alike.

use super::EXPLAINED;
use crate::Warning;
use crate::centrality::{self, Centrality, Nearest, Positions, SegmentMap};
use crate::graph::SimilarityGraph;
use crate::message::{Setting, message};
use crate::partition::Partition;
use crate::text::group_digits;

/// Positions of all, and what follows from them.
pub(super) struct Between {
    pub(super) positions: Positions,
    pub(super) map: SegmentMap,
    /// Everybody by falling bridge score.
    order: Vec<u32>,
}

/// Measures who stands where; `things` are `customers` or `nodes`.
pub(super) fn between(
    graph: &SimilarityGraph,
    partition: &Partition,
    nearest: Option<Nearest<'_>>,
    measures: &Centrality,
    things: &str,
    warnings: &mut Vec<Warning>,
) -> Between {
    let positions = centrality::positions(graph, partition, nearest, measures);
    warnings.extend(sampling_warning(&positions, graph.n_nodes(), things));
    Between {
        order: centrality::strongest_bridges(&positions.bridge_score, &positions.bridge_pair),
        map: centrality::segment_map(graph, partition, &positions.bridge_pair, &positions.bridges()),
        positions,
    }
}

impl Between {
    /// The bridges that get a sentence, strongest first, and the two groups of each.
    pub(super) fn strongest(&self) -> impl Iterator<Item = (u32, (u32, u32))> + '_ {
        let is_bridge = |&v: &u32| centrality::is_bridge(self.positions.bridge_score[v as usize]);
        let first = self.order.iter().copied().filter(is_bridge).take(EXPLAINED);
        first.filter_map(|v| Some((v, self.positions.bridge_pair[v as usize]?)))
    }
}

/// Says so where betweenness is an estimate.
fn sampling_warning(positions: &Positions, n: usize, things: &str) -> Option<Warning> {
    let betweenness = &positions.betweenness;
    (!betweenness.is_exact()).then(|| {
        Warning::new(
            "betweenness-sampled",
            message![format!("betweenness is estimated from the shortest paths that start at {} of {} {things}; all of the first {} lie \
                 in their intervals of rank with a confidence of 95 %; ", group_digits(betweenness.n_sources), group_digits(n), centrality::TOP), Setting::Betweenness, " exact counts from everybody"],
        )
    })
}
