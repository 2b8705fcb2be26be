//! Networks in formats of their own, known by what the file holds, whatever it is called: GEXF, GraphML, GML, Pajek, Matrix Market.
//!
//! In: the text of the file. Out: an [`EdgeList`] as a list of edges gives it, with what the file says of its nodes. Directions
//! are dropped, weights of repeated pairs are added, and both are said. Nothing is read by recursion: how deep a file is nested
//! makes no difference. `O(bytes + m log m)`.

mod found;
mod gexf;
mod gml;
mod graphml;
mod matrix_market;
mod pajek;
mod xml;

use super::budget::Budget;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::{EdgeList, EdgeSettings};
use crate::warning::Warning;
use found::Found;

/// A format of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Gexf,
    GraphMl,
    /// XML that is neither.
    OtherXml,
    Gml,
    Pajek,
    MatrixMarket,
}

/// Characters at the beginning that are looked at.
const HEAD: usize = 1 << 16;

impl Format {
    /// The format that the text is in; `None` for a list of edges.
    pub(super) fn of(text: &str) -> Option<Format> {
        let text = text.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']);
        let mut end = text.len().min(HEAD);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let head = &text[..end];
        if head.starts_with('<') {
            return Some(match xml::root(head).as_deref() {
                Some("gexf") => Format::Gexf,
                Some("graphml") => Format::GraphMl,
                _ => Format::OtherXml,
            });
        }
        if head
            .get(..14)
            .is_some_and(|h| h.eq_ignore_ascii_case("%%MatrixMarket"))
        {
            return Some(Format::MatrixMarket);
        }
        if gml::looks_like_gml(head) {
            return Some(Format::Gml);
        }
        pajek::looks_like_pajek(head).then_some(Format::Pajek)
    }

    fn name(self) -> &'static str {
        match self {
            Format::Gexf => "GEXF",
            Format::GraphMl => "GraphML",
            Format::OtherXml => "XML",
            Format::Gml => "GML",
            Format::Pajek => "Pajek",
            Format::MatrixMarket => "Matrix Market",
        }
    }
}

/// Reads a network in one of these formats; `reading` and `warnings` are those of the bytes.
///
/// # Errors
/// What is not of the format, an edge without two nodes that are there, a weight that is not finite and above 0, each with its
/// line; flags that are for lists of edges.
pub(super) fn parse(
    format: Format,
    source: &str,
    text: &str,
    settings: &EdgeSettings,
    mut reading: Vec<String>,
    warnings: Vec<Warning>,
) -> Result<EdgeList> {
    for (setting, given) in [
        (Setting::Separator, settings.separator.is_some()),
        (Setting::Decimal, settings.decimal.is_some()),
        (Setting::Project, settings.project.is_some()),
    ] {
        if given {
            return Err(Error::usage(message![
                setting,
                format!(" is for lists of edges, and this is a {} file", format.name())
            ])
            .in_file(source)
            .hint("leave it out"));
        }
    }
    let mut found = Found::new(source, Budget::new(source, settings.memory), text.len());
    match format {
        Format::Gexf => gexf::read(text, &mut found),
        Format::GraphMl => graphml::read(text, &mut found),
        Format::Gml => gml::read(text, &mut found),
        Format::Pajek => pajek::read(text, &mut found),
        Format::MatrixMarket => matrix_market::read(text, &mut found),
        Format::OtherXml => Err(Error::data("is XML, but neither GEXF nor GraphML")
            .hint("save the network as GEXF, GraphML, GML, Pajek, Matrix Market, or as a CSV file source,target[,weight]")),
    }
    .map_err(|e| e.in_file(source))?;
    reading.push(format.name().to_owned());
    found.into_list(reading, warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_what_the_file_holds() {
        for (text, format) in [
            (
                "<?xml version=\"1.0\"?>\n<!-- a -->\n<gexf version=\"1.3\">",
                Some(Format::Gexf),
            ),
            ("\u{FEFF}<graphml xmlns=\"x\">", Some(Format::GraphMl)),
            ("<html><gexf/>", Some(Format::OtherXml)),
            (
                "%%MatrixMarket matrix coordinate pattern symmetric",
                Some(Format::MatrixMarket),
            ),
            ("Creator \"x\"\ngraph\n[\n  node", Some(Format::Gml)),
            ("# a\ngraph [ directed 0 ]", Some(Format::Gml)),
            ("*Vertices 3", Some(Format::Pajek)),
            ("% a\r\n*network x\r\n*vertices 3", Some(Format::Pajek)),
            ("source,target\na,b", None),
            ("graph,node\na,b", None),
            ("# Nodes: 5\n1\t2", None),
            ("* a,b\nc,d", None),
            ("", None),
        ] {
            assert_eq!(Format::of(text), format, "{text}");
        }
    }
}
