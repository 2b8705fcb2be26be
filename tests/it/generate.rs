//! Example customers: what the settings promise is true of the rows.

use kinfolk::generate::{Generate, Generated, Purchases, Shape, generate};
use kinfolk::table::{ColumnType, Role, Values};
use kinfolk::transactions::{TransactionSettings, read_transactions};
use proptest::prelude::*;

fn numbers<'a>(shop: &'a Generated, name: &str) -> &'a [f64] {
    let column = shop.columns.iter().find(|c| c.name == name).expect("the column");
    match &column.values {
        Values::Number(values) => values,
        other => panic!("{name} holds {other:?}"),
    }
}

fn csv(shop: &Generated) -> Vec<u8> {
    let mut bytes = Vec::new();
    shop.write_csv(&mut bytes).expect("memory can be written to");
    bytes
}

/// The settings that `datasets/README.md` names.
fn shop_customers() -> Generate {
    Generate {
        customers: 1_500,
        seed: 42,
        ..Generate::default()
    }
}

#[test]
fn the_settings_in_the_readme_give_the_bytes_of_shop_customers_csv() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/shop_customers.csv");
    let kept = std::fs::read(file).expect("part of the repository");
    let drawn = csv(&generate(&shop_customers()).expect("in range"));
    // Not assert_eq: two files of a thousand lines would be printed.
    assert!(kept == drawn, "the generator gives other bytes than {file}");
}

#[test]
fn one_thread_and_many_write_the_same_bytes() {
    let settings = Generate {
        customers: 20_000,
        noise_columns: 2,
        ..Generate::default()
    };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        pool.install(|| csv(&generate(&settings).expect("in range")))
    };
    assert!(with(1) == with(5));
}

#[test]
fn another_seed_gives_other_customers() {
    let with = |seed| {
        generate(&Generate {
            seed,
            ..Generate::default()
        })
        .expect("in range")
        .truth
    };
    assert_ne!(with(1), with(2));
}

#[test]
fn a_row_of_the_file_has_the_decimals_a_person_expects() {
    let shop = generate(&Generate {
        missing: 0.0,
        ..shop_customers()
    });
    let text = String::from_utf8(csv(&shop.expect("in range"))).expect("UTF-8");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(
        reader
            .headers()
            .expect("a header")
            .iter()
            .collect::<Vec<_>>()
            .join(","),
        "customer_id,recency_days,frequency,monetary,average_basket,discount_share,online_share,tenure_months,\
         channel,region,newsletter,true_segment,bridge_between"
    );
    for row in reader.records() {
        let row = row.expect("as many cells as the header");
        for cell in [1, 2, 7] {
            assert!(row[cell].bytes().all(|b| b.is_ascii_digit()), "{:?}", &row[cell]);
        }
        for cell in [3, 4, 5, 6] {
            let (_, decimals) = row[cell].split_once('.').expect("a decimal point");
            assert_eq!(decimals.len(), 2);
        }
    }
}

#[test]
fn columns_of_a_customer_agree_with_each_other() {
    let shop = generate(&Generate {
        customers: 5_000,
        segments: 12,
        missing: 0.0,
        ..Generate::default()
    })
    .expect("in range");
    let column = |name| numbers(&shop, name);
    for i in 0..5_000 {
        assert!(column("recency_days")[i] <= 30.0 * column("tenure_months")[i]);
        let paid = column("frequency")[i] * column("average_basket")[i];
        // The basket is rounded to a cent.
        assert!((paid - column("monetary")[i]).abs() <= 0.0051 * column("frequency")[i]);
        for share in ["discount_share", "online_share"] {
            assert!((0.0..=1.0).contains(&column(share)[i]));
        }
    }
}

#[test]
fn segments_have_unequal_sizes_and_the_order_of_rows_says_nothing_of_them() {
    let shop = generate(&Generate::default()).expect("in range");
    let mut sizes = [0usize; 5];
    for &s in &shop.truth {
        sizes[s as usize] += 1;
    }
    assert!(
        sizes.is_sorted_by(|a, b| a > b) && sizes[0] > 2 * sizes[4],
        "{sizes:?}"
    );
    // Neighbors in the file are of one segment as often as two customers drawn at random.
    let n = shop.truth.len() as f64;
    let expected: f64 = sizes.iter().map(|&s| (s as f64 / n).powi(2)).sum();
    let seen = shop.truth.windows(2).filter(|w| w[0] == w[1]).count() as f64 / (n - 1.0);
    assert!((seen - expected).abs() < 0.05, "{seen} against {expected}");
}

#[test]
fn about_the_asked_share_of_cells_is_missing_and_counted() {
    let shop = generate(&Generate {
        customers: 10_000,
        missing: 0.1,
        ..Generate::default()
    })
    .expect("in range");
    for column in &shop.columns {
        assert!(
            (900..1_100).contains(&column.missing),
            "{}: {}",
            column.name,
            column.missing
        );
    }
    let gone = numbers(&shop, "monetary").iter().filter(|x| x.is_nan()).count();
    assert_eq!(
        gone,
        shop.to_table().column("monetary").expect("the column").missing
    );
}

#[test]
fn one_segment_is_one_cloud_without_bridges() {
    let shop = generate(&Generate {
        segments: 1,
        ..Generate::default()
    })
    .expect("in range");
    assert!(shop.bridges.is_empty());
    assert!(shop.truth.iter().all(|&s| s == 0));
}

#[test]
fn the_table_knows_what_is_truth_and_what_measures() {
    let table = generate(&Generate::default()).expect("in range").to_table();
    assert_eq!(table.truth().expect("a truth").name, "true_segment");
    assert_eq!(table.column("bridge_between").expect("kept").role, Role::Ignored);
    assert_eq!(
        table.columns.iter().filter(|c| c.role == Role::Feature).count(),
        10
    );
    assert_eq!(
        table.column("channel").expect("kept").column_type(),
        ColumnType::Category
    );
}

/// z-scores of the number columns, money and counts as logarithms, gaps at the median.
fn standardized(shop: &Generated) -> Vec<Vec<f64>> {
    let mut columns = Vec::new();
    for column in &shop.columns {
        let Values::Number(values) = &column.values else {
            continue;
        };
        let mut sorted: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let median = (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0;
        let scaled: Vec<f64> = values
            .iter()
            .map(|&x| if x.is_finite() { x } else { median })
            .map(|x| {
                if column.name.ends_with("share") {
                    x
                } else {
                    x.ln_1p()
                }
            })
            .collect();
        let mean = scaled.iter().sum::<f64>() / scaled.len() as f64;
        let variance = scaled.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / scaled.len() as f64;
        columns.push(
            scaled
                .iter()
                .map(|x| (x - mean) / variance.sqrt())
                .collect::<Vec<f64>>(),
        );
    }
    (0..shop.truth.len())
        .map(|i| columns.iter().map(|c| c[i]).collect())
        .collect()
}

/// The segments of the 15 nearest other customers.
fn segments_nearby(rows: &[Vec<f64>], truth: &[u32], i: usize) -> Vec<u32> {
    let mut others: Vec<(f64, usize)> = (0..rows.len())
        .filter(|&j| j != i)
        .map(|j| {
            let squared = rows[i].iter().zip(&rows[j]).map(|(a, b)| (a - b).powi(2)).sum();
            (squared, j)
        })
        .collect();
    others.sort_by(|a, b| a.0.total_cmp(&b.0));
    others.iter().take(15).map(|&(_, j)| truth[j]).collect()
}

#[test]
fn neighbors_of_a_planted_bridge_are_of_its_two_segments_and_more_mixed_than_others() {
    for seed in [1, 2, 3] {
        let shop = generate(&Generate {
            seed,
            missing: 0.0,
            ..Generate::default()
        })
        .expect("in range");
        let rows = standardized(&shop);
        let (mut inside, mut minority) = (0, 0);
        for bridge in &shop.bridges {
            let nearby = segments_nearby(&rows, &shop.truth, bridge.row as usize);
            let of = |s| nearby.iter().filter(|&&t| t == s).count();
            inside += of(bridge.from) + of(bridge.to);
            minority += of(bridge.from).min(of(bridge.to));
            let own = shop.truth[bridge.row as usize];
            assert!(own == bridge.from || own == bridge.to);
        }
        let all = 15 * shop.bridges.len();
        assert!(inside * 100 >= 93 * all, "seed {seed}: {inside} of {all}");

        let ordinary: Vec<usize> = (0..rows.len()).step_by(10).collect();
        let strange: usize = ordinary
            .iter()
            .map(|&i| {
                let nearby = segments_nearby(&rows, &shop.truth, i);
                nearby.iter().filter(|&&s| s != shop.truth[i]).count()
            })
            .sum();
        // Segments hold together: fewer than one neighbor in ten is of another one …
        assert!(strange * 10 < 15 * ordinary.len(), "seed {seed}: {strange}");
        // … while the second segment of a bridge has at least twice that share of its neighbors.
        let (bridge_share, share) = (
            minority as f64 / all as f64,
            strange as f64 / (15 * ordinary.len()) as f64,
        );
        assert!(
            bridge_share > 2.0 * share,
            "seed {seed}: {bridge_share} against {share}"
        );
    }
}

#[test]
fn bridges_of_the_example_table_have_the_neighbors_that_scikit_learn_finds() {
    let oracle: serde_json::Value =
        serde_json::from_str(include_str!("../oracles/generate.json")).expect("valid JSON");
    let expected = |key: &str| oracle["bridges"][key].as_f64().expect("a number");
    let shop = generate(&shop_customers()).expect("in range");
    let rows = standardized(&shop);
    let (mut inside, mut second) = (0, 0);
    for bridge in &shop.bridges {
        let nearby = segments_nearby(&rows, &shop.truth, bridge.row as usize);
        let of = |s| nearby.iter().filter(|&&t| t == s).count();
        inside += of(bridge.from) + of(bridge.to);
        second += of(bridge.from).min(of(bridge.to));
    }
    let all = 15.0 * shop.bridges.len() as f64;
    assert_eq!(shop.bridges.len() as f64, expected("planted"));
    for (count, key) in [
        (inside, "share_of_neighbors_in_the_pair"),
        (second, "share_of_neighbors_in_the_second_of_the_pair"),
    ] {
        assert!(
            (f64::from(count as u32) / all - expected(key)).abs() < 1e-4,
            "{key}: {count} of {all}"
        );
    }
    // What the table is for: the graph finds the segments again, k-means with their true number a little less.
    let graph = oracle["leiden_knn15_jaccard"]["0.5"]["ari"]
        .as_f64()
        .expect("a number");
    let kmeans = oracle["kmeans_with_the_true_number"]["ari"]
        .as_f64()
        .expect("a number");
    assert!(graph > 0.9 && graph < 1.0 && kmeans < graph);
}

#[test]
fn moons_and_rings_are_told_apart_by_their_geometry_where_separation_is_wide() {
    for shape in [Shape::Moons, Shape::Rings] {
        let points = generate(&Generate {
            shape,
            separation: 10.0,
            missing: 0.0,
            customers: 2_000,
            ..Generate::default()
        })
        .expect("in range");
        let (x, y) = (numbers(&points, "x"), numbers(&points, "y"));
        let wrong = (0..2_000)
            .filter(|&i| {
                let nearer = match shape {
                    Shape::Rings => u32::from(x[i].hypot(y[i]) < 0.75),
                    _ => {
                        let off = |dx: f64, dy: f64| (dx.hypot(dy) - 1.0).abs();
                        let (upper, lower) = (off(x[i], y[i]), off(x[i] - 1.0, y[i] - 0.5));
                        // A half circle ends: beyond it the distance to the end counts.
                        let upper = if y[i] < 0.0 {
                            (x[i].abs() - 1.0).hypot(y[i])
                        } else {
                            upper
                        };
                        let lower = if y[i] > 0.5 {
                            ((x[i] - 1.0).abs() - 1.0).hypot(y[i] - 0.5)
                        } else {
                            lower
                        };
                        u32::from(lower < upper)
                    }
                };
                nearer != points.truth[i]
            })
            .count();
        assert!(wrong < 20, "{shape:?}: {wrong} of 2000");
    }
}

#[test]
fn the_cube_fills_its_range_and_the_log_normal_has_a_tail() {
    let of = |shape| {
        generate(&Generate {
            shape,
            missing: 0.0,
            ..Generate::default()
        })
        .expect("in range")
    };
    let cube = of(Shape::Cube);
    let x = numbers(&cube, "x6");
    assert!(x.iter().all(|x| (0.0..=1.0).contains(x)));
    assert!((x.iter().sum::<f64>() / 2_000.0 - 0.5).abs() < 0.03);
    let tail = of(Shape::LogNormal);
    assert!(numbers(&tail, "x1").iter().all(|&x| x >= 0.0));
    assert!(numbers(&tail, "x1").iter().any(|&x| x > 8.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_segment_has_a_member_every_bridge_a_pair_and_every_number_is_finite(
        segments in 1usize..40,
        bridges in 0usize..30,
        more in 0usize..500,
        separation in 0.0f64..30.0,
        seed in any::<u64>(),
    ) {
        let settings = Generate {
            customers: segments + bridges + more,
            segments,
            bridges,
            separation,
            seed,
            missing: 0.0,
            ..Generate::default()
        };
        let shop = generate(&settings).expect("in range");
        prop_assert_eq!(shop.truth.len(), settings.customers);
        prop_assert_eq!(shop.bridges.len(), if segments > 1 { bridges } else { 0 });
        let mut planted = vec![false; settings.customers];
        for bridge in &shop.bridges {
            planted[bridge.row as usize] = true;
            prop_assert!(bridge.from < bridge.to && (bridge.to as usize) < segments);
        }
        for s in 0..segments as u32 {
            prop_assert!((0..settings.customers).any(|i| !planted[i] && shop.truth[i] == s));
        }
        let mut names = shop.segment_names.clone();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), segments);
        for column in &shop.columns {
            match &column.values {
                Values::Number(values) => prop_assert!(values.iter().all(|x| x.is_finite())),
                Values::Category { codes, levels } => {
                    prop_assert!(levels.is_sorted());
                    for level in 0..levels.len() as u32 {
                        prop_assert!(codes.contains(&level));
                    }
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}

fn purchase_lines(settings: &Generate, lines_per_order: f64) -> Vec<u8> {
    Purchases::new(settings, lines_per_order)
        .expect("in range")
        .pieces()
        .flatten()
        .collect()
}

#[test]
fn features_of_the_purchase_lines_are_those_of_the_table_of_the_same_customers() {
    let settings = Generate {
        customers: 3_000,
        missing: 0.0,
        seed: 8,
        ..Generate::default()
    };
    let shop = generate(&settings).expect("in range");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lines.csv");
    std::fs::write(&path, purchase_lines(&settings, 2.5)).expect("written");
    let asked = TransactionSettings {
        as_of: Some("2026-01-01".to_owned()),
        ..TransactionSettings::default()
    };
    let found = read_transactions(&path, &asked).expect("customers");
    assert_eq!(found.len(), 3_000);
    // Shorter identifiers stand first, equally long ones by their bytes: in the order of the table.
    let of = |name: &str| {
        found
            .features
            .iter()
            .position(|f| f.name == name)
            .expect("a feature")
    };
    let (recency, frequency, monetary, discounts, tenure) = (
        of("recency_days"),
        of("frequency"),
        of("monetary"),
        of("discount_share"),
        of("tenure_days"),
    );
    let (mut spent, mut expected, mut off) = (0.0, 0.0, 0.0);
    for i in 0..3_000 {
        assert_eq!(found.id(i), shop.ids[i]);
        let row = found.row(i, &mut Default::default());
        let drawn = |name| numbers(&shop, name)[i];
        assert_eq!(row[recency], drawn("recency_days").max(1.0), "{}", shop.ids[i]);
        assert_eq!(row[frequency], drawn("frequency"), "{}", shop.ids[i]);
        if drawn("frequency") > 1.0 {
            assert_eq!(row[tenure], 30.0 * drawn("tenure_months"), "{}", shop.ids[i]);
        }
        spent += row[monetary];
        expected += drawn("monetary");
        if drawn("frequency") >= 20.0 {
            off += (row[discounts] - drawn("discount_share")) / 3_000.0;
        }
    }
    // A few lines come back.
    assert!((0.9..1.02).contains(&(spent / expected)), "{spent} of {expected}");
    assert!(off.abs() < 0.01, "{off}");
}

#[test]
fn purchase_lines_are_the_same_for_one_thread_and_many_and_other_for_another_seed() {
    let with = |threads, seed| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        let settings = Generate {
            customers: 6_000,
            seed,
            ..Generate::default()
        };
        pool.install(|| purchase_lines(&settings, 1.5))
    };
    let one = with(1, 42);
    assert!(one == with(5, 42));
    assert!(one != with(5, 43));
}

#[test]
fn purchase_lines_stand_in_the_order_of_time_and_what_comes_back_was_bought_before() {
    let settings = Generate {
        customers: 500,
        ..Generate::default()
    };
    let text = purchase_lines(&settings, 3.0);
    let mut bought = std::collections::BTreeSet::new();
    let (mut last, mut lines, mut back) = (String::new(), 0, 0);
    let mut orders = std::collections::BTreeSet::new();
    for row in csv::Reader::from_reader(&text[..]).records() {
        let row = row.expect("good CSV");
        assert!(*last <= row[2], "{last} before {}", &row[2]);
        last = row[2].to_owned();
        lines += 1;
        let what = (row[0].to_owned(), row[3].to_owned(), row[6].to_owned());
        if row[5].starts_with('-') {
            back += 1;
            assert!(row[1].starts_with('C') && bought.contains(&what), "{row:?}");
        } else {
            orders.insert(row[1].to_owned());
            bought.insert(what);
        }
    }
    let per_order = f64::from(lines - back) / orders.len() as f64;
    assert!((2.9..3.1).contains(&per_order), "{per_order}");
    assert!(back > 0);
}

#[test]
fn lines_per_order_out_of_range_are_refused() {
    for wrong in [0.5, f64::NAN, 51.0] {
        let error = Purchases::new(&Generate::default(), wrong).expect_err("out of range");
        assert!(
            error.to_string().contains("`lines_per_order` takes 1 to 50"),
            "{error}"
        );
    }
}
