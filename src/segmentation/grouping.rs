//! What may be called a segment, in one place for every sentence about a result.

use super::Segmentation;
use crate::stability::Found;

/// What the groups of a result are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Segments that the data support.
    Supported,
    /// Segments at a resolution that was given, or of too few customers to tell.
    Unexamined,
    /// Parts of similar customers, a convenience: no segments are supported, or there are too few customers to tell and a
    /// number was asked for.
    Parts,
    /// No borders were found, and everybody is together.
    Whole,
}

impl Grouping {
    /// `segment`, or `part`.
    pub fn one(self) -> &'static str {
        match self {
            Grouping::Parts => "part",
            _ => "segment",
        }
    }

    /// `segments`, or `parts`.
    pub fn many(self) -> &'static str {
        match self {
            Grouping::Parts => "parts",
            _ => "segments",
        }
    }
}

/// By how the groups were found, whether scales were examined, and how many groups there are. Of levels only supported ones
/// are ever taken.
pub(super) fn grouping(found: Found, examined: bool, n_groups: usize) -> Grouping {
    match found {
        Found::Parts(_) if n_groups > 1 => Grouping::Parts,
        Found::Parts(_) => Grouping::Whole,
        _ if examined => Grouping::Supported,
        _ => Grouping::Unexamined,
    }
}

impl Segmentation {
    /// What its groups are.
    pub fn grouping(&self) -> Grouping {
        grouping(self.found, self.scales.is_some(), self.partition.n_groups())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_no_graph_gave_are_parts_and_never_segments() {
        assert_eq!(grouping(Found::Parts(5), true, 5).many(), "parts");
        assert_eq!(grouping(Found::Parts(5), false, 5).one(), "part");
        assert_eq!(grouping(Found::Parts(5), true, 1), Grouping::Whole);
        assert_eq!(grouping(Found::Communities(0.5), true, 5), Grouping::Supported);
        assert_eq!(grouping(Found::Joined(3), true, 3).one(), "segment");
        assert_eq!(grouping(Found::Communities(1.0), false, 5), Grouping::Unexamined);
    }
}
