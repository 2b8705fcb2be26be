//! What can be typed, and what each flag says about itself: a file for each command or kind of command, and one for what several take.

mod bridging;
mod communities;
mod compare;
mod features;
mod generate;
mod model;
mod output;
mod parsers;
mod reading;
mod running;
mod segment;

use clap::{Parser, Subcommand};
pub(super) use communities::CommunitiesArgs;
pub(super) use compare::CompareArgs;
pub(super) use features::FeaturesArgs;
pub(super) use generate::GenerateArgs;
pub(super) use model::{AssignArgs, ShowArgs, WhyArgs};
pub(super) use output::Output;
pub(super) use running::Saying;
pub(super) use segment::SegmentArgs;

/// Finds customer segments in data without being told how many there are.
///
/// A similarity graph links each customer to its nearest neighbors, communities of that graph are the segments, and
/// the customers between two segments are shown as bridges. k-means runs beside it for comparison.
#[derive(Debug, Parser)]
#[command(
    name = "kinfolk",
    version,
    max_term_width = 100,
    args_override_self = true,
    after_help = "Start here:\n  kinfolk generate -o shop.csv         example customers with known segments\n  kinfolk segment shop.csv             segments, bridges, a report, tables and a Gephi file in shop-segments/\n  kinfolk segment --help               all that can be set",
    arg_required_else_help = true,
    subcommand_required = true
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// A customer table in, segments and everything about them out
    Segment(Box<SegmentArgs>),
    /// Communities of a network that already exists (CSV: source,target[,weight]; GEXF, GraphML, GML, Pajek, Matrix Market)
    Communities(CommunitiesArgs),
    /// New customers into the segments of a finished run, with a probability or "none of these"
    Assign(AssignArgs),
    /// Results of any tool beside each other: how far they agree, which groups belong together, who moved
    Compare(CompareArgs),
    /// What a result or a model holds
    Show(ShowArgs),
    /// Why one customer stands where it does: neighbors, what speaks for and against, what would move it
    Why(WhyArgs),
    /// Purchase lines or events in, one row per customer out
    Features(Box<FeaturesArgs>),
    /// Example customers with known segments, for trying things out
    Generate(GenerateArgs),
    /// Shell completions on standard output
    Completions {
        /// The shell they are for
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// How much is said, and where the work runs; `None` for a command that does no work.
    pub(super) fn saying(&self) -> Option<&Saying> {
        match self {
            Command::Segment(args) => Some(&args.running.saying),
            Command::Communities(args) => Some(&args.running.saying),
            Command::Assign(args) => Some(&args.saying),
            Command::Compare(args) => Some(&args.running.saying),
            Command::Features(args) => Some(&args.running.saying),
            Command::Generate(args) => Some(&args.running.saying),
            Command::Show(_) | Command::Why(_) | Command::Completions { .. } => None,
        }
    }
}
