//! Where the work runs, and how much is said of it.

use clap::Args;
use std::path::PathBuf;

/// How much is said, and where the work runs: the same for every command.
#[derive(Args, Debug)]
pub(in crate::cli) struct Running {
    /// Same seed, same bytes in every file but run.json
    #[arg(long, default_value_t = 42, value_name = "N", help_heading = "Running")]
    pub(in crate::cli) seed: u64,
    #[command(flatten)]
    pub(in crate::cli) saying: Saying,
}

/// The part of it that commands without chance have, too.
#[derive(Args, Debug)]
pub(in crate::cli) struct Saying {
    /// Threads to use; changes the time, never the result [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Running")]
    pub(in crate::cli) threads: Option<u16>,
    /// Say nothing but errors
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Running")]
    pub(in crate::cli) quiet: bool,
    /// Say more: time of each stage
    #[arg(short, long, help_heading = "Running")]
    pub(in crate::cli) verbose: bool,
    /// Progress on standard error, where that is a terminal
    #[arg(long, default_value = "auto", value_parser = ["auto", "never"], help_heading = "Running")]
    pub(in crate::cli) progress: String,
    /// Flags from a TOML file, under the same names; the command line wins [default: kinfolk.toml where there is one, without output, force and quiet]
    #[arg(long, value_name = "FILE", help_heading = "Running")]
    pub(in crate::cli) config: Option<PathBuf>,
}
