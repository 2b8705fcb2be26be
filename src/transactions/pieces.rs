//! Records of a piece of text: as they stand, or taken out of their quotes.

use super::parse::Reading;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::grid::{Records, cell_text, is_blank};
use crate::text::count;

/// A piece whose cells can be borrowed.
pub(crate) enum Piece<'t> {
    /// Nothing is quoted: lines are records.
    Plain { text: &'t str, line: u64 },
    /// Cells one behind the other.
    Unquoted {
        cells: String,
        ends: Vec<usize>,
        lines: Vec<u64>,
    },
}

impl<'t> Piece<'t> {
    /// Takes cells out of quotes, where there are any. `O(bytes)`.
    ///
    /// # Errors
    /// A record of another length than the header's.
    pub(crate) fn new(reading: &Reading<'_>, text: &'t str, line: u64) -> Result<Piece<'t>> {
        if memchr::memchr(reading.dialect.quote, text.as_bytes()).is_none() {
            return Ok(Piece::Plain { text, line });
        }
        let (mut cells, mut ends, mut lines) = (String::with_capacity(text.len()), Vec::new(), Vec::new());
        let mut records = Records::new(text, line, reading.dialect);
        while let Some((record, number, _)) = records.next() {
            if is_blank(record) {
                continue;
            }
            if record.len() != reading.names.len() {
                return Err(ragged(reading, number, record.len()));
            }
            for cell in record {
                cells.push_str(cell_text(cell));
                ends.push(cells.len());
                // As between cells that are not quoted, so that equal records have equal prints.
                cells.push(char::from(reading.dialect.separator));
            }
            lines.push(number);
        }
        Ok(Piece::Unquoted { cells, ends, lines })
    }

    /// Calls `take` for each record: its line, where its cells end, and the text in which they do.
    ///
    /// # Errors
    /// A record of another length than the header's.
    pub(crate) fn each<'s>(
        &'s self,
        reading: &Reading<'_>,
        mut take: impl FnMut(u64, Record<'s, '_>),
    ) -> Result<()> {
        let width = reading.names.len();
        match self {
            Piece::Plain { text, line } => {
                let separator = reading.dialect.separator;
                let mut ends = Vec::with_capacity(width + 1);
                for (number, record) in (*line..).zip(text.split('\n')) {
                    let record = record.strip_suffix('\r').unwrap_or(record);
                    ends.clear();
                    ends.extend(memchr::memchr_iter(separator, record.as_bytes()));
                    let odd = ends.len() + 1 != width || record.len() < 2 * width;
                    if odd && record.bytes().all(|b| b == separator || b.is_ascii_whitespace()) {
                        continue;
                    }
                    if ends.len() + 1 != width {
                        return Err(ragged(reading, number, ends.len() + 1));
                    }
                    ends.push(record.len());
                    take(
                        number,
                        Record {
                            text: record,
                            start: 0,
                            ends: &ends,
                        },
                    );
                }
            }
            Piece::Unquoted { cells, ends, lines } => {
                let mut start = 0;
                for (ends, &number) in ends.chunks(width).zip(lines) {
                    take(
                        number,
                        Record {
                            text: cells,
                            start,
                            ends,
                        },
                    );
                    start = ends.last().map_or(0, |end| end + 1);
                }
            }
        }
        Ok(())
    }
}

/// Cells of one record.
#[derive(Clone, Copy)]
pub(crate) struct Record<'t, 'e> {
    text: &'t str,
    start: usize,
    ends: &'e [usize],
}

impl<'t> Record<'t, '_> {
    /// The cell in column `c`, without spaces around it.
    pub(crate) fn cell(&self, c: usize) -> &'t str {
        let from = if c == 0 { self.start } else { self.ends[c - 1] + 1 };
        let cell = &self.text[from..self.ends[c]];
        match cell.as_bytes() {
            [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
            _ => cell.trim(),
        }
    }

    /// All cells.
    pub(crate) fn bytes(&self) -> &'t [u8] {
        &self.text.as_bytes()[self.start..self.ends.last().copied().unwrap_or(self.start)]
    }
}

fn ragged(reading: &Reading<'_>, line: u64, found: usize) -> Error {
    let expected = reading.names.len();
    let hint = match found > expected {
        true => message!["put quotes around cells that hold the separator, or set ", Setting::Separator],
        false => {
            "is a line break or a separator missing there? lines that are no purchases, such as totals, must go".into()
        }
    };
    Error::data(format!(
        "{} found where the header on line {} has {expected}",
        count(found, "cell", "cells"),
        reading.header_line
    ))
    .in_file(reading.source)
    .at_line(line)
    .hint(hint)
}
