//! Category columns whose levels are steps of one scale: numbers on equal steps.

use super::number::{self, NumberFit};
use super::{Distance, Scale};
use crate::table::MISSING;

/// What was decided about a column of ordered categories.
pub(super) struct OrderedFit {
    /// Of the ranks, 0 for the lowest.
    pub(super) fit: NumberFit,
    /// Rank of each level that has one, sorted by name.
    pub(super) ranks: Vec<(String, f64)>,
    /// The lowest and the highest level that occur.
    pub(super) ends: (String, String),
    /// What a place is multiplied with, so that one step is no larger than between two unordered categories.
    pub(super) shrink: f64,
}

/// The scaling of ordered categories; `None` where fewer than three steps occur. `O(n log n)`.
///
/// Steps are equal. Where there are few, one step is as large as between two unordered categories, ½ in the squared
/// distance: a z-score of three levels would make walls between them.
pub(super) fn fit(
    codes: &[u32],
    levels: &[String],
    order: &[u32],
    scale: Option<Scale>,
    distance: Distance,
) -> Option<OrderedFit> {
    let numbers = values(codes, order);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut seen = vec![false; levels.len()];
    for &v in numbers.iter().filter(|v| v.is_finite()) {
        (low, high) = (low.min(v), high.max(v));
        if let Some(slot) = seen.get_mut(v as usize) {
            *slot = true;
        }
    }
    if seen.iter().filter(|&&s| s).count() < 3 {
        return None;
    }
    let fit = number::fit(&numbers, false, scale.or(Some(Scale::Zscore)), true)?;
    let step = fit.code.place(low + 1.0) - fit.code.place(low);
    let most = match distance {
        Distance::Euclidean => 0.5f64.sqrt(),
        Distance::Manhattan => 0.5,
    };
    let shrink = if scale.is_none() && step > most {
        most / step
    } else {
        1.0
    };
    let name_at = |rank: f64| {
        let level = order.iter().position(|&r| r != MISSING && f64::from(r) == rank);
        level.map_or_else(String::new, |l| levels[l].clone())
    };
    let mut ranks: Vec<(String, f64)> = levels
        .iter()
        .zip(order)
        .filter(|(_, rank)| **rank != MISSING)
        .map(|(level, &rank)| (level.clone(), f64::from(rank)))
        .collect();
    ranks.sort_by(|a, b| a.0.cmp(&b.0));
    Some(OrderedFit {
        fit,
        ends: (name_at(low), name_at(high)),
        ranks,
        shrink,
    })
}

/// Ranks of the rows, NaN where there is none.
pub(super) fn values(codes: &[u32], order: &[u32]) -> Vec<f64> {
    codes
        .iter()
        .map(|&code| match order.get(code as usize) {
            Some(&rank) if rank != MISSING => f64::from(rank),
            _ => f64::NAN,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("l{i:02}")).collect()
    }

    #[test]
    fn a_step_of_few_levels_is_that_between_two_categories_and_many_have_variance_one() {
        for (n, step) in [(3, 0.5f64.sqrt()), (12, 1.0 / 3.452_052_529_534_663)] {
            let codes: Vec<u32> = (0..n * 20).map(|i| i % n).collect();
            let order: Vec<u32> = (0..n).collect();
            let found = fit(&codes, &levels(n as usize), &order, None, Distance::Euclidean).expect("steps");
            let place = |rank| found.fit.code.place(rank) * found.shrink;
            assert!((place(1.0) - place(0.0) - step).abs() < 1e-12, "{n}");
        }
    }

    #[test]
    fn a_level_beside_the_scale_has_no_rank() {
        let codes = [0, 1, 2, 3, 3, MISSING];
        let found = values(&codes, &[2, 0, MISSING, 1]);
        assert_eq!(found[..2], [2.0, 0.0]);
        assert!(found[2].is_nan() && found[5].is_nan());
        assert_eq!(found[3..5], [1.0, 1.0]);
    }

    #[test]
    fn a_scale_that_was_asked_for_is_left_alone_and_under_manhattan_a_step_is_a_half() {
        let codes: Vec<u32> = (0..60).map(|i| i % 3).collect();
        let step = |scale, distance| {
            let found = fit(&codes, &levels(3), &[0, 1, 2], scale, distance).expect("steps");
            (found.fit.code.place(1.0) - found.fit.code.place(0.0)) * found.shrink
        };
        // Standard deviation of 0, 1, 2.
        let whole = 1.0 / (2.0f64 / 3.0).sqrt();
        assert!((step(Some(Scale::Zscore), Distance::Euclidean) - whole).abs() < 1e-12);
        assert!((step(None, Distance::Manhattan) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_ends_are_the_levels_that_occur_and_those_beside_the_scale_are_none() {
        // `l00` is the second of four steps, `l01` beside the scale, and nobody has the highest.
        let names = levels(5);
        let order = [1, MISSING, 0, 2, 3];
        let codes = [0, 0, 1, 2, 2, 3, 3, MISSING];
        let found = fit(&codes, &names, &order, None, Distance::Euclidean).expect("three steps");
        assert_eq!(found.ends, ("l02".to_owned(), "l03".to_owned()));
        let ranks: Vec<(&str, f64)> = found.ranks.iter().map(|(l, r)| (l.as_str(), *r)).collect();
        assert_eq!(ranks, [("l00", 1.0), ("l02", 0.0), ("l03", 2.0), ("l04", 3.0)]);
        // Two steps are no scale.
        assert!(fit(&[0, 2, 1, 0], &names, &order, None, Distance::Euclidean).is_none());
    }
}
