//! The input, read once, with its checksum for `run.json`.

use crate::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// An input file or standard input, to be read once.
pub(super) struct Input {
    /// What messages call it.
    pub(super) name: String,
    reader: Box<dyn Read + Send>,
    seen: Sha256,
}

/// What messages call an input, and its bytes.
pub(super) type Opened = (String, Box<dyn Read + Send>);

/// Opens `path`, or standard input for `-`.
pub(super) fn open(path: &Path) -> Result<Opened> {
    if path == Path::new("-") {
        return Ok(("standard input".to_owned(), Box::new(io::stdin())));
    }
    if path.is_dir() {
        return Err(Error::data("is a folder, not a file")
            .in_file(path.display().to_string())
            .hint("name the table inside it"));
    }
    let file = File::open(path).map_err(|e| Error::io(path, "cannot be read", e))?;
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    );
    Ok((name, Box::new(file)))
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(buffer)?;
        self.seen.update(&buffer[..n]);
        Ok(n)
    }
}

impl Input {
    /// The same bytes with their checksum.
    pub(super) fn of((name, reader): Opened) -> Self {
        Input {
            name,
            reader,
            seen: Sha256::new(),
        }
    }

    /// SHA-256 of all bytes as stored, compressed where they are compressed, in hexadecimal.
    pub(super) fn sha256(mut self) -> Result<String> {
        // What a decoder left unread belongs to the file all the same.
        io::copy(&mut self, &mut io::sink()).map_err(|e| Error::io(&self.name, "cannot be read", e))?;
        Ok(self.seen.finalize().iter().map(|b| format!("{b:02x}")).collect())
    }
}
