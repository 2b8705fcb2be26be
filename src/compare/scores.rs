//! Every measure for every method.

use super::resampled::{Measure, Resampled, resampled};
use super::{Intervals, MethodScores, RESAMPLES, agreement};
use crate::features::Distance;
use crate::partition::{Partition, adjusted_mutual_information, adjusted_rand};
use crate::quality::{Widths, calinski_harabasz, davies_bouldin, measured_widths};
use ndarray::ArrayView2;

/// A division and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Method<'a> {
    /// `louvain`, `leiden`, `kmeans`.
    pub name: &'a str,
    /// Its groups.
    pub partition: &'a Partition,
    /// Their modularity on the similarity graph at γ = 1.
    pub modularity: f64,
}

/// The scores of each method, in their order; the first is the graph's answer, with which all are compared.
///
/// `distance` is that of the silhouette; the other two measures of the features are defined by means and always
/// Euclidean. Measures that are not defined, with fewer than two groups or everybody alone, are NaN. `truth` is a
/// known grouping of all customers. `seed` draws the resamples of the intervals. No methods, no scores. `O(n²d)` per method up to
/// 10,000 customers.
///
/// ```
/// use kinfolk::{Partition, compare::{Method, score_methods}, features::Distance};
/// use ndarray::array;
///
/// let points = array![[0.0f32], [1.0], [8.0], [9.0]];
/// let halves = Partition::from_labels(&[0, 0, 1, 1]);
/// let all = Partition::one_group(4);
/// let methods = [
///     Method { name: "louvain", partition: &halves, modularity: 0.5 },
///     Method { name: "kmeans", partition: &all, modularity: 0.0 },
/// ];
/// let scores = score_methods(points.view(), Distance::Euclidean, &methods, None, 42);
/// assert_eq!(scores[0].with_graph.adjusted_rand.value, 1.0);
/// assert!(scores[0].silhouette > 0.8 && scores[1].silhouette.is_nan());
/// ```
///
/// # Panics
/// Where a partition is not of as many customers as there are points.
pub fn score_methods(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    methods: &[Method<'_>],
    truth: Option<&Partition>,
    seed: u64,
) -> Vec<MethodScores> {
    let Some(graph) = methods.first().map(|method| method.partition) else {
        return Vec::new();
    };
    let widths: Vec<Option<Widths>> = methods
        .iter()
        .map(|method| measured_widths(points, distance, method.partition))
        .collect();
    let measures: Vec<Measure<'_>> = methods
        .iter()
        .zip(&widths)
        .map(|(method, widths)| Measure {
            partition: method.partition,
            widths: widths.as_ref(),
            values: [
                widths.as_ref().map_or(f64::NAN, |w| w.mean().mean),
                davies_bouldin(points, method.partition).unwrap_or(f64::NAN),
                calinski_harabasz(points, method.partition).unwrap_or(f64::NAN),
            ],
        })
        .collect();
    let resampled = resampled(points, distance, &measures, seed);
    let of = |interval: &dyn Fn(usize) -> Option<super::Interval>| Intervals {
        silhouette: interval(0),
        davies_bouldin: interval(1),
        calinski_harabasz: interval(2),
    };
    let scores = |(k, method): (usize, &Method<'_>)| {
        let partition = method.partition;
        let [silhouette, davies_bouldin, calinski_harabasz] = measures[k].values;
        let mine: &Resampled = &resampled[k];
        let with_graph = agreement(graph, partition, RESAMPLES, seed);
        MethodScores {
            method: method.name.to_owned(),
            n_clusters: partition.n_groups(),
            silhouette,
            davies_bouldin,
            calinski_harabasz,
            intervals: of(&|measure| mine.interval(measure)),
            minus_graph: of(&|measure| mine.minus_first(measure).filter(|_| k > 0)),
            modularity: method.modularity,
            stability: None,
            with_graph,
            ari_with_truth: truth.map(|truth| adjusted_rand(partition, truth)),
            ami_with_truth: truth.map(|truth| adjusted_mutual_information(partition, truth)),
        }
    };
    methods.iter().enumerate().map(scores).collect()
}
