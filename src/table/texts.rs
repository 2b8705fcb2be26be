//! Many texts in one piece of memory.

use rayon::prelude::*;
use rustc_hash::FxHasher;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Index;

/// A list of texts, one behind the other in memory: a text costs its bytes and eight more, where a `String` costs up
/// to seventy.
///
/// ```
/// use kinfolk::table::Texts;
///
/// let names: Texts = ["Ada", "Bo"].into_iter().collect();
/// assert_eq!(&names[1], "Bo");
/// assert_eq!(names, ["Ada", "Bo"]);
/// assert_eq!(names.iter().map(str::len).sum::<usize>(), 5);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Room for `n` texts of `bytes` bytes together.
    pub fn with_capacity(n: usize, bytes: usize) -> Self {
        Texts {
            text: String::with_capacity(bytes),
            ends: Vec::with_capacity(n),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text at `i`, if there are that many.
    pub fn get(&self, i: usize) -> Option<&str> {
        let end = *self.ends.get(i)?;
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        self.text.get(start..end)
    }

    /// All in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator + Clone {
        (0..self.len()).map(|i| &self[i])
    }

    /// Puts one at the end.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.text.len() + size_of::<usize>() * self.ends.len()
    }

    /// Those at the given places, in that order. `O(bytes)`.
    ///
    /// # Panics
    /// Where `order` names a place that is not there.
    #[must_use]
    pub fn pick(&self, order: &[u32]) -> Texts {
        let bytes = order.iter().map(|&i| self[i as usize].len()).sum();
        let mut picked = Texts::with_capacity(order.len(), bytes);
        order.iter().for_each(|&i| picked.push(&self[i as usize]));
        picked
    }
}

impl Index<usize> for Texts {
    type Output = str;

    fn index(&self, i: usize) -> &str {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.text[start..self.ends[i]]
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<S: AsRef<str>> FromIterator<S> for Texts {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        let mut all = Texts::default();
        for text in texts {
            all.push(text.as_ref());
        }
        all
    }
}

impl<S: AsRef<str>> From<Vec<S>> for Texts {
    fn from(texts: Vec<S>) -> Self {
        texts.into_iter().collect()
    }
}

impl<S: AsRef<str>, const N: usize> PartialEq<[S; N]> for Texts {
    fn eq(&self, other: &[S; N]) -> bool {
        self.iter().eq(other.iter().map(AsRef::as_ref))
    }
}

/// Whether no text occurs twice. `false` may also mean that two share a hash: then a slower look has to tell.
/// `O(n log n)`, in parallel, eight bytes per text.
pub(crate) fn surely_all_different<'a>(n: usize, text: impl Fn(usize) -> &'a str + Sync) -> bool {
    let mut hashes: Vec<u64> = (0..n)
        .into_par_iter()
        .map(|i| {
            let mut hasher = FxHasher::default();
            text(i).hash(&mut hasher);
            hasher.finish()
        })
        .collect();
    hashes.par_sort_unstable();
    hashes.windows(2).all(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picked_texts_are_those_at_the_given_places() {
        let texts: Texts = ["a", "", "ccc", "ß"].into_iter().collect();
        assert_eq!(texts.pick(&[3, 1, 2, 2]), ["ß", "", "ccc", "ccc"]);
        assert_eq!((texts.get(3), texts.get(4)), (Some("ß"), None));
    }

    #[test]
    fn a_repeated_text_is_seen_wherever_it_stands() {
        let mut names: Vec<String> = (0..5000).map(|i| format!("C{i}")).collect();
        assert!(surely_all_different(5000, |i| names[i].as_str()));
        names[4999] = "C17".to_owned();
        assert!(!surely_all_different(5000, |i| names[i].as_str()));
    }
}
