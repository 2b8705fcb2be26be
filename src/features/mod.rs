//! Numbers per customer, comparable with each other, and the [`Recipe`] that made them.

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

/// How a number column is made comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Mean 0, standard deviation 1.
    Zscore,
    /// Median 0, interquartile range as a normal distribution's of standard deviation 1.
    Robust,
    /// 0 to 1.
    Minmax,
    /// Signed log(1 + x), then z-scores.
    Log,
    /// Ranks, spread over 0 to 1 with ties sharing their mean rank, then z-scores.
    Rank,
    /// As it is.
    None,
}

/// One coordinate of the feature space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coordinate {
    /// The table column it comes from.
    pub column: String,
    /// The category it marks, where the column holds categories.
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
    /// How much it counts.
    pub weight: f64,
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
    /// How unusual each customer is, 0 for an ordinary one; see the recipe. Length n.
    pub outlier_score: Vec<f64>,
    /// One per table column, in the order of the table.
    pub treatments: Vec<Treatment>,
    /// What was dropped, imputed or otherwise worth a remark.
    pub warnings: Vec<Warning>,
}
