//! The time of day after a date, and its zone.

/// The time of day that follows a date, in days, and whether a zone was given. Nothing is midnight.
pub(super) fn time_of_day(text: &str) -> Option<(f64, bool)> {
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
