//! The silhouette: is a customer nearer to its own group than to the next one?

use super::defined;
use crate::features::Distance;
use crate::num::lanes::{DOUBLES as LANES, Kernel, Lanes, dispatch};
use crate::partition::Partition;
use crate::random::stream;
use ndarray::ArrayView2;
use rand::RngExt;
use rayon::prelude::*;

/// Up to this many customers the mean silhouette is exact.
pub(crate) const SILHOUETTE_EXACT_UP_TO: usize = 10_000;

/// Above [`SILHOUETTE_EXACT_UP_TO`] at least this many customers are measured.
const SAMPLE_AT_LEAST: usize = 1_000;

/// Twice as many customers as this and more: each of the sample is measured against every second, every third … of a group.
const OTHERS: usize = 1_000_000;

/// But against no fewer of a group than this, where it has so many.
const OTHERS_AT_LEAST: usize = 1_000;

/// Customers measured together, so that a tile of others is read once for all of them.
const BLOCK: usize = 16;

/// The mean silhouette width and how it was come by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silhouette {
    /// The mean width, in \[−1, 1\]: near 1 where groups are compact and apart, near 0 where they touch, below 0
    /// where customers sit in the wrong group.
    pub mean: f64,
    /// The number of customers whose width was measured, against all others.
    pub n_sampled: usize,
    /// Whether all were.
    pub exact: bool,
    /// Standard error of `mean` from the sample, 0 where it is exact. Taken as for a simple random sample; the sample
    /// is stratified by group, so the true one is smaller.
    pub standard_error: f64,
}

/// Mean silhouette width.
///
/// The width of a customer is `(b − a) / max(a, b)`: a its mean distance to the others of its group, b the smallest
/// mean distance to another group; 0 for a customer alone in its group. Up to 10,000 customers the
/// mean is over all of them and equals scikit-learn's `silhouette_score`. Above that it is over a sample of n₀²/n, at
/// least 1,000, spread evenly over the groups by their size; each of the sample is still measured against all
/// customers, or against a million of them, 1,000 of a group at least, where there are two million or more. The sample depends on nothing but n and the partition. `None` with fewer than two groups or with every
/// customer alone. `O(n²d)`, above the limit `O(n₀²d)` and from 400,000 customers `O(1000nd)`, at most a million standing for n; `O(nd)` memory.
/// Rousseeuw, Journal of Computational and Applied Mathematics 20, 53 (1987).
///
/// ```
/// use kinfolk::{Partition, features::Distance, quality::silhouette};
/// use ndarray::array;
///
/// let points = array![[0.0f32], [1.0], [4.0]];
/// let found = silhouette(points.view(), Distance::Euclidean, &Partition::from_labels(&[0, 0, 1]));
/// // Widths 3/4, 2/3 and, for the one alone, 0.
/// assert!((found.unwrap().mean - 17.0 / 36.0).abs() < 1e-15);
/// ```
///
/// # Panics
/// Where the partition is not of as many customers as there are points.
pub fn silhouette(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    partition: &Partition,
) -> Option<Silhouette> {
    measured_widths(points, distance, partition).map(|measured| measured.mean())
}

/// Silhouette width of each customer, length n, in \[−1, 1\]; see [`silhouette`]. Never a sample: `O(n²d)`.
///
/// ```
/// use kinfolk::{Partition, features::Distance, quality::silhouette_widths};
/// use ndarray::array;
///
/// let points = array![[0.0f32], [1.0], [4.0]];
/// let widths = silhouette_widths(points.view(), Distance::Manhattan, &Partition::from_labels(&[0, 0, 1]));
/// assert_eq!(widths, Some(vec![0.75, 2.0 / 3.0, 0.0]));
/// ```
///
/// # Panics
/// Where the partition is not of as many customers as there are points.
pub fn silhouette_widths(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    partition: &Partition,
) -> Option<Vec<f64>> {
    assert_eq!(points.nrows(), partition.len(), "a partition of other customers");
    if !defined(partition) {
        return None;
    }
    let everybody: Vec<u32> = (0..partition.len() as u32).collect();
    Some(widths(
        points,
        distance,
        &Grouped::new(points, partition, 1),
        partition,
        &everybody,
    ))
}

/// The widths behind a mean.
pub(crate) struct Widths {
    /// Of all customers in their order, or of a sample.
    pub(crate) widths: Vec<f64>,
    /// Whether of all.
    pub(crate) exact: bool,
}

impl Widths {
    /// What [`silhouette`] says of them.
    pub(crate) fn mean(&self) -> Silhouette {
        let count = self.widths.len() as f64;
        let mean = self.widths.iter().sum::<f64>() / count;
        let squares = self.widths.iter().map(|w| (w - mean) * (w - mean));
        let variance = squares.sum::<f64>() / (count - 1.0).max(1.0);
        Silhouette {
            mean,
            n_sampled: self.widths.len(),
            exact: self.exact,
            standard_error: if self.exact {
                0.0
            } else {
                (variance / count).sqrt()
            },
        }
    }
}

/// The widths that [`silhouette`] takes the mean of.
pub(crate) fn measured_widths(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    partition: &Partition,
) -> Option<Widths> {
    sampled_widths(points, distance, partition, SILHOUETTE_EXACT_UP_TO)
}

fn sampled_widths(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    partition: &Partition,
    exact_up_to: usize,
) -> Option<Widths> {
    assert_eq!(points.nrows(), partition.len(), "a partition of other customers");
    if !defined(partition) {
        return None;
    }
    let n = partition.len();
    let exact = n <= exact_up_to;
    let measured: Vec<u32> = if exact {
        (0..n as u32).collect()
    } else {
        let n_sampled = (exact_up_to * exact_up_to / n).max(SAMPLE_AT_LEAST.min(exact_up_to));
        stratified_sample(partition, n_sampled)
    };
    let widths = widths(
        points,
        distance,
        &Grouped::new(points, partition, (n / OTHERS).max(1)),
        partition,
        &measured,
    );
    Some(Widths { widths, exact })
}

/// `size` customers: with the members of each group side by side, one at random from each of `size` equal stretches.
fn stratified_sample(partition: &Partition, size: usize) -> Vec<u32> {
    let by_group = partition.members().concat();
    let mut random = stream(0, 0);
    (0..size)
        .map(|s| {
            let start = s * by_group.len() / size;
            let end = (s + 1) * by_group.len() / size;
            by_group[random.random_range(start..end)]
        })
        .collect()
}

/// All points or every so many of them, those of a group side by side, in tiles that belong to one group each.
struct Grouped {
    /// The customers of each group that are there.
    members: Vec<Vec<u32>>,
    n_coordinates: usize,
    /// For each tile its group and how many of its places are taken.
    tiles: Vec<(u32, usize)>,
    values: Vec<[f64; LANES]>,
}

impl Grouped {
    /// With every `step`-th customer of a group; with more of one that would have less than [`OTHERS_AT_LEAST`] left.
    fn new(points: ArrayView2<'_, f32>, partition: &Partition, step: usize) -> Self {
        let d = points.ncols();
        let mut members = partition.members();
        for members in &mut members {
            let step = step.min(members.len() / OTHERS_AT_LEAST).max(1);
            if step > 1 {
                *members = members.iter().copied().step_by(step).collect();
            }
        }
        let mut tiles = Vec::new();
        let mut values = Vec::new();
        for (group, members) in members.iter().enumerate() {
            for some in members.chunks(LANES) {
                tiles.push((group as u32, some.len()));
                for coordinate in 0..d {
                    let mut lane = [0.0; LANES];
                    for (place, &i) in lane.iter_mut().zip(some) {
                        *place = f64::from(points[[i as usize, coordinate]]);
                    }
                    values.push(lane);
                }
            }
        }
        Grouped {
            members,
            n_coordinates: d,
            tiles,
            values,
        }
    }

    /// How many others of its group a customer is measured against.
    fn others(&self, customer: u32, group: u32) -> usize {
        let members = &self.members[group as usize];
        members.len() - usize::from(members.binary_search(&customer).is_ok())
    }
}

/// The widths of the customers `measured`, in their order.
fn widths(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    all: &Grouped,
    partition: &Partition,
    measured: &[u32],
) -> Vec<f64> {
    let blocks: Vec<Vec<f64>> = measured
        .par_chunks(BLOCK)
        .map(|block| match distance {
            Distance::Euclidean => block_widths::<false>(points, all, partition, block),
            Distance::Manhattan => block_widths::<true>(points, all, partition, block),
        })
        .collect();
    blocks.concat()
}

/// What is known of a customer while groups go by.
struct Tally {
    row: Vec<f64>,
    own: u32,
    /// Others of its group that are there.
    others: usize,
    /// Sums of distances to the group at hand, one per place of a tile.
    sums: [f64; LANES],
    to_own: f64,
    to_nearest_other: f64,
}

fn block_widths<const MANHATTAN: bool>(
    points: ArrayView2<'_, f32>,
    all: &Grouped,
    partition: &Partition,
    block: &[u32],
) -> Vec<f64> {
    let mut tallies: Vec<Tally> = block
        .iter()
        .map(|&i| Tally {
            row: points.row(i as usize).iter().map(|&x| f64::from(x)).collect(),
            own: partition.labels()[i as usize],
            others: all.others(i, partition.labels()[i as usize]),
            sums: [0.0; LANES],
            to_own: 0.0,
            to_nearest_other: f64::INFINITY,
        })
        .collect();
    dispatch(Walk::<MANHATTAN> {
        all,
        tallies: &mut tallies,
    });
    tallies.iter().map(|tally| width(tally, partition)).collect()
}

/// Measures some customers against all that are there, group by group.
struct Walk<'a, const MANHATTAN: bool> {
    all: &'a Grouped,
    tallies: &'a mut [Tally],
}

impl<const MANHATTAN: bool> Kernel for Walk<'_, MANHATTAN> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let tiles = &self.all.tiles;
        for (t, &(group, taken)) in tiles.iter().enumerate() {
            let tile = &self.all.values[t * self.all.n_coordinates..(t + 1) * self.all.n_coordinates];
            for tally in &mut *self.tallies {
                let mut sum = l.splat_d(0.0);
                for (&x, lane) in tally.row.iter().zip(tile) {
                    let difference = l.sub_d(l.splat_d(x), l.load_d(lane));
                    let term = if MANHATTAN {
                        l.abs_d(difference)
                    } else {
                        l.mul_d(difference, difference)
                    };
                    sum = l.add_d(sum, term);
                }
                let mut distances = if MANHATTAN { sum } else { l.sqrt_d(sum) };
                if taken < LANES {
                    let mut some = l.store_d(distances);
                    some[taken..].fill(0.0);
                    distances = l.load_d(&some);
                }
                tally.sums = l.store_d(l.add_d(l.load_d(&tally.sums), distances));
            }
            let ends = match tiles.get(t + 1) {
                Some(next) => next.0 != group,
                None => true,
            };
            if ends {
                let size = self.all.members[group as usize].len() as f64;
                for tally in &mut *self.tallies {
                    let sum: f64 = tally.sums.iter().sum();
                    tally.sums = [0.0; LANES];
                    if group == tally.own {
                        // The customer itself is at distance 0 from itself.
                        tally.to_own = sum / (tally.others as f64).max(1.0);
                    } else {
                        tally.to_nearest_other = tally.to_nearest_other.min(sum / size);
                    }
                }
            }
        }
    }
}

fn width(tally: &Tally, partition: &Partition) -> f64 {
    let larger = tally.to_own.max(tally.to_nearest_other);
    if partition.sizes()[tally.own as usize] == 1 || larger == 0.0 {
        return 0.0;
    }
    (tally.to_nearest_other - tally.to_own) / larger
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn three_clouds(n: usize) -> (Array2<f32>, Partition) {
        let mut random = stream(7, 0);
        let points = Array2::from_shape_fn((n, 3), |(i, _)| {
            (i % 3) as f32 * 2.0 + random.random::<f32>() + random.random::<f32>()
        });
        let labels: Vec<usize> = (0..n).map(|i| i % 3).collect();
        (points, Partition::from_labels(&labels))
    }

    #[test]
    fn tiles_give_the_widths_of_the_definition() {
        let (points, _) = three_clouds(50);
        let labels: Vec<usize> = (0..50).map(|i| if i < 2 { 10 + i } else { i * i % 4 }).collect();
        let partition = Partition::from_labels(&labels);
        for distance in [Distance::Euclidean, Distance::Manhattan] {
            let apart = |i: usize, j: usize| -> f64 {
                let differences = (0..3).map(|c| f64::from(points[[i, c]]) - f64::from(points[[j, c]]));
                match distance {
                    Distance::Euclidean => differences.map(|x| x * x).sum::<f64>().sqrt(),
                    Distance::Manhattan => differences.map(f64::abs).sum(),
                }
            };
            let found = silhouette_widths(points.view(), distance, &partition).expect("several groups");
            let members = partition.members();
            for (i, &found) in found.iter().enumerate() {
                let own = partition.labels()[i] as usize;
                let mean = |g: usize| -> f64 {
                    let others = members[g].iter().filter(|&&j| j as usize != i);
                    let count = others.clone().count() as f64;
                    others.map(|&j| apart(i, j as usize)).sum::<f64>() / count
                };
                let expected = if members[own].len() == 1 {
                    0.0
                } else {
                    let b = (0..members.len())
                        .filter(|&g| g != own)
                        .map(mean)
                        .fold(f64::INFINITY, f64::min);
                    (b - mean(own)) / b.max(mean(own))
                };
                assert!(
                    (found - expected).abs() < 1e-12,
                    "customer {i}: {found} {expected}"
                );
            }
        }
    }

    #[test]
    fn a_sample_lands_within_four_standard_errors_of_the_whole() {
        let (points, partition) = three_clouds(6_000);
        let of = |exact_up_to| {
            let measured = sampled_widths(points.view(), Distance::Euclidean, &partition, exact_up_to);
            measured.expect("three groups").mean()
        };
        let (whole, sample) = (of(6_000), of(1_500));
        assert!(whole.exact && whole.standard_error == 0.0 && whole.n_sampled == 6_000);
        assert!(!sample.exact && sample.n_sampled == 1_000);
        assert!(sample.standard_error > 0.0 && sample.standard_error < 0.02);
        assert!((whole.mean - sample.mean).abs() < 4.0 * sample.standard_error);
    }

    #[test]
    fn against_every_third_of_a_group_widths_are_of_those_and_a_small_group_stays_whole() {
        // 3,000 at 0 and 3 in turn, 900 at 10: of the first group the 0th, 3rd, 6th … stay, half of them at 0.
        let at = |i: usize| if i < 3_000 { 3.0 * (i % 2) as f32 } else { 10.0 };
        let points = Array2::from_shape_fn((3_900, 1), |(i, _)| at(i));
        let labels: Vec<bool> = (0..3_900).map(|i| i < 3_000).collect();
        let partition = Partition::from_labels(&labels);
        let all = Grouped::new(points.view(), &partition, 3);
        let there: Vec<usize> = all.members.iter().map(Vec::len).collect();
        assert_eq!(there, [1_000, 900]);
        let widths = widths(
            points.view(),
            Distance::Euclidean,
            &all,
            &partition,
            &[0, 1, 3_000],
        );
        // 0 is itself there: 500 of 999 others are at 3. 1 is not: 500 of 1,000 are at 0. 3,000 has all its others, at 0.
        let expected = [1.0 - (1_500.0 / 999.0) / 10.0, 1.0 - 1.5 / 7.0, 1.0];
        for (found, expected) in widths.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn a_sample_holds_each_group_by_its_size() {
        let labels: Vec<u32> = (0..1_000).map(|i| u32::from(i % 10 == 0)).collect();
        let partition = Partition::from_labels(&labels);
        let sample = stratified_sample(&partition, 100);
        let small = sample
            .iter()
            .filter(|&&i| partition.labels()[i as usize] == 1)
            .count();
        assert_eq!(small, 10);
    }
}
