//! What `kinfolk communities` found.

use super::super::guesses::printable;
use super::{LISTED, NAMED, explained, in_gephi};
use crate::report::words::evidence::{self, COMMUNITIES};
use crate::segmentation::NetworkCommunities;
use crate::text::counted;
use crate::text::group_digits;
use std::fmt::Write as _;
use std::path::Path;

/// What `kinfolk communities` found.
pub(in super::super) fn of_communities(found: &NetworkCommunities, folder: &Path) -> String {
    let groups = found.partition.n_groups();
    let nodes = counted(found.partition.len(), "node");
    let mut text = format!("{} in {nodes}\n", counted(groups, "community"));
    evidence::how_sure(
        &mut text,
        found.grouping(),
        found.scales.as_ref(),
        found.level,
        COMMUNITIES,
    );
    let sizes: Vec<String> = found
        .partition
        .sizes()
        .iter()
        .take(LISTED)
        .map(|&s| group_digits(s))
        .collect();
    let more = if groups > LISTED { ", ..." } else { "" };
    let _ = writeln!(text, "Sizes: {}{more}", sizes.join(", "));
    bridges(&mut text, found);
    let others = evidence::other_numbers(found.scales.as_ref(), groups);
    if !others.is_empty() {
        let all: Vec<String> = others.iter().map(usize::to_string).collect();
        let _ = writeln!(text, "Also supported: {} (levels.csv)", all.join(", "));
    }
    let _ = writeln!(
        text,
        "Technical: {}, resolution {}{}, modularity at this resolution {:.5}, {}",
        found.method,
        found.resolution,
        in_gephi(found.resolution),
        found.modularity,
        match found.trials {
            1 => format!("seed {}", found.seed),
            trials => format!("the best of {trials} seeds from {} on", found.seed),
        }
    );
    let _ = writeln!(text, "Written to {}", folder.display());
    text
}

fn bridges(text: &mut String, found: &NetworkCommunities) {
    let Some(positions) = &found.positions else {
        return;
    };
    let order = positions.bridges();
    if found.partition.n_groups() < 2 {
        let _ = writeln!(text, "One community: there is nothing to bridge.");
        return;
    }
    if order.is_empty() {
        let _ = writeln!(text, "No node stands between two communities.");
        return;
    }
    let named: Vec<String> = order
        .iter()
        .take(NAMED)
        .filter_map(|&i| {
            let (from, to) = positions.bridge_pair[i as usize]?;
            let node = printable(&found.nodes[i as usize]);
            Some(format!("{node} ({} and {})", from + 1, to + 1))
        })
        .collect();
    let stand = if order.len() == 1 { "stands" } else { "stand" };
    let _ = writeln!(
        text,
        "{} {stand} between two communities, most of all {}",
        counted(order.len(), "node"),
        named.join(", ")
    );
    explained(text, &found.bridge_notes);
}
