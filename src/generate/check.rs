//! The ranges of the settings.

use super::{Generate, Shape};
use crate::error::{Error, Result};
use crate::message::{Message, Setting, message};

const MOST_CUSTOMERS: usize = 100_000_000;
const MOST_SEGMENTS: usize = 1_000;
const MOST_NOISE_COLUMNS: usize = 1_000;

pub(super) fn check(settings: &Generate) -> Result<()> {
    let refuse = |message: String, hint: Message| Err(Error::usage(message).hint(hint));
    let n = settings.customers;
    if !(1..=MOST_CUSTOMERS).contains(&n) {
        return refuse(
            format!("{n} customers cannot be generated"),
            message![Setting::Customers, " takes 1 to 100,000,000"],
        );
    }
    if !(0.0..=0.9).contains(&settings.missing) {
        return refuse(
            format!("a share of {} missing cells is out of range", settings.missing),
            message![
                Setting::Missing,
                " takes 0 to 0.9, such as 0.02 for one cell in fifty"
            ],
        );
    }
    if !(0.0..=1000.0).contains(&settings.separation) {
        return refuse(
            format!("a separation of {} is out of range", settings.separation),
            message![
                Setting::Separation,
                " takes 0 (one cloud) to 1000; 4 is the default"
            ],
        );
    }
    if settings.noise_columns > MOST_NOISE_COLUMNS {
        return refuse(
            format!("{} unrelated columns are too many", settings.noise_columns),
            message![Setting::NoiseColumns, " takes 0 to 1,000"],
        );
    }
    if settings.shape != Shape::Segments {
        return Ok(());
    }
    let k = settings.segments;
    if !(1..=MOST_SEGMENTS).contains(&k) {
        return refuse(
            format!("{k} segments cannot be generated"),
            message![Setting::Segments, " takes 1 to 1,000"],
        );
    }
    let bridges = settings.planted();
    if k + bridges > n {
        let with = if bridges > 0 {
            format!(" and {bridges} bridge customers")
        } else {
            String::new()
        };
        return refuse(
            format!("{k} segments{with} do not fit into {n} customers"),
            message![
                "raise ",
                Setting::Customers,
                " or lower ",
                Setting::Segments,
                " and ",
                Setting::Bridges
            ],
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::generate;

    #[test]
    fn settings_out_of_range_are_refused_with_what_to_try() {
        let default = Generate::default;
        for (settings, words) in [
            (
                Generate {
                    customers: 0,
                    ..default()
                },
                "`customers` takes 1",
            ),
            (
                Generate {
                    segments: 0,
                    ..default()
                },
                "`segments` takes 1",
            ),
            (
                Generate {
                    customers: 24,
                    ..default()
                },
                "5 segments and 20 bridge customers do not fit into 24 customers",
            ),
            (
                Generate {
                    customers: 4,
                    bridges: 0,
                    ..default()
                },
                "5 segments do not fit into 4 customers",
            ),
            (
                Generate {
                    missing: f64::NAN,
                    ..default()
                },
                "`missing` takes 0 to 0.9",
            ),
            (
                Generate {
                    missing: 1.0,
                    ..default()
                },
                "`missing` takes 0 to 0.9",
            ),
            (
                Generate {
                    separation: -1.0,
                    ..default()
                },
                "`separation` takes 0",
            ),
            (
                Generate {
                    noise_columns: 2_000,
                    ..default()
                },
                "`noise_columns` takes 0 to 1,000",
            ),
        ] {
            let error = generate(&settings).expect_err("out of range");
            assert_eq!(error.kind(), crate::ErrorKind::Usage);
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
