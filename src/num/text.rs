//! Numbers as files want them, without memory of their own.

use super::round_significant;

/// Significant digits in files.
pub(crate) const DIGITS: u32 = 9;

/// A finite number as tables and GEXF want it: at most nine significant digits, a decimal point always (`12.0`),
/// exponents as `e-5`. `None` for NaN and infinities, which no reader takes.
pub(crate) fn format_number(x: f64) -> Option<String> {
    let mut text = Vec::new();
    push_number(&mut text, x).then(|| String::from_utf8_lossy(&text).into_owned())
}

/// Puts a number behind `out` as [`format_number`] writes it; `false`, and nothing written, for NaN and infinities.
pub(crate) fn push_number(out: &mut Vec<u8>, x: f64) -> bool {
    push_rounded(out, x, DIGITS)
}

/// The same with at most so many digits, 1 to 14.
pub(crate) fn push_rounded(out: &mut Vec<u8>, x: f64, most: u32) -> bool {
    if !x.is_finite() {
        return false;
    }
    let mut buffer = ryu::Buffer::new();
    // Minus zero would print as -0.0, which reads like a mistake.
    let text = buffer.format_finite(if x == 0.0 { 0.0 } else { x });
    match rounded(text, most) {
        Rounded::AsItIs => out.extend_from_slice(text.as_bytes()),
        Rounded::To(digits, exponent) => push_decimal(out, x < 0.0, digits, exponent),
        Rounded::Unclear => {
            let exact = round_significant(x, most as usize);
            out.extend_from_slice(ryu::Buffer::new().format_finite(exact).as_bytes());
        }
    }
    true
}

enum Rounded {
    /// It has no more digits than it may have.
    AsItIs,
    /// Digits without zeros at the end, times a power of ten.
    To(u64, i32),
    /// The shortest digits lie midway, so that only all digits of the number can tell.
    Unclear,
}

/// Rounds the shortest decimal that stands for a number. A decimal of one digit more that lies midway between two of `most`
/// digits is never between the number and its shortest decimal, which would not be the shortest then: both round alike.
fn rounded(text: &str, most: u32) -> Rounded {
    let (mut digits, mut count, mut exponent) = (0u64, 0u32, 0i32);
    let (mut zeros, mut fraction) = (0u32, false);
    let mut bytes = text.bytes();
    for b in bytes.by_ref() {
        match b {
            b'0' => {
                zeros += u32::from(count > 0);
                exponent -= i32::from(fraction);
            }
            b'1'..=b'9' => {
                digits = digits * 10u64.pow(zeros + 1) + u64::from(b - b'0');
                count += zeros + 1;
                zeros = 0;
                exponent -= i32::from(fraction);
            }
            b'.' => fraction = true,
            b'e' => break,
            _ => {}
        }
    }
    if count <= most {
        return Rounded::AsItIs;
    }
    let rest: &str = text.get(text.len() - bytes.len()..).unwrap_or_default();
    let power: i32 = if rest.is_empty() {
        0
    } else {
        rest.parse().unwrap_or(0)
    };
    // Near the ends of the range fewer digits than fifteen tell two doubles apart.
    if power.abs() > 290 {
        return Rounded::Unclear;
    }
    let unit = 10u64.pow(count - most);
    let (mut kept, cut) = (digits / unit, digits % unit);
    if cut * 2 == unit {
        return Rounded::Unclear;
    }
    kept += u64::from(cut * 2 > unit);
    let mut exponent = exponent + power + zeros as i32 + (count - most) as i32;
    while kept.is_multiple_of(10) {
        kept /= 10;
        exponent += 1;
    }
    Rounded::To(kept, exponent)
}

/// `digits · 10^exponent` in the layout of ryu.
fn push_decimal(out: &mut Vec<u8>, negative: bool, digits: u64, exponent: i32) {
    let mut buffer = itoa::Buffer::new();
    let text = buffer.format(digits).as_bytes();
    let length = text.len() as i32;
    // Where the decimal point stands, counted from the first digit.
    let point = length + exponent;
    if negative {
        out.push(b'-');
    }
    if exponent >= 0 && point <= 16 {
        out.extend_from_slice(text);
        out.resize(out.len() + exponent as usize, b'0');
        out.extend_from_slice(b".0");
    } else if 0 < point && point <= 16 {
        let (whole, fraction) = text.split_at(point as usize);
        out.extend_from_slice(whole);
        out.push(b'.');
        out.extend_from_slice(fraction);
    } else if -5 < point && point <= 0 {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + (-point) as usize, b'0');
        out.extend_from_slice(text);
    } else {
        out.push(text[0]);
        if text.len() > 1 {
            out.push(b'.');
            out.extend_from_slice(&text[1..]);
        }
        out.push(b'e');
        out.extend_from_slice(itoa::Buffer::new().format(point - 1).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All digits of the number, then the shortest that give the rounded one.
    fn slowly(x: f64) -> String {
        let exact = round_significant(x, 9);
        let exact = if exact == 0.0 { 0.0 } else { exact };
        ryu::Buffer::new().format_finite(exact).to_owned()
    }

    #[test]
    fn numbers_have_a_point_and_at_most_nine_digits() {
        assert_eq!(format_number(12.0).as_deref(), Some("12.0"));
        assert_eq!(format_number(0.1 + 0.2).as_deref(), Some("0.3"));
        assert_eq!(format_number(1.5e-7).as_deref(), Some("1.5e-7"));
        assert_eq!(format_number(f64::NAN), None);
        let mut line = b"x=".to_vec();
        assert!(push_number(&mut line, 2.0 / 3.0));
        assert_eq!(line, b"x=0.666666667");
    }

    #[test]
    fn numbers_on_every_edge_of_the_layout_are_written_as_before() {
        for digits in [
            "1",
            "123456789",
            "1234567891",
            "9999999996",
            "1234567885",
            "12345678850000001",
            "4999999995",
        ] {
            for power in -340..310 {
                let x: f64 = format!("{digits}e{power}").parse().expect("a number");
                if x.is_finite() {
                    assert_eq!(format_number(x), Some(slowly(x)), "{x:e}");
                    assert_eq!(format_number(-x), Some(slowly(-x)), "{x:e}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_number_is_written_as_by_the_slow_way(bits: u64) {
            let x = f64::from_bits(bits);
            prop_assert_eq!(format_number(x), x.is_finite().then(|| slowly(x)));
        }

        #[test]
        fn numbers_midway_between_two_of_nine_digits_are_written_as_by_the_slow_way(
            digits in 100_000_000u64..1_000_000_000, power in -30i32..30, up in -2i64..3,
        ) {
            let x: f64 = format!("{digits}5e{power}").parse().expect("a number");
            let x = f64::from_bits((x.to_bits() as i64 + up) as u64);
            prop_assert_eq!(format_number(x), Some(slowly(x)));
        }

        #[test]
        fn twelve_digits_are_written_as_by_the_slow_way(bits: u64) {
            let x = f64::from_bits(bits);
            let mut text = Vec::new();
            prop_assert_eq!(push_rounded(&mut text, x, 12), x.is_finite());
            if x.is_finite() {
                let exact = round_significant(x, 12);
                let exact = if exact == 0.0 { 0.0 } else { exact };
                let slow = ryu::Buffer::new().format_finite(exact).to_owned();
                prop_assert_eq!(String::from_utf8_lossy(&text).into_owned(), slow);
            }
        }

        #[test]
        fn single_precision_is_written_as_by_the_slow_way(x: f32) {
            let x = f64::from(x);
            prop_assert_eq!(format_number(x), x.is_finite().then(|| slowly(x)));
        }
    }
}
