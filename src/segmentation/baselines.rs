//! Other methods' answers, and a known grouping, beside the graph's.

use super::settings::BaselineMethod;
use crate::Result;
use crate::Warning;
use crate::clustering::{Dbscan, KMeans, MiniBatchKMeans, Ward, dbscan, k_means, mini_batch_k_means, ward};
use crate::compare::MethodScores;
use crate::features::Features;
use crate::partition::{Partition, adjusted_mutual_information, adjusted_rand};
use crate::stability::Level;
use crate::table::{MISSING, Table, Values};
use crate::text::group_digits;

/// Another method's answer on the same features.
pub(super) fn baseline(
    method: BaselineMethod,
    features: &Features,
    n_clusters: usize,
    seed: u64,
    warnings: &mut Vec<Warning>,
) -> Result<Partition> {
    let points = features.values.view();
    Ok(match method {
        BaselineMethod::KMeans => {
            let settings = KMeans {
                n_clusters,
                seed,
                ..KMeans::default()
            };
            k_means(points, &settings)?.partition
        }
        BaselineMethod::MiniBatch => {
            let settings = MiniBatchKMeans {
                n_clusters,
                seed,
                ..MiniBatchKMeans::default()
            };
            mini_batch_k_means(points, &settings)?.partition
        }
        BaselineMethod::Ward => ward(points, &Ward { n_clusters })?,
        BaselineMethod::Dbscan => {
            let settings = Dbscan {
                distance: features.distance,
                ..Dbscan::default()
            };
            let fit = dbscan(points, &settings)?;
            if let Some(noise) = fit.noise {
                warnings.push(Warning::new(
                    "dbscan-noise",
                    format!(
                        "dbscan takes {} customers for noise; they stand as its cluster {}",
                        group_digits(fit.partition.sizes()[noise as usize]),
                        noise + 1
                    ),
                ));
            }
            fit.partition
        }
    })
}

/// Scores each method and each level against the known grouping, on the customers whose group is known; says how many are not.
pub(super) fn score_truth(
    table: &Table,
    methods: &[(&str, &Partition)],
    comparison: &mut [MethodScores],
    levels: &mut [Level],
) -> Option<Warning> {
    let column = table.truth()?;
    let Values::Category { codes, .. } = &column.values else {
        return None;
    };
    let known: Vec<usize> = (0..codes.len()).filter(|&i| codes[i] != MISSING).collect();
    let truth = Partition::from_labels(&known.iter().map(|&i| codes[i]).collect::<Vec<_>>());
    let on_known = |partition: &Partition| {
        Partition::from_labels(&known.iter().map(|&i| partition.labels()[i]).collect::<Vec<_>>())
    };
    for level in levels {
        level.ari_with_truth = Some(adjusted_rand(&on_known(&level.partition), &truth));
    }
    for ((_, partition), scores) in methods.iter().zip(comparison) {
        let found = on_known(partition);
        scores.ari_with_truth = Some(adjusted_rand(&found, &truth));
        scores.ami_with_truth = Some(adjusted_mutual_information(&found, &truth));
    }
    let unknown = codes.len() - known.len();
    (unknown > 0).then(|| {
        Warning::new(
            "truth-missing",
            format!(
                "{} customers have no value in \"{}\"; agreement with it is measured on the other {}",
                group_digits(unknown),
                column.name,
                group_digits(known.len())
            ),
        )
    })
}
