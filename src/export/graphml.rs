//! GraphML, for Cytoscape, yEd, igraph and NetworkX; Gephi reads it too.

use super::cells::cannot_write;
use super::gexf::{GexfColumn, GexfNetwork, GexfValues, Ids, check_edges, check_nodes};
use super::pieces::write_each;
use super::words::{self, Changes};
use crate::Result;
use crate::num::push_number;
use quick_xml::escape::escape;
use std::io::{BufWriter, Write};

/// Writes the network as GraphML: a `data` element per value, under keys named as in the Gephi file, and `label`, `x`, `y`, `size`,
/// `r`, `g`, `b` for nodes and `weight` for edges, which Gephi and Cytoscape's mappings know. Ids and texts are
/// changed as in the Gephi file. `O(n + m)` per column.
///
/// ```
/// use kinfolk::export::{GexfNetwork, write_graphml};
/// use std::borrow::Cow;
///
/// let network = GexfNetwork {
///     ids: Cow::Owned(["Ada", "Bo"].into_iter().collect()),
///     edges: vec![(0, 1, 0.5)],
///     ..GexfNetwork::default()
/// };
/// let mut bytes = Vec::new();
/// write_graphml(&network, &mut bytes)?;
/// let text = String::from_utf8_lossy(&bytes);
/// assert!(text.contains(r#"<edge source="Ada" target="Bo"><data key="weight">0.5</data></edge>"#));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// As [`write_gexf`](super::write_gexf).
pub fn write_graphml(network: &GexfNetwork<'_>, out: impl Write) -> Result<()> {
    check_nodes(network)?;
    check_edges(network)?;
    let ids = Ids::new(&network.ids, &mut Changes::default());
    let mut out = BufWriter::with_capacity(1 << 20, out);
    write(network, &ids, &mut out)
        .and_then(|()| out.flush())
        .map_err(|e| cannot_write(e, "the GraphML file"))
}

fn write(network: &GexfNetwork<'_>, ids: &Ids<'_>, out: &mut impl Write) -> std::io::Result<()> {
    let mut head = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">",
    );
    let mut key = |id: &str, class: &str, name: &str, kind: &str| {
        let (id, name) = (escape(id), escape(name));
        head.push_str(&format!(
            "\n  <key id=\"{id}\" for=\"{class}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
        ));
    };
    key("label", "node", "label", "string");
    for (name, kind, there) in looks(network) {
        if there {
            key(name, "node", name, kind);
        }
    }
    key("weight", "edge", "weight", "double");
    for (class, columns) in [("node", &network.node_columns), ("edge", &network.edge_columns)] {
        for column in columns {
            let id = key_id(class, &column.id);
            key(&id, class, &column.id, kind(column.values.type_name()));
        }
    }
    out.write_all(head.as_bytes())?;
    out.write_all(b"\n  <graph edgedefault=\"undirected\">")?;
    if !network.description.is_empty() {
        let remark = words::remark(&network.description);
        write!(out, "\n    <desc>{}</desc>", escape(&*remark))?;
    }
    write_each(network.ids.len(), |piece, i| node(piece, network, ids, i), out)?;
    write_each(network.edges.len(), |piece, i| edge(piece, network, ids, i), out)?;
    out.write_all(b"\n  </graph>\n</graphml>\n")
}

/// Keys that are no column's.
const LOOKS: [&str; 8] = ["label", "x", "y", "size", "r", "g", "b", "weight"];

/// The id of a column's key, by which Gephi calls the column: its own, without blanks, which ids may not hold, and with a mark for
/// edges and for names that other keys have, since ids stand once in a file.
fn key_id(class: &str, column: &str) -> String {
    let id = column.replace(' ', "-");
    if class == "node" && !LOOKS.contains(&column) {
        id
    } else {
        format!("{class}:{id}")
    }
}

/// How a node looks: name, type, and whether it is said.
fn looks(network: &GexfNetwork<'_>) -> [(&'static str, &'static str, bool); 6] {
    let (placed, colored) = (!network.positions.is_empty(), !network.colors.is_empty());
    [
        ("x", "double", placed),
        ("y", "double", placed),
        ("size", "double", !network.sizes.is_empty()),
        ("r", "int", colored),
        ("g", "int", colored),
        ("b", "int", colored),
    ]
}

/// GraphML's word for a type of GEXF.
fn kind(gexf: &str) -> &str {
    if gexf == "integer" { "int" } else { gexf }
}

fn node(piece: &mut Vec<u8>, network: &GexfNetwork<'_>, ids: &Ids<'_>, i: usize) {
    piece.extend_from_slice(format!("\n    <node id=\"{}\">", escape(ids.get(i))).as_bytes());
    if network.labelled.get(i) != Some(&false) {
        let label = network.labels.get(i).filter(|l| !l.trim().is_empty());
        let label = label.map_or_else(|| ids.get(i).into(), |l| words::line(l, &mut Changes::default()));
        let label = words::label(&label, &mut Changes::default());
        data(piece, "label", |piece| {
            piece.extend_from_slice(escape(&*label).as_bytes());
            true
        });
    }
    if let Some(place) = network.positions.get(i) {
        data(piece, "x", |piece| push_number(piece, place[0]));
        data(piece, "y", |piece| push_number(piece, place[1]));
    }
    if let Some(size) = network.sizes.get(i) {
        data(piece, "size", |piece| push_number(piece, *size));
    }
    if let Some(color) = network.colors.get(i) {
        for (name, channel) in ["r", "g", "b"].into_iter().zip(color) {
            data(piece, name, |piece| {
                piece.extend_from_slice(itoa::Buffer::new().format(*channel).as_bytes());
                true
            });
        }
    }
    columns(piece, "node", &network.node_columns, i);
    piece.extend_from_slice(b"</node>");
}

fn edge(piece: &mut Vec<u8>, network: &GexfNetwork<'_>, ids: &Ids<'_>, i: usize) {
    let (a, b, weight) = network.edges[i];
    let (a, b) = (escape(ids.get(a as usize)), escape(ids.get(b as usize)));
    piece.extend_from_slice(format!("\n    <edge source=\"{a}\" target=\"{b}\">").as_bytes());
    data(piece, "weight", |piece| push_number(piece, weight));
    columns(piece, "edge", &network.edge_columns, i);
    piece.extend_from_slice(b"</edge>");
}

/// The values of node or edge `i`, where it has any.
fn columns(piece: &mut Vec<u8>, class: &str, columns: &[GexfColumn<'_>], i: usize) {
    for column in columns {
        data(piece, &escape(&*key_id(class, &column.id)), |piece| {
            value(piece, &column.values, i)
        });
    }
}

/// An element with what `push` writes; nothing where that is nothing.
fn data(piece: &mut Vec<u8>, key: &str, push: impl FnOnce(&mut Vec<u8>) -> bool) {
    let before = piece.len();
    piece.extend_from_slice(format!("<data key=\"{key}\">").as_bytes());
    if push(piece) {
        piece.extend_from_slice(b"</data>");
    } else {
        piece.truncate(before);
    }
}

/// The value at `i`; whether there is one.
fn value(piece: &mut Vec<u8>, values: &GexfValues<'_>, i: usize) -> bool {
    let text = match values {
        GexfValues::Double(v) => return push_number(piece, v[i]),
        GexfValues::Boolean(v) => v[i].map(|x| x.to_string()),
        GexfValues::Integer(_) | GexfValues::Count { .. } => values.integer(i).map(|x| x.to_string()),
        GexfValues::Text(_) | GexfValues::Level { .. } => values
            .text(i)
            .and_then(|t| words::value(t, &mut Changes::default()))
            .map(|t| escape(&*t).into_owned()),
    };
    text.inspect(|text| piece.extend_from_slice(text.as_bytes()))
        .is_some()
}
