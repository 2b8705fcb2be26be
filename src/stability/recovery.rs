//! How the groups of a division come back in another division of some of the nodes.

use super::customers::ascending_sample;
use super::{KEPT, in_batches};
use crate::Result;
use crate::partition::{Partition, contingency};
use crate::random::stream;

/// Samples of [`stability`](super::stability) are those of this seed, with that of the run.
pub(super) const SAMPLES: u64 = 0x7265_7361_6D70;

/// For each group of a division how well it comes back where a fifth of the customers is left out: the mean Jaccard similarity
/// with the most similar group of each of `n_resamples` samples, in \[0, 1\].
///
/// As [`Stability::segments`](super::Stability::segments) and on the same samples, for a division that was not found in a graph: `again`
/// divides the customers it is given, with a seed. 0 for a group of which no sample has a customer. `O(samples × again)`.
///
/// # Errors
/// Those of `again`.
pub fn recovery(
    whole: &Partition,
    n_resamples: usize,
    seed: u64,
    again: &(dyn Fn(&[u32], u64) -> Result<Partition> + Sync),
) -> Result<Vec<f64>> {
    let n = whole.len();
    let kept = ((n as f64 * KEPT).round() as usize).max(1);
    let mut sums = vec![(0.0, 0usize); whole.n_groups()];
    let seed = seed ^ SAMPLES;
    let one = |number: usize| {
        let customers = ascending_sample(n, kept, &mut stream(seed, number as u64));
        let found = again(&customers, seed.wrapping_add(number as u64))?;
        Ok(Overlap::of(whole, &customers, &found).best_jaccard(&found))
    };
    in_batches(n, n_resamples, one, |jaccard| {
        for (sum, found) in sums.iter_mut().zip(jaccard) {
            if let Some(found) = found {
                *sum = (sum.0 + found, sum.1 + 1);
            }
        }
    })?;
    Ok(sums
        .into_iter()
        .map(|(sum, times)| sum / times.max(1) as f64)
        .collect())
}

/// A division of all nodes beside another one of some of them.
pub(super) struct Overlap {
    /// Group of the whole, group of the other, how many nodes they share: where they share any, in this order.
    pub(super) shared: Vec<(u32, u32, usize)>,
    /// For each group of the whole how many of its members are among the nodes.
    pub(super) here: Vec<usize>,
}

impl Overlap {
    /// Of `whole` and of `again`, a division of `nodes`. `O(n log n)`.
    pub(super) fn of(whole: &Partition, nodes: &[u32], again: &Partition) -> Overlap {
        let restricted = whole.restricted(nodes);
        // Restricting may reorder groups by their sizes.
        let mut group_of = vec![0u32; restricted.n_groups()];
        for (&node, &label) in nodes.iter().zip(restricted.labels()) {
            group_of[label as usize] = whole.labels()[node as usize];
        }
        let mut here = vec![0; whole.n_groups()];
        for (&group, &size) in group_of.iter().zip(restricted.sizes()) {
            here[group as usize] = size;
        }
        let mut shared: Vec<(u32, u32, usize)> = contingency(&restricted, again)
            .into_iter()
            .map(|(mine, theirs, count)| (group_of[mine as usize], theirs, count))
            .collect();
        shared.sort_unstable();
        Overlap { shared, here }
    }

    /// For each group of the whole the Jaccard similarity with the most similar group of `again`; `None` where none of its
    /// members is there. Hennig, Comput. Stat. Data Anal. 52, 258 (2007).
    pub(super) fn best_jaccard(&self, again: &Partition) -> Vec<Option<f64>> {
        let mut best: Vec<Option<f64>> = vec![None; self.here.len()];
        for &(mine, theirs, count) in &self.shared {
            let either = self.here[mine as usize] + again.sizes()[theirs as usize] - count;
            let slot = &mut best[mine as usize];
            *slot = Some(slot.unwrap_or(0.0).max(count as f64 / either as f64));
        }
        best
    }

    /// For each group of `again` the group of the whole with which it shares most nodes, the lower of equals.
    pub(super) fn stands_for(&self, again: &Partition) -> Vec<u32> {
        let mut most = vec![(0, 0); again.n_groups()];
        for &(mine, theirs, count) in &self.shared {
            // In ascending order of groups of the whole: of equal counts the first stays.
            if count > most[theirs as usize].1 {
                most[theirs as usize] = (mine, count);
            }
        }
        most.into_iter().map(|(group, _)| group).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jaccard(whole: &[u32], nodes: &[u32], again: &[u32]) -> Vec<Option<f64>> {
        let again = Partition::from_labels(again);
        Overlap::of(&Partition::from_labels(whole), nodes, &again).best_jaccard(&again)
    }

    #[test]
    fn a_division_that_is_found_again_has_recovery_one_and_halves_of_a_group_less() -> Result<()> {
        let whole = Partition::from_labels(&(0..90).map(|i| i % 3).collect::<Vec<_>>());
        let same = recovery(&whole, 5, 1, &|nodes, _| Ok(whole.restricted(nodes)))?;
        assert_eq!(same, [1.0, 1.0, 1.0]);
        let halved = recovery(&whole, 5, 1, &|nodes, _| {
            let halves = nodes.iter().map(|&i| if i % 3 == 0 { 10 + i % 2 } else { i % 3 });
            Ok(Partition::from_labels(&halves.collect::<Vec<_>>()))
        })?;
        assert!(
            halved[0] > 0.45 && halved[0] < 0.7 && halved[1] == 1.0,
            "{halved:?}"
        );
        Ok(())
    }

    #[test]
    fn the_most_similar_group_counts_and_a_group_without_members_has_none() {
        // 0 and 1 together, 2 with 4 and 5.
        assert_eq!(
            jaccard(&[0, 0, 0, 0, 1, 1, 2], &[0, 1, 2, 4, 5], &[0, 0, 1, 1, 1]),
            [Some(2.0 / 3.0), Some(2.0 / 3.0), None]
        );
    }

    #[test]
    fn groups_keep_their_numbers_where_a_sample_turns_their_sizes_around() {
        assert_eq!(
            jaccard(&[0, 0, 0, 1, 1], &[0, 3, 4], &[0, 1, 1]),
            [Some(1.0), Some(1.0)]
        );
        assert_eq!(
            jaccard(&[0, 0, 0, 1, 1], &[0, 3, 4], &[0, 1, 2]),
            [Some(1.0), Some(0.5)]
        );
    }

    #[test]
    fn a_group_stands_for_the_one_it_shares_most_with_and_for_the_lower_of_equals() {
        let again = Partition::from_labels(&[0, 0, 0, 1, 1]);
        let overlap = Overlap::of(
            &Partition::from_labels(&[0, 0, 1, 0, 1]),
            &[0, 1, 2, 3, 4],
            &again,
        );
        assert_eq!(overlap.stands_for(&again), [0, 0]);
        assert_eq!(overlap.here, [3, 2]);
    }
}
