//! Without the feature `parquet`.

use super::Sheet;
use crate::error::{Error, Result};
use crate::read::budget::Budget;

/// Says what it would take.
pub(in crate::read) fn read(source: &str, _bytes: Vec<u8>, _budget: Budget<'_>) -> Result<Sheet> {
    Err(
        Error::data("is a Parquet file, and this kinfolk was built without reading them")
            .in_file(source)
            .hint("build it with cargo install kinfolk --features parquet, or export the table as CSV"),
    )
}
