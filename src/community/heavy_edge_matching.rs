//! Groups of few nodes along the heaviest edge of each, and whether such an edge means anything.

use super::connected::root_of;
use super::mover::Mover;
use super::network::Network;
use rand::RngExt;
use rayon::prelude::*;

/// Nodes whose heaviest edge is examined.
const SAMPLE: usize = 512;

/// Whether nearly every node has a neighbor in common with the neighbor it is linked to most: only then does that edge
/// say that the two belong together.
pub(super) fn heaviest_edges_close_triangles<N: Network>(network: &N) -> bool {
    let step = (network.n_nodes() / SAMPLE).max(1);
    let (mut closed, mut all) = (0, 0);
    for v in (0..network.n_nodes() as u32).step_by(step) {
        let Some((heaviest, _)) = heaviest(network, 1.0, 0, v) else {
            continue;
        };
        let mut around = network.row(v).0.to_vec();
        around.sort_unstable();
        let common = |t: &u32| *t != v && *t != heaviest && around.binary_search(t).is_ok();
        all += 1;
        closed += usize::from(network.row(heaviest).0.iter().any(common));
    }
    closed * 10 >= all * 9
}

/// The neighbor with whom a node would gain most, were both alone; equal gains go to the least hash, which differs
/// between salts.
fn heaviest<N: Network>(network: &N, resolution: f64, salt: u32, node: u32) -> Option<(u32, f64)> {
    let strengths = network.strengths();
    let rate = resolution * strengths[node as usize] / network.total_strength();
    let mut best = None;
    let mut best_gain = 0.0;
    let mut best_hash = 0;
    for (t, w) in network.edges(node) {
        let gain = w - rate * strengths[t as usize];
        if gain < best_gain || t == node {
            continue;
        }
        // The same from both ends.
        let hash = (t ^ node ^ salt).wrapping_mul(0x9E37_79B1);
        if gain > best_gain || best.is_none() || hash < best_hash {
            best = Some((t, w));
            best_gain = gain;
            best_hash = hash;
        }
    }
    best
}

/// Groups along the heaviest edge of each node, each joined while that edge alone outweighs what is expected between the
/// two groups.
pub(super) fn match_heavy_edges<N: Network>(network: &N, mover: &mut Mover) -> Vec<u32> {
    let n = network.n_nodes() as u32;
    let resolution = mover.resolution;
    let salt: u32 = mover.random().random();
    let heaviest_edges: Vec<(u32, f64)> = (0..n)
        .into_par_iter()
        .with_min_len(1024)
        .map(|v| heaviest(network, resolution, salt, v).unwrap_or((v, 0.0)))
        .collect();
    let mut toward: Vec<u32> = (0..n).collect();
    let mut strengths = network.strengths().to_vec();
    for (v, (t, weight)) in (0..n).zip(heaviest_edges) {
        let (a, b) = (root_of(&mut toward, v), root_of(&mut toward, t));
        let expected = resolution * strengths[a as usize] * strengths[b as usize] / network.total_strength();
        if a != b && weight > expected {
            toward[a.max(b) as usize] = a.min(b);
            strengths[a.min(b) as usize] += strengths[a.max(b) as usize];
        }
    }
    (0..n).map(|v| root_of(&mut toward, v)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::network::{Original, graph_and_labels, quality};
    use super::*;
    use crate::SimilarityGraph;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn heavy_edge_matching_raises_the_modularity(
            (graph, _) in graph_and_labels(), gamma in 0.0..4.0, seed in 0u64..1000
        ) {
            let network = Original::new(&graph);
            let mut mover = Mover::new(gamma, seed);
            let groups = match_heavy_edges(&network, &mut mover);
            let alone: Vec<u32> = (0..graph.n_nodes() as u32).collect();
            let (before, after) = (quality(&network, &alone, gamma), quality(&network, &groups, gamma));
            prop_assert!(after >= before - 1e-12, "{} {}", before, after);
        }
    }

    #[test]
    fn triangles_close_in_a_clique_and_not_in_a_ring() {
        let ring: Vec<(u32, u32, f64)> = (0..10).map(|v| (v, (v + 1) % 10, 1.0)).collect();
        assert!(!heaviest_edges_close_triangles(&Original::new(
            &SimilarityGraph::from_edges(10, &ring)
        )));
        // An edge of a node to itself closes nothing.
        let with_loops: Vec<(u32, u32, f64)> =
            ring.iter().copied().chain((0..10).map(|v| (v, v, 0.5))).collect();
        assert!(!heaviest_edges_close_triangles(&Original::new(
            &SimilarityGraph::from_edges(10, &with_loops)
        )));
        let clique = [(0, 1, 1.0), (0, 2, 1.0), (1, 2, 1.0)];
        assert!(heaviest_edges_close_triangles(&Original::new(
            &SimilarityGraph::from_edges(3, &clique)
        )));
    }

    #[test]
    fn each_is_matched_along_its_heaviest_edge_while_that_outweighs_what_is_expected() {
        // Two heavy pairs, joined by a light edge: strengths 5, 6, 6, 5 of 22 in all.
        let pairs = SimilarityGraph::from_edges(4, &[(0, 1, 5.0), (2, 3, 5.0), (1, 2, 1.0)]);
        let network = Original::new(&pairs);
        let at = |resolution: f64| match_heavy_edges(&network, &mut Mover::new(resolution, 1));
        assert_eq!(at(1.0), [0, 0, 2, 2]);
        // 5 is expected of a pair at γ = 5 · 22 / 30, and what is expected is not more.
        assert_eq!(at(3.6), [0, 0, 2, 2]);
        assert_eq!(at(3.7), [0, 1, 2, 3]);
        // The other end of the light edge is heavier, and less is expected of it in proportion.
        assert_eq!(heaviest(&network, 1.0, 0, 1), Some((0, 5.0)));
        assert_eq!(heaviest(&network, 5.0, 0, 1), None);
    }

    #[test]
    fn of_edges_as_heavy_the_hash_decides_the_same_from_both_ends() {
        let ring: Vec<(u32, u32, f64)> = (0..64).map(|v| (v, (v + 1) % 64, 1.0)).collect();
        let graph = SimilarityGraph::from_edges(64, &ring);
        let network = Original::new(&graph);
        let hash = |a: u32, b: u32, salt: u32| (a ^ b ^ salt).wrapping_mul(0x9E37_79B1);
        let mut different = std::collections::BTreeSet::new();
        for salt in [0, 1, 77, 0x8000_0001] {
            let chosen: Vec<u32> = (0..64)
                .map(|v| heaviest(&network, 1.0, salt, v).expect("an edge").0)
                .collect();
            for v in 0..64u32 {
                let (back, on) = ((v + 63) % 64, (v + 1) % 64);
                let least = if hash(v, back, salt) < hash(v, on, salt) {
                    back
                } else {
                    on
                };
                if hash(v, back, salt) != hash(v, on, salt) {
                    assert_eq!(chosen[v as usize], least, "{v} with {salt}");
                }
            }
            different.insert(chosen);
        }
        assert!(different.len() > 1, "salts differ");
    }
}
