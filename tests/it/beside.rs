//! Ward's tree and associations between columns against SciPy and pandas; what baselines can be told.
//!
//! `oracles/beside.py` made the numbers.

use crate::baselines::points;
use kinfolk::clustering::ward_dendrogram;
use kinfolk::profile::associations;
use kinfolk::read::read_table;
use kinfolk::table::TableSettings;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn oracle(part: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../oracles/beside.json")).expect("JSON");
    all[part].as_array().expect("a list").clone()
}

#[test]
fn the_last_joins_of_wards_tree_are_those_of_scipy() {
    for entry in oracle("ward") {
        let name = entry["points"].as_str().expect("a name");
        let Some(points) = points(name) else { return };
        let merges = ward_dendrogram(points.view()).expect("few customers").merges();
        assert_eq!(merges.len(), points.nrows() - 1);
        let last = &merges[merges.len() - 50..];
        for (k, merge) in last.iter().enumerate() {
            let height = entry["heights"][k].as_f64().expect("a number");
            assert!(
                (merge.height - height).abs() <= 1e-9 * height,
                "{name}, join {k}: {} against {height}",
                merge.height
            );
            let sizes = [merge.larger as u64, merge.smaller as u64];
            assert_eq!(entry["sizes"][k], serde_json::json!(sizes), "{name}, join {k}");
            assert_eq!(merge.clusters_left, 50 - k);
        }
    }
}

#[test]
fn associations_of_the_penguins_are_those_of_scipy_and_pandas() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/penguins.csv");
    let table = read_table(&path, &TableSettings::default()).expect("part of the repository");
    let all: Vec<usize> = (0..table.columns.len()).collect();
    let found = associations(&table, &all);
    let expected = oracle("associations");
    let mut compared = 0;
    for pair in &found {
        let is_pair = |e: &&Value| {
            let names = [e["a"].as_str(), e["b"].as_str()];
            names.contains(&Some(&pair.a)) && names.contains(&Some(&pair.b))
        };
        let Some(entry) = expected
            .iter()
            .find(is_pair)
            .filter(|e| e["measure"] == pair.measure.name())
        else {
            continue;
        };
        let value = entry["value"].as_f64().expect("a number");
        assert!((pair.value - value).abs() < 1e-9, "{pair:?} against {value}");
        assert_eq!(entry["rows"].as_u64(), Some(pair.customers as u64));
        compared += 1;
    }
    // Four measurements, species, island and sex at least.
    assert!(compared >= 21, "{compared} of {}", expected.len());
    assert!(
        found
            .windows(2)
            .all(|pair| pair[0].value.abs() >= pair[1].value.abs())
    );
}

fn kinfolk(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the program starts")
}

#[test]
fn dbscan_takes_the_radius_and_the_number_it_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/penguins.csv");
    let table = table.display().to_string();
    let clusters = |more: &[&str]| {
        let base = [
            "segment",
            &table,
            "-o",
            "out",
            "--baselines",
            "dbscan,ward",
            "--no-report",
            "--no-model",
        ];
        let done = kinfolk(folder.path(), &[&base, more].concat());
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{said}");
        let text = fs::read_to_string(folder.path().join("out/comparison.csv")).expect("written");
        let row = text
            .lines()
            .find(|l| l.starts_with("dbscan,"))
            .expect("a row")
            .to_owned();
        let clusters: usize = row.split(',').nth(1).expect("a cell").parse().expect("a number");
        (clusters, said.contains("dbscan's epsilon is "))
    };
    let (_, said) = clusters(&[]);
    assert!(said, "the radius that the distances suggest is said");
    // All within reach, nobody within reach.
    assert_eq!(clusters(&["--dbscan-epsilon", "1000"]), (1, false));
    assert_eq!(
        clusters(&["--dbscan-epsilon", "1000", "--dbscan-min-neighbors", "100000"]),
        (1, false)
    );
    let tree = fs::read_to_string(folder.path().join("out/dendrogram.csv")).expect("written");
    assert_eq!(tree.lines().count(), 51);
    assert!(
        tree.lines().last().expect("a row").starts_with("1,"),
        "one cluster is left: {tree}"
    );
    let refused = kinfolk(
        folder.path(),
        &["segment", &table, "-o", "none", "--dbscan-epsilon", "1"],
    );
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        refused.status.code() == Some(2) && said.contains("--baselines kmeans,dbscan"),
        "{said}"
    );
    assert!(!folder.path().join("none").exists());
}

#[test]
fn a_column_without_groups_hardly_matters_and_the_one_that_parts_them_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = String::from("customer_id,spend,visits,shade\n");
    for i in 0..400u32 {
        let noise = |k: u32| f64::from((i * (2 * k + 7) + k) * 7919 % 1009) / 1009.0;
        let group = f64::from(i % 4);
        text += &format!(
            "C{i},{:.3},{:.3},{:.3}\n",
            group * 10.0 + noise(0),
            (group * 3.0) % 4.0 * 10.0 + noise(1),
            noise(2) * 0.5
        );
    }
    fs::write(folder.path().join("t.csv"), text).expect("written");
    let done = kinfolk(
        folder.path(),
        &["segment", "t.csv", "-o", "out", "--scale", "none", "--no-report"],
    );
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}");
    assert!(said.contains("\"shade\" hardly matters"), "{said}");
    let mut reader = csv::Reader::from_path(folder.path().join("out/features.csv")).expect("written");
    let rows: Vec<std::collections::HashMap<String, String>> =
        reader.deserialize().map(|row| row.expect("good CSV")).collect();
    for row in rows {
        let at = |column: &str| row[column].parse::<f64>().expect("a number");
        let moved = at("moved_if_permuted");
        assert!(at("moved_if_permuted_low") <= moved && moved <= at("moved_if_permuted_high"));
        if row["feature"] == "shade" {
            assert_eq!(moved, 0.0);
        } else {
            assert!(moved > 0.2, "{row:?}");
        }
    }
}
