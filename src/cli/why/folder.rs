//! What a folder of results holds about one customer.

use crate::num::is_formula;
use crate::{Error, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// A row of a table by the names of its columns.
pub(super) type Row = FxHashMap<String, String>;

/// The rows of a table that this program wrote, in either style, that `wanted` asks for; numbers with a decimal point.
pub(super) fn rows(path: &Path, wanted: impl Fn(&Row) -> bool) -> Result<Vec<Row>> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::io(path, "cannot be read", e).hint("name a folder that kinfolk segment wrote"))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let head = text.lines().next().unwrap_or_default();
    let comma = head.contains(';');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if comma { b';' } else { b',' })
        .from_reader(text.as_bytes());
    let broken = |e: csv::Error| {
        Error::data(format!("is no table of kinfolk: {e}")).in_file(path.display().to_string())
    };
    let header = reader.headers().map_err(broken)?.clone();
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let cell = |cell: &str| {
            let point = cell.replace(',', ".");
            match cell.strip_prefix('\'') {
                // Kept from running in a spreadsheet.
                Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest.to_owned(),
                _ if comma && point.parse::<f64>().is_ok() => point,
                _ => cell.to_owned(),
            }
        };
        let row: Row = header
            .iter()
            .map(str::to_owned)
            .zip(record.iter().map(cell))
            .collect();
        if wanted(&row) {
            found.push(row);
        }
    }
    Ok(found)
}

/// A customer in the network.
#[derive(Default)]
pub(super) struct Node {
    /// Values by the titles of their columns.
    pub(super) values: FxHashMap<String, String>,
    /// Customers it is tied to and the weights of the ties, the strongest first.
    pub(super) ties: Vec<(String, f64)>,
}

/// The node of that id in the GEXF file of all `n_customers`; `None` where there is none. `O(file)`, one pass.
///
/// # Errors
/// Where the file cannot be read, or holds a part of the customers only.
pub(super) fn node(path: &Path, id: &str, n_customers: usize) -> Result<Option<Node>> {
    let again = "run kinfolk segment again with --network full";
    let file = File::open(path).map_err(|e| Error::io(path, "cannot be read", e).hint(again))?;
    let mut xml = Reader::from_reader(BufReader::with_capacity(1 << 18, file));
    let broken = |e: &dyn std::fmt::Display| {
        Error::data(format!("is no network of kinfolk: {e}")).in_file(path.display().to_string())
    };
    let mut titles: FxHashMap<String, String> = FxHashMap::default();
    let mut n_nodes = 0;
    let mut found: Option<Node> = None;
    let mut inside = false;
    let mut buffer = Vec::new();
    loop {
        let event = xml.read_event_into(&mut buffer).map_err(|e| broken(&e))?;
        let (element, opens) = match &event {
            Event::Start(element) => (element, true),
            Event::Empty(element) => (element, false),
            Event::End(end) => {
                inside &= end.name().as_ref() != "node";
                buffer.clear();
                continue;
            }
            Event::Eof => break,
            _ => {
                buffer.clear();
                continue;
            }
        };
        let of = |name: &str| attribute(element, name).map_err(|e| broken(&e));
        match element.name().as_ref() {
            "attribute" => {
                titles.insert(of("id")?, of("title")?);
            }
            "node" => {
                n_nodes += 1;
                if found.is_none() && of("id")? == id {
                    found = Some(Node::default());
                    inside = opens;
                }
            }
            "attvalue" if inside => {
                if let (Some(node), Some(title)) = (&mut found, titles.get(&of("for")?)) {
                    node.values.insert(title.clone(), of("value")?);
                }
            }
            "edge" => {
                // Edges stand behind all nodes.
                let Some(node) = found.as_mut().filter(|_| n_nodes >= n_customers) else {
                    break;
                };
                let (source, target) = (of("source")?, of("target")?);
                if source != target && (source == id || target == id) {
                    let other = if source == id { target } else { source };
                    let weight = of("weight")?.parse().unwrap_or(1.0);
                    node.ties.push((other, weight));
                }
            }
            _ => {}
        }
        buffer.clear();
    }
    if n_nodes < n_customers {
        let what = format!("holds {n_nodes} of {n_customers} customers, the backbone of the network");
        return Err(Error::data(what).in_file(path.display().to_string()).hint(again));
    }
    Ok(found.map(|mut node| {
        node.ties
            .sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        node
    }))
}

/// An attribute of an element, unescaped; empty where it is absent.
fn attribute(element: &BytesStart<'_>, name: &str) -> std::result::Result<String, String> {
    match element.try_get_attribute(name).map_err(|e| e.to_string())? {
        None => Ok(String::new()),
        Some(found) => {
            let plain = quick_xml::escape::unescape(&found.value).map_err(|e| e.to_string())?;
            Ok(plain.into_owned())
        }
    }
}
