//! Neighbors and the similarity graph: `cargo bench --bench neighbors`.
//!
//! Beside our searches stands kiddo's tree, asked in the order of the rows as its documentation shows.

use divan::Bencher;
use kiddo::{ImmutableKdTree, SquaredEuclidean};
use kinfolk::features::Distance;
use kinfolk::graph::{Similarity, similarity_graph};
use kinfolk::neighbors::{Neighbors, Search, distinct, neighbors};
use kinfolk::random::StandardNormal;
use kinfolk::random::stream;
use ndarray::Array2;
use rand::RngExt;
use rayon::prelude::*;
use std::num::NonZero;

const NEIGHBORS: usize = 15;

/// Forty clusters of unlike widths in random order, as standardized customers have them.
fn customers(n: usize, d: usize) -> Array2<f32> {
    let mut random = stream(7, 0);
    let centers = Array2::from_shape_simple_fn((40, d), || 1.5 * random.sample::<f32, _>(StandardNormal));
    let mut points = Array2::zeros((n, d));
    for mut row in points.outer_iter_mut() {
        let cluster = random.random_range(0..40);
        let width = 0.2 + 0.02 * cluster as f32;
        for (x, center) in row.iter_mut().zip(centers.row(cluster)) {
            *x = center + width * random.sample::<f32, _>(StandardNormal);
        }
    }
    points
}

fn search(bencher: Bencher<'_, '_>, n: usize, d: usize, how: Search) {
    let points = customers(n, d);
    let settings = Neighbors {
        n_neighbors: NEIGHBORS,
        search: Some(how),
    };
    bencher.bench_local(|| neighbors(points.view(), Distance::Euclidean, &settings));
}

#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 3, sample_size = 1)]
fn tree_in_8_dimensions(bencher: Bencher<'_, '_>, n: usize) {
    search(bencher, n, 8, Search::KdTree);
}

#[divan::bench(args = [10_000, 100_000], sample_count = 3, sample_size = 1)]
fn kiddo_in_8_dimensions(bencher: Bencher<'_, '_>, n: usize) {
    let points: Vec<[f32; 8]> = customers(n, 8)
        .outer_iter()
        .map(|row| std::array::from_fn(|c| row[c]))
        .collect();
    let count = NonZero::new(NEIGHBORS + 1).unwrap_or(NonZero::<usize>::MIN);
    bencher.bench_local(|| {
        let tree = ImmutableKdTree::<f32, 8>::new_from_slice(&points).expect("finite points");
        let found: Vec<usize> = points
            .par_iter()
            .map(|point| {
                tree.query(point)
                    .nearest_n::<SquaredEuclidean<f32>>(count)
                    .execute()
                    .len()
            })
            .collect();
        found.len()
    });
}

#[divan::bench(args = [16, 64, 256], sample_count = 3, sample_size = 1)]
fn tree_of_10_000(bencher: Bencher<'_, '_>, d: usize) {
    search(bencher, 10_000, d, Search::KdTree);
}

#[divan::bench(args = [16, 64, 256], sample_count = 3, sample_size = 1)]
fn every_pair_of_10_000(bencher: Bencher<'_, '_>, d: usize) {
    search(bencher, 10_000, d, Search::BruteForce);
}

#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 3, sample_size = 1)]
fn jaccard_graph(bencher: Bencher<'_, '_>, n: usize) {
    let points = customers(n, 8);
    let settings = Neighbors::default();
    let found = neighbors(points.view(), Distance::Euclidean, &settings).expect("finite points");
    let distinct = distinct(points.view());
    bencher.bench_local(|| similarity_graph(&found, &distinct, Similarity::Jaccard));
}

fn main() {
    divan::main();
}
