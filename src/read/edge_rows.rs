//! Rows of a list of edges into nodes and pairs.

use super::budget::Budget;
use super::edge_attributes::{OfEdges, into_columns};
use super::edge_columns::Columns;
use crate::columns::identifier::{is_unprintable, printable};
use crate::columns::number;
use crate::error::{Error, Result};
use crate::message::{Message, Setting, message};
use crate::table::grid::cell_text;
use crate::table::{Column, EdgeList, Projection, Role, Side, Texts, Values, project};
use crate::text::{count, group_digits, natural};
use crate::warning::Warning;
use csv::ByteRecord;
use rustc_hash::FxHashMap;

/// Names numbered by first appearance.
#[derive(Default)]
pub(super) struct Names {
    places: FxHashMap<String, u32>,
    names: Vec<String>,
    /// The line on which each first stands.
    lines: Vec<u64>,
    /// Bytes of all names.
    letters: u64,
}

impl Names {
    /// The number of this name, which stands on this line.
    fn place(&mut self, name: &str, line: u64) -> u32 {
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        let place = self.names.len() as u32;
        self.places.insert(name.to_owned(), place);
        self.names.push(name.to_owned());
        self.lines.push(line);
        self.letters += name.len() as u64;
        place
    }

    /// About what it holds, in bytes.
    fn bytes(&self) -> u64 {
        // A name stands in the list and in the map, each with its own place in memory.
        2 * self.letters + 120 * self.names.len() as u64
    }

    /// Names without line breaks and control characters, which files and other programs do not keep.
    ///
    /// # Errors
    /// Where that makes two names one: nobody could tell the two nodes apart in what is written.
    fn clean(&mut self, source: &str, warnings: &mut Vec<Warning>) -> Result<()> {
        let odd: Vec<usize> = (0..self.names.len())
            .filter(|&i| self.names[i].chars().any(is_unprintable))
            .collect();
        if odd.is_empty() {
            return Ok(());
        }
        for &i in &odd {
            self.names[i] = self.names[i].chars().map(printable).collect();
        }
        let mut owners: FxHashMap<&str, usize> = FxHashMap::default();
        for (i, name) in self.names.iter().enumerate() {
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

    /// The names in natural order, and the place of each there.
    fn sorted(&self) -> (Texts, Vec<u32>) {
        let mut order: Vec<u32> = (0..self.names.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| natural(&self.names[a as usize], &self.names[b as usize]));
        let mut rank = vec![0u32; order.len()];
        for (new, &old) in (0u32..).zip(&order) {
            rank[old as usize] = new;
        }
        let names = order.iter().map(|&o| self.names[o as usize].as_str()).collect();
        (names, rank)
    }
}

/// Edges as they come.
#[derive(Default)]
pub(super) struct Rows {
    names: Names,
    /// The ends on the other side, where they are of another kind.
    others: Option<(Side, Names)>,
    pub(super) edges: Vec<(u32, u32, f64)>,
    pub(super) attributes: Vec<OfEdges>,
}

impl Rows {
    /// Of edges between things of one kind, of which this is said.
    pub(super) fn with_attributes(attributes: Vec<OfEdges>) -> Self {
        Rows {
            attributes,
            ..Rows::default()
        }
    }

    /// Of edges between things of two kinds; the network will be that of this side.
    pub(super) fn of_two_kinds(side: Side) -> Self {
        Rows {
            others: Some((side, Names::default())),
            ..Rows::default()
        }
    }

    /// About what it holds, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        let names = self.names.bytes() + self.others.as_ref().map_or(0, |(_, names)| names.bytes());
        let attributes: u64 = self.attributes.iter().map(OfEdges::bytes).sum();
        names + attributes + 32 * self.edges.len() as u64
    }

    pub(super) fn add(
        &mut self,
        columns: &Columns,
        record: &ByteRecord,
        decimal: char,
        line: u64,
    ) -> Result<()> {
        let cell = |c: usize| record.get(c).map(|b| cell_text(b).trim());
        let end = |names: &mut Names, c: usize| -> Result<u32> {
            match cell(c) {
                Some(name) if !name.is_empty() => Ok(names.place(name, line)),
                _ => {
                    let what = if c == columns.source { "source" } else { "target" };
                    Err(Error::data(format!("the edge has no {what}")).hint("each row needs two nodes"))
                }
            }
        };
        let (a, b) = match &mut self.others {
            None => (
                end(&mut self.names, columns.source)?,
                end(&mut self.names, columns.target)?,
            ),
            Some((side, others)) => {
                let (kept, shared) = columns.of_side(*side);
                (end(&mut self.names, kept)?, end(others, shared)?)
            }
        };
        let weight = match columns.weight {
            None => 1.0,
            Some(c) => weight(cell(c).unwrap_or_default(), decimal)?,
        };
        for (attribute, &c) in self.attributes.iter_mut().zip(&columns.further) {
            attribute.set(self.edges.len(), cell(c).unwrap_or_default());
        }
        self.edges.push((a, b, weight));
        Ok(())
    }

    /// The number of the node of this name, which first stands on this line.
    pub(super) fn node(&mut self, name: &str, line: u64) -> u32 {
        self.names.place(name, line)
    }

    /// Names as files can hold them: see [`Names::clean`].
    ///
    /// # Errors
    /// Where that makes two names one.
    pub(super) fn clean_names(&mut self, source: &str, warnings: &mut Vec<Warning>) -> Result<()> {
        self.names.clean(source, warnings)?;
        match &mut self.others {
            Some((_, others)) => others.clean(source, warnings),
            None => Ok(()),
        }
    }

    /// The network of one kind of things.
    ///
    /// # Errors
    /// Where weights add up to more than single precision holds.
    pub(super) fn into_list(
        self,
        source: &str,
        decimal: char,
        mut reading: Vec<String>,
        mut warnings: Vec<Warning>,
    ) -> Result<EdgeList> {
        let (nodes, rank) = self.names.sorted();
        let ranked = |&(a, b, w): &(u32, u32, f64)| {
            let (a, b) = (rank[a as usize], rank[b as usize]);
            (a.min(b), a.max(b), w)
        };
        let ends = self.edges.iter().map(ranked).map(|(a, b, _)| (a, b));
        let edge_attributes = into_columns(self.attributes, ends, decimal, &mut warnings);
        let mut edges: Vec<(u32, u32, f64)> = self.edges.iter().map(ranked).collect();
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
            edge_attributes,
            attributes: Vec::new(),
            labels: Vec::new(),
            reading,
            warnings,
        })
    }

    /// Whether, among ends that are all of one kind, none stands on both sides though there are several on each.
    pub(super) fn looks_like_two_kinds(&self) -> bool {
        let mut sides = vec![[false; 2]; self.names.names.len()];
        for &(a, b, _) in &self.edges {
            sides[a as usize][0] = true;
            sides[b as usize][1] = true;
        }
        let on = |side: usize| sides.iter().filter(|s| s[side]).count();
        sides.iter().all(|s| s[0] != s[1]) && on(0) > 1 && on(1) > 1
    }

    /// The network of the ends on one side, tied by what they share.
    ///
    /// # Errors
    /// Where no two share anything, or the ties would take more memory than there is.
    pub(super) fn into_projection(
        self,
        budget: Budget<'_>,
        source: &str,
        columns: &Columns,
        mut reading: Vec<String>,
        mut warnings: Vec<Warning>,
    ) -> Result<EdgeList> {
        let held = self.bytes();
        let (side, others) = self.others.unwrap_or((Side::Source, Names::default()));
        warnings.extend(on_both_sides(&self.names, &others));
        let (names, rank) = self.names.sorted();
        let (things, rank_of_things) = others.sorted();
        let mut ties: Vec<(u32, u32)> = (self.edges.iter())
            .map(|&(a, b, _)| (rank[a as usize], rank_of_things[b as usize]))
            .collect();
        ties.sort_unstable();
        let rows = ties.len();
        ties.dedup();
        let repeated = rows - ties.len();
        let (kept, shared) = columns.of_side(side);
        let (kept, shared) = (columns.call(kept), columns.call(shared));
        let found = project(names.len(), things.len(), &ties, &mut |edges| {
            budget.allow(held + 40 * edges as u64, "the projected network")
        })?;
        warnings.extend(counted_once(repeated, kept, shared));
        warnings.extend(left_out(&found, things.len(), kept, shared));
        if found.edges.is_empty() {
            return Err(
                Error::data(format!("no two values of {kept} share one of {shared}"))
                    .in_file(source)
                    .hint(message![
                        Setting::Project,
                        format!(" {} ties those of {shared}", side.other().name())
                    ]),
            );
        }
        let (nodes, edges) = without_untied(&names, found.edges, kept, &mut warnings);
        reading.push(format!(
            "projected on {kept}: each shared value of {shared} with d owners adds 1/(d − 1) to a tie (Newman 2001)"
        ));
        reading.push(format!(
            "{}, {}",
            count(nodes.len(), "node", "nodes"),
            count(edges.len(), "edge", "edges")
        ));
        Ok(EdgeList {
            nodes,
            edges,
            self_loops: 0,
            repeated,
            edge_attributes: vec![Column {
                name: "shared".to_owned(),
                values: Values::Number(found.shared.into_iter().map(f64::from).collect()),
                role: Role::Feature,
                order: Vec::new(),
                missing: 0,
                note: Message::default(),
            }],
            attributes: Vec::new(),
            labels: Vec::new(),
            reading,
            warnings,
        })
    }
}

/// Names that stand on both sides of a projection.
fn on_both_sides(names: &Names, others: &Names) -> Option<Warning> {
    let both = names
        .names
        .iter()
        .filter(|name| others.places.contains_key(*name));
    let first = both.clone().min_by(|a, b| natural(a, b))?;
    Some(Warning::new(
        "names-on-both-sides",
        format!(
            "{} on both sides, each taken for two things of different kinds (first \"{first}\")",
            count(both.count(), "name stands", "names stand")
        ),
    ))
}

/// Pairs that stand on several rows.
fn counted_once(repeated: usize, kept: &str, shared: &str) -> Option<Warning> {
    (repeated > 0).then(|| {
        Warning::new(
            "repeated-edges",
            format!(
                "{} a pair of {kept} and {shared} that stands before; each pair counts once",
                count(repeated, "row repeats", "rows repeat")
            ),
        )
    })
}

/// Things that so many share that they are left out.
fn left_out(found: &Projection, things: usize, kept: &str, shared: &str) -> Option<Warning> {
    let (n, least) = found.left_out?;
    Some(Warning::new(
        "projection-left-out",
        format!(
            "{} of {} of {shared} are left out: each is shared by {} or more of {kept}, and all pairs together \
             are more than 50 million",
            group_digits(n),
            count(things, "value", "values"),
            group_digits(least)
        ),
    ))
}

/// The names that some edge has an end at, and the edges between their places; of the others it is said how many there are.
fn without_untied(
    names: &Texts,
    edges: Vec<(u32, u32, f64)>,
    kept: &str,
    warnings: &mut Vec<Warning>,
) -> (Texts, Vec<(u32, u32, f64)>) {
    let mut is_tied = vec![false; names.len()];
    for &(a, b, _) in &edges {
        is_tied[a as usize] = true;
        is_tied[b as usize] = true;
    }
    let tied: Vec<u32> = (0..names.len() as u32).filter(|&v| is_tied[v as usize]).collect();
    if let Some(first) = is_tied.iter().position(|tied| !tied) {
        warnings.push(Warning::new(
            "nodes-alone",
            format!(
                "{} of {} of {kept} share nothing with another and are left out (first \"{}\")",
                group_digits(names.len() - tied.len()),
                count(names.len(), "value", "values"),
                &names[first]
            ),
        ));
    }
    let mut place = vec![0u32; names.len()];
    for (new, &old) in (0u32..).zip(&tied) {
        place[old as usize] = new;
    }
    let placed = |(a, b, w): (u32, u32, f64)| (place[a as usize], place[b as usize], w);
    (names.pick(&tied), edges.into_iter().map(placed).collect())
}

/// The weight that a cell holds.
pub(super) fn weight(cell: &str, decimal: char) -> Result<f64> {
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
