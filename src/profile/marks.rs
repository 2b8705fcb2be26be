//! Which rows speak of a segment: names and phrases are made of these.

use super::{ProfileRow, Profiles};
use crate::table::ColumnType;

/// An effect of this size stands out: "medium" of Vargha and Delaney.
pub(super) const STANDS_OUT: f64 = 0.28;
/// The least effect that is worth a word: their "small".
pub(super) const WORTH_A_WORD: f64 = 0.11;
/// A mean differs to be seen by this many standard deviations ([`ProfileRow::overall_deviation`]), Cohen's "small", or by this part of the overall mean: ranks
/// alone make "low price" of 1.33 against 1.34.
const SEEN: f64 = 0.2;
/// Means that differ by less than this part of the larger one are equal: the rounding of their sums may be what differs.
const NO_DIFFERENCE: f64 = 1e-9;

/// Whether the members are above all customers (`true`) or below; `None` where mean, median and effect do not agree, the
/// means hardly differ, or most members have no value: a few speak for none but themselves.
///
/// Medians that are equal contradict nothing: most customers may have 0.
pub(super) fn direction(row: &ProfileRow) -> Option<bool> {
    let up = row.effect > 0.0;
    let signed = |difference: f64| if up { difference } else { -difference };
    let mean = signed(row.mean - row.overall_mean);
    let median = signed(row.median - row.overall_median);
    // The median of a category is NaN.
    let contradicted = median < 0.0;
    let larger = row.mean.abs().max(row.overall_mean.abs());
    let differs = row.effect != 0.0 && mean > NO_DIFFERENCE * larger && is_seen(row);
    (differs && !contradicted && speaks_for_most(row)).then_some(up)
}

/// Whether at least half of the members have a value.
pub(super) fn speaks_for_most(row: &ProfileRow) -> bool {
    2 * row.present >= row.members
}

/// Whether the means of a number or date differ enough for a person to call it a difference.
fn is_seen(row: &ProfileRow) -> bool {
    let difference = (row.mean - row.overall_mean).abs();
    let in_proportion = row.column_type == ColumnType::Number && row.range.0 >= 0.0;
    row.level.is_some()
        || difference >= SEEN * row.overall_deviation
        || in_proportion && difference >= SEEN * row.overall_mean
}

/// The row that speaks for one column of one segment: a number's own, the level of a category that is held most beyond the
/// others' share.
pub(super) fn speaker(rows: &[ProfileRow]) -> Option<&ProfileRow> {
    // The first of equal effects is the commonest level.
    let row = rows
        .iter()
        .reduce(|best, r| if r.effect > best.effect { r } else { best })?;
    direction(row)
        .filter(|&up| up || row.level.is_none())
        .map(|_| row)
}

/// What marks a segment (a label of the partition): at most one row per column, the strongest effect first, none below 0.11
/// and none whose mean or median contradicts its effect. `O(rows)`.
///
/// ```
/// use kinfolk::profile::{marks, phrase, profiles};
/// use kinfolk::generate::{Generate, generate};
/// use kinfolk::Partition;
///
/// let shop = generate(&Generate::default())?;
/// let profiles = profiles(&shop.to_table(), &Partition::from_labels(&shop.truth));
/// let lapsed = marks(&profiles, 2);
/// assert_eq!(lapsed[0].column, "recency_days");
/// assert_eq!(phrase(lapsed[0]).as_deref(), Some("recency days 3.4 times the average"));
/// # Ok::<(), kinfolk::Error>(())
/// ```
pub fn marks(profiles: &Profiles, segment: u32) -> Vec<&ProfileRow> {
    let first = profiles.rows.partition_point(|r| r.segment < segment);
    let end = profiles.rows.partition_point(|r| r.segment <= segment);
    let mut found: Vec<&ProfileRow> = profiles.rows[first..end]
        .chunk_by(|a, b| a.column == b.column)
        .filter_map(speaker)
        .filter(|r| r.effect.abs() >= WORTH_A_WORD)
        .collect();
    // Stable: of equals the first column of the table.
    found.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()));
    found
}
