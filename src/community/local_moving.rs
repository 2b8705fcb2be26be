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
    communities: Communities,
    waiting: Waiting,
}

impl Scratch {
    /// Makes room for `n` nodes.
    pub(super) fn fit(&mut self, n: usize) {
        if self.weight_to.len() < n {
            self.weight_to.resize(n, 0.0);
        }
    }
}

/// What each community holds.
#[derive(Default)]
pub(super) struct Communities {
    pub(super) totals: Vec<f64>,
    pub(super) sizes: Vec<u32>,
    /// Labels that nobody has, the lowest last.
    pub(super) vacant: Vec<u32>,
}

impl Communities {
    pub(super) fn count(&mut self, labels: &[u32], strengths: &[f64]) {
        let n = labels.len();
        self.totals.clear();
        self.totals.resize(n, 0.0);
        self.sizes.clear();
        self.sizes.resize(n, 0);
        for (&c, &strength) in labels.iter().zip(strengths) {
            self.totals[c as usize] += strength;
            self.sizes[c as usize] += 1;
        }
        self.vacant.clear();
        let empty = (0..n as u32).rev().filter(|&c| self.sizes[c as usize] == 0);
        self.vacant.extend(empty);
    }

    /// The strength of a community without one of its nodes.
    #[inline(always)]
    pub(super) fn rest(&self, community: u32, strength: f64) -> f64 {
        if self.sizes[community as usize] == 1 {
            0.0
        } else {
            self.totals[community as usize] - strength
        }
    }

    /// A node of this strength leaves a community, of which `rest` stays, for another.
    #[inline(always)]
    pub(super) fn transfer(&mut self, (from, rest): (u32, f64), to: u32, strength: f64) {
        self.totals[from as usize] = rest;
        self.totals[to as usize] += strength;
        self.sizes[from as usize] -= 1;
        self.sizes[to as usize] += 1;
        if self.sizes[from as usize] == 0 {
            self.vacant.push(from);
        }
    }
}

/// Nodes to be looked at, first come, first served, each at most once.
#[derive(Default)]
struct Waiting {
    /// As long as there are nodes: it never overflows.
    ring: Vec<u32>,
    is_in: Vec<bool>,
    head: usize,
    len: usize,
}

impl Waiting {
    /// Everybody, in random order.
    fn all(&mut self, n: usize, random: &mut Random) {
        self.ring.clear();
        self.ring.extend(0..n as u32);
        self.ring.shuffle(random);
        self.is_in.clear();
        self.is_in.resize(n, true);
        (self.head, self.len) = (0, n);
    }

    #[inline(always)]
    fn next(&mut self) -> Option<u32> {
        if self.len == 0 {
            return None;
        }
        let node = self.ring[self.head];
        self.head = if self.head + 1 == self.ring.len() {
            0
        } else {
            self.head + 1
        };
        self.len -= 1;
        self.is_in[node as usize] = false;
        Some(node)
    }

    #[inline(always)]
    fn push(&mut self, node: u32) {
        if self.is_in[node as usize] {
            return;
        }
        self.is_in[node as usize] = true;
        let (slot, n) = (self.head + self.len, self.ring.len());
        self.ring[if slot >= n { slot - n } else { slot }] = node;
        self.len += 1;
    }
}

/// What the node at hand adds to the modularity in each community beside it.
struct Gains<'a> {
    weight_to: &'a [f64],
    touched: &'a [u32],
    totals: &'a [f64],
    /// Its community, and the gain of staying there.
    own: u32,
    stay: f64,
    /// What a unit of a community's strength costs.
    rate: f64,
    /// A move has to gain more than this.
    tolerance: f64,
}

impl Gains<'_> {
    #[inline(always)]
    fn of(&self, community: u32) -> f64 {
        self.weight_to[community as usize] - self.rate * self.totals[community as usize]
    }

    /// The community of the greatest gain, and that gain. Ties stay put, then go to the lowest label.
    #[inline(always)]
    fn best(&self) -> (u32, f64) {
        let mut best = (self.own, self.stay + self.tolerance);
        for &c in self.touched {
            let gain = self.of(c);
            if c != self.own && (gain > best.1 || (gain == best.1 && best.0 != self.own && c < best.0)) {
                best = (c, gain);
            }
        }
        best
    }

    /// One of the communities that gain, with a chance proportional to the edges; `best` where rounding leaves none.
    fn drawn(&self, best: u32, random: &mut Random) -> u32 {
        let better = |&c: &u32| {
            (c != self.own && self.of(c) > self.stay + self.tolerance)
                .then(|| (c, self.weight_to[c as usize]))
        };
        let sum: f64 = self.touched.iter().filter_map(better).map(|(_, w)| w).sum();
        let mut point = sum * random.random::<f64>();
        let mut drawn = best;
        for (c, w) in self.touched.iter().filter_map(better) {
            drawn = c;
            point -= w;
            if point < 0.0 {
                break;
            }
        }
        drawn
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
        communities,
        waiting,
    } = scratch;
    communities.count(labels, strengths);
    waiting.all(n, random);
    let mut first_looks = if at_random { n } else { 0 };
    let mut moves = 0;
    while let Some(node) = waiting.next() {
        weigh(network, node, labels, borders, weight_to, touched);
        let (own, strength) = (labels[node as usize], strengths[node as usize]);
        let rate = resolution * strength / total;
        let alone = communities.sizes[own as usize] == 1;
        let rest = communities.rest(own, strength);
        let gains = Gains {
            weight_to,
            touched,
            totals: &communities.totals,
            own,
            stay: weight_to[own as usize] - rate * rest,
            rate,
            tolerance: TOLERANCE * (1.0 + resolution) * strength,
        };
        let (mut best, gain) = gains.best();
        if first_looks > 0 {
            first_looks -= 1;
            if best != own {
                best = gains.drawn(best, random);
            }
        }
        for c in touched.drain(..) {
            weight_to[c as usize] = 0.0;
        }
        if !alone
            && gain < 0.0
            && let Some(empty) = communities.vacant.pop()
        {
            best = empty;
        }
        if best == own {
            continue;
        }
        moves += 1;
        communities.transfer((own, rest), best, strength);
        labels[node as usize] = best;
        for &t in network.row(node).0 {
            if labels[t as usize] != best {
                waiting.push(t);
            }
        }
    }
    moves
}

/// The weight of a node's edges to each community, inside `borders` where there are any.
#[inline(always)]
pub(super) fn weigh<N: Network>(
    network: &N,
    node: u32,
    labels: &[u32],
    borders: Option<&[u32]>,
    weight_to: &mut [f64],
    touched: &mut Vec<u32>,
) {
    for (t, w) in network.edges(node) {
        if t != node && borders.is_none_or(|b| b[t as usize] == b[node as usize]) {
            let c = labels[t as usize];
            if weight_to[c as usize] == 0.0 {
                touched.push(c);
            }
            weight_to[c as usize] += w;
        }
    }
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

    /// What a node of community 2 of five gains: the weight to each, less half of its strength.
    fn gains<'a>(weight_to: &'a [f64], touched: &'a [u32], stay: f64, tolerance: f64) -> Gains<'a> {
        Gains {
            weight_to,
            touched,
            totals: &[2.0; 5],
            own: 2,
            stay,
            rate: 0.5,
            tolerance,
        }
    }

    #[test]
    fn the_greatest_gain_is_taken_of_equals_the_lowest_label_and_staying_before_all() {
        let touched = [4, 2, 0, 3];
        // Gains of 0.5, 0 (its own), 0.5 and 1.
        let weights = [1.5, 0.0, 9.0, 2.0, 1.5];
        assert_eq!(gains(&weights, &touched, 0.0, 0.1).best(), (3, 1.0));
        assert_eq!(gains(&weights, &touched, 0.4, 0.1).best(), (3, 1.0));
        // Nothing above what it has, or by no more than rounding.
        assert_eq!(gains(&weights, &touched, 1.0, 0.0).best(), (2, 1.0));
        assert_eq!(gains(&weights, &touched, 0.9, 0.25).best(), (2, 1.15));
        let equal = [1.5, 0.0, 9.0, 0.0, 1.5];
        assert_eq!(gains(&equal, &touched, 0.0, 0.1).best(), (0, 0.5));
        assert_eq!(gains(&equal, &[0, 2, 4], 0.0, 0.1).best(), (0, 0.5));
    }

    #[test]
    fn communities_that_gain_are_drawn_by_their_edges() {
        // 0, 3 and 4 gain, with weights of 1.5, 3 and 1.5; 1 gains nothing, and its own is none.
        let weights = [1.5, 1.0, 9.0, 3.0, 1.5];
        let touched = [4, 1, 2, 0, 3];
        let mut random = stream(3, 0);
        let mut drawn = [0; 5];
        for _ in 0..4000 {
            drawn[gains(&weights, &touched, 0.0, 0.1).drawn(3, &mut random) as usize] += 1;
        }
        assert_eq!((drawn[1], drawn[2]), (0, 0));
        // 1,000, 2,000 and 1,000, with standard deviations of 27 and 32.
        assert!(
            (880..1120).contains(&drawn[0]) && (880..1120).contains(&drawn[4]),
            "{drawn:?}"
        );
        assert!((1870..2130).contains(&drawn[3]), "{drawn:?}");
        // None gains: what was best before rounding.
        assert_eq!(gains(&weights, &touched, 5.0, 0.1).drawn(3, &mut random), 3);
    }
}
