//! `features.csv`: what each column has to say.

use super::cells::{CsvStyle, Rows};
use crate::Result;
use crate::segmentation::Segmentation;
use crate::table::ColumnType;
use std::io::Write;

/// Writes `features.csv`: one row per table column in use, in the order of the table. `O(columns)`.
///
/// Columns: `feature, type, transform, weight, share_of_distance, share_among_neighbors, separation, segments_without,
/// ari_without, moved_if_permuted, moved_if_permuted_low, moved_if_permuted_high, repeated_by`.
///
/// - `share_of_distance`, `share_among_neighbors`: the column's part of the distance between two customers, and between
///   neighbors.
/// - `separation`: the part of its variance that lies between segments (η²).
/// - `segments_without`, `ari_without`: how many segments a sample of the customers falls into without the column and those
///   that repeat it, and their adjusted Rand index with the sample's segments by all columns; empty where a sample cannot tell.
/// - `moved_if_permuted`: share of a sample of the customers whom their nearest put into another segment where they have somebody else's
///   values in the column and those that repeat it, with the ends of its 95 % interval.
/// - `repeated_by`: columns that say nearly the same, parted by `; `.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_features(segmentation: &Segmentation, style: CsvStyle, out: impl Write) -> Result<usize> {
    let header = [
        "feature",
        "type",
        "transform",
        "weight",
        "share_of_distance",
        "share_among_neighbors",
        "separation",
        "segments_without",
        "ari_without",
        "moved_if_permuted",
        "moved_if_permuted_low",
        "moved_if_permuted_high",
        "repeated_by",
    ];
    let mut rows = Rows::new(out, style, &header)?;
    let importance = segmentation.importance_by_column();
    for treatment in segmentation.features.treatments.iter().filter(|t| t.used) {
        let found = importance.get(treatment.column.as_str());
        rows.text(&treatment.column)?;
        rows.text(type_name(treatment.column_type))?;
        rows.text(&treatment.transform)?;
        rows.number(treatment.weight)?;
        rows.maybe_number(found.map(|c| c.share_of_distance))?;
        rows.maybe_number(found.map(|c| c.share_among_neighbors))?;
        rows.maybe_number(found.map(|c| c.separation))?;
        let without = found.and_then(|c| c.without);
        rows.maybe_count(without.map(|w| w.n_segments))?;
        rows.maybe_number(without.map(|w| w.agreement))?;
        let permuted = found.and_then(|c| c.permuted);
        for x in [
            permuted.map(|p| p.moved),
            permuted.map(|p| p.low),
            permuted.map(|p| p.high),
        ] {
            rows.maybe_number(x)?;
        }
        rows.text(&treatment.repeats.join("; "))?;
        rows.end()?;
    }
    rows.finish()
}

/// The name of a type in files.
pub(super) fn type_name(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Number => "number",
        ColumnType::Category => "category",
        ColumnType::Date => "date",
        ColumnType::Text => "text",
    }
}
