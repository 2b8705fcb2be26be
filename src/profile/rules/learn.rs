//! The best rule for a segment: a beam search over sets of customers as bits.

use super::cuts::conditions;
use super::{Condition, Rule};
use crate::partition::Partition;
use crate::table::Column;

/// Rules that are carried on at each length.
const BEAM: usize = 10;

/// Conditions in a rule, at most.
const LONGEST: usize = 3;

/// What a further condition has to add to the score.
const LEAST_GAIN: f64 = 0.01;

/// A set of the customers that rules are learned on.
pub(super) type Bits = Vec<u64>;

/// Conditions and segments as sets of customers.
pub(super) struct Learner {
    conditions: Vec<Condition>,
    holds: Vec<Bits>,
    members: Vec<Bits>,
    n: usize,
}

/// A rule and what it is worth on the learning part.
pub(super) struct Found {
    pub(super) rule: Rule,
    pub(super) selected: Bits,
    pub(super) score: f64,
}

/// Some conditions, by place, and whom they select.
struct Candidate {
    places: Vec<usize>,
    selected: Bits,
    score: f64,
}

impl Learner {
    pub(super) fn new(columns: &[&Column], partition: &Partition, customers: &[u32]) -> Self {
        let conditions = conditions(columns, customers);
        let bits = |of: &dyn Fn(usize) -> bool| {
            let mut bits = vec![0u64; customers.len().div_ceil(64)];
            for (place, &customer) in customers.iter().enumerate() {
                bits[place / 64] |= u64::from(of(customer as usize)) << (place % 64);
            }
            bits
        };
        let mut holds = Vec::with_capacity(conditions.len());
        let mut at = 0;
        for column in columns {
            // Conditions stand in the order of the columns.
            while let Some(condition) = conditions.get(at).filter(|c| c.column == column.name) {
                holds.push(bits(&|customer| condition.holds(column, customer)));
                at += 1;
            }
        }
        let segment = |g: u32| bits(&|customer| partition.labels()[customer] == g);
        Learner {
            members: (0..partition.n_groups() as u32).map(segment).collect(),
            conditions,
            holds,
            n: customers.len(),
        }
    }

    /// The set of all.
    pub(super) fn everybody(&self) -> Bits {
        let mut bits = vec![u64::MAX; self.n.div_ceil(64)];
        if let Some(last) = bits.last_mut().filter(|_| !self.n.is_multiple_of(64)) {
            *last = (1 << (self.n % 64)) - 1;
        }
        bits
    }

    /// F₁ of a set within `open` with the members of a segment: from how many it has of both.
    fn score(&self, selected: usize, both: usize, members: usize) -> f64 {
        2.0 * both as f64 / (selected + members).max(1) as f64
    }

    /// Members of a segment among some customers.
    pub(super) fn members_in(&self, segment: u32, open: &[u64]) -> usize {
        common(&self.members[segment as usize], open)
    }
}

fn common(a: &[u64], b: &[u64]) -> usize {
    a.iter().zip(b).map(|(x, y)| (x & y).count_ones() as usize).sum()
}

/// The best rule for a segment among the customers in `open`. No conditions where none is better than taking everybody.
pub(super) fn best_rule(learner: &Learner, segment: u32, open: &Bits) -> Found {
    let target = &learner.members[segment as usize];
    let members = common(target, open);
    let all = common(open, open);
    let mut best = Candidate {
        places: Vec::new(),
        selected: open.clone(),
        score: learner.score(all, members, members),
    };
    let mut beam: Vec<Candidate> = vec![Candidate {
        places: Vec::new(),
        selected: open.clone(),
        score: best.score,
    }];
    for _ in 0..LONGEST {
        let mut next: Vec<(f64, Vec<usize>)> = Vec::new();
        for candidate in &beam {
            for (place, holds) in learner.holds.iter().enumerate() {
                if candidate.places.contains(&place) {
                    continue;
                }
                let (mut selected, mut both) = (0, 0);
                for ((x, y), t) in candidate.selected.iter().zip(holds).zip(target) {
                    selected += (x & y).count_ones() as usize;
                    both += (x & y & t).count_ones() as usize;
                }
                let score = learner.score(selected, both, members);
                if score > 0.0 {
                    let mut places = candidate.places.clone();
                    places.push(place);
                    places.sort_unstable();
                    next.push((score, places));
                }
            }
        }
        // Of equal scores the one whose conditions come first.
        next.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        next.dedup();
        next.truncate(BEAM);
        beam = next
            .into_iter()
            .map(|(score, places)| Candidate {
                selected: selected_by(learner, &places, open),
                places,
                score,
            })
            .collect();
        if let Some(first) = beam.first().filter(|c| c.score > best.score + LEAST_GAIN) {
            best = Candidate {
                places: first.places.clone(),
                selected: first.selected.clone(),
                score: first.score,
            };
        }
    }
    let conditions = best
        .places
        .iter()
        .map(|&p| learner.conditions[p].clone())
        .collect();
    Found {
        rule: Rule { conditions },
        selected: best.selected,
        score: best.score,
    }
}

fn selected_by(learner: &Learner, places: &[usize], open: &Bits) -> Bits {
    let mut selected = open.clone();
    for &place in places {
        for (word, holds) in selected.iter_mut().zip(&learner.holds[place]) {
            *word &= holds;
        }
    }
    selected
}
