//! How thin the borders are that can be drawn where there is no structure.

use super::border::Border;
use super::{Ground, NullDraw, in_batches};
use crate::Result;
use crate::num::math;
use serde::Serialize;

/// Borders must be at least this much thinner than the thinnest of structureless draws, and thinner still where
/// the null draws themselves differ more.
const THINNER: f64 = 0.85;
/// How many degrees of freedom the spread of all levels lends to that of one.
const LENT: usize = 6;

/// How the cut of a division grows with its diversity where there is no structure.
///
/// *Cut*: share of the tie strength that runs between groups. *Diversity*: entropy of the group sizes in nats.
#[derive(Clone, Debug, Serialize)]
pub struct Null {
    /// One curve per null draw: (diversity, ln cut) of the divisions found in it, by rising diversity; and the null draw's kind.
    curves: Vec<(u8, Vec<(f64, f64)>)>,
}

impl Null {
    /// Draws `n_null_draws` structureless draws of the ground and divides each at every resolution.
    ///
    /// # Errors
    /// Those of the community search.
    pub(super) fn measure(ground: &Ground<'_>, resolutions: &[f64], n_null_draws: usize) -> Result<Null> {
        let null_draw = ground.source.null_draws(ground.seed);
        let curve_of = |number: usize| {
            let NullDraw { graph, kind } = null_draw(number)?;
            let mut curve: Vec<(f64, f64)> = (ground.find)(&graph, resolutions, ground.seed, None)?
                .iter()
                .filter(|found| found.n_groups() > 1)
                .map(|found| Border::of(&graph, found))
                .map(|border| (border.diversity, border.ln_cut))
                .collect();
            curve.sort_by(|a, b| a.0.total_cmp(&b.0));
            Ok((kind, curve))
        };
        let mut curves: Vec<(u8, Vec<(f64, f64)>)> = Vec::with_capacity(n_null_draws);
        in_batches(ground.graph.n_nodes(), n_null_draws, curve_of, |curve| {
            curves.push(curve)
        })?;
        curves.retain(|(_, curve)| !curve.is_empty());
        Ok(Null { curves })
    }

    #[cfg(test)]
    pub(super) fn of_curves(curves: Vec<(u8, Vec<(f64, f64)>)>) -> Null {
        Null { curves }
    }

    /// Cut of a division over the thinnest that any null draw has at its diversity: below 1, its borders are thinner
    /// than structureless customers would have them.
    pub fn ratio(&self, border: Border) -> f64 {
        math::exp(border.ln_cut - self.thinnest(border.diversity))
    }

    /// For each diversity the ratio that borders must stay below: 0.85, or less where null draws of one kind differ so much
    /// that one in four hundred would fall below 0.85 too, by the prediction limit of Student's t on the logarithm of the cut.
    ///
    /// The variance at one diversity is estimated from few null draws, so that of all of them lends it some weight.
    pub fn limits(&self, diversities: &[f64]) -> Vec<f64> {
        let spreads: Vec<Spread> = diversities.iter().map(|&d| self.spread(d)).collect();
        let kinds = self
            .curves
            .iter()
            .map(|c| c.0)
            .collect::<std::collections::BTreeSet<u8>>();
        let n = self.curves.len();
        let degrees = n - kinds.len();
        if degrees == 0 {
            return vec![THINNER; diversities.len()];
        }
        // One segment has no border: what the curves say there is made up.
        let divided: Vec<f64> = (spreads.iter().zip(diversities))
            .filter(|(_, d)| **d > 0.0)
            .map(|(spread, _)| spread.squares / degrees as f64)
            .collect();
        let pooled = crate::num::mean(&divided);
        let degrees_in_all = degrees + LENT;
        diversities
            .iter()
            .zip(&spreads)
            .map(|(&diversity, spread)| {
                let variance = (spread.squares + LENT as f64 * pooled) / degrees_in_all as f64;
                let one_more = variance * (1.0 + 1.0 / spread.n_lowest as f64);
                let below = student_9975(degrees_in_all) * one_more.sqrt();
                THINNER.min(math::exp(spread.lowest_mean - below - self.thinnest(diversity)))
            })
            .collect()
    }

    /// How the null draws lie at this diversity.
    fn spread(&self, diversity: f64) -> Spread {
        let mut by_kind: Vec<Vec<f64>> = vec![Vec::new(); usize::from(u8::MAX) + 1];
        for (kind, curve) in &self.curves {
            by_kind[usize::from(*kind)].push(at(curve, diversity));
        }
        let mut spread = Spread {
            lowest_mean: f64::INFINITY,
            n_lowest: 1,
            squares: 0.0,
        };
        for cuts in by_kind.iter().filter(|cuts| !cuts.is_empty()) {
            let mean = crate::num::mean(cuts);
            if mean < spread.lowest_mean {
                (spread.lowest_mean, spread.n_lowest) = (mean, cuts.len());
            }
            spread.squares += cuts.iter().map(|c| math::square(c - mean)).sum::<f64>();
        }
        spread
    }

    /// The lowest ln cut of the null draws at this diversity.
    fn thinnest(&self, diversity: f64) -> f64 {
        (self.curves.iter().map(|(_, curve)| at(curve, diversity)))
            .fold(f64::INFINITY, f64::min)
            .min(0.0)
    }
}

/// ln cuts of the null draws at one diversity.
struct Spread {
    /// The lowest mean of a kind, and how many null draws are of that kind.
    lowest_mean: f64,
    n_lowest: usize,
    /// Sum of squares of all null draws about the means of their kinds.
    squares: f64,
}

/// 99.75 % quantile of Student's t: a table, between its entries linear in the reciprocal of the degrees of freedom.
fn student_9975(degrees: usize) -> f64 {
    const TABLE: [(f64, f64); 11] = [
        (3.0, 7.453),
        (4.0, 5.598),
        (5.0, 4.773),
        (6.0, 4.317),
        (8.0, 3.833),
        (10.0, 3.581),
        (12.0, 3.428),
        (15.0, 3.286),
        (20.0, 3.153),
        (30.0, 3.030),
        (f64::INFINITY, 2.807),
    ];
    let wanted = 1.0 / degrees.max(3) as f64;
    let right = TABLE.partition_point(|entry| 1.0 / entry.0 > wanted).max(1);
    let ((v0, t0), (v1, t1)) = (TABLE[right - 1], TABLE[right.min(TABLE.len() - 1)]);
    if v0 == v1 {
        return t0;
    }
    t0 + (t1 - t0) * (1.0 / v0 - wanted) / (1.0 / v0 - 1.0 / v1)
}

/// A curve at a diversity: between two points a line in the logarithms of both, as a smaller piece has a smaller border; below
/// the first the cut shrinks with the diversity; above the last it is as there.
///
/// In the diversity itself the line would be far too low behind a null draw that parts with a handful of its customers first.
fn at(curve: &[(f64, f64)], diversity: f64) -> f64 {
    let ln = |diversity: f64| math::ln(diversity.max(1e-9));
    let right = curve.partition_point(|p| p.0 < diversity);
    if right == 0 {
        let (first, ln_cut) = curve[0];
        return ln_cut + ln(diversity) - ln(first);
    }
    if right == curve.len() {
        return curve[right - 1].1;
    }
    let ((x0, y0), (x1, y1)) = (curve[right - 1], curve[right]);
    if x1 - x0 < 1e-12 {
        y0.min(y1)
    } else {
        y0 + (y1 - y0) * (ln(diversity) - ln(x0)) / (ln(x1) - ln(x0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_quantiles_are_those_of_the_tables() {
        for (degrees, expected) in [
            (3, 7.453),
            (6, 4.317),
            (15, 3.286),
            (25, 3.078),
            (30, 3.030),
            (120, 2.860),
        ] {
            assert!(
                (student_9975(degrees) - expected).abs() < 0.01,
                "{degrees}: {}",
                student_9975(degrees)
            );
        }
    }

    fn border(diversity: f64, ln_cut: f64) -> Border {
        Border {
            diversity,
            ln_cut,
            crowding: None,
        }
    }

    fn null(ln_cuts: impl Iterator<Item = (u8, f64)>) -> Null {
        Null {
            curves: ln_cuts
                .map(|(kind, c)| (kind, vec![(0.5, c), (1.5, c + 1.0)]))
                .collect(),
        }
    }

    #[test]
    fn the_thinnest_null_draw_is_what_a_border_is_compared_with() {
        let null = null([(0, -2.0), (1, -3.0)].into_iter());
        // Halfway in the logarithm.
        assert!((null.ratio(border(0.75f64.sqrt(), -2.5)) - 1.0).abs() < 1e-12);
        assert!(null.ratio(border(1.0, -4.0)) < 0.25);
        // Half the diversity of the first point: half its cut.
        assert!((null.ratio(border(0.25, -3.0)) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_null_draw_that_parts_with_a_handful_first_is_like_the_others_behind_it() {
        let usual = vec![(2.0, -2.0)];
        let handful = vec![(0.005, -8.0), (2.0, -2.0)];
        assert!((at(&handful, 1.0) - at(&usual, 1.0)).abs() < 0.01);
    }

    #[test]
    fn null_draws_that_differ_much_ask_for_much_thinner_borders() {
        let alike = null((0..8).map(|i| (0, -1.0 - 0.001 * f64::from(i))));
        let unlike = null((0..8).map(|i| (0, -1.0 - 0.2 * f64::from(i))));
        assert_eq!(alike.limits(&[1.0]), [THINNER]);
        assert!(unlike.limits(&[1.0])[0] < 0.4);
    }

    #[test]
    fn kinds_that_differ_from_each_other_do_not_make_null_draws_differ() {
        let two_kinds = null((0..8).map(|i| ((i % 2) as u8, -1.0 - f64::from(i % 2))));
        assert_eq!(two_kinds.limits(&[1.0]), [THINNER]);
    }

    #[test]
    fn a_limit_is_the_prediction_limit_of_one_more_null_draw() {
        // Of one kind two null draws at ln cuts −1 and −2, of another two at −2.9 and −3.1; at diversity 0.5, a point of all curves.
        let null = null([(0, -1.0), (0, -2.0), (1, -2.9), (1, -3.1)].into_iter());
        let squares: f64 = 2.0 * 0.25 + 2.0 * 0.01;
        // One level alone: what it lends to itself is its own variance. 2 degrees of freedom and 6 lent.
        let variance = (squares + 6.0 * squares / 2.0) / 8.0;
        let below = 3.833 * (variance * 1.5).sqrt();
        let expected = math::exp(-3.0 - below + 3.1);
        assert!(expected < THINNER);
        assert!((null.limits(&[0.5])[0] - expected).abs() < 1e-12);
        // A level without a border, of diversity 0, lends nothing: its limit is looked at by nobody, the other's is as it was.
        assert!((null.limits(&[0.5, 0.0])[0] - expected).abs() < 1e-12);
        // One null draw of each kind does not tell how much they differ.
        assert_eq!(
            self::null([(0, -1.0), (1, -9.0)].into_iter()).limits(&[0.5, 1.0]),
            [THINNER; 2]
        );
    }

    #[test]
    fn between_two_degrees_of_freedom_the_reciprocals_are_divided() {
        assert_eq!(student_9975(0), 7.453);
        // 1/8 − 1/9 is 5/9 of 1/8 − 1/10.
        let nine = 3.833 + (3.581 - 3.833) * (1.0 / 8.0 - 1.0 / 9.0) / (1.0 / 8.0 - 1.0 / 10.0);
        assert!((student_9975(9) - nine).abs() < 1e-12);
        assert!((student_9975(9) - 3.69).abs() < 0.01, "as in the tables");
        assert!((student_9975(60) - (3.030 + 2.807) / 2.0).abs() < 1e-12);
    }

    #[test]
    fn curves_that_jump_are_as_low_as_the_jump() {
        let jump = [(1.0, -1.0), (1.0, -3.0), (2.0, -0.5)];
        assert_eq!(at(&jump, 1.0), -1.0 + 0.0);
        assert_eq!(at(&jump, 2.0), -0.5);
        assert_eq!(at(&jump, 9.0), -0.5);
        let narrow = [(1.0, -1.0), (1.0 + 1e-13, -3.0)];
        assert_eq!(at(&narrow, 1.0 + 5e-14), -3.0);
        // Below the first point half the diversity has half the cut.
        assert!((at(&jump, 0.5) - (-1.0 - math::ln(2.0))).abs() < 1e-12);
    }
}
