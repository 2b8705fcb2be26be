//! Example customers whose segments are known: for trying things out, for tests and for benchmarks.
//!
//! Comes in: [`Generate`]. Goes out: [`Generated`], a believable export of a shop's customer database with the segment
//! that each customer was drawn from, or one of the plain [`Shape`]s that tests need. `O(n)` time and memory; the
//! numbers depend on the settings alone, not on the number of threads.
//!
//! A customer is drawn in six hidden measures (recency, frequency, basket, discounts, online purchases, tenure) around
//! the level of its segment; the columns follow from those, so that `monetary` is `frequency` × `average_basket` and
//! nobody has bought longer ago than they are a customer. Planted bridge customers lie midway between two segments that
//! have no third one between them. There is no date of the last purchase: `recency_days` says it, and would count twice.
//! What the same customers bought, line by line, is a [`Purchases`].

mod archetypes;
mod check;
mod purchases;
mod shapes;
mod shop;
mod write;

pub use purchases::Purchases;

use crate::error::Result;
use crate::message::Message;
use crate::random::StandardNormal;
use crate::random::{Random, stream};
use crate::table::{Column, MISSING, Role, Table, Values};
use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Rows per random stream.
const ROWS: usize = 4096;
/// What a stream is for; the numbers keep streams apart and are part of the promise that a seed gives the same file.
const PURPOSE_PLAN: u64 = 0;
const PURPOSE_ROWS: u64 = 1;
const PURPOSE_ORDERS: u64 = 2;
const PURPOSE_MISSING: u64 = 1_000;
const PURPOSE_NOISE: u64 = 1_000_000;

/// What the customers look like as a cloud of points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// A shop's customers in segments.
    #[default]
    Segments,
    /// Six independent normal columns: nothing to find.
    Cloud,
    /// Six independent uniform columns: nothing to find, with edges and corners.
    Cube,
    /// Six independent log-normal columns: nothing to find, with long tails.
    LogNormal,
    /// Two interleaved half circles in the plane.
    Moons,
    /// A ring within a ring in the plane.
    Rings,
}

/// Settings of [`generate`].
#[derive(Clone, Debug, PartialEq)]
pub struct Generate {
    /// What the customers look like. Default: segments of a shop.
    pub shape: Shape,
    /// How many customers, 1 to 100 million, bridge customers included. Default 2,000.
    pub customers: usize,
    /// How many segments, 1 to 1,000; 1 is one cloud without anything to find. Only for [`Shape::Segments`]. Default 5.
    pub segments: usize,
    /// How many of the customers are planted midway between two segments; none are where there is one segment only.
    /// Only for [`Shape::Segments`]. Default 20.
    pub bridges: usize,
    /// Share of the cells without a value, 0 to 0.9. Default 0.02.
    pub missing: f64,
    /// Columns that have nothing to do with anything, 0 to 1,000. Default 0.
    pub noise_columns: usize,
    /// Distance of the two nearest segments (arcs of the moons, rings) in units of their spread, 0 to 1,000: at 0
    /// all are one, at 2 they run into each other, at 8 nobody stands between them. Default 4.
    pub separation: f64,
    /// Same settings and seed, same customers. Default 42.
    pub seed: u64,
}

impl Default for Generate {
    fn default() -> Self {
        Generate {
            shape: Shape::Segments,
            customers: 2_000,
            segments: 5,
            bridges: 20,
            missing: 0.02,
            noise_columns: 0,
            separation: 4.0,
            seed: 42,
        }
    }
}

/// A customer planted midway between two segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlantedBridge {
    /// Its row, from 0.
    pub row: u32,
    /// The segment of the lower number, index into [`Generated::segment_names`].
    pub from: u32,
    /// The other one.
    pub to: u32,
}

/// Example customers, in an order that says nothing.
#[derive(Clone, Debug)]
pub struct Generated {
    /// `C10001` and so on.
    pub ids: Vec<String>,
    /// What a shop would know of them: one value per customer each.
    pub columns: Vec<Column>,
    /// Decimals of each column in a file.
    decimals: Vec<usize>,
    /// What the segments are called: `loyal families` and so on.
    pub segment_names: Vec<String>,
    /// The segment of each customer, index into `segment_names`; for a planted bridge the nearer of its two.
    pub truth: Vec<u32>,
    /// The planted bridges by row.
    pub bridges: Vec<PlantedBridge>,
}

/// Draws example customers. `O(n · columns)`, in parallel, same bits for any number of threads.
///
/// # Errors
/// A usage error where a setting is out of its range or the segments and bridges do not fit into the customers.
///
/// ```
/// use kinfolk::generate::{Generate, generate};
///
/// let shop = generate(&Generate { customers: 300, segments: 3, bridges: 6, ..Generate::default() })?;
/// assert_eq!(shop.segment_names, ["loyal families", "bargain hunters", "lapsed customers"]);
/// assert_eq!(shop.truth.len(), 300);
/// assert_eq!(shop.bridges.len(), 6);
/// assert_eq!(shop.to_table().truth().map(|c| c.name.as_str()), Some("true_segment"));
/// # Ok::<(), kinfolk::Error>(())
/// ```
pub fn generate(settings: &Generate) -> Result<Generated> {
    check::check(settings)?;
    let mut generated = match settings.shape {
        Shape::Segments => shop::shop(settings),
        _ => shapes::shape(settings),
    };
    for j in 0..settings.noise_columns {
        let values = chunked(settings, PURPOSE_NOISE + j as u64, |_, random| {
            round(random.sample::<f64, _>(StandardNormal), 3)
        });
        generated.push_numbers(&format!("unrelated_{}", j + 1), 3, values);
    }
    if settings.missing > 0.0 {
        for (j, column) in generated.columns.iter_mut().enumerate() {
            let gone = chunked(settings, PURPOSE_MISSING + j as u64, |_, random| {
                random.random::<f64>() < settings.missing
            });
            blank(column, &gone);
        }
    }
    generated.columns.iter_mut().for_each(drop_unused_levels);
    Ok(generated)
}

impl Generate {
    /// One segment has nothing to bridge.
    fn planted(&self) -> usize {
        if self.segments < 2 { 0 } else { self.bridges }
    }
}

/// One value per customer, each chunk of rows from a stream of its own.
fn chunked<T: Send>(
    settings: &Generate,
    purpose: u64,
    draw: impl Fn(usize, &mut Random) -> T + Sync,
) -> Vec<T> {
    let n = settings.customers;
    let chunks: Vec<Vec<T>> = (0..n.div_ceil(ROWS))
        .into_par_iter()
        .map(|c| {
            let mut random = stream(settings.seed, (purpose << 32) | c as u64);
            (c * ROWS..((c + 1) * ROWS).min(n))
                .map(|row| draw(row, &mut random))
                .collect()
        })
        .collect();
    chunks.into_iter().flatten().collect()
}

fn round(x: f64, decimals: usize) -> f64 {
    let unit = [1.0, 10.0, 100.0, 1000.0][decimals];
    // Adding zero turns −0 into 0.
    (x * unit).round() / unit + 0.0
}

fn customer_ids(n: usize) -> Vec<String> {
    (10_001..10_001 + n)
        .into_par_iter()
        .map(|i| format!("C{i}"))
        .collect()
}

fn blank(column: &mut Column, gone: &[bool]) {
    match &mut column.values {
        Values::Number(values) | Values::Date(values) => {
            for (value, _) in values.iter_mut().zip(gone).filter(|(_, gone)| **gone) {
                *value = f64::NAN;
            }
        }
        Values::Category { codes, .. } => {
            for (code, _) in codes.iter_mut().zip(gone).filter(|(_, gone)| **gone) {
                *code = MISSING;
            }
        }
        Values::Text(_) => return,
    }
    column.missing = gone.iter().filter(|g| **g).count();
}

/// Keeps the promise of [`Values::Category`] that each level is used.
fn drop_unused_levels(column: &mut Column) {
    let Values::Category { codes, levels } = &mut column.values else {
        return;
    };
    let mut used = vec![false; levels.len()];
    for &code in codes.iter().filter(|c| **c != MISSING) {
        used[code as usize] = true;
    }
    let mut next = 0;
    let new_code: Vec<u32> = used
        .iter()
        .map(|&u| {
            next += u32::from(u);
            next.saturating_sub(1)
        })
        .collect();
    for code in codes.iter_mut().filter(|c| **c != MISSING) {
        *code = new_code[*code as usize];
    }
    let mut keep = used.iter();
    levels.retain(|_| keep.next().copied().unwrap_or(false));
}

/// A category column from indices into names in any order.
fn category(name: &str, role: Role, indices: &[u32], names: &[String]) -> Column {
    let mut order: Vec<u32> = (0..names.len() as u32).collect();
    order.sort_by_key(|&i| &names[i as usize]);
    let mut code = vec![0; names.len()];
    for (c, &i) in order.iter().enumerate() {
        code[i as usize] = c as u32;
    }
    let mut column = Column {
        name: name.to_owned(),
        values: Values::Category {
            codes: indices.iter().map(|&i| code[i as usize]).collect(),
            levels: order.iter().map(|&i| names[i as usize].clone()).collect(),
        },
        role,
        missing: 0,
        order: Vec::new(),
        note: Message::default(),
    };
    drop_unused_levels(&mut column);
    column
}

impl Generated {
    fn new(segment_names: Vec<String>, truth: Vec<u32>, bridges: Vec<PlantedBridge>) -> Self {
        Generated {
            ids: customer_ids(truth.len()),
            columns: Vec::new(),
            decimals: Vec::new(),
            segment_names,
            truth,
            bridges,
        }
    }

    fn push_numbers(&mut self, name: &str, decimals: usize, values: Vec<f64>) {
        self.columns.push(Column {
            name: name.to_owned(),
            values: Values::Number(values),
            role: Role::Feature,
            missing: 0,
            order: Vec::new(),
            note: Message::default(),
        });
        self.decimals.push(decimals);
    }

    fn push_category(&mut self, name: &str, indices: &[u32], names: &[&str]) {
        let names: Vec<String> = names.iter().map(|&n| n.to_owned()).collect();
        self.columns.push(category(name, Role::Feature, indices, &names));
        self.decimals.push(0);
    }

    /// `loyal families|lapsed customers` for a planted bridge, empty otherwise; one per customer.
    pub fn bridge_between(&self) -> Vec<String> {
        let mut between = vec![String::new(); self.truth.len()];
        for bridge in &self.bridges {
            let name = |s: u32| &self.segment_names[s as usize];
            between[bridge.row as usize] = format!("{}|{}", name(bridge.from), name(bridge.to));
        }
        between
    }

    /// The customers as if read from the file that [`write_csv`](Self::write_csv) writes: `true_segment` is the known
    /// grouping, `bridge_between` is left out of the features. `O(n · columns)`.
    pub fn to_table(&self) -> Table {
        let n = self.ids.len();
        let mut columns = self.columns.clone();
        columns.push(category(
            "true_segment",
            Role::Truth,
            &self.truth,
            &self.segment_names,
        ));
        columns.push(Column {
            name: "bridge_between".to_owned(),
            values: Values::Text(self.bridge_between().into()),
            role: Role::Ignored,
            missing: n - self.bridges.len(),
            order: Vec::new(),
            note: "part of the truth".into(),
        });
        Table {
            value_column: None,
            source: "generated customers".to_owned(),
            ids: self.ids.iter().collect(),
            lines: (2..n as u64 + 2).collect(),
            columns,
            reading: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_column_holds_only_levels_that_are_used_sorted_by_name() {
        let names = ["web", "app", "store"].map(str::to_owned);
        let column = category("channel", Role::Feature, &[0, 2, 0], &names);
        assert_eq!(
            column.values,
            Values::Category {
                codes: vec![1, 0, 1],
                levels: vec!["store".to_owned(), "web".to_owned()]
            }
        );
    }
}
