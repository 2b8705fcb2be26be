//! Cells of tables: numbers, gaps, and text that no spreadsheet executes.

use super::pieces::in_order;
use crate::Error;
use crate::Result;
use crate::num::push_number;
use std::borrow::Cow;
use std::io::Write;
use std::ops::Range;

/// A CSV file being written row by row.
pub(super) struct Rows<W: Write> {
    writer: csv::Writer<W>,
    guarded: usize,
    number: Vec<u8>,
}

/// Writes a table of `n` rows, made in parallel by `row`, which ends each of them. Returns how many cells were made
/// harmless.
pub(super) fn write_rows(
    mut out: impl Write,
    header: &[&str],
    n: usize,
    row: impl Fn(&mut Rows<Vec<u8>>, usize) -> Result<()> + Sync,
) -> Result<usize> {
    let (head, mut guarded) = Rows::new(Vec::new(), header)?.into_bytes()?;
    out.write_all(&head).map_err(|e| cannot_write(e, "the table"))?;
    let make = |range: Range<usize>| {
        let mut rows = Rows::new(Vec::new(), &[])?;
        for i in range {
            row(&mut rows, i)?;
        }
        rows.into_bytes()
    };
    in_order(n, make, |piece| {
        let (bytes, of_piece) = piece?;
        guarded += of_piece;
        out.write_all(&bytes).map_err(|e| cannot_write(e, "the table"))
    })?;
    out.flush().map_err(|e| cannot_write(e, "the table"))?;
    Ok(guarded)
}

impl Rows<Vec<u8>> {
    fn into_bytes(self) -> Result<(Vec<u8>, usize)> {
        match self.writer.into_inner() {
            Ok(bytes) => Ok((bytes, self.guarded)),
            Err(e) => Err(cannot_write(e.into_error(), "the table")),
        }
    }
}

impl<W: Write> Rows<W> {
    /// A table with these columns; without any, further rows of a table.
    pub(super) fn new(out: W, header: &[&str]) -> Result<Self> {
        let writer = csv::WriterBuilder::new()
            .buffer_capacity(1 << 16)
            .from_writer(out);
        let mut rows = Rows {
            writer,
            guarded: 0,
            number: Vec::new(),
        };
        if !header.is_empty() {
            header.iter().try_for_each(|name| rows.text(name))?;
            rows.end()?;
        }
        Ok(rows)
    }

    /// Text, made harmless where a spreadsheet would take it for a formula.
    pub(super) fn text(&mut self, text: &str) -> Result<()> {
        let safe = guard(text);
        self.guarded += usize::from(matches!(safe, Cow::Owned(_)));
        self.field(safe.as_bytes())
    }

    /// A number of at most nine significant digits; nothing for NaN and infinities.
    pub(super) fn number(&mut self, x: f64) -> Result<()> {
        self.number.clear();
        push_number(&mut self.number, x);
        self.writer.write_field(&self.number).map_err(failed)
    }

    /// A number where there is one.
    pub(super) fn maybe_number(&mut self, x: Option<f64>) -> Result<()> {
        self.number(x.unwrap_or(f64::NAN))
    }

    /// A count.
    pub(super) fn count(&mut self, x: usize) -> Result<()> {
        self.field(itoa::Buffer::new().format(x).as_bytes())
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, x: bool) -> Result<()> {
        self.field(if x { b"true" } else { b"false" })
    }

    /// A group by its number, which counts from 1.
    pub(super) fn group(&mut self, label: Option<u32>) -> Result<()> {
        match label {
            Some(label) => self.count(label as usize + 1),
            None => self.field(b""),
        }
    }

    /// The end of a row.
    pub(super) fn end(&mut self) -> Result<()> {
        self.writer.write_record(None::<&[u8]>).map_err(failed)
    }

    /// The end of the table; how many cells were made harmless.
    pub(super) fn finish(mut self) -> Result<usize> {
        self.writer.flush().map_err(|e| cannot_write(e, "the table"))?;
        Ok(self.guarded)
    }

    fn field(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_field(bytes).map_err(failed)
    }
}

fn failed(error: csv::Error) -> Error {
    let message = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(e) => cannot_write(e, "the table"),
        _ => Error::data(format!("the table cannot be written: {message}")),
    }
}

/// The error of a writer that does not know its file's name.
pub(super) fn cannot_write(error: std::io::Error, what: &str) -> Error {
    Error::io(what, "cannot be written", error)
}

/// The text with an apostrophe before it where it begins with `=`, `+`, `-`, `@`, a tab or a carriage return and is not a
/// number: spreadsheets execute such cells (CWE-1236), and take the apostrophe for "this is text". One more before a text
/// that has apostrophes there already, so that different texts stay different.
fn guard(text: &str) -> Cow<'_, str> {
    let behind = text.trim_start_matches('\'');
    if behind.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(behind) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A sign, digits with at most one point or comma, an exponent: nothing that could be executed.
fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b"+-.,eE".contains(&b))
        && text.replacen(',', ".", 1).parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        assert_eq!(guard("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(guard("@sum"), "'@sum");
        assert_eq!(guard("-2+3"), "'-2+3");
        assert_eq!((guard("'=x"), guard("''=x")), ("''=x".into(), "'''=x".into()));
        for plain in ["-5", "+49170", "-1,5", "-1.5e-7", "C-1", "", "a=b", "'quoted"] {
            assert_eq!(guard(plain), plain);
        }
    }
}
