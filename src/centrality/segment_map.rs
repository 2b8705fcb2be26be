//! The map of segments: who is linked to whom, how much more than chance would tie them, and over which customers.

use super::segment_strengths::segment_strengths;
use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many bridge customers a pair of segments names at most.
pub(crate) const PAIR_BRIDGES: usize = 3;

/// Two segments that touch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SegmentPair {
    /// The segment of the lower number.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// How many edges there are between them.
    pub ties: usize,
    /// The sum of their weights.
    pub strength: f64,
    /// What that sum would be if edges were dealt out by chance, everybody keeping their strength (the configuration
    /// model): `K_a K_b / 2m`.
    pub expected: f64,
    /// How many bridge customers join the two.
    pub n_bridges: usize,
    /// The strongest of them, at most three.
    pub bridges: Vec<u32>,
}

impl SegmentPair {
    /// Observed over expected: 1 is chance, and segments of a good division are far below it. 0 where nothing is linked.
    pub fn ratio(&self) -> f64 {
        if self.expected > 0.0 {
            self.strength / self.expected
        } else {
            0.0
        }
    }
}

/// The segments as a small graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SegmentMap {
    /// Sum of the weights inside each segment; a self-loop counts once.
    pub inside: Vec<f64>,
    /// Pairs that have edges, or a bridge customer that reaches from one to the other over two steps or three; ascending by `a`,
    /// then `b`.
    pub pairs: Vec<SegmentPair>,
}

/// Ties between segments against the configuration model, and the bridge customers of each pair. `O(n + m)`.
///
/// `pair` is that of [`Bridges`](super::Bridges), `bridges` the bridge customers, the strongest first
/// ([`Positions::bridges`](super::Positions::bridges)).
///
/// ```
/// use kinfolk::{Partition, SimilarityGraph};
/// use kinfolk::centrality::segment_map;
///
/// let path = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 0.5), (2, 3, 1.0)]);
/// let segments = Partition::from_labels(&[0, 0, 1, 1]);
/// let map = segment_map(&path, &segments, &[None, Some((0, 1)), Some((1, 0)), None], &[1, 2]);
/// assert_eq!(map.inside, [1.0, 1.0]);
/// assert_eq!((map.pairs[0].ties, map.pairs[0].strength, map.pairs[0].expected), (1, 0.5, 1.25));
/// assert_eq!(map.pairs[0].bridges, [1, 2]);
/// ```
///
/// # Panics
/// Where the partition, the pairs or the bridge customers are not of the graph's nodes.
pub fn segment_map(
    graph: &SimilarityGraph,
    partition: &Partition,
    pair: &[Option<(u32, u32)>],
    bridges: &[u32],
) -> SegmentMap {
    let n = graph.n_nodes();
    assert_eq!(pair.len(), n, "one pair per node");
    let strengths = segment_strengths(graph, partition);
    let labels = partition.labels();
    let mut inside = vec![0.0; partition.n_groups()];
    let mut total = vec![0.0; partition.n_groups()];
    let mut found: BTreeMap<(u32, u32), SegmentPair> = BTreeMap::new();
    let mut at = |a: u32, b: u32, change: &mut dyn FnMut(&mut SegmentPair)| {
        let empty = SegmentPair {
            a,
            b,
            ties: 0,
            strength: 0.0,
            expected: 0.0,
            n_bridges: 0,
            bridges: Vec::new(),
        };
        change(found.entry((a, b)).or_insert(empty));
    };
    for v in 0..n as u32 {
        let own = labels[v as usize];
        for (segment, strength) in strengths.of(v) {
            total[own as usize] += strength;
            if segment == own {
                inside[own as usize] += strength / 2.0;
            } else if segment > own {
                at(own, segment, &mut |p| p.strength += strength);
            }
        }
        for &w in graph.neighbors(v) {
            let other = labels[w as usize];
            if other > own {
                at(own, other, &mut |p| p.ties += 1);
            }
        }
    }
    for &v in bridges {
        if let Some((from, to)) = pair[v as usize] {
            at(from.min(to), from.max(to), &mut |p| {
                p.n_bridges += 1;
                if p.bridges.len() < PAIR_BRIDGES {
                    p.bridges.push(v);
                }
            });
        }
    }
    let all: f64 = total.iter().sum();
    let pairs = found.into_values().map(|mut pair| {
        pair.expected = total[pair.a as usize] * total[pair.b as usize] / all;
        pair
    });
    SegmentMap {
        inside,
        pairs: pairs.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::math;

    #[test]
    fn one_segment_and_segments_without_edges_have_no_pairs() {
        let apart = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (2, 3, 2.0), (3, 3, 0.5)]);
        for (labels, inside) in [([0, 0, 0, 0], vec![3.5]), ([1, 1, 0, 0], vec![1.0, 2.5])] {
            let map = segment_map(&apart, &Partition::from_labels(&labels), &[None; 4], &[]);
            assert_eq!(map.inside, inside);
            assert!(map.pairs.is_empty());
        }
        let nobody = SimilarityGraph::from_edges(0, &[]);
        assert!(
            segment_map(&nobody, &Partition::from_labels::<u32>(&[]), &[], &[])
                .pairs
                .is_empty()
        );
    }

    #[test]
    fn pairs_by_chance_and_inside_add_up_to_all_strength() {
        let mut random = crate::random::stream(11, 0);
        use rand::RngExt;
        let edges: Vec<_> = (0..60)
            .map(|_| {
                (
                    random.random_range(0..15),
                    random.random_range(0..15),
                    random.random_range(1..9) as f64,
                )
            })
            .collect();
        let graph = SimilarityGraph::from_edges(15, &edges);
        let labels: Vec<u32> = (0..15).map(|v| v % 3).collect();
        let map = segment_map(&graph, &Partition::from_labels(&labels), &[None; 15], &[]);
        let observed: f64 =
            map.inside.iter().sum::<f64>() + map.pairs.iter().map(|p| p.strength).sum::<f64>();
        assert!((observed - graph.total_weight()).abs() < 1e-9);
        // All pairs are there, and what chance gives inside a segment is K² / 4m.
        assert_eq!(map.pairs.len(), 3);
        let strength = |s: u32| {
            (0..15)
                .filter(|v| v % 3 == s)
                .map(|v| graph.strength(v))
                .sum::<f64>()
        };
        let by_chance: f64 = (0..3)
            .map(|s| math::square(strength(s)) / (4.0 * graph.total_weight()))
            .sum::<f64>()
            + map.pairs.iter().map(|p| p.expected).sum::<f64>();
        assert!((by_chance - graph.total_weight()).abs() < 1e-9);
    }
}
