//! Rounds of moving over all levels: upwards until every community is one node, then down again.
//!
//! Louvain and Leiden differ in what becomes a node of the next level.

use super::connected::split_disconnected;
use super::local_moving::TOLERANCE;
use super::mover::Mover;
use super::network::{Aggregated, Network, aggregate, quality, renumber};
use super::refinement::refine;

/// A round without randomness has to raise the modularity by this much to be followed by another.
pub(super) const WORTH_ANOTHER_ROUND: f64 = 1e-4;

/// What becomes a node of the next level.
#[derive(Clone, Copy)]
pub(super) enum Parts {
    /// Each community: Louvain.
    Whole,
    /// What local moving finds inside each community, from single nodes: the smart local moving of Waltman and van
    /// Eck, Eur. Phys. J. B 86, 471 (2013).
    Found,
    /// What random merges build up inside each community: Leiden.
    Merged { randomness: f64, mean_weight: f64 },
}

impl Parts {
    /// Random merges with Leiden's usual randomness.
    pub(super) fn merged<N: Network>(network: &N) -> Parts {
        let entries: usize = (0..network.n_nodes() as u32)
            .map(|v| network.row(v).0.len())
            .sum();
        Parts::Merged {
            randomness: 0.01,
            // Each edge stands in two rows.
            mean_weight: network.total_strength() / entries.max(1) as f64,
        }
    }
}

/// Rounds until one raises the modularity by less than `worth`; every community is connected afterwards.
pub(super) fn rounds<N: Network>(
    network: &N,
    labels: &mut [u32],
    parts: Parts,
    worth: f64,
    mover: &mut Mover,
) {
    // What the sums behind a modularity may be wrong by: its terms are up to 1, and up to the resolution.
    let rounding = TOLERANCE * (1.0 + mover.resolution);
    let mut before = quality(network, labels, mover.resolution);
    loop {
        round(network, labels, parts, mover);
        split_disconnected(network, labels);
        let after = quality(network, labels, mover.resolution);
        // The difference is compared, since `worth` would vanish beside a large modularity and rounds never end.
        if after - before < worth.max(rounding) {
            break;
        }
        before = after;
    }
}

/// Moving, parts, aggregation, level by level; on the way down each level is moved once more.
pub(super) fn round<N: Network>(network: &N, labels: &mut [u32], parts: Parts, mover: &mut Mover) {
    let mut levels: Vec<Level> = Vec::new();
    let mut next = coarsen(network, labels, parts, mover);
    while let Some(mut level) = next {
        next = coarsen(&level.network, &mut level.labels, parts, mover);
        levels.push(level);
    }
    while let Some(Level {
        labels: above, place, ..
    }) = levels.pop()
    {
        let below = match levels.last_mut() {
            Some(lower) => &mut lower.labels[..],
            None => &mut *labels,
        };
        for (label, p) in below.iter_mut().zip(place) {
            *label = above[p as usize];
        }
        match levels.last_mut() {
            Some(lower) => {
                mover.pass(&lower.network, &mut lower.labels);
                renumber(&mut lower.labels);
            }
            None => {
                mover.pass(network, labels);
            }
        }
    }
}

/// A level: its network, the division it is in, and the node into which each node of the level below went.
struct Level {
    network: Aggregated,
    labels: Vec<u32>,
    place: Vec<u32>,
}

/// Moves the nodes of a level and makes the next one; `None` where every community is a single node.
fn coarsen<N: Network>(network: &N, labels: &mut [u32], parts: Parts, mover: &mut Mover) -> Option<Level> {
    let n = network.n_nodes();
    mover.pass(network, labels);
    let n_communities = renumber(labels);
    if n_communities == n {
        return None;
    }
    let mut place = match parts {
        Parts::Whole => labels.to_vec(),
        Parts::Found => mover.pass_inside(network, labels),
        Parts::Merged {
            randomness,
            mean_weight,
        } => refine(network, labels, randomness, mean_weight, mover),
    };
    let mut n_parts = renumber(&mut place);
    if n_parts == n {
        // Nothing inside holds together. Whole communities go up: the same network again would never end.
        place.copy_from_slice(labels);
        n_parts = n_communities;
    }
    let mut labels_above = vec![0; n_parts];
    for (&p, &c) in place.iter().zip(&*labels) {
        labels_above[p as usize] = c;
    }
    Some(Level {
        network: aggregate(network, &place, n_parts),
        labels: labels_above,
        place,
    })
}

#[cfg(test)]
mod tests {
    use super::super::network::{Original, graph_and_labels};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rounds_end_at_every_resolution_and_never_lower_the_modularity(
            (graph, start) in graph_and_labels(), power in -3.0..6.0, seed in 0u64..1000, merged: bool
        ) {
            let gamma = crate::num::math::powf(10.0, power);
            let network = Original::new(&graph);
            let parts = if merged { Parts::merged(&network) } else { Parts::Found };
            let mut labels = start.clone();
            rounds(&network, &mut labels, parts, WORTH_ANOTHER_ROUND, &mut Mover::new(gamma, seed));
            let (before, after) = (quality(&network, &start, gamma), quality(&network, &labels, gamma));
            prop_assert!(after >= before - 1e-12 * (1.0 + gamma), "{} {}", before, after);
        }
    }
}
