//! What `kinfolk assign` says of new customers, worked out again from both tables and the file written.

use super::text::{Shown, between, count, split_value};
use super::{Ledger, of_repository, world};
use crate::support::real_data;
use flate2::read::MultiGzDecoder;
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

type Row = HashMap<String, String>;

struct Run {
    old: Vec<Row>,
    new: Vec<Row>,
    told: Vec<Row>,
    /// Column and whether it holds numbers.
    columns: Vec<(String, bool)>,
    /// Names and customers.
    segments: Vec<(String, usize)>,
    groups: &'static str,
    novelty: f64,
    stdout: String,
    stderr: String,
}

fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("good CSV")).collect()
}

fn missing(cell: &str) -> bool {
    matches!(cell.trim(), "" | "NA")
}

/// `437 customers (4.9 %)`: whether it is as many of `n`, and what follows.
fn part(text: &str, is: usize, n: usize) -> Option<(bool, &str)> {
    let (said, rest) = text.split_once(" (")?;
    let (share, rest) = rest.split_once(')')?;
    let said = match said.split_once(' ') {
        Some((said, word)) => {
            let right = word == if is == 1 { "customer" } else { "customers" };
            count(said).filter(|_| right)
        }
        None => count(said),
    };
    Some((said? == is && is_share(share, is, n)?, rest))
}

fn is_share(text: &str, part: usize, n: usize) -> Option<bool> {
    let share = part as f64 / n as f64;
    Some(match split_value(text)? {
        ("", Shown::Share(shown, half)) => (shown - share).abs() <= half * 1.000_001 + 1e-12,
        ("", Shown::Number(shown)) => shown == 0.0 && part == 0,
        _ => text == "0 %" && part == 0,
    })
}

impl Run {
    fn known(&self, rows: &[Row], column: &str) -> Vec<f64> {
        let cells = rows.iter().map(|r| &r[column]).filter(|c| !missing(c));
        cells.map(|c| c.parse().expect("a number")).collect()
    }

    fn outside(&self, column: &str) -> usize {
        let old = self.known(&self.old, column);
        let low = old.iter().copied().fold(f64::INFINITY, f64::min);
        let high = old.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.known(&self.new, column)
            .iter()
            .filter(|x| **x < low || **x > high)
            .count()
    }

    fn unknown(&self, column: &str) -> usize {
        let is_new = |cell: &str| !missing(cell) && self.old.iter().all(|old| old[column] != cell);
        self.new.iter().filter(|row| is_new(&row[column])).count()
    }

    fn gaps(&self, column: &str) -> usize {
        self.new.iter().filter(|row| missing(&row[column])).count()
    }

    /// A remark that lists columns with counts: each count, and that no column is left out.
    fn listed(
        &self,
        list: &str,
        counted: &dyn Fn(&str) -> usize,
        numbers: Option<bool>,
    ) -> Option<Vec<bool>> {
        let (list, more) = match list.rsplit_once(" and ") {
            Some((list, more)) if more.ends_with(" more columns") => {
                (list, count(more.strip_suffix(" more columns")?)?)
            }
            _ => (list, 0),
        };
        let mut claims = Vec::new();
        let mut named = 0;
        for entry in list.split(", \"") {
            let (column, rest) = entry.trim_start_matches('"').split_once("\" ")?;
            let (right, end) = part(rest, counted(column), self.new.len())?;
            claims.push(right && end.is_empty());
            named += 1;
        }
        let kept = self
            .columns
            .iter()
            .filter(|(_, number)| numbers.is_none_or(|n| n == *number));
        claims.push(kept.filter(|(column, _)| counted(column) > 0).count() == named + more);
        Some(claims)
    }

    fn warning(&self, message: &str) -> Option<Vec<bool>> {
        let (front, list) = message.split_once(": ")?;
        match front {
            "customers without a value, placed like those of the model without one" => {
                self.listed(list, &|c| self.gaps(c), None)
            }
            "customers of a category that nobody of the model has" => {
                self.listed(list, &|c| self.unknown(c), Some(false))
            }
            "customers below or above everybody of the model" => {
                self.listed(list, &|c| self.outside(c), Some(true))
            }
            "more than half of the values lie where only a twentieth of the model's do; has the column another meaning or unit?" =>
            {
                let mut claims = Vec::new();
                for entry in list.split(", \"") {
                    let (column, rest) = entry.trim_start_matches('"').split_once("\" ")?;
                    let (n, side) = rest.split_once(' ')?;
                    let (mut old, new) = (self.known(&self.old, column), self.known(&self.new, column));
                    old.sort_by(f64::total_cmp);
                    let (low, high) = (old[old.len() / 20], old[old.len() - 1 - old.len() / 20]);
                    let there = new
                        .iter()
                        .filter(|x| if side == "low" { **x <= low } else { **x >= high });
                    claims.push(2 * count(n)? > new.len() && there.count() >= count(n)?);
                }
                Some(claims)
            }
            _ => None,
        }
    }

    fn of(&self, holds: impl Fn(&Row) -> bool) -> usize {
        self.told.iter().filter(|row| holds(row)).count()
    }

    fn line(&self, line: &str) -> Option<Vec<bool>> {
        let n = self.new.len();
        let k = self.segments.len();
        let named = |name: &str| self.of(|row| row["segment"].is_empty() && row["segment_name"] == name);
        let none = named("none of these");
        if let Some(rest) = line.strip_suffix(self.groups).and_then(|l| {
            l.split_once(if n == 1 {
                " new customer into "
            } else {
                " new customers into "
            })
        }) {
            return Some(vec![count(rest.0)? == n, count(rest.1.trim())? == k]);
        }
        if let Some(more) = line.trim().strip_prefix("... and ") {
            let (more, words) = more.split_once(' ')?;
            let listed = 20;
            return Some(vec![
                count(more)? + listed == k,
                words
                    == if k == listed + 1 {
                        "smaller one"
                    } else {
                        "smaller ones"
                    },
            ]);
        }
        if let Some(rest) = line.strip_prefix("None of these: ") {
            if let Some(rest) = between(rest, "nobody can be told so, for ", " is the lowest") {
                let (tested, rest) = rest.split_once(" customers of the model are too few for a rate of ")?;
                let (rate, lowest) = rest.split_once("; ")?;
                let tested = count(tested)?;
                let least = 1.0 / (tested as f64 + 1.0);
                return Some(vec![
                    tested <= self.old.len(),
                    rate.parse::<f64>().ok()? == self.novelty,
                    (lowest.parse::<f64>().ok()? - least).abs() <= 0.000_5 && least > self.novelty,
                    none == 0,
                ]);
            }
            let (right, rest) = part(rest, none, n)?;
            let is = if none == 1 { "is" } else { "are" };
            let rate = 100.0 * self.novelty;
            let words = format!(
                " {is} farther from the model's customers than all but {rate} % of those are from each other; of customers like them {rate} % are told so by chance"
            );
            let by_p = self.told.iter().all(|row| {
                let p: f64 = row["novelty_p"].parse().unwrap_or(1.0);
                (row["segment_name"] == "none of these")
                    == (p <= self.novelty && row["segment_name"] != "too little known")
            });
            return Some(vec![right, rest == words, by_p]);
        }
        if let Some(rest) = line.strip_prefix("Too little known: ") {
            let said = rest.split_once(' ').and_then(|(n, _)| count(n))?;
            let blank = |row: &&Row| {
                let gaps = self.columns.iter().filter(|(c, _)| missing(&row[c])).count();
                2 * gaps > self.columns.len()
            };
            return Some(vec![
                said == named("too little known") && said == self.new.iter().filter(blank).count(),
                rest.ends_with(" without a value in more than half of the columns"),
            ]);
        }
        if let Some(rest) = line.strip_prefix("Sure: ") {
            let sure = self.of(|row| row["probability"].parse::<f64>().is_ok_and(|p| p >= 0.75));
            let (right, rest) = part(rest, sure, n)?;
            return Some(vec![right, rest == " with a probability of 0.75 and above"]);
        }
        if let Some(rest) = line.strip_prefix("In between: ") {
            let (right, rest) = part(rest, self.of(|row| !row["bridge_from"].is_empty()), n)?;
            return Some(vec![
                right,
                rest == format!(", bridge_from and bridge_to are the two {}", self.groups),
                self.told
                    .iter()
                    .all(|row| row["bridge_from"].is_empty() == row["bridge_to"].is_empty()),
            ]);
        }
        if let Some(file) = line.strip_prefix("Written to ") {
            return Some(vec![file == "told.csv"]);
        }
        // Rows of the table, whose cells are two blanks apart.
        let cells: Vec<&str> = line
            .split("  ")
            .map(str::trim)
            .filter(|c| !c.is_empty())
            .collect();
        match cells[..] {
            ["segment" | "part", "customers", "share", "in the model"] => Some(Vec::new()),
            [
                name @ ("none of these" | "too little known"),
                customers,
                share,
                "-",
            ] => Some(vec![
                count(customers)? == named(name) && is_share(share, named(name), n)?,
            ]),
            [number, name, customers, share, before] => {
                let s = count(number)?;
                let (own, size) = self.segments.get(s.checked_sub(1)?)?;
                let here = self.of(|row| row["segment"] == number && row["segment_name"] == *own);
                Some(vec![
                    name == own,
                    count(customers)? == here && is_share(share, here, n)?,
                    is_share(before, *size, self.old.len())?,
                ])
            }
            _ => None,
        }
    }

    /// Columns that count for each customer.
    fn per_customer(&self) -> bool {
        self.told.iter().zip(&self.new).all(|(told, new)| {
            let gaps = self.columns.iter().filter(|(c, _)| missing(&new[c])).count();
            told["missing_values"] == gaps.to_string()
        })
    }
}

fn check(old: &str, new: &str, segment: &[&str], assign: &[&str], novelty: f64) -> Ledger {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    std::fs::write(at.join("old.csv"), old).expect("written");
    std::fs::write(at.join("new.csv"), new).expect("written");
    let run = |args: &[&str]| {
        let done = world::kinfolk(at, args);
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let (stdout, stderr) = (text(done.stdout), text(done.stderr));
        assert!(done.status.success(), "{stderr}");
        (stdout, stderr)
    };
    run(&[
        &["segment", "old.csv", "-o", "s", "--baselines", "none", "-q"],
        segment,
    ]
    .concat());
    let (stdout, stderr) = run(&[&["assign", "s", "new.csv", "-o", "told.csv"], assign].concat());
    let read = |name: &str| std::fs::read_to_string(at.join(name)).expect("written");
    let summary: serde_json::Value = serde_json::from_str(&read("s/summary.json")).expect("JSON");
    let features = summary["features"].as_array().expect("a list");
    let text = |v: &serde_json::Value| v.as_str().expect("text").to_owned();
    let run = Run {
        old: rows(old),
        new: rows(new),
        told: rows(&read("told.csv")),
        columns: features
            .iter()
            .map(|f| (text(&f["name"]), f["type"] == "number"))
            .collect(),
        segments: rows(&read("s/segments.csv"))
            .iter()
            .map(|s| (s["name"].clone(), count(&s["customers"]).expect("a count")))
            .collect(),
        groups: if stdout.lines().next().is_some_and(|l| l.ends_with("parts")) {
            "parts"
        } else {
            "segments"
        },
        novelty,
        stdout,
        stderr,
    };
    let mut ledger = Ledger::default();
    let messages = run
        .stderr
        .lines()
        .filter_map(|l| l.strip_prefix("warning: "))
        .map(|m| (m, run.warning(m)));
    let lines = run
        .stdout
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(|l| (l, run.line(l)));
    for (sentence, claims) in messages.chain(lines) {
        match claims {
            Some(claims) => claims.into_iter().for_each(|c| ledger.claim(c, sentence)),
            None => ledger.not_understood(sentence),
        }
    }
    let warned = |words: &str| run.stderr.contains(words);
    let any = |counted: &dyn Fn(&str) -> usize, number: bool| {
        run.columns.iter().any(|(c, n)| *n == number && counted(c) > 0)
    };
    ledger.claim(
        any(&|c| run.outside(c), true) == warned("below or above everybody"),
        "outside, exactly where there are such",
    );
    ledger.claim(
        any(&|c| run.unknown(c), false) == warned("of a category that"),
        "unknown, exactly where there are such",
    );
    ledger.claim(
        run.columns.iter().any(|(c, _)| run.gaps(c) > 0) == warned("without a value, placed"),
        "gaps, exactly where there are such",
    );
    ledger.claim(run.per_customer(), "missing_values of each customer");
    ledger
}

/// Lines of a table in two: those whose number leaves a rest of 0 when divided by `of`, and the others.
fn parted(text: &str, of: usize) -> (String, String) {
    let (header, body) = text.split_once('\n').expect("a header");
    let mut parts = [format!("{header}\n"), format!("{header}\n")];
    for (i, line) in body.lines().enumerate() {
        parts[usize::from(i % of == 0)] += &format!("{}\n", line.trim_end());
    }
    let [old, new] = parts;
    (old, new)
}

fn generated(folder: &Path, flags: &[&str]) -> String {
    let done = world::kinfolk(folder, &[&["generate"], flags].concat());
    String::from_utf8(done.stdout).expect("UTF-8")
}

#[test]
fn every_claim_about_new_customers_is_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let truth = &["--ignore", "true_segment,bridge_between"][..];
    let shop = generated(folder.path(), &["--customers", "1500"]);
    let (old, new) = parted(&shop, 4);
    // Another unit, a channel that is new, cells and rows without values.
    let mut odd: Vec<String> = new.lines().map(str::to_owned).collect();
    for (i, line) in odd.iter_mut().enumerate().skip(1) {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        cells[3] = cells[3]
            .parse::<f64>()
            .map_or(String::new(), |x| format!("{}", 40.0 * x));
        if i % 7 == 0 {
            cells[8] = "drone".to_owned();
        }
        if i % 50 == 0 {
            cells[1..11].fill(String::new());
        }
        *line = cells.join(",");
    }
    let odd = odd.join("\n") + "\n";
    let penguins = std::fs::read_to_string(of_repository("penguins.csv")).expect("there");
    let (few, more) = parted(&penguins, 3);
    let mut ledgers = vec![
        ("generated", check(&old, &new, truth, &[], 0.01)),
        (
            "generated, 5 %",
            check(&old, &new, truth, &["--novelty", "0.05"], 0.05),
        ),
        (
            "generated, odd",
            check(&old, &odd, truth, &["--allow-outside"], 0.01),
        ),
        (
            "penguins",
            check(&few, &more, &["--ignore", "species"], &[], 0.01),
        ),
        (
            "penguins, rare",
            check(
                &few,
                &more,
                &["--ignore", "species"],
                &["--novelty", "0.001"],
                0.001,
            ),
        ),
    ];
    if let Some(path) = real_data("customers/cc_general.csv.gz") {
        let mut text = String::new();
        let file = std::fs::File::open(path).expect("there");
        MultiGzDecoder::new(file)
            .read_to_string(&mut text)
            .expect("UTF-8");
        let (old, new) = parted(&text, 5);
        let lone: Vec<&str> = new.lines().take(2).collect();
        ledgers.push(("cc_general", check(&old, &new, &["--resolution", "1"], &[], 0.01)));
        ledgers.push((
            "one customer",
            check(&old, &(lone.join("\n") + "\n"), &["--resolution", "1"], &[], 0.01),
        ));
    }
    let checked: usize = ledgers.iter().map(|(_, l)| l.checked).sum();
    let wrong: Vec<String> = ledgers
        .iter()
        .flat_map(|(name, ledger)| ledger.wrong.iter().map(move |w| format!("{name}: {w}")))
        .collect();
    println!("{checked} claims about new customers");
    assert!(
        wrong.is_empty(),
        "{} of {checked} claims:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(checked >= 60, "only {checked} claims were found to check");
}
