//! Who a baseline puts with others than the segments do, and what those customers are like.

use crate::compare::{Shared, moved, shared_customers};
use crate::partition::Partition;
use crate::profile::{self, ProfileRow, Profiles};
use crate::table::Table;
use serde::Serialize;

/// A baseline beside the segments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Differing {
    /// For each segment the cluster that overlaps most with it, of equals the first.
    pub matches: Vec<Shared>,
    /// Customers (rows of the table) who have left the others of their segment, ascending: see [`moved`].
    pub customers: Vec<u32>,
    /// What marks them, as one segment with label 0; without rows where there are none, or nobody else.
    pub profiles: Profiles,
}

impl Differing {
    /// How many customers are described at least: of fewer, means would be nearly those of single customers.
    pub(crate) const LEAST_DESCRIBED: usize = 10;

    /// Whether there are enough of them to say what they are like.
    pub fn is_described(&self) -> bool {
        self.customers.len() >= Self::LEAST_DESCRIBED
    }

    /// What they are like against everybody: the two strongest marks in words; none where they, or those
    /// of them who hold a level, are too few, or nothing marks them.
    pub fn marks(&self) -> Vec<String> {
        if !self.is_described() {
            return Vec::new();
        }
        let held = |row: &ProfileRow| {
            let share = if row.level.is_some() { row.mean } else { 1.0 };
            share * row.present as f64
        };
        let rows = profile::marks(&self.profiles, 0).into_iter();
        rows.filter(|row| held(row).round() >= Self::LEAST_DESCRIBED as f64)
            .filter_map(profile::phrase)
            .take(2)
            .collect()
    }
}

/// Compares a baseline with the segments. `O(n log n)` per column.
pub(super) fn differing(table: &Table, segments: &Partition, clusters: &Partition) -> Differing {
    let differ = moved(segments, clusters);
    let customers: Vec<u32> = (0u32..)
        .zip(&differ)
        .filter(|(_, differs)| **differs)
        .map(|(i, _)| i)
        .collect();
    let mut matches = shared_customers(segments, clusters);
    matches.retain(|cell| cell.best_for_a);
    Differing {
        matches,
        profiles: profile::profile_of(table, &differ),
        customers,
    }
}
