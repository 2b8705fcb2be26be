//! The list of rules by which everybody has exactly one segment.

use super::learn::{Found, Learner, best_rule};
use super::{HeldOut, Rule, SegmentRule};
use crate::partition::Partition;
use crate::table::Table;
use rayon::prelude::*;

/// The rules in their order; the last has no conditions.
pub(super) fn list(
    learner: &Learner,
    table: &Table,
    partition: &Partition,
    held_out: &[u32],
) -> Vec<SegmentRule> {
    let mut open = learner.everybody();
    let mut segments: Vec<u32> = (0..partition.n_groups() as u32).collect();
    let mut rules: Vec<(u32, Rule)> = Vec::new();
    while segments.len() > 1 {
        let found: Vec<(u32, Found)> = segments
            .par_iter()
            .map(|&segment| (segment, best_rule(learner, segment, &open)))
            .collect();
        let better = |a: &(u32, Found), b: &(u32, Found)| a.1.score.total_cmp(&b.1.score).then(b.0.cmp(&a.0));
        // A rule for everybody would leave nothing to the others.
        let with_conditions = found.into_iter().filter(|(_, f)| !f.rule.conditions.is_empty());
        let Some((segment, best)) = with_conditions.max_by(better) else {
            break;
        };
        for (word, selected) in open.iter_mut().zip(&best.selected) {
            *word &= !selected;
        }
        segments.retain(|&s| s != segment);
        rules.push((segment, best.rule));
    }
    // The rest go to the segment that most of them are in, the larger of equals.
    let last = segments
        .into_iter()
        .max_by_key(|&s| (learner.members_in(s, &open), std::cmp::Reverse(s)));
    rules.extend(last.map(|segment| (segment, Rule::default())));
    let tried = tried(&rules, table, partition, held_out);
    rules
        .into_iter()
        .zip(tried)
        .map(|((segment, rule), held_out)| SegmentRule {
            segment,
            rule,
            held_out,
        })
        .collect()
}

/// How each rule does where the first that holds decides.
fn tried(rules: &[(u32, Rule)], table: &Table, partition: &Partition, customers: &[u32]) -> Vec<HeldOut> {
    let selected: Vec<Vec<bool>> = rules.iter().map(|(_, rule)| rule.selects(table)).collect();
    let mut found = vec![HeldOut::default(); rules.len()];
    for &customer in customers {
        let customer = customer as usize;
        let decides = selected.iter().position(|selected| selected[customer]);
        for (place, (segment, _)) in rules.iter().enumerate() {
            let member = partition.labels()[customer] == *segment;
            found[place].add(decides == Some(place), member);
        }
    }
    found
}
