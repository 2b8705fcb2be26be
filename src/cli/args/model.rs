//! What the commands about a finished segmentation can be told: `assign`, `show`, `why`.

use super::output::Spreadsheet;
use super::reading::Reading;
use super::running::Saying;
use crate::cli::memory;
use crate::export::CsvStyle;
use crate::read::{NewRowsSettings, Rules};
use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  kinfolk assign shop-segments new.csv\n  kinfolk assign model.kinfolk new.csv.gz -o assigned.csv --novelty 0.001\n  tail -f queue.jsonl | kinfolk assign model.kinfolk --lines"
)]
pub(in crate::cli) struct AssignArgs {
    /// The model that kinfolk segment wrote, or the folder of its results
    #[arg(value_name = "MODEL")]
    pub(in crate::cli) model: PathBuf,
    /// The new customers: .csv .tsv .txt of any size, also .gz and .zst; .parquet and .xlsx where built with these features; - for standard input
    #[arg(
        value_name = "NEW",
        required_unless_present = "lines",
        conflicts_with = "lines"
    )]
    pub(in crate::cli) new: Option<PathBuf>,
    /// The file to write: CSV, or Parquet where built with this feature and the name ends in .parquet; - for standard output [default: <input name>-assigned.csv]
    #[arg(
        short,
        long,
        value_name = "FILE",
        conflicts_with = "lines",
        help_heading = "Output"
    )]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Overwrite the file if it is there; the new one keeps its mode
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) force: bool,
    #[command(flatten)]
    spreadsheet: Spreadsheet,
    /// Read one customer per line from standard input and answer each at once: JSON objects, or CSV with the header first
    #[arg(long, conflicts_with = "excel", help_heading = "Segments")]
    pub(in crate::cli) lines: bool,
    /// The share of customers like the model's who may be told by chance that they are in none of these segments; 0: nobody is
    #[arg(long, default_value_t = 0.01, value_name = "SHARE", help_heading = "Segments")]
    pub(in crate::cli) novelty: f64,
    /// Assign although most values of a column lie below or above all of the model's
    #[arg(long, conflicts_with = "lines", help_heading = "Segments")]
    pub(in crate::cli) allow_outside: bool,
    /// The customer identifier [default: the column that was in the model's table, else row numbers]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub(in crate::cli) id: Option<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    pub(in crate::cli) saying: Saying,
}

impl AssignArgs {
    pub(in crate::cli) fn csv_style(&self) -> CsvStyle {
        self.spreadsheet.csv_style()
    }

    pub(in crate::cli) fn rows(&self) -> NewRowsSettings {
        NewRowsSettings {
            separator: self.reading.separator,
            encoding: self.reading.encoding.clone(),
            id: self.id.clone(),
            points: false,
            memory: memory::for_reading(None),
        }
    }

    /// The rules of the model, with what is overruled.
    ///
    /// # Errors
    /// Where a decimal mark is none, or a column is not in the model.
    pub(in crate::cli) fn overrule(&self, rules: &mut Rules) -> crate::Result<()> {
        if let Some(mark) = self.reading.decimal {
            rules.set_decimal(mark)?;
        }
        rules.add_missing(&self.reading.missing_words(), &self.reading.missing_in())
    }
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  kinfolk show shop-segments\n  kinfolk show model.kinfolk")]
pub(in crate::cli) struct ShowArgs {
    /// A model, or a folder of results
    #[arg(value_name = "MODEL|DIR")]
    pub(in crate::cli) path: PathBuf,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  kinfolk why shop-segments --customer C10358")]
pub(in crate::cli) struct WhyArgs {
    /// A folder that kinfolk segment wrote
    #[arg(value_name = "DIR")]
    pub(in crate::cli) folder: PathBuf,
    /// The customer, by its id in customers.csv
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) customer: String,
}
