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
//! # Names
//!
//! The two strongest effects that stand out, in words: `not recent, low frequency`. A word never contradicts the rows:
//! `high` means a median above that of all customers (a mean, where the medians are equal), `mostly` six in ten and more
//! than among the others, `almost all` 95 in a hundred. Segments with equal names are told apart by a third trait, or else
//! by a number.
//!
//! # Bridge customers
//!
//! [`explain`] says in one sentence which columns of a bridge customer are like the one segment and which like the other:
//! decided by [`likenesses`], from where its value stands between their medians or shares.
//!
//! # What is left out
//!
//! Identifiers and free text; columns without a single value; and, in a segment none of whose members has a value,
//! that column's rows. The medians of category rows are NaN; nothing else is.

mod bridging;
mod measure;
mod naming;
mod words;

pub use bridging::{Likeness, Likenesses, around, explain, likenesses};
pub use words::phrase;

use crate::partition::Partition;
use crate::table::{ColumnType, Role, Table};

/// One segment seen through one column. Numbers are in the units of the table (dates: days since 1970-01-01).
#[derive(Clone, Debug, PartialEq)]
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
    /// Mean of the members that have a value; for a category, the share of them that hold it.
    pub mean: f64,
    /// Median likewise; NaN for a category.
    pub median: f64,
    /// Mean (share) over all customers.
    pub overall_mean: f64,
    /// Median over all customers; NaN for a category.
    pub overall_median: f64,
    /// Size of the difference, −1 to 1, comparable between columns: see the [module](self).
    pub effect: f64,
}

/// All that marks the segments of a partition.
#[derive(Clone, Debug, PartialEq)]
pub struct Profiles {
    /// Segment by segment, columns in the order of the table, levels of a category from the commonest on.
    pub rows: Vec<ProfileRow>,
    /// The same of columns that did not measure similarity: left out, sensitive, or a known grouping. They have no say in
    /// the names.
    pub others: Vec<ProfileRow>,
    /// One plain name per segment, unique.
    pub names: Vec<String>,
}

/// What marks each segment of `partition`. `O(n log n)` per column.
///
/// # Panics
/// Where the partition is of another number of customers than the table.
///
/// ```
/// use kinfolk::profile::{phrase, profiles};
/// use kinfolk::table::generate::{Generate, generate};
/// use kinfolk::Partition;
///
/// let shop = generate(&Generate::default())?;
/// let profiles = profiles(&shop.to_table(), &Partition::from_labels(&shop.truth));
/// assert_eq!(shop.segment_names[2], "lapsed customers");
/// assert_eq!(profiles.names[2], "not recent, low frequency");
/// assert_eq!(phrase(&profiles.rows[0]), "recency days 43 % of the average");
/// # Ok::<(), kinfolk::Error>(())
/// ```
pub fn profiles(table: &Table, partition: &Partition) -> Profiles {
    assert_eq!(
        table.n_rows(),
        partition.len(),
        "the partition is of other customers than the table"
    );
    let is_other = |role: Role| matches!(role, Role::Ignored | Role::Truth);
    let measured = measure::columns(table, partition, |role| role == Role::Feature);
    let others = measure::columns(table, partition, is_other);
    let names = naming::names(&measured, partition.n_groups());
    let by_segment = |measured: Vec<measure::Measured>| {
        let mut rows: Vec<ProfileRow> = measured.into_iter().flat_map(|column| column.rows).collect();
        // Stable: within a segment the columns keep their order.
        rows.sort_by_key(|row| row.segment);
        rows
    };
    Profiles {
        rows: by_segment(measured),
        others: by_segment(others),
        names,
    }
}
