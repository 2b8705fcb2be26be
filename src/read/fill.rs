//! From text to [`Grid`]: pieces of the text are cut into cells in parallel.
//!
//! The cells stay where they were read: a row without its separators and quotes is never longer than with them, so the
//! text's own memory becomes that of the grid.

use super::budget::Budget;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::grid::{Dialect, Grid, cell_text};
use crate::text::count;
use crate::warning::Warning;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is to be read, and how.
pub(crate) struct Shape<'a> {
    pub(crate) source: &'a str,
    /// One name per column, blank ones included.
    pub(crate) names: &'a [String],
    /// The line of the header.
    pub(crate) header_line: u64,
    pub(crate) dialect: Dialect,
    /// The byte at which the rows begin, and its line.
    pub(crate) start: (usize, u64),
    /// Beginnings of records, ascending; those before `start` do not matter.
    pub(crate) cuts: &'a [usize],
    pub(crate) budget: Budget<'a>,
}

/// What a cell takes in memory beside its text: where it ends, and its value as a number.
const CELL: u64 = 12;

/// Counts the cells of all pieces against what may be held.
struct Room {
    free: u64,
    taken: AtomicU64,
}

impl Room {
    /// Whether there is room for so many cells more.
    fn has(&self, cells: u64) -> bool {
        let bytes = cells.saturating_mul(CELL);
        let taken = self.taken.fetch_add(bytes, Ordering::Relaxed);
        taken.saturating_add(bytes) <= self.free
    }
}

/// The rows of a piece of text. Rows and lines count from the start of the piece.
#[derive(Default)]
struct Piece {
    starts: Vec<usize>,
    ends: Vec<u32>,
    lines: Vec<u64>,
    /// Rows with fewer cells than columns, and how many they have.
    short: Vec<(usize, usize)>,
    /// Rows with empty cells beyond the columns.
    long: usize,
    /// Lines of blank cells.
    blank: usize,
    /// Lines without any character that a record follows, and those at the end.
    empty: usize,
    empty_at_end: usize,
    has_records: bool,
    /// Line ends.
    feeds: u64,
    /// The first row that does not belong here, with its line; nothing behind it was read.
    wrong: Option<(u64, Wrong)>,
}

#[derive(Clone, Copy)]
enum Wrong {
    /// So many cells, more than there are columns.
    Cells(usize),
    Huge,
    /// There is no memory for more cells.
    Full,
}

/// Reads all records behind the header into a [`Grid`]. Blank rows are skipped; rows that are short where other rows
/// have empty cells are filled up; further cells must be empty. `O(bytes)`, in parallel, and in the memory of `text`.
///
/// # Errors
/// A row of another length, with its line.
pub(crate) fn fill(text: String, shape: &Shape<'_>, warnings: &mut Vec<Warning>) -> Result<Grid> {
    let (start, first_line) = shape.start;
    let mut begins = vec![start];
    begins.extend(shape.cuts.iter().filter(|&&cut| cut > start));
    let mut bytes = text.into_bytes();
    let n_columns = shape.names.len();
    let room = Room {
        free: shape.budget.most().saturating_sub(bytes.len() as u64),
        taken: AtomicU64::new(0),
    };
    let pieces: Vec<Piece> = parts(&mut bytes, &begins)
        .into_par_iter()
        .map(|part| cut(part, n_columns, shape.dialect, &room))
        .collect();
    let n_cells: usize = pieces.iter().map(|p| p.ends.len()).sum();
    let full = || too_many_cells(shape, n_cells as u64);
    // Before any other error: whether cells are too many does not depend on which piece comes first.
    if pieces.iter().any(|p| matches!(p.wrong, Some((_, Wrong::Full)))) {
        return Err(full());
    }
    let mut joined = Joined::default();
    joined.grid.n_columns = n_columns;
    if joined.grid.ends.try_reserve_exact(n_cells).is_err() {
        return Err(full());
    }
    joined.take(pieces, &begins, first_line);
    // What the cells left free was filled with spaces, so the bytes are as valid as they were.
    joined.grid.cells =
        String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    check_lengths(&joined.grid, shape, &joined.short, joined.wrong.take())?;
    warnings.extend(joined.remarks(shape.names));
    Ok(joined.grid)
}

/// The bytes from the first beginning on, each part up to the next.
fn parts<'a>(bytes: &'a mut [u8], begins: &[usize]) -> Vec<&'a mut [u8]> {
    let mut parts = Vec::with_capacity(begins.len());
    let mut rest = &mut bytes[begins[0]..];
    for pair in begins.windows(2) {
        let (part, behind) = rest.split_at_mut(pair[1] - pair[0]);
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    parts
}

/// All pieces, and what was odd about their rows.
#[derive(Default)]
struct Joined {
    grid: Grid,
    /// Rows with fewer cells than there are columns, and how many they have.
    short: Vec<(usize, usize)>,
    /// Rows with empty cells beyond the columns.
    long: usize,
    /// Lines without any value before another record.
    skipped: usize,
    /// The first line that cannot be read.
    wrong: Option<(u64, Wrong)>,
}

impl Joined {
    /// One piece behind the other, up to the first that is wrong; rows and lines are counted on.
    fn take(&mut self, pieces: Vec<Piece>, begins: &[usize], mut line: u64) {
        let grid = &mut self.grid;
        grid.starts
            .reserve_exact(pieces.iter().map(|p| p.starts.len()).sum());
        grid.lines
            .reserve_exact(pieces.iter().map(|p| p.lines.len()).sum());
        let mut empty_before = 0;
        for (piece, begin) in pieces.into_iter().zip(begins) {
            let n = grid.n_rows();
            self.short
                .extend(piece.short.iter().map(|&(row, found)| (n + row, found)));
            self.long += piece.long;
            self.skipped += piece.blank + piece.empty;
            if piece.has_records {
                self.skipped += std::mem::take(&mut empty_before);
            }
            empty_before += piece.empty_at_end;
            grid.starts.extend(piece.starts.iter().map(|s| begin + s));
            grid.lines.extend(piece.lines.iter().map(|l| line + l));
            grid.ends.extend(piece.ends);
            if let Some((at, what)) = piece.wrong {
                self.wrong = Some((line + at, what));
                return;
            }
            line += piece.feeds;
        }
    }

    /// What is said of rows that are empty, short or long.
    fn remarks(&mut self, names: &[String]) -> Vec<Warning> {
        let mut remarks = Vec::new();
        if self.skipped > 0 {
            remarks.push(Warning::new(
                "blank-lines",
                format!(
                    "{} without any value skipped",
                    count(self.skipped, "line", "lines")
                ),
            ));
        }
        let n_columns = names.len();
        let unnamed = names.iter().rev().take_while(|n| n.trim().is_empty()).count();
        self.short.retain(|&(_, found)| found < n_columns - unnamed);
        if let Some(&(row, found)) = self.short.first() {
            remarks.push(Warning::new(
                "short-rows",
                format!(
                    "{} fewer cells than the header has names (line {}: {found} instead of {n_columns}); the cells at the end were taken as empty",
                    count(self.short.len(), "row has", "rows have"),
                    self.grid.lines[row],
                ),
            ));
        }
        // A separator at the end of every row is a habit of some programs, not a finding.
        if self.long > 0 && self.long < self.grid.n_rows() {
            remarks.push(Warning::new(
                "long-rows",
                format!(
                    "{} empty cells beyond the {n_columns} columns of the header; they were left out",
                    count(self.long, "row has", "rows have")
                ),
            ));
        }
        remarks
    }
}

/// Cuts whole lines into cells and moves the cells of each row together.
fn cut(text: &mut [u8], n_columns: usize, dialect: Dialect, room: &Room) -> Piece {
    /// Cells that are counted at once.
    const CELLS: usize = 1 << 16;
    let mut counted = 0;
    let mut reader = ReaderBuilder::new()
        .delimiter(dialect.separator)
        .quote(dialect.quote)
        .build();
    // A reader takes a byte order mark off the first bytes it sees, but here it would belong to a cell.
    reader.read_record(b"\n", &mut [], &mut []);
    let mut piece = Piece::default();
    let mut record = Record::new(n_columns);
    let (mut at, mut line, mut free) = (0, 0, 0);
    loop {
        let line_ends = text[at..]
            .iter()
            .take_while(|b| matches!(b, b'\n' | b'\r'))
            .count();
        let empty = feeds(&text[at..at + line_ends]);
        at += line_ends;
        line += empty as u64;
        if at == text.len() {
            piece.empty_at_end = empty;
            break;
        }
        piece.empty += empty;
        piece.has_records = true;
        let mut end = at + record.read(&mut reader, &text[at..]);
        // The second half of a line end.
        if text[end - 1] == b'\r' && text.get(end) == Some(&b'\n') {
            end += 1;
        }
        // To be counted before cells move there.
        let lines = feeds(&text[at..end]) as u64;
        at = end;
        let (cells, ends) = record.parts();
        if is_blank(cells) {
            piece.blank += 1;
        } else {
            let kept = ends.get(n_columns - 1).or(ends.last()).copied().unwrap_or(0);
            if let Some(wrong) = misfit(cells, ends, kept) {
                piece.wrong = Some((line, wrong));
                break;
            }
            if ends.len() < n_columns {
                piece.short.push((piece.starts.len(), ends.len()));
            }
            piece.long += usize::from(ends.len() > n_columns);
            let more = piece.ends.len() + n_columns - counted;
            let full = more >= CELLS && !room.has(more as u64);
            if full || piece.ends.try_reserve(n_columns).is_err() {
                piece.wrong = Some((line, Wrong::Full));
                break;
            }
            if more >= CELLS {
                counted += more;
            }
            piece.starts.push(free);
            piece.lines.push(line);
            piece
                .ends
                .extend(ends.iter().take(n_columns).map(|&end| end as u32));
            piece.ends.resize(piece.starts.len() * n_columns, kept as u32);
            text[free..free + kept].copy_from_slice(&cells[..kept]);
            free += kept;
        }
        line += lines;
    }
    piece.feeds = line;
    text[free..].fill(b' ');
    piece
}

/// Why a row does not belong here: cells with a value behind the `kept` bytes of the columns, or too many bytes.
fn misfit(cells: &[u8], ends: &[usize], kept: usize) -> Option<Wrong> {
    if !is_blank(&cells[kept..]) {
        Some(Wrong::Cells(ends.len()))
    } else {
        u32::try_from(kept).is_err().then_some(Wrong::Huge)
    }
}

fn feeds(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text).count()
}

fn is_blank(cells: &[u8]) -> bool {
    let visible = cells.first().is_some_and(u8::is_ascii_graphic);
    !visible && cell_text(cells).trim().is_empty()
}

/// The cells of one record, one behind the other, in memory that serves for the next one too.
struct Record {
    cells: Vec<u8>,
    ends: Vec<usize>,
    n_bytes: usize,
    n_cells: usize,
}

impl Record {
    fn new(n_columns: usize) -> Self {
        Record {
            cells: vec![0; 1024],
            ends: vec![0; n_columns + 1],
            n_bytes: 0,
            n_cells: 0,
        }
    }

    fn parts(&self) -> (&[u8], &[usize]) {
        (&self.cells[..self.n_bytes], &self.ends[..self.n_cells])
    }

    /// Reads one record; how many bytes of `text` it has.
    fn read(&mut self, reader: &mut Reader, text: &[u8]) -> usize {
        let mut used = 0;
        (self.n_bytes, self.n_cells) = (0, 0);
        loop {
            let (result, n_in, n_out, n_ends) = reader.read_record(
                &text[used..],
                &mut self.cells[self.n_bytes..],
                &mut self.ends[self.n_cells..],
            );
            used += n_in;
            self.n_bytes += n_out;
            self.n_cells += n_ends;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => return used,
                // The next call sees an empty text and ends the record.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.cells.resize(2 * self.cells.len(), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
            }
        }
    }
}

/// The error where more cells were found than may be held.
fn too_many_cells(shape: &Shape<'_>, cells: u64) -> Error {
    shape.budget.refusal(format!(
        "its rows of {} do not fit into memory: {} cells have been read and there are more",
        count(shape.names.len(), "cell", "cells"),
        crate::text::group_digits(usize::try_from(cells).unwrap_or(usize::MAX))
    ))
}

fn check_lengths(
    grid: &Grid,
    shape: &Shape<'_>,
    short: &[(usize, usize)],
    wrong: Option<(u64, Wrong)>,
) -> Result<()> {
    if let Some((line, Wrong::Huge)) = wrong {
        return Err(Error::data("a row longer than 4 gigabytes")
            .in_file(shape.source)
            .at_line(line));
    }
    let too_long = wrong.and_then(|(line, what)| match what {
        Wrong::Cells(found) => Some((line, found)),
        Wrong::Huge | Wrong::Full => None,
    });
    match first_unexplained(grid, shape, short).or(too_long) {
        Some((line, found)) => Err(ragged(shape, line, found)),
        None => Ok(()),
    }
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

fn ragged(shape: &Shape<'_>, line: u64, found: usize) -> Error {
    let expected = shape.names.len();
    let hint = if found > expected && shape.dialect.separator == b',' {
        message![
            "put quotes around cells that hold a comma, such as numbers with a decimal comma, or set ",
            Setting::Separator
        ]
    } else if found > expected {
        message![
            "put quotes around cells that hold the separator, or set ",
            Setting::Separator
        ]
    } else {
        "is a line break or a separator missing there? lines that do not belong to the table, such as totals, must go".into()
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
