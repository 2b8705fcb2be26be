//! Without the feature `excel`.

use super::container;
use crate::error::{Error, Result};
use crate::read::budget::Budget;

/// Says what it would take.
pub(in crate::read) fn as_csv(
    source: &str,
    bytes: Vec<u8>,
    _budget: Budget<'_>,
) -> Result<(Vec<u8>, String)> {
    Err(Error::data(format!("is not a text table but {}", container(&bytes)))
        .in_file(source)
        .hint(
            "save the sheet as CSV in the spreadsheet program, or build kinfolk with cargo install kinfolk --features excel",
        ))
}
