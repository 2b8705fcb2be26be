//! A rule per segment, in the units of the table, for people who cannot run a graph: `recency_days < 30 and orders >= 6`.
//!
//! [`segment_rules`] learns on a part of the customers and says how good each rule is on the others: precision, the share of those it
//! selects who are in the segment, and recall, the share of the segment that it selects. There are two ways to use them: each
//! rule by itself, where a customer may fall under several or none; and the list, where the first rule that holds decides and the rest
//! go to the last segment, so that everybody has exactly one.
//!
//! A missing value fulfils no condition, as in SQL.

mod cuts;
mod learn;
mod list;

use crate::partition::Partition;
use crate::random::stream;
use crate::table::{Column, ColumnType, MISSING, Table, Values};
use crate::text::iso_day;
use learn::{Learner, best_rule};
use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;
use std::fmt;

/// Share of the customers that rules are learned on.
const LEARNED: f64 = 0.6;

/// The most customers that rules are learned on.
const MOST_LEARNED: f64 = 20_000.0;

/// The precision that a rule needs to be of use.
pub(crate) const USABLE: f64 = 0.8;

/// Keeps the draw of the learning part apart from other random numbers of a run.
const PURPOSE: u64 = 0x7275_6C65;

/// What is asked of a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Test {
    /// A number, or a day since 1970-01-01, is less.
    Below(f64),
    /// It is this or more.
    AtLeast(f64),
    /// A category is this level.
    Is(String),
}

/// What is asked of one column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Condition {
    /// The column of the table.
    pub column: String,
    /// What its values are.
    pub column_type: ColumnType,
    /// Whether all of its levels are whole numbers, as a database would hold them.
    pub numeric_levels: bool,
    /// What is asked.
    pub test: Test,
}

/// Conditions that must all hold; none for everybody.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rule {
    /// At most three, in the order of their columns.
    pub conditions: Vec<Condition>,
}

/// How a rule did on customers it was not learned on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HeldOut {
    /// Customers it selects.
    pub selected: usize,
    /// Members of the segment.
    pub members: usize,
    /// Members whom it selects.
    pub both: usize,
}

/// A segment, its rule, and what that is worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SegmentRule {
    /// Label of the partition, from 0.
    pub segment: u32,
    /// Its rule.
    pub rule: Rule,
    /// How it did.
    pub held_out: HeldOut,
}

/// Rules for all segments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SegmentRules {
    /// Each segment's own rule, in the order of the segments.
    pub each: Vec<SegmentRule>,
    /// The list: of each customer the first rule that holds; the last holds for everybody.
    pub list: Vec<SegmentRule>,
    /// Customers the rules were learned on.
    pub learned: usize,
    /// Customers they were tried on.
    pub held_out: usize,
}

/// Learns rules of at most three conditions on the columns that `usable` names.
///
/// Thresholds are the shortest numbers between values at up to 48 quantiles of a column. Of all conditions the best ten by F₁ (the
/// harmonic mean of precision and recall) are joined with every other one, and the best ten of those again; a longer rule is taken where it
/// gains a hundredth. The list takes the segment whose rule is best by F₁, sets aside whom it selects, and goes on with the others. 60 %
/// of the customers, at most 20,000, are drawn for learning; the rest are held out. The same seed gives the same rules for any number of
/// threads. `O(n)` per column to read, `O(conditions × learned / 64)` per segment and step.
///
/// ```
/// use kinfolk::generate::{Generate, generate};
/// use kinfolk::Partition;
/// use kinfolk::profile::segment_rules;
///
/// let shop = generate(&Generate { customers: 3_000, ..Generate::default() })?;
/// let partition = Partition::from_labels(&shop.truth);
/// let rules = segment_rules(&shop.to_table(), &partition, &|_| true, 42);
/// assert_eq!(rules.each.len(), 5);
/// assert!(rules.each.iter().all(|r| r.rule.conditions.len() <= 3 && r.held_out.precision() > 0.7));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Panics
/// Where the partition is of another number of customers than the table.
pub fn segment_rules(
    table: &Table,
    partition: &Partition,
    usable: &dyn Fn(&Column) -> bool,
    seed: u64,
) -> SegmentRules {
    assert_eq!(table.n_rows(), partition.len(), "a partition of other customers");
    let n = table.n_rows();
    let share = LEARNED.min(MOST_LEARNED / n.max(1) as f64);
    let mut random = stream(seed ^ PURPOSE, 0);
    let (mut learned, mut held_out) = (Vec::new(), Vec::new());
    for customer in 0..n as u32 {
        if random.random::<f64>() < share {
            learned.push(customer);
        } else {
            held_out.push(customer);
        }
    }
    let columns: Vec<&Column> = table.columns.iter().filter(|c| usable(c)).collect();
    let learner = Learner::new(&columns, partition, &learned);
    let everybody = learner.everybody();
    let each: Vec<SegmentRule> = (0..partition.n_groups() as u32)
        .into_par_iter()
        .map(|segment| {
            let rule = best_rule(&learner, segment, &everybody).rule;
            let held_out = rule.tried(table, partition, segment, &held_out);
            SegmentRule {
                segment,
                rule,
                held_out,
            }
        })
        .collect();
    SegmentRules {
        list: list::list(&learner, table, partition, &held_out),
        each,
        learned: learned.len(),
        held_out: held_out.len(),
    }
}

impl SegmentRule {
    /// Whether its precision is 0.8 at least.
    pub fn is_usable(&self) -> bool {
        self.held_out.precision() >= USABLE
    }
}

impl SegmentRules {
    /// Customers held out to whom the list gives their segment.
    pub fn right(&self) -> usize {
        self.list.iter().map(|listed| listed.held_out.both).sum()
    }
}

impl HeldOut {
    /// Of those it selects, the share who are members; 0 where it selects nobody.
    pub fn precision(&self) -> f64 {
        self.both as f64 / self.selected.max(1) as f64
    }

    /// Of the members, the share whom it selects; 0 where there are none.
    pub fn recall(&self) -> f64 {
        self.both as f64 / self.members.max(1) as f64
    }

    fn add(&mut self, selected: bool, member: bool) {
        self.selected += usize::from(selected);
        self.members += usize::from(member);
        self.both += usize::from(selected && member);
    }
}

impl Condition {
    /// Whether a customer fulfils it; `false` for a missing value.
    ///
    /// # Panics
    /// Where the column has no such row.
    pub fn holds(&self, column: &Column, row: usize) -> bool {
        match (&column.values, &self.test) {
            (Values::Number(v) | Values::Date(v), Test::Below(limit)) => v[row] < *limit,
            (Values::Number(v) | Values::Date(v), Test::AtLeast(limit)) => v[row] >= *limit,
            (Values::Category { codes, levels }, Test::Is(level)) => {
                codes[row] != MISSING && levels[codes[row] as usize] == *level
            }
            _ => false,
        }
    }
}

impl Rule {
    /// The customers of a table who fulfil all conditions; a column that is absent is missing for everybody.
    pub fn selects(&self, table: &Table) -> Vec<bool> {
        let mut all = vec![true; table.n_rows()];
        for condition in &self.conditions {
            let column = table.column(&condition.column);
            for (row, kept) in all.iter_mut().enumerate() {
                *kept &= column.is_some_and(|column| condition.holds(column, row));
            }
        }
        all
    }

    fn tried(&self, table: &Table, partition: &Partition, segment: u32, customers: &[u32]) -> HeldOut {
        let selected = self.selects(table);
        let mut found = HeldOut::default();
        for &customer in customers {
            let customer = customer as usize;
            found.add(selected[customer], partition.labels()[customer] == segment);
        }
        found
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |x: f64| match self.column_type {
            ColumnType::Date => iso_day(x).unwrap_or_else(|| x.to_string()),
            _ => x.to_string(),
        };
        match &self.test {
            Test::Below(x) => write!(f, "{} < {}", self.column, value(*x)),
            Test::AtLeast(x) => write!(f, "{} >= {}", self.column, value(*x)),
            Test::Is(level) => write!(f, "{} = {level}", self.column),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.conditions.is_empty() {
            return f.write_str("every customer");
        }
        for (place, condition) in self.conditions.iter().enumerate() {
            if place > 0 {
                f.write_str(" and ")?;
            }
            write!(f, "{condition}")?;
        }
        Ok(())
    }
}
