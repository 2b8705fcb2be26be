//! Layouts as a whole: places that every reader can use, the same on every machine.

use kinfolk::layout::{Arrangement, Layout, apart_by_group, first_two, half_extent, layout};
use kinfolk::random::stream;
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
    let (graph, partition, first) = clouds(6, 150);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(|| {
            layout(
                &graph,
                &apart_by_group(&graph, &partition, &first),
                &Layout::default(),
            )
        })
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn the_picture_fills_its_frame_around_0_0() {
    let (graph, partition, first) = clouds(5, 500);
    for arrangement in [Arrangement::ForceAtlas2, Arrangement::PrincipalComponents] {
        let settings = Layout {
            arrangement: Some(arrangement),
            ..Layout::default()
        };
        let places = layout(&graph, &apart_by_group(&graph, &partition, &first), &settings);
        check_frame(&places);
        assert!((extent(&places) - half_extent(2500)).abs() < 5.0);
    }
}

#[test]
fn groups_become_clouds_apart_from_each_other() {
    let (graph, partition, first) = clouds(6, 200);
    let places = layout(
        &graph,
        &apart_by_group(&graph, &partition, &first),
        &Layout::default(),
    );
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

#[test]
fn identical_customers_on_one_spot_are_driven_apart() {
    let edges: Vec<(u32, u32, f64)> = (1..400).map(|v| (v / 8, v, 1.0)).collect();
    let graph = SimilarityGraph::from_edges(400, &edges);
    for arrangement in [Arrangement::ForceAtlas2, Arrangement::PrincipalComponents] {
        let settings = Layout {
            arrangement: Some(arrangement),
            ..Layout::default()
        };
        check_frame(&layout(&graph, &[[1.5, 1.5]; 400], &settings));
    }
}

#[test]
fn a_line_of_customers_does_not_stay_a_line() {
    let edges: Vec<(u32, u32, f64)> = (1..60).map(|v| (v - 1, v, 1.0)).collect();
    let graph = SimilarityGraph::from_edges(60, &edges);
    let start: Vec<[f64; 2]> = (0..60).map(|i| [f64::from(i % 10), 0.0]).collect();
    let places = layout(&graph, &start, &Layout::default());
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
    let places = layout(&wider, &start, &Layout::default());
    check_frame(&places);
    let distance = |p: &[f64; 2]| p[0].hypot(p[1]);
    let border = places[120..].iter().map(distance).fold(f64::INFINITY, f64::min);
    let inside = places[..120].iter().filter(|p| distance(p) < border).count();
    assert!(inside > 110, "{inside} of 120");
}

#[test]
fn no_customers_and_one_customer_have_places() {
    assert!(layout(&SimilarityGraph::from_edges(0, &[]), &[], &Layout::default()).is_empty());
    let one = layout(
        &SimilarityGraph::from_edges(1, &[]),
        &[[7.0, 8.0]],
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
        let settings = Layout { arrangement: Some(arrangement), passes: Some(30), ..Layout::default() };
        let labels: Vec<u32> = (0..n).map(|v| v % 3).collect();
        let start = apart_by_group(&graph, &Partition::from_labels(&labels), &places);
        check_frame(&layout(&graph, &places, &settings));
        check_frame(&layout(&graph, &start, &settings));
    }
}
