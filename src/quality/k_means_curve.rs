//! k-means at its own number of clusters: how silhouette and inertia change with it.

use super::{SILHOUETTE_EXACT_UP_TO, silhouette};
use crate::Result;
use crate::clustering::{KMeans, k_means, knee};
use crate::features::Distance;
use crate::partition::Partition;
use crate::random::stream;
use ndarray::{ArrayView2, Axis};
use serde::Serialize;

/// The most clusters that are tried.
const MOST: usize = 20;

/// Of more customers than a silhouette is exact for, so many are judged: a mean silhouette of
/// 5,000 has a standard error of 0.004 or less, and nineteen divisions are made.
const JUDGED: usize = 5_000;

/// k-means with so many clusters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// How many.
    pub n_clusters: usize,
    /// Sum of squared distances of the customers judged to the nearest center.
    pub inertia: f64,
    /// Mean silhouette width of the customers judged, among themselves.
    pub silhouette: f64,
}

/// k-means with 2 to 20 clusters, and the number it would take by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KMeansCurve {
    /// By rising number of clusters.
    pub points: Vec<CurvePoint>,
    /// The number with the largest silhouette; of equal ones the least.
    pub best: usize,
    /// The number at the elbow of the inertia: farthest below the straight line from the first to the last. Satopää, Albrecht, Irwin
    /// and Raghavan, ICDCS Workshops 2011.
    pub elbow: usize,
    /// How many customers the numbers were judged on: all, or a sample of many.
    pub n_judged: usize,
    /// The clusters of all customers at `best`.
    pub partition: Partition,
}

/// Tries numbers of clusters; `None` where two clusters are not possible, or no silhouette is defined.
///
/// Above 10,000 customers the numbers are judged on 5,000 drawn at random, whose silhouettes are exact among
/// themselves, and all are divided at the best number only. `O(20)` times [`k_means`] and [`silhouette`] of those judged.
///
/// ```
/// use kinfolk::features::Distance;
/// use kinfolk::quality::k_means_curve;
/// use ndarray::Array2;
///
/// // Four groups of ten on a line.
/// let points = Array2::from_shape_fn((40, 1), |(i, _)| (i / 10 * 100 + i % 10) as f32);
/// let curve = k_means_curve(points.view(), Distance::Euclidean, 42)?.unwrap();
/// assert_eq!((curve.best, curve.elbow, curve.points.len()), (4, 4, 19));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where a coordinate is not finite.
pub fn k_means_curve(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    seed: u64,
) -> Result<Option<KMeansCurve>> {
    let n = points.nrows();
    if n <= SILHOUETTE_EXACT_UP_TO {
        return judged(points, distance, seed);
    }
    let mut rows = rand::seq::index::sample(&mut stream(seed, 0), n, JUDGED).into_vec();
    rows.sort_unstable();
    let Some(curve) = judged(points.select(Axis(0), &rows).view(), distance, seed)? else {
        return Ok(None);
    };
    let partition = k_means(points, &settings(curve.best, seed))?.partition;
    Ok(Some(KMeansCurve { partition, ..curve }))
}

fn settings(n_clusters: usize, seed: u64) -> KMeans {
    KMeans {
        n_clusters,
        seed,
        ..KMeans::default()
    }
}

/// The curve of these customers.
fn judged(points: ArrayView2<'_, f32>, distance: Distance, seed: u64) -> Result<Option<KMeansCurve>> {
    let mut curve: Vec<CurvePoint> = Vec::new();
    let mut best: Option<(f64, Partition)> = None;
    // With everybody alone no silhouette is defined.
    for n_clusters in 2..=MOST.min(points.nrows().saturating_sub(1)) {
        let fit = k_means(points, &settings(n_clusters, seed))?;
        // Of few distinct customers there are not that many clusters.
        if fit.partition.n_groups() < n_clusters {
            break;
        }
        let Some(found) = silhouette(points, distance, &fit.partition) else {
            break;
        };
        curve.push(CurvePoint {
            n_clusters,
            inertia: fit.inertia,
            silhouette: found.mean,
        });
        if best.as_ref().is_none_or(|(most, _)| found.mean > *most) {
            best = Some((found.mean, fit.partition));
        }
    }
    let inertia: Vec<f64> = curve.iter().map(|point| point.inertia).collect();
    Ok(best.map(|(_, partition)| KMeansCurve {
        best: partition.n_groups(),
        elbow: curve[knee(&inertia)].n_clusters,
        points: curve,
        n_judged: points.nrows(),
        partition,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn few_distinct_customers_end_the_curve_and_one_has_none() -> Result<()> {
        let points = array![[0.0f32], [0.0], [5.0], [5.0], [9.0]];
        let curve = k_means_curve(points.view(), Distance::Euclidean, 1)?.expect("three distinct");
        assert_eq!(curve.points.len(), 2);
        assert_eq!(curve.partition.n_groups(), curve.best);
        let same = Array2::<f32>::zeros((6, 2));
        assert_eq!(k_means_curve(same.view(), Distance::Euclidean, 1)?, None);
        assert_eq!(
            k_means_curve(
                points.select(ndarray::Axis(0), &[0]).view(),
                Distance::Euclidean,
                1
            )?,
            None
        );
        Ok(())
    }

    #[test]
    fn many_customers_are_judged_by_a_sample_and_divided_all() -> Result<()> {
        let n = SILHOUETTE_EXACT_UP_TO + 2_000;
        let points = Array2::from_shape_fn((n, 1), |(i, _)| (i % 3 * 100 + i % 7) as f32);
        let curve = k_means_curve(points.view(), Distance::Euclidean, 1)?.expect("three groups");
        assert_eq!((curve.best, curve.n_judged), (3, JUDGED));
        let groups: Vec<usize> = (0..n).map(|i| i % 3).collect();
        assert_eq!(curve.partition, Partition::from_labels(&groups));
        Ok(())
    }
}
