//! Betweenness by Brandes' accumulation, from every node or from an even sample of them.

use super::ranks::{Ranks, TOP, Z, interval_ranks};
use super::search::{Dependencies, LANES, Part, Search};
use crate::graph::SimilarityGraph;
use crate::random::stream;
use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;

/// Where nodes × (nodes + 2 · edges) is at most this, [`Sources::Auto`] counts paths from every node: about 10,000
/// customers with 15 neighbors each, which takes two or three seconds of one core.
pub(crate) const EXACT_WORK: usize = 2_300_000_000;

/// How many nodes and edge ends [`Sources::Auto`] visits at most where it samples: 340 sources for 20,000 customers with
/// 15 neighbors each.
pub(crate) const SAMPLED_WORK: usize = 150_000_000;

/// Sampled betweenness starts from at least this many nodes.
pub(crate) const MIN_SOURCES: usize = 32;

/// From how many nodes [`betweenness()`] counts shortest paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sources {
    /// All, where nodes × (nodes + 2 · edges) is at most 2.3 billion: up to about 10,000 customers with 15 neighbors each. Beyond that
    /// they are drawn until the first 20 are sure to be among the first 40 shown, or 150 million nodes and edge ends are visited.
    #[default]
    Auto,
    /// All.
    Exact,
    /// This many, at least 1; all where there are no more.
    Count(usize),
}

/// Betweenness of each node, and how sure it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Betweenness {
    /// Shortest paths through each node, unordered pairs, hops as distance, not normalized. Length n.
    pub values: Vec<f64>,
    /// Standard error of each value; all 0 where the values are exact. Length n.
    pub errors: Vec<f64>,
    /// From how many nodes paths were counted; n means exact.
    pub n_sources: usize,
}

impl Betweenness {
    /// Whether paths from every node were counted.
    pub fn is_exact(&self) -> bool {
        self.n_sources == self.values.len()
    }

    /// Rank of each node, 1 for the highest value, and between which ranks it lies.
    ///
    /// Where values are exact, the interval is the places that nodes of equal value (to nine digits) share. Where they are
    /// sampled, each value is taken to lie within 3.02 standard errors; a node is above another where these ranges do
    /// not meet. So all of the first 20 lie in their intervals with a confidence of 95 %. `O(n log n)`.
    pub fn ranks(&self) -> Ranks {
        interval_ranks(&self.values, &self.errors)
    }
}

/// Shortest paths through each node: `Σ_{s<t} σ_st(v) / σ_st`, ends not counted, pairs unordered, not normalized;
/// equal to NetworkX's `betweenness_centrality(normalized=False)`.
///
/// Distance is hops, as in Gephi's `betweenesscentrality`. Weights stay out: similarities of nearest neighbors hardly
/// ever tie, so that weighted paths are unique, one small change of a feature reroutes them, and the count hangs on
/// the last digit. Self-loops and other components add nothing.
///
/// Where not all nodes are sources, they are drawn evenly spread in breadth-first order, each as likely. A path counts for a
/// node by the share of its hops that lies between the source and the node, and the sums are scaled by n / sources, which leaves them
/// unbiased: from its other end, the same path counts by the rest. The standard error of a node comes from the spread of its own count over the
/// sources, `n √(s² / S · (1 − S / n))`, and is never less than what one more source of the usual count would move it.
///
/// `O(sources · (n + m))` time, in parallel, the same bits for any number of threads; some 180 bytes per node and
/// thread. Brandes, Journal of Mathematical Sociology 25, 163 (2001); Brandes and Pich, International Journal of
/// Bifurcation and Chaos 17, 2303 (2007); shares by hops: Geisberger, Sanders and Schultes, ALENEX 2008, 90. Stopping when the top is settled: Borassi and Natale, ACM Journal of Experimental
/// Algorithmics 24, 1.2 (2019). Why whole searches rather than single paths: `docs/decisions/sampled-betweenness.md`.
///
/// ```
/// use kinfolk::SimilarityGraph;
/// use kinfolk::centrality::{Sources, betweenness};
///
/// let path = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)]);
/// let exact = betweenness(&path, Sources::Auto, 42);
/// assert_eq!(exact.values, [0.0, 2.0, 2.0, 0.0]);
/// assert!(exact.is_exact());
/// assert_eq!(exact.ranks().rank, [3, 1, 1, 3]);
/// ```
pub fn betweenness(graph: &SimilarityGraph, sources: Sources, seed: u64) -> Betweenness {
    let n = graph.n_nodes();
    let rounds = rounds(n, graph.n_edges(), sources);
    let exact = rounds.last() == Some(&n);
    let part = if exact { Part::Whole } else { Part::Behind };
    let order = breadth_first(graph);
    let places = draw(n, rounds.last().copied().unwrap_or(0), seed);
    let mut dependencies = Dependencies::new(n, !exact);
    let mut counted = 0;
    for end in rounds {
        if counted < end {
            let mut round = places[counted..end].to_vec();
            // In the order in which a search meets them: searches that go together are cheap where their sources are near.
            round.sort_unstable();
            let round: Vec<u32> = round.iter().map(|&p| order[p as usize]).collect();
            count_from(graph, &round, part, &mut dependencies);
            counted = end;
        }
        let found = scaled(&dependencies, counted);
        if counted == places.len() || is_settled(&found) {
            return found;
        }
    }
    scaled(&dependencies, counted)
}

/// How many sources have been searched from after each round: whoever asked for [`Sources::Auto`] may stop after any.
fn rounds(n: usize, n_edges: usize, sources: Sources) -> Vec<usize> {
    let work = (n + 2 * n_edges).max(1);
    match sources {
        Sources::Exact => vec![n],
        Sources::Count(count) => vec![count.clamp(1, n.max(1)).min(n)],
        Sources::Auto if n <= EXACT_WORK / work => vec![n],
        Sources::Auto => {
            let most = (SAMPLED_WORK / work).clamp(MIN_SOURCES.min(n), n);
            let least = MIN_SOURCES.min(most);
            let halved = |halvings: u32| (most >> halvings).max(least);
            [2, 1, 0].map(halved).to_vec()
        }
    }
}

/// Adds the paths that start at these nodes.
fn count_from(graph: &SimilarityGraph, sources: &[u32], part: Part, dependencies: &mut Dependencies) {
    let n = graph.n_nodes();
    let with_squares = !dependencies.squares.is_empty();
    // The cut into chunks depends on the graph alone, never on the number of threads; fewer where each is long.
    let n_chunks = (4_000_000 / n.max(1)).clamp(16, 64);
    let chunk = sources.len().div_ceil(n_chunks * LANES).max(1) * LANES;
    let chunks: Vec<&[u32]> = sources.chunks(chunk).collect();
    // As many at once as there are threads: a dependencies is as long as the graph, and the order of the sums is that of the chunks.
    let threads = rayon::current_num_threads().min(chunks.len()).max(1);
    let mut searches: Vec<Search> = (0..threads).map(|_| Search::new(n)).collect();
    for at_once in chunks.chunks(threads) {
        let tallies: Vec<Dependencies> = at_once
            .par_iter()
            .zip(&mut searches)
            .map(|(sources, search)| {
                let mut own = Dependencies::new(n, with_squares);
                for together in sources.chunks(LANES) {
                    search.add_from(graph, together, part, &mut own);
                }
                own
            })
            .collect();
        let add = |all: &mut Vec<f64>, of: fn(&Dependencies) -> &Vec<f64>| {
            all.par_iter_mut()
                .enumerate()
                .for_each(|(v, sum)| tallies.iter().for_each(|own| *sum += of(own)[v]));
        };
        add(&mut dependencies.sums, |t| &t.sums);
        add(&mut dependencies.squares, |t| &t.squares);
    }
}

/// What `sources` sources say about all.
fn scaled(dependencies: &Dependencies, sources: usize) -> Betweenness {
    let n = dependencies.sums.len();
    let (all, s) = (n as f64, sources.max(1) as f64);
    let exact = sources >= n;
    // From everybody, each pair was met whole from both ends.
    let scale = if exact { 0.5 } else { all / s };
    let values: Vec<f64> = dependencies.sums.par_iter().map(|sum| sum * scale).collect();
    let errors = if exact {
        vec![0.0; n]
    } else {
        // A node that no drawn source met is not sure to be met by none.
        let usual = dependencies.sums.iter().sum::<f64>() / s / all;
        let left_out = 1.0 - s / all;
        let squares = dependencies.squares.par_iter().zip(&dependencies.sums);
        squares
            .map(|(square, sum)| {
                let variance = if sources > 1 {
                    ((square - sum * sum / s) / (s - 1.0)).max(0.0)
                } else {
                    sum * sum * all
                };
                let least = usual / s;
                all * (variance / s * left_out + least * least).sqrt()
            })
            .collect()
    };
    Betweenness {
        values,
        errors,
        n_sources: sources,
    }
}

/// Whether the first [`TOP`] are sure to be among the first 2 · [`TOP`] as they stand.
fn is_settled(found: &Betweenness) -> bool {
    if found.is_exact() {
        return true;
    }
    let mut order: Vec<usize> = (0..found.values.len()).collect();
    order.sort_unstable_by(|&a, &b| found.values[b].total_cmp(&found.values[a]).then(a.cmp(&b)));
    let (shown, others) = order.split_at(order.len().min(2 * TOP));
    let lowest = shown
        .iter()
        .take(TOP)
        .map(|&v| found.values[v] - Z * found.errors[v]);
    let lowest = lowest.fold(f64::INFINITY, f64::min);
    others
        .iter()
        .all(|&v| found.values[v] + Z * found.errors[v] < lowest)
}

/// `count` of the places 0..n, each as likely, spread evenly: a golden step apart from a random start, round and round.
fn draw(n: usize, count: usize, seed: u64) -> Vec<u32> {
    if count >= n {
        return (0..n as u32).collect();
    }
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    let start: f64 = stream(seed, 0).random();
    let mut taken = vec![false; n];
    (0..)
        .map(|i| ((start + f64::from(i) * golden).fract() * n as f64) as usize % n)
        .filter(|&place| !std::mem::replace(&mut taken[place], true))
        .map(|place| place as u32)
        .take(count)
        .collect()
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
        assert_eq!(
            betweenness(&star, Sources::Auto, 1).values,
            [6.0, 0.0, 0.0, 0.0, 0.0]
        );
    }

    #[test]
    fn two_equal_ways_around_a_square_count_half_each() {
        let square = graph(4, &[(0, 1), (1, 2), (2, 3), (3, 0)]);
        assert_eq!(betweenness(&square, Sources::Auto, 1).values, [0.5; 4]);
    }

    #[test]
    fn self_loops_and_isolated_nodes_change_nothing() {
        let with = graph(5, &[(0, 1), (1, 1), (1, 2), (3, 3)]);
        assert_eq!(
            betweenness(&with, Sources::Auto, 1).values,
            [0.0, 1.0, 0.0, 0.0, 0.0]
        );
    }

    #[test]
    fn no_nodes_and_one_node_have_nothing_between() {
        assert!(betweenness(&graph(0, &[]), Sources::Auto, 1).values.is_empty());
        assert_eq!(betweenness(&graph(1, &[]), Sources::Count(0), 1).values, [0.0]);
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
        let values = betweenness(&graph(n, &pairs), Sources::Auto, 1).values;
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
    fn a_path_counts_by_the_share_of_its_hops_behind_the_node() {
        let path = graph(4, &[(0, 1), (1, 2), (2, 3)]);
        for seed in 0..20 {
            let source = breadth_first(&path)[draw(4, 1, seed)[0] as usize];
            let expected = match source {
                // To 2 by 1: a half; to 3 by 1 and 2: one third and two.
                0 => [0.0, 0.5 + 1.0 / 3.0, 2.0 / 3.0, 0.0],
                // To 3 by 2: a half.
                1 => [0.0, 0.0, 0.5, 0.0],
                2 => [0.0, 0.5, 0.0, 0.0],
                _ => [0.0, 2.0 / 3.0, 0.5 + 1.0 / 3.0, 0.0],
            };
            let found = betweenness(&path, Sources::Count(1), seed).values;
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - 4.0 * expected).abs() < 1e-12, "{source}: {found}");
            }
        }
    }

    #[test]
    fn sources_are_drawn_without_replacement_and_every_node_can_be_one() {
        let mut seen = [false; 10];
        for seed in 0..50 {
            let places = draw(10, 3, seed);
            assert!(
                places.len() == 3 && (1..3).all(|i| !places[..i].contains(&places[i])),
                "{places:?}"
            );
            places.iter().for_each(|&s| seen[s as usize] = true);
        }
        assert_eq!(seen, [true; 10]);
    }

    #[test]
    fn the_error_of_a_node_is_the_spread_of_its_count_over_the_sources() {
        // Two of three sources; node 0 was met with 4 and 8, node 1 with 6 and 6, node 2 with none.
        let dependencies = Dependencies {
            sums: vec![12.0, 12.0, 0.0],
            squares: vec![80.0, 72.0, 0.0],
        };
        let found = scaled(&dependencies, 2);
        assert_eq!(found.values, [18.0, 18.0, 0.0]);
        // Variance 8 over 2 sources, of which a third is left out; the usual count is 24 / 2 / 3 = 4, over 2 sources 2.
        let expected = [(4.0f64 / 3.0 + 4.0).sqrt() * 3.0, 6.0, 6.0];
        for (found, expected) in found.errors.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!(scaled(&dependencies, 3).errors, [0.0; 3]);
    }

    #[test]
    fn the_mean_over_samples_is_the_exact_value() {
        // Each node is a source equally often over all samples of size 1.
        let path = graph(6, &[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]);
        let exact = betweenness(&path, Sources::Exact, 0);
        let mut by_source: [Option<Vec<f64>>; 6] = Default::default();
        for seed in 0..200 {
            let source = breadth_first(&path)[draw(6, 1, seed)[0] as usize] as usize;
            let sampled = betweenness(&path, Sources::Count(1), seed);
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

    #[test]
    fn as_many_sources_as_the_work_allows_in_three_rounds_that_double() {
        assert_eq!(rounds(0, 0, Sources::Auto), [0]);
        assert_eq!(rounds(7, 3, Sources::Exact), [7]);
        assert_eq!(
            [0, 3, 9].map(|count| rounds(7, 3, Sources::Count(count))[0]),
            [1, 3, 7]
        );
        // 10,000 nodes with 110,000 edges: 230,000 visits from each of them are the most that is exact.
        assert_eq!(rounds(10_000, 110_000, Sources::Auto), [10_000]);
        // 150,000,000 visits, 230,100 at a time: 651 sources.
        assert_eq!(rounds(10_000, 110_050, Sources::Auto), [162, 325, 651]);
        // Never fewer than 32.
        assert_eq!(rounds(1_000_000, 1_000_000, Sources::Auto), [32, 32, 50]);
        assert_eq!(rounds(1_000_000, 10_000_000, Sources::Auto), [32, 32, 32]);
    }

    #[test]
    fn squares_are_those_of_what_each_source_says() {
        let ladder = graph(
            7,
            &[(0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 2), (4, 6), (1, 5)],
        );
        let from = |sources: &[u32]| {
            let mut found = Dependencies::new(7, true);
            count_from(&ladder, sources, Part::Behind, &mut found);
            found
        };
        let all = from(&[0, 2, 3, 6]);
        let each = [0, 2, 3, 6].map(|source| from(&[source]));
        for v in 0..7 {
            let sum: f64 = each.iter().map(|one| one.sums[v]).sum();
            let squares: f64 = each.iter().map(|one| one.sums[v] * one.sums[v]).sum();
            assert!(
                (all.sums[v] - sum).abs() < 1e-12 && (all.squares[v] - squares).abs() < 1e-12,
                "{v}"
            );
        }
        assert!(all.squares.iter().any(|&x| x > 0.0));
    }

    #[test]
    fn one_source_says_no_more_than_its_own_count() {
        let dependencies = Dependencies {
            sums: vec![3.0, 0.0, 0.0],
            squares: vec![9.0, 0.0, 0.0],
        };
        let found = scaled(&dependencies, 1);
        // Variance 9 · 3, two thirds of it; the usual count is 1.
        assert!((found.errors[0] - 3.0 * (18.0f64 + 1.0).sqrt()).abs() < 1e-12);
        assert!((found.errors[1] - 3.0).abs() < 1e-12);
    }

    #[test]
    fn ranks_are_settled_where_nobody_behind_the_fortieth_can_be_among_the_first_twenty() {
        // 100 falling values; the first twenty end at 81, those behind the fortieth begin at 60.
        let found = |error_of_others: f64, error_of_first: f64| Betweenness {
            values: (0..100).map(|v| f64::from(100 - v)).collect(),
            errors: (0..100)
                .map(|v| if v < 20 { error_of_first } else { error_of_others })
                .collect(),
            n_sources: 10,
        };
        assert!(is_settled(&found(0.0, 0.0)));
        assert!(is_settled(&found(20.9 / Z, 0.0)) && !is_settled(&found(21.1 / Z, 0.0)));
        assert!(is_settled(&found(0.0, 20.9 / Z)) && !is_settled(&found(0.0, 21.1 / Z)));
        assert!(!is_settled(&found(10.6 / Z, 10.6 / Z)));
        assert!(
            is_settled(&Betweenness {
                n_sources: 100,
                ..found(99.0, 99.0)
            }),
            "exact"
        );
        // Equal values everywhere: none of those behind is below the first.
        assert!(!is_settled(&Betweenness {
            values: vec![1.0; 100],
            ..found(0.0, 0.0)
        }));
        // Forty are all shown.
        let few = found(99.0, 99.0);
        assert!(is_settled(&Betweenness {
            values: few.values[..40].to_vec(),
            errors: few.errors[..40].to_vec(),
            n_sources: 10
        }));
    }

    #[test]
    fn drawn_places_are_spread_evenly() {
        for count in [5, 21, 144] {
            let mut places = draw(100_000, count, 3);
            places.sort_unstable();
            let gaps: Vec<u32> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let (least, most) = (gaps.iter().min().expect("some"), gaps.iter().max().expect("some"));
            // Of golden steps neighboring gaps differ by the golden ratio or its square.
            assert!(
                f64::from(*most) < 2.63 * f64::from(*least),
                "{least} to {most} of {count}"
            );
        }
    }
}
