//! What is said of lines that were counted, left out or taken in one way of several.

use super::log::Log;
use super::settings::{Drop, TransactionSettings};
use super::shard::Cleaned;
use super::tally::{Count, Tally};
use crate::columns::names::shortened;
use crate::message::{Message, Setting, message};
use crate::text::{count, list, number};
use crate::warning::Warning;

/// Everything that was counted and may surprise.
pub(crate) fn noticed(log: &Log, cleaned: &Cleaned, settings: &TransactionSettings) -> Vec<Warning> {
    let mut noticed = Noticed {
        said: Vec::new(),
        settings,
    };
    noticed.incomplete(&log.tally);
    noticed.odd(&log.tally, cleaned);
    noticed.returns(&log.tally, cleaned, log.places.product.is_some());
    noticed.times(&log.tally);
    noticed.currencies(&log.tally);
    noticed.said
}

/// What was said so far.
struct Noticed<'a> {
    said: Vec<Warning>,
    settings: &'a TransactionSettings,
}

impl Noticed<'_> {
    fn say(&mut self, code: &'static str, times: u64, message: impl Into<Message>) {
        if times > 0 {
            self.said.push(Warning::new(code, message));
        }
    }

    /// What happens to such lines, or how to leave them out.
    fn or_drop(&self, what: Drop, word: &str) -> Message {
        match self.settings.drops(what) {
            true => "left out as asked".into(),
            false => message![
                "counted like others; ",
                Setting::Drop,
                format!(" {word} leaves them out")
            ],
        }
    }

    /// Lines that lack something, or were asked to be left out.
    fn incomplete(&mut self, t: &Tally) {
        let counted: [(&str, &Count, Message); 7] = [
            (
                "lines-without-customer",
                &t.no_customer,
                "without a customer left out".into(),
            ),
            ("lines-without-date", &t.no_date, "without a date left out".into()),
            (
                "lines-without-amount",
                &t.no_amount,
                "without an amount left out".into(),
            ),
            (
                "lines-without-order",
                &t.no_order,
                "without an order; those of a customer and day are taken as one order".into(),
            ),
            (
                "excluded-products",
                &t.excluded,
                message!["of products that ", Setting::ExcludeProducts, " names left out"],
            ),
            (
                "other-currencies",
                &t.other_currency,
                "in another currency than the one asked for left out".into(),
            ),
            (
                "future-lines",
                &t.future,
                "of the day from which is looked back, or later, left out".into(),
            ),
        ];
        for (code, counted, what) in counted {
            let message = message![lines(counted), " ", what, format!(" ({})", first(counted))];
            self.say(code, counted.times, message);
        }
    }

    /// Lines that may be no purchases of goods.
    fn odd(&mut self, t: &Tally, cleaned: &Cleaned) {
        let names: Vec<String> = t.service_names.keys().cloned().collect();
        self.say(
            "service-lines",
            t.services.times,
            message![
                format!(
                    "{} of products that look like postage, fees or adjustments ({}) counted like goods; ",
                    lines(&t.services),
                    shortened(&names)
                ),
                Setting::ExcludeProducts,
                format!(" '{}' leaves them out", names.join(","))
            ],
        );
        for (code, counted, what, drop) in [
            (
                "zero-amounts",
                &t.zero_amount,
                ["an amount of 0", ""],
                Drop::ZeroAmounts,
            ),
            (
                "negative-prices",
                &t.negative_price,
                ["a price below 0", ", as adjustments have"],
                Drop::NegativePrices,
            ),
        ] {
            let [what, why] = what;
            let with = format!("{} with {what} ({}){why}: ", lines(counted), first(counted));
            // The word of the flag is the code of the warning.
            self.say(code, counted.times, message![with, self.or_drop(drop, code)]);
        }
        let message = message![
            format!(
                "{} a line of the same file in every cell, amounts of {} together: ",
                count(cleaned.duplicates as usize, "line repeats", "lines repeat"),
                number(cleaned.duplicates_amount)
            ),
            self.or_drop(Drop::Duplicates, "duplicates")
        ];
        self.say("duplicate-lines", cleaned.duplicates, message);
    }

    /// Lines that take something back; `products` says whether it is known what.
    fn returns(&mut self, t: &Tally, cleaned: &Cleaned, products: bool) {
        let message = self.taken_back(t, cleaned, if products { "product and amount" } else { "amount" });
        self.say("returns", cleaned.returns, message);
        let message = message![
            format!(
                "{} {}: ",
                count(cleaned.unmatched as usize, "return", "returns"),
                match products {
                    true => "of a product that the customer had not bought before",
                    false => "of a customer who had not bought anything before",
                }
            ),
            self.or_drop(Drop::UnmatchedReturns, "unmatched-returns")
        ];
        self.say("unmatched-returns", cleaned.unmatched, message);
        let (alone, unmatched) = (
            self.settings.drops(Drop::ReturnsOnly),
            self.settings.drops(Drop::UnmatchedReturns),
        );
        self.say(
            "returns-only",
            cleaned.returns_only,
            message![
                format!(
                    "{} with returns and no purchase: ",
                    count(cleaned.returns_only as usize, "customer", "customers")
                ),
                match (alone, unmatched) {
                    (true, _) => "left out as asked".into(),
                    // Without a purchase no return has one.
                    (false, true) => "left out with their returns".into(),
                    (false, false) => message![
                        "kept with a frequency of 0 and without recency; ",
                        Setting::Drop,
                        " returns-only leaves them out"
                    ],
                }
            ],
        );
    }

    /// Returns, and purchases of the same that they take back.
    fn taken_back(&self, t: &Tally, cleaned: &Cleaned, same: &str) -> Message {
        let cancelled = if t.cancellations.times > 0 {
            format!(
                " ({} of orders whose number begins with C)",
                lines(&t.cancellations)
            )
        } else {
            String::new()
        };
        let returns = format!(
            "{} with an amount below 0 taken as returns{cancelled}",
            n_lines(cleaned.returns)
        );
        if cleaned.cancelled == 0 {
            return format!("{returns} and off the money; none takes back a purchase of the same {same}")
                .into();
        }
        let pairs = count(cleaned.cancelled as usize, "takes", "take");
        message![
            format!("{returns}; {pairs} back a purchase of the same {same}: "),
            match self.settings.drops(Drop::Cancelled) {
                true => "both left out as asked".into(),
                false => message![
                    "both are counted, the purchase as an order and the return against its money; ",
                    Setting::Drop,
                    " cancelled leaves both out"
                ],
            }
        ]
    }

    fn times(&mut self, t: &Tally) {
        let zoned = format!(
            "{} with a time zone, taken as the time at {} ({})",
            lines(&t.zoned),
            offset_name(self.settings.utc_offset),
            first(&t.zoned)
        );
        self.say("zoned-times", t.zoned.times, zoned);
        let mixed = t.zoned.times > 0 && t.zoned.times < t.timed.times + t.midnight.times;
        self.say(
            "mixed-zones",
            u64::from(mixed),
            "times with a zone and times without one stand in one column; those without are taken as they are",
        );
        if t.timed.times > 0 {
            let midnight = format!(
                "{} at exactly 00:00:00, taken as without a time ({}): evening_share leaves their orders out",
                lines(&t.midnight),
                first(&t.midnight)
            );
            self.say("midnight", t.midnight.times, midnight);
        }
    }

    fn currencies(&mut self, t: &Tally) {
        let several = self.settings.mixed_currencies && t.currencies.len() > 1;
        let taken_as = match (&self.settings.only_currency, t.currencies.first_key_value()) {
            (Some(only), _) => Some(only),
            (None, first) => first.map(|(name, _)| name),
        };
        if !t.currencies.is_empty() {
            let message = format!(
                "{} without a currency counted as {} ({})",
                lines(&t.no_currency),
                taken_as.filter(|_| !several).map_or("the others", String::as_str),
                first(&t.no_currency)
            );
            self.say("lines-without-currency", t.no_currency.times, message);
        }
        let names = list(t.currencies.keys().map(String::as_str));
        self.say(
            "mixed-currencies",
            u64::from(several),
            format!("amounts in {names} were added up as if they were one currency, as asked"),
        );
    }
}

fn lines(counted: &Count) -> String {
    n_lines(counted.times)
}

/// `1 line`, `20 lines`.
pub(super) fn n_lines(n: u64) -> String {
    count(n as usize, "line", "lines")
}

fn first(counted: &Count) -> String {
    format!("first on line {}", counted.line)
}

fn offset_name(minutes: i32) -> String {
    match minutes {
        0 => "UTC".to_owned(),
        m => format!(
            "UTC{}{:02}:{:02}",
            if m < 0 { '-' } else { '+' },
            m.abs() / 60,
            m.abs() % 60
        ),
    }
}
