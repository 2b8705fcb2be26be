//! The same engine on a network that already exists.

use super::BridgeNote;
use super::between::between;
use super::division::{
    Division, Request, divide, find_at_each, find_communities, measure_stability, out_of_range,
};
use super::grouping::{Grouping, grouping};
use super::settings::{Method, Observer, Stage};
use crate::centrality::{self, Centrality, Positions, SegmentMap, Sources};
use crate::community;
use crate::graph::{self, SimilarityGraph};
use crate::layout::{self, Arrangement, Layout};
use crate::message::{Setting, message};
use crate::partition::Partition;
use crate::profile;
use crate::stability::{self, Found, Ground, NetworkSource, Scales, Stability};
use crate::table::{Column, EdgeList, Texts};
use crate::text::group_digits;
use crate::text::shown::{NAME, cut};
use crate::{Error, Result, Warning};

/// Seeds that are tried by default: in small networks one run in several misses the best division, and all take an instant.
const TRIED: usize = 20;
/// Ties of a network that is small in this sense.
const TRIED_UP_TO: usize = 20_000;

/// What [`communities`] is asked to do.
#[derive(Clone, Debug)]
pub struct NetworkSettings {
    /// Default Louvain.
    pub method: Method,
    /// γ of the modularity, 0 or above; above 1 gives more, smaller communities. `None` examines many and takes the one
    /// that the ties support best: see [`crate::stability`]. Default 1.0.
    pub resolution: Option<f64>,
    /// How many seeds are tried; the best modularity is kept. 1 or more, and more only at a given resolution; `None`, the default:
    /// 20 there in networks of up to 20,000 ties, else 1.
    pub trials: Option<usize>,
    /// Whether centralities and the layout are left out. Default false.
    pub only_communities: bool,
    /// From how many nodes betweenness counts paths.
    pub betweenness: Sources,
    /// How nodes are placed in the picture.
    pub layout: Layout,
    /// Default 42.
    pub seed: u64,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        NetworkSettings {
            method: Method::Louvain,
            resolution: Some(1.0),
            trials: None,
            only_communities: false,
            betweenness: Sources::Auto,
            layout: Layout::default(),
            seed: 42,
        }
    }
}

/// Communities of a network and where each node stands.
#[derive(Clone, Debug)]
pub struct NetworkCommunities {
    /// The nodes' names, in natural order.
    pub nodes: Texts,
    /// What else was known of them, one value each: see [`EdgeList::attributes`].
    pub attributes: Vec<Column>,
    /// What else was known of the edges, one value each, in the order of [`SimilarityGraph::edges`]: see
    /// [`EdgeList::edge_attributes`].
    pub edge_attributes: Vec<Column>,
    /// What people call them, one each; empty: their names.
    pub labels: Vec<String>,
    /// The network.
    pub graph: SimilarityGraph,
    /// Its connected parts.
    pub components: Partition,
    /// The communities: label 0 is community 1 in every file.
    pub partition: Partition,
    /// `louvain` or `leiden`.
    pub method: &'static str,
    /// γ in force.
    pub resolution: f64,
    /// How the communities were found.
    pub found: Found,
    /// Seed in force: the first of those tried.
    pub seed: u64,
    /// How many seeds were tried.
    pub trials: usize,
    /// Modularity at γ in force.
    pub modularity: f64,
    /// Share of each community's tie strength that leaves it.
    pub conductance: Vec<f64>,
    /// The resolutions examined; `None` where one was given, or there are too few nodes to tell.
    pub scales: Option<Scales>,
    /// The level of `scales` that the communities are; `None` where none is supported.
    pub level: Option<usize>,
    /// How the communities come back when ties are left out; `None` where the resolution was given, for one community, or
    /// too few nodes to tell.
    pub stability: Option<Stability>,
    /// Where each node stands; `None` where only communities were asked for.
    pub positions: Option<Positions>,
    /// Who is tied to whom among the communities; `None` where only communities were asked for.
    pub map: Option<SegmentMap>,
    /// The bridge nodes of the highest scores, at most 20, each with a sentence.
    pub bridge_notes: Vec<BridgeNote>,
    /// Place of each node in the picture, centered on 0, 0; empty where only communities were asked for.
    pub layout: Vec<[f64; 2]>,
    /// Everything noticed on the way.
    pub warnings: Vec<Warning>,
}

/// Communities of an undirected network.
///
/// ```
/// use kinfolk::segmentation::{NetworkSettings, communities, unobserved};
/// use kinfolk::read::parse_edges;
/// use kinfolk::table::EdgeSettings;
///
/// let edges = parse_edges("two triangles", b"source,target\na,b\nb,c\na,c\nc,d\nd,e\ne,f\nd,f\n".to_vec(), &EdgeSettings::default())?;
/// let found = communities(edges, &NetworkSettings::default(), &mut unobserved)?;
/// assert_eq!(found.partition.labels(), [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where there is no edge, or a setting is out of range.
pub fn communities(
    edges: EdgeList,
    settings: &NetworkSettings,
    observer: &mut Observer<'_>,
) -> Result<NetworkCommunities> {
    let EdgeList {
        nodes,
        edges: list,
        edge_attributes,
        attributes,
        labels,
        mut warnings,
        ..
    } = edges;
    check(&list, settings)?;
    observer(Stage::Graph)?;
    let graph = SimilarityGraph::from_edges(nodes.len(), &list);
    let components = graph::components(&graph);

    observer(Stage::Communities)?;
    let (division, stability) = divide_nodes(&graph, settings, observer, &mut warnings)?;
    let partition = division.partition;
    warnings.extend(parts_of_network(&components, partition.n_groups()));
    let mut found = NetworkCommunities {
        modularity: community::modularity(&graph, &partition, division.resolution),
        conductance: community::conductance(&graph, &partition),
        nodes,
        attributes,
        edge_attributes,
        labels,
        trials: trials_of(&graph, settings),
        graph,
        components,
        partition,
        method: settings.method.name(),
        resolution: division.resolution,
        found: division.found,
        scales: division.scales,
        level: division.level,
        stability,
        seed: settings.seed,
        positions: None,
        map: None,
        bridge_notes: Vec::new(),
        layout: Vec::new(),
        warnings,
    };
    if !settings.only_communities {
        found.place(settings, observer)?;
    }
    Ok(found)
}

impl NetworkCommunities {
    /// Finds where each node stands, who bridges two communities, and a place for everybody in the picture.
    fn place(&mut self, settings: &NetworkSettings, observer: &mut Observer<'_>) -> Result<()> {
        observer(Stage::Bridges)?;
        let (graph, partition) = (&self.graph, &self.partition);
        let measures = Centrality {
            betweenness: settings.betweenness,
            seed: settings.seed,
        };
        let between = between(graph, partition, None, &measures, "nodes", &mut self.warnings);
        let explain = |(node, pair): (u32, (u32, u32))| {
            let surroundings = centrality::surroundings(graph, partition, None, node, pair.1);
            let around = profile::around(&surroundings, pair, "neighbors", "community");
            BridgeNote {
                customer: node,
                explanation: format!("{}: {around}", cut(&self.nodes[node as usize], NAME)),
            }
        };
        self.bridge_notes = between.strongest().map(explain).collect();
        (self.positions, self.map) = (Some(between.positions), Some(between.map));
        observer(Stage::Layout)?;
        self.layout = layout::layout(graph, None, &settings.layout);
        Ok(())
    }
}

/// Refuses what cannot be meant.
fn check(list: &[(u32, u32, f64)], settings: &NetworkSettings) -> Result<()> {
    if list.is_empty() {
        return Err(Error::data("there is no edge").hint("a network needs lines such as a,b or a,b,2.5"));
    }
    settings.resolution.map_or(Ok(()), community::check_resolution)?;
    if settings.layout.arrangement == Arrangement::PrincipalComponents {
        return Err(Error::usage(message![
            Setting::Layout,
            " pca needs the columns of a table, and a network has ties alone"
        ])
        .hint(message!["leave ", Setting::Layout, " out"]));
    }
    Ok(())
}

/// Says so where the network is in several pieces, divided into so many communities.
fn parts_of_network(components: &Partition, n_communities: usize) -> Option<Warning> {
    let alone = if n_communities > 1 {
        "; a community never spans two parts"
    } else {
        ""
    };
    (components.n_groups() > 1).then(|| {
        Warning::new(
            "components",
            format!(
                "the network falls into {} parts with no tie between them{alone}",
                group_digits(components.n_groups())
            ),
        )
    })
}

impl NetworkCommunities {
    /// What its groups are: as [`Segmentation::grouping`](super::Segmentation::grouping).
    pub fn grouping(&self) -> Grouping {
        grouping(self.found, self.scales.is_some(), self.partition.n_groups())
    }

    /// Whether the communities rest on evidence: as [`Segmentation::supported`](super::Segmentation::supported).
    pub fn supported(&self) -> Option<bool> {
        let scales = self.scales.as_ref()?;
        Some(self.level.is_some_and(|l| scales.levels[l].supported))
    }
}

/// The communities, at a given resolution or at the one that the ties support, and then how sure they are.
fn divide_nodes(
    graph: &SimilarityGraph,
    settings: &NetworkSettings,
    observer: &mut Observer<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<(Division, Option<Stability>)> {
    if let Some(resolution) = settings.resolution {
        let found = best_of_trials(graph, resolution, settings)?;
        warnings.extend(out_of_range(&found.partition, resolution, "nodes", "communities"));
        return Ok((found, None));
    }
    if settings.trials.is_some_and(|t| t > 1) {
        return Err(Error::usage(message![
            Setting::Trials,
            " keeps the best modularity, which compares only at one resolution"
        ])
        .hint(message![
            "name a ",
            Setting::Resolution,
            ", or leave ",
            Setting::Trials,
            " out"
        ]));
    }
    let source = NetworkSource::of(graph);
    let ground = Ground {
        graph,
        together: None,
        find: &|graph, resolutions, seed, together| {
            find_at_each(settings.method, graph, resolutions, seed, together)
        },
        source: &source,
        seed: settings.seed,
    };
    let request = Request {
        method: settings.method,
        resolution: None,
        n_groups: None,
        most_groups: None,
        least_size: None,
        seed: settings.seed,
        things: "nodes",
        groups: "communities",
    };
    let division = divide(
        &ground,
        &|most| stability::scan(&ground, most),
        &request,
        warnings,
    )?;
    observer(Stage::Stability)?;
    let stability = measure_stability(&ground, &division, "community", warnings)?;
    Ok((division, stability))
}

/// How many seeds are tried.
fn trials_of(graph: &SimilarityGraph, settings: &NetworkSettings) -> usize {
    let many = settings.resolution.is_some() && graph.n_edges() <= TRIED_UP_TO;
    settings.trials.unwrap_or(if many { TRIED } else { 1 })
}

/// The best of several seeds at a given resolution.
fn best_of_trials(graph: &SimilarityGraph, resolution: f64, settings: &NetworkSettings) -> Result<Division> {
    let one = |seed: u64| find_communities(settings.method, graph, resolution, seed, None);
    let trials = trials_of(graph, settings) as u64;
    let first = settings.seed.min(u64::MAX - trials);
    let seeds = first..first + trials;
    Ok(Division {
        partition: community::best_of(graph, resolution, seeds, one)?.partition,
        resolution,
        least_size: 1,
        found: Found::Communities(resolution),
        scales: None,
        level: None,
    })
}
