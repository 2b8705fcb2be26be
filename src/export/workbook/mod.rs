//! `segments.xlsx`: the results as an Excel workbook.
//!
//! Sheets: `Read me`, `Segments`, `Profiles`, `Customers`, `Comparison`, `Bridges`, `Columns`. Their rows are those of the CSV files, typed;
//! no cell is ever a formula. The date of creation is fixed: the same result gives the same bytes.

mod looks;
mod read_me;
mod sheet;

use super::cells::{CsvStyle, Rows};
use super::typed::TypedRows;
use super::{write_comparison, write_customers, write_profiles, write_segments};
use crate::segmentation::Segmentation;
use crate::text::group_digits;
use crate::{Error, Result, Warning};
use looks::Looks;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};
use sheet::{Filled, MOST_ROWS, Sheet};
use std::io::Write;

/// Writes the workbook; `words` are what its first sheet says of the run, line by line. Returns what was left out.
///
/// Segments have the colors that they have in all files. Identifiers and other texts are cells of text, whatever they look like. Of the
/// customers, the first 1,048,575 fit into a sheet; of a text, 32,767 characters into a cell. `O(n)`; the rows of the customers wait in a
/// temporary file of the system.
///
/// # Errors
/// Where `out` or the temporary file cannot be written.
pub fn write_workbook(segmentation: &Segmentation, words: &str, mut out: impl Write) -> Result<Vec<Warning>> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let looks = Looks::new(segmentation.partition.n_groups());
    let s = segmentation;
    let rows_of_customers = workbook.new_worksheet_with_constant_memory().map_err(failed)?;
    let filled = [
        fill("Segments", Worksheet::new(), &looks, |style, rows| {
            write_segments(s, style, rows)
        })?,
        fill("Profiles", Worksheet::new(), &looks, |style, rows| {
            write_profiles(s, style, rows)
        })?,
        fill("Customers", rows_of_customers, &looks, |style, rows| {
            write_customers(s, style, rows)
        })?,
        fill("Comparison", Worksheet::new(), &looks, |style, rows| {
            write_comparison(s, style, rows)
        })?,
        fill("Bridges", Worksheet::new(), &looks, |style, rows| {
            write_bridges(s, style, rows)
        })?,
        fill("Columns", Worksheet::new(), &looks, |style, rows| {
            write_columns(s, style, rows)
        })?,
    ];
    let warnings = warnings(&filled);
    let all: Vec<&Warning> = s.warnings.iter().chain(&warnings).collect();
    workbook.push_worksheet(read_me::sheet(words, &all, &filled, &looks).map_err(failed)?);
    for done in filled {
        workbook.push_worksheet(done.worksheet);
    }
    let bytes = workbook.save_to_buffer().map_err(failed)?;
    out.write_all(&bytes)
        .map_err(|e| super::cells::cannot_write(e, "the workbook"))?;
    Ok(warnings)
}

fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(e) => Error::io("the workbook", "cannot be written", e),
        other => Error::data(format!("the workbook cannot be written: {other}")),
    }
}

/// A sheet of the rows that `write` writes.
fn fill(
    name: &'static str,
    worksheet: Worksheet,
    looks: &Looks,
    write: impl FnOnce(CsvStyle, &mut TypedRows<Sheet<'_>>) -> Result<usize>,
) -> Result<Filled> {
    let style = CsvStyle {
        typed: true,
        ..CsvStyle::default()
    };
    let mut rows = TypedRows::new(Sheet::new(name, worksheet, looks).map_err(failed)?);
    write(style, &mut rows)?;
    let sheet = rows
        .finish()
        .map_err(|e| super::cells::cannot_write(e, "the workbook"))?;
    sheet.finish().map_err(failed)
}

/// The bridge customers by falling score, the first with a sentence.
fn write_bridges(s: &Segmentation, style: CsvStyle, out: impl Write) -> Result<usize> {
    let header = [
        "customer_id",
        "segment",
        "segment_name",
        "bridge_score",
        "bridge_from",
        "bridge_to",
        "explanation",
    ];
    let mut rows = Rows::new(out, style, &header)?;
    for (place, v) in s.bridges().into_iter().enumerate() {
        let i = v as usize;
        let own = s.partition.labels()[i];
        let pair = s.positions.bridge_pair[i];
        let note = s.bridge_notes.get(place).filter(|note| note.customer == v);
        rows.text(&s.table.ids[i])?;
        rows.group(Some(own))?;
        rows.text(s.profiles.names.get(own as usize).map_or("", String::as_str))?;
        rows.number(s.positions.bridge_score[i])?;
        rows.group(pair.map(|p| p.0))?;
        rows.group(pair.map(|p| p.1))?;
        rows.text(note.map_or("", |note| note.explanation.as_str()))?;
        rows.end()?;
    }
    rows.finish()
}

/// Every column of the table: what it was taken for, what was done with it, and its share.
fn write_columns(s: &Segmentation, style: CsvStyle, out: impl Write) -> Result<usize> {
    let header = [
        "feature",
        "type",
        "treatment",
        "values_missing",
        "in_use",
        "transform",
        "weight",
        "share_of_distance",
        "separation",
        "repeated_by",
    ];
    let mut rows = Rows::new(out, style, &header)?;
    let importance = s.importance_by_column();
    for treatment in &s.features.treatments {
        let found = importance.get(treatment.column.as_str());
        rows.text(&treatment.column)?;
        rows.text(super::features::type_name(treatment.column_type))?;
        rows.text(&treatment.action)?;
        rows.count(treatment.missing)?;
        rows.flag(treatment.used)?;
        rows.text(&treatment.transform)?;
        rows.number(treatment.weight)?;
        rows.maybe_number(found.map(|c| c.share_of_distance))?;
        rows.maybe_number(found.map(|c| c.separation))?;
        rows.text(&treatment.repeats.join("; "))?;
        rows.end()?;
    }
    rows.finish()
}

/// What did not fit.
fn warnings(filled: &[Filled]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for done in filled.iter().filter(|done| done.left_out > 0) {
        warnings.push(Warning::new(
            "workbook-rows",
            format!(
                "a sheet of Excel has room for {} rows: the last {} are left out of the sheet {} of segments.xlsx; the CSV file has all",
                group_digits(MOST_ROWS),
                group_digits(done.left_out),
                done.name
            ),
        ));
    }
    let changed: usize = filled.iter().map(|done| done.changed).sum();
    if changed > 0 {
        warnings.push(Warning::new(
            "workbook-texts",
            format!(
                "{} texts are longer than a cell of Excel may be, or hold characters that it does not know: segments.xlsx has them cut to 32,767 characters, and a replacement character; the CSV files have them whole",
                group_digits(changed)
            ),
        ));
    }
    warnings
}
