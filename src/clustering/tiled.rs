//! Points in tiles of 64, coordinate by coordinate, for distances to many of them at once.

use super::Points;
use crate::neighbors::Rows;
use crate::num::lanes::{Kernel, Lanes, WIDTH, dispatch};
use crate::num::squared_distance;
use rayon::prelude::*;

/// Points per tile.
pub(super) const TILE: usize = 64;

/// Groups of numbers per tile.
const GROUPS: usize = TILE / WIDTH;

type Tile = [f32; TILE];

/// The tiles of some points, multiplied by a power of two that keeps squares in range.
pub(super) struct Tiled<'a> {
    pub(super) points: &'a Points<'a>,
    pub(super) scale: f64,
    /// d per tile; NaN where there are no points.
    tiles: Vec<Tile>,
}

impl<'a> Tiled<'a> {
    /// `O(n d)`.
    pub(super) fn new(points: &'a Points<'a>) -> Self {
        let (n, d) = (points.n, points.d);
        let scale = Rows {
            values: points.values,
            d,
        }
        .scale();
        let mut tiles = vec![[f32::NAN; TILE]; n.div_ceil(TILE) * d];
        if d > 0 {
            tiles
                .par_chunks_mut(d)
                .zip(points.values.par_chunks(TILE * d))
                .for_each(|(tile, rows)| {
                    for (slot, row) in rows.chunks_exact(d).enumerate() {
                        for (column, &x) in tile.iter_mut().zip(row) {
                            column[slot] = (f64::from(x) * scale) as f32;
                        }
                    }
                });
        }
        Tiled { points, scale, tiles }
    }

    fn tile(&self, tile: usize) -> &[Tile] {
        &self.tiles[tile * self.points.d..(tile + 1) * self.points.d]
    }

    /// The squared distances of the points of a tile from `row`, scaled, rounded alike on every processor.
    pub(super) fn squared_distances(&self, tile: usize, row: &[f32]) -> [f32; TILE] {
        dispatch(Squared {
            tile: self.tile(tile),
            row,
            scale: self.scale,
        })
    }

    /// The same times the points' weights.
    pub(super) fn weighted_squares(&self, tile: usize, row: &[f32]) -> [f32; TILE] {
        let mut squares = self.squared_distances(tile, row);
        let weights = self.points.weights.get(tile * TILE..).unwrap_or_default();
        for (square, &weight) in squares.iter_mut().zip(weights) {
            *square *= weight;
        }
        squares
    }

    /// Writes to `labels` the nearest center of each point of a tile, the first of equals, exactly.
    pub(super) fn nearest(&self, tile: usize, centers: &[f64], rounded: &Rounded, labels: &mut [u32]) {
        if self.points.d == 0 {
            labels.fill(0);
            return;
        }
        let (found, sure) = dispatch(Nearest {
            tile: self.tile(tile),
            centers: rounded,
        });
        labels.copy_from_slice(&found[..labels.len()]);
        for (slot, label) in labels.iter_mut().enumerate() {
            if sure >> slot & 1 == 0 {
                *label = nearest_of(self.points.row(tile * TILE + slot), centers);
            }
        }
    }
}

/// Centers in single precision, scaled as the tiles are.
pub(super) struct Rounded {
    values: Vec<f32>,
    d: usize,
    /// A center is nearest beyond doubt if its squared distance is below that of the next times `share` minus `slack`.
    share: f32,
    slack: f32,
}

impl Rounded {
    /// Distances r come out with a relative error of ε = (d + 8) u at most, and an absolute one of e = u |c| by the
    /// rounding of the center. r₂ − r₁ > ε (r₁ + r₂) + 2 e follows, by (r₁ + r₂)² ≤ 4 r₂² and 2 e r₂ ≤ e²/ε + ε r₂²,
    /// from r₁² < r₂² (1 − 6 ε) − 2 e²/ε. Twice the u is allowed for.
    pub(super) fn new(points: &Tiled<'_>, centers: &[f64]) -> Self {
        let d = points.points.d;
        let values: Vec<f32> = centers.iter().map(|&x| (x * points.scale) as f32).collect();
        let error = (d + 8) as f64 * f64::from(f32::EPSILON);
        let norm = |center: &[f32]| -> f64 { center.iter().map(|&x| f64::from(x) * f64::from(x)).sum() };
        let largest = values.chunks_exact(d.max(1)).map(norm).fold(0.0, f64::max);
        let rounding = f64::from(f32::EPSILON) * f64::from(f32::EPSILON) * largest;
        Rounded {
            values,
            d,
            share: (1.0 - 6.0 * error) as f32,
            // The last term is for squares that vanish.
            slack: (2.0 * rounding / error + 1e-36) as f32,
        }
    }
}

struct Squared<'a> {
    tile: &'a [Tile],
    row: &'a [f32],
    pub(super) scale: f64,
}

impl Kernel for Squared<'_> {
    type Output = [f32; TILE];

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> [f32; TILE] {
        let mut sums = [l.splat(0.0); GROUPS];
        for (column, &x) in self.tile.iter().zip(self.row) {
            let x = l.splat((f64::from(x) * self.scale) as f32);
            for (sum, group) in sums.iter_mut().zip(column.as_chunks::<WIDTH>().0) {
                let t = l.sub(x, l.load(group));
                // Not fused: the draws of a start must not depend on the processor.
                *sum = l.add(*sum, l.mul(t, t));
            }
        }
        let mut out = [0f32; TILE];
        for (out, &sum) in out.as_chunks_mut::<WIDTH>().0.iter_mut().zip(&sums) {
            *out = l.store(sum);
        }
        out
    }
}

struct Nearest<'a> {
    tile: &'a [Tile],
    centers: &'a Rounded,
}

impl Kernel for Nearest<'_> {
    type Output = ([u32; TILE], u64);

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> ([u32; TILE], u64) {
        let far = l.splat(f32::INFINITY);
        let (mut first, mut second) = ([far; GROUPS], [far; GROUPS]);
        let mut labels = [l.splat_u(0); GROUPS];
        for (c, center) in self.centers.values.chunks_exact(self.centers.d).enumerate() {
            let mut sums = [l.splat(0.0); GROUPS];
            for (column, &x) in self.tile.iter().zip(center) {
                let x = l.splat(x);
                for (sum, group) in sums.iter_mut().zip(column.as_chunks::<WIDTH>().0) {
                    let t = l.sub(x, l.load(group));
                    *sum = l.mul_add(t, t, *sum);
                }
            }
            let c = l.splat_u(c as u32);
            for g in 0..GROUPS {
                let nearer = l.less(sums[g], first[g]);
                second[g] = l.select(nearer, first[g], l.min(sums[g], second[g]));
                first[g] = l.select(nearer, sums[g], first[g]);
                labels[g] = l.select_u(nearer, c, labels[g]);
            }
        }
        let mut sure = 0;
        let mut out = [0u32; TILE];
        let (share, slack) = (l.splat(self.centers.share), l.splat(self.centers.slack));
        for (g, out) in out.as_chunks_mut::<WIDTH>().0.iter_mut().enumerate() {
            let limit = l.sub(l.mul(second[g], share), slack);
            sure |= u64::from(l.bits(l.less(first[g], limit))) << (WIDTH * g);
            *out = l.store_u(labels[g]);
        }
        (out, sure)
    }
}

/// The nearest center in double precision, the first of equals.
fn nearest_of(row: &[f32], centers: &[f64]) -> u32 {
    let (mut nearest, mut least) = (0, f64::INFINITY);
    for (c, center) in centers.chunks_exact(row.len()).enumerate() {
        let distance = squared_distance(row, center);
        if distance < least {
            (nearest, least) = (c as u32, distance);
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;
    use rand::RngExt;

    #[test]
    fn nearest_centers_are_those_of_double_precision_also_between_centers_and_far_from_the_origin() {
        for (offset, step) in [(0.0f32, 1.0f32), (1e6, 0.0625), (-3e30, 1e24)] {
            for d in [1, 2, 5] {
                let mut random = stream(d as u64, 0);
                // On a coarse grid many rows are as near to one center as to another.
                let mut grid = || offset + step * random.random_range(0..9) as f32;
                let values: Vec<f32> = (0..1000 * d).map(|_| grid()).collect();
                let centers: Vec<f64> = (0..7 * d).map(|_| f64::from(grid())).collect();
                let points = Points {
                    values: &values,
                    weights: &[],
                    n: 1000,
                    d,
                };
                let tiled = Tiled::new(&points);
                let rounded = Rounded::new(&tiled, &centers);
                let mut labels = vec![0; 1000];
                for (tile, labels) in labels.chunks_mut(TILE).enumerate() {
                    tiled.nearest(tile, &centers, &rounded, labels);
                }
                for (i, &label) in labels.iter().enumerate() {
                    let distance = |c: usize| -> f64 {
                        let center = &centers[c * d..(c + 1) * d];
                        (points.row(i).iter().zip(center))
                            .map(|(&x, y)| (f64::from(x) - y) * (f64::from(x) - y))
                            .sum()
                    };
                    // Small multiples of the step: every sum is exact, whatever its order.
                    let nearest =
                        (0..7).fold(0, |best, c| if distance(c) < distance(best) { c } else { best });
                    assert_eq!(label as usize, nearest, "row {i}, {d} coordinates from {offset}");
                }
            }
        }
    }

    #[test]
    fn distances_of_a_tile_are_those_of_its_rows() {
        let values: Vec<f32> = (0..130 * 3).map(|i| (i * 7 % 40) as f32 * 0.25).collect();
        let points = Points {
            values: &values,
            weights: &[],
            n: 130,
            d: 3,
        };
        let tiled = Tiled::new(&points);
        let row = [1.0, 2.5, -3.0];
        for i in 0..130 {
            let found = tiled.squared_distances(i / TILE, &row)[i % TILE];
            let expected: f32 = (points.row(i).iter().zip(&row))
                .map(|(x, y)| (x - y) * (x - y))
                .sum();
            assert_eq!(f64::from(found), f64::from(expected) * tiled.scale * tiled.scale);
        }
    }
}
