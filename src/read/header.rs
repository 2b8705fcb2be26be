//! Which line is the header, what stands above it, and unique names for all columns.

use super::dialect::Sample;
use crate::columns::missing::{Presence, presence};
use crate::columns::names::id_strength;
use crate::columns::number::looks_like_number;
use crate::text::count;
use crate::warning::Warning;

/// The names of the columns and where the rows begin.
#[derive(Debug)]
pub(crate) struct Header {
    /// As written, one per column; blank ones included.
    pub(crate) names: Vec<String>,
    /// The line of the header; of the first row where there is none.
    pub(crate) line: u64,
    /// The byte at which the header, or the first row, begins.
    pub(crate) at: usize,
    /// Whether the record at `at` is a header.
    pub(crate) present: bool,
    /// Whether the first row behind the header belongs to the header.
    pub(crate) second: bool,
    pub(crate) reading: Vec<String>,
    pub(crate) warnings: Vec<Warning>,
}

/// Finds the header among the first records.
pub(crate) fn detect(sample: &Sample) -> Option<Header> {
    let place = header_place(sample);
    let (cells, line, at) = sample.rows.get(place)?;
    let body = &sample.rows[place + 1..];
    let mut reading = Vec::new();
    let mut warnings = Vec::new();
    let titles = match place {
        0 => String::new(),
        n => format!(", {} above skipped", count(n, "title line", "title lines")),
    };
    if place > 0 {
        warnings.push(title_lines(sample, place, *line));
    }
    if is_row(cells, body) {
        let width = sample.width.max(cells.len());
        reading.push(format!("no header{titles}"));
        warnings.push(Warning::new(
            "no-header",
            format!(
                "line {line} looks like a row and not like a header, so the columns are called column_1 to column_{width}; \
                 a line of names at the top gives them their own"
            ),
        ));
        return Some(Header {
            names: (1..=width).map(|c| format!("column_{c}")).collect(),
            line: *line,
            at: *at,
            present: false,
            second: false,
            reading,
            warnings,
        });
    }
    if cells.iter().all(|c| looks_like_number(c)) {
        warnings.push(Warning::new(
            "numbers-as-names",
            format!(
                "line {line} holds numbers only and was taken as the header; if it is a row, put a line of names above it"
            ),
        ));
    }
    let mut names = cells.clone();
    let second = is_second_header(cells, body);
    if second {
        let below = &body[0].0;
        let mut sorted: Vec<&String> = cells.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        // Names that repeat or are blank are headings over several columns: only both rows together name a column.
        let joined = sorted.len() < cells.len() || cells.iter().any(String::is_empty);
        if joined {
            names = join(cells, below);
        }
        let what = if joined {
            "both together name the columns"
        } else {
            "the second one was left out"
        };
        reading.push(format!("header on lines {line} and {}{titles}", body[0].1));
        warnings.push(Warning::new(
            "two-header-rows",
            format!(
                "line {} looks like a second header row (\"{}\"): {what}",
                body[0].1,
                below.join(" ").trim().chars().take(60).collect::<String>()
            ),
        ));
    } else {
        reading.push(format!("header on line {line}{titles}"));
    }
    Some(Header {
        names,
        line: *line,
        at: *at,
        present: true,
        second,
        reading,
        warnings,
    })
}

/// What is said of the lines above the record at `place`, which is on `line`.
fn title_lines(sample: &Sample, place: usize, line: u64) -> Warning {
    let first = sample.rows[0].0.iter().find(|c| !c.is_empty());
    let shown: String = first.map_or("", |c| c).chars().take(60).collect();
    Warning::new(
        "title-lines",
        format!(
            "{} above the header on line {line} skipped, beginning with \"{shown}\"",
            count(place, "line", "lines")
        ),
    )
}

/// The first record that is filled like the rows below it; lines with a few words above are titles.
fn header_place(sample: &Sample) -> usize {
    let width = sample.width;
    let whole: Vec<&Vec<String>> = sample
        .rows
        .iter()
        .map(|(cells, ..)| cells)
        .filter(|c| c.len() == width)
        .collect();
    let filled = (0..width)
        .filter(|&c| whole.iter().filter(|cells| !cells[c].is_empty()).count() * 2 >= whole.len())
        .count();
    let is_title = |cells: &Vec<String>| {
        let present = cells.iter().filter(|c| !c.is_empty()).count();
        present * 2 < filled || (cells.len() == 1 && width > 1)
    };
    let place = sample
        .rows
        .iter()
        .take_while(|(cells, ..)| is_title(cells))
        .count();
    if place < sample.rows.len() { place } else { 0 }
}

fn is_missing(cell: &str) -> bool {
    presence(cell, &[]) != Presence::Present
}

/// Columns in which all present cells of the rows look like numbers, and how many cells those are.
fn number_columns(width: usize, rows: &[(Vec<String>, u64, usize)]) -> Vec<(usize, usize)> {
    (0..width)
        .filter_map(|c| {
            let mut seen = 0;
            for (cells, ..) in rows {
                match cells.get(c) {
                    Some(cell) if !is_missing(cell) => {
                        if !looks_like_number(cell) {
                            return None;
                        }
                        seen += 1;
                    }
                    _ => {}
                }
            }
            (seen > 0).then_some((c, seen))
        })
        .collect()
}

/// Whether the supposed header is a row: numbers stand in it where numbers stand below.
fn is_row(cells: &[String], body: &[(Vec<String>, u64, usize)]) -> bool {
    if body.is_empty() {
        return cells.len() > 1 && cells.iter().all(|c| looks_like_number(c)) && !is_run(cells);
    }
    let numbers = number_columns(cells.len(), body);
    if numbers.is_empty() || !numbers.iter().all(|&(c, _)| looks_like_number(&cells[c])) {
        return false;
    }
    if cells.iter().any(|cell| id_strength(cell) >= 70) {
        return false;
    }
    // Years or running numbers make good names.
    let names: Vec<String> = numbers.iter().map(|&(c, _)| cells[c].clone()).collect();
    !(names.len() > 1 && is_run(&names))
}

/// Whole numbers that each exceed the one before by one: years, or numbers from 0 or 1.
fn is_run(cells: &[String]) -> bool {
    let values: Option<Vec<i64>> = cells.iter().map(|c| c.parse().ok()).collect();
    values.is_some_and(|v| {
        let years = v.iter().all(|x| (1900..=2100).contains(x));
        let places = v.len() > 2 && v.first().is_some_and(|&x| x == 0 || x == 1);
        (years || places) && v.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]))
    })
}

/// Whether the first row below the header is text in all columns that otherwise hold numbers.
fn is_second_header(cells: &[String], body: &[(Vec<String>, u64, usize)]) -> bool {
    let Some(((first, ..), rest)) = body.split_first() else {
        return false;
    };
    let numbers = number_columns(cells.len(), rest);
    let texts = numbers
        .iter()
        .filter(|&&(c, _)| {
            first
                .get(c)
                .is_some_and(|cell| !is_missing(cell) && !looks_like_number(cell))
        })
        .count();
    rest.len() >= 2 && texts >= 2 && texts == numbers.len()
}

/// `2023` over `sales` is `2023 sales`; a heading holds for the blank cells to its right.
fn join(above: &[String], below: &[String]) -> Vec<String> {
    let mut heading = "";
    (0..above.len().max(below.len()))
        .map(|c| {
            let top = above.get(c).map_or("", String::as_str);
            if !top.is_empty() {
                heading = top;
            }
            let bottom = below.get(c).map_or("", String::as_str);
            format!("{heading} {bottom}").trim().to_owned()
        })
        .collect()
}

/// Clean, unique names: line breaks become spaces, blank names `column_3`, repeated ones `name_2`. Columns that are
/// not `kept` stay without name.
pub(crate) fn unique_names(written: &[String], kept: &[bool], warnings: &mut Vec<Warning>) -> Vec<String> {
    let mut taken = rustc_hash::FxHashSet::default();
    let clean: Vec<String> = written
        .iter()
        .map(|name| {
            let spaced: String = name
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            spaced
                .trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\u{200B}')
                .to_owned()
        })
        .collect();
    taken.extend(clean.iter().cloned());
    let mut seen = rustc_hash::FxHashSet::default();
    // Of each name, the number to try next.
    let mut numbers: rustc_hash::FxHashMap<&str, usize> = rustc_hash::FxHashMap::default();
    let (mut blank, mut repeated) = (Vec::new(), Vec::new());
    let names = clean
        .iter()
        .enumerate()
        .map(|(c, name)| {
            if !kept[c] {
                return String::new();
            }
            if !name.is_empty() && seen.insert(name.clone()) {
                return name.clone();
            }
            let base = if name.is_empty() { "column" } else { name.as_str() };
            let next = numbers.entry(base).or_insert(2);
            let mut number = if name.is_empty() { c + 1 } else { *next };
            let mut unique = format!("{base}_{number}");
            while !taken.insert(unique.clone()) {
                number += 1;
                unique = format!("{base}_{number}");
            }
            *next = (*next).max(if name.is_empty() { 2 } else { number + 1 });
            if name.is_empty() {
                blank.push(unique.clone())
            } else {
                repeated.push(unique.clone())
            }
            unique
        })
        .collect();
    if !blank.is_empty() {
        warnings.push(Warning::new(
            "blank-column-names",
            format!(
                "{} no name; called {}",
                count(blank.len(), "column has", "columns have"),
                crate::columns::names::shortened(&blank)
            ),
        ));
    }
    if !repeated.is_empty() {
        warnings.push(Warning::new(
            "repeated-column-names",
            format!(
                "{} a name that an earlier one has; called {}",
                count(repeated.len(), "column has", "columns have"),
                crate::columns::names::shortened(&repeated)
            ),
        ));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::dialect::sample;
    use crate::table::grid::Dialect;

    fn header(text: &str) -> Header {
        let dialect = Dialect {
            separator: b',',
            quote: b'"',
        };
        detect(&sample(text, 1, dialect)).expect("records")
    }

    #[test]
    fn title_lines_are_skipped_and_counted() {
        for (text, line, phrase) in [
            ("a,b,c\n1,2,3\n", 1, "header on line 1"),
            (
                "Report\na,b,c\n1,2,3\n",
                2,
                "header on line 2, 1 title line above skipped",
            ),
            (
                "Report,,\nMay,,\n\na,b,c\n1,2,3\n",
                4,
                "header on line 4, 2 title lines above skipped",
            ),
            (
                "Report\na,b\n1,2\n3,4\n",
                2,
                "header on line 2, 1 title line above skipped",
            ),
            (",value\nx,2\ny,4\n", 1, "header on line 1"),
        ] {
            let header = header(text);
            assert_eq!(
                (header.line, header.reading[0].as_str()),
                (line, phrase),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_table_without_header_keeps_its_first_row() {
        assert!(!header("1,2.5\n2,3.5\n").present);
        assert!(!header("C1,2.5\nC2,3.5\n").present);
        assert!(!header("1,2\n3,4\n").present && !header("7,8,9\n3,4,5\n").present);
        assert!(header("id,2019,2020\nx,1,2\ny,3,4\n").present);
        let numbered = header("0,1,2\n5.5,6,7\n");
        assert!(numbered.present && numbered.warnings[0].code == "numbers-as-names");
        assert!(header("name,city\nAnn,Rome\n").present);
    }

    #[test]
    fn a_second_header_row_is_seen() {
        let units = header("id,age,income\n,years,EUR\nx,1,2\ny,3,4\n");
        assert!(units.second && units.names == ["id", "age", "income"]);
        let groups = header("id,2023,,2024,\nname,a,b,a,b\nx,1,2,3,4\ny,3,4,5,6\n");
        assert_eq!(groups.names, ["id name", "2023 a", "2023 b", "2024 a", "2024 b"]);
        assert!(!header("id,age,income\nx,many,5\ny,1,2\nz,3,4\n").second);
    }

    #[test]
    fn blank_and_repeated_names_become_unique() {
        let written = ["a", "", "a", "a_2", " b\n(k$) "].map(str::to_owned);
        let mut warnings = Vec::new();
        assert_eq!(
            unique_names(&written, &[true; 5], &mut warnings),
            ["a", "column_2", "a_3", "a_2", "b (k$)"]
        );
        assert_eq!(warnings.len(), 2);
    }
}
