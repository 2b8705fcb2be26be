//! Communities of a similarity graph: Louvain, Leiden, and the modularity they maximize.
//!
//! In: a [`SimilarityGraph`], settings with a resolution γ and a seed, and optionally a division into customers that
//! must stay together. Out: a [`Partition`] whose every community is connected.
//!
//! | function | what | cost |
//! |---|---|---|
//! | [`louvain`] | local moving, level by level up and down, with parts that part again | expected `O(m)` per round |
//! | [`leiden`] | the same, the parts built by random merges inside well-connected communities | expected `O(m)` per round |
//! | [`louvain_scan`] | one graph at many resolutions | some six to eleven runs for 25 resolutions, where the graph is large |
//! | [`best_of`] | several seeds in parallel, the best modularity kept | as many runs |
//! | [`modularity`] | Newman–Girvan with resolution | `O(n + m)` |
//! | [`conductance`] | what leaves a community | `O(n + m)` |
//!
//! Sources: Blondel et al., J. Stat. Mech. P10008 (2008); Rotta and Noack, ACM J. Exp. Algorithmics 16, 2.3 (2011);
//! Waltman and van Eck, Eur. Phys. J. B 86, 471 (2013); Traag, Phys. Rev. E 92, 032801 (2015);
//! Traag, Waltman and van Eck, Scientific Reports 9, 5233 (2019); Reichardt and Bornholdt, Phys. Rev. E 74, 016110
//! (2006).
//!
//! High modularity is not evidence of good communities: random graphs and chains reach high values too.

mod connected;
mod heavy_edge_matching;
mod label_weights;
mod leiden;
mod levels;
mod local_moving;
mod louvain;
mod modularity;
mod mover;
mod multilevel;
mod network;
mod parallel_moving;
mod refinement;
mod scan;
mod small;
mod trials;

pub use leiden::{Leiden, leiden};
pub use louvain::{Louvain, louvain};
pub use modularity::{conductance, modularity};
pub use scan::louvain_scan;
pub(crate) use small::join_small;
pub use trials::{Best, best_of};

use crate::error::{Error, Result};
use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use network::{Network, Original, aggregate};

/// The highest resolution, 1,000,000.
///
/// Sums of strengths are right to some 10⁻¹², relatively, and count as often as the resolution says: up to here a gain
/// of a millionth of a node's edges can be told from rounding. Beyond, it could not, and no graph of a million edges needs
/// more to keep all its nodes apart.
pub const HIGHEST_RESOLUTION: f64 = 1e6;

/// Whether communities can be found at this resolution: 0 to [`HIGHEST_RESOLUTION`].
///
/// # Errors
/// Usage, where not.
pub(crate) fn check_resolution(resolution: f64) -> Result<()> {
    if (0.0..=HIGHEST_RESOLUTION).contains(&resolution) {
        return Ok(());
    }
    let message = if resolution > HIGHEST_RESOLUTION {
        format!("the resolution {resolution} is above 1000000, the highest there is")
    } else {
        format!("the resolution {resolution} is not a number of 0 or above")
    };
    Err(Error::usage(message).hint("1 is usual; above 1 gives more, smaller communities"))
}

/// A way to raise the modularity of a division on whatever network.
trait Algorithm: Sync {
    /// Changes labels below the number of nodes; every community is connected afterwards.
    fn improve<N: Network>(&self, network: &N, labels: &mut [u32]);
}

/// A checked request: the graph, and what must stay together.
struct Problem<'a> {
    original: Original<'a>,
    together: Option<&'a Partition>,
}

impl<'a> Problem<'a> {
    fn new(graph: &'a SimilarityGraph, resolution: f64, together: Option<&'a Partition>) -> Result<Self> {
        check_resolution(resolution)?;
        if let Some(together) = together
            && together.len() != graph.n_nodes()
        {
            return Err(Error::usage(format!(
                "`together` divides {} nodes, but the graph has {}",
                together.len(),
                graph.n_nodes()
            )));
        }
        Ok(Problem {
            original: Original::new(graph),
            together,
        })
    }

    fn solve(&self, resolution: f64, algorithm: impl Algorithm) -> Partition {
        let labels = match self.together {
            None => improve(&self.original, resolution, &algorithm),
            Some(together) => {
                let network = aggregate(&self.original, together.labels(), together.n_groups());
                let labels = improve(&network, resolution, &algorithm);
                together.labels().iter().map(|&g| labels[g as usize]).collect()
            }
        };
        Partition::from_labels(&labels)
    }
}

fn improve<N: Network>(network: &N, resolution: f64, algorithm: &impl Algorithm) -> Vec<u32> {
    let mut labels: Vec<u32> = (0..network.n_nodes() as u32).collect();
    if resolution == 0.0 {
        // Any edge is worth joining then, also one that is lost in the rounding of a strong node.
        labels.fill(0);
        connected::split_disconnected(network, &mut labels);
    } else {
        // Inside the pool from here on: from outside, each of many short parallel steps would wait for a thread to wake.
        rayon::scope(|_| algorithm.improve(network, &mut labels));
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolution_out_of_range_is_told_which_way() {
        assert!(
            [0.0, 1.0, HIGHEST_RESOLUTION]
                .into_iter()
                .all(|r| check_resolution(r).is_ok())
        );
        for (resolution, words) in [
            (
                1e6 + 1.0,
                "the resolution 1000001 is above 1000000, the highest there is",
            ),
            (
                f64::INFINITY,
                "the resolution inf is above 1000000, the highest there is",
            ),
            (-0.1, "the resolution -0.1 is not a number of 0 or above"),
            (f64::NAN, "the resolution NaN is not a number of 0 or above"),
        ] {
            let error = check_resolution(resolution)
                .expect_err("out of range")
                .to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
