//! What each column of the table is: its name, its meaning, its value. `sql.rs` says the same to a database.

use super::line::Line;
use super::measure::{Counted, Period, ratio};

/// One column of the table of customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// The name in the header.
    pub name: String,
    /// What it is, in a sentence without a capital and a full stop.
    pub meaning: String,
    pub(crate) measure: Measure,
    /// Only the last so many days are counted.
    pub(crate) window: Option<u32>,
}

/// What is counted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Measure {
    Recency,
    Frequency,
    Monetary,
    ReturnedShare,
    AverageBasket,
    Tenure,
    DaysBetweenOrders,
    OrderGapVariation,
    DistinctProducts,
    TopCategoryShare,
    /// With the place of the column among channels.
    ChannelShare(usize),
    WeekendShare,
    EveningShare,
    DiscountShare,
    Trend,
    /// With the place of the column among events.
    EventCount(usize),
    EventRecency(usize),
    /// Points per event, by the place of its column.
    Engagement(Vec<(usize, f64)>),
}

/// What the file holds, and so which columns there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holds {
    /// Some lines are parts of orders; a log of visits may hold none.
    pub(crate) orders: bool,
    pub(crate) money: bool,
    /// Amounts can be below 0: money or pieces.
    pub(crate) amounts: bool,
    pub(crate) products: bool,
    pub(crate) categories: bool,
    pub(crate) times: bool,
    pub(crate) discounts: bool,
    /// Values of the columns of channels and of events, in the order of the columns.
    pub(crate) channels: Vec<String>,
    pub(crate) events: Vec<String>,
    pub(crate) engagement: Vec<(usize, f64)>,
    pub(crate) windows: Vec<u32>,
    /// Whether the file tells which lines belong to one order.
    pub(crate) order_column: bool,
}

/// The columns of the table, in their order.
pub(crate) fn features(holds: &Holds) -> Vec<Feature> {
    let mut all = Vec::new();
    let what = if holds.money { "money" } else { "pieces" };
    let order = if holds.order_column {
        "orders"
    } else {
        "days with a purchase"
    };
    let mut add = |name: String, meaning: String, measure: Measure, window: Option<u32>| {
        all.push(match window {
            None => Feature {
                name,
                meaning,
                measure,
                window,
            },
            Some(days) => Feature {
                name: format!("{name}_{days}d"),
                meaning: format!("{meaning}, in the last {days} days"),
                measure,
                window,
            },
        });
    };
    let windows = std::iter::once(None).chain(holds.windows.iter().copied().map(Some));
    for window in windows {
        let whole = window.is_none();
        let mut put =
            |name: &str, meaning: &str, measure| add(name.to_owned(), meaning.to_owned(), measure, window);
        if holds.orders {
            use Measure::{
                AverageBasket, DaysBetweenOrders, DiscountShare, DistinctProducts, EveningShare, Frequency,
                Monetary, OrderGapVariation, Recency, ReturnedShare, Tenure, TopCategoryShare, Trend,
                WeekendShare,
            };
            if whole {
                put("recency_days", "days since the last purchase", Recency);
            }
            put("frequency", &format!("number of {order}"), Frequency);
            if holds.money {
                put(
                    "monetary",
                    "money of all lines, returned ones taken off",
                    Monetary,
                );
            }
            if holds.amounts {
                put(
                    "returned_share",
                    &format!("{what} returned over {what} purchased"),
                    ReturnedShare,
                );
            }
            if holds.money {
                put(
                    "average_basket",
                    "money purchased per order, nothing taken off",
                    AverageBasket,
                );
            }
            if whole {
                put("tenure_days", "days since the first purchase", Tenure);
                put(
                    "days_between_orders",
                    "median of the days from one order to the next",
                    DaysBetweenOrders,
                );
                put(
                    "order_gap_variation",
                    "standard deviation of the days between orders over their mean, 0 for a customer like clockwork",
                    OrderGapVariation,
                );
            }
            if holds.products {
                put(
                    "distinct_products",
                    "number of different products purchased",
                    DistinctProducts,
                );
            }
            if holds.categories {
                put(
                    "top_category_share",
                    "share of the category with the most in what was purchased",
                    TopCategoryShare,
                );
            }
            for (column, name) in holds.channels.iter().enumerate().filter(|_| whole) {
                let meaning = format!("share of {order} with something from {name}");
                put(
                    &format!("channel_share_{}", in_a_name(name)),
                    &meaning,
                    Measure::ChannelShare(column),
                );
            }
            put(
                "weekend_share",
                &format!("share of {order} with something on a Saturday or Sunday"),
                WeekendShare,
            );
            if holds.times {
                put(
                    "evening_share",
                    &format!("share of {order} with something from 18:00 on, among those that have a time"),
                    EveningShare,
                );
            }
            if holds.discounts {
                put(
                    "discount_share",
                    "share of purchased lines with a discount",
                    DiscountShare,
                );
            }
            if whole {
                put(
                    "trend",
                    &format!(
                        "{what} purchased in the second half of the file's time minus that in the first, over both, −1 to 1"
                    ),
                    Trend,
                );
            }
        }
        for (column, name) in holds.events.iter().enumerate() {
            let plain = in_a_name(name);
            put(
                &format!("events_{plain}"),
                &format!("number of events {name}"),
                Measure::EventCount(column),
            );
            if whole {
                put(
                    &format!("days_since_{plain}"),
                    &format!("days since the last event {name}"),
                    Measure::EventRecency(column),
                );
            }
        }
        if !holds.engagement.is_empty() {
            put(
                "engagement",
                "points of all events, as they are weighed",
                Measure::Engagement(holds.engagement.clone()),
            );
        }
    }
    number_equal_names(&mut all);
    all
}

/// `Web Shop` is `web_shop` in the name of a column.
fn in_a_name(value: &str) -> String {
    let mut name = String::new();
    for c in value.chars().take(60) {
        match c {
            c if c.is_alphanumeric() => name.extend(c.to_lowercase()),
            _ if name.ends_with('_') || name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() {
        "other".to_owned()
    } else {
        name.to_owned()
    }
}

/// `Web-Shop` beside `web shop` gets a number behind it.
fn number_equal_names(features: &mut [Feature]) {
    let mut seen = std::collections::BTreeSet::new();
    for feature in features {
        let base = feature.name.clone();
        let mut number = 2;
        while !seen.insert(feature.name.clone()) {
            feature.name = format!("{base}_{number}");
            number += 1;
        }
    }
}

impl Feature {
    /// Whether its values are whole numbers.
    pub(crate) fn is_count(&self) -> bool {
        use Measure::{DistinctProducts, EventCount, EventRecency, Frequency, Recency, Tenure};
        matches!(
            self.measure,
            Recency | Frequency | Tenure | DistinctProducts | EventCount(_) | EventRecency(_)
        )
    }

    /// The value for what was counted in its window; NaN where there is none.
    pub(crate) fn value(&self, counted: &Counted, period: &Period) -> f64 {
        let since = |day: i32| f64::from(period.as_of) - f64::from(day);
        let of_orders = |part: u32| ratio(f64::from(part), f64::from(counted.orders));
        match &self.measure {
            Measure::Recency => counted.days.map_or(f64::NAN, |(_, last)| since(last)),
            Measure::Tenure => counted.days.map_or(f64::NAN, |(first, _)| since(first)),
            Measure::Frequency => f64::from(counted.orders),
            Measure::Monetary => {
                let net = counted.spent - counted.returned;
                // What is left of two equal sums is rounding.
                if net.abs() < 1e-12 * counted.spent {
                    0.0
                } else {
                    net
                }
            }
            Measure::ReturnedShare => ratio(counted.returned, counted.spent),
            Measure::AverageBasket => ratio(counted.spent, f64::from(counted.orders)),
            Measure::DaysBetweenOrders => counted.median_gap(),
            Measure::OrderGapVariation => counted.gap_variation(),
            Measure::DistinctProducts => f64::from(counted.products),
            Measure::TopCategoryShare => ratio(counted.top_category, counted.categorized),
            Measure::ChannelShare(column) => of_orders(counted.channels[*column]),
            Measure::WeekendShare => of_orders(counted.weekend),
            Measure::EveningShare => ratio(f64::from(counted.evening), f64::from(counted.timed)),
            Measure::DiscountShare => ratio(f64::from(counted.discounted), f64::from(counted.purchases)),
            Measure::Trend => ratio(counted.late - counted.early, counted.late + counted.early),
            Measure::EventCount(column) => f64::from(counted.events[*column]),
            Measure::EventRecency(column) => match counted.last_event[*column] {
                i32::MIN => f64::NAN,
                day => since(day),
            },
            Measure::Engagement(points) => points
                .iter()
                .map(|&(column, points)| points * f64::from(counted.events[column]))
                .sum(),
        }
    }
}

/// Those of `lines`, which are in the order of time, that lie in the last `window` days.
pub(crate) fn within<'l>(lines: &'l [Line], window: Option<u32>, period: &Period) -> &'l [Line] {
    let Some(days) = window else {
        return lines;
    };
    let from = i64::from(period.as_of) - i64::from(days);
    &lines[lines.partition_point(|line| i64::from(line.day) < from)..]
}
