//! Text that every reader of GEXF takes as it is meant.

use crate::text::shown::{NAME, cut};
use std::borrow::Cow;

/// How many texts were changed, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// Texts with characters that XML 1.0 does not know.
    pub(super) illegal: usize,
    /// Texts with line breaks or tabs.
    pub(super) line_breaks: usize,
    /// Texts with the letters INF.
    pub(super) inf: usize,
    /// Values that are the word null.
    pub(super) null: usize,
    /// Labels of more than 200 characters.
    pub(super) cut: usize,
}

impl Changes {
    pub(super) fn add(&mut self, others: Changes) {
        self.illegal += others.illegal;
        self.line_breaks += others.line_breaks;
        self.inf += others.inf;
        self.null += others.null;
        self.cut += others.cut;
    }
}

/// Whether XML 1.0 has this character.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// An identifier, label or title: one line, trimmed, of characters that XML knows.
pub(super) fn line<'a>(text: &'a str, changes: &mut Changes) -> Cow<'a, str> {
    let text = text.trim();
    let plain = text.bytes().all(|b| (b' '..0x80).contains(&b));
    if plain
        || text
            .chars()
            .all(|c| is_xml(c) && !matches!(c, '\t' | '\n' | '\r'))
    {
        return Cow::Borrowed(text);
    }
    changes.illegal += usize::from(!text.chars().all(is_xml));
    changes.line_breaks += usize::from(text.contains(['\t', '\n', '\r']));
    let one_line = text.replace("\r\n", " ");
    Cow::Owned(
        one_line
            .chars()
            .map(|c| match c {
                '\t' | '\n' | '\r' => ' ',
                c if is_xml(c) => c,
                _ => char::REPLACEMENT_CHARACTER,
            })
            .collect(),
    )
}

/// What is shown beside a node: of a long name its beginning.
pub(super) fn label<'a>(text: &'a str, changes: &mut Changes) -> Cow<'a, str> {
    let short = cut(text, NAME);
    changes.cut += usize::from(matches!(short, Cow::Owned(_)));
    short
}

/// A value of a text column; `None` where Gephi would read nothing: an empty text, the word null.
///
/// The letters INF become Inf: Gephi 0.9.3 to 0.11 writes "Infinity" in their place wherever they stand, so that
/// "INFLUENCER" would read "InfinityLUENCER".
pub(super) fn value<'a>(text: &'a str, changes: &mut Changes) -> Option<Cow<'a, str>> {
    let text = line(text, changes);
    if text.is_empty() {
        return None;
    }
    if text.eq_ignore_ascii_case("null") {
        changes.null += 1;
        return None;
    }
    if text.contains("INF") {
        changes.inf += 1;
        return Some(Cow::Owned(text.replace("INF", "Inf")));
    }
    Some(text)
}

/// A sentence for the head of the file, where Gephi's reader loses what stands before an escaped character.
pub(super) fn remark(text: &str) -> String {
    line(text, &mut Changes::default())
        .chars()
        .map(|c| match c {
            '&' => '+',
            '<' => '(',
            '>' => ')',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_unknown_to_xml_are_replaced_and_counted_by_text() {
        let mut changes = Changes::default();
        assert_eq!(
            line("a\u{0}b\u{b}\u{FFFF}", &mut changes),
            "a\u{FFFD}b\u{FFFD}\u{FFFD}"
        );
        assert_eq!(line(" två\r\nrader\t", &mut changes), "två rader");
        assert_eq!(line("🦉 & <b>", &mut changes), "🦉 & <b>");
        assert_eq!((changes.illegal, changes.line_breaks), (1, 1));
    }

    #[test]
    fn null_is_no_value_and_inf_keeps_its_letters_in_another_case() {
        let mut changes = Changes::default();
        assert_eq!(value("Null", &mut changes), None);
        assert_eq!(value("nullable", &mut changes).as_deref(), Some("nullable"));
        assert_eq!(value("INFLUENCER", &mut changes).as_deref(), Some("InfLUENCER"));
        assert_eq!(value("  ", &mut changes), None);
        assert_eq!((changes.null, changes.inf), (1, 1));
    }
}
