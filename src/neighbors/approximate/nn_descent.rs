//! From rough lists of neighbors to good ones: a neighbor of a neighbor is likely a neighbor.
//!
//! NN-descent of Dong, Moses and Li, WWW 2011, 577. In a round every point compares those it lists, and those that
//! list it (its candidates), with each other: the local join. Pairs of which both were candidates before are left out. All points use the
//! lists of the beginning of the round, so that a round has one result for any number of threads.

use crate::features::Distance;
use crate::neighbors::approximate::join::{BLOCK, Lists, MEMBERS, NOBODY, Room, join};
use crate::neighbors::distance::Rows;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// Marks an entry that was new at the beginning of the round: its point was no candidate yet.
const NEW: u32 = 1 << 31;

/// Marks an entry that was a candidate in this round.
const JOINED: u32 = 1 << 30;

/// The number of an entry.
const POINT: u32 = JOINED - 1;

/// Points that entries can number.
pub(in crate::neighbors) const MOST_POINTS: usize = POINT as usize;

/// An entry that is nobody: no point has this number.
const EMPTY: u32 = POINT;

/// New candidates, and as many known ones, of a point in a round.
const CANDIDATES: usize = MEMBERS / 2;

/// Points whose turn comes together: who lists them is then kept for them alone.
const BATCH: usize = 1 << 17;

/// Points whose entries one task reads.
const CHUNK: usize = 1024;

/// What the points remember between rounds: a row per point with the entries of its list when the round began.
pub(in crate::neighbors) struct Descent<'a> {
    rows: Rows<'a>,
    distance: Distance,
    entries: Vec<u32>,
    round: u32,
}

impl<'a> Descent<'a> {
    /// A descent that begins with `lists`. `rows` are scaled as [`Rows::scale`] says.
    pub(in crate::neighbors) fn new(rows: Rows<'a>, distance: Distance, lists: &Lists) -> Self {
        Descent {
            rows,
            distance,
            entries: vec![EMPTY; rows.n() * lists.length()],
            round: 0,
        }
    }

    /// One round. `O(n (length² + d))`.
    pub(in crate::neighbors) fn round(&mut self, lists: &mut Lists) {
        look(lists, &mut self.entries);
        let (n, length) = (self.rows.n(), lists.length());
        let &mut Descent {
            rows,
            distance,
            round,
            ..
        } = self;
        let lists = &*lists;
        for first in (0..n).step_by(BATCH) {
            let batch = first..(first + BATCH).min(n);
            let listed_by = ListedBy::of(&self.entries, length, batch.clone());
            self.entries[batch.start * length..batch.end * length]
                .par_chunks_mut(length)
                .enumerate()
                .with_min_len(64)
                .for_each_init(
                    || (Room::new(rows.d), Circle::default()),
                    |(room, circle), (at, own)| {
                        let seed = u64::from(round) << 32 | (first + at) as u64;
                        let n_new = circle.gather(own, listed_by.row(at), seed);
                        if n_new > 0 {
                            join(rows, distance, &circle.members, n_new, lists, room);
                        }
                    },
                );
        }
        self.round += 1;
    }
}

/// Brings the entries up to date: what has come is new, and so is what was no candidate yet.
fn look(lists: &mut Lists, entries: &mut [u32]) {
    let length = lists.length();
    lists
        .blocks()
        .blocks
        .into_par_iter()
        .zip(entries.par_chunks_mut(BLOCK * length))
        .for_each(|(block, entries)| {
            let mut known = vec![EMPTY; length];
            for (list, entries) in block.chunks_exact(length).zip(entries.chunks_exact_mut(length)) {
                for (known, &entry) in known.iter_mut().zip(&*entries) {
                    *known = if entry & (NEW | JOINED) == NEW {
                        EMPTY
                    } else {
                        entry & POINT
                    };
                }
                for (&key, entry) in list.iter().zip(entries) {
                    let point = key as u32;
                    *entry = match key {
                        NOBODY => EMPTY,
                        _ if holds(&known, point) => point,
                        _ => point | NEW,
                    };
                }
            }
        });
}

/// Whether one of the entries is `point`. Without short circuit, so that it compiles to vector instructions.
fn holds(entries: &[u32], point: u32) -> bool {
    entries
        .iter()
        .fold(false, |held, &entry| held | (entry & POINT == point))
}

/// Who lists each point of a batch, marked as new where the point is new to them.
///
/// Several threads write, and who comes first in a row is chance: rows are sets.
struct ListedBy {
    ends: Vec<AtomicUsize>,
    sources: Vec<AtomicU32>,
}

impl ListedBy {
    fn of(entries: &[u32], length: usize, batch: Range<usize>) -> Self {
        let ends: Vec<AtomicUsize> = batch.clone().map(|_| AtomicUsize::new(0)).collect();
        let row_of = |entry: u32| ends.get(((entry & POINT) as usize).wrapping_sub(batch.start));
        entries.par_chunks(CHUNK * length).for_each(|entries| {
            for row in entries.iter().filter_map(|&entry| row_of(entry)) {
                row.fetch_add(1, Ordering::Relaxed);
            }
        });
        let mut end = 0;
        for row in &ends {
            // For now where the row begins.
            end += row.swap(end, Ordering::Relaxed);
        }
        let sources: Vec<AtomicU32> = (0..end).map(|_| AtomicU32::new(EMPTY)).collect();
        let rows = entries.par_chunks(length).enumerate().with_min_len(CHUNK);
        rows.for_each(|(p, entries)| {
            for &entry in entries {
                if let Some(row) = row_of(entry) {
                    let at = row.fetch_add(1, Ordering::Relaxed);
                    sources[at].store(p as u32 | (entry & NEW), Ordering::Relaxed);
                }
            }
        });
        ListedBy { ends, sources }
    }

    fn row(&self, at: usize) -> impl Iterator<Item = u32> + Clone + '_ {
        let end = |at: usize| self.ends[at].load(Ordering::Relaxed);
        let start = if at == 0 { 0 } else { end(at - 1) };
        let row = &self.sources[start..end(at)];
        row.iter().map(|source| source.load(Ordering::Relaxed))
    }
}

/// The candidates of one point.
#[derive(Default)]
struct Circle {
    /// The new ones first.
    members: Vec<u32>,
    new: Vec<u64>,
    known: Vec<u64>,
}

impl Circle {
    /// Up to [`CANDIDATES`] new and as many known ones, drawn by lot, and marks the new entries of the own row that are
    /// drawn; how many are new.
    fn gather(&mut self, own: &mut [u32], listed_by: impl Iterator<Item = u32> + Clone, seed: u64) -> usize {
        let Circle { members, new, known } = self;
        members.clear();
        new.clear();
        known.clear();
        let mut all = own.iter().copied().chain(listed_by.clone());
        if all.all(|entry| entry & NEW == 0) {
            return 0;
        }
        for &entry in own.iter().filter(|&&entry| entry != EMPTY) {
            let side = if entry & NEW != 0 { &mut *new } else { &mut *known };
            side.push(lot(seed, entry & POINT));
        }
        for entry in listed_by {
            if !holds(own, entry & POINT) {
                let side = if entry & NEW != 0 { &mut *new } else { &mut *known };
                side.push(lot(seed, entry & POINT));
            }
        }
        for side in [&mut *new, known] {
            if side.len() > CANDIDATES {
                side.select_nth_unstable(CANDIDATES);
                side.truncate(CANDIDATES);
            }
            members.extend(side.iter().map(|&lot| lot as u32));
        }
        let joined = &members[..new.len()];
        for entry in own.iter_mut().filter(|entry| **entry & NEW != 0) {
            if holds(joined, *entry & POINT) {
                *entry |= JOINED;
            }
        }
        new.len()
    }
}

/// Something that looks random, above the number of the point.
fn lot(seed: u64, point: u32) -> u64 {
    // The finalizer of SplitMix64.
    let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(point);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x & 0xFFFF_FFFF_0000_0000 | u64::from(point)
}
