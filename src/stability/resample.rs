//! A sample of the customers and its graph, rebuilt from the neighbors of all.

use super::{KEPT, Material};
use crate::graph::{Distinct, NeighborGraph, SimilarityGraph, similarity_graph};
use crate::partition::Partition;
use crate::random::stream;
use rand::seq::index;

/// A graph on some of the customers.
pub(super) struct Resample {
    /// The customers in it, ascending: node `i` of the graph is customer `customers[i]`.
    pub(super) customers: Vec<u32>,
    pub(super) graph: SimilarityGraph,
    /// Equal customers, where there are any.
    pub(super) together: Option<Partition>,
}

/// Sample number `index` of this seed: four fifths of the customers, each linked anew to its nearest among them.
///
/// The neighbors are those of the full search that stayed: exact, because the nearest of those who stay are the
/// first of the nearest of all who stay.
pub(super) fn resample(material: &Material<'_>, seed: u64, number: u64) -> Resample {
    let n = material.distinct.group.len();
    let kept = ((n as f64 * KEPT).round() as usize).max(1);
    let mut customers = index::sample(&mut stream(seed, number), n, kept).into_vec();
    customers.sort_unstable();

    let n_points = material.distinct.representatives.len();
    let mut new_of_point = vec![u32::MAX; n_points];
    let mut points: Vec<u32> = Vec::new();
    for &c in &customers {
        let p = material.distinct.group[c];
        if new_of_point[p as usize] == u32::MAX {
            new_of_point[p as usize] = points.len() as u32;
            points.push(p);
        }
    }
    let group: Vec<u32> = customers
        .iter()
        .map(|&c| new_of_point[material.distinct.group[c] as usize])
        .collect();
    let distinct = Distinct::from_groups(group);

    let wide = material.neighbors;
    // The shortest list decides: rows of one length, and a shortfall is rare (see `wide`).
    let found = |p: u32| {
        let row = p as usize * wide.n_neighbors;
        (row..row + wide.n_neighbors).filter(|&at| new_of_point[wide.targets[at] as usize] != u32::MAX)
    };
    let k = points
        .iter()
        .map(|&p| found(p).count())
        .min()
        .unwrap_or(0)
        .min(material.n_neighbors);
    let mut targets = Vec::with_capacity(points.len() * k);
    let mut distances = Vec::with_capacity(points.len() * k);
    for &p in &points {
        for at in found(p).take(k) {
            targets.push(new_of_point[wide.targets[at] as usize]);
            distances.push(wide.distances[at]);
        }
    }
    let neighbors = NeighborGraph {
        n_neighbors: k,
        targets,
        distances,
    };
    let together = (points.len() < customers.len()).then(|| Partition::from_labels(&distinct.group));
    Resample {
        graph: similarity_graph(&neighbors, &distinct, material.similarity),
        customers: customers.into_iter().map(|c| c as u32).collect(),
        together,
    }
}
