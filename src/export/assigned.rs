//! New customers and the segments they are in: rows of CSV, or one JSON object each.

use super::cells::{CsvStyle, Rows};
use crate::model::{About, Assignment, Outcome};
use crate::num::round_significant;
use crate::table::Texts;
use crate::{Error, Result};
use serde::Serialize;

/// The columns, in their order; `docs/columns.md` explains them.
const COLUMNS: [&str; 13] = [
    "customer_id",
    "segment",
    "segment_name",
    "probability",
    "second_segment",
    "second_probability",
    "bridge_from",
    "bridge_to",
    "novelty_p",
    "nearest_segment",
    "missing_values",
    "unknown_categories",
    "values_outside",
];

/// The header of the table; with a column `error` at its end where rows may be refused one by one.
///
/// # Errors
/// Never in practice: memory is written to.
pub fn assigned_header(style: CsvStyle, with_error: bool) -> Result<Vec<u8>> {
    let mut header = COLUMNS.to_vec();
    header.extend(with_error.then_some("error"));
    Ok(Rows::new(Vec::new(), style, &header)?.into_bytes()?.0)
}

/// The segment, its name, and everything that depends on there being one.
struct Told<'a> {
    segment: Option<u32>,
    name: &'a str,
    probability: Option<f64>,
    second: Option<(u32, f64)>,
    bridge: Option<(u32, u32)>,
}

fn told<'a>(about: &'a About, one: &Assignment) -> Told<'a> {
    let nothing = |name| Told {
        segment: None,
        name,
        probability: None,
        second: None,
        bridge: None,
    };
    match one.outcome {
        Outcome::NoneOfThese => nothing("none of these"),
        Outcome::TooLittleKnown => nothing("too little known"),
        Outcome::Segment => Told {
            segment: Some(one.nearest),
            name: about
                .segments
                .get(one.nearest as usize)
                .map_or("", |s| s.name.as_str()),
            probability: Some(one.probability),
            second: one.second,
            bridge: one.bridge,
        },
    }
}

/// Rows of the table without its header, and how many cells got an apostrophe before them: what a
/// spreadsheet would run as a formula.
///
/// # Errors
/// Never in practice: memory is written to.
pub fn assigned_rows(
    about: &About,
    ids: &Texts,
    assigned: &[Assignment],
    style: CsvStyle,
) -> Result<(Vec<u8>, usize)> {
    let mut rows = Rows::new(Vec::new(), style, &[])?;
    for (id, one) in ids.iter().zip(assigned) {
        let told = told(about, one);
        rows.text(id)?;
        rows.group(told.segment)?;
        rows.text(told.name)?;
        rows.maybe_number(told.probability)?;
        rows.group(told.second.map(|s| s.0))?;
        rows.maybe_number(told.second.map(|s| s.1))?;
        rows.group(told.bridge.map(|b| b.0))?;
        rows.group(told.bridge.map(|b| b.1))?;
        rows.number(one.p_value)?;
        rows.group(Some(one.nearest))?;
        rows.count(one.missing as usize)?;
        rows.count(one.unknown as usize)?;
        rows.count(one.outside as usize)?;
        rows.end()?;
    }
    rows.into_bytes()
}

/// The columns as JSON has them.
#[derive(Serialize)]
struct Object<'a> {
    customer_id: &'a str,
    segment: Option<u32>,
    segment_name: &'a str,
    probability: Option<f64>,
    second_segment: Option<u32>,
    second_probability: Option<f64>,
    bridge_from: Option<u32>,
    bridge_to: Option<u32>,
    novelty_p: f64,
    nearest_segment: u32,
    missing_values: u32,
    unknown_categories: u32,
    values_outside: u32,
}

/// One customer as a JSON object on one line, under the names of the columns; what a table leaves empty is `null`.
///
/// # Errors
/// Never in practice: memory is written to.
pub fn assigned_json(about: &About, id: &str, one: &Assignment) -> Result<String> {
    let told = told(about, one);
    let number = |x: f64| round_significant(x, 9);
    let object = Object {
        customer_id: id,
        segment: told.segment.map(|s| s + 1),
        segment_name: told.name,
        probability: told.probability.map(number),
        second_segment: told.second.map(|s| s.0 + 1),
        second_probability: told.second.map(|s| number(s.1)),
        bridge_from: told.bridge.map(|b| b.0 + 1),
        bridge_to: told.bridge.map(|b| b.1 + 1),
        novelty_p: number(one.p_value),
        nearest_segment: one.nearest + 1,
        missing_values: one.missing,
        unknown_categories: one.unknown,
        values_outside: one.outside,
    };
    serde_json::to_string(&object).map_err(|e| Error::data(format!("the answer cannot be written: {e}")))
}
