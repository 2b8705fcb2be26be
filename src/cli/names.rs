//! `names.toml`: the names of segments, which a person may change and pass back.

use crate::profile::Profiles;
use crate::text::{group_digits, list};
use crate::{Error, Result, Warning};
use std::fmt::Write as _;
use std::path::Path;

/// Plain name and new name of each line.
pub(super) fn read(path: &Path) -> Result<Vec<(String, String)>> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, "cannot be read", e))?;
    let in_file = |error: Error| error.in_file(path.display().to_string());
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
        let error = in_file(Error::usage(e.message().to_owned()));
        match e.span() {
            Some(span) => error.at_line(text[..span.start].matches('\n').count() as u64 + 1),
            None => error,
        }
    })?;
    let pair = |(plain, new): (String, toml::Value)| match new {
        toml::Value::String(new) => Ok((plain, new)),
        other => Err(in_file(
            Error::usage(format!(
                "the name of \"{plain}\" is {other}, and not a text in quotes"
            ))
            .hint("a line is \"plain name\" = \"new name\""),
        )),
    };
    table.into_iter().map(pair).collect()
}

/// The names in force as such a file.
pub(super) fn written(profiles: &Profiles) -> String {
    let mut text = String::from(
        "# What stands right of = is what a segment is called. Copy this file, change that, and pass the copy back: --names=copy.toml\n",
    );
    for (plain, name) in profiles.plain_names.iter().zip(&profiles.names) {
        let _ = writeln!(text, "{} = {}", quoted(plain), quoted(name));
    }
    text
}

/// As a basic string of TOML.
fn quoted(text: &str) -> String {
    // JSON escapes the same, but for one character.
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007F")
}

/// Says so where a name fits no segment.
pub(super) fn unused(names: &[String]) -> Option<Warning> {
    (!names.is_empty()).then(|| {
        Warning::new(
            "names-unused",
            format!(
                "{} of --names {} no segment of this run: {}",
                match names.len() {
                    1 => "1 name".to_owned(),
                    n => format!("{} names", group_digits(n)),
                },
                if names.len() == 1 { "fits" } else { "fit" },
                list(names.iter().map(String::as_str))
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_comes_back_as_it_was() -> Result<()> {
        let odd = "tabs\t, \"quotes\", \\ and \u{7f}\n= '''x''' Größe";
        let profiles = Profiles {
            rows: Vec::new(),
            others: Vec::new(),
            names: vec!["Müller's".to_owned(), odd.to_owned()],
            plain_names: vec![odd.to_owned(), "a.b".to_owned()],
        };
        let folder = tempfile::tempdir().map_err(|e| Error::io("temp", "cannot be made", e))?;
        let path = folder.path().join("names.toml");
        std::fs::write(&path, written(&profiles)).map_err(|e| Error::io(&path, "cannot be written", e))?;
        let mut found = read(&path)?;
        found.sort();
        let mut expected = vec![
            (odd.to_owned(), "Müller's".to_owned()),
            ("a.b".to_owned(), odd.to_owned()),
        ];
        expected.sort();
        assert_eq!(found, expected);
        Ok(())
    }
}
