//! With the feature `excel`.

use super::cells::Cells;
use super::container;
use crate::error::{Error, Result};
use crate::read::budget::Budget;
use crate::text::size_in_words;
use calamine::{Data, Reader, Sheets, open_workbook_auto_from_rs};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// What a byte of XML may take in memory once it is read: `<si/>` becomes a text of 24 bytes.
const PER_BYTE: u64 = 6;

/// The first sheet with a cell in it as the bytes of a CSV file, a line per row of the sheet, and a phrase that names
/// the sheet.
pub(in crate::read) fn as_csv(source: &str, bytes: Vec<u8>, budget: Budget<'_>) -> Result<(Vec<u8>, String)> {
    let container = container(&bytes);
    let wrong = |e: &dyn std::fmt::Display| {
        Error::data(format!("is {container}, but no workbook that can be read: {e}"))
            .in_file(source)
            .hint("save the sheet as CSV in the spreadsheet program")
    };
    check_parts(&bytes, budget)?;
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| wrong(&e))?;
    for name in book.sheet_names() {
        let mut cells = Cells::new(source, budget);
        match &mut book {
            Sheets::Xlsx(book) => {
                let mut sheet = book.worksheet_cells_reader(&name).map_err(|e| wrong(&e))?;
                while let Some(cell) = sheet.next_cell().map_err(|e| wrong(&e))? {
                    push(&mut cells, cell.get_position(), &cell.get_value().clone().into())?;
                }
            }
            Sheets::Xlsb(book) => {
                let mut sheet = book.worksheet_cells_reader(&name).map_err(|e| wrong(&e))?;
                while let Some(cell) = sheet.next_cell().map_err(|e| wrong(&e))? {
                    push(&mut cells, cell.get_position(), &cell.get_value().clone().into())?;
                }
            }
            // Small by their format (.xls), or bounded by their reader (.ods).
            Sheets::Xls(_) | Sheets::Ods(_) => {
                let sheet = book.worksheet_range(&name).map_err(|e| wrong(&e))?;
                let (first_row, first_column) = sheet.start().unwrap_or_default();
                for (row, column, cell) in sheet.used_cells() {
                    push(
                        &mut cells,
                        (first_row + row as u32, first_column + column as u32),
                        cell,
                    )?;
                }
            }
        }
        if !cells.is_empty() {
            return Ok((cells.into_csv()?, format!("sheet \"{name}\" of a workbook")));
        }
    }
    Err(Error::data("is a workbook without any cell").in_file(source))
}

/// Refuses a workbook whose parts unpack to more than may be held. Sheets are read cell by cell and counted there.
fn check_parts(bytes: &[u8], budget: Budget<'_>) -> Result<()> {
    // What is no archive, or a damaged one, is for the reader of workbooks to name.
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
        return Ok(());
    };
    let free = budget.most().saturating_sub(bytes.len() as u64) / PER_BYTE;
    let mut unpacked = 0;
    for place in 0..archive.len() {
        let Ok(part) = archive.by_index(place) else {
            continue;
        };
        if part.name().is_ok_and(|name| name.contains("worksheets/")) {
            continue;
        }
        let most = (free - unpacked).saturating_add(1);
        // A part that breaks off is for the reader of workbooks to name, too.
        unpacked += std::io::copy(&mut part.take(most), &mut std::io::sink()).unwrap_or(0);
        if unpacked > free {
            return Err(budget.refusal(format!(
                "the parts of this workbook of {} unpack to more than {}",
                size_in_words(bytes.len() as u64),
                size_in_words(free)
            )));
        }
    }
    Ok(())
}

fn push(cells: &mut Cells<'_>, (row, column): (u32, u32), cell: &Data) -> Result<()> {
    match cell {
        Data::Empty => Ok(()),
        cell => cells.push(row, column, &text(cell)),
    }
}

/// The cell as a CSV file would have it, on one line.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(time) => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second, milli) == (0, 0, 0, 0) {
                date
            } else {
                format!("{date} {hour:02}:{minute:02}:{second:02}")
            }
        }
        Data::Float(x) => {
            let text = ryu::Buffer::new().format(*x).to_owned();
            // Sheets hold all numbers as floating point: 17.0 is 17 there.
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        }
        // As spreadsheets write them into CSV files.
        Data::Bool(held) => if *held { "TRUE" } else { "FALSE" }.to_owned(),
        other => other.to_string().replace(['\n', '\r'], " "),
    }
}
