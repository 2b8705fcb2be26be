//! How much a column matters to where customers are put: its values exchanged between them.

use super::importance::{Block, Found};
use crate::features::Distance;
use crate::random::{Random, stream};
use crate::text::group_digits;
use crate::warning::Warning;
use ndarray::ArrayView1;
use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;

/// Customers whose values are exchanged, at most.
const ASKED: usize = 400;
/// Exchanges for each of them.
const EXCHANGES: usize = 6;
/// A column that moves fewer hardly matters.
const HARDLY: f64 = 0.02;
/// Names in a warning.
const NAMED: usize = 8;

/// What becomes of customers whose value in a column is another's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Permuted {
    /// Share of the customers asked whom their nearest then put into another segment, 0 to 1.
    pub moved: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// For each block of coordinates how many customers fall to another segment where they have somebody else's values in it, and in the
/// columns that repeat it.
///
/// 400 customers of the sample, at most, are put into the segment that most of their nearest in the sample are in; then again, with the
/// values of 6 others drawn by chance. Permutation importance as of Breiman, Machine Learning 45, 5 (2001), of the assignment by
/// nearest neighbors; no segments are looked for anew. `O(sample)` per customer, exchange and column.
pub(super) fn permuted(found: &Found<'_>, sample: &[usize], blocks: &[Block<'_>]) -> Vec<Permuted> {
    let m = sample.len();
    let asked: Vec<usize> = (0..m.min(ASKED)).map(|q| q * m / m.min(ASKED)).collect();
    let together: Vec<Vec<usize>> = (0..blocks.len())
        .map(|b| with_repeats(found, blocks, b))
        .collect();
    let k = found.neighbors.n_neighbors.min(m.saturating_sub(1)).max(1);
    let moved: Vec<Vec<f64>> = asked
        .par_iter()
        .map(|&query| {
            let mut random: Random = stream(found.seed, 0x9E52_0000 + query as u64);
            let donors: Vec<usize> = (0..EXCHANGES).map(|_| random.random_range(0..m)).collect();
            moves_of(found, sample, &together, (query, &donors), k)
        })
        .collect();
    let of_block = |b: usize| {
        let shares: Vec<f64> = moved.iter().map(|of_query| of_query[b]).collect();
        let n = shares.len().max(1) as f64;
        let mean = shares.iter().sum::<f64>() / n;
        let variance = shares.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        let half = 1.96 * (variance / n).sqrt();
        Permuted {
            moved: mean,
            low: (mean - half).max(0.0),
            high: (mean + half).min(1.0),
        }
    };
    (0..blocks.len()).map(of_block).collect()
}

/// The coordinates of a block and of those that repeat it.
fn with_repeats(found: &Found<'_>, blocks: &[Block<'_>], b: usize) -> Vec<usize> {
    let treatments = &found.features.treatments;
    let own = treatments.iter().find(|t| t.column == blocks[b].column);
    let repeats = own.map_or(&[][..], |t| &t.repeats);
    let all = blocks.iter().enumerate();
    all.filter(|(i, block)| *i == b || repeats.iter().any(|r| r == block.column))
        .flat_map(|(_, block)| block.coordinates.iter().copied())
        .collect()
}

/// For each block the share of the donors with whose values the customer falls to another segment.
fn moves_of(
    found: &Found<'_>,
    sample: &[usize],
    together: &[Vec<usize>],
    (query, donors): (usize, &[usize]),
    k: usize,
) -> Vec<f64> {
    let row = |place: usize| found.features.values.row(sample[place]);
    let term = |x: f32, y: f32| {
        let apart = f64::from(x) - f64::from(y);
        match found.features.distance {
            Distance::Euclidean => apart * apart,
            Distance::Manhattan => apart.abs(),
        }
    };
    let on = |x: ArrayView1<'_, f32>, y: ArrayView1<'_, f32>, coordinates: &[usize]| -> f64 {
        coordinates.iter().map(|&c| term(x[c], y[c])).sum()
    };
    let own = row(query);
    let label = |place: usize| found.partition.labels()[sample[place]];
    let mut nearest = Nearest::new(k, found.partition.n_groups());
    let distances: Vec<f64> = (0..sample.len())
        .map(|j| own.iter().zip(row(j)).map(|(&x, &y)| term(x, y)).sum())
        .collect();
    for (j, &distance) in distances.iter().enumerate().filter(|(j, _)| *j != query) {
        nearest.see(distance, label(j));
    }
    let before = nearest.most();
    let exchanged = |coordinates: &Vec<usize>| {
        let without: Vec<f64> = (distances.iter().enumerate())
            .map(|(j, distance)| distance - on(own, row(j), coordinates))
            .collect();
        let moved = donors.iter().filter(|&&donor| {
            let values = row(donor);
            for (j, without) in without.iter().enumerate().filter(|(j, _)| *j != query) {
                nearest.see(without + on(values, row(j), coordinates), label(j));
            }
            nearest.most() != before
        });
        moved.count() as f64 / donors.len() as f64
    };
    together.iter().map(exchanged).collect()
}

/// The nearest of those seen.
struct Nearest {
    /// Ascending by distance, of equals who came first.
    list: Vec<(f64, u32)>,
    k: usize,
    votes: Vec<u32>,
}

impl Nearest {
    fn new(k: usize, n_groups: usize) -> Self {
        Nearest {
            list: Vec::with_capacity(k + 1),
            k,
            votes: vec![0; n_groups],
        }
    }

    fn see(&mut self, distance: f64, label: u32) {
        if self.list.len() == self.k && self.list.last().is_some_and(|last| distance >= last.0) {
            return;
        }
        let place = self.list.partition_point(|&(d, _)| d <= distance);
        self.list.insert(place, (distance, label));
        self.list.truncate(self.k);
    }

    /// The group of most of them, of equals the one that comes first in the list; they are forgotten.
    fn most(&mut self) -> u32 {
        let mut best: Option<u32> = None;
        for &(_, label) in &self.list {
            self.votes[label as usize] += 1;
        }
        for &(_, label) in &self.list {
            if best.is_none_or(|b| self.votes[label as usize] > self.votes[b as usize]) {
                best = Some(label);
            }
        }
        self.list
            .drain(..)
            .for_each(|(_, label)| self.votes[label as usize] = 0);
        best.unwrap_or(0)
    }
}

/// The columns that could be left out: hardly anybody would be in another segment.
pub(super) fn unimportant(columns: &[super::ColumnImportance], group: &str) -> Option<Warning> {
    let hardly = |c: &&super::ColumnImportance| c.permuted.is_some_and(|p| p.high < HARDLY);
    let names: Vec<String> = columns
        .iter()
        .filter(hardly)
        .map(|c| format!("\"{}\"", c.column))
        .collect();
    // Where all hardly matter, it is the segments that are nowhere near each other.
    if names.is_empty() || names.len() == columns.len() {
        return None;
    }
    let listed: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = match names.len() - listed.len() {
        0 => String::new(),
        more => format!(" and {} more", group_digits(more)),
    };
    Some(Warning::new(
        "columns-hardly-matter",
        format!(
            "{}{more} hardly matter{}: with somebody else's value there, fewer than {:.0} in 100 customers would fall to another {group} (moved_if_permuted in features.csv); candidates to leave out",
            listed.join(", "),
            if names.len() == 1 { "s" } else { "" },
            100.0 * HARDLY
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_vote_and_of_equal_votes_the_nearest_decides() {
        let mut nearest = Nearest::new(4, 3);
        for (distance, label) in [(5.0, 2), (1.0, 1), (9.0, 2), (2.0, 0), (3.0, 0), (4.0, 1)] {
            nearest.see(distance, label);
        }
        // 1 at 1, 0 at 2 and 3, 1 at 4: two each.
        assert_eq!(nearest.most(), 1);
        nearest.see(1.0, 2);
        assert_eq!(nearest.most(), 2);
    }
}
