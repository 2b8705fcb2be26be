//! Which column names the customer, and a unique name for every row.

use super::missing::{Presence, presence};
use super::names::id_strength;
use super::scan::{Facts, without_point_zero};
use crate::message::{Message, Setting, message};
use crate::table::grid::Grid;
use crate::table::{Texts, surely_all_different};
use crate::text::{count, group_digits, natural};
use crate::warning::Warning;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::LazyCell;
use std::collections::BTreeMap;

/// All identifiers as written, collected when first asked for.
type Written<'a> = LazyCell<FxHashSet<&'a str>, Box<dyn FnOnce() -> FxHashSet<&'a str> + 'a>>;

/// How the customers are named.
#[derive(Debug)]
pub(crate) struct Identifiers {
    /// The column, where there is one.
    pub(crate) column: Option<usize>,
    /// The rows that are kept: all but exact repetitions of a row with the same identifier.
    pub(crate) rows: Vec<u32>,
    /// One per kept row, unique.
    pub(crate) ids: Texts,
    /// What to say about the column.
    pub(crate) note: Message,
    pub(crate) warnings: Vec<Warning>,
}

/// The column that names the customer, if one does: by its name and because its values differ, else the first column
/// of codes that all differ. `names` are as written, `taken` columns have another purpose. Warns where a column is called so but repeats.
pub(crate) fn choose(
    grid: &Grid,
    names: &[String],
    facts: &[Facts],
    taken: &[bool],
    warnings: &mut Vec<Warning>,
) -> Option<usize> {
    let mut best: Option<(u32, usize)> = None;
    let mut refused = Vec::new();
    // By name: of two columns with equally good names it is the same one wherever they stand.
    let mut by_name: Vec<usize> = (0..names.len()).filter(|&c| !taken[c]).collect();
    by_name.sort_by(|&a, &b| natural(&names[a], &names[b]));
    for c in by_name {
        let strength = id_strength(&names[c]);
        let better = strength > best.map_or(0, |(s, _)| s);
        if better && plausible(grid, names, facts, c, strength, &mut refused) {
            best = Some((strength, c));
        }
    }
    let found = best.map(|(_, c)| c).or_else(|| {
        (0..names.len())
            .filter(|&c| !taken[c] && is_text(&facts[c]))
            .find(|&c| facts[c].missing == 0 && facts[c].perhaps.is_empty())
            .filter(|&c| is_code_like(&facts[c], c) && grid.n_rows() > 2 && repetitions(grid, c).0 == 0)
    });
    // Said first: nothing that follows is about customers.
    warnings.splice(0..0, refused);
    found
}

fn is_text(facts: &Facts) -> bool {
    facts.other * 10 > facts.present * 9 && facts.dates.dates * 2 < facts.other
}

/// Text without spaces; away from the first column, where names of rows stand, with digits as well.
fn is_code_like(facts: &Facts, place: usize) -> bool {
    facts.spaced == 0 && (place == 0 || facts.with_digit * 10 >= facts.present * 9)
}

fn plausible(
    grid: &Grid,
    names: &[String],
    facts: &[Facts],
    c: usize,
    strength: u32,
    warnings: &mut Vec<Warning>,
) -> bool {
    let f = &facts[c];
    let n = grid.n_rows();
    // A measurement may differ in every row and is still no name.
    if f.present == 0 || f.digits + f.point_zero + f.exponents + f.other < f.present {
        return false;
    }
    if strength == 40 {
        return c == 0 && is_running_number(grid, c);
    }
    let (repeated, differing) = repetitions(grid, c);
    // A word such as "member" may as well head a column of yes and no.
    if strength < 90 {
        return repeated == 0 && f.missing == 0;
    }
    let few = if n < 10 { n / 2 } else { n / 5 };
    if differing > few {
        warnings.push(Warning::new(
            "repeated-ids",
            message![format!("these rows are not customers: column \"{}\" has {} different values in {} rows, so most customers have \
                 several rows (purchases? visits?), and what is found are segments of rows. Make one row per customer \
                 first (how many, how much, how long ago); ", names[c], group_digits(f.present - repeated), group_digits(n)), Setting::Id, format!(" \"{}\" takes each row as a customer of that name all the same", names[c])],
        ));
        return false;
    }
    f.missing <= few
}

/// Whether the column numbers the rows from 0 or 1, in any order.
pub(crate) fn is_running_number(grid: &Grid, c: usize) -> bool {
    let n = grid.n_rows();
    let mut seen = vec![false; n + 1];
    (0..n).all(|row| {
        without_point_zero(grid.cell(row, c))
            .parse::<usize>()
            .ok()
            .and_then(|v| seen.get_mut(v))
            .is_some_and(|slot| !std::mem::replace(slot, true))
    })
}

/// How many present cells repeat an earlier one, and how many of these rows differ from that earlier row.
fn repetitions(grid: &Grid, c: usize) -> (usize, usize) {
    if surely_all_different(grid.n_rows(), |row| grid.cell(row, c)) {
        return (0, 0);
    }
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    first.reserve(grid.n_rows());
    let (mut repeated, mut differing) = (0, 0);
    for row in 0..grid.n_rows() {
        let cell = grid.cell(row, c);
        if cell.is_empty() {
            continue;
        }
        match first.get(cell) {
            None => {
                first.insert(cell, row);
            }
            Some(&earlier) => {
                repeated += 1;
                differing += usize::from(!grid.same_row(earlier, row));
            }
        }
    }
    (repeated, differing)
}

/// The identifiers of all rows; row numbers where `column` is `None`. `O(rows)`.
pub(crate) fn assign(
    grid: &Grid,
    names: &[String],
    column: Option<usize>,
    facts: &[Facts],
    further: &[String],
) -> Identifiers {
    let n = grid.n_rows() as u32;
    let Some(c) = column else {
        return row_numbers(n);
    };
    let artefact = facts[c].point_zero > 0 && facts[c].point_zero == facts[c].present;
    let mut out = Identifiers {
        column,
        rows: Vec::with_capacity(n as usize),
        ids: Texts::with_capacity(n as usize, 8 * n as usize),
        note: if artefact {
            "\".0\" at the end removed".into()
        } else {
            Message::default()
        },
        warnings: Vec::new(),
    };
    let is_fine =
        |cell: &str| presence(cell, further) != Presence::Missing && !cell.chars().any(is_unprintable);
    let cells = || (0..n as usize).into_par_iter().map(|row| grid.cell(row, c));
    if surely_all_different(n as usize, |row| grid.cell(row, c)) && cells().all(is_fine) {
        out.rows.extend(0..n);
        (0..n as usize).for_each(|row| out.ids.push(as_counted(grid.cell(row, c), artefact)));
        return out;
    }
    // Only identifiers that have to be made up need to know all others.
    let written: Written<'_> = LazyCell::new(Box::new(|| {
        (0..n as usize).map(|row| grid.cell(row, c)).collect()
    }));
    let mut made: FxHashSet<String> = FxHashSet::default();
    let plain = |cell: &str| -> String { as_counted(cell, artefact).chars().map(printable).collect() };
    let Sharing { repeated, shared } = share(grid, c, names, further);
    let mut numbered: FxHashMap<u32, String> = FxHashMap::default();
    for rows in &shared {
        let base = plain(grid.cell(rows[0] as usize, c));
        for (&row, number) in rows[1..].iter().zip(2..) {
            let id = unused(&format!("{base}#{number}"), &written, &mut made, number + 1);
            numbered.insert(row, id);
        }
    }
    let (mut empty, mut cleaned) = (Vec::new(), Vec::new());
    let mut left_out = repeated.iter().peekable();
    for row in 0..n {
        if left_out.next_if_eq(&&row).is_some() {
            continue;
        }
        out.rows.push(row);
        let cell = grid.cell(row as usize, c);
        if let Some(id) = numbered.get(&row) {
            out.ids.push(id);
        } else if presence(cell, further) == Presence::Missing {
            empty.push(row);
            out.ids
                .push(&unused(&format!("row-{}", row + 1), &written, &mut made, 2));
        } else if cell.chars().any(is_unprintable) {
            cleaned.push(row);
            out.ids.push(&unused(&plain(cell), &written, &mut made, 2));
        } else {
            out.ids.push(&plain(cell));
        }
    }
    let mut renamed: Vec<u32> = numbered.into_keys().collect();
    renamed.sort_unstable();
    out.warnings = made_up(grid, &repeated, &renamed, &empty, &cleaned);
    out
}

/// The cell without the ".0" that a program has put behind whole numbers, where one has.
fn as_counted(cell: &str, artefact: bool) -> &str {
    cell.strip_suffix(".0").filter(|_| artefact).unwrap_or(cell)
}

fn row_numbers(n: u32) -> Identifiers {
    Identifiers {
        column: None,
        rows: (0..n).collect(),
        ids: (1..=n).map(|row| row.to_string()).collect(),
        note: Message::default(),
        warnings: Vec::new(),
    }
}

/// What is said of rows that were left out as repetitions, and of identifiers that were numbered, made up or cleaned.
fn made_up(grid: &Grid, repeated: &[u32], renamed: &[u32], empty: &[u32], cleaned: &[u32]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code, rows: &[u32], message: &dyn Fn(String) -> String| {
        if !rows.is_empty() {
            warnings.push(Warning::new(code, message(some_lines(grid, rows))));
        }
    };
    warn("duplicate-rows", repeated, &|lines| {
        let what = count(repeated.len(), "row repeats", "rows repeat");
        format!("{what} an earlier row cell by cell, identifier included, and left out ({lines})")
    });
    warn("duplicate-ids", renamed, &|lines| {
        let what = count(renamed.len(), "row has", "rows have");
        format!(
            "{what} the identifier of another row but other values; all are kept as customers, numbered by their values: all but \
             the first with #2, #3 and so on behind the identifier ({lines})"
        )
    });
    warn("empty-ids", empty, &|lines| {
        let what = count(empty.len(), "row has", "rows have");
        format!("{what} no identifier; named row- and the number of the row ({lines})")
    });
    warn("cleaned-ids", cleaned, &|lines| {
        let what = count(cleaned.len(), "identifier holds", "identifiers hold");
        format!("{what} line breaks or control characters; replaced ({lines})")
    });
    warnings
}

/// Rows that share an identifier.
struct Sharing {
    /// Rows that equal an earlier one in every cell, ascending.
    repeated: Vec<u32>,
    /// For each identifier that differing rows have, in its order: those rows, in the order of their cells, column by
    /// column by name. So they are numbered alike wherever rows and columns stand.
    shared: Vec<Vec<u32>>,
}

fn share(grid: &Grid, c: usize, names: &[String], further: &[String]) -> Sharing {
    let mut first: FxHashMap<&str, u32> = FxHashMap::default();
    first.reserve(grid.n_rows());
    // Further rows of an identifier are rare: they have a list of their own.
    let mut others: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let mut repeated = Vec::new();
    for row in 0..grid.n_rows() as u32 {
        let cell = grid.cell(row as usize, c);
        if presence(cell, further) == Presence::Missing {
            continue;
        }
        let Some(&first) = first.get(cell) else {
            first.insert(cell, row);
            continue;
        };
        let rows = others.entry(cell).or_insert_with(|| vec![first]);
        if rows.iter().any(|&r| grid.same_row(r as usize, row as usize)) {
            repeated.push(row);
        } else {
            rows.push(row);
        }
    }
    let mut by_name: Vec<usize> = (0..names.len()).collect();
    by_name.sort_by(|&a, &b| names[a].cmp(&names[b]));
    let mut shared: Vec<Vec<u32>> = others.into_values().filter(|rows| rows.len() > 1).collect();
    for rows in &mut shared {
        rows.sort_by(|&a, &b| {
            let cells = |row: u32| by_name.iter().map(move |&c| grid.cell(row as usize, c));
            cells(a).cmp(cells(b))
        });
    }
    Sharing { repeated, shared }
}

/// Whether some file or program would not keep the character in a name.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// What stands for it: a space for tabs and line breaks.
pub(crate) fn printable(c: char) -> char {
    match c {
        '\n' | '\r' | '\t' => ' ',
        c if is_unprintable(c) => '\u{FFFD}',
        c => c,
    }
}

/// `wanted`, or with `#2`, `#3` and so on where that is another row's.
fn unused(wanted: &str, written: &Written<'_>, made: &mut FxHashSet<String>, mut number: usize) -> String {
    let base = wanted
        .rsplit_once('#')
        .filter(|(_, n)| n.parse::<usize>().is_ok())
        .map_or(wanted, |(b, _)| b);
    let mut id = wanted.to_owned();
    while written.contains(id.as_str()) || !made.insert(id.clone()) {
        id = format!("{base}#{number}");
        number += 1;
    }
    id
}

/// The first few lines for a warning.
pub(crate) fn some_lines(grid: &Grid, rows: &[u32]) -> String {
    let shown: Vec<String> = rows
        .iter()
        .take(5)
        .map(|&r| grid.lines[r as usize].to_string())
        .collect();
    let more = if rows.len() > shown.len() {
        " and further ones"
    } else {
        ""
    };
    let word = if rows.len() == 1 { "line" } else { "lines" };
    format!("{word} {}{more}", shown.join(", "))
}
