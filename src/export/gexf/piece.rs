//! Nodes and edges as bytes, some at a time.

use super::super::words::{self, Changes};
use super::ids::Ids;
use super::{GexfColumn, GexfNetwork, GexfValues};
use crate::num::push_number;
use quick_xml::escape::escape;
use std::borrow::Cow;

/// What all pieces of a document have in common.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) network: &'a GexfNetwork<'a>,
    pub(super) ids: &'a Ids<'a>,
    /// The columns with values.
    pub(super) of_nodes: &'a [usize],
    pub(super) of_edges: &'a [usize],
}

/// Elements, each on a line of its own, and what was changed in their texts.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) bytes: Vec<u8>,
    pub(super) changes: Changes,
}

impl Piece {
    pub(super) fn node(&mut self, document: &Document<'_>, i: usize) {
        let network = document.network;
        let id = document.ids.get(i);
        self.put(b"\n      <node");
        self.attribute("id", id);
        // NetworkX makes None of a label that is not there.
        let label = match network.labels.get(i).filter(|l| !l.trim().is_empty()) {
            _ if network.labelled.get(i) == Some(&false) => Cow::Borrowed(""),
            Some(label) => words::line(label, &mut self.changes),
            None => Cow::Borrowed(id),
        };
        let label = words::label(&label, &mut self.changes);
        self.attribute("label", &label);
        let bare = document.of_nodes.is_empty()
            && network.colors.is_empty()
            && network.positions.is_empty()
            && network.sizes.is_empty();
        if bare {
            return self.put(b"/>");
        }
        self.put(b">");
        self.values(&network.node_columns, document.of_nodes, i);
        if let Some(color) = network.colors.get(i) {
            self.color(*color);
        }
        if let Some(place) = network.positions.get(i) {
            self.put(b"<viz:position");
            self.number("x", place[0]);
            self.number("y", place[1]);
            self.put(b"/>");
        }
        if let Some(size) = network.sizes.get(i) {
            self.put(b"<viz:size");
            self.number("value", *size);
            self.put(b"/>");
        }
        self.put(b"</node>");
    }

    pub(super) fn edge(&mut self, document: &Document<'_>, i: usize) {
        let network = document.network;
        let (a, b, weight) = network.edges[i];
        self.put(b"\n      <edge");
        self.attribute("id", itoa::Buffer::new().format(i));
        self.attribute("source", document.ids.get(a as usize));
        self.attribute("target", document.ids.get(b as usize));
        self.number("weight", weight);
        let color = network.edge_colors.get(i).copied().flatten();
        if document.of_edges.is_empty() && color.is_none() {
            return self.put(b"/>");
        }
        self.put(b">");
        self.values(&network.edge_columns, document.of_edges, i);
        if let Some(color) = color {
            self.color(color);
        }
        self.put(b"</edge>");
    }

    /// The values of node or edge `i`, where it has any.
    fn values(&mut self, columns: &[GexfColumn<'_>], with_values: &[usize], i: usize) {
        let begin = self.bytes.len();
        self.put(b"<attvalues>");
        let empty = self.bytes.len();
        for &c in with_values {
            let before = self.bytes.len();
            self.put(b"<attvalue");
            self.attribute("for", &columns[c].id);
            self.put(b" value=\"");
            if self.value(&columns[c].values, i) {
                self.put(b"\"/>");
            } else {
                self.bytes.truncate(before);
            }
        }
        if self.bytes.len() > empty {
            self.put(b"</attvalues>");
        } else {
            self.bytes.truncate(begin);
        }
    }

    /// The value at `i`; whether there is one.
    fn value(&mut self, values: &GexfValues<'_>, i: usize) -> bool {
        match values {
            GexfValues::Double(v) => return push_number(&mut self.bytes, v[i]),
            GexfValues::Text(_) | GexfValues::Level { .. } => {
                let text = values.text(i).and_then(|t| words::value(t, &mut self.changes));
                return text.map(|text| self.escaped(&text)).is_some();
            }
            GexfValues::Boolean(v) => match v[i] {
                Some(true) => self.put(b"true"),
                Some(false) => self.put(b"false"),
                None => return false,
            },
            GexfValues::Integer(_) | GexfValues::Count { .. } => match values.integer(i) {
                Some(x) => self.put(itoa::Buffer::new().format(x).as_bytes()),
                None => return false,
            },
        }
        true
    }

    fn color(&mut self, color: [u8; 3]) {
        self.put(b"<viz:color");
        for (name, channel) in ["r", "g", "b"].into_iter().zip(color) {
            self.attribute(name, itoa::Buffer::new().format(channel));
        }
        self.put(b"/>");
    }

    fn number(&mut self, name: &str, x: f64) {
        self.name(name);
        push_number(&mut self.bytes, x);
        self.put(b"\"");
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.name(name);
        self.escaped(value);
        self.put(b"\"");
    }

    fn name(&mut self, name: &str) {
        self.put(b" ");
        self.put(name.as_bytes());
        self.put(b"=\"");
    }

    fn escaped(&mut self, text: &str) {
        self.bytes.extend_from_slice(escape(text).as_bytes());
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}
