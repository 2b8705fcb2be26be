//! What a person sees while the program works: standard error only, progress only on a terminal.

use super::args::Saying;
use super::memory::{self, Memory};
use crate::Warning;
use crate::text::shown::{cut, printable_lines};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Write};
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
pub(super) struct Screen {
    quiet: bool,
    verbose: bool,
    bar: Option<ProgressBar>,
    stages: Vec<StageRun>,
    /// The stage that runs, and since when.
    running: Option<(&'static str, Instant)>,
    started: Instant,
}

impl Screen {
    pub(super) fn new(saying: &Saying) -> Self {
        let show = saying.progress == "auto" && !saying.quiet && io::stderr().is_terminal();
        Screen {
            quiet: saying.quiet,
            verbose: saying.verbose,
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
        for warning in warnings {
            self.say(&format!("warning: {}", cut(&warning.message, LONGEST)));
        }
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The stage that begins now.
    pub(super) fn stage(&mut self, name: &'static str) {
        self.end_stage();
        self.running = Some((name, Instant::now()));
        if let Some(bar) = &self.bar {
            bar.set_message(name);
        }
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
