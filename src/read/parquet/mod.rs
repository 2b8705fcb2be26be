//! Tables in Parquet files, where the feature `parquet` is there to read them.

use crate::columns::infer::Given;
use crate::table::grid::Grid;
use crate::warning::Warning;

#[cfg(not(feature = "parquet"))]
mod disabled;
#[cfg(feature = "parquet")]
mod enabled;

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
