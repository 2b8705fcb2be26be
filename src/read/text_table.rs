//! A text table whose encoding, separator and header are known, and whose rows are still to be read.

use super::budget::Budget;
use super::decode::{decode, refuse_markup};
use super::header::{self, Header};
use super::{dialect, quotes, source, spaces};
use crate::error::{Error, Result};
use crate::table::grid::{Dialect, Records};
use crate::warning::Warning;

/// How a text table is written, as far as it was asked for.
pub(super) struct Asked<'a> {
    pub(super) separator: Option<char>,
    pub(super) encoding: Option<&'a str>,
    /// Bytes between two cuts, more or less.
    pub(super) piece: usize,
}

/// Text, and what was found out about it.
pub(super) struct TextTable {
    pub(super) text: String,
    pub(super) dialect: Dialect,
    /// Beginnings of records, ascending.
    pub(super) cuts: Vec<usize>,
    pub(super) header: Header,
    /// The byte at which the rows begin, and its line; a second header counts as a row.
    pub(super) start: (usize, u64),
    pub(super) reading: Vec<String>,
    pub(super) warnings: Vec<Warning>,
}

/// Decodes unpacked bytes and finds out how they are written. `empty` is the error where there is no row.
///
/// # Errors
/// Bytes that are no text table.
pub(super) fn open(
    source: &str,
    bytes: Vec<u8>,
    asked: &Asked<'_>,
    budget: Budget<'_>,
    empty: impl FnOnce() -> Error,
) -> Result<TextTable> {
    source::refuse_binary(source, &bytes)?;
    let decoded = decode(source, bytes, asked.encoding, budget)?;
    refuse_markup(source, &decoded.text)?;
    let (mut text, mut reading, mut warnings) = (decoded.text, decoded.reading, decoded.warnings);
    let spaced = asked
        .separator
        .is_none()
        .then(|| spaces::as_tabs(&text))
        .flatten();
    if let Some(tabs) = spaced {
        reading.push("cells parted by spaces".to_owned());
        text = tabs;
    }
    let found = dialect::detect(source, &text, asked.separator)?;
    reading.extend(found.reading);
    let (begin, first_line) = found.start;
    let body = &text[begin..];
    let mut cuts = quotes::pieces(source, body, first_line, found.dialect, asked.piece)?;
    cuts.iter_mut().for_each(|cut| *cut += begin);
    let mut header = header::detect(&dialect::sample(body, first_line, found.dialect)).ok_or_else(empty)?;
    if header.names.len() == 1 {
        dialect::refuse_hidden_columns(source, body, found.dialect)?;
    }
    reading.append(&mut header.reading);
    warnings.append(&mut header.warnings);
    let mut start = (begin + header.at, header.line);
    if header.present {
        let mut records = Records::new(&body[header.at..], header.line, found.dialect);
        records.next();
        let (behind, line) = records.end();
        start = (start.0 + behind, line);
    } else if body[header.at..].starts_with('\u{FEFF}') {
        start.0 += '\u{FEFF}'.len_utf8();
    }
    Ok(TextTable {
        text,
        dialect: found.dialect,
        cuts,
        header,
        start,
        reading,
        warnings,
    })
}
