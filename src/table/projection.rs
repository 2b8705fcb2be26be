//! Things of two kinds, such as customers and products, as a network of one kind.

/// The ends of one kind of edges, by the column in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The first column, or the one called source.
    Source,
    /// The second column, or the one called target.
    Target,
}

impl Side {
    /// `source` or `target`.
    pub fn name(self) -> &'static str {
        match self {
            Side::Source => "source",
            Side::Target => "target",
        }
    }

    /// The other one.
    pub(crate) fn other(self) -> Side {
        match self {
            Side::Source => Side::Target,
            Side::Target => Side::Source,
        }
    }
}

/// The pairs that the things of the other kind are asked for, all together: about a second, and at most 1 GB of ties.
const PAIRS: u64 = 50_000_000;

/// Things of one kind, tied by what they share.
#[derive(Debug, PartialEq)]
pub(crate) struct Projection {
    /// Both ends, the lower one first, and the weight; ascending, no pair twice.
    pub(crate) edges: Vec<(u32, u32, f64)>,
    /// How many things both ends of each edge share.
    pub(crate) shared: Vec<u32>,
    /// Things of the other kind, the most shared ones, that are left out: how many, and how often the least of them is shared.
    pub(crate) left_out: Option<(usize, usize)>,
}

/// Ties things of one kind by what they share of the other: each thing with d owners adds 1 / (d − 1) to the weight of each pair of
/// them, so that what few share counts for much, and the strength of an owner is the number of its things that somebody else has, too.
/// Newman, Physical Review E 64, 016132 (2001).
///
/// `ties` are owner and thing, ascending, none twice, of so many `owners` and `things`. A thing with d owners has d (d − 1) / 2 pairs:
/// where all together have more than 50 million, the things with the most owners are left out until they do not, all with the same
/// number of owners together. `grow` is asked now and then whether so many edges may be held. `O(pairs + ties)`.
pub(crate) fn project<E>(
    owners: usize,
    things: usize,
    ties: &[(u32, u32)],
    grow: &mut dyn FnMut(usize) -> Result<(), E>,
) -> Result<Projection, E> {
    project_up_to(owners, things, ties, PAIRS, grow)
}

fn project_up_to<E>(
    owners: usize,
    things: usize,
    ties: &[(u32, u32)],
    most_pairs: u64,
    grow: &mut dyn FnMut(usize) -> Result<(), E>,
) -> Result<Projection, E> {
    let mut owners_of: Vec<Vec<u32>> = vec![Vec::new(); things];
    for &(owner, thing) in ties {
        owners_of[thing as usize].push(owner);
    }
    let most_owners = most_owners(&owners_of, most_pairs);
    let out = owners_of.iter().map(Vec::len).filter(|&d| d > most_owners);
    let left_out = out.clone().min().map(|least| (out.count(), least));

    let mut found = Projection {
        edges: Vec::new(),
        shared: Vec::new(),
        left_out,
    };
    // One owner at a time: its weight with each other owner, and which of them have one.
    let mut weight = vec![0.0; owners];
    let mut shared = vec![0u32; owners];
    let mut others: Vec<u32> = Vec::new();
    for own in ties.chunk_by(|x, y| x.0 == y.0) {
        let owner = own[0].0;
        for &(_, thing) in own {
            let all = &owners_of[thing as usize];
            if all.len() > most_owners {
                continue;
            }
            let after = &all[all.partition_point(|&other| other <= owner)..];
            for &other in after {
                if shared[other as usize] == 0 {
                    others.push(other);
                }
                shared[other as usize] += 1;
                weight[other as usize] += 1.0 / (all.len() - 1) as f64;
            }
        }
        others.sort_unstable();
        for &other in &others {
            found.edges.push((owner, other, weight[other as usize]));
            found.shared.push(shared[other as usize]);
            (weight[other as usize], shared[other as usize]) = (0.0, 0);
        }
        others.clear();
        grow(found.edges.len())?;
    }
    Ok(found)
}

/// Up to how many owners things may have, for all pairs together to be no more than so many.
fn most_owners(owners_of: &[Vec<u32>], most_pairs: u64) -> usize {
    let mut degrees: Vec<usize> = owners_of.iter().map(Vec::len).collect();
    degrees.sort_unstable();
    let mut pairs = 0u64;
    let mut most = 0;
    for same in degrees.chunk_by(|a, b| a == b) {
        let d = same[0] as u64;
        pairs = pairs.saturating_add((d * d.saturating_sub(1) / 2).saturating_mul(same.len() as u64));
        if pairs > most_pairs {
            return most;
        }
        most = same[0];
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::convert::Infallible;

    fn projected(ties: &[(u32, u32)], most_pairs: u64) -> Projection {
        let n = |end: fn(&(u32, u32)) -> u32| ties.iter().map(end).max().map_or(0, |m| m as usize + 1);
        let free = &mut |_: usize| Ok::<(), Infallible>(());
        project_up_to(n(|t| t.0), n(|t| t.1), ties, most_pairs, free).unwrap_or_else(|never| match never {})
    }

    #[test]
    fn each_shared_thing_adds_one_over_its_other_owners() {
        // Thing 0: all four; 1: 0 and 1; 2: 2 alone; 3: 1, 2 and 3.
        let ties = [
            (0, 0),
            (0, 1),
            (1, 0),
            (1, 1),
            (1, 3),
            (2, 0),
            (2, 2),
            (2, 3),
            (3, 0),
            (3, 3),
        ];
        let third = 1.0 / 3.0;
        let found = projected(&ties, 100);
        assert_eq!(
            found.edges,
            [
                (0, 1, third + 1.0),
                (0, 2, third),
                (0, 3, third),
                (1, 2, third + 0.5),
                (1, 3, third + 0.5),
                (2, 3, third + 0.5),
            ]
        );
        assert_eq!(found.shared, [2, 1, 1, 2, 2, 2]);
        assert_eq!(found.left_out, None);
    }

    #[test]
    fn things_that_too_many_share_are_left_out_together() {
        let ties = [
            (0, 0),
            (0, 1),
            (1, 0),
            (1, 1),
            (1, 2),
            (2, 0),
            (2, 2),
            (3, 3),
            (4, 3),
            (5, 3),
        ];
        // Things 0 and 3 have three owners, 1 and 2 have two: 3 + 1 + 1 + 3 pairs.
        assert_eq!(projected(&ties, 8).left_out, None);
        let found = projected(&ties, 7);
        assert_eq!(found.left_out, Some((2, 3)));
        assert_eq!(found.edges, [(0, 1, 1.0), (1, 2, 1.0)]);
    }

    proptest! {
        #[test]
        fn strengths_count_the_things_that_others_have_too(
            ties in prop::collection::btree_set((0u32..20, 0u32..15), 1..120),
        ) {
            let all: Vec<(u32, u32)> = ties.iter().copied().collect();
            let mut owners: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
            for &(owner, thing) in &all {
                owners.entry(thing).or_default().insert(owner);
            }
            let found = projected(&all, u64::MAX);
            for v in 0..20 {
                let strength: f64 = (found.edges.iter())
                    .filter(|e| e.0 == v || e.1 == v)
                    .map(|e| e.2)
                    .sum();
                let of_others = owners.values().filter(|o| o.len() > 1 && o.contains(&v)).count();
                prop_assert!((strength - of_others as f64).abs() < 1e-9);
            }
            prop_assert!(found.edges.is_sorted_by(|x, y| (x.0, x.1) < (y.0, y.1)));
        }
    }
}
