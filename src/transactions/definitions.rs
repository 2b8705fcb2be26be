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

impl Holds {
    fn amount_word(&self) -> &'static str {
        if self.money { "money" } else { "pieces" }
    }

    fn order_word(&self) -> &'static str {
        if self.order_column {
            "orders"
        } else {
            "days with a purchase"
        }
    }
}

/// The columns of the table, in their order: those of all time, then those of each window.
pub(crate) fn features(holds: &Holds) -> Vec<Feature> {
    let windows = std::iter::once(None).chain(holds.windows.iter().copied().map(Some));
    let mut all: Vec<Feature> = windows
        .flat_map(|window| {
            let whole = window.is_none();
            let orders = of_orders(holds, whole);
            let events = of_events(holds, whole);
            (orders.into_iter().chain(events)).map(move |definition| definition.within(window))
        })
        .collect();
    number_equal_names(&mut all);
    all
}

/// A column before it is said of which time.
struct Definition {
    name: String,
    meaning: String,
    measure: Measure,
}

impl Definition {
    fn new(name: impl Into<String>, meaning: impl Into<String>, measure: Measure) -> Self {
        Definition {
            name: name.into(),
            meaning: meaning.into(),
            measure,
        }
    }

    fn within(self, window: Option<u32>) -> Feature {
        let Definition {
            mut name,
            mut meaning,
            measure,
        } = self;
        if let Some(days) = window {
            name.push_str(&format!("_{days}d"));
            meaning.push_str(&format!(", in the last {days} days"));
        }
        Feature {
            name,
            meaning,
            measure,
            window,
        }
    }
}

/// What is counted of orders; some of it makes sense only of the `whole` time.
fn of_orders(holds: &Holds, whole: bool) -> Vec<Definition> {
    if !holds.orders {
        return Vec::new();
    }
    let of_channels = |(column, name): (usize, &String)| {
        Definition::new(
            format!("channel_share_{}", in_a_name(name)),
            format!("share of {} with something from {name}", holds.order_word()),
            Measure::ChannelShare(column),
        )
    };
    let channels = holds
        .channels
        .iter()
        .enumerate()
        .filter(|_| whole)
        .map(of_channels);
    (of_purchases(holds, whole).into_iter())
        .chain(channels)
        .chain(of_habits(holds, whole))
        .collect()
}

/// Those of these definitions that are wanted.
fn wanted<const N: usize>(all: [(bool, &str, String, Measure); N]) -> Vec<Definition> {
    all.into_iter()
        .filter(|of| of.0)
        .map(|(_, name, meaning, measure)| Definition::new(name, meaning, measure))
        .collect()
}

/// When, how often, how much, and what.
fn of_purchases(holds: &Holds, whole: bool) -> Vec<Definition> {
    use Measure::{
        AverageBasket, DaysBetweenOrders, DistinctProducts, Frequency, Monetary, OrderGapVariation, Recency,
        ReturnedShare, Tenure, TopCategoryShare,
    };
    let (what, order) = (holds.amount_word(), holds.order_word());
    let text = str::to_owned;
    wanted([
        (
            whole,
            "recency_days",
            text("days since the last purchase"),
            Recency,
        ),
        (true, "frequency", format!("number of {order}"), Frequency),
        (
            holds.money,
            "monetary",
            text("money of all lines, returned ones taken off"),
            Monetary,
        ),
        (
            holds.amounts,
            "returned_share",
            format!("{what} returned over {what} purchased"),
            ReturnedShare,
        ),
        (
            holds.money,
            "average_basket",
            text("money purchased per order, nothing taken off"),
            AverageBasket,
        ),
        (
            whole,
            "tenure_days",
            text("days since the first purchase"),
            Tenure,
        ),
        (
            whole,
            "days_between_orders",
            text("median of the days from one order to the next"),
            DaysBetweenOrders,
        ),
        (
            whole,
            "order_gap_variation",
            text(
                "standard deviation of the days between orders over their mean, 0 for a customer like clockwork",
            ),
            OrderGapVariation,
        ),
        (
            holds.products,
            "distinct_products",
            text("number of different products purchased"),
            DistinctProducts,
        ),
        (
            holds.categories,
            "top_category_share",
            text("share of the category with the most in what was purchased"),
            TopCategoryShare,
        ),
    ])
}

/// On what days and at what time, with a discount or not, more or less than before.
fn of_habits(holds: &Holds, whole: bool) -> Vec<Definition> {
    use Measure::{DiscountShare, EveningShare, Trend, WeekendShare};
    let (what, order) = (holds.amount_word(), holds.order_word());
    wanted([
        (
            true,
            "weekend_share",
            format!("share of {order} with something on a Saturday or Sunday"),
            WeekendShare,
        ),
        (
            holds.times,
            "evening_share",
            format!("share of {order} with something from 18:00 on, among those that have a time"),
            EveningShare,
        ),
        (
            holds.discounts,
            "discount_share",
            "share of purchased lines with a discount".to_owned(),
            DiscountShare,
        ),
        (
            whole,
            "trend",
            format!(
                "{what} purchased in the second half of the file's time minus that in the first, over both, −1 to 1"
            ),
            Trend,
        ),
    ])
}

/// What is counted of events.
fn of_events(holds: &Holds, whole: bool) -> Vec<Definition> {
    let mut all = Vec::new();
    for (column, name) in holds.events.iter().enumerate() {
        let plain = in_a_name(name);
        all.push(Definition::new(
            format!("events_{plain}"),
            format!("number of events {name}"),
            Measure::EventCount(column),
        ));
        if whole {
            all.push(Definition::new(
                format!("days_since_{plain}"),
                format!("days since the last event {name}"),
                Measure::EventRecency(column),
            ));
        }
    }
    if !holds.engagement.is_empty() {
        all.push(Definition::new(
            "engagement",
            "points of all events, as they are weighed",
            Measure::Engagement(holds.engagement.clone()),
        ));
    }
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
