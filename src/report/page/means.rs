//! What it means: who is in between, which groups touch, and what is only convenience.

use super::super::view::View;
use super::super::words::{self, doubt, printable};
use super::{DESCRIBED, Label};
use crate::centrality::SegmentPair;
use crate::segmentation::Grouping;
use crate::stability::{Found, verdict};
use crate::text::{counted, group_digits, percent};
use serde::Serialize;

/// Pairs of groups listed.
const PAIRS: usize = 5;
/// Bridge customers told of, where customers may be.
const TOLD: usize = 3;

#[derive(Serialize)]
pub(in super::super) struct Section {
    between: Option<String>,
    told: Vec<String>,
    doubt: Option<String>,
    pairs: Vec<Pair>,
    apart: Option<String>,
    diagram: Option<Diagram>,
    convenience: Vec<String>,
}

#[derive(Serialize)]
struct Pair {
    a: Label,
    b: Label,
    ties: String,
    ratio: String,
    bridges: String,
}

/// Groups as discs where their members lie, ties as lines, in a box of 360 × 300.
#[derive(Serialize)]
struct Diagram {
    discs: Vec<Disc>,
    lines: Vec<Tie>,
    text: String,
}

#[derive(Serialize)]
struct Disc {
    x: String,
    y: String,
    r: String,
    label: Label,
}

#[derive(Serialize)]
struct Tie {
    from: [String; 2],
    to: [String; 2],
    width: String,
}

pub(super) fn of(view: &View<'_>) -> Section {
    let mut pairs: Vec<&SegmentPair> = view
        .map
        .map(|m| m.pairs.iter().filter(|p| p.ties > 0).collect())
        .unwrap_or_default();
    // Of equals in the order of the groups: the sort is stable.
    pairs.sort_by(|a, b| b.ratio().total_cmp(&a.ratio()));
    Section {
        between: between(view),
        told: told(view),
        doubt: view.table.filter(|_| view.n_groups() > 1).and_then(doubt_line),
        apart: apart(view, pairs.len()),
        diagram: diagram(view, &pairs),
        pairs: (pairs.iter().take(PAIRS))
            .map(|p| Pair {
                a: Label::of(view, p.a as usize),
                b: Label::of(view, p.b as usize),
                ties: group_digits(p.ties),
                ratio: format!("{:.2}", p.ratio()),
                bridges: group_digits(p.n_bridges),
            })
            .collect(),
        convenience: convenience(view),
    }
}

fn between(view: &View<'_>) -> Option<String> {
    if view.n_groups() < 2 {
        return None;
    }
    if let Some(s) = view.table {
        let text = words::between(s);
        return Some(if text.ends_with('.') {
            text
        } else {
            format!("{text}.")
        });
    }
    let bridges = view.positions?.bridges().len();
    Some(match bridges {
        0 => "No node stands between two communities.".to_owned(),
        1 => "1 node stands between two communities.".to_owned(),
        n => format!("{} stand between two communities.", counted(n, "node")),
    })
}

/// Why the first bridges are bridges, where single customers may be told of.
fn told(view: &View<'_>) -> Vec<String> {
    let notes = view
        .table
        .filter(|_| view.settings.customers && view.grouping != Grouping::Parts);
    notes.map_or_else(Vec::new, |s| {
        (s.bridge_notes.iter().take(TOLD))
            .map(|note| format!("{}.", printable(&note.explanation)))
            .collect()
    })
}

/// The first line of the closing words about customers in doubt, as a sentence.
fn doubt_line(s: &crate::segmentation::Segmentation) -> Option<String> {
    let mut text = String::new();
    doubt::boundary(&mut text, s);
    let first = text.lines().next()?;
    let first = first.strip_suffix("; most often").unwrap_or(first);
    Some(format!("{}.", first.trim_end_matches('.')))
}

/// How many pairs have no tie at all.
fn apart(view: &View<'_>, tied: usize) -> Option<String> {
    view.map?;
    let c = view.n_groups();
    if c < 2 {
        return None;
    }
    let all = c * (c - 1) / 2;
    let untied = all.saturating_sub(tied);
    Some(match (all, untied) {
        (1, 0) => format!("The two {} are tied.", view.groups),
        (1, _) => format!("The two {} are tied nowhere.", view.groups),
        (_, 0) => format!("Every pair of {} is tied somewhere.", view.groups),
        _ => format!(
            "{} of {} {} tied nowhere.",
            group_digits(untied),
            counted(all, "pair"),
            if untied == 1 { "is" } else { "are" }
        ),
    })
}

/// What a reader must not take for a finding.
fn convenience(view: &View<'_>) -> Vec<String> {
    let mut said = Vec::new();
    if view.grouping == Grouping::Parts {
        said.push(format!(
            "All {} parts: they help to work with many {}, and another number would do as well.",
            view.n_groups(),
            view.things
        ));
    }
    if view.grouping == Grouping::Unexamined {
        let what = match view.found {
            Found::Parts(_) => "asked for",
            _ => "set by the resolution",
        };
        said.push(format!(
            "How many {} there are: the number was {what}, and whether the data support it was not examined.",
            view.groups
        ));
    }
    let doubtful: Vec<String> = view.stability.map_or_else(Vec::new, |s| {
        (s.segments.iter().enumerate().take(DESCRIBED))
            .filter(|&(_, &x)| verdict(x) == "do not trust")
            .map(|(g, _)| (g + 1).to_string())
            .collect()
    });
    if !doubtful.is_empty() && view.grouping != Grouping::Parts {
        said.push(format!(
            "What does not come back often enough to be trusted: {} {}.",
            if doubtful.len() == 1 {
                view.group
            } else {
                view.groups
            },
            doubtful.join(", ")
        ));
    }
    if view.table.is_some() && view.n_groups() > 1 {
        said.push("Names: they say what differs most, and are no findings of their own.".to_owned());
    }
    said
}

/// Where the discs are: the middles of the members, drawn apart until none covers another.
fn diagram(view: &View<'_>, pairs: &[&SegmentPair]) -> Option<Diagram> {
    let shown = view.n_groups().min(DESCRIBED);
    if view.layout.is_empty() || shown < 2 {
        return None;
    }
    let sizes = view.partition.sizes();
    let mut places = vec![[0.0f64; 2]; shown];
    for (&g, place) in view.partition.labels().iter().zip(view.layout) {
        if let Some(middle) = places.get_mut(g as usize) {
            let part = 1.0 / sizes[g as usize] as f64;
            middle[0] += place[0] * part;
            // Pages count downwards, Gephi upwards.
            middle[1] -= place[1] * part;
        }
    }
    let largest = if shown > 6 { 34.0 } else { 48.0 };
    let radii: Vec<f64> = (sizes.iter().take(shown))
        .map(|&s| (largest * (s as f64 / sizes[0] as f64).sqrt()).max(13.0))
        .collect();
    arrange(&mut places, &radii);
    let strongest = pairs.iter().map(|p| p.strength).fold(0.0, f64::max);
    let at = |g: u32| places[g as usize].map(|x| format!("{x:.1}"));
    let lines = (pairs.iter())
        .filter(|p| (p.b as usize) < shown && strongest > 0.0)
        .map(|p| Tie {
            from: at(p.a),
            to: at(p.b),
            width: format!("{:.1}", 1.0 + 11.0 * (p.strength / strongest).sqrt()),
        })
        .collect();
    let discs = (0..shown).map(|g| Disc {
        x: format!("{:.1}", places[g][0]),
        y: format!("{:.1}", places[g][1]),
        r: format!("{:.1}", radii[g]),
        label: Label::of(view, g),
    });
    let of_all = if shown < view.n_groups() {
        format!("The {shown} largest {}", view.groups)
    } else {
        format!("The {}", view.groups)
    };
    Some(Diagram {
        discs: discs.collect(),
        lines,
        text: format!(
            "{of_all} as discs, as large as they have {}, joined by lines as strong as their ties.",
            view.things
        ),
    })
}

const BOX: [f64; 2] = [360.0, 300.0];

fn arrange(places: &mut [[f64; 2]], radii: &[f64]) {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for place in places.iter() {
        for axis in 0..2 {
            low[axis] = low[axis].min(place[axis]);
            high[axis] = high[axis].max(place[axis]);
        }
    }
    let widest = radii.iter().fold(0.0, |a: f64, &r| a.max(r)) + 4.0;
    for (place, _) in places.iter_mut().zip(radii) {
        for axis in 0..2 {
            let span = high[axis] - low[axis];
            let part = if span > 0.0 {
                (place[axis] - low[axis]) / span
            } else {
                0.5
            };
            place[axis] = widest + part * (BOX[axis] - 2.0 * widest);
        }
    }
    for _ in 0..200 {
        for a in 0..places.len() {
            for b in 0..a {
                let away = [places[a][0] - places[b][0], places[a][1] - places[b][1]];
                let far = (away[0] * away[0] + away[1] * away[1]).sqrt();
                let short = radii[a] + radii[b] + 10.0 - far;
                if short > 0.0 {
                    // Two at one place part along the first axis.
                    let way = if far > 1e-9 {
                        [away[0] / far, away[1] / far]
                    } else {
                        [1.0, 0.0]
                    };
                    for axis in 0..2 {
                        places[a][axis] += 0.5 * short * way[axis];
                        places[b][axis] -= 0.5 * short * way[axis];
                    }
                }
            }
        }
        for (place, r) in places.iter_mut().zip(radii) {
            for axis in 0..2 {
                place[axis] = place[axis].clamp(r + 3.0, BOX[axis] - r - 3.0);
            }
        }
    }
}

/// `12.3 %` of all.
pub(super) fn part_of_all(count: usize, view: &View<'_>) -> String {
    percent(count, view.n(), 1)
}
