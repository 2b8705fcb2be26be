//! `summary.json`: the run on one page, for programs.

use super::cells::cannot_write;
use crate::Error;
use crate::Result;
use crate::centrality::{SegmentMap, SegmentPair, exemplars};
use crate::num::round_significant;
use crate::segmentation::{Differing, Grouping, NetworkCommunities, Segmentation};
use crate::stability::{Scales, Stability, verdict};
use crate::table::{ColumnType, Texts};
use crate::warning::Warning;
use serde::{Serialize, Serializer};
use std::io::{BufWriter, Write};

/// How many pairs of segments the summary lists at most: those of the strongest ties.
const PAIRS: usize = 100;

/// A number of at most nine significant digits; `null` for NaN and infinities.
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            // Adding 0 turns −0 into 0.
            serializer.serialize_f64(round_significant(self.0, 9) + 0.0)
        } else {
            serializer.serialize_none()
        }
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    format: u32,
    customers: usize,
    features: Vec<Feature<'a>>,
    neighbors: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    neighbors_recall: Option<Number>,
    graph: Graph,
    method: &'a str,
    resolution: Number,
    modularity: Number,
    supported: Option<bool>,
    parts: bool,
    recurrence: Option<RecurrenceRow>,
    segments: Vec<Segment<'a>>,
    levels: Vec<LevelRow>,
    apart: Vec<Vec<Number>>,
    bridges: Vec<Bridge<'a>>,
    map: Vec<MapPair<'a>>,
    comparison: Vec<Method<'a>>,
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct Feature<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    column_type: ColumnType,
    transform: &'a str,
    weight: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    share_of_distance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share_among_neighbors: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    separation: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    segments_without: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ari_without: Option<Number>,
}

#[derive(Serialize)]
struct Graph {
    nodes: usize,
    edges: usize,
    components: usize,
}

#[derive(Serialize)]
struct Segment<'a> {
    segment: usize,
    name: &'a str,
    customers: usize,
    share: Number,
    stability: Option<Number>,
    verdict: Option<&'a str>,
    exemplars: Vec<&'a str>,
}

#[derive(Serialize)]
struct RecurrenceRow {
    samples: usize,
    recommended: Option<usize>,
    same_number: Number,
    agreement: Option<Number>,
    none: Number,
    fewest: Option<usize>,
    most: Option<usize>,
}

#[derive(Serialize)]
struct LevelRow {
    resolution: Number,
    gephi_resolution: Number,
    segments: usize,
    modularity: Number,
    stability: Option<Number>,
    border_ratio: Option<Number>,
    border_limit: Option<Number>,
    nested: Option<Number>,
    crowding: Option<Number>,
    doubtful: Option<Number>,
    joined: bool,
    supported: bool,
    chosen: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ari_with_truth: Option<Number>,
}

#[derive(Serialize)]
struct Bridge<'a> {
    customer_id: &'a str,
    from: u32,
    to: u32,
    score: Number,
    explanation: &'a str,
}

#[derive(Serialize)]
struct MapPair<'a> {
    from: u32,
    to: u32,
    ties: usize,
    strength: Number,
    expected: Number,
    ratio: Number,
    bridges: usize,
    strongest: Vec<&'a str>,
}

#[derive(Serialize)]
struct Method<'a> {
    method: &'a str,
    clusters: usize,
    silhouette: Number,
    davies_bouldin: Number,
    calinski_harabasz: Number,
    modularity: Number,
    stability: Option<Number>,
    ari_with_graph: Number,
    ami_with_graph: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    ari_with_truth: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ami_with_truth: Option<Number>,
    /// Customers who have left the others of their segment, and what marks them; not of the segments themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    moved_marks: Vec<String>,
}

/// Writes `summary.json`, keys in a fixed order, numbers with at most nine significant digits, `null` for what is not known.
///
/// Keys: `format` (1), `customers`, `features` (those in use, as in `features.csv`), `neighbors`, `neighbors_recall` (the share of the
/// true neighbors that were found; only where they were searched approximately), `graph`, `method`, `resolution`, `modularity`,
/// `supported`, `parts` (whether the segments are a convenience and no natural groups), `recurrence` (how often the recommendation, `recommended` segments or
/// none, came back on samples that choose anew; `null` where nothing was worth asking), `segments`, `levels`, `apart` (for each pair of segments, row by row, the chance that samples part two
/// customers, one of each; on the diagonal two of one segment), `bridges` (the 20 highest scores, each with an explanation), `map` (pairs of segments,
/// those of the strongest ties first, at most 100), `comparison`, `warnings`. Ids and names stand as they are: nothing executes JSON. `O(n log n)`.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_summary(segmentation: &Segmentation, out: impl Write) -> Result<()> {
    write_json(&summary(segmentation), out)
}

fn write_json(value: &impl Serialize, out: impl Write) -> Result<()> {
    let mut out = BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, value).map_err(|e| match e.io_error_kind() {
        Some(_) => cannot_write(e.into(), "the summary"),
        None => Error::data(format!("the summary cannot be written: {e}")),
    })?;
    out.write_all(b"\n")
        .and_then(|()| out.flush())
        .map_err(|e| cannot_write(e, "the summary"))
}

#[derive(Serialize)]
struct CommunitiesSummary<'a> {
    format: u32,
    graph: Graph,
    method: &'a str,
    resolution: Number,
    gephi_resolution: Number,
    modularity: Number,
    supported: Option<bool>,
    recurrence: Option<RecurrenceRow>,
    communities: Vec<Community<'a>>,
    levels: Vec<LevelRow>,
    apart: Vec<Vec<Number>>,
    bridges: Vec<NodeBridge<'a>>,
    map: Vec<MapPair<'a>>,
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct Community<'a> {
    community: usize,
    nodes: usize,
    share: Number,
    conductance: Number,
    stability: Option<Number>,
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exemplars: Vec<&'a str>,
}

#[derive(Serialize)]
struct NodeBridge<'a> {
    node: &'a str,
    from: u32,
    to: u32,
    score: Number,
    explanation: &'a str,
}

/// Writes the `summary.json` of communities: `format` (1), `graph`, `method`, `resolution`, `gephi_resolution`,
/// `modularity`, `supported`, `recurrence`, `communities`, `levels`, `apart`, `bridges` (the 20 highest scores), `map`, `warnings`. `O(n log n)`.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_communities_summary(
    found: &NetworkCommunities,
    warnings: &[Warning],
    out: impl Write,
) -> Result<()> {
    let n = found.partition.len() as f64;
    let exemplars = found
        .positions
        .as_ref()
        .map(|p| exemplars(&found.partition, &p.within_segment_z))
        .unwrap_or_default();
    let summary = CommunitiesSummary {
        format: 1,
        graph: Graph {
            nodes: found.graph.n_nodes(),
            edges: found.graph.n_edges(),
            components: found.components.n_groups(),
        },
        method: found.method,
        resolution: Number(found.resolution),
        gephi_resolution: Number(1.0 / found.resolution),
        modularity: Number(found.modularity),
        supported: found.supported(),
        recurrence: recurrence(found.scales.as_ref()),
        communities: (found.partition.sizes().iter().zip(&found.conductance).enumerate())
            .map(|(c, (&nodes, &conductance))| Community {
                community: c + 1,
                nodes,
                share: Number(nodes as f64 / n),
                conductance: Number(conductance),
                stability: found.stability.as_ref().map(|x| Number(x.segments[c])),
                verdict: found.stability.as_ref().map(|x| verdict(x.segments[c])),
                exemplars: exemplars.get(c).map_or_else(Vec::new, |e| named(e, &found.nodes)),
            })
            .collect(),
        levels: levels(found.scales.as_ref(), found.level),
        apart: apart(found.stability.as_ref()),
        bridges: (found.bridge_notes.iter())
            .filter_map(|note| {
                let i = note.customer as usize;
                let positions = found.positions.as_ref()?;
                let (from, to) = positions.bridge_pair[i]?;
                Some(NodeBridge {
                    node: &found.nodes[i],
                    from: from + 1,
                    to: to + 1,
                    score: Number(positions.bridge_score[i]),
                    explanation: &note.explanation,
                })
            })
            .collect(),
        map: found
            .map
            .as_ref()
            .map_or_else(Vec::new, |map| pairs(map, &found.nodes)),
        warnings,
    };
    write_json(&summary, out)
}

fn summary(s: &Segmentation) -> Summary<'_> {
    let used = s.features.treatments.iter().filter(|t| t.used);
    let sizes = s.partition.sizes().iter().enumerate();
    let exemplars = exemplars(&s.partition, &s.positions.within_segment_z);
    let importance = s.importance_by_column();
    Summary {
        format: 1,
        customers: s.partition.len(),
        features: used
            .map(|t| {
                let found = importance.get(t.column.as_str());
                let without = found.and_then(|c| c.without);
                Feature {
                    name: &t.column,
                    column_type: t.column_type,
                    transform: &t.transform,
                    weight: Number(t.weight),
                    share_of_distance: found.map(|c| Number(c.share_of_distance)),
                    share_among_neighbors: found.map(|c| Number(c.share_among_neighbors)),
                    separation: found.map(|c| Number(c.separation)),
                    segments_without: without.map(|w| w.n_segments),
                    ari_without: without.map(|w| Number(w.agreement)),
                }
            })
            .collect(),
        neighbors: s.n_neighbors,
        neighbors_recall: s.recall.map(|recall| Number(recall.share)),
        graph: Graph {
            nodes: s.graph.n_nodes(),
            edges: s.graph.n_edges(),
            components: s.components.n_groups(),
        },
        method: s.method,
        resolution: Number(s.resolution),
        modularity: Number(s.modularity),
        supported: s.supported(),
        parts: s.grouping() == Grouping::Parts,
        recurrence: recurrence(s.scales.as_ref()),
        segments: sizes
            .map(|(g, &size)| Segment {
                segment: g + 1,
                name: s.profiles.names.get(g).map_or("", String::as_str),
                customers: size,
                share: Number(size as f64 / s.partition.len() as f64),
                stability: s.stability.as_ref().map(|x| Number(x.segments[g])),
                verdict: s.stability.as_ref().map(|x| verdict(x.segments[g])),
                exemplars: named(&exemplars[g], &s.table.ids),
            })
            .collect(),
        levels: levels(s.scales.as_ref(), s.level),
        apart: apart(s.stability.as_ref()),
        bridges: bridges(s),
        map: pairs(&s.map, &s.table.ids),
        comparison: (s.comparison.iter())
            .zip(std::iter::once(None).chain(s.baselines.iter().map(|b| Some(&b.differing))))
            .map(|(m, differing)| Method {
                moved: differing.map(|d| d.customers.len()),
                moved_marks: differing.map_or_else(Vec::new, Differing::marks),
                method: &m.method,
                clusters: m.n_clusters,
                silhouette: Number(m.silhouette),
                davies_bouldin: Number(m.davies_bouldin),
                calinski_harabasz: Number(m.calinski_harabasz),
                modularity: Number(m.modularity),
                stability: m.stability.map(Number),
                ari_with_graph: Number(m.with_graph.adjusted_rand.value),
                ami_with_graph: Number(m.with_graph.adjusted_mutual_information.value),
                ari_with_truth: m.ari_with_truth.map(Number),
                ami_with_truth: m.ami_with_truth.map(Number),
            })
            .collect(),
        warnings: &s.warnings,
    }
}

/// The resolutions examined, coarse to fine.
fn levels(scales: Option<&Scales>, chosen: Option<usize>) -> Vec<LevelRow> {
    let Some(scales) = scales else {
        return Vec::new();
    };
    (scales.levels.iter().enumerate())
        .map(|(l, level)| LevelRow {
            resolution: Number(level.resolution),
            gephi_resolution: Number(level.gephi_resolution(scales.sampled)),
            segments: level.partition.n_groups(),
            modularity: Number(level.modularity),
            stability: level.stability.map(Number),
            border_ratio: level.border_ratio.map(Number),
            border_limit: level.border_limit.map(Number),
            nested: level.nested.map(Number),
            crowding: level.crowding.map(Number),
            doubtful: level.doubtful.map(Number),
            joined: level.joined,
            supported: level.supported,
            chosen: chosen == Some(l),
            ari_with_truth: level.ari_with_truth.map(Number),
        })
        .collect()
}

/// How often the recommendation came back, choice included.
fn recurrence(scales: Option<&Scales>) -> Option<RecurrenceRow> {
    let scales = scales?;
    let r = scales.recurrence?;
    Some(RecurrenceRow {
        samples: r.n_samples,
        recommended: scales.recommended.map(|l| scales.levels[l].partition.n_groups()),
        same_number: Number(r.same_number),
        agreement: r.agreement.map(Number),
        none: Number(r.none),
        fewest: r.range.map(|x| x.0),
        most: r.range.map(|x| x.1),
    })
}

/// For each pair of segments how surely they are kept apart, row by row.
fn apart(stability: Option<&Stability>) -> Vec<Vec<Number>> {
    let Some(stability) = stability else {
        return Vec::new();
    };
    let c = stability.segments.len();
    (stability.apart.chunks_exact(c.max(1)))
        .map(|row| row.iter().map(|&x| Number(x)).collect())
        .collect()
}

/// The customers with the highest bridge scores.
fn bridges(s: &Segmentation) -> Vec<Bridge<'_>> {
    let noted = s.bridge_notes.iter().filter_map(|note| {
        let i = note.customer as usize;
        let (from, to) = s.positions.bridge_pair[i]?;
        Some(Bridge {
            customer_id: &s.table.ids[i],
            from: from + 1,
            to: to + 1,
            score: Number(s.positions.bridge_score[i]),
            explanation: &note.explanation,
        })
    });
    noted.collect()
}

/// The pairs of segments with the strongest ties.
fn pairs<'a>(map: &SegmentMap, ids: &'a Texts) -> Vec<MapPair<'a>> {
    let mut order: Vec<&SegmentPair> = map.pairs.iter().collect();
    // Stable: of equals the lowest numbers.
    order.sort_by(|x, y| y.strength.total_cmp(&x.strength));
    order.truncate(PAIRS);
    let pair = |p: &SegmentPair| MapPair {
        from: p.a + 1,
        to: p.b + 1,
        ties: p.ties,
        strength: Number(p.strength),
        expected: Number(p.expected),
        ratio: Number(p.ratio()),
        bridges: p.n_bridges,
        strongest: named(&p.bridges, ids),
    };
    order.into_iter().map(pair).collect()
}

fn named<'a>(nodes: &[u32], ids: &'a Texts) -> Vec<&'a str> {
    nodes.iter().map(|&v| &ids[v as usize]).collect()
}
