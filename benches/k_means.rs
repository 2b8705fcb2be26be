//! k-means and its measures: `cargo bench --bench k_means`.

use divan::Bencher;
use kinfolk::clustering::{KMeans, MiniBatchKMeans, k_means, mini_batch_k_means};
use kinfolk::features::Distance;
use kinfolk::quality::silhouette;
use kinfolk::random::StandardNormal;
use kinfolk::random::stream;
use ndarray::Array2;
use rand::RngExt;

/// Twelve clusters that touch.
fn customers(n: usize, d: usize) -> Array2<f32> {
    let mut random = stream(7, 0);
    let centers = Array2::from_shape_simple_fn((12, d), || 1.5 * random.sample::<f32, _>(StandardNormal));
    let mut points = Array2::zeros((n, d));
    for mut row in points.outer_iter_mut() {
        let cluster = random.random_range(0..12);
        for (x, center) in row.iter_mut().zip(centers.row(cluster)) {
            *x = center + random.sample::<f32, _>(StandardNormal);
        }
    }
    points
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 3, sample_size = 1)]
fn twelve_clusters_ten_starts(bencher: Bencher<'_, '_>, n: usize) {
    let points = customers(n, 8);
    let settings = KMeans {
        n_clusters: 12,
        ..KMeans::default()
    };
    bencher.bench_local(|| k_means(points.view(), &settings));
}

#[divan::bench(args = [12, 60, 200], sample_count = 3, sample_size = 1)]
fn clusters_of_20_000(bencher: Bencher<'_, '_>, n_clusters: usize) {
    let points = customers(20_000, 16);
    let settings = KMeans {
        n_clusters,
        ..KMeans::default()
    };
    bencher.bench_local(|| k_means(points.view(), &settings));
}

#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 3, sample_size = 1)]
fn mini_batches(bencher: Bencher<'_, '_>, n: usize) {
    let points = customers(n, 8);
    let settings = MiniBatchKMeans {
        n_clusters: 12,
        ..MiniBatchKMeans::default()
    };
    bencher.bench_local(|| mini_batch_k_means(points.view(), &settings));
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 3, sample_size = 1)]
fn mean_silhouette(bencher: Bencher<'_, '_>, n: usize) {
    let points = customers(n, 8);
    let settings = KMeans {
        n_clusters: 12,
        n_init: 1,
        ..KMeans::default()
    };
    let fit = k_means(points.view(), &settings).expect("twelve clusters");
    bencher.bench_local(|| silhouette(points.view(), Distance::Euclidean, &fit.partition));
}

fn main() {
    divan::main();
}
