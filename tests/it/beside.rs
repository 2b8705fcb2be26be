//! Ward's tree, HDBSCAN and associations between columns against SciPy, scikit-learn and pandas; what baselines can be told.
//!
//! `oracles/beside.py` made the numbers.

use crate::baselines::points;
use kinfolk::Partition;
use kinfolk::clustering::{Hdbscan, hdbscan, ward_dendrogram};
use kinfolk::features::Distance;
use kinfolk::profile::associations;
use kinfolk::read::read_table;
use kinfolk::table::TableSettings;
use ndarray::{Array2, Axis};
use serde_json::Value;
use std::collections::BTreeMap;
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

/// Customers outside the best match of their cluster, noise with noise; as `differing` in `beside.py`.
fn differing(found: &[i64], reference: &[i64]) -> usize {
    let mut count: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    for pair in found.iter().zip(reference) {
        *count.entry((*pair.0, *pair.1)).or_default() += 1;
    }
    let mut best: BTreeMap<i64, usize> = BTreeMap::new();
    for (&(a, b), &customers) in &count {
        if (a < 0) == (b < 0) {
            let best = best.entry(a).or_default();
            *best = customers.max(*best);
        }
    }
    found.len() - best.values().sum::<usize>()
}

/// Clusters by number, noise as -1.
fn labels_of(partition: &Partition, noise: Option<u32>) -> Vec<i64> {
    let labels = partition.labels().iter();
    labels
        .map(|&label| {
            if Some(label) == noise {
                -1
            } else {
                i64::from(label)
            }
        })
        .collect()
}

#[test]
fn hdbscan_finds_the_clusters_of_scikit_learn_as_nearly_as_scikit_learn_in_another_order() {
    for entry in oracle("hdbscan") {
        let name = entry["points"].as_str().expect("a name");
        let Some(points) = points(name) else { return };
        let number = |key: &str| entry[key].as_u64().expect("a number") as usize;
        let settings = Hdbscan {
            min_cluster_size: Some(number("min_cluster_size")),
            min_neighbors: number("min_samples"),
            distance: match entry["metric"].as_str() {
                Some("manhattan") => Distance::Manhattan,
                _ => Distance::Euclidean,
            },
        };
        let fit = hdbscan(points.view(), &settings).expect("few customers");
        let list = |key: &str| -> Vec<i64> {
            let list = entry[key].as_array().expect("a list").iter();
            list.map(|x| x.as_i64().expect("a label")).collect()
        };
        let reference = list("labels");
        let found = labels_of(&fit.partition, fit.noise);
        // In penguins no gaps are equal where it matters.
        let most = list("differing_in_other_orders")
            .into_iter()
            .max()
            .expect("ten orders");
        let differ = differing(&found, &reference).max(differing(&reference, &found));
        assert!(
            differ as i64 <= most,
            "{name} {settings:?}: {differ} of {}, {most}",
            found.len()
        );
        // And whatever the order here, the clusters are the same.
        let turned: Vec<usize> = (0..points.nrows())
            .map(|i| (i * 7 + 3) % points.nrows())
            .collect();
        let mut distinct = turned.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(
            distinct.len(),
            points.nrows(),
            "7 divides no number of customers here"
        );
        let again = hdbscan(points.select(Axis(0), &turned).view(), &settings).expect("few customers");
        let straight: Vec<u32> = turned.iter().map(|&i| fit.partition.labels()[i]).collect();
        assert_eq!(
            again.partition,
            Partition::from_labels(&straight),
            "{name} {settings:?}"
        );
    }
}

#[test]
fn hdbscan_without_clusters_is_all_noise_and_too_small_clusters_are_refused() {
    let all_noise = |points: Array2<f32>, settings: &Hdbscan| {
        let fit = hdbscan(points.view(), settings).expect("no error");
        assert_eq!(
            (fit.partition, fit.noise),
            (Partition::one_group(points.nrows()), Some(0))
        );
    };
    let settings = Hdbscan::default();
    // One, fewer than neighbors, all the same, without columns, and evenly on a line.
    all_noise(Array2::zeros((1, 2)), &settings);
    all_noise(Array2::zeros((4, 2)), &settings);
    all_noise(Array2::zeros((100, 2)), &settings);
    all_noise(Array2::zeros((100, 0)), &settings);
    all_noise(Array2::from_shape_fn((60, 1), |(i, _)| i as f32), &settings);
    // Two places, where everybody of each place coincides.
    let two = Array2::from_shape_fn((30, 1), |(i, _)| (i % 2) as f32);
    let fit = hdbscan(two.view(), &settings).expect("two places");
    assert_eq!((fit.partition.n_groups(), fit.noise), (2, None));
    for least in [0, 1] {
        let settings = Hdbscan {
            min_cluster_size: Some(least),
            ..Hdbscan::default()
        };
        assert!(hdbscan(two.view(), &settings).is_err());
    }
    let nobody = Hdbscan {
        min_neighbors: 0,
        ..Hdbscan::default()
    };
    assert!(hdbscan(two.view(), &nobody).is_err());
    let lost = ndarray::array![[1.0f32], [f32::NAN]];
    assert!(hdbscan(lost.view(), &settings).is_err());
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
fn hdbscan_takes_the_size_and_the_number_it_is_told_and_says_what_it_took_otherwise() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/penguins.csv");
    let table = table.display().to_string();
    let base = [
        "segment",
        &table,
        "--no-report",
        "--no-model",
        "--baselines",
        "hdbscan",
        "-o",
    ];
    let clusters = |out: &str, more: &[&str]| {
        let done = kinfolk(folder.path(), &[&base[..], &[out], more].concat());
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{said}");
        let text = fs::read_to_string(folder.path().join(out).join("comparison.csv")).expect("written");
        let row = text
            .lines()
            .find(|l| l.starts_with("hdbscan,"))
            .expect("a row")
            .to_owned();
        let clusters: usize = row.split(',').nth(1).expect("a cell").parse().expect("a number");
        (clusters, said)
    };
    let (_, said) = clusters("a", &[]);
    assert!(
        said.contains("hdbscan's clusters have at least 5 of the 344 customers"),
        "{said}"
    );
    let (found, said) = clusters("b", &["--hdbscan-min-cluster-size", "200"]);
    assert_eq!(found, 1);
    assert!(
        said.contains("hdbscan takes all 344 customers for noise: it found no cluster"),
        "{said}"
    );
    assert!(!said.contains("hdbscan's clusters have at least"), "{said}");
    let (found, _) = clusters("c", &["--hdbscan-min-neighbors", "1000"]);
    assert_eq!(found, 1);
    let refused = kinfolk(
        folder.path(),
        &["segment", &table, "-o", "none", "--hdbscan-min-cluster-size", "9"],
    );
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        refused.status.code() == Some(2) && said.contains("--baselines kmeans,hdbscan"),
        "{said}"
    );
    let wrong = [&base[..], &["none", "--hdbscan-min-cluster-size", "1"]].concat();
    assert_eq!(kinfolk(folder.path(), &wrong).status.code(), Some(2));
}

#[test]
fn a_known_grouping_of_nobody_or_of_one_group_scores_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let known = |group: &dyn Fn(usize) -> &'static str| {
        let rows: Vec<String> = (0..90)
            .map(|i| {
                format!(
                    "C{i},{},{},{}",
                    i % 3 * 100 + i * 7 % 13,
                    i % 3 * 50 + i * 5 % 11,
                    group(i)
                )
            })
            .collect();
        let text = format!("customer_id,spend,visits,group\n{}\n", rows.join("\n"));
        fs::write(folder.path().join("t.csv"), text).expect("written");
        let done = kinfolk(
            folder.path(),
            &[
                "segment",
                "t.csv",
                "-o",
                "out",
                "--truth",
                "group",
                "--no-report",
                "--no-model",
            ],
        );
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{said}");
        let words = String::from_utf8_lossy(&done.stdout).into_owned();
        let table = fs::read_to_string(folder.path().join("out/comparison.csv")).expect("written");
        (
            said,
            words.contains("with the known grouping") || table.contains("with_truth"),
        )
    };
    let (said, scored) = known(&|_| "");
    assert!(
        said.contains("no customer has a value in \"group\"; agreement with it is not measured"),
        "{said}"
    );
    assert!(!scored);
    let (said, scored) = known(&|i| if i == 5 { "a" } else { "" });
    assert!(
        said.contains("1 customer has a value in \"group\", always the same one; "),
        "{said}"
    );
    assert!(!scored);
    let (said, scored) = known(&|i| if i % 2 == 0 { ["a", "b", "c"][i % 3] } else { "" });
    assert!(
        said.contains(
            "45 customers have no value in \"group\"; agreement with it is measured on the other 45"
        ),
        "{said}"
    );
    assert!(scored);
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
