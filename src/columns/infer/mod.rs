//! What a column is: measurement, category, date or text, and why.

mod context;
mod dates;
mod draft;
mod finish;
mod numbers;

use super::names::{id_strength, says_date, says_phone};
use super::remarks::listed;
use super::scan::Facts;
use super::values::Cells;
use crate::error::Result;
use crate::message::{Message, Setting, message};
use crate::table::{Column, TypeChoice};
use crate::text::group_digits;
use crate::warning::Warning;
pub(crate) use context::{Context, Given};
pub(crate) use draft::Draft;

/// What a column is wanted for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Purpose {
    /// It may measure similarity.
    Automatic,
    /// A person named it among the features.
    Wanted,
    /// It is kept out, for this reason.
    Kept(Message),
    /// A known grouping.
    Truth,
}

/// A column and what was noticed about it.
pub(crate) type Inferred = (Column, Vec<Warning>);

/// Levels that a category may have: 50, in large tables up to 100.
fn most_levels(rows: usize) -> usize {
    (rows / 20).clamp(50, 100)
}

/// Decides what the column is and reads its values. `flags_count` says whether a column of 0 and 1 is a measurement,
/// as one of a family of measurements is.
///
/// # Errors
/// A value that is no number or date in a column where most are; a `choice` that the values do not allow.
pub(crate) fn infer(
    context: &Context<'_>,
    name: &str,
    place: usize,
    facts: &Facts,
    choice: Option<TypeChoice>,
    purpose: Purpose,
    flags_count: bool,
) -> Result<Inferred> {
    let column = Judge {
        context,
        name,
        facts,
        cells: Cells {
            grid: context.grid,
            rows: context.rows,
            column: place,
            further: &context.further[place],
        },
        strict: !matches!(purpose, Purpose::Kept(_)) && choice != Some(TypeChoice::Ignore),
        flags_count,
    };
    let chosen = |word: &str| format!("{word} as asked");
    let given = context.given.get(place).copied().flatten();
    let given = given.filter(|_| facts.present > 0 && choice.is_none());
    let in_file = |word: &str| format!("{word} in the file");
    let draft = match (&purpose, choice) {
        (Purpose::Truth, _) => column.categories(false),
        _ if given == Some(Given::Number) => column.forced_number()?.note(in_file("number")),
        _ if given == Some(Given::Date) => column.date(true)?.note(in_file("date")),
        _ if given == Some(Given::Text) => column.by_levels().note(in_file("text")),
        (_, Some(TypeChoice::Number)) => column.forced_number()?.note(chosen("number")),
        (_, Some(TypeChoice::Category)) => column.categories(false).note(chosen("category")),
        (_, Some(TypeChoice::Date)) => column.date(true)?.note(chosen("date")),
        _ => column.automatic()?,
    };
    column.finish(draft, choice, purpose)
}

/// One column before its judge.
pub(crate) struct Judge<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) name: &'a str,
    pub(crate) facts: &'a Facts,
    pub(crate) cells: Cells<'a>,
    /// Whether odd values are errors; in a column that is kept out they do no harm.
    pub(crate) strict: bool,
    pub(crate) flags_count: bool,
}

impl Judge<'_> {
    fn automatic(&self) -> Result<Draft> {
        let facts = self.facts;
        if facts.present + facts.perhaps_count() == 0 {
            let draft = Draft::new(self.cells.texts(false)).unusable();
            return Ok(draft.note("no row has a value"));
        }
        if facts.present == 0 {
            return Ok(self.categories(false));
        }
        if let Some(what) = self.names_somebody() {
            return Ok(Draft::new(self.cells.texts(false)).unusable().note(what));
        }
        if says_date(self.name)
            && facts.compact_dates > 0
            && facts.compact_dates + facts.dates.dates == facts.present
        {
            return self.date(false);
        }
        let decimal = self.decimal();
        let numbers = facts.numbers(decimal);
        if facts.other == 0 && facts.any_numbers() == facts.present && numbers == facts.present {
            return self.number(decimal);
        }
        if facts.any_numbers() * 5 >= facts.present * 4 {
            if self.is_bucketed(decimal) {
                return Ok(self
                    .by_levels()
                    .note("some values are ranges such as \"3+\", so all are categories"));
            }
            if self.is_coded() {
                return Ok(self.by_levels().note("numbers and codes mixed, so all are codes"));
            }
            if self.strict {
                let (_, odd) = self.cells.numbers(decimal);
                return Err(self.not_a_number(&odd, decimal));
            }
            return Ok(self.by_levels());
        }
        let dates = facts.dates.dates;
        if dates * 5 >= facts.present * 4 && (dates == facts.present || self.strict) {
            return self.date(false);
        }
        let share = facts.any_numbers() + dates;
        let draft = self.by_levels();
        Ok(if share > 0 {
            let what = if facts.any_numbers() >= dates {
                "a number"
            } else {
                "a date"
            };
            let most = facts.any_numbers().max(dates);
            draft.note(format!(
                "{} of {} values could be {what}, the others not",
                group_digits(most),
                group_digits(facts.present)
            ))
        } else {
            draft
        })
    }

    /// What the column says of who somebody is: customer numbers, addresses and phones are never alike by nearness.
    fn names_somebody(&self) -> Option<&'static str> {
        let written = &self.context.written[self.cells.column];
        let what = match id_strength(written) {
            100 => "names customers, so it measures nothing",
            75 | 80 => "an address, which measures nothing",
            _ if says_phone(written) && self.facts.longest.max(self.facts.with_digit) >= 7 => {
                "a phone number, which measures nothing"
            }
            _ => return None,
        };
        let distinct = self.cells.distinct(self.cells.rows.len());
        (distinct > 20 || distinct * 2 > self.facts.present.max(5)).then_some(what)
    }

    /// The decimal mark of this column.
    fn decimal(&self) -> char {
        self.context.decimal(self.facts)
    }

    /// Whether there are too many different values for categories, or nearly as many as rows.
    fn has_many_levels(&self) -> bool {
        let rows = self.cells.rows.len();
        let distinct = self.cells.distinct(rows);
        distinct > most_levels(rows) || (self.facts.present > 5 && distinct * 10 >= self.facts.present * 9)
    }

    /// Text: categories where they are few, else names or notes.
    fn by_levels(&self) -> Draft {
        let rows = self.cells.rows.len();
        let present = self.facts.present + self.facts.perhaps_count();
        let distinct = self.cells.distinct(rows);
        let nearly_all = present > 5 && distinct * 10 >= present * 9;
        if distinct <= most_levels(rows) && !nearly_all {
            return self.categories(false);
        }
        let note = match distinct {
            d if d == present => "text that is different in every row".into(),
            _ if nearly_all => "text that is different in nearly every row".into(),
            d => message![
                format!("text with {} different values; ", group_digits(d)),
                Setting::Types,
                format!(" {}=category to use it", self.name)
            ],
        };
        Draft::new(self.cells.texts(false)).unusable().note(note)
    }

    fn categories(&self, perhaps_missing: bool) -> Draft {
        // Where all values are numbers, 1.0 is the code 1.
        let codes = self.facts.all_whole() && self.facts.point_zero > 0;
        let draft = Draft::new(self.cells.categories(perhaps_missing, codes));
        if perhaps_missing || self.facts.perhaps.is_empty() {
            return draft;
        }
        draft.note(format!("kept as categories: {}", listed(&self.facts.perhaps)))
    }
}
