//! How sure each segment and each customer of one division is.

use super::{Ground, in_batches};
use crate::Result;
use crate::partition::Partition;

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

/// How one sample reads: per kept customer the segment its group stands for.
struct Reading {
    customers: Vec<u32>,
    segment: Vec<u32>,
}

/// What one sample says of the segments.
struct Shares {
    /// The best Jaccard of each; `None` where no customer of it is in the sample.
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
    let read_sample = |b: usize| -> Result<(Reading, Shares)> {
        let sample = ground.source.sample(ground.graph, seed, b as u64);
        let seed = seed.wrapping_add(b as u64);
        let again = (ground.find)(&sample.graph, &[resolution], seed, sample.together.as_ref())?;
        Ok(read(partition, sample.nodes, &again[0]))
    };
    let mut tally = Tally::new(n);
    let mut shares: Vec<Shares> = Vec::with_capacity(n_resamples);
    in_batches(n, n_resamples, read_sample, |(reading, of_sample)| {
        tally.add(partition, &reading);
        shares.push(of_sample);
    })?;
    let Tally { own, seen, elsewhere } = tally;
    let share = |count: u32, of: u32| {
        if of == 0 {
            0.0
        } else {
            f64::from(count) / f64::from(of)
        }
    };
    let seconds = most_frequent(n, elsewhere);
    let mean = |pick: &dyn Fn(&Shares) -> Option<f64>| {
        let known: Vec<f64> = shares.iter().filter_map(pick).collect();
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

/// Where the customers fell in all samples.
struct Tally {
    /// In how many samples each fell to its own segment.
    own: Vec<u32>,
    /// In how many it was.
    seen: Vec<u32>,
    /// Customer and segment, for each sample in which it fell to another.
    elsewhere: Vec<(u32, u32)>,
}

impl Tally {
    fn new(n: usize) -> Self {
        Tally {
            own: vec![0; n],
            seen: vec![0; n],
            elsewhere: Vec::new(),
        }
    }

    fn add(&mut self, partition: &Partition, reading: &Reading) {
        for (&customer, &segment) in reading.customers.iter().zip(&reading.segment) {
            self.seen[customer as usize] += 1;
            if segment == partition.labels()[customer as usize] {
                self.own[customer as usize] += 1;
            } else {
                self.elsewhere.push((customer, segment));
            }
        }
    }
}

/// For each of `n` customers the segment that is named most often, and how often. The lower number wins a tie: it is the
/// larger segment.
fn most_frequent(n: usize, mut named: Vec<(u32, u32)>) -> Vec<Option<(u32, u32)>> {
    named.sort_unstable();
    let mut most: Vec<Option<(u32, u32)>> = vec![None; n];
    for same in named.chunk_by(|a, b| a == b) {
        let (customer, segment) = same[0];
        let best = &mut most[customer as usize];
        if best.is_none_or(|(_, count)| same.len() as u32 > count) {
            *best = Some((segment, same.len() as u32));
        }
    }
    most
}

fn read(partition: &Partition, customers: Vec<u32>, again: &Partition) -> (Reading, Shares) {
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
    let reading = Reading {
        segment: again
            .labels()
            .iter()
            .map(|&group| stands_for[group as usize])
            .collect(),
        customers,
    };
    (reading, Shares { jaccard, together })
}
