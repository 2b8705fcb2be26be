//! Which columns of a list of edges are its ends and its weight.

use super::dialect;
use super::edge_attributes::OfEdges;
use super::edges::no_edges;
use crate::columns::names::{among, words};
use crate::columns::number;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::Side;
use crate::table::grid::{Records, cell_text};
use crate::text::count;

/// Where the ends and the weight stand.
pub(super) struct Columns {
    /// How many records stand above the edges: comments and the header.
    pub(super) above: usize,
    pub(super) source: usize,
    pub(super) target: usize,
    pub(super) weight: Option<usize>,
    /// All other columns.
    pub(super) further: Vec<usize>,
    /// What people call each column.
    called: Vec<String>,
    has_header: bool,
    /// Whether the names say that source and target are things of two kinds.
    pub(super) of_two_kinds: bool,
}

const SOURCES: &str = "source from src node1 start tail id1 sender person1 nodea v1 vertex1 customer1 user1 sourceid node \
    ego";
const TARGETS: &str = "target to dst dest destination node2 end head id2 receiver person2 nodeb v2 vertex2 customer2 user2 \
    targetid neighbor neighbour alter";
const WEIGHTS: &str = "weight weights w value strength count n amount similarity gewicht times frequency";

/// Who has something, and what: headers of lists of things of two kinds.
const OWNERS: &str = "customer customerid customerno customernumber user userid client clientid buyer buyerid shopper member \
    memberid account accountid kunde kundennummer household householdid householdkey person personid reader actor author";
const THINGS: &str = "product productid productname item itemid article articleid artikel artikelnummer sku stockcode movie movieid \
    film book bookid song track game event group category brand merchant store shop paper page";

impl Columns {
    /// The column of the ends on this side, and that of the other ends.
    pub(super) fn of_side(&self, side: Side) -> (usize, usize) {
        match side {
            Side::Source => (self.source, self.target),
            Side::Target => (self.target, self.source),
        }
    }

    /// What people call column `c`.
    pub(super) fn call(&self, c: usize) -> &str {
        &self.called[c]
    }

    /// Which columns make the edges; a projection asks for no weights.
    pub(super) fn in_words(&self, projected: bool) -> String {
        let weights = match self.weight {
            _ if projected => String::new(),
            Some(w) => format!(", weight in column {}", self.call(w)),
            None => ", all of weight 1".to_owned(),
        };
        let (source, target) = (self.call(self.source), self.call(self.target));
        format!("edges from column {source} to column {target}{weights}")
    }

    pub(super) fn detect(source: &str, sample: &dialect::Sample, reading: &mut Vec<String>) -> Result<Self> {
        // Collections of networks put comments above the edges.
        let comments = sample
            .rows
            .iter()
            .take_while(|(cells, ..)| cells.first().is_some_and(|c| c.starts_with('#')))
            .count();
        let (first, line, _) = sample.rows.get(comments).ok_or_else(|| no_edges(source))?;
        if first.len() < 2 {
            return Err(Error::data(format!(
                "{} found where source and target are needed",
                count(first.len(), "cell", "cells")
            ))
            .in_file(source)
            .at_line(*line)
            .hint(message!["set ", Setting::Separator]));
        }
        let names: Vec<String> = first.iter().map(|cell| words(cell).concat()).collect();
        let named = |list: &str| names.iter().position(|n| among(list, n));
        let body = &sample.rows[comments + 1..];
        let (by_source, by_target) = (named(SOURCES), named(TARGETS));
        // A node may be called node1: then the word stands below as well.
        let is_node = |c: usize| {
            let below = |(cells, ..): &(Vec<String>, u64, usize)| cells.contains(&first[c]);
            body.iter().any(below)
        };
        let are_names = |pair: (Option<usize>, Option<usize>)| match pair {
            (Some(s), Some(t)) => s != t && !is_node(s) && !is_node(t),
            _ => false,
        };
        let by_name = are_names((by_source, by_target));
        let kinds = (named(OWNERS), named(THINGS));
        let of_two_kinds = !by_name && are_names(kinds);
        // A word over numbers is a name, too.
        let over_numbers = (0..first.len()).any(|c| are_numbers(body, c))
            && !first.iter().any(|cell| number::looks_like_number(cell));
        let header = by_name || of_two_kinds || over_numbers;
        let (source_at, target_at) = match (by_source, by_target, kinds) {
            (Some(s), Some(t), _) if by_name => (s, t),
            // As they stand in the file.
            (_, _, (Some(owner), Some(thing))) if of_two_kinds => (owner.min(thing), owner.max(thing)),
            _ => (0, 1),
        };
        let free = |c: &usize| *c != source_at && *c != target_at;
        let weight = if header {
            named(WEIGHTS).filter(free)
        } else {
            Some(2).filter(|&c| are_numbers(&sample.rows[comments..], c))
        };
        let call = |c: usize| {
            if header {
                first[c].clone()
            } else {
                format!("{} (the {})", c + 1, ordinal(c))
            }
        };
        let columns = Columns {
            above: comments + usize::from(header),
            source: source_at,
            target: target_at,
            weight,
            further: (0..first.len())
                .filter(|c| free(c) && Some(*c) != weight)
                .collect(),
            called: (0..first.len()).map(call).collect(),
            has_header: header,
            of_two_kinds,
        };
        columns.say(comments, *line, reading);
        Ok(columns)
    }

    /// How the table is read: `comments` above it, and its first record on `line`.
    fn say(&self, comments: usize, line: u64, reading: &mut Vec<String>) {
        if comments > 0 {
            reading.push(format!(
                "{} skipped",
                count(comments, "line that begins", "lines that begin") + " with #"
            ));
        }
        reading.push(if self.has_header {
            format!("header on line {line}")
        } else {
            "no header".to_owned()
        });
    }

    /// The columns beside ends and weight, as attributes of the edges.
    pub(super) fn attributes(&self) -> Vec<OfEdges> {
        let name = |&c: &usize| match self.called[c].trim() {
            "" => format!("column {}", c + 1),
            _ if !self.has_header => format!("column {}", c + 1),
            name => name.to_owned(),
        };
        self.further
            .iter()
            .map(|c| OfEdges::new(&name(c), false))
            .collect()
    }
}

/// Whether each of these rows, of which there are some, has a number in column `c`.
fn are_numbers(rows: &[(Vec<String>, u64, usize)], c: usize) -> bool {
    let is_number =
        |row: &(Vec<String>, u64, usize)| row.0.get(c).is_some_and(|cell| number::looks_like_number(cell));
    !rows.is_empty() && rows.iter().all(is_number)
}

fn ordinal(c: usize) -> String {
    match c {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        _ => format!("{}th", c + 1),
    }
}

/// A comma where more weights need one than need a point.
pub(super) fn decimal_mark(columns: &Columns, mut records: Records<'_>) -> char {
    let (mut points, mut commas) = (0usize, 0usize);
    let Some(column) = columns.weight else {
        return '.';
    };
    while let Some((record, ..)) = records.next() {
        let cell = record.get(column).map_or("", cell_text).trim();
        match number::strip(cell).map(|w| number::look(w.body)) {
            Some(number::Look::Point) => points += 1,
            Some(number::Look::Comma) => commas += 1,
            _ => {}
        }
    }
    if commas > points { ',' } else { '.' }
}
