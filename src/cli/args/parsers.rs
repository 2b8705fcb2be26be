//! Words of the command line into values.

use crate::centrality::Sources;
use crate::segmentation::Method;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// A value, or `auto`: the program decides and says what it decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Auto<T>(pub(in crate::cli) Option<T>);

/// A parser for one of `names`, or `auto`.
pub(super) fn one_of<T: Copy + Send + Sync + 'static>(
    names: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = Auto<T>> {
    let words = std::iter::once("auto").chain(names.iter().map(|(name, _)| *name));
    PossibleValuesParser::new(words.collect::<Vec<_>>()).map(|word| {
        Auto(
            names
                .iter()
                .find(|(name, _)| *name == word)
                .map(|(_, value)| *value),
        )
    })
}

pub(super) fn number_or_auto<T: std::str::FromStr>(word: &str) -> Result<Auto<T>, String> {
    if word == "auto" {
        return Ok(Auto(None));
    }
    word.parse()
        .map(|value| Auto(Some(value)))
        .map_err(|_| "neither auto nor a fitting number".to_owned())
}

pub(super) fn sources(word: &str) -> Result<Sources, String> {
    match word {
        "auto" => Ok(Sources::Auto),
        "exact" => Ok(Sources::Exact),
        number => match number.parse() {
            Ok(count) if count > 0 => Ok(Sources::Count(count)),
            _ => Err("expected exact, auto or a number above 0".to_owned()),
        },
    }
}

pub(super) fn trials(word: &str) -> Result<Auto<usize>, String> {
    match number_or_auto::<usize>(word) {
        Ok(Auto(Some(n))) if !(1..=100_000).contains(&n) => Err("expected auto or 1 to 100000".to_owned()),
        read => read,
    }
}

pub(super) fn method(word: &str) -> Method {
    if word == "leiden" {
        Method::Leiden
    } else {
        Method::Louvain
    }
}

/// `COLUMN=VALUE`, split at the last `=` because column names may hold one.
pub(super) fn column_and<T>(
    word: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<(String, T), String> {
    let (column, value) = word.rsplit_once('=').ok_or("expected COLUMN=VALUE")?;
    Ok((column.to_owned(), parse(value)?))
}

pub(super) fn one_char(word: &str) -> Result<char, String> {
    match word {
        "tab" | "\\t" => return Ok('\t'),
        "comma" => return Ok(','),
        "semicolon" => return Ok(';'),
        "pipe" => return Ok('|'),
        _ => {}
    }
    let mut chars = word.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(c),
        _ => Err("expected one character, or tab, comma, semicolon, pipe".to_owned()),
    }
}

/// `8GB`, `500 MB` or a number of bytes.
pub(in crate::cli) fn memory_size(word: &str) -> Result<u64, String> {
    let lower = word.trim().to_lowercase();
    let units = [
        ("gb", 1e9),
        ("gib", 1_073_741_824.0),
        ("mb", 1e6),
        ("mib", 1_048_576.0),
        ("b", 1.0),
    ];
    let (number, unit) = units
        .iter()
        .find_map(|(name, unit)| Some((lower.strip_suffix(name)?, *unit)))
        .unwrap_or((&lower, 1.0));
    match number.trim().parse::<f64>() {
        Ok(size) if size.is_finite() && size > 0.0 => Ok((size * unit) as u64),
        _ => Err("expected a size such as 8GB or 500MB".to_owned()),
    }
}
