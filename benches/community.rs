//! Community detection on nearest-neighbor graphs of three sizes, and the scan of many resolutions.

#![allow(clippy::disallowed_methods, reason = "drawn points, not results")]

use divan::Bencher;
use kinfolk::SimilarityGraph;
use kinfolk::community::{Leiden, Louvain, leiden, louvain, louvain_scan, modularity};
use kinfolk::features::Distance;
use kinfolk::graph::{Similarity, similarity_graph};
use kinfolk::neighbors::{Distinct, Neighbors, neighbors};
use kinfolk::random::StandardNormal;
use kinfolk::random::stream;
use ndarray::Array2;
use rand::distr::Distribution;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

/// Customers in thirty overlapping groups with eight features.
fn graph(n: usize) -> SimilarityGraph {
    let mut random = stream(7, 0);
    let mut normal = || -> f32 { StandardNormal.sample(&mut random) };
    let centers: Vec<[f32; 8]> = (0..30).map(|_| [0; 8].map(|_| 2.0 * normal())).collect();
    let points = Array2::from_shape_fn((n, 8), |(i, c)| centers[i * 7919 % 30][c] + normal());
    let nearest =
        neighbors(points.view(), Distance::Euclidean, &Neighbors::default()).expect("finite points");
    similarity_graph(&nearest, &Distinct::all_different(n), Similarity::Jaccard)
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn louvain_to_the_end(bencher: Bencher, n: usize) {
    let graph = graph(n);
    bencher.bench(|| louvain(&graph, &Louvain::default(), None));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn louvain_one_round(bencher: Bencher, n: usize) {
    let graph = graph(n);
    let settings = Louvain {
        closing_rounds: false,
        ..Louvain::default()
    };
    bencher.bench(|| louvain(&graph, &settings, None));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn leiden_to_the_end(bencher: Bencher, n: usize) {
    let graph = graph(n);
    bencher.bench(|| leiden(&graph, &Leiden::default(), None));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn scan_of_25_resolutions(bencher: Bencher, n: usize) {
    let graph = graph(n);
    let resolutions: Vec<f64> = (0..25).map(|i| 2.0 / 1.5f64.powi(i)).collect();
    bencher.bench(|| louvain_scan(&graph, &resolutions, 42, None));
}

#[divan::bench(args = SIZES)]
fn modularity_of_a_division(bencher: Bencher, n: usize) {
    let graph = graph(n);
    let partition = louvain(&graph, &Louvain::default(), None).expect("valid settings");
    bencher.bench(|| modularity(&graph, &partition, 1.0));
}
