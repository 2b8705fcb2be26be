//! How sure an effect is: the interval of Cliff's δ.
//!
//! Source: Feng and Cliff, J. Mod. Appl. Stat. Methods 3, 322 (2004); the same numbers as `cliff.delta` of the R package effsize.

use super::measure::Groups;

/// Quantile of the normal distribution for 95 % in the middle.
const Z: f64 = 1.959_963_984_540_054;

/// How often members are above others, summed up as the variance of δ needs it. Whole numbers: no order of the rows changes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Dominance {
    /// Pairs in which the member is above, less those in which it is below.
    sum: i128,
    /// Squares of the same sum over the others, for each member, added up.
    of_members: u128,
    /// Squares of it over the members, for each of the others, added up.
    of_others: u128,
    /// Pairs of equal values.
    ties: u128,
}

impl Dominance {
    /// Of each group against everybody else; `sorted` are ascending values with their groups. `O(n)`.
    pub(super) fn of_groups(sorted: &[(f64, u32)], groups: &Groups) -> Vec<Dominance> {
        let n = sorted.len();
        /// What was seen of a group so far.
        #[derive(Clone, Copy, Default)]
        struct Seen {
            members: usize,
            /// Values up to its last member's, ties included.
            values: usize,
        }
        let mut seen = vec![Seen::default(); groups.n_groups()];
        let mut found = vec![Dominance::default(); seen.len()];
        let mut before = 0;
        for equal in sorted.chunk_by(|a, b| a.0 == b.0) {
            for members in equal.chunk_by(|a, b| a.1 == b.1) {
                let g = members[0].1 as usize;
                let size = groups.values(g).len();
                let (
                    own,
                    Seen {
                        members: below,
                        values,
                    },
                ) = (members.len(), seen[g]);
                // Since its last members there were only others, above all of those and below all that are to come.
                found[g].others(before - values, size as i128 - 2 * below as i128);
                let above = size - below - own;
                found[g].others(equal.len() - own, above as i128 - below as i128);
                let (others_below, others) = (before - below, n - size);
                let others_above = others - others_below - (equal.len() - own);
                found[g].members(own, others_below as i128 - others_above as i128);
                found[g].ties += (own * (equal.len() - own)) as u128;
                seen[g] = Seen {
                    members: below + own,
                    values: before + equal.len(),
                };
            }
            before += equal.len();
        }
        for (g, (found, seen)) in found.iter_mut().zip(&seen).enumerate() {
            found.others(n - seen.values, -(groups.values(g).len() as i128));
        }
        found
    }

    /// Of members of whom so many have something against others of whom so many do.
    pub(super) fn of_shares(has: usize, members: usize, others_have: usize, others: usize) -> Dominance {
        let (has_not, others_have_not) = (members - has, others - others_have);
        let mut found = Dominance::default();
        found.members(has, others_have_not as i128);
        found.members(has_not, -(others_have as i128));
        found.others(others_have, -(has_not as i128));
        found.others(others_have_not, has as i128);
        found.ties = (has * others_have + has_not * others_have_not) as u128;
        found
    }

    fn members(&mut self, count: usize, sum: i128) {
        self.sum += count as i128 * sum;
        self.of_members += count as u128 * (sum * sum) as u128;
    }

    fn others(&mut self, count: usize, sum: i128) {
        self.of_others += count as u128 * (sum * sum) as u128;
    }

    /// The interval that holds δ for 95 % of draws of as many members and others; NaN where either are fewer than two.
    pub(super) fn interval(&self, members: usize, others: usize) -> (f64, f64) {
        if members.min(others) < 2 {
            return (f64::NAN, f64::NAN);
        }
        let (m, o) = (members as f64, others as f64);
        let pairs = m * o;
        let delta = self.sum as f64 / pairs;
        if self.sum.unsigned_abs() == (members * others) as u128 {
            // Without an overlap there is no variance to go by: Wilson's bound for a share of 1 among the fewer.
            let least = (m.min(o) - Z * Z) / (m.min(o) + Z * Z);
            return if delta > 0.0 { (least, 1.0) } else { (-1.0, -least) };
        }
        let squares =
            |sum: u128, each: f64, count: f64| (sum as f64 / (each * each) - count * delta * delta).max(0.0);
        let all_pairs = pairs - self.ties as f64 - pairs * delta * delta;
        let unbiased = (o * o * squares(self.of_members, o, m) + m * m * squares(self.of_others, m, o)
            - all_pairs)
            / (pairs * (m - 1.0) * (o - 1.0));
        let least = (1.0 - delta * delta) / (pairs - 1.0);
        let variance = unbiased.max(least);
        let rest = 1.0 - delta * delta;
        let t = student(m + o - 2.0);
        let half = t * variance.sqrt() * (rest * rest + t * t * variance).sqrt();
        let (middle, below) = (delta * rest, rest + t * t * variance);
        (
            ((middle - half) / below).max(-1.0),
            ((middle + half) / below).min(1.0),
        )
    }
}

/// 97.5 % quantile of Student's t: Abramowitz and Stegun 26.7.5, within 0.003 from 5 degrees of freedom on.
fn student(degrees: f64) -> f64 {
    let z2 = Z * Z;
    let terms = [
        (z2 + 1.0) / 4.0,
        ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
        (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
    ];
    Z + Z * terms.iter().rev().fold(0.0, |sum, term| (sum + term) / degrees)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;
    use rand::RngExt;
    use rand_distr::StandardNormal;

    fn of(members: &[f64], others: &[f64]) -> Dominance {
        let mut sorted: Vec<(f64, u32)> = (members.iter().map(|&x| (x, 0)))
            .chain(others.iter().map(|&x| (x, 1)))
            .collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Dominance::of_groups(&sorted, &Groups::new(&sorted, 2))[0]
    }

    #[test]
    fn sums_are_those_of_all_pairs() {
        let (members, others) = ([3.0, 2.0, 2.0, 5.0, 9.0], [1.0, 2.0, 4.0, 2.0, 7.0, 7.0, 10.0]);
        let sign = |a: f64, b: f64| i128::from(a > b) - i128::from(a < b);
        let squared = |sum: i128| (sum * sum) as u128;
        let wanted = Dominance {
            sum: members.iter().flat_map(|&a| others.map(|b| sign(a, b))).sum(),
            of_members: (members
                .iter()
                .map(|&a| squared(others.iter().map(|&b| sign(a, b)).sum())))
            .sum(),
            of_others: (others
                .iter()
                .map(|&b| squared(members.iter().map(|&a| sign(a, b)).sum())))
            .sum(),
            ties: 4,
        };
        assert_eq!(of(&members, &others), wanted);
    }

    #[test]
    fn shares_are_values_of_0_and_1() {
        let (members, others) = ([1.0, 1.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(Dominance::of_shares(2, 3, 1, 5), of(&members, &others));
    }

    #[test]
    fn the_interval_is_that_of_effsize() {
        // The example of `cliff.delta` in its manual.
        let treated = [10.0, 10.0, 20.0, 20.0, 20.0, 30.0, 30.0, 30.0, 40.0, 50.0];
        let (low, high) = of(&treated, &[10.0, 20.0, 30.0, 40.0, 40.0, 50.0]).interval(10, 6);
        assert!(
            (low + 0.726_584_6).abs() < 1e-5 && (high - 0.389_006_2).abs() < 1e-5,
            "{low} {high}"
        );
    }

    #[test]
    fn quantiles_of_student_are_those_of_the_tables() {
        for (degrees, quantile) in [(5.0, 2.571), (10.0, 2.228), (30.0, 2.042), (120.0, 1.980)] {
            assert!((student(degrees) - quantile).abs() < 3.5e-3, "{degrees}");
        }
    }

    #[test]
    fn without_an_overlap_one_end_is_1_and_few_customers_leave_room() {
        let (low, high) = of(&[5.0, 6.0, 7.0, 8.0], &[1.0, 2.0, 3.0, 4.0, 4.5]).interval(4, 5);
        assert!((low - (4.0 - Z * Z) / (4.0 + Z * Z)).abs() < 1e-12 && high == 1.0);
        let (low, high) = of(&[1.0, 2.0], &[3.0, 4.0]).interval(2, 2);
        assert!(low == -1.0 && high > 0.0);
        assert!(of(&[1.0], &[3.0, 4.0]).interval(1, 2).0.is_nan());
    }

    #[test]
    fn nineteen_of_twenty_intervals_hold_the_truth() {
        let mut random = stream(3, 0);
        // δ of normal values a standard deviation apart: 2 Φ(1/√2) − 1.
        let truth = 0.520_499_877_813_046_5;
        let mut held = 0;
        for _ in 0..1000 {
            let mut draw = |n: usize, mean: f64| -> Vec<f64> {
                (0..n)
                    .map(|_| mean + random.sample::<f64, _>(StandardNormal))
                    .collect()
            };
            let (low, high) = of(&draw(30, 1.0), &draw(90, 0.0)).interval(30, 90);
            held += usize::from(low <= truth && truth <= high);
        }
        assert!((930..=970).contains(&held), "{held} of 1000");
    }
}
