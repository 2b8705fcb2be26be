//! What went wrong, where, and what to try: the one error type of the crate.

use crate::message::{Message, Setting};
use crate::text::shown::{NAME, cut, printable, printable_lines};
use std::fmt;
use std::path::Path;

/// A `Result` whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Who has to act, which decides the exit code of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request itself is wrong: an unknown column in a flag, a setting out of range. Exit code 2.
    Usage,
    /// The data cannot be used as asked. Exit code 1.
    Data,
    /// A file or folder could not be read or written. Exit code 1.
    Io,
    /// The data support no segments, and the request insists on them. Exit code 3.
    NoSegments,
    /// The caller ended the run. Exit code 130.
    Interrupted,
}

/// One paragraph for a person: place, what was found, what was expected, what to try.
///
/// ```
/// use kinfolk::Error;
///
/// let error = Error::data("\"1.200,50\" is not a number")
///     .in_file("customers.csv")
///     .at_line(4183)
///     .in_column("monetary")
///     .hint("is the comma decimal?");
/// assert_eq!(
///     error.to_string(),
///     "customers.csv line 4183, column \"monetary\": \"1.200,50\" is not a number; is the comma decimal?"
/// );
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    file: Option<String>,
    line: Option<u64>,
    column: Option<String>,
    message: Message,
    hint: Option<Message>,
    source: Option<std::io::Error>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<Message>) -> Self {
        Error(Box::new(Inner {
            kind,
            file: None,
            line: None,
            column: None,
            message: message.into(),
            hint: None,
            source: None,
        }))
    }

    /// The request is wrong.
    pub fn usage(message: impl Into<Message>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// The data cannot be used as asked.
    pub fn data(message: impl Into<Message>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// The data support no segments, and the request insists on them.
    pub fn no_segments(message: impl Into<Message>) -> Self {
        Self::new(ErrorKind::NoSegments, message)
    }

    /// The caller ended the run.
    pub fn interrupted(message: impl Into<Message>) -> Self {
        Self::new(ErrorKind::Interrupted, message)
    }

    /// `path` could not be read or written; `doing` is the verb phrase, such as "cannot be opened".
    pub fn io(path: impl AsRef<Path>, doing: &str, source: std::io::Error) -> Self {
        let mut error = Self::new(ErrorKind::Io, format!("{doing}: {source}"));
        error.0.file = Some(path.as_ref().display().to_string());
        error.0.source = Some(source);
        error
    }

    /// Names the file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.0.file = Some(file.into());
        self
    }

    /// Names the line, counted from 1 as an editor does.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.0.line = Some(line);
        self
    }

    /// Names the column by its header.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.0.column = Some(column.into());
        self
    }

    /// Says what to try next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Message>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same error with other names of the settings, such as the flags of a program.
    #[must_use]
    pub fn named_by(mut self, name: &dyn Fn(Setting) -> &'static str) -> Self {
        let inner = &mut *self.0;
        inner.message = inner.message.named_by(name);
        inner.hint = inner.hint.as_ref().map(|hint| hint.named_by(name));
        self
    }

    /// The settings that it names: first what is wrong, then what to try.
    pub fn settings(&self) -> impl Iterator<Item = Setting> + '_ {
        let hint = self.0.hint.iter().flat_map(Message::settings);
        self.0.message.settings().chain(hint)
    }

    /// Who has to act.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The line, where one is known.
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// An error of the operating system below this one, where there is one.
    pub fn io_error(&self) -> Option<&std::io::Error> {
        self.0.source.as_ref()
    }
}

/// Characters of a message: it may quote what a file holds.
const LONGEST: usize = 2_000;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut place = Vec::new();
        let file = inner.file.as_deref().map(printable);
        match (&file, inner.line) {
            (Some(file), Some(line)) => place.push(format!("{file} line {line}")),
            (Some(file), None) => place.push(file.to_string()),
            (None, Some(line)) => place.push(format!("line {line}")),
            (None, None) => {}
        }
        if let Some(column) = &inner.column {
            place.push(format!("column \"{}\"", cut(&printable(column), NAME)));
        }
        if !place.is_empty() {
            write!(f, "{}: ", place.join(", "))?;
        }
        f.write_str(&cut(&printable_lines(&inner.message), LONGEST))?;
        if let Some(hint) = &inner.hint {
            write!(f, "; {}", cut(&printable_lines(hint), LONGEST))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|e| e as _)
    }
}

/// `, did you mean "…"?` for the candidate nearest to `name`, or nothing where none is near.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .map(|c| (strsim::jaro_winkler(&lower, &c.to_lowercase()), c))
        .filter(|(score, _)| *score > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, c)| format!("did you mean \"{c}\"?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_written_out_and_long_names_cut() {
        let error = Error::data("the weight \"\u{1b}[2J\" is not a number")
            .in_file("a\u{1b}]0;x\u{7}.csv")
            .in_column("c".repeat(1_000_000));
        let text = error.to_string();
        assert!(text.starts_with(r"a\u{1b}]0;x\u{7}.csv, column "), "{text:.100}");
        assert!(text.ends_with(r#"c…": the weight "\u{1b}[2J" is not a number"#) && text.len() < 400);
    }

    #[test]
    fn the_nearest_name_is_suggested_whatever_its_case() {
        let columns = ["Monetary", "Recency", "Frequency"];
        assert_eq!(
            did_you_mean("monetry", columns).as_deref(),
            Some("did you mean \"Monetary\"?")
        );
        assert_eq!(did_you_mean("zzz", columns), None);
    }
}
