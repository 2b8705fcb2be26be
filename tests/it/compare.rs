//! `kinfolk compare`: what it says and writes is worked out again from the two results.

use crate::support::kinfolk;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn compared(folder: &TempDir, args: &[&str]) -> String {
    let done = kinfolk(folder.path(), &[&["compare"], args].concat());
    assert!(
        done.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).expect("UTF-8")
}

fn refused(folder: &TempDir, args: &[&str]) -> (i32, String) {
    let done = kinfolk(folder.path(), &[&["compare"], args].concat());
    let code = done.status.code().expect("not killed");
    assert_ne!(code, 0, "{args:?}");
    (code, String::from_utf8_lossy(&done.stderr).into_owned())
}

fn write(folder: &TempDir, name: &str, text: &str) {
    fs::write(folder.path().join(name), text).expect("written");
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("written");
    reader.deserialize().map(|row| row.expect("good CSV")).collect()
}

fn number(text: &str) -> f64 {
    text.replace(',', "")
        .parse()
        .unwrap_or_else(|_| panic!("{text} is no number"))
}

/// Pairs of groups by the definition of each measure, over all pairs of customers and all groups.
struct Slow {
    pairs: Vec<(String, String)>,
}

impl Slow {
    fn count(&self, of: impl Fn(&(String, String)) -> bool) -> f64 {
        self.pairs.iter().filter(|p| of(p)).count() as f64
    }

    fn adjusted_rand(&self) -> f64 {
        let (mut both, mut in_a, mut in_b, mut all) = (0.0, 0.0, 0.0, 0.0);
        for (i, x) in self.pairs.iter().enumerate() {
            for y in &self.pairs[..i] {
                all += 1.0;
                in_a += f64::from(u8::from(x.0 == y.0));
                in_b += f64::from(u8::from(x.1 == y.1));
                both += f64::from(u8::from(x == y));
            }
        }
        let chance = in_a * in_b / all;
        (both - chance) / ((in_a + in_b) / 2.0 - chance)
    }

    fn variation(&self) -> f64 {
        let n = self.pairs.len() as f64;
        let cells: BTreeSet<&(String, String)> = self.pairs.iter().collect();
        cells
            .into_iter()
            .map(|cell| {
                let both = self.count(|p| p == cell);
                let (a, b) = (self.count(|p| p.0 == cell.0), self.count(|p| p.1 == cell.1));
                -both / n * ((both / a).ln() + (both / b).ln())
            })
            .sum()
    }

    fn overlap(&self, a: &str, b: &str) -> f64 {
        self.count(|p| p.0 == a && p.1 == b) / self.count(|p| p.0 == a || p.1 == b)
    }

    fn groups(&self, first: bool) -> BTreeSet<&str> {
        let of = |p: &'_ (String, String)| -> String { if first { p.0.clone() } else { p.1.clone() } };
        let names: BTreeSet<String> = self.pairs.iter().map(of).collect();
        self.pairs
            .iter()
            .map(|p| if first { p.0.as_str() } else { p.1.as_str() })
            .filter(|name| names.contains(*name))
            .collect()
    }

    /// Whether no other group of the second shares more with `a`, or of the first with `b`.
    fn is_best(&self, a: &str, b: &str, for_a: bool) -> bool {
        let overlap = self.overlap(a, b);
        if for_a {
            self.groups(false)
                .iter()
                .all(|other| self.overlap(a, other) <= overlap)
        } else {
            self.groups(true)
                .iter()
                .all(|other| self.overlap(other, b) <= overlap)
        }
    }

    fn moved(&self) -> usize {
        let stays = |p: &&(String, String)| self.is_best(&p.0, &p.1, true) || self.is_best(&p.0, &p.1, false);
        self.pairs.len() - self.pairs.iter().filter(stays).count()
    }
}

/// Two results: 120 customers in three groups, and in four that agree with them for the most part; three customers are in the first
/// only, two in the second only, four have no group in the second.
fn two_results(folder: &TempDir) -> Slow {
    let mut first = String::from("customer_id,spend,segment\n");
    let mut second = String::from("cluster;Kunden-Nr\n");
    let mut pairs = Vec::new();
    for i in 0..125 {
        let a = ["1", "2", "3"][i * 7 % 11 % 3];
        let b = match (a, i % 13) {
            ("1", 0..6) => "north",
            ("1", _) => "east",
            (_, 0) => "north",
            ("2", _) => "south",
            _ => "west",
        };
        if i < 123 {
            first += &format!("C{i},{},{a}\n", i * 3);
        }
        if i >= 3 {
            let label = if (10..14).contains(&i) { "NA" } else { b };
            second += &format!("{label};C{i}\n");
        }
        if (3..123).contains(&i) && !(10..14).contains(&i) {
            pairs.push((a.to_owned(), b.to_owned()));
        }
    }
    write(folder, "first.csv", &first);
    write(folder, "second.csv", &second);
    Slow { pairs }
}

/// `0.930 (0.907 to 0.948): …` as value and ends.
fn with_brackets(text: &str) -> [f64; 3] {
    let (value, rest) = text.split_once(" (").expect("an interval");
    let (low, high) = rest
        .split_once(')')
        .expect("closed")
        .0
        .split_once(" to ")
        .expect("two ends");
    [number(value), number(low), number(high)]
}

#[test]
fn everything_it_says_about_two_results_is_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let slow = two_results(&folder);
    let said = compared(&folder, &["first.csv", "second.csv", "-o", "out"]);
    let at = folder.path().join("out");
    let agreement = &rows(&at.join("agreement.csv"))[0];
    let crosstab = rows(&at.join("crosstab.csv"));
    let moved = rows(&at.join("moved.csv"));
    assert_eq!(slow.pairs.len(), 116);
    assert!((number(&agreement["adjusted_rand"]) - slow.adjusted_rand()).abs() < 1e-8);
    assert!((number(&agreement["variation_of_information"]) - slow.variation()).abs() < 1e-8);
    assert_eq!(number(&agreement["moved"]) as usize, slow.moved());
    assert_eq!(moved.len(), slow.moved());
    assert!(slow.moved() > 0);
    let mut counted = 0;
    for row in &crosstab {
        let (a, b) = (row["group_a"].as_str(), row["group_b"].as_str());
        let both = slow.count(|p| p.0 == a && p.1 == b);
        counted += both as usize;
        assert_eq!(number(&row["customers"]), both);
        assert!((number(&row["overlap"]) - slow.overlap(a, b)).abs() < 1e-8);
        assert!((number(&row["share_of_a"]) - both / slow.count(|p| p.0 == a)).abs() < 1e-8);
        assert!((number(&row["share_of_b"]) - both / slow.count(|p| p.1 == b)).abs() < 1e-8);
        assert_eq!(row["best_for_a"] == "true", slow.is_best(a, b, true), "{row:?}");
        assert_eq!(row["best_for_b"] == "true", slow.is_best(a, b, false), "{row:?}");
    }
    assert_eq!(counted, 116);
    for row in &moved {
        assert!(slow.is_best(&row["group_a"], &row["best_for_group_a"], true));
        assert!(!slow.is_best(&row["group_a"], &row["group_b"], true));
    }

    let mut checked = 0;
    let mut table = false;
    for line in said.lines() {
        let mut claims: Vec<bool> = Vec::new();
        if line.starts_with("    group ") {
            table = true;
            continue;
        }
        if table && line.starts_with("    ") {
            let cells: Vec<&str> = line.split_whitespace().collect();
            let [a, in_a, b, in_b, both, overlap] = cells[..] else {
                panic!("{line}")
            };
            claims.push(slow.is_best(a, b, true));
            claims.push(number(in_a) == slow.count(|p| p.0 == a) && number(in_b) == slow.count(|p| p.1 == b));
            claims.push(number(both) == slow.count(|p| p.0 == a && p.1 == b));
            claims.push((number(overlap) - slow.overlap(a, b)).abs() <= 0.005_001);
        } else if line.is_empty() || line.starts_with("How far they agree") {
            continue;
        } else if let Some(list) = line.strip_prefix("Best match of no group: ") {
            for b in list.split(", ") {
                claims.push(slow.groups(true).iter().all(|a| !slow.is_best(a, b, true)));
            }
        } else if let Some(rest) = line.strip_prefix("  adjusted Rand ") {
            let [value, low, high] = with_brackets(rest);
            claims.push((value - slow.adjusted_rand()).abs() <= 0.000_501);
            claims.push((low - number(&agreement["adjusted_rand_low"])).abs() <= 0.000_501);
            claims.push((high - number(&agreement["adjusted_rand_high"])).abs() <= 0.000_501);
            claims.push(low < value && value < high);
        } else if let Some(rest) = line.strip_prefix("  adjusted mutual information ") {
            let [value, low, high] = with_brackets(rest);
            claims.push((value - number(&agreement["adjusted_mutual_information"])).abs() <= 0.000_501);
            claims.push((low - number(&agreement["adjusted_mutual_information_low"])).abs() <= 0.000_501);
            claims.push((high - number(&agreement["adjusted_mutual_information_high"])).abs() <= 0.000_501);
        } else if let Some(rest) = line.strip_prefix("  variation of information ") {
            let [value, low, high] = with_brackets(rest);
            claims.push((value - slow.variation()).abs() <= 0.000_501 && low < value && value < high);
            let most = rest
                .split("same, ")
                .nth(1)
                .and_then(|r| r.split(' ').next())
                .expect("the most");
            claims.push((number(most) - 116f64.ln()).abs() <= 0.005_001);
        } else if line.contains(" left the others of ") {
            let share = 100.0 * slow.moved() as f64 / 116.0;
            claims.push(line.starts_with(&format!("{} customers ({share:.1} %) have left", slow.moved())));
        } else {
            claims.push(
                [
                    "2 results, 116 customers in both",
                    "  first.csv: 3 groups by column segment",
                    "  second.csv: 4 groups by column cluster",
                    "  left out: 3 customers of first.csv not in the other, such as C0",
                    "  left out: 2 customers of second.csv not in the other, such as C123",
                    "  left out: 4 customers without a group in second.csv",
                    "Best matches of first.csv in second.csv",
                    "Written to out: agreement.csv, crosstab.csv, moved.csv, summary.json",
                ]
                .contains(&line),
            );
        }
        checked += claims.len();
        assert!(claims.iter().all(|c| *c), "not true or not understood: {line}");
    }
    assert!(checked >= 28, "only {checked} claims");
}

/// Bands of the picture: groups, customers and height.
fn bands(svg: &str) -> Vec<(String, String, f64, f64)> {
    let band = |path: &str| {
        let (d, rest) = path.split_once('"').expect("closed");
        let (title, _) = rest
            .split_once("<title>")
            .and_then(|t| t.1.split_once("</title>"))
            .expect("a title");
        let (a, rest) = title.split_once(" in ").expect("two groups");
        let (b, customers) = rest.split_once(": ").expect("customers");
        let places: Vec<f64> = d
            .split([' ', 'M', 'C', 'L', 'Z'])
            .filter_map(|x| x.parse().ok())
            .collect();
        // Down the left side from the end to the beginning, and down the right one.
        let (left, right) = (places[places.len() - 1] - places[1], places[9] - places[7]);
        assert!((left - right).abs() < 0.03, "{d}");
        let customers = number(customers.split(' ').next().expect("a number"));
        (a.to_owned(), b.to_owned(), customers, right)
    };
    svg.split("<path d=\"").skip(1).map(band).collect()
}

#[test]
fn the_picture_of_who_moved_has_a_band_for_each_cell_of_the_cross_table() {
    let folder = tempfile::tempdir().expect("a folder");
    two_results(&folder);
    let said = compared(&folder, &["first.csv", "second.csv", "-o", "out", "--figures"]);
    assert!(said.contains("figure_moved.svg, figure_moved.png"), "{said}");
    let out = folder.path().join("out");
    let svg = fs::read_to_string(out.join("figure_moved.svg")).expect("written");
    let mut drawn = bands(&svg);
    drawn.sort_by(|x, y| (&x.0, &x.1).cmp(&(&y.0, &y.1)));
    let mut expected: Vec<(String, String, f64)> = rows(&out.join("crosstab.csv"))
        .iter()
        .map(|row| {
            (
                row["group_a"].clone(),
                row["group_b"].clone(),
                number(&row["customers"]),
            )
        })
        .filter(|cell| cell.2 >= 10.0)
        .collect();
    expected.sort_by(|x, y| (&x.0, &x.1).cmp(&(&y.0, &y.1)));
    let cells: Vec<(String, String, f64)> = drawn.iter().map(|b| (b.0.clone(), b.1.clone(), b.2)).collect();
    assert_eq!(cells, expected);
    // As high as they have customers.
    let scale = drawn[0].3 / drawn[0].2;
    assert!(
        drawn.iter().all(|band| (band.3 - scale * band.2).abs() < 0.05),
        "{drawn:?}"
    );
    let png = fs::read(out.join("figure_moved.png")).expect("written");
    assert!(png.starts_with(b"\x89PNG"));
    let (code, said) = refused(&folder, &["first.csv", "second.csv", "first.csv", "--figures"]);
    assert!(code == 2 && said.contains("two by two"), "{said}");
}

#[test]
fn the_order_of_rows_and_threads_change_no_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    two_results(&folder);
    compared(&folder, &["first.csv", "second.csv", "-o", "out"]);
    let read = || {
        ["agreement.csv", "crosstab.csv", "moved.csv", "summary.json"]
            .map(|name| fs::read(folder.path().join("out").join(name)).expect("written"))
    };
    let before = read();
    for name in ["first.csv", "second.csv"] {
        let text = fs::read_to_string(folder.path().join(name)).expect("written");
        let (header, body) = text.split_once('\n').expect("a header");
        let turned: Vec<&str> = body.lines().rev().collect();
        write(&folder, name, &format!("{header}\n{}\n", turned.join("\n")));
    }
    compared(
        &folder,
        &["first.csv", "second.csv", "-o", "out", "--threads", "1"],
    );
    assert!(before == read());
}

#[test]
fn a_folder_of_results_stands_beside_other_tools_and_its_own_k_means() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = [
        "generate",
        "--customers",
        "300",
        "--segments",
        "3",
        "-o",
        "shop.csv",
    ];
    assert!(kinfolk(folder.path(), &made).status.success());
    let run = [
        "segment",
        "shop.csv",
        "-o",
        "ours",
        "--no-report",
        "--truth",
        "true_segment",
    ];
    assert!(kinfolk(folder.path(), &run).status.success());
    let said = compared(&folder, &["ours", "ours", "--label", "segment,kmeans", "-o", "k"]);
    assert!(said.contains("ours (segment) in ours (kmeans)"), "{said}");
    let known = &rows(&folder.path().join("ours/comparison.csv"))[1];
    let found = &rows(&folder.path().join("k/agreement.csv"))[0];
    assert_eq!(found["adjusted_rand"], known["ari_with_graph"]);
    assert_eq!(found["adjusted_mutual_information"], known["ami_with_graph"]);

    // Three at once: the known grouping, in its own file, beside both.
    let three = [
        "ours",
        "ours",
        "shop.csv",
        "--label",
        "segment,kmeans,true_segment",
        "-o",
        "three",
    ];
    let said = compared(&folder, &three);
    let pairs = rows(&folder.path().join("three/agreement.csv"));
    assert_eq!(pairs.len(), 3);
    assert!((number(&pairs[1]["adjusted_rand"]) - truth_of(&folder)).abs() < 1e-8);
    for pair in &pairs {
        let line = format!(
            "  {} and {}: {:.3} ({:.3} to {:.3})",
            pair["a"],
            pair["b"],
            number(&pair["adjusted_rand"]),
            number(&pair["adjusted_rand_low"]),
            number(&pair["adjusted_rand_high"])
        );
        assert!(said.lines().any(|l| l == line), "{line}\n{said}");
    }
}

/// What the run itself said of its segments and the known grouping.
fn truth_of(folder: &TempDir) -> f64 {
    number(&rows(&folder.path().join("ours/comparison.csv"))[0]["ari_with_truth"])
}

#[test]
fn bad_input_is_told_in_words_and_no_number_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder, "numbers.csv", "id,cluster\n1,0\n2,0\n3,1\n");
    write(&folder, "names.csv", "id,cluster\nC1,0\nC2,0\nC3,1\n");
    let (code, said) = refused(&folder, &["numbers.csv", "names.csv"]);
    assert_eq!(code, 1);
    assert_eq!(
        said.lines().last(),
        Some(
            "error: no customer is in all results: numbers.csv has 1, 2 in column \"id\"; names.csv has C1, C2 in column \"id\"; \
             --id names the column of the customers, one for all results or one for each"
        )
    );
    write(&folder, "twice.csv", "id,cluster\n1,0\n2,0\n1,1\n");
    let (_, said) = refused(&folder, &["numbers.csv", "twice.csv"]);
    assert!(
        said.contains("twice.csv line 4: the customer \"1\" stands on line 2 too, in another group"),
        "{said}"
    );
    // Excel and pandas write the same customers otherwise.
    write(&folder, "padded.csv", "id,cluster\n001,a\n2.0,a\n3,b\n");
    let done = kinfolk(
        folder.path(),
        &["compare", "numbers.csv", "padded.csv", "-o", "p"],
    );
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(
        said.contains("matched by their names as numbers, since more agree so: 001 of padded.csv is 1"),
        "{said}"
    );
    assert_eq!(
        rows(&folder.path().join("p/agreement.csv"))[0]["adjusted_rand"],
        "1.0"
    );

    write(&folder, "one.csv", "id,cluster\n1,all\n2,all\n3,all\n");
    let done = kinfolk(folder.path(), &["compare", "one.csv", "numbers.csv", "-o", "o"]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(
        said.contains("one.csv has all these customers in one group"),
        "{said}"
    );
    let row = &rows(&folder.path().join("o/agreement.csv"))[0];
    assert!(
        row.values().all(|cell| !cell.is_empty() && cell != "NaN"),
        "{row:?}"
    );
    assert_eq!(row["adjusted_rand"], "0.0");

    write(&folder, "empty.csv", "id,cluster\n1,\n2,NA\n3,1\n");
    let (_, said) = refused(&folder, &["numbers.csv", "empty.csv"]);
    assert!(
        said.contains("1 customer is in a group of all results; 2 are without one somewhere"),
        "{said}"
    );
    let (code, said) = refused(&folder, &["numbers.csv", "names.csv", "--label", "a,b,c"]);
    assert_eq!(code, 2);
    assert!(said.contains("--label names 3 columns for 2 results"), "{said}");
    fs::create_dir(folder.path().join("nothing")).expect("made");
    let (_, said) = refused(&folder, &["numbers.csv", "nothing"]);
    assert!(
        said.contains("nothing: holds neither customers.csv nor nodes.csv"),
        "{said}"
    );
    let (code, _) = refused(&folder, &["numbers.csv"]);
    assert_eq!(code, 2);
}
