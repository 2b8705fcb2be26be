//! Column names as a person would say them, and what they say about how to speak of the column.

/// Words that say in what unit a column is.
const UNITS: [&str; 11] = [
    "day", "days", "week", "weeks", "month", "months", "year", "years", "hours", "in", "d",
];
/// Last words of columns that hold a part of a whole.
const SHARES: [&str; 8] = [
    "share",
    "ratio",
    "rate",
    "proportion",
    "fraction",
    "percentage",
    "percent",
    "pct",
];

/// The words of a column name: split at underscores, blanks, dots, hyphens and where small letters meet capitals; in
/// small letters but for acronyms (`CLV` in `customer_CLV`, not `BALANCE` in `BALANCE_FREQUENCY`).
pub(super) fn words(name: &str) -> Vec<String> {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let shouted = letters > 4 && !name.chars().any(char::is_lowercase);
    let mut out: Vec<String> = Vec::new();
    for part in name.split(|c: char| matches!(c, '_' | '-' | '.') || c.is_whitespace() || c.is_control()) {
        let chars: Vec<char> = part.chars().collect();
        let mut start = 0;
        for i in 1..=chars.len() {
            let hump = i < chars.len() && chars[i].is_uppercase() && {
                let next_is_small = chars.get(i + 1).is_some_and(|c| c.is_lowercase());
                chars[i - 1].is_lowercase() || (chars[i - 1].is_uppercase() && next_is_small)
            };
            if i == chars.len() || hump {
                let word: String = chars[start..i].iter().collect();
                let capitals = word.chars().filter(|c| c.is_uppercase()).count();
                let acronym = !shouted && capitals >= 2 && !word.chars().any(char::is_lowercase);
                out.push(if acronym { word } else { word.to_lowercase() });
                start = i;
            }
        }
    }
    out
}

/// A column name for people: `annual income (k$)`.
///
/// ```
/// assert_eq!(kinfolk::profile::humanised("Annual Income (k$)"), "annual income (k$)");
/// ```
pub fn humanised(name: &str) -> String {
    let text = words(name).join(" ");
    if text.is_empty() {
        name.trim().to_owned()
    } else {
        text
    }
}

/// What the name of a number column says about how to speak of it.
pub(in crate::profile) enum Reading {
    /// Low is recent.
    Recency,
    /// Days since this happened: low is recent.
    Since(String),
    /// Long or short.
    Tenure(String),
    /// Older or younger.
    Age,
    /// The part that is this, if values lie in 0 to 1.
    Share(String),
    /// High or low.
    Plain,
}

pub(in crate::profile) fn reading(name: &str) -> Reading {
    let words = words(name);
    let small: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    if small.len() > 2 && UNITS.contains(&small[0].as_str()) && small[1] == "since" {
        return Reading::Since(words[2..].join(" "));
    }
    let core: Vec<&str> = small
        .iter()
        .map(String::as_str)
        .filter(|w| !UNITS.contains(w))
        .collect();
    match core.as_slice() {
        ["recency"] => Reading::Recency,
        ["age"] => Reading::Age,
        [.., "tenure"] => Reading::Tenure(core.join(" ")),
        [.., last] if core.len() > 1 && SHARES.contains(last) => {
            Reading::Share(words[..words.len() - 1].join(" "))
        }
        _ => Reading::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names_become_words_and_acronyms_stay() {
        for (name, expected) in [
            ("recency_days", "recency days"),
            ("BALANCE_FREQUENCY", "balance frequency"),
            ("MonthlyCharges", "monthly charges"),
            ("Annual Income (k$)", "annual income (k$)"),
            ("customer_CLV", "customer CLV"),
            ("CustomerCLVScore", "customer CLV score"),
            ("CLV", "CLV"),
            ("  ", ""),
            ("__", "__"),
            ("Umsätze.Österreich", "umsätze österreich"),
        ] {
            assert_eq!(humanised(name), expected, "{name}");
        }
    }
}
