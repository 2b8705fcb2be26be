//! The closing words: what a person reads in ten seconds. How many, how sure, who they are, how large and what to do next come
//! first; resolution, modularity and other methods stand below.

mod assigned;
mod communities;
mod compared;
mod segments;
mod technical;

pub(super) use assigned::{of_assigned, of_values, refuse_outside};
pub(super) use communities::of_communities;
pub(super) use compared::of_compared;
pub(super) use segments::{of_segments, without_customers};

use super::guesses::printable;
use crate::profile::SegmentRules;
use crate::segmentation::BridgeNote;
use std::fmt::Write as _;

/// What a run wrote beside its tables.
#[derive(Clone, Copy)]
pub(super) struct Also<'a> {
    pub(super) report: bool,
    pub(super) model: bool,
    /// The network for Gephi, where there is one.
    pub(super) gexf: Option<&'a str>,
    /// Its other files, pictures, and tables in other formats.
    pub(super) others: &'a [&'a str],
    pub(super) rules: Option<&'a SegmentRules>,
    pub(super) names: bool,
}

/// Segments beyond this many are counted, not listed.
const LISTED: usize = 20;
/// Bridge customers named.
const NAMED: usize = 3;

/// Why the first bridges are bridges.
fn explained(text: &mut String, notes: &[BridgeNote]) {
    for note in notes.iter().take(NAMED) {
        let _ = writeln!(text, "  {}", printable(&note.explanation));
    }
}

/// The same resolution in Gephi's dialog, which runs the other way.
fn in_gephi(resolution: f64) -> String {
    if resolution > 0.0 {
        format!(" ({:.3} in Gephi)", 1.0 / resolution)
    } else {
        String::new()
    }
}
