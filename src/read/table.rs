//! The whole road from a file to a [`Table`].

use super::budget::Budget;
use super::excel;
use super::fill::{Shape, fill};
use super::header;
use super::parquet;
use super::source;
use super::text_table::{self, Asked, TextTable};
use crate::columns::date::Order;
use crate::columns::identifier::{self, Identifiers};
use crate::columns::infer::{Context, Given, Inferred, infer};
use crate::columns::names::{family, find};
use crate::columns::remarks::mark_name;
use crate::columns::requests::{RequestedUse, Requests};
use crate::columns::rules::{CellRule, Rules};
use crate::columns::scan::{Facts, scan};
use crate::columns::sentinels;
use crate::columns::suspects;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::grid::Grid;
use crate::table::{Column, Role, Table, TableSettings, Texts, TypeChoice, Values};
use crate::text::count;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
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
/// [`Table::reading`], [`Column::note`] and [`Table::warnings`]. `O(bytes)` time and memory; columns in parallel.
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
    Draft {
        source,
        grid,
        written: header.names,
        given: Vec::new(),
        separator: dialect.separator,
        settings,
        reading,
        warnings,
    }
    .table()
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
    Draft {
        source,
        grid: sheet.grid,
        written: sheet.names,
        given: sheet.given,
        separator: b',',
        settings: &settings,
        reading,
        warnings: sheet.warnings,
    }
    .table()
}

/// What a column takes while it is looked at, whatever the rows.
const COLUMN: u64 = 2_000;

/// Bytes of text that are read in one piece, more or less.
const PIECE: usize = 1 << 20;

fn header_only(source: &str) -> Error {
    Error::data("holds a header but no rows")
        .in_file(source)
        .hint("one line per customer is needed below it")
}

fn check(settings: &TableSettings) -> Result<()> {
    match settings.decimal {
        None | Some('.' | ',') => Ok(()),
        Some(other) => Err(Error::usage(format!("\"{other}\" cannot be a decimal mark")).hint("use . or ,")),
    }
}

/// Cells with their header, before anything is known about the columns.
struct Draft<'a> {
    source: &'a str,
    grid: Grid,
    written: Vec<String>,
    /// What the file says about the types of its columns; empty for text.
    given: Vec<Option<Given>>,
    separator: u8,
    settings: &'a TableSettings,
    reading: Vec<String>,
    warnings: Vec<crate::Warning>,
}

impl Draft<'_> {
    fn table(mut self) -> Result<(Table, Rules)> {
        if self.grid.n_rows() == 0 {
            return Err(header_only(self.source));
        }
        if u32::try_from(self.grid.n_rows()).is_err() {
            return Err(Error::data("holds more than four billion rows").in_file(self.source));
        }
        let all: Vec<u32> = (0..self.grid.n_rows() as u32).collect();
        let mut further = vec![self.settings.missing.clone(); self.grid.n_columns()];
        let mut facts = self.facts(&all, &further);
        let kept = self.kept(&facts);
        let names = header::unique_names(&self.written, &kept, &mut self.warnings);
        for (name, word) in &self.settings.missing_in {
            let c = find(name, &names, Setting::Missing, &mut self.reading)
                .map_err(|e| e.in_file(self.source))?;
            further[c].push(word.clone());
        }
        if !self.settings.missing_in.is_empty() {
            facts = self.facts(&all, &further);
        }
        let requests = Requests::new(self.settings, &names, self.source, &mut self.reading)?;
        let ids = self.identifiers(&names, &facts, &requests, &kept);
        if ids.rows.len() < all.len() {
            facts = self.facts(&ids.rows, &further);
        }
        let context = self.context(&ids.rows, &facts, &further);
        let phrase = decimal_phrase(&context).filter(|_| self.given.is_empty());
        if let Some(c) = requests.value {
            let f = &facts[c];
            if f.present > 0 && f.any_numbers() * 2 < f.present {
                return Err(self.no_money(&names[c]));
            }
        }
        let kept: Vec<usize> = (0..names.len()).filter(|&c| kept[c]).collect();
        let results: Vec<Result<Inferred>> = kept
            .par_iter()
            .map(|&c| {
                if ids.column == Some(c) {
                    return Ok((id_column(&names[c], &self.grid, c, &ids), Vec::new()));
                }
                infer(
                    &context,
                    &names[c],
                    c,
                    &facts[c],
                    requests.types[c],
                    requests.purpose(c),
                    false,
                )
            })
            .collect();
        let mut inferred = results.into_iter().collect::<Result<Vec<Inferred>>>()?;
        let flags: Vec<usize> = flags_among_measurements(&inferred);
        for place in flags {
            let c = kept[place];
            let (mut column, found) = infer(
                &context,
                &names[c],
                c,
                &facts[c],
                requests.types[c],
                requests.purpose(c),
                true,
            )?;
            column
                .note
                .add("0 and 1 only, a measurement like the columns of the same name");
            inferred[place] = (column, found);
        }
        let mut columns = Vec::with_capacity(inferred.len());
        let mut warnings = ids.warnings;
        let mut rules = Rules {
            id: ids.column.map(|c| names[c].clone()),
            columns: Vec::new(),
        };
        for ((mut column, found), &c) in inferred.into_iter().zip(&kept) {
            let asked = requests.types[c].is_some() || requests.purpose[c] == RequestedUse::Feature;
            warnings.extend(found);
            warnings.extend(suspects::mixed_dates(&mut column, asked));
            let codes = requests.codes(c, &names[c], context.file_decimal)?;
            let (beside, found) =
                sentinels::split(&mut column, &codes, requests.types[c], &requests.purpose(c));
            let loose = requests.types[c] == Some(TypeChoice::Date)
                || context.given.get(c).copied().flatten() == Some(Given::Date);
            rules.columns.push(CellRule {
                column: column.name.clone(),
                kind: context.kind(&column.values, &facts[c], loose),
                missing: further[c].clone(),
                gaps: column.missing > 0,
                whole_codes: facts[c].all_whole(),
                codes: beside
                    .iter()
                    .map(|(code, flags)| (*code, flags.name.clone()))
                    .collect(),
            });
            columns.push(column);
            columns.extend(beside.into_iter().map(|(_, flags)| flags));
            warnings.extend(found);
        }
        let value_column = requests.value.map(|c| names[c].clone());
        let is_number = |name: &str| {
            columns
                .iter()
                .any(|c| c.name == name && matches!(c.values, Values::Number(_)))
        };
        if let Some(name) = value_column.as_deref().filter(|name| !is_number(name)) {
            return Err(self.no_money(name));
        }
        self.reading.extend(phrase);
        self.warnings.extend(warnings);
        let lines = ids
            .rows
            .iter()
            .map(|&row| self.grid.lines[row as usize])
            .collect::<Vec<u64>>();
        self.warnings
            .extend(suspects::total_row(&columns, &ids.ids, &lines));
        self.reading.push(format!(
            "{}, {}",
            count(ids.ids.len(), "row", "rows"),
            count(columns.len(), "column", "columns")
        ));
        let table = Table {
            source: self.source.to_owned(),
            ids: ids.ids,
            lines,
            columns,
            reading: self.reading,
            warnings: self.warnings,
            value_column,
        };
        Ok((table, rules))
    }

    fn no_money(&self, name: &str) -> Error {
        Error::usage(message![
            Setting::Value,
            format!(" names the column \"{name}\", which does not hold numbers")
        ])
        .in_file(self.source)
        .hint("name a column of amounts")
    }

    fn facts(&self, rows: &[u32], further: &[Vec<String>]) -> Vec<Facts> {
        // Few rows at a time stay near while one column after the other looks at them.
        const ROWS: usize = 8192;
        let columns = 0..self.grid.n_columns();
        let blocks: Vec<Vec<Facts>> = rows
            .par_chunks(ROWS)
            .map(|rows| {
                let columns = columns.clone().into_par_iter();
                columns.map(|c| scan(&self.grid, rows, c, &further[c])).collect()
            })
            .collect();
        let mut facts = vec![Facts::none(); self.grid.n_columns()];
        for block in &blocks {
            facts.iter_mut().zip(block).for_each(|(all, some)| all.join(some));
        }
        facts
    }

    /// Columns that are kept: all but those without name and values, which separators at the end of lines leave.
    fn kept(&mut self, facts: &[Facts]) -> Vec<bool> {
        let empty = |c: usize| {
            let f = &facts[c];
            self.written[c].trim().is_empty() && f.missing == self.grid.n_rows() && f.words.is_empty()
        };
        let kept: Vec<bool> = (0..self.grid.n_columns()).map(|c| !empty(c)).collect();
        let dropped = kept.iter().filter(|k| !**k).count();
        if dropped > 0 {
            let what = count(dropped, "column", "columns");
            self.reading.push(format!(
                "{what} without name and values left out (separators at the end of lines?)"
            ));
        }
        kept
    }

    fn identifiers(
        &mut self,
        names: &[String],
        facts: &[Facts],
        requests: &Requests,
        kept: &[bool],
    ) -> Identifiers {
        let column = requests.id.or_else(|| {
            let taken: Vec<bool> = (0..names.len())
                .map(|c| {
                    let other_use =
                        matches!(requests.purpose[c], RequestedUse::Feature | RequestedUse::Truth)
                            || requests.types[c].is_some()
                            || requests.value == Some(c);
                    other_use || !kept[c]
                })
                .collect();
            identifier::choose(&self.grid, &self.written, facts, &taken, &mut self.warnings)
        });
        self.reading.push(match column {
            Some(c) if requests.id.is_some() => format!("customers named by column {} as asked", names[c]),
            Some(c) => format!("customers named by column {}", names[c]),
            None => "no column names the customers: rows are numbered".to_owned(),
        });
        identifier::assign(&self.grid, names, column, facts, &self.settings.missing)
    }

    fn context<'b>(&'b self, rows: &'b [u32], facts: &[Facts], further: &'b [Vec<String>]) -> Context<'b> {
        // Only columns of numbers have a say: a comma in a street is none.
        let numeric = || {
            facts
                .iter()
                .filter(|f| f.present > 0 && f.any_numbers() * 5 >= f.present * 4)
        };
        let points = numeric().filter(|f| f.decimal() == Some('.')).count();
        let commas = numeric().filter(|f| f.decimal() == Some(',')).count();
        // Programs that cut with semicolons do so because their comma is decimal.
        let doubtful = self.separator == b';' && numeric().any(|f| f.either_comma > 0);
        let comma = commas > points || (commas == points && doubtful);
        let order = {
            let mut proven = facts.iter().filter_map(|f| f.dates.proven());
            let first: Option<Order> = proven.next();
            first.filter(|o| proven.all(|p| p == *o))
        };
        Context {
            source: self.source,
            grid: &self.grid,
            rows,
            written: &self.written,
            given: &self.given,
            further,
            asked_decimal: self.settings.decimal,
            file_decimal: self.settings.decimal.unwrap_or(if comma { ',' } else { '.' }),
            decimal_known: points + commas > 0,
            semicolons: self.separator == b';',
            order,
        }
    }
}

fn decimal_phrase(context: &Context<'_>) -> Option<String> {
    match context.asked_decimal {
        Some(mark) => Some(format!("decimal {} as asked", mark_name(mark))),
        None => context
            .decimal_known
            .then(|| format!("decimal {}", mark_name(context.file_decimal))),
    }
}

fn id_column(name: &str, grid: &Grid, c: usize, ids: &Identifiers) -> Column {
    let texts: Texts = ids.rows.iter().map(|&row| grid.cell(row as usize, c)).collect();
    Column {
        name: name.to_owned(),
        missing: texts.iter().filter(|t| t.is_empty()).count(),
        values: Values::Text(texts),
        role: Role::Id,
        order: Vec::new(),
        note: ids.note.clone(),
    }
}

/// Columns of 0 and 1 whose family, such as the pixels `p0` to `p63`, are measurements for the greater part.
fn flags_among_measurements(inferred: &[Inferred]) -> Vec<usize> {
    let mut families: FxHashMap<&str, (usize, Vec<usize>)> = FxHashMap::default();
    for (place, (column, _)) in inferred.iter().enumerate() {
        if let Some(stem) = family(&column.name) {
            let entry = families.entry(stem).or_default();
            match &column.values {
                Values::Number(_) => entry.0 += 1,
                Values::Category { .. } if column.note.starts_with("0/1 flag") => entry.1.push(place),
                _ => {}
            }
        }
    }
    let mut flags: Vec<usize> = Vec::new();
    for (place, (column, _)) in inferred.iter().enumerate() {
        let of_family = family(&column.name).and_then(|stem| families.get(stem));
        if of_family.is_some_and(|(numbers, places)| {
            // Places stand in their order.
            *numbers >= 3 && *numbers > places.len() && places.binary_search(&place).is_ok()
        }) {
            flags.push(place);
        }
    }
    flags
}
