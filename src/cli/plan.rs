//! `--plan`: time and memory of a run before it runs, and refusing what cannot fit.

use super::args::SegmentArgs;
use super::flags;
use super::guesses::aligned;
use super::input::Input;
use super::memory;
use super::screen::Screen;
use crate::export;
use crate::read::read_table_from;
use crate::segmentation::{Segmentation, Settings, Stage, Workload, prepare, segment, table_bytes};
use crate::table::Table;
use crate::text::group_digits;
use crate::text::size_in_words as size;
use crate::{Error, Result};
use comfy_table::CellAlignment;
use serde::Serialize;
use std::time::Instant;

/// Customers of the run that is measured.
const SAMPLE: usize = 4000;

#[derive(Serialize)]
struct Plan {
    customers: usize,
    coordinates: usize,
    neighbors: usize,
    /// How many customers were measured.
    sample: usize,
    seconds: f64,
    stages: Vec<Part>,
    peak_memory_bytes: u64,
    memory_limit_bytes: Option<u64>,
    fits: bool,
}

#[derive(Serialize)]
struct Part {
    stage: &'static str,
    seconds: f64,
}

/// Measures the run on some of the customers, prints what the whole of it will take, and stops.
pub(super) fn run(args: &SegmentArgs, screen: &mut Screen) -> Result<()> {
    screen.stage("read")?;
    let begun = Instant::now();
    let mut input = Input::of(screen.open(&args.input)?);
    let name = input.name.clone();
    let mut table = read_table_from(&name, &mut input, &args.table(for_reading(args)))?;
    flags::of_table(&mut table);
    let read = begun.elapsed().as_secs_f64();
    screen.stage("measure a sample")?;
    let settings = args.settings()?;
    let rows = evenly(table.n_rows(), SAMPLE);
    let share = table.n_rows() as f64 / rows.len() as f64;
    let begun = Instant::now();
    let prepared = prepare(&table.reordered(&rows), &settings.features)?;
    let features = begun.elapsed().as_secs_f64();
    let mut begins: Vec<(Stage, Instant)> = Vec::new();
    let found = segment(prepared, &settings, &mut |stage| {
        begins.push((stage, Instant::now()));
        Ok(())
    })?;
    let end = Instant::now();
    export::write_gexf(&export::segmentation_network(&found), std::io::sink())?;
    export::write_customers(&found, export::CsvStyle::default(), std::io::sink())?;
    let write = end.elapsed().as_secs_f64();
    screen.finish();

    let (small, whole) = workloads(&found, &table, &settings);
    let mut stages = vec![part("read", read), part("features", features * share)];
    let ends = begins.iter().skip(1).map(|b| b.1).chain([end]);
    stages.extend(begins.iter().zip(ends).map(|(&(stage, begun), end)| {
        let seconds = (end - begun).as_secs_f64();
        part(stage.name(), seconds * whole.times(stage, &small))
    }));
    stages.push(part("write", write * share));
    let limit = limit(args);
    let needed = whole.peak_bytes();
    let plan = Plan {
        customers: whole.n_customers,
        coordinates: whole.n_coordinates,
        neighbors: whole.n_neighbors,
        sample: small.n_customers,
        seconds: stages.iter().map(|s| s.seconds).sum(),
        stages,
        peak_memory_bytes: needed,
        memory_limit_bytes: limit,
        fits: limit.is_none_or(|limit| needed <= limit),
    };
    if args.output.json {
        let mut json = serde_json::to_vec_pretty(&plan)
            .map_err(|e| Error::io("standard output", "cannot be written", e.into()))?;
        json.push(b'\n');
        screen.print(&json)?;
    } else {
        screen.print_words(&in_words(&plan, &name))?;
    }
    check(&whole, args, &name)
}

/// Refuses a run that needs more memory than there is, unless forced.
pub(super) fn check_table(table: &Table, settings: &Settings, args: &SegmentArgs) -> Result<()> {
    let workload = Workload::of_table(table, settings, rayon::current_num_threads());
    check(&workload, args, &table.source)
}

fn check(workload: &Workload, args: &SegmentArgs, name: &str) -> Result<()> {
    let needed = workload.peak_bytes();
    match limit(args) {
        Some(limit) if needed > limit && !args.output.force => Err(Error::data(format!(
            "a run on these {} customers needs about {} of memory, and {} may be used",
            group_digits(workload.n_customers),
            size(needed),
            size(limit)
        ))
        .in_file(name)
        .hint("end other programs, take fewer customers, --neighbors or --threads, or add --force to run all the same")),
        _ => Ok(()),
    }
}

/// What reading the table may take. Where a person insists, no less than the machine has.
pub(super) fn for_reading(args: &SegmentArgs) -> Option<u64> {
    memory::for_reading(args.memory.filter(|_| !args.output.force))
}

/// What the run may use: as asked, else what is free and what this process holds already.
fn limit(args: &SegmentArgs) -> Option<u64> {
    let held = memory::of_process().map_or(0, |m| m.held);
    args.memory.or_else(|| memory::free().map(|free| free + held))
}

/// The run on the sample and the one on all.
fn workloads(found: &Segmentation, table: &Table, settings: &Settings) -> (Workload, Workload) {
    let n_customers = found.partition.len();
    let small = Workload {
        n_customers,
        n_coordinates: found.features.n_coordinates(),
        n_neighbors: found.n_neighbors,
        edges_per_customer: found.graph.n_edges() as f64 / n_customers as f64,
        has_equals: false,
        table_bytes: table_bytes(&found.table),
        n_threads: rayon::current_num_threads(),
        arrangement: settings.layout.arrangement,
        scans: settings.resolution.is_none(),
    };
    let whole = Workload::of_table(table, settings, small.n_threads);
    let whole = Workload {
        n_coordinates: small.n_coordinates,
        // Equal customers, which have no neighbors of their own, are few in a small sample.
        edges_per_customer: small.edges_per_customer.min(whole.n_neighbors as f64),
        ..whole
    };
    (small, whole)
}

fn part(stage: &'static str, seconds: f64) -> Part {
    Part { stage, seconds }
}

/// At most `most` of `0..n`, evenly spread.
fn evenly(n: usize, most: usize) -> Vec<u32> {
    let kept = n.min(most);
    (0..kept).map(|i| (i * n / kept) as u32).collect()
}

fn in_words(plan: &Plan, name: &str) -> String {
    let mut rows = aligned(&["stage", "seconds"]);
    for stage in &plan.stages {
        rows.add_row([stage.stage.to_owned(), format!("{:.1}", stage.seconds)]);
    }
    rows.add_row(["total".to_owned(), format!("{:.0}", plan.seconds)]);
    if let Some(seconds) = rows.column_mut(1) {
        seconds.set_cell_alignment(CellAlignment::Right);
    }
    let limit = match plan.memory_limit_bytes {
        Some(limit) => format!(" of {} that may be used", size(limit)),
        None => String::new(),
    };
    format!(
        "{name}: {} customers, {} coordinates, {} neighbors; estimated from a run on {} of them\n\n{}\n\n\
         memory at the peak: about {}{limit}\nThe disk's share of reading and writing comes on top.\n",
        group_digits(plan.customers),
        plan.coordinates,
        plan.neighbors,
        group_digits(plan.sample),
        rows.trim_fmt(),
        size(plan.peak_memory_bytes),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_spread_over_all_rows() {
        assert_eq!(evenly(3, 10), [0, 1, 2]);
        assert_eq!(evenly(10, 4), [0, 2, 5, 7]);
    }
}
