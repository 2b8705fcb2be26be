//! One binary for all integration tests.
#![allow(
    clippy::disallowed_methods,
    reason = "expectations are compared with a tolerance"
)]

mod architecture;
mod baselines;
mod beside;
mod bridges;
#[cfg(feature = "cli")]
mod call;
mod centrality;
mod columns;
mod community;
#[cfg(feature = "cli")]
mod compare;
#[cfg(feature = "cli")]
mod databases;
mod deciding;
mod edges;
#[cfg(all(feature = "cli", feature = "excel", feature = "xlsx"))]
mod excel_lines;
mod export;
mod features;
mod formats;
mod fuzz;
mod generate;
mod gephi;
mod hashes;
mod hostile;
#[cfg(unix)]
mod kills;
mod layout;
mod library;
mod model;
mod neighbors;
#[cfg(feature = "cli")]
mod network_formats;
mod networks;
#[cfg(feature = "cli")]
mod own_names;
mod plan;
mod profile;
mod program;
mod publishing;
#[cfg(feature = "cli")]
mod python;
mod reading;
mod report;
mod rules;
mod sentences;
#[cfg(feature = "cli")]
mod spark;
mod stability;
mod support;
#[cfg(feature = "cli")]
mod tables;
mod transactions;
#[cfg(feature = "cli")]
mod why;
#[cfg(all(feature = "cli", feature = "xlsx"))]
mod workbook;
