//! From a path to plain bytes: opening, unpacking, and refusing what is not a text table.

use super::budget::Budget;
use crate::error::{Error, Result};
use crate::text::size_in_words;
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

/// First bytes of files that are no text tables: what they are, and what to do.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (
        b"ARROW1",
        "an Arrow (Feather) file",
        "it is not read: export the table as CSV",
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
pub(crate) fn open(path: &Path) -> Result<(String, Box<dyn Read>)> {
    if path.as_os_str() == "-" {
        return Ok(("standard input".to_owned(), Box::new(std::io::stdin().lock())));
    }
    if path.is_dir() {
        return Err(Error::io(
            path,
            "cannot be read as a table",
            std::io::Error::new(ErrorKind::IsADirectory, "it is a folder"),
        )
        .hint("name a file in it"));
    }
    let file = File::open(path).map_err(|e| {
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
    Ok((name, Box::new(file)))
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

/// Bytes with their packing undone.
#[derive(Debug, PartialEq)]
pub(crate) struct Plain {
    pub(crate) bytes: Vec<u8>,
    /// How they were packed.
    pub(crate) packing: Option<&'static str>,
}

pub(super) const GZIP: &[u8] = &[0x1F, 0x8B];
pub(super) const ZSTANDARD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];

/// Reads everything, gzip and Zstandard undone, whatever the file is called. The packed bytes are never in memory as a
/// whole, and the unpacked ones are counted against `budget` while they come.
pub(crate) fn unpack(source: &str, reader: impl Read, budget: Budget<'_>) -> Result<Plain> {
    let read = Cell::new(0);
    let counted = Counted { reader, read: &read };
    let mut reader = BufReader::with_capacity(1 << 16, counted);
    let cannot = |e| Error::io(source, "cannot be read", e);
    let head = reader.fill_buf().map_err(cannot)?;
    let mut bytes = Vec::new();
    let packing = if head.starts_with(GZIP) {
        let done = append(&mut MultiGzDecoder::new(reader), &mut bytes, budget);
        done.map_err(|stop| stop.of_packed(source, "gzip", bytes.len(), read.get(), budget))?;
        Some("gzip")
    } else if head.starts_with(ZSTANDARD) {
        while !reader.fill_buf().map_err(cannot)?.is_empty() {
            let frame =
                StreamingDecoder::new(&mut reader).map_err(|e| Stop::Failed(std::io::Error::other(e)));
            let done = frame.and_then(|mut frame| append(&mut frame, &mut bytes, budget));
            done.map_err(|stop| stop.of_packed(source, "Zstandard", bytes.len(), read.get(), budget))?;
        }
        Some("Zstandard")
    } else {
        append(&mut reader, &mut bytes, budget).map_err(|stop| match stop {
            Stop::Failed(e) => cannot(e),
            Stop::Full => budget.refusal(format!("holds more than {}", size_in_words(bytes.len() as u64))),
        })?;
        None
    };
    let again = bytes.starts_with(GZIP) || bytes.starts_with(ZSTANDARD);
    if let Some(packing) = packing.filter(|_| again) {
        return Err(
            Error::data(format!("is compressed twice, with {packing} outside"))
                .in_file(source)
                .hint("unpack it once"),
        );
    }
    Ok(Plain { bytes, packing })
}

/// The same for bytes that are in memory already.
pub(crate) fn unpack_bytes(source: &str, bytes: Vec<u8>, budget: Budget<'_>) -> Result<Plain> {
    if bytes.starts_with(GZIP) || bytes.starts_with(ZSTANDARD) {
        return unpack(source, &bytes[..], budget);
    }
    Ok(Plain { bytes, packing: None })
}

/// A reader that tells how many bytes came out of it.
struct Counted<'a, R> {
    reader: R,
    read: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.reader.read(buffer)?;
        self.read.set(self.read.get() + n as u64);
        Ok(n)
    }
}

/// Why bytes stopped coming before their end.
enum Stop {
    Failed(std::io::Error),
    /// There is no memory for more, or none that may be used.
    Full,
}

/// Bytes asked for at once.
const CHUNK: usize = 1 << 20;

/// Puts all bytes of `reader` behind `bytes`, up to the budget.
fn append(reader: &mut impl Read, bytes: &mut Vec<u8>, budget: Budget<'_>) -> Result<(), Stop> {
    loop {
        let room = usize::try_from(budget.most().saturating_sub(bytes.len() as u64)).unwrap_or(usize::MAX);
        if bytes.capacity() - bytes.len() <= CHUNK {
            // A few bytes more than are read, so that reading never asks for memory on its own.
            let wanted = (bytes.len() / 2).min(room).max(CHUNK) + 64;
            if bytes.try_reserve_exact(wanted).is_err() && bytes.try_reserve_exact(CHUNK + 64).is_err() {
                return Err(Stop::Full);
            }
        }
        let most = CHUNK.min(room.saturating_add(1));
        let came = reader
            .by_ref()
            .take(most as u64)
            .read_to_end(bytes)
            .map_err(Stop::Failed)?;
        if came > room {
            return Err(Stop::Full);
        }
        if came == 0 {
            return Ok(());
        }
    }
}

impl Stop {
    fn of_packed(self, source: &str, packing: &str, unpacked: usize, read: u64, budget: Budget<'_>) -> Error {
        match self {
            Stop::Failed(e) => damaged(source, packing, unpacked, e),
            Stop::Full => budget.refusal(format!(
                "the first {} of this {packing} file unpack to {} and there is more",
                size_in_words(read),
                size_in_words(unpacked as u64)
            )),
        }
    }
}

/// An error where the bytes are of a known format that is no text.
pub(crate) fn refuse_binary(source: &str, bytes: &[u8]) -> Result<()> {
    match MAGIC.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        Some((_, what, todo)) => Err(Error::data(format!("is not a text table but {what}"))
            .in_file(source)
            .hint(*todo)),
        None => Ok(()),
    }
}

fn damaged(source: &str, packing: &str, unpacked: usize, e: std::io::Error) -> Error {
    if e.kind() == ErrorKind::UnexpectedEof {
        return Error::data(format!(
            "the {packing} file ends too early, after {unpacked} unpacked bytes"
        ))
        .in_file(source)
        .hint("it was cut off: copy or download it again");
    }
    Error::data(format!("the {packing} file is damaged: {e}"))
        .in_file(source)
        .hint("copy or download it again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    const FREE: Budget<'static> = Budget::without_limit();

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn gzip_is_known_by_its_bytes_and_may_have_several_members() {
        let mut two = gzip(b"id,x\n");
        two.extend(gzip(b"a,1\n"));
        let plain = unpack_bytes("t", two, FREE).expect("valid");
        assert_eq!(
            (&plain.bytes[..], plain.packing),
            (&b"id,x\na,1\n"[..], Some("gzip"))
        );
    }

    #[test]
    fn a_truncated_gzip_file_says_that_it_ends_too_early() {
        let whole = gzip("id,x\n".repeat(100).as_bytes());
        let error = unpack("t.csv.gz", &whole[..whole.len() - 9], FREE).expect_err("cut off");
        assert!(error.to_string().contains("ends too early"), "{error}");
    }

    #[test]
    fn known_binary_formats_are_named() {
        for (magic, what, _) in MAGIC {
            let error = refuse_binary("t.csv", magic).expect_err("no text");
            assert!(error.to_string().contains(what), "{error}");
        }
    }

    #[test]
    fn zstandard_is_known_by_its_bytes_and_may_have_several_frames() {
        // `printf 'id,x\na,1\n' | zstd`, without checksum: one raw block.
        let frame = [&[0x28, 0xB5, 0x2F, 0xFD, 0x20, 9, 0x49, 0, 0][..], b"id,x\na,1\n"].concat();
        let plain = unpack("t.csv.zst", &[&frame[..], &frame].concat()[..], FREE).expect("valid");
        assert_eq!(plain.packing, Some("Zstandard"));
        assert_eq!(plain.bytes, b"id,x\na,1\nid,x\na,1\n");
        assert!(unpack("t.csv.zst", &frame[..12], FREE).is_err());
    }

    #[test]
    fn bytes_are_counted_while_they_are_unpacked() {
        let bomb = gzip(&vec![b'x'; 50_000_000]);
        let budget = Budget::new("t.csv.gz", Some(10_000_000));
        let error = unpack("t.csv.gz", &bomb[..], budget)
            .expect_err("too much")
            .to_string();
        assert!(error.starts_with("t.csv.gz: the first "), "{error}");
        assert!(
            error.contains("unpack to 10 MB and there is more, and 10 MB may be used"),
            "{error}"
        );
        let error =
            unpack("t.csv", &[b'x'; 2000][..], Budget::new("t.csv", Some(1000))).expect_err("too much");
        assert!(
            error
                .to_string()
                .starts_with("t.csv: holds more than 1 kB, and 1 kB may be"),
            "{error}"
        );
        let exact = unpack("t.csv", &[b'x'; 2000][..], Budget::new("t.csv", Some(2000))).expect("just fits");
        assert_eq!(exact.bytes.len(), 2000);
    }
}
