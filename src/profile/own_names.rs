//! Names that a person gives segments.

use super::Profiles;
use crate::{Error, Result};
use rustc_hash::FxHashSet;

impl Profiles {
    /// Gives segments the names that a person chose: pairs of the plain name, which says which segment is meant, and the new one.
    ///
    /// By name and not by number: where the data have changed so much that a segment is called otherwise, the old name may no
    /// longer be true of it. The plain names that no segment has come back, in their order.
    ///
    /// # Errors
    /// Where a name is empty, or two segments would have the same.
    pub fn rename(&mut self, names: &[(String, String)]) -> Result<Vec<String>> {
        let mut unused = Vec::new();
        for (plain, new) in names {
            if new.trim().is_empty() {
                return Err(Error::usage(format!("the new name of \"{plain}\" is empty"))
                    .hint("leave the line out, and the segment keeps its name"));
            }
            match self.plain_names.iter().position(|name| name == plain) {
                Some(segment) => self.names[segment] = new.trim().to_owned(),
                None => unused.push(plain.clone()),
            }
        }
        let mut seen = FxHashSet::default();
        match self.names.iter().find(|name| !seen.insert(name.as_str())) {
            Some(twice) => Err(Error::usage(format!("two segments would be called \"{twice}\""))
                .hint("names tell segments apart: give each its own")),
            None => Ok(unused),
        }
    }
}
