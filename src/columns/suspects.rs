//! What is read without an error and is hardly meant: a row that sums up the others, dates counted in two ways.

use super::names::says_date;
use crate::message::{Setting, message};
use crate::table::{Column, MISSING, Role, Texts, Values};
use crate::text::group_digits;
use crate::text::shown::{NAME, cut};
use crate::warning::Warning;

/// How programs call a row of sums.
const TOTALS: [&str; 14] = [
    "total",
    "totals",
    "grand total",
    "sum",
    "sums",
    "overall",
    "all",
    "summe",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "somme",
    "suma",
    "totaal",
];

/// How far a value may be from the sum of all others, as a share of it: sums are rounded.
const NEAR: f64 = 0.005;

/// Serial days of spreadsheets from 1954 to 2064, and seconds or milliseconds since 1970 from 1973 to 2049.
const SERIALS: std::ops::Range<f64> = 20_000.0..60_000.0;
const SECONDS: std::ops::Range<f64> = 1e8..2.5e9;
const MILLISECONDS: std::ops::Range<f64> = 1e11..2.5e12;

/// Points out a row whose numbers are those of all other rows together. Where no cell calls it so, all of its numbers have to
/// be, and there have to be two. `O(cells)`.
pub(crate) fn total_row(columns: &[Column], ids: &Texts, lines: &[u64]) -> Option<Warning> {
    let n = ids.len();
    if n < 4 {
        return None;
    }
    // Of each row, in how many columns it is the sum of the others.
    let mut sums = vec![0u32; n];
    let mut numbers = 0;
    for column in columns
        .iter()
        .filter(|c| !matches!(c.role, Role::Id | Role::Ignored))
    {
        let Values::Number(values) = &column.values else {
            continue;
        };
        let present = || values.iter().filter(|v| !v.is_nan());
        if present().any(|v| *v < 0.0) || present().filter(|v| **v > 0.0).count() < 4 {
            continue;
        }
        numbers += 1;
        let all: f64 = present().sum();
        for (row, v) in values.iter().enumerate() {
            let others = all - v;
            sums[row] += u32::from((v - others).abs() <= NEAR * others);
        }
    }
    let row = (0..n).find(|&row| {
        let named = || is_total(&ids[row]) || columns.iter().any(|c| text_of(c, row).is_some_and(is_total));
        sums[row] > 0 && ((sums[row] == numbers && numbers > 1) || named())
    })?;
    let called = columns
        .iter()
        .filter_map(|c| text_of(c, row))
        .find(|text| is_total(text))
        .unwrap_or(&ids[row]);
    Some(Warning::new(
        "total-row",
        format!(
            "line {} (\"{}\") looks like a sum of the others: in {} of {} columns of numbers its value is that of all other rows \
             together; if it is no customer, take the line out",
            lines[row],
            cut(called, NAME),
            group_digits(sums[row] as usize),
            group_digits(numbers as usize)
        ),
    ))
}

fn is_total(text: &str) -> bool {
    let plain = text.trim().trim_end_matches(':').to_lowercase();
    TOTALS.contains(&plain.as_str())
}

fn text_of(column: &Column, row: usize) -> Option<&str> {
    match &column.values {
        Values::Text(texts) => texts.get(row),
        Values::Category { codes, levels } if codes[row] != MISSING => {
            levels.get(codes[row] as usize).map(String::as_str)
        }
        _ => None,
    }
}

/// Keeps a column of dates out where serial days and seconds since 1970 stand side by side as if they were one measure; as
/// a number only where a person `asked` for that.
pub(crate) fn mixed_dates(column: &mut Column, asked: bool) -> Option<Warning> {
    let Values::Number(values) = &column.values else {
        return None;
    };
    if column.role != Role::Feature || asked || !says_date(&column.name) {
        return None;
    }
    let (mut serials, mut epochs) = (0, 0);
    for v in values.iter().filter(|v| !v.is_nan()) {
        if SERIALS.contains(v) {
            serials += 1;
        } else if SECONDS.contains(v) || MILLISECONDS.contains(v) {
            epochs += 1;
        } else {
            return None;
        }
    }
    if serials == 0 || epochs == 0 {
        return None;
    }
    column.role = Role::Ignored;
    let what = format!(
        "dates counted in two ways: {} serial days of a spreadsheet and {} times since 1970",
        group_digits(serials),
        group_digits(epochs)
    );
    let name = cut(&column.name, NAME).into_owned();
    column.note = what.clone().into();
    Some(Warning::new(
        "mixed-dates",
        message![
            format!("column \"{name}\" holds {what}; it was left out, and "),
            Setting::Types,
            format!(" \"{name}\"=date reads both as days")
        ],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Message;

    fn column(name: &str, values: &[f64]) -> Column {
        Column {
            name: name.to_owned(),
            values: Values::Number(values.to_vec()),
            role: Role::Feature,
            order: Vec::new(),
            missing: 0,
            note: Message::default(),
        }
    }

    #[test]
    fn a_row_of_sums_is_pointed_out_with_its_line() {
        let columns = [
            column("a", &[1.0, 2.0, 3.0, 4.0, 10.0]),
            column("b", &[5.0, 5.0, 5.0, 5.0, 20.01]),
        ];
        let ids: Texts = ["x", "y", "z", "u", "TOTAL"].into_iter().collect();
        let warning = total_row(&columns, &ids, &[2, 3, 4, 5, 6]).expect("a total");
        insta::assert_snapshot!(warning.message, @r#"line 6 ("TOTAL") looks like a sum of the others: in 2 of 2 columns of numbers its value is that of all other rows together; if it is no customer, take the line out"#);
        // One column is enough where the row is called so, and chance where it is not.
        let ids: Texts = ["x", "y", "z", "u", "v"].into_iter().collect();
        assert!(total_row(&columns[..1], &ids, &[2, 3, 4, 5, 6]).is_none());
        assert!(total_row(&columns, &ids, &[2, 3, 4, 5, 6]).is_some());
        let named: Texts = ["x", "y", "z", "u", "Sum:"].into_iter().collect();
        assert!(total_row(&columns[..1], &named, &[2, 3, 4, 5, 6]).is_some());
        let usual = [column("a", &[1.0, 2.0, 3.0, 4.0, 5.0])];
        assert!(total_row(&usual, &named, &[2, 3, 4, 5, 6]).is_none());
    }

    #[test]
    fn serial_days_and_seconds_in_one_column_are_said_and_kept_out() {
        let mut dates = column("signup_date", &[45_000.0, f64::NAN, 1.7e9, 45_100.0]);
        let warning = mixed_dates(&mut dates, false).expect("mixed");
        insta::assert_snapshot!(warning.message, @r#"column "signup_date" holds dates counted in two ways: 2 serial days of a spreadsheet and 1 times since 1970; it was left out, and `types` "signup_date"=date reads both as days"#);
        assert_eq!(dates.role, Role::Ignored);
        assert!(mixed_dates(&mut column("signup_date", &[45_000.0, 45_100.0]), false).is_none());
        assert!(mixed_dates(&mut column("amount", &[45_000.0, 1.7e9]), false).is_none());
        assert!(mixed_dates(&mut column("signup_date", &[45_000.0, 1.7e9]), true).is_none());
    }
}
