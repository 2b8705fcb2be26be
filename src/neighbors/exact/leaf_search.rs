//! What is near the points of one leaf: all of them ask together.
//!
//! The way down the tree is shared, and so is every tile that it leads to. A subtree is skipped where its box is
//! farther from the box of the asking leaf than anybody's limit; a leaf is compared with those only whose own
//! limit reaches its box.

use crate::features::Distance;
use crate::neighbors::exact::kd_tree::{LEAF, Tile, Tree};
use crate::num::lanes::{Kernel, Lanes, WIDTH, dispatch};

/// Groups of numbers per tile.
pub(in crate::neighbors) const GROUPS: usize = LEAF / WIDTH;

/// Coordinates after which a comparison may end early.
pub(in crate::neighbors) const STRETCH: usize = 64;

/// Deeper than any tree: 2³² points make 26 levels.
pub(super) const DEEPEST: usize = 40;

/// What is done with points that are near enough.
pub(in crate::neighbors) trait Sink {
    /// Takes the points `first` + j for each bit j of `hits`, at distance `distances[j]` from the asking leaf's point
    /// `slot`; the limit of that point from now on.
    fn take<L: Lanes>(
        &mut self,
        lanes: L,
        slot: usize,
        first: usize,
        distances: &[f32; LEAF],
        hits: u64,
    ) -> f32;
}

/// Gives `sink` every point that is nearer than its limit to a point of `leaf`, itself excepted; distances are squared
/// under [`Distance::Euclidean`], rounded, and as the tree's coordinates are scaled.
///
/// `limits` are those at the beginning; a point with −∞ does not ask. Nobody at a distance below the limit that holds
/// at the end is missed. Returns how many comparisons of a point with a leaf it took.
pub(in crate::neighbors) fn ask<S: Sink>(
    tree: &Tree,
    distance: Distance,
    leaf: usize,
    limits: [f32; LEAF],
    sink: &mut S,
) -> u64 {
    match distance {
        Distance::Euclidean => dispatch(Ask::<S, false> {
            tree,
            leaf,
            limits,
            sink,
        }),
        Distance::Manhattan => dispatch(Ask::<S, true> {
            tree,
            leaf,
            limits,
            sink,
        }),
    }
}

struct Ask<'a, S, const MANHATTAN: bool> {
    tree: &'a Tree,
    leaf: usize,
    limits: [f32; LEAF],
    sink: &'a mut S,
}

/// A node over the leaves `start..end`, still to be visited, at least `gap` away.
#[derive(Clone, Copy, Default)]
pub(super) struct Pending {
    pub(super) node: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) gap: f32,
}

impl<S: Sink, const MANHATTAN: bool> Kernel for Ask<'_, S, MANHATTAN> {
    type Output = u64;

    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) -> u64 {
        let tree = self.tree;
        let own = self.leaf;
        let query = tree.tile(own);
        // The gaps of boxes are summed in another order than distances.
        let shrink = 1.0 - (tree.d + WIDTH) as f32 * f32::EPSILON;
        let asking = Asking::new(l, query, tree.d);

        let mut slots = 0u64;
        for slot in 0..LEAF {
            slots |= u64::from(self.limits[slot] > f32::NEG_INFINITY) << slot;
        }
        self.compare_all(l, query, slots, own);
        let mut compared = u64::from(slots.count_ones());
        let mut reach = largest(&self.limits);
        let mut stack = [Pending::default(); DEEPEST];
        stack[0] = Pending {
            node: 0,
            start: 0,
            end: tree.n_leaves(),
            gap: 0.0,
        };
        let mut waiting = 1;
        while waiting > 0 {
            waiting -= 1;
            let Pending {
                mut node,
                mut start,
                mut end,
                gap,
            } = stack[waiting];
            if gap >= reach {
                continue;
            }
            let mut near = true;
            while near && end - start > 1 {
                let middle = start + (end - start) / 2;
                let (left, right) = (node + 1, node + 2 * (middle - start));
                let (left_gap, left_center) = asking.gaps::<L, MANHATTAN>(l, tree.corners(left));
                let (right_gap, right_center) = asking.gaps::<L, MANHATTAN>(l, tree.corners(right));
                let (left_gap, right_gap) = (left_gap * shrink, right_gap * shrink);
                let holds_own = start <= own && own < end;
                let left_first = if holds_own {
                    own < middle
                } else {
                    left_center <= right_center
                };
                let lefts = (left, start, middle, left_gap);
                let rights = (right, middle, end, right_gap);
                let (first, second) = if left_first {
                    (lefts, rights)
                } else {
                    (rights, lefts)
                };
                if second.3 < reach {
                    stack[waiting] = Pending {
                        node: second.0,
                        start: second.1,
                        end: second.2,
                        gap: second.3,
                    };
                    waiting += 1;
                }
                (node, start, end) = (first.0, first.1, first.2);
                near = first.3 < reach;
            }
            if !near || start == own {
                continue;
            }
            let reached = reached::<L, MANHATTAN>(l, query, tree.corners(node), &self.limits);
            if reached == 0 {
                continue;
            }
            self.compare_all(l, query, reached, start);
            compared += u64::from(reached.count_ones());
            reach = largest(&self.limits);
        }
        compared
    }
}

impl<S: Sink, const MANHATTAN: bool> Ask<'_, S, MANHATTAN> {
    /// Compares the points `slots` with all points of `leaf`.
    #[inline(always)]
    fn compare_all<L: Lanes>(&mut self, l: L, query: &[Tile], mut slots: u64, leaf: usize) {
        // Four sums over a whole tile fit into 32 registers, and read the tile once instead of four times.
        if L::MANY_REGISTERS {
            while slots.count_ones() >= 4 {
                let four = [
                    take_lowest(&mut slots),
                    take_lowest(&mut slots),
                    take_lowest(&mut slots),
                    take_lowest(&mut slots),
                ];
                self.compare(l, query, four, leaf);
            }
        }
        while slots != 0 {
            let slot = take_lowest(&mut slots);
            self.compare(l, query, [slot], leaf);
        }
    }

    #[inline(always)]
    fn compare<L: Lanes, const N: usize>(&mut self, l: L, query: &[Tile], slots: [usize; N], leaf: usize) {
        let mut sums = [[l.splat(0.0); GROUPS]; N];
        let mut hits = [0u64; N];
        for (tile, query) in self.tree.tile(leaf).chunks(STRETCH).zip(query.chunks(STRETCH)) {
            for (column, of_query) in tile.iter().zip(query) {
                let groups = load_tile(l, column);
                for at in 0..N {
                    let x = l.splat(of_query[slots[at]]);
                    sums[at] = add_terms::<L, MANHATTAN, true>(l, sums[at], x, groups);
                }
            }
            let mut any = 0;
            for at in 0..N {
                let limit = l.splat(self.limits[slots[at]]);
                hits[at] = 0;
                for (group, &sum) in sums[at].iter().enumerate() {
                    hits[at] |= u64::from(l.bits(l.less(sum, limit))) << (WIDTH * group);
                }
                any |= hits[at];
            }
            if any == 0 {
                return;
            }
        }
        for at in 0..N {
            let slot = slots[at];
            if leaf == self.leaf {
                hits[at] &= !(1 << slot);
            }
            if hits[at] != 0 {
                let mut distances = [0f32; LEAF];
                for (out, &sum) in distances.as_chunks_mut::<WIDTH>().0.iter_mut().zip(&sums[at]) {
                    *out = l.store(sum);
                }
                self.limits[slot] = self.sink.take(l, slot, leaf * LEAF, &distances, hits[at]);
            }
        }
    }
}

/// The lowest bit, which is cleared.
#[inline(always)]
fn take_lowest(bits: &mut u64) -> usize {
    let lowest = bits.trailing_zeros() as usize;
    *bits &= *bits - 1;
    lowest
}

/// The points whose limit reaches the box. Summed as distances are, so that rounding keeps the order.
#[inline(always)]
fn reached<L: Lanes, const MANHATTAN: bool>(
    l: L,
    query: &[Tile],
    (low, high): (&[[f32; WIDTH]], &[[f32; WIDTH]]),
    limits: &[f32; LEAF],
) -> u64 {
    let mut sums = [l.splat(0.0); GROUPS];
    let corners = low.as_flattened().iter().zip(high.as_flattened());
    for (column, (&low, &high)) in query.iter().zip(corners) {
        let (low, high) = (l.splat(low), l.splat(high));
        for (sum, group) in sums.iter_mut().zip(column.as_chunks::<WIDTH>().0) {
            let x = l.load(group);
            let gap = l.max(l.max(l.sub(low, x), l.sub(x, high)), l.splat(0.0));
            *sum = add_term::<L, MANHATTAN, true>(l, *sum, gap);
        }
    }
    let mut reached = 0;
    for (at, (&sum, limits)) in sums.iter().zip(limits.as_chunks::<WIDTH>().0).enumerate() {
        reached |= u64::from(l.bits(l.less(sum, l.load(limits)))) << (WIDTH * at);
    }
    reached
}

/// What one coordinate adds to a distance. Where not `FUSED`, product and sum are rounded one after the other, as every
/// processor can.
#[inline(always)]
pub(super) fn add_term<L: Lanes, const MANHATTAN: bool, const FUSED: bool>(
    l: L,
    sum: L::F,
    difference: L::F,
) -> L::F {
    if MANHATTAN {
        l.add(sum, l.abs(difference))
    } else if FUSED {
        l.mul_add(difference, difference, sum)
    } else {
        l.add(sum, l.mul(difference, difference))
    }
}

/// Written out, so that sums stay in registers.
#[inline(always)]
pub(in crate::neighbors) fn add_terms<L: Lanes, const MANHATTAN: bool, const FUSED: bool>(
    l: L,
    sums: [L::F; GROUPS],
    x: L::F,
    groups: [L::F; GROUPS],
) -> [L::F; GROUPS] {
    let [a, b, c, d] = groups;
    [
        add_term::<L, MANHATTAN, FUSED>(l, sums[0], l.sub(x, a)),
        add_term::<L, MANHATTAN, FUSED>(l, sums[1], l.sub(x, b)),
        add_term::<L, MANHATTAN, FUSED>(l, sums[2], l.sub(x, c)),
        add_term::<L, MANHATTAN, FUSED>(l, sums[3], l.sub(x, d)),
    ]
}

#[inline(always)]
pub(in crate::neighbors) fn load_tile<L: Lanes>(l: L, column: &Tile) -> [L::F; GROUPS] {
    match column.as_chunks::<WIDTH>().0 {
        [a, b, c, d] => [l.load(a), l.load(b), l.load(c), l.load(d)],
        _ => [l.splat(0.0); GROUPS],
    }
}

/// The box of the asking leaf and its center.
struct Asking {
    corners: Vec<[[f32; WIDTH]; 3]>,
}

impl Asking {
    #[inline(always)]
    fn new<L: Lanes>(_: L, query: &[Tile], d: usize) -> Self {
        let mut corners = vec![[[0f32; WIDTH]; 3]; d.div_ceil(WIDTH)];
        for (c, column) in query.iter().enumerate() {
            let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
            for &x in column {
                low = if x < low { x } else { low };
                high = if x > high { x } else { high };
            }
            let [lows, highs, centers] = &mut corners[c / WIDTH];
            (lows[c % WIDTH], highs[c % WIDTH]) = (low, high);
            centers[c % WIDTH] = 0.5 * (low + high);
        }
        Asking { corners }
    }

    /// The distance from the box, and from its center, to another box.
    #[inline(always)]
    fn gaps<L: Lanes, const MANHATTAN: bool>(
        &self,
        l: L,
        (low, high): (&[[f32; WIDTH]], &[[f32; WIDTH]]),
    ) -> (f32, f32) {
        let zero = l.splat(0.0);
        let (mut from_box, mut from_center) = (zero, zero);
        for ([own_low, own_high, center], (low, high)) in self.corners.iter().zip(low.iter().zip(high)) {
            let (low, high) = (l.load(low), l.load(high));
            let gap = l.max(l.sub(low, l.load(own_high)), l.sub(l.load(own_low), high));
            from_box = add_term::<L, MANHATTAN, true>(l, from_box, l.max(gap, zero));
            let center = l.load(center);
            let gap = l.max(l.sub(low, center), l.sub(center, high));
            from_center = add_term::<L, MANHATTAN, true>(l, from_center, l.max(gap, zero));
        }
        (total(l.store(from_box)), total(l.store(from_center)))
    }
}

/// The sum, by halves.
#[inline(always)]
pub(super) fn total(mut x: [f32; WIDTH]) -> f32 {
    let mut width = WIDTH / 2;
    while width > 0 {
        for i in 0..width {
            x[i] += x[i + width];
        }
        width /= 2;
    }
    x[0]
}

#[inline(always)]
fn largest(limits: &[f32; LEAF]) -> f32 {
    let mut largest = [f32::NEG_INFINITY; WIDTH];
    for group in limits.as_chunks::<WIDTH>().0 {
        for (largest, &limit) in largest.iter_mut().zip(group) {
            *largest = if limit > *largest { limit } else { *largest };
        }
    }
    let mut most = f32::NEG_INFINITY;
    for limit in largest {
        most = if limit > most { limit } else { most };
    }
    most
}
