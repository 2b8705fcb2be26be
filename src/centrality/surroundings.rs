//! Who stands around a bridge customer: what its explanation says.

use super::bridge::{Nearest, STEPS};
use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use std::collections::BTreeMap;

/// What a bridge customer's nearest (in a network: those it is linked to) say about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surroundings {
    /// How many they are.
    pub all: usize,
    /// How many of them are in its own segment.
    pub own: usize,
    /// How many are in the other segment it joins.
    pub other: usize,
    /// The share of three-step walks from nearest to nearest that end in the other segment.
    pub onward: f64,
}

/// Who stands around `node`, which joins its own segment and `other`. `O(n + edges within three steps)`.
///
/// ```
/// use kinfolk::{Partition, SimilarityGraph};
/// use kinfolk::centrality::surroundings;
///
/// let path = SimilarityGraph::from_edges(3, &[(0, 1, 1.0), (1, 2, 1.0)]);
/// let found = surroundings(&path, &Partition::from_labels(&[0, 0, 1]), None, 1, 1);
/// assert_eq!((found.all, found.own, found.other, found.onward), (2, 1, 1, 0.5));
/// ```
///
/// # Panics
/// Where the node, the partition or the nearest are not of the graph.
pub fn surroundings(
    graph: &SimilarityGraph,
    partition: &Partition,
    nearest: Option<Nearest<'_>>,
    node: u32,
    other: u32,
) -> Surroundings {
    let own = partition.labels()[node as usize];
    match nearest {
        Some(nearest) => {
            let labels = nearest.labels(partition);
            let point = nearest.distinct.group[node as usize];
            surroundings_of(point, own, other, &labels, |p| nearest.of(p))
        }
        None => surroundings_of(node, own, other, partition.labels(), |v| graph.neighbors(v)),
    }
}

fn surroundings_of<'a>(
    start: u32,
    own: u32,
    other: u32,
    labels: &[u32],
    row: impl Fn(u32) -> &'a [u32],
) -> Surroundings {
    // A tie with itself makes nobody a neighbor.
    let neighbors = || row(start).iter().filter(|&&w| w != start);
    let count = |segment: u32| neighbors().filter(|&&w| labels[w as usize] == segment).count();
    let mut here = BTreeMap::from([(start, 1.0)]);
    for _ in 0..STEPS {
        let mut next = BTreeMap::new();
        for (v, share) in here {
            for &w in row(v) {
                *next.entry(w).or_insert(0.0) += share / row(v).len() as f64;
            }
        }
        here = next;
    }
    let there = here.iter().filter(|(w, _)| labels[**w as usize] == other);
    Surroundings {
        all: neighbors().count(),
        own: count(own),
        other: count(other),
        onward: there.map(|(_, share)| share).sum::<f64>().min(1.0),
    }
}
