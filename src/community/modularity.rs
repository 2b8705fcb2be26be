//! Measures of a division on its graph: modularity, conductance, and the edges between communities.

use super::network::{Network, Original, aggregate, quality};
use crate::graph::SimilarityGraph;
use crate::partition::Partition;

/// Modularity of a division, `Q = Σ_c [ w_c / m − γ (S_c / 2m)² ]`, in [−½, 1] at γ = 1; 0 for a graph without edges.
///
/// `w_c` is the weight of the edges inside community c, `S_c` the strength of its members, m the weight of all edges; a
/// self-loop counts once in `w_c` and twice in `S_c`, as in NetworkX and igraph. `O(n + m)`.
/// Newman and Girvan, Phys. Rev. E 69, 026113 (2004); γ: Reichardt and Bornholdt, Phys. Rev. E 74, 016110 (2006).
///
/// ```
/// use kinfolk::community::modularity;
/// use kinfolk::{Partition, SimilarityGraph};
///
/// let two_pairs = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (2, 3, 1.0)]);
/// assert_eq!(modularity(&two_pairs, &Partition::from_labels(&[0, 0, 1, 1]), 1.0), 0.5);
/// assert_eq!(modularity(&two_pairs, &Partition::one_group(4), 1.0), 0.0);
/// ```
///
/// # Panics
/// Where the partition divides another number of nodes than the graph has.
pub fn modularity(graph: &SimilarityGraph, partition: &Partition, resolution: f64) -> f64 {
    assert_same_nodes(graph, partition);
    quality(&Original::new(graph), partition.labels(), resolution)
}

/// The share of each community's strength that leaves it, in [0, 1]: 0 where it has no edge outwards, or no edge at all.
///
/// Weight of the edges that leave divided by the strength of the members (self-loops twice), whichever side is larger:
/// NetworkX divides by the smaller of the two sides, which differs for a community with more than half of all
/// strength. `O(n + m)`.
///
/// ```
/// use kinfolk::community::conductance;
/// use kinfolk::{Partition, SimilarityGraph};
///
/// let path = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)]);
/// let halves = Partition::from_labels(&[0, 0, 1, 1]);
/// assert_eq!(conductance(&path, &halves), [1.0 / 3.0, 1.0 / 3.0]);
/// ```
///
/// # Panics
/// Where the partition divides another number of nodes than the graph has.
pub fn conductance(graph: &SimilarityGraph, partition: &Partition) -> Vec<f64> {
    assert_same_nodes(graph, partition);
    let communities = aggregate(&Original::new(graph), partition.labels(), partition.n_groups());
    (0..partition.n_groups() as u32)
        .map(|c| {
            let leaving: f64 = communities
                .edges(c)
                .filter(|&(t, _)| t != c)
                .map(|(_, w)| w)
                .sum();
            let strength = communities.strengths()[c as usize];
            // Both are sums of the same weights in different orders: rounding must not lead above 1.
            if strength > 0.0 {
                (leaving / strength).min(1.0)
            } else {
                0.0
            }
        })
        .collect()
}

fn assert_same_nodes(graph: &SimilarityGraph, partition: &Partition) {
    assert_eq!(
        partition.len(),
        graph.n_nodes(),
        "a partition of {} nodes for a graph of {}",
        partition.len(),
        graph.n_nodes()
    );
}
