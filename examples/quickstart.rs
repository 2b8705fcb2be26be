//! A customer table in, segments out.
//!
//! ```sh
//! cargo run --release --example quickstart
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use kinfolk::profile::{marks, phrase};
use kinfolk::read::read_table;
use kinfolk::segmentation::{Settings, prepare, segment, unobserved};
use kinfolk::table::TableSettings;

/// Runs the example.
pub fn main() -> kinfolk::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/shop_customers.csv");
    let reading = TableSettings {
        ignore: vec!["bridge_between".to_owned()],
        truth: Some("true_segment".to_owned()),
        ..TableSettings::default()
    };
    let table = read_table(path.as_ref(), &reading)?;

    let settings = Settings::default();
    let found = segment(prepare(&table, &settings.features)?, &settings, &mut unobserved)?;

    for (s, (name, size)) in found
        .profiles
        .names
        .iter()
        .zip(found.partition.sizes())
        .enumerate()
    {
        println!("{}. {name}: {size} customers", s + 1);
        for said in marks(&found.profiles, s as u32)
            .into_iter()
            .filter_map(phrase)
            .take(2)
        {
            println!("   {said}");
        }
    }
    Ok(())
}
