//! Models: the file, what is said of new customers, and everything that may be wrong with either.

use crate::support::kinfolk;
use crate::support::real_data;
use kinfolk::model::{Assigner, Assignment, Model, Outcome};
use kinfolk::random::{StandardNormal, stream};
use kinfolk::read::{NewRows, NewRowsSettings, read_table_and_rules};
use kinfolk::segmentation::{Settings, prepare, segment};
use kinfolk::table::TableSettings;
use rand::RngExt;
use rand::seq::SliceRandom;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn done(folder: &Path, args: &[&str]) -> Output {
    let output = kinfolk(folder, args);
    assert!(output.status.success(), "{args:?}: {}", told(&output));
    output
}

fn refused(folder: &Path, args: &[&str]) -> String {
    let output = kinfolk(folder, args);
    assert!(!output.status.success(), "{args:?} is refused");
    told(&output)
}

/// The rows of a file of the program, by the names of their columns.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("written");
    reader.deserialize().map(|row| row.expect("good CSV")).collect()
}

/// Groups of customers around their centers, with a category and a date.
fn customers(n: usize, groups: &[usize], seed: u64) -> String {
    let mut random = stream(seed, 0);
    let mut text = String::from("customer_id,spend,visits,basket,channel,since\n");
    for i in 0..n {
        let g = groups[i % groups.len()];
        let mut near = |center: f64, width: f64| center + width * random.sample::<f64, _>(StandardNormal);
        let spend = near(100.0 + 300.0 * (g % 3) as f64, 30.0);
        let visits = near(10.0 + 25.0 * (g / 3 % 2) as f64 + 3.0 * g as f64, 2.0);
        let basket = near(20.0 + 15.0 * (g * 5 % 4) as f64, 3.0);
        let day = 1 + (i * 7) % 28;
        let channel = ["web", "store", "phone"][(g + i / 50 % 2) % 3];
        let _ = writeln!(
            text,
            "C{seed}x{i},{spend:.2},{visits:.3},{basket:.2},{channel},2024-{:02}-{day:02}",
            1 + g
        );
    }
    text
}

const GROUPS: &[usize] = &[0, 1, 2, 3];

fn model_of(text: &str, most: Option<usize>) -> Model {
    let (table, rules) =
        read_table_and_rules("old.csv", text.as_bytes(), &TableSettings::default()).expect("a table");
    let settings = Settings::default();
    let prepared = prepare(&table, &settings.features).expect("features");
    let recipe = prepared.recipe.clone();
    let found = segment(prepared, &settings, &mut |_| Ok(())).expect("segments");
    match most {
        Some(most) => Model::of_at_most(most, &found, &recipe, &rules, "words\n".to_owned()),
        None => Model::of(&found, &recipe, &rules, "words\n".to_owned()),
    }
}

/// Where the customers of a text stand, read a few at a time.
fn assigned(assigner: &Assigner, text: &str, at_once: usize) -> Vec<Assignment> {
    let mut rows = NewRows::open(
        "new.csv",
        text.as_bytes(),
        &assigner.about().rules,
        &NewRowsSettings::default(),
    )
    .expect("a header");
    let mut all = Vec::new();
    while let Some(batch) = rows.next_batch(at_once).expect("rows") {
        let table = batch.table(0..batch.len()).expect("values");
        all.extend(assigner.assign(&table).expect("coordinates").0);
    }
    all
}

fn bytes_of(model: &Model) -> Vec<u8> {
    let mut bytes = Vec::new();
    model.write(&mut bytes).expect("memory");
    bytes
}

#[test]
fn a_model_is_read_as_it_was_written_and_holds_no_identifier() {
    let text = customers(400, GROUPS, 1);
    let model = model_of(&text, None);
    let bytes = bytes_of(&model);
    let again = Model::read("m", &bytes).expect("a model");
    assert_eq!(again, model);
    assert_eq!(bytes_of(&again), bytes);
    let held = String::from_utf8_lossy(&bytes);
    assert!(held.contains("\"spend\""), "names of columns are in it");
    for line in text.lines().skip(1) {
        let id = line.split(',').next().unwrap_or_default();
        assert!(!held.contains(id), "{id} is in the model");
    }
}

#[test]
fn a_file_that_is_no_model_cut_later_or_damaged_is_told_in_one_sentence() {
    let model = model_of(&customers(200, GROUPS, 1), None);
    let whole = bytes_of(&model);
    let error = |bytes: &[u8]| Model::read("m.kinfolk", bytes).expect_err("refused").to_string();
    // The beginning that every model has, see docs/model-file.md.
    for at in 0..b"\x8Bkinfolk\r\n\x1A\n".len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        assert!(
            error(&bytes).starts_with("m.kinfolk: is not a kinfolk model"),
            "byte {at}"
        );
    }
    for other in [&b"customer_id,spend\n"[..], b"", b"PAR1"] {
        assert!(error(other).starts_with("m.kinfolk: is not a kinfolk model"));
    }
    for length in [5, 12, 20, 31, 32, 40, whole.len() / 2, whole.len() - 1] {
        assert!(
            error(&whole[..length]).starts_with("m.kinfolk: is cut short"),
            "{length}"
        );
    }
    let mut later = whole.clone();
    later[12] = 2;
    assert_eq!(
        error(&later),
        "m.kinfolk: is a model of format 2, and this kinfolk reads format 1; use a later kinfolk, or let this one's kinfolk segment write it again"
    );
    let mut random = stream(3, 0);
    let places = (0..200).map(|_| random.random_range(24..whole.len()));
    for at in places.chain([24, 32, whole.len() - 4, whole.len() - 1]) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        let said = error(&bytes);
        assert!(said.starts_with("m.kinfolk: is damaged"), "byte {at}: {said}");
    }
    let longer = [&whole[..], b"x"].concat();
    assert!(error(&longer).starts_with("m.kinfolk: is damaged"));
}

/// Where the segmentation put each customer, and where its model does.
fn own_customers(folder: &Path, table: &Path, flags: &[&str]) {
    let table = table.to_str().expect("UTF-8");
    let mut segment = vec!["segment", table, "-o", "s", "--force", "-q", "--resolution", "1"];
    segment.extend(flags);
    done(folder, &segment);
    done(folder, &["assign", "s", table, "-o", "own.csv", "--force", "-q"]);
    let before = rows(&folder.join("s/customers.csv"));
    let after = rows(&folder.join("own.csv"));
    assert_eq!(before.len(), after.len(), "{table}");
    let mut known = 0;
    for (old, new) in before.iter().zip(&after) {
        if new["segment_name"] == "too little known" {
            continue;
        }
        for column in ["customer_id", "segment", "segment_name"] {
            assert_eq!(
                old[column], new[column],
                "{table}: {column} of {}",
                old["customer_id"]
            );
        }
        assert_eq!(new["novelty_p"], "1.0", "{table}: {}", old["customer_id"]);
        known += 1;
    }
    assert!(
        known * 100 >= 99 * before.len(),
        "{table}: {known} of {}",
        before.len()
    );
}

#[test]
fn the_customers_of_a_model_are_read_again_as_they_were_and_get_their_own_segment() {
    let folder = TempDir::new().expect("a folder");
    let at = folder.path();
    let datasets = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets");
    own_customers(at, &datasets.join("shop_customers.csv"), &["--baselines", "none"]);
    own_customers(at, &datasets.join("penguins.csv"), &["--metric", "gower"]);
    own_customers(
        at,
        &datasets.join("telco_churn_noid.csv.gz"),
        &["--baselines", "none"],
    );
    // Decimal commas, thousands, currency, dotted dates, a code, gaps, umlauts in Windows-1252, a title above the header.
    let mut german = String::from("Kundenliste;;;;;\nKundennr;Umsatz;Kontakttage;Seit;Größe;Region\n");
    for i in 0..240 {
        let umsatz = 1000.5 + f64::from(i % 3) * 2000.0 + f64::from(i * 37 % 100);
        let tage = if i % 4 == 0 { -1 } else { i * 11 % 90 };
        let day = 1 + i % 28;
        let size = ["klein", "mittel", "groß", ""][i as usize * 5 % 4];
        let text = format!("{umsatz:.2}").replace('.', ",");
        let (thousands, rest) = text.split_at(text.find(',').unwrap_or(4) - 3);
        let region = if i % 17 == 0 {
            "k. A.".to_owned()
        } else {
            (i % 3).to_string()
        };
        let _ = writeln!(
            german,
            "N{i};{thousands}.{rest} €;{tage};{day:02}.03.2021;{size};{region}"
        );
    }
    fs::write(at.join("german.csv"), windows_1252(&german)).expect("written");
    own_customers(at, &at.join("german.csv"), &["--missing", "k. A."]);
    for real in [
        "customers/cc_general.csv.gz",
        "customers/segmentation_abcd_train.csv.gz",
        "customers/telco_churn.csv.gz",
    ] {
        if let Some(path) = real_data(real) {
            own_customers(at, &path, &["--baselines", "none"]);
        }
    }
}

/// The text in Windows-1252.
fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '€' => 0x80,
        c => u8::try_from(u32::from(c)).expect("in Windows-1252"),
    };
    text.chars().map(byte).collect()
}

#[test]
fn answers_do_not_depend_on_batches_threads_or_the_order_of_rows() {
    let folder = TempDir::new().expect("a folder");
    let at = folder.path();
    fs::write(at.join("old.csv"), customers(500, GROUPS, 1)).expect("written");
    done(at, &["segment", "old.csv", "-o", "s", "-q"]);
    let new = customers(1300, &[0, 1, 2, 3, 9], 2);
    fs::write(at.join("new.csv"), &new).expect("written");
    let answer = |input: &str, flags: &[&str]| {
        let args = [&["assign", "s", input, "-o", "-", "-q"][..], flags].concat();
        String::from_utf8(done(at, &args).stdout).expect("UTF-8")
    };
    let first = answer("new.csv", &["--threads", "1"]);
    assert_eq!(answer("new.csv", &["--threads", "3"]), first);
    let mut lines: Vec<&str> = new.lines().skip(1).collect();
    lines.shuffle(&mut stream(1, 0));
    let header = new.lines().next().expect("a header");
    let columns = |line: &str| line.split(',').rev().collect::<Vec<_>>().join(";");
    // Other order of rows and columns, another separator, packed.
    let shuffled: Vec<String> = std::iter::once(header).chain(lines).map(columns).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed
        .write_all(shuffled.join("\r\n").as_bytes())
        .expect("memory");
    fs::write(at.join("other.csv.gz"), packed.finish().expect("memory")).expect("written");
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&answer("other.csv.gz", &[])), sorted(&first));

    let model = fs::read(at.join("s/model.kinfolk")).expect("written");
    let assigner = Assigner::new(Model::read("m", &model).expect("a model"), 0.01).expect("ready");
    let whole = assigned(&assigner, &new, 100_000);
    for at_once in [1, 7, 512] {
        assert_eq!(assigned(&assigner, &new, at_once), whole, "{at_once} at once");
    }
}

#[test]
fn of_customers_like_the_models_as_many_as_stated_are_told_to_be_like_none() {
    let mut random = stream(8, 0);
    // Skewed groups of unlike widths: nothing that a distance would be told by.
    let mut cloud = |n: usize| {
        let mut text = String::from("customer_id,a,b,c\n");
        for i in 0..n {
            let g = f64::from(random.random_range(0..4));
            let mut draw = || random.sample::<f64, _>(StandardNormal);
            let (x, y, z) = (draw(), draw(), draw());
            let _ = writeln!(
                text,
                "K{i},{:.4},{:.4},{:.4}",
                10.0 * g + x,
                (0.5 * y + 0.2 * g).exp(),
                z * (0.3 + g)
            );
        }
        text
    };
    let model = model_of(&cloud(3000), None);
    for rate in [0.01, 0.05] {
        let mut alarms = 0;
        let n = 12_000;
        let assigner = Assigner::new(model.clone(), rate).expect("ready");
        let found = assigned(&assigner, &cloud(n), 4096);
        alarms += found.iter().filter(|a| a.outcome == Outcome::NoneOfThese).count();
        let share = alarms as f64 / n as f64;
        // The rate of one model lies around the stated one as its 3,000 customers do: three standard deviations.
        let spread = 3.0 * (rate * (1.0 - rate) / 3000.0_f64).sqrt();
        assert!((share - rate).abs() < spread.max(0.005), "{share} for {rate}");
    }
    // With few kept, the p-values come from those who are not.
    let thin = model_of_at_most(500, &cloud(3000));
    assert!(
        thin.about.kept < 700 && thin.about.tested > 2000,
        "{:?}",
        thin.about.kept
    );
    let assigner = Assigner::new(thin, 0.05).expect("ready");
    let found = assigned(&assigner, &cloud(12_000), 4096);
    let share = found.iter().filter(|a| a.outcome == Outcome::NoneOfThese).count() as f64 / 12_000.0;
    assert!((share - 0.05).abs() < 0.013, "{share} with few kept");
    // A few more than can be kept: a tenth of all is tested, not only those few.
    let brim = model_of_at_most(2990, &cloud(3000));
    assert!(brim.about.tested >= 300, "{} tested", brim.about.tested);
}

fn model_of_at_most(most: usize, text: &str) -> Model {
    model_of(text, Some(most))
}

#[test]
fn a_planted_new_segment_is_told_to_be_none_of_these_and_known_ones_keep_their_segment() {
    let assigner = Assigner::new(model_of(&customers(800, GROUPS, 1), None), 0.01).expect("ready");
    // Large baskets at few visits: nobody of the model is there.
    let new = customers(600, &[11], 5);
    let found = assigned(&assigner, &new, 512);
    let told = found.iter().filter(|a| a.outcome == Outcome::NoneOfThese).count();
    assert!(told * 100 >= 95 * found.len(), "{told} of {}", found.len());
    let old = assigned(&assigner, &customers(600, GROUPS, 6), 512);
    let told = old.iter().filter(|a| a.outcome == Outcome::NoneOfThese).count();
    assert!(told <= 24, "{told} of 600 known ones");
    let sure = old.iter().filter(|a| a.probability >= 0.75).count();
    assert!(sure >= 540, "{sure} of 600");
}

/// A folder with a model of five columns in `s`.
fn with_model() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("old.csv"), customers(400, GROUPS, 1)).expect("written");
    done(folder.path(), &["segment", "old.csv", "-o", "s", "-q"]);
    folder
}

#[test]
fn tables_that_do_not_fit_the_model_are_refused_with_place_and_what_to_try() {
    let folder = with_model();
    let at = folder.path();
    let head = "customer_id,spend,visits,basket,channel,since\n";
    let good = "A,100,12,30,web,2024-01-05\n";
    let error = |name: &str, text: &str, flags: &[&str]| {
        fs::write(at.join(name), text).expect("written");
        let said = refused(at, &[&["assign", "s", name, "-q"][..], flags].concat());
        let left: Vec<_> = fs::read_dir(at)
            .expect("a folder")
            .filter_map(|e| e.ok()?.file_name().into_string().ok())
            .filter(|n| n.contains("assigned"))
            .collect();
        assert!(left.is_empty(), "{name} leaves {left:?}");
        said
    };
    insta::assert_snapshot!(error("a.csv", "customer_id,spent,visits\nA,1,2\n", &[]), @r#"error: a.csv: the columns "basket", "channel", "since", "spend" are missing, but similarity was measured on them; a column of empty cells says that nobody's value is known"#);
    insta::assert_snapshot!(error("b.csv", &format!("{head}{good}B,1.200,50,12,30,web,2024-01-05\n"), &[]), @"error: b.csv line 3: 7 cells found where the header has 6; put quotes around cells that hold the separator, or set --separator");
    insta::assert_snapshot!(error("c.csv", &format!("{head}{good}B,\"1,5\",12,30,web,2024-01-05\n"), &[]), @r#"error: c.csv line 3, column "spend": "1,5" is not a number; if the comma is decimal, set --decimal ,"#);
    insta::assert_snapshot!(error("d.csv", &format!("{head}{good}B,lots,12,30,web,2024-01-05\n"), &[]), @r#"error: d.csv line 3, column "spend": "lots" is not a number; if "lots" means no value, set --missing "lots""#);
    insta::assert_snapshot!(error("e.csv", &format!("{head}{good}B,1,12,30,web,soon\n"), &[]), @r#"error: e.csv line 3, column "since": "soon" is not a date; write dates as 2024-01-31; if "soon" means no value, set --missing "soon""#);
    insta::assert_snapshot!(error("f.csv", &format!("{head}{good}B,1,12\n"), &[]), @r#"error: f.csv line 3: the row ends after 3 of 6 cells, before "basket", which every customer of the model has; is a line break or a separator missing there?"#);
    insta::assert_snapshot!(error("g.csv", head, &[]), @"error: g.csv: holds a header but no rows; one line per customer is needed below it");
    insta::assert_snapshot!(error("h.csv", "", &[]), @"error: h.csv: is empty; a header line and rows are needed");
    insta::assert_snapshot!(error("i.csv", &format!("{head}{good}"), &["--novelty", "1.5"]), @"error: --novelty 1.5 is not a share from 0 up to 1; 0.01 lets one in a hundred customers like the model's be told apart by chance");
    insta::assert_snapshot!(error("j.csv", &format!("{head}{good}"), &["--decimal", ";"]), @r#"error: ";" cannot be a decimal mark; use . or ,"#);
    insta::assert_snapshot!(error("k.csv", &format!("{head}{good}"), &["--id", "nobody"]), @r#"error: k.csv: --id names "nobody", which is not a column; the columns are customer_id, spend, visits, basket, channel, since"#);
    insta::assert_snapshot!(error("l.csv", &format!("{head}{good}"), &["-o", "l.csv", "--force"]), @"error: l.csv: is read by this run, and is never overwritten; name another file with --output");
    insta::assert_snapshot!(error("m.csv", &format!("{head}{good}"), &["-o", "s/model.kinfolk", "--force"]), @"error: s/model.kinfolk: is read by this run, and is never overwritten; name another file with --output");
    insta::assert_snapshot!(error("n.csv", "\u{7f}ELF", &[]), @"error: n.csv: is not a text table but a program; a table as CSV is needed");
    // Another unit: cents for euros.
    let cents: String = customers(60, GROUPS, 3)
        .lines()
        .map(|line| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if let Ok(spend) = cells[1].parse::<f64>() {
                cells[1] = format!("{}", (100.0 * spend).round());
            }
            cells.join(",") + "\n"
        })
        .collect();
    insta::assert_snapshot!(error("o.csv", &cents, &[]), @r#"error: o.csv, column "spend": 60 of 60 values lie below or above all of the model's, which go from 21.47 to 783.75; segments would mean nothing; are they in another unit, such as cents or days? if they are right, add --allow-outside"#);
    done(at, &["assign", "s", "o.csv", "-q", "--allow-outside"]);
    let told = rows(&at.join("o-assigned.csv"));
    assert!(
        told.iter()
            .all(|row| row["values_outside"] != "0" && row["segment_name"] == "none of these")
    );
    insta::assert_snapshot!(refused(at, &["assign", "s", "o.csv", "-q", "--allow-outside"]), @"error: o-assigned.csv: is there already; choose another name, or --force to overwrite it");
    insta::assert_snapshot!(refused(at, &["assign", "nowhere", "o.csv"]), @"error: nowhere: cannot be read: No such file or directory (os error 2); kinfolk segment writes it, unless --no-model is added");
    insta::assert_snapshot!(refused(at, &["assign", "old.csv", "o.csv"]), @"error: old.csv: is not a kinfolk model; kinfolk segment writes one, model.kinfolk, into its results");
    insta::assert_snapshot!(refused(at, &["assign", "s"]).lines().next().unwrap_or_default(), @"error: the following required arguments were not provided:");
}

#[test]
fn what_is_odd_about_new_customers_is_counted_and_said() {
    let folder = with_model();
    let at = folder.path();
    let mut text = customers(100, GROUPS, 2);
    text.push_str("odd1,,,,,\n");
    text.push_str("odd2,110,11,,fax,2024-01-09\n");
    text.push_str("odd3,110,11,21,web,2024-02-31\n");
    text.push_str("=cmd(),99999,11,21,web,2024-01-09\n");
    fs::write(at.join("new.csv"), text).expect("written");
    let output = done(at, &["assign", "s", "new.csv"]);
    let said = told(&output);
    for part in [
        "warning: customers without a value, placed like those of the model without one: \"basket\" 2 (1.9 %), \"channel\" 1 (1.0 %), \"since\" 2 (1.9 %), \"spend\" 1 (1.0 %), \"visits\" 1 (1.0 %)",
        "warning: customers of a category that nobody of the model has: \"channel\" 1 (1.0 %)",
        "warning: 1 date does not exist; taken as missing",
        "warning: 1 cells begin like a spreadsheet formula",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let found = rows(&at.join("new-assigned.csv"));
    let one = |id: &str| found.iter().find(|r| r["customer_id"] == id).expect("there");
    assert_eq!(one("odd1")["segment_name"], "too little known");
    assert_eq!(
        (&*one("odd1")["segment"], &*one("odd1")["missing_values"]),
        ("", "5")
    );
    assert_eq!(
        (
            &*one("odd2")["unknown_categories"],
            &*one("odd2")["missing_values"]
        ),
        ("1", "1")
    );
    assert_eq!(one("odd3")["missing_values"], "1");
    assert_eq!(one("'=cmd()")["values_outside"], "1");
    assert_eq!(one("'=cmd()")["segment_name"], "none of these");
    // What the screen says is what the file has.
    let screen = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(screen.starts_with("104 new customers into "), "{screen}");
    let count = |test: &dyn Fn(&BTreeMap<String, String>) -> bool| found.iter().filter(|r| test(r)).count();
    let none = count(&|r| r["segment_name"] == "none of these");
    let sure = count(&|r| r["probability"].parse::<f64>().is_ok_and(|p| p >= 0.75));
    let between = count(&|r| !r["bridge_to"].is_empty());
    for part in [
        format!("None of these: {none} customer"),
        format!("Sure: {sure} customers ({:.1} %)", 100.0 * sure as f64 / 104.0),
        format!("In between: {between} customer"),
        "Too little known: 1 customer without a value in more than half of the columns".to_owned(),
        "Written to new-assigned.csv".to_owned(),
    ] {
        assert!(screen.contains(&part), "{part}\n{screen}");
    }
    for segment in rows(&at.join("s/segments.csv")) {
        let here = count(&|r| r["segment"] == segment["segment"]);
        let share = format!(
            "{:.1} %",
            100.0 * segment["share"].parse::<f64>().expect("a share")
        );
        let line = screen
            .lines()
            .find(|l| l.contains(&segment["name"]))
            .expect("a row of it");
        let words: Vec<&str> = line.split_whitespace().collect();
        assert!(words.contains(&here.to_string().as_str()), "{line}: {here}");
        assert!(line.ends_with(&share), "{line}: {share}");
    }
}

/// What the program answers to lines.
fn lines(folder: &Path, args: &[&str], text: &[u8]) -> Vec<String> {
    let mut running = Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    running
        .stdin
        .take()
        .expect("piped")
        .write_all(text)
        .expect("taken");
    let output = running.wait_with_output().expect("ends");
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    said.lines().map(str::to_owned).collect()
}

#[test]
fn lines_are_answered_as_the_file_is_and_a_bad_one_is_not_the_end() {
    let folder = with_model();
    let at = folder.path();
    let new = customers(40, &[0, 1, 2, 3, 9], 2);
    fs::write(at.join("new.csv"), &new).expect("written");
    let file =
        String::from_utf8(done(at, &["assign", "s", "new.csv", "-o", "-", "-q"]).stdout).expect("UTF-8");
    let file: Vec<&str> = file.lines().collect();
    let mut asked: Vec<&[u8]> = new.lines().map(str::as_bytes).collect();
    asked.insert(3, b"bad,many,1,2,web,2024-01-01");
    asked.insert(7, b"short,1");
    asked.insert(9, b"\xff\xfe");
    let told = lines(at, &["assign", "s", "--lines"], &asked.join(&b"\n"[..]));
    assert_eq!(told.len(), 44);
    assert_eq!(told[0], format!("{},error", file[0]));
    let good = |n: usize| ![3, 7, 9].contains(&n);
    let answers: Vec<String> = (1..44).filter(|n| good(*n)).map(|n| told[n].clone()).collect();
    let expected: Vec<String> = file[1..].iter().map(|line| format!("{line},")).collect();
    assert_eq!(answers, expected);
    insta::assert_snapshot!([&*told[3], &*told[7], &*told[9]].join("\n"), @r#"
,,,,,,,,,,,,,"line 4, column ""spend"": ""many"" is not a number; if ""many"" means no value, set --missing ""many"""
,,,,,,,,,,,,,"line 8: the row ends after 2 of 6 cells, before ""basket"", which every customer of the model has; is a line break or a separator missing there?"
,,,,,,,,,,,,,line 10: is not valid UTF-8
"#);

    // The same as JSON objects; another error, null for nothing, and a number as a text.
    let objects: Vec<String> = new
        .lines()
        .skip(1)
        .map(|line| {
            let c: Vec<&str> = line.split(',').collect();
            format!(
                r#"{{"since":"{}","spend":{},"visits":"{}","basket":{},"channel":"{}","customer_id":"{}","more":[1]}}"#,
                c[5], c[1], c[2], c[3], c[4], c[0]
            )
        })
        .collect();
    let text = format!("{}\n{{oops\n\n{{\"spend\": null}}\n", objects.join("\n"));
    let told = lines(at, &["assign", "s", "--lines"], text.as_bytes());
    assert_eq!(told.len(), 42);
    for (line, row) in told[..40].iter().zip(&file[1..]) {
        let object: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let header: Vec<&str> = file[0].split(',').collect();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(row.as_bytes());
        let cells = reader.records().next().expect("a row").expect("good CSV");
        for (name, cell) in header.iter().zip(&cells) {
            let value = match &object[*name] {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                number => number.to_string(),
            };
            assert_eq!(value, cell, "{name} of {line}");
        }
    }
    insta::assert_snapshot!(told[40..].join("\n"), @r#"
{"error":"line 41: is no JSON object: key must be a string at line 1 column 2"}
{"customer_id":"43","segment":null,"segment_name":"too little known","probability":null,"second_segment":null,"second_probability":null,"bridge_from":null,"bridge_to":null,"novelty_p":0.00249376559,"nearest_segment":6,"missing_values":5,"unknown_categories":0,"values_outside":0}
"#);
}

#[test]
fn a_model_and_a_folder_are_shown() {
    let folder = with_model();
    let at = folder.path();
    let of_folder = String::from_utf8(done(at, &["show", "s"]).stdout).expect("UTF-8");
    let of_file = String::from_utf8(done(at, &["show", "s/model.kinfolk"]).stdout).expect("UTF-8");
    assert_eq!(of_folder, of_file);
    assert!(
        of_file.starts_with("s/model.kinfolk: a model of 400 customers in "),
        "{of_file}"
    );
    for part in [
        "spend    number",
        "channel  category  phone, store, web",
        "How sure: ",
        "Technical",
    ] {
        assert!(of_file.contains(part), "{part}\n{of_file}");
    }
    done(at, &["segment", "old.csv", "-o", "without", "-q", "--no-model"]);
    assert!(!at.join("without/model.kinfolk").exists());
    let without = String::from_utf8(done(at, &["show", "without"]).stdout).expect("UTF-8");
    assert!(
        without.starts_with("without: results without a model"),
        "{without}"
    );
    assert!(refused(at, &["assign", "without", "old.csv"]).contains("unless --no-model is added"));
    fs::write(
        at.join("e.csv"),
        "source,target\na,b\nb,c\nc,a\nd,e\ne,f\nf,d\na,d\n",
    )
    .expect("written");
    done(at, &["communities", "e.csv", "-o", "c", "-q"]);
    let network = String::from_utf8(done(at, &["show", "c"]).stdout).expect("UTF-8");
    assert!(network.contains("nodes: 6"), "{network}");
    assert!(refused(at, &["show", "."]).contains("cannot be read"));
}
