//! The program as a person runs it: files in, files out, exit codes, messages.

use crate::support::{real_data, real_text};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

#[allow(unreachable_pub, reason = "an example has a main")]
#[path = "../../examples/against_k_means.rs"]
mod against_k_means;
#[allow(unreachable_pub, reason = "an example has a main")]
#[path = "../../examples/for_gephi.rs"]
mod for_gephi;
#[allow(unreachable_pub, reason = "an example has a main")]
#[path = "../../examples/quickstart.rs"]
mod quickstart;

/// Runs `kinfolk` with these arguments in this folder.
fn kinfolk(folder: &TempDir, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .current_dir(folder.path())
        .args(args)
        .output()
        .expect("the program starts")
}

fn temp() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("not killed")
}

/// Names of what stands in the folder, hidden things too.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// 60 customers in two groups, ids from `id`.
fn small_table(id: impl Fn(usize) -> String) -> String {
    let mut text = String::from("customer_id,spend,visits,city\n");
    for i in 0..60 {
        let far = if i % 2 == 0 { 0.0 } else { 500.0 };
        let spend = 100.0 + far + (i * 7 % 13) as f64 * 3.1;
        let visits = 5 + i * 5 % 11 + if i % 2 == 0 { 0 } else { 40 };
        let city = if i % 2 == 0 { "Ulm" } else { "Kiel" };
        text.push_str(&format!("{},{spend:.2},{visits},{city}\n", id(i)));
    }
    text
}

#[test]
fn the_examples_run() {
    quickstart::main().expect("quickstart");
    for_gephi::main().expect("for_gephi");
    against_k_means::main().expect("against_k_means");
}

#[test]
fn one_command_writes_every_promised_file() {
    let folder = temp();
    fs::write(
        folder.path().join("shop.csv"),
        small_table(|i| format!("C{i:03}")),
    )
    .expect("written");
    let output = kinfolk(&folder, &["segment", "shop.csv"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(names(folder.path()), ["shop-segments", "shop.csv"]);
    assert_eq!(
        names(&folder.path().join("shop-segments")),
        [
            "associations.csv",
            "baseline_profiles.csv",
            "comparison.csv",
            "crosstab.csv",
            "customers.csv",
            "features.csv",
            "levels.csv",
            "model.kinfolk",
            "moved.csv",
            "network.gexf",
            "profiles.csv",
            "report.html",
            "run.json",
            "segment_map.csv",
            "segment_map.gexf",
            "segments.csv",
            "summary.json"
        ]
    );
    let said = stderr(&output);
    assert!(
        said.contains("customer_id") && said.contains("customer id"),
        "{said}"
    );
    let summary = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(summary.starts_with("2 segments in 60 customers"), "{summary}");
}

#[test]
fn customers_stand_in_the_order_of_the_input() {
    let folder = temp();
    fs::write(
        folder.path().join("t.csv"),
        small_table(|i| format!("C{:03}", (i * 37) % 60)),
    )
    .expect("written");
    assert_eq!(
        code(&kinfolk(
            &folder,
            &["segment", "t.csv", "-q", "--resolution", "1"]
        )),
        0
    );
    let text = fs::read_to_string(folder.path().join("t-segments/customers.csv")).expect("there");
    let ids: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|l| l.split(',').next().expect("a cell"))
        .collect();
    assert_eq!(ids[..3], ["C000", "C037", "C014"]);
    assert_eq!(ids.len(), 60);
}

#[test]
fn a_second_run_replaces_the_first_but_foreign_files_are_refused_or_kept() {
    let folder = temp();
    fs::write(folder.path().join("t.csv"), small_table(|i| format!("C{i:03}"))).expect("written");
    let run = |more: &[&str]| {
        let args: Vec<&str> = ["segment", "t.csv", "-q", "--resolution", "1"]
            .iter()
            .chain(more)
            .copied()
            .collect();
        kinfolk(&folder, &args)
    };
    assert_eq!(code(&run(&[])), 0);
    assert_eq!(code(&run(&[])), 0);
    let notes = folder.path().join("t-segments/notes.txt");
    fs::write(&notes, "mine").expect("written");
    let refused = run(&[]);
    assert_eq!(code(&refused), 2);
    assert!(
        stderr(&refused).contains("notes.txt") && stderr(&refused).contains("--force"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(code(&run(&["--force"])), 0);
    assert_eq!(fs::read_to_string(&notes).expect("kept"), "mine");
}

#[test]
fn json_goes_to_standard_output_alone() {
    let folder = temp();
    fs::write(folder.path().join("t.csv"), small_table(|i| format!("C{i:03}"))).expect("written");
    let output = kinfolk(&folder, &["segment", "t.csv", "--json", "-q"]);
    assert_eq!(code(&output), 0);
    assert_eq!(stderr(&output), "");
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(summary["format"], 1);
    assert_eq!(summary["customers"], 60);
    assert_eq!(summary["supported"], true);
    let written = fs::read(folder.path().join("t-segments/summary.json")).expect("there");
    assert_eq!(written, output.stdout);
}

#[test]
fn an_approximate_search_says_what_share_of_the_neighbors_it_found() {
    let folder = temp();
    fs::write(folder.path().join("t.csv"), small_table(|i| format!("C{i:03}"))).expect("written");
    let run = |search: &str, out: &str| {
        let output = kinfolk(
            &folder,
            &["segment", "t.csv", "--json", "--search", search, "-o", out],
        );
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let settings = fs::read_to_string(folder.path().join(out).join("run.json")).expect("there");
        let settings: serde_json::Value = serde_json::from_str(&settings).expect("JSON");
        assert_eq!(settings["settings"]["search"][0], search);
        (summary, stderr(&output))
    };
    let (summary, said) = run("approximate", "a");
    let share = summary["neighbors_recall"].as_f64().expect("a number");
    assert!((0.95..=1.0).contains(&share), "{share}");
    let warnings = summary["warnings"].as_array().expect("a list");
    let warning = warnings.iter().find(|w| w["code"] == "neighbors-approximate");
    let message = warning.expect("a warning")["message"].as_str().expect("text");
    let found = format!(
        "of the true ones {:.1} % were found (measured on 60 customers)",
        100.0 * share
    );
    assert!(message.contains(&found), "{message}");
    assert!(said.contains("--search exact"), "{said}");

    for (search, out) in [("exact", "e"), ("auto", "d")] {
        let (exact, said) = run(search, out);
        assert!(exact["neighbors_recall"].is_null());
        assert!(!said.contains("approximate"), "{said}");
        assert_eq!(exact["segments"], summary["segments"]);
    }
}

#[test]
fn flags_come_from_kinfolk_toml_and_the_command_line_wins() {
    let folder = temp();
    fs::write(folder.path().join("t.csv"), small_table(|i| format!("C{i:03}"))).expect("written");
    fs::write(
        folder.path().join("kinfolk.toml"),
        "neighbors = 5\nignore = [\"city\"]\nresolution = 1.0\n",
    )
    .expect("written");
    let neighbors = |args: &[&str]| -> u64 {
        let args: Vec<&str> = ["segment", "t.csv", "--json"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        let output = kinfolk(&folder, &args);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(summary["features"].as_array().expect("a list").len(), 2);
        summary["neighbors"].as_u64().expect("a number")
    };
    assert_eq!(neighbors(&[]), 5);
    assert_eq!(neighbors(&["--neighbors", "7"]), 7);
    fs::write(folder.path().join("kinfolk.toml"), "neighbours = 5\n").expect("written");
    let wrong = kinfolk(&folder, &["segment", "t.csv"]);
    assert_eq!(code(&wrong), 2);
    assert!(
        stderr(&wrong).contains("did you mean \"neighbors\"?"),
        "{}",
        stderr(&wrong)
    );
}

/// Sixty notes, no two alike.
fn texts() -> Vec<u8> {
    let mut text = "id,note\n".to_owned();
    for i in 0..60 {
        text.push_str(&format!("c{i},spoke on the telephone about matter {i}\n"));
    }
    text.into_bytes()
}

/// Name, content, exit code, and what the one paragraph must say.
fn bad_inputs() -> Vec<(&'static str, Vec<u8>, i32, &'static str)> {
    let mut gzip = Vec::new();
    {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(&mut gzip, flate2::Compression::default());
        encoder
            .write_all(small_table(|i| format!("C{i}")).as_bytes())
            .expect("memory");
        encoder.finish().expect("memory");
    }
    gzip.truncate(gzip.len() / 2);
    vec![
        ("empty.csv", Vec::new(), 1, "empty"),
        ("header.csv", b"id,a,b\n".to_vec(), 1, "header"),
        ("one.csv", b"id,a,b\nx,1,2\n".to_vec(), 1, "one"),
        ("unclosed.csv", b"id,a\nx,1\n\"y,2\nz,3\n".to_vec(), 1, "line 3"),
        (
            "ragged.csv",
            b"id,a,b\nx,1,2\ny,1,2,7\nz,3,4\n".to_vec(),
            1,
            "line 3",
        ),
        ("nul.csv", b"id,a\nx,1\0\ny,2\n".to_vec(), 1, "NUL"),
        (
            "picture.csv",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01".to_vec(),
            1,
            "PNG",
        ),
        ("cut.csv.gz", gzip, 1, "gzip"),
        ("texts.csv", texts(), 1, "column"),
        (
            "inf.csv",
            b"id,a,b\nx,1,2\ny,inf,3\nz,3,4\nw,4,7\nv,5,6\n".to_vec(),
            1,
            "line 3",
        ),
    ]
}

#[test]
fn bad_input_ends_in_one_clear_paragraph_and_leaves_nothing_behind() {
    for (name, bytes, expected, says) in bad_inputs() {
        let folder = temp();
        fs::write(folder.path().join(name), bytes).expect("written");
        let output = kinfolk(&folder, &["segment", name]);
        let said = stderr(&output);
        assert_eq!(code(&output), expected, "{name}: {said}");
        assert!(
            said.to_lowercase().contains(&says.to_lowercase()),
            "{name}: {said}"
        );
        assert!(said.contains("error: "), "{name}: {said}");
        assert!(!said.contains("panicked"), "{name}: {said}");
        assert_eq!(names(folder.path()), [name], "{name} left something behind");
    }
}

#[test]
fn odd_but_readable_input_ends_in_a_result() {
    let thirty = |cell: &dyn Fn(usize) -> String| -> String { (0..40).map(|i| cell(i) + "\n").collect() };
    let many: String = {
        let header: Vec<String> = (0..3000).map(|c| format!("c{c}")).collect();
        let rows = thirty(&|i| {
            let cells: Vec<String> = (0..3000)
                .map(|c| format!("{}", ((i * 31 + c * 17) % 97) as f64 / 7.0))
                .collect();
            cells.join(",")
        });
        format!("{}\n{rows}", header.join(","))
    };
    let cases: Vec<(&str, String)> = vec![
        (
            "ten rows",
            format!(
                "id,a,b\n{}",
                (0..10)
                    .map(|i| format!("r{i},{},{}\n", i * i, 50 - i))
                    .collect::<String>()
            ),
        ),
        ("two rows", "id,a,b\nx,1,2\ny,3,5\n".to_owned()),
        (
            "huge numbers",
            format!(
                "id,a,b\n{}",
                thirty(&|i| format!("r{i},{}e307,{}", i % 9 + 1, i * i))
            ),
        ),
        (
            "formulas",
            format!(
                "id,a,b\n{}",
                thirty(&|i| format!("=cmd|' /C calc'!A{i},{},{}", i * i, i % 7))
            ),
        ),
        (
            "nasty ids",
            format!(
                "id,a,b\n{}",
                thirty(&|i| format!("<&>\u{1F600}\u{7}{i},{},{}", i * i, i % 7))
            ),
        ),
        (
            "duplicate ids",
            format!(
                "id,a,b\n{}",
                thirty(&|i| format!("r{},{},{}", i / 2, i * i, i % 7))
            ),
        ),
        (
            "empty ids",
            format!(
                "id,a,b\n{}",
                thirty(&|i| {
                    let id = if i == 3 { String::new() } else { format!("r{i}") };
                    format!("{id},{},{}", i * i, i % 7)
                })
            ),
        ),
        (
            "identical rows",
            format!("id,a,b,c\n{}", thirty(&|i| format!("r{i},1,2,{}", i / 39))),
        ),
        (
            "title lines",
            format!(
                "Export of customers\n\nid,a,b\n{}",
                thirty(&|i| format!("r{i},{},{}", i * i, i % 7))
            ),
        ),
        ("3,000 columns", many),
        (
            "latin 1, decimal comma",
            format!(
                "id;Umsatz;b\n{}",
                thirty(&|i| format!("r{i};{},5;{}", i * i, i % 7))
            ),
        ),
    ];
    for (name, text) in cases {
        let folder = temp();
        fs::write(folder.path().join("t.csv"), text).expect("written");
        let output = kinfolk(&folder, &["segment", "t.csv"]);
        let said = stderr(&output);
        assert_eq!(code(&output), 0, "{name}: {said}");
        let out = folder.path().join("t-segments");
        // A model is no text.
        for file in names(&out).into_iter().filter(|file| file != "model.kinfolk") {
            let written = fs::read_to_string(out.join(&file)).expect("UTF-8");
            for word in ["NaN", "inf,", "inf\""] {
                assert!(!written.contains(word), "{name}: {file} holds {word}");
            }
        }
    }
}

#[test]
fn all_rows_identical_is_said_in_words() {
    let folder = temp();
    fs::write(
        folder.path().join("t.csv"),
        "id,a,b\n".to_owned() + &(0..40).map(|i| format!("r{i},1,2\n")).collect::<String>(),
    )
    .expect("written");
    let output = kinfolk(&folder, &["segment", "t.csv"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("constant"), "{}", stderr(&output));
}

#[test]
fn formulas_are_kept_as_data_and_do_not_run_in_a_spreadsheet() {
    let folder = temp();
    fs::write(
        folder.path().join("t.csv"),
        small_table(|i| format!("=cmd|' /C calc'!A{i}")),
    )
    .expect("written");
    let output = kinfolk(&folder, &["segment", "t.csv", "--resolution", "1"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("spreadsheet formula"),
        "{}",
        stderr(&output)
    );
    let customers = fs::read_to_string(folder.path().join("t-segments/customers.csv")).expect("there");
    assert!(customers.contains("\n'=cmd|' /C calc'!A0,"), "{customers}");
    let gexf = fs::read_to_string(folder.path().join("t-segments/network.gexf")).expect("there");
    assert!(
        gexf.contains("id=\"=cmd|"),
        "the Gephi file keeps the id as it is"
    );
}

#[test]
fn a_wrong_command_line_ends_with_2_and_says_what_to_try() {
    let folder = temp();
    fs::write(folder.path().join("t.csv"), small_table(|i| format!("C{i:03}"))).expect("written");
    for (args, says) in [
        (vec!["--neighbors", "0"], "--neighbors 0"),
        (vec!["--ignore", "spnd"], "did you mean \"spend\"?"),
        (vec!["--weight", "vists=2"], "did you mean \"visits\"?"),
        (vec!["--type", "spend=money"], "number, category, date, ignore"),
        (vec!["--resolution", "-1"], "-1"),
        (vec!["--segments", "1"], "--segments 1"),
        (vec!["--segments", "1000"], "60 customers"),
        (vec!["--metric", "hamming"], "euclidean"),
        (vec!["--no-such-flag"], "--no-such-flag"),
    ] {
        let args: Vec<&str> = ["segment", "t.csv"].into_iter().chain(args).collect();
        let output = kinfolk(&folder, &args);
        let said = stderr(&output);
        assert_eq!(code(&output), 2, "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
        assert_eq!(names(folder.path()), ["t.csv"], "{args:?} left something behind");
    }
    let directory = kinfolk(&folder, &["segment", "."]);
    assert_eq!(code(&directory), 1);
    assert!(stderr(&directory).contains("folder"), "{}", stderr(&directory));
    let absent = kinfolk(&folder, &["segment", "absent.csv"]);
    assert_eq!(code(&absent), 1);
    let file = kinfolk(&folder, &["segment", "t.csv", "-o", "t.csv"]);
    assert_eq!(code(&file), 2, "{}", stderr(&file));
}

#[test]
fn a_cloud_is_divided_into_parts_and_the_exit_code_says_so_on_request() {
    use kinfolk::generate::{Generate, Shape, generate};
    let folder = temp();
    let cloud = Generate {
        shape: Shape::Cloud,
        customers: 400,
        missing: 0.0,
        ..Generate::default()
    };
    let file = fs::File::create(folder.path().join("t.csv")).expect("created");
    generate(&cloud)
        .expect("generated")
        .write_csv(file)
        .expect("written");
    let output = kinfolk(&folder, &["segment", "t.csv", "--require-segments"]);
    let said = stderr(&output);
    assert_eq!(code(&output), 3, "{said}");
    assert!(said.contains("no segments supported"), "{said}");
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        words.starts_with(
            "No borders found: these 400 customers form a continuum. For working with them, here are 5 parts of similar customers; they are a convenience, not natural groups."
        ),
        "{words}"
    );
    assert!(
        !words.contains(" is like part "),
        "nobody joins groups that are none: {words}"
    );
    let gexf = fs::read_to_string(folder.path().join("t-segments/network.gexf")).expect("there");
    assert!(gexf.contains("400 customers in 5 parts, which are a convenience and not natural groups"));
    let summary = fs::read_to_string(folder.path().join("t-segments/summary.json")).expect("there");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    assert_eq!(summary["supported"], false);
    assert_eq!(
        (&summary["parts"], &summary["method"]),
        (&true.into(), &"parts".into())
    );
    assert_eq!(summary["comparison"][0]["method"], "parts");
    assert_eq!(summary["segments"].as_array().expect("a list").len(), 5);

    let seven = kinfolk(
        &folder,
        &["segment", "t.csv", "--segments", "7", "-o", "seven", "--json"],
    );
    assert_eq!(code(&seven), 0, "{}", stderr(&seven));
    let summary: serde_json::Value = serde_json::from_slice(&seven.stdout).expect("JSON");
    assert_eq!(summary["segments"].as_array().expect("a list").len(), 7);
    assert_eq!(
        (&summary["parts"], &summary["supported"]),
        (&true.into(), &false.into())
    );
}

#[test]
fn betweenness_is_counted_from_everybody_or_from_as_many_as_asked_for() {
    let folder = temp();
    fs::write(
        folder.path().join("shop.csv"),
        small_table(|i| format!("C{i:03}")),
    )
    .expect("written");
    let run = |sources: &str| {
        let flags = [
            "segment",
            "shop.csv",
            "--betweenness",
            sources,
            "-o",
            sources,
            "--resolution",
            "0",
        ];
        kinfolk(&folder, &flags)
    };
    let drawn = run("50");
    assert_eq!(code(&drawn), 0, "{}", stderr(&drawn));
    assert!(
        stderr(&drawn).contains("shortest paths that start at 50 of"),
        "{}",
        stderr(&drawn)
    );
    let exact = run("exact");
    assert!(!stderr(&exact).contains("shortest paths that start at"));
    assert_eq!(code(&run("0")), 2);
    assert_eq!(code(&run("some")), 2);
}

#[test]
fn communities_of_karate_reach_the_optimum() {
    let folder = temp();
    let edges = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/graphs/karate.edges.csv");
    let output = kinfolk(
        &folder,
        &["communities", edges, "--trials", "20", "-o", "out", "--json"],
    );
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(
        names(&folder.path().join("out")),
        [
            "community_map.csv",
            "community_map.gexf",
            "network.gexf",
            "nodes.csv",
            "report.html",
            "run.json",
            "summary.json"
        ]
    );
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let modularity = summary["modularity"].as_f64().expect("a number");
    assert!((modularity - 0.44490).abs() < 1e-5, "{modularity}");
    let only = kinfolk(
        &folder,
        &["communities", edges, "--only-communities", "-o", "only", "-q"],
    );
    assert_eq!(code(&only), 0, "{}", stderr(&only));
    assert_eq!(
        names(&folder.path().join("only")),
        ["nodes.csv", "run.json", "summary.json"]
    );
    let directed = kinfolk(&folder, &["communities", edges, "--directed"]);
    assert_eq!(code(&directed), 2);
}

#[test]
fn generated_customers_are_read_back_and_found() {
    let folder = temp();
    assert_eq!(
        code(&kinfolk(
            &folder,
            &["generate", "--customers", "300", "-o", "g.csv"]
        )),
        0
    );
    let again = kinfolk(&folder, &["generate", "-o", "g.csv"]);
    assert_eq!(code(&again), 2, "an existing file is not overwritten unasked");
    let output = kinfolk(
        &folder,
        &[
            "segment",
            "g.csv",
            "--truth",
            "true_segment",
            "--ignore",
            "bridge_between",
        ],
    );
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}

#[test]
fn completions_are_written_for_a_shell() {
    let output = kinfolk(&temp(), &["completions", "bash"]);
    assert_eq!(code(&output), 0);
    assert!(String::from_utf8_lossy(&output.stdout).contains("segment"));
}

/// SHA-256 of every file but `run.json`; the rows of `customers.csv` sorted.
fn sums(folder: &Path) -> BTreeMap<String, String> {
    names(folder)
        .into_iter()
        .filter(|n| n != "run.json")
        .map(|name| {
            let mut bytes = fs::read(folder.join(&name)).expect("readable");
            if name == "customers.csv" {
                let text = String::from_utf8(bytes).expect("UTF-8");
                let mut lines: Vec<&str> = text.lines().collect();
                lines[1..].sort_unstable();
                bytes = lines.join("\n").into_bytes();
            }
            let sum = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
            (name, sum)
        })
        .collect()
}

/// The table with its rows in another order.
fn shuffled(text: &str, seed: u64) -> String {
    use rand::seq::SliceRandom;
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].shuffle(&mut kinfolk::random::stream(seed, 0));
    lines.join("\n") + "\n"
}

fn same_bytes(text: &str, flags: &[&str]) {
    let folder = temp();
    let run = |name: &str, text: &str, threads: &str| {
        fs::write(folder.path().join("t.csv"), text).expect("written");
        let args: Vec<&str> = ["segment", "t.csv", "-o", name, "-q", "--threads", threads]
            .iter()
            .chain(flags)
            .copied()
            .collect();
        let output = kinfolk(&folder, &args);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        sums(&folder.path().join(name))
    };
    // Threads and rows at once: `hashes::` tells them apart, on smaller tables.
    let first = run("first", text, "2");
    for (seed, threads) in [(0, "1"), (1, "2"), (2, "3")] {
        let found = run(&format!("shuffle{seed}"), &shuffled(text, seed), threads);
        assert_eq!(found, first, "row order {seed}, {threads} threads");
    }
}

#[test]
fn shop_customers_give_the_same_bytes_for_any_threads_and_row_order() {
    let text = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/datasets/shop_customers.csv"
    ))
    .expect("in the repository");
    same_bytes(&text, &[]);
}

#[test]
fn cc_general_gives_the_same_bytes_for_any_threads_and_row_order() {
    if let Some(text) = real_text("customers/cc_general.csv.gz") {
        same_bytes(&text, &["--resolution", "0.2"]);
    }
}

#[test]
fn telco_churn_gives_the_same_bytes_for_any_threads_and_row_order() {
    if let Some(text) = real_text("customers/telco_churn.csv.gz") {
        same_bytes(&text, &["--resolution", "0.2", "--ignore", "Churn"]);
    }
}

#[test]
fn every_real_table_ends_well() {
    for (name, flags) in [
        ("customers/wholesale_customers.csv", &["--truth", "Channel"][..]),
        ("customers/mall_customers.csv", &[]),
        (
            "customers/segmentation_abcd_train.csv.gz",
            &["--truth", "Segmentation", "--resolution", "0.1"],
        ),
        ("labelled/penguins.csv", &["--truth", "species"]),
        (
            "labelled/pbmc68k_reduced_pca50.csv.gz",
            &["--truth", "cell_type", "--ignore", "louvain_scanpy"],
        ),
        (
            "labelled/tissue_gene_expression.csv.gz",
            &["--truth", "y", "--resolution", "0.5"],
        ),
        ("customers/telco_churn_noid.csv.gz", &["--resolution", "0.1"]),
        (
            "customers/online_shoppers_intention.csv.gz",
            &["--resolution", "0.1", "--truth", "Revenue"],
        ),
        (
            "labelled/letter.csv.gz",
            &["--truth", "lettr", "--resolution", "1"],
        ),
    ] {
        let Some(path) = real_data(name) else { continue };
        let folder = temp();
        let path = path.display().to_string();
        let args: Vec<&str> = ["segment", path.as_str(), "-o", "out"]
            .iter()
            .chain(flags)
            .copied()
            .collect();
        let output = kinfolk(&folder, &args);
        assert_eq!(code(&output), 0, "{name}: {}", stderr(&output));
        assert_eq!(names(folder.path()), ["out"]);
    }
}
