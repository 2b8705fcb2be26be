//! Tables whose cells are parted by one blank or several, as statistics programs and terminals print them.

use super::dialect::{SEPARATORS, cuts};
use crate::columns::number::looks_like_number;

/// How many lines are looked at.
const SAMPLE: usize = 1000;

/// The text with a tab for each run of blanks between cells, where nothing else parts cells and blanks cut all lines alike;
/// `None` elsewhere. A header with one name less than there are columns, as R writes it, gets a blank one before it. Blanks
/// inside quotes stay. Line breaks stay where they are. `O(bytes)`.
pub(crate) fn as_tabs(text: &str) -> Option<String> {
    if SEPARATORS.iter().any(|&separator| cuts(text, separator)) {
        return None;
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE);
    let header = cells(lines.next()?).len();
    let rows: Vec<Vec<&str>> = lines.map(cells).collect();
    let width = rows.first()?.len();
    let alike = rows.iter().all(|row| row.len() == width);
    let nameless = header + 1 == width && width > 2;
    // Two words in each line are as well a name: without a column of numbers it is no table.
    let numbers = (0..width).any(|c| {
        rows.iter()
            .all(|row| row.get(c).is_some_and(|x| looks_like_number(x)))
    });
    if width < 2 || rows.len() < 2 || !alike || !numbers || !(header == width || nameless) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 1);
    let mut first = true;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        let end = &line[body.len()..];
        if first && !body.trim().is_empty() {
            first = false;
            out.push_str(if nameless { "\t" } else { "" });
        }
        out.push_str(&cells(body).join("\t"));
        out.push_str(end);
    }
    Some(out)
}

/// Lines of such a table with a tab for each run of blanks between cells. `O(bytes)`.
pub(super) fn lines_as_tabs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(&cells(line).join("\t"));
        out.push('\n');
    }
    out
}

/// What blanks part, quotes included.
fn cells(line: &str) -> Vec<&str> {
    let (mut cells, mut start, mut quoted) = (Vec::new(), None, false);
    for (at, c) in line.char_indices() {
        if c == '"' {
            quoted = !quoted;
        }
        let blank = matches!(c, ' ' | '\t') && !quoted;
        match (blank, start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                cells.push(&line[from..at]);
                start = None;
            }
            _ => {}
        }
    }
    cells.extend(start.map(|from| &line[from..]));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_part_cells_where_nothing_else_does() {
        assert_eq!(
            as_tabs("id  spend\nc1   10\n\nc2  \"1 5\"\r\nc3 7\n").as_deref(),
            None,
            "a quoted blank is no number, so no column is one"
        );
        assert_eq!(
            as_tabs(" id  spend city\nc1   10 \"New York\"\n\nc2  15 Oslo\r\n").as_deref(),
            Some("id\tspend\tcity\nc1\t10\t\"New York\"\n\nc2\t15\tOslo\r\n")
        );
        // As R writes a table with the names of its rows.
        assert_eq!(
            as_tabs("\"x\" \"y\"\n\"1\" 5.1 3\n\"2\" 4.9 2\n").as_deref(),
            Some("\t\"x\"\t\"y\"\n\"1\"\t5.1\t3\n\"2\"\t4.9\t2\n")
        );
    }

    #[test]
    fn names_prose_and_other_separators_are_left_alone() {
        for text in [
            "name\nAnn Smith\nBob Jones\n",
            "first last\nAnn Smith\nBob Jones\n",
            "a,b c\n1,2 3\n4,5 6\n",
            "a b\n1 2\n3 4 5\n",
            "one line only\n",
        ] {
            assert_eq!(as_tabs(text), None, "{text:?}");
        }
    }
}
