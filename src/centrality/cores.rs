//! How deep in the network a node sits, and which nodes hold a component together.

use crate::graph::SimilarityGraph;

/// Core number of each node: the largest k such that it belongs to a part of the graph in which everybody has at least
/// k neighbors inside the part. Unweighted, self-loops left out.
///
/// Length n. `O(n + m)`. Batagelj and Zaveršnik, arXiv:cs/0310049 (2003).
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::centrality::core_numbers;
///
/// let kite = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (2, 3, 1.0)]);
/// assert_eq!(core_numbers(&kite), [2, 2, 2, 1]);
/// ```
pub fn core_numbers(graph: &SimilarityGraph) -> Vec<u32> {
    let n = graph.n_nodes();
    let mut degree: Vec<usize> = (0..n as u32)
        .map(|v| graph.neighbors(v).iter().filter(|&&w| w != v).count())
        .collect();
    // Nodes by degree: `start[d]` is where those of degree d begin in `order`, `place` is its inverse.
    let mut start = vec![0usize; degree.iter().max().map_or(0, |d| d + 1) + 1];
    for &d in &degree {
        start[d + 1] += 1;
    }
    for d in 1..start.len() {
        start[d] += start[d - 1];
    }
    let mut next = start.clone();
    let mut order = vec![0u32; n];
    let mut place = vec![0usize; n];
    for v in 0..n {
        place[v] = next[degree[v]];
        order[place[v]] = v as u32;
        next[degree[v]] += 1;
    }
    // The node of least remaining degree leaves; its neighbors move one bucket down.
    for i in 0..n {
        let v = order[i];
        for &w in graph.neighbors(v) {
            let d = degree[w as usize];
            if d > degree[v as usize] {
                let (from, to) = (place[w as usize], start[d]);
                let displaced = order[to];
                order.swap(from, to);
                place[displaced as usize] = from;
                place[w as usize] = to;
                start[d] += 1;
                degree[w as usize] -= 1;
            }
        }
    }
    degree.into_iter().map(|d| d as u32).collect()
}

/// The cut nodes, ascending: each of them, taken away, splits its component (articulation points).
///
/// `O(n + m)`, without recursion. Hopcroft and Tarjan, Communications of the ACM 16, 372 (1973).
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::centrality::cut_nodes;
///
/// let kite = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (2, 3, 1.0)]);
/// assert_eq!(cut_nodes(&kite), [2]);
/// ```
pub fn cut_nodes(graph: &SimilarityGraph) -> Vec<u32> {
    let n = graph.n_nodes();
    // 0: not yet seen. `low` is the earliest visit reachable from below a node by one edge back.
    let (mut visit, mut low) = (vec![0u32; n], vec![0u32; n]);
    let mut cuts = vec![false; n];
    // Node, and how many of its neighbors have been looked at.
    let mut stack: Vec<(u32, usize)> = Vec::new();
    let mut time = 0;
    for root in 0..n as u32 {
        if visit[root as usize] != 0 {
            continue;
        }
        let mut root_children = 0;
        time += 1;
        (visit[root as usize], low[root as usize]) = (time, time);
        stack.push((root, 0));
        while let Some((v, looked_at)) = stack.last_mut() {
            let v = *v;
            if let Some(&w) = graph.neighbors(v).get(*looked_at) {
                *looked_at += 1;
                if visit[w as usize] == 0 {
                    root_children += usize::from(v == root);
                    time += 1;
                    (visit[w as usize], low[w as usize]) = (time, time);
                    stack.push((w, 0));
                } else {
                    // The edge to the parent counts too: it cannot lead above the parent, and that is all that is asked.
                    low[v as usize] = low[v as usize].min(visit[w as usize]);
                }
            } else {
                stack.pop();
                if let Some(&(parent, _)) = stack.last() {
                    low[parent as usize] = low[parent as usize].min(low[v as usize]);
                    cuts[parent as usize] |= parent != root && low[v as usize] >= visit[parent as usize];
                }
            }
        }
        cuts[root as usize] = root_children > 1;
    }
    (0..n as u32).filter(|&v| cuts[v as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(n: usize, pairs: &[(u32, u32)]) -> SimilarityGraph {
        let edges: Vec<_> = pairs.iter().map(|&(a, b)| (a, b, 1.0)).collect();
        SimilarityGraph::from_edges(n, &edges)
    }

    #[test]
    fn two_triangles_that_share_a_node_are_cut_there() {
        let bow_tie = graph(5, &[(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (2, 4)]);
        assert_eq!(cut_nodes(&bow_tie), [2]);
        assert_eq!(core_numbers(&bow_tie), [2; 5]);
    }

    #[test]
    fn the_inner_nodes_of_a_long_path_cut_it_and_it_is_one_core() {
        let n = 200_000;
        let pairs: Vec<_> = (1..n).map(|v| (v - 1, v)).collect();
        let path = graph(n as usize, &pairs);
        assert_eq!(cut_nodes(&path), (1..n - 1).collect::<Vec<_>>());
        assert_eq!(core_numbers(&path), vec![1; n as usize]);
    }

    #[test]
    fn rings_isolated_nodes_and_self_loops_have_no_cut() {
        let ring = graph(6, &[(0, 1), (1, 2), (2, 3), (3, 0), (4, 4)]);
        assert!(cut_nodes(&ring).is_empty());
        assert_eq!(core_numbers(&ring), [2, 2, 2, 2, 0, 0]);
        assert!(cut_nodes(&graph(0, &[])).is_empty() && core_numbers(&graph(0, &[])).is_empty());
    }

    #[test]
    fn removing_a_cut_node_splits_and_removing_another_does_not() {
        // Slow twin: count the parts of the graph without each node.
        let mut random = crate::random::stream(7, 0);
        use rand::RngExt;
        for _ in 0..50 {
            let pairs: Vec<(u32, u32)> = (0..14)
                .map(|_| (random.random_range(0..12), random.random_range(0..12)))
                .collect();
            let graph = graph(12, &pairs);
            let slow: Vec<u32> = (0..12)
                .filter(|&v| parts(&graph, Some(v)) > parts(&graph, None))
                .collect();
            assert_eq!(cut_nodes(&graph), slow, "{pairs:?}");
        }
    }

    /// Number of connected parts that have an edge or are a single node, without `gone`; a node alone that was alone
    /// before is gone with itself.
    fn parts(graph: &SimilarityGraph, gone: Option<u32>) -> usize {
        let mut seen = vec![false; graph.n_nodes()];
        let mut count = usize::from(gone.is_some_and(|g| graph.neighbors(g).iter().all(|&w| w == g)));
        for start in 0..graph.n_nodes() as u32 {
            if Some(start) == gone || seen[start as usize] {
                continue;
            }
            count += 1;
            let mut open = vec![start];
            while let Some(v) = open.pop() {
                if !std::mem::replace(&mut seen[v as usize], true) {
                    open.extend(
                        graph
                            .neighbors(v)
                            .iter()
                            .filter(|&&w| Some(w) != gone && !seen[w as usize]),
                    );
                }
            }
        }
        count
    }
}
