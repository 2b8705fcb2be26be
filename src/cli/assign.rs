//! `kinfolk assign`.

use super::args::AssignArgs;
use super::input::Opened;
use super::screen::Screen;
use super::table_file::{TableFile, check_name, is_parquet, table_file};
use super::{escaped_warning, interrupt, lines, output, show, summary};
use crate::export::{CsvStyle, OutputFile, assigned_header, assigned_rows};
use crate::model::{Assigner, Tally};
use crate::read::{NewBatch, NewRows, NewRowsSettings, Rules, parquet_as_text};
use crate::{Error, Result};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Rows that are read while those before them are answered.
const BATCH: usize = 16_384;
/// Rows that one piece of work answers.
const PIECE: usize = 2_048;

pub(super) fn run(args: &AssignArgs, config_file: Option<&Path>, mut screen: Screen) -> Result<()> {
    screen.stage("model")?;
    let (model_file, model) = show::model(&args.model)?;
    let mut rules = model.about.rules.clone();
    args.overrule(&mut rules)?;
    let assigner = Assigner::new(model, args.novelty)?;
    let Some(new) = &args.new else {
        return lines::run(&assigner, &rules, args);
    };
    let name = args
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}-assigned.csv", output::stem(new))));
    check_name(&name)?;
    let mut inputs = vec![new.as_path(), model_file.as_path()];
    inputs.extend(config_file);
    let file = if name == Path::new("-") {
        None
    } else {
        Some(interrupt::begin(
            || OutputFile::prepare(&name, &inputs, args.force),
            OutputFile::unfinished,
        )?)
    };

    screen.stage("assign")?;
    let out = file.as_ref().map(OutputFile::create).transpose()?;
    let mut done = Run {
        assigner: &assigner,
        style: CsvStyle {
            typed: is_parquet(&name),
            ..args.csv_style()
        },
        tally: Tally::new(assigner.about()),
        escaped: 0,
        out: table_file(&name, out),
        name: &name,
    };
    let parquet = parquet_as_text(new)?;
    let settings = NewRowsSettings {
        points: parquet.is_some(),
        ..args.rows()
    };
    let opened = match parquet {
        Some(rows) => (new.display().to_string(), rows),
        None => screen.open(new)?,
    };
    let reading = done.all(opened, &rules, &settings)?;
    let Run {
        tally, escaped, out, ..
    } = done;
    out.end()?;
    if !args.allow_outside {
        summary::refuse_outside(assigner.about(), &tally)
            .map_err(|e| e.in_file(new.display().to_string()))?;
    }
    if let Some(file) = file {
        interrupt::publish(|| file.publish())?;
    }
    screen.finish();
    screen.say(&format!("{}: {}", new.display(), reading.join(", ")));
    screen.warn(&summary::of_values(assigner.about(), &tally));
    screen.warn(escaped_warning(escaped).as_slice());
    if screen.is_quiet() {
        return Ok(());
    }
    let words = summary::of_assigned(assigner.about(), &tally, args.novelty, &name);
    if name == Path::new("-") {
        screen.say(&words);
        return Ok(());
    }
    screen.print_words(&words)
}

/// What is written, and counted over it.
struct Run<'a> {
    assigner: &'a Assigner,
    style: CsvStyle,
    tally: Tally,
    escaped: usize,
    out: Box<dyn TableFile>,
    name: &'a Path,
}

impl Run<'_> {
    /// Answers all rows; how they were read.
    fn all(
        &mut self,
        (source, reader): Opened,
        rules: &Rules,
        settings: &NewRowsSettings,
    ) -> Result<Vec<String>> {
        let mut rows = NewRows::open(&source, reader, rules, settings)?;
        let mut reading = rows.reading.clone();
        reading.push(match rows.id() {
            Some(id) => format!("customers named by column {id}"),
            None => "no column names the customers: rows are numbered".to_owned(),
        });
        self.write(&assigned_header(self.style, false)?)?;
        let mut waiting = rows.next_batch(BATCH)?;
        if waiting.is_none() {
            return Err(Error::data("holds a header but no rows")
                .in_file(source)
                .hint("one line per customer is needed below it"));
        }
        while let Some(batch) = waiting.take() {
            let (assigner, style) = (self.assigner, self.style);
            let (next, answers) = rayon::join(|| rows.next_batch(BATCH), || answers(assigner, style, &batch));
            for answer in answers {
                let (bytes, escaped, tally) = answer?;
                self.write(&bytes)?;
                self.escaped += escaped;
                self.tally.join(&tally);
            }
            waiting = next?;
        }
        Ok(reading)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(|e| self.cannot(e))
    }

    fn cannot(&self, e: std::io::Error) -> Error {
        Error::io(self.name, "cannot be written", e)
    }
}

/// The rows of a batch, a few at a time, with the cells that were escaped and what is counted.
fn answers(assigner: &Assigner, style: CsvStyle, batch: &NewBatch) -> Vec<Result<(Vec<u8>, usize, Tally)>> {
    let starts: Vec<usize> = (0..batch.len()).step_by(PIECE).collect();
    let answer = |&start: &usize| {
        let rows = batch.table(start..(start + PIECE).min(batch.len()))?;
        let (assigned, tally) = assigner.assign(&rows)?;
        let (bytes, escaped) = assigned_rows(assigner.about(), &rows.table.ids, &assigned, style)?;
        Ok((bytes, escaped, tally))
    };
    starts.par_iter().map(answer).collect()
}
