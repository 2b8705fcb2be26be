//! A finished [`Segmentation`](crate::segmentation::Segmentation) as bytes: Gephi, tables, summary.
//!
//! | in | out | |
//! |---|---|---|
//! | a segmentation | [`GexfNetwork`] by [`segmentation_network`], then [`write_gexf`] | `network.gexf` |
//! | communities of a network | [`GexfNetwork`] by [`communities_network`], and [`write_nodes`] | `network.gexf`, `nodes.csv` |
//! | a segmentation | [`write_customers`], [`write_segments`], [`write_profiles`], [`write_features`], [`write_comparison`], [`write_crosstab`], [`write_differing`], [`write_baseline_profiles`] | tables |
//! | a rule per segment | [`write_rules`], [`rules_text`], [`rules_sql`], [`write_decision_table`] | `rules.csv`, `rules.txt`, `rules.sql`, `decision_table.csv` |
//! | a [`GexfNetwork`] | [`write_graphml`], [`write_node_link`], [`write_node_table`] and [`write_edge_table`] | the same for other programs |
//! | compared results | [`write_agreement`], [`write_compared_crosstab`], [`write_moved`], [`write_compared_summary`] | what `kinfolk compare` writes |
//! | purchase lines | [`write_customer_features`] | one row per customer |
//! | a segmentation, or communities | [`write_segment_map`], [`write_community_map`]; [`segment_map_network`], [`community_map_network`] | the map of segments |
//! | a segmentation | [`write_summary`] | `summary.json` |
//! | a segmentation | `write_workbook` (with the feature `xlsx`) | `segments.xlsx` |
//! | assignments of new customers | [`assigned_header`] and [`assigned_rows`], or [`assigned_json`] | what `kinfolk assign` writes |
//! | rows of any of these tables, [`CsvStyle::typed`] | [`JsonLines`], `ParquetRows` (with the feature `parquet`) | the same as JSON lines or a Parquet file |
//! | a path | [`OutputFolder`], [`OutputFile`] | all files or none |
//!
//! Writers only write, to any [`std::io::Write`]; they bring their own buffer. The same value gives the same bytes: there is no
//! clock, no host and no version of anything but this crate in them. Numbers have at most nine significant digits, and what
//! is not a number is not written: an empty cell, a `null`, no `attvalue`. [`CsvStyle`] makes tables for spreadsheets.

mod assigned;
mod associations;
mod backbone;
mod cells;
mod colors;
mod columns;
mod compared;
mod customers;
mod decision_table;
mod drawn;
mod features;
mod folder;
mod gexf;
mod graphml;
mod json_lines;
mod levels;
mod map;
mod network;
mod node_link;
mod node_tables;
#[cfg(feature = "parquet")]
mod parquet;
mod pieces;
mod profiles;
mod purchases;
mod rules;
mod segments;
mod summary;
mod typed;
mod words;
#[cfg(feature = "xlsx")]
mod workbook;

pub use assigned::{assigned_header, assigned_json, assigned_rows};
pub use associations::write_associations;
pub use backbone::{BACKBONE_ABOVE, BACKBONE_EDGES_ABOVE};
pub use cells::CsvStyle;
pub(crate) use colors::{CROSS_SEGMENT, NO_SEGMENT, group_colors};
pub use compared::{
    write_agreement, write_compared_crosstab, write_compared_summary, write_crosstab, write_differing,
    write_moved,
};
pub use customers::{write_customers, write_labels, write_nodes};
pub use decision_table::write_decision_table;
pub use features::write_features;
pub use folder::{OutputFile, OutputFolder, Unfinished, Written};
pub use gexf::{GexfColumn, GexfNetwork, GexfReport, GexfValues, GexfVersion, write_gexf};
pub use graphml::write_graphml;
pub use json_lines::JsonLines;
pub use levels::{write_dendrogram, write_k_means_curve, write_levels};
pub use map::{community_map_network, segment_map_network, write_community_map, write_segment_map};
pub use network::{
    Communities, communities_backbone, communities_network, segmentation_backbone, segmentation_network,
};
pub use node_link::write_node_link;
pub use node_tables::{TableHeaders, write_edge_table, write_node_table};
#[cfg(feature = "parquet")]
pub use parquet::ParquetRows;
pub use profiles::{write_baseline_profiles, write_comparison, write_profiles};
pub use purchases::write_customer_features;
pub use rules::{SQL_DIALECTS, SqlDialect, rules_sql, rules_text, write_rules};
pub use segments::write_segments;
pub use summary::{write_communities_summary, write_summary};
#[cfg(feature = "xlsx")]
pub use workbook::write_workbook;
