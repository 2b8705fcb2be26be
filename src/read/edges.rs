//! Networks that already exist: one edge per row, `source,target[,weight]`, or a file of a [format of networks](super::network).

use super::budget::Budget;
use super::decode::{decode, refuse_markup};
use super::dialect;
use super::edge_attributes::OfEdges;
use super::edge_columns::{Columns, decimal_mark};
use super::edge_rows::Rows;
use super::network::{self, Format};
use super::quotes;
use super::source;
use crate::columns::names::shortened;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::grid::{Records, is_blank};
use crate::table::{EdgeList, EdgeSettings};
use crate::text::{count, group_digits};
use crate::warning::Warning;
use std::io::Read;
use std::path::Path;

/// Reads a list of edges from a text file, plain or packed with gzip; `-` is standard input. See [`parse_edges`].
///
/// ```
/// use kinfolk::read::read_edges;
/// use kinfolk::table::EdgeSettings;
///
/// let error = read_edges("no/such/edges.csv".as_ref(), &EdgeSettings::default()).unwrap_err();
/// assert!(error.to_string().contains("cannot be opened"));
/// ```
///
/// # Errors
/// A file that cannot be read, and whatever [`parse_edges`] refuses.
pub fn read_edges(path: &Path, settings: &EdgeSettings) -> Result<EdgeList> {
    let (name, reader) = source::open(path)?;
    read_edges_from(&name, reader, settings)
}

/// Reads a list of edges from the bytes of a file; `source` is what messages call it.
///
/// The columns are found by name (`source`, `target`, `weight`, as Gephi writes them, and common synonyms), else they
/// are the first two and, where it holds numbers, a third one. A missing weight column means weight 1. Directions are
/// dropped. Further columns become [`EdgeList::edge_attributes`]. `O(m log m)`; with [`EdgeSettings::project`] as many steps as
/// pairs of things share another one, at most 50 million.
///
/// Files in GEXF, GraphML, GML, Pajek or Matrix Market are known by what they hold; labels and attributes of their nodes become
/// [`EdgeList::labels`] and [`EdgeList::attributes`], attributes of their edges [`EdgeList::edge_attributes`].
///
/// ```
/// use kinfolk::read::parse_edges;
/// use kinfolk::table::EdgeSettings;
///
/// let csv = "source,target,weight\nb,a,2\na,b,1\nb,c,0.5\n";
/// let list = parse_edges("edges.csv", csv.into(), &EdgeSettings::default())?;
/// assert_eq!(list.nodes, ["a", "b", "c"]);
/// assert_eq!(list.edges, [(0, 1, 3.0), (1, 2, 0.5)]);
/// assert_eq!(list.repeated, 1);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Bytes that are no text table and no network; an edge without both ends; a weight that is not finite and above 0, with its line.
pub fn parse_edges(source: &str, bytes: Vec<u8>, settings: &EdgeSettings) -> Result<EdgeList> {
    let budget = Budget::new(source, settings.memory);
    parse_plain(source, source::unpack_bytes(source, bytes, budget)?, settings)
}

/// Reads a list of edges from a stream; `source` is what messages call it. See [`parse_edges`].
///
/// # Errors
/// A stream that cannot be read, and whatever [`parse_edges`] refuses.
pub fn read_edges_from(source: &str, reader: impl Read, settings: &EdgeSettings) -> Result<EdgeList> {
    let budget = Budget::new(source, settings.memory);
    parse_plain(source, source::unpack(source, reader, budget)?, settings)
}

fn parse_plain(source: &str, plain: source::Plain, settings: &EdgeSettings) -> Result<EdgeList> {
    let budget = Budget::new(source, settings.memory);
    source::refuse_binary(source, &plain.bytes)?;
    let decoded = decode(source, plain.bytes, settings.encoding.as_deref(), budget)?;
    let mut reading: Vec<String> = plain.packing.map(str::to_owned).into_iter().collect();
    reading.extend(decoded.reading);
    let mut warnings = decoded.warnings;
    if let Some(format) = Format::of(&decoded.text) {
        return network::parse(format, source, &decoded.text, settings, reading, warnings);
    }
    refuse_markup(source, &decoded.text)?;
    let found = match dialect::detect(source, &decoded.text, settings.separator) {
        Err(_) if settings.separator.is_none() && is_spaced(&decoded.text) => {
            dialect::detect(source, &decoded.text, Some(' '))?
        }
        found => found?,
    };
    reading.extend(found.reading);
    let (start, first_line) = found.start;
    let text = &decoded.text[start..];
    quotes::pieces(source, text, first_line, found.dialect, usize::MAX)?;

    let sample = dialect::sample(text, first_line, found.dialect);
    let columns = Columns::detect(source, &sample, &mut reading)?;
    reading.push(columns.in_words(settings.project.is_some()));
    let records = || {
        let mut records = Records::new(text, first_line, found.dialect);
        // Comments and the header are the first records that are not blank.
        let mut above = columns.above;
        while above > 0 {
            above -= usize::from(records.next().is_none_or(|(record, ..)| !is_blank(record)));
        }
        records
    };
    let decimal = settings
        .decimal
        .unwrap_or_else(|| decimal_mark(&columns, records()));
    let mut rows = match settings.project {
        Some(side) => Rows::of_two_kinds(side),
        None => Rows::with_attributes(columns.attributes()),
    };
    let mut records = records();
    while let Some((record, line, _)) = records.next() {
        if !is_blank(record) {
            rows.add(&columns, record, decimal, line)
                .map_err(|e| e.in_file(source).at_line(line))?;
            if rows.edges.len().is_multiple_of(4096) {
                budget.allow(text.len() as u64 + rows.bytes(), "the network")?;
            }
        }
    }
    rows.clean_names(source, &mut warnings)?;
    if rows.edges.is_empty() {
        return Err(no_edges(source));
    }
    if decimal == ',' {
        reading.push("decimal comma".to_owned());
    }
    if settings.project.is_some() {
        warnings.extend(not_projected(&columns));
        return rows.into_projection(budget, source, &columns, reading, warnings);
    }
    let n_rows = rows.edges.len();
    warnings.extend(take_directions(&mut rows.attributes).map(|n| directions_dropped(n, n_rows)));
    warnings.extend(weight_not_found(&columns, &rows.attributes, decimal));
    if columns.of_two_kinds || rows.looks_like_two_kinds() {
        warnings.push(two_kinds(&columns));
    }
    let list = rows.into_list(source, decimal, reading, warnings)?;
    Ok(with_attributes_said(list))
}

/// Says which attributes the edges have.
pub(super) fn with_attributes_said(mut list: EdgeList) -> EdgeList {
    let names: Vec<String> = list.edge_attributes.iter().map(|c| c.name.clone()).collect();
    if !names.is_empty() {
        let what = count(names.len(), "attribute", "attributes");
        list.reading
            .push(format!("{what} of edges: {}", shortened(&names)));
    }
    list
}

/// Takes away the column by which Gephi says which edges have a direction; how many have one.
fn take_directions(attributes: &mut Vec<OfEdges>) -> Option<usize> {
    let is_it = |a: &OfEdges| {
        a.name().eq_ignore_ascii_case("type") && a.are_all(&["directed", "undirected", "mutual"])
    };
    let place = attributes.iter().position(is_it)?;
    let directed = attributes.remove(place).count(&["directed"]);
    (directed > 0).then_some(directed)
}

/// That so many of these edges have a direction, and what becomes of it.
pub(super) fn directions_dropped(directed: usize, edges: usize) -> Warning {
    Warning::new(
        "directions-dropped",
        format!(
            "{} of {} have a direction, which is dropped: communities here are of undirected networks",
            group_digits(directed),
            count(edges, "edge", "edges")
        ),
    )
}

/// Columns of numbers that may have been meant as weights.
fn weight_not_found(columns: &Columns, attributes: &[OfEdges], decimal: char) -> Option<Warning> {
    let numbers = attributes.iter().filter(|a| a.looks_like_numbers(decimal));
    let names: Vec<String> = numbers.map(|a| a.name().to_owned()).collect();
    (columns.weight.is_none() && !names.is_empty()).then(|| {
        Warning::new(
            "weight-not-found",
            format!(
                "all edges have weight 1, and {} kept as attributes: {}; a column of weights is called weight",
                count(names.len(), "column of numbers is", "columns of numbers are"),
                shortened(&names)
            ),
        )
    })
}

/// That things may be of two kinds, and what can be done then.
fn two_kinds(columns: &Columns) -> Warning {
    let (source, target) = (columns.call(columns.source), columns.call(columns.target));
    Warning::new(
        "two-kinds",
        message![
            format!(
                "values of {source} and of {target} seem to be things of two kinds, and communities would hold both; "
            ),
            Setting::Project,
            format!(" source ties those of {source} by what they share, "),
            Setting::Project,
            format!(" target those of {target}"),
        ],
    )
}

/// What a projection does not use.
fn not_projected(columns: &Columns) -> Option<Warning> {
    let unused: Vec<String> = (columns.weight.iter().chain(&columns.further))
        .map(|&c| columns.call(c).to_owned())
        .filter(|name| !name.trim().is_empty())
        .collect();
    (!unused.is_empty()).then(|| {
        Warning::new(
            "unused-columns",
            format!(
                "{} not used: {}; a projection asks who shares what, not how much",
                count(unused.len(), "column is", "columns are"),
                shortened(&unused)
            ),
        )
    })
}

pub(super) fn no_edges(source: &str) -> Error {
    Error::data("holds no edges")
        .in_file(source)
        .hint("one row source,target[,weight] per edge is needed")
}

/// Whether single spaces cut nearly all lines into two or three cells.
fn is_spaced(text: &str) -> bool {
    let lines = || {
        text.lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
            .take(1000)
    };
    let cut = lines()
        .filter(|l| (2..=3).contains(&l.split(' ').count()))
        .count();
    cut > 0 && cut * 10 >= lines().count() * 9
}
