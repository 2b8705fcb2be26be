//! From a graph to segments: at a given resolution, or at the one that the data support.

use super::grouping::{Grouping, grouping};
use super::settings::{LeastSize, Method};
use crate::community::{self, Leiden, Louvain};
use crate::features::Features;
use crate::graph::SimilarityGraph;
use crate::message::{Setting, message};
use crate::partition::Partition;
use crate::stability::{self, Found, Ground, Scales, Stability};
use crate::text::group_digits;
use crate::{Error, Result, Warning};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// How many parts a continuum is divided into where nobody asks for another number.
pub(super) const PARTS: usize = 5;

/// The segments, how they were found, and what was examined on the way.
pub(super) struct Division {
    pub(super) partition: Partition,
    /// γ; 1 for parts, which no resolution gave.
    pub(super) resolution: f64,
    pub(super) found: Found,
    /// Smaller groups have joined others; 1 where none had to.
    pub(super) least_size: usize,
    pub(super) scales: Option<Scales>,
    pub(super) level: Option<usize>,
}

impl Division {
    /// What its groups are.
    pub(super) fn grouping(&self) -> Grouping {
        grouping(self.found, self.scales.is_some(), self.partition.n_groups())
    }

    /// Whether the segments were found among some of the customers.
    fn by_few(&self) -> bool {
        self.level.is_some() && self.scales.as_ref().is_some_and(|s| s.sampled)
    }
}

/// What is asked of a division, and the words for what is divided.
pub(super) struct Request {
    pub(super) method: Method,
    /// `None`: the level that the data support best.
    pub(super) resolution: Option<f64>,
    /// The supported level nearest to this many groups; as many parts where none is supported.
    pub(super) n_groups: Option<usize>,
    /// At most so many may be recommended.
    pub(super) most_groups: Option<usize>,
    /// Smaller groups join the neighbor they have most edge weight with.
    pub(super) least_size: Option<LeastSize>,
    pub(super) seed: u64,
    /// `customers` or `nodes`.
    pub(super) things: &'static str,
    /// `segments` or `communities`.
    pub(super) groups: &'static str,
}

/// Finds the segments: at a given resolution, at the level that the data support, or parts where they support none.
/// `scan` examines scales, with at most so many groups to recommend.
pub(super) fn divide(
    ground: &Ground<'_>,
    scan: &dyn Fn(usize) -> Result<Option<Scales>>,
    request: &Request,
    warnings: &mut Vec<Warning>,
) -> Result<Division> {
    check(request, ground.graph.n_nodes())?;
    let mut division = if let Some(resolution) = request.resolution {
        let found = at_resolution(ground, request, resolution)?;
        warnings.extend(out_of_range(
            &found.partition,
            resolution,
            request.things,
            request.groups,
        ));
        found
    } else {
        match scan(request.most_groups.unwrap_or(usize::MAX))? {
            Some(scales) => by_evidence(ground, request, scales, warnings)?,
            None => too_small(ground, request, warnings)?,
        }
    };
    if let Some(least) = request.least_size {
        let least = least.of(ground.graph.n_nodes());
        let groups = match division.found {
            Found::Parts(_) => "parts",
            _ => request.groups,
        };
        let (merged, note) = merge_small(ground.graph, &division.partition, least, groups, request.things);
        division.partition = merged;
        division.least_size = least;
        warnings.extend(note);
    }
    Ok(division)
}

fn at_resolution(ground: &Ground<'_>, request: &Request, resolution: f64) -> Result<Division> {
    Ok(Division {
        partition: find_communities(
            request.method,
            ground.graph,
            resolution,
            request.seed,
            ground.together,
        )?,
        resolution,
        found: Found::Communities(resolution),
        least_size: 1,
        scales: None,
        level: None,
    })
}

/// The level asked for, the recommended one, or parts.
fn by_evidence(
    ground: &Ground<'_>,
    request: &Request,
    scales: Scales,
    warnings: &mut Vec<Warning>,
) -> Result<Division> {
    let level = match request.n_groups {
        Some(wanted) => nearest(&scales, wanted, request.groups, warnings),
        None => scales.recommended,
    };
    if let Some(l) = level {
        let chosen = &scales.levels[l];
        let n_groups = chosen.partition.n_groups();
        return Ok(Division {
            partition: chosen.partition.clone(),
            resolution: chosen.resolution,
            found: if chosen.joined {
                Found::Joined(n_groups)
            } else {
                Found::Communities(chosen.resolution)
            },
            least_size: 1,
            level,
            scales: Some(scales),
        });
    }
    let Request { things, groups, .. } = *request;
    let nothing = if scales.menu.is_empty() {
        format!(
            "no {groups} supported: every division is as blurred, or changes as much when some are left out, as divisions of structureless {things}"
        )
    } else if let Some(few) = scales.exceptions() {
        format!(
            "no {groups} recommended: what is supported (levels.csv) sets {} of {} {things} apart from all others, too few to divide by",
            group_digits(few),
            group_digits(ground.graph.n_nodes())
        )
    } else {
        format!(
            "no {groups} recommended: {} are supported (levels.csv) but not sure enough",
            listed(&scales.telling())
        )
    };
    let n_parts = n_parts(ground, request)?;
    let (partition, message) = match ground.source.parts(None, n_parts, request.seed) {
        Some(parts) => {
            let parts = parts?;
            let note = format!(
                "{nothing}; the {} parts are a convenience, found by k-means, not natural groups",
                parts.n_groups()
            );
            (parts, note)
        }
        None => (Partition::one_group(ground.graph.n_nodes()), nothing),
    };
    warnings.push(Warning::new("none-supported", message));
    Ok(Division {
        found: Found::Parts(n_parts),
        least_size: 1,
        partition,
        resolution: 1.0,
        scales: Some(scales),
        level: None,
    })
}

/// As many parts as were asked for, else about five, as many as come back most surely; never more than are allowed.
fn n_parts(ground: &Ground<'_>, request: &Request) -> Result<usize> {
    let most = request
        .most_groups
        .unwrap_or(usize::MAX)
        .min(ground.source.n_different());
    match request.n_groups {
        Some(wanted) => Ok(wanted.min(most)),
        None => stability::steadiest_parts(ground, PARTS.min(most), most),
    }
}

/// Too few to tell segments from chance: those at resolution 1, or as many parts as were asked for.
fn too_small(ground: &Ground<'_>, request: &Request, warnings: &mut Vec<Warning>) -> Result<Division> {
    let Request { things, groups, .. } = *request;
    let mut division = at_resolution(ground, request, 1.0)?;
    let mut what = format!("the {groups} are those at resolution 1, as they come");
    if request.n_groups.is_some()
        && let Some(parts) = ground.source.parts(None, n_parts(ground, request)?, request.seed)
    {
        division.partition = parts?;
        division.found = Found::Parts(division.partition.n_groups());
        what = format!("the {} parts are found by k-means", division.partition.n_groups());
    }
    warnings.push(Warning::new(
        "too-small-to-resample",
        format!(
            "{} different {things} are too few to tell {groups} from chance (at least {} are needed); {what}",
            ground.source.n_different(),
            stability::LEAST_CUSTOMERS,
        ),
    ));
    Ok(division)
}

/// Joins small groups, as [`community::join_small`] does, and says what was joined.
fn merge_small(
    graph: &SimilarityGraph,
    partition: &Partition,
    least: usize,
    groups: &str,
    things: &str,
) -> (Partition, Option<Warning>) {
    let joined = community::join_small(graph.edges(), partition, least);
    let n_joined = partition.n_groups() - joined.n_groups();
    let note = (n_joined > 0).then(|| {
        let moved = joined_members(partition, &joined);
        Warning::new(
            "small-segments-joined",
            format!(
                "{n_joined} {groups} of fewer than {} {things} joined the one they have most edge weight with: {} {things} in all",
                group_digits(least),
                group_digits(moved)
            ),
        )
    });
    (joined, note)
}

/// How many members of groups that joined another: of each group of `after` all but those of its largest group of `before`.
fn joined_members(before: &Partition, after: &Partition) -> usize {
    let mut largest = vec![0; after.n_groups()];
    let mut into = vec![0; before.n_groups()];
    for (&group, &whole) in before.labels().iter().zip(after.labels()) {
        into[group as usize] = whole;
    }
    for (&size, &whole) in before.sizes().iter().zip(&into) {
        largest[whole as usize] = size.max(largest[whole as usize]);
    }
    before.len() - largest.iter().sum::<usize>()
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
fn check(request: &Request, n: usize) -> Result<()> {
    if let Some(most) = request.most_groups.filter(|&most| most < 2) {
        return Err(Error::usage(message![
            Setting::MaxSegments,
            format!(" {most} leaves nothing to find")
        ])
        .hint("everybody together is one segment; allow 2 or more, or leave it out"));
    }
    let Some(wanted) = request.n_groups else {
        return Ok(());
    };
    if wanted < 2 {
        return Err(Error::usage(message![
            Setting::Segments,
            format!(" {wanted} leaves nothing to find")
        ])
        .hint("everybody together is one segment; ask for 2 or more, or leave it out"));
    }
    if wanted > n {
        return Err(Error::usage(message![
            Setting::Segments,
            format!(
                " {wanted} is more than the {} {}",
                group_digits(n),
                request.things
            )
        ]));
    }
    if request.resolution.is_some() {
        return Err(Error::usage(message![
            Setting::Segments,
            " and ",
            Setting::Resolution,
            " both say how fine the segments are"
        ])
        .hint("leave one of them out"));
    }
    Ok(())
}

/// The level on the menu nearest to so many groups, as a warning says where it has another number; `None` where the menu is empty.
fn nearest(scales: &Scales, wanted: usize, groups: &str, warnings: &mut Vec<Warning>) -> Option<usize> {
    let count = |l: usize| scales.levels[l].partition.n_groups();
    if scales.menu.is_empty() {
        return None;
    }
    let choice = scales.menu.iter().copied();
    // Of levels as near, the one with the thinner borders.
    let ratio = |l: usize| scales.levels[l].border_ratio.unwrap_or(f64::INFINITY);
    let level = choice.min_by(|&a, &b| {
        let distance = |l: usize| count(l).abs_diff(wanted);
        distance(a).cmp(&distance(b)).then(ratio(a).total_cmp(&ratio(b)))
    })?;
    let got = count(level);
    if got != wanted {
        warnings.push(Warning::new(
            "segments-nearest",
            format!(
                "{wanted} {groups} are not supported; supported are {}",
                on_menu(scales)
            ),
        ));
    }
    Some(level)
}

/// The numbers on the menu: `2, 5, 9`.
fn on_menu(scales: &Scales) -> String {
    listed(&scales.numbers(|_| true))
}

fn listed(numbers: &[usize]) -> String {
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    numbers.join(", ")
}

/// How sure the segments are; `None` for one segment or too few customers.
pub(super) fn measure_stability(
    ground: &Ground<'_>,
    division: &Division,
    group: &str,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Stability>> {
    let partition = &division.partition;
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
    let measured = stability::stability(
        ground,
        partition,
        division.found,
        division.by_few(),
        division.least_size,
        resamples,
    )?;
    warnings.extend(super::remarks::unstable(&measured.segments, group));
    Ok(Some(measured))
}

/// Which coordinates are marks of one category column.
pub(super) fn blocks(features: &Features) -> Vec<Option<u32>> {
    let mut columns: FxHashMap<&str, u32> = FxHashMap::default();
    features
        .coordinates
        .iter()
        .map(|coordinate| {
            coordinate.level.as_ref()?;
            let next = columns.len() as u32;
            Some(*columns.entry(&coordinate.column).or_insert(next))
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
