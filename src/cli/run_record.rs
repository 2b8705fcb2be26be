//! `run.json`: what may differ between two runs of the same work.

use super::memory;
use super::screen::StageRun;
use crate::export::Written;
use crate::{Error, Result};
use clap::ArgMatches;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// Every flag and argument in force, as text.
pub(super) type SettingsInForce = BTreeMap<String, Vec<String>>;

/// The settings in force of a subcommand: typed, from the configuration file or by default.
pub(super) fn settings(matches: &ArgMatches) -> SettingsInForce {
    matches
        .ids()
        .filter_map(|id| {
            let values = matches.try_get_raw(id.as_str()).ok().flatten()?;
            let values: Vec<String> = values.map(|v| v.to_string_lossy().into_owned()).collect();
            Some((id.as_str().to_owned(), values))
        })
        .collect()
}

#[derive(Serialize)]
struct Record<'a> {
    format: u32,
    program: &'static str,
    version: &'static str,
    date: String,
    host: Option<String>,
    os: &'static str,
    threads: usize,
    input: &'a str,
    input_sha256: &'a str,
    settings: &'a SettingsInForce,
    seconds: BTreeMap<&'static str, f64>,
    stages: Vec<Stage>,
    peak_memory_bytes: Option<u64>,
    /// All files of the run but this one. They are what the next run into this folder may replace.
    files: &'a BTreeMap<String, Written>,
}

#[derive(Serialize)]
struct Stage {
    stage: &'static str,
    seconds: f64,
    /// Held at the end of the stage, and the most until then.
    memory_bytes: Option<u64>,
    peak_memory_bytes: Option<u64>,
}

/// Writes the record.
pub(super) fn write(
    mut out: impl Write,
    input: &str,
    input_sha256: &str,
    settings: &SettingsInForce,
    stages: &[StageRun],
    total: f64,
    files: &BTreeMap<String, Written>,
) -> Result<()> {
    let record = Record {
        format: 1,
        program: "kinfolk",
        version: env!("CARGO_PKG_VERSION"),
        date: jiff::Timestamp::now().to_string(),
        host: host(),
        os: std::env::consts::OS,
        threads: rayon::current_num_threads(),
        input,
        input_sha256,
        settings,
        seconds: BTreeMap::from([("total", total)]),
        stages: stages
            .iter()
            .map(|s| Stage {
                stage: s.name,
                seconds: s.seconds,
                memory_bytes: s.memory.map(|m| m.held),
                peak_memory_bytes: s.memory.map(|m| m.peak),
            })
            .collect(),
        peak_memory_bytes: memory::of_process().map(|m| m.peak),
        files,
    };
    serde_json::to_writer_pretty(&mut out, &record)
        .map_err(std::io::Error::from)
        .and_then(|()| writeln!(out))
        .map_err(|e| Error::io("run.json", "cannot be written", e))
}

fn host() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned())
}
