//! One graph at many resolutions.

use super::check_resolution;
use super::connected::split_disconnected;
use super::heavy_edge_matching::heaviest_edges_close_triangles;
use super::levels::{Parts, round};
use super::louvain::{Louvain, louvain};
use super::mover::Mover;
use super::multilevel::{Gather, Hierarchy, Search};
use super::network::{Network, Original, aggregate, quality};
use super::parallel_moving::LARGE;
use crate::error::Result;
use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use rayon::prelude::*;

/// Searches of the top network per resolution.
const SEARCHES: usize = 2;

/// The communities at each of these resolutions, in their order; on large graphs in half the time of as many runs of
/// [`louvain`] or less.
///
/// A large graph, of 8,192 nodes or more, is grouped once, in small steps, for all resolutions. The small network at the
/// top is searched twice at each. Each resolution then takes the best of all divisions found there, since what one
/// search misses another may have found (Weir et al., Algorithms 10, 93 (2017)), has one closing round over it, takes
/// the best of those, and refines it on the way down. A small graph, or one whose heaviest edges close no triangles, has
/// one run of [`louvain`] without closing rounds per resolution. Resolutions are searched in parallel.
///
/// `together` as in [`louvain`]. The same arguments give the same divisions for any number of threads, and every
/// community is connected.
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::community::louvain_scan;
///
/// let path = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)]);
/// let found = louvain_scan(&path, &[0.1, 1.0, 4.0], 42, None)?;
/// let counts: Vec<usize> = found.iter().map(|partition| partition.n_groups()).collect();
/// assert_eq!(counts, [1, 2, 4]);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// As [`louvain`].
pub fn louvain_scan(
    graph: &SimilarityGraph,
    resolutions: &[f64],
    seed: u64,
    together: Option<&Partition>,
) -> Result<Vec<Partition>> {
    let n = together.map_or(graph.n_nodes(), Partition::n_groups);
    // What is out of range is refused by the single runs.
    let in_range = resolutions
        .iter()
        .all(|&r| r > 0.0 && check_resolution(r).is_ok())
        && together.is_none_or(|t| t.len() == graph.n_nodes());
    if n >= LARGE && in_range {
        let original = Original::new(graph);
        let found = match together {
            None => scan(&original, resolutions, seed),
            Some(together) => {
                let network = aggregate(&original, together.labels(), together.n_groups());
                scan(&network, resolutions, seed).map(|found| {
                    let of_customers = |labels: Vec<u32>| -> Vec<u32> {
                        together.labels().iter().map(|&g| labels[g as usize]).collect()
                    };
                    found.into_iter().map(of_customers).collect()
                })
            }
        };
        if let Some(found) = found {
            let found = found.par_iter().map(|labels| Partition::from_labels(labels));
            return Ok(found.collect());
        }
    }
    resolutions
        .par_iter()
        .map(|&resolution| {
            let settings = Louvain {
                resolution,
                seed,
                closing_rounds: false,
            };
            louvain(graph, &settings, together)
        })
        .collect()
}

/// Labels at each resolution; `None` where heaviest edges say nothing about what belongs together.
fn scan<N: Network>(network: &N, resolutions: &[f64], seed: u64) -> Option<Vec<Vec<u32>>> {
    if !heaviest_edges_close_triangles(network) {
        return None;
    }
    let finest = resolutions.iter().copied().fold(0.0, f64::max);
    let multilevel = Hierarchy::new(network, Gather::Heaviest, &mut Mover::new(finest, seed));
    let top = multilevel.top()?;
    let searched: Vec<Division> = (0..SEARCHES * resolutions.len())
        .into_par_iter()
        .map(|i| {
            let mut labels: Vec<u32> = (0..top.n_nodes() as u32).collect();
            let mut mover = Mover::new(resolutions[i / SEARCHES], seed.wrapping_add(i as u64));
            round(top, &mut labels, Parts::Whole, &mut mover);
            Division::new(top, labels)
        })
        .collect();
    let closed: Vec<Division> = resolutions
        .par_iter()
        .map(|&resolution| {
            let mut labels = best(&searched, resolution).labels.clone();
            let mut mover = Mover::new(resolution, seed);
            round(top, &mut labels, Parts::merged(top), &mut mover);
            Division::new(top, labels)
        })
        .collect();
    let found = resolutions
        .par_iter()
        .map(|&resolution| {
            let above = best(&closed, resolution).labels.clone();
            let mut labels = vec![0; network.n_nodes()];
            let mut mover = Mover::new(resolution, seed);
            let search = Search::Louvain { closing_rounds: true };
            multilevel.uncoarsen(network, above, &mut labels, search, &mut mover);
            split_disconnected(network, &mut labels);
            labels
        })
        .collect();
    Some(found)
}

/// A division of the top network, and what its modularity is made of.
struct Division {
    labels: Vec<u32>,
    /// Share of the edges inside communities.
    inside: f64,
    /// The same, were edges made at random.
    expected: f64,
}

impl Division {
    fn new<N: Network>(network: &N, labels: Vec<u32>) -> Self {
        let inside = quality(network, &labels, 0.0);
        Division {
            inside,
            expected: inside - quality(network, &labels, 1.0),
            labels,
        }
    }

    fn modularity(&self, resolution: f64) -> f64 {
        self.inside - resolution * self.expected
    }
}

/// The division of highest modularity; of equals the first.
fn best(divisions: &[Division], resolution: f64) -> &Division {
    let mut best = &divisions[0];
    for division in divisions {
        if division.modularity(resolution) > best.modularity(resolution) {
            best = division;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions_are_compared_at_any_resolution_by_two_numbers() {
        use crate::community::modularity::modularity as of_partition;

        // Two triangles on one edge.
        let edges = [
            (0, 1, 1.0),
            (1, 2, 1.0),
            (0, 2, 1.0),
            (2, 3, 1.0),
            (3, 4, 1.0),
            (4, 5, 1.0),
            (3, 5, 1.0),
        ];
        let graph = SimilarityGraph::from_edges(6, &edges);
        let network = Original::new(&graph);
        let divisions = [
            vec![0; 6],
            vec![0, 0, 0, 1, 1, 1],
            vec![0, 1, 2, 3, 4, 5],
            vec![0, 0, 0, 1, 1, 1],
        ]
        .map(|labels: Vec<u32>| Division::new(&network, labels));
        for division in &divisions {
            for resolution in [0.0, 0.3, 1.0, 2.5] {
                let expected = of_partition(&graph, &Partition::from_labels(&division.labels), resolution);
                assert!((division.modularity(resolution) - expected).abs() < 1e-12);
            }
        }
        // All are best together below 2/7, alone above 21/8, and of equals the first counts.
        for (resolution, place) in [(0.28, 0), (0.29, 1), (2.62, 1), (2.63, 2)] {
            assert!(
                std::ptr::eq(best(&divisions, resolution), &divisions[place]),
                "{resolution}"
            );
        }
    }
}
