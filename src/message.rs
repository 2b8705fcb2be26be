//! Sentences of errors, warnings and notes, and the settings that they name.
//!
//! The library speaks of settings by the names of their fields. A door that has other names for them, such as the flags of the
//! program, puts its own in with [`Message::named_by`]; a program that shows a form can ask which field an error is about.

use serde::{Serialize, Serializer};
use std::fmt;
use std::ops::Deref;

macro_rules! settings {
    ($($(#[$doc:meta])* $setting:ident = $field:literal,)*) => {
        /// A setting that a message names: what is wrong, or what to try.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Setting {
            $($(#[$doc])* $setting,)*
        }

        impl Setting {
            /// All of them.
            pub const ALL: &[Setting] = &[$(Setting::$setting,)*];

            /// The name of its field, or of the argument where it has none.
            pub fn field(self) -> &'static str {
                match self {
                    $(Setting::$setting => $field,)*
                }
            }
        }
    };
}

settings! {
    /// Column of an amount of money.
    Amount = "amount",
    /// The day from which is looked back.
    AsOf = "as_of",
    /// How betweenness is computed.
    Betweenness = "betweenness",
    /// Bridge customers that are made.
    Bridges = "bridges",
    /// Column of a category.
    Category = "category",
    /// Column of a channel.
    Channel = "channel",
    /// Values of a column that are codes.
    Codes = "codes",
    /// Column of a currency.
    Currency = "currency",
    /// Column of the customer, among purchase lines.
    Customer = "customer",
    /// Customers that are made.
    Customers = "customers",
    /// Column of a date.
    Date = "date",
    /// Whether a day stands before its month.
    DayFirst = "day_first",
    /// Radius of DBSCAN.
    DbscanEpsilon = "epsilon",
    /// Neighbors of a core point of DBSCAN.
    DbscanMinNeighbors = "min_neighbors",
    /// The decimal mark.
    Decimal = "decimal",
    /// Column of a discount.
    Discount = "discount",
    /// Purchase lines that are left out.
    Drop = "drop",
    /// The encoding of a text.
    Encoding = "encoding",
    /// Points of events.
    Engagement = "engagement",
    /// Column of an event.
    Event = "event",
    /// Products that are left out.
    ExcludeProducts = "exclude_products",
    /// Columns that measure similarity.
    Features = "features",
    /// Whether files that are there may be replaced.
    Force = "force",
    /// The least cluster of HDBSCAN.
    HdbscanMinClusterSize = "min_cluster_size",
    /// Column of the customer.
    Id = "id",
    /// Columns that are left out.
    Ignore = "ignore",
    /// Column of the groups.
    Label = "label",
    /// Places in the picture.
    Layout = "layout",
    /// Lines of an order that is made.
    LinesPerOrder = "lines_per_order",
    /// The most segments.
    MaxSegments = "max_segments",
    /// Memory that may be used.
    Memory = "memory",
    /// The distance between customers.
    Metric = "metric",
    /// Words for no value; among example customers, the share of empty cells.
    Missing = "missing",
    /// Whether currencies are added up as they are.
    MixedCurrencies = "mixed_currencies",
    /// Neighbors of each customer.
    Neighbors = "n_neighbors",
    /// Column of the nodes in a table of nodes.
    NodesId = "nodes_id",
    /// Columns of noise that are made.
    NoiseColumns = "noise_columns",
    /// How unlike a new customer may be.
    Novelty = "novelty",
    /// The one currency that is counted.
    OnlyCurrency = "only_currency",
    /// Column of an order.
    Order = "order",
    /// The file or folder of the results.
    Output = "output",
    /// Column of a price.
    Price = "price",
    /// Column of a product.
    Product = "product",
    /// The side of a list of two kinds whose members become the nodes.
    Project = "project",
    /// Column of a quantity.
    Quantity = "quantity",
    /// γ of the modularity.
    Resolution = "resolution",
    /// How columns are made comparable.
    Scale = "scale",
    /// How neighbors are searched.
    Search = "search",
    /// The number of segments.
    Segments = "segments",
    /// The character between cells.
    Separator = "separator",
    /// Distance between the segments that are made.
    Separation = "separation",
    /// Whether a query is written instead of a count.
    Sql = "sql",
    /// Runs of which the best is kept.
    Trials = "trials",
    /// Column of a known grouping.
    Truth = "truth",
    /// Types of columns.
    Types = "types",
    /// Hours between the times and those of the days.
    UtcOffset = "utc_offset",
    /// Column of money, for shares.
    Value = "value",
    /// Weights of columns.
    Weights = "weights",
}

/// A sentence that names settings by their fields, as `` `n_neighbors` ``, and knows where.
///
/// ```
/// use kinfolk::table::TableSettings;
/// use kinfolk::{Setting, read::parse_table};
///
/// let settings = TableSettings { id: Some("custmer".to_owned()), ..TableSettings::default() };
/// let error = parse_table("t.csv", b"customer,spend\na,1\nb,2\n".to_vec(), &settings).unwrap_err();
/// assert!(error.to_string().starts_with("t.csv: `id` names \"custmer\", which is not a column"));
/// assert_eq!(error.settings().next(), Some(Setting::Id));
/// let error = error.named_by(&|setting| match setting {
///     Setting::Id => "the customer's name",
///     other => other.field(),
/// });
/// assert!(error.to_string().starts_with("t.csv: the customer's name names"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    text: String,
    /// The byte at which each name begins.
    named: Vec<(usize, Setting)>,
}

impl Message {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The settings that it names, in the order of the text.
    pub fn settings(&self) -> impl Iterator<Item = Setting> + '_ {
        self.named.iter().map(|&(_, setting)| setting)
    }

    /// The same sentence with other names of the settings.
    #[must_use]
    pub fn named_by(&self, name: &dyn Fn(Setting) -> &'static str) -> Message {
        let mut text = String::with_capacity(self.text.len());
        let mut copied = 0;
        for &(at, setting) in &self.named {
            text.push_str(&self.text[copied..at]);
            text.push_str(name(setting));
            copied = at + in_text(setting).len();
        }
        text.push_str(&self.text[copied..]);
        text.into()
    }

    /// Adds a piece at the end.
    #[must_use]
    pub(crate) fn and(mut self, piece: impl Into<Message>) -> Message {
        let piece = piece.into();
        let before = self.text.len();
        self.text.push_str(&piece.text);
        self.named
            .extend(piece.named.iter().map(|&(at, setting)| (before + at, setting)));
        self
    }

    /// Adds a sentence, after a semicolon where there is one.
    pub(crate) fn add(&mut self, sentence: impl Into<Message>) {
        let before = std::mem::take(self);
        *self = match before.is_empty() {
            true => sentence.into(),
            false => before.and("; ").and(sentence),
        };
    }

    /// The sentences one after the other, `between` between them.
    pub(crate) fn joined(sentences: impl IntoIterator<Item = Message>, between: &str) -> Message {
        let mut sentences = sentences.into_iter();
        let first = sentences.next().unwrap_or_default();
        sentences.fold(first, |all, next| all.and(between).and(next))
    }
}

fn in_text(setting: Setting) -> String {
    format!("`{}`", setting.field())
}

/// A [`Message`] of pieces: texts, settings and other messages.
macro_rules! message {
    ($($piece:expr),* $(,)?) => {
        $crate::message::Message::default()$(.and($piece))*
    };
}
pub(crate) use message;

impl From<Setting> for Message {
    fn from(setting: Setting) -> Self {
        Message {
            text: in_text(setting),
            named: vec![(0, setting)],
        }
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Message {
            text,
            named: Vec::new(),
        }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for Message {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<&Message> for Message {
    fn from(message: &Message) -> Self {
        message.clone()
    }
}

impl Deref for Message {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq<str> for Message {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Message {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// As its text.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_keep_their_places_whatever_stands_around_them() {
        let inner = message!["set ", Setting::Decimal, " ,"];
        let all = Message::joined(
            [message!["\"`decimal`\" is a name"], inner, Setting::Id.into()],
            "; ",
        );
        assert_eq!(all, "\"`decimal`\" is a name; set `decimal` ,; `id`");
        assert_eq!(
            all.settings().collect::<Vec<_>>(),
            [Setting::Decimal, Setting::Id]
        );
        // What a file holds is never taken for a setting.
        let flags = all.named_by(&|s| if s == Setting::Id { "the id" } else { "the mark" });
        assert_eq!(flags, "\"`decimal`\" is a name; set the mark ,; the id");
        assert_eq!(flags.settings().count(), 0);
    }

    #[test]
    fn no_two_settings_share_a_field() {
        for (i, a) in Setting::ALL.iter().enumerate() {
            assert!(Setting::ALL[..i].iter().all(|b| a.field() != b.field()), "{a:?}");
        }
    }
}
