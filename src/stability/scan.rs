//! The resolutions from one segment to many, and the evidence for each.

use super::choose::{SAME_ANSWER, choose};
use super::{Ground, LEAST_CUSTOMERS, Null, in_batches};
use crate::Result;
use crate::community::modularity;
use crate::num::math;
use crate::partition::{Partition, adjusted_rand, contingency};

/// Above this many segments nobody can read the answer, and no level is examined.
const MOST_SEGMENTS: usize = 100;

/// Searches of the whole graph per resolution.
const SEARCHES: usize = 3;

/// One resolution and what speaks for it.
#[derive(Clone, Debug)]
pub struct Level {
    /// γ.
    pub resolution: f64,
    /// The segments of all customers at γ: of three searches the one that the samples agree with most.
    pub partition: Partition,
    /// Modularity of them at γ = 1, which compares between levels.
    pub modularity: f64,
    /// Mean adjusted Rand index between the segments of all customers and those of samples, in [−1, 1]; `None` where
    /// nothing was resampled: a single segment, or borders as thick as a cloud's.
    pub stability: Option<f64>,
    /// Its borders over the thinnest in twins without structure: below 1 is thinner; `None` for one segment.
    pub border_ratio: Option<f64>,
    /// The ratio at or above which its borders could be a cloud's: 0.85, or less where clouds differ much among themselves.
    pub border_limit: Option<f64>,
    /// Share of the customers that are in the segment of the next coarser level which most of their segment is in:
    /// 1 where the levels are nested; `None` for the coarsest.
    pub nested: Option<f64>,
    /// Whether both signs speak for it.
    pub supported: bool,
    /// Adjusted Rand index with a known grouping, where one was named: no part of the evidence, and blind to the choice.
    pub ari_with_truth: Option<f64>,
}

/// The levels from coarse to fine, and the recommendation.
#[derive(Clone, Debug)]
pub struct Scales {
    /// One per resolution examined, by rising resolution.
    pub levels: Vec<Level>,
    /// The recommended one; `None` where no level is supported.
    pub recommended: Option<usize>,
    /// The levels of the menu: supported ones, each answer once, by rising number of segments.
    pub menu: Vec<usize>,
    /// Samples behind each stability.
    pub n_resamples: usize,
}

/// Examines resolutions; `None` where there are fewer than [`LEAST_CUSTOMERS`] customers or different customers.
///
/// Cost: about `resolutions × (3 + samples + twins)` community searches, samples and twins in parallel.
///
/// # Errors
/// Those of the community search.
pub fn scan(ground: &Ground<'_>) -> Result<Option<Scales>> {
    let n = ground.graph.n_nodes();
    if n.min(ground.source.n_different()) < LEAST_CUSTOMERS {
        return Ok(None);
    }
    let (n_resamples, n_twins) = effort(n);
    let resolutions = grid();
    // Several searches: which of many nearly equal divisions one finds is chance.
    let search = |s: usize| {
        let seed = ground.seed.wrapping_add((s as u64) << 32);
        (ground.find)(ground.graph, &resolutions, seed, ground.together)
    };
    let mut found: Vec<Vec<Partition>> = Vec::with_capacity(SEARCHES);
    let mut examined: Vec<usize> = Vec::new();
    in_batches(n, SEARCHES, search, |mut divisions: Vec<Partition>| {
        if found.is_empty() {
            // What no tie joins is apart at every resolution and counts as one.
            let parts = divisions.first().map_or(1, Partition::n_groups);
            examined = plateaus(&divisions, MOST_SEGMENTS.min(n / 5) + parts - 1);
        }
        let mut at = 0..;
        divisions.retain(|_| at.next().is_some_and(|i| examined.contains(&i)));
        found.push(divisions);
    })?;
    let at: Vec<f64> = examined.iter().map(|&i| resolutions[i]).collect();

    let null = Null::measure(ground, &at, n_twins)?;
    let first: Vec<&Partition> = found[0].iter().collect();
    let (ratios, limits) = borders(ground, &null, &first);
    // Borders as thick as a cloud's decide the matter: there is nothing to come back.
    let resampled: Vec<usize> = (0..at.len())
        .filter(|&e| ratios[e].is_some_and(|r| r < limits[e]))
        .collect();
    let resampled_at: Vec<f64> = resampled.iter().map(|&e| at[e]).collect();
    let n_samples = if resampled.is_empty() { 0 } else { n_resamples };
    // For each sample, level and search.
    let mut agreement: Vec<Vec<[f64; SEARCHES]>> = Vec::with_capacity(n_samples);
    let agree = |b: usize| {
        let sample = ground.source.sample(ground.graph, ground.seed, b as u64);
        let seed = ground.seed.wrapping_add(1 + b as u64);
        let again = (ground.find)(&sample.graph, &resampled_at, seed, sample.together.as_ref())?;
        let levels = resampled.iter().zip(&again);
        Ok(levels
            .map(|(&e, again)| std::array::from_fn(|s| adjusted_rand(&sample.of(&found[s][e]), again)))
            .collect())
    };
    in_batches(n, n_samples, agree, |of_sample| agreement.push(of_sample))?;
    // Of the searches the one that the samples agree with most; the first of equals.
    let best = |e: usize| -> Option<(usize, f64)> {
        let place = resampled.iter().position(|&r| r == e)?;
        let mean = |s: usize| agreement.iter().map(|a| a[place][s]).sum::<f64>() / n_samples as f64;
        (0..found.len())
            .map(|s| (s, mean(s)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    };
    let partitions: Vec<&Partition> = (0..at.len())
        .map(|e| &found[best(e).map_or(0, |(s, _)| s)][e])
        .collect();
    let (ratios, limits) = borders(ground, &null, &partitions);

    let mut levels: Vec<Level> = (0..at.len())
        .map(|e| Level {
            resolution: at[e],
            modularity: modularity(ground.graph, partitions[e], 1.0),
            stability: best(e).map(|(_, agreement)| agreement),
            border_ratio: ratios[e],
            border_limit: ratios[e].map(|_| limits[e]),
            nested: e
                .checked_sub(1)
                .map(|coarser| nested(partitions[e], partitions[coarser])),
            supported: false,
            ari_with_truth: None,
            partition: partitions[e].clone(),
        })
        .collect();
    let (recommended, menu) = choose(&mut levels);
    Ok(Some(Scales {
        levels,
        recommended,
        menu,
        n_resamples,
    }))
}

/// Border ratio and border limit of each division; no ratio for a single segment.
fn borders(ground: &Ground<'_>, null: &Null, partitions: &[&Partition]) -> (Vec<Option<f64>>, Vec<f64>) {
    let borders = ground.source.borders(ground.graph, partitions);
    let limits = null.limits(&borders.iter().map(|b| b.0).collect::<Vec<_>>());
    let ratios = partitions
        .iter()
        .zip(borders)
        .map(|(partition, border)| (partition.n_groups() > 1).then(|| null.ratio(border)))
        .collect();
    (ratios, limits)
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

/// One resolution of each run of resolutions with the same answer, the middle one, up to so many segments.
fn plateaus(found: &[Partition], most_segments: usize) -> Vec<usize> {
    let mut middles = Vec::new();
    let mut first = 0;
    while first < found.len() && found[first].n_groups() <= most_segments {
        let mut last = first;
        while last + 1 < found.len() && adjusted_rand(&found[first], &found[last + 1]) >= SAME_ANSWER {
            last += 1;
        }
        // The upper middle: a run begins where its answer has just come up and is least stable.
        middles.push((first + last).div_ceil(2));
        first = last + 1;
    }
    middles
}

/// Samples and twins for `n` customers: fewer for many, because both vary less.
fn effort(n: usize) -> (usize, usize) {
    match n {
        0..=1_000 => (30, 16),
        1_001..=3_000 => (20, 12),
        3_001..=10_000 => (12, 8),
        _ => (8, 6),
    }
}

/// Resolutions from 0.0001 to 2 in steps of a factor 1.5.
fn grid() -> Vec<f64> {
    (0..25)
        .map(|i| crate::num::round_significant(2.0 / math::powi(1.5, 24 - i), 2))
        .collect()
}
