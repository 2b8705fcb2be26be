//! Communities in one piece.

use super::network::Network;

/// Gives each connected part of each community a label of its own, 0, 1, … in the order of their lowest node;
/// whether some community fell apart. Labels lie below the number of nodes. `O(n + m)`.
///
/// Parting what no tie joins never lowers the modularity: the ties inside stay, the expected ones become fewer.
pub(super) fn split_disconnected<N: Network>(network: &N, labels: &mut [u32]) -> bool {
    let n = network.n_nodes();
    let mut part = vec![u32::MAX; n];
    let mut seen = vec![false; n];
    let mut communities = 0;
    let mut parts = 0;
    let mut stack = Vec::new();
    for root in 0..n as u32 {
        if part[root as usize] != u32::MAX {
            continue;
        }
        let community = labels[root as usize];
        if !std::mem::replace(&mut seen[community as usize], true) {
            communities += 1;
        }
        part[root as usize] = parts;
        stack.push(root);
        while let Some(v) = stack.pop() {
            for &t in network.row(v).0 {
                if part[t as usize] == u32::MAX && labels[t as usize] == community {
                    part[t as usize] = parts;
                    stack.push(t);
                }
            }
        }
        parts += 1;
    }
    labels.copy_from_slice(&part);
    parts > communities
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
