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
