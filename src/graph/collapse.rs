//! Identical customers as one node.

use super::SimilarityGraph;
use super::distinct::Distinct;
use rayon::prelude::*;

/// The graph over distinct points that a graph over customers makes: weights between two points are summed, those
/// among the copies of one point become its self-loop.
///
/// A division of its nodes has the modularity of the same division of the customers (take `labels[group[i]]` for
/// customer i), because strengths add up. Communities looked for here therefore keep identical customers together,
/// which modularity on the larger graph rewards but does not enforce: a point that many share is a sparse graph of
/// its own there, and a community search may cut it at random. `O(m log m)`, the same bits for any number of threads.
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::graph::{collapse, distinct};
/// use ndarray::array;
///
/// let points = distinct(array![[0.0], [0.0], [1.0]].view());
/// let graph = SimilarityGraph::from_edges(3, &[(0, 1, 1.0), (0, 2, 0.25), (1, 2, 0.25)]);
/// let small = collapse(&graph, &points);
/// assert_eq!(small.edges().collect::<Vec<_>>(), [(0, 0, 1.0), (0, 1, 0.5)]);
/// assert_eq!(small.total_weight(), graph.total_weight());
/// ```
///
/// # Panics
/// Where `graph` and `distinct` are not about the same number of customers.
pub fn collapse(graph: &SimilarityGraph, distinct: &Distinct) -> SimilarityGraph {
    assert_eq!(graph.n_nodes(), distinct.n_customers(), "customers of the graph");
    if distinct.n_repeats() == 0 {
        return graph.clone();
    }
    let rows: Vec<Vec<(u32, f32)>> = (0..distinct.len() as u32)
        .into_par_iter()
        .map(|point| row(graph, distinct, point))
        .collect();
    let mut offsets = Vec::with_capacity(rows.len() + 1);
    offsets.push(0);
    offsets.extend(rows.iter().scan(0, |end, row| {
        *end += row.len();
        Some(*end)
    }));
    let (targets, weights) = rows.into_iter().flatten().unzip();
    SimilarityGraph {
        offsets,
        targets,
        weights,
    }
}

fn row(graph: &SimilarityGraph, distinct: &Distinct, point: u32) -> Vec<(u32, f32)> {
    let mut links: Vec<(u32, f64)> = Vec::new();
    for &customer in distinct.copies(point) {
        links.extend(graph.edges_of(customer).map(|(other, weight)| {
            let target = distinct.group[other as usize];
            // A link between two copies is met from both of them.
            let twice = target == point && other != customer;
            (target, if twice { 0.5 * weight } else { weight })
        }));
    }
    // By weight too, so that both ends add the same numbers in the same order.
    links.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    links
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| (same[0].0, same.iter().map(|link| link.1).sum::<f64>() as f32))
        .collect()
}
