//! What `kinfolk compare` writes, and `crosstab.csv` of a run.

use super::cells::{CsvStyle, Rows};
use crate::compare::{Agreement, Compared, Measured, Shared, moved, shared_customers};
use crate::num::round_significant;
use crate::segmentation::Segmentation;
use crate::warning::Warning;
use crate::{Error, Result};
use serde_json::{Value, json};
use std::io::Write;

/// Two divisions whose groups have names.
pub(super) struct Crossed<'a> {
    /// What each of the two is called.
    pub(super) names: [&'a str; 2],
    /// The names of the groups of each.
    pub(super) groups: [&'a [String]; 2],
    pub(super) shared: Vec<Shared>,
}

/// Writes `crosstab.csv`: one row per pair of groups that share customers, of each two divisions.
pub(super) fn write_crossed(all: &[Crossed<'_>], style: CsvStyle, out: impl Write) -> Result<usize> {
    let header = [
        "a",
        "b",
        "group_a",
        "group_b",
        "customers",
        "share_of_a",
        "share_of_b",
        "overlap",
        "best_for_a",
        "best_for_b",
    ];
    let mut rows = Rows::new(out, style, &header)?;
    for crossed in all {
        for cell in &crossed.shared {
            rows.text(crossed.names[0])?;
            rows.text(crossed.names[1])?;
            rows.text(&crossed.groups[0][cell.a as usize])?;
            rows.text(&crossed.groups[1][cell.b as usize])?;
            rows.count(cell.customers)?;
            for x in [cell.share_of_a, cell.share_of_b, cell.overlap] {
                rows.number(x)?;
            }
            rows.flag(cell.best_for_a)?;
            rows.flag(cell.best_for_b)?;
            rows.end()?;
        }
    }
    rows.finish()
}

/// Writes `crosstab.csv` of results: the first with each of the others, one row per pair of groups that share customers.
///
/// Columns: `a, b, group_a, group_b, customers, share_of_a, share_of_b, overlap, best_for_a, best_for_b`; see
/// [`Shared`]. `O(n log n)`.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_compared_crosstab(compared: &Compared, style: CsvStyle, out: impl Write) -> Result<usize> {
    let aligned = &compared.aligned;
    let all: Vec<Crossed<'_>> = (1..compared.names.len())
        .map(|b| Crossed {
            names: [&compared.names[0], &compared.names[b]],
            groups: [&aligned.groups[0], &aligned.groups[b]],
            shared: shared_customers(&aligned.partitions[0], &aligned.partitions[b]),
        })
        .collect();
    write_crossed(&all, style, out)
}

/// Writes `crosstab.csv` of a run: the segments with the clusters of each baseline, as [`write_compared_crosstab`] of results. Groups
/// are numbers from 1. `O(n log n)` per baseline.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_crosstab(segmentation: &Segmentation, style: CsvStyle, out: impl Write) -> Result<()> {
    let numbers = |n: usize| (1..=n).map(|g| g.to_string()).collect::<Vec<String>>();
    let segments = numbers(segmentation.partition.n_groups());
    let clusters: Vec<Vec<String>> = segmentation
        .baselines
        .iter()
        .map(|b| numbers(b.partition.n_groups()))
        .collect();
    let all: Vec<Crossed<'_>> = segmentation
        .baselines
        .iter()
        .zip(&clusters)
        .map(|(baseline, clusters)| Crossed {
            names: [segmentation.method, baseline.name],
            groups: [&segments, clusters],
            shared: shared_customers(&segmentation.partition, &baseline.partition),
        })
        .collect();
    write_crossed(&all, style, out).map(|_| ())
}

/// Writes `moved.csv` of a run: one row per baseline and customer who has left the others of its segment there, as [`write_moved`] of
/// results. Groups are numbers from 1.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_differing(segmentation: &Segmentation, style: CsvStyle, out: impl Write) -> Result<usize> {
    let mut rows = Rows::new(out, style, &MOVED)?;
    let segments = segmentation.partition.labels();
    for baseline in &segmentation.baselines {
        // In the order of the segments, each of which has one.
        let best: Vec<u32> = baseline.differing.matches.iter().map(|cell| cell.b).collect();
        for &customer in &baseline.differing.customers {
            let segment = segments[customer as usize];
            rows.text(&segmentation.table.ids[customer as usize])?;
            rows.text(segmentation.method)?;
            rows.text(baseline.name)?;
            rows.group(Some(segment))?;
            rows.group(Some(baseline.partition.labels()[customer as usize]))?;
            rows.group(best.get(segment as usize).copied())?;
            rows.end()?;
        }
    }
    rows.finish()
}

const MOVED: [&str; 6] = ["customer_id", "a", "b", "group_a", "group_b", "best_for_group_a"];

/// Writes `agreement.csv`: one row per two results.
///
/// Columns: `a, b, customers`, then `adjusted_rand`, `adjusted_mutual_information` and `variation_of_information`, each with
/// the ends of its interval behind it (`_low`, `_high`), and `moved`.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_agreement(compared: &Compared, style: CsvStyle, out: impl Write) -> Result<usize> {
    let header = [
        "a",
        "b",
        "customers",
        "adjusted_rand",
        "adjusted_rand_low",
        "adjusted_rand_high",
        "adjusted_mutual_information",
        "adjusted_mutual_information_low",
        "adjusted_mutual_information_high",
        "variation_of_information",
        "variation_of_information_low",
        "variation_of_information_high",
        "moved",
    ];
    let mut rows = Rows::new(out, style, &header)?;
    for pair in &compared.pairs {
        rows.text(&compared.names[pair.a])?;
        rows.text(&compared.names[pair.b])?;
        rows.count(compared.aligned.ids.len())?;
        for (_, measured) in measures(&pair.agreement) {
            rows.number(measured.value)?;
            rows.maybe_number(measured.interval.map(|i| i.low))?;
            rows.maybe_number(measured.interval.map(|i| i.high))?;
        }
        rows.count(pair.moved)?;
        rows.end()?;
    }
    rows.finish()
}

fn measures(agreement: &Agreement) -> [(&'static str, Measured); 3] {
    [
        ("adjusted_rand", agreement.adjusted_rand),
        (
            "adjusted_mutual_information",
            agreement.adjusted_mutual_information,
        ),
        ("variation_of_information", agreement.variation_of_information),
    ]
}

/// Writes `moved.csv`: one row per customer who has left its fellows between the first result and another, see [`moved`].
///
/// Columns: `customer_id, a, b, group_a, group_b, best_for_group_a`: the last is the group of `b` in which it would have
/// stayed with them.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_moved(compared: &Compared, style: CsvStyle, out: impl Write) -> Result<usize> {
    let mut rows = Rows::new(out, style, &MOVED)?;
    let aligned = &compared.aligned;
    for b in 1..compared.names.len() {
        let (one, other) = (&aligned.partitions[0], &aligned.partitions[b]);
        let mut best = vec![0; one.n_groups()];
        for cell in shared_customers(one, other).iter().filter(|cell| cell.best_for_a) {
            best[cell.a as usize] = cell.b as usize;
        }
        let all = moved(one, other);
        for customer in (0..all.len()).filter(|&i| all[i]) {
            let (i, j) = (one.labels()[customer] as usize, other.labels()[customer] as usize);
            rows.text(&aligned.ids[customer])?;
            rows.text(&compared.names[0])?;
            rows.text(&compared.names[b])?;
            rows.text(&aligned.groups[0][i])?;
            rows.text(&aligned.groups[b][j])?;
            rows.text(&aligned.groups[b][best[i]])?;
            rows.end()?;
        }
    }
    rows.finish()
}

/// Writes `summary.json` of compared results. `warnings` are all that were noticed.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_compared_summary(compared: &Compared, warnings: &[Warning], mut out: impl Write) -> Result<()> {
    let nine = |x: f64| json!(round_significant(x, 9));
    let aligned = &compared.aligned;
    let results: Vec<Value> = (0..compared.names.len())
        .map(|k| {
            json!({
                "name": compared.names[k],
                "groups": aligned.partitions[k].n_groups(),
                "not_in_all": aligned.alone[k].customers,
                "without_group": aligned.unlabeled[k],
            })
        })
        .collect();
    let pairs: Vec<Value> = compared
        .pairs
        .iter()
        .map(|pair| {
            let mut object = serde_json::Map::new();
            object.insert("a".to_owned(), json!(compared.names[pair.a]));
            object.insert("b".to_owned(), json!(compared.names[pair.b]));
            for (name, measured) in measures(&pair.agreement) {
                let ends = measured.interval.map(|i| [nine(i.low), nine(i.high)]);
                object.insert(
                    name.to_owned(),
                    json!({ "value": nine(measured.value), "interval": ends }),
                );
            }
            object.insert("moved".to_owned(), json!(pair.moved));
            Value::Object(object)
        })
        .collect();
    let summary = json!({
        "format": 1,
        "customers": aligned.ids.len(),
        "results": results,
        "agreement": pairs,
        "warnings": warnings,
    });
    serde_json::to_writer_pretty(&mut out, &summary)
        .map_err(std::io::Error::from)
        .and_then(|()| writeln!(out))
        .map_err(|e| Error::io("summary.json", "cannot be written", e))
}
