//! How sure: what speaks for the groups, in words first.

use crate::segmentation::Grouping;
use crate::stability::{Level, Scales};
use std::fmt::Write as _;

/// What is divided and into what, in words.
#[derive(Clone, Copy)]
pub(super) struct Words {
    groups: &'static str,
    structureless: &'static str,
    left_out: &'static str,
}

pub(super) const SEGMENTS: Words = Words {
    groups: "segments",
    structureless: "made-up customers without groups",
    left_out: "a fifth of the customers",
};
pub(super) const COMMUNITIES: Words = Words {
    groups: "communities",
    structureless: "random networks of the same degrees",
    left_out: "a fifth of the ties",
};

/// What speaks for the groups, and for which other numbers as well.
pub(super) fn how_sure(
    text: &mut String,
    grouping: Grouping,
    scales: Option<&Scales>,
    level: Option<usize>,
    words: Words,
) {
    let Words { groups, .. } = words;
    let _ = match (grouping, scales.zip(level)) {
        (Grouping::Supported, Some((scales, level))) => {
            supported(text, &scales.levels[level], words);
            Ok(())
        }
        (Grouping::Unexamined, _) => writeln!(
            text,
            "How sure: whether the data support these {groups} was not examined"
        ),
        (Grouping::Unsupported, _) => writeln!(
            text,
            "How sure: not supported; no number of {groups} has thin borders and comes back (levels.csv)"
        ),
        _ => writeln!(
            text,
            "How sure: no division examined has borders thinner than {} show and comes back when {} is left out (levels.csv)",
            words.structureless, words.left_out
        ),
    };
}

fn supported(text: &mut String, level: &Level, words: Words) {
    let Words {
        groups,
        structureless,
        left_out,
    } = words;
    let _ = writeln!(text, "How sure: supported, by two tests");
    if let Some((ratio, limit)) = level.border_ratio.zip(level.border_limit) {
        let digits = usize::from((100.0 * ratio).round() == (100.0 * limit).round());
        let percent = |x: f64| format!("{:.digits$} %", 100.0 * x);
        let _ = writeln!(
            text,
            "  Borders: little crosses them, {} of what crosses the best borders in {structureless} (below {} is needed)",
            percent(ratio),
            percent(limit)
        );
    }
    if let Some(agreement) = level.stability {
        let _ = writeln!(
            text,
            "  Repeats: without {left_out}, {} {groups} come back, agreement {agreement:.2} (1 is the same, 0 is chance)",
            how_alike(agreement)
        );
    }
}

/// Agreement in a word.
fn how_alike(agreement: f64) -> &'static str {
    match agreement {
        a if a >= 0.9 => "nearly the same",
        a if a >= 0.75 => "much the same",
        _ => "roughly the same",
    }
}

/// The supported numbers of groups beside the one in force.
pub(super) fn other_numbers(scales: Option<&Scales>, in_force: usize) -> Vec<usize> {
    let Some(scales) = scales else {
        return Vec::new();
    };
    let mut counts: Vec<usize> = scales
        .menu
        .iter()
        .map(|&l| scales.levels[l].partition.n_groups())
        .filter(|&c| c != in_force)
        .collect();
    counts.sort_unstable();
    counts.dedup();
    counts
}
