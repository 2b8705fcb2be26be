//! A finished [`Segmentation`] as a page for people: `report.html`, one file without any link to the outside.
//!
//! | file here | what it holds |
//! |---|---|
//! | `template.html`, `style.css`, `map.js` | how the page looks and moves |
//! | `page/` | what the template is filled with, part by part |
//! | `drawing.rs` | the points and ties that the maps draw |
//! | `figures/` | pictures for slides, from the same values |
//! | `words/` | sentences shared with the closing words of a run |
//!
//! No customer and no identifier is on the page unless [`ReportSettings::customers`] asks for them, and groups of fewer than
//! ten customers are counted, not described. The same value gives the same bytes. Up to 20,000 customers
//! are drawn; of more, so many spread evenly, and the page says so.
//!
//! The page leans on nothing but the browser: no network, no fonts, no libraries. Numbers are written as in English and
//! rewritten by the page itself where the browser's language has other marks.

mod drawing;
mod figures;
mod page;
mod view;
pub(crate) mod words;

#[cfg(feature = "png")]
pub use figures::PngPainter;
pub use figures::{FIGURES, MOVED_FIGURE, communities_figures, figures, moved_figure};

use crate::segmentation::{Differing, NetworkCommunities, Segmentation};
use crate::{Error, Result, Warning};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Serde};
use std::io::Write;
use view::View;

/// Smaller groups are counted, not described, unless customers may be shown.
pub(crate) const LEAST_DESCRIBED: usize = Differing::LEAST_DESCRIBED;
/// Points drawn at most.
const MOST_POINTS: usize = 20_000;

const TEMPLATE: &str = include_str!("template.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("map.js");

/// What may be on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportSettings {
    /// Whether identifiers and values of single customers may be. Default false.
    pub customers: bool,
}

/// Writes the report of a segmentation. `O(n d + m log m)` for n customers, d coordinates and m ties.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_report(found: &Segmentation, settings: ReportSettings, out: impl Write) -> Result<()> {
    write_page(&View::of_segments(found, settings), out)
}

/// Writes the report of the communities of a network; `warnings` stand in for those of `found`, which writing other files may have
/// added to.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_communities_report(
    found: &NetworkCommunities,
    warnings: &[Warning],
    settings: ReportSettings,
    out: impl Write,
) -> Result<()> {
    write_page(&View::of_communities(found, warnings, settings), out)
}

fn write_page(view: &View<'_>, mut out: impl Write) -> Result<()> {
    let broken = |e: minijinja::Error| Error::data(format!("the report cannot be written: {e}"));
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    environment.set_syntax(syntax.map_err(broken)?);
    environment
        .add_template("report.html", TEMPLATE)
        .map_err(broken)?;
    let template = environment.get_template("report.html").map_err(broken)?;
    let page = page::of(view);
    let page = Value::from(Serde(page));
    let data = in_script(&drawing::of(view))?;
    let html = template
        .render(minijinja::context! { page, data, style => STYLE, script => SCRIPT })
        .map_err(broken)?;
    out.write_all(html.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|e| Error::io("the report", "cannot be written", e))
}

/// JSON that ends no script and opens no comment.
fn in_script(value: &impl serde::Serialize) -> Result<String> {
    let json = serde_json::to_string(value)
        .map_err(|e| Error::data(format!("the report cannot be written: {e}")))?;
    Ok(json
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_the_script() -> Result<()> {
        let names = ["</script><script>alert(1)</script>", "<!--", "a & b"];
        let json = in_script(&names)?;
        assert!(!json.contains(['<', '>', '&']), "{json}");
        let back: Vec<String> = serde_json::from_str(&json).expect("still JSON");
        assert_eq!(back, names);
        Ok(())
    }
}
