//! A quadtree over bodies in the plane: far groups act as one body.

use rayon::prelude::*;

/// Bodies in a cell that are not worth dividing further.
const LEAF: usize = 8;

/// A square of the plane with everything in it.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Center of mass.
    center: [f64; 2],
    mass: f64,
    /// Square of the distance from which the cell acts as one body.
    reach2: f64,
    /// The cell to look at when this one is done.
    skip: u32,
    /// Bodies of a leaf; an empty range for a cell with children, which follow it.
    bodies: (u32, u32),
}

/// Cells in depth-first order over bodies sorted along a Z-shaped (Morton) curve.
#[derive(Default)]
pub(super) struct Quadtree {
    cells: Vec<Cell>,
    /// Place on the curve and index of each body, ascending.
    keys: Vec<(u64, u32)>,
    /// Place and mass of each body in that order.
    bodies: Vec<([f64; 2], f64)>,
    /// Distance below which places may differ by rounding alone.
    nearest: f64,
}

impl Quadtree {
    /// Takes in new places; a group of bodies acts as one where `theta` times its distance exceeds twice the distance
    /// of its farthest member from its center of mass (at most 2: a body must not belong to a group that pushes it).
    /// `O(n log n)`; memory of the last tree is used again.
    pub(super) fn rebuild(&mut self, places: &[[f64; 2]], masses: &[f64], theta: f64) {
        let (low, side) = square_around(places);
        let scale = if side > 0.0 {
            f64::from(u32::MAX) / side
        } else {
            0.0
        };
        let key = |place: &[f64; 2]| {
            let cell = |axis: usize| ((place[axis] - low[axis]) * scale) as u32;
            spread_bits(cell(0)) | spread_bits(cell(1)) << 1
        };
        self.nearest = side * 1e-9;
        self.keys.clear();
        self.keys
            .extend(places.iter().enumerate().map(|(i, p)| (key(p), i as u32)));
        self.keys.par_sort_unstable();
        self.bodies.clear();
        self.bodies.extend(
            self.keys
                .iter()
                .map(|&(_, i)| (places[i as usize], masses[i as usize])),
        );
        self.cells.clear();
        if !places.is_empty() {
            self.divide(0, places.len(), 64, theta);
        }
    }

    /// The bodies in the order of the curve.
    pub(super) fn order(&self) -> impl Iterator<Item = u32> + '_ {
        self.keys.iter().map(|k| k.1)
    }

    /// Adds the cell of the bodies `from..to`, whose keys agree above `bits`, and all cells below it.
    fn divide(&mut self, from: usize, to: usize, bits: u32, theta: f64) {
        let bodies = &self.bodies[from..to];
        let mass: f64 = bodies.iter().map(|b| b.1).sum();
        let mut center = [0.0; 2];
        for (place, m) in bodies {
            center[0] += m * place[0];
            center[1] += m * place[1];
        }
        center = center.map(|c| c / mass);
        let farthest2 = bodies.iter().map(|b| distance2(center, b.0)).fold(0.0, f64::max);
        // Bodies that the curve cannot tell apart act as one: they would cost the square of their number.
        let inseparable = bits == 0 && to - from > LEAF;
        let leaf = to - from <= LEAF;
        let here = self.cells.len();
        self.cells.push(Cell {
            center,
            mass,
            // Above 0, because a center of mass may miss the only body's place by a bit.
            reach2: (self.nearest * self.nearest).max(if inseparable {
                0.0
            } else {
                4.0 * farthest2 / (theta * theta)
            }),
            skip: 0,
            bodies: if leaf { (from as u32, to as u32) } else { (0, 0) },
        });
        if !leaf && !inseparable {
            let mut start = from;
            for quarter in 0..4 {
                let keys = &self.keys[start..to];
                let length = keys.partition_point(|k| (k.0 >> (bits - 2)) & 3 <= quarter);
                if length > 0 {
                    self.divide(start, start + length, bits - 2, theta);
                }
                start += length;
            }
        }
        self.cells[here].skip = self.cells.len() as u32;
    }

    /// `Σ m_j (p − p_j) / |p − p_j|²` over all bodies that do not stand at `p` itself: the push of a force that falls with
    /// the distance.
    pub(super) fn push(&self, p: [f64; 2]) -> [f64; 2] {
        let mut push = [0.0; 2];
        let mut at = 0;
        while let Some(cell) = self.cells.get(at) {
            let d2 = distance2(p, cell.center);
            if d2 > cell.reach2 {
                let k = cell.mass / d2;
                push[0] += k * (p[0] - cell.center[0]);
                push[1] += k * (p[1] - cell.center[1]);
                at = cell.skip as usize;
                continue;
            }
            for &(q, mass) in &self.bodies[cell.bodies.0 as usize..cell.bodies.1 as usize] {
                let d2 = distance2(p, q);
                if d2 > 0.0 {
                    let k = mass / d2;
                    push[0] += k * (p[0] - q[0]);
                    push[1] += k * (p[1] - q[1]);
                }
            }
            at = if cell.bodies.0 < cell.bodies.1 {
                cell.skip as usize
            } else {
                at + 1
            };
        }
        push
    }
}

fn distance2(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (a[0] - b[0], a[1] - b[1]);
    dx * dx + dy * dy
}

/// Lower corner and side of the smallest upright square around all places.
fn square_around(places: &[[f64; 2]]) -> ([f64; 2], f64) {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for place in places {
        for axis in 0..2 {
            low[axis] = low[axis].min(place[axis]);
            high[axis] = high[axis].max(place[axis]);
        }
    }
    (low, (high[0] - low[0]).max(high[1] - low[1]))
}

/// The bits of `x`, each followed by a free one.
fn spread_bits(x: u32) -> u64 {
    let mut x = u64::from(x);
    x = (x | x << 16) & 0x0000_FFFF_0000_FFFF;
    x = (x | x << 8) & 0x00FF_00FF_00FF_00FF;
    x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    x = (x | x << 2) & 0x3333_3333_3333_3333;
    (x | x << 1) & 0x5555_5555_5555_5555
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::math;
    use crate::random::stream;
    use rand::RngExt;

    fn scatter(n: usize) -> (Vec<[f64; 2]>, Vec<f64>) {
        let mut random = stream(5, 0);
        let places = (0..n)
            .map(|_| {
                [
                    random.random_range(-9.0..9.0),
                    math::powi(random.random_range(-1.0f64..1.0), 3),
                ]
            })
            .collect();
        (places, (0..n).map(|i| 1.0 + (i % 7) as f64).collect())
    }

    fn naive(places: &[[f64; 2]], masses: &[f64], p: [f64; 2]) -> [f64; 2] {
        let mut push = [0.0; 2];
        for (q, m) in places.iter().zip(masses) {
            let d2 = distance2(p, *q);
            if d2 > 0.0 {
                push[0] += m * (p[0] - q[0]) / d2;
                push[1] += m * (p[1] - q[1]) / d2;
            }
        }
        push
    }

    fn error_of(theta: f64, n: usize) -> f64 {
        let (places, masses) = scatter(n);
        let mut tree = Quadtree::default();
        tree.rebuild(&places, &masses, theta);
        let size2 = |x: [f64; 2]| distance2(x, [0.0; 2]);
        let (mut wrong, mut all) = (0.0, 0.0);
        for &p in &places {
            let (near, exact) = (tree.push(p), naive(&places, &masses, p));
            wrong += distance2(near, exact);
            all += size2(exact);
        }
        (wrong / all).sqrt()
    }

    #[test]
    fn theta_0_gives_the_sum_over_all_pairs() {
        assert!(error_of(0.0, 300) < 1e-12);
    }

    #[test]
    fn theta_1_2_misses_the_pushes_by_a_few_percent() {
        let error = error_of(1.2, 3000);
        assert!(error < 0.05, "{error}");
        assert!(error > 0.0);
    }

    #[test]
    fn many_bodies_on_one_spot_act_as_one_and_do_not_push_themselves() {
        let mut places = vec![[1.0, 1.0]; 100];
        places.push([2.0, 1.0]);
        let mut tree = Quadtree::default();
        tree.rebuild(&places, &[1.0; 101], 1.2);
        let push = tree.push([2.0, 1.0]);
        assert!((push[0] - 100.0).abs() < 1e-9 && push[1].abs() < 1e-9);
        let push = tree.push([1.0, 1.0]);
        assert!((push[0] + 1.0).abs() < 1e-9, "{push:?}");
    }
}
