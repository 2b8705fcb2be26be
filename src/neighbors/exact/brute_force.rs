//! Nearest neighbors in many dimensions: every pair is looked at, a block at a time.
//!
//! A block of lower bounds of distances is computed in single precision; only pairs whose bound does not exceed the
//! distance of the k-th neighbor found so far are measured exactly.

use crate::features::Distance;
use crate::neighbors::distance::{Candidate, Nearest, Rows, key, key_scale};
use crate::num::math;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, Axis, Slice};
use rayon::prelude::*;
use std::ops::Range;

/// Points whose neighbors are searched together.
const QUERIES: usize = 64;

/// Points that they are compared with at a time: 64 × 512 bounds stay in the second-level cache.
const POINTS: usize = 512;

/// Bounds that are tested together.
const LANES: usize = 16;

/// What vanished products can add up to, on coordinates scaled as [`Rows::scale`] says.
const VANISHED: f64 = 1e-36;

/// A block of bounds: a row per query, a column per point, later columns unused where there are fewer points.
type Block = Array2<f32>;

/// Lower bounds of distances, up to a term of the query alone.
trait Bounds: Sync {
    /// Bounds for each of the queries, at most [`QUERIES`], and each of the points, at most [`POINTS`].
    fn fill(&self, queries: Range<usize>, points: Range<usize>, out: &mut Block);
    /// A point whose bound exceeds this has a key above `key`.
    fn limit(&self, query: usize, key: f64) -> f32;
}

/// The k nearest other rows of each row; the rows are distinct and there are more than k. `O(n² d)`.
pub(in crate::neighbors) fn search(rows: Rows<'_>, distance: Distance, k: usize) -> (Vec<u32>, Vec<f32>) {
    match distance {
        Distance::Euclidean => search_with(rows, distance, k, &Products::new(rows)),
        Distance::Manhattan => search_with(rows, distance, k, &Columns::new(rows)),
    }
}

fn search_with<B: Bounds>(rows: Rows<'_>, distance: Distance, k: usize, bounds: &B) -> (Vec<u32>, Vec<f32>) {
    let n = rows.n();
    let blocks = n.div_ceil(POINTS);
    let mut targets = vec![0u32; n * k];
    let mut lengths = vec![0f32; n * k];
    targets
        .par_chunks_mut(QUERIES * k)
        .zip(lengths.par_chunks_mut(QUERIES * k))
        .enumerate()
        .for_each_init(
            || Block::zeros((QUERIES, POINTS)),
            |block, (chunk, (targets, lengths))| {
                let first = chunk * QUERIES;
                let queries = first..(first + QUERIES).min(n);
                let mut nearest: Vec<Nearest> = queries.clone().map(|_| Nearest::new(k)).collect();
                // The own block first: in sorted tables it holds most of the neighbors, and later blocks then
                // have little to offer.
                let own = first / POINTS;
                for b in (0..blocks).map(|b| (own + b) % blocks) {
                    let points = b * POINTS..((b + 1) * POINTS).min(n);
                    bounds.fill(queries.clone(), points.clone(), block);
                    for (at, nearest) in nearest.iter_mut().enumerate() {
                        let query = first + at;
                        let lower = &row_of(block, at)[..points.len().next_multiple_of(LANES)];
                        let mut limit = bounds.limit(query, nearest.limit());
                        for (lane, lower) in lower.as_chunks::<LANES>().0.iter().enumerate() {
                            // Without short circuit, so that it compiles to vector instructions.
                            if !lower.iter().fold(false, |any, &l| any | (l <= limit)) {
                                continue;
                            }
                            let start = points.start + lane * LANES;
                            for (index, &l) in (start..points.end).zip(lower) {
                                if l > limit || index == query {
                                    continue;
                                }
                                let key = key(distance, rows.row(query), rows.row(index));
                                let index = index as u32;
                                if nearest.offer(Candidate { key, index }) {
                                    limit = bounds.limit(query, nearest.limit());
                                }
                            }
                        }
                    }
                }
                for (slot, nearest) in nearest.iter_mut().enumerate() {
                    let row = slot * k..(slot + 1) * k;
                    nearest.drain_into(distance, &mut targets[row.clone()], &mut lengths[row]);
                }
            },
        );
    (targets, lengths)
}

/// One row of a block.
fn row_of(block: &mut Block, at: usize) -> &mut [f32] {
    block
        .row_mut(at)
        .into_slice()
        .expect("rows of an array made here are contiguous")
}

/// `key`, rounded up to single precision.
fn round_up(key: f64) -> f32 {
    (key as f32).next_up()
}

/// Squared Euclidean distances as ‖p‖² − 2 p·q: a matrix product, which runs at full speed of the processor.
///
/// The product cancels where points are far from the origin and near each other, so coordinates are taken from the
/// median of their column. With u = 2⁻²⁴, rounding the coordinates, the norms and a product of d + 1 terms makes an
/// error of at most (2d + 8) u (‖p‖² + ‖q‖²); twice that is taken off both norms.
struct Products {
    /// Per point its coordinates, then its lowered squared norm.
    points: Array2<f32>,
    /// The lowered squared norm.
    norms: Vec<f64>,
    key_scale: f64,
}

impl Products {
    fn new(rows: Rows<'_>) -> Self {
        let (n, d) = (rows.n(), rows.d);
        let scale = rows.scale();
        let centers: Vec<f64> = (0..d)
            .into_par_iter()
            .map(|c| {
                let mut column: Vec<f32> = (0..n).map(|i| rows.row(i)[c]).collect();
                let (_, &mut median, _) = column.select_nth_unstable_by(n / 2, f32::total_cmp);
                f64::from(median)
            })
            .collect();
        let share = 1.0 - (d + 8) as f64 * math::powi(2.0, -22);
        let mut points = Array2::zeros((n, d + 1));
        let mut norms = Vec::with_capacity(n);
        for (i, mut point) in points.outer_iter_mut().enumerate() {
            let mut norm = 0.0;
            for (c, &x) in rows.row(i).iter().enumerate() {
                let centered = ((f64::from(x) - centers[c]) * scale) as f32;
                norm += f64::from(centered) * f64::from(centered);
                point[c] = centered;
            }
            point[d] = (norm * share) as f32;
            norms.push(norm * share);
        }
        Products {
            points,
            norms,
            key_scale: key_scale(Distance::Euclidean, scale),
        }
    }
}

impl Bounds for Products {
    #[expect(clippy::disallowed_methods, reason = "bounds leave room for any rounding")]
    fn fill(&self, queries: Range<usize>, points: Range<usize>, out: &mut Block) {
        let mut out = out.slice_axis_mut(Axis(0), Slice::from(..queries.len()));
        out.slice_axis_inplace(Axis(1), Slice::from(..points.len()));
        let mut left = self.points.slice_axis(Axis(0), Slice::from(queries)).to_owned();
        left *= -2.0;
        let last = left.ncols() - 1;
        left.column_mut(last).fill(1.0);
        let right = self.points.slice_axis(Axis(0), Slice::from(points));
        general_mat_mul(1.0, &left, &right.t(), 0.0, &mut out);
    }

    fn limit(&self, query: usize, key: f64) -> f32 {
        round_up(key * self.key_scale - self.norms[query] + VANISHED)
    }
}

/// Manhattan distances, four columns at a time over a block of points.
struct Columns {
    /// n numbers per coordinate, the coordinates filled up with zeros to a multiple of four.
    columns: Vec<f32>,
    n: usize,
    d: usize,
    key_scale: f64,
}

impl Columns {
    fn new(rows: Rows<'_>) -> Self {
        let (n, d) = (rows.n(), rows.d);
        let scale = rows.scale();
        let mut columns: Vec<f32> = (0..d)
            .flat_map(|c| (0..n).map(move |i| (f64::from(rows.row(i)[c]) * scale) as f32))
            .collect();
        columns.resize(n * d.next_multiple_of(4), 0.0);
        Columns {
            columns,
            n,
            d,
            key_scale: key_scale(Distance::Manhattan, scale),
        }
    }
}

impl Bounds for Columns {
    fn fill(&self, queries: Range<usize>, points: Range<usize>, out: &mut Block) {
        for (at, query) in queries.enumerate() {
            let sums = &mut row_of(out, at)[..points.len()];
            sums.fill(0.0);
            for four in self.columns.chunks_exact(4 * self.n) {
                let column = |c: usize| &four[c * self.n..(c + 1) * self.n][points.clone()];
                let (a, b, c, d) = (column(0), column(1), column(2), column(3));
                let [p, q, r, s] = [0, 1, 2, 3].map(|c| four[c * self.n + query]);
                for ((((sum, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                    *sum += ((p - a).abs() + (q - b).abs()) + ((r - c).abs() + (s - d).abs());
                }
            }
        }
    }

    fn limit(&self, _: usize, key: f64) -> f32 {
        // A sum of d rounded differences is right to (d + 4) u, relatively; three times that is allowed for.
        let share = 1.0 + (self.d + 4) as f64 * math::powi(2.0, -22);
        round_up(key * self.key_scale * share + VANISHED)
    }
}
