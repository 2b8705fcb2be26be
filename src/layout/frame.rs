//! The frame of the picture: size, middle, a ring for nodes without ties, and a spot of its own for every node.

use crate::num::math;
use rustc_hash::FxHashMap;
use std::f64::consts::TAU;

/// Side of the cells that hold one node each; coordinates are multiples of it.
const CELL: f64 = 0.01;
/// Cells per unit.
const PER_UNIT: f64 = 100.0;
/// Distance between neighbors among nodes that stood on one spot, in units of the finished picture.
const APART: f64 = 2.0;
/// The largest coordinate that Gephi leaves as it is.
const LARGEST: f64 = 5000.0;
/// The angle between one seed of a sunflower and the next: no two ever point the same way.
const GOLDEN_ANGLE: f64 = 2.399_963_229_728_653;

/// The farthest coordinate of the finished picture: `500 · (n / 100)^0.35`, at least 500 and at most 5000, so that sizes from 4 to
/// 100, those of Gephi, suit few nodes and many. One unit is about one pixel where programs draw without scaling.
///
/// ```
/// assert_eq!(kinfolk::layout::half_extent(100), 500.0);
/// assert_eq!(kinfolk::layout::half_extent(1_000_000), 5000.0);
/// ```
pub fn half_extent(n_nodes: usize) -> f64 {
    (500.0 * math::powf(n_nodes as f64 / 100.0, 0.35)).clamp(500.0, LARGEST)
}

fn middle(places: &[[f64; 2]]) -> [f64; 2] {
    let n = places.len().max(1) as f64;
    [0, 1].map(|axis| places.iter().map(|p| p[axis]).sum::<f64>() / n)
}

/// Root mean square distance from the mean.
pub(super) fn spread(places: &[[f64; 2]]) -> f64 {
    let m = middle(places);
    let squares: f64 = places
        .iter()
        .map(|p| math::square(p[0] - m[0]) + math::square(p[1] - m[1]))
        .sum();
    (squares / places.len().max(1) as f64).sqrt()
}

/// Brings places beyond twice the distance of the 95th of 100 nearer, by the logarithm: otherwise a few unusual customers
/// leave all others a dot in the middle. Distances are from the median, which those few do not move.
pub(super) fn pull_in(places: &mut [[f64; 2]]) {
    if places.is_empty() {
        return;
    }
    let m = [0, 1].map(|axis| quantile(places.iter().map(|p| p[axis]), 0.5));
    let distance = |p: &[f64; 2]| math::hypot(p[0] - m[0], p[1] - m[1]);
    let far = 2.0 * quantile(places.iter().map(distance), 0.95);
    for p in places.iter_mut().filter(|_| far > 0.0) {
        let d = distance(p);
        if d > far {
            let k = far * (1.0 + math::ln(d / far)) / d;
            *p = [0, 1].map(|axis| m[axis] + k * (p[axis] - m[axis]));
        }
    }
}

/// One of the values, the one of that rank among them.
fn quantile(values: impl Iterator<Item = f64>, q: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    let rank = ((values.len() - 1) as f64 * q) as usize;
    *values.select_nth_unstable_by(rank, f64::total_cmp).1
}

/// Puts the nodes that are not `tied` on rings around those that are, in their order.
pub(super) fn ring_around(places: &mut [[f64; 2]], tied: &[bool]) {
    let inside: Vec<[f64; 2]> = places
        .iter()
        .zip(tied)
        .filter(|(_, t)| **t)
        .map(|(p, _)| *p)
        .collect();
    let outside: Vec<usize> = (0..tied.len()).filter(|&i| !tied[i]).collect();
    if inside.is_empty() || outside.is_empty() {
        return;
    }
    let m = middle(&inside);
    let farthest = inside
        .iter()
        .map(|p| math::hypot(p[0] - m[0], p[1] - m[1]))
        .fold(0.0, f64::max);
    let farthest = if farthest > 0.0 { farthest } else { 1.0 };
    // As dense as the nodes inside, were they spread evenly.
    let gap = 2.0 * farthest / (places.len() as f64).sqrt();
    let mut radius = 1.08 * farthest;
    let mut rest = &outside[..];
    while !rest.is_empty() {
        let room = ((TAU * radius / gap) as usize).clamp(1, rest.len());
        let (here, later) = rest.split_at(room);
        for (k, &i) in here.iter().enumerate() {
            let angle = TAU * k as f64 / room as f64;
            places[i] = [m[0] + radius * math::cos(angle), m[1] + radius * math::sin(angle)];
        }
        rest = later;
        radius += gap;
    }
}

/// Mean at 0, 0, farthest coordinate at [`half_extent`], every node in a cell of its own.
pub(super) fn fit(places: &mut [[f64; 2]]) {
    let mut target = half_extent(places.len());
    loop {
        scale_to(places, target);
        separate(places);
        let m = middle(places).map(|x| (x * PER_UNIT).round());
        let mut farthest = 0.0f64;
        for place in places.iter_mut() {
            for axis in 0..2 {
                place[axis] = ((place[axis] * PER_UNIT).round() - m[axis]) / PER_UNIT;
                farthest = farthest.max(place[axis].abs());
            }
        }
        // Nodes driven apart near the border may have crossed it.
        if farthest <= LARGEST || target < 1.0 {
            return;
        }
        target *= 0.95;
    }
}

/// Moves the mean to 0, 0 and the farthest coordinate to `target`; nodes that all stand on one spot stay on it.
fn scale_to(places: &mut [[f64; 2]], target: f64) {
    let m = middle(places);
    let farthest = places
        .iter()
        .flat_map(|p| [0, 1].map(|axis| (p[axis] - m[axis]).abs()))
        .fold(0.0, f64::max);
    let scale = if farthest > 0.0 { target / farthest } else { 0.0 };
    for p in places.iter_mut() {
        *p = [0, 1].map(|axis| scale * (p[axis] - m[axis]));
    }
}

/// Moves every place to the middle of a cell that no earlier node has: its own, or the next free one along a sunflower
/// spiral around it. `O(n)` however many stand on one spot.
fn separate(places: &mut [[f64; 2]]) {
    // How many seeds of the spiral around a cell have been tried.
    let mut taken: FxHashMap<(i64, i64), u32> = FxHashMap::default();
    for place in places.iter_mut() {
        let home = cell_of(*place);
        let mut cell = home;
        let mut seed = taken.get(&home).copied().unwrap_or(0);
        if taken.contains_key(&home) {
            loop {
                seed += 1;
                let (radius, angle) = (APART * f64::from(seed).sqrt(), GOLDEN_ANGLE * f64::from(seed));
                cell = cell_of([
                    place[0] + radius * math::cos(angle),
                    place[1] + radius * math::sin(angle),
                ]);
                if !taken.contains_key(&cell) {
                    break;
                }
            }
            taken.insert(home, seed);
        }
        taken.insert(cell, 0);
        *place = [cell.0 as f64 * CELL, cell.1 as f64 * CELL];
    }
}

fn cell_of(place: [f64; 2]) -> (i64, i64) {
    (
        (place[0] * PER_UNIT).round() as i64,
        (place[1] * PER_UNIT).round() as i64,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn spots(places: &[[f64; 2]]) -> usize {
        places.iter().map(|p| cell_of(*p)).collect::<HashSet<_>>().len()
    }

    #[test]
    fn a_thousand_nodes_on_one_spot_become_a_disc_around_it() {
        let mut places = vec![[7.0, -3.0]; 1000];
        fit(&mut places);
        assert_eq!(spots(&places), 1000);
        let m = middle(&places);
        assert!(m[0].abs() <= 0.006 && m[1].abs() <= 0.006, "{m:?}");
    }

    #[test]
    fn nodes_between_two_crowds_keep_their_spots() {
        let mut places = vec![[0.0, 0.0]; 300];
        places.extend(vec![[100.0, 0.0]; 300]);
        places.push([50.0, 100.0]);
        fit(&mut places);
        assert_eq!(spots(&places), 601);
        let side = half_extent(601);
        assert!(places.iter().flatten().all(|x| x.abs() <= side + 1.0));
        assert!(places[600][1] > 0.98 * side);
    }

    #[test]
    fn an_unusual_customer_does_not_squeeze_the_others() {
        let mut places: Vec<[f64; 2]> = (0..200).map(|i| [f64::from(i % 20), f64::from(i / 20)]).collect();
        places.push([1e6, 0.0]);
        pull_in(&mut places);
        fit(&mut places);
        let x: Vec<f64> = places[..200].iter().map(|p| p[0]).collect();
        let width = x.iter().fold(f64::MIN, |a, b| a.max(*b)) - x.iter().fold(f64::MAX, |a, b| a.min(*b));
        assert!(width > 30.0, "{width}");
    }

    #[test]
    fn nodes_without_ties_stand_farther_out_than_all_others() {
        let mut places: Vec<[f64; 2]> = (0..50).map(|i| [f64::from(i % 7), f64::from(i % 5)]).collect();
        let tied: Vec<bool> = (0..50).map(|i| i % 10 != 0).collect();
        ring_around(&mut places, &tied);
        let inside: Vec<[f64; 2]> = places
            .iter()
            .zip(&tied)
            .filter(|(_, t)| **t)
            .map(|(p, _)| *p)
            .collect();
        let m = middle(&inside);
        let far = |p: &[f64; 2]| math::hypot(p[0] - m[0], p[1] - m[1]);
        let border = inside.iter().map(far).fold(0.0, f64::max);
        assert!(
            places
                .iter()
                .zip(&tied)
                .filter(|(_, t)| !**t)
                .all(|(p, _)| far(p) > border)
        );
    }
}
