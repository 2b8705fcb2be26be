//! Dates as people and programs write them, and whether the day or the month comes first.

mod clock;
mod facts;
mod parts;

use clock::time_of_day;
pub(crate) use facts::DateFacts;
use jiff::civil::Date;
use parts::{Token, is_weekday, marks, month, token};

/// Which of the first two numbers of `03/04/2024` is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
}

/// A cell that is built like a date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Written {
    year: i16,
    /// Day and month in a known order as `(month, day)`, or the two numbers as they stand.
    first: i8,
    second: i8,
    /// Whether it is unknown which of the two is the day.
    open: bool,
    /// The mark between the numbers.
    mark: char,
    short_year: bool,
    /// The time of day, in days, to be added; a time zone is accounted for.
    time: f64,
    zoned: bool,
}

/// What a [`Written`] date is in a given order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Day {
    /// Days since 1970-01-01.
    Exists(f64),
    /// Such as 2024-02-30 or 0000-00-00.
    Impossible,
    /// It would be a date in the other order.
    OtherOrder,
}

fn days(year: i16, month: i8, day: i8) -> Option<f64> {
    let date = Date::new(year, month, day).ok()?;
    let epoch = jiff::civil::date(1970, 1, 1);
    Some((date.duration_since(epoch).as_hours() / 24) as f64)
}

impl Written {
    /// `0000-00-00` and its like, which databases write for "no date".
    pub(crate) fn is_zero(&self) -> bool {
        self.first == 0 && self.second == 0
    }

    /// Whether the time is that of a zone that was written with it.
    pub(crate) fn is_zoned(&self) -> bool {
        self.zoned
    }

    /// The day in question where numbers stand in `order`.
    pub(crate) fn day(&self, order: Order) -> Day {
        let (month, day) = match (self.open, order) {
            (true, Order::DayFirst) => (self.second, self.first),
            _ => (self.first, self.second),
        };
        if let Some(days) = days(self.year, month, day) {
            Day::Exists(days + self.time)
        } else if self.open && days(self.year, day, month).is_some() {
            Day::OtherOrder
        } else {
            Day::Impossible
        }
    }
}

/// Reads `2024-01-31`, `31.01.2024`, `1/31/24`, `12 Mar 2024`, `Mar 12, 2024`, each with or without time and zone.
pub(crate) fn read(cell: &str) -> Option<Written> {
    let bytes = cell.as_bytes();
    // A quick no for nearly all names and numbers.
    if !(6..=48).contains(&bytes.len()) || !bytes.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let mut rest = cell;
    if let (Token::Word(word), after) = token(rest)?
        && is_weekday(word)
    {
        rest = after.trim_start_matches([',', '.', ' ']);
    }
    let (one, after) = token(rest)?;
    let (mark_1, after) = marks(after);
    let (two, after) = token(after)?;
    let (mark_2, after) = marks(after);
    let (three, after) = token(after)?;
    let (time, zoned) = time_of_day(after)?;
    let year_of = |n: i16, length: usize| match length {
        4 => Some((n, false)),
        2 if n < 69 => Some((2000 + n, true)),
        2 => Some((1900 + n, true)),
        _ => None,
    };
    let numeric = mark_1 == mark_2 && matches!(mark_1, "-" | "/" | "." | ". ");
    let (year, short_year, first, second, open) = match (one, two, three) {
        (Token::Number(y, 4), Token::Number(m, 1..=2), Token::Number(d, 1..=2)) if numeric => {
            (y, false, m, d, false)
        }
        (Token::Number(a, 1..=2), Token::Number(b, 1..=2), Token::Number(y, length)) if numeric => {
            let (year, short) = year_of(y, length)?;
            (year, short, a, b, true)
        }
        (Token::Number(d, 1..=2), Token::Word(m), Token::Number(y, length)) => {
            let (year, short) = year_of(y, length)?;
            (year, short, month(m)?, d, false)
        }
        (Token::Word(m), Token::Number(d, 1..=2), Token::Number(y, 4)) => (y, false, month(m)?, d, false),
        (Token::Number(y, 4), Token::Word(m), Token::Number(d, 1..=2)) => (y, false, month(m)?, d, false),
        _ => return None,
    };
    // Numbers that can be neither day nor month are something else, such as a telephone number.
    if first > 31 || second > 31 {
        return None;
    }
    Some(Written {
        year,
        first: i8::try_from(first).ok()?,
        second: i8::try_from(second).ok()?,
        open,
        mark: mark_1.chars().next().unwrap_or(' '),
        short_year,
        time,
        zoned,
    })
}

/// Reads `20240131`, for columns whose name says that they hold dates.
pub(crate) fn read_compact(cell: &str) -> Option<f64> {
    let bytes = cell.as_bytes();
    if bytes.len() != 8 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let year: i16 = cell[..4].parse().ok()?;
    if !(1900..=2100).contains(&year) {
        return None;
    }
    days(year, cell[4..6].parse().ok()?, cell[6..].parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day_of(cell: &str, order: Order) -> Option<Day> {
        read(cell).map(|d| d.day(order))
    }

    #[test]
    fn the_same_day_is_read_in_every_form() {
        for cell in [
            "2024-03-12",
            "2024/3/12",
            "2024.03.12",
            "12.03.2024",
            "12.3.24",
            "12/03/2024",
            "12-03-2024",
            "12/3/24",
            "12 Mar 2024",
            "12-Mar-2024",
            "12-MAR-24",
            "12Mar2024",
            "Mar 12, 2024",
            "March 12 2024",
            "March 12th, 2024",
            "12. März 2024",
            "Tue, 12 Mar 2024",
            "2024-03-12T00:00:00",
            "2024-03-12 00:00",
            "2024-03-12T00:00:00.000Z",
            "2024-03-12 02:00:00+02:00",
            "12/03/2024 12:00 AM",
        ] {
            assert_eq!(
                day_of(cell, Order::DayFirst),
                Some(Day::Exists(19_794.0)),
                "{cell}"
            );
        }
        assert_eq!(
            day_of("3/12/2024", Order::MonthFirst),
            Some(Day::Exists(19_794.0))
        );
        assert_eq!(
            day_of("2024-03-12 18:00", Order::DayFirst),
            Some(Day::Exists(19_794.75))
        );
        assert_eq!(
            day_of("3/12/2024 6:00 pm", Order::MonthFirst),
            Some(Day::Exists(19_794.75))
        );
        assert_eq!(read_compact("20240312"), Some(19_794.0));
    }

    #[test]
    fn days_that_do_not_exist_are_known_as_such() {
        for cell in [
            "2024-02-30",
            "0000-00-00",
            "00/00/0000",
            "31.02.2023",
            "31/31/2023",
        ] {
            assert_eq!(day_of(cell, Order::DayFirst), Some(Day::Impossible), "{cell}");
        }
        assert_eq!(day_of("02/13/2024", Order::DayFirst), Some(Day::OtherOrder));
        assert_eq!(read_compact("20241331"), None);
    }

    #[test]
    fn other_texts_are_no_dates() {
        for cell in [
            "555-12-3456",
            "1.2.3",
            "18-25",
            "abc",
            "12:30",
            "2024-01",
            "1-2/2024",
            "12 Foo 2024",
            "2024-03-12x",
            "a1b2c3",
        ] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }
}
