//! What is known about the file as a whole, before a column is judged.

use crate::columns::date::Order;
use crate::columns::rules::Kind;
use crate::columns::scan::Facts;
use crate::table::Values;
use crate::table::grid::Grid;

/// What is known about the file as a whole.
pub(crate) struct Context<'a> {
    pub(crate) source: &'a str,
    pub(crate) grid: &'a Grid,
    pub(crate) rows: &'a [u32],
    /// The names of the columns as written, before they were made unique.
    pub(crate) written: &'a [String],
    /// What the file says about the types of its columns; empty for text.
    pub(crate) given: &'a [Option<Given>],
    /// Further words for "no value", by column.
    pub(crate) further: &'a [Vec<String>],
    /// The decimal mark that a person set.
    pub(crate) asked_decimal: Option<char>,
    /// The decimal mark of columns that prove none themselves, and whether any column proves it.
    pub(crate) file_decimal: char,
    pub(crate) decimal_known: bool,
    /// Whether semicolons part the cells, as they do where the comma is decimal.
    pub(crate) semicolons: bool,
    /// The order of day and month that all columns with proof agree on.
    pub(crate) order: Option<Order>,
}

impl Context<'_> {
    /// The decimal mark of a column.
    pub(super) fn decimal(&self, facts: &Facts) -> char {
        self.asked_decimal
            .or_else(|| facts.decimal())
            .unwrap_or(self.file_decimal)
    }

    /// How the cells of a column became `values`; `loose` where numbers may be dates.
    pub(crate) fn kind(&self, values: &Values, facts: &Facts, loose: bool) -> Kind {
        let decimal = self.decimal(facts);
        match values {
            Values::Number(_) => Kind::Number { decimal },
            Values::Date(_) => {
                let (order, ..) = facts.dates.order(self.order, self.file_decimal == ',');
                Kind::Date {
                    day_first: order == Order::DayFirst,
                    loose,
                    decimal,
                }
            }
            Values::Category { .. } => Kind::Category,
            Values::Text(_) => Kind::Text,
        }
    }
}

/// A type that the file itself gives a column.
#[cfg_attr(not(feature = "parquet"), allow(dead_code, reason = "text gives no types"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Given {
    /// With a fraction: whole numbers may be codes.
    Number,
    Date,
    Text,
}
