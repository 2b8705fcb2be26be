//! A place in the picture for every customer, so that a graph opens laid out.
//!
//! In: a [`SimilarityGraph`] and, where there are features, a first place per node: their [`first_two`] principal components.
//! Out: one `[x, y]` per node with the mean at 0, 0, no two on one spot, and the farthest coordinate at
//! [`half_extent`]. Groups of customers have no say in it: a picture in which segments lie apart shows that ties, and not
//! labels, draw them apart. Two arrangements:
//!
//! | arrangement | shows | cost |
//! |---|---|---|
//! | [`Arrangement::ForceAtlas2`] | ties: who is alike is near | [`moves_for`]`(n)` × `O(log n + m / n)` |
//! | [`Arrangement::PrincipalComponents`] | the features' two widest directions | `O(n)` |
//!
//! Forces begin on a graph of at most about a hundred groups of tied nodes, found by contracting ties, and go on with ever
//! smaller groups, each from the place of the larger one: what takes hundreds of passes over all nodes takes few (Walshaw, J.
//! Graph Algorithms Appl. 7, 253 (2003)). Above 200,000 nodes they stop at groups of up to `n / 100,000`; members stand among
//! their neighbors.
//!
//! The forces are those of Jacomy, Venturini, Heymann and Bastian, PLoS ONE 9(6), e98679 (2014), with the LinLog
//! attraction of Noack, J. Graph Algorithms Appl. 11, 453 (2007), which draws communities apart; distant nodes are taken
//! together as in Barnes and Hut, Nature 324, 446 (1986).

mod apart;
mod components;
mod forces;
mod frame;
mod levels;
mod quadtree;
mod symmetric;

pub(crate) use apart::{UP_TO as APART_UP_TO, apart};
pub use components::{PrincipalComponents, first_two, principal_components};
pub use frame::half_extent;

use crate::SimilarityGraph;
use crate::random;
use rand::RngExt;

/// How customers are placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrangement {
    /// Nodes repel, edges attract: who is alike is near.
    #[default]
    ForceAtlas2,
    /// The first places as they are.
    PrincipalComponents,
}

/// Settings of [`layout`].
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// How customers are placed. Default ForceAtlas2.
    pub arrangement: Arrangement,
    /// Passes of the forces over all nodes; groups of them take more, at most 300. `None` lets [`passes_for`] decide. Default `None`.
    pub passes: Option<usize>,
    /// Pull towards the middle, above 0; more lets clouds swell and the space between them shrink. Gephi's own default, 1,
    /// leaves clouds that cover a hundredth of the picture. Default 5.
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
            arrangement: Arrangement::default(),
            passes: None,
            gravity: 5.0,
            theta: 1.2,
            lin_log: true,
        }
    }
}

/// Passes of the forces over all of `n_nodes`: `600,000 / n`, at least 10 and at most 300; none above 200,000, where they move groups.
///
/// The number depends on nothing but n, least of all on a clock: the picture is the same on every machine.
///
/// ```
/// assert_eq!(kinfolk::layout::passes_for(1_000), 300);
/// assert_eq!(kinfolk::layout::passes_for(20_000), 30);
/// ```
pub fn passes_for(n_nodes: usize) -> usize {
    if n_nodes > levels::MOST_NODES_WITH_FORCES {
        return 0;
    }
    whole_passes(n_nodes)
}

fn whole_passes(n_nodes: usize) -> usize {
    (600_000 / n_nodes.max(1)).clamp(10, 300)
}

/// Passes over `here` groups of `n_nodes` nodes: half as many as over all nodes where they were as many, more with the root
/// of how few they are, at most 300.
fn passes_at(here: usize, n_nodes: usize, settings: &Layout) -> usize {
    let whole = settings.passes.unwrap_or_else(|| whole_passes(n_nodes));
    if here == n_nodes {
        return whole;
    }
    let more = (n_nodes as f64 / here as f64).sqrt();
    (0.5 * whole as f64 * more).min(300.0) as usize
}

/// How often the forces move a node or a group, over all passes and all sizes of groups: what a layout costs.
///
/// ```
/// use kinfolk::layout::moves_for;
///
/// assert_eq!(moves_for(100), 30_000);
/// assert!(moves_for(1_000_000) < 2 * moves_for(200_000));
/// ```
pub fn moves_for(n_nodes: usize) -> usize {
    let settings = Layout::default();
    let mut moves = n_nodes * passes_for(n_nodes);
    let mut here = n_nodes;
    while here > levels::COARSEST {
        here /= levels::largest_group(here);
        moves += here * passes_at(here, n_nodes, &settings);
    }
    moves
}

/// A place for every node: mean at 0, 0 (within half a hundredth), farthest coordinate at [`half_extent`]`(n)`, all
/// coordinates multiples of 0.01, no two nodes on one spot.
///
/// `start` holds a first place per node; those at equal places are driven apart. Without it the ties alone decide. Nodes without
/// edges stand on a ring around the others. The result depends on graph, start and settings alone, not on the number of threads.
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::layout::{Layout, layout};
///
/// let graph = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (2, 3, 1.0)]);
/// let start = [[0.0, 0.0], [0.0, 0.1], [1.0, 0.0], [1.0, 0.1]];
/// let places = layout(&graph, Some(&start), &Layout::default());
/// let distance = |a: usize, b: usize| (places[a][0] - places[b][0]).hypot(places[a][1] - places[b][1]);
/// assert!(distance(0, 1) < distance(0, 2));
/// ```
///
/// # Panics
/// Where `start` does not hold one finite place per node, or there is none for principal components.
pub fn layout(graph: &SimilarityGraph, start: Option<&[[f64; 2]]>, settings: &Layout) -> Vec<[f64; 2]> {
    let n = graph.n_nodes();
    if let Some(start) = start {
        assert_eq!(start.len(), n, "one first place per node");
        assert!(
            start.iter().flatten().all(|x| x.is_finite()),
            "first places are finite"
        );
    }
    let mut places = match settings.arrangement {
        Arrangement::ForceAtlas2 => levels::arrange(graph, start, settings),
        Arrangement::PrincipalComponents => start.expect("principal components of features").to_vec(),
    };
    frame::pull_in(&mut places);
    if settings.arrangement == Arrangement::ForceAtlas2 {
        let tied: Vec<bool> = (0..n as u32)
            .map(|v| graph.neighbors(v).iter().any(|&t| t != v))
            .collect();
        frame::ring_around(&mut places, &tied);
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
