//! Columns of numbers: measurements, or codes that are written as numbers.

use super::Judge;
use super::draft::Draft;
use crate::columns::identifier::is_running_number;
use crate::columns::names::{id_strength, says_code, says_code_surely};
use crate::columns::number;
use crate::error::Result;
use crate::message::{Message, Setting, message};
use crate::table::Values;

impl Judge<'_> {
    pub(super) fn forced_number(&self) -> Result<Draft> {
        let decimal = self.decimal();
        let (values, odd) = self.cells.numbers(decimal);
        if odd.times > 0 {
            return Err(self.not_a_number(&odd, decimal));
        }
        Ok(self.with_number_notes(Draft::new(Values::Number(values)), decimal))
    }

    /// A column in which every value is a number: a measurement, or a code.
    pub(super) fn number(&self, decimal: char) -> Result<Draft> {
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

    /// Whether the values that are no numbers are ranges such as `3+` or `10 or more`, repeated, among small numbers.
    pub(super) fn is_bucketed(&self, decimal: char) -> bool {
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
    pub(super) fn is_coded(&self) -> bool {
        let facts = self.facts;
        let whole = facts.digits == facts.any_numbers();
        let lettered =
            facts.other >= 2 && facts.lettered == facts.other && facts.other * 100 >= facts.present;
        whole && (says_code_surely(self.name) || (lettered && facts.longest >= 4))
    }
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
