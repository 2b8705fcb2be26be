//! Rows of a Parquet file as a text table, a few thousand at a time: for readers that take a file of any size piece by piece.

use super::enabled::{is_nanoseconds, write};
use crate::error::{Error, Result};
use crate::read::parquet::MAGIC;
use csv::{Terminator, WriterBuilder};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Row;
use parquet::record::reader::RowIter;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

/// Rows that are made into text at once.
const ROWS: usize = 4096;

/// The rows of the Parquet file at `path` as comma-separated text with a header; `None` where it is no Parquet file.
/// Nested columns are left out. Memory is that of a few thousand rows and of the file's pages that hold them.
///
/// # Errors
/// Where the file cannot be read.
pub fn parquet_as_text(path: &Path) -> Result<Option<Box<dyn Read + Send>>> {
    let cannot = |e| Error::io(path, "cannot be read", e);
    // Standard input, pipes and folders are read, or refused, by others.
    if path == Path::new("-") || !path.is_file() {
        return Ok(None);
    }
    let mut file = File::open(path).map_err(cannot)?;
    let mut head = Vec::with_capacity(MAGIC.len());
    (&mut file)
        .take(MAGIC.len() as u64)
        .read_to_end(&mut head)
        .map_err(cannot)?;
    if head != MAGIC {
        return Ok(None);
    }
    file.rewind().map_err(cannot)?;
    let damaged = |e: ParquetError| {
        Error::data(format!("the Parquet file cannot be read: {e}"))
            .in_file(path.display().to_string())
            .hint("copy it again, or export the table as CSV")
    };
    let reader = SerializedFileReader::new(file).map_err(damaged)?;
    let schema = reader.metadata().file_metadata().schema().clone();
    let fields = schema.get_fields();
    let mut text = RowText {
        nanoseconds: fields
            .iter()
            .map(|field| field.is_primitive().then(|| is_nanoseconds(field)))
            .collect(),
        rows: reader.into_iter(),
        pending: Vec::new(),
        taken: 0,
    };
    let names = fields.iter().filter(|f| f.is_primitive()).map(|f| f.name());
    text.push(|out| out.write_record(names)).map_err(cannot)?;
    Ok(Some(Box::new(text)))
}

struct RowText {
    rows: RowIter<'static>,
    /// For each field of a row whether it counts nanoseconds; `None` for nested ones.
    nanoseconds: Vec<Option<bool>>,
    pending: Vec<u8>,
    /// Bytes of it that were handed over.
    taken: usize,
}

impl RowText {
    /// Replaces what was handed over by what `fill` writes.
    fn push(&mut self, fill: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> io::Result<()> {
        let mut room = std::mem::take(&mut self.pending);
        room.clear();
        let mut out = WriterBuilder::new()
            .terminator(Terminator::Any(b'\n'))
            .from_writer(room);
        fill(&mut out).map_err(io::Error::other)?;
        self.pending = out.into_inner().map_err(|e| e.into_error())?;
        self.taken = 0;
        Ok(())
    }

    fn next_rows(&mut self) -> io::Result<()> {
        let rows: Vec<Row> = self
            .rows
            .by_ref()
            .take(ROWS)
            .collect::<std::result::Result<_, ParquetError>>()
            .map_err(|e| io::Error::other(format!("the Parquet file is damaged: {e}")))?;
        let nanoseconds = std::mem::take(&mut self.nanoseconds);
        let done = self.push(|out| {
            let mut cell = String::new();
            for row in &rows {
                for ((_, field), &nanoseconds) in row.get_column_iter().zip(&nanoseconds) {
                    if let Some(nanoseconds) = nanoseconds {
                        cell.clear();
                        write(field, nanoseconds, &mut cell);
                        out.write_field(&cell)?;
                    }
                }
                out.write_record(None::<&[u8]>)?;
            }
            Ok(())
        });
        self.nanoseconds = nanoseconds;
        done
    }
}

impl Read for RowText {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.pending.len() {
            self.next_rows()?;
        }
        let n = (&self.pending[self.taken..]).read(buffer)?;
        self.taken += n;
        Ok(n)
    }
}
