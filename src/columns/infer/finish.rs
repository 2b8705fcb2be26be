//! The column from its draft: what it is used for, the order of its levels, and the notes beside it.

use super::draft::Draft;
use super::{Inferred, Judge, Purpose};
use crate::columns::bands;
use crate::columns::remarks::listed;
use crate::error::{Error, Result};
use crate::message::{Message, Setting, message};
use crate::table::{Column, MISSING, Role, TypeChoice, Values};

impl Judge<'_> {
    pub(super) fn finish(
        &self,
        mut draft: Draft,
        choice: Option<TypeChoice>,
        purpose: Purpose,
    ) -> Result<Inferred> {
        let missing = match &draft.values {
            Values::Number(v) | Values::Date(v) => v.iter().filter(|x| x.is_nan()).count(),
            Values::Category { codes, .. } => codes.iter().filter(|&&c| c == MISSING).count(),
            Values::Text(v) => v.iter().filter(|t| t.is_empty()).count(),
        };
        let mut words = self.facts.words.clone();
        if matches!(draft.values, Values::Number(_) | Values::Date(_)) {
            words.extend(self.facts.perhaps.clone());
        }
        if !words.is_empty() {
            draft
                .notes
                .push(format!("taken as missing: {}", listed(&words)).into());
        }
        if let Values::Category { levels, .. } = &draft.values {
            draft.warnings.extend(self.case_variants(levels));
        }
        let is_truth = purpose == Purpose::Truth;
        let role = match purpose {
            Purpose::Truth => Role::Truth,
            Purpose::Kept(reason) => {
                draft.notes.insert(0, reason);
                Role::Ignored
            }
            _ if choice == Some(TypeChoice::Ignore) => {
                draft.notes.insert(0, "ignored as asked".into());
                Role::Ignored
            }
            Purpose::Wanted if draft.unusable => {
                return Err(Error::usage(message![
                    Setting::Features,
                    format!(
                        " names the column \"{}\", which cannot measure similarity: ",
                        self.name
                    ),
                    Message::joined(draft.notes, "; ")
                ])
                .in_file(self.context.source)
                .hint(message![
                    "leave it out, or set ",
                    Setting::Types,
                    format!(" {}=category", self.name)
                ]));
            }
            _ if draft.unusable => Role::Ignored,
            _ => Role::Feature,
        };
        let order = match &draft.values {
            Values::Category { levels, .. } if choice.is_none() && !is_truth => {
                bands::order(levels).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        if !order.is_empty() {
            draft.notes.retain(|note| !note.starts_with("kept as categories"));
            draft.notes.extend(beside_scale(&draft.values, &order));
            draft.notes.push(message![
                Setting::Types,
                format!(" {}=category takes the steps as unordered", self.name)
            ]);
        }
        let column = Column {
            name: self.name.to_owned(),
            values: draft.values,
            role,
            order,
            missing,
            note: Message::joined(draft.notes, "; "),
        };
        Ok((column, draft.warnings))
    }
}

/// The levels that stand beside a scale, where there are any.
fn beside_scale(values: &Values, order: &[u32]) -> Option<Message> {
    let Values::Category { codes, levels } = values else {
        return None;
    };
    let mut words = std::collections::BTreeMap::new();
    for (level, _) in levels.iter().zip(order).filter(|(_, rank)| **rank == MISSING) {
        words.insert(level.clone(), 0);
    }
    for &code in codes
        .iter()
        .filter(|&&code| order.get(code as usize) == Some(&MISSING))
    {
        if let Some(times) = words.get_mut(&levels[code as usize]) {
            *times += 1;
        }
    }
    (!words.is_empty())
        .then(|| format!("beside the scale and put on its middle step: {}", listed(&words)).into())
}
