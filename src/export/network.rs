//! A segmentation, or communities, as the network that Gephi opens.

use super::backbone::{Backbone, backbone};
use super::columns::Names;
use super::customers::role_name;
use super::drawn::{drawn, is_exemplar, to_pick_out};
use super::gexf::{GexfColumn, GexfNetwork, GexfValues};
use crate::SimilarityGraph;
use crate::centrality::{self, BRIDGE_SCORE, Positions, SegmentMap};
use crate::num::format_number;
use crate::partition::Partition;
use crate::segmentation::{Grouping, NetworkCommunities, Segmentation};
use crate::stability::{SCANNED, Scales, Stability};
use crate::table::{Column, MISSING, Role, Texts, Values};
use crate::text::group_digits;
use crate::text::iso_time;
use std::borrow::Cow;

/// Communities of a network that existed before, and everything about its nodes.
#[derive(Clone, Copy, Debug)]
pub struct Communities<'a> {
    /// Names of the nodes, unique.
    pub ids: &'a Texts,
    /// What else is known of them, one value each; may be empty.
    pub attributes: &'a [Column],
    /// What else is known of the edges, one value each, in the order of [`SimilarityGraph::edges`]; may be empty.
    pub edge_attributes: &'a [Column],
    /// What people call them, one each; empty: their names.
    pub labels: &'a [String],
    /// Who is linked to whom, how strongly.
    pub graph: &'a SimilarityGraph,
    /// The communities: label 0 is community 1 in every file.
    pub partition: &'a Partition,
    /// Where each node stands.
    pub positions: &'a Positions,
    /// Who is tied to whom among the communities.
    pub map: &'a SegmentMap,
    /// Place of each node in the picture; may be empty.
    pub layout: &'a [[f64; 2]],
    /// `louvain` or `leiden`.
    pub method: &'a str,
    /// γ in force.
    pub resolution: f64,
    /// Seed in force.
    pub seed: u64,
    /// Modularity of the communities at γ in force.
    pub modularity: f64,
    /// How the communities came back; `None` where that was not measured.
    pub stability: Option<&'a Stability>,
    /// The resolutions examined; `None` where one was given.
    pub scales: Option<&'a Scales>,
    /// The level of `scales` that the communities are.
    pub level: Option<usize>,
}

impl<'a> Communities<'a> {
    /// What was found on a network, as the writers take it; `None` where only communities were asked for.
    pub fn of(found: &'a NetworkCommunities) -> Option<Self> {
        Some(Communities {
            ids: &found.nodes,
            attributes: &found.attributes,
            edge_attributes: &found.edge_attributes,
            labels: &found.labels,
            graph: &found.graph,
            partition: &found.partition,
            positions: found.positions.as_ref()?,
            map: found.map.as_ref()?,
            layout: &found.layout,
            method: found.method,
            resolution: found.resolution,
            seed: found.seed,
            modularity: found.modularity,
            stability: found.stability.as_ref(),
            scales: found.scales.as_ref(),
            level: found.level,
        })
    }
}

/// The segmentation as a network: a node per customer, colored by segment, bridges and exemplars large and named; an edge per tie, with
/// the weight that the segments were found on. The customers' own features are columns behind ours. `O(n + m)`.
pub fn segmentation_network(segmentation: &Segmentation) -> GexfNetwork<'_> {
    of_segmentation(segmentation, segmentation.graph.edges().collect())
}

/// The part of it that a person can look at where there are many customers: up to 20,000 all of them, of more all bridges and exemplars with the two customers each is
/// tied to most, of every segment its share of about 20,000 customers, and of the ties among them the six strongest of each. All that is said of
/// a customer (places, degrees and the rest) is that of the whole. `O(n + m)`.
pub fn segmentation_backbone(segmentation: &Segmentation) -> GexfNetwork<'_> {
    let s = segmentation;
    let named = to_pick_out(&s.positions, &s.partition);
    let Backbone { nodes, edges } = backbone(&s.graph, &s.partition, &named);
    let left_out = left_out(&nodes, edges.len(), &s.graph, "customers");
    part(of_segmentation(s, edges), &nodes, &left_out)
}

/// What a backbone holds and of what.
fn left_out(nodes: &[u32], edges: usize, graph: &SimilarityGraph, things: &str) -> String {
    format!(
        "backbone with {} of {} {things} and {} of {} ties: all bridges and exemplars, groups in proportion, the strongest ties",
        group_digits(nodes.len()),
        group_digits(graph.n_nodes()),
        group_digits(edges),
        group_digits(graph.n_edges()),
    )
}

fn part<'a>(network: GexfNetwork<'a>, nodes: &[u32], left_out: &str) -> GexfNetwork<'a> {
    let description = format!("{left_out}; {}", network.description);
    GexfNetwork {
        description,
        ..network.part(nodes)
    }
}

fn of_segmentation(s: &Segmentation, edges: Vec<(u32, u32, f64)>) -> GexfNetwork<'_> {
    let mut columns = Vec::new();
    columns.push(groups("segment", "Segment", s.partition.labels()));
    columns.push(GexfColumn::new(
        "segment_name",
        "Segment name",
        levels(s.partition.labels(), &s.profiles.names),
    ));
    for baseline in &s.baselines {
        let title = format!("Cluster ({})", baseline.name);
        columns.push(groups(baseline.name, title, baseline.partition.labels()));
    }
    columns.extend(of_positions(&s.positions, &s.partition));
    columns.push(doubles(
        "outlier_score",
        "Outlier score",
        &s.features.outlier_score,
    ));
    columns.push(groups("component", "Component", s.components.labels()));
    columns.extend(of_stability(
        s.stability.as_ref(),
        "second_segment",
        "Second segment",
    ));
    columns.extend(of_menu(
        s.scales.as_ref(),
        s.level,
        ["segment", "Segment"],
        s.partition.len(),
    ));
    let features = s.table.columns.iter();
    with_input(
        &mut columns,
        features.filter(|c| matches!(c.role, Role::Feature | Role::Truth)),
    );
    GexfNetwork {
        description: format!(
            "{} customers in {} {}; {} nearest neighbors, {} weights; {}",
            group_digits(s.partition.len()),
            s.partition.n_groups(),
            match s.grouping() {
                Grouping::Parts => "parts, which are a convenience and not natural groups",
                _ => "segments",
            },
            s.n_neighbors,
            s.similarity.name(),
            method(s.method, s.resolution, s.sampled(), s.seed, s.modularity),
        ),
        node_columns: columns,
        ..drawn(
            &s.table.ids,
            &s.graph,
            &s.partition,
            &s.positions,
            &s.layout,
            edges,
        )
    }
}

/// Communities of a network, drawn like a segmentation; the group is the column `community`. `O(n + m)`.
pub fn communities_network<'a>(communities: &Communities<'a>) -> GexfNetwork<'a> {
    of_communities(communities, communities.graph.edges().collect(), None)
}

/// The places of some edges, ascending, among all of a network. `O(m)`.
fn places_of(some: &[(u32, u32, f64)], graph: &SimilarityGraph) -> Vec<u32> {
    let mut some = some.iter().peekable();
    let is_next = |&(a, b, _): &(u32, u32, f64), some: &mut std::iter::Peekable<std::slice::Iter<'_, _>>| {
        some.next_if(|e: &&(u32, u32, f64)| (e.0, e.1) == (a, b))
            .is_some()
    };
    let all = (0u32..).zip(graph.edges());
    all.filter(|(_, edge)| is_next(edge, &mut some))
        .map(|(place, _)| place)
        .collect()
}

/// The part of it that a person can look at where there are many nodes: see [`segmentation_backbone`]. `O(n + m)`.
pub fn communities_backbone<'a>(communities: &Communities<'a>) -> GexfNetwork<'a> {
    let c = communities;
    let named = to_pick_out(c.positions, c.partition);
    let Backbone { nodes, edges } = backbone(c.graph, c.partition, &named);
    let left_out = left_out(&nodes, edges.len(), c.graph, "nodes");
    let places = (!c.edge_attributes.is_empty()).then(|| places_of(&edges, c.graph));
    part(of_communities(c, edges, places.as_deref()), &nodes, &left_out)
}

/// `places` are those of `edges` among all of the network, where they are not all.
fn of_communities<'a>(
    communities: &Communities<'a>,
    edges: Vec<(u32, u32, f64)>,
    places: Option<&[u32]>,
) -> GexfNetwork<'a> {
    let c = *communities;
    let mut columns = vec![groups("community", "Community", c.partition.labels())];
    columns.extend(of_positions(c.positions, c.partition));
    columns.extend(of_stability(c.stability, "second_community", "Second community"));
    columns.extend(of_menu(
        c.scales,
        c.level,
        ["community", "Community"],
        c.partition.len(),
    ));
    with_input(&mut columns, c.attributes.iter());
    let drawn = drawn(c.ids, c.graph, c.partition, c.positions, c.layout, edges);
    let mut edge_columns = drawn.edge_columns;
    let ours = edge_columns.len();
    with_input(&mut edge_columns, c.edge_attributes.iter());
    if let Some(places) = places {
        let input = edge_columns.split_off(ours);
        edge_columns.extend(input.into_iter().map(|column| column.at(places)));
    }
    GexfNetwork {
        labels: c.labels.into(),
        description: format!(
            "{} nodes in {} communities; {}",
            group_digits(c.partition.len()),
            c.partition.n_groups(),
            method(c.method, c.resolution, false, c.seed, c.modularity),
        ),
        node_columns: columns,
        edge_columns,
        ..drawn
    }
}

/// Adds columns of the input behind ours, under ids and titles of their own.
fn with_input<'a>(columns: &mut Vec<GexfColumn<'a>>, of_input: impl Iterator<Item = &'a Column>) {
    let mut names = Names::default();
    for column in columns.iter() {
        names.keep(&column.id, &column.title);
    }
    columns.extend(of_input.map(|column| {
        let (id, title) = names.of_column(&column.name);
        GexfColumn::new(id, title, values_of(column))
    }));
}

/// How sure each node's group is, and where it falls otherwise.
fn of_stability<'a>(
    stability: Option<&'a Stability>,
    second: &'static str,
    title: &'static str,
) -> impl Iterator<Item = GexfColumn<'a>> {
    stability.into_iter().flat_map(move |s| {
        let seconds = s.second.iter().map(|g| g.map(|g| i64::from(g) + 1));
        [
            doubles("probability", "Probability", &s.probability),
            GexfColumn::new(second, title, GexfValues::Integer(seconds.collect())),
            doubles("second_probability", "Second probability", &s.second_probability),
        ]
    })
}

/// The group of each of `n` nodes at the other levels of the menu, the first of each number of groups.
fn of_menu<'a>(
    scales: Option<&'a Scales>,
    chosen: Option<usize>,
    [id, title]: [&'static str; 2],
    n: usize,
) -> Vec<GexfColumn<'a>> {
    let mut columns: Vec<GexfColumn<'a>> = Vec::new();
    let menu = scales
        .into_iter()
        .flat_map(|s| s.menu.iter().map(|&l| (l, &s.levels[l].partition)));
    for (_, partition) in menu.filter(|(l, partition)| Some(*l) != chosen && partition.len() == n) {
        let number = partition.n_groups();
        let id = format!("{id}_at_{number}");
        if columns.iter().all(|column| column.id != id) {
            let values = GexfValues::Count {
                values: partition.labels().into(),
                from: 1,
            };
            columns.push(GexfColumn::new(id, format!("{title} at {number}"), values));
        }
    }
    columns
}

/// What makes the run repeatable. Gephi's resolution runs the other way; that of a sample is none of the network's, nor is
/// modularity at it.
fn method(method: &str, resolution: f64, sampled: bool, seed: u64, modularity: f64) -> String {
    let text = |x: f64| format_number(x).unwrap_or_else(|| "unknown".to_owned());
    let at = if method == "parts" {
        " by k-means".to_owned()
    } else if resolution > 0.0 && sampled {
        return format!(
            "{method}, resolution {} among {} of them, seed {seed}",
            text(resolution),
            group_digits(SCANNED)
        );
    } else if resolution > 0.0 {
        format!(
            ", resolution {} ({} in Gephi)",
            text(resolution),
            text(1.0 / resolution)
        )
    } else {
        ", groups joined by where they lie".to_owned()
    };
    format!("{method}{at}, seed {seed}, modularity {}", text(modularity))
}

/// The columns about a node's place in the network. Ids of Gephi's own statistics only where the number is the same.
fn of_positions<'a>(positions: &'a Positions, partition: &Partition) -> Vec<GexfColumn<'a>> {
    let p = positions;
    let betweenness = if p.betweenness.is_exact() {
        ("betweenesscentrality", "Betweenness Centrality")
    } else {
        ("betweenness_sampled", "Betweenness (sampled)")
    };
    let counts = |values: &'a [u32]| GexfValues::Count {
        values: values.into(),
        from: 0,
    };
    let flags = |values: &[bool]| GexfValues::Boolean(values.iter().map(|&x| Some(x)).collect());
    let mut roles: Vec<centrality::Role> = p.role.clone();
    roles.sort_unstable();
    roles.dedup();
    let role = |r: &centrality::Role| roles.binary_search(r).map_or(MISSING, |place| place as u32);
    let roles = GexfValues::Level {
        codes: p.role.iter().map(role).collect(),
        levels: roles.iter().map(|&r| role_name(r).into()).collect(),
    };
    let bridges = p
        .bridge_score
        .iter()
        .map(|&b| b.is_finite().then_some(b >= BRIDGE_SCORE))
        .collect();
    let ends = |pick: fn((u32, u32)) -> u32| {
        let numbers = p.bridge_pair.iter().map(|pair| pair.map_or(MISSING, pick));
        GexfValues::Count {
            values: numbers.collect(),
            from: 1,
        }
    };
    vec![
        GexfColumn::new("degree", "Degree", counts(&p.degree)),
        doubles("weighted degree", "Weighted Degree", &p.strength),
        doubles(betweenness.0, betweenness.1, &p.betweenness.values),
        doubles("clustering", "Clustering Coefficient", &p.clustering),
        doubles("participation", "Participation", &p.participation),
        doubles("within_segment_z", "Within-segment z-score", &p.within_segment_z),
        GexfColumn::new("role", "Role", roles),
        doubles("bridge_score", "Bridge score", &p.bridge_score),
        GexfColumn::new("is_bridge", "Is bridge", GexfValues::Boolean(bridges)),
        GexfColumn::new("bridge_from", "Bridge from", ends(|p| p.0)),
        GexfColumn::new("bridge_to", "Bridge to", ends(|p| p.1)),
        GexfColumn::new(
            "betweenness_rank",
            "Betweenness rank",
            counts(&p.betweenness_ranks.rank),
        ),
        GexfColumn::new("core_number", "Core number", counts(&p.core)),
        GexfColumn::new("is_cut", "Is cut", flags(&p.is_cut)),
        GexfColumn::new("is_exemplar", "Is exemplar", flags(&is_exemplar(p, partition))),
    ]
}

fn groups<'a>(id: &'a str, title: impl Into<Cow<'a, str>>, labels: &'a [u32]) -> GexfColumn<'a> {
    let values = labels.into();
    GexfColumn::new(id, title, GexfValues::Count { values, from: 1 })
}

fn levels<'a>(codes: &'a [u32], levels: &'a [String]) -> GexfValues<'a> {
    GexfValues::Level {
        codes: codes.into(),
        levels: levels.iter().map(|l| l.as_str().into()).collect(),
    }
}

fn doubles<'a>(id: &'a str, title: &'a str, values: &'a [f64]) -> GexfColumn<'a> {
    GexfColumn::new(id, title, GexfValues::Double(values.into()))
}

/// Values of a table column: numbers as they are, the rest as text.
fn values_of(column: &Column) -> GexfValues<'_> {
    match &column.values {
        Values::Number(v) => GexfValues::Double(v[..].into()),
        Values::Date(v) => GexfValues::Text(v.iter().map(|&d| iso_time(d).map(Cow::Owned)).collect()),
        Values::Category { codes, levels: names } => levels(codes, names),
        Values::Text(v) => GexfValues::Text(v.iter().map(|t| Some(t.into())).collect()),
    }
}
