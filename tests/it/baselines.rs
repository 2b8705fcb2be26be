//! k-means and its relatives, the quality measures and the agreement of partitions, against scikit-learn.
//!
//! `oracles/baselines.py` made the numbers and says how the points are prepared.

use crate::support::real_text;
use kinfolk::Partition;
use kinfolk::clustering::{
    Dbscan, Hdbscan, KMeans, MiniBatchKMeans, Ward, dbscan, hdbscan, k_means, mini_batch_k_means, ward,
};
use kinfolk::compare::{Method, score_methods};
use kinfolk::features::Distance;
use kinfolk::partition::{
    adjusted_mutual_information, adjusted_rand, normalized_mutual_information, variation_of_information,
};
use kinfolk::quality::{calinski_harabasz, davies_bouldin, silhouette};
use ndarray::{Array2, Axis, array};
use proptest::prelude::*;
use serde_json::Value;

fn oracle() -> Value {
    serde_json::from_str(include_str!("../oracles/baselines.json")).expect("JSON")
}

fn entries<'a>(oracle: &'a Value, part: &str) -> &'a [Value] {
    oracle[part].as_array().expect("a list")
}

fn number(entry: &Value, key: &str) -> f64 {
    entry[key].as_f64().expect("a number")
}

/// Header and rows; the files used here have no quoted fields.
fn table(file: &str) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let text = real_text(file)?;
    let mut lines = text
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    Some((header, lines.collect()))
}

fn penguins() -> Option<Vec<Vec<String>>> {
    let (_, mut rows) = table("labelled/penguins.csv")?;
    rows.retain(|row| row[2..6].iter().all(|cell| !cell.is_empty() && cell != "NA"));
    assert_eq!(rows.len(), 342);
    Some(rows)
}

fn numbers(rows: &[Vec<String>], columns: std::ops::Range<usize>) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), columns.len()), |(i, c)| {
        rows[i][columns.start + c].parse().expect("a number")
    })
}

fn z_scores(mut values: Array2<f64>) -> Array2<f32> {
    for mut column in values.axis_iter_mut(Axis(1)) {
        let n = column.len() as f64;
        let mean = column.sum() / n;
        let deviation = (column.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
        column.mapv_inplace(|x| (x - mean) / deviation);
    }
    values.mapv(|x| x as f32)
}

/// The points that the oracle calls `name`.
pub(crate) fn points(name: &str) -> Option<Array2<f32>> {
    Some(match name {
        "wholesale" => {
            let (_, rows) = table("customers/wholesale_customers.csv")?;
            z_scores(numbers(&rows, 2..8).mapv(f64::ln_1p))
        }
        "penguins" => z_scores(numbers(&penguins()?, 2..6)),
        "penguins_eighths" => {
            (numbers(&penguins()?, 2..6) / array![8.0, 4.0, 16.0, 1024.0]).mapv(|x| x as f32)
        }
        "digits" => (numbers(&table("labelled/digits.csv.gz")?.1, 0..64) / 16.0).mapv(|x| x as f32),
        "letter" => z_scores(numbers(&table("labelled/letter.csv.gz")?.1, 1..17)),
        other => panic!("no points are called {other}"),
    })
}

fn by_column(rows: &[Vec<String>], column: usize) -> Partition {
    Partition::from_labels(&rows.iter().map(|row| row[column].as_str()).collect::<Vec<_>>())
}

fn modulo(n: usize, divisor: usize) -> Partition {
    Partition::from_labels(&(0..n).map(|i| i % divisor).collect::<Vec<_>>())
}

#[test]
fn inertia_is_at_most_half_a_percent_above_the_best_of_three_runs_of_scikit_learn() {
    let oracle = oracle();
    for entry in entries(&oracle, "inertia") {
        let name = entry["points"].as_str().expect("a name");
        let Some(points) = points(name) else { return };
        let n_clusters = number(entry, "n_clusters") as usize;
        let fit = k_means(
            points.view(),
            &KMeans {
                n_clusters,
                ..KMeans::default()
            },
        )
        .expect("enough customers");
        let reference = number(entry, "inertia");
        assert!(
            fit.inertia <= reference * 1.005,
            "{name} in {n_clusters}: {} against {reference}",
            fit.inertia
        );
        assert_eq!(fit.partition.n_groups(), n_clusters);
        assert!(fit.converged);
    }
}

#[test]
fn mini_batches_come_within_half_a_percent_of_the_worst_of_three_runs_of_scikit_learn() {
    let oracle = oracle();
    for entry in entries(&oracle, "inertia") {
        let name = entry["points"].as_str().expect("a name");
        let Some(points) = points(name) else { return };
        let n_clusters = number(entry, "n_clusters") as usize;
        let settings = MiniBatchKMeans {
            n_clusters,
            ..MiniBatchKMeans::default()
        };
        let fit = mini_batch_k_means(points.view(), &settings).expect("enough customers");
        let runs = entry["minibatch"].as_array().expect("runs").iter();
        let worst = runs
            .map(|run| run.as_f64().expect("a number"))
            .fold(0.0, f64::max);
        assert!(
            fit.inertia <= worst,
            "{name} in {n_clusters}: {} against {worst}",
            fit.inertia
        );
        assert_eq!(fit.partition.n_groups(), n_clusters);
    }
}

#[test]
fn ward_and_dbscan_divide_as_scikit_learn_does() {
    let oracle = oracle();
    for entry in entries(&oracle, "divisions") {
        let name = entry["points"].as_str().expect("a name");
        let Some(points) = points(name) else { return };
        let labels = entry["labels"].as_array().expect("labels").iter();
        let reference =
            Partition::from_labels(&labels.map(|x| x.as_i64().expect("a label")).collect::<Vec<_>>());
        let found = if entry["method"] == "ward" {
            let n_clusters = number(entry, "n_clusters") as usize;
            ward(points.view(), &Ward { n_clusters }).expect("enough customers")
        } else {
            let settings = Dbscan {
                epsilon: Some(number(entry, "eps")),
                min_neighbors: number(entry, "min_samples") as usize,
                ..Dbscan::default()
            };
            dbscan(points.view(), &settings)
                .expect("few enough customers")
                .partition
        };
        assert_eq!(
            adjusted_rand(&found, &reference),
            1.0,
            "{name}: {:?}",
            found.sizes()
        );
    }
}

#[test]
fn the_knee_finds_two_dense_clouds_and_the_noise_between_them() {
    let mut points = Array2::<f32>::zeros((204, 2));
    for (i, mut row) in points.rows_mut().into_iter().enumerate() {
        // Two square lattices of 10 × 10, and four customers far from everybody.
        let far = [[9.0, -40.0], [50.0, 50.0], [-30.0, 12.0], [15.0, 60.0]];
        let place = match i {
            0..100 => [(i % 10) as f32, (i / 10) as f32],
            100..200 => [20.0 + (i % 10) as f32, (i / 10 - 10) as f32],
            _ => far[i - 200],
        };
        row[0] = place[0];
        row[1] = place[1];
    }
    for distance in [Distance::Euclidean, Distance::Manhattan] {
        let fit = dbscan(
            points.view(),
            &Dbscan {
                distance,
                ..Dbscan::default()
            },
        )
        .expect("few customers");
        assert_eq!(fit.partition.sizes(), [100, 100, 4], "epsilon {}", fit.epsilon);
        assert_eq!(fit.noise, Some(2));
    }
}

#[test]
fn quality_measures_equal_those_of_scikit_learn() {
    let oracle = oracle();
    for entry in entries(&oracle, "quality") {
        let name = entry["points"].as_str().expect("a name");
        let Some(points) = points(name) else { return };
        let n = points.nrows();
        let rows = if name == "digits" {
            table("labelled/digits.csv.gz").map(|t| t.1)
        } else {
            penguins()
        };
        let Some(rows) = rows else { return };
        let label = entry["labels"].as_str().expect("a name");
        let partition = match label {
            "digit" => by_column(&rows, 64),
            "species" => by_column(&rows, 0),
            "island" => by_column(&rows, 1),
            "row mod 7" => modulo(n, 7),
            "five alone" => {
                let species = by_column(&rows, 0);
                let labels = species.labels().iter().enumerate();
                Partition::from_labels(
                    &labels
                        .map(|(i, &g)| if i < 5 { 10 + i as u32 } else { g })
                        .collect::<Vec<_>>(),
                )
            }
            other => panic!("no labels are called {other}"),
        };
        let mean = |distance| {
            silhouette(points.view(), distance, &partition)
                .expect("groups")
                .mean
        };
        let found = [
            ("silhouette", mean(Distance::Euclidean)),
            ("silhouette_manhattan", mean(Distance::Manhattan)),
            (
                "davies_bouldin",
                davies_bouldin(points.view(), &partition).expect("groups"),
            ),
            (
                "calinski_harabasz",
                calinski_harabasz(points.view(), &partition).expect("groups"),
            ),
        ];
        for (measure, value) in found {
            let reference = number(entry, measure);
            assert!(
                (value - reference).abs() <= 1e-9 * reference.abs().max(1.0),
                "{name} by {label}: {measure} {value} against {reference}"
            );
        }
    }
}

#[test]
fn agreement_equals_that_of_scikit_learn() {
    let oracle = oracle();
    for entry in entries(&oracle, "agreement") {
        let name = entry["name"].as_str().expect("a name");
        let pair = match name {
            "wholesale Channel, Region" => table("customers/wholesale_customers.csv")
                .map(|(_, rows)| (by_column(&rows, 0), by_column(&rows, 1))),
            "penguins species, island" => penguins().map(|rows| (by_column(&rows, 0), by_column(&rows, 1))),
            _ if name.starts_with("letter") => table("labelled/letter.csv.gz").map(|(_, rows)| {
                let two = |a: usize, b: usize| {
                    Partition::from_labels(
                        &rows
                            .iter()
                            .map(|r| (r[a].as_str(), r[b].as_str()))
                            .collect::<Vec<_>>(),
                    )
                };
                match name {
                    "letter lettr, x.box" => (by_column(&rows, 0), by_column(&rows, 1)),
                    "letter lettr, row mod 30" => (by_column(&rows, 0), modulo(rows.len(), 30)),
                    _ => (two(1, 2), two(3, 5)),
                }
            }),
            _ => {
                let labels = |key: &str| {
                    let labels = entry[key].as_array().expect("labels").iter();
                    Partition::from_labels(&labels.map(|x| x.as_i64().expect("a label")).collect::<Vec<_>>())
                };
                Some((labels("a"), labels("b")))
            }
        };
        let Some((a, b)) = pair else { continue };
        for (measure, value) in [
            ("ari", adjusted_rand(&a, &b)),
            ("ami", adjusted_mutual_information(&a, &b)),
            ("nmi", normalized_mutual_information(&a, &b)),
        ] {
            let reference = number(entry, measure);
            assert!(
                (value - reference).abs() < 1e-9,
                "{name}: {measure} {value} against {reference}"
            );
        }
    }
}

/// Runs `work` with one thread and with two.
fn with_one_and_two_threads<T: Send>(work: impl Fn() -> T + Sync) -> (T, T) {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(&work)
    };
    (run(1), run(2))
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let Some(points) = points("letter") else { return };
    let settings = KMeans {
        n_clusters: 12,
        n_init: 2,
        ..KMeans::default()
    };
    let (one, two) = with_one_and_two_threads(|| {
        let fit = k_means(points.view(), &settings).expect("enough customers");
        let scores = silhouette(
            points.slice_axis(Axis(0), ndarray::Slice::from(..4_000)),
            Distance::Manhattan,
            &modulo(4_000, 9),
        );
        let few = points.slice_axis(Axis(0), ndarray::Slice::from(..3_000));
        let batches = mini_batch_k_means(few, &MiniBatchKMeans::default()).expect("enough customers");
        let dense = dbscan(few, &Dbscan::default()).expect("few enough customers");
        let lasting = hdbscan(points.view(), &Hdbscan::default()).expect("few enough customers");
        (
            fit,
            scores,
            batches,
            ward(few, &Ward::default()).expect("enough customers"),
            dense,
            lasting,
        )
    });
    assert_eq!(one, two);
}

/// More customers than are compared start by start: five spots on a line, the last of which one customer has.
fn many() -> Array2<f32> {
    Array2::from_shape_fn((40_000, 1), |(i, _)| match i {
        20_001 => 4.5,
        _ => (i % 4) as f32 * 3.0,
    })
}

#[test]
fn a_sample_that_misses_a_spot_takes_no_cluster_away() {
    for seed in 0..5 {
        let settings = KMeans {
            n_clusters: 5,
            n_init: 2,
            seed,
            ..KMeans::default()
        };
        let fit = k_means(many().view(), &settings).expect("enough customers");
        assert_eq!(fit.partition.n_groups(), 5);
        assert_eq!(fit.inertia, 0.0);
        assert_eq!(fit.partition.labels()[20_001], 4);
    }
}

#[test]
fn a_sample_gives_the_same_bits_with_one_thread_and_two() {
    let points = Array2::from_shape_fn((40_000, 3), |(i, c)| ((i * (2 * c + 7)) % 1_009) as f32);
    let settings = KMeans {
        n_clusters: 7,
        n_init: 3,
        ..KMeans::default()
    };
    let (one, two) =
        with_one_and_two_threads(|| k_means(points.view(), &settings).expect("enough customers"));
    assert_eq!(one, two);
    let nearest = |i: usize| {
        let to = |c: usize| -> f64 {
            let t = points.row(i).mapv(f64::from) - one.centers.row(c);
            t.dot(&t)
        };
        (
            to(one.partition.labels()[i] as usize),
            (0..7).map(to).fold(f64::INFINITY, f64::min),
        )
    };
    assert!((0..40_000).map(nearest).all(|(own, least)| own - least < 1e-6));
}

#[test]
fn no_customer_is_nearer_to_another_center_and_inertia_is_what_it_says() {
    let Some(points) = points("wholesale") else { return };
    for tolerance in [0.0, 1e-4, 10.0] {
        let settings = KMeans {
            n_clusters: 7,
            tolerance,
            ..KMeans::default()
        };
        let fit = k_means(points.view(), &settings).expect("enough customers");
        let mut inertia = 0.0;
        for (point, &own) in points.rows().into_iter().zip(fit.partition.labels()) {
            let squared: Vec<f64> = (fit.centers.rows().into_iter())
                .map(|c| {
                    c.iter()
                        .zip(point)
                        .map(|(c, &x)| (c - f64::from(x)).powi(2))
                        .sum()
                })
                .collect();
            let least = squared.iter().copied().fold(f64::INFINITY, f64::min);
            assert!(squared[own as usize] <= least * (1.0 + 1e-12));
            inertia += squared[own as usize];
        }
        assert!((inertia - fit.inertia).abs() < 1e-9 * inertia);
    }
}

#[test]
fn without_tolerance_centers_are_the_means_of_their_clusters() {
    let Some(points) = points("penguins") else { return };
    let settings = KMeans {
        n_clusters: 5,
        tolerance: 0.0,
        ..KMeans::default()
    };
    let fit = k_means(points.view(), &settings).expect("enough customers");
    assert!(fit.converged);
    for (c, members) in fit.partition.members().iter().enumerate() {
        for coordinate in 0..points.ncols() {
            let sum: f64 = members
                .iter()
                .map(|&i| f64::from(points[[i as usize, coordinate]]))
                .sum();
            assert!((fit.centers[[c, coordinate]] - sum / members.len() as f64).abs() < 1e-12);
        }
    }
}

#[test]
fn one_cluster_is_the_mean_and_as_many_as_customers_leave_no_inertia() {
    let points = array![[1.0f32, 2.0], [3.0, 2.0], [5.0, 8.0]];
    let one = k_means(
        points.view(),
        &KMeans {
            n_clusters: 1,
            ..KMeans::default()
        },
    )
    .expect("a cluster");
    assert_eq!(one.centers, array![[3.0, 4.0]]);
    assert_eq!(one.inertia, 8.0 + 24.0);
    let all = k_means(
        points.view(),
        &KMeans {
            n_clusters: 3,
            ..KMeans::default()
        },
    )
    .expect("clusters");
    assert_eq!((all.inertia, all.partition.n_groups()), (0.0, 3));
}

#[test]
fn equal_customers_share_a_cluster_and_clusters_are_then_fewer() {
    let points = array![[1.0f32], [1.0], [1.0], [4.0], [4.0]];
    let fit = k_means(
        points.view(),
        &KMeans {
            n_clusters: 4,
            ..KMeans::default()
        },
    )
    .expect("clusters");
    assert_eq!(fit.partition.labels(), [0, 0, 0, 1, 1]);
    assert_eq!(fit.inertia, 0.0);
    let nothing = Array2::<f32>::zeros((3, 0));
    let fit = k_means(
        nothing.view(),
        &KMeans {
            n_clusters: 2,
            ..KMeans::default()
        },
    )
    .expect("a cluster");
    assert_eq!(fit.partition, Partition::one_group(3));
}

#[test]
fn a_number_of_clusters_that_cannot_be_is_refused() {
    let points = array![[1.0f32], [2.0]];
    let message = |n_clusters| {
        let refused = k_means(
            points.view(),
            &KMeans {
                n_clusters,
                ..KMeans::default()
            },
        );
        refused.expect_err("impossible").to_string()
    };
    assert_eq!(message(0), "0 clusters were asked for; ask for 1 or more");
    assert_eq!(
        message(3),
        "3 clusters were asked for, but there are only 2 customers; ask for fewer clusters"
    );
}

#[test]
fn points_without_a_place_are_refused() {
    for lost in [f32::NAN, f32::INFINITY] {
        let points = array![[1.0f32, 2.0], [3.0, 4.0], [lost, 5.0]];
        let settings = KMeans {
            n_clusters: 2,
            ..KMeans::default()
        };
        let told = k_means(points.view(), &settings)
            .expect_err("refused")
            .to_string();
        assert!(
            told.starts_with("row 2 of the points has a coordinate that is not finite"),
            "{told}"
        );
        assert!(dbscan(points.view(), &Dbscan::default()).is_err());
    }
}

#[test]
fn points_in_column_order_give_the_same_clusters() {
    let Some(points) = points("penguins") else { return };
    let turned = points.t().as_standard_layout().to_owned();
    let settings = KMeans {
        n_clusters: 3,
        ..KMeans::default()
    };
    let straight = k_means(points.view(), &settings).expect("clusters");
    assert_eq!(straight, k_means(turned.t(), &settings).expect("clusters"));
}

#[test]
fn measures_that_are_not_defined_are_none_and_nan_in_the_scores() {
    let points = array![[0.0f32], [1.0], [5.0]];
    for partition in [Partition::one_group(3), Partition::singletons(3)] {
        assert_eq!(silhouette(points.view(), Distance::Euclidean, &partition), None);
        assert_eq!(davies_bouldin(points.view(), &partition), None);
        assert_eq!(calinski_harabasz(points.view(), &partition), None);
        let method = Method {
            name: "louvain",
            partition: &partition,
            modularity: 0.25,
        };
        let scores = score_methods(points.view(), Distance::Euclidean, &[method], Some(&partition), 1);
        assert!(scores[0].silhouette.is_nan() && scores[0].davies_bouldin.is_nan());
        assert!(scores[0].calinski_harabasz.is_nan());
        assert_eq!(
            (scores[0].modularity, scores[0].ari_with_truth),
            (0.25, Some(1.0))
        );
    }
    assert!(score_methods(points.view(), Distance::Euclidean, &[], None, 1).is_empty());
}

/// Points on a small grid, with many duplicates and ties.
fn grid_points() -> impl Strategy<Value = Array2<f32>> {
    (1usize..40, 0usize..4).prop_flat_map(|(n, d)| {
        prop::collection::vec(0u8..4, n * d)
            .prop_map(move |cells| Array2::from_shape_fn((n, d), |(i, c)| f32::from(cells[i * d + c])))
    })
}

fn two_partitions() -> impl Strategy<Value = (Partition, Partition)> {
    (1usize..60).prop_flat_map(|n| {
        let labels = || prop::collection::vec(0u8..6, n).prop_map(|labels| Partition::from_labels(&labels));
        (labels(), labels())
    })
}

proptest! {
    #[test]
    fn there_are_as_many_clusters_as_asked_for_or_as_distinct_customers(points in grid_points(), wish in 1usize..12) {
        let n_clusters = wish.min(points.nrows());
        let settings = KMeans { n_clusters, n_init: 2, ..KMeans::default() };
        let fit = k_means(points.view(), &settings).expect("enough customers");
        let mut distinct: Vec<Vec<u32>> =
            points.rows().into_iter().map(|row| row.iter().map(|x| x.to_bits()).collect()).collect();
        distinct.sort();
        distinct.dedup();
        prop_assert_eq!(fit.partition.n_groups(), n_clusters.min(distinct.len()));
        prop_assert_eq!(fit.centers.dim(), (fit.partition.n_groups(), points.ncols()));
        prop_assert!(fit.inertia >= 0.0 && fit.centers.iter().all(|x| x.is_finite()));
    }

    #[test]
    fn agreement_is_symmetric_and_one_with_itself((a, b) in two_partitions()) {
        for measure in [adjusted_rand, adjusted_mutual_information, normalized_mutual_information] {
            prop_assert_eq!(measure(&a, &a), 1.0);
            let (there, back) = (measure(&a, &b), measure(&b, &a));
            prop_assert!((there - back).abs() < 1e-12);
            prop_assert!(there <= 1.0 + 1e-12 && there.is_finite());
        }
        let distance = variation_of_information(&a, &b);
        prop_assert!(distance >= 0.0 && distance <= (a.len() as f64).ln() + 1e-12);
        prop_assert_eq!(distance == 0.0, a == b);
    }

    #[test]
    fn silhouettes_lie_between_minus_one_and_one(points in grid_points(), groups in 2usize..6) {
        let partition = modulo(points.nrows(), groups);
        if let Some(found) = silhouette(points.view(), Distance::Euclidean, &partition) {
            prop_assert!((-1.0..=1.0).contains(&found.mean), "{found:?}");
        }
    }
}
