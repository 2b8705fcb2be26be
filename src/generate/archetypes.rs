//! What the planted segments are like.

use crate::random::Random;
use rand::RngExt;

/// The hidden measures, in this order: recency, frequency, basket, discounts, online purchases, tenure.
pub(super) const MEASURES: usize = 6;

/// Levels of `channel`.
pub(super) const CHANNELS: [&str; 4] = ["store", "web", "app", "phone"];
/// Levels of `region`, which hardly depends on the segment.
pub(super) const REGIONS: [&str; 4] = ["north", "east", "south", "west"];
/// Levels of `newsletter`.
pub(super) const NEWSLETTER: [&str; 2] = ["no", "yes"];

/// A kind of customer.
#[derive(Clone, Debug)]
pub(super) struct Archetype {
    pub(super) name: String,
    /// Level of each measure, about −2 to 2.
    pub(super) level: [f64; MEASURES],
    /// How widely its customers scatter in each measure; about 1.
    pub(super) spread: [f64; MEASURES],
    /// How strongly more purchases go with smaller baskets (below 0) or larger ones.
    pub(super) tilt: f64,
    /// Odds of each channel.
    pub(super) channels: [f64; 4],
    /// Odds of each region.
    pub(super) regions: [f64; 4],
    /// Odds of having no newsletter, and of having it.
    pub(super) newsletter: [f64; 2],
}

type Row = (
    &'static str,
    [f64; MEASURES],
    [f64; MEASURES],
    f64,
    [f64; 4],
    [f64; 4],
    f64,
);

/// Falling size. Recency is days since the last purchase: low is recent.
const KNOWN: [Row; 8] = [
    (
        "loyal families",
        [-0.8, 1.2, 0.4, -0.1, -0.9, 1.0],
        [1.4, 1.0, 1.1, 1.3, 1.3, 0.9],
        -0.5,
        [0.72, 0.10, 0.13, 0.05],
        [0.26, 0.25, 0.25, 0.24],
        0.65,
    ),
    (
        "bargain hunters",
        [-0.1, 0.3, -1.0, 1.6, 0.6, 0.1],
        [1.0, 1.0, 0.8, 0.8, 1.0, 1.2],
        -0.3,
        [0.22, 0.40, 0.35, 0.03],
        [0.24, 0.28, 0.24, 0.24],
        0.80,
    ),
    (
        "lapsed customers",
        [1.9, -0.7, 0.0, 0.0, -0.2, 0.7],
        [0.6, 0.9, 1.2, 1.1, 1.2, 0.9],
        0.4,
        [0.50, 0.33, 0.05, 0.12],
        [0.25, 0.24, 0.26, 0.25],
        0.25,
    ),
    (
        "new customers",
        [-0.6, -1.3, -0.1, 0.4, 0.7, -1.9],
        [1.0, 0.6, 0.9, 0.9, 0.9, 0.7],
        0.2,
        [0.20, 0.38, 0.40, 0.02],
        [0.22, 0.25, 0.25, 0.28],
        0.55,
    ),
    (
        "big spenders",
        [-0.4, 0.4, 1.9, -1.2, 0.3, 0.3],
        [0.9, 0.8, 0.7, 0.7, 1.0, 1.0],
        0.5,
        [0.45, 0.35, 0.10, 0.10],
        [0.30, 0.20, 0.26, 0.24],
        0.50,
    ),
    (
        "gift buyers",
        [1.0, -1.5, 1.3, 0.9, 0.8, -0.2],
        [0.8, 0.7, 0.9, 1.0, 1.0, 1.1],
        0.0,
        [0.25, 0.60, 0.10, 0.05],
        [0.25, 0.25, 0.25, 0.25],
        0.35,
    ),
    (
        "app regulars",
        [-1.7, 1.4, -1.1, -0.7, 1.8, -0.5],
        [0.9, 0.8, 0.8, 1.0, 0.7, 1.0],
        -0.4,
        [0.03, 0.15, 0.82, 0.00],
        [0.24, 0.26, 0.24, 0.26],
        0.60,
    ),
    (
        "small store shoppers",
        [0.3, -0.2, -1.7, -1.0, -1.8, 0.2],
        [1.1, 1.0, 0.8, 0.8, 0.7, 1.2],
        0.0,
        [0.92, 0.02, 0.01, 0.05],
        [0.27, 0.24, 0.25, 0.24],
        0.15,
    ),
];

/// Candidates per further segment: the one farthest from all before it is taken.
const CANDIDATES: usize = 32;

/// The first `k` archetypes; beyond the known ones, drawn ones with a number for a name.
pub(super) fn archetypes(k: usize, random: &mut Random) -> Vec<Archetype> {
    let mut out: Vec<Archetype> = KNOWN
        .iter()
        .take(k)
        .map(|&(name, level, spread, tilt, channels, regions, yes)| Archetype {
            name: name.to_owned(),
            level,
            spread,
            tilt,
            channels,
            regions,
            newsletter: [1.0 - yes, yes],
        })
        .collect();
    while out.len() < k {
        let mut best = ([0.0; MEASURES], -1.0);
        for _ in 0..CANDIDATES {
            let level = std::array::from_fn(|_| random.random_range(-2.2..2.2));
            let nearest = out
                .iter()
                .map(|a| squared_distance(&a.level, &level))
                .fold(f64::INFINITY, f64::min);
            if nearest > best.1 {
                best = (level, nearest);
            }
        }
        let yes = random.random_range(0.1..0.9);
        out.push(Archetype {
            name: format!("segment {}", out.len() + 1),
            level: best.0,
            spread: std::array::from_fn(|_| random.random_range(0.75..1.25)),
            tilt: random.random_range(-0.5..0.5),
            channels: std::array::from_fn(|_| random.random_range(0.05..1.0)),
            regions: std::array::from_fn(|_| random.random_range(0.9..1.1)),
            newsletter: [1.0 - yes, yes],
        });
    }
    out
}

pub(super) fn squared_distance(a: &[f64; MEASURES], b: &[f64; MEASURES]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// Pairs of segments with no third segment nearer to their midpoint (Gabriel neighbors), nearest first: customers
/// between them are between these two only. Gabriel and Sokal, Systematic Zoology 18, 259 (1969). `O(k³)` for up
/// to 100 segments, beyond that among the 100 first.
pub(super) fn neighboring_pairs(archetypes: &[Archetype]) -> Vec<(u32, u32)> {
    let archetypes = &archetypes[..archetypes.len().min(100)];
    let mut pairs = Vec::new();
    for (a, first) in archetypes.iter().enumerate() {
        for (b, second) in archetypes.iter().enumerate().skip(a + 1) {
            let middle = std::array::from_fn(|m| (first.level[m] + second.level[m]) / 2.0);
            let half = squared_distance(&middle, &first.level);
            // Clearly between the two: a third at the same distance would make it a bridge of three.
            let clear = archetypes
                .iter()
                .enumerate()
                .all(|(c, third)| c == a || c == b || squared_distance(&middle, &third.level) > 1.5 * half);
            pairs.push((!clear, half, a as u32, b as u32));
        }
    }
    pairs.sort_by(|x, y| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
    // The nearest pair of all has no third one in between, so there is always one to take.
    let clear = pairs.iter().filter(|p| !p.0).count().max(1);
    pairs
        .into_iter()
        .take(clear.min(archetypes.len()))
        .map(|p| (p.2, p.3))
        .collect()
}
