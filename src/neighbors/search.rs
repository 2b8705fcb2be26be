//! The nearest neighbors of every point.

use crate::error::{Error, Result};
use crate::features::Distance;
use crate::neighbors::NeighborGraph;
use crate::neighbors::approximate::{self, AFFORDABLE, MOST_NEIGHBORS};
use crate::neighbors::distance::{Rows, key, length};
use crate::neighbors::distinct::{Distinct, distinct};
use crate::neighbors::exact::brute_force;
use crate::neighbors::exact::tree_search;
use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Above this number of neighbors a heap, as brute force has it, beats the sorted lists of the tree.
const LONG: usize = 1000;

/// How neighbors are searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Search {
    /// All of the nearest, by the faster of the next two; the answer is the same, bit for bit.
    Exact,
    /// A kd-tree: about `O(n d log n)` where few dimensions or clusters let it skip most boxes, `O(n² d)` in many
    /// dimensions without any structure. Where no box can be skipped its leaves compare points as fast as matrix products
    /// do, so it is always the faster; the figures are in `docs/decisions/neighbors.md`.
    KdTree,
    /// Every pair, by matrix products: `O(n² d)`. The plain way, to check the other by.
    BruteForce,
    /// Nearly all of the nearest: random trees, then neighbors of neighbors, until 98 % of the true neighbors of a sample
    /// are found or rounds add no more. [`NeighborGraph::recall`] says how many were. About `O(n (d + log n))`, and some
    /// 400 bytes per point beside the lists. More than 128 neighbors are searched exactly.
    Approximate,
}

/// Settings of [`neighbors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbors {
    /// How many nearest neighbors each point gets, 1 or more; more make larger segments that are less sensitive to
    /// chance. Default 15.
    pub n_neighbors: usize,
    /// How to search; `None`, the default, is exact wherever that is affordable: where it takes at most 1.5 · 10¹²
    /// differences of coordinates, estimated from a sample, which is about half a minute on two cores. Elsewhere it is
    /// approximate, and exact after all should fewer than 95 % of the true neighbors be found.
    pub search: Option<Search>,
}

impl Default for Neighbors {
    fn default() -> Self {
        Neighbors {
            n_neighbors: 15,
            search: None,
        }
    }
}

/// The nearest other rows of each row of an n × d table: by distance, equal distances by index.
///
/// Distances are compared in double precision, summed in the order of the coordinates, and returned in single
/// precision. Equal rows are at distance 0 of each other; a row is never its own neighbor. With n at or below
/// `n_neighbors` every other row is a neighbor.
///
/// Equal rows are searched for once, so that many of them cost no more than few. `O(n d log n)` to `O(n² d)`, see
/// [`Search`], which also says where lists are approximate; memory for n × `n_neighbors` links one and a half times.
/// The same bits for any number of threads and on any processor.
///
/// ```
/// use kinfolk::features::Distance;
/// use kinfolk::neighbors::{Neighbors, neighbors};
/// use ndarray::array;
///
/// let settings = Neighbors { n_neighbors: 2, ..Neighbors::default() };
/// let found = neighbors(array![[0.0], [1.0], [3.0], [7.0]].view(), Distance::Euclidean, &settings)?;
/// assert_eq!(found.targets, [1, 2, 0, 2, 1, 0, 2, 1]);
/// assert_eq!(found.distances[..2], [1.0, 3.0]);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// A usage error where `n_neighbors` is 0; a data error where a coordinate is not finite.
pub fn neighbors(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    settings: &Neighbors,
) -> Result<NeighborGraph> {
    if settings.n_neighbors == 0 {
        return Err(Error::usage("0 neighbors link nobody").hint("ask for 1 or more; 15 is the default"));
    }
    let n = points.nrows();
    if u32::try_from(n).is_err() {
        return Err(Error::data(format!("{n} rows are more than can be numbered")));
    }
    for (i, row) in points.outer_iter().enumerate() {
        if let Some(c) = row.iter().position(|x| !x.is_finite()) {
            return Err(Error::data(format!(
                "coordinate {} of row {} is {}, which has no distance to anything",
                c + 1,
                i + 1,
                row[c]
            ))
            .hint("fill in or leave out missing values first"));
        }
    }
    let k = settings.n_neighbors.min(n.saturating_sub(1));
    let distinct = distinct(points);
    if distinct.n_repeats() == 0 {
        return Ok(search(points, distance, k, settings.search));
    }
    let rows = distinct.rows(points);
    let found = search(rows.view(), distance, k.min(distinct.len() - 1), settings.search);
    Ok(spread(&found, rows.view(), distance, &distinct, k))
}

/// The k nearest of distinct points, k below their number.
fn search(points: ArrayView2<'_, f32>, distance: Distance, k: usize, how: Option<Search>) -> NeighborGraph {
    let d = points.ncols();
    let (targets, distances, recall) = if k == 0 {
        (Vec::new(), Vec::new(), None)
    } else {
        let points = points.as_standard_layout();
        let values = points.as_slice().unwrap_or_default();
        let rows = Rows { values, d };
        let exact = |(targets, distances)| (targets, distances, None);
        match how {
            Some(Search::KdTree) => exact(tree_search::search(rows, distance, k)),
            Some(Search::BruteForce) => exact(brute_force::search(rows, distance, k)),
            _ if k > LONG => exact(brute_force::search(rows, distance, k)),
            None if k <= MOST_NEIGHBORS => approximate::search(rows, distance, k, Some(AFFORDABLE)),
            Some(Search::Approximate) if k <= MOST_NEIGHBORS && k < points.nrows() - 1 => {
                approximate::search(rows, distance, k, None)
            }
            _ => exact(tree_search::search(rows, distance, k)),
        }
    };
    NeighborGraph {
        n_neighbors: k,
        targets,
        distances,
        recall,
    }
}

/// From neighbors among distinct points to the `k` nearest customers of each customer: first its own copies, then
/// all copies of the nearest other point, and so on; among equal distances by index.
///
/// The k nearest distinct points suffice: each has a customer, and of points at one distance those with the lowest
/// customers come first in both numberings.
fn spread(
    found: &NeighborGraph,
    rows: ArrayView2<'_, f32>,
    distance: Distance,
    distinct: &Distinct,
    k: usize,
) -> NeighborGraph {
    let n = distinct.n_customers();
    let rows = rows.as_standard_layout();
    let rows = Rows {
        values: rows.as_slice().unwrap_or_default(),
        d: rows.ncols(),
    };
    let mut targets = vec![0u32; n * k];
    let mut distances = vec![0f32; n * k];
    targets
        .par_chunks_mut(k)
        .zip(distances.par_chunks_mut(k))
        .enumerate()
        .for_each_init(
            Vec::new,
            |equal: &mut Vec<u32>, (customer, (targets, distances))| {
                let point = distinct.group[customer];
                let copies = distinct.copies(point).iter().filter(|&&c| c as usize != customer);
                let mut filled = 0;
                for (slot, &copy) in targets.iter_mut().zip(copies) {
                    *slot = copy;
                    filled += 1;
                }
                let near = &found.targets[point as usize * found.n_neighbors..][..found.n_neighbors];
                // Lengths are rounded keys: only keys tell whether two points are at one distance.
                let key_of = |q: u32| key(distance, rows.row(point as usize), rows.row(q as usize));
                let mut at = 0;
                while filled < k && at < near.len() {
                    let key = key_of(near[at]);
                    equal.clear();
                    while at < near.len() && key_of(near[at]) == key {
                        equal.extend(distinct.copies(near[at]).iter().take(k));
                        at += 1;
                    }
                    equal.sort_unstable();
                    for &copy in equal.iter().take(k - filled) {
                        targets[filled] = copy;
                        distances[filled] = length(distance, key);
                        filled += 1;
                    }
                }
            },
        );
    NeighborGraph {
        n_neighbors: k,
        targets,
        distances,
        recall: found.recall,
    }
}
