//! `customers.csv` and `nodes.csv`: one row per customer or node.

use super::Communities;
use super::cells::{CsvStyle, Rows, write_rows};
use super::drawn::is_exemplar;
use crate::Result;
use crate::centrality::{Positions, Role};
use crate::segmentation::{NetworkCommunities, Segmentation};
use crate::table::{Column, Values};
use crate::text::iso_time;
use std::io::Write;

/// Writes `customers.csv`: one row per customer, in the order of the input. `O(n log n)`.
///
/// Columns: `customer_id, segment, segment_name, probability, second_segment, bridge_score, bridge_from, bridge_to, role, degree, strength,
/// betweenness, participation, within_segment_z, outlier_score, component`, one per baseline, and `second_probability,
/// betweenness_rank, betweenness_rank_low, betweenness_rank_high, clustering, core_number, cut_customer, exemplar` (the last two
/// `true` or `false`). Segments, components and clusters count from 1.
/// `probability`, `second_segment` and `second_probability` are empty where stability was not measured, `bridge_from` and `bridge_to` where a customer
/// joins nothing.
///
/// Returns how many cells got an apostrophe before them, because a spreadsheet would run them as formulas.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_customers(segmentation: &Segmentation, style: CsvStyle, out: impl Write) -> Result<usize> {
    let s = segmentation;
    let mut header = vec![
        "customer_id",
        "segment",
        "segment_name",
        "probability",
        "second_segment",
        "bridge_score",
        "bridge_from",
        "bridge_to",
        "role",
        "degree",
        "strength",
        "betweenness",
        "participation",
        "within_segment_z",
        "outlier_score",
        "component",
    ];
    header.extend(s.baselines.iter().map(|b| b.name));
    header.push("second_probability");
    header.extend(RANKS);
    header.extend(["clustering", "core_number", "cut_customer", "exemplar"]);
    let exemplar = is_exemplar(&s.positions, &s.partition);
    let mut order: Vec<u32> = (0..s.partition.len() as u32).collect();
    order.sort_unstable_by_key(|&v| s.input_rows[v as usize]);
    write_rows(out, style, &header, order.len(), |rows, at| {
        let i = order[at] as usize;
        let own = s.partition.labels()[i];
        let pair = s.positions.bridge_pair[i];
        rows.text(&s.table.ids[i])?;
        rows.group(Some(own))?;
        rows.text(s.profiles.names.get(own as usize).map_or("", String::as_str))?;
        rows.maybe_number(s.stability.as_ref().map(|x| x.probability[i]))?;
        rows.group(s.stability.as_ref().and_then(|x| x.second[i]))?;
        rows.number(s.positions.bridge_score[i])?;
        rows.group(pair.map(|p| p.0))?;
        rows.group(pair.map(|p| p.1))?;
        rows.text(role_name(s.positions.role[i]))?;
        rows.count(s.positions.degree[i] as usize)?;
        rows.number(s.positions.strength[i])?;
        rows.number(s.positions.betweenness.values[i])?;
        rows.number(s.positions.participation[i])?;
        rows.number(s.positions.within_segment_z[i])?;
        rows.number(s.features.outlier_score[i])?;
        rows.group(Some(s.components.labels()[i]))?;
        for baseline in &s.baselines {
            rows.group(Some(baseline.partition.labels()[i]))?;
        }
        rows.maybe_number(s.stability.as_ref().map(|x| x.second_probability[i]))?;
        ranks(rows, &s.positions, i)?;
        rows.number(s.positions.clustering[i])?;
        rows.count(s.positions.core[i] as usize)?;
        rows.flag(s.positions.is_cut[i])?;
        rows.flag(exemplar[i])?;
        rows.end()
    })
}

/// Writes `nodes.csv`: one row per node, in the order of the nodes. `O(n)`.
///
/// Columns: `node, community, degree, strength, betweenness, participation, bridge_from, bridge_to, bridge_score, role,
/// within_community_z, clustering, betweenness_rank, betweenness_rank_low, betweenness_rank_high, core_number, cut_node,
/// exemplar`, `probability, second_community, second_probability` where stability was measured, and what else is known of the nodes.
/// Communities count from 1.
/// Returns as [`write_customers`] does.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_nodes(communities: &Communities<'_>, style: CsvStyle, out: impl Write) -> Result<usize> {
    let c = communities;
    let mut header = vec![
        "node",
        "community",
        "degree",
        "strength",
        "betweenness",
        "participation",
        "bridge_from",
        "bridge_to",
        "bridge_score",
        "role",
        "within_community_z",
        "clustering",
    ];
    header.extend(RANKS);
    header.extend(["core_number", "cut_node", "exemplar"]);
    if c.stability.is_some() {
        header.extend(["probability", "second_community", "second_probability"]);
    }
    let of_input = headings(&header, c.attributes);
    header.extend(of_input.iter().map(String::as_str));
    let exemplar = is_exemplar(c.positions, c.partition);
    write_rows(out, style, &header, c.ids.len(), |rows, i| {
        let pair = c.positions.bridge_pair[i];
        rows.text(&c.ids[i])?;
        rows.group(Some(c.partition.labels()[i]))?;
        rows.count(c.positions.degree[i] as usize)?;
        rows.number(c.positions.strength[i])?;
        rows.number(c.positions.betweenness.values[i])?;
        rows.number(c.positions.participation[i])?;
        rows.group(pair.map(|p| p.0))?;
        rows.group(pair.map(|p| p.1))?;
        rows.number(c.positions.bridge_score[i])?;
        rows.text(role_name(c.positions.role[i]))?;
        rows.number(c.positions.within_segment_z[i])?;
        rows.number(c.positions.clustering[i])?;
        ranks(rows, c.positions, i)?;
        rows.count(c.positions.core[i] as usize)?;
        rows.flag(c.positions.is_cut[i])?;
        rows.flag(exemplar[i])?;
        if let Some(stability) = c.stability {
            rows.number(stability.probability[i])?;
            rows.group(stability.second[i])?;
            rows.number(stability.second_probability[i])?;
        }
        attributes(rows, c.attributes, i)?;
        rows.end()
    })
}

/// The headers of columns of the input behind ours; one that we have, too, says so.
fn headings(ours: &[&str], columns: &[Column]) -> Vec<String> {
    let heading = |column: &Column| {
        let taken = ours.iter().any(|name| name.eq_ignore_ascii_case(&column.name));
        format!("{}{}", column.name, if taken { " (input)" } else { "" })
    };
    columns.iter().map(heading).collect()
}

/// What the input says of node `i`.
fn attributes<W: Write>(rows: &mut Rows<W>, columns: &[Column], i: usize) -> Result<()> {
    columns.iter().try_for_each(|column| match &column.values {
        Values::Number(v) => rows.exact(v[i]),
        Values::Date(v) => rows.text(&iso_time(v[i]).unwrap_or_default()),
        Values::Category { codes, levels } => {
            let level = levels.get(codes[i] as usize).map(String::as_str);
            rows.text(level.unwrap_or(""))
        }
        Values::Text(v) => rows.text(&v[i]),
    })
}

/// The rank by betweenness, and between which ranks it lies.
const RANKS: [&str; 3] = [
    "betweenness_rank",
    "betweenness_rank_low",
    "betweenness_rank_high",
];

fn ranks<W: Write>(rows: &mut Rows<W>, positions: &Positions, i: usize) -> Result<()> {
    let found = &positions.betweenness_ranks;
    for ranks in [&found.rank, &found.low, &found.high] {
        rows.count(ranks[i] as usize)?;
    }
    Ok(())
}

/// Writes `nodes.csv` with no more than `node, community, degree, strength`. `O(n + m)`. Returns as
/// [`write_customers`] does.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_labels(found: &NetworkCommunities, style: CsvStyle, out: impl Write) -> Result<usize> {
    let mut header = vec!["node", "community", "degree", "strength"];
    let of_input = headings(&header, &found.attributes);
    header.extend(of_input.iter().map(String::as_str));
    write_rows(out, style, &header, found.nodes.len(), |rows, i| {
        rows.text(&found.nodes[i])?;
        rows.group(Some(found.partition.labels()[i]))?;
        rows.count(found.graph.degree(i as u32))?;
        rows.number(found.graph.strength(i as u32))?;
        attributes(rows, &found.attributes, i)?;
        rows.end()
    })
}

/// The name of a role in files.
pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::UltraPeripheral => "ultra-peripheral",
        Role::Peripheral => "peripheral",
        Role::Connector => "connector",
        Role::Kinless => "kinless",
        Role::ProvincialHub => "provincial-hub",
        Role::ConnectorHub => "connector-hub",
        Role::KinlessHub => "kinless-hub",
    }
}
