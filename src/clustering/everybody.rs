//! Points whose distances to all others are needed, and too many to be kept.

use super::Points;
use crate::features::Distance;
use crate::num::{LANES, Tiles, absolute_to_tile, squared_to_tile};
use rayon::prelude::*;

/// All points, to be measured against each other. Distances are squared where they are Euclidean; from one point to another and back they have the
/// same bits.
pub(super) struct Everybody<'a> {
    pub(super) points: Points<'a>,
    pub(super) tiles: Tiles,
    pub(super) distance: Distance,
}

impl<'a> Everybody<'a> {
    pub(super) fn new(points: Points<'a>, distance: Distance) -> Self {
        Everybody {
            tiles: Tiles::new(points.n, points.d, |i, c| f64::from(points.row(i)[c])),
            points,
            distance,
        }
    }

    /// The distances from a row to the points of tile number `tile`.
    pub(super) fn to_tile(&self, row: &[f64], tile: usize) -> [f64; LANES] {
        let tile = self.tiles.tile(tile);
        match self.distance {
            Distance::Euclidean => squared_to_tile(row, tile),
            Distance::Manhattan => absolute_to_tile(row, tile),
        }
    }

    /// The distances from point `i` to all.
    pub(super) fn measure(&self, i: usize, distances: &mut Vec<f64>) {
        let row: Vec<f64> = self.points.row(i).iter().map(|&x| f64::from(x)).collect();
        distances.clear();
        for tile in 0..self.tiles.n_tiles() {
            distances.extend_from_slice(&self.to_tile(&row, tile));
        }
        distances.truncate(self.points.n);
    }

    /// The distance from each point to its neighbor number `k`, of which the point itself is number 0; `k` is below their number.
    pub(super) fn reach(&self, k: usize) -> Vec<f64> {
        (0..self.points.n)
            .into_par_iter()
            .map_init(Vec::new, |distances, i| {
                self.measure(i, distances);
                *distances.select_nth_unstable_by(k, f64::total_cmp).1
            })
            .collect()
    }
}
