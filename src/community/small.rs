//! Small groups into their neighbors.

use crate::partition::Partition;
use std::collections::BTreeMap;

/// Groups of fewer than `least` nodes join, from the smallest on, the one they have most edge weight with; one that no
/// edge joins to another stays. `O(m log c + c² log c)`.
///
/// # Panics
/// Where an edge is of a node that the partition does not divide.
#[must_use]
pub(crate) fn join_small(
    edges: impl IntoIterator<Item = (u32, u32, f64)>,
    partition: &Partition,
    least: usize,
) -> Partition {
    if partition.sizes().iter().all(|&size| size >= least) {
        return partition.clone();
    }
    let mut between: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let label = |v: u32| partition.labels()[v as usize] as usize;
    for (a, b, w) in edges.into_iter().filter(|&(a, b, _)| label(a) != label(b)) {
        *between.entry((label(a), label(b))).or_default() += w;
        *between.entry((label(b), label(a))).or_default() += w;
    }
    let mut sizes = partition.sizes().to_vec();
    let mut into: Vec<usize> = (0..sizes.len()).collect();
    // From the smallest: labels fall by size. A group that others have joined may have grown beyond the limit.
    for small in (0..sizes.len()).rev() {
        if sizes[small] >= least {
            continue;
        }
        let mut to: BTreeMap<usize, f64> = BTreeMap::new();
        for (&(a, b), w) in &between {
            let (a, b) = (root(&into, a), root(&into, b));
            if a == small && b != small {
                *to.entry(b).or_default() += w;
            }
        }
        // Of equal weights the larger group: the lower number.
        let Some((&strongest, _)) = to.iter().rev().max_by(|x, y| x.1.total_cmp(y.1)) else {
            continue;
        };
        into[small] = strongest;
        sizes[strongest] += sizes[small];
    }
    let labels: Vec<usize> = (0..partition.len() as u32)
        .map(|v| root(&into, label(v)))
        .collect();
    Partition::from_labels(&labels)
}

/// The group that this one has ended up in.
fn root(into: &[usize], mut group: usize) -> usize {
    while into[group] != group {
        group = into[group];
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_join_first_where_their_edges_are_heaviest_and_the_edgeless_stay() {
        let edges = [(0, 1, 1.0), (2, 3, 1.0), (1, 4, 0.5), (4, 2, 2.0)];
        let before = Partition::from_labels(&[0, 0, 1, 1, 2, 3]);
        let after = join_small(edges, &before, 2);
        assert_eq!(after, Partition::from_labels(&[0, 0, 1, 1, 1, 2]));
        assert_eq!(join_small(edges, &before, 1), before);
    }

    #[test]
    fn where_all_are_small_they_join_and_one_that_has_grown_stays() {
        let edges = [(0, 2, 1.0), (2, 4, 3.0), (4, 0, 1.0)];
        let pairs = Partition::from_labels(&[0, 0, 1, 1, 2, 2]);
        // The last joins the second; the four of them are no longer small, and the first joins them.
        assert_eq!(join_small(edges, &pairs, 3), Partition::one_group(6));
        // Three are not small, although the last two of them alone would be.
        let grown = Partition::from_labels(&[0, 0, 0, 1, 1, 2]);
        let joined = join_small([(5, 3, 3.0), (3, 0, 1.0)], &grown, 3);
        assert_eq!(joined, Partition::from_labels(&[0, 0, 0, 1, 1, 1]));
        // One of two as strong: the larger.
        let torn = Partition::from_labels(&[0, 0, 0, 1, 1, 2]);
        let joined = join_small([(0, 5, 1.0), (3, 5, 1.0)], &torn, 2);
        assert_eq!(joined, Partition::from_labels(&[0, 0, 0, 1, 1, 0]));
    }
}
