//! Betweenness by Brandes' accumulation, from every node or from an even sample of them.

use super::Betweenness;
use crate::graph::SimilarityGraph;
use crate::random::stream;
use rand::RngExt;
use rayon::prelude::*;

/// Where nodes × (nodes + 2 · edges) is at most this, [`betweenness`] counts from every node unless told otherwise:
/// about 10,000 customers with 15 neighbors each.
pub const EXACT_WORK: usize = 2_500_000_000;

/// How many nodes and edge ends [`betweenness`] visits where it samples.
pub const SAMPLED_WORK: usize = 1_000_000_000;

/// Sampled betweenness starts from at least this many nodes.
pub const MIN_SOURCES: usize = 64;

const UNSEEN: u32 = u32::MAX;

/// Sums of path counts above this could overflow on the next level.
const MANY_PATHS: f64 = 1e280;

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
    let sources = choose_sources(n, wanted.min(n), seed);
    // The cut into chunks depends on the graph alone, never on the number of threads; fewer of them where each is long.
    let n_chunks = (4_000_000 / n.max(1)).clamp(16, 64);
    let chunk = sources.len().div_ceil(n_chunks).max(1);
    let sums: Vec<Vec<f64>> = sources
        .par_chunks(chunk)
        .map(|sources| {
            let mut sum = vec![0.0; n];
            let mut search = Search::new(n);
            for &source in sources {
                search.add_from(graph, source, &mut sum);
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

/// `count` of the nodes `0..n`, each as likely, ascending.
fn choose_sources(n: usize, count: usize, seed: u64) -> Vec<u32> {
    let mut nodes: Vec<u32> = (0..n as u32).collect();
    if count < n {
        let mut random = stream(seed, 0);
        for i in 0..count {
            let j = random.random_range(i..n);
            nodes.swap(i, j);
        }
        nodes.truncate(count);
        // Neighbors in canonical order share rows, and memory is warmer for it.
        nodes.sort_unstable();
    }
    nodes
}

/// The buffers of one search, clean between searches.
struct Search {
    /// Nodes reached, nearest first.
    order: Vec<u32>,
    hops: Vec<u32>,
    /// σ: shortest paths from the source; their logarithm where they are too many.
    paths: Vec<f64>,
    /// (1 + δ) / σ: what a node passes on to each predecessor, per path; with logarithms 1 + δ.
    share: Vec<f64>,
}

impl Search {
    fn new(n: usize) -> Self {
        Search {
            order: Vec::with_capacity(n),
            hops: vec![UNSEEN; n],
            paths: vec![0.0; n],
            share: vec![0.0; n],
        }
    }

    /// Adds to `sum` how much each node lies on the paths from `source`.
    fn add_from(&mut self, graph: &SimilarityGraph, source: u32, sum: &mut [f64]) {
        if self.count_paths(graph, source) {
            self.pass_back(graph, source, sum);
        } else {
            self.count_in_logarithms(graph);
            self.pass_back_logarithms(graph, source, sum);
        }
        for &v in &self.order {
            self.hops[v as usize] = UNSEEN;
            self.paths[v as usize] = 0.0;
        }
        self.order.clear();
    }

    /// Breadth-first; false where there are more paths than a double can count.
    fn count_paths(&mut self, graph: &SimilarityGraph, source: u32) -> bool {
        let (hops, paths, order) = (&mut self.hops, &mut self.paths, &mut self.order);
        hops[source as usize] = 0;
        paths[source as usize] = 1.0;
        order.push(source);
        let mut countable = true;
        let mut next = 0;
        while let Some(&v) = order.get(next) {
            next += 1;
            let below = hops[v as usize] + 1;
            let through = paths[v as usize];
            countable &= through < MANY_PATHS;
            for &w in graph.neighbors(v) {
                let w_hops = &mut hops[w as usize];
                if *w_hops == UNSEEN {
                    *w_hops = below;
                    order.push(w);
                }
                if *w_hops == below {
                    paths[w as usize] += through;
                }
            }
        }
        countable
    }

    /// Farthest first, each node gathers from its successors: one write per node instead of one per edge.
    fn pass_back(&mut self, graph: &SimilarityGraph, source: u32, sum: &mut [f64]) {
        for &v in self.order.iter().rev() {
            let below = self.hops[v as usize] + 1;
            let mut shares = 0.0;
            for &w in graph.neighbors(v) {
                let share = self.share[w as usize];
                shares += if self.hops[w as usize] == below {
                    share
                } else {
                    0.0
                };
            }
            let through = self.paths[v as usize] * shares;
            self.share[v as usize] = (1.0 + through) / self.paths[v as usize];
            if v != source {
                sum[v as usize] += through;
            }
        }
    }

    /// ln σ for the order and hops that are there already.
    fn count_in_logarithms(&mut self, graph: &SimilarityGraph) {
        let (hops, paths) = (&self.hops, &mut self.paths);
        for (i, &v) in self.order.iter().enumerate() {
            let above = |&&u: &&u32| hops[u as usize].wrapping_add(1) == hops[v as usize];
            let predecessors = || graph.neighbors(v).iter().filter(above);
            let most = predecessors().map(|&u| paths[u as usize]).fold(0.0, f64::max);
            let rest: f64 = predecessors().map(|&u| (paths[u as usize] - most).exp()).sum();
            paths[v as usize] = if i == 0 { 0.0 } else { most + rest.ln() };
        }
    }

    fn pass_back_logarithms(&mut self, graph: &SimilarityGraph, source: u32, sum: &mut [f64]) {
        for &v in self.order.iter().rev() {
            let below = self.hops[v as usize] + 1;
            let through: f64 = graph
                .neighbors(v)
                .iter()
                .filter(|&&w| self.hops[w as usize] == below)
                .map(|&w| self.share[w as usize] * (self.paths[v as usize] - self.paths[w as usize]).exp())
                .sum();
            self.share[v as usize] = 1.0 + through;
            if v != source {
                sum[v as usize] += through;
            }
        }
    }
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
        // A side of diamond d: half of (1 + 3d nodes before, and the near tip) × (those after), and half the pair of tips
        // is inside that product; the two sides themselves meet over two tips.
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
    fn logarithms_and_plain_counts_agree() {
        let edges: Vec<(u32, u32)> = (0..60u32)
            .flat_map(|v| [(v, (v * 7 + 3) % 60), (v, (v + 1) % 60)])
            .collect();
        let pairs: Vec<(u32, u32)> = edges.into_iter().filter(|(a, b)| a != b).collect();
        let graph = graph(60, &pairs);
        let mut search = Search::new(60);
        let (mut plain, mut logarithms) = (vec![0.0; 60], vec![0.0; 60]);
        for source in 0..60 {
            search.add_from(&graph, source, &mut plain);
            search.count_paths(&graph, source);
            search.count_in_logarithms(&graph);
            search.pass_back_logarithms(&graph, source, &mut logarithms);
            search = Search::new(60);
        }
        for (p, l) in plain.iter().zip(&logarithms) {
            assert!((p - l).abs() < 1e-9 * p.max(1.0), "{p} {l}");
        }
    }

    #[test]
    fn sources_are_drawn_without_replacement_and_every_node_can_be_one() {
        let mut seen = [false; 10];
        for seed in 0..50 {
            let sources = choose_sources(10, 3, seed);
            assert!(
                sources.len() == 3 && sources.is_sorted_by(|a, b| a < b),
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
            let source = choose_sources(6, 1, seed)[0] as usize;
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
