//! One color per segment, told apart by color-blind eyes as far as the number of segments allows.

use crate::num::math;
use rustc_hash::FxHashSet;

/// Color of nodes that belong to no group.
pub(crate) const NO_SEGMENT: [u8; 3] = [0xBB, 0xBB, 0xBB];
/// Color of edges between two segments.
pub(crate) const CROSS_SEGMENT: [u8; 3] = [60, 60, 60];

/// Near those of Okabe and Ito (Color Universal Design, 2008), moved apart for the eyes of [`VISIONS`].
const FIRST: [[u8; 3]; 8] = [
    [0x00, 0x52, 0xBA],
    [0xE7, 0x86, 0x00],
    [0x1B, 0xCB, 0x74],
    [0xAD, 0x70, 0xA6],
    [0x42, 0xD3, 0xFF],
    [0xAA, 0x33, 0x00],
    [0xF5, 0xFF, 0x6D],
    [0x6D, 0x75, 0x5F],
];

/// What light of a screen becomes in eyes of all cones, without the long-wave one and without the middle-wave one (Machado,
/// Oliveira and Fernandes, IEEE Transactions on Visualization and Computer Graphics 15, 1291 (2009)).
const VISIONS: [[[f64; 3]; 3]; 3] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ],
    [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ],
];

/// Red, green and blue for the groups 0, 1, 2, …, all different as long as there are colors.
///
/// The first eight differ by 27 and more in CIE Lab for the color-blind too. Each further one is the candidate farthest, in the eyes
/// that see least of the difference, from all before it, from white, and from the colors of edges and of nodes without a group: by
/// lightness where hues are seen alike. The candidates are 24 hues at 5 lightnesses and 3 chromas. Beyond those, colors are counted up. `O(n · 360)`.
pub(crate) fn group_colors(n: usize) -> Vec<[u8; 3]> {
    let mut colors: Vec<[u8; 3]> = FIRST.into_iter().take(n).collect();
    if n <= FIRST.len() {
        return colors;
    }
    let candidates = candidates();
    let used = || {
        FIRST
            .into_iter()
            .chain([NO_SEGMENT, CROSS_SEGMENT, [255, 255, 255]])
            .map(seen)
    };
    let mut nearest: Vec<f64> = candidates
        .iter()
        .map(|c| used().map(|u| apart(seen(*c), u)).fold(f64::INFINITY, f64::min))
        .collect();
    while colors.len() < n {
        let mut best = 0;
        for (i, &d) in nearest.iter().enumerate() {
            // The first of equals: rounding of the last digit must not choose.
            if d > nearest[best] + 1e-6 {
                best = i;
            }
        }
        if nearest[best] < 1.0 {
            break;
        }
        colors.push(candidates[best]);
        let chosen = seen(candidates[best]);
        for (d, c) in nearest.iter_mut().zip(&candidates) {
            *d = d.min(apart(seen(*c), chosen));
        }
    }
    // Hundreds of groups: nobody tells them apart by color, but they still differ. An odd step visits every color once.
    let mut seen: FxHashSet<[u8; 3]> = colors
        .iter()
        .copied()
        .chain([NO_SEGMENT, CROSS_SEGMENT])
        .collect();
    let mut number = 0u32;
    for step in 0u64.. {
        if colors.len() >= n {
            break;
        }
        number = (number + 5_038_391) % (1 << 24);
        let [_, r, g, b] = number.to_be_bytes();
        // After the last color there is, colors begin again.
        if seen.insert([r, g, b]) || step >= 1 << 24 {
            colors.push([r, g, b]);
        }
    }
    colors
}

/// Colors of 24 hues, 5 lightnesses and 3 chromas that a screen can show.
fn candidates() -> Vec<[u8; 3]> {
    let mut out = Vec::new();
    for lightness in [60.0, 45.0, 75.0, 35.0, 85.0] {
        for chroma in [60.0, 40.0, 85.0] {
            for hue in 0..24 {
                let angle = f64::from(hue) * std::f64::consts::TAU / 24.0;
                out.extend(rgb([
                    lightness,
                    chroma * math::cos(angle),
                    chroma * math::sin(angle),
                ]));
            }
        }
    }
    out
}

/// The color in each of [`VISIONS`], in Lab.
fn seen(color: [u8; 3]) -> [[f64; 3]; 3] {
    let light = linear(color);
    VISIONS.map(|eyes| {
        lab(eyes.map(|row| {
            let sum = row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
            sum.clamp(0.0, 1.0)
        }))
    })
}

/// The square of the distance in the eyes that see least of it.
fn apart(a: [[f64; 3]; 3], b: [[f64; 3]; 3]) -> f64 {
    a.into_iter()
        .zip(b)
        .map(|(a, b)| distance2(a, b))
        .fold(f64::INFINITY, f64::min)
}

fn distance2(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|i| math::square(a[i] - b[i])).sum()
}

/// White of daylight, CIE D65.
const WHITE: [f64; 3] = [0.950_47, 1.0, 1.088_83];

/// The light of an sRGB color (IEC 61966-2-1).
fn linear(color: [u8; 3]) -> [f64; 3] {
    color.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            math::powf((c + 0.055) / 1.055, 2.4)
        }
    })
}

/// CIE L*a*b* of light.
fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
    let xyz = [
        0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b,
        0.212_672_9 * r + 0.715_152_2 * g + 0.072_175 * b,
        0.019_333_9 * r + 0.119_192 * g + 0.950_304_1 * b,
    ];
    let f = |i: usize| {
        let t = xyz[i] / WHITE[i];
        if t > 216.0 / 24389.0 {
            math::cbrt(t)
        } else {
            (24389.0 / 27.0 * t + 16.0) / 116.0
        }
    };
    let (x, y, z) = (f(0), f(1), f(2));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The sRGB color of L*a*b*, `None` where no screen shows it.
fn rgb([l, a, b]: [f64; 3]) -> Option<[u8; 3]> {
    let y = (l + 16.0) / 116.0;
    let back = |t: f64| {
        if t > 6.0 / 29.0 {
            math::powi(t, 3)
        } else {
            (116.0 * t - 16.0) * 27.0 / 24389.0
        }
    };
    let (x, y, z) = (
        WHITE[0] * back(y + a / 500.0),
        back(y),
        WHITE[2] * back(y - b / 200.0),
    );
    let linear = [
        3.240_454_2 * x - 1.537_138_5 * y - 0.498_531_4 * z,
        -0.969_266 * x + 1.876_010_8 * y + 0.041_556 * z,
        0.055_643_4 * x - 0.204_025_9 * y + 1.057_225_2 * z,
    ];
    linear.iter().all(|c| (-0.001..=1.001).contains(c)).then(|| {
        linear.map(|c| {
            let c = c.clamp(0.0, 1.0);
            let c = if c <= 0.003_130_8 {
                12.92 * c
            } else {
                1.055 * math::powf(c, 1.0 / 2.4) - 0.055
            };
            (c * 255.0).round() as u8
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn lab_and_back_is_the_same_color() {
        for color in FIRST
            .into_iter()
            .chain([[0, 0, 0], [255, 255, 255], [12, 200, 99]])
        {
            assert_eq!(rgb(lab(linear(color))), Some(color));
        }
        assert!((lab([1.0, 0.0, 0.0])[0] - 53.24).abs() < 0.01);
    }

    #[test]
    fn colors_of_many_groups_differ_from_each_other_and_from_the_reserved_ones() {
        let colors = group_colors(700);
        let all: HashSet<_> = colors.iter().chain([&NO_SEGMENT, &CROSS_SEGMENT]).collect();
        assert_eq!(all.len(), 702);
    }

    /// The least difference between two of the first `n` colors in the eyes that see least of it.
    fn least(n: usize) -> f64 {
        let colors: Vec<_> = group_colors(n).into_iter().map(seen).collect();
        let pairs = (0..n).flat_map(|i| (0..i).map(move |j| (i, j)));
        let least = pairs.map(|(i, j)| apart(colors[i], colors[j]));
        least.fold(f64::INFINITY, f64::min).sqrt()
    }

    #[test]
    fn colors_are_told_apart_by_the_color_blind() {
        assert!(least(8) > 27.0, "{}", least(8));
        assert!(least(12) > 15.0, "{}", least(12));
        assert!(least(20) > 8.0, "{}", least(20));
    }

    #[test]
    fn fewer_groups_have_the_first_colors_of_more() {
        assert_eq!(group_colors(30)[..12], group_colors(12)[..]);
    }
}
