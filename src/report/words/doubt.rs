//! Customers whose segment is in doubt.

use super::printable;
use crate::segmentation::Segmentation;
use crate::text::{counted, percent};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Below this probability a customer's segment is in doubt.
pub(crate) const IN_DOUBT: f64 = 0.75;
/// Pairs of segments listed that customers lie between.
const PAIRS: usize = 3;

/// How many customers are in doubt, and the pairs of segments that most of them lie between.
pub(crate) fn boundary(text: &mut String, found: &Segmentation) {
    let Some(stability) = &found.stability else {
        return;
    };
    let n = found.partition.len();
    let mut pairs = BTreeMap::new();
    let mut doubtful = 0usize;
    for (i, &p) in stability.probability.iter().enumerate() {
        if p < IN_DOUBT {
            doubtful += 1;
            if let Some(second) = stability.second[i] {
                let own = found.partition.labels()[i];
                *pairs.entry((own.min(second), own.max(second))).or_insert(0usize) += 1;
            }
        }
    }
    let (one, many) = (found.grouping().one(), found.grouping().many());
    if doubtful == 0 {
        let _ = writeln!(
            text,
            "Every customer's {one} is clear: it falls there in at least three in four samples of the customers."
        );
        return;
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    // Equals in the order of the segments: the sort is stable.
    pairs.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let name = |segment: u32| {
        let name = printable(&found.profiles.names[segment as usize]);
        format!("{} ({name})", segment + 1)
    };
    let fall = if doubtful == 1 { "falls" } else { "fall" };
    let _ = writeln!(
        text,
        "{} ({}) {fall} to other {many} in more than one in four samples of the customers; most often",
        counted(doubtful, "customer"),
        percent(doubtful, n, 1)
    );
    for ((a, b), count) in pairs.into_iter().take(PAIRS) {
        let _ = writeln!(
            text,
            "  {} ({}) between {} and {}",
            crate::text::group_digits(count),
            percent(count, n, 1),
            name(a),
            name(b)
        );
    }
}

/// How many customers are sure of theirs, for who wants only those.
pub(crate) fn sure(found: &Segmentation) -> String {
    found.stability.as_ref().map_or_else(String::new, |s| {
        let sure = s.probability.iter().filter(|&&p| p >= IN_DOUBT).count();
        format!(
            "; the sure ones have a probability of {IN_DOUBT} and above ({})",
            counted(sure, "customer")
        )
    })
}
