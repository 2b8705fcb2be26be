//! Quotes that are never closed, and where a text may be cut without cutting a cell.

use crate::error::{Error, Result};
use crate::table::grid::Dialect;
use memchr::memchr;

/// Checks that every quote that opens a cell is closed, and returns beginnings of records about `length` bytes apart,
/// from which the text may be read in pieces: `0` first. `O(bytes)`, and nearly all of it at the speed of memory.
///
/// # Errors
/// A quote that is opened and not closed: everything behind it would become one cell.
pub(crate) fn pieces(
    source: &str,
    text: &str,
    first_line: u64,
    dialect: Dialect,
    length: usize,
) -> Result<Vec<usize>> {
    let Dialect { separator, quote } = dialect;
    let bytes = text.as_bytes();
    let mut cuts = vec![0];
    // Up to where nothing is inside quotes, from `plain` on.
    let mut cut_up_to = |plain: usize, end: usize| {
        loop {
            let wanted = plain.max(
                cuts.last()
                    .map_or(0, |&last: &usize| last)
                    .saturating_add(length - 1),
            );
            match bytes.get(wanted..end).and_then(|b| memchr(b'\n', b)) {
                Some(feed) if wanted + feed + 1 < bytes.len() => cuts.push(wanted + feed + 1),
                _ => return,
            }
        }
    };
    let unclosed = |opened: usize, until: Option<usize>| {
        let line_of = |at: usize| first_line + memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64;
        let until = match until {
            Some(at) => format!("is not closed before another one on line {}", line_of(at)),
            None => "is not closed until the end of the file".to_owned(),
        };
        Error::data(format!("the quote {} that opens here {until}", char::from(quote)))
            .in_file(source)
            .at_line(line_of(opened))
            .hint("close it, or write it twice where it belongs to the text")
    };
    let mut plain = 0;
    let mut at = 0;
    while let Some(found) = memchr(quote, &bytes[at..]) {
        let opening = at + found;
        at = opening + 1;
        let begins_a_cell =
            opening == 0 || matches!(bytes[opening - 1], b'\n' | b'\r') || bytes[opening - 1] == separator;
        // Elsewhere it is a character like any other: `5" pipe`.
        if !begins_a_cell {
            continue;
        }
        cut_up_to(plain, opening);
        loop {
            let Some(found) = memchr(quote, &bytes[at..]) else {
                return Err(unclosed(opening, None));
            };
            at += found + 1;
            if bytes.get(at) != Some(&quote) {
                break;
            }
            at += 1;
        }
        // Text behind a closing quote is odd but harmless, unless the quote ran over several lines.
        let ends = bytes
            .get(at)
            .is_none_or(|&b| b == separator || matches!(b, b'\n' | b'\r' | b' '));
        if !ends && memchr(b'\n', &bytes[opening..at]).is_some() {
            return Err(unclosed(opening, Some(at)));
        }
        plain = at;
    }
    cut_up_to(plain, bytes.len());
    Ok(cuts)
}

/// The byte behind the last line end of `text` that no open quote surrounds; 0 where there is none. `O(bytes)`.
pub(crate) fn last_end(text: &str, dialect: Dialect) -> usize {
    let Dialect { separator, quote } = dialect;
    let bytes = text.as_bytes();
    // From `plain` on nothing is inside quotes.
    let (mut plain, mut at, mut last) = (0, 0, 0);
    while let Some(found) = memchr(quote, &bytes[at..]) {
        let opening = at + found;
        at = opening + 1;
        let begins_a_cell =
            opening == 0 || matches!(bytes[opening - 1], b'\n' | b'\r') || bytes[opening - 1] == separator;
        if !begins_a_cell {
            continue;
        }
        if let Some(feed) = memchr::memrchr(b'\n', &bytes[plain..opening]) {
            last = plain + feed + 1;
        }
        loop {
            let Some(found) = memchr(quote, &bytes[at..]) else {
                return last;
            };
            at += found + 1;
            if bytes.get(at) != Some(&quote) {
                break;
            }
            at += 1;
        }
        // Whether a quote at the very end closes the cell or stands for itself, the next byte has to tell.
        if at >= bytes.len() {
            return last;
        }
        plain = at;
    }
    memchr::memrchr(b'\n', &bytes[plain..]).map_or(last, |feed| plain + feed + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMMA: Dialect = Dialect {
        separator: b',',
        quote: b'"',
    };

    #[test]
    fn an_open_quote_is_named_by_the_line_that_opens_it() {
        let error = pieces("t", "a,b\n1,\"2\n3,4\n", 1, COMMA, 1).expect_err("open");
        insta::assert_snapshot!(error, @r#"t line 2: the quote " that opens here is not closed until the end of the file; close it, or write it twice where it belongs to the text"#);
        let error = pieces("t", "a,b\n\"1,2\n\"3\",4\n", 1, COMMA, 1).expect_err("open");
        insta::assert_snapshot!(error, @r#"t line 2: the quote " that opens here is not closed before another one on line 3; close it, or write it twice where it belongs to the text"#);
        for fine in [
            "a,b\n5\" pipe,2\n",
            "\"a\"\"b\",c\n",
            "\"a\nb\",c\n",
            "\"\",\"\"\n",
            "\"a\nb\"",
        ] {
            assert!(pieces("t", fine, 1, COMMA, 1).is_ok(), "{fine}");
        }
    }

    /// The same, one character at a time: the beginnings of all records, `None` where a quote is not closed.
    fn record_starts(text: &str) -> Option<Vec<usize>> {
        #[derive(PartialEq)]
        enum State {
            CellStart,
            Plain,
            Quoted,
            AfterQuote,
        }
        let (mut state, mut line, mut opened) = (State::CellStart, 1, 1);
        let mut starts = vec![0];
        for (at, b) in text.bytes().enumerate() {
            state = match state {
                State::Quoted if b == b'"' => State::AfterQuote,
                State::Quoted => State::Quoted,
                State::AfterQuote if b == b'"' => State::Quoted,
                State::CellStart if b == b'"' => {
                    opened = line;
                    State::Quoted
                }
                _ if matches!(b, b',' | b'\n' | b'\r') => State::CellStart,
                State::AfterQuote if opened != line && b != b' ' => return None,
                _ => State::Plain,
            };
            line += u64::from(b == b'\n');
            if b == b'\n' && state == State::CellStart {
                starts.push(at + 1);
            }
        }
        starts.retain(|&s| s == 0 || s < text.len());
        (state != State::Quoted).then_some(starts)
    }

    proptest! {
        #[test]
        fn texts_are_cut_at_the_beginnings_of_records_only(text in "[a\",\n ]{0,40}", length in 1usize..9) {
            match (pieces("t", &text, 1, COMMA, length), record_starts(&text)) {
                (Ok(cuts), Some(starts)) => {
                    prop_assert!(cuts.iter().all(|c| starts.contains(c)), "{cuts:?} of {starts:?}");
                    prop_assert!(cuts.windows(2).all(|w| w[1] - w[0] >= length));
                    if length == 1 {
                        prop_assert_eq!(cuts, starts);
                    }
                }
                (Err(_), None) => {}
                (found, expected) => prop_assert!(false, "{found:?}, expected {expected:?}"),
            }
        }
    }
}
