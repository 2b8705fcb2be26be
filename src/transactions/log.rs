//! The whole file: lines by customer, in bounded memory, read again where its end shows that dates or numbers are written
//! otherwise than its beginning made believe.

use super::cells::Convention;
use super::line::Names;
use super::parse::{MOST, Parsed, Reading, SHARDS, parse, too_many};
use super::patterns::Patterns;
use super::pieces::Piece;
use super::roles::{Places, places};
use super::settings::TransactionSettings;
use super::shard::{Codes, Shard};
use super::tally::{Count, Odd, Tally};
use crate::columns::date::{self, Order};
use crate::columns::number::{self, Look};
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::read::blocks::{Block, HowWritten, Stream};
use crate::text::size_in_words;
use crate::warning::Warning;
use rayon::prelude::*;
use std::path::Path;

/// Everything that was read, before anything is computed from it.
pub(crate) struct Log {
    pub(crate) source: String,
    pub(crate) names: Vec<String>,
    pub(crate) places: Places,
    pub(crate) reading: Vec<String>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) shards: Vec<Shard>,
    pub(crate) products: Names,
    /// Categories, channels, events.
    pub(crate) labels: [Names; 3],
    pub(crate) tally: Tally,
    pub(crate) dates: String,
}

/// Bytes of text that are read in one piece, more or less.
const PIECE: usize = 1 << 20;

/// Reads `path`; `-` is standard input, which is read once.
pub(crate) fn read(path: &Path, settings: &TransactionSettings, as_of: Option<i32>) -> Result<Log> {
    let how = HowWritten {
        separator: settings.separator,
        encoding: settings.encoding.as_deref(),
        memory: settings.memory,
    };
    read_with(&|| Stream::open(path, &how), path.is_file(), settings, as_of)
}

/// The same for whatever `open` gives; `again` says that it can be called twice.
pub(crate) fn read_with(
    open: &dyn Fn() -> Result<Stream>,
    again: bool,
    settings: &TransactionSettings,
    as_of: Option<i32>,
) -> Result<Log> {
    let mut stream = open()?;
    if stream.sample.is_empty() {
        return Err(Error::data("holds a header but no rows")
            .in_file(&stream.source)
            .hint("purchase lines are needed below it"));
    }
    let mut reading = stream.reading.clone();
    let places = places(
        &stream.source,
        &stream.names,
        &stream.sample,
        &settings.roles,
        &mut reading,
    )?;
    let mut convention = first_convention(&stream, &places, settings);
    // What the whole file says cannot change a third time.
    for attempt in 0..3 {
        let mut log = read_once(&mut stream, &places, convention, settings, as_of)?;
        let (better, dates, guessed) = convention_of(&log.tally, settings, convention);
        if better != convention && attempt < 2 {
            if !again {
                return Err(changed(&stream.source, convention, better));
            }
            convention = better;
            stream = open()?;
            continue;
        }
        if let Some(odd) = &log.tally.odd {
            return Err(odd_cell(&stream, odd));
        }
        log.dates = dates;
        if guessed {
            log.warnings.push(Warning::new(
                "guessed-day-order",
                message![
                    format!("{}; ", log.dates),
                    Setting::DayFirst,
                    " yes or ",
                    Setting::DayFirst,
                    " no overrules"
                ],
            ));
        }
        if convention.decimal == ',' {
            reading.push("decimal comma".to_owned());
        }
        log.reading = reading;
        return Ok(log);
    }
    Err(Error::data("changes the way its dates or numbers are written").in_file(&stream.source))
}

fn read_once(
    stream: &mut Stream,
    places: &Places,
    convention: Convention,
    settings: &TransactionSettings,
    as_of: Option<i32>,
) -> Result<Log> {
    let mut log = Log {
        source: stream.source.clone(),
        names: stream.names.clone(),
        places: places.clone(),
        reading: Vec::new(),
        warnings: stream.warnings.clone(),
        shards: (0..SHARDS).map(|_| Shard::default()).collect(),
        products: Names::default(),
        labels: Default::default(),
        tally: Tally::default(),
        dates: String::new(),
    };
    let names = stream.names.clone();
    let source = stream.source.clone();
    let excluded = Patterns::new(&settings.exclude_products);
    let reading = Reading {
        source: &source,
        names: &names,
        header_line: stream.header_line,
        dialect: stream.dialect,
        places,
        convention,
        settings,
        excluded: &excluded,
        as_of,
    };
    while let Some(block) = stream.next_block()? {
        take(&mut log, &reading, &block)?;
        let held = log.shards.iter().map(Shard::bytes).sum::<u64>() + log.products.bytes();
        if settings.memory.is_some_and(|most| held > most) {
            return Err(Error::data(format!(
                "the lines up to here take {} of memory, and {} may be used",
                size_in_words(held),
                size_in_words(settings.memory.unwrap_or_default())
            ))
            .in_file(&source)
            .at_line(block.line)
            .hint(message![
                "give it more with ",
                Setting::Memory,
                ", or let a database count: ",
                Setting::Sql,
                " duckdb prints the query"
            ]));
        }
    }
    log.warnings.extend(stream.damage());
    Ok(log)
}

/// Adds the lines of a block.
fn take(log: &mut Log, reading: &Reading<'_>, block: &Block) -> Result<()> {
    let cuts = crate::read::pieces(reading.source, &block.text, block.line, reading.dialect, PIECE)?;
    let mut line = block.line;
    let mut texts = Vec::with_capacity(cuts.len());
    for (i, &from) in cuts.iter().enumerate() {
        let text = &block.text[from..cuts.get(i + 1).copied().unwrap_or(block.text.len())];
        texts.push((text, line));
        line += memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
    }
    let pieces: Vec<Result<Piece<'_>>> = texts
        .par_iter()
        .map(|&(text, line)| Piece::new(reading, text, line))
        .collect();
    let pieces = pieces.into_iter().collect::<Result<Vec<_>>>()?;
    let parsed: Vec<Result<Parsed<'_>>> = pieces.par_iter().map(|piece| parse(reading, piece)).collect();
    let mut parsed = parsed.into_iter().collect::<Result<Vec<_>>>()?;
    // Numbers of names depend on the order of the file alone, and nothing that is written on them.
    let codes: Vec<Codes> = parsed
        .iter()
        .map(|p| Codes {
            products: p.products.iter().map(|name| log.products.code(name)).collect(),
            labels: std::array::from_fn(|which| {
                p.labels[which]
                    .iter()
                    .map(|name| log.labels[which].code(name))
                    .collect()
            }),
        })
        .collect();
    let columns = [
        reading.places.category,
        reading.places.channel,
        reading.places.event,
    ];
    for ((names, most), column) in log.labels.iter().zip(MOST).zip(columns) {
        if names.names().len() > most {
            return Err(too_many(reading, column, most));
        }
    }
    for p in &mut parsed {
        log.tally.join(std::mem::take(&mut p.tally));
    }
    log.shards.par_iter_mut().enumerate().for_each(|(which, shard)| {
        parsed
            .iter()
            .zip(&codes)
            .for_each(|(p, codes)| shard.take(p, codes, which));
    });
    Ok(())
}

/// What the first rows say.
fn first_convention(stream: &Stream, places: &Places, settings: &TransactionSettings) -> Convention {
    let mut tally = Tally::default();
    for row in &stream.sample {
        if let Some(written) = row.get(places.date).and_then(|cell| date::read(cell.trim())) {
            tally.dates.add(&written);
        }
        for cell in [places.amount, places.price, places.quantity]
            .into_iter()
            .flatten()
            .filter_map(|c| row.get(c))
        {
            match number::strip(cell.trim()).map(|w| number::look(w.body)) {
                Some(Look::Point) => tally.points.add(1),
                Some(Look::Comma) => tally.commas.add(1),
                _ => {}
            }
        }
    }
    let none = Convention {
        decimal: '.',
        order: Order::DayFirst,
    };
    convention_of(&tally, settings, none).0
}

/// What was counted says about how dates and numbers are written; what is said about dates, and whether that is a guess.
fn convention_of(
    tally: &Tally,
    settings: &TransactionSettings,
    now: Convention,
) -> (Convention, String, bool) {
    let decimal = settings
        .decimal
        .unwrap_or(match tally.commas.times.cmp(&tally.points.times) {
            std::cmp::Ordering::Greater => ',',
            std::cmp::Ordering::Less => '.',
            std::cmp::Ordering::Equal if tally.points == Count::default() => '.',
            std::cmp::Ordering::Equal => now.decimal,
        });
    let (order, dates, guessed) = tally.dates.order(None, decimal == ',');
    match settings.day_first {
        None => (Convention { decimal, order }, dates, guessed),
        Some(first) => {
            let order = if first { Order::DayFirst } else { Order::MonthFirst };
            (Convention { decimal, order }, String::new(), false)
        }
    }
}

fn changed(source: &str, now: Convention, better: Convention) -> Error {
    let (what, flag) = if now.order != better.order {
        let flag = if better.order == Order::DayFirst {
            message![Setting::DayFirst, " yes"]
        } else {
            message![Setting::DayFirst, " no"]
        };
        ("the order of day and month", flag)
    } else {
        (
            "the decimal mark",
            if better.decimal == ',' {
                message![Setting::Decimal, " ,"]
            } else {
                message![Setting::Decimal, " ."]
            },
        )
    };
    Error::data(format!(
        "the whole text says otherwise than its beginning about {what}"
    ))
    .in_file(source)
    .hint(message![
        "set ",
        flag,
        ", or name a file, which can be read twice"
    ])
}

fn odd_cell(stream: &Stream, odd: &Odd) -> Error {
    Error::data(format!("\"{}\" {}", odd.cell, odd.what))
        .in_file(&stream.source)
        .at_line(odd.line)
        .in_column(&stream.names[odd.column])
        .hint(&odd.hint)
}
