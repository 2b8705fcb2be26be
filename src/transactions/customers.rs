//! One row per customer.

use super::definitions::{Feature, Holds, features, within};
use super::log::{self, Log};
use super::measure::{Counted, NOWHERE, Period};
use super::noticed::noticed;
use super::remarks;
use super::settings::TransactionSettings;
use super::shard::{Cleaned, Shard};
use crate::columns::date::{self, Day, Order};
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::text::iso_day;
use crate::warning::Warning;
use rayon::prelude::*;
use std::path::Path;

/// A table of customers made from purchase lines; rows are computed when they are asked for.
#[derive(Debug)]
pub struct CustomerFeatures {
    /// What messages call the file.
    pub source: String,
    /// How the file was read, phrase by phrase.
    pub reading: Vec<String>,
    /// What each column of the file was taken for, and what was done with it: role and column.
    pub roles: Vec<(&'static str, String)>,
    /// Everything that was counted and may surprise.
    pub warnings: Vec<Warning>,
    /// The columns of the table.
    pub features: Vec<Feature>,
    /// Lines below the header.
    pub lines: u64,
    /// First and last day that was counted, as `2011-12-09`.
    pub days: (String, String),
    /// The day from which is looked back.
    pub as_of: String,
    last: i32,
    pub(crate) period: Period,
    pub(crate) holds: Holds,
    pub(crate) names: Vec<String>,
    pub(crate) places: super::roles::Places,
    pub(crate) settings: TransactionSettings,
    shards: Vec<Shard>,
    /// Shard and place of each customer, in the order of their names.
    order: Vec<(u8, u32)>,
    /// Whether all identifiers end with `.0`, which is not part of them.
    point_zero: bool,
}

/// Room for computing rows, used again from row to row.
#[derive(Debug, Default)]
pub struct RowScratch {
    counted: Vec<Counted>,
}

/// At most so many channels have a column; so many events.
const CHANNELS: usize = 12;
const EVENTS: usize = 50;

/// Reads purchase lines from a text file, plain or packed with gzip or Zstandard; `-` is standard input.
///
/// ```
/// use kinfolk::transactions::{TransactionSettings, read_transactions};
///
/// let folder = tempfile::tempdir().expect("a folder");
/// let path = folder.path().join("lines.csv");
/// std::fs::write(&path, "customer_id,invoice,date,amount\na,1,2024-01-01,10\na,2,2024-01-05,20\nb,3,2024-01-09,5\n").expect("written");
/// let customers = read_transactions(&path, &TransactionSettings::default())?;
/// assert_eq!((customers.len(), customers.as_of.as_str()), (2, "2024-01-10"));
/// assert_eq!(customers.id(0), "a");
/// let values = customers.row(0, &mut Default::default());
/// let named = |name: &str| values[customers.features.iter().position(|f| f.name == name).expect("there")];
/// assert_eq!((named("recency_days"), named("frequency"), named("monetary")), (5.0, 2.0, 30.0));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// A file that cannot be read or cut into columns; no column for customers or dates; a date or an amount that is none,
/// with its line and column; several currencies without a word about them; settings out of range; no line left.
pub fn read_transactions(path: &Path, settings: &TransactionSettings) -> Result<CustomerFeatures> {
    check(settings)?;
    let as_of = settings.as_of.as_deref().map(day_asked).transpose()?;
    let log = log::read(path, settings, as_of)?;
    remarks::refuse_currencies(&log, settings)?;
    finish(log, settings, as_of)
}

fn check(settings: &TransactionSettings) -> Result<()> {
    if settings.windows.contains(&0) {
        return Err(Error::usage("a window of 0 days holds nothing").hint("give days such as 30d or 365d"));
    }
    if settings.utc_offset.abs() > 18 * 60 {
        return Err(
            Error::usage("no clock is more than 18 hours from UTC").hint("give an offset such as +01:00")
        );
    }
    if let Some((event, _)) = settings.engagement.iter().find(|(_, points)| !points.is_finite()) {
        return Err(Error::usage(message![
            Setting::Engagement,
            format!(" gives {event} no finite number of points")
        ]));
    }
    match settings.decimal {
        None | Some('.' | ',') => Ok(()),
        Some(other) => Err(Error::usage(format!("\"{other}\" cannot be a decimal mark")).hint("use . or ,")),
    }
}

fn day_asked(text: &str) -> Result<i32> {
    match date::read(text.trim()).map(|d| d.day(Order::DayFirst)) {
        Some(Day::Exists(day)) => Ok(day.floor() as i32),
        _ => Err(
            Error::usage(message![Setting::AsOf, format!(" \"{text}\" is not a day")])
                .hint("write it as 2011-12-10"),
        ),
    }
}

fn finish(mut log: Log, settings: &TransactionSettings, as_of: Option<i32>) -> Result<CustomerFeatures> {
    let Some((first, last)) = log.tally.days else {
        return Err(remarks::nothing_left(&log));
    };
    log.shards.par_iter_mut().for_each(|shard| shard.finish(settings));
    let mut cleaned = Cleaned::default();
    log.shards.iter().for_each(|shard| cleaned.join(&shard.cleaned));
    let mut warnings = noticed(&log, &cleaned, settings);
    let channels = columns_of(
        log.labels[super::parse::CHANNEL].names(),
        &log.shards,
        CHANNELS,
        |l| l.channel,
    );
    let events = columns_of(
        log.labels[super::parse::EVENT].names(),
        &log.shards,
        EVENTS,
        |l| l.event,
    );
    for (columns, what, most) in [(&channels, "channel", CHANNELS), (&events, "event", EVENTS)] {
        warnings.extend(remarks::left_without_column(columns.left, what, most));
    }
    let engagement = engaging(&log, &events.names, settings)?;
    let order = sorted(&log.shards);
    if order.is_empty() {
        return Err(remarks::nothing_left(&log));
    }
    let lost = log.shards.iter().map(|s| s.customers.len()).sum::<usize>() - order.len();
    warnings.extend(remarks::lost_customers(lost));
    let holds = holds(&log, (channels.names, events.names), engagement, settings);
    let period = Period {
        first,
        as_of: as_of.unwrap_or(last.saturating_add(1)),
        n_channels: holds.channels.len(),
        n_events: holds.events.len(),
        channel_columns: channels.places,
        event_columns: events.places,
    };
    warnings.extend(remarks::no_purchases(&log.shards, &cleaned));
    warnings.extend(remarks::orders(&holds, &log.tally));
    let day = |day: i32| iso_day(f64::from(day)).unwrap_or_else(|| format!("day {day} since 1970-01-01"));
    let point_zero = order
        .iter()
        .all(|&(s, c)| log.shards[usize::from(s)].customers[c as usize].ends_with(".0"));
    let (roles, mut all) = (remarks::roles(&log, &holds), log.warnings);
    all.append(&mut warnings);
    Ok(CustomerFeatures {
        roles,
        features: features(&holds),
        lines: log.tally.lines,
        days: (day(first), day(last)),
        as_of: day(period.as_of),
        source: log.source,
        reading: log.reading,
        warnings: all,
        last,
        period,
        holds,
        names: log.names,
        places: log.places,
        settings: settings.clone(),
        shards: log.shards,
        order,
        point_zero,
    })
}

/// The events that points were asked for, by the places of their columns.
fn engaging(log: &Log, events: &[String], settings: &TransactionSettings) -> Result<Vec<(usize, f64)>> {
    let column = |(name, points): &(String, f64)| match events.iter().position(|e| e == name) {
        Some(column) => Ok((column, *points)),
        None => Err(remarks::no_event(&log.source, name, events)),
    };
    settings.engagement.iter().map(column).collect()
}

/// What the file holds, with the columns of channels and of events.
fn holds(
    log: &Log,
    (channels, events): (Vec<String>, Vec<String>),
    engagement: Vec<(usize, f64)>,
    settings: &TransactionSettings,
) -> Holds {
    let places = &log.places;
    let money = places.amount.is_some() || places.price.is_some();
    Holds {
        orders: places.event.is_none() || any_order(&log.shards),
        money,
        amounts: money || places.quantity.is_some(),
        products: places.product.is_some(),
        categories: places.category.is_some(),
        times: log.tally.timed.times > 0,
        discounts: !places.discounts.is_empty(),
        channels,
        events,
        engagement,
        windows: settings.windows.clone(),
        order_column: places.order.is_some(),
    }
}

fn any_order(shards: &[Shard]) -> bool {
    shards
        .iter()
        .any(|s| s.lines.iter().any(|l| l.is(super::line::Mark::Order)))
}

/// Which labels have a column.
struct LabelColumns {
    /// In the order of their columns, which is that of their names.
    names: Vec<String>,
    /// For each code, its column.
    places: Vec<u8>,
    left: usize,
}

/// The labels on most lines, up to `most`; of equals the first by name.
fn columns_of(
    names: &[String],
    shards: &[Shard],
    most: usize,
    code: impl Fn(&super::line::Line) -> u8 + Sync,
) -> LabelColumns {
    let mut counts = vec![0u64; 256];
    if !names.is_empty() {
        let parts: Vec<Vec<u64>> = shards
            .par_iter()
            .map(|shard| {
                let mut counts = vec![0u64; 256];
                shard
                    .lines
                    .iter()
                    .for_each(|line| counts[usize::from(code(line))] += 1);
                counts
            })
            .collect();
        parts
            .iter()
            .for_each(|p| counts.iter_mut().zip(p).for_each(|(all, part)| *all += part));
    }
    let mut codes: Vec<usize> = (0..names.len()).collect();
    codes.sort_by(|&a, &b| counts[b].cmp(&counts[a]).then_with(|| names[a].cmp(&names[b])));
    let left = codes.len().saturating_sub(most);
    codes.truncate(most);
    codes.sort_by(|&a, &b| names[a].cmp(&names[b]));
    let mut places = vec![NOWHERE; names.len()];
    for (column, &code) in codes.iter().enumerate() {
        places[code] = column as u8;
    }
    LabelColumns {
        names: codes.iter().map(|&c| names[c].clone()).collect(),
        places,
        left,
    }
}

/// Customers with a line: shorter names first, equally long ones by their bytes, so that numbers stand by their size.
fn sorted(shards: &[Shard]) -> Vec<(u8, u32)> {
    // The first sixteen bytes nearly always decide, and comparing them costs no way through memory.
    let keyed = |(s, shard): (usize, &Shard)| -> Vec<((usize, u128), u8, u32)> {
        let with_lines = (0..shard.customers.len()).filter(|&c| !shard.of(c).is_empty());
        let key = |c: usize| {
            let name = shard.customers[c].as_bytes();
            let mut head = [0; 16];
            let length = name.len().min(16);
            head[..length].copy_from_slice(&name[..length]);
            ((name.len(), u128::from_be_bytes(head)), s as u8, c as u32)
        };
        with_lines.map(key).collect()
    };
    let parts: Vec<_> = shards.par_iter().enumerate().map(keyed).collect();
    let mut order = parts.concat();
    let name = |s: u8, c: u32| &shards[usize::from(s)].customers[c as usize];
    order.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| name(a.1, a.2).cmp(name(b.1, b.2))));
    order.into_iter().map(|(_, s, c)| (s, c)).collect()
}

impl CustomerFeatures {
    /// The last day that was counted, in days since 1970-01-01.
    pub fn last_day(&self) -> i64 {
        i64::from(self.last)
    }

    /// How many customers there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The identifier of customer `i`, in 0..[`len`](Self::len): shorter identifiers first, equally long
    /// ones by their bytes.
    ///
    /// # Panics
    /// Where there are not so many.
    pub fn id(&self, i: usize) -> &str {
        let (shard, place) = self.order[i];
        let id = &self.shards[usize::from(shard)].customers[place as usize];
        if self.point_zero {
            id.strip_suffix(".0").unwrap_or(id)
        } else {
            id
        }
    }

    /// The values of customer `i`, one per feature, NaN where there is none. `O(lines of the customer · windows)`.
    ///
    /// # Panics
    /// Where there are not so many.
    pub fn row(&self, i: usize, scratch: &mut RowScratch) -> Vec<f64> {
        let (shard, place) = self.order[i];
        let lines = self.shards[usize::from(shard)].of(place as usize);
        let windows = &self.holds.windows;
        scratch.counted.resize_with(1 + windows.len(), Counted::default);
        let all = std::iter::once(None).chain(windows.iter().copied().map(Some));
        for (counted, window) in scratch.counted.iter_mut().zip(all) {
            counted.count(within(lines, window, &self.period), &self.period);
        }
        // The whole first, then the windows.
        let place = |days: u32| windows.iter().position(|&w| w == days).map_or(0, |at| at + 1);
        self.features
            .iter()
            .map(|feature| feature.value(&scratch.counted[feature.window.map_or(0, place)], &self.period))
            .collect()
    }
}
