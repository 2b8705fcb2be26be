//! Tables as Parquet files: the rows that a CSV file would have, with the types that its cells have.

use super::cells::Kind;
use super::typed::{Cell, TypedRows, TypedTable};
use crate::{Error, Result};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::io::{self, Write};
use std::str::FromStr;
use std::sync::Arc;

/// Rows of a group: what readers of the file hold at once.
const GROUP: usize = 1 << 17;

/// Takes rows of [`CsvStyle::typed`](super::CsvStyle::typed), a header first, in pieces of any size, and writes them as a Parquet file.
/// Texts become UTF-8 strings, whole numbers `INT64`, numbers `DOUBLE`, `true` and `false` `BOOLEAN`, no value is null. A column
/// that holds texts beside numbers among its first 131,072 rows is one of texts.
///
/// The same rows give the same bytes. `O(bytes)`; a group of rows is in memory at a time.
///
/// ```
/// use kinfolk::export::ParquetRows;
/// use std::io::Write;
///
/// let mut rows = ParquetRows::new(Vec::new());
/// rows.write_all(b"tcustomer_id,tspend\nt007,n1.5\nt008,n\n")?;
/// let bytes = rows.finish()?;
/// assert!(bytes.starts_with(b"PAR1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ParquetRows<W: Write + Send>(TypedRows<Groups<W>>);

/// The rows since the last group, and where groups go.
struct Groups<W: Write + Send> {
    to: Destination<W>,
    columns: Vec<Column>,
    n_rows: usize,
}

enum Destination<W: Write + Send> {
    /// What the columns hold is known with the first group.
    Waiting(Option<W>),
    Begun(Box<SerializedFileWriter<W>>),
}

/// The cells of a column since the last group, one after the other, and where each ends.
struct Column {
    name: String,
    kind: Option<Kind>,
    /// Whether a value has said so; until then it is what the gaps would be.
    is_sure: bool,
    text: String,
    ends: Vec<usize>,
}

fn failed(e: ParquetError) -> io::Error {
    io::Error::other(e)
}

impl<W: Write + Send> ParquetRows<W> {
    /// Rows to `out`.
    pub fn new(out: W) -> Self {
        ParquetRows(TypedRows::new(Groups {
            to: Destination::Waiting(Some(out)),
            columns: Vec::new(),
            n_rows: 0,
        }))
    }

    /// Writes what is left, and the file's end.
    ///
    /// # Errors
    /// Where there was no header, a cell is not of its column's kind, or `out` cannot be written.
    pub fn finish(self) -> Result<W> {
        let cannot = |e: io::Error| Error::io("the Parquet file", "cannot be written", e);
        let mut groups = self.0.finish().map_err(cannot)?;
        groups.write_group().map_err(cannot)?;
        match groups.to {
            Destination::Begun(writer) => writer.into_inner().map_err(|e| cannot(failed(e))),
            Destination::Waiting(_) => Err(Error::data("has no header")),
        }
    }
}

impl<W: Write + Send> Write for ParquetRows<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write + Send> TypedTable for Groups<W> {
    fn header(&mut self, names: &[&str]) -> io::Result<()> {
        self.columns = names.iter().map(|name| Column::new(name)).collect();
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        let is_open = matches!(self.to, Destination::Waiting(_));
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            if is_open {
                column.learn(*cell);
            }
            column.text.push_str(cell.text);
            column.ends.push(column.text.len());
        }
        self.n_rows += 1;
        if self.n_rows == GROUP {
            self.write_group()?;
        }
        Ok(())
    }
}

impl<W: Write + Send> Groups<W> {
    /// Writes the rows so far as a group, and forgets them; the first time the file's beginning, too.
    fn write_group(&mut self) -> io::Result<()> {
        if let Destination::Waiting(out) = &mut self.to {
            let out = out.take().ok_or_else(|| io::Error::other("an end before"))?;
            self.to = Destination::Begun(Box::new(file_writer(out, &self.columns).map_err(failed)?));
        }
        let Destination::Begun(writer) = &mut self.to else {
            return Err(io::Error::other("no beginning"));
        };
        if self.n_rows == 0 {
            return Ok(());
        }
        let mut group = writer.next_row_group().map_err(failed)?;
        for column in &mut self.columns {
            let Some(mut to) = group.next_column().map_err(failed)? else {
                return Err(io::Error::other("fewer columns than in the header"));
            };
            column.write(to.untyped())?;
            to.close().map_err(failed)?;
            column.text.clear();
            column.ends.clear();
        }
        self.n_rows = 0;
        group.close().map_err(failed).map(drop)
    }
}

fn file_writer<W: Write + Send>(
    out: W,
    columns: &[Column],
) -> std::result::Result<SerializedFileWriter<W>, ParquetError> {
    let fields = columns
        .iter()
        .map(|column| {
            let (physical, logical) = match column.kind {
                Some(Kind::Text) | None => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                Some(Kind::Integer) => (Physical::INT64, None),
                Some(Kind::Number) => (Physical::DOUBLE, None),
                Some(Kind::Flag) => (Physical::BOOLEAN, None),
            };
            Type::primitive_type_builder(&column.name, physical)
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

impl Column {
    fn new(name: &str) -> Self {
        Column {
            name: name.to_owned(),
            kind: None,
            is_sure: false,
            text: String::new(),
            ends: Vec::new(),
        }
    }

    /// What the column holds, with one more cell.
    fn learn(&mut self, cell: Cell<'_>) {
        let has_value = !cell.text.is_empty();
        self.kind = match self.kind {
            Some(kind) if !has_value || kind == cell.kind => Some(kind),
            Some(Kind::Integer | Kind::Number)
                if self.is_sure && cell.kind != Kind::Text && cell.kind != Kind::Flag =>
            {
                Some(Kind::Number)
            }
            Some(_) if self.is_sure => Some(Kind::Text),
            _ => Some(cell.kind),
        };
        self.is_sure |= has_value;
    }

    fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }

    /// The cells that hold a value.
    fn values<T: FromStr>(&self) -> io::Result<Vec<T>> {
        let value = |cell: &str| {
            cell.parse()
                .map_err(|_| io::Error::other(format!("column {}: {cell:?} is not of its kind", self.name)))
        };
        self.cells().filter(|cell| !cell.is_empty()).map(value).collect()
    }

    fn write(&self, to: &mut ColumnWriter<'_>) -> io::Result<()> {
        let present: Vec<i16> = self.cells().map(|cell| i16::from(!cell.is_empty())).collect();
        let present = Some(&present[..]);
        let done = match to {
            ColumnWriter::ByteArrayColumnWriter(to) => {
                let texts: Vec<ByteArray> = (self.cells())
                    .filter(|cell| !cell.is_empty())
                    .map(ByteArray::from)
                    .collect();
                to.write_batch(&texts, present, None)
            }
            ColumnWriter::Int64ColumnWriter(to) => to.write_batch(&self.values()?, present, None),
            ColumnWriter::DoubleColumnWriter(to) => to.write_batch(&self.values()?, present, None),
            ColumnWriter::BoolColumnWriter(to) => to.write_batch(&self.values()?, present, None),
            _ => return Err(io::Error::other("a column of another kind than in the header")),
        };
        done.map_err(failed).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    fn written(text: &str) -> Vec<u8> {
        let mut rows = ParquetRows::new(Vec::new());
        rows.write_all(text.as_bytes()).expect("memory");
        rows.finish().expect("memory")
    }

    fn read(text: &str) -> Vec<String> {
        let file = SerializedFileReader::new(bytes::Bytes::from(written(text))).expect("a Parquet file");
        file.get_row_iter(None)
            .expect("rows")
            .map(|row| row.expect("a row").to_string())
            .collect()
    }

    #[test]
    fn rows_come_back_with_their_types() {
        let text = "tid,tn,tx,tyes\nt007,i3,n0.5,ftrue\n\"ta,\n\"\"b\"\"\",i,n,f\ntü,i-1,n1e300,ffalse";
        assert_eq!(written(text), written(text));
        assert_eq!(
            read(text),
            [
                "{id: \"007\", n: 3, x: 0.5, yes: true}",
                "{id: \"a,\n\"b\"\", n: null, x: null, yes: null}",
                "{id: \"ü\", n: -1, x: 1E300, yes: false}",
            ]
        );
    }

    #[test]
    fn a_column_is_what_all_its_values_can_be() {
        assert_eq!(
            read("ta,tb,tc\nn,n0.5,i1\nt2024-01-31,t2024-01-31,n2.5\n"),
            [
                "{a: null, b: \"0.5\", c: 1.0}",
                "{a: \"2024-01-31\", b: \"2024-01-31\", c: 2.5}"
            ]
        );
        assert!(read("ta,tb\n").is_empty());
    }

    #[test]
    fn many_rows_make_several_groups() {
        let mut text = String::from("tn\n");
        for i in 0..GROUP + 5 {
            text.push_str(&format!("i{i}\n"));
        }
        let file = SerializedFileReader::new(bytes::Bytes::from(written(&text))).expect("a file");
        let groups = file.metadata().row_groups();
        assert_eq!(
            groups.iter().map(|g| g.num_rows()).collect::<Vec<_>>(),
            [GROUP as i64, 5]
        );
        // What the columns hold is settled with the first group.
        let mut rows = ParquetRows::new(Vec::new());
        rows.write_all(format!("{text}tthree\n").as_bytes())
            .expect("memory");
        assert!(rows.finish().is_err());
    }
}
