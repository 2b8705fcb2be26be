//! What `kinfolk assign` found.

use super::super::guesses::{aligned, printable};
use super::LISTED;
use crate::model::{About, ColumnTally, Held, SURE, Tally};
use crate::text::{count, counted, group_digits, percent};
use crate::{Error, Result, Warning};
use comfy_table::CellAlignment;
use std::fmt::Write as _;
use std::path::Path;

/// Values of a column that a file must have before their place tells of another unit.
const ENOUGH: usize = 20;

/// Columns that a remark names.
const NAMED_COLUMNS: usize = 8;

/// How many came into which segment, beside the shares of the model.
pub(in super::super) fn of_assigned(about: &About, tally: &Tally, novelty: f64, file: &Path) -> String {
    let n = tally.customers;
    let one = about.groups.strip_suffix('s').unwrap_or(&about.groups);
    let mut text = format!(
        "{} into {}\n\n",
        counted(n, "new customer"),
        counted(about.segments.len(), one)
    );
    let mut rows = aligned(&["", one, "customers", "share", "in the model"]);
    for (s, segment) in about.segments.iter().enumerate().take(LISTED) {
        rows.add_row([
            (s + 1).to_string(),
            printable(&segment.name),
            group_digits(tally.segments[s]),
            share(tally.segments[s], n),
            share(segment.customers, about.customers),
        ]);
    }
    for (name, count) in [("none of these", tally.none), ("too little known", tally.unknown)] {
        if count > 0 {
            rows.add_row([
                String::new(),
                name.to_owned(),
                group_digits(count),
                share(count, n),
                "-".to_owned(),
            ]);
        }
    }
    for column in [0, 2, 3, 4] {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let _ = writeln!(text, "{}", rows.trim_fmt());
    if about.segments.len() > LISTED {
        let more = count(about.segments.len() - LISTED, "smaller one", "smaller ones");
        let _ = writeln!(text, " ... and {more}");
    }
    text.push('\n');
    if novelty > 0.0 {
        none_of_these(&mut text, about, tally, novelty);
    }
    if tally.unknown > 0 {
        let _ = writeln!(
            text,
            "Too little known: {} without a value in more than half of the columns",
            counted(tally.unknown, "customer")
        );
    }
    let _ = writeln!(
        text,
        "Sure: {} ({}) with a probability of {SURE} and above",
        counted(tally.sure, "customer"),
        share(tally.sure, n)
    );
    let _ = writeln!(
        text,
        "In between: {} ({}), bridge_from and bridge_to are the two {}",
        counted(tally.between, "customer"),
        share(tally.between, n),
        about.groups
    );
    if file != Path::new("-") {
        let _ = writeln!(text, "\nWritten to {}", file.display());
    }
    text
}

fn none_of_these(text: &mut String, about: &About, tally: &Tally, novelty: f64) {
    let least = 1.0 / (about.tested + 1) as f64;
    if least > novelty {
        let _ = writeln!(
            text,
            "None of these: nobody can be told so, for {} of the model are too few for a rate of {novelty}; {least:.3} is the lowest",
            counted(about.tested, "customer")
        );
        return;
    }
    let rate = crate::num::round_significant(100.0 * novelty, 6);
    let is = if tally.none == 1 { "is" } else { "are" };
    let _ = writeln!(
        text,
        "None of these: {} ({}) {is} farther from the model's customers than all but {rate} % of those are from each other; of customers like them {rate} % are told so by chance",
        counted(tally.none, "customer"),
        share(tally.none, tally.customers)
    );
}

/// What is worth a word about the values of the columns.
pub(in super::super) fn of_values(about: &About, tally: &Tally) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let n = tally.customers;
    let mut say = |code, what: &str, phrases: Vec<String>| {
        if !phrases.is_empty() {
            let more = phrases.len().saturating_sub(NAMED_COLUMNS);
            let list = phrases[..phrases.len() - more].join(", ");
            let more = if more > 0 {
                format!(" and {more} more columns")
            } else {
                String::new()
            };
            warnings.push(Warning::new(code, format!("{what}: {list}{more}")));
        }
    };
    let each = |phrase: &dyn Fn(&ColumnTally) -> Option<String>| -> Vec<String> {
        let columns = about.columns.iter().zip(&tally.columns);
        columns
            .filter_map(|(column, counts)| Some(format!("\"{}\" {}", column.column, phrase(counts)?)))
            .collect()
    };
    let some = |count: usize| (count > 0).then(|| format!("{} ({})", group_digits(count), share(count, n)));
    say(
        "missing-values",
        "customers without a value, placed like those of the model without one",
        each(&|c| some(c.missing)),
    );
    say(
        "unknown-category",
        "customers of a category that nobody of the model has",
        each(&|c| some(c.unknown)),
    );
    say(
        "values-outside",
        "customers below or above everybody of the model",
        each(&|c| some(c.below + c.above)),
    );
    say(
        "shifted-values",
        "more than half of the values lie where only a twentieth of the model's do; has the column another meaning or unit?",
        each(&|c| shifted(c, n).map(|(side, count)| format!("{} {side}", group_digits(count)))),
    );
    if tally.impossible_dates > 0 {
        warnings.push(Warning::new(
            "impossible-dates",
            format!(
                "{} not exist; taken as missing",
                match tally.impossible_dates {
                    1 => "1 date does".to_owned(),
                    several => format!("{} dates do", group_digits(several)),
                }
            ),
        ));
    }
    warnings
}

/// Where more than half of the values lie in one outer twentieth: which, and how many.
fn shifted(counts: &ColumnTally, customers: usize) -> Option<(&'static str, usize)> {
    let present = customers - counts.missing;
    let (side, count) = if counts.low > counts.high {
        ("low", counts.low)
    } else {
        ("high", counts.high)
    };
    (present >= ENOUGH && 2 * count > present).then_some((side, count))
}

/// Refuses new customers most of whose values in a number column lie beyond all of the model's: they are in another unit, or mean
/// something else. Dates move on by themselves.
pub(in super::super) fn refuse_outside(about: &About, tally: &Tally) -> Result<()> {
    for (column, counts) in about.columns.iter().zip(&tally.columns) {
        let present = tally.customers - counts.missing;
        let outside = counts.below + counts.above;
        if let Held::Number(span) = &column.values
            && present >= ENOUGH
            && 2 * outside > present
        {
            return Err(Error::data(format!(
                "{} of {} values lie below or above all of the model's, which go from {} to {}; segments would mean nothing",
                group_digits(outside),
                group_digits(present),
                span.lowest,
                span.highest
            ))
            .in_column(&column.column)
            .hint("are they in another unit, such as cents or days? if they are right, add --allow-outside"));
        }
    }
    Ok(())
}

/// `4.9 %` of so many.
fn share(count: usize, of: usize) -> String {
    percent(count, of, 1)
}
