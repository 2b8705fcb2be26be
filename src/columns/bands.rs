//! Categories that are steps of one scale: `18-24`, `< 1 year`, `65+`; `low`, `medium`, `high`.

use super::names::among;
use crate::table::MISSING;

/// Words of known scales, each from the lowest step up; `|` parts words for the same step.
const SCALES: &[&[&str]] = &[
    &[
        "none|zero",
        "very low|lowest",
        "low|lower",
        "medium low|low medium",
        "medium|mid|middle|moderate|average|normal",
        "medium high|high medium",
        "high|higher",
        "very high|highest|urgent|critical",
    ],
    &["xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"],
    &[
        "tiny",
        "small",
        "medium|mid|mid size",
        "large|big",
        "very large|huge",
        "enterprise",
    ],
    &[
        "strongly disagree|totally disagree|completely disagree",
        "disagree",
        "somewhat disagree|slightly disagree",
        "neutral|undecided|neither agree nor disagree|neither",
        "somewhat agree|slightly agree",
        "agree",
        "strongly agree|totally agree|completely agree",
    ],
    &[
        "very dissatisfied|very unsatisfied",
        "dissatisfied|unsatisfied",
        "neutral|neither",
        "satisfied",
        "very satisfied",
    ],
    &["very unlikely", "unlikely", "neutral", "likely", "very likely"],
    &[
        "never",
        "rarely|seldom",
        "sometimes|occasionally",
        "often|frequently|usually",
        "always",
    ],
    &["non travel", "travel rarely", "travel frequently"],
    &[
        "very bad|very poor|terrible",
        "bad|poor",
        "fair|ok|average",
        "good",
        "very good",
        "excellent|outstanding",
    ],
    &["basic|blue|bronze", "silver", "gold", "platinum", "diamond"],
    &["beginner|novice", "intermediate", "advanced", "expert"],
    &["junior", "mid|middle|regular", "senior"],
    &[
        "illiterate",
        "basic 4y",
        "basic 6y",
        "basic 9y",
        "high school",
        "professional course",
        "university degree",
    ],
    &["primary|elementary", "secondary", "tertiary"],
    &["basic", "2n cycle|graduation|graduate", "master", "phd"],
    &[
        "uneducated|no education",
        "primary|elementary|primary school",
        "high school|secondary|below college",
        "some college",
        "college|associate|associates",
        "graduate|graduation|bachelor|bachelors|undergraduate",
        "post graduate|postgraduate|master|masters",
        "doctorate|doctor|phd",
    ],
    &[
        "weekly",
        "fortnightly|bi weekly|biweekly",
        "monthly",
        "quarterly|every 3 months",
        "half yearly",
        "annually|yearly",
    ],
    &["month to month", "one year", "two year"],
];

/// Answers that stand beside a scale.
const BESIDE: &[&str] = &[
    "unknown",
    "other",
    "refused",
    "no answer",
    "not specified",
    "not stated",
    "not available",
    "prefer not to say",
    "prefer not to answer",
    "don t know",
    "dont know",
    "undefined",
    "unspecified",
];

/// The rank of each level, [`MISSING`] beside the scale; `None` where the levels are no scale of three steps or more.
pub(crate) fn order(levels: &[String]) -> Option<Vec<u32>> {
    if levels.len() < 3 || levels.len() > 60 {
        return None;
    }
    let plain: Vec<String> = levels.iter().map(|l| plain(l)).collect();
    let steps: Vec<usize> = (0..levels.len())
        .filter(|&l| !BESIDE.contains(&plain[l].as_str()))
        .collect();
    if steps.len() < 3 {
        return None;
    }
    let places = words(&steps, &plain).or_else(|| ranges(&steps, levels))?;
    let mut sorted = places.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() < 3 {
        return None;
    }
    let mut ranks = vec![MISSING; levels.len()];
    for (&level, place) in steps.iter().zip(&places) {
        ranks[level] = sorted.partition_point(|p| p < place) as u32;
    }
    Some(ranks)
}

/// Letters and digits in lower case, whatever stands between them as one space.
fn plain(level: &str) -> String {
    let spaced: String = level
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Places on the first known scale that has all of them.
fn words(steps: &[usize], plain: &[String]) -> Option<Vec<usize>> {
    SCALES.iter().find_map(|scale| {
        steps
            .iter()
            .map(|&level| {
                scale
                    .iter()
                    .position(|words| words.split('|').any(|word| word == plain[level]))
            })
            .collect()
    })
}

/// What a level such as `18-24` spans.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    low: f64,
    high: f64,
    /// Two ends, or an open one: not only a number.
    wide: bool,
}

/// Places of ranges that do not overlap, two of them wide at least.
fn ranges(steps: &[usize], levels: &[String]) -> Option<Vec<usize>> {
    let mut unit = String::new();
    let mut spans = Vec::new();
    for (place, &level) in steps.iter().enumerate() {
        spans.push((span(&levels[level], &mut unit)?, place));
    }
    if spans.iter().filter(|(span, _)| span.wide).count() < 2 {
        return None;
    }
    spans.sort_by(|(a, _), (b, _)| a.low.total_cmp(&b.low).then(a.high.total_cmp(&b.high)));
    let apart = |a: Span, b: Span| a.high <= b.low && (a.low, a.high) != (b.low, b.high);
    if !spans.windows(2).all(|pair| apart(pair[0].0, pair[1].0)) {
        return None;
    }
    let mut places = vec![0; steps.len()];
    for (rank, &(_, place)) in spans.iter().enumerate() {
        places[place] = rank;
    }
    Some(places)
}

const BELOW: &str = "less below under fewer than up to bis unter < <= ≤ at most";
const ABOVE: &str = "more above over older and or plus ab über > >= ≥ + at least from than greater up";
const UNITS: &str = "year years yr yrs y jahre jahr month months mo mos day days week weeks hour hours h min mins minutes \
    employees people persons items orders visits times per of age aged old usd eur gbp chf inr rs £ € $ % km miles between";

/// Reads one level; `unit` is the one word that may stand in every level beside the known ones.
fn span(level: &str, unit: &mut String) -> Option<Span> {
    let tokens = tokens(level);
    let (mut numbers, mut below, mut above, mut dash) = (Vec::new(), false, false, false);
    for token in &tokens {
        match token {
            Token::Number(x, scale) => numbers.push((*x, *scale)),
            Token::Word(word) => match word.as_str() {
                "-" | "–" | "—" | "to" | "bis" if !numbers.is_empty() => dash = true,
                word if numbers.is_empty() && among(BELOW, word) => below = true,
                word if among(ABOVE, word) => above = true,
                word if among(UNITS, word) => {}
                word if unit.is_empty() || unit == word => *unit = word.to_owned(),
                _ => return None,
            },
        }
    }
    match (numbers.as_slice(), below, above, dash) {
        // "5 and 10" is a range too; "more than 5 to 10" none.
        (&[(low, low_scale), (high, high_scale)], false, _, _) if dash || above => {
            // "35-49K": both are thousands.
            let low = low * if low_scale == 1.0 { high_scale } else { low_scale };
            let high = high * high_scale;
            (low < high).then_some(Span {
                low,
                high,
                wide: true,
            })
        }
        (&[(x, scale)], true, _, false) => Some(Span {
            low: f64::NEG_INFINITY,
            high: x * scale,
            wide: true,
        }),
        (&[(x, scale)], false, true, _) | (&[(x, scale)], false, false, true) => Some(Span {
            low: x * scale,
            high: f64::INFINITY,
            wide: true,
        }),
        (&[(x, scale)], false, false, false) => Some(Span {
            low: x * scale,
            high: x * scale,
            wide: false,
        }),
        _ => None,
    }
}

enum Token {
    /// A number and what a `K` or `M` behind it multiplies it by.
    Number(f64, f64),
    Word(String),
}

fn tokens(level: &str) -> Vec<Token> {
    let chars: Vec<char> = level.to_lowercase().chars().collect();
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        let start = i;
        if c.is_ascii_digit() {
            let mut digits = String::new();
            while i < chars.len() {
                let next_is_digit = chars.get(i + 1).is_some_and(char::is_ascii_digit);
                match chars[i] {
                    d if d.is_ascii_digit() => digits.push(d),
                    '.' if next_is_digit => digits.push('.'),
                    // Thousands: three digits follow.
                    ',' if chars[i + 1..].iter().take_while(|c| c.is_ascii_digit()).count() == 3 => {}
                    _ => break,
                }
                i += 1;
            }
            let ends = |at: usize| chars.get(at).is_none_or(|c| !c.is_alphabetic());
            let scale = match chars.get(i) {
                Some('k') if ends(i + 1) => 1e3,
                Some('m') if ends(i + 1) => 1e6,
                _ => 1.0,
            };
            i += usize::from(scale > 1.0);
            tokens.push(Token::Number(digits.parse().unwrap_or(f64::NAN), scale));
        } else if c.is_alphabetic() {
            while i < chars.len() && chars[i].is_alphabetic() {
                i += 1;
            }
            tokens.push(Token::Word(chars[start..i].iter().collect()));
        } else {
            i += 1;
            if matches!(c, '<' | '>') && chars.get(i) == Some(&'=') {
                i += 1;
            }
            if !c.is_whitespace() && !matches!(c, '.' | ',' | '(' | ')' | '[' | ']' | '_' | '/') {
                tokens.push(Token::Word(chars[start..i].iter().collect()));
            }
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(levels: &[&str]) -> Option<String> {
        let levels: Vec<String> = levels.iter().map(|&l| l.to_owned()).collect();
        let ranks = order(&levels)?;
        let mut places: Vec<usize> = (0..levels.len()).filter(|&l| ranks[l] != MISSING).collect();
        places.sort_by_key(|&l| ranks[l]);
        Some(
            places
                .iter()
                .map(|&l| levels[l].as_str())
                .collect::<Vec<_>>()
                .join(" | "),
        )
    }

    #[test]
    fn ranges_of_numbers_are_put_in_order() {
        for (levels, expected) in [
            (
                &["14-17", "65+", "18-24", "25-34"][..],
                "14-17 | 18-24 | 25-34 | 65+",
            ),
            (
                &["1 - 10%", "0%", "11 - 20%", "> 20%"],
                "0% | 1 - 10% | 11 - 20% | > 20%",
            ),
            (
                &["10+ years", "2 years", "< 1 year", "1 year"],
                "< 1 year | 1 year | 2 years | 10+ years",
            ),
            (
                &["35-49K", "Under 15K", "250K+", "50-74K"],
                "Under 15K | 35-49K | 50-74K | 250K+",
            ),
            (
                &["$120K +", "$40K - $60K", "Less than $40K", "Unknown"],
                "Less than $40K | $40K - $60K | $120K +",
            ),
            (&["1-4", "10 or more", "5-9"], "1-4 | 5-9 | 10 or more"),
            (
                &["1,000-1,999", "0-999", "2,000 and above"],
                "0-999 | 1,000-1,999 | 2,000 and above",
            ),
            (
                &["< 1 Year", "> 2 Years", "1-2 Year"],
                "< 1 Year | 1-2 Year | > 2 Years",
            ),
        ] {
            assert_eq!(sorted(levels).as_deref(), Some(expected));
        }
    }

    #[test]
    fn words_of_a_known_scale_are_put_in_order() {
        assert_eq!(
            sorted(&["High", "Low", "medium"]).as_deref(),
            Some("Low | medium | High")
        );
        assert_eq!(
            sorted(&[
                "Agree",
                "Neutral",
                "Strongly disagree",
                "Disagree",
                "Strongly agree"
            ])
            .as_deref(),
            Some("Strongly disagree | Disagree | Neutral | Agree | Strongly agree")
        );
        assert_eq!(
            sorted(&[
                "Graduate",
                "High School",
                "Uneducated",
                "Unknown",
                "Post-Graduate"
            ])
            .as_deref(),
            Some("Uneducated | High School | Graduate | Post-Graduate")
        );
    }

    #[test]
    fn names_codes_and_bare_numbers_have_no_order() {
        for levels in [
            &["store", "web", "phone"][..],
            &["1", "2", "3", "4"],
            &["A-12", "A-13", "A-14"],
            &["2024-01-05", "2024-02-05", "2024-03-05"],
            &["0-10", "5-15", "10-20"],
            &["low", "high"],
            &["Zone 1", "Zone 2", "Zone 3"],
            &["DSL", "Fiber optic", "No"],
        ] {
            assert_eq!(sorted(levels), None, "{levels:?}");
        }
    }
}
