//! How often the true first 20 by betweenness lie in their intervals of rank, and what sampling costs against counting from
//! everybody. Not a test: it takes minutes.
//!
//!     cargo bench --bench betweenness [-- CUSTOMERS [SEEDS [SOURCES]]]
//!
//! Tables of `kinfolk generate`, another for every tenth seed, on one thread; exact and sampled runs alternate.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use kinfolk::centrality::{Sources, betweenness};
use kinfolk::features::FeatureSettings;
use kinfolk::generate::{Generate, generate};
use kinfolk::graph::{Similarity, similarity_graph};
use kinfolk::neighbors::{Neighbors, distinct, neighbors};
use kinfolk::segmentation::prepare;
use kinfolk::{Result, SimilarityGraph};
use std::time::{Duration, Instant};

/// The ranks that a run answers for.
const TOP: usize = 20;

fn main() -> Result<()> {
    // `cargo bench` itself passes `--bench`.
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let customers = numbers.first().copied().unwrap_or(20_000);
    let seeds = numbers.get(1).copied().unwrap_or(40) as u64;
    let count = numbers.get(2).map_or(Sources::Auto, |&s| Sources::Count(s));
    // The crate's own pool stays: this is the only thing that runs.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    match pool {
        Ok(pool) => pool.install(|| run(customers, seeds, count)),
        Err(_) => run(customers, seeds, count),
    }
}

fn run(customers: usize, seeds: u64, count: Sources) -> Result<()> {
    let (mut inside, mut narrow, mut shares, mut sources) = (0u64, Vec::new(), Vec::new(), Vec::new());
    let mut single = 0;
    for table in 0..seeds.div_ceil(10) {
        let graph = graph(customers, table)?;
        let (exact, slow) = timed(|| betweenness(&graph, Sources::Exact, 0));
        let truth = exact.ranks();
        let top: Vec<usize> = (0..customers)
            .filter(|&v| truth.rank[v] as usize <= TOP)
            .collect();
        println!("table {table}: {} edges, exact {slow:.2?}", graph.n_edges());
        for seed in 10 * table..(10 * (table + 1)).min(seeds) {
            let (found, fast) = timed(|| betweenness(&graph, count, seed));
            let ranks = found.ranks();
            let held = top
                .iter()
                .filter(|&&v| (ranks.low[v]..=ranks.high[v]).contains(&truth.rank[v]))
                .count();
            inside += u64::from(held == top.len());
            single += held;
            let mut widths: Vec<u32> = top.iter().map(|&v| ranks.high[v] - ranks.low[v] + 1).collect();
            widths.sort_unstable();
            narrow.push(widths[widths.len() / 2]);
            shares.push(fast.as_secs_f64() / slow.as_secs_f64());
            sources.push(found.n_sources);
        }
    }
    narrow.sort_unstable();
    shares.sort_by(f64::total_cmp);
    sources.sort_unstable();
    let half = narrow.len() / 2;
    println!(
        "{customers} customers, {seeds} seeds: all of the true first {TOP} inside in {inside}, single ones {single} of {}; \
         median width {} ranks; {} sources; {:.3} of the exact time",
        seeds as usize * TOP,
        narrow[half],
        sources[half],
        shares[half]
    );
    Ok(())
}

fn graph(customers: usize, seed: u64) -> Result<SimilarityGraph> {
    let settings = Generate {
        customers,
        segments: 8,
        bridges: 50,
        seed,
        ..Generate::default()
    };
    let prepared = prepare(&generate(&settings)?.to_table(), &FeatureSettings::default())?;
    let points = prepared.features.values.view();
    let distinct = distinct(points);
    let rows = distinct.rows(points);
    let found = neighbors(rows.view(), prepared.features.distance, &Neighbors::default())?;
    Ok(similarity_graph(&found, &distinct, Similarity::Jaccard))
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = (Instant::now(), on_cpu());
    let done = work();
    let spent = match (start.1, on_cpu()) {
        (Some(before), Some(after)) => after - before,
        _ => start.0.elapsed(),
    };
    (done, spent)
}

/// How long this thread has run, where Linux tells: other work on the machine does not count.
fn on_cpu() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}
