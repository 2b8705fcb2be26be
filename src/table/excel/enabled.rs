//! With the feature `excel`.

use crate::error::{Error, Result};
use calamine::{Data, Reader, open_workbook_auto_from_rs};
use csv::WriterBuilder;
use std::io::Cursor;

/// The first sheet with a cell in it as the bytes of a CSV file, a line per row of the sheet, and a phrase that names
/// the sheet.
pub(in crate::table) fn as_csv(source: &str, bytes: Vec<u8>) -> Result<(Vec<u8>, String)> {
    let wrong = |e: &dyn std::fmt::Display| {
        Error::data(format!("is no workbook that can be read: {e}"))
            .in_file(source)
            .hint("save the sheet as CSV in the spreadsheet program")
    };
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| wrong(&e))?;
    for name in book.sheet_names() {
        let sheet = book.worksheet_range(&name).map_err(|e| wrong(&e))?;
        let Some((first_row, _)) = sheet.start() else {
            continue;
        };
        // Rows above the table, so that the lines of messages are the rows of the sheet.
        let mut writer = WriterBuilder::new()
            .flexible(true)
            .from_writer(vec![b'\n'; first_row as usize]);
        let mut cells: Vec<String> = Vec::new();
        for row in sheet.rows() {
            cells.clear();
            cells.extend(row.iter().map(text));
            writer.write_record(&cells).map_err(|e| wrong(&e))?;
        }
        let text = writer.into_inner().map_err(|e| wrong(&e))?;
        return Ok((text, format!("sheet \"{name}\" of a workbook")));
    }
    Err(Error::data("is a workbook without any cell").in_file(source))
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
        other => other.to_string().replace(['\n', '\r'], " "),
    }
}
