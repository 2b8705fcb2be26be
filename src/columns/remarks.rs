//! What is said about a column: notes on its numbers, warnings, and errors with what to try.

use super::date::Order;
use super::infer::{Draft, Judge};
use super::number;
use super::values::Odd;
use crate::error::Error;
use crate::message::{Message, Setting, message};
use crate::text::count;
use crate::text::group_digits;
use crate::warning::Warning;

impl Judge<'_> {
    pub(crate) fn case_variants(&self, levels: &[String]) -> Option<Warning> {
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

    pub(crate) fn with_number_notes(&self, mut draft: Draft, decimal: char) -> Draft {
        let facts = self.facts;
        if self.context.asked_decimal.is_none() {
            if facts.either > 0 && facts.decimal().is_none() {
                self.note_doubt(&mut draft, decimal);
            } else if facts.decimal().is_some() && decimal != self.context.file_decimal {
                draft
                    .notes
                    .push(format!("decimal {} here", mark_name(decimal)).into());
            }
        }
        if facts.percent > 0 {
            draft.notes.push("percent signs removed".into());
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
                .push(format!("currency removed: {}", names.join(", ")).into());
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

    /// Says how numbers such as `1,234` were read where the column itself leaves a doubt. A point is decimal unless
    /// commas are: programs write it so.
    fn note_doubt(&self, draft: &mut Draft, decimal: char) {
        let with_comma = self.facts.either_comma > 0;
        let written = if with_comma { "1,234" } else { "1.234" };
        let meaning = if with_comma == (decimal == ',') {
            "1.234"
        } else {
            "1234"
        };
        let known = self.context.decimal_known;
        if !with_comma && decimal == '.' && (known || !self.context.semicolons) {
            return;
        }
        let why = if known {
            "as in other columns"
        } else {
            "nothing else in the file says so"
        };
        draft
            .notes
            .push(format!("\"{written}\" read as {meaning} ({why})").into());
        if !known {
            draft.warnings.push(Warning::new(
                "ambiguous-decimal",
                message![format!("column \"{}\": numbers such as \"{written}\" were read as {meaning}; if that is wrong, set ", self.name), Setting::Decimal],
            ));
        }
    }

    fn place(&self, error: Error, row: u32) -> Error {
        error
            .in_file(self.context.source)
            .at_line(self.context.grid.lines[row as usize])
            .in_column(self.name)
    }

    pub(crate) fn not_a_number(&self, odd: &Odd, decimal: char) -> Error {
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
            let more = count(odd.times - 1, "other is none", "others are none");
            message += &format!("; {more} either, {} are", count(others, "value", "values"));
        }
        let other_mark = if decimal == '.' { ',' } else { '.' };
        let mut tries = Vec::new();
        if odd
            .values
            .iter()
            .all(|v| number::value(v, other_mark).is_some_and(f64::is_finite))
        {
            tries.push(message![
                format!("if the {} is decimal, set ", mark_name(other_mark)),
                Setting::Decimal,
                format!(" {other_mark}")
            ]);
        }
        if odd.values.len() == 1 {
            tries.push(message![
                format!("if \"{}\" means no value, set ", shown(first)),
                Setting::Missing,
                format!(" \"{}\"", shown(first))
            ]);
        }
        tries.push(message![
            Setting::Types,
            format!(" {name}=category takes the column as names, "),
            Setting::Types,
            format!(" {name}=ignore leaves it out")
        ]);
        self.place(Error::data(message).hint(Message::joined(tries, "; ")), odd.row)
    }

    pub(crate) fn not_a_date(&self, odd: &Odd, order: Order) -> Error {
        let first = &odd.values[0];
        let name = self.name;
        let order = match order {
            _ if self.facts.dates.proven().is_none() => "as the others are",
            Order::DayFirst => "with the day first, as the others are",
            Order::MonthFirst => "with the month first, as the others are",
        };
        let mut hint = Message::default();
        if odd.values.len() == 1 {
            hint = message![
                "if it means no value, set ",
                Setting::Missing,
                format!(" \"{}\"; ", shown(first))
            ];
        }
        hint = message![
            hint,
            Setting::Types,
            format!(" {name}=category takes the column as names, "),
            Setting::Types,
            format!(" {name}=ignore leaves it out")
        ];
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
pub(crate) fn mark_name(decimal: char) -> &'static str {
    if decimal == ',' { "comma" } else { "point" }
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
pub(crate) fn listed(words: &std::collections::BTreeMap<String, usize>) -> String {
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
