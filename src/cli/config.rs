//! `kinfolk.toml`: every flag under its own name; the command line wins.
//!
//! One that is found in the current folder may have come with the data: it cannot say where results go, what they
//! replace or what is said. One that is asked for by `--config` can.

use crate::{Error, Result, did_you_mean};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

const DEFAULT: &str = "kinfolk.toml";

/// What only a file named by `--config` may set.
const ASKED_FOR_ONLY: [&str; 3] = ["output", "force", "quiet"];

/// The arguments with those of the configuration file added where the command line is silent, and the file, where
/// there is one.
pub(super) fn completed(
    mut args: Vec<OsString>,
    matches: &ArgMatches,
) -> Result<(Vec<OsString>, Option<PathBuf>)> {
    let Some((name, given)) = matches.subcommand() else {
        return Ok((args, None));
    };
    let Ok(asked) = given.try_get_one::<PathBuf>("config") else {
        return Ok((args, None));
    };
    let path = asked.cloned().unwrap_or_else(|| PathBuf::from(DEFAULT));
    if asked.is_none() && !path.exists() {
        return Ok((args, None));
    }
    let text = std::fs::read_to_string(&path).map_err(|e| Error::io(&path, "cannot be read", e))?;
    let at_byte = |error: Error, byte: usize| {
        error
            .in_file(path.display().to_string())
            .at_line(text[..byte].matches('\n').count() as u64 + 1)
    };
    let broken = |e: toml::de::Error| {
        let error = Error::usage(e.message().to_owned());
        match e.span() {
            Some(span) => at_byte(error, span.start),
            None => error.in_file(path.display().to_string()),
        }
    };
    let table: toml::Table = text.parse().map_err(broken)?;
    if asked.is_none() {
        let keys = toml::de::DeTable::parse(&text).map_err(broken)?;
        for key in keys.get_ref().keys() {
            if ASKED_FOR_ONLY.contains(&&**key.get_ref()) {
                let error = Error::usage(format!(
                    "{} is not taken from a file that was not asked for",
                    key.get_ref()
                ));
                return Err(at_byte(error, key.span().start)
                    .hint("give it on the command line, or name the file with --config"));
            }
        }
    }
    let added = flags(&table, &path, name, given)?;
    // Behind the subcommand: `kinfolk segment <added> <as typed>`.
    let at = args.iter().position(|a| a == name).map_or(args.len(), |i| i + 1);
    args.splice(at..at, added);
    Ok((args, Some(path)))
}

fn flags(table: &toml::Table, path: &Path, subcommand: &str, given: &ArgMatches) -> Result<Vec<OsString>> {
    let cli = super::Cli::command();
    let long_names = |command: &clap::Command| -> Vec<String> {
        command
            .get_arguments()
            .filter_map(|a| a.get_long().map(str::to_owned))
            .collect()
    };
    let everywhere: Vec<String> = cli.get_subcommands().flat_map(&long_names).collect();
    let wrong =
        |key: &str, what: &str| Error::usage(format!("{key} {what}")).in_file(path.display().to_string());
    let mut out = Vec::new();
    for (key, value) in table {
        if !everywhere.contains(key) || key == "config" {
            let error = wrong(key, "is no flag");
            return Err(match did_you_mean(key, everywhere.iter().map(String::as_str)) {
                Some(hint) => error.hint(hint),
                None => error.hint(format!("kinfolk {subcommand} --help lists them")),
            });
        }
        let argument = cli
            .find_subcommand(subcommand)
            .and_then(|c| c.get_arguments().find(|a| a.get_long() == Some(key.as_str())));
        // A flag of another command: the file may serve several.
        let Some(argument) = argument else { continue };
        if given.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine) {
            continue;
        }
        let items = match value {
            toml::Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for item in items {
            match item {
                toml::Value::Boolean(true) => out.push(format!("--{key}").into()),
                toml::Value::Boolean(false) => {}
                toml::Value::String(s) => out.push(format!("--{key}={s}").into()),
                toml::Value::Integer(i) => out.push(format!("--{key}={i}").into()),
                toml::Value::Float(f) => out.push(format!("--{key}={f}").into()),
                _ => {
                    return Err(wrong(
                        key,
                        "takes text, a number, true or false, or a list of them",
                    ));
                }
            }
        }
    }
    Ok(out)
}
