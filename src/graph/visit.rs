//! [`SimilarityGraph`] as a graph of the `petgraph` crate, so that the algorithms written for it run here.
//!
//! Nodes are `u32` from 0; the number of an edge is its place in the row of its lower end, so that numbers have gaps.
//! Node weights are `()`, edge weights the similarities. `petgraph::algo::page_rank` takes time n·m per round; use
//! it on small graphs only.
//!
//! ```
//! use kinfolk::SimilarityGraph;
//! use petgraph::algo::{connected_components, dijkstra};
//! use petgraph::visit::EdgeRef;
//!
//! let path = SimilarityGraph::from_edges(4, &[(0, 1, 0.5), (1, 2, 0.25)]);
//! assert_eq!(connected_components(&path), 2);
//! let far = dijkstra(&path, 0, None, |edge| 1.0 / edge.weight());
//! assert_eq!(far[&2], 6.0);
//! ```

use crate::graph::SimilarityGraph;
use fixedbitset::FixedBitSet;
use petgraph::visit::{
    Data, EdgeCount, EdgeIndexable, EdgeRef, GetAdjacencyMatrix, GraphBase, GraphProp, IntoEdgeReferences,
    IntoEdges, IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers,
    IntoNodeReferences, NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
};
use petgraph::{Direction, Undirected};
use std::iter::Copied;
use std::ops::Range;

/// An edge seen from one of its ends.
#[derive(Clone, Copy, Debug)]
pub struct EdgeReference<'a> {
    graph: &'a SimilarityGraph,
    source: u32,
    target: u32,
    /// Where weight and far end stand.
    slot: usize,
}

impl EdgeRef for EdgeReference<'_> {
    type NodeId = u32;
    type EdgeId = usize;
    type Weight = f32;

    fn source(&self) -> u32 {
        self.source
    }

    fn target(&self) -> u32 {
        self.target
    }

    fn weight(&self) -> &f32 {
        &self.graph.weights[self.slot]
    }

    /// `O(log degree)` where it is not seen from its lower end.
    fn id(&self) -> usize {
        let (low, high) = (self.source.min(self.target), self.source.max(self.target));
        let row = self.graph.row(low);
        if row.contains(&self.slot) {
            return self.slot;
        }
        let place = self.graph.targets[row.clone()].partition_point(|&t| t < high);
        row.start + place
    }
}

/// The edges at one node.
#[derive(Clone, Debug)]
pub struct Edges<'a> {
    graph: &'a SimilarityGraph,
    node: u32,
    slots: Range<usize>,
    /// Whether `node` is the target.
    incoming: bool,
}

impl<'a> Iterator for Edges<'a> {
    type Item = EdgeReference<'a>;

    fn next(&mut self) -> Option<EdgeReference<'a>> {
        let slot = self.slots.next()?;
        let other = self.graph.targets[slot];
        let (source, target) = if self.incoming {
            (other, self.node)
        } else {
            (self.node, other)
        };
        Some(EdgeReference {
            graph: self.graph,
            source,
            target,
            slot,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.slots.size_hint()
    }
}

/// Every edge once, from its lower end.
#[derive(Clone, Debug)]
pub struct EdgeReferences<'a> {
    graph: &'a SimilarityGraph,
    node: u32,
    slots: Range<usize>,
}

impl<'a> Iterator for EdgeReferences<'a> {
    type Item = EdgeReference<'a>;

    fn next(&mut self) -> Option<EdgeReference<'a>> {
        loop {
            if let Some(slot) = self.slots.next() {
                return Some(EdgeReference {
                    graph: self.graph,
                    source: self.node,
                    target: self.graph.targets[slot],
                    slot,
                });
            }
            let next = self.node + 1;
            if next as usize >= self.graph.n_nodes() {
                return None;
            }
            self.node = next;
            self.slots = self.graph.upper_slots(next);
        }
    }
}

impl SimilarityGraph {
    /// The slots of a row from the node itself upwards.
    fn upper_slots(&self, node: u32) -> Range<usize> {
        let row = self.row(node);
        let below = self.targets[row.clone()].partition_point(|&t| t < node);
        row.start + below..row.end
    }

    fn edges_at(&self, node: u32, incoming: bool) -> Edges<'_> {
        Edges {
            graph: self,
            node,
            slots: self.row(node),
            incoming,
        }
    }
}

impl GraphBase for SimilarityGraph {
    type NodeId = u32;
    type EdgeId = usize;
}

impl Data for SimilarityGraph {
    type NodeWeight = ();
    type EdgeWeight = f32;
}

impl GraphProp for SimilarityGraph {
    type EdgeType = Undirected;
}

impl NodeCount for SimilarityGraph {
    fn node_count(&self) -> usize {
        self.n_nodes()
    }
}

impl EdgeCount for SimilarityGraph {
    fn edge_count(&self) -> usize {
        self.n_edges()
    }
}

impl NodeIndexable for SimilarityGraph {
    fn node_bound(&self) -> usize {
        self.n_nodes()
    }

    fn to_index(&self, node: u32) -> usize {
        node as usize
    }

    fn from_index(&self, index: usize) -> u32 {
        index as u32
    }
}

impl NodeCompactIndexable for SimilarityGraph {}

impl EdgeIndexable for SimilarityGraph {
    fn edge_bound(&self) -> usize {
        self.targets.len()
    }

    fn to_index(&self, edge: usize) -> usize {
        edge
    }

    fn from_index(&self, index: usize) -> usize {
        index
    }
}

impl Visitable for SimilarityGraph {
    type Map = FixedBitSet;

    fn visit_map(&self) -> FixedBitSet {
        FixedBitSet::with_capacity(self.n_nodes())
    }

    fn reset_map(&self, map: &mut FixedBitSet) {
        map.clear();
        map.grow(self.n_nodes());
    }
}

impl GetAdjacencyMatrix for SimilarityGraph {
    /// Nothing: rows are sorted, so that a binary search answers.
    type AdjMatrix = ();

    fn adjacency_matrix(&self) {}

    fn is_adjacent(&self, (): &(), a: u32, b: u32) -> bool {
        SimilarityGraph::neighbors(self, a).binary_search(&b).is_ok()
    }
}

impl IntoNodeIdentifiers for &SimilarityGraph {
    type NodeIdentifiers = Range<u32>;

    fn node_identifiers(self) -> Range<u32> {
        0..self.n_nodes() as u32
    }
}

impl<'a> IntoNodeReferences for &'a SimilarityGraph {
    type NodeRef = (u32, &'a ());
    type NodeReferences = std::iter::Map<Range<u32>, fn(u32) -> (u32, &'a ())>;

    fn node_references(self) -> Self::NodeReferences {
        self.node_identifiers().map(|node| (node, &()))
    }
}

impl<'a> IntoNeighbors for &'a SimilarityGraph {
    type Neighbors = Copied<std::slice::Iter<'a, u32>>;

    fn neighbors(self, node: u32) -> Self::Neighbors {
        SimilarityGraph::neighbors(self, node).iter().copied()
    }
}

impl<'a> IntoNeighborsDirected for &'a SimilarityGraph {
    type NeighborsDirected = Copied<std::slice::Iter<'a, u32>>;

    fn neighbors_directed(self, node: u32, _: Direction) -> Self::NeighborsDirected {
        IntoNeighbors::neighbors(self, node)
    }
}

impl<'a> IntoEdgeReferences for &'a SimilarityGraph {
    type EdgeRef = EdgeReference<'a>;
    type EdgeReferences = EdgeReferences<'a>;

    fn edge_references(self) -> EdgeReferences<'a> {
        EdgeReferences {
            graph: self,
            node: 0,
            slots: if self.n_nodes() == 0 {
                0..0
            } else {
                self.upper_slots(0)
            },
        }
    }
}

impl<'a> IntoEdges for &'a SimilarityGraph {
    type Edges = Edges<'a>;

    fn edges(self, node: u32) -> Edges<'a> {
        self.edges_at(node, false)
    }
}

impl<'a> IntoEdgesDirected for &'a SimilarityGraph {
    type EdgesDirected = Edges<'a>;

    // Callers walk against the edge and read its source: an incoming edge must end at the node.
    fn edges_directed(self, node: u32, direction: Direction) -> Edges<'a> {
        self.edges_at(node, direction == Direction::Incoming)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use petgraph::algo::{
        articulation_points::articulation_points, connected_components, dijkstra, min_spanning_tree,
    };
    use petgraph::data::Element;
    use petgraph::visit::Bfs;
    use rustworkx_core::centrality::{betweenness_centrality, closeness_centrality};
    use rustworkx_core::connectivity::core_number;

    /// Two triangles, 0-1-2 and 3-4-5, joined by 2-3; 6 is alone.
    fn barbell() -> SimilarityGraph {
        let weights = [
            (0, 1, 0.5),
            (0, 2, 0.25),
            (1, 2, 0.5),
            (2, 3, 0.125),
            (3, 4, 0.5),
            (3, 5, 0.25),
            (4, 5, 0.5),
        ];
        SimilarityGraph::from_edges(7, &weights)
    }

    #[test]
    fn each_edge_is_counted_and_visited_once() {
        let graph = barbell();
        assert_eq!((&graph).edge_references().count(), 7);
        assert_eq!(graph.edge_count(), 7);
        assert!((&graph).edge_references().all(|e| e.source() < e.target()));
        assert_eq!(SimilarityGraph::from_edges(0, &[]).edge_references().count(), 0);
        assert_eq!(SimilarityGraph::from_edges(3, &[]).edge_references().count(), 0);
    }

    #[test]
    fn an_edge_has_one_number_seen_from_either_end() {
        let graph = barbell();
        for edge in (&graph).edge_references() {
            let back = IntoEdges::edges(&graph, edge.target())
                .find(|e| e.target() == edge.source())
                .expect("undirected");
            assert_eq!(back.id(), edge.id());
            assert_eq!(back.weight(), edge.weight());
            assert!(edge.id() < graph.edge_bound());
        }
    }

    #[test]
    fn incoming_edges_end_at_the_node_and_outgoing_ones_begin_there() {
        let graph = barbell();
        let incoming: Vec<_> = graph.edges_directed(2, Direction::Incoming).collect();
        assert!(incoming.iter().all(|e| e.target() == 2));
        assert_eq!(incoming.iter().map(|e| e.source()).collect::<Vec<_>>(), [0, 1, 3]);
        assert!(
            graph
                .edges_directed(2, Direction::Outgoing)
                .all(|e| e.source() == 2)
        );
    }

    #[test]
    fn a_self_loop_is_one_edge() {
        let graph = SimilarityGraph::from_edges(2, &[(0, 0, 1.0), (0, 1, 1.0)]);
        assert_eq!((&graph).edge_references().count(), 2);
        assert_eq!(
            IntoEdges::edges(&graph, 0).map(|e| e.id()).collect::<Vec<_>>(),
            [0, 1]
        );
    }

    #[test]
    fn algorithms_of_petgraph_run() {
        let graph = barbell();
        assert_eq!(connected_components(&graph), 2);

        let lengths = dijkstra(&graph, 0, None, |e| 1.0 / e.weight());
        assert_eq!(lengths[&5], 4.0 + 8.0 + 4.0);
        assert!(!lengths.contains_key(&6));

        let mut reached = Vec::new();
        let mut walk = Bfs::new(&graph, 4);
        while let Some(node) = walk.next(&graph) {
            reached.push(node);
        }
        assert_eq!(reached[..3], [4, 3, 5]);
        assert_eq!(reached.len(), 6);

        let tree: f32 = min_spanning_tree(&graph)
            .filter_map(|element| match element {
                Element::Edge { weight, .. } => Some(weight),
                Element::Node { .. } => None,
            })
            .sum();
        assert_eq!(tree, 0.25 + 0.5 + 0.125 + 0.25 + 0.5);

        let mut cut: Vec<u32> = articulation_points(&graph).into_iter().collect();
        cut.sort_unstable();
        assert_eq!(cut, [2, 3]);
    }

    #[test]
    fn algorithms_of_rustworkx_run() {
        let graph = barbell();
        // Through 2 go the paths from 0 and 1 to 3, 4 and 5.
        let betweenness = betweenness_centrality(&graph, false, false, 50);
        let expected = [0.0, 0.0, 6.0, 6.0, 0.0, 0.0, 0.0];
        assert_eq!(betweenness, expected.map(Some));

        let cores = core_number(&graph);
        assert_eq!((cores[&0], cores[&3], cores[&6]), (2, 2, 0));

        // Node 2: distances 1, 1, 1, 2, 2.
        let closeness = closeness_centrality(&graph, false, 50);
        assert_eq!(closeness[2], Some(5.0 / 7.0));
        assert_eq!(closeness[6], Some(0.0));
    }
}
