//! Structureless null tables: customers of the same spread and number without segments.

use super::covariance::{covariance, latent_covariance, rank_scores, root_of};
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;

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
    fn shares_of_a_normal_distribution() {
        assert_eq!(normal_share(0.0), 0.5);
        assert!((normal_share(1.959_963_984_540_054) - 0.975).abs() < 1e-12);
        assert!((normal_share(-1.959_963_984_540_054) - 0.025).abs() < 1e-12);
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

    /// So many rows of two numbers that go together, a third that does not, and a category of two coordinates.
    fn customers(n: usize) -> (Array2<f32>, Vec<Option<u32>>) {
        let mut random = stream(11, 0);
        let mut points = Array2::zeros((n, 5));
        for i in 0..n {
            let mut draw = || -> f64 { random.sample(StandardNormal) };
            let (x, y, z) = (draw(), draw(), draw());
            let category = i % 3 == 0;
            let row = [
                5.0 + 2.0 * x,
                x + 0.5 * y - 1.0,
                z,
                f64::from(category),
                1.0 - f64::from(category),
            ];
            (0..5).for_each(|j| points[[i, j]] = row[j] as f32);
        }
        (points, vec![None, None, None, Some(0), Some(0)])
    }

    /// Mean of a column, and covariance of two.
    fn moments(table: &Array2<f32>, a: usize, b: usize) -> (f64, f64) {
        let column = |j: usize| {
            table
                .column(j)
                .iter()
                .map(|&x| f64::from(x))
                .collect::<Vec<f64>>()
        };
        let (x, y) = (column(a), column(b));
        let n = x.len() as f64;
        let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
        let (mx, my) = (mean(&x), mean(&y));
        (
            mx,
            x.iter().zip(&y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / n,
        )
    }

    #[test]
    fn a_null_table_has_the_means_the_covariance_and_the_categories_of_the_data() {
        let (points, blocks) = customers(8_001);
        let model = NullModel::of(points.view(), &blocks, &mut stream(1, 0));
        for kind in [Kind::Unimodal, Kind::Gaussian, Kind::Uniform] {
            let table = model.draw(points.view(), kind, &mut stream(2, kind as u64));
            for (a, b) in [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)] {
                let (of_data, of_table) = (moments(&points, a, b), moments(&table, a, b));
                assert!((of_data.0 - of_table.0).abs() < 0.12, "mean of {a}");
                assert!(
                    (of_data.1 - of_table.1).abs() < 0.25,
                    "{a} and {b}: {} for {}",
                    of_table.1,
                    of_data.1
                );
            }
            // Both coordinates of a category go with each other, as often as they did, and no more with anything else.
            assert!(table.rows().into_iter().all(|row| row[3] + row[4] == 1.0));
            assert_eq!(table.column(3).sum(), points.column(3).sum());
            assert!(table.column(3) != points.column(3), "shuffled");
        }
        // The first coordinate of a uniform table is a uniform variable itself: no farther than √3 standard deviations.
        let uniform = model.draw(points.view(), Kind::Uniform, &mut stream(2, 9));
        let (mean, variance) = moments(&points, 0, 0);
        let farthest = uniform
            .column(0)
            .iter()
            .map(|&x| (f64::from(x) - mean).abs())
            .fold(0.0, f64::max);
        let edge = (3.0 * variance).sqrt();
        assert!(
            farthest < edge * 1.001 && farthest > edge * 0.99,
            "{farthest} for {edge}"
        );
    }

    #[test]
    fn grades_and_a_floor_stay_what_they_are() {
        let n = 400;
        // One in four has nothing, the others one of five grades; beside it as many different values as customers.
        let value = |i: usize| {
            if i.is_multiple_of(4) {
                0.0
            } else {
                1.0 + (i % 5) as f32
            }
        };
        let points = Array2::from_shape_fn((n, 2), |(i, j)| if j == 0 { value(i) } else { i as f32 });
        let model = NullModel::of(points.view(), &[None, None], &mut stream(1, 0));
        assert_eq!(
            model.numbers[0].grades.as_deref(),
            Some(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0][..])
        );
        assert_eq!(model.numbers[0].floor, Some((0.0, 0.25)));
        assert!(model.numbers[1].grades.is_none() && model.numbers[1].floor.is_none());
        assert_eq!(model.numbers[1].mean, 199.5);
        let table = model.draw(points.view(), Kind::Unimodal, &mut stream(2, 0));
        assert!(table.column(0).iter().all(|x| (0..6).any(|g| *x == g as f32)));
        let lowest = table.column(0).iter().filter(|x| **x == 0.0).count();
        assert!((80..=120).contains(&lowest), "{lowest} of 400 for a quarter");
    }

    #[test]
    fn few_above_a_floor_or_few_at_it_make_none() {
        let floor = |at: usize, above: usize| {
            let points = Array2::from_shape_fn((at + above, 1), |(i, _)| i.saturating_sub(at - 1) as f32);
            NullModel::of(points.view(), &[None], &mut stream(1, 0)).numbers[0].floor
        };
        assert_eq!(floor(10, 10), Some((0.0, 0.5)));
        assert_eq!(floor(11, 9), None);
        assert_eq!(floor(5, 95), Some((0.0, 0.05)));
        assert_eq!(floor(4, 96), None);
    }

    #[test]
    fn values_that_four_customers_share_on_average_are_grades() {
        let grades = |different: usize| {
            let points = Array2::from_shape_fn((40, 1), |(i, _)| (i % different) as f32);
            let model = NullModel::of(points.view(), &[None], &mut stream(1, 0));
            model.numbers[0].grades.as_ref().map(Vec::len)
        };
        assert_eq!((grades(10), grades(11)), (Some(10), None));
    }

    #[test]
    fn scores_by_rank_are_as_far_below_the_middle_as_above() {
        for n in [6usize, 7] {
            let points = Array2::from_shape_fn((n, 2), |(i, j)| if j == 0 { i as f32 } else { -(i as f32) });
            let model = NullModel::of(points.view(), &[None, None], &mut stream(1, 0));
            for i in 0..n {
                assert_eq!(model.scores[0][i], -model.scores[0][n - 1 - i]);
                assert_eq!(
                    model.scores[0][i], -model.scores[1][i],
                    "falling ranks are rising ones turned round"
                );
            }
            assert!(model.scores[0].is_sorted() && model.scores[0][n - 1] > 0.0);
        }
    }

    #[test]
    fn directions_stay_directions_and_customers_of_zeros_are_no_obstacle() {
        let mut points = Array2::from_shape_fn((50, 2), |(i, j)| {
            let angle = i as f64 / 40.0;
            if j == 0 {
                math::cos(angle) as f32
            } else {
                math::sin(angle) as f32
            }
        });
        points.row_mut(7).fill(0.0);
        let model = NullModel::of(points.view(), &[None, None], &mut stream(1, 0));
        assert!(model.unit);
        let table = model.draw(points.view(), Kind::Gaussian, &mut stream(2, 0));
        assert!(
            table
                .rows()
                .into_iter()
                .all(|r| (r[0] * r[0] + r[1] * r[1] - 1.0).abs() < 1e-5)
        );
        let longer = points.mapv(|x| 2.0 * x);
        assert!(!NullModel::of(longer.view(), &[None, None], &mut stream(1, 0)).unit);
        let nothing = Array2::zeros((50, 2));
        assert!(!NullModel::of(nothing.view(), &[None, None], &mut stream(1, 0)).unit);
    }

    #[test]
    fn of_more_coordinates_than_customers_customers_are_mixed() {
        let mut random = stream(4, 0);
        let points = Array2::from_shape_fn((60, 80), |(_, j)| {
            (j as f64 + (1.0 + j as f64 / 40.0) * random.sample::<f64, _>(StandardNormal)) as f32
        });
        let blocks = vec![None; 80];
        let model = NullModel::of(points.view(), &blocks, &mut stream(1, 0));
        assert!(model.roots.is_none());
        let several = points.view().split_at(ndarray::Axis(1), 59).0;
        assert!(
            NullModel::of(several, &blocks[..59], &mut stream(1, 0))
                .roots
                .is_some()
        );
        let spread = |table: &Array2<f32>| (0..80).map(|j| moments(table, j, j).1).sum::<f64>() / 80.0;
        let mean = |table: &Array2<f32>| (0..80).map(|j| moments(table, j, j).0).sum::<f64>() / 80.0;
        for kind in [Kind::Unimodal, Kind::Gaussian, Kind::Uniform] {
            let table = model.draw(points.view(), kind, &mut stream(2, kind as u64));
            let ratio = spread(&table) / spread(&points);
            assert!((0.7..1.4).contains(&ratio), "spread {ratio}");
            assert!((mean(&table) - mean(&points)).abs() < 0.5);
        }
    }

    #[test]
    fn every_second_null_table_is_unimodal_and_the_others_take_turns() {
        let kinds: Vec<u8> = (0..8).map(|number| Kind::of(number) as u8).collect();
        assert_eq!(kinds, [0, 1, 0, 2, 0, 1, 0, 2]);
    }
}
