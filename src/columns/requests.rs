//! What a person asked for, by column.

use super::date::{self, Day, Order};
use super::infer::Purpose;
use super::names::{find, find_all, is_pattern};
use super::number;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::{TableSettings, TypeChoice};

/// What a person said about each column.
pub(crate) struct Requests {
    pub(crate) purpose: Vec<RequestedUse>,
    pub(crate) types: Vec<Option<TypeChoice>>,
    pub(crate) id: Option<usize>,
    pub(crate) value: Option<usize>,
    /// Values of each column that are codes.
    pub(crate) codes: Vec<Vec<String>>,
}

/// What a column is wanted for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum RequestedUse {
    Nothing,
    Feature,
    NotFeature,
    Ignore,
    Truth,
}

/// One column asked for two things that exclude each other.
fn clash(name: &str, one: Setting, other: Setting) -> Error {
    Error::usage(message![
        format!("the column \"{name}\" is named by both "),
        one,
        " and ",
        other
    ])
    .hint("name it once")
}

impl Requests {
    /// Finds the columns that `settings` names.
    pub(crate) fn new(
        settings: &TableSettings,
        names: &[String],
        source: &str,
        reading: &mut Vec<String>,
    ) -> Result<Self> {
        let mut place =
            |name: &str, setting: Setting| find(name, names, setting, reading).map_err(|e| e.in_file(source));
        let mut requests = Requests {
            purpose: vec![
                if settings.features.is_empty() {
                    RequestedUse::Nothing
                } else {
                    RequestedUse::NotFeature
                };
                names.len()
            ],
            types: vec![None; names.len()],
            codes: vec![Vec::new(); names.len()],
            id: settings
                .id
                .as_deref()
                .map(|n| place(n, Setting::Id))
                .transpose()?,
            value: settings
                .value
                .as_deref()
                .map(|n| place(n, Setting::Value))
                .transpose()?,
        };
        for (name, choice) in &settings.types {
            requests.types[place(name, Setting::Types)?] = Some(*choice);
        }
        for (name, value) in &settings.codes {
            requests.codes[place(name, Setting::Codes)?].push(value.clone());
        }
        // Amounts of 0 and 1 or with a telling name are amounts all the same.
        if let Some(c) = requests.value {
            requests.types[c] = requests.types[c].or(Some(TypeChoice::Number));
        }
        requests.use_features(settings, names, source, reading)?;
        requests.ignore(settings, names, source, reading)?;
        requests.score_by_truth(settings, names, source, reading)?;
        let id = requests.id;
        if let Some(c) = id.filter(|&c| requests.purpose[c] == RequestedUse::Feature) {
            return Err(clash(&names[c], Setting::Id, Setting::Features));
        }
        Ok(requests)
    }

    fn use_features(
        &mut self,
        settings: &TableSettings,
        names: &[String],
        source: &str,
        reading: &mut Vec<String>,
    ) -> Result<()> {
        for name in &settings.features {
            let places = find_all(name, names, Setting::Features, reading).map_err(|e| e.in_file(source))?;
            for c in places {
                // What fits a pattern may be used, as if nothing had been said; what is named must be.
                self.purpose[c] = match is_pattern(name, names) {
                    true if self.purpose[c] == RequestedUse::Feature => RequestedUse::Feature,
                    true => RequestedUse::Nothing,
                    false => RequestedUse::Feature,
                };
            }
        }
        Ok(())
    }

    fn ignore(
        &mut self,
        settings: &TableSettings,
        names: &[String],
        source: &str,
        reading: &mut Vec<String>,
    ) -> Result<()> {
        for name in &settings.ignore {
            let pattern = is_pattern(name, names);
            for c in find_all(name, names, Setting::Ignore, reading).map_err(|e| e.in_file(source))? {
                match self.purpose[c] {
                    // A name outweighs a pattern.
                    RequestedUse::Feature if pattern => {}
                    RequestedUse::Feature => return Err(clash(name, Setting::Features, Setting::Ignore)),
                    _ => self.purpose[c] = RequestedUse::Ignore,
                }
            }
        }
        Ok(())
    }

    fn score_by_truth(
        &mut self,
        settings: &TableSettings,
        names: &[String],
        source: &str,
        reading: &mut Vec<String>,
    ) -> Result<()> {
        let Some(name) = &settings.truth else {
            return Ok(());
        };
        let c = find(name, names, Setting::Truth, reading).map_err(|e| e.in_file(source))?;
        match self.purpose[c] {
            RequestedUse::Feature => Err(clash(name, Setting::Features, Setting::Truth)),
            _ if self.id == Some(c) => Err(clash(name, Setting::Id, Setting::Truth)),
            _ => {
                self.purpose[c] = RequestedUse::Truth;
                Ok(())
            }
        }
    }

    /// The codes of a column as numbers or days.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub(crate) fn codes(&self, c: usize, name: &str, decimal: char) -> Result<Vec<f64>> {
        self.codes[c]
            .iter()
            .map(|word| {
                let day = date::read(word).map(|written| written.day(Order::DayFirst));
                match (number::value(word, decimal), day) {
                    (Some(x), _) if x.is_finite() => Ok(x),
                    (_, Some(Day::Exists(day))) => Ok(day),
                    _ => Err(Error::usage(message![
                        Setting::Codes,
                        format!(" {name}={word}: neither a number nor a date such as 1900-01-01")
                    ])),
                }
            })
            .collect()
    }

    /// What it is wanted for, in the words of the judge.
    pub(crate) fn purpose(&self, c: usize) -> Purpose {
        match self.purpose[c] {
            RequestedUse::Truth => Purpose::Truth,
            RequestedUse::Ignore => Purpose::Kept("ignored as asked".into()),
            RequestedUse::NotFeature => Purpose::Kept(message!["not among ", Setting::Features]),
            RequestedUse::Feature => Purpose::Wanted,
            RequestedUse::Nothing => Purpose::Automatic,
        }
    }
}
