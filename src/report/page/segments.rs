//! The groups: name, size, money, and what marks them against everybody.

use super::super::LEAST_DESCRIBED;
use super::super::view::View;
use super::super::words::printable;
use super::{DESCRIBED, Label};
use crate::profile::{Against, ProfileRow, against, humanised, marks, phrase};
use crate::stability::verdict;
use crate::table::ColumnType;
use crate::text::group_digits;
use serde::Serialize;

/// Marks of one group shown.
const MARKS: usize = 3;

#[derive(Serialize)]
pub(in super::super) struct Section {
    cards: Vec<Card>,
    /// Groups that have no card, and the members of all of them.
    rest: Option<[String; 2]>,
    /// The column of money.
    money: Option<String>,
    /// Why some are not described.
    hidden: Option<String>,
}

#[derive(Serialize)]
struct Card {
    label: Label,
    members: String,
    share: String,
    /// Part of all members, 0 to 100, for the strip.
    width: String,
    money: Option<String>,
    money_width: Option<String>,
    verdict: Option<&'static str>,
    grade: Option<usize>,
    described: bool,
    /// How much of a community's ties leads out of it.
    leaves: Option<String>,
    marks: Vec<Mark>,
}

/// One column of one group beside everybody.
#[derive(Serialize)]
struct Mark {
    /// The column, and how the segment differs in it.
    what: String,
    how: String,
    mean: String,
    overall: String,
    /// From the left end, 0 to 100: the lengths of two bars, or two places where the column has values below 0 or is of dates.
    at: String,
    overall_at: String,
    bars: bool,
}

pub(super) fn of(view: &View<'_>) -> Section {
    let sizes = view.partition.sizes();
    let n = view.n() as f64;
    // Shares of a sum with amounts below 0 may be anything: segments.csv has them, a page for everybody does not.
    let money = (view.table)
        .and_then(crate::segmentation::Segmentation::value_shares)
        .filter(|shares| shares.iter().all(|x| (0.0..=1.0).contains(x)));
    let cards = (0..sizes.len().min(DESCRIBED))
        .map(|g| {
            let described = view.is_described(g);
            let value = money.as_ref().filter(|_| described).map(|m| m[g]);
            let stability = view.stability.map(|s| s.segments[g]);
            Card {
                label: Label::of(view, g),
                members: group_digits(sizes[g]),
                share: whole_percent(sizes[g] as f64 / n),
                width: format!("{:.3}", 100.0 * sizes[g] as f64 / n),
                money: value.map(whole_percent),
                money_width: value.map(|x| format!("{:.3}", 100.0 * x)),
                verdict: stability.map(verdict),
                grade: stability.map(super::sure::grade),
                described,
                leaves: leaves(view, g),
                marks: if described { marked(view, g) } else { Vec::new() },
            }
        })
        .collect();
    let rest = sizes.get(DESCRIBED..).filter(|r| !r.is_empty());
    let hidden = (0..sizes.len()).any(|g| !view.is_described(g)).then(|| {
        format!(
            "Groups of fewer than {LEAST_DESCRIBED} {} are counted and not described.",
            view.things
        )
    });
    Section {
        cards,
        rest: rest.map(|r| [group_digits(r.len()), group_digits(r.iter().sum())]),
        money: view
            .table
            .and_then(|s| s.table.value())
            .map(|c| printable(&c.name)),
        hidden: hidden.filter(|_| view.table.is_some()),
    }
}

/// Communities have no columns that mark them, but ties.
fn leaves(view: &View<'_>, group: usize) -> Option<String> {
    let share = view.conductance[group];
    let told = view.table.is_none() && view.n_groups() > 1 && share.is_finite();
    told.then(|| {
        format!(
            "{} of its ties, by their strength, lead out of it.",
            whole_percent(share)
        )
    })
}

/// `34 %`, `4.2 %`, `under 0.1 %`.
fn whole_percent(share: f64) -> String {
    let x = 100.0 * share;
    match x.abs() {
        a if a >= 9.95 || a == 0.0 => format!("{x:.0} %"),
        a if a >= 0.05 => format!("{x:.1} %"),
        _ => "under 0.1 %".to_owned(),
    }
}

/// The strongest marks of a segment, as bars.
fn marked(view: &View<'_>, group: usize) -> Vec<Mark> {
    let Some(s) = view.table else {
        return Vec::new();
    };
    let all = &s.profiles.rows;
    marks(&s.profiles, group as u32)
        .into_iter()
        .filter(|&row| is_told(view, all.iter().filter(|r| is_same(r, row))))
        .filter_map(|row| mark(row, all))
        .take(MARKS)
        .collect()
}

/// Whether enough customers hold the category that these rows are about, one row per segment; numbers always are.
pub(super) fn is_told<'a>(view: &View<'_>, rows: impl Iterator<Item = &'a ProfileRow>) -> bool {
    let held: f64 = rows
        .map(|r| {
            let share = if r.level.is_some() { r.mean } else { 1.0 };
            share * r.present as f64
        })
        .sum();
    view.settings.customers || held.round() >= LEAST_DESCRIBED as f64
}

fn is_same(a: &ProfileRow, b: &ProfileRow) -> bool {
    a.column == b.column && a.level == b.level
}

fn mark(row: &ProfileRow, all: &[ProfileRow]) -> Option<Mark> {
    let Against { of, mean, overall } = against(row)?;
    let phrase = phrase(row)?;
    let name = humanised(&row.column);
    // Where the name does not open the phrase, all of it is written as it is.
    let what = [of, name]
        .into_iter()
        .find(|what| phrase.starts_with(what.as_str()))
        .unwrap_or_default();
    let how = phrase[what.len()..].trim_start().to_owned();
    let means = all.iter().filter(|r| is_same(r, row)).map(|r| r.mean);
    let (least, most) = means.fold((row.overall_mean, row.overall_mean), |(a, b), x| {
        (a.min(x), b.max(x))
    });
    let bars = row.range.0 >= 0.0 && row.column_type != ColumnType::Date;
    let start = if bars { 0.0 } else { least };
    let length = most - start;
    let at = |x: f64| {
        let part = if length > 0.0 { (x - start) / length } else { 0.0 };
        format!("{:.1}", 100.0 * part)
    };
    Some(Mark {
        what: printable(&what),
        how,
        mean,
        overall,
        at: at(row.mean),
        overall_at: at(row.overall_mean),
        bars,
    })
}
