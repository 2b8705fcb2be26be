//! Communities in one piece.

use super::network::Network;

/// Gives each connected part of each community a label of its own, 0, 1, … in the order of their lowest node;
/// whether some community fell apart. Labels lie below the number of nodes. `O(n + m)`.
///
/// Parting what no edge joins never lowers the modularity: the edges inside stay, the expected ones become fewer.
pub(super) fn split_disconnected<N: Network>(network: &N, labels: &mut [u32]) -> bool {
    let n = network.n_nodes();
    // Each node points to a lower one of its part, the lowest to itself.
    let mut toward: Vec<u32> = (0..n as u32).collect();
    for v in 0..n as u32 {
        let community = labels[v as usize];
        let mut root = v;
        for &t in network.row(v).0 {
            if t < v && labels[t as usize] == community {
                let other = root_of(&mut toward, t);
                let low = root.min(other);
                toward[root.max(other) as usize] = low;
                root = low;
            }
        }
    }
    let mut communities = 0;
    let mut parts = 0;
    let mut seen = vec![false; n];
    for v in 0..n {
        if !std::mem::replace(&mut seen[labels[v] as usize], true) {
            communities += 1;
        }
        // The lowest node of a part comes first and gives it its label; the others point lower, to labels given.
        if toward[v] as usize == v {
            toward[v] = parts;
            parts += 1;
        } else {
            toward[v] = toward[toward[v] as usize];
        }
    }
    labels.copy_from_slice(&toward);
    parts > communities
}

/// The lowest node of the part of `node`, whose way there becomes shorter.
pub(super) fn root_of(toward: &mut [u32], mut node: u32) -> u32 {
    while toward[node as usize] != node {
        let next = toward[toward[node as usize] as usize];
        toward[node as usize] = next;
        node = next;
    }
    node
}

#[cfg(test)]
mod tests {
    use super::super::network::Original;
    use super::*;
    use crate::SimilarityGraph;

    #[test]
    fn a_community_of_two_pieces_becomes_two() {
        // A path 0–1–2–3–4 whose ends are together without the middle.
        let graph = SimilarityGraph::from_edges(5, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0)]);
        let network = Original::new(&graph);
        let mut labels = [4, 4, 1, 4, 4];
        assert!(split_disconnected(&network, &mut labels));
        assert_eq!(labels, [0, 0, 1, 2, 2]);
        assert!(!split_disconnected(&network, &mut labels));
    }
}
