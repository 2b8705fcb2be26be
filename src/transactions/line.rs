//! One purchase line in 40 bytes, and the codes in it.

use rustc_hash::FxHashMap;

/// No product, category, channel or event.
pub(crate) const NONE: u32 = u32::MAX;

/// A line as it is counted. Fifty million of them take two gigabytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    /// Money, below 0 for what came back; pieces where there is no money; 1 where there is neither.
    pub(crate) amount: f64,
    /// 64 bits that stand for the order within its customer: two orders of one customer share them in one of 10¹⁹ cases.
    pub(crate) order: u64,
    pub(crate) customer: u32,
    /// Days since 1970-01-01.
    pub(crate) day: i32,
    /// Seconds of the day, and marks above them.
    moment: u32,
    /// 32 bits of all cells of the line, which tell lines apart that agree in everything else here.
    pub(crate) print: u32,
    pub(crate) product: u32,
    pub(crate) category: u16,
    pub(crate) channel: u8,
    pub(crate) event: u8,
}

const SECONDS: u32 = (1 << 17) - 1;

/// What is known about a line beside its numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Something was taken off the price.
    Discount = 1 << 17,
    /// It is part of an order; elsewhere it is an event of another kind.
    Order = 1 << 18,
    /// It is not to be counted.
    Dropped = 1 << 19,
}

impl Line {
    pub(crate) fn new(day: i32, second: u32) -> Line {
        Line {
            amount: 1.0,
            order: 0,
            customer: 0,
            day,
            moment: second.min(SECONDS),
            print: 0,
            product: NONE,
            category: u16::MAX,
            channel: u8::MAX,
            event: u8::MAX,
        }
    }

    /// Seconds since the day began, 0 to 86399.
    pub(crate) fn second(&self) -> u32 {
        self.moment & SECONDS
    }

    pub(crate) fn is(&self, mark: Mark) -> bool {
        self.moment & mark as u32 != 0
    }

    pub(crate) fn set(&mut self, mark: Mark) {
        self.moment |= mark as u32;
    }

    /// Whether it is part of a purchase.
    pub(crate) fn is_purchase(&self) -> bool {
        self.is(Mark::Order) && self.amount >= 0.0
    }

    /// Whether it takes something back.
    pub(crate) fn is_return(&self) -> bool {
        self.is(Mark::Order) && self.amount < 0.0
    }

    /// The same order for any order of rows: by customer and time, then by everything else that comes from the cells.
    pub(crate) fn compare(&self, other: &Line) -> std::cmp::Ordering {
        (self.customer, self.day, self.moment, self.order)
            .cmp(&(other.customer, other.day, other.moment, other.order))
            .then_with(|| self.amount.total_cmp(&other.amount))
            .then_with(|| self.print.cmp(&other.print))
    }
}

/// Texts with a number each, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    places: FxHashMap<String, u32>,
    names: Vec<String>,
    bytes: u64,
}

impl Names {
    pub(crate) fn code(&mut self, name: &str) -> u32 {
        if let Some(&code) = self.places.get(name) {
            return code;
        }
        let code = self.names.len() as u32;
        self.places.insert(name.to_owned(), code);
        self.names.push(name.to_owned());
        self.bytes += 2 * (name.len() as u64 + 40);
        code
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// About what they take in memory.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// The same within a piece of text, whose names are borrowed from it.
#[derive(Debug, Default)]
pub(crate) struct Local<'t> {
    places: FxHashMap<&'t str, u32>,
    pub(crate) names: Vec<&'t str>,
    /// The one that was asked for last: lines of one order often agree.
    last: Option<(&'t str, u32)>,
}

impl<'t> Local<'t> {
    pub(crate) fn code(&mut self, name: &'t str) -> u32 {
        if let Some((last, code)) = self.last
            && last == name
        {
            return code;
        }
        let code = *self.places.entry(name).or_insert_with(|| {
            self.names.push(name);
            (self.names.len() - 1) as u32
        });
        self.last = Some((name, code));
        code
    }
}
