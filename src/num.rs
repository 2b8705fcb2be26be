//! Sums in a fixed order, quantiles, and numbers as text.
//!
//! Floating-point addition is not associative: a sum whose order depends on the number of threads gives other bits
//! on another machine. All parallel sums of the crate add fixed chunks and then the chunks in order.

use rayon::prelude::*;

mod formula;
pub(crate) mod lanes;
pub(crate) mod math;
mod text;
mod tiles;

pub(crate) use formula::is_formula;
pub(crate) use text::{DIGITS, format_number, push_number, push_rounded};
pub(crate) use tiles::{LANES, Tiles, absolute_to_tile, squared_distance, squared_to_tile};

/// How many terms a chunk of a parallel sum has, whatever the number of threads.
pub(crate) const CHUNK: usize = 4096;

/// `Σ term(i)` for `i` in `0..n`, in parallel, with the same bits for any number of threads. `O(n)`.
pub(crate) fn par_sum(n: usize, term: impl Fn(usize) -> f64 + Sync) -> f64 {
    let chunks: Vec<f64> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map(|c| (c * CHUNK..((c + 1) * CHUNK).min(n)).map(&term).sum())
        .collect();
    chunks.iter().sum()
}

/// Arithmetic mean, 0 for nothing.
pub(crate) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() {
        0.0
    } else {
        values.iter().sum::<f64>() / values.len() as f64
    }
}

/// The `q`-quantile (0 to 1) of sorted values by linear interpolation, as NumPy's default; NaN for nothing.
pub(crate) fn quantile_sorted(sorted: &[f64], q: f64) -> f64 {
    if sorted.is_empty() {
        return f64::NAN;
    }
    let position = q.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let low = position.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    let share = position - low as f64;
    // Written as a weighted mean: `a + (b − a) · share` overflows for values near the largest double.
    sorted[low] * (1.0 - share) + sorted[high] * share
}

/// `x` with at most `digits` significant digits, as a number again; 0 and non-finite values stay.
pub(crate) fn round_significant(x: f64, digits: usize) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    // Through decimal text: scaling by powers of ten would round twice.
    format!("{x:.*e}", digits.saturating_sub(1)).parse().unwrap_or(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_chunks_are_whole_and_quantiles_lie_between_values() {
        assert_eq!(par_sum(10_000, |i| i as f64), 49_995_000.0);
        assert_eq!(quantile_sorted(&[1.0, 2.0, 4.0, 8.0], 0.5), 3.0);
        assert!(quantile_sorted(&[], 0.5).is_nan());
        assert_eq!((mean(&[1.0, 2.0, 6.0]), mean(&[])), (3.0, 0.0));
    }

    #[test]
    fn significant_digits_are_counted_from_the_first() {
        assert_eq!(round_significant(0.123_456_789_123_4, 9), 0.123_456_789);
        assert_eq!(round_significant(123_456.789_123_4, 3), 123_000.0);
    }
}
