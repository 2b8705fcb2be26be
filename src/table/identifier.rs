//! Which column names the customer, and a unique name for every row.

use super::grid::{Grid, count};
use super::missing::{Presence, presence};
use super::names::id_strength;
use super::scan::{Facts, without_point_zero};
use super::texts::{Texts, surely_all_different};
use crate::num::group_digits;
use crate::warning::Warning;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::LazyCell;

/// All identifiers as written, collected when first asked for.
type Written<'a> = LazyCell<FxHashSet<&'a str>, Box<dyn FnOnce() -> FxHashSet<&'a str> + 'a>>;

/// How the customers are named.
#[derive(Debug)]
pub(super) struct Identifiers {
    /// The column, where there is one.
    pub(super) column: Option<usize>,
    /// The rows that are kept: all but exact repetitions of a row with the same identifier.
    pub(super) rows: Vec<u32>,
    /// One per kept row, unique.
    pub(super) ids: Texts,
    /// What to say about the column.
    pub(super) note: String,
    pub(super) warnings: Vec<Warning>,
}

/// The column that names the customer, if one does: by its name and because its values differ, else the first column
/// of codes that all differ. `names` are as written, `taken` columns have another purpose. Warns where a column is called so but repeats.
pub(super) fn choose(
    grid: &Grid,
    names: &[String],
    facts: &[Facts],
    taken: &[bool],
    warnings: &mut Vec<Warning>,
) -> Option<usize> {
    let mut best: Option<(u32, usize)> = None;
    let mut refused = Vec::new();
    for c in (0..names.len()).filter(|&c| !taken[c]) {
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
            format!(
                "these rows are not customers: column \"{}\" has {} different values in {} rows, so most customers have \
                 several rows (purchases? visits?), and what is found are segments of rows. Make one row per customer \
                 first (how many, how much, how long ago); --id \"{}\" takes each row as a customer of that name all the same",
                names[c],
                group_digits(f.present - repeated),
                group_digits(n),
                names[c]
            ),
        ));
        return false;
    }
    f.missing <= few
}

/// Whether the column numbers the rows from 0 or 1, in any order.
pub(super) fn is_running_number(grid: &Grid, c: usize) -> bool {
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
pub(super) fn assign(grid: &Grid, column: Option<usize>, facts: &[Facts], further: &[String]) -> Identifiers {
    let n = grid.n_rows() as u32;
    let Some(c) = column else {
        return Identifiers {
            column,
            rows: (0..n).collect(),
            ids: (1..=n).map(|row| row.to_string()).collect(),
            note: String::new(),
            warnings: Vec::new(),
        };
    };
    let artefact = facts[c].point_zero > 0 && facts[c].point_zero == facts[c].present;
    let mut out = Identifiers {
        column,
        rows: Vec::with_capacity(n as usize),
        ids: Texts::with_capacity(n as usize, 8 * n as usize),
        note: if artefact {
            "\".0\" at the end removed".to_owned()
        } else {
            String::new()
        },
        warnings: Vec::new(),
    };
    let is_fine =
        |cell: &str| presence(cell, further) != Presence::Missing && !cell.chars().any(is_unprintable);
    if surely_all_different(n as usize, |row| grid.cell(row, c))
        && (0..n as usize)
            .into_par_iter()
            .all(|row| is_fine(grid.cell(row, c)))
    {
        out.rows.extend(0..n);
        for row in 0..n as usize {
            let cell = grid.cell(row, c);
            out.ids
                .push(cell.strip_suffix(".0").filter(|_| artefact).unwrap_or(cell));
        }
        return out;
    }
    // Only identifiers that have to be made up need to know all others.
    let written: Written<'_> = LazyCell::new(Box::new(|| {
        (0..n as usize).map(|row| grid.cell(row, c)).collect()
    }));
    let mut owner: FxHashMap<&str, u32> = FxHashMap::default();
    owner.reserve(n as usize);
    // Further rows of an identifier are rare: they have a list of their own.
    let mut others: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
    let mut made: FxHashSet<String> = FxHashSet::default();
    let (mut empty, mut repeated, mut renamed, mut cleaned) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in 0..n {
        let cell = grid.cell(row as usize, c);
        if presence(cell, further) == Presence::Missing {
            empty.push(row);
            let id = unused(&format!("row-{}", row + 1), &written, &mut made, 2);
            out.rows.push(row);
            out.ids.push(&id);
            continue;
        }
        let Some(&first) = owner.get(cell) else {
            owner.insert(cell, row);
            let plain = cell.strip_suffix(".0").filter(|_| artefact).unwrap_or(cell);
            out.rows.push(row);
            if plain.chars().any(is_unprintable) {
                cleaned.push(row);
                let clean: String = plain.chars().map(printable).collect();
                out.ids.push(&unused(&clean, &written, &mut made, 2));
            } else {
                out.ids.push(plain);
            }
            continue;
        };
        let later = others.entry(cell).or_default();
        if std::iter::once(&first)
            .chain(later.iter())
            .any(|&r| grid.same_row(r as usize, row as usize))
        {
            repeated.push(row);
            continue;
        }
        later.push(row);
        renamed.push(row);
        let plain = cell.strip_suffix(".0").filter(|_| artefact).unwrap_or(cell);
        let base: String = plain.chars().map(printable).collect();
        let number = later.len() + 1;
        let id = unused(&format!("{base}#{number}"), &written, &mut made, number + 1);
        out.rows.push(row);
        out.ids.push(&id);
    }
    let mut warn = |code, rows: &[u32], message: &dyn Fn(String) -> String| {
        if !rows.is_empty() {
            out.warnings
                .push(Warning::new(code, message(some_lines(grid, rows))));
        }
    };
    warn("duplicate-rows", &repeated, &|lines| {
        let what = count(repeated.len(), "row repeats", "rows repeat");
        format!("{what} an earlier row cell by cell, identifier included, and left out ({lines})")
    });
    warn("duplicate-ids", &renamed, &|lines| {
        let what = count(renamed.len(), "row has", "rows have");
        format!(
            "{what} the identifier of an earlier row but other values; all are kept as customers, the later ones with \
             #2, #3 and so on behind the identifier ({lines})"
        )
    });
    warn("empty-ids", &empty, &|lines| {
        let what = count(empty.len(), "row has", "rows have");
        format!("{what} no identifier; named row- and the number of the row ({lines})")
    });
    warn("cleaned-ids", &cleaned, &|lines| {
        let what = count(cleaned.len(), "identifier holds", "identifiers hold");
        format!("{what} line breaks or control characters; replaced ({lines})")
    });
    out
}

/// Whether some file or program would not keep the character in a name.
pub(super) fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// What stands for it: a space for tabs and line breaks.
pub(super) fn printable(c: char) -> char {
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
pub(super) fn some_lines(grid: &Grid, rows: &[u32]) -> String {
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
