//! Layouts as a whole: places that every reader can use, the same on every machine.

use kinfolk::community::{Louvain, louvain};
use kinfolk::features::Distance;
use kinfolk::graph::{Similarity, similarity_graph};
use kinfolk::layout::{Arrangement, Layout, first_two, half_extent, layout};
use kinfolk::neighbors::{Distinct, Neighbors, neighbors};
use kinfolk::quality::silhouette;
use kinfolk::random::{StandardNormal, stream};
use kinfolk::{Partition, SimilarityGraph};
use ndarray::Array2;
use proptest::prelude::*;
use rand::RngExt;
use std::collections::HashSet;

/// `groups` clouds of `size` points each in five dimensions, every point linked to the next ones of its cloud and a few
/// pairs across.
fn clouds(groups: usize, size: usize) -> (SimilarityGraph, Partition, Vec<[f64; 2]>) {
    let n = groups * size;
    let mut random = stream(3, 0);
    let labels: Vec<u32> = (0..n).map(|i| (i / size) as u32).collect();
    let points = Array2::from_shape_fn((n, 5), |(i, j)| {
        let center = if j == labels[i] as usize % 5 { 2.0 } else { 0.0 };
        center + random.random_range(-1.0f32..1.0)
    });
    let mut edges = Vec::new();
    for i in 0..n {
        for step in 1..=6 {
            let j = i / size * size + (i % size + step * step) % size;
            if i != j {
                edges.push((i as u32, j as u32, 0.5));
            }
        }
        if i % 40 == 0 {
            edges.push((i as u32, random.random_range(0..n as u32), 0.1));
        }
    }
    (
        SimilarityGraph::from_edges(n, &edges),
        Partition::from_labels(&labels),
        first_two(points.view()),
    )
}

fn check_frame(places: &[[f64; 2]]) {
    let n = places.len() as f64;
    let cells: HashSet<[i64; 2]> = places
        .iter()
        .map(|p| p.map(|x| (x * 100.0).round() as i64))
        .collect();
    assert_eq!(cells.len(), places.len(), "no two on one spot");
    for axis in 0..2 {
        let mean = places.iter().map(|p| p[axis]).sum::<f64>() / n;
        assert!(mean.abs() < 0.1, "mean {mean}");
    }
    assert!(
        places
            .iter()
            .flatten()
            .all(|x| x.is_finite() && x.abs() <= 5000.0)
    );
}

fn extent(places: &[[f64; 2]]) -> f64 {
    places.iter().flatten().fold(0.0, |a: f64, x| a.max(x.abs()))
}

#[test]
fn one_thread_and_two_give_the_same_places() {
    let (graph, _, first) = clouds(6, 150);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(|| {
            let of_table = layout(&graph, Some(&first), &Layout::default());
            (of_table, layout(&graph, None, &Layout::default()))
        })
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn the_picture_fills_its_frame_around_0_0() {
    let (graph, _, first) = clouds(5, 500);
    for arrangement in [Arrangement::ForceAtlas2, Arrangement::PrincipalComponents] {
        let settings = Layout {
            arrangement,
            ..Layout::default()
        };
        let places = layout(&graph, Some(&first), &settings);
        check_frame(&places);
        assert!((extent(&places) - half_extent(2500)).abs() < 5.0);
    }
}

#[test]
fn groups_become_clouds_apart_from_each_other() {
    let (graph, partition, _) = clouds(6, 200);
    let places = layout(&graph, None, &Layout::default());
    // The nearest other node is nearly always of the same group.
    let label = partition.labels();
    let strangers = (0..places.len())
        .filter(|&i| {
            let distance = |j: usize| (places[i][0] - places[j][0]).hypot(places[i][1] - places[j][1]);
            let nearest = (0..places.len())
                .filter(|&j| j != i)
                .min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
                .expect("others");
            label[nearest] != label[i]
        })
        .count();
    assert!(strangers < 40, "{strangers} of {}", places.len());
}

/// The places of customers at these points, and how far apart their communities at resolution 1 lie in the picture.
fn drawn(points: &Array2<f32>) -> (Vec<[f64; 2]>, SimilarityGraph, f64) {
    let n = points.nrows();
    let near = neighbors(points.view(), Distance::Euclidean, &Neighbors::default()).expect("finite points");
    let graph = similarity_graph(&near, &Distinct::all_different(n), Similarity::Jaccard);
    let communities = louvain(&graph, &Louvain::default(), None).expect("communities");
    let places = layout(&graph, Some(&first_two(points.view())), &Layout::default());
    let plane = Array2::from_shape_fn((n, 2), |(i, axis)| places[i][axis] as f32);
    let apart = silhouette(plane.view(), Distance::Euclidean, &communities);
    (places, graph, apart.expect("several communities").mean)
}

/// Numbers of the bell curve, the same in every run.
fn bell(n: usize, d: usize) -> Array2<f32> {
    let mut random = stream(1, 0);
    Array2::from_shape_fn((n, d), |_| random.sample::<f32, _>(StandardNormal))
}

/// Share of the 15 nearest on the plane who are neighbors in the graph, over every tenth node.
fn neighbors_kept(places: &[[f64; 2]], graph: &SimilarityGraph) -> f64 {
    let kept = |i: usize| {
        let distance = |j: u32| {
            let q = places[j as usize];
            (q[0] - places[i][0]).hypot(q[1] - places[i][1])
        };
        let mut others: Vec<u32> = (0..places.len() as u32).filter(|&j| j as usize != i).collect();
        others.select_nth_unstable_by(14, |&a, &b| distance(a).total_cmp(&distance(b)));
        let row = graph.neighbors(i as u32);
        others[..15]
            .iter()
            .filter(|&j| row.binary_search(j).is_ok())
            .count() as f64
            / 15.0
    };
    let some: Vec<f64> = (0..places.len()).step_by(10).map(kept).collect();
    some.iter().sum::<f64>() / some.len() as f64
}

#[test]
fn customers_without_structure_are_not_drawn_as_islands() {
    let (_, _, apart) = drawn(&bell(4000, 8));
    // Gephi 0.10.1, 100 passes of ForceAtlas2 from random places, on a table of the same kind: `docs/gephi.md`.
    let in_gephi = -0.17;
    assert!((apart - in_gephi).abs() < 0.1, "{apart}");
}

#[test]
fn segments_that_are_there_are_seen_without_being_told_who_is_in_which() {
    let mut points = bell(4000, 8);
    for (i, mut row) in points.outer_iter_mut().enumerate() {
        // Six groups, which the first two directions do not tell apart.
        row[2 + i % 6] += 7.0;
    }
    let (places, graph, apart) = drawn(&points);
    assert!(apart > 0.5, "{apart}");
    let kept = neighbors_kept(&places, &graph);
    assert!(kept > 0.1, "{kept}");
}

#[test]
fn identical_customers_on_one_spot_are_driven_apart() {
    let edges: Vec<(u32, u32, f64)> = (1..400).map(|v| (v / 8, v, 1.0)).collect();
    let graph = SimilarityGraph::from_edges(400, &edges);
    for arrangement in [Arrangement::ForceAtlas2, Arrangement::PrincipalComponents] {
        let settings = Layout {
            arrangement,
            ..Layout::default()
        };
        check_frame(&layout(&graph, Some(&[[1.5, 1.5]; 400]), &settings));
    }
}

#[test]
fn a_line_of_customers_does_not_stay_a_line() {
    let edges: Vec<(u32, u32, f64)> = (1..60).map(|v| (v - 1, v, 1.0)).collect();
    let graph = SimilarityGraph::from_edges(60, &edges);
    let start: Vec<[f64; 2]> = (0..60).map(|i| [f64::from(i % 10), 0.0]).collect();
    let places = layout(&graph, Some(&start), &Layout::default());
    check_frame(&places);
    assert!(places.iter().any(|p| p[1].abs() > 50.0));
}

#[test]
fn nodes_without_edges_stand_around_the_others() {
    let (graph, _, first) = clouds(3, 40);
    let mut start = first.clone();
    start.extend([[0.0, 0.0]; 20]);
    let edges: Vec<(u32, u32, f64)> = graph.edges().chain([(125, 125, 1.0)]).collect();
    let wider = SimilarityGraph::from_edges(140, &edges);
    let places = layout(&wider, Some(&start), &Layout::default());
    check_frame(&places);
    let distance = |p: &[f64; 2]| p[0].hypot(p[1]);
    let border = places[120..].iter().map(distance).fold(f64::INFINITY, f64::min);
    let inside = places[..120].iter().filter(|p| distance(p) < border).count();
    assert!(inside > 110, "{inside} of 120");
}

#[test]
fn no_customers_and_one_customer_have_places() {
    assert!(layout(&SimilarityGraph::from_edges(0, &[]), None, &Layout::default()).is_empty());
    let one = layout(
        &SimilarityGraph::from_edges(1, &[]),
        Some(&[[7.0, 8.0]]),
        &Layout::default(),
    );
    assert_eq!(one, [[0.0, 0.0]]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_graph_from_any_places_is_laid_out(
        places in prop::collection::vec(prop::array::uniform2(prop_oneof![Just(0.0), -1e9..1e9, -1.0..1.0]), 2..60),
        pairs in prop::collection::vec((0u32..60, 0u32..60, 1e-3..1e3), 0..120),
        forces in any::<bool>(),
    ) {
        let n = places.len() as u32;
        let edges: Vec<(u32, u32, f64)> = pairs.into_iter().map(|(a, b, w)| (a % n, b % n, w)).collect();
        let graph = SimilarityGraph::from_edges(places.len(), &edges);
        let arrangement = if forces { Arrangement::ForceAtlas2 } else { Arrangement::PrincipalComponents };
        let settings = Layout { arrangement, passes: Some(30), ..Layout::default() };
        check_frame(&layout(&graph, Some(&places), &settings));
        check_frame(&layout(&graph, None, &Layout { passes: Some(30), ..Layout::default() }));
    }
}
