//! Local moving: one node after the other into the community where it adds most to the modularity.
//!
//! Blondel, Guillaume, Lambiotte and Lefebvre, J. Stat. Mech. P10008 (2008); with the queue of Traag, Waltman and
//! van Eck, Scientific Reports 9, 5233 (2019): after the first round only nodes are looked at again whose
//! surroundings changed.

use super::network::Network;
use crate::random::Random;
use rand::RngExt;
use rand::seq::SliceRandom;

/// A move has to gain this share of the node's strength: less is rounding, and rounding could move in circles.
pub(super) const TOLERANCE: f64 = 1e-12;

/// Room for local moving that passes share.
#[derive(Default)]
pub(super) struct Scratch {
    /// Weight of the node's edges to each community; all 0 between nodes.
    pub(super) weight_to: Vec<f64>,
    /// The communities in which `weight_to` is not 0.
    pub(super) touched: Vec<u32>,
    totals: Vec<f64>,
    sizes: Vec<u32>,
    vacant: Vec<u32>,
    queue: Vec<u32>,
    queued: Vec<bool>,
}

impl Scratch {
    /// Makes room for `n` nodes.
    pub(super) fn fit(&mut self, n: usize) {
        if self.weight_to.len() < n {
            self.weight_to.resize(n, 0.0);
        }
    }
}

/// Moves nodes until the queue of those whose surroundings changed is empty; how many moves it took.
///
/// `labels` may be any division with labels below the number of nodes; they are changed in place and may have gaps
/// afterwards. With `borders`, only edges inside its communities count. With `at_random`, the first move of each node
/// goes to one of the communities that raise the modularity, with a chance proportional to the edges: nearly the same
/// quality at once, but far more varied from seed to seed, so that several seeds find more. Traag, Phys. Rev. E 92,
/// 032801 (2015). Expected `O(m)` times a small factor.
pub(super) fn move_nodes<N: Network>(
    network: &N,
    resolution: f64,
    labels: &mut [u32],
    borders: Option<&[u32]>,
    at_random: bool,
    random: &mut Random,
    scratch: &mut Scratch,
) -> usize {
    let n = network.n_nodes();
    let total = network.total_strength();
    if total == 0.0 {
        return 0;
    }
    let strengths = network.strengths();
    let Scratch {
        weight_to,
        touched,
        totals,
        sizes,
        vacant,
        queue,
        queued,
    } = scratch;
    totals.clear();
    totals.resize(n, 0.0);
    sizes.clear();
    sizes.resize(n, 0);
    for (&c, &strength) in labels.iter().zip(strengths) {
        totals[c as usize] += strength;
        sizes[c as usize] += 1;
    }
    vacant.clear();
    // Lowest label on top.
    vacant.extend((0..n as u32).rev().filter(|&c| sizes[c as usize] == 0));
    queue.clear();
    queue.extend(0..n as u32);
    queue.shuffle(random);
    queued.clear();
    queued.resize(n, true);

    let mut first_looks = if at_random { n } else { 0 };
    let mut moves = 0;
    let mut head = 0;
    let mut waiting = n;
    while waiting > 0 {
        let node = queue[head];
        head = if head + 1 == n { 0 } else { head + 1 };
        waiting -= 1;
        queued[node as usize] = false;

        let own = labels[node as usize];
        for (t, w) in network.edges(node) {
            if t != node && borders.is_none_or(|b| b[t as usize] == b[node as usize]) {
                let c = labels[t as usize];
                if weight_to[c as usize] == 0.0 {
                    touched.push(c);
                }
                weight_to[c as usize] += w;
            }
        }
        let strength = strengths[node as usize];
        let rate = resolution * strength / total;
        let alone = sizes[own as usize] == 1;
        let rest = if alone {
            0.0
        } else {
            totals[own as usize] - strength
        };
        let stay = weight_to[own as usize] - rate * rest;
        let tolerance = TOLERANCE * (1.0 + resolution) * strength;
        let mut best = own;
        let mut best_gain = stay + tolerance;
        for &c in &*touched {
            let gain = weight_to[c as usize] - rate * totals[c as usize];
            // Ties stay put, then go to the lowest label.
            if c != own && (gain > best_gain || (gain == best_gain && best != own && c < best)) {
                best = c;
                best_gain = gain;
            }
        }
        if first_looks > 0 {
            first_looks -= 1;
            if best != own {
                let better = |&c: &u32| {
                    let gain = weight_to[c as usize] - rate * totals[c as usize];
                    (c != own && gain > stay + tolerance).then(|| (c, weight_to[c as usize]))
                };
                let sum: f64 = touched.iter().filter_map(better).map(|(_, w)| w).sum();
                let mut point = sum * random.random::<f64>();
                for (c, w) in touched.iter().filter_map(better) {
                    best = c;
                    point -= w;
                    if point < 0.0 {
                        break;
                    }
                }
            }
        }
        for c in touched.drain(..) {
            weight_to[c as usize] = 0.0;
        }
        if !alone
            && best_gain < 0.0
            && let Some(empty) = vacant.pop()
        {
            best = empty;
        }
        if best == own {
            continue;
        }
        moves += 1;
        totals[own as usize] = rest;
        totals[best as usize] += strength;
        sizes[own as usize] -= 1;
        sizes[best as usize] += 1;
        if alone {
            vacant.push(own);
        }
        labels[node as usize] = best;
        for &t in network.row(node).0 {
            if !queued[t as usize] && labels[t as usize] != best {
                queued[t as usize] = true;
                let slot = head + waiting;
                queue[if slot >= n { slot - n } else { slot }] = t;
                waiting += 1;
            }
        }
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::super::network::{Original, graph_and_labels, quality};
    use super::*;
    use crate::random::stream;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn moving_never_lowers_the_modularity(
            (graph, start) in graph_and_labels(), power in -3.0..6.0, seed in 0u64..1000, at_random: bool
        ) {
            // Up to the highest resolution, where the terms of a gain are a million times the edges.
            let gamma = crate::num::math::powf(10.0, power);
            let network = Original::new(&graph);
            let mut labels = start.clone();
            let mut scratch = Scratch::default();
            scratch.fit(network.n_nodes());
            let moves = move_nodes(&network, gamma, &mut labels, None, at_random, &mut stream(seed, 0), &mut scratch);
            let before = quality(&network, &start, gamma);
            let after = quality(&network, &labels, gamma);
            if moves == 0 {
                prop_assert_eq!(&labels, &start);
            } else {
                prop_assert!(after > before - 1e-12 * (1.0 + gamma), "{} {}", before, after);
                // A node moves a few times, and never in circles.
                prop_assert!(moves <= 20 * labels.len(), "{} moves of {} nodes", moves, labels.len());
            }
        }
    }

    #[test]
    fn a_node_without_reason_to_stay_goes_to_a_community_of_its_own() {
        // Two triangles in one community, at a resolution at which nobody wants company.
        let graph = crate::SimilarityGraph::from_edges(
            6,
            &[
                (0, 1, 1.0),
                (1, 2, 1.0),
                (0, 2, 1.0),
                (3, 4, 1.0),
                (4, 5, 1.0),
                (3, 5, 1.0),
            ],
        );
        let network = Original::new(&graph);
        let mut labels = vec![0; 6];
        let mut scratch = Scratch::default();
        scratch.fit(6);
        move_nodes(
            &network,
            10.0,
            &mut labels,
            None,
            false,
            &mut stream(1, 0),
            &mut scratch,
        );
        labels.sort_unstable();
        assert_eq!(labels, [0, 1, 2, 3, 4, 5]);
    }
}
