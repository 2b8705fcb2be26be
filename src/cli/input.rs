//! The bytes of the input, once, with their checksum for `run.json`.

use crate::{Error, Result};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// An input file or standard input.
pub(super) struct Input {
    /// What messages call it.
    pub(super) name: String,
    /// As stored: compressed where it is compressed.
    pub(super) bytes: Vec<u8>,
    /// Of `bytes`, in hexadecimal.
    pub(super) sha256: String,
}

/// Reads `path`, or standard input for `-`.
pub(super) fn read(path: &Path) -> Result<Input> {
    let mut bytes = Vec::new();
    let name = if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|e| Error::io("standard input", "cannot be read", e))?;
        "standard input".to_owned()
    } else {
        if path.is_dir() {
            return Err(Error::data("is a folder, not a file")
                .in_file(path.display().to_string())
                .hint("name the table inside it"));
        }
        bytes = std::fs::read(path).map_err(|e| Error::io(path, "cannot be read", e))?;
        path.file_name().map_or_else(
            || path.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        )
    };
    let sha256 = Sha256::digest(&bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    Ok(Input { name, bytes, sha256 })
}
