//! What the border between groups looks like.

use crate::graph::SimilarityGraph;
use crate::num::math;
use crate::partition::Partition;
use serde::Serialize;

/// The border of a division.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Border {
    /// Entropy of the group sizes in nats: what a customer's segment tells, on average.
    pub diversity: f64,
    /// Logarithm of the cut, the share of the edge weight that runs between groups; −12 where none does.
    pub ln_cut: f64,
    /// How crowded the nodes at the borders are among the members of their own groups by the distance to their neighbors, of each
    /// two groups the denser side: 0 the sparsest, 0.5 as everybody, 1 the densest; `None` where nodes have no place.
    pub crowding: Option<f64>,
}

impl Border {
    /// Diversity and cut. `O(m)`.
    pub(super) fn of(graph: &SimilarityGraph, partition: &Partition) -> Border {
        let labels = partition.labels();
        let (mut between, mut all) = (0.0, 0.0);
        for (a, b, w) in graph.edges() {
            all += w;
            if labels[a as usize] != labels[b as usize] {
                between += w;
            }
        }
        let cut: f64 = if all > 0.0 { between / all } else { 0.0 };
        Border {
            diversity: diversity(partition),
            ln_cut: math::ln(cut).max(-12.0),
            crowding: None,
        }
    }
}

/// Entropy of the group sizes in nats.
pub(super) fn diversity(partition: &Partition) -> f64 {
    let n = partition.len() as f64;
    -partition
        .sizes()
        .iter()
        .map(|&s| s as f64 / n)
        .map(|p| p * math::ln(p))
        .sum::<f64>()
}

/// How crowded the nodes at the borders are among the members of their own groups, in [0, 1]: 0 the sparsest, 0.5 as everybody, 1 the densest.
///
/// Two groups with a valley between them meet where both are sparse. A continuum cut in two, a null table, a curve, a
/// funnel, is as dense at the cut as elsewhere, or denser. For each pair of groups the edges between them name nodes
/// on both sides, each with its rank by `spacing`, the distance to its neighbors; the denser side counts, so that the
/// thin rim of a dense group does not pass for a valley. The mean over pairs, by edge weight; 0 where no edge runs
/// between groups. `O(n log n + m)`.
pub(super) fn crowding(graph: &SimilarityGraph, partition: &Partition, spacing: &[f32]) -> f64 {
    let labels = partition.labels();
    let rank = ranks(partition, spacing);
    let mut between: Vec<(u64, f64, f64, f64)> = graph
        .edges()
        .filter_map(|(a, b, w)| {
            let (la, lb) = (labels[a as usize], labels[b as usize]);
            let ((low, a), (high, b)) = if la < lb {
                ((la, a), (lb, b))
            } else {
                ((lb, b), (la, a))
            };
            let pair = u64::from(low) << 32 | u64::from(high);
            (low != high).then(|| (pair, w, w * rank[a as usize], w * rank[b as usize]))
        })
        .collect();
    // Stable, so that sums do not depend on anything but the order of edges.
    between.sort_by_key(|edge| edge.0);
    let (mut denser, mut weight) = (0.0, 0.0);
    for pair in between.chunk_by(|x, y| x.0 == y.0) {
        let sum = |of: fn(&(u64, f64, f64, f64)) -> f64| pair.iter().map(of).sum::<f64>();
        denser += sum(|e| e.2).max(sum(|e| e.3));
        weight += sum(|e| e.1);
    }
    if weight > 0.0 { denser / weight } else { 0.0 }
}

/// The rank of each node among its group, from 0 (the widest spacing) to 1 (the narrowest); nodes of one spacing share theirs.
fn ranks(partition: &Partition, spacing: &[f32]) -> Vec<f64> {
    let labels = partition.labels();
    let mut order: Vec<u32> = (0..labels.len() as u32).collect();
    let key = |v: u32| (labels[v as usize], spacing[v as usize]);
    order.sort_unstable_by(|&a, &b| {
        let ((la, sa), (lb, sb)) = (key(a), key(b));
        la.cmp(&lb).then(sb.total_cmp(&sa)).then(a.cmp(&b))
    });
    let mut rank = vec![0.0; labels.len()];
    for group in order.chunk_by(|&a, &b| labels[a as usize] == labels[b as usize]) {
        let mut before = 0;
        for tied in group.chunk_by(|&a, &b| spacing[a as usize] == spacing[b as usize]) {
            let middle = (before as f64 + tied.len() as f64 / 2.0) / group.len() as f64;
            tied.iter().for_each(|&v| rank[v as usize] = middle);
            before += tied.len();
        }
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six nodes in a row, cut in the middle.
    fn row() -> (SimilarityGraph, Partition) {
        let edges: Vec<(u32, u32, f64)> = (0..5).map(|i| (i, i + 1, 1.0)).collect();
        (
            SimilarityGraph::from_edges(6, &edges),
            Partition::from_labels(&[0, 0, 0, 1, 1, 1]),
        )
    }

    #[test]
    fn a_row_of_six_cut_in_the_middle_loses_a_fifth_of_its_edges() {
        let (graph, halves) = row();
        let border = Border::of(&graph, &halves);
        assert!((border.diversity - std::f64::consts::LN_2).abs() < 1e-12);
        assert!((border.ln_cut - math::ln(0.2)).abs() < 1e-12);
    }

    #[test]
    fn a_valley_is_sparse_on_both_sides_and_a_rim_on_one() {
        let (graph, halves) = row();
        let at = |spacing: [f32; 6]| crowding(&graph, &halves, &spacing);
        // Nodes 2 and 3 meet at the border: the sparsest of three stand at 1/6, the densest at 5/6.
        assert!((at([1.0, 2.0, 3.0, 3.0, 2.0, 1.0]) - 1.0 / 6.0).abs() < 1e-12);
        assert!((at([3.0, 2.0, 1.0, 1.0, 2.0, 3.0]) - 5.0 / 6.0).abs() < 1e-12);
        assert!((at([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]) - 5.0 / 6.0).abs() < 1e-12);
        assert!((at([1.0; 6]) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn groups_that_no_edge_joins_meet_nowhere() {
        let apart = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (2, 3, 1.0)]);
        let halves = Partition::from_labels(&[0, 0, 1, 1]);
        assert_eq!(crowding(&apart, &halves, &[1.0; 4]), 0.0);
        assert_eq!(Border::of(&apart, &halves).ln_cut, -12.0);
    }

    #[test]
    fn the_denser_side_of_each_two_groups_counts_by_the_weight_between_them() {
        // Three groups of two: ranks are ¼ for the sparser and ¾ for the denser node of each.
        let partition = Partition::from_labels(&[0, 0, 1, 1, 2, 2]);
        let spacing = [2.0, 1.0, 2.0, 1.0, 2.0, 1.0];
        // 0 and 1 meet by their sparse nodes, twice as strongly as 1 and 2 by a sparse and a dense one.
        let graph = SimilarityGraph::from_edges(6, &[(0, 2, 2.0), (2, 5, 1.0), (0, 1, 5.0)]);
        assert!((crowding(&graph, &partition, &spacing) - (2.0 * 0.25 + 0.75) / 3.0).abs() < 1e-12);
        // One side that is dense makes the pair dense, in whichever order its groups come.
        let other_way = SimilarityGraph::from_edges(6, &[(1, 2, 1.0), (1, 4, 1.0)]);
        assert!((crowding(&other_way, &partition, &spacing) - 0.75).abs() < 1e-12);
        assert_eq!(
            crowding(
                &SimilarityGraph::from_edges(6, &[(0, 1, 1.0)]),
                &partition,
                &spacing
            ),
            0.0
        );
    }
}
