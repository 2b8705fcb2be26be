//! Finished results beside each other.

use super::{Agreement, Aligned, agreement, moved};

/// Two of several results.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The place of the one.
    pub a: usize,
    /// The place of the other, behind it.
    pub b: usize,
    /// How far they agree.
    pub agreement: Agreement,
    /// Customers who have left their fellows, see [`moved`].
    pub moved: usize,
}

/// Results of any tool beside each other.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What the results are called; different names.
    pub names: Vec<String>,
    /// Their common customers.
    pub aligned: Aligned,
    /// Every two of them: the first with all others, the second with those behind it, and so on.
    pub pairs: Vec<Pair>,
}

/// Measures how far every two results agree, with intervals of `resamples` each; see [`agreement`].
///
/// # Panics
/// Where there are fewer names than results.
pub fn compare_results(names: Vec<String>, aligned: Aligned, resamples: usize, seed: u64) -> Compared {
    assert_eq!(names.len(), aligned.partitions.len(), "a name for each result");
    let mut pairs = Vec::new();
    for b in 1..aligned.partitions.len() {
        for a in 0..b {
            let (one, other) = (&aligned.partitions[a], &aligned.partitions[b]);
            pairs.push(Pair {
                a,
                b,
                agreement: agreement(one, other, resamples, seed),
                moved: moved(one, other).iter().filter(|&&m| m).count(),
            });
        }
    }
    pairs.sort_by_key(|pair| (pair.a, pair.b));
    Compared {
        names,
        aligned,
        pairs,
    }
}
