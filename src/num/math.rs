//! Logarithms, exponentials, angles and powers with the same bits on every processor.
//!
//! The methods of `f64` go to the C library of the system, which takes other formulas where the processor fuses
//! products and sums: the last bit differs from machine to machine, and a layout of hundreds of steps makes it
//! visible. These functions are compiled into the program, from `libm`, a port of musl's. `clippy.toml` forbids the
//! methods everywhere else. Sums, products, quotients and square roots are rounded alike everywhere and need no
//! function.
//!
//! Errors are below one unit in the last place for all but [`powi`], which multiplies.

/// The natural logarithm.
pub(crate) fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `ln(1 + x)`, exact for small x too.
pub(crate) fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// The logarithm to base 2.
pub(crate) fn log2(x: f64) -> f64 {
    libm::log2(x)
}

/// e to the power of x.
pub(crate) fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// The sine of an angle in radians.
pub(crate) fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// The cosine of an angle in radians.
pub(crate) fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// The inverse hyperbolic sine.
pub(crate) fn asinh(x: f64) -> f64 {
    libm::asinh(x)
}

/// The complementary error function.
pub(crate) fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// The cube root.
pub(crate) fn cbrt(x: f64) -> f64 {
    libm::cbrt(x)
}

/// The length of (x, y), whose squares do not overflow. A square root is rounded alike everywhere, and several times
/// faster than the careful function of that name.
pub(crate) fn hypot(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

/// x to the power of y.
pub(crate) fn powf(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// x².
#[inline]
pub(crate) fn square(x: f64) -> f64 {
    x * x
}

/// x to the power of n by squaring, and one over it for negative n. Exact for powers of 2.
pub(crate) fn powi(x: f64, n: i32) -> f64 {
    let (mut result, mut factor, mut left) = (1.0, x, n.unsigned_abs());
    while left > 0 {
        if left & 1 == 1 {
            result *= factor;
        }
        factor *= factor;
        left >>= 1;
    }
    if n < 0 { 1.0 / result } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From a processor that fuses and one that does not: the C library's logarithm differs on some of these.
    #[test]
    fn bits_are_those_of_every_other_processor() {
        let mut hash = 0u64;
        let mut x = 1e-6;
        while x < 700.0 {
            for y in [ln(x), ln_1p(x), log2(x), exp(x), exp(-x), sin(x), cos(x), erfc(x)] {
                hash = hash.wrapping_mul(31).wrapping_add(y.to_bits());
            }
            for y in [
                cbrt(x),
                hypot(x, 1.7),
                powf(x, 2.4),
                powi(x, 7),
                powi(x, -3),
                square(x),
            ] {
                hash = hash.wrapping_mul(31).wrapping_add(y.to_bits());
            }
            x *= 1.003;
        }
        assert_eq!(hash, 15_712_748_232_327_121_305);
    }

    #[test]
    fn powers_of_two_are_exact() {
        assert_eq!(powi(2.0, -22), f64::from_bits((1023 - 22) << 52));
        assert_eq!(powi(2.0, 177), f64::from_bits((1023 + 177) << 52));
        assert_eq!(powi(-3.0, 5), -243.0);
        assert_eq!(powi(7.0, 0), 1.0);
    }
}
