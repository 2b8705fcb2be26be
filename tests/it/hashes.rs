//! The same bytes: as committed, on every processor, and however a table is written down.
//!
//! `tests/hashes.txt` has a SHA-256 for every file of some runs. Where results change for a reason:
//!
//! ```sh
//! KINFOLK_RENEW_HASHES=1 cargo test --test it hashes
//! ```
//!
//! `KINFOLK_PROGRAM` runs another program in place of the one built here, `KINFOLK_RUNNER` puts words before it:
//! `tests/processors.sh` has other processors write the same bytes.

use kinfolk::random::stream;
use rand::seq::SliceRandom;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn kinfolk(folder: &Path, args: &[&str]) -> Output {
    let program =
        std::env::var("KINFOLK_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_kinfolk").to_owned());
    let runner = std::env::var("KINFOLK_RUNNER").unwrap_or_default();
    let mut words = runner.split_whitespace().chain([program.as_str()]);
    Command::new(words.next().expect("a program"))
        .current_dir(folder)
        .args(words)
        .args(args)
        .output()
        .expect("the program starts")
}

/// What every file but `run.json` holds; the rows of `customers.csv` sorted.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let bytes = fs::read(&path).expect("readable");
        // A model is no text.
        let mut text = String::from_utf8(bytes).unwrap_or_else(|e| {
            Sha256::digest(e.as_bytes())
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect()
        });
        if name == "customers.csv" {
            let mut lines: Vec<&str> = text.lines().collect();
            lines[1..].sort_unstable();
            text = lines.join("\n");
        }
        if name != "run.json" {
            files.insert(name, text);
        }
    }
    files
}

fn sum(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

fn dataset(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(name)).expect("in the repository")
}

/// The results of a run with these words behind the name of its input.
fn results(name: &str, content: &[u8], command: &str, flags: &[&str]) -> BTreeMap<String, String> {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join(name), content).expect("written");
    let args: Vec<&str> = [command, name, "-o", "out", "-q"]
        .iter()
        .chain(flags)
        .copied()
        .collect();
    let output = kinfolk(folder.path(), &args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {said}");
    files(&folder.path().join("out"))
}

fn generated(flags: &[&str]) -> Vec<u8> {
    let folder = TempDir::new().expect("a temporary folder");
    let args: Vec<&str> = ["generate", "-o", "t.csv", "-q"]
        .iter()
        .chain(flags)
        .copied()
        .collect();
    let output = kinfolk(folder.path(), &args);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    fs::read(folder.path().join("t.csv")).expect("written")
}

#[test]
fn files_have_the_committed_hashes() {
    let mut found = String::new();
    let mut add = |run: &str, files: BTreeMap<String, String>| {
        for (name, text) in files {
            writeln!(found, "{}  {run}/{name}", sum(&text)).expect("memory");
        }
    };
    let noisy = generated(&["--customers", "400", "--noise-columns", "3", "--seed", "7"]);
    let shop = generated(&["--customers", "500"]);
    let tables = BTreeMap::from([
        (
            "noisy.csv".to_owned(),
            String::from_utf8_lossy(&noisy).into_owned(),
        ),
        ("shop.csv".to_owned(), String::from_utf8_lossy(&shop).into_owned()),
    ]);
    add("generate", tables);
    add(
        "penguins",
        results("t.csv", &dataset("penguins.csv"), "segment", &[]),
    );
    add(
        "shop-customers",
        results("t.csv", &dataset("shop_customers.csv"), "segment", &[]),
    );
    add(
        "telco",
        results(
            "t.csv.gz",
            &dataset("telco_churn_noid.csv.gz"),
            "segment",
            &["--resolution", "0.5"],
        ),
    );
    add("generated", results("t.csv", &shop, "segment", &[]));
    let flags = [
        "--similarity",
        "gaussian",
        "--method",
        "leiden",
        "--resolution",
        "1",
        "--baselines",
        "ward,dbscan,hdbscan",
    ];
    add("noisy", results("t.csv", &noisy, "segment", &flags));
    add(
        "karate",
        results(
            "t.csv",
            &dataset("graphs/karate.edges.csv"),
            "communities",
            &["--trials", "5"],
        ),
    );
    add(
        "lfr",
        results(
            "t.csv",
            &dataset("graphs/lfr_1000_small_mu03.edges.csv"),
            "communities",
            &["--resolution", "auto"],
        ),
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hashes.txt");
    if std::env::var_os("KINFOLK_RENEW_HASHES").is_some() {
        fs::write(&path, found).expect("written");
        return;
    }
    let committed = fs::read_to_string(&path).expect("in the repository");
    let differ: Vec<&str> = found.lines().filter(|line| !committed.contains(line)).collect();
    assert!(
        differ.is_empty() && found.lines().count() == committed.lines().count(),
        "other bytes than committed; where that has a reason, KINFOLK_RENEW_HASHES=1 renews them:\n{}",
        differ.join("\n")
    );
}

/// Numbers, counts, words, gaps and customers that are equal but for their ids.
fn mixed() -> Vec<Vec<String>> {
    let mut rows = vec![
        ["id", "x10", "x2", "city", "since", "visits", "note"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for i in 0..150usize {
        let group = i % 3;
        let x = 40.0 * group as f64 + (i * 37 % 101) as f64 / 7.0;
        let y = 25.0 * (group % 2) as f64 + (i * 53 % 89) as f64 / 9.0;
        let city = ["Ulm", "Kiel", "Bonn", ""][(group + usize::from(i % 7 == 0)) % 4];
        let row = [
            format!("C{i:03}x"),
            format!("{x:.3}"),
            format!("{y:.3}"),
            city.to_owned(),
            format!("20{:02}-0{}-1{}", 10 + group * 4, 1 + i % 9, i % 10),
            (i * 29 % 31).to_string(),
            format!("said {i}"),
        ];
        rows.push(row.to_vec());
        if i % 25 == 0 {
            let mut twin = row.to_vec();
            twin[0] = format!("T{i:03}x");
            twin[6] = format!("also said {i}");
            rows.push(twin);
        }
    }
    rows
}

fn table(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let rows = reader
        .records()
        .map(|r| r.expect("a row").iter().map(str::to_owned).collect());
    rows.collect()
}

fn text(rows: &[Vec<String>], end: &str) -> String {
    rows.iter().map(|row| row.join(",") + end).collect()
}

/// One hash, whatever the threads, the order of rows and columns, the names of the customers, packing and line ends.
fn written_down_otherwise(rows: &[Vec<String>], flags: &[&str]) {
    let run = |text: &str, threads: &str| {
        let flags: Vec<&str> = ["--threads", threads].iter().chain(flags).copied().collect();
        results("t.csv", text.as_bytes(), "segment", &flags)
    };
    let first = run(&text(rows, "\n"), "2");
    let same = |found: BTreeMap<String, String>, what: &str| {
        let differ: Vec<&String> = first
            .keys()
            .filter(|name| found.get(*name) != first.get(*name))
            .collect();
        assert!(
            differ.is_empty() && found.len() == first.len(),
            "{what}: {differ:?}"
        );
    };
    same(run(&text(rows, "\n"), "1"), "one thread");
    same(run(&text(rows, "\n"), "5"), "five threads");
    same(run(&text(rows, "\r\n"), "2"), "CRLF");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text(rows, "\n").as_bytes()).expect("memory");
    same(
        results("t.csv.gz", &packed.finish().expect("memory"), "segment", flags),
        "gzip",
    );

    let mut random = stream(11, 0);
    let mut shuffled = rows.to_vec();
    shuffled[1..].shuffle(&mut random);
    same(run(&text(&shuffled, "\n"), "2"), "rows");

    let mut places: Vec<usize> = (0..rows[0].len()).collect();
    places.shuffle(&mut random);
    let moved = |row: &Vec<String>| places.iter().map(|&p| row[p].clone()).collect();
    let columns: Vec<Vec<String>> = rows.iter().map(moved).collect();
    same(run(&text(&columns, "\n"), "2"), "columns");

    // The id column is the first here.
    let mut names: Vec<String> = (1..rows.len()).map(|i| format!("NAME{i:05}NAME")).collect();
    names.shuffle(&mut random);
    // Customers that are equal in all else keep the order of their names: nothing else tells them apart.
    let mut equal: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
    for (i, row) in rows[1..].iter().enumerate() {
        equal.entry(&row[1..]).or_default().push(i);
    }
    for mut places in equal.into_values() {
        let mut of_group: Vec<String> = places.iter().map(|&i| names[i].clone()).collect();
        of_group.sort_unstable();
        places.sort_by_key(|&i| &rows[i + 1][0]);
        for (i, name) in places.into_iter().zip(of_group) {
            names[i] = name;
        }
    }
    let mut renamed = rows.to_vec();
    for (row, name) in renamed[1..].iter_mut().zip(&names) {
        row[0].clone_from(name);
    }
    let old: BTreeMap<&str, &str> = names
        .iter()
        .map(String::as_str)
        .zip(rows[1..].iter().map(|r| r[0].as_str()))
        .collect();
    let mut found = run(&text(&renamed, "\n"), "2");
    for (name, text) in &mut found {
        let mut pieces = text.split("NAME");
        let mut back = pieces.next().unwrap_or_default().to_owned();
        while let (Some(number), Some(rest)) = (pieces.next(), pieces.next()) {
            back.push_str(old[format!("NAME{number}NAME").as_str()]);
            back.push_str(rest);
        }
        if name == "customers.csv" {
            let mut lines: Vec<&str> = back.lines().collect();
            lines[1..].sort_unstable();
            back = lines.join("\n");
        }
        *text = back;
    }
    same(found, "ids");
}

#[test]
fn a_mixed_table_written_down_otherwise_gives_the_same_bytes() {
    written_down_otherwise(&mixed(), &[]);
}

#[test]
fn shop_customers_written_down_otherwise_give_the_same_bytes() {
    written_down_otherwise(&table(&dataset("shop_customers.csv")), &["--resolution", "1"]);
}

#[test]
fn penguins_written_down_otherwise_give_the_same_bytes() {
    let mut rows = table(&dataset("penguins.csv"));
    for (i, row) in rows.iter_mut().enumerate() {
        let id = if i == 0 {
            "customer_id".to_owned()
        } else {
            format!("P{i:03}P")
        };
        row.insert(0, id);
    }
    written_down_otherwise(&rows, &["--metric", "gower"]);
}

#[test]
fn customers_of_one_id_are_numbered_by_their_values() {
    let hostile = |name: &str| {
        fs::read(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/hostile")
                .join(name),
        )
        .expect("in the repository")
    };
    let mut one = results("t.csv", &hostile("dup_id.csv"), "segment", &[]);
    let mut other = results("t.csv", &hostile("dup_id_reversed.csv"), "segment", &[]);
    assert!(one["customers.csv"].contains("K5#2"), "{}", one["customers.csv"]);
    // The warning names the line of the file.
    let without_line = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|l| !l.contains("identifier"))
            .map(str::to_owned)
            .collect()
    };
    for file in ["summary.json", "report.html"] {
        let says = |files: &mut BTreeMap<String, String>| without_line(&files.remove(file).expect("written"));
        assert_eq!(says(&mut one), says(&mut other), "{file}");
    }
    assert_eq!(one, other);
}

#[test]
fn a_resolution_that_no_graph_needs_is_refused_and_the_highest_one_ends() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/tri.csv");
    fs::copy(path, folder.path().join("tri.csv")).expect("copied");
    for method in ["louvain", "leiden"] {
        let run = |resolution: &str| {
            kinfolk(
                folder.path(),
                &[
                    "communities",
                    "tri.csv",
                    "-o",
                    "out",
                    "-q",
                    "--method",
                    method,
                    &format!("--resolution={resolution}"),
                ],
            )
        };
        for (resolution, says) in [
            ("5e12", "above 1000000"),
            ("1000000.1", "above 1000000"),
            ("-1", "0 or above"),
            ("nan", "0 or above"),
        ] {
            let output = run(resolution);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains(says), "{said}");
            assert!(!folder.path().join("out").exists());
        }
        let output = run("1e6");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let nodes = fs::read_to_string(folder.path().join("out/nodes.csv")).expect("written");
        assert!(
            nodes.contains("a,1,") && nodes.contains("b,2,") && nodes.contains("c,3,"),
            "{nodes}"
        );
        fs::remove_dir_all(folder.path().join("out")).expect("removed");
    }
}
