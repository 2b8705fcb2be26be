//! What can be asked of purchase lines, and of the table made from them.

/// How purchase lines are read and counted. `Default` finds everything out and leaves nothing out that can be counted.
///
/// ```
/// use kinfolk::transactions::{Roles, TransactionSettings};
///
/// let settings = TransactionSettings {
///     roles: Roles { customer: Some("Kunde".to_owned()), ..Roles::default() },
///     windows: vec![30, 90],
///     ..TransactionSettings::default()
/// };
/// assert_eq!(settings.as_of, None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct TransactionSettings {
    /// Which column is what, where the names do not say so or say it wrongly.
    pub roles: Roles,
    /// The character between cells; found out by default.
    pub separator: Option<char>,
    /// `.` or `,`; found out by default.
    pub decimal: Option<char>,
    /// A name such as `windows-1252`; found out by default.
    pub encoding: Option<String>,
    /// Further words for "no value".
    pub missing: Vec<String>,
    /// Whether `03/04/2024` is the third of April; by default all dates of the file decide.
    pub day_first: Option<bool>,
    /// The day from which is looked back, as `2011-12-10`: lines of that day and later ones are left out. By default the
    /// day after the last date.
    pub as_of: Option<String>,
    /// Days that are counted once more on their own, each 1 or more: 90 gives `frequency_90d` and others.
    pub windows: Vec<u32>,
    /// Lines of products that fit one of these patterns are left out: `POST`, `GIFT*`, `?` for one character, in any case.
    pub exclude_products: Vec<String>,
    /// What is left out although it could be counted.
    pub drop: Vec<Drop>,
    /// Only lines in this currency are counted.
    pub only_currency: Option<String>,
    /// Several currencies are added up as if they were one.
    pub mixed_currencies: bool,
    /// Minutes east of Greenwich in which times that are written with a zone are counted, −1080 to 1080. Default 0, UTC.
    pub utc_offset: i32,
    /// Events that are purchases; by default those called so.
    pub purchase_events: Vec<String>,
    /// Points per event of a kind for the column `engagement`.
    pub engagement: Vec<(String, f64)>,
    /// The most bytes that may be held; no limit by default.
    pub memory: Option<u64>,
}

/// Columns by name, or by number from 1; the word `none` says that there is none.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    /// Who buys.
    pub customer: Option<String>,
    /// What is bought together.
    pub order: Option<String>,
    /// When.
    pub date: Option<String>,
    /// Money of the line.
    pub amount: Option<String>,
    /// Pieces of the line.
    pub quantity: Option<String>,
    /// Money per piece.
    pub price: Option<String>,
    /// What is bought.
    pub product: Option<String>,
    /// What kind of thing is bought.
    pub category: Option<String>,
    /// Where it is bought: shop, web, app.
    pub channel: Option<String>,
    /// What happened, in a log of events.
    pub event: Option<String>,
    /// What was taken off the price; a line with another value than 0 here is one with a discount.
    pub discount: Option<String>,
    /// In which currency the amounts are.
    pub currency: Option<String>,
}

/// Lines that can be counted or left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drop {
    /// Lines that equal an earlier one in every cell.
    Duplicates,
    /// Lines of an amount of 0.
    ZeroAmounts,
    /// Lines with a price below 0, such as adjustments of debt.
    NegativePrices,
    /// Returned lines together with the purchases that they take back.
    Cancelled,
    /// Returned lines of a product that the customer has not bought before.
    UnmatchedReturns,
    /// Customers without a purchase.
    ReturnsOnly,
}

impl Drop {
    /// All, with the words of the flag `--drop`.
    pub const ALL: [(&'static str, Drop); 6] = [
        ("duplicates", Drop::Duplicates),
        ("zero-amounts", Drop::ZeroAmounts),
        ("negative-prices", Drop::NegativePrices),
        ("cancelled", Drop::Cancelled),
        ("unmatched-returns", Drop::UnmatchedReturns),
        ("returns-only", Drop::ReturnsOnly),
    ];
}

impl TransactionSettings {
    /// Whether such lines are left out.
    pub(crate) fn drops(&self, what: Drop) -> bool {
        self.drop.contains(&what)
    }
}
