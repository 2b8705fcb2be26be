//! The first sheet: what was found, what the other sheets hold, and what each of their columns says.

use super::looks::Looks;
use super::sheet::{Filled, fitting};
use crate::Warning;
use crate::text::group_digits;
use rust_xlsxwriter::{Worksheet, XlsxError};

/// Explains every column of every file.
const COLUMNS: &str = include_str!("../../../docs/columns.md");

/// The sheets: the file that holds the same rows, and what they are.
const SHEETS: [(&str, &str, &str); 6] = [
    ("Segments", "segments.csv", "one row per segment"),
    (
        "Profiles",
        "profiles.csv",
        "what marks each segment: one row per segment and column, one per level for a category",
    ),
    (
        "Customers",
        "customers.csv",
        "one row per customer, in the order of the input",
    ),
    (
        "Comparison",
        "comparison.csv",
        "the segments and other methods under the same measures",
    ),
    (
        "Bridges",
        "customers.csv",
        "customers between two segments, the strongest first",
    ),
    (
        "Columns",
        "features.csv",
        "every column of the input: what it was taken for, what was done with it, what it has to say",
    ),
];

/// Columns that no file has.
const OWN: [(&str, &str); 4] = [
    (
        "explanation",
        "why the customer stands between the two, for the first of them",
    ),
    ("treatment", "what is done with the column, and why"),
    ("values_missing", "customers without a value in it"),
    ("in_use", "whether it measures similarity"),
];

/// The sheet; `words` are those of the run.
pub(super) fn sheet(
    words: &str,
    warnings: &[&Warning],
    filled: &[Filled],
    looks: &Looks,
) -> Result<Worksheet, XlsxError> {
    let mut worksheet = Worksheet::new();
    worksheet.set_name("Read me")?;
    let mut row = 0;
    for line in words.lines().chain(warnings.iter().map(|w| w.message.as_str())) {
        let look = if row == 0 { &looks.title } else { &looks.words };
        worksheet.write_string_with_format(row, 0, fitting(line), look)?;
        row += 1;
    }
    row += 1;
    let heading = |worksheet: &mut Worksheet, row: u32, cells: [&str; 3]| {
        for (place, cell) in (0u16..).zip(cells) {
            worksheet.write_string_with_format(row, place, cell, &looks.header)?;
        }
        Ok::<(), XlsxError>(())
    };
    heading(&mut worksheet, row, ["sheet", "rows", "what it holds"])?;
    for (done, (name, _, what)) in filled.iter().zip(SHEETS) {
        row += 1;
        let n_rows = group_digits(done.n_rows as usize);
        for (place, cell) in (0u16..).zip([name, n_rows.as_str(), what]) {
            worksheet.write_string_with_format(row, place, cell, &looks.text)?;
        }
    }
    row += 2;
    heading(&mut worksheet, row, ["sheet", "column", "what it says"])?;
    for (done, (name, file, _)) in filled.iter().zip(SHEETS) {
        for column in &done.columns {
            row += 1;
            let what = meaning(file, column).unwrap_or_default();
            worksheet.write_string_with_format(row, 0, name, &looks.text)?;
            worksheet.write_string_with_format(row, 1, fitting(column), &looks.text)?;
            worksheet.write_string_with_format(row, 2, what, &looks.wrapped)?;
        }
    }
    worksheet.set_column_width(0, 14)?;
    worksheet.set_column_width(1, 34)?;
    worksheet.set_column_width(2, 110)?;
    Ok(worksheet)
}

/// What a column of a file says, as the document has it, without marks.
fn meaning(file: &str, column: &str) -> Option<String> {
    if let Some((_, what)) = OWN.iter().find(|(own, _)| *own == column) {
        return Some((*what).to_owned());
    }
    let (_, part) = COLUMNS.split_once(&format!("\n## `{file}`"))?;
    let part = part.split("\n## ").next()?;
    let (_, row) = part.split_once(&format!("\n| `{column}` | "))?;
    let what = row.lines().next()?.trim().trim_end_matches('|').trim();
    Some(what.replace('`', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_explained_as_in_the_document() {
        assert_eq!(
            meaning("customers.csv", "segment").as_deref(),
            Some("its segment")
        );
        assert_eq!(meaning("segments.csv", "segment").as_deref(), Some("its number"));
        let role = meaning("customers.csv", "role").unwrap_or_default();
        assert!(role.contains("ultra-peripheral, peripheral"), "{role}");
        assert_eq!(meaning("segments.csv", "no such column"), None);
    }
}
