//! A network as two tables, with the headers that Gephi's spreadsheet import or Neo4j's bulk import wants.

use super::cells::{CsvStyle, Rows, write_rows};
use super::gexf::{GexfColumn, GexfNetwork, GexfValues};
use super::words::{self, Changes};
use crate::Result;
use std::io::Write;

/// Whose headers the tables of a network have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableHeaders {
    /// `Id,Label,…` and `Source,Target,Type,Weight,…`, for Gephi's "Import spreadsheet".
    Gephi,
    /// `id:ID,label,…:int,:LABEL` and `:START_ID,:END_ID,weight:double,…,:TYPE`, for `neo4j-admin database import`.
    Neo4j,
}

/// Writes the nodes, one row each, a column per column of the network; nodes with a label have it, others their id. Returns how many
/// texts got an apostrophe before them, as in [`write_customers`](super::write_customers). `O(n)` per column.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_node_table(network: &GexfNetwork<'_>, headers: TableHeaders, out: impl Write) -> Result<usize> {
    let mut header = match headers {
        TableHeaders::Gephi => vec!["Id".to_owned(), "Label".to_owned()],
        TableHeaders::Neo4j => vec!["id:ID".to_owned(), "label".to_owned()],
    };
    header.extend(network.node_columns.iter().map(|c| heading(c, headers)));
    header.extend((headers == TableHeaders::Neo4j).then(|| ":LABEL".to_owned()));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    write_rows(out, CsvStyle::default(), &header, network.ids.len(), |rows, i| {
        rows.text(&network.ids[i])?;
        let label = network.labels.get(i).map(String::as_str);
        let label = label.unwrap_or(&network.ids[i]);
        rows.text(&words::line(label, &mut Changes::default()))?;
        for column in &network.node_columns {
            value(rows, &column.values, i)?;
        }
        if headers == TableHeaders::Neo4j {
            rows.text("Node")?;
        }
        rows.end()
    })
}

/// Writes the ties, one row each. Returns as [`write_node_table`] does. `O(m)`.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_edge_table(network: &GexfNetwork<'_>, headers: TableHeaders, out: impl Write) -> Result<usize> {
    let first: &[&str] = match headers {
        TableHeaders::Gephi => &["Source", "Target", "Type", "Weight"],
        TableHeaders::Neo4j => &[":START_ID", ":END_ID", ":TYPE", "weight:double"],
    };
    let mut header: Vec<String> = first.iter().map(|&h| h.to_owned()).collect();
    header.extend(network.edge_columns.iter().map(|c| heading(c, headers)));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let kind = match headers {
        TableHeaders::Gephi => "Undirected",
        TableHeaders::Neo4j => "TIED_TO",
    };
    write_rows(
        out,
        CsvStyle::default(),
        &header,
        network.edges.len(),
        |rows, i| {
            let (a, b, weight) = network.edges[i];
            rows.text(&network.ids[a as usize])?;
            rows.text(&network.ids[b as usize])?;
            rows.text(kind)?;
            rows.number(weight)?;
            for column in &network.edge_columns {
                value(rows, &column.values, i)?;
            }
            rows.end()
        },
    )
}

/// A column's name as the program wants it.
fn heading(column: &GexfColumn<'_>, headers: TableHeaders) -> String {
    let kind = match column.values.type_name() {
        "integer" => "int",
        other => other,
    };
    match headers {
        TableHeaders::Gephi => column.id.to_string(),
        TableHeaders::Neo4j => format!("{}:{kind}", column.id),
    }
}

fn value<W: Write>(rows: &mut Rows<W>, values: &GexfValues<'_>, i: usize) -> Result<()> {
    match values {
        GexfValues::Double(v) => rows.number(v[i]),
        GexfValues::Boolean(v) => match v[i] {
            Some(x) => rows.flag(x),
            None => rows.text(""),
        },
        GexfValues::Integer(_) | GexfValues::Count { .. } => {
            rows.text(&values.integer(i).map_or(String::new(), |x| x.to_string()))
        }
        // Neo4j takes a line break for the end of a row, even between quotation marks.
        GexfValues::Text(_) | GexfValues::Level { .. } => {
            let text = values.text(i).unwrap_or("");
            rows.text(&words::line(text, &mut Changes::default()))
        }
    }
}
