//! Nodes and edges as a file gives them, on the way to an edge list.

use super::super::budget::Budget;
use super::super::edge_attributes::OfEdges;
use super::super::edge_rows::{Rows, weight};
use super::super::edges::{directions_dropped, with_attributes_said};
use crate::columns::identifier::printable;
use crate::columns::number;
use crate::error::{Error, Result};
use crate::message::Message;
use crate::table::{Column, EdgeList, Role, Table, Texts, Values};

use crate::warning::Warning;
use rustc_hash::FxHashMap;

/// What a format says of the values of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Numbers: another value is an error.
    Number,
    Text,
    /// Numbers where all values are.
    Undeclared,
}

/// The place of an attribute among those of the nodes, or of the edges.
pub(super) type Attribute = usize;

struct OfNodes {
    name: String,
    kind: Kind,
    /// For nodes that have no value of their own.
    default: String,
    /// The nodes with a value, as they come; the last one counts.
    nodes: Vec<u32>,
    values: Texts,
}

/// What was read so far.
pub(super) struct Found<'a> {
    source: &'a str,
    budget: Budget<'a>,
    /// Bytes of the text.
    text: u64,
    rows: Rows,
    ids: Texts,
    lines: Vec<u64>,
    places: FxHashMap<String, u32>,
    attributes: Vec<OfNodes>,
    /// Bytes of ids and values.
    letters: u64,
    n_edges: usize,
    n_directed: usize,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Found<'a> {
    pub(super) fn new(source: &'a str, budget: Budget<'a>, text: usize) -> Self {
        Found {
            source,
            budget,
            text: text as u64,
            rows: Rows::default(),
            ids: Texts::default(),
            lines: Vec::new(),
            places: FxHashMap::default(),
            attributes: Vec::new(),
            letters: 0,
            n_edges: 0,
            n_directed: 0,
            warnings: Vec::new(),
        }
    }

    /// A node that the file names, whether edges do or not; its number.
    pub(super) fn node(&mut self, id: &str, line: u64) -> Result<u32> {
        let id = id.trim();
        if id.is_empty() {
            return Err(Error::data("the node has no id")
                .at_line(line)
                .hint("give each node an id of its own"));
        }
        let place = self.ids.len() as u32;
        if let Some(first) = self.places.insert(id.to_owned(), place) {
            return Err(Error::data(format!(
                "the node \"{id}\" stands a second time; it is on line {}, too",
                self.lines[first as usize]
            ))
            .at_line(line)
            .hint("give each node an id of its own"));
        }
        self.ids.push(id);
        self.lines.push(line);
        self.letters += 2 * id.len() as u64 + 80;
        self.count(self.ids.len())?;
        Ok(place)
    }

    /// An attribute of nodes by its name, which gets a number behind where it is taken.
    pub(super) fn attribute(&mut self, name: &str, kind: Kind, default: &str) -> Attribute {
        let name = free_name(name, |name| {
            !self.attributes.iter().any(|a| a.name.eq_ignore_ascii_case(name))
        });
        self.attributes.push(OfNodes {
            name,
            kind,
            default: default.trim().to_owned(),
            nodes: Vec::new(),
            values: Texts::default(),
        });
        self.attributes.len() - 1
    }

    /// What holds for nodes without a value of their own.
    pub(super) fn set_default(&mut self, attribute: Attribute, default: &str) {
        self.attributes[attribute].default = default.trim().to_owned();
    }

    /// What the file says of a node.
    pub(super) fn value(&mut self, node: u32, attribute: Attribute, value: &str) -> Result<()> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        let of = &mut self.attributes[attribute];
        of.nodes.push(node);
        of.values.push(value);
        let n = of.nodes.len();
        self.letters += value.len() as u64 + 12;
        self.count(n)
    }

    /// An edge between the nodes of these ids; without a weight it has 1.
    pub(super) fn edge(
        &mut self,
        ends: [Option<&str>; 2],
        weighs: Option<&str>,
        is_directed: bool,
        line: u64,
    ) -> Result<()> {
        let mut nodes = [0; 2];
        for ((node, end), what) in nodes.iter_mut().zip(ends).zip(["source", "target"]) {
            let id = end.map(str::trim).filter(|id| !id.is_empty());
            let Some(id) = id else {
                return Err(Error::data(format!("the edge has no {what}"))
                    .at_line(line)
                    .hint("each edge needs two nodes"));
            };
            *node = self.rows.node(id, line);
        }
        let w = weighs.map_or(Ok(1.0), |cell| weight(cell.trim(), '.'));
        self.rows
            .edges
            .push((nodes[0], nodes[1], w.map_err(|e| e.at_line(line))?));
        self.n_edges += 1;
        self.n_directed += usize::from(is_directed);
        self.count(self.n_edges)
    }

    /// An attribute of edges by its name, which gets a number behind where it is taken.
    pub(super) fn edge_attribute(&mut self, name: &str, kind: Kind) -> Attribute {
        let of_edges = &self.rows.attributes;
        let name = free_name(name, |name| {
            !of_edges.iter().any(|a| a.name().eq_ignore_ascii_case(name))
        });
        self.rows.attributes.push(OfEdges::new(&name, kind == Kind::Text));
        self.rows.attributes.len() - 1
    }

    /// What holds for edges without a value of their own.
    pub(super) fn set_edge_default(&mut self, attribute: Attribute, default: &str) {
        self.rows.attributes[attribute].set_default(default);
    }

    /// What the file says of the last edge.
    pub(super) fn edge_value(&mut self, attribute: Attribute, value: &str) {
        if let Some(row) = self.n_edges.checked_sub(1) {
            self.rows.attributes[attribute].set(row, value);
        }
    }

    /// Now and then, asks whether what is held may be held.
    fn count(&self, so_far: usize) -> Result<()> {
        if !so_far.is_multiple_of(4096) {
            return Ok(());
        }
        self.budget
            .allow(self.text + self.letters + self.rows.bytes(), "the network")
    }

    /// The edge list, with what is known of its nodes.
    pub(super) fn into_list(mut self, reading: Vec<String>, mut warnings: Vec<Warning>) -> Result<EdgeList> {
        warnings.append(&mut self.warnings);
        if self.n_edges == 0 {
            return Err(Error::data("holds no edges")
                .in_file(self.source)
                .hint("communities are found in networks with edges"));
        }
        if self.n_directed > 0 {
            warnings.push(directions_dropped(self.n_directed, self.n_edges));
        }
        self.rows.clean_names(self.source, &mut warnings)?;
        let rows = std::mem::take(&mut self.rows);
        let mut list = with_attributes_said(rows.into_list(self.source, '.', reading, warnings)?);
        if let Some(table) = self.into_table()? {
            list.describe(&table)?;
        }
        Ok(list)
    }

    /// What is known of the nodes as a table of them; `None` where the file names none.
    fn into_table(self) -> Result<Option<Table>> {
        if self.ids.is_empty() {
            return Ok(None);
        }
        let mut columns = vec![Column {
            name: "id".to_owned(),
            values: Values::Text(Texts::default()),
            role: Role::Id,
            order: Vec::new(),
            missing: 0,
            note: Message::default(),
        }];
        for attribute in &self.attributes {
            let values = attribute.values(self.ids.len());
            // A label that only says the id again is none.
            let says_nothing = (values.iter().enumerate())
                .all(|(i, value)| value.is_empty() || attribute.name == "label" && *value == &self.ids[i]);
            if !says_nothing {
                columns.push(self.column(attribute, &values)?);
            }
        }
        Ok(Some(Table {
            source: self.source.to_owned(),
            // As the names of the edges' ends.
            ids: self
                .ids
                .iter()
                .map(|id| id.chars().map(printable).collect::<String>())
                .collect(),
            lines: self.lines,
            columns,
            reading: Vec::new(),
            warnings: Vec::new(),
            value_column: None,
        }))
    }

    fn column(&self, attribute: &OfNodes, values: &[&str]) -> Result<Column> {
        let number = |value: &str| match value {
            "" => Some(f64::NAN),
            // XML's word for no number.
            "NaN" => Some(f64::NAN),
            other => number::value(other, '.').filter(|x| x.is_finite()),
        };
        let text = || Values::Text(values.iter().copied().collect());
        let values_of = match attribute.kind {
            Kind::Text => text(),
            Kind::Number | Kind::Undeclared => {
                let read: Vec<Option<f64>> = values.iter().map(|value| number(value)).collect();
                match read.iter().position(Option::is_none) {
                    None => Values::Number(read.into_iter().flatten().collect()),
                    Some(_) if attribute.kind == Kind::Undeclared => text(),
                    Some(row) => {
                        return Err(Error::data(format!(
                            "\"{}\" is not a number, and the file says that this attribute holds numbers",
                            values[row]
                        ))
                        .in_file(self.source)
                        .at_line(self.lines[row])
                        .in_column(&attribute.name)
                        .hint("declare it as string"));
                    }
                }
            }
        };
        Ok(Column {
            name: attribute.name.clone(),
            values: values_of,
            role: Role::Feature,
            order: Vec::new(),
            missing: values.iter().filter(|value| value.is_empty()).count(),
            note: Message::default(),
        })
    }
}

/// The name on one line, with a number behind where it is not free.
fn free_name(name: &str, is_free: impl Fn(&str) -> bool) -> String {
    let on_one_line = |c: char| if c.is_control() { ' ' } else { c };
    let name: String = name.trim().chars().map(on_one_line).collect();
    let name = if name.is_empty() {
        "attribute".to_owned()
    } else {
        name
    };
    let numbered = (2..).map(|k| format!("{name} {k}"));
    let free = std::iter::once(name.clone())
        .chain(numbered)
        .find(|name| is_free(name));
    free.unwrap_or(name)
}

impl OfNodes {
    /// The value of each of `n` nodes.
    fn values(&self, n: usize) -> Vec<&str> {
        let mut values = vec![self.default.as_str(); n];
        for (&node, value) in self.nodes.iter().zip(self.values.iter()) {
            values[node as usize] = value;
        }
        values
    }
}
