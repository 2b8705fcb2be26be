//! Who is near whom: neighbors, the similarity graph in compressed rows, and components.
//!
//! In come the rows of [`Features`](crate::features::Features) and their [`Distance`](crate::features::Distance); out
//! comes a [`SimilarityGraph`] over the same customers, on which everything above works.
//!
//! 1. [`distinct`] finds identical customers, `O(n d)`.
//! 2. [`neighbors`] finds the k nearest of each distinct point exactly, by a kd-tree whose leaves ask together:
//!    `O(n d log n)` to `O(n² d)`. Where that takes too long, an index finds nearly all of them, and says how many.
//! 3. [`similarity_graph`] links who is a neighbor in either direction, weighs the links and spreads them over
//!    identical customers, `O(n k log k)`.
//! 4. [`components`] tells the connected parts, `O(n k)`.
//!
//! Links weighted by common neighbors: Jarvis and Patrick, IEEE Transactions on Computers C-22, 1025 (1973); their
//! share, as here: Levine et al., Cell 162, 184 (2015). A scale for each point: Zelnik-Manor and Perona, Advances in
//! Neural Information Processing Systems 17 (2004). kd-trees: Bentley, Communications of the ACM 18, 509 (1975).
//! Neighbors of neighbors: Dong, Moses and Li, WWW 2011, 577.

mod approximate;
mod brute_force;
mod circles;
mod components;
mod descent;
mod distinct;
mod edges;
mod exact;
mod forest;
mod join;
mod kd_tree;
mod leaf_search;
mod neighbors;
mod rows;
mod sample;
mod similarity;
mod spread;
mod tree_search;
pub mod visit;

pub use components::components;
pub use distinct::{Distinct, distinct};
pub(crate) use exact::Rows;
pub(crate) use kd_tree::order_in_space;
pub use neighbors::{Neighbors, Search, neighbors};
pub use similarity::{Similarity, similarity_graph};

/// The nearest neighbors of each of `n` points, nearest first, equal distances in the order of the index.
#[derive(Clone, Debug, PartialEq)]
pub struct NeighborGraph {
    /// Neighbors per point: what was asked for, or n − 1 where there are fewer.
    pub n_neighbors: usize,
    /// n × `n_neighbors` point indices; a point is never its own neighbor.
    pub targets: Vec<u32>,
    /// The distances that go with `targets`; empty where nobody needs them.
    pub distances: Vec<f32>,
    /// How many of the true neighbors are among them; `None` where all are: the search was exact.
    pub recall: Option<Recall>,
}

/// How good approximate lists of neighbors are, measured on a sample whose true neighbors were searched exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recall {
    /// The share of the true neighbors that were found, in [0, 1].
    pub share: f64,
    /// Points in the sample.
    pub n_points: usize,
}

impl NeighborGraph {
    /// The neighbors of a point, nearest first.
    ///
    /// # Panics
    /// Where there is no such point.
    pub fn of(&self, point: u32) -> &[u32] {
        &self.targets[point as usize * self.n_neighbors..][..self.n_neighbors]
    }

    /// The mean distance of each point to its first `n_neighbors`; empty where no distances are held. `O(n k)`.
    pub fn spacing(&self, n_neighbors: usize) -> Vec<f32> {
        let k = n_neighbors.min(self.n_neighbors);
        self.distances
            .chunks_exact(self.n_neighbors.max(1))
            .map(|row| row[..k].iter().sum::<f32>() / k.max(1) as f32)
            .collect()
    }

    /// The first `n_neighbors` of each point, all where there are fewer, and the rest of them. `O(n k)`.
    ///
    /// ```
    /// use kinfolk::graph::NeighborGraph;
    ///
    /// let wide = NeighborGraph { n_neighbors: 3, targets: vec![1, 2, 3, 0, 3, 2, 0, 3, 1, 2, 1, 0], distances: Vec::new(), recall: None };
    /// let (near, rest) = wide.split(2);
    /// assert_eq!((near.of(1), rest.of(1)), (&[0, 3][..], &[2][..]));
    /// ```
    #[must_use]
    pub fn split(self, n_neighbors: usize) -> (NeighborGraph, NeighborGraph) {
        let wide = self.n_neighbors.max(1);
        let k = n_neighbors.min(self.n_neighbors);
        let (targets, more_targets) = split_rows(self.targets, wide, k);
        let (distances, more_distances) = split_rows(self.distances, wide, k);
        let near = NeighborGraph {
            n_neighbors: k,
            targets,
            distances,
            recall: self.recall,
        };
        let rest = NeighborGraph {
            n_neighbors: self.n_neighbors - k,
            targets: more_targets,
            distances: more_distances,
            recall: self.recall,
        };
        (near, rest)
    }
}

/// The first k of each row, and in the place of all the others.
fn split_rows<T: Copy>(mut rows: Vec<T>, wide: usize, k: usize) -> (Vec<T>, Vec<T>) {
    let mut first = Vec::with_capacity(rows.len() / wide * k);
    for row in rows.chunks_exact(wide) {
        first.extend_from_slice(&row[..k]);
    }
    let rest = wide - k;
    for row in 0..rows.len() / wide {
        rows.copy_within(row * wide + k..(row + 1) * wide, row * rest);
    }
    rows.truncate(rows.len() / wide * rest);
    rows.shrink_to_fit();
    (first, rows)
}

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
