//! The numbers, words and marks of a date.

#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    /// With how many digits it was written.
    Number(i16, usize),
    Word(&'a str),
}

pub(super) fn token(text: &str) -> Option<(Token<'_>, &str)> {
    let first = text.chars().next()?;
    if first.is_ascii_digit() {
        let length = text.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, mut rest) = text.split_at(length);
        for suffix in ["st", "nd", "rd", "th"] {
            if let Some(after) = rest.strip_prefix(suffix) {
                rest = after;
            }
        }
        (length <= 4).then_some((Token::Number(digits.parse().ok()?, length), rest))
    } else if first.is_alphabetic() {
        let length = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
        let (word, rest) = text.split_at(length);
        Some((Token::Word(word), rest))
    } else {
        None
    }
}

pub(super) fn marks(text: &str) -> (&str, &str) {
    let rest = text.trim_start_matches(['-', '/', '.', ',', ' ']);
    text.split_at(text.len() - rest.len())
}

pub(super) fn is_weekday(word: &str) -> bool {
    let lower = word.to_lowercase();
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .iter()
        .any(|d| lower.starts_with(d))
        && (lower.len() == 3 || lower.ends_with("day"))
}

/// English names, and German ones where they differ.
pub(super) fn month(word: &str) -> Option<i16> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "january", "januar"],
        &["feb", "february", "februar"],
        &["mar", "march", "mär", "märz"],
        &["apr", "april"],
        &["may", "mai"],
        &["jun", "june", "juni"],
        &["jul", "july", "juli"],
        &["aug", "august"],
        &["sep", "sept", "september"],
        &["oct", "october", "okt", "oktober"],
        &["nov", "november"],
        &["dec", "december", "dez", "dezember"],
    ];
    let lower = word.to_lowercase();
    let place = MONTHS.iter().position(|names| names.contains(&lower.as_str()))?;
    i16::try_from(place + 1).ok()
}
