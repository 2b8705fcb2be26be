//! The file of one table: CSV, or Parquet where its name ends so.

use crate::{Error, Result};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// A table that is being written, as comma-separated rows.
pub(super) trait TableFile: Write {
    /// Writes what is left.
    fn end(self: Box<Self>) -> Result<()>;
}

type Csv = BufWriter<Box<dyn Write>>;

impl TableFile for Csv {
    fn end(mut self: Box<Self>) -> Result<()> {
        self.flush()
            .map_err(|e| Error::io("the table", "cannot be written", e))
    }
}

#[cfg(feature = "parquet")]
impl TableFile for crate::export::ParquetRows<BufWriter<File>> {
    fn end(self: Box<Self>) -> Result<()> {
        self.finish()?
            .flush()
            .map_err(|e| Error::io("the table", "cannot be written", e))
    }
}

/// Whether the name asks for Parquet.
pub(super) fn is_parquet(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("parquet"))
}

/// A table into `file`, in the format that its name asks for, or onto standard output without one.
#[cfg_attr(
    not(feature = "parquet"),
    expect(unused_variables, reason = "there is one format")
)]
pub(super) fn table_file(path: &Path, file: Option<File>) -> Box<dyn TableFile> {
    let csv = |out: Box<dyn Write>| -> Box<dyn TableFile> { Box::new(Csv::with_capacity(1 << 20, out)) };
    match file {
        #[cfg(feature = "parquet")]
        Some(file) if is_parquet(path) => {
            let out = BufWriter::with_capacity(1 << 20, file);
            Box::new(crate::export::ParquetRows::new(out))
        }
        Some(file) => csv(Box::new(file)),
        None => csv(Box::new(io::stdout())),
    }
}

/// Refuses names that ask for a format that is not written.
pub(super) fn check_name(path: &Path) -> Result<()> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let refused = match ending.as_deref() {
        Some("parquet") if cfg!(not(feature = "parquet")) => Error::usage(
            "is to be a Parquet file, and this kinfolk was built without writing them",
        )
        .hint("build it with cargo install kinfolk --features parquet, or name a file that ends in .csv"),
        Some(other @ ("xlsx" | "gz" | "zst" | "json")) => {
            Error::usage(format!("a table of customers is written as CSV, not as .{other}"))
                .hint("name a file that ends in .csv")
        }
        _ => return Ok(()),
    };
    Err(refused.in_file(path.display().to_string()))
}
