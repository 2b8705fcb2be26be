//! Rows of a table with what each cell is, for files whose cells have types.

use super::cells::Kind;
use csv_core::ReadRecordResult;
use std::io::{self, Write};

/// A cell: what it is, and its text, which is empty where there is no value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
}

/// What becomes of the rows.
pub(super) trait TypedTable {
    /// The names of the columns: once, before all rows.
    fn header(&mut self, names: &[&str]) -> io::Result<()>;
    /// The next row, with a cell for each column.
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()>;
}

/// Takes rows of [`CsvStyle::typed`](super::CsvStyle::typed), the header first, in pieces of any size.
pub(super) struct TypedRows<T> {
    table: T,
    parser: csv_core::Reader,
    /// The record that is being read: its cells one after the other, and where they end.
    cells: Vec<u8>,
    ends: Vec<usize>,
    filled: usize,
    n_ends: usize,
    /// The number of columns, once the header is read.
    columns: Option<usize>,
}

impl<T: TypedTable> TypedRows<T> {
    pub(super) fn new(table: T) -> Self {
        TypedRows {
            table,
            parser: csv_core::Reader::new(),
            cells: vec![0; 1 << 12],
            ends: vec![0; 1 << 6],
            filled: 0,
            n_ends: 0,
            columns: None,
        }
    }

    /// The table, when all rows are in it.
    pub(super) fn finish(mut self) -> io::Result<T> {
        // A last record without an end of line; the parser takes empty input for the end of the file.
        self.take(&[])?;
        match self.columns {
            Some(_) => Ok(self.table),
            None => Err(io::Error::other("the table has no header")),
        }
    }

    fn take(&mut self, mut input: &[u8]) -> io::Result<()> {
        loop {
            let (result, read, wrote, ended) = self.parser.read_record(
                input,
                &mut self.cells[self.filled..],
                &mut self.ends[self.n_ends..],
            );
            input = &input[read..];
            self.filled += wrote;
            self.n_ends += ended;
            match result {
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return Ok(()),
                ReadRecordResult::OutputFull => self.cells.resize(2 * self.cells.len(), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::Record => {
                    self.end_of_record()?;
                    self.filled = 0;
                    self.n_ends = 0;
                }
            }
        }
    }

    fn end_of_record(&mut self) -> io::Result<()> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let cells = starts
            .zip(&self.ends[..self.n_ends])
            .map(|(start, &end)| cell(&self.cells[start..end]))
            .collect::<io::Result<Vec<Cell<'_>>>>()?;
        match self.columns {
            None => {
                self.columns = Some(cells.len());
                let names: Vec<&str> = cells.iter().map(|cell| cell.text).collect();
                self.table.header(&names)
            }
            Some(columns) if columns == cells.len() => self.table.row(&cells),
            Some(columns) => Err(io::Error::other(format!(
                "a row of {} cells in a table of {columns} columns",
                cells.len()
            ))),
        }
    }
}

/// The letter and what stands behind it.
fn cell(bytes: &[u8]) -> io::Result<Cell<'_>> {
    let (kind, text) = match bytes {
        [letter, text @ ..] => (Kind::of_letter(*letter), text),
        [] => (None, bytes),
    };
    let text = std::str::from_utf8(text).map_err(io::Error::other)?;
    match kind {
        Some(kind) => Ok(Cell { kind, text }),
        None => Err(io::Error::other("a cell does not say what it is")),
    }
}

impl<T: TypedTable> Write for TypedRows<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Nothing would be the end to the parser.
        if !bytes.is_empty() {
            self.take(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::CsvStyle;
    use crate::export::cells::Rows;

    #[derive(Default, Debug, PartialEq)]
    struct Kept(Vec<String>);

    impl TypedTable for Kept {
        fn header(&mut self, names: &[&str]) -> io::Result<()> {
            self.0.push(names.join("|"));
            Ok(())
        }

        fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
            let cells: Vec<String> = cells.iter().map(|c| format!("{:?} {}", c.kind, c.text)).collect();
            self.0.push(cells.join("|"));
            Ok(())
        }
    }

    #[test]
    fn cells_come_back_with_what_they_are_whatever_pieces_they_came_in() -> crate::Result<()> {
        let style = CsvStyle {
            byte_order_mark: true,
            decimal_comma: true,
            typed: true,
        };
        let mut rows = Rows::new(Vec::new(), style, &["id", "n", "x", "yes"])?;
        rows.text("=1+1\n\"a\",b")?;
        rows.maybe_count(None)?;
        rows.number(0.5)?;
        rows.flag(true)?;
        rows.end()?;
        let (bytes, guarded) = rows.into_bytes()?;
        assert_eq!(guarded, 0);
        for piece in [1, 3, bytes.len()] {
            let mut typed = TypedRows::new(Kept::default());
            for part in bytes.chunks(piece) {
                typed.write_all(part).expect("memory");
            }
            let kept = typed.finish().expect("a header");
            let row = "Text =1+1\n\"a\",b|Integer |Number 0.5|Flag true";
            assert_eq!(kept.0, ["id|n|x|yes", row]);
        }
        Ok(())
    }

    #[test]
    fn rows_that_say_not_what_they_are_and_no_rows_at_all_are_errors() {
        assert!(TypedRows::new(Kept::default()).write_all(b"xd\n").is_err());
        assert!(
            TypedRows::new(Kept::default())
                .write_all(b"tid\nt7,t8\n")
                .is_err()
        );
        assert!(TypedRows::new(Kept::default()).finish().is_err());
    }
}
