//! Number columns: missing values, scaling, and what stays finite.

mod choice;
mod code;
mod curve;
mod shape;

use super::Scale;
use crate::num::quantile_sorted;
use choice::Choice;
pub(super) use code::NumberCode;
use code::days_before;
use curve::{Curve, log_curve};
use rayon::prelude::*;
pub(super) use shape::Shape;

/// Unscaled values beyond this have squared differences that single precision cannot sum.
pub(super) const LARGEST_RAW: f64 = 1e15;

/// What was found and decided about a number column.
#[derive(Debug)]
pub(super) struct NumberFit {
    pub(super) code: NumberCode,
    /// In words: `log, z-score`.
    pub(super) transform: String,
    /// Exactly two values, to be treated as a two-level category.
    pub(super) two_valued: bool,
    /// Variance of the places.
    pub(super) variance: f64,
}

/// The scaling of a column, `None` where it is constant. `values` may hold NaN, not infinities; at least one is
/// present. `centered` is whether unscaled values are centered. `O(n log n)`.
pub(super) fn fit(values: &[f64], date: bool, scale: Option<Scale>, centered: bool) -> Option<NumberFit> {
    let latest = values
        .iter()
        .copied()
        .filter(|v| v.is_finite())
        .fold(f64::MIN, f64::max);
    let reference = date.then_some(latest);
    // Adding 0.0 turns −0.0 into 0.0: the two must not sort apart.
    let mut sorted: Vec<f64> = values
        .iter()
        .filter(|v| v.is_finite())
        .map(|&v| if date { days_before(latest, v) } else { v } + 0.0)
        .collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (lowest, highest) = (*sorted.first()?, *sorted.last()?);
    if lowest == highest {
        return None;
    }
    let magnitude = lowest.abs().max(highest.abs());
    if scale.is_none() && sorted.iter().all(|&v| v == lowest || v == highest) {
        let low = lowest / magnitude;
        return Some(NumberFit {
            code: NumberCode {
                reference,
                fill: lowest / 2.0 + highest / 2.0,
                curve: Curve::Plain { magnitude },
                center: low,
                spread: highest / magnitude - low,
                bounded: true,
                factor: 1.0,
                middle: 0.0,
                tolerance: 0.0,
            },
            transform: "two values".to_owned(),
            two_valued: true,
            variance: 1.0,
        });
    }
    let fill = fill_gaps(&mut sorted, values.len());
    let choice = Choice::new(&sorted, magnitude, scale, centered)?;
    let code = NumberCode {
        reference,
        fill,
        curve: choice.curve,
        center: choice.center,
        spread: choice.spread,
        bounded: scale != Some(Scale::None),
        factor: 1.0,
        middle: 0.0,
        tolerance: 0.0,
    };
    let days = reference.unwrap_or(0.0);
    let places = sorted
        .iter()
        .map(|&v| code.place(if date { days - v } else { v }))
        .collect();
    Some(finish(code, places, choice.transform.to_owned()))
}

/// The scaling of columns in one unit, none of them constant: each centered, all by one spread, so that their mean
/// variance is 1; logged, in one unit, where none is negative and most are strongly skewed. Empty where rounding leaves no
/// spread. `O(n log n)` per column.
pub(super) fn fit_together(columns: &[&[f64]], words: &str) -> Vec<NumberFit> {
    let filled: Vec<(Vec<f64>, f64)> = columns
        .par_iter()
        .map(|values| {
            let mut sorted: Vec<f64> = values.iter().filter(|v| v.is_finite()).map(|v| v + 0.0).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let fill = fill_gaps(&mut sorted, values.len());
            (sorted, fill)
        })
        .collect();
    let magnitude = filled
        .iter()
        .flat_map(|(sorted, _)| sorted.first().into_iter().chain(sorted.last()))
        .fold(0f64, |most, v| most.max(v.abs()));
    let shapes = |curve: &Curve| -> Vec<Shape> {
        filled
            .par_iter()
            .map(|(sorted, _)| Shape::of(&sorted.iter().map(|&v| curve.at(v)).collect::<Vec<_>>()))
            .collect()
    };
    let mut curve = Curve::Plain { magnitude };
    let mut shape_of = shapes(&curve);
    let skewed = shape_of.iter().filter(|s| s.skewness > 1.0).count();
    let negative = filled
        .iter()
        .any(|(sorted, _)| sorted.first().is_some_and(|&v| v < 0.0));
    let mut how = "centered";
    if 2 * skewed > columns.len() && !negative {
        let pooled: Vec<f64> = filled
            .iter()
            .flat_map(|(sorted, _)| sorted.iter().copied())
            .collect();
        curve = log_curve(&pooled);
        shape_of = shapes(&curve);
        how = "log, centered";
    }
    let spread = (shape_of.iter().map(|s| s.sd * s.sd).sum::<f64>() / columns.len() as f64).sqrt();
    if spread == 0.0 {
        // Different values can still meet when rounded: then there is no common scale.
        return Vec::new();
    }
    filled
        .par_iter()
        .zip(&shape_of)
        .map(|((sorted, fill), shape)| {
            let code = NumberCode {
                reference: None,
                fill: *fill,
                curve: curve.clone(),
                center: shape.mean,
                spread,
                bounded: true,
                factor: 1.0,
                middle: 0.0,
                tolerance: 0.0,
            };
            let places = sorted.iter().map(|&v| code.place(v)).collect();
            finish(code, places, format!("{how}, {words}"))
        })
        .collect()
}

/// Puts the median where values are missing, in place; what it is.
fn fill_gaps(sorted: &mut Vec<f64>, n: usize) -> f64 {
    let fill = quantile_sorted(sorted, 0.5);
    let missing = n - sorted.len();
    let middle = sorted.partition_point(|&v| v < fill);
    sorted.splice(middle..middle, std::iter::repeat_n(fill, missing));
    fill
}

fn finish(mut code: NumberCode, places: Vec<f64>, transform: String) -> NumberFit {
    let shape = Shape::of(&places);
    code.middle = quantile_sorted(&places, 0.5);
    code.tolerance = shape.robust_or_sd();
    NumberFit {
        code,
        transform,
        two_valued: false,
        variance: shape.sd * shape.sd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::math;

    fn places(values: &[f64], scale: Option<Scale>) -> Vec<f64> {
        let fit = fit(values, false, scale, true).expect("not constant");
        values.iter().map(|&v| fit.code.place(v)).collect()
    }

    #[test]
    fn zscores_of_one_two_three_are_those_of_the_population_formula() {
        let z = places(&[3.0, 1.0, 2.0], Some(Scale::Zscore));
        for (found, expected) in z.iter().zip([1.5f64.sqrt(), -(1.5f64.sqrt()), 0.0]) {
            assert!((found - expected).abs() < 1e-15, "{z:?}");
        }
    }

    #[test]
    fn minmax_runs_from_zero_to_one_and_a_missing_value_takes_the_median() {
        let z = places(&[2.0, f64::NAN, 6.0, 3.0], Some(Scale::Minmax));
        assert_eq!(z, [0.0, 0.25, 1.0, 0.25]);
    }

    #[test]
    fn ranks_share_ties_and_are_blind_to_size() {
        let a = places(&[1.0, 5.0, 5.0, 9.0], Some(Scale::Rank));
        let b = places(&[-1e308, 2.0, 2.0, 1e308], Some(Scale::Rank));
        assert_eq!(a, b);
        assert_eq!(a[1], a[2]);
    }

    #[test]
    fn a_long_tail_is_logged_and_a_symmetric_column_is_not() {
        let tail: Vec<f64> = (0..200).map(|i| math::exp(i as f64 / 20.0)).collect();
        assert_eq!(
            fit(&tail, false, None, true).expect("varies").transform,
            "log, z-score"
        );
        let even: Vec<f64> = (0..200).map(f64::from).collect();
        assert_eq!(
            fit(&even, false, None, true).expect("varies").transform,
            "z-score"
        );
    }

    #[test]
    fn one_absurd_value_does_not_squash_the_others() {
        // Years of birth, and one mistake that a logarithm cannot cure.
        let mut years: Vec<f64> = (0..400).map(|i| 1950.0 + f64::from(i % 50)).collect();
        years.push(99_999.0);
        let z = places(&years, None);
        assert!(z[49] - z[0] > 2.0, "{} {}", z[0], z[49]);
        assert!(z[400] > 5.0 && z[400] < 15.0, "{}", z[400]);
    }

    #[test]
    fn euros_and_cents_are_placed_alike() {
        let euros: Vec<f64> = (0..100).map(|i| f64::from(i * i * i) / 64.0).collect();
        let scaled: Vec<f64> = euros.iter().map(|v| v * 1024.0).collect();
        for scale in [
            None,
            Some(Scale::Log),
            Some(Scale::Zscore),
            Some(Scale::Robust),
            Some(Scale::Minmax),
        ] {
            assert_eq!(places(&euros, scale), places(&scaled, scale), "{scale:?}");
        }
    }

    #[test]
    fn two_values_stand_at_zero_and_one_and_a_missing_one_between() {
        let z = places(&[7.0, f64::NAN, 3.0], None);
        assert_eq!((z[0], z[2]), (1.0, 0.0));
        assert!((z[1] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_farthest_dates_are_finite_days_apart() {
        for scale in [
            None,
            Some(Scale::Zscore),
            Some(Scale::Robust),
            Some(Scale::Minmax),
        ] {
            let fit = fit(&[-1e308, 1e308], true, scale, true).expect("varies");
            let places = [-1e308, 1e308].map(|v| fit.code.place(v));
            assert!(
                places.iter().all(|p| p.is_finite()) && places[0] > places[1],
                "{places:?}"
            );
        }
    }

    #[test]
    fn dates_count_the_days_before_the_latest() {
        let fit = fit(&[10.0, 20.0, f64::NAN, 25.0], true, Some(Scale::Minmax), true).expect("varies");
        assert_eq!(fit.code.reference, Some(25.0));
        assert_eq!(fit.code.fill, 5.0);
        assert_eq!(fit.code.place(25.0), 0.0);
        assert_eq!(fit.code.place(10.0), 1.0);
    }

    #[test]
    fn columns_in_one_unit_are_logged_where_most_of_them_are_skewed() {
        let skewed: Vec<f64> = (0..50).map(|i| math::exp(f64::from(i) / 8.0)).collect();
        let even: Vec<f64> = (0..50).map(|i| f64::from(i) * 10.0).collect();
        let of = |columns: &[&[f64]]| fit_together(columns, "together")[0].transform.clone();
        assert!(!of(&[&skewed, &even]).contains("log"), "half are not most");
        assert!(of(&[&skewed, &skewed, &even]).contains("log"));
        let negative: Vec<f64> = skewed.iter().map(|v| v - 2.0).collect();
        assert!(!of(&[&skewed, &skewed, &negative]).contains("log"));
    }

    #[test]
    fn a_fit_knows_its_middle_its_tolerance_and_its_variance() {
        let fit = fit(&[0.0, 1.0, 2.0, 3.0, 104.0], false, Some(Scale::None), false).expect("not constant");
        assert_eq!(fit.code.middle, 2.0);
        // Quartiles 1 and 3: 2 / 1.349.
        assert!((fit.code.tolerance - 2.0 / 1.349).abs() < 1e-3);
        // Mean 22: (22² + 21² + 20² + 19² + 82²) / 5.
        assert!((fit.variance - 1682.0).abs() < 1e-9);
    }
}
