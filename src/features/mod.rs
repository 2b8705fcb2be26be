//! Numbers per customer, comparable with each other, and the [`Recipe`] that made them.
//!
//! In: a [`Table`](crate::table::Table) whose columns have types and roles. Out: [`Features`], an n × d matrix of
//! `f32` with the [`Distance`] its rows are to be compared by, and a [`Recipe`] that gives new customers the same
//! coordinates. Cost: `O(n log n)` per number column (statistics are taken from sorted values, so that no result
//! depends on the order of the rows), `O(n)` per category column and per pair of category columns.
//!
//! # What becomes of a column
//!
//! **Numbers.** Missing values are set to the median. Then, unless a [`Scale`] is asked for:
//! a column with two values is treated as a two-level category; where the skewness is beyond ±1 and a signed
//! logarithm lowers it, that is taken, `sign(x) ln(1 + |x| / u)` with u the lowest tenth of the non-zero sizes, so that
//! euros and cents give the same result and customers with zero stay near those with little; then z-scores, or, where
//! the standard deviation is above four times the one that the quartiles suggest (a few outliers would squash
//! everybody else), the robust scale. Standardized values end at ±1000.
//!
//! **Families.** Columns measured in one unit keep their proportions: they are centered and divided by one number, such
//! that their mean variance is 1, after one logarithm where none is negative and most are skewed. A family is six or more numbered
//! columns (`PC1` to `PC50`, `p0` to `p63`), or fifty or more of any name, whose sizes and spreads are within a factor of 8,
//! the outermost aside. Scaled one by one, principal components of mere noise would count as much as the first.
//!
//! **Dates** are days before the latest date of the column, then numbers.
//!
//! **Categories** become one coordinate per level (one for both, where there are two and none is missing). Two
//! customers with unequal categories differ by ½ in the *squared* Euclidean distance, or by ½ in the Manhattan distance,
//! where a number column of unit variance contributes 2, or 1.1, between two customers on average. The reason is
//! measured, not derived: a full step makes islands of identical answers. A customer without a value, or with a
//! level that the recipe does not know, stands half a step from every level. In columns of more than 12 levels,
//! those held by fewer than 1 % of the customers, or by one, or beyond the 50 commonest, are grouped; there, unknown
//! levels join the group.
//!
//! **Ordered categories** (bands, words of a known scale) are ranks on equal steps, z-scored, one step at most ½ in the squared
//! distance; a level beside the scale stands on the middle step.
//!
//! **Repetition.** Category columns that repeat each other ("No internet service" in six columns) share their weight:
//! column i counts `1 / Σ_j V_ij⁴`, with V the bias-corrected association of Bergsma (J. Korean Stat. Soc. 42, 323
//! (2013)), 0 for unrelated and 1 for equal columns. Numbers, dates and ordered steps outside families count `1 / Σ_j s_ij`, with s
//! growing from 0 at a rank correlation of 0.9 (either way) to 1 at 1. Not under [`Metric::Gower`], which is kept exact.
//!
//! **Left out**: text, constant columns, columns with more than 90 % missing, categories of which no level is common.
//!
//! # Metrics
//!
//! Every [`Metric`] is turned into coordinates. *Cosine*: rows of length 1, whose Euclidean distance is `√(2 − 2 cos)`;
//! rows of zeros stay, at distance 1 from everybody else. *Gower*: numbers scaled by their range, levels by ½, all
//! divided by the sum of the weights, under the Manhattan distance; missing values and rare levels as above, since
//! Gower's own rule for gaps, to leave the column out for that pair, cannot be had by coordinates.
//!
//! # Outlier score
//!
//! 0 for a customer who lies, in every number column, within 3 robust standard deviations of the median (after the
//! scaling in force) and whose categories are held by at least 1 % of the customers. Else `√Σ e²` over columns, with e
//! the standard deviations beyond 3, or `ln(1 % / share)` of a rarer level. Two-valued numbers add nothing. The score
//! says that single values are unusual, not that their combination is.

mod apply;
mod category;
mod fit;
mod number;
mod order;
mod ordered;
mod redundancy;
mod same_unit;
mod suspects;
mod treatments;
mod words;

pub use apply::{Applied, Recipe};
pub use fit::{FeatureSettings, fit};
pub use order::canonical_order;

use crate::table::ColumnType;
use crate::warning::Warning;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// How the difference of two customers is measured on the features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Distance {
    /// √Σ(a − b)²
    Euclidean,
    /// Σ|a − b|
    Manhattan,
}

/// What the user asks for; every metric becomes coordinates under a [`Distance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// Straight-line distance.
    Euclidean,
    /// Sum of differences: less moved by one extreme column.
    Manhattan,
    /// The angle between two customers: proportions count, size does not.
    Cosine,
    /// Mean over columns of range-scaled differences and unequal categories. Gower, Biometrics 27, 857 (1971).
    Gower,
}

impl Metric {
    /// How rows are compared once the metric has become coordinates.
    pub fn distance(self) -> Distance {
        match self {
            Metric::Euclidean | Metric::Cosine => Distance::Euclidean,
            Metric::Manhattan | Metric::Gower => Distance::Manhattan,
        }
    }
}

/// How a number column is made comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Mean 0, standard deviation 1.
    Zscore,
    /// Median 0, interquartile range as a normal distribution's of standard deviation 1; z-scores where the
    /// quartiles are equal.
    Robust,
    /// 0 to 1.
    Minmax,
    /// Signed logarithm, `sign(x) ln(1 + |x| / u)` with u the lowest tenth of the non-zero sizes, then z-scores.
    Log,
    /// Ranks, spread over 0 to 1 with ties sharing their mean rank, then z-scores. Columns of more than 4,096
    /// different values are interpolated between that many of them.
    Rank,
    /// As it is, less the mean (which no distance but the cosine notices, and there it is kept).
    None,
}

/// One coordinate of the feature space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coordinate {
    /// The table column it comes from.
    pub column: String,
    /// The category it marks, where the column holds categories; `(37 rare levels)` for a group of them.
    pub level: Option<String>,
}

/// What was done with one table column, for the table of guesses and for `summary.json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Treatment {
    /// The table column.
    pub column: String,
    /// Its type.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// Rows without a value.
    pub missing: usize,
    /// Whether it measures similarity in the end.
    pub used: bool,
    /// How it was made comparable, such as `log, z-score`; empty where it is not used.
    pub transform: String,
    /// How much it counts: what the user asked for, times its share where it repeats other columns; 0 where it is
    /// not used.
    pub weight: f64,
    /// The columns that say the same, nearly: it shares its weight with them.
    pub repeats: Vec<String>,
    /// One phrase for people: what is done with it and why.
    pub action: String,
}

/// Numbers per customer. Row `i` is customer `i` of the table it was made from.
#[derive(Clone, Debug)]
pub struct Features {
    /// n × d, finite.
    pub values: Array2<f32>,
    /// The d coordinates.
    pub coordinates: Vec<Coordinate>,
    /// How rows are to be compared.
    pub distance: Distance,
    /// How unusual each customer is, 0 for an ordinary one; see the module. Length n.
    pub outlier_score: Vec<f64>,
    /// One per table column, in the order of the table.
    pub treatments: Vec<Treatment>,
    /// What was dropped, imputed or otherwise worth a remark.
    pub warnings: Vec<Warning>,
}
