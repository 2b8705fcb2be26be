//! From neighbor lists to a weighted graph: who is linked, and how strongly.

use super::spread::spread;
use crate::graph::SimilarityGraph;
use crate::graph::csr::{Csr, RowWriter, reverse_neighbors};
use crate::graph::shared_neighbors::NeighborSets;
use crate::neighbors::Distinct;
use crate::neighbors::NeighborGraph;
use crate::num::math;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What the weight of a link between two points says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Similarity {
    /// Share of common neighbors, |N⁺(p) ∩ N⁺(q)| / |N⁺(p) ∪ N⁺(q)|, in (0, 1]. N⁺ is the neighbors and the point
    /// itself, so that linked points always have one in common; the PhenoGraph program leaves the point out and
    /// drops links without common neighbors. Levine et al., Cell 162, 184 (2015).
    Jaccard,
    /// exp(−d² / (σ_p σ_q)), in [10⁻⁶, 1], with σ the distance to the last neighbor. Zelnik-Manor and Perona,
    /// Advances in Neural Information Processing Systems 17 (2004).
    Gaussian,
    /// 1.
    Unweighted,
}

impl Similarity {
    /// The name in flags and files.
    pub fn name(self) -> &'static str {
        match self {
            Similarity::Jaccard => "jaccard",
            Similarity::Gaussian => "gaussian",
            Similarity::Unweighted => "unweighted",
        }
    }
}

/// The least weight of a link: far points of dense places keep their link, however weak.
const LEAST: f64 = 1e-6;

/// The graph over n customers in which two are linked if one's point is among the nearest neighbors of the other's.
///
/// `neighbors` are lists over the distinct points of the customers, `distinct` says which customers share a point. The
/// weight of a link is that of its points, `similarity`. Customers who share a point are linked as `spread` in this
/// room says: each copy of p has a link to one copy of each neighbor q of p, all copies of q being used evenly, and
/// the copies of p form a ring of weight 1. A point with m copies and k neighbors so makes m (k + 1) links at most. Every copy
/// of a point hangs together with the others, and with their neighbors.
///
/// `O(n k log k)` time and, for Jaccard weights, a comparison of two lists per link, k² / 16 steps or fewer; memory
/// for the graph and about as much again for the lists. The same bits for any number of threads.
///
/// ```
/// use kinfolk::features::Distance;
/// use kinfolk::graph::{Similarity, similarity_graph};
/// use kinfolk::neighbors::{Neighbors, distinct, neighbors};
/// use ndarray::array;
///
/// let customers = array![[0.0f32], [1.0], [1.0], [5.0]];
/// let points = distinct(customers.view());
/// let settings = Neighbors { n_neighbors: 1, ..Neighbors::default() };
/// let nearest = neighbors(points.rows(customers.view()).view(), Distance::Euclidean, &settings)?;
/// let graph = similarity_graph(&nearest, &points, Similarity::Jaccard);
/// assert_eq!(graph.n_nodes(), 4);
/// assert_eq!(graph.neighbors(0), [1, 2]); // 0 has both customers at 1.0
/// assert_eq!(graph.weights(1)[1], 1.0); // those two are identical
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Panics
/// Where `neighbors` and `distinct` are not about the same number of points.
pub fn similarity_graph(
    neighbors: &NeighborGraph,
    distinct: &Distinct,
    similarity: Similarity,
) -> SimilarityGraph {
    let u = distinct.len();
    let k = neighbors.n_neighbors;
    assert_eq!(neighbors.targets.len(), u * k, "neighbor lists of {u} points");
    let repeats = distinct.n_repeats() > 0;
    let points = link_points(neighbors, u, similarity, repeats);
    if !repeats {
        let Links { lists, .. } = points;
        return SimilarityGraph {
            offsets: lists.offsets,
            targets: lists.targets,
            weights: lists.values,
        };
    }
    spread(&points, distinct)
}

/// The undirected graph over distinct points.
pub(super) struct Links {
    /// Ascending targets and weights per point.
    pub(super) lists: Csr,
    /// For each target: whether it is among the neighbors of the point, whether the point is among its neighbors. Empty
    /// where nobody asked.
    pub(super) directions: Vec<Directions>,
}

/// Which of two linked points has the other among its nearest neighbors.
#[derive(Clone, Copy, Default)]
pub(super) struct Directions {
    pub(super) out: bool,
    pub(super) back: bool,
}

fn link_points(neighbors: &NeighborGraph, u: usize, similarity: Similarity, directed: bool) -> Links {
    let k = neighbors.n_neighbors;
    let back = reverse_neighbors(&neighbors.targets, k, u);
    let neighbor_sets = NeighborSets::new(&back, k, u);
    let degrees: Vec<usize> = (0..u as u32)
        .into_par_iter()
        .map(|p| {
            let mut degree = 0;
            merge(neighbor_sets.of(p), back.of(p), |_, _, _| degree += 1);
            // The point itself stands in its neighbor set.
            degree - 1
        })
        .collect();
    let mut writer = RowWriter::new(&degrees);
    drop(degrees);
    let mut directions = vec![Directions::default(); if directed { writer.len() } else { 0 }];
    writer.fill(&mut directions, |p, targets, weights, directions| {
        let mut slot = 0;
        merge(neighbor_sets.of(p), back.of(p), |q, out, back| {
            if q == p {
                return;
            }
            targets[slot] = q;
            if let Some(direction) = directions.get_mut(slot) {
                *direction = Directions { out, back };
            }
            slot += 1;
        });
        match similarity {
            Similarity::Jaccard => neighbor_sets.jaccard(p, targets, weights),
            Similarity::Gaussian => {
                for (weight, &q) in weights.iter_mut().zip(&*targets) {
                    *weight = gaussian_of_link(neighbors, p, q);
                }
            }
            Similarity::Unweighted => weights.fill(1.0),
        }
    });
    Links {
        lists: writer.finish(),
        directions,
    }
}

/// The weight of the link between p and q, one of which is a neighbor of the other.
fn gaussian_of_link(neighbors: &NeighborGraph, p: u32, q: u32) -> f32 {
    let k = neighbors.n_neighbors;
    let row = |p: u32| p as usize * k..(p as usize + 1) * k;
    let listed = |p: u32, q: u32| {
        let place = neighbors.targets[row(p)].iter().position(|&t| t == q);
        place.map(|place| neighbors.distances[row(p)][place])
    };
    // The last of the list, which is not empty: it holds the link.
    let scale = |p: u32| f64::from(neighbors.distances[row(p).end - 1]);
    let distance = listed(p, q).or_else(|| listed(q, p)).unwrap_or(0.0);
    gaussian(f64::from(distance), scale(p), scale(q))
}

fn gaussian(distance: f64, scale_p: f64, scale_q: f64) -> f32 {
    let area = scale_p * scale_q;
    // Distances that vanish in single precision.
    if area == 0.0 {
        return if distance == 0.0 { 1.0 } else { LEAST as f32 };
    }
    math::exp(-(distance * distance) / area).max(LEAST) as f32
}

/// Calls `take` for each member of two ascending lists, ascending, once also where it stands in both, and tells it in
/// which it stands.
fn merge(a: &[u32], b: &[u32], mut take: impl FnMut(u32, bool, bool)) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        take(x.min(y), x <= y, y <= x);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    a[i..].iter().for_each(|&x| take(x, true, false));
    b[j..].iter().for_each(|&y| take(y, false, true));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaussian_weights_keep_between_the_least_and_one() {
        assert_eq!(gaussian(0.0, 0.0, 0.0), 1.0);
        assert_eq!(gaussian(1.0, 1.0, 1.0), math::exp(-1.0) as f32);
        assert_eq!(gaussian(1e30, 1e30, 1e-30), LEAST as f32);
        assert_eq!(gaussian(1.0, 0.0, 1.0), LEAST as f32);
        let far = f64::from(f32::MAX);
        assert_eq!(gaussian(far, far, far), math::exp(-1.0) as f32);
    }
}
