//! The hidden folder where files are written until they are published: one per output, held by one process.
//!
//! It holds `lock` (a lock of the system, which ends with the process, and the process's number), `new/` (what is being
//! written), and while files are put in their place `journal` and `old/` (what they replace).

use super::moves::names_in;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

const LOCK: &str = "lock";
const NEW: &str = "new";
const OLD: &str = "old";
const JOURNAL: &str = "journal";
const MARK: &str = "kinfolk";

/// A hidden folder that this process holds.
#[derive(Debug)]
pub(super) struct Workspace {
    path: PathBuf,
    /// Open as long as the folder is held: the lock ends with it.
    _lock: File,
}

/// What came of asking for a hidden folder.
pub(super) enum Claim {
    Held(Workspace),
    /// Another run has it; its process number where that can be read.
    Busy(Option<u32>),
    /// Something that we did not make has this name.
    InTheWay,
}

impl Workspace {
    /// Takes hold of the hidden folder `path`, which is made where it is absent. One that a dead process left is taken over
    /// with all that is in it.
    pub(super) fn claim(path: &Path) -> io::Result<Claim> {
        for attempt in 0..100 {
            let made = match make_private(path) {
                Err(e) if e.kind() == ErrorKind::AlreadyExists => false,
                made => made.map(|()| true)?,
            };
            if !made && !is_ours(path) {
                // Its holder may be just removing it.
                if attempt < 5 {
                    std::thread::sleep(Duration::from_millis(2));
                    continue;
                }
                return Ok(Claim::InTheWay);
            }
            let lock_path = path.join(LOCK);
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            let mut lock = match options.open(&lock_path) {
                // Its holder has finished and removed it.
                Err(e) if e.kind() == ErrorKind::NotFound => continue,
                lock => lock?,
            };
            match lock.try_lock() {
                Ok(()) => {}
                Err(fs::TryLockError::WouldBlock) => return Ok(Claim::Busy(holder(&mut lock))),
                // No locks on this file system: the folder itself is one, for it can be made only once.
                Err(fs::TryLockError::Error(_)) if made => {}
                Err(fs::TryLockError::Error(_)) => return Ok(Claim::Busy(holder(&mut lock))),
            }
            // Locked just after its holder removed it: that is a lock on nothing.
            if !still_there(&lock, &lock_path) {
                continue;
            }
            lock.set_len(0)?;
            write!(lock, "{MARK} {}", std::process::id())?;
            return Ok(Claim::Held(Workspace {
                path: path.to_owned(),
                _lock: lock,
            }));
        }
        Err(ErrorKind::ResourceBusy.into())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn new_files(&self) -> PathBuf {
        self.path.join(NEW)
    }

    pub(super) fn old_files(&self) -> PathBuf {
        self.path.join(OLD)
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.path.join(JOURNAL)
    }

    /// Removes what was written and is not in its place.
    pub(super) fn clear(&self) -> io::Result<()> {
        absent_is_fine(fs::remove_dir_all(self.new_files()))
    }
}

/// Removes the hidden folder with its unpublished files. One with a journal stays for the next run to bring in order: what
/// is in it may be somebody's.
pub(super) fn remove(path: &Path) {
    if path.join(JOURNAL).exists() || path.join(OLD).exists() {
        return;
    }
    // Another thread may be writing: a file made meanwhile keeps its folder from going.
    for _ in 0..10 {
        let _ = fs::remove_dir_all(path.join(NEW));
        if !path.join(NEW).exists() {
            break;
        }
    }
    let _ = fs::remove_file(path.join(LOCK));
    // Fails, as it should, where another run has just taken it.
    let _ = fs::remove_dir(path);
}

pub(super) fn absent_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// A new folder that nobody else can look or write into, whoever may write to the folder around it.
fn make_private(path: &Path) -> io::Result<()> {
    #[allow(unused_mut, reason = "only some systems have modes")]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Whether a run of this user made the folder: a planted link or somebody's own folder of that name is not touched.
fn is_ours(path: &Path) -> bool {
    let Ok(folder) = fs::symlink_metadata(path) else {
        // Gone meanwhile: the next attempt makes it.
        return true;
    };
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::uid(&folder) != rustix::process::geteuid().as_raw() {
        return false;
    }
    let known = [LOCK, NEW, OLD, JOURNAL];
    let Ok(names) = names_in(path) else { return false };
    if !folder.is_dir() || names.iter().any(|n| !known.iter().any(|k| n == k)) {
        return false;
    }
    let lock = path.join(LOCK);
    match fs::symlink_metadata(&lock) {
        // Killed between two steps of the claim, nothing was written yet; or its holder is just removing it.
        Err(_) => names_in(path).is_ok_and(|names| names.is_empty()),
        Ok(file) => {
            file.is_file()
                && fs::read_to_string(&lock).is_ok_and(|text| text.is_empty() || text.starts_with(MARK))
        }
    }
}

fn holder(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.read_to_string(&mut text).ok()?;
    text.strip_prefix(MARK)?.trim().parse().ok()
}

fn still_there(lock: &File, path: &Path) -> bool {
    match (lock.metadata(), fs::symlink_metadata(path)) {
        (Ok(held), Ok(there)) => super::owned::identity(&held) == super::owned::identity(&there),
        _ => false,
    }
}
