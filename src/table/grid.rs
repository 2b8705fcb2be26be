//! All cells of a table in one piece of memory, with the line on which each row begins.

use crate::error::{Error, Result};
use crate::num::group_digits;
use crate::warning::Warning;
use csv::{ByteRecord, Reader, ReaderBuilder};

/// What cuts lines into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) separator: u8,
    pub(super) quote: u8,
}

/// Cells by row and column, as written inside their quotes.
#[derive(Debug)]
pub(super) struct Grid {
    cells: String,
    /// Where each row begins in `cells`.
    starts: Vec<usize>,
    /// Where each cell ends, counted from the start of its row; row by row.
    ends: Vec<u32>,
    n_columns: usize,
    /// The line of the file on which each row begins, from 1.
    pub(super) lines: Vec<u64>,
}

impl Grid {
    pub(super) fn n_rows(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// The cell without spaces around it.
    pub(super) fn cell(&self, row: usize, column: usize) -> &str {
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
    pub(super) fn same_row(&self, a: usize, b: usize) -> bool {
        (0..self.n_columns).all(|c| self.cell(a, c) == self.cell(b, c))
    }

    /// Takes rows out of the front: title lines that turned out late, such as a second header.
    pub(super) fn without_first_row(mut self) -> Self {
        if !self.starts.is_empty() {
            self.starts.remove(0);
            self.lines.remove(0);
            self.ends.drain(..self.n_columns);
        }
        self
    }
}

/// Records one after the other, with the line on which each begins; lines without any character are skipped.
pub(super) struct Records<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a [u8],
    record: ByteRecord,
    /// How far lines have been counted.
    counted: usize,
    line: u64,
    /// Lines without any character so far; those at the end of the text do not count.
    pub(super) empty_lines: usize,
}

impl<'a> Records<'a> {
    /// Records of `text`, whose first line is `first_line` of the file.
    pub(super) fn new(text: &'a str, first_line: u64, dialect: Dialect) -> Self {
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
    pub(super) fn next(&mut self) -> Option<(&ByteRecord, u64, usize)> {
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
        let feeds = |bytes: &[u8]| bytes.iter().filter(|&&b| b == b'\n').count();
        let before = feeds(&self.text[self.counted..at]);
        let between = feeds(&self.text[at..begin]);
        self.line += (before + between) as u64;
        // After CR the LF of the last record is still to come: it ends no empty line.
        let closing = usize::from(at > 0 && self.text[at - 1] == b'\r' && self.text.get(at) == Some(&b'\n'));
        self.empty_lines += between - closing;
        self.counted = begin;
        Some((&self.record, self.line, begin))
    }
}

/// Cells of a record as text.
pub(super) fn cell_text(cell: &[u8]) -> &str {
    // Cells are cut at ASCII bytes, so they are as valid as the text they come from.
    std::str::from_utf8(cell).unwrap_or_default()
}

/// Whether all cells of a record are blank.
pub(super) fn is_blank(record: &ByteRecord) -> bool {
    record.iter().all(|cell| cell_text(cell).trim().is_empty())
}

/// Refuses a quote that is opened and not closed: everything behind it would become one cell.
pub(super) fn check_quotes(source: &str, text: &str, first_line: u64, dialect: Dialect) -> Result<()> {
    enum State {
        CellStart,
        Plain,
        Quoted,
        AfterQuote,
    }
    let Dialect { separator, quote } = dialect;
    if !text.as_bytes().contains(&quote) {
        return Ok(());
    }
    let (mut state, mut line, mut opened) = (State::CellStart, first_line, first_line);
    let unclosed = |line: u64, opened: u64| {
        let until = if line == 0 {
            "is not closed until the end of the file".to_owned()
        } else {
            format!("is not closed before another one on line {line}")
        };
        Error::data(format!("the quote {} that opens here {until}", char::from(quote)))
            .in_file(source)
            .at_line(opened)
            .hint("close it, or write it twice where it belongs to the text")
    };
    for &b in text.as_bytes() {
        state = match state {
            State::Quoted if b == quote => State::AfterQuote,
            State::Quoted => State::Quoted,
            State::AfterQuote if b == quote => State::Quoted,
            State::CellStart if b == quote => {
                opened = line;
                State::Quoted
            }
            _ if b == separator || b == b'\n' || b == b'\r' => State::CellStart,
            // Text behind a closing quote is odd but harmless, unless the quote ran over several lines.
            State::AfterQuote if opened != line && b != b' ' => return Err(unclosed(line, opened)),
            _ => State::Plain,
        };
        line += u64::from(b == b'\n');
    }
    if matches!(state, State::Quoted) {
        return Err(unclosed(0, opened));
    }
    Ok(())
}

/// The header's names as they apply to the check of row lengths.
pub(super) struct Shape<'a> {
    pub(super) source: &'a str,
    /// One name per column, blank ones included.
    pub(super) names: &'a [String],
    /// The line of the header.
    pub(super) header_line: u64,
}

/// Reads all records behind the header into a [`Grid`]. Blank rows are skipped; rows that are short where other rows
/// have empty cells are filled up; further cells must be empty. `O(bytes)`.
///
/// # Errors
/// A row of another length, with its line.
pub(super) fn fill(
    records: &mut Records<'_>,
    shape: &Shape<'_>,
    separator: u8,
    warnings: &mut Vec<Warning>,
) -> Result<Grid> {
    let n_columns = shape.names.len();
    let mut bytes: Vec<u8> = Vec::with_capacity(records.text.len().saturating_sub(records.counted));
    let mut grid = Grid {
        cells: String::new(),
        starts: Vec::new(),
        ends: Vec::new(),
        n_columns,
        lines: Vec::new(),
    };
    let mut short: Vec<(usize, usize)> = Vec::new();
    let mut long = 0usize;
    let mut wrong: Option<(u64, usize)> = None;
    let (mut blank, empty_before) = (0usize, records.empty_lines);
    while let Some((record, line, _)) = records.next() {
        let found = record.len();
        if is_blank(record) {
            blank += 1;
            continue;
        }
        if found > n_columns {
            if record
                .iter()
                .skip(n_columns)
                .all(|c| cell_text(c).trim().is_empty())
            {
                long += 1;
            } else {
                wrong = Some((line, found));
                break;
            }
        } else if found < n_columns {
            short.push((grid.starts.len(), found));
        }
        let start = bytes.len();
        for c in 0..n_columns {
            bytes.extend_from_slice(record.get(c).unwrap_or_default());
            let end = u32::try_from(bytes.len() - start).map_err(|_| {
                Error::data("a row longer than 4 gigabytes")
                    .in_file(shape.source)
                    .at_line(line)
            })?;
            grid.ends.push(end);
        }
        grid.starts.push(start);
        grid.lines.push(line);
    }
    grid.cells =
        String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    if let Some((line, found)) = first_unexplained(&grid, shape, &short).or(wrong) {
        return Err(ragged(shape, separator, line, found));
    }
    let skipped = blank + records.empty_lines - empty_before;
    if skipped > 0 {
        warnings.push(Warning::new(
            "blank-lines",
            format!("{} without any value skipped", count(skipped, "line", "lines")),
        ));
    }
    let blank_named = shape
        .names
        .iter()
        .rev()
        .take_while(|n| n.trim().is_empty())
        .count();
    short.retain(|&(_, found)| found < n_columns - blank_named);
    if let Some(&(row, found)) = short.first() {
        warnings.push(Warning::new(
            "short-rows",
            format!(
                "{} fewer cells than the header has names (line {}: {found} instead of {n_columns}); the cells at the end were taken as empty",
                count(short.len(), "row has", "rows have"),
                grid.lines[row],
            ),
        ));
    }
    // A separator at the end of every row is a habit of some programs, not a finding.
    if long > 0 && long < grid.n_rows() {
        warnings.push(Warning::new(
            "long-rows",
            format!(
                "{} empty cells beyond the {n_columns} columns of the header; they were left out",
                count(long, "row has", "rows have")
            ),
        ));
    }
    Ok(grid)
}

pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", group_digits(n), if n == 1 { one } else { many })
}

/// The first short row that lacks a cell in a column where no complete row has an empty one: such a row has lost a
/// cell somewhere, and nobody knows which.
fn first_unexplained(grid: &Grid, shape: &Shape<'_>, short: &[(usize, usize)]) -> Option<(u64, usize)> {
    let least = short.iter().map(|&(_, found)| found).min()?;
    let mut is_short = vec![false; grid.n_rows()];
    short.iter().for_each(|&(row, _)| is_short[row] = true);
    // Up to which length a row may be short: all columns from there on have empty cells elsewhere.
    let explained = (least..grid.n_columns)
        .rev()
        .take_while(|&c| {
            shape.names[c].trim().is_empty()
                || (0..grid.n_rows()).any(|row| !is_short[row] && grid.cell(row, c).is_empty())
        })
        .last()
        .unwrap_or(grid.n_columns);
    short
        .iter()
        .find(|&&(_, found)| found < explained)
        .map(|&(row, found)| (grid.lines[row], found))
}

fn ragged(shape: &Shape<'_>, separator: u8, line: u64, found: usize) -> Error {
    let expected = shape.names.len();
    let hint = if found > expected && separator == b',' {
        "put quotes around cells that hold a comma, such as numbers with a decimal comma, or set --separator"
    } else if found > expected {
        "put quotes around cells that hold the separator, or set --separator"
    } else {
        "is a line break or a separator missing there? lines that do not belong to the table, such as totals, must go"
    };
    Error::data(format!(
        "{} found where the header on line {} has {expected}",
        count(found, "cell", "cells"),
        shape.header_line
    ))
    .in_file(shape.source)
    .at_line(line)
    .hint(hint)
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

    #[test]
    fn an_open_quote_is_named_by_the_line_that_opens_it() {
        let error = check_quotes("t", "a,b\n1,\"2\n3,4\n", 1, COMMA).expect_err("open");
        insta::assert_snapshot!(error, @r#"t line 2: the quote " that opens here is not closed until the end of the file; close it, or write it twice where it belongs to the text"#);
        let error = check_quotes("t", "a,b\n\"1,2\n\"3\",4\n", 1, COMMA).expect_err("open");
        insta::assert_snapshot!(error, @r#"t line 2: the quote " that opens here is not closed before another one on line 3; close it, or write it twice where it belongs to the text"#);
        for fine in [
            "a,b\n5\" pipe,2\n",
            "\"a\"\"b\",c\n",
            "\"a\nb\",c\n",
            "\"\",\"\"\n",
            "\"a\nb\"",
        ] {
            assert!(check_quotes("t", fine, 1, COMMA).is_ok(), "{fine}");
        }
    }
}
