//! The nearest neighbors of every point, nearly all of them, and how many that are.
//!
//! The lists begin with the leaves of a few trees ([`plant`]) and are improved in rounds ([`Descent`]). After each round
//! they are compared with the exact lists of a sample, which also tell what the exact search of all would cost.

mod forest;
mod join;
mod nn_descent;
mod sample;

use crate::features::Distance;
use crate::neighbors::Recall;
use crate::neighbors::approximate::forest::plant;
use crate::neighbors::approximate::join::Lists;
use crate::neighbors::approximate::nn_descent::{Descent, MOST_POINTS};
use crate::neighbors::approximate::sample::Sample;
use crate::neighbors::distance::{Candidate, Rows, key};
use crate::neighbors::exact::kd_tree::{in_order, order_in_space};
use crate::neighbors::exact::tree_search::{self, TreeSearch, places, unsorted, write};
use rayon::prelude::*;

/// Differences of coordinates that an exact search may take: about half a minute on two cores.
pub(in crate::neighbors) const AFFORDABLE: f64 = 1.5e12;

/// The share of the true neighbors at which no further round is made.
const GOAL: f64 = 0.98;

/// The share below which approximate lists are not taken unless they were asked for.
const FLOOR: f64 = 0.95;

/// A round that adds less than this to the share is the last.
const SETTLED: f64 = 0.002;

const MOST_ROUNDS: usize = 12;

/// Random trees to begin with, beside the kd-tree.
const TREES: usize = 5;

const SEED: u64 = 0x6E65_6172;

/// Neighbors above which the sorted lists are too long.
pub(in crate::neighbors) const MOST_NEIGHBORS: usize = 128;

/// Targets and distances in the order of the rows; the recall where they are approximate.
pub(in crate::neighbors) type Found = (Vec<u32>, Vec<f32>, Option<Recall>);

/// The k nearest other rows of each row, exactly where that takes at most `affordable` differences of coordinates, else
/// approximately if that succeeds; without `affordable` approximately anyway. The rows are distinct, there are more than
/// k, and k is at most [`MOST_NEIGHBORS`].
pub(in crate::neighbors) fn search(
    rows: Rows<'_>,
    distance: Distance,
    k: usize,
    affordable: Option<f64>,
) -> Found {
    let exactly = || {
        let (targets, lengths) = tree_search::search(rows, distance, k);
        (targets, lengths, None)
    };
    let n = rows.n();
    let is_affordable = |distances: f64| affordable.is_some_and(|most| distances * rows.d as f64 <= most);
    if n >= MOST_POINTS || is_affordable(n as f64 * n as f64) {
        return exactly();
    }
    let order = order_in_space(rows);
    let sorted = in_order(rows, &order);
    let unscaled = Rows {
        values: &sorted,
        d: rows.d,
    };
    let scale = unscaled.scale();
    let tree = TreeSearch::new(unscaled, &order, distance, k);
    let sample = Sample::ask(&tree, n, k);
    if is_affordable(sample.work) {
        let (targets, lengths) = tree.everybody();
        drop(tree);
        let (targets, lengths) = unsorted(targets, lengths, &order, k);
        return (targets, lengths, None);
    }
    drop(tree);
    let mut sorted = sorted.into_owned();
    sorted
        .par_iter_mut()
        .for_each(|x| *x = (f64::from(*x) * scale) as f32);
    let scaled = Rows {
        values: &sorted,
        d: rows.d,
    };
    let mut lists = descended(scaled, distance, k, &sample, &order, affordable.is_some());
    drop(sorted);
    // Possible only where there are hardly more points than neighbors.
    if !lists.have(k) {
        return exactly();
    }
    let (targets, lengths) = measured(rows, distance, k, &order, &mut lists);
    let recall =
        sample.recall(|position, neighbor| targets[order[position] as usize * k..][..k].contains(&neighbor));
    if affordable.is_some() && recall.share < FLOOR {
        drop((targets, lengths, lists));
        return exactly();
    }
    (targets, lengths, Some(recall))
}

/// Lists as good as rounds make them, or, if it may give up, as soon as it is clear that they will not do. Some are
/// kept beyond k: ways to neighbors lead over them.
fn descended(
    rows: Rows<'_>,
    distance: Distance,
    k: usize,
    sample: &Sample,
    order: &[u32],
    may_give_up: bool,
) -> Lists {
    let mut lists = Lists::new(rows.n(), (k + 17).next_multiple_of(8));
    plant(rows, distance, TREES, SEED, &lists);
    let mut descent = Descent::new(rows, distance, &lists);
    let mut shares = [0.0; 3];
    for _ in 0..MOST_ROUNDS {
        shares = [shares[1], shares[2], sample.share(lists.blocks(), order)];
        let settled = shares[2] >= GOAL || shares[2] - shares[1] < SETTLED;
        if settled || may_give_up && expected(shares) < FLOOR {
            break;
        }
        descent.round(&mut lists);
    }
    lists
}

/// Where the share goes if each further gain is to the one before as the last was.
fn expected([first, second, third]: [f64; 3]) -> f64 {
    let (before, gain) = (second - first, third - second);
    if gain < before {
        third + gain * gain / (before - gain)
    } else {
        1.0
    }
}

/// The k nearest of each list, measured exactly.
fn measured(
    rows: Rows<'_>,
    distance: Distance,
    k: usize,
    order: &[u32],
    lists: &mut Lists,
) -> (Vec<u32>, Vec<f32>) {
    let place = places(order);
    let blocks = lists.blocks();
    let mut targets = vec![0u32; order.len() * k];
    let mut lengths = vec![0f32; order.len() * k];
    targets
        .par_chunks_mut(k)
        .zip(lengths.par_chunks_mut(k))
        .zip(&place)
        .enumerate()
        .for_each_init(
            Vec::new,
            |candidates: &mut Vec<Candidate>, (i, ((targets, lengths), &place))| {
                candidates.clear();
                let entries = blocks.of(place as usize).iter();
                candidates.extend(entries.filter_map(|&entry| {
                    let index = *order.get(entry as u32 as usize)?;
                    let key = key(distance, rows.row(i), rows.row(index as usize));
                    Some(Candidate { key, index })
                }));
                candidates.sort_unstable();
                write(distance, &candidates[..k], targets, lengths);
            },
        );
    (targets, lengths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbors::approximate::sample::SAMPLED_LEAVES;
    use crate::neighbors::exact::kd_tree::LEAF;
    use crate::random::StandardNormal;
    use crate::random::stream;
    use rand::RngExt;

    /// `groups` clouds, each around a center of its own.
    fn clouds(n: usize, d: usize, groups: usize) -> Vec<f32> {
        let mut random = stream(11, 0);
        let centers: Vec<f32> = (0..groups * d)
            .map(|_| 2.0 * random.sample::<f32, _>(StandardNormal))
            .collect();
        let mut values = Vec::with_capacity(n * d);
        for i in 0..n {
            let center = &centers[i % groups * d..][..d];
            values.extend(center.iter().map(|c| c + random.sample::<f32, _>(StandardNormal)));
        }
        values
    }

    fn share_found(found: &[u32], exact: &[u32], k: usize) -> f64 {
        let rows = found.chunks_exact(k).zip(exact.chunks_exact(k));
        let hits: usize = rows
            .map(|(f, e)| e.iter().filter(|q| f.contains(q)).count())
            .sum();
        hits as f64 / exact.len() as f64
    }

    #[test]
    fn nearly_all_neighbors_of_clouds_are_found_and_the_recall_is_that_of_the_sample() {
        let (n, d, k) = (5000, 32, 29);
        let values = clouds(n, d, 5);
        let rows = Rows { values: &values, d };
        for distance in [Distance::Euclidean, Distance::Manhattan] {
            let (found, lengths, recall) = search(rows, distance, k, None);
            let (exact, exact_lengths) = tree_search::search(rows, distance, k);
            let share = share_found(&found, &exact, k);
            assert!(share >= 0.95, "{distance:?}: {share}");

            let recall = recall.expect("approximate");
            let order = order_in_space(rows);
            let sampled: Vec<usize> = (0..SAMPLED_LEAVES)
                .flat_map(|i| {
                    let leaf = (2 * i + 1) * n.div_ceil(LEAF) / (2 * SAMPLED_LEAVES);
                    leaf * LEAF..((leaf + 1) * LEAF).min(n)
                })
                .map(|position| order[position] as usize)
                .collect();
            let of_sample = |lists: &[u32]| -> Vec<u32> {
                sampled
                    .iter()
                    .flat_map(|i| lists[i * k..(i + 1) * k].iter().copied())
                    .collect()
            };
            let expected = share_found(&of_sample(&found), &of_sample(&exact), k);
            assert_eq!((recall.share, recall.n_points), (expected, sampled.len()));

            for (i, row) in found.chunks_exact(k).enumerate() {
                assert!(!row.contains(&(i as u32)), "its own neighbor");
                // A list is never nearer than the exact one, place by place.
                let of_row = i * k..(i + 1) * k;
                let pairs = lengths[of_row.clone()].iter().zip(&exact_lengths[of_row]);
                assert!(pairs.clone().all(|(found, exact)| found >= exact));
            }
        }
    }

    #[test]
    fn one_thread_and_three_find_the_same() {
        let values = clouds(3000, 20, 3);
        let rows = Rows {
            values: &values,
            d: 20,
        };
        let with = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build();
            pool.expect("threads")
                .install(|| search(rows, Distance::Euclidean, 15, None))
        };
        assert!(with(1) == with(3));
    }

    #[test]
    fn what_is_affordable_is_searched_exactly() {
        let (n, d, k) = (3000, 4, 15);
        let values = clouds(n, d, 3);
        let rows = Rows { values: &values, d };
        let every_pair = (n * n * d) as f64;
        let exact = search(rows, Distance::Euclidean, k, Some(every_pair));
        assert_eq!(exact.2, None);
        // The tree skips most boxes, which the sample shows.
        assert!(search(rows, Distance::Euclidean, k, Some(every_pair / 4.0)) == exact);
        let cheap = search(rows, Distance::Euclidean, k, Some(every_pair / 1000.0));
        assert!(cheap.2.is_some_and(|recall| recall.share >= FLOOR));
    }

    #[test]
    fn lists_that_miss_too_many_are_given_up_unless_they_were_asked_for() {
        // One cloud of many dimensions: whoever is near a neighbor is hardly nearer than anybody.
        let (n, d, k) = (8000, 200, 1);
        let values = clouds(n, d, 1);
        let rows = Rows { values: &values, d };
        let (found, _, recall) = search(rows, Distance::Euclidean, k, None);
        assert!(recall.is_some_and(|recall| recall.share < FLOOR), "{recall:?}");
        let (exact, _, recall) = search(rows, Distance::Euclidean, k, Some(1.0));
        assert_eq!(recall, None);
        assert!(share_found(&found, &exact, k) < FLOOR);
    }

    #[test]
    fn gains_are_extended_at_the_rate_at_which_they_fall() {
        assert_eq!(expected([0.0, 0.5, 0.75]), 1.0);
        assert_eq!(expected([0.0, 0.4, 0.5]), 0.5 + 0.1 / 3.0);
        assert_eq!(expected([0.0, 0.1, 0.3]), 1.0, "gains still grow");
    }
}
