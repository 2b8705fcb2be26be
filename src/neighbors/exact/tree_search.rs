//! Nearest neighbors by a kd-tree: a shortlist in single precision, then the exact measure.

use crate::features::Distance;
use crate::neighbors::distance::{Candidate, Nearest, Rows, key, key_scale, length};
use crate::neighbors::exact::kd_tree::{LEAF, Tree, in_order, order_in_space};
use crate::neighbors::exact::leaf_search::{Sink, ask};
use crate::num::lanes::{Lanes, WIDTH};
use crate::num::math;
use rayon::prelude::*;

/// Points on a shortlist beyond the k neighbors: one that is clearly farther shows that nobody is missing, more keep
/// small ties from asking twice.
pub(super) const SPARE: usize = 1;

/// What vanished squares can add up to, on coordinates scaled as [`Rows::scale`] says.
pub(super) const VANISHED: f64 = 1e-36;

/// Points in the order of the leaves of a tree, whose neighbors are asked for leaf by leaf.
///
/// Lists stand in that order but name points by their index before it.
pub(in crate::neighbors) struct TreeSearch<'a> {
    sorted: Rows<'a>,
    order: &'a [u32],
    distance: Distance,
    k: usize,
    tree: Tree,
    key_scale: f64,
    guard: f64,
}

/// Room that one thread needs, leaf after leaf.
pub(in crate::neighbors) struct Room {
    lists: Shortlists,
    candidates: Vec<Candidate>,
}

/// The k nearest other rows of each row; the rows are distinct and there are more than k.
///
/// About `O(n d log n)` where clusters or few dimensions let most boxes be skipped, `O(n² d)` where they do not.
pub(in crate::neighbors) fn search(rows: Rows<'_>, distance: Distance, k: usize) -> (Vec<u32>, Vec<f32>) {
    let order = order_in_space(rows);
    let sorted = in_order(rows, &order);
    let sorted = Rows {
        values: &sorted,
        d: rows.d,
    };
    let (found, lengths) = TreeSearch::new(sorted, &order, distance, k).everybody();
    unsorted(found, lengths, &order, k)
}

/// Lists in the order of the rows from lists in the order `order`.
pub(in crate::neighbors) fn unsorted(
    found: Vec<u32>,
    lengths: Vec<f32>,
    order: &[u32],
    k: usize,
) -> (Vec<u32>, Vec<f32>) {
    if order.is_sorted() {
        return (found, lengths);
    }
    let place = places(order);
    // One after the other: at a million customers each of the four lists takes 60 MB.
    let targets = gathered(&found, &place, k);
    drop(found);
    (targets, gathered(&lengths, &place, k))
}

/// Where each row stands in the order.
pub(in crate::neighbors) fn places(order: &[u32]) -> Vec<u32> {
    let mut place = vec![0u32; order.len()];
    for (position, &i) in order.iter().enumerate() {
        place[i as usize] = position as u32;
    }
    place
}

/// Runs of k, the run of i taken from place i.
fn gathered<T: Copy + Default + Send + Sync>(runs: &[T], place: &[u32], k: usize) -> Vec<T> {
    let mut out = vec![T::default(); runs.len()];
    out.par_chunks_mut(k)
        .zip(place.par_iter())
        .for_each(|(out, &place)| out.copy_from_slice(&runs[place as usize * k..][..k]));
    out
}

impl<'a> TreeSearch<'a> {
    /// `sorted` are the rows in the order `order` of [`order_in_space`]. `O(n d)`.
    pub(in crate::neighbors) fn new(
        sorted: Rows<'a>,
        order: &'a [u32],
        distance: Distance,
        k: usize,
    ) -> Self {
        let scale = sorted.scale();
        TreeSearch {
            sorted,
            order,
            distance,
            k,
            tree: Tree::new(sorted, scale),
            key_scale: key_scale(distance, scale),
            // A sum of d rounded terms is right to (d + 3) u, relatively; four times that is allowed for.
            guard: 1.0 + (sorted.d + 8) as f64 * math::powi(2.0, -22),
        }
    }

    pub(in crate::neighbors) fn n_leaves(&self) -> usize {
        self.tree.n_leaves()
    }

    pub(in crate::neighbors) fn room(&self) -> Room {
        Room {
            lists: Shortlists::new((self.k + SPARE).min(self.order.len()), LEAF),
            candidates: Vec::new(),
        }
    }

    /// The lists of all.
    pub(in crate::neighbors) fn everybody(&self) -> (Vec<u32>, Vec<f32>) {
        let n = self.order.len();
        let mut targets = vec![0u32; n * self.k];
        let mut lengths = vec![0f32; n * self.k];
        targets
            .par_chunks_mut(LEAF * self.k)
            .zip(lengths.par_chunks_mut(LEAF * self.k))
            .enumerate()
            .for_each_init(
                || self.room(),
                |room, (leaf, (targets, lengths))| {
                    self.leaf(leaf, room, targets, lengths);
                },
            );
        (targets, lengths)
    }

    /// The lists of the points of one leaf; how many comparisons of a point with a leaf it took.
    pub(in crate::neighbors) fn leaf(
        &self,
        leaf: usize,
        Room { lists, candidates }: &mut Room,
        targets: &mut [u32],
        lengths: &mut [f32],
    ) -> u64 {
        let &TreeSearch {
            sorted,
            order,
            distance,
            k,
            ..
        } = self;
        let n = order.len();
        let first = leaf * LEAF;
        let here = (n - first).min(LEAF);
        let mut limits = [f32::NEG_INFINITY; LEAF];
        limits[..here].fill(f32::INFINITY);
        lists.clear();
        let mut compared = ask(&self.tree, distance, leaf, limits, lists);

        let mut again = [f32::NEG_INFINITY; LEAF];
        for (slot, again) in again.iter_mut().enumerate().take(here) {
            let of_slot = slot * k..(slot + 1) * k;
            candidates.clear();
            candidates.extend(lists.positions(slot).iter().map(|&position| Candidate {
                key: key(distance, sorted.row(first + slot), sorted.row(position as usize)),
                index: order[position as usize],
            }));
            let complete = candidates.len() == n - 1;
            candidates.sort_unstable();
            let needed = candidates[k - 1].key * self.key_scale * self.guard + VANISHED;
            if !complete && f64::from(lists.last(slot)) <= needed {
                // The first number above what anybody at the distance of the last neighbor can show.
                *again = (needed as f32).next_up().next_up();
                continue;
            }
            write(
                distance,
                &candidates[..k],
                &mut targets[of_slot.clone()],
                &mut lengths[of_slot],
            );
        }
        if again.iter().all(|&limit| limit == f32::NEG_INFINITY) {
            return compared;
        }
        let mut ties = Ties {
            sorted,
            order,
            distance,
            first,
            limits: again,
            nearest: (0..here).map(|_| Nearest::new(k)).collect(),
        };
        compared += ask(&self.tree, distance, leaf, again, &mut ties);
        for (slot, nearest) in ties.nearest.iter_mut().enumerate() {
            if again[slot] > f32::NEG_INFINITY {
                let of_slot = slot * k..(slot + 1) * k;
                nearest.drain_into(distance, &mut targets[of_slot.clone()], &mut lengths[of_slot]);
            }
        }
        compared
    }
}

/// Writes a sorted list.
pub(in crate::neighbors) fn write(
    distance: Distance,
    candidates: &[Candidate],
    targets: &mut [u32],
    lengths: &mut [f32],
) {
    for ((target, to), candidate) in targets.iter_mut().zip(lengths).zip(candidates) {
        *target = candidate.index;
        *to = length(distance, candidate.key);
    }
}

/// For each of some points, as of a leaf, the positions of the nearest so far with their distances, ascending.
pub(super) struct Shortlists {
    length: usize,
    /// Numbers per list: a group of −∞, which nobody is below, then the list.
    stride: usize,
    distances: Vec<f32>,
    positions: Vec<u32>,
}

impl Shortlists {
    pub(super) fn new(length: usize, slots: usize) -> Self {
        let stride = WIDTH + length.next_multiple_of(WIDTH);
        Shortlists {
            length,
            stride,
            distances: vec![0.0; slots * stride],
            positions: vec![0; slots * stride],
        }
    }

    pub(super) fn clear(&mut self) {
        for list in self.distances.chunks_exact_mut(self.stride) {
            let (guard, list) = list.split_at_mut(WIDTH);
            guard.fill(f32::NEG_INFINITY);
            list.fill(f32::INFINITY);
        }
    }

    /// Who is on the list of `slot`, fewer than its length where there are fewer points.
    pub(super) fn positions(&self, slot: usize) -> &[u32] {
        let list = slot * self.stride + WIDTH..slot * self.stride + WIDTH + self.length;
        let taken = self.distances[list.clone()].partition_point(|&x| x < f32::INFINITY);
        &self.positions[list][..taken]
    }

    /// The last distance on the list of `slot`.
    pub(super) fn last(&self, slot: usize) -> f32 {
        self.distances[slot * self.stride + WIDTH + self.length - 1]
    }
}

impl Sink for Shortlists {
    #[inline(always)]
    fn take<L: Lanes>(
        &mut self,
        l: L,
        slot: usize,
        first: usize,
        distances: &[f32; LEAF],
        mut hits: u64,
    ) -> f32 {
        let list = slot * self.stride..(slot + 1) * self.stride;
        let (of_list, positions) = (&mut self.distances[list.clone()], &mut self.positions[list]);
        let last = WIDTH + self.length - 1;
        while hits != 0 {
            let j = hits.trailing_zeros() as usize;
            hits &= hits - 1;
            if distances[j] < of_list[last] {
                insert(l, of_list, positions, distances[j], (first + j) as u32);
            }
        }
        of_list[last]
    }
}

/// Puts a point into an ascending list, behind those at the same distance: whoever is farther moves one place back, the
/// last one out.
#[inline(always)]
fn insert<L: Lanes>(l: L, distances: &mut [f32], positions: &mut [u32], distance: f32, position: u32) {
    let (new, new_position) = (l.splat(distance), l.splat_u(position));
    let mut at = distances.len();
    while at > WIDTH {
        at -= WIDTH;
        let mut here = [0f32; WIDTH];
        let mut before = [0f32; WIDTH];
        let mut here_positions = [0u32; WIDTH];
        let mut before_positions = [0u32; WIDTH];
        here.copy_from_slice(&distances[at..at + WIDTH]);
        before.copy_from_slice(&distances[at - 1..at - 1 + WIDTH]);
        here_positions.copy_from_slice(&positions[at..at + WIDTH]);
        before_positions.copy_from_slice(&positions[at - 1..at - 1 + WIDTH]);
        let (x, shifted) = (l.load(&here), l.load(&before));
        let (farther, shift) = (l.less(new, x), l.less(new, shifted));
        let moved = l.select(shift, shifted, l.select(farther, new, x));
        let moved_positions = l.select_u(
            shift,
            l.load_u(&before_positions),
            l.select_u(farther, new_position, l.load_u(&here_positions)),
        );
        distances[at..at + WIDTH].copy_from_slice(&l.store(moved));
        positions[at..at + WIDTH].copy_from_slice(&l.store_u(moved_positions));
        if before[0] <= distance {
            return;
        }
    }
}

/// Everybody up to the distance of the last neighbor, measured exactly: where ties reach beyond a shortlist.
struct Ties<'a> {
    sorted: Rows<'a>,
    order: &'a [u32],
    distance: Distance,
    first: usize,
    limits: [f32; LEAF],
    nearest: Vec<Nearest>,
}

impl Sink for Ties<'_> {
    #[inline(always)]
    fn take<L: Lanes>(&mut self, _: L, slot: usize, first: usize, _: &[f32; LEAF], mut hits: u64) -> f32 {
        while hits != 0 {
            let position = first + hits.trailing_zeros() as usize;
            hits &= hits - 1;
            self.nearest[slot].offer(Candidate {
                key: key(
                    self.distance,
                    self.sorted.row(self.first + slot),
                    self.sorted.row(position),
                ),
                index: self.order[position],
            });
        }
        self.limits[slot]
    }
}
