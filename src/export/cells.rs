//! Cells of tables: numbers, gaps, and text that no spreadsheet executes.

use super::pieces::in_order;
use crate::Error;
use crate::Result;
use crate::num::{DIGITS, is_formula, push_rounded};
use std::borrow::Cow;
use std::io::Write;
use std::ops::Range;

/// How CSV files are written: as programs read them, or as a spreadsheet opens them by a double click.
///
/// ```
/// let programs = kinfolk::export::CsvStyle::default();
/// assert!(!programs.byte_order_mark && !programs.decimal_comma);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CsvStyle {
    /// Three bytes at the start from which Excel knows UTF-8; without them it reads `Ã¼` for `ü`. Default false.
    pub byte_order_mark: bool,
    /// `0,25` instead of `0.25`, and a semicolon between cells instead of a comma, as Excel expects where the decimal mark of
    /// the system is a comma. Ids and other texts stay as they are. Default false.
    pub decimal_comma: bool,
    /// For rows that become another kind of file, such as [`JsonLines`](super::JsonLines): before each cell stands a letter for what it
    /// is, and text is as it is, also where a spreadsheet would take it for a formula. The others have no effect then. Default false.
    pub typed: bool,
}

/// What a cell is, for files whose cells have types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Flag,
}

impl Kind {
    const ALL: [Kind; 4] = [Kind::Text, Kind::Integer, Kind::Number, Kind::Flag];

    /// What stands before the cell where [`CsvStyle::typed`].
    const fn letter(self) -> u8 {
        match self {
            Kind::Text => b't',
            Kind::Integer => b'i',
            Kind::Number => b'n',
            Kind::Flag => b'f',
        }
    }

    pub(super) fn of_letter(letter: u8) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.letter() == letter)
    }
}

/// Significant digits of what other programs go on computing with.
const EXACT_DIGITS: u32 = 12;

/// A CSV file being written row by row.
pub(super) struct Rows<W: Write> {
    writer: csv::Writer<W>,
    style: CsvStyle,
    guarded: usize,
    cell: Vec<u8>,
}

/// Writes a table of `n` rows, made in parallel by `row`, which ends each of them. Returns how many cells were made
/// harmless.
pub(super) fn write_rows(
    mut out: impl Write,
    style: CsvStyle,
    header: &[&str],
    n: usize,
    row: impl Fn(&mut Rows<Vec<u8>>, usize) -> Result<()> + Sync,
) -> Result<usize> {
    let (head, mut guarded) = Rows::new(Vec::new(), style, header)?.into_bytes()?;
    out.write_all(&head).map_err(|e| cannot_write(e, "the table"))?;
    let make = |range: Range<usize>| {
        let mut rows = Rows::new(Vec::new(), style, &[])?;
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
    pub(super) fn into_bytes(self) -> Result<(Vec<u8>, usize)> {
        match self.writer.into_inner() {
            Ok(bytes) => Ok((bytes, self.guarded)),
            Err(e) => Err(cannot_write(e.into_error(), "the table")),
        }
    }
}

impl<W: Write> Rows<W> {
    /// A table with these columns; without any, further rows of a table.
    pub(super) fn new(mut out: W, style: CsvStyle, header: &[&str]) -> Result<Self> {
        if style.byte_order_mark && !style.typed && !header.is_empty() {
            out.write_all("\u{FEFF}".as_bytes())
                .map_err(|e| cannot_write(e, "the table"))?;
        }
        let writer = csv::WriterBuilder::new()
            .buffer_capacity(1 << 16)
            .delimiter(if style.decimal_comma && !style.typed {
                b';'
            } else {
                b','
            })
            .from_writer(out);
        let mut rows = Rows {
            writer,
            style,
            guarded: 0,
            cell: Vec::new(),
        };
        if !header.is_empty() {
            header.iter().try_for_each(|name| rows.text(name))?;
            rows.end()?;
        }
        Ok(rows)
    }

    /// Text, made harmless where a spreadsheet would take it for a formula.
    pub(super) fn text(&mut self, text: &str) -> Result<()> {
        if self.style.typed {
            return self.field(Kind::Text, text.as_bytes());
        }
        let safe = guard(text);
        self.guarded += usize::from(matches!(safe, Cow::Owned(_)));
        self.field(Kind::Text, safe.as_bytes())
    }

    /// A number of at most nine significant digits; nothing for NaN and infinities.
    pub(super) fn number(&mut self, x: f64) -> Result<()> {
        self.rounded(x, DIGITS)
    }

    /// A number of at most twelve significant digits, for files that are computed with; nothing for NaN and infinities.
    pub(super) fn exact(&mut self, x: f64) -> Result<()> {
        self.rounded(x, EXACT_DIGITS)
    }

    /// A number with every digit that it needs to be read back as itself, without exponents; nothing where there is none.
    pub(super) fn every_digit(&mut self, x: Option<f64>) -> Result<()> {
        let digits = x.map(|x| x.to_string()).unwrap_or_default();
        self.written(|cell| cell.extend_from_slice(digits.as_bytes()))
    }

    fn rounded(&mut self, x: f64, digits: u32) -> Result<()> {
        self.written(|cell| {
            push_rounded(cell, x, digits);
        })
    }

    fn written(&mut self, push: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        self.cell.clear();
        if self.style.typed {
            self.cell.push(Kind::Number.letter());
        }
        push(&mut self.cell);
        if self.style.decimal_comma
            && !self.style.typed
            && let Some(point) = self.cell.iter_mut().find(|b| **b == b'.')
        {
            *point = b',';
        }
        self.writer.write_field(&self.cell).map_err(failed)
    }

    /// A number where there is one.
    pub(super) fn maybe_number(&mut self, x: Option<f64>) -> Result<()> {
        self.number(x.unwrap_or(f64::NAN))
    }

    /// A count.
    pub(super) fn count(&mut self, x: usize) -> Result<()> {
        self.field(Kind::Integer, itoa::Buffer::new().format(x).as_bytes())
    }

    /// A count where there is one.
    pub(super) fn maybe_count(&mut self, x: Option<usize>) -> Result<()> {
        match x {
            Some(x) => self.count(x),
            None => self.field(Kind::Integer, b""),
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, x: bool) -> Result<()> {
        self.field(Kind::Flag, if x { b"true" } else { b"false" })
    }

    /// A group by its number, which counts from 1.
    pub(super) fn group(&mut self, label: Option<u32>) -> Result<()> {
        self.maybe_count(label.map(|label| label as usize + 1))
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

    fn field(&mut self, kind: Kind, bytes: &[u8]) -> Result<()> {
        if !self.style.typed {
            return self.writer.write_field(bytes).map_err(failed);
        }
        self.cell.clear();
        self.cell.push(kind.letter());
        self.cell.extend_from_slice(bytes);
        self.writer.write_field(&self.cell).map_err(failed)
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

/// The text with an apostrophe before it where a spreadsheet would run it, which the apostrophe keeps it from: see
/// [`is_formula`]. So has a text that is an apostrophe, or several, before such a one: `=x` and `'=x` remain two, `'=x` and `''=x`.
fn guard(text: &str) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_everything_else_stays() {
        assert_eq!(guard("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(guard("-2+3"), "'-2+3");
        for plain in ["-5", "+49 03", "-10.000)", "C-1", "", "a=b", "'quoted", "'-5"] {
            assert_eq!(guard(plain), plain);
        }
    }

    #[test]
    fn no_two_texts_are_guarded_alike() {
        for pair in [["=x", "'=x"], ["'=x", "''=x"], ["+A1", "'+A1"]] {
            assert_ne!(guard(pair[0]), guard(pair[1]), "{pair:?}");
        }
        assert_eq!(guard("'=x"), "''=x");
    }

    #[test]
    fn a_decimal_comma_changes_numbers_and_no_text() -> Result<()> {
        let style = CsvStyle {
            byte_order_mark: true,
            decimal_comma: true,
            ..CsvStyle::default()
        };
        let mut rows = Rows::new(Vec::new(), style, &["id", "x", "n"])?;
        rows.text("1.5;b")?;
        rows.number(-0.25)?;
        rows.count(7)?;
        rows.end()?;
        assert_eq!(
            rows.into_bytes()?.0,
            "\u{FEFF}id;x;n\n\"1.5;b\";-0,25;7\n".as_bytes()
        );
        Ok(())
    }
}
