//! With the feature `parquet`.

use super::Sheet;
use crate::columns::infer::Given;
use crate::columns::names::shortened;
use crate::error::{Error, Result};
use crate::read::budget::Budget;
use crate::table::grid::Grid;
use crate::text::count;
use crate::warning::Warning;
use bytes::Bytes;
use jiff::Timestamp;
use jiff::tz::Offset;
use parquet::basic::{LogicalType, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;

/// Reads all rows. Types of numbers, dates and texts are those of the file; whole numbers are left to be judged, since
/// codes are whole numbers too. Nested columns are left out with a warning.
pub(in crate::read) fn read(source: &str, bytes: Vec<u8>, budget: Budget<'_>) -> Result<Sheet> {
    let damaged = |e: ParquetError| {
        Error::data(format!("the Parquet file cannot be read: {e}"))
            .in_file(source)
            .hint("copy it again, or export the table as CSV")
    };
    let packed = bytes.len() as u64;
    let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(damaged)?;
    let schema = reader.metadata().file_metadata().schema().clone();
    let fields = schema.get_fields();
    let flat: Vec<bool> = fields.iter().map(|f| f.is_primitive()).collect();
    let kept = || fields.iter().filter(|f| f.is_primitive());
    let nanoseconds: Vec<bool> = fields.iter().map(|f| is_nanoseconds(f)).collect();
    let mut sheet = Sheet {
        names: kept().map(|f| f.name().to_owned()).collect(),
        given: kept().map(|f| given(f)).collect(),
        grid: Grid::empty(kept().count()),
        warnings: Vec::new(),
    };
    let nested: Vec<String> = fields
        .iter()
        .filter(|f| !f.is_primitive())
        .map(|f| f.name().to_owned())
        .collect();
    if !nested.is_empty() {
        let what = count(nested.len(), "column holds", "columns hold");
        sheet.warnings.push(Warning::new(
            "nested-columns",
            format!("{what} lists or records and was left out: {}", shortened(&nested)),
        ));
    }
    let mut cells: Vec<String> = vec![String::new(); sheet.names.len()];
    // A page that repeats one value is a few bytes for any number of rows: rows are counted as they come.
    let mut groups = reader.metadata().row_groups().iter();
    let largest = groups
        .by_ref()
        .map(|g| u64::try_from(g.total_byte_size()).unwrap_or(0))
        .max();
    let aside = packed.saturating_add(largest.unwrap_or(0));
    budget.allow(aside, "the largest group of rows, unpacked,")?;
    for row in reader.get_row_iter(None).map_err(damaged)? {
        let row = row.map_err(damaged)?;
        let values = row.get_column_iter().zip(&flat).zip(&nanoseconds);
        let kept = values.filter(|((_, flat), _)| **flat);
        for (cell, (((_, field), _), &nanoseconds)) in cells.iter_mut().zip(kept) {
            cell.clear();
            write(field, nanoseconds, cell);
        }
        sheet.grid.push(&cells).map_err(|e| e.in_file(source))?;
        budget.allow(aside.saturating_add(sheet.grid.bytes()), "its rows")?;
    }
    Ok(sheet)
}

pub(super) fn is_nanoseconds(field: &Type) -> bool {
    let logical = field.get_basic_info().logical_type_ref();
    matches!(logical, Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::NANOS)
}

fn given(field: &Type) -> Option<Given> {
    use parquet::basic::ConvertedType as C;
    let info = field.get_basic_info();
    let decimal = matches!(info.logical_type_ref(), Some(LogicalType::Decimal { .. }));
    if is_nanoseconds(field) {
        return Some(Given::Date);
    }
    match (info.converted_type(), field.get_physical_type()) {
        (C::DATE | C::TIMESTAMP_MILLIS | C::TIMESTAMP_MICROS, _) | (_, Physical::INT96) => Some(Given::Date),
        (C::DECIMAL, _) | (_, Physical::FLOAT | Physical::DOUBLE) => Some(Given::Number),
        _ if decimal => Some(Given::Number),
        (_, Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY | Physical::BOOLEAN) => Some(Given::Text),
        _ => None,
    }
}

/// The value as a CSV file would have it; nothing for null and NaN.
pub(super) fn write(field: &Field, nanoseconds: bool, cell: &mut String) {
    let time = |stamp: std::result::Result<Timestamp, jiff::Error>| {
        stamp.map_or_else(
            |_| String::new(),
            |stamp| Offset::UTC.to_datetime(stamp).to_string(),
        )
    };
    match field {
        Field::Null => {}
        Field::Double(x) if x.is_nan() => {}
        Field::Float(x) if x.is_nan() => {}
        Field::Double(x) => cell.push_str(ryu::Buffer::new().format(*x)),
        Field::Float(x) => cell.push_str(ryu::Buffer::new().format(*x)),
        Field::Str(text) => cell.push_str(text),
        Field::Bytes(bytes) => cell.push_str(&String::from_utf8_lossy(bytes.data())),
        Field::Long(x) if nanoseconds => cell.push_str(&time(Timestamp::from_nanosecond(i128::from(*x)))),
        Field::TimestampMillis(x) => cell.push_str(&time(Timestamp::from_millisecond(*x))),
        Field::TimestampMicros(x) => cell.push_str(&time(Timestamp::from_microsecond(*x))),
        Field::Date(days) => {
            let span = jiff::Span::new().try_days(*days);
            let date = span.and_then(|span| jiff::civil::date(1970, 1, 1).checked_add(span));
            cell.push_str(&date.map_or_else(|_| String::new(), |date| date.to_string()));
        }
        other => cell.push_str(&other.to_string()),
    }
}
