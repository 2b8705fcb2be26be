//! Purchase lines of the generated customers, in the order of time, as tills and a web shop log them.

use super::archetypes::CHANNELS;
use super::{Generate, PURPOSE_ORDERS, ROWS, check, chunked, shop};
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::num::math;
use crate::random::{Random, StandardNormal, stream};
use crate::text::iso_day;
use rand::RngExt;
use rayon::prelude::*;
use std::io;

/// The day after the last line, 2026-01-01, in days since 1970-01-01.
const AS_OF: i32 = 20_454;
/// The first day that a customer can have come: 240 months of 30 days before.
const FIRST: i32 = AS_OF - 7_200;
const DAY: u32 = 86_400;
/// Where streams of orders begin; those of customers have lower numbers.
const LINES: u64 = 1 << 62;

/// Prices of the products rise by this share from one to the next.
const STEP: f64 = 1.006;
const CHEAPEST: f64 = 0.8;
const PRODUCTS: usize = 1_200;
const CATEGORIES: [&str; 12] = [
    "beauty", "books", "coats", "food", "garden", "kitchen", "music", "pets", "shoes", "sports", "tools",
    "toys",
];
const DISCOUNTS: [u32; 6] = [10, 15, 20, 25, 30, 50];
const MOST_LINES: usize = 200;

/// Purchase lines of the customers that [`generate`](super::generate()) draws from the same settings.
///
/// `kinfolk features` gets their `recency_days` and `frequency` back from the lines, and `monetary`, `average_basket` and
/// `discount_share` but for chance; what kind of customer each is stands in `true_segment` of their table.
#[derive(Debug)]
pub struct Purchases {
    seed: u64,
    /// The chance that an order does not end with the line just drawn.
    another: f64,
    buyers: Vec<Buyer>,
    /// In the order of time.
    orders: Vec<Order>,
    prices: Vec<f64>,
    days: Vec<String>,
}

/// What of a customer its purchases follow from.
#[derive(Debug)]
struct Buyer {
    recency: u32,
    tenure: u32,
    frequency: u32,
    basket: f32,
    discounts: f32,
    online: f32,
    channel: u8,
    favorite: u8,
}

/// An order, or what came back of one. Compared by time first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    /// Seconds since `FIRST`.
    moment: u32,
    customer: u32,
    /// Its number among those of the customer, times 8; the channel, times 2; 1 where something came back.
    what: u32,
}

struct Line {
    product: usize,
    quantity: u32,
    discount: u32,
}

impl Purchases {
    /// Draws when each customer bought. `lines_per_order` is the mean, 1 to 50. Of `settings` those about customers and
    /// segments count; missing cells and unrelated columns do not. `O(orders · log orders)` time, in parallel, the same for any number of
    /// threads, and at its peak about 35 bytes per order; a customer has some ten.
    ///
    /// # Errors
    /// A usage error where a setting is out of its range or the segments and bridges do not fit into the customers.
    ///
    /// ```
    /// use kinfolk::generate::{Generate, Purchases};
    ///
    /// let shop = Generate { customers: 100, ..Generate::default() };
    /// let lines: Vec<u8> = Purchases::new(&shop, 2.5)?.pieces().flatten().collect();
    /// assert!(lines.starts_with(b"customer_id,order_id,date,product,category,quantity,unit_price,discount,channel\n"));
    /// # Ok::<(), kinfolk::Error>(())
    /// ```
    pub fn new(settings: &Generate, lines_per_order: f64) -> Result<Self> {
        if !(1.0..=50.0).contains(&lines_per_order) {
            return Err(
                Error::usage(format!("{lines_per_order} lines per order is out of range"))
                    .hint(message![Setting::LinesPerOrder, " takes 1 to 50, such as 2.5"]),
            );
        }
        check::check(settings)?;
        let buyers = shop::customers(settings, |row, drawn| Buyer {
            // Who bought today did so on the last day of the lines.
            recency: (drawn.recency_days as u32).max(1),
            tenure: 30 * drawn.tenure_months as u32,
            frequency: drawn.frequency as u32,
            basket: drawn.average_basket as f32,
            discounts: drawn.discount_share as f32,
            online: drawn.online_share as f32,
            channel: drawn.channel as u8,
            // Scattered, since neighbors in the table are of all kinds anyway.
            favorite: ((row as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u8 % CATEGORIES.len() as u8,
        });
        let of_each = chunked(settings, PURPOSE_ORDERS, |row, random| {
            orders_of(row as u32, &buyers[row], random)
        });
        let mut orders: Vec<Order> = of_each.into_iter().flatten().collect();
        orders.par_sort_unstable();
        let prices = (0..PRODUCTS).map(|i| super::round(CHEAPEST * math::exp(i as f64 * math::ln(STEP)), 2));
        Ok(Purchases {
            seed: settings.seed,
            another: 1.0 - 1.0 / lines_per_order,
            buyers,
            orders,
            prices: prices.collect(),
            days: (FIRST..AS_OF)
                .map(|day| iso_day(f64::from(day)).unwrap_or_default())
                .collect(),
        })
    }

    /// A CSV file, UTF-8 with line feeds, a few megabytes at a time: `customer_id` as in the table of the customers, `order_id` (`C…` where
    /// something comes back), `date` to the second, `product`, `category`, `quantity` (below 0 where something comes back), `unit_price`
    /// as paid, `discount` in percent, `channel`. `O(lines)` over all pieces.
    pub fn pieces(&self) -> impl Iterator<Item = Vec<u8>> {
        let header = b"customer_id,order_id,date,product,category,quantity,unit_price,discount,channel\n";
        let starts: Vec<usize> = (0..self.orders.len()).step_by(16 * ROWS).collect();
        let texts = starts.into_iter().map(|start| {
            let end = (start + 16 * ROWS).min(self.orders.len());
            let places: Vec<usize> = (start..end).step_by(ROWS).collect();
            let texts: Vec<Vec<u8>> = places
                .par_iter()
                .map(|&from| {
                    let mut text = Vec::with_capacity(ROWS * 200);
                    (from..(from + ROWS).min(end)).for_each(|place| self.write_order(place, &mut text));
                    text
                })
                .collect();
            texts.concat()
        });
        std::iter::once(header.to_vec()).chain(texts)
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_csv(&self, mut out: impl io::Write) -> io::Result<()> {
        self.pieces().try_for_each(|piece| out.write_all(&piece))?;
        out.flush()
    }

    fn write_order(&self, place: usize, text: &mut Vec<u8>) {
        let order = self.orders[place];
        let came_back = order.what & 1 == 1;
        let bought = u64::from(order.what >> 1);
        let mut random = stream(self.seed, LINES | (u64::from(order.customer) << 16) | bought);
        let mut lines = self.lines(&self.buyers[order.customer as usize], &mut random);
        if came_back {
            let one = random.random_range(0..lines.len());
            lines = vec![lines.swap_remove(one)];
        }
        let mut digits = itoa::Buffer::new();
        for line in lines {
            text.push(b'C');
            text.extend_from_slice(digits.format(u64::from(order.customer) + 10_001).as_bytes());
            text.extend_from_slice(if came_back { b",C" } else { b",O" });
            text.extend_from_slice(digits.format(1_000_001 + place).as_bytes());
            text.push(b',');
            text.extend_from_slice(self.days[(order.moment / DAY) as usize].as_bytes());
            let second = order.moment % DAY;
            for (mark, part) in [
                (b' ', second / 3_600),
                (b':', second / 60 % 60),
                (b':', second % 60),
            ] {
                text.extend([mark, b'0' + (part / 10) as u8, b'0' + (part % 10) as u8]);
            }
            text.extend_from_slice(b",P");
            text.extend_from_slice(digits.format(1_000 + line.product).as_bytes());
            text.push(b',');
            text.extend_from_slice(CATEGORIES[line.product % CATEGORIES.len()].as_bytes());
            text.extend_from_slice(if came_back { b",-" } else { b"," });
            text.extend_from_slice(digits.format(line.quantity).as_bytes());
            text.push(b',');
            let paid = self.prices[line.product] * f64::from(100 - line.discount) / 100.0;
            super::write::write_number(paid, 2, text);
            text.push(b',');
            text.extend_from_slice(digits.format(line.discount).as_bytes());
            text.push(b',');
            text.extend_from_slice(CHANNELS[((order.what >> 1) & 3) as usize].as_bytes());
            text.push(b'\n');
        }
    }

    fn lines(&self, buyer: &Buyer, random: &mut Random) -> Vec<Line> {
        const SCATTER: f64 = 0.35;
        let mut n = 1;
        while n < MOST_LINES && random.random::<f64>() < self.another {
            n += 1;
        }
        let noise: f64 = random.sample(StandardNormal);
        // The mean of the log-normal factor is 1.
        let amount = f64::from(buyer.basket) * math::exp(SCATTER * (noise - SCATTER / 2.0));
        let line = |_| {
            let spent = amount / n as f64 * random.random_range(0.5..1.5);
            let quantity = [1, 1, 1, 1, 2, 2, 3, 5][random.random_range(0..8)];
            let discount = match random.random::<f64>() < f64::from(buyer.discounts) {
                true => DISCOUNTS[random.random_range(0..DISCOUNTS.len())],
                false => 0,
            };
            let price = spent / f64::from(quantity) * 100.0 / f64::from(100 - discount);
            let near =
                math::ln(price.max(0.01) / CHEAPEST) / math::ln(STEP) + random.random_range(-15.0..15.0);
            let mut product = (near.max(0.0) as usize).min(PRODUCTS - 1);
            if random.random::<f64>() < 0.4 {
                product = product / CATEGORIES.len() * CATEGORIES.len() + usize::from(buyer.favorite);
            }
            Line {
                product,
                quantity,
                discount,
            }
        };
        (0..n).map(line).collect()
    }
}

/// The orders of a customer: the first as long ago as it is one, the last as long ago as its recency says, the others in between.
fn orders_of(customer: u32, buyer: &Buyer, random: &mut Random) -> Vec<Order> {
    let (last, first) = (buyer.recency, buyer.tenure.max(buyer.recency));
    let mut orders = Vec::with_capacity(buyer.frequency as usize + 1);
    for k in 0..buyer.frequency {
        let ago = match k {
            0 => last,
            1 => first,
            _ => random.random_range(last..=first),
        };
        let channel = match random.random::<f64>() {
            habit if habit < 0.6 => u32::from(buyer.channel),
            _ if random.random::<f64>() < f64::from(buyer.online) => 1 + random.random_range(0..2),
            _ => 0,
        };
        // Shops close at eight; who orders online does so in the evening half of the time.
        let hours = match channel {
            1 | 2 if random.random::<bool>() => 18..24,
            1 | 2 => 7..18,
            _ => 9..20,
        };
        let mut push = |ago: u32, second: u32, came_back: u32| {
            orders.push(Order {
                moment: ((AS_OF - FIRST) as u32 - ago) * DAY + second,
                customer,
                what: (k << 3) | (channel << 1) | came_back,
            });
        };
        push(
            ago,
            random.random_range(hours.start * 3_600..hours.end * 3_600),
            0,
        );
        let chance = 0.02 + 0.08 * f64::from(buyer.discounts);
        let later = random.random_range(3..30);
        if random.random::<f64>() < chance && ago > later {
            push(ago - later, random.random_range(9 * 3_600..20 * 3_600), 1);
        }
    }
    orders
}
