//! How far two divisions agree, with intervals, and which groups belong together.

use super::Interval;
use crate::num::{math, mean};
use crate::partition::{CrossTable, Partition};
use crate::random::{Random, stream};
use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;

/// A measure, and the 95 % interval in which it would lie with other customers of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Of the customers there are.
    pub value: f64,
    /// `None` without resamples.
    pub interval: Option<Interval>,
}

/// Customers in a resample, at most: of more, deviations are scaled to as many as there are.
const MOST: usize = 1_000_000;

/// How far two divisions of the same customers agree.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// Adjusted Rand index: 1 for the same, 0 for chance.
    pub adjusted_rand: Measured,
    /// Adjusted mutual information: 1 for the same, 0 for chance.
    pub adjusted_mutual_information: Measured,
    /// Variation of information in nats: 0 for the same, at most ln n.
    pub variation_of_information: Measured,
}

/// The agreement of two divisions that are held fixed, with bootstrap intervals.
///
/// `resamples` of as many customers as there are, at most a million, with replacement; 200 give two digits. Resampling moves each measure by
/// about as much as taking a sample did before; the quantiles are moved back by that. The same seed gives the same bits for
/// any number of threads. `O(n)` per resample. Efron and Tibshirani, An Introduction to the
/// Bootstrap, chapter 10 (1993); Bickel, Götze and van Zwet, Statistica Sinica 7, 1 (1997), for resamples smaller than the whole.
///
/// ```
/// use kinfolk::{Partition, compare::agreement};
///
/// let a = Partition::from_labels(&[0, 0, 0, 1, 1, 1]);
/// let found = agreement(&a, &a, 100, 42);
/// assert_eq!(found.adjusted_rand.value, 1.0);
/// let interval = found.variation_of_information.interval.unwrap();
/// assert_eq!((interval.low, interval.high), (0.0, 0.0));
/// ```
///
/// # Panics
/// Where the partitions are not of the same number of customers.
pub fn agreement(a: &Partition, b: &Partition, resamples: usize, seed: u64) -> Agreement {
    agreement_by(a, b, resamples, seed, MOST)
}

/// With at most so many customers in a resample.
fn agreement_by(a: &Partition, b: &Partition, resamples: usize, seed: u64, most: usize) -> Agreement {
    let table = CrossTable::new(a, b);
    // Exact for the whole, and for resamples so near that their quantiles do not show it.
    let expected = table.expected_mutual_information();
    let measures = |t: &CrossTable| {
        [
            t.adjusted_rand(),
            t.mutual_information_above(|| expected),
            t.variation_of_information(),
        ]
    };
    let values = measures(&table);
    let n = a.len();
    let cells: Vec<u32> = (0u32..)
        .zip(table.cells())
        .flat_map(|(cell, &(_, _, count))| std::iter::repeat_n(cell, count))
        .collect();
    let size = n.min(most);
    let resample = |r: u64| {
        let mut random: Random = stream(seed, r);
        let mut counts = vec![0; table.cells().len()];
        for _ in 0..size {
            counts[cells[random.random_range(0..n)] as usize] += 1;
        }
        measures(&table.with_counts(&counts))
    };
    let found: Vec<[f64; 3]> = (0..resamples as u64).into_par_iter().map(resample).collect();
    let measured = |m: usize, least: f64, most: f64| {
        let mut some: Vec<f64> = found.iter().map(|f| f[m]).collect();
        if size < n {
            let (middle, scale) = (mean(&some), (size as f64 / n as f64).sqrt());
            some.iter_mut().for_each(|x| *x = middle + (*x - middle) * scale);
        }
        let interval = (n > 0 && resamples > 0).then(|| Interval::around(values[m], &mut some, least, most));
        Measured {
            value: values[m],
            interval,
        }
    };
    Agreement {
        adjusted_rand: measured(0, -0.5, 1.0),
        adjusted_mutual_information: measured(1, -1.0, 1.0),
        variation_of_information: measured(2, 0.0, math::ln(n.max(1) as f64)),
    }
}

/// A pair of groups, one of each of two divisions, that share customers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Shared {
    /// Group of the first division.
    pub a: u32,
    /// Group of the second.
    pub b: u32,
    /// Customers in both.
    pub customers: usize,
    /// Of the group of the first, the share that is in that of the second.
    pub share_of_a: f64,
    /// Of the group of the second, the share that is in that of the first.
    pub share_of_b: f64,
    /// Jaccard index: customers in both over customers in either.
    pub overlap: f64,
    /// Whether no group of the second shares more with that of the first by the Jaccard index.
    pub best_for_a: bool,
    /// Whether no group of the first shares more with that of the second.
    pub best_for_b: bool,
}

/// The cross table of two divisions without its zeros, ascending by both groups: who shares customers with whom, and which
/// is the best match of each, of equals the first. `O(n log n)`.
///
/// ```
/// use kinfolk::{Partition, compare::shared_customers};
///
/// let a = Partition::from_labels(&[0, 0, 0, 1, 1]);
/// let b = Partition::from_labels(&["x", "x", "y", "y", "y"]);
/// let shared = shared_customers(&a, &b);
/// // Group 0 of `b` is `y`: it shares one customer with the three of group 0 of `a`, and two with group 1.
/// assert_eq!(shared[0].customers, 1);
/// assert!((shared[0].overlap - 1.0 / 5.0).abs() < 1e-15 && !shared[0].best_for_a);
/// assert!(shared[2].best_for_a && shared[2].best_for_b);
/// ```
///
/// # Panics
/// Where the partitions are not of the same number of customers.
pub fn shared_customers(a: &Partition, b: &Partition) -> Vec<Shared> {
    let table = CrossTable::new(a, b);
    let mut all: Vec<Shared> = table
        .cells()
        .iter()
        .map(|&(i, j, customers)| {
            let (in_a, in_b) = (a.sizes()[i as usize], b.sizes()[j as usize]);
            Shared {
                a: i,
                b: j,
                customers,
                share_of_a: customers as f64 / in_a as f64,
                share_of_b: customers as f64 / in_b as f64,
                overlap: customers as f64 / (in_a + in_b - customers) as f64,
                best_for_a: false,
                best_for_b: false,
            }
        })
        .collect();
    let mut best_of_a = vec![None::<usize>; a.n_groups()];
    let mut best_of_b = vec![None::<usize>; b.n_groups()];
    for (place, cell) in all.iter().enumerate() {
        let better = |best: &Option<usize>| best.is_none_or(|best| cell.overlap > all[best].overlap);
        if better(&best_of_a[cell.a as usize]) {
            best_of_a[cell.a as usize] = Some(place);
        }
        if better(&best_of_b[cell.b as usize]) {
            best_of_b[cell.b as usize] = Some(place);
        }
    }
    best_of_a
        .into_iter()
        .flatten()
        .for_each(|p| all[p].best_for_a = true);
    best_of_b
        .into_iter()
        .flatten()
        .for_each(|p| all[p].best_for_b = true);
    all
}

/// Whether each customer has left its fellows: neither is its group of `b` the best match of its group of `a`, nor the other
/// way round. Where a group is split or two are merged, only those who go elsewhere have moved.
///
/// ```
/// use kinfolk::{Partition, compare::moved};
///
/// let a = Partition::from_labels(&[0, 0, 0, 0, 1, 1, 1]);
/// let halves = Partition::from_labels(&[0, 0, 2, 2, 1, 1, 2]);
/// // The first group is split, which moves nobody; one of the second has joined a half of it.
/// assert_eq!(moved(&a, &halves), [false, false, false, false, false, false, true]);
/// ```
///
/// # Panics
/// Where the partitions are not of the same number of customers.
pub fn moved(a: &Partition, b: &Partition) -> Vec<bool> {
    let shared = shared_customers(a, b);
    let pairs = a.labels().iter().zip(b.labels());
    let stays = |(i, j): (&u32, &u32)| {
        shared
            .binary_search_by_key(&(*i, *j), |s| (s.a, s.b))
            .is_ok_and(|place| shared[place].best_for_a || shared[place].best_for_b)
    };
    pairs.map(|pair| !stays(pair)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::adjusted_rand;

    /// Customers of two divisions that agree but for a share of the customers, whose second group is drawn anew.
    fn divided(n: usize, astray: f64, seed: u64) -> (Partition, Partition) {
        let mut random = stream(seed, 0);
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for _ in 0..n {
            let group = [0, 0, 0, 1, 1, 2][random.random_range(0..6)];
            let again = [0, 0, 0, 1, 1, 2][random.random_range(0..6)];
            a.push(group);
            b.push(if random.random::<f64>() < astray {
                again
            } else {
                group
            });
        }
        (Partition::from_labels(&a), Partition::from_labels(&b))
    }

    #[test]
    fn intervals_hold_the_truth_in_about_ninety_five_of_a_hundred_samples() {
        let (a, b) = divided(1_000_000, 0.3, 1);
        let truth = agreement(&a, &b, 0, 0);
        assert_eq!(truth.adjusted_rand.interval, None);
        let (mut rand, mut mutual, mut variation) = (0, 0, 0);
        for pair in 0..300 {
            let (a, b) = divided(500, 0.3, 100 + pair);
            let found = agreement(&a, &b, 200, pair);
            let holds = |m: Measured, truth: Measured| {
                let interval = m.interval.expect("resampled");
                u32::from(interval.low <= truth.value && truth.value <= interval.high)
            };
            rand += holds(found.adjusted_rand, truth.adjusted_rand);
            mutual += holds(
                found.adjusted_mutual_information,
                truth.adjusted_mutual_information,
            );
            variation += holds(found.variation_of_information, truth.variation_of_information);
        }
        for (measure, held) in [("rand", rand), ("mutual", mutual), ("variation", variation)] {
            assert!((279..=291).contains(&held), "{measure}: {held} of 300");
        }
    }

    #[test]
    fn an_interval_narrows_with_customers_and_holds_the_value() {
        let width = |n: usize| {
            let (a, b) = divided(n, 0.2, 7);
            let found = agreement(&a, &b, 200, 1).adjusted_rand;
            let interval = found.interval.expect("resampled");
            assert_eq!(found.value, adjusted_rand(&a, &b));
            assert!(interval.low < found.value && found.value < interval.high);
            interval.high - interval.low
        };
        assert!(width(3_000) < 0.5 * width(300));
    }

    #[test]
    fn resamples_of_a_quarter_of_the_customers_give_intervals_of_all_of_them() {
        let (a, b) = divided(8_000, 0.3, 3);
        let width = |measured: Measured| measured.interval.map(|i| i.high - i.low).expect("resampled");
        let whole = agreement_by(&a, &b, 400, 1, 8_000);
        let quarter = agreement_by(&a, &b, 400, 1, 2_000);
        for of in [
            |found: &Agreement| found.adjusted_rand,
            |found: &Agreement| found.adjusted_mutual_information,
            |found: &Agreement| found.variation_of_information,
        ] {
            assert_eq!(of(&whole).value, of(&quarter).value);
            let ratio = width(of(&quarter)) / width(of(&whole));
            assert!((0.85..1.15).contains(&ratio), "{ratio}");
        }
    }

    #[test]
    fn one_group_and_nobody_have_numbers() {
        let one = Partition::one_group(5);
        let two = Partition::from_labels(&[0, 0, 1, 1, 1]);
        let found = agreement(&one, &two, 50, 1);
        assert_eq!(
            (found.adjusted_rand.value, found.adjusted_mutual_information.value),
            (0.0, 0.0)
        );
        let interval = found.variation_of_information.interval.expect("resampled");
        assert!(interval.low.is_finite() && interval.high.is_finite());
        let nobody = Partition::singletons(0);
        assert_eq!(agreement(&nobody, &nobody, 50, 1).adjusted_rand.interval, None);
        assert!(shared_customers(&nobody, &nobody).is_empty());
    }
}
