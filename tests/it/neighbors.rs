//! Neighbors, identical customers and the similarity graph against their plain definitions.

use crate::support::real_text;
use kinfolk::SimilarityGraph;
use kinfolk::features::Distance;
use kinfolk::graph::{Similarity, components, similarity_graph};
use kinfolk::neighbors::{Distinct, NeighborGraph, Neighbors, Search, distinct, neighbors};
use kinfolk::random::stream;
use ndarray::{Array2, ArrayView2, Axis};
use proptest::prelude::*;
use rand::RngExt;
use std::collections::{BTreeMap, BTreeSet};

const DISTANCES: [Distance; 2] = [Distance::Euclidean, Distance::Manhattan];
const SEARCHES: [Search; 2] = [Search::KdTree, Search::BruteForce];
const SIMILARITIES: [Similarity; 3] = [Similarity::Jaccard, Similarity::Gaussian, Similarity::Unweighted];

fn search(points: &Array2<f32>, distance: Distance, n_neighbors: usize, search: Search) -> NeighborGraph {
    let settings = Neighbors {
        n_neighbors,
        search: Some(search),
    };
    neighbors(points.view(), distance, &settings).expect("finite points")
}

/// The definition: sort all others by distance, then by index.
fn plain_row(points: ArrayView2<'_, f32>, distance: Distance, k: usize, i: usize) -> Vec<(f64, u32)> {
    let of = |j: usize| {
        let mut sum = 0f64;
        for (&a, &b) in points.row(i).iter().zip(points.row(j)) {
            let difference = f64::from(a) - f64::from(b);
            sum += match distance {
                Distance::Euclidean => difference * difference,
                Distance::Manhattan => difference.abs(),
            };
        }
        (sum, j as u32)
    };
    let mut all: Vec<(f64, u32)> = (0..points.nrows()).filter(|&j| j != i).map(of).collect();
    let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    if k < all.len() {
        all.select_nth_unstable_by(k, order);
        all.truncate(k);
    }
    all.sort_unstable_by(order);
    if distance == Distance::Euclidean {
        for entry in &mut all {
            entry.0 = entry.0.sqrt();
        }
    }
    all
}

/// Compares every `step`-th row with the definition.
fn assert_plain(
    points: &Array2<f32>,
    distance: Distance,
    found: &NeighborGraph,
    n_neighbors: usize,
    step: usize,
) {
    let n = points.nrows();
    let k = n_neighbors.min(n.saturating_sub(1));
    assert_eq!(found.n_neighbors, k);
    assert_eq!(found.targets.len(), n * k);
    assert_eq!(found.distances.len(), n * k);
    for i in (0..n).step_by(step) {
        let expected = plain_row(points.view(), distance, k, i);
        let targets: Vec<u32> = expected.iter().map(|e| e.1).collect();
        let distances: Vec<f32> = expected.iter().map(|e| e.0 as f32).collect();
        assert_eq!(
            found.targets[i * k..(i + 1) * k],
            targets,
            "row {i}, {distance:?}"
        );
        assert_eq!(
            found.distances[i * k..(i + 1) * k],
            distances,
            "row {i}, {distance:?}"
        );
    }
}

fn assert_both_plain(points: &Array2<f32>, n_neighbors: usize, step: usize) {
    for distance in DISTANCES {
        let tree = search(points, distance, n_neighbors, Search::KdTree);
        assert_plain(points, distance, &tree, n_neighbors, step);
        assert!(
            tree == search(points, distance, n_neighbors, Search::BruteForce),
            "{distance:?}: the searches differ"
        );
    }
}

fn random_points(n: usize, d: usize, seed: u64) -> Array2<f32> {
    let mut random = stream(seed, 0);
    Array2::from_shape_simple_fn((n, d), || random.random_range(-1.0..1.0))
}

fn random_grid(n: usize, d: usize, levels: i32, seed: u64) -> Array2<f32> {
    let mut random = stream(seed, 1);
    Array2::from_shape_simple_fn((n, d), || random.random_range(0..levels) as f32)
}

fn letter() -> Option<Array2<f32>> {
    let text = real_text("labelled/letter.csv.gz")?;
    let mut values = Vec::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.expect("a row");
        values.extend(record.iter().skip(1).map(|x| x.parse::<f32>().expect("a number")));
    }
    Some(Array2::from_shape_vec((20_000, 16), values).expect("20,000 rows of 16 numbers"))
}

/// The graph of a table, by the road that the program takes.
fn graph_of(points: &Array2<f32>, k: usize, similarity: Similarity) -> (SimilarityGraph, Distinct) {
    let found = distinct(points.view());
    let settings = Neighbors {
        n_neighbors: k,
        ..Neighbors::default()
    };
    let rows = found.rows(points.view());
    let near = neighbors(rows.view(), Distance::Euclidean, &settings).expect("finite points");
    (similarity_graph(&near, &found, similarity), found)
}

fn assert_sound(graph: &SimilarityGraph, n: usize) {
    assert_eq!(graph.n_nodes(), n);
    for v in 0..n as u32 {
        let row = graph.neighbors(v);
        assert!(row.windows(2).all(|w| w[0] < w[1]), "row {v} ascends");
        assert!(n == 1 || !row.is_empty(), "{v} is linked to somebody");
        for (&t, &w) in row.iter().zip(graph.weights(v)) {
            assert_ne!(t, v, "no self-loop");
            assert!(w > 0.0 && w <= 1.0, "weight {w}");
            let back = graph
                .neighbors(t)
                .binary_search(&v)
                .expect("both ends know the edge");
            assert_eq!(graph.weights(t)[back].to_bits(), w.to_bits());
        }
    }
}

#[test]
fn approximate_lists_are_exact_where_there_is_nothing_to_leave_out() {
    let points = random_points(40, 3, 5);
    for (n_neighbors, distance) in [(39, Distance::Euclidean), (100, Distance::Manhattan)] {
        let found = search(&points, distance, n_neighbors, Search::Approximate);
        assert_plain(&points, distance, &found, n_neighbors, 1);
        assert_eq!(found.recall, None);
    }
    assert_eq!(
        search(
            &Array2::zeros((3, 2)),
            Distance::Euclidean,
            2,
            Search::Approximate
        )
        .targets,
        [1, 2, 0, 2, 0, 1]
    );
    let many = random_points(700, 3, 6);
    let found = search(&many, Distance::Euclidean, 150, Search::Approximate);
    assert_plain(&many, Distance::Euclidean, &found, 150, 50);
}

#[test]
fn customers_who_share_a_point_are_each_others_first_approximate_neighbors() {
    let mut points = random_points(2000, 6, 7);
    for i in 0..500 {
        let row = points.row(i).to_owned();
        points.row_mut(1000 + i).assign(&row);
    }
    let found = search(&points, Distance::Euclidean, 10, Search::Approximate);
    assert!(found.recall.is_some_and(|recall| recall.share > 0.95));
    for i in 0..500 {
        assert_eq!(
            (found.targets[i * 10], found.distances[i * 10]),
            (1000 + i as u32, 0.0)
        );
    }
}

#[test]
fn neighbors_of_random_points_are_those_of_the_definition() {
    for (d, step) in [(1, 100), (2, 100), (5, 100), (8, 100), (11, 100), (16, 200)] {
        assert_both_plain(&random_points(10_000, d, d as u64), 15, step);
    }
}

#[test]
fn every_list_of_a_smaller_table_is_that_of_the_definition() {
    assert_both_plain(&random_points(1500, 3, 7), 15, 1);
    assert_both_plain(&random_points(700, 7, 8), 40, 1);
}

#[test]
fn searches_are_exact_in_many_dimensions_and_far_from_the_origin() {
    for (n, d, offset) in [(600, 64, 0.0), (300, 765, 0.0), (2000, 20, 1e4)] {
        assert_both_plain(&(random_points(n, d, 3) + offset), 15, 7);
    }
}

#[test]
fn clusters_between_which_most_of_the_tree_is_skipped_lose_no_neighbor() {
    for (n, d) in [(3000, 2), (3000, 12), (2000, 70)] {
        let mut points = random_points(n, d, 13);
        for (i, mut row) in points.outer_iter_mut().enumerate() {
            // Thirty clusters of very different widths; every hundredth point far from all.
            let cluster = (i % 30) as f32;
            row *= (-cluster / 4.0).exp();
            row += 3.0 * cluster;
            if i % 100 == 0 {
                row *= -7.0;
            }
        }
        assert_both_plain(&points, 29, 1);
    }
}

#[test]
fn values_of_any_size_are_searched_exactly() {
    for factor in [1e-42f32, 1e-30, 1e25, 3e38] {
        assert_both_plain(&(random_points(400, 3, 5) * factor), 10, 9);
    }
    // One customer far outside everything.
    let mut points = random_points(400, 3, 6);
    points[[17, 1]] = 1e30;
    assert_both_plain(&points, 10, 1);
}

#[test]
fn distances_beyond_single_precision_are_its_largest_number() {
    let points = Array2::from_shape_vec((2, 1), vec![-3e38, 3e38]).expect("two numbers");
    let found = search(&points, Distance::Manhattan, 1, Search::BruteForce);
    assert_eq!(found.distances, [f32::MAX; 2]);
}

#[test]
fn ties_on_a_grid_go_to_the_lowest_index() {
    // A full grid without repeats: 4, 8, 12 points at one distance.
    let full = Array2::from_shape_fn((40 * 40, 2), |(i, c)| [i / 40, i % 40][c] as f32);
    assert_both_plain(&full, 15, 1);
    assert_both_plain(&full, 6, 3);
    // Random grids repeat rows as well.
    assert_both_plain(&random_grid(3000, 2, 30, 1), 15, 3);
    assert_both_plain(&random_grid(3000, 6, 4, 2), 15, 3);
    assert_both_plain(&random_grid(2000, 13, 2, 3), 15, 3);
}

#[test]
fn all_points_at_one_distance_from_the_hub_are_told_apart_by_index() {
    // The origin and ± each axis times 1 to 40: many ties for the origin.
    let mut points = Array2::zeros((1 + 8 * 40, 8));
    for i in 0..8 * 40 {
        points[[i + 1, i % 8]] = if i % 16 < 8 { 1.0 } else { -1.0 } * (1 + i / 16) as f32;
    }
    assert_both_plain(&points, 5, 1);
}

#[test]
fn five_hundred_copies_of_four_points_have_the_neighbors_of_the_definition() {
    let corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [3.0, 3.0]];
    let points = Array2::from_shape_fn((2000, 2), |(i, c)| corners[(i * 7) % 4][c]);
    assert_both_plain(&points, 15, 11);
    assert_both_plain(&points, 700, 97);
}

#[test]
fn fifty_thousand_equal_rows_are_neighbors_in_the_order_of_their_index() {
    let points = Array2::from_elem((50_000, 8), 1.5);
    let found = search(&points, Distance::Euclidean, 15, Search::KdTree);
    assert!(found.distances.iter().all(|&d| d == 0.0));
    assert_eq!(found.targets[..3], [1, 2, 3]);
    let last = 49_999 * 15;
    assert_eq!(found.targets[last..], (0..15).collect::<Vec<u32>>());
    assert_eq!(found.targets[7 * 15 + 5..7 * 15 + 9], [5, 6, 8, 9]);
}

#[test]
fn letters_with_their_repeats_and_ties_have_the_neighbors_of_the_definition() {
    let Some(points) = letter() else { return };
    assert_eq!(distinct(points.view()).n_repeats(), 1332);
    assert_both_plain(&points, 15, 499);
}

#[test]
fn small_tables_have_as_many_neighbors_as_there_are_others() {
    for how in SEARCHES {
        for n in 0..5usize {
            let points = random_points(n, 2, 1);
            let found = search(&points, Distance::Euclidean, 15, how);
            assert_plain(&points, Distance::Euclidean, &found, 15, 1);
            let equal = search(&Array2::zeros((n, 2)), Distance::Euclidean, 15, how);
            assert_plain(&Array2::zeros((n, 2)), Distance::Euclidean, &equal, 15, 1);
        }
    }
    let without_columns = search(&Array2::zeros((3, 0)), Distance::Euclidean, 1, Search::KdTree);
    assert_eq!(without_columns.targets, [1, 0, 0]);
}

#[test]
fn views_of_any_memory_order_give_the_same_answer() {
    let points = random_points(300, 4, 2);
    let columns_first = points.t().as_standard_layout().into_owned();
    let settings = Neighbors::default();
    let a = neighbors(points.view(), Distance::Euclidean, &settings).expect("finite");
    let b = neighbors(columns_first.t(), Distance::Euclidean, &settings).expect("finite");
    assert_eq!(a, b);
}

#[test]
fn wrong_requests_and_values_are_errors_that_name_the_place() {
    let mut points = random_points(5, 3, 1);
    let none = Neighbors {
        n_neighbors: 0,
        ..Neighbors::default()
    };
    let error = neighbors(points.view(), Distance::Euclidean, &none).expect_err("no neighbors");
    assert_eq!(error.kind(), kinfolk::ErrorKind::Usage);
    points[[3, 1]] = f32::NAN;
    let error = neighbors(points.view(), Distance::Euclidean, &Neighbors::default()).expect_err("a NaN");
    assert!(
        error.to_string().starts_with("coordinate 2 of row 4 is NaN"),
        "{error}"
    );
}

#[test]
fn one_thread_and_three_give_the_same_graph() {
    let mut points = random_points(6000, 5, 4);
    // A fifth of the table repeats the rows before it.
    for i in 4800..6000 {
        let copied = points.row(i - 4800).to_owned();
        points.row_mut(i).assign(&copied);
    }
    for how in SEARCHES {
        let in_threads = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("a pool");
            pool.install(|| {
                let near = search(&points, Distance::Euclidean, 15, how);
                let found = distinct(points.view());
                let rows = found.rows(points.view()).into_owned();
                let graph = similarity_graph(
                    &search(&rows, Distance::Euclidean, 15, how),
                    &found,
                    Similarity::Gaussian,
                );
                (near, graph)
            })
        };
        assert!(in_threads(1) == in_threads(3));
    }
}

#[test]
fn weights_are_those_of_the_definition() {
    let points = random_points(400, 3, 9);
    let k = 8;
    let near = search(&points, Distance::Euclidean, k, Search::BruteForce);
    let list = |p: usize| &near.targets[p * k..(p + 1) * k];
    let with_self = |p: usize| -> BTreeSet<u32> { list(p).iter().copied().chain([p as u32]).collect() };
    let mut linked = BTreeMap::new();
    for p in 0..400 {
        for (slot, &q) in list(p).iter().enumerate() {
            let distance = f64::from(near.distances[p * k + slot]);
            linked.insert((q.min(p as u32), q.max(p as u32)), distance);
        }
    }
    let sigma = |p: u32| f64::from(near.distances[p as usize * k + k - 1]);
    for similarity in SIMILARITIES {
        let (graph, _) = graph_of(&points, k, similarity);
        let edges: Vec<(u32, u32, f64)> = graph.edges().collect();
        assert_eq!(edges.len(), linked.len());
        for (&(p, q, w), (&pair, &distance)) in edges.iter().zip(&linked) {
            assert_eq!((p, q), pair);
            let (a, b) = (with_self(p as usize), with_self(q as usize));
            let expected = match similarity {
                Similarity::Jaccard => a.intersection(&b).count() as f64 / a.union(&b).count() as f64,
                Similarity::Gaussian => (-distance * distance / (sigma(p) * sigma(q))).exp(),
                Similarity::Unweighted => 1.0,
            };
            assert!((w - expected).abs() < 1e-7, "{p}-{q}: {w} for {expected}");
        }
    }
}

#[test]
fn graphs_of_tables_with_repeats_are_sound() {
    for similarity in SIMILARITIES {
        for points in [
            random_points(500, 4, 1),
            random_grid(1000, 2, 6, 4),
            random_grid(1000, 3, 8, 5),
            Array2::zeros((1, 2)),
            Array2::zeros((2, 2)),
            Array2::zeros((3, 2)),
            Array2::zeros((1000, 2)),
        ] {
            let (graph, _) = graph_of(&points, 15, similarity);
            assert_sound(&graph, points.nrows());
        }
    }
    assert_eq!(
        graph_of(&Array2::zeros((0, 2)), 15, Similarity::Jaccard)
            .0
            .n_nodes(),
        0
    );
}

#[test]
fn five_thousand_identical_customers_hang_together_and_with_the_hundred_others() {
    let mut points = random_points(5100, 3, 2);
    for i in 0..5000 {
        points.row_mut((i * 7) % 5100).fill(0.0);
    }
    let (graph, found) = graph_of(&points, 15, Similarity::Jaccard);
    assert_sound(&graph, 5100);
    assert!(graph.n_edges() <= 5100 * 16, "{} edges", graph.n_edges());
    assert_eq!(components(&graph).n_groups(), 1);
    let big = found.group[0];
    let copies = found.copies(big);
    assert_eq!(copies.len(), 5000);
    for &customer in copies {
        let row = graph.neighbors(customer);
        let own = row.iter().filter(|&&t| found.group[t as usize] == big).count();
        assert_eq!(own, 2, "its two neighbors in the ring");
        assert!(row.len() >= 2 + 15, "and somebody at each neighboring point");
    }
}

#[test]
fn copies_of_one_point_share_the_links_to_it_evenly() {
    // 200 points on a line, the one in the middle 100 times.
    let points = Array2::from_shape_fn((299, 1), |(i, _)| if i < 200 { i as f32 } else { 100.0 });
    let (graph, found) = graph_of(&points, 10, Similarity::Unweighted);
    let degrees: Vec<usize> = found
        .copies(found.group[100])
        .iter()
        .map(|&c| graph.degree(c))
        .collect();
    assert_eq!(degrees.len(), 100);
    assert!(degrees.iter().all(|&d| (12..=14).contains(&d)), "{degrees:?}");
}

#[test]
fn a_table_with_a_fifth_of_copies_stays_in_one_part() {
    let mut points = random_points(5000, 2, 12);
    let mut random = stream(12, 5);
    for i in 4000..5000 {
        let from = random.random_range(0..50);
        let copied = points.row(from).to_owned();
        points.row_mut(i).assign(&copied);
    }
    for similarity in SIMILARITIES {
        let (graph, found) = graph_of(&points, 15, similarity);
        assert_sound(&graph, 5000);
        assert!(graph.n_edges() <= 5000 * 16);
        assert_eq!(components(&graph).n_groups(), 1);
        for point in 0..found.len() as u32 {
            let own: BTreeSet<u32> = found.copies(point).iter().copied().collect();
            for &c in &own {
                let inside = graph.neighbors(c).iter().filter(|t| own.contains(t)).count();
                assert_eq!(inside, (own.len() - 1).min(2));
                assert!(
                    graph.degree(c) > inside + 14,
                    "no copy is cut off from the neighbors of its point"
                );
            }
        }
    }
}

#[test]
fn two_far_groups_of_copies_are_two_components() {
    let points = Array2::from_shape_fn((60, 1), |(i, _)| {
        if i < 40 {
            (i % 20) as f32
        } else {
            1e6 + (i % 10) as f32
        }
    });
    let (graph, _) = graph_of(&points, 4, Similarity::Jaccard);
    let parts = components(&graph);
    assert_eq!(parts.sizes(), [40, 20]);
}

#[test]
fn the_graph_of_permuted_rows_is_the_permuted_graph() {
    let points = random_points(3000, 4, 21);
    let mut order: Vec<usize> = (0..3000).collect();
    let mut random = stream(3, 3);
    for i in (1..order.len()).rev() {
        order.swap(i, random.random_range(0..=i));
    }
    let permuted = points.select(Axis(0), &order);
    for similarity in SIMILARITIES {
        let (graph, _) = graph_of(&points, 15, similarity);
        let (other, _) = graph_of(&permuted, 15, similarity);
        let mut renamed: Vec<(u32, u32, f64)> = other
            .edges()
            .map(|(a, b, w)| {
                let (a, b) = (order[a as usize] as u32, order[b as usize] as u32);
                (a.min(b), a.max(b), w)
            })
            .collect();
        renamed.sort_unstable_by_key(|&(a, b, _)| (a, b));
        assert!(renamed == graph.edges().collect::<Vec<_>>(), "{similarity:?}");
    }
}

#[test]
fn rows_that_contradict_each_other_are_refused() {
    let rows = |targets: &[u32], weights: &[f32]| {
        SimilarityGraph::from_rows(vec![0, 1, 2], targets.to_vec(), weights.to_vec())
    };
    assert!(rows(&[1, 0], &[0.5, 0.5]).is_ok());
    for (targets, weights) in [
        (&[1, 0][..], &[0.5, 0.25][..]),
        (&[1, 1], &[0.5, 0.5]),
        (&[2, 0], &[0.5, 0.5]),
        (&[1, 0], &[0.0, 0.0]),
        (&[1, 0], &[f32::NAN, f32::NAN]),
        (&[1, 0], &[0.5]),
    ] {
        assert!(rows(targets, weights).is_err(), "{targets:?} {weights:?}");
    }
    assert!(SimilarityGraph::from_rows(vec![], vec![], vec![]).is_err());
    assert!(SimilarityGraph::from_rows(vec![0, 2, 1], vec![0, 1], vec![1.0, 1.0]).is_err());
    let graph = SimilarityGraph::from_edges(4, &[(0, 3, 1.0), (1, 1, 2.0), (3, 2, 0.5)]);
    let again = SimilarityGraph::from_rows(
        vec![0, 1, 2, 3, 5],
        vec![3, 1, 3, 0, 2],
        vec![1.0, 2.0, 0.5, 1.0, 0.5],
    );
    assert_eq!(again.expect("consistent rows"), graph);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn neighbors_on_small_grids_are_those_of_the_definition(
        d in 1usize..5,
        k in 1usize..12,
        values in prop::collection::vec(0i8..4, 1..240),
    ) {
        let n = values.len() / d;
        let points = Array2::from_shape_fn((n, d), |(i, c)| f32::from(values[i * d + c]));
        assert_both_plain(&points, k, 1);
    }

    #[test]
    fn graphs_of_small_grids_are_sound_and_keep_copies_together(
        k in 1usize..8,
        values in prop::collection::vec((0i8..5, 0i8..3), 2..150),
    ) {
        let points = Array2::from_shape_fn((values.len(), 2), |(i, c)| f32::from([values[i].0, values[i].1][c]));
        for similarity in SIMILARITIES {
            let (graph, found) = graph_of(&points, k, similarity);
            assert_sound(&graph, values.len());
            prop_assert!(graph.n_edges() <= values.len() * (k + 1));
            let parts = components(&graph);
            for point in 0..found.len() as u32 {
                let labels: BTreeSet<u32> =
                    found.copies(point).iter().map(|&c| parts.labels()[c as usize]).collect();
                prop_assert_eq!(labels.len(), 1);
            }
            if found.len() > 1 {
                for &customer in &found.representatives {
                    let own = found.group[customer as usize];
                    prop_assert!(graph.neighbors(customer).iter().any(|&t| found.group[t as usize] != own));
                }
            }
        }
    }
}
