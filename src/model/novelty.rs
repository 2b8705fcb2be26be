//! How strange a customer is, and how rare such strangeness is among the model's own.

use crate::neighbors::Near;

/// Customers behind the p-values, at most: they tell shares to a ten-thousandth.
pub(super) const TESTED: usize = 10_000;

/// The mean distance to the neighbors; 0 without any, and for who equals one of them.
pub(super) fn strangeness(neighbors: &[Near]) -> f64 {
    if neighbors.first().is_some_and(|n| n.distance == 0.0) {
        return 0.0;
    }
    let sum: f64 = neighbors.iter().map(|n| n.distance).sum();
    sum / neighbors.len().max(1) as f64
}

/// The share of the tested customers, and the new one with them, who are at least as strange. `tested` ascends.
pub(super) fn p_value(tested: &[f64], strangeness: f64) -> f64 {
    let less = tested.partition_point(|&t| t < strangeness);
    (tested.len() - less + 1) as f64 / (tested.len() + 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_p_value_counts_who_is_as_strange_and_the_new_one() {
        let tested = [1.0, 2.0, 2.0, 3.0];
        assert_eq!(p_value(&tested, 0.5), 1.0);
        assert_eq!(p_value(&tested, 2.0), 4.0 / 5.0);
        assert_eq!(p_value(&tested, 9.0), 1.0 / 5.0);
        assert_eq!(p_value(&[], 9.0), 1.0);
    }
}
