//! Structureless null tables: customers of the same spread and number without segments.

use super::unimodal::Unimodal;
use crate::num::math;
use crate::random::Random;
use crate::random::StandardNormal;
use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand::seq::SliceRandom;
use rayon::prelude::*;

/// Coordinates whose values are each shared by this many customers on average are counts or grades; null tables are rounded
/// to them, however many they are: the few low counts that most customers have are islands in null tables too.
const SHARED: usize = 4;

/// Share of the customers who have the lowest value of a column, from which null tables keep it as a value of its own.
const FLOOR: f64 = 0.05;
/// Customers above it that say how the others are distributed.
const LEAST_ABOVE: usize = 10;

/// What a null table keeps of the data.
pub(super) struct NullModel {
    numbers: Vec<Number>,
    blocks: Vec<Vec<usize>>,
    /// Standardized number coordinates by rank: what [`Kind::Unimodal`] correlates. Column by column.
    scores: Vec<Vec<f64>>,
    /// The number coordinates themselves, centered. Column by column.
    centered: Vec<Vec<f64>>,
    /// Roots of the two covariances; `None` where there are more coordinates than customers, who are then mixed.
    roots: Option<(Vec<f64>, Vec<f64>)>,
    /// Whether every row has length 1 (cosine).
    unit: bool,
}

/// One number coordinate.
struct Number {
    coordinate: usize,
    mean: f64,
    /// Its values where they are few.
    grades: Option<Vec<f32>>,
    /// The lowest value, where many share it, and their share: those who never bought, or bought once.
    floor: Option<(f64, f64)>,
    /// The others.
    unimodal: Unimodal,
}

impl Number {
    /// The value below which this share of the customers is.
    fn quantile(&self, share: f64) -> f64 {
        match self.floor {
            Some((lowest, floor)) if share < floor => lowest,
            Some((_, floor)) => self.unimodal.quantile((share - floor) / (1.0 - floor)),
            None => self.unimodal.quantile(share),
        }
    }
}

/// How the number coordinates of a null table are drawn.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Correlated as the ranks of the data are, each coordinate with its own distribution, made unimodal: a null table
    /// may be skewed and bent.
    Unimodal,
    /// Gaussian of the same covariance.
    Gaussian,
    /// Uniform of the same covariance: a null table may have edges.
    Uniform,
}

impl Kind {
    /// The kind of the null table of that number.
    pub(super) fn of(number: usize) -> Kind {
        match number % 4 {
            1 => Kind::Gaussian,
            3 => Kind::Uniform,
            _ => Kind::Unimodal,
        }
    }
}

impl NullModel {
    pub(super) fn of(points: ArrayView2<'_, f32>, blocks: &[Option<u32>], random: &mut Random) -> NullModel {
        let (n, d) = points.dim();
        let coordinates: Vec<usize> = (0..d).filter(|&j| blocks[j].is_none()).collect();
        let n_blocks = blocks.iter().flatten().max().map_or(0, |&b| b as usize + 1);
        let mut in_block = vec![Vec::new(); n_blocks];
        for (j, block) in blocks.iter().enumerate() {
            if let Some(b) = block {
                in_block[*b as usize].push(j);
            }
        }
        let mut normal: Vec<f64> = (0..n).map(|_| random.sample(StandardNormal)).collect();
        normal.sort_unstable_by(f64::total_cmp);
        // Symmetric, so that falling ranks correlate as rising ones do: −1 would become −0.997 otherwise, and a null table
        // on a falling line too thick.
        for i in 0..n / 2 {
            let half = (normal[n - 1 - i] - normal[i]) / 2.0;
            (normal[i], normal[n - 1 - i]) = (-half, half);
        }
        if n % 2 == 1 {
            normal[n / 2] = 0.0;
        }
        let (numbers, columns): (Vec<Number>, Vec<_>) = coordinates
            .par_iter()
            .map(|&j| {
                let values: Vec<f64> = points.column(j).iter().map(|&x| f64::from(x)).collect();
                let mean = values.iter().sum::<f64>() / n as f64;
                let mut sorted = values.clone();
                sorted.sort_unstable_by(f64::total_cmp);
                let mut grades: Vec<f32> = sorted.iter().map(|&x| x as f32).collect();
                grades.dedup();
                let lowest = sorted.partition_point(|&x| x <= sorted[0]);
                let many = lowest as f64 >= FLOOR * n as f64 && n - lowest >= LEAST_ABOVE;
                let number = Number {
                    coordinate: j,
                    mean,
                    grades: (grades.len() * SHARED <= n).then_some(grades),
                    floor: many.then(|| (sorted[0], lowest as f64 / n as f64)),
                    unimodal: Unimodal::of(if many { &sorted[lowest..] } else { &sorted }),
                };
                let centered = values.iter().map(|x| x - mean).collect();
                (number, (rank_scores(&values, &normal), centered))
            })
            .unzip();
        let (scores, centered): (Vec<Vec<f64>>, Vec<Vec<f64>>) = columns.into_iter().unzip();
        // Customers of zeros have no direction and stay where they are.
        let lengths = || {
            let squares =
                |r: ndarray::ArrayView1<'_, f32>| r.iter().map(|&x| math::square(f64::from(x))).sum::<f64>();
            points.rows().into_iter().map(squares)
        };
        let is_one = |length: f64| (length - 1.0).abs() < 1e-3;
        let unit = lengths().any(is_one) && lengths().all(|l| l == 0.0 || is_one(l));
        NullModel {
            roots: (numbers.len() < n).then(|| {
                let p = numbers.len();
                let whole = normal.iter().map(|x| x * x).sum::<f64>() / n.max(1) as f64;
                (
                    root_of(&latent_covariance(&scores, whole), p),
                    root_of(&covariance(&centered), p),
                )
            }),
            numbers,
            blocks: in_block,
            scores,
            centered,
            unit,
        }
    }

    /// A null table of the shape of `points`, with as many customers.
    pub(super) fn draw(&self, points: ArrayView2<'_, f32>, kind: Kind, random: &mut Random) -> Array2<f32> {
        let (n, d) = points.dim();
        let mut table = Array2::<f32>::zeros((n, d));
        let mut columns = self.correlated(n, kind, random);
        for (number, column) in self.numbers.iter().zip(&mut columns) {
            if matches!(kind, Kind::Unimodal) {
                // Through the distribution function, not through ranks: evenly spaced values would have thicker borders
                // than any sample has, most of all where columns are tied to each other.
                let sd = (column.iter().map(|x| x * x).sum::<f64>() / n as f64)
                    .sqrt()
                    .max(f64::MIN_POSITIVE);
                column
                    .iter_mut()
                    .for_each(|x| *x = number.quantile(normal_share(*x / sd)));
            } else {
                column.iter_mut().for_each(|x| *x += number.mean);
            }
            for (i, &x) in column.iter().enumerate() {
                table[[i, number.coordinate]] = match &number.grades {
                    Some(grades) => nearest(grades, x as f32),
                    None => x as f32,
                };
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        for block in &self.blocks {
            order.shuffle(random);
            for (i, &from) in order.iter().enumerate() {
                for &j in block {
                    table[[i, j]] = points[[from, j]];
                }
            }
        }
        if self.unit {
            for mut row in table.rows_mut() {
                let length = row
                    .iter()
                    .map(|&x| math::square(f64::from(x)))
                    .sum::<f64>()
                    .sqrt();
                if length > 0.0 {
                    row.mapv_inplace(|x| (f64::from(x) / length) as f32);
                }
            }
        }
        table
    }

    /// Number coordinates with the covariance of the scores or of the data, column by column.
    fn correlated(&self, n: usize, kind: Kind, random: &mut Random) -> Vec<Vec<f64>> {
        let p = self.numbers.len();
        // Uniform on ±√3: variance 1 like the Gaussian's.
        let edge = 3f64.sqrt();
        let mut draw = || -> f64 {
            match kind {
                Kind::Uniform => random.random_range(-edge..edge),
                _ => random.sample(StandardNormal),
            }
        };
        let unimodal = matches!(kind, Kind::Unimodal);
        let Some((of_scores, of_data)) = &self.roots else {
            let source = if unimodal { &self.scores } else { &self.centered };
            let scale = 1.0 / (n as f64).sqrt();
            let mixes: Vec<Vec<f64>> = (0..n).map(|_| (0..n).map(|_| draw() * scale).collect()).collect();
            return source
                .par_iter()
                .map(|column| {
                    mixes
                        .iter()
                        .map(|mix| mix.iter().zip(column).map(|(z, x)| z * x).sum())
                        .collect()
                })
                .collect();
        };
        let root = if unimodal { of_scores } else { of_data };
        let z: Vec<Vec<f64>> = (0..p).map(|_| (0..n).map(|_| draw()).collect()).collect();
        (0..p)
            .into_par_iter()
            .map(|a| {
                let mut column = vec![0.0; n];
                for (b, z) in z.iter().enumerate().take(a + 1) {
                    let l = root[a * p + b];
                    if l != 0.0 {
                        column.iter_mut().zip(z).for_each(|(x, z)| *x += l * z);
                    }
                }
                column
            })
            .collect()
    }
}

/// The share of a standard normal distribution below `x`.
fn normal_share(x: f64) -> f64 {
    0.5 * math::erfc(-x / std::f64::consts::SQRT_2)
}

/// Standard normal scores by rank; equal values share the mean of theirs.
fn rank_scores(values: &[f64], normal: &[f64]) -> Vec<f64> {
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

fn nearest(grades: &[f32], value: f32) -> f32 {
    let right = grades.partition_point(|&g| g < value);
    match (right.checked_sub(1).map(|l| grades[l]), grades.get(right)) {
        (Some(l), Some(&r)) => {
            if value - l <= r - value {
                l
            } else {
                r
            }
        }
        (Some(l), None) => l,
        (None, Some(&r)) => r,
        (None, None) => value,
    }
}

/// The covariance of centered columns, lower triangle, row by row.
fn covariance(columns: &[Vec<f64>]) -> Vec<f64> {
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
fn latent_covariance(scores: &[Vec<f64>], whole: f64) -> Vec<f64> {
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
fn root_of(covariance: &[f64], p: usize) -> Vec<f64> {
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
    use crate::random::stream;

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
    fn the_nearest_grade_is_taken_and_the_lower_of_two_as_near() {
        for (value, grade) in [
            (-5.0, 0.0),
            (0.5, 0.0),
            (0.6, 1.0),
            (1.0, 1.0),
            (2.0, 1.0),
            (2.1, 3.0),
            (9.0, 3.0),
        ] {
            assert_eq!(nearest(&[0.0, 1.0, 3.0], value), grade, "{value}");
        }
    }

    #[test]
    fn shares_of_a_normal_distribution_and_scores_by_rank() {
        assert_eq!(normal_share(0.0), 0.5);
        assert!((normal_share(1.959_963_984_540_054) - 0.975).abs() < 1e-12);
        assert!((normal_share(-1.959_963_984_540_054) - 0.025).abs() < 1e-12);
        // The two fives share the mean of the scores 0 and 1.
        assert_eq!(rank_scores(&[5.0, 1.0, 5.0], &[-1.0, 0.0, 1.0]), [0.5, -1.0, 0.5]);
    }

    #[test]
    fn a_floor_keeps_its_share_and_the_others_have_the_rest() {
        let number = Number {
            coordinate: 0,
            mean: 0.0,
            grades: None,
            floor: Some((0.0, 0.25)),
            unimodal: Unimodal::of(&[1.0, 2.0, 3.0]),
        };
        let quantiles = [0.0, 0.2, 0.25, 0.625, 1.0].map(|share| number.quantile(share));
        assert_eq!(quantiles, [0.0, 0.0, 1.0, 2.0, 3.0]);
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
