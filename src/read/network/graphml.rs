//! GraphML: <http://graphml.graphdrawing.org>.

use super::found::{Attribute, Found, Kind};
use super::xml::{Element, Part, Parts};
use crate::error::{Error, Result};
use rustc_hash::FxHashMap;

/// What a key stands for.
enum Key {
    OfNodes(Attribute),
    /// The weight of edges.
    Weight,
    /// Something else of edges.
    OfEdges(Attribute),
    /// The same of nodes and of edges.
    OfBoth(Attribute, Attribute),
    /// Of graphs, ports and programs.
    Other,
}

/// An edge that has begun.
struct Edge {
    ends: [Option<String>; 2],
    weight: Option<String>,
    values: Vec<(Attribute, String)>,
    directed: bool,
    line: u64,
}

/// What is read of the file.
#[derive(Default)]
struct GraphMl {
    keys: FxHashMap<String, Key>,
    /// The key that is being declared.
    declared: Option<String>,
    /// The nodes that have begun and not ended: one may lie in another.
    open: Vec<u32>,
    edge: Option<Edge>,
    directed: bool,
    /// The key of the data, or of the default, that is being read, and its text.
    data: Option<(String, String)>,
    /// Elements inside the data, whose text is theirs.
    inside: usize,
    /// The weight of edges that say none.
    default_weight: Option<String>,
}

pub(super) fn read(text: &str, found: &mut Found<'_>) -> Result<()> {
    let mut parts = Parts::new(text);
    let mut graph = GraphMl::default();
    while let Some(part) = parts.next()? {
        match part {
            Part::Begin(_, is_empty) if graph.data.is_some() => graph.inside += usize::from(!is_empty),
            Part::End(_) if graph.inside > 0 => graph.inside -= 1,
            Part::Begin(element, is_empty) => graph.begin(&element, is_empty, found)?,
            Part::End(name) => graph.end(&name, found)?,
            Part::Text(text) => {
                if let Some((_, data)) = graph.data.as_mut().filter(|_| graph.inside == 0) {
                    data.push_str(&text);
                }
            }
        }
    }
    Ok(())
}

impl GraphMl {
    fn begin(&mut self, element: &Element, is_empty: bool, found: &mut Found<'_>) -> Result<()> {
        match element.name.as_str() {
            "key" => {
                let id = element.get("id").unwrap_or_default().to_owned();
                let key = key(element, found);
                self.declared = (!is_empty).then(|| id.clone());
                self.keys.insert(id, key);
            }
            "default" if self.declared.is_some() && !is_empty => {
                self.data = Some((self.declared.clone().unwrap_or_default(), String::new()));
            }
            "graph" => self.directed = element.get("edgedefault") == Some("directed"),
            "node" => {
                let node = found.node(element.get("id").unwrap_or_default(), element.line)?;
                if !is_empty {
                    self.open.push(node);
                }
            }
            "edge" => {
                self.edge = Some(Edge {
                    ends: ["source", "target"].map(|end| element.get(end).map(str::to_owned)),
                    weight: None,
                    values: Vec::new(),
                    directed: element.get("directed").map_or(self.directed, |own| own == "true"),
                    line: element.line,
                });
                if is_empty {
                    self.add_edge(found)?;
                }
            }
            "hyperedge" => {
                return Err(
                    Error::data("a hyperedge joins more than two nodes, which is not read")
                        .at_line(element.line)
                        .hint("write it as edges between two nodes each"),
                );
            }
            "data" if !is_empty => {
                self.data = Some((element.get("key").unwrap_or_default().to_owned(), String::new()));
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, found: &mut Found<'_>) -> Result<()> {
        match name {
            "node" => {
                self.open.pop();
                Ok(())
            }
            "edge" => self.add_edge(found),
            "key" => {
                self.declared = None;
                Ok(())
            }
            "default" | "data" => self.end_of_data(name == "default", found),
            _ => Ok(()),
        }
    }

    fn end_of_data(&mut self, is_default: bool, found: &mut Found<'_>) -> Result<()> {
        let Some((id, text)) = self.data.take() else {
            return Ok(());
        };
        match self.keys.get(&id) {
            Some(Key::OfNodes(attribute)) if is_default => found.set_default(*attribute, &text),
            Some(Key::Weight) if is_default => self.default_weight = Some(text),
            Some(Key::OfEdges(attribute)) if is_default => found.set_edge_default(*attribute, &text),
            Some(Key::OfBoth(of_nodes, of_edges)) if is_default => {
                found.set_default(*of_nodes, &text);
                found.set_edge_default(*of_edges, &text);
            }
            Some(Key::OfNodes(attribute) | Key::OfBoth(attribute, _)) if self.edge.is_none() => {
                if let Some(&node) = self.open.last() {
                    found.value(node, *attribute, &text)?;
                }
            }
            Some(Key::Weight) => {
                if let Some(edge) = &mut self.edge {
                    edge.weight = Some(text);
                }
            }
            Some(Key::OfEdges(attribute) | Key::OfBoth(_, attribute)) => {
                if let Some(edge) = &mut self.edge {
                    edge.values.push((*attribute, text));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn add_edge(&mut self, found: &mut Found<'_>) -> Result<()> {
        let Some(edge) = self.edge.take() else {
            return Ok(());
        };
        let ends = [edge.ends[0].as_deref(), edge.ends[1].as_deref()];
        let weight = edge.weight.as_deref().or(self.default_weight.as_deref());
        found.edge(ends, weight, edge.directed, edge.line)?;
        for (attribute, value) in &edge.values {
            found.edge_value(*attribute, value);
        }
        Ok(())
    }
}

/// What a key stands for; programs leave out the name of what is theirs.
fn key(element: &Element, found: &mut Found<'_>) -> Key {
    let Some(name) = element.get("attr.name") else {
        return Key::Other;
    };
    let kind = match element.get("attr.type") {
        Some("int" | "long" | "float" | "double") => Kind::Number,
        _ => Kind::Text,
    };
    match element.get("for") {
        Some("edge" | "all") if name.eq_ignore_ascii_case("weight") => Key::Weight,
        Some("edge") => Key::OfEdges(found.edge_attribute(name, kind)),
        Some("node") => Key::OfNodes(found.attribute(name, kind, "")),
        Some("all") | None => Key::OfBoth(found.attribute(name, kind, ""), found.edge_attribute(name, kind)),
        Some(_) => Key::Other,
    }
}
