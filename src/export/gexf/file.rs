//! The document, element by element.

use super::super::pieces::in_order;
use super::super::words::{self, Changes};
use super::GexfColumn;
use super::piece::{Document, Piece};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, BufWriter, Write};
use std::ops::Range;

/// The file being written.
pub(super) struct File<W: Write> {
    pub(super) xml: Writer<BufWriter<W>>,
    pub(super) changes: Changes,
}

impl<W: Write> File<W> {
    /// The whole document.
    pub(super) fn write(&mut self, document: &Document<'_>) -> io::Result<()> {
        let network = document.network;
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
        self.columns("node", &network.node_columns, document.of_nodes)?;
        self.columns("edge", &network.edge_columns, document.of_edges)?;
        let mut count = itoa::Buffer::new();
        self.line(2)?;
        self.open("nodes", &[("count", count.format(network.ids.len()))])?;
        self.pieces(network.ids.len(), |piece, i| piece.node(document, i))?;
        self.line(2)?;
        self.close("nodes")?;
        self.line(2)?;
        self.open("edges", &[("count", count.format(network.edges.len()))])?;
        self.pieces(network.edges.len(), |piece, i| piece.edge(document, i))?;
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

    /// `n` elements, made in parallel.
    fn pieces(&mut self, n: usize, element: impl Fn(&mut Piece, usize) + Sync) -> io::Result<()> {
        let make = |range: Range<usize>| {
            let mut piece = Piece::default();
            range.for_each(|i| element(&mut piece, i));
            piece
        };
        in_order(n, make, |piece| {
            self.changes.add(piece.changes);
            self.xml.get_mut().write_all(&piece.bytes)
        })
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
