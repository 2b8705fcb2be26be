//! Tables that are no plain text: packed, Parquet, workbooks.

use crate::support::real_data;
use kinfolk::read::{parse_table, read_table_from};
use kinfolk::table::TableSettings;
use std::io::{Cursor, Read};

const CSV: &str = "id,spend,city\na,1.5,Ulm\nb,2.5,Kiel\nc,3.5,Ulm\n";

/// Hands out one byte at a time, as a slow pipe might.
struct Drop1<R>(R);

impl<R: Read> Read for Drop1<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(1);
        self.0.read(&mut buffer[..most])
    }
}

#[test]
fn a_stream_gives_the_same_table_as_its_bytes() {
    let settings = TableSettings::default();
    let whole = parse_table("t.csv", CSV.into(), &settings).expect("a table");
    let stream = read_table_from("t.csv", Drop1(Cursor::new(CSV)), &settings).expect("a table");
    assert_eq!(
        (stream.ids, stream.columns, stream.reading),
        (whole.ids, whole.columns, whole.reading)
    );
}

#[test]
fn a_packed_stream_is_unpacked_on_the_way() {
    let Some(path) = real_data("customers/cc_general.csv.gz") else {
        return;
    };
    let file = std::fs::File::open(&path).expect("there");
    let table = read_table_from("cc.csv.gz", file, &TableSettings::default()).expect("a table");
    assert_eq!((table.n_rows(), table.reading[0].as_str()), (8950, "gzip"));
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_parquet_file_says_how_to_get_it_read() {
    let error =
        parse_table("t.parquet", b"PAR1....PAR1".to_vec(), &TableSettings::default()).expect_err("off");
    let said = error.to_string();
    assert!(said.contains("--features parquet"), "{said}");
}

#[cfg(not(feature = "excel"))]
#[test]
fn a_workbook_says_how_to_get_it_read() {
    let error = parse_table("t.xlsx", b"PK\x03\x04...".to_vec(), &TableSettings::default()).expect_err("off");
    let said = error.to_string();
    assert!(
        said.contains("--features excel") && said.contains("CSV"),
        "{said}"
    );
}

#[cfg(feature = "parquet")]
mod parquet_files {
    use super::*;
    use kinfolk::table::{ColumnType, MISSING, Role, Values};
    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use std::sync::Arc;

    /// Four customers; the third has no amount and no city.
    fn file() -> Vec<u8> {
        let schema = "message customers {
            required binary customer_id (UTF8);
            optional double amount;
            required int64 region;
            optional binary city (UTF8);
            required int32 since (DATE);
            required int64 seen (TIMESTAMP(NANOS, false));
            required binary postcode (UTF8);
        }";
        let schema = Arc::new(parse_message_type(schema).expect("a schema"));
        let properties = Arc::new(WriterProperties::builder().build());
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).expect("a writer");
        let texts =
            |texts: &[&str]| -> Vec<ByteArray> { texts.iter().map(|t| ByteArray::from(*t)).collect() };
        let present = [1, 1, 0, 1];
        let mut group = writer.next_row_group().expect("a group");
        for place in 0..7 {
            let mut column = group.next_column().expect("fine").expect("a column");
            let done = match place {
                0 => {
                    column
                        .typed::<ByteArrayType>()
                        .write_batch(&texts(&["c1", "c2", "c3", "c4"]), None, None)
                }
                1 => column
                    .typed::<DoubleType>()
                    .write_batch(&[1.125, 2.0, 0.1 + 0.2], Some(&present), None),
                2 => column.typed::<Int64Type>().write_batch(&[3, 1, 3, 2], None, None),
                3 => column.typed::<ByteArrayType>().write_batch(
                    &texts(&["Ulm", "Kiel, Ost", "Ulm"]),
                    Some(&present),
                    None,
                ),
                4 => column
                    .typed::<Int32Type>()
                    .write_batch(&[0, 19_794, 19_795, -1], None, None),
                5 => column
                    .typed::<Int64Type>()
                    .write_batch(&[0, 43_200_000_000_000, 0, 0], None, None),
                _ => column.typed::<ByteArrayType>().write_batch(
                    &texts(&["10115", "20095", "10115", "20095"]),
                    None,
                    None,
                ),
            };
            done.expect("written");
            column.close().expect("closed");
        }
        group.close().expect("closed");
        writer.into_inner().expect("finished")
    }

    #[test]
    fn columns_keep_the_types_of_the_file_and_whole_numbers_are_judged() {
        let table = parse_table("t.parquet", file(), &TableSettings::default()).expect("a table");
        assert_eq!(table.ids, ["c1", "c2", "c3", "c4"]);
        assert_eq!(table.reading[0], "Parquet");
        let column = |name: &str| table.column(name).expect("a column");
        match &column("amount").values {
            Values::Number(v) => assert!(v[..2] == [1.125, 2.0] && v[2].is_nan() && v[3] == 0.1 + 0.2),
            other => panic!("{other:?}"),
        }
        assert!(column("amount").note.contains("number in the file"));
        assert_eq!(column("region").column_type(), ColumnType::Category);
        match &column("city").values {
            Values::Category { codes, levels } => {
                assert_eq!(
                    (codes[2], levels.as_slice()),
                    (MISSING, &["Kiel, Ost".to_owned(), "Ulm".to_owned()][..])
                );
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(
            column("since").values,
            Values::Date(vec![0.0, 19_794.0, 19_795.0, -1.0])
        );
        assert_eq!(column("seen").values, Values::Date(vec![0.0, 0.5, 0.0, 0.0]));
        assert_eq!(column("postcode").column_type(), ColumnType::Category);
        assert!(column("postcode").note.contains("text in the file"));
        assert_eq!(column("customer_id").role, Role::Id);
    }

    #[test]
    fn a_person_overrules_the_file() {
        let settings = TableSettings {
            types: vec![("postcode".to_owned(), kinfolk::table::TypeChoice::Number)],
            ..TableSettings::default()
        };
        let table = parse_table("t.parquet", file(), &settings).expect("a table");
        assert_eq!(
            table.column("postcode").expect("there").column_type(),
            ColumnType::Number
        );
    }

    #[test]
    fn a_cut_file_is_an_error_and_no_panic() {
        let whole = file();
        for end in [4, 8, whole.len() / 2, whole.len() - 1] {
            let error = parse_table("t.parquet", whole[..end].to_vec(), &TableSettings::default());
            assert!(error.expect_err("cut").to_string().contains("Parquet"), "{end}");
        }
    }
}

#[cfg(feature = "excel")]
mod workbooks {
    use super::*;
    use kinfolk::table::Values;

    /// Two empty rows, then a header and four customers, with dates and an empty cell.
    const WORKBOOK: &[u8] = include_bytes!("../formats/customers.xlsx");

    #[test]
    fn the_first_sheet_is_read_like_a_text_table_with_the_lines_of_the_sheet() {
        let table = parse_table("c.xlsx", WORKBOOK.to_vec(), &TableSettings::default()).expect("a table");
        assert_eq!(table.ids, ["c1", "c2", "c3", "c4"]);
        assert_eq!(table.lines, [4, 5, 6, 7]);
        assert!(
            table.reading[0].contains("sheet \"Customers\""),
            "{:?}",
            table.reading
        );
        let column = |name: &str| &table.column(name).expect("a column").values;
        match column("amount") {
            Values::Number(v) => assert!(v[..2] == [1.125, 2.5] && v[2].is_nan() && v[3] == 0.1),
            other => panic!("{other:?}"),
        }
        assert_eq!(column("visits"), &Values::Number(vec![3.0, 40.0, 7.0, 12.0]));
        // 2024-03-12 and the days after it.
        assert_eq!(
            column("since"),
            &Values::Date(vec![19_794.0, 19_795.0, 19_796.0, 19_797.0])
        );
    }

    #[test]
    fn an_archive_that_is_no_workbook_is_an_error() {
        let error = parse_table("a.zip", WORKBOOK[..200].to_vec(), &TableSettings::default());
        assert!(error.expect_err("cut").to_string().contains("no workbook"));
    }
}

/// The whole way from purchases to new customers in Parquet files, beside the same in CSV.
#[cfg(feature = "parquet")]
mod parquet_in_and_out {
    use kinfolk::read::parquet_as_text;
    use std::collections::BTreeMap;
    use std::fmt::Write as _;
    use std::io::Read;
    use std::path::Path;
    use std::process::Command;

    fn kinfolk(folder: &Path, args: &[&str]) -> String {
        let done = Command::new(env!("CARGO_BIN_EXE_kinfolk"))
            .current_dir(folder)
            .args(args)
            .output()
            .expect("starts");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{args:?}: {said}");
        said
    }

    /// Rows by the names of their columns; numbers as numbers, since 3 and 3.0 are the same.
    fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.deserialize().map(|row| {
            let row: BTreeMap<String, String> = row.expect("CSV");
            row.into_iter()
                .map(|(name, cell)| {
                    let cell = cell.parse().map_or(cell, |x: f64| x.to_string());
                    (name, cell)
                })
                .collect()
        });
        rows.collect()
    }

    fn parquet(path: &Path) -> String {
        let mut text = String::new();
        parquet_as_text(path)
            .expect("readable")
            .expect("Parquet")
            .read_to_string(&mut text)
            .expect("text");
        text
    }

    #[test]
    fn what_parquet_files_hold_is_what_csv_files_hold() {
        let folder = tempfile::tempdir().expect("temp");
        let here = folder.path();
        let mut lines = String::from("customer,order,date,amount\n");
        for i in 0..4000u32 {
            let (c, day) = (i * 7919 % 300, 1 + i % 28);
            let amount = f64::from(5 + c % 3 * 40 + i % 11);
            let _ = writeln!(lines, "=C{c},o{i},2025-{:02}-{day:02},{amount}", 1 + i % 9);
        }
        std::fs::write(here.join("lines.csv"), lines).expect("written");
        kinfolk(here, &["features", "lines.csv", "-o", "customers.csv"]);
        kinfolk(here, &["features", "lines.csv", "-o", "customers.parquet"]);
        let csv = std::fs::read_to_string(here.join("customers.csv")).expect("written");
        let (plain, typed) = (rows(&csv), rows(&parquet(&here.join("customers.parquet"))));
        assert_eq!(plain.len(), 300);
        // A formula is harmless in a file that no spreadsheet opens.
        assert!(plain.iter().all(|row| row["customer_id"].starts_with("'=C")));
        let unguarded = plain.into_iter().map(|mut row| {
            row.insert("customer_id".to_owned(), row["customer_id"][1..].to_owned());
            row
        });
        assert_eq!(unguarded.collect::<Vec<_>>(), typed);

        let quick = ["--resolution", "1", "-q", "--no-report"];
        kinfolk(
            here,
            &[&["segment", "customers.parquet", "-o", "out"], &quick[..]].concat(),
        );
        let said = kinfolk(here, &["assign", "out", "customers.parquet", "-o", "new.csv"]);
        assert!(said.contains("customers.parquet: "), "{said}");
        kinfolk(here, &["assign", "out", "customers.parquet", "-o", "new.parquet"]);
        let csv = std::fs::read_to_string(here.join("new.csv")).expect("written");
        let typed = rows(&parquet(&here.join("new.parquet")));
        assert_eq!(typed.len(), 300);
        for (mut plain, typed) in rows(&csv).into_iter().zip(typed) {
            plain.insert("customer_id".to_owned(), plain["customer_id"][1..].to_owned());
            assert_eq!(plain, typed);
        }
        // Parquet lines give the table that the text gives.
        let again = kinfolk::read::parquet_as_text(&here.join("lines.csv")).expect("readable");
        assert!(again.is_none(), "a text table is no Parquet file");
    }
}
