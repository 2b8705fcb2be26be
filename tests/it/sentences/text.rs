//! Pieces of sentences: numbers, shares, and lists whose entries may hold the separator.

/// Letters and signs of a column's name that count: `MonthlyCharges`, `monthly_charges` and `monthly charges` are one.
pub(super) fn key(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '_' | '-' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// `1,240` or `-0.031`.
pub(super) fn number(text: &str) -> Option<f64> {
    text.replace(',', "").parse().ok()
}

/// `1,240` as a count.
pub(super) fn count(text: &str) -> Option<usize> {
    text.replace(',', "").parse().ok()
}

/// What stands between.
pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.strip_prefix(before)?.strip_suffix(after)
}

/// A value at the end of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
    /// A share from 0 to 1, and half a unit of its last digit.
    Share(f64, f64),
    Number(f64),
    /// `2024-03-05`.
    Day(String),
}

impl Shown {
    /// Whether a value is shown rightly: shares to their digits, numbers to three that matter at least.
    pub(super) fn is(&self, x: f64) -> bool {
        match self {
            Shown::Share(share, half) => (share - x).abs() <= half * 1.000_001,
            Shown::Number(shown) => (shown - x).abs() <= 0.005_1 * x.abs() + 1e-12,
            Shown::Day(day) => super::world::day(x) == *day,
        }
    }
}

/// Splits `channel store 62 %` into what it is of and the value.
pub(super) fn split_value(text: &str) -> Option<(&str, Shown)> {
    if let Some(front) = text.strip_suffix(" under 0.1 %") {
        return Some((front, Shown::Share(0.000_25, 0.000_25)));
    }
    if let Some(front) = text.strip_suffix(" over 99.9 %") {
        return Some((front, Shown::Share(0.999_75, 0.000_25)));
    }
    if let Some(front) = text.strip_suffix(" %") {
        let (subject, value) = front.rsplit_once(' ').unwrap_or(("", front));
        let decimals = value.split_once('.').map_or(0, |(_, d)| d.len());
        let half = 0.005 / 10f64.powi(decimals as i32);
        return Some((subject, Shown::Share(value.parse::<f64>().ok()? / 100.0, half)));
    }
    let (subject, value) = text.rsplit_once(' ').unwrap_or(("", text));
    if let Some(x) = number(value) {
        return Some((subject, Shown::Number(x)));
    }
    let is_day = value.len() == 10 && value.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    is_day.then(|| (subject, Shown::Day(value.to_owned())))
}

/// Divides a list into entries that `read` understands; entries may hold the separator. Of several ways the first of which
/// `good` holds for all entries, else the first.
pub(super) fn entries<T>(
    text: &str,
    separator: &str,
    read: &dyn Fn(&str) -> Option<T>,
    good: &dyn Fn(&T) -> bool,
) -> Option<Vec<T>> {
    let pieces: Vec<&str> = text.split(separator).collect();
    let mut ways = Vec::new();
    divide(&pieces, separator, read, Vec::new(), &mut ways);
    let mut read_all: Vec<Vec<T>> = ways
        .into_iter()
        .filter_map(|way| way.iter().map(|entry| read(entry)).collect())
        .collect();
    let best = read_all.iter().position(|way| way.iter().all(good)).unwrap_or(0);
    (!read_all.is_empty()).then(|| read_all.swap_remove(best))
}

fn divide<T>(
    pieces: &[&str],
    separator: &str,
    read: &dyn Fn(&str) -> Option<T>,
    done: Vec<String>,
    ways: &mut Vec<Vec<String>>,
) {
    if pieces.is_empty() {
        ways.push(done);
        return;
    }
    for end in 1..=pieces.len() {
        let entry = pieces[..end].join(separator);
        if read(&entry).is_some() {
            let mut more = done.clone();
            more.push(entry);
            divide(&pieces[end..], separator, read, more, ways);
        }
    }
}
