//! Numbers as people and programs write them: `1,234.50`, `1.234,50`, `1 234,5`, `$12`, `12 %`, `(5.00)`, `7-`.

/// What stands around the digits of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Written<'a> {
    /// Digits with their marks and exponent.
    pub(crate) body: &'a str,
    pub(crate) negative: bool,
    pub(crate) percent: bool,
    /// Symbol or code as written; empty where there is none.
    pub(crate) currency: &'a str,
}

/// What a number's marks say about the decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing: the same number either way.
    Plain,
    /// Only a decimal point makes sense: `1.5`, `1,234,567`.
    Point,
    /// Only a decimal comma makes sense: `1,5`, `1.234,5`.
    Comma,
    /// `1,234` is one thing here and another there.
    Either,
    /// Not a number.
    No,
}

/// Longer ones come first where one begins with another.
const CURRENCIES: &[&str] = &[
    "US$", "AU$", "CA$", "NZ$", "HK$", "A$", "C$", "R$", "S$", "$", "€", "£", "¥", "₹", "₽", "₺", "₩", "₪",
    "₫", "₴", "₦", "฿", "¢", "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "RMB", "INR", "SEK", "NOK", "DKK",
    "ISK", "PLN", "CZK", "HUF", "RON", "BGN", "RUB", "UAH", "TRY", "BRL", "ARS", "CLP", "COP", "PEN", "MXN",
    "CAD", "AUD", "NZD", "ZAR", "SGD", "HKD", "TWD", "KRW", "ILS", "AED", "SAR", "EGP", "NGN", "KES", "THB",
    "IDR", "MYR", "PHP", "VND", "PKR", "Rs.", "Rs", "Fr.", "kr.", "kr", "zł", "Kč", "Ft", "лв", "руб.",
    "руб",
];

/// Takes sign, brackets, currency and percent sign off. `None` where what remains cannot be a number.
pub(crate) fn strip(cell: &str) -> Option<Written<'_>> {
    let mut rest = cell;
    let mut found = Written {
        body: cell,
        negative: false,
        percent: false,
        currency: "",
    };
    if !cell.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let edges = (cell.as_bytes().first()?, cell.as_bytes().last()?);
    if !(edges.0.is_ascii_digit() && edges.1.is_ascii_digit()) {
        let mut signed = false;
        loop {
            rest = rest.trim();
            let inner = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')'));
            if let Some(inner) = inner.filter(|_| !signed) {
                (rest, signed, found.negative) = (inner, true, true);
            } else if let Some(inner) = rest.strip_prefix(['-', '−', '–']).filter(|_| !signed) {
                (rest, signed, found.negative) = (inner, true, true);
            } else if let Some(inner) = rest.strip_prefix('+').filter(|_| !signed) {
                (rest, signed) = (inner, true);
            } else if let Some(inner) = rest.strip_suffix(['-', '−']).filter(|_| !signed) {
                (rest, signed, found.negative) = (inner, true, true);
            } else if let Some(inner) = rest.strip_suffix('%').filter(|_| !found.percent) {
                (rest, found.percent) = (inner, true);
            } else if let Some((inner, currency)) = off_currency(rest).filter(|_| found.currency.is_empty()) {
                (rest, found.currency) = (inner, currency);
            } else {
                break;
            }
        }
    }
    found.body = rest;
    let bytes = rest.as_bytes();
    let starts = bytes.first().is_some_and(u8::is_ascii_digit)
        || (matches!(bytes.first(), Some(b'.' | b',')) && bytes.get(1).is_some_and(u8::is_ascii_digit));
    starts.then_some(found)
}

fn off_currency(text: &str) -> Option<(&str, &str)> {
    let (first, last) = (text.as_bytes().first()?, text.as_bytes().last()?);
    CURRENCIES.iter().find_map(|c| {
        // The first and last byte rule nearly all of them out.
        let ends = (c.as_bytes().first()?, c.as_bytes().last()?);
        let before = (ends.0 == first).then(|| text.strip_prefix(c)).flatten();
        let rest = before.or_else(|| (ends.1 == last).then(|| text.strip_suffix(c)).flatten())?;
        Some((rest, *c))
    })
}

fn is_group_mark(c: char) -> bool {
    matches!(c, '\'' | '’' | ' ' | '\u{A0}' | '\u{202F}' | '\u{2009}')
}

/// The number that `body` writes where `decimal` (`.` or `,`) is the decimal mark; infinite where it exceeds every
/// double. Groups of digits must be groups: three each, or two before the last three as in India.
pub(crate) fn read(body: &str, decimal: char) -> Option<f64> {
    let bytes = body.as_bytes();
    // The common cases need no copy.
    if bytes
        .iter()
        .all(|b| b.is_ascii_digit() || (decimal == '.' && *b == b'.'))
    {
        return body.parse().ok();
    }
    let other = if decimal == '.' { ',' } else { '.' };
    let mut clean = String::with_capacity(body.len());
    let mut groups = Groups::default();
    let (mut fraction, mut exponent) = (false, false);
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match c {
            '0'..='9' => {
                clean.push(c);
                if !fraction && !exponent {
                    groups.digit(c);
                }
            }
            'e' | 'E' if !exponent => {
                exponent = true;
                clean.push('e');
                let mut ahead = chars.clone();
                if let Some(sign @ ('+' | '-')) = ahead.next() {
                    clean.push(sign);
                    chars = ahead;
                }
            }
            _ if exponent => return None,
            _ if c == decimal && !fraction => {
                fraction = true;
                clean.push('.');
            }
            _ if !fraction && (c == other || is_group_mark(c)) => groups.mark(c)?,
            _ => return None,
        }
    }
    if !groups.sound() {
        return None;
    }
    clean.parse().ok()
}

/// Digits before the decimal mark, in groups.
#[derive(Default)]
struct Groups {
    mark: Option<char>,
    first_is_zero: bool,
    /// Lengths of the first, the middle ones (which must agree) and the one being read.
    first: usize,
    middle: Option<usize>,
    current: usize,
    seen: usize,
}

impl Groups {
    fn digit(&mut self, c: char) {
        if self.seen == 0 && self.current == 0 {
            self.first_is_zero = c == '0';
        }
        self.current += 1;
    }

    /// Closes a group; `None` where this mark differs from the ones before or the groups are uneven.
    fn mark(&mut self, c: char) -> Option<()> {
        if self.mark.is_some_and(|m| m != c) {
            return None;
        }
        self.mark = Some(c);
        if self.seen == 0 {
            self.first = self.current;
        } else if self.middle.is_some_and(|m| m != self.current) {
            return None;
        } else {
            self.middle = Some(self.current);
        }
        self.seen += 1;
        self.current = 0;
        Some(())
    }

    fn sound(&self) -> bool {
        self.seen == 0
            || (self.current == 3
                && (1..=3).contains(&self.first)
                && !self.first_is_zero
                && self.middle.is_none_or(|m| m == 3 || (m == 2 && self.first <= 2)))
    }
}

/// What the marks of `body` say about the decimal mark.
pub(crate) fn look(body: &str) -> Look {
    let bytes = body.as_bytes();
    if bytes.iter().all(u8::is_ascii_digit) {
        return Look::Plain;
    }
    // `40.900749` and its like fill most tables; only three digits after the point leave a doubt.
    if let Some(point) = bytes.iter().position(|b| !b.is_ascii_digit()) {
        let after = &bytes[point + 1..];
        if bytes[point] == b'.'
            && after.len() != 3
            && !after.is_empty()
            && after.iter().all(u8::is_ascii_digit)
        {
            return Look::Point;
        }
    }
    match (read(body, '.'), read(body, ',')) {
        (None, None) => Look::No,
        (Some(_), None) => Look::Point,
        (None, Some(_)) => Look::Comma,
        (Some(a), Some(b)) if a == b => Look::Plain,
        (Some(_), Some(_)) => Look::Either,
    }
}

/// `inf`, `-Infinity`, `∞` and the like, which are no numbers to measure with.
pub(crate) fn is_infinity(cell: &str) -> bool {
    let word = cell.trim_start_matches(['-', '+', '−']).trim();
    ["inf", "infinity", "∞", "1.#INF", "1.#INF00"]
        .iter()
        .any(|w| word.eq_ignore_ascii_case(w))
}

/// The value of a cell, where it is a number in the convention of `decimal`; infinite where it is too large.
pub(crate) fn value(cell: &str, decimal: char) -> Option<f64> {
    let written = strip(cell)?;
    let size = read(written.body, decimal)?;
    Some(if written.negative { -size } else { size })
}

/// Whether a cell could be a number in any convention.
pub(crate) fn looks_like_number(cell: &str) -> bool {
    strip(cell).is_some_and(|written| look(written.body) != Look::No)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_both_conventions() {
        for (cell, point, comma) in [
            ("12", Some(12.0), Some(12.0)),
            ("1,234.5", Some(1234.5), None),
            ("1.234,5", None, Some(1234.5)),
            ("1,234,567", Some(1_234_567.0), None),
            ("1 234,5", None, Some(1234.5)),
            ("1\u{A0}234,5", None, Some(1234.5)),
            ("1\u{202F}234\u{202F}567,5", None, Some(1_234_567.5)),
            ("1'234.5", Some(1234.5), None),
            ("1’234’567", Some(1_234_567.0), Some(1_234_567.0)),
            ("12,34,567.5", Some(1_234_567.5), None),
            ("1,234", Some(1234.0), Some(1.234)),
            ("0,123", None, Some(0.123)),
            ("1,5", None, Some(1.5)),
            ("$1,200.50", Some(1200.5), None),
            ("-$5", Some(-5.0), Some(-5.0)),
            ("$-5", Some(-5.0), Some(-5.0)),
            ("12 €", Some(12.0), Some(12.0)),
            ("EUR 5", Some(5.0), Some(5.0)),
            ("5,00 zł", None, Some(5.0)),
            ("12 %", Some(12.0), Some(12.0)),
            ("(5.00)", Some(-5.0), None),
            ("($1,005.00)", Some(-1005.0), None),
            ("5.00-", Some(-5.0), None),
            ("−7", Some(-7.0), Some(-7.0)),
            ("+7", Some(7.0), Some(7.0)),
            (".5", Some(0.5), None),
            ("5.", Some(5.0), None),
            ("1e308", Some(1e308), Some(1e308)),
            ("1,5E+05", None, Some(150_000.0)),
            ("-2.5e-3", Some(-0.0025), None),
            ("1e999", Some(f64::INFINITY), Some(f64::INFINITY)),
        ] {
            assert_eq!(value(cell, '.'), point, "{cell} with a decimal point");
            assert_eq!(value(cell, ','), comma, "{cell} with a decimal comma");
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        for cell in [
            "",
            "-",
            "--5",
            "abc",
            "5 kg",
            "1.2.3",
            "12.03.2024",
            "192.168.1.1",
            "1 2",
            "1,2,3",
            "e5",
            "5e",
            "inf",
            "nan",
            "NaN",
            "0x1F",
            "(",
            "()",
            "(-5)",
            "%",
            "$",
            "1_000",
            "٣",
            "5--",
            "1.234,567.8",
            "1,234'567",
            "=1+1",
            "18-25",
        ] {
            assert_eq!((value(cell, '.'), value(cell, ',')), (None, None), "{cell}");
        }
    }

    #[test]
    fn marks_decide_the_decimal_mark_where_they_can() {
        for (body, expected) in [
            ("12", Look::Plain),
            ("1 234", Look::Plain),
            ("1.5", Look::Point),
            ("1,5", Look::Comma),
            ("1,234", Look::Either),
            ("1.234", Look::Either),
            ("0.123", Look::Point),
            ("1,234,567", Look::Point),
            ("1.234,5", Look::Comma),
            ("1234,567", Look::Comma),
            ("a", Look::No),
        ] {
            assert_eq!(look(body), expected, "{body}");
        }
    }
}
