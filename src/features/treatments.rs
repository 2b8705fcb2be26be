//! What was decided about each column, and how it is told.

use super::Treatment;
use super::category::CategoryCode;
use super::number::NumberFit;
use super::ordered::OrderedFit;
use super::words;
use crate::error::Error;
use crate::message::{Setting, message};
use crate::table::{Column, Role, Table, Values};
use crate::text::group_digits;
use crate::text::{self, count, list, percent, phrases};
use crate::warning::Warning;

/// A column of which more is missing is worth a remark.
const MANY_MISSING: f64 = 0.2;

/// What was decided about one table column.
pub(super) enum Draft {
    /// Not used; the phrase says why.
    Out(String, Reason),
    Number(NumberFit),
    Category(CategoryCode),
    /// Categories that are steps of one scale.
    Ordered(OrderedFit),
}

/// Why a column is not used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The user or the reader said so.
    Asked,
    Constant,
    Missing,
    /// Text, or no common category.
    Other,
}

pub(super) fn role_phrase(column: &Column) -> String {
    match column.role {
        Role::Feature => "feature".to_owned(),
        Role::Id => "customer id".to_owned(),
        Role::Truth => "known grouping, only for scoring".to_owned(),
        Role::Ignored if column.note.is_empty() => "left out".to_owned(),
        Role::Ignored => format!("left out: {}", column.note),
    }
}

pub(super) fn rows(column: &Column) -> usize {
    match &column.values {
        Values::Number(v) | Values::Date(v) => v.len(),
        Values::Category { codes, .. } => codes.len(),
        Values::Text(v) => v.len(),
    }
}

pub(super) fn missing(column: &Column) -> usize {
    match &column.values {
        Values::Number(v) | Values::Date(v) => v.iter().filter(|x| !x.is_finite()).count(),
        Values::Category { codes, levels } => codes.iter().filter(|&&c| c as usize >= levels.len()).count(),
        Values::Text(v) => v.iter().filter(|s| s.is_empty()).count(),
    }
}

pub(super) fn no_features(table: &Table, drafts: &[Draft]) -> Error {
    let why: Vec<String> = table
        .columns
        .iter()
        .zip(drafts)
        .filter_map(|(column, draft)| match draft {
            Draft::Out(phrase, _) => {
                let why = phrase.strip_prefix("left out: ").unwrap_or(phrase);
                Some(format!("\"{}\" ({why})", column.name))
            }
            _ => None,
        })
        .collect();
    let message = if why.is_empty() {
        "there are no columns".to_owned()
    } else {
        format!("no column can measure similarity: {}", phrases(&why, why.len()))
    };
    Error::data(message).in_file(&table.source).hint(message![
        "name columns with ",
        Setting::Features,
        ", or overrule a guess with ",
        Setting::Types,
        " COLUMN=number or ",
        Setting::Types,
        " COLUMN=category"
    ])
}

pub(super) fn treatment(
    column: &Column,
    draft: &Draft,
    weight: f64,
    share: f64,
    repeats: Vec<String>,
) -> Treatment {
    let missing = missing(column);
    let mut used = true;
    let mut gaps = String::new();
    let transform = match draft {
        Draft::Out(..) => {
            used = false;
            String::new()
        }
        Draft::Number(fit) => {
            if missing > 0 {
                let fill = text::number(fit.code.fill);
                gaps = match (fit.two_valued, fit.code.reference) {
                    (true, _) => "put between the two".to_owned(),
                    (false, None) => format!("set to the median {fill}"),
                    (false, Some(_)) => format!("set to the median, {fill} days"),
                };
            }
            match fit.code.reference {
                Some(latest) => format!("days before {}, {}", words::day(latest), fit.transform),
                None => fit.transform.clone(),
            }
        }
        Draft::Ordered(ordered) => {
            gaps = "set to the middle step".to_owned();
            format!(
                "{} from {} to {}",
                count(ordered.ranks.len(), "ordered step", "ordered steps"),
                ordered.ends.0,
                ordered.ends.1
            )
        }
        Draft::Category(code) => {
            gaps = "at half a step from every category".to_owned();
            if code.grouped > 0 {
                format!(
                    "{} and a group of {}",
                    count(code.levels.len(), "category", "categories"),
                    count(code.grouped, "rare one", "rare ones")
                )
            } else {
                count(code.levels.len(), "category", "categories")
            }
        }
    };
    let mut action = match draft {
        Draft::Out(phrase, _) => phrase.clone(),
        _ => format!("feature: {transform}"),
    };
    if used {
        if missing > 0 {
            action += &format!("; {} missing {gaps}", group_digits(missing));
        }
        if share < 0.95 {
            action += &format!("; counts {share:.2}, since {}", repeated_by(&repeats));
        }
        if !column.note.is_empty() {
            action += &format!("; {}", column.note);
        }
    }
    Treatment {
        column: column.name.clone(),
        column_type: column.column_type(),
        missing,
        used,
        transform,
        weight: if used { weight } else { 0.0 },
        repeats: if used { repeats } else { Vec::new() },
        action,
    }
}

/// `"recency" repeats it`, or `other columns repeat it` where none does by itself.
fn repeated_by(repeats: &[String]) -> String {
    match repeats {
        [] => "other columns repeat it".to_owned(),
        [one] => format!("\"{one}\" repeats it"),
        several => format!("{} repeat it", list(several.iter().map(String::as_str))),
    }
}

pub(super) fn warnings(table: &Table, drafts: &[Draft]) -> Vec<Warning> {
    let mut warnings = left_out(table, drafts);
    warnings.extend(gaps(table, drafts));
    warnings
}

/// What is said of columns that are not used.
fn left_out(table: &Table, drafts: &[Draft]) -> Vec<Warning> {
    let with = |reason: Reason| -> Vec<&Column> {
        let out = |draft: &Draft| matches!(draft, Draft::Out(_, r) if *r == reason);
        table
            .columns
            .iter()
            .zip(drafts)
            .filter(|(_, d)| out(d))
            .map(|(c, _)| c)
            .collect()
    };
    let mut warnings = Vec::new();
    let constant = with(Reason::Constant);
    if !constant.is_empty() {
        warnings.push(Warning::new(
            "constant-columns",
            format!(
                "{} the same for everybody and left out: {}",
                count(constant.len(), "column is", "columns are"),
                list(constant.iter().map(|c| c.name.as_str()))
            ),
        ));
    }
    let empty = with(Reason::Missing);
    if !empty.is_empty() {
        warnings.push(Warning::new(
            "mostly-missing",
            format!(
                "{} no value for more than 90 % of the customers and {} left out: {}",
                count(empty.len(), "column has", "columns have"),
                if empty.len() == 1 { "is" } else { "are" },
                list(empty.iter().map(|c| c.name.as_str()))
            ),
        ));
    }
    let useless = with(Reason::Other);
    if !useless.is_empty() {
        warnings.push(Warning::new(
            "unusable-columns",
            format!(
                "not used, being text or without a common category: {}",
                list(useless.iter().map(|c| c.name.as_str()))
            ),
        ));
    }
    warnings
}

/// What is said of missing values in columns that are used.
fn gaps(table: &Table, drafts: &[Draft]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let used = table
        .columns
        .iter()
        .zip(drafts)
        .filter(|(_, d)| !matches!(d, Draft::Out(..)));
    let gaps: Vec<(&Column, usize)> = used
        .map(|(c, _)| (c, missing(c)))
        .filter(|(_, missing)| *missing > 0)
        .collect();
    let phrase = |(column, missing): &(&Column, usize)| {
        format!(
            "\"{}\" {} ({})",
            column.name,
            group_digits(*missing),
            percent(*missing, rows(column), 0)
        )
    };
    if !gaps.is_empty() {
        let list: Vec<String> = gaps.iter().map(phrase).collect();
        warnings.push(Warning::new(
            "missing-values",
            format!(
                "{} missing values, numbers set to the median, categories half a step from every other: {}",
                count(gaps.len(), "column has", "columns have"),
                phrases(&list, list.len())
            ),
        ));
    }
    let many: Vec<String> = gaps
        .iter()
        .filter(|(column, missing)| *missing as f64 > MANY_MISSING * rows(column) as f64)
        .map(phrase)
        .collect();
    if !many.is_empty() {
        warnings.push(Warning::new(
            "many-missing",
            message![
                format!(
                    "so much is missing that customers may be alike by the gaps alone: {}; ",
                    phrases(&many, many.len())
                ),
                Setting::Ignore,
                " such a column to see \
                 whether the segments hold without it"
            ],
        ));
    }
    warnings
}
