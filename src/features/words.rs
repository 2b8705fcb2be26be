//! What was done with each column, in words for people.

use crate::message::{Setting, message};
use crate::table::ColumnType;
use crate::text::{count, iso_day, number};
use crate::warning::Warning;

pub(super) fn type_name(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Number => "number",
        ColumnType::Category => "category",
        ColumnType::Date => "date",
        ColumnType::Text => "text",
    }
}

/// The day that many days after 1970-01-01.
pub(super) fn day(days: f64) -> String {
    iso_day(days).unwrap_or_else(|| format!("day {}", number(days)))
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
        message![
            format!(
                "{} 0 in every feature and so no direction; the cosine puts them at the same distance from everybody; \
             try ",
                count(n, "customer has", "customers have")
            ),
            Setting::Metric,
            " euclidean"
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_days_read_plainly() {
        assert_eq!(number(312.0), "312");
        assert_eq!(number(312.343_21), "312.343");
        assert_eq!(day(0.0), "1970-01-01");
        assert_eq!(day(15_318.7), "2011-12-10");
        assert_eq!(day(1e300), "day 1e300");
    }
}
