//! Who a point shares neighbors with.

use crate::graph::csr::{REGION, ReverseNeighbors};
use crate::num::lanes::{Kernel, Lanes, WIDTH, dispatch};
use rayon::prelude::*;

/// Fills neighbor sets up to whole groups. No point has this number.
const NOBODY: u32 = u32::MAX;

/// Groups that are fetched in one go.
const FETCHED: usize = 32;

/// N⁺ of each point, its neighbors and itself, ascending.
pub(super) struct NeighborSets {
    size: usize,
    /// Groups of [`WIDTH`] members per neighbor set.
    groups: usize,
    members: Vec<[u32; WIDTH]>,
}

impl NeighborSets {
    /// The neighbor sets of `u` points with `k` neighbors each, from who lists whom: read by rising neighbor, they fill in
    /// order, for a fraction of the time that sorting each takes. `O(u k)`.
    pub(super) fn new(back: &ReverseNeighbors, k: usize, u: usize) -> Self {
        let size = k + 1;
        let groups = size.div_ceil(WIDTH);
        let mut members = vec![[NOBODY; WIDTH]; u * groups];
        members
            .par_chunks_mut(REGION * groups)
            .enumerate()
            .for_each(|(region, members)| {
                let first = region * REGION;
                let members = members.as_flattened_mut();
                let mut filled = vec![0u32; members.len() / (groups * WIDTH)];
                let mut put = |p: u32, q: u32| {
                    let p = (p as usize).wrapping_sub(first);
                    if let Some(filled) = filled.get_mut(p) {
                        members[p * groups * WIDTH + *filled as usize] = q;
                        *filled += 1;
                    }
                };
                for q in 0..u as u32 {
                    put(q, q);
                    back.of(q).iter().for_each(|&p| put(p, q));
                }
            });
        NeighborSets {
            size,
            groups,
            members,
        }
    }

    /// The members of the neighbor set of p, ascending.
    pub(super) fn of(&self, p: u32) -> &[u32] {
        &self.groups_of(p).as_flattened()[..self.size]
    }

    #[inline(always)]
    fn groups_of(&self, p: u32) -> &[[u32; WIDTH]] {
        &self.members[p as usize * self.groups..(p as usize + 1) * self.groups]
    }

    /// Writes |N⁺(p) ∩ N⁺(q)| / |N⁺(p) ∪ N⁺(q)| for each q.
    pub(super) fn jaccard(&self, p: u32, others: &[u32], weights: &mut [f32]) {
        dispatch(Common {
            neighbor_sets: self,
            p,
            others,
            weights,
        });
    }
}

struct Common<'a> {
    neighbor_sets: &'a NeighborSets,
    p: u32,
    others: &'a [u32],
    weights: &'a mut [f32],
}

impl Kernel for Common<'_> {
    type Output = ();

    /// Each group of one neighbor set against each group of the other, all members at once: for the 16 members that 15
    /// neighbors make, sixteen comparisons without a branch.
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let neighbor_sets = self.neighbor_sets;
        let own = neighbor_sets.groups_of(self.p);
        // Neighbor sets lie far apart in memory. Copied first, they are fetched side by side instead of one after the other.
        let mut fetched = [[NOBODY; WIDTH]; FETCHED];
        let round = (FETCHED / neighbor_sets.groups).max(1);
        for (weights, others) in self.weights.chunks_mut(round).zip(self.others.chunks(round)) {
            if neighbor_sets.groups == 1 {
                // Of a length known here, a copy is one load and one store.
                for (to, &q) in fetched.iter_mut().zip(others) {
                    *to = neighbor_sets.members[q as usize];
                }
            } else if neighbor_sets.groups <= FETCHED {
                for (to, &q) in fetched.chunks_exact_mut(neighbor_sets.groups).zip(others) {
                    to.copy_from_slice(neighbor_sets.groups_of(q));
                }
            }
            for (at, (weight, &q)) in weights.iter_mut().zip(others).enumerate() {
                let other = if neighbor_sets.groups <= FETCHED {
                    &fetched[at * neighbor_sets.groups..(at + 1) * neighbor_sets.groups]
                } else {
                    neighbor_sets.groups_of(q)
                };
                let common = common(l, neighbor_sets.size, own, other);
                *weight = (common as f64 / (2 * neighbor_sets.size - common) as f64) as f32;
            }
        }
    }
}

/// How many members two neighbor sets of one size share.
#[inline(always)]
fn common<L: Lanes>(l: L, size: usize, own: &[[u32; WIDTH]], other: &[[u32; WIDTH]]) -> usize {
    let mut common = 0;
    for (at, group) in own.iter().enumerate() {
        let mine = l.load_u(group);
        // NOBODY is not common.
        let taken = (size - at * WIDTH).min(WIDTH);
        let mut seen = l.nowhere();
        for theirs in other {
            if theirs[0] > group[taken - 1] {
                break;
            }
            if theirs[WIDTH - 1] < group[0] {
                continue;
            }
            for &member in theirs {
                seen = l.seen(seen, mine, l.splat_u(member));
            }
        }
        common += (l.bits(seen) & (u32::MAX >> (32 - taken as u32))).count_ones() as usize;
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::csr::reverse_neighbors;
    use crate::random::stream;
    use rand::seq::index;
    use std::collections::BTreeSet;

    fn neighbor_sets(lists: &[&[u32]]) -> NeighborSets {
        let k = lists[0].len();
        NeighborSets::new(
            &reverse_neighbors(&lists.concat(), k, lists.len()),
            k,
            lists.len(),
        )
    }

    #[test]
    fn linked_points_without_common_neighbors_have_each_other_in_common() {
        // N⁺ of 0 and 3 are {0, 1, 2} and {0, 3, 4}; 5 and 6 list each other and 0.
        let neighbor_sets = neighbor_sets(&[&[1, 2], &[0, 2], &[0, 1], &[4, 0], &[3, 0], &[0, 6], &[0, 5]]);
        let mut weights = [0.0; 2];
        neighbor_sets.jaccard(0, &[3, 1], &mut weights);
        assert_eq!(weights, [0.2, 1.0]);
        neighbor_sets.jaccard(6, &[5, 4], &mut weights);
        assert_eq!(weights, [1.0, 0.2]);
    }

    #[test]
    fn shares_are_those_of_sets_for_any_number_of_neighbors() {
        for k in [1, 14, 15, 16, 29, 31, 32, 50] {
            let mut random = stream(k as u64, 0);
            let lists: Vec<Vec<u32>> = (0..80u32)
                .map(|p| {
                    let others = index::sample(&mut random, 79, k);
                    others.iter().map(|q| (q as u32 + p + 1) % 80).collect()
                })
                .collect();
            let neighbor_sets = neighbor_sets(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let others: Vec<u32> = (1..80).collect();
            let mut weights = vec![0.0; 79];
            neighbor_sets.jaccard(0, &others, &mut weights);
            let own: BTreeSet<u32> = neighbor_sets.of(0).iter().copied().collect();
            assert_eq!(own.len(), k + 1);
            for (&q, &weight) in others.iter().zip(&weights) {
                let other: BTreeSet<u32> = neighbor_sets.of(q).iter().copied().collect();
                let share = own.intersection(&other).count() as f64 / own.union(&other).count() as f64;
                assert_eq!(weight, share as f32, "{k} neighbors, point {q}");
            }
        }
    }
}
