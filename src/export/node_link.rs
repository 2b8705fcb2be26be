//! Node-link JSON, for sigma, D3 and NetworkX.

use super::cells::cannot_write;
use super::gexf::{GexfColumn, GexfNetwork, GexfValues, Ids, check_edges, check_nodes};
use super::pieces::write_each;
use super::words::Changes;
use crate::Result;
use crate::num::push_number;
use std::io::{BufWriter, Write};

/// Writes the network as node-link JSON, as NetworkX's `node_link_graph` takes it: `nodes` with `id`, `label`, `x`, `y`, `size`,
/// `color` (`#0052ba`) and their columns under the names of the Gephi file, `edges` with `source`, `target`, `weight` and their
/// columns. Numbers are numbers; what has no value is not there. A node or edge is one line. `O(n + m)` per column.
///
/// ```
/// use kinfolk::export::{GexfNetwork, write_node_link};
/// use std::borrow::Cow;
///
/// let network = GexfNetwork {
///     ids: Cow::Owned(["Ada", "Bo"].into_iter().collect()),
///     edges: vec![(0, 1, 0.5)],
///     ..GexfNetwork::default()
/// };
/// let mut bytes = Vec::new();
/// write_node_link(&network, &mut bytes)?;
/// let text = String::from_utf8_lossy(&bytes);
/// assert!(text.contains(r#"{"source":"Ada","target":"Bo","weight":0.5}"#));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// As [`write_gexf`](super::write_gexf).
pub fn write_node_link(network: &GexfNetwork<'_>, out: impl Write) -> Result<()> {
    check_nodes(network)?;
    check_edges(network)?;
    let ids = Ids::new(&network.ids, &mut Changes::default());
    let mut out = BufWriter::with_capacity(1 << 20, out);
    write(network, &ids, &mut out)
        .and_then(|()| out.flush())
        .map_err(|e| cannot_write(e, "the JSON file"))
}

fn write(network: &GexfNetwork<'_>, ids: &Ids<'_>, out: &mut impl Write) -> std::io::Result<()> {
    let mut head = b"{\"directed\":false,\"multigraph\":false,\"graph\":{\"description\":".to_vec();
    text(&mut head, &network.description);
    head.extend_from_slice(b"},\n\"nodes\":[");
    out.write_all(&head)?;
    write_each(network.ids.len(), |piece, i| node(piece, network, ids, i), out)?;
    out.write_all(b"\n],\n\"edges\":[")?;
    write_each(network.edges.len(), |piece, i| edge(piece, network, ids, i), out)?;
    out.write_all(b"\n]}\n")
}

fn node(piece: &mut Vec<u8>, network: &GexfNetwork<'_>, ids: &Ids<'_>, i: usize) {
    begin(piece, i);
    let id = ids.get(i);
    piece.extend_from_slice(b"\"id\":");
    text(piece, id);
    let label = match network.labels.get(i).map(|label| label.trim()) {
        _ if network.labelled.get(i) == Some(&false) => "",
        Some(label) if !label.is_empty() => label,
        _ => id,
    };
    pair(piece, "label", |piece| {
        text(piece, label);
        true
    });
    if let Some([x, y]) = network.positions.get(i) {
        pair(piece, "x", |piece| push_number(piece, *x));
        pair(piece, "y", |piece| push_number(piece, *y));
    }
    if let Some(size) = network.sizes.get(i) {
        pair(piece, "size", |piece| push_number(piece, *size));
    }
    if let Some([r, g, b]) = network.colors.get(i) {
        pair(piece, "color", |piece| {
            text(piece, &format!("#{r:02x}{g:02x}{b:02x}"));
            true
        });
    }
    columns(piece, &network.node_columns, i);
    piece.push(b'}');
}

fn edge(piece: &mut Vec<u8>, network: &GexfNetwork<'_>, ids: &Ids<'_>, i: usize) {
    let (a, b, weight) = network.edges[i];
    begin(piece, i);
    piece.extend_from_slice(b"\"source\":");
    text(piece, ids.get(a as usize));
    piece.extend_from_slice(b",\"target\":");
    text(piece, ids.get(b as usize));
    pair(piece, "weight", |piece| push_number(piece, weight));
    columns(piece, &network.edge_columns, i);
    piece.push(b'}');
}

/// The beginning of object `i` of a list.
fn begin(piece: &mut Vec<u8>, i: usize) {
    piece.extend_from_slice(if i == 0 { b"\n{" } else { b",\n{" });
}

fn text(piece: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(piece, text).expect("memory takes every text");
}

/// A name with what `push` writes; nothing where that is nothing.
fn pair(piece: &mut Vec<u8>, name: &str, push: impl FnOnce(&mut Vec<u8>) -> bool) {
    let before = piece.len();
    piece.push(b',');
    text(piece, name);
    piece.push(b':');
    if !push(piece) {
        piece.truncate(before);
    }
}

/// The values of node or edge `i`, where it has any.
fn columns(piece: &mut Vec<u8>, columns: &[GexfColumn<'_>], i: usize) {
    for column in columns {
        pair(piece, &column.id, |piece| match &column.values {
            GexfValues::Double(v) => push_number(piece, v[i]),
            GexfValues::Boolean(v) => {
                let flag = v[i].map(|x| if x { &b"true"[..] } else { b"false" });
                flag.inspect(|flag| piece.extend_from_slice(flag)).is_some()
            }
            GexfValues::Integer(_) | GexfValues::Count { .. } => {
                let number = column.values.integer(i);
                number
                    .inspect(|x| piece.extend_from_slice(itoa::Buffer::new().format(*x).as_bytes()))
                    .is_some()
            }
            GexfValues::Text(_) | GexfValues::Level { .. } => {
                let value = column.values.text(i).filter(|value| !value.is_empty());
                value.inspect(|value| text(piece, value)).is_some()
            }
        });
    }
}
