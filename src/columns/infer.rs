//! What a column is: measurement, category, date or text, and why.

use super::bands;
use super::date::Order;
use super::identifier::{is_running_number, some_lines};
use super::names::{id_strength, says_code, says_code_surely, says_date, says_phone};
use super::number;
use super::remarks::listed;
use super::rules::Kind;
use super::scan::Facts;
use super::values::{Cells, Odd};
use crate::error::{Error, Result};
use crate::message::{Message, Setting, message};
use crate::table::grid::Grid;
use crate::table::{Column, MISSING, Role, TypeChoice, Values};
use crate::text::count;
use crate::text::group_digits;
use crate::warning::Warning;

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
    fn decimal(&self, facts: &Facts) -> char {
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

/// Values in the making.
pub(crate) struct Draft {
    pub(crate) values: Values,
    pub(crate) notes: Vec<Message>,
    /// Why the column cannot measure similarity.
    pub(crate) unusable: bool,
    pub(crate) warnings: Vec<Warning>,
}

impl Draft {
    fn new(values: Values) -> Self {
        Draft {
            values,
            notes: Vec::new(),
            unusable: false,
            warnings: Vec::new(),
        }
    }

    fn note(mut self, note: impl Into<Message>) -> Self {
        let note = note.into();
        if !note.is_empty() {
            self.notes.push(note);
        }
        self
    }

    fn unusable(mut self) -> Self {
        self.unusable = true;
        self
    }
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
    fn finish(&self, mut draft: Draft, choice: Option<TypeChoice>, purpose: Purpose) -> Result<Inferred> {
        let missing = match &draft.values {
            Values::Number(v) | Values::Date(v) => v.iter().filter(|x| x.is_nan()).count(),
            Values::Category { codes, .. } => codes.iter().filter(|&&c| c == MISSING).count(),
            Values::Text(v) => v.iter().filter(|t| t.is_empty()).count(),
        };
        let mut words = self.facts.words.clone();
        if matches!(draft.values, Values::Number(_) | Values::Date(_)) {
            words.extend(self.facts.perhaps.clone());
        }
        if !words.is_empty() {
            draft
                .notes
                .push(format!("taken as missing: {}", listed(&words)).into());
        }
        if let Values::Category { levels, .. } = &draft.values {
            draft.warnings.extend(self.case_variants(levels));
        }
        let is_truth = purpose == Purpose::Truth;
        let role = match purpose {
            Purpose::Truth => Role::Truth,
            Purpose::Kept(reason) => {
                draft.notes.insert(0, reason);
                Role::Ignored
            }
            _ if choice == Some(TypeChoice::Ignore) => {
                draft.notes.insert(0, "ignored as asked".into());
                Role::Ignored
            }
            Purpose::Wanted if draft.unusable => {
                return Err(Error::usage(message![
                    Setting::Features,
                    format!(
                        " names the column \"{}\", which cannot measure similarity: ",
                        self.name
                    ),
                    Message::joined(draft.notes, "; ")
                ])
                .in_file(self.context.source)
                .hint(message![
                    "leave it out, or set ",
                    Setting::Types,
                    format!(" {}=category", self.name)
                ]));
            }
            _ if draft.unusable => Role::Ignored,
            _ => Role::Feature,
        };
        let order = match &draft.values {
            Values::Category { levels, .. } if choice.is_none() && !is_truth => {
                bands::order(levels).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        if !order.is_empty() {
            draft.notes.retain(|note| !note.starts_with("kept as categories"));
            draft.notes.extend(beside_scale(&draft.values, &order));
            draft.notes.push(message![
                Setting::Types,
                format!(" {}=category takes the steps as unordered", self.name)
            ]);
        }
        let column = Column {
            name: self.name.to_owned(),
            values: draft.values,
            role,
            order,
            missing,
            note: Message::joined(draft.notes, "; "),
        };
        Ok((column, draft.warnings))
    }

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

    fn forced_number(&self) -> Result<Draft> {
        let decimal = self.decimal();
        let (values, odd) = self.cells.numbers(decimal);
        if odd.times > 0 {
            return Err(self.not_a_number(&odd, decimal));
        }
        Ok(self.with_number_notes(Draft::new(Values::Number(values)), decimal))
    }

    /// A column in which every value is a number: a measurement, or a code.
    fn number(&self, decimal: char) -> Result<Draft> {
        let (values, odd) = self.cells.numbers(decimal);
        if odd.times > 0 {
            if self.strict {
                return Err(self.not_a_number(&odd, decimal));
            }
            return Ok(self.by_levels());
        }
        if let Some(why) = self.why_code(&values) {
            return Ok(self.code(why));
        }
        let draft = self.with_number_notes(Draft::new(Values::Number(values)), decimal);
        if id_strength(&self.context.written[self.cells.column]) == 40
            && self.facts.present > 2
            && is_running_number(self.context.grid, self.cells.column)
        {
            return Ok(draft.unusable().note("numbers the rows"));
        }
        Ok(draft)
    }

    /// Why numbers are codes, if they are.
    fn why_code(&self, values: &[f64]) -> Option<Message> {
        let facts = self.facts;
        let undo = message![Setting::Types, format!(" {}=number to change", self.name)];
        if facts.zero_led > 0 && facts.digits == facts.present {
            return Some("leading zeros, so a code".into());
        }
        if facts.digits == facts.present
            && (facts.shortest >= 16 || (facts.shortest >= 12 && facts.shortest == facts.longest))
        {
            return Some(format!("numbers of {} digits are codes", facts.longest).into());
        }
        if !facts.all_whole() {
            return None;
        }
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for &v in values.iter().filter(|v| !v.is_nan()) {
            (least, most) = (least.min(v), most.max(v));
        }
        if (least, most) == (0.0, 1.0) {
            return (!self.flags_count).then(|| "0/1 flag".into());
        }
        if !says_code(self.name) {
            return None;
        }
        // Months are codes, because December is next to January; a number of months is none.
        if self.name.trim().eq_ignore_ascii_case("month") && !(least >= 1.0 && most <= 12.0) {
            return None;
        }
        if !says_code_surely(self.name) && is_count(values) {
            return None;
        }
        (says_code_surely(self.name) || self.cells.distinct(100) <= 100)
            .then(|| message!["assumed a code, not an amount; ", undo])
    }

    /// Numbers that are names: categories where they are few.
    fn code(&self, why: Message) -> Draft {
        if !self.has_many_levels() {
            let artefact = self.facts.point_zero > 0 && self.facts.point_zero == self.facts.present;
            let draft = Draft::new(self.cells.categories(true, true)).note(why);
            return if artefact {
                draft.note("\".0\" at the end removed")
            } else {
                draft
            };
        }
        Draft::new(self.cells.texts(true))
            .unusable()
            .note(why)
            .note("too many different values for categories")
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

    fn date(&self, forced: bool) -> Result<Draft> {
        let comma = self.context.file_decimal == ',';
        let (order, note, guess) = self.facts.dates.order(self.context.order, comma);
        let (values, odd, impossible) = self.cells.dates(order, forced, self.decimal());
        // Where every third date does not exist, these are no dates.
        if !forced && (impossible.times * 3 > self.facts.present && !only_zeros(&impossible)) {
            return Ok(self.by_levels());
        }
        if odd.times > 0 {
            if !self.strict {
                return Ok(self.by_levels());
            }
            return Err(self.not_a_date(&odd, order));
        }
        let mut draft = Draft::new(Values::Date(values));
        if impossible.times > 0 {
            draft.warnings.push(Warning::new(
                "impossible-dates",
                format!(
                    "column \"{}\": {} not exist, such as \"{}\" on {}; taken as missing",
                    self.name,
                    count(impossible.times, "date does", "dates do"),
                    impossible.values[0],
                    some_lines(self.context.grid, &[impossible.row]),
                ),
            ));
        }
        if guess {
            draft.warnings.push(Warning::new(
                "ambiguous-dates",
                format!(
                    "column \"{}\": {note}; if that is wrong, write the dates as 2024-01-31",
                    self.name
                ),
            ));
        }
        draft = draft.note(note);
        if let Values::Date(values) = &draft.values {
            // 1900-01-01 and 2101-01-01.
            let far = values
                .iter()
                .filter(|d| !d.is_nan() && !(-25_567.0..47_847.0).contains(*d))
                .count();
            if far > 0 {
                draft = draft.note(format!(
                    "{} before 1900 or after 2100",
                    count(far, "date", "dates")
                ));
            }
        }
        Ok(draft)
    }

    /// Whether the values that are no numbers are ranges such as `3+` or `10 or more`, repeated, among small numbers.
    fn is_bucketed(&self, decimal: char) -> bool {
        let (values, odd) = self.cells.numbers(decimal);
        let small = values
            .iter()
            .filter(|v| !v.is_nan())
            .all(|v| v.fract() == 0.0 && v.abs() <= 100.0);
        let ranges = odd
            .values
            .iter()
            .all(|v| v.bytes().any(|b| b.is_ascii_digit()) && !number::looks_like_number(v));
        small && ranges && odd.times >= 2 * odd.values.len() && self.cells.distinct(20) <= 20
    }

    /// Whether numbers and codes such as `C536379` stand side by side, or the name says that all are codes.
    fn is_coded(&self) -> bool {
        let facts = self.facts;
        let whole = facts.digits == facts.any_numbers();
        let lettered =
            facts.other >= 2 && facts.lettered == facts.other && facts.other * 100 >= facts.present;
        whole && (says_code_surely(self.name) || (lettered && facts.longest >= 4))
    }
}

/// The levels that stand beside a scale, where there are any.
fn beside_scale(values: &Values, order: &[u32]) -> Option<Message> {
    let Values::Category { codes, levels } = values else {
        return None;
    };
    let mut words = std::collections::BTreeMap::new();
    for (level, _) in levels.iter().zip(order).filter(|(_, rank)| **rank == MISSING) {
        words.insert(level.clone(), 0);
    }
    for &code in codes
        .iter()
        .filter(|&&code| order.get(code as usize) == Some(&MISSING))
    {
        if let Some(times) = words.get_mut(&levels[code as usize]) {
            *times += 1;
        }
    }
    (!words.is_empty())
        .then(|| format!("beside the scale and put on its middle step: {}", listed(&words)).into())
}

/// Whether whole numbers look like counts rather than codes: many different ones from 0 or 1 on, the rarer the larger.
fn is_count(values: &[f64]) -> bool {
    const MOST: usize = 1000;
    let mut times = vec![0usize; MOST + 1];
    for &v in values.iter().filter(|v| !v.is_nan()) {
        if !(0.0..=MOST as f64).contains(&v) {
            return false;
        }
        times[v as usize] += 1;
    }
    let start = usize::from(times[0] == 0);
    let held = times.iter().filter(|&&t| t > 0).count();
    // Where the first half of the values fall steadily, the tail may be as ragged as it likes.
    let head = &times[start..start + (held / 2).min(MOST - start)];
    held > 12 && head.len() > 5 && head.windows(2).all(|pair| pair[0] >= pair[1])
}

fn only_zeros(odd: &Odd) -> bool {
    odd.values
        .iter()
        .all(|v| super::date::read(v).is_some_and(|d| d.is_zero()))
}
