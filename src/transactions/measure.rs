//! The numbers of one customer.

use super::line::{Line, NONE};
use rustc_hash::FxHashMap;

/// What is true of the whole file and decides how lines are counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Period {
    /// The first day of the file.
    pub(crate) first: i32,
    /// The day from which is looked back; every line lies before it.
    pub(crate) as_of: i32,
    /// For the code of a channel, the place of its column.
    pub(crate) channel_columns: Vec<u8>,
    pub(crate) n_channels: usize,
    /// For the code of an event, the place of its column.
    pub(crate) event_columns: Vec<u8>,
    pub(crate) n_events: usize,
}

/// No column.
pub(crate) const NOWHERE: u8 = u8::MAX;

const EVENING: u32 = 18 * 3600;

/// What was counted among some lines of a customer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted {
    pub(crate) orders: u32,
    pub(crate) weekend: u32,
    pub(crate) timed: u32,
    pub(crate) evening: u32,
    pub(crate) purchases: u32,
    pub(crate) discounted: u32,
    pub(crate) products: u32,
    /// Sums of purchased and of returned amounts, both 0 or above.
    pub(crate) spent: f64,
    pub(crate) returned: f64,
    /// Of what was spent, the part before and from the middle of the file's time on.
    pub(crate) early: f64,
    pub(crate) late: f64,
    pub(crate) top_category: f64,
    pub(crate) categorized: f64,
    /// First and last day of a purchase.
    pub(crate) days: Option<(i32, i32)>,
    pub(crate) channels: Vec<u32>,
    pub(crate) events: Vec<u32>,
    pub(crate) last_event: Vec<i32>,
    /// Days between one order and the next, ascending.
    pub(crate) gaps: Vec<i32>,
    rooms: Rooms,
}

/// Room that is used again for every customer.
#[derive(Clone, Debug, Default)]
struct Rooms {
    orders: Vec<(u64, i32, u8, u32)>,
    products: Vec<u32>,
    categories: FxHashMap<u16, f64>,
    category_order: Vec<u16>,
    days: Vec<i32>,
}

const WEEKEND: u8 = 1;
const TIMED: u8 = 2;
const IN_EVENING: u8 = 4;

impl Counted {
    /// Counts `lines` of one customer, which are in the order of time. `O(lines log lines)`.
    pub(crate) fn count(&mut self, lines: &[Line], period: &Period) {
        let mut rooms = std::mem::take(&mut self.rooms);
        let (mut channels, mut events, mut last, mut gaps) = (
            std::mem::take(&mut self.channels),
            std::mem::take(&mut self.events),
            std::mem::take(&mut self.last_event),
            std::mem::take(&mut self.gaps),
        );
        channels.clear();
        channels.resize(period.n_channels, 0);
        events.clear();
        events.resize(period.n_events, 0);
        last.clear();
        last.resize(period.n_events, i32::MIN);
        gaps.clear();
        rooms.orders.clear();
        rooms.products.clear();
        rooms.categories.clear();
        rooms.category_order.clear();
        *self = Counted {
            channels,
            events,
            last_event: last,
            gaps,
            ..Counted::default()
        };
        for line in lines {
            self.line(line, period, &mut rooms);
        }
        self.orders(&mut rooms);
        rooms.products.sort_unstable();
        rooms.products.dedup();
        self.products = rooms.products.len() as u32;
        // In the order of first appearance in time, so that the sum is the same for any order of rows.
        for category in &rooms.category_order {
            let sum = rooms.categories.get(category).copied().unwrap_or(0.0);
            self.top_category = self.top_category.max(sum);
            self.categorized += sum;
        }
        self.rooms = rooms;
    }

    fn line(&mut self, line: &Line, period: &Period, rooms: &mut Rooms) {
        if let Some(&column) = period.event_columns.get(usize::from(line.event))
            && column != NOWHERE
        {
            self.events[usize::from(column)] += 1;
            self.last_event[usize::from(column)] = line.day;
        }
        if line.is_return() {
            self.returned -= line.amount;
        }
        if !line.is_purchase() {
            return;
        }
        self.purchases += 1;
        self.discounted += u32::from(line.is(super::line::Mark::Discount));
        self.spent += line.amount;
        // In 64 bits: days may lie millennia apart.
        if 2 * i64::from(line.day) < i64::from(period.first) + i64::from(period.as_of) {
            self.early += line.amount;
        } else {
            self.late += line.amount;
        }
        let (first, _) = self.days.unwrap_or((line.day, line.day));
        self.days = Some((first, line.day));
        if line.product != NONE {
            rooms.products.push(line.product);
        }
        if line.category != u16::MAX {
            let sum = rooms.categories.entry(line.category).or_insert_with(|| {
                rooms.category_order.push(line.category);
                0.0
            });
            *sum += line.amount;
        }
        let second = line.second();
        // 1970-01-01 was a Thursday.
        let weekend = matches!((line.day + 3).rem_euclid(7), 5 | 6);
        let marks = if weekend { WEEKEND } else { 0 }
            | if second > 0 { TIMED } else { 0 }
            | if second >= EVENING { IN_EVENING } else { 0 };
        let channel = period
            .channel_columns
            .get(usize::from(line.channel))
            .copied()
            .unwrap_or(NOWHERE);
        let channel = if channel == NOWHERE { 0 } else { 1u32 << channel };
        rooms.orders.push((line.order, line.day, marks, channel));
    }

    /// Lines of one order together.
    fn orders(&mut self, rooms: &mut Rooms) {
        rooms.orders.sort_unstable();
        rooms.days.clear();
        for lines in rooms.orders.chunk_by(|a, b| a.0 == b.0) {
            self.orders += 1;
            rooms.days.push(lines[0].1);
            let (marks, channels) = lines.iter().fold((0, 0), |(m, c), l| (m | l.2, c | l.3));
            self.weekend += u32::from(marks & WEEKEND != 0);
            self.timed += u32::from(marks & TIMED != 0);
            self.evening += u32::from(marks & IN_EVENING != 0);
            for (column, count) in self.channels.iter_mut().enumerate() {
                *count += channels >> column & 1;
            }
        }
        rooms.days.sort_unstable();
        self.gaps
            .extend(rooms.days.windows(2).map(|pair| pair[1] - pair[0]));
        self.gaps.sort_unstable();
    }

    /// Median of the days between orders; NaN for fewer than two orders.
    pub(crate) fn median_gap(&self) -> f64 {
        let n = self.gaps.len();
        if n == 0 {
            return f64::NAN;
        }
        f64::midpoint(f64::from(self.gaps[(n - 1) / 2]), f64::from(self.gaps[n / 2]))
    }

    /// Standard deviation of the days between orders over their mean; NaN for fewer than three orders, and where all
    /// are of one day.
    pub(crate) fn gap_variation(&self) -> f64 {
        let n = self.gaps.len();
        let sum: i64 = self.gaps.iter().map(|&g| i64::from(g)).sum();
        if n < 2 || sum == 0 {
            return f64::NAN;
        }
        let mean = sum as f64 / n as f64;
        let squares: f64 = self
            .gaps
            .iter()
            .map(|&g| (f64::from(g) - mean) * (f64::from(g) - mean))
            .sum();
        (squares / n as f64).sqrt() / mean
    }
}

/// `part / whole`; NaN where the whole is 0.
pub(crate) fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { f64::NAN } else { part / whole }
}
