//! Rows of a list of edges into nodes and pairs.

use super::edge_columns::Columns;
use crate::columns::identifier::{is_unprintable, printable};
use crate::columns::number;
use crate::error::{Error, Result};
use crate::table::grid::cell_text;
use crate::table::{EdgeList, Texts};
use crate::text::{count, natural};
use crate::warning::Warning;
use csv::ByteRecord;
use rustc_hash::FxHashMap;

/// Edges as they come, nodes numbered by first appearance.
#[derive(Default)]
pub(super) struct Rows {
    places: FxHashMap<String, u32>,
    nodes: Vec<String>,
    /// The line on which each node first stands.
    lines: Vec<u64>,
    /// Bytes of all names.
    letters: u64,
    pub(super) edges: Vec<(u32, u32, f64)>,
}

impl Rows {
    /// About what it holds, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        // A name stands in the list and in the map, each with its own place in memory.
        2 * self.letters + 120 * self.nodes.len() as u64 + 32 * self.edges.len() as u64
    }

    pub(super) fn add(
        &mut self,
        columns: &Columns,
        record: &ByteRecord,
        decimal: char,
        line: u64,
    ) -> Result<()> {
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

    /// The number of the node of this name, which first stands on this line.
    pub(super) fn node(&mut self, name: &str, line: u64) -> u32 {
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
    pub(super) fn clean_names(&mut self, source: &str, warnings: &mut Vec<Warning>) -> Result<()> {
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

    pub(super) fn into_list(
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
            attributes: Vec::new(),
            labels: Vec::new(),
            reading,
            warnings,
        })
    }
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
