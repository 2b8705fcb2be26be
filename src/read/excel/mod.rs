//! Tables in Excel and LibreOffice workbooks, where the feature `excel` is there to read them.

#[cfg(feature = "excel")]
mod cells;
#[cfg(not(feature = "excel"))]
mod disabled;
#[cfg(feature = "excel")]
mod enabled;

#[cfg(not(feature = "excel"))]
pub(super) use disabled::as_csv;
#[cfg(feature = "excel")]
pub(super) use enabled::as_csv;

use super::budget::Budget;
use crate::error::{Error, Result};
use std::io::Read;

/// The same for a workbook of which `head` is read already: it is read as a whole, since its list of parts stands at its end.
pub(super) fn rest_as_csv(
    source: &str,
    head: Vec<u8>,
    rest: &mut impl Read,
    budget: Budget<'_>,
) -> Result<(Vec<u8>, String)> {
    let mut bytes = head;
    let room = budget.most().saturating_sub(bytes.len() as u64);
    rest.take(room.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|e| Error::io(source, "cannot be read", e))?;
    budget.allow(bytes.len() as u64, "the workbook")?;
    as_csv(source, bytes, budget)
}

/// Whether the file begins like a workbook: a zip archive or an old compound file.
pub(super) fn may_be_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0")
}

/// What a file that may be a workbook is at any rate.
fn container(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"PK") {
        "a zip archive (Excel .xlsx files are zip archives too)"
    } else {
        "an old Excel (.xls) file"
    }
}
