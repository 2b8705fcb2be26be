//! Other methods' answers, and a known grouping, beside the graph's.

use super::Baseline;
use super::answer::{Asked, answer, is_quadratic, said_answer};
use super::differing::differing;
use super::settings::{BaselineMethod, Settings};
use crate::Result;
use crate::Warning;
use crate::clustering::QUADRATIC_UP_TO;
use crate::community;
use crate::compare::{self, MethodScores};
use crate::features::Features;
use crate::graph::SimilarityGraph;
use crate::partition::{Partition, adjusted_mutual_information, adjusted_rand};
use crate::profile;
use crate::quality::{KMeansCurve, SILHOUETTE_EXACT_UP_TO, k_means_curve};
use crate::stability::{Level, recovery};
use crate::table::{MISSING, Table, Values};
use crate::text::{count, group_digits};
use ndarray::Axis;

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
    // Of one group every division in one has the agreement 1, and every other one 0.
    if truth.n_groups() < 2 {
        let text = if known.is_empty() {
            format!(
                "no customer has a value in \"{}\"; agreement with it is not measured",
                column.name
            )
        } else {
            format!(
                "{} a value in \"{}\", always the same one; agreement with it is not measured",
                count(known.len(), "customer has", "customers have"),
                column.name
            )
        };
        return Some(Warning::new("truth-one-group", text));
    }
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
    table: &Table,
    features: &Features,
    segments: &Partition,
    settings: &Settings,
    resampled: bool,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Baseline>> {
    let points = features.values.view();
    let run = |&method: &BaselineMethod| {
        let curve = match method {
            BaselineMethod::KMeansBest => k_means_curve(points, features.distance, settings.seed)?,
            _ => None,
        };
        warnings.extend(curve.as_ref().map(by_itself));
        let asked = Asked {
            method,
            distance: features.distance,
            n_clusters: segments.n_groups(),
            dbscan: &settings.dbscan,
            hdbscan: &settings.hdbscan,
            seed: settings.seed,
        };
        let (partition, merges) = match &curve {
            Some(curve) => (curve.partition.clone(), Vec::new()),
            None => {
                let found = said_answer(&asked, points, segments, warnings)?;
                (found.partition, found.merges)
            }
        };
        // On samples of a sample it would say little.
        let once = is_quadratic(method) && partition.len() > QUADRATIC_UP_TO;
        let stability =
            (resampled && partition.n_groups() > 1 && !once).then(|| recovered(&asked, features, &partition));
        Ok(Baseline {
            name: method.name(),
            profiles: profile::profiles(table, &partition),
            differing: differing(table, segments, &partition),
            partition,
            stability: stability.transpose()?,
            curve,
            merges,
        })
    };
    settings.baselines.iter().map(run).collect()
}

/// How many clusters k-means takes by itself.
fn by_itself(curve: &KMeansCurve) -> Warning {
    let last = curve.points.last().map_or(0, |point| point.n_clusters);
    let judged = if curve.n_judged < curve.partition.len() {
        format!(", judged on {} of the customers", group_digits(curve.n_judged))
    } else {
        String::new()
    };
    Warning::new(
        "kmeans-best",
        format!(
            "k-means takes {} clusters by itself{judged}: the largest silhouette of 2 to {last}; the elbow of its inertia is at {} (k_means_curve.csv)",
            curve.best, curve.elbow
        ),
    )
}

/// How well each cluster comes back where the method divides a sample of the customers, into as many clusters.
fn recovered(asked: &Asked<'_>, features: &Features, partition: &Partition) -> Result<Vec<f64>> {
    // Fewer than for the segments, whose verdicts rest on theirs.
    let resamples = match partition.len() {
        _ if is_quadratic(asked.method) => 8,
        0..=3_000 => 30,
        3_001..=20_000 => 15,
        // Of so many customers samples differ little.
        _ => 4,
    };
    recovery(partition, resamples, asked.seed, &|customers, seed| {
        let rows: Vec<usize> = customers.iter().map(|&c| c as usize).collect();
        let points = features.values.select(Axis(0), &rows);
        let hdbscan = asked.hdbscan.of_sample(rows.len(), partition.len());
        let again = Asked {
            n_clusters: partition.n_groups().min(rows.len()),
            hdbscan: &hdbscan,
            seed,
            ..*asked
        };
        answer(&again, points.view()).map(|found| found.partition)
    })
}

/// All methods by the same measures, and by the known grouping where there is one.
pub(super) fn compare_methods(
    table: &Table,
    features: &Features,
    graph: &SimilarityGraph,
    methods: &[(&'static str, &Partition)],
    levels: &mut [Level],
    seed: u64,
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
    let mut comparison =
        compare::score_methods(features.values.view(), features.distance, &compared, None, seed);
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
