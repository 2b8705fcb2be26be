//! Comparing a few points with each other, and the lists of the nearest that this fills.
//!
//! Many threads fill the lists at once. A list keeps the least of all that it was offered, by distance and then by
//! number, so it does not matter who came first; and distances are rounded alike on every processor and from either
//! end, so a point that is offered twice is recognized by its key.

use crate::features::Distance;
use crate::neighbors::distance::Rows;
use crate::neighbors::exact::kd_tree::{LEAF, Tile};
use crate::neighbors::exact::leaf_search::{GROUPS, STRETCH, add_terms, load_tile};
use crate::num::lanes::{Kernel, Lanes, WIDTH, dispatch};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Points that can be compared with each other at once.
pub(in crate::neighbors) const MEMBERS: usize = LEAF;

/// Lists that share a lock.
pub(in crate::neighbors) const BLOCK: usize = 64;

/// Nobody: an entry of a list that is not full yet.
pub(in crate::neighbors) const NOBODY: u64 = u64::MAX;

/// For each point the nearest so far: ascending keys, the bits of the distance above the number of the point.
pub(in crate::neighbors) struct Lists {
    length: usize,
    blocks: Vec<Mutex<Vec<u64>>>,
    /// Bits of the last distance of each list.
    limits: Vec<AtomicU32>,
}

impl Lists {
    pub(in crate::neighbors) fn new(n: usize, length: usize) -> Self {
        let block = |first: usize| Mutex::new(vec![NOBODY; (n - first).min(BLOCK) * length]);
        Lists {
            length,
            blocks: (0..n).step_by(BLOCK).map(block).collect(),
            limits: (0..n).map(|_| AtomicU32::new(f32::INFINITY.to_bits())).collect(),
        }
    }

    pub(in crate::neighbors) fn length(&self) -> usize {
        self.length
    }

    /// Whether every list has `k` entries.
    pub(in crate::neighbors) fn have(&mut self, k: usize) -> bool {
        let length = self.length;
        let blocks = self.blocks();
        let mut lists = blocks.blocks.iter().flat_map(|block| block.chunks_exact(length));
        lists.all(|list| list[k - 1] != NOBODY)
    }

    /// The lists, for reading.
    pub(in crate::neighbors) fn blocks(&mut self) -> Blocks<'_> {
        let blocks = self.blocks.iter_mut();
        Blocks {
            length: self.length,
            blocks: blocks
                .map(|block| block.get_mut().unwrap_or_else(PoisonError::into_inner).as_slice())
                .collect(),
        }
    }

    /// A distance that the next entry does not exceed; it may have fallen since.
    fn limit(&self, point: u32) -> f32 {
        f32::from_bits(self.limits[point as usize].load(Ordering::Relaxed))
    }

    fn offer(&self, to: u32, point: u32, distance: f32) {
        if distance > self.limit(to) {
            return;
        }
        let key = u64::from(distance.to_bits()) << 32 | u64::from(point);
        let to = to as usize;
        let mut block = self.blocks[to / BLOCK]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let list = &mut block[to % BLOCK * self.length..][..self.length];
        // Not by halves: a list is rarely in the cache, and halving waits for one line of it after the other.
        let at = list.iter().filter(|&&entry| entry < key).count();
        if list.get(at).is_none_or(|&entry| entry == key) {
            return;
        }
        list.copy_within(at..self.length - 1, at + 1);
        list[at] = key;
        let last = list[self.length - 1];
        if last != NOBODY {
            self.limits[to].store((last >> 32) as u32, Ordering::Relaxed);
        }
    }
}

/// All lists, which nobody changes meanwhile.
pub(in crate::neighbors) struct Blocks<'a> {
    length: usize,
    /// The lists of each [`BLOCK`] points, one after the other.
    pub(in crate::neighbors) blocks: Vec<&'a [u64]>,
}

impl Blocks<'_> {
    pub(in crate::neighbors) fn of(&self, point: usize) -> &[u64] {
        &self.blocks[point / BLOCK][point % BLOCK * self.length..][..self.length]
    }
}

/// Room that one thread needs for [`join`], again and again.
pub(in crate::neighbors) struct Room {
    tile: Vec<Tile>,
    limits: [f32; LEAF],
    hits: Vec<(u8, u8, f32)>,
}

impl Room {
    pub(in crate::neighbors) fn new(d: usize) -> Self {
        Room {
            tile: vec![[f32::NAN; LEAF]; d],
            limits: [f32::NEG_INFINITY; LEAF],
            hits: Vec::new(),
        }
    }
}

/// Compares the first `n_new` of at most [`MEMBERS`] different points with all of them, and offers each of a pair to
/// the list of the other. `rows` are scaled as [`Rows::scale`] says.
pub(in crate::neighbors) fn join(
    rows: Rows<'_>,
    distance: Distance,
    members: &[u32],
    n_new: usize,
    lists: &Lists,
    room: &mut Room,
) {
    for (slot, &member) in members.iter().enumerate() {
        for (column, &x) in room.tile.iter_mut().zip(rows.row(member as usize)) {
            column[slot] = x;
        }
        // The first number above it: who ties with the last of a list may still come before it.
        room.limits[slot] = lists.limit(member).next_up();
    }
    room.limits[members.len()..].fill(f32::NEG_INFINITY);
    room.hits.clear();
    match distance {
        Distance::Euclidean => dispatch(Compare::<false> {
            room,
            n_members: members.len(),
            n_new,
        }),
        Distance::Manhattan => dispatch(Compare::<true> {
            room,
            n_members: members.len(),
            n_new,
        }),
    }
    for &(a, b, distance) in &room.hits {
        let (a, b) = (members[usize::from(a)], members[usize::from(b)]);
        lists.offer(a, b, distance);
        lists.offer(b, a, distance);
    }
}

/// Finds the pairs that are near enough for the list of either.
struct Compare<'a, const MANHATTAN: bool> {
    room: &'a mut Room,
    n_members: usize,
    n_new: usize,
}

impl<const MANHATTAN: bool> Kernel for Compare<'_, MANHATTAN> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) {
        let mut slot = 0;
        if L::MANY_REGISTERS {
            while slot + 4 <= self.n_new {
                self.compare(l, [slot, slot + 1, slot + 2, slot + 3]);
                slot += 4;
            }
        }
        while slot < self.n_new {
            self.compare(l, [slot]);
            slot += 1;
        }
    }
}

impl<const MANHATTAN: bool> Compare<'_, MANHATTAN> {
    #[inline(always)]
    fn compare<L: Lanes, const N: usize>(&mut self, l: L, slots: [usize; N]) {
        let Room { tile, limits, hits } = &mut *self.room;
        let everybody = u64::MAX >> (LEAF - self.n_members);
        let mut sums = [[l.splat(0.0); GROUPS]; N];
        let mut near = [0u64; N];
        for tile in tile.chunks(STRETCH) {
            for column in tile {
                let groups = load_tile(l, column);
                for at in 0..N {
                    let x = l.splat(column[slots[at]]);
                    sums[at] = add_terms::<L, MANHATTAN, false>(l, sums[at], x, groups);
                }
            }
            let mut any = 0;
            for at in 0..N {
                let own = l.splat(limits[slots[at]]);
                near[at] = 0;
                for (group, (&sum, theirs)) in sums[at].iter().zip(limits.as_chunks::<WIDTH>().0).enumerate()
                {
                    let limit = l.max(own, l.load(theirs));
                    near[at] |= u64::from(l.bits(l.less(sum, limit))) << (WIDTH * group);
                }
                // Those before have asked already.
                near[at] &= everybody & (u64::MAX << slots[at] << 1);
                any |= near[at];
            }
            if any == 0 {
                return;
            }
        }
        for at in 0..N {
            if near[at] == 0 {
                continue;
            }
            let mut distances = [0f32; LEAF];
            for (out, &sum) in distances.as_chunks_mut::<WIDTH>().0.iter_mut().zip(&sums[at]) {
                *out = l.store(sum);
            }
            while near[at] != 0 {
                let other = near[at].trailing_zeros() as usize;
                near[at] &= near[at] - 1;
                hits.push((slots[at] as u8, other as u8, distances[other]));
            }
        }
    }
}
