//! What a column is: measurement, category, date or text, and why.

use super::date::Order;
use super::grid::{Grid, count};
use super::identifier::{is_running_number, some_lines};
use super::names::{id_strength, says_code, says_code_surely, says_date};
use super::number;
use super::scan::Facts;
use super::values::{Cells, Odd};
use super::{Column, MISSING, Role, TypeChoice, Values};
use crate::error::{Error, Result};
use crate::num::group_digits;
use crate::warning::Warning;

/// What is known about the file as a whole.
pub(super) struct Context<'a> {
    pub(super) source: &'a str,
    pub(super) grid: &'a Grid,
    pub(super) rows: &'a [u32],
    /// Further words for "no value".
    pub(super) further: &'a [String],
    /// The decimal mark that a person set.
    pub(super) asked_decimal: Option<char>,
    /// The decimal mark of columns that prove none themselves, and whether any column proves it.
    pub(super) file_decimal: char,
    pub(super) decimal_known: bool,
    /// The order of day and month that all columns with proof agree on.
    pub(super) order: Option<Order>,
}

/// What a column is wanted for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Purpose<'a> {
    /// It may measure similarity.
    Automatic,
    /// A person named it among the features.
    Wanted,
    /// It is kept out, for this reason.
    Kept(&'a str),
    /// A known grouping.
    Truth,
}

/// A column and what was noticed about it.
pub(super) type Inferred = (Column, Vec<Warning>);

/// Levels that a category may have: 50, in large tables up to 100.
fn most_levels(rows: usize) -> usize {
    (rows / 20).clamp(50, 100)
}

/// Values in the making.
struct Draft {
    values: Values,
    notes: Vec<String>,
    /// Why the column cannot measure similarity.
    unusable: bool,
    warnings: Vec<Warning>,
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

    fn note(mut self, note: impl Into<String>) -> Self {
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
pub(super) fn infer(
    context: &Context<'_>,
    name: &str,
    place: usize,
    facts: &Facts,
    choice: Option<TypeChoice>,
    purpose: Purpose<'_>,
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
            further: context.further,
        },
        strict: !matches!(purpose, Purpose::Kept(_)) && choice != Some(TypeChoice::Ignore),
        flags_count,
    };
    let chosen = |word: &str| format!("{word} as asked");
    let draft = match (purpose, choice) {
        (Purpose::Truth, _) => column.categories(false),
        (_, Some(TypeChoice::Number)) => column.forced_number()?.note(chosen("number")),
        (_, Some(TypeChoice::Category)) => column.categories(false).note(chosen("category")),
        (_, Some(TypeChoice::Date)) => column.date(true)?.note(chosen("date")),
        _ => column.automatic()?,
    };
    column.finish(draft, choice, purpose)
}

struct Judge<'a> {
    context: &'a Context<'a>,
    name: &'a str,
    facts: &'a Facts,
    cells: Cells<'a>,
    /// Whether odd values are errors; in a column that is kept out they do no harm.
    strict: bool,
    flags_count: bool,
}

impl Judge<'_> {
    fn finish(&self, mut draft: Draft, choice: Option<TypeChoice>, purpose: Purpose<'_>) -> Result<Inferred> {
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
            draft.notes.push(format!("taken as missing: {}", listed(&words)));
        }
        if let Values::Category { levels, .. } = &draft.values {
            if let Some(warning) = self.case_variants(levels) {
                draft.warnings.push(warning);
            }
        }
        let role = match purpose {
            Purpose::Truth => Role::Truth,
            Purpose::Kept(reason) => {
                draft.notes.insert(0, reason.to_owned());
                Role::Ignored
            }
            _ if choice == Some(TypeChoice::Ignore) => {
                draft.notes.insert(0, "ignored as asked".to_owned());
                Role::Ignored
            }
            Purpose::Wanted if draft.unusable => {
                return Err(Error::usage(format!(
                    "--features names the column \"{}\", which cannot measure similarity: {}",
                    self.name,
                    draft.notes.join("; ")
                ))
                .in_file(self.context.source)
                .hint(format!("leave it out, or set --type {}=category", self.name)));
            }
            _ if draft.unusable => Role::Ignored,
            _ => Role::Feature,
        };
        let column = Column {
            name: self.name.to_owned(),
            values: draft.values,
            role,
            missing,
            note: draft.notes.join("; "),
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

    /// The decimal mark of this column.
    fn decimal(&self) -> char {
        self.context
            .asked_decimal
            .or_else(|| self.facts.decimal())
            .unwrap_or(self.context.file_decimal)
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
            return Ok(self.code(&why));
        }
        let draft = self.with_number_notes(Draft::new(Values::Number(values)), decimal);
        if id_strength(self.name) == 40
            && self.facts.present > 2
            && is_running_number(self.context.grid, self.cells.column)
        {
            return Ok(draft.unusable().note("numbers the rows"));
        }
        Ok(draft)
    }

    /// Why numbers are codes, if they are.
    fn why_code(&self, values: &[f64]) -> Option<String> {
        let facts = self.facts;
        let undo = format!("--type {}=number to change", self.name);
        if facts.zero_led > 0 && facts.digits == facts.present {
            return Some("leading zeros, so a code".to_owned());
        }
        if facts.digits == facts.present
            && (facts.shortest >= 16 || (facts.shortest >= 12 && facts.shortest == facts.longest))
        {
            return Some(format!("numbers of {} digits are codes", facts.longest));
        }
        if !facts.all_whole() {
            return None;
        }
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for &v in values.iter().filter(|v| !v.is_nan()) {
            (least, most) = (least.min(v), most.max(v));
        }
        if (least, most) == (0.0, 1.0) {
            return (!self.flags_count).then(|| "0/1 flag".to_owned());
        }
        if !says_code(self.name) {
            return None;
        }
        // Months are codes, because December is next to January; a number of months is none.
        if self.name.trim().eq_ignore_ascii_case("month") && !(least >= 1.0 && most <= 12.0) {
            return None;
        }
        (says_code_surely(self.name) || self.cells.distinct(100) <= 100)
            .then(|| format!("assumed a code, not an amount; {undo}"))
    }

    /// Numbers that are names: categories where they are few.
    fn code(&self, why: &str) -> Draft {
        if self.cells.distinct(most_levels(self.cells.rows.len())) <= most_levels(self.cells.rows.len()) {
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

    /// Text: categories where they are few, else names or notes.
    fn by_levels(&self) -> Draft {
        let rows = self.cells.rows.len();
        let present = self.facts.present + self.facts.perhaps_count();
        let distinct = self.cells.distinct(most_levels(rows));
        if present > 5 && distinct * 10 >= present * 9 {
            let what = if distinct == present { "" } else { "nearly " };
            return Draft::new(self.cells.texts(false))
                .unusable()
                .note(format!("text that is {what}different in every row"));
        }
        if distinct <= most_levels(rows) {
            return self.categories(false);
        }
        let exact = self.cells.distinct(rows);
        let what = if exact * 10 >= present * 9 {
            "text that is nearly different in every row".to_owned()
        } else {
            format!(
                "text with {} different values; --type {}=category to use it",
                group_digits(exact),
                self.name
            )
        };
        Draft::new(self.cells.texts(false))
            .unusable()
            .note(if exact == present {
                "text that is different in every row".to_owned()
            } else {
                what
            })
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
            let far = values.iter().filter(|&&d| d < -25_567.0 || d >= 47_847.0).count();
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

    fn case_variants(&self, levels: &[String]) -> Option<Warning> {
        if levels.len() > 1000 {
            return None;
        }
        let mut lower: Vec<(String, &String)> = levels.iter().map(|l| (l.to_lowercase(), l)).collect();
        lower.sort_unstable();
        let twins: Vec<&String> = lower
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|run| run.len() > 1)
            .flat_map(|run| run.iter().map(|(_, level)| *level))
            .collect();
        if twins.is_empty() {
            return None;
        }
        let shown = twins
            .iter()
            .take(6)
            .map(|t| format!("\"{t}\""))
            .collect::<Vec<_>>()
            .join(", ");
        Some(Warning::new(
            "levels-differ-by-case",
            format!(
                "column \"{}\" has categories that differ only in upper and lower case and count as different: {shown}",
                self.name
            ),
        ))
    }

    fn with_number_notes(&self, mut draft: Draft, decimal: char) -> Draft {
        let facts = self.facts;
        if self.context.asked_decimal.is_none() {
            if facts.either > 0 && facts.decimal().is_none() {
                if facts.either_comma > 0 {
                    let meaning = if decimal == ',' { "1.234" } else { "1234" };
                    let why = if self.context.decimal_known {
                        "as in other columns"
                    } else {
                        "nothing else in the file says so"
                    };
                    draft.notes.push(format!("\"1,234\" read as {meaning} ({why})"));
                    if !self.context.decimal_known {
                        draft.warnings.push(Warning::new(
                            "ambiguous-decimal",
                            format!("column \"{}\": numbers such as \"1,234\" were read as {meaning}; if that is wrong, set --decimal", self.name),
                        ));
                    }
                } else if decimal == ',' {
                    draft
                        .notes
                        .push("\"1.234\" read as 1234 (as in other columns)".to_owned());
                }
            } else if facts.decimal().is_some() && decimal != self.context.file_decimal {
                draft.notes.push(format!("decimal {} here", mark_name(decimal)));
            }
        }
        if facts.percent > 0 {
            draft.notes.push("percent signs removed".to_owned());
            if facts.percent < facts.present {
                draft.warnings.push(Warning::new(
                    "mixed-percent",
                    format!(
                        "column \"{}\": {} of {} values have a percent sign; 12 % was read as 12 like all others",
                        self.name,
                        group_digits(facts.percent),
                        group_digits(facts.present)
                    ),
                ));
            }
        }
        if !facts.currencies.is_empty() {
            let names: Vec<&str> = facts.currencies.keys().map(String::as_str).collect();
            draft
                .notes
                .push(format!("currency removed: {}", names.join(", ")));
            if names.len() > 1 {
                draft.warnings.push(Warning::new(
                    "mixed-currencies",
                    format!(
                        "column \"{}\" holds amounts in different currencies, which were not converted: {}",
                        self.name,
                        listed(&facts.currencies)
                    ),
                ));
            }
        }
        draft
    }

    fn place(&self, error: Error, row: u32) -> Error {
        error
            .in_file(self.context.source)
            .at_line(self.context.grid.lines[row as usize])
            .in_column(self.name)
    }

    fn not_a_number(&self, odd: &Odd, decimal: char) -> Error {
        let first = &odd.values[0];
        let name = self.name;
        let what = if number::value(first, decimal).is_some() || number::is_infinity(first) {
            "is not a finite number"
        } else {
            "is not a number"
        };
        let others = self.facts.present.saturating_sub(odd.times);
        let mut message = format!("\"{}\" {what}", shown(first));
        if odd.times == 1 && others > 0 {
            message += &format!(", unlike the other {}", count(others, "value", "values"));
        } else if odd.times > 1 && odd.values.len() == 1 {
            message += &format!(
                " ({} times; {} are numbers)",
                group_digits(odd.times),
                count(others, "value", "values")
            );
        } else if odd.times > 1 {
            message += &format!(
                ", and so are {} more; {} are numbers",
                group_digits(odd.times - 1),
                count(others, "value", "values")
            );
        }
        let other_mark = if decimal == '.' { ',' } else { '.' };
        let mut tries = Vec::new();
        if odd
            .values
            .iter()
            .all(|v| number::value(v, other_mark).is_some_and(f64::is_finite))
        {
            tries.push(format!(
                "if the {} is decimal, set --decimal {other_mark}",
                mark_name(other_mark)
            ));
        }
        if odd.values.len() == 1 {
            tries.push(format!(
                "if \"{}\" means no value, set --missing \"{}\"",
                shown(first),
                shown(first)
            ));
        }
        tries.push(format!(
            "--type {name}=category takes the column as names, --type {name}=ignore leaves it out"
        ));
        self.place(Error::data(message).hint(tries.join("; ")), odd.row)
    }

    fn not_a_date(&self, odd: &Odd, order: Order) -> Error {
        let first = &odd.values[0];
        let name = self.name;
        let order = match order {
            _ if self.facts.dates.proven().is_none() => "as the others are",
            Order::DayFirst => "with the day first, as the others are",
            Order::MonthFirst => "with the month first, as the others are",
        };
        let mut hint = String::new();
        if odd.values.len() == 1 {
            hint = format!("if it means no value, set --missing \"{}\"; ", shown(first));
        }
        hint +=
            &format!("--type {name}=category takes the column as names, --type {name}=ignore leaves it out");
        let more = if odd.times > 1 {
            format!(", and {} more are not", group_digits(odd.times - 1))
        } else {
            String::new()
        };
        self.place(
            Error::data(format!("\"{}\" is not a date {order}{more}", shown(first))).hint(hint),
            odd.row,
        )
    }
}

/// `.` and `,` in words.
pub(super) fn mark_name(decimal: char) -> &'static str {
    if decimal == ',' { "comma" } else { "point" }
}

fn only_zeros(odd: &Odd) -> bool {
    odd.values
        .iter()
        .all(|v| super::date::read(v).is_some_and(|d| d.is_zero()))
}

/// Long cells are cut for messages.
fn shown(cell: &str) -> String {
    const MOST: usize = 40;
    let clean: String = cell
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if clean.chars().count() <= MOST {
        clean
    } else {
        clean.chars().take(MOST).chain(['…']).collect()
    }
}

/// `"NA" (12), "-" (3)`.
fn listed(words: &std::collections::BTreeMap<String, usize>) -> String {
    const SHOWN: usize = 8;
    let mut parts: Vec<String> = words
        .iter()
        .take(SHOWN)
        .map(|(word, times)| format!("\"{}\" ({})", shown(word), group_digits(*times)))
        .collect();
    if words.len() > SHOWN {
        parts.push(format!("and {} more", words.len() - SHOWN));
    }
    parts.join(", ")
}
