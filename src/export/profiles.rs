//! `profiles.csv` and `comparison.csv`.

use super::cells::{CsvStyle, Rows};
use crate::Result;
use crate::profile::ProfileRow;
use crate::segmentation::Segmentation;
use crate::table::ColumnType;
use crate::text::iso_day;
use std::collections::BTreeSet;
use std::io::Write;

/// Writes `profiles.csv`: one row per segment and feature, and for a category one per level, in the units of the table.
///
/// Columns: `segment, feature, level, mean, median, overall_mean, overall_median, effect, missing, used`. Dates are ISO days; for
/// a level, means are shares and medians are empty; `missing` counts the members without a value. `used` is whether the
/// column measured similarity; those that did not, such as columns left out and a known grouping, stand behind the others
/// of their segment. `O(rows)`.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_profiles(segmentation: &Segmentation, style: CsvStyle, out: impl Write) -> Result<usize> {
    let header = [
        "segment",
        "feature",
        "level",
        "mean",
        "median",
        "overall_mean",
        "overall_median",
        "effect",
        "missing",
        "used",
    ];
    let mut rows = Rows::new(out, style, &header)?;
    let sizes = segmentation.partition.sizes();
    let treatments = &segmentation.features.treatments;
    let used: BTreeSet<&str> = (treatments.iter().filter(|t| t.used))
        .map(|t| t.column.as_str())
        .collect();
    let profiles = &segmentation.profiles;
    let mut all: Vec<&ProfileRow> = profiles.rows.iter().chain(&profiles.others).collect();
    // Stable: features stay before the others.
    all.sort_by_key(|row| row.segment);
    for row in all {
        rows.group(Some(row.segment))?;
        rows.text(&row.column)?;
        rows.text(row.level.as_deref().unwrap_or(""))?;
        for x in [row.mean, row.median, row.overall_mean, row.overall_median] {
            if row.column_type == ColumnType::Date {
                rows.text(&iso_day(x).unwrap_or_default())?;
            } else {
                rows.number(x)?;
            }
        }
        rows.number(row.effect)?;
        let size = sizes.get(row.segment as usize).copied().unwrap_or(0);
        rows.count(size.saturating_sub(row.present))?;
        rows.flag(used.contains(row.column.as_str()))?;
        rows.end()?;
    }
    rows.finish()
}

/// Writes `comparison.csv`: one row per method, the graph's first.
///
/// Columns: `method, clusters, silhouette, davies_bouldin, calinski_harabasz, modularity, stability, ari_with_graph,
/// ami_with_graph`, and `ari_with_truth, ami_with_truth` where a grouping was known. Measures that are not defined are empty;
/// so is `stability` but for the graph's row, and there until it was measured: it is the mean over customers of their
/// segment's stability.
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
    let mut rows = Rows::new(out, style, &header)?;
    for (i, m) in segmentation.comparison.iter().enumerate() {
        rows.text(&m.method)?;
        rows.count(m.n_clusters)?;
        for x in [m.silhouette, m.davies_bouldin, m.calinski_harabasz, m.modularity] {
            rows.number(x)?;
        }
        rows.maybe_number(mean_stability(segmentation).filter(|_| i == 0))?;
        rows.number(m.ari_with_graph)?;
        rows.number(m.ami_with_graph)?;
        if with_truth {
            rows.maybe_number(m.ari_with_truth)?;
            rows.maybe_number(m.ami_with_truth)?;
        }
        rows.end()?;
    }
    rows.finish()
}

/// The mean over customers of their segment's stability.
pub(super) fn mean_stability(segmentation: &Segmentation) -> Option<f64> {
    let stability = segmentation.stability.as_ref()?;
    let sizes = segmentation.partition.sizes();
    let weighted: f64 = stability
        .segments
        .iter()
        .zip(sizes)
        .map(|(s, &n)| s * n as f64)
        .sum();
    Some(weighted / segmentation.partition.len() as f64)
}
