//! From prepared customers to segments: the stages in their order.

use super::baselines::{baselines, compare_methods};
use super::between::{Between, between};
use super::division::{Division, Request, blocks, divide, find_at_each, measure_stability};
use super::grouping::Grouping;
use super::importance;
use super::permuted::unimportant;
use super::settings::{Observer, Settings, Stage};
use super::{Baseline, BridgeNote, ColumnImportance, Prepared, Segmentation};
use crate::centrality::{self, Nearest};
use crate::community;
use crate::compare::MethodScores;
use crate::features::Features;
use crate::graph::{self, Similarity, SimilarityGraph};
use crate::layout;
use crate::message::{Setting, message};
use crate::neighbors::{self, Distinct, NeighborGraph, Neighbors};
use crate::partition::Partition;
use crate::profile::{self, Profiles};
use crate::stability::{self, Customers, Found, Ground, Level, Stability};
use crate::table::Table;
use crate::text::group_digits;
use crate::text::shown::{NAME, cut};
use crate::{Error, Result, Warning};

/// Segments of prepared customers and everything about them.
///
/// ```
/// use kinfolk::segmentation::{Settings, prepare, segment, unobserved};
/// use kinfolk::generate::{Generate, generate};
///
/// let table = generate(&Generate { customers: 300, segments: 3, ..Generate::default() })?.to_table();
/// let settings = Settings::default();
/// let found = segment(prepare(&table, &settings.features)?, &settings, &mut unobserved)?;
/// assert_eq!(found.partition.len(), 300);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where a setting is out of range or does not fit the table.
pub fn segment(prepared: Prepared, settings: &Settings, observer: &mut Observer<'_>) -> Result<Segmentation> {
    let Prepared { table, features, .. } = &prepared;
    let mut warnings: Vec<Warning> = table.warnings.iter().chain(&features.warnings).cloned().collect();
    settings.resolution.map_or(Ok(()), community::check_resolution)?;

    observer(Stage::Neighbors)?;
    let (linked, farther) = link(features, settings, &mut warnings)?;
    observer(Stage::Graph)?;
    let graph = graph::similarity_graph(&linked.neighbors, &linked.distinct, linked.similarity);
    let components = graph::components(&graph);
    warnings.extend(parts_of_graph(&components));
    observer(Stage::Communities)?;
    let (mut division, stability) = divide_customers(
        features,
        &linked,
        &farther,
        &graph,
        settings,
        observer,
        &mut warnings,
    )?;
    // Samples took their neighbors from it.
    drop(farther);
    let importance = weigh_columns(features, &linked, &division, settings, &mut warnings)?;

    observer(Stage::Bridges)?;
    let between = who_bridges(&graph, &linked, &division, settings, &mut warnings);
    let (baselines, comparison) = put_beside(
        &prepared,
        &graph,
        &mut division,
        stability.as_ref(),
        settings,
        observer,
        &mut warnings,
    )?;
    observer(Stage::Profiles)?;
    let mut profiles = profile::profiles(table, &division.partition);
    let unused_names = profiles.rename(&settings.names)?;
    let associations = profile::associations(table, &by_separation(table, &importance));
    let bridge_notes = bridge_notes(table, &profiles, &between, &division, &linked, &graph);
    observer(Stage::Layout)?;
    let start = layout::first_two(features.values.view());
    let layout = layout::layout(&graph, Some(&start), &settings.layout);

    Ok(Segmentation {
        modularity: community::modularity(&graph, &division.partition, division.resolution),
        conductance: community::conductance(&graph, &division.partition),
        metric: prepared.recipe.metric(),
        n_neighbors: linked.neighbors.n_neighbors,
        recall: linked.neighbors.recall,
        similarity: linked.similarity,
        method: found_by(&division, settings),
        resolution: division.resolution,
        found: division.found,
        scales: division.scales,
        level: division.level,
        stability,
        seed: settings.seed,
        table: prepared.table,
        input_rows: prepared.input_rows,
        features: prepared.features,
        graph,
        components,
        partition: division.partition,
        positions: between.positions,
        map: between.map,
        bridge_notes,
        importance,
        profiles,
        associations,
        baselines,
        comparison,
        unused_names,
        layout,
        warnings,
    })
}

/// What the segments are called after: the method, or `parts` where no graph gave them.
fn found_by(division: &Division, settings: &Settings) -> &'static str {
    match division.found {
        Found::Parts(_) => "parts",
        _ => settings.method.name(),
    }
}

/// What each column has to say in the segments.
fn weigh_columns(
    features: &Features,
    linked: &Linked,
    division: &Division,
    settings: &Settings,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<ColumnImportance>> {
    let importance = importance::importance(&importance::Found {
        features,
        neighbors: &linked.neighbors,
        distinct: &linked.distinct,
        partition: &division.partition,
        similarity: linked.similarity,
        method: settings.method,
        resolution: division.resolution,
        seed: settings.seed,
    })?;
    let grouping = division.grouping();
    // What it tells of is the graph's answer.
    if grouping != Grouping::Parts {
        warnings.extend(importance::deciding(&importance, features));
    }
    warnings.extend(unimportant(&importance, grouping.one()));
    Ok(importance)
}

/// Where each customer stands, and which segments touch.
fn who_bridges(
    graph: &SimilarityGraph,
    linked: &Linked,
    division: &Division,
    settings: &Settings,
    warnings: &mut Vec<Warning>,
) -> Between {
    let nearest = Some(linked.nearest());
    let measures = settings.centrality();
    between(
        graph,
        &division.partition,
        nearest,
        &measures,
        "customers",
        warnings,
    )
}

/// The other methods' answers, and all methods by the same measures, the segments first.
fn put_beside(
    prepared: &Prepared,
    graph: &SimilarityGraph,
    division: &mut Division,
    stability: Option<&Stability>,
    settings: &Settings,
    observer: &mut Observer<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<Baseline>, Vec<MethodScores>)> {
    let Prepared { table, features, .. } = prepared;
    let segments = &division.partition;
    observer(Stage::Baselines)?;
    let baselines = baselines(table, features, segments, settings, stability.is_some(), warnings)?;
    observer(Stage::Comparison)?;
    let of_graph = (
        found_by(division, settings),
        segments,
        stability.map(|s| &s.segments),
    );
    let of_baselines = (baselines.iter()).map(|b| (b.name, &b.partition, b.stability.as_ref()));
    let methods: Vec<_> = std::iter::once(of_graph).chain(of_baselines).collect();
    let levels = (division.scales.as_mut()).map_or(&mut [][..], |s| &mut s.levels);
    let comparison = compared(table, features, graph, &methods, levels, settings.seed, warnings);
    Ok((baselines, comparison))
}

/// The columns in use, those first that separate the segments best.
fn by_separation(table: &Table, importance: &[ColumnImportance]) -> Vec<usize> {
    let mut order: Vec<&ColumnImportance> = importance.iter().collect();
    // Stable: of equals the first column of the table.
    order.sort_by(|a, b| b.separation.total_cmp(&a.separation));
    let place = |c: &&ColumnImportance| table.columns.iter().position(|column| column.name == c.column);
    order
        .iter()
        .take(profile::MOST_ASSOCIATED)
        .filter_map(place)
        .collect()
}

/// All methods by the same measures; each is given its name, groups, and how well each group comes back.
fn compared(
    table: &Table,
    features: &Features,
    graph: &SimilarityGraph,
    methods: &[(&'static str, &Partition, Option<&Vec<f64>>)],
    levels: &mut [Level],
    seed: u64,
    warnings: &mut Vec<Warning>,
) -> Vec<MethodScores> {
    let named: Vec<_> = methods.iter().map(|m| (m.0, m.1)).collect();
    let mut comparison = compare_methods(table, features, graph, &named, levels, seed, warnings);
    for (scores, (_, partition, stability)) in comparison.iter_mut().zip(methods) {
        scores.stability = stability.map(|s| over_customers(partition, s));
    }
    comparison
}

/// The mean over customers of what their group has.
fn over_customers(partition: &Partition, of_groups: &[f64]) -> f64 {
    let weighted = of_groups
        .iter()
        .zip(partition.sizes())
        .map(|(x, &n)| x * n as f64);
    weighted.sum::<f64>() / partition.len() as f64
}

/// Who is nearest to whom, among different customers.
struct Linked {
    distinct: Distinct,
    neighbors: NeighborGraph,
    /// Mean distance of each to its neighbors.
    spacing: Vec<f32>,
    similarity: Similarity,
}

impl Linked {
    /// Whether some customers equal others in every feature.
    fn has_equals(&self) -> bool {
        self.distinct.representatives.len() < self.distinct.n_customers()
    }

    fn nearest(&self) -> Nearest<'_> {
        Nearest {
            neighbors: &self.neighbors,
            distinct: &self.distinct,
        }
    }
}

/// The neighbors of each customer, and those beyond that samples need.
fn link(
    features: &Features,
    settings: &Settings,
    warnings: &mut Vec<Warning>,
) -> Result<(Linked, NeighborGraph)> {
    let n = features.n_customers();
    let points = features.values.view();
    let distinct = neighbors::distinct(points);
    let n_distinct = distinct.representatives.len();
    if n_distinct < n {
        warnings.push(Warning::new(
            "identical-customers",
            format!(
                "{} of {} customers equal an earlier one in every feature; equal customers always share a segment",
                group_digits(n - n_distinct),
                group_digits(n)
            ),
        ));
    }
    let n_neighbors = settings
        .n_neighbors
        .unwrap_or_else(|| automatic_neighbors(n_distinct));
    if n_neighbors == 0 {
        return Err(
            Error::usage(message![Setting::Neighbors, " 0 links nobody to anybody"])
                .hint("15 is a good start"),
        );
    }
    if n_neighbors >= n_distinct && settings.n_neighbors.is_some() {
        warnings.push(Warning::new(
            "neighbors-capped",
            message![Setting::Neighbors, format!(" {n_neighbors} is more than the {n_distinct} different customers allow: everybody is linked to everybody")],
        ));
    }
    let distinct_points = distinct.rows(points);
    // Where segments are found among a few, no graph of a sample is made: nobody takes the place of who is left out.
    let by_few = settings.resolution.is_none() && stability::by_few(n_distinct);
    let search = Neighbors {
        n_neighbors: if by_few {
            n_neighbors
        } else {
            stability::wide(n_neighbors)
        },
        search: settings.search,
    };
    let mut wide = neighbors::neighbors(distinct_points.view(), features.distance, &search)?;
    warnings.extend(approximate_warning(&wide, distinct_points.dim()));
    let similarity = settings.similarity.unwrap_or(Similarity::Jaccard);
    let spacing = wide.spacing(n_neighbors);
    if similarity != Similarity::Gaussian {
        wide.distances = Vec::new();
    }
    let (neighbors, farther) = wide.split(n_neighbors);
    let linked = Linked {
        distinct,
        neighbors,
        spacing,
        similarity,
    };
    Ok((linked, farther))
}

/// The segments, and how sure they are.
fn divide_customers(
    features: &Features,
    linked: &Linked,
    farther: &NeighborGraph,
    graph: &SimilarityGraph,
    settings: &Settings,
    observer: &mut Observer<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<(Division, Option<Stability>)> {
    let distinct = &linked.distinct;
    let blocks = blocks(features);
    let distinct_points = distinct.rows(features.values.view());
    let source = Customers {
        points: distinct_points.view(),
        blocks: &blocks,
        distance: features.distance,
        distinct,
        neighbors: &linked.neighbors,
        farther,
        spacing: &linked.spacing,
        search: settings.search,
        similarity: linked.similarity,
    };
    let together = linked
        .has_equals()
        .then(|| Partition::from_labels(&distinct.group));
    let ground = Ground {
        graph,
        together: together.as_ref(),
        find: &|graph, resolutions, seed, together| {
            find_at_each(settings.method, graph, resolutions, seed, together)
        },
        source: &source,
        seed: settings.seed,
    };
    let request = Request {
        method: settings.method,
        resolution: settings.resolution,
        n_groups: settings.segments,
        most_groups: settings.max_segments,
        least_size: settings.min_size,
        seed: settings.seed,
        things: "customers",
        groups: "segments",
    };
    let scan = |most| stability::scan_customers(&ground, &source, most);
    let division = divide(&ground, &scan, &request, warnings)?;
    if division.scales.as_ref().is_some_and(|s| s.sampled) {
        warnings.push(Warning::new(
            "scales-sampled",
            format!(
                "segments were looked for among {} different customers spread evenly through all; everybody else joined where most of its ties lead, and resolutions are those of the {0} and not Gephi's",
                group_digits(stability::SCANNED)
            ),
        ));
    }
    observer(Stage::Stability)?;
    let stability = measure_stability(&ground, &division, division.grouping().one(), warnings)?;
    Ok((division, stability))
}

/// Says so where the graph is in several pieces.
fn parts_of_graph(components: &Partition) -> Option<Warning> {
    (components.n_groups() > 1).then(|| {
        Warning::new(
            "components",
            format!(
                "the graph falls into {} parts with no tie between them",
                group_digits(components.n_groups())
            ),
        )
    })
}

/// A sentence for each of the strongest bridges.
fn bridge_notes(
    table: &Table,
    profiles: &Profiles,
    between: &Between,
    division: &Division,
    linked: &Linked,
    graph: &SimilarityGraph,
) -> Vec<BridgeNote> {
    let nearest = Some(linked.nearest());
    let explain = |(customer, pair): (u32, (u32, u32))| {
        let likenesses = profile::likenesses(table, profiles, customer as usize, pair);
        let surroundings = centrality::surroundings(graph, &division.partition, nearest, customer, pair.1);
        let id = &*cut(&table.ids[customer as usize], NAME);
        BridgeNote {
            customer,
            explanation: profile::explain(
                id,
                &likenesses,
                &surroundings,
                pair,
                &profiles.names,
                division.grouping().one(),
                linked.has_equals(),
            ),
        }
    };
    between.strongest().map(explain).collect()
}

/// Says so where neighbors were searched approximately, among points of these rows and coordinates.
fn approximate_warning(found: &NeighborGraph, (n, d): (usize, usize)) -> Option<Warning> {
    let recall = found.recall?;
    Some(Warning::new(
        "neighbors-approximate",
        message![
            format!(
                "the {} nearest of {} customers × {d} coordinates were searched approximately; of the true ones {:.1} % were found (measured on {} customers); ",
                found.n_neighbors,
                group_digits(n),
                100.0 * recall.share,
                group_digits(recall.n_points)
            ),
            Setting::Search,
            " exact finds all"
        ],
    ))
}

/// 15, or √n where that is less: in a small table 15 neighbors would reach across segments.
fn automatic_neighbors(n: usize) -> usize {
    15.min((n as f64).sqrt().ceil() as usize).max(1)
}
