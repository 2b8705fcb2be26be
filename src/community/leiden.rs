//! Leiden: Louvain whose higher levels can part again what a lower level joined.

use super::Problem;
use super::levels::{Parts, WORTH_ANOTHER_ROUND, rounds};
use super::mover::Mover;
use super::multilevel::{Search, improve_large};
use super::network::Network;
use super::parallel_moving::LARGE;
use crate::error::{Error, Result};
use crate::graph::SimilarityGraph;
use crate::partition::Partition;

/// Settings of [`leiden`].
#[derive(Clone, Debug, PartialEq)]
pub struct Leiden {
    /// γ of the modularity, 0 or above; above 1 gives more, smaller communities, 0 the connected components.
    /// Gephi's resolution is 1/γ. Default 1.0.
    #[doc(alias = "gamma")]
    pub resolution: f64,
    /// Decides the order in which nodes are looked at and the random merges. Default 42.
    pub seed: u64,
    /// θ of the random merges, 0 or above: how readily a node joins a part other than the best one, in units of the
    /// mean weight of an edge; 0 always takes the best. Default 0.01.
    #[doc(alias = "theta")]
    pub randomness: f64,
}

impl Default for Leiden {
    fn default() -> Self {
        Leiden {
            resolution: 1.0,
            seed: 42,
            randomness: 0.01,
        }
    }
}

/// A new random iteration has to raise the modularity by this much to be followed by another.
const WORTH_ANOTHER_ITERATION: f64 = 1e-5;

/// The communities that the Leiden algorithm finds: a division of high modularity whose communities are connected.
///
/// An iteration moves nodes, refines each community from single nodes up, and goes on with the network of the refined
/// parts until every community is one part; on the way down each level is moved again. Iterations follow each other
/// until one raises the modularity by less than 1e-5; rounds without randomness, as [`louvain`](super::louvain) ends
/// with, close the run.
///
/// From 8,192 nodes on, the iterations work on a network of small groups, as [`louvain`](super::louvain)'s rounds do,
/// and on the way down every small enough level has one more; then single nodes are moved, in parallel and with the same
/// result for any number of threads.
///
/// `together` as in [`louvain`](super::louvain). The same graph, settings and `together` give the same division.
///
/// Expected `O(m)` per iteration, some three to fifteen iterations, of which large graphs have the moves of single nodes once; memory as Louvain. Traag, Waltman and van Eck,
/// Scientific Reports 9, 5233 (2019); the way down: Rotta and Noack, ACM J. Exp. Algorithmics 16, 2.3 (2011).
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::community::{Leiden, leiden};
///
/// let two_triangles = SimilarityGraph::from_edges(
///     6,
///     &[(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0), (4, 5, 1.0), (3, 5, 1.0)],
/// );
/// let communities = leiden(&two_triangles, &Leiden::default(), None)?;
/// assert_eq!(communities.labels(), [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// A usage error where the resolution or the randomness is negative or not finite, or `together` divides another
/// number of nodes.
pub fn leiden(graph: &SimilarityGraph, settings: &Leiden, together: Option<&Partition>) -> Result<Partition> {
    if !(settings.randomness.is_finite() && settings.randomness >= 0.0) {
        return Err(Error::usage(format!(
            "the randomness {} is not a number of 0 or above",
            settings.randomness
        ))
        .hint("0.01 is usual"));
    }
    let ground = Problem::new(graph, settings.resolution, together)?;
    let mean_weight = graph.total_weight() / graph.n_edges().max(1) as f64;
    let climb = LeidenSearch {
        settings,
        mean_weight,
    };
    Ok(ground.solve(settings.resolution, climb))
}

struct LeidenSearch<'a> {
    settings: &'a Leiden,
    mean_weight: f64,
}

impl super::Algorithm for LeidenSearch<'_> {
    fn improve<N: Network>(&self, network: &N, labels: &mut [u32]) {
        let Leiden {
            resolution,
            seed,
            randomness,
        } = *self.settings;
        let parts = Parts::Merged {
            randomness,
            mean_weight: self.mean_weight,
        };
        let mut mover = Mover::new(resolution, seed);
        if network.n_nodes() >= LARGE {
            improve_large(network, labels, Search::Leiden(parts), &mut mover);
            return;
        }
        iterations(network, labels, parts, &mut mover);
    }
}

/// Iterations with random merges, then rounds without.
pub(super) fn iterations<N: Network>(network: &N, labels: &mut [u32], merged: Parts, mover: &mut Mover) {
    rounds(network, labels, merged, WORTH_ANOTHER_ITERATION, mover);
    rounds(network, labels, Parts::Found, WORTH_ANOTHER_ROUND, mover);
}
