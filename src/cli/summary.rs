//! The closing words: what a person reads in ten seconds.

use super::guesses::{aligned, printable};
use crate::num::group_digits;
use crate::profile::phrase;
use crate::segmentation::{BridgeNote, NetworkCommunities, Segmentation};
use crate::stability::verdict;
use comfy_table::CellAlignment;
use std::fmt::Write as _;
use std::path::Path;

/// Segments beyond this many are counted, not listed.
const LISTED: usize = 20;
/// Below this probability a customer's segment is in doubt.
const IN_DOUBT: f64 = 0.75;
/// Bridge customers named.
const NAMED: usize = 3;

/// What `kinfolk segment` found.
pub(super) fn of_segments(found: &Segmentation, folder: &Path) -> String {
    let n = found.partition.len();
    let mut text = headline(found.partition.n_groups(), "segment", n, "customers");
    if found.partition.n_groups() > 1 {
        let _ = writeln!(
            text,
            " ({}, {} neighbors, resolution {} = {:.3} in Gephi, modularity {:.3})",
            found.method,
            found.n_neighbors,
            found.resolution,
            1.0 / found.resolution,
            found.modularity
        );
    } else {
        text.push('\n');
    }
    evidence(&mut text, found);
    text.push('\n');

    let mut rows = aligned(&["", "segment", "customers", "share", "stability", "what marks it"]);
    for (s, &size) in found.partition.sizes().iter().enumerate().take(LISTED) {
        rows.add_row([
            (s + 1).to_string(),
            printable(&found.profiles.names[s]),
            group_digits(size),
            format!("{:.0} %", 100.0 * size as f64 / n as f64),
            found
                .stability
                .as_ref()
                .map_or("-".to_owned(), |x| verdict(x.segments[s]).to_owned()),
            printable(&marks(found, s as u32)),
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
    text.push('\n');
    bridges(&mut text, found);
    comparison(&mut text, found);
    let _ = writeln!(
        text,
        "Written to {}: customers.csv, segments.csv, profiles.csv, comparison.csv, segment_map.csv, summary.json, and network.gexf and segment_map.gexf for Gephi",
        folder.display()
    );
    text
}

/// What `kinfolk communities` found.
pub(super) fn of_communities(found: &NetworkCommunities, folder: &Path) -> String {
    let n = found.partition.len();
    let mut text = headline(found.partition.n_groups(), "community", n, "nodes");
    let _ = writeln!(
        text,
        " ({}, resolution {} = {:.3} in Gephi, modularity {:.5})",
        found.method,
        found.resolution,
        1.0 / found.resolution,
        found.modularity
    );
    let sizes: Vec<String> = found
        .partition
        .sizes()
        .iter()
        .take(LISTED)
        .map(|&s| group_digits(s))
        .collect();
    let more = if found.partition.n_groups() > LISTED {
        ", ..."
    } else {
        ""
    };
    let _ = writeln!(text, "Sizes: {}{more}", sizes.join(", "));
    if let Some(positions) = &found.positions {
        let order = positions.bridges(&found.nodes);
        if found.partition.n_groups() < 2 {
            let _ = writeln!(text, "One community: there is nothing to bridge.");
        } else if order.is_empty() {
            let _ = writeln!(text, "No node stands between two communities.");
        } else {
            let named: Vec<String> = order
                .iter()
                .take(NAMED)
                .filter_map(|&i| {
                    let (from, to) = positions.bridge_pair[i as usize]?;
                    Some(format!(
                        "{} ({} and {})",
                        printable(&found.nodes[i as usize]),
                        from + 1,
                        to + 1
                    ))
                })
                .collect();
            let _ = writeln!(
                text,
                "{} nodes stand between two communities, most of all {}",
                group_digits(order.len()),
                named.join(", ")
            );
            explained(&mut text, &found.bridge_notes);
        }
    }
    let _ = writeln!(text, "Written to {}", folder.display());
    text
}

fn headline(groups: usize, one: &str, n: usize, things: &str) -> String {
    let many = if groups == 1 {
        one.to_owned()
    } else if let Some(stem) = one.strip_suffix('y') {
        format!("{stem}ies")
    } else {
        format!("{one}s")
    };
    format!("{} {many} in {} {things}", group_digits(groups), group_digits(n))
}

/// The two strongest marks of a segment, in words.
fn marks(found: &Segmentation, segment: u32) -> String {
    let mut rows: Vec<_> = found
        .profiles
        .rows
        .iter()
        .filter(|r| r.segment == segment && r.effect.is_finite())
        .collect();
    rows.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()));
    let mut said: Vec<&str> = Vec::new();
    let mut phrases = Vec::new();
    for row in rows {
        if !said.contains(&row.column.as_str()) && row.effect != 0.0 {
            said.push(&row.column);
            phrases.push(phrase(row));
        }
        if phrases.len() == 2 {
            break;
        }
    }
    phrases.join("; ")
}

/// Why this number of segments, and what else is supported.
fn evidence(text: &mut String, found: &Segmentation) {
    let Some(scales) = &found.scales else {
        return;
    };
    let mut counts: Vec<usize> = scales
        .menu
        .iter()
        .map(|&l| scales.levels[l].partition.n_groups())
        .collect();
    counts.sort_unstable();
    counts.dedup();
    let counts: Vec<String> = counts.iter().map(usize::to_string).collect();
    match found.level.map(|l| &scales.levels[l]) {
        Some(level) if level.supported => {
            let _ = writeln!(
                text,
                "Supported: {:.0} % as much border as structureless customers have, agreement {:.2} when a fifth is left out. Supported numbers: {}",
                100.0 * level.border_ratio.unwrap_or(f64::NAN),
                level.stability.unwrap_or(f64::NAN),
                counts.join(", ")
            );
        }
        Some(_) => {
            let _ = writeln!(
                text,
                "Not supported: the data give no evidence for these segments"
            );
        }
        None => {
            let _ = writeln!(
                text,
                "No segments supported: nothing here is more than chance would give"
            );
        }
    }
}

fn bridges(text: &mut String, found: &Segmentation) {
    if found.partition.n_groups() < 2 {
        let _ = writeln!(text, "One segment: there is nothing to bridge.");
        return;
    }
    let order = found.bridges();
    if order.is_empty() {
        let _ = writeln!(text, "No customer stands between two segments.");
        return;
    }
    let named: Vec<String> = order
        .iter()
        .take(NAMED)
        .filter_map(|&i| {
            let (from, to) = found.positions.bridge_pair[i as usize]?;
            Some(format!(
                "{} ({} and {})",
                printable(&found.table.ids[i as usize]),
                from + 1,
                to + 1
            ))
        })
        .collect();
    let _ = writeln!(
        text,
        "{} bridge customers ({:.1} %) stand between two segments, most of all {}",
        group_digits(order.len()),
        100.0 * order.len() as f64 / found.partition.len() as f64,
        named.join(", ")
    );
    explained(text, &found.bridge_notes);
    boundary(text, found);
}

/// Why the first bridges are bridges.
fn explained(text: &mut String, notes: &[BridgeNote]) {
    for note in notes.iter().take(NAMED) {
        let _ = writeln!(text, "  {}", printable(&note.explanation));
    }
}

/// Customers whose segment is in doubt, and the pair of segments that most of them lie between.
fn boundary(text: &mut String, found: &Segmentation) {
    let Some(stability) = &found.stability else {
        return;
    };
    let mut pairs = std::collections::BTreeMap::new();
    let mut doubtful = 0usize;
    for (i, &p) in stability.probability.iter().enumerate() {
        if p < IN_DOUBT {
            doubtful += 1;
            if let Some(second) = stability.second[i] {
                let own = found.partition.labels()[i];
                *pairs.entry((own.min(second), own.max(second))).or_insert(0usize) += 1;
            }
        }
    }
    if doubtful == 0 {
        return;
    }
    let share = 100.0 * doubtful as f64 / found.partition.len() as f64;
    let _ = write!(
        text,
        "{} customers ({share:.1} %) belong to their segment with less than three in four samples",
        group_digits(doubtful)
    );
    // The lowest pair of equals.
    if let Some((&(a, b), count)) = pairs.iter().rev().max_by_key(|(_, count)| **count) {
        let _ = write!(
            text,
            "; {} of them lie between {} and {}",
            group_digits(*count),
            a + 1,
            b + 1
        );
    }
    text.push('\n');
}

fn comparison(text: &mut String, found: &Segmentation) {
    let Some((graph, others)) = found.comparison.split_first() else {
        return;
    };
    if graph.n_clusters < 2 {
        return;
    }
    for other in others {
        let _ = write!(
            text,
            "{} with {} clusters: adjusted Rand {:.2} with these segments; silhouette {} against {}",
            other.method,
            other.n_clusters,
            other.ari_with_graph,
            two_digits(other.silhouette),
            two_digits(graph.silhouette)
        );
        if let (Some(theirs), Some(ours)) = (other.ari_with_truth, graph.ari_with_truth) {
            let _ = write!(text, "; with the known grouping {theirs:.2} against {ours:.2}");
        }
        text.push('\n');
    }
}

fn two_digits(x: f64) -> String {
    if x.is_finite() {
        format!("{x:.2}")
    } else {
        "undefined".to_owned()
    }
}
