//! Betweenness by Brandes' accumulation, from every node or from an even sample of them.

use super::Betweenness;
use super::search::{LANES, Search};
use crate::graph::SimilarityGraph;
use crate::random::stream;
use rand::RngExt;
use rayon::prelude::*;

/// Where nodes × (nodes + 2 · edges) is at most this, [`betweenness`] counts from every node unless told otherwise:
/// about 7,000 customers with 15 neighbors each.
pub const EXACT_WORK: usize = 1_200_000_000;

/// How many nodes and edge ends [`betweenness`] visits where it samples: 1,100 sources for 20,000 customers with 15
/// neighbors each.
pub const SAMPLED_WORK: usize = 500_000_000;

/// Sampled betweenness starts from at least this many nodes.
pub const MIN_SOURCES: usize = 64;

/// Shortest paths through each node: `Σ_{s<t} σ_st(v) / σ_st`, ends not counted, pairs unordered, not normalized;
/// equal to NetworkX's `betweenness_centrality(normalized=False)`.
///
/// Distance is hops, as in Gephi's `betweenesscentrality`. Weights stay out: similarities of nearest neighbors hardly
/// ever tie, so that weighted paths are unique, one small change of a feature reroutes them, and the count hangs on
/// the last digit. Self-loops and other components add nothing.
///
/// `n_sources` is how many nodes paths are counted from: all where it is `None` and the graph is small
/// ([`EXACT_WORK`]), or at least n; otherwise that many drawn without replacement, each as likely, and the sums
/// are scaled by n / sources, which leaves them unbiased. `None` on a larger graph draws as many as
/// [`SAMPLED_WORK`] allows, at least [`MIN_SOURCES`].
///
/// `O(sources · (n + m))` time, in parallel, the same bits for any number of threads; at most 64 accumulators of
/// n numbers. Brandes, Journal of Mathematical Sociology 25, 163 (2001); Brandes and Pich, International Journal of
/// Bifurcation and Chaos 17, 2303 (2007).
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::centrality::betweenness;
///
/// let path = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)]);
/// let exact = betweenness(&path, None, 42);
/// assert_eq!(exact.values, [0.0, 2.0, 2.0, 0.0]);
/// assert!(exact.is_exact());
/// ```
pub fn betweenness(graph: &SimilarityGraph, n_sources: Option<usize>, seed: u64) -> Betweenness {
    let n = graph.n_nodes();
    let wanted = n_sources.map_or_else(|| auto_sources(graph), |s| s.clamp(1, n.max(1)));
    let sources = choose_sources(graph, wanted.min(n), seed);
    // The cut into chunks depends on the graph alone, never on the number of threads; fewer where each is long.
    let n_chunks = (4_000_000 / n.max(1)).clamp(16, 64);
    let chunk = sources.len().div_ceil(n_chunks * LANES).max(1) * LANES;
    let sums: Vec<Vec<f64>> = sources
        .par_chunks(chunk)
        .map(|sources| {
            let mut sum = vec![0.0; n];
            let mut search = Search::new(n);
            for together in sources.chunks(LANES) {
                search.add_from(graph, together, &mut sum);
            }
            sum
        })
        .collect();
    // Each pair was met from both ends.
    let scale = n as f64 / sources.len().max(1) as f64 / 2.0;
    let values = (0..n)
        .into_par_iter()
        .map(|v| sums.iter().map(|sum| sum[v]).sum::<f64>() * scale)
        .collect();
    Betweenness {
        values,
        n_sources: sources.len(),
    }
}

fn auto_sources(graph: &SimilarityGraph) -> usize {
    let n = graph.n_nodes();
    let work = (n + 2 * graph.n_edges()).max(1);
    if n <= EXACT_WORK / work {
        n
    } else {
        (SAMPLED_WORK / work).clamp(MIN_SOURCES.min(n), n)
    }
}

/// `count` of the nodes, each as likely, in the order in which [`breadth_first`] meets them: searches that go
/// together are cheap where their sources are near each other.
fn choose_sources(graph: &SimilarityGraph, count: usize, seed: u64) -> Vec<u32> {
    let n = graph.n_nodes();
    let mut places: Vec<u32> = (0..n as u32).collect();
    if count < n {
        let mut random = stream(seed, 0);
        for i in 0..count {
            let j = random.random_range(i..n);
            places.swap(i, j);
        }
        places.truncate(count);
        places.sort_unstable();
    }
    let order = breadth_first(graph);
    places.iter().map(|&p| order[p as usize]).collect()
}

/// All nodes, component by component, each in breadth-first order from its lowest.
fn breadth_first(graph: &SimilarityGraph) -> Vec<u32> {
    let n = graph.n_nodes();
    let mut seen = vec![false; n];
    let mut order = Vec::with_capacity(n);
    let mut next = 0;
    for start in 0..n as u32 {
        if !std::mem::replace(&mut seen[start as usize], true) {
            order.push(start);
        }
        while let Some(&v) = order.get(next) {
            next += 1;
            for &w in graph.neighbors(v) {
                if !std::mem::replace(&mut seen[w as usize], true) {
                    order.push(w);
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(n: usize, pairs: &[(u32, u32)]) -> SimilarityGraph {
        let edges: Vec<_> = pairs.iter().map(|&(a, b)| (a, b, 1.0)).collect();
        SimilarityGraph::from_edges(n, &edges)
    }

    #[test]
    fn the_middle_of_a_star_lies_between_all_pairs_of_its_ends() {
        let star = graph(5, &[(0, 1), (0, 2), (0, 3), (0, 4)]);
        assert_eq!(betweenness(&star, None, 1).values, [6.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn two_equal_ways_around_a_square_count_half_each() {
        let square = graph(4, &[(0, 1), (1, 2), (2, 3), (3, 0)]);
        assert_eq!(betweenness(&square, None, 1).values, [0.5; 4]);
    }

    #[test]
    fn self_loops_and_isolated_nodes_change_nothing() {
        let with = graph(5, &[(0, 1), (1, 1), (1, 2), (3, 3)]);
        assert_eq!(betweenness(&with, None, 1).values, [0.0, 1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn no_nodes_and_one_node_have_nothing_between() {
        assert!(betweenness(&graph(0, &[]), None, 1).values.is_empty());
        assert_eq!(betweenness(&graph(1, &[]), Some(0), 1).values, [0.0]);
    }

    #[test]
    fn more_paths_than_a_double_can_count_still_split_evenly() {
        // Diamonds in a row: 0 -< 1, 2 >- 3 -< 4, 5 >- 6 ...; 2^1200 paths from end to end.
        let diamonds = 1200;
        let mut pairs = Vec::new();
        for d in 0..diamonds {
            let v = 3 * d;
            pairs.extend([(v, v + 1), (v, v + 2), (v + 1, v + 3), (v + 2, v + 3)]);
        }
        let n = 3 * diamonds as usize + 1;
        let values = betweenness(&graph(n, &pairs), None, 1).values;
        // Half of the paths between the 1 + 3d nodes before a diamond, its near tip included, and those after it.
        for d in 0..diamonds as usize {
            let (before, after) = ((1 + 3 * d) as f64, (1 + 3 * (diamonds as usize - 1 - d)) as f64);
            let side = values[3 * d + 1];
            assert!(
                (side - before * after / 2.0).abs() < 1e-9 * side,
                "diamond {d}: {side}"
            );
        }
    }

    #[test]
    fn sources_are_drawn_without_replacement_and_every_node_can_be_one() {
        let path = graph(10, &[(0, 1), (1, 2), (2, 3), (3, 4), (6, 5), (6, 7), (9, 8)]);
        let mut seen = [false; 10];
        for seed in 0..50 {
            let sources = choose_sources(&path, 3, seed);
            assert!(
                sources.len() == 3 && (1..3).all(|i| !sources[..i].contains(&sources[i])),
                "{sources:?}"
            );
            sources.iter().for_each(|&s| seen[s as usize] = true);
        }
        assert_eq!(seen, [true; 10]);
    }

    #[test]
    fn the_mean_over_samples_is_the_exact_value() {
        // Each node is a source equally often over all samples of size 1.
        let path = graph(6, &[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]);
        let exact = betweenness(&path, None, 0);
        let mut by_source: [Option<Vec<f64>>; 6] = Default::default();
        for seed in 0..200 {
            let source = choose_sources(&path, 1, seed)[0] as usize;
            let sampled = betweenness(&path, Some(1), seed);
            assert_eq!(sampled.n_sources, 1);
            assert!(!sampled.is_exact());
            by_source[source] = Some(sampled.values);
        }
        for v in 0..6 {
            let mean = by_source
                .iter()
                .map(|b| b.as_ref().expect("drawn in 200 tries")[v])
                .sum::<f64>()
                / 6.0;
            assert!((mean - exact.values[v]).abs() < 1e-12);
        }
    }
}
