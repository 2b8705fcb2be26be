//! What local moving walks on: the similarity graph itself, or the graph of its communities.

use super::label_weights::LabelWeights;
use crate::graph::SimilarityGraph;
use crate::num::{CHUNK, par_sum};
use rayon::prelude::*;

/// A weighted undirected network by rows, each edge in the rows of both ends, a self-loop once.
pub(super) trait Network: Sync {
    /// The similarity graph holds `f32`; sums of many need `f64`. Being generic spares a copy of the whole graph.
    type Weight: Copy + Into<f64> + Sync;

    fn n_nodes(&self) -> usize;
    /// Targets and weights of a node; weights are above 0, no target twice.
    fn row(&self, node: u32) -> (&[u32], &[Self::Weight]);
    /// Sum of the weights at each node, a self-loop counted twice.
    fn strengths(&self) -> &[f64];
    /// 2m, the sum of all strengths.
    fn total_strength(&self) -> f64;

    /// Targets with weights of a node.
    fn edges(&self, node: u32) -> impl Iterator<Item = (u32, f64)> {
        let (targets, weights) = self.row(node);
        targets.iter().zip(weights).map(|(&t, &w)| (t, w.into()))
    }
}

/// The similarity graph, borrowed.
pub(super) struct Original<'a> {
    graph: &'a SimilarityGraph,
    strengths: Vec<f64>,
    total_strength: f64,
}

impl<'a> Original<'a> {
    pub(super) fn new(graph: &'a SimilarityGraph) -> Self {
        let strengths: Vec<f64> = (0..graph.n_nodes() as u32)
            .into_par_iter()
            .with_min_len(CHUNK)
            .map(|v| graph.strength(v))
            .collect();
        Original {
            graph,
            total_strength: strengths.iter().sum(),
            strengths,
        }
    }
}

impl Network for Original<'_> {
    type Weight = f32;

    fn n_nodes(&self) -> usize {
        self.strengths.len()
    }

    fn row(&self, node: u32) -> (&[u32], &[f32]) {
        (self.graph.neighbors(node), self.graph.weights(node))
    }

    fn strengths(&self) -> &[f64] {
        &self.strengths
    }

    fn total_strength(&self) -> f64 {
        self.total_strength
    }
}

/// The network of communities: one node per community, edges summed, the edges inside as its self-loop.
///
/// Dividing its nodes has the modularity of dividing the communities likewise.
pub(super) struct Aggregated {
    offsets: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<f64>,
    strengths: Vec<f64>,
    total_strength: f64,
}

impl Network for Aggregated {
    type Weight = f64;

    fn n_nodes(&self) -> usize {
        self.strengths.len()
    }

    fn row(&self, node: u32) -> (&[u32], &[f64]) {
        let range = self.offsets[node as usize]..self.offsets[node as usize + 1];
        (&self.targets[range.clone()], &self.weights[range])
    }

    fn strengths(&self) -> &[f64] {
        &self.strengths
    }

    fn total_strength(&self) -> f64 {
        self.total_strength
    }
}

/// Communities whose rows one thread sums up in one go.
const PIECE: usize = 256;

/// The network of the communities `labels`, which run from 0 to `n_labels` without gaps; in parallel, each row as if
/// summed alone. `O(n + m)`.
pub(super) fn aggregate<N: Network>(network: &N, labels: &[u32], n_labels: usize) -> Aggregated {
    let (starts, members) = group(labels, n_labels);
    let pieces: Vec<Rows> = (0..n_labels.div_ceil(PIECE))
        .into_par_iter()
        .map_init(LabelWeights::new, |sums, piece| {
            let mut rows = Rows::default();
            for c in piece * PIECE..((piece + 1) * PIECE).min(n_labels) {
                rows.push(
                    network,
                    labels,
                    n_labels,
                    c as u32,
                    &members[starts[c]..starts[c + 1]],
                    sums,
                );
            }
            rows
        })
        .collect();
    let mut offsets = Vec::with_capacity(n_labels + 1);
    offsets.push(0);
    let mut last = 0;
    for length in pieces.iter().flat_map(|rows| &rows.lengths) {
        last += length;
        offsets.push(last);
    }
    let strengths = pieces.iter().flat_map(|rows| &rows.strengths).copied().collect();
    let (mut targets, mut weights) = (vec![0; last], vec![0.0; last]);
    let (mut rest_targets, mut rest_weights) = (&mut targets[..], &mut weights[..]);
    let mut places = Vec::with_capacity(pieces.len());
    for rows in pieces {
        let (own_targets, own_weights);
        (own_targets, rest_targets) = rest_targets.split_at_mut(rows.targets.len());
        (own_weights, rest_weights) = rest_weights.split_at_mut(rows.targets.len());
        places.push((rows, own_targets, own_weights));
    }
    places.into_par_iter().for_each(|(rows, targets, weights)| {
        targets.copy_from_slice(&rows.targets);
        weights.copy_from_slice(&rows.weights);
    });
    Aggregated {
        offsets,
        targets,
        weights,
        strengths,
        total_strength: network.total_strength(),
    }
}

/// Rows of some communities, one after the other.
#[derive(Default)]
struct Rows {
    lengths: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<f64>,
    strengths: Vec<f64>,
}

impl Rows {
    fn push<N: Network>(
        &mut self,
        network: &N,
        labels: &[u32],
        n_labels: usize,
        community: u32,
        members: &[u32],
        sums: &mut LabelWeights,
    ) {
        let before = self.targets.len();
        let mut strength = 0.0;
        let mut inside_twice = 0.0;
        let entries: usize = members.iter().map(|&v| network.row(v).0.len()).sum();
        sums.fit(entries.min(n_labels));
        for &v in members {
            strength += network.strengths()[v as usize];
            for (t, w) in network.edges(v) {
                let other = labels[t as usize];
                if other == community {
                    // Ties inside are met from both ends, self-loops once.
                    inside_twice += if t == v { 2.0 * w } else { w };
                } else {
                    sums.add(other, w);
                }
            }
        }
        if inside_twice > 0.0 {
            self.targets.push(community);
            self.weights.push(inside_twice / 2.0);
        }
        sums.drain(|other, weight| {
            self.targets.push(other);
            self.weights.push(weight);
        });
        self.strengths.push(strength);
        self.lengths.push(self.targets.len() - before);
    }
}

/// Members by label, ascending: those of `c` are `members[starts[c]..starts[c + 1]]`. A counting sort, `O(n)`.
pub(super) fn group(labels: &[u32], n_labels: usize) -> (Vec<usize>, Vec<u32>) {
    let mut starts = vec![0usize; n_labels + 1];
    for &c in labels {
        starts[c as usize + 1] += 1;
    }
    for c in 0..n_labels {
        starts[c + 1] += starts[c];
    }
    let mut next = starts.clone();
    let mut members = vec![0u32; labels.len()];
    for (v, &c) in labels.iter().enumerate() {
        members[next[c as usize]] = v as u32;
        next[c as usize] += 1;
    }
    (starts, members)
}

/// Renames labels below `labels.len()` to 0, 1, … in the order of first appearance; how many there are. `O(n)`.
pub(super) fn renumber(labels: &mut [u32]) -> usize {
    let mut names = vec![u32::MAX; labels.len()];
    let mut count = 0;
    for label in labels {
        let name = &mut names[*label as usize];
        if *name == u32::MAX {
            *name = count;
            count += 1;
        }
        *label = *name;
    }
    count as usize
}

/// `Q = Σ_c [ w_c / m − γ (S_c / 2m)² ]` of labels below `labels.len()`; 0 without edges. `O(n + m)`.
pub(super) fn quality<N: Network>(network: &N, labels: &[u32], resolution: f64) -> f64 {
    let total = network.total_strength();
    if total == 0.0 {
        return 0.0;
    }
    let mut strength_of = vec![0.0; labels.len()];
    for (&c, &strength) in labels.iter().zip(network.strengths()) {
        strength_of[c as usize] += strength;
    }
    let inside_twice = par_sum(network.n_nodes(), |v| {
        let own = labels[v];
        let inside = network
            .edges(v as u32)
            .filter(|&(t, _)| labels[t as usize] == own);
        inside
            .map(|(t, w)| if t as usize == v { 2.0 * w } else { w })
            .sum()
    });
    let expected: f64 = strength_of.iter().map(|s| (s / total) * (s / total)).sum();
    inside_twice / total - resolution * expected
}

#[cfg(test)]
pub(super) use tests::graph_and_labels;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A weighted graph with self-loops, and labels of its nodes.
    pub(in super::super) fn graph_and_labels() -> impl Strategy<Value = (SimilarityGraph, Vec<u32>)> {
        (1usize..40).prop_flat_map(|n| {
            let node = 0..n as u32;
            let edge = (node.clone(), node.clone(), 1u32..10_000);
            (
                proptest::collection::vec(edge, 0..4 * n),
                proptest::collection::vec(node, n),
            )
                .prop_map(move |(edges, labels)| {
                    let edges: Vec<_> = edges
                        .iter()
                        .map(|&(a, b, w)| (a, b, f64::from(w) / 1000.0))
                        .collect();
                    (SimilarityGraph::from_edges(n, &edges), labels)
                })
        })
    }

    proptest! {
        #[test]
        fn the_network_of_communities_keeps_the_modularity((graph, mut labels) in graph_and_labels(), gamma in 0.0..4.0) {
            let network = Original::new(&graph);
            let count = renumber(&mut labels);
            let coarse = aggregate(&network, &labels, count);
            let alone: Vec<u32> = (0..count as u32).collect();
            let (fine, coarse_q) = (quality(&network, &labels, gamma), quality(&coarse, &alone, gamma));
            prop_assert!((fine - coarse_q).abs() < 1e-9, "{fine} {coarse_q}");
            // And once more, everything in one.
            let last = aggregate(&coarse, &vec![0; count], 1);
            let (one, last_q) = (quality(&network, &vec![0; labels.len()], gamma), quality(&last, &[0], gamma));
            prop_assert!((one - last_q).abs() < 1e-9, "{one} {last_q}");
        }
    }

    #[test]
    fn labels_are_renumbered_in_order_of_appearance() {
        let mut labels = [3, 1, 3, 0];
        assert_eq!(renumber(&mut labels), 3);
        assert_eq!(labels, [0, 1, 0, 2]);
    }

    #[test]
    fn communities_without_edges_inside_have_none_to_themselves() {
        let path = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 2.0), (2, 3, 4.0)]);
        let network = Original::new(&path);
        let coarse = aggregate(&network, &[0, 1, 1, 2], 3);
        assert_eq!(
            (0..3).map(|c| coarse.row(c).0.len()).collect::<Vec<_>>(),
            [1, 3, 1]
        );
        assert_eq!(coarse.strengths(), [1.0, 9.0, 4.0]);
        assert_eq!(quality(&network, &[0; 4], 0.0), 1.0);
        assert_eq!(
            quality(
                &Original::new(&SimilarityGraph::from_edges(3, &[])),
                &[0, 1, 2],
                1.0
            ),
            0.0
        );
    }
}
