//! `profiles.csv`, `baseline_profiles.csv` and `comparison.csv`.

use super::cells::{CsvStyle, Rows};
use crate::Result;
use crate::profile::{ProfileRow, Profiles};
use crate::segmentation::{Baseline, Segmentation};
use crate::table::ColumnType;
use crate::text::iso_day;
use std::collections::BTreeSet;
use std::io::Write;

/// Writes `profiles.csv`: one row per segment and feature, and for a category one per level, in the units of the table.
///
/// Columns: `segment, feature, level, mean, median, overall_mean, overall_median, effect, missing, used, effect_low, effect_high, first_quartile,
/// third_quartile, zeros, lift`. Dates are ISO days; for a level, means are shares, medians and quartiles are empty, and `lift` is its share over that of
/// all customers; `missing` counts the members without a value. `used` is whether the
/// column measured similarity; those that did not, such as columns left out and a known grouping, stand behind the others
/// of their segment. `O(rows)`.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_profiles(segmentation: &Segmentation, style: CsvStyle, out: impl Write) -> Result<usize> {
    let header = [&["segment"][..], &OF_A_ROW].concat();
    let mut rows = Rows::new(out, style, &header)?;
    let used = used(segmentation);
    for row in in_order(&segmentation.profiles) {
        rows.group(Some(row.segment))?;
        of_a_row(&mut rows, row, &used)?;
    }
    rows.finish()
}

/// Writes `baseline_profiles.csv`: what marks the clusters of each baseline, as [`write_profiles`] does of the segments; and, behind the
/// clusters of each, what marks the customers on whom it differs from the segments, if there are ten or more.
///
/// Columns: `method, cluster, cluster_name, customers`, then those of [`write_profiles`] without the first. `cluster` is empty for the
/// customers on whom they differ. `O(rows)`.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_baseline_profiles(
    segmentation: &Segmentation,
    style: CsvStyle,
    out: impl Write,
) -> Result<usize> {
    let header = [&["method", "cluster", "cluster_name", "customers"][..], &OF_A_ROW].concat();
    let mut rows = Rows::new(out, style, &header)?;
    let used = used(segmentation);
    for baseline in &segmentation.baselines {
        clusters(&mut rows, baseline, &used)?;
    }
    rows.finish()
}

fn clusters<W: Write>(rows: &mut Rows<W>, baseline: &Baseline, used: &BTreeSet<&str>) -> Result<()> {
    for row in in_order(&baseline.profiles) {
        rows.text(baseline.name)?;
        rows.group(Some(row.segment))?;
        rows.text(&baseline.profiles.names[row.segment as usize])?;
        rows.count(row.members)?;
        of_a_row(rows, row, used)?;
    }
    let differing = &baseline.differing;
    if differing.is_described() {
        for row in in_order(&differing.profiles) {
            rows.text(baseline.name)?;
            rows.group(None)?;
            rows.text("with others than in the segments")?;
            rows.count(row.members)?;
            of_a_row(rows, row, used)?;
        }
    }
    Ok(())
}

/// What every row of a profile says.
const OF_A_ROW: [&str; 15] = [
    "feature",
    "level",
    "mean",
    "median",
    "overall_mean",
    "overall_median",
    "effect",
    "missing",
    "used",
    "effect_low",
    "effect_high",
    "first_quartile",
    "third_quartile",
    "zeros",
    "lift",
];

/// The columns that measured similarity.
fn used(segmentation: &Segmentation) -> BTreeSet<&str> {
    let treatments = segmentation.features.treatments.iter();
    treatments.filter(|t| t.used).map(|t| t.column.as_str()).collect()
}

/// Group by group, features before the other columns.
fn in_order(profiles: &Profiles) -> Vec<&ProfileRow> {
    let mut all: Vec<&ProfileRow> = profiles.rows.iter().chain(&profiles.others).collect();
    // Stable: features stay before the others.
    all.sort_by_key(|row| row.segment);
    all
}

/// The cells of [`OF_A_ROW`], and the end of the row.
fn of_a_row<W: Write>(rows: &mut Rows<W>, row: &ProfileRow, used: &BTreeSet<&str>) -> Result<()> {
    rows.text(&row.column)?;
    rows.text(row.level.as_deref().unwrap_or(""))?;
    for x in [row.mean, row.median, row.overall_mean, row.overall_median] {
        in_units(rows, row, x)?;
    }
    rows.number(row.effect)?;
    rows.count(row.members.saturating_sub(row.present))?;
    rows.flag(used.contains(row.column.as_str()))?;
    rows.number(row.effect_interval.0)?;
    rows.number(row.effect_interval.1)?;
    in_units(rows, row, row.quartiles.0)?;
    in_units(rows, row, row.quartiles.1)?;
    rows.number(row.zeros)?;
    let lift = if row.level.is_some() {
        row.mean / row.overall_mean
    } else {
        f64::NAN
    };
    rows.number(lift)?;
    rows.end()
}

/// A day for a date.
fn in_units<W: Write>(rows: &mut Rows<W>, row: &ProfileRow, x: f64) -> Result<()> {
    if row.column_type == ColumnType::Date {
        rows.text(&iso_day(x).unwrap_or_default())
    } else {
        rows.number(x)
    }
}

/// Writes `comparison.csv`: one row per method, the graph's first.
///
/// Columns: `method, clusters, silhouette, davies_bouldin, calinski_harabasz, modularity, stability, ari_with_graph,
/// ami_with_graph`, `ari_with_truth, ami_with_truth` where a grouping was known, then intervals: of each measure (`_low`, `_high`), of
/// its difference from the graph's (`_minus_graph_low`, `_minus_graph_high`), and `vi_with_graph` with its own. Measures that are not
/// defined are empty, and so is `stability` until it was measured: it is the mean over customers of their group's stability.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_comparison(segmentation: &Segmentation, style: CsvStyle, out: impl Write) -> Result<usize> {
    let with_truth = segmentation
        .comparison
        .iter()
        .any(|m| m.ari_with_truth.or(m.ami_with_truth).is_some());
    let mut header = vec![
        "method",
        "clusters",
        "silhouette",
        "davies_bouldin",
        "calinski_harabasz",
        "modularity",
        "stability",
        "ari_with_graph",
        "ami_with_graph",
    ];
    if with_truth {
        header.extend(["ari_with_truth", "ami_with_truth"]);
    }
    header.extend([
        "silhouette_low",
        "silhouette_high",
        "silhouette_minus_graph_low",
        "silhouette_minus_graph_high",
        "davies_bouldin_low",
        "davies_bouldin_high",
        "davies_bouldin_minus_graph_low",
        "davies_bouldin_minus_graph_high",
        "calinski_harabasz_low",
        "calinski_harabasz_high",
        "calinski_harabasz_minus_graph_low",
        "calinski_harabasz_minus_graph_high",
        "ari_with_graph_low",
        "ari_with_graph_high",
        "ami_with_graph_low",
        "ami_with_graph_high",
        "vi_with_graph",
        "vi_with_graph_low",
        "vi_with_graph_high",
    ]);
    let mut rows = Rows::new(out, style, &header)?;
    for m in &segmentation.comparison {
        rows.text(&m.method)?;
        rows.count(m.n_clusters)?;
        for x in [m.silhouette, m.davies_bouldin, m.calinski_harabasz, m.modularity] {
            rows.number(x)?;
        }
        rows.maybe_number(m.stability)?;
        rows.number(m.with_graph.adjusted_rand.value)?;
        rows.number(m.with_graph.adjusted_mutual_information.value)?;
        if with_truth {
            rows.maybe_number(m.ari_with_truth)?;
            rows.maybe_number(m.ami_with_truth)?;
        }
        let (own, minus) = (&m.intervals, &m.minus_graph);
        for interval in [
            own.silhouette,
            minus.silhouette,
            own.davies_bouldin,
            minus.davies_bouldin,
            own.calinski_harabasz,
            minus.calinski_harabasz,
            m.with_graph.adjusted_rand.interval,
            m.with_graph.adjusted_mutual_information.interval,
        ] {
            rows.maybe_number(interval.map(|i| i.low))?;
            rows.maybe_number(interval.map(|i| i.high))?;
        }
        let variation = m.with_graph.variation_of_information;
        rows.number(variation.value)?;
        rows.maybe_number(variation.interval.map(|i| i.low))?;
        rows.maybe_number(variation.interval.map(|i| i.high))?;
        rows.end()?;
    }
    rows.finish()
}
