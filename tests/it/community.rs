//! Communities: on real graphs against known optima and igraph, and what must hold on any graph.

#![allow(
    clippy::unwrap_used,
    reason = "proptest bodies: a failure is a panic either way"
)]

use crate::support::real_text;
use kinfolk::community::{
    Leiden, Louvain, best_of, conductance, leiden, leiden_from, louvain, louvain_from, modularity,
};
use kinfolk::{ErrorKind, Partition, SimilarityGraph};
use proptest::prelude::*;
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
    kinfolk::num::quantile_sorted(sorted, 0.5)
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
fn a_start_is_never_made_worse_and_a_scan_downwards_keeps_up_with_fresh_runs() {
    let Some(graph) = read("lfr_1000_small_mu03", false) else {
        return;
    };
    let mut current = Partition::singletons(graph.n_nodes());
    for resolution in [4.0, 2.0, 1.0, 0.5] {
        let settings = Louvain {
            resolution,
            ..Louvain::default()
        };
        let before = modularity(&graph, &current, resolution);
        let warm = louvain_from(&graph, &settings, None, &current).expect("valid");
        let fresh = louvain(&graph, &settings, None).expect("valid");
        let (q_warm, q_fresh) = (
            modularity(&graph, &warm, resolution),
            modularity(&graph, &fresh, resolution),
        );
        assert!(q_warm >= before, "{resolution}: {q_warm} from {before}");
        assert!(
            q_warm >= q_fresh - 0.005,
            "{resolution}: {q_warm} against {q_fresh}"
        );
        assert!(all_connected(&graph, &warm, None));
        current = warm;
    }
    let coarse = Partition::one_group(graph.n_nodes());
    let settings = Leiden::default();
    let parted = leiden_from(&graph, &settings, None, &coarse).expect("valid");
    let fresh = leiden(&graph, &settings, None).expect("valid");
    assert!(modularity(&graph, &parted, 1.0) >= modularity(&graph, &fresh, 1.0) - 0.005);
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
    assert!(louvain_from(&graph, &Louvain::default(), None, &other).is_err());
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
    fn communities_are_connected_no_worse_than_the_start_and_the_same_again(
        (graph, groups, start) in graph_groups_and_start(), resolution in 0.01f64..5.0, seed in any::<u64>()
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
        for (partition, again) in [
            (
                louvain_from(&graph, &settings, None, &start).unwrap(),
                louvain_from(&graph, &settings, None, &start).unwrap(),
            ),
            (
                leiden_from(&graph, &leiden_settings, None, &start).unwrap(),
                leiden_from(&graph, &leiden_settings, None, &start).unwrap(),
            ),
        ] {
            prop_assert!(all_connected(&graph, &partition, None));
            prop_assert!(modularity(&graph, &partition, resolution) >= modularity(&graph, &start, resolution) - 1e-12);
            prop_assert_eq!(partition, again);
        }
        for partition in [
            louvain(&graph, &settings, Some(&groups)).unwrap(),
            louvain_from(&graph, &settings, Some(&groups), &start).unwrap(),
            leiden(&graph, &leiden_settings, Some(&groups)).unwrap(),
            leiden_from(&graph, &leiden_settings, Some(&groups), &start).unwrap(),
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
