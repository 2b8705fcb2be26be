//! Values that are codes among amounts: −1, 999 or 1900-01-01 for "never", "unknown", "no end".

use super::infer::Purpose;
use crate::message::{Message, Setting, message};
use crate::num::format_number;
use crate::table::{Column, MISSING, Role, TypeChoice, Values};
use crate::text::{count, group_digits};
use crate::warning::Warning;

/// How many different values a column must have beside a code: fewer may be a scale of answers.
const OTHERS: usize = 3;
const MINUS_ONE_OTHERS: usize = 5;
/// Days since 1970-01-01 that programs write for "no date": years 1, 1753, 1800, 1899-12-30 and -31, 1900, 1901.
const NO_DAYS: [f64; 7] = [
    -719_162.0, -79_258.0, -62_091.0, -25_569.0, -25_568.0, -25_567.0, -25_202.0,
];
/// From 2099-01-01 on no customer has a date.
const NO_END: f64 = 47_117.0;
/// Twenty years of days.
const FAR: f64 = 7_305.0;

/// Takes codes out of a column of numbers or dates: they become missing there and a column of their own beside it, `yes`
/// where the code stands. With each comes its code. `asked` are codes that a person named. Values that only look odd are said. `O(n)`.
pub(crate) fn split(
    column: &mut Column,
    asked: &[f64],
    choice: Option<TypeChoice>,
    purpose: &Purpose,
) -> (Vec<(f64, Column)>, Vec<Warning>) {
    let (mut beside, mut warnings) = (Vec::new(), Vec::new());
    let is_date = matches!(column.values, Values::Date(_));
    let (Values::Number(values) | Values::Date(values)) = &mut column.values else {
        return (beside, warnings);
    };
    if *purpose == Purpose::Truth || column.role == Role::Truth {
        return (beside, warnings);
    }
    let rows = values.len();
    let mut codes: Vec<f64> = asked.to_vec();
    for _ in 0..4 {
        let Some((value, surely)) = Ends::of(values, &codes).and_then(|ends| ends.code(is_date, rows)) else {
            break;
        };
        if surely && choice.is_none() {
            codes.push(value);
            continue;
        }
        let (shown, name) = (written(value, is_date), &column.name);
        let times = values.iter().filter(|&&v| v == value).count();
        warnings.push(stands_apart(name, &shown, times));
        break;
    }
    for code in codes {
        let held: Vec<u32> = values.iter().map(|&v| u32::from(v == code)).collect();
        let times = held.iter().filter(|&&h| h == 1).count();
        if times == 0 {
            continue;
        }
        values
            .iter_mut()
            .filter(|v| **v == code)
            .for_each(|v| *v = f64::NAN);
        column.missing += times;
        let shown = written(code, is_date);
        let note = format!(
            "{shown} ({} times) taken as a code, in a column beside it",
            group_digits(times)
        );
        let by_hand = asked.contains(&code);
        let undo = if by_hand {
            Message::default()
        } else {
            let kind = if is_date { "date" } else { "number" };
            message!["; ", Setting::Types, format!(" {}={kind} to change", column.name)]
        };
        column.note.add(message![note, &undo]);
        let flagged = Column {
            name: format!("{} is {shown}", column.name),
            values: flags(held),
            role: column.role,
            order: Vec::new(),
            missing: 0,
            note: format!("the code {shown} of {}", column.name).into(),
        };
        beside.push((code, flagged));
        if !by_hand {
            warnings.push(taken_as_code(&column.name, &shown, (times, rows), undo));
        }
    }
    (beside, warnings)
}

/// A value that may be a code, and what to set where it is one.
fn stands_apart(name: &str, shown: &str, times: usize) -> Warning {
    Warning::new(
        "stands-apart",
        message![
            format!(
                "column \"{name}\": {shown} stands apart from all other values and is held by {}; if it is a code, ",
                count(times, "customer", "customers")
            ),
            Setting::Codes,
            format!(" \"{name}={shown}\" makes a category of it, "),
            Setting::Missing,
            format!(" \"{name}={shown}\" takes it for no value"),
        ],
    )
}

/// A value that was taken as a code without being asked, how many times among so many rows, and how to undo it.
fn taken_as_code(name: &str, shown: &str, (times, rows): (usize, usize), undo: Message) -> Warning {
    Warning::new(
        "sentinel-values",
        message![
            format!(
                "column \"{name}\": {shown} stands apart from all other values and was taken as a code: it is no \
                 amount there, and \"{name} is {shown}\" says who has it ({} of {})",
                group_digits(times),
                group_digits(rows),
            ),
            undo
        ],
    )
}

fn flags(held: Vec<u32>) -> Values {
    let all = held.iter().all(|&h| h == 1);
    if all {
        return Values::Category {
            codes: vec![0; held.len()],
            levels: vec!["yes".to_owned()],
        };
    }
    debug_assert!(!held.contains(&MISSING));
    Values::Category {
        codes: held,
        levels: vec!["no".to_owned(), "yes".to_owned()],
    }
}

/// As a person would write it.
fn written(value: f64, is_date: bool) -> String {
    if is_date {
        let day = jiff::Span::new()
            .try_days(value.floor() as i64)
            .ok()
            .and_then(|span| jiff::civil::date(1970, 1, 1).checked_add(span).ok());
        return day.map_or_else(|| format!("day {value}"), |day| day.to_string());
    }
    let text = format_number(value).unwrap_or_else(|| value.to_string());
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// The ends of a column and what comes next to them.
#[derive(Debug)]
struct Ends {
    low: f64,
    low_times: usize,
    above_low: f64,
    high: f64,
    high_times: usize,
    below_high: f64,
    /// Different values, counted up to a few.
    distinct: usize,
    whole: bool,
}

impl Ends {
    /// Of the values that are there and no known code; `None` where fewer than two differ.
    fn of(values: &[f64], codes: &[f64]) -> Option<Ends> {
        let mut ends = Ends {
            low: f64::INFINITY,
            low_times: 0,
            above_low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            high_times: 0,
            below_high: f64::NEG_INFINITY,
            distinct: 0,
            whole: true,
        };
        let mut seen: Vec<f64> = Vec::with_capacity(MINUS_ONE_OTHERS + 2);
        for &v in values.iter().filter(|v| v.is_finite() && !codes.contains(v)) {
            if seen.len() < MINUS_ONE_OTHERS + 2 && !seen.contains(&v) {
                seen.push(v);
            }
            ends.whole &= v.fract() == 0.0;
            if v < ends.low {
                (ends.above_low, ends.low, ends.low_times) = (ends.low, v, 0);
            } else if v > ends.low {
                ends.above_low = ends.above_low.min(v);
            }
            if v > ends.high {
                (ends.below_high, ends.high, ends.high_times) = (ends.high, v, 0);
            } else if v < ends.high {
                ends.below_high = ends.below_high.max(v);
            }
            ends.low_times += usize::from(v == ends.low);
            ends.high_times += usize::from(v == ends.high);
        }
        ends.distinct = seen.len();
        (ends.distinct > 1).then_some(ends)
    }

    /// A value at one end that stands apart from all others, and whether it is surely a code.
    fn code(&self, is_date: bool, rows: usize) -> Option<(f64, bool)> {
        let others = self.distinct - 1;
        let (gap_low, range_above) = (self.above_low - self.low, self.high - self.above_low);
        let (gap_high, range_below) = (self.high - self.below_high, self.below_high - self.low);
        if is_date {
            if others < OTHERS {
                return None;
            }
            let low = NO_DAYS.contains(&self.low.floor()) && (gap_low >= range_above || gap_low >= FAR);
            let high = self.high >= NO_END && (gap_high >= range_below || gap_high >= FAR);
            return match (low, high) {
                (true, _) => Some((self.low, true)),
                (_, true) => Some((self.high, true)),
                _ => None,
            };
        }
        // Half a percent of the customers, two at least.
        let often = |times: usize| times >= 2 && times * 200 >= rows;
        if self.low == -1.0 && self.above_low >= 0.0 && others >= MINUS_ONE_OTHERS && often(self.low_times) {
            return Some((self.low, true));
        }
        let repeats = |times: usize| times >= 2 && times * 1000 >= rows;
        let negative = self.low < -1.0 && is_nines(-self.low);
        if negative
            && repeats(self.low_times)
            && others >= OTHERS
            && (self.above_low >= 0.0 || gap_low >= range_above)
        {
            return Some((self.low, true));
        }
        let far = gap_high >= range_below && others >= OTHERS && repeats(self.high_times);
        if far && (is_nines(self.high) || self.high == 365_243.0) && self.high >= 99.0 {
            return Some((self.high, true));
        }
        // The year 0.
        let years = self.whole && self.above_low >= 1800.0 && self.high <= 2100.0;
        if self.low == 0.0 && years && others >= OTHERS && repeats(self.low_times) {
            return Some((0.0, true));
        }
        // Anything else that many hold far away from everybody else is worth a word.
        let many = |times: usize| times >= 5 && times * 100 >= rows;
        if others >= MINUS_ONE_OTHERS {
            if many(self.low_times) && gap_low >= 3.0 * range_above {
                return Some((self.low, false));
            }
            if many(self.high_times) && gap_high >= 3.0 * range_below {
                return Some((self.high, false));
            }
        }
        None
    }
}

/// 9, 99, 999 and so on, and 88, 888 and so on.
fn is_nines(value: f64) -> bool {
    const CODES: [f64; 12] = [
        9.0,
        88.0,
        99.0,
        888.0,
        999.0,
        8_888.0,
        9_999.0,
        88_888.0,
        99_999.0,
        999_999.0,
        9_999_999.0,
        99_999_999.0,
    ];
    CODES.contains(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(values: &[f64], is_date: bool) -> Option<(f64, bool)> {
        Ends::of(values, &[])?.code(is_date, values.len())
    }

    fn with(code: f64, times: usize, others: impl Iterator<Item = u32>) -> Vec<f64> {
        let mut values = vec![code; times];
        values.extend(others.map(f64::from));
        values
    }

    #[test]
    fn codes_that_stand_apart_are_found() {
        assert_eq!(code(&with(-1.0, 80, 1..60), false), Some((-1.0, true)));
        assert_eq!(code(&with(999.0, 80, 0..28), false), Some((999.0, true)));
        assert_eq!(code(&with(-999.0, 3, 0..500), false), Some((-999.0, true)));
        assert_eq!(code(&with(0.0, 3, 1950..2020), false), Some((0.0, true)));
        assert_eq!(
            code(&with(365_243.0, 30, 0..20_000), false),
            Some((365_243.0, true))
        );
        assert_eq!(
            code(&with(-25_567.0, 1, 15_000..16_000), true),
            Some((-25_567.0, true))
        );
        assert_eq!(code(&with(500.0, 10, 0..50), false), Some((500.0, false)));
    }

    #[test]
    fn amounts_are_no_codes() {
        for values in [
            // A scale of answers, a price list, a balance with a debt of 1, a limit of 999.
            with(-1.0, 80, 0..2),
            with(0.0, 500, 9..120),
            vec![-1.0, -5.0, 2.0, 3.0, 4.0, 5.0, 6.0, -1.0],
            with(999.0, 5, 600..998),
            with(99.0, 5, 18..95),
        ] {
            assert_eq!(code(&values, false), None, "{values:?}");
        }
        // Born in 1900 among the old, and on 1970-01-01 among others.
        assert_eq!(code(&with(0.0, 5, 1..9_000), true), None);
    }
}
