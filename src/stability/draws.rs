//! What each sample would have recommended by itself.

use super::border::{Border, diversity};
use super::choose::Evidence;
use super::{Level, Null};
use crate::num::{mean, quantile_sorted};
use crate::partition::{Partition, adjusted_rand};
use serde::Serialize;

/// With how many other samples each is compared.
const COMPARED: usize = 12;
/// Where this share of the samples recommends nothing, nothing is recommended: evidence near its threshold is none.
const MANY_WITHOUT: f64 = 0.3;
/// Nor where what is recommended agrees less than this with what samples recommend, or about as many come back in a smaller share of them.
const LEAST_AGREEMENT: f64 = 0.6;
/// A level stands where this share of the samples supports it by itself; a later one where those before lead to nothing that comes back.
pub(super) const STANDS: [f64; 3] = [0.5, 0.75, 0.95];

/// One sample divided at every level that was asked of it.
pub(super) struct Draw {
    /// The nodes in it, ascending.
    pub(super) nodes: Vec<u32>,
    /// Its division at each level; `None` where the level was not asked for.
    pub(super) found: Vec<Option<Partition>>,
    /// The borders of these on its own graph.
    pub(super) borders: Vec<Option<Border>>,
}

impl Draw {
    /// Leaves the divisions at these levels, in this order.
    pub(super) fn keep(&mut self, levels: &[usize]) {
        self.found = levels.iter().map(|&l| self.found[l].take()).collect();
        self.borders = levels.iter().map(|&l| self.borders[l]).collect();
    }
}

/// How often the recommendation, choice included, came back on samples that leave out a fifth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Recurrence {
    /// Share of the samples that recommend the same number of segments, one more or one less; where nothing is recommended,
    /// share of those that recommend nothing either.
    pub same_number: f64,
    /// Mean adjusted Rand index between the recommended segments and those that samples recommend; a sample without
    /// a recommendation counts as 0. `None` where nothing is recommended.
    pub agreement: Option<f64>,
    /// Share of the samples that recommend nothing.
    pub none: f64,
    /// Fewest and most segments that a sample recommends; `None` where none does.
    pub range: Option<(usize, usize)>,
    /// How many samples.
    pub n_samples: usize,
}

/// What speaks for each level in each sample: a list of levels per sample.
///
/// A sample has fewer customers than the whole and is compared with other samples instead of the whole: both shift
/// its evidence a little, alike for all samples. The shift is taken out level by level, so that only what differs between
/// samples is left.
pub(super) fn evidence(draws: &[Draw], levels: &[Level], null: &Null) -> Vec<Vec<Evidence>> {
    let mut evidence: Vec<Vec<Evidence>> = draws.iter().map(|_| Vec::new()).collect();
    for (l, level) in levels.iter().enumerate() {
        let ratios = centered(
            draws
                .iter()
                .map(|d| d.borders[l].map(|b| crate::num::math::ln(null.ratio(b)))),
            level.border_ratio.map(crate::num::math::ln),
        );
        let stabilities = centered(
            (0..draws.len()).map(|b| agreement_with_others(draws, b, l)),
            level.stability,
        );
        for (b, draw) in draws.iter().enumerate() {
            evidence[b].push(Evidence {
                resolution: level.resolution,
                n_groups: draw.found[l].as_ref().map_or(1, Partition::n_groups),
                diversity: draw.found[l].as_ref().map_or(0.0, diversity),
                border_ratio: ratios[b].map(crate::num::math::exp),
                border_limit: level.border_limit,
                crowding: level.crowding,
                stability: stabilities[b].map(|s| s.min(1.0)),
                doubtful: level.doubtful,
            });
        }
    }
    evidence
}

/// Whether this share of the samples supports each level.
pub(super) fn standing(evidence: &[Vec<Evidence>], n_levels: usize, share: f64) -> Vec<bool> {
    let needed = share * evidence.len() as f64;
    let supporting = |l: usize| evidence.iter().filter(|e| e[l].is_supported()).count();
    (0..n_levels).map(|l| supporting(l) as f64 >= needed).collect()
}

/// The candidate that agrees best with what the samples recommend, and how far it comes back; `None` for the candidate
/// where three in ten of the samples recommend nothing, the agreement is below 0.6, or fewer than three in five recommend about as many.
pub(super) fn settle(
    draws: &[Draw],
    levels: &[Level],
    candidates: &[usize],
    choices: &[Option<usize>],
) -> (Option<usize>, Recurrence) {
    let n = draws.len().max(1) as f64;
    let chosen: Vec<(&Draw, &Partition)> = draws
        .iter()
        .zip(choices)
        .filter_map(|(draw, choice)| Some((draw, draw.found[(*choice)?].as_ref()?)))
        .collect();
    let none = (draws.len() - chosen.len()) as f64 / n;
    let counts: Vec<usize> = chosen.iter().map(|(_, p)| p.n_groups()).collect();
    let range = counts.iter().copied().min().zip(counts.iter().copied().max());
    let nothing = Recurrence {
        same_number: none,
        agreement: None,
        none,
        range,
        n_samples: draws.len(),
    };
    if none >= MANY_WITHOUT {
        return (None, nothing);
    }
    let agreement = |l: usize| -> f64 {
        let of = |&(draw, found): &(&Draw, &Partition)| {
            adjusted_rand(&levels[l].partition.restricted(&draw.nodes), found)
        };
        chosen.iter().map(of).sum::<f64>() / n
    };
    let best = candidates
        .iter()
        .map(|&l| (l, agreement(l)))
        .rev()
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let Some((best, agreement)) = best.filter(|b| b.1 >= LEAST_AGREEMENT) else {
        return (None, nothing);
    };
    let wanted = levels[best].partition.n_groups();
    let within = |most: usize| counts.iter().filter(|c| c.abs_diff(wanted) <= most).count() as f64 / n;
    // Of many, a fifth more or fewer are much the same.
    if within(1.max(wanted / 5)) < LEAST_AGREEMENT {
        return (None, nothing);
    }
    let recurrence = Recurrence {
        same_number: within(1),
        agreement: Some(agreement),
        ..nothing
    };
    (Some(best), recurrence)
}

/// Mean adjusted Rand index between sample `b` and the next few at level `l`, on the customers that both have.
fn agreement_with_others(draws: &[Draw], b: usize, l: usize) -> Option<f64> {
    let mine = draws[b].found[l].as_ref()?;
    let others = (1..draws.len())
        .map(|step| &draws[(b + step) % draws.len()])
        .take(COMPARED);
    let agreements: Vec<f64> = others
        .filter_map(|other| {
            let (here, there) = shared(&draws[b].nodes, &other.nodes);
            let theirs = other.found[l].as_ref()?.restricted(&there);
            Some(adjusted_rand(&mine.restricted(&here), &theirs))
        })
        .collect();
    (!agreements.is_empty()).then(|| mean(&agreements))
}

/// Where the nodes that two ascending lists share stand in each.
pub(super) fn shared(a: &[u32], b: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let (mut i, mut j) = (0, 0);
    let (mut in_a, mut in_b) = (Vec::new(), Vec::new());
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                in_a.push(i as u32);
                in_b.push(j as u32);
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    (in_a, in_b)
}

/// The values moved so that their median is `middle`; none where there is no middle.
fn centered(values: impl Iterator<Item = Option<f64>>, middle: Option<f64>) -> Vec<Option<f64>> {
    let values: Vec<Option<f64>> = values.collect();
    let mut known: Vec<f64> = values.iter().flatten().copied().collect();
    known.sort_unstable_by(f64::total_cmp);
    let Some(middle) = middle.filter(|_| !known.is_empty()) else {
        return vec![None; values.len()];
    };
    let shift = middle - quantile_sorted(&known, 0.5);
    values.into_iter().map(|v| Some(v? + shift)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(labels: &[u32]) -> Level {
        Level::of_labels(labels, 0.9)
    }

    fn draw(nodes: &[u32], found: &[&[u32]]) -> Draw {
        Draw {
            nodes: nodes.to_vec(),
            found: found.iter().map(|l| Some(Partition::from_labels(l))).collect(),
            borders: vec![None; found.len()],
        }
    }

    #[test]
    fn the_number_that_comes_back_wins_over_the_one_that_does_not() {
        let levels = [level(&[0, 0, 0, 0, 1, 1, 1, 1]), level(&[0, 0, 1, 1, 2, 2, 3, 3])];
        let one = || draw(&[0, 2, 4, 6], &[&[0, 0, 1, 1], &[0, 1, 2, 3]]);
        let draws = [one(), one(), one(), one()];
        let (best, recurrence) = settle(&draws, &levels, &[0, 1], &[Some(0), Some(0), Some(1), Some(0)]);
        assert_eq!(best, Some(0));
        assert!((recurrence.same_number - 0.75).abs() < 1e-12);
        assert_eq!((recurrence.range, recurrence.none), (Some((2, 4)), 0.0));
        let (best, recurrence) = settle(&draws, &levels, &[0, 1], &[None, None, None, Some(0)]);
        assert_eq!((best, recurrence.same_number), (None, 0.75));
        // Half of them take two and half take four.
        let (best, _) = settle(&draws, &levels, &[0, 1], &[Some(0), Some(0), Some(1), Some(1)]);
        assert_eq!(best, None);
    }

    #[test]
    fn a_level_that_too_few_samples_support_does_not_stand() {
        let looks = |stability: f64| Evidence {
            resolution: 0.5,
            n_groups: 2,
            diversity: 0.6,
            border_ratio: Some(0.2),
            border_limit: Some(0.85),
            crowding: Some(0.1),
            stability: Some(stability),
            doubtful: Some(0.0),
        };
        let sample = |a, b| vec![looks(a), looks(b)];
        let evidence = [
            sample(0.9, 0.9),
            sample(0.9, 0.8),
            sample(0.9, 0.9),
            sample(0.8, 0.8),
        ];
        assert_eq!(standing(&evidence, 2, 0.75), [true, false]);
        assert_eq!(standing(&evidence, 2, 0.5), [true, true]);
    }

    #[test]
    fn what_two_lists_share_is_found_in_both() {
        assert_eq!(shared(&[1, 3, 5, 9], &[3, 4, 9]), (vec![1, 3], vec![0, 2]));
    }

    #[test]
    fn a_shift_common_to_all_is_taken_out() {
        let moved = centered([Some(1.0), None, Some(3.0), Some(8.0)].into_iter(), Some(2.0));
        assert_eq!(moved, [Some(0.0), None, Some(2.0), Some(7.0)]);
        assert_eq!(centered([Some(1.0)].into_iter(), None), [None]);
    }

    #[test]
    fn where_three_samples_in_ten_recommend_nothing_nothing_is_recommended() {
        let levels = [level(&[0, 0, 1, 1])];
        let draws: Vec<Draw> = (0..10).map(|_| draw(&[0, 1, 2, 3], &[&[0, 0, 1, 1]])).collect();
        let with = |nothing: usize| {
            let choices: Vec<Option<usize>> = (0..10).map(|b| (b >= nothing).then_some(0)).collect();
            settle(&draws, &levels, &[0], &choices)
        };
        let (best, recurrence) = with(2);
        assert_eq!((best, recurrence.none), (Some(0), 0.2));
        // Who recommends nothing counts as no agreement.
        assert!((recurrence.agreement.expect("recommended") - 0.8).abs() < 1e-12);
        assert!((recurrence.same_number - 0.8).abs() < 1e-12);
        let (best, recurrence) = with(3);
        assert_eq!(
            (best, recurrence.agreement, recurrence.range),
            (None, None, Some((2, 2)))
        );
        assert_eq!((recurrence.none, recurrence.n_samples), (0.3, 10));
    }

    #[test]
    fn of_many_segments_a_fifth_more_or_fewer_are_about_as_many() {
        // Ten groups of two; samples find all of them, or eight, or seven: the last groups together.
        let joined = |n: u32| -> Vec<u32> { (0..20u32).map(|i| (i / 2).min(n - 1)).collect() };
        let nodes: Vec<u32> = (0..20).collect();
        let levels = [level(&joined(10))];
        let recommended = |others: u32| {
            let draws: Vec<Draw> = (0..5)
                .map(|b| draw(&nodes, &[&joined(if b < 2 { 10 } else { others })]))
                .collect();
            settle(&draws, &levels, &[0], &[Some(0); 5])
        };
        let (best, recurrence) = recommended(8);
        assert_eq!((best, recurrence.same_number), (Some(0), 0.4));
        assert_eq!(recommended(7).0, None);
    }

    #[test]
    fn a_sample_is_compared_with_the_next_twelve_on_what_both_have() {
        let one = |labels: &[u32]| draw(&[0, 1, 2, 3], &[labels]);
        let (pairs, crossed) = ([0, 0, 1, 1], [0, 1, 0, 1]);
        // Two that agree and two that are crossed: adjusted Rand −0.5 with the others.
        let draws = [one(&pairs), one(&pairs), one(&crossed), one(&crossed)];
        let mean = (1.0 - 0.5 - 0.5) / 3.0;
        for b in 0..4 {
            let agreement = agreement_with_others(&draws, b, 0).expect("others are there");
            assert!((agreement - mean).abs() < 1e-12, "{b}: {agreement}");
        }
        // Behind the last comes the first; the thirteenth is not asked.
        let mut many: Vec<Draw> = (0..14).map(|_| one(&pairs)).collect();
        many[0] = one(&crossed);
        assert_eq!(agreement_with_others(&many, 1, 0), Some(1.0));
        let beside = agreement_with_others(&many, 13, 0).expect("others are there");
        assert!((beside - (11.0 - 0.5) / 12.0).abs() < 1e-12);
        assert_eq!(agreement_with_others(&many[..1], 0, 0), None);
    }

    #[test]
    fn evidence_of_samples_lies_about_that_of_the_whole() {
        let border = |ln_cut: f64| Border {
            diversity: 0.6,
            ln_cut,
            crowding: None,
        };
        let mut draws: Vec<Draw> = (0..3).map(|_| draw(&[0, 1, 2, 3], &[&[0, 0, 1, 1]])).collect();
        for (draw, ln_cut) in draws.iter_mut().zip([-3.0, -2.0, -1.5]) {
            draw.borders[0] = Some(border(ln_cut));
        }
        let null = Null::of_curves(vec![(0, vec![(0.6, -1.0)])]);
        let found = evidence(&draws, &[level(&[0, 0, 1, 1])], &null);
        // The middle one has the ratio of the whole, 0.2, the others e⁻¹ and e^½ of it; agreement is 0.9 for all.
        for (sample, shift) in found.iter().zip([-1.0, 0.0, 0.5]) {
            let ratio = sample[0].border_ratio.expect("a border");
            assert!(
                (ratio - 0.2 * crate::num::math::exp(shift)).abs() < 1e-12,
                "{ratio}"
            );
            assert_eq!((sample[0].n_groups, sample[0].stability), (2, Some(0.9)));
        }
    }

    #[test]
    fn levels_are_kept_in_the_order_asked_for() {
        let mut one = draw(&[0, 1], &[&[0, 0], &[0, 1], &[1, 1]]);
        one.borders[1] = Some(Border {
            diversity: 0.6,
            ln_cut: -1.0,
            crowding: None,
        });
        one.keep(&[1, 0]);
        let groups: Vec<usize> = one.found.iter().flatten().map(Partition::n_groups).collect();
        assert_eq!(groups, [2, 1]);
        assert!(one.borders[0].is_some() && one.borders[1].is_none());
    }
}
