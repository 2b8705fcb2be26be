//! The rule that turns evidence into a recommendation.

use super::Level;
use super::null::diversity;
use crate::num::math;
use crate::partition::adjusted_rand;

/// Least agreement of samples with the whole for a level to count as coming back.
const LEAST_STABILITY: f64 = 0.6;
/// How much agreement counts against detail: a fifth more detail pays for a loss of a twentieth in agreement.
const POWER: i32 = 4;
/// Levels that agree this well are one answer.
pub(super) const SAME_ANSWER: f64 = 0.98;

/// Marks the supported levels; returns the recommended one and the menu.
pub(super) fn choose(levels: &mut [Level]) -> (Option<usize>, Vec<usize>) {
    for level in levels.iter_mut() {
        level.supported = (level.border_ratio.zip(level.border_limit)).is_some_and(|(r, limit)| r < limit)
            && level.stability.is_some_and(|s| s >= LEAST_STABILITY);
    }
    let supported: Vec<usize> = (0..levels.len()).filter(|&i| levels[i].supported).collect();
    let stability = |i: usize| levels[i].stability.unwrap_or(0.0);
    let thinness = |i: usize| (1.0 - levels[i].border_ratio.unwrap_or(1.0)).max(0.0).sqrt();
    let worth = |i: usize| diversity(&levels[i].partition) * thinness(i) * math::powi(stability(i), POWER);
    // Of equal worth the coarser.
    let best = supported
        .iter()
        .copied()
        .rev()
        .max_by(|&a, &b| worth(a).total_cmp(&worth(b)));

    // Neighboring resolutions with the same answer stand on the menu once, by their stablest member.
    let mut menu: Vec<usize> = Vec::new();
    for &i in &supported {
        match menu.last_mut() {
            Some(last) if adjusted_rand(&levels[*last].partition, &levels[i].partition) >= SAME_ANSWER => {
                if stability(i) > stability(*last) {
                    *last = i;
                }
            }
            _ => menu.push(i),
        }
    }
    let recommended = best.map(|best| {
        menu.iter()
            .copied()
            .find(|&m| adjusted_rand(&levels[m].partition, &levels[best].partition) >= SAME_ANSWER)
            .unwrap_or(best)
    });
    if let Some(r) = recommended
        && !menu.contains(&r)
    {
        menu.push(r);
        menu.sort_unstable();
    }
    (recommended, menu)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::Partition;

    /// `n` customers in `k` equal groups.
    fn level(k: u32, stability: f64, ratio: f64) -> Level {
        Level {
            resolution: f64::from(k),
            partition: Partition::from_labels(&(0..120u32).map(|i| i % k).collect::<Vec<_>>()),
            modularity: 0.0,
            stability: Some(stability),
            border_ratio: Some(ratio),
            border_limit: Some(0.85),
            nested: None,
            supported: false,
            ari_with_truth: None,
        }
    }

    #[test]
    fn a_level_needs_both_signs() {
        let mut levels = [level(2, 0.9, 0.9), level(3, 0.5, 0.2), level(4, 0.9, 0.2)];
        let (recommended, menu) = choose(&mut levels);
        assert_eq!(levels.map(|l| l.supported), [false, false, true]);
        assert_eq!((recommended, menu), (Some(2), vec![2]));
    }

    #[test]
    fn detail_counts_unless_agreement_pays_for_it() {
        let (sure, _) = choose(&mut [level(2, 0.98, 0.1), level(4, 0.97, 0.1)]);
        assert_eq!(sure, Some(1));
        let (shaky, _) = choose(&mut [level(2, 0.98, 0.1), level(4, 0.81, 0.1)]);
        assert_eq!(shaky, Some(0));
    }

    #[test]
    fn the_same_answer_stands_on_the_menu_once_by_its_stablest_level() {
        let (_, menu) = choose(&mut [level(3, 0.9, 0.2), level(3, 0.95, 0.2), level(5, 0.9, 0.2)]);
        assert_eq!(menu, [1, 2]);
    }

    #[test]
    fn without_support_nothing_is_recommended() {
        assert_eq!(choose(&mut [level(2, 0.3, 0.2)]), (None, vec![]));
        assert_eq!(choose(&mut []), (None, vec![]));
    }
}
