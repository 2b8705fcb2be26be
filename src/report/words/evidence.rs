//! How sure: what speaks for the groups, in words first.

use crate::segmentation::Grouping;
use crate::stability::{Level, Recurrence, Scales};
use crate::text::counted;
use std::fmt::Write as _;

/// What is divided and into what, in words.
#[derive(Clone, Copy)]
pub(crate) struct Words {
    pub(crate) thing: &'static str,
    pub(crate) groups: &'static str,
    pub(crate) structureless: &'static str,
    pub(crate) left_out: &'static str,
}

pub(crate) const SEGMENTS: Words = Words {
    thing: "customer",
    groups: "segments",
    structureless: "made-up customers without groups",
    left_out: "a fifth of the customers",
};
pub(crate) const COMMUNITIES: Words = Words {
    thing: "node",
    groups: "communities",
    structureless: "random networks of the same degrees",
    left_out: "a fifth of the ties",
};

/// Where fewer samples than this share recommend the same number, others are nearly as good.
const NEAR_EQUALS: f64 = 0.8;

/// What speaks for the groups, and how often the same come back.
pub(crate) fn how_sure(
    text: &mut String,
    grouping: Grouping,
    scales: Option<&Scales>,
    level: Option<usize>,
    words: Words,
) {
    let Words { groups, .. } = words;
    match (scales, level) {
        (Some(scales), Some(level)) => {
            let _ = writeln!(text, "How sure: supported by every test");
            tests(text, &scales.levels[level], words);
            why_this_number(text, scales, level, words);
        }
        (Some(scales), None) => nothing(text, scales, words),
        (None, _) => {
            let what = match grouping {
                Grouping::Parts => "parts",
                _ => groups,
            };
            let _ = writeln!(
                text,
                "How sure: whether the data support these {what} was not examined"
            );
        }
    }
}

/// The tests that a level passed.
fn tests(text: &mut String, level: &Level, words: Words) {
    let Words {
        groups,
        structureless,
        left_out,
        ..
    } = words;
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

/// Why the recommended number is recommended, and how often samples recommend it too; or that another was asked for.
fn why_this_number(text: &mut String, scales: &Scales, level: usize, words: Words) {
    let Words { groups, left_out, .. } = words;
    let count = |l: usize| scales.levels[l].partition.n_groups();
    let Some(recommended) = scales.recommended else {
        let _ = writeln!(text, "  Why {}: it was asked for", count(level));
        said_by_samples(text, scales, words);
        return;
    };
    if recommended != level {
        let _ = writeln!(
            text,
            "  Why {}: it was asked for; recommended are {} {groups}",
            count(level),
            count(recommended)
        );
        return;
    }
    let Some((recurrence, agreement)) = scales.recurrence.and_then(|r| Some((r, r.agreement?))) else {
        return;
    };
    let _ = writeln!(
        text,
        "  Why {}: of the divisions good enough to be recommended, it is the one that samples which choose anew agree with most",
        count(level)
    );
    let _ = writeln!(
        text,
        "  Asked again on {} samples that leave out {left_out}, the same number (give or take one) came back in {}, and the {groups} agree at {agreement:.2}{}",
        recurrence.n_samples,
        of_samples(&recurrence, recurrence.same_number),
        others(&recurrence, count(level))
    );
}

/// Where no division may be recommended: what was found, and what samples recommend.
fn nothing(text: &mut String, scales: &Scales, words: Words) {
    let numbers = scales.telling();
    let _ = if let Some(few) = scales.exceptions() {
        writeln!(
            text,
            "How sure: what passes every test (levels.csv) sets {} apart from all others, too few to divide by",
            counted(few, words.thing)
        )
    } else if numbers.is_empty() {
        writeln!(
            text,
            "How sure: no division passes every test: borders thinner than in {}, not through crowded places, and {} that come back when {} is left out (levels.csv)",
            words.structureless, words.groups, words.left_out
        )
    } else {
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        writeln!(
            text,
            "How sure: divisions into {} pass every test (levels.csv), but none is sure enough to be recommended",
            numbers.join(", ")
        )
    };
    said_by_samples(text, scales, words);
}

/// What samples recommend where the whole recommends nothing.
fn said_by_samples(text: &mut String, scales: &Scales, words: Words) {
    if let Some(recurrence) = scales.recurrence {
        let _ = writeln!(
            text,
            "  Asked again on {} samples that leave out {}, {} recommend nothing{}",
            recurrence.n_samples,
            words.left_out,
            of_samples(&recurrence, recurrence.none),
            others(&recurrence, 0)
        );
    }
}

/// How many samples a share of them is.
pub(crate) fn of_samples(recurrence: &Recurrence, share: f64) -> usize {
    (share * recurrence.n_samples as f64).round() as usize
}

/// What samples recommend where that is not nearly the number given.
fn others(recurrence: &Recurrence, number: usize) -> String {
    match recurrence.range {
        Some((fewest, most)) if fewest.abs_diff(number).max(most.abs_diff(number)) > 1 => {
            let range = if fewest == most {
                format!("{fewest}")
            } else {
                format!("{fewest} to {most}")
            };
            if number == 0 {
                return format!(", the others {range}");
            }
            let near = if recurrence.same_number < NEAR_EQUALS {
                "near equals remain: "
            } else {
                ""
            };
            let none = match of_samples(recurrence, recurrence.none) {
                0 => String::new(),
                none => format!(", {none} of them nothing"),
            };
            format!("; {near}the samples recommend {range}{none}")
        }
        _ => String::new(),
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
pub(crate) fn other_numbers(scales: Option<&Scales>, in_force: usize) -> Vec<usize> {
    scales.map_or_else(Vec::new, |s| s.numbers(|p| p.n_groups() != in_force))
}
