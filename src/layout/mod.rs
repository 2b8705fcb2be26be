//! A place in the picture for every customer, so that a graph opens laid out.
//!
//! In: a [`SimilarityGraph`] and a first place per node, usually the [`first_two`] principal components of the features,
//! taken [`apart_by_group`].
//! Out: one `[x, y]` per node with the mean at 0, 0, no two on one spot, and the farthest coordinate at
//! [`half_extent`]. Two arrangements:
//!
//! | arrangement | shows | cost |
//! |---|---|---|
//! | [`Arrangement::ForceAtlas2`] | ties: segments as clouds | [`passes_for`]`(n)` × `O(n log n + m)` |
//! | [`Arrangement::PrincipalComponents`] | the features' two widest directions | `O(n)` |
//!
//! The forces are those of Jacomy, Venturini, Heymann and Bastian, PLoS ONE 9(6), e98679 (2014), with the LinLog
//! attraction of Noack, J. Graph Algorithms Appl. 11, 453 (2007), which draws communities apart; distant nodes are taken
//! together as in Barnes and Hut, Nature 324, 446 (1986).

mod components;
mod forces;
mod frame;
mod groups;
mod quadtree;
mod symmetric;

pub use components::{PrincipalComponents, first_two, principal_components};
pub use frame::half_extent;
pub use groups::apart_by_group;

use crate::SimilarityGraph;
use crate::random;
use rand::RngExt;

/// How customers are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// Nodes repel, edges attract: segments become clouds.
    ForceAtlas2,
    /// The first places as they are.
    PrincipalComponents,
}

/// Above this many nodes the forces cost more than the picture is worth: nobody sees 50,000 dots apart.
const MOST_NODES_WITH_FORCES: usize = 50_000;

impl Arrangement {
    /// Forces up to 50,000 nodes, principal components above.
    pub fn for_size(n_nodes: usize) -> Self {
        if n_nodes <= MOST_NODES_WITH_FORCES {
            Arrangement::ForceAtlas2
        } else {
            Arrangement::PrincipalComponents
        }
    }
}

/// Settings of [`layout`].
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// How customers are placed; `None` lets [`Arrangement::for_size`] decide. Default `None`.
    pub arrangement: Option<Arrangement>,
    /// Passes of the forces; `None` lets [`passes_for`] decide. Default `None`.
    pub passes: Option<usize>,
    /// Pull towards the middle, above 0; more lets clouds swell and the space between them shrink. Gephi's own default, 1,
    /// leaves clouds that cover a hundredth of the picture. Default 3.
    pub gravity: f64,
    /// Nodes whose spread is at most `theta` times their distance act as one body, 0 or above; 0 is exact and takes
    /// `O(n²)` a pass. Default 1.2.
    pub theta: f64,
    /// Whether attraction grows with the logarithm of the distance, which draws communities apart, rather than with the
    /// distance. Default true.
    pub lin_log: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Layout {
            arrangement: None,
            passes: None,
            gravity: 3.0,
            theta: 1.2,
            lin_log: true,
        }
    }
}

impl Layout {
    /// How so many nodes are placed with these settings.
    ///
    /// ```
    /// use kinfolk::layout::{Arrangement, Layout};
    ///
    /// assert_eq!(Layout::default().arrangement_of(1_000_000), Arrangement::PrincipalComponents);
    /// ```
    pub fn arrangement_of(&self, n_nodes: usize) -> Arrangement {
        self.arrangement.unwrap_or_else(|| Arrangement::for_size(n_nodes))
    }
}

/// Passes of the forces for `n_nodes`: `1,200,000 / n`, at least 50 and at most 300.
///
/// The number depends on nothing but n, least of all on a clock: the picture is the same on every machine.
///
/// ```
/// assert_eq!(kinfolk::layout::passes_for(1_000), 300);
/// assert_eq!(kinfolk::layout::passes_for(20_000), 60);
/// ```
pub fn passes_for(n_nodes: usize) -> usize {
    (1_200_000 / n_nodes.max(1)).clamp(50, 300)
}

/// A place for every node: mean at 0, 0 (within half a hundredth), farthest coordinate at [`half_extent`]`(n)`, all
/// coordinates multiples of 0.01, no two nodes on one spot.
///
/// `start` holds a first place per node; those at equal places are driven apart. Nodes without edges stand on a ring
/// around the others. The result depends on graph, start and settings alone, not on the number of threads.
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::layout::{Layout, layout};
///
/// let graph = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (2, 3, 1.0)]);
/// let places = layout(&graph, &[[0.0, 0.0], [0.0, 0.1], [1.0, 0.0], [1.0, 0.1]], &Layout::default());
/// let distance = |a: usize, b: usize| (places[a][0] - places[b][0]).hypot(places[a][1] - places[b][1]);
/// assert!(distance(0, 1) < distance(0, 2));
/// ```
///
/// # Panics
/// Where `start` does not hold one finite place per node.
pub fn layout(graph: &SimilarityGraph, start: &[[f64; 2]], settings: &Layout) -> Vec<[f64; 2]> {
    let n = graph.n_nodes();
    assert_eq!(start.len(), n, "one first place per node");
    assert!(
        start.iter().flatten().all(|x| x.is_finite()),
        "first places are finite"
    );
    let mut places = start.to_vec();
    if settings.arrangement_of(n) == Arrangement::ForceAtlas2 {
        let tied: Vec<bool> = (0..n as u32)
            .map(|v| graph.neighbors(v).iter().any(|&t| t != v))
            .collect();
        shake(&mut places);
        forces::arrange(graph, &mut places, settings);
        frame::ring_around(&mut places, &tied);
    } else {
        frame::pull_in(&mut places);
    }
    frame::fit(&mut places);
    places
}

/// Moves every place by up to a thousandth of the spread: forces have no direction between nodes on one spot, and never
/// leave a line on which all nodes stand.
fn shake(places: &mut [[f64; 2]]) {
    let spread = frame::spread(places);
    let reach = 1e-3 * if spread > 0.0 { spread } else { 1.0 };
    let mut random = random::stream(0, 0);
    for place in places {
        for x in place {
            *x += reach * random.random_range(-1.0..1.0);
        }
    }
}
