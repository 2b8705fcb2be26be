//! Tables in Parquet files, where the feature `parquet` is there to read them.

use crate::columns::infer::Given;
use crate::error::Error;
use crate::table::grid::Grid;
use crate::warning::Warning;

#[cfg(feature = "parquet")]
mod as_text;
#[cfg(not(feature = "parquet"))]
mod disabled;
#[cfg(feature = "parquet")]
mod enabled;

#[cfg(feature = "parquet")]
pub use as_text::parquet_as_text;
#[cfg(not(feature = "parquet"))]
pub use disabled::parquet_as_text;
#[cfg(not(feature = "parquet"))]
pub(super) use disabled::read;
#[cfg(feature = "parquet")]
pub(super) use enabled::read;

/// How such a file begins.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// The cells as text, and what the file says about its columns.
pub(super) struct Sheet {
    pub(super) names: Vec<String>,
    pub(super) given: Vec<Option<Given>>,
    pub(super) grid: Grid,
    pub(super) warnings: Vec<Warning>,
}

/// What a program without the feature, and one that reads from a pipe, say of such a file.
pub(super) fn not_read(source: &str) -> Error {
    let error = if cfg!(feature = "parquet") {
        Error::data("is a Parquet file, and those are read from their end: not from standard input")
            .in_file(source)
    } else {
        Error::data("is a Parquet file, and this kinfolk was built without reading them").in_file(source)
    };
    error.hint(if cfg!(feature = "parquet") {
        "name the file, or send its rows as CSV"
    } else {
        "build it with cargo install kinfolk --features parquet, or export the table as CSV"
    })
}
