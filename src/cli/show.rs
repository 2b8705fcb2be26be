//! `kinfolk show`: what a result or a model holds.

use super::screen::Screen;
use crate::model::{About, Held, Model};
use crate::num::{format_number, round_significant};
use crate::text::{group_digits, iso_day, size_in_words};
use crate::{Error, Result};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The model in a folder of results.
const MODEL: &str = "model.kinfolk";
/// Columns beyond this many are counted, not listed.
const LISTED: usize = 60;

pub(super) fn run(path: &Path, screen: &Screen) -> Result<()> {
    let (file, model) = match model(path) {
        Err(_) if path.is_dir() && !path.join(MODEL).exists() => {
            return screen.print_words(&of_folder(path)?);
        }
        found => found?,
    };
    let bytes = std::fs::metadata(&file).map_or(0, |m| m.len());
    screen.print_words(&of_model(&file, bytes, &model.about))
}

/// The model of a path, or in a folder, and where it is.
pub(super) fn model(path: &Path) -> Result<(PathBuf, Model)> {
    let file = if path.is_dir() {
        path.join(MODEL)
    } else {
        path.to_owned()
    };
    let bytes = std::fs::read(&file).map_err(|e| {
        let absent = e.kind() == std::io::ErrorKind::NotFound;
        let error = Error::io(&file, "cannot be read", e);
        if absent {
            error.hint("kinfolk segment writes it, unless --no-model is added")
        } else {
            error
        }
    })?;
    let model = Model::read(&file.display().to_string(), &bytes)?;
    Ok((file, model))
}

fn of_model(file: &Path, bytes: u64, about: &About) -> String {
    let mut text = format!(
        "{}: a model of {} customers in {} {}, written by kinfolk {} ({})\n",
        file.display(),
        group_digits(about.customers),
        about.segments.len(),
        about.groups,
        about.version,
        size_in_words(bytes)
    );
    let _ = writeln!(
        text,
        "Kept: {} different customers by {} coordinates, with segment and probability; no identifiers",
        group_digits(about.kept),
        group_digits(about.coordinates)
    );
    let _ = writeln!(
        text,
        "New customers: the {} nearest vote; p-values rest on {} of its customers\n",
        about.n_neighbors,
        group_digits(about.tested)
    );
    let mut rows = super::guesses::aligned(&["column", "type", "among its customers"]);
    for column in about.columns.iter().take(LISTED) {
        let (kind, held) = held(&column.values);
        rows.add_row([super::guesses::printable(&column.column), kind.to_owned(), held]);
    }
    text.push_str(&rows.trim_fmt());
    if about.columns.len() > LISTED {
        let _ = write!(text, "\n ... and {} more", about.columns.len() - LISTED);
    }
    text.push_str("\n\n");
    text.push_str(&about.summary);
    text
}

/// The type of a column and its values in words.
fn held(values: &Held) -> (&'static str, String) {
    let number = |x: f64| {
        let text = format_number(round_significant(x, 6)).unwrap_or_default();
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    let day = |x: f64| iso_day(x).unwrap_or_else(|| format!("day {x}"));
    match values {
        Held::Number(span) => (
            "number",
            format!("{} to {}", number(span.lowest), number(span.highest)),
        ),
        Held::Date(span) => ("date", format!("{} to {}", day(span.lowest), day(span.highest))),
        Held::Category(levels) => {
            const SHOWN: usize = 5;
            let shown: Vec<String> = levels
                .iter()
                .take(SHOWN)
                .map(|l| super::guesses::printable(l))
                .collect();
            let more = match levels.len() {
                n if n > SHOWN => format!(" and {} more", n - SHOWN),
                _ => String::new(),
            };
            ("category", format!("{}{more}", shown.join(", ")))
        }
    }
}

/// What a folder without a model says of itself: communities of a network, or segments written with `--no-model`.
fn of_folder(folder: &Path) -> Result<String> {
    let file = folder.join("summary.json");
    let nothing = |e| {
        Error::io(&file, "cannot be read", e)
            .hint("name a folder that kinfolk segment or communities wrote, or a model")
    };
    let text = std::fs::read_to_string(&file).map_err(nothing)?;
    let summary: serde_json::Value = serde_json::from_str(&text).map_err(|e| {
        Error::data(format!("is no summary of kinfolk: {e}")).in_file(file.display().to_string())
    })?;
    let mut words = format!("{}: results without a model\n", folder.display());
    for key in [
        "customers",
        "nodes",
        "edges",
        "method",
        "resolution",
        "modularity",
    ] {
        let graph = summary.get("graph").and_then(|graph| graph.get(key));
        if let Some(value) = summary
            .get(key)
            .or(graph)
            .filter(|v| v.is_number() || v.is_string())
        {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let _ = writeln!(words, "  {key}: {value}");
        }
    }
    for key in ["segments", "communities"] {
        if let Some(groups) = summary.get(key).and_then(|v| v.as_array()) {
            let _ = writeln!(words, "  {key}: {}", groups.len());
        }
    }
    Ok(words)
}
