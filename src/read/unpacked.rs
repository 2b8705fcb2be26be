//! Bytes with their packing undone while they come.

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::io::{self, BufRead, BufReader, Read};

/// The plain bytes of a reader.
pub(super) enum Unpacked<R: Read> {
    Plain(BufReader<R>),
    Gzip(Box<MultiGzDecoder<BufReader<R>>>),
    Zstandard(Frames<R>),
}

impl<R: Read> Unpacked<R> {
    /// Looks at the first bytes, whatever the file is called.
    pub(super) fn new(reader: R) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let head = reader.fill_buf()?;
        Ok(if head.starts_with(super::source::GZIP) {
            Unpacked::Gzip(Box::new(MultiGzDecoder::new(reader)))
        } else if head.starts_with(super::source::ZSTANDARD) {
            Unpacked::Zstandard(Frames {
                reader: Some(reader),
                frame: None,
            })
        } else {
            Unpacked::Plain(reader)
        })
    }

    /// How the bytes were packed.
    pub(super) fn packing(&self) -> Option<&'static str> {
        match self {
            Unpacked::Plain(_) => None,
            Unpacked::Gzip(_) => Some("gzip"),
            Unpacked::Zstandard(_) => Some("Zstandard"),
        }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Unpacked::Plain(reader) => reader.read(buffer),
            Unpacked::Gzip(reader) => reader.read(buffer),
            Unpacked::Zstandard(reader) => reader.read(buffer),
        }
    }
}

/// Zstandard frames, one after the other.
pub(super) struct Frames<R: Read> {
    reader: Option<BufReader<R>>,
    frame: Option<Box<StreamingDecoder<BufReader<R>, FrameDecoder>>>,
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
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
            let frame = StreamingDecoder::new(reader).map_err(io::Error::other)?;
            self.frame = Some(Box::new(frame));
        }
    }
}
