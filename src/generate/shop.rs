//! Customers of a shop: segments, bridges and the columns that follow from them.

use super::archetypes::{
    Archetype, CHANNELS, MEASURES, NEWSLETTER, REGIONS, archetypes, neighboring_pairs, squared_distance,
};
use super::{Generate, Generated, PURPOSE_PLAN, PURPOSE_ROWS, PlantedBridge, chunked, round};
use crate::num::math;
use crate::random::StandardNormal;
use crate::random::{Random, stream};
use rand::RngExt;
use rand::seq::SliceRandom;
use rayon::prelude::*;

/// Who a row is, before its numbers are drawn.
#[derive(Clone, Copy)]
enum Who {
    Member(u32),
    /// Between two segments, at this share of the way from the first to the second; the flag says that it
    /// belongs to the second rather than to the first.
    Bridge(u32, u32, f64, bool),
}

/// The columns of a row.
pub(super) struct Drawn {
    pub(super) recency_days: f64,
    pub(super) frequency: f64,
    monetary: f64,
    pub(super) average_basket: f64,
    pub(super) discount_share: f64,
    pub(super) online_share: f64,
    pub(super) tenure_months: f64,
    pub(super) channel: u32,
    region: u32,
    newsletter: u32,
}

pub(super) fn shop(settings: &Generate) -> Generated {
    let cast = Cast::new(settings);
    let rows = cast.draw(settings, |_, drawn| drawn);
    let Cast { kinds, who, .. } = cast;

    let truth = who
        .iter()
        .map(|w| match *w {
            Who::Member(s) => s,
            Who::Bridge(from, to, _, past) => {
                if past {
                    to
                } else {
                    from
                }
            }
        })
        .collect();
    let bridges = who
        .iter()
        .enumerate()
        .filter_map(|(row, w)| match *w {
            Who::Member(_) => None,
            Who::Bridge(from, to, ..) => Some(PlantedBridge {
                row: row as u32,
                from,
                to,
            }),
        })
        .collect();
    let names = kinds.into_iter().map(|k| k.name).collect();
    let mut out = Generated::new(names, truth, bridges);
    let numbers = |pick: fn(&Drawn) -> f64| rows.par_iter().map(pick).collect::<Vec<f64>>();
    let codes = |pick: fn(&Drawn) -> u32| rows.par_iter().map(pick).collect::<Vec<u32>>();
    out.push_numbers("recency_days", 0, numbers(|r| r.recency_days));
    out.push_numbers("frequency", 0, numbers(|r| r.frequency));
    out.push_numbers("monetary", 2, numbers(|r| r.monetary));
    out.push_numbers("average_basket", 2, numbers(|r| r.average_basket));
    out.push_numbers("discount_share", 2, numbers(|r| r.discount_share));
    out.push_numbers("online_share", 2, numbers(|r| r.online_share));
    out.push_numbers("tenure_months", 0, numbers(|r| r.tenure_months));
    out.push_category("channel", &codes(|r| r.channel), &CHANNELS);
    out.push_category("region", &codes(|r| r.region), &REGIONS);
    out.push_category("newsletter", &codes(|r| r.newsletter), &NEWSLETTER);
    out
}

/// What `make` takes of each customer of [`shop`] and its row.
pub(super) fn customers<T: Send>(settings: &Generate, make: impl Fn(usize, Drawn) -> T + Sync) -> Vec<T> {
    Cast::new(settings).draw(settings, make)
}

/// Everybody before numbers are drawn.
struct Cast {
    kinds: Vec<Archetype>,
    who: Vec<Who>,
    pull: f64,
    spread: f64,
}

impl Cast {
    fn new(settings: &Generate) -> Self {
        let mut random = stream(settings.seed, PURPOSE_PLAN);
        let kinds = archetypes(settings.segments, &mut random);
        let (pull, spread) = scale(&kinds, settings.separation);
        let who = plan(settings, &kinds, pull, spread, &mut random);
        Cast {
            kinds,
            who,
            pull,
            spread,
        }
    }

    fn draw<T: Send>(&self, settings: &Generate, make: impl Fn(usize, Drawn) -> T + Sync) -> Vec<T> {
        chunked(settings, PURPOSE_ROWS, |row, random| {
            make(
                row,
                draw(&self.kinds, self.who[row], self.pull, self.spread, random),
            )
        })
    }
}

/// Who stands in which row: the sizes of the segments are as 1/2 : 1/3 : 1/4 …, the order is shuffled.
fn plan(settings: &Generate, kinds: &[Archetype], pull: f64, spread: f64, random: &mut Random) -> Vec<Who> {
    let k = kinds.len();
    let members = settings.customers - settings.planted();
    let total: f64 = (0..k).map(|s| 1.0 / (s + 2) as f64).sum();
    let mut who = Vec::with_capacity(settings.customers);
    let mut below = 0.0;
    for s in 0..k {
        below += 1.0 / (s + 2) as f64 / total;
        // One member is set aside for each segment, the others go by share.
        let end = s + 1 + ((members - k) as f64 * below).round() as usize;
        let end = if s + 1 == k {
            members
        } else {
            end.min(members - (k - s - 1))
        };
        let size = end.saturating_sub(who.len());
        who.extend(std::iter::repeat_n(Who::Member(s as u32), size));
    }
    if settings.planted() > 0 {
        let pairs = neighboring_pairs(kinds);
        for i in 0..settings.planted() {
            let (from, to) = pairs[i % pairs.len()];
            let off = random.random_range(-0.05..0.05);
            let middle = middle(&kinds[from as usize], &kinds[to as usize], pull, spread);
            who.push(Who::Bridge(from, to, middle + off, off > 0.0));
        }
    }
    who.shuffle(random);
    who
}

/// How far levels are drawn apart and how widely customers scatter, so that the nearest two levels stand `separation`
/// scatters apart while the measures keep a variance of about 1, whatever the separation.
fn scale(kinds: &[Archetype], separation: f64) -> (f64, f64) {
    let mut nearest = f64::INFINITY;
    for (a, first) in kinds.iter().enumerate() {
        for second in &kinds[a + 1..] {
            nearest = nearest.min(squared_distance(&first.level, &second.level));
        }
    }
    if !nearest.is_finite() {
        return (0.0, 1.0);
    }
    let ratio = separation / nearest.sqrt();
    // The levels of the archetypes have a variance of about 1.
    let spread = 1.0 / (1.0 + ratio * ratio).sqrt();
    (ratio * spread, spread)
}

/// Where on the way from the first to the second (0 to 1) a customer is as likely to come from one as from the other,
/// sizes apart: the middle in the sense that counts, which lies nearer to the denser of the two.
fn middle(first: &Archetype, second: &Archetype, pull: f64, spread: f64) -> f64 {
    // Log density of a segment at a share of the way away from its level.
    let log_density = |kind: &Archetype, way: f64| -> f64 {
        (0..MEASURES)
            .map(|m| {
                let scatter = spread * kind.spread[m];
                let off = pull * way * (second.level[m] - first.level[m]) / scatter;
                -math::ln(scatter) - off * off / 2.0
            })
            .sum()
    };
    // Far from both levels the densities cross well inside; where they hardly differ, the plain middle region is kept.
    let (mut low, mut high) = (0.3, 0.7);
    for _ in 0..40 {
        let way = (low + high) / 2.0;
        if log_density(first, way) > log_density(second, 1.0 - way) {
            low = way;
        } else {
            high = way;
        }
    }
    (low + high) / 2.0
}

fn draw(kinds: &[Archetype], who: Who, pull: f64, spread: f64, random: &mut Random) -> Drawn {
    let noise: [f64; MEASURES] = std::array::from_fn(|_| random.sample(StandardNormal));
    // Always drawn, so that every row takes as many numbers from its stream.
    let second_kind = random.random::<bool>();
    let (kind, z) = match who {
        Who::Member(s) => {
            let kind = &kinds[s as usize];
            // Purchases and baskets go together in some segments and against each other in others.
            let basket = kind.tilt * noise[1] + (1.0 - kind.tilt * kind.tilt).sqrt() * noise[2];
            let noise = [noise[0], noise[1], basket, noise[3], noise[4], noise[5]];
            let z = std::array::from_fn(|m| pull * kind.level[m] + spread * kind.spread[m] * noise[m]);
            (kind, z)
        }
        Who::Bridge(from, to, way, _) => {
            let (first, second) = (&kinds[from as usize], &kinds[to as usize]);
            // Half the scatter of a member: a bridge that strays would not be between the two any more, and
            // bridges at one point would be neighbors of each other only.
            let z = std::array::from_fn(|m| {
                pull * (first.level[m] * (1.0 - way) + second.level[m] * way) + 0.5 * spread * noise[m]
            });
            (if second_kind { second } else { first }, z)
        }
    };
    columns(kind, &z, random)
}

fn columns(kind: &Archetype, z: &[f64; MEASURES], random: &mut Random) -> Drawn {
    let logistic = |x: f64| 1.0 / (1.0 + math::exp(-x));
    let tenure_months = math::exp(3.3 + 0.75 * z[5]).round().clamp(1.0, 240.0);
    // Nobody has bought longer ago than they are a customer, and three years are what a shop looks back on.
    let recency_days = math::exp(3.6 + z[0])
        .round()
        .min(30.0 * tenure_months)
        .min(1095.0);
    let frequency = math::exp(2.0 + 0.8 * z[1]).round().clamp(1.0, 5_000.0);
    let monetary = round(frequency * math::exp(3.7 + 0.55 * z[2]), 2);
    Drawn {
        recency_days,
        frequency,
        monetary,
        average_basket: round(monetary / frequency, 2),
        discount_share: round(logistic(-1.1 + 1.2 * z[3]), 2),
        online_share: round(logistic(0.1 + 1.4 * z[4]), 2),
        tenure_months,
        channel: pick(&kind.channels, random),
        region: pick(&kind.regions, random),
        newsletter: pick(&kind.newsletter, random),
    }
}

/// An index by its odds.
fn pick(odds: &[f64], random: &mut Random) -> u32 {
    let mut rest = random.random::<f64>() * odds.iter().sum::<f64>();
    for (i, o) in odds.iter().enumerate() {
        rest -= o;
        if rest < 0.0 {
            return i as u32;
        }
    }
    0
}
