//! A division of customers into groups, and what can be said of divisions alone.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

mod agreement;
mod cross_table;

pub(crate) use agreement::contingency;
pub use agreement::{
    adjusted_mutual_information, adjusted_rand, normalized_mutual_information, variation_of_information,
};
pub(crate) use cross_table::CrossTable;

/// Which group each customer belongs to.
///
/// Labels run from 0 without gaps, the largest group first; groups of equal size stand in the order of their first
/// member. Equal divisions are therefore equal values.
///
/// ```
/// use kinfolk::Partition;
///
/// let partition = Partition::from_labels(&[7, 3, 3, 9]);
/// assert_eq!(partition.labels(), [1, 0, 0, 2]);
/// assert_eq!(partition.sizes(), [2, 1, 1]);
/// assert_eq!(partition, Partition::from_labels(&["b", "a", "a", "c"]));
/// assert_eq!(serde_json::to_string(&partition)?, "[1,0,0,2]");
/// assert_eq!(serde_json::from_str::<Partition>("[5,4,4,6]")?, partition);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u32>", into = "Vec<u32>")]
pub struct Partition {
    labels: Vec<u32>,
    sizes: Vec<usize>,
}

impl From<Vec<u32>> for Partition {
    fn from(labels: Vec<u32>) -> Self {
        Partition::from_labels(&labels)
    }
}

impl From<Partition> for Vec<u32> {
    fn from(partition: Partition) -> Self {
        partition.labels
    }
}

impl Partition {
    /// The division in which customers with equal labels are together. `O(n + c log c)`.
    #[doc(alias = "membership")]
    pub fn from_labels<L: Copy + Eq + std::hash::Hash>(labels: &[L]) -> Self {
        let mut first_seen: FxHashMap<L, u32> = FxHashMap::default();
        let mut sizes: Vec<usize> = Vec::new();
        // Equal labels often stand side by side.
        let mut last: Option<(L, u32)> = None;
        let mut dense: Vec<u32> = labels
            .iter()
            .map(|&label| {
                let id = match last {
                    Some((same, id)) if same == label => id,
                    _ => {
                        let next = sizes.len() as u32;
                        let id = *first_seen.entry(label).or_insert(next);
                        if id == next {
                            sizes.push(0);
                        }
                        last = Some((label, id));
                        id
                    }
                };
                sizes[id as usize] += 1;
                id
            })
            .collect();
        let mut order: Vec<u32> = (0..sizes.len() as u32).collect();
        // Stable: groups of one size keep the order in which they were first seen.
        order.sort_by_key(|&g| std::cmp::Reverse(sizes[g as usize]));
        let mut rank = vec![0; sizes.len()];
        for (r, &g) in order.iter().enumerate() {
            rank[g as usize] = r as u32;
        }
        for label in &mut dense {
            *label = rank[*label as usize];
        }
        Partition {
            labels: dense,
            sizes: order.iter().map(|&g| sizes[g as usize]).collect(),
        }
    }

    /// The division of some of the customers, in this order: the groups that have members among them. `O(nodes)`.
    ///
    /// ```
    /// use kinfolk::Partition;
    ///
    /// let whole = Partition::from_labels(&[0, 0, 1, 1, 1, 2]);
    /// assert_eq!(whole.restricted(&[0, 1, 2]), Partition::from_labels(&["b", "b", "c"]));
    /// ```
    ///
    /// # Panics
    /// Where there is no such customer.
    #[must_use]
    pub fn restricted(&self, customers: &[u32]) -> Self {
        let labels: Vec<u32> = customers.iter().map(|&c| self.labels[c as usize]).collect();
        Self::from_labels(&labels)
    }

    /// All `n` customers in one group.
    pub fn one_group(n: usize) -> Self {
        Self::from_labels(&vec![0u32; n])
    }

    /// Each of `n` customers alone.
    pub fn singletons(n: usize) -> Self {
        Self::from_labels(&(0..n as u32).collect::<Vec<_>>())
    }

    /// The group of each customer, from 0.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// The number of members of each group, falling.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// How many groups there are.
    pub fn n_groups(&self) -> usize {
        self.sizes.len()
    }

    /// How many customers there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no customers.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The members of each group in ascending order. `O(n)`.
    pub fn members(&self) -> Vec<Vec<u32>> {
        let mut members: Vec<Vec<u32>> = self.sizes.iter().map(|&s| Vec::with_capacity(s)).collect();
        for (i, &g) in self.labels.iter().enumerate() {
            members[g as usize].push(i as u32);
        }
        members
    }
}
