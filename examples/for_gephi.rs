//! Communities of a network that exists, as a file for Gephi.
//!
//! ```sh
//! cargo run --release --example for_gephi && gephi karate.gexf
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use kinfolk::Error;
use kinfolk::export::{Communities, communities_network, write_gexf};
use kinfolk::read::read_edges;
use kinfolk::segmentation::{NetworkSettings, communities, unobserved};
use kinfolk::table::EdgeSettings;

/// Runs the example.
pub fn main() -> kinfolk::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/graphs/karate.edges.csv");
    let edges = read_edges(path.as_ref(), &EdgeSettings::default())?;

    let settings = NetworkSettings {
        trials: Some(20),
        ..NetworkSettings::default()
    };
    let found = communities(edges, &settings, &mut unobserved)?;
    println!(
        "{} communities, modularity {:.5}",
        found.partition.n_groups(),
        found.modularity
    );

    if let Some(network) = Communities::of(&found) {
        let out = std::env::temp_dir().join("karate.gexf");
        let file = std::fs::File::create(&out).map_err(|e| Error::io(&out, "cannot be created", e))?;
        let report = write_gexf(&communities_network(&network), file)?;
        println!(
            "{} nodes and {} edges in {}",
            report.nodes,
            report.edges,
            out.display()
        );
    }
    Ok(())
}
