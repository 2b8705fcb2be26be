//! Coarser and coarser graphs: the coarsest is laid out first, each finer one from there.

use super::{Layout, forces, frame, passes_at, shake};
use crate::SimilarityGraph;
use crate::num::math;
use rustc_hash::FxHashMap;

/// A graph of so few nodes finds its shape from any start.
pub(super) const COARSEST: usize = 100;
/// Above this many nodes forces move groups of them, about half as many.
pub(super) const MOST_NODES_WITH_FORCES: usize = 200_000;
/// Rounds of averaging towards the two smoothest directions of a graph.
const ROUNDS: usize = 60;

/// A graph whose nodes are groups of the nodes of a finer one.
struct Coarser {
    graph: SimilarityGraph,
    masses: Vec<f64>,
    /// The group of each node of the finer graph.
    parents: Vec<u32>,
}

/// Places by forces, from the coarsest graph to `graph`. `start` is where nodes of the coarsest begin, at the mean of
/// their members; `None` takes what the ties alone say.
pub(super) fn arrange(
    graph: &SimilarityGraph,
    start: Option<&[[f64; 2]]>,
    settings: &Layout,
) -> Vec<[f64; 2]> {
    let n = graph.n_nodes();
    let masses: Vec<f64> = (0..n as u32)
        .map(|v| 1.0 + graph.neighbors(v).iter().filter(|&&t| t != v).count() as f64)
        .collect();
    let coarser = coarsened(graph, &masses);
    let coarsest = coarser.last().map_or(graph, |c| &c.graph);
    let mut places = match start {
        Some(start) => means(start, &coarser),
        None => smoothest(coarsest),
    };
    let rules = forces::Rules::of(graph, settings);
    let spread = frame::spread(&places);
    let scale = if spread > 0.0 {
        rules.start(masses.iter().sum()) / spread
    } else {
        1.0
    };
    for place in &mut places {
        *place = place.map(|x| x * scale);
    }
    for level in (0..=coarser.len()).rev() {
        let (graph, masses) = match level.checked_sub(1) {
            Some(below) => (&coarser[below].graph, &coarser[below].masses),
            None => (graph, &masses),
        };
        if let Some(above) = coarser.get(level) {
            let of_parents: Vec<[f64; 2]> = above.parents.iter().map(|&p| places[p as usize]).collect();
            places = of_parents;
        }
        if graph.n_nodes() > MOST_NODES_WITH_FORCES {
            places = among_neighbors(graph, &places);
        } else {
            shake(&mut places);
            let passes = passes_at(graph.n_nodes(), n, settings);
            forces::arrange(graph, masses, &mut places, &rules, passes);
        }
    }
    places
}

/// Ever coarser graphs, until one has at most [`COARSEST`] nodes or no ties are left to contract.
fn coarsened(graph: &SimilarityGraph, masses: &[f64]) -> Vec<Coarser> {
    let mut levels: Vec<Coarser> = Vec::new();
    loop {
        let (graph, masses) = levels
            .last()
            .map_or((graph, masses), |c| (&c.graph, &c.masses[..]));
        let n = graph.n_nodes();
        if n <= COARSEST {
            return levels;
        }
        let next = coarsen(graph, masses, largest_group(n));
        if next.graph.n_nodes() * 20 > n * 19 {
            return levels;
        }
        levels.push(next);
    }
}

/// Members of a group at most: pairs, and more where forces could not move all pairs.
pub(super) fn largest_group(n_nodes: usize) -> usize {
    (2 * n_nodes).div_ceil(MOST_NODES_WITH_FORCES).max(2)
}

/// Groups of up to `most` nodes: each node that is not in one yet, the light ones first, takes those of its neighbors that
/// are not, the strongest ties for their mass first.
fn coarsen(graph: &SimilarityGraph, masses: &[f64], most: usize) -> Coarser {
    const NONE: u32 = u32::MAX;
    let n = graph.n_nodes();
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.sort_by(|&a, &b| masses[a as usize].total_cmp(&masses[b as usize]));
    let mut parents = vec![NONE; n];
    let mut members: Vec<u32> = Vec::with_capacity(n);
    let mut ends = vec![0];
    let mut free: Vec<(f64, u32)> = Vec::new();
    for v in order {
        if parents[v as usize] != NONE {
            continue;
        }
        free.clear();
        free.extend(
            graph
                .edges_of(v)
                .filter(|&(t, _)| t != v && parents[t as usize] == NONE)
                .map(|(t, w)| (w / masses[t as usize], t)),
        );
        free.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let group = (ends.len() - 1) as u32;
        for node in std::iter::once(v).chain(free.iter().take(most - 1).map(|f| f.1)) {
            parents[node as usize] = group;
            members.push(node);
        }
        ends.push(members.len());
    }
    let groups = || ends.windows(2).map(|w| &members[w[0]..w[1]]);
    let mut edges = Vec::new();
    let mut weights: FxHashMap<u32, f64> = FxHashMap::default();
    let mut met = Vec::new();
    for (g, group) in (0u32..).zip(groups()) {
        for &v in group {
            for (t, w) in graph.edges_of(v) {
                let other = parents[t as usize];
                if other > g {
                    *weights.entry(other).or_insert_with(|| {
                        met.push(other);
                        0.0
                    }) += w;
                }
            }
        }
        edges.extend(met.drain(..).map(|other| (g, other, weights[&other])));
        weights.clear();
    }
    Coarser {
        graph: SimilarityGraph::from_edges(ends.len() - 1, &edges),
        masses: groups()
            .map(|group| group.iter().map(|&v| masses[v as usize]).sum())
            .collect(),
        parents,
    }
}

/// The mean of the places of all members of each node of the coarsest graph.
fn means(start: &[[f64; 2]], coarser: &[Coarser]) -> Vec<[f64; 2]> {
    let mut sums: Vec<([f64; 2], f64)> = start.iter().map(|&p| (p, 1.0)).collect();
    for level in coarser {
        let mut above = vec![([0.0; 2], 0.0); level.graph.n_nodes()];
        for ((sum, count), &parent) in sums.iter().zip(&level.parents) {
            let to = &mut above[parent as usize];
            to.0[0] += sum[0];
            to.0[1] += sum[1];
            to.1 += count;
        }
        sums = above;
    }
    sums.iter().map(|(sum, count)| sum.map(|x| x / count)).collect()
}

/// Each node at the mean of its own place and that of its neighbors, weighted by their ties: between two groups stands who has
/// ties to both.
fn among_neighbors(graph: &SimilarityGraph, places: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let others = |v: u32| graph.edges_of(v).filter(move |&(t, _)| t != v);
    (0u32..)
        .zip(places)
        .map(|(v, own)| {
            let total: f64 = others(v).map(|e| e.1).sum();
            if total <= 0.0 {
                return *own;
            }
            [0, 1].map(|axis| {
                let around: f64 = others(v).map(|(t, w)| w * places[t as usize][axis]).sum();
                0.5 * own[axis] + 0.5 * around / total
            })
        })
        .collect()
}

/// Two directions in which tied nodes differ least, by repeated averaging over neighbors from a circle: about the second and
/// third eigenvector of the random walk.
fn smoothest(graph: &SimilarityGraph) -> Vec<[f64; 2]> {
    let n = graph.n_nodes();
    let strengths: Vec<f64> = (0..n as u32).map(|v| graph.strength(v)).collect();
    let mut axes = [math::cos, math::sin].map(|f| -> Vec<f64> {
        (0..n)
            .map(|i| f(std::f64::consts::TAU * i as f64 / n as f64))
            .collect()
    });
    for _ in 0..ROUNDS {
        for axis in &mut axes {
            *axis = (0u32..)
                .zip(&strengths)
                .map(|(v, &s)| {
                    let around: f64 = graph.edges_of(v).map(|(t, w)| w * axis[t as usize]).sum();
                    let around = if s > 0.0 { around / s } else { 0.0 };
                    0.5 * (axis[v as usize] + around)
                })
                .collect();
        }
        let [x, y] = &mut axes;
        without(x, &vec![1.0; n], &strengths);
        without(y, &vec![1.0; n], &strengths);
        without(y, x, &strengths);
        for axis in &mut axes {
            let norm = inner(axis, axis, &strengths).sqrt();
            if norm > 0.0 {
                axis.iter_mut().for_each(|x| *x /= norm);
            }
        }
    }
    let [x, y] = axes;
    x.into_iter().zip(y).map(|(x, y)| [x, y]).collect()
}

fn inner(a: &[f64], b: &[f64], weights: &[f64]) -> f64 {
    a.iter().zip(b).zip(weights).map(|((a, b), w)| w * a * b).sum()
}

/// Takes away from `a` its part along `b`.
fn without(a: &mut [f64], b: &[f64], weights: &[f64]) {
    let size = inner(b, b, weights);
    if size > 0.0 {
        let along = inner(a, b, weights) / size;
        a.iter_mut().zip(b).for_each(|(a, b)| *a -= along * b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(n: u32) -> SimilarityGraph {
        let edges: Vec<(u32, u32, f64)> = (0..n).map(|v| (v, (v + 1) % n, 1.0)).collect();
        SimilarityGraph::from_edges(n as usize, &edges)
    }

    #[test]
    fn contracting_keeps_masses_and_the_weight_between_groups() {
        let graph = ring(1000);
        let masses = vec![3.0; 1000];
        for most in [2, 7] {
            let coarse = coarsen(&graph, &masses, most);
            let groups = coarse.graph.n_nodes();
            assert!(groups >= 1000 / most && groups <= 700, "{groups}");
            assert_eq!(coarse.masses.iter().sum::<f64>(), 3000.0);
            let parents = &coarse.parents;
            let between = graph
                .edges()
                .filter(|e| parents[e.0 as usize] != parents[e.1 as usize]);
            assert_eq!(coarse.graph.total_weight(), between.count() as f64);
        }
    }

    #[test]
    fn averaging_finds_the_two_ends_of_two_rings_joined_by_one_tie() {
        let mut edges: Vec<(u32, u32, f64)> = ring(30).edges().collect();
        edges.extend(ring(30).edges().map(|(a, b, w)| (a + 30, b + 30, w)));
        edges.push((0, 30, 0.1));
        let places = smoothest(&SimilarityGraph::from_edges(60, &edges));
        let mean = |half: &[[f64; 2]]| half.iter().map(|p| p[0]).sum::<f64>() / 30.0;
        assert!(mean(&places[..30]) * mean(&places[30..]) < 0.0);
    }

    #[test]
    fn who_has_ties_to_two_groups_stands_between_them() {
        let graph = SimilarityGraph::from_edges(3, &[(0, 1, 1.0), (0, 2, 1.0)]);
        let places = among_neighbors(&graph, &[[0.0, 0.0], [0.0, 0.0], [8.0, 0.0]]);
        assert_eq!(places, [[2.0, 0.0], [0.0, 0.0], [4.0, 0.0]]);
    }

    #[test]
    fn nodes_without_ties_are_not_contracted() {
        assert!(coarsened(&SimilarityGraph::from_edges(500, &[]), &[1.0; 500]).is_empty());
        assert!(largest_group(1_000_000) == 10 && largest_group(50_000) == 2);
    }
}
