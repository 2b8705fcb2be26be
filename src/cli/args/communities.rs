//! What can be typed after `kinfolk communities`.

use super::bridging::Bridging;
use super::output::Output;
use super::parsers::{Auto, method, number_or_auto, trials};
use super::reading::Reading;
use super::running::Running;
use crate::centrality::Sources;
use crate::layout::Layout;
use crate::segmentation::Method;
use crate::table::{EdgeSettings, Side, TableSettings};
use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  kinfolk communities friends.csv\n  kinfolk communities friends.csv --resolution auto\n  kinfolk communities calls.csv.gz --resolution 0.5 --trials 100 -o out\n  kinfolk communities friends.csv --nodes people.csv --network full,graphml"
)]
pub(in crate::cli) struct CommunitiesArgs {
    /// Undirected edges: .csv .tsv .txt with the columns source,target[,weight], or a GEXF, GraphML, GML, Pajek or Matrix Market file with what it says of its nodes; also .gz and .zst; - for standard input
    #[arg(value_name = "EDGES")]
    pub(in crate::cli) input: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    #[command(flatten)]
    pub(in crate::cli) reading: Reading,
    /// How communities are found; either way every community is connected
    #[arg(long, default_value = "louvain", value_parser = ["louvain", "leiden"], help_heading = "Communities")]
    method: String,
    /// 0 to 1000000; above 1: more, smaller communities; below 1: fewer, larger ones; auto: the scale that the ties support best
    #[arg(long, default_value = "1.0", value_name = "G", value_parser = number_or_auto::<f64>, help_heading = "Communities")]
    pub(in crate::cli) resolution: Auto<f64>,
    /// Keep the best of N seeds, 1 to 100000; auto: 20 at a given resolution in networks of up to 20000 ties, else 1
    #[arg(long, default_value = "auto", value_name = "N", value_parser = trials, help_heading = "Communities")]
    pub(in crate::cli) trials: Auto<usize>,
    /// A table about the nodes, whose columns go into nodes.csv and the network's files; one called label or name holds what people call them
    #[arg(long, value_name = "FILE", help_heading = "Communities")]
    pub(in crate::cli) nodes: Option<PathBuf>,
    /// The column of that table that holds the nodes as the ties do [default: found]
    #[arg(long, value_name = "COLUMN", requires = "nodes", help_heading = "Communities")]
    nodes_id: Option<String>,
    /// Edges join things of two kinds, such as customer,product: the communities are those of the first column (source) or the second (target), tied by what they share: a thing shared by d adds 1/(d - 1)
    #[arg(long, value_name = "SIDE", value_parser = ["source", "target"], help_heading = "Communities")]
    project: Option<String>,
    /// Write only nodes.csv with the communities, summary.json and run.json
    #[arg(long, help_heading = "Communities")]
    pub(in crate::cli) only_communities: bool,
    /// Refused: communities here are of undirected networks
    #[arg(long, hide = true)]
    pub(in crate::cli) directed: bool,
    #[command(flatten)]
    bridging: Bridging,
    #[command(flatten)]
    pub(in crate::cli) running: Running,
}

impl CommunitiesArgs {
    /// How the edges are to be read, in at most so many bytes of memory.
    pub(in crate::cli) fn edges(&self, memory: Option<u64>) -> EdgeSettings {
        EdgeSettings {
            separator: self.reading.separator,
            decimal: self.reading.decimal,
            encoding: self.reading.encoding.clone(),
            memory,
            project: self.project.as_deref().map(|side| match side {
                "source" => Side::Source,
                _ => Side::Target,
            }),
        }
    }

    /// How the table about the nodes is to be read.
    pub(in crate::cli) fn nodes_table(&self, memory: Option<u64>) -> TableSettings {
        TableSettings {
            id: self.nodes_id.clone(),
            memory,
            ..TableSettings::default()
        }
    }

    pub(in crate::cli) fn method(&self) -> Method {
        method(&self.method)
    }

    pub(in crate::cli) fn betweenness(&self) -> Sources {
        self.bridging.betweenness
    }

    pub(in crate::cli) fn layout(&self) -> Layout {
        self.output.layout()
    }
}
