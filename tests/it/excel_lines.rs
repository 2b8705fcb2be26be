//! Workbooks of purchase lines and of new customers: as the same rows in CSV.

use assert_cmd::Command;
use kinfolk::export::{CsvStyle, write_customer_features};
use kinfolk::read::{NewRows, NewRowsSettings, Rules, read_table_and_rules, read_table_from};
use kinfolk::table::TableSettings;
use kinfolk::transactions::{TransactionSettings, read_transactions};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::fs;
use std::path::Path;

/// A sheet of these rows: text in quotes stays text, `2024-01-31` becomes a date, TRUE and FALSE truth values, the rest numbers.
fn workbook(path: &Path, rows: &[&str]) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.split(';').enumerate() {
            let (r, c) = (r as u32, c as u16);
            let written = match cell {
                "" => continue,
                "TRUE" | "FALSE" => sheet.write_boolean(r, c, cell == "TRUE"),
                _ => match (cell.parse::<f64>(), ExcelDateTime::parse_from_str(cell)) {
                    (Ok(x), _) => sheet.write_number(r, c, x),
                    (_, Ok(date)) if cell.contains('-') => {
                        sheet.write_datetime_with_format(r, c, &date, &day)
                    }
                    _ => sheet.write_string(r, c, cell.trim_matches('\'')),
                },
            };
            written.expect("written");
        }
    }
    book.save(path).expect("saved");
}

const LINES: [&str; 6] = [
    "customer_id;order_id;date;quantity;unit_price;product",
    "'007';1;2024-01-06;2;5.25;shoe",
    "'007';2;2024-01-16;1;1000;'0042'",
    "'7';3;2024-02-01;-1;5.25;shoe",
    ";4;2024-02-01;1;5.25;shoe",
    "'08';5;2024-02-03T19:30:00;3;0.5;hat",
];

fn table(path: &Path) -> String {
    let customers = read_transactions(path, &TransactionSettings::default()).expect("customers");
    let mut bytes = Vec::new();
    write_customer_features(&customers, &mut bytes, CsvStyle::default()).expect("memory");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn a_workbook_of_purchase_lines_gives_the_table_of_the_same_lines_in_csv() {
    let folder = tempfile::tempdir().expect("a folder");
    let (book, text) = (folder.path().join("lines.xlsx"), folder.path().join("lines.csv"));
    workbook(&book, &LINES);
    fs::write(&text, LINES.join("\n").replace('\'', "")).expect("written");
    let found = table(&book);
    assert_eq!(found, table(&text));
    assert!(
        found.contains("\n08,") && found.contains("\n007,") && found.contains("\n7,"),
        "{found}"
    );
    // By its bytes, through a pipe too; lines are the rows of the sheet.
    let done = Command::new(assert_cmd::cargo::cargo_bin!("kinfolk"))
        .current_dir(folder.path())
        .args(["features", "-", "-o", "out.csv"])
        .write_stdin(fs::read(&book).expect("saved"))
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}");
    assert!(
        said.contains("(sheet \"Sheet1\" of a workbook, UTF-8, "),
        "{said}"
    );
    assert!(
        said.contains("1 line without a customer left out (first on line 5)"),
        "{said}"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("out.csv")).expect("written"),
        found
    );
}

#[test]
fn what_is_no_workbook_is_told_in_the_words_of_segment() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("b.xlsx");
    let mut book = Workbook::new();
    book.add_worksheet();
    let empty = book.save_to_buffer().expect("saved");
    let rules = rules("id;x\na;1\nb;2\nc;3\n");
    for bytes in [b"PK\x03\x04 and nothing else".to_vec(), empty] {
        fs::write(&path, &bytes).expect("written");
        let settings = TableSettings::default();
        let said = read_table_from("b.xlsx", &bytes[..], &settings)
            .expect_err("none")
            .to_string();
        let lines = read_transactions(&path, &TransactionSettings::default()).expect_err("none");
        assert_eq!(lines.to_string(), said);
        let new = NewRows::open("b.xlsx", &bytes[..], &rules, &NewRowsSettings::default());
        assert_eq!(new.err().expect("none").to_string(), said);
    }
    workbook(&path, &LINES);
    let settings = TransactionSettings {
        memory: Some(1_000),
        ..TransactionSettings::default()
    };
    let said = read_transactions(&path, &settings)
        .expect_err("too much")
        .to_string();
    assert!(said.contains("and 1 kB may be used for reading"), "{said}");
}

fn rules(text: &str) -> Rules {
    let settings = TableSettings::default();
    read_table_and_rules("t.csv", text.as_bytes(), &settings)
        .expect("a table")
        .1
}

#[test]
fn new_customers_in_a_workbook_are_read_by_the_rules_of_a_table_with_decimal_commas() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new.xlsx");
    let mut old = String::from("kunde;umsatz;seit;art;news\n");
    for i in 0..60 {
        let (day, art, news) = (1 + i % 28, ["web", "laden"][i % 2], ["TRUE", "FALSE"][i % 2]);
        old += &format!("{i:05};{},{:02};{day:02}.03.2024;{art};{news}\n", 20 + i, i);
    }
    let rules = rules(&old);
    let rows = [
        "kunde;umsatz;seit;art;news",
        "'00801';1.234;2024-03-05;web;TRUE",
        "'00802';1500;2024-03-31;laden;FALSE",
        "'00803';0.5;;web;",
    ];
    workbook(&path, &rows);
    let text = "kunde;umsatz;seit;art;news\n00801;1,234;05.03.2024;web;TRUE\n00802;1500;31.03.2024;laden;FALSE\n00803;0,5;;web;\n";
    let read = |bytes: &[u8]| {
        let mut new = NewRows::open("new", bytes, &rules, &NewRowsSettings::default()).expect("rows");
        let batch = new.next_batch(10).expect("read").expect("some");
        batch.table(0..batch.len()).expect("values").table
    };
    let (sheet, plain) = (read(&fs::read(&path).expect("saved")), read(text.as_bytes()));
    assert_eq!(sheet.ids, plain.ids);
    assert_eq!(&sheet.ids[0], "00801");
    for (a, b) in sheet.columns.iter().zip(&plain.columns) {
        assert_eq!(format!("{:?}", a.values), format!("{:?}", b.values), "{}", a.name);
    }
    // A text with a decimal point says so of itself.
    let settings = NewRowsSettings {
        points: true,
        ..NewRowsSettings::default()
    };
    let points = "kunde,umsatz,seit,art,news\n00801,1.234,2024-03-05,web,TRUE\n";
    let mut new = NewRows::open("new", points.as_bytes(), &rules, &settings).expect("rows");
    let table = new
        .next_batch(10)
        .expect("read")
        .expect("some")
        .table(0..1)
        .expect("values")
        .table;
    assert!(format!("{:?}", table.column("umsatz").map(|c| &c.values)).contains("1.234"));
}
