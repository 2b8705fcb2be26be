//! What marks a segment, in the units of the table, and a plain name that is true of the numbers.

use crate::table::ColumnType;

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
    /// Members of the segment that have a value.
    pub present: usize,
    /// Mean of the members that have a value; for a category, the share of them that hold it.
    pub mean: f64,
    /// Median likewise; NaN for a category.
    pub median: f64,
    /// Mean (share) over all customers.
    pub overall_mean: f64,
    /// Median over all customers; NaN for a category.
    pub overall_median: f64,
    /// Size of the difference, comparable between columns: see the module.
    pub effect: f64,
}

/// All that marks the segments of a partition.
#[derive(Clone, Debug, PartialEq)]
pub struct Profiles {
    /// Segment by segment, columns in the order of the table.
    pub rows: Vec<ProfileRow>,
    /// One plain name per segment, unique.
    pub names: Vec<String>,
}
