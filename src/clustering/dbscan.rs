//! DBSCAN: clusters are dense neighborhoods that touch.

use super::everybody::Everybody;
use super::knee::knee;
use super::ward::root;
use super::{Points, check_finite, check_quadratic};
use crate::error::{Error, Result};
use crate::features::Distance;
use crate::partition::Partition;
use ndarray::ArrayView2;
use rayon::prelude::*;

/// Rows whose neighbors are held at a time.
const BATCH: usize = 256;

/// How [`dbscan`] works.
#[derive(Clone, Debug, PartialEq)]
pub struct Dbscan {
    /// How near neighbors are, 0 or above. `None`, the default, takes the knee of the distances to the neighbor number
    /// `min_neighbors` − 1, in rising order.
    pub epsilon: Option<f64>,
    /// How many customers within `epsilon`, itself included, make a customer a core; 1 or more. Default 5. As
    /// scikit-learn's `min_samples`.
    pub min_neighbors: usize,
    /// The distance. Default Euclidean.
    pub distance: Distance,
}

impl Default for Dbscan {
    fn default() -> Self {
        Dbscan {
            epsilon: None,
            min_neighbors: 5,
            distance: Distance::Euclidean,
        }
    }
}

/// Clusters and what lies outside them.
#[derive(Clone, Debug, PartialEq)]
pub struct DbscanFit {
    /// The clusters, and one more group of all customers that are noise, where there are any.
    pub partition: Partition,
    /// The group of `partition` that is the noise.
    pub noise: Option<u32>,
    /// The distance in force.
    pub epsilon: f64,
}

/// Joins core customers, those in dense places, that are within `epsilon` of each other; other customers within reach
/// of a core belong to its cluster, the rest is noise.
///
/// A customer within reach of several clusters goes to that with the lowest-numbered core customer, as in
/// scikit-learn's `DBSCAN`. The number of clusters comes out; with a knee that does not stand out they may be one, or
/// everything noise. No random numbers. `O(n²d)` time, `O(nd)` memory. Ester, Kriegel, Sander and Xu, KDD 1996.
///
/// ```
/// use kinfolk::clustering::{Dbscan, dbscan};
/// use ndarray::array;
///
/// let points = array![[0.0f32], [1.0], [2.0], [10.0], [11.0], [12.0], [50.0]];
/// let settings = Dbscan { epsilon: Some(1.5), min_neighbors: 2, ..Dbscan::default() };
/// let fit = dbscan(points.view(), &settings)?;
/// assert_eq!(fit.partition.labels(), [0, 0, 0, 1, 1, 1, 2]);
/// assert_eq!(fit.noise, Some(2));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where a coordinate is not finite, `min_neighbors` is 0, `epsilon` is not a number from 0, or there are more than
/// [`QUADRATIC_UP_TO`](super::QUADRATIC_UP_TO) customers.
pub fn dbscan(points: ArrayView2<'_, f32>, settings: &Dbscan) -> Result<DbscanFit> {
    if settings.min_neighbors == 0 {
        return Err(Error::usage(
            "DBSCAN needs at least 1 neighbor for a core, itself",
        ));
    }
    check_quadratic("DBSCAN", points.nrows())?;
    check_finite(points)?;
    if let Some(epsilon) = settings.epsilon.filter(|e| e.is_nan() || *e < 0.0) {
        return Err(Error::usage(format!(
            "DBSCAN's epsilon is {epsilon}, but must be 0 or above"
        )));
    }
    let standard = points.as_standard_layout();
    let all = Everybody::new(Points::new(&standard), settings.distance);
    // Distances are compared as they come from the tiles: squared where they are Euclidean.
    let reach = match settings.epsilon {
        Some(epsilon) if settings.distance == Distance::Euclidean => epsilon * epsilon,
        Some(epsilon) => epsilon,
        None => knee_of_distances(&all, settings.min_neighbors - 1),
    };
    let core: Vec<bool> = (0..all.points.n)
        .into_par_iter()
        .map_init(Vec::new, |distances, i| {
            all.measure(i, distances);
            distances.iter().filter(|&&distance| distance <= reach).count() >= settings.min_neighbors
        })
        .collect();
    let labels = reachable(&all, reach, &core);
    let partition = Partition::from_labels(&labels);
    let noise = labels
        .iter()
        .position(|&label| label == u32::MAX)
        .map(|i| partition.labels()[i]);
    let epsilon = match (settings.epsilon, settings.distance) {
        (Some(epsilon), _) => epsilon,
        (None, Distance::Euclidean) => reach.sqrt(),
        (None, Distance::Manhattan) => reach,
    };
    Ok(DbscanFit {
        partition,
        noise,
        epsilon,
    })
}

/// The knee of the distances to neighbor number `k`, squared where they are Euclidean; the knee itself is looked for in
/// plain distances.
fn knee_of_distances(all: &Everybody<'_>, k: usize) -> f64 {
    let n = all.points.n;
    if n == 0 {
        return 0.0;
    }
    let mut reach = all.reach(k.min(n - 1));
    reach.sort_by(f64::total_cmp);
    let plain: Vec<f64> = match all.distance {
        Distance::Euclidean => reach.iter().map(|r| r.sqrt()).collect(),
        Distance::Manhattan => reach.clone(),
    };
    reach[knee(&plain)]
}

/// The lowest core of each customer's cluster, `u32::MAX` for noise.
fn reachable(all: &Everybody<'_>, reach: f64, core: &[bool]) -> Vec<u32> {
    let n = core.len();
    let near_cores = |i: usize, distances: &mut Vec<f64>| -> Vec<u32> {
        all.measure(i, distances);
        // Of two cores the later one names the pair.
        let up_to = if core[i] { i } else { n };
        (0..up_to as u32)
            .filter(|&j| core[j as usize] && distances[j as usize] <= reach)
            .collect()
    };
    let cores: Vec<usize> = (0..n).filter(|&i| core[i]).collect();
    let mut parents: Vec<u32> = (0..n as u32).collect();
    for batch in cores.chunks(BATCH) {
        let near: Vec<Vec<u32>> = batch
            .par_iter()
            .map_init(Vec::new, |distances, &i| near_cores(i, distances))
            .collect();
        for (&i, near) in batch.iter().zip(near) {
            for j in near {
                let (a, b) = (root(&mut parents, i as u32), root(&mut parents, j));
                parents[a.max(b) as usize] = a.min(b);
            }
        }
    }
    let roots: Vec<u32> = (0..n as u32).map(|i| root(&mut parents, i)).collect();
    (0..n)
        .into_par_iter()
        .map_init(Vec::new, |distances, i| {
            if core[i] {
                return roots[i];
            }
            let near = near_cores(i, distances).into_iter();
            near.map(|j| roots[j as usize]).min().unwrap_or(u32::MAX)
        })
        .collect()
}
