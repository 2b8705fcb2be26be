//! The stages in their order.

use super::baselines::{baseline, score_truth};
use super::division::{Division, Wish, blocks, divide, find_at_each, measure_stability};
use super::grouping::{Grouping, grouping};
use super::importance;
use super::settings::{Settings, Stage};
use super::{Baseline, BridgeNote, EXPLAINED, Segmentation};
use crate::centrality::{self, Centrality, Nearest, Positions};
use crate::community;
use crate::compare;
use crate::features::{self, FeatureSettings, Features, Recipe};
use crate::graph::{self, Similarity};
use crate::layout;
use crate::neighbors::{self, NeighborGraph, Neighbors};
use crate::partition::Partition;
use crate::profile;
use crate::quality::SILHOUETTE_EXACT_UP_TO;
use crate::stability::{self, Customers, Found, Ground};
use crate::table::Table;
use crate::text::group_digits;
use crate::text::shown::{NAME, cut};
use crate::{Error, Result, Warning};

/// A table with its features, customers in canonical order.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The customers.
    pub table: Table,
    /// The row of the input that each customer was read from.
    pub input_rows: Vec<u32>,
    /// What they are compared by.
    pub features: Features,
    /// How the features were made.
    pub recipe: Recipe,
}

/// Makes features and puts columns and customers into an order of their own, which makes every later number independent
/// of the order in which the file has them. Columns are sorted by name; customers by features, then by their other
/// values, then by id, and from there into the leaves of a kd-tree, so that neighbors in space are neighbors in memory.
/// `O(n log n · columns)`.
///
/// # Errors
/// Where no column can be used, or a setting does not fit the table.
pub fn prepare(table: &Table, settings: &FeatureSettings) -> Result<Prepared> {
    let mut table = table.clone();
    table.sort_columns();
    let (recipe, features) = features::fit(&table, settings)?;
    let sorted = features::canonical_order(&features, &table);
    let features = features.reordered(&sorted);
    let values = features.values.as_standard_layout();
    let in_space = neighbors::order_in_space(neighbors::Rows {
        values: values.as_slice().unwrap_or_default(),
        d: features.n_coordinates(),
    });
    let order: Vec<u32> = in_space.iter().map(|&i| sorted[i as usize]).collect();
    table.reorder(&order);
    Ok(Prepared {
        table,
        features: features.reordered(&in_space),
        input_rows: order,
        recipe,
    })
}

/// Segments of prepared customers and everything about them.
///
/// ```
/// use kinfolk::segmentation::{Settings, prepare, segment};
/// use kinfolk::generate::{Generate, generate};
///
/// let table = generate(&Generate { customers: 300, segments: 3, ..Generate::default() })?.to_table();
/// let settings = Settings::default();
/// let found = segment(prepare(&table, &settings.features)?, &settings, &mut |_| {})?;
/// assert_eq!(found.partition.len(), 300);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where a setting is out of range or does not fit the table.
pub fn segment(
    prepared: Prepared,
    settings: &Settings,
    observer: &mut dyn FnMut(Stage),
) -> Result<Segmentation> {
    let Prepared {
        table,
        input_rows,
        features,
        recipe,
    } = prepared;
    let n = features.n_customers();
    let points = features.values.view();
    let mut warnings: Vec<Warning> = table.warnings.iter().chain(&features.warnings).cloned().collect();

    settings.resolution.map_or(Ok(()), community::check_resolution)?;
    observer(Stage::Neighbors);
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
        return Err(Error::usage("--neighbors 0 links nobody to anybody").hint("15 is a good start"));
    }
    if n_neighbors >= n_distinct && settings.n_neighbors.is_some() {
        warnings.push(Warning::new(
            "neighbors-capped",
            format!("--neighbors {n_neighbors} is more than the {n_distinct} different customers allow: everybody is linked to everybody"),
        ));
    }
    let distinct_points = distinct.rows(points);
    let search = Neighbors {
        n_neighbors: stability::wide(n_neighbors),
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

    observer(Stage::Graph);
    let graph = graph::similarity_graph(&neighbors, &distinct, similarity);
    let components = graph::components(&graph);
    if components.n_groups() > 1 {
        warnings.push(Warning::new(
            "components",
            format!(
                "the graph falls into {} parts with no tie between them",
                group_digits(components.n_groups())
            ),
        ));
    }

    observer(Stage::Communities);
    let blocks = blocks(&features);
    let source = Customers {
        points: distinct_points.view(),
        blocks: &blocks,
        distance: features.distance,
        distinct: &distinct,
        neighbors: &neighbors,
        farther: &farther,
        spacing: &spacing,
        search: settings.search,
        similarity,
    };
    let together = (n_distinct < n).then(|| Partition::from_labels(&distinct.group));
    let ground = Ground {
        graph: &graph,
        together: together.as_ref(),
        find: &|graph, resolutions, seed, together| {
            find_at_each(settings.method, graph, resolutions, seed, together)
        },
        source: &source,
        seed: settings.seed,
    };
    let Division {
        partition,
        resolution,
        found,
        least_size,
        mut scales,
        level,
    } = divide(
        &ground,
        &|most| stability::scan_customers(&ground, &source, most),
        &Wish {
            method: settings.method,
            resolution: settings.resolution,
            n_groups: settings.segments,
            most_groups: settings.max_segments,
            least_size: settings.min_size,
            seed: settings.seed,
            things: "customers",
            groups: "segments",
        },
        &mut warnings,
    )?;

    if scales.is_some() && n_distinct > stability::SCANNED {
        warnings.push(Warning::new(
            "scales-sampled",
            format!(
                "scales were examined on {} customers spread evenly among all; each level is the division of all that agrees with it best",
                group_digits(stability::SCANNED)
            ),
        ));
    }

    observer(Stage::Stability);
    let grouping = grouping(found, scales.is_some(), partition.n_groups());
    let method = match found {
        Found::Parts(_) => "parts",
        _ => settings.method.name(),
    };
    let stability = measure_stability(
        &ground,
        &partition,
        found,
        least_size,
        grouping.one(),
        &mut warnings,
    )?;
    drop(farther);
    let importance = importance::importance(&importance::Found {
        features: &features,
        neighbors: &neighbors,
        distinct: &distinct,
        partition: &partition,
        similarity,
        method: settings.method,
        resolution,
        seed: settings.seed,
    })?;
    // What it tells of is the graph's answer.
    if grouping != Grouping::Parts {
        warnings.extend(importance::deciding(&importance, &features));
    }

    observer(Stage::Bridges);
    let nearest = Nearest {
        neighbors: &neighbors,
        distinct: &distinct,
    };
    let measures = Centrality {
        betweenness: settings.betweenness,
        seed: settings.seed,
    };
    let positions = centrality::positions(&graph, &partition, Some(nearest), &measures);
    let order = centrality::strongest_bridges(&positions.bridge_score, &positions.bridge_pair);
    let map = centrality::segment_map(&graph, &partition, &positions.bridge_pair, &positions.bridges());
    warnings.extend(sampling_warning(&positions, n, "customers"));

    observer(Stage::Baselines);
    let baselines = settings
        .baselines
        .iter()
        .map(|&method| {
            Ok(Baseline {
                name: method.name(),
                partition: baseline(
                    method,
                    &features,
                    partition.n_groups(),
                    settings.seed,
                    &mut warnings,
                )?,
            })
        })
        .collect::<Result<Vec<_>>>()?;

    observer(Stage::Comparison);
    let mut methods = vec![(method, &partition)];
    methods.extend(baselines.iter().map(|b| (b.name, &b.partition)));
    let mut comparison = compare::score_methods(
        points,
        features.distance,
        &methods
            .iter()
            .map(|&(name, partition)| compare::Method {
                name,
                partition,
                modularity: community::modularity(&graph, partition, 1.0),
            })
            .collect::<Vec<_>>(),
        None,
    );
    if n > SILHOUETTE_EXACT_UP_TO {
        warnings.push(Warning::new(
            "silhouette-sampled",
            format!(
                "silhouettes are means over a sample of the customers, since there are more than {}",
                group_digits(SILHOUETTE_EXACT_UP_TO)
            ),
        ));
    }
    let levels = scales.as_mut().map_or(&mut [][..], |s| &mut s.levels);
    if let Some(unknown) = score_truth(&table, &methods, &mut comparison, levels) {
        warnings.push(unknown);
    }

    observer(Stage::Profiles);
    let profiles = profile::profiles(&table, &partition);
    let bridges = order
        .iter()
        .filter(|&&v| centrality::is_bridge(positions.bridge_score[v as usize]));
    let explained = bridges.take(EXPLAINED).filter_map(|&customer| {
        let pair = positions.bridge_pair[customer as usize]?;
        let likenesses = profile::likenesses(&table, &profiles, customer as usize, pair);
        let company = centrality::company(&graph, &partition, Some(nearest), customer, pair.1);
        let id = &*cut(&table.ids[customer as usize], NAME);
        Some(BridgeNote {
            customer,
            explanation: profile::explain(
                id,
                &likenesses,
                &company,
                pair,
                &profiles.names,
                grouping.one(),
                n_distinct < n,
            ),
        })
    });
    let bridge_notes: Vec<BridgeNote> = explained.collect();

    observer(Stage::Layout);
    let start = layout::apart_by_group(&graph, &partition, &layout::first_two(points));
    let layout = layout::layout(&graph, &start, &settings.layout);

    Ok(Segmentation {
        modularity: community::modularity(&graph, &partition, resolution),
        conductance: community::conductance(&graph, &partition),
        metric: recipe.metric(),
        n_neighbors: neighbors.n_neighbors,
        recall: neighbors.recall,
        similarity,
        method,
        resolution,
        found,
        scales,
        level,
        stability,
        seed: settings.seed,
        table,
        input_rows,
        features,
        graph,
        components,
        partition,
        positions,
        map,
        bridge_notes,
        importance,
        profiles,
        baselines,
        comparison,
        layout,
        warnings,
    })
}

/// Says so where neighbors were searched approximately, among points of these rows and coordinates.
fn approximate_warning(found: &NeighborGraph, (n, d): (usize, usize)) -> Option<Warning> {
    let recall = found.recall?;
    Some(Warning::new(
        "neighbors-approximate",
        format!(
            "the {} nearest of {} customers × {d} coordinates were searched approximately; of the true ones {:.1} % were found (measured on {} customers); --search exact finds all",
            found.n_neighbors,
            group_digits(n),
            100.0 * recall.share,
            group_digits(recall.n_points)
        ),
    ))
}

/// 15, or √n where that is less: in a small table 15 neighbors would reach across segments.
fn automatic_neighbors(n: usize) -> usize {
    15.min((n as f64).sqrt().ceil() as usize).max(1)
}

/// Says so where betweenness is an estimate.
pub(super) fn sampling_warning(positions: &Positions, n: usize, things: &str) -> Option<Warning> {
    let betweenness = &positions.betweenness;
    (!betweenness.is_exact()).then(|| {
        Warning::new(
            "betweenness-sampled",
            format!(
                "betweenness is estimated from the shortest paths that start at {} of {} {things}; all of the first {} lie \
                 in their intervals of rank with a confidence of 95 %; --betweenness exact counts from everybody",
                group_digits(betweenness.n_sources),
                group_digits(n),
                centrality::TOP
            ),
        )
    })
}
