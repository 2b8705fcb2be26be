//! The values of a column once its type is decided.

use super::date::{self, Day, Order};
use super::missing::{Presence, presence};
use super::number;
use super::scan::without_point_zero;
use crate::table::grid::Grid;
use crate::table::{MISSING, Values};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Where the cells of one column are.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    pub(crate) grid: &'a Grid,
    pub(crate) rows: &'a [u32],
    pub(crate) column: usize,
    /// Further words for "no value".
    pub(crate) further: &'a [String],
}

/// Cells that do not fit the type of their column.
#[derive(Debug, Default)]
pub(crate) struct Odd {
    /// The row of the first one.
    pub(crate) row: u32,
    /// How many there are.
    pub(crate) times: usize,
    /// The distinct ones, in the order of their first appearance, up to a few.
    pub(crate) values: Vec<String>,
}

impl Odd {
    fn add(&mut self, row: u32, cell: &str) {
        if self.times == 0 {
            self.row = row;
        }
        self.times += 1;
        self.keep(cell);
    }

    fn keep(&mut self, cell: &str) {
        const KEPT: usize = 100;
        if self.values.len() < KEPT && !self.values.iter().any(|v| v == cell) {
            self.values.push(cell.to_owned());
        }
    }

    /// Adds those of later rows.
    fn join(&mut self, later: &Odd) {
        if self.times == 0 {
            self.row = later.row;
        }
        self.times += later.times;
        later.values.iter().for_each(|cell| self.keep(cell));
    }
}

impl<'a> Cells<'a> {
    fn cell(&self, row: u32) -> &'a str {
        self.grid.cell(row as usize, self.column)
    }

    fn presence(&self, cell: &str) -> Presence {
        presence(cell, self.further)
    }

    /// Numbers, NaN where there is none; and the cells that are no finite numbers.
    pub(crate) fn numbers(&self, decimal: char) -> (Vec<f64>, Odd) {
        let (values, odd, _) = self.each(|row, odd, _| {
            let cell = self.cell(row);
            match number::value(cell, decimal) {
                // Adding 0 turns −0 into 0. A number may stand among the further words for "no value".
                Some(v) if v.is_finite() => {
                    match self.further.is_empty() || self.presence(cell) == Presence::Present {
                        true => v + 0.0,
                        false => f64::NAN,
                    }
                }
                _ => {
                    if self.presence(cell) == Presence::Present {
                        odd.add(row, cell);
                    }
                    f64::NAN
                }
            }
        });
        (values, odd)
    }

    /// Days, NaN where there is none; the cells that are no dates in this order; and the dates that do not exist.
    /// `loose` also takes `20240131`, serial days of spreadsheets and seconds since 1970.
    pub(crate) fn dates(&self, order: Order, loose: bool, decimal: char) -> (Vec<f64>, Odd, Odd) {
        self.each(|row, odd, impossible| {
            let cell = self.cell(row);
            if self.presence(cell) != Presence::Present {
                return f64::NAN;
            }
            match date::read(cell).map(|written| written.day(order)) {
                Some(Day::Exists(day)) => return day,
                Some(Day::Impossible) => impossible.add(row, cell),
                Some(Day::OtherOrder) => odd.add(row, cell),
                None => match date::read_compact(cell).or_else(|| serial(cell, decimal).filter(|_| loose)) {
                    Some(day) => return day,
                    None => odd.add(row, cell),
                },
            }
            f64::NAN
        })
    }

    /// A value for each row and two kinds of odd cells, rows in parallel.
    fn each(&self, value: impl Fn(u32, &mut Odd, &mut Odd) -> f64 + Sync) -> (Vec<f64>, Odd, Odd) {
        const ROWS: usize = 8192;
        let mut values = vec![0.0; self.rows.len()];
        let found: Vec<(Odd, Odd)> = values
            .par_chunks_mut(ROWS)
            .zip(self.rows.par_chunks(ROWS))
            .map(|(values, rows)| {
                let (mut one, mut other) = (Odd::default(), Odd::default());
                for (slot, &row) in values.iter_mut().zip(rows) {
                    *slot = value(row, &mut one, &mut other);
                }
                (one, other)
            })
            .collect();
        let (mut one, mut other) = (Odd::default(), Odd::default());
        for (a, b) in &found {
            one.join(a);
            other.join(b);
        }
        (values, one, other)
    }

    /// Categories: a code per row, and the levels sorted by name. `perhaps_missing` says whether `None` and `unknown`
    /// are no values; `codes` whether `17.0` means the code 17.
    pub(crate) fn categories(&self, perhaps_missing: bool, codes: bool) -> Values {
        let mut places: FxHashMap<&str, u32> = FxHashMap::default();
        let mut levels: Vec<&str> = Vec::new();
        let mut found: Vec<u32> = self
            .rows
            .iter()
            .map(|&row| {
                let cell = self.cell(row);
                if !self.holds(cell, perhaps_missing) {
                    return MISSING;
                }
                let level = if codes { without_point_zero(cell) } else { cell };
                *places.entry(level).or_insert_with(|| {
                    levels.push(level);
                    (levels.len() - 1) as u32
                })
            })
            .collect();
        let mut order: Vec<u32> = (0..levels.len() as u32).collect();
        order.sort_unstable_by_key(|&l| levels[l as usize]);
        let mut rank = vec![0u32; levels.len()];
        for (new, &old) in order.iter().enumerate() {
            rank[old as usize] = new as u32;
        }
        for code in found.iter_mut().filter(|c| **c != MISSING) {
            *code = rank[*code as usize];
        }
        Values::Category {
            codes: found,
            levels: order.iter().map(|&l| levels[l as usize].to_owned()).collect(),
        }
    }

    /// Texts as written; empty where missing.
    pub(crate) fn texts(&self, perhaps_missing: bool) -> Values {
        Values::Text(
            self.rows
                .iter()
                .map(|&row| {
                    let cell = self.cell(row);
                    if self.holds(cell, perhaps_missing) {
                        cell
                    } else {
                        ""
                    }
                })
                .collect(),
        )
    }

    /// How many different values there are, counted up to `most` + 1.
    pub(crate) fn distinct(&self, most: usize) -> usize {
        let mut seen = rustc_hash::FxHashSet::default();
        for &row in self.rows {
            let cell = self.cell(row);
            if self.holds(cell, false) {
                seen.insert(without_point_zero(cell));
            }
            if seen.len() > most {
                break;
            }
        }
        seen.len()
    }

    fn holds(&self, cell: &str, perhaps_missing: bool) -> bool {
        match self.presence(cell) {
            Presence::Present => true,
            Presence::Perhaps => !perhaps_missing,
            Presence::Missing => false,
        }
    }
}

/// A number as a date: serial days of spreadsheets (from 1899-12-30), or seconds or milliseconds since 1970.
pub(crate) fn serial(cell: &str, decimal: char) -> Option<f64> {
    let number = number::value(cell, decimal)?;
    if (1.0..2_958_466.0).contains(&number) {
        Some(number - 25_569.0)
    } else if (1e8..1e10).contains(&number) {
        Some(number / 86_400.0)
    } else if (1e11..1e13).contains(&number) {
        Some(number / 86_400_000.0)
    } else {
        None
    }
}
