//! The separator and the quote, found by trying all candidates.

use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::grid::{Dialect, Records, cell_text, is_blank};

/// Candidates in the order in which they win ties: a comma may be a decimal mark, a tab is hardly anything else.
pub(crate) const SEPARATORS: [u8; 4] = [b'\t', b';', b'|', b','];

/// How many records are looked at.
const SAMPLE: usize = 1000;

/// The name of a separator for people.
pub(crate) fn separator_name(separator: u8) -> String {
    match separator {
        b'\t' => "tab".to_owned(),
        b' ' => "space".to_owned(),
        other => char::from(other).to_string(),
    }
}

/// How a text is cut, and what was found on the way.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) dialect: Dialect,
    /// The byte behind a first line `sep=;`, and the line on which the rest begins.
    pub(crate) start: (usize, u64),
    pub(crate) reading: Vec<String>,
}

/// Finds separator and quote, or takes the separator as asked.
///
/// # Errors
/// An empty text; a separator that is no ASCII character; a text that no candidate cuts into columns.
pub(crate) fn detect(source: &str, text: &str, asked: Option<char>) -> Result<Found> {
    if text
        .chars()
        .all(|c| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"'))
    {
        return Err(Error::data("is empty")
            .in_file(source)
            .hint("a header line and rows are needed"));
    }
    let quote = quote_of(text);
    let mut reading = Vec::new();
    let (start, announced) = sep_line(text);
    let body = &text[start..];
    let first_line = 1 + u64::from(start > 0);
    let separator = match asked {
        Some(c) => match u8::try_from(c) {
            Ok(b)
                if b.is_ascii()
                    && !b.is_ascii_alphanumeric()
                    && !matches!(b, b'\n' | b'\r' | 0)
                    && b != quote =>
            {
                b
            }
            _ => {
                return Err(Error::usage(format!("\"{c}\" cannot be a separator"))
                    .hint("common ones are , ; | and tab"));
            }
        },
        None => match announced {
            Some(b) => b,
            None => guess(source, body, quote)?,
        },
    };
    let because = match (asked, announced) {
        (Some(_), _) => " as asked",
        (None, Some(_)) => " from the line sep=",
        (None, None) => "",
    };
    reading.push(format!("separator {}{because}", separator_name(separator)));
    if quote != b'"' {
        reading.push(format!("quote {}", char::from(quote)));
    }
    Ok(Found {
        dialect: Dialect { separator, quote },
        start: (start, first_line),
        reading,
    })
}

/// Where the text begins behind a line `sep=;`, which spreadsheet programs write, and its separator.
fn sep_line(text: &str) -> (usize, Option<u8>) {
    let end = text.find('\n').unwrap_or(text.len());
    let line = text[..end].trim_end_matches('\r').trim_matches('"');
    match line.as_bytes() {
        [s, e, p, b'=', separator]
            if [*s, *e, *p].eq_ignore_ascii_case(b"sep")
                && separator.is_ascii()
                && !separator.is_ascii_alphanumeric() =>
        {
            ((end + 1).min(text.len()), Some(*separator))
        }
        _ => (0, None),
    }
}

/// `'` where cells begin and end with it and no `"` is to be seen.
fn quote_of(text: &str) -> u8 {
    let line = text
        .lines()
        .find(|l| !l.trim().is_empty())
        .unwrap_or_default()
        .trim();
    let inner = line
        .strip_prefix('\'')
        .and_then(|l| l.strip_suffix('\''))
        .unwrap_or_default();
    let between = [b',', b';', b'\t', b'|']
        .iter()
        .any(|&s| inner.contains(&format!("'{}'", char::from(s))));
    if between && !text.contains('"') {
        b'\''
    } else {
        b'"'
    }
}

/// What one candidate makes of the text.
struct Cut {
    separator: u8,
    /// Share of records that have the most common number of cells.
    consistency: f64,
    /// The first record with that number.
    first: usize,
}

fn guess(source: &str, text: &str, quote: u8) -> Result<u8> {
    let mut cuts: Vec<Cut> = SEPARATORS
        .iter()
        .filter_map(|&separator| cut(text, Dialect { separator, quote }))
        .collect();
    // A header is cut by the right separator only: `price;amount` over `1,50;2,30`.
    cuts.sort_by(|a, b| {
        a.first
            .cmp(&b.first)
            .then(b.consistency.total_cmp(&a.consistency))
    });
    if let Some(best) = cuts.first() {
        return Ok(best.separator);
    }
    let head: String = text
        .trim()
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(60)
        .collect();
    Err(Error::data(format!(
        "only one column found: no comma, semicolon, tab or | cuts \"{head}\""
    ))
    .in_file(source)
    .at_line(1)
    .hint(message![
        "set ",
        Setting::Separator,
        " to the character between the cells; for a table of one column, set ",
        Setting::Separator,
        " ,"
    ]))
}

/// Refuses to read one column with a separator as asked where another separator would cut it.
pub(crate) fn refuse_hidden_columns(source: &str, text: &str, dialect: Dialect) -> Result<()> {
    let Some(other) = SEPARATORS
        .iter()
        .find_map(|&separator| cut(text, Dialect { separator, ..dialect }))
    else {
        return Ok(());
    };
    let (asked, better) = (separator_name(dialect.separator), separator_name(other.separator));
    Err(
        Error::data(format!("only one column found with the separator {asked}"))
            .in_file(source)
            .hint(message![
                format!("with the separator {better} there are several: leave "),
                Setting::Separator,
                " out or set it"
            ]),
    )
}

/// Whether this separator makes several columns of the text.
pub(crate) fn cuts(text: &str, separator: u8) -> bool {
    let quote = quote_of(text);
    cut(text, Dialect { separator, quote }).is_some()
}

fn cut(text: &str, dialect: Dialect) -> Option<Cut> {
    let lengths = sample_lengths(text, dialect);
    let (most, times) = most_common(&lengths)?;
    let consistency = times as f64 / lengths.len() as f64;
    let first = lengths.iter().position(|&n| n == most)?;
    (most > 1 && consistency >= 0.5).then_some(Cut {
        separator: dialect.separator,
        consistency,
        first,
    })
}

fn sample_lengths(text: &str, dialect: Dialect) -> Vec<usize> {
    let mut records = Records::new(text, 1, dialect);
    let mut lengths = Vec::new();
    while let Some((record, ..)) = records.next() {
        if !is_blank(record) {
            lengths.push(record.len());
        }
        if lengths.len() == SAMPLE {
            break;
        }
    }
    lengths
}

/// The most common length and how often it occurs; of equals the greatest.
fn most_common(lengths: &[usize]) -> Option<(usize, usize)> {
    let mut sorted = lengths.to_vec();
    sorted.sort_unstable();
    sorted
        .chunk_by(|a, b| a == b)
        .map(|run| (run[0], run.len()))
        .max_by_key(|&(length, times)| (times, length))
}

/// The first records as text, blank ones left out, each with its line and its byte.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) rows: Vec<(Vec<String>, u64, usize)>,
    /// The most common number of cells.
    pub(crate) width: usize,
}

/// Reads the first records.
pub(crate) fn sample(text: &str, first_line: u64, dialect: Dialect) -> Sample {
    // Wide tables need fewer rows to be understood.
    const CELLS: usize = 200_000;
    let mut records = Records::new(text, first_line, dialect);
    let (mut rows, mut cells) = (Vec::new(), 0usize);
    while let Some((record, line, at)) = records.next() {
        if is_blank(record) {
            continue;
        }
        cells += record.len();
        rows.push((
            record.iter().map(|c| cell_text(c).trim().to_owned()).collect(),
            line,
            at,
        ));
        if rows.len() == SAMPLE || (cells > CELLS && rows.len() >= 60) || cells > 10 * CELLS {
            break;
        }
    }
    let lengths: Vec<usize> = rows
        .iter()
        .map(|(cells, ..): &(Vec<String>, u64, usize)| cells.len())
        .collect();
    let width = most_common(&lengths).map_or(0, |(width, _)| width);
    Sample { rows, width }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn separator(text: &str) -> u8 {
        detect("t", text, None).expect("columns").dialect.separator
    }

    #[test]
    fn the_separator_is_found_although_others_occur() {
        for (text, expected) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a;b\n1,5;2,5\n3,5;4,5\n", b';'),
            ("price;amount\n1,50;2,30\n", b';'),
            ("1,5;2,5\n3;4,5\n", b';'),
            ("a\tb\n1,5\t2;5\n", b'\t'),
            ("a|b\n1|2\n", b'|'),
            ("a,b\n\"x;y\",1\n\"u;v\",2\n", b','),
            ("Report of May; all shops\n\na,b,c\n1,2,3\n4,5,6\n", b','),
            ("name,note\nAnn,\"a, b; c\"\n", b','),
        ] {
            assert_eq!(char::from(separator(text)), char::from(expected), "{text:?}");
        }
    }

    #[test]
    fn a_sep_line_is_obeyed_and_skipped() {
        let found = detect("t", "sep=;\r\na;b\r\n1;2\r\n", None).expect("columns");
        assert_eq!((found.dialect.separator, found.start), (b';', (7, 2)));
        assert_eq!(found.reading, ["separator ; from the line sep="]);
    }

    #[test]
    fn one_column_is_refused_with_what_to_try() {
        let error = detect("t.csv", "a b c\n1 2 3\n", None).expect_err("one column");
        insta::assert_snapshot!(error, @r#"t.csv line 1: only one column found: no comma, semicolon, tab or | cuts "a b c"; set `separator` to the character between the cells; for a table of one column, set `separator` ,"#);
        for nothing in ["", " \n", ",,\n,,\n", "\"\";\"\"\n"] {
            let error = detect("t", nothing, None).expect_err("nothing");
            assert!(error.to_string().starts_with("t: is empty"), "{error}");
        }
        assert!(detect("t", "a,b", Some('é')).is_err());
    }

    #[test]
    fn single_quotes_are_seen() {
        let found = detect("t", "'a','b'\n'x, y','2'\n", None).expect("columns");
        assert_eq!((found.dialect.quote, found.dialect.separator), (b'\'', b','));
    }
}
