//! Where the tests find data that is not part of the repository.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]
#![allow(dead_code, reason = "each module of the test binary uses some of these")]

use std::path::PathBuf;

/// The file `name` of the folder of real data, or `None`, with a message, where that folder is absent.
pub(crate) fn real_data(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("KINFOLK_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if path.is_file() {
        Some(path)
    } else {
        eprintln!(
            "skipped: {} is absent (set KINFOLK_TEST_DATA to the folder of real data)",
            path.display()
        );
        None
    }
}

/// The text of a file of real data, decompressed where its name ends in `.gz`.
pub(crate) fn real_text(name: &str) -> Option<String> {
    use std::io::Read;
    let path = real_data(name)?;
    let bytes = std::fs::read(&path).expect("the file is there");
    if name.ends_with(".gz") {
        let mut text = String::new();
        flate2::read::GzDecoder::new(&bytes[..])
            .read_to_string(&mut text)
            .expect("valid gzip of UTF-8");
        Some(text)
    } else {
        Some(String::from_utf8(bytes).expect("UTF-8"))
    }
}
