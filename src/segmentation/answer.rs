//! One method's answer on the features, on a sample where the method cannot take all customers.

use super::sampled::{extended, stratified};
use super::settings::BaselineMethod;
use crate::clustering::{
    Dbscan, Hdbscan, KMeans, Merge, MiniBatchKMeans, QUADRATIC_UP_TO, dbscan, hdbscan, k_means,
    mini_batch_k_means, ward_dendrogram,
};
use crate::features::Distance;
use crate::message::{Setting, message};
use crate::num::round_significant;
use crate::partition::Partition;
use crate::text::group_digits;
use crate::{Result, Warning};
use ndarray::{ArrayView2, Axis};

/// Customers that methods are asked of which compare everybody with everybody, where there are more than they take.
const ON_SAMPLE: usize = 10_000;
/// Joins of Ward's tree that are kept: the last ones.
const LAST_JOINS: usize = 50;

/// A method's answer, and what it says of itself.
pub(super) struct Answer {
    pub(super) partition: Partition,
    pub(super) merges: Vec<Merge>,
    /// How many customers were asked.
    of: usize,
    /// The group of those who are in no cluster.
    noise: Option<u32>,
    /// What a density is, where it was not asked for.
    chosen: Option<Chosen>,
}

/// What a method based on densities has set by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Chosen {
    /// DBSCAN's distance.
    Epsilon(f64),
    /// HDBSCAN's least size of a cluster.
    LeastSize(usize),
}

/// What a method is asked.
pub(super) struct Asked<'a> {
    pub(super) method: BaselineMethod,
    pub(super) distance: Distance,
    pub(super) n_clusters: usize,
    pub(super) dbscan: &'a Dbscan,
    pub(super) hdbscan: &'a Hdbscan,
    pub(super) seed: u64,
}

/// Another method's answer on the same features.
pub(super) fn answer(asked: &Asked<'_>, points: ArrayView2<'_, f32>) -> Result<Answer> {
    let &Asked { n_clusters, seed, .. } = asked;
    let plain = |partition| Answer {
        partition,
        merges: Vec::new(),
        of: points.nrows(),
        noise: None,
        chosen: None,
    };
    Ok(match asked.method {
        BaselineMethod::KMeans | BaselineMethod::KMeansBest => {
            let settings = KMeans {
                n_clusters,
                seed,
                ..KMeans::default()
            };
            plain(k_means(points, &settings)?.partition)
        }
        BaselineMethod::MiniBatch => {
            let settings = MiniBatchKMeans {
                n_clusters,
                seed,
                ..MiniBatchKMeans::default()
            };
            plain(mini_batch_k_means(points, &settings)?.partition)
        }
        BaselineMethod::Ward => {
            let tree = ward_dendrogram(points)?;
            let mut merges = tree.merges();
            merges.drain(..merges.len().saturating_sub(LAST_JOINS));
            Answer {
                merges,
                ..plain(tree.cut(n_clusters))
            }
        }
        BaselineMethod::Dbscan => {
            let settings = Dbscan {
                distance: asked.distance,
                ..asked.dbscan.clone()
            };
            let fit = dbscan(points, &settings)?;
            Answer {
                noise: fit.noise,
                chosen: asked
                    .dbscan
                    .epsilon
                    .is_none()
                    .then_some(Chosen::Epsilon(fit.epsilon)),
                ..plain(fit.partition)
            }
        }
        BaselineMethod::Hdbscan => {
            let settings = Hdbscan {
                distance: asked.distance,
                ..asked.hdbscan.clone()
            };
            let fit = hdbscan(points, &settings)?;
            // Of fewer customers than that all are noise, and that is said.
            let by_itself =
                asked.hdbscan.min_cluster_size.is_none() && fit.min_cluster_size <= points.nrows();
            Answer {
                noise: fit.noise,
                chosen: by_itself.then_some(Chosen::LeastSize(fit.min_cluster_size)),
                ..plain(fit.partition)
            }
        }
    })
}

/// Whether a method compares everybody with everybody.
pub(super) fn is_quadratic(method: BaselineMethod) -> bool {
    matches!(
        method,
        BaselineMethod::Ward | BaselineMethod::Dbscan | BaselineMethod::Hdbscan
    )
}

/// The answer on all customers, or on a sample of the many that the others join; what there is to say of it goes to the warnings.
pub(super) fn said_answer(
    asked: &Asked<'_>,
    points: ArrayView2<'_, f32>,
    segments: &Partition,
    warnings: &mut Vec<Warning>,
) -> Result<Answer> {
    let n = points.nrows();
    if !is_quadratic(asked.method) || n <= QUADRATIC_UP_TO {
        let found = answer(asked, points)?;
        warnings.extend(of_density(asked, &found));
        return Ok(found);
    }
    let rows = stratified(segments, ON_SAMPLE);
    let sample = points.select(Axis(0), &rows);
    let hdbscan = asked.hdbscan.of_sample(rows.len(), n);
    let on_sample = Asked {
        hdbscan: &hdbscan,
        ..*asked
    };
    let of_sample = answer(&on_sample, sample.view())?;
    let partition = extended(points, asked.distance, &rows, &of_sample.partition);
    // Groups may be in another order now: that of their sizes.
    let noise_of = |noise: u32| {
        let one = rows
            .iter()
            .zip(of_sample.partition.labels())
            .find(|(_, label)| **label == noise);
        one.map(|(&row, _)| partition.labels()[row])
    };
    let found = Answer {
        noise: of_sample.noise.and_then(noise_of),
        chosen: of_sample.chosen,
        merges: of_sample.merges,
        of: rows.len(),
        partition,
    };
    warnings.push(Warning::new(
        "baseline-sampled",
        format!(
            "{} compares everybody with everybody and was asked of {} customers, a sample that holds every segment by its share; the others are in the cluster of the nearest of these",
            asked.method.name(),
            group_digits(rows.len())
        ),
    ));
    warnings.extend(of_density(asked, &found));
    Ok(found)
}

/// What a method based on densities has set by itself, and its noise.
fn of_density(asked: &Asked<'_>, found: &Answer) -> Vec<Warning> {
    let mut said = Vec::new();
    match found.chosen {
        Some(Chosen::Epsilon(epsilon)) => said.push(Warning::new(
            "dbscan-epsilon",
            message![
                format!(
                    "dbscan's epsilon is {}, the knee of the distances from each customer to its nearest number {} in rising order; ",
                    round_significant(epsilon, 6),
                    asked.dbscan.min_neighbors.saturating_sub(1)
                ),
                Setting::DbscanEpsilon,
                " and ",
                Setting::DbscanMinNeighbors,
                " set both",
            ],
        )),
        Some(Chosen::LeastSize(least)) => said.push(Warning::new(
            "hdbscan-size",
            message![
                format!(
                    "hdbscan's clusters have at least {} of the {} customers that it was asked of, one in a hundred and 5 at least; ",
                    group_digits(least),
                    group_digits(found.of)
                ),
                Setting::HdbscanMinClusterSize,
                " sets another number",
            ],
        )),
        None => {}
    }
    let Some(noise) = found.noise else { return said };
    let (name, n) = (asked.method.name(), found.partition.len());
    let noisy = found.partition.sizes()[noise as usize];
    let code = if asked.method == BaselineMethod::Hdbscan {
        "hdbscan-noise"
    } else {
        "dbscan-noise"
    };
    said.push(Warning::new(
        code,
        if noisy == n {
            format!(
                "{name} takes all {} customers for noise: it found no cluster",
                group_digits(n)
            )
        } else {
            format!(
                "{name} takes {} customers for noise; they stand as its cluster {}",
                group_digits(noisy),
                noise + 1
            )
        },
    ));
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::adjusted_rand;
    use crate::random::{Random, StandardNormal, stream};
    use ndarray::Array2;
    use rand::RngExt;

    #[test]
    fn of_more_than_it_takes_a_method_is_asked_of_a_sample_and_says_so() -> Result<()> {
        let n = QUADRATIC_UP_TO + 500;
        let mut random: Random = stream(3, 0);
        // Two clouds, and five customers far from everybody.
        let points = Array2::from_shape_fn((n, 2), |(i, c)| {
            let center = if i % 6_000 == 7 {
                300.0 + i as f64
            } else {
                f64::from(u8::from(i % 3 == 0 && c == 0)) * 30.0
            };
            (center + random.sample::<f64, _>(StandardNormal)) as f32
        });
        let labels: Vec<u32> = (0..n)
            .map(|i| if i % 6_000 == 7 { 2 } else { u32::from(i % 3 == 0) })
            .collect();
        let truth = Partition::from_labels(&labels);
        for method in [
            BaselineMethod::Ward,
            BaselineMethod::Dbscan,
            BaselineMethod::Hdbscan,
        ] {
            let asked = Asked {
                method,
                distance: Distance::Euclidean,
                n_clusters: 2,
                dbscan: &Dbscan {
                    epsilon: Some(3.0),
                    ..Dbscan::default()
                },
                hdbscan: &Hdbscan {
                    min_cluster_size: Some(n / 10),
                    ..Hdbscan::default()
                },
                seed: 1,
            };
            let mut warnings = Vec::new();
            let found = said_answer(&asked, points.view(), &truth, &mut warnings)?;
            let codes: Vec<&str> = warnings.iter().map(|w| w.code).collect();
            assert_eq!(found.partition.len(), n);
            if method == BaselineMethod::Dbscan {
                assert_eq!(codes, ["baseline-sampled", "dbscan-noise"]);
                assert_eq!(found.partition, truth);
                assert_eq!((found.noise, found.chosen), (Some(2), None));
            } else if method == BaselineMethod::Hdbscan {
                // A tenth of the sample too: of so many customers as there are in all there would be no cluster in it.
                assert_eq!(codes, ["baseline-sampled", "hdbscan-noise"]);
                assert_eq!(found.partition.n_groups(), 3);
                let clusters = adjusted_rand(&found.partition, &truth);
                assert!(clusters > 0.5, "{clusters}");
            } else {
                assert_eq!(codes, ["baseline-sampled"]);
                assert_eq!((found.partition.n_groups(), found.merges.len()), (2, LAST_JOINS));
            }
        }
        Ok(())
    }
}
