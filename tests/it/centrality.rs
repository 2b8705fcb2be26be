//! Positions against NetworkX, on planted bridge customers, and for any number of threads.

use crate::support::real_text;
use kinfolk::centrality::{
    Centrality, Nearest, Role, Sources, betweenness, bridges, core_numbers, cut_nodes, local_clustering,
    participation, positions, roles, within_module_z,
};
use kinfolk::neighbors::{Distinct, NeighborGraph};
use kinfolk::random::StandardNormal;
use kinfolk::random::stream;
use kinfolk::{Partition, SimilarityGraph};
use proptest::prelude::*;
use rand::RngExt;
use rand::distr::Distribution;
use serde_json::Value;

/// Zachary's karate club as NetworkX gives it (BSD-3-Clause), with the number of shared activities.
const KARATE: &str = "0 1 4,0 2 5,0 3 3,0 4 3,0 5 3,0 6 3,0 7 2,0 8 2,0 10 2,0 11 3,0 12 1,0 13 3,0 17 2,0 19 2,\
0 21 2,0 31 2,1 2 6,1 3 3,1 7 4,1 13 5,1 17 1,1 19 2,1 21 2,1 30 2,2 3 3,2 7 4,2 8 5,2 9 1,2 13 3,2 27 2,2 28 2,\
2 32 2,3 7 3,3 12 3,3 13 3,4 6 2,4 10 3,5 6 5,5 10 3,5 16 3,6 16 3,8 30 3,8 32 3,8 33 4,9 33 2,13 33 3,14 32 3,\
14 33 2,15 32 3,15 33 4,18 32 1,18 33 2,19 33 1,20 32 3,20 33 1,22 32 2,22 33 3,23 25 5,23 27 4,23 29 3,23 32 5,\
23 33 4,24 25 2,24 27 3,24 31 2,25 31 7,26 29 4,26 33 2,27 33 4,28 31 2,28 33 2,29 32 4,29 33 2,30 32 3,30 33 3,\
31 32 4,31 33 4,32 33 5";

fn karate() -> (SimilarityGraph, Partition) {
    let edges: Vec<(u32, u32, f64)> = KARATE
        .split(',')
        .map(|edge| {
            let mut parts = edge.split(' ').map(|p| p.parse::<u32>().expect("a number"));
            let mut next = || parts.next().expect("three numbers");
            (next(), next(), f64::from(next()))
        })
        .collect();
    let officer = [9, 14, 15, 18, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33];
    let labels: Vec<bool> = (0..34).map(|v| officer.contains(&v)).collect();
    (
        SimilarityGraph::from_edges(34, &edges),
        Partition::from_labels(&labels),
    )
}

fn real_graph(name: &str) -> Option<SimilarityGraph> {
    let nodes = real_text(&format!("graphs/{name}.nodes.csv"))?;
    let edges = real_text(&format!("graphs/{name}.edges.csv"))?;
    let n = nodes.lines().filter(|line| !line.is_empty()).count() - 1;
    let edges: Vec<(u32, u32, f64)> = edges
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.trim_end().split(',').map(|f| f.parse::<u32>());
            let mut next = || fields.next().expect("two fields").expect("a number");
            (next(), next(), 1.0)
        })
        .collect();
    Some(SimilarityGraph::from_edges(n, &edges))
}

fn oracle() -> Value {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/oracles/centrality.json"
    ));
    serde_json::from_str(&text.expect("the oracle is in the repository")).expect("JSON")
}

/// Equal to 1e-9 of the larger of the number and 1.
fn assert_near(found: f64, expected: &Value, what: &str) {
    let expected = expected
        .as_f64()
        .unwrap_or_else(|| panic!("{what}: no number in the oracle"));
    let off = (found - expected).abs() / expected.abs().max(1.0);
    assert!(off < 1e-9, "{what}: {found}, NetworkX {expected}");
}

/// Σ value · cos(node): a value at the wrong node shows.
fn weighed(values: impl IntoIterator<Item = f64>) -> f64 {
    values
        .into_iter()
        .enumerate()
        .map(|(v, x)| x * (v as f64).cos())
        .sum()
}

fn agrees_with_networkx(name: &str, graph: &SimilarityGraph) {
    let oracle = &oracle()["graphs"][name];
    let found = betweenness(graph, Sources::Exact, 1);
    assert!(found.is_exact());
    assert_near(
        found.values.iter().sum(),
        &oracle["betweenness_sum"],
        "betweenness",
    );
    // Sums of large values of either sign: relative to the largest, not to what remains.
    let scale = found.values.iter().copied().fold(1.0, f64::max);
    let off =
        weighed(found.values.iter().copied()) - oracle["betweenness_weighed"].as_f64().expect("a number");
    assert!(
        off.abs() / scale < 1e-9,
        "{name}: betweenness of single nodes is off by {off}"
    );
    for pair in oracle["betweenness_top"].as_array().expect("a list") {
        let v = pair[0].as_u64().expect("a node") as usize;
        assert_near(found.values[v], &pair[1], "betweenness of a node");
    }
    let clustering = local_clustering(graph);
    assert_near(clustering.iter().sum(), &oracle["clustering_sum"], "clustering");
    assert_near(
        weighed(clustering),
        &oracle["clustering_weighed"],
        "clustering of single nodes",
    );
    let core = core_numbers(graph);
    assert_eq!(
        core.iter().max().map(|&c| u64::from(c)),
        oracle["core_max"].as_u64()
    );
    assert_near(
        weighed(core.iter().map(|&c| f64::from(c))),
        &oracle["core_weighed"],
        "cores of single nodes",
    );
    let cuts: Vec<u64> = cut_nodes(graph).iter().map(|&v| u64::from(v)).collect();
    let expected = oracle["articulation_points"].as_array().expect("a list");
    assert_eq!(
        cuts,
        expected.iter().filter_map(Value::as_u64).collect::<Vec<_>>(),
        "{name}"
    );
}

#[test]
fn karate_has_the_positions_of_networkx() {
    agrees_with_networkx("karate", &karate().0);
}

#[test]
fn five_more_graphs_have_the_positions_of_networkx() {
    for name in [
        "dolphins",
        "football",
        "netscience",
        "power",
        "lfr_1000_small_mu03",
    ] {
        if let Some(graph) = real_graph(name) {
            agrees_with_networkx(name, &graph);
        }
    }
}

#[test]
fn in_the_karate_club_the_instructor_and_the_officer_are_hubs_and_those_who_know_both_sides_are_bridges() {
    let (graph, factions) = karate();
    let positions = positions(&graph, &factions, None, &Centrality::default());
    assert!(positions.within_segment_z[0] > 2.5 && positions.within_segment_z[33] > 2.0);
    assert_eq!(positions.role[0], Role::ProvincialHub);
    let mut by_score: Vec<usize> = (0..34).collect();
    by_score.sort_by(|&a, &b| positions.bridge_score[b].total_cmp(&positions.bridge_score[a]));
    // Members 3, 32 and 9, counted from 1, have friends in both factions.
    assert!(by_score[..4].contains(&2), "{by_score:?}");
    assert!(by_score[..6].contains(&31), "{by_score:?}");
    assert!(by_score[..6].contains(&8), "{by_score:?}");
    assert!(positions.bridge_pair[2].is_some());
    assert_eq!(
        positions.bridge_score[11], 0.0,
        "who knows one person only joins nothing"
    );
}

/// Customers in six groups and `planted` between named pairs of them: the graph of 15 neighbors, the neighbors, the groups
/// (planted customers in that of most of their ties), the pairs.
fn planted(
    seed: u64,
    n: usize,
    planted: usize,
    noise: usize,
) -> (SimilarityGraph, NeighborGraph, Partition, Vec<(u32, u32)>) {
    const GROUPS: usize = 6;
    const DIM: usize = 6;
    let mut random = stream(seed, 0);
    let mut normal = move || -> f64 { StandardNormal.sample(&mut random) };
    // A center on each axis: all pairs are equally far, and no third center is near a middle.
    let mut points: Vec<Vec<f64>> = Vec::new();
    let mut labels: Vec<u32> = (0..n - planted).map(|i| (i % GROUPS) as u32).collect();
    for &label in &labels {
        points.push(
            (0..DIM)
                .map(|d| if d as u32 == label { 5.0 } else { 0.0 } + normal())
                .collect(),
        );
    }
    let pairs: Vec<(u32, u32)> = (0..planted as u32)
        .map(|i| [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)][i as usize % 5])
        .collect();
    for &(a, b) in &pairs {
        let middle = |d: u32| if d == a || d == b { 2.5 } else { 0.0 };
        points.push((0..DIM as u32).map(|d| middle(d) + 0.5 * normal()).collect());
    }
    for point in &mut points {
        // Noise as wide as a group is.
        point.extend((0..noise).map(|_| normal()));
    }
    let near: Vec<Vec<u32>> = points.iter().map(|p| nearest(p, &points, 16)).collect();
    let mut edges = Vec::new();
    for (v, row) in near.iter().enumerate() {
        for &w in row.iter().filter(|&&w| w != v as u32) {
            let mutual = near[w as usize].binary_search(&(v as u32)).is_ok();
            if !mutual || w > v as u32 {
                let shared = row
                    .iter()
                    .filter(|x| near[w as usize].binary_search(x).is_ok())
                    .count();
                edges.push((v as u32, w, shared.max(1) as f64 / (32 - shared) as f64));
            }
        }
    }
    let graph = SimilarityGraph::from_edges(n, &edges);
    for v in n - planted..n {
        let mut votes = [0.0; GROUPS];
        for (w, weight) in graph.edges_of(v as u32).filter(|e| (e.0 as usize) < n - planted) {
            votes[labels[w as usize] as usize] += weight;
        }
        let best = (0..GROUPS).max_by(|&a, &b| votes[a].total_cmp(&votes[b]));
        labels.push(best.unwrap_or(0) as u32);
    }
    // Labels of the partition go by size: make them those of the groups, which differ by the planted alone.
    let partition = Partition::from_labels(&labels);
    let renamed = |g: u32| partition.labels()[g as usize];
    let targets = near
        .iter()
        .enumerate()
        .flat_map(|(v, row)| row.iter().copied().filter(move |&w| w != v as u32));
    let neighbors = NeighborGraph {
        n_neighbors: 15,
        targets: targets.collect(),
        distances: vec![0.0; 15 * n],
        recall: None,
    };
    (
        graph,
        neighbors,
        partition.clone(),
        pairs.iter().map(|&(a, b)| (renamed(a), renamed(b))).collect(),
    )
}

/// The `count` nearest, the point itself among them, ascending by index.
fn nearest(point: &[f64], points: &[Vec<f64>], count: usize) -> Vec<u32> {
    let distance = |other: &[f64]| -> f64 { point.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum() };
    let mut all: Vec<(f64, u32)> = points
        .iter()
        .zip(0..)
        .map(|(other, i)| (distance(other), i))
        .collect();
    all.select_nth_unstable_by(count - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut near: Vec<u32> = all[..count].iter().map(|a| a.1).collect();
    near.sort_unstable();
    near
}

/// How many of the planted stand among the first twice as many by score, and with how many the pair is right.
fn found(seed: u64, n: usize, count: usize, noise: usize) -> (usize, usize) {
    let (graph, neighbors, partition, pairs) = planted(seed, n, count, noise);
    let between = betweenness(&graph, Sources::Auto, seed);
    let nearest = Nearest {
        neighbors: &neighbors,
        distinct: &Distinct::all_different(n),
    };
    let bridges = bridges(&graph, &partition, Some(nearest), &between.values);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| bridges.score[b].total_cmp(&bridges.score[a]).then(a.cmp(&b)));
    let hits: Vec<usize> = order[..2 * count]
        .iter()
        .copied()
        .filter(|&v| v >= n - count)
        .collect();
    let right = hits.iter().filter(|&&v| {
        let (a, b) = pairs[v - (n - count)];
        bridges.pair[v] == Some((a, b)) || bridges.pair[v] == Some((b, a))
    });
    (hits.len(), right.count())
}

#[test]
fn five_in_six_planted_bridge_customers_stand_at_the_top_with_the_right_pair() {
    let (mut hits, mut right) = (0, 0);
    for seed in 0..3 {
        let (h, r) = found(seed, 3000, 30, 0);
        hits += h;
        right += r;
    }
    assert!(hits >= 75, "{hits} of 90");
    assert_eq!(right, hits);
}

#[test]
fn ten_features_of_noise_leave_three_in_four_planted_bridge_customers_at_the_top() {
    let (mut hits, mut right) = (0, 0);
    for seed in 0..3 {
        let (h, r) = found(seed, 3000, 30, 10);
        hits += h;
        right += r;
    }
    assert!(hits >= 68, "{hits} of 90");
    assert!(right * 10 >= hits * 9, "{right} of {hits}");
}

#[test]
fn sampled_betweenness_puts_the_same_customers_first() {
    let (graph, ..) = planted(1, 2000, 30, 0);
    let top = |values: &[f64], count: usize| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
        order.truncate(count);
        order
    };
    let exact = betweenness(&graph, Sources::Exact, 1).values;
    let sampled = betweenness(&graph, Sources::Count(200), 1);
    assert_eq!(sampled.n_sources, 200);
    let first = top(&sampled.values, 20);
    let shared = top(&exact, 10).into_iter().filter(|v| first.contains(v)).count();
    assert!(shared >= 9, "{shared} of 10");
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let (graph, near, partition, _) = planted(5, 2500, 30, 0);
    let run = |threads: usize, sources: Sources| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        let settings = Centrality {
            betweenness: sources,
            seed: 7,
        };
        let nearest = Nearest {
            neighbors: &near,
            distinct: &Distinct::all_different(2500),
        };
        let p = pool.install(|| positions(&graph, &partition, Some(nearest), &settings));
        let bits = |v: &[f64]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let numbers = [
            bits(&p.betweenness.values),
            bits(&p.clustering),
            bits(&p.participation),
            bits(&p.within_segment_z),
            bits(&p.bridge_score),
            bits(&p.betweenness.errors),
        ];
        (numbers, p.bridge_pair, p.role, p.betweenness_ranks)
    };
    for sources in [Sources::Exact, Sources::Count(300)] {
        let one = run(1, sources);
        assert_eq!(one, run(2, sources));
        assert_eq!(one, run(3, sources));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_graph_has_finite_positions_in_their_ranges(
        edges in prop::collection::vec((0u32..25, 0u32..25, 0.01f64..10.0), 0..80),
        labels in prop::collection::vec(0u32..5, 25),
        sources in prop::option::of(1usize..30),
    ) {
        let graph = SimilarityGraph::from_edges(25, &edges);
        let partition = Partition::from_labels(&labels);
        let settings = Centrality { betweenness: sources.map_or(Sources::Auto, Sources::Count), seed: 3 };
        let p = positions(&graph, &partition, None, &settings);
        for v in 0..25 {
            prop_assert!(p.betweenness.values[v].is_finite() && p.betweenness.values[v] >= 0.0);
            prop_assert!((0.0..=1.0).contains(&p.clustering[v]));
            prop_assert!((0.0..1.0).contains(&p.participation[v]));
            prop_assert!(p.within_segment_z[v].is_finite());
            prop_assert!((0.0..=1.0).contains(&p.bridge_score[v]));
            match p.bridge_pair[v] {
                Some((own, other)) => {
                    prop_assert_eq!(own, partition.labels()[v]);
                    prop_assert!(other != own && (other as usize) < partition.n_groups());
                }
                None => prop_assert_eq!(p.bridge_score[v], 0.0),
            }
        }
        prop_assert_eq!(&p.participation, &participation(&graph, &partition));
        prop_assert_eq!(&p.within_segment_z, &within_module_z(&graph, &partition));
        prop_assert_eq!(&p.role, &roles(&p.within_segment_z, &p.participation));
    }

    #[test]
    fn pairs_of_one_component_are_as_many_as_their_inner_path_nodes_say(
        edges in prop::collection::vec((0u32..20, 0u32..20), 0..50),
    ) {
        // Σ_v betweenness(v) = Σ over connected pairs of (hops − 1), by Floyd and Warshall.
        let edges: Vec<_> = edges.into_iter().map(|(a, b)| (a, b, 1.0)).collect();
        let graph = SimilarityGraph::from_edges(20, &edges);
        let mut hops = [[1000u32; 20]; 20];
        for (a, b, _) in graph.edges().filter(|e| e.0 != e.1) {
            hops[a as usize][b as usize] = 1;
            hops[b as usize][a as usize] = 1;
        }
        for via in 0..20 {
            for a in 0..20 {
                for b in 0..20 {
                    hops[a][b] = hops[a][b].min(hops[a][via] + hops[via][b]);
                }
            }
        }
        let expected: u32 = (0..20).flat_map(|a| (0..a).map(move |b| (a, b)))
            .filter(|&(a, b)| hops[a][b] < 1000)
            .map(|(a, b)| hops[a][b] - 1)
            .sum();
        let sum: f64 = betweenness(&graph, Sources::Exact, 1).values.iter().sum();
        prop_assert!((sum - f64::from(expected)).abs() < 1e-9 * sum.max(1.0));
    }
}

#[test]
fn random_streams_of_two_seeds_choose_other_sources() {
    let mut random = stream(1, 1);
    let edges: Vec<_> = (0..400)
        .map(|_| (random.random_range(0..100), random.random_range(0..100), 1.0))
        .collect();
    let graph = SimilarityGraph::from_edges(100, &edges);
    let a = betweenness(&graph, Sources::Count(10), 1);
    assert_eq!(a, betweenness(&graph, Sources::Count(10), 1));
    assert_ne!(a, betweenness(&graph, Sources::Count(10), 2));
}
