//! The rule that turns evidence into a recommendation.

use super::Level;
use super::null::diversity;
use crate::partition::adjusted_rand;

/// Least agreement of samples with the whole for a level to count as coming back.
const LEAST_STABILITY: f64 = 0.6;
/// How much agreement counts against detail: twice the detail pays for a loss of a ninth in agreement.
const POWER: i32 = 6;
/// Below this agreement a level is recommended only where no other is supported.
const SURE: f64 = 0.8;
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
    let sure: Vec<usize> = supported
        .iter()
        .copied()
        .filter(|&i| stability(i) >= SURE)
        .collect();
    let eligible = if sure.is_empty() { &supported } else { &sure };
    let thinness = |i: usize| 1.0 - levels[i].border_ratio.unwrap_or(1.0);
    let worth = |i: usize| diversity(&levels[i].partition) * thinness(i) * stability(i).powi(POWER);
    // Of equal worth the coarser.
    let best = eligible
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
