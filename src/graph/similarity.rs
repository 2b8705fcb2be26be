//! From neighbor lists to a weighted graph: who is linked, and how strongly.

use super::NeighborGraph;
use super::rows::{Lists, RowWriter, transpose};
use super::spread::spread;
use super::{Distinct, SimilarityGraph};
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
/// `O(n k log k)` time; memory for the graph and about once more for the lists. The same bits for any number of
/// threads.
///
/// ```
/// use kinfolk::features::Distance;
/// use kinfolk::graph::{Neighbors, Similarity, distinct, neighbors, similarity_graph};
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
    let points = link_points(neighbors, u, similarity);
    if distinct.n_repeats() == 0 {
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
    pub(super) lists: Lists,
    /// For each target: whether it is among the neighbors of the point, whether the point is among its neighbors.
    pub(super) directions: Vec<Directions>,
}

/// Which of two linked points has the other among its nearest neighbors.
#[derive(Clone, Copy, Default)]
pub(super) struct Directions {
    pub(super) out: bool,
    pub(super) back: bool,
}

fn link_points(neighbors: &NeighborGraph, u: usize, similarity: Similarity) -> Links {
    let k = neighbors.n_neighbors;
    // Ascending lists, which can be merged; each target keeps its distance.
    let mut sorted = Lists {
        offsets: (0..=u).map(|p| p * k).collect(),
        targets: vec![0; u * k],
        values: vec![0.0; u * k],
    };
    if k > 0 {
        sorted
            .targets
            .par_chunks_mut(k)
            .zip(sorted.values.par_chunks_mut(k))
            .enumerate()
            .for_each_init(
                || Vec::with_capacity(k),
                |pairs: &mut Vec<(u32, f32)>, (p, (targets, distances))| {
                    let row = p * k..(p + 1) * k;
                    pairs.clear();
                    pairs.extend(
                        (neighbors.targets[row.clone()].iter().copied())
                            .zip(neighbors.distances[row].iter().copied()),
                    );
                    pairs.sort_unstable_by_key(|&(q, _)| q);
                    for (slot, &(q, distance)) in pairs.iter().enumerate() {
                        targets[slot] = q;
                        distances[slot] = distance;
                    }
                },
            );
    }
    let back = transpose(&sorted);
    let scale = |p: u32| match k {
        0 => 0.0,
        _ => f64::from(neighbors.distances[(p as usize + 1) * k - 1]),
    };
    let weight = |p: u32, q: u32, distance: f32| -> f32 {
        match similarity {
            Similarity::Jaccard => jaccard(p, sorted.row(p).0, q, sorted.row(q).0),
            Similarity::Gaussian => gaussian(f64::from(distance), scale(p), scale(q)),
            Similarity::Unweighted => 1.0,
        }
    };

    let degrees: Vec<usize> = (0..u as u32)
        .into_par_iter()
        .map(|p| Merge::new(sorted.row(p), back.row(p)).count())
        .collect();
    let mut writer = RowWriter::new(&degrees);
    let mut directions = vec![Directions::default(); writer.len()];
    writer.fill(&mut directions, |p, targets, weights, directions| {
        for (slot, (q, distance, direction)) in Merge::new(sorted.row(p), back.row(p)).enumerate() {
            targets[slot] = q;
            weights[slot] = weight(p, q, distance);
            directions[slot] = direction;
        }
    });
    Links {
        lists: writer.finish(),
        directions,
    }
}

/// |A ∩ B| / |A ∪ B| of two ascending lists of one length, to each of which its owner is added.
fn jaccard(p: u32, of_p: &[u32], q: u32, of_q: &[u32]) -> f32 {
    let mut common = 0usize;
    let (mut i, mut j) = (0, 0);
    while i < of_p.len() && j < of_q.len() {
        let (a, b) = (of_p[i], of_q[j]);
        common += usize::from(a == b);
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    // Neither list holds its owner; the other owner may stand in it.
    common += usize::from(of_p.binary_search(&q).is_ok()) + usize::from(of_q.binary_search(&p).is_ok());
    let all = of_p.len() + of_q.len() + 2 - common;
    (common as f64 / all as f64) as f32
}

fn gaussian(distance: f64, scale_p: f64, scale_q: f64) -> f32 {
    let area = scale_p * scale_q;
    // Distances that vanish in single precision.
    if area == 0.0 {
        return if distance == 0.0 { 1.0 } else { LEAST as f32 };
    }
    (-(distance * distance) / area).exp().max(LEAST) as f32
}

/// Two ascending lists as one; what stands in both comes once.
struct Merge<'a> {
    out: (&'a [u32], &'a [f32]),
    back: (&'a [u32], &'a [f32]),
}

impl<'a> Merge<'a> {
    fn new(out: (&'a [u32], &'a [f32]), back: (&'a [u32], &'a [f32])) -> Self {
        Merge { out, back }
    }
}

impl Iterator for Merge<'_> {
    type Item = (u32, f32, Directions);

    fn next(&mut self) -> Option<Self::Item> {
        let a = self.out.0.first().copied();
        let b = self.back.0.first().copied();
        let target = match (a, b) {
            (None, None) => return None,
            (Some(t), None) | (None, Some(t)) => t,
            (Some(a), Some(b)) => a.min(b),
        };
        let mut distance = 0.0;
        let mut take = |list: &mut (&[u32], &[f32]), head: Option<u32>| {
            let here = head == Some(target);
            if here {
                distance = list.1[0];
                *list = (&list.0[1..], &list.1[1..]);
            }
            here
        };
        let out = take(&mut self.out, a);
        let back = take(&mut self.back, b);
        Some((target, distance, Directions { out, back }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linked_points_without_common_neighbors_have_each_other_in_common() {
        // 0 lists {1, 2}, 3 lists {4, 0}: N⁺ are {0, 1, 2} and {0, 3, 4}.
        assert_eq!(jaccard(0, &[1, 2], 3, &[0, 4]), 0.2);
        // Each lists the other, one more in common.
        assert_eq!(jaccard(0, &[1, 5], 1, &[0, 5]), 1.0);
    }

    #[test]
    fn gaussian_weights_keep_between_the_least_and_one() {
        assert_eq!(gaussian(0.0, 0.0, 0.0), 1.0);
        assert_eq!(gaussian(1.0, 1.0, 1.0), (-1f64).exp() as f32);
        assert_eq!(gaussian(1e30, 1e30, 1e-30), LEAST as f32);
        assert_eq!(gaussian(1.0, 0.0, 1.0), LEAST as f32);
        let far = f64::from(f32::MAX);
        assert_eq!(gaussian(far, far, far), (-1f64).exp() as f32);
    }
}
