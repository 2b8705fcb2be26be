//! The graph's answer and that of k-means on the same features, under the same measures.
//!
//! ```sh
//! cargo run --release --example against_k_means
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use kinfolk::generate::{Generate, Shape, generate};
use kinfolk::segmentation::{Settings, prepare, segment, unobserved};

/// Runs the example.
pub fn main() -> kinfolk::Result<()> {
    // Two moons: k-means is told the right number of clusters and still cuts across.
    let moons = Generate {
        shape: Shape::Moons,
        customers: 600,
        missing: 0.0,
        ..Generate::default()
    };
    let table = generate(&moons)?.to_table();
    let settings = Settings::default();
    let found = segment(prepare(&table, &settings.features)?, &settings, &mut unobserved)?;

    println!("method    clusters  silhouette  adjusted Rand with the truth");
    for scores in &found.comparison {
        println!(
            "{:<9} {:>8}  {:>10.2}  {:>10.2}",
            scores.method,
            scores.n_clusters,
            scores.silhouette,
            scores.ari_with_truth.unwrap_or(f64::NAN)
        );
    }
    Ok(())
}
