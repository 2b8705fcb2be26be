//! The rule that turns evidence into a recommendation.

use super::Level;
use crate::num::math;
use crate::partition::adjusted_rand;

/// Least agreement of samples with the whole for a level to count as coming back, where its borders run through
/// valleys, and in networks, whose null model has the same degrees and needs no second look.
const LEAST_STABILITY: f64 = 0.87;
/// The same where its borders are as crowded as everything else: pieces of curves come back with 0.75 to 0.9.
const LEAST_WITHOUT_VALLEY: f64 = 0.90;
/// The same for networks.
const LEAST_IN_NETWORKS: f64 = 0.6;
/// [`crowding`](super::Border::crowding) up to which a border is a valley, and from which it is none.
const VALLEY: (f64, f64) = (0.35, 0.45);
/// Above this the border runs through the densest places, the waist of a funnel: nothing divides there.
const MOST_CROWDED: f64 = 0.8;
/// At most this share of the customers may be in segments of which most does not come back.
const MOST_DOUBTFUL: f64 = 0.05;
/// How much agreement counts against detail: a third more detail pays for a loss of a twentieth in agreement.
const POWER: i32 = 6;
/// Levels that agree this well are one answer.
pub(super) const SAME_ANSWER: f64 = 0.98;
/// How many segments people can work with; the preference falls off outside, by half a unit of the logarithm.
const HANDY: (f64, f64) = (3.0, 10.0);
const FALLS_OFF: f64 = 0.5;
/// How many they can where the segments are beyond doubt.
const HANDY_WHERE_CLEAR: f64 = 20.0;
/// A level is beyond doubt with this agreement and this border ratio.
const CLEAR: (f64, f64) = (0.97, 0.3);

/// A division that tells less than a segment of a fiftieth beside everybody else tells of exceptions, and is none to work with.
const LEAST_DIVERSITY: f64 = 0.098;

/// What speaks for one division: of all customers, or of a sample of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence {
    pub(super) resolution: f64,
    pub(super) n_groups: usize,
    pub(super) diversity: f64,
    pub(super) border_ratio: Option<f64>,
    pub(super) border_limit: Option<f64>,
    pub(super) crowding: Option<f64>,
    pub(super) stability: Option<f64>,
    pub(super) doubtful: Option<f64>,
}

impl Evidence {
    /// Borders thinner than structureless customers have, through places that are not crowded, of segments that come back.
    pub(super) fn is_supported(&self) -> bool {
        let thin = self
            .border_ratio
            .zip(self.border_limit)
            .is_some_and(|(r, limit)| r < limit);
        let uncrowded = self.crowding.is_none_or(|c| c <= MOST_CROWDED);
        let comes_back = self.stability.is_some_and(|s| s >= self.least_stability());
        let trusted = self.doubtful.is_none_or(|d| d <= MOST_DOUBTFUL);
        thin && uncrowded && comes_back && trusted
    }

    fn least_stability(&self) -> f64 {
        let Some(crowding) = self.crowding else {
            return LEAST_IN_NETWORKS;
        };
        let share = ((crowding - VALLEY.0) / (VALLEY.1 - VALLEY.0)).clamp(0.0, 1.0);
        LEAST_STABILITY + share * (LEAST_WITHOUT_VALLEY - LEAST_STABILITY)
    }

    fn is_clear(&self) -> bool {
        self.stability.is_some_and(|s| s >= CLEAR.0) && self.border_ratio.is_some_and(|r| r <= CLEAR.1)
    }

    /// What the level is worth as a recommendation.
    fn worth(&self) -> f64 {
        let thinness = (1.0 - self.border_ratio.unwrap_or(1.0)).max(0.0).sqrt();
        let stability = math::powi(self.stability.unwrap_or(0.0), POWER);
        self.diversity * thinness * stability * self.handiness()
    }

    /// Networks have a null model of the same degrees, no places, and as many communities as they have.
    fn is_of_network(&self) -> bool {
        self.crowding.is_none()
    }

    /// 1 in networks, and for 3 to 10 segments of equal size, or as many of unequal ones as tell as much; less outside.
    fn handiness(&self) -> f64 {
        if self.is_of_network() {
            return 1.0;
        }
        let most = if self.is_clear() {
            HANDY_WHERE_CLEAR
        } else {
            HANDY.1
        };
        let beyond = (self.diversity - math::ln(most))
            .max(math::ln(HANDY.0) - self.diversity)
            .max(0.0);
        math::exp(-0.5 * math::powi(beyond / FALLS_OFF, 2))
    }

    /// Whether a level may be recommended: not where the grid ends, and beyond resolution 1, which is as far as
    /// modularity itself goes, only where it is beyond doubt. In networks, where modularity joins small communities the
    /// more the larger the network is (Fortunato and Barthélemy, PNAS 104, 36 (2007)), at every resolution.
    fn may_lead(&self, finest: f64, most_segments: usize) -> bool {
        self.is_supported()
            && self.n_groups <= most_segments
            && tells_enough(self.diversity)
            && (self.is_of_network()
                || self.resolution < finest && (self.resolution <= 1.0 || self.is_clear()))
    }
}

/// Whether a division sets more than a few apart.
pub(super) fn tells_enough(diversity: f64) -> bool {
    diversity >= LEAST_DIVERSITY
}

/// The level that one look at the evidence recommends, of those that stand in samples; of equal worth the coarser.
pub(super) fn choose(
    levels: &[Evidence],
    standing: &[bool],
    finest: f64,
    most_segments: usize,
) -> Option<usize> {
    candidates(levels, standing, finest, most_segments)
        .into_iter()
        .rev()
        .max_by(|&a, &b| levels[a].worth().total_cmp(&levels[b].worth()))
}

/// The levels that may be recommended, of those that stand in samples.
pub(super) fn candidates(
    levels: &[Evidence],
    standing: &[bool],
    finest: f64,
    most_segments: usize,
) -> Vec<usize> {
    (0..levels.len())
        .filter(|&l| standing[l] && levels[l].may_lead(finest, most_segments))
        .collect()
}

/// The supported levels, each answer once: neighboring levels with the same one are told by their stablest member, or
/// by the recommended one.
pub(super) fn menu(levels: &[Level], recommended: Option<usize>) -> Vec<usize> {
    let stability = |l: usize| levels[l].stability.unwrap_or(0.0);
    let mut menu: Vec<usize> = Vec::new();
    for l in (0..levels.len()).filter(|&l| levels[l].supported) {
        match menu.last_mut() {
            Some(last) if adjusted_rand(&levels[*last].partition, &levels[l].partition) >= SAME_ANSWER => {
                let better = stability(l) > stability(*last) && recommended != Some(*last);
                if better || recommended == Some(l) {
                    *last = l;
                }
            }
            _ => menu.push(l),
        }
    }
    menu
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `k` equal groups.
    fn level(k: usize, stability: f64, ratio: f64, crowding: f64) -> Evidence {
        Evidence {
            resolution: 0.5,
            n_groups: k,
            diversity: math::ln(k as f64),
            border_ratio: Some(ratio),
            border_limit: Some(0.85),
            crowding: Some(crowding),
            stability: Some(stability),
            doubtful: Some(0.0),
        }
    }

    fn chosen(levels: &[Evidence]) -> Option<usize> {
        choose(levels, &vec![true; levels.len()], 2.0, usize::MAX)
    }

    #[test]
    fn a_division_that_sets_a_few_apart_is_supported_but_not_recommended() {
        let share = |p: f64| -p * math::ln(p) - (1.0 - p) * math::ln(1.0 - p);
        let of = |p: f64| Evidence {
            diversity: share(p),
            ..level(2, 1.0, 0.01, 0.0)
        };
        assert!(of(0.015).is_supported());
        assert_eq!(chosen(&[of(0.015)]), None);
        assert_eq!(chosen(&[of(0.02)]), Some(0));
    }

    #[test]
    fn a_level_needs_every_sign() {
        let good = level(4, 0.88, 0.2, 0.3);
        assert!(good.is_supported());
        assert!(
            !Evidence {
                border_ratio: Some(0.9),
                ..good
            }
            .is_supported()
        );
        assert!(
            !Evidence {
                stability: Some(0.86),
                ..good
            }
            .is_supported()
        );
        assert!(
            !Evidence {
                doubtful: Some(0.06),
                ..good
            }
            .is_supported()
        );
        assert!(
            !Evidence {
                border_ratio: None,
                ..good
            }
            .is_supported()
        );
        assert!(
            !Evidence {
                stability: None,
                ..good
            }
            .is_supported()
        );
    }

    #[test]
    fn the_more_crowded_the_border_the_surer_must_segments_come_back() {
        assert!((level(4, 0.9, 0.2, 0.4).least_stability() - 0.885).abs() < 1e-12);
        assert!(!level(4, 0.89, 0.2, 0.5).is_supported());
        assert!(level(4, 0.91, 0.2, 0.5).is_supported());
        assert!(!level(4, 1.0, 0.2, 0.9).is_supported());
        let network = Evidence {
            crowding: None,
            ..level(4, 0.65, 0.2, 0.0)
        };
        assert!(network.is_supported());
    }

    #[test]
    fn detail_counts_unless_agreement_pays_for_it() {
        assert_eq!(
            chosen(&[level(3, 0.98, 0.1, 0.1), level(6, 0.97, 0.1, 0.1)]),
            Some(1)
        );
        assert_eq!(
            chosen(&[level(3, 0.98, 0.1, 0.1), level(6, 0.87, 0.1, 0.1)]),
            Some(0)
        );
    }

    #[test]
    fn many_segments_are_recommended_only_beyond_doubt() {
        let few = level(6, 0.9, 0.4, 0.1);
        assert_eq!(chosen(&[few, level(30, 0.92, 0.4, 0.1)]), Some(0));
        assert_eq!(chosen(&[few, level(30, 0.99, 0.02, 0.1)]), Some(1));
    }

    #[test]
    fn nothing_leads_at_the_end_of_the_grid_nor_beyond_resolution_one_without_being_clear() {
        let at = |resolution: f64, stability: f64| Evidence {
            resolution,
            ..level(8, stability, 0.2, 0.1)
        };
        let few = level(4, 0.9, 0.5, 0.1);
        assert_eq!(chosen(&[few, at(2.0, 1.0)]), Some(0));
        assert_eq!(chosen(&[few, at(1.3, 0.95)]), Some(0));
        assert_eq!(chosen(&[few, at(1.3, 0.98)]), Some(1));
        assert_eq!(chosen(&[at(2.0, 1.0)]), None);
        let network = |k: usize, resolution: f64| Evidence {
            crowding: None,
            resolution,
            ..level(k, 0.95, 0.5, 0.1)
        };
        assert_eq!(chosen(&[network(8, 0.5), network(40, 2.0)]), Some(1));
    }

    #[test]
    fn no_more_segments_than_were_allowed() {
        let levels = [level(4, 0.9, 0.3, 0.1), level(8, 0.95, 0.1, 0.1)];
        assert_eq!(choose(&levels, &[true; 2], 2.0, 7), Some(0));
        assert!(candidates(&levels, &[true; 2], 2.0, 3).is_empty());
    }

    #[test]
    fn handiness_is_one_from_three_to_ten_and_falls_by_the_logarithm_outside() {
        assert!((level(3, 0.9, 0.5, 0.1).handiness() - 1.0).abs() < 1e-12);
        // ln 1.5 beyond the edge: exp(−½ (0.4055 / 0.5)²).
        assert!((level(2, 0.9, 0.5, 0.1).handiness() - 0.719_8).abs() < 1e-3);
        assert!((level(10, 0.9, 0.5, 0.1).handiness() - 1.0).abs() < 1e-12);
        // ln 2 beyond the edge: exp(−½ (0.6931 / 0.5)²).
        assert!((level(20, 0.9, 0.5, 0.1).handiness() - 0.382_6).abs() < 1e-3);
        assert!((level(20, 0.99, 0.1, 0.1).handiness() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_border_at_its_limit_is_not_thin() {
        assert!(!level(4, 1.0, 0.85, 0.1).is_supported());
    }

    #[test]
    fn worth_is_detail_times_thinness_times_the_sixth_power_of_agreement_times_handiness() {
        // ln 4 · √0.75 · 0.9⁶, and handy.
        let expected = math::ln(4.0) * 0.75f64.sqrt() * math::powi(0.9, 6);
        assert!((level(4, 0.9, 0.25, 0.1).worth() - expected).abs() < 1e-12);
        // Of 20 segments 0.3826 of it.
        let many = math::ln(20.0) * 0.75f64.sqrt() * math::powi(0.9, 6) * 0.382_6;
        assert!((level(20, 0.9, 0.25, 0.1).worth() - many).abs() < 1e-3);
        // A border as thick as structureless draws have is worth nothing, and so is one thicker.
        assert_eq!(level(4, 0.9, 1.0, 0.1).worth(), 0.0);
        assert_eq!(level(4, 0.9, 1.5, 0.1).worth(), 0.0);
    }

    #[test]
    fn the_menu_has_each_supported_answer_once() {
        let of = |labels: &[u32], stability: f64, supported: bool| Level {
            supported,
            ..Level::of_labels(labels, stability)
        };
        let (two, three, four) = ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 2, 3]);
        let levels = [
            of(&two, 0.9, true),
            of(&two, 0.95, true),
            of(&two, 0.92, true),
            of(&three, 0.9, false),
            of(&four, 0.9, true),
        ];
        // The stablest of three with one answer, and what is not supported is not on it.
        assert_eq!(menu(&levels, None), [1, 4]);
        // The recommended one stands for its answer, whether it comes before a stabler one or behind.
        assert_eq!(menu(&levels, Some(0)), [0, 4]);
        assert_eq!(menu(&levels, Some(2)), [2, 4]);
        // Of equals the first.
        assert_eq!(menu(&[of(&two, 0.9, true), of(&two, 0.9, true)], None), [0]);
        assert!(menu(&[of(&two, 0.9, false)], None).is_empty());
    }
}
