//! Without the feature `parquet`.

use super::Sheet;
use crate::error::Result;
use crate::read::budget::Budget;
use std::io::Read;
use std::path::Path;

/// The rows of a Parquet file as text: nothing without the feature, so that whoever reads the file says what it takes.
///
/// # Errors
/// None.
pub fn parquet_as_text(_path: &Path) -> Result<Option<Box<dyn Read + Send>>> {
    Ok(None)
}

/// Says what it would take.
pub(in crate::read) fn read(source: &str, _bytes: Vec<u8>, _budget: Budget<'_>) -> Result<Sheet> {
    Err(super::not_read(source))
}
