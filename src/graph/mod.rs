//! The similarity graph: who is linked to whom, and how strongly.
//!
//! 1. [`similarity_graph`] links who is a neighbor in either direction, weighs the links and spreads them over
//!    identical customers, `O(n k log k)`.
//! 2. [`components`] tells the connected parts, `O(n k)`.
//! 3. [`knn_graph`] does the first from points alone.
//! 4. [`visit`] opens the graph to the algorithms of the `petgraph` crate.
//!
//! Links weighted by common neighbors: Jarvis and Patrick, IEEE Transactions on Computers C-22, 1025 (1973); their
//! share, as here: Levine et al., Cell 162, 184 (2015). A scale for each point: Zelnik-Manor and Perona, Advances in
//! Neural Information Processing Systems 17 (2004).

mod components;
mod convert;
mod csr;
mod edges;
mod shared_neighbors;
mod similarity;
mod spread;
pub mod visit;

pub use components::components;
pub use convert::knn_graph;
pub use similarity::{Similarity, similarity_graph};

/// A weighted undirected graph in compressed rows.
///
/// Each edge stands in the rows of both ends, a self-loop once. Rows are sorted by target; no target twice in a row;
/// weights are finite and above 0.
#[derive(Clone, Debug, PartialEq)]
pub struct SimilarityGraph {
    offsets: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<f32>,
}

impl SimilarityGraph {
    /// The number of nodes.
    pub fn n_nodes(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The number of undirected edges, self-loops included.
    pub fn n_edges(&self) -> usize {
        let loops = (0..self.n_nodes() as u32)
            .filter(|&v| self.neighbors(v).binary_search(&v).is_ok())
            .count();
        (self.targets.len() + loops) / 2
    }

    /// The neighbors of `node`, ascending; `node` itself where it has a self-loop.
    pub fn neighbors(&self, node: u32) -> &[u32] {
        &self.targets[self.row(node)]
    }

    /// The weights that go with [`neighbors`](Self::neighbors).
    pub fn weights(&self, node: u32) -> &[f32] {
        &self.weights[self.row(node)]
    }

    /// Neighbors and weights of `node`, ascending by neighbor.
    pub fn edges_of(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        let row = self.row(node);
        self.targets[row.clone()]
            .iter()
            .zip(&self.weights[row])
            .map(|(&t, &w)| (t, f64::from(w)))
    }

    /// Each undirected edge once, as (lower, higher, weight), ascending.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
        (0..self.n_nodes() as u32).flat_map(move |v| {
            self.edges_of(v)
                .filter(move |&(t, _)| t >= v)
                .map(move |(t, w)| (v, t, w))
        })
    }

    /// Number of edges at `node`, a self-loop counted twice, as NetworkX and igraph count.
    pub fn degree(&self, node: u32) -> usize {
        let row = self.neighbors(node);
        row.len() + usize::from(row.binary_search(&node).is_ok())
    }

    /// Sum of the weights at `node`, a self-loop counted twice.
    #[doc(alias = "weighted_degree")]
    pub fn strength(&self, node: u32) -> f64 {
        self.edges_of(node)
            .map(|(t, w)| if t == node { 2.0 * w } else { w })
            .sum()
    }

    /// Sum of the weights of all undirected edges, m.
    pub fn total_weight(&self) -> f64 {
        (0..self.n_nodes() as u32).map(|v| self.strength(v)).sum::<f64>() / 2.0
    }

    fn row(&self, node: u32) -> std::ops::Range<usize> {
        self.offsets[node as usize]..self.offsets[node as usize + 1]
    }
}
