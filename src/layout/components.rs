//! Principal components: the directions in which points spread most.

use super::symmetric::eigen;
use crate::num::CHUNK;
use crate::num::math;
use crate::random;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use rand::RngExt;
use rayon::prelude::*;

/// Up to this many coordinates the d × d covariance matrix is formed and solved exactly; above, only products with it
/// are formed, because d³ would cost more than the points.
const MOST_EXACT: usize = 96;
/// Directions carried beside those asked for: they make subspace iteration converge faster.
const SPARE: usize = 8;
/// Steps of subspace iteration at most.
const STEPS: usize = 100;

/// What [`principal_components`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalComponents {
    /// n × c: each point along each component, mean 0. Components beyond the number of coordinates are 0.
    pub scores: Array2<f64>,
    /// c × d: the directions, unit vectors, the entry of largest size positive; zeros where there is no direction.
    pub axes: Array2<f64>,
    /// Share of the variance along each component, in [0, 1], falling. Length c.
    pub explained: Vec<f64>,
}

/// The first `n_components` principal components of the rows of `points`, about their mean, not rescaled.
///
/// Exact up to 96 coordinates, `O(n d²)`; above, by subspace iteration without a d × d matrix, `O(n d)` a step, at most
/// 100 steps. Sums run over fixed chunks of rows: the same bits for any number of threads. Hotelling, J. Educ. Psychol.
/// 24, 417 (1933); Halko, Martinsson and Tropp, SIAM Review 53, 217 (2011) for the iteration.
///
/// ```
/// use kinfolk::layout::principal_components;
/// use ndarray::array;
///
/// let found = principal_components(array![[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]].view(), 2);
/// assert!((found.scores[[2, 0]] - 5f64.sqrt()).abs() < 1e-6);
/// assert!((found.explained[0] - 1.0).abs() < 1e-12);
/// ```
pub fn principal_components(points: ArrayView2<'_, f32>, n_components: usize) -> PrincipalComponents {
    let (n, d) = points.dim();
    let mean = sum_over_rows(points, d, |row, sum: &mut Array1<f64>| {
        for (s, &x) in sum.iter_mut().zip(row) {
            *s += f64::from(x);
        }
    }) / n.max(1) as f64;
    let total = sum_over_rows(points, 1, |row, sum: &mut Array1<f64>| {
        sum[0] += row
            .iter()
            .zip(&mean)
            .map(|(&x, m)| math::square(f64::from(x) - m))
            .sum::<f64>();
    })[0];
    let (values, mut vectors) = if d <= MOST_EXACT {
        eigen(covariance(points, &mean))
    } else {
        subspace(points, &mean, (n_components + SPARE).min(d))
    };
    fix_signs(&mut vectors);

    let found = n_components.min(d);
    let mut axes = Array2::zeros((n_components, d));
    for (mut axis, vector) in axes.outer_iter_mut().zip(vectors.columns()).take(found) {
        axis.assign(&vector);
    }
    let mut scores = Array2::zeros((n, n_components));
    let rows: Vec<Vec<f64>> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut centered = vec![0.0; d];
            let mut out = Vec::with_capacity(CHUNK * found);
            for r in chunk * CHUNK..((chunk + 1) * CHUNK).min(n) {
                for ((c, &x), m) in centered.iter_mut().zip(points.row(r)).zip(&mean) {
                    *c = f64::from(x) - m;
                }
                let axes = axes.outer_iter().take(found);
                out.extend(axes.map(|axis| centered.iter().zip(axis).map(|(c, a)| c * a).sum::<f64>()));
            }
            out
        })
        .collect();
    for (chunk, rows) in rows.iter().enumerate() {
        for (k, &score) in rows.iter().enumerate() {
            scores[[chunk * CHUNK + k / found, k % found]] = score;
        }
    }
    let explained = (0..n_components)
        .map(|k| {
            let value = values.get(k).copied().unwrap_or(0.0);
            if total > 0.0 {
                (value / total).clamp(0.0, 1.0)
            } else {
                0.0
            }
        })
        .collect();
    PrincipalComponents {
        scores,
        axes,
        explained,
    }
}

/// Each point along the two widest directions: where [`layout`](super::layout()) starts.
///
/// ```
/// let start = kinfolk::layout::first_two(ndarray::array![[1.0], [3.0]].view());
/// assert_eq!(start, [[-1.0, 0.0], [1.0, 0.0]]);
/// ```
pub fn first_two(points: ArrayView2<'_, f32>) -> Vec<[f64; 2]> {
    let found = principal_components(points, 2);
    found.scores.outer_iter().map(|row| [row[0], row[1]]).collect()
}

/// Sums of something over all rows, chunk by chunk, the chunks in order.
fn sum_over_rows(
    points: ArrayView2<'_, f32>,
    length: usize,
    add: impl Fn(&[f32], &mut Array1<f64>) + Sync,
) -> Array1<f64> {
    let n = points.nrows();
    let chunks: Vec<Array1<f64>> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut sum = Array1::zeros(length);
            for r in chunk * CHUNK..((chunk + 1) * CHUNK).min(n) {
                match points.row(r).as_slice() {
                    Some(row) => add(row, &mut sum),
                    None => add(&points.row(r).to_vec(), &mut sum),
                }
            }
            sum
        })
        .collect();
    chunks
        .iter()
        .fold(Array1::zeros(length), |sum, chunk| sum + chunk)
}

/// n times the covariance matrix.
fn covariance(points: ArrayView2<'_, f32>, mean: &Array1<f64>) -> Array2<f64> {
    let d = mean.len();
    let flat = sum_over_rows(points, d * d, |row, sum| {
        for i in 0..d {
            let a = f64::from(row[i]) - mean[i];
            for j in 0..=i {
                sum[i * d + j] += a * (f64::from(row[j]) - mean[j]);
            }
        }
    });
    Array2::from_shape_fn((d, d), |(i, j)| flat[i.max(j) * d + i.min(j)])
}

/// The `b` leading eigenvalues and eigenvectors of n times the covariance matrix, by subspace iteration.
fn subspace(points: ArrayView2<'_, f32>, mean: &Array1<f64>, b: usize) -> (Vec<f64>, Array2<f64>) {
    let d = mean.len();
    let times = |basis: &Array2<f64>| {
        let flat = sum_over_rows(points, d * b, |row, sum| {
            for k in 0..b {
                let along = basis.column(k);
                let dot: f64 = (0..d).map(|j| (f64::from(row[j]) - mean[j]) * along[j]).sum();
                for j in 0..d {
                    sum[k * d + j] += dot * (f64::from(row[j]) - mean[j]);
                }
            }
        });
        Array2::from_shape_fn((d, b), |(j, k)| flat[k * d + j])
    };
    let mut random = random::stream(0, 1);
    let mut basis = Array2::from_shape_fn((d, b), |_| random.random_range(-1.0..1.0));
    orthonormalize(&mut basis);
    let mut last = vec![0.0; b];
    for _ in 0..STEPS {
        let product = times(&basis);
        // Rayleigh–Ritz: the best vectors within the subspace.
        let (values, within) = eigen(times_matrix(basis.t(), product.view()));
        basis = times_matrix(product.view(), within.view());
        orthonormalize(&mut basis);
        let leading = b.saturating_sub(SPARE).max(1);
        let moved = (0..leading).any(|k| (values[k] - last[k]).abs() > 1e-12 * values[0].abs());
        last = values;
        if !moved {
            break;
        }
    }
    (last, basis)
}

/// The sum of products, in order: the one of `ndarray` is fused where the processor can.
fn inner(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn times_matrix(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn((a.nrows(), b.ncols()), |(i, k)| inner(a.row(i), b.column(k)))
}

/// Gram–Schmidt, twice for the sake of rounding; directions that vanish become 0.
fn orthonormalize(basis: &mut Array2<f64>) {
    for k in 0..basis.ncols() {
        let before = inner(basis.column(k), basis.column(k)).sqrt();
        for _ in 0..2 {
            for j in 0..k {
                let along = inner(basis.column(j), basis.column(k));
                let other = basis.column(j).to_owned();
                basis.column_mut(k).scaled_add(-along, &other);
            }
        }
        let norm = inner(basis.column(k), basis.column(k)).sqrt();
        let scale = if norm > 1e-12 * before { 1.0 / norm } else { 0.0 };
        basis.column_mut(k).mapv_inplace(|x| x * scale);
    }
}

/// An eigenvector may point either way: the entry of largest size is made positive, the first of those that are equally
/// large but for rounding.
fn fix_signs(vectors: &mut Array2<f64>) {
    for mut v in vectors.columns_mut() {
        let largest = v.iter().fold(0.0, |a: f64, x| a.max(x.abs()));
        if v.iter()
            .find(|x| x.abs() >= largest * (1.0 - 1e-9))
            .is_some_and(|x| *x < 0.0)
        {
            v.mapv_inplace(|x| -x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(n: usize, d: usize, seed: u64) -> Array2<f32> {
        let mut random = random::stream(seed, 7);
        let mut points = Array2::from_shape_fn((n, d), |(_, j)| {
            (random.random_range(-1.0..1.0f64) / (1.0 + j as f64)) as f32
        });
        for mut row in points.outer_iter_mut() {
            row[1] += 0.5 * row[0];
        }
        points
    }

    #[test]
    fn axes_are_orthonormal_and_explain_ever_less() {
        let found = principal_components(cloud(500, 6, 1).view(), 6);
        let gram = times_matrix(found.axes.view(), found.axes.t());
        assert!((&gram - &Array2::<f64>::eye(6)).iter().all(|x| x.abs() < 1e-12));
        assert!(found.explained.windows(2).all(|w| w[0] >= w[1]));
        assert!((found.explained.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn subspace_iteration_finds_what_the_covariance_matrix_holds() {
        let points = cloud(400, 40, 2);
        let mean = Array1::from_shape_fn(40, |j| {
            points.column(j).iter().map(|&x| f64::from(x)).sum::<f64>() / 400.0
        });
        let (exact, mut vectors) = eigen(covariance(points.view(), &mean));
        let (near, mut found) = subspace(points.view(), &mean, 2 + SPARE);
        fix_signs(&mut vectors);
        fix_signs(&mut found);
        for k in 0..2 {
            assert!((exact[k] - near[k]).abs() < 1e-9 * exact[0]);
            assert!(
                (&vectors.column(k) - &found.column(k))
                    .iter()
                    .all(|x| x.abs() < 1e-4)
            );
        }
    }

    #[test]
    fn many_coordinates_take_the_road_without_a_matrix() {
        let found = principal_components(cloud(300, 150, 3).view(), 2);
        let along = |k: usize| found.scores.column(k).iter().map(|x| x * x).sum::<f64>();
        assert!(along(0) > along(1) && along(1) > 0.0);
        assert!(found.scores.column(0).sum().abs() < 1e-6);
    }

    #[test]
    fn points_without_spread_or_coordinates_have_zero_scores() {
        let same = principal_components(Array2::from_elem((5, 3), 2.5f32).view(), 2);
        assert!(same.scores.iter().chain(&same.explained).all(|x| *x == 0.0));
        assert_eq!(
            principal_components(Array2::zeros((3, 0)).view(), 2).scores,
            Array2::<f64>::zeros((3, 2))
        );
        assert_eq!(
            principal_components(Array2::zeros((0, 2)).view(), 2)
                .scores
                .nrows(),
            0
        );
    }
}
