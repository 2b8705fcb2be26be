//! Text from files as people may see it: a terminal obeys control characters, and a name can be a megabyte long.

use std::borrow::Cow;

/// Characters of a name in a sentence or a label.
pub(crate) const NAME: usize = 200;

/// The text with control characters, and those that turn the direction of writing, written out: `\u{1b}`, `\t`, `\n`.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    written_out(text, is_unseen)
}

/// The same for several lines, which stay lines.
pub(crate) fn printable_lines(text: &str) -> Cow<'_, str> {
    written_out(text, |c| c != '\n' && is_unseen(c))
}

/// The first `most` characters, with an ellipsis where there are more.
pub(crate) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    // A text has no more characters than bytes.
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    match text.char_indices().nth(most) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

/// At most so many characters, the last an ellipsis where there are more.
pub(crate) fn within(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    cut(text, most.saturating_sub(1))
}

fn written_out(text: &str, unseen: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if unseen(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Control characters of ASCII and Latin-1, line and paragraph separators, marks of direction.
fn is_unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_written_out() {
        assert_eq!(
            printable("a\u{1b}[2J\tb\u{9b}1m\u{202e}\nc"),
            r"a\u{1b}[2J\tb\u{9b}1m\u{202e}\nc"
        );
        assert_eq!(printable_lines("a\r\nb\u{7f}"), "a\\r\nb\\u{7f}");
        assert!(matches!(printable("Größe 🦉 “x”"), Cow::Borrowed(_)));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äöü…");
        assert_eq!(cut("abc", 3), "abc");
    }

    #[test]
    fn the_ellipsis_is_among_the_characters_that_are_left() {
        assert_eq!(within(&"ä".repeat(41), 40), format!("{}…", "ä".repeat(39)));
        assert_eq!(within(&"ä".repeat(40), 40), "ä".repeat(40));
        assert_eq!(within("", 40), "");
    }
}
