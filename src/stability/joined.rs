//! Coarser divisions than any resolution gives: groups that no edge joins, joined by where they lie.

use crate::partition::Partition;
use ndarray::ArrayView2;

/// More groups than this are not joined.
const MOST_GROUPS: usize = 200;
/// How many times farther apart the next two groups to be joined must be than the last two were.
pub(super) const CLEAR_STEP: f64 = 1.5;

/// A division coarser than the one it was made of.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The division.
    pub partition: Partition,
    /// How many times farther apart its nearest groups are than those joined last, by Ward's distance; 1 or more, mostly.
    pub step: f64,
}

/// The divisions into 2, 3, … groups that Ward's method makes of the groups of `partition`, whose node `i` lies at row
/// `row_of(i)` of `points`; none for fewer than 3 groups or more than 200. Ward, J. Am. Stat. Assoc. 58, 236 (1963).
/// `O(n d + c³)`.
pub(super) fn joined(
    points: ArrayView2<'_, f32>,
    row_of: impl Fn(usize) -> usize,
    partition: &Partition,
) -> Vec<Joined> {
    let c = partition.n_groups();
    if !(3..=MOST_GROUPS).contains(&c) {
        return Vec::new();
    }
    let d = points.ncols();
    let mut centers = vec![vec![0.0f64; d]; c];
    for (i, &g) in partition.labels().iter().enumerate() {
        for (sum, &x) in centers[g as usize].iter_mut().zip(points.row(row_of(i))) {
            *sum += f64::from(x);
        }
    }
    let mut sizes: Vec<f64> = partition.sizes().iter().map(|&s| s as f64).collect();
    for (center, size) in centers.iter_mut().zip(&sizes) {
        center.iter_mut().for_each(|x| *x /= size);
    }
    // Each group under the lowest of those it was joined with.
    let mut under: Vec<u32> = (0..c as u32).collect();
    let mut alive: Vec<usize> = (0..c).collect();
    let mut last: Option<f64> = None;
    let mut found = Vec::new();
    while alive.len() > 1 {
        let mut nearest = (f64::INFINITY, 0, 0);
        for (i, &a) in alive.iter().enumerate() {
            for &b in &alive[i + 1..] {
                let squared: f64 = centers[a]
                    .iter()
                    .zip(&centers[b])
                    .map(|(x, y)| (x - y) * (x - y))
                    .sum();
                let cost = squared * sizes[a] * sizes[b] / (sizes[a] + sizes[b]);
                if cost < nearest.0 {
                    nearest = (cost, a, b);
                }
            }
        }
        let (cost, a, b) = nearest;
        if let Some(last) = last.filter(|_| alive.len() < c) {
            let labels: Vec<u32> = partition.labels().iter().map(|&g| under[g as usize]).collect();
            found.push(Joined {
                partition: Partition::from_labels(&labels),
                step: (cost / f64::max(last, f64::MIN_POSITIVE)).sqrt(),
            });
        }
        let both = sizes[a] + sizes[b];
        let joining = std::mem::take(&mut centers[b]);
        for (x, y) in centers[a].iter_mut().zip(joining) {
            *x = (*x * sizes[a] + y * sizes[b]) / both;
        }
        sizes[a] = both;
        under
            .iter_mut()
            .filter(|u| **u == b as u32)
            .for_each(|u| *u = a as u32);
        alive.retain(|&g| g != b);
        last = Some(cost);
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn two_pairs_of_groups_make_two_groups_with_a_clear_step() {
        let points = array![[0.0f32], [1.0], [10.0], [11.0]];
        let coarser = joined(points.view(), |i| i, &Partition::singletons(4));
        let counts: Vec<usize> = coarser.iter().map(|j| j.partition.n_groups()).collect();
        assert_eq!(counts, [2, 3]);
        assert_eq!(coarser[0].partition.labels(), [0, 0, 1, 1]);
        // Costs: ½ and ½ for the pairs, 100 for the two of them.
        assert!((coarser[0].step - 200f64.sqrt()).abs() < 1e-9);
        assert!((coarser[1].step - 1.0).abs() < 1e-9);
    }

    #[test]
    fn two_groups_cannot_be_joined_to_any_purpose() {
        let points = array![[0.0f32], [1.0]];
        assert!(joined(points.view(), |i| i, &Partition::singletons(2)).is_empty());
    }

    #[test]
    fn centers_and_sizes_decide_who_is_joined_first() {
        // Groups of 2, 1 and 4 nodes with their means at 0, 3 and −3.5: Ward's distances are 9 · 2/3 = 6 and 3.5² · 8/6 = 16.3.
        let points = array![[-1.0f32], [1.0], [3.0], [-3.0], [-3.0], [-4.0], [-4.0]];
        let partition = Partition::from_labels(&[0, 0, 1, 2, 2, 2, 2]);
        let coarser = joined(points.view(), |i| i, &partition);
        assert_eq!(coarser.len(), 1);
        assert_eq!(coarser[0].partition.labels(), [1, 1, 1, 0, 0, 0, 0]);
        // Of the three together the mean is 1: 4.5² · 12/7 = 34.7.
        assert!((coarser[0].step - (20.25f64 * 12.0 / 7.0 / 6.0).sqrt()).abs() < 1e-9);
        // The same by rows that stand elsewhere.
        let turned = array![[-4.0f32], [-4.0], [-3.0], [-3.0], [3.0], [1.0], [-1.0]];
        let again = joined(turned.view(), |i| 6 - i, &partition);
        assert_eq!(again[0].partition.labels(), coarser[0].partition.labels());
    }

    #[test]
    fn of_pairs_as_near_the_first_is_joined_and_two_hundred_groups_are_the_most() {
        let even = array![[0.0f32], [1.0], [2.0]];
        let coarser = joined(even.view(), |i| i, &Partition::singletons(3));
        assert_eq!(coarser[0].partition.labels(), [0, 0, 1]);
        let many = |c: usize| {
            let points = ndarray::Array2::from_shape_fn((c, 1), |(i, _)| (i * i) as f32);
            joined(points.view(), |i| i, &Partition::singletons(c)).len()
        };
        assert_eq!((many(200), many(201)), (198, 0));
    }
}
