//! What may be called a segment, in one place for every sentence about a result.

use super::Segmentation;

/// What the groups of a result are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Segments that the data support.
    Supported,
    /// Segments of the number that was asked for, or near it, which the data do not support.
    Unsupported,
    /// Segments at a resolution that was given, or of too few customers to tell.
    Unexamined,
    /// No borders were found: parts of similar customers, a convenience.
    Parts,
    /// No borders were found, and everybody is together.
    Whole,
}

impl Grouping {
    /// `segment`, or `part` where no borders were found.
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

/// By whether scales were examined, whether the level taken is supported, and how many groups there are.
pub(super) fn grouping(examined: bool, level_is_supported: Option<bool>, n_groups: usize) -> Grouping {
    match (examined, level_is_supported) {
        (false, _) => Grouping::Unexamined,
        (true, Some(true)) => Grouping::Supported,
        (true, Some(false)) => Grouping::Unsupported,
        (true, None) if n_groups > 1 => Grouping::Parts,
        (true, None) => Grouping::Whole,
    }
}

impl Segmentation {
    /// What its groups are.
    pub fn grouping(&self) -> Grouping {
        let scales = self.scales.as_ref();
        let supported = self.level.and_then(|l| Some(scales?.levels.get(l)?.supported));
        grouping(scales.is_some(), supported, self.partition.n_groups())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_without_a_level_are_parts_and_never_segments() {
        assert_eq!(grouping(true, None, 5).many(), "parts");
        assert_eq!(grouping(true, None, 1), Grouping::Whole);
        assert_eq!(grouping(true, Some(true), 5), Grouping::Supported);
        assert_eq!(grouping(true, Some(false), 5).one(), "segment");
        assert_eq!(grouping(false, None, 5), Grouping::Unexamined);
    }
}
