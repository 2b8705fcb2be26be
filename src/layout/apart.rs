//! Room around large discs, so that none hides another's name or the nodes below it.

use crate::num::math;

/// Above this many nodes places stay as they are: nobody reads names there, and programs draw a part.
pub(crate) const UP_TO: usize = 20_000;
/// How often discs are moved, at most.
const ROUNDS: usize = 200;
/// How often all others are.
const ROUNDS_OF_OTHERS: usize = 50;
/// Less than this is not seen.
const NOT_SEEN: f64 = 0.05;
/// How far beyond touching those that overlap are driven: else they come near it in ever smaller steps.
const MARGIN: f64 = 0.2;
/// Width of a cell in which nodes are looked up.
const CELL: f64 = 8.0;
const GOLDEN_ANGLE: f64 = 2.399_963_229_728_653;

/// Places with room around the discs that `stand_out`: no two of these overlap, and no other node's center is under one, or under another
/// small one, where so many moves are enough; what is in no disc's way stays.
///
/// First the discs that stand out are driven from each other, each by its share of the overlap, the lighter (by area) more; then all others
/// go from under them by the shortest way, to the rim and their own radius, and from each other's centers. At most 200 and 50 rounds, each
/// from the places of the round before. `sizes` are radii. `O(n + covered cells)` per round.
pub(crate) fn apart(places: &[[f64; 2]], sizes: &[f64], stand_out: &[bool]) -> Vec<[f64; 2]> {
    let mut places = places.to_vec();
    let nodes = 0..places.len() as u32;
    let (large, small): (Vec<u32>, Vec<u32>) = nodes.partition(|&v| stand_out[v as usize]);
    let radius = |v: u32| sizes[v as usize];
    let widest = large.iter().map(|&v| radius(v)).fold(0.0, f64::max);

    for _ in 0..ROUNDS {
        let grid = Grid::new(&places, &large, 2.0 * widest.max(CELL));
        let move_of = |v: u32| {
            let mut sum = [0.0; 2];
            grid.around(places[v as usize], 2.0 * widest, |other| {
                if other != v {
                    let overlap = Overlap::of(&places, v, other, radius(v) + radius(other));
                    let (own, its) = (math::square(radius(v)), math::square(radius(other)));
                    overlap.add_to(&mut sum, its / (own + its));
                }
            });
            sum
        };
        let moves: Vec<[f64; 2]> = large.iter().map(|&v| move_of(v)).collect();
        if !apply(&mut places, &large, &moves) {
            break;
        }
    }

    for _ in 0..ROUNDS_OF_OTHERS {
        let grid = Grid::new(&places, &small, CELL);
        let mut moves = vec![[0.0; 2]; places.len()];
        for &disc in &large {
            grid.around(places[disc as usize], radius(disc) + CELL, |v| {
                let overlap = Overlap::of(&places, v, disc, radius(disc) + radius(v));
                overlap.add_to(&mut moves[v as usize], 1.0);
            });
        }
        for &v in &small {
            let sum = &mut moves[v as usize];
            grid.around(places[v as usize], radius(v), |other| {
                if other != v {
                    let overlap = Overlap::of(&places, v, other, radius(v).max(radius(other)));
                    overlap.add_to(sum, 0.5);
                }
            });
        }
        let moves: Vec<[f64; 2]> = small.iter().map(|&v| moves[v as usize]).collect();
        if !apply(&mut places, &small, &moves) {
            break;
        }
    }
    for place in &mut places {
        *place = place.map(|x| (x * 100.0).round() / 100.0);
    }
    places
}

/// Moves these nodes; whether any went a way that is seen.
fn apply(places: &mut [[f64; 2]], nodes: &[u32], moves: &[[f64; 2]]) -> bool {
    let mut any = false;
    for (&v, step) in nodes.iter().zip(moves) {
        if math::hypot(step[0], step[1]) > NOT_SEEN {
            let place = &mut places[v as usize];
            *place = [place[0] + step[0], place[1] + step[1]];
            any = true;
        }
    }
    any
}

/// How far one node is too close to another, and the way from it.
struct Overlap {
    depth: f64,
    away: [f64; 2],
}

impl Overlap {
    /// Of `v` with `other`, whose centers are to be so far apart.
    fn of(places: &[[f64; 2]], v: u32, other: u32, distance: f64) -> Self {
        let (p, q) = (places[v as usize], places[other as usize]);
        let way = [p[0] - q[0], p[1] - q[1]];
        let length = math::hypot(way[0], way[1]);
        let away = if length > 1e-9 {
            way.map(|x| x / length)
        } else {
            // On one spot: each goes its own way.
            let angle = GOLDEN_ANGLE * f64::from(v);
            [math::cos(angle), math::sin(angle)]
        };
        let depth = distance - length;
        Overlap {
            depth: if depth > 0.0 { depth + MARGIN } else { 0.0 },
            away,
        }
    }

    fn add_to(&self, sum: &mut [f64; 2], share: f64) {
        if self.depth > 0.0 {
            sum[0] += self.away[0] * self.depth * share;
            sum[1] += self.away[1] * self.depth * share;
        }
    }
}

/// Nodes by cells of a square.
struct Grid<'a> {
    places: &'a [[f64; 2]],
    low: [f64; 2],
    width: f64,
    /// Cells along each axis.
    cells: [usize; 2],
    /// Where the nodes of each cell begin, row by row.
    begins: Vec<u32>,
    nodes: Vec<u32>,
}

impl<'a> Grid<'a> {
    /// Cells of this width, or wider where the nodes lie so far apart that most would be empty.
    fn new(places: &'a [[f64; 2]], nodes: &[u32], width: f64) -> Self {
        let bound = |axis: usize, pick: fn(f64, f64) -> f64, start: f64| {
            nodes.iter().map(|&v| places[v as usize][axis]).fold(start, pick)
        };
        let low = [0, 1].map(|axis| bound(axis, f64::min, f64::INFINITY));
        let high = [0, 1].map(|axis| bound(axis, f64::max, f64::NEG_INFINITY));
        let extent = (high[0] - low[0]).max(high[1] - low[1]).max(0.0);
        let width = width.max(extent / 1000.0);
        let cells = [0, 1].map(|axis| ((high[axis] - low[axis]).max(0.0) / width) as usize + 1);
        let mut grid = Grid {
            places,
            low,
            width,
            cells,
            begins: vec![0; cells[0] * cells[1] + 1],
            nodes: vec![0; nodes.len()],
        };
        let cell_of = |v: u32| {
            let [x, y] = [0, 1].map(|axis| ((places[v as usize][axis] - low[axis]) / width) as usize);
            y * cells[0] + x
        };
        for &v in nodes {
            grid.begins[cell_of(v) + 1] += 1;
        }
        for cell in 0..cells[0] * cells[1] {
            grid.begins[cell + 1] += grid.begins[cell];
        }
        let mut next = grid.begins.clone();
        for &v in nodes {
            let place = &mut next[cell_of(v)];
            grid.nodes[*place as usize] = v;
            *place += 1;
        }
        grid
    }

    /// Calls `each` for every node within `reach` of a place, and for some that are farther, always in one order.
    fn around(&self, place: [f64; 2], reach: f64, mut each: impl FnMut(u32)) {
        if self.nodes.is_empty() {
            return;
        }
        let cell = |axis: usize, x: f64| {
            let cell = (x - self.low[axis]) / self.width;
            (cell.max(0.0) as usize).min(self.cells[axis] - 1)
        };
        let [x, y] = [0, 1].map(|axis| cell(axis, place[axis] - reach)..=cell(axis, place[axis] + reach));
        for row in y {
            let first = row * self.cells[0];
            let (begin, end) = (self.begins[first + x.start()], self.begins[first + x.end() + 1]);
            for &v in &self.nodes[begin as usize..end as usize] {
                let p = self.places[v as usize];
                if (p[0] - place[0]).abs() <= reach && (p[1] - place[1]).abs() <= reach {
                    each(v);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn distance(p: [f64; 2], q: [f64; 2]) -> f64 {
        math::hypot(p[0] - q[0], p[1] - q[1])
    }

    #[test]
    fn what_is_in_nobodys_way_stays() {
        let places = [[0.0, 0.0], [60.0, 0.0], [31.0, 0.0], [200.0, 5.0], [205.0, 5.0]];
        let found = apart(
            &places,
            &[20.0, 20.0, 4.0, 4.0, 4.0],
            &[true, true, false, false, false],
        );
        assert_eq!(found, places);
    }

    #[test]
    fn two_discs_part_by_their_areas_and_a_node_goes_to_the_nearest_rim() {
        let found = apart(
            &[[0.0, 0.0], [25.0, 0.0], [0.0, -15.0]],
            &[20.0, 10.0, 4.0],
            &[true, true, false],
        );
        // 5 units of overlap and the margin; the areas are as 4 to 1.
        assert_eq!(found[..2], [[-1.04, 0.0], [29.16, 0.0]]);
        assert!((distance(found[2], found[0]) - 24.0).abs() < 0.3, "{found:?}");
        assert!(distance(found[2], [0.0, -15.0]) < 9.6);
    }

    #[test]
    fn nodes_on_one_spot_go_different_ways() {
        let found = apart(&[[0.0, 0.0]; 4], &[4.0; 4], &[false; 4]);
        for i in 0..4 {
            for j in 0..i {
                assert!(distance(found[i], found[j]) > 3.0, "{found:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn no_disc_that_stands_out_covers_a_center(
            nodes in prop::collection::vec((-300.0..300.0f64, -300.0..300.0f64, 8.0..60.0f64, 0u8..12), 1..150),
        ) {
            let places: Vec<[f64; 2]> = nodes.iter().map(|n| [n.0, n.1]).collect();
            let stand_out: Vec<bool> = nodes.iter().map(|n| n.3 == 0).collect();
            let sizes: Vec<f64> = nodes.iter().map(|n| if n.3 == 0 { n.2 } else { 4.0 }).collect();
            let found = apart(&places, &sizes, &stand_out);
            for i in 0..nodes.len() {
                for j in (0..nodes.len()).filter(|&j| j != i && stand_out[j]) {
                    prop_assert!(distance(found[i], found[j]) > sizes[j] - 0.5);
                }
            }
        }
    }
}
