//! Pictures for slides: SVG of 1280 × 720, and the legend alone, from what the page is filled with.

mod moved;
#[cfg(feature = "png")]
mod png;

pub use moved::{MOVED_FIGURE, moved_figure};
#[cfg(feature = "png")]
pub use png::PngPainter;

use super::ReportSettings;
use super::drawing;
use super::page;
use super::view::View;
use crate::segmentation::{Grouping, NetworkCommunities, Segmentation};
use crate::{Error, Result};
use minijinja::{AutoEscape, Environment, Value, context, syntax::SyntaxConfig, value::Serde};

/// The names of all figures that there may be.
pub const FIGURES: [&str; 6] = [
    "figure_segments.svg",
    "figure_network.svg",
    "figure_levels.svg",
    "figure_map.svg",
    "figure_clusters.svg",
    "figure_legend.svg",
];

const TEMPLATES: [(&str, &str); 7] = [
    ("figure_segments.svg", include_str!("segments.svg")),
    ("figure_network.svg", include_str!("network.svg")),
    ("figure_levels.svg", include_str!("levels.svg")),
    ("figure_map.svg", include_str!("map.svg")),
    ("figure_clusters.svg", include_str!("clusters.svg")),
    ("figure_legend.svg", include_str!("legend_alone.svg")),
    ("legend", include_str!("legend.svg")),
];

/// Rows of the figure of sizes.
const ROWS: usize = 8;
/// Where they stand, from the top.
const ROWS_HIGH: usize = 536;

/// Pictures of a segmentation by file name: sizes with marks, the network, the levels where some were examined, the map of
/// segments where there are several, k-means by its number of clusters where that was asked for, and the legend alone. The same rules of privacy as for the [report](super::write_report).
///
/// # Errors
/// Never for a segmentation that was found; a broken template.
pub fn figures(found: &Segmentation, settings: ReportSettings) -> Result<Vec<(&'static str, String)>> {
    drawn(&View::of_segments(found, settings))
}

/// Pictures of communities, as [`figures`].
///
/// # Errors
/// As [`figures`].
pub fn communities_figures(
    found: &NetworkCommunities,
    settings: ReportSettings,
) -> Result<Vec<(&'static str, String)>> {
    drawn(&View::of_communities(found, &found.warnings, settings))
}

fn drawn(view: &View<'_>) -> Result<Vec<(&'static str, String)>> {
    let broken = |e: minijinja::Error| Error::data(format!("the figures cannot be written: {e}"));
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    environment.set_syntax(syntax.map_err(broken)?);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text).map_err(broken)?;
    }
    let page = Value::from(Serde(page::of(view)));
    let rows = view.n_groups().min(ROWS);
    let title_length = page
        .get_attr("title")
        .map_err(broken)?
        .to_string()
        .chars()
        .count();
    let has_curve = !page.get_attr("curve").map_err(broken)?.is_none();
    let filled = context! {
        page,
        rows,
        height => (ROWS_HIGH / rows.max(1)).min(90),
        more => view.n_groups() - rows,
        // Long titles are set smaller, so that they stay on the picture.
        size => if title_length > 44 { 26 } else { 44 },
        note => ring_note(view),
        points => Value::from(Serde(drawing::dots(view))),
    };
    let mut out = Vec::new();
    for name in FIGURES {
        let wanted = match name {
            "figure_network.svg" => !view.layout.is_empty(),
            "figure_levels.svg" => view.scales.is_some(),
            "figure_clusters.svg" => has_curve,
            "figure_map.svg" => !view.layout.is_empty() && view.n_groups() > 1,
            _ => true,
        };
        if wanted {
            let template = environment.get_template(name).map_err(broken)?;
            out.push((name, template.render(&filled).map_err(broken)?));
        }
    }
    Ok(out)
}

/// What the rings on the network mean; nothing where there are none.
fn ring_note(view: &View<'_>) -> String {
    match (view.positions.map_or(0, |p| p.bridges().len()), view.grouping) {
        (0, _) => String::new(),
        (_, Grouping::Parts) => "Dots with a dark ring lie where two parts meet.".to_owned(),
        _ => format!("Dots with a dark ring stand between two {}.", view.groups),
    }
}
