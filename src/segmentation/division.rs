//! From a graph to segments: at a given resolution, or at the one that the data support.

use super::settings::{Method, Settings};
use crate::community::{self, Leiden, Louvain};
use crate::features::Features;
use crate::graph::SimilarityGraph;
use crate::num::group_digits;
use crate::partition::Partition;
use crate::stability::{self, Material, Scales, Stability};
use crate::{Error, Result, Warning};

/// The segments, the resolution they were found at, and what was examined on the way.
pub(super) struct Division {
    pub(super) partition: Partition,
    pub(super) resolution: f64,
    pub(super) scales: Option<Scales>,
    pub(super) level: Option<usize>,
}

/// Finds the segments: at a given resolution, or at the level that the data support.
pub(super) fn divide(
    material: &Material<'_>,
    settings: &Settings,
    warnings: &mut Vec<Warning>,
) -> Result<Division> {
    let n = material.graph.n_nodes();
    if let Some(wanted) = settings.segments {
        if wanted < 2 {
            return Err(
                Error::usage(format!("--segments {wanted} leaves nothing to find"))
                    .hint("everybody together is one segment; ask for 2 or more, or leave it out"),
            );
        }
        if wanted > n {
            return Err(Error::usage(format!(
                "--segments {wanted} is more than the {} customers",
                group_digits(n)
            )));
        }
        if settings.resolution.is_some() {
            return Err(
                Error::usage("--segments and --resolution both say how fine the segments are")
                    .hint("leave one of them out"),
            );
        }
    }
    let at = |resolution: f64| -> Result<Division> {
        let groups = &material.distinct.group;
        let together = (material.distinct.len() < n).then(|| Partition::from_labels(groups));
        Ok(Division {
            partition: find_communities(
                settings.method,
                Effort::Full,
                material.graph,
                resolution,
                settings.seed,
                together.as_ref(),
            )?,
            resolution,
            scales: None,
            level: None,
        })
    };
    if let Some(resolution) = settings.resolution {
        return at(resolution);
    }
    let Some(scales) = stability::scan(material)? else {
        warnings.push(Warning::new(
            "too-small-to-resample",
            format!(
                "{} different customers are too few to tell segments from chance (at least {} are needed); \
                 the segments are those at resolution 1, as they come",
                material.distinct.len(),
                stability::LEAST_CUSTOMERS
            ),
        ));
        return at(1.0);
    };
    let counts = |menu: &[usize]| {
        let counts: Vec<String> = menu
            .iter()
            .map(|&l| scales.levels[l].partition.n_groups().to_string())
            .collect();
        counts.join(", ")
    };
    let level = match settings.segments {
        Some(wanted) => {
            let distance = |&l: &usize| scales.levels[l].partition.n_groups().abs_diff(wanted);
            let many: Vec<usize> = (0..scales.levels.len())
                .filter(|&l| scales.levels[l].partition.n_groups() > 1)
                .collect();
            let choice = if scales.menu.is_empty() {
                &many
            } else {
                &scales.menu
            };
            let level = choice.iter().copied().min_by_key(distance);
            if let Some(level) = level {
                let got = scales.levels[level].partition.n_groups();
                if scales.menu.is_empty() {
                    warnings.push(Warning::new(
                        "unsupported",
                        format!(
                            "the data support no segments; these {got} are the nearest to what was asked for"
                        ),
                    ));
                } else if got != wanted {
                    warnings.push(Warning::new(
                        "segments-nearest",
                        format!(
                            "{wanted} segments are not supported; supported are {}",
                            counts(&scales.menu)
                        ),
                    ));
                }
            }
            level
        }
        None => scales.recommended,
    };
    Ok(match level {
        Some(level) => Division {
            partition: scales.levels[level].partition.clone(),
            resolution: scales.levels[level].resolution,
            level: Some(level),
            scales: Some(scales),
        },
        None => {
            warnings.push(Warning::new(
                "none-supported",
                "no segments supported: every division is as blurred, or changes as much when customers are left out, \
                 as divisions of structureless customers; --segments 2 shows the strongest split all the same",
            ));
            Division {
                partition: Partition::one_group(n),
                resolution: scales.levels.first().map_or(1.0, |l| l.resolution),
                scales: Some(scales),
                level: None,
            }
        }
    })
}

/// How sure the segments are; `None` for one segment or too few customers.
pub(super) fn measure_stability(
    material: &Material<'_>,
    partition: &Partition,
    resolution: f64,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Stability>> {
    let n = partition.len();
    if partition.n_groups() < 2 || material.distinct.len() < stability::LEAST_CUSTOMERS {
        return Ok(None);
    }
    let resamples = match n {
        0..=2_000 => 50,
        2_001..=10_000 => 20,
        _ => 10,
    };
    let measured = stability::stability(material, partition, resolution, resamples)?;
    let doubtful: Vec<String> = measured
        .segments
        .iter()
        .enumerate()
        .filter(|(_, s)| **s < 0.6)
        .map(|(segment, _)| (segment + 1).to_string())
        .collect();
    if !doubtful.is_empty() {
        warnings.push(Warning::new(
            "unstable-segments",
            format!(
                "do not trust segment {}: most of it does not come back when a fifth of the customers is left out",
                doubtful.join(", ")
            ),
        ));
    }
    Ok(Some(measured))
}

/// Which coordinates are marks of one category column.
pub(super) fn blocks(features: &Features) -> Vec<Option<u32>> {
    let mut columns: Vec<&str> = Vec::new();
    features
        .coordinates
        .iter()
        .map(|coordinate| {
            coordinate.level.as_ref()?;
            let known = columns.iter().position(|&c| c == coordinate.column);
            let block = known.unwrap_or_else(|| {
                columns.push(&coordinate.column);
                columns.len() - 1
            });
            Some(block as u32)
        })
        .collect()
}

/// How long the search for communities goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// Until nothing improves: for one answer at a given resolution.
    Full,
    /// One round: for hundreds of searches that are compared with each other.
    OneRound,
}

/// Communities by the method in force.
pub(super) fn find_communities(
    method: Method,
    effort: Effort,
    graph: &SimilarityGraph,
    resolution: f64,
    seed: u64,
    together: Option<&Partition>,
) -> Result<Partition> {
    match method {
        Method::Louvain => {
            let settings = Louvain {
                resolution,
                seed,
                closing_rounds: effort == Effort::Full,
            };
            community::louvain(graph, &settings, together)
        }
        Method::Leiden => {
            let settings = Leiden {
                resolution,
                seed,
                ..Leiden::default()
            };
            community::leiden(graph, &settings, together)
        }
    }
}
