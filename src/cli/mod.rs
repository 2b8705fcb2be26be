//! The program: arguments into calls, results into files and words, errors into exit codes.
//!
//! Exit codes: 0 success, 1 the data or the run failed, 2 the command line is wrong, 3 no segments
//! where they were required, 130 interrupted.

mod args;
mod assign;
mod call;
mod communities;
mod compare;
mod config;
mod features;
mod flags;
mod generate;
mod guesses;
mod input;
mod interrupt;
mod lines;
mod memory;
mod names;
mod networks;
mod output;
mod plan;
mod run_record;
mod screen;
mod segment;
mod show;
mod summary;
mod table_file;
mod tables;
mod why;

use crate::text::group_digits;
use crate::{Error, ErrorKind, Result, Warning};
use args::{Cli, Command};
pub use call::{Event, call};
use clap::{CommandFactory, FromArgMatches};
use screen::Screen;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// Runs the program with these arguments (the first is the program's name) and returns its exit code. Results go to
/// files and standard output, everything said about them to standard error.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let matches = match Cli::command().try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(told) => return told_by_clap(&told),
    };
    match config::completed(args, &matches) {
        Ok((args, config_file)) => {
            let matches = match Cli::command().try_get_matches_from(&args) {
                Ok(matches) => matches,
                Err(told) => return told_by_clap(&told),
            };
            let cli = match Cli::from_arg_matches(&matches) {
                Ok(cli) => cli,
                Err(told) => return told_by_clap(&told),
            };
            finish(dispatch(cli, &matches, config_file.as_deref()))
        }
        Err(error) => finish(Err(error)),
    }
}

fn dispatch(cli: Cli, matches: &clap::ArgMatches, config_file: Option<&Path>) -> Result<()> {
    interrupt::listen();
    let saying = cli.command.saying();
    if let Some(threads) = saying.and_then(|saying| saying.threads) {
        rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(threads))
            .build_global()
            .map_err(|e| Error::usage(format!("--threads {threads} is not possible: {e}")))?;
    }
    let screen = Screen::new(saying, None);
    run_command(cli.command, matches, config_file, screen)
}

fn run_command(
    command: Command,
    matches: &clap::ArgMatches,
    config_file: Option<&Path>,
    screen: Screen,
) -> Result<()> {
    let mut settings = matches
        .subcommand()
        .map(|(_, m)| run_record::settings(m))
        .unwrap_or_default();
    if let Some(file) = config_file {
        settings.insert("config".to_owned(), vec![file.display().to_string()]);
        screen.say(&format!("Flags from {}", file.display()));
    }
    match command {
        Command::Segment(args) => segment::run(&args, settings, screen),
        Command::Communities(args) => communities::run(&args, settings, screen),
        Command::Assign(args) => assign::run(&args, config_file, screen),
        Command::Compare(args) => compare::run(&args, settings, screen),
        Command::Show(args) => show::run(&args.path, &screen),
        Command::Why(args) => why::run(&args, &screen),
        Command::Features(args) => features::run(&args, config_file, screen),
        Command::Generate(args) => generate::run(&args, config_file, &screen),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "kinfolk", &mut text);
            screen.print(&text)
        }
    }
}

fn told_by_clap(told: &clap::Error) -> ExitCode {
    // Printing fails only where nobody reads.
    let _ = told.print();
    ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2))
}

fn finish(result: Result<()>) -> ExitCode {
    let Err(error) = result.map_err(flags::of_error) else {
        return ExitCode::SUCCESS;
    };
    if error
        .io_error()
        .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    {
        return ExitCode::SUCCESS;
    }
    // An interrupt takes the files from under the run, which must not be told as an error.
    interrupt::wait_for_end();
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::from(match error.kind() {
        ErrorKind::Usage => 2,
        ErrorKind::Data | ErrorKind::Io => 1,
        ErrorKind::NoSegments => 3,
        ErrorKind::Interrupted => 130,
    })
}

/// Writes to standard output.
fn print(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(|e| Error::io("standard output", "cannot be written", e))
}

/// Says so where cells were kept from running in a spreadsheet.
fn escaped_warning(cells: usize) -> Option<Warning> {
    (cells > 0).then(|| {
        Warning::new(
            "spreadsheet-formulas",
            format!(
                "{} cells begin like a spreadsheet formula; the CSV files have an apostrophe before them, so that none is executed",
                group_digits(cells)
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
