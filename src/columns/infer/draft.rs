//! Values of a column in the making, with what is noticed on the way.

use crate::message::Message;
use crate::table::Values;
use crate::warning::Warning;

/// Values in the making.
pub(crate) struct Draft {
    pub(crate) values: Values,
    pub(crate) notes: Vec<Message>,
    /// Why the column cannot measure similarity.
    pub(crate) unusable: bool,
    pub(crate) warnings: Vec<Warning>,
}

impl Draft {
    pub(super) fn new(values: Values) -> Self {
        Draft {
            values,
            notes: Vec::new(),
            unusable: false,
            warnings: Vec::new(),
        }
    }

    pub(super) fn note(mut self, note: impl Into<Message>) -> Self {
        let note = note.into();
        if !note.is_empty() {
            self.notes.push(note);
        }
        self
    }

    pub(super) fn unusable(mut self) -> Self {
        self.unusable = true;
        self
    }
}
