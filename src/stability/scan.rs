//! The resolutions from one segment to many, and the evidence for each.

use super::border::{Border, diversity};
use super::choose::{Evidence, candidates, choose, menu, tells_enough};
use super::draws::{self, Draw, Recurrence, settle};
use super::recovery::Overlap;
use super::searched::{draw_sample, grid, search_all};
use super::{Ground, LEAST_CUSTOMERS, Null, TRUSTED, in_batches};
use crate::Result;
use crate::community::modularity;
use crate::num::mean;
use crate::partition::{Partition, contingency};
use serde::Serialize;

/// One resolution and what speaks for it.
#[derive(Clone, Debug, Serialize)]
pub struct Level {
    /// γ; 0 where groups that no edge joins were joined by where they lie.
    pub resolution: f64,
    /// The segments of all customers at γ: of several searches the one that the samples agree with most.
    pub partition: Partition,
    /// Modularity of them at γ = 1, which compares between levels.
    pub modularity: f64,
    /// Mean adjusted Rand index between the segments of all customers and those of samples, in [−1, 1]; `None` where
    /// nothing was resampled: a single segment, or borders as thick as a null table's.
    pub stability: Option<f64>,
    /// Its borders over the thinnest in null draws without structure: below 1 is thinner; `None` for one segment.
    pub border_ratio: Option<f64>,
    /// The ratio at or above which its borders could be a null table's: 0.85, or less where null tables differ much among themselves.
    pub border_limit: Option<f64>,
    /// How crowded it is at its borders, in [0, 1]: see [`Border::crowding`](super::Border::crowding); `None` for one segment and in networks.
    pub crowding: Option<f64>,
    /// Share of the customers in segments of which most does not come back in samples; `None` where nothing was resampled.
    pub doubtful: Option<f64>,
    /// Share of the customers that are in the segment of the next coarser level which most of their segment is in:
    /// 1 where the levels are nested; `None` for the coarsest.
    pub nested: Option<f64>,
    /// Whether it was made by joining groups that no edge joins.
    pub joined: bool,
    /// Whether every sign speaks for it.
    pub supported: bool,
    /// Adjusted Rand index with a known grouping, where one was named: no part of the evidence, and blind to the choice.
    pub ari_with_truth: Option<f64>,
}

impl Level {
    /// γ as Gephi's dialog wants it; infinite where the graph of all has no such γ.
    pub fn gephi_resolution(&self, sampled: bool) -> f64 {
        if sampled {
            f64::INFINITY
        } else {
            1.0 / self.resolution
        }
    }

    fn evidence(&self) -> Evidence {
        Evidence {
            resolution: self.resolution,
            n_groups: self.partition.n_groups(),
            diversity: diversity(&self.partition),
            border_ratio: self.border_ratio,
            border_limit: self.border_limit,
            crowding: self.crowding,
            stability: self.stability,
            doubtful: self.doubtful,
        }
    }
}

/// The levels from coarse to fine, and the recommendation.
#[derive(Clone, Debug, Serialize)]
pub struct Scales {
    /// One per resolution examined, by rising resolution; joined ones first, by rising number of segments.
    pub levels: Vec<Level>,
    /// The recommended one; `None` where no level is supported, or it does not come back.
    pub recommended: Option<usize>,
    /// The levels of the menu: supported ones, each answer once, by rising number of segments.
    pub menu: Vec<usize>,
    /// How often the recommendation came back, choice included; `None` where no level was worth asking samples.
    pub recurrence: Option<Recurrence>,
    /// Samples behind each stability.
    pub n_resamples: usize,
    /// Whether [`SCANNED`](super::SCANNED) customers were examined instead of all: resolutions are of their graph, and the
    /// others joined by their ties.
    #[serde(skip)]
    pub sampled: bool,
}

impl Scales {
    /// Numbers of segments of those divisions on the menu that `keep` holds for, ascending, each once.
    pub(crate) fn numbers(&self, keep: impl Fn(&Partition) -> bool) -> Vec<usize> {
        let on_menu = self.menu.iter().map(|&l| &self.levels[l].partition);
        let mut numbers: Vec<usize> = on_menu.filter(|p| keep(p)).map(Partition::n_groups).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// The [numbers](Self::numbers) of divisions that set more than a few apart.
    pub(crate) fn telling(&self) -> Vec<usize> {
        self.numbers(|p| tells_enough(diversity(p)))
    }

    /// How many customers the finest division of the menu sets apart from the largest segment, where none there tells enough.
    pub(crate) fn exceptions(&self) -> Option<usize> {
        let finest = &self.levels[*self.menu.last()?].partition;
        let largest = finest.sizes().iter().max()?;
        self.telling().is_empty().then(|| finest.len() - largest)
    }
}

/// Examines resolutions; `None` where there are fewer than [`LEAST_CUSTOMERS`] customers or different customers.
///
/// `most_segments` limits what may be recommended, not what is examined. Every sample is put through the choice as well:
/// the recommended level is the one that agrees best with what the samples recommend.
///
/// Cost: at most `resolutions × searches(n)` community searches, see [`searches`], about half as many in practice: only the first search asks
/// every resolution. They run in parallel.
///
/// # Errors
/// Those of the community search.
pub fn scan(ground: &Ground<'_>, most_segments: usize) -> Result<Option<Scales>> {
    let n = ground.graph.n_nodes();
    if n.min(ground.source.n_different()) < LEAST_CUSTOMERS {
        return Ok(None);
    }
    let effort = Effort::of(n);
    let resolutions = grid();
    let finest = resolutions[resolutions.len() - 1];
    let searched = search_all(ground, &resolutions, effort.searches)?;
    let null = Null::measure(ground, &searched.last_of_runs(), effort.null_draws)?;
    // Borders as thick as a null table's decide the matter: there is nothing to come back.
    let first: Vec<&Partition> = searched.found.iter().map(|of_level| &of_level[0]).collect();
    let (borders, limits) = borders(ground, &null, &first);
    let asked: Vec<bool> = (0..first.len())
        .map(|l| first[l].n_groups() > 1 && null.ratio(borders[l]) < limits[l])
        .collect();
    let n_samples = if asked.contains(&true) { effort.samples } else { 0 };
    let mut draws: Vec<Draw> = Vec::with_capacity(n_samples);
    let draw = |b: usize| draw_sample(ground, &searched, &asked, b as u64);
    in_batches(n, n_samples, draw, |drawn| draws.push(drawn))?;

    let best = searched.agreed_with(&draws);
    let stablest = searched.stablest_of_runs(&best);
    for draw in &mut draws {
        draw.keep(&stablest);
    }
    let kept: Vec<Kept<'_>> = (stablest.iter())
        .map(|&l| Kept {
            resolution: searched.at[l],
            partition: best[l].0,
            stability: best[l].1,
        })
        .collect();
    let levels = levels(ground, &null, &kept, searched.n_joined, &draws);
    let (recommended, recurrence) = recommend(&levels, &draws, &null, finest, most_segments);
    let menu = menu(&levels, recommended);
    Ok(Some(Scales {
        levels,
        recommended,
        menu,
        recurrence,
        n_resamples: effort.samples,
        sampled: false,
    }))
}

/// A division that is examined to the end.
struct Kept<'a> {
    resolution: f64,
    partition: &'a Partition,
    /// How far samples agree with it.
    stability: Option<f64>,
}

/// The evidence for each division; the first `n_joined` are joined ones.
fn levels(
    ground: &Ground<'_>,
    null: &Null,
    kept: &[Kept<'_>],
    n_joined: usize,
    draws: &[Draw],
) -> Vec<Level> {
    let partitions: Vec<&Partition> = kept.iter().map(|k| k.partition).collect();
    let (borders, limits) = borders(ground, null, &partitions);
    let level = |(l, kept): (usize, &Kept<'_>)| {
        let divided = kept.partition.n_groups() > 1;
        let mut level = Level {
            resolution: kept.resolution,
            modularity: modularity(ground.graph, kept.partition, 1.0),
            stability: kept.stability,
            border_ratio: divided.then(|| null.ratio(borders[l])),
            border_limit: divided.then_some(limits[l]),
            crowding: borders[l].crowding.filter(|_| divided),
            doubtful: doubtful(draws, l, kept.partition),
            nested: (l.checked_sub(1)).map(|coarser| nested(kept.partition, partitions[coarser])),
            joined: l < n_joined,
            supported: false,
            ari_with_truth: None,
            partition: kept.partition.clone(),
        };
        level.supported = level.evidence().is_supported();
        level
    };
    kept.iter().enumerate().map(level).collect()
}

/// The level that agrees best with what the samples take, of those that stand in enough of them, and how often it comes back.
fn recommend(
    levels: &[Level],
    draws: &[Draw],
    null: &Null,
    finest: f64,
    most_segments: usize,
) -> (Option<usize>, Option<Recurrence>) {
    let evidence: Vec<Evidence> = levels.iter().map(Level::evidence).collect();
    let of_draws = draws::evidence(draws, levels, null);
    let settled = |share: f64| {
        let standing = draws::standing(&of_draws, levels.len(), share);
        let candidates = candidates(&evidence, &standing, finest, most_segments);
        let choices: Vec<Option<usize>> = (of_draws.iter())
            .map(|of_draw| choose(of_draw, &standing, finest, most_segments))
            .collect();
        settle(draws, levels, &candidates, &choices)
    };
    let (mut recommended, mut recurrence) = (None, None);
    for share in draws::STANDS {
        if !draws.is_empty() && recommended.is_none() {
            let (level, how_often) = settled(share);
            (recommended, recurrence) = (level, Some(how_often));
        }
    }
    (recommended, recurrence)
}

/// Share of the nodes in groups of which most does not come back; `None` without samples of the level.
fn doubtful(draws: &[Draw], l: usize, partition: &Partition) -> Option<f64> {
    let of_draws: Vec<Vec<Option<f64>>> = draws
        .iter()
        .filter_map(|d| {
            let again = d.found[l].as_ref()?;
            Some(Overlap::of(partition, &d.nodes, again).best_jaccard(again))
        })
        .collect();
    if of_draws.is_empty() {
        return None;
    }
    let is_doubtful = |group: usize| {
        let known: Vec<f64> = of_draws.iter().filter_map(|d| d[group]).collect();
        mean(&known) < TRUSTED
    };
    let sizes = partition.sizes().iter().enumerate();
    let in_doubt: usize = sizes.filter(|&(g, _)| is_doubtful(g)).map(|(_, s)| s).sum();
    Some(in_doubt as f64 / partition.len() as f64)
}

/// Border and border limit of each division.
fn borders(ground: &Ground<'_>, null: &Null, partitions: &[&Partition]) -> (Vec<Border>, Vec<f64>) {
    let borders = ground.source.borders(ground.graph, partitions);
    let limits = null.limits(&borders.iter().map(|b| b.diversity).collect::<Vec<_>>());
    (borders, limits)
}

/// Share of the nodes that lie in the coarse segment which most of their fine segment lies in: 1 where the fine
/// segments are parts of the coarse ones.
fn nested(fine: &Partition, coarse: &Partition) -> f64 {
    let mut most = vec![0; fine.n_groups()];
    for (f, _, shared) in contingency(fine, coarse) {
        most[f as usize] = shared.max(most[f as usize]);
    }
    most.iter().sum::<usize>() as f64 / fine.len() as f64
}

/// How many searches a scan of `n` customers makes, each at several resolutions: of all of them, of samples and of null draws.
pub fn searches(n: usize) -> usize {
    let effort = Effort::of(n);
    effort.searches + effort.samples + effort.null_draws
}

/// How many searches are made.
struct Effort {
    /// On all customers: which of many nearly equal divisions a search finds is chance, and the best of more is steadier.
    searches: usize,
    /// On samples of them.
    samples: usize,
    /// On null draws.
    null_draws: usize,
}

impl Effort {
    /// Less for many customers, because all of it varies less.
    fn of(n: usize) -> Effort {
        let (searches, samples, null_draws) = match n {
            // Quickly searched, and near a threshold each sample tells.
            0..=500 => (9, 90, 16),
            501..=1_000 => (9, 60, 16),
            1_001..=3_000 => (9, 48, 12),
            3_001..=10_000 => (9, 48, 8),
            _ => (3, 12, 6),
        };
        Effort {
            searches,
            samples,
            null_draws,
        }
    }
}

#[cfg(test)]
impl Level {
    /// A supported level of these groups.
    pub(super) fn of_labels(labels: &[u32], stability: f64) -> Level {
        Level {
            resolution: 0.5,
            partition: Partition::from_labels(labels),
            modularity: 0.0,
            stability: Some(stability),
            border_ratio: Some(0.2),
            border_limit: Some(0.85),
            crowding: Some(0.1),
            doubtful: Some(0.0),
            nested: None,
            joined: false,
            supported: true,
            ari_with_truth: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_customers_the_fewer_searches_in_fewer_steps() {
        let n = [
            30, 500, 501, 1_000, 1_001, 3_000, 3_001, 10_000, 10_001, 10_000_000,
        ];
        assert_eq!(n.map(searches), [115, 115, 85, 85, 69, 69, 65, 65, 21, 21]);
    }
}
