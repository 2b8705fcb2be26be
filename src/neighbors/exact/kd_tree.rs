//! A kd-tree of boxes over leaves of 64 points, stored so that a leaf is compared at the speed of the registers.
//!
//! Points are brought into the order of the leaves: halves of halves, each split at the median of its widest
//! coordinate. Neighbors in space become neighbors in memory, and a node is a range of leaves.

use crate::neighbors::distance::Rows;
use crate::num::lanes::WIDTH;
use rayon::prelude::*;
use std::borrow::Cow;

/// Points per leaf; also the queries that are answered together.
pub(in crate::neighbors) const LEAF: usize = 64;

/// The points of a leaf, coordinate by coordinate; NaN where there are none.
pub(in crate::neighbors) type Tile = [f32; LEAF];

/// Points in the order of the leaves, and a box for each node.
///
/// The node over the leaves a..b has its left child, over a..m with m = (a + b) / 2, right behind it, and its right
/// child behind all nodes of the left one.
pub(in crate::neighbors) struct Tree {
    pub(in crate::neighbors) d: usize,
    /// d per leaf.
    tiles: Vec<Tile>,
    /// For each node the lowest coordinates of its points, then the highest, each filled up with zeros to groups.
    boxes: Vec<[f32; WIDTH]>,
}

impl Tree {
    /// The tree of rows in the order of [`order_in_space`], multiplied by `scale`. `O(n d)`.
    pub(in crate::neighbors) fn new(sorted: Rows<'_>, scale: f64) -> Self {
        let (n, d) = (sorted.n(), sorted.d);
        let n_leaves = n.div_ceil(LEAF);
        let mut tiles = vec![[f32::NAN; LEAF]; n_leaves * d];
        tiles
            .par_chunks_mut(d)
            .zip(sorted.values.par_chunks(LEAF * d))
            .for_each(|(tile, rows)| {
                for (slot, row) in rows.chunks_exact(d).enumerate() {
                    for (column, &x) in tile.iter_mut().zip(row) {
                        column[slot] = (f64::from(x) * scale) as f32;
                    }
                }
            });
        let groups = d.div_ceil(WIDTH);
        let mut boxes = vec![[0f32; WIDTH]; (2 * n_leaves).saturating_sub(1) * 2 * groups];
        if n > 0 {
            fill_boxes(&tiles, d, &mut boxes);
        }
        Tree { d, tiles, boxes }
    }

    pub(in crate::neighbors) fn n_leaves(&self) -> usize {
        self.tiles.len() / self.d
    }

    #[inline(always)]
    pub(in crate::neighbors) fn tile(&self, leaf: usize) -> &[Tile] {
        &self.tiles[leaf * self.d..(leaf + 1) * self.d]
    }

    /// The lowest and the highest coordinates of the points below `node`.
    #[inline(always)]
    pub(in crate::neighbors) fn corners(&self, node: usize) -> (&[[f32; WIDTH]], &[[f32; WIDTH]]) {
        let groups = self.d.div_ceil(WIDTH);
        self.boxes[node * 2 * groups..(node + 1) * 2 * groups].split_at(groups)
    }
}

/// Writes the boxes of the node over these leaves and of all below it.
fn fill_boxes(tiles: &[Tile], d: usize, boxes: &mut [[f32; WIDTH]]) {
    let n_leaves = tiles.len() / d;
    let groups = d.div_ceil(WIDTH);
    let (own, below) = boxes.split_at_mut(2 * groups);
    let (low, high) = own.split_at_mut(groups);
    if n_leaves == 1 {
        let corners = low.as_flattened_mut().iter_mut().zip(high.as_flattened_mut());
        for (column, (low, high)) in tiles.iter().zip(corners) {
            // The lesser of NaN and a number is the number.
            *low = column.iter().fold(f32::INFINITY, |m, &x| m.min(x));
            *high = column.iter().fold(f32::NEG_INFINITY, |m, &x| m.max(x));
        }
        return;
    }
    let left = n_leaves / 2;
    let (left_tiles, right_tiles) = tiles.split_at(left * d);
    let (left_boxes, right_boxes) = below.split_at_mut((2 * left - 1) * 2 * groups);
    rayon::join(
        || fill_boxes(left_tiles, d, left_boxes),
        || fill_boxes(right_tiles, d, right_boxes),
    );
    let children = (left_boxes[..2 * groups].as_flattened().iter())
        .zip(right_boxes[..2 * groups].as_flattened())
        .enumerate();
    let own = own.as_flattened_mut();
    for (at, (&l, &r)) in children {
        own[at] = if at < groups * WIDTH { l.min(r) } else { l.max(r) };
    }
}

/// The rows ordered so that each run of [`LEAF`] is one leaf of a [`Tree`], ascending within it. `O(n d log n)`.
pub(crate) fn order_in_space(rows: Rows<'_>) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows.n() as u32).collect();
    split(rows, &mut order);
    order
}

/// The values of the rows in this order: the rows themselves where they stand in it, as customers do. `O(n d)`.
pub(in crate::neighbors) fn in_order<'a>(rows: Rows<'a>, order: &[u32]) -> Cow<'a, [f32]> {
    if order.is_sorted() {
        return rows.values.into();
    }
    let mut values = vec![0f32; rows.values.len()];
    values
        .par_chunks_mut((LEAF * rows.d).max(1))
        .zip(order.par_chunks(LEAF))
        .for_each(|(values, order)| {
            for (to, &i) in values.chunks_exact_mut(rows.d).zip(order) {
                to.copy_from_slice(rows.row(i as usize));
            }
        });
    values.into()
}

fn split(rows: Rows<'_>, part: &mut [u32]) {
    if part.len() <= LEAF {
        part.sort_unstable();
        return;
    }
    let mut low = vec![f32::INFINITY; rows.d];
    let mut high = vec![f32::NEG_INFINITY; rows.d];
    for &i in part.iter() {
        for ((low, high), &x) in low.iter_mut().zip(&mut high).zip(rows.row(i as usize)) {
            *low = if x < *low { x } else { *low };
            *high = if x > *high { x } else { *high };
        }
    }
    let width = |c: &usize| f64::from(high[*c]) - f64::from(low[*c]);
    let widest = (0..rows.d)
        .max_by(|a, b| width(a).total_cmp(&width(b)))
        .unwrap_or(0);
    let at = |i: u32| rows.row(i as usize)[widest];
    let middle = part.len().div_ceil(LEAF) / 2 * LEAF;
    part.select_nth_unstable_by(middle, |&a, &b| at(a).total_cmp(&at(b)).then(a.cmp(&b)));
    let (left, right) = part.split_at_mut(middle);
    rayon::join(|| split(rows, left), || split(rows, right));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;
    use rand::RngExt;

    #[test]
    fn rows_that_stand_in_the_order_of_the_leaves_stay_there() {
        let mut random = stream(2, 0);
        // Few different values, so that many are equal where a half ends.
        let values: Vec<f32> = (0..3000).map(|_| random.random_range(0..5) as f32).collect();
        let rows = Rows {
            values: &values,
            d: 3,
        };
        let order = order_in_space(rows);
        assert!(!order.is_sorted());
        let sorted = in_order(rows, &order);
        let again = order_in_space(Rows {
            values: &sorted,
            d: 3,
        });
        assert!(again.is_sorted());
    }

    #[test]
    fn every_box_holds_the_points_of_its_leaves_and_no_smaller_box_does() {
        let mut random = stream(1, 0);
        for (n, d) in [(1, 1), (64, 3), (65, 2), (1000, 17)] {
            let values: Vec<f32> = (0..n * d).map(|_| random.random_range(-1.0..1.0)).collect();
            let rows = Rows { values: &values, d };
            let order = order_in_space(rows);
            let sorted = in_order(rows, &order);
            let sorted = Rows { values: &sorted, d };
            let tree = Tree::new(sorted, 2.0);
            let mut nodes = vec![(0, 0, tree.n_leaves())];
            while let Some((node, a, b)) = nodes.pop() {
                let (low, high) = tree.corners(node);
                for c in 0..d {
                    let column = (a * LEAF..(b * LEAF).min(n)).map(|i| 2.0 * sorted.row(i)[c]);
                    assert_eq!(
                        low.as_flattened()[c],
                        column.clone().fold(f32::INFINITY, f32::min)
                    );
                    assert_eq!(high.as_flattened()[c], column.fold(f32::NEG_INFINITY, f32::max));
                }
                if b - a > 1 {
                    let middle = (a + b) / 2;
                    nodes.push((node + 1, a, middle));
                    nodes.push((node + 2 * (middle - a), middle, b));
                }
            }
        }
    }
}
