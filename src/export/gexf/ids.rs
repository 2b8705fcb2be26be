//! Ids as lines of XML, each once.

use super::super::words::{self, Changes};
use crate::table::Texts;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// The ids of the nodes as they stand in the file.
pub(in super::super) struct Ids<'a> {
    texts: &'a Texts,
    /// Those that differ by more than spaces around them.
    changed: FxHashMap<usize, String>,
    /// Those that got a number behind because they were equal to another after the change.
    pub(super) renamed: usize,
}

impl<'a> Ids<'a> {
    /// Cleans all ids and tells them apart by a number where that made them equal. `O(n)`.
    pub(in super::super) fn new(texts: &'a Texts, changes: &mut Changes) -> Self {
        let mut ids = Ids {
            texts,
            changed: FxHashMap::default(),
            renamed: 0,
        };
        let clean: Vec<(usize, String)> = texts
            .iter()
            .enumerate()
            .filter_map(|(i, id)| match words::line(id, changes) {
                Cow::Owned(clean) => Some((i, clean)),
                Cow::Borrowed(_) => None,
            })
            .collect();
        if clean.is_empty() {
            return ids;
        }
        // Ids that stay as they are keep their name.
        let changed: FxHashSet<usize> = clean.iter().map(|(i, _)| *i).collect();
        let mut seen: FxHashSet<String> = (0..texts.len())
            .filter(|i| !changed.contains(i))
            .map(|i| texts[i].trim().to_owned())
            .collect();
        for (i, id) in clean {
            let name = if seen.contains(&id) {
                ids.renamed += 1;
                (2..)
                    .map(|k| format!("{id} ({k})"))
                    .find(|name| !seen.contains(name))
                    .unwrap_or_default()
            } else {
                id
            };
            seen.insert(name.clone());
            ids.changed.insert(i, name);
        }
        ids
    }

    pub(in super::super) fn get(&self, i: usize) -> &str {
        if self.changed.is_empty() {
            return self.texts[i].trim();
        }
        self.changed
            .get(&i)
            .map_or_else(|| self.texts[i].trim(), String::as_str)
    }
}
