//! What was noticed about new customers, counted over all of them.

use super::{About, Assignment, ColumnAbout, Held, Outcome, SURE};
use crate::table::{Table, Values};

/// Counts over new customers; they do not depend on how rows are cut into batches.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// New customers.
    pub customers: usize,
    /// Those in each segment.
    pub segments: Vec<usize>,
    /// Those like none of the model's customers.
    pub none: usize,
    /// Those of whom too little is known.
    pub unknown: usize,
    /// Those in a segment with a probability of 0.75 and above.
    pub sure: usize,
    /// Those between two segments.
    pub between: usize,
    /// Days that do not exist, taken as missing.
    pub impossible_dates: usize,
    /// In the order of [`About::columns`].
    pub columns: Vec<ColumnTally>,
}

/// Counts over one column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnTally {
    /// Without a value.
    pub missing: usize,
    /// With a category that no customer of the model has.
    pub unknown: usize,
    /// Below every customer of the model.
    pub below: usize,
    /// Above every customer of the model.
    pub above: usize,
    /// Where the lowest twentieth of the model's customers lie, or below.
    pub low: usize,
    /// Where the highest twentieth lie, or above.
    pub high: usize,
}

impl Tally {
    /// Of nobody.
    pub fn new(about: &About) -> Tally {
        Tally {
            customers: 0,
            segments: vec![0; about.segments.len()],
            none: 0,
            unknown: 0,
            sure: 0,
            between: 0,
            impossible_dates: 0,
            columns: vec![ColumnTally::default(); about.columns.len()],
        }
    }

    /// Counts what became of some customers, and what was noticed about their values.
    pub(super) fn add(&mut self, assigned: &[Assignment], noticed: &[Vec<u8>]) {
        self.customers += assigned.len();
        for one in assigned {
            match one.outcome {
                Outcome::Segment => {
                    self.segments[one.nearest as usize] += 1;
                    self.sure += usize::from(one.probability >= SURE);
                    self.between += usize::from(one.bridge.is_some());
                }
                Outcome::NoneOfThese => self.none += 1,
                Outcome::TooLittleKnown => self.unknown += 1,
            }
        }
        for (counts, noticed) in self.columns.iter_mut().zip(noticed) {
            let times = |mark: u8| noticed.iter().filter(|n| *n & mark != 0).count();
            counts.missing += times(GAP);
            counts.unknown += times(UNKNOWN);
            counts.below += times(BELOW);
            counts.above += times(ABOVE);
            counts.low += times(LOW);
            counts.high += times(HIGH);
        }
    }

    /// Adds the counts of others.
    pub fn join(&mut self, other: &Tally) {
        self.customers += other.customers;
        self.none += other.none;
        self.unknown += other.unknown;
        self.sure += other.sure;
        self.between += other.between;
        self.impossible_dates += other.impossible_dates;
        self.segments
            .iter_mut()
            .zip(&other.segments)
            .for_each(|(a, b)| *a += b);
        for (a, b) in self.columns.iter_mut().zip(&other.columns) {
            a.missing += b.missing;
            a.unknown += b.unknown;
            a.below += b.below;
            a.above += b.above;
            a.low += b.low;
            a.high += b.high;
        }
    }
}

/// Marks of a value: none there, an unknown category, outside all values, within or beyond the outer twentieths.
pub(super) const GAP: u8 = 1;
pub(super) const UNKNOWN: u8 = 2;
pub(super) const BELOW: u8 = 4;
pub(super) const ABOVE: u8 = 8;
const LOW: u8 = 16;
const HIGH: u8 = 32;

/// For each column of the model the marks of each customer's value.
pub(super) fn notice(about: &About, table: &Table) -> Vec<Vec<u8>> {
    let of = |column: &ColumnAbout| {
        let mut noticed = match table.column(&column.column) {
            Some(found) => marks(&column.values, &found.values),
            None => Vec::new(),
        };
        // Who has a code has no amount, and lacks nothing.
        for flags in about.rules.flags_of(&column.column) {
            if let Some(Values::Category { codes, .. }) = table.column(flags).map(|c| &c.values) {
                let holders = noticed.iter_mut().zip(codes).filter(|(_, held)| **held == 1);
                holders.for_each(|(marks, _)| *marks = 0);
            }
        }
        noticed
    };
    about.columns.iter().map(of).collect()
}

fn marks(held: &Held, values: &Values) -> Vec<u8> {
    match (held, values) {
        (Held::Number(span), Values::Number(values)) | (Held::Date(span), Values::Date(values)) => {
            let mark = |v: &f64| {
                let of = |is: bool, mark: u8| if is { mark } else { 0 };
                of(v.is_nan(), GAP)
                    | of(*v < span.lowest, BELOW)
                    | of(*v > span.highest, ABOVE)
                    | of(*v < span.low, LOW)
                    | of(*v > span.high, HIGH)
            };
            values.iter().map(mark).collect()
        }
        (Held::Category(known), Values::Category { codes, levels }) => {
            let known = |level: &String| known.binary_search(level).is_ok();
            let marks: Vec<u8> = levels
                .iter()
                .map(|l| if known(l) { 0 } else { UNKNOWN })
                .collect();
            let mark = |&code: &u32| marks.get(code as usize).copied().unwrap_or(GAP);
            codes.iter().map(mark).collect()
        }
        _ => Vec::new(),
    }
}
