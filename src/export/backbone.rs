//! The backbone of a large network: what of it a person can look at.

use crate::SimilarityGraph;
use crate::partition::Partition;
use rustc_hash::FxHashSet;

/// Above this many nodes a network file holds a backbone unless all is asked for: Gephi takes ten seconds to open 100,000 nodes, and its
/// screen crawls with half as many.
pub const BACKBONE_ABOVE: usize = 50_000;
/// Likewise above this many edges, which 150 bytes each make a file of: shoppers tied by shared products are few and all tied to each other.
pub const BACKBONE_EDGES_ABOVE: usize = 1_000_000;
/// Nodes of a backbone, where bridges and exemplars are fewer.
const NODES: usize = 20_000;
/// The strongest ties of each node that are kept.
const TIES: usize = 6;

/// Some nodes of a network and some ties among them, both ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Backbone {
    pub(super) nodes: Vec<u32>,
    pub(super) edges: Vec<(u32, u32, f64)>,
}

/// Up to 20,000 nodes all of them, of more the [`chosen`] ones; of the ties among them those that are one of the six strongest of an end.
/// `O(n + m)`.
pub(super) fn backbone(graph: &SimilarityGraph, partition: &Partition, named: &[u32]) -> Backbone {
    let n = partition.len();
    let kept = if n <= NODES {
        vec![true; n]
    } else {
        chosen(graph, partition, named)
    };
    let nodes: Vec<u32> = (0..n as u32).filter(|&v| kept[v as usize]).collect();
    let mut pairs: FxHashSet<(u32, u32)> = FxHashSet::default();
    let mut edges = Vec::new();
    for &v in &nodes {
        let among = |t: &&(u32, f64)| kept[t.0 as usize];
        for &(t, w) in strongest(graph, v).iter().filter(among).take(TIES) {
            let pair = (v.min(t), v.max(t));
            if pairs.insert(pair) {
                edges.push((pair.0, pair.1, w));
            }
        }
    }
    edges.sort_unstable_by_key(|e| (e.0, e.1));
    Backbone { nodes, edges }
}

/// Which nodes are kept: all of the `named` (bridges and exemplars), with each the node it is tied to most in every group it has a strong tie to, and of
/// every group as many as its share of about 20,000 asks for: evenly along their order, which puts alike customers side by side, each
/// with the member it is tied to most.
fn chosen(graph: &SimilarityGraph, partition: &Partition, named: &[u32]) -> Vec<bool> {
    let n = partition.len();
    let labels = partition.labels();
    let mut kept = vec![false; n];
    let mut counts = vec![0usize; partition.n_groups()];
    let mut keep = |v: u32, counts: &mut [usize]| {
        if !std::mem::replace(&mut kept[v as usize], true) {
            counts[labels[v as usize] as usize] += 1;
        }
    };
    for &v in named {
        keep(v, &mut counts);
        for &(t, _) in strongest(graph, v).iter().take(2) {
            keep(t, &mut counts);
        }
    }
    for (g, members) in partition.members().iter().enumerate() {
        let wanted = (NODES as f64 * members.len() as f64 / n as f64).ceil() as usize;
        let missing = wanted.saturating_sub(counts[g]);
        // Each brings another one.
        let seeds = missing.div_ceil(2);
        for i in 0..seeds {
            let v = members[i * members.len() / seeds];
            keep(v, &mut counts);
            let same = |t: &&(u32, f64)| labels[t.0 as usize] == g as u32;
            if let Some(&(t, _)) = strongest(graph, v).iter().find(same) {
                keep(t, &mut counts);
            }
        }
    }
    kept
}

/// The ties of a node to others, the strongest first, of equals the lower other end.
fn strongest(graph: &SimilarityGraph, v: u32) -> Vec<(u32, f64)> {
    let mut ties: Vec<(u32, f64)> = graph.edges_of(v).filter(|e| e.0 != v).collect();
    ties.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ties
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 60,000 nodes on a line of two groups of different sizes.
    fn line() -> (SimilarityGraph, Partition) {
        let n = 60_000u32;
        let edges: Vec<(u32, u32, f64)> = (1..n).map(|v| (v - 1, v, 1.0 + f64::from(v % 7))).collect();
        let labels: Vec<u32> = (0..n).map(|v| u32::from(v >= 45_000)).collect();
        (
            SimilarityGraph::from_edges(n as usize, &edges),
            Partition::from_labels(&labels),
        )
    }

    #[test]
    fn a_backbone_holds_all_named_and_groups_in_proportion() {
        let (graph, partition) = line();
        let named = [5, 44_999, 45_000];
        let found = backbone(&graph, &partition, &named);
        assert!(named.iter().all(|v| found.nodes.binary_search(v).is_ok()));
        assert!(found.nodes.is_sorted_by(|a, b| a < b));
        let first = found.nodes.iter().filter(|&&v| v < 45_000).count() as f64;
        let share = first / found.nodes.len() as f64;
        assert!((share - 0.75).abs() < 0.01, "{share}");
        assert!(
            (15_000..=21_000).contains(&found.nodes.len()),
            "{}",
            found.nodes.len()
        );
    }

    #[test]
    fn of_few_nodes_all_are_kept_and_the_strongest_ties() {
        let n = 100u32;
        let pairs = (0..n).flat_map(|a| (0..a).map(move |b| (a, b, f64::from(1 + (a * b) % 13))));
        let graph = SimilarityGraph::from_edges(n as usize, &pairs.collect::<Vec<_>>());
        let found = backbone(&graph, &Partition::one_group(n as usize), &[3]);
        assert_eq!(found.nodes.len(), 100);
        assert!((300..=600).contains(&found.edges.len()), "{}", found.edges.len());
    }

    #[test]
    fn ties_of_a_backbone_are_ties_of_the_network_among_its_nodes() {
        let (graph, partition) = line();
        let found = backbone(&graph, &partition, &[]);
        assert!(found.edges.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
        assert!(2 * found.edges.len() >= found.nodes.len() - 2);
        for &(a, b, w) in &found.edges {
            assert!(graph.edges_of(a).any(|e| e == (b, w)));
            assert!(found.nodes.binary_search(&a).is_ok() && found.nodes.binary_search(&b).is_ok());
        }
    }
}
