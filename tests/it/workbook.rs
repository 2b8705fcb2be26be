//! `segments.xlsx` holds what the CSV files hold.

use crate::support::{python_with, skipped};
use crate::tables::run;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A run on 300 customers whose ids have zeros before them, one of which a spreadsheet would run.
fn workbook(at: &Path) {
    run(
        at,
        &[
            "generate",
            "--customers",
            "300",
            "--segments",
            "3",
            "-o",
            "made.csv",
        ],
    );
    let text = fs::read_to_string(at.join("made.csv")).expect("written");
    let mut shop = String::new();
    for (i, line) in text.lines().enumerate() {
        let (id, rest) = line.split_once(',').expect("columns");
        let id = match i {
            0 => id.to_owned(),
            1 => "=HYPERLINK(\"\"http://example.org\"\")".to_owned(),
            _ => format!("{:06}", 1000 + i),
        };
        shop.push_str(&format!("\"{id}\",{rest}\n"));
    }
    fs::write(at.join("shop.csv"), shop).expect("written");
    let flags = ["--ignore", "bridge_between,true_segment", "--xlsx", "-o", "s"];
    let said = run(at, &[&["segment", "shop.csv"][..], &flags].concat());
    assert!(said.contains("segments.xlsx"), "{said}");
}

#[cfg(feature = "excel")]
#[test]
fn cells_are_those_of_the_csv_files() {
    use calamine::{Data, Reader, Xlsx, open_workbook};
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    workbook(at);
    let mut book: Xlsx<_> = open_workbook(at.join("s/segments.xlsx")).expect("a workbook");
    let sheets = [
        "Read me",
        "Segments",
        "Profiles",
        "Customers",
        "Comparison",
        "Bridges",
        "Columns",
    ];
    assert_eq!(book.sheet_names(), sheets);
    for (sheet, file) in [
        ("Segments", "segments.csv"),
        ("Profiles", "profiles.csv"),
        ("Customers", "customers.csv"),
        ("Comparison", "comparison.csv"),
    ] {
        let range = book.worksheet_range(sheet).expect("a sheet");
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_path(at.join("s").join(file))
            .expect("written");
        let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
        assert_eq!(range.height(), rows.len(), "{sheet}");
        for (cells, row) in range.rows().zip(&rows) {
            for (place, cell) in row.iter().enumerate() {
                let found = cells.get(place).unwrap_or(&Data::Empty);
                let same = match found {
                    Data::Empty => cell.is_empty(),
                    Data::Float(x) => cell.parse() == Ok(*x),
                    Data::Int(x) => cell == x.to_string(),
                    Data::Bool(b) => cell == b.to_string(),
                    Data::String(text) => cell == text || cell.strip_prefix('\'') == Some(text),
                    _ => false,
                };
                assert!(same, "{sheet}: {cell} and {found:?}");
            }
        }
        let formulas = book.worksheet_formula(sheet).expect("a sheet");
        assert!(
            formulas.used_cells().all(|(_, _, formula)| formula.is_empty()),
            "{sheet}"
        );
    }
    let customers = book.worksheet_range("Customers").expect("a sheet");
    assert_eq!(
        customers.get((1, 0)),
        Some(&Data::String("=HYPERLINK(\"http://example.org\")".to_owned()))
    );
    assert_eq!(customers.get((2, 0)), Some(&Data::String("001002".to_owned())));
    assert!(matches!(customers.get((2, 1)), Some(Data::Float(_))));
    let bridges = book.worksheet_range("Bridges").expect("a sheet");
    let header = customers.rows().next().expect("a header");
    let score = header
        .iter()
        .position(|c| *c == Data::String("bridge_score".to_owned()));
    let score = score.expect("a column");
    let above = |row: &&[Data]| matches!(row[score], Data::Float(x) if x >= 0.4);
    assert_eq!(bridges.height() - 1, customers.rows().filter(above).count());
    let columns = book.worksheet_range("Columns").expect("a sheet");
    let of_columns = |name: &str| columns.rows().find(|row| row[0] == Data::String(name.to_owned()));
    let kind = |name: &str| of_columns(name).map(|row| (row[1].to_string(), row[4].clone()));
    assert_eq!(kind("monetary"), Some(("number".to_owned(), Data::Bool(true))));
    assert_eq!(kind("true_segment").map(|k| k.1), Some(Data::Bool(false)));
}

#[cfg(feature = "excel")]
#[test]
fn the_first_sheet_says_what_was_found_and_what_every_column_says() {
    use calamine::{Data, Reader, Xlsx, open_workbook};
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    workbook(at);
    let mut book: Xlsx<_> = open_workbook(at.join("s/segments.xlsx")).expect("a workbook");
    let read_me = book.worksheet_range("Read me").expect("a sheet");
    let summary: serde_json::Value =
        serde_json::from_slice(&fs::read(at.join("s/summary.json")).expect("written")).expect("JSON");
    let found = summary["segments"].as_array().expect("a list").len();
    let first = read_me.get((0, 0)).expect("a line").to_string();
    assert!(
        first.starts_with(&format!("{found} segments in 300 customers")),
        "{first}"
    );
    for sheet in [
        "Segments",
        "Profiles",
        "Customers",
        "Comparison",
        "Bridges",
        "Columns",
    ] {
        let range = book.worksheet_range(sheet).expect("a sheet");
        for column in range.rows().next().expect("a header") {
            let explained = read_me.rows().any(|row| {
                row[0] == Data::String(sheet.to_owned()) && row[1] == *column && row[2].to_string().len() > 5
            });
            assert!(explained, "{sheet}: {column} is not explained");
        }
    }
}

#[test]
fn a_second_run_writes_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    workbook(at);
    let first = fs::read(at.join("s/segments.xlsx")).expect("written");
    let flags = [
        "--ignore",
        "bridge_between,true_segment",
        "--xlsx",
        "-o",
        "t",
        "--threads",
        "1",
    ];
    run(at, &[&["segment", "shop.csv"][..], &flags].concat());
    assert!(first == fs::read(at.join("t/segments.xlsx")).expect("written"));
}

#[test]
fn openpyxl_reads_the_same() {
    let Some(python) = python_with("openpyxl") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    workbook(folder.path());
    let script = r#"
import csv, openpyxl
book = openpyxl.load_workbook("s/segments.xlsx")
for sheet, file in [("Customers", "customers.csv"), ("Segments", "segments.csv"), ("Profiles", "profiles.csv")]:
    rows = list(book[sheet].iter_rows())
    texts = list(csv.reader(open(f"s/{file}", encoding="utf-8")))
    assert len(rows) == len(texts), sheet
    assert book[sheet].freeze_panes == "B2" and book[sheet].auto_filter.ref.startswith("A1:")
    for cells, row in zip(rows, texts):
        for cell, text in zip(cells, row):
            assert cell.data_type != "f", (sheet, cell.coordinate)
            if isinstance(cell.value, bool):
                assert text == str(cell.value).lower()
            elif isinstance(cell.value, (int, float)):
                assert float(text) == cell.value, (sheet, cell.coordinate, text)
            else:
                assert (cell.value or "") == text or "'" + cell.value == text, (sheet, cell.coordinate, text)
colors = {row[0].fill.fgColor.rgb for row in list(book["Segments"].iter_rows())[1:]}
assert len(colors) == len(list(book["Segments"].iter_rows())) - 1, colors
print("fine")
"#;
    let done = Command::new(python)
        .current_dir(folder.path())
        .args(["-c", script])
        .output()
        .expect("it started before");
    let why = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{why}");
}

#[test]
fn libreoffice_reads_the_same() {
    let is_there = Command::new("soffice").arg("--version").output();
    if !is_there.is_ok_and(|o| o.status.success()) {
        return skipped("the workbook in LibreOffice: soffice is not installed");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    workbook(at);
    // Each sheet as a file of its own (-1), cells as they are and not as they are shown (false).
    let done = Command::new("soffice")
        .current_dir(at)
        .arg(format!(
            "-env:UserInstallation=file://{}",
            at.join("profile").display()
        ))
        .args([
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,false,false,false,false,-1",
        ])
        .args(["--outdir", "read", "s/segments.xlsx"])
        .output()
        .expect("it starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let rows_of = |path: &Path| -> Vec<csv::StringRecord> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_path(path)
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        reader.records().map(|r| r.expect("a row")).collect()
    };
    for (sheet, file) in [
        ("Segments", "segments.csv"),
        ("Profiles", "profiles.csv"),
        ("Customers", "customers.csv"),
        ("Comparison", "comparison.csv"),
    ] {
        let read = rows_of(&at.join(format!("read/segments-{sheet}.csv")));
        let written = rows_of(&at.join("s").join(file));
        assert_eq!(read.len(), written.len(), "{sheet}");
        for (cells, row) in read.iter().zip(&written) {
            for (place, text) in row.iter().enumerate() {
                let cell = cells.get(place).unwrap_or_default();
                let number = |text: &str| match text.strip_suffix('%') {
                    Some(percent) => percent.parse().ok().map(|x: f64| x / 100.0),
                    None => text.parse::<f64>().ok(),
                };
                let same = match (number(cell), number(text)) {
                    // It writes 15 digits, and shares as percent.
                    (Some(x), Some(y)) if cell != text => (x - y).abs() <= 1e-12 * y.abs().max(1e-300),
                    _ => {
                        cell == text
                            || text.strip_prefix('\'') == Some(cell)
                            || cell.eq_ignore_ascii_case(text)
                    }
                };
                assert!(same, "{sheet}: {text} is {cell}");
            }
        }
    }
    // Zeros before an id stay, and what looks like a formula is a text.
    let customers = rows_of(&at.join("read/segments-Customers.csv"));
    assert_eq!(&customers[2][0], "001002");
    assert_eq!(&customers[1][0], "=HYPERLINK(\"http://example.org\")");
}
