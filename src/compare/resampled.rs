//! What the measures of features are on resamples of the customers, for intervals and for differences between methods.

use super::Interval;
use crate::features::Distance;
use crate::num::math;
use crate::partition::Partition;
use crate::quality::{Widths, calinski_harabasz_influence, davies_bouldin_influence, pseudo_widths};
use crate::random::{Random, stream};
use ndarray::ArrayView2;
use rand::RngExt;
use rayon::prelude::*;

/// Resamples behind each interval of a measure.
pub(super) const RESAMPLES: usize = 200;

/// Customers in a resample, at most: of more, deviations are scaled to as many as there are.
const MOST: usize = 10_000;

/// Keeps the random streams of silhouettes that were measured on samples apart.
const WIDTHS: u64 = 0x7769_6474;

/// The resamples of all customers.
const TERMS: u64 = 0x7465_726D;

/// The standard error of a resample is at least this part of that of all customers: where the few who make the difference are not in it, it would
/// be nothing.
const LEAST_ERROR: f64 = 0.25;

/// Silhouette, Davies–Bouldin and Caliński–Harabasz index, in this order.
pub(super) const MEASURES: usize = 3;

/// What each can be.
const BOUNDS: [(f64, f64); MEASURES] = [(-1.0, 1.0), (0.0, f64::INFINITY), (0.0, f64::INFINITY)];
/// What a difference can be.
const UNBOUNDED: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// One method on every resample: what its measures deviate by, and what their differences from the first method's do. `None` where a
/// measure is not defined.
pub(super) struct Resampled {
    values: [f64; MEASURES],
    first: [f64; MEASURES],
    own: [Option<Sums>; MEASURES],
    minus_first: [Option<Sums>; MEASURES],
}

/// A division, the silhouette widths of its customers and the values of its measures.
pub(super) struct Measure<'a> {
    pub(super) partition: &'a Partition,
    pub(super) widths: Option<&'a Widths>,
    pub(super) values: [f64; MEASURES],
}

/// Draws customers [`RESAMPLES`] times and measures every method on them; the divisions are held fixed.
///
/// Each measure varies as the sum of what each customer does to it (the infinitesimal jackknife), and the intervals are studentized: a few
/// customers in the wrong group make such sums skewed. `O(n d)` per method, and `O(n)` per resample, for at most 10,000 customers. Bickel, Götze
/// and van Zwet, Statistica Sinica 7, 1 (1997), for resamples smaller than the whole.
pub(super) fn resampled(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    methods: &[Measure<'_>],
    seed: u64,
) -> Vec<Resampled> {
    let terms: Vec<[Option<Vec<f64>>; MEASURES]> = (methods.iter())
        .map(|method| {
            let finite = |measure: usize| method.values[measure].is_finite();
            [
                varying(points, distance, method),
                davies_bouldin_influence(points, method.partition).filter(|_| finite(1)),
                calinski_harabasz_influence(points, method.partition).filter(|_| finite(2)),
            ]
        })
        .collect();
    let exact = |k: usize| methods[k].widths.is_some_and(|widths| widths.exact);
    let of = |k: usize| {
        let sums = |which: usize, seed: u64| terms[k][which].as_ref().map(|terms| Sums::of(terms, seed));
        let differences = |which: usize| {
            let (mine, first) = (terms[k][which].as_ref()?, terms[0][which].as_ref()?);
            let terms: Vec<f64> = mine.iter().zip(first).map(|(a, b)| a - b).collect();
            Some(Sums::of(&terms, seed ^ TERMS))
        };
        // Samples of one method's widths and of another's are of different customers.
        let of_widths = |k: usize| {
            seed ^ if exact(k) {
                TERMS
            } else {
                WIDTHS.wrapping_add(k as u64)
            }
        };
        let silhouette = sums(0, of_widths(k));
        let silhouettes = if exact(k) && exact(0) {
            differences(0)
        } else {
            let first = terms[0][0].as_ref().map(|terms| Sums::of(terms, of_widths(0)));
            silhouette
                .as_ref()
                .zip(first)
                .map(|(mine, first)| mine.minus(&first))
        };
        Resampled {
            values: methods[k].values,
            first: methods[0].values,
            own: [silhouette, sums(1, seed ^ TERMS), sums(2, seed ^ TERMS)],
            minus_first: [silhouettes, differences(1), differences(2)],
        }
    };
    (0..methods.len()).map(of).collect()
}

/// What the mean silhouette is the mean of: of all customers their widths and what they do to others', of a sample, whose own chance is much
/// larger than that, its widths.
fn varying(points: ArrayView2<'_, f32>, distance: Distance, method: &Measure<'_>) -> Option<Vec<f64>> {
    let measured = method.widths?;
    Some(if measured.exact {
        pseudo_widths(points, distance, method.partition, measured)
    } else {
        measured.widths.clone()
    })
}

/// Means of independent terms on resamples.
struct Sums {
    /// The standard error of their mean.
    error: f64,
    /// Of each resample the deviation of its mean and its own standard error, as if it had as many terms as there are.
    draws: Vec<(f64, f64)>,
}

impl Sums {
    fn of(terms: &[f64], seed: u64) -> Self {
        let n = terms.len();
        let mean = terms.iter().sum::<f64>() / n as f64;
        let spread = |squares: f64, n: f64| (squares / n).sqrt();
        let error = spread(terms.iter().map(|x| (x - mean) * (x - mean)).sum(), n as f64) / (n as f64).sqrt();
        let m = n.min(MOST);
        let scale = (m as f64 / n as f64).sqrt();
        let draws = (0..RESAMPLES as u64)
            .into_par_iter()
            .map(|r| {
                let mut random: Random = stream(seed, r);
                let (mut sum, mut squares) = (0.0, 0.0);
                for _ in 0..m {
                    let x = terms[random.random_range(0..n)] - mean;
                    sum += x;
                    squares += x * x;
                }
                let deviation = sum / m as f64;
                let variance = (squares / m as f64 - deviation * deviation).max(0.0);
                (deviation * scale, variance.sqrt() / (n as f64).sqrt())
            })
            .collect();
        Sums { error, draws }
    }

    /// The interval of a value that varies as this mean does.
    fn around(&self, value: f64, (least, most): (f64, f64)) -> Interval {
        // Nothing varies.
        if self.error <= 0.0 {
            return Interval {
                low: value,
                high: value,
            };
        }
        let floor = LEAST_ERROR * self.error;
        let mut studentized: Vec<f64> = self.draws.iter().map(|(x, error)| x / error.max(floor)).collect();
        Interval::studentized(value, self.error, &mut studentized, least, most)
    }

    /// The difference from another mean, of other terms.
    fn minus(&self, other: &Sums) -> Sums {
        let pair = |(a, b): (&(f64, f64), &(f64, f64))| (a.0 - b.0, math::hypot(a.1, b.1));
        Sums {
            error: math::hypot(self.error, other.error),
            draws: self.draws.iter().zip(&other.draws).map(pair).collect(),
        }
    }
}

impl Resampled {
    /// The interval of a measure; `None` where it is not defined.
    pub(super) fn interval(&self, measure: usize) -> Option<Interval> {
        let value = Some(self.values[measure]).filter(|x| x.is_finite())?;
        Some(self.own[measure].as_ref()?.around(value, BOUNDS[measure]))
    }

    /// The interval of this method's value minus the first one's.
    pub(super) fn minus_first(&self, measure: usize) -> Option<Interval> {
        let value = self.values[measure] - self.first[measure];
        let value = Some(value).filter(|x| x.is_finite())?;
        Some(self.minus_first[measure].as_ref()?.around(value, UNBOUNDED))
    }
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

    fn values(points: &Array2<f32>, partition: &Partition, widths: Option<&Widths>) -> [f64; MEASURES] {
        [
            widths.map_or(f64::NAN, |w| w.mean().mean),
            davies_bouldin(points.view(), partition).unwrap_or(f64::NAN),
            calinski_harabasz(points.view(), partition).unwrap_or(f64::NAN),
        ]
    }

    fn widths(points: &Array2<f32>, partition: &Partition) -> Option<Widths> {
        measured_widths(points.view(), Distance::Euclidean, partition)
    }

    fn measured(points: &Array2<f32>, partitions: [&Partition; 2]) -> Vec<Resampled> {
        let widths = partitions.map(|p| widths(points, p));
        let measures: Vec<Measure<'_>> = partitions
            .iter()
            .zip(&widths)
            .map(|(partition, widths)| Measure {
                partition,
                widths: widths.as_ref(),
                values: values(points, partition, widths.as_ref()),
            })
            .collect();
        resampled(points.view(), Distance::Euclidean, &measures, 5)
    }

    #[test]
    fn intervals_of_differences_hold_the_truth_in_nineteen_of_twenty_samples() {
        for (wrong, seed) in [(0.03, 1), (0.1, 2)] {
            // The difference that 54,000 customers have; the ratio per customer, which does not grow with them.
            let mut truth = [0.0; MEASURES];
            for part in 0..6 {
                let (points, a, b) = world(9_000, wrong, seed + 10 * part);
                let large = [&a, &b].map(|p| values(&points, p, widths(&points, p).as_ref()));
                for (m, truth) in truth.iter_mut().enumerate() {
                    let scale = if m == 2 { 9_000.0 } else { 1.0 };
                    *truth += (large[1][m] - large[0][m]) / scale / 6.0;
                }
            }
            let mut held = [0; MEASURES];
            for pair in 0..300 {
                let (points, a, b) = world(300, wrong, 100 + 1_000 * seed + pair);
                let found = measured(&points, [&a, &b]);
                for (m, held) in held.iter_mut().enumerate() {
                    let interval = found[1].minus_first(m).expect("defined");
                    let truth = truth[m] * if m == 2 { 300.0 } else { 1.0 };
                    *held += u32::from(interval.low <= truth && truth <= interval.high);
                }
            }
            // Of 95 in 100 hardly ever fewer than 92 or more than 99.
            assert!(
                held.iter().all(|h| (276..=297).contains(h)),
                "{wrong}: {held:?} of 300"
            );
        }
    }

    #[test]
    fn a_method_does_not_differ_from_itself_and_one_group_has_no_interval() {
        let (points, a, _) = world(200, 0.1, 3);
        let found = measured(&points, [&a, &a]);
        for m in 0..MEASURES {
            let zero = found[1].minus_first(m).expect("defined");
            assert_eq!((zero.low, zero.high), (0.0, 0.0));
            let own = found[0].interval(m).expect("defined");
            assert!(own.low < found[0].values[m] && found[0].values[m] < own.high);
        }
        let one = Partition::one_group(200);
        let found = measured(&points, [&a, &one]);
        assert_eq!((found[1].interval(0), found[1].minus_first(1)), (None, None));
    }
}
