//! From a path to plain bytes: opening, unpacking, and refusing what is not a text table.

use crate::error::{Error, Result};
use flate2::read::MultiGzDecoder;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// First bytes of files that are no text tables: what they are, and what to do.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (
        b"PAR1",
        "a Parquet file",
        "it is not read: export the table as CSV",
    ),
    (
        b"ARROW1",
        "an Arrow (Feather) file",
        "it is not read: export the table as CSV",
    ),
    (
        b"PK\x03\x04",
        "a zip archive (Excel .xlsx files are zip archives too)",
        "unpack it, or save the sheet as CSV in the spreadsheet program",
    ),
    (
        b"\xD0\xCF\x11\xE0",
        "an old Excel (.xls) file",
        "save the sheet as CSV in the spreadsheet program",
    ),
    (
        b"\x28\xB5\x2F\xFD",
        "compressed with Zstandard",
        "it is not read: unpack it with zstd -d first",
    ),
    (
        b"BZh",
        "compressed with bzip2",
        "it is not read: unpack it with bunzip2 first",
    ),
    (
        b"\xFD7zXZ",
        "compressed with xz",
        "it is not read: unpack it with unxz first",
    ),
    (
        b"7z\xBC\xAF",
        "a 7-Zip archive",
        "it is not read: unpack it first",
    ),
    (b"\x89PNG", "a PNG picture", "a table as CSV is needed"),
    (b"\xFF\xD8\xFF", "a JPEG picture", "a table as CSV is needed"),
    (b"GIF8", "a GIF picture", "a table as CSV is needed"),
    (b"%PDF", "a PDF document", "a table as CSV is needed"),
    (
        b"SQLite format 3",
        "an SQLite database",
        "export the table as CSV",
    ),
    (b"\x7FELF", "a program", "a table as CSV is needed"),
    (b"RDX", "an R workspace", "export the table with write.csv"),
];

/// The name for messages and the bytes of `path`; `-` is standard input.
pub(super) fn read_bytes(path: &Path) -> Result<(String, Vec<u8>)> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|e| Error::io("standard input", "cannot be read", e))?;
        return Ok(("standard input".to_owned(), bytes));
    }
    if path.is_dir() {
        return Err(Error::io(
            path,
            "cannot be read as a table",
            std::io::Error::new(ErrorKind::IsADirectory, "it is a folder"),
        )
        .hint("name a file in it"));
    }
    let bytes = std::fs::read(path).map_err(|e| {
        let absent = e.kind() == ErrorKind::NotFound;
        let error = Error::io(path, "cannot be opened", e);
        if absent {
            error.hint(near_file(path))
        } else {
            error
        }
    })?;
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    Ok((name, bytes))
}

/// What to try where a file is absent: a file of the same folder whose name is near.
fn near_file(path: &Path) -> String {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .map(|entries| {
            entries
                .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    let wanted = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    crate::error::did_you_mean(&wanted, names.iter().map(String::as_str))
        .unwrap_or_else(|| "is the path right?".to_owned())
}

/// The bytes with gzip undone, whatever the file is called, and whether there was any; an error where the bytes are
/// of a known format that is no text.
pub(super) fn unpack(source: &str, bytes: Vec<u8>) -> Result<(Vec<u8>, bool)> {
    let packed = bytes.starts_with(&[0x1F, 0x8B]);
    let plain = if packed { gunzip(source, &bytes)? } else { bytes };
    if packed && plain.starts_with(&[0x1F, 0x8B]) {
        return Err(Error::data("is compressed with gzip twice")
            .in_file(source)
            .hint("unpack it once with gunzip"));
    }
    if let Some((_, what, todo)) = MAGIC.iter().find(|(magic, ..)| plain.starts_with(magic)) {
        return Err(Error::data(format!("is not a text table but {what}"))
            .in_file(source)
            .hint(*todo));
    }
    Ok((plain, packed))
}

fn gunzip(source: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut plain = Vec::with_capacity(bytes.len().saturating_mul(4));
    match MultiGzDecoder::new(bytes).read_to_end(&mut plain) {
        Ok(_) => Ok(plain),
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => Err(Error::data(format!(
            "the gzip file ends too early, after {} unpacked bytes",
            plain.len()
        ))
        .in_file(source)
        .hint("it was cut off: copy or download it again")),
        Err(e) => Err(Error::data(format!("the gzip file is damaged: {e}"))
            .in_file(source)
            .hint("copy or download it again")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn gzip_is_known_by_its_bytes_and_may_have_several_members() {
        let mut two = gzip(b"id,x\n");
        two.extend(gzip(b"a,1\n"));
        assert_eq!(unpack("t", two).expect("valid"), (b"id,x\na,1\n".to_vec(), true));
    }

    #[test]
    fn a_truncated_gzip_file_says_that_it_ends_too_early() {
        let whole = gzip("id,x\n".repeat(100).as_bytes());
        let error = unpack("t.csv.gz", whole[..whole.len() - 9].to_vec()).expect_err("cut off");
        assert!(error.to_string().contains("ends too early"), "{error}");
    }

    #[test]
    fn known_binary_formats_are_named() {
        for (magic, what, _) in MAGIC {
            let error = unpack("t.csv", magic.to_vec()).expect_err("no text");
            assert!(error.to_string().contains(what), "{error}");
        }
    }
}
