//! Every sentence and name that the program prints is read by a parser of its own and worked out again from the input and the files
//! written. A sentence that no parser understands fails: a new kind of sentence needs a check.

#![allow(
    clippy::print_stdout,
    reason = "how many claims were checked is what a reader wants to know"
)]

mod assigned;
mod bridges;
mod differing;
mod names;
mod networks;
mod purchases;
pub(crate) mod report;
mod screen;
mod text;
mod warnings;
mod world;

use crate::support::real_data;
use kinfolk::generate::{Generate, Shape, generate};
use kinfolk::random::{StandardNormal, stream};
use rand::RngExt;
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
    let mut world = World::run(case);
    let mut ledger = Ledger::default();
    names::check(&world, &mut ledger);
    screen::check(&world, &mut ledger);
    report::check(&world, &mut ledger);
    bridges::check(&world, &mut ledger);
    warnings::check(&world, &mut ledger);
    differing::check(&mut world, &mut ledger);
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
        // So many that segments are looked for among some of them.
        ("many", &["--customers", "26000", "--seed", "12"], &[]),
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

/// A cloud, which ends in parts, and one with six customers far off; three far groups of four, at both levels; a column that looks like an outcome and a row of sums.
fn others(folder: &Path) -> Vec<Case> {
    let cloud = Generate {
        shape: Shape::Cloud,
        customers: 400,
        missing: 0.0,
        ..Generate::default()
    };
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let mut text = Vec::new();
    generate(&cloud)
        .expect("in range")
        .write_csv(&mut text)
        .expect("written");
    let text = String::from_utf8(text).expect("UTF-8");
    let small: Vec<&str> = text.lines().take(26).collect();
    let small = write("small.csv", &small.join("\n"));
    let cloud = write("cloud.csv", &text);

    let mut random = stream(5, 0);
    let mut nested = String::from("customer_id,a,b\n");
    let mut summed = String::from("customer_id,spend,visits,churn\n");
    let (mut spend_of_all, mut visits_of_all) = (0, 0);
    for i in 0..720 {
        let (group, member) = (i / 240, i / 60 % 4);
        let mut noise = || random.sample::<f64, _>(StandardNormal) * 3.0;
        let a = f64::from(group * 1200 + member % 2 * 150) + noise();
        let b = f64::from(i32::from(group == 1) * 1200 + member / 2 * 150) + noise();
        nested += &format!("C{i},{a:.3},{b:.3}\n");
        if i < 300 {
            let spend = (100.0 + f64::from(i % 2) * 200.0 + 5.0 * noise()) as i32;
            let visits = (20.0 + f64::from(i % 2) * 20.0 + noise()) as i32;
            (spend_of_all, visits_of_all) = (spend_of_all + spend, visits_of_all + visits);
            let churn = if i % 3 == 0 { "yes" } else { "no" };
            summed += &format!("C{i},{spend},{visits},{churn}\n");
        }
    }
    summed += &format!("Total,{spend_of_all},{visits_of_all},no\n");
    let nested = write("nested.csv", &nested);
    let mut few = String::from("customer_id,a,b\n");
    for i in 0..600 {
        let mut noise = || random.sample::<f64, _>(StandardNormal);
        let far = if i % 100 == 7 { 40.0 } else { 0.0 };
        few += &format!("C{i},{:.3},{:.3}\n", noise() + far, noise() + far);
    }
    let few = write("few.csv", &few);
    vec![
        Case::of(few),
        Case::of(cloud.clone()),
        Case::of(cloud).flags(&[
            "--segments",
            "7",
            "--min-size",
            "60",
            "--baselines",
            "kmeans,ward",
        ]),
        Case::of(small).flags(&["--segments", "3"]),
        Case::of(nested.clone()),
        Case::of(nested).flags(&["--segments", "3"]),
        Case::of(write("summed.csv", &summed)),
    ]
}

#[test]
fn every_claim_about_small_tables_is_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut cases = vec![
        Case::of(of_repository("penguins.csv")),
        Case::of(of_repository("penguins.csv"))
            .truth("species")
            .flags(&["--baselines", "all"]),
        Case::of(of_repository("shop_customers.csv"))
            .truth("true_segment")
            .ignore(&["bridge_between"])
            .flags(&["--rules", "--figures"]),
        Case::of(of_repository("shop_customers.csv"))
            .ignore(&["true_segment", "bridge_between"])
            .flags(&["--segments", "11", "--network", "backbone,graphml"]),
    ];
    cases.extend(generated(folder.path()));
    cases.extend(others(folder.path()));
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
