//! Evidence for scales: none in clouds, some in segments.

use kinfolk::generate::{Generate, Shape, generate};
use kinfolk::partition::{Partition, adjusted_rand};
use kinfolk::random::StandardNormal;
use kinfolk::random::stream;
use kinfolk::read::{parse_edges, parse_table};
use kinfolk::segmentation::{
    Grouping, NetworkCommunities, NetworkSettings, Segmentation, Settings, communities, prepare, segment,
};
use kinfolk::table::{EdgeSettings, TableSettings};
use rand::RngExt;

fn found(shape: Shape, seed: u64) -> Segmentation {
    let customers = Generate {
        shape,
        customers: 300,
        segments: 4,
        separation: 8.0,
        missing: 0.0,
        seed,
        ..Generate::default()
    };
    let table = generate(&customers).expect("valid settings").to_table();
    let settings = Settings {
        baselines: Vec::new(),
        ..Settings::default()
    };
    let prepared = prepare(&table, &settings.features).expect("usable columns");
    segment(prepared, &settings, &mut |_| Ok(())).expect("valid settings")
}

#[test]
fn clouds_support_no_segments_and_are_divided_into_about_five_parts() {
    for shape in [Shape::Cloud, Shape::Cube] {
        for seed in 0..3 {
            let found = found(shape, seed);
            assert_eq!(found.supported(), Some(false), "{shape:?}, seed {seed}");
            // Five, or one less or more where those come back more surely.
            assert!(
                (4..=6).contains(&found.partition.n_groups()),
                "{shape:?}, seed {seed}"
            );
            assert_eq!(found.grouping(), Grouping::Parts, "{shape:?}, seed {seed}");
            assert_eq!((found.method, found.level), ("parts", None));
        }
    }
}

#[test]
fn well_separated_segments_are_supported_and_every_customer_has_a_probability() {
    for seed in 0..3 {
        let found = found(Shape::Segments, seed);
        assert_eq!(found.supported(), Some(true), "seed {seed}");
        let stability = found.stability.expect("more than one segment");
        assert_eq!(stability.segments.len(), found.partition.n_groups());
        assert!(stability.probability.iter().all(|p| (0.0..=1.0).contains(p)));
        let mean = stability.probability.iter().sum::<f64>() / 300.0;
        assert!(mean > 0.9, "seed {seed}: mean probability {mean}");
    }
}

#[test]
fn levels_say_how_far_they_are_nested() {
    let found = found(Shape::Segments, 1);
    let levels = found.scales.expect("examined").levels;
    assert_eq!(levels[0].nested, None);
    assert!(
        levels[1..]
            .iter()
            .all(|l| l.nested.is_some_and(|x| x > 0.5 && x <= 1.0))
    );
    // Everything lies within one segment.
    assert!(levels[0].partition.n_groups() > 1 || levels[1].nested == Some(1.0));
}

fn network(edges: &str, settings: &NetworkSettings) -> kinfolk::Result<NetworkCommunities> {
    let edges = parse_edges("network", edges.as_bytes().to_vec(), &EdgeSettings::default())?;
    communities(edges, settings, &mut |_| Ok(()))
}

fn auto() -> NetworkSettings {
    NetworkSettings {
        resolution: None,
        ..NetworkSettings::default()
    }
}

#[test]
fn planted_communities_of_a_network_are_supported_and_found() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/graphs/");
    let edges = std::fs::read_to_string(format!("{folder}lfr_1000_small_mu03.edges.csv")).expect("a dataset");
    let nodes = std::fs::read_to_string(format!("{folder}lfr_1000_small_mu03.nodes.csv")).expect("a dataset");
    let found = network(&edges, &auto()).expect("a network");
    assert_eq!(found.supported(), Some(true));
    let group_of: std::collections::HashMap<&str, &str> = nodes
        .lines()
        .skip(1)
        .filter_map(|line| {
            line.split_once(',')
                .map(|(id, rest)| (id, rest.rsplit(',').next().unwrap_or(rest)))
        })
        .collect();
    let truth: Vec<&str> = found.nodes.iter().map(|n| group_of[n]).collect();
    let agreement = adjusted_rand(&found.partition, &Partition::from_labels(&truth));
    assert!(agreement > 0.9, "adjusted Rand {agreement}");
    let stability = found.stability.expect("several communities");
    assert_eq!(stability.probability.len(), 1000);
    assert!(stability.segments.iter().sum::<f64>() / stability.segments.len() as f64 > 0.75);
}

#[test]
fn a_random_network_supports_no_communities() {
    let mut random = stream(7, 0);
    let mut edges = String::from("source,target\n");
    for _ in 0..1500 {
        let (a, b) = (random.random_range(0..300), random.random_range(0..300));
        if a != b {
            edges += &format!("n{a},n{b}\n");
        }
    }
    let found = network(&edges, &auto()).expect("a network");
    assert_eq!(found.supported(), Some(false));
    assert_eq!(found.partition.n_groups(), 1);
    assert!(found.warnings.iter().any(|w| w.code == "none-supported"));
}

#[test]
fn a_handful_of_nodes_is_too_few_to_tell() {
    let found = network("a,b\nb,c\na,c\nc,d\nd,e\ne,f\nd,f\n", &auto()).expect("a network");
    assert_eq!(found.supported(), None);
    assert!(found.warnings.iter().any(|w| w.code == "too-small-to-resample"));
    assert_eq!(found.partition.n_groups(), 2);
}

#[test]
fn trials_need_a_resolution() {
    let settings = NetworkSettings {
        trials: Some(5),
        ..auto()
    };
    let error = network("a,b\nb,c\n", &settings).expect_err("nothing to compare trials by");
    assert!(error.to_string().contains("`trials`"), "{error}");
}

#[test]
fn correlated_columns_are_no_segments_whichever_way_they_run() {
    // A falling line with some scatter: as thin as a cloud gets, and no gap in it.
    let mut random = stream(11, 0);
    let mut text = String::from("a,b\n");
    for _ in 0..500 {
        let (z, e): (f64, f64) = (random.sample(StandardNormal), random.sample(StandardNormal));
        text += &format!("{:.5},{:.5}\n", z.exp(), (-0.6 * z + 0.02 * e).exp());
    }
    let table = parse_table("falling", text.into_bytes(), &TableSettings::default()).expect("a table");
    let settings = Settings {
        baselines: Vec::new(),
        ..Settings::default()
    };
    let prepared = prepare(&table, &settings.features).expect("usable columns");
    let found = segment(prepared, &settings, &mut |_| Ok(())).expect("valid settings");
    assert_eq!(found.supported(), Some(false));
}
