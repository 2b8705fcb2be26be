//! Random streams that depend on a seed and a purpose, never on a thread or a clock.

use crate::num::math;
use rand::distr::Distribution;
use rand::{Rng, RngExt, SeedableRng};
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};
use std::sync::LazyLock;

/// The generator of the crate.
pub type Random = Xoshiro256PlusPlus;

/// The stream number `index` of `seed`.
///
/// Work that is split over threads takes one stream per piece of work, so that the numbers do not depend on
/// which thread does which piece. Streams with different indices are unrelated.
///
/// ```
/// use kinfolk::random::stream;
/// use rand::Rng;
///
/// assert_eq!(stream(42, 0).next_u64(), stream(42, 0).next_u64());
/// assert_ne!(stream(42, 0).next_u64(), stream(42, 1).next_u64());
/// ```
pub fn stream(seed: u64, index: u64) -> Random {
    // Two rounds of SplitMix64 keep neighboring (seed, index) pairs apart.
    let outer = SplitMix64::seed_from_u64(seed).next_u64();
    let inner = SplitMix64::seed_from_u64(outer ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15)).next_u64();
    Random::seed_from_u64(inner)
}

/// Numbers of mean 0 and variance 1 from the bell curve, with the same bits on every processor.
///
/// The ziggurat of J. A. Doornik, "An improved ziggurat method to generate normal random samples" (2005), with 256
/// layers. `rand_distr` has the same, but asks the system's library for logarithms.
///
/// ```
/// use kinfolk::random::{StandardNormal, stream};
/// use rand::RngExt;
///
/// let mut random = stream(42, 0);
/// let sum: f64 = (0..10_000).map(|_| random.sample::<f64, _>(StandardNormal)).sum();
/// assert!((sum / 10_000.0).abs() < 0.05);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct StandardNormal;

/// Layers of equal area under the bell curve.
const LAYERS: usize = 256;
/// Where the tail begins, and the area of a layer, under exp(−x²/2).
const TAIL: f64 = 3.654_152_885_361_009;
const AREA: f64 = 0.004_928_673_233_99;

/// The right ends of the layers, the widest first, and the heights of the curve there.
struct Ziggurat {
    ends: [f64; LAYERS + 1],
    heights: [f64; LAYERS + 1],
}

static ZIGGURAT: LazyLock<Ziggurat> = LazyLock::new(|| {
    let mut ends = [0.0; LAYERS + 1];
    ends[0] = AREA / bell(TAIL);
    ends[1] = TAIL;
    for i in 2..LAYERS {
        ends[i] = (-2.0 * math::ln(AREA / ends[i - 1] + bell(ends[i - 1]))).sqrt();
    }
    Ziggurat {
        ends,
        heights: ends.map(bell),
    }
});

fn bell(x: f64) -> f64 {
    math::exp(-x * x / 2.0)
}

impl Distribution<f64> for StandardNormal {
    fn sample<R: Rng + ?Sized>(&self, random: &mut R) -> f64 {
        let Ziggurat { ends, heights } = &*ZIGGURAT;
        loop {
            // The layer from the lowest bits, the place in it, from −1 to 1, from the highest.
            let bits = random.next_u64();
            let layer = bits as usize % LAYERS;
            let place = (bits >> 12) as f64 / (1u64 << 51) as f64 - 1.0;
            let x = place * ends[layer];
            if x.abs() < ends[layer + 1] {
                return x;
            }
            if layer == 0 {
                return tail(random).copysign(place);
            }
            let height = heights[layer + 1] + (heights[layer] - heights[layer + 1]) * random.random::<f64>();
            if height < bell(x) {
                return x;
            }
        }
    }
}

impl Distribution<f32> for StandardNormal {
    fn sample<R: Rng + ?Sized>(&self, random: &mut R) -> f32 {
        random.sample::<f64, _>(StandardNormal) as f32
    }
}

/// A number beyond the last layer. G. Marsaglia, Technometrics 6, 101 (1964).
fn tail<R: Rng + ?Sized>(random: &mut R) -> f64 {
    loop {
        // Never 0, whose logarithm is none.
        let x = -math::ln(1.0 - random.random::<f64>()) / TAIL;
        let y = -math::ln(1.0 - random.random::<f64>());
        if 2.0 * y >= x * x {
            return TAIL + x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_the_bell_curve_in_the_middle_and_in_the_tails() {
        let mut random = stream(7, 0);
        let n = 2_000_000;
        let values: Vec<f64> = (0..n).map(|_| random.sample(StandardNormal)).collect();
        for x in [-4.0, -3.7, -3.0, -2.0, -1.0, -0.3, 0.0, 0.5, 1.5, 2.5, 3.5, 3.8] {
            let below = values.iter().filter(|&&v| v < x).count() as f64;
            let share = 0.5 * math::erfc(-x / std::f64::consts::SQRT_2);
            let expected = share * n as f64;
            let deviation = (below - expected) / (expected * (1.0 - share)).sqrt();
            assert!(deviation.abs() < 4.0, "{below} below {x}, expected {expected}");
        }
    }

    #[test]
    fn the_layers_close_at_the_top() {
        let top = ZIGGURAT.ends[LAYERS - 1];
        assert!((top * (1.0 - bell(top)) / AREA - 1.0).abs() < 1e-6, "{top}");
    }
}
