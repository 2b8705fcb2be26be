//! The nearest neighbors of one point that need not be among those searched.
//!
//! The same tree as for everybody's neighbors, asked by a single point: a way down by the nearer box, whole leaves compared in the
//! registers, a shortlist in single precision, and the exact measure of what is on it. Where the last of the shortlist may tie with
//! somebody beyond it, everybody up to that distance is measured.

use super::kd_tree::{LEAF, Tree, in_order, order_in_space};
use super::leaf_search::{DEEPEST, GROUPS, Pending, STRETCH, Sink, add_term, add_terms, load_tile, total};
use super::tree_search::{SPARE, Shortlists, VANISHED};
use crate::features::Distance;
use crate::neighbors::distance::{Candidate, Rows, key, key_scale};
use crate::num::lanes::{Kernel, Lanes, WIDTH, dispatch};
use crate::num::math;

/// Points that can be asked for the nearest to any other, one at a time.
pub(crate) struct PointSearch {
    /// In the order of the leaves.
    sorted: Vec<f32>,
    order: Vec<u32>,
    d: usize,
    distance: Distance,
    tree: Tree,
    scale: f64,
    key_scale: f64,
    guard: f64,
}

/// Room for one who asks.
pub(crate) struct AskRoom {
    k: usize,
    wanted: usize,
    scaled: Vec<[f32; WIDTH]>,
    list: Shortlists,
    candidates: Vec<Candidate>,
    found: Vec<Near>,
}

/// A point at a distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Near {
    pub(crate) distance: f64,
    pub(crate) point: u32,
}

impl PointSearch {
    /// `values` are rows of `d` finite numbers, `d` at least 1. `O(n d log n)`.
    pub(crate) fn new(values: &[f32], d: usize, distance: Distance) -> Self {
        let rows = Rows { values, d };
        let order = order_in_space(rows);
        let sorted = in_order(rows, &order).into_owned();
        let scale = rows.scale();
        let tree = Tree::new(Rows { values: &sorted, d }, scale);
        PointSearch {
            sorted,
            order,
            d,
            distance,
            tree,
            scale,
            key_scale: key_scale(distance, scale),
            // A sum of d rounded terms is right to (d + 3) u, relatively; four times that is allowed for.
            guard: 1.0 + (d + 8) as f64 * math::powi(2.0, -22),
        }
    }

    /// Room for one asker after the other, each for its `k` nearest.
    pub(crate) fn room(&self, k: usize) -> AskRoom {
        // One more, for the one that may be left out.
        let wanted = (k + SPARE + 1).min(self.order.len());
        AskRoom {
            k,
            wanted,
            scaled: vec![[0.0; WIDTH]; self.d.div_ceil(WIDTH)],
            list: Shortlists::new(wanted.max(1), 1),
            candidates: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The points nearest to `query`, as many as `room` is for, nearest first, equal distances in the order of the index; fewer where
    /// there are fewer. One point may be left out.
    pub(crate) fn nearest<'r>(
        &self,
        query: &[f32],
        without: Option<u32>,
        room: &'r mut AskRoom,
    ) -> &'r [Near] {
        let n = self.order.len();
        if room.wanted == 0 {
            return &[];
        }
        for (scaled, &x) in room.scaled.as_flattened_mut().iter_mut().zip(query) {
            *scaled = (f64::from(x) * self.scale) as f32;
        }
        room.list.clear();
        self.ask(&room.scaled, f32::INFINITY, &mut room.list);
        let short = room.list.positions(0);
        // Beyond all measure, nobody is below infinity.
        let complete = short.len() == n || short.len() < room.wanted;
        if short.len() < room.wanted {
            self.measure(query, 0..n as u32, without, &mut room.candidates);
        } else {
            self.measure(query, short.iter().copied(), without, &mut room.candidates);
        }
        room.candidates.sort_unstable();
        if let Some(last) = room.candidates.get(room.k.wrapping_sub(1)).filter(|_| !complete) {
            let needed = last.key * self.key_scale * self.guard + VANISHED;
            if f64::from(room.list.last(0)) <= needed {
                // The first number above what anybody at the distance of the last neighbor can show.
                let limit = (needed as f32).next_up().next_up();
                let mut all = Within {
                    limit,
                    positions: Vec::new(),
                };
                self.ask(&room.scaled, limit, &mut all);
                self.measure(query, all.positions.into_iter(), without, &mut room.candidates);
                room.candidates.sort_unstable();
            }
        }
        room.found.clear();
        let nearest = room.candidates.iter().take(room.k);
        room.found.extend(nearest.map(|c| Near {
            distance: match self.distance {
                Distance::Euclidean => c.key.sqrt(),
                Distance::Manhattan => c.key,
            },
            point: c.index,
        }));
        &room.found
    }

    fn ask<S: Sink>(&self, query: &[[f32; WIDTH]], limit: f32, sink: &mut S) {
        let tree = &self.tree;
        match self.distance {
            Distance::Euclidean => dispatch(Ask::<S, false> {
                tree,
                query,
                limit,
                sink,
            }),
            Distance::Manhattan => dispatch(Ask::<S, true> {
                tree,
                query,
                limit,
                sink,
            }),
        }
    }

    /// Measures the points at these positions exactly.
    fn measure(
        &self,
        query: &[f32],
        positions: impl Iterator<Item = u32>,
        without: Option<u32>,
        candidates: &mut Vec<Candidate>,
    ) {
        let row = |position: u32| &self.sorted[position as usize * self.d..][..self.d];
        candidates.clear();
        candidates.extend(
            positions
                .filter(|&position| without != Some(self.order[position as usize]))
                .map(|position| Candidate {
                    key: key(self.distance, query, row(position)),
                    index: self.order[position as usize],
                }),
        );
    }
}

/// Everybody below a limit.
struct Within {
    limit: f32,
    positions: Vec<u32>,
}

impl Sink for Within {
    #[inline(always)]
    fn take<L: Lanes>(&mut self, _: L, _: usize, first: usize, _: &[f32; LEAF], mut hits: u64) -> f32 {
        while hits != 0 {
            self.positions
                .push((first + hits.trailing_zeros() as usize) as u32);
            hits &= hits - 1;
        }
        self.limit
    }
}

struct Ask<'a, S, const MANHATTAN: bool> {
    tree: &'a Tree,
    /// Filled up with zeros.
    query: &'a [[f32; WIDTH]],
    limit: f32,
    sink: &'a mut S,
}

impl<S: Sink, const MANHATTAN: bool> Kernel for Ask<'_, S, MANHATTAN> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) {
        // The gaps of boxes are summed in another order than distances.
        let shrink = 1.0 - (self.tree.d + WIDTH) as f32 * f32::EPSILON;
        let query = self.query;
        let mut stack = [Pending::default(); DEEPEST];
        stack[0].end = self.tree.n_leaves();
        let mut waiting = 1;
        while waiting > 0 {
            waiting -= 1;
            let Pending {
                mut node,
                mut start,
                mut end,
                mut gap,
            } = stack[waiting];
            while gap < self.limit && end - start > 1 {
                let middle = start + (end - start) / 2;
                let (left, right) = (node + 1, node + 2 * (middle - start));
                let left_gap = gap_to::<L, MANHATTAN>(l, query, self.tree.corners(left)) * shrink;
                let right_gap = gap_to::<L, MANHATTAN>(l, query, self.tree.corners(right)) * shrink;
                let (second, farther);
                if left_gap <= right_gap {
                    (second, farther) = ((right, middle, end), right_gap);
                    (node, end, gap) = (left, middle, left_gap);
                } else {
                    (second, farther) = ((left, start, middle), left_gap);
                    (node, start, gap) = (right, middle, right_gap);
                }
                if farther < self.limit {
                    stack[waiting] = Pending {
                        node: second.0,
                        start: second.1,
                        end: second.2,
                        gap: farther,
                    };
                    waiting += 1;
                }
            }
            if gap < self.limit {
                self.compare(l, start);
            }
        }
    }
}

impl<S: Sink, const MANHATTAN: bool> Ask<'_, S, MANHATTAN> {
    /// Compares the point with all points of `leaf`.
    #[inline(always)]
    fn compare<L: Lanes>(&mut self, l: L, leaf: usize) {
        let mut sums = [l.splat(0.0); GROUPS];
        let mut hits = 0u64;
        for (tile, query) in self
            .tree
            .tile(leaf)
            .chunks(STRETCH)
            .zip(self.query.as_flattened().chunks(STRETCH))
        {
            for (column, &x) in tile.iter().zip(query) {
                sums = add_terms::<L, MANHATTAN, true>(l, sums, l.splat(x), load_tile(l, column));
            }
            let limit = l.splat(self.limit);
            hits = 0;
            for (group, &sum) in sums.iter().enumerate() {
                hits |= u64::from(l.bits(l.less(sum, limit))) << (WIDTH * group);
            }
            if hits == 0 {
                return;
            }
        }
        if hits != 0 {
            let mut distances = [0f32; LEAF];
            for (out, &sum) in distances.as_chunks_mut::<WIDTH>().0.iter_mut().zip(&sums) {
                *out = l.store(sum);
            }
            self.limit = self.sink.take(l, 0, leaf * LEAF, &distances, hits);
        }
    }
}

/// The distance from a point to a box.
#[inline(always)]
fn gap_to<L: Lanes, const MANHATTAN: bool>(
    l: L,
    point: &[[f32; WIDTH]],
    (low, high): (&[[f32; WIDTH]], &[[f32; WIDTH]]),
) -> f32 {
    let zero = l.splat(0.0);
    let mut sum = zero;
    for (point, (low, high)) in point.iter().zip(low.iter().zip(high)) {
        let x = l.load(point);
        let gap = l.max(l.sub(l.load(low), x), l.sub(x, l.load(high)));
        sum = add_term::<L, MANHATTAN, true>(l, sum, l.max(gap, zero));
    }
    total(l.store(sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;
    use rand::RngExt;

    #[test]
    fn the_tree_finds_what_a_look_at_all_finds_ties_included() {
        let mut random = stream(5, 0);
        for (d, steps) in [(1, 400), (2, 12), (3, 6), (8, 3), (17, 1000), (40, 2), (130, 2)] {
            for distance in [Distance::Euclidean, Distance::Manhattan] {
                let mut rows: Vec<Vec<i32>> = (0..900)
                    .map(|_| (0..d).map(|_| random.random_range(0..steps)).collect())
                    .collect();
                rows.sort();
                rows.dedup();
                let points: Vec<f32> = rows.iter().flatten().map(|&x| x as f32 * 0.1).collect();
                let search = PointSearch::new(&points, d, distance);
                let n = rows.len();
                let (mut seven, mut all) = (search.room(7), search.room(n));
                for _ in 0..50 {
                    let query: Vec<f32> = (0..d)
                        .map(|_| random.random_range(0..steps) as f32 * 0.1)
                        .collect();
                    for without in [None, Some(3)] {
                        let found = search.nearest(&query, without, &mut seven);
                        let everybody = search.nearest(&query, without, &mut all);
                        assert_eq!(everybody.len(), n - usize::from(without.is_some()));
                        let mut least: Vec<Near> = (0..n as u32)
                            .filter(|p| Some(*p) != without)
                            .map(|point| Near {
                                distance: match key(distance, &query, &points[point as usize * d..][..d]) {
                                    key if distance == Distance::Euclidean => key.sqrt(),
                                    key => key,
                                },
                                point,
                            })
                            .collect();
                        least.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.point.cmp(&b.point)));
                        least.truncate(7);
                        assert_eq!(found, least, "{d} {distance:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn values_beyond_all_measure_have_neighbors_too() {
        let search = PointSearch::new(&[0.0, 1.0, 2.0, 5.0], 1, Distance::Euclidean);
        let found = search.nearest(&[3e38], None, &mut search.room(2)).to_vec();
        // In double precision all of them are as far from there.
        assert_eq!(found.iter().map(|n| n.point).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(search.nearest(&[1.4], None, &mut search.room(9)).len(), 4);
        let nobody = PointSearch::new(&[], 1, Distance::Euclidean);
        assert!(nobody.nearest(&[1.0], None, &mut nobody.room(3)).is_empty());
    }
}
