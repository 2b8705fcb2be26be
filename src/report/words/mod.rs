//! Sentences that the closing words of a run and its report have in common, so that neither says what the other does not.

pub(crate) mod differing;
pub(crate) mod doubt;
pub(crate) mod evidence;

use crate::segmentation::{Grouping, Segmentation};
use crate::text::shown::{self, NAME, cut};
use crate::text::{counted, percent};

/// A name or sentence as people may see it: nothing that a terminal obeys, and no megabytes.
pub(crate) fn printable(text: &str) -> String {
    cut(&shown::printable(text), 2 * NAME).into_owned()
}

/// How many segments in how many customers, or that there are none.
pub(crate) fn headline(found: &Segmentation) -> String {
    let customers = counted(found.partition.len(), "customer");
    let groups = found.partition.n_groups();
    let convenience = format!(
        "For working with them, here are {groups} parts of similar customers; they are a convenience, not natural groups."
    );
    match (found.grouping(), &found.scales) {
        (Grouping::Parts, Some(scales)) if scales.menu.is_empty() => {
            format!("No borders found: these {customers} form a continuum. {convenience}")
        }
        (Grouping::Parts, Some(scales)) => match scales.exceptions() {
            Some(few) => format!(
                "No borders found but around {}: these {customers} are rather a continuum. {convenience}",
                counted(few, "customer")
            ),
            None => format!(
                "No borders found that are sure enough: these {customers} are rather a continuum. {convenience}"
            ),
        },
        (Grouping::Parts, None) => {
            format!("These {customers} are too few to tell segments from chance. {convenience}")
        }
        (Grouping::Whole, _) => {
            format!("No segments in {customers}: no borders found, they form a continuum.")
        }
        _ => format!("{} in {customers}", counted(groups, "segment")),
    }
}

/// How many customers stand between two segments, or lie where two parts meet.
pub(crate) fn between(found: &Segmentation) -> String {
    let many = found.grouping().many();
    let bridges = found.bridges().len();
    let part = percent(bridges, found.partition.len(), 1);
    if bridges == 0 {
        return format!("No customer stands between two {many} (no bridge customers).");
    }
    if found.grouping() == Grouping::Parts {
        let lie = if bridges == 1 { "lies" } else { "lie" };
        return format!(
            "{} ({part}) {lie} where two parts meet: where a line was drawn through a continuum, and no bridges between groups.",
            counted(bridges, "customer")
        );
    }
    let stand = if bridges == 1 { "stands" } else { "stand" };
    format!(
        "{} ({part}) {stand} between two {many}",
        counted(bridges, "bridge customer")
    )
}
