//! Louvain with multilevel refinement and connected communities.

use super::Ground;
use super::connected::split_disconnected;
use super::local_moving::Mover;
use super::network::{Aggregated, Network, aggregate, quality, renumber};
use crate::error::Result;
use crate::graph::SimilarityGraph;
use crate::partition::Partition;

/// Settings of [`louvain`].
#[derive(Clone, Debug, PartialEq)]
pub struct Louvain {
    /// γ of the modularity, 0 or above; above 1 gives more, smaller communities, 0 the connected components.
    /// Gephi's resolution is 1/γ. Default 1.0.
    #[doc(alias = "gamma")]
    pub resolution: f64,
    /// Decides the order in which nodes are looked at. Default 42.
    pub seed: u64,
}

impl Default for Louvain {
    fn default() -> Self {
        Louvain {
            resolution: 1.0,
            seed: 42,
        }
    }
}

/// A new round has to raise the modularity by this much to be followed by another.
const WORTH_ANOTHER_ROUND: f64 = 1e-7;

/// The communities that the Louvain method finds: a division of high modularity.
///
/// Rounds of local moving, first of nodes, then of the communities so found, and so on upwards; on the way down each
/// level is refined by local moving again (Rotta and Noack 2011), communities in several pieces are parted, and all
/// is repeated from the result until the modularity stays. The end is always a parting, so that **every community is
/// connected**. The same graph, settings and `together` give the same division.
///
/// `together` names customers that must not be parted, such as identical ones: the members of one of its groups
/// share a community, and count as joined even where no tie joins them. It divides the nodes of the graph.
///
/// Expected `O(m)` per round, some three to ten rounds; about 30 bytes per node and 12 per tie besides the graph.
/// Blondel, Guillaume, Lambiotte and Lefebvre, J. Stat. Mech. P10008 (2008); Rotta and Noack, ACM J. Exp.
/// Algorithmics 16, 2.3 (2011).
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::community::{Louvain, louvain, modularity};
///
/// let two_triangles = SimilarityGraph::from_edges(
///     6,
///     &[(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0), (4, 5, 1.0), (3, 5, 1.0)],
/// );
/// let communities = louvain(&two_triangles, &Louvain::default(), None)?;
/// assert_eq!(communities.labels(), [0, 0, 0, 1, 1, 1]);
/// assert!((modularity(&two_triangles, &communities, 1.0) - 5.0 / 14.0).abs() < 1e-12);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// A usage error where the resolution is negative or not finite, or `together` divides another number of nodes.
pub fn louvain(
    graph: &SimilarityGraph,
    settings: &Louvain,
    together: Option<&Partition>,
) -> Result<Partition> {
    let ground = Ground::new(graph, settings.resolution, together, None)?;
    Ok(ground.solve(settings.resolution, Climb { settings }))
}

/// [`louvain`], starting from the division `start` instead of from single nodes.
///
/// The modularity of the result is at least that of `start`. What is together in `start` moves as a whole or node by
/// node, so coarse starts tend to stay coarse: a scan of many resolutions goes from the highest to the lowest. A
/// group of `together` that `start` parts begins where its first member is. Cost and errors as [`louvain`], with
/// fewer moves the better the start is.
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::community::{Louvain, louvain, louvain_from};
///
/// let path = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)]);
/// let fine = louvain(&path, &Louvain { resolution: 4.0, ..Louvain::default() }, None)?;
/// let coarse = louvain_from(&path, &Louvain::default(), None, &fine)?;
/// assert_eq!((fine.n_groups(), coarse.n_groups()), (4, 2));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// As [`louvain`], and where `start` divides another number of nodes.
pub fn louvain_from(
    graph: &SimilarityGraph,
    settings: &Louvain,
    together: Option<&Partition>,
    start: &Partition,
) -> Result<Partition> {
    let ground = Ground::new(graph, settings.resolution, together, Some(start))?;
    Ok(ground.solve(settings.resolution, Climb { settings }))
}

struct Climb<'a> {
    settings: &'a Louvain,
}

impl super::Method for Climb<'_> {
    fn improve<N: Network>(&self, network: &N, labels: &mut [u32]) {
        let Louvain { resolution, seed } = *self.settings;
        let mut mover = Mover::new(resolution, seed, network.n_nodes());
        let mut before = quality(network, labels, resolution);
        loop {
            let moves = round(network, labels, &mut mover);
            let parted = split_disconnected(network, labels);
            let after = quality(network, labels, resolution);
            if (moves == 0 && !parted) || after < before + WORTH_ANOTHER_ROUND {
                break;
            }
            before = after;
        }
    }
}

/// Local moving level by level upwards until nothing moves, then down again; how many moves it took.
fn round<N: Network>(network: &N, labels: &mut [u32], mover: &mut Mover) -> usize {
    let mut moves = mover.pass(network, labels);
    let count = renumber(labels);
    if count == network.n_nodes() {
        return moves;
    }
    // Levels that are left behind, each with the division that leads to the next one.
    let mut below: Vec<(Aggregated, Vec<u32>)> = Vec::new();
    let mut top = aggregate(network, labels, count);
    loop {
        let mut top_labels: Vec<u32> = (0..top.n_nodes() as u32).collect();
        let moved = mover.pass(&top, &mut top_labels);
        if moved == 0 {
            break;
        }
        moves += moved;
        let count = renumber(&mut top_labels);
        let next = aggregate(&top, &top_labels, count);
        below.push((std::mem::replace(&mut top, next), top_labels));
    }
    let Some((_, mut above)) = below.pop() else {
        return moves;
    };
    for (level, mut level_labels) in below.into_iter().rev() {
        lift(&mut level_labels, &above);
        moves += mover.pass(&level, &mut level_labels);
        renumber(&mut level_labels);
        above = level_labels;
    }
    lift(labels, &above);
    moves += mover.pass(network, labels);
    renumber(labels);
    moves
}

/// Each node takes the label that its community has one level up.
fn lift(labels: &mut [u32], above: &[u32]) {
    for label in labels {
        *label = above[*label as usize];
    }
}
