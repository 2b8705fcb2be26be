//! Measures that need the centers of groups only.

use crate::partition::Partition;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

/// Davies–Bouldin index, from 0; smaller is better.
///
/// For each group the worst ratio of scatter to separation, `max (s_i + s_j) / |c_i − c_j|`, where s is the mean
/// distance of members to their center; then the mean over groups. Pairs of groups with the same center count as 0,
/// as in scikit-learn's `davies_bouldin_score`. Euclidean distance. `None` with fewer than two groups or with every
/// customer alone. `O(nd + c²d)`. Davies and Bouldin, IEEE Transactions on Pattern Analysis and Machine
/// Intelligence 1, 224 (1979).
///
/// ```
/// use kinfolk::{Partition, quality::davies_bouldin};
/// use ndarray::array;
///
/// let points = array![[0.0f32], [2.0], [10.0], [12.0]];
/// assert_eq!(davies_bouldin(points.view(), &Partition::from_labels(&[0, 0, 1, 1])), Some(0.2));
/// assert_eq!(davies_bouldin(points.view(), &Partition::one_group(4)), None);
/// ```
///
/// # Panics
/// Where the partition is not of as many customers as there are points.
pub fn davies_bouldin(points: ArrayView2<'_, f32>, partition: &Partition) -> Option<f64> {
    of_all(points, partition).map(|measures| measures.0)
}

/// Caliński–Harabasz index, from 0; larger is better.
///
/// The ratio of the variance between groups to that within, `(B / (c − 1)) / (W / (n − c))` with B and W the sums
/// of squared distances of the centers (weighted by size) to the overall mean and of customers to their center; 1
/// where W is 0, as in scikit-learn's `calinski_harabasz_score`. Not comparable between data sets. Euclidean
/// distance. `None` with fewer than two groups or with every customer alone. `O(nd)`. Caliński and Harabasz,
/// Communications in Statistics 3, 1 (1974).
///
/// ```
/// use kinfolk::{Partition, quality::calinski_harabasz};
/// use ndarray::array;
///
/// let points = array![[0.0f32], [2.0], [10.0], [12.0]];
/// assert_eq!(calinski_harabasz(points.view(), &Partition::from_labels(&[0, 0, 1, 1])), Some(50.0));
/// assert_eq!(calinski_harabasz(points.view(), &Partition::singletons(4)), None);
/// ```
///
/// # Panics
/// Where the partition is not of as many customers as there are points.
pub fn calinski_harabasz(points: ArrayView2<'_, f32>, partition: &Partition) -> Option<f64> {
    of_all(points, partition).map(|measures| measures.1)
}

fn of_all(points: ArrayView2<'_, f32>, partition: &Partition) -> Option<(f64, f64)> {
    assert_eq!(points.nrows(), partition.len(), "a partition of other customers");
    let rows: Vec<u32> = (0..partition.len() as u32).collect();
    center_measures(points, partition, &rows)
}

/// Davies–Bouldin and Caliński–Harabasz index of some of the customers, who may be among them more than once, such as a resample:
/// `rows` are their places. Groups without any of them do not count. `None` where fewer than two groups are left, or as many as rows.
pub(crate) fn center_measures(
    points: ArrayView2<'_, f32>,
    partition: &Partition,
    rows: &[u32],
) -> Option<(f64, f64)> {
    let c = partition.n_groups();
    let Centers {
        sizes,
        centers,
        overall,
    } = Centers::of(points, partition, rows);
    let there: Vec<usize> = (0..c).filter(|&g| sizes[g] > 0).collect();
    if there.len() < 2 || there.len() >= rows.len() {
        return None;
    }
    let n = rows.len() as f64;
    let mut between = 0.0;
    for &g in &there {
        let differences = centers.row(g).into_iter().zip(&overall);
        between += sizes[g] as f64 * differences.map(|(x, y)| (x - y) * (x - y)).sum::<f64>();
    }
    let (mut within, mut scatter) = (0.0, vec![0.0; c]);
    for &row in rows {
        let g = partition.labels()[row as usize] as usize;
        let square = squared(points.row(row as usize), centers.row(g));
        within += square;
        scatter[g] += square.sqrt();
    }
    for &g in &there {
        scatter[g] /= sizes[g] as f64;
    }
    let mut worst = vec![0f64; c];
    for (place, &i) in there.iter().enumerate() {
        for &j in &there[..place] {
            let differences = centers.row(i).into_iter().zip(centers.row(j));
            let separation = differences.map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt();
            if separation > 0.0 {
                let ratio = (scatter[i] + scatter[j]) / separation;
                worst[i] = worst[i].max(ratio);
                worst[j] = worst[j].max(ratio);
            }
        }
    }
    let k = there.len() as f64;
    let ratio = if within == 0.0 {
        1.0
    } else {
        between * (n - k) / (within * (k - 1.0))
    };
    Some((worst.iter().sum::<f64>() / k, ratio))
}

/// Where the groups of some of the customers are.
pub(super) struct Centers {
    /// Customers of each group.
    pub(super) sizes: Vec<usize>,
    /// The mean of each group, a row each; 0 without customers.
    pub(super) centers: Array2<f64>,
    /// The mean of all.
    pub(super) overall: Array1<f64>,
}

impl Centers {
    /// `rows` are the customers' places.
    pub(super) fn of(points: ArrayView2<'_, f32>, partition: &Partition, rows: &[u32]) -> Self {
        let mut sizes = vec![0usize; partition.n_groups()];
        let mut centers = Array2::<f64>::zeros((partition.n_groups(), points.ncols()));
        for &row in rows {
            let g = partition.labels()[row as usize] as usize;
            sizes[g] += 1;
            for (sum, &x) in centers.row_mut(g).iter_mut().zip(points.row(row as usize)) {
                *sum += f64::from(x);
            }
        }
        let overall = centers
            .columns()
            .into_iter()
            .map(|x| x.sum() / rows.len() as f64)
            .collect();
        for (mut center, &size) in centers.rows_mut().into_iter().zip(&sizes) {
            center /= size.max(1) as f64;
        }
        Centers {
            sizes,
            centers,
            overall,
        }
    }
}

pub(super) fn squared(point: ArrayView1<'_, f32>, center: ArrayView1<'_, f64>) -> f64 {
    let differences = point.into_iter().zip(center).map(|(&x, y)| f64::from(x) - y);
    differences.map(|difference| difference * difference).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn groups_around_the_same_center_do_not_divide_by_zero() {
        let rings = array![[1.0f32, 0.0], [-1.0, 0.0], [0.0, 3.0], [0.0, -3.0]];
        let partition = Partition::from_labels(&[0, 0, 1, 1]);
        assert_eq!(davies_bouldin(rings.view(), &partition), Some(0.0));
        assert_eq!(calinski_harabasz(rings.view(), &partition), Some(0.0));
    }

    #[test]
    fn all_customers_once_have_the_measures_of_all_and_absent_groups_do_not_count() {
        let points = array![
            [0.0f32, 1.0],
            [2.0, 0.5],
            [10.0, 3.0],
            [12.5, 0.0],
            [30.0, 1.0],
            [33.0, 2.0]
        ];
        let partition = Partition::from_labels(&[0, 0, 1, 1, 2, 2]);
        let (bouldin, harabasz) =
            center_measures(points.view(), &partition, &[5, 4, 3, 2, 1, 0]).expect("three");
        assert!((bouldin - davies_bouldin(points.view(), &partition).expect("three")).abs() < 1e-12);
        assert!((harabasz - calinski_harabasz(points.view(), &partition).expect("three")).abs() < 1e-9);
        let two = Partition::from_labels(&[0, 0, 1, 1]);
        let first = points.select(ndarray::Axis(0), &[0, 1, 2, 3]);
        let (bouldin, _) = center_measures(points.view(), &partition, &[0, 1, 2, 3]).expect("two");
        assert!((bouldin - davies_bouldin(first.view(), &two).expect("two")).abs() < 1e-12);
        assert_eq!(center_measures(points.view(), &partition, &[0, 1, 1]), None);
        // Two customers alone in their groups are not spread.
        assert_eq!(center_measures(points.view(), &partition, &[0, 2]), None);
    }

    #[test]
    fn groups_of_equal_customers_have_no_scatter() {
        let points = array![[1.0f32], [1.0], [4.0], [4.0]];
        let partition = Partition::from_labels(&[0, 0, 1, 1]);
        assert_eq!(davies_bouldin(points.view(), &partition), Some(0.0));
        assert_eq!(calinski_harabasz(points.view(), &partition), Some(1.0));
    }
}
