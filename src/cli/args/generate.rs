//! What can be typed after `kinfolk generate`.

use super::running::Running;
use crate::generate::{Generate, Shape};
use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  kinfolk generate -o shop.csv\n  kinfolk generate --customers 20000 --segments 8 --bridges 50 --seed 7 -o big.csv\n  kinfolk segment shop.csv --truth true_segment --ignore bridge_between"
)]
pub(in crate::cli) struct GenerateArgs {
    /// The CSV file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Overwrite the file if it is there; the new one keeps its mode
    #[arg(long)]
    pub(in crate::cli) force: bool,
    /// How many customers
    #[arg(long, default_value_t = Generate::default().customers, value_name = "N")]
    customers: usize,
    /// How many segments
    #[arg(long, default_value_t = Generate::default().segments, value_name = "N")]
    segments: usize,
    /// Customers planted midway between two segments
    #[arg(long, default_value_t = Generate::default().bridges, value_name = "N")]
    bridges: usize,
    /// Share of cells left empty, 0 to 0.9
    #[arg(long, default_value_t = Generate::default().missing, value_name = "SHARE")]
    missing: f64,
    /// Columns that have nothing to do with the segments
    #[arg(long, default_value_t = Generate::default().noise_columns, value_name = "N")]
    noise_columns: usize,
    /// Distance between segments in units of their spread
    #[arg(long, default_value_t = Generate::default().separation, value_name = "X")]
    separation: f64,
    /// The purchase lines of these customers instead of their table, in the order of time, for kinfolk features
    #[arg(long, conflicts_with_all = ["missing", "noise_columns"])]
    pub(in crate::cli) transactions: bool,
    /// With --transactions: how many lines an order has on average, 1 to 50
    #[arg(long, default_value_t = 2.5, value_name = "X", requires = "transactions")]
    pub(in crate::cli) lines_per_order: f64,
    #[command(flatten)]
    pub(in crate::cli) running: Running,
}

impl GenerateArgs {
    pub(in crate::cli) fn settings(&self) -> Generate {
        Generate {
            customers: self.customers,
            segments: self.segments,
            bridges: self.bridges,
            missing: self.missing,
            noise_columns: self.noise_columns,
            separation: self.separation,
            seed: self.running.seed,
            shape: Shape::default(),
        }
    }
}
