//! A run of the program, and everything that its sentences can be held against: the input as read and the files as written.

use kinfolk::features::FeatureSettings;
use kinfolk::neighbors::{NeighborGraph, Neighbors, Search, distinct, neighbors};
use kinfolk::read::read_table;
use kinfolk::segmentation::prepare;
use kinfolk::table::{Column, MISSING, Role, Table, TableSettings, Values};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(super) fn kinfolk(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the program starts")
}

/// A table and how it is run.
pub(super) struct Case {
    path: PathBuf,
    truth: Option<String>,
    ignore: Vec<String>,
    flags: Vec<String>,
}

impl Case {
    pub(super) fn of(path: PathBuf) -> Self {
        Case {
            path,
            truth: None,
            ignore: Vec::new(),
            flags: Vec::new(),
        }
    }

    pub(super) fn truth(mut self, column: &str) -> Self {
        self.truth = Some(column.to_owned());
        self
    }

    pub(super) fn ignore(mut self, columns: &[&str]) -> Self {
        self.ignore = columns.iter().map(|&c| c.to_owned()).collect();
        self
    }

    pub(super) fn flags(mut self, flags: &[&str]) -> Self {
        self.flags = flags.iter().map(|&f| f.to_owned()).collect();
        self
    }

    pub(super) fn name(&self) -> String {
        let file = self.path.file_name().unwrap_or_default().to_string_lossy();
        format!("{file} {}", self.flags.join(" "))
    }
}

/// The rows of a CSV file by the names of its columns.
pub(super) type Rows = Vec<HashMap<String, String>>;

pub(super) struct World {
    pub(super) table: Table,
    /// The segment of each row of the table, from 1.
    pub(super) segment: Vec<usize>,
    /// Members of segment `s` at `s - 1`.
    pub(super) sizes: Vec<usize>,
    pub(super) names: Vec<String>,
    pub(super) customers: Rows,
    pub(super) segments: Rows,
    pub(super) levels: Rows,
    pub(super) comparison: Rows,
    pub(super) rules: Rows,
    pub(super) curve: Rows,
    pub(super) moved: Rows,
    pub(super) baseline_profiles: Rows,
    pub(super) feature_rows: Rows,
    pub(super) map: Rows,
    pub(super) report: String,
    pub(super) network: String,
    pub(super) summary: serde_json::Value,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) files: Vec<String>,
    pub(super) nearest: Nearest,
}

pub(super) fn rows(path: &Path) -> Rows {
    if !path.exists() {
        return Vec::new();
    }
    let mut reader = csv::Reader::from_path(path).expect("written");
    let header = reader.headers().expect("a header").clone();
    reader
        .records()
        .map(|row| {
            let row = row.expect("good CSV");
            header
                .iter()
                .map(str::to_owned)
                .zip(row.iter().map(str::to_owned))
                .collect()
        })
        .collect()
}

impl World {
    pub(super) fn run(case: &Case) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let path = case.path.display().to_string();
        let mut args = vec!["segment", path.as_str(), "-o", "out"];
        if let Some(truth) = &case.truth {
            args.extend(["--truth", truth]);
        }
        let ignore = case.ignore.join(",");
        if !ignore.is_empty() {
            args.extend(["--ignore", &ignore]);
        }
        args.extend(case.flags.iter().map(String::as_str));
        let output = kinfolk(folder.path(), &args);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {stderr}", case.name());
        let settings = TableSettings {
            truth: case.truth.clone(),
            ignore: case.ignore.clone(),
            ..TableSettings::default()
        };
        let table = read_table(&case.path, &settings).expect("it was read before");
        let out = folder.path().join("out");
        let customers = rows(&out.join("customers.csv"));
        let segments = rows(&out.join("segments.csv"));
        assert_eq!(customers.len(), table.n_rows());
        let segment: Vec<usize> = customers
            .iter()
            .map(|c| c["segment"].parse().expect("a number"))
            .collect();
        let mut sizes = vec![0; segments.len()];
        segment.iter().for_each(|s| sizes[s - 1] += 1);
        let summary = std::fs::read_to_string(out.join("summary.json")).expect("written");
        let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
        let mut files: Vec<String> = std::fs::read_dir(&out)
            .expect("a folder")
            .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let n_neighbors = summary["neighbors"].as_u64().expect("a number") as usize;
        World {
            nearest: Nearest::of(&table, n_neighbors),
            names: segments.iter().map(|s| s["name"].clone()).collect(),
            levels: rows(&out.join("levels.csv")),
            comparison: rows(&out.join("comparison.csv")),
            rules: rows(&out.join("rules.csv")),
            moved: rows(&out.join("moved.csv")),
            baseline_profiles: rows(&out.join("baseline_profiles.csv")),
            curve: rows(&out.join("k_means_curve.csv")),
            feature_rows: rows(&out.join("features.csv")),
            map: rows(&out.join("segment_map.csv")),
            network: std::fs::read_to_string(out.join("network.gexf")).unwrap_or_default(),
            report: std::fs::read_to_string(out.join("report.html")).expect("written"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            table,
            segment,
            sizes,
            customers,
            segments,
            summary,
            stderr,
            files,
        }
    }

    /// Whether the groups are parts of convenience.
    pub(super) fn parts(&self) -> bool {
        self.summary["parts"] == true
    }

    /// Sentences about parts of convenience as if they were of segments.
    pub(super) fn as_of_segments(&self, text: &str) -> String {
        if !self.parts() {
            return text.to_owned();
        }
        text.replace(" parts", " segments")
            .replace(" part ", " segment ")
            .replace(" part;", " segment;")
            .replace("'s part ", "'s segment ")
    }

    pub(super) fn features(&self) -> impl Iterator<Item = &Column> {
        self.table.columns.iter().filter(|c| c.role == Role::Feature)
    }

    /// What the members of a segment have in a column, or how many hold a level of it.
    pub(super) fn of(&self, column: &Column, level: Option<u32>, segment: usize) -> Option<Seen> {
        let value = |i: usize| match &column.values {
            Values::Number(v) | Values::Date(v) => Some(v[i]).filter(|x| x.is_finite()),
            Values::Category { codes, .. } if codes[i] != MISSING => {
                Some(if Some(codes[i]) == level { 1.0 } else { 0.0 })
            }
            _ => None,
        };
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for (i, &s) in self.segment.iter().enumerate() {
            if let Some(x) = value(i) {
                if s == segment { own.push(x) } else { others.push(x) }
            }
        }
        Seen::of(own, others, level.is_some())
    }

    /// Whether every value of a column is 0 or 1, and the least of them.
    pub(super) fn flag_and_least(column: &Column) -> (bool, f64) {
        let values = match &column.values {
            Values::Number(v) | Values::Date(v) => v.as_slice(),
            _ => &[],
        };
        let present = || values.iter().filter(|x| x.is_finite());
        (
            present().all(|&x| x == 0.0 || x == 1.0),
            present().fold(f64::INFINITY, |a, &b| a.min(b)),
        )
    }
}

/// One segment in one column, worked out by the plainest means.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) mean: f64,
    pub(super) median: f64,
    pub(super) overall_mean: f64,
    pub(super) overall_median: f64,
    /// Cliff's delta.
    pub(super) effect: f64,
    pub(super) is_level: bool,
}

fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[half]
    } else {
        sorted[half - 1] * 0.5 + sorted[half] * 0.5
    }
}

impl Seen {
    fn of(mut own: Vec<f64>, mut others: Vec<f64>, is_level: bool) -> Option<Seen> {
        if own.is_empty() {
            return None;
        }
        own.sort_by(f64::total_cmp);
        others.sort_by(f64::total_cmp);
        let mut all = [own.clone(), others.clone()].concat();
        all.sort_by(f64::total_cmp);
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let wins: f64 = own
            .iter()
            .map(|x| {
                let below = others.partition_point(|y| y < x);
                let above = others.len() - others.partition_point(|y| y <= x);
                below as f64 - above as f64
            })
            .sum();
        let pairs = (own.len() * others.len()) as f64;
        Some(Seen {
            mean: mean(&own),
            median: median(&own),
            overall_mean: mean(&all),
            overall_median: median(&all),
            effect: if pairs > 0.0 { wins / pairs } else { 0.0 },
            is_level,
        })
    }

    /// Above all customers (1) or below (−1) in mean and rank, and not the other way in the median; 0 where these disagree.
    pub(super) fn side(&self) -> f64 {
        let up = self.effect.signum();
        let mean = (self.mean - self.overall_mean) * up;
        let median = (self.median - self.overall_median) * up;
        let agree =
            self.effect != 0.0 && mean > 1e-9 * self.overall_mean.abs() && (self.is_level || median >= 0.0);
        if agree { up } else { 0.0 }
    }
}

/// The day of days since 1970, as in a calendar.
pub(super) fn day(days: f64) -> String {
    // Howard Hinnant's civil_from_days.
    let z = days.floor() as i64 + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{:02}", doy - (153 * mp + 2) / 5 + 1)
}

/// Who is nearest to whom, among customers that differ.
pub(super) struct Nearest {
    /// The point of each row of the table.
    point: Vec<u32>,
    /// The first row at each point.
    first_row: Vec<usize>,
    lists: NeighborGraph,
    pub(super) repeats: usize,
}

impl Nearest {
    fn of(table: &Table, n_neighbors: usize) -> Nearest {
        let prepared = prepare(table, &FeatureSettings::default()).expect("it was prepared before");
        let found = distinct(prepared.features.values.view());
        let points = found.rows(prepared.features.values.view()).into_owned();
        let settings = Neighbors {
            n_neighbors,
            search: Some(Search::Exact),
        };
        let lists = neighbors(points.view(), prepared.features.distance, &settings).expect("finite");
        let mut point = vec![0; table.n_rows()];
        let mut first_row = vec![usize::MAX; points.nrows()];
        for (i, &row) in prepared.input_rows.iter().enumerate() {
            point[row as usize] = found.group[i];
            first_row[found.group[i] as usize] = row as usize;
        }
        Nearest {
            point,
            first_row,
            lists,
            repeats: table.n_rows() - points.nrows(),
        }
    }

    /// Segments of the nearest of a row.
    pub(super) fn segments(&self, row: usize, segment: &[usize]) -> Vec<usize> {
        let nearest = self.lists.of(self.point[row]).iter();
        nearest.map(|&p| segment[self.first_row[p as usize]]).collect()
    }

    /// The share of walks of three steps from nearest to nearest that end in a segment.
    pub(super) fn walks(&self, row: usize, segment: &[usize], end: usize) -> f64 {
        self.walk(self.point[row], 3, segment, end)
    }

    fn walk(&self, at: u32, steps: usize, segment: &[usize], end: usize) -> f64 {
        if steps == 0 {
            return f64::from(u8::from(segment[self.first_row[at as usize]] == end));
        }
        let row = self.lists.of(at);
        row.iter()
            .map(|&p| self.walk(p, steps - 1, segment, end))
            .sum::<f64>()
            / row.len() as f64
    }
}
