//! What can be typed after `kinfolk features`.

use super::parsers::memory_size;
use super::reading::Reading;
use super::running::Running;
use crate::transactions::{DATABASES, Database, Drop, Roles, TransactionSettings};
use crate::{Error, Result};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  kinfolk features purchases.csv -o customers.csv\n  kinfolk features online_retail.csv.gz --window 30d,90d --exclude-products 'POST,DOT,M' -o customers.csv\n  kinfolk features CDNOW_master.txt --customer 1 --date 2 --quantity 3 --amount 4 -o customers.csv\n  kinfolk features events.csv --engagement email_open=1,visit=2 -o customers.csv\n  kinfolk features purchases.csv --sql duckdb --table shop.purchases\n  kinfolk segment customers.csv\n\nA column is named by its name or, where there is no header, by its number from 1; the word none says that there is no such column."
)]
pub(in crate::cli) struct FeaturesArgs {
    /// Purchase lines or events, one per line: .csv .tsv .txt, also .gz and .zst; .parquet and .xlsx where built with these features; - for standard input
    #[arg(value_name = "TRANSACTIONS")]
    pub(in crate::cli) input: PathBuf,
    /// The file to write: CSV, or Parquet where built with this feature and the name ends in .parquet [default: <input name>-customers.csv]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Overwrite the file if it is there; the new one keeps its mode
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) force: bool,
    /// Print the query that computes the same table in a database, and write no file
    #[arg(long, value_name = "DATABASE", value_parser = database(), conflicts_with_all = ["output", "force"], help_heading = "Output")]
    pub(in crate::cli) sql: Option<Database>,
    /// The table of purchase lines in that database
    #[arg(
        long,
        value_name = "NAME",
        default_value = "transactions",
        requires = "sql",
        help_heading = "Output"
    )]
    pub(in crate::cli) table: String,
    #[command(flatten)]
    reading: Reading,
    /// Whether the day comes first in dates such as 03/04/2024 [default: all dates together decide]
    #[arg(long, value_name = "yes|no", value_parser = PossibleValuesParser::new(["yes", "no"]).map(|word| word == "yes"), help_heading = "Reading")]
    day_first: Option<bool>,
    /// Where times are written with a zone: the clock in which days, weekends and evenings are counted, such as +01:00
    #[arg(long, value_name = "OFFSET", default_value = "+00:00", value_parser = utc_offset, allow_hyphen_values = true, help_heading = "Reading")]
    utc_offset: i32,

    /// Who buys
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    customer: Option<String>,
    /// What is bought together; without one, all lines of a customer on one day are one order
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    order: Option<String>,
    /// When, with or without a time of day
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    date: Option<String>,
    /// Money of the line, below 0 where something comes back
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    amount: Option<String>,
    /// Pieces of the line: times --price it is the amount
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    quantity: Option<String>,
    /// Money per piece
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    price: Option<String>,
    /// What is bought
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    product: Option<String>,
    /// What kind of thing is bought
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    category: Option<String>,
    /// Where it is bought: shop, web, app
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    channel: Option<String>,
    /// What happened, in a log of events
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    event: Option<String>,
    /// What was taken off: lines with another value than 0 have a discount
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    discount: Option<String>,
    /// The currency of the amounts
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    currency: Option<String>,

    /// The day from which is looked back, such as 2011-12-10; lines from then on are left out [default: the day after the last date]
    #[arg(long, value_name = "DAY", help_heading = "Counting")]
    as_of: Option<String>,
    /// The last so many days counted once more on their own: 30d,90d,365d
    #[arg(long = "window", value_name = "DAYS", value_delimiter = ',', value_parser = window, help_heading = "Counting")]
    windows: Vec<u32>,
    /// Leave out lines of these products, in any case; * for any letters, ? for one
    #[arg(
        long,
        value_name = "PATTERNS",
        value_delimiter = ',',
        help_heading = "Counting"
    )]
    exclude_products: Vec<String>,
    /// Leave out what is counted otherwise
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = trap(), help_heading = "Counting")]
    drop: Vec<Drop>,
    /// Count amounts in this currency only
    #[arg(
        long,
        value_name = "CURRENCY",
        conflicts_with = "mixed_currencies",
        help_heading = "Counting"
    )]
    only_currency: Option<String>,
    /// Add up several currencies as if they were one
    #[arg(long, help_heading = "Counting")]
    mixed_currencies: bool,
    /// Events that are purchases [default: purchase, order, buy, sale and the like]
    #[arg(long, value_name = "EVENTS", value_delimiter = ',', help_heading = "Counting")]
    purchase_event: Vec<String>,
    /// Points per event for the column engagement: email_open=1,visit=2
    #[arg(long, value_name = "EVENT=POINTS", value_delimiter = ',', value_parser = points, help_heading = "Counting")]
    engagement: Vec<(String, f64)>,
    /// The most memory to use, such as 4GB [default: what is free]
    #[arg(long, value_name = "SIZE", value_parser = memory_size, help_heading = "Running")]
    pub(in crate::cli) memory: Option<u64>,
    #[command(flatten)]
    pub(in crate::cli) running: Running,
}

fn database() -> impl TypedValueParser<Value = Database> {
    PossibleValuesParser::new(DATABASES.map(|(word, _)| word)).map(|word| {
        let found = DATABASES.iter().find(|(name, _)| *name == word);
        found.map_or(Database::DuckDb, |(_, database)| *database)
    })
}

fn trap() -> impl TypedValueParser<Value = Drop> {
    PossibleValuesParser::new(Drop::ALL.map(|(word, _)| word)).map(|word| {
        let found = Drop::ALL.iter().find(|(name, _)| *name == word);
        found.map_or(Drop::Duplicates, |(_, drop)| *drop)
    })
}

fn window(word: &str) -> Result<u32, String> {
    let days = word.trim().strip_suffix(['d', 'D']).unwrap_or(word.trim());
    match days.parse() {
        Ok(days @ 1..=100_000) => Ok(days),
        _ => Err("expected days such as 30d, 1 to 100000".to_owned()),
    }
}

fn points(word: &str) -> Result<(String, f64), String> {
    let (event, points) = word.rsplit_once('=').ok_or("expected EVENT=POINTS")?;
    match points.trim().parse::<f64>() {
        Ok(points) if points.is_finite() => Ok((event.trim().to_owned(), points)),
        _ => Err(format!("\"{points}\" is not a number of points")),
    }
}

/// `+01:00`, `-05:30` or `Z`, in minutes.
fn utc_offset(word: &str) -> Result<i32, String> {
    let wrong = || "expected an offset from UTC such as +01:00 or -05:30".to_owned();
    let word = word.trim();
    if word.eq_ignore_ascii_case("z") || word.eq_ignore_ascii_case("utc") {
        return Ok(0);
    }
    let (sign, rest) = match word.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, word.strip_prefix('+').ok_or_else(wrong)?),
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    match (hours.parse::<i32>(), minutes.parse::<i32>()) {
        (Ok(h @ 0..=18), Ok(m @ 0..=59)) if h < 18 || m == 0 => Ok(sign * (60 * h + m)),
        _ => Err(wrong()),
    }
}

impl FeaturesArgs {
    /// What is asked for, in at most so many bytes of memory.
    pub(in crate::cli) fn settings(&self, memory: Option<u64>) -> Result<TransactionSettings> {
        if let Some((column, word)) = self.reading.missing_in().first() {
            return Err(Error::usage(format!(
                "--missing {column}={word} is for one column, and purchase lines take words for all"
            ))
            .hint(format!("give --missing {word}")));
        }
        let mut windows = self.windows.clone();
        windows.sort_unstable();
        windows.dedup();
        Ok(TransactionSettings {
            roles: Roles {
                customer: self.customer.clone(),
                order: self.order.clone(),
                date: self.date.clone(),
                amount: self.amount.clone(),
                quantity: self.quantity.clone(),
                price: self.price.clone(),
                product: self.product.clone(),
                category: self.category.clone(),
                channel: self.channel.clone(),
                event: self.event.clone(),
                discount: self.discount.clone(),
                currency: self.currency.clone(),
            },
            separator: self.reading.separator,
            decimal: self.reading.decimal,
            encoding: self.reading.encoding.clone(),
            missing: self.reading.missing_words(),
            day_first: self.day_first,
            as_of: self.as_of.clone(),
            windows,
            exclude_products: self.exclude_products.clone(),
            drop: self.drop.clone(),
            only_currency: self.only_currency.clone(),
            mixed_currencies: self.mixed_currencies,
            utc_offset: self.utc_offset,
            purchase_events: self.purchase_event.clone(),
            engagement: self.engagement.clone(),
            memory,
        })
    }
}
