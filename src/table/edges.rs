//! Networks that already exist.

use super::texts::Texts;
use crate::warning::Warning;

/// How to read a list of edges. The default decides everything from the data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeSettings {
    /// What stands between cells. Default: from the data.
    pub separator: Option<char>,
    /// The decimal mark of the weights, `.` or `,`. Default: a point, or a comma where only that makes sense.
    pub decimal: Option<char>,
    /// A name of the Encoding Standard. Default: from the data.
    pub encoding: Option<String>,
    /// The most memory that reading may take, in bytes: a file that unpacks to more is refused before it is held. Default:
    /// what the system gives.
    pub memory: Option<u64>,
}

/// An undirected network. It does not depend on the order of the rows it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeList {
    /// The names of the nodes, in natural order (`n2` before `n10`), trimmed.
    pub nodes: Texts,
    /// Places in `nodes`, the lower one first, and the weight: finite, above 0, also as `f32`. Ascending, no pair
    /// twice; a self-loop has both ends equal.
    pub edges: Vec<(u32, u32, f64)>,
    /// Rows whose ends are the same node.
    pub self_loops: usize,
    /// Rows that repeat an earlier pair, in either direction; their weights were added to it.
    pub repeated: usize,
    /// How the bytes were read, one plain phrase each.
    pub reading: Vec<String>,
    /// What the reader noticed.
    pub warnings: Vec<Warning>,
}
