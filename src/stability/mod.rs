//! Which scales the data support, and how sure each segment and each customer is.
//!
//! In: the customers' points, their neighbors, a way to find communities at a resolution. Out: [`Scales`], the
//! resolutions examined with the evidence for each and one recommendation, and [`Stability`], how the segments of
//! one level came back when customers were left out.
//!
//! A level is *supported* where two independent signs agree:
//! - **thin borders**: its segments are joined by less similarity than pieces of the same sizes cut from structureless
//!   clouds of the same spread ([`Null`]); high modularity is no such sign, a cloud has it too;
//! - **they come back**: found again on samples that leave out a fifth of the customers, the segments agree with
//!   those of all customers.
//!
//! The recommended level is the supported one of the greatest `diversity × (1 − border ratio) × stability⁶`: diversity is the entropy of
//! the segment sizes, what a customer's segment tells; twice of it pays for a loss of a ninth in agreement; one with
//! an agreement below 0.8 only where there is no other. The other
//! supported levels are on the menu.
//!
//! Sources: Lambiotte, Delvenne and Barahona, IEEE TNSE 1, 76 (2014) for scales by robustness; Hennig, Comput. Stat.
//! Data Anal. 52, 258 (2007) for stability per cluster; Tibshirani, Walther and Hastie, J. R. Stat. Soc. B 63, 411
//! (2001) for reference clouds.

mod choose;
mod members;
mod null;
mod resample;
mod scan;

pub use members::{Stability, stability, verdict};
pub use null::Null;
pub use scan::{Level, Scales, scan};

use crate::Result;
use crate::features::Distance;
use crate::graph::{Distinct, NeighborGraph, Similarity, SimilarityGraph};
use crate::partition::Partition;
use ndarray::ArrayView2;

/// Fewer customers than this cannot be resampled to any purpose.
pub const LEAST_CUSTOMERS: usize = 30;

/// Communities of a graph at a resolution, with a seed; the partition names nodes that must stay together.
pub type Find<'a> = dyn Fn(&SimilarityGraph, f64, u64, Option<&Partition>) -> Result<Partition> + Sync + 'a;

/// What a scan works on.
pub struct Material<'a> {
    /// One row per distinct point.
    pub points: ArrayView2<'a, f32>,
    /// For each coordinate the block it belongs to: coordinates of one category column share a block, a number
    /// column has `None`.
    pub blocks: &'a [Option<u32>],
    /// How points are compared.
    pub distance: Distance,
    /// Which customers stand on which point.
    pub distinct: &'a Distinct,
    /// Neighbors of the distinct points: more than [`n_neighbors`](Self::n_neighbors), see [`wide`].
    pub neighbors: &'a NeighborGraph,
    /// Neighbors each point is linked to.
    pub n_neighbors: usize,
    /// Edge weights.
    pub similarity: Similarity,
    /// The graph of all customers.
    pub graph: &'a SimilarityGraph,
    /// How communities are found.
    pub find: &'a Find<'a>,
    /// Same seed, same result.
    pub seed: u64,
}

/// Share of the customers in each resample.
const KEPT: f64 = 0.8;

/// How many neighbors to search so that every resample still finds `n_neighbors` among those who stay: leaving out
/// customers then costs no new search.
///
/// ```
/// assert!(kinfolk::stability::wide(15) >= 28);
/// ```
pub fn wide(n_neighbors: usize) -> usize {
    // Mean of the negative binomial plus six standard deviations: a shortfall is rarer than 1 in 100,000.
    let k = n_neighbors as f64;
    let mean = k / KEPT;
    (mean + 6.0 * (k * (1.0 - KEPT)).sqrt() / KEPT).ceil() as usize
}
