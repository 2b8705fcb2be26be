//! What a folder of results holds about one customer.

use crate::num::is_formula;
use crate::{Error, Result};
use csv::{ReaderBuilder, StringRecord};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// A row of a table by the names of its columns.
pub(super) type Row = FxHashMap<String, String>;

/// A row that is being read.
pub(super) struct Cells<'a> {
    places: &'a FxHashMap<String, usize>,
    record: &'a StringRecord,
    /// Whether numbers have decimal commas.
    comma: bool,
}

impl Cells<'_> {
    /// The cell of a column as it was before it was made harmless for spreadsheets; numbers with a decimal point.
    pub(super) fn get(&self, column: &str) -> Cow<'_, str> {
        let cell = (self.places.get(column).and_then(|&place| self.record.get(place))).unwrap_or_default();
        match cell.strip_prefix('\'') {
            Some(rest) if is_formula(rest.trim_start_matches('\'')) => Cow::Borrowed(rest),
            _ if self.comma => {
                let point = cell.replace(',', ".");
                if point.parse::<f64>().is_ok() {
                    Cow::Owned(point)
                } else {
                    Cow::Borrowed(cell)
                }
            }
            _ => Cow::Borrowed(cell),
        }
    }

    /// All of it.
    pub(super) fn row(&self) -> Row {
        let cell = |column: &String| (column.clone(), self.get(column).into_owned());
        self.places.keys().map(cell).collect()
    }
}

/// Reads a table that this program wrote, in either style, row by row.
///
/// # Errors
/// Where it cannot be read, or is another table: without one of `columns`.
pub(super) fn scan(path: &Path, columns: &[&str], mut each: impl FnMut(&Cells<'_>)) -> Result<()> {
    let cannot = |e| Error::io(path, "cannot be read", e).hint("name a folder that kinfolk segment wrote");
    let other = |what: String| {
        Error::data(format!("is no table of kinfolk segment: {what}"))
            .in_file(path.display().to_string())
            .hint("name a folder that kinfolk segment wrote")
    };
    let mut file = BufReader::new(File::open(path).map_err(cannot)?);
    let head = file.fill_buf().map_err(cannot)?;
    let comma = head.iter().take_while(|&&b| b != b'\n').any(|&b| b == b';');
    let mut reader = ReaderBuilder::new()
        .delimiter(if comma { b';' } else { b',' })
        .from_reader(file);
    let header = reader.headers().map_err(|e| other(e.to_string()))?;
    let places: FxHashMap<String, usize> = header.iter().map(str::to_owned).zip(0..).collect();
    if let Some(column) = columns.iter().find(|column| !places.contains_key(**column)) {
        return Err(other(format!("it has no column \"{column}\"")));
    }
    let mut record = StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|e| other(e.to_string()))?
    {
        each(&Cells {
            places: &places,
            record: &record,
            comma,
        });
    }
    Ok(())
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
