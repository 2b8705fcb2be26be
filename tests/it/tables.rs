//! Tables in other formats hold what the CSV files hold, with types.

use crate::support::kinfolk;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// 60 customers in two groups; ids with zeros before them, one that a spreadsheet would run.
fn shop(at: &Path) {
    let mut text = String::from("customer_id,spend,visits,since\n");
    for i in 0..60 {
        let far = i % 2;
        let id = if i == 7 {
            "=1+1".to_owned()
        } else {
            format!("00{i}")
        };
        text.push_str(&format!(
            "{id},{}.5,{},2024-0{}-1{}\n",
            100 + 500 * far + i * 7 % 13,
            5 + 40 * far + i * 5 % 11,
            1 + far * 4,
            i % 9
        ));
    }
    fs::write(at.join("shop.csv"), text).expect("written");
}

pub(crate) fn run(at: &Path, args: &[&str]) -> String {
    let done = kinfolk(at, args);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{args:?}: {said}");
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn csv_rows(path: &Path) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_path(path).expect("written");
    let header = reader.headers().expect("a header").clone();
    let named = |record: csv::StringRecord| {
        let cells = header.iter().zip(record.iter());
        cells
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    };
    reader.records().map(|r| named(r.expect("a row"))).collect()
}

/// Whether a value is what the cell of a CSV file says.
fn is_same(cell: &str, value: &Value) -> bool {
    match value {
        Value::Null => cell.is_empty(),
        Value::Bool(b) => cell == b.to_string(),
        Value::Number(x) => cell.parse().ok() == x.as_f64(),
        Value::String(text) => cell == text || cell.strip_prefix('\'') == Some(text),
        _ => false,
    }
}

const STEMS: [&str; 8] = [
    "customers",
    "segments",
    "profiles",
    "features",
    "levels",
    "comparison",
    "crosstab",
    "segment_map",
];

#[test]
fn json_lines_hold_the_cells_of_the_csv_files_with_their_types() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    shop(at);
    let said = run(at, &["segment", "shop.csv", "-o", "s", "--tables", "jsonl"]);
    assert!(
        said.contains("customers.csv") && said.contains("customers.jsonl"),
        "{said}"
    );
    for stem in STEMS {
        let text = fs::read_to_string(at.join(format!("s/{stem}.jsonl"))).expect("written");
        let rows = csv_rows(&at.join(format!("s/{stem}.csv")));
        assert_eq!(text.lines().count(), rows.len(), "{stem}");
        for (line, row) in text.lines().zip(rows) {
            let object: serde_json::Map<String, Value> = serde_json::from_str(line).expect("an object");
            assert_eq!(object.len(), row.len(), "{stem}");
            for (name, cell) in row {
                assert!(
                    is_same(&cell, &object[&name]),
                    "{stem}, {name}: {cell} and {}",
                    object[&name]
                );
            }
        }
    }
    let text = fs::read_to_string(at.join("s/customers.jsonl")).expect("written");
    let customers: Vec<Value> = text
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect();
    assert_eq!(customers[5]["customer_id"], "005");
    assert_eq!(customers[7]["customer_id"], "=1+1", "no spreadsheet reads it");
    assert!(customers[0]["segment"].is_u64() && customers[0]["exemplar"].is_boolean());
    assert!(customers[0]["strength"].is_f64());
}

#[test]
fn a_second_run_writes_the_same_bytes_and_takes_back_what_it_does_not_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    shop(at);
    let all = if cfg!(feature = "parquet") {
        "parquet,jsonl"
    } else {
        "jsonl"
    };
    for out in ["one", "two"] {
        run(at, &["segment", "shop.csv", "-o", out, "--tables", all]);
    }
    let mut compared = 0;
    for entry in fs::read_dir(at.join("one")).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        if name != "run.json" {
            let read = |out: &str| fs::read(at.join(out).join(&name)).expect("written by both");
            assert_eq!(read("one"), read("two"), "{name:?}");
            compared += usize::from(name.to_string_lossy().ends_with("l"));
        }
    }
    assert!(compared >= STEMS.len());
    run(at, &["segment", "shop.csv", "-o", "one"]);
    assert!(!at.join("one/customers.jsonl").exists() && at.join("one/customers.csv").exists());
}

#[test]
fn communities_have_their_tables_in_other_formats_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    fs::write(
        at.join("e.csv"),
        "source,target\na,b\nb,c\nc,a\nc,d\nd,e\ne,f\nf,d\n",
    )
    .expect("written");
    fs::write(at.join("n.csv"), "id,age,town\na,31,Ulm\nb,,Kiel\n").expect("written");
    run(
        at,
        &[
            "communities",
            "e.csv",
            "-o",
            "c",
            "--nodes",
            "n.csv",
            "--tables",
            "csv,jsonl",
        ],
    );
    let text = fs::read_to_string(at.join("c/nodes.jsonl")).expect("written");
    let first: Value = serde_json::from_str(text.lines().next().expect("a line")).expect("an object");
    assert_eq!((&first["node"], &first["town"]), (&"a".into(), &"Ulm".into()));
    assert_eq!(first["age"], 31.0);
    assert!(at.join("c/community_map.jsonl").exists());
    // The rest of the program reads the CSV files, which are always there.
    assert!(at.join("c/nodes.csv").exists());
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_files_hold_the_cells_of_the_csv_files_with_their_types() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    shop(at);
    run(at, &["segment", "shop.csv", "-o", "s", "--tables", "parquet"]);
    for stem in STEMS {
        let file = fs::File::open(at.join(format!("s/{stem}.parquet"))).expect("written");
        let reader = SerializedFileReader::new(file).expect("a Parquet file");
        let rows = csv_rows(&at.join(format!("s/{stem}.csv")));
        assert_eq!(reader.metadata().file_metadata().num_rows(), rows.len() as i64);
        for (found, row) in reader.get_row_iter(None).expect("rows").zip(rows) {
            let found = found.expect("a row");
            for ((name, field), (expected, cell)) in found.get_column_iter().zip(row) {
                assert_eq!(*name, expected, "{stem}");
                let same = match field {
                    Field::Null => cell.is_empty(),
                    Field::Bool(b) => cell == b.to_string(),
                    Field::Long(x) => cell == x.to_string(),
                    Field::Double(x) => cell.parse() == Ok(*x),
                    Field::Str(text) => cell == *text || cell.strip_prefix('\'') == Some(text),
                    _ => false,
                };
                assert!(same, "{stem}, {name}: {cell} and {field}");
            }
        }
    }
    let file = fs::File::open(at.join("s/customers.parquet")).expect("written");
    let reader = SerializedFileReader::new(file).expect("a Parquet file");
    let first = reader
        .get_row_iter(None)
        .expect("rows")
        .next()
        .expect("one")
        .expect("a row");
    let kinds: Vec<&Field> = first.get_column_iter().map(|(_, field)| field).take(4).collect();
    assert!(
        matches!(
            kinds[..],
            [Field::Str(_), Field::Long(_), Field::Str(_), Field::Double(_)]
        ),
        "{kinds:?}"
    );
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_files_are_refused_before_the_run_where_they_cannot_be_written() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(folder.path());
    let done = kinfolk(folder.path(), &["segment", "shop.csv", "--tables", "parquet"]);
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(2));
    assert!(
        said.contains("--features parquet") && said.contains("jsonl"),
        "{said}"
    );
}

#[cfg(not(feature = "xlsx"))]
#[test]
fn a_workbook_is_refused_before_the_run_where_it_cannot_be_written() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(folder.path());
    let done = kinfolk(folder.path(), &["segment", "shop.csv", "--xlsx"]);
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(2));
    assert!(
        said.contains("--features xlsx") && said.contains("--excel"),
        "{said}"
    );
}
