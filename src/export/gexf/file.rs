//! The document, element by element.

use super::super::words::{self, Changes};
use super::{GexfColumn, GexfNetwork};
use crate::num::format_number;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

/// The file being written.
pub(super) struct File<W: Write> {
    pub(super) xml: Writer<BufWriter<W>>,
    pub(super) changes: Changes,
}

/// Elements that are written again and again, each with memory of its own.
struct Elements {
    node: BytesStart<'static>,
    edge: BytesStart<'static>,
    value: BytesStart<'static>,
    color: BytesStart<'static>,
    position: BytesStart<'static>,
    size: BytesStart<'static>,
}

impl<W: Write> File<W> {
    /// The whole document, with the columns that are named by index.
    pub(super) fn write(
        &mut self,
        network: &GexfNetwork<'_>,
        ids: &[Cow<'_, str>],
        of_nodes: &[usize],
        of_edges: &[usize],
    ) -> io::Result<()> {
        let (namespace, viz, version) = network.version.names();
        self.xml
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        self.line(0)?;
        self.open(
            "gexf",
            &[("xmlns", namespace), ("xmlns:viz", viz), ("version", version)],
        )?;
        self.line(1)?;
        self.open("meta", &[])?;
        self.text("creator", concat!("kinfolk ", env!("CARGO_PKG_VERSION")))?;
        if !network.description.is_empty() {
            self.text("description", &words::remark(&network.description))?;
        }
        self.close("meta")?;
        self.line(1)?;
        self.open("graph", &[("defaultedgetype", "undirected"), ("mode", "static")])?;
        self.columns("node", &network.node_columns, of_nodes)?;
        self.columns("edge", &network.edge_columns, of_edges)?;
        let mut elements = Elements {
            node: BytesStart::new("node"),
            edge: BytesStart::new("edge"),
            value: BytesStart::new("attvalue"),
            color: BytesStart::new("viz:color"),
            position: BytesStart::new("viz:position"),
            size: BytesStart::new("viz:size"),
        };
        let mut count = itoa::Buffer::new();
        self.line(2)?;
        self.open("nodes", &[("count", count.format(ids.len()))])?;
        for (i, id) in ids.iter().enumerate() {
            self.node(network, i, id, of_nodes, &mut elements)?;
        }
        self.line(2)?;
        self.close("nodes")?;
        self.line(2)?;
        self.open("edges", &[("count", count.format(network.edges.len()))])?;
        for i in 0..network.edges.len() {
            self.edge(network, i, ids, of_edges, &mut elements)?;
        }
        self.line(2)?;
        self.close("edges")?;
        self.line(1)?;
        self.close("graph")?;
        self.line(0)?;
        self.close("gexf")?;
        self.line(0)?;
        self.xml.get_mut().flush()
    }

    fn columns(&mut self, class: &str, columns: &[GexfColumn<'_>], with_values: &[usize]) -> io::Result<()> {
        if with_values.is_empty() {
            return Ok(());
        }
        self.line(2)?;
        self.open("attributes", &[("class", class), ("mode", "static")])?;
        for &c in with_values {
            let column = &columns[c];
            let title = words::line(&column.title, &mut self.changes);
            let element = BytesStart::new("attribute").with_attributes([
                ("id", &*column.id),
                ("title", &*title),
                ("type", column.values.type_name()),
            ]);
            self.line(3)?;
            self.xml.write_event(Event::Empty(element))?;
        }
        self.line(2)?;
        self.close("attributes")
    }

    fn node(
        &mut self,
        network: &GexfNetwork<'_>,
        i: usize,
        id: &str,
        columns: &[usize],
        elements: &mut Elements,
    ) -> io::Result<()> {
        self.line(3)?;
        let label = match network.labels.get(i).filter(|l| !l.trim().is_empty()) {
            Some(label) => words::line(label, &mut self.changes),
            None => Cow::Borrowed(id),
        };
        elements.node.clear_attributes();
        elements.node.push_attribute(("id", id));
        elements.node.push_attribute(("label", &*label));
        let bare = columns.is_empty()
            && network.colors.is_empty()
            && network.positions.is_empty()
            && network.sizes.is_empty();
        if bare {
            return self.xml.write_event(Event::Empty(elements.node.borrow()));
        }
        self.xml.write_event(Event::Start(elements.node.borrow()))?;
        self.values(&network.node_columns, columns, i, &mut elements.value)?;
        if let Some(color) = network.colors.get(i) {
            self.color(*color, &mut elements.color)?;
        }
        if let Some(place) = network.positions.get(i) {
            elements.position.clear_attributes();
            for (name, x) in ["x", "y"].into_iter().zip(place) {
                elements
                    .position
                    .push_attribute((name, &*format_number(*x).unwrap_or_default()));
            }
            self.xml.write_event(Event::Empty(elements.position.borrow()))?;
        }
        if let Some(size) = network.sizes.get(i) {
            elements.size.clear_attributes();
            elements
                .size
                .push_attribute(("value", &*format_number(*size).unwrap_or_default()));
            self.xml.write_event(Event::Empty(elements.size.borrow()))?;
        }
        self.close("node")
    }

    fn edge(
        &mut self,
        network: &GexfNetwork<'_>,
        i: usize,
        ids: &[Cow<'_, str>],
        columns: &[usize],
        elements: &mut Elements,
    ) -> io::Result<()> {
        self.line(3)?;
        let (a, b, weight) = network.edges[i];
        let edge = &mut elements.edge;
        edge.clear_attributes();
        edge.push_attribute(("id", itoa::Buffer::new().format(i)));
        edge.push_attribute(("source", &*ids[a as usize]));
        edge.push_attribute(("target", &*ids[b as usize]));
        edge.push_attribute(("weight", &*format_number(weight).unwrap_or_default()));
        let color = network.edge_colors.get(i).copied().flatten();
        if columns.is_empty() && color.is_none() {
            return self.xml.write_event(Event::Empty(elements.edge.borrow()));
        }
        self.xml.write_event(Event::Start(elements.edge.borrow()))?;
        self.values(&network.edge_columns, columns, i, &mut elements.value)?;
        if let Some(color) = color {
            self.color(color, &mut elements.color)?;
        }
        self.close("edge")
    }

    /// The values of node or edge `i`, where it has any.
    fn values(
        &mut self,
        columns: &[GexfColumn<'_>],
        with_values: &[usize],
        i: usize,
        element: &mut BytesStart<'static>,
    ) -> io::Result<()> {
        let mut any = false;
        for &c in with_values {
            let column = &columns[c];
            if let Some(value) = column.values.at(i, &mut self.changes) {
                if !any {
                    self.open("attvalues", &[])?;
                    any = true;
                }
                element.clear_attributes();
                element.push_attribute(("for", &*column.id));
                element.push_attribute(("value", &*value));
                self.xml.write_event(Event::Empty(element.borrow()))?;
            }
        }
        if any { self.close("attvalues") } else { Ok(()) }
    }

    fn color(&mut self, color: [u8; 3], element: &mut BytesStart<'static>) -> io::Result<()> {
        element.clear_attributes();
        for (name, channel) in ["r", "g", "b"].into_iter().zip(color) {
            element.push_attribute((name, itoa::Buffer::new().format(channel)));
        }
        self.xml.write_event(Event::Empty(element.borrow()))
    }

    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.open(name, &[])?;
        self.xml.write_event(Event::Text(BytesText::new(text)))?;
        self.close(name)
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let element = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.xml.write_event(Event::Start(element))
    }

    fn close(&mut self, name: &str) -> io::Result<()> {
        self.xml.write_event(Event::End(BytesEnd::new(name)))
    }

    /// A new line: files are read by people and compared line by line.
    fn line(&mut self, depth: usize) -> io::Result<()> {
        const SPACES: &[u8] = b"\n      ";
        self.xml.get_mut().write_all(&SPACES[..1 + 2 * depth])
    }
}
