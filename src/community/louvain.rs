//! Louvain, with higher levels that can part again and connected communities.

use super::Problem;
use super::levels::{Parts, WORTH_ANOTHER_ROUND, round, rounds};
use super::mover::Mover;
use super::multilevel::{Search, improve_large};
use super::network::Network;
use super::parallel_moving::LARGE;
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
    /// Whether rounds over parts of communities follow the first one: a little more modularity, for about three times
    /// the time on small graphs and a tenth to a half more on large ones. Default true.
    pub closing_rounds: bool,
}

impl Default for Louvain {
    fn default() -> Self {
        Louvain {
            resolution: 1.0,
            seed: 42,
            closing_rounds: true,
        }
    }
}

/// The communities that the Louvain algorithm finds: a division of high modularity.
///
/// Local moving, first of nodes, then of the communities so found, and so on upwards; on the way down each level is
/// moved again. Plain Louvain can join on a high level what no single move parts again, so it is followed by rounds
/// whose higher levels are built of the parts that local moving finds inside each community, until a round raises the
/// modularity by less than 1e-4. Each round ends by parting communities in several pieces: **every community is
/// connected**. The same graph, settings and `together` give the same division.
///
/// From 8,192 nodes on, the rounds work on a network of small groups, and single nodes are moved afterwards, in
/// parallel and with the same result for any number of threads. The groups follow the heaviest edge of each node where nearly all such edges
/// close a triangle, as in graphs of nearest neighbors; elsewhere they are what local moving finds.
///
/// `together` names customers that must not be parted, such as identical ones: the members of one of its groups
/// share a community, and count as joined even where no edge joins them. It divides the nodes of the graph.
///
/// Expected `O(m)` per round, some three to six rounds, of which large graphs have the first only; about 70 bytes per
/// node and 16 per edge besides the graph.
/// Blondel, Guillaume, Lambiotte and Lefebvre, J. Stat. Mech. P10008 (2008); the way down: Rotta and Noack, ACM J.
/// Exp. Algorithmics 16, 2.3 (2011); parts: Waltman and van Eck, Eur. Phys. J. B 86, 471 (2013); first moves at
/// random: Traag, Phys. Rev. E 92, 032801 (2015).
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
/// A usage error where the resolution is not 0 to [`HIGHEST_RESOLUTION`](super::HIGHEST_RESOLUTION), or `together` divides another number of nodes.
pub fn louvain(
    graph: &SimilarityGraph,
    settings: &Louvain,
    together: Option<&Partition>,
) -> Result<Partition> {
    let ground = Problem::new(graph, settings.resolution, together)?;
    Ok(ground.solve(settings.resolution, LouvainSearch { settings }))
}

struct LouvainSearch<'a> {
    settings: &'a Louvain,
}

impl super::Algorithm for LouvainSearch<'_> {
    fn improve<N: Network>(&self, network: &N, labels: &mut [u32]) {
        let Louvain {
            resolution,
            seed,
            closing_rounds,
        } = *self.settings;
        let mut mover = Mover::new(resolution, seed);
        if network.n_nodes() >= LARGE {
            improve_large(network, labels, Search::Louvain { closing_rounds }, &mut mover);
            return;
        }
        mover.next_at_random = true;
        round(network, labels, Parts::Whole, &mut mover);
        if closing_rounds {
            rounds(network, labels, Parts::Found, WORTH_ANOTHER_ROUND, &mut mover);
        }
    }
}
