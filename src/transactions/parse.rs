//! A piece of text into lines, in the shards of their customers.

use super::cells::{Clock, Convention, amount};
use super::line::{Line, Local, Mark};
use super::patterns::{Patterns, looks_like_service};
use super::pieces::{Piece, Record};
use super::roles::Places;
use super::settings::{Drop, TransactionSettings};
use super::tally::Tally;
use crate::columns::missing::{Presence, presence};
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::grid::Dialect;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

/// Customers are spread over so many shards by their text: each is sorted and counted on its own.
pub(crate) const SHARDS: usize = 64;

/// What stays the same while a file is read.
pub(crate) struct Reading<'a> {
    pub(crate) source: &'a str,
    pub(crate) names: &'a [String],
    pub(crate) header_line: u64,
    pub(crate) dialect: Dialect,
    pub(crate) places: &'a Places,
    pub(crate) convention: Convention,
    pub(crate) settings: &'a TransactionSettings,
    pub(crate) excluded: &'a Patterns,
    /// The day from which on nothing is counted.
    pub(crate) as_of: Option<i32>,
}

impl Reading<'_> {
    fn present(&self, cell: &str) -> bool {
        presence(cell, &self.settings.missing) == Presence::Present
    }

    /// A name that stands for something unless it is a word for nothing; `unknown` is a name.
    fn named(&self, cell: &str) -> bool {
        presence(cell, &self.settings.missing) != Presence::Missing
    }
}

/// Lines of one shard, with the customers that they name.
#[derive(Default)]
pub(crate) struct Bucket<'t> {
    pub(crate) customers: Vec<&'t str>,
    /// Customer, product, category, channel and event are places among the names of the piece.
    pub(crate) lines: Vec<Line>,
}

/// What was read from a piece.
pub(crate) struct Parsed<'t> {
    pub(crate) buckets: Vec<Bucket<'t>>,
    pub(crate) products: Vec<&'t str>,
    /// Categories, channels, events.
    pub(crate) labels: [Vec<&'t str>; 3],
    pub(crate) tally: Tally,
}

/// Which label: category, channel, event.
pub(crate) const CATEGORY: usize = 0;
pub(crate) const CHANNEL: usize = 1;
pub(crate) const EVENT: usize = 2;

/// How many different ones of each there may be.
pub(crate) const MOST: [usize; 3] = [u16::MAX as usize, u8::MAX as usize, u8::MAX as usize];

/// Reads the records of a piece. `O(bytes)`.
///
/// # Errors
/// A record of another length than the header's; too many different categories, channels or events.
pub(crate) fn parse<'t>(reading: &Reading<'_>, piece: &'t Piece<'_>) -> Result<Parsed<'t>> {
    let mut parser = Parser {
        reading,
        clock: Clock::default(),
        customers: FxHashMap::default(),
        products: Local::default(),
        services: Vec::new(),
        purchases: Vec::new(),
        labels: [Local::default(), Local::default(), Local::default()],
        buckets: (0..SHARDS).map(|_| Bucket::default()).collect(),
        tally: Tally::default(),
    };
    piece.each(reading, |line, record| parser.record(line, record))?;
    let places = reading.places;
    let columns = [places.category, places.channel, places.event];
    for ((labels, most), column) in parser.labels.iter().zip(MOST).zip(columns) {
        if labels.names.len() > most {
            return Err(too_many(reading, column, most));
        }
    }
    Ok(Parsed {
        buckets: parser.buckets,
        products: parser.products.names,
        labels: parser.labels.map(|l| l.names),
        tally: parser.tally,
    })
}

/// The error where a column holds more different labels than can be told apart.
pub(crate) fn too_many(reading: &Reading<'_>, column: Option<usize>, most: usize) -> Error {
    let error = Error::data(format!("holds more than {most} different values")).in_file(reading.source);
    match column {
        Some(c) => error.in_column(&reading.names[c]),
        None => error,
    }
    .hint(message![
        "is it the right column? name another one with ",
        Setting::Category,
        ", ",
        Setting::Channel,
        " or ",
        Setting::Event,
        ", or none with the word none"
    ])
}

/// What a product is, known once per piece.
#[derive(Clone, Copy)]
struct Kind {
    excluded: bool,
    service: bool,
}

struct Parser<'a, 't> {
    reading: &'a Reading<'a>,
    clock: Clock,
    /// Shard and place in its bucket.
    customers: FxHashMap<&'t str, (u8, u32)>,
    products: Local<'t>,
    services: Vec<Kind>,
    /// Which events are purchases.
    purchases: Vec<bool>,
    labels: [Local<'t>; 3],
    buckets: Vec<Bucket<'t>>,
    tally: Tally,
}

impl<'t> Parser<'_, 't> {
    fn record(&mut self, number: u64, record: Record<'t, '_>) {
        let reading = self.reading;
        let places = reading.places;
        self.tally.lines += 1;
        let customer = record.cell(places.customer);
        if !reading.present(customer) {
            self.tally.no_customer.add(number);
            return;
        }
        let date = record.cell(places.date);
        if !reading.present(date) {
            self.tally.no_date.add(number);
            return;
        }
        let at = (number, places.date);
        let offset = reading.settings.utc_offset;
        let Some(moment) = self
            .clock
            .moment(date, reading.convention, offset, at, &mut self.tally)
        else {
            return;
        };
        let mut line = Line::new(moment.day, moment.second);
        if reading.as_of.is_some_and(|day| line.day >= day) {
            self.tally.future.add(number);
            return;
        }
        if self.labels_and_product(number, record, &mut line).is_none()
            || self.money(number, record, &mut line).is_none()
        {
            return;
        }
        // What is said of lines is said of those that are counted.
        if moment.zoned {
            self.tally.zoned.add(number);
        }
        self.service(number, &line);
        self.order(number, record, &mut line);
        if moment.second == 0 {
            self.tally.midnight.add(number);
        } else {
            self.tally.timed.add(number);
        }
        self.tally.day(line.day);
        let mut print = FxHasher::default();
        print.write(record.bytes());
        line.print = (print.finish() >> 32) as u32;
        self.push(customer, line);
    }

    /// Product, category, channel, event and discount; `None` where the line is left out.
    fn labels_and_product(&mut self, number: u64, record: Record<'t, '_>, line: &mut Line) -> Option<()> {
        let reading = self.reading;
        let places = reading.places;
        if let Some(cell) = places
            .product
            .map(|c| record.cell(c))
            .filter(|cell| reading.named(cell))
        {
            line.product = self.products.code(cell);
            if line.product as usize == self.services.len() {
                let excluded = reading.excluded.fits(cell);
                self.services.push(Kind {
                    excluded,
                    service: looks_like_service(cell),
                });
            }
            let kind = self.services[line.product as usize];
            if kind.excluded {
                self.tally.excluded.add(number);
                return None;
            }
        }
        let mut label = |which: usize, column: Option<usize>| {
            let cell = column
                .map(|c| record.cell(c))
                .filter(|cell| reading.named(cell))?;
            Some(self.labels[which].code(cell))
        };
        // Codes are checked against what fits when the piece is done.
        line.category =
            label(CATEGORY, places.category).map_or(u16::MAX, |c| c.min(u32::from(u16::MAX)) as u16);
        line.channel = label(CHANNEL, places.channel).map_or(u8::MAX, |c| c.min(u32::from(u8::MAX)) as u8);
        let event = label(EVENT, places.event);
        line.event = event.map_or(u8::MAX, |c| c.min(u32::from(u8::MAX)) as u8);
        let is_order = match event {
            Some(code) => {
                // Asked once for each event of the piece.
                if code as usize == self.purchases.len() {
                    let name = self.labels[EVENT].names[code as usize].to_lowercase();
                    self.purchases
                        .push(purchase_events(&reading.settings.purchase_events).contains(&name));
                }
                self.purchases[code as usize]
            }
            None => places.event.is_none(),
        };
        if is_order {
            line.set(Mark::Order);
        }
        let nothing_off = |cell: &str| cell.bytes().all(|b| matches!(b, b'0' | b'.' | b',' | b'-'));
        if places.discounts.iter().any(|&c| {
            let cell = record.cell(c);
            reading.present(cell) && !nothing_off(cell)
        }) {
            line.set(Mark::Discount);
        }
        Some(())
    }

    /// Counts a line of what is no goods.
    fn service(&mut self, number: u64, line: &Line) {
        if self
            .services
            .get(line.product as usize)
            .is_some_and(|kind| kind.service)
        {
            self.tally.services.add(number);
            let name = self.products.names[line.product as usize].to_owned();
            *self.tally.service_names.entry(name).or_default() += 1;
        }
    }

    /// The amount of the line; `None` where it is left out.
    fn money(&mut self, number: u64, record: Record<'t, '_>, line: &mut Line) -> Option<()> {
        let reading = self.reading;
        let places = reading.places;
        let decimal = reading.convention.decimal;
        let mut symbol = "";
        let mut none = false;
        let mut value = |column: Option<usize>, tally: &mut Tally| -> Option<f64> {
            let column = column?;
            let cell = record.cell(column);
            if !reading.present(cell) {
                none = true;
                return None;
            }
            let (value, currency) = amount(cell, decimal, (number, column), tally)?;
            if !currency.is_empty() {
                symbol = currency;
            }
            Some(value)
        };
        let tally = &mut self.tally;
        let odd = tally.odd.is_some();
        let price = value(places.price, tally);
        let found = if places.amount.is_some() {
            value(places.amount, tally)
        } else if places.quantity.is_some() && places.price.is_some() {
            let quantity = value(places.quantity, tally);
            price.zip(quantity).map(|(p, q)| p * q + 0.0)
        } else if places.quantity.is_some() {
            value(places.quantity, tally)
        } else if places.price.is_some() {
            price
        } else {
            Some(1.0)
        };
        if tally.odd.is_some() && !odd {
            return None;
        }
        let Some(found) = found else {
            if line.is(Mark::Order) {
                tally.no_amount.add(number);
                return None;
            }
            // An event that is no purchase needs no amount.
            line.amount = 0.0;
            return Some(());
        };
        line.amount = found;
        if line.is(Mark::Order) {
            self.currency(number, record, symbol)?;
            let drop = |what| reading.settings.drops(what);
            if price.is_some_and(|p| p < 0.0) {
                self.tally.negative_price.add(number);
                if drop(Drop::NegativePrices) {
                    return None;
                }
            }
            if found == 0.0 {
                self.tally.zero_amount.add(number);
                if drop(Drop::ZeroAmounts) {
                    return None;
                }
            }
        }
        Some(())
    }

    /// Counts the currency; `None` where only another one is wanted.
    fn currency(&mut self, number: u64, record: Record<'t, '_>, symbol: &str) -> Option<()> {
        let reading = self.reading;
        let written = match reading.places.currency.map(|c| record.cell(c)) {
            Some(cell) if reading.named(cell) => cell,
            _ => symbol,
        };
        if written.is_empty() {
            self.tally.no_currency.add(number);
            return Some(());
        }
        match self.tally.currencies.get_mut(written) {
            Some(count) => count.add(number),
            None => self
                .tally
                .currencies
                .entry(written.to_owned())
                .or_default()
                .add(number),
        }
        match &reading.settings.only_currency {
            Some(only) if !only.eq_ignore_ascii_case(written) => {
                self.tally.other_currency.add(number);
                None
            }
            _ => Some(()),
        }
    }

    fn order(&mut self, number: u64, record: Record<'t, '_>, line: &mut Line) {
        let reading = self.reading;
        // Below 2⁶³, where no order with a name of its own is.
        line.order = u64::from(line.day.cast_unsigned());
        let Some(column) = reading.places.order else {
            return;
        };
        let cell = record.cell(column);
        if !reading.named(cell) {
            if line.is(Mark::Order) {
                self.tally.no_order.add(number);
            }
            return;
        }
        let mut hash = FxHasher::default();
        hash.write(cell.as_bytes());
        line.order = hash.finish() | 1 << 63;
        let cancels = cell
            .strip_prefix(['C', 'c'])
            .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()) && !n.is_empty());
        if cancels && line.is_return() {
            self.tally.cancellations.add(number);
        }
    }

    fn push(&mut self, customer: &'t str, mut line: Line) {
        let buckets = &mut self.buckets;
        let &mut (shard, place) = self.customers.entry(customer).or_insert_with(|| {
            let shard = shard_of(customer);
            let names = &mut buckets[shard].customers;
            names.push(customer);
            (shard as u8, (names.len() - 1) as u32)
        });
        line.customer = place;
        buckets[usize::from(shard)].lines.push(line);
    }
}

/// The shard of a customer.
fn shard_of(customer: &str) -> usize {
    let mut hash = FxHasher::default();
    hash.write(customer.as_bytes());
    (hash.finish() >> 32) as usize % SHARDS
}

/// The events that are purchases, in lower case.
pub(crate) fn purchase_events(asked: &[String]) -> Vec<String> {
    const PURCHASES: &[&str] = &[
        "purchase",
        "order",
        "buy",
        "sale",
        "transaction",
        "purchased",
        "bought",
        "kauf",
        "bestellung",
        "achat",
        "commande",
        "compra",
        "pedido",
        "acquisto",
        "ordine",
    ];
    if asked.is_empty() {
        return PURCHASES.iter().map(|p| (*p).to_owned()).collect();
    }
    asked.iter().map(|p| p.trim().to_lowercase()).collect()
}
