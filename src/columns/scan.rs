//! One look at all cells of a column: how many could be numbers, dates, codes, or nothing.

use super::date::{self, DateFacts};
use super::missing::{Presence, presence};
use super::number::{self, Look};
use crate::table::grid::Grid;
use std::collections::BTreeMap;

/// Counts over a column; they do not depend on the order of the rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Cells with a value.
    pub(crate) present: usize,
    /// Empty cells and words for "no value".
    pub(crate) missing: usize,
    /// The words among them, as written, and how often.
    pub(crate) words: BTreeMap<String, usize>,
    /// `None` and `unknown`, counted neither as present nor as missing.
    pub(crate) perhaps: BTreeMap<String, usize>,
    /// Numbers by what they say about the decimal mark.
    pub(crate) plain: usize,
    pub(crate) point: usize,
    pub(crate) comma: usize,
    pub(crate) either: usize,
    /// Those of `either` that are written with a comma.
    pub(crate) either_comma: usize,
    pub(crate) infinite: usize,
    /// Cells that are none of these.
    pub(crate) other: usize,
    /// Cells of digits only, the shortest and longest of them, and those that begin with a zero.
    pub(crate) digits: usize,
    pub(crate) shortest: usize,
    pub(crate) longest: usize,
    pub(crate) zero_led: usize,
    /// Cells such as `17850.0`.
    pub(crate) point_zero: usize,
    /// Whole numbers such as `1e+05`, as R writes 100000.
    pub(crate) exponents: usize,
    pub(crate) percent: usize,
    /// Currency signs and codes, as written.
    pub(crate) currencies: BTreeMap<String, usize>,
    pub(crate) dates: DateFacts,
    /// Dates such as `20240131`.
    pub(crate) compact_dates: usize,
    /// Cells with a space inside, and with a digit.
    pub(crate) spaced: usize,
    pub(crate) with_digit: usize,
    /// Cells that are no numbers but letters and digits in one piece, such as `C536379`.
    pub(crate) lettered: usize,
}

impl Facts {
    /// Of no cell at all.
    pub(crate) fn none() -> Self {
        Facts {
            shortest: usize::MAX,
            ..Facts::default()
        }
    }

    /// Adds what other cells of the column say.
    pub(crate) fn join(&mut self, other: &Facts) {
        let counts = [
            (&mut self.present, other.present),
            (&mut self.missing, other.missing),
            (&mut self.plain, other.plain),
            (&mut self.point, other.point),
            (&mut self.comma, other.comma),
            (&mut self.either, other.either),
            (&mut self.either_comma, other.either_comma),
            (&mut self.infinite, other.infinite),
            (&mut self.other, other.other),
            (&mut self.digits, other.digits),
            (&mut self.zero_led, other.zero_led),
            (&mut self.point_zero, other.point_zero),
            (&mut self.exponents, other.exponents),
            (&mut self.percent, other.percent),
            (&mut self.compact_dates, other.compact_dates),
            (&mut self.spaced, other.spaced),
            (&mut self.with_digit, other.with_digit),
            (&mut self.lettered, other.lettered),
        ];
        for (own, others) in counts {
            *own += others;
        }
        for (own, others) in [
            (&mut self.words, &other.words),
            (&mut self.perhaps, &other.perhaps),
            (&mut self.currencies, &other.currencies),
        ] {
            for (word, times) in others {
                *own.entry(word.clone()).or_default() += times;
            }
        }
        self.shortest = self.shortest.min(other.shortest);
        self.longest = self.longest.max(other.longest);
        self.dates.join(&other.dates);
    }

    pub(crate) fn perhaps_count(&self) -> usize {
        self.perhaps.values().sum()
    }

    /// Cells that are numbers where `decimal` is the decimal mark, infinite ones included.
    pub(crate) fn numbers(&self, decimal: char) -> usize {
        let own = if decimal == ',' { self.comma } else { self.point };
        self.plain + self.either + own + self.infinite
    }

    /// Cells that are numbers in one convention or the other.
    pub(crate) fn any_numbers(&self) -> usize {
        self.plain + self.either + self.point + self.comma + self.infinite
    }

    /// The decimal mark that the column proves.
    pub(crate) fn decimal(&self) -> Option<char> {
        match self.point.cmp(&self.comma) {
            std::cmp::Ordering::Greater => Some('.'),
            std::cmp::Ordering::Less => Some(','),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// Whether all values are whole numbers written plainly.
    pub(crate) fn all_whole(&self) -> bool {
        self.present > 0 && self.digits + self.point_zero + self.exponents == self.present
    }
}

/// `17850.0` without its artefact: programs that know no missing whole numbers write all of them so.
pub(crate) fn without_point_zero(cell: &str) -> &str {
    match cell.split_once('.') {
        Some((whole, zeros))
            if !zeros.is_empty()
                && zeros.bytes().all(|b| b == b'0')
                && !whole.is_empty()
                && whole.bytes().all(|b| b.is_ascii_digit()) =>
        {
            whole
        }
        _ => cell,
    }
}

/// Counts over the given rows of a column. `O(bytes of the column)`.
pub(crate) fn scan(grid: &Grid, rows: &[u32], column: usize, further: &[String]) -> Facts {
    let mut facts = Facts::none();
    for &row in rows {
        facts.add(grid.cell(row as usize, column), further);
    }
    facts
}

impl Facts {
    fn add(&mut self, cell: &str, further: &[String]) {
        match presence(cell, further) {
            Presence::Missing => {
                self.missing += 1;
                if !cell.is_empty() {
                    *self.words.entry(cell.to_owned()).or_default() += 1;
                }
                return;
            }
            Presence::Perhaps => {
                *self.perhaps.entry(cell.to_owned()).or_default() += 1;
                return;
            }
            Presence::Present => self.present += 1,
        }
        if cell.bytes().all(|b| b.is_ascii_digit()) {
            self.plain += 1;
            self.digits += 1;
            self.with_digit += 1;
            self.shortest = self.shortest.min(cell.len());
            self.longest = self.longest.max(cell.len());
            self.zero_led += usize::from(cell.len() > 1 && cell.starts_with('0'));
            self.compact_dates += usize::from(cell.len() == 8 && date::read_compact(cell).is_some());
            return;
        }
        self.with_digit += usize::from(cell.bytes().any(|b| b.is_ascii_digit()));
        let Some(written) = number::strip(cell) else {
            return self.add_text(cell);
        };
        let look = number::look(written.body);
        match look {
            Look::Plain => self.plain += 1,
            Look::Point => self.point += 1,
            Look::Comma => self.comma += 1,
            Look::Either => {
                self.either += 1;
                self.either_comma += usize::from(written.body.contains(','));
            }
            Look::No => return self.add_text(cell),
        }
        self.point_zero += usize::from(without_point_zero(cell).len() < cell.len());
        if look == Look::Plain && written.body.contains(['e', 'E']) {
            let whole = number::value(cell, '.').is_some_and(|v| v.fract() == 0.0 && v < 1e15);
            self.exponents += usize::from(whole);
        }
        self.percent += usize::from(written.percent);
        if !written.currency.is_empty() {
            *self.currencies.entry(written.currency.to_owned()).or_default() += 1;
        }
    }

    fn add_text(&mut self, cell: &str) {
        if number::is_infinity(cell) {
            self.infinite += 1;
            return;
        }
        self.other += 1;
        self.lettered += usize::from(
            cell.bytes().any(|b| b.is_ascii_digit()) && cell.chars().all(|c| c.is_alphanumeric() || c == '-'),
        );
        self.spaced += usize::from(cell.contains(char::is_whitespace));
        if let Some(date) = date::read(cell) {
            self.dates.add(&date);
        }
    }
}
