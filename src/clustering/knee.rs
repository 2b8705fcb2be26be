//! Where a rising curve turns steep.

/// The place in `values`, rising or falling, that lies farthest below the straight line from its first to its last value; the last
/// place where there is none. `O(n)`. Satopää, Albrecht, Irwin and Raghavan, ICDCS Workshops 2011, without smoothing.
pub(crate) fn knee(values: &[f64]) -> usize {
    let last = values.len().saturating_sub(1);
    let mut best = (0.0, last);
    for (place, &value) in values.iter().enumerate() {
        let line = values[0] + (values[last] - values[0]) * (place as f64 / last.max(1) as f64);
        if line - value > best.0 {
            best = (line - value, place);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::knee;

    #[test]
    fn the_knee_of_a_bent_line_is_the_bend() {
        assert_eq!(knee(&[0.0, 1.0, 2.0, 3.0, 13.0, 23.0]), 3);
        assert_eq!(knee(&[2.0, 2.0, 2.0]), 2);
        assert_eq!(knee(&[5.0]), 0);
    }
}
