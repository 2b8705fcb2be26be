//! Bytes with their packing undone while they come.

use crate::error::{Error, Result};
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::io::{BufRead, BufReader, Read};

type Source = BufReader<Box<dyn Read>>;

/// The plain bytes of `reader`, and how they were packed.
pub(super) fn unpacked(source: &str, reader: Box<dyn Read>) -> Result<(Box<dyn Read>, Option<&'static str>)> {
    let mut reader: Source = BufReader::with_capacity(1 << 16, reader);
    let head = reader
        .fill_buf()
        .map_err(|e| Error::io(source, "cannot be read", e))?;
    if head.starts_with(super::source::GZIP) {
        return Ok((Box::new(MultiGzDecoder::new(reader)), Some("gzip")));
    }
    if head.starts_with(super::source::ZSTANDARD) {
        return Ok((
            Box::new(Frames {
                reader: Some(reader),
                frame: None,
            }),
            Some("Zstandard"),
        ));
    }
    Ok((Box::new(reader), None))
}

/// Zstandard frames, one after the other.
struct Frames {
    reader: Option<Source>,
    frame: Option<StreamingDecoder<Source, FrameDecoder>>,
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let n = frame.read(buffer)?;
                if n > 0 || buffer.is_empty() {
                    return Ok(n);
                }
            }
            if let Some(frame) = self.frame.take() {
                self.reader = Some(frame.into_inner());
            }
            let Some(mut reader) = self.reader.take() else {
                return Ok(0);
            };
            if reader.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.frame = Some(StreamingDecoder::new(reader).map_err(std::io::Error::other)?);
        }
    }
}
