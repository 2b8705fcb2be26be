//! How true the recommended scale is: the figures of `docs/scale.md`.
//!
//! ```sh
//! cargo bench --bench scales                          # truth and nulls on generated tables
//! cargo bench --bench scales -- truth FOLDER          # also the labelled tables of a folder
//! cargo bench --bench scales -- nulls 20 5000         # seeds, customers
//! cargo bench --bench scales -- subsamples TABLE...   # nine tenths of a table, ten times
//! cargo bench --bench scales -- calibration TABLE...  # probabilities against fresh samples
//! ```

#![allow(clippy::print_stdout, reason = "the figures are printed")]
#![allow(clippy::disallowed_methods, reason = "drawn points, not results")]
use kinfolk::Result;
use kinfolk::clustering::{KMeans, k_means};
use kinfolk::features::Features;
use kinfolk::partition::{Partition, adjusted_rand};
use kinfolk::quality::silhouette;
use kinfolk::random::StandardNormal;
use kinfolk::random::stream;
use kinfolk::segmentation::{Segmentation, Settings, prepare, segment};
use kinfolk::table::{MISSING, Table, TableSettings, Values, parse_table, read_table};
use rand::RngExt;
use rand::seq::index;
use std::fmt::Write as _;
use std::path::Path;

/// Labelled tables: file, truth, columns that are answers too.
const LABELLED: &[(&str, &str, &[&str])] = &[
    ("penguins.csv", "species", &["island", "sex", "year"]),
    ("digits.csv.gz", "digit", &[]),
    ("wholesale_customers.csv", "Channel", &["Region"]),
    ("pbmc68k_reduced_pca50.csv.gz", "cell_type", &["louvain_scanpy"]),
    ("tissue_gene_expression.csv.gz", "y", &[]),
    ("letter.csv.gz", "lettr", &[]),
];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["truth", folders @ ..] => truth(folders),
        ["nulls", rest @ ..] => {
            let number =
                |i: usize, default: usize| rest.get(i).and_then(|w| w.parse().ok()).unwrap_or(default);
            nulls(number(0, 20), number(1, 500))
        }
        ["subsamples", tables @ ..] => tables.iter().try_for_each(|t| subsamples(t)),
        ["calibration", tables @ ..] => tables.iter().try_for_each(|t| calibration(t)),
        _ => {
            truth(&[])?;
            nulls(5, 500)
        }
    }
}

/// The recommended level beside k-means with the true number, k-means with the number of the best silhouette, and
/// resolution 1; and the best of the menu and of all levels.
fn truth(folders: &[&str]) -> Result<()> {
    println!(
        "| table | recommended | best on the menu | best of all | resolution 1 | k-means, true k | k-means, silhouette's k |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut sums = [0.0; 6];
    let mut n_tables = 0.0;
    let mut add = |name: &str, table: &Table| -> Result<()> {
        let row = truth_row(name, table)?;
        for (sum, x) in sums.iter_mut().zip(row) {
            *sum += x;
        }
        n_tables += 1.0;
        Ok(())
    };
    for &(file, truth, ignore) in LABELLED {
        for folder in folders {
            let path = Path::new(folder).join(file);
            if path.exists() {
                let settings = TableSettings {
                    truth: Some(truth.to_owned()),
                    ignore: ignore.iter().map(|c| (*c).to_owned()).collect(),
                    ..TableSettings::default()
                };
                add(file, &read_table(&path, &settings)?)?;
            }
        }
    }
    add("moons and rings, 12,000", &moons_and_rings(12_000, 1)?)?;
    for seed in 0..3 {
        add(
            &format!("8 segments of power-law sizes, seed {seed}"),
            &mixture(5_000, 8, 6, 2.5, 1.0, seed)?,
        )?;
        add(
            &format!("12 overlapping, seed {seed}"),
            &mixture(6_000, 12, 6, 1.6, 0.0, seed)?,
        )?;
        add(
            &format!("30 segments in 12 columns, seed {seed}"),
            &mixture(9_000, 30, 12, 2.2, 0.8, seed)?,
        )?;
    }
    let means: Vec<String> = sums.iter().map(|s| format!("{:.3}", s / n_tables)).collect();
    println!("| **mean** | {} |", means.join(" | "));
    Ok(())
}

fn truth_row(name: &str, table: &Table) -> Result<[f64; 6]> {
    let found = run(table, None)?;
    let at_one = run(table, Some(1.0))?;
    let truth = truth_of(&found.table);
    let ari = |partition: &Partition| truth.agreement(partition);
    let levels = found.scales.as_ref().map_or(&[][..], |s| &s.levels);
    let best = |supported: bool| {
        levels
            .iter()
            .filter(|l| !supported || l.supported)
            .map(|l| ari(&l.partition))
            .fold(0.0, f64::max)
    };
    let clusters = |k: usize| -> Result<Partition> {
        let settings = KMeans {
            n_clusters: k,
            ..KMeans::default()
        };
        Ok(k_means(found.features.values.view(), &settings)?.partition)
    };
    let by_silhouette = best_silhouette(&found.features, &clusters)?;
    let row = [
        ari(&found.partition),
        best(true),
        best(false),
        ari(&at_one.partition),
        ari(&clusters(truth.partition.n_groups())?),
        ari(&by_silhouette),
    ];
    println!(
        "| {name} | {} segments, {:.3} | {:.3} | {:.3} | {} segments, {:.3} | {:.3} | {} clusters, {:.3} |",
        found.partition.n_groups(),
        row[0],
        row[1],
        row[2],
        at_one.partition.n_groups(),
        row[3],
        row[4],
        by_silhouette.n_groups(),
        row[5]
    );
    Ok(row)
}

fn best_silhouette(features: &Features, clusters: &dyn Fn(usize) -> Result<Partition>) -> Result<Partition> {
    let mut best = (f64::NEG_INFINITY, Partition::one_group(features.n_customers()));
    for k in 2..=20 {
        let partition = clusters(k)?;
        let score =
            silhouette(features.values.view(), features.distance, &partition).map_or(-1.0, |s| s.mean);
        if score > best.0 {
            best = (score, partition);
        }
    }
    Ok(best.1)
}

/// How often clouds without structure are found to have none, and well separated mixtures to have some.
fn nulls(seeds: usize, customers: usize) -> Result<()> {
    println!(
        "\n| structureless, {customers} customers, {seeds} seeds | 2 columns | 5 columns | 10 columns |"
    );
    println!("|---|---|---|---|");
    for (name, kind) in [("Gaussian", 0), ("uniform cube", 1), ("correlated log-normal", 2)] {
        let mut cells = Vec::new();
        for d in [2, 5, 10] {
            let mut none = 0;
            for seed in 0..seeds as u64 {
                none += usize::from(run(&cloud(kind, customers, d, seed)?, None)?.supported() == Some(false));
            }
            cells.push(format!("{none} none"));
        }
        println!("| {name} | {} |", cells.join(" | "));
    }
    let mut some = 0;
    for seed in 0..seeds as u64 {
        some += usize::from(run(&mixture(customers, 5, 5, 6.0, 0.0, seed)?, None)?.supported() == Some(true));
    }
    println!("\nWell separated mixtures found to have segments: {some} of {seeds}.");
    Ok(())
}

/// The same table without a tenth of its customers, ten times.
fn subsamples(path: &str) -> Result<()> {
    let table = read_table(path.as_ref(), &TableSettings::default())?;
    let whole = run(&table, None)?;
    println!(
        "\n{path}: {} segments of all customers; of nine tenths of them:",
        whole.partition.n_groups()
    );
    let n = table.n_rows();
    for draw in 0..10 {
        let mut rows: Vec<u32> = index::sample(&mut stream(7, draw), n, n * 9 / 10)
            .into_iter()
            .map(|i| i as u32)
            .collect();
        rows.sort_unstable();
        let part = run(&table.reordered(&rows), None)?;
        // Labels by row of the whole table.
        let mut of_row = vec![0; n];
        for (customer, &row) in whole.input_rows.iter().enumerate() {
            of_row[row as usize] = whole.partition.labels()[customer];
        }
        let before: Vec<u32> = part
            .input_rows
            .iter()
            .map(|&r| of_row[rows[r as usize] as usize])
            .collect();
        println!(
            "  {} segments, ARI {:.3}",
            part.partition.n_groups(),
            adjusted_rand(&Partition::from_labels(&before), &part.partition)
        );
    }
    Ok(())
}

/// The difference between the stated probability and how often fresh samples put customers into their segment, over ten
/// classes of probability, weighed by customers.
fn calibration(path: &str) -> Result<()> {
    let table = read_table(path.as_ref(), &TableSettings::default())?;
    let first = run(&table, None)?;
    let settings = Settings {
        resolution: Some(first.resolution),
        seed: 4711,
        baselines: Vec::new(),
        ..Settings::default()
    };
    let again = segment(prepare(&table, &settings.features)?, &settings, &mut |_| {})?;
    let (Some(stated), Some(fresh)) = (&first.stability, &again.stability) else {
        println!("{path}: nothing to compare");
        return Ok(());
    };
    let mut classes = [(0usize, 0.0, 0.0); 10];
    for (p, q) in stated.probability.iter().zip(&fresh.probability) {
        let class = &mut classes[((p * 10.0) as usize).min(9)];
        *class = (class.0 + 1, class.1 + p, class.2 + q);
    }
    let error = classes.iter().map(|c| (c.1 - c.2).abs()).sum::<f64>() / stated.probability.len() as f64;
    println!(
        "{path}: {} segments and {} of a fresh run (ARI {:.3}), calibration error {error:.3}",
        first.partition.n_groups(),
        again.partition.n_groups(),
        adjusted_rand(&first.partition, &again.partition)
    );
    Ok(())
}

fn run(table: &Table, resolution: Option<f64>) -> Result<Segmentation> {
    let settings = Settings {
        resolution,
        baselines: Vec::new(),
        ..Settings::default()
    };
    segment(prepare(table, &settings.features)?, &settings, &mut |_| {})
}

/// The customers whose group is known, and their groups.
struct Truth {
    rows: Vec<usize>,
    partition: Partition,
}

impl Truth {
    fn agreement(&self, found: &Partition) -> f64 {
        let labels: Vec<u32> = self.rows.iter().map(|&i| found.labels()[i]).collect();
        adjusted_rand(&Partition::from_labels(&labels), &self.partition)
    }
}

fn truth_of(table: &Table) -> Truth {
    let codes: &[u32] = match table.truth().map(|c| &c.values) {
        Some(Values::Category { codes, .. }) => codes,
        _ => &[],
    };
    let rows: Vec<usize> = (0..codes.len()).filter(|&i| codes[i] != MISSING).collect();
    let labels: Vec<u32> = rows.iter().map(|&i| codes[i]).collect();
    Truth {
        rows,
        partition: Partition::from_labels(&labels),
    }
}

/// A table of columns `a`, `b`, … and, where there are groups, `truth`.
fn table_of(rows: &[Vec<f64>], groups: Option<&[usize]>) -> Result<Table> {
    let d = rows.first().map_or(0, Vec::len);
    let mut text: String = (0..d).map(|j| format!("{},", (b'a' + j as u8) as char)).collect();
    text += if groups.is_some() { "truth\n" } else { "constant\n" };
    for (i, row) in rows.iter().enumerate() {
        for x in row {
            let _ = write!(text, "{x:.6},");
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

/// Gaussian segments with normal centers, `separation` times as far apart as they are wide, sizes falling as a power.
fn mixture(n: usize, k: usize, d: usize, separation: f64, power: f64, seed: u64) -> Result<Table> {
    let mut random = stream(seed, k as u64);
    let mut normal = || random.sample::<f64, _>(StandardNormal);
    let centers: Vec<Vec<f64>> = (0..k)
        .map(|_| (0..d).map(|_| separation * normal()).collect())
        .collect();
    let weights: Vec<f64> = (1..=k).map(|g| (g as f64).powf(-power)).collect();
    let total: f64 = weights.iter().sum();
    let mut groups = Vec::with_capacity(n);
    for (g, w) in weights.iter().enumerate() {
        let until = ((weights[..g].iter().sum::<f64>() + w) / total * n as f64).round() as usize;
        groups.resize(until.min(n), g);
    }
    groups.resize(n, k - 1);
    let rows: Vec<Vec<f64>> = groups
        .iter()
        .map(|&g| centers[g].iter().map(|c| c + normal()).collect())
        .collect();
    table_of(&rows, Some(&groups))
}

/// Two interlocking arcs and a ring within a ring.
fn moons_and_rings(n: usize, seed: u64) -> Result<Table> {
    let mut random = stream(seed, 0);
    let groups: Vec<usize> = (0..n).map(|i| i % 4).collect();
    let rows: Vec<Vec<f64>> = groups
        .iter()
        .map(|&g| {
            let t = std::f64::consts::PI * random.random::<f64>();
            let (x, y) = match g {
                0 => (t.cos(), t.sin()),
                1 => (1.0 - t.cos(), 0.5 - t.sin()),
                2 => (0.5 + (2.0 * t).cos(), 4.0 + (2.0 * t).sin()),
                _ => (0.5 + 0.45 * (2.0 * t).cos(), 4.0 + 0.45 * (2.0 * t).sin()),
            };
            let mut noise = || 0.045 * random.sample::<f64, _>(StandardNormal);
            vec![x + noise(), y + noise()]
        })
        .collect();
    table_of(&rows, Some(&groups))
}

/// 0: Gaussian, 1: uniform, 2: log-normal with random correlations.
fn cloud(kind: u8, n: usize, d: usize, seed: u64) -> Result<Table> {
    let mut random = stream(seed, 100 + d as u64);
    let mix: Vec<Vec<f64>> = (0..d)
        .map(|_| (0..d).map(|_| random.sample(StandardNormal)).collect())
        .collect();
    let widths: Vec<f64> = (0..d).map(|_| random.random_range(0.5..1.2)).collect();
    let rows: Vec<Vec<f64>> = (0..n)
        .map(|_| match kind {
            0 => (0..d).map(|_| random.sample(StandardNormal)).collect(),
            1 => (0..d).map(|_| random.random::<f64>()).collect(),
            _ => {
                let z: Vec<f64> = (0..d).map(|_| random.sample(StandardNormal)).collect();
                (mix.iter().zip(&widths))
                    .map(|(row, width)| {
                        let length = row.iter().map(|a| a * a).sum::<f64>().sqrt();
                        let x: f64 = row.iter().zip(&z).map(|(a, z)| a * z).sum();
                        (3.0 + width * x / length).exp()
                    })
                    .collect()
            }
        })
        .collect();
    table_of(&rows, None)
}
