//! Sixteen single-precision numbers, or eight doubles, at a time, in the widest registers that the processor has.
//!
//! A program for every x86-64 processor may use registers of four numbers only. Kernels written over [`Lanes`] are
//! compiled for four, eight and sixteen, and [`dispatch`] takes the widest that runs here. The variants may round
//! differently, since the wider ones fuse products and sums: use them for what is checked in double precision
//! afterwards, or where order and operations are the same in all.

/// Numbers per group.
pub(crate) const WIDTH: usize = 16;

/// Doubles per group.
pub(crate) const DOUBLES: usize = 8;

/// What a kernel needs of registers. Comparisons with NaN are false.
pub(crate) trait Lanes: Copy {
    /// Whether there are registers for 16 groups and what is combined with them.
    const MANY_REGISTERS: bool;
    /// Sixteen numbers.
    type F: Copy;
    /// Eight doubles. Their operations are rounded alike on every processor.
    type D: Copy;
    /// Sixteen integers.
    type U: Copy;
    /// Sixteen truth values.
    type M: Copy;
    fn splat(self, x: f32) -> Self::F;
    fn load(self, x: &[f32; WIDTH]) -> Self::F;
    fn store(self, x: Self::F) -> [f32; WIDTH];
    fn splat_u(self, x: u32) -> Self::U;
    fn load_u(self, x: &[u32; WIDTH]) -> Self::U;
    fn store_u(self, x: Self::U) -> [u32; WIDTH];
    fn add(self, a: Self::F, b: Self::F) -> Self::F;
    fn sub(self, a: Self::F, b: Self::F) -> Self::F;
    fn mul(self, a: Self::F, b: Self::F) -> Self::F;
    /// a b + c, rounded once or twice.
    fn mul_add(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    fn abs(self, a: Self::F) -> Self::F;
    /// The larger; `b` where either is NaN.
    fn max(self, a: Self::F, b: Self::F) -> Self::F;
    /// The smaller; `b` where either is NaN.
    fn min(self, a: Self::F, b: Self::F) -> Self::F;
    /// a < b.
    fn less(self, a: Self::F, b: Self::F) -> Self::M;
    /// The first lane in the lowest bit.
    fn bits(self, mask: Self::M) -> u32;
    fn nowhere(self) -> Self::M;
    /// `mask`, and wherever a equals b.
    fn seen(self, mask: Self::M, a: Self::U, b: Self::U) -> Self::M;
    fn select(self, mask: Self::M, a: Self::F, b: Self::F) -> Self::F;
    fn select_u(self, mask: Self::M, a: Self::U, b: Self::U) -> Self::U;
    fn splat_d(self, x: f64) -> Self::D;
    fn load_d(self, x: &[f64; DOUBLES]) -> Self::D;
    fn store_d(self, x: Self::D) -> [f64; DOUBLES];
    fn add_d(self, a: Self::D, b: Self::D) -> Self::D;
    fn sub_d(self, a: Self::D, b: Self::D) -> Self::D;
    fn mul_d(self, a: Self::D, b: Self::D) -> Self::D;
    fn abs_d(self, a: Self::D) -> Self::D;
    fn sqrt_d(self, a: Self::D) -> Self::D;
}

/// Work that runs on some [`Lanes`]. `run` and all that it calls need `#[inline(always)]`, and closures do not
/// count as inlined: what stays a call of its own is compiled for the narrowest registers.
pub(crate) trait Kernel {
    type Output;
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

/// Runs `kernel` on the widest registers of this processor.
pub(crate) fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    match pulp::Arch::new() {
        pulp::Arch::V4(simd) => return simd.vectorize(On(simd, kernel)),
        pulp::Arch::V3(simd) => return simd.vectorize(On(simd, kernel)),
        _ => {}
    }
    kernel.run(Portable)
}

/// A kernel on its registers.
#[cfg(target_arch = "x86_64")]
struct On<L, K>(L, K);

#[cfg(target_arch = "x86_64")]
impl<L: Lanes, K: Kernel> pulp::NullaryFnOnce for On<L, K> {
    type Output = K::Output;

    #[inline(always)]
    fn call(self) -> K::Output {
        self.1.run(self.0)
    }
}

/// Whatever the compiler makes of arrays: four at a time on x86-64 and aarch64.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

macro_rules! lanes {
    ($registers:ty, $many:expr, $f:ty, $u:ty, $m:ty, $d:ty, { $($method:ident($s:ident $(, $a:ident: $t:ty)*) -> $r:ty = $body:expr;)* }) => {
        impl Lanes for $registers {
            const MANY_REGISTERS: bool = $many;
            type F = $f;
            type D = $d;
            type U = $u;
            type M = $m;
            $(
                #[inline(always)]
                fn $method(self $(, $a: $t)*) -> $r {
                    let $s = self;
                    $body
                }
            )*
        }
    };
}

macro_rules! each {
    ($n:expr, $i:ident => $value:expr) => {{
        let mut out = [Default::default(); $n];
        for $i in 0..$n {
            out[$i] = $value;
        }
        out
    }};
}

lanes!(Portable, false, [f32; WIDTH], [u32; WIDTH], [bool; WIDTH], [f64; DOUBLES], {
    splat(_s, x: f32) -> Self::F = [x; WIDTH];
    load(_s, x: &[f32; WIDTH]) -> Self::F = *x;
    store(_s, x: Self::F) -> [f32; WIDTH] = x;
    splat_u(_s, x: u32) -> Self::U = [x; WIDTH];
    load_u(_s, x: &[u32; WIDTH]) -> Self::U = *x;
    store_u(_s, x: Self::U) -> [u32; WIDTH] = x;
    add(_s, a: Self::F, b: Self::F) -> Self::F = each!(WIDTH, i => a[i] + b[i]);
    sub(_s, a: Self::F, b: Self::F) -> Self::F = each!(WIDTH, i => a[i] - b[i]);
    mul(_s, a: Self::F, b: Self::F) -> Self::F = each!(WIDTH, i => a[i] * b[i]);
    mul_add(_s, a: Self::F, b: Self::F, c: Self::F) -> Self::F = each!(WIDTH, i => a[i] * b[i] + c[i]);
    abs(_s, a: Self::F) -> Self::F = each!(WIDTH, i => a[i].abs());
    max(_s, a: Self::F, b: Self::F) -> Self::F = each!(WIDTH, i => if a[i] > b[i] { a[i] } else { b[i] });
    min(_s, a: Self::F, b: Self::F) -> Self::F = each!(WIDTH, i => if a[i] < b[i] { a[i] } else { b[i] });
    less(_s, a: Self::F, b: Self::F) -> Self::M = each!(WIDTH, i => a[i] < b[i]);
    bits(_s, mask: Self::M) -> u32 = (0..WIDTH).fold(0, |bits, i| bits | u32::from(mask[i]) << i);
    nowhere(_s) -> Self::M = [false; WIDTH];
    seen(_s, mask: Self::M, a: Self::U, b: Self::U) -> Self::M = each!(WIDTH, i => mask[i] | (a[i] == b[i]));
    select(_s, mask: Self::M, a: Self::F, b: Self::F) -> Self::F = each!(WIDTH, i => if mask[i] { a[i] } else { b[i] });
    select_u(_s, mask: Self::M, a: Self::U, b: Self::U) -> Self::U = each!(WIDTH, i => if mask[i] { a[i] } else { b[i] });
    splat_d(_s, x: f64) -> Self::D = [x; DOUBLES];
    load_d(_s, x: &[f64; DOUBLES]) -> Self::D = *x;
    store_d(_s, x: Self::D) -> [f64; DOUBLES] = x;
    add_d(_s, a: Self::D, b: Self::D) -> Self::D = each!(DOUBLES, i => a[i] + b[i]);
    sub_d(_s, a: Self::D, b: Self::D) -> Self::D = each!(DOUBLES, i => a[i] - b[i]);
    mul_d(_s, a: Self::D, b: Self::D) -> Self::D = each!(DOUBLES, i => a[i] * b[i]);
    abs_d(_s, a: Self::D) -> Self::D = each!(DOUBLES, i => a[i].abs());
    sqrt_d(_s, a: Self::D) -> Self::D = each!(DOUBLES, i => a[i].sqrt());
});

#[cfg(target_arch = "x86_64")]
lanes!(pulp::x86::V3, false, [pulp::f32x8; 2], [pulp::u32x8; 2], [pulp::m32x8; 2], [pulp::f64x4; 2], {
    splat(s, x: f32) -> Self::F = [s.splat_f32x8(x); 2];
    load(_s, x: &[f32; WIDTH]) -> Self::F = pulp::cast(*x);
    store(_s, x: Self::F) -> [f32; WIDTH] = pulp::cast(x);
    splat_u(s, x: u32) -> Self::U = [s.splat_u32x8(x); 2];
    load_u(_s, x: &[u32; WIDTH]) -> Self::U = pulp::cast(*x);
    store_u(_s, x: Self::U) -> [u32; WIDTH] = pulp::cast(x);
    add(s, a: Self::F, b: Self::F) -> Self::F = [s.add_f32x8(a[0], b[0]), s.add_f32x8(a[1], b[1])];
    sub(s, a: Self::F, b: Self::F) -> Self::F = [s.sub_f32x8(a[0], b[0]), s.sub_f32x8(a[1], b[1])];
    mul(s, a: Self::F, b: Self::F) -> Self::F = [s.mul_f32x8(a[0], b[0]), s.mul_f32x8(a[1], b[1])];
    mul_add(s, a: Self::F, b: Self::F, c: Self::F) -> Self::F =
        [s.mul_add_f32x8(a[0], b[0], c[0]), s.mul_add_f32x8(a[1], b[1], c[1])];
    abs(s, a: Self::F) -> Self::F = [s.abs_f32x8(a[0]), s.abs_f32x8(a[1])];
    max(s, a: Self::F, b: Self::F) -> Self::F = [s.max_f32x8(a[0], b[0]), s.max_f32x8(a[1], b[1])];
    min(s, a: Self::F, b: Self::F) -> Self::F = [s.min_f32x8(a[0], b[0]), s.min_f32x8(a[1], b[1])];
    less(s, a: Self::F, b: Self::F) -> Self::M = [s.cmp_lt_f32x8(a[0], b[0]), s.cmp_lt_f32x8(a[1], b[1])];
    bits(s, mask: Self::M) -> u32 = {
        let low = s.avx._mm256_movemask_ps(pulp::cast(mask[0])) as u32;
        let high = s.avx._mm256_movemask_ps(pulp::cast(mask[1])) as u32;
        low | high << 8
    };
    nowhere(_s) -> Self::M = pulp::cast([0u32; WIDTH]);
    seen(s, mask: Self::M, a: Self::U, b: Self::U) -> Self::M = {
        let low = s.avx2._mm256_cmpeq_epi32(pulp::cast(a[0]), pulp::cast(b[0]));
        let high = s.avx2._mm256_cmpeq_epi32(pulp::cast(a[1]), pulp::cast(b[1]));
        [
            pulp::cast(s.avx2._mm256_or_si256(pulp::cast(mask[0]), low)),
            pulp::cast(s.avx2._mm256_or_si256(pulp::cast(mask[1]), high)),
        ]
    };
    select(s, mask: Self::M, a: Self::F, b: Self::F) -> Self::F =
        [s.select_f32x8(mask[0], a[0], b[0]), s.select_f32x8(mask[1], a[1], b[1])];
    select_u(s, mask: Self::M, a: Self::U, b: Self::U) -> Self::U =
        [s.select_u32x8(mask[0], a[0], b[0]), s.select_u32x8(mask[1], a[1], b[1])];
    splat_d(s, x: f64) -> Self::D = [s.splat_f64x4(x); 2];
    load_d(_s, x: &[f64; DOUBLES]) -> Self::D = pulp::cast(*x);
    store_d(_s, x: Self::D) -> [f64; DOUBLES] = pulp::cast(x);
    add_d(s, a: Self::D, b: Self::D) -> Self::D = [s.add_f64x4(a[0], b[0]), s.add_f64x4(a[1], b[1])];
    sub_d(s, a: Self::D, b: Self::D) -> Self::D = [s.sub_f64x4(a[0], b[0]), s.sub_f64x4(a[1], b[1])];
    mul_d(s, a: Self::D, b: Self::D) -> Self::D = [s.mul_f64x4(a[0], b[0]), s.mul_f64x4(a[1], b[1])];
    abs_d(s, a: Self::D) -> Self::D = [s.abs_f64x4(a[0]), s.abs_f64x4(a[1])];
    sqrt_d(s, a: Self::D) -> Self::D = [s.sqrt_f64x4(a[0]), s.sqrt_f64x4(a[1])];
});

#[cfg(target_arch = "x86_64")]
lanes!(pulp::x86::V4, true, pulp::f32x16, pulp::u32x16, pulp::b16, pulp::f64x8, {
    splat(s, x: f32) -> Self::F = s.splat_f32x16(x);
    load(_s, x: &[f32; WIDTH]) -> Self::F = pulp::cast(*x);
    store(_s, x: Self::F) -> [f32; WIDTH] = pulp::cast(x);
    splat_u(s, x: u32) -> Self::U = s.splat_u32x16(x);
    load_u(_s, x: &[u32; WIDTH]) -> Self::U = pulp::cast(*x);
    store_u(_s, x: Self::U) -> [u32; WIDTH] = pulp::cast(x);
    add(s, a: Self::F, b: Self::F) -> Self::F = s.add_f32x16(a, b);
    sub(s, a: Self::F, b: Self::F) -> Self::F = s.sub_f32x16(a, b);
    mul(s, a: Self::F, b: Self::F) -> Self::F = s.mul_f32x16(a, b);
    mul_add(s, a: Self::F, b: Self::F, c: Self::F) -> Self::F = s.mul_add_f32x16(a, b, c);
    abs(s, a: Self::F) -> Self::F = s.abs_f32x16(a);
    max(s, a: Self::F, b: Self::F) -> Self::F = s.max_f32x16(a, b);
    min(s, a: Self::F, b: Self::F) -> Self::F = s.min_f32x16(a, b);
    less(s, a: Self::F, b: Self::F) -> Self::M = s.cmp_lt_f32x16(a, b);
    bits(_s, mask: Self::M) -> u32 = u32::from(mask.0);
    nowhere(_s) -> Self::M = pulp::b16(0);
    seen(s, mask: Self::M, a: Self::U, b: Self::U) -> Self::M = pulp::b16(mask.0 | s.cmp_eq_u32x16(a, b).0);
    select(s, mask: Self::M, a: Self::F, b: Self::F) -> Self::F = s.select_f32x16(mask, a, b);
    select_u(s, mask: Self::M, a: Self::U, b: Self::U) -> Self::U = s.select_u32x16(mask, a, b);
    splat_d(s, x: f64) -> Self::D = s.splat_f64x8(x);
    load_d(_s, x: &[f64; DOUBLES]) -> Self::D = pulp::cast(*x);
    store_d(_s, x: Self::D) -> [f64; DOUBLES] = pulp::cast(x);
    add_d(s, a: Self::D, b: Self::D) -> Self::D = s.add_f64x8(a, b);
    sub_d(s, a: Self::D, b: Self::D) -> Self::D = s.sub_f64x8(a, b);
    mul_d(s, a: Self::D, b: Self::D) -> Self::D = s.mul_f64x8(a, b);
    abs_d(s, a: Self::D) -> Self::D = s.abs_f64x8(a);
    sqrt_d(s, a: Self::D) -> Self::D = s.sqrt_f64x8(a);
});

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation on two groups that hold what is easily done wrong.
    struct Everything;

    impl Kernel for Everything {
        type Output = (Vec<[f32; WIDTH]>, Vec<u32>, [u32; WIDTH], [f64; DOUBLES]);

        #[inline(always)]
        fn run<L: Lanes>(self, l: L) -> Self::Output {
            let mut a = [0f32; WIDTH];
            let mut b = [0f32; WIDTH];
            for i in 0..WIDTH {
                a[i] = i as f32 - 7.0;
                b[i] = ((i * 5) % WIDTH) as f32 - 6.0;
            }
            a[3] = f32::NAN;
            b[9] = f32::INFINITY;
            let (x, y) = (l.load(&a), l.load(&b));
            let less = l.less(x, y);
            let numbers = [
                l.add(x, y),
                l.sub(x, y),
                // Small integers: fused or not, nothing is rounded.
                l.mul_add(x, y, l.splat(3.0)),
                l.abs(x),
                l.max(x, l.splat(0.0)),
                l.min(x, l.splat(0.0)),
                l.mul(x, y),
                l.select(less, x, y),
            ];
            let mut ids = [0u32; WIDTH];
            for (i, id) in ids.iter_mut().enumerate() {
                *id = i as u32;
            }
            let mut doubles = [0f64; DOUBLES];
            for (i, x) in doubles.iter_mut().enumerate() {
                *x = i as f64 * 0.3 - 0.7;
            }
            let doubles = l.load_d(&doubles);
            let third = l.splat_d(1.0 / 3.0);
            let sum = l.add_d(l.mul_d(doubles, third), l.sub_d(third, doubles));
            (
                numbers.map(|x| l.store(x)).to_vec(),
                vec![
                    l.bits(less),
                    l.bits(l.less(y, y)),
                    l.bits(l.seen(
                        l.seen(l.nowhere(), l.load_u(&ids), l.splat_u(5)),
                        l.load_u(&ids),
                        l.splat_u(11),
                    )),
                ],
                l.store_u(l.select_u(less, l.load_u(&ids), l.splat_u(99))),
                l.store_d(l.sqrt_d(l.abs_d(sum))),
            )
        }
    }

    fn assert_portable((wide, wide_bits, wide_ids, wide_doubles): <Everything as Kernel>::Output) {
        let (plain, bits, ids, doubles) = Everything.run(Portable);
        for (wide, plain) in wide.iter().flatten().zip(plain.iter().flatten()) {
            assert!(wide == plain || wide.is_nan() && plain.is_nan(), "{wide} {plain}");
        }
        assert_eq!((wide_bits, wide_ids, wide_doubles), (bits, ids, doubles));
    }

    #[test]
    fn the_widest_registers_compute_what_the_portable_ones_do() {
        assert_portable(dispatch(Everything));
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn registers_of_eight_compute_what_the_portable_ones_do() {
        if let Some(simd) = pulp::x86::V3::try_new() {
            assert_portable(simd.vectorize(On(simd, Everything)));
        }
    }

    #[test]
    fn comparisons_with_nan_are_false_and_the_first_lane_is_the_lowest_bit() {
        let (numbers, bits, ..) = Everything.run(Portable);
        assert_eq!(bits[0] & 1 << 3, 0, "NaN is not below anything");
        assert_eq!(bits[1], 0, "nothing is below itself");
        assert_eq!(bits[2], 1 << 5 | 1 << 11);
        assert_eq!((numbers[4][3], numbers[5][3]), (0.0, 0.0), "0 beside NaN");
    }
}
