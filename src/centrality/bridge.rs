//! How much a customer joins two segments, and which two.

use super::ranks::ranks;
use super::segment_strengths::SegmentStrengths;
use crate::graph::SimilarityGraph;
use crate::neighbors::{Distinct, NeighborGraph};
use crate::num::math;
use crate::partition::Partition;
use rayon::prelude::*;
use serde::Serialize;

/// Steps of the walk that tells how far a customer reaches. One step misses bridge customers who stand together:
/// their edges are to each other, and one label covers them all.
pub(super) const STEPS: usize = 3;

/// From this score on, a customer is called a bridge customer: see [`is_bridge`].
pub const BRIDGE_SCORE: f64 = 0.4;

/// Whom each customer is nearest to, where the graph was made of that.
///
/// A tie of the graph says that one of two customers is among the nearest of the other, not which. It matters: a bridge
/// customer has its nearest on both sides, while those who are nearest to it have theirs in their own segment.
#[derive(Clone, Copy, Debug)]
pub struct Nearest<'a> {
    /// The nearest points of each distinct point.
    pub neighbors: &'a NeighborGraph,
    /// Which customers stand at each point.
    pub distinct: &'a Distinct,
}

impl<'a> Nearest<'a> {
    pub(super) fn of(self, point: u32) -> &'a [u32] {
        self.neighbors.of(point)
    }

    /// The segment of each point: customers at one point share theirs.
    pub(super) fn labels(self, partition: &Partition) -> Vec<u32> {
        let first = self.distinct.representatives.iter();
        first.map(|&v| partition.labels()[v as usize]).collect()
    }
}

/// The score of each customer and the pair of segments it joins. Both of length n.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bridges {
    /// `√(reach · brokerage)`, in [0, 1].
    pub score: Vec<f64>,
    /// Its own segment and the strongest other; `None` where a walk of three steps never leaves its own.
    pub pair: Vec<Option<(u32, u32)>>,
}

/// Whether a score makes a bridge customer: at least [`BRIDGE_SCORE`].
///
/// A customer half in one segment and half in the other (reach 1) needs a betweenness rank of at most n^0.84: the first
/// 4,100 of 20,000. With a fifth in the other segment (reach 0.4), n^0.6: the first 380.
///
/// ```
/// assert!(kinfolk::centrality::is_bridge(0.7));
/// ```
pub fn is_bridge(score: f64) -> bool {
    score >= BRIDGE_SCORE
}

/// Everybody with a score and a pair, the strongest first; scores that are equal to nine digits stand in the order of
/// the nodes. Those down to [`BRIDGE_SCORE`] are the bridge customers. `O(n log n)`.
///
/// # Panics
/// Where there are fewer pairs than scores.
pub(crate) fn strongest_bridges(score: &[f64], pair: &[Option<(u32, u32)>]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..score.len() as u32)
        .filter(|&v| score[v as usize] > 0.0 && pair[v as usize].is_some())
        .collect();
    let key = |v: u32| (score[v as usize] * 1e9).round();
    // Stable: customers stand in the order of their features, so that what they are decides before their names.
    order.sort_by(|&a, &b| key(b).total_cmp(&key(a)));
    order
}

/// The bridge score of each customer, `√(reach · brokerage)`, and the two segments it joins.
///
/// *Reach*: twice the share of three-step walks that end in its own segment or in the strongest other, whichever is less;
/// the geometric mean of walks from nearest to nearest and of walks along any tie. *Brokerage*: `1 − ln(rank) / ln(n)`
/// with rank 1 for the highest betweenness, 0 where it is 0.
///
/// A step takes every nearest customer, or every tie, as likely: weights from shared neighbors are smallest just where a tie crosses a
/// gap. Without `nearest` (a network that was not made of customers) both walks are along edges. The pair is that of the walks from
/// nearest to nearest; where those stay inside there is none, and the score is 0.
///
/// Reach and brokerage lie in [0, 1]. Equal betweenness (to nine digits) has equal rank, equal shares go to the lower
/// segment. With one segment, and for a customer without edges, the score is 0 and there is no pair. `O((n + m) · g)` time with
/// g the segments a customer's walks reach, usually two or three; in parallel, the same bits for any number of threads.
///
/// `betweenness` is one value per node, from [`betweenness`](super::betweenness()). Reasons and comparisons:
/// `docs/decisions/bridge-score.md`.
///
/// ```
/// use kinfolk::{Partition, SimilarityGraph};
/// use kinfolk::centrality::{Sources, betweenness, bridges};
///
/// // Two triangles that share node 2.
/// let pairs = [(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)];
/// let graph = SimilarityGraph::from_edges(5, &pairs.map(|(a, b)| (a, b, 1.0)));
/// let partition = Partition::from_labels(&[0, 0, 0, 1, 1]);
/// let found = bridges(&graph, &partition, None, &betweenness(&graph, Sources::Auto, 42).values);
/// assert_eq!(found.pair[2], Some((0, 1)));
/// assert!(found.score[2] > 0.8);
/// assert_eq!(found.score[0], 0.0);
/// ```
///
/// # Panics
/// Where the partition, the betweenness or the nearest are not of the graph's nodes.
pub fn bridges(
    graph: &SimilarityGraph,
    partition: &Partition,
    nearest: Option<Nearest<'_>>,
    betweenness: &[f64],
) -> Bridges {
    let n = graph.n_nodes();
    assert_eq!(n, partition.len(), "one label per node");
    assert_eq!(n, betweenness.len(), "one betweenness per node");
    let (labels, n_groups) = (partition.labels(), partition.n_groups());
    let along = walk_ends(labels, n_groups, |v| graph.neighbors(v));
    let outward = nearest.map(|nearest| {
        assert_eq!(n, nearest.distinct.n_customers(), "one point per node");
        let of_points = nearest.labels(partition);
        walk_ends(&of_points, n_groups, |point| nearest.of(point))
    });
    let brokerage = brokerage(betweenness);
    let (score, pair) = (0..n)
        .into_par_iter()
        .map(|v| {
            let own = labels[v];
            let (outward, point) = match (&outward, nearest) {
                (Some(outward), Some(nearest)) => (outward, nearest.distinct.group[v]),
                _ => (&along, v as u32),
            };
            let mut best: Option<(u32, f64)> = None;
            for (segment, share) in outward.of(point) {
                if segment != own && best.is_none_or(|b| share > b.1) {
                    best = Some((segment, share));
                }
            }
            let Some((other, _)) = best else {
                return (0.0, None);
            };
            // Rounding may carry two halves above one.
            let reach = |ends: &SegmentStrengths, at: u32| {
                (2.0 * ends.towards(at, own).min(ends.towards(at, other))).min(1.0)
            };
            let reach = (reach(outward, point) * reach(&along, v as u32)).sqrt();
            ((reach * brokerage[v]).sqrt(), Some((own, other)))
        })
        .unzip();
    Bridges { score, pair }
}

/// The share of walks of [`STEPS`] steps that end in each segment; a step takes every one of a row as likely.
fn walk_ends<'a>(labels: &[u32], n_groups: usize, row: impl Fn(u32) -> &'a [u32] + Sync) -> SegmentStrengths {
    let n = labels.len();
    let each = |v: u32| (row(v), 1.0 / row(v).len() as f64);
    let mut ends = SegmentStrengths::gather(n, n_groups, |v, add| {
        let (next, chance) = each(v);
        next.iter().for_each(|&w| add(labels[w as usize], chance));
    });
    for _ in 1..STEPS {
        ends = SegmentStrengths::gather(n, n_groups, |v, add| {
            let (next, chance) = each(v);
            for &w in next {
                ends.of(w)
                    .for_each(|(segment, share)| add(segment, chance * share));
            }
        });
    }
    ends
}

/// `1 − ln(rank) / ln(n)`, 0 where the betweenness is 0.
fn brokerage(betweenness: &[f64]) -> Vec<f64> {
    let most = math::ln(betweenness.len() as f64);
    ranks(betweenness)
        .into_iter()
        .zip(betweenness)
        .map(|(rank, &value)| {
            if value > 0.0 {
                1.0 - math::ln(f64::from(rank)) / most
            } else {
                0.0
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centrality::{Sources, betweenness, surroundings};
    use crate::neighbors::distinct;
    use ndarray::array;

    fn found(n: usize, edges: &[(u32, u32, f64)], labels: &[u32]) -> (Bridges, Partition) {
        let graph = SimilarityGraph::from_edges(n, edges);
        let partition = Partition::from_labels(labels);
        let between = betweenness(&graph, Sources::Auto, 1);
        (bridges(&graph, &partition, None, &between.values), partition)
    }

    fn clique(first: u32, size: u32) -> Vec<(u32, u32, f64)> {
        let nodes = first..first + size;
        nodes
            .clone()
            .flat_map(|a| (first..a).map(move |b| (b, a, 1.0)))
            .collect()
    }

    #[test]
    fn the_one_customer_between_two_cliques_scores_highest_and_names_both() {
        let mut edges = clique(0, 6);
        edges.extend(clique(6, 6));
        edges.extend([(12, 0, 1.0), (12, 1, 1.0), (12, 6, 1.0), (12, 7, 1.0)]);
        let labels: Vec<u32> = (0..13).map(|v| u32::from((6..12).contains(&v))).collect();
        let (bridges, _) = found(13, &edges, &labels);
        let best = (0..13).max_by(|&a, &b| bridges.score[a].total_cmp(&bridges.score[b]));
        assert_eq!(best, Some(12));
        assert_eq!(bridges.pair[12], Some((0, 1)));
        assert!(is_bridge(bridges.score[12]));
        assert!(!is_bridge(bridges.score[5]) && !is_bridge(bridges.score[11]));
    }

    #[test]
    fn reach_is_what_a_walk_of_three_steps_finds_by_hand() {
        // 0 - 1 - 2, with 2 alone in segment 1. From 1: after one step 0 or 2, after two 1, after three 0 or 2: half each.
        // Its betweenness is the highest, so brokerage is 1; the others have none.
        let (bridges, _) = found(3, &[(0, 1, 1.0), (1, 2, 1.0)], &[0, 0, 1]);
        assert_eq!(bridges.score, [0.0, 1.0, 0.0]);
        // From 0 the third step ends in 1: never outside.
        assert_eq!(bridges.pair, [None, Some((0, 1)), Some((1, 0))]);
    }

    #[test]
    fn a_bridge_whose_own_edges_all_stay_inside_is_found_beyond_its_companions() {
        // 10, 11, 12 stand together between two cliques, all labelled 0; 11 has no tie into segment 1 itself.
        let mut edges = clique(0, 5);
        edges.extend(clique(5, 5));
        edges.extend([(10, 11, 1.0), (11, 12, 1.0), (0, 10, 1.0), (12, 5, 1.0)]);
        let labels: Vec<u32> = (0..13).map(|v| u32::from((5..10).contains(&v))).collect();
        let (bridges, _) = found(13, &edges, &labels);
        assert_eq!(bridges.pair[11], Some((0, 1)));
        assert!(bridges.score[11] > bridges.score[0]);
    }

    #[test]
    fn whoever_is_only_chosen_by_a_bridge_customer_is_none() {
        // On a line: 0 1 2 together, 4 5 6 together, 3 between them, twice. Two nearest each, the customers at 3 count as one
        // point. 2 and 4 are linked to 3 because it chose them, but their own nearest are on their own side.
        let points = array![[0.0f32], [0.1], [0.2], [1.05], [1.9], [2.0], [2.1], [1.05]];
        let distinct = distinct(points.view());
        let neighbors = NeighborGraph {
            n_neighbors: 2,
            targets: vec![1, 2, 0, 2, 1, 0, 2, 4, 5, 6, 4, 6, 5, 4],
            distances: vec![0.0; 14],
            recall: None,
        };
        let edges = [
            (0, 1),
            (0, 2),
            (1, 2),
            (3, 2),
            (3, 4),
            (4, 5),
            (4, 6),
            (5, 6),
            (7, 3),
            (7, 2),
            (7, 4),
        ];
        let graph = SimilarityGraph::from_edges(8, &edges.map(|(a, b)| (a, b, 1.0)));
        let partition = Partition::from_labels(&[0, 0, 0, 0, 1, 1, 1, 0]);
        let nearest = Nearest {
            neighbors: &neighbors,
            distinct: &distinct,
        };
        let between = betweenness(&graph, Sources::Auto, 1).values;
        let found = bridges(&graph, &partition, Some(nearest), &between);
        assert_eq!(found.pair[3], Some((0, 1)));
        assert_eq!(found.pair[7], Some((0, 1)));
        assert_eq!(found.score[3], found.score[7]);
        assert!(found.score[3] > 0.4);
        for v in [0, 1, 2, 4, 5, 6] {
            assert_eq!((found.score[v], found.pair[v]), (0.0, None), "{v}");
        }
        let along = bridges(&graph, &partition, None, &between);
        assert!(along.score[2] > 0.0);
        let surroundings = surroundings(&graph, &partition, Some(nearest), 7, 1);
        assert_eq!(
            (
                surroundings.all,
                surroundings.own,
                surroundings.other,
                surroundings.onward
            ),
            (2, 1, 1, 0.5)
        );
    }

    #[test]
    fn one_segment_has_no_bridges() {
        let (bridges, _) = found(4, &clique(0, 4), &[0; 4]);
        assert_eq!((bridges.score, bridges.pair), (vec![0.0; 4], vec![None; 4]));
    }

    #[test]
    fn isolated_customers_pairs_and_components_give_numbers_and_no_pair() {
        // A segment of two, a triangle, a customer alone, one linked only to itself.
        let edges = [(0, 1, 1.0), (2, 3, 1.0), (3, 4, 1.0), (2, 4, 1.0), (6, 6, 1.0)];
        let (bridges, _) = found(7, &edges, &[0, 0, 1, 1, 1, 2, 3]);
        assert_eq!((bridges.score, bridges.pair), (vec![0.0; 7], vec![None; 7]));
        let (none, _) = found(0, &[], &[]);
        assert!(none.score.is_empty());
        let (single, _) = found(1, &[], &[0]);
        assert_eq!(single.score, [0.0]);
    }

    #[test]
    fn customers_in_the_same_position_have_the_same_score() {
        // A ring of four cliques of three; each clique is joined to the next by one tie, so that two nodes of
        // each clique stand in mirrored positions.
        let mut edges: Vec<_> = (0..4).flat_map(|c| clique(3 * c, 3)).collect();
        edges.extend((0..4u32).map(|c| (3 * c + 2, (3 * c + 3) % 12, 1.0 / 3.0)));
        let labels: Vec<u32> = (0..12).map(|v| v / 3).collect();
        let (bridges, _) = found(12, &edges, &labels);
        for c in 0..4 {
            for (a, b) in [(0, 3 * c), (2, 3 * c + 2), (0, 2)] {
                assert!((bridges.score[a] - bridges.score[b]).abs() < 1e-12, "{a} {b}");
            }
        }
    }

    #[test]
    fn rank_one_brokers_fully_ties_share_a_rank_and_zero_does_not_broker() {
        let b = brokerage(&[0.0, 5.0, 5.0 * (1.0 + 1e-13), 9.0]);
        assert_eq!(b, [0.0, 0.5, 0.5, 1.0]);
        assert_eq!(brokerage(&[0.0; 3]), [0.0; 3]);
    }
}
