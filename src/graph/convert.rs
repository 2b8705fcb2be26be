//! A graph straight from points, and to and from the `petgraph` crate.

use super::{Similarity, SimilarityGraph, similarity_graph};
use crate::error::{Error, Result};
use crate::features::Distance;
use crate::neighbors::{Neighbors, distinct, neighbors};
use ndarray::ArrayView2;
use petgraph::graph::UnGraph;
use petgraph::visit::EdgeRef;

/// The similarity graph of n × d points: each linked to its `n_neighbors` nearest by Euclidean distance, edges weighted by the share
/// of neighbors in common. What [`similarity_graph`] gives for the lists of [`neighbors`] and [`distinct`] points, and its cost.
///
/// ```
/// use kinfolk::community::{Louvain, louvain};
/// use kinfolk::graph::knn_graph;
/// use ndarray::array;
///
/// let points = array![[0.0f32], [1.0], [2.0], [50.0], [51.0], [52.0]];
/// let graph = knn_graph(points.view(), 2)?;
/// let found = louvain(&graph, &Louvain::default(), None)?;
/// assert_eq!(found.labels(), [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// A usage error where `n_neighbors` is 0; a data error where a coordinate is not finite.
pub fn knn_graph(points: ArrayView2<'_, f32>, n_neighbors: usize) -> Result<SimilarityGraph> {
    let distinct = distinct(points);
    let settings = Neighbors {
        n_neighbors,
        ..Neighbors::default()
    };
    let lists = neighbors(distinct.rows(points).view(), Distance::Euclidean, &settings)?;
    Ok(similarity_graph(&lists, &distinct, Similarity::Jaccard))
}

/// Node `i` becomes the node of that index; edges stand in ascending order.
impl From<&SimilarityGraph> for UnGraph<(), f32> {
    fn from(graph: &SimilarityGraph) -> Self {
        let mut made = UnGraph::with_capacity(graph.n_nodes(), graph.n_edges());
        for _ in 0..graph.n_nodes() {
            made.add_node(());
        }
        for (a, b, weight) in graph.edges() {
            made.add_edge(a.into(), b.into(), weight as f32);
        }
        made
    }
}

impl SimilarityGraph {
    /// The graph of the same nodes and edges, weighted by what `weight` says of each edge; weights of edges between the same nodes are
    /// summed. `O(n + m log m)`.
    ///
    /// ```
    /// use kinfolk::SimilarityGraph;
    /// use petgraph::graph::UnGraph;
    ///
    /// let triangle = UnGraph::<(), f64>::from_edges([(0, 1, 1.0), (1, 2, 0.5), (0, 2, 0.25)]);
    /// let graph = SimilarityGraph::from_petgraph(&triangle, |w| *w)?;
    /// assert_eq!(graph.strength(1), 1.5);
    /// assert_eq!(UnGraph::<(), f32>::from(&graph).edge_count(), 3);
    /// # Ok::<(), kinfolk::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where a weight is not finite and above 0.
    pub fn from_petgraph<N, E>(graph: &UnGraph<N, E>, weight: impl Fn(&E) -> f64) -> Result<Self> {
        let edges = graph
            .edge_references()
            .map(|edge| {
                let (a, b) = (edge.source().index() as u32, edge.target().index() as u32);
                let weight = weight(edge.weight());
                // As the graph stores it.
                if (weight as f32).is_finite() && weight as f32 > 0.0 {
                    Ok((a, b, weight))
                } else {
                    Err(Error::data(format!("the edge {a} to {b} has weight {weight}"))
                        .hint("weights are finite and above 0"))
                }
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(SimilarityGraph::from_edges(graph.node_count(), &edges))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_again_is_the_same_graph() -> Result<()> {
        let graph = SimilarityGraph::from_edges(5, &[(0, 1, 0.5), (1, 1, 2.0), (3, 1, 0.25)]);
        let other = UnGraph::<(), f32>::from(&graph);
        assert_eq!((other.node_count(), other.edge_count()), (5, 3));
        assert_eq!(SimilarityGraph::from_petgraph(&other, |&w| f64::from(w))?, graph);
        Ok(())
    }

    #[test]
    fn weights_that_no_graph_can_hold_are_refused() {
        for weight in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-60, 1e300] {
            let graph = UnGraph::<(), f64>::from_edges([(0, 1, weight)]);
            let refused = SimilarityGraph::from_petgraph(&graph, |&w| w);
            assert!(refused.is_err(), "{weight}");
        }
    }
}
