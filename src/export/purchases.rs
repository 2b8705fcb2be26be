//! The table of customers made from purchase lines.

use super::cells::{CsvStyle, write_rows};
use crate::Result;
use crate::transactions::{CustomerFeatures, RowScratch};
use std::cell::RefCell;
use std::io::Write;

thread_local! {
    /// Kept from row to row: a row is small, and making room for it would take longer than counting it.
    static SCRATCH: RefCell<RowScratch> = RefCell::default();
}

/// Writes `customer_id` and one column per feature, one row per customer, shorter identifiers first. Numbers
/// have up to twelve significant digits, cells without a value are empty. Returns how many identifiers were made harmless
/// for spreadsheets. Rows are computed and made into text in parallel. `O(lines log lines)`.
///
/// # Errors
/// Those of `out`.
pub fn write_customer_features(
    customers: &CustomerFeatures,
    out: impl Write,
    style: CsvStyle,
) -> Result<usize> {
    let mut header = vec!["customer_id"];
    header.extend(customers.features.iter().map(|f| f.name.as_str()));
    write_rows(out, style, &header, customers.len(), |rows, i| {
        rows.text(customers.id(i))?;
        let values = SCRATCH.with_borrow_mut(|scratch| customers.row(i, scratch));
        for (value, feature) in values.into_iter().zip(&customers.features) {
            match feature.is_count() {
                true if value >= 0.0 => rows.count(value as usize)?,
                true if value.is_nan() => rows.maybe_count(None)?,
                _ => rows.exact(value)?,
            }
        }
        rows.end()
    })
}
