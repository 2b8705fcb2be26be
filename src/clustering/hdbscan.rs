//! HDBSCAN: dense places at every density at once, and those of them that last.

use super::everybody::Everybody;
use super::levels::Levels;
use super::{Points, check_finite, check_quadratic};
use crate::error::{Error, Result};
use crate::features::Distance;
use crate::num::LANES;
use crate::partition::Partition;
use ndarray::ArrayView2;
use rayon::prelude::*;

/// Tiles per piece of parallel work, whatever the number of threads.
const TILES: usize = 256;

/// Clusters are at least this share of the customers where their least size is not asked for.
const LEAST_SHARE: f64 = 0.01;

/// And at least so many customers.
const LEAST: usize = 5;

/// How [`hdbscan`] works.
#[derive(Clone, Debug, PartialEq)]
pub struct Hdbscan {
    /// How many customers a cluster has at least, 2 or more. `None`, the default, takes one in a hundred, 5 at least. As
    /// scikit-learn's `min_cluster_size`.
    pub min_cluster_size: Option<usize>,
    /// A place is as dense as the distance to so many customers, itself included, is short; 1 or more. Default 5. As scikit-learn's
    /// `min_samples`.
    pub min_neighbors: usize,
    /// The distance. Default Euclidean.
    pub distance: Distance,
}

impl Default for Hdbscan {
    fn default() -> Self {
        Hdbscan {
            min_cluster_size: None,
            min_neighbors: 5,
            distance: Distance::Euclidean,
        }
    }
}

impl Hdbscan {
    /// The least size in force among `n` customers.
    pub(crate) fn least_of(&self, n: usize) -> usize {
        let share = (n as f64 * LEAST_SHARE).ceil() as usize;
        self.min_cluster_size.unwrap_or(share.max(LEAST))
    }

    /// The same for a sample of `m` of `n` customers, in which clusters have fewer customers.
    pub(crate) fn of_sample(&self, m: usize, n: usize) -> Self {
        let scaled = |least: usize| ((least as f64 * m as f64 / n.max(1) as f64).round() as usize).max(2);
        Hdbscan {
            min_cluster_size: self.min_cluster_size.map(scaled),
            ..self.clone()
        }
    }
}

/// Clusters and what lies outside them.
#[derive(Clone, Debug, PartialEq)]
pub struct HdbscanFit {
    /// The clusters, and one more group of all customers that are noise, where there are any.
    pub partition: Partition,
    /// The group of `partition` that is the noise.
    pub noise: Option<u32>,
    /// The least size in force.
    pub min_cluster_size: usize,
}

/// Clusters that hold together over the widest range of densities (excess of mass); everybody else is noise.
///
/// Two customers are as far apart as they are, or as the one of them in the emptier place is from its neighbor number `min_neighbors`, if that is more. Along the
/// minimum spanning tree of these distances everybody falls apart from the widest gap on; parts of fewer than `min_cluster_size` customers are no clusters. Gaps of
/// equal width open at once, as the paper asks (step 4 of its algorithm 1), so that the clusters do not depend on the order of customers; scikit-learn's
/// `HDBSCAN` opens them one by one in the order that sorting left, and gives its customers at such a gap to one of the sides. All customers together are no cluster.
/// No random numbers. `O(n²d)` time, `O(nd)` memory. Campello, Moulavi and Sander, PAKDD 2013.
///
/// ```
/// use kinfolk::clustering::{Hdbscan, hdbscan};
/// use ndarray::array;
///
/// let points = array![[0.0f32], [1.0], [2.0], [10.0], [11.0], [12.0], [50.0]];
/// let settings = Hdbscan { min_cluster_size: Some(3), min_neighbors: 2, ..Hdbscan::default() };
/// let fit = hdbscan(points.view(), &settings)?;
/// assert_eq!(fit.partition.labels(), [0, 0, 0, 1, 1, 1, 2]);
/// assert_eq!(fit.noise, Some(2));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where a coordinate is not finite, `min_cluster_size` is below 2, `min_neighbors` is 0, or there are more than
/// [`QUADRATIC_UP_TO`](super::QUADRATIC_UP_TO) customers.
pub fn hdbscan(points: ArrayView2<'_, f32>, settings: &Hdbscan) -> Result<HdbscanFit> {
    let n = points.nrows();
    let least = settings.least_of(n);
    if least < 2 {
        return Err(Error::usage(format!(
            "HDBSCAN's clusters are to have at least {least} customers, but 2 are the fewest that hold together"
        )));
    }
    if settings.min_neighbors == 0 {
        return Err(Error::usage(
            "HDBSCAN needs at least 1 neighbor, the customer itself",
        ));
    }
    check_quadratic("HDBSCAN", n)?;
    check_finite(points)?;
    let standard = points.as_standard_layout();
    let all = Everybody::new(Points::new(&standard), settings.distance);
    // Where there are fewer customers than that no place is dense.
    let labels = if settings.min_neighbors > n {
        vec![u32::MAX; n]
    } else {
        let mut gaps = spanning_tree(&all, &all.reach(settings.min_neighbors - 1));
        if settings.distance == Distance::Euclidean {
            gaps.iter_mut().for_each(|gap| gap.width = gap.width.sqrt());
        }
        Levels::new(n, gaps).lasting(least)
    };
    let partition = Partition::from_labels(&labels);
    let noise = labels
        .iter()
        .position(|&label| label == u32::MAX)
        .map(|i| partition.labels()[i]);
    Ok(HdbscanFit {
        partition,
        noise,
        min_cluster_size: least,
    })
}

/// An edge of a spanning tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) width: f64,
}

/// A minimum spanning tree by the larger of the distance and of both ends' own `reach`, or what falls apart like one: each customer is joined
/// with the one that came into the tree before it. Prim's method enters what holds together below a width once and leaves it when everybody there has
/// come, so that those who hold together stand in a row, with no greater width between them. Prim, The Bell System Technical Journal 36, 1389 (1957).
fn spanning_tree(all: &Everybody<'_>, reach: &[f64]) -> Vec<Gap> {
    let n = reach.len();
    let mut outside: Vec<Outside> = (reach.chunks(LANES))
        .map(|reach| {
            let mut tile = Outside {
                widths: [IN_TREE; LANES],
                reach: [f64::INFINITY; LANES],
            };
            tile.widths[..reach.len()].fill(f64::INFINITY);
            tile.reach[..reach.len()].copy_from_slice(reach);
            tile
        })
        .collect();
    let mut row = Vec::new();
    let mut last = 0;
    let mut gaps = Vec::with_capacity(n.saturating_sub(1));
    for _ in 1..n {
        outside[last / LANES].widths[last % LANES] = IN_TREE;
        all.points.widen(last, &mut row);
        let (width, next) = nearest(all, &row, reach[last], &mut outside);
        gaps.push(Gap {
            a: last as u32,
            b: next as u32,
            width,
        });
        last = next;
    }
    gaps
}

/// Below every width.
const IN_TREE: f64 = -1.0;

/// The customers of a tile: how far they are from the tree so far, and their own reach.
struct Outside {
    widths: [f64; LANES],
    reach: [f64; LANES],
}

/// Lowers the widths to what they are from a customer who came into the tree, and finds the least outside it, of equals the first.
fn nearest(all: &Everybody<'_>, row: &[f64], reach: f64, outside: &mut [Outside]) -> (f64, usize) {
    let search = |first: usize, outside: &mut [Outside]| {
        let mut best = (f64::INFINITY, usize::MAX);
        for (tile, outside) in (first..).zip(outside) {
            if outside.widths.iter().all(|&width| width < 0.0) {
                continue;
            }
            let distances = all.to_tile(row, tile);
            for (width, (distance, own)) in outside
                .widths
                .iter_mut()
                .zip(distances.iter().zip(&outside.reach))
            {
                *width = width.min(distance.max(reach).max(*own));
            }
            // Nearly always nobody is near enough, and that is seen without a branch per customer.
            if !outside
                .widths
                .iter()
                .fold(false, |any, &width| any | (width < best.0))
            {
                continue;
            }
            for (lane, &width) in outside.widths.iter().enumerate() {
                if width >= 0.0 && width < best.0 {
                    best = (width, tile * LANES + lane);
                }
            }
        }
        best
    };
    if outside.len() <= TILES {
        return search(0, outside);
    }
    let parts: Vec<(f64, usize)> = (outside.par_chunks_mut(TILES).enumerate())
        .map(|(part, outside)| search(part * TILES, outside))
        .collect();
    let mut best = (f64::INFINITY, usize::MAX);
    for found in parts {
        if found.0 < best.0 {
            best = found;
        }
    }
    best
}
