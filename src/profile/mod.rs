//! What marks a segment, in the units of the table, and a plain name that is true of the numbers.
//!
//! In: a [`Table`] and a [`Partition`] of its customers. Out: [`Profiles`], a row for each segment and feature column
//! (for a category column one per level, the 20 commonest of them), and one name per segment. `O(n log n)` per column,
//! in parallel over columns; sums run over sorted values, so that no number depends on the order of the customers.
//!
//! # The effect
//!
//! One measure for all columns: Cliff's δ between the members of a segment and all other customers, in [−1, 1],
//! the chance that a member is above somebody else minus the chance that it is below; 0 where the two are alike and 1
//! where every member is above everybody else. It needs no distribution and is not moved by a few large values. For a
//! category it is taken of "holds this level", which makes it the share inside minus the share outside. A segment
//! without anybody outside has 0. Cliff, Psychological Bulletin 114, 494 (1993).
//!
//! From 0.28 on a difference counts as one that stands out: the "medium" of Vargha and Delaney, J. Educ. Behav. Stat. 25,
//! 101 (2000), whose A is (δ + 1) / 2.
//!
//! # One statistic
//!
//! Names and phrases speak of the mean (for a category, a flag of 0 and 1 and a share: the part). Of a column they speak only
//! where nothing contradicts it: mean and effect point the same way, and the median does not point the other. So no segment
//! is "high" in what its average customer has less of, and a phrase never quarrels with a name. A ratio ("3.4 times the average")
//! is said where no value of the column is below 0, up to ten times; else both means are given.
//!
//! # Names
//!
//! The two strongest effects that stand out, in words: `not recent, low frequency`. `mostly` is six in ten and more
//! than among the others, `almost all` 95 in a hundred. Where no effect stands out, the strongest of at least 0.11 (their "small") is
//! named with `hardly distinct:`, and without any such the segment is `not distinct in any column`. Names of the same traits, in whatever
//! order, are told apart by the means of the column in which those segments differ most: `…, average balance 1,452`. Only
//! segments whose means are equal everywhere get a number.
//!
//! # Bridge customers
//!
//! Which columns of a bridge customer are like the one segment and which like the other is decided by [`likenesses`], from where
//! its value stands between their medians or shares.
//!
//! # What is left out
//!
//! Identifiers and free text; columns without a single value; and, in a segment none of whose members has a value,
//! that column's rows. The medians of category rows are NaN; nothing else is.

mod associations;
mod bridging;
mod dominance;
mod marks;
mod measure;
mod naming;
mod own_names;
mod rules;
mod tell_apart;
mod words;

pub(crate) use associations::MOST_ASSOCIATED;
pub use associations::{Association, AssociationMeasure, associations};
pub use bridging::{Likeness, Likenesses, likenesses};
pub(crate) use bridging::{around, explain};
pub use marks::marks;
pub(crate) use rules::USABLE;
pub use rules::{Condition, HeldOut, Rule, SegmentRule, SegmentRules, Test, segment_rules};
pub use words::{Against, against, humanised, phrase, shown_mean};

use crate::partition::Partition;
use crate::table::{ColumnType, Role, Table};
use serde::Serialize;

/// One segment seen through one column. Numbers are in the units of the table (dates: days since 1970-01-01).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProfileRow {
    /// Label of the partition, from 0.
    pub segment: u32,
    /// The table column.
    pub column: String,
    /// For a category column, the category this row is about; `None` for numbers and dates.
    pub level: Option<String>,
    /// The column's type.
    pub column_type: ColumnType,
    /// Members of the segment that have a value; at least 1.
    pub present: usize,
    /// All members of the segment.
    pub members: usize,
    /// Mean of the members that have a value; for a category, the share of them that hold it.
    pub mean: f64,
    /// Median likewise; NaN for a category.
    pub median: f64,
    /// Lower and upper quartile of the members that have a value; NaN for a category.
    pub quartiles: (f64, f64),
    /// Share of them that have 0; NaN for a category or date.
    pub zeros: f64,
    /// Mean (share) over all customers.
    pub overall_mean: f64,
    /// Median over all customers; NaN for a category.
    pub overall_median: f64,
    /// Standard deviation over all customers, or their quartiles' distance over 1.349 where that is less (and not 0), since a handful of far values make the
    /// former large; of holding it for a category. Infinite where it overflows.
    pub overall_deviation: f64,
    /// The least and the greatest value of the column over all customers; 0 and 1 for a category.
    pub range: (f64, f64),
    /// Whether every value of the column is 0 or 1.
    pub flag: bool,
    /// Size of the difference, −1 to 1, comparable between columns: see the [module](self).
    pub effect: f64,
    /// Where the effect lies for 95 % of draws of as many customers: Cliff's unbiased variance and the asymmetric interval of Feng and Cliff, J. Mod. Appl.
    /// Stat. Methods 3, 322 (2004). It does not know that the same data made the segments. NaN where one side has fewer than two customers.
    pub effect_interval: (f64, f64),
}

/// All that marks the segments of a partition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Profiles {
    /// Segment by segment, columns in the order of the table, levels of a category from the commonest on.
    pub rows: Vec<ProfileRow>,
    /// The same of columns that did not measure similarity: left out, sensitive, or a known grouping. They have no say in
    /// the names.
    pub others: Vec<ProfileRow>,
    /// One name per segment, unique: the plain one, or what [`Profiles::rename`] gave it.
    pub names: Vec<String>,
    /// The plain names, made of what marks the segments.
    pub plain_names: Vec<String>,
}

/// What marks each segment of `partition`. `O(n log n)` per column.
///
/// # Panics
/// Where the partition is of another number of customers than the table.
///
/// ```
/// use kinfolk::profile::{phrase, profiles};
/// use kinfolk::generate::{Generate, generate};
/// use kinfolk::Partition;
///
/// let shop = generate(&Generate::default())?;
/// let profiles = profiles(&shop.to_table(), &Partition::from_labels(&shop.truth));
/// assert_eq!(shop.segment_names[2], "lapsed customers");
/// assert_eq!(profiles.names[2], "not recent, low frequency");
/// assert_eq!(phrase(&profiles.rows[0]).as_deref(), Some("recency days 43 % of the average"));
/// # Ok::<(), kinfolk::Error>(())
/// ```
pub fn profiles(table: &Table, partition: &Partition) -> Profiles {
    assert_eq!(
        table.n_rows(),
        partition.len(),
        "the partition is of other customers than the table"
    );
    let measured = measure::columns(table, partition, |role| role == Role::Feature);
    let others = measure::columns(table, partition, is_other);
    let names = naming::names(&measured, partition.n_groups());
    Profiles {
        rows: by_segment(measured),
        others: by_segment(others),
        plain_names: names.clone(),
        names,
    }
}

/// Columns that did not measure similarity.
fn is_other(role: Role) -> bool {
    matches!(role, Role::Ignored | Role::Truth)
}

fn by_segment(measured: Vec<measure::Measured>) -> Vec<ProfileRow> {
    let mut rows: Vec<ProfileRow> = measured.into_iter().flat_map(|column| column.rows).collect();
    // Stable: within a segment the columns keep their order.
    rows.sort_by_key(|row| row.segment);
    rows
}

/// What marks some of the customers, as one segment with label 0, against all others; without a row or a name where they are none or all.
/// `O(n log n)` per column.
///
/// # Panics
/// Where there are not as many flags as customers.
///
/// ```
/// use kinfolk::profile::{marks, phrase, profile_of};
/// use kinfolk::generate::{Generate, generate};
///
/// let shop = generate(&Generate::default())?;
/// let lapsed: Vec<bool> = shop.truth.iter().map(|&g| g == 2).collect();
/// let found = profile_of(&shop.to_table(), &lapsed);
/// assert_eq!(phrase(marks(&found, 0)[0]).as_deref(), Some("recency days 3.4 times the average"));
/// # Ok::<(), kinfolk::Error>(())
/// ```
pub fn profile_of(table: &Table, members: &[bool]) -> Profiles {
    assert_eq!(table.n_rows(), members.len(), "a flag for each customer");
    let partition = Partition::from_labels(members);
    let (own, two) = match members.iter().position(|&m| m) {
        Some(first) => (partition.labels()[first], partition.n_groups() == 2),
        None => (0, false),
    };
    let rows = |wanted: &(dyn Fn(Role) -> bool + Sync)| {
        let mut rows = Vec::new();
        if two {
            rows = by_segment(measure::columns(table, &partition, wanted));
            rows.retain(|row| row.segment == own);
            rows.iter_mut().for_each(|row| row.segment = 0);
        }
        rows
    };
    Profiles {
        rows: rows(&|role| role == Role::Feature),
        others: rows(&is_other),
        names: Vec::new(),
        plain_names: Vec::new(),
    }
}
