//! Identical customers: which rows are equal in every coordinate.

use ndarray::{ArrayView2, Axis, CowArray, Ix2};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

/// The distinct points of a table and which customers share each.
///
/// Distinct points are numbered in the order of their first customer, so that a table without equal rows keeps its
/// numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distinct {
    /// The distinct point of each customer. Length n.
    pub group: Vec<u32>,
    /// The lowest customer of each distinct point, ascending.
    pub representatives: Vec<u32>,
    /// Where each distinct point's customers begin in `members`, and the end of the last.
    offsets: Vec<usize>,
    /// Customers by distinct point, ascending within each.
    members: Vec<u32>,
}

impl Distinct {
    /// Customers who stand on the points `group` names; points are numbered from 0 without gaps, in the order of
    /// their first customer. `O(n)`.
    pub(crate) fn from_groups(group: Vec<u32>) -> Self {
        let mut representatives: Vec<u32> = Vec::new();
        let mut offsets = vec![0usize];
        for (customer, &point) in group.iter().enumerate() {
            if point as usize == representatives.len() {
                representatives.push(customer as u32);
                offsets.push(0);
            }
            offsets[point as usize + 1] += 1;
        }
        for p in 0..representatives.len() {
            offsets[p + 1] += offsets[p];
        }
        let mut next = offsets.clone();
        let mut members = vec![0u32; group.len()];
        for (customer, &point) in group.iter().enumerate() {
            members[next[point as usize]] = customer as u32;
            next[point as usize] += 1;
        }
        Distinct {
            group,
            representatives,
            offsets,
            members,
        }
    }

    /// `n` customers, each on a point of its own. `O(n)`.
    pub fn all_different(n: usize) -> Self {
        Self::from_groups((0..n as u32).collect())
    }

    /// The number of distinct points.
    pub fn len(&self) -> usize {
        self.representatives.len()
    }

    /// Whether there is no point at all.
    pub fn is_empty(&self) -> bool {
        self.representatives.is_empty()
    }

    /// The number of customers, n.
    pub fn n_customers(&self) -> usize {
        self.group.len()
    }

    /// How many customers repeat an earlier one: n minus the number of distinct points.
    pub fn n_repeats(&self) -> usize {
        self.n_customers() - self.len()
    }

    /// The customers at a distinct point, ascending; the first is its representative.
    ///
    /// # Panics
    /// Where `point` is not below [`len`](Self::len).
    pub fn copies(&self, point: u32) -> &[u32] {
        &self.members[self.offsets[point as usize]..self.offsets[point as usize + 1]]
    }

    /// The place of each customer among the [`copies`](Self::copies) of its point, from 0. `O(n)`.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.n_customers()];
        for point in 0..self.len() as u32 {
            for (rank, &customer) in self.copies(point).iter().enumerate() {
                ranks[customer as usize] = rank as u32;
            }
        }
        ranks
    }

    /// The rows of the distinct points, for [`neighbors`](crate::neighbors::neighbors): `points` themselves where all differ. `O(n d)`.
    ///
    /// # Panics
    /// Where `points` has fewer rows than the table that this was found in.
    pub fn rows<'a>(&self, points: ArrayView2<'a, f32>) -> CowArray<'a, f32, Ix2> {
        if self.n_repeats() == 0 {
            return points.into();
        }
        let rows: Vec<usize> = self.representatives.iter().map(|&r| r as usize).collect();
        points.select(Axis(0), &rows).into()
    }
}

/// Which rows of an n × d table are equal in every coordinate (−0 equals 0). `O(n d)`.
///
/// ```
/// use kinfolk::neighbors::distinct;
/// use ndarray::array;
///
/// let found = distinct(array![[1.0, 2.0], [3.0, 0.0], [1.0, 2.0], [3.0, -0.0]].view());
/// assert_eq!(found.group, [0, 1, 0, 1]);
/// assert_eq!(found.representatives, [0, 1]);
/// assert_eq!(found.copies(1), [1, 3]);
/// ```
///
/// # Panics
/// Where there are 2³² rows or more.
pub fn distinct(points: ArrayView2<'_, f32>) -> Distinct {
    let n = points.nrows();
    assert!(u32::try_from(n).is_ok(), "{n} rows are too many to be numbered");
    let hashes: Vec<u64> = (0..n)
        .into_par_iter()
        .map(|i| {
            let mut hasher = FxHasher::default();
            for &x in points.row(i) {
                hasher.write_u32(bits(x));
            }
            hasher.finish()
        })
        .collect();
    let equal = |a: u32, b: u32| {
        let (a, b) = (points.row(a as usize), points.row(b as usize));
        a.iter().zip(b).all(|(&x, &y)| bits(x) == bits(y))
    };

    // Distinct points with one hash are chained, the newest first; `u32::MAX` ends a chain.
    let mut newest: FxHashMap<u64, u32> = FxHashMap::default();
    let mut older: Vec<u32> = Vec::new();
    let mut representatives: Vec<u32> = Vec::new();
    let mut group = Vec::with_capacity(n);
    for (customer, &hash) in hashes.iter().enumerate() {
        let customer = customer as u32;
        let head = newest.entry(hash).or_insert(u32::MAX);
        let mut point = *head;
        while point != u32::MAX && !equal(representatives[point as usize], customer) {
            point = older[point as usize];
        }
        if point == u32::MAX {
            point = representatives.len() as u32;
            representatives.push(customer);
            older.push(*head);
            *head = point;
        }
        group.push(point);
    }

    Distinct::from_groups(group)
}

/// The bits of a number, those of 0 for −0.
fn bits(x: f32) -> u32 {
    if x == 0.0 { 0 } else { x.to_bits() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn a_table_without_equal_rows_keeps_its_numbers() {
        let found = distinct(array![[2.0], [1.0], [3.0]].view());
        assert_eq!(found.group, [0, 1, 2]);
        assert_eq!(found.representatives, [0, 1, 2]);
        assert_eq!(found.n_repeats(), 0);
    }

    #[test]
    fn rows_that_differ_in_the_last_bit_are_distinct() {
        let next = f32::from_bits(1.0f32.to_bits() + 1);
        let found = distinct(array![[1.0, 5.0], [next, 5.0], [1.0, 5.0]].view());
        assert_eq!(found.group, [0, 1, 0]);
        assert_eq!(
            found
                .rows(array![[1.0, 5.0], [next, 5.0], [1.0, 5.0]].view())
                .nrows(),
            2
        );
        assert_eq!(found.ranks(), [0, 0, 1]);
    }

    #[test]
    fn rows_without_columns_are_all_equal() {
        let found = distinct(Array2::zeros((3, 0)).view());
        assert_eq!(found.group, [0, 0, 0]);
        assert_eq!(found.copies(0), [0, 1, 2]);
        assert!(distinct(Array2::zeros((0, 4)).view()).is_empty());
    }
}
