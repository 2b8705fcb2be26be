//! First places that keep groups apart.

use super::{Layout, forces, frame};
use crate::SimilarityGraph;
use crate::num::math;
use crate::partition::Partition;

/// Up to this many groups, discs are moved apart pair by pair.
const MOST_DISCS: usize = 400;
/// Passes of forces between groups, and of moving discs apart, at most.
const PASSES: usize = 200;
/// Groups times passes, so that many thousands of small groups cost no more than some hundreds of large ones.
const GROUP_PASSES: usize = 200_000;

/// First places for [`layout`](super::layout()) in which every group of `partition` is a disc of its own.
///
/// Forces take hundreds of passes to untangle groups that overlap in `first` (usually
/// [`first_two`](super::first_two) components, where groups that differ in a third direction coincide). Here the graph of
/// groups is laid out first, from their means, with ties divided by the geometric mean of both groups' strengths; then each
/// group's members stand around its place as they do in `first`. The area of a disc goes with the number of members, and
/// discs do not overlap (where there are at most 400). `O(n + m)`, and at most 200 passes over the
/// groups, fewer where there are more than 1000.
///
/// ```
/// use kinfolk::layout::apart_by_group;
/// use kinfolk::{Partition, SimilarityGraph};
///
/// let graph = SimilarityGraph::from_edges(4, &[(0, 1, 1.0), (2, 3, 1.0)]);
/// let partition = Partition::from_labels(&[0, 0, 1, 1]);
/// let start = apart_by_group(&graph, &partition, &[[0.0, 0.0], [1.0, 0.0], [0.1, 0.0], [0.9, 0.0]]);
/// let distance = |a: usize, b: usize| (start[a][0] - start[b][0]).hypot(start[a][1] - start[b][1]);
/// assert!(distance(0, 1) < distance(0, 2));
/// ```
///
/// # Panics
/// Where graph, partition and `first` are not about the same number of nodes.
pub fn apart_by_group(graph: &SimilarityGraph, partition: &Partition, first: &[[f64; 2]]) -> Vec<[f64; 2]> {
    assert_eq!(graph.n_nodes(), first.len(), "one first place per node");
    assert_eq!(partition.len(), first.len(), "one label per node");
    let members = partition.members();
    let means: Vec<[f64; 2]> = members
        .iter()
        .map(|group| {
            [0, 1]
                .map(|axis| group.iter().map(|&v| first[v as usize][axis]).sum::<f64>() / group.len() as f64)
        })
        .collect();
    let radii: Vec<f64> = members.iter().map(|group| (group.len() as f64).sqrt()).collect();
    let mut centers = means.clone();
    super::shake(&mut centers);
    let settings = Layout {
        passes: Some((GROUP_PASSES / members.len().max(1)).min(PASSES)),
        ..Layout::default()
    };
    forces::arrange(&graph_of_groups(graph, partition), &mut centers, &settings);
    // Three times the room that the discs take together.
    let spread = frame::spread(&centers);
    let scale = if spread > 0.0 {
        1.2 * (first.len() as f64).sqrt() / spread
    } else {
        1.0
    };
    for center in &mut centers {
        *center = center.map(|x| x * scale);
    }
    move_apart(&mut centers, &radii);

    let mut places = first.to_vec();
    for (g, group) in members.iter().enumerate() {
        let distance = |v: u32| {
            let p = first[v as usize];
            math::hypot(p[0] - means[g][0], p[1] - means[g][1])
        };
        let mean2 = group.iter().map(|&v| math::square(distance(v))).sum::<f64>() / group.len() as f64;
        // Two thirds of a disc's radius is near the root mean square of an even disc.
        let unit = if mean2 > 0.0 {
            0.67 * radii[g] / mean2.sqrt()
        } else {
            0.0
        };
        for &v in group {
            let d = distance(v) * unit;
            // Members far from the mean stay within the disc.
            let inside = if d > 0.0 {
                unit * math::tanh(d / radii[g]) * radii[g] / d
            } else {
                0.0
            };
            places[v as usize] =
                [0, 1].map(|axis| centers[g][axis] + inside * (first[v as usize][axis] - means[g][axis]));
        }
    }
    places
}

/// One node per group; an edge's weight is the strength of the ties between two groups, divided by the geometric mean
/// of their strengths.
fn graph_of_groups(graph: &SimilarityGraph, partition: &Partition) -> SimilarityGraph {
    let labels = partition.labels();
    let mut strength = vec![0.0; partition.n_groups()];
    let mut between: Vec<(u32, u32, f64)> = Vec::new();
    for (v, group) in (0u32..).zip(labels) {
        strength[*group as usize] += graph.strength(v);
        for (t, w) in graph.edges_of(v).filter(|e| e.0 > v) {
            let other = labels[t as usize];
            if other != *group {
                between.push((*group.min(&other), *group.max(&other), w));
            }
        }
    }
    for (a, b, w) in &mut between {
        *w /= (strength[*a as usize] * strength[*b as usize]).sqrt();
    }
    SimilarityGraph::from_edges(partition.n_groups(), &between)
}

/// Moves discs that overlap away from each other, the smaller one farther, until none do.
fn move_apart(centers: &mut [[f64; 2]], radii: &[f64]) {
    if centers.len() > MOST_DISCS {
        return;
    }
    for _ in 0..PASSES {
        let mut moved = false;
        for a in 0..centers.len() {
            for b in 0..a {
                let (dx, dy) = (centers[b][0] - centers[a][0], centers[b][1] - centers[a][1]);
                let d = math::hypot(dx, dy);
                let overlap = 1.1 * (radii[a] + radii[b]) - d;
                if overlap <= 1e-9 * radii[b] || d <= 0.0 {
                    continue;
                }
                moved = true;
                let share = radii[b] / (radii[a] + radii[b]);
                for (axis, step) in [dx / d * overlap, dy / d * overlap].into_iter().enumerate() {
                    centers[a][axis] -= share * step;
                    centers[b][axis] += (1.0 - share) * step;
                }
            }
        }
        if !moved {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_coincide_become_discs_that_do_not() {
        let n = 300u32;
        let labels: Vec<u32> = (0..n).map(|v| v % 3).collect();
        let edges: Vec<(u32, u32, f64)> = (3..n).map(|v| (v - 3, v, 1.0)).chain([(0, 1, 1.0)]).collect();
        let graph = SimilarityGraph::from_edges(n as usize, &edges);
        let first: Vec<[f64; 2]> = (0..n)
            .map(|v| [f64::from(v / 30), f64::from(v / 3 % 10)])
            .collect();
        let partition = Partition::from_labels(&labels);
        let start = apart_by_group(&graph, &partition, &first);
        for a in 0..n as usize {
            for b in (0..a).filter(|b| labels[*b] != labels[a]) {
                let d = math::hypot(start[a][0] - start[b][0], start[a][1] - start[b][1]);
                assert!(d > 0.5, "{a} and {b}: {d}");
            }
        }
    }

    #[test]
    fn one_group_and_no_nodes_are_fine() {
        let one = apart_by_group(
            &SimilarityGraph::from_edges(1, &[]),
            &Partition::one_group(1),
            &[[4.0, 2.0]],
        );
        assert!(one[0].iter().all(|x| x.is_finite()));
        assert!(
            apart_by_group(
                &SimilarityGraph::from_edges(0, &[]),
                &Partition::one_group(0),
                &[]
            )
            .is_empty()
        );
    }
}
