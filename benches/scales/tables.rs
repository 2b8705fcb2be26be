//! Tables whose truth is known: structureless ones of many shapes, and segments of many kinds.

use kinfolk::Result;
use kinfolk::random::{Random, stream};
use kinfolk::read::parse_table;
use kinfolk::table::{Table, TableSettings};
use rand::RngExt;
use rand_distr::{ChiSquared, Distribution, Exp1, Gamma, Poisson, StandardNormal, StudentT};
use std::f64::consts::{PI, TAU};
use std::fmt::Write as _;

/// One cell: a number, or one of some categories.
#[derive(Clone, Copy)]
pub(crate) enum Cell {
    Number(f64),
    Category(usize),
}

type Row = Vec<Cell>;

fn numbers(values: impl IntoIterator<Item = f64>) -> Row {
    values.into_iter().map(Cell::Number).collect()
}

fn normal(random: &mut Random) -> f64 {
    random.sample(StandardNormal)
}

fn normals(random: &mut Random, d: usize) -> Vec<f64> {
    (0..d).map(|_| normal(random)).collect()
}

fn draw(random: &mut Random, distribution: impl Distribution<f64>) -> f64 {
    random.sample(distribution)
}

fn poisson(random: &mut Random, mean: f64) -> f64 {
    Poisson::new(mean.max(1e-9)).map_or(0.0, |p| draw(random, p))
}

fn student(random: &mut Random, degrees: f64) -> f64 {
    StudentT::new(degrees).map_or(0.0, |t| draw(random, t))
}

fn gamma(random: &mut Random, shape: f64, scale: f64) -> f64 {
    Gamma::new(shape, scale).map_or(0.0, |g| draw(random, g))
}

fn exponential(random: &mut Random) -> f64 {
    draw(random, Exp1)
}

/// Unit rows with one strong common direction: what correlates columns.
fn mix(random: &mut Random, d: usize) -> Vec<Vec<f64>> {
    (0..d)
        .map(|_| {
            let row = normals(random, d);
            let length = row.iter().map(|a| a * a).sum::<f64>().sqrt();
            row.iter().map(|a| a / length).collect()
        })
        .collect()
}

fn times(mix: &[Vec<f64>], z: &[f64]) -> Vec<f64> {
    mix.iter()
        .map(|row| row.iter().zip(z).map(|(a, z)| a * z).sum())
        .collect()
}

/// An answer from 1 to 5 by where a score lies.
fn likert(score: f64) -> f64 {
    (score * 1.1 + 3.0).round().clamp(1.0, 5.0)
}

/// The kinds of structureless tables.
pub(crate) const NULLS: &[&str] = &[
    "Gaussian, 2 columns",
    "Gaussian, 5",
    "Gaussian, 10",
    "Gaussian, correlated, 6",
    "uniform, 2",
    "uniform, 5",
    "ball, 3",
    "Laplace, 5",
    "exponential, 4",
    "log-normal, 3",
    "log-normal, correlated, 5",
    "Student t3, independent, 4",
    "Student t2, independent, 3",
    "multivariate t2, 4",
    "multivariate t3, 8",
    "gains and losses, 3",
    "funnel, 2",
    "exponential funnel, 3",
    "growing spread, 4",
    "banana, 2",
    "banana, 5",
    "arc",
    "spiral",
    "S-curve",
    "Swiss roll",
    "ring",
    "sine",
    "sphere",
    "shares of a whole, 4",
    "Likert, independent, 8",
    "Likert, one factor, 10",
    "Likert, three factors, 9",
    "rounded Gaussian, 4",
    "Poisson counts, 3",
    "skewed counts, correlated, 3",
    "zero-inflated, independent, 4",
    "zero-inflated, correlated, 4",
    "numbers and categories, 7",
    "categories, 8",
    "purchases (recency, frequency, monetary)",
];

/// A structureless table of that kind.
pub(crate) fn null(kind: &str, n: usize, seed: u64) -> Result<Table> {
    let number = NULLS.iter().position(|&k| k == kind).unwrap_or(0) as u64;
    let mut random = stream(seed, 1000 + number);
    let r = &mut random;
    let m = mix(r, 12);
    let take = |d: usize| -> Vec<Vec<f64>> { m[..d].iter().map(|row| row[..d].to_vec()).collect() };
    let rows: Vec<Row> = (0..n)
        .map(|_| match kind {
            "Gaussian, 2 columns" => numbers(normals(r, 2)),
            "Gaussian, 5" => numbers(normals(r, 5)),
            "Gaussian, 10" => numbers(normals(r, 10)),
            "Gaussian, correlated, 6" => numbers(times(&take(6), &normals(r, 6))),
            "uniform, 2" => numbers((0..2).map(|_| r.random::<f64>())),
            "uniform, 5" => numbers((0..5).map(|_| r.random::<f64>())),
            "ball, 3" => {
                let z = normals(r, 3);
                let length = z.iter().map(|x| x * x).sum::<f64>().sqrt();
                let radius = r.random::<f64>().cbrt();
                numbers(z.iter().map(|x| radius * x / length))
            }
            "Laplace, 5" => numbers((0..5).map(|_| exponential(r) - exponential(r))),
            "exponential, 4" => numbers((0..4).map(|_| exponential(r))),
            "log-normal, 3" => numbers(normals(r, 3).iter().map(|z| (3.0 + z).exp())),
            "log-normal, correlated, 5" => numbers(
                times(&take(5), &normals(r, 5))
                    .iter()
                    .map(|z| (3.0 + 0.9 * z).exp()),
            ),
            "Student t3, independent, 4" => numbers((0..4).map(|_| student(r, 3.0))),
            "Student t2, independent, 3" => numbers((0..3).map(|_| student(r, 2.0))),
            "multivariate t2, 4" | "multivariate t3, 8" => {
                let (degrees, d) = if kind.ends_with('4') { (2.0, 4) } else { (3.0, 8) };
                let scale = (degrees / ChiSquared::new(degrees).map_or(1.0, |c| draw(r, c))).sqrt();
                numbers(normals(r, d).iter().map(|z| z * scale))
            }
            "gains and losses, 3" => {
                numbers((0..3).map(|_| (1.0 + normal(r)).exp() - 0.7 * (1.0 + normal(r)).exp()))
            }
            "funnel, 2" => {
                let x = normal(r);
                numbers([x, x * normal(r)])
            }
            "exponential funnel, 3" => {
                let x = normal(r);
                numbers([x, (x / 2.0).exp() * normal(r), (x / 2.0).exp() * normal(r)])
            }
            "growing spread, 4" => {
                let x = r.random::<f64>();
                numbers([x, x * normal(r), 2.0 * x + 0.5 * x * normal(r), normal(r)])
            }
            "banana, 2" => {
                let x = normal(r);
                numbers([x, x * x + 0.5 * normal(r)])
            }
            "banana, 5" => {
                let x = normal(r);
                numbers([
                    x,
                    x * x + 0.7 * normal(r),
                    normal(r),
                    normal(r),
                    0.5 * x + normal(r),
                ])
            }
            "arc" => {
                let t = PI * r.random::<f64>();
                numbers([t.cos() + 0.05 * normal(r), t.sin() + 0.05 * normal(r)])
            }
            "spiral" => {
                let t = (0.05 + 0.95 * r.random::<f64>()).sqrt() * 3.0 * TAU / 2.0;
                numbers([t * t.cos() + 0.2 * normal(r), t * t.sin() + 0.2 * normal(r)])
            }
            "S-curve" => {
                let t = 3.0 * PI * (r.random::<f64>() - 0.5);
                let y = 2.0 * r.random::<f64>();
                let z = t.signum() * (t.cos() - 1.0);
                numbers([t.sin() + 0.05 * normal(r), y, z + 0.05 * normal(r)])
            }
            "Swiss roll" => {
                let t = 1.5 * PI * (1.0 + 2.0 * r.random::<f64>());
                numbers([t * t.cos(), 21.0 * r.random::<f64>(), t * t.sin()])
            }
            "ring" => {
                let t = TAU * r.random::<f64>();
                numbers([t.cos() + 0.08 * normal(r), t.sin() + 0.08 * normal(r)])
            }
            "sine" => {
                let t = 4.0 * PI * r.random::<f64>();
                numbers([t, 2.0 * t.sin() + 0.15 * normal(r)])
            }
            "sphere" => {
                let z = normals(r, 3);
                let length = z.iter().map(|x| x * x).sum::<f64>().sqrt();
                numbers(z.iter().map(|x| x / length))
            }
            "shares of a whole, 4" => {
                let g: Vec<f64> = (0..4).map(|i| gamma(r, 1.0 + f64::from(i), 1.0)).collect();
                let sum: f64 = g.iter().sum();
                numbers(g.iter().map(|x| x / sum))
            }
            "Likert, independent, 8" => numbers((0..8).map(|_| likert(normal(r)))),
            "Likert, one factor, 10" => {
                let f = normal(r);
                numbers((0..10).map(|_| likert(0.7 * f + 0.7 * normal(r))))
            }
            "Likert, three factors, 9" => {
                let f = normals(r, 3);
                numbers((0..9).map(|i| likert(0.75 * f[i / 3] + 0.66 * normal(r))))
            }
            "rounded Gaussian, 4" => numbers(normals(r, 4).iter().map(|z| (10.0 + 2.0 * z).round())),
            "Poisson counts, 3" => numbers([1.5, 3.0, 6.0].map(|mean| poisson(r, mean))),
            "skewed counts, correlated, 3" => {
                let rate = gamma(r, 1.2, 1.0);
                numbers([2.0, 4.0, 1.0].map(|mean| 1.0 + poisson(r, mean * rate)))
            }
            "zero-inflated, independent, 4" => numbers((0..4).map(|i| {
                if r.random::<f64>() < [0.3, 0.4, 0.5, 0.6][i] {
                    0.0
                } else {
                    ((3.0 + 0.9 * normal(r)).exp() * 100.0).round() / 100.0
                }
            })),
            "zero-inflated, correlated, 4" => {
                let z = times(&take(4), &normals(r, 4));
                numbers(z.iter().zip([-0.5, -0.2, 0.0, 0.3]).map(|(&z, limit)| {
                    if z < limit {
                        0.0
                    } else {
                        ((z - limit) * 200.0).round() / 2.0
                    }
                }))
            }
            "numbers and categories, 7" => {
                let mut row = numbers(normals(r, 3));
                for levels in [2usize, 3, 4, 6] {
                    row.push(Cell::Category(r.random_range(0..levels)));
                }
                row
            }
            "categories, 8" => [2usize, 2, 3, 3, 4, 4, 5, 6]
                .map(|levels| Cell::Category((r.random::<f64>().powi(2) * levels as f64) as usize))
                .to_vec(),
            _ => {
                // Buyers by a gamma-Poisson process over a year.
                let rate = gamma(r, 0.8, 5.0);
                let frequency = 1.0 + poisson(r, rate);
                let value = (3.3 + 0.5 * normal(r)).exp();
                let monetary: f64 = (0..frequency as usize)
                    .map(|_| value * (0.3 * normal(r)).exp())
                    .sum();
                let recency = (365.0 * exponential(r) / (1.0 + frequency)).min(365.0).floor();
                numbers([recency, frequency, (monetary * 100.0).round() / 100.0])
            }
        })
        .collect();
    table(&rows, None)
}

/// The kinds of tables with segments.
pub(crate) const FAMILIES: &[&str] = &[
    "3 far apart",
    "5 well separated",
    "8 of power-law sizes",
    "12 overlapping",
    "6 overlapping",
    "4 touching",
    "30 in 12 columns",
    "20 in 8 columns",
    "nested, 3 groups of 4",
    "nested, 4 groups of 2",
    "unequal widths",
    "one large, four small",
    "rare segment of 3 %",
    "5 with 5 noise columns",
    "4 with 10 noise columns",
    "6 elongated",
    "5 elongated, correlated",
    "5 heavy-tailed",
    "5 log-normal",
    "4 log-normal with zeros",
    "6 in 30 columns",
    "5 with counts",
    "4 of Likert answers",
    "6 of Likert answers",
    "3 of categories",
    "5 mixed",
    "4 mixed, noise categories",
    "buyers by category, 5",
    "moons",
    "rings",
    "moons and rings",
    "curved, 4",
    "behavior: loyal, lapsed, bargain, new",
];

/// A table with segments of that kind.
pub(crate) fn family(kind: &str, n: usize, seed: u64) -> Result<Table> {
    let number = FAMILIES.iter().position(|&k| k == kind).unwrap_or(0) as u64;
    let mut random = stream(seed, 2000 + number);
    let r = &mut random;
    let k: usize = match kind {
        "nested, 3 groups of 4" => 12,
        "nested, 4 groups of 2" => 8,
        "unequal widths" => 4,
        "one large, four small" => 5,
        "rare segment of 3 %" => 4,
        "buyers by category, 5" => 5,
        "moons" | "rings" => 2,
        "moons and rings" | "curved, 4" | "behavior: loyal, lapsed, bargain, new" => 4,
        _ => kind.split(' ').next().and_then(|w| w.parse().ok()).unwrap_or(5),
    };
    let (d, far) = match kind {
        "3 far apart" => (4, 6.0),
        "5 well separated" => (5, 4.0),
        "8 of power-law sizes" => (6, 2.5),
        "12 overlapping" => (6, 1.6),
        "6 overlapping" => (5, 1.5),
        "4 touching" => (4, 2.0),
        "30 in 12 columns" => (12, 2.2),
        "20 in 8 columns" => (8, 2.5),
        "6 in 30 columns" => (30, 1.2),
        "6 elongated" | "5 elongated, correlated" => (4, 3.0),
        "4 of Likert answers" => (10, 0.9),
        "6 of Likert answers" => (14, 0.9),
        "3 of categories" => (8, 1.0),
        "rare segment of 3 %" => (5, 3.0),
        _ => (5, 2.5),
    };
    let mut centers: Vec<Vec<f64>> = (0..k)
        .map(|_| normals(r, d).iter().map(|z| far * z).collect())
        .collect();
    if kind.starts_with("nested") {
        let inner = if k == 12 { 4 } else { 2 };
        let outer: Vec<Vec<f64>> = (0..k / inner)
            .map(|_| normals(r, d).iter().map(|z| 8.0 * z).collect())
            .collect();
        centers = (0..k)
            .map(|g| {
                let z = normals(r, d);
                outer[g / inner].iter().zip(z).map(|(o, z)| o + 2.0 * z).collect()
            })
            .collect();
    }
    let sizes: Vec<f64> = match kind {
        "8 of power-law sizes" | "20 in 8 columns" => (1..=k).map(|g| 1.0 / g as f64).collect(),
        "30 in 12 columns" => (1..=k).map(|g| (g as f64).powf(-0.8)).collect(),
        "one large, four small" => vec![0.8, 0.05, 0.05, 0.05, 0.05],
        "rare segment of 3 %" => vec![0.4, 0.35, 0.22, 0.03],
        "behavior: loyal, lapsed, bargain, new" => vec![0.35, 0.3, 0.2, 0.15],
        _ => vec![1.0; k],
    };
    let widths: Vec<f64> = (0..k)
        .map(|g| {
            if kind == "unequal widths" {
                [0.3, 0.7, 1.3, 2.5][g % 4]
            } else {
                1.0
            }
        })
        .collect();
    let turns: Vec<Vec<Vec<f64>>> = (0..k).map(|_| mix(r, d)).collect();
    let loved: Vec<Vec<usize>> = (0..k).map(|g| vec![g % 6, (g + 1 + g / 3) % 6]).collect();
    let preferred: Vec<Vec<usize>> = (0..k)
        .map(|_| {
            (0..8)
                .map(|c| r.random_range(0..[2usize, 2, 3, 3, 4, 4, 5, 5][c]))
                .collect()
        })
        .collect();
    let total: f64 = sizes.iter().sum();
    let mut groups: Vec<usize> = Vec::with_capacity(n);
    for g in 0..k {
        let until = (sizes[..=g].iter().sum::<f64>() / total * n as f64).round() as usize;
        groups.resize(until.min(n), g);
    }
    groups.resize(n, k - 1);
    let rows: Vec<Row> = groups
        .iter()
        .map(|&g| {
            let blob = |r: &mut Random| -> Vec<f64> {
                centers[g].iter().map(|c| c + widths[g] * normal(r)).collect()
            };
            match kind {
                "5 with 5 noise columns" | "4 with 10 noise columns" => {
                    let extra = if k == 5 { 5 } else { 10 };
                    let mut row = blob(r);
                    row.extend(normals(r, extra).iter().map(|z| 2.5 * z));
                    numbers(row)
                }
                "6 elongated" => numbers(
                    centers[g]
                        .iter()
                        .enumerate()
                        .map(|(j, c)| 2.0 * c + normal(r) * if j == g % d { 3.0 } else { 0.7 }),
                ),
                "5 elongated, correlated" => {
                    let z: Vec<f64> = normals(r, d)
                        .iter()
                        .enumerate()
                        .map(|(j, z)| if j == 0 { 2.5 * z } else { 0.7 * z })
                        .collect();
                    numbers(
                        times(&turns[g], &z)
                            .iter()
                            .zip(&centers[g])
                            .map(|(x, c)| x + 1.5 * c),
                    )
                }
                "5 heavy-tailed" => numbers(centers[g].iter().map(|c| 1.6 * c + student(r, 3.0))),
                "5 log-normal" => numbers(blob(r).iter().map(|x| (0.6 * x + 4.0).exp())),
                "4 log-normal with zeros" => numbers(blob(r).iter().map(|x| {
                    if r.random::<f64>() < 0.15 {
                        0.0
                    } else {
                        (0.6 * x + 4.0).exp().round()
                    }
                })),
                "5 with counts" => {
                    let x = blob(r);
                    numbers(x.iter().enumerate().map(|(j, &x)| {
                        if j < 2 {
                            1.0 + poisson(r, (1.0 + 0.45 * centers[g][j]).exp().min(80.0))
                        } else {
                            x
                        }
                    }))
                }
                "4 of Likert answers" | "6 of Likert answers" => numbers(blob(r).iter().map(|&x| likert(x))),
                "3 of categories" => (0..8)
                    .map(|c| {
                        let levels = [2usize, 2, 3, 3, 4, 4, 5, 5][c];
                        Cell::Category(if r.random::<f64>() < 0.7 {
                            preferred[g][c]
                        } else {
                            r.random_range(0..levels)
                        })
                    })
                    .collect(),
                "5 mixed" | "4 mixed, noise categories" => {
                    let mut row = numbers(blob(r).into_iter().take(4));
                    for c in 0..4 {
                        let levels = [2usize, 2, 3, 3, 4, 4, 5, 5][c + 2];
                        let follows = kind == "5 mixed" && c < 3 && r.random::<f64>() < 0.7;
                        row.push(Cell::Category(if follows {
                            preferred[g][c + 2]
                        } else {
                            r.random_range(0..levels)
                        }));
                    }
                    row
                }
                "buyers by category, 5" => {
                    let spend = (4.0 + 0.7 * normal(r)).exp();
                    let mut shares: Vec<f64> = (0..6)
                        .map(|c| gamma(r, if loved[g].contains(&c) { 6.0 } else { 0.6 }, 1.0))
                        .collect();
                    let sum: f64 = shares.iter().sum();
                    shares.iter_mut().for_each(|s| *s = (*s / sum * spend).round());
                    numbers(shares)
                }
                "moons" | "rings" | "moons and rings" => {
                    let t = PI * r.random::<f64>();
                    let which = match kind {
                        "rings" => g + 2,
                        _ => g,
                    };
                    let (x, y) = match which {
                        0 => (t.cos(), t.sin()),
                        1 => (1.0 - t.cos(), 0.5 - t.sin()),
                        2 => (0.5 + (2.0 * t).cos(), 4.0 + (2.0 * t).sin()),
                        _ => (0.5 + 0.45 * (2.0 * t).cos(), 4.0 + 0.45 * (2.0 * t).sin()),
                    };
                    numbers([x + 0.06 * normal(r), y + 0.06 * normal(r)])
                }
                "curved, 4" => {
                    let x = normal(r);
                    let mut row = centers[g].clone();
                    row[0] = 1.6 * row[0] + x;
                    row[1] = 1.6 * row[1] + 0.7 * x * x + 0.4 * normal(r);
                    for c in &mut row[2..] {
                        *c += normal(r);
                    }
                    numbers(row)
                }
                "behavior: loyal, lapsed, bargain, new" => {
                    let (recency, orders, basket, discount, tenure) = match g {
                        0 => (12.0, 14.0, 60.0, 0.1, 1400.0),
                        1 => (320.0, 3.0, 50.0, 0.2, 1200.0),
                        2 => (40.0, 8.0, 25.0, 0.7, 700.0),
                        _ => (15.0, 1.5, 55.0, 0.15, 60.0),
                    };
                    let discount: f64 = discount;
                    numbers([
                        (recency * exponential(r)).floor(),
                        1.0 + poisson(r, orders),
                        (f64::ln(basket) + 0.35 * normal(r)).exp(),
                        (discount + 0.12 * normal(r)).clamp(0.0, 1.0),
                        (tenure * (0.35 * normal(r)).exp()).floor(),
                    ])
                }
                _ => numbers(blob(r)),
            }
        })
        .collect();
    table(&rows, Some(&groups))
}

/// A table of columns `a`, `b`, … and, where there are groups, `truth`.
fn table(rows: &[Row], groups: Option<&[usize]>) -> Result<Table> {
    let d = rows.first().map_or(0, Vec::len);
    let mut text: String = (0..d).map(|j| format!("column_{j},")).collect();
    text += if groups.is_some() { "truth\n" } else { "constant\n" };
    for (i, row) in rows.iter().enumerate() {
        for cell in row {
            let _ = match cell {
                Cell::Number(x) if x.fract() == 0.0 => write!(text, "{x},"),
                Cell::Number(x) => write!(text, "{x:.6},"),
                Cell::Category(c) => write!(
                    text,
                    "{},",
                    ["north", "south", "east", "west", "center", "abroad"][*c]
                ),
            };
        }
        let _ = match groups {
            Some(groups) => writeln!(text, "g{}", groups[i]),
            None => writeln!(text, "1"),
        };
    }
    let settings = TableSettings {
        truth: groups.map(|_| "truth".to_owned()),
        ..TableSettings::default()
    };
    parse_table("generated", text.into_bytes(), &settings)
}
