//! What can be typed, and what each flag says about itself.

use super::compare_args::CompareArgs;
use super::features_args::FeaturesArgs;
use super::model_args::{AssignArgs, ShowArgs, WhyArgs};
use super::tables;
use crate::centrality::Sources;
use crate::clustering::{Dbscan, Hdbscan};
use crate::export::{CsvStyle, GexfVersion, SQL_DIALECTS, SqlDialect};
use crate::features::{FeatureSettings, Metric, Scale};
use crate::generate::{Generate, Shape};
use crate::graph::Similarity;
use crate::layout::{Arrangement, Layout};
use crate::neighbors::Search;
use crate::report::ReportSettings;
use crate::segmentation::{BaselineMethod, LeastSize, Method, Settings};
use crate::table::{EdgeSettings, Side, TableSettings, TypeChoice};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Finds customer segments in data without being told how many there are.
///
/// A similarity graph links each customer to its nearest neighbors, communities of that graph are the segments, and
/// the customers between two segments are shown as bridges. k-means runs beside it for comparison.
#[derive(Debug, Parser)]
#[command(
    name = "kinfolk",
    version,
    max_term_width = 100,
    args_override_self = true,
    after_help = "Start here:\n  kinfolk generate -o shop.csv         example customers with known segments\n  kinfolk segment shop.csv             segments, bridges, a report, tables and a Gephi file in shop-segments/\n  kinfolk segment --help               all that can be set",
    arg_required_else_help = true,
    subcommand_required = true
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// A customer table in, segments and everything about them out
    Segment(Box<SegmentArgs>),
    /// Communities of a network that already exists (CSV: source,target[,weight]; GEXF, GraphML, GML, Pajek, Matrix Market)
    Communities(CommunitiesArgs),
    /// New customers into the segments of a finished run, with a probability or "none of these"
    Assign(AssignArgs),
    /// Results of any tool beside each other: how far they agree, which groups belong together, who moved
    Compare(CompareArgs),
    /// What a result or a model holds
    Show(ShowArgs),
    /// Why one customer stands where it does: neighbors, what speaks for and against, what would move it
    Why(WhyArgs),
    /// Purchase lines or events in, one row per customer out
    Features(Box<FeaturesArgs>),
    /// Example customers with known segments, for trying things out
    Generate(GenerateArgs),
    /// Shell completions on standard output
    Completions {
        /// The shell they are for
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// How much is said, and where the work runs; `None` for a command that does no work.
    pub(super) fn saying(&self) -> Option<&Saying> {
        match self {
            Command::Segment(args) => Some(&args.running.saying),
            Command::Communities(args) => Some(&args.running.saying),
            Command::Assign(args) => Some(&args.saying),
            Command::Compare(args) => Some(&args.running.saying),
            Command::Features(args) => Some(&args.running.saying),
            Command::Generate(args) => Some(&args.running.saying),
            Command::Show(_) | Command::Why(_) | Command::Completions { .. } => None,
        }
    }
}

/// A value, or `auto`: the program decides and says what it decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Auto<T>(pub(super) Option<T>);

/// A parser for one of `names`, or `auto`.
fn one_of<T: Copy + Send + Sync + 'static>(
    names: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = Auto<T>> {
    let words = std::iter::once("auto").chain(names.iter().map(|(name, _)| *name));
    PossibleValuesParser::new(words.collect::<Vec<_>>()).map(|word| {
        Auto(
            names
                .iter()
                .find(|(name, _)| *name == word)
                .map(|(_, value)| *value),
        )
    })
}

fn sql_dialect() -> impl TypedValueParser<Value = SqlDialect> {
    PossibleValuesParser::new(SQL_DIALECTS.map(|(name, _)| name)).map(|word| {
        let named = SQL_DIALECTS.iter().find(|(name, _)| *name == word);
        named.map_or(SqlDialect::Standard, |(_, dialect)| *dialect)
    })
}

fn number_or_auto<T: std::str::FromStr>(word: &str) -> Result<Auto<T>, String> {
    if word == "auto" {
        return Ok(Auto(None));
    }
    word.parse()
        .map(|value| Auto(Some(value)))
        .map_err(|_| "neither auto nor a fitting number".to_owned())
}

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
const LAYOUTS: &[(&str, Arrangement)] = &[
    ("forceatlas2", Arrangement::ForceAtlas2),
    ("pca", Arrangement::PrincipalComponents),
];

fn sources(word: &str) -> Result<Sources, String> {
    match word {
        "auto" => Ok(Sources::Auto),
        "exact" => Ok(Sources::Exact),
        number => match number.parse() {
            Ok(count) if count > 0 => Ok(Sources::Count(count)),
            _ => Err("expected exact, auto or a number above 0".to_owned()),
        },
    }
}

fn trials(word: &str) -> Result<Auto<usize>, String> {
    match number_or_auto::<usize>(word) {
        Ok(Auto(Some(n))) if !(1..=100_000).contains(&n) => Err("expected auto or 1 to 100000".to_owned()),
        read => read,
    }
}

fn method(word: &str) -> Method {
    if word == "leiden" {
        Method::Leiden
    } else {
        Method::Louvain
    }
}

/// The methods that these words name.
fn baselines(words: &[String]) -> Vec<BaselineMethod> {
    if words.iter().any(|word| word == "all") {
        return BaselineMethod::ALL.to_vec();
    }
    let of = |word: &String| BaselineMethod::ALL.into_iter().find(|m| m.name() == word);
    words.iter().filter_map(of).collect()
}

/// `COLUMN=VALUE`, split at the last `=` because column names may hold one.
fn column_and<T>(word: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<(String, T), String> {
    let (column, value) = word.rsplit_once('=').ok_or("expected COLUMN=VALUE")?;
    Ok((column.to_owned(), parse(value)?))
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

pub(super) fn one_char(word: &str) -> Result<char, String> {
    match word {
        "tab" | "\\t" => return Ok('\t'),
        "comma" => return Ok(','),
        "semicolon" => return Ok(';'),
        "pipe" => return Ok('|'),
        _ => {}
    }
    let mut chars = word.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(c),
        _ => Err("expected one character, or tab, comma, semicolon, pipe".to_owned()),
    }
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

/// `8GB`, `500 MB` or a number of bytes.
pub(super) fn memory_size(word: &str) -> Result<u64, String> {
    let lower = word.trim().to_lowercase();
    let units = [
        ("gb", 1e9),
        ("gib", 1_073_741_824.0),
        ("mb", 1e6),
        ("mib", 1_048_576.0),
        ("b", 1.0),
    ];
    let (number, unit) = units
        .iter()
        .find_map(|(name, unit)| Some((lower.strip_suffix(name)?, *unit)))
        .unwrap_or((&lower, 1.0));
    match number.trim().parse::<f64>() {
        Ok(size) if size.is_finite() && size > 0.0 => Ok((size * unit) as u64),
        _ => Err("expected a size such as 8GB or 500MB".to_owned()),
    }
}

/// How much is said, and where the work runs: the same for every command.
#[derive(Args, Debug)]
pub(super) struct Running {
    /// Same seed, same bytes in every file but run.json
    #[arg(long, default_value_t = 42, value_name = "N", help_heading = "Running")]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) saying: Saying,
}

/// The part of it that commands without chance have, too.
#[derive(Args, Debug)]
pub(super) struct Saying {
    /// Threads to use; changes the time, never the result [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Running")]
    pub(super) threads: Option<u16>,
    /// Say nothing but errors
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Running")]
    pub(super) quiet: bool,
    /// Say more: time of each stage
    #[arg(short, long, help_heading = "Running")]
    pub(super) verbose: bool,
    /// Progress on standard error, where that is a terminal
    #[arg(long, default_value = "auto", value_parser = ["auto", "never"], help_heading = "Running")]
    pub(super) progress: String,
    /// Flags from a TOML file, under the same names; the command line wins [default: kinfolk.toml where there is one, without output, force and quiet]
    #[arg(long, value_name = "FILE", help_heading = "Running")]
    pub(super) config: Option<PathBuf>,
}

/// Tables as a spreadsheet opens them.
#[derive(Args, Debug)]
pub(super) struct Spreadsheet {
    /// CSV files for a double click in Excel: a byte-order mark tells it that they are UTF-8
    #[arg(long, help_heading = "Output")]
    excel: bool,
    /// With --excel: decimal commas and semicolons between cells, for systems that write 0,25
    #[arg(long, requires = "excel", help_heading = "Output")]
    decimal_comma: bool,
}

impl Spreadsheet {
    pub(super) fn csv_style(&self) -> CsvStyle {
        CsvStyle {
            byte_order_mark: self.excel,
            decimal_comma: self.decimal_comma,
            ..CsvStyle::default()
        }
    }
}

/// Where results go.
#[derive(Args, Debug)]
pub(super) struct Output {
    /// Folder for the results; created if absent [default: <input name>-segments or -communities]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
    /// Write into a folder that holds other files too; they are left alone, and none is overwritten
    #[arg(long, help_heading = "Output")]
    pub(super) force: bool,
    /// Print the summary as JSON on standard output
    #[arg(long, help_heading = "Output")]
    pub(super) json: bool,
    #[command(flatten)]
    spreadsheet: Spreadsheet,
    /// Formats of all tables: csv always, parquet (where built with that feature) and jsonl beside it, with numbers as numbers
    #[arg(long, default_value = "csv", value_parser = PossibleValuesParser::new(tables::ENDINGS), value_name = "A,B", value_delimiter = ',', help_heading = "Output")]
    tables: Vec<String>,
    /// GEXF version: 1.2 for networkx older than 3.6
    #[arg(long, default_value = "1.3", value_parser = ["1.3", "1.2"], value_name = "V", help_heading = "Output")]
    pub(super) gexf_version: String,
    /// Files of the network: auto (network.gexf with all of it up to 50000 nodes, above that with a backbone), full, backbone or none;
    /// gz packs it; further files: graphml, json (node-link), gephi-csv, neo4j
    #[arg(long, default_value = "auto", value_parser = ["auto", "full", "backbone", "none", "gz", "graphml", "json", "gephi-csv", "neo4j"], value_name = "A,B", value_delimiter = ',', help_heading = "Output")]
    network: Vec<String>,
    /// Leave out report.html, the page for people
    #[arg(long, conflicts_with = "report_customers", help_heading = "Output")]
    no_report: bool,
    /// Identifiers and values of single customers in report.html, which has none of them otherwise; small groups are described too
    #[arg(long, help_heading = "Output")]
    report_customers: bool,
    /// Pictures for slides too: SVG and PNG of 1280 x 720 of sizes and marks, network, levels, and map of segments, and the legend alone
    #[arg(long, help_heading = "Output")]
    figures: bool,
    /// Places in the picture; auto, forceatlas2: ties attract, from the two widest directions of the columns on; pca: those directions
    #[arg(long, default_value = "auto", value_parser = one_of(LAYOUTS), help_heading = "Output")]
    pub(super) layout: Auto<Arrangement>,
}

impl Output {
    pub(super) fn csv_style(&self) -> CsvStyle {
        self.spreadsheet.csv_style()
    }

    pub(super) fn gexf_version(&self) -> GexfVersion {
        if self.gexf_version == "1.2" {
            GexfVersion::V1_2
        } else {
            GexfVersion::V1_3
        }
    }

    /// Whether this is asked for of the network's files.
    pub(super) fn network(&self, word: &str) -> bool {
        self.network.iter().any(|asked| asked == word)
    }

    /// Whether tables are wanted in this format.
    pub(super) fn tables(&self, word: &str) -> bool {
        self.tables.iter().any(|asked| asked == word)
    }

    /// What the report may show; `None` where none is wanted.
    pub(super) fn report(&self) -> Option<ReportSettings> {
        (!self.no_report).then_some(ReportSettings {
            customers: self.report_customers,
        })
    }

    /// What pictures may show; `None` where none are wanted.
    pub(super) fn figures(&self) -> Option<ReportSettings> {
        self.figures.then_some(ReportSettings {
            customers: self.report_customers,
        })
    }

    fn layout(&self) -> Layout {
        Layout {
            arrangement: self.layout.0.unwrap_or_default(),
            ..Layout::default()
        }
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  kinfolk segment customers.csv\n  kinfolk segment crm.csv.gz --ignore postcode,notes --type region=category\n  kinfolk segment export.txt --separator ';' --decimal , --id \"Kunden-Nr\" -o out\n  kinfolk segment customers.csv --segments 6 --weight monetary=2\n\nResolution above 1 gives more, smaller segments; Gephi's dialog runs the other way (Gephi value = 1/resolution)."
)]
pub(super) struct SegmentArgs {
    /// The customer table: .csv .tsv .txt, also .gz and .zst; .parquet and .xlsx where built with these features; - for standard input
    #[arg(value_name = "CUSTOMERS")]
    pub(super) input: PathBuf,
    #[command(flatten)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) reading: Reading,

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
    pub(super) require_segments: bool,
    /// Write no model.kinfolk, by which kinfolk assign puts new customers into these segments
    #[arg(long, help_heading = "Output")]
    pub(super) no_model: bool,
    /// An Excel workbook too, segments.xlsx: what was found, segments, profiles, customers, comparison, bridges, columns
    #[arg(long, hide = cfg!(not(feature = "xlsx")), help_heading = "Output")]
    pub(super) xlsx: bool,
    /// A rule for each segment, such as spend < 30 and orders >= 6: rules.txt, rules.csv, decision_table.csv, and rules.sql for standard SQL (SQLite, PostgreSQL and others), bigquery or tsql
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "standard", value_parser = sql_dialect(), value_name = "standard|bigquery|tsql", help_heading = "Segments")]
    pub(super) rules: Option<SqlDialect>,
    /// Write names.toml, in which segments can be given other names; with a file, take the names from such a one
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "FILE", help_heading = "Segments")]
    pub(super) names: Option<Option<PathBuf>>,
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
    pub(super) plan: bool,
    /// Memory that may be used, such as 8GB; a run that needs more is refused unless --force is added [default: what is free]
    #[arg(long, value_name = "SIZE", value_parser = memory_size, help_heading = "Running")]
    pub(super) memory: Option<u64>,
    #[command(flatten)]
    bridging: Bridging,
    #[command(flatten)]
    pub(super) running: Running,
}

/// How bridges are measured.
#[derive(Args, Debug)]
pub(super) struct Bridging {
    /// Count shortest paths from everybody (exact), or from N drawn; auto: exact up to about 10,000 customers
    #[arg(long, default_value = "auto", value_name = "exact|auto|N", value_parser = sources, help_heading = "Bridges")]
    betweenness: Sources,
}

/// How the bytes of a table are read.
#[derive(Args, Debug)]
pub(super) struct Reading {
    /// Between fields: a character, or tab, comma, semicolon, pipe [default: found]
    #[arg(long, value_name = "CHAR", value_parser = one_char, help_heading = "Reading")]
    pub(super) separator: Option<char>,
    /// Decimal mark [default: found]
    #[arg(long, value_name = "CHAR", value_parser = one_char, help_heading = "Reading")]
    pub(super) decimal: Option<char>,
    /// Such as utf-8, windows-1252, utf-16le [default: found]
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub(super) encoding: Option<String>,
    /// Further words that mean "no value", everywhere or in one column
    #[arg(
        long,
        value_name = "WORD|COLUMN=WORD",
        value_delimiter = ',',
        allow_hyphen_values = true,
        help_heading = "Reading"
    )]
    missing: Vec<String>,
}

impl Reading {
    /// Words for all columns.
    pub(super) fn missing_words(&self) -> Vec<String> {
        let everywhere = |word: &&String| column_word(word).is_none();
        self.missing.iter().filter(everywhere).cloned().collect()
    }

    /// Words for one column each.
    pub(super) fn missing_in(&self) -> Vec<(String, String)> {
        self.missing.iter().filter_map(|word| column_word(word)).collect()
    }
}

/// Both sides of the last `=`, where there is something on each.
fn column_word(word: &str) -> Option<(String, String)> {
    let (column, value) = word.rsplit_once('=')?;
    (!column.trim().is_empty() && !value.trim().is_empty())
        .then(|| (column.to_owned(), value.trim().to_owned()))
}

impl SegmentArgs {
    /// How the table is to be read, in at most so many bytes of memory.
    pub(super) fn table(&self, memory: Option<u64>) -> TableSettings {
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
    pub(super) fn settings(&self) -> crate::Result<Settings> {
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

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  kinfolk communities friends.csv\n  kinfolk communities friends.csv --resolution auto\n  kinfolk communities calls.csv.gz --resolution 0.5 --trials 100 -o out\n  kinfolk communities friends.csv --nodes people.csv --network full,graphml"
)]
pub(super) struct CommunitiesArgs {
    /// Undirected edges: .csv .tsv .txt with the columns source,target[,weight], or a GEXF, GraphML, GML, Pajek or Matrix Market file with what it says of its nodes; also .gz and .zst; - for standard input
    #[arg(value_name = "EDGES")]
    pub(super) input: PathBuf,
    #[command(flatten)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// How communities are found; either way every community is connected
    #[arg(long, default_value = "louvain", value_parser = ["louvain", "leiden"], help_heading = "Communities")]
    method: String,
    /// 0 to 1000000; above 1: more, smaller communities; below 1: fewer, larger ones; auto: the scale that the ties support best
    #[arg(long, default_value = "1.0", value_name = "G", value_parser = number_or_auto::<f64>, help_heading = "Communities")]
    pub(super) resolution: Auto<f64>,
    /// Keep the best of N seeds, 1 to 100000; auto: 20 at a given resolution in networks of up to 20000 ties, else 1
    #[arg(long, default_value = "auto", value_name = "N", value_parser = trials, help_heading = "Communities")]
    pub(super) trials: Auto<usize>,
    /// A table about the nodes, whose columns go into nodes.csv and the network's files; one called label or name holds what people call them
    #[arg(long, value_name = "FILE", help_heading = "Communities")]
    pub(super) nodes: Option<PathBuf>,
    /// The column of that table that holds the nodes as the ties do [default: found]
    #[arg(long, value_name = "COLUMN", requires = "nodes", help_heading = "Communities")]
    nodes_id: Option<String>,
    /// Edges join things of two kinds, such as customer,product: the communities are those of the first column (source) or the second (target), tied by what they share: a thing shared by d adds 1/(d - 1)
    #[arg(long, value_name = "SIDE", value_parser = ["source", "target"], help_heading = "Communities")]
    project: Option<String>,
    /// Write only nodes.csv with the communities, summary.json and run.json
    #[arg(long, help_heading = "Communities")]
    pub(super) only_communities: bool,
    /// Refused: communities here are of undirected networks
    #[arg(long, hide = true)]
    pub(super) directed: bool,
    #[command(flatten)]
    bridging: Bridging,
    #[command(flatten)]
    pub(super) running: Running,
}

impl CommunitiesArgs {
    /// How the edges are to be read, in at most so many bytes of memory.
    pub(super) fn edges(&self, memory: Option<u64>) -> EdgeSettings {
        EdgeSettings {
            separator: self.reading.separator,
            decimal: self.reading.decimal,
            encoding: self.reading.encoding.clone(),
            memory,
            project: self.project.as_deref().map(|side| match side {
                "source" => Side::Source,
                _ => Side::Target,
            }),
        }
    }

    /// How the table about the nodes is to be read.
    pub(super) fn nodes_table(&self, memory: Option<u64>) -> TableSettings {
        TableSettings {
            id: self.nodes_id.clone(),
            memory,
            ..TableSettings::default()
        }
    }

    pub(super) fn method(&self) -> Method {
        method(&self.method)
    }

    pub(super) fn betweenness(&self) -> Sources {
        self.bridging.betweenness
    }

    pub(super) fn layout(&self) -> Layout {
        self.output.layout()
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  kinfolk generate -o shop.csv\n  kinfolk generate --customers 20000 --segments 8 --bridges 50 --seed 7 -o big.csv\n  kinfolk segment shop.csv --truth true_segment --ignore bridge_between"
)]
pub(super) struct GenerateArgs {
    /// The CSV file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Overwrite the file if it is there; the new one keeps its mode
    #[arg(long)]
    pub(super) force: bool,
    /// How many customers
    #[arg(long, default_value_t = Generate::default().customers, value_name = "N")]
    customers: usize,
    /// How many segments
    #[arg(long, default_value_t = Generate::default().segments, value_name = "N")]
    segments: usize,
    /// Customers planted midway between two segments
    #[arg(long, default_value_t = Generate::default().bridges, value_name = "N")]
    bridges: usize,
    /// Share of cells left empty, 0 to 0.9
    #[arg(long, default_value_t = Generate::default().missing, value_name = "SHARE")]
    missing: f64,
    /// Columns that have nothing to do with the segments
    #[arg(long, default_value_t = Generate::default().noise_columns, value_name = "N")]
    noise_columns: usize,
    /// Distance between segments in units of their spread
    #[arg(long, default_value_t = Generate::default().separation, value_name = "X")]
    separation: f64,
    /// The purchase lines of these customers instead of their table, in the order of time, for kinfolk features
    #[arg(long, conflicts_with_all = ["missing", "noise_columns"])]
    pub(super) transactions: bool,
    /// With --transactions: how many lines an order has on average, 1 to 50
    #[arg(long, default_value_t = 2.5, value_name = "X", requires = "transactions")]
    pub(super) lines_per_order: f64,
    #[command(flatten)]
    pub(super) running: Running,
}

impl GenerateArgs {
    pub(super) fn settings(&self) -> Generate {
        Generate {
            customers: self.customers,
            segments: self.segments,
            bridges: self.bridges,
            missing: self.missing,
            noise_columns: self.noise_columns,
            separation: self.separation,
            seed: self.running.seed,
            shape: Shape::default(),
        }
    }
}
