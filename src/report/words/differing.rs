//! Whom another method puts with others than the segments do.

use super::printable;
use crate::segmentation::{Baseline, Segmentation};
use crate::text::{counted, percent};

/// How many they are, and what marks them against everybody; without a full stop.
pub(crate) fn who(found: &Segmentation, baseline: &Baseline) -> String {
    let (one, name) = (found.grouping().one(), baseline.name);
    let n = baseline.differing.customers.len();
    if n == 0 {
        return format!("Nobody has left the others of its {one} in {name}");
    }
    let marks = baseline.differing.marks();
    let like = match marks.as_slice() {
        [] => String::new(),
        marks => format!("; what marks them: {}", printable(&marks.join("; "))),
    };
    format!(
        "{} ({}) {} left the others of {} {one} in {name} (moved.csv){like}",
        counted(n, "customer"),
        percent(n, found.partition.len(), 1),
        if n == 1 { "has" } else { "have" },
        if n == 1 { "its" } else { "their" },
    )
}
