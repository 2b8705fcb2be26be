//! Which columns decide: their shares in the distances, and what the segments would be without them.

use super::division::{find_at_each, find_communities};
use super::permuted::{Permuted, permuted};
use super::settings::Method;
use crate::message::{Setting, message};

use crate::features::{Distance, Features};
use crate::graph::{self, Similarity};
use crate::neighbors::{self, NeighborGraph, Neighbors, Search};
use crate::partition::{Partition, adjusted_rand};
use crate::random::stream;
use crate::{Result, Warning};
use ndarray::{Array2, Axis};
use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;

/// Customers that are asked at most.
const SAMPLE: usize = 2000;
/// Fewer tell nothing.
const LEAST: usize = 60;
/// Columns that are left out in turn at most: those that separate the segments best.
const LEFT_OUT: usize = 24;
/// Random pairs that each customer of the sample is in.
const PAIRS: usize = 8;
/// Scales at which a sample is divided, as multiples of the resolution in force: a smaller graph has its own.
const SCALES: [f64; 7] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];
/// Below this agreement the sample does not give the segments back, and nothing can be said.
const FAITHFUL: f64 = 0.5;
/// Below this agreement the answer is another.
const ANOTHER: f64 = 0.5;
/// And so much more than without the column in the middle.
const MORE: f64 = 0.25;

/// How much one column has to say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnImportance {
    /// The table column.
    pub column: String,
    /// Its part of the squared distance (absolute, under Manhattan and Gower) between two customers, 0 to 1; all columns
    /// sum to 1.
    pub share_of_distance: f64,
    /// The same between neighbors. Far below the other: neighbors agree in it.
    pub share_among_neighbors: f64,
    /// The part of its variance that lies between segments rather than inside them (η²), 0 to 1.
    pub separation: f64,
    /// Who falls to another segment where its values are exchanged between customers; `None` where a sample could not tell.
    pub permuted: Option<Permuted>,
    /// What the segments would be without it; `None` where a sample could not tell.
    pub without: Option<Without>,
}

/// The segments that a sample of the customers falls into without a column, and without those that repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Without {
    /// Adjusted Rand index with the segments of the same sample by all columns.
    pub agreement: f64,
    /// How many they are.
    pub n_segments: usize,
}

/// What the segments were found with.
pub(super) struct Found<'a> {
    pub(super) features: &'a Features,
    /// Neighbors of distinct points, and the point of each customer.
    pub(super) neighbors: &'a NeighborGraph,
    pub(super) distinct: &'a neighbors::Distinct,
    pub(super) partition: &'a Partition,
    pub(super) similarity: Similarity,
    pub(super) method: Method,
    pub(super) resolution: f64,
    pub(super) seed: u64,
}

/// A table column and its coordinates.
pub(super) struct Block<'a> {
    pub(super) column: &'a str,
    pub(super) coordinates: Vec<usize>,
}

/// How much each column in use has to say, in the order of the table.
///
/// Shares and separation are taken over up to 2,000 customers, evenly from the canonical order. So is the rest: the sample is
/// linked and divided anew with all columns, at the scale at which it agrees best with the segments found, and then without
/// each column and those that repeat it, at half that scale to eight times it, of which the best agreement counts. Cost: one small
/// graph per column, whatever the number of customers.
///
/// # Errors
/// Those of the search for neighbors and communities.
pub(super) fn importance(found: &Found<'_>) -> Result<Vec<ColumnImportance>> {
    let n = found.features.n_customers();
    let m = n.min(SAMPLE);
    let rows: Vec<usize> = (0..m).map(|i| i * n / m).collect();
    let blocks = blocks(found.features);
    let mut columns = shares(found, &rows, &blocks);
    if m < LEAST || blocks.len() < 2 || found.partition.n_groups() < 2 {
        return Ok(columns);
    }
    for (column, answer) in columns.iter_mut().zip(permuted(found, &rows, &blocks)) {
        column.permuted = Some(answer);
    }
    let sample = found.features.values.select(Axis(0), &rows);
    let asked = Partition::from_labels(
        &rows
            .iter()
            .map(|&row| found.partition.labels()[row])
            .collect::<Vec<_>>(),
    );
    let Some((all, resolution)) = at_its_scale(found, &sample, &asked)? else {
        return Ok(columns);
    };
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    // Stable: of equals the first column.
    order.sort_by(|&a, &b| columns[b].separation.total_cmp(&columns[a].separation));
    order.truncate(LEFT_OUT);
    let without: Vec<(usize, Option<Without>)> = order
        .into_par_iter()
        .map(|b| Ok((b, without(found, &sample, &blocks, b, &all, resolution)?)))
        .collect::<Result<_>>()?;
    for (b, answer) in without {
        columns[b].without = answer;
    }
    Ok(columns)
}

fn blocks(features: &Features) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for (c, coordinate) in features.coordinates.iter().enumerate() {
        match blocks.last_mut() {
            Some(block) if block.column == coordinate.column => block.coordinates.push(c),
            _ => blocks.push(Block {
                column: &coordinate.column,
                coordinates: vec![c],
            }),
        }
    }
    blocks
}

/// Shares of the distances and separation.
fn shares(found: &Found<'_>, rows: &[usize], blocks: &[Block<'_>]) -> Vec<ColumnImportance> {
    let values = &found.features.values;
    let power = |x: f64| match found.features.distance {
        Distance::Euclidean => x * x,
        Distance::Manhattan => x.abs(),
    };
    let mut random = stream(found.seed, 0xC01);
    let strangers: Vec<(usize, usize)> = rows
        .iter()
        .flat_map(|&a| (0..PAIRS).map(move |_| a))
        .map(|a| (a, rows[random.random_range(0..rows.len())]))
        .collect();
    let nearest: Vec<(usize, usize)> = rows
        .iter()
        .flat_map(|&a| {
            let near = found.neighbors.of(found.distinct.group[a]);
            near.iter()
                .map(move |&p| (a, found.distinct.representatives[p as usize] as usize))
        })
        .collect();
    let labels = found.partition.labels();
    let sums: Vec<[f64; 3]> = blocks
        .par_iter()
        .map(|block| {
            let between = |pairs: &[(usize, usize)]| -> f64 {
                let of_pair = |&(a, b): &(usize, usize)| -> f64 {
                    let at = |row: usize, c: usize| f64::from(values[[row, c]]);
                    (block.coordinates.iter())
                        .map(|&c| power(at(a, c) - at(b, c)))
                        .sum()
                };
                pairs.iter().map(of_pair).sum()
            };
            let separation = separation(found, rows, &block.coordinates, labels);
            [between(&strangers), between(&nearest), separation]
        })
        .collect();
    let total = |k: usize| sums.iter().map(|s| s[k]).sum::<f64>();
    let (far, near) = (total(0), total(1));
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    blocks
        .iter()
        .zip(&sums)
        .map(|(block, s)| ColumnImportance {
            column: block.column.to_owned(),
            share_of_distance: share(s[0], far),
            share_among_neighbors: share(s[1], near),
            separation: s[2],
            permuted: None,
            without: None,
        })
        .collect()
}

/// The part of the variance of these coordinates that lies between segments.
fn separation(found: &Found<'_>, rows: &[usize], coordinates: &[usize], labels: &[u32]) -> f64 {
    let groups = found.partition.n_groups();
    let (mut between, mut total) = (0.0, 0.0);
    for &c in coordinates {
        let (mut sums, mut counts) = (vec![0.0; groups], vec![0.0; groups]);
        let mut squares = 0.0;
        for &row in rows {
            let x = f64::from(found.features.values[[row, c]]);
            sums[labels[row] as usize] += x;
            counts[labels[row] as usize] += 1.0;
            squares += x * x;
        }
        let all = sums.iter().sum::<f64>();
        let shift = all * all / rows.len() as f64;
        total += squares - shift;
        let means = sums.iter().zip(&counts).filter(|(_, n)| **n > 0.0);
        between += means.map(|(s, n)| s * s / n).sum::<f64>() - shift;
    }
    if total > 0.0 {
        (between / total).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// The segments of the sample by all columns at the scale at which they agree best with those found, and that scale; `None`
/// where none agrees well.
fn at_its_scale(
    found: &Found<'_>,
    sample: &Array2<f32>,
    asked: &Partition,
) -> Result<Option<(Partition, f64)>> {
    let resolutions = SCALES.map(|s| s * found.resolution);
    let mut best: Option<(f64, Partition, f64)> = None;
    for (partition, resolution) in divide(found, sample, &resolutions)?.into_iter().zip(resolutions) {
        let agreement = adjusted_rand(&partition, asked);
        if best.as_ref().is_none_or(|(most, ..)| agreement > *most) {
            best = Some((agreement, partition, resolution));
        }
    }
    Ok(best
        .filter(|(agreement, ..)| *agreement >= FAITHFUL)
        .map(|(_, partition, resolution)| (partition, resolution)))
}

/// The answer without block `b` and the columns that repeat it; `None` where nothing would be left.
fn without(
    found: &Found<'_>,
    sample: &Array2<f32>,
    blocks: &[Block<'_>],
    b: usize,
    all: &Partition,
    resolution: f64,
) -> Result<Option<Without>> {
    let treatments = &found.features.treatments;
    let own = treatments.iter().find(|t| t.column == blocks[b].column);
    let repeats = own.map_or(&[][..], |t| &t.repeats);
    let kept: Vec<usize> = blocks
        .iter()
        .enumerate()
        .filter(|(i, block)| *i != b && !repeats.iter().any(|r| r == block.column))
        .flat_map(|(_, block)| block.coordinates.iter().copied())
        .collect();
    if kept.is_empty() {
        return Ok(None);
    }
    let rest = sample.select(Axis(1), &kept);
    // Where a column that parts customers is gone, what is left parts at a finer scale.
    let resolutions = [0.5, 1.0, 2.0, 4.0, 8.0].map(|s| s * resolution);
    let answers = divide(found, &rest, &resolutions)?;
    let best = answers
        .iter()
        .map(|partition| Without {
            agreement: adjusted_rand(partition, all),
            n_segments: partition.n_groups(),
        })
        .reduce(|best, next| {
            if next.agreement > best.agreement {
                next
            } else {
                best
            }
        });
    Ok(best)
}

/// Links the rows of a sample and divides them at each resolution.
fn divide(found: &Found<'_>, sample: &Array2<f32>, resolutions: &[f64]) -> Result<Vec<Partition>> {
    let distinct = neighbors::distinct(sample.view());
    let points = distinct.rows(sample.view());
    let search = Neighbors {
        n_neighbors: found
            .neighbors
            .n_neighbors
            .min(distinct.len().saturating_sub(1))
            .max(1),
        search: Some(Search::Exact),
    };
    let neighbors = neighbors::neighbors(points.view(), found.features.distance, &search)?;
    let graph = graph::similarity_graph(&neighbors, &distinct, found.similarity);
    let together = (distinct.len() < sample.nrows()).then(|| Partition::from_labels(&distinct.group));
    if let [resolution] = resolutions {
        let one = find_communities(found.method, &graph, *resolution, found.seed, together.as_ref())?;
        return Ok(vec![one]);
    }
    find_at_each(found.method, &graph, resolutions, found.seed, together.as_ref())
}

/// Says so where one column, or columns that repeat each other, decide: without them the answer is another, while most others
/// could be left out.
pub(super) fn deciding(columns: &[ColumnImportance], features: &Features) -> Option<Warning> {
    let mut known: Vec<f64> = columns
        .iter()
        .filter_map(|c| c.without.map(|w| w.agreement))
        .collect();
    if known.len() < 3 {
        return None;
    }
    known.sort_unstable_by(f64::total_cmp);
    let middle = known[known.len() / 2];
    let (column, without) = columns
        .iter()
        .filter_map(|c| c.without.map(|w| (c, w)))
        .filter(|(_, w)| w.agreement < ANOTHER && middle >= w.agreement + MORE)
        .reduce(|a, b| if b.1.agreement < a.1.agreement { b } else { a })?;
    let repeats = features
        .treatments
        .iter()
        .find(|t| t.column == column.column)
        .map_or(&[][..], |t| &t.repeats);
    let mut names = vec![column.column.as_str()];
    names.extend(repeats.iter().map(String::as_str));
    let quoted: Vec<String> = names.iter().map(|n| format!("\"{n}\"")).collect();
    let flag = names.join(",");
    let flag = if flag.contains(char::is_whitespace) {
        format!("\"{flag}\"")
    } else {
        flag
    };
    Some(Warning::new(
        "column-decides",
        message![
            format!(
                "{} {}: without {} the answer is another, {} (agreement {:.2} on a sample, where leaving out another column \
             gives {middle:.2} in the middle); to see it, add ",
                quoted.join(" and "),
                if names.len() == 1 {
                    "decides"
                } else {
                    "repeat each other and decide"
                },
                if names.len() == 1 { "it" } else { "them" },
                if without.n_segments == 1 {
                    "one segment".to_owned()
                } else {
                    format!("{} segments", without.n_segments)
                },
                without.agreement
            ),
            Setting::Ignore,
            format!(" {flag}")
        ],
    ))
}
