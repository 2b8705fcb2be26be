//! Every sentence and name that the program prints is read by a parser of its own and worked out again from the input and the files
//! written. A sentence that no parser understands fails: a new kind of sentence needs a check.

#![allow(
    clippy::print_stdout,
    reason = "how many claims were checked is what a reader wants to know"
)]

mod bridges;
mod names;
mod screen;
mod text;
mod warnings;
mod world;

use crate::support::real_data;
use std::path::{Path, PathBuf};
use world::{Case, World};

/// What was checked of one table.
#[derive(Default)]
struct Ledger {
    checked: usize,
    wrong: Vec<String>,
}

impl Ledger {
    /// One claim of a sentence.
    fn claim(&mut self, holds: bool, sentence: &str) {
        self.checked += 1;
        if !holds {
            self.wrong.push(format!("not true: {sentence}"));
        }
    }

    fn not_understood(&mut self, sentence: &str) {
        self.wrong.push(format!("no parser understands: {sentence}"));
    }
}

fn check(case: &Case) -> Ledger {
    let world = World::run(case);
    let mut ledger = Ledger::default();
    names::check(&world, &mut ledger);
    screen::check(&world, &mut ledger);
    bridges::check(&world, &mut ledger);
    warnings::check(&world, &mut ledger);
    ledger
}

fn check_all(cases: &[Case]) -> usize {
    let (mut checked, mut wrong) = (0, Vec::new());
    for case in cases {
        let found = check(case);
        println!(
            "{}: {} claims, {} not true or not understood",
            case.name(),
            found.checked,
            found.wrong.len()
        );
        checked += found.checked;
        wrong.extend(found.wrong.iter().map(|w| format!("{}: {w}", case.name())));
    }
    println!("{checked} claims");
    assert!(
        wrong.is_empty(),
        "{} of {checked} claims:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    checked
}

fn of_repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(name)
}

/// Tables made by `generate`, two flags each.
fn generated(folder: &Path) -> Vec<Case> {
    [
        ("shop", &["--customers", "900"][..], &[][..]),
        (
            "eight",
            &["--customers", "1500", "--segments", "8", "--seed", "7"],
            &["--betweenness", "64"],
        ),
        (
            "close",
            &["--customers", "800", "--separation", "2.2", "--seed", "3"],
            &["--segments", "4"],
        ),
        (
            "gaps",
            &["--customers", "700", "--missing", "0.3", "--seed", "4"],
            &["--resolution", "1"],
        ),
        (
            "noise",
            &["--customers", "700", "--noise-columns", "6", "--seed", "5"],
            &["--method", "leiden"],
        ),
        (
            "three",
            &["--customers", "600", "--segments", "3", "--seed", "9"],
            &["--resolution", "0.6"],
        ),
        (
            "tiny",
            &["--customers", "24", "--segments", "2", "--bridges", "0"],
            &[],
        ),
        (
            "fine",
            &["--customers", "1200", "--seed", "11"],
            &["--resolution", "3", "--similarity", "gaussian"],
        ),
    ]
    .iter()
    .map(|(name, make, flags)| {
        let path = folder.join(format!("{name}.csv"));
        let done = world::kinfolk(
            folder,
            &[&["generate", "-o", &path.display().to_string()], *make].concat(),
        );
        assert!(
            done.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        Case::of(path)
            .truth("true_segment")
            .ignore(&["bridge_between"])
            .flags(flags)
    })
    .collect()
}

#[test]
fn every_claim_about_small_tables_is_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut cases = vec![
        Case::of(of_repository("penguins.csv")),
        Case::of(of_repository("penguins.csv"))
            .truth("species")
            .flags(&["--baselines", "kmeans,ward"]),
        Case::of(of_repository("shop_customers.csv"))
            .truth("true_segment")
            .ignore(&["bridge_between"]),
        Case::of(of_repository("shop_customers.csv"))
            .ignore(&["true_segment", "bridge_between"])
            .flags(&["--segments", "11"]),
    ];
    cases.extend(generated(folder.path()));
    for (name, flags) in [
        ("customers/mall_customers.csv", &[][..]),
        ("customers/mall_customers.csv", &["--segments", "4"]),
        ("customers/wholesale_customers.csv", &[]),
        ("customers/wholesale_customers.csv", &["--resolution", "1"]),
        (
            "customers/cc_general.csv.gz",
            &["--resolution", "0.9", "--betweenness", "64"],
        ),
        (
            "customers/telco_churn.csv.gz",
            &["--resolution", "0.5", "--betweenness", "64"],
        ),
        ("labelled/penguins.csv", &["--segments", "3"]),
    ] {
        cases.extend(real_data(name).map(|path| Case::of(path).flags(flags)));
    }
    let checked = check_all(&cases);
    // Fewer where the folder of real data is absent.
    let least = if real_data("customers/cc_general.csv.gz").is_some() {
        2_000
    } else {
        800
    };
    assert!(checked >= least, "only {checked} claims were found to check");
}

/// `cargo test --test it every_claim_about_all_tables -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes"]
fn every_claim_about_all_tables_is_true() {
    let mut cases = Vec::new();
    for (name, truth) in [
        ("customers/cc_general.csv.gz", None),
        ("customers/mall_customers.csv", None),
        ("customers/online_shoppers_intention.csv.gz", Some("Revenue")),
        ("customers/segmentation_abcd_train.csv.gz", Some("Segmentation")),
        ("customers/telco_churn.csv.gz", Some("Churn")),
        ("customers/telco_churn_noid.csv.gz", None),
        ("customers/wholesale_customers.csv", None),
        ("labelled/penguins.csv", None),
        ("labelled/digits.csv.gz", None),
        ("labelled/letter.csv.gz", Some("lettr")),
        ("labelled/pbmc68k_reduced_pca50.csv.gz", Some("cell_type")),
        ("labelled/tissue_gene_expression.csv.gz", Some("y")),
    ] {
        let Some(path) = real_data(name) else { continue };
        let case = Case::of(path).flags(&["--betweenness", "64"]);
        cases.push(match truth {
            Some(column) => case.truth(column),
            None => case,
        });
    }
    check_all(&cases);
}
