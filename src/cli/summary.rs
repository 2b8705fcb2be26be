//! The closing words: what a person reads in ten seconds.

use super::guesses::{aligned, printable};
use crate::num::group_digits;
use crate::profile::phrase;
use crate::segmentation::{BridgeNote, NetworkCommunities, Segmentation};
use crate::stability::{Scales, verdict};
use comfy_table::CellAlignment;
use std::fmt::Write as _;
use std::path::Path;

/// Segments beyond this many are counted, not listed.
const LISTED: usize = 20;
/// Below this probability a customer's segment is in doubt.
const IN_DOUBT: f64 = 0.75;
/// Pairs of segments listed that customers lie between.
const PAIRS: usize = 3;
/// Bridge customers named.
const NAMED: usize = 3;

/// What `kinfolk segment` found.
pub(super) fn of_segments(found: &Segmentation, folder: &Path) -> String {
    let n = found.partition.len();
    let mut text = headline(found.partition.n_groups(), "segment", n, "customers");
    if found.partition.n_groups() > 1 {
        let _ = writeln!(
            text,
            " ({}, {} neighbors, resolution {}{}, modularity {:.3})",
            found.method,
            found.n_neighbors,
            found.resolution,
            in_gephi(found.resolution),
            found.modularity
        );
    } else {
        text.push('\n');
    }
    evidence(&mut text, found.scales.as_ref(), found.level, SEGMENTS);
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
    boundary(&mut text, found);
    comparison(&mut text, found);
    let _ = writeln!(
        text,
        "Written to {}: customers.csv, segments.csv, profiles.csv, features.csv, comparison.csv, segment_map.csv, summary.json, and network.gexf and segment_map.gexf for Gephi",
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
        " ({}, resolution {}{}, modularity {:.5})",
        found.method,
        found.resolution,
        in_gephi(found.resolution),
        found.modularity
    );
    evidence(&mut text, found.scales.as_ref(), found.level, COMMUNITIES);
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

/// The same resolution in Gephi's dialog, which runs the other way.
fn in_gephi(resolution: f64) -> String {
    if resolution > 0.0 {
        format!(" = {:.3} in Gephi", 1.0 / resolution)
    } else {
        String::new()
    }
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

/// What is divided and into what, in words.
struct Words {
    groups: &'static str,
    things: &'static str,
    left_out: &'static str,
}

const SEGMENTS: Words = Words {
    groups: "segments",
    things: "customers",
    left_out: "a fifth",
};
const COMMUNITIES: Words = Words {
    groups: "communities",
    things: "networks of these degrees",
    left_out: "a fifth of the ties",
};

/// Why this number of segments, and what else is supported.
fn evidence(text: &mut String, scales: Option<&Scales>, level: Option<usize>, words: Words) {
    let Some(scales) = scales else {
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
    let _ = match level.map(|l| &scales.levels[l]) {
        Some(level) if level.supported => writeln!(
            text,
            "Supported: {:.0} % as much border as structureless {} have, agreement {:.2} when {} is left out. Supported numbers: {}",
            100.0 * level.border_ratio.unwrap_or(f64::NAN),
            words.things,
            level.stability.unwrap_or(f64::NAN),
            words.left_out,
            counts.join(", ")
        ),
        Some(_) => writeln!(
            text,
            "Not supported: the data give no evidence for these {}",
            words.groups
        ),
        None => writeln!(
            text,
            "No {} supported: nothing here is more than chance would give",
            words.groups
        ),
    };
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
}

/// Why the first bridges are bridges.
fn explained(text: &mut String, notes: &[BridgeNote]) {
    for note in notes.iter().take(NAMED) {
        let _ = writeln!(text, "  {}", printable(&note.explanation));
    }
}

/// Customers whose segment is in doubt, and the pairs of segments that most of them lie between.
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
    let share = |count: usize| 100.0 * count as f64 / found.partition.len() as f64;
    if doubtful == 0 {
        let _ = writeln!(
            text,
            "No customer lies between two segments: at least three in four samples put each into its own."
        );
        return;
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    // Equals in the order of the segments: the sort is stable.
    pairs.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let name = |segment: u32| {
        format!(
            "{} ({})",
            segment + 1,
            printable(&found.profiles.names[segment as usize])
        )
    };
    let _ = writeln!(
        text,
        "{} customers ({:.1} %) lie between segments: fewer than three in four samples put them into theirs",
        group_digits(doubtful),
        share(doubtful)
    );
    for ((a, b), count) in pairs.into_iter().take(PAIRS) {
        let _ = writeln!(
            text,
            "  {} ({:.1} %) between {} and {}",
            group_digits(count),
            share(count),
            name(a),
            name(b)
        );
    }
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
