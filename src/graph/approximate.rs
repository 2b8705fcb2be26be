//! The nearest neighbors of every point, nearly all of them, and how many that are.
//!
//! The lists begin with the leaves of a few trees ([`plant`]) and are improved in rounds ([`Descent`]). After each round
//! they are compared with the exact lists of a sample, which also tell what the exact search of all would cost.

use super::Recall;
use super::descent::{Descent, MOST_POINTS};
use super::exact::{Candidate, Rows, key};
use super::forest::plant;
use super::join::Lists;
use super::kd_tree::{LEAF, in_order, order_in_space};
use super::tree_search::{self, TreeSearch, places, unsorted, write};
use crate::features::Distance;
use rayon::prelude::*;

/// Differences of coordinates that an exact search may take: about half a minute on two cores.
pub(super) const AFFORDABLE: f64 = 1.5e12;

/// The share of the true neighbors at which no further round is made.
const GOAL: f64 = 0.98;

/// The share below which approximate lists are not taken unless they were asked for.
const FLOOR: f64 = 0.95;

/// A round that adds less than this to the share is the last.
const SETTLED: f64 = 0.002;

const MOST_ROUNDS: usize = 12;

/// Random trees to begin with, beside the kd-tree.
const TREES: usize = 5;

const SEED: u64 = 0x6E65_6172;

/// Leaves of the kd-tree whose points make the sample.
const SAMPLED_LEAVES: usize = 32;

/// Neighbors above which the sorted lists are too long.
pub(super) const MOST_NEIGHBORS: usize = 128;

/// Targets and distances in the order of the rows; the recall where they are approximate.
pub(super) type Found = (Vec<u32>, Vec<f32>, Option<Recall>);

/// The k nearest other rows of each row, exactly where that takes at most `affordable` differences of coordinates, else
/// approximately if that succeeds; without `affordable` approximately anyway. The rows are distinct, there are more than
/// k, and k is at most [`MOST_NEIGHBORS`].
pub(super) fn search(rows: Rows<'_>, distance: Distance, k: usize, affordable: Option<f64>) -> Found {
    let exactly = || {
        let (targets, lengths) = tree_search::search(rows, distance, k);
        (targets, lengths, None)
    };
    let n = rows.n();
    let is_affordable = |distances: f64| affordable.is_some_and(|most| distances * rows.d as f64 <= most);
    if n >= MOST_POINTS || is_affordable(n as f64 * n as f64) {
        return exactly();
    }
    let order = order_in_space(rows);
    let mut sorted = in_order(rows, &order);
    let unscaled = Rows {
        values: &sorted,
        d: rows.d,
    };
    let scale = unscaled.scale();
    let tree = TreeSearch::new(unscaled, &order, distance, k);
    let sample = Sample::ask(&tree, n, k);
    if is_affordable(sample.work) {
        let (targets, lengths) = tree.everybody();
        drop(tree);
        let (targets, lengths) = unsorted(targets, lengths, &order, k);
        return (targets, lengths, None);
    }
    drop(tree);
    sorted
        .par_iter_mut()
        .for_each(|x| *x = (f64::from(*x) * scale) as f32);
    let scaled = Rows {
        values: &sorted,
        d: rows.d,
    };
    let mut lists = descended(scaled, distance, k, &sample, &order);
    drop(sorted);
    // Possible only where there are hardly more points than neighbors.
    if !lists.have(k) {
        return exactly();
    }
    let (targets, lengths) = measured(rows, distance, k, &order, &mut lists);
    let recall =
        sample.recall(|position, neighbor| targets[order[position] as usize * k..][..k].contains(&neighbor));
    if affordable.is_some() && recall.share < FLOOR {
        drop((targets, lengths, lists));
        return exactly();
    }
    (targets, lengths, Some(recall))
}

/// Lists as good as rounds make them. Some are kept beyond k: ways to neighbors lead over them.
fn descended(rows: Rows<'_>, distance: Distance, k: usize, sample: &Sample, order: &[u32]) -> Lists {
    let mut lists = Lists::new(rows.n(), (k + 9).next_multiple_of(8));
    plant(rows, distance, TREES, SEED, &lists);
    let mut descent = Descent::new(rows, distance, &lists);
    let mut share = 0.0;
    for _ in 0..MOST_ROUNDS {
        let before = share;
        let blocks = lists.blocks();
        share = sample
            .recall(|position, neighbor| {
                blocks.of(position)[..k]
                    .iter()
                    .any(|&entry| order.get(entry as u32 as usize) == Some(&neighbor))
            })
            .share;
        if share >= GOAL || share - before < SETTLED {
            break;
        }
        descent.round(&mut lists);
    }
    lists
}

/// The k nearest of each list, measured exactly.
fn measured(
    rows: Rows<'_>,
    distance: Distance,
    k: usize,
    order: &[u32],
    lists: &mut Lists,
) -> (Vec<u32>, Vec<f32>) {
    let place = places(order);
    let blocks = lists.blocks();
    let mut targets = vec![0u32; order.len() * k];
    let mut lengths = vec![0f32; order.len() * k];
    targets
        .par_chunks_mut(k)
        .zip(lengths.par_chunks_mut(k))
        .zip(&place)
        .enumerate()
        .for_each_init(
            Vec::new,
            |candidates: &mut Vec<Candidate>, (i, ((targets, lengths), &place))| {
                candidates.clear();
                let entries = blocks.of(place as usize).iter();
                candidates.extend(entries.filter_map(|&entry| {
                    let index = *order.get(entry as u32 as usize)?;
                    let key = key(distance, rows.row(i), rows.row(index as usize));
                    Some(Candidate { key, index })
                }));
                candidates.sort_unstable();
                write(distance, &candidates[..k], targets, lengths);
            },
        );
    (targets, lengths)
}

/// The exact lists of the points of some leaves, evenly spread over space.
struct Sample {
    /// Positions of the points in the order of the leaves.
    positions: Vec<usize>,
    /// k per point.
    neighbors: Vec<u32>,
    k: usize,
    /// Distances that the exact search of all computes, by what those of the sample took.
    work: f64,
}

impl Sample {
    fn ask(tree: &TreeSearch<'_>, n: usize, k: usize) -> Self {
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

    /// The share of the sample's neighbors that are listed.
    fn recall(&self, lists: impl Fn(usize, u32) -> bool) -> Recall {
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
