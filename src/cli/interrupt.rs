//! Ctrl-C, a hang-up or a termination: what is half-written goes, and the program ends with 130.

use crate::Result;
use crate::export::Unfinished;
use std::sync::{Mutex, MutexGuard, PoisonError};

static HALF_WRITTEN: Mutex<Option<Unfinished>> = Mutex::new(None);

fn half_written() -> MutexGuard<'static, Option<Unfinished>> {
    HALF_WRITTEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From here on an interrupt removes what is half-written. Where no handler can be set the system's own stays, which ends
/// the program and leaves a hidden folder for the next run to remove.
#[cfg(unix)]
pub(super) fn listen() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let signals: Vec<i32> = [SIGINT, SIGTERM, SIGHUP]
        .into_iter()
        .filter(|&signal| !is_ignored(signal))
        .collect();
    if let Ok(mut signals) = signal_hook::iterator::Signals::new(signals) {
        std::thread::spawn(move || {
            if signals.forever().next().is_some() {
                end();
            }
        });
    }
}

#[cfg(not(unix))]
pub(super) fn listen() {
    let _ = ctrlc::set_handler(|| end());
}

/// Whether the signal was ignored when the program began, as under `nohup` or in the background of a script: then it
/// stays so. Where the system does not tell, a hang-up is left to it.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    match mask {
        Some(mask) => mask >> (signal - 1) & 1 == 1,
        None => signal == signal_hook::consts::SIGHUP,
    }
}

fn end() -> ! {
    // Held to the end: the run must neither publish nor complain now.
    let half_written = half_written();
    if let Some(unfinished) = &*half_written {
        unfinished.discard();
    }
    std::process::exit(130);
}

/// Returns, unless an interrupt is just ending the program.
pub(super) fn wait_for_end() {
    drop(half_written());
}

/// Makes ready what will be half-written, and has it removed by an interrupt from then on.
pub(super) fn begin<T>(make: impl FnOnce() -> Result<T>, unfinished: impl Fn(&T) -> Unfinished) -> Result<T> {
    let mut half_written = half_written();
    let made = make()?;
    *half_written = Some(unfinished(&made));
    Ok(made)
}

/// Puts what was being written in its place. An interrupt meanwhile waits: what is half-moved must not be removed.
pub(super) fn publish<T>(publish: impl FnOnce() -> T) -> T {
    let mut half_written = half_written();
    *half_written = None;
    publish()
}
