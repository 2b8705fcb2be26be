//! Where results go, and in which formats.

use super::super::tables;
use super::parsers::{Auto, one_of};
use crate::export::{CsvStyle, GexfVersion};
use crate::layout::{Arrangement, Layout};
use crate::report::ReportSettings;
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;

const LAYOUTS: &[(&str, Arrangement)] = &[
    ("forceatlas2", Arrangement::ForceAtlas2),
    ("pca", Arrangement::PrincipalComponents),
];

/// Tables as a spreadsheet opens them.
#[derive(Args, Debug)]
pub(in crate::cli) struct Spreadsheet {
    /// CSV files for a double click in Excel: a byte-order mark tells it that they are UTF-8
    #[arg(long, help_heading = "Output")]
    excel: bool,
    /// With --excel: decimal commas and semicolons between cells, for systems that write 0,25
    #[arg(long, requires = "excel", help_heading = "Output")]
    decimal_comma: bool,
}

impl Spreadsheet {
    pub(in crate::cli) fn csv_style(&self) -> CsvStyle {
        CsvStyle {
            byte_order_mark: self.excel,
            decimal_comma: self.decimal_comma,
            ..CsvStyle::default()
        }
    }
}

/// Where results go.
#[derive(Args, Debug)]
pub(in crate::cli) struct Output {
    /// Folder for the results; created if absent [default: <input name>-segments or -communities]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Write into a folder that holds other files too; they are left alone, and none is overwritten
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) force: bool,
    /// Print the summary as JSON on standard output
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) json: bool,
    #[command(flatten)]
    spreadsheet: Spreadsheet,
    /// Formats of all tables: csv always, parquet (where built with that feature) and jsonl beside it, with numbers as numbers
    #[arg(long, default_value = "csv", value_parser = PossibleValuesParser::new(tables::ENDINGS), value_name = "A,B", value_delimiter = ',', help_heading = "Output")]
    tables: Vec<String>,
    /// GEXF version: 1.2 for networkx older than 3.6
    #[arg(long, default_value = "1.3", value_parser = ["1.3", "1.2"], value_name = "V", help_heading = "Output")]
    pub(in crate::cli) gexf_version: String,
    /// Files of the network: auto (network.gexf with all of it up to 50000 nodes and a million edges, above that with a backbone), full, backbone or none;
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
    pub(in crate::cli) layout: Auto<Arrangement>,
}

impl Output {
    pub(in crate::cli) fn csv_style(&self) -> CsvStyle {
        self.spreadsheet.csv_style()
    }

    pub(in crate::cli) fn gexf_version(&self) -> GexfVersion {
        if self.gexf_version == "1.2" {
            GexfVersion::V1_2
        } else {
            GexfVersion::V1_3
        }
    }

    /// Whether this is asked for of the network's files.
    pub(in crate::cli) fn network(&self, word: &str) -> bool {
        self.network.iter().any(|asked| asked == word)
    }

    /// Whether tables are wanted in this format.
    pub(in crate::cli) fn tables(&self, word: &str) -> bool {
        self.tables.iter().any(|asked| asked == word)
    }

    /// What the report may show; `None` where none is wanted.
    pub(in crate::cli) fn report(&self) -> Option<ReportSettings> {
        (!self.no_report).then_some(ReportSettings {
            customers: self.report_customers,
        })
    }

    /// What pictures may show; `None` where none are wanted.
    pub(in crate::cli) fn figures(&self) -> Option<ReportSettings> {
        self.figures.then_some(ReportSettings {
            customers: self.report_customers,
        })
    }

    pub(super) fn layout(&self) -> Layout {
        Layout {
            arrangement: self.layout.0.unwrap_or_default(),
            ..Layout::default()
        }
    }
}
