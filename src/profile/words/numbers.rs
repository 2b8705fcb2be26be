//! Numbers and shares as a person would say them.

use super::names::words;
use crate::text::group_digits;

/// `62 %`; small shares keep a decimal so that they do not become 0, and all may get some more.
pub(in crate::profile) fn percent(share: f64, decimals: usize) -> String {
    let x = share * 100.0;
    let at_the_end = (x > 0.0 && x < 1.0) || (x > 99.0 && x < 100.0);
    let decimals = decimals.max(usize::from(at_the_end));
    if x > 0.0 && x < 0.05 && decimals == 1 {
        "under 0.1 %".to_owned()
    } else if (99.95..100.0).contains(&x) && decimals == 1 {
        "over 99.9 %".to_owned()
    } else {
        format!("{x:.decimals$} %")
    }
}

/// Whether the numbers of a column are names of something, a year or a code: they are not grouped by thousands.
pub(super) fn is_label(column: &str, x: f64) -> bool {
    const CODES: [&str; 4] = ["zip", "postcode", "plz", "code"];
    const YEARS: [&str; 6] = ["year", "yr", "jahr", "baujahr", "geburtsjahr", "birthyear"];
    let is_year = (1000.0..3000.0).contains(&x);
    words(column)
        .iter()
        .map(|w| w.to_lowercase())
        .any(|w| CODES.contains(&w.as_str()) || (is_year && YEARS.contains(&w.as_str())))
}

/// A number as [`plain_number`], without groups of thousands where it is a year or a code.
pub(in crate::profile) fn column_number(column: &str, x: f64, digits: usize) -> String {
    let text = plain_number(x, digits);
    if is_label(column, x) {
        text.replace(',', "")
    } else {
        text
    }
}

/// So many digits that matter (at least those before the point), thousands grouped: `1,240`, `12.5`, `0.031`.
pub(super) fn plain_number(x: f64, digits: usize) -> String {
    let size = x.abs();
    let sign = if x < 0.0 { "-" } else { "" };
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e12).contains(&size) {
        let decimals = digits - 1;
        return format!("{x:.decimals$e}");
    }
    // Rounding may add a digit before the point: 999.7 with three digits is 1,000.
    let first = format!("{size:.*e}", digits - 1);
    let exponent: i32 = first
        .rsplit_once('e')
        .and_then(|(_, e)| e.parse().ok())
        .unwrap_or(0);
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    let text = format!("{size:.decimals$}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let grouped = group_digits(whole.parse().unwrap_or(0));
    match part.trim_end_matches('0') {
        "" => format!("{sign}{grouped}"),
        part => format!("{sign}{grouped}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits() {
        for (x, expected) in [
            (1240.4, "1,240"),
            (999.7, "1,000"),
            (310.2, "310"),
            (12.54, "12.5"),
            (0.0312, "0.0312"),
            (2.0, "2"),
            (100.0, "100"),
            (-1234567.0, "-1,234,567"),
            (0.0, "0"),
        ] {
            assert_eq!(plain_number(x, 3), expected, "{x}");
        }
    }

    #[test]
    fn very_small_and_very_large_numbers_have_an_exponent_and_codes_no_groups() {
        for (x, expected) in [
            (1e-4, "0.0001"),
            (9.4e-5, "9.40e-5"),
            (-9.4e-5, "-9.40e-5"),
            (999_999_999_999.0, "999,999,999,999"),
            (1e12, "1.00e12"),
            (-0.5, "-0.5"),
            (0.09996, "0.1"),
        ] {
            assert_eq!(plain_number(x, 3), expected, "{x}");
        }
        assert_eq!(column_number("birth_year", 1984.0, 4), "1984");
        assert_eq!(column_number("birth_year", 19_840.0, 5), "19,840");
        assert_eq!(column_number("ZIP code", 10_115.0, 5), "10115");
        assert_eq!(column_number("spend", 1984.0, 4), "1,984");
    }

    #[test]
    fn small_shares_do_not_become_nothing_nor_large_ones_everything() {
        for (share, expected) in [
            (0.0, "0 %"),
            (0.0004, "under 0.1 %"),
            (0.0005, "0.1 %"),
            (0.004, "0.4 %"),
            (0.01, "1 %"),
            (0.615, "62 %"),
            (0.99, "99 %"),
            (0.996, "99.6 %"),
            (0.9995, "over 99.9 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share, 0), expected, "{share}");
        }
        assert_eq!(percent(0.0004, 2), "0.04 %");
        assert_eq!(percent(0.9996, 2), "99.96 %");
    }
}
