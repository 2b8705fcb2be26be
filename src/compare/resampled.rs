//! What the measures of features are on resamples of the customers, for intervals and for differences between methods.

use super::Interval;
use crate::features::Distance;
use crate::partition::Partition;
use crate::quality::{Widths, center_measures, pseudo_widths};
use crate::random::{Random, stream};
use ndarray::ArrayView2;
use rand::RngExt;
use rayon::prelude::*;

/// Resamples behind each interval of a measure.
pub const RESAMPLES: usize = 200;

/// Customers in a resample, at most: of more, deviations are scaled to as many as there are.
const MOST: usize = 10_000;

/// Keeps the random streams of silhouettes that were measured on samples apart.
const WIDTHS: u64 = 0x7769_6474;

/// Silhouette, Davies–Bouldin and Caliński–Harabasz index, in this order.
pub(super) const MEASURES: usize = 3;

/// What each can be.
const BOUNDS: [(f64, f64); MEASURES] = [(-1.0, 1.0), (0.0, f64::INFINITY), (0.0, f64::INFINITY)];

/// One method on every resample: a list for each measure, in the order of the resamples, which are the same for all
/// methods unless silhouettes were measured on samples. Empty where a measure is not defined.
pub(super) struct Resampled {
    values: [f64; MEASURES],
    draws: [Vec<f64>; MEASURES],
    /// By how much larger the deviations of each are than with as many customers as there are.
    scale: [f64; MEASURES],
}

/// A division, the silhouette widths of its customers and the values of its measures.
pub(super) struct Measure<'a> {
    pub(super) partition: &'a Partition,
    pub(super) widths: Option<&'a Widths>,
    pub(super) values: [f64; MEASURES],
}

/// Draws customers [`RESAMPLES`] times and measures every method on them; the divisions are held fixed.
/// `O(n d)` per resample and method, for at most 10,000 customers. Bickel, Götze and van Zwet, Statistica Sinica 7, 1 (1997), for
/// resamples smaller than the whole.
pub(super) fn resampled(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    methods: &[Measure<'_>],
    seed: u64,
) -> Vec<Resampled> {
    let n = points.nrows();
    let widths: Vec<Option<Vec<f64>>> = methods.iter().map(|m| varying(points, distance, m)).collect();
    let m = n.min(MOST);
    // By resample, method and measure.
    let drawn: Vec<Vec<[f64; MEASURES]>> = (0..RESAMPLES as u64)
        .into_par_iter()
        .map(|r| {
            let mut random: Random = stream(seed, r);
            let rows: Vec<u32> = (0..m).map(|_| random.random_range(0..n as u32)).collect();
            (0u64..)
                .zip(methods)
                .zip(&widths)
                .map(|((k, method), widths)| {
                    let seed = seed ^ WIDTHS.wrapping_add(k);
                    on_resample(points, method, widths.as_deref(), &rows, seed, r)
                })
                .collect()
        })
        .collect();
    let scale = (m as f64 / n.max(1) as f64).sqrt();
    methods
        .iter()
        .enumerate()
        .map(|(k, method)| {
            let of = |measure: usize| -> Vec<f64> {
                let all: Vec<f64> = drawn.iter().map(|by_method| by_method[k][measure]).collect();
                let defined = method.values[measure].is_finite() && all.iter().all(|x| x.is_finite());
                if defined { all } else { Vec::new() }
            };
            Resampled {
                values: method.values,
                draws: [of(0), of(1), of(2)],
                scale: [1.0, scale, scale],
            }
        })
        .collect()
}

/// What is drawn of for the silhouette: of all customers their widths and what they do to others', of a sample, whose own chance is much
/// larger than that, its widths.
fn varying(points: ArrayView2<'_, f32>, distance: Distance, method: &Measure<'_>) -> Option<Vec<f64>> {
    let measured = method.widths?;
    Some(if measured.exact {
        pseudo_widths(points, distance, method.partition, measured)
    } else {
        measured.widths.clone()
    })
}

fn on_resample(
    points: ArrayView2<'_, f32>,
    method: &Measure<'_>,
    widths: Option<&[f64]>,
    rows: &[u32],
    seed: u64,
    resample: u64,
) -> [f64; MEASURES] {
    let exact = method.widths.is_some_and(|measured| measured.exact);
    let silhouette = widths.map_or(f64::NAN, |widths| {
        if exact && rows.len() == widths.len() {
            return rows.iter().map(|&row| widths[row as usize]).sum::<f64>() / rows.len() as f64;
        }
        let mut random: Random = stream(seed, resample);
        let drawn = (0..widths.len()).map(|_| widths[random.random_range(0..widths.len())]);
        drawn.sum::<f64>() / widths.len() as f64
    });
    let (bouldin, harabasz) = center_measures(points, method.partition, rows).unwrap_or((f64::NAN, f64::NAN));
    // The index grows with the customers beyond the number of groups.
    let groups = method.partition.n_groups() as f64;
    let larger = (points.nrows() as f64 - groups) / (rows.len() as f64 - groups).max(1.0);
    [silhouette, bouldin, harabasz * larger]
}

impl Resampled {
    /// The interval of a measure; `None` where it is not defined.
    pub(super) fn interval(&self, measure: usize) -> Option<Interval> {
        let draws = &self.draws[measure];
        interval(
            self.values[measure],
            draws.clone(),
            self.scale[measure],
            BOUNDS[measure],
        )
    }

    /// The interval of this method's value minus another's.
    pub(super) fn minus(&self, other: &Resampled, measure: usize) -> Option<Interval> {
        let (mine, theirs) = (&self.draws[measure], &other.draws[measure]);
        if mine.len() != theirs.len() {
            return None;
        }
        interval(
            self.values[measure] - other.values[measure],
            mine.iter().zip(theirs).map(|(a, b)| a - b).collect(),
            self.scale[measure],
            (f64::NEG_INFINITY, f64::INFINITY),
        )
    }
}

/// The interval around `value` of draws that deviate `1 / scale` times as much as they should.
fn interval(value: f64, mut draws: Vec<f64>, scale: f64, (least, most): (f64, f64)) -> Option<Interval> {
    if draws.is_empty() {
        return None;
    }
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    for x in &mut draws {
        *x = value + (*x - mean) * scale;
    }
    Some(Interval::around(value, &mut draws, least, most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::{calinski_harabasz, davies_bouldin, measured_widths};
    use crate::random::StandardNormal;
    use ndarray::Array2;

    /// Three round groups on a line, and two divisions: the groups, and one that takes a share of them wrongly.
    fn world(n: usize, wrong: f64, seed: u64) -> (Array2<f32>, Partition, Partition) {
        let mut random = stream(seed, 0);
        let groups: Vec<u32> = (0..n).map(|_| random.random_range(0..3)).collect();
        let points = Array2::from_shape_fn((n, 2), |(i, c)| {
            let center = if c == 0 { groups[i] as f32 * 4.0 } else { 0.0 };
            center + random.sample::<f64, _>(StandardNormal) as f32
        });
        let other: Vec<u32> = groups
            .iter()
            .map(|&g| {
                if random.random::<f64>() < wrong {
                    (g + 1) % 3
                } else {
                    g
                }
            })
            .collect();
        // All groups appear, in the same order.
        (
            points,
            Partition::from_labels(&groups),
            Partition::from_labels(&other),
        )
    }

    fn measured(points: &Array2<f32>, partitions: [&Partition; 2]) -> Vec<Resampled> {
        let widths = partitions.map(|p| measured_widths(points.view(), Distance::Euclidean, p));
        let measures: Vec<Measure<'_>> = partitions
            .iter()
            .zip(&widths)
            .map(|(partition, widths)| Measure {
                partition,
                widths: widths.as_ref(),
                values: [
                    widths.as_ref().map_or(f64::NAN, |w| w.mean().mean),
                    davies_bouldin(points.view(), partition).unwrap_or(f64::NAN),
                    calinski_harabasz(points.view(), partition).unwrap_or(f64::NAN),
                ],
            })
            .collect();
        resampled(points.view(), Distance::Euclidean, &measures, 5)
    }

    #[test]
    fn intervals_of_differences_hold_the_truth_in_more_than_nine_of_ten_samples() {
        // The difference that many customers have; the ratio per customer, which does not grow with them.
        let (points, a, b) = world(9_000, 0.03, 1);
        let large = measured(&points, [&a, &b]);
        let truth: Vec<f64> = (0..MEASURES)
            .map(|m| (large[0].values[m] - large[1].values[m]) / if m == 2 { 9_000.0 } else { 1.0 })
            .collect();
        let mut held = [0; MEASURES];
        for pair in 0..300 {
            let (points, a, b) = world(300, 0.03, 100 + pair);
            let found = measured(&points, [&a, &b]);
            for (m, held) in held.iter_mut().enumerate() {
                let interval = found[0].minus(&found[1], m).expect("defined");
                let truth = truth[m] * if m == 2 { 300.0 } else { 1.0 };
                *held += u32::from(interval.low <= truth && truth <= interval.high);
            }
        }
        assert!(held.iter().all(|h| (270..=294).contains(h)), "{held:?} of 300");
    }

    #[test]
    fn a_method_does_not_differ_from_itself_and_one_group_has_no_interval() {
        let (points, a, _) = world(200, 0.1, 3);
        let found = measured(&points, [&a, &a]);
        for m in 0..MEASURES {
            let zero = found[0].minus(&found[1], m).expect("defined");
            assert_eq!((zero.low, zero.high), (0.0, 0.0));
            let own = found[0].interval(m).expect("defined");
            assert!(own.low < found[0].values[m] && found[0].values[m] < own.high);
        }
        let one = Partition::one_group(200);
        let found = measured(&points, [&a, &one]);
        assert_eq!((found[1].interval(0), found[1].minus(&found[0], 1)), (None, None));
    }
}
