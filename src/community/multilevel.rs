//! Large networks: solved on a network of small groups, then refined from level to level.
//!
//! Groups of few nodes first, moves of single nodes last: coarsening in small steps and refining on the way back finds
//! as much as moving single nodes until they rest on the way up, for a fraction of the time. Rotta and Noack, ACM J.
//! Exp. Algorithmics 16, 2.3 (2011).

use super::connected::split_disconnected;
use super::heavy_edge_matching::{heaviest_edges_close_triangles, match_heavy_edges};
use super::leiden::iterations;
use super::levels::{Parts, WORTH_ANOTHER_ROUND, round, rounds};
use super::mover::Mover;
use super::network::{Aggregated, Network, aggregate, quality, renumber};
use super::parallel_moving::LARGE;
use rand::RngExt;
use rayon::prelude::*;

/// Searches on the top network, the best of which goes down: they are small and run side by side.
const TRIES: u64 = 2;

/// How the network at the top is searched.
#[derive(Clone, Copy)]
pub(super) enum Search {
    /// Rounds over whole communities, then, as closing rounds, over parts of them.
    Louvain {
        /// Whether there are closing rounds.
        closing_rounds: bool,
    },
    /// Iterations over the parts that random merges build.
    Leiden(Parts),
}

/// How the nodes of a level are grouped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gather {
    /// Along the heaviest edge of each node: one look at each edge.
    Heaviest,
    /// By moving single nodes.
    Moved,
}

/// The networks above a large one, each of groups of the one below; the last has fewer than [`LARGE`] nodes, where
/// the nodes can be grouped at all.
pub(super) struct Hierarchy {
    levels: Vec<Level>,
}

/// A network, and the node of it into which each node of the level below went.
struct Level {
    network: Aggregated,
    place: Vec<u32>,
}

/// Communities of a large network, from single nodes. Every community is connected afterwards.
pub(super) fn improve_large<N: Network>(network: &N, labels: &mut [u32], search: Search, mover: &mut Mover) {
    if heaviest_edges_close_triangles(network) {
        let multilevel = Hierarchy::new(network, Gather::Heaviest, mover);
        let mut quick = labels.to_vec();
        let moves = multilevel.solve(network, &mut quick, search, mover);
        // Many moves of single nodes: the groups were not what belongs together.
        if moves * 8 <= network.n_nodes() {
            labels.copy_from_slice(&quick);
            split_disconnected(network, labels);
            return;
        }
    }
    let multilevel = Hierarchy::new(network, Gather::Moved, mover);
    multilevel.solve(network, labels, search, mover);
    split_disconnected(network, labels);
}

impl Hierarchy {
    /// Groups nodes level by level. `O(m)` per level.
    pub(super) fn new<N: Network>(network: &N, gather: Gather, mover: &mut Mover) -> Self {
        let mut levels: Vec<Level> = Vec::new();
        let mut next = coarsen(network, gather, mover);
        while let Some(level) = next {
            next = coarsen(&level.network, gather, mover);
            levels.push(level);
        }
        Hierarchy { levels }
    }

    /// Searches the top network and moves the nodes of each level on the way down; how many moves the lowest took.
    fn solve<N: Network>(&self, network: &N, labels: &mut [u32], search: Search, mover: &mut Mover) -> usize {
        let Some(top) = self.levels.last() else {
            search.run(network, labels, mover);
            return 0;
        };
        let above = best_try(&top.network, search, mover);
        self.uncoarsen(network, above, labels, search, mover)
    }

    /// The network of the largest groups; `None` where no nodes go together.
    pub(super) fn top(&self) -> Option<&Aggregated> {
        self.levels.last().map(|level| &level.network)
    }

    /// Takes a division of the top network down, moving the nodes of each level; how many moves the lowest took. A
    /// closing round goes over the lower ones of the networks of groups, as far as they are small.
    pub(super) fn uncoarsen<N: Network>(
        &self,
        network: &N,
        mut above: Vec<u32>,
        labels: &mut [u32],
        search: Search,
        mover: &mut Mover,
    ) -> usize {
        for (i, level) in self.levels.iter().enumerate().rev() {
            let awake = level.beside_others(&above);
            let mut below: Vec<u32> = level.place.iter().map(|&p| above[p as usize]).collect();
            let Some(lower) = i.checked_sub(1) else {
                labels.copy_from_slice(&below);
                return mover.pass_awake(network, labels, &awake);
            };
            let network = &self.levels[lower].network;
            mover.pass_awake(network, &mut below, &awake);
            let parts = search.parts_at_the_end(network);
            if let Some(parts) = parts.filter(|_| network.n_nodes() < 2 * LARGE) {
                renumber(&mut below);
                round(network, &mut below, parts, mover);
            }
            above = below;
        }
        0
    }
}

impl Search {
    fn run<N: Network>(self, network: &N, labels: &mut [u32], mover: &mut Mover) {
        match self {
            Search::Louvain { closing_rounds } => {
                round(network, labels, Parts::Whole, mover);
                if closing_rounds {
                    let parts = Parts::merged(network);
                    rounds(network, labels, parts, WORTH_ANOTHER_ROUND, mover);
                }
            }
            Search::Leiden(parts) => iterations(network, labels, parts, mover),
        }
    }

    /// The parts of a closing round; `None` where there is none.
    fn parts_at_the_end<N: Network>(self, network: &N) -> Option<Parts> {
        match self {
            Search::Louvain { closing_rounds } => closing_rounds.then(|| Parts::merged(network)),
            Search::Leiden(parts) => Some(parts),
        }
    }
}

impl Level {
    /// For each node below whether its group has an edge to another community: the others have no reason to move.
    fn beside_others(&self, labels: &[u32]) -> Vec<bool> {
        let beside: Vec<bool> = (0..self.network.n_nodes() as u32)
            .into_par_iter()
            .with_min_len(256)
            .map(|g| {
                self.network
                    .row(g)
                    .0
                    .iter()
                    .any(|&t| labels[t as usize] != labels[g as usize])
            })
            .collect();
        self.place.iter().map(|&p| beside[p as usize]).collect()
    }
}

/// The best of some searches of a network, from single nodes.
fn best_try(network: &Aggregated, search: Search, mover: &mut Mover) -> Vec<u32> {
    let resolution = mover.resolution;
    let seed: u64 = mover.random().random();
    let mut tries: Vec<(f64, Vec<u32>)> = (0..TRIES)
        .into_par_iter()
        .map(|i| {
            let mut labels: Vec<u32> = (0..network.n_nodes() as u32).collect();
            let mut mover = Mover::new(resolution, seed.wrapping_add(i));
            search.run(network, &mut labels, &mut mover);
            (quality(network, &labels, resolution), labels)
        })
        .collect();
    // Stable: of equals the first.
    tries.sort_by(|a, b| b.0.total_cmp(&a.0));
    tries.swap_remove(0).1
}

/// The next level; `None` where the network is small, or hardly any nodes go together.
fn coarsen<N: Network>(network: &N, gather: Gather, mover: &mut Mover) -> Option<Level> {
    let n = network.n_nodes();
    if n < LARGE {
        return None;
    }
    let mut place = match gather {
        Gather::Heaviest => match_heavy_edges(network, mover),
        Gather::Moved => mover.gather(network, None),
    };
    let n_groups = renumber(&mut place);
    if n_groups > n / 10 * 9 {
        return None;
    }
    let network = aggregate(network, &place, n_groups);
    Some(Level { network, place })
}
