//! What a person should know about a result although it is one: values, collected and shown by the doors.

use crate::message::Message;
use serde::Serialize;

/// A remark with a code that scripts can look for and a sentence that people can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Stable name in kebab case, such as `duplicate-ids`.
    pub code: &'static str,
    /// What was found, how much of it, what was done, what to try.
    pub message: Message,
}

impl Warning {
    /// A warning with its code and sentence.
    pub fn new(code: &'static str, message: impl Into<Message>) -> Self {
        Warning {
            code,
            message: message.into(),
        }
    }
}
