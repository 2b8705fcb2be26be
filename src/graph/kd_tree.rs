//! Nearest neighbors in few dimensions by a kd-tree.
//!
//! The tree (kiddo) works in single precision, promises no order among equal distances and needs its dimension at
//! compile time. Hence a short list of dimensions, filled up with zeros; more candidates than needed; and a second,
//! wider question where the last candidate is not clearly farther than the last neighbor.

use super::exact::{Candidate, Rows, key, key_scale, length};
use crate::error::{Error, Result};
use crate::features::Distance;
use kiddo::{ImmutableKdTree, Manhattan, SquaredEuclidean};
use rayon::prelude::*;
use std::num::NonZero;

/// The most coordinates that a tree is offered for.
pub(super) const MAX_DIMENSIONS: usize = 16;

/// Candidates beyond the k neighbors and the point itself: one shows that the list is complete, the others keep
/// small ties from asking twice.
const SPARE: usize = 4;

/// Relative error of the tree's distances and bounds. A sum of 16 squares is right to 2⁻¹⁹; a bound is updated at most
/// 64 times on the way down, each time off by 2⁻²³ at most.
const GUARD: f64 = 1.0 / 32768.0;

/// What vanished squares can add up to, on coordinates scaled as [`Rows::scale`] says.
const VANISHED: f64 = 1e-36;

/// Below this number of points the order of the points costs more than it brings.
const LEAF: usize = 64;

/// The k nearest other rows of each row; the rows are distinct and there are more than k.
pub(super) fn search(rows: Rows<'_>, distance: Distance, k: usize) -> Result<(Vec<u32>, Vec<f32>)> {
    // Neighbors in space become neighbors in memory: on large tables that is worth a factor of two to four.
    let order = order_in_space(rows);
    let sorted: Vec<f32> = order
        .iter()
        .flat_map(|&i| rows.row(i as usize).iter().copied())
        .collect();
    let sorted = Rows {
        values: &sorted,
        d: rows.d,
    };
    let (found, lengths) = match rows.d {
        0..=3 => search_sorted::<3>(sorted, &order, distance, k),
        4..=5 => search_sorted::<5>(sorted, &order, distance, k),
        6..=8 => search_sorted::<8>(sorted, &order, distance, k),
        9..=MAX_DIMENSIONS => search_sorted::<MAX_DIMENSIONS>(sorted, &order, distance, k),
        d => Err(Error::usage(format!(
            "the kd-tree takes at most {MAX_DIMENSIONS} coordinates, these points have {d}"
        ))
        .hint("let the search be chosen, or take brute force")),
    }?;

    let mut place = vec![0u32; order.len()];
    for (position, &i) in order.iter().enumerate() {
        place[i as usize] = position as u32;
    }
    let gather = |i: usize| place[i] as usize * k..(place[i] as usize + 1) * k;
    let mut targets = vec![0u32; found.len()];
    targets
        .par_chunks_mut(k)
        .enumerate()
        .for_each(|(i, out)| out.copy_from_slice(&found[gather(i)]));
    let mut distances = vec![0f32; found.len()];
    distances
        .par_chunks_mut(k)
        .enumerate()
        .for_each(|(i, out)| out.copy_from_slice(&lengths[gather(i)]));
    Ok((targets, distances))
}

/// The search among points sorted in space; lists stand in that order but name points by their index in `order`.
fn search_sorted<const D: usize>(
    sorted: Rows<'_>,
    order: &[u32],
    distance: Distance,
    k: usize,
) -> Result<(Vec<u32>, Vec<f32>)> {
    let n = order.len();
    let scale = sorted.scale();
    let key_scale = key_scale(distance, scale);
    let points: Vec<[f32; D]> = (0..n)
        .map(|i| {
            let mut point = [0f32; D];
            for (to, &x) in point.iter_mut().zip(sorted.row(i)) {
                *to = (f64::from(x) * scale) as f32;
            }
            point
        })
        .collect();
    let tree = ImmutableKdTree::<f32, D>::new_from_slice(&points)
        .map_err(|e| Error::data(format!("no kd-tree can be built of these points: {e}")))?;
    let ask = |point: &[f32; D], count: usize| {
        let count = NonZero::new(count).unwrap_or(NonZero::<usize>::MIN);
        let query = tree.query(point);
        match distance {
            Distance::Euclidean => query.nearest_n::<SquaredEuclidean<f32>>(count).execute(),
            Distance::Manhattan => query.nearest_n::<Manhattan<f32>>(count).execute(),
        }
    };

    let mut targets = vec![0u32; n * k];
    let mut lengths = vec![0f32; n * k];
    targets
        .par_chunks_mut(k)
        .zip(lengths.par_chunks_mut(k))
        .enumerate()
        .with_min_len(LEAF)
        .for_each_init(
            Vec::new,
            |candidates: &mut Vec<Candidate>, (i, (targets, lengths))| {
                let mut count = (k + 1 + SPARE).min(n);
                loop {
                    let found = ask(&points[i], count);
                    candidates.clear();
                    candidates.extend(found.iter().filter(|f| f.item as usize != i).map(|f| Candidate {
                        key: key(distance, sorted.row(i), sorted.row(f.item as usize)),
                        index: order[f.item as usize],
                    }));
                    candidates.sort_unstable();
                    // Nobody outside the list is nearer than its last member, give or take the error of the tree.
                    let reached = found.last().map_or(0.0, |f| f64::from(f.distance));
                    let needed = candidates[k - 1].key * key_scale * (1.0 + GUARD) + VANISHED;
                    if count == n || reached > needed {
                        break;
                    }
                    count = (4 * count).min(n);
                }
                for (slot, candidate) in candidates[..k].iter().enumerate() {
                    targets[slot] = candidate.index;
                    lengths[slot] = length(distance, candidate.key);
                }
            },
        );
    Ok((targets, lengths))
}

/// The rows ordered so that those near in space are near in the order: halves of halves, each split at the median of
/// its widest coordinate. `O(n d log n)`.
fn order_in_space(rows: Rows<'_>) -> Vec<u32> {
    fn split(rows: Rows<'_>, part: &mut [u32]) {
        if part.len() <= LEAF {
            return;
        }
        let first = rows.row(part[0] as usize);
        let mut low = first.to_vec();
        let mut high = first.to_vec();
        for &i in part.iter() {
            for (c, &x) in rows.row(i as usize).iter().enumerate() {
                low[c] = low[c].min(x);
                high[c] = high[c].max(x);
            }
        }
        let width = |c: &usize| f64::from(high[*c]) - f64::from(low[*c]);
        let widest = (0..rows.d)
            .max_by(|a, b| width(a).total_cmp(&width(b)))
            .unwrap_or(0);
        let at = |i: u32| rows.row(i as usize)[widest];
        let middle = part.len() / 2;
        part.select_nth_unstable_by(middle, |&a, &b| at(a).total_cmp(&at(b)).then(a.cmp(&b)));
        let (left, right) = part.split_at_mut(middle);
        rayon::join(|| split(rows, left), || split(rows, right));
    }
    let mut order: Vec<u32> = (0..rows.n() as u32).collect();
    split(rows, &mut order);
    order
}
