//! What is refused rather than written.

use super::{GexfColumn, GexfNetwork};
use crate::Error;
use crate::Result;
use crate::table::surely_all_different;
use rustc_hash::FxHashSet;

/// Refuses nodes that some reader would merge, drop or choke on.
pub(in super::super) fn check_nodes(network: &GexfNetwork<'_>) -> Result<()> {
    let n = network.ids.len();
    let optional = |length: usize| length == 0 || length == n;
    let fits = optional(network.labels.len())
        && optional(network.labelled.len())
        && optional(network.colors.len())
        && optional(network.positions.len())
        && optional(network.sizes.len())
        && network.node_columns.iter().all(|c| c.values.len() == n);
    if !fits {
        return Err(Error::data(format!(
            "not all that is said of {n} nodes has {n} entries"
        )));
    }
    let ids = &network.ids;
    let mut seen = FxHashSet::default();
    let different = surely_all_different(n, |i| ids[i].trim());
    // Only where something is wrong does it matter what comes first.
    for id in ids.iter().filter(|id| !different || id.trim().is_empty()) {
        if id.trim().is_empty() {
            return Err(Error::data("a node has an empty id"));
        }
        if !seen.insert(id.trim()) {
            return Err(Error::data(format!("two nodes have the id \"{id}\"")));
        }
    }
    if let Some(i) = network
        .positions
        .iter()
        .position(|p| !p.iter().all(|x| x.is_finite()))
    {
        return Err(Error::data(format!(
            "node \"{}\" has no finite place",
            &network.ids[i]
        )));
    }
    if let Some(i) = network.sizes.iter().position(|s| !(s.is_finite() && *s > 0.0)) {
        return Err(Error::data(format!(
            "node \"{}\" has the size {}",
            &network.ids[i], network.sizes[i]
        )));
    }
    check_columns(&network.node_columns)
}

fn check_columns(columns: &[GexfColumn<'_>]) -> Result<()> {
    let mut seen = FxHashSet::default();
    for column in columns {
        for name in [(0, column.id.to_lowercase()), (1, column.title.to_lowercase())] {
            if name.1.trim().is_empty() || !seen.insert(name) {
                return Err(Error::data("a column's id or title is empty or stands twice")
                    .in_column(column.title.clone()));
            }
        }
    }
    Ok(())
}

/// Refuses edges that some reader would drop or add up.
pub(in super::super) fn check_edges(network: &GexfNetwork<'_>) -> Result<()> {
    let (n, m) = (network.ids.len(), network.edges.len());
    let colors = network.edge_colors.len();
    if !(colors == 0 || colors == m) || network.edge_columns.iter().any(|c| c.values.len() != m) {
        return Err(Error::data(format!(
            "not all that is said of {m} edges has {m} entries"
        )));
    }
    for &(a, b, weight) in &network.edges {
        if a as usize >= n || b as usize >= n {
            return Err(Error::data(format!("an edge names node {} of {n}", a.max(b))));
        }
        if !(weight.is_finite() && weight > 0.0) {
            let ids = (&network.ids[a as usize], &network.ids[b as usize]);
            return Err(Error::data(format!(
                "the edge \"{}\" to \"{}\" has the weight {weight}",
                ids.0, ids.1
            )));
        }
    }
    let pair = |&(a, b, _): &(u32, u32, f64)| (a.min(b), a.max(b));
    // Edges of a graph arrive sorted.
    if network.edges.is_sorted_by(|x, y| pair(x) < pair(y)) {
        return check_columns(&network.edge_columns);
    }
    let mut pairs: Vec<(u32, u32)> = network.edges.iter().map(pair).collect();
    pairs.sort_unstable();
    if let Some(pair) = pairs.windows(2).find(|w| w[0] == w[1]) {
        let (a, b) = pair[0];
        let ids = (&network.ids[a as usize], &network.ids[b as usize]);
        return Err(Error::data(format!(
            "the edge \"{}\" to \"{}\" stands twice",
            ids.0, ids.1
        )));
    }
    check_columns(&network.edge_columns)
}
