//! How sure: the words of the closing screen, and pictures of the same numbers.

use super::super::view::View;
use super::super::words::evidence;
use super::{DESCRIBED, Label};
use crate::segmentation::Grouping;
use crate::stability::verdict;
use serde::Serialize;

#[derive(Serialize)]
pub(in super::super) struct Section {
    headline: String,
    lines: Vec<Line>,
    border: Option<Border>,
    samples: Option<Samples>,
    steadiness: Vec<Steady>,
    /// How many samples steadiness was measured on.
    resamples: Option<usize>,
    left_out: &'static str,
    /// What steadiness is no evidence of.
    note: Option<&'static str>,
}

/// A line of evidence; some have a word before the colon.
#[derive(Serialize)]
struct Line {
    word: Option<String>,
    text: String,
}

/// What crosses the borders, in percent of what crosses those in structureless data, for two bars.
#[derive(Serialize)]
struct Border {
    ratio: String,
    limit: String,
    ratio_width: String,
    limit_width: String,
    structureless: &'static str,
}

/// What the samples took: as many, another number, nothing.
#[derive(Serialize)]
struct Samples {
    n: usize,
    same: usize,
    other: usize,
    none: usize,
    /// Whether anything is recommended for them to agree with.
    recommended: bool,
}

#[derive(Serialize)]
struct Steady {
    label: Label,
    stability: String,
    width: String,
    verdict: &'static str,
    grade: usize,
}

/// 3 for the best verdict, 0 for the worst.
pub(super) fn grade(stability: f64) -> usize {
    match verdict(stability) {
        "highly stable" => 3,
        "stable" => 2,
        "a pattern" => 1,
        _ => 0,
    }
}

pub(super) fn of(view: &View<'_>) -> Section {
    let mut text = String::new();
    evidence::how_sure(&mut text, view.grouping, view.scales, view.level, view.words);
    let mut lines = text.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    let headline = first.strip_prefix("How sure: ").unwrap_or(first);
    let steadiness = view.stability.map_or_else(Vec::new, |s| {
        (s.segments.iter().enumerate().take(DESCRIBED))
            .map(|(g, &x)| Steady {
                label: Label::of(view, g),
                stability: format!("{x:.2}"),
                width: format!("{:.1}", 100.0 * x),
                verdict: verdict(x),
                grade: grade(x),
            })
            .collect()
    });
    Section {
        headline: capital(headline),
        lines: lines.map(line).collect(),
        border: border(view),
        samples: samples(view),
        steadiness,
        resamples: view.stability.map(|s| s.n_resamples),
        left_out: view.words.left_out,
        note: (view.grouping == Grouping::Parts).then_some(
            "Parts that come back are no evidence of groups: the same lines can be drawn through a continuum again and again.",
        ),
    }
}

/// `Borders: little crosses them` has a word before it, `Asked again on 20 samples` has none.
fn line(text: &str) -> Line {
    match text.split_once(": ") {
        Some((word, rest)) if word.split(' ').count() <= 2 => Line {
            word: Some(word.to_owned()),
            text: capital(rest),
        },
        _ => Line {
            word: None,
            text: text.to_owned(),
        },
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn border(view: &View<'_>) -> Option<Border> {
    let level = &view.scales?.levels[view.level?];
    let (ratio, limit) = level.border_ratio.zip(level.border_limit)?;
    let percent = |x: f64| format!("{:.0} %", 100.0 * x);
    let width = |x: f64| format!("{:.1}", 100.0 * x.min(1.0));
    Some(Border {
        ratio: percent(ratio),
        limit: percent(limit),
        ratio_width: width(ratio),
        limit_width: width(limit),
        structureless: view.words.structureless,
    })
}

fn samples(view: &View<'_>) -> Option<Samples> {
    let scales = view.scales?;
    let r = scales.recurrence?;
    let recommended = scales.recommended.is_some();
    // Where another level was asked for, the samples were not compared with it.
    if recommended && scales.recommended != view.level {
        return None;
    }
    let none = evidence::of_samples(&r, r.none);
    let same = if recommended {
        evidence::of_samples(&r, r.same_number)
    } else {
        0
    };
    Some(Samples {
        n: r.n_samples,
        same,
        other: r.n_samples.saturating_sub(same + none),
        none,
        recommended,
    })
}
