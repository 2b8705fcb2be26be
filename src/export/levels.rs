//! `levels.csv`: one row per resolution examined; `k_means_curve.csv`: one per number of clusters; `dendrogram.csv`:
//! one per join.

use super::cells::{CsvStyle, Rows};
use crate::Result;
use crate::clustering::Merge;
use crate::quality::KMeansCurve;
use crate::stability::Scales;
use std::io::Write;

/// Writes `k_means_curve.csv`: one row per number of clusters that k-means was tried with.
///
/// Columns: `clusters, silhouette, inertia, best, elbow`.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_k_means_curve(curve: &KMeansCurve, style: CsvStyle, out: impl Write) -> Result<()> {
    let header = ["clusters", "silhouette", "inertia", "best", "elbow"];
    let mut rows = Rows::new(out, style, &header)?;
    for point in &curve.points {
        rows.count(point.n_clusters)?;
        rows.number(point.silhouette)?;
        rows.number(point.inertia)?;
        rows.flag(point.n_clusters == curve.best)?;
        rows.flag(point.n_clusters == curve.elbow)?;
        rows.end()?;
    }
    rows.finish().map(|_| ())
}

/// Writes `dendrogram.csv`: one row per join of Ward's tree, the lowest first.
///
/// Columns: `clusters_left, height, larger, smaller`; see [`Merge`].
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_dendrogram(merges: &[Merge], style: CsvStyle, out: impl Write) -> Result<()> {
    let mut rows = Rows::new(out, style, &["clusters_left", "height", "larger", "smaller"])?;
    for merge in merges {
        rows.count(merge.clusters_left)?;
        rows.number(merge.height)?;
        rows.count(merge.larger)?;
        rows.count(merge.smaller)?;
        rows.end()?;
    }
    rows.finish().map(|_| ())
}

/// Writes `levels.csv`: one row per resolution examined, from coarse to fine. `O(levels)`.
///
/// Columns: `resolution, gephi_resolution, segments, modularity, stability, supported, chosen, border_ratio, border_limit, nested,
/// crowding, doubtful, joined`, and `ari_with_truth` where a known grouping was named.
/// `modularity` is that at resolution 1, which compares between rows; `border_ratio`, `border_limit` and `stability` are empty for a
/// single segment, and `stability` also where the borders are too thick to ask; `nested` (empty in the first row) is the share of the customers whose segment is part of one segment of the row before;
/// `crowding` is how crowded it is at the borders and `doubtful` the share of the customers in segments of which most does not come back; `joined` rows have
/// resolution 0, and Gephi no resolution for them.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_levels(scales: &Scales, chosen: Option<usize>, style: CsvStyle, out: impl Write) -> Result<()> {
    let mut header = vec![
        "resolution",
        "gephi_resolution",
        "segments",
        "modularity",
        "stability",
        "supported",
        "chosen",
        "border_ratio",
        "border_limit",
        "nested",
        "crowding",
        "doubtful",
        "joined",
    ];
    let truth = scales.levels.iter().any(|l| l.ari_with_truth.is_some());
    header.extend(truth.then_some("ari_with_truth"));
    let mut rows = Rows::new(out, style, &header)?;
    for (l, level) in scales.levels.iter().enumerate() {
        rows.number(level.resolution)?;
        // Empty where it is infinite.
        rows.number(level.gephi_resolution(scales.sampled))?;
        rows.count(level.partition.n_groups())?;
        rows.number(level.modularity)?;
        rows.maybe_number(level.stability)?;
        rows.flag(level.supported)?;
        rows.flag(chosen == Some(l))?;
        rows.maybe_number(level.border_ratio)?;
        rows.maybe_number(level.border_limit)?;
        rows.maybe_number(level.nested)?;
        rows.maybe_number(level.crowding)?;
        rows.maybe_number(level.doubtful)?;
        rows.flag(level.joined)?;
        if truth {
            rows.maybe_number(level.ari_with_truth)?;
        }
        rows.end()?;
    }
    rows.finish().map(|_| ())
}
