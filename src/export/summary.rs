//! `summary.json`: the run on one page, for programs.

use super::cells::cannot_write;
use super::profiles::mean_stability;
use crate::Error;
use crate::Result;
use crate::num::round_significant;
use crate::segmentation::Segmentation;
use crate::table::ColumnType;
use crate::warning::Warning;
use serde::{Serialize, Serializer};
use std::io::{BufWriter, Write};

/// How many bridge customers the summary names.
const BRIDGES: usize = 20;

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
    graph: Graph,
    method: &'a str,
    resolution: Number,
    modularity: Number,
    supported: Option<bool>,
    segments: Vec<Segment<'a>>,
    levels: [(); 0],
    bridges: Vec<Bridge<'a>>,
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
}

#[derive(Serialize)]
struct Bridge<'a> {
    customer_id: &'a str,
    from: u32,
    to: u32,
    score: Number,
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
}

/// Writes `summary.json`, keys in a fixed order, numbers with at most nine significant digits, `null` for what is not known.
///
/// Keys: `format` (1), `customers`, `features` (those in use), `neighbors`, `graph`, `method`, `resolution`, `modularity`,
/// `supported`, `segments`, `levels`, `bridges` (the 20 highest scores), `comparison`, `warnings`. Ids and names stand as they are: nothing executes JSON. `O(n log n)`.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_summary(segmentation: &Segmentation, out: impl Write) -> Result<()> {
    let mut out = BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, &summary(segmentation)).map_err(|e| match e.io_error_kind() {
        Some(_) => cannot_write(e.into(), "the summary"),
        None => Error::data(format!("the summary cannot be written: {e}")),
    })?;
    out.write_all(b"\n")
        .and_then(|()| out.flush())
        .map_err(|e| cannot_write(e, "the summary"))
}

fn summary(s: &Segmentation) -> Summary<'_> {
    let used = s.features.treatments.iter().filter(|t| t.used);
    let sizes = s.partition.sizes().iter().enumerate();
    Summary {
        format: 1,
        customers: s.partition.len(),
        features: used
            .map(|t| Feature {
                name: &t.column,
                column_type: t.column_type,
                transform: &t.transform,
                weight: Number(t.weight),
            })
            .collect(),
        neighbors: s.n_neighbors,
        graph: Graph {
            nodes: s.graph.n_nodes(),
            edges: s.graph.n_edges(),
            components: s.components.n_groups(),
        },
        method: s.method,
        resolution: Number(s.resolution),
        modularity: Number(s.modularity),
        supported: s.supported,
        segments: sizes
            .map(|(g, &size)| Segment {
                segment: g + 1,
                name: s.profiles.names.get(g).map_or("", String::as_str),
                customers: size,
                share: Number(size as f64 / s.partition.len() as f64),
                stability: s.stability.as_ref().map(|x| Number(x[g])),
                verdict: s.verdict.as_ref().map(|v| v[g].as_str()),
            })
            .collect(),
        levels: [],
        bridges: bridges(s),
        comparison: (s.comparison.iter().enumerate())
            .map(|(i, m)| Method {
                method: &m.method,
                clusters: m.n_clusters,
                silhouette: Number(m.silhouette),
                davies_bouldin: Number(m.davies_bouldin),
                calinski_harabasz: Number(m.calinski_harabasz),
                modularity: Number(m.modularity),
                stability: mean_stability(s).filter(|_| i == 0).map(Number),
                ari_with_graph: Number(m.ari_with_graph),
                ami_with_graph: Number(m.ami_with_graph),
                ari_with_truth: m.ari_with_truth.map(Number),
                ami_with_truth: m.ami_with_truth.map(Number),
            })
            .collect(),
        warnings: &s.warnings,
    }
}

/// The customers with the highest bridge scores; the first of equals in the order of the customers.
fn bridges(s: &Segmentation) -> Vec<Bridge<'_>> {
    let score = &s.positions.bridge_score;
    let mut found: Vec<(usize, (u32, u32))> = (s.positions.bridge_pair.iter().enumerate())
        .filter_map(|(i, pair)| pair.filter(|_| score[i] > 0.0).map(|pair| (i, pair)))
        .collect();
    found.sort_by(|a, b| score[b.0].total_cmp(&score[a.0]).then(a.0.cmp(&b.0)));
    found.truncate(BRIDGES);
    found
        .into_iter()
        .map(|(i, (from, to))| Bridge {
            customer_id: &s.table.ids[i],
            from: from + 1,
            to: to + 1,
            score: Number(score[i]),
        })
        .collect()
}
