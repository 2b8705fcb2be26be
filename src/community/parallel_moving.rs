//! Local moving in parallel, the same for any number of threads.

use super::label_weights::LabelWeights;
use super::local_moving::{Communities, TOLERANCE};
use super::network::Network;
use crate::random::Random;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// From this many nodes on a network is moved in batches, in parallel; below, one node after the other is faster and
/// finds more.
pub(super) const LARGE: usize = 8192;
/// Nodes of consecutive numbers that stand together in the order of a pass: their rows lie side by side.
const RUN: usize = 32;
/// Nodes that one thread looks at in one go.
const PIECE: usize = 256;

/// A move that would have raised the modularity when its batch was frozen.
#[derive(Clone, Copy)]
struct Proposal {
    node: u32,
    /// [`ALONE`] for a community of its own.
    to: u32,
    weight_own: f64,
    weight_to: f64,
}

const ALONE: u32 = u32::MAX;

/// Different for every node, and unrelated to their order: along a path of ascending numbers the lowest number first
/// would let only one node move at a time.
fn precedence(node: u32) -> u32 {
    node.wrapping_mul(0x9E37_79B1)
}

/// What the passes of one call have in common.
struct ParallelMoving<'a, N> {
    network: &'a N,
    resolution: f64,
    borders: Option<&'a [u32]>,
    communities: Communities,
    /// The batch in which a node was looked at last.
    looked: Vec<u32>,
    /// The batch in which a node proposed last.
    proposed: Vec<u32>,
}

/// Moves nodes in batches until no surroundings change; how many moves it took.
///
/// `labels` may be any division with labels below the number of nodes; they are changed in place and may have gaps
/// afterwards. With `borders`, only edges inside its communities count. With `awake`, only nodes are looked at that it
/// names, and those whose surroundings change. No more than `most_passes` passes.
///
/// All nodes of a batch look at the same frozen division, in parallel. Of neighbors that both want to move only one
/// may, so that the edges it counted stand as it counted them; moves are then made one after the other, each
/// if it still raises the modularity given the moves before it. Who has to wait is looked at again in the next pass.
/// So every move raises the modularity, as in the sequential form.
pub(super) fn move_in_parallel<N: Network>(
    network: &N,
    resolution: f64,
    labels: &mut [u32],
    borders: Option<&[u32]>,
    awake: Option<&[bool]>,
    most_passes: usize,
    random: &mut Random,
) -> usize {
    let n = network.n_nodes();
    if network.total_strength() == 0.0 {
        return 0;
    }
    let mut moving = ParallelMoving::new(network, resolution, borders, labels);
    let mut order: Vec<u32> = (0..n.div_ceil(RUN) as u32).collect();
    order.shuffle(random);
    let nodes = |run: u32| (run as usize * RUN..(run as usize * RUN + RUN).min(n)).map(|v| v as u32);
    let mut waiting: Vec<u32> = order
        .iter()
        .flat_map(|&run| nodes(run))
        .filter(|&v| awake.is_none_or(|awake| awake[v as usize]))
        .collect();
    let batch_size = (n / 32).clamp(1024, 16384);
    let again: Vec<AtomicBool> = (0..n).map(|_| AtomicBool::new(false)).collect();
    let mut moves = 0;
    let mut batch_number = 0;
    for _ in 0..most_passes {
        let mut moved: Vec<(u32, u32)> = Vec::new();
        for batch in waiting.chunks(batch_size) {
            batch_number += 1;
            moving.move_batch(batch, batch_number, labels, &mut moved, &again);
        }
        moves += moved.len();
        moving.wake(&moved, labels, &again);
        waiting.clear();
        waiting.extend(
            order
                .iter()
                .flat_map(|&run| nodes(run))
                // A swap in one is locked, and waits, for every node.
                .filter(|&v| again[v as usize].load(Relaxed))
                .inspect(|&v| again[v as usize].store(false, Relaxed)),
        );
        if waiting.is_empty() {
            break;
        }
    }
    moves
}

impl<'a, N: Network> ParallelMoving<'a, N> {
    fn new(network: &'a N, resolution: f64, borders: Option<&'a [u32]>, labels: &[u32]) -> Self {
        let n = network.n_nodes();
        let mut communities = Communities::default();
        communities.count(labels, network.strengths());
        ParallelMoving {
            network,
            resolution,
            borders,
            communities,
            looked: vec![0; n],
            proposed: vec![0; n],
        }
    }

    fn move_batch(
        &mut self,
        batch: &[u32],
        number: u32,
        labels: &mut [u32],
        moved: &mut Vec<(u32, u32)>,
        again: &[AtomicBool],
    ) {
        let frozen: &[u32] = labels;
        let look = |sums: &mut LabelWeights, nodes: &[u32]| -> Vec<Proposal> {
            nodes
                .iter()
                .filter_map(|&v| self.propose(v, frozen, sums))
                .collect()
        };
        let pieces: Vec<Vec<Proposal>> = if batch.len() <= PIECE {
            vec![look(&mut LabelWeights::new(), batch)]
        } else {
            batch
                .par_chunks(PIECE)
                .map_init(LabelWeights::new, look)
                .collect()
        };
        for &v in batch {
            self.looked[v as usize] = number;
        }
        for proposal in pieces.iter().flatten() {
            self.proposed[proposal.node as usize] = number;
        }
        let free = |proposals: &Vec<Proposal>| -> Vec<bool> {
            proposals
                .iter()
                .map(|p| self.goes_first(p.node, number))
                .collect()
        };
        let free: Vec<Vec<bool>> = if batch.len() <= PIECE {
            pieces.iter().map(free).collect()
        } else {
            pieces.par_iter().map(free).collect()
        };
        for (&proposal, &free) in pieces.iter().flatten().zip(free.iter().flatten()) {
            if free && self.commit(proposal, labels) {
                moved.push((proposal.node, number));
            } else {
                again[proposal.node as usize].store(true, Relaxed);
            }
        }
    }

    fn propose(&self, node: u32, labels: &[u32], sums: &mut LabelWeights) -> Option<Proposal> {
        let own = labels[node as usize];
        sums.fit(self.network.row(node).0.len());
        let mut weight_own = 0.0;
        let mut count = |t: u32, w: f64| {
            let c = labels[t as usize];
            if c != own {
                sums.add(c, w);
            } else if t != node {
                weight_own += w;
            }
        };
        match self.borders {
            None => self.network.edges(node).for_each(|(t, w)| count(t, w)),
            Some(borders) => {
                let inside = borders[node as usize];
                let edges = self.network.edges(node);
                edges
                    .filter(|&(t, _)| borders[t as usize] == inside)
                    .for_each(|(t, w)| count(t, w));
            }
        }
        let (rate, tolerance) = self.rate_and_tolerance(node);
        let mut to = own;
        let rest = self
            .communities
            .rest(own, self.network.strengths()[node as usize]);
        let mut best = weight_own - rate * rest + tolerance;
        let mut weight_to = 0.0;
        sums.drain(|c, w| {
            let gain = w - rate * self.communities.totals[c as usize];
            // Ties stay put, then go to the lowest label.
            if gain > best || (gain == best && to != own && c < to) {
                to = c;
                best = gain;
                weight_to = w;
            }
        });
        if best < 0.0 && self.communities.sizes[own as usize] > 1 {
            to = ALONE;
            weight_to = 0.0;
        }
        (to != own).then_some(Proposal {
            node,
            to,
            weight_own,
            weight_to,
        })
    }

    /// Expected edges per strength of a community, and the least gain that is not rounding.
    fn rate_and_tolerance(&self, node: u32) -> (f64, f64) {
        let strength = self.network.strengths()[node as usize];
        (
            self.resolution * strength / self.network.total_strength(),
            TOLERANCE * (1.0 + self.resolution) * strength,
        )
    }

    /// Whether no neighbor of higher precedence proposed in this batch.
    fn goes_first(&self, node: u32, number: u32) -> bool {
        let own = precedence(node);
        let (targets, _) = self.network.row(node);
        !targets
            .iter()
            .any(|&t| self.proposed[t as usize] == number && precedence(t) < own)
    }

    fn commit(&mut self, proposal: Proposal, labels: &mut [u32]) -> bool {
        let Proposal {
            node,
            mut to,
            weight_own,
            weight_to,
        } = proposal;
        let own = labels[node as usize];
        let (rate, tolerance) = self.rate_and_tolerance(node);
        let strength = self.network.strengths()[node as usize];
        let rest = self.communities.rest(own, strength);
        let stay = weight_own - rate * rest;
        if to == ALONE {
            if stay + tolerance >= 0.0 || self.communities.sizes[own as usize] == 1 {
                return false;
            }
            let Some(empty) = self.communities.vacant.pop() else {
                return false;
            };
            to = empty;
        } else if weight_to - rate * self.communities.totals[to as usize] <= stay + tolerance {
            return false;
        }
        self.communities.transfer((own, rest), to, strength);
        labels[node as usize] = to;
        true
    }

    /// Marks the nodes that were looked at before a neighbor of another community moved.
    fn wake(&self, moved: &[(u32, u32)], labels: &[u32], again: &[AtomicBool]) {
        moved.par_iter().with_min_len(PIECE).for_each(|&(v, number)| {
            for &t in self.network.row(v).0 {
                if self.looked[t as usize] <= number && labels[t as usize] != labels[v as usize] {
                    again[t as usize].store(true, Relaxed);
                }
            }
        });
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
        fn batches_never_lower_the_modularity_and_keep_to_borders(
            (graph, start) in graph_and_labels(), power in -3.0..6.0, seed in 0u64..1000
        ) {
            let gamma = crate::num::math::powf(10.0, power);
            let network = Original::new(&graph);
            let mut labels = start.clone();
            let moves = move_in_parallel(&network, gamma, &mut labels, None, None, usize::MAX, &mut stream(seed, 0));
            let (before, after) = (quality(&network, &start, gamma), quality(&network, &labels, gamma));
            if moves == 0 {
                prop_assert_eq!(&labels, &start);
            } else {
                prop_assert!(after > before - 1e-12 * (1.0 + gamma), "{} {}", before, after);
                prop_assert!(moves <= 20 * labels.len(), "{} moves of {} nodes", moves, labels.len());
            }
            let mut parts: Vec<u32> = (0..labels.len() as u32).collect();
            move_in_parallel(&network, gamma, &mut parts, Some(&start), None, usize::MAX, &mut stream(seed, 0));
            for (v, &part) in parts.iter().enumerate() {
                prop_assert_eq!(start[v], start[part as usize]);
            }
        }
    }

    #[test]
    fn only_what_is_awake_and_what_it_wakes_is_moved() {
        // Two pairs, far apart.
        let graph = crate::SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (2, 3, 1.0)]);
        let network = Original::new(&graph);
        let mut labels = [0, 1, 2, 3];
        let awake = [true, false, false, false];
        assert_eq!(
            move_in_parallel(
                &network,
                1.0,
                &mut labels,
                None,
                Some(&awake),
                usize::MAX,
                &mut stream(1, 0)
            ),
            1
        );
        assert_eq!(labels, [1, 1, 2, 3]);
    }

    use crate::SimilarityGraph;

    /// A node between two triangles, tied to the first by `left` and to the second by `right`.
    fn between(left: f64, right: f64) -> SimilarityGraph {
        let triangles = [
            (1, 2, 1.0),
            (2, 3, 1.0),
            (1, 3, 1.0),
            (4, 5, 1.0),
            (5, 6, 1.0),
            (4, 6, 1.0),
        ];
        let own = [(0, 1, left), (0, 4, right)];
        SimilarityGraph::from_edges(7, &triangles.iter().chain(&own).copied().collect::<Vec<_>>())
    }

    fn proposed(
        graph: &SimilarityGraph,
        labels: &[u32],
        resolution: f64,
        borders: Option<&[u32]>,
    ) -> Option<u32> {
        let network = Original::new(graph);
        let moving = ParallelMoving::new(&network, resolution, borders, labels);
        let proposal = moving.propose(0, labels, &mut LabelWeights::new());
        proposal.map(|p| p.to)
    }

    #[test]
    fn a_node_proposes_the_community_that_gains_most_and_of_equals_the_lowest() {
        let alone = [0, 2, 2, 2, 1, 1, 1];
        assert_eq!(proposed(&between(2.0, 1.0), &alone, 1.0, None), Some(2));
        assert_eq!(proposed(&between(1.0, 2.0), &alone, 1.0, None), Some(1));
        assert_eq!(proposed(&between(1.0, 1.0), &alone, 1.0, None), Some(1));
        // In one of two that are as good it stays.
        assert_eq!(
            proposed(&between(1.0, 1.0), &[2, 2, 2, 2, 1, 1, 1], 1.0, None),
            None
        );
        // Behind a border is no reason to go.
        assert_eq!(
            proposed(&between(2.0, 3.0), &alone, 1.0, Some(&[0, 0, 0, 0, 1, 1, 1])),
            Some(2)
        );
        assert_eq!(
            proposed(&between(1.0, 2.0), &alone, 1.0, Some(&[0, 1, 1, 1, 1, 1, 1])),
            None
        );
        // Where all expect more than there is it goes by itself, unless it is.
        assert_eq!(
            proposed(&between(0.1, 0.1), &[2, 2, 2, 2, 1, 1, 1], 3.0, None),
            Some(ALONE)
        );
        assert_eq!(proposed(&between(0.1, 0.1), &alone, 3.0, None), None);
    }

    #[test]
    fn what_no_longer_gains_when_its_turn_comes_is_not_done() {
        let graph = between(2.0, 1.0);
        let network = Original::new(&graph);
        let mut labels = [0, 2, 2, 2, 1, 1, 1];
        let mut moving = ParallelMoving::new(&network, 1.0, None, &labels);
        let proposal = moving
            .propose(0, &labels, &mut LabelWeights::new())
            .expect("a gain");
        assert_eq!(
            (proposal.to, proposal.weight_own, proposal.weight_to),
            (2, 0.0, 2.0)
        );
        assert!(moving.commit(proposal, &mut labels));
        assert_eq!(labels[0], 2);
        // Done once it gains nothing.
        let again = Proposal {
            weight_own: 2.0,
            ..proposal
        };
        assert!(!moving.commit(again, &mut labels));
        // Being there is worth more than being alone, and one who is alone cannot leave.
        let leave = Proposal {
            to: ALONE,
            weight_own: 2.0,
            weight_to: 0.0,
            ..proposal
        };
        assert!(!moving.commit(leave, &mut labels));
        // 0.1 of 2 are tied to where it is: γ = 3 expects more.
        let graph = between(0.1, 0.1);
        let network = Original::new(&graph);
        let mut labels = [2, 2, 2, 2, 1, 1, 1];
        let mut moving = ParallelMoving::new(&network, 3.0, None, &labels);
        let leave = moving
            .propose(0, &labels, &mut LabelWeights::new())
            .expect("a gain");
        assert!(moving.commit(leave, &mut labels));
        assert!(labels[0] != 2 && labels[0] != 1);
        assert!(!moving.commit(leave, &mut labels), "it is alone now");
    }

    #[test]
    fn whoever_was_looked_at_before_a_neighbor_left_is_woken() {
        let graph = between(2.0, 1.0);
        let network = Original::new(&graph);
        let labels = [2, 2, 2, 2, 1, 1, 1];
        let mut moving = ParallelMoving::new(&network, 1.0, None, &labels);
        moving.looked = vec![1, 1, 1, 1, 1, 3, 3];
        let woken = |moving: &ParallelMoving<'_, _>, moved: &[(u32, u32)]| -> Vec<usize> {
            let again: Vec<AtomicBool> = (0..7).map(|_| AtomicBool::new(false)).collect();
            moving.wake(moved, &labels, &again);
            (0..7).filter(|&v| again[v].load(Relaxed)).collect()
        };
        // Of the neighbors of node 0 that is 4, who is in another community; those of its own have no reason to follow.
        assert_eq!(woken(&moving, &[(0, 2)]), [4]);
        moving.looked[4] = 2;
        assert_eq!(woken(&moving, &[(0, 2)]), [4]);
        moving.looked[4] = 3;
        assert!(woken(&moving, &[(0, 2)]).is_empty());
    }

    #[test]
    fn rounding_is_allowed_for_in_proportion_to_the_resolution() {
        // Strengths 3 of 18.
        let graph = between(2.0, 1.0);
        let network = Original::new(&graph);
        let moving = ParallelMoving::new(&network, 3.0, None, &[0; 7]);
        let (rate, tolerance) = moving.rate_and_tolerance(0);
        assert!((rate - 0.5).abs() < 1e-15 && (tolerance - 12.0 * TOLERANCE).abs() < 1e-24);
    }
}
