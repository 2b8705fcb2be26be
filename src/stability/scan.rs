//! The resolutions from one segment to many, and the evidence for each.

use super::border::{Border, diversity};
use super::choose::{Evidence, SAME_ANSWER, candidates, choose, menu, tells_enough};
use super::draws::{self, Draw, Recurrence, settle};
use super::joined::CLEAR_STEP;
use super::recovery::Overlap;
use super::{Ground, LEAST_CUSTOMERS, Null, TRUSTED, in_batches};
use crate::Result;
use crate::community::modularity;
use crate::num::{math, mean};
use crate::partition::{Partition, adjusted_rand, contingency};
use serde::Serialize;

/// Above this many segments nobody can read the answer, and no level is examined.
const MOST_SEGMENTS: usize = 100;

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
    let at = &searched.at;

    let null = Null::measure(ground, &searched.last_of_runs(), effort.null_draws)?;
    // Borders as thick as a null table's decide the matter: there is nothing to come back.
    let first: Vec<&Partition> = searched.found.iter().map(|of_level| &of_level[0]).collect();
    let (borders, limits) = borders(ground, &null, &first);
    let asked: Vec<bool> = (0..at.len())
        .map(|l| first[l].n_groups() > 1 && null.ratio(borders[l]) < limits[l])
        .collect();
    let n_samples = if asked.contains(&true) { effort.samples } else { 0 };
    let mut draws: Vec<Draw> = Vec::with_capacity(n_samples);
    let draw = |b: usize| draw_sample(ground, &searched, &asked, b as u64);
    in_batches(n, n_samples, draw, |drawn| draws.push(drawn))?;

    // Of the searches the one that the samples agree with most; the first of equals.
    let agreement = |l: usize, found: &Partition| -> Option<f64> {
        let of = |d: &Draw| Some(adjusted_rand(&found.restricted(&d.nodes), d.found[l].as_ref()?));
        let known: Vec<f64> = draws.iter().filter_map(of).collect();
        // A level that a sample does not have is one that it disagrees with.
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / draws.len() as f64)
    };
    let best: Vec<(&Partition, Option<f64>)> = (0..at.len())
        .map(|l| {
            let of_search = |found| (found, agreement(l, found));
            let by_agreement = |a: &(&Partition, Option<f64>), b: &(&Partition, Option<f64>)| {
                let value = |x: &(&Partition, Option<f64>)| x.1.unwrap_or(f64::NEG_INFINITY);
                value(a).total_cmp(&value(b))
            };
            let best = searched.found[l].iter().rev().map(of_search).max_by(by_agreement);
            best.unwrap_or((first[l], None))
        })
        .collect();
    let stablest = searched.stablest_of_runs(&best);
    for draw in &mut draws {
        draw.keep(&stablest);
    }
    let kept: Vec<(&Partition, Option<f64>)> = stablest.iter().map(|&l| best[l]).collect();
    let at: Vec<f64> = stablest.iter().map(|&l| at[l]).collect();
    let partitions: Vec<&Partition> = kept.iter().map(|k| k.0).collect();
    let (borders, limits) = self::borders(ground, &null, &partitions);
    let mut levels: Vec<Level> = (0..at.len())
        .map(|l| {
            let divided = partitions[l].n_groups() > 1;
            Level {
                resolution: at[l],
                modularity: modularity(ground.graph, partitions[l], 1.0),
                stability: kept[l].1,
                border_ratio: divided.then(|| null.ratio(borders[l])),
                border_limit: divided.then_some(limits[l]),
                crowding: borders[l].crowding.filter(|_| divided),
                doubtful: doubtful(&draws, l, partitions[l]),
                nested: (l.checked_sub(1)).map(|coarser| nested(partitions[l], partitions[coarser])),
                joined: l < searched.n_joined,
                supported: false,
                ari_with_truth: None,
                partition: partitions[l].clone(),
            }
        })
        .collect();
    let evidence: Vec<Evidence> = levels.iter().map(Level::evidence).collect();
    for (level, evidence) in levels.iter_mut().zip(&evidence) {
        level.supported = evidence.is_supported();
    }
    let of_draws = draws::evidence(&draws, &levels, &null);
    let settled = |share: f64| {
        let standing = draws::standing(&of_draws, levels.len(), share);
        let candidates = candidates(&evidence, &standing, finest, most_segments);
        let choices: Vec<Option<usize>> = (of_draws.iter())
            .map(|of_draw| choose(of_draw, &standing, finest, most_segments))
            .collect();
        settle(&draws, &levels, &candidates, &choices)
    };
    let (mut recommended, mut recurrence) = (None, None);
    for share in draws::STANDS {
        if !draws.is_empty() && recommended.is_none() {
            let (level, how_often) = settled(share);
            (recommended, recurrence) = (level, Some(how_often));
        }
    }
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

/// The divisions of the whole.
struct Searched {
    /// γ of each division, 0 for joined ones.
    at: Vec<f64>,
    /// The run of equal answers that each is of; neighbors are of one run where its middle was examined too.
    run: Vec<usize>,
    /// How many levels are joined ones; they come first.
    n_joined: usize,
    /// For each level the divisions found, of joined ones a single one.
    found: Vec<Vec<Partition>>,
}

impl Searched {
    /// The highest resolution of each run: cuts of null draws are compared by diversity, and one per run tells how they grow with it.
    fn last_of_runs(&self) -> Vec<f64> {
        let last = |&l: &usize| l + 1 == self.run.len() || self.run[l + 1] != self.run[l];
        let of_resolutions = self.n_joined..self.at.len();
        of_resolutions.filter(last).map(|l| self.at[l]).collect()
    }

    /// Of each run of equal answers the division that samples agree with most, of equals the finer; the last where nothing was resampled.
    fn stablest_of_runs(&self, best: &[(&Partition, Option<f64>)]) -> Vec<usize> {
        let mut stablest: Vec<usize> = Vec::new();
        for l in 0..best.len() {
            match stablest.last_mut() {
                Some(last) if self.run[*last] == self.run[l] => {
                    if best[l].1 >= best[*last].1 {
                        *last = l;
                    }
                }
                _ => stablest.push(l),
            }
        }
        stablest
    }
}

/// Several searches at every resolution, of each run of equal answers one, and what can be joined of the coarsest.
fn search_all(ground: &Ground<'_>, resolutions: &[f64], searches: usize) -> Result<Searched> {
    let n = ground.graph.n_nodes();
    let search = |at: &[f64], number: usize| {
        let seed = ground.seed.wrapping_add((number as u64) << 32);
        (ground.find)(ground.graph, at, seed, ground.together)
    };
    let mut divisions = search(resolutions, 0)?;
    // What no edge joins is apart at every resolution and counts as one.
    let parts = divisions.first().map_or(1, Partition::n_groups);
    let joined: Vec<Partition> = (divisions.first().into_iter())
        .flat_map(|d| ground.source.joined(None, d))
        .filter(|j| j.step >= CLEAR_STEP)
        .map(|j| j.partition)
        .collect();
    let examined = plateaus(&divisions, resolutions, MOST_SEGMENTS.min(n / 5) + parts - 1);
    let examined_at: Vec<f64> = examined.iter().map(|&(i, _)| resolutions[i]).collect();
    let mut found: Vec<Vec<Partition>> = (examined.iter())
        .map(|&(i, _)| vec![std::mem::replace(&mut divisions[i], Partition::one_group(0))])
        .collect();
    in_batches(
        n,
        searches - 1,
        |number| search(&examined_at, number + 1),
        |again: Vec<Partition>| {
            for (of_level, division) in found.iter_mut().zip(again) {
                of_level.push(division);
            }
        },
    )?;
    let n_joined = joined.len();
    let at = std::iter::repeat_n(0.0, n_joined).chain(examined_at);
    let run = (0..n_joined).chain(examined.iter().map(|&(_, run)| n_joined + run));
    Ok(Searched {
        at: at.collect(),
        run: run.collect(),
        n_joined,
        found: joined.into_iter().map(|j| vec![j]).chain(found).collect(),
    })
}

/// A sample divided at the levels asked for.
fn draw_sample(ground: &Ground<'_>, searched: &Searched, asked: &[bool], number: u64) -> Result<Draw> {
    let sample = ground.source.sample(ground.graph, ground.seed, number);
    let seed = ground.seed.wrapping_add(1 + number);
    let of_resolution: Vec<usize> = (searched.n_joined..asked.len()).filter(|&l| asked[l]).collect();
    let mut at: Vec<f64> = of_resolution.iter().map(|&l| searched.at[l]).collect();
    // Joined levels are made of the groups there.
    at.push(coarsest());
    let mut divisions = (ground.find)(&sample.graph, &at, seed, sample.together.as_ref())?;
    let at_coarsest = divisions
        .pop()
        .unwrap_or_else(|| Partition::one_group(sample.nodes.len()));
    let mut found: Vec<Option<Partition>> = vec![None; asked.len()];
    for (&l, division) in of_resolution.iter().zip(divisions) {
        found[l] = Some(division);
    }
    if searched.n_joined > 0 {
        let coarser = ground.source.joined(Some(&sample.nodes), &at_coarsest);
        for (slot, of_whole) in found.iter_mut().zip(&searched.found[..searched.n_joined]) {
            let wanted = of_whole[0].n_groups();
            let same = |p: &&Partition| p.n_groups() == wanted;
            *slot = coarser
                .iter()
                .map(|j| &j.partition)
                .chain([&at_coarsest])
                .find(same)
                .cloned();
        }
    }
    let border = |found: &Option<Partition>| found.as_ref().map(|p| Border::of(&sample.graph, p));
    Ok(Draw {
        borders: found.iter().map(border).collect(),
        found,
        nodes: sample.nodes,
    })
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

/// Of each run of resolutions with the same answer the middle and the one three quarters up, each with the number of its run, up to
/// so many segments. Of a run that begins at 1 or below, ones up to 1: what modularity itself supports is not beyond it.
fn plateaus(found: &[Partition], resolutions: &[f64], most_segments: usize) -> Vec<(usize, usize)> {
    let mut examined = Vec::new();
    let (mut first, mut run) = (0, 0);
    while first < found.len() && found[first].n_groups() <= most_segments {
        let mut last = first;
        while last + 1 < found.len() && adjusted_rand(&found[first], &found[last + 1]) >= SAME_ANSWER {
            last += 1;
        }
        // A run begins where its answer has just come up and is least stable.
        let high = first + (3 * (last - first)).div_ceil(4);
        let up_to_one = (first..=high).rev().find(|&i| resolutions[i] <= 1.0);
        let upper = up_to_one.unwrap_or(high);
        // A short run may end just above it, where samples have the next answer already.
        let middle = upper.min(first + (last - first) / 2);
        examined.extend([middle, upper].map(|i| (i, run)));
        examined.dedup();
        first = last + 1;
        run += 1;
    }
    examined
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

/// The coarsest resolution examined.
pub(super) fn coarsest() -> f64 {
    grid()[0]
}

/// Resolutions from 0.0001 to 2 in steps of a factor 1.5.
fn grid() -> Vec<f64> {
    (0..25)
        .map(|i| crate::num::round_significant(2.0 / math::powi(1.5, 24 - i), 2))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_run_the_one_that_samples_agree_with_most_stays() {
        let one = || vec![Partition::one_group(3)];
        let searched = Searched {
            at: vec![0.1, 0.2, 0.3, 0.4, 0.6],
            run: vec![0, 1, 1, 2, 2],
            n_joined: 0,
            found: (0..5).map(|_| one()).collect(),
        };
        let p = Partition::one_group(3);
        let best = [None, Some(0.9), Some(0.8), Some(0.7), Some(0.7)].map(|agreement| (&p, agreement));
        assert_eq!(searched.stablest_of_runs(&best), [0, 1, 4]);
    }

    #[test]
    fn of_a_run_of_equal_answers_an_upper_one_stands_but_not_beyond_one_where_it_begins_before() {
        let two = || Partition::from_labels(&[0, 0, 0, 1, 1, 1]);
        let three = || Partition::from_labels(&[0, 0, 1, 1, 2, 2]);
        let at = [0.4, 0.6, 0.9, 1.3, 2.0];
        let early = [two(), two(), three(), three(), three()];
        assert_eq!(plateaus(&early, &at, 10), [(0, 0), (1, 0), (2, 1)]);
        let late = [two(), two(), two(), three(), three()];
        assert_eq!(plateaus(&late, &at, 10), [(1, 0), (2, 0), (3, 1), (4, 1)]);
        assert_eq!(plateaus(&early, &at, 2), [(0, 0), (1, 0)]);
    }
}
