//! `kinfolk assign --lines`: one customer per line, each answered at once.

use super::args::AssignArgs;
use super::flags;
use crate::export::{CsvStyle, assigned_header, assigned_json, assigned_rows};
use crate::model::Assigner;
use crate::read::{NewTable, RowLayout, Rules};
use crate::{Error, Result};
use serde_json::{Map, Value};
use std::io::{self, BufRead, Read, Write};

/// Bytes of the longest line.
const LONGEST: u64 = 1 << 20;
/// What messages call the lines.
const SOURCE: &str = "standard input";

/// What a line is answered with.
struct Answers<'a> {
    assigner: &'a Assigner,
    layout: RowLayout,
    /// For CSV what stands between cells; `None` for JSON.
    separator: Option<u8>,
}

pub(super) fn run(assigner: &Assigner, rules: &Rules, args: &AssignArgs) -> Result<()> {
    let settings = args.rows();
    let mut lines = Lines {
        reader: io::stdin().lock(),
        number: 0,
    };
    let mut out = io::stdout().lock();
    let cannot = |e| Error::io("standard output", "cannot be written", e);
    let mut answers: Option<Answers<'_>> = None;
    while let Some(line) = lines.next()? {
        let text = match line.as_deref() {
            Ok(text) if text.trim().is_empty() => continue,
            Ok(text) => text,
            Err(_) => "",
        };
        let known = match &mut answers {
            Some(known) => known,
            None => {
                let (begun, header) =
                    begin(assigner, rules, text, settings.separator, settings.id.as_deref())?;
                if let Some(header) = header {
                    out.write_all(&header)
                        .and_then(|()| out.flush())
                        .map_err(cannot)?;
                    answers = Some(begun);
                    continue;
                }
                answers.insert(begun)
            }
        };
        let answer = match &line {
            Ok(text) => known.answer(text, lines.number),
            Err(what) => Err(Error::data(what.clone())),
        };
        let bytes = match answer {
            Ok(bytes) => bytes,
            Err(error) => known.refused(&flags::of_error(error.at_line(lines.number)).to_string())?,
        };
        out.write_all(&bytes).and_then(|()| out.flush()).map_err(cannot)?;
    }
    Ok(())
}

/// By the first line: JSON objects, or the header of CSV, whose answer is a header, too.
fn begin<'a>(
    assigner: &'a Assigner,
    rules: &Rules,
    first: &str,
    separator: Option<char>,
    id: Option<&str>,
) -> Result<(Answers<'a>, Option<Vec<u8>>)> {
    if first.trim_start().starts_with('{') {
        let mut names: Vec<String> = rules.columns().map(str::to_owned).collect();
        names.extend(id.or(rules.id()).map(str::to_owned));
        let mut rules = rules.clone();
        rules.allow_gaps();
        let answers = Answers {
            assigner,
            layout: RowLayout::new(SOURCE, &names, &rules, id)?,
            separator: None,
        };
        return Ok((answers, None));
    }
    let separators: Vec<u8> = match separator {
        Some(c) => u8::try_from(c).into_iter().collect(),
        None => b",;\t|".to_vec(),
    };
    let mut refused = None;
    for separator in separators {
        match RowLayout::new(SOURCE, &cells(first, separator), rules, id) {
            Ok(layout) => {
                let answers = Answers {
                    assigner,
                    layout,
                    separator: Some(separator),
                };
                return Ok((answers, Some(assigned_header(CsvStyle::default(), true)?)));
            }
            Err(error) => {
                refused.get_or_insert(error);
            }
        }
    }
    let error = refused.unwrap_or_else(|| Error::usage("no separator is given"));
    Err(error.at_line(1))
}

impl Answers<'_> {
    fn answer(&self, line: &str, number: u64) -> Result<Vec<u8>> {
        let new = match self.separator {
            Some(separator) => self.of_cells(&cells(line, separator), number)?,
            None => self.of_object(line, number)?,
        };
        let (assigned, _) = self.assigner.assign(&new)?;
        let about = self.assigner.about();
        if self.separator.is_none() {
            let mut bytes = assigned_json(about, &new.table.ids[0], &assigned[0])?.into_bytes();
            bytes.push(b'\n');
            return Ok(bytes);
        }
        let (mut bytes, _) = assigned_rows(about, &new.table.ids, &assigned, CsvStyle::default())?;
        // The empty error.
        bytes.pop();
        bytes.extend(b",\n");
        Ok(bytes)
    }

    fn of_cells(&self, cells: &[String], number: u64) -> Result<NewTable> {
        let cell = |_: usize, place: usize| cells.get(place).map(String::as_bytes);
        self.layout.table(1, cell, |_| (cells.len(), number), number - 2)
    }

    fn of_object(&self, line: &str, number: u64) -> Result<NewTable> {
        let object: Map<String, Value> =
            serde_json::from_str(line).map_err(|e| Error::data(format!("is no JSON object: {e}")))?;
        let names = self.layout.header();
        let cells: Vec<Option<String>> = names
            .iter()
            .map(|name| {
                object
                    .get(name)
                    .and_then(|value| self.layout.json_cell(name, value))
            })
            .collect();
        let cell = |_: usize, place: usize| cells.get(place)?.as_deref().map(str::as_bytes);
        self.layout.table(1, cell, |_| (names.len(), number), number - 1)
    }

    /// The answer to a line that has none.
    fn refused(&self, why: &str) -> Result<Vec<u8>> {
        let why = why.strip_prefix(SOURCE).map_or(why, str::trim_start);
        if self.separator.is_none() {
            let mut bytes = serde_json::json!({ "error": why }).to_string().into_bytes();
            bytes.push(b'\n');
            return Ok(bytes);
        }
        let header = assigned_header(CsvStyle::default(), false)?;
        let columns = header.iter().filter(|b| **b == b',').count() + 1;
        let mut writer = csv::Writer::from_writer(Vec::new());
        let row = std::iter::repeat_n("", columns).chain([why]);
        writer
            .write_record(row)
            .map_err(|e| Error::data(format!("the answer cannot be written: {e}")))?;
        writer
            .into_inner()
            .map_err(|e| Error::data(format!("the answer cannot be written: {}", e.error())))
    }
}

/// The cells of a line.
fn cells(line: &str, separator: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => record.iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Lines as they come; a line that is too long or no UTF-8 is told as such.
struct Lines<R> {
    reader: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Result<Option<std::result::Result<String, String>>> {
        let cannot = |e| Error::io(SOURCE, "cannot be read", e);
        let mut bytes = Vec::new();
        let came = (&mut self.reader)
            .take(LONGEST)
            .read_until(b'\n', &mut bytes)
            .map_err(cannot)?;
        if came == 0 {
            return Ok(None);
        }
        self.number += 1;
        if came as u64 == LONGEST && bytes.last() != Some(&b'\n') {
            skip_line(&mut self.reader).map_err(cannot)?;
            return Ok(Some(Err("the line is longer than a million bytes".to_owned())));
        }
        if self.number == 1 && bytes.starts_with("\u{FEFF}".as_bytes()) {
            bytes.drain(..3);
        }
        Ok(Some(
            String::from_utf8(bytes).map_err(|_| "is not valid UTF-8".to_owned()),
        ))
    }
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (used, done) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        reader.consume(used);
        if done {
            return Ok(());
        }
    }
}
