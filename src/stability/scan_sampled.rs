//! The scan of many customers, on a sample of them that is spread evenly through space; everybody else joins by ties.

use super::Ground;
use super::customers::Customers;
use super::rings::Rings;
use super::scan::{Scales, scan};
use crate::Result;
use crate::community::modularity;
use crate::graph::{Similarity, SimilarityGraph, similarity_graph};
use crate::neighbors::{self, Distinct, NeighborGraph, Neighbors};
use crate::partition::Partition;
use ndarray::{Array2, Axis};
use rayon::prelude::*;

/// Above this many different customers scales are examined on a sample of so many.
pub const SCANNED: usize = 25_000;

/// Whether scales of so many different customers are examined on a sample of them.
pub(crate) fn by_few(n_different: usize) -> bool {
    n_different > SCANNED
}

/// As [`scan`], on a sample where there are more than [`SCANNED`] different customers.
///
/// Customers stand in the order of a kd-tree's leaves, so every so many of them is a sample of every region in proportion: the samples
/// and null tables that cost most need no more than that. Everybody else then belongs where the ties lead (`rings.rs`). The
/// graph of all is not searched: the more customers, the smaller the patches that `k` neighbors see, and of a million modularity cuts
/// pieces of space before it parts groups.
///
/// # Errors
/// Those of the search for neighbors and communities.
pub fn scan_customers(
    ground: &Ground<'_>,
    customers: &Customers<'_>,
    most_segments: usize,
) -> Result<Option<Scales>> {
    if !by_few(customers.distinct.len()) {
        return scan(ground, most_segments);
    }
    let everybody: Vec<u32> = (0..ground.graph.n_nodes() as u32).collect();
    let few = Few::of(customers, &everybody, SCANNED)?;
    let source = few.source(customers);
    let sampled = Ground {
        graph: &few.graph,
        together: few.together.as_ref(),
        source: &source,
        ..*ground
    };
    let scales = scan(&sampled, most_segments)?;
    Ok(scales.map(|mut scales| {
        let rings = Rings::around(ground.graph, &few.nodes, &everybody);
        scales.levels.par_iter_mut().for_each(|level| {
            level.partition = rings.spread(ground.graph, ground.together, &level.partition);
            level.modularity = modularity(ground.graph, &level.partition, 1.0);
        });
        scales.sampled = true;
        scales
    }))
}

/// Customers on some of the points, linked among themselves.
pub(super) struct Few {
    /// Which they are, of those they were taken from, ascending.
    pub(super) nodes: Vec<u32>,
    points: Array2<f32>,
    distinct: Distinct,
    neighbors: NeighborGraph,
    farther: NeighborGraph,
    spacing: Vec<f32>,
    pub(super) graph: SimilarityGraph,
    pub(super) together: Option<Partition>,
}

impl Few {
    /// Those of `customers` who stand on `most` of their points, every so many of them.
    pub(super) fn of(all: &Customers<'_>, customers: &[u32], most: usize) -> Result<Few> {
        let point = |c: &u32| all.distinct.group[*c as usize];
        let mut present: Vec<u32> = customers.iter().map(point).collect();
        present.sort_unstable();
        present.dedup();
        let size = most.min(present.len());
        let kept: Vec<usize> = (0..size)
            .map(|i| present[i * present.len() / size] as usize)
            .collect();
        let mut place = vec![u32::MAX; all.distinct.len()];
        for (i, &p) in kept.iter().enumerate() {
            place[p] = i as u32;
        }
        let on_kept = |(i, c): (usize, &u32)| {
            let at = place[point(c) as usize];
            (at != u32::MAX).then_some((i as u32, at))
        };
        let (nodes, group): (Vec<u32>, Vec<u32>) = customers.iter().enumerate().filter_map(on_kept).unzip();
        let distinct = Distinct::from_groups(group);
        let points = all.points.select(Axis(0), &kept);
        let n_neighbors = all.neighbors.n_neighbors;
        let search = Neighbors {
            n_neighbors: super::wide(n_neighbors),
            search: all.search,
        };
        let mut wide = neighbors::neighbors(points.view(), all.distance, &search)?;
        let spacing = wide.spacing(n_neighbors);
        if all.similarity != Similarity::Gaussian {
            wide.distances = Vec::new();
        }
        let (neighbors, farther) = wide.split(n_neighbors);
        Ok(Few {
            graph: similarity_graph(&neighbors, &distinct, all.similarity),
            together: (distinct.n_repeats() > 0).then(|| Partition::from_labels(&distinct.group)),
            nodes,
            points,
            distinct,
            neighbors,
            farther,
            spacing,
        })
    }

    fn source<'a, 'b: 'a>(&'a self, all: &Customers<'b>) -> Customers<'a> {
        Customers {
            points: self.points.view(),
            distinct: &self.distinct,
            neighbors: &self.neighbors,
            farther: &self.farther,
            spacing: &self.spacing,
            ..*all
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_twenty_five_thousand_customers_all_are_examined() {
        assert!(!by_few(25_000) && by_few(25_001));
    }
}
