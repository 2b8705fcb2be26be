//! Differences as a person would say them, with the names of columns and numbers in them.

mod names;
mod numbers;

use super::ProfileRow;
use super::marks::direction;
use crate::table::ColumnType;
pub use names::humanised;
pub(super) use names::{Reading, reading};
pub(super) use numbers::{column_number, percent};
use numbers::{is_label, plain_number};

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

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_ratio_is_said_as_its_size_is_said() {
        let said = |own: f64| ratio(&row("monetary", (own, 100.0), (own, 100.0), 0.5));
        for (own, expected) in [
            (0.4, Some("less than 1 % of the average")),
            (1.0, Some("1 % of the average")),
            (44.4, Some("44 % of the average")),
            (45.0, Some("about half the average")),
            (55.0, Some("about half the average")),
            (56.0, Some("44 % below the average")),
            (98.0, Some("2 % below the average")),
            (99.0, None),
            (101.0, None),
            (102.0, Some("2 % above the average")),
            (194.0, Some("94 % above the average")),
            (195.0, Some("about twice the average")),
            (205.0, Some("about twice the average")),
            (206.0, Some("2.1 times the average")),
            (1000.0, Some("10.0 times the average")),
            (1001.0, None),
        ] {
            assert_eq!(said(own).as_deref(), expected, "{own}");
        }
        let negative = ProfileRow {
            range: (-1.0, 900.0),
            ..row("monetary", (140.0, 100.0), (1.0, 1.0), 0.5)
        };
        assert_eq!(ratio(&negative), None);
        assert_eq!(ratio(&row("monetary", (140.0, 0.0), (1.0, 1.0), 0.5)), None);
        // A share of 0 to 1 is said as it is; one that is none by its values is a number.
        let share = |most: f64| ProfileRow {
            range: (0.0, most),
            ..row("online_share", (0.9, 0.5), (1.0, 1.0), 0.5)
        };
        assert_eq!(ratio(&share(1.0)), None);
        assert_eq!(ratio(&share(1.1)).as_deref(), Some("80 % above the average"));
        let below = ProfileRow {
            range: (-0.1, 1.0),
            ..share(1.0)
        };
        assert!(!is_share(&below));
    }
}
