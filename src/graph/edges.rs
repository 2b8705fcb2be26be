//! A [`SimilarityGraph`] from a list of edges, or from compressed rows.

use crate::error::{Error, Result};
use crate::graph::SimilarityGraph;

impl SimilarityGraph {
    /// The graph on `n` nodes with these undirected edges; weights of repeated pairs, in either direction, are
    /// summed. `O(n + m log m)`.
    ///
    /// ```
    /// use kinfolk::SimilarityGraph;
    ///
    /// let path = SimilarityGraph::from_edges(3, &[(0, 1, 1.0), (2, 1, 0.5)]);
    /// assert_eq!(path.neighbors(1), [0, 2]);
    /// assert_eq!(path.strength(1), 1.5);
    /// ```
    ///
    /// # Panics
    /// Where an edge names a node at or above `n`, or a weight is not finite and above 0: who builds the list
    /// checks it, because only they know the line it came from.
    pub fn from_edges(n: usize, edges: &[(u32, u32, f64)]) -> Self {
        let mut pairs: Vec<(u32, u32, f64)> = edges
            .iter()
            .map(|&(a, b, w)| {
                assert!((a.max(b) as usize) < n, "edge {a}-{b} outside 0..{n}");
                assert!(w.is_finite() && w > 0.0, "edge {a}-{b} has weight {w}");
                (a.min(b), a.max(b), w)
            })
            .collect();
        // The weight is part of the key so that sums do not depend on the order of the list.
        pairs.sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(x.2.total_cmp(&y.2)));
        pairs.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2 += next.2;
            }
            same
        });
        let mut offsets = vec![0usize; n + 1];
        for &(a, b, _) in &pairs {
            offsets[a as usize + 1] += 1;
            if a != b {
                offsets[b as usize + 1] += 1;
            }
        }
        for v in 0..n {
            offsets[v + 1] += offsets[v];
        }
        let mut next = offsets.clone();
        let mut targets = vec![0u32; offsets[n]];
        let mut weights = vec![0f32; offsets[n]];
        let mut put = |from: u32, to: u32, w: f64| {
            let slot = next[from as usize];
            next[from as usize] += 1;
            targets[slot] = to;
            weights[slot] = w as f32;
        };
        // Ascending pairs fill each row in ascending order: first the lower neighbors (as `b` of earlier pairs),
        // then the higher ones.
        for &(a, b, w) in &pairs {
            put(a, b, w);
            if a != b {
                put(b, a, w);
            }
        }
        SimilarityGraph {
            offsets,
            targets,
            weights,
        }
    }

    /// The graph with these compressed rows: the neighbors of node v are `targets[offsets[v]..offsets[v + 1]]`,
    /// ascending, each edge in the rows of both ends with one weight. `O(n + m log m)`, all of it for checking.
    ///
    /// ```
    /// use kinfolk::SimilarityGraph;
    ///
    /// let edge = SimilarityGraph::from_rows(vec![0, 1, 2], vec![1, 0], vec![0.5, 0.5])?;
    /// assert_eq!(edge, SimilarityGraph::from_edges(2, &[(0, 1, 0.5)]));
    /// # Ok::<(), kinfolk::Error>(())
    /// ```
    ///
    /// # Errors
    /// A data error that names the first row where this does not hold, or where a weight is not finite and above 0.
    pub fn from_rows(offsets: Vec<usize>, targets: Vec<u32>, weights: Vec<f32>) -> Result<Self> {
        let fits = offsets.first() == Some(&0)
            && offsets.last() == Some(&targets.len())
            && targets.len() == weights.len()
            && offsets.is_sorted();
        if !fits {
            return Err(Error::data(
                "the offsets of the graph's rows do not fit its targets and weights",
            ));
        }
        let graph = SimilarityGraph {
            offsets,
            targets,
            weights,
        };
        let n = graph.n_nodes();
        for v in 0..n as u32 {
            let (row, weights) = (graph.neighbors(v), graph.weights(v));
            if !row.is_sorted_by(|a, b| a < b) || row.last().is_some_and(|&t| t as usize >= n) {
                return Err(Error::data(format!(
                    "the neighbors of node {v} are not ascending numbers below {n}"
                )));
            }
            for (&t, &w) in row.iter().zip(weights) {
                if !(w.is_finite() && w > 0.0) {
                    return Err(Error::data(format!("edge {v}-{t} has weight {w}")));
                }
                let back = graph
                    .neighbors(t)
                    .binary_search(&v)
                    .map(|at| graph.weights(t)[at]);
                if back != Ok(w) {
                    return Err(Error::data(format!(
                        "edge {v}-{t} does not stand alike in the row of {t}"
                    )));
                }
            }
        }
        Ok(graph)
    }
}
