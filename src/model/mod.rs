//! A finished segmentation as a file that puts new customers into its segments.
//!
//! In: a [`Segmentation`](crate::segmentation::Segmentation) with the recipe and the rules of its table ([`Model::of`]), or a file
//! ([`Model::read`]). Out: that file ([`Model::write`]), and for each new customer an [`Assignment`] ([`Assigner`]).
//!
//! # What a new customer is told
//!
//! Its coordinates come from the recipe that made those of the model. A customer who equals one of the model in every coordinate
//! gets that one's segment and probability. For everybody else the `n_neighbors` nearest customers of the model vote: each
//! gives its own segment the share of samples in which it fell there, and its second segment the share of those. The largest sum names
//! the segment. How probable that is, is learned from the model's own customers: each was looked for among the others, and of those
//! with such a share of the votes so many fell to the segment that was named ([`Worth`]).
//!
//! # None of these
//!
//! How strange a customer is, is its mean distance to those neighbors; who equals a customer of the model is not strange at all. The *p*-value is the share of the model's own customers, with
//! the new one among them, who are at least as strange when they are looked for among the others: a conformal test. Of
//! customers who come as the model's did, a share of at most α has a p-value of α or less, whatever the segments look like. Vovk,
//! Gammerman and Shafer, *Algorithmic Learning in a Random World* (2005); Laxhammar and Falkman, Ann. Math. Artif. Intell. 74, 67 (2015).
//!
//! # Size
//!
//! Of more than 100,000 different customers (fewer in very many dimensions) so many are kept, spread evenly over space; then the p-values are taken from customers who are
//! not among them.

mod assign;
mod file;
mod make;
mod novelty;
mod tally;
mod votes;

pub use assign::{Assigner, Assignment, Outcome};
pub use tally::{ColumnTally, Tally};
pub use votes::Worth;

use crate::features::Recipe;
use crate::read::Rules;
use serde::{Deserialize, Serialize};

/// From this share of the votes of its neighbors on, a second segment makes a new customer one who stands between two.
const BETWEEN: f64 = 0.25;

/// From this probability on a customer is one of the sure ones.
pub(crate) const SURE: f64 = 0.75;

/// A finished segmentation, ready to be kept. There are no customer identifiers in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Everything but numbers per customer.
    pub about: About,
    /// Coordinates of the customers that are kept, d each; no two are equal.
    points: Vec<f32>,
    /// The segment of each, from 0.
    segment: Vec<u32>,
    /// The share of samples in which it fell to that segment; 1 where that was not measured.
    probability: Vec<f64>,
    /// The segment it fell to else, [`NO_SEGMENT`] where it never did, and the share of samples.
    second: Vec<u32>,
    second_probability: Vec<f64>,
    /// How strange the model's own customers are, ascending: see [`Assignment::p_value`].
    strangeness: Vec<f64>,
}

const NO_SEGMENT: u32 = u32::MAX;

/// What a model says of itself, as JSON in its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The version of the program that wrote it.
    pub version: String,
    /// Customers of the segmentation.
    pub customers: usize,
    /// Different customers that are kept.
    pub kept: usize,
    /// Coordinates of each.
    pub coordinates: usize,
    /// `segments`, or `parts` where the data support no segments.
    pub groups: String,
    /// `louvain`, `leiden` or `parts`.
    pub method: String,
    /// Neighbors per customer: as many vote.
    pub n_neighbors: usize,
    /// γ.
    pub resolution: f64,
    /// The seed of the run.
    pub seed: u64,
    /// In the order of their numbers.
    pub segments: Vec<SegmentAbout>,
    /// The columns that similarity was measured on.
    pub columns: Vec<ColumnAbout>,
    /// Customers behind the p-values.
    pub tested: usize,
    /// What shares of the votes are worth.
    pub worth: Worth,
    /// The summary of the run, without the sentences that name customers.
    pub summary: String,
    /// How cells become values.
    pub rules: Rules,
    /// How values become coordinates.
    pub recipe: Recipe,
}

/// One segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentAbout {
    /// Its plain name.
    pub name: String,
    /// How many customers it had.
    pub customers: usize,
    /// How well it came back on samples, in [0, 1]; `None` where that was not measured.
    pub stability: Option<f64>,
}

/// One column that similarity was measured on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnAbout {
    /// Its name.
    pub column: String,
    /// Its values.
    pub values: Held,
}

/// The values of a column among the model's customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Held {
    /// Numbers.
    Number(Span),
    /// Days since 1970-01-01.
    Date(Span),
    /// Categories, sorted by name.
    Category(Vec<String>),
}

/// Where numbers lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// The lowest.
    pub lowest: f64,
    /// Below it lies a twentieth.
    pub low: f64,
    /// Above it lies a twentieth.
    pub high: f64,
    /// The highest.
    pub highest: f64,
}
