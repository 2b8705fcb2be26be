//! Pajek: `*Vertices 3`, `1 "a"`, `*Edges`, `1 2 0.5` (Batagelj and Mrvar).

use super::found::{Found, Kind};
use crate::error::{Error, Result};
use crate::warning::Warning;

/// Whether the first line that is no comment is one of Pajek's sections.
pub(super) fn looks_like_pajek(head: &str) -> bool {
    let mut lines = head
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('%'));
    lines.next().is_some_and(|line| {
        let word = line.split_whitespace().next().unwrap_or_default().to_lowercase();
        matches!(word.as_str(), "*vertices" | "*network")
    })
}

/// What the lines are about.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    Vertices,
    Arcs,
    Edges,
    /// The first number is tied to all others of the line.
    ArcsList,
    EdgesList,
    /// What has nothing to do with a network.
    Other,
}

/// What is read of the file.
struct Pajek {
    section: Section,
    /// How many vertices there are, once that is said.
    n: Option<u64>,
}

pub(super) fn read(text: &str, found: &mut Found<'_>) -> Result<()> {
    let mut pajek = Pajek {
        section: Section::Other,
        n: None,
    };
    let label = found.attribute("label", Kind::Text, "");
    for (line, row) in (1..).zip(text.lines()) {
        let row = row.trim_start_matches('\u{FEFF}').trim();
        if row.is_empty() || row.starts_with('%') {
            continue;
        }
        if let Some(name) = row.strip_prefix('*') {
            pajek.begin(name, line, found)?;
            continue;
        }
        let cells = cells(row);
        match pajek.section {
            Section::Vertices => {
                let node = found.node(pajek.vertex(cells[0], line)?, line)?;
                if let Some(text) = cells.get(1) {
                    found.value(node, label, text)?;
                }
            }
            Section::Arcs | Section::Edges => {
                let second = cells.get(1).map(|cell| pajek.vertex(cell, line)).transpose()?;
                let ends = [Some(pajek.vertex(cells[0], line)?), second];
                found.edge(ends, cells.get(2).copied(), pajek.section == Section::Arcs, line)?;
            }
            Section::ArcsList | Section::EdgesList => {
                let first = pajek.vertex(cells[0], line)?;
                for cell in &cells[1..] {
                    let ends = [Some(first), Some(pajek.vertex(cell, line)?)];
                    found.edge(ends, None, pajek.section == Section::ArcsList, line)?;
                }
            }
            Section::Other => {}
        }
    }
    Ok(())
}

impl Pajek {
    fn begin(&mut self, name: &str, line: u64, found: &mut Found<'_>) -> Result<()> {
        let mut words = name.split_whitespace();
        let word = words.next().unwrap_or_default().to_lowercase();
        self.section = match word.as_str() {
            "vertices" if self.n.is_some() => {
                return Err(Error::data("a second network begins")
                    .at_line(line)
                    .hint("save each network as a file of its own"));
            }
            "vertices" => {
                let number = words.next().and_then(|n| n.parse().ok());
                let Some(n) = number else {
                    return Err(Error::data("*Vertices does not say how many there are")
                        .at_line(line)
                        .hint("such as *Vertices 34"));
                };
                self.n = Some(n);
                if words.next().is_some() {
                    found.warnings.push(Warning::new(
                        "two-mode-network",
                        "the network has vertices of two kinds; it is taken as it is, ties between the two",
                    ));
                }
                Section::Vertices
            }
            "arcs" => Section::Arcs,
            "edges" => Section::Edges,
            "arcslist" => Section::ArcsList,
            "edgeslist" => Section::EdgesList,
            "matrix" => {
                return Err(
                    Error::data("the network is written as a matrix, which is not read")
                        .at_line(line)
                        .hint("save it with *Edges or *Arcs"),
                );
            }
            "network" => Section::Other,
            _ => {
                found.warnings.push(Warning::new(
                    "unused-sections",
                    format!("the section *{word} is not used (line {line})"),
                ));
                Section::Other
            }
        };
        Ok(())
    }

    /// The number of a vertex, as it stands.
    fn vertex<'a>(&self, cell: &'a str, line: u64) -> Result<&'a str> {
        let n = self.n.unwrap_or(0);
        match cell.parse::<u64>() {
            // As others write the same number.
            Ok(number) if number >= 1 && number <= n => Ok(cell.trim_start_matches(['+', '0'])),
            _ => Err(Error::data(format!("\"{cell}\" is none of the {n} vertices"))
                .at_line(line)
                .hint("vertices are named by their numbers from 1 on, as in *Vertices")),
        }
    }
}

/// The cells of a row; one in quotation marks may hold blanks.
fn cells(row: &str) -> Vec<&str> {
    let mut cells = Vec::new();
    let mut rest = row;
    while !rest.is_empty() {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        cells.push(cell);
        rest = after.trim_start();
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_in_quotation_marks_hold_blanks() {
        assert_eq!(cells("1 \"Ada  L\" 0.5"), ["1", "Ada  L", "0.5"]);
        assert_eq!(cells("1\t2"), ["1", "2"]);
        assert_eq!(cells("1 \"open"), ["1", "open"]);
    }
}
