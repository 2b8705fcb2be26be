//! What an exact search would cost, and how much of it an approximate one found: by a sample.

use crate::neighbors::Recall;
use crate::neighbors::approximate::join::Blocks;
use crate::neighbors::exact::kd_tree::LEAF;
use crate::neighbors::exact::tree_search::TreeSearch;
use rayon::prelude::*;

/// Leaves of the kd-tree whose points make the sample.
pub(in crate::neighbors) const SAMPLED_LEAVES: usize = 32;

/// The exact lists of the points of some leaves, evenly spread over space.
pub(in crate::neighbors) struct Sample {
    /// Positions of the points in the order of the leaves.
    positions: Vec<usize>,
    /// k per point.
    neighbors: Vec<u32>,
    k: usize,
    /// Distances that the exact search of all computes, by what those of the sample took.
    pub(in crate::neighbors) work: f64,
}

impl Sample {
    pub(in crate::neighbors) fn ask(tree: &TreeSearch<'_>, n: usize, k: usize) -> Self {
        let all = tree.n_leaves();
        let asked = SAMPLED_LEAVES.min(all);
        let found: Vec<(usize, Vec<u32>, u64)> = (0..asked)
            .into_par_iter()
            .map_init(
                || tree.room(),
                |room, i| {
                    let leaf = (2 * i + 1) * all / (2 * asked);
                    let here = (n - leaf * LEAF).min(LEAF);
                    let mut targets = vec![0; here * k];
                    let mut lengths = vec![0.0; here * k];
                    let compared = tree.leaf(leaf, room, &mut targets, &mut lengths);
                    (leaf * LEAF, targets, compared)
                },
            )
            .collect();
        let compared: u64 = found.iter().map(|(_, _, compared)| compared).sum();
        Sample {
            positions: found
                .iter()
                .flat_map(|(first, targets, _)| *first..first + targets.len() / k)
                .collect(),
            neighbors: found
                .iter()
                .flat_map(|(_, targets, _)| targets)
                .copied()
                .collect(),
            k,
            work: (compared * LEAF as u64) as f64 * all as f64 / asked as f64,
        }
    }

    /// The share of the sample's neighbors among the first k of the lists.
    pub(in crate::neighbors) fn share(&self, lists: Blocks<'_>, order: &[u32]) -> f64 {
        let listed = |position, neighbor| {
            lists.of(position)[..self.k]
                .iter()
                .any(|&entry| order.get(entry as u32 as usize) == Some(&neighbor))
        };
        self.recall(listed).share
    }

    /// The share of the sample's neighbors that are listed.
    pub(in crate::neighbors) fn recall(&self, lists: impl Fn(usize, u32) -> bool) -> Recall {
        let found = self.positions.iter().zip(self.neighbors.chunks_exact(self.k));
        let listed: usize = found
            .map(|(&position, neighbors)| neighbors.iter().filter(|&&q| lists(position, q)).count())
            .sum();
        Recall {
            share: listed as f64 / self.neighbors.len() as f64,
            n_points: self.positions.len(),
        }
    }
}
