//! Samples and structureless draws of customers: the graph is built anew for each.

use super::border::crowding;
use super::null_customers::{Kind, NullModel};
use super::scan_sampled::{Few, SCANNED};
use super::{Border, Joined, KEPT, NullDraw, NullDraws, Sample, Source, joined};
use crate::Result;
use crate::clustering::{KMeans, k_means};
use crate::features::Distance;
use crate::graph::{Similarity, SimilarityGraph, similarity_graph};
use crate::neighbors::{self, Distinct, NeighborGraph, Neighbors, Search};
use crate::partition::Partition;
use crate::random::{Random, stream};
use ndarray::{ArrayView2, Axis, CowArray, Ix2};
use rand::RngExt;
use rayon::prelude::*;
use std::ops::Range;

/// Keeps the random streams of null tables apart from those of samples.
const PURPOSE: u64 = 0x6E75_6C6C;

/// Points that one thread links in one go.
const ROWS: usize = 1024;

/// `kept` of `0..n`, each set of that size as likely. Selection sampling: Knuth, The Art of Computer Programming 2, 3.4.2,
/// Algorithm S.
pub(super) fn ascending_sample(n: usize, kept: usize, random: &mut Random) -> Vec<u32> {
    let mut sample = Vec::with_capacity(kept);
    for c in 0..n {
        if random.random_range(0..n - c) < kept - sample.len() {
            sample.push(c as u32);
        }
    }
    sample
}

/// Where the neighbors of a point stand.
fn places(lists: &NeighborGraph, point: u32) -> Range<usize> {
    let first = point as usize * lists.n_neighbors;
    first..first + lists.n_neighbors
}

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
    /// The neighbors that each distinct point is linked to.
    pub neighbors: &'a NeighborGraph,
    /// For each distinct point the mean distance to the neighbors it is linked to.
    pub spacing: &'a [f32],
    /// Those that come next, who take the place of neighbors who are left out; see [`wide`](super::wide).
    pub farther: &'a NeighborGraph,
    /// How the neighbors of structureless draws are searched for.
    pub search: Option<Search>,
    /// Edge weights.
    pub similarity: Similarity,
}

impl Customers<'_> {
    /// The row of `points` where the node stands that is number `i` of these nodes.
    fn point_of(&self, nodes: Option<&[u32]>, i: usize) -> usize {
        let customer = nodes.map_or(i, |nodes| nodes[i] as usize);
        self.distinct.group[customer] as usize
    }
}

impl Source for Customers<'_> {
    fn n_different(&self) -> usize {
        self.distinct.len()
    }

    /// Four fifths of the customers, each linked anew to its nearest among them.
    ///
    /// The neighbors are those of the full search that stayed, as exact as that was: the nearest of those who stay are the
    /// first of the nearest of all who stay.
    fn sample(&self, _: &SimilarityGraph, seed: u64, number: u64) -> Sample {
        let customers = self.sampled_nodes(seed, number);
        let n_points = self.distinct.len();
        let mut new_of_point = vec![u32::MAX; n_points];
        let mut points: Vec<u32> = Vec::new();
        let mut group = Vec::with_capacity(customers.len());
        for &c in &customers {
            let p = self.distinct.group[c as usize];
            if new_of_point[p as usize] == u32::MAX {
                new_of_point[p as usize] = points.len() as u32;
                points.push(p);
            }
            group.push(new_of_point[p as usize]);
        }
        let distinct = Distinct::from_groups(group);

        let most = self.neighbors.n_neighbors;
        // Where each of its neighbors who stayed stands, nearest first.
        let stayed = |p: u32| {
            let row = |lists| places(lists, p).map(move |at| (lists, at));
            row(self.neighbors)
                .chain(row(self.farther))
                .filter(|&(lists, at)| new_of_point[lists.targets[at] as usize] != u32::MAX)
        };
        // The shortest list decides: rows of one length, and a shortfall is rare (see `wide`).
        let k = points
            .par_iter()
            .with_min_len(ROWS)
            .map(|&p| stayed(p).take(most).count())
            .min()
            .unwrap_or(0);
        let mut targets = vec![0; points.len() * k];
        targets
            .par_chunks_mut(k.max(1))
            .zip(&points)
            .with_min_len(ROWS)
            .for_each(|(row, &p)| {
                for (slot, (lists, at)) in row.iter_mut().zip(stayed(p)) {
                    *slot = new_of_point[lists.targets[at] as usize];
                }
            });
        let distances = if self.neighbors.distances.is_empty() {
            Vec::new()
        } else {
            let near = points.iter().flat_map(|&p| stayed(p).take(k));
            near.map(|(lists, at)| lists.distances[at]).collect()
        };
        let neighbors = NeighborGraph {
            n_neighbors: k,
            targets,
            distances,
            recall: self.neighbors.recall,
        };
        let together = (points.len() < customers.len()).then(|| Partition::from_labels(&distinct.group));
        Sample {
            graph: similarity_graph(&neighbors, &distinct, self.similarity),
            nodes: customers,
            together,
        }
    }

    fn sampled_nodes(&self, seed: u64, number: u64) -> Vec<u32> {
        let n = self.distinct.group.len();
        let kept = ((n as f64 * KEPT).round() as usize).max(1);
        ascending_sample(n, kept, &mut stream(seed, number))
    }

    fn few(&self, nodes: &[u32]) -> Option<Result<Sample>> {
        let most = (SCANNED as f64 * KEPT) as usize;
        let few = Few::of(self, nodes, most);
        Some(few.map(|few| Sample {
            nodes: few.nodes.iter().map(|&i| nodes[i as usize]).collect(),
            graph: few.graph,
            together: few.together,
        }))
    }

    /// Null tables of the same spread.
    ///
    /// Number coordinates are drawn in three ways, every second null table in the first: with the rank correlation of the data and its own
    /// distributions made unimodal, Gaussian, and uniform with its covariance; where a coordinate has few grades, it
    /// is rounded to them. The coordinates of a category column are shuffled together, so that its shares stay and
    /// its ties to other columns go.
    fn null_draws(&self, seed: u64) -> NullDraws<'_> {
        let customers: CowArray<'_, f32, Ix2> = if self.distinct.n_repeats() == 0 {
            self.points.into()
        } else {
            let points: Vec<usize> = self.distinct.group.iter().map(|&g| g as usize).collect();
            self.points.select(Axis(0), &points).into()
        };
        let model = NullModel::of(
            customers.view(),
            self.blocks,
            &mut stream(seed ^ PURPOSE, u64::MAX),
        );
        Box::new(move |number| {
            let mut random = stream(seed ^ PURPOSE, number as u64);
            let kind = Kind::of(number);
            let table = model.draw(customers.view(), kind, &mut random);
            let distinct = neighbors::distinct(table.view());
            let points = distinct.rows(table.view());
            let settings = Neighbors {
                n_neighbors: self.neighbors.n_neighbors,
                search: self.search,
            };
            let neighbors = neighbors::neighbors(points.view(), self.distance, &settings)?;
            let alone = Distinct::all_different(points.nrows());
            Ok(NullDraw {
                graph: similarity_graph(&neighbors, &alone, self.similarity),
                kind: kind as u8,
            })
        })
    }

    /// On the distinct points: copies of a customer make its place no denser.
    fn borders(&self, _: &SimilarityGraph, partitions: &[&Partition]) -> Vec<Border> {
        let graph = similarity_graph(
            self.neighbors,
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
        let border = |&partition: &&Partition| {
            let on_points = on_points(partition);
            let crowding = (!self.spacing.is_empty()).then(|| crowding(&graph, &on_points, self.spacing));
            Border {
                crowding,
                ..Border::of(&graph, &on_points)
            }
        };
        partitions.par_iter().map(border).collect()
    }

    fn joined(&self, nodes: Option<&[u32]>, partition: &Partition) -> Vec<Joined> {
        joined::joined(self.points, |i| self.point_of(nodes, i), partition)
    }

    /// By k-means, whose parts of a continuum are the steadiest.
    fn parts(&self, nodes: Option<&[u32]>, n_parts: usize, seed: u64) -> Option<Result<Partition>> {
        let n = nodes.map_or(self.distinct.group.len(), <[u32]>::len);
        let rows: Vec<usize> = (0..n).map(|i| self.point_of(nodes, i)).collect();
        let settings = KMeans {
            n_clusters: n_parts.min(n),
            seed,
            ..KMeans::default()
        };
        Some(k_means(self.points.select(Axis(0), &rows).view(), &settings).map(|fit| fit.partition))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_ascends_has_its_size_and_takes_everybody_as_often() {
        let mut taken = [0u32; 10];
        for number in 0..2000 {
            let sample = ascending_sample(10, 8, &mut stream(5, number));
            assert_eq!(sample.len(), 8);
            assert!(sample.is_sorted_by(|a, b| a < b));
            sample.iter().for_each(|&c| taken[c as usize] += 1);
        }
        // 1,600 on average, with a standard deviation of 18.
        assert!(taken.iter().all(|t| (1520..1680).contains(t)), "{taken:?}");
        assert_eq!(ascending_sample(3, 3, &mut stream(5, 0)), [0, 1, 2]);
    }

    use crate::stability::wide;
    use ndarray::Array2;

    /// Two groups of 20 customers on a line, each at a point of its own but for the last two, who share one.
    struct World {
        points: Array2<f32>,
        distinct: Distinct,
        neighbors: NeighborGraph,
        farther: NeighborGraph,
        spacing: Vec<f32>,
    }

    impl World {
        fn new() -> World {
            let points = Array2::from_shape_fn((39, 1), |(i, _)| (if i < 20 { i } else { i + 80 }) as f32);
            let search = Neighbors {
                n_neighbors: wide(3),
                search: Some(Search::Exact),
            };
            let all = neighbors::neighbors(points.view(), Distance::Euclidean, &search).expect("searched");
            let spacing = all.spacing(3);
            let (neighbors, farther) = all.split(3);
            let group: Vec<u32> = (0..40).map(|i| i.min(38)).collect();
            World {
                points,
                distinct: Distinct::from_groups(group),
                neighbors,
                farther,
                spacing,
            }
        }

        fn customers(&self) -> Customers<'_> {
            Customers {
                points: self.points.view(),
                blocks: &[None],
                distance: Distance::Euclidean,
                distinct: &self.distinct,
                neighbors: &self.neighbors,
                spacing: &self.spacing,
                farther: &self.farther,
                search: Some(Search::Exact),
                similarity: Similarity::Jaccard,
            }
        }

        fn graph(&self) -> SimilarityGraph {
            similarity_graph(&self.neighbors, &self.distinct, Similarity::Jaccard)
        }
    }

    #[test]
    fn a_sample_links_those_who_stay_to_their_nearest_who_stay() {
        let world = World::new();
        let customers = world.customers();
        assert_eq!(customers.n_different(), 39);
        let mut shared = 0;
        for number in 0..20 {
            let sample = customers.sample(&world.graph(), 5, number);
            assert_eq!((sample.nodes.len(), sample.graph.n_nodes()), (32, 32));
            assert_eq!(sample.nodes, customers.sampled_nodes(5, number));
            let both = sample.nodes.contains(&38) && sample.nodes.contains(&39);
            assert_eq!(sample.together.is_some(), both);
            shared += usize::from(both);
            // Who stays is linked as if the others had never been.
            let kept: Vec<usize> = sample
                .nodes
                .iter()
                .map(|&c| customers.point_of(None, c as usize))
                .collect();
            let distinct = neighbors::distinct(world.points.select(Axis(0), &kept).view());
            let points = distinct
                .rows(world.points.select(Axis(0), &kept).view())
                .to_owned();
            let search = Neighbors {
                n_neighbors: 3,
                search: Some(Search::Exact),
            };
            let anew = neighbors::neighbors(points.view(), Distance::Euclidean, &search).expect("searched");
            let graph = similarity_graph(&anew, &distinct, Similarity::Jaccard);
            assert_eq!(
                sample.graph.edges().collect::<Vec<_>>(),
                graph.edges().collect::<Vec<_>>(),
                "{number}"
            );
        }
        assert!((1..20).contains(&shared), "{shared}");
    }

    #[test]
    fn a_few_stand_for_all_and_everybody_at_their_points_is_among_them() {
        let world = World::new();
        let customers = world.customers();
        let everybody: Vec<u32> = (0..40).collect();
        let few = Few::of(&customers, &everybody, 13).expect("linked");
        // Every third of 39 points.
        assert_eq!(few.nodes, (0..13).map(|i| 3 * i).collect::<Vec<u32>>());
        assert!(few.together.is_none());
        // Of the upper half, from whom all points are taken where so many are wanted.
        let half: Vec<u32> = (20..40).collect();
        let few = Few::of(&customers, &half, 30).expect("linked");
        assert_eq!(few.nodes, (0..20).collect::<Vec<u32>>());
        assert!(few.together.is_some());
        let sample = customers
            .few(&half)
            .expect("customers have places")
            .expect("linked");
        assert_eq!((sample.nodes, sample.graph.n_nodes()), (half, 20));
    }

    #[test]
    fn divisions_are_judged_joined_and_made_on_the_points() {
        let world = World::new();
        let customers = world.customers();
        let halves = Partition::from_labels(&(0..40).map(|i| i / 20).collect::<Vec<u32>>());
        let crossed = Partition::from_labels(&(0..40).map(|i| i % 2).collect::<Vec<u32>>());
        let borders = customers.borders(&world.graph(), &[&halves, &crossed]);
        assert!(borders[0].ln_cut < -11.0 && borders[1].ln_cut > -1.0);
        assert!(borders.iter().all(|b| b.crowding.is_some()));
        let nowhere = Customers {
            spacing: &[],
            ..world.customers()
        };
        assert!(nowhere.borders(&world.graph(), &[&halves])[0].crowding.is_none());
        // Four quarters: the two pairs are farther from each other than their halves.
        let quarters = Partition::from_labels(&(0..40).map(|i| i / 10).collect::<Vec<u32>>());
        let joined = customers.joined(None, &quarters);
        assert_eq!(joined[0].partition, halves);
        let upper: Vec<u32> = (10..40).collect();
        let of_upper = customers.joined(Some(&upper), &quarters.restricted(&upper));
        assert_eq!(of_upper[0].partition, halves.restricted(&upper));
        assert_eq!(
            customers.parts(None, 2, 1).expect("places").expect("divided"),
            halves
        );
        assert_eq!(
            customers
                .parts(Some(&upper), 2, 1)
                .expect("places")
                .expect("divided"),
            halves.restricted(&upper)
        );
        assert_eq!(
            customers
                .parts(Some(&[3, 8]), 9, 1)
                .expect("places")
                .expect("divided")
                .n_groups(),
            2
        );
    }

    #[test]
    fn structureless_draws_are_as_many_and_each_its_own() {
        let world = World::new();
        let customers = world.customers();
        let draw = customers.null_draws(5);
        let graphs: Vec<_> = (0..3).map(|number| draw(number).expect("drawn")).collect();
        assert_eq!(graphs.iter().map(|g| g.kind).collect::<Vec<_>>(), [0, 1, 0]);
        assert!(graphs.iter().all(|g| g.graph.n_nodes() == 40));
        let edges = |g: &NullDraw| g.graph.edges().collect::<Vec<_>>();
        assert_ne!(edges(&graphs[0]), edges(&graphs[2]));
        assert_eq!(
            edges(&graphs[2]),
            edges(&customers.null_draws(5)(2).expect("drawn"))
        );
        assert_ne!(
            edges(&graphs[2]),
            edges(&customers.null_draws(6)(2).expect("drawn"))
        );
    }
}
