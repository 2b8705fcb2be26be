//! Rows of a table read after another one, and like it: a few at a time, however many there are.

use super::dialect;
use super::header;
use super::row_layout::{NewTable, RowLayout};
use super::stream::{self, Meter, Stream};
use crate::columns::rules::Rules;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::grid::{Dialect, Records, cell_text};
use crate::text::count;
use csv::{ByteRecord, Reader, ReaderBuilder};
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

/// Records that may stand above the header.
const TITLES: usize = 60;

/// What a person may say about a file of later rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewRowsSettings {
    /// What stands between cells. Default: from the data.
    pub separator: Option<char>,
    /// A name of the Encoding Standard. Default: from the first million bytes.
    pub encoding: Option<String>,
    /// The column that names the customer. Default: the one that did in the first table, else row numbers.
    pub id: Option<String>,
    /// Whether numbers are written with a decimal point whatever the rules say, as in the text that
    /// [`parquet_as_text`](super::parquet_as_text) makes. Workbooks are known by their bytes. Default: no.
    pub points: bool,
    /// The most bytes that a workbook may take, which is read as a whole. Default: no limit.
    pub memory: Option<u64>,
}

/// Rows that are read by the [`Rules`] of an earlier table, in their order, a batch at a time.
///
/// A row means the same whatever stands beside it; memory is that of a batch. Columns are found by their names and may stand in
/// another order; further ones do not matter.
pub struct NewRows<'a> {
    layout: Arc<RowLayout>,
    reader: Reader<Box<dyn Read + Send + 'a>>,
    meter: Meter,
    /// Lines before the first that `reader` sees.
    lines_before: u64,
    /// Rows still to be skipped: a second header.
    skip: usize,
    /// Places of cells whose decimal points are to become the commas of their rules.
    points: Vec<usize>,
    n_rows: u64,
    /// How the bytes are read, one plain phrase each.
    pub reading: Vec<String>,
}

/// Some rows as they stand in the file.
pub struct NewBatch {
    layout: Arc<RowLayout>,
    records: Vec<(ByteRecord, u64)>,
    /// The number of the first row, from 0.
    first: u64,
}

/// Where the header is, and what cuts lines into cells.
struct Located {
    dialect: Dialect,
    names: Vec<String>,
    /// The byte behind it, and the line there.
    end: (usize, u64),
    skip: usize,
}

impl<'a> NewRows<'a> {
    /// Opens a stream of rows; `source` is what messages call it. Plain, gzip or Zstandard.
    ///
    /// # Errors
    /// Bytes that are no text table; columns that are absent; a setting that fits nothing.
    pub fn open(
        source: &str,
        reader: impl Read + Send + 'a,
        rules: &Rules,
        settings: &NewRowsSettings,
    ) -> Result<Self> {
        let Stream {
            head,
            rest,
            meter,
            mut reading,
            points,
        } = stream::open(
            source,
            Box::new(reader),
            settings.encoding.as_deref(),
            settings.memory,
        )?;
        let located = locate(source, &head, rules, settings.separator)?;
        reading.push(format!(
            "separator {}",
            dialect::separator_name(located.dialect.separator)
        ));
        let layout = RowLayout::new(source, &located.names, rules, settings.id.as_deref())?;
        let (at, line) = located.end;
        let unread: Box<dyn Read + Send + 'a> =
            Box::new(std::io::Cursor::new(head.into_bytes().split_off(at)).chain(rest));
        let points = match points || settings.points {
            true => layout.with_comma(),
            false => Vec::new(),
        };
        Ok(NewRows {
            points,
            layout: Arc::new(layout),
            reader: ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(located.dialect.separator)
                .quote(located.dialect.quote)
                .buffer_capacity(1 << 18)
                .from_reader(unread),
            meter,
            lines_before: line - 1,
            skip: located.skip,
            n_rows: 0,
            reading,
        })
    }

    /// The column that names the customers, where one does.
    pub fn id(&self) -> Option<&str> {
        self.layout.id_name()
    }

    /// The next rows, `most` of them unless the file ends; `None` at its end. Blank rows are skipped.
    ///
    /// # Errors
    /// Where the bytes cannot be read.
    pub fn next_batch(&mut self, most: usize) -> Result<Option<NewBatch>> {
        let mut records = Vec::with_capacity(most);
        while records.len() < most {
            let mut record = ByteRecord::new();
            let more = self
                .reader
                .read_byte_record(&mut record)
                .map_err(|e| match e.into_kind() {
                    csv::ErrorKind::Io(e) => stream::read_error(self.layout.source(), e),
                    other => Error::data(format!("cannot be read: {other:?}")).in_file(self.layout.source()),
                })?;
            if !more {
                break;
            }
            self.meter.row();
            let blank = |cell: &[u8]| cell.iter().all(u8::is_ascii_whitespace);
            if record.iter().all(blank) {
                continue;
            }
            if self.skip > 0 {
                self.skip -= 1;
                continue;
            }
            let line = record.position().map_or(0, csv::Position::line) + self.lines_before;
            if !self.points.is_empty() {
                record = with_commas(&record, &self.points);
            }
            records.push((record, line));
        }
        if records.is_empty() {
            return Ok(None);
        }
        let first = self.n_rows;
        self.n_rows += records.len() as u64;
        Ok(Some(NewBatch {
            layout: Arc::clone(&self.layout),
            records,
            first,
        }))
    }
}

impl NewBatch {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The values of some of the rows.
    ///
    /// # Errors
    /// The first cell that is no value of its column, with its line.
    ///
    /// # Panics
    /// Where the range is out of bounds.
    pub fn table(&self, range: Range<usize>) -> Result<NewTable> {
        let records = &self.records[range.clone()];
        self.layout.table(
            records.len(),
            |row, place| records[row].0.get(place),
            |row| (records[row].0.len(), records[row].1),
            self.first + range.start as u64,
        )
    }
}

/// Finds the header by the columns that are needed, or else as in a table of which nothing is known.
fn locate(source: &str, text: &str, rules: &Rules, asked: Option<char>) -> Result<Located> {
    if let Some(found) = by_names(text, rules, asked) {
        return Ok(found);
    }
    let found = dialect::detect(source, text, asked)?;
    let (start, first_line) = found.start;
    let body = &text[start..];
    let sample = dialect::sample(body, first_line, found.dialect);
    let header = header::detect(&sample).ok_or_else(|| Error::data("holds no rows").in_file(source))?;
    let mut records = Records::new(&body[header.at..], header.line, found.dialect);
    let mut end = (0, header.line);
    if header.present {
        records.next();
        end = records.end();
    }
    Ok(Located {
        dialect: found.dialect,
        names: unique(&header.names),
        end: (start + header.at + end.0, end.1),
        skip: usize::from(header.second),
    })
}

fn by_names(text: &str, rules: &Rules, asked: Option<char>) -> Option<Located> {
    let separators: Vec<u8> = match asked {
        Some(c) => u8::try_from(c).ok().filter(u8::is_ascii).into_iter().collect(),
        None => dialect::SEPARATORS.to_vec(),
    };
    for separator in separators {
        let dialect = Dialect {
            separator,
            quote: b'"',
        };
        let mut records = Records::new(text, 1, dialect);
        for _ in 0..TITLES {
            let Some((record, ..)) = records.next() else { break };
            let names = unique(&record.iter().map(|c| cell_text(c).to_owned()).collect::<Vec<_>>());
            if rules.columns().all(|needed| names.iter().any(|n| n == needed)) {
                return Some(Located {
                    dialect,
                    names,
                    end: records.end(),
                    skip: 0,
                });
            }
        }
    }
    None
}

/// The record with a decimal comma for the point of the numbers in these places.
fn with_commas(record: &ByteRecord, places: &[usize]) -> ByteRecord {
    let is_number = |cell: &[u8]| cell.iter().all(|b| b.is_ascii_digit() || b"+-.eE".contains(b));
    let cell = |(place, cell): (usize, &[u8])| match places.contains(&place) && is_number(cell) {
        true => cell.iter().map(|&b| if b == b'.' { b',' } else { b }).collect(),
        false => cell.to_vec(),
    };
    let mut changed: ByteRecord = record
        .iter()
        .enumerate()
        .map(cell)
        .collect::<Vec<Vec<u8>>>()
        .into();
    changed.set_position(record.position().cloned());
    changed
}

/// The names as a table of such a header has them.
pub(super) fn unique(written: &[String]) -> Vec<String> {
    header::unique_names(written, &vec![true; written.len()], &mut Vec::new())
}

/// The error where a row has more cells than the header.
pub(super) fn too_long(source: &str, line: u64, cells: usize, width: usize) -> Error {
    Error::data(format!(
        "{} found where the header has {width}",
        count(cells, "cell", "cells")
    ))
    .in_file(source)
    .at_line(line)
    .hint(message![
        "put quotes around cells that hold the separator, or set ",
        Setting::Separator
    ])
}
