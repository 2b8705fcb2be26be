//! Structureless clouds of the same spread, and how thin the borders are that can be drawn in them.

use super::Material;
use crate::Result;
use crate::graph::{self, Distinct, Neighbors, SimilarityGraph};
use crate::num::quantile_sorted;
use crate::partition::Partition;
use crate::random::{Random, stream};
use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_distr::StandardNormal;
use rayon::prelude::*;

/// Coordinates with at most this many different values are counts or grades; clouds are rounded to them.
const GRADES: usize = 64;

/// Keeps the random streams of clouds apart from those of samples.
const PURPOSE: u64 = 0x6E75_6C6C;

/// How the cut of a division grows with its diversity where there is no structure.
///
/// *Cut*: share of the tie strength that runs between groups. *Diversity*: entropy of the group sizes in nats.
#[derive(Clone, Debug)]
pub struct Null {
    /// One curve per cloud: (diversity, ln cut) of the divisions found in it, by rising diversity.
    curves: Vec<Vec<(f64, f64)>>,
    /// How far below the other clouds' borders each cloud's own fell at worst, as a ratio.
    pub spread: f64,
}

/// Diversity and ln cut of a division. The cut of a division without any tie between groups is taken as e⁻¹².
pub(super) fn border(graph: &SimilarityGraph, partition: &Partition) -> (f64, f64) {
    let n = partition.len() as f64;
    let diversity = -partition
        .sizes()
        .iter()
        .map(|&s| s as f64 / n)
        .map(|p| p * p.ln())
        .sum::<f64>();
    let labels = partition.labels();
    let (mut between, mut all) = (0.0, 0.0);
    for (a, b, w) in graph.edges() {
        all += w;
        if labels[a as usize] != labels[b as usize] {
            between += w;
        }
    }
    let cut = if all > 0.0 { between / all } else { 0.0 };
    (diversity, cut.ln().max(-12.0))
}

impl Null {
    /// Draws `n_clouds` clouds and divides each at every resolution.
    ///
    /// Number coordinates are drawn in three ways in turn: with the rank correlation of the data and its own
    /// distributions made unimodal, Gaussian, and uniform with its covariance; where a coordinate has few grades, it
    /// is rounded to them. The coordinates of a category column are shuffled together, so that its shares stay and
    /// its ties to other columns go.
    ///
    /// # Errors
    /// Those of the community search.
    pub(super) fn measure(
        material: &Material<'_>,
        customers: ArrayView2<'_, f32>,
        resolutions: &[f64],
        n_clouds: usize,
    ) -> Result<Null> {
        let shape = Shape::of(
            customers,
            material.blocks,
            &mut stream(material.seed ^ PURPOSE, u64::MAX),
        );
        let curves: Vec<Vec<(f64, f64)>> = (0..n_clouds)
            .into_par_iter()
            .map(|c| {
                let mut random = stream(material.seed ^ PURPOSE, c as u64);
                let cloud = shape.draw(customers, Kind::of(c), &mut random);
                let distinct = graph::distinct(cloud.view());
                let points = cloud.select(
                    ndarray::Axis(0),
                    &distinct
                        .representatives
                        .iter()
                        .map(|&r| r as usize)
                        .collect::<Vec<_>>(),
                );
                let settings = Neighbors {
                    n_neighbors: material.n_neighbors,
                    ..Neighbors::default()
                };
                let neighbors = graph::neighbors(points.view(), material.distance, &settings)?;
                let alone = Distinct::all_different(points.nrows());
                let cloud_graph = graph::similarity_graph(&neighbors, &alone, material.similarity);
                let mut curve: Vec<(f64, f64)> = resolutions
                    .par_iter()
                    .map(|&g| {
                        let found = (material.find)(&cloud_graph, g, material.seed, None)?;
                        Ok((found.n_groups() > 1).then(|| border(&cloud_graph, &found)))
                    })
                    .collect::<Result<Vec<_>>>()?
                    .into_iter()
                    .flatten()
                    .collect();
                curve.sort_by(|a, b| a.0.total_cmp(&b.0));
                Ok(curve)
            })
            .collect::<Result<_>>()?;
        let mut null = Null { curves, spread: 1.0 };
        null.spread = null.self_spread();
        Ok(null)
    }

    /// Cut of a division over the thinnest that any cloud has at its diversity: below 1, its borders are thinner
    /// than structureless customers would have them.
    pub fn ratio(&self, (diversity, ln_cut): (f64, f64)) -> f64 {
        (ln_cut - thinnest(self.curves.iter(), diversity)).exp()
    }

    /// The least ratio of any cloud against the others.
    fn self_spread(&self) -> f64 {
        let mut least: f64 = 1.0;
        for (i, own) in self.curves.iter().enumerate() {
            let others = || {
                self.curves
                    .iter()
                    .enumerate()
                    .filter(|(j, _)| *j != i)
                    .map(|(_, c)| c)
            };
            if others().all(Vec::is_empty) {
                continue;
            }
            for &(diversity, ln_cut) in own {
                least = least.min((ln_cut - thinnest(others(), diversity)).exp());
            }
        }
        least
    }
}

/// The lowest ln cut of the curves at this diversity.
fn thinnest<'a>(curves: impl Iterator<Item = &'a Vec<(f64, f64)>>, diversity: f64) -> f64 {
    curves
        .filter(|c| !c.is_empty())
        .map(|c| at(c, diversity))
        .fold(f64::INFINITY, f64::min)
        .min(0.0)
}

/// A curve at a diversity: between two points linearly; below the first the cut shrinks with the diversity, because
/// a smaller piece has a smaller border; above the last as the last.
fn at(curve: &[(f64, f64)], diversity: f64) -> f64 {
    let right = curve.partition_point(|p| p.0 < diversity);
    if right == 0 {
        let (first, ln_cut) = curve[0];
        return ln_cut + (diversity.max(1e-9) / first.max(1e-9)).ln();
    }
    if right == curve.len() {
        return curve[right - 1].1;
    }
    let ((x0, y0), (x1, y1)) = (curve[right - 1], curve[right]);
    if x1 - x0 < 1e-12 {
        y0.min(y1)
    } else {
        y0 + (y1 - y0) * (diversity - x0) / (x1 - x0)
    }
}

/// What a cloud keeps of the data.
struct Shape {
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
    one_peak: OnePeak,
}

/// How the number coordinates of a cloud are drawn.
#[derive(Clone, Copy)]
enum Kind {
    /// Correlated as the ranks of the data are, each coordinate with its own distribution, made unimodal: a cloud
    /// may be skewed and bent.
    Unimodal,
    /// Gaussian of the same covariance.
    Gaussian,
    /// Uniform of the same covariance: a cloud may have edges.
    Uniform,
}

impl Kind {
    fn of(cloud: usize) -> Kind {
        match cloud % 4 {
            1 => Kind::Gaussian,
            3 => Kind::Uniform,
            _ => Kind::Unimodal,
        }
    }
}

impl Shape {
    fn of(points: ArrayView2<'_, f32>, blocks: &[Option<u32>], random: &mut Random) -> Shape {
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
        let (numbers, columns): (Vec<Number>, Vec<_>) = coordinates
            .par_iter()
            .map(|&j| {
                let values: Vec<f64> = points.column(j).iter().map(|&x| f64::from(x)).collect();
                let mean = values.iter().sum::<f64>() / n as f64;
                let mut sorted = values.clone();
                sorted.sort_unstable_by(f64::total_cmp);
                let mut grades: Vec<f32> = sorted.iter().map(|&x| x as f32).collect();
                grades.dedup();
                let number = Number {
                    coordinate: j,
                    mean,
                    grades: (grades.len() <= GRADES && grades.len() * 4 <= n).then_some(grades),
                    one_peak: OnePeak::of(&sorted),
                };
                let centered = values.iter().map(|x| x - mean).collect();
                (number, (rank_scores(&values, &normal), centered))
            })
            .unzip();
        let (scores, centered): (Vec<Vec<f64>>, Vec<Vec<f64>>) = columns.into_iter().unzip();
        let unit = n > 0
            && points.rows().into_iter().all(|r| {
                let length: f64 = r.iter().map(|&x| f64::from(x).powi(2)).sum();
                (length - 1.0).abs() < 1e-3
            });
        Shape {
            roots: (numbers.len() < n).then(|| (root_of_covariance(&scores), root_of_covariance(&centered))),
            numbers,
            blocks: in_block,
            scores,
            centered,
            unit,
        }
    }

    fn draw(&self, points: ArrayView2<'_, f32>, kind: Kind, random: &mut Random) -> Array2<f32> {
        let (n, d) = points.dim();
        let mut cloud = Array2::<f32>::zeros((n, d));
        let mut columns = self.correlated(n, kind, random);
        for (number, column) in self.numbers.iter().zip(&mut columns) {
            if matches!(kind, Kind::Unimodal) {
                let mut order: Vec<u32> = (0..n as u32).collect();
                order.sort_unstable_by(|&a, &b| {
                    column[a as usize].total_cmp(&column[b as usize]).then(a.cmp(&b))
                });
                for (rank, &i) in order.iter().enumerate() {
                    column[i as usize] = number.one_peak.quantile((rank as f64 + 0.5) / n as f64);
                }
            } else {
                column.iter_mut().for_each(|x| *x += number.mean);
            }
            for (i, &x) in column.iter().enumerate() {
                cloud[[i, number.coordinate]] = match &number.grades {
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
                    cloud[[i, j]] = points[[from, j]];
                }
            }
        }
        if self.unit {
            for mut row in cloud.rows_mut() {
                let length = row.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
                if length > 0.0 {
                    row.mapv_inplace(|x| (f64::from(x) / length) as f32);
                }
            }
        }
        cloud
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

/// The distribution nearest to the data that has one peak only: densities rising up to it and falling after it, by
/// pooling neighbors that do not. Grenander, Skand. Aktuarietidskr. 39, 125 (1956).
struct OnePeak {
    /// Cell borders and the share of customers below each.
    borders: Vec<(f64, f64)>,
}

/// Quantile cells that a distribution is described by.
const CELLS: usize = 256;

impl OnePeak {
    fn of(sorted: &[f64]) -> OnePeak {
        let cells = CELLS.min(sorted.len().saturating_sub(1)).max(1);
        let at = |i: usize| quantile_sorted(sorted, i as f64 / cells as f64);
        let range = at(cells) - at(0);
        // Equal values have no width; a sliver of the range stands in for it.
        let sliver = (range * 1e-6).max(f64::MIN_POSITIVE);
        let widths: Vec<f64> = (0..cells).map(|i| (at(i + 1) - at(i)).max(sliver)).collect();
        let share = 1.0 / cells as f64;
        // Each candidate peak in turn; the best changes the cells least.
        let step = (cells / 32).max(1);
        let best = (0..cells)
            .step_by(step)
            .map(|peak| {
                let mut pooled = pool(&widths[..peak], share, true);
                pooled.extend(pool(&widths[peak..], share, false));
                let (mut cost, mut x, mut p) = (0f64, 0.0, 0.0);
                let mut raw = widths.iter();
                for &(width, mass) in &pooled {
                    // Distance between the two distribution functions at the cell borders inside the pool.
                    let (mut inside, mut below) = (0.0, p);
                    while inside + 1e-12 * range < width {
                        let Some(w) = raw.next() else { break };
                        inside += w;
                        below += share;
                        cost = cost.max((below - (p + mass * (inside / width).min(1.0))).abs());
                    }
                    x += width;
                    p += mass;
                }
                debug_assert!(x >= 0.0);
                (cost, pooled)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, pooled)| pooled)
            .unwrap_or_default();
        let mut borders = vec![(at(0), 0.0)];
        let (mut x, mut p) = (at(0), 0.0);
        for (width, mass) in best {
            x += width;
            p += mass;
            borders.push((x, p));
        }
        OnePeak { borders }
    }

    fn quantile(&self, q: f64) -> f64 {
        let right = self
            .borders
            .partition_point(|b| b.1 < q)
            .clamp(1, (self.borders.len() - 1).max(1));
        let Some(&(x1, p1)) = self.borders.get(right) else {
            return self.borders[0].0;
        };
        let (x0, p0) = self.borders[right - 1];
        if p1 > p0 {
            x0 + (x1 - x0) * ((q - p0) / (p1 - p0)).clamp(0.0, 1.0)
        } else {
            x0
        }
    }
}

/// Cells (width, share) pooled until their densities rise, or fall.
fn pool(widths: &[f64], share: f64, rising: bool) -> Vec<(f64, f64)> {
    let mut pooled: Vec<(f64, f64)> = Vec::new();
    for &width in widths {
        pooled.push((width, share));
        while let [.., (w0, p0), (w1, p1)] = pooled[..] {
            let wrong = if rising {
                p0 * w1 > p1 * w0
            } else {
                p0 * w1 < p1 * w0
            };
            if !wrong {
                break;
            }
            pooled.truncate(pooled.len() - 2);
            pooled.push((w0 + w1, p0 + p1));
        }
    }
    pooled
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

/// Cholesky root of the covariance of centered columns; a column that depends on earlier ones gets a zero pivot.
fn root_of_covariance(columns: &[Vec<f64>]) -> Vec<f64> {
    let p = columns.len();
    let n = columns.first().map_or(1, Vec::len).max(1);
    let covariance: Vec<f64> = (0..p * p)
        .into_par_iter()
        .map(|at| {
            let (a, b) = (at / p, at % p);
            if b > a {
                return 0.0;
            }
            columns[a]
                .iter()
                .zip(&columns[b])
                .map(|(x, y)| x * y)
                .sum::<f64>()
                / n as f64
        })
        .collect();
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
