//! Passes of local moving over the levels of one run.

use super::local_moving::{Scratch, move_nodes};
use super::network::Network;
use super::parallel_moving::{LARGE, move_in_parallel};
use crate::random::{Random, stream};

/// Sweeps in which nodes of a large network are grouped. Those that come after change little but make groups larger than
/// needed: moving single nodes again on the way down finds more.
const MATCHING_PASSES: usize = 12;

/// What passes over the levels of one run have in common.
pub(super) struct Mover {
    pub(super) resolution: f64,
    pub(super) scratch: Scratch,
    /// Whether in the next pass each node's first move goes to a random better community instead of the best.
    pub(super) next_at_random: bool,
    seed: u64,
    streams: u64,
}

impl Mover {
    pub(super) fn new(resolution: f64, seed: u64) -> Self {
        Mover {
            resolution,
            scratch: Scratch::default(),
            next_at_random: false,
            seed,
            streams: 0,
        }
    }

    /// The next random stream of the run.
    pub(super) fn random(&mut self) -> Random {
        self.streams += 1;
        stream(self.seed, self.streams - 1)
    }

    /// Moves nodes in an order of its own, those of a large network in parallel; how many moves it took.
    ///
    /// `labels` as in [`move_nodes`].
    pub(super) fn pass<N: Network>(&mut self, network: &N, labels: &mut [u32]) -> usize {
        let mut random = self.random();
        if network.n_nodes() >= LARGE {
            self.next_at_random = false;
            return move_in_parallel(
                network,
                self.resolution,
                labels,
                None,
                None,
                usize::MAX,
                &mut random,
            );
        }
        self.scratch.fit(network.n_nodes());
        let at_random = std::mem::take(&mut self.next_at_random);
        let scratch = &mut self.scratch;
        move_nodes(
            network,
            self.resolution,
            labels,
            None,
            at_random,
            &mut random,
            scratch,
        )
    }

    /// [`Self::pass`] over a large network in which only the nodes `awake`, and those whose surroundings change, are
    /// looked at.
    pub(super) fn pass_awake<N: Network>(
        &mut self,
        network: &N,
        labels: &mut [u32],
        awake: &[bool],
    ) -> usize {
        let mut random = self.random();
        move_in_parallel(
            network,
            self.resolution,
            labels,
            None,
            Some(awake),
            usize::MAX,
            &mut random,
        )
    }

    /// Groups the nodes of a large network, without crossing `borders`: local moving from single nodes that ends
    /// before they rest.
    pub(super) fn gather<N: Network>(&mut self, network: &N, borders: Option<&[u32]>) -> Vec<u32> {
        let mut labels: Vec<u32> = (0..network.n_nodes() as u32).collect();
        let mut random = self.random();
        move_in_parallel(
            network,
            self.resolution,
            &mut labels,
            borders,
            None,
            MATCHING_PASSES,
            &mut random,
        );
        labels
    }

    /// Moves all nodes, from single ones, without crossing the borders of `communities`.
    pub(super) fn pass_inside<N: Network>(&mut self, network: &N, communities: &[u32]) -> Vec<u32> {
        if network.n_nodes() >= LARGE {
            return self.gather(network, Some(communities));
        }
        let mut labels: Vec<u32> = (0..network.n_nodes() as u32).collect();
        let mut random = self.random();
        self.scratch.fit(network.n_nodes());
        let scratch = &mut self.scratch;
        move_nodes(
            network,
            self.resolution,
            &mut labels,
            Some(communities),
            false,
            &mut random,
            scratch,
        );
        labels
    }
}
