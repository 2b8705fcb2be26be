//! `run.json`: what may differ between two runs of the same work.

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
}

#[derive(Serialize)]
struct Stage {
    stage: &'static str,
    seconds: f64,
}

/// Writes the record.
pub(super) fn write(
    mut out: impl Write,
    input: &str,
    input_sha256: &str,
    settings: &SettingsInForce,
    stages: &[(&'static str, f64)],
    total: f64,
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
            .map(|&(stage, seconds)| Stage { stage, seconds })
            .collect(),
        peak_memory_bytes: peak_memory(),
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

/// Peak resident memory of this process, where the system tells (Linux).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
