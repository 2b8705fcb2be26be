//! Bytes of a text table as they come: unpacked, as UTF-8, and never more of a row than memory should hold.

use super::budget::Budget;
use super::decode;
use super::unpacked::Unpacked;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use encoding_rs::{Decoder, DecoderResult, UTF_8};
use std::io::{self, Chain, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bytes that tell how the rest is to be read.
const HEAD: usize = 1 << 20;

/// The longest row: what is longer has lost the end of a quote.
const LONGEST_ROW: u64 = 64 << 20;

type Bytes<'a> = Box<dyn Read + Send + 'a>;

/// A text that comes as bytes of UTF-8, whose beginning is known.
pub(super) struct Stream<'a> {
    /// The first bytes, up to a line feed unless they are all.
    pub(super) head: String,
    /// What follows.
    pub(super) rest: Chain<Cursor<Vec<u8>>, Metered<'a>>,
    /// To be called when a row has been read.
    pub(super) meter: Meter,
    /// How the bytes are packed and encoded.
    pub(super) reading: Vec<String>,
    /// Whether numbers are written with a point, as those of a workbook.
    pub(super) points: bool,
}

/// Opens a stream, packed or not, in any encoding. `source` is what messages call it.
///
/// # Errors
/// Bytes that are no text table, or a name that is no encoding. A workbook may take `memory` bytes, since it is read as a whole.
pub(super) fn open<'a>(
    source: &str,
    reader: Bytes<'a>,
    encoding: Option<&str>,
    memory: Option<u64>,
) -> Result<Stream<'a>> {
    let cannot = |e: io::Error| read_error(source, e);
    let mut reading = Vec::new();
    let mut plain = Unpacked::new(reader).map_err(cannot)?;
    reading.extend(plain.packing().map(str::to_owned));
    let mut head = Vec::new();
    (&mut plain)
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(cannot)?;
    super::source::refuse_binary(source, &head)?;
    if head.starts_with(super::parquet::MAGIC) {
        return Err(super::parquet::not_read(source));
    }
    if super::excel::may_be_workbook(&head) {
        let budget = Budget::new(source, memory);
        let (csv, phrase) = super::excel::rest_as_csv(source, head, &mut plain, budget)?;
        let mut stream = open(source, Box::new(Cursor::new(csv)), encoding, memory)?;
        stream.reading.insert(0, phrase);
        stream.points = true;
        return Ok(stream);
    }
    let (found, mark) = decode::of_head(&head, encoding)?;
    reading.push(found.name().to_owned());
    let unread = Cursor::new(head.split_off(mark)).chain(plain);
    let mut text: Bytes<'a> = if found == UTF_8 {
        Box::new(unread)
    } else {
        Box::new(Transcoded {
            reader: Box::new(unread),
            decoder: found.new_decoder_without_bom_handling(),
            input: Vec::new(),
            output: Cursor::new(Vec::new()),
            ended: false,
        })
    };
    let mut head = Vec::new();
    (&mut text)
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(cannot)?;
    let end = match head.len() < HEAD {
        true => head.len(),
        false => memchr::memrchr(b'\n', &head).map_or(head.len(), |at| at + 1),
    };
    let begun = head.split_off(end);
    let head = String::from_utf8(head).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        not_utf8(
            source,
            1 + memchr::memchr_iter(b'\n', &e.as_bytes()[..at]).count() as u64,
        )
    })?;
    super::decode::refuse_markup(source, &head)?;
    let meter = Meter(Arc::new(AtomicU64::new(0)));
    let metered = Metered {
        reader: text,
        meter: meter.clone(),
    };
    Ok(Stream {
        head,
        rest: Cursor::new(begun).chain(metered),
        meter,
        reading,
        points: false,
    })
}

/// The error where a line is no UTF-8.
pub(super) fn not_utf8(source: &str, line: u64) -> Error {
    Error::data("is not valid UTF-8")
        .in_file(source)
        .at_line(line)
        .hint(message!["set ", Setting::Encoding, ", such as windows-1252"])
}

/// What went wrong while bytes came.
pub(super) fn read_error(source: &str, e: io::Error) -> Error {
    if e.kind() == io::ErrorKind::UnexpectedEof {
        return Error::data("the packed file ends too early")
            .in_file(source)
            .hint("it was cut off: copy or download it again");
    }
    Error::io(source, "cannot be read", e)
}

/// Counts the bytes since the last row.
#[derive(Clone)]
pub(super) struct Meter(Arc<AtomicU64>);

impl Meter {
    /// A row has been read.
    pub(super) fn row(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// Bytes that end with an error where a row does not.
pub(super) struct Metered<'a> {
    reader: Bytes<'a>,
    meter: Meter,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(buffer)?;
        if self.meter.0.fetch_add(n as u64, Ordering::Relaxed) > LONGEST_ROW {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a row of more than 67 MB; is a quote not closed?",
            ));
        }
        Ok(n)
    }
}

/// Bytes of another encoding as UTF-8.
struct Transcoded<'a> {
    reader: Bytes<'a>,
    decoder: Decoder,
    /// Read and not decoded.
    input: Vec<u8>,
    /// Decoded and not taken.
    output: Cursor<Vec<u8>>,
    ended: bool,
}

impl Read for Transcoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.output.read(buffer)?;
            if n > 0 || buffer.is_empty() || self.ended {
                return Ok(n);
            }
            let mut fresh = vec![0; 1 << 16];
            let came = self.reader.read(&mut fresh)?;
            self.ended = came == 0;
            self.input.extend_from_slice(&fresh[..came]);
            let mut out = vec![0; 3 * self.input.len() + 64];
            let (result, used, written) =
                self.decoder
                    .decode_to_utf8_without_replacement(&self.input, &mut out, self.ended);
            if let DecoderResult::Malformed(..) = result {
                let name = self.decoder.encoding().name();
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("not valid {name}; if that is not its encoding, name another"),
                ));
            }
            self.input.drain(..used);
            out.truncate(written);
            self.output = Cursor::new(out);
        }
    }
}
