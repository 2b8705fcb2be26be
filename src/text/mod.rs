//! Counts, lists, shares and days in sentences, and the order of names.

mod days;
pub(crate) mod shown;

pub(crate) use days::{iso_day, iso_time};

use crate::num::{format_number, round_significant};
use std::cmp::Ordering;

/// Names that a message shows before it only counts.
const SHOWN: usize = 6;

/// An integer with thin grouping for people: `1,234,567`.
pub(crate) fn group_digits(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1 customer`, `1,240 customers`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", group_digits(n), if n == 1 { one } else { many })
}

/// `1 category`, `1,240 categories`.
pub(crate) fn counted(n: usize, one: &str) -> String {
    match one.strip_suffix('y') {
        Some(stem) => count(n, one, &format!("{stem}ies")),
        None => count(n, one, &format!("{one}s")),
    }
}

/// The part of a whole in percent, `4.9 %`.
pub(crate) fn percent(part: usize, whole: usize, decimals: usize) -> String {
    format!("{:.decimals$} %", 100.0 * part as f64 / whole.max(1) as f64)
}

/// `"a", "b" and 3 more`.
pub(crate) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.collect();
    let shown: Vec<String> = all.iter().take(SHOWN).map(|n| format!("\"{n}\"")).collect();
    phrases(&shown, all.len())
}

/// The first few phrases of `total`.
pub(crate) fn phrases(first: &[String], total: usize) -> String {
    let shown = first.len().min(SHOWN);
    let text = first[..shown].join(", ");
    if total > shown {
        format!("{text} and {} more", group_digits(total - shown))
    } else {
        text
    }
}

/// A number for people: at most six digits, no needless decimals.
pub(crate) fn number(x: f64) -> String {
    let text = format_number(round_significant(x, 6)).unwrap_or_else(|| x.to_string());
    text.strip_suffix(".0")
        .map_or_else(|| text.clone(), str::to_owned)
}

/// A number of bytes for people, in decimal units: `980 bytes`, `12 kB`, `88 MB`, `1.2 GB`.
pub(crate) fn size_in_words(bytes: u64) -> String {
    match bytes {
        1_000_000_000.. => format!("{:.1} GB", bytes as f64 / 1e9),
        1_000_000.. => format!("{:.0} MB", bytes as f64 / 1e6),
        1_000.. => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{bytes} bytes"),
    }
}

/// Natural order: runs of digits compare as numbers, all else by character.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    fn split(s: &str) -> (&str, &str) {
        let digits = s.bytes().take_while(u8::is_ascii_digit).count();
        s.split_at(digits)
    }
    let (mut x, mut y) = (a, b);
    loop {
        let (digits_x, rest_x) = split(x);
        let (digits_y, rest_y) = split(y);
        if !digits_x.is_empty() && !digits_y.is_empty() {
            let (short_x, short_y) = (digits_x.trim_start_matches('0'), digits_y.trim_start_matches('0'));
            let order = short_x.len().cmp(&short_y.len()).then(short_x.cmp(short_y));
            if order != Ordering::Equal {
                return order;
            }
            (x, y) = (rest_x, rest_y);
            continue;
        }
        let (mut chars_x, mut chars_y) = (x.chars(), y.chars());
        match (chars_x.next(), chars_y.next()) {
            // Names that differ only in leading zeros still have an order.
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(c), Some(d)) if c != d => return c.cmp(&d),
            _ => (x, y) = (chars_x.as_str(), chars_y.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sizes_are_grouped() {
        assert_eq!(group_digits(1_234_567), "1,234,567");
        assert_eq!(counted(1, "category"), "1 category");
        assert_eq!(counted(1_240, "category"), "1,240 categories");
        assert_eq!(counted(0, "customer"), "0 customers");
        assert_eq!(size_in_words(999), "999 bytes");
        assert_eq!(size_in_words(88_400_000), "88 MB");
        assert_eq!(size_in_words(1_150_000_000), "1.1 GB");
    }

    #[test]
    fn shares_of_nothing_are_none() {
        assert_eq!(percent(49, 1000, 1), "4.9 %");
        assert_eq!(percent(0, 0, 0), "0 %");
    }

    #[test]
    fn natural_order_counts_and_is_total() {
        let mut names = ["n10", "n2", "10", "9", "a", "n02", "", "n2b", "é"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["", "9", "10", "a", "n02", "n2", "n2b", "n10", "é"]);
    }

    #[test]
    fn long_lists_end_in_a_count() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        assert_eq!(
            list(names.into_iter()),
            "\"a\", \"b\", \"c\", \"d\", \"e\", \"f\" and 2 more"
        );
        assert_eq!(list(names.into_iter().take(2)), "\"a\", \"b\"");
    }
}
