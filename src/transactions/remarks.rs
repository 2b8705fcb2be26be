//! What is said about a file of purchase lines: roles, traps, refusals.

use super::definitions::Holds;
use super::line::Line;
use super::log::Log;
use super::noticed::n_lines;
use super::settings::TransactionSettings;
use super::shard::{Cleaned, Shard};
use super::tally::Tally;
use crate::columns::names::shortened;
use crate::error::{Error, Result, did_you_mean};
use crate::message::{Setting, message};
use crate::text::{count, list};
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

/// Where everything came back.
pub(crate) fn no_purchases(shards: &[Shard], cleaned: &Cleaned) -> Option<Warning> {
    let purchased = || shards.iter().any(|s| s.lines.iter().any(Line::is_purchase));
    (cleaned.returns > 0 && cleaned.cancelled == 0 && !purchased()).then(|| {
        Warning::new(
            "no-purchases",
            "no amount is 0 or above, so nobody has a purchase; are amounts of purchases written with a minus?",
        )
    })
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
    Error::data(format!("of {} none can be counted{found}", n_lines(t.lines)))
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
        .map(|(name, c)| format!("{name} ({})", n_lines(c.times)))
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
