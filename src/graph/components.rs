//! The connected parts of a graph.

use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use petgraph::unionfind::UnionFind;

/// The connected components, the largest first. `O(n + m)`, nearly.
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::graph::components;
///
/// let graph = SimilarityGraph::from_edges(5, &[(0, 4, 1.0), (1, 3, 1.0), (3, 4, 1.0)]);
/// assert_eq!(components(&graph).labels(), [0, 0, 1, 0, 0]);
/// ```
pub fn components(graph: &SimilarityGraph) -> Partition {
    let mut parts = UnionFind::<u32>::new(graph.n_nodes());
    for v in 0..graph.n_nodes() as u32 {
        for &t in graph.neighbors(v).iter().take_while(|&&t| t < v) {
            parts.union(v, t);
        }
    }
    Partition::from_labels(&parts.into_labeling())
}
