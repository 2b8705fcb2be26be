//! GEXF 1.1 to 1.3: <https://gexf.net>.

use super::found::{Attribute, Found, Kind};
use super::xml::{Element, Part, Parts};
use crate::error::{Error, Result};
use crate::warning::Warning;
use rustc_hash::FxHashMap;

/// What is read of the file.
#[derive(Default)]
struct Gexf {
    /// The attributes of nodes, and of edges, by the ids that the file gives them.
    of_nodes: FxHashMap<String, Attribute>,
    of_edges: FxHashMap<String, Attribute>,
    /// What stands in the elements of edges themselves, such as a label.
    of_edge_elements: FxHashMap<String, Attribute>,
    /// Whether attributes are being declared, and of edges.
    declares_edges: bool,
    /// The attribute that is being declared, and whether it is one of edges; its default comes as text.
    declared: Option<(Attribute, bool)>,
    default: Option<String>,
    /// The nodes that have begun and not ended: one may lie in another.
    open: Vec<u32>,
    in_edge: bool,
    directed: bool,
    label: Option<Attribute>,
}

pub(super) fn read(text: &str, found: &mut Found<'_>) -> Result<()> {
    let mut parts = Parts::new(text);
    let mut gexf = Gexf::default();
    while let Some(part) = parts.next()? {
        match part {
            Part::Begin(element, is_empty) => gexf.begin(&element, is_empty, found)?,
            Part::End(name) => gexf.end(&name, found),
            Part::Text(text) => {
                if let Some(default) = &mut gexf.default {
                    default.push_str(&text);
                }
            }
        }
    }
    Ok(())
}

impl Gexf {
    fn begin(&mut self, element: &Element, is_empty: bool, found: &mut Found<'_>) -> Result<()> {
        match element.name.as_str() {
            "graph" => {
                self.directed = element.get("defaultedgetype") == Some("directed");
                if element.get("mode") == Some("dynamic") {
                    found.warnings.push(Warning::new(
                        "times-dropped",
                        "the network changes over time; all its nodes and edges are taken at once, of values the last",
                    ));
                }
            }
            "attributes" => self.declares_edges = element.get("class") == Some("edge"),
            "attribute" => self.declare(element, is_empty, found),
            "default" if self.declared.is_some() && !is_empty => self.default = Some(String::new()),
            "node" => self.node(element, is_empty, found)?,
            "attvalue" => self.value(element, found)?,
            "edge" => {
                let directed = match element.get("type") {
                    Some(own) => own == "directed",
                    None => self.directed,
                };
                let ends = [element.get("source"), element.get("target")];
                found.edge(ends, element.get("weight"), directed, element.line)?;
                self.in_edge = !is_empty;
                for (name, value) in element.pairs() {
                    if !matches!(name, "id" | "source" | "target" | "weight" | "type")
                        && !value.trim().is_empty()
                    {
                        let attribute = *(self.of_edge_elements)
                            .entry(name.to_owned())
                            .or_insert_with(|| found.edge_attribute(name, Kind::Text));
                        found.edge_value(attribute, value);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, found: &mut Found<'_>) {
        match name {
            "node" => {
                self.open.pop();
            }
            "edge" => self.in_edge = false,
            "attribute" => self.declared = None,
            "default" => match (self.declared, self.default.take()) {
                (Some((attribute, true)), Some(default)) => found.set_edge_default(attribute, &default),
                (Some((attribute, false)), Some(default)) => found.set_default(attribute, &default),
                _ => {}
            },
            _ => {}
        }
    }

    fn declare(&mut self, element: &Element, is_empty: bool, found: &mut Found<'_>) {
        let id = element.get("id").unwrap_or_default().to_owned();
        let title = element.get("title").unwrap_or(&id).to_owned();
        let kind = match element.get("type") {
            Some("integer" | "long" | "float" | "double" | "short" | "byte") => Kind::Number,
            _ => Kind::Text,
        };
        let (attribute, of) = if self.declares_edges {
            (found.edge_attribute(&title, kind), &mut self.of_edges)
        } else {
            (found.attribute(&title, kind, ""), &mut self.of_nodes)
        };
        of.insert(id, attribute);
        self.declared = (!is_empty).then_some((attribute, self.declares_edges));
    }

    fn node(&mut self, element: &Element, is_empty: bool, found: &mut Found<'_>) -> Result<()> {
        let node = found.node(element.get("id").unwrap_or_default(), element.line)?;
        if let Some(label) = element.get("label").filter(|label| !label.trim().is_empty()) {
            let attribute = *self
                .label
                .get_or_insert_with(|| found.attribute("label", Kind::Text, ""));
            found.value(node, attribute, label)?;
        }
        if !is_empty {
            self.open.push(node);
        }
        Ok(())
    }

    fn value(&mut self, element: &Element, found: &mut Found<'_>) -> Result<()> {
        // Early editions called it id.
        let id = element
            .get("for")
            .or_else(|| element.get("id"))
            .unwrap_or_default();
        let value = element.get("value").unwrap_or_default();
        if self.in_edge {
            let attribute = *(self.of_edges)
                .entry(id.to_owned())
                .or_insert_with(|| found.edge_attribute(id, Kind::Undeclared));
            found.edge_value(attribute, value);
            return Ok(());
        }
        let Some(&node) = self.open.last() else {
            return Ok(());
        };
        let Some(&attribute) = self.of_nodes.get(id) else {
            return Err(Error::data(format!(
                "a value is for the attribute \"{id}\", which the file does not declare"
            ))
            .at_line(element.line)
            .hint("save the file again in the program that wrote it"));
        };
        found.value(node, attribute, value)
    }
}
