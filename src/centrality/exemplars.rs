//! The customers who stand in the middle of their segment.

use crate::partition::Partition;

/// How many [`exemplars`] a segment has at most.
pub(crate) const EXEMPLARS: usize = 3;

/// The central customers of each segment: those whose edges inside it are strongest together, by falling within-module
/// z-score (to nine digits), of equals the first. Up to three for each segment. `O(n log n)`.
///
/// A customer that many members resemble, and who resemble each other, is one to look at when a segment is to be understood.
///
/// ```
/// use kinfolk::Partition;
/// use kinfolk::centrality::exemplars;
///
/// let segments = Partition::from_labels(&[0, 0, 0, 0, 1]);
/// assert_eq!(exemplars(&segments, &[0.5, 1.2, -2.0, 1.2, 0.0]), [vec![1, 3, 0], vec![4]]);
/// ```
///
/// # Panics
/// Where there are not as many z-scores as customers.
pub fn exemplars(partition: &Partition, within_module_z: &[f64]) -> Vec<Vec<u32>> {
    assert_eq!(partition.len(), within_module_z.len(), "one z-score per customer");
    let key = |v: u32| (within_module_z[v as usize] * 1e9).round();
    let mut members = partition.members();
    for group in &mut members {
        group.sort_by(|&a, &b| key(b).total_cmp(&key(a)).then(a.cmp(&b)));
        group.truncate(EXEMPLARS);
    }
    members
}
