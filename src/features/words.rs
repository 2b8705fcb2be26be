//! What was done with each column, in words for people.

use crate::num::{format_number, group_digits};
use crate::table::ColumnType;
use crate::warning::Warning;

/// Names that a message shows before it only counts.
const SHOWN: usize = 6;

/// `"a", "b" and 3 more`.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.collect();
    let shown: Vec<String> = all.iter().take(SHOWN).map(|n| format!("\"{n}\"")).collect();
    phrases(&shown, all.len())
}

/// The first few phrases of `total`.
pub(super) fn phrases(first: &[String], total: usize) -> String {
    let shown = first.len().min(SHOWN);
    let text = first[..shown].join(", ");
    if total > shown {
        format!("{text} and {} more", group_digits(total - shown))
    } else {
        text
    }
}

/// `1 customer`, `1,240 customers`.
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", group_digits(n), if n == 1 { one } else { many })
}

pub(super) fn type_name(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Number => "number",
        ColumnType::Category => "category",
        ColumnType::Date => "date",
        ColumnType::Text => "text",
    }
}

/// A number for people: at most six digits, no needless decimals.
pub(super) fn number(x: f64) -> String {
    let text = format_number(crate::num::round_significant(x, 6)).unwrap_or_else(|| x.to_string());
    text.strip_suffix(".0")
        .map_or_else(|| text.clone(), str::to_owned)
}

/// The day that many days after 1970-01-01.
pub(super) fn day(days: f64) -> String {
    jiff::Span::new()
        .try_days(days.floor() as i64)
        .and_then(|span| jiff::civil::date(1970, 1, 1).checked_add(span))
        .map_or_else(|_| format!("day {}", number(days)), |date| date.to_string())
}

pub(super) fn unknown(column: &str, n: usize) -> Warning {
    Warning::new(
        "unknown-category",
        format!(
            "column \"{column}\": {} of a category that was not there when the features were made; treated as missing",
            count(n, "customer is", "customers are")
        ),
    )
}

pub(super) fn zero_rows(n: usize) -> Warning {
    Warning::new(
        "zero-rows",
        format!(
            "{} 0 in every feature and so no direction; the cosine puts them at the same distance from everybody; \
             try --metric euclidean",
            count(n, "customer has", "customers have")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_end_in_a_count() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        assert_eq!(
            list(names.into_iter()),
            "\"a\", \"b\", \"c\", \"d\", \"e\", \"f\" and 2 more"
        );
        assert_eq!(list(names.into_iter().take(2)), "\"a\", \"b\"");
    }

    #[test]
    fn numbers_and_days_read_plainly() {
        assert_eq!(number(312.0), "312");
        assert_eq!(number(312.343_21), "312.343");
        assert_eq!(day(0.0), "1970-01-01");
        assert_eq!(day(15_318.7), "2011-12-10");
        assert_eq!(day(1e300), "day 1e300");
    }
}
