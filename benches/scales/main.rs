//! How true the recommended scale is: the figures of `docs/scale.md`.
//!
//! ```sh
//! cargo bench --bench scales                          # truth and nulls on generated tables
//! cargo bench --bench scales -- truth FOLDER          # also the labelled tables of a folder
//! cargo bench --bench scales -- nulls 5 1000          # seeds, customers
//! cargo bench --bench scales -- nulls 20 700 arc      # one kind
//! cargo bench --bench scales -- subsamples TABLE...   # nine tenths of a table, ten times
//! cargo bench --bench scales -- seeds TABLE...        # another seed, ten times
//! cargo bench --bench scales -- calibration TABLE...  # probabilities against fresh samples
//! ```

#![allow(clippy::print_stdout, reason = "the figures are printed")]
#![allow(clippy::disallowed_methods, reason = "drawn points, not results")]

mod tables;

use kinfolk::Result;
use kinfolk::clustering::{KMeans, k_means};
use kinfolk::features::Features;
use kinfolk::partition::{Partition, adjusted_rand};
use kinfolk::quality::silhouette;
use kinfolk::random::stream;
use kinfolk::read::read_table;
use kinfolk::segmentation::{Segmentation, Settings, prepare, segment};
use kinfolk::table::{MISSING, Table, TableSettings, Values};
use rand::seq::index;
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
            nulls(number(0, 5), number(1, 1000), &rest[rest.len().min(2)..])
        }
        ["seeds", tables @ ..] => tables.iter().try_for_each(|t| seeds(t)),
        ["subsamples", tables @ ..] => tables.iter().try_for_each(|t| subsamples(t)),
        ["calibration", tables @ ..] => tables.iter().try_for_each(|t| calibration(t)),
        _ => {
            truth(&[])?;
            nulls(2, 1000, &[])
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
    for &kind in tables::FAMILIES {
        for seed in 0..2 {
            let n = if seed == 0 { 1_500 } else { 4_000 };
            add(&format!("{kind}, {n}"), &tables::family(kind, n, seed)?)?;
        }
    }
    add(
        "moons and rings, 12,000",
        &tables::family("moons and rings", 12_000, 1)?,
    )?;
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

/// How often tables without structure are found to have none, and well separated mixtures to have some.
fn nulls(seeds: usize, customers: usize, kinds: &[&str]) -> Result<()> {
    let kinds: Vec<&str> = match kinds {
        [] => tables::NULLS.to_vec(),
        _ => kinds.to_vec(),
    };
    println!("\n| structureless, {customers} customers | none supported, of {seeds} |");
    println!("|---|---|");
    let mut all = 0;
    for &kind in &kinds {
        let mut none = 0;
        for seed in 0..seeds as u64 {
            none += usize::from(run(&tables::null(kind, customers, seed)?, None)?.supported() == Some(false));
        }
        all += none;
        println!("| {kind} | {none} |");
    }
    println!("| **all** | {all} of {} |", seeds * kinds.len());
    let mut some = 0;
    for seed in 0..seeds as u64 {
        let separated = tables::family("5 well separated", customers, seed)?;
        some += usize::from(run(&separated, None)?.supported() == Some(true));
    }
    println!("\nWell separated mixtures found to have segments: {some} of {seeds}.");
    Ok(())
}

/// The same table with another seed, ten times.
fn seeds(path: &str) -> Result<()> {
    let table = read_table(path.as_ref(), &TableSettings::default())?;
    let first = run(&table, None)?;
    println!("\n{path}: {}; with other seeds:", said(&first));
    for seed in 0..10 {
        let settings = Settings {
            seed,
            baselines: Vec::new(),
            ..Settings::default()
        };
        let again = segment(prepare(&table, &settings.features)?, &settings, &mut |_| Ok(()))?;
        println!(
            "  {}, ARI {:.3}",
            said(&again),
            adjusted_rand(&first.partition, &again.partition)
        );
    }
    Ok(())
}

/// How many segments or parts, and how often they came back.
fn said(found: &Segmentation) -> String {
    let what = found.grouping().many();
    let recurrence = found.scales.as_ref().and_then(|s| s.recurrence);
    let again = recurrence.map_or_else(String::new, |r| {
        let agreement = r
            .agreement
            .map_or_else(String::new, |a| format!(", agreement {a:.2}"));
        format!(
            " (number in {:.0} % of samples{agreement})",
            100.0 * r.same_number
        )
    });
    format!("{} {what}{again}", found.partition.n_groups())
}

/// The same table without a tenth of its customers, ten times.
fn subsamples(path: &str) -> Result<()> {
    let table = read_table(path.as_ref(), &TableSettings::default())?;
    let whole = run(&table, None)?;
    println!(
        "\n{path}: {} of all customers; of nine tenths of them:",
        said(&whole)
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
            "  {}, ARI {:.3}",
            said(&part),
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
    let again = segment(prepare(&table, &settings.features)?, &settings, &mut |_| Ok(()))?;
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
    segment(prepare(table, &settings.features)?, &settings, &mut |_| Ok(()))
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
