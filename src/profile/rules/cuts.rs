//! The conditions that may stand in rules.

use super::{Condition, Test};
use crate::num::math;
use crate::table::{Column, ColumnType, MISSING, Values};

/// Conditions of all columns together, more or less.
const CONDITIONS: usize = 4_000;

/// Thresholds of a number column, at most and at least.
const CUTS: (usize, usize) = (48, 4);

/// Levels of a category, the commonest.
const LEVELS: usize = 20;

/// Shares at which a small segment at the end of a column may begin.
const TAILS: [f64; 6] = [0.005, 0.01, 0.015, 0.985, 0.99, 0.995];

/// Conditions on these columns, from the values of these customers.
pub(super) fn conditions(columns: &[&Column], customers: &[u32]) -> Vec<Condition> {
    let cuts = (CONDITIONS / (2 * columns.len().max(1))).clamp(CUTS.1, CUTS.0);
    columns
        .iter()
        .flat_map(|column| match &column.values {
            Values::Number(values) | Values::Date(values) => thresholds(column, values, customers, cuts),
            Values::Category { codes, levels } => members(column, codes, levels, customers),
            Values::Text(_) => Vec::new(),
        })
        .collect()
}

fn thresholds(column: &Column, values: &[f64], customers: &[u32], cuts: usize) -> Vec<Condition> {
    let mut sorted: Vec<f64> = customers
        .iter()
        .map(|&c| values[c as usize])
        .filter(|x| x.is_finite())
        .collect();
    sorted.sort_by(f64::total_cmp);
    let whole_days = column.column_type() == ColumnType::Date;
    let shares = (1..=cuts).map(|i| i as f64 / (cuts + 1) as f64).chain(TAILS);
    let mut limits: Vec<f64> = shares
        .filter_map(|share| {
            let place = (share * sorted.len() as f64) as usize;
            let below = *sorted.get(place)?;
            // The next value that differs.
            let next = sorted.partition_point(|&x| x <= below);
            between(below, *sorted.get(next)?, whole_days)
        })
        .collect();
    limits.sort_by(f64::total_cmp);
    limits.dedup();
    let condition = |test| Condition {
        column: column.name.clone(),
        column_type: column.column_type(),
        numeric_levels: false,
        test,
    };
    limits
        .into_iter()
        .flat_map(|limit| [Test::Below(limit), Test::AtLeast(limit)])
        .map(condition)
        .collect()
}

/// The shortest number above `a` and not above `b`; a whole one, if any, where `whole` asks for it.
fn between(a: f64, b: f64, whole: bool) -> Option<f64> {
    let size = a.abs().max(b.abs());
    if size == 0.0 {
        return None;
    }
    // From the power of ten above both down to where doubles end.
    let highest = (math::ln(size) / std::f64::consts::LN_10).floor() as i32 + 1;
    let lowest = if whole { 0 } else { highest - 17 };
    for power in (lowest..=highest).rev() {
        // Through decimal text, so that the number is the one that is printed.
        let unit: f64 = format!("1e{power}").parse().unwrap_or(1.0);
        let steps = (b / unit).floor();
        let limit: f64 = format!("{steps:.0}e{power}").parse().unwrap_or(f64::NAN);
        if limit > a && limit <= b {
            return Some(limit + 0.0);
        }
    }
    (!whole).then_some(b)
}

fn members(column: &Column, codes: &[u32], levels: &[String], customers: &[u32]) -> Vec<Condition> {
    let mut counts = vec![0usize; levels.len()];
    for &customer in customers {
        let code = codes[customer as usize];
        if code != MISSING {
            counts[code as usize] += 1;
        }
    }
    let mut order: Vec<usize> = (0..levels.len()).filter(|&l| counts[l] > 0).collect();
    order.sort_by_key(|&l| (std::cmp::Reverse(counts[l]), l));
    let is_number = |level: &String| {
        let digits = level.strip_prefix('-').unwrap_or(level);
        let plain = digits == "0" || !digits.starts_with('0');
        plain && (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let numeric_levels = levels.iter().all(is_number);
    order
        .into_iter()
        .take(LEVELS)
        .map(|l| Condition {
            column: column.name.clone(),
            column_type: ColumnType::Category,
            numeric_levels,
            test: Test::Is(levels[l].clone()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;
    use crate::table::Role;

    fn column(values: Values) -> Column {
        Column {
            name: "x".to_owned(),
            values,
            role: Role::Feature,
            order: Vec::new(),
            missing: 0,
            note: Message::default(),
        }
    }

    #[test]
    fn limits_cut_at_shares_and_in_the_tails_between_values_that_differ() {
        let values: Vec<f64> = [1.0, 1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0].to_vec();
        let column = column(Values::Number(values.clone()));
        let customers: Vec<u32> = (0..8).collect();
        let limits = |cuts: usize| -> Vec<f64> {
            let found = thresholds(&column, &values, &customers, cuts);
            (found.iter())
                .filter_map(|c| match c.test {
                    Test::AtLeast(limit) => Some(limit),
                    _ => None,
                })
                .collect()
        };
        // A half: place 4 holds 3, the next is 4; the tails, at places 0 and 7: 1, then 2, and 6, with nothing above.
        assert_eq!(limits(1), [2.0, 4.0]);
        // A third and two thirds: places 2 and 5 hold 1 and 4.
        assert_eq!(limits(2), [2.0, 5.0]);
    }

    #[test]
    fn levels_are_numeric_where_all_of_them_are_whole_numbers() {
        let of = |levels: &[&str]| {
            let levels: Vec<String> = levels.iter().map(|&l| l.to_owned()).collect();
            let codes: Vec<u32> = (0..levels.len() as u32).collect();
            let column = column(Values::Category {
                codes: codes.clone(),
                levels: levels.clone(),
            });
            members(&column, &codes, &levels, &codes)[0].numeric_levels
        };
        assert!(of(&["0", "-7", "123456789012345678"]));
        assert!(!of(&["1", "007"]) && !of(&["1", ""]) && !of(&["1", "1.5"]) && !of(&["1234567890123456789"]));
    }

    #[test]
    fn thresholds_are_the_shortest_numbers_between_two_values() {
        for (a, b, limit) in [
            (29.0, 30.0, 30.0),
            (12.37, 15.2, 15.0),
            (0.012, 0.0187, 0.018),
            (-3.2, -1.4, -2.0),
            (-0.4, 0.3, 0.0),
            (1_234.5, 4_567.0, 4_000.0),
            (0.1, 0.300_000_000_000_000_04, 0.3),
        ] {
            let found = between(a, b, false).expect("apart");
            assert_eq!(found, limit, "{a} {b}");
            assert!(a < found && found <= b);
        }
        let next = f64::from_bits(1.0f64.to_bits() + 1);
        assert_eq!(between(1.0, next, false), Some(next));
        assert_eq!(between(10.2, 10.7, true), None);
        assert_eq!(between(10.2, 11.7, true), Some(11.0));
        assert_eq!(between(0.0, 0.0, false), None);
    }
}
