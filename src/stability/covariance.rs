//! How the columns of a null table go together: scores by rank, covariances, what ties hide of them, and their roots.

use rayon::prelude::*;

/// Standard normal scores by rank; equal values share the mean of theirs.
pub(super) fn rank_scores(values: &[f64], normal: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]).then(a.cmp(&b)));
    let mut scores = vec![0.0; values.len()];
    let mut begin = 0;
    for tied in order.chunk_by(|&a, &b| values[a as usize] == values[b as usize]) {
        let mean = normal[begin..begin + tied.len()].iter().sum::<f64>() / tied.len() as f64;
        for &i in tied {
            scores[i as usize] = mean;
        }
        begin += tied.len();
    }
    scores
}

/// The covariance of centered columns, lower triangle, row by row.
pub(super) fn covariance(columns: &[Vec<f64>]) -> Vec<f64> {
    let p = columns.len();
    let n = columns.first().map_or(1, Vec::len).max(1);
    (0..p * p)
        .into_par_iter()
        .map(|at| {
            let (a, b) = (at / p, at % p);
            if b > a {
                return 0.0;
            }
            let products = columns[a].iter().zip(&columns[b]).map(|(x, y)| x * y);
            products.sum::<f64>() / n as f64
        })
        .collect()
}

/// The covariance that normal variables have whose ranks, tied as the data are, have these scores of mean square `whole` where
/// nothing is tied.
///
/// Customers who share a value share the mean of their scores, which hides a part of how columns go together: two
/// columns that are 0 for every second customer would be drawn less alike than they are. A column of which the share
/// R of the mean square is left explains R of what it would say: products are divided by the R of both columns (polychoric correlation
/// to first order; Olsson, Psychometrika 44, 443 (1979)). What no variables could have is drawn together until they can.
pub(super) fn latent_covariance(scores: &[Vec<f64>], whole: f64) -> Vec<f64> {
    let p = scores.len();
    let tied = covariance(scores);
    let left: Vec<f64> = (0..p).map(|a| (tied[a * p + a] / whole).min(1.0)).collect();
    let mut shrink = 1.0;
    for _ in 0..MOST_SHRINKS {
        let mut latent = tied.clone();
        for a in 0..p {
            for b in 0..a {
                // Without ties nothing is hidden, and nothing moves.
                let hidden = left[a] * left[b];
                let most = MOST_CORRELATED * whole;
                let by = if hidden > 0.999 { 1.0 } else { hidden.max(1e-3) };
                let full = tied[a * p + b] / by;
                latent[a * p + b] = if by < 1.0 {
                    shrink * full.clamp(-most, most)
                } else {
                    full
                };
            }
            if left[a] <= 0.999 {
                latent[a * p + a] = whole;
            }
        }
        if pivots_are_positive(&latent, p) {
            return latent;
        }
        shrink *= 0.9;
    }
    tied
}

/// How often what no variables could have is drawn together by a tenth.
const MOST_SHRINKS: usize = 20;
/// No two tied columns are taken for more alike than this.
const MOST_CORRELATED: f64 = 0.99;

/// Whether a covariance is one: whether no pivot of its root is clearly negative.
fn pivots_are_positive(covariance: &[f64], p: usize) -> bool {
    let root = root_of(covariance, p);
    (0..p).all(|a| {
        let dot: f64 = (0..a).map(|k| root[a * p + k] * root[a * p + k]).sum();
        covariance[a * p + a] - dot > -1e-6 * covariance[a * p + a].abs()
    })
}

/// Cholesky root of a covariance; a column that depends on earlier ones gets a zero pivot.
pub(super) fn root_of(covariance: &[f64], p: usize) -> Vec<f64> {
    let mut root = vec![0.0; p * p];
    for a in 0..p {
        for b in 0..=a {
            let dot: f64 = (0..b).map(|k| root[a * p + k] * root[b * p + k]).sum();
            let rest = covariance[a * p + b] - dot;
            root[a * p + b] = if a == b {
                if rest > 1e-10 * covariance[a * p + a] {
                    rest.sqrt()
                } else {
                    0.0
                }
            } else if root[b * p + b] > 0.0 {
                rest / root[b * p + b]
            } else {
                0.0
            };
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{StandardNormal, stream};
    use rand::RngExt;

    /// Columns that are normal with this correlation, zero below their middle, as ranks score them.
    fn half_zero(correlation: f64) -> (Vec<Vec<f64>>, f64) {
        let mut random = stream(3, 0);
        let n = 20_000;
        let mut draw = || {
            (0..n)
                .map(|_| random.sample(StandardNormal))
                .collect::<Vec<f64>>()
        };
        let (x, e) = (draw(), draw());
        let mix = (1.0 - correlation * correlation).sqrt();
        let y: Vec<f64> = x.iter().zip(e).map(|(x, e)| correlation * x + mix * e).collect();
        let mut normal = draw();
        normal.sort_unstable_by(f64::total_cmp);
        let cut = |v: &[f64]| v.iter().map(|x| x.max(0.0)).collect::<Vec<f64>>();
        let whole = normal.iter().map(|x| x * x).sum::<f64>() / n as f64;
        (
            vec![rank_scores(&cut(&x), &normal), rank_scores(&cut(&y), &normal)],
            whole,
        )
    }

    #[test]
    fn equal_values_share_the_mean_of_their_scores() {
        // The two fives share that of 0 and 1.
        assert_eq!(rank_scores(&[5.0, 1.0, 5.0], &[-1.0, 0.0, 1.0]), [0.5, -1.0, 0.5]);
    }

    #[test]
    fn columns_with_zeros_are_drawn_as_much_alike_as_they_are() {
        for correlation in [0.8, 0.5, -0.5] {
            let (scores, whole) = half_zero(correlation);
            let latent = latent_covariance(&scores, whole);
            let tied = covariance(&scores);
            let as_drawn = |c: &[f64]| c[2] / (c[0] * c[3]).sqrt();
            assert!(
                (as_drawn(&latent) - correlation).abs() < 0.1,
                "{correlation}: {}",
                as_drawn(&latent)
            );
            if correlation > 0.0 {
                assert!(
                    as_drawn(&tied) < as_drawn(&latent),
                    "ties hide what goes together"
                );
            }
        }
    }

    #[test]
    fn without_ties_nothing_moves_and_the_root_multiplies_out() {
        let columns = vec![vec![1.0, -1.0, 2.0, -2.0], vec![1.0, -1.0, -2.0, 2.0]];
        let covariance = covariance(&columns);
        assert_eq!(covariance, [2.5, 0.0, -1.5, 2.5]);
        assert_eq!(latent_covariance(&columns, 2.5), covariance);
        let root = root_of(&covariance, 2);
        assert!((root[0] * root[0] - 2.5).abs() < 1e-12);
        assert!((root[2] * root[0] + 1.5).abs() < 1e-12);
        assert!((root[2] * root[2] + root[3] * root[3] - 2.5).abs() < 1e-12);
    }

    #[test]
    fn what_no_columns_could_have_is_drawn_together() {
        assert!(!pivots_are_positive(
            &[1.0, 0.0, 0.0, 0.9, 1.0, 0.0, -0.9, 0.9, 1.0],
            3
        ));
        assert!(pivots_are_positive(&[1.0, 0.0, 0.9, 1.0], 2));
    }
}
