//! What a person sees while the program works: standard error only, progress only on a terminal.

use super::args::Running;
use crate::Warning;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Says things, shows progress and remembers how long each stage took.
pub(super) struct Screen {
    quiet: bool,
    verbose: bool,
    bar: Option<ProgressBar>,
    stages: Vec<(&'static str, Instant)>,
    started: Instant,
}

impl Screen {
    pub(super) fn new(running: &Running) -> Self {
        let show = running.progress == "auto" && !running.quiet && io::stderr().is_terminal();
        Screen {
            quiet: running.quiet,
            verbose: running.verbose,
            bar: show.then(spinner),
            stages: Vec::new(),
            started: Instant::now(),
        }
    }

    /// A line or several on standard error, unless quiet.
    pub(super) fn say(&self, text: &str) {
        if self.quiet {
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
        for warning in warnings {
            self.say(&format!("warning: {}", warning.message));
        }
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The stage that begins now.
    pub(super) fn stage(&mut self, name: &'static str) {
        self.stages.push((name, Instant::now()));
        if let Some(bar) = &self.bar {
            bar.set_message(name);
        }
    }

    /// Ends the last stage; name and seconds of each in their order, and the seconds of the whole.
    pub(super) fn finish(&mut self) -> (Vec<(&'static str, f64)>, f64) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        let now = Instant::now();
        let ends = self.stages.iter().skip(1).map(|s| s.1).chain([now]);
        let times: Vec<_> = self
            .stages
            .iter()
            .zip(ends)
            .map(|(s, end)| (s.0, (end - s.1).as_secs_f64()))
            .collect();
        if self.verbose {
            for (name, seconds) in &times {
                self.say(&format!("{seconds:8.2} s  {name}"));
            }
        }
        (times, (now - self.started).as_secs_f64())
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
