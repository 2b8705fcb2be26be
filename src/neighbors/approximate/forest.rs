//! Who might be near whom, to begin with: the leaves of a few random trees.
//!
//! A tree halves the points again and again, at the median along the line through two of them (Dasgupta and Freund,
//! STOC 2008, 537). Points of one leaf are compared with each other.

use crate::features::Distance;
use crate::neighbors::approximate::join::{Lists, MEMBERS, Room, join};
use crate::neighbors::distance::Rows;
use crate::random::stream;
use rand::RngExt;
use rayon::prelude::*;

/// Compares the points within the leaves of `n_trees` random trees, and within runs of [`MEMBERS`] rows, which stand
/// in the order of a kd-tree. `O(n d log n)` per tree.
pub(in crate::neighbors) fn plant(
    rows: Rows<'_>,
    distance: Distance,
    n_trees: usize,
    seed: u64,
    lists: &Lists,
) {
    let mut order: Vec<u32> = (0..rows.n() as u32).collect();
    join_runs(rows, distance, &order, lists);
    for tree in 0..n_trees {
        // Halving depends on who is in a part, not on their order, and the next tree goes on from this one's.
        split(rows, &mut order, stream(seed, tree as u64).random(), 1);
        join_runs(rows, distance, &order, lists);
    }
}

fn join_runs(rows: Rows<'_>, distance: Distance, order: &[u32], lists: &Lists) {
    order.par_chunks(MEMBERS).for_each_init(
        || Room::new(rows.d),
        |room, run| {
            join(rows, distance, run, run.len(), lists, room);
        },
    );
}

/// Halves `part`, the node number `node` of its tree, where 2i and 2i + 1 are below i.
fn split(rows: Rows<'_>, part: &mut [u32], seed: u64, node: u64) {
    if part.len() <= MEMBERS {
        return;
    }
    let mut random = stream(seed, node);
    let first = random.random_range(0..part.len());
    let second = (first + random.random_range(1..part.len())) % part.len();
    let line: Vec<f32> = rows
        .row(part[first] as usize)
        .iter()
        .zip(rows.row(part[second] as usize))
        .map(|(a, b)| a - b)
        .collect();
    let mut placed: Vec<u64> = part
        .par_iter()
        .with_min_len(1024)
        .map(|&i| u64::from(ascending(along(&line, rows.row(i as usize)))) << 32 | u64::from(i))
        .collect();
    let middle = part.len().div_ceil(MEMBERS) / 2 * MEMBERS;
    placed.select_nth_unstable(middle);
    for (slot, place) in part.iter_mut().zip(placed) {
        *slot = place as u32;
    }
    let (left, right) = part.split_at_mut(middle);
    rayon::join(
        || split(rows, left, seed, 2 * node),
        || split(rows, right, seed, 2 * node + 1),
    );
}

/// The product of two rows, in sixteen sums side by side.
fn along(line: &[f32], row: &[f32]) -> f32 {
    let mut sums = [0f32; 16];
    let (lines, rest_of_line) = line.as_chunks::<16>();
    let (rows, rest) = row.as_chunks::<16>();
    for (line, row) in lines.iter().zip(rows) {
        for ((sum, x), y) in sums.iter_mut().zip(line).zip(row) {
            *sum += x * y;
        }
    }
    for ((sum, x), y) in sums.iter_mut().zip(rest_of_line).zip(rest) {
        *sum += x * y;
    }
    sums.iter().sum()
}

/// Bits that are ordered as the numbers are.
fn ascending(x: f32) -> u32 {
    let bits = x.to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}
