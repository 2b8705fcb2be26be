//! `docs/columns.md` explains every column that is written, and no other; tables for spreadsheets.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

fn run(folder: &Path, args: &[&str]) {
    let done = Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the program starts");
    assert!(
        done.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Columns by file, from the tables of the document.
fn explained() -> BTreeMap<String, BTreeSet<String>> {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/columns.md");
    let text = fs::read_to_string(document).expect("part of the repository");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut file = String::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## `") {
            file = title.split('`').next().unwrap_or_default().to_owned();
        } else if let Some((column, what)) = line.strip_prefix("| `").and_then(|row| row.split_once("` | ")) {
            assert!(what.len() > 5, "{file}: {column} is not explained");
            let new = found.entry(file.clone()).or_default().insert(column.to_owned());
            assert!(new, "{file}: {column} twice");
        }
    }
    found
}

fn add_headers(folder: &Path, found: &mut BTreeMap<String, BTreeSet<String>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "csv") {
            let mut reader = csv::Reader::from_path(&path).expect("written");
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let header = reader.headers().expect("a header").clone();
            // What is asked of a column of the input.
            let asked = |column: &str| {
                let (_, sign) = column.rsplit_once(' ').filter(|_| name == "decision_table.csv")?;
                Some(format!("COLUMN {sign}"))
            };
            let columns: Vec<String> = (header.iter())
                .map(|column| asked(column).unwrap_or_else(|| column.to_owned()))
                .collect();
            found.entry(name.clone()).or_default().extend(columns);
        }
    }
}

#[test]
fn the_document_explains_every_column_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let shop = [
        "generate",
        "--customers",
        "300",
        "--segments",
        "3",
        "-o",
        "shop.csv",
    ];
    run(at, &shop);
    let segment = [
        "segment",
        "shop.csv",
        "-o",
        "s",
        "--truth",
        "true_segment",
        "--value",
        "monetary",
        "--baselines",
        "all",
        "--rules",
    ];
    run(at, &segment);
    let edges: Vec<String> = (0..120)
        .map(|i| {
            format!(
                "n{},n{}",
                i % 40,
                if i % 20 == 0 {
                    (i + 17) % 40
                } else {
                    (i % 40) / 10 * 10 + (i * 7 + i / 40) % 10
                }
            )
        })
        .collect();
    fs::write(at.join("e.csv"), format!("source,target\n{}\n", edges.join("\n"))).expect("written");
    run(at, &["communities", "e.csv", "-o", "c", "--resolution", "auto"]);
    fs::create_dir(at.join("a")).expect("made");
    run(at, &["assign", "s", "shop.csv", "-o", "a/assigned.csv"]);
    run(at, &["compare", "s", "s", "--label", "segment,kmeans", "-o", "k"]);
    let mut written = BTreeMap::new();
    add_headers(&at.join("s"), &mut written);
    add_headers(&at.join("k"), &mut written);
    add_headers(&at.join("a"), &mut written);
    add_headers(&at.join("c"), &mut written);
    let explained = explained();
    assert_eq!(
        written.keys().collect::<Vec<_>>(),
        explained.keys().collect::<Vec<_>>()
    );
    for (file, columns) in &written {
        // Stability is measured where communities were found to be several.
        // A rule asks what serves it.
        let optional = |c: &&String| {
            (file == "nodes.csv" && (c.contains("probability") || c.contains("second")))
                || c.starts_with("COLUMN ")
        };
        let missing: Vec<&String> = columns.difference(&explained[file]).collect();
        let invented: Vec<&String> = explained[file]
            .difference(columns)
            .filter(|c| !optional(c))
            .collect();
        assert!(
            missing.is_empty() && invented.is_empty(),
            "{file}: not explained {missing:?}, not written {invented:?}"
        );
    }
}

#[test]
fn tables_for_a_spreadsheet_hold_the_same_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let rows: Vec<String> = (0..60)
        .map(|i| {
            format!(
                "\"+49 0{i}\",{}.5,{}",
                100 + i * 7 % 13 + i % 2 * 500,
                i % 2 * 40 + i * 5 % 11
            )
        })
        .collect();
    fs::write(
        at.join("t.csv"),
        format!("customer_id,spend,visits\n{}\n", rows.join("\n")),
    )
    .expect("written");
    run(
        at,
        &[
            "segment",
            "t.csv",
            "-o",
            "plain",
            "--resolution",
            "1",
            "--id",
            "customer_id",
        ],
    );
    run(
        at,
        &[
            "segment",
            "t.csv",
            "-o",
            "excel",
            "--resolution",
            "1",
            "--id",
            "customer_id",
            "--excel",
        ],
    );
    run(
        at,
        &[
            "segment",
            "t.csv",
            "-o",
            "comma",
            "--resolution",
            "1",
            "--id",
            "customer_id",
            "--excel",
            "--decimal-comma",
        ],
    );
    for file in [
        "customers.csv",
        "segments.csv",
        "profiles.csv",
        "comparison.csv",
        "segment_map.csv",
    ] {
        let read = |folder: &str| fs::read_to_string(at.join(folder).join(file)).expect("there");
        let plain = read("plain");
        assert_eq!(read("excel"), format!("\u{FEFF}{plain}"), "{file}");
        let comma = read("comma");
        let comma = comma.strip_prefix('\u{FEFF}').expect("a byte-order mark");
        let cells = |text: &str, separator: u8| -> Vec<Vec<String>> {
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(separator)
                .has_headers(false)
                .from_reader(text.as_bytes());
            reader
                .records()
                .map(|r| r.expect("good CSV").iter().map(str::to_owned).collect())
                .collect()
        };
        for (a, b) in cells(&plain, b',')
            .iter()
            .flatten()
            .zip(cells(comma, b';').iter().flatten())
        {
            let is_number = a.contains('.') && a.parse::<f64>().is_ok();
            assert_eq!(
                b,
                &if is_number { a.replace('.', ",") } else { a.clone() },
                "{file}"
            );
        }
    }
    let customers = fs::read_to_string(at.join("plain/customers.csv")).expect("there");
    assert!(
        customers.contains("\n+49 07,"),
        "no spreadsheet runs it, and it stays as it is: {customers}"
    );
}
