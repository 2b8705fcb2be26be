//! Customer segments that emerge from a similarity graph.
//!
//! The road is one of plain functions and values, each stage's result the next one's argument:
//!
//! | stage | function | result |
//! |---|---|---|
//! | read | [`read::read_table`] | [`table::Table`]: typed columns, with every guess |
//! | gather | [`transactions::read_transactions`] | from purchase lines: one row per customer, [`transactions::CustomerFeatures`] |
//! | compare | [`features::fit`] | [`features::Features`] and the [`features::Recipe`] that made them |
//! | link | [`neighbors::neighbors`], [`graph::similarity_graph`] | [`SimilarityGraph`] |
//! | divide | [`community::louvain`], [`community::leiden`] | [`Partition`] |
//! | trust | [`stability::scan`], [`stability::stability`] | supported scales, stability of segments, probability of customers |
//! | place | [`centrality::positions`] | bridges, roles, betweenness |
//! | describe | [`profile::profiles`], [`compare::score_methods`] | marks and names; other methods beside |
//! | all of it | [`segmentation::segment`] | [`segmentation::Segmentation`] |
//! | keep | [`model::Model`], [`model::Assigner`] | a file that puts new customers into these segments |
//! | write | [`export`] | tables, summary, a file for Gephi |
//! | show | `report` (with the feature of that name) | a page for people |
//!
//! ```
//! use kinfolk::segmentation::{Settings, prepare, segment, unobserved};
//! use kinfolk::read::parse_table;
//! use kinfolk::table::TableSettings;
//!
//! // Forty customers: twenty spend little and often, twenty much and rarely.
//! let mut csv = String::from("id,spend,visits\n");
//! for i in 0..40 {
//!     let (spend, visits) = if i < 20 { (20 + i, 30 + i % 7) } else { (400 + i, 2 + i % 5) };
//!     csv += &format!("c{i},{spend},{visits}\n");
//! }
//! let table = parse_table("customers.csv", csv.into_bytes(), &TableSettings::default())?;
//! let settings = Settings::default();
//! let found = segment(prepare(&table, &settings.features)?, &settings, &mut unobserved)?;
//! assert_eq!(found.partition.len(), 40);
//! # Ok::<(), kinfolk::Error>(())
//! ```
//!
//! The same input and seed give the same bits, whatever the number of threads or the order of the rows.

pub mod centrality;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clustering;
mod columns;
pub mod community;
pub mod compare;
pub mod export;
pub mod features;
pub mod generate;
pub mod graph;
pub mod layout;
pub mod model;
pub mod neighbors;
pub mod partition;
pub mod profile;
pub mod quality;
pub mod random;
pub mod read;
#[cfg(feature = "report")]
pub mod report;
pub mod segmentation;
pub mod stability;
pub mod table;
pub mod transactions;

mod error;
mod message;
mod num;
mod text;
mod warning;

pub use error::{Error, ErrorKind, Result, did_you_mean};
pub use graph::SimilarityGraph;
pub use message::{Message, Setting};
pub use partition::Partition;
pub use warning::Warning;

/// The README's example, run by the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
