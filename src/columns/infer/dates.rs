//! Columns of dates.

use super::Judge;
use super::draft::Draft;
use crate::columns::date;
use crate::columns::identifier::some_lines;
use crate::columns::values::Odd;
use crate::error::Result;
use crate::table::Values;
use crate::text::count;
use crate::warning::Warning;

impl Judge<'_> {
    pub(super) fn date(&self, forced: bool) -> Result<Draft> {
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
}

fn only_zeros(odd: &Odd) -> bool {
    odd.values
        .iter()
        .all(|v| date::read(v).is_some_and(|d| d.is_zero()))
}
