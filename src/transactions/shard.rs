//! The lines of some of the customers.

use super::line::{Line, Mark, NONE};
use super::parse::{CATEGORY, CHANNEL, EVENT, Parsed};
use super::settings::{Drop, TransactionSettings};
use crate::table::Texts;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

/// Customers of one shard with their lines.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    pub(crate) customers: Texts,
    places: FxHashMap<u64, u32>,
    pub(crate) lines: Vec<Line>,
    /// Where the lines of each customer begin, once they are sorted; one more than there are customers.
    pub(crate) starts: Vec<u32>,
    pub(crate) cleaned: Cleaned,
}

/// What was found, and perhaps left out, among the lines of whole customers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cleaned {
    /// Lines that equal another one in every cell, beyond the first.
    pub(crate) duplicates: u64,
    pub(crate) duplicates_amount: f64,
    /// Returned lines.
    pub(crate) returns: u64,
    /// Those for which there is an earlier purchase of the same product and amount.
    pub(crate) cancelled: u64,
    /// Those of a product that the customer has not bought before.
    pub(crate) unmatched: u64,
    /// Customers with returned lines and no purchase.
    pub(crate) returns_only: u64,
}

impl Cleaned {
    pub(crate) fn join(&mut self, other: &Cleaned) {
        self.duplicates += other.duplicates;
        self.duplicates_amount += other.duplicates_amount;
        self.returns += other.returns;
        self.cancelled += other.cancelled;
        self.unmatched += other.unmatched;
        self.returns_only += other.returns_only;
    }
}

/// Numbers of the whole file for the names of one piece.
pub(crate) struct Codes {
    pub(crate) products: Vec<u32>,
    pub(crate) labels: [Vec<u32>; 3],
}

impl Shard {
    /// Takes in the lines of a piece that belong to shard `which`.
    pub(crate) fn take(&mut self, parsed: &Parsed<'_>, codes: &Codes, which: usize) {
        let bucket = &parsed.buckets[which];
        let customers: Vec<u32> = bucket.customers.iter().map(|name| self.customer(name)).collect();
        let needed = self.lines.len() + bucket.lines.len();
        if needed > self.lines.capacity() {
            // An eighth more at a time: twice as much would be half empty.
            self.lines
                .reserve_exact(bucket.lines.len() + self.lines.len() / 8);
        }
        self.lines.extend(bucket.lines.iter().map(|&line| {
            let mut line = line;
            line.customer = customers[line.customer as usize];
            if line.product != NONE {
                line.product = codes.products[line.product as usize];
            }
            if line.category != u16::MAX {
                line.category = codes.labels[CATEGORY][usize::from(line.category)] as u16;
            }
            if line.channel != u8::MAX {
                line.channel = codes.labels[CHANNEL][usize::from(line.channel)] as u8;
            }
            if line.event != u8::MAX {
                line.event = codes.labels[EVENT][usize::from(line.event)] as u8;
            }
            line
        }));
    }

    fn customer(&mut self, name: &str) -> u32 {
        let mut hash = FxHasher::default();
        hash.write(name.as_bytes());
        let mut key = hash.finish();
        loop {
            match self.places.get(&key) {
                Some(&place) if &self.customers[place as usize] == name => return place,
                // Another customer has this number: the next one then.
                Some(_) => key = key.wrapping_add(1),
                None => {
                    let place = self.customers.len() as u32;
                    self.places.insert(key, place);
                    self.customers.push(name);
                    return place;
                }
            }
        }
    }

    /// Bytes in memory, about.
    pub(crate) fn bytes(&self) -> u64 {
        let lines = self.lines.capacity() * size_of::<Line>();
        (lines + self.customers.bytes() + 20 * self.places.capacity() + 4 * self.starts.len()) as u64
    }

    /// Sorts the lines by customer and time, counts what is doubtful, and leaves out what the settings drop.
    pub(crate) fn finish(&mut self, settings: &TransactionSettings) {
        self.places = FxHashMap::default();
        self.lines.sort_unstable_by(Line::compare);
        self.find_starts();
        let mut cleaned = Cleaned::default();
        let mut scratch = Pairs::default();
        for c in 0..self.customers.len() {
            let range = self.starts[c] as usize..self.starts[c + 1] as usize;
            clean(&mut self.lines[range], settings, &mut cleaned, &mut scratch);
        }
        self.lines.retain(|line| !line.is(Mark::Dropped));
        self.find_starts();
        self.cleaned = cleaned;
    }

    fn find_starts(&mut self) {
        self.starts.clear();
        let mut at = 0;
        for c in 0..=self.customers.len() as u32 {
            while at < self.lines.len() && self.lines[at].customer < c {
                at += 1;
            }
            self.starts.push(at as u32);
        }
    }

    /// The lines of a customer, in the order of time.
    pub(crate) fn of(&self, customer: usize) -> &[Line] {
        &self.lines[self.starts[customer] as usize..self.starts[customer + 1] as usize]
    }
}

/// Room for the pairs of one customer after another.
#[derive(Default)]
struct Pairs {
    /// Product, size of the amount, whether it came back, place.
    lines: Vec<(u32, u64, bool, u32)>,
}

/// Counts duplicates and returns among the lines of one customer, and marks what is to be left out.
fn clean(lines: &mut [Line], settings: &TransactionSettings, cleaned: &mut Cleaned, scratch: &mut Pairs) {
    // From the end: a mark would make a line differ from the next one.
    for i in (1..lines.len()).rev() {
        let (same, amount) = (lines[i].compare(&lines[i - 1]).is_eq(), lines[i].amount);
        if same {
            cleaned.duplicates += 1;
            cleaned.duplicates_amount += amount;
            if settings.drops(Drop::Duplicates) {
                lines[i].set(Mark::Dropped);
            }
        }
    }
    if lines.iter().any(Line::is_return) {
        returns(lines, settings, cleaned, scratch);
    }
}

/// The k-th return of a product and an amount takes back the k-th purchase of the same product and amount, where that
/// was not later.
fn returns(lines: &mut [Line], settings: &TransactionSettings, cleaned: &mut Cleaned, scratch: &mut Pairs) {
    let dropped: Vec<bool> = lines.iter().map(|l| l.is(Mark::Dropped)).collect();
    let had_purchase = lines.iter().any(Line::is_purchase);
    scratch.lines.clear();
    let entries = lines
        .iter()
        .enumerate()
        .filter(|(i, l)| !dropped[*i] && (l.is_return() || l.is_purchase()));
    scratch
        .lines
        .extend(entries.map(|(i, l)| (l.product, l.amount.abs().to_bits(), l.is_return(), i as u32)));
    scratch.lines.sort_unstable();
    for product in scratch.lines.chunk_by(|a, b| a.0 == b.0) {
        let when = |place: u32| (lines[place as usize].day, lines[place as usize].second());
        let first = product.iter().filter(|e| !e.2).map(|e| when(e.3)).min();
        let unmatched: Vec<u32> = product
            .iter()
            .filter(|e| e.2 && first.is_none_or(|first| first > when(e.3)))
            .map(|e| e.3)
            .collect();
        cleaned.unmatched += unmatched.len() as u64;
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for amount in product.chunk_by(|a, b| a.1 == b.1) {
            let middle = amount.partition_point(|e| !e.2);
            let (bought, back) = amount.split_at(middle);
            pairs.extend(
                bought
                    .iter()
                    .zip(back)
                    .map(|(b, r)| (b.3, r.3))
                    .filter(|&(b, r)| when(b) <= when(r)),
            );
        }
        cleaned.cancelled += pairs.len() as u64;
        if settings.drops(Drop::Cancelled) {
            for (bought, back) in pairs {
                lines[bought as usize].set(Mark::Dropped);
                lines[back as usize].set(Mark::Dropped);
            }
        }
        if settings.drops(Drop::UnmatchedReturns) {
            unmatched
                .iter()
                .for_each(|&place| lines[place as usize].set(Mark::Dropped));
        }
    }
    cleaned.returns += lines
        .iter()
        .zip(&dropped)
        .filter(|(l, d)| !**d && l.is_return())
        .count() as u64;
    if !had_purchase {
        cleaned.returns_only += 1;
        if settings.drops(Drop::ReturnsOnly) {
            lines
                .iter_mut()
                .filter(|l| l.is(Mark::Order))
                .for_each(|l| l.set(Mark::Dropped));
        }
    }
}
