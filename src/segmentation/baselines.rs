//! Other methods' answers, and a known grouping, beside the graph's.

use super::Baseline;
use super::settings::{BaselineMethod, Settings};
use crate::Result;
use crate::Warning;
use crate::clustering::{Dbscan, KMeans, MiniBatchKMeans, Ward, dbscan, k_means, mini_batch_k_means, ward};
use crate::community;
use crate::compare::{self, MethodScores};
use crate::features::Features;
use crate::graph::SimilarityGraph;
use crate::partition::{Partition, adjusted_mutual_information, adjusted_rand};
use crate::quality::SILHOUETTE_EXACT_UP_TO;
use crate::stability::Level;
use crate::table::{MISSING, Table, Values};
use crate::text::group_digits;

/// Another method's answer on the same features.
fn baseline(
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
fn score_truth(
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

/// The other methods' answers.
pub(super) fn baselines(
    features: &Features,
    n_groups: usize,
    settings: &Settings,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Baseline>> {
    let run = |&method: &BaselineMethod| {
        Ok(Baseline {
            name: method.name(),
            partition: baseline(method, features, n_groups, settings.seed, warnings)?,
        })
    };
    settings.baselines.iter().map(run).collect()
}

/// All methods by the same measures, and by the known grouping where there is one.
pub(super) fn compare_methods(
    table: &Table,
    features: &Features,
    graph: &SimilarityGraph,
    methods: &[(&'static str, &Partition)],
    levels: &mut [Level],
    warnings: &mut Vec<Warning>,
) -> Vec<MethodScores> {
    let compared: Vec<compare::Method<'_>> = methods
        .iter()
        .map(|&(name, partition)| compare::Method {
            name,
            partition,
            modularity: community::modularity(graph, partition, 1.0),
        })
        .collect();
    let mut comparison = compare::score_methods(features.values.view(), features.distance, &compared, None);
    if features.n_customers() > SILHOUETTE_EXACT_UP_TO {
        warnings.push(Warning::new(
            "silhouette-sampled",
            format!(
                "silhouettes are means over a sample of the customers, since there are more than {}",
                group_digits(SILHOUETTE_EXACT_UP_TO)
            ),
        ));
    }
    warnings.extend(score_truth(table, methods, &mut comparison, levels));
    comparison
}
