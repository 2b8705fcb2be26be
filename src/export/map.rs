//! The map of segments: `segment_map.csv` and `segment_map.gexf`, and the same of communities.

use super::cells::{CsvStyle, Rows};
use super::gexf::{GexfColumn, GexfNetwork, GexfValues};
use super::{Communities, group_colors};
use crate::Result;
use crate::centrality::{PAIR_BRIDGES, SegmentMap, SegmentPair, is_bridge};
use crate::num::math;
use crate::partition::Partition;
use crate::segmentation::Segmentation;
use crate::stability::Stability;
use crate::table::Texts;
use crate::text::shown::cut;
use std::borrow::Cow;
use std::io::Write;

/// Characters of what marks a segment most in its label.
const MARK: usize = 24;
/// One size for all, which Gephi leaves as it is: it stretches sizes that differ from 4 to 100 on opening, and the smallest segment
/// would be a dot. Their numbers of customers are a column, and a share in the label.
const SIZE: f64 = 4.0;
/// The farthest coordinate, near enough for labels to be read beside discs of that size.
const BORDER: f64 = 144.0;
/// The least distance between two discs: a disc and two lines of text.
const GAP: f64 = 14.0;
/// Up to so many discs are moved apart.
const MOST_MOVED: usize = 200;
/// The weight of the strongest edge.
const THICKEST: f64 = 3.0;

/// What both maps need.
struct Mapped<'a> {
    map: &'a SegmentMap,
    partition: &'a Partition,
    ids: &'a Texts,
    layout: &'a [[f64; 2]],
    score: &'a [f64],
    /// `segment` and `customers`, or `community` and `nodes`.
    words: (&'static str, &'static str),
    plural: &'static str,
    names: Option<&'a [String]>,
    stability: Option<&'a Stability>,
}

fn of_segments(s: &Segmentation) -> Mapped<'_> {
    Mapped {
        map: &s.map,
        partition: &s.partition,
        ids: &s.table.ids,
        layout: &s.layout,
        score: &s.positions.bridge_score,
        words: ("segment", "customers"),
        plural: s.grouping().many(),
        names: Some(&s.profiles.names),
        stability: s.stability.as_ref(),
    }
}

fn of_communities<'a>(c: &Communities<'a>) -> Mapped<'a> {
    Mapped {
        map: c.map,
        partition: c.partition,
        ids: c.ids,
        layout: c.layout,
        score: &c.positions.bridge_score,
        words: ("community", "nodes"),
        plural: "communities",
        names: None,
        stability: c.stability,
    }
}

/// Writes `segment_map.csv`: one row per pair of segments that touch, the lower number first. `O(pairs)`.
///
/// Columns: `segment_a, segment_b, ties, strength, expected_strength, ratio, bridge_customers, bridge_1, bridge_2, bridge_3,
/// apart`.
/// `strength` is the sum of the weights of the `ties`, `expected_strength` what chance would give segments of their strength
/// (configuration model), `ratio` the one over the other. `bridge_1` is the strongest bridge customer of the pair.
/// `apart` is the chance that samples of the customers part two of them, one of each segment; empty where stability was not measured. No rows where there
/// is one segment, or where segments do not touch.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_segment_map(segmentation: &Segmentation, style: CsvStyle, out: impl Write) -> Result<usize> {
    write_map(&of_segments(segmentation), style, out)
}

/// Writes `community_map.csv`, like [`write_segment_map`] with `community_a, community_b` and `bridge_nodes`.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_community_map(communities: &Communities<'_>, style: CsvStyle, out: impl Write) -> Result<usize> {
    write_map(&of_communities(communities), style, out)
}

fn write_map(m: &Mapped<'_>, style: CsvStyle, out: impl Write) -> Result<usize> {
    let (group, members) = m.words;
    let named = [
        format!("{group}_a"),
        format!("{group}_b"),
        format!("bridge_{members}"),
    ];
    let header = [
        &named[0],
        &named[1],
        "ties",
        "strength",
        "expected_strength",
        "ratio",
        &named[2],
        "bridge_1",
        "bridge_2",
        "bridge_3",
        "apart",
    ];
    let mut rows = Rows::new(out, style, &header)?;
    for pair in &m.map.pairs {
        rows.group(Some(pair.a))?;
        rows.group(Some(pair.b))?;
        rows.count(pair.ties)?;
        rows.number(pair.strength)?;
        rows.number(pair.expected)?;
        rows.number(pair.ratio())?;
        rows.count(pair.n_bridges)?;
        for place in 0..PAIR_BRIDGES {
            let id = pair.bridges.get(place).map(|&v| &m.ids[v as usize]);
            rows.text(id.unwrap_or(""))?;
        }
        let cell = pair.a as usize * m.partition.n_groups() + pair.b as usize;
        rows.maybe_number(m.stability.and_then(|s| s.apart.get(cell).copied()))?;
        rows.end()?;
    }
    rows.finish()
}

/// The segments as a network: a node per segment about in the middle of its customers, colored as they are,
/// its share in the label; an edge per pair that is tied, its weight in proportion to the strength of the ties, 3 for the strongest. `O(n + pairs)`.
pub fn segment_map_network(segmentation: &Segmentation) -> GexfNetwork<'_> {
    map_network(&of_segments(segmentation))
}

/// The communities as a network, like [`segment_map_network`].
pub fn community_map_network<'a>(communities: &Communities<'a>) -> GexfNetwork<'a> {
    map_network(&of_communities(communities))
}

fn map_network<'a>(m: &Mapped<'a>) -> GexfNetwork<'a> {
    let n_groups = m.partition.n_groups();
    let tied: Vec<&SegmentPair> = m.map.pairs.iter().filter(|p| p.strength > 0.0).collect();
    let most = tied.iter().map(|p| p.strength).fold(0.0, f64::max);
    GexfNetwork {
        description: format!(
            "map of {n_groups} {} with {} {}; weights are in proportion to the strength of ties, ratio is to the configuration model",
            m.plural,
            m.partition.len(),
            m.words.1,
        ),
        ids: Cow::Owned((1..=n_groups).map(|g| g.to_string()).collect()),
        labels: (0..n_groups).map(|g| label(m, g)).collect(),
        node_columns: node_columns(m),
        colors: group_colors(n_groups),
        sizes: vec![SIZE; n_groups],
        positions: centers(m).into(),
        // In proportion: Gephi draws an edge as thick as its weight, and sums of thousands of ties would cover the picture.
        edges: tied
            .iter()
            .map(|p| (p.a, p.b, THICKEST * p.strength / most))
            .collect(),
        edge_columns: edge_columns(m, &tied),
        ..GexfNetwork::default()
    }
}

fn numbers<'a>(values: impl IntoIterator<Item = usize>) -> GexfValues<'a> {
    GexfValues::Integer(values.into_iter().map(|x| Some(x as i64)).collect())
}

fn node_columns<'a>(m: &Mapped<'a>) -> Vec<GexfColumn<'a>> {
    let (group, members) = m.words;
    let sizes = m.partition.sizes();
    let n = m.partition.len() as f64;
    let mut bridges = vec![0; sizes.len()];
    for (&g, &score) in m.partition.labels().iter().zip(m.score) {
        bridges[g as usize] += usize::from(is_bridge(score));
    }
    let mut columns = vec![GexfColumn::new(group, title(group), numbers(1..=sizes.len()))];
    if let Some(names) = m.names {
        let names = names.iter().map(|name| Some(name.as_str().into())).collect();
        columns.push(GexfColumn::new(
            "segment_name",
            "Segment name",
            GexfValues::Text(names),
        ));
    }
    columns.extend([
        GexfColumn::new(members, title(members), numbers(sizes.iter().copied())),
        GexfColumn::new(
            "share",
            "Share",
            GexfValues::Double(sizes.iter().map(|&s| s as f64 / n).collect()),
        ),
        GexfColumn::new(
            "inside",
            "Strength inside",
            GexfValues::Double(m.map.inside[..].into()),
        ),
        GexfColumn::new(
            format!("bridge_{members}"),
            format!("Bridge {members}"),
            numbers(bridges),
        ),
    ]);
    columns
}

fn edge_columns<'a>(m: &Mapped<'a>, tied: &[&SegmentPair]) -> Vec<GexfColumn<'a>> {
    let members = m.words.1;
    let doubles = |of: fn(&SegmentPair) -> f64| GexfValues::Double(tied.iter().map(|p| of(p)).collect());
    let strongest = tied
        .iter()
        .map(|p| p.bridges.first().map(|&v| (&m.ids[v as usize]).into()));
    vec![
        GexfColumn::new("ties", "Ties", numbers(tied.iter().map(|p| p.ties))),
        GexfColumn::new("strength", "Strength of ties", doubles(|p| p.strength)),
        GexfColumn::new("expected", "Strength by chance", doubles(|p| p.expected)),
        GexfColumn::new("ratio", "Observed over expected", doubles(SegmentPair::ratio)),
        GexfColumn::new(
            format!("bridge_{members}"),
            format!("Bridge {members}"),
            numbers(tied.iter().map(|p| p.n_bridges)),
        ),
        GexfColumn::new(
            "strongest_bridge",
            "Strongest bridge",
            GexfValues::Text(strongest.collect()),
        ),
    ]
}

/// `2 not recent 34 %`: the group's number, what marks it most, its share.
fn label(m: &Mapped<'_>, g: usize) -> String {
    let mark = m.names.and_then(|names| names.get(g)?.split(',').next());
    let mark = mark.map(|mark| format!(" {}", cut(mark.trim(), MARK)));
    let share = 100.0 * m.partition.sizes()[g] as f64 / m.partition.len() as f64;
    let share = if share < 0.5 {
        "<1".to_owned()
    } else {
        format!("{share:.0}")
    };
    format!("{}{} {share} %", g + 1, mark.unwrap_or_default())
}

/// The mean place of the members of each group, centered on 0, 0 as Gephi does and small beside [`SIZE`], where discs that would
/// overlap are moved apart.
fn centers(m: &Mapped<'_>) -> Vec<[f64; 2]> {
    if m.layout.is_empty() {
        return Vec::new();
    }
    let mut centers = vec![[0.0; 2]; m.partition.n_groups()];
    for (&g, place) in m.partition.labels().iter().zip(m.layout) {
        let share = 1.0 / m.partition.sizes()[g as usize] as f64;
        centers[g as usize][0] += place[0] * share;
        centers[g as usize][1] += place[1] * share;
    }
    center(&mut centers);
    let border = centers
        .as_flattened()
        .iter()
        .fold(0.0, |far: f64, x| far.max(x.abs()));
    let scale = if border > 0.0 { BORDER / border } else { 1.0 };
    for place in &mut centers {
        *place = place.map(|x| x * scale);
    }
    move_apart(&mut centers);
    center(&mut centers);
    centers
}

/// Moves their mean to 0, 0.
fn center(places: &mut [[f64; 2]]) {
    let n = places.len().max(1) as f64;
    let mean = [0, 1].map(|axis| places.iter().map(|c| c[axis]).sum::<f64>() / n);
    for place in places {
        *place = [place[0] - mean[0], place[1] - mean[1]];
    }
}

/// Moves those nearer to each other than [`GAP`] to that distance, step by step.
fn move_apart(places: &mut [[f64; 2]]) {
    for _ in 0..if places.len() <= MOST_MOVED { 100 } else { 0 } {
        for a in 0..places.len() {
            for b in 0..a {
                let (dx, dy) = (places[a][0] - places[b][0], places[a][1] - places[b][1]);
                let d = math::hypot(dx, dy);
                if d >= GAP {
                    continue;
                }
                // On one spot, one goes up.
                let (dx, dy) = if d > 0.0 { (dx / d, dy / d) } else { (0.0, 1.0) };
                let step = (GAP - d) / 2.0;
                places[a] = [places[a][0] + dx * step, places[a][1] + dy * step];
                places[b] = [places[b][0] - dx * step, places[b][1] - dy * step];
            }
        }
    }
}

fn title(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}
