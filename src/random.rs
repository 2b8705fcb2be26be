//! Random streams that depend on a seed and a purpose, never on a thread or a clock.

use rand::Rng;
use rand::SeedableRng;
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};

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
