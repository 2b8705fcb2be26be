//! All cells of a table in one piece of memory, with the line on which each row begins.

use csv::{ByteRecord, Reader, ReaderBuilder};

/// What cuts lines into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) separator: u8,
    pub(crate) quote: u8,
}

/// Cells by row and column, as written inside their quotes.
#[derive(Default, Debug)]
pub(crate) struct Grid {
    pub(crate) cells: String,
    /// Where each row begins in `cells`.
    pub(crate) starts: Vec<usize>,
    /// Where each cell ends, counted from the start of its row; row by row.
    pub(crate) ends: Vec<u32>,
    pub(crate) n_columns: usize,
    /// The line of the file on which each row begins, from 1.
    pub(crate) lines: Vec<u64>,
}

impl Grid {
    /// A grid without rows.
    #[cfg(feature = "parquet")]
    pub(crate) fn empty(n_columns: usize) -> Self {
        Grid {
            cells: String::new(),
            starts: Vec::new(),
            ends: Vec::new(),
            n_columns,
            lines: Vec::new(),
        }
    }

    /// Puts a row of as many cells as there are columns at the end.
    ///
    /// # Errors
    /// Where it is longer than can be counted.
    #[cfg(feature = "parquet")]
    pub(crate) fn push(&mut self, row: &[String]) -> crate::Result<()> {
        let start = self.cells.len();
        let line = self.starts.len() as u64 + 1;
        for cell in row {
            self.cells.push_str(cell);
            let end = u32::try_from(self.cells.len() - start)
                .map_err(|_| crate::Error::data("a row longer than 4 gigabytes").at_line(line))?;
            self.ends.push(end);
        }
        self.starts.push(start);
        self.lines.push(line);
        Ok(())
    }

    /// About what it holds in memory, and the values of its cells as numbers.
    #[cfg(feature = "parquet")]
    pub(crate) fn bytes(&self) -> u64 {
        (self.cells.len() + 12 * self.ends.len() + 16 * self.starts.len()) as u64
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.starts.len()
    }

    pub(crate) fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// The cell without spaces around it.
    pub(crate) fn cell(&self, row: usize, column: usize) -> &str {
        let at = row * self.n_columns + column;
        let from = if column == 0 {
            0
        } else {
            self.ends[at - 1] as usize
        };
        let start = self.starts[row];
        let cell = &self.cells[start + from..start + self.ends[at] as usize];
        match cell.as_bytes() {
            [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
            _ => cell.trim(),
        }
    }

    /// Whether two rows are written with the same cells.
    pub(crate) fn same_row(&self, a: usize, b: usize) -> bool {
        (0..self.n_columns).all(|c| self.cell(a, c) == self.cell(b, c))
    }

    /// Takes rows out of the front: title lines that turned out late, such as a second header.
    pub(crate) fn without_first_row(mut self) -> Self {
        if !self.starts.is_empty() {
            self.starts.remove(0);
            self.lines.remove(0);
            self.ends.drain(..self.n_columns);
        }
        self
    }
}

/// Records one after the other, with the line on which each begins; lines without any character are skipped.
pub(crate) struct Records<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a [u8],
    record: ByteRecord,
    /// How far lines have been counted.
    counted: usize,
    line: u64,
    /// Lines without any character so far; those at the end of the text do not count.
    pub(crate) empty_lines: usize,
}

impl<'a> Records<'a> {
    /// Records of `text`, whose first line is `first_line` of the file.
    pub(crate) fn new(text: &'a str, first_line: u64, dialect: Dialect) -> Self {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(dialect.separator)
            .quote(dialect.quote)
            .from_reader(text.as_bytes());
        Records {
            reader,
            text: text.as_bytes(),
            record: ByteRecord::new(),
            counted: 0,
            line: first_line,
            empty_lines: 0,
        }
    }

    /// The next record, the line and the byte at which it begins.
    pub(crate) fn next(&mut self) -> Option<(&ByteRecord, u64, usize)> {
        // Reading from memory in flexible mode has no way to fail but the end.
        if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        let at = self
            .record
            .position()
            .map_or(0, |p| p.byte() as usize)
            .min(self.text.len());
        // The reader's position lies before the line ends it skips.
        let skipped = self.text[at..]
            .iter()
            .take_while(|b| matches!(b, b'\n' | b'\r'))
            .count();
        let begin = at + skipped;
        let feeds = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count();
        let before = feeds(&self.text[self.counted..at]);
        let between = feeds(&self.text[at..begin]);
        self.line += (before + between) as u64;
        // After CR the LF of the last record is still to come: it ends no empty line.
        let closing = usize::from(at > 0 && self.text[at - 1] == b'\r' && self.text.get(at) == Some(&b'\n'));
        self.empty_lines += between - closing;
        self.counted = begin;
        Some((&self.record, self.line, begin))
    }

    /// The byte behind the record that was read last and its line end, and the line there.
    pub(crate) fn end(&self) -> (usize, u64) {
        let mut at = (self.reader.position().byte() as usize).min(self.text.len());
        if at > 0 && self.text[at - 1] == b'\r' && self.text.get(at) == Some(&b'\n') {
            at += 1;
        }
        let feeds = memchr::memchr_iter(b'\n', &self.text[self.counted..at]).count();
        (at, self.line + feeds as u64)
    }
}

/// Cells of a record as text.
pub(crate) fn cell_text(cell: &[u8]) -> &str {
    // Cells are cut at ASCII bytes, so they are as valid as the text they come from.
    std::str::from_utf8(cell).unwrap_or_default()
}

/// Whether all cells of a record are blank.
pub(crate) fn is_blank(record: &ByteRecord) -> bool {
    record.iter().all(|cell| cell_text(cell).trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect {
        separator: b',',
        quote: b'"',
    };

    #[test]
    fn lines_are_those_of_an_editor_with_every_line_end_and_inside_quotes() {
        for end in ["\n", "\r\n"] {
            let text = ["a,b", "", "\"1", "2\",3", "", "", "4,5", "6,7", ""].join(end);
            let mut records = Records::new(&text, 1, COMMA);
            let mut lines = Vec::new();
            while let Some((_, line, _)) = records.next() {
                lines.push(line);
            }
            assert_eq!(lines, [1, 3, 7, 8], "{end:?}");
            assert_eq!(records.empty_lines, 3, "{end:?}");
        }
    }
}
