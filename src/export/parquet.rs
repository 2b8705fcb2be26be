//! Tables as Parquet files: the rows that a CSV file would have, with the types that its columns have.

use super::cells::CellKind;
use crate::{Error, Result};
use csv_core::ReadRecordResult;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::io::{self, Write};
use std::sync::Arc;

/// Rows of a group: what readers of the file hold at once.
const GROUP: usize = 1 << 17;

/// Takes comma-separated rows, a header first, in pieces of any size, and writes them as a Parquet file. Empty cells are null.
///
/// The same rows give the same bytes.
///
/// ```
/// use kinfolk::export::{CellKind, ParquetRows};
/// use std::io::Write;
///
/// let mut rows = ParquetRows::new(Vec::new(), &|name| match name {
///     "spend" => CellKind::Number,
///     _ => CellKind::Text,
/// });
/// rows.write_all(b"customer_id,spend\n007,1.5\n008,\n")?;
/// let bytes = rows.finish()?;
/// assert!(bytes.starts_with(b"PAR1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ParquetRows<'a, W: Write + Send> {
    state: State<W>,
    kind_of: &'a dyn Fn(&str) -> CellKind,
    parser: csv_core::Reader,
    /// The record that is being read: its cells one after the other, and where they end.
    cells: Vec<u8>,
    ends: Vec<usize>,
    filled: usize,
    n_ends: usize,
}

enum State<W: Write + Send> {
    /// Waiting for the header.
    Header(Option<W>),
    Rows {
        writer: Box<SerializedFileWriter<W>>,
        columns: Vec<Cells>,
    },
}

/// The cells of a column since the last group; `present` says which rows have one.
struct Cells {
    values: Values,
    present: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Integer(Vec<i64>),
    Number(Vec<f64>),
    Flag(Vec<bool>),
}

fn failed(e: ParquetError) -> io::Error {
    io::Error::other(e)
}

impl<'a, W: Write + Send> ParquetRows<'a, W> {
    /// Rows to `out`; `kind_of` is asked about each column of the header.
    pub fn new(out: W, kind_of: &'a dyn Fn(&str) -> CellKind) -> Self {
        ParquetRows {
            state: State::Header(Some(out)),
            kind_of,
            parser: csv_core::Reader::new(),
            cells: vec![0; 1 << 12],
            ends: vec![0; 1 << 6],
            filled: 0,
            n_ends: 0,
        }
    }

    /// Writes what is left, and the file's end.
    ///
    /// # Errors
    /// Where there was no header, a cell is not of its column's kind, or `out` cannot be written.
    pub fn finish(mut self) -> Result<W> {
        let cannot = |e: io::Error| Error::io("the Parquet file", "cannot be written", e);
        // A last record without an end of line; the parser takes empty input for the end of the file.
        self.take(&[]).map_err(cannot)?;
        let State::Rows {
            mut writer,
            mut columns,
        } = self.state
        else {
            return Err(Error::data("has no header"));
        };
        write_group(&mut writer, &mut columns).map_err(cannot)?;
        writer.into_inner().map_err(|e| cannot(failed(e)))
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
            .map(|(start, &end)| std::str::from_utf8(&self.cells[start..end]).map_err(io::Error::other));
        match &mut self.state {
            State::Header(out) => {
                let names = cells.collect::<io::Result<Vec<&str>>>()?;
                let out = out.take().ok_or_else(|| io::Error::other("a second header"))?;
                let kinds: Vec<CellKind> = names.iter().map(|name| (self.kind_of)(name)).collect();
                let writer = file_writer(out, &names, &kinds).map_err(failed)?;
                self.state = State::Rows {
                    writer: Box::new(writer),
                    columns: kinds.into_iter().map(Cells::new).collect(),
                };
            }
            State::Rows { writer, columns } => {
                for (column, cell) in columns.iter_mut().zip(cells) {
                    column.push(cell?)?;
                }
                if columns.first().is_some_and(|c| c.present.len() == GROUP) {
                    write_group(writer, columns)?;
                }
            }
        }
        Ok(())
    }
}

impl<W: Write + Send> Write for ParquetRows<'_, W> {
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

fn file_writer<W: Write + Send>(
    out: W,
    names: &[&str],
    kinds: &[CellKind],
) -> std::result::Result<SerializedFileWriter<W>, ParquetError> {
    let fields = names
        .iter()
        .zip(kinds)
        .map(|(name, kind)| {
            let (physical, logical) = match kind {
                CellKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                CellKind::Integer => (Physical::INT64, None),
                CellKind::Number => (Physical::DOUBLE, None),
                CellKind::Flag => (Physical::BOOLEAN, None),
            };
            Type::primitive_type_builder(name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical)
                .build()
                .map(Arc::new)
        })
        .collect::<std::result::Result<_, ParquetError>>()?;
    let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        // Not the version of a library: the same rows, the same bytes.
        .set_created_by(format!("kinfolk {}", env!("CARGO_PKG_VERSION")))
        .build();
    SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))
}

/// Writes the rows so far as a group, and forgets them.
fn write_group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    columns: &mut [Cells],
) -> io::Result<()> {
    if columns.first().is_none_or(|c| c.present.is_empty()) {
        return Ok(());
    }
    let mut group = writer.next_row_group().map_err(failed)?;
    for cells in columns.iter_mut() {
        let Some(mut column) = group.next_column().map_err(failed)? else {
            return Err(io::Error::other("fewer columns than in the header"));
        };
        let present = Some(cells.present.as_slice());
        let done = match (column.untyped(), &cells.values) {
            (ColumnWriter::ByteArrayColumnWriter(to), Values::Text(v)) => to.write_batch(v, present, None),
            (ColumnWriter::Int64ColumnWriter(to), Values::Integer(v)) => to.write_batch(v, present, None),
            (ColumnWriter::DoubleColumnWriter(to), Values::Number(v)) => to.write_batch(v, present, None),
            (ColumnWriter::BoolColumnWriter(to), Values::Flag(v)) => to.write_batch(v, present, None),
            _ => return Err(io::Error::other("a column of another kind than in the header")),
        };
        done.map_err(failed)?;
        column.close().map_err(failed)?;
        cells.clear();
    }
    group.close().map_err(failed).map(drop)
}

impl Cells {
    fn new(kind: CellKind) -> Self {
        Cells {
            values: match kind {
                CellKind::Text => Values::Text(Vec::new()),
                CellKind::Integer => Values::Integer(Vec::new()),
                CellKind::Number => Values::Number(Vec::new()),
                CellKind::Flag => Values::Flag(Vec::new()),
            },
            present: Vec::new(),
        }
    }

    fn clear(&mut self) {
        self.present.clear();
        match &mut self.values {
            Values::Text(v) => v.clear(),
            Values::Integer(v) => v.clear(),
            Values::Number(v) => v.clear(),
            Values::Flag(v) => v.clear(),
        }
    }

    fn push(&mut self, cell: &str) -> io::Result<()> {
        self.present.push(i16::from(!cell.is_empty()));
        if cell.is_empty() {
            return Ok(());
        }
        let other = || io::Error::other(format!("{cell:?} is not of its column's kind"));
        match &mut self.values {
            Values::Text(v) => v.push(ByteArray::from(cell)),
            Values::Integer(v) => v.push(cell.parse().map_err(|_| other())?),
            Values::Number(v) => v.push(cell.parse().map_err(|_| other())?),
            Values::Flag(v) => v.push(cell.parse().map_err(|_| other())?),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    fn kind(name: &str) -> CellKind {
        match name {
            "n" => CellKind::Integer,
            "x" => CellKind::Number,
            "yes" => CellKind::Flag,
            _ => CellKind::Text,
        }
    }

    fn written(text: &[u8], piece: usize) -> Vec<u8> {
        let mut rows = ParquetRows::new(Vec::new(), &kind);
        for part in text.chunks(piece) {
            rows.write_all(part).expect("memory");
        }
        rows.finish().expect("memory")
    }

    #[test]
    fn rows_come_back_with_their_types_whatever_pieces_they_came_in() {
        let text = "id,n,x,yes\n007,3,0.5,true\n\"a,\n\"\"b\"\"\",,,\nü,-1,1e300,false".as_bytes();
        let whole = written(text, text.len());
        for piece in [1, 2, 7] {
            assert_eq!(written(text, piece), whole);
        }
        let file = SerializedFileReader::new(bytes::Bytes::from(whole)).expect("a Parquet file");
        let rows: Vec<String> = file
            .get_row_iter(None)
            .expect("rows")
            .map(|row| row.expect("a row").to_string())
            .collect();
        assert_eq!(
            rows,
            [
                "{id: \"007\", n: 3, x: 0.5, yes: true}",
                "{id: \"a,\n\"b\"\", n: null, x: null, yes: null}",
                "{id: \"ü\", n: -1, x: 1E300, yes: false}",
            ]
        );
    }

    #[test]
    fn many_rows_make_several_groups() {
        let mut text = String::from("n\n");
        for i in 0..GROUP + 5 {
            text.push_str(&format!("{i}\n"));
        }
        let file =
            SerializedFileReader::new(bytes::Bytes::from(written(text.as_bytes(), 1 << 16))).expect("a file");
        let groups = file.metadata().row_groups();
        assert_eq!(
            groups.iter().map(|g| g.num_rows()).collect::<Vec<_>>(),
            [GROUP as i64, 5]
        );
    }

    #[test]
    fn a_cell_of_another_kind_is_an_error() {
        let mut rows = ParquetRows::new(Vec::new(), &kind);
        assert!(rows.write_all(b"n\nthree\n").is_err());
        assert!(ParquetRows::new(Vec::new(), &kind).finish().is_err());
    }
}
