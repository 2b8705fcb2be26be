//! Elements of an XML file with the lines on which they stand.

use crate::error::{Error, Result};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// The name of the outermost element, without its prefix.
pub(super) fn root(head: &str) -> Option<String> {
    let mut reader = Reader::from_str(head);
    loop {
        match reader.read_event().ok()? {
            Event::Start(e) | Event::Empty(e) => return Some(e.local_name().as_ref().to_owned()),
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// What comes next in a file.
pub(super) enum Part {
    /// An element begins; the flag says that it ends at once.
    Begin(Element, bool),
    /// The element of this name ends.
    End(String),
    /// Text, its references resolved.
    Text(String),
}

/// The beginning of an element.
pub(super) struct Element {
    /// Its name without a prefix.
    pub(super) name: String,
    /// Names without prefixes, and values.
    attributes: Vec<(String, String)>,
    /// The line on which it ends.
    pub(super) line: u64,
}

impl Element {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The names of all attributes, and their values.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// A file that is being read.
pub(super) struct Parts<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Up to where lines are counted, and how many there are.
    at: usize,
    line: u64,
    /// Elements that have begun and not ended.
    open: usize,
}

impl<'a> Parts<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Parts {
            text,
            reader: Reader::from_str(text),
            at: 0,
            line: 1,
            open: 0,
        }
    }

    /// The line that has been read to.
    fn line(&mut self) -> u64 {
        let position = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let position = position.min(self.text.len());
        let passed = self.text.as_bytes().get(self.at..position).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.at = self.at.max(position);
        self.line
    }

    /// The next part; `None` at the end.
    ///
    /// # Errors
    /// Where the file is not well-formed, or ends inside an element.
    pub(super) fn next(&mut self) -> Result<Option<Part>> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(e) => return Err(self.wrong(&e.to_string())),
            };
            return Ok(Some(match event {
                Event::Start(e) => {
                    self.open += 1;
                    Part::Begin(self.element(&e)?, false)
                }
                Event::Empty(e) => Part::Begin(self.element(&e)?, true),
                Event::End(e) => {
                    self.open = self.open.saturating_sub(1);
                    Part::End(e.local_name().as_ref().to_owned())
                }
                Event::Text(text) => Part::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Part::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(reference) => Part::Text(self.resolved(&reference)?),
                Event::Eof if self.open > 0 => {
                    return Err(self.wrong("it ends inside an element"));
                }
                Event::Eof => return Ok(None),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            }));
        }
    }

    fn element(&mut self, start: &BytesStart<'_>) -> Result<Element> {
        let line = self.line();
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false) {
            let read = attribute.map_err(quick_xml::Error::from).and_then(|a| {
                let value = a.normalized_value(XmlVersion::Implicit1_0)?.into_owned();
                Ok((a.key.local_name().as_ref().to_owned(), value))
            });
            attributes.push(read.map_err(|e| self.wrong(&e.to_string()))?);
        }
        Ok(Element {
            name: start.local_name().as_ref().to_owned(),
            attributes,
            line,
        })
    }

    /// `&amp;` and `&#38;` as the character they stand for.
    fn resolved(&mut self, reference: &BytesRef<'_>) -> Result<String> {
        if let Ok(Some(c)) = reference.resolve_char_ref() {
            return Ok(c.to_string());
        }
        let name = reference.xml10_content();
        match quick_xml::escape::resolve_predefined_entity(&name) {
            Some(text) => Ok(text.to_owned()),
            None => Err(self.wrong(&format!("the entity \"&{name};\" is not read"))),
        }
    }

    fn wrong(&mut self, what: &str) -> Error {
        let line = self.line();
        Error::data(format!("is not well-formed XML: {what}"))
            .at_line(line)
            .hint("was it cut off? save or download it again")
    }
}
