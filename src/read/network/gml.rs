//! GML: `graph [ node [ id 1 label "a" ] edge [ source 1 target 2 ] ]` (Himsolt 1997).

use super::found::{Attribute, Found, Kind};
use crate::error::{Error, Result};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Whether the text begins with the keys of a GML file.
pub(super) fn looks_like_gml(head: &str) -> bool {
    let mut tokens = Tokens::new(head);
    let Ok(Some((Token::Key(first), _))) = tokens.next() else {
        return false;
    };
    let begins = ["graph", "creator", "version", "comment", "directed", "label"];
    if !begins.contains(&first.to_lowercase().as_str()) {
        return false;
    }
    // Up to the graph stand pairs of a key and a value.
    let mut is_graph = first.eq_ignore_ascii_case("graph");
    while let Ok(Some((token, _))) = tokens.next() {
        match token {
            Token::Open => return is_graph,
            Token::Key(key) => is_graph = key.eq_ignore_ascii_case("graph"),
            Token::Number(_) | Token::Text(_) => is_graph = false,
            Token::Close => return false,
        }
    }
    false
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Key(&'a str),
    Number(&'a str),
    Text(&'a str),
    Open,
    Close,
}

/// The words of a file and their lines.
struct Tokens<'a> {
    rest: &'a str,
    line: u64,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Self {
        Tokens { rest: text, line: 1 }
    }

    /// Passes so many bytes; they are the answer.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += memchr::memchr_iter(b'\n', taken.as_bytes()).count() as u64;
        self.rest = rest;
        taken
    }

    fn next(&mut self) -> Result<Option<(Token<'a>, u64)>> {
        loop {
            let blank = self.rest.len()
                - self
                    .rest
                    .trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n'])
                    .len();
            self.take(blank);
            if !self.rest.starts_with('#') {
                break;
            }
            let comment = self.rest.find('\n').unwrap_or(self.rest.len());
            self.take(comment);
        }
        let line = self.line;
        let Some(first) = self.rest.chars().next() else {
            return Ok(None);
        };
        let token = match first {
            '[' | ']' => {
                self.take(1);
                if first == '[' { Token::Open } else { Token::Close }
            }
            '"' => {
                let Some(end) = self.rest[1..].find('"') else {
                    return Err(Error::data("a text begins and does not end")
                        .at_line(line)
                        .hint("a quotation mark is missing, or the file was cut off"));
                };
                Token::Text(&self.take(end + 2)[1..=end])
            }
            _ => {
                let end = self.rest.find(|c: char| c.is_whitespace() || "[]\"#".contains(c));
                let word = self.take(end.unwrap_or(self.rest.len()).max(first.len_utf8()));
                if first.is_ascii_digit() || matches!(first, '+' | '-' | '.') {
                    Token::Number(word)
                } else {
                    Token::Key(word)
                }
            }
        };
        Ok(Some((token, line)))
    }
}

/// A list that has begun.
#[derive(Clone, Copy, PartialEq)]
enum List {
    Graph,
    Node,
    Edge,
    /// Of another kind, or inside of a node or edge.
    Other,
}

/// What is read of the file.
#[derive(Default)]
struct Gml<'a> {
    lists: Vec<List>,
    directed: bool,
    attributes: FxHashMap<&'a str, Attribute>,
    of_edges: FxHashMap<&'a str, Attribute>,
    /// The pairs of the node or edge that has begun.
    pairs: Vec<(&'a str, Cow<'a, str>)>,
    begun: u64,
}

pub(super) fn read(text: &str, found: &mut Found<'_>) -> Result<()> {
    let mut tokens = Tokens::new(text);
    let mut gml = Gml::default();
    while let Some((token, line)) = tokens.next()? {
        match token {
            Token::Key(key) => match tokens.next()? {
                Some((Token::Open, line)) => gml.open(key, line),
                Some((Token::Number(number), _)) => gml.pair(key, Cow::Borrowed(number)),
                Some((Token::Text(text), _)) => {
                    let plain = quick_xml::escape::unescape(text);
                    gml.pair(key, plain.unwrap_or(Cow::Borrowed(text)));
                }
                _ => {
                    return Err(Error::data(format!("the key \"{key}\" has no value"))
                        .at_line(line)
                        .hint("a number, a text in quotation marks or a list in brackets is needed"));
                }
            },
            Token::Close => gml.close(line, found)?,
            Token::Number(value) | Token::Text(value) => {
                return Err(Error::data(format!("\"{value}\" stands where a key is needed"))
                    .at_line(line)
                    .hint("keys begin with a letter"));
            }
            Token::Open => {
                return Err(Error::data("a list has no key")
                    .at_line(line)
                    .hint("graph, node or edge is needed before the bracket"));
            }
        }
    }
    if gml.lists.is_empty() {
        return Ok(());
    }
    Err(Error::data("ends inside a list").hint("a bracket is missing, or the file was cut off"))
}

impl<'a> Gml<'a> {
    fn open(&mut self, key: &'a str, line: u64) {
        let list = match (self.lists.last(), key.to_lowercase().as_str()) {
            (None, "graph") => List::Graph,
            (Some(List::Graph), "node") => List::Node,
            (Some(List::Graph), "edge") => List::Edge,
            _ => List::Other,
        };
        if matches!(list, List::Node | List::Edge) {
            self.pairs.clear();
            self.begun = line;
        }
        self.lists.push(list);
    }

    fn pair(&mut self, key: &'a str, value: Cow<'a, str>) {
        match self.lists.last() {
            Some(List::Graph) if key.eq_ignore_ascii_case("directed") => self.directed = value == "1",
            Some(List::Node | List::Edge) => self.pairs.push((key, value)),
            _ => {}
        }
    }

    fn close(&mut self, line: u64, found: &mut Found<'_>) -> Result<()> {
        match self.lists.pop() {
            Some(List::Node) => self.node(found),
            Some(List::Edge) => self.edge(found),
            Some(_) => Ok(()),
            None => Err(Error::data("a bracket closes that none has opened")
                .at_line(line)
                .hint("delete it, or add the one that is missing")),
        }
    }

    fn node(&mut self, found: &mut Found<'_>) -> Result<()> {
        let pairs = std::mem::take(&mut self.pairs);
        let id = pairs.iter().find(|(key, _)| *key == "id");
        let node = found.node(id.map_or("", |(_, id)| id), self.begun)?;
        for (key, value) in pairs.iter().filter(|(key, _)| *key != "id") {
            let attribute = *(self.attributes)
                .entry(key)
                .or_insert_with(|| found.attribute(key, Kind::Undeclared, ""));
            found.value(node, attribute, value)?;
        }
        Ok(())
    }

    fn edge(&mut self, found: &mut Found<'_>) -> Result<()> {
        let get = |name: &str| {
            let pair = self.pairs.iter().find(|(key, _)| *key == name);
            pair.map(|(_, value)| &**value)
        };
        // Newman's collection calls it value.
        let weight = ["weight", "value"].into_iter().find(|name| get(name).is_some());
        let ends = [get("source"), get("target")];
        found.edge(ends, weight.and_then(get), self.directed, self.begun)?;
        for (key, value) in &self.pairs {
            if !matches!(*key, "source" | "target" | "id") && Some(*key) != weight {
                let attribute = *(self.of_edges)
                    .entry(key)
                    .or_insert_with(|| found.edge_attribute(key, Kind::Undeclared));
                found.edge_value(attribute, value);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_know_their_lines_and_comments_are_passed() {
        let mut tokens = Tokens::new("# a [ b\ngraph [\n id -1.5 label \"x [\ny\"]");
        let mut all = Vec::new();
        while let Ok(Some(token)) = tokens.next() {
            all.push(token);
        }
        assert_eq!(
            all,
            [
                (Token::Key("graph"), 2),
                (Token::Open, 2),
                (Token::Key("id"), 3),
                (Token::Number("-1.5"), 3),
                (Token::Key("label"), 3),
                (Token::Text("x [\ny"), 3),
                (Token::Close, 4),
            ]
        );
        assert!(Tokens::new("\"open").next().is_err());
    }
}
