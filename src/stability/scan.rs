//! The resolutions from one segment to many, and the evidence for each.

use super::choose::{SAME_ANSWER, border_limit, choose};
use super::null::border;
use super::resample::resample;
use super::{LEAST_CUSTOMERS, Material, Null};
use crate::Result;
use crate::community::modularity;
use crate::graph::{self, Distinct};
use crate::partition::{Partition, adjusted_rand};
use ndarray::Axis;
use rayon::prelude::*;

/// Above this many segments nobody can read the answer, and no level is examined.
const MOST_SEGMENTS: usize = 60;

/// One resolution and what speaks for it.
#[derive(Clone, Debug)]
pub struct Level {
    /// γ.
    pub resolution: f64,
    /// The segments of all customers at γ.
    pub partition: Partition,
    /// Modularity of them at γ = 1, which compares between levels.
    pub modularity: f64,
    /// Mean adjusted Rand index between the segments of all customers and those of samples, in [−1, 1]; `None` where
    /// nothing was resampled: a single segment, or borders as thick as a cloud's.
    pub stability: Option<f64>,
    /// Its borders over the thinnest in clouds without structure: below 1 is thinner; `None` for one segment.
    pub border_ratio: Option<f64>,
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
    /// Border ratio at or above which a level counts as structureless.
    pub border_limit: f64,
}

/// Examines resolutions; `None` where there are fewer than [`LEAST_CUSTOMERS`] customers or different customers.
///
/// Cost: about `resolutions × (1 + samples + clouds)` community searches, samples and clouds in parallel.
///
/// # Errors
/// Those of the community search.
pub fn scan(material: &Material<'_>) -> Result<Option<Scales>> {
    let n = material.distinct.group.len();
    let n_points = material.distinct.representatives.len();
    if n.min(n_points) < LEAST_CUSTOMERS {
        return Ok(None);
    }
    let (n_resamples, n_clouds) = effort(n);
    let resolutions = grid();

    let together = (n_points < n).then(|| Partition::from_labels(&material.distinct.group));
    let found: Vec<Partition> = resolutions
        .par_iter()
        .map(|&g| (material.find)(material.graph, g, material.seed, together.as_ref()))
        .collect::<Result<_>>()?;
    let examined = plateaus(&found, MOST_SEGMENTS.min(n / 5));
    let at: Vec<f64> = examined.iter().map(|&i| resolutions[i]).collect();

    let customers: Vec<usize> = material.distinct.group.iter().map(|&g| g as usize).collect();
    let null = Null::measure(
        material,
        material.points.select(Axis(0), &customers).view(),
        &at,
        n_clouds,
    )?;
    let point_graph = graph::similarity_graph(
        &material.neighbors.narrowed(material.n_neighbors),
        &Distinct::all_different(n_points),
        material.similarity,
    );

    let ratios: Vec<Option<f64>> = examined
        .iter()
        .map(|&i| {
            let partition = &found[i];
            (partition.n_groups() > 1).then(|| {
                let points = &material.distinct.representatives;
                let labels: Vec<u32> = points.iter().map(|&c| partition.labels()[c as usize]).collect();
                null.ratio(border(&point_graph, &Partition::from_labels(&labels)))
            })
        })
        .collect();
    // Borders as thick as a cloud's decide the matter: there is nothing to come back.
    let limit = border_limit(null.spread);
    let resampled: Vec<bool> = ratios.iter().map(|r| r.is_some_and(|r| r < limit)).collect();
    let agreement: Vec<Vec<f64>> = (0..n_resamples)
        .into_par_iter()
        .map(|b| {
            let sample = resample(material, material.seed, b as u64);
            examined
                .par_iter()
                .zip(&resampled)
                .map(|(&i, &resampled)| {
                    if !resampled {
                        return Ok(0.0);
                    }
                    let again = (material.find)(
                        &sample.graph,
                        resolutions[i],
                        material.seed.wrapping_add(1 + b as u64),
                        sample.together.as_ref(),
                    )?;
                    let labels: Vec<u32> = sample
                        .customers
                        .iter()
                        .map(|&c| found[i].labels()[c as usize])
                        .collect();
                    Ok(adjusted_rand(&Partition::from_labels(&labels), &again))
                })
                .collect::<Result<Vec<f64>>>()
        })
        .collect::<Result<_>>()?;

    let mut levels: Vec<Level> = examined
        .iter()
        .enumerate()
        .map(|(e, &i)| {
            let partition = &found[i];
            let stability = agreement.iter().map(|a| a[e]).sum::<f64>() / n_resamples as f64;
            Level {
                resolution: resolutions[i],
                modularity: modularity(material.graph, partition, 1.0),
                stability: resampled[e].then_some(stability),
                border_ratio: ratios[e],
                supported: false,
                ari_with_truth: None,
                partition: partition.clone(),
            }
        })
        .collect();
    let (recommended, menu) = choose(&mut levels, limit);
    Ok(Some(Scales {
        levels,
        recommended,
        menu,
        n_resamples,
        border_limit: limit,
    }))
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

/// Samples and clouds for `n` customers: fewer for many, because both vary less.
fn effort(n: usize) -> (usize, usize) {
    match n {
        0..=2_000 => (20, 8),
        2_001..=5_000 => (10, 4),
        5_001..=10_000 => (6, 3),
        _ => (4, 2),
    }
}

/// Resolutions from 0.0001 to 2 in steps of a factor 1.5.
fn grid() -> Vec<f64> {
    (0..25)
        .map(|i| crate::num::round_significant(2.0 / 1.5f64.powi(24 - i), 2))
        .collect()
}
