//! Sentences about segments that must not be trusted.

use crate::Warning;

/// Segments below this stability are no pattern: see [`verdict`](crate::stability::verdict).
const A_PATTERN: f64 = 0.6;
/// Most segments that are named.
const NAMED: usize = 10;

/// Names the segments (communities) that do not come back, each with its stability; `None` where all do. `group` is `segment` or
/// `community`.
///
/// A stability is a mean Jaccard index: what a segment and the group that comes back in its place share, of what either has. So
/// "less than half" is said of that and not of the members, who may all have come back in a larger group.
pub(super) fn unstable(stability: &[f64], group: &str) -> Option<Warning> {
    let doubtful: Vec<usize> = (0..stability.len())
        .filter(|&s| stability[s] < A_PATTERN)
        .collect();
    if doubtful.is_empty() {
        return None;
    }
    let named: Vec<String> = doubtful
        .iter()
        .take(NAMED)
        // Cut, not rounded: 0.598 is not 0.60.
        .map(|&s| format!("{} ({:.2})", s + 1, (stability[s] * 100.0).floor() / 100.0))
        .collect();
    let more = match doubtful.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let things = if group == "community" { "ties" } else { "customers" };
    let how = if doubtful.iter().all(|&s| stability[s] < 0.5) {
        "less than half"
    } else {
        "less than 0.6"
    };
    Some(Warning::new(
        "unstable-segments",
        format!(
            "do not trust {group} {}{more}: when a fifth of the {things} is left out, {how} of it and of the group in its place is shared by the two, on average",
            named.join(", ")
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_is_said_only_below_one_half() {
        let said = |stability: &[f64]| unstable(stability, "segment").map(|w| w.message);
        assert_eq!(said(&[0.9, 0.6]), None);
        assert_eq!(
            said(&[0.9, 0.55, 0.4]).as_deref(),
            Some(
                "do not trust segment 2 (0.55), 3 (0.40): when a fifth of the customers is left out, less than 0.6 of it and of the group in its place is shared by the two, on average"
            )
        );
        assert!(said(&[0.499]).is_some_and(|m| m.contains("less than half")));
        assert!(said(&[0.1; 12]).is_some_and(|m| m.contains("10 (0.10) and 2 more: ")));
    }
}
