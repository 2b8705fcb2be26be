//! Which single value, were it another, would put a customer into another segment: asked of the model.

use super::super::show;
use super::folder::{Node, Row};
use super::{NAMED, shown};
use crate::model::{Assigner, Assignment};
use crate::profile::humanised;
use crate::read::{NewRows, NewRowsSettings, Rules};
use crate::report::words::printable;
use crate::{Error, Result};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// A value of the table, where the customer has one.
pub(super) fn value<'a>(node: &'a Node, column: &str) -> Option<&'a str> {
    let found = node.values.get(column);
    // A title that Gephi needs for itself.
    let found = found.or_else(|| node.values.get(&format!("{column} (input)")));
    found.map(String::as_str).filter(|value| !value.is_empty())
}

/// Numbers, or days, as places on a line.
pub(super) fn places(cells: [&str; 3]) -> Option<[f64; 3]> {
    let place = |cell: &str| -> Option<f64> {
        cell.parse().ok().or_else(|| {
            let day: jiff::civil::Date = cell.get(..10)?.parse().ok()?;
            let since = day.since(jiff::civil::date(1970, 1, 1)).ok()?;
            Some(f64::from(since.get_days()))
        })
    };
    Some([place(cells[0])?, place(cells[1])?, place(cells[2])?])
}

/// A change of one value.
struct Change<'a> {
    column: &'a str,
    from: &'a str,
    to: &'a str,
}

/// Asks the model, where the folder has one: each value in turn becomes the middle one (the commonest) of each other segment.
pub(super) fn what_would_move_it(
    text: &mut String,
    folder: &Path,
    node: &Node,
    profiles: &[Row],
    own: &Row,
) -> Result<()> {
    if !folder.join("model.kinfolk").is_file() {
        return Ok(());
    }
    let (file, model) = show::model(folder)?;
    let assigner = Assigner::new(model, 0.0)?;
    let mut rules = assigner.about().rules.clone();
    rules.set_decimal('.')?;
    let mut changes: Vec<Change<'_>> = Vec::new();
    for column in rules.columns() {
        let Some(from) = value(node, column) else {
            continue;
        };
        let mut tried = BTreeSet::from([from]);
        for to in middles(profiles, column, &own["segment"]) {
            if tried.insert(to) {
                changes.push(Change { column, from, to });
            }
        }
    }
    let answers = ask(&assigner, &rules, node, &changes).map_err(|e| {
        e.hint(format!(
            "{} and network.gexf are of different runs?",
            file.display()
        ))
    })?;
    let Some((now, then)) = answers.split_first() else {
        return Ok(());
    };
    let segment = |answer: &Assignment| (answer.nearest + 1).to_string();
    if segment(now) != own["segment"] {
        let _ = writeln!(
            text,
            "\nThe model would put a new customer of these values into segment {}: it stands at a border",
            segment(now)
        );
        return Ok(());
    }
    let mut moving: Vec<(&Change<'_>, &Assignment)> = changes
        .iter()
        .zip(then)
        .filter(|(_, answer)| segment(answer) != own["segment"])
        .collect();
    // The surest first; of equals in the order of the columns.
    moving.sort_by(|a, b| b.1.probability.total_cmp(&a.1.probability));
    // Another value of a column that leads to the same segment says nothing new.
    let mut told = BTreeSet::new();
    moving.retain(|(change, answer)| told.insert((change.column, answer.nearest)));
    if moving.is_empty() {
        let _ = writeln!(
            text,
            "\nNo single value, were it that of the middle member of another segment, would move it"
        );
        return Ok(());
    }
    let _ = writeln!(text, "\nWhat would move it, all other values as they are");
    for (change, answer) in moving.iter().take(NAMED) {
        let _ = writeln!(
            text,
            "  {} {} instead of {}: segment {}, with a probability of {:.2}",
            printable(&humanised(change.column)),
            printable(&shown(change.to)),
            printable(&shown(change.from)),
            segment(answer),
            answer.probability
        );
    }
    if moving.len() > NAMED {
        let _ = writeln!(text, "  ... and {} more", moving.len() - NAMED);
    }
    Ok(())
}

/// The middle value, or the commonest level, of a column in every other segment.
fn middles<'a>(profiles: &'a [Row], column: &str, own: &str) -> Vec<&'a str> {
    let rows: Vec<&Row> = (profiles.iter())
        .filter(|row| row["feature"] == column && row["segment"] != own)
        .collect();
    let segments: BTreeSet<&str> = rows.iter().map(|row| row["segment"].as_str()).collect();
    let share = |row: &Row| row["mean"].parse::<f64>().unwrap_or(0.0);
    segments
        .into_iter()
        .filter_map(|segment| {
            let of_segment = rows.iter().filter(|row| row["segment"] == segment);
            let most = of_segment.max_by(|a, b| share(a).total_cmp(&share(b)))?;
            let cell = if most["level"].is_empty() {
                &most["median"]
            } else {
                &most["level"]
            };
            (!cell.is_empty()).then_some(cell.as_str())
        })
        .collect()
}

/// What the model says of the customer as it is, and after each change.
fn ask(assigner: &Assigner, rules: &Rules, node: &Node, changes: &[Change<'_>]) -> Result<Vec<Assignment>> {
    let columns: Vec<&str> = rules.columns().collect();
    let mut table = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| Error::data(format!("the customer cannot be written down: {e}"));
    table.write_record(&columns).map_err(failed)?;
    let cells: Vec<String> = columns
        .iter()
        .map(|column| {
            let code = rules.code_of(column, |beside| value(node, beside) == Some("yes"));
            code.or_else(|| value(node, column).map(str::to_owned))
                .unwrap_or_default()
        })
        .collect();
    table.write_record(&cells).map_err(failed)?;
    for change in changes {
        let changed = columns.iter().zip(&cells).map(|(column, cell)| {
            if *column == change.column {
                change.to
            } else {
                cell.as_str()
            }
        });
        table.write_record(changed).map_err(failed)?;
    }
    let bytes = table
        .into_inner()
        .map_err(|e| Error::io("the customer", "cannot be written down", e.into_error()))?;
    let settings = NewRowsSettings {
        separator: Some(','),
        ..NewRowsSettings::default()
    };
    let mut rows = NewRows::open("the customer", bytes.as_slice(), rules, &settings)?;
    let Some(batch) = rows.next_batch(changes.len() + 1)? else {
        return Ok(Vec::new());
    };
    Ok(assigner.assign(&batch.table(0..batch.len())?)?.0)
}
