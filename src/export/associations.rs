//! `associations.csv`: how much columns say of each other.

use super::cells::{CsvStyle, Rows};
use crate::Result;
use crate::profile::Association;
use std::io::Write;

/// Writes `associations.csv`: one row per pair of columns, in their order: the strongest first. `O(pairs)`.
///
/// Columns: `a, b, measure, association, customers`; see [`Association`].
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_associations(associations: &[Association], style: CsvStyle, out: impl Write) -> Result<usize> {
    let mut rows = Rows::new(out, style, &["a", "b", "measure", "association", "customers"])?;
    for pair in associations {
        rows.text(&pair.a)?;
        rows.text(&pair.b)?;
        rows.text(pair.measure.name())?;
        rows.number(pair.value)?;
        rows.count(pair.customers)?;
        rows.end()?;
    }
    rows.finish()
}
