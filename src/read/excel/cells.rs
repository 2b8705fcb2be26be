//! The cells of a sheet as they come, held by what is in them and not by how far apart they lie.

use crate::error::{Error, Result};
use crate::read::budget::Budget;
use crate::text::group_digits;
use csv::WriterBuilder;

/// Rows and columns that a sheet can have.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

/// A sheet may have this many places, and for each cell with a value `PLACES_PER_CELL` more; beyond that a cell stands
/// where none was meant.
const PLACES: u64 = 1_000_000;
const PLACES_PER_CELL: u64 = 1_000;

/// Cells with their row, column and text.
pub(super) struct Cells<'a> {
    budget: Budget<'a>,
    source: &'a str,
    text: String,
    places: Vec<Place>,
}

#[derive(Clone, Copy)]
struct Place {
    row: u32,
    column: u32,
    /// The text of the cell, in that of all.
    start: usize,
    end: usize,
}

impl<'a> Cells<'a> {
    pub(super) fn new(source: &'a str, budget: Budget<'a>) -> Self {
        Cells {
            budget,
            source,
            text: String::new(),
            places: Vec::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Puts a cell in; rows and columns count from 0.
    pub(super) fn push(&mut self, row: u32, column: u32, text: &str) -> Result<()> {
        if row >= ROWS || column >= COLUMNS {
            return Err(Error::data(format!(
                "the cell in row {} and column {} lies outside of what a sheet can hold",
                group_digits(row as usize + 1),
                group_digits(column as usize + 1)
            ))
            .in_file(self.source)
            .hint("save the sheet as CSV in the spreadsheet program"));
        }
        let start = self.text.len();
        self.text.push_str(text);
        let end = self.text.len();
        self.places.push(Place {
            row,
            column,
            start,
            end,
        });
        // The list of places may be twice as long as its cells while it grows.
        let bytes = end + 2 * size_of::<Place>() * self.places.len();
        self.budget.allow(bytes as u64, "the sheet")
    }

    /// The bytes of a CSV file, a line per row of the sheet from its first one on.
    pub(super) fn into_csv(mut self) -> Result<Vec<u8>> {
        // Stable: of two cells in one place the later one counts.
        self.places.sort_by_key(|p| (p.row, p.column));
        let columns = || self.places.iter().map(|p| p.column);
        let (Some(first), Some(last)) = (columns().min(), columns().max()) else {
            return Ok(Vec::new());
        };
        let width = (last - first + 1) as usize;
        self.refuse_far_cell(width as u64)?;
        let filled = self.places.chunk_by(|a, b| a.row == b.row).count();
        let lines = self.places.last().map_or(0, |p| p.row as usize + 1);
        let bytes = 2 * self.text.len() + filled * width + lines;
        self.budget.allow(bytes as u64, "the sheet as text")?;
        let wrong = |e: &dyn std::fmt::Display| {
            Error::data(format!("the sheet cannot be read: {e}")).in_file(self.source)
        };
        let mut writer = WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let mut cells: Vec<&str> = vec![""; width];
        let mut line = 0;
        for row in self.places.chunk_by(|a, b| a.row == b.row) {
            // Rows without a value, so that the lines of messages are the rows of the sheet.
            let blank = (row[0].row - line) as usize;
            if blank > 0 {
                let mut bytes = writer.into_inner().map_err(|e| wrong(&e))?;
                bytes.resize(bytes.len() + blank, b'\n');
                writer = WriterBuilder::new().flexible(true).from_writer(bytes);
            }
            line = row[0].row + 1;
            cells.fill("");
            for place in row {
                cells[(place.column - first) as usize] = &self.text[place.start..place.end];
            }
            writer.write_record(&cells).map_err(|e| wrong(&e))?;
        }
        writer.into_inner().map_err(|e| wrong(&e))
    }

    /// A value far from all others makes a table of gaps; the last cell of a sheet, one of seventeen billion.
    fn refuse_far_cell(&self, width: u64) -> Result<()> {
        let (Some(first), Some(last)) = (self.places.first(), self.places.last()) else {
            return Ok(());
        };
        let height = u64::from(last.row - first.row + 1);
        let cells = self.places.len() as u64;
        if height * width <= PLACES + PLACES_PER_CELL * cells {
            return Ok(());
        }
        let far = self.places.iter().max_by_key(|p| {
            (
                u64::from(p.row) * width.max(1) + u64::from(p.column) * height,
                p.row,
            )
        });
        let name = far.map_or_else(String::new, |p| cell_name(p.row, p.column));
        Err(Error::data(format!(
            "the {} cells of the sheet lie scattered over {} rows and {} columns, as far as {name}",
            group_digits(cells as usize),
            group_digits(height as usize),
            group_digits(width as usize)
        ))
        .in_file(self.source)
        .hint(format!(
            "delete what stands in {name}, or copy the table to a sheet of its own"
        )))
    }
}

/// `B7` for row 6 and column 1.
fn cell_name(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect::<String>() + &(row + 1).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(cells: &[(u32, u32, &str)]) -> Result<String> {
        let mut sheet = Cells::new("t.xlsx", Budget::without_limit());
        for &(row, column, text) in cells {
            sheet.push(row, column, text)?;
        }
        sheet
            .into_csv()
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[test]
    fn cells_in_any_order_become_lines_that_are_the_rows_of_the_sheet() {
        let text = csv(&[(3, 2, "d"), (1, 1, "a"), (1, 2, "b,c"), (3, 1, "x"), (3, 1, "e")]);
        assert_eq!(text.expect("small"), "\na,\"b,c\"\n\ne,d\n");
    }

    #[test]
    fn a_cell_far_from_all_others_is_named() {
        assert_eq!(cell_name(1_048_575, 16_383), "XFD1048576");
        let error = csv(&[
            (0, 0, "id"),
            (0, 1, "x"),
            (1, 0, "a"),
            (ROWS - 1, COLUMNS - 1, "y"),
        ]);
        insta::assert_snapshot!(error.expect_err("far"), @"t.xlsx: the 4 cells of the sheet lie scattered over 1,048,576 rows and 16,384 columns, as far as XFD1048576; delete what stands in XFD1048576, or copy the table to a sheet of its own");
        let outside = csv(&[(ROWS, 0, "x")]).expect_err("outside");
        assert!(
            outside
                .to_string()
                .contains("row 1,048,577 and column 1 lies outside"),
            "{outside}"
        );
    }

    #[test]
    fn a_sheet_is_counted_while_it_is_read() {
        let mut sheet = Cells::new("t.xlsx", Budget::new("t.xlsx", Some(1_000)));
        let full = (0..100).find_map(|row| sheet.push(row, 0, "some text").err());
        assert!(
            full.expect("too much")
                .to_string()
                .starts_with("t.xlsx: the sheet would take")
        );
    }
}
