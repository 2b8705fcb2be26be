//! Which files are ours: those that a `run.json` of ours lists, with the length and the checksum they were written with.

use super::RECORD;
use flate2::Crc;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Component, Path};
use std::time::SystemTime;

/// Length and checksum of a file as it was written, for `files` in `run.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Length in bytes.
    pub bytes: u64,
    /// CRC-32 as gzip has it, eight hexadecimal digits: it finds changes, not forgeries.
    pub crc32: String,
}

/// A writer that knows what went through it.
pub(super) struct Counted {
    file: File,
    crc: Crc,
    bytes: u64,
}

impl Counted {
    pub(super) fn new(file: File) -> Self {
        Counted {
            file,
            crc: Crc::new(),
            bytes: 0,
        }
    }

    pub(super) fn written(&self) -> Written {
        Written {
            bytes: self.bytes,
            crc32: format!("{:08x}", self.crc.sum()),
        }
    }
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.crc.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// What a file keeps when it is renamed, and loses when somebody writes to it or puts another in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    file: (u64, u64),
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn of(file: &Metadata) -> Self {
        Stamp {
            file: identity(file),
            bytes: file.len(),
            modified: file.modified().ok(),
        }
    }

    /// Whether `path` is still that file, untouched.
    pub(super) fn holds(&self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|now| now.is_file() && Stamp::of(&now) == *self)
    }
}

/// Device and inode.
#[cfg(unix)]
pub(super) fn identity(file: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

#[cfg(not(unix))]
pub(super) fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[derive(Deserialize)]
struct Record {
    format: u32,
    program: String,
    files: BTreeMap<String, Written>,
}

/// The files in `folder` that are ours, `run.json` among them; none where there is no `run.json` of ours.
pub(super) fn own_files(folder: &Path) -> BTreeMap<String, Stamp> {
    let mut own = BTreeMap::new();
    let Some((record, stamp)) = record(&folder.join(RECORD)) else {
        return own;
    };
    for (name, written) in &record.files {
        if let Some(stamp) = as_written(folder, name, written) {
            own.insert(name.clone(), stamp);
        }
    }
    own.insert(RECORD.to_owned(), stamp);
    own
}

fn record(path: &Path) -> Option<(Record, Stamp)> {
    // No record of ours is longer: a foreign file of that name may be.
    const LONGEST: u64 = 1 << 24;
    let file = fs::symlink_metadata(path).ok()?;
    if !file.is_file() || file.len() > LONGEST {
        return None;
    }
    let record: Record = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    (record.program == "kinfolk" && record.format == 1).then(|| (record, Stamp::of(&file)))
}

/// The stamp of `name` in `folder`, where it is a file with just these contents.
pub(super) fn as_written(folder: &Path, name: &str, written: &Written) -> Option<Stamp> {
    // A name from a file: it must not lead out of the folder.
    let mut parts = Path::new(name).components();
    if !matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None)) {
        return None;
    }
    let path = folder.join(name);
    let file = fs::symlink_metadata(&path).ok()?;
    if !file.is_file() || file.len() != written.bytes {
        return None;
    }
    let mut content = File::open(&path).ok()?;
    let mut crc = Crc::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match content.read(&mut buffer).ok()? {
            0 => break,
            n => crc.update(&buffer[..n]),
        }
    }
    (format!("{:08x}", crc.sum()) == written.crc32).then(|| Stamp::of(&file))
}

/// Whether two paths lead to one file, through links of either kind.
pub(super) fn is_same_file(a: &Path, b: &Path) -> bool {
    let (Ok(file_a), Ok(file_b)) = (fs::metadata(a), fs::metadata(b)) else {
        return false;
    };
    if cfg!(unix) {
        return identity(&file_a) == identity(&file_b);
    }
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}
