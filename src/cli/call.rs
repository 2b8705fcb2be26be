//! The program called by another program, such as the Python package: the same flags, files and words, without its process.

use super::args::Cli;
use super::screen::Screen;
use super::{config, flags, run_command};
use crate::{Error, Result, Warning};
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use std::ffi::OsString;

/// Stack of each thread, in bytes: as much as the main thread of a program has.
const STACK: usize = 8 << 20;

/// What a command lets its caller hear, in this order in time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The stage that begins now.
    Stage(&'static str),
    /// What the program says on standard error before the results: how the file was read, what became of each column.
    Said(String),
    /// A warning of the finished run.
    Warned(Warning),
    /// What the program prints on standard output: the closing words, or JSON where `--json` asks for it.
    Printed(Vec<u8>),
}

/// Whoever called.
pub(super) struct Caller<'a> {
    /// What is read for `-`: its name in messages, and the bytes.
    pub(super) input: Option<(String, Vec<u8>)>,
    hear: &'a (dyn Fn(Event) -> Result<()> + Sync),
}

impl Caller<'_> {
    pub(super) fn tell(&self, event: Event) -> Result<()> {
        (self.hear)(event)
    }
}

/// Runs a command as the program would: `words` are what stands behind `kinfolk` on the command line, and files are the same,
/// byte for byte.
///
/// Unlike the program it prints nothing, sets no handler of signals, leaves the threads of the process alone (`--threads`, else
/// all cores, in a pool of its own for this call) and reads no `kinfolk.toml` but one named by `--config`. `input` is what is
/// read in the place of standard input, where the words say `-`: the name that messages call it, and its bytes, in any format
/// that a file may have. `hear` is told what goes on, on one of the threads of the pool. An error that it answers to a
/// [`Stage`](Event::Stage), such as [`Error::interrupted`], ends the run and is what the call returns; nothing is left of the files
/// then.
///
/// # Errors
/// Those of the program, with the same words; [`Usage`](crate::ErrorKind::Usage) where the words are no command line. With
/// `--require-segments`, [`NoSegments`](crate::ErrorKind::NoSegments) after the files have been written.
///
/// ```
/// use kinfolk::cli::{Event, call};
/// use std::sync::Mutex;
///
/// let printed = Mutex::new(String::new());
/// call(&["generate", "--customers", "100", "--segments", "2"], None, &|event| {
///     if let (Event::Printed(bytes), Ok(mut text)) = (event, printed.lock()) {
///         text.push_str(&String::from_utf8_lossy(&bytes));
///     }
///     Ok(())
/// })?;
/// let table = printed.into_inner().unwrap_or_default();
/// assert_eq!(table.lines().count(), 101);
///
/// let above = tempfile::tempdir().map_err(|e| kinfolk::Error::io("temp", "cannot be made", e))?;
/// let folder = above.path().join("segments");
/// let words = ["segment", "-", "--output", &folder.display().to_string()];
/// call(&words, Some(("shop.csv".to_owned(), table.into_bytes())), &|_| Ok(()))?;
/// assert!(folder.join("customers.csv").exists());
/// # Ok::<(), kinfolk::Error>(())
/// ```
pub fn call(
    words: &[impl AsRef<str>],
    input: Option<(String, Vec<u8>)>,
    hear: &(dyn Fn(Event) -> Result<()> + Sync),
) -> Result<()> {
    let name = std::iter::once(OsString::from("kinfolk"));
    let mut args: Vec<OsString> = name
        .chain(words.iter().map(|w| OsString::from(w.as_ref())))
        .collect();
    let mut matches = parsed(&args)?;
    let mut config_file = None;
    let named = |m: &ArgMatches| matches!(m.try_get_raw("config"), Ok(Some(_)));
    if matches.subcommand().is_some_and(|(_, given)| named(given)) {
        (args, config_file) = config::completed(args, &matches)?;
        matches = parsed(&args)?;
    }
    let cli = Cli::from_arg_matches(&matches).map_err(|told| in_our_words(&told))?;
    let threads = cli.command.saying().and_then(|saying| saying.threads);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.map_or(0, usize::from))
        .stack_size(STACK)
        .build()
        .map_err(|e| Error::usage(format!("so many threads are not possible: {e}")))?;
    pool.install(|| {
        let caller = Caller { input, hear };
        let screen = Screen::new(cli.command.saying(), Some(caller));
        run_command(cli.command, &matches, config_file.as_deref(), screen).map_err(flags::of_error)
    })
}

fn parsed(args: &[OsString]) -> Result<ArgMatches> {
    Cli::command()
        .try_get_matches_from(args)
        .map_err(|told| in_our_words(&told))
}

/// What clap tells, without its greeting and the pointer to a help that a caller cannot see.
fn in_our_words(told: &clap::Error) -> Error {
    let text = told.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let text = text.split("\n\nFor more information").next().unwrap_or(text);
    Error::usage(text.split("\n\nUsage:").next().unwrap_or(text).trim_end())
}
