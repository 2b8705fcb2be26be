//! Several runs, the best kept.

use super::modularity::modularity;
use crate::error::{Error, Result};
use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use rayon::prelude::*;
use std::ops::Range;

/// The best of several runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// The division.
    pub partition: Partition,
    /// Its modularity at the resolution it was compared by.
    pub modularity: f64,
    /// The seed that found it.
    pub seed: u64,
}

/// Runs `run` once per seed, in parallel, and keeps the division of highest modularity at `resolution`; of equals,
/// the one of the lowest seed. The same for any number of threads. Cost: the runs, and a division per thread.
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::community::{Louvain, best_of, louvain};
///
/// let path = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)]);
/// let best = best_of(&path, 1.0, 42..52, |seed| {
///     louvain(&path, &Louvain { seed, ..Louvain::default() }, None)
/// })?;
/// assert_eq!(best.partition.labels(), [0, 0, 1, 1]);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Those of `run`, and a usage error where there are no seeds.
pub fn best_of(
    graph: &SimilarityGraph,
    resolution: f64,
    seeds: Range<u64>,
    run: impl Fn(u64) -> Result<Partition> + Sync,
) -> Result<Best> {
    seeds
        .into_par_iter()
        .map(|seed| {
            let partition = run(seed)?;
            let modularity = modularity(graph, &partition, resolution);
            Ok(Best {
                partition,
                modularity,
                seed,
            })
        })
        .try_reduce_with(|a, b| {
            let b_wins = b.modularity > a.modularity || (b.modularity == a.modularity && b.seed < a.seed);
            Ok(if b_wins { b } else { a })
        })
        .unwrap_or_else(|| Err(Error::usage("no trials were asked for").hint("ask for 1 or more")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_divisions_the_lowest_seed_wins_and_of_others_the_best() {
        let two_pairs = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (2, 3, 1.0)]);
        let good = || Partition::from_labels(&[0, 0, 1, 1]);
        let equal = best_of(&two_pairs, 1.0, 5..25, |_| Ok(good())).expect("divided");
        assert_eq!((equal.seed, equal.modularity), (5, 0.5));
        let one = |wanted: u64| {
            move |seed: u64| {
                Ok(if seed == wanted {
                    good()
                } else {
                    Partition::one_group(4)
                })
            }
        };
        for wanted in [5, 11, 24] {
            let best = best_of(&two_pairs, 1.0, 5..25, one(wanted)).expect("divided");
            assert_eq!((best.seed, best.partition), (wanted, good()));
        }
        assert!(best_of(&two_pairs, 1.0, 5..5, |_| Ok(good())).is_err());
    }
}
