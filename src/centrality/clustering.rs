//! Local clustering: how many of a node's neighbors know each other.

use crate::graph::SimilarityGraph;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Local clustering coefficient of each node, in [0, 1]: the share of the pairs of its neighbors that are neighbors
/// themselves; 0 with fewer than two neighbors. Unweighted, self-loops left out, as NetworkX's `clustering`.
///
/// Length n. `O(m^1.5)` however uneven the degrees, in parallel: every triangle is found once, from its end of
/// lowest degree. Watts and Strogatz, Nature 393, 440 (1998); Chiba and Nishizeki, SIAM Journal on Computing 14,
/// 210 (1985).
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::centrality::local_clustering;
///
/// let kite = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (2, 3, 1.0)]);
/// assert_eq!(local_clustering(&kite), [1.0, 1.0, 1.0 / 3.0, 0.0]);
/// ```
pub fn local_clustering(graph: &SimilarityGraph) -> Vec<f64> {
    let n = graph.n_nodes();
    let others = |v: u32| {
        let row = graph.neighbors(v);
        row.len() - usize::from(row.binary_search(&v).is_ok())
    };
    let degrees: Vec<usize> = (0..n as u32).into_par_iter().map(others).collect();
    let rank = |v: u32| (degrees[v as usize], v);
    // Edges point to the higher rank, so that no row is longer than √(2m); rows stay ascending by node.
    let mut offsets = Vec::with_capacity(n + 1);
    let mut targets: Vec<u32> = Vec::new();
    offsets.push(0);
    for v in 0..n as u32 {
        targets.extend(graph.neighbors(v).iter().filter(|&&w| rank(w) > rank(v)));
        offsets.push(targets.len());
    }
    let row = |v: u32| &targets[offsets[v as usize]..offsets[v as usize + 1]];
    // Whole numbers: the order in which threads add them does not show.
    let triangles: Vec<AtomicU64> = (0..n).map(|_| AtomicU64::new(0)).collect();
    (0..n as u32).into_par_iter().with_min_len(256).for_each(|u| {
        let mut at_u = 0;
        for &v in row(u) {
            let mut at_v = 0;
            for_each_common(row(u), row(v), |w| {
                at_v += 1;
                triangles[w as usize].fetch_add(1, Ordering::Relaxed);
            });
            triangles[v as usize].fetch_add(at_v, Ordering::Relaxed);
            at_u += at_v;
        }
        triangles[u as usize].fetch_add(at_u, Ordering::Relaxed);
    });
    triangles
        .into_iter()
        .zip(&degrees)
        .map(|(t, &d)| {
            let pairs = d as f64 * (d as f64 - 1.0) / 2.0;
            if d < 2 { 0.0 } else { t.into_inner() as f64 / pairs }
        })
        .collect()
}

/// Calls `found` for what two ascending rows share.
fn for_each_common(mut a: &[u32], mut b: &[u32], mut found: impl FnMut(u32)) {
    while let (Some(&x), Some(&y)) = (a.first(), b.first()) {
        if x == y {
            found(x);
        }
        a = &a[usize::from(x <= y)..];
        b = &b[usize::from(y <= x)..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_complete_graph_all_neighbors_know_each_other() {
        let edges: Vec<_> = (0..6u32).flat_map(|a| (0..a).map(move |b| (a, b, 0.3))).collect();
        assert_eq!(
            local_clustering(&SimilarityGraph::from_edges(6, &edges)),
            [1.0; 6]
        );
    }

    #[test]
    fn self_loops_are_not_neighbors() {
        let edges = [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (0, 0, 5.0), (3, 3, 1.0)];
        let c = local_clustering(&SimilarityGraph::from_edges(4, &edges));
        assert_eq!(c, [1.0, 1.0, 1.0, 0.0]);
    }

    #[test]
    fn a_square_with_one_diagonal_has_two_thirds_at_its_ends() {
        let edges = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0), (0, 2, 1.0)];
        let c = local_clustering(&SimilarityGraph::from_edges(4, &edges));
        assert_eq!(c, [2.0 / 3.0, 1.0, 2.0 / 3.0, 1.0]);
    }
}
