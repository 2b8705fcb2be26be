//! What was counted while lines were read.

use crate::columns::date::DateFacts;
use crate::message::Message;
use std::collections::BTreeMap;

/// How often something was met, and on which line first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) times: u64,
    pub(crate) line: u64,
}

impl Count {
    pub(crate) fn add(&mut self, line: u64) {
        if self.times == 0 {
            self.line = line;
        }
        self.times += 1;
    }

    fn join(&mut self, later: &Count) {
        if self.times == 0 {
            self.line = later.line;
        }
        self.times += later.times;
    }
}

/// A cell that is not what its column holds.
#[derive(Clone, Debug)]
pub(crate) struct Odd {
    pub(crate) line: u64,
    pub(crate) column: usize,
    pub(crate) cell: String,
    /// Such as "is not a number".
    pub(crate) what: &'static str,
    pub(crate) hint: Message,
}

/// All that was counted in some lines; joined in the order of the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) lines: u64,
    pub(crate) no_customer: Count,
    pub(crate) no_date: Count,
    pub(crate) no_amount: Count,
    pub(crate) no_order: Count,
    pub(crate) zero_amount: Count,
    pub(crate) negative_price: Count,
    pub(crate) excluded: Count,
    /// Lines of products that look like postage, fees or debt.
    pub(crate) services: Count,
    pub(crate) cancellations: Count,
    pub(crate) future: Count,
    pub(crate) other_currency: Count,
    /// Lines without a currency; in a file that names none these are all.
    pub(crate) no_currency: Count,
    pub(crate) timed: Count,
    pub(crate) midnight: Count,
    pub(crate) zoned: Count,
    /// What dates say about their order.
    pub(crate) dates: DateFacts,
    /// Numbers that only make sense with a decimal point, and with a decimal comma.
    pub(crate) points: Count,
    pub(crate) commas: Count,
    /// The first cell that could not be read, by line.
    pub(crate) odd: Option<Odd>,
    /// Currencies as they stand beside the amounts, or in a column.
    pub(crate) currencies: BTreeMap<String, Count>,
    /// The products that look like services.
    pub(crate) service_names: BTreeMap<String, u64>,
    /// Earliest and latest day.
    pub(crate) days: Option<(i32, i32)>,
}

impl Tally {
    /// Adds what was counted in later lines.
    pub(crate) fn join(&mut self, later: Tally) {
        self.lines += later.lines;
        let pairs = [
            (&mut self.no_customer, later.no_customer),
            (&mut self.no_date, later.no_date),
            (&mut self.no_amount, later.no_amount),
            (&mut self.no_order, later.no_order),
            (&mut self.zero_amount, later.zero_amount),
            (&mut self.negative_price, later.negative_price),
            (&mut self.excluded, later.excluded),
            (&mut self.services, later.services),
            (&mut self.cancellations, later.cancellations),
            (&mut self.future, later.future),
            (&mut self.other_currency, later.other_currency),
            (&mut self.no_currency, later.no_currency),
            (&mut self.timed, later.timed),
            (&mut self.midnight, later.midnight),
            (&mut self.zoned, later.zoned),
            (&mut self.points, later.points),
            (&mut self.commas, later.commas),
        ];
        for (mine, others) in pairs {
            mine.join(&others);
        }
        self.dates.join(&later.dates);
        self.odd = self.odd.take().or(later.odd);
        for (name, count) in later.currencies {
            self.currencies.entry(name).or_default().join(&count);
        }
        for (name, times) in later.service_names {
            *self.service_names.entry(name).or_default() += times;
        }
        self.days = match (self.days, later.days) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }

    /// Notes a cell, at this line and column, that could not be read, unless there was one before; has no value to give.
    pub(crate) fn note<T>(
        &mut self,
        (line, column): (u64, usize),
        cell: &str,
        what: &'static str,
        hint: impl FnOnce() -> Message,
    ) -> Option<T> {
        self.odd.get_or_insert_with(|| Odd {
            line,
            column,
            cell: cell.to_owned(),
            what,
            hint: hint(),
        });
        None
    }

    pub(crate) fn day(&mut self, day: i32) {
        let (first, last) = self.days.unwrap_or((day, day));
        self.days = Some((first.min(day), last.max(day)));
    }
}
