//! What a person may overrule when a table is read.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How to read a customer table. The default decides everything from the data and says what it decided.
///
/// Columns are named as in the header; another case or spaces around the name do no harm where only one column fits.
/// `features` and `ignore` take patterns as well: `*` stands for any letters, `?` for one.
///
/// ```
/// use kinfolk::table::{TableSettings, TypeChoice};
///
/// let settings = TableSettings {
///     decimal: Some(','),
///     types: vec![("Region".to_owned(), TypeChoice::Number)],
///     ..TableSettings::default()
/// };
/// assert!(settings.separator.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableSettings {
    /// What stands between cells: `,`, `;`, tab, `|` or any other ASCII character. Default: from the data.
    pub separator: Option<char>,
    /// The decimal mark, `.` or `,`. Default: from the data, for each column.
    pub decimal: Option<char>,
    /// A name of the Encoding Standard, such as `utf-8` or `windows-1252`. Default: from the data.
    pub encoding: Option<String>,
    /// Further words for "no value", in any case, beside the usual ones (empty, NA, NaN, null, -, ? and so on).
    pub missing: Vec<String>,
    /// The same in one column only, as (column, word).
    pub missing_in: Vec<(String, String)>,
    /// Values of number or date columns that are codes, such as `-1` for "never contacted", as (column, value): they are no
    /// amounts, and a column beside tells who has them. Those that stand clearly apart are found without being named.
    pub codes: Vec<(String, String)>,
    /// The column that names the customer. Default: the one that looks like it, else row numbers.
    pub id: Option<String>,
    /// The columns that measure similarity; all others are kept out. Default: all usable ones.
    pub features: Vec<String>,
    /// Columns that do not measure similarity.
    pub ignore: Vec<String>,
    /// Types that overrule the guess, by column.
    pub types: Vec<(String, TypeChoice)>,
    /// A known grouping: read as categories and kept out of the features.
    pub truth: Option<String>,
    /// A money column for shares of value in profiles; it must hold numbers.
    pub value: Option<String>,
    /// The most memory that reading may take, in bytes: a file that unpacks to more is refused before it is held. Default:
    /// what the system gives.
    pub memory: Option<u64>,
}

/// A type that a person gives a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TypeChoice {
    /// A measurement.
    Number,
    /// Names or codes.
    Category,
    /// A day; serial days of Excel and seconds since 1970 are understood as well.
    Date,
    /// Neither: the column is kept out.
    Ignore,
}

impl TypeChoice {
    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            TypeChoice::Number => "number",
            TypeChoice::Category => "category",
            TypeChoice::Date => "date",
            TypeChoice::Ignore => "ignore",
        }
    }
}

impl FromStr for TypeChoice {
    type Err = Error;

    /// `number`, `category`, `date` or `ignore`, in any case.
    fn from_str(word: &str) -> Result<Self> {
        [Self::Number, Self::Category, Self::Date, Self::Ignore]
            .into_iter()
            .find(|choice| choice.name().eq_ignore_ascii_case(word.trim()))
            .ok_or_else(|| {
                Error::usage(format!("\"{word}\" is not a type"))
                    .hint("the types are number, category, date and ignore")
            })
    }
}
