//! How bridges are measured.

use super::parsers::sources;
use crate::centrality::Sources;
use clap::Args;

/// How bridges are measured.
#[derive(Args, Debug)]
pub(in crate::cli) struct Bridging {
    /// Count shortest paths from everybody (exact), or from N drawn; auto: exact up to about 10,000 customers
    #[arg(long, default_value = "auto", value_name = "exact|auto|N", value_parser = sources, help_heading = "Bridges")]
    pub(super) betweenness: Sources,
}
