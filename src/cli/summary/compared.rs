//! What `kinfolk compare` found.

use super::super::guesses::{aligned as table, printable};
use super::LISTED;
use crate::compare::{Agreement, Compared, Interval, shared_customers};
use crate::num::math;
use crate::read::Labels;
use crate::text::{counted, group_digits, percent};
use comfy_table::CellAlignment;
use std::fmt::Write as _;
use std::path::Path;

/// How far the results agree, which groups belong together and how many customers have left their fellows.
pub(in super::super) fn of_compared(
    compared: &Compared,
    results: &[Labels],
    folder: &Path,
    drawn: bool,
) -> String {
    let n = compared.aligned.ids.len();
    let mut text = format!(
        "{}, {} in {}\n",
        counted(compared.names.len(), "result"),
        counted(n, "customer"),
        if compared.names.len() == 2 {
            "both"
        } else {
            "all of them"
        }
    );
    for (k, name) in compared.names.iter().enumerate() {
        let _ = writeln!(
            text,
            "  {}: {} by column {}",
            printable(name),
            counted(compared.aligned.partitions[k].n_groups(), "group"),
            printable(&results[k].label_column)
        );
    }
    left_out(&mut text, compared);
    let _ = writeln!(
        text,
        "\nHow far they agree (in brackets: 95 % of resamples of these customers)"
    );
    match compared.pairs.as_slice() {
        [pair] => measures(&mut text, &pair.agreement, n),
        _ => matrix(&mut text, compared),
    }
    for pair in compared.pairs.iter().filter(|pair| pair.a == 0) {
        matches(&mut text, compared, pair.b);
        who_moved(&mut text, compared, pair.b, pair.moved);
    }
    let _ = writeln!(
        text,
        "\nWritten to {}: agreement.csv, crosstab.csv, moved.csv, {}summary.json",
        folder.display(),
        if drawn {
            "figure_moved.svg, figure_moved.png, "
        } else {
            ""
        }
    );
    text
}

/// Who could not be compared.
fn left_out(text: &mut String, compared: &Compared) {
    let aligned = &compared.aligned;
    for (k, name) in compared.names.iter().enumerate() {
        let name = printable(name);
        let alone = &aligned.alone[k];
        if let Some(first) = &alone.first {
            let elsewhere = if compared.names.len() == 2 {
                "not in the other"
            } else {
                "not in all the others"
            };
            let _ = writeln!(
                text,
                "  left out: {} of {name} {elsewhere}, {} {}",
                counted(alone.customers, "customer"),
                if alone.customers == 1 { "namely" } else { "such as" },
                printable(first)
            );
        }
        if aligned.unlabeled[k] > 0 {
            let _ = writeln!(
                text,
                "  left out: {} without a group in {name}",
                counted(aligned.unlabeled[k], "customer")
            );
        }
    }
}

fn brackets(interval: Option<Interval>, digits: usize) -> String {
    interval.map_or_else(String::new, |i| {
        format!(" ({:.digits$} to {:.digits$})", i.low, i.high)
    })
}

fn measures(text: &mut String, agreement: &Agreement, n: usize) {
    for (name, measured, scale) in [
        (
            "adjusted Rand",
            agreement.adjusted_rand,
            "1 is the same, 0 is chance; it asks of every two customers whether both results keep them together".to_owned(),
        ),
        (
            "adjusted mutual information",
            agreement.adjusted_mutual_information,
            "1 is the same, 0 is chance; small groups count for more than in adjusted Rand".to_owned(),
        ),
        (
            "variation of information",
            agreement.variation_of_information,
            format!(
                "0 is the same, {:.2} the most there can be; what each tells that the other does not",
                math::ln(n as f64)
            ),
        ),
    ] {
        let _ = writeln!(
            text,
            "  {name} {:.3}{}: {scale}",
            measured.value,
            brackets(measured.interval, 3)
        );
    }
}

/// Adjusted Rand of every two results.
fn matrix(text: &mut String, compared: &Compared) {
    let _ = writeln!(text, "  adjusted Rand; 1 is the same, 0 is chance");
    for pair in &compared.pairs {
        let measured = pair.agreement.adjusted_rand;
        let _ = writeln!(
            text,
            "  {} and {}: {:.3}{}",
            printable(&compared.names[pair.a]),
            printable(&compared.names[pair.b]),
            measured.value,
            brackets(measured.interval, 3)
        );
    }
}

/// For each group of the first result the group of another that shares most with it.
fn matches(text: &mut String, compared: &Compared, b: usize) {
    let aligned = &compared.aligned;
    let (one, other) = (&aligned.partitions[0], &aligned.partitions[b]);
    let names = [printable(&compared.names[0]), printable(&compared.names[b])];
    let _ = writeln!(text, "\nBest matches of {} in {}", names[0], names[1]);
    let mut rows = table(&[
        "",
        "group",
        "customers",
        "best match",
        "customers",
        "in both",
        "overlap",
    ]);
    let shared = shared_customers(one, other);
    for cell in shared.iter().filter(|cell| cell.best_for_a).take(LISTED) {
        rows.add_row([
            String::new(),
            printable(&aligned.groups[0][cell.a as usize]),
            group_digits(one.sizes()[cell.a as usize]),
            printable(&aligned.groups[b][cell.b as usize]),
            group_digits(other.sizes()[cell.b as usize]),
            group_digits(cell.customers),
            format!("{:.2}", cell.overlap),
        ]);
    }
    for column in [2, 4, 5, 6] {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let _ = writeln!(text, "{}", rows.trim_fmt());
    if one.n_groups() > LISTED {
        let _ = writeln!(
            text,
            " ... and {} smaller ones (crosstab.csv)",
            one.n_groups() - LISTED
        );
    }
    let is_best = |g: u32| shared.iter().any(|cell| cell.best_for_a && cell.b == g);
    let orphans: Vec<String> = (0u32..)
        .take(other.n_groups())
        .filter(|&g| !is_best(g))
        .map(|g| printable(&aligned.groups[b][g as usize]))
        .take(LISTED)
        .collect();
    if !orphans.is_empty() {
        let _ = writeln!(text, "Best match of no group: {}", orphans.join(", "));
    }
}

fn who_moved(text: &mut String, compared: &Compared, b: usize, moved: usize) {
    let n = compared.aligned.ids.len();
    if moved == 0 {
        let _ = writeln!(
            text,
            "Nobody has left the others of its group, though groups may be split or merged"
        );
        return;
    }
    let _ = writeln!(
        text,
        "{} ({}) {} left the others of {}: in {} {} neither where most of the old group went nor where most of the new one came from (moved.csv)",
        counted(moved, "customer"),
        percent(moved, n, 1),
        if moved == 1 { "has" } else { "have" },
        if moved == 1 { "its group" } else { "their group" },
        printable(&compared.names[b]),
        if moved == 1 { "it is" } else { "they are" },
    );
}
