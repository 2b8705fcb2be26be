//! Column names, numbers and differences as a person would say them.

use super::ProfileRow;
use crate::num::group_digits;
use crate::table::ColumnType;

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
pub(super) fn humanised(name: &str) -> String {
    let text = words(name).join(" ");
    if text.is_empty() {
        name.trim().to_owned()
    } else {
        text
    }
}

/// What the name of a number column says about how to speak of it.
pub(super) enum Reading {
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

pub(super) fn reading(name: &str) -> Reading {
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

/// One line of text without what files and Gephi do not take: control characters, and the capitals `INF`, which Gephi
/// reads as a number.
pub(super) fn tame(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    clean
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace("INF", "Inf")
}

/// The difference a row shows, for one line of a summary: `monetary 3.4 times the average`,
/// `channel store 62 % against 31 % overall`, `median balance -120 against 310 overall`.
///
/// A ratio is of means and said of positive numbers only. Where the mean and the effect point different ways (a few
/// large values), medians are given; where those do not agree with the effect either, `… much like everybody`.
///
/// ```
/// use kinfolk::profile::{ProfileRow, phrase};
/// use kinfolk::table::ColumnType;
///
/// let row = ProfileRow {
///     segment: 0,
///     column: "monetary".into(),
///     level: None,
///     column_type: ColumnType::Number,
///     present: 120,
///     mean: 1054.0,
///     median: 990.0,
///     overall_mean: 310.0,
///     overall_median: 200.0,
///     effect: 0.8,
/// };
/// assert_eq!(phrase(&row), "monetary 3.4 times the average");
/// ```
pub fn phrase(row: &ProfileRow) -> String {
    let name = humanised(&row.column);
    if let Some(level) = &row.level {
        return tame(&format!("{name} {level} {}", shares(row.mean, row.overall_mean)));
    }
    let agrees = |own: f64, overall: f64| (own - overall) * row.effect > 0.0;
    let by_mean = agrees(row.mean, row.overall_mean);
    let by_median = agrees(row.median, row.overall_median);
    let text = if row.column_type == ColumnType::Date {
        match (day(row.median), day(row.overall_median)) {
            (Some(own), Some(overall)) if by_median => {
                format!("median {name} {own} against {overall} overall")
            }
            _ => format!("{name} much like everybody"),
        }
    } else if by_mean && is_share(row) {
        format!("{name} {}", shares(row.mean, row.overall_mean))
    } else if let Some(ratio) = ratio(row).filter(|_| by_mean && !is_year(&row.column, row.overall_mean)) {
        format!("{name} {ratio}")
    } else if by_median {
        let (own, overall) = (
            amount(&row.column, row.median),
            amount(&row.column, row.overall_median),
        );
        format!("median {name} {own} against {overall} overall")
    } else if by_mean {
        let (own, overall) = (
            amount(&row.column, row.mean),
            amount(&row.column, row.overall_mean),
        );
        format!("average {name} {own} against {overall} overall")
    } else {
        format!("{name} much like everybody")
    };
    tame(&text)
}

fn is_share(row: &ProfileRow) -> bool {
    let inside = |x: f64| (0.0..=1.0).contains(&x);
    matches!(reading(&row.column), Reading::Share(_))
        && [row.mean, row.median, row.overall_mean, row.overall_median]
            .into_iter()
            .all(inside)
}

fn shares(own: f64, overall: f64) -> String {
    format!("{} against {} overall", percent(own), percent(overall))
}

/// `62 %`; small shares keep a decimal so that they do not become 0.
pub(super) fn percent(share: f64) -> String {
    let x = share * 100.0;
    if x > 0.0 && x < 0.05 {
        "under 0.1 %".to_owned()
    } else if (x > 0.0 && x < 1.0) || (x > 99.0 && x < 100.0) {
        format!("{x:.1} %")
    } else {
        format!("{x:.0} %")
    }
}

/// How the mean compares with the overall mean, where numbers are positive and the difference is worth a word.
fn ratio(row: &ProfileRow) -> Option<String> {
    let positive = row.mean > 0.0 && row.overall_mean > 0.0 && row.median >= 0.0 && row.overall_median >= 0.0;
    let ratio = row.mean / row.overall_mean;
    if !positive || !ratio.is_finite() {
        return None;
    }
    let hundredths = (ratio * 100.0).round();
    match hundredths {
        99.0..=101.0 => None,
        x if x < 1.0 => Some("less than 1 % of the average".to_owned()),
        45.0..=55.0 => Some("about half the average".to_owned()),
        x if x < 45.0 => Some(format!("{x} % of the average")),
        x if x < 100.0 => Some(format!("{} % below the average", 100.0 - x)),
        195.0..=205.0 => Some("about twice the average".to_owned()),
        x if x < 195.0 => Some(format!("{} % above the average", x - 100.0)),
        x if x < 995.0 => Some(format!("{ratio:.1} times the average")),
        _ => Some(format!("{} times the average", plain_number(ratio.round()))),
    }
}

/// A number of this column: a year has no thousands (`1968`), an amount has (`1,968`).
pub(super) fn amount(column: &str, x: f64) -> String {
    if is_year(column, x) {
        format!("{:.0}", x.round())
    } else {
        plain_number(x)
    }
}

/// Whether the name and the number are those of a year in a calendar.
pub(super) fn is_year(column: &str, x: f64) -> bool {
    const YEARS: [&str; 6] = ["year", "yr", "jahr", "baujahr", "geburtsjahr", "birthyear"];
    (1000.0..3000.0).contains(&x)
        && words(column)
            .iter()
            .any(|w| YEARS.contains(&w.to_lowercase().as_str()))
}

/// Three digits that matter, thousands grouped: `1,240`, `12.5`, `0.031`.
pub(super) fn plain_number(x: f64) -> String {
    let size = x.abs();
    let sign = if x < 0.0 { "-" } else { "" };
    if size == 0.0 {
        "0".to_owned()
    } else if !(1e-4..1e12).contains(&size) {
        format!("{x:.2e}")
    } else if size >= 999.5 {
        format!("{sign}{}", group_digits(size.round() as usize))
    } else {
        let steps = [100.0, 10.0, 1.0, 0.1, 0.01, 0.001];
        let decimals = steps.iter().position(|&s| size >= s).unwrap_or(steps.len());
        let text = format!("{size:.decimals$}");
        let text = if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.')
        } else {
            &text
        };
        format!("{sign}{text}")
    }
}

/// The day, `2024-03-05`; `None` beyond the calendar.
pub(super) fn day(days: f64) -> Option<String> {
    let span = jiff::Span::new().try_days(days.floor() as i64).ok()?;
    let day = jiff::civil::date(1970, 1, 1).checked_add(span).ok()?;
    Some(day.to_string())
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
            assert_eq!(plain_number(x), expected, "{x}");
        }
    }

    fn row(column: &str, mean: (f64, f64), median: (f64, f64), effect: f64) -> ProfileRow {
        ProfileRow {
            segment: 0,
            column: column.to_owned(),
            level: None,
            column_type: ColumnType::Number,
            present: 10,
            mean: mean.0,
            median: median.0,
            overall_mean: mean.1,
            overall_median: median.1,
            effect,
        }
    }

    #[test]
    fn phrases_are_ratios_of_positive_numbers_and_values_of_others() {
        let positive = |own, effect| phrase(&row("monetary", (own, 100.0), (own, 100.0), effect));
        assert_eq!(positive(340.0, 0.5), "monetary 3.4 times the average");
        assert_eq!(positive(201.0, 0.5), "monetary about twice the average");
        assert_eq!(positive(140.0, 0.5), "monetary 40 % above the average");
        assert_eq!(positive(70.0, -0.5), "monetary 30 % below the average");
        assert_eq!(positive(51.0, -0.5), "monetary about half the average");
        assert_eq!(positive(23.0, -0.5), "monetary 23 % of the average");
        assert_eq!(positive(0.1, -0.5), "monetary less than 1 % of the average");
        assert_eq!(positive(123_456.0, 0.5), "monetary 1,235 times the average");
        assert_eq!(
            phrase(&row("balance", (-120.0, 300.0), (-110.0, 310.0), -0.5)),
            "median balance -110 against 310 overall"
        );
        assert_eq!(
            phrase(&row("online_share", (0.624, 0.31), (0.7, 0.3), 0.4)),
            "online share 62 % against 31 % overall"
        );
    }

    #[test]
    fn a_phrase_never_points_against_the_effect() {
        // One huge value outside lifts the overall mean above that of the segment.
        assert_eq!(
            phrase(&row("monetary", (50.0, 900.0), (48.0, 20.0), 0.6)),
            "median monetary 48 against 20 overall"
        );
        assert_eq!(
            phrase(&row("monetary", (50.0, 900.0), (20.0, 20.0), 0.1)),
            "monetary much like everybody"
        );
        assert_eq!(
            phrase(&row("monetary", (5.0, 5.0), (5.0, 5.0), 0.0)),
            "monetary much like everybody"
        );
    }

    #[test]
    fn years_are_no_amounts() {
        assert_eq!(
            phrase(&row("Year_Birth", (1951.0, 1968.8), (1950.0, 1970.0), -0.6)),
            "median year birth 1950 against 1970 overall"
        );
        assert_eq!(amount("years", 1951.0), "1,951");
        assert_eq!(amount("year", 12.5), "12.5");
    }

    #[test]
    fn dates_and_levels_are_written_out() {
        let mut last = row("last_order", (19_800.2, 19_000.0), (19_787.5, 19_000.0), 0.7);
        last.column_type = ColumnType::Date;
        assert_eq!(
            phrase(&last),
            "median last order 2024-03-05 against 2022-01-08 overall"
        );
        let mut store = row("channel", (0.62, 0.3149), (f64::NAN, f64::NAN), 0.4);
        store.level = Some("store\n INFO".to_owned());
        assert_eq!(phrase(&store), "channel store InfO 62 % against 31 % overall");
    }
}
