//! The files of the network: how much of it, and for which programs.

use super::args::Output;
use crate::export::{
    self, BACKBONE_ABOVE, BACKBONE_EDGES_ABOVE, GexfNetwork, GexfReport, OutputFolder, TableHeaders,
};
use crate::graph::SimilarityGraph;
use crate::{Error, Result, Warning};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Names of all these files.
pub(super) const FILES: [&str; 8] = [
    "network.gexf",
    "network.gexf.gz",
    "network.graphml",
    "network.json",
    "gephi_nodes.csv",
    "gephi_edges.csv",
    "neo4j_nodes.csv",
    "neo4j_edges.csv",
];

/// What was written.
#[derive(Default)]
pub(super) struct Networks {
    /// The file for Gephi, where there is one.
    pub(super) gexf: Option<&'static str>,
    /// The other files.
    pub(super) others: Vec<&'static str>,
    /// What is to be said of them.
    pub(super) warnings: Vec<Warning>,
    /// Texts with an apostrophe before them.
    pub(super) escaped: usize,
}

/// Refuses words of `--network` that contradict each other.
///
/// # Errors
/// Where more than one of `full`, `backbone` and `none` was asked for.
pub(super) fn check(args: &Output) -> Result<()> {
    let asked: Vec<&str> = ["full", "backbone", "none"]
        .into_iter()
        .filter(|word| args.network(word))
        .collect();
    match asked[..] {
        [one, other, ..] => Err(Error::usage(format!(
            "--network {one} and --network {other} cannot both be had: they are one file"
        ))
        .hint("name one of them")),
        _ => Ok(()),
    }
}

/// Whether the files hold the backbone of the graph.
fn is_backbone(args: &Output, graph: &SimilarityGraph) -> bool {
    let large = graph.n_nodes() > BACKBONE_ABOVE || graph.n_edges() > BACKBONE_EDGES_ABOVE;
    args.network("backbone") || large && !args.network("full")
}

/// Writes all that is asked for of the graph's network; `make` makes it, or its backbone.
pub(super) fn write<'a>(
    folder: &mut OutputFolder,
    args: &Output,
    graph: &SimilarityGraph,
    make: impl Fn(bool) -> GexfNetwork<'a>,
) -> Result<Networks> {
    let backbone = is_backbone(args, graph);
    let mut written = Networks::default();
    let others = ["graphml", "json", "gephi-csv", "neo4j"]
        .iter()
        .any(|f| args.network(f));
    if args.network("none") && !others {
        return Ok(written);
    }
    let mut network = make(backbone);
    network.version = args.gexf_version();
    if !args.network("none") {
        let (name, changes) = write_gexf(folder, args, &network)?;
        written.gexf = Some(name);
        written.warnings.extend(changes.warnings());
    }
    if args.network("graphml") {
        folder.write("network.graphml", |out| export::write_graphml(&network, out))?;
        written.others.push("network.graphml");
    }
    if args.network("json") {
        folder.write("network.json", |out| export::write_node_link(&network, out))?;
        written.others.push("network.json");
    }
    let tables = [
        (
            "gephi-csv",
            TableHeaders::Gephi,
            "gephi_nodes.csv",
            "gephi_edges.csv",
        ),
        ("neo4j", TableHeaders::Neo4j, "neo4j_nodes.csv", "neo4j_edges.csv"),
    ];
    for (word, headers, nodes, edges) in tables {
        if args.network(word) {
            written.escaped += folder.write(nodes, |out| export::write_node_table(&network, headers, out))?;
            written.escaped += folder.write(edges, |out| export::write_edge_table(&network, headers, out))?;
            written.others.extend([nodes, edges]);
        }
    }
    if backbone {
        let what = network.description.split(';').next().unwrap_or_default();
        written.warnings.push(Warning::new(
            "network-backbone",
            format!("the network's files hold a {what}; --network full writes all of it"),
        ));
    }
    Ok(written)
}

/// The file for Gephi, packed where that is asked for, and its name.
fn write_gexf(
    folder: &mut OutputFolder,
    args: &Output,
    network: &GexfNetwork<'_>,
) -> Result<(&'static str, GexfReport)> {
    if !args.network("gz") {
        let changes = folder.write("network.gexf", |out| export::write_gexf(network, out))?;
        return Ok(("network.gexf", changes));
    }
    let name = "network.gexf.gz";
    let changes = folder.write(name, |out| {
        let mut packed = GzEncoder::new(out, Compression::default());
        let changes = export::write_gexf(network, &mut packed)?;
        packed
            .finish()
            .map_err(|e| Error::io(name, "cannot be written", e))?;
        Ok(changes)
    })?;
    Ok((name, changes))
}
