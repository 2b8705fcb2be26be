//! From a division of some nodes to one of all: everybody else joins where the edges lead.

use crate::graph::SimilarityGraph;
use crate::partition::Partition;
use rayon::prelude::*;

const NONE: u32 = u32::MAX;

/// Nodes that one thread looks at in one go.
const ROWS: usize = 1024;

/// The nodes around some that are known, ring by ring: who has an edge to a known one, who has one to those, and so on.
pub(super) struct Rings<'a> {
    known: &'a [u32],
    present: &'a [u32],
    /// Those reached, a ring after the other, ascending within each.
    reached: Vec<u32>,
    /// Where each ring ends.
    ends: Vec<usize>,
}

impl<'a> Rings<'a> {
    /// Around `known` among `present`, both ascending; the others conduct nothing. `O(edges)`.
    pub(super) fn around(graph: &SimilarityGraph, known: &'a [u32], present: &'a [u32]) -> Rings<'a> {
        let mut waits = vec![false; graph.n_nodes()];
        present.iter().for_each(|&v| waits[v as usize] = true);
        known.iter().for_each(|&v| waits[v as usize] = false);
        let (mut reached, mut ends) = (Vec::new(), Vec::new());
        let mut ring = known.to_vec();
        loop {
            let is_waiting = |&u: &u32| waits[u as usize];
            let waiting = |&v: &u32| graph.neighbors(v).iter().copied().filter(is_waiting);
            let mut next: Vec<u32> = ring
                .par_iter()
                .with_min_len(ROWS)
                .flat_map_iter(waiting)
                .collect();
            if next.is_empty() {
                break;
            }
            next.par_sort_unstable();
            next.dedup();
            next.iter().for_each(|&v| waits[v as usize] = false);
            reached.extend_from_slice(&next);
            ends.push(reached.len());
            ring = next;
        }
        Rings {
            known,
            present,
            reached,
            ends,
        }
    }

    /// A division of the known nodes as one of all that are present: each ring joins the groups with which it has most
    /// edge weight (the larger group, of equal ones), as in label propagation (Raghavan, Albert and Kumara, Phys. Rev. E 76, 036106
    /// (2007)), but with labels that stay. Whom no path leads to joins the group of the node before it: nodes stand in the order
    /// of a kd-tree's leaves. `together` names nodes of the graph that must stay together: they go with the first of them. `O(edges)`.
    pub(super) fn spread(
        &self,
        graph: &SimilarityGraph,
        together: Option<&Partition>,
        division: &Partition,
    ) -> Partition {
        let mut label = vec![NONE; graph.n_nodes()];
        for (&node, &group) in self.known.iter().zip(division.labels()) {
            label[node as usize] = group;
        }
        let mut first = 0;
        for &end in &self.ends {
            let ring = &self.reached[first..end];
            let joined = |sums: &mut Vec<(u32, f64)>, &v: &u32| {
                sums.clear();
                for (u, weight) in graph.edges_of(v) {
                    let group = label[u as usize];
                    match sums.iter_mut().find(|(g, _)| *g == group) {
                        _ if group == NONE => {}
                        Some((_, sum)) => *sum += weight,
                        None => sums.push((group, weight)),
                    }
                }
                let stronger = |a: &(u32, f64), b: &(u32, f64)| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0));
                sums.drain(..).max_by(stronger).map_or(NONE, |(group, _)| group)
            };
            let found: Vec<u32> = (ring.par_iter().with_min_len(ROWS))
                .map_init(Vec::new, joined)
                .collect();
            for (&v, &group) in ring.iter().zip(&found) {
                label[v as usize] = group;
            }
            first = end;
        }
        let mut before = 0;
        let mut of_present: Vec<u32> = Vec::with_capacity(self.present.len());
        for &v in self.present {
            let group = label[v as usize];
            if group != NONE {
                before = group;
            }
            of_present.push(before);
        }
        if let Some(together) = together {
            let mut of_group = vec![NONE; together.n_groups()];
            for (slot, &v) in of_present.iter_mut().zip(self.present) {
                let first = &mut of_group[together.labels()[v as usize] as usize];
                if *first == NONE {
                    *first = *slot;
                }
                *slot = *first;
            }
        }
        Partition::from_labels(&of_present)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYBODY: [u32; 6] = [0, 1, 2, 3, 4, 5];

    fn path() -> SimilarityGraph {
        // 0 - 1 - 2 = 3 - 4, and 5 alone.
        SimilarityGraph::from_edges(6, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 2.0), (3, 4, 1.0)])
    }

    #[test]
    fn everybody_joins_where_the_edges_lead_and_who_has_none_goes_with_whom_it_stands_beside() {
        let graph = path();
        let division = Partition::from_labels(&[0, 1]);
        let rings = Rings::around(&graph, &[0, 4], &EVERYBODY);
        assert_eq!(
            (&rings.reached[..], &rings.ends[..]),
            (&[1, 3, 2][..], &[2, 3][..])
        );
        // 2 has an edge of 1 to the left and one of 2 to the right.
        let all = rings.spread(&graph, None, &division);
        assert_eq!(all, Partition::from_labels(&[0, 0, 1, 1, 1, 1]));
        let same = Partition::from_labels(&[0, 1, 2, 3, 4, 0]);
        let all = rings.spread(&graph, Some(&same), &division);
        assert_eq!(all.labels()[5], all.labels()[0]);
    }

    #[test]
    fn who_is_left_out_conducts_nothing() {
        let graph = path();
        let present = [0, 1, 2, 4, 5];
        let rings = Rings::around(&graph, &[0, 4], &present);
        // Without 3, 2 is reached from 0 alone.
        let all = rings.spread(&graph, None, &Partition::from_labels(&[0, 1]));
        assert_eq!(all, Partition::from_labels(&[0, 0, 0, 1, 1]));
    }

    #[test]
    fn of_equal_weights_the_larger_group_wins() {
        let graph = SimilarityGraph::from_edges(3, &[(0, 1, 1.0), (1, 2, 1.0)]);
        let rings = Rings::around(&graph, &[0, 2], &[0, 1, 2]);
        let all = rings.spread(&graph, None, &Partition::from_labels(&[0, 1]));
        assert_eq!(all, Partition::from_labels(&[0, 0, 1]));
    }
}
