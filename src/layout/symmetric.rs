//! Eigenvectors of a small symmetric matrix.

use ndarray::Array2;

/// Eigenvalues, falling, and their unit vectors as the columns of the second value. Cyclic Jacobi rotations: slow for
/// large matrices, but exact to rounding and in a fixed order. `O(d³)`.
pub(super) fn eigen(mut a: Array2<f64>) -> (Vec<f64>, Array2<f64>) {
    let d = a.nrows();
    let mut vectors = Array2::<f64>::eye(d);
    let total: f64 = a.iter().map(|x| x * x).sum();
    // Convergence is quadratic: real matrices need six to ten sweeps.
    for _ in 0..60 {
        let off: f64 = (0..d)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|ij| a[ij] * a[ij])
            .sum();
        if off <= 1e-30 * total {
            break;
        }
        for p in 0..d {
            for q in p + 1..d {
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_by(|&i, &j| a[(j, j)].total_cmp(&a[(i, i)]));
    let values = order.iter().map(|&i| a[(i, i)]).collect();
    (values, vectors.select(ndarray::Axis(1), &order))
}

/// The rotation in the plane of `p` and `q` that brings `a[p, q]` to 0.
fn rotate(a: &mut Array2<f64>, vectors: &mut Array2<f64>, p: usize, q: usize) {
    let apq = a[(p, q)];
    if apq == 0.0 {
        return;
    }
    let theta = (a[(q, q)] - a[(p, p)]) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for k in 0..a.nrows() {
        let (x, y) = (a[(k, p)], a[(k, q)]);
        a[(k, p)] = c * x - s * y;
        a[(k, q)] = s * x + c * y;
    }
    for k in 0..a.nrows() {
        let (x, y) = (a[(p, k)], a[(q, k)]);
        a[(p, k)] = c * x - s * y;
        a[(q, k)] = s * x + c * y;
        let (x, y) = (vectors[(k, p)], vectors[(k, q)]);
        vectors[(k, p)] = c * x - s * y;
        vectors[(k, q)] = s * x + c * y;
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "compared with a tolerance")]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_eigenvectors_of_a_symmetric_matrix_rebuild_it() {
        let a = array![[4.0, 1.0, -2.0], [1.0, 2.0, 0.5], [-2.0, 0.5, 3.0]];
        let (values, vectors) = eigen(a.clone());
        let rebuilt = vectors
            .dot(&Array2::from_diag(&ndarray::Array1::from(values.clone())))
            .dot(&vectors.t());
        assert!((&rebuilt - &a).iter().all(|x| x.abs() < 1e-12));
        assert!(values[0] > values[1] && values[1] > values[2]);
    }

    #[test]
    fn equal_eigenvalues_give_orthogonal_vectors() {
        let (values, vectors) = eigen(array![[2.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, 1.0]]);
        assert!(
            (values[0] - 2.0).abs() < 1e-14 && (values[1] - 2.0).abs() < 1e-14 && values[2].abs() < 1e-14
        );
        let gram = vectors.t().dot(&vectors);
        assert!((&gram - &Array2::<f64>::eye(3)).iter().all(|x| x.abs() < 1e-14));
    }
}
