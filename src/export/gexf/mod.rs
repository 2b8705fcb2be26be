//! Gephi's file format, GEXF 1.3 or 1.2, as all its readers understand it.
//!
//! What is written and what is not follows from how readers fail, often without a word: one block of columns per class before
//! the nodes; no value rather than an empty one, `null`, NaN or an infinity; every node with a label, if an empty one; `viz:color` without
//! alpha; `viz:size` with its value first; every pair of nodes once, because Gephi adds the weights of repeated pairs.
//! See `docs/decisions/gexf-columns.md`.

mod check;
mod file;
mod ids;
mod part;
mod piece;

pub(super) use check::{check_edges, check_nodes};
pub(super) use ids::Ids;

use super::cells::cannot_write;
use super::words::{self, Changes};
use crate::Result;
use crate::table::{MISSING, Texts};
use crate::warning::Warning;
use piece::Document;
use quick_xml::Writer;
use std::borrow::Cow;
use std::io::{BufWriter, Write};

/// Which edition of the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GexfVersion {
    /// 1.2, for NetworkX before 3.6, which knows no later one.
    V1_2,
    /// 1.3.
    #[default]
    V1_3,
}

impl GexfVersion {
    /// Namespace, namespace of the viz elements, and version attribute.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            GexfVersion::V1_2 => (
                "http://www.gexf.net/1.2draft",
                "http://www.gexf.net/1.2draft/viz",
                "1.2",
            ),
            GexfVersion::V1_3 => ("http://gexf.net/1.3", "http://gexf.net/1.3/viz", "1.3"),
        }
    }
}

/// The values of a column, one per node or edge, with gaps.
#[derive(Clone, Debug, PartialEq)]
pub enum GexfValues<'a> {
    /// Declared as `integer` where all fit 32 bits, as `long` otherwise.
    Integer(Vec<Option<i64>>),
    /// NaN and infinities are gaps.
    Double(Cow<'a, [f64]>),
    /// Empty texts and the word null are gaps.
    Text(Vec<Option<Cow<'a, str>>>),
    /// True or false.
    Boolean(Vec<Option<bool>>),
    /// Whole numbers, `from` added to each; [`MISSING`] is a gap.
    Count {
        /// One per node or edge.
        values: Cow<'a, [u32]>,
        /// What 0 stands for.
        from: u32,
    },
    /// Texts of a few kinds; a code without a level is a gap, and so are empty levels and the word null.
    Level {
        /// Index into `levels`, one per node or edge.
        codes: Cow<'a, [u32]>,
        /// The texts.
        levels: Vec<Cow<'a, str>>,
    },
}

impl GexfValues<'_> {
    fn len(&self) -> usize {
        match self {
            GexfValues::Integer(v) => v.len(),
            GexfValues::Double(v) => v.len(),
            GexfValues::Text(v) => v.len(),
            GexfValues::Boolean(v) => v.len(),
            GexfValues::Count { values, .. } => values.len(),
            GexfValues::Level { codes, .. } => codes.len(),
        }
    }

    /// The declared type.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            GexfValues::Integer(_) | GexfValues::Count { .. } => {
                let short = (0..self.len()).all(|i| self.integer(i).is_none_or(|x| i32::try_from(x).is_ok()));
                if short { "integer" } else { "long" }
            }
            GexfValues::Double(_) => "double",
            GexfValues::Text(_) | GexfValues::Level { .. } => "string",
            GexfValues::Boolean(_) => "boolean",
        }
    }

    /// The text at `i` of a column of texts.
    pub(super) fn text(&self, i: usize) -> Option<&str> {
        match self {
            GexfValues::Text(v) => v[i].as_deref(),
            GexfValues::Level { codes, levels } => levels.get(codes[i] as usize).map(|l| &**l),
            _ => None,
        }
    }

    /// The number at `i` of a column of whole numbers.
    pub(super) fn integer(&self, i: usize) -> Option<i64> {
        match self {
            GexfValues::Integer(v) => v[i],
            GexfValues::Count { values, from } => {
                (values[i] != MISSING).then(|| i64::from(values[i]) + i64::from(*from))
            }
            _ => None,
        }
    }

    fn is_void(&self) -> bool {
        (0..self.len()).all(|i| match self {
            GexfValues::Integer(_) | GexfValues::Count { .. } => self.integer(i).is_none(),
            GexfValues::Double(v) => !v[i].is_finite(),
            GexfValues::Text(_) | GexfValues::Level { .. } => {
                let text = self.text(i);
                text.and_then(|t| words::value(t, &mut Changes::default()))
                    .is_none()
            }
            GexfValues::Boolean(v) => v[i].is_none(),
        })
    }
}

/// A column of nodes or edges.
#[derive(Clone, Debug, PartialEq)]
pub struct GexfColumn<'a> {
    /// What programs call it; see `docs/decisions/gexf-columns.md` for ids with a meaning of their own.
    pub id: Cow<'a, str>,
    /// What people see.
    pub title: Cow<'a, str>,
    /// One per node or edge.
    pub values: GexfValues<'a>,
}

impl<'a> GexfColumn<'a> {
    /// A column of these values.
    pub fn new(id: impl Into<Cow<'a, str>>, title: impl Into<Cow<'a, str>>, values: GexfValues<'a>) -> Self {
        GexfColumn {
            id: id.into(),
            title: title.into(),
            values,
        }
    }
}

/// An undirected network as it is to be drawn. All node vectors have one entry per node, all edge vectors one per edge;
/// those that may be empty leave the matter to the reader.
#[derive(Clone, Debug, Default)]
pub struct GexfNetwork<'a> {
    /// Edition of the format. Default 1.3.
    pub version: GexfVersion,
    /// What the run was, in one sentence without `&`, `<` and `>` (they are replaced).
    pub description: String,
    /// Names of the nodes: unique, not empty.
    pub ids: Cow<'a, Texts>,
    /// What is shown beside the nodes; empty: the ids.
    pub labels: Cow<'a, [String]>,
    /// Which nodes have a label; those of the others are empty texts. Empty: all have.
    pub labelled: Vec<bool>,
    /// Columns of the nodes.
    pub node_columns: Vec<GexfColumn<'a>>,
    /// Red, green, blue; may be empty.
    pub colors: Vec<[u8; 3]>,
    /// Places, finite; may be empty.
    pub positions: Cow<'a, [[f64; 2]]>,
    /// Sizes above 0; may be empty.
    pub sizes: Vec<f64>,
    /// Both ends and weight, finite and above 0; each pair once.
    pub edges: Vec<(u32, u32, f64)>,
    /// Columns of the edges.
    pub edge_columns: Vec<GexfColumn<'a>>,
    /// Own colors of edges, `None` for that of the nodes; may be empty.
    pub edge_colors: Vec<Option<[u8; 3]>>,
}

/// What was written, and what was changed on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GexfReport {
    /// Nodes.
    pub nodes: usize,
    /// Edges.
    pub edges: usize,
    /// Columns without any value, left out: some readers reject them.
    pub columns_left_out: usize,
    /// Texts in which characters that XML does not know became U+FFFD.
    pub illegal_characters: usize,
    /// Texts in which line breaks and tabs became spaces.
    pub line_breaks: usize,
    /// Values in which INF became Inf.
    pub inf_words: usize,
    /// Values that were the word null, left out.
    pub null_words: usize,
    /// Ids that got a number behind because they were equal to another after the changes above.
    pub renamed_ids: usize,
    /// Labels that were cut after 200 characters; ids are whole.
    pub cut_labels: usize,
    /// Weights below 1.2e-38, which Gephi takes for 0 and drops.
    pub tiny_weights: usize,
}

impl GexfReport {
    /// A sentence per kind of change that a person would want to know of.
    pub fn warnings(&self) -> Vec<Warning> {
        let facts = [
            (
                self.illegal_characters,
                "gexf-illegal-characters",
                "characters that XML does not know stand as \u{FFFD} in the Gephi file (texts",
            ),
            (
                self.line_breaks,
                "gexf-line-breaks",
                "line breaks and tabs are spaces in the Gephi file (texts",
            ),
            (
                self.inf_words,
                "gexf-inf",
                "INF stands as Inf in the Gephi file, because Gephi would make it Infinity (values",
            ),
            (
                self.null_words,
                "gexf-null",
                "the word null is left out of the Gephi file, because Gephi takes it for no value (values",
            ),
            (
                self.renamed_ids,
                "gexf-renamed-ids",
                "ids that are equal but for such characters have a number behind in the Gephi file (ids",
            ),
            (
                self.cut_labels,
                "gexf-cut-labels",
                "names of more than 200 characters are cut in labels and sentences, while ids stay whole (labels",
            ),
            (
                self.tiny_weights,
                "gexf-tiny-weights",
                "Gephi takes weights below 1.2e-38 for 0 and drops such edges (edges",
            ),
        ];
        let found = facts.into_iter().filter(|f| f.0 > 0);
        found
            .map(|(count, code, what)| Warning::new(code, format!("{what}: {count})")))
            .collect()
    }
}

/// Writes the network, one node or edge per line, and nothing where something is wrong with it. `O(n + m)` per column, in
/// parallel; the writer has a buffer of its own.
///
/// ```
/// use kinfolk::export::{GexfNetwork, write_gexf};
/// use std::borrow::Cow;
///
/// let network = GexfNetwork {
///     ids: Cow::Owned(["Ada", "Bo & Co"].into_iter().collect()),
///     edges: vec![(0, 1, 0.5)],
///     ..GexfNetwork::default()
/// };
/// let mut bytes = Vec::new();
/// let report = write_gexf(&network, &mut bytes)?;
/// assert_eq!((report.nodes, report.edges), (2, 1));
/// assert!(String::from_utf8_lossy(&bytes).contains(r#"<node id="Bo &amp; Co" label="Bo &amp; Co"/>"#));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where an id is empty or stands twice, a column id or title stands twice, a vector has another length than there are nodes
/// or edges, a place is not finite, a size or weight is not a finite number above 0, an edge names a node that is not there
/// or a pair stands twice, or where `out` cannot be written.
pub fn write_gexf(network: &GexfNetwork<'_>, out: impl Write) -> Result<GexfReport> {
    check_nodes(network)?;
    check_edges(network)?;
    let mut changes = Changes::default();
    let mut report = GexfReport {
        nodes: network.ids.len(),
        edges: network.edges.len(),
        tiny_weights: network
            .edges
            .iter()
            .filter(|e| e.2 < f64::from(f32::MIN_POSITIVE))
            .count(),
        ..GexfReport::default()
    };
    let ids = Ids::new(&network.ids, &mut changes);
    report.renamed_ids = ids.renamed;
    let with_values = |columns: &'_ [GexfColumn<'_>]| -> Vec<usize> {
        (0..columns.len())
            .filter(|&c| !columns[c].values.is_void())
            .collect()
    };
    let (of_nodes, of_edges) = (
        with_values(&network.node_columns),
        with_values(&network.edge_columns),
    );
    report.columns_left_out =
        network.node_columns.len() + network.edge_columns.len() - of_nodes.len() - of_edges.len();
    let mut file = file::File {
        xml: Writer::new(BufWriter::with_capacity(1 << 20, out)),
        changes,
    };
    let document = Document {
        network,
        ids: &ids,
        of_nodes: &of_nodes,
        of_edges: &of_edges,
    };
    file.write(&document)
        .map_err(|e| cannot_write(e, "the Gephi file"))?;
    report.illegal_characters = file.changes.illegal;
    report.line_breaks = file.changes.line_breaks;
    report.inf_words = file.changes.inf;
    report.null_words = file.changes.null;
    report.cut_labels = file.changes.cut;
    Ok(report)
}
