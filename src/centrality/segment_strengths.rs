//! To which segments each node is linked, how strongly; and how evenly that spreads.

use crate::graph::SimilarityGraph;
use crate::num::CHUNK;
use crate::partition::Partition;
use rayon::prelude::*;

/// For each node the segments it is linked to, and how strongly: compressed rows, segments ascending, no zeros.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SegmentStrengths {
    offsets: Vec<usize>,
    segments: Vec<u32>,
    strengths: Vec<f64>,
}

impl SegmentStrengths {
    /// The segments `node` is linked to, ascending, each with the sum of the edge weights that lead there.
    pub(super) fn of(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        let row = self.offsets[node as usize]..self.offsets[node as usize + 1];
        self.segments[row.clone()]
            .iter()
            .copied()
            .zip(self.strengths[row].iter().copied())
    }

    /// The strength of `node` towards `segment`, 0 where there is none.
    pub(super) fn towards(&self, node: u32, segment: u32) -> f64 {
        self.of(node).find(|t| t.0 == segment).map_or(0.0, |t| t.1)
    }

    /// Rows that add up what `each(node, add)` hands to `add(segment, strength)`.
    pub(super) fn gather<F>(n: usize, n_segments: usize, each: F) -> Self
    where
        F: Fn(u32, &mut dyn FnMut(u32, f64)) + Sync,
    {
        let chunks: Vec<(Vec<usize>, Vec<u32>, Vec<f64>)> = (0..n.div_ceil(CHUNK))
            .into_par_iter()
            .map_init(
                || (vec![0.0; n_segments], Vec::new()),
                |(sums, met): &mut (Vec<f64>, Vec<u32>), c| {
                    let nodes = c * CHUNK..((c + 1) * CHUNK).min(n);
                    let (mut lengths, mut segments, mut strengths) = (Vec::new(), Vec::new(), Vec::new());
                    for v in nodes {
                        each(v as u32, &mut |segment, strength| {
                            if strength > 0.0 {
                                if sums[segment as usize] == 0.0 {
                                    met.push(segment);
                                }
                                sums[segment as usize] += strength;
                            }
                        });
                        met.sort_unstable();
                        lengths.push(met.len());
                        for segment in met.drain(..) {
                            segments.push(segment);
                            strengths.push(std::mem::take(&mut sums[segment as usize]));
                        }
                    }
                    (lengths, segments, strengths)
                },
            )
            .collect();
        let mut all = SegmentStrengths {
            offsets: Vec::with_capacity(n + 1),
            segments: Vec::new(),
            strengths: Vec::new(),
        };
        all.offsets.push(0);
        let mut end = 0;
        for (lengths, segments, strengths) in chunks {
            for length in lengths {
                end += length;
                all.offsets.push(end);
            }
            all.segments.extend(segments);
            all.strengths.extend(strengths);
        }
        all
    }
}

/// The strength of every node's edges to every segment; a self-loop counts twice, as in the strength. `O(n + m)`, in
/// parallel.
///
/// # Panics
/// Where the partition is not of the graph's nodes.
pub(super) fn segment_strengths(graph: &SimilarityGraph, partition: &Partition) -> SegmentStrengths {
    assert_eq!(graph.n_nodes(), partition.len(), "one label per node");
    let labels = partition.labels();
    SegmentStrengths::gather(graph.n_nodes(), partition.n_groups(), |v, add| {
        for (w, weight) in graph.edges_of(v) {
            add(labels[w as usize], if w == v { 2.0 * weight } else { weight });
        }
    })
}

/// Participation coefficient of each node, in [0, 1): 0 if all its strength stays in one segment, near 1 if it spreads
/// evenly over many.
///
/// `1 − Σ_c (k_ic / k_i)²` with `k_ic` the strength of node i towards segment c; 0 without edges. Length n.
/// `O(n + m)`, in parallel. Guimerà and Amaral, Nature 433, 895 (2005), who count edges where this adds weights.
///
/// ```
/// use kinfolk::{Partition, SimilarityGraph};
/// use kinfolk::centrality::participation;
///
/// let path = SimilarityGraph::from_edges(3, &[(0, 1, 1.0), (1, 2, 1.0)]);
/// assert_eq!(participation(&path, &Partition::from_labels(&[0, 0, 1])), [0.0, 0.5, 0.0]);
/// ```
///
/// # Panics
/// Where the partition is not of the graph's nodes.
pub fn participation(graph: &SimilarityGraph, partition: &Partition) -> Vec<f64> {
    participation_of(&segment_strengths(graph, partition), graph.n_nodes())
}

pub(super) fn participation_of(strengths: &SegmentStrengths, n: usize) -> Vec<f64> {
    (0..n as u32)
        .into_par_iter()
        .map(|v| {
            let all: f64 = strengths.of(v).map(|t| t.1).sum();
            let evenness = 1.0 - strengths.of(v).map(|t| (t.1 / all) * (t.1 / all)).sum::<f64>();
            if all > 0.0 { evenness.max(0.0) } else { 0.0 }
        })
        .collect()
}

/// Within-module z-score of each node: its strength inside its own segment, less the members' mean, in (population)
/// standard deviations of the members; 0 where all members are alike.
///
/// Length n. `O(n + m)`, in parallel. Guimerà and Amaral, Nature 433, 895 (2005), who count edges where this adds
/// weights.
///
/// ```
/// use kinfolk::{Partition, SimilarityGraph};
/// use kinfolk::centrality::within_module_z;
///
/// let star = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0)]);
/// let z = within_module_z(&star, &Partition::one_group(4));
/// assert!((z[0] - 3f64.sqrt()).abs() < 1e-12);
/// ```
///
/// # Panics
/// Where the partition is not of the graph's nodes.
pub fn within_module_z(graph: &SimilarityGraph, partition: &Partition) -> Vec<f64> {
    within_module_z_of(&segment_strengths(graph, partition), partition)
}

pub(super) fn within_module_z_of(strengths: &SegmentStrengths, partition: &Partition) -> Vec<f64> {
    let labels = partition.labels();
    let inside: Vec<f64> = (0..labels.len())
        .into_par_iter()
        .map(|v| strengths.towards(v as u32, labels[v]))
        .collect();
    let sizes = partition.sizes();
    let mut means = vec![0.0; sizes.len()];
    for (&segment, k) in labels.iter().zip(&inside) {
        means[segment as usize] += k / sizes[segment as usize] as f64;
    }
    let mut variances = vec![0.0; sizes.len()];
    for (&segment, k) in labels.iter().zip(&inside) {
        let off = k - means[segment as usize];
        variances[segment as usize] += off * off / sizes[segment as usize] as f64;
    }
    labels
        .iter()
        .zip(&inside)
        .map(|(&segment, k)| {
            let (mean, deviation) = (means[segment as usize], variances[segment as usize].sqrt());
            // A deviation of rounding errors is none.
            if deviation > 1e-9 * mean {
                (k - mean) / deviation
            } else {
                0.0
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two triangles 0 1 2 and 3 4 5, joined by 2-3, all weights 1.
    fn two_triangles() -> (SimilarityGraph, Partition) {
        let pairs = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5), (2, 3)];
        let edges: Vec<_> = pairs.iter().map(|&(a, b)| (a, b, 1.0)).collect();
        let graph = SimilarityGraph::from_edges(6, &edges);
        (graph, Partition::from_labels(&[0, 0, 0, 1, 1, 1]))
    }

    #[test]
    fn a_node_with_two_of_three_edges_inside_participates_with_four_ninths() {
        let (graph, partition) = two_triangles();
        let p = participation(&graph, &partition);
        assert!((p[2] - 4.0 / 9.0).abs() < 1e-15);
        assert_eq!([p[0], p[1], p[4], p[5]], [0.0; 4]);
    }

    #[test]
    fn weights_count_not_edges() {
        // Node 0: strengths 3, 2, 1 towards three segments: 1 − (9 + 4 + 1) / 36.
        let graph = SimilarityGraph::from_edges(4, &[(0, 1, 3.0), (0, 2, 2.0), (0, 3, 1.0)]);
        let p = participation(&graph, &Partition::from_labels(&[0, 0, 1, 2]));
        assert!((p[0] - 22.0 / 36.0).abs() < 1e-15);
    }

    #[test]
    fn members_linked_alike_have_z_zero() {
        let (graph, partition) = two_triangles();
        assert_eq!(within_module_z(&graph, &partition), [0.0; 6]);
    }

    #[test]
    fn z_is_measured_in_population_standard_deviations() {
        // A path 0-1-2-3 in one segment: inside strengths 1 2 2 1, mean 1.5, deviation 0.5; the tie 3-4 leaves.
        let graph = SimilarityGraph::from_edges(5, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 9.0)]);
        let z = within_module_z(&graph, &Partition::from_labels(&[0, 0, 0, 0, 1]));
        assert_eq!(z, [-1.0, 1.0, 1.0, -1.0, 0.0]);
    }

    #[test]
    fn rounding_errors_in_a_regular_segment_are_no_deviation() {
        // A ring in which every node has edges 0.1 and 0.2, added in either order, and a third of 0.7.
        let n = 30u32;
        let edges: Vec<_> = (0..n)
            .map(|v| (v, (v + 1) % n, if v % 2 == 0 { 0.1 } else { 0.2 }))
            .chain((0..n / 2).map(|v| (v, v + n / 2, 0.7)))
            .collect();
        let graph = SimilarityGraph::from_edges(n as usize, &edges);
        let z = within_module_z(&graph, &Partition::one_group(n as usize));
        assert_eq!(z, vec![0.0; n as usize]);
    }

    #[test]
    fn isolated_nodes_and_self_loops_give_numbers() {
        let graph = SimilarityGraph::from_edges(4, &[(0, 0, 1.0), (0, 1, 2.0)]);
        let partition = Partition::from_labels(&[0, 1, 1, 2]);
        // Node 0: 2 of its strength 4 in itself.
        assert_eq!(participation(&graph, &partition), [0.5, 0.0, 0.0, 0.0]);
        assert!(within_module_z(&graph, &partition).iter().all(|z| z.is_finite()));
    }

    #[test]
    fn rows_are_those_of_their_nodes_however_many_there_are() {
        let n = 2 * CHUNK + 5;
        let found = SegmentStrengths::gather(n, 3, |v, add| {
            add(2, 0.0);
            add(v % 2, 1.0);
            add(v % 2, f64::from(v));
        });
        for v in [0, CHUNK as u32 - 1, CHUNK as u32, 2 * CHUNK as u32 + 4] {
            assert_eq!(
                found.of(v).collect::<Vec<_>>(),
                [(v % 2, 1.0 + f64::from(v))],
                "{v}"
            );
            assert_eq!(found.towards(v, 2), 0.0);
        }
    }
}
