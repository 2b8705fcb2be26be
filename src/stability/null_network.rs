//! Samples and structureless draws of a network that exists: its edges are all there is to it.

use super::{Border, KEPT, NullDraw, NullDraws, Sample, Source};
use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use crate::random::stream;
use rand::RngExt;
use rand::seq::SliceRandom;
use rustc_hash::FxHashSet;

/// Keeps the random streams of null draws apart from those of samples.
const PURPOSE: u64 = 0x7477_696E;
/// Swaps tried per edge: enough that a null draw remembers nothing of the network. Milo et al., arXiv cond-mat/0312028 (2003).
const SWAPS_PER_EDGE: usize = 10;

/// The edges of a network, each as likely to be missing from a sample.
pub struct NetworkSource {
    /// Each edge between two nodes once.
    edges: Vec<(u32, u32, f64)>,
    /// Edges of nodes to themselves: they stay as they are, in samples and in null draws.
    loops: Vec<(u32, u32, f64)>,
    n_nodes: usize,
}

impl NetworkSource {
    /// Of this network. `O(m)`.
    pub fn of(graph: &SimilarityGraph) -> Self {
        let (loops, edges) = graph.edges().partition(|&(a, b, _)| a == b);
        NetworkSource {
            edges,
            loops,
            n_nodes: graph.n_nodes(),
        }
    }

    /// A network with the same number of edges at every node: pairs of edges swap ends where that makes no edge twice and
    /// none to itself; the weights are dealt out anew.
    fn rewired(&self, seed: u64, number: u64) -> SimilarityGraph {
        let mut random = stream(seed, number);
        let mut ends: Vec<(u32, u32)> = self.edges.iter().map(|&(a, b, _)| (a, b)).collect();
        let key = |a: u32, b: u32| (u64::from(a.min(b)) << 32) | u64::from(a.max(b));
        let mut there: FxHashSet<u64> = ends.iter().map(|&(a, b)| key(a, b)).collect();
        for _ in 0..SWAPS_PER_EDGE * ends.len() {
            let (i, j) = (
                random.random_range(0..ends.len()),
                random.random_range(0..ends.len()),
            );
            let ((a, b), (mut c, mut d)) = (ends[i], ends[j]);
            if random.random::<bool>() {
                std::mem::swap(&mut c, &mut d);
            }
            // a–b and c–d become a–d and c–b.
            let (first, second) = (key(a, d), key(c, b));
            if a == d || c == b || first == second || there.contains(&first) || there.contains(&second) {
                continue;
            }
            there.remove(&key(a, b));
            there.remove(&key(c, d));
            there.insert(first);
            there.insert(second);
            ends[i] = (a, d);
            ends[j] = (c, b);
        }
        let mut weights: Vec<f64> = self.edges.iter().map(|e| e.2).collect();
        weights.shuffle(&mut random);
        let edges = ends.iter().zip(weights).map(|(&(a, b), w)| (a, b, w));
        let edges: Vec<(u32, u32, f64)> = edges.chain(self.loops.iter().copied()).collect();
        SimilarityGraph::from_edges(self.n_nodes, &edges)
    }
}

impl Source for NetworkSource {
    fn n_different(&self) -> usize {
        self.n_nodes
    }

    /// All nodes, with four fifths of the edges.
    fn sample(&self, _: &SimilarityGraph, seed: u64, number: u64) -> Sample {
        let mut random = stream(seed, number);
        let kept: Vec<(u32, u32, f64)> = self
            .edges
            .iter()
            .copied()
            .filter(|_| random.random::<f64>() < KEPT)
            .chain(self.loops.iter().copied())
            .collect();
        Sample {
            graph: SimilarityGraph::from_edges(self.n_nodes, &kept),
            nodes: self.sampled_nodes(seed, number),
            together: None,
        }
    }

    fn sampled_nodes(&self, _: u64, _: u64) -> Vec<u32> {
        (0..self.n_nodes as u32).collect()
    }

    fn null_draws(&self, seed: u64) -> NullDraws<'_> {
        Box::new(move |number| {
            Ok(NullDraw {
                graph: self.rewired(seed ^ PURPOSE, number as u64),
                kind: 0,
            })
        })
    }

    fn borders(&self, graph: &SimilarityGraph, partitions: &[&Partition]) -> Vec<Border> {
        partitions.iter().map(|p| Border::of(graph, p)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rewired_network_keeps_every_degree_and_the_sum_of_weights() {
        let edges: Vec<(u32, u32, f64)> = (0..60u32)
            .flat_map(|v| [(v, (v + 1) % 60, 1.0), (v, (v + 7) % 60, f64::from(v % 5 + 1))])
            .collect();
        let graph = SimilarityGraph::from_edges(60, &edges);
        let null_draw = NetworkSource::of(&graph).rewired(42, 0);
        assert_ne!(null_draw, graph);
        assert!((null_draw.total_weight() - graph.total_weight()).abs() < 1e-9);
        for v in 0..60 {
            assert_eq!(null_draw.degree(v), graph.degree(v), "node {v}");
        }
    }

    #[test]
    fn a_sample_has_about_four_fifths_of_the_ties_and_every_node() {
        let edges: Vec<(u32, u32, f64)> = (0..1000u32).map(|v| (v, (v + 1) % 1000, 1.0)).collect();
        let graph = SimilarityGraph::from_edges(1000, &edges);
        let sample = NetworkSource::of(&graph).sample(&graph, 42, 0);
        assert_eq!(sample.nodes.len(), 1000);
        assert!(
            (740..=860).contains(&sample.graph.n_edges()),
            "{}",
            sample.graph.n_edges()
        );
    }

    #[test]
    fn ties_of_nodes_to_themselves_stay_in_samples_and_twins() {
        let ring = (0..50u32).map(|v| (v, (v + 1) % 50, 1.0));
        let loops = (0..50u32).map(|v| (v, v, 3.0));
        let graph = SimilarityGraph::from_edges(50, &ring.chain(loops).collect::<Vec<_>>());
        let edges = NetworkSource::of(&graph);
        let looped = |g: &SimilarityGraph| g.edges().filter(|&(a, b, w)| a == b && w == 3.0).count();
        assert_eq!(looped(&edges.rewired(1, 0)), 50);
        assert_eq!(looped(&edges.sample(&graph, 1, 0).graph), 50);
    }
}
