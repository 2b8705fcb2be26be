//! Days since 1970-01-01 as ISO 8601 text.

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

/// The day, `2026-01-31`; `None` for NaN and for years that have no four-digit number.
pub(crate) fn iso_day(days: f64) -> Option<String> {
    day(days.floor()).map(|d| d.to_string())
}

/// The day, with the time to the second where it is not midnight: `2026-01-31T18:30:00`.
pub(crate) fn iso_time(days: f64) -> Option<String> {
    let seconds = ((days - days.floor()) * 86_400.0).round();
    if seconds <= 0.0 || seconds >= 86_400.0 {
        // A second before midnight may round up to the next day.
        return day(days.round()).map(|d| d.to_string());
    }
    let span: Span = (seconds as i64).seconds();
    let time = day(days.floor())?.at(0, 0, 0, 0).checked_add(span).ok()?;
    Some(time.to_string())
}

fn day(whole: f64) -> Option<Date> {
    // 0001-01-01 to 9999-12-31.
    if !(-719_162.0..=2_932_896.0).contains(&whole) {
        return None;
    }
    date(1970, 1, 1).checked_add((whole as i64).days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_seconds_read_as_in_the_calendar() {
        assert_eq!(iso_day(0.0).as_deref(), Some("1970-01-01"));
        assert_eq!(iso_day(20_483.75).as_deref(), Some("2026-01-30"));
        assert_eq!(iso_day(-0.5).as_deref(), Some("1969-12-31"));
        assert_eq!(iso_time(20_484.0).as_deref(), Some("2026-01-31"));
        assert_eq!(
            iso_time(20_484.0 + 18.5 / 24.0).as_deref(),
            Some("2026-01-31T18:30:00")
        );
        assert_eq!(iso_time(20_484.0 + 0.999_999_9).as_deref(), Some("2026-02-01"));
        assert_eq!(iso_day(f64::NAN), None);
        assert_eq!(iso_day(1e12), None);
    }
}
