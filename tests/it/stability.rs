//! Evidence for scales: none in clouds, some in segments.

use kinfolk::segmentation::{Segmentation, Settings, prepare, segment};
use kinfolk::table::generate::{Generate, Shape, generate};

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
    segment(prepared, &settings, &mut |_| {}).expect("valid settings")
}

#[test]
fn clouds_support_no_segments() {
    for shape in [Shape::Cloud, Shape::Cube] {
        for seed in 0..3 {
            let found = found(shape, seed);
            assert_eq!(found.supported(), Some(false), "{shape:?}, seed {seed}");
            assert_eq!(found.partition.n_groups(), 1, "{shape:?}, seed {seed}");
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
