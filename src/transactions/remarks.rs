//! What is said about a file of purchase lines: roles, traps, refusals.

use super::definitions::Holds;
use super::log::Log;
use super::settings::{Drop, TransactionSettings};
use super::shard::Cleaned;
use super::tally::{Count, Tally};
use crate::columns::names::shortened;
use crate::error::{Error, Result, did_you_mean};
use crate::message::{Message, Setting, message};
use crate::text::{count, list, number};
use crate::warning::Warning;

/// What each role was taken from.
pub(crate) fn roles(log: &Log, holds: &Holds) -> Vec<(&'static str, String)> {
    let p = &log.places;
    let name = |c: usize| log.names[c].clone();
    let absent = |what: &str| what.to_owned();
    let optional = |c: Option<usize>, without: &str| c.map_or_else(|| absent(without), name);
    let mut roles = vec![("customer", name(p.customer))];
    roles.push(("order", optional(p.order, "none: one order per customer and day")));
    let dates = if log.dates.is_empty() {
        String::new()
    } else {
        format!(" ({})", log.dates)
    };
    roles.push(("date", format!("{}{dates}", name(p.date))));
    let amount = match (p.amount, p.quantity, p.price) {
        (Some(amount), ..) => name(amount),
        (None, Some(quantity), Some(price)) => format!("{} × {}", name(quantity), name(price)),
        (None, Some(quantity), None) => format!("none: {} counts pieces", name(quantity)),
        (None, None, Some(price)) => name(price),
        (None, None, None) => absent("none: lines are counted, no money"),
    };
    roles.push(("amount", amount));
    roles.push(("product", optional(p.product, "none")));
    roles.push(("category", optional(p.category, "none")));
    roles.push(("channel", optional(p.channel, "none")));
    if let Some(event) = p.event {
        let what = if holds.orders {
            ""
        } else {
            " (none of them a purchase: no order is counted)"
        };
        roles.push(("event", format!("{}{what}", name(event))));
    }
    if !p.discounts.is_empty() {
        roles.push((
            "discount",
            list(p.discounts.iter().map(|&c| log.names[c].as_str())),
        ));
    }
    roles.extend(p.currency.map(|c| ("currency", name(c))));
    let mut used: Vec<usize> = vec![p.customer, p.date];
    used.extend(
        [
            p.order, p.amount, p.product, p.category, p.channel, p.event, p.currency,
        ]
        .into_iter()
        .flatten(),
    );
    used.extend(p.price);
    used.extend(p.quantity.filter(|_| p.amount.is_none()));
    used.extend(&p.discounts);
    let unused: Vec<String> = (0..log.names.len())
        .filter(|c| !used.contains(c))
        .map(|c| log.names[c].clone())
        .collect();
    if !unused.is_empty() {
        roles.push(("not used", shortened(&unused)));
    }
    roles
}

fn lines(n: u64) -> String {
    count(n as usize, "line", "lines")
}

/// Everything that was counted and may surprise.
pub(crate) fn all(log: &Log, cleaned: &Cleaned, settings: &TransactionSettings) -> Vec<Warning> {
    let t = &log.tally;
    let mut out = Vec::new();
    let first = |c: &Count| format!("first on line {}", c.line);
    let mut say = |code, times: u64, message: Message| {
        if times > 0 {
            out.push(Warning::new(code, message));
        }
    };
    let or_drop = |what: Drop, word: &str| -> Message {
        match settings.drops(what) {
            true => "left out as asked".into(),
            false => message![
                "counted like others; ",
                Setting::Drop,
                format!(" {word} leaves them out")
            ],
        }
    };
    let n = |c: &Count| lines(c.times);
    let mut first_of = |code, counted: &Count, what: Message| {
        let message = message![
            lines(counted.times),
            " ",
            what,
            format!(" (first on line {})", counted.line)
        ];
        say(code, counted.times, message);
    };
    first_of(
        "lines-without-customer",
        &t.no_customer,
        "without a customer left out".into(),
    );
    first_of("lines-without-date", &t.no_date, "without a date left out".into());
    first_of(
        "lines-without-amount",
        &t.no_amount,
        "without an amount left out".into(),
    );
    first_of(
        "lines-without-order",
        &t.no_order,
        "without an order; those of a customer and day are taken as one order".into(),
    );
    first_of(
        "excluded-products",
        &t.excluded,
        message!["of products that ", Setting::ExcludeProducts, " names left out"],
    );
    first_of(
        "other-currencies",
        &t.other_currency,
        "in another currency than the one asked for left out".into(),
    );
    first_of(
        "future-lines",
        &t.future,
        "of the day from which is looked back, or later, left out".into(),
    );
    let names: Vec<String> = t.service_names.keys().cloned().collect();
    say(
        "service-lines",
        t.services.times,
        message![
            format!(
                "{} of products that look like postage, fees or adjustments ({}) counted like goods; ",
                n(&t.services),
                shortened(&names)
            ),
            Setting::ExcludeProducts,
            format!(" '{}' leaves them out", names.join(","))
        ],
    );
    say(
        "zero-amounts",
        t.zero_amount.times,
        message![
            format!(
                "{} with an amount of 0 ({}): ",
                n(&t.zero_amount),
                first(&t.zero_amount)
            ),
            or_drop(Drop::ZeroAmounts, "zero-amounts")
        ],
    );
    say(
        "negative-prices",
        t.negative_price.times,
        message![
            format!(
                "{} with a price below 0 ({}), as adjustments have: ",
                n(&t.negative_price),
                first(&t.negative_price)
            ),
            or_drop(Drop::NegativePrices, "negative-prices")
        ],
    );
    say(
        "duplicate-lines",
        cleaned.duplicates,
        message![
            format!(
                "{} a line of the same file in every cell, amounts of {} together: ",
                count(cleaned.duplicates as usize, "line repeats", "lines repeat"),
                number(cleaned.duplicates_amount)
            ),
            or_drop(Drop::Duplicates, "duplicates")
        ],
    );
    let products = log.places.product.is_some();
    let same = if products { "product and amount" } else { "amount" };
    if cleaned.returns > 0 {
        let cancelled = if t.cancellations.times > 0 {
            format!(
                " ({} of orders whose number begins with C)",
                lines(t.cancellations.times)
            )
        } else {
            String::new()
        };
        say(
            "returns",
            1,
            match cleaned.cancelled {
                0 => message![format!(
                    "{} with an amount below 0 taken as returns{cancelled} and off the money; none takes back a purchase of the same {same}",
                    lines(cleaned.returns)
                )],
                pairs => message![
                    format!(
                        "{} with an amount below 0 taken as returns{cancelled}; {} back a purchase of the same {same}: ",
                        lines(cleaned.returns),
                        count(pairs as usize, "takes", "take")
                    ),
                    match settings.drops(Drop::Cancelled) {
                        true => "both left out as asked".into(),
                        false => message![
                            "both are counted, the purchase as an order and the return against its money; ",
                            Setting::Drop,
                            " cancelled leaves both out"
                        ],
                    }
                ],
            },
        );
    }
    say(
        "unmatched-returns",
        cleaned.unmatched,
        message![
            format!(
                "{} {}: ",
                count(cleaned.unmatched as usize, "return", "returns"),
                match products {
                    true => "of a product that the customer had not bought before",
                    false => "of a customer who had not bought anything before",
                }
            ),
            or_drop(Drop::UnmatchedReturns, "unmatched-returns")
        ],
    );
    say(
        "returns-only",
        cleaned.returns_only,
        message![
            format!(
                "{} with returns and no purchase: ",
                count(cleaned.returns_only as usize, "customer", "customers")
            ),
            match (
                settings.drops(Drop::ReturnsOnly),
                settings.drops(Drop::UnmatchedReturns)
            ) {
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
    say(
        "zoned-times",
        t.zoned.times,
        format!(
            "{} with a time zone, taken as the time at {} ({})",
            n(&t.zoned),
            offset_name(settings.utc_offset),
            first(&t.zoned)
        )
        .into(),
    );
    let mixed = t.zoned.times > 0 && t.zoned.times < t.timed.times + t.midnight.times;
    say(
        "mixed-zones",
        u64::from(mixed),
        "times with a zone and times without one stand in one column; those without are taken as they are"
            .into(),
    );
    if t.timed.times > 0 {
        say(
            "midnight",
            t.midnight.times,
            format!(
                "{} at exactly 00:00:00, taken as without a time ({}): evening_share leaves their orders out",
                n(&t.midnight),
                first(&t.midnight)
            )
            .into(),
        );
    }
    let several = settings.mixed_currencies && t.currencies.len() > 1;
    let taken_as = match (&settings.only_currency, t.currencies.first_key_value()) {
        (Some(only), _) => Some(only),
        (None, first) => first.map(|(name, _)| name),
    };
    say(
        "lines-without-currency",
        if t.currencies.is_empty() {
            0
        } else {
            t.no_currency.times
        },
        format!(
            "{} without a currency counted as {} ({})",
            n(&t.no_currency),
            taken_as.filter(|_| !several).map_or("the others", String::as_str),
            first(&t.no_currency)
        )
        .into(),
    );
    say(
        "mixed-currencies",
        u64::from(several),
        format!(
            "amounts in {} were added up as if they were one currency, as asked",
            list(t.currencies.keys().map(String::as_str))
        )
        .into(),
    );
    out
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

/// Where everything came back.
pub(crate) fn no_purchases() -> Warning {
    Warning::new(
        "no-purchases",
        "no amount is 0 or above, so nobody has a purchase; are amounts of purchases written with a minus?",
    )
}

/// How orders were told apart, where that may surprise.
pub(crate) fn orders(holds: &Holds, tally: &Tally) -> Vec<Warning> {
    let mut out = Vec::new();
    if holds.orders && !holds.order_column {
        out.push(Warning::new(
            "orders-by-day",
            message![
                "no column names the orders, so all lines of a customer on one day are one order; ",
                Setting::Order,
                " names a column"
            ],
        ));
    }
    if holds.orders && !holds.times {
        out.push(Warning::new(
            "no-times",
            "dates have no time of day, so there is no evening_share",
        ));
    }
    if holds.orders && tally.timed.times > 0 && tally.midnight.times > 9 * tally.timed.times {
        out.push(Warning::new(
            "few-times",
            "fewer than one line in ten has a time of day: evening_share stands on few orders",
        ));
    }
    out
}

/// Labels that are too rare for a column of their own.
pub(crate) fn left_without_column(left: usize, what: &str, most: usize) -> Option<Warning> {
    (left > 0).then(|| {
        Warning::new(
            "labels-without-column",
            format!(
                "the {most} most common {what}s have columns; {} more on fewer lines have none",
                left
            ),
        )
    })
}

/// Customers of whom no line is left.
pub(crate) fn lost_customers(lost: usize) -> Option<Warning> {
    (lost > 0).then(|| {
        let who = count(lost, "customer has", "customers have");
        Warning::new(
            "lost-customers",
            format!("{who} no line left after what was asked to be dropped, and no row"),
        )
    })
}

/// The error where nothing can be counted.
pub(crate) fn nothing_left(log: &Log) -> Error {
    let t = &log.tally;
    let mut why = Vec::new();
    for (count, what) in [
        (&t.no_customer, "without a customer"),
        (&t.no_date, "without a date"),
        (&t.no_amount, "without an amount"),
        (&t.excluded, "of excluded products"),
        (&t.future, "not before the day from which is looked back"),
        (&t.other_currency, "in another currency"),
    ] {
        if count.times > 0 {
            why.push(format!("{} {what}", count.times));
        }
    }
    let found = if why.is_empty() {
        String::new()
    } else {
        format!(": {}", why.join(", "))
    };
    Error::data(format!("of {} none can be counted{found}", lines(t.lines)))
        .in_file(&log.source)
        .hint(message![
            "are these the right columns? ",
            Setting::Customer,
            ", ",
            Setting::Date,
            " and ",
            Setting::Amount,
            " name others"
        ])
}

/// Several currencies cannot be added up, unless somebody says so.
pub(crate) fn refuse_currencies(log: &Log, settings: &TransactionSettings) -> Result<()> {
    let found = &log.tally.currencies;
    if let Some(only) = &settings.only_currency
        && !found.keys().any(|name| name.eq_ignore_ascii_case(only))
    {
        let hint = match found.is_empty() {
            true => message!["a column is named with ", Setting::Currency],
            false => {
                let names: Vec<String> = found.keys().cloned().collect();
                format!("the currencies are {}", shortened(&names)).into()
            }
        };
        let error = Error::usage(message![
            Setting::OnlyCurrency,
            format!(" names {only}, and no amount is in it")
        ]);
        return Err(error.in_file(&log.source).hint(hint));
    }
    if found.len() < 2 || settings.mixed_currencies || settings.only_currency.is_some() {
        return Ok(());
    }
    let shown: Vec<String> = found
        .iter()
        .map(|(name, c)| format!("{name} ({})", lines(c.times)))
        .collect();
    let line = found.values().map(|c| c.line).max().unwrap_or(0);
    let one = found
        .iter()
        .max_by_key(|(_, c)| c.times)
        .map_or("EUR", |(name, _)| name.as_str());
    Err(Error::data(format!(
        "amounts are in several currencies: {}",
        shortened(&shown)
    ))
    .in_file(&log.source)
    .at_line(line)
    .hint(message![
        "convert them first, take one with ",
        Setting::OnlyCurrency,
        format!(" {one}, or add them up as they are with "),
        Setting::MixedCurrencies
    ]))
}

/// The error for points of an event that never happens.
pub(crate) fn no_event(source: &str, name: &str, events: &[String]) -> Error {
    let near = did_you_mean(name, events.iter().map(String::as_str)).map(|near| near + " ");
    let known = match events.is_empty() {
        true => message!["no column holds events; name one with ", Setting::Event],
        false => format!("the events are {}", shortened(events)).into(),
    };
    Error::usage(message![
        Setting::Engagement,
        format!(" names \"{name}\", which is no event")
    ])
    .in_file(source)
    .hint(message![near.unwrap_or_default(), known])
}
