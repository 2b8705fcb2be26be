//! What can be typed after `kinfolk segment`.

use super::bridging::Bridging;
use super::output::Output;
use super::parsers::{Auto, column_and, memory_size, method, number_or_auto, one_of};
use super::reading::Reading;
use super::running::Running;
use crate::clustering::{Dbscan, Hdbscan};
use crate::export::{SQL_DIALECTS, SqlDialect};
use crate::features::{FeatureSettings, Metric, Scale};
use crate::graph::Similarity;
use crate::neighbors::Search;
use crate::segmentation::{BaselineMethod, LeastSize, Settings};
use crate::table::{TableSettings, TypeChoice};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;

const SCALES: &[(&str, Scale)] = &[
    ("zscore", Scale::Zscore),
    ("robust", Scale::Robust),
    ("minmax", Scale::Minmax),
    ("log", Scale::Log),
    ("rank", Scale::Rank),
    ("none", Scale::None),
];
const METRICS: &[(&str, Metric)] = &[
    ("euclidean", Metric::Euclidean),
    ("manhattan", Metric::Manhattan),
    ("cosine", Metric::Cosine),
    ("gower", Metric::Gower),
];
const SEARCHES: &[(&str, Search)] = &[("exact", Search::Exact), ("approximate", Search::Approximate)];
const SIMILARITIES: &[(&str, Similarity)] = &[
    ("jaccard", Similarity::Jaccard),
    ("gaussian", Similarity::Gaussian),
    ("unweighted", Similarity::Unweighted),
];

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  kinfolk segment customers.csv\n  kinfolk segment crm.csv.gz --ignore postcode,notes --type region=category\n  kinfolk segment export.txt --separator ';' --decimal , --id \"Kunden-Nr\" -o out\n  kinfolk segment customers.csv --segments 6 --weight monetary=2\n\nResolution above 1 gives more, smaller segments; Gephi's dialog runs the other way (Gephi value = 1/resolution)."
)]
pub(in crate::cli) struct SegmentArgs {
    /// The customer table: .csv .tsv .txt, also .gz and .zst; .parquet and .xlsx where built with these features; - for standard input
    #[arg(value_name = "CUSTOMERS")]
    pub(in crate::cli) input: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    #[command(flatten)]
    pub(in crate::cli) reading: Reading,

    /// Columns that measure similarity; patterns such as 'spend*' are understood [default: all usable]
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Columns")]
    features: Vec<String>,
    /// Columns that do not, or patterns; profiles.csv still shows them
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Columns")]
    ignore: Vec<String>,
    /// The customer identifier [default: found, else row numbers]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    id: Option<String>,
    /// Overrule a guess: number, category, date or ignore; may be repeated
    #[arg(long = "type", value_name = "COLUMN=TYPE", value_parser = column_type, help_heading = "Columns")]
    types: Vec<(String, TypeChoice)>,
    /// A value that is a code and no amount, such as pdays=-1: it becomes a category of its own; may be repeated
    #[arg(long = "code", value_name = "COLUMN=VALUE", value_parser = column_code, help_heading = "Columns")]
    codes: Vec<(String, String)>,
    /// How much a column counts, 1 unless said; may be repeated
    #[arg(long = "weight", value_name = "COLUMN=X", value_parser = column_weight, help_heading = "Columns")]
    weights: Vec<(String, f64)>,
    /// A known grouping: left out of the features, used only to score
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    truth: Option<String>,
    /// Money column for shares of value in the profiles
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    value: Option<String>,

    /// How number columns are made comparable
    #[arg(long, default_value = "auto", value_parser = one_of(SCALES), help_heading = "Similarity")]
    scale: Auto<Scale>,
    /// How customers are compared
    #[arg(long, default_value = "auto", value_parser = one_of(METRICS), help_heading = "Similarity")]
    metric: Auto<Metric>,
    /// Nearest customers each one is linked to; auto: 15, fewer in small tables
    #[arg(long, default_value = "auto", value_name = "N", value_parser = number_or_auto::<usize>, help_heading = "Similarity")]
    neighbors: Auto<usize>,
    /// How they are searched for; auto: exact where that takes up to about half a minute, else approximate, and it says what share was found
    #[arg(long, default_value = "auto", value_parser = one_of(SEARCHES), help_heading = "Similarity")]
    search: Auto<Search>,
    /// Edge weights; auto: jaccard
    #[arg(long, default_value = "auto", value_parser = one_of(SIMILARITIES), help_heading = "Similarity")]
    similarity: Auto<Similarity>,

    /// How communities are found; either way every segment is connected
    #[arg(long, default_value = "louvain", value_parser = ["louvain", "leiden"], help_heading = "Segments")]
    method: String,
    /// 0 to 1000000; above 1: more, smaller segments; below 1: fewer, larger ones; auto: the scale that the data support best
    #[arg(long, default_value = "auto", value_name = "G", value_parser = number_or_auto::<f64>, help_heading = "Segments")]
    resolution: Auto<f64>,
    /// The supported level nearest to N segments; exactly N parts of similar customers where no segments are supported [default there: 5]
    #[arg(long, value_name = "N", help_heading = "Segments")]
    segments: Option<usize>,
    /// Recommend at most N segments
    #[arg(long, value_name = "N", help_heading = "Segments")]
    max_segments: Option<usize>,
    /// Segments of fewer customers, such as 50 or 2%, join the neighbor they have most edge weight with
    #[arg(long, value_name = "N|P%", value_parser = least_size, help_heading = "Segments")]
    min_size: Option<LeastSize>,
    /// Exit with 3 where the data support no segments
    #[arg(long, help_heading = "Segments")]
    pub(in crate::cli) require_segments: bool,
    /// Write no model.kinfolk, by which kinfolk assign puts new customers into these segments
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) no_model: bool,
    /// An Excel workbook too, segments.xlsx: what was found, segments, profiles, customers, comparison, bridges, columns
    #[arg(long, hide = cfg!(not(feature = "xlsx")), help_heading = "Output")]
    pub(in crate::cli) xlsx: bool,
    /// A rule for each segment, such as spend < 30 and orders >= 6: rules.txt, rules.csv, decision_table.csv, and rules.sql for standard SQL (SQLite, PostgreSQL and others), bigquery or tsql
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "standard", value_parser = sql_dialect(), value_name = "standard|bigquery|tsql", help_heading = "Segments")]
    pub(in crate::cli) rules: Option<SqlDialect>,
    /// Write names.toml, in which segments can be given other names; with a file, take the names from such a one
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "FILE", help_heading = "Segments")]
    pub(in crate::cli) names: Option<Option<PathBuf>>,
    /// Methods to lay beside the graph's answer, with as many clusters as there are segments; kmeans_best: with the number of its best silhouette (k_means_curve.csv)
    #[arg(long, default_value = "kmeans", value_parser = ["kmeans", "kmeans_best", "minibatch", "ward", "dbscan", "hdbscan", "all", "none"], value_delimiter = ',', help_heading = "Segments")]
    baselines: Vec<String>,
    /// DBSCAN's radius, in the distances of the columns made comparable, 0 or above [default: the knee of the distances to the nearest]
    #[arg(long, value_name = "R", value_parser = radius, help_heading = "Segments")]
    dbscan_epsilon: Option<f64>,
    /// How many customers within that radius, itself included, make a place dense for DBSCAN; 1 or more
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Segments")]
    dbscan_min_neighbors: u32,
    /// How many customers a cluster of HDBSCAN has at least, 2 or more [default: one in a hundred, 5 at least]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..), help_heading = "Segments")]
    hdbscan_min_cluster_size: Option<u32>,
    /// To how many customers, itself included, a customer in a dense place is near for HDBSCAN; 1 or more
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Segments")]
    hdbscan_min_neighbors: u32,

    /// Say how long this run would take on this machine and how much memory it needs, and stop
    #[arg(long, help_heading = "Running")]
    pub(in crate::cli) plan: bool,
    /// Memory that may be used, such as 8GB; a run that needs more is refused unless --force is added [default: what is free]
    #[arg(long, value_name = "SIZE", value_parser = memory_size, help_heading = "Running")]
    pub(in crate::cli) memory: Option<u64>,
    #[command(flatten)]
    bridging: Bridging,
    #[command(flatten)]
    pub(in crate::cli) running: Running,
}

fn sql_dialect() -> impl TypedValueParser<Value = SqlDialect> {
    PossibleValuesParser::new(SQL_DIALECTS.map(|(name, _)| name)).map(|word| {
        let named = SQL_DIALECTS.iter().find(|(name, _)| *name == word);
        named.map_or(SqlDialect::Standard, |(_, dialect)| *dialect)
    })
}

/// The methods that these words name.
fn baselines(words: &[String]) -> Vec<BaselineMethod> {
    if words.iter().any(|word| word == "all") {
        return BaselineMethod::ALL.to_vec();
    }
    let of = |word: &String| BaselineMethod::ALL.into_iter().find(|m| m.name() == word);
    words.iter().filter_map(of).collect()
}

fn column_type(word: &str) -> Result<(String, TypeChoice), String> {
    column_and(word, |value| match value {
        "number" => Ok(TypeChoice::Number),
        "category" => Ok(TypeChoice::Category),
        "date" => Ok(TypeChoice::Date),
        "ignore" => Ok(TypeChoice::Ignore),
        other => Err(format!("\"{other}\" is none of number, category, date, ignore")),
    })
}

fn column_code(word: &str) -> Result<(String, String), String> {
    column_and(word, |value| Ok(value.trim().to_owned()))
}

fn column_weight(word: &str) -> Result<(String, f64), String> {
    column_and(word, |value| {
        value.parse().map_err(|_| format!("\"{value}\" is not a number"))
    })
}

fn radius(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(x) if (0.0..f64::INFINITY).contains(&x) => Ok(x),
        _ => Err(format!("\"{text}\" is not a number of 0 or above")),
    }
}

/// `50`, or a share such as `2%`.
fn least_size(text: &str) -> Result<LeastSize, String> {
    let wrong = || format!("\"{text}\" is neither a number of customers such as 50 nor a share such as 2%");
    if let Some(percent) = text.strip_suffix('%') {
        let percent: f64 = percent.trim().parse().map_err(|_| wrong())?;
        return if (0.0..=100.0).contains(&percent) {
            Ok(LeastSize::Share(percent / 100.0))
        } else {
            Err(wrong())
        };
    }
    text.parse().map(LeastSize::Customers).map_err(|_| wrong())
}

impl SegmentArgs {
    /// How the table is to be read, in at most so many bytes of memory.
    pub(in crate::cli) fn table(&self, memory: Option<u64>) -> TableSettings {
        TableSettings {
            separator: self.reading.separator,
            decimal: self.reading.decimal,
            encoding: self.reading.encoding.clone(),
            missing: self.reading.missing_words(),
            missing_in: self.reading.missing_in(),
            codes: self.codes.clone(),
            id: self.id.clone(),
            features: self.features.clone(),
            ignore: self.ignore.clone(),
            types: self.types.clone(),
            truth: self.truth.clone(),
            value: self.value.clone(),
            memory,
        }
    }

    /// # Errors
    /// Where a flag is about a method that is not asked for.
    pub(in crate::cli) fn settings(&self) -> crate::Result<Settings> {
        let baselines = baselines(&self.baselines);
        let about_dbscan = self.dbscan_epsilon.is_some() || self.dbscan_min_neighbors != 5;
        if about_dbscan && !baselines.contains(&BaselineMethod::Dbscan) {
            return Err(crate::Error::usage(
                "--dbscan-epsilon and --dbscan-min-neighbors are about DBSCAN, which is not asked for",
            )
            .hint("add --baselines kmeans,dbscan"));
        }
        let about_hdbscan = self.hdbscan_min_cluster_size.is_some() || self.hdbscan_min_neighbors != 5;
        if about_hdbscan && !baselines.contains(&BaselineMethod::Hdbscan) {
            return Err(crate::Error::usage(
                "--hdbscan-min-cluster-size and --hdbscan-min-neighbors are about HDBSCAN, which is not asked for",
            )
            .hint("add --baselines kmeans,hdbscan"));
        }
        Ok(Settings {
            features: FeatureSettings {
                metric: self.metric.0,
                scale: self.scale.0,
                weights: self.weights.clone(),
            },
            n_neighbors: self.neighbors.0,
            search: self.search.0,
            similarity: self.similarity.0,
            method: method(&self.method),
            resolution: self.resolution.0,
            segments: self.segments,
            max_segments: self.max_segments,
            min_size: self.min_size,
            names: Vec::new(),
            baselines,
            dbscan: Dbscan {
                epsilon: self.dbscan_epsilon,
                min_neighbors: self.dbscan_min_neighbors as usize,
                ..Dbscan::default()
            },
            hdbscan: Hdbscan {
                min_cluster_size: self.hdbscan_min_cluster_size.map(|least| least as usize),
                min_neighbors: self.hdbscan_min_neighbors as usize,
                ..Hdbscan::default()
            },
            betweenness: self.bridging.betweenness,
            layout: self.output.layout(),
            seed: self.running.seed,
        })
    }
}
