//! A text table of any size, block by block: for files that need not be held as a whole.
//!
//! The beginning of the file says which encoding, separator and header it has, as [`parse_table`](super::parse_table)
//! finds them; blocks of whole records follow. Memory does not grow with the file.

use super::budget::Budget;
use super::decode::{self, decode};
use super::dialect;
use super::excel;
use super::header;
use super::parquet;
use super::quotes;
use super::source;
use super::spaces;
use super::unpacked::Unpacked;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::grid::{Dialect, Records};
use crate::text::{count, size_in_words};
use crate::warning::Warning;
use encoding_rs::{Decoder, DecoderResult, Encoding};
use std::io::{Cursor, Read};
use std::path::Path;

/// Bytes that are read at once.
const BLOCK: usize = 1 << 24;
/// Bytes that say how the file is written.
const HEAD: usize = 1 << 22;
/// The longest record: what is longer is a quote that was never closed.
const LONGEST: usize = 1 << 28;

/// What is asked about how the file is written; what is not asked for is found out.
#[derive(Clone, Debug, Default)]
pub(crate) struct HowWritten<'a> {
    pub(crate) separator: Option<char>,
    pub(crate) encoding: Option<&'a str>,
    /// The most bytes that a workbook may take, which is read as a whole.
    pub(crate) memory: Option<u64>,
}

/// Whole records in one text, and the line of the file on which it begins.
pub(crate) struct Block {
    pub(crate) text: String,
    pub(crate) line: u64,
}

/// A file whose beginning is known.
pub(crate) struct Stream {
    /// What messages call it.
    pub(crate) source: String,
    pub(crate) dialect: Dialect,
    /// Unique names of the columns.
    pub(crate) names: Vec<String>,
    pub(crate) header_line: u64,
    /// The first rows, as cells.
    pub(crate) sample: Vec<Vec<String>>,
    pub(crate) reading: Vec<String>,
    pub(crate) warnings: Vec<Warning>,
    reader: Unpacked<Box<dyn Read>>,
    decoder: Decoder,
    /// Whether letters that are not valid become U+FFFD; elsewhere they are refused.
    lossy: bool,
    damaged: usize,
    /// Whether lines end with carriage returns alone.
    carriage: bool,
    spaced: bool,
    /// Text that is decoded and not handed over.
    pending: String,
    line: u64,
    ended: bool,
}

impl Stream {
    /// Opens `path` (`-` is standard input) and reads its beginning.
    pub(crate) fn open(path: &Path, how: &HowWritten<'_>) -> Result<Stream> {
        let (source, reader) = source::open(path)?;
        match parquet::parquet_as_text(path)? {
            Some(rows) => {
                let mut stream = Stream::new(source, rows, how)?;
                stream.reading.insert(0, "Parquet".to_owned());
                Ok(stream)
            }
            None => Stream::new(source, reader, how),
        }
    }

    /// Reads the beginning of `reader`.
    pub(crate) fn new(source: String, reader: Box<dyn Read>, how: &HowWritten<'_>) -> Result<Stream> {
        let mut reader = Unpacked::new(reader).map_err(|e| Error::io(&source, "cannot be read", e))?;
        let packing = reader.packing();
        let mut raw = Vec::new();
        let ended = fill(&source, &mut reader, &mut raw)?;
        if excel::may_be_workbook(&raw) {
            let budget = Budget::new(&source, how.memory);
            let (csv, phrase) = excel::rest_as_csv(&source, raw, &mut reader, budget)?;
            let mut stream = Stream::new(source, Box::new(Cursor::new(csv)), how)?;
            stream.reading.insert(0, phrase);
            return Ok(stream);
        }
        refuse_other_formats(&source, &raw)?;
        let (encoding, mark, sure) = decode::encoding_of(&raw, how.encoding)?;
        let budget = Budget::new(&source, None);
        let beginning = beginning(&raw, encoding, ended).to_vec();
        let mut head = decode(&source, beginning, how.encoding, budget)?;
        decode::refuse_markup(&source, &head.text)?;
        let mut reading: Vec<String> = packing.map(str::to_owned).into_iter().collect();
        reading.append(&mut head.reading);
        let mut warnings = head.warnings;
        let lossy = sure || !warnings.is_empty();
        warnings.retain(|w| w.code != "damaged-text");
        let tabs = how
            .separator
            .is_none()
            .then(|| spaces::as_tabs(&head.text))
            .flatten();
        let spaced = tabs.is_some();
        if let Some(tabs) = tabs {
            reading.push("cells parted by spaces".to_owned());
            head.text = tabs;
        }
        let found = dialect::detect(&source, &head.text, how.separator)?;
        reading.extend(found.reading);
        let (start, first_line) = found.start;
        let text = &head.text[start..];
        let sample = dialect::sample(text, first_line, found.dialect);
        let header = header::detect(&sample).ok_or_else(|| no_rows(&source))?;
        let written = header.names;
        if written.len() == 1 {
            dialect::refuse_hidden_columns(&source, text, found.dialect)?;
        }
        reading.extend(header.reading);
        warnings.extend(header.warnings);
        let kept = vec![true; written.len()];
        let names = header::unique_names(&written, &kept, &mut warnings);
        let place = sample.rows.iter().position(|(_, line, _)| *line == header.line);
        let body = place.unwrap_or(0) + usize::from(header.present) + usize::from(header.second);
        let above = body - place.unwrap_or(0);
        let mut stream = Stream {
            dialect: found.dialect,
            names,
            header_line: header.line,
            sample: sample
                .rows
                .into_iter()
                .skip(body)
                .map(|(cells, ..)| cells)
                .collect(),
            carriage: reading.iter().any(|r| r == "lines end with CR"),
            reading,
            warnings,
            reader,
            decoder: encoding.new_decoder_without_bom_handling(),
            lossy,
            damaged: 0,
            spaced,
            pending: String::new(),
            line: 1,
            ended,
            source,
        };
        stream.decode(&raw[mark..], ended)?;
        stream.skip(start, first_line, header.line, above);
        Ok(stream)
    }

    /// Leaves out what stands above the rows: `records` of the header on `line`, and all lines before.
    fn skip(&mut self, start: usize, first_line: u64, line: u64, records: usize) {
        let mut at = start;
        for _ in first_line..line {
            at += memchr::memchr(b'\n', &self.pending.as_bytes()[at..]).map_or(0, |feed| feed + 1);
        }
        let mut reader = Records::new(&self.pending[at..], line, self.dialect);
        let (mut end, mut next) = (0, line);
        for _ in 0..records {
            reader.next();
            (end, next) = reader.end();
        }
        if self.spaced && records > 0 {
            // Lines of blanks and cells hold no quoted line breaks.
            let body = &self.pending.as_bytes()[at..];
            end = memchr::memchr_iter(b'\n', body)
                .nth(records - 1)
                .map_or(body.len(), |feed| feed + 1);
            next = line + records as u64;
        }
        at += end;
        if self.pending[at..].starts_with('\u{FEFF}') {
            at += '\u{FEFF}'.len_utf8();
        }
        self.pending.drain(..at);
        self.line = next;
    }

    /// Whole records, in the order of the file; `None` behind the last one.
    pub(crate) fn next_block(&mut self) -> Result<Option<Block>> {
        let mut raw = Vec::new();
        loop {
            let cut = if self.ended {
                self.pending.len()
            } else {
                quotes::last_end(&self.pending, self.dialect)
            };
            if cut > 0 {
                let rest = self.pending.split_off(cut);
                let mut text = std::mem::replace(&mut self.pending, rest);
                let line = self.line;
                self.line += memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
                if self.spaced {
                    text = spaces::lines_as_tabs(&text);
                }
                return Ok(Some(Block { text, line }));
            }
            if self.ended {
                return Ok(None);
            }
            if self.pending.len() > LONGEST {
                return Err(Error::data(format!(
                    "the record that begins here is longer than {}",
                    size_in_words(LONGEST as u64)
                ))
                .in_file(&self.source)
                .at_line(self.line)
                .hint("is a quote opened there and never closed?"));
            }
            raw.clear();
            self.ended = fill(&self.source, &mut self.reader, &mut raw)?;
            self.decode(&raw, self.ended)?;
        }
    }

    /// What was replaced on the way, in words.
    pub(crate) fn damage(&self) -> Option<Warning> {
        (self.damaged > 0).then(|| {
            Warning::new(
                "damaged-text",
                message![
                    format!(
                        "{} not valid {} and became \u{FFFD}; if letters look wrong, set ",
                        count(self.damaged, "place is", "places are"),
                        self.decoder.encoding().name()
                    ),
                    Setting::Encoding
                ],
            )
        })
    }

    /// Puts the letters of `raw` behind `pending`.
    fn decode(&mut self, raw: &[u8], last: bool) -> Result<()> {
        let before = self.pending.len();
        let mut rest = raw;
        loop {
            let room = self
                .decoder
                .max_utf8_buffer_length_without_replacement(rest.len());
            self.pending.reserve(room.unwrap_or(0));
            let (result, read) =
                self.decoder
                    .decode_to_string_without_replacement(rest, &mut self.pending, last);
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) if self.lossy => {
                    self.damaged += 1;
                    self.pending.push('\u{FFFD}');
                }
                DecoderResult::Malformed(..) => return Err(self.not_valid()),
            }
        }
        if self.carriage {
            let tail = self.pending.split_off(before).replace('\r', "\n");
            self.pending.push_str(&tail);
        }
        if let Some(at) = memchr::memchr(0, &self.pending.as_bytes()[before..]) {
            return Err(Error::data("holds a zero byte, which no text has")
                .in_file(&self.source)
                .at_line(self.line_at(before + at))
                .hint(message![
                    "is it a binary file? a table as CSV is needed; if it is UTF-16, set ",
                    Setting::Encoding,
                    " utf-16le"
                ]));
        }
        if last {
            while self.pending.ends_with('\u{1A}') {
                self.pending.pop();
            }
        }
        Ok(())
    }

    fn line_at(&self, at: usize) -> u64 {
        self.line + memchr::memchr_iter(b'\n', &self.pending.as_bytes()[..at]).count() as u64
    }

    fn not_valid(&self) -> Error {
        Error::data(format!(
            "is not valid {}, which the beginning of the file is",
            self.decoder.encoding().name()
        ))
        .in_file(&self.source)
        .at_line(self.line_at(self.pending.len()))
        .hint(message![
            "set ",
            Setting::Encoding,
            ", such as ",
            Setting::Encoding,
            " windows-1252; or ",
            Setting::Encoding,
            " utf-8 to go on with \u{FFFD} in such places"
        ])
    }
}

/// Reads up to a block; whether that was the end.
fn fill(source: &str, reader: &mut impl Read, raw: &mut Vec<u8>) -> Result<bool> {
    raw.reserve(BLOCK + 64);
    let came = reader.by_ref().take(BLOCK as u64).read_to_end(raw).map_err(|e| {
        Error::io(source, "cannot be read", e).hint("is it cut off? copy or download it again")
    })?;
    Ok(came < BLOCK)
}

/// The first lines, whole.
fn beginning<'a>(raw: &'a [u8], encoding: &'static Encoding, ended: bool) -> &'a [u8] {
    if ended && raw.len() <= HEAD {
        return raw;
    }
    let head = &raw[..raw.len().min(HEAD)];
    let wide = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
    let is_feed = |at: usize| match wide {
        false => head[at] == b'\n',
        true => {
            let pair = [head[at - at % 2], *head.get(at - at % 2 + 1).unwrap_or(&1)];
            at % 2 == 1 && (pair == [b'\n', 0] || pair == [0, b'\n'])
        }
    };
    // A text whose lines end with carriage returns, or one of a single endless line, is looked at as it is.
    match (0..head.len()).rev().find(|&at| is_feed(at)) {
        Some(at) => &head[..=at],
        None => &head[..head.len() / 2 * 2],
    }
}

fn no_rows(source: &str) -> Error {
    Error::data("holds a header but no rows")
        .in_file(source)
        .hint("lines are needed below it")
}

fn refuse_other_formats(source: &str, raw: &[u8]) -> Result<()> {
    if raw.starts_with(parquet::MAGIC) {
        return Err(parquet::not_read(source));
    }
    source::refuse_binary(source, raw)
}
