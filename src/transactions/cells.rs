//! Single cells of a purchase line: moments and amounts, fast where they are written plainly.

use super::tally::Tally;
use crate::columns::date::{self, Day, Order};
use crate::columns::number::{self, Look};
use crate::columns::values::serial;
use crate::message::{Setting, message};
use jiff::civil::Date;

/// How numbers and dates are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Convention {
    pub(crate) decimal: char,
    pub(crate) order: Order,
}

/// Amounts beyond this are no money.
const LARGEST: f64 = 1e15;

/// A day and the second of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    pub(crate) day: i32,
    pub(crate) second: u32,
    /// Whether it was written with a time zone.
    pub(crate) zoned: bool,
}

/// Reads moments; remembers the last day, which the next line often has.
#[derive(Default)]
pub(crate) struct Clock {
    last: [u8; 10],
    day: i32,
}

impl Clock {
    /// The moment in `cell`, if it is one; counts it, or notes what is odd.
    pub(crate) fn moment(
        &mut self,
        cell: &str,
        convention: Convention,
        utc_offset: i32,
        at: (u64, usize),
        tally: &mut Tally,
    ) -> Option<Moment> {
        if let Some(moment) = self.plain(cell.as_bytes()) {
            tally.dates.dates += 1;
            return Some(moment);
        }
        let Some(written) = date::read(cell) else {
            return match date::read_compact(cell).or_else(|| serial(cell, convention.decimal)) {
                Some(days) => Some(moment(days)),
                None => tally.note(at, cell, "is not a date", || {
                    message![
                        "correct it, name another column with ",
                        Setting::Date,
                        ", or leave the line out"
                    ]
                }),
            };
        };
        if written.is_zero() {
            return tally.note(at, cell, "is a day that does not exist", || {
                "leave it empty: lines without a date are left out and counted".into()
            });
        }
        let day = written.day(convention.order);
        tally.dates.add(&written);
        match day {
            Day::Exists(days) => {
                let zoned = written.is_zoned();
                let offset = if zoned {
                    f64::from(utc_offset) / 1440.0
                } else {
                    0.0
                };
                Some(Moment {
                    zoned,
                    ..moment(days + offset)
                })
            }
            Day::Impossible => tally.note(at, cell, "is a day that does not exist", || {
                "correct it, or leave it empty: lines without a date are left out and counted".into()
            }),
            Day::OtherOrder => tally.note(
                at,
                cell,
                "is no date in the order of day and month that the other dates have",
                || {
                    message![
                        "set ",
                        Setting::DayFirst,
                        " yes or ",
                        Setting::DayFirst,
                        " no, or correct it"
                    ]
                },
            ),
        }
    }

    /// `2024-01-31`, with or without `18:30` and seconds behind it.
    fn plain(&mut self, cell: &[u8]) -> Option<Moment> {
        let (head, rest) = cell.split_first_chunk::<10>()?;
        if *head != self.last {
            let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *head else {
                return None;
            };
            let two = |a: u8, b: u8| Some(10 * digit(a)? + digit(b)?);
            let year = 100 * two(y1, y2)? + two(y3, y4)?;
            let date = Date::new(year as i16, two(m1, m2)? as i8, two(d1, d2)? as i8).ok()?;
            let since = date.duration_since(jiff::civil::date(1970, 1, 1));
            self.day = (since.as_hours() / 24) as i32;
            self.last = *head;
        }
        let second = match rest {
            [] => 0,
            [b' ' | b'T', rest @ ..] => clock(rest)?,
            _ => return None,
        };
        Some(Moment {
            day: self.day,
            second,
            zoned: false,
        })
    }
}

fn digit(b: u8) -> Option<u32> {
    b.is_ascii_digit().then(|| u32::from(b - b'0'))
}

/// Seconds of `18:30`, `18:30:05` and `18:30:05.25`.
fn clock(text: &[u8]) -> Option<u32> {
    let pair = |a: u8, b: u8, most: u32| Some(10 * digit(a)? + digit(b)?).filter(|&n| n <= most);
    let (h1, h2, m1, m2, rest) = match text {
        [h1, h2, b':', m1, m2, rest @ ..] => (h1, h2, m1, m2, rest),
        _ => return None,
    };
    let minutes = 60 * pair(*h1, *h2, 23)? + pair(*m1, *m2, 59)?;
    let seconds = match rest {
        [] => 0,
        [b':', s1, s2] => pair(*s1, *s2, 59)?,
        [b':', s1, s2, b'.', fraction @ ..] if fraction.iter().all(u8::is_ascii_digit) => pair(*s1, *s2, 59)?,
        _ => return None,
    };
    Some(60 * minutes + seconds)
}

/// Whole seconds, downwards; what a double lost is given back first.
fn moment(days: f64) -> Moment {
    let day = days.floor();
    let second = ((days - day) * 86_400.0 + 1e-4).floor();
    if second >= 86_400.0 {
        return Moment {
            day: day as i32 + 1,
            second: 0,
            zoned: false,
        };
    }
    Moment {
        day: day as i32,
        second: second as u32,
        zoned: false,
    }
}

/// The number in `cell`, if it is one; counts what its marks say, notes what is odd, and gives its currency, if any.
pub(crate) fn amount<'t>(
    cell: &'t str,
    decimal: char,
    at: (u64, usize),
    tally: &mut Tally,
) -> Option<(f64, &'t str)> {
    if let Some((value, point)) = plain_number(cell, decimal) {
        if point {
            tally.points.add(at.0);
        }
        return Some((value, ""));
    }
    let written = number::strip(cell);
    match written.map(|w| number::look(w.body)) {
        Some(Look::Point) => tally.points.add(at.0),
        Some(Look::Comma) => tally.commas.add(at.0),
        _ => {}
    }
    let value = written.and_then(|w| Some((w, number::read(w.body, decimal)?)));
    match value {
        Some((w, size)) if size <= LARGEST => Some((if w.negative { -size } else { size } + 0.0, w.currency)),
        Some(_) => tally.note(at, cell, "is beyond a thousand trillion", || {
            "is a separator missing?".into()
        }),
        None => tally.note(at, cell, "is not a number", || {
            message!["correct it, leave it empty, or set ", Setting::Decimal]
        }),
    }
}

/// `12`, `-3.5` and their like, where the mark is a point, and whether the point speaks for itself.
fn plain_number(cell: &str, decimal: char) -> Option<(f64, bool)> {
    let digits = cell.strip_prefix('-').unwrap_or(cell).as_bytes();
    if digits.is_empty() || digits.len() > 15 || !digits[0].is_ascii_digit() {
        return None;
    }
    let mut point = None;
    for (i, b) in digits.iter().enumerate() {
        match b {
            b'0'..=b'9' => {}
            b'.' if decimal == '.' && point.is_none() => point = Some(i),
            _ => return None,
        }
    }
    let value: f64 = cell.parse().ok()?;
    // Three digits behind it may be a group.
    let speaks = point.is_some_and(|p| !matches!(digits.len() - p - 1, 0 | 3));
    (value.abs() <= LARGEST).then_some((value + 0.0, speaks))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Convention = Convention {
        decimal: '.',
        order: Order::DayFirst,
    };

    fn read(cell: &str) -> Option<(i32, u32)> {
        let mut tally = Tally::default();
        let moment = Clock::default().moment(cell, PLAIN, 60, (1, 0), &mut tally);
        assert_eq!(moment.is_none(), tally.odd.is_some(), "{cell}");
        moment.map(|m| (m.day, m.second))
    }

    #[test]
    fn moments_are_read_alike_by_the_fast_way_and_the_slow_one() {
        for (cell, expected) in [
            ("2024-03-12", Some((19_794, 0))),
            ("2024-03-12 18:30", Some((19_794, 66_600))),
            ("2024-03-12T18:30:05.999", Some((19_794, 66_605))),
            ("12.03.2024 18:30:05", Some((19_794, 66_605))),
            ("12/03/2024 6:30:05 pm", Some((19_794, 66_605))),
            ("20240312", Some((19_794, 0))),
            // A zone is accounted for, and the offset that was asked for added.
            ("2024-03-12T23:30:00Z", Some((19_795, 1_800))),
            ("2024-03-12 23:30:00+01:00", Some((19_794, 84_600))),
            ("2024-02-30", None),
            ("0000-00-00", None),
            ("yesterday", None),
            ("2024-03-12 25:00", None),
        ] {
            assert_eq!(read(cell), expected, "{cell}");
        }
    }

    #[test]
    fn amounts_are_read_with_their_currency() {
        for (cell, expected) in [
            ("12", Some((12.0, ""))),
            ("-3.50", Some((-3.5, ""))),
            ("-0", Some((0.0, ""))),
            ("$1,200.50", Some((1200.5, "$"))),
            ("(5.00)", Some((-5.0, ""))),
            ("12 EUR", Some((12.0, "EUR"))),
            ("1e300", None),
            ("twelve", None),
        ] {
            let mut tally = Tally::default();
            assert_eq!(amount(cell, '.', (1, 0), &mut tally), expected, "{cell}");
            assert_eq!(tally.odd.is_some(), expected.is_none(), "{cell}");
        }
    }
}
