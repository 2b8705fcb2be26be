//! Networks that already exist: one edge per row, `source,target[,weight]`.

use super::budget::Budget;
use super::decode::decode;
use super::dialect;
use super::grid::{Records, cell_text, count, is_blank};
use super::identifier::{is_unprintable, printable};
use super::names::{among, shortened, words};
use super::number;
use super::quotes;
use super::source;
use super::texts::Texts;
use crate::error::{Error, Result};
use crate::warning::Warning;
use csv::ByteRecord;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::io::Read;
use std::path::Path;

/// How to read a list of edges. The default decides everything from the data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeSettings {
    /// What stands between cells. Default: from the data.
    pub separator: Option<char>,
    /// The decimal mark of the weights, `.` or `,`. Default: a point, or a comma where only that makes sense.
    pub decimal: Option<char>,
    /// A name of the Encoding Standard. Default: from the data.
    pub encoding: Option<String>,
    /// The most memory that reading may take, in bytes: a file that unpacks to more is refused before it is held. Default:
    /// what the system gives.
    pub memory: Option<u64>,
}

/// An undirected network. It does not depend on the order of the rows it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeList {
    /// The names of the nodes, in natural order (`n2` before `n10`), trimmed.
    pub nodes: Texts,
    /// Places in `nodes`, the lower one first, and the weight: finite, above 0, also as `f32`. Ascending, no pair
    /// twice; a self-loop has both ends equal.
    pub edges: Vec<(u32, u32, f64)>,
    /// Rows whose ends are the same node.
    pub self_loops: usize,
    /// Rows that repeat an earlier pair, in either direction; their weights were added to it.
    pub repeated: usize,
    /// How the bytes were read, one plain phrase each.
    pub reading: Vec<String>,
    /// What the reader noticed.
    pub warnings: Vec<Warning>,
}

/// Reads a list of edges from a text file, plain or packed with gzip; `-` is standard input. See [`parse_edges`].
///
/// ```
/// use kinfolk::table::{EdgeSettings, read_edges};
///
/// let error = read_edges("no/such/edges.csv".as_ref(), &EdgeSettings::default()).unwrap_err();
/// assert!(error.to_string().contains("cannot be opened"));
/// ```
///
/// # Errors
/// A file that cannot be read, and whatever [`parse_edges`] refuses.
pub fn read_edges(path: &Path, settings: &EdgeSettings) -> Result<EdgeList> {
    let (name, reader) = source::open(path)?;
    read_edges_from(&name, reader, settings)
}

/// Reads a list of edges from the bytes of a file; `source` is what messages call it.
///
/// The columns are found by name (`source`, `target`, `weight`, as Gephi writes them, and common synonyms), else they
/// are the first two and, where it holds numbers, a third one. A missing weight column means weight 1. Directions are
/// dropped. `O(m log m)`.
///
/// ```
/// use kinfolk::table::{EdgeSettings, parse_edges};
///
/// let csv = "source,target,weight\nb,a,2\na,b,1\nb,c,0.5\n";
/// let list = parse_edges("edges.csv", csv.into(), &EdgeSettings::default())?;
/// assert_eq!(list.nodes, ["a", "b", "c"]);
/// assert_eq!(list.edges, [(0, 1, 3.0), (1, 2, 0.5)]);
/// assert_eq!(list.repeated, 1);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Bytes that are no text table; an edge without both ends; a weight that is not finite and above 0, with its line.
pub fn parse_edges(source: &str, bytes: Vec<u8>, settings: &EdgeSettings) -> Result<EdgeList> {
    let budget = Budget::new(source, settings.memory);
    parse_plain(source, source::unpack_bytes(source, bytes, budget)?, settings)
}

/// Reads a list of edges from a stream; `source` is what messages call it. See [`parse_edges`].
///
/// # Errors
/// A stream that cannot be read, and whatever [`parse_edges`] refuses.
pub fn read_edges_from(source: &str, reader: impl Read, settings: &EdgeSettings) -> Result<EdgeList> {
    let budget = Budget::new(source, settings.memory);
    parse_plain(source, source::unpack(source, reader, budget)?, settings)
}

fn parse_plain(source: &str, plain: source::Plain, settings: &EdgeSettings) -> Result<EdgeList> {
    let budget = Budget::new(source, settings.memory);
    source::refuse_binary(source, &plain.bytes)?;
    let decoded = decode(source, plain.bytes, settings.encoding.as_deref(), budget)?;
    let mut reading: Vec<String> = plain.packing.map(str::to_owned).into_iter().collect();
    reading.extend(decoded.reading);
    let mut warnings = decoded.warnings;
    let found = match dialect::detect(source, &decoded.text, settings.separator) {
        Err(_) if settings.separator.is_none() && is_spaced(&decoded.text) => {
            dialect::detect(source, &decoded.text, Some(' '))?
        }
        found => found?,
    };
    reading.extend(found.reading);
    let (start, first_line) = found.start;
    let text = &decoded.text[start..];
    quotes::pieces(source, text, first_line, found.dialect, usize::MAX)?;

    let sample = dialect::sample(text, first_line, found.dialect);
    let columns = Columns::detect(source, &sample, &mut reading, &mut warnings)?;
    let records = || {
        let mut records = Records::new(text, first_line, found.dialect);
        // Comments and the header are the first records that are not blank.
        let mut above = columns.above;
        while above > 0 {
            above -= usize::from(records.next().is_none_or(|(record, ..)| !is_blank(record)));
        }
        records
    };
    let decimal = settings
        .decimal
        .unwrap_or_else(|| decimal_mark(&columns, records()));
    let mut rows = Rows::default();
    let mut records = records();
    while let Some((record, line, _)) = records.next() {
        if !is_blank(record) {
            rows.add(&columns, record, decimal, line)
                .map_err(|e| e.in_file(source).at_line(line))?;
            if rows.edges.len().is_multiple_of(4096) {
                budget.allow(text.len() as u64 + rows.bytes(), "the network")?;
            }
        }
    }
    rows.clean_names(source, &mut warnings)?;
    if rows.edges.is_empty() {
        return Err(no_edges(source));
    }
    if decimal == ',' {
        reading.push("decimal comma".to_owned());
    }
    rows.into_list(source, reading, warnings)
}

fn no_edges(source: &str) -> Error {
    Error::data("holds no edges")
        .in_file(source)
        .hint("one row source,target[,weight] per edge is needed")
}

/// Whether single spaces cut nearly all lines into two or three cells.
fn is_spaced(text: &str) -> bool {
    let lines = || {
        text.lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
            .take(1000)
    };
    let cut = lines()
        .filter(|l| (2..=3).contains(&l.split(' ').count()))
        .count();
    cut > 0 && cut * 10 >= lines().count() * 9
}

/// Where the ends and the weight stand.
struct Columns {
    /// How many records stand above the edges: comments and the header.
    above: usize,
    source: usize,
    target: usize,
    weight: Option<usize>,
}

const SOURCES: &str = "source from src node1 start tail id1 sender person1 nodea v1 vertex1 customer1 user1 sourceid node \
    ego";
const TARGETS: &str = "target to dst dest destination node2 end head id2 receiver person2 nodeb v2 vertex2 customer2 user2 \
    targetid neighbor neighbour alter";
const WEIGHTS: &str = "weight weights w value strength count n amount similarity gewicht times frequency";

impl Columns {
    fn detect(
        source: &str,
        sample: &dialect::Sample,
        reading: &mut Vec<String>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self> {
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
            .hint("set --separator"));
        }
        let names: Vec<String> = first.iter().map(|cell| words(cell).concat()).collect();
        let named = |list: &str| names.iter().position(|n| among(list, n));
        let body = &sample.rows[comments + 1..];
        let numbers_below = |c: usize| {
            !body.is_empty()
                && body
                    .iter()
                    .all(|(cells, ..)| cells.get(c).is_some_and(|cell| number::looks_like_number(cell)))
        };
        let (by_source, by_target) = (named(SOURCES), named(TARGETS));
        // A node may be called node1: then the word stands below as well.
        let is_node = |c: usize| {
            let below = |(cells, ..): &(Vec<String>, u64, usize)| cells.contains(&first[c]);
            body.iter().any(below)
        };
        let by_name = match (by_source, by_target) {
            (Some(s), Some(t)) => s != t && !is_node(s) && !is_node(t),
            _ => false,
        };
        // A word over numbers is a name, too.
        let over_numbers =
            (0..first.len()).any(numbers_below) && !first.iter().any(|cell| number::looks_like_number(cell));
        let header = by_name || over_numbers;
        let (source_at, target_at) = match (by_source, by_target) {
            (Some(s), Some(t)) if by_name => (s, t),
            _ => (0, 1),
        };
        let free = |c: &usize| *c != source_at && *c != target_at;
        let weight = if header {
            named(WEIGHTS).filter(free)
        } else {
            Some(2).filter(|&c| {
                c < first.len()
                    && sample.rows[comments..]
                        .iter()
                        .all(|(cells, ..)| cells.get(c).is_some_and(|x| number::looks_like_number(x)))
            })
        };
        if comments > 0 {
            reading.push(format!(
                "{} skipped",
                count(comments, "line that begins", "lines that begin") + " with #"
            ));
        }
        reading.push(if header {
            format!("header on line {line}")
        } else {
            "no header".to_owned()
        });
        let call = |c: usize| {
            if header {
                first[c].clone()
            } else {
                format!("{} (the {})", c + 1, ordinal(c))
            }
        };
        reading.push(match weight {
            Some(w) => format!(
                "edges from column {} to column {}, weight in column {}",
                call(source_at),
                call(target_at),
                call(w)
            ),
            None => format!(
                "edges from column {} to column {}, all of weight 1",
                call(source_at),
                call(target_at)
            ),
        });
        let unused: Vec<String> = (0..first.len())
            .filter(|c| free(c) && Some(*c) != weight)
            .filter(|&c| {
                !(header
                    && first[c].is_empty()
                    && body
                        .iter()
                        .all(|(cells, ..)| cells.get(c).is_none_or(String::is_empty)))
            })
            .map(call)
            .collect();
        if !unused.is_empty() {
            let advice = if weight.is_none() {
                "; a column of weights is called weight"
            } else {
                ""
            };
            warnings.push(Warning::new(
                "unused-columns",
                format!(
                    "{} not used: {}{advice}",
                    count(unused.len(), "column is", "columns are"),
                    shortened(&unused)
                ),
            ));
        }
        Ok(Columns {
            above: comments + usize::from(header),
            source: source_at,
            target: target_at,
            weight,
        })
    }
}

fn ordinal(c: usize) -> String {
    match c {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        _ => format!("{}th", c + 1),
    }
}

/// Edges as they come, nodes numbered by first appearance.
#[derive(Default)]
struct Rows {
    places: FxHashMap<String, u32>,
    nodes: Vec<String>,
    /// The line on which each node first stands.
    lines: Vec<u64>,
    /// Bytes of all names.
    letters: u64,
    edges: Vec<(u32, u32, f64)>,
}

impl Rows {
    /// About what it holds, in bytes.
    fn bytes(&self) -> u64 {
        // A name stands in the list and in the map, each with its own place in memory.
        2 * self.letters + 120 * self.nodes.len() as u64 + 32 * self.edges.len() as u64
    }

    fn add(&mut self, columns: &Columns, record: &ByteRecord, decimal: char, line: u64) -> Result<()> {
        let cell = |c: usize| record.get(c).map(|b| cell_text(b).trim());
        let mut end = |c: usize, what: &str| -> Result<u32> {
            match cell(c) {
                Some(name) if !name.is_empty() => Ok(self.node(name, line)),
                _ => Err(Error::data(format!("the edge has no {what}")).hint("each row needs two nodes")),
            }
        };
        let a = end(columns.source, "source")?;
        let b = end(columns.target, "target")?;
        let weight = match columns.weight {
            None => 1.0,
            Some(c) => weight(cell(c).unwrap_or_default(), decimal)?,
        };
        self.edges.push((a, b, weight));
        Ok(())
    }

    fn node(&mut self, name: &str, line: u64) -> u32 {
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        let place = self.nodes.len() as u32;
        self.places.insert(name.to_owned(), place);
        self.nodes.push(name.to_owned());
        self.lines.push(line);
        self.letters += name.len() as u64;
        place
    }

    /// Names without line breaks and control characters, which files and other programs do not keep.
    ///
    /// # Errors
    /// Where that makes two names one: nobody could tell the two nodes apart in what is written.
    fn clean_names(&mut self, source: &str, warnings: &mut Vec<Warning>) -> Result<()> {
        let odd: Vec<usize> = (0..self.nodes.len())
            .filter(|&i| self.nodes[i].chars().any(is_unprintable))
            .collect();
        if odd.is_empty() {
            return Ok(());
        }
        for &i in &odd {
            self.nodes[i] = self.nodes[i].chars().map(printable).collect();
        }
        let mut owners: FxHashMap<&str, usize> = FxHashMap::default();
        for (i, name) in self.nodes.iter().enumerate() {
            if let Some(first) = owners.insert(name, i) {
                return Err(Error::data(format!(
                    "the name \"{name}\" differs from one on line {} only by a tab, a line break or a control character, and \
                     files cannot tell the two apart",
                    self.lines[first]
                ))
                .in_file(source)
                .at_line(self.lines[i])
                .hint("give one of the nodes another name"));
            }
        }
        let lines: Vec<String> = odd.iter().take(5).map(|&i| self.lines[i].to_string()).collect();
        let what = count(odd.len(), "node name holds", "node names hold");
        let more = if odd.len() > lines.len() {
            " and further ones"
        } else {
            ""
        };
        warnings.push(Warning::new(
            "cleaned-ids",
            format!(
                "{what} line breaks, tabs or control characters; replaced (first on {} {}{more})",
                if lines.len() == 1 { "line" } else { "lines" },
                lines.join(", ")
            ),
        ));
        Ok(())
    }

    fn into_list(
        self,
        source: &str,
        mut reading: Vec<String>,
        mut warnings: Vec<Warning>,
    ) -> Result<EdgeList> {
        let mut order: Vec<u32> = (0..self.nodes.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| natural(&self.nodes[a as usize], &self.nodes[b as usize]));
        let mut rank = vec![0u32; order.len()];
        for (new, &old) in order.iter().enumerate() {
            rank[old as usize] = new as u32;
        }
        let mut edges: Vec<(u32, u32, f64)> = self
            .edges
            .iter()
            .map(|&(a, b, w)| {
                let (a, b) = (rank[a as usize], rank[b as usize]);
                (a.min(b), a.max(b), w)
            })
            .collect();
        let self_loops = edges.iter().filter(|(a, b, _)| a == b).count();
        let rows = edges.len();
        // The weight is part of the key so that sums do not depend on the order of the rows.
        edges.sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(x.2.total_cmp(&y.2)));
        edges.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2 += next.2;
            }
            same
        });
        let repeated = rows - edges.len();
        let nodes: Texts = order.iter().map(|&o| self.nodes[o as usize].as_str()).collect();
        if let Some((a, b, _)) = edges
            .iter()
            .find(|(_, _, w)| !(*w as f32).is_finite() || *w as f32 <= 0.0)
        {
            return Err(Error::data(format!(
                "the weight between \"{}\" and \"{}\" is beyond what single precision holds",
                &nodes[*a as usize], &nodes[*b as usize]
            ))
            .in_file(source)
            .hint("multiply all weights by the same number: only their proportions count"));
        }
        if self_loops > 0 {
            let what = count(self_loops, "row links a node", "rows link nodes");
            warnings.push(Warning::new(
                "self-loops",
                format!("{what} with itself; kept as self-loops"),
            ));
        }
        if repeated > 0 {
            let what = count(repeated, "row repeats a pair", "rows repeat pairs");
            warnings.push(Warning::new(
                "repeated-edges",
                format!("{what} of nodes, in one direction or the other; their weights were added"),
            ));
        }
        reading.push(format!(
            "{}, {}",
            count(nodes.len(), "node", "nodes"),
            count(edges.len(), "edge", "edges")
        ));
        Ok(EdgeList {
            nodes,
            edges,
            self_loops,
            repeated,
            reading,
            warnings,
        })
    }
}

/// A comma where more weights need one than need a point.
fn decimal_mark(columns: &Columns, mut records: Records<'_>) -> char {
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

fn weight(cell: &str, decimal: char) -> Result<f64> {
    let hint = "weights must be finite and above 0; leave edges of weight 0 out";
    let wrong = |what: &str| Err(Error::data(format!("the weight \"{cell}\" {what}")).hint(hint));
    if cell.is_empty() {
        return wrong("is missing");
    }
    match number::value(cell, decimal) {
        None if number::is_infinity(cell) => wrong("is not finite"),
        None => wrong("is not a number"),
        Some(w) if !w.is_finite() => wrong("is not finite"),
        Some(w) if w <= 0.0 => wrong("is not above 0"),
        Some(w) => Ok(w),
    }
}

/// Natural order: runs of digits compare as numbers, all else by character.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    fn split(s: &str) -> (&str, &str) {
        let digits = s.bytes().take_while(u8::is_ascii_digit).count();
        s.split_at(digits)
    }
    let (mut x, mut y) = (a, b);
    loop {
        let (digits_x, rest_x) = split(x);
        let (digits_y, rest_y) = split(y);
        if !digits_x.is_empty() && !digits_y.is_empty() {
            let (short_x, short_y) = (digits_x.trim_start_matches('0'), digits_y.trim_start_matches('0'));
            let order = short_x.len().cmp(&short_y.len()).then(short_x.cmp(short_y));
            if order != Ordering::Equal {
                return order;
            }
            (x, y) = (rest_x, rest_y);
            continue;
        }
        let (mut chars_x, mut chars_y) = (x.chars(), y.chars());
        match (chars_x.next(), chars_y.next()) {
            // Names that differ only in leading zeros still have an order.
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(c), Some(d)) if c != d => return c.cmp(&d),
            _ => (x, y) = (chars_x.as_str(), chars_y.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_order_counts_and_is_total() {
        let mut names = ["n10", "n2", "10", "9", "a", "n02", "", "n2b", "é"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["", "9", "10", "a", "n02", "n2", "n2b", "n10", "é"]);
    }
}
