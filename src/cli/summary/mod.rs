//! The closing words: what a person reads in ten seconds. How many, how sure, who they are, how large and what to do next come
//! first; resolution, modularity and other methods stand below.

mod communities;
mod doubt;
mod evidence;
mod segments;
mod technical;

pub(super) use communities::of_communities;
pub(super) use segments::of_segments;

use super::guesses::printable;
use crate::num::group_digits;
use crate::segmentation::BridgeNote;
use std::fmt::Write as _;

/// Segments beyond this many are counted, not listed.
const LISTED: usize = 20;
/// Bridge customers named.
const NAMED: usize = 3;

/// `1 customer`, `1,240 customers`.
fn counted(n: usize, one: &str) -> String {
    let many = match one.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{one}s"),
    };
    format!("{} {}", group_digits(n), if n == 1 { one } else { &many })
}

/// `4.9 %` of so many.
fn share(count: usize, of: usize) -> String {
    format!("{:.1} %", 100.0 * count as f64 / of as f64)
}

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
