//! Column names, numbers and differences as a person would say them.

use super::ProfileRow;
use super::marks::direction;
use crate::table::ColumnType;
use crate::text::group_digits;

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
/// `channel store 62 % against 31 % overall`, `average balance -120 against 310 overall`.
///
/// Always of the means (shares). A ratio is said where no value of the column is below 0 and up to ten times. `None` where the
/// mean, the median and the effect do not point the same way: a few large values would be spoken of then, not the segment;
/// or where the means differ by less than a fifth of the standard deviation and of the average.
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
///     members: 125,
///     mean: 1054.0,
///     median: 990.0,
///     quartiles: (610.0, 1_400.0),
///     zeros: 0.0,
///     overall_mean: 310.0,
///     overall_median: 200.0,
///     overall_deviation: 620.0,
///     range: (0.0, 12_000.0),
///     flag: false,
///     effect: 0.8,
///     effect_interval: (0.75, 0.84),
/// };
/// assert_eq!(phrase(&row).as_deref(), Some("monetary 3.4 times the average"));
/// assert_eq!(phrase(&ProfileRow { effect: -0.1, ..row }), None);
/// ```
pub fn phrase(row: &ProfileRow) -> Option<String> {
    direction(row)?;
    let name = humanised(&row.column);
    let text = match ratio(row) {
        Some(ratio) => format!("{name} {ratio}"),
        None => {
            let Against { of, mean, overall } = against(row)?;
            format!("{of} {mean} against {overall} overall")
        }
    };
    Some(tame(&text))
}

/// A mean (share) of a segment beside that of all customers, as people read them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Against {
    /// Of what: `average balance`, `channel store`, `online share`.
    pub of: String,
    /// The segment's.
    pub mean: String,
    /// That of all customers.
    pub overall: String,
}

/// The two means of a row, with as many digits as tell them apart; `None` where nine do not.
///
/// ```
/// use kinfolk::profile::{against, profiles};
/// use kinfolk::generate::{Generate, generate};
/// use kinfolk::Partition;
///
/// let shop = generate(&Generate::default())?;
/// let profiles = profiles(&shop.to_table(), &Partition::from_labels(&shop.truth));
/// let said = against(&profiles.rows[0]).expect("they differ");
/// assert_eq!(said.of, "average recency days");
/// assert_ne!(said.mean, said.overall);
/// # Ok::<(), kinfolk::Error>(())
/// ```
pub fn against(row: &ProfileRow) -> Option<Against> {
    // Days may be the same although the means are not.
    let digits = (3..=9).find(|&d| value(row, row.mean, d) != value(row, row.overall_mean, d))?;
    Some(Against {
        of: tame(&subject(row, &humanised(&row.column))),
        mean: value(row, row.mean, digits),
        overall: value(row, row.overall_mean, digits),
    })
}

/// What a row is about and its mean, as a table of profiles has them: `channel store` and `62 %`, `balance` and `1,452`.
pub fn shown_mean(row: &ProfileRow) -> (String, String) {
    let name = humanised(&row.column);
    let of = if row.level.is_some() || row.flag {
        subject(row, &name)
    } else {
        name
    };
    (tame(&of), value(row, row.mean, 3))
}

/// What a value of [`value`] is of: `average balance`, `channel store`, `newsletter = 1`, `online share`.
pub(super) fn subject(row: &ProfileRow, name: &str) -> String {
    match &row.level {
        Some(level) => format!("{name} {level}"),
        None if row.flag => format!("{name} = 1"),
        None if is_share(row) => name.to_owned(),
        None => format!("average {name}"),
    }
}

/// A mean of the row's column: a day, a share in percent, or a number of so many digits.
pub(super) fn value(row: &ProfileRow, mean: f64, digits: usize) -> String {
    if row.level.is_some() || row.flag || is_share(row) {
        percent(mean, digits - 3)
    } else if row.column_type == ColumnType::Date {
        crate::text::iso_day(mean).unwrap_or_else(|| plain_number(mean, digits))
    } else {
        column_number(&row.column, mean, digits)
    }
}

fn is_share(row: &ProfileRow) -> bool {
    row.range.0 >= 0.0 && row.range.1 <= 1.0 && matches!(reading(&row.column), Reading::Share(_))
}

/// `62 %`; small shares keep a decimal so that they do not become 0, and all may get some more.
pub(super) fn percent(share: f64, decimals: usize) -> String {
    let x = share * 100.0;
    let at_the_end = (x > 0.0 && x < 1.0) || (x > 99.0 && x < 100.0);
    let decimals = decimals.max(usize::from(at_the_end));
    if x > 0.0 && x < 0.05 && decimals == 1 {
        "under 0.1 %".to_owned()
    } else if x > 99.95 && x < 100.0 && decimals == 1 {
        "over 99.9 %".to_owned()
    } else {
        format!("{x:.decimals$} %")
    }
}

/// How the mean compares with the overall mean, where a ratio means something and the difference is worth a word.
fn ratio(row: &ProfileRow) -> Option<String> {
    let plain = row.level.is_none() && !row.flag && !is_share(row) && row.column_type == ColumnType::Number;
    // Years and codes have no natural 0.
    if !plain || row.range.0 < 0.0 || row.overall_mean <= 0.0 || is_label(&row.column, row.overall_mean) {
        return None;
    }
    let ratio = row.mean / row.overall_mean;
    if !ratio.is_finite() || ratio > 10.0 {
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
        _ => Some(format!("{ratio:.1} times the average")),
    }
}

/// Whether the numbers of a column are names of something, a year or a code: they are not grouped by thousands.
fn is_label(column: &str, x: f64) -> bool {
    const CODES: [&str; 4] = ["zip", "postcode", "plz", "code"];
    const YEARS: [&str; 6] = ["year", "yr", "jahr", "baujahr", "geburtsjahr", "birthyear"];
    let is_year = (1000.0..3000.0).contains(&x);
    words(column)
        .iter()
        .map(|w| w.to_lowercase())
        .any(|w| CODES.contains(&w.as_str()) || (is_year && YEARS.contains(&w.as_str())))
}

/// A number as [`plain_number`], without groups of thousands where it is a year or a code.
pub(super) fn column_number(column: &str, x: f64, digits: usize) -> String {
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
            assert_eq!(plain_number(x, 3), expected, "{x}");
        }
    }

    fn row(column: &str, mean: (f64, f64), median: (f64, f64), effect: f64) -> ProfileRow {
        ProfileRow {
            segment: 0,
            column: column.to_owned(),
            level: None,
            column_type: ColumnType::Number,
            present: 10,
            members: 10,
            mean: mean.0,
            median: median.0,
            quartiles: (median.0, median.0),
            zeros: 0.0,
            overall_mean: mean.1,
            overall_median: median.1,
            overall_deviation: 1.0,
            range: (mean.0.min(mean.1).min(0.0), 1.0f64.max(mean.0).max(mean.1)),
            flag: false,
            effect,
            effect_interval: (effect, effect),
        }
    }

    #[test]
    fn phrases_are_ratios_of_positive_numbers_and_values_of_others() {
        let positive = |own, effect| {
            phrase(&row("monetary", (own, 100.0), (own, 100.0), effect)).expect("all point one way")
        };
        assert_eq!(positive(340.0, 0.5), "monetary 3.4 times the average");
        assert_eq!(positive(201.0, 0.5), "monetary about twice the average");
        assert_eq!(positive(140.0, 0.5), "monetary 40 % above the average");
        assert_eq!(positive(70.0, -0.5), "monetary 30 % below the average");
        assert_eq!(positive(51.0, -0.5), "monetary about half the average");
        assert_eq!(positive(23.0, -0.5), "monetary 23 % of the average");
        assert_eq!(positive(0.1, -0.5), "monetary less than 1 % of the average");
        // Many times next to nothing says nothing.
        assert_eq!(
            positive(1700.0, 0.5),
            "average monetary 1,700 against 100 overall"
        );
        assert_eq!(positive(100.4, 0.5), "average monetary 100.4 against 100 overall");
        let signed = |row: ProfileRow| {
            phrase(&ProfileRow {
                range: (-500.0, 900.0),
                ..row
            })
        };
        assert_eq!(
            signed(row("balance", (-120.0, 300.0), (-110.0, 310.0), -0.5)).as_deref(),
            Some("average balance -120 against 300 overall")
        );
        assert_eq!(
            signed(row("balance", (170.0, 10.0), (90.0, 8.0), 0.5)).as_deref(),
            Some("average balance 170 against 10 overall")
        );
        assert_eq!(
            phrase(&row("online_share", (0.624, 0.31), (0.7, 0.3), 0.4)).as_deref(),
            Some("online share 62 % against 31 % overall")
        );
        assert_eq!(
            phrase(&row("year", (2008.7, 2008.1), (2009.0, 2008.0), 0.4)).as_deref(),
            Some("average year 2009 against 2008 overall")
        );
        let flag = ProfileRow {
            flag: true,
            ..row("member", (0.62, 0.31), (1.0, 0.0), 0.4)
        };
        assert_eq!(
            phrase(&flag).as_deref(),
            Some("member = 1 62 % against 31 % overall")
        );
    }

    #[test]
    fn nothing_is_said_of_means_that_hardly_differ() {
        let price = |deviation: f64| {
            let row = row("price", (1.33, 1.34), (1.36, 1.39), -0.4);
            phrase(&ProfileRow {
                overall_deviation: deviation,
                ..row
            })
        };
        assert_eq!(price(0.16), None);
        assert_eq!(
            price(0.04).as_deref(),
            Some("average price 1.33 against 1.34 overall")
        );
        // A few huge amounts make the deviation large, and a mean of a third of the average is still one.
        let monetary = ProfileRow {
            overall_deviation: 9_000.0,
            ..row("monetary", (100.0, 300.0), (90.0, 110.0), -0.3)
        };
        assert_eq!(phrase(&monetary).as_deref(), Some("monetary 33 % of the average"));
    }

    #[test]
    fn nothing_is_said_where_mean_median_and_effect_do_not_agree() {
        // One huge value outside lifts the overall mean above that of the segment.
        assert_eq!(phrase(&row("monetary", (50.0, 900.0), (48.0, 20.0), 0.6)), None);
        assert_eq!(phrase(&row("monetary", (50.0, 900.0), (25.0, 20.0), -0.6)), None);
        assert_eq!(phrase(&row("monetary", (5.0, 5.0), (5.0, 5.0), 0.0)), None);
        // Medians that are equal contradict nothing.
        assert!(phrase(&row("monetary", (50.0, 20.0), (0.0, 0.0), 0.3)).is_some());
    }

    #[test]
    fn numbers_that_differ_are_written_so() {
        let tenure = ProfileRow {
            overall_deviation: 0.02,
            ..row("tenure", (35.204, 35.198), (35.0, 35.0), 0.2)
        };
        assert_eq!(
            phrase(&tenure).as_deref(),
            Some("average tenure 35.204 against 35.198 overall")
        );
        assert_eq!(percent(0.9996, 0), "over 99.9 %");
        assert_eq!(percent(0.0002, 0), "under 0.1 %");
        assert_eq!(percent(0.3124, 2), "31.24 %");
    }

    #[test]
    fn years_are_no_amounts() {
        assert_eq!(
            phrase(&row("Year_Birth", (1951.0, 1968.8), (1950.0, 1970.0), -0.6)).as_deref(),
            Some("average year birth 1951 against 1969 overall")
        );
        assert_eq!(column_number("years", 1951.0, 3), "1,951");
        assert_eq!(column_number("year", 12.5, 3), "12.5");
    }

    #[test]
    fn dates_and_levels_are_written_out() {
        let mut last = row("last_order", (19_800.2, 19_000.0), (19_787.5, 19_000.0), 0.7);
        last.column_type = ColumnType::Date;
        assert_eq!(
            phrase(&last).as_deref(),
            Some("average last order 2024-03-18 against 2022-01-08 overall")
        );
        let mut store = row("channel", (0.62, 0.3149), (f64::NAN, f64::NAN), 0.4);
        store.level = Some("store\n INFO".to_owned());
        assert_eq!(
            phrase(&store).as_deref(),
            Some("channel store InfO 62 % against 31 % overall")
        );
    }
}
