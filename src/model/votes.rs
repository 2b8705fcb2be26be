//! What the neighbors of a customer say of its segment, and how often they are right.

use super::{Model, NO_SEGMENT};
use crate::neighbors::Near;
use serde::{Deserialize, Serialize};

/// Steps in which shares of the votes are compared with what they are worth.
const STEPS: usize = 20;
/// A step counts as if so many customers more had been right as often as the share says.
const PRIOR: f64 = 5.0;

/// What one customer of a model says: shares of samples in which it fell to two segments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voter {
    pub(super) segment: u32,
    pub(super) probability: f64,
    /// [`NO_SEGMENT`] where it never fell elsewhere.
    pub(super) second: u32,
    pub(super) second_probability: f64,
}

impl Voter {
    /// The share of samples in which it fell to that segment.
    fn in_segment(&self, segment: u32) -> f64 {
        if segment == self.segment {
            self.probability
        } else if segment == self.second {
            self.second_probability
        } else {
            0.0
        }
    }
}

/// Room for what neighbors say, to be used again and again.
pub(super) struct Votes {
    sums: Vec<f64>,
    /// How many of them are in each segment.
    counts: Vec<usize>,
}

/// The two segments that most is said for, with their shares of all that could be said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) first: u32,
    pub(super) share: f64,
    pub(super) second: Option<(u32, f64)>,
}

impl Votes {
    pub(super) fn new(n_segments: usize) -> Self {
        Votes {
            sums: vec![0.0; n_segments],
            counts: vec![0; n_segments],
        }
    }

    /// Counts the votes; of equal segments the lower number.
    pub(super) fn count(&mut self, neighbors: &[Near], voter: impl Fn(u32) -> Voter) -> Said {
        self.sums.fill(0.0);
        for neighbor in neighbors {
            let voter = voter(neighbor.point);
            self.sums[voter.segment as usize] += voter.probability;
            if voter.second != NO_SEGMENT {
                self.sums[voter.second as usize] += voter.second_probability;
            }
        }
        let voters = neighbors.len().max(1) as f64;
        let best = |without: Option<u32>| {
            let others = (0u32..).zip(&self.sums).filter(|(s, _)| Some(*s) != without);
            let found = others.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
            found.map(|(segment, sum)| (segment, (sum / voters).min(1.0)))
        };
        let (first, share) = best(None).unwrap_or((0, 0.0));
        Said {
            first,
            share,
            second: best(Some(first)).filter(|s| s.1 > 0.0),
        }
    }

    /// The segment beside `own` that most neighbors are in, the lower number of equals, and how many those are; `None` where all are
    /// in `own`.
    pub(super) fn beside(
        &mut self,
        own: u32,
        neighbors: &[Near],
        segment: impl Fn(u32) -> u32,
    ) -> Option<(u32, usize)> {
        self.counts.fill(0);
        for neighbor in neighbors {
            self.counts[segment(neighbor.point) as usize] += 1;
        }
        self.counts[own as usize] = 0;
        let counted = (0u32..).zip(self.counts.iter().copied());
        counted
            .max_by_key(|&(s, count)| (count, std::cmp::Reverse(s)))
            .filter(|&(_, count)| count > 0)
    }
}

/// How probable a segment is for which a share of the votes was given: straight lines between points, ascending in both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Worth {
    /// Shares and probabilities.
    points: Vec<(f64, f64)>,
}

impl Worth {
    /// From customers whose segment is known: the share of the votes for the first segment, and how often they fell there.
    ///
    /// Shares are taken in steps of a twentieth; where a step is right less often than the one below, both are taken together (isotonic
    /// regression, Zadrozny and Elkan, KDD 2002, 694). `O(n)`.
    pub(super) fn of(known: &[(f64, f64)]) -> Worth {
        let mut steps = [(0.0, 0.0, 0.0); STEPS];
        for &(share, right) in known {
            let step = &mut steps[((share * STEPS as f64) as usize).min(STEPS - 1)];
            *step = (step.0 + 1.0, step.1 + share, step.2 + right);
        }
        // Weight, sum of shares, sum of what is right.
        let mut pooled: Vec<(f64, f64, f64)> = Vec::new();
        for (n, shares, right) in steps.into_iter().filter(|step| step.0 > 0.0) {
            let weight = n + PRIOR;
            let grown = weight / n;
            pooled.push((weight, shares * grown, right + PRIOR * shares / n));
            while let [.., below, above] = pooled[..] {
                if below.2 * above.0 < above.2 * below.0 {
                    break;
                }
                pooled.truncate(pooled.len() - 2);
                pooled.push((below.0 + above.0, below.1 + above.1, below.2 + above.2));
            }
        }
        // A mean of ones is rounded to a little more than one.
        let share = |sum: f64, weight: f64| (sum / weight).min(1.0);
        let point = |(weight, shares, right): (f64, f64, f64)| (share(shares, weight), share(right, weight));
        Worth {
            points: pooled.into_iter().map(point).collect(),
        }
    }

    /// The probability for a share.
    pub(super) fn at(&self, share: f64) -> f64 {
        let above = self.points.partition_point(|p| p.0 < share);
        match (
            above.checked_sub(1).map(|i| self.points[i]),
            self.points.get(above),
        ) {
            (Some(below), Some(&above)) => {
                let way = (share - below.0) / (above.0 - below.0);
                below.1 + (above.1 - below.1) * way
            }
            (Some(end), None) => end.1,
            // Below the first, down to nothing.
            (None, Some(&(first, worth))) if first > 0.0 => worth * share / first,
            (None, Some(&(_, worth))) => worth,
            (None, None) => share,
        }
    }

    /// Whether it can be meant.
    pub(super) fn is_sound(&self) -> bool {
        let within = |x: f64| (0.0..=1.0).contains(&x);
        self.points.iter().all(|p| within(p.0) && within(p.1))
            && self
                .points
                .windows(2)
                .all(|w| w[0].0 < w[1].0 && w[0].1 <= w[1].1)
    }
}

/// How often a customer falls to a segment: what is right about naming it.
pub(super) fn right(voter: Voter, named: u32) -> f64 {
    voter.in_segment(named)
}

impl Model {
    pub(super) fn voter(&self, point: u32) -> Voter {
        let point = point as usize;
        Voter {
            segment: self.segment[point],
            probability: self.probability[point],
            second: self.second[point],
            second_probability: self.second_probability[point],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_worth_how_often_such_shares_are_right() {
        let mut known = vec![(0.975, 1.0); 900];
        known.extend(vec![(0.725, 0.9); 100]);
        known.extend(vec![(0.625, 0.95); 100]);
        let worth = Worth::of(&known);
        assert!((worth.at(0.975) - 0.99986).abs() < 1e-4, "{worth:?}");
        // The two lower steps are one, for the lower was right more often.
        assert_eq!(worth.points.len(), 2);
        assert!(
            (worth.at(0.675) - (0.9 + 0.95 + 0.025 * 1.35 * 2.0) / 2.1).abs() < 0.01,
            "{worth:?}"
        );
        assert!(worth.at(0.8) > worth.at(0.7) && worth.at(0.3) < worth.at(0.5));
        assert!(worth.is_sound());
        assert_eq!(Worth::default().at(0.4), 0.4);
    }

    #[test]
    fn any_number_of_full_shares_is_sound() {
        for count in 1..=500 {
            let worth = Worth::of(&vec![(1.0, 1.0); count]);
            assert!(worth.is_sound(), "{count}: {worth:?}");
        }
    }
}
