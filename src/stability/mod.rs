//! Which scales the data support, and how sure each segment and each customer is.
//!
//! In: a [`Ground`], a graph with a way to find its communities and a [`Source`] of samples: [`Customers`] whose
//! neighbors are searched anew, or the [`NetworkSource`] of a network. Out: [`Scales`], the
//! resolutions examined with the evidence for each and one recommendation, and [`Stability`], how the segments of
//! one level came back when customers, or ties, were left out.
//!
//! A level is *supported* where independent signs agree:
//! - **thin borders**: its segments are joined by less similarity than pieces of the same sizes cut from structureless
//!   null draws ([`Null`]): null tables of the same spread, networks of the same degrees; high modularity is no such sign, a null table has it too;
//! - **they come back**: found again on samples that leave out a fifth of the customers, the segments agree with
//!   those of all customers, the more so the less their borders run through valleys ([`Border::crowding`]), and at most a
//!   twentieth of the customers is in segments of which most does not come back.
//!
//! Of the supported levels one look takes that of the greatest `diversity × √(1 − border ratio) × stability⁶ × handiness`: diversity is
//! the entropy of the segment sizes, what a customer's segment tells; handiness prefers 2 to 10 segments. Every
//! sample is given the same look, at the levels that half of them support; the recommended level is the one that agrees best with what the
//! samples take. Where that does not come back, or three in ten of them take nothing, levels that three quarters of them support
//! are asked about, and then nothing is recommended ([`Recurrence`]). The other supported levels are on the menu.
//!
//! Sources: Lambiotte, Delvenne and Barahona, IEEE TNSE 1, 76 (2014) for scales by robustness; Hennig, Comput. Stat.
//! Data Anal. 52, 258 (2007) for stability per cluster; Tibshirani, Walther and Hastie, J. R. Stat. Soc. B 63, 411
//! (2001) for reference null tables.

mod again;
mod border;
mod choose;
mod covariance;
mod customers;
mod draws;
mod joined;
mod null;
mod null_customers;
mod null_network;
mod parts;
mod recovery;
mod rings;
mod scan;
mod scan_sampled;
mod searched;
mod subsampling;
mod unimodal;

pub use border::Border;
pub use customers::Customers;
pub use draws::Recurrence;
pub use joined::Joined;
pub use null::Null;
pub use null_network::NetworkSource;
pub use parts::steadiest_parts;
pub use recovery::recovery;
pub use scan::{Level, Scales, scan, searches};
pub(crate) use scan_sampled::by_few;
pub use scan_sampled::{SCANNED, scan_customers};
pub use subsampling::{Stability, stability, verdict};

use crate::Result;
use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use rayon::prelude::*;

/// Fewer customers than this cannot be resampled to any purpose.
pub const LEAST_CUSTOMERS: usize = 30;

/// Communities of a graph at each of these resolutions, with a seed; the partition names nodes that must stay together.
pub type Find<'a> =
    dyn Fn(&SimilarityGraph, &[f64], u64, Option<&Partition>) -> Result<Vec<Partition>> + Sync + 'a;

/// What is examined: a graph, how it is divided, and where its samples come from.
pub struct Ground<'a> {
    /// The graph of all nodes.
    pub graph: &'a SimilarityGraph,
    /// Nodes that must stay together, such as identical customers.
    pub together: Option<&'a Partition>,
    /// How communities are found.
    pub find: &'a Find<'a>,
    /// Samples of the nodes, and graphs of the same kind without structure.
    pub source: &'a dyn Source,
    /// Same seed, same result.
    pub seed: u64,
}

/// Where samples and structureless draws of a graph come from.
pub trait Source: Sync {
    /// How many nodes differ from all others.
    fn n_different(&self) -> usize;
    /// Sample `number` of this seed of what the graph was made of.
    fn sample(&self, graph: &SimilarityGraph, seed: u64, number: u64) -> Sample;
    /// The nodes of that sample, ascending, without its graph.
    fn sampled_nodes(&self, seed: u64, number: u64) -> Vec<u32>;
    /// Graphs of the same size and shape without structure, by number.
    fn null_draws(&self, seed: u64) -> NullDraws<'_>;
    /// Of these nodes as many, spread evenly, as are examined where there are many, linked among themselves; `None` where nodes have
    /// no place.
    fn few(&self, nodes: &[u32]) -> Option<Result<Sample>> {
        let _ = nodes;
        None
    }
    /// The border of each division: what is compared with the null draws'.
    fn borders(&self, graph: &SimilarityGraph, partitions: &[&Partition]) -> Vec<Border>;
    /// Coarser divisions, by rising number of groups, of some nodes (`None`: of all); empty where nodes have no place.
    fn joined(&self, nodes: Option<&[u32]>, partition: &Partition) -> Vec<Joined> {
        let _ = (nodes, partition);
        Vec::new()
    }
    /// So many parts of similar nodes, of some of the nodes (`None`: of all), whether the data support any or not; `None`
    /// where nodes have no place.
    fn parts(&self, nodes: Option<&[u32]>, n_parts: usize, seed: u64) -> Option<Result<Partition>> {
        let _ = (nodes, n_parts, seed);
        None
    }
}

/// How a division was found, and is found again on samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    /// Communities at this resolution.
    Communities(f64),
    /// So many groups, joined of those at the coarsest resolution.
    Joined(usize),
    /// So many parts of similar nodes.
    Parts(usize),
}

/// Draws the null draw of that number.
pub type NullDraws<'a> = Box<dyn Fn(usize) -> Result<NullDraw> + Sync + 'a>;

/// A graph of the same size and shape without structure.
pub struct NullDraw {
    /// The graph.
    pub graph: SimilarityGraph,
    /// Which way of making null draws it comes from, from 0: only null draws of one kind are expected to be alike.
    pub kind: u8,
}

/// A graph on some of the nodes.
pub struct Sample {
    /// The nodes in it, ascending: node `i` of the sample is node `nodes[i]` of the whole.
    pub nodes: Vec<u32>,
    /// The graph on them.
    pub graph: SimilarityGraph,
    /// Equal ones among them, where there are any.
    pub together: Option<Partition>,
}

/// How many samples of so many customers are held at once, where there are threads for them: one above 250,000.
///
/// ```
/// assert_eq!(kinfolk::stability::at_once(1_000_000), 1);
/// assert!(kinfolk::stability::at_once(100_000) > 2);
/// ```
pub fn at_once(n_nodes: usize) -> usize {
    (500_000 / n_nodes.max(1)).clamp(1, 64)
}

/// Does `count` pieces of work that each need memory of the size of the graph, and hands what they give to `take` in their
/// order. Many at once for small graphs; one by one, each in parallel by itself, above 250,000 nodes.
fn in_batches<T: Send>(
    n_nodes: usize,
    count: usize,
    work: impl Fn(usize) -> Result<T> + Sync,
    mut take: impl FnMut(T),
) -> Result<()> {
    let at_once = at_once(n_nodes);
    for first in (0..count).step_by(at_once) {
        let batch = first..(first + at_once).min(count);
        let done: Vec<T> = batch.into_par_iter().map(&work).collect::<Result<_>>()?;
        done.into_iter().for_each(&mut take);
    }
    Ok(())
}

/// Share of the customers, or of the ties of a network, in each sample.
const KEPT: f64 = 0.8;

/// A group whose stability is below this is doubtful.
const TRUSTED: f64 = 0.6;

/// How many neighbors to search so that every resample still finds `n_neighbors` among those who stay: leaving out
/// customers then costs no new search.
///
/// ```
/// assert!(kinfolk::stability::wide(15) >= 28);
/// ```
pub fn wide(n_neighbors: usize) -> usize {
    // Mean of the negative binomial plus six standard deviations: at 15 neighbors one customer in 100,000 falls short,
    // and a sample that holds such a customer has one neighbor less.
    let k = n_neighbors as f64;
    let mean = k / KEPT;
    let wide = (mean + 6.0 * (k * (1.0 - KEPT)).sqrt() / KEPT).ceil() as usize;
    // Few neighbors are not normally distributed.
    wide.max(n_neighbors + 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_batches_give_comes_in_order_whatever_their_size() -> Result<()> {
        for n_nodes in [0, 100_000, 200_000, 1_000_000] {
            let mut taken = Vec::new();
            in_batches(n_nodes, 7, Ok, |number| taken.push(number))?;
            assert_eq!(taken, [0, 1, 2, 3, 4, 5, 6], "{n_nodes}");
        }
        Ok(())
    }

    #[test]
    fn so_many_neighbors_are_searched_that_samples_rarely_run_short() {
        // 15 / 0.8 + 6 √(15 · 0.2) / 0.8 = 31.7, and 62.5 + 6 √10 / 0.8 = 86.2; of few neighbors 12 more.
        assert_eq!([1, 5, 15, 50].map(wide), [13, 17, 32, 87]);
    }

    #[test]
    fn many_small_samples_are_held_at_once_and_one_large() {
        let n_nodes = [0, 1000, 100_000, 250_000, 250_001, 10_000_000];
        assert_eq!(n_nodes.map(at_once), [64, 64, 5, 2, 1, 1]);
    }
}
