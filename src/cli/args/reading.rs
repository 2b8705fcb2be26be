//! How the bytes of a table are read.

use super::parsers::one_char;
use clap::Args;

/// How the bytes of a table are read.
#[derive(Args, Debug)]
pub(in crate::cli) struct Reading {
    /// Between fields: a character, or tab, comma, semicolon, pipe [default: found]
    #[arg(long, value_name = "CHAR", value_parser = one_char, help_heading = "Reading")]
    pub(in crate::cli) separator: Option<char>,
    /// Decimal mark [default: found]
    #[arg(long, value_name = "CHAR", value_parser = one_char, help_heading = "Reading")]
    pub(in crate::cli) decimal: Option<char>,
    /// Such as utf-8, windows-1252, utf-16le [default: found]
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub(in crate::cli) encoding: Option<String>,
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
    pub(in crate::cli) fn missing_words(&self) -> Vec<String> {
        let everywhere = |word: &&String| column_word(word).is_none();
        self.missing.iter().filter(everywhere).cloned().collect()
    }

    /// Words for one column each.
    pub(in crate::cli) fn missing_in(&self) -> Vec<(String, String)> {
        self.missing.iter().filter_map(|word| column_word(word)).collect()
    }
}

/// Both sides of the last `=`, where there is something on each.
fn column_word(word: &str) -> Option<(String, String)> {
    let (column, value) = word.rsplit_once('=')?;
    (!column.trim().is_empty() && !value.trim().is_empty())
        .then(|| (column.to_owned(), value.trim().to_owned()))
}
