//! The table of guesses: what each column was taken for and what is done with it.

use crate::features::Treatment;
pub(super) use crate::report::words::printable;
use crate::table::{ColumnType, Table};
use crate::text::group_digits;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table as Text};

/// Columns of a wide table beyond this many are counted, not listed.
const LISTED: usize = 60;

/// How the file was read and what became of its columns, as text.
pub(super) fn guesses(table: &Table, treatments: &[Treatment]) -> String {
    let mut text = format!(
        "{}: {} customers, {} columns ({})\n\n",
        table.source,
        group_digits(table.n_rows()),
        group_digits(table.columns.len()),
        table.reading.join(", ")
    );
    let mut rows = aligned(&["column", "type", "missing", "what is done with it"]);
    for (column, treatment) in table.columns.iter().zip(treatments).take(LISTED) {
        let mut action = treatment.action.clone();
        if !column.note.is_empty() && !action.contains(&*column.note) {
            action = format!("{action} ({})", column.note);
        }
        rows.add_row([
            printable(&column.name),
            type_name(treatment.column_type).to_owned(),
            if treatment.missing == 0 {
                "-".to_owned()
            } else {
                group_digits(treatment.missing)
            },
            printable(&action),
        ]);
    }
    if let Some(missing) = rows.column_mut(2) {
        missing.set_cell_alignment(CellAlignment::Right);
    }
    text.push_str(&rows.trim_fmt());
    if treatments.len() > LISTED {
        let used = treatments[LISTED..].iter().filter(|t| t.used).count();
        text.push_str(&format!(
            "\n ... and {} more columns, {used} of them used (all are listed in summary.json)",
            treatments.len() - LISTED
        ));
    }
    text.push('\n');
    text
}

/// A borderless text table with this header.
pub(super) fn aligned(header: &[&str]) -> Text {
    let mut table = Text::new();
    table
        .load_preset(NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    table
}

fn type_name(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Number => "number",
        ColumnType::Category => "category",
        ColumnType::Date => "date",
        ColumnType::Text => "text",
    }
}
