//! Who is near whom: the nearest neighbors of each customer, exact or nearly so.
//!
//! 1. [`distinct`] finds identical customers, `O(n d)`.
//! 2. [`neighbors`] finds the k nearest of each distinct point. `exact`: a kd-tree whose leaves ask together, or all
//!    pairs where there are many dimensions, `O(n d log n)` to `O(n² d)`. `approximate`: a forest of random projections,
//!    then neighbors of neighbors; finds nearly all, and says how many by a sample ([`Recall`]).
//!
//! kd-trees: Bentley, Communications of the ACM 18, 509 (1975). Neighbors of neighbors: Dong, Moses and Li, WWW 2011,
//! 577.

mod approximate;
mod distance;
mod distinct;
mod exact;
mod search;

pub(crate) use distance::Rows;
pub use distinct::{Distinct, distinct};
pub(crate) use exact::kd_tree::order_in_space;
pub(crate) use exact::point_search::{AskRoom, Near, PointSearch};
pub use search::{Neighbors, Search, neighbors};

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
    /// use kinfolk::neighbors::NeighborGraph;
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
