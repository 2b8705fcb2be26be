//! How the cells of a table became values, kept so that later rows are read the same way.

use super::date::{self, Day, Order};
use super::missing::{Presence, presence};
use super::names::find;
use super::number;
use super::remarks::mark_name;
use super::values::serial;
use crate::error::{Error, Result};
use crate::message::{Message, Setting, message};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

/// How the cells of each column of a table became values, in the order of its columns.
///
/// What a reader finds out by looking at all rows (the decimal mark, which of two numbers is the day) is settled here, so that a
/// row read later means the same whatever stands beside it. See [`NewRows`](crate::read::NewRows).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// The column that named the customers, where one did.
    pub(crate) id: Option<String>,
    pub(crate) columns: Vec<CellRule>,
}

/// How the cells of one column become values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CellRule {
    pub(crate) column: String,
    pub(crate) kind: Kind,
    /// Further words for "no value".
    pub(crate) missing: Vec<String>,
    /// Whether any row had no value, so that a row which ends early may lack this one.
    pub(crate) gaps: bool,
    /// Whether no level of a category ends in `.0`, so that `17.0` means the code 17.
    pub(crate) whole_codes: bool,
    /// Values that are codes, and the name of the column beside that says who has them.
    pub(crate) codes: Vec<(f64, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Number {
        decimal: char,
    },
    Date {
        day_first: bool,
        /// Serial days of spreadsheets and seconds since 1970 are dates, too.
        loose: bool,
        decimal: char,
    },
    Category,
    /// Kept, never compared.
    Text,
}

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    Value(f64),
    Missing,
    /// A day that does not exist, taken as missing.
    Impossible,
    /// Neither a value of the column's kind nor missing.
    Odd,
}

impl Rules {
    /// Whether the cells of a column are its values, so that a database that holds them would answer a comparison alike: no value is
    /// a code and no word was named as missing. `false` for a column made beside another.
    #[cfg(feature = "cli")]
    pub(crate) fn is_as_written(&self, column: &str) -> bool {
        let rule = self.columns.iter().find(|rule| rule.column == column);
        rule.is_some_and(|rule| rule.codes.is_empty() && rule.missing.is_empty())
    }

    /// The rules of those columns only that hold these, or whose codes these are.
    #[must_use]
    pub fn only(&self, columns: &[&str]) -> Rules {
        // There may be thousands.
        let wanted: FxHashSet<&str> = columns.iter().copied().collect();
        let needed = |rule: &&CellRule| {
            let named = |name: &String| wanted.contains(name.as_str());
            named(&rule.column) || rule.codes.iter().any(|(_, beside)| named(beside))
        };
        let mut columns: Vec<CellRule> = self.columns.iter().filter(needed).cloned().collect();
        // Whatever their order in the file.
        columns.sort_by(|a, b| a.column.cmp(&b.column));
        Rules {
            id: self.id.clone(),
            columns,
        }
    }

    /// The columns of the file that are read.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|rule| rule.column.as_str())
    }

    /// The code that stands in a column, as a cell, where `has` says of the column beside it that this customer has it.
    #[cfg(feature = "cli")]
    pub(crate) fn code_of(&self, column: &str, has: impl Fn(&str) -> bool) -> Option<String> {
        let rule = self.columns.iter().find(|rule| rule.column == column)?;
        let code = rule.codes.iter().find(|(_, beside)| has(beside))?;
        Some(code.0.to_string())
    }

    /// The column that named the customers, where one did.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The columns that say who has a code in this one.
    pub(crate) fn flags_of(&self, column: &str) -> impl Iterator<Item = &str> {
        let rule = self.columns.iter().find(|rule| rule.column == column);
        let codes = rule.map_or(&[][..], |rule| &rule.codes);
        codes.iter().map(|(_, beside)| beside.as_str())
    }

    /// Lets every column have gaps.
    pub fn allow_gaps(&mut self) {
        self.columns.iter_mut().for_each(|rule| rule.gaps = true);
    }

    /// A number with a decimal point as the cells of this column have it.
    pub(crate) fn number_as_cell(&self, column: &str, number: &str) -> String {
        match self.columns.iter().find(|rule| rule.column == column) {
            Some(rule) if rule.has_decimal_comma() => number.replace('.', ","),
            _ => number.to_owned(),
        }
    }

    /// Takes this decimal mark for every column.
    ///
    /// # Errors
    /// Where it is neither `.` nor `,`.
    pub fn set_decimal(&mut self, mark: char) -> Result<()> {
        if !matches!(mark, '.' | ',') {
            return Err(Error::usage(format!("\"{mark}\" cannot be a decimal mark")).hint("use . or ,"));
        }
        for rule in &mut self.columns {
            match &mut rule.kind {
                Kind::Number { decimal } | Kind::Date { decimal, .. } => *decimal = mark,
                Kind::Category | Kind::Text => {}
            }
        }
        Ok(())
    }

    /// Takes further words for "no value": in every column, and in one each as (column, word).
    ///
    /// # Errors
    /// Where such a column is none of these.
    pub fn add_missing(&mut self, everywhere: &[String], in_one: &[(String, String)]) -> Result<()> {
        for rule in &mut self.columns {
            rule.missing.extend(everywhere.iter().cloned());
        }
        let names: Vec<String> = self.columns().map(str::to_owned).collect();
        for (column, word) in in_one {
            let place = find(column, &names, Setting::Missing, &mut Vec::new())?;
            self.columns[place].missing.push(word.clone());
        }
        Ok(())
    }
}

impl CellRule {
    /// Whether numbers in this column have a decimal comma.
    pub(crate) fn has_decimal_comma(&self) -> bool {
        matches!(
            self.kind,
            Kind::Number { decimal: ',' } | Kind::Date { decimal: ',', .. }
        )
    }

    /// A trimmed cell of a number or date column.
    pub(crate) fn read(&self, cell: &str) -> Reading {
        match self.kind {
            Kind::Number { decimal } => match number::value(cell, decimal) {
                // Adding 0 turns −0 into 0. A number may stand among the further words for "no value".
                Some(v)
                    if v.is_finite()
                        && (self.missing.is_empty()
                            || presence(cell, &self.missing) == Presence::Present) =>
                {
                    Reading::Value(v + 0.0)
                }
                _ if presence(cell, &self.missing) == Presence::Present => Reading::Odd,
                _ => Reading::Missing,
            },
            Kind::Date {
                day_first,
                loose,
                decimal,
            } => {
                if presence(cell, &self.missing) != Presence::Present {
                    return Reading::Missing;
                }
                let order = if day_first {
                    Order::DayFirst
                } else {
                    Order::MonthFirst
                };
                match date::read(cell).map(|written| written.day(order)) {
                    Some(Day::Exists(day)) => Reading::Value(day),
                    Some(Day::Impossible) => Reading::Impossible,
                    Some(Day::OtherOrder) => Reading::Odd,
                    None => {
                        let other = || serial(cell, decimal).filter(|_| loose);
                        date::read_compact(cell)
                            .or_else(other)
                            .map_or(Reading::Odd, Reading::Value)
                    }
                }
            }
            Kind::Category | Kind::Text => Reading::Odd,
        }
    }

    /// Whether a trimmed cell of a category column holds a level; `None` and `unknown` are levels where anybody had them.
    pub(crate) fn holds(&self, cell: &str) -> bool {
        presence(cell, &self.missing) != Presence::Missing
    }

    /// What an odd cell is not, and what to try.
    pub(crate) fn refusal(&self, cell: &str) -> (String, Message) {
        let shown: String = cell.chars().take(60).collect();
        let or_missing = message![
            format!("if \"{shown}\" means no value, set "),
            Setting::Missing,
            format!(" \"{shown}\"")
        ];
        match self.kind {
            Kind::Date { day_first, .. } => {
                let first = if day_first { "day" } else { "month" };
                let what = match date::read(cell) {
                    Some(_) => format!("is no date with the {first} first, as in the first table"),
                    None => "is not a date".to_owned(),
                };
                (
                    format!("\"{shown}\" {what}"),
                    message!["write dates as 2024-01-31; ", or_missing],
                )
            }
            Kind::Number { decimal } => {
                let other = if decimal == '.' { ',' } else { '.' };
                let hint = if number::value(cell, other).is_some_and(f64::is_finite) {
                    message![
                        format!("if the {} is decimal, set ", mark_name(other)),
                        Setting::Decimal,
                        format!(" {other}")
                    ]
                } else {
                    or_missing
                };
                let what = if number::value(cell, decimal).is_some() || number::is_infinity(cell) {
                    "is not a finite number"
                } else {
                    "is not a number"
                };
                (format!("\"{shown}\" {what}"), hint)
            }
            Kind::Category | Kind::Text => (format!("\"{shown}\" is not a level"), or_missing),
        }
    }
}
