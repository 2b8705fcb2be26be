//! Networks that already exist.

use super::projection::Side;
use super::texts::Texts;
use super::{Column, Role, Table, Values};
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::text::{counted, group_digits};
use crate::warning::Warning;
use rustc_hash::FxHashMap;

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
    /// Edges join things of two kinds, such as customers and products: the network is that of the things on this side, tied by what
    /// they share. Each thing of the other side with d edges adds 1 / (d − 1) to the weight of each pair of its owners (Newman,
    /// Physical Review E 64, 016132, 2001); an edge that stands twice counts once, and weights are not used. Only for lists of edges.
    /// Default: all things are of one kind.
    pub project: Option<Side>,
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
    /// What else is known of the edges, one value each: that of the rows of an edge where all that have one agree. In a projected
    /// network the column `shared`, how many things both ends have. Empty where nothing is.
    pub edge_attributes: Vec<Column>,
    /// What else is known of the nodes, one value each: see [`describe`](Self::describe). Empty where nothing is.
    pub attributes: Vec<Column>,
    /// What people call the nodes, one each; empty: their names.
    pub labels: Vec<String>,
    /// How the bytes were read, one plain phrase each.
    pub reading: Vec<String>,
    /// What the reader noticed.
    pub warnings: Vec<Warning>,
}

/// Columns that hold what people call a node.
const LABELS: [&str; 4] = ["label", "name", "title", "full_name"];

impl EdgeList {
    /// Adds what a table says of the nodes, whose names are the ids of its rows: every column but the id is an attribute, and the first
    /// of those called label, name, title or full_name holds the labels. Nodes without a row have no values; rows that are no
    /// node's are left out; both are counted in a warning. What was known before stays; a column of a name that is known gets the table's behind
    /// its own. `O(nodes + cells)`.
    ///
    /// ```
    /// use kinfolk::read::{parse_edges, parse_table};
    /// use kinfolk::table::{EdgeSettings, TableSettings};
    ///
    /// let mut edges = parse_edges("edges.csv", "a,b\nb,c\n".into(), &EdgeSettings::default())?;
    /// let people = parse_table("people.csv", "id,name,age\na,Ada,36\nc,Cy,41\n".into(), &TableSettings::default())?;
    /// edges.describe(&people)?;
    /// assert_eq!(edges.labels, ["Ada", "b", "Cy"]);
    /// assert_eq!(edges.attributes.len(), 2);
    /// # Ok::<(), kinfolk::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where no column of the table is its id, or no row is a node's.
    pub fn describe(&mut self, table: &Table) -> Result<()> {
        let rows = self.rows_in(table)?;
        let remarks = self.unmatched(table, &rows);
        self.warnings.extend(remarks);
        let known = self.attributes.len();
        for column in table.columns.iter().filter(|c| c.role != Role::Id) {
            let is_known = |c: &Column| c.name.eq_ignore_ascii_case(&column.name);
            let name = if self.attributes[..known].iter().any(is_known) {
                format!("{} ({})", column.name, table.source)
            } else {
                column.name.clone()
            };
            self.attributes.push(Column {
                name,
                values: column.values.pick_where(&rows),
                role: column.role,
                order: column.order.clone(),
                missing: column.missing,
                note: column.note.clone(),
            });
        }
        let added = table
            .columns
            .iter()
            .filter(|c| c.role != Role::Id)
            .zip(&self.attributes[known..]);
        let labels = LABELS.iter().find_map(|label| {
            let is_it = |(c, _): &(&Column, &Column)| c.name.trim().eq_ignore_ascii_case(label);
            added.clone().find(is_it)
        });
        if let Some((_, column)) = labels {
            self.labels = self.called(column);
        }
        Ok(())
    }

    /// The row of each node in a table whose id column names nodes.
    fn rows_in(&self, table: &Table) -> Result<Vec<Option<u32>>> {
        let Some(id) = table.columns.iter().find(|c| c.role == Role::Id) else {
            return Err(
                Error::data("has no column in which each value stands once, to name the nodes by")
                    .in_file(table.source.as_str())
                    .hint(message![Setting::NodesId, " COLUMN names it"]),
            );
        };
        let row_of: FxHashMap<&str, u32> = table.ids.iter().zip(0u32..).collect();
        let rows: Vec<Option<u32>> = self.nodes.iter().map(|name| row_of.get(name).copied()).collect();
        if rows.iter().any(Option::is_some) {
            return Ok(rows);
        }
        let such = self.nodes.iter().next();
        let such = such.map(|node| format!(", such as \"{node}\""));
        Err(Error::data(format!(
            "no value of its column \"{}\" is the name of a node{}",
            id.name,
            such.unwrap_or_default()
        ))
        .in_file(table.source.as_str())
        .hint(message![
            Setting::NodesId,
            " COLUMN names the column that holds the nodes as the ties do"
        ]))
    }

    /// Nodes without a row and rows without a node.
    fn unmatched(&self, table: &Table, rows: &[Option<u32>]) -> Vec<Warning> {
        let mut remarks = Vec::new();
        let found = rows.iter().flatten().count();
        if let Some(first) = rows.iter().position(Option::is_none) {
            remarks.push(Warning::new(
                "nodes-without-row",
                format!(
                    "{} of {} have no row in {} and no values (first \"{}\")",
                    group_digits(rows.len() - found),
                    counted(rows.len(), "node"),
                    table.source,
                    &self.nodes[first]
                ),
            ));
        }
        let mut has_node = vec![false; table.n_rows()];
        for row in rows.iter().flatten() {
            has_node[*row as usize] = true;
        }
        if let Some(first) = has_node.iter().position(|has| !has) {
            remarks.push(Warning::new(
                "rows-without-node",
                format!(
                    "{} of {} of {} name nodes without any tie and are left out (first \"{}\")",
                    group_digits(table.n_rows() - found),
                    counted(table.n_rows(), "row"),
                    table.source,
                    &table.ids[first]
                ),
            ));
        }
        remarks
    }

    /// The texts of a column, the names of the nodes where there is none.
    fn called(&self, column: &Column) -> Vec<String> {
        let text = |i: usize| match &column.values {
            Values::Text(texts) => Some(&texts[i]).filter(|t| !t.is_empty()),
            Values::Category { codes, levels } => levels.get(codes[i] as usize).map(String::as_str),
            Values::Number(_) | Values::Date(_) => None,
        };
        (0..self.nodes.len())
            .map(|i| text(i).unwrap_or(&self.nodes[i]).to_owned())
            .collect()
    }
}
