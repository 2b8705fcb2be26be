//! Samples and structureless twins of customers: the graph is built anew for each.

use super::cloud::{Kind, Shape};
use super::null::border;
use super::{KEPT, Sample, Source, Twin, Twins};
use crate::features::Distance;
use crate::graph::{
    self, Distinct, NeighborGraph, Neighbors, Search, Similarity, SimilarityGraph, similarity_graph,
};
use crate::partition::Partition;
use crate::random::stream;
use ndarray::{ArrayView2, Axis};
use rand::seq::index;

/// Keeps the random streams of clouds apart from those of samples.
const PURPOSE: u64 = 0x6E75_6C6C;

/// Customers as points in feature space, with their neighbors.
pub struct Customers<'a> {
    /// One row per distinct point.
    pub points: ArrayView2<'a, f32>,
    /// For each coordinate the block it belongs to: coordinates of one category column share a block, a number
    /// column has `None`.
    pub blocks: &'a [Option<u32>],
    /// How points are compared.
    pub distance: Distance,
    /// Which customers stand on which point.
    pub distinct: &'a Distinct,
    /// Neighbors of the distinct points: more than [`n_neighbors`](Self::n_neighbors), see [`wide`](super::wide).
    pub neighbors: &'a NeighborGraph,
    /// Neighbors each point is linked to.
    pub n_neighbors: usize,
    /// How the neighbors of structureless twins are searched for.
    pub search: Option<Search>,
    /// Edge weights.
    pub similarity: Similarity,
}

impl Source for Customers<'_> {
    fn n_different(&self) -> usize {
        self.distinct.len()
    }

    /// Four fifths of the customers, each linked anew to its nearest among them.
    ///
    /// The neighbors are those of the full search that stayed: exact, because the nearest of those who stay are the
    /// first of the nearest of all who stay.
    fn sample(&self, _: &SimilarityGraph, seed: u64, number: u64) -> Sample {
        let n = self.distinct.group.len();
        let kept = ((n as f64 * KEPT).round() as usize).max(1);
        let mut customers = index::sample(&mut stream(seed, number), n, kept).into_vec();
        customers.sort_unstable();

        let n_points = self.distinct.len();
        let mut new_of_point = vec![u32::MAX; n_points];
        let mut points: Vec<u32> = Vec::new();
        let mut group = Vec::with_capacity(kept);
        for &c in &customers {
            let p = self.distinct.group[c];
            if new_of_point[p as usize] == u32::MAX {
                new_of_point[p as usize] = points.len() as u32;
                points.push(p);
            }
            group.push(new_of_point[p as usize]);
        }
        let distinct = Distinct::from_groups(group);

        let wide = self.neighbors;
        let found = |p: u32| {
            let row = p as usize * wide.n_neighbors;
            (row..row + wide.n_neighbors).filter(|&at| new_of_point[wide.targets[at] as usize] != u32::MAX)
        };
        // The shortest list decides: rows of one length, and a shortfall is rare (see `wide`).
        let k = points
            .iter()
            .map(|&p| found(p).take(self.n_neighbors).count())
            .min()
            .unwrap_or(0);
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
            recall: wide.recall,
        };
        let together = (points.len() < customers.len()).then(|| Partition::from_labels(&distinct.group));
        Sample {
            graph: similarity_graph(&neighbors, &distinct, self.similarity),
            nodes: customers.into_iter().map(|c| c as u32).collect(),
            together,
        }
    }

    /// Clouds of the same spread.
    ///
    /// Number coordinates are drawn in three ways, every second cloud in the first: with the rank correlation of the data and its own
    /// distributions made unimodal, Gaussian, and uniform with its covariance; where a coordinate has few grades, it
    /// is rounded to them. The coordinates of a category column are shuffled together, so that its shares stay and
    /// its ties to other columns go.
    fn twins(&self, seed: u64) -> Twins<'_> {
        let customers: Vec<usize> = self.distinct.group.iter().map(|&g| g as usize).collect();
        let customers = self.points.select(Axis(0), &customers);
        let shape = Shape::of(
            customers.view(),
            self.blocks,
            &mut stream(seed ^ PURPOSE, u64::MAX),
        );
        Box::new(move |number| {
            let mut random = stream(seed ^ PURPOSE, number as u64);
            let kind = Kind::of(number);
            let cloud = shape.draw(customers.view(), kind, &mut random);
            let distinct = graph::distinct(cloud.view());
            let points = distinct.rows(cloud.view());
            let settings = Neighbors {
                n_neighbors: self.n_neighbors,
                search: self.search,
            };
            let neighbors = graph::neighbors(points.view(), self.distance, &settings)?;
            let alone = Distinct::all_different(points.nrows());
            Ok(Twin {
                graph: similarity_graph(&neighbors, &alone, self.similarity),
                kind: kind as u8,
            })
        })
    }

    /// On the distinct points: copies of a customer make its place no denser.
    fn borders(&self, _: &SimilarityGraph, partitions: &[&Partition]) -> Vec<(f64, f64)> {
        let graph = similarity_graph(
            &self.neighbors.narrowed(self.n_neighbors),
            &Distinct::all_different(self.distinct.len()),
            self.similarity,
        );
        let on_points = |partition: &Partition| {
            let labels = |&c: &u32| partition.labels()[c as usize];
            Partition::from_labels(
                &self
                    .distinct
                    .representatives
                    .iter()
                    .map(labels)
                    .collect::<Vec<_>>(),
            )
        };
        partitions.iter().map(|p| border(&graph, &on_points(p))).collect()
    }
}
