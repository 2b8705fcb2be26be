//! A sheet with a header that stays, filters, and a row for each row of a table.

use super::super::cells::Kind;
use super::super::typed::{Cell, TypedTable};
use super::looks::{Looks, holds_segments, holds_shares};
use rust_xlsxwriter::{IgnoreError, Worksheet, XlsxError};
use std::borrow::Cow;
use std::io;

/// Rows that a sheet has room for below the header.
pub(super) const MOST_ROWS: usize = 1_048_575;
/// UTF-16 units that a cell has room for.
const MOST_UNITS: usize = 32_767;
/// The narrowest and the widest column, in characters.
const WIDTHS: (usize, usize) = (9, 60);
/// Rows that widths are taken from.
const MEASURED: u32 = 1000;

/// A sheet that is being filled.
pub(super) struct Sheet<'a> {
    name: &'static str,
    worksheet: Worksheet,
    looks: &'a Looks,
    columns: Vec<Column>,
    n_rows: u32,
    left_out: usize,
    changed: usize,
}

struct Column {
    name: String,
    holds_segments: bool,
    holds_shares: bool,
    holds_text: bool,
    width: usize,
}

/// A sheet with all its rows.
pub(super) struct Filled {
    pub(super) name: &'static str,
    pub(super) worksheet: Worksheet,
    /// The names of its columns.
    pub(super) columns: Vec<String>,
    pub(super) n_rows: u32,
    /// Rows that found no room.
    pub(super) left_out: usize,
    /// Texts that are not as they were.
    pub(super) changed: usize,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(
        name: &'static str,
        mut worksheet: Worksheet,
        looks: &'a Looks,
    ) -> Result<Self, XlsxError> {
        worksheet.set_name(name)?;
        Ok(Sheet {
            name,
            worksheet,
            looks,
            columns: Vec::new(),
            n_rows: 0,
            left_out: 0,
            changed: 0,
        })
    }

    /// Sets what the rows decide: widths, the range of the filters, texts that look like numbers.
    pub(super) fn finish(mut self) -> Result<Filled, XlsxError> {
        self.worksheet.set_freeze_panes(1, 1)?;
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        self.worksheet.autofilter(0, 0, self.n_rows, last)?;
        for (place, column) in (0u16..).zip(&self.columns) {
            let width = column.width.clamp(WIDTHS.0, WIDTHS.1);
            self.worksheet.set_column_width(place, width as f64)?;
            if column.holds_text && self.n_rows > 0 {
                let ignored = IgnoreError::NumberStoredAsText;
                self.worksheet
                    .ignore_error_range(1, place, self.n_rows, place, ignored)?;
            }
        }
        Ok(Filled {
            name: self.name,
            worksheet: self.worksheet,
            columns: self.columns.into_iter().map(|column| column.name).collect(),
            n_rows: self.n_rows,
            left_out: self.left_out,
            changed: self.changed,
        })
    }

    fn write(&mut self, row: u32, place: u16, cell: Cell<'_>) -> Result<(), XlsxError> {
        let column = &mut self.columns[usize::from(place)];
        if row <= MEASURED {
            column.width = column.width.max(cell.text.chars().count().min(12 + WIDTHS.1) + 1);
        }
        if cell.text.is_empty() {
            return Ok(());
        }
        let number: Option<f64> = cell.text.parse().ok();
        match (cell.kind, number) {
            (Kind::Integer, Some(x)) => {
                let look = self.looks.integer(column.holds_segments, x);
                self.worksheet.write_number_with_format(row, place, x, look)?;
            }
            (Kind::Number, Some(x)) => {
                // Nine digits are more than a reader wants.
                column.width = column.width.min(column.name.len().max(9) + 3);
                let look = self.looks.number(column.holds_shares, x);
                self.worksheet.write_number_with_format(row, place, x, look)?;
            }
            (Kind::Flag, _) => {
                let flag = cell.text == "true";
                self.worksheet
                    .write_boolean_with_format(row, place, flag, self.looks.flag())?;
            }
            _ => {
                column.holds_text = true;
                let text = fitting(cell.text);
                self.changed += usize::from(matches!(text, Cow::Owned(_)));
                // Never a formula: a string, whatever it begins with.
                self.worksheet
                    .write_string_with_format(row, place, text, &self.looks.text)?;
            }
        }
        Ok(())
    }
}

impl TypedTable for Sheet<'_> {
    fn header(&mut self, names: &[&str]) -> io::Result<()> {
        for (place, name) in (0u16..).zip(names) {
            self.columns.push(Column {
                name: (*name).to_owned(),
                holds_segments: holds_segments(name),
                holds_shares: holds_shares(name),
                holds_text: false,
                // Room for the button of the filter.
                width: name.len() + 3,
            });
            self.worksheet
                .write_string_with_format(0, place, fitting(name), &self.looks.header)
                .map_err(io::Error::other)?;
        }
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        if self.n_rows as usize == MOST_ROWS {
            self.left_out += 1;
            return Ok(());
        }
        self.n_rows += 1;
        for (place, cell) in (0u16..).zip(cells) {
            self.write(self.n_rows, place, *cell).map_err(io::Error::other)?;
        }
        Ok(())
    }
}

/// The text as a cell can hold it.
pub(super) fn fitting(text: &str) -> Cow<'_, str> {
    let unknown = ['\u{FFFE}', '\u{FFFF}'];
    let fits = text.len() <= MOST_UNITS || text.encode_utf16().count() <= MOST_UNITS;
    if fits && !text.contains(unknown) {
        return Cow::Borrowed(text);
    }
    let mut units = 0;
    let cut = text.chars().take_while(|c| {
        units += c.len_utf16();
        units <= MOST_UNITS
    });
    Cow::Owned(
        cut.map(|c| {
            if unknown.contains(&c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_where_a_cell_ends_and_not_inside_a_character() {
        assert!(matches!(fitting("=1+1"), Cow::Borrowed("=1+1")));
        let long = "🦉".repeat(20_000);
        assert_eq!(fitting(&long).encode_utf16().count(), MOST_UNITS - 1);
        let exact = "ü".repeat(MOST_UNITS);
        assert!(matches!(fitting(&exact), Cow::Borrowed(_)));
        assert_eq!(fitting("a\u{FFFF}"), "a\u{FFFD}");
    }

    #[test]
    fn rows_beyond_those_that_a_sheet_holds_are_counted() -> Result<(), XlsxError> {
        let looks = Looks::new(1);
        let mut sheet = Sheet::new("Customers", Worksheet::new(), &looks)?;
        sheet.header(&["x"]).map_err(XlsxError::IoError)?;
        sheet.n_rows = MOST_ROWS as u32 - 1;
        let cell = Cell {
            kind: Kind::Integer,
            text: "7",
        };
        for _ in 0..3 {
            sheet.row(&[cell]).map_err(XlsxError::IoError)?;
        }
        let filled = sheet.finish()?;
        assert_eq!((filled.n_rows as usize, filled.left_out), (MOST_ROWS, 2));
        Ok(())
    }
}
