//! From a graph to segments: at a given resolution, or at the one that the data support.

use super::settings::Method;
use crate::community::{self, Leiden, Louvain};
use crate::features::Features;
use crate::graph::SimilarityGraph;
use crate::num::group_digits;
use crate::partition::Partition;
use crate::stability::{self, Ground, Scales, Stability};
use crate::{Error, Result, Warning};
use rayon::prelude::*;

/// The segments, the resolution they were found at, and what was examined on the way.
pub(super) struct Division {
    pub(super) partition: Partition,
    pub(super) resolution: f64,
    pub(super) scales: Option<Scales>,
    pub(super) level: Option<usize>,
}

/// What is asked of a division, and the words for what is divided.
pub(super) struct Wish {
    pub(super) method: Method,
    /// `None`: the level that the data support best.
    pub(super) resolution: Option<f64>,
    /// The supported level nearest to this many groups.
    pub(super) n_groups: Option<usize>,
    pub(super) seed: u64,
    /// `customers` or `nodes`.
    pub(super) things: &'static str,
    /// `segments` or `communities`.
    pub(super) groups: &'static str,
}

/// Finds the segments: at a given resolution, or at the level that the data support.
pub(super) fn divide(ground: &Ground<'_>, wish: &Wish, warnings: &mut Vec<Warning>) -> Result<Division> {
    let n = ground.graph.n_nodes();
    check(wish, n)?;
    let Wish { things, groups, .. } = *wish;
    let at = |resolution: f64| -> Result<Division> {
        Ok(Division {
            partition: find_communities(wish.method, ground.graph, resolution, wish.seed, ground.together)?,
            resolution,
            scales: None,
            level: None,
        })
    };
    if let Some(resolution) = wish.resolution {
        let found = at(resolution)?;
        warnings.extend(out_of_range(&found.partition, resolution, things, groups));
        return Ok(found);
    }
    let Some(scales) = stability::scan(ground)? else {
        warnings.push(Warning::new(
            "too-small-to-resample",
            format!(
                "{} different {things} are too few to tell {groups} from chance (at least {} are needed); \
                 the {groups} are those at resolution 1, as they come{}",
                ground.source.n_different(),
                stability::LEAST_CUSTOMERS,
                wish.n_groups
                    .map_or_else(String::new, |wanted| format!(", and not the {wanted} asked for"))
            ),
        ));
        return at(1.0);
    };
    let level = match wish.n_groups {
        Some(wanted) => nearest(&scales, wanted, groups, warnings),
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
                format!(
                    "no {groups} supported: every division is as blurred, or changes as much when some are left out, \
                     as divisions of structureless {things}{}",
                    if groups == "segments" && wish.n_groups.is_none() { "; --segments 2 shows the strongest split all the same" } else { "" }
                ),
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

/// Says so where a resolution joins everybody, or keeps nearly everybody apart.
pub(super) fn out_of_range(
    partition: &Partition,
    resolution: f64,
    things: &str,
    groups: &str,
) -> Option<Warning> {
    let (n, found) = (partition.len(), partition.n_groups());
    let message = if n > 1 && found == 1 {
        format!("resolution {resolution} joins all {things}; a higher one, or auto, may tell {groups} apart")
    } else if n >= stability::LEAST_CUSTOMERS && found > n / 5 {
        format!(
            "resolution {resolution} leaves {} {groups} of {} {things}, fewer than five each; 0.01 to 2 is usual",
            group_digits(found),
            group_digits(n)
        )
    } else {
        return None;
    };
    Some(Warning::new("resolution-range", message))
}

/// Refuses what cannot be meant.
fn check(wish: &Wish, n: usize) -> Result<()> {
    let Some(wanted) = wish.n_groups else {
        return Ok(());
    };
    if wanted < 2 {
        return Err(
            Error::usage(format!("--segments {wanted} leaves nothing to find"))
                .hint("everybody together is one segment; ask for 2 or more, or leave it out"),
        );
    }
    if wanted > n {
        return Err(Error::usage(format!(
            "--segments {wanted} is more than the {} {}",
            group_digits(n),
            wish.things
        )));
    }
    if wish.resolution.is_some() {
        return Err(
            Error::usage("--segments and --resolution both say how fine the segments are")
                .hint("leave one of them out"),
        );
    }
    Ok(())
}

/// The level on the menu nearest to so many groups; where the menu is empty, the nearest examined one, as a warning says.
fn nearest(scales: &Scales, wanted: usize, groups: &str, warnings: &mut Vec<Warning>) -> Option<usize> {
    let count = |l: usize| scales.levels[l].partition.n_groups();
    let supported = !scales.menu.is_empty();
    let choice: Vec<usize> = if supported {
        scales.menu.clone()
    } else {
        (0..scales.levels.len()).filter(|&l| count(l) > 1).collect()
    };
    // Of levels as near, the one with the thinner borders.
    let ratio = |l: usize| scales.levels[l].border_ratio.unwrap_or(f64::INFINITY);
    let level = choice.into_iter().min_by(|&a, &b| {
        let distance = |l: usize| count(l).abs_diff(wanted);
        distance(a).cmp(&distance(b)).then(ratio(a).total_cmp(&ratio(b)))
    })?;
    let got = count(level);
    if !supported {
        warnings.push(Warning::new(
            "unsupported",
            format!("the data support no {groups}; these {got} are the nearest to what was asked for"),
        ));
    } else if got != wanted {
        let mut menu: Vec<usize> = scales.menu.iter().map(|&l| count(l)).collect();
        menu.sort_unstable();
        menu.dedup();
        let menu: Vec<String> = menu.iter().map(usize::to_string).collect();
        warnings.push(Warning::new(
            "segments-nearest",
            format!(
                "{wanted} {groups} are not supported; supported are {}",
                menu.join(", ")
            ),
        ));
    }
    Some(level)
}

/// How sure the segments are; `None` for one segment or too few customers.
pub(super) fn measure_stability(
    ground: &Ground<'_>,
    partition: &Partition,
    resolution: f64,
    group: &str,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Stability>> {
    let n = partition.len();
    if partition.n_groups() < 2 || ground.source.n_different() < stability::LEAST_CUSTOMERS {
        return Ok(None);
    }
    let resamples = match n {
        0..=3_000 => 50,
        3_001..=20_000 => 30,
        20_001..=50_000 => 20,
        _ => 16,
    };
    let measured = stability::stability(ground, partition, resolution, resamples)?;
    warnings.extend(super::remarks::unstable(&measured.segments, group));
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

/// Communities at each resolution, for scans: hundreds of searches that are compared with each other.
pub(super) fn find_at_each(
    method: Method,
    graph: &SimilarityGraph,
    resolutions: &[f64],
    seed: u64,
    together: Option<&Partition>,
) -> Result<Vec<Partition>> {
    match method {
        Method::Louvain => community::louvain_scan(graph, resolutions, seed, together),
        Method::Leiden => resolutions
            .par_iter()
            .map(|&resolution| find_communities(method, graph, resolution, seed, together))
            .collect(),
    }
}

/// Communities by the method in force.
pub(super) fn find_communities(
    method: Method,
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
                ..Louvain::default()
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
