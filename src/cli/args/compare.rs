//! What `kinfolk compare` can be told.

use super::output::Spreadsheet;
use super::parsers::one_char;
use super::running::Running;
use crate::export::CsvStyle;
use crate::read::LabelSettings;
use crate::{Error, Result};
use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  kinfolk compare shop-segments rivals.csv\n  kinfolk compare march-segments april-segments -o moved\n  kinfolk compare shop-segments shop-segments --label segment,kmeans\n  kinfolk compare a.csv b.csv c.csv --id customer --label group"
)]
pub(in crate::cli) struct CompareArgs {
    /// Two results or more, of any tool: tables of customers and their groups (.csv .tsv .txt, also .gz and .zst), or folders that kinfolk wrote
    #[arg(value_name = "RESULT", num_args = 2.., required = true)]
    pub(in crate::cli) results: Vec<PathBuf>,
    /// The column of the groups, one for all results or one for each [default: segment, cluster and the like, or the second of two]
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Columns")]
    label: Vec<String>,
    /// The customer identifier, one for all results or one for each [default: found, else the first column]
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Columns")]
    id: Vec<String>,
    /// Between fields: a character, or tab, comma, semicolon, pipe [default: found]
    #[arg(long, value_name = "CHAR", value_parser = one_char, help_heading = "Reading")]
    separator: Option<char>,
    /// Such as utf-8, windows-1252, utf-16le [default: found]
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    encoding: Option<String>,
    /// Further words that mean "no group"
    #[arg(
        long,
        value_name = "WORD",
        value_delimiter = ',',
        allow_hyphen_values = true,
        help_heading = "Reading"
    )]
    missing: Vec<String>,
    /// Folder for the tables; created if absent [default: <first>-and-<second>-compared]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Write into a folder that holds other files too; they are left alone, and none is overwritten
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) force: bool,
    /// A picture of who went where between two results too: figure_moved.svg and figure_moved.png of 1280 x 720
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) figures: bool,
    /// Print the summary as JSON on standard output
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) json: bool,
    #[command(flatten)]
    spreadsheet: Spreadsheet,
    #[command(flatten)]
    pub(in crate::cli) running: Running,
}

impl CompareArgs {
    pub(in crate::cli) fn csv_style(&self) -> CsvStyle {
        self.spreadsheet.csv_style()
    }

    /// How each result is to be read.
    ///
    /// # Errors
    /// Where a flag names more than one column, but not one for each result, or a picture of more than two results is asked for.
    pub(in crate::cli) fn labels(&self) -> Result<Vec<LabelSettings>> {
        let n = self.results.len();
        if self.figures && n > 2 {
            return Err(
                Error::usage(format!("--figures draws two results beside each other, not {n}"))
                    .hint("compare them two by two, or leave --figures out"),
            );
        }
        for (flag, names) in [("--label", &self.label), ("--id", &self.id)] {
            if names.len() > 1 && names.len() != n {
                return Err(
                    Error::usage(format!("{flag} names {} columns for {n} results", names.len()))
                        .hint("name one column for all, or one for each result in their order"),
                );
            }
        }
        let of = |names: &[String], k: usize| names.get(if names.len() > 1 { k } else { 0 }).cloned();
        let settings = |k: usize| LabelSettings {
            separator: self.separator,
            encoding: self.encoding.clone(),
            id: of(&self.id, k),
            label: of(&self.label, k),
            missing: self.missing.clone(),
            guarded: false,
            memory: None,
        };
        Ok((0..n).map(settings).collect())
    }
}
