//! The whole road from a file to a [`Table`].

use super::budget::Budget;
use super::excel;
use super::fill::{Shape, fill};
use super::parquet;
use super::source;
use super::text_table::{self, Asked, TextTable};
use super::typing::{UntypedTable, header_only};
use crate::columns::rules::Rules;
use crate::error::{Error, Result};
use crate::table::{Table, TableSettings};
use crate::text::count;
use std::io::Read;
use std::path::Path;

/// Reads a customer table from a text file, plain or packed with gzip; `-` is standard input. See [`parse_table`].
///
/// ```
/// use kinfolk::read::read_table;
/// use kinfolk::table::TableSettings;
///
/// let error = read_table("no/such/file.csv".as_ref(), &TableSettings::default()).unwrap_err();
/// assert!(error.to_string().starts_with("no/such/file.csv: cannot be opened"));
/// ```
///
/// # Errors
/// A file that cannot be read, and whatever [`parse_table`] refuses.
pub fn read_table(path: &Path, settings: &TableSettings) -> Result<Table> {
    let (name, reader) = source::open(path)?;
    read_table_from(&name, reader, settings)
}

/// Reads a customer table from the bytes of a file; `source` is what messages call it.
///
/// Separator, quotes, encoding, line ends, decimal mark, header and types are found out and reported in
/// [`Table::reading`], [`Column::note`](crate::table::Column::note) and [`Table::warnings`]. `O(bytes)` time and memory; columns in parallel.
///
/// ```
/// use kinfolk::read::parse_table;
/// use kinfolk::table::{ColumnType, Role, TableSettings};
///
/// let csv = "Kunde;Umsatz;Region\nK1;1.200,50 €;3\nK2;80,00 €;1\nK3;n/a;3\n";
/// let table = parse_table("customers.csv", csv.into(), &TableSettings::default())?;
/// assert_eq!(table.ids, ["K1", "K2", "K3"]);
/// assert_eq!(table.reading[1..3], ["separator ;", "header on line 1"]);
/// let money = table.column("Umsatz").unwrap();
/// assert_eq!((money.column_type(), money.missing), (ColumnType::Number, 1));
/// let region = table.column("Region").unwrap();
/// assert_eq!(region.column_type(), ColumnType::Category);
/// assert_eq!(region.note, "assumed a code, not an amount; `types` Region=number to change");
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Bytes that are no text table; rows of different lengths; a quote that is not closed; a value that is no number or
/// date in a column where most are; settings that name no column. Each with line, column and what to try.
pub fn parse_table(source: &str, bytes: Vec<u8>, settings: &TableSettings) -> Result<Table> {
    let budget = Budget::new(source, settings.memory);
    let (table, _) = parse_plain(source, source::unpack_bytes(source, bytes, budget)?, settings)?;
    Ok(table)
}

/// Reads a customer table from a stream; `source` is what messages call it. See [`parse_table`].
///
/// # Errors
/// A stream that cannot be read, and whatever [`parse_table`] refuses.
pub fn read_table_from(source: &str, reader: impl Read, settings: &TableSettings) -> Result<Table> {
    read_table_and_rules(source, reader, settings).map(|(table, _)| table)
}

/// As [`read_table_from`], and how the cells became values, so that [`NewRows`](super::NewRows) read later ones the same way.
///
/// # Errors
/// Those of [`read_table_from`].
pub fn read_table_and_rules(
    source: &str,
    reader: impl Read,
    settings: &TableSettings,
) -> Result<(Table, Rules)> {
    let budget = Budget::new(source, settings.memory);
    parse_plain(source, source::unpack(source, reader, budget)?, settings)
}

fn parse_plain(source: &str, plain: source::Plain, settings: &TableSettings) -> Result<(Table, Rules)> {
    check(settings)?;
    let budget = Budget::new(source, settings.memory);
    let mut reading: Vec<String> = plain.packing.map(str::to_owned).into_iter().collect();
    let mut bytes = plain.bytes;
    if bytes.starts_with(parquet::MAGIC) {
        return parse_parquet(source, bytes, reading, settings, budget);
    }
    if excel::may_be_workbook(&bytes) {
        let (csv, phrase) = excel::as_csv(source, bytes, budget)?;
        reading.push(phrase);
        bytes = csv;
    }
    let asked = Asked {
        separator: settings.separator,
        encoding: settings.encoding.as_deref(),
        piece: PIECE,
    };
    let TextTable {
        text,
        dialect,
        cuts,
        header,
        start,
        reading: found,
        mut warnings,
    } = text_table::open(source, bytes, &asked, budget, || header_only(source))?;
    reading.extend(found);
    budget.allow(
        text.len() as u64 + COLUMN * header.names.len() as u64,
        &format!("a table of {}", count(header.names.len(), "column", "columns")),
    )?;
    let shape = Shape {
        source,
        names: &header.names,
        header_line: header.line,
        dialect,
        start,
        cuts: &cuts,
        budget,
    };
    let mut grid = fill(text, &shape, &mut warnings)?;
    if header.second {
        grid = grid.without_first_row();
    }
    UntypedTable {
        source,
        grid,
        written: header.names,
        given: Vec::new(),
        separator: dialect.separator,
        settings,
        reading,
        warnings,
    }
    .typed()
}

/// Cells and names from a file that knows the types of its columns.
fn parse_parquet(
    source: &str,
    bytes: Vec<u8>,
    mut reading: Vec<String>,
    settings: &TableSettings,
    budget: Budget<'_>,
) -> Result<(Table, Rules)> {
    let sheet = parquet::read(source, bytes, budget)?;
    reading.push("Parquet".to_owned());
    let settings = TableSettings {
        decimal: Some('.'),
        ..settings.clone()
    };
    UntypedTable {
        source,
        grid: sheet.grid,
        written: sheet.names,
        given: sheet.given,
        separator: b',',
        settings: &settings,
        reading,
        warnings: sheet.warnings,
    }
    .typed()
}

/// What a column takes while it is looked at, whatever the rows.
const COLUMN: u64 = 2_000;

/// Bytes of text that are read in one piece, more or less.
const PIECE: usize = 1 << 20;

fn check(settings: &TableSettings) -> Result<()> {
    match settings.decimal {
        None | Some('.' | ',') => Ok(()),
        Some(other) => Err(Error::usage(format!("\"{other}\" cannot be a decimal mark")).hint("use . or ,")),
    }
}
