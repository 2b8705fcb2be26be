//! Leiden's refinement: what belongs together inside each community, built up from single nodes.

use super::local_moving::{TOLERANCE, weigh};
use super::mover::Mover;
use super::network::Network;
use crate::num::math;
use crate::random::Random;
use rand::RngExt;
use rand::seq::SliceRandom;

/// The refined division: single nodes merged at random, inside their community, in favor of better merges.
///
/// Only nodes and merged parts that are well connected to the rest of their community `S` take part:
/// `w(C, S − C) ≥ γ S_C (S_S − S_C) / 2m`. A node that is still alone joins part `C`, or stays alone, with a chance
/// proportional to `exp(gain / θ)` among all with a gain of at least 0, where gains are in units of the mean weight
/// of an edge. Parts are connected: a node only joins what it has an edge to. `O(n + m)`.
///
/// `labels` lie below the number of nodes; so do those that are returned.
pub(super) fn refine<N: Network>(
    network: &N,
    labels: &[u32],
    randomness: f64,
    mean_weight: f64,
    mover: &mut Mover,
) -> Vec<u32> {
    let n = network.n_nodes();
    let total = network.total_strength();
    let mut refined: Vec<u32> = (0..n as u32).collect();
    if total == 0.0 {
        return refined;
    }
    let resolution = mover.resolution;
    let mut random = mover.random();
    mover.scratch.fit(n);
    let weight_to = &mut mover.scratch.weight_to;
    let touched = &mut mover.scratch.touched;
    let strengths = network.strengths();
    let mut community_strength = vec![0.0; n];
    for (&c, &strength) in labels.iter().zip(strengths) {
        community_strength[c as usize] += strength;
    }
    // Of each part: strength of its members, weight of its edges to the rest of the community, number of members.
    let mut strength_of = strengths.to_vec();
    let mut outward = inside_communities(network, labels);
    let mut alone = vec![true; n];
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.shuffle(&mut random);
    let mut choices: Vec<(u32, f64)> = Vec::new();

    for node in order {
        let v = node as usize;
        let community = labels[v];
        let whole = community_strength[community as usize];
        let well_connected = |strength: f64, outward: f64| {
            let expected = resolution * strength * (whole - strength) / total;
            outward >= expected - TOLERANCE * (1.0 + resolution) * strength
        };
        if !alone[v] || !well_connected(strengths[v], outward[v]) {
            continue;
        }
        weigh(network, node, &refined, Some(labels), weight_to, touched);
        choices.clear();
        // To stay alone gains 0.
        choices.push((node, 0.0));
        for &part in &*touched {
            let p = part as usize;
            let gain = weight_to[p] - resolution * strengths[v] * strength_of[p] / total;
            if gain >= 0.0 && well_connected(strength_of[p], outward[p]) {
                choices.push((part, gain / mean_weight));
            }
        }
        let part = choose(&mut choices, randomness, &mut random);
        if part != node {
            let p = part as usize;
            refined[v] = part;
            strength_of[p] += strengths[v];
            outward[p] = (outward[p] + outward[v] - 2.0 * weight_to[p]).max(0.0);
            alone[p] = false;
            alone[v] = false;
        }
        for part in touched.drain(..) {
            weight_to[part as usize] = 0.0;
        }
    }
    refined
}

/// For each node the weight of its edges to others of its community.
fn inside_communities<N: Network>(network: &N, labels: &[u32]) -> Vec<f64> {
    let to_own = |v: u32| {
        let own = labels[v as usize];
        let edges = network
            .edges(v)
            .filter(|&(t, _)| t != v && labels[t as usize] == own);
        edges.map(|(_, w)| w).sum()
    };
    (0..network.n_nodes() as u32).map(to_own).collect()
}

/// One of the choices, with a chance proportional to `exp(gain / randomness)`; the first best at randomness 0.
fn choose(choices: &mut [(u32, f64)], randomness: f64, random: &mut Random) -> u32 {
    let mut best = choices[0];
    for &choice in &*choices {
        if choice.1 > best.1 {
            best = choice;
        }
    }
    if choices.len() == 1 || randomness == 0.0 {
        return best.0;
    }
    let mut sum = 0.0;
    for choice in choices.iter_mut() {
        // Relative to the best: the exponential of a large gain would overflow.
        sum += math::exp((choice.1 - best.1) / randomness);
        choice.1 = sum;
    }
    let point = sum * random.random::<f64>();
    choices
        .iter()
        .find(|choice| point < choice.1)
        .map_or(best.0, |choice| choice.0)
}

#[cfg(test)]
mod tests {
    use super::super::network::Original;
    use super::*;
    use crate::graph::SimilarityGraph;
    use crate::partition::Partition;
    use crate::random::stream;

    /// Two triangles of weight 3, joined by an edge of weight 1 between 2 and 3.
    fn refined(resolution: f64, labels: &[u32], seed: u64) -> Partition {
        let edges = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)].map(|(a, b)| (a, b, 3.0));
        let edges: Vec<_> = edges.into_iter().chain([(2, 3, 1.0)]).collect();
        let graph = SimilarityGraph::from_edges(6, &edges);
        let network = Original::new(&graph);
        let mut mover = Mover::new(resolution, seed);
        Partition::from_labels(&refine(&network, labels, 0.0, 1.0, &mut mover))
    }

    #[test]
    fn triangles_grow_together_where_their_parts_are_well_connected() {
        let triangles = Partition::from_labels(&[0, 0, 0, 1, 1, 1]);
        for seed in 0..20 {
            // A pair has 6 to 7 of weight to the others, where 0.5 · 12 · 26 / 38 = 4.1 are expected; 2 gains 1 − 0.5 · 49 / 38 from 3, and more
            // from its triangle.
            assert_eq!(refined(0.5, &[0; 6], seed), triangles, "{seed}");
            assert_eq!(refined(0.5, &[4, 4, 4, 1, 1, 1], seed), triangles, "{seed}");
            // Alone in its community, everybody stays so.
            assert_eq!(refined(0.5, &[0, 1, 2, 3, 4, 5], seed), Partition::singletons(6));
        }
    }

    #[test]
    fn a_part_that_is_not_well_connected_takes_nobody_in() {
        for seed in 0..20 {
            // At resolution 1 8.2 and more are expected of a pair: the third of each triangle stays alone, and 3 offers 2 less than nothing.
            let parts = refined(1.0, &[0; 6], seed);
            assert_eq!(parts.sizes(), [2, 2, 1, 1], "{seed}");
            assert!((0..3).all(|i| (3..6).all(|j| parts.labels()[i] != parts.labels()[j])));
        }
    }

    #[test]
    fn without_randomness_the_first_of_the_best_is_chosen() {
        let mut random = stream(1, 0);
        assert_eq!(choose(&mut [(7, 0.0)], 0.5, &mut random), 7);
        let mut torn = [(1, 0.5), (2, 0.9), (3, 0.9), (4, 0.1)];
        assert_eq!(choose(&mut torn, 0.0, &mut random), 2);
    }

    #[test]
    fn chances_are_as_the_exponentials_of_gains() {
        // exp(gain / 0.5) is 1, 3 and 12: sixteenths of 1, 3 and 12.
        let gains = [0.0, 0.5 * math::ln(3.0), 0.5 * math::ln(12.0)];
        let mut random = stream(2, 0);
        let mut times = [0; 3];
        for _ in 0..16_000 {
            let mut choices = [(0, gains[0]), (1, gains[1]), (2, gains[2])];
            times[choose(&mut choices, 0.5, &mut random) as usize] += 1;
        }
        for (times, expected) in times.iter().zip([1_000, 3_000, 12_000]) {
            assert!(i32::abs(times - expected) < 200, "{times} for {expected}");
        }
    }

    #[test]
    fn edges_of_a_node_to_itself_or_out_of_its_community_hold_no_part_in_it() {
        let edges = [(0, 1, 2.0), (0, 0, 5.0), (1, 2, 3.0), (0, 2, 7.0)];
        let graph = SimilarityGraph::from_edges(4, &edges);
        assert_eq!(
            inside_communities(&Original::new(&graph), &[4, 4, 1, 1]),
            [2.0, 2.0, 0.0, 0.0]
        );
    }
}
