//! The commands of `docs/from-a-database.md` and `docs/beyond-one-machine.md`, where their tools are.

use crate::support::{python_with, skipped};
use crate::transactions::shop;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The `sh` blocks below the heading of `docs/from-a-database.md` that begins so.
fn blocks(heading: &str) -> String {
    blocks_of("from-a-database.md", heading)
}

fn blocks_of(page: &str, heading: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
    let page = fs::read_to_string(page).expect("part of the repository");
    let section = page
        .split("\n## ")
        .find(|s| s.starts_with(heading))
        .expect("a section of this name");
    let blocks: Vec<&str> = section
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(!blocks.is_empty(), "{heading}");
    blocks.concat()
}

/// A folder with customers and purchase lines.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let shop_customers = include_str!("../../datasets/shop_customers.csv");
    // Without the two columns that are the answer.
    let customers: Vec<String> = shop_customers
        .lines()
        .map(|line| line.split(',').take(11).collect::<Vec<_>>().join(","))
        .collect();
    fs::write(folder.path().join("customers.csv"), customers.join("\n") + "\n").expect("written");
    fs::write(folder.path().join("sales.csv"), shop(300, 5_000)).expect("written");
    folder
}

/// Runs commands in the folder as a person would who has the program, and `tools`, on the path.
fn bash(folder: &Path, commands: &str, tools: &[PathBuf]) -> Option<Output> {
    let program = Path::new(env!("CARGO_BIN_EXE_kinfolk"))
        .parent()
        .expect("a folder");
    let there = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(program.to_owned())
        .chain(tools.iter().cloned())
        .chain(std::env::split_paths(&there));
    let path: OsString = std::env::join_paths(path).expect("no colon in a path");
    let run = Command::new("bash")
        .args(["-euo", "pipefail", "-c", commands])
        .current_dir(folder)
        .env("PATH", path)
        .env(
            "PGOPTIONS",
            "-c search_path=kinfolk_recipes -c client_min_messages=warning",
        )
        .output();
    run.ok()
}

fn succeeds(folder: &Path, commands: &str, tools: &[PathBuf]) -> String {
    let run = bash(folder, commands, tools).expect("bash is there");
    let (told, why) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(run.status.success(), "{commands}\n{told}\n{why}");
    told.into_owned()
}

fn lines(path: &Path) -> usize {
    fs::read_to_string(path).expect("written").lines().count()
}

#[test]
fn from_postgres_and_back() {
    let folder = folder();
    let at = folder.path();
    let can = std::env::var_os("PGHOST").is_some()
        && bash(at, "psql -qc 'SELECT 1'", &[]).is_some_and(|o| o.status.success());
    if !can {
        return skipped("docs/from-a-database.md, PostgreSQL: psql reaches none by its PG* variables");
    }
    let fill = r#"
        psql -qc "DROP SCHEMA IF EXISTS kinfolk_recipes CASCADE" -c "CREATE SCHEMA kinfolk_recipes"
        psql -qc "CREATE TABLE customers (customer_id text, recency_days int, frequency int, monetary float8,
            average_basket float8, discount_share float8, online_share float8, tenure_months int, channel text,
            region text, newsletter text)" -c "\copy customers FROM customers.csv CSV HEADER"
        psql -qc "CREATE TABLE sales (customer_id text, order_id text, date timestamp, quantity float8, unit_price float8,
            product text, category text, channel text, event text, discount float8)" -c "\copy sales FROM sales.csv CSV HEADER"
    "#;
    succeeds(at, fill, &[]);
    let told = succeeds(at, &blocks("PostgreSQL"), &[]);
    assert!(told.contains("segment_name") && told.contains("rows)"), "{told}");
    assert_eq!(lines(&at.join("segments/customers.csv")), 1_501);
    let back = succeeds(at, "psql -qAtc 'SELECT count(*) FROM segments'", &[]);
    assert_eq!(back.trim(), "1500");
    let recent = "psql -qAtc 'SELECT count(*) FROM customers WHERE recency_days < 7'";
    let recent: usize = succeeds(at, recent, &[]).trim().parse().expect("a number");
    assert!(recent > 0);
    assert_eq!(lines(&at.join("assigned.csv")), recent + 1);
    assert!(at.join("by-purchases/report.html").exists());
    succeeds(at, "psql -qc 'DROP SCHEMA kinfolk_recipes CASCADE'", &[]);
}

#[test]
fn from_folders_by_duckdb() {
    let folder = folder();
    let at = folder.path();
    // The program of that name comes with the package.
    let Some(python) = python_with("duckdb_cli") else {
        return;
    };
    let tools: Vec<PathBuf> = python.parent().into_iter().map(Path::to_owned).collect();
    let fill = r#"
        mkdir customers exports sales
        for half in 0 1; do
            duckdb -c "COPY (SELECT * FROM 'customers.csv' WHERE hash(customer_id) % 2 = $half) TO 'customers/$half.parquet'"
            duckdb -c "COPY (SELECT * FROM 'customers.csv' WHERE hash(customer_id) % 2 = $half) TO 'exports/$half.csv' (HEADER)"
        done
        duckdb -c "COPY (FROM 'sales.csv') TO 'sales/1.parquet'"
    "#;
    succeeds(at, fill, &tools);
    succeeds(at, &blocks("DuckDB"), &tools);
    assert_eq!(lines(&at.join("from-parquet/customers.csv")), 1_501);
    let segments = |run: &str| fs::read(at.join(run).join("segments.csv")).expect("written");
    assert_eq!(segments("from-parquet"), segments("from-csv"));
    let back = succeeds(
        at,
        "duckdb shop.db -noheader -csv -c 'SELECT count(*) FROM segments'",
        &tools,
    );
    assert_eq!(back.trim(), "1500");
    assert!(at.join("by-purchases/report.html").exists());
}

#[test]
fn from_sales_items_of_sap() {
    let folder = folder();
    let at = folder.path();
    let items = "KUNNR;VBELN;ERDAT;MATNR;KWMENG;NETWR;WAERK;VTWEG\n\
        0000100001;0080000001;20240105;MAT-1;2,000;1.234,56;EUR;10\n\
        0000100001;0080000002;20240301;MAT-2;1,000;99,90;EUR;10\n\
        0000100002;0080000003;20240110;MAT-1;1,000;617,28;EUR;20\n\
        0000100002;0080000004;20240210;MAT-1;1,000;617,28-;EUR;20\n\
        0000100003;0080000005;20240210;MAT-3;1,000;5,00;EUR;20\n";
    fs::write(at.join("vbap.csv"), items).expect("written");
    if bash(at, "true", &[]).is_none() {
        return skipped("docs/from-a-database.md: there is no bash");
    }
    succeeds(at, &blocks("SAP"), &[]);
    let customers = fs::read_to_string(at.join("kunden.csv")).expect("written");
    let starts: Vec<String> = customers
        .lines()
        .map(|l| l.split(',').take(4).collect::<Vec<_>>().join(","))
        .collect();
    assert_eq!(
        starts,
        [
            "customer_id,recency_days,frequency,monetary",
            "0000100001,1,2,1334.46",
            "0000100002,52,1,0.0",
            "0000100003,21,1,5.0"
        ]
    );
}

#[test]
fn files_in_pieces_get_what_the_whole_gets() {
    let folder = folder();
    let at = folder.path();
    if bash(at, "true", &[]).is_none() {
        return skipped("docs/beyond-one-machine.md: there is no bash");
    }
    let cut = "kinfolk segment customers.csv -q -o segments; mkdir pieces
        for i in 1 2 3; do (head -1 customers.csv; tail -n +2 customers.csv | awk \"NR % 3 == $i - 1\") > pieces/p$i.csv; done
        kinfolk assign segments customers.csv -q -o whole.csv";
    succeeds(at, cut, &[]);
    succeeds(at, &blocks_of("beyond-one-machine.md", "Elsewhere"), &[]);
    let rows = |name: &str| -> Vec<String> {
        let text = fs::read_to_string(at.join(name)).expect("written");
        text.lines().skip(1).map(str::to_owned).collect()
    };
    let mut pieces: Vec<String> = ["p1-assigned.csv", "p2-assigned.csv", "p3-assigned.csv"]
        .iter()
        .flat_map(|name| rows(name))
        .collect();
    let mut whole = rows("whole.csv");
    pieces.sort();
    whole.sort();
    assert_eq!(whole.len(), 1_500);
    assert_eq!(pieces, whole);
}

#[test]
fn a_task_is_told_by_its_exit_code() {
    let folder = folder();
    let at = folder.path();
    if bash(at, "true", &[]).is_none() {
        return skipped("docs/from-a-database.md: there is no bash");
    }
    let command = blocks("An Airflow task");
    assert_eq!(succeeds(at, &command, &[]).trim(), "segments are there");
    // Numbers without any structure.
    let mut state = 1u64;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) % 10_000
    };
    let rows: Vec<String> = (0..500)
        .map(|i| format!("k{i},{},{},{}", draw(), draw(), draw()))
        .collect();
    let table = format!("customer_id,spend,visits,age\n{}\n", rows.join("\n"));
    fs::write(at.join("customers.csv"), table).expect("written");
    let done = bash(at, &command, &[]).expect("bash is there");
    assert_eq!(
        done.status.code(),
        Some(3),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(done.stdout.is_empty());
    assert_eq!(lines(&at.join("nightly/customers.csv")), 501);
    for (rest, code) in [("nowhere.csv", 1), ("customers.csv --resolution none", 2)] {
        let done = bash(at, &format!("kinfolk segment {rest}"), &[]).expect("bash is there");
        assert_eq!(done.status.code(), Some(code), "{rest}");
    }
}
