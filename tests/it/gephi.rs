//! Our files in Gephi itself: what its own importers make of them.

use crate::networks::{Element, read, run};
use crate::support::skipped;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What `tests/gephi` prints of a file, line by line in cells.
fn opened(path: &Path) -> Vec<Vec<String>> {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/gephi/check.sh");
    let done = Command::new("sh")
        .arg(program)
        .arg(path)
        .output()
        .expect("a shell");
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{}: {errors}", path.display());
    let text = String::from_utf8(done.stdout).expect("UTF-8");
    text.lines()
        .map(|l| l.split('\t').map(str::to_owned).collect())
        .collect()
}

/// Whether Gephi is to be asked, and can be.
fn can_ask() -> bool {
    let there = |program: &str| {
        let found = Command::new(program).arg("-version").output();
        found.is_ok_and(|o| o.status.success())
    };
    if std::env::var_os("KINFOLK_TEST_GEPHI").is_none_or(|asked| asked != "1") {
        skipped(
            "files are not opened in Gephi: KINFOLK_TEST_GEPHI=1 does it, with Java and Maven (80 MB the first time)",
        );
        return false;
    }
    let can = there("java") && there("mvn");
    if !can {
        skipped("files are not opened in Gephi: Java or Maven is absent");
    }
    can
}

#[test]
fn gephi_holds_what_we_wrote() {
    if !can_ask() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    run(at, &["generate", "--customers", "700", "-o", "shop.csv"]);
    let flags = [
        "segment",
        "shop.csv",
        "--truth",
        "true_segment",
        "--ignore",
        "bridge_between",
    ];
    run(
        at,
        &[
            &flags[..],
            &[
                "--resolution",
                "1",
                "--network",
                "full,graphml,gephi-csv",
                "-o",
                "s",
            ],
        ]
        .concat(),
    );
    let text = fs::read_to_string(at.join("s/network.gexf")).expect("written");
    let (nodes, edges) = read(&text);
    let by_id: BTreeMap<&str, &Element> = nodes.iter().map(|n| (n["id"].as_str(), n)).collect();
    for file in ["network.gexf", "network.graphml", "segment_map.gexf"] {
        let lines = opened(&at.join("s").join(file));
        let of = |kind: &str| -> Vec<&Vec<String>> { lines.iter().filter(|l| l[0] == kind).collect() };
        let issues = of("issue");
        assert!(issues.iter().all(|i| i[1] == "INFO"), "{file}: {issues:?}");
        assert_eq!(of("kind")[0][1], "undirected", "{file}");
        if file == "segment_map.gexf" {
            assert!(of("node").iter().all(|n| n[4] == "4.0"), "sizes stay as they are");
            continue;
        }
        assert_eq!(of("node").len(), nodes.len(), "{file}");
        assert_eq!(of("edges")[0][1], edges.len().to_string(), "{file}");
        for node in of("node") {
            let ours = by_id[node[1].as_str()];
            let near = |theirs: &str, name: &str| {
                let (a, b): (f64, f64) = (theirs.parse().expect("x"), ours[name].parse().expect("x"));
                (a - b).abs() < 0.05
            };
            assert!(
                near(&node[2], "x") && near(&node[3], "y") && near(&node[4], "value"),
                "{node:?}"
            );
        }
        let types: BTreeMap<&str, &str> = of("column")
            .iter()
            .map(|c| (c[1].as_str(), c[2].as_str()))
            .collect();
        for (column, kind) in [
            ("segment", "Integer"),
            ("segment_name", "String"),
            ("bridge_score", "Double"),
            ("is_bridge", "Boolean"),
            ("degree", "Integer"),
        ] {
            assert_eq!(types.get(column), Some(&kind), "{file}: {column}");
        }
        let modularity = of("modularity")[0];
        let (ours, theirs): (f64, f64) = (
            modularity[1].parse().expect("Q"),
            modularity[2].parse().expect("Q"),
        );
        assert!(
            (ours - theirs).abs() < 0.01,
            "{file}: ours {ours}, Gephi's {theirs}"
        );
    }
    of_spreadsheets(&at.join("s"), &nodes, &edges);
}

/// The tables for Import spreadsheet: the nodes with the types of their columns, the edges with their weights.
fn of_spreadsheets(folder: &Path, nodes: &[Element], edges: &[Element]) {
    let lines = opened(&folder.join("gephi_nodes.csv"));
    let count = |lines: &[Vec<String>], kind: &str| lines.iter().filter(|l| l[0] == kind).count();
    assert_eq!((count(&lines, "node"), count(&lines, "issue")), (nodes.len(), 0));
    for (column, kind) in [
        ("segment", "Integer"),
        ("bridge_score", "Double"),
        ("is_bridge", "Boolean"),
    ] {
        let found = lines.iter().find(|l| l[0] == "column" && l[1] == column);
        assert_eq!(found.map(|l| l[2].as_str()), Some(kind), "{column}");
    }
    let lines = opened(&folder.join("gephi_edges.csv"));
    let found = lines.iter().find(|l| l[0] == "edges").expect("said");
    let weights: f64 = edges
        .iter()
        .map(|e| e["weight"].parse::<f64>().expect("a number"))
        .sum();
    let theirs: f64 = found[2].parse().expect("a number");
    assert_eq!((found[1].parse(), count(&lines, "issue")), (Ok(edges.len()), 0));
    // Gephi holds 32 bits.
    assert!(
        (theirs - weights).abs() < 1e-5 * weights,
        "{theirs} and {weights}"
    );
    assert!(lines.iter().any(|l| l[0] == "kind" && l[1] == "undirected"));
}
