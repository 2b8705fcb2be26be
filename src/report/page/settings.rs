//! What was noticed, and what a repetition needs.

use super::super::view::View;
use super::super::words::printable;
use crate::segmentation::Grouping;
use crate::stability::Found;
use crate::text::group_digits;
use serde::Serialize;

/// Warnings on the page at most.
const WARNINGS: usize = 20;

/// The warning that says what one row is called.
const NAMES_A_ROW: &str = "total-row";

#[derive(Serialize)]
pub(in super::super) struct Setting {
    name: &'static str,
    value: String,
}

pub(super) fn warnings(view: &View<'_>) -> Vec<String> {
    let all = view.warnings.iter();
    let mut said: Vec<String> = all
        .clone()
        .take(WARNINGS)
        .map(|w| {
            if w.code == NAMES_A_ROW && !view.settings.customers {
                "one row looks like a sum of the others (summary.json says which)".to_owned()
            } else {
                printable(&w.message)
            }
        })
        .collect();
    if all.len() > WARNINGS {
        said.push(format!("and {} more (summary.json)", all.len() - WARNINGS));
    }
    said
}

pub(super) fn of(view: &View<'_>) -> Vec<Setting> {
    let mut out = Vec::new();
    let mut add = |name, value| out.push(Setting { name, value });
    add("Method", view.method.to_owned());
    if let Some(s) = view.table {
        let used = s.features.treatments.iter().filter(|t| t.used).count();
        add(
            "Columns compared",
            format!(
                "{} of {}",
                group_digits(used),
                group_digits(s.features.treatments.len())
            ),
        );
        add("Metric", format!("{:?}", s.metric).to_lowercase());
        add("Nearest neighbors", group_digits(s.n_neighbors));
        add("Edge weights", s.similarity.name().to_owned());
    }
    add("Nodes", group_digits(view.graph.n_nodes()));
    add("Edges", group_digits(view.graph.n_edges()));
    // Parts are of no resolution, nor is what was joined by where it lies.
    if view.grouping != Grouping::Parts && matches!(view.found, Found::Communities(_)) {
        let sampled = view.scales.is_some_and(|s| s.sampled);
        let of_which = if sampled { " among those looked at" } else { "" };
        add("Resolution", format!("{}{of_which}", view.resolution));
        if view.resolution > 0.0 && !sampled {
            add("Resolution in Gephi", format!("{:.3}", 1.0 / view.resolution));
        }
        if !sampled {
            add("Modularity at this resolution", format!("{:.3}", view.modularity));
        }
    }
    add("Seed", view.seed.to_string());
    add("Program", format!("kinfolk {}", env!("CARGO_PKG_VERSION")));
    out
}
