//! How sure each segment and each customer of one division is.

use super::recovery::{Overlap, SAMPLES};
use super::{Found, Ground, KEPT, TRUSTED, in_batches};
use crate::Result;
use crate::partition::Partition;
use serde::Serialize;

/// How the segments of a division came back on samples of the customers.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
        s if s >= TRUSTED => "a pattern",
        _ => "do not trust",
    }
}

/// How one sample reads: per kept customer the segment its group stands for.
struct Recovered {
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

/// Resamples a division found in this way. The samples are others than those of a scan with the same seed.
///
/// Each group of a sample stands for the segment with which it shares most customers; a customer's probability is
/// the share of samples in which its group stood for its segment. Groups that are smaller than `least_size`, in
/// proportion to the sample, join others there too; 1 joins none. `by_few`: it was found among [`SCANNED`](super::SCANNED) of the
/// customers, and so it is in samples. `O(samples × search)`.
///
/// # Errors
/// Those of the community search.
pub fn stability(
    ground: &Ground<'_>,
    partition: &Partition,
    found: Found,
    by_few: bool,
    least_size: usize,
    n_resamples: usize,
) -> Result<Stability> {
    let n = partition.len();
    let c = partition.n_groups();
    // Another seed than the scan's: the level was chosen for its agreement on those samples.
    let seed = ground.seed ^ SAMPLES;
    let least = (least_size as f64 * KEPT).ceil() as usize;
    let read_sample = |b: usize| -> Result<(Recovered, Shares)> {
        let (nodes, again) = found.in_sample(ground, by_few, least, seed, b as u64)?;
        Ok(read(partition, nodes, &again))
    };
    let mut recoveries = Recoveries::new(n);
    let mut shares: Vec<Shares> = Vec::with_capacity(n_resamples);
    in_batches(n, n_resamples, read_sample, |(reading, of_sample)| {
        recoveries.add(partition, &reading);
        shares.push(of_sample);
    })?;
    let Recoveries { own, seen, elsewhere } = recoveries;
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
struct Recoveries {
    /// In how many samples each fell to its own segment.
    own: Vec<u32>,
    /// In how many it was.
    seen: Vec<u32>,
    /// Customer and segment, for each sample in which it fell to another.
    elsewhere: Vec<(u32, u32)>,
}

impl Recoveries {
    fn new(n: usize) -> Self {
        Recoveries {
            own: vec![0; n],
            seen: vec![0; n],
            elsewhere: Vec::new(),
        }
    }

    fn add(&mut self, partition: &Partition, reading: &Recovered) {
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

fn read(partition: &Partition, customers: Vec<u32>, again: &Partition) -> (Recovered, Shares) {
    let overlap = Overlap::of(partition, &customers, again);
    let stands_for = overlap.stands_for(again);
    let shares = Shares {
        jaccard: overlap.best_jaccard(again),
        together: together(&overlap, again),
    };
    let reading = Recovered {
        segment: (again.labels().iter())
            .map(|&group| stands_for[group as usize])
            .collect(),
        customers,
    };
    (reading, shares)
}

/// For each pair of segments the chance that two different customers, one of each, are in one group.
fn together(overlap: &Overlap, again: &Partition) -> Vec<Option<f64>> {
    let c = overlap.here.len();
    if c > MOST_PAIRED {
        return Vec::new();
    }
    let mut in_group: Vec<Vec<(u32, usize)>> = vec![Vec::new(); again.n_groups()];
    for &(segment, group, count) in &overlap.shared {
        in_group[group as usize].push((segment, count));
    }
    let mut pairs = vec![0.0; c * c];
    for members in &in_group {
        for &(s, of_s) in members {
            for &(t, of_t) in members {
                let others = of_t - usize::from(s == t);
                pairs[s as usize * c + t as usize] += of_s as f64 * others as f64;
            }
        }
    }
    let all = |s: usize, t: usize| {
        overlap.here[s] as f64 * overlap.here[t].saturating_sub(usize::from(s == t)) as f64
    };
    (0..c * c)
        .map(|at| {
            Some(all(at / c, at % c))
                .filter(|&n| n > 0.0)
                .map(|n| pairs[at] / n)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_segments_are_together_as_often_as_two_of_them_share_a_group() {
        // Segments of customers 0, 1, 2 and of 3, 4; groups of 2, 3, 4 and of 0, 1.
        let whole = Partition::from_labels(&[0, 0, 0, 1, 1]);
        let again = Partition::from_labels(&[0, 0, 1, 1, 1]);
        let overlap = Overlap::of(&whole, &[0, 1, 2, 3, 4], &again);
        // Of three pairs in the first segment one; of six between the two those of 2 with 3 and 4; the pair of the second.
        let third = Some(1.0 / 3.0);
        assert_eq!(together(&overlap, &again), [third, third, third, Some(1.0)]);
        // Of a segment of one there is no pair.
        let alone = Partition::from_labels(&[0, 0, 1]);
        let overlap = Overlap::of(&alone, &[0, 1, 2], &alone);
        assert_eq!(
            together(&overlap, &alone),
            [Some(1.0), Some(0.0), Some(0.0), None]
        );
    }

    #[test]
    fn whom_customers_fell_to_most_often_and_the_larger_segment_of_two_as_often() {
        let named = vec![(0, 2), (2, 1), (0, 1), (0, 2), (2, 3)];
        assert_eq!(most_frequent(4, named), [Some((2, 2)), None, Some((1, 1)), None]);
    }
}
