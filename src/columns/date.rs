//! Dates as people and programs write them, and whether the day or the month comes first.

use jiff::civil::Date;

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

#[derive(Clone, Copy)]
enum Token<'a> {
    /// With how many digits it was written.
    Number(i16, usize),
    Word(&'a str),
}

fn token(text: &str) -> Option<(Token<'_>, &str)> {
    let first = text.chars().next()?;
    if first.is_ascii_digit() {
        let length = text.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, mut rest) = text.split_at(length);
        for suffix in ["st", "nd", "rd", "th"] {
            if let Some(after) = rest.strip_prefix(suffix) {
                rest = after;
            }
        }
        (length <= 4).then_some((Token::Number(digits.parse().ok()?, length), rest))
    } else if first.is_alphabetic() {
        let length = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
        let (word, rest) = text.split_at(length);
        Some((Token::Word(word), rest))
    } else {
        None
    }
}

fn marks(text: &str) -> (&str, &str) {
    let rest = text.trim_start_matches(['-', '/', '.', ',', ' ']);
    text.split_at(text.len() - rest.len())
}

fn is_weekday(word: &str) -> bool {
    let lower = word.to_lowercase();
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .iter()
        .any(|d| lower.starts_with(d))
        && (lower.len() == 3 || lower.ends_with("day"))
}

/// English names, and German ones where they differ.
fn month(word: &str) -> Option<i16> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "january", "januar"],
        &["feb", "february", "februar"],
        &["mar", "march", "mär", "märz"],
        &["apr", "april"],
        &["may", "mai"],
        &["jun", "june", "juni"],
        &["jul", "july", "juli"],
        &["aug", "august"],
        &["sep", "sept", "september"],
        &["oct", "october", "okt", "oktober"],
        &["nov", "november"],
        &["dec", "december", "dez", "dezember"],
    ];
    let lower = word.to_lowercase();
    let place = MONTHS.iter().position(|names| names.contains(&lower.as_str()))?;
    i16::try_from(place + 1).ok()
}

/// The time of day that follows a date, in days, and whether a zone was given. Nothing is midnight.
fn time_of_day(text: &str) -> Option<(f64, bool)> {
    if text.is_empty() {
        return Some((0.0, false));
    }
    let text = text
        .strip_prefix(['T', 't', ' ', ',', '_'])
        .or_else(|| text.strip_prefix("."))?
        .trim();
    if text.is_empty() {
        return Some((0.0, false));
    }
    let clock_end = text
        .find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'))
        .unwrap_or(text.len());
    let (clock, rest) = text.split_at(clock_end);
    let mut parts = clock.split(':');
    let mut hours: f64 = whole(parts.next()?, 24)?;
    let minutes = whole(parts.next()?, 59)?;
    let seconds: f64 = match parts.next() {
        None => 0.0,
        Some(s) if s.bytes().next().is_some_and(|b| b.is_ascii_digit()) => s.parse().ok()?,
        Some(_) => return None,
    };
    if parts.next().is_some() || seconds >= 61.0 {
        return None;
    }
    let mut zone = rest.trim();
    let lower = zone.to_lowercase();
    for (mark, afternoon) in [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)] {
        if lower.starts_with(mark) {
            if !(1.0..=12.0).contains(&hours) {
                return None;
            }
            hours = hours % 12.0 + if afternoon { 12.0 } else { 0.0 };
            zone = zone[mark.len()..].trim();
            break;
        }
    }
    let time = (hours * 3600.0 + minutes * 60.0 + seconds) / 86_400.0;
    if zone.is_empty() {
        return Some((time, false));
    }
    if ["Z", "z", "UTC", "GMT"].contains(&zone) {
        return Some((time, true));
    }
    let (sign, offset) = match zone.strip_prefix('+') {
        Some(offset) => (1.0, offset),
        None => (-1.0, zone.strip_prefix(['-', '−'])?),
    };
    let digits: String = offset.chars().filter(|&c| c != ':').collect();
    let (h, m) = match digits.len() {
        2 => (whole(&digits, 18)?, 0.0),
        4 if digits.is_ascii() => (whole(&digits[..2], 18)?, whole(&digits[2..], 59)?),
        _ => return None,
    };
    Some((time - sign * (h * 60.0 + m) / 1440.0, true))
}

fn whole(digits: &str, most: u32) -> Option<f64> {
    if digits.is_empty() || digits.len() > 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse::<u32>().ok().filter(|&n| n <= most).map(f64::from)
}

/// What all dates of a column together say about their order.
#[derive(Clone, Debug)]
pub(crate) struct DateFacts {
    /// Cells built like a date.
    pub(crate) dates: usize,
    open: usize,
    first_above_12: usize,
    second_above_12: usize,
    dotted: usize,
    short_years: usize,
    zoned: usize,
    /// Values of the first and second number, one bit each.
    firsts: u32,
    seconds: u32,
    /// Earliest and latest day, day first and month first.
    spans: [(f64, f64); 2],
}

impl Default for DateFacts {
    fn default() -> Self {
        DateFacts {
            dates: 0,
            open: 0,
            first_above_12: 0,
            second_above_12: 0,
            dotted: 0,
            short_years: 0,
            zoned: 0,
            firsts: 0,
            seconds: 0,
            spans: [(f64::INFINITY, f64::NEG_INFINITY); 2],
        }
    }
}

impl DateFacts {
    pub(crate) fn add(&mut self, date: &Written) {
        self.dates += 1;
        self.short_years += usize::from(date.short_year);
        self.zoned += usize::from(date.zoned);
        if !date.open {
            return;
        }
        self.open += 1;
        self.first_above_12 += usize::from(date.first > 12);
        self.second_above_12 += usize::from(date.second > 12);
        self.dotted += usize::from(date.mark == '.');
        self.firsts |= 1 << date.first;
        self.seconds |= 1 << date.second;
        for (span, order) in self.spans.iter_mut().zip([Order::DayFirst, Order::MonthFirst]) {
            if let Day::Exists(day) = date.day(order) {
                *span = (span.0.min(day), span.1.max(day));
            }
        }
    }

    /// Adds what other cells of the column say.
    pub(crate) fn join(&mut self, other: &DateFacts) {
        self.dates += other.dates;
        self.open += other.open;
        self.first_above_12 += other.first_above_12;
        self.second_above_12 += other.second_above_12;
        self.dotted += other.dotted;
        self.short_years += other.short_years;
        self.zoned += other.zoned;
        self.firsts |= other.firsts;
        self.seconds |= other.seconds;
        for (span, others) in self.spans.iter_mut().zip(other.spans) {
            *span = (span.0.min(others.0), span.1.max(others.1));
        }
    }

    /// The order that the column proves, if it does.
    pub(crate) fn proven(&self) -> Option<Order> {
        match self.first_above_12.cmp(&self.second_above_12) {
            std::cmp::Ordering::Greater => Some(Order::DayFirst),
            std::cmp::Ordering::Less => Some(Order::MonthFirst),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// The order of the column, the phrase that says why, and whether it is a guess. `elsewhere` is what other
    /// columns of the file prove; `comma` whether the file has decimal commas.
    pub(crate) fn order(&self, elsewhere: Option<Order>, comma: bool) -> (Order, String, bool) {
        let name = |order| match order {
            Order::DayFirst => "day/month/year",
            Order::MonthFirst => "month/day/year",
        };
        let (order, why, guess) = if self.open == 0 {
            (Order::DayFirst, String::new(), false)
        } else if let Some(order) = self.proven() {
            let proof = self.first_above_12.max(self.second_above_12);
            let place = if order == Order::DayFirst {
                "first"
            } else {
                "second"
            };
            (order, format!("{proof} have a {place} number above 12"), false)
        } else if self.dotted == self.open {
            (Order::DayFirst, "written with dots".to_owned(), false)
        } else if let Some(order) = elsewhere {
            (order, "as in another column".to_owned(), true)
        } else {
            let span = |i: usize| self.spans[i].1 - self.spans[i].0;
            let (order, why) = if self.firsts == 1 << 1 && self.seconds != 1 << 1 {
                (Order::DayFirst, "they would all be the first of a month")
            } else if self.seconds == 1 << 1 && self.firsts != 1 << 1 {
                (Order::MonthFirst, "they would all be the first of a month")
            } else if span(0) < span(1) {
                (Order::DayFirst, "the other order would spread them wider")
            } else if span(1) < span(0) {
                (Order::MonthFirst, "the other order would spread them wider")
            } else if comma {
                (Order::DayFirst, "the file has decimal commas")
            } else {
                (Order::MonthFirst, "nothing speaks for the other order")
            };
            (order, why.to_owned(), true)
        };
        let mut phrases = Vec::new();
        if self.open > 0 {
            let assumed = if guess { "assumed to be " } else { "" };
            phrases.push(format!("dates {assumed}{} ({why})", name(order)));
        }
        if self.short_years > 0 {
            phrases.push("years of two digits taken as 1969 to 2068".to_owned());
        }
        if self.zoned > 0 {
            phrases.push("times with a zone taken as UTC".to_owned());
        }
        (order, phrases.join("; "), guess)
    }
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

    #[test]
    fn the_whole_column_decides_whether_the_day_comes_first() {
        let facts = |cells: &[&str]| {
            let mut facts = DateFacts::default();
            cells.iter().for_each(|c| facts.add(&read(c).expect("a date")));
            facts
        };
        let order = |cells: &[&str]| facts(cells).order(None, false);
        assert_eq!(order(&["01/02/2024", "13/02/2024"]).0, Order::DayFirst);
        assert_eq!(order(&["01/02/2024", "02/13/2024"]).0, Order::MonthFirst);
        assert_eq!(order(&["01.02.2024", "03.04.2024"]).0, Order::DayFirst);
        // First days of months, and days of one February.
        assert_eq!(order(&["01/02/2024", "01/03/2024"]).0, Order::DayFirst);
        assert_eq!(order(&["02/01/2024", "03/01/2024"]).0, Order::MonthFirst);
        assert_eq!(order(&["05/02/2024", "09/02/2024"]).0, Order::DayFirst);
        let (_, why, guess) = order(&["05/02/2024", "09/02/2024"]);
        assert!(guess);
        assert_eq!(
            why,
            "dates assumed to be day/month/year (the other order would spread them wider)"
        );
    }
}
