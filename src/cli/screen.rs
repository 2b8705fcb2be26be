//! What a person sees while the program works: results on standard output, everything else on standard error, progress only
//! on a terminal. A program that [`call`](super::call())s hears all of it instead.

use super::args::Saying;
use super::call::{Caller, Event};
use super::flags;
use super::input::{self, Opened};
use super::memory::{self, Memory};
use crate::text::shown::{cut, printable_lines};
use crate::{Result, Warning};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Characters of a warning: it may quote what a file holds.
const LONGEST: usize = 2_000;

/// A stage that has ended.
pub(super) struct StageRun {
    pub(super) name: &'static str,
    pub(super) seconds: f64,
    /// At its end.
    pub(super) memory: Option<Memory>,
}

/// Says things, shows progress and remembers how long each stage took.
pub(super) struct Screen<'a> {
    /// Who hears what is said, where that is not a person at a terminal.
    caller: Option<Caller<'a>>,
    quiet: bool,
    verbose: bool,
    bar: Option<ProgressBar>,
    stages: Vec<StageRun>,
    /// The stage that runs, and since when.
    running: Option<(&'static str, Instant)>,
    started: Instant,
}

impl<'a> Screen<'a> {
    pub(super) fn new(saying: Option<&Saying>, caller: Option<Caller<'a>>) -> Self {
        let quiet = saying.is_none_or(|r| r.quiet);
        let progress = caller.is_none() && saying.is_some_and(|r| r.progress == "auto");
        let show = progress && !quiet && io::stderr().is_terminal();
        Screen {
            caller,
            quiet,
            verbose: saying.is_some_and(|r| r.verbose),
            bar: show.then(spinner),
            stages: Vec::new(),
            running: None,
            started: Instant::now(),
        }
    }

    /// A line or several on standard error, unless quiet.
    pub(super) fn say(&self, text: &str) {
        if self.quiet {
            return;
        }
        let text = printable_lines(text);
        if let Some(caller) = &self.caller {
            // A caller that wants to end the run is asked at every stage.
            let _ = caller.tell(Event::Said(text.into_owned()));
            return;
        }
        let write = || {
            // Nobody to read it is no reason to stop.
            let _ = writeln!(io::stderr(), "{text}");
        };
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Each warning as a line.
    pub(super) fn warn(&self, warnings: &[Warning]) {
        let mut warnings = warnings.to_vec();
        flags::of_warnings(&mut warnings);
        if let Some(caller) = &self.caller {
            for warning in warnings.iter().filter(|_| !self.quiet) {
                let message = cut(&printable_lines(&warning.message), LONGEST).into_owned();
                let _ = caller.tell(Event::Warned(Warning::new(warning.code, message)));
            }
            return;
        }
        for warning in warnings {
            self.say(&format!("warning: {}", cut(&warning.message, LONGEST)));
        }
    }

    /// Writes to standard output.
    pub(super) fn print(&self, bytes: &[u8]) -> Result<()> {
        match &self.caller {
            Some(caller) => caller.tell(Event::Printed(bytes.to_vec())),
            None => super::print(bytes),
        }
    }

    /// Writes words about a file to standard output.
    pub(super) fn print_words(&self, text: &str) -> Result<()> {
        self.print(printable_lines(text).as_bytes())
    }

    /// The input at `path`; `-` is standard input, or what the caller brought.
    pub(super) fn open(&mut self, path: &Path) -> Result<Opened> {
        match self.caller.as_mut().and_then(|caller| caller.input.take()) {
            Some((name, bytes)) if path == Path::new("-") => Ok((name, Box::new(io::Cursor::new(bytes)))),
            _ => input::open(path),
        }
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The stage that begins now.
    ///
    /// # Errors
    /// Where the caller ends the run.
    pub(super) fn stage(&mut self, name: &'static str) -> Result<()> {
        self.end_stage();
        self.running = Some((name, Instant::now()));
        if let Some(bar) = &self.bar {
            bar.set_message(name);
        }
        if let Some(caller) = &self.caller {
            caller.tell(Event::Stage(name))?;
        }
        Ok(())
    }

    fn end_stage(&mut self) {
        if let Some((name, begun)) = self.running.take() {
            self.stages.push(StageRun {
                name,
                seconds: begun.elapsed().as_secs_f64(),
                memory: memory::of_process(),
            });
        }
    }

    /// Ends the last stage; all stages in their order, and the seconds of the whole.
    pub(super) fn finish(&mut self) -> (Vec<StageRun>, f64) {
        self.end_stage();
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        if self.verbose {
            for run in &self.stages {
                let memory = run
                    .memory
                    .map_or_else(String::new, |m| format!("  ({:.0} MB held)", m.held as f64 / 1e6));
                self.say(&format!("{:8.2} s  {}{memory}", run.seconds, run.name));
            }
        }
        (
            std::mem::take(&mut self.stages),
            self.started.elapsed().as_secs_f64(),
        )
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4}  {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
