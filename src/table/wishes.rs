//! What a person asked for, by column.

use super::infer::Purpose;
use super::names::find;
use super::{TableSettings, TypeChoice};
use crate::error::{Error, Result};

/// What a person said about each column.
pub(super) struct Wishes {
    pub(super) purpose: Vec<Wish>,
    pub(super) types: Vec<Option<TypeChoice>>,
    pub(super) id: Option<usize>,
    pub(super) value: Option<usize>,
}

/// What a column is wanted for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Wish {
    Nothing,
    Feature,
    NotFeature,
    Ignore,
    Truth,
}

impl Wishes {
    /// Finds the columns that `settings` names.
    pub(super) fn new(
        settings: &TableSettings,
        names: &[String],
        source: &str,
        reading: &mut Vec<String>,
    ) -> Result<Self> {
        let mut place =
            |name: &str, flag: &str| find(name, names, flag, reading).map_err(|e| e.in_file(source));
        let mut wishes = Wishes {
            purpose: vec![
                if settings.features.is_empty() {
                    Wish::Nothing
                } else {
                    Wish::NotFeature
                };
                names.len()
            ],
            types: vec![None; names.len()],
            id: settings.id.as_deref().map(|n| place(n, "--id")).transpose()?,
            value: settings
                .value
                .as_deref()
                .map(|n| place(n, "--value"))
                .transpose()?,
        };
        for (name, choice) in &settings.types {
            wishes.types[place(name, "--type")?] = Some(*choice);
        }
        // Amounts of 0 and 1 or with a telling name are amounts all the same.
        if let Some(c) = wishes.value {
            wishes.types[c] = wishes.types[c].or(Some(TypeChoice::Number));
        }
        for name in &settings.features {
            wishes.purpose[place(name, "--features")?] = Wish::Feature;
        }
        let clash = |name: &str, one: &str, other: &str| {
            Err(Error::usage(format!(
                "the column \"{name}\" is named by both {one} and {other}"
            ))
            .hint("name it once"))
        };
        for name in &settings.ignore {
            let c = place(name, "--ignore")?;
            if wishes.purpose[c] == Wish::Feature {
                return clash(name, "--features", "--ignore");
            }
            wishes.purpose[c] = Wish::Ignore;
        }
        if let Some(name) = &settings.truth {
            let c = place(name, "--truth")?;
            match wishes.purpose[c] {
                Wish::Feature => return clash(name, "--features", "--truth"),
                _ if wishes.id == Some(c) => return clash(name, "--id", "--truth"),
                _ => wishes.purpose[c] = Wish::Truth,
            }
        }
        if let Some(c) = wishes.id.filter(|&c| wishes.purpose[c] == Wish::Feature) {
            return clash(&names[c], "--id", "--features");
        }
        Ok(wishes)
    }

    /// What it is wanted for, in the words of the judge.
    pub(super) fn purpose(&self, c: usize) -> Purpose<'static> {
        match self.purpose[c] {
            Wish::Truth => Purpose::Truth,
            Wish::Ignore => Purpose::Kept("ignored as asked"),
            Wish::NotFeature => Purpose::Kept("not among --features"),
            Wish::Feature => Purpose::Wanted,
            Wish::Nothing => Purpose::Automatic,
        }
    }
}
