//! How sure each segment and each customer of one division is.

use super::Ground;
use crate::Result;
use crate::partition::Partition;
use rayon::prelude::*;

/// How the segments of a division came back on samples of the customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Stability {
    /// For each segment the mean Jaccard similarity with the most similar group of each sample, in [0, 1].
    /// Hennig, Comput. Stat. Data Anal. 52, 258 (2007).
    pub segments: Vec<f64>,
    /// For each customer the share of samples in which it fell to its own segment, in [0, 1].
    pub probability: Vec<f64>,
    /// For each customer the other segment it fell to most often, where it ever did.
    pub second: Vec<Option<u32>>,
    /// The share of samples in which it fell there; 0 where it never fell elsewhere.
    pub second_probability: Vec<f64>,
    /// For each pair of segments (row by row, c × c) the chance that two customers, one of each, are kept apart; on the
    /// diagonal two different ones of one segment. Empty for more than 100 segments.
    pub apart: Vec<f64>,
    /// Samples behind it.
    pub n_resamples: usize,
}

/// Of more segments than this the pairs are not compared: they would be more than anybody reads.
const MOST_PAIRED: usize = 100;

/// Hennig's reading of a segment's stability.
///
/// ```
/// assert_eq!(kinfolk::stability::verdict(0.9), "highly stable");
/// assert_eq!(kinfolk::stability::verdict(0.5), "do not trust");
/// ```
pub fn verdict(stability: f64) -> &'static str {
    match stability {
        s if s >= 0.85 => "highly stable",
        s if s >= 0.75 => "stable",
        s if s >= 0.6 => "a pattern",
        _ => "do not trust",
    }
}

/// How one sample reads: per kept customer the segment its group stands for, and per segment its best Jaccard.
struct Reading {
    customers: Vec<u32>,
    segment: Vec<u32>,
    /// `None` where no customer of the segment is in the sample.
    jaccard: Vec<Option<f64>>,
    /// `None` where there is no such pair.
    together: Vec<Option<f64>>,
}

/// Resamples a division found at `resolution`. The samples are others than those of a scan with the same seed.
///
/// Each group of a sample stands for the segment with which it shares most customers; a customer's probability is
/// the share of samples in which its group stood for its segment. `O(samples × search)`.
///
/// # Errors
/// Those of the community search.
pub fn stability(
    ground: &Ground<'_>,
    partition: &Partition,
    resolution: f64,
    n_resamples: usize,
) -> Result<Stability> {
    let n = partition.len();
    let c = partition.n_groups();
    // Another seed than the scan's: the level was chosen for its agreement on those samples.
    let seed = ground.seed ^ 0x7265_7361_6D70;
    let readings: Vec<Reading> = (0..n_resamples)
        .into_par_iter()
        .map(|b| {
            let sample = ground.source.sample(ground.graph, seed, b as u64);
            let seed = seed.wrapping_add(b as u64);
            let again = (ground.find)(&sample.graph, &[resolution], seed, sample.together.as_ref())?;
            Ok(read(partition, &sample.nodes, &again[0]))
        })
        .collect::<Result<_>>()?;

    let mut own = vec![0u32; n];
    let mut seen = vec![0u32; n];
    let mut others: Vec<Vec<(u32, u32)>> = vec![Vec::new(); n];
    for reading in &readings {
        for (&customer, &segment) in reading.customers.iter().zip(&reading.segment) {
            let customer = customer as usize;
            seen[customer] += 1;
            if segment == partition.labels()[customer] {
                own[customer] += 1;
            } else {
                match others[customer].iter_mut().find(|(s, _)| *s == segment) {
                    Some((_, count)) => *count += 1,
                    None => others[customer].push((segment, 1)),
                }
            }
        }
    }
    let share = |count: u32, of: u32| {
        if of == 0 {
            0.0
        } else {
            f64::from(count) / f64::from(of)
        }
    };
    let seconds: Vec<Option<(u32, u32)>> = others
        .iter()
        // The lower segment number wins a tie: it is the larger segment.
        .map(|list| {
            list.iter()
                .copied()
                .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))
        })
        .collect();
    let mean = |pick: &dyn Fn(&Reading) -> Option<f64>| {
        let known: Vec<f64> = readings.iter().filter_map(pick).collect();
        (!known.is_empty()).then(|| crate::num::mean(&known))
    };
    let paired = if c <= MOST_PAIRED { c * c } else { 0 };
    Ok(Stability {
        segments: (0..c).map(|s| mean(&|r| r.jaccard[s]).unwrap_or(0.0)).collect(),
        probability: (0..n)
            .map(|i| if seen[i] == 0 { 1.0 } else { share(own[i], seen[i]) })
            .collect(),
        second: seconds.iter().map(|s| s.map(|(segment, _)| segment)).collect(),
        second_probability: (0..n)
            .map(|i| seconds[i].map_or(0.0, |(_, count)| share(count, seen[i])))
            .collect(),
        // Who is alone in a segment has nobody to be parted from.
        apart: (0..paired)
            .map(|at| mean(&|r| r.together[at]).map_or(0.0, |t| 1.0 - t))
            .collect(),
        n_resamples,
    })
}

fn read(partition: &Partition, customers: &[u32], again: &Partition) -> Reading {
    let (c, g) = (partition.n_groups(), again.n_groups());
    let mut shared = vec![0u32; c * g];
    let mut here = vec![0u32; c];
    for (&customer, &group) in customers.iter().zip(again.labels()) {
        let segment = partition.labels()[customer as usize];
        here[segment as usize] += 1;
        shared[segment as usize * g + group as usize] += 1;
    }
    let stands_for: Vec<u32> = (0..g)
        .map(|group| {
            (0..c as u32)
                .max_by(|&a, &b| {
                    shared[a as usize * g + group]
                        .cmp(&shared[b as usize * g + group])
                        .then(b.cmp(&a))
                })
                .unwrap_or(0)
        })
        .collect();
    let jaccard = (0..c)
        .map(|s| {
            let best = (0..g).map(|group| {
                let both = f64::from(shared[s * g + group]);
                both / (f64::from(here[s]) + again.sizes()[group] as f64 - both)
            });
            (here[s] > 0).then(|| best.fold(0.0, f64::max))
        })
        .collect();
    let paired = if c <= MOST_PAIRED { c * c } else { 0 };
    let together = (0..paired)
        .map(|at| {
            let (s, t) = (at / c, at % c);
            // Two different customers of one segment, or one of each of two.
            let less = f64::from(u8::from(s == t));
            let pairs = f64::from(here[s]) * (f64::from(here[t]) - less);
            let same: f64 = (0..g)
                .map(|group| {
                    f64::from(shared[s * g + group]) * (f64::from(shared[t * g + group]) - less).max(0.0)
                })
                .sum();
            (pairs > 0.0).then(|| same / pairs)
        })
        .collect();
    Reading {
        customers: customers.to_vec(),
        segment: again
            .labels()
            .iter()
            .map(|&group| stands_for[group as usize])
            .collect(),
        jaccard,
        together,
    }
}
