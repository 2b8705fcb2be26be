//! Communities: on real graphs against known optima and igraph, and what must hold on any graph.

#![allow(
    clippy::unwrap_used,
    reason = "proptest bodies: a failure is a panic either way"
)]

use crate::support::real_text;
use kinfolk::community::{Leiden, Louvain, best_of, conductance, leiden, louvain, louvain_scan, modularity};
use kinfolk::features::Distance;
use kinfolk::graph::{Similarity, similarity_graph};
use kinfolk::neighbors::{Distinct, Neighbors, neighbors};
use kinfolk::random::StandardNormal;
use kinfolk::random::stream;
use kinfolk::{ErrorKind, Partition, SimilarityGraph};
use ndarray::Array2;
use proptest::prelude::*;
use rand::RngExt;
use rand::distr::Distribution;
use rayon::prelude::*;

/// A graph of the folder of real data: nodes from `NAME.nodes.csv`, edges from `NAME.edges.csv`.
fn read(name: &str, weighted: bool) -> Option<SimilarityGraph> {
    let nodes = real_text(&format!("graphs/{name}.nodes.csv"))?;
    let edges = real_text(&format!("graphs/{name}.edges.csv"))?;
    let mut edge_list = Vec::new();
    for row in csv::Reader::from_reader(edges.as_bytes()).records() {
        let row = row.expect("valid CSV");
        let number = |i: usize| row[i].parse::<f64>().expect("a number");
        let weight = if weighted { number(2) } else { 1.0 };
        edge_list.push((number(0) as u32, number(1) as u32, weight));
    }
    let n = csv::Reader::from_reader(nodes.as_bytes()).records().count();
    Some(SimilarityGraph::from_edges(n, &edge_list))
}

/// Graph, weighted, median of igraph 1.0.0's `community_multilevel` over seeds, what the best of 20 seeds has to reach.
const TABLE: &[(&str, bool, f64, f64)] = &[
    ("karate", false, 0.41880, 0.41979 - 5e-6),
    ("karate", true, 0.44385, 0.44490 - 5e-6),
    ("dolphins", false, 0.51958, 0.52852 - 1e-5),
    ("football", false, 0.60435, 0.6045),
    ("netscience", false, 0.95913, 0.95990 - 5e-4),
    ("netscience", true, 0.95489, 0.9545),
    ("power", false, 0.93568, 0.93735),
    ("lfr_1000_small_mu01", false, 0.84260, 0.84260 - 5e-4),
    ("lfr_1000_small_mu03", false, 0.65115, 0.65115 - 5e-4),
    ("lfr_1000_small_mu05", false, 0.46333, 0.46349 - 5e-4),
    ("lfr_1000_small_mu06", false, 0.35583, 0.35787 - 5e-4),
];

type Run = fn(&SimilarityGraph, u64) -> Partition;

fn by_louvain(graph: &SimilarityGraph, seed: u64) -> Partition {
    louvain(
        graph,
        &Louvain {
            seed,
            ..Louvain::default()
        },
        None,
    )
    .expect("valid settings")
}

fn by_leiden(graph: &SimilarityGraph, seed: u64) -> Partition {
    leiden(
        graph,
        &Leiden {
            seed,
            ..Leiden::default()
        },
        None,
    )
    .expect("valid settings")
}

/// Whether each community is in one piece, where members of one group of `together` count as joined.
fn all_connected(graph: &SimilarityGraph, partition: &Partition, together: Option<&Partition>) -> bool {
    let n = graph.n_nodes();
    let labels = partition.labels();
    let groups = together.map_or_else(Vec::new, Partition::members);
    let mut reached = vec![false; n];
    let mut pieces = 0;
    for root in 0..n as u32 {
        if reached[root as usize] {
            continue;
        }
        pieces += 1;
        reached[root as usize] = true;
        let mut stack = vec![root];
        while let Some(v) = stack.pop() {
            let kin: &[u32] = together.map_or(&[], |t| &groups[t.labels()[v as usize] as usize]);
            for &t in graph.neighbors(v).iter().chain(kin) {
                if !reached[t as usize] && labels[t as usize] == labels[v as usize] {
                    reached[t as usize] = true;
                    stack.push(t);
                }
            }
        }
    }
    pieces == partition.n_groups()
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    (sorted[(sorted.len() - 1) / 2] + sorted[middle]) / 2.0
}

#[test]
fn the_best_of_twenty_seeds_reaches_the_known_optimum_or_the_best_known_value() {
    for &(name, weighted, _, wanted) in TABLE {
        let Some(graph) = read(name, weighted) else {
            return;
        };
        let runs: [(&str, Run); 2] = [("louvain", by_louvain), ("leiden", by_leiden)];
        for (method, run) in runs {
            let best = best_of(&graph, 1.0, 0..20, |seed| Ok(run(&graph, seed))).expect("20 trials");
            assert!(
                best.modularity >= wanted,
                "{name} (weighted: {weighted}) by {method}: {} instead of {wanted}",
                best.modularity
            );
        }
    }
}

#[test]
fn one_run_of_louvain_is_in_the_median_no_worse_than_igraph_and_one_of_leiden_no_worse_than_louvain() {
    for &(name, weighted, igraph, _) in TABLE {
        let Some(graph) = read(name, weighted) else {
            return;
        };
        let sorted_qualities = |run: Run| {
            let mut q: Vec<f64> = (0..100u64)
                .into_par_iter()
                .map(|seed| modularity(&graph, &run(&graph, seed), 1.0))
                .collect();
            q.sort_by(f64::total_cmp);
            q
        };
        let louvain = median(&sorted_qualities(by_louvain));
        let leiden = median(&sorted_qualities(by_leiden));
        // The reference is rounded to five digits.
        assert!(
            louvain >= igraph - 5e-6,
            "{name} (weighted: {weighted}): {louvain} against {igraph}"
        );
        assert!(
            leiden >= louvain - 1e-9,
            "{name} (weighted: {weighted}): {leiden} against {louvain}"
        );
    }
}

#[test]
fn every_community_of_every_real_graph_is_connected_at_every_resolution() {
    for &(name, weighted, ..) in TABLE {
        let Some(graph) = read(name, weighted) else {
            return;
        };
        for resolution in [0.05, 0.5, 1.0, 5.0, 50.0] {
            for seed in 0..3 {
                let a = louvain(
                    &graph,
                    &Louvain {
                        resolution,
                        seed,
                        ..Louvain::default()
                    },
                    None,
                )
                .expect("valid");
                assert!(
                    all_connected(&graph, &a, None),
                    "louvain {name} {resolution} {seed}"
                );
                let settings = Leiden {
                    resolution,
                    seed,
                    ..Leiden::default()
                };
                let b = leiden(&graph, &settings, None).expect("valid");
                assert!(
                    all_connected(&graph, &b, None),
                    "leiden {name} {resolution} {seed}"
                );
            }
        }
    }
}

#[test]
fn a_higher_resolution_gives_more_communities() {
    for name in [
        "lfr_1000_small_mu01",
        "lfr_1000_small_mu03",
        "lfr_1000_small_mu05",
        "lfr_1000_small_mu06",
    ] {
        let Some(graph) = read(name, false) else {
            return;
        };
        let counts =
            |divide: &dyn Fn(f64) -> Partition| [0.1, 1.0, 3.0].map(|gamma| divide(gamma).n_groups());
        let by_louvain = counts(&|resolution| {
            louvain(
                &graph,
                &Louvain {
                    resolution,
                    ..Louvain::default()
                },
                None,
            )
            .expect("valid")
        });
        let by_leiden = counts(&|resolution| {
            leiden(
                &graph,
                &Leiden {
                    resolution,
                    ..Leiden::default()
                },
                None,
            )
            .expect("valid")
        });
        assert!(by_louvain.is_sorted_by(|a, b| a < b), "{name}: {by_louvain:?}");
        assert!(by_leiden.is_sorted_by(|a, b| a < b), "{name}: {by_leiden:?}");
    }
}

#[test]
fn modularity_and_conductance_equal_those_of_igraph_and_networkx() {
    let oracle: serde_json::Value =
        serde_json::from_str(include_str!("../oracles/modularity.json")).expect("valid JSON");
    let numbers = |value: &serde_json::Value| -> Vec<f64> {
        value
            .as_array()
            .expect("a list")
            .iter()
            .map(|v| v.as_f64().unwrap_or(f64::NAN))
            .collect()
    };
    for case in oracle["cases"].as_array().expect("a list") {
        let name = case["graph"].as_str().expect("a name");
        let graph = if let Some(n) = case["n"].as_u64() {
            let edges: Vec<(u32, u32, f64)> = case["edges"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|e| {
                    let e = numbers(e);
                    (e[0] as u32, e[1] as u32, e[2])
                })
                .collect();
            SimilarityGraph::from_edges(n as usize, &edges)
        } else {
            let Some(graph) = read(name, name != "football") else {
                continue;
            };
            graph
        };
        let labels: Vec<u32> = numbers(&case["labels"]).iter().map(|&l| l as u32).collect();
        let partition = Partition::from_labels(&labels);
        for pair in case["modularity"].as_array().expect("a list") {
            let pair = numbers(pair);
            let ours = modularity(&graph, &partition, pair[0]);
            // Weights are held in single precision; those of netscience are thirds and the like.
            assert!(
                (ours - pair[1]).abs() < 1e-7,
                "{name} at {}: {ours}, igraph {}",
                pair[0],
                pair[1]
            );
        }
        let ours = conductance(&graph, &partition);
        for (label, theirs) in numbers(&case["conductance"]).into_iter().enumerate() {
            if theirs.is_nan() {
                continue;
            }
            let v = labels
                .iter()
                .position(|&l| l as usize == label)
                .expect("not empty");
            let ours = ours[partition.labels()[v] as usize];
            assert!(
                (ours - theirs).abs() < 1e-7,
                "{name} {label}: {ours}, NetworkX {theirs}"
            );
        }
    }
}

#[test]
fn two_triangles_joined_by_one_edge_have_modularity_five_fourteenths() {
    let edges = [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (4, 5), (3, 5)].map(|(a, b)| (a, b, 0.5));
    let graph = SimilarityGraph::from_edges(6, &edges);
    for seed in 0..20 {
        for partition in [by_louvain(&graph, seed), by_leiden(&graph, seed)] {
            assert_eq!(partition.labels(), [0, 0, 0, 1, 1, 1]);
            assert!((modularity(&graph, &partition, 1.0) - 5.0 / 14.0).abs() < 1e-12);
        }
    }
}

#[test]
fn graphs_without_edges_stay_single_nodes() {
    for n in [0, 1, 5] {
        let graph = SimilarityGraph::from_edges(n, &[]);
        for partition in [by_louvain(&graph, 1), by_leiden(&graph, 1)] {
            assert_eq!(partition, Partition::singletons(n));
            assert_eq!(modularity(&graph, &partition, 1.0), 0.0);
            assert_eq!(conductance(&graph, &partition), vec![0.0; n]);
        }
    }
    let only_a_loop = SimilarityGraph::from_edges(1, &[(0, 0, 3.0)]);
    assert_eq!(by_louvain(&only_a_loop, 1), Partition::one_group(1));
    assert_eq!(conductance(&only_a_loop, &Partition::one_group(1)), [0.0]);
}

#[test]
fn customers_to_be_kept_together_are_one_community_even_without_a_tie() {
    let graph = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (2, 3, 1.0)]);
    let together = Partition::from_labels(&[0, 1, 0, 2]);
    let partition = louvain(&graph, &Louvain::default(), Some(&together)).expect("valid");
    assert_eq!(partition.labels()[0], partition.labels()[2]);
    let apart = SimilarityGraph::from_edges(3, &[]);
    let together = Partition::from_labels(&[0, 1, 0]);
    let partition = leiden(&apart, &Leiden::default(), Some(&together)).expect("valid");
    assert_eq!(partition, together);
}

#[test]
fn settings_out_of_range_and_divisions_of_other_graphs_are_refused() {
    let graph = SimilarityGraph::from_edges(2, &[(0, 1, 1.0)]);
    for resolution in [-1.0, f64::NAN, f64::INFINITY] {
        let error = louvain(
            &graph,
            &Louvain {
                resolution,
                seed: 1,
                ..Louvain::default()
            },
            None,
        )
        .expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Usage);
        let settings = Leiden {
            resolution,
            ..Leiden::default()
        };
        assert!(leiden(&graph, &settings, None).is_err());
        let settings = Leiden {
            randomness: resolution,
            ..Leiden::default()
        };
        assert!(leiden(&graph, &settings, None).is_err());
    }
    let other = Partition::singletons(3);
    let error = louvain(&graph, &Louvain::default(), Some(&other)).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "`together` divides 3 nodes, but the graph has 2"
    );
    assert!(best_of(&graph, 1.0, 3..3, |_| Ok(Partition::singletons(2))).is_err());
}

#[test]
fn the_best_trial_is_the_same_for_any_number_of_threads() {
    let Some(graph) = read("lfr_1000_small_mu06", false) else {
        return;
    };
    let best = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("a pool")
            .install(|| best_of(&graph, 1.0, 0..10, |seed| Ok(by_louvain(&graph, seed))).expect("10 trials"))
    };
    assert_eq!(best(1), best(3));
    // Where all are equal, the lowest seed wins.
    let same = best_of(&graph, 1.0, 7..90, |_| Ok(Partition::one_group(1000))).expect("trials");
    assert_eq!(same.seed, 7);
}

/// A weighted graph with self-loops, groups that must stay together, and a start.
fn graph_groups_and_start() -> impl Strategy<Value = (SimilarityGraph, Partition, Partition)> {
    (1usize..60).prop_flat_map(|n| {
        let node = 0..n as u32;
        let edge = (node.clone(), node.clone(), 0.001f64..10.0);
        let groups = proptest::collection::vec(0..n as u32, n);
        let start = proptest::collection::vec(0..4u32, n);
        (proptest::collection::vec(edge, 0..3 * n), groups, start).prop_map(move |(edges, groups, start)| {
            (
                SimilarityGraph::from_edges(n, &edges),
                Partition::from_labels(&groups),
                Partition::from_labels(&start),
            )
        })
    })
}

/// Whether no group of `groups` is divided by `partition`.
fn kept_together(partition: &Partition, groups: &Partition) -> bool {
    groups.members().iter().all(|g| {
        g.iter()
            .all(|&v| partition.labels()[v as usize] == partition.labels()[g[0] as usize])
    })
}

proptest! {
    #[test]
    fn communities_are_connected_no_worse_than_single_nodes_and_the_same_again(
        (graph, groups, _) in graph_groups_and_start(), resolution in 0.01f64..5.0, seed in any::<u64>()
    ) {
        let settings = Louvain { resolution, seed, ..Louvain::default() };
        let leiden_settings = Leiden { resolution, seed, ..Leiden::default() };
        for partition in [
            louvain(&graph, &settings, None).unwrap(),
            leiden(&graph, &leiden_settings, None).unwrap(),
        ] {
            prop_assert!(all_connected(&graph, &partition, None));
            let singles = Partition::singletons(graph.n_nodes());
            prop_assert!(modularity(&graph, &partition, resolution) >= modularity(&graph, &singles, resolution) - 1e-12);
        }
        prop_assert_eq!(leiden(&graph, &leiden_settings, None).unwrap(), leiden(&graph, &leiden_settings, None).unwrap());
        for partition in [
            louvain(&graph, &settings, Some(&groups)).unwrap(),
            leiden(&graph, &leiden_settings, Some(&groups)).unwrap(),
        ] {
            prop_assert!(kept_together(&partition, &groups));
            prop_assert!(all_connected(&graph, &partition, Some(&groups)));
            prop_assert!(modularity(&graph, &partition, resolution) >= modularity(&graph, &groups, resolution) - 1e-12);
        }
    }

    #[test]
    fn measures_keep_their_ranges((graph, groups, _) in graph_groups_and_start()) {
        let q = modularity(&graph, &groups, 1.0);
        prop_assert!((-0.5 - 1e-12..=1.0).contains(&q), "{}", q);
        for share in conductance(&graph, &groups) {
            prop_assert!((0.0..=1.0).contains(&share), "{}", share);
        }
    }

    #[test]
    fn resolution_zero_gives_the_connected_components((graph, ..) in graph_groups_and_start(), seed in any::<u64>()) {
        let settings = Louvain { resolution: 0.0, seed, ..Louvain::default() };
        let components = louvain(&graph, &settings, None).unwrap();
        prop_assert!(all_connected(&graph, &components, None));
        prop_assert!(graph.edges().all(|(a, b, _)| components.labels()[a as usize] == components.labels()[b as usize]));
        let settings = Leiden { resolution: 0.0, seed, ..Leiden::default() };
        prop_assert_eq!(leiden(&graph, &settings, None).unwrap(), components);
    }
}

/// Customers in overlapping groups, each linked to its nearest; the groups.
fn neighbor_graph(n: usize) -> (SimilarityGraph, Partition) {
    let mut random = stream(3, 0);
    let mut normal = || -> f32 { StandardNormal.sample(&mut random) };
    let centers: Vec<[f32; 4]> = (0..12).map(|_| [0; 4].map(|_| 3.0 * normal())).collect();
    let groups: Vec<usize> = (0..n).map(|i| i * 7919 % 12).collect();
    let points = Array2::from_shape_fn((n, 4), |(i, c)| centers[groups[i]][c] + normal());
    let neighbors =
        neighbors(points.view(), Distance::Euclidean, &Neighbors::default()).expect("finite points");
    let graph = similarity_graph(&neighbors, &Distinct::all_different(n), Similarity::Jaccard);
    (graph, Partition::from_labels(&groups))
}

/// Groups of a hundred with ten ties from each member into its group and five anywhere, all of one weight: most ties
/// close no triangle.
fn mixed_graph(n: usize) -> (SimilarityGraph, Partition) {
    let mut random = stream(4, 0);
    let mut edges = Vec::new();
    for v in 0..n as u32 {
        for tie in 0..15 {
            let t = match tie {
                0..10 => v / 100 * 100 + random.random_range(0..100),
                _ => random.random_range(0..n as u32),
            };
            if t != v {
                edges.push((v.min(t), v.max(t)));
            }
        }
    }
    edges.sort_unstable();
    edges.dedup();
    let edges: Vec<_> = edges.into_iter().map(|(a, b)| (a, b, 1.0)).collect();
    let groups: Vec<u32> = (0..n as u32).map(|v| v / 100).collect();
    (
        SimilarityGraph::from_edges(n, &edges),
        Partition::from_labels(&groups),
    )
}

/// Large enough for the parallel form, on one level and on two.
fn large_graphs() -> [(&'static str, SimilarityGraph, Partition); 2] {
    let (near, groups) = neighbor_graph(40_000);
    let (mixed, hundreds) = mixed_graph(10_000);
    [("neighbors", near, groups), ("mixed", mixed, hundreds)]
}

#[test]
fn large_graphs_have_good_connected_communities_the_same_for_any_number_of_threads() {
    for (name, graph, planted) in large_graphs() {
        let found = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("a pool").install(|| {
                (
                    by_louvain(&graph, 1),
                    by_leiden(&graph, 1),
                    louvain_scan(&graph, &[0.1, 1.0], 1, None).expect("valid"),
                )
            })
        };
        let (one, three) = (found(1), found(3));
        assert_eq!(one, three, "{name}");
        let (louvain, leiden, scan) = one;
        for partition in [&louvain, &leiden, &scan[0], &scan[1]] {
            assert!(all_connected(&graph, partition, None), "{name}");
        }
        let q = |partition: &Partition| modularity(&graph, partition, 1.0);
        assert!(
            q(&louvain) >= q(&planted) - 1e-4,
            "{name}: {} {}",
            q(&louvain),
            q(&planted)
        );
        assert!(
            q(&louvain) >= q(&leiden) - 2e-3,
            "{name}: {} {}",
            q(&louvain),
            q(&leiden)
        );
        assert!(
            q(&scan[1]) >= q(&louvain) - 1e-3,
            "{name}: {} {}",
            q(&scan[1]),
            q(&louvain)
        );
    }
}

#[test]
fn groups_of_a_large_graph_stay_together_and_leiden_finds_as_much_as_louvain() {
    for (name, graph, _) in large_graphs() {
        let n = graph.n_nodes();
        let (found, other) = (
            leiden(&graph, &Leiden::default(), None).expect("valid"),
            louvain(&graph, &Louvain::default(), None).expect("valid"),
        );
        assert!(all_connected(&graph, &found, None), "{name}");
        let (q, least) = (modularity(&graph, &found, 1.0), modularity(&graph, &other, 1.0));
        assert!(q >= least - 2e-4, "{name}: {q} {least}");
        // Pairs of neighbors in the order of the graph: still large.
        let pairs = Partition::from_labels(&(0..n).map(|v| v.min(n - 1001) / 2).collect::<Vec<_>>());
        let settings = Louvain::default();
        let found = louvain(&graph, &settings, Some(&pairs)).expect("valid");
        assert!(
            kept_together(&found, &pairs) && all_connected(&graph, &found, Some(&pairs)),
            "{name}"
        );
        let scan = louvain_scan(&graph, &[1.0], 42, Some(&pairs)).expect("valid");
        assert!(
            kept_together(&scan[0], &pairs) && all_connected(&graph, &scan[0], Some(&pairs)),
            "{name}"
        );
    }
}

#[test]
fn a_scan_loses_less_than_a_thousandth_against_a_run_at_each_resolution() {
    let resolutions: Vec<f64> = (0..25).map(|i| 2.0 / 1.5f64.powi(24 - i)).collect();
    for (name, graph, _) in large_graphs() {
        let scan = louvain_scan(&graph, &resolutions, 42, None).expect("valid");
        for (&resolution, partition) in resolutions.iter().zip(&scan) {
            let settings = Louvain {
                resolution,
                ..Louvain::default()
            };
            let alone = louvain(&graph, &settings, None).expect("valid");
            let (ours, theirs) = (
                modularity(&graph, partition, resolution),
                modularity(&graph, &alone, resolution),
            );
            assert!(ours >= theirs - 1e-3, "{name} at {resolution}: {ours} {theirs}");
            assert!(all_connected(&graph, partition, None), "{name} at {resolution}");
        }
    }
}

#[test]
fn a_scan_of_a_small_graph_is_a_run_without_closing_rounds_at_each_resolution_and_as_strict() {
    let graph = SimilarityGraph::from_edges(5, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0)]);
    for (resolution, found) in [0.0, 0.5, 3.0]
        .into_iter()
        .zip(louvain_scan(&graph, &[0.0, 0.5, 3.0], 9, None).expect("valid"))
    {
        let settings = Louvain {
            resolution,
            seed: 9,
            closing_rounds: false,
        };
        assert_eq!(found, louvain(&graph, &settings, None).expect("valid"));
    }
    assert_eq!(louvain_scan(&graph, &[], 9, None).expect("valid"), []);
    assert!(louvain_scan(&graph, &[1.0, -1.0], 9, None).is_err());
    assert!(louvain_scan(&graph, &[1.0], 9, Some(&Partition::singletons(3))).is_err());
}
