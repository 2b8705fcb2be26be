//! Words that stand for "no value".

/// Whether a cell holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Empty, blank or a word for "no value".
    Missing,
    /// `None` or `unknown`: no value among numbers and dates, but an answer like any other among names.
    Perhaps,
    /// A value.
    Present,
}

/// The usual words, in lower case. The last ones are what spreadsheet programs write where a formula failed.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "#n/a",
    "#n/a n/a",
    "<na>",
    "nan",
    "-nan",
    "+nan",
    "1.#qnan",
    "1.#ind",
    "-1.#ind",
    "null",
    "(null)",
    "[null]",
    "nil",
    "\\n",
    "-",
    "--",
    "---",
    "–",
    "—",
    "?",
    "??",
    ".",
    "..",
    "missing",
    "(missing)",
    "(blank)",
    "not available",
    "#div/0!",
    "#value!",
    "#ref!",
    "#name?",
    "#num!",
    "#null!",
];

const PERHAPS: &[&str] = &["none", "unknown"];

/// Decides for a trimmed cell; `further` are the words that a person added.
pub(crate) fn presence(cell: &str, further: &[String]) -> Presence {
    if cell.is_empty() || further.iter().any(|w| is_word(w.trim(), cell)) {
        return Presence::Missing;
    }
    let first = cell.as_bytes()[0];
    // Most cells are numbers or long words: they end here.
    if cell.len() > 13 || (first.is_ascii_digit() && first != b'1') {
        return Presence::Present;
    }
    if WORDS.iter().any(|w| w.eq_ignore_ascii_case(cell)) {
        Presence::Missing
    } else if PERHAPS.iter().any(|w| w.eq_ignore_ascii_case(cell)) {
        Presence::Perhaps
    } else {
        Presence::Present
    }
}

/// Whether a cell is that word: in any case, and `-1.0` where the word is `-1`.
fn is_word(word: &str, cell: &str) -> bool {
    let without_zeros = |c: &'_ str| -> bool {
        c.split_once(['.', ','])
            .is_some_and(|(whole, rest)| whole == word && !rest.is_empty() && rest.bytes().all(|b| b == b'0'))
    };
    word.eq_ignore_ascii_case(cell)
        || (word.ends_with(|c: char| c.is_ascii_digit())
            && word.parse::<i64>().is_ok()
            && without_zeros(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_words_are_missing_in_any_case_and_names_are_not() {
        for word in [
            "", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "null", "NULL", "nil", "-", "--", "?", ".",
            "missing", "—",
        ] {
            assert_eq!(presence(word, &[]), Presence::Missing, "{word}");
        }
        for word in ["None", "none", "Unknown"] {
            assert_eq!(presence(word, &[]), Presence::Perhaps, "{word}");
        }
        for word in ["0", "-1", "Nan Goldin", "No", "no", "x", ".5", "1", "Nadia"] {
            assert_eq!(presence(word, &[]), Presence::Present, "{word}");
        }
    }

    #[test]
    fn further_words_are_taken_as_asked() {
        let further = ["-999".to_owned(), "Keine Angabe".to_owned()];
        assert_eq!(presence("-999", &further), Presence::Missing);
        assert_eq!(presence("keine angabe", &further), Presence::Missing);
        assert_eq!(presence("-99", &further), Presence::Present);
        assert_eq!(presence("-999.0", &further), Presence::Missing);
        assert_eq!(presence("-999.5", &further), Presence::Present);
    }
}
