//! Ctrl-C: what is half-written goes, and the program ends with 130.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

static HALF_WRITTEN: Mutex<Option<PathBuf>> = Mutex::new(None);

/// From here on an interrupt removes the half-written file or folder. Where no handler can be set the system's own
/// stays, which ends the program and leaves a hidden folder behind.
pub(super) fn listen() {
    let _ = ctrlc::set_handler(|| {
        let path = HALF_WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(path) = path {
            let _ = if path.is_dir() {
                std::fs::remove_dir_all(&path)
            } else {
                std::fs::remove_file(&path)
            };
        }
        std::process::exit(130);
    });
}

/// `path` is being written.
pub(super) fn guard(path: &Path) {
    *HALF_WRITTEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.to_owned());
}

/// Puts what was being written in its place. An interrupt meanwhile waits: what is half-moved must not be removed.
pub(super) fn publish<T>(publish: impl FnOnce() -> T) -> T {
    let mut half_written = HALF_WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    *half_written = None;
    publish()
}
