//! How much a customer joins two segments, and which two.

use super::ties::SegmentTies;
use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use rayon::prelude::*;

/// Steps of the walk that tells how far a customer reaches. One step misses bridge customers who stand together:
/// their ties are to each other, and one label covers them all.
const STEPS: usize = 3;

/// From this score on, a customer is called a bridge customer: see [`is_bridge`].
pub const BRIDGE_SCORE: f64 = 0.4;

/// The score of each customer and the pair of segments it joins. Both of length n.
#[derive(Clone, Debug, PartialEq)]
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

/// The bridge score of each customer, `√(reach · brokerage)`, and the two segments it joins.
///
/// *Reach*: twice the share of three-step walks along its ties that end in its own segment or in the strongest other,
/// whichever is less. *Brokerage*: `1 − ln(rank) / ln(n)` with rank 1 for the highest betweenness, 0 where it is 0.
///
/// A step takes every tie as likely: weights from shared neighbors are smallest just where a tie crosses a gap.
/// Reach and brokerage lie in [0, 1]. Equal betweenness (to nine digits) has equal rank, equal shares go to the lower segment. With one
/// segment, and for a customer without ties, the score is 0 and there is no pair. `O((n + m) · g)` time with g the
/// segments a customer's walks reach, usually two or three; in parallel, the same bits for any number of threads.
///
/// `betweenness` is one value per node, from [`betweenness`](super::betweenness()). Reasons and comparisons:
/// `docs/decisions/bridge-score.md`.
///
/// ```
/// use kinfolk::{Partition, SimilarityGraph};
/// use kinfolk::centrality::{betweenness, bridges};
///
/// // Two triangles that share node 2.
/// let pairs = [(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)];
/// let graph = SimilarityGraph::from_edges(5, &pairs.map(|(a, b)| (a, b, 1.0)));
/// let partition = Partition::from_labels(&[0, 0, 0, 1, 1]);
/// let found = bridges(&graph, &partition, &betweenness(&graph, None, 42).values);
/// assert_eq!(found.pair[2], Some((0, 1)));
/// assert!(found.score[2] > 0.8);
/// assert_eq!(found.score[0], 0.0);
/// ```
///
/// # Panics
/// Where the partition or the betweenness is not of the graph's nodes.
pub fn bridges(graph: &SimilarityGraph, partition: &Partition, betweenness: &[f64]) -> Bridges {
    let n = graph.n_nodes();
    assert_eq!(n, partition.len(), "one label per node");
    assert_eq!(n, betweenness.len(), "one betweenness per node");
    let labels = partition.labels();
    let ends = walk_ends(graph, partition);
    let brokerage = brokerage(betweenness);
    let (score, pair) = (0..n)
        .into_par_iter()
        .map(|v| {
            let own = labels[v];
            let mut stay = 0.0;
            let mut best: Option<(u32, f64)> = None;
            for (segment, share) in ends.of(v as u32) {
                if segment == own {
                    stay = share;
                } else if best.is_none_or(|b| share > b.1) {
                    best = Some((segment, share));
                }
            }
            match best {
                None => (0.0, None),
                Some((other, share)) => {
                    // Rounding may carry two halves above one.
                    let reach = (2.0 * share.min(stay)).min(1.0);
                    ((reach * brokerage[v]).sqrt(), Some((own, other)))
                }
            }
        })
        .unzip();
    Bridges { score, pair }
}

/// The share of walks of [`STEPS`] steps that end in each segment; a step takes every tie as likely.
fn walk_ends(graph: &SimilarityGraph, partition: &Partition) -> SegmentTies {
    let (n, labels) = (graph.n_nodes(), partition.labels());
    let each = |v: u32| (graph.neighbors(v), 1.0 / graph.neighbors(v).len() as f64);
    let mut ends = SegmentTies::gather(n, partition.n_groups(), |v, add| {
        let (neighbors, chance) = each(v);
        neighbors.iter().for_each(|&w| add(labels[w as usize], chance));
    });
    for _ in 1..STEPS {
        ends = SegmentTies::gather(n, partition.n_groups(), |v, add| {
            let (neighbors, chance) = each(v);
            for &w in neighbors {
                ends.of(w)
                    .for_each(|(segment, share)| add(segment, chance * share));
            }
        });
    }
    ends
}

/// `1 − ln(rank) / ln(n)`, 0 where the betweenness is 0.
fn brokerage(betweenness: &[f64]) -> Vec<f64> {
    let n = betweenness.len();
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.par_sort_unstable_by(|&a, &b| {
        betweenness[b as usize]
            .total_cmp(&betweenness[a as usize])
            .then(a.cmp(&b))
    });
    let mut out = vec![0.0; n];
    let mut rank = 1;
    let mut above = f64::INFINITY;
    for (i, &v) in order.iter().enumerate() {
        let value = betweenness[v as usize];
        // Sums of the same paths in another order differ in the last digits: that is no difference of rank.
        if value < above * (1.0 - 1e-9) {
            rank = i + 1;
        }
        above = value;
        if value > 0.0 {
            out[v as usize] = 1.0 - (rank as f64).ln() / (n as f64).ln();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centrality::betweenness;

    fn found(n: usize, edges: &[(u32, u32, f64)], labels: &[u32]) -> (Bridges, Partition) {
        let graph = SimilarityGraph::from_edges(n, edges);
        let partition = Partition::from_labels(labels);
        let between = betweenness(&graph, None, 1);
        (bridges(&graph, &partition, &between.values), partition)
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
    fn a_bridge_whose_own_ties_all_stay_inside_is_found_beyond_its_companions() {
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
    fn one_segment_has_no_bridges() {
        let (bridges, _) = found(4, &clique(0, 4), &[0; 4]);
        assert_eq!((bridges.score, bridges.pair), (vec![0.0; 4], vec![None; 4]));
    }

    #[test]
    fn isolated_customers_pairs_and_components_give_numbers_and_no_pair() {
        // A segment of two, a triangle, a customer alone, one tied only to itself.
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
