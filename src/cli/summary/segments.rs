//! What `kinfolk segment` found.

use super::super::guesses::{aligned, printable};
use super::evidence::{self, SEGMENTS};
use super::{LISTED, doubt, explained, technical};
use crate::profile::{marks, phrase};
use crate::segmentation::{Grouping, Segmentation};
use crate::stability::verdict;
use crate::text::group_digits;
use crate::text::{counted, percent};
use comfy_table::CellAlignment;
use std::fmt::Write as _;
use std::path::Path;

/// What `kinfolk segment` found; `with_model` where it wrote a model.
pub(in super::super) fn of_segments(found: &Segmentation, folder: &Path, with_model: bool) -> String {
    let n = found.partition.len();
    let mut text = headline(found, n);
    how_sure(&mut text, found);
    text.push('\n');
    who_they_are(&mut text, found);
    if found.partition.n_groups() > 1 {
        text.push('\n');
        bridges(&mut text, found);
        doubt::boundary(&mut text, found);
    }
    text.push('\n');
    next_steps(&mut text, found);
    if with_model {
        let _ = writeln!(
            text,
            "  New customers: kinfolk assign {} NEW.csv puts them into these {}",
            folder.display(),
            found.grouping().many()
        );
    }
    text.push('\n');
    technical::of_segments(&mut text, found);
    let levels = if found.scales.is_some() {
        "levels.csv, "
    } else {
        ""
    };
    let model = if with_model { "model.kinfolk, " } else { "" };
    let _ = writeln!(
        text,
        "\nWritten to {}: customers.csv, segments.csv, profiles.csv, features.csv, comparison.csv, {levels}segment_map.csv, {model}summary.json, run.json, and network.gexf and segment_map.gexf for Gephi",
        folder.display()
    );
    text
}

/// The part of it that names no customer, for a model.
pub(in super::super) fn without_customers(found: &Segmentation) -> String {
    let mut text = headline(found, found.partition.len());
    how_sure(&mut text, found);
    text.push('\n');
    who_they_are(&mut text, found);
    text.push('\n');
    technical::of_segments(&mut text, found);
    text
}

/// How many.
fn headline(found: &Segmentation, n: usize) -> String {
    let customers = counted(n, "customer");
    let groups = found.partition.n_groups();
    let convenience = format!(
        "For working with them, here are {groups} parts of similar customers; they are a convenience, not natural groups."
    );
    match (found.grouping(), &found.scales) {
        (Grouping::Parts, Some(scales)) if scales.menu.is_empty() => {
            format!("No borders found: these {customers} form a continuum. {convenience}\n")
        }
        (Grouping::Parts, Some(_)) => format!(
            "No borders found that are sure enough: these {customers} are rather a continuum. {convenience}\n"
        ),
        (Grouping::Parts, None) => {
            format!("These {customers} are too few to tell segments from chance. {convenience}\n")
        }
        (Grouping::Whole, _) => {
            format!("No segments in {customers}: no borders found, they form a continuum.\n")
        }
        _ => format!("{} in {customers}\n", counted(groups, "segment")),
    }
}

/// How sure: one line for each kind of evidence.
fn how_sure(text: &mut String, found: &Segmentation) {
    evidence::how_sure(
        text,
        found.grouping(),
        found.scales.as_ref(),
        found.level,
        SEGMENTS,
    );
}

/// Who they are and how large: one row each.
fn who_they_are(text: &mut String, found: &Segmentation) {
    let n = found.partition.len();
    let group = found.grouping().one();
    let mut rows = aligned(&["", group, "customers", "share", "stability", "what marks it"]);
    for (s, &size) in found.partition.sizes().iter().enumerate().take(LISTED) {
        let stability = found.stability.as_ref();
        rows.add_row([
            (s + 1).to_string(),
            printable(&found.profiles.names[s]),
            group_digits(size),
            format!("{:.0} %", 100.0 * size as f64 / n as f64),
            stability.map_or("-".to_owned(), |x| verdict(x.segments[s]).to_owned()),
            printable(&strongest(found, s as u32)),
        ]);
    }
    for column in [0, 2, 3] {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let _ = writeln!(text, "{}", rows.trim_fmt());
    if found.partition.n_groups() > LISTED {
        let _ = writeln!(
            text,
            " ... and {} smaller ones (segments.csv)",
            found.partition.n_groups() - LISTED
        );
    }
}

/// The two strongest marks of a segment, in words.
fn strongest(found: &Segmentation, segment: u32) -> String {
    let rows = marks(&found.profiles, segment);
    let said: Vec<String> = rows.into_iter().filter_map(phrase).take(2).collect();
    if said.is_empty() {
        "-".to_owned()
    } else {
        said.join("; ")
    }
}

fn bridges(text: &mut String, found: &Segmentation) {
    let many = found.grouping().many();
    let order = found.bridges();
    if order.is_empty() {
        let _ = writeln!(
            text,
            "No customer stands between two {many} (no bridge customers)."
        );
        return;
    }
    if found.grouping() == Grouping::Parts {
        let lie = if order.len() == 1 { "lies" } else { "lie" };
        let _ = writeln!(
            text,
            "{} ({}) {lie} where two parts meet: where a line was drawn through a continuum, and no bridges between groups.",
            counted(order.len(), "customer"),
            percent(order.len(), found.partition.len(), 1)
        );
        return;
    }
    let stand = if order.len() == 1 { "stands" } else { "stand" };
    let _ = writeln!(
        text,
        "{} ({}) {stand} between two {many}; the strongest:",
        counted(order.len(), "bridge customer"),
        percent(order.len(), found.partition.len(), 1)
    );
    explained(text, &found.bridge_notes);
}

/// What can be done with the files, and checked in them.
fn next_steps(text: &mut String, found: &Segmentation) {
    let (one, many) = (found.grouping().one(), found.grouping().many());
    let _ = writeln!(text, "What to do next");
    if found.partition.n_groups() > 1 {
        let _ = writeln!(
            text,
            "  Who they are: profiles.csv has every column for every {one}; the farther its effect is from 0, the more that column marks it"
        );
        let _ = writeln!(
            text,
            "  Who is in which: customers.csv, columns segment and segment_name{}",
            doubt::sure(found)
        );
        let bridges = found.bridges().len();
        if bridges > 0 {
            let _ = writeln!(
                text,
                "  Who is in between: customers.csv, bridge_score of {} and above ({}); bridge_from and bridge_to are the two {many}",
                crate::centrality::BRIDGE_SCORE,
                counted(bridges, "customer")
            );
        }
    }
    let others = evidence::other_numbers(found.scales.as_ref(), found.partition.n_groups());
    if let Some(first) = others.first() {
        let all: Vec<String> = others.iter().map(usize::to_string).collect();
        let _ = writeln!(
            text,
            "  Another number: --segments {first}; also supported: {} (levels.csv)",
            all.join(", ")
        );
    } else if found.grouping() == Grouping::Parts {
        let _ = writeln!(text, "  Another number: --segments N, for exactly N parts");
    }
    let _ = writeln!(
        text,
        "  See them: open network.gexf in Gephi; places and colors are set"
    );
}
