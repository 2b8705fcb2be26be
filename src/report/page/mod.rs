//! What the template is filled with: texts, numbers as people read them, and lengths of bars.

mod analyst;
mod curve;
mod levels;
mod means;
mod next;
mod segments;
mod settings;
mod sure;

use super::view::View;
use super::words;
use crate::profile::humanised;
use crate::segmentation::Grouping;
use crate::text::{counted, group_digits};
use serde::Serialize;

/// Groups described at most; the others are counted.
const DESCRIBED: usize = 12;

/// Everything on the page but the points of the maps.
#[derive(Serialize)]
pub(super) struct Page {
    title: String,
    /// What the title does not say yet.
    lead: Option<String>,
    verdict: &'static str,
    /// Whether groups are supported: `yes`, `no`, `unknown`.
    supported: &'static str,
    thing: &'static str,
    things: &'static str,
    group: &'static str,
    groups: &'static str,
    several: bool,
    with_customers: bool,
    with_profiles: bool,
    /// Whether there is a map of principal components.
    components: bool,
    structureless: &'static str,
    /// What was looked for, whatever was found.
    sought: &'static str,
    parts: bool,
    why: Why,
    found: segments::Section,
    sure: sure::Section,
    means: means::Section,
    next: next::Section,
    map: Option<analyst::MapNote>,
    heat: Option<analyst::Heat>,
    levels: Option<levels::Section>,
    comparison: Option<analyst::Comparison>,
    curve: Option<curve::Section>,
    columns: Option<analyst::Columns>,
    warnings: Vec<String>,
    settings: Vec<settings::Setting>,
    version: &'static str,
}

/// A group as it is named wherever it stands.
#[derive(Serialize)]
pub(super) struct Label {
    number: usize,
    name: Option<String>,
    color: String,
    ink: &'static str,
}

impl Label {
    fn of(view: &View<'_>, group: usize) -> Self {
        Label {
            number: group + 1,
            name: view.name(group),
            color: view.color(group),
            ink: view.ink(group),
        }
    }
}

pub(super) fn of(view: &View<'_>) -> Page {
    let (title, lead) = headline(view);
    let (verdict, supported) = match view.grouping {
        Grouping::Supported => ("Supported by every test", "yes"),
        Grouping::Unexamined => ("Not examined", "unknown"),
        Grouping::Parts if view.scales.is_none() => ("Too few to tell", "unknown"),
        Grouping::Parts | Grouping::Whole => ("Not supported", "no"),
    };
    Page {
        title,
        lead,
        verdict,
        supported,
        thing: view.thing,
        things: view.things,
        group: view.group,
        groups: view.groups,
        several: view.n_groups() > 1,
        with_customers: view.settings.customers,
        with_profiles: view.table.is_some() && view.n_groups() > 1,
        components: view.has_components(),
        structureless: view.words.structureless,
        sought: view.words.groups,
        parts: view.grouping == Grouping::Parts,
        why: why(view),
        found: segments::of(view),
        sure: sure::of(view),
        means: means::of(view),
        next: next::of(view),
        map: analyst::map_note(view),
        heat: analyst::heat(view),
        levels: levels::of(view),
        comparison: analyst::comparison(view),
        curve: curve::of(view),
        columns: analyst::columns(view),
        warnings: settings::warnings(view),
        settings: settings::of(view),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// The first sentence as title, the others below it.
fn headline(view: &View<'_>) -> (String, Option<String>) {
    let Some(s) = view.table else {
        let title = format!(
            "{} in {}",
            counted(view.n_groups(), "community"),
            counted(view.n(), "node")
        );
        return (title, None);
    };
    let text = words::headline(s);
    match text.split_once(". ") {
        Some((first, rest)) => (format!("{first}."), Some(rest.to_owned())),
        None => (text, None),
    }
}

/// Columns named on the first page.
const COLUMNS_NAMED: usize = 12;

/// What was compared, and how groups came of it.
#[derive(Serialize)]
struct Why {
    compared: String,
    /// The columns, which are written as they are.
    names: Option<String>,
    linked: String,
    groups: Vec<String>,
}

fn why(view: &View<'_>) -> Why {
    let things = counted(view.n(), view.thing);
    let (compared, names, linked) = match view.table {
        Some(s) => {
            let used: Vec<String> = (s.features.treatments.iter())
                .filter(|t| t.used)
                .map(|t| words::printable(&humanised(&t.column)))
                .collect();
            let more = match used.len().saturating_sub(COLUMNS_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let names = used[..used.len().min(COLUMNS_NAMED)].join(", ");
            (
                format!("{things} were compared by {}", counted(used.len(), "column")),
                Some(format!("{names}{more}")),
                format!(
                    "Each one is linked to the {} most like it.",
                    group_digits(s.n_neighbors)
                ),
            )
        }
        None => {
            let ties = counted(view.graph.n_edges(), "tie");
            (format!("{things} are joined by {ties}."), None, String::new())
        }
    };
    let links = if view.table.is_some() { "links" } else { "ties" };
    let looked = format!("Groups with many {links} inside and few to the rest");
    let mut groups = vec![match view.grouping {
        Grouping::Parts => format!(
            "{looked} were looked for. None stands apart clearly enough, so {} with similar values are put together for convenience.",
            view.things
        ),
        Grouping::Whole => format!("{looked} were looked for. None stands apart clearly enough."),
        _ => format!("{looked} are the {}.", view.words.groups),
    }];
    if view.is_found_by_itself() {
        groups.push("How many there are was found in the data, not set beforehand.".to_owned());
    }
    Why {
        compared,
        names,
        linked,
        groups,
    }
}
