//! How much memory reading may take, counted before it is taken.

use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::text::size_in_words;

/// The most bytes that reading a file may hold; what would go beyond is refused before it is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget<'a> {
    source: &'a str,
    most: Option<u64>,
}

impl<'a> Budget<'a> {
    /// For this file; without a limit where `most` is `None`.
    pub(crate) fn new(source: &'a str, most: Option<u64>) -> Self {
        Budget { source, most }
    }

    /// For bytes in memory, which nobody has to count.
    #[cfg(test)]
    pub(crate) const fn without_limit() -> Self {
        Budget {
            source: "",
            most: None,
        }
    }

    /// The most bytes; where there is no limit, more than there are.
    pub(crate) fn most(&self) -> u64 {
        self.most.unwrap_or(u64::MAX)
    }

    /// Refuses to hold `bytes` for `what`, such as "its cells", where that is more than may be held.
    pub(crate) fn allow(&self, bytes: u64, what: &str) -> Result<()> {
        if bytes <= self.most() {
            return Ok(());
        }
        let needed = size_in_words(bytes);
        Err(self.refusal(format!("{what} would take about {needed} of memory")))
    }

    /// The error for `message`, with what may be used and what to try.
    pub(crate) fn refusal(&self, message: impl Into<String>) -> Error {
        let mut message = message.into();
        if let Some(most) = self.most {
            message += &format!(", and {} may be used for reading", size_in_words(most));
        }
        Error::data(message).in_file(self.source).hint(message![
            "give it more with ",
            Setting::Memory,
            ", end other programs, or read a file with fewer rows or columns"
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_beyond_the_limit_is_refused_with_both_sizes() {
        let budget = Budget::new("t.csv", Some(100_000_000));
        assert!(budget.allow(100_000_000, "the text").is_ok());
        let error = budget.allow(1_500_000_000, "the text").expect_err("too much");
        insta::assert_snapshot!(error, @"t.csv: the text would take about 1.5 GB of memory, and 100 MB may be used for reading; give it more with `memory`, end other programs, or read a file with fewer rows or columns");
        assert!(Budget::new("t.csv", None).allow(u64::MAX, "the text").is_ok());
    }
}
