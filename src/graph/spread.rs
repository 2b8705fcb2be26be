//! From links between distinct points to links between customers, several of whom may share a point.
//!
//! Linking all copies of p with all copies of q would take m_p m_q links; letting identical customers be each other's
//! nearest neighbors would cut groups of more than k off from everybody else. Instead:
//!
//! - Where q is among the neighbors of p, the copy of p with rank r is linked to the copy of q with rank
//!   (r + s) mod m_q. So every copy has a link for each neighbor of its point, and the copies of q share the load.
//!   The shift s differs from pair to pair: with one shift for all, the first copies of all points would form a layer
//!   of their own, the second copies another, and a graph of layers falls apart along the layers instead of between
//!   unlike customers.
//! - The copies of p form a ring, each linked to the next with weight 1, as a pair of identical neighbor lists has.
//!
//! A link weighs what the link of its points weighs. The strength of a group is therefore about its number of copies
//! times the strength of its point, of which the ring contributes 2 per copy.

use super::similarity::Links;
use crate::graph::SimilarityGraph;
use crate::graph::csr::{Csr, RowWriter};
use crate::neighbors::Distinct;
use rayon::prelude::*;

/// The graph over customers.
pub(super) fn spread(points: &Links, distinct: &Distinct) -> SimilarityGraph {
    let n = distinct.n_customers();
    let ranks = distinct.ranks();
    let degrees: Vec<usize> = (0..n)
        .into_par_iter()
        .map(|customer| {
            let mut degree = 0;
            for_each_link(points, distinct, &ranks, customer, |_, _| degree += 1);
            degree
        })
        .collect();
    let mut writer = RowWriter::new(&degrees);
    writer.fill(&mut [(); 0], |customer, targets, weights, _| {
        let mut row: Vec<(u32, f32)> = Vec::with_capacity(targets.len());
        for_each_link(points, distinct, &ranks, customer as usize, |t, w| {
            row.push((t, w))
        });
        row.sort_unstable_by_key(|&(t, _)| t);
        for (slot, (target, weight)) in row.into_iter().enumerate() {
            targets[slot] = target;
            weights[slot] = weight;
        }
    });
    let Csr {
        offsets,
        targets,
        values,
    } = writer.finish();
    SimilarityGraph {
        offsets,
        targets,
        weights: values,
    }
}

/// Calls `link` once for each customer that `customer` is linked to, in no particular order.
fn for_each_link(
    points: &Links,
    distinct: &Distinct,
    ranks: &[u32],
    customer: usize,
    mut link: impl FnMut(u32, f32),
) {
    let p = distinct.group[customer];
    let rank = ranks[customer] as usize;
    let copies = distinct.copies(p);
    let m_p = copies.len();
    // Two copies make one link, not a ring of two.
    if m_p > 1 {
        link(copies[(rank + 1) % m_p], 1.0);
    }
    if m_p > 2 {
        link(copies[(rank + m_p - 1) % m_p], 1.0);
    }
    let (targets, weights) = points.lists.row(p);
    let directions = &points.directions[points.lists.offsets[p as usize]..];
    for ((&q, &weight), direction) in targets.iter().zip(weights).zip(directions) {
        let others = distinct.copies(q);
        let m_q = others.len();
        let mut own = None;
        if direction.out {
            let to = (rank + shift(p, q, m_q)) % m_q;
            own = Some(to);
            link(others[to], weight);
        }
        if direction.back {
            // The copies of q whose link ends here: their rank plus the shift leaves this rank.
            let first = (rank + m_p - shift(q, p, m_p)) % m_p;
            for from in (first..m_q).step_by(m_p) {
                if own != Some(from) {
                    link(others[from], weight);
                }
            }
        }
    }
}

/// A number below `m` that looks random but depends on the pair alone.
fn shift(p: u32, q: u32, m: usize) -> usize {
    if m == 1 {
        return 0;
    }
    // The finalizer of SplitMix64.
    let mut x = (u64::from(p) << 32 | u64::from(q)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) % m as u64) as usize
}
