//! What a run will take, said before it runs.

use serde_json::Value;
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder with a generated table of so many customers.
fn folder(customers: usize) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let customers = customers.to_string();
    let made = kinfolk(
        &folder,
        &["generate", "--customers", &customers, "-o", "shop.csv"],
    );
    assert!(made.status.success());
    folder
}

fn kinfolk(folder: &TempDir, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .current_dir(folder.path())
        .args(args)
        .output()
        .expect("the program starts")
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

#[test]
fn the_estimate_of_memory_is_right_within_a_factor_of_two() {
    let folder = folder(10_000);
    let plan = kinfolk(
        &folder,
        &["segment", "shop.csv", "--resolution", "1", "--plan", "--json"],
    );
    assert!(plan.status.success(), "{}", String::from_utf8_lossy(&plan.stderr));
    let plan = json(&plan.stdout);
    assert_eq!(
        (plan["customers"].as_u64(), plan["sample"].as_u64()),
        (Some(10_000), Some(4000))
    );
    assert!(plan["seconds"].as_f64() > Some(0.0) && plan["fits"] == true);
    assert!(
        !folder.path().join("shop-segments").exists(),
        "a plan writes nothing"
    );

    let run = kinfolk(&folder, &["segment", "shop.csv", "--resolution", "1", "-q"]);
    assert!(run.status.success());
    let record = json(&fs::read(folder.path().join("shop-segments/run.json")).expect("there"));
    let named = |list: &Value| -> Vec<String> {
        let stages = list.as_array().expect("a list").iter();
        stages
            .map(|s| s["stage"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(named(&plan["stages"]), named(&record["stages"]));
    let estimate = plan["peak_memory_bytes"].as_f64().expect("a number");
    // Only Linux tells.
    if let Some(peak) = record["peak_memory_bytes"].as_f64() {
        assert!(
            (0.5..2.0).contains(&(estimate / peak)),
            "{estimate} estimated, {peak} used"
        );
    }
}

#[test]
fn a_run_that_cannot_fit_is_refused_unless_forced() {
    let folder = folder(300);
    for plan in [&["--plan"][..], &[]] {
        let args = [&["segment", "shop.csv", "--memory", "1MB"][..], plan].concat();
        let refused = kinfolk(&folder, &args);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(
            said.contains("and 1 MB may be used") && said.contains("--force"),
            "{said}"
        );
        assert!(!folder.path().join("shop-segments").exists());
    }
    let forced = kinfolk(
        &folder,
        &["segment", "shop.csv", "--memory", "1MB", "--force", "-q"],
    );
    assert!(forced.status.success());
}

#[test]
fn sizes_of_memory_are_read_with_their_unit() {
    let folder = folder(300);
    for (size, code) in [
        ("2GB", 0),
        ("900 MB", 0),
        ("2000000000", 0),
        ("1kg", 2),
        ("-3GB", 2),
    ] {
        let size = format!("--memory={size}");
        let done = kinfolk(
            &folder,
            &["segment", "shop.csv", "--plan", "--resolution", "1", &size],
        );
        assert_eq!(done.status.code(), Some(code), "{size}");
    }
}
