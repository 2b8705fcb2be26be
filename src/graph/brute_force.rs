//! Nearest neighbors in many dimensions: every pair is looked at, a block at a time.
//!
//! A block of lower bounds of distances is computed in single precision; only pairs whose bound does not exceed the
//! distance of the k-th neighbor found so far are measured exactly.

use super::exact::{Candidate, Nearest, Rows, key, key_scale};
use crate::features::Distance;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayViewMut2, Axis, Slice};
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

/// Lower bounds of distances, up to a term of the query alone.
trait Bounds: Sync {
    /// Room that `fill` works in, one per thread.
    type Work;
    fn work(&self) -> Self::Work;
    /// Bounds for each of the queries and each of the points, a row of `out` per query.
    fn fill(
        &self,
        queries: Range<usize>,
        points: Range<usize>,
        work: &mut Self::Work,
        out: ArrayViewMut2<'_, f32>,
    );
    /// A point whose bound exceeds this has a key above `key`.
    fn limit(&self, query: usize, key: f64) -> f32;
}

/// The k nearest other rows of each row; the rows are distinct and there are more than k. `O(n² d)`.
pub(super) fn search(rows: Rows<'_>, distance: Distance, k: usize) -> (Vec<u32>, Vec<f32>) {
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
            || (Array2::<f32>::zeros((QUERIES, POINTS)), bounds.work()),
            |(room, work), (chunk, (targets, lengths))| {
                let first = chunk * QUERIES;
                let queries = first..(first + QUERIES).min(n);
                let mut nearest: Vec<Nearest> = queries.clone().map(|_| Nearest::new(k)).collect();
                // The own block first: in sorted tables it holds most of the neighbors, and later blocks then
                // have little to offer.
                let own = first / POINTS;
                for block in (0..blocks).map(|b| (own + b) % blocks) {
                    let points = block * POINTS..((block + 1) * POINTS).min(n);
                    let mut out = room.slice_axis_mut(Axis(0), Slice::from(..queries.len()));
                    out.slice_axis_inplace(Axis(1), Slice::from(..points.len()));
                    bounds.fill(queries.clone(), points.clone(), work, out);
                    for (query, nearest) in queries.clone().zip(&mut nearest) {
                        let Some(row) = room.row(query - first).to_slice() else {
                            continue;
                        };
                        let mut limit = bounds.limit(query, nearest.limit());
                        for (lane, lower) in row[..points.len()].chunks(LANES).enumerate() {
                            // Without short circuit, so that it compiles to vector instructions.
                            if !lower.iter().fold(false, |any, &l| any | (l <= limit)) {
                                continue;
                            }
                            for (at, &l) in lower.iter().enumerate() {
                                let index = points.start + lane * LANES + at;
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
        let share = 1.0 - (d + 8) as f64 * 2f64.powi(-22);
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
    type Work = Array2<f32>;

    fn work(&self) -> Array2<f32> {
        Array2::zeros((QUERIES, self.points.ncols()))
    }

    fn fill(
        &self,
        queries: Range<usize>,
        points: Range<usize>,
        work: &mut Array2<f32>,
        mut out: ArrayViewMut2<'_, f32>,
    ) {
        let mut left = work.slice_axis_mut(Axis(0), Slice::from(..queries.len()));
        left.assign(&self.points.slice_axis(Axis(0), Slice::from(queries)));
        left *= -2.0;
        left.column_mut(self.points.ncols() - 1).fill(1.0);
        let right = self.points.slice_axis(Axis(0), Slice::from(points));
        general_mat_mul(1.0, &left, &right.t(), 0.0, &mut out);
    }

    fn limit(&self, query: usize, key: f64) -> f32 {
        round_up(key * self.key_scale - self.norms[query] + VANISHED)
    }
}

/// Manhattan distances, summed column by column over a block of points.
struct Columns {
    /// n numbers per coordinate.
    columns: Vec<f32>,
    n: usize,
    d: usize,
    key_scale: f64,
}

impl Columns {
    fn new(rows: Rows<'_>) -> Self {
        let (n, d) = (rows.n(), rows.d);
        let scale = rows.scale();
        let columns = (0..d)
            .flat_map(|c| (0..n).map(move |i| (f64::from(rows.row(i)[c]) * scale) as f32))
            .collect();
        Columns {
            columns,
            n,
            d,
            key_scale: key_scale(Distance::Manhattan, scale),
        }
    }
}

impl Bounds for Columns {
    type Work = ();

    fn work(&self) {}

    fn fill(&self, queries: Range<usize>, points: Range<usize>, _: &mut (), mut out: ArrayViewMut2<'_, f32>) {
        out.fill(0.0);
        for c in 0..self.d {
            let column = &self.columns[c * self.n..(c + 1) * self.n];
            for (row, query) in out.outer_iter_mut().zip(queries.clone()) {
                let x = column[query];
                for (sum, &y) in row.into_iter().zip(&column[points.clone()]) {
                    *sum += (x - y).abs();
                }
            }
        }
    }

    fn limit(&self, _: usize, key: f64) -> f32 {
        // A sum of d rounded differences is right to (d + 1) u, relatively; four times that is allowed for.
        let share = 1.0 + (self.d + 1) as f64 * 2f64.powi(-22);
        round_up(key * self.key_scale * share + VANISHED)
    }
}
