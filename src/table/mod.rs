//! Customers as tables: one row each, typed columns, every guess that was made, and networks as lists of edges.
//!
//! [`read_table`](crate::read::read_table) makes a [`Table`] of a file, `generate` one of nothing; both leave what was
//! assumed in [`Table::reading`], [`Column::note`] and [`Table::warnings`].

mod edges;
pub(crate) mod grid;
mod projection;
mod settings;
mod texts;

pub use edges::{EdgeList, EdgeSettings};
pub use projection::Side;
pub(crate) use projection::{Projection, project};
pub use settings::{TableSettings, TypeChoice};
pub use texts::Texts;
pub(crate) use texts::surely_all_different;

use crate::message::Message;
use crate::text::natural;
use crate::warning::Warning;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What a column's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// A measurement: differences mean something.
    Number,
    /// One of a few names, or a code whose differences mean nothing.
    Category,
    /// A day, held as days since 1970-01-01.
    Date,
    /// Names, notes, identifiers: kept, never compared.
    Text,
}

/// What the run does with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Measures similarity.
    Feature,
    /// Names the customer.
    Id,
    /// A known grouping, used only to score.
    Truth,
    /// Kept out, for the reason in [`Column::note`].
    Ignored,
}

/// The values of a column, one per row.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// NaN where missing; otherwise finite.
    Number(Vec<f64>),
    /// Days since 1970-01-01, with the time of day as a fraction; NaN where missing.
    Date(Vec<f64>),
    /// Index into `levels` (sorted by name, each used at least once); [`MISSING`] where missing.
    Category {
        /// One per row.
        codes: Vec<u32>,
        /// The distinct values as written.
        levels: Vec<String>,
    },
    /// As written; empty where missing.
    Text(Texts),
}

impl Values {
    /// The values of these rows.
    fn pick(&self, order: &[u32]) -> Values {
        fn pick<T: Copy>(values: &[T], order: &[u32]) -> Vec<T> {
            order.iter().map(|&i| values[i as usize]).collect()
        }
        match self {
            Values::Number(v) => Values::Number(pick(v, order)),
            Values::Date(v) => Values::Date(pick(v, order)),
            Values::Text(v) => Values::Text(v.pick(order)),
            Values::Category { codes, levels } => Values::Category {
                codes: pick(codes, order),
                levels: levels.clone(),
            },
        }
    }

    /// The values of these rows, nothing where there is no row.
    fn pick_where(&self, rows: &[Option<u32>]) -> Values {
        fn pick<T: Copy>(values: &[T], rows: &[Option<u32>], nothing: T) -> Vec<T> {
            let of_row = |row: &Option<u32>| row.map_or(nothing, |i| values[i as usize]);
            rows.iter().map(of_row).collect()
        }
        match self {
            Values::Number(v) => Values::Number(pick(v, rows, f64::NAN)),
            Values::Date(v) => Values::Date(pick(v, rows, f64::NAN)),
            Values::Text(v) => {
                let texts = rows.iter().map(|row| row.map_or("", |i| &v[i as usize]));
                Values::Text(texts.collect())
            }
            Values::Category { codes, levels } => Values::Category {
                codes: pick(codes, rows, MISSING),
                levels: levels.clone(),
            },
        }
    }

    /// How two rows compare by these values; missing ones last, or first among texts.
    pub(crate) fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        match self {
            Values::Number(v) | Values::Date(v) => v[a].total_cmp(&v[b]),
            Values::Category { codes, .. } => codes[a].cmp(&codes[b]),
            Values::Text(v) => v[a].cmp(&v[b]),
        }
    }
}

/// The code of a missing category.
pub const MISSING: u32 = u32::MAX;

/// One column of a [`Table`].
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// As in the header; blank and repeated names were made unique, with a warning.
    pub name: String,
    /// One per row.
    pub values: Values,
    /// What the run does with it.
    pub role: Role,
    /// The rank of each level, 0 for the lowest, where the levels are steps of one scale (`low`, `medium`, `high`; `18-24`,
    /// `65+`); [`MISSING`] for a level beside the scale, such as `unknown`. Empty where there is no order.
    pub order: Vec<u32>,
    /// How many rows have no value.
    pub missing: usize,
    /// What was assumed about it, in words for the table of guesses; empty where nothing was.
    pub note: Message,
}

impl Column {
    /// The type of the values.
    pub fn column_type(&self) -> ColumnType {
        match self.values {
            Values::Number(_) => ColumnType::Number,
            Values::Date(_) => ColumnType::Date,
            Values::Category { .. } => ColumnType::Category,
            Values::Text(_) => ColumnType::Text,
        }
    }
}

/// A customer table. All columns have one value per row.
#[derive(Clone, Debug)]
pub struct Table {
    /// What messages call it: the file's name.
    pub source: String,
    /// The customer identifiers: unique, trimmed, not empty; row numbers where no column names the customer.
    pub ids: Texts,
    /// The line of the file on which each row begins, from 1; the number of the row where a file has no lines.
    pub lines: Vec<u64>,
    /// In the order of the file.
    pub columns: Vec<Column>,
    /// How the bytes were read: encoding, separator, decimal mark, and so on, one plain phrase each.
    pub reading: Vec<String>,
    /// What the reader noticed.
    pub warnings: Vec<Warning>,
    /// The name of the money column that [`TableSettings::value`] asked for, as the header writes it.
    pub value_column: Option<String>,
}

impl Table {
    /// The number of customers.
    pub fn n_rows(&self) -> usize {
        self.ids.len()
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The column that holds a known grouping.
    pub fn truth(&self) -> Option<&Column> {
        self.columns.iter().find(|c| c.role == Role::Truth)
    }

    /// The money column for shares of value in profiles.
    pub fn value(&self) -> Option<&Column> {
        self.value_column.as_deref().and_then(|name| self.column(name))
    }

    /// The same customers in another order: row `i` of the result is row `order[i]` of this table.
    ///
    /// # Panics
    /// Where `order` names a row that is not there.
    #[must_use]
    pub fn reordered(&self, order: &[u32]) -> Table {
        Table {
            source: self.source.clone(),
            ids: self.ids.pick(order),
            lines: order.iter().map(|&i| self.lines[i as usize]).collect(),
            columns: self
                .columns
                .iter()
                .map(|c| Column {
                    values: c.values.pick(order),
                    name: c.name.clone(),
                    role: c.role,
                    order: c.order.clone(),
                    missing: c.missing,
                    note: c.note.clone(),
                })
                .collect(),
            reading: self.reading.clone(),
            warnings: self.warnings.clone(),
            value_column: self.value_column.clone(),
        }
    }

    /// As [`reordered`](Self::reordered), in the memory of one column more.
    pub(crate) fn reorder(&mut self, order: &[u32]) {
        self.ids = self.ids.pick(order);
        self.lines = order.iter().map(|&i| self.lines[i as usize]).collect();
        for column in &mut self.columns {
            column.values = column.values.pick(order);
        }
    }

    /// Columns by name, in natural order (`x2` before `x10`), and what was noticed by its words, whatever their order
    /// in the file.
    pub(crate) fn sort_columns(&mut self) {
        self.columns.sort_by(|a, b| natural(&a.name, &b.name));
        self.warnings
            .sort_by(|a, b| (a.code, &a.message).cmp(&(b.code, &b.message)));
    }
}

/// Tables in as few words as a test of another room needs.
#[cfg(test)]
pub(crate) mod written {
    use super::{Column, MISSING, Role, Table, Values};
    use crate::message::Message;

    /// A column that measures similarity.
    pub(crate) fn feature(name: &str, values: Values) -> Column {
        Column {
            name: name.to_owned(),
            values,
            role: Role::Feature,
            order: Vec::new(),
            missing: 0,
            note: Message::default(),
        }
    }

    /// Categories, one per word; `-` is missing.
    pub(crate) fn categories(words: &[&str]) -> Values {
        let mut levels: Vec<String> = words
            .iter()
            .filter(|w| **w != "-")
            .map(|w| (*w).to_owned())
            .collect();
        levels.sort_unstable();
        levels.dedup();
        let code = |word: &&str| {
            levels
                .iter()
                .position(|l| l == word)
                .map_or(MISSING, |c| c as u32)
        };
        Values::Category {
            codes: words.iter().map(code).collect(),
            levels,
        }
    }

    /// A table of so many customers, called by their number from 0.
    pub(crate) fn table(n: usize, columns: Vec<Column>) -> Table {
        Table {
            source: "t.csv".to_owned(),
            ids: (0..n).map(|i| i.to_string()).collect(),
            lines: (0..n as u64).map(|i| i + 2).collect(),
            columns,
            reading: Vec::new(),
            warnings: Vec::new(),
            value_column: None,
        }
    }
}
