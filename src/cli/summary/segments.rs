//! What `kinfolk segment` found.

use super::super::guesses::{aligned, printable};
use super::{Also, LISTED, explained, technical};
use crate::profile::{SegmentRules, USABLE, marks, phrase};
use crate::report::words::{self, doubt, evidence};
use crate::segmentation::{Grouping, Segmentation};
use crate::stability::verdict;
use crate::text::counted;
use crate::text::{group_digits, percent};
use comfy_table::CellAlignment;
use std::fmt::Write as _;
use std::path::Path;

/// What `kinfolk segment` found, and wrote beside the tables.
pub(in super::super) fn of_segments(found: &Segmentation, folder: &Path, also: Also<'_>) -> String {
    let mut text = format!("{}\n", words::headline(found));
    how_sure(&mut text, found);
    text.push('\n');
    who_they_are(&mut text, found);
    if found.partition.n_groups() > 1 {
        text.push('\n');
        bridges(&mut text, found);
        doubt::boundary(&mut text, found);
    }
    text.push('\n');
    next_steps(&mut text, found, also);
    if also.model {
        let _ = writeln!(
            text,
            "  New customers: kinfolk assign {} NEW.csv puts them into these {}",
            folder.display(),
            found.grouping().many()
        );
    }
    if let Some(rules) = also.rules {
        rules_for_others(&mut text, rules);
    }
    text.push('\n');
    technical::of_segments(&mut text, found);
    let others = if found.baselines.is_empty() {
        ""
    } else {
        "crosstab.csv, moved.csv, baseline_profiles.csv, "
    };
    let curve = if found.baselines.iter().any(|b| b.curve.is_some()) {
        "k_means_curve.csv, "
    } else {
        ""
    };
    let tree = if found.baselines.iter().any(|b| !b.merges.is_empty()) {
        "dendrogram.csv, "
    } else {
        ""
    };
    let pairs = if found.associations.is_empty() {
        ""
    } else {
        "associations.csv, "
    };
    let crosstab = format!("{others}{curve}{tree}{pairs}");
    let levels = if found.scales.is_some() {
        "levels.csv, "
    } else {
        ""
    };
    let rules = if also.rules.is_some() {
        "rules.csv, rules.txt, rules.sql, decision_table.csv, "
    } else {
        ""
    };
    let names = if also.names { "names.toml, " } else { "" };
    let report = if also.report { "report.html, " } else { "" };
    let model = if also.model { "model.kinfolk, " } else { "" };
    let gexf = also.gexf.map_or(String::new(), |name| format!("{name} and "));
    let others: String = also.others.iter().map(|name| format!("{name}, ")).collect();
    let _ = writeln!(
        text,
        "\nWritten to {}: {report}customers.csv, segments.csv, profiles.csv, features.csv, comparison.csv, {crosstab}{levels}segment_map.csv, {names}{rules}{model}{others}summary.json, run.json, and {gexf}segment_map.gexf for Gephi",
        folder.display()
    );
    text
}

/// How good the rules are.
fn rules_for_others(text: &mut String, rules: &SegmentRules) {
    let usable = rules.each.iter().filter(|own| own.is_usable()).count();
    let _ = writeln!(
        text,
        "  As rules: rules.txt, and rules.sql for a database; {usable} of {} have a precision of {USABLE} and above, and the list of them is right for {} of {} that no rule was learned on",
        rules.each.len(),
        percent(rules.right(), rules.held_out, 1),
        counted(rules.held_out, "customer")
    );
}

/// The part of it that names no customer, for a model.
pub(in super::super) fn without_customers(found: &Segmentation) -> String {
    let mut text = format!("{}\n", words::headline(found));
    how_sure(&mut text, found);
    text.push('\n');
    who_they_are(&mut text, found);
    text.push('\n');
    technical::of_segments(&mut text, found);
    text
}

/// How sure: one line for each kind of evidence.
fn how_sure(text: &mut String, found: &Segmentation) {
    evidence::how_sure(
        text,
        found.grouping(),
        found.scales.as_ref(),
        found.level,
        evidence::SEGMENTS,
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

/// Who stands in between, and why the strongest do.
fn bridges(text: &mut String, found: &Segmentation) {
    let between = words::between(found);
    if found.grouping() == Grouping::Parts || found.bridges().is_empty() {
        let _ = writeln!(text, "{between}");
        return;
    }
    let _ = writeln!(text, "{between}; the strongest:");
    explained(text, &found.bridge_notes);
}

/// What can be done with the files, and checked in them.
fn next_steps(text: &mut String, found: &Segmentation, also: Also<'_>) {
    let (one, many) = (found.grouping().one(), found.grouping().many());
    let _ = writeln!(text, "What to do next");
    if also.report {
        let _ = writeln!(text, "  Read and show it: open report.html in a browser");
    }
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
    if let Some(gexf) = also.gexf {
        let _ = writeln!(
            text,
            "  See them: open {gexf} in Gephi; places and colors are set"
        );
    }
}
