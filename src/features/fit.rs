//! From a table to features and the recipe: which columns count, how, and how much.

use super::apply::{Applied, Code, OrderedCode, Part, Recipe};
use super::category::{self, Slot};
use super::treatments::{Draft, Reason, missing, no_features, role_phrase, rows, treatment, warnings};
use super::{Distance, Features, Metric, Scale, number, ordered, redundancy, same_unit, suspects};
use crate::error::{Error, Result, did_you_mean};
use crate::message::{Setting, message};
use crate::num::quantile_sorted;
use crate::table::{Column, ColumnType, Role, Table, Values};
use crate::text::group_digits;
use crate::text::{count, list, percent};
use rayon::prelude::*;
use std::borrow::Cow;

/// A column of which more is missing is left out.
const MOSTLY_MISSING: f64 = 0.9;
/// The largest weight: beyond it squared differences leave the range of single precision.
const HEAVIEST: f64 = 1e6;

/// What the user asks of the features.
///
/// ```
/// use kinfolk::features::{FeatureSettings, Metric};
///
/// let settings = FeatureSettings {
///     metric: Some(Metric::Gower),
///     weights: vec![("monetary".into(), 2.0)],
///     ..FeatureSettings::default()
/// };
/// assert_eq!(settings.scale, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureSettings {
    /// How customers are compared. Default `None`: Euclidean.
    pub metric: Option<Metric>,
    /// How every number and date column is scaled. Default `None`: decided column by column, see the
    /// [module](super).
    pub scale: Option<Scale>,
    /// How much columns count, 0 to 1,000,000, 1 where nothing is said: factors of the column's part of the squared
    /// Euclidean distance, or of the Manhattan or Gower sum. 0 leaves the column out.
    pub weights: Vec<(String, f64)>,
}

/// The features of the customers of a table, and the recipe that gives other customers the same coordinates.
///
/// All statistics are free of the order of the rows: the same customers in another order have the same bits. Costs and
/// rules stand in the [module](super).
///
/// ```
/// use kinfolk::features::{FeatureSettings, fit};
/// use kinfolk::table::{Column, Role, Table, Values};
///
/// let column = |name: &str, values| Column {
///     name: name.into(), values, role: Role::Feature, missing: 0, order: Vec::new(), note: kinfolk::Message::default(),
/// };
/// let table = Table {
///     source: "customers.csv".into(),
///     ids: vec!["a", "b", "c"].into(),
///     lines: vec![2, 3, 4],
///     columns: vec![
///         column("visits", Values::Number(vec![1.0, 2.0, 3.0])),
///         column("city", Values::Category { codes: vec![0, 0, 1], levels: vec!["Oslo".into(), "Rome".into()] }),
///     ],
///     reading: Vec::new(),
///     warnings: Vec::new(),
///     value_column: None,
/// };
/// let (recipe, features) = fit(&table, &FeatureSettings::default())?;
/// assert_eq!((features.n_customers(), features.n_coordinates()), (3, 2));
/// assert_eq!(features.treatments[0].action, "feature: z-score");
/// assert_eq!(recipe.apply(&table)?.values, features.values);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Usage: a weight that is negative, not a number, above 1,000,000, given twice, or for a column that is not there or not
/// a feature; Gower's metric with a scale other than min–max. Data: fewer than two customers, no usable column, or
/// unscaled values too large for single precision.
pub fn fit(table: &Table, settings: &FeatureSettings) -> Result<(Recipe, Features)> {
    if table.n_rows() < 2 {
        return Err(Error::data(format!(
            "{} here, and similarity needs at least two",
            count(table.n_rows(), "customer is", "customers are")
        ))
        .in_file(&table.source));
    }
    let metric = settings.metric.unwrap_or(Metric::Euclidean);
    let scale = scale_under(metric, settings.scale)?;
    let weights = weights(table, &settings.weights)?;
    let mut drafts: Vec<Draft> = table
        .columns
        .par_iter()
        .zip(&weights)
        .map(|(column, &weight)| draft(column, weight, scale, metric))
        .collect();
    if drafts.iter().all(|d| matches!(d, Draft::Out(..))) {
        return Err(no_features(table, &drafts));
    }
    let in_one_unit = match scale {
        None => same_unit::join(table, &mut drafts),
        Some(_) => Vec::new(),
    };
    let Repetition { shares, repeats } = repetition(table, &drafts, metric, &in_one_unit)?;
    let counts: Vec<f64> = weights.iter().zip(&shares).map(|(w, s)| w * s).collect();
    weigh(&mut drafts, &counts, metric, scale);

    let treatments = table
        .columns
        .iter()
        .zip(&drafts)
        .zip(counts.iter().zip(&shares).zip(repeats))
        .map(|((column, draft), ((&weight, &share), repeats))| {
            treatment(column, draft, weight, share, repeats)
        })
        .collect();
    let mut warnings = warnings(table, &drafts);
    warnings.extend(suspects::warnings(table, &drafts));
    let recipe = Recipe {
        metric,
        parts: parts(table, drafts),
    };
    let Applied {
        values,
        outlier_score,
        warnings: more,
        ..
    } = recipe.apply(table)?;
    warnings.extend(more);
    let features = Features {
        values,
        coordinates: recipe.coordinates(),
        distance: recipe.distance(),
        outlier_score,
        treatments,
        warnings,
    };
    Ok((recipe, features))
}

/// The scale of number columns under a metric, where `asked` is what a person set.
fn scale_under(metric: Metric, asked: Option<Scale>) -> Result<Option<Scale>> {
    match (metric, asked) {
        (Metric::Gower, None | Some(Scale::Minmax)) => Ok(Some(Scale::Minmax)),
        (Metric::Gower, Some(_)) => Err(Error::usage("Gower's metric scales every number by its range")
            .hint(message![
                "leave ",
                Setting::Scale,
                " out, or choose ",
                Setting::Metric,
                " manhattan"
            ])),
        (_, scale) => Ok(scale),
    }
}

/// What the recipe keeps of each column that is used.
fn parts(table: &Table, drafts: Vec<Draft>) -> Vec<Part> {
    let part = |(column, draft): (&Column, Draft)| {
        let code = match draft {
            Draft::Out(..) => return None,
            Draft::Number(fit) => Code::Number(fit.code),
            Draft::Category(code) => Code::Category(code),
            Draft::Ordered(ordered) => Code::Ordered(OrderedCode {
                ranks: ordered.ranks,
                number: ordered.fit.code,
            }),
        };
        Some(Part {
            column: column.name.clone(),
            code,
        })
    };
    table.columns.iter().zip(drafts).filter_map(part).collect()
}

/// One weight per table column.
fn weights(table: &Table, asked: &[(String, f64)]) -> Result<Vec<f64>> {
    let mut weights = vec![None; table.columns.len()];
    for (name, weight) in asked {
        let Some(at) = table.columns.iter().position(|c| c.name == *name) else {
            let error = Error::usage(message![
                Setting::Weights,
                format!(" names the column \"{name}\", which is not there")
            ]);
            let names = || table.columns.iter().map(|c| c.name.as_str());
            return Err(match did_you_mean(name, names()) {
                Some(hint) => error.hint(hint),
                None => error.hint(format!("there are {}", list(names()))),
            });
        };
        if !(0.0..=HEAVIEST).contains(weight) {
            return Err(Error::usage(message![
                Setting::Weights,
                format!(" {name}={weight}: a weight lies between 0, to leave the column out, and 1,000,000")
            ]));
        }
        if table.columns[at].role != Role::Feature {
            return Err(Error::usage(message![
                Setting::Weights,
                format!(" names the column \"{name}\", which is not a feature")
            ])
            .hint(format!("it is {}", role_phrase(&table.columns[at]))));
        }
        if weights[at].replace(*weight).is_some() {
            return Err(Error::usage(message![
                Setting::Weights,
                format!(" names the column \"{name}\" twice")
            ]));
        }
    }
    Ok(weights.into_iter().map(|w| w.unwrap_or(1.0)).collect())
}

fn draft(column: &Column, weight: f64, scale: Option<Scale>, metric: Metric) -> Draft {
    let out = |why: String, reason| Draft::Out(format!("left out: {why}"), reason);
    if column.role != Role::Feature {
        return Draft::Out(role_phrase(column), Reason::Asked);
    }
    if weight == 0.0 {
        return out("weight 0".to_owned(), Reason::Asked);
    }
    let (rows, missing) = (rows(column), missing(column));
    if missing == rows {
        return out("no values".to_owned(), Reason::Missing);
    }
    if missing as f64 > MOSTLY_MISSING * rows as f64 {
        return out(format!("{} missing", percent(missing, rows, 0)), Reason::Missing);
    }
    if let Values::Category { codes, levels } = &column.values
        && !column.order.is_empty()
        && let Some(steps) = ordered::fit(codes, levels, &column.order, scale, metric.distance())
    {
        return Draft::Ordered(steps);
    }
    match &column.values {
        Values::Number(values) | Values::Date(values) => {
            let date = column.column_type() == ColumnType::Date;
            match number::fit(values, date, scale, metric != Metric::Cosine) {
                Some(fit) => Draft::Number(fit),
                None => out("constant".to_owned(), Reason::Constant),
            }
        }
        Values::Category { codes, levels } => match category::fit(codes, levels) {
            Ok(code) => Draft::Category(code),
            Err(why) if why == "constant" => out(why, Reason::Constant),
            Err(why) => out(why, Reason::Other),
        },
        Values::Text(values) => {
            let mut distinct: Vec<&str> = values.iter().filter(|v| !v.is_empty()).collect();
            distinct.sort_unstable();
            distinct.dedup();
            let n = count(distinct.len(), "value", "different values");
            out(format!("text, {n}"), Reason::Other)
        }
    }
}

/// Categories and flags, or numbers, whose pairs are looked at: 12.5 million of them.
const MOST_PAIRED: usize = 5_000;

/// How much columns repeat each other.
struct Repetition {
    /// The share of its weight that each table column keeps.
    shares: Vec<f64>,
    /// The columns that repeat it.
    repeats: Vec<Vec<String>>,
}

/// What each table column shares with others. Columns of a family keep their proportions.
fn repetition(table: &Table, drafts: &[Draft], metric: Metric, in_one_unit: &[usize]) -> Result<Repetition> {
    let mut found = Repetition {
        shares: vec![1.0; drafts.len()],
        repeats: vec![Vec::new(); drafts.len()],
    };
    if metric == Metric::Gower {
        return Ok(found);
    }
    let categories: (Vec<usize>, Vec<Vec<u8>>) = drafts
        .par_iter()
        .zip(&table.columns)
        .enumerate()
        .filter_map(|(i, (draft, column))| {
            let small = match (draft, &column.values) {
                (Draft::Category(code), Values::Category { codes, levels }) => {
                    let slots = category::slots(code, levels);
                    let nowhere = code.width().max(2) as u8;
                    let small = |&c: &u32| match category::slot(&slots, c) {
                        Slot::At(level) => level,
                        Slot::Nowhere => nowhere,
                    };
                    codes.iter().map(small).collect()
                }
                (Draft::Number(fit), Values::Number(values) | Values::Date(values)) if fit.two_valued => {
                    // Places are 0 and 1, and ½ where missing.
                    values
                        .iter()
                        .map(|&v| (2.0 * fit.code.place(v)).round() as u8)
                        .collect()
                }
                _ => return None,
            };
            Some((i, small))
        })
        .unzip();
    if categories.1.len() > MOST_PAIRED {
        return Err(Error::data(format!(
            "{} columns are categories or hold two values only; each is compared with each, and up to {} are possible",
            group_digits(categories.1.len()),
            group_digits(MOST_PAIRED)
        ))
        .in_file(&table.source)
        .hint(message!["name the important ones with ", Setting::Features, ", leave some out with ", Setting::Ignore, ", or use ", Setting::Metric, " gower"]));
    }
    let mut is_in_one_unit = vec![false; drafts.len()];
    in_one_unit.iter().for_each(|&i| is_in_one_unit[i] = true);
    let numbers: (Vec<usize>, Vec<Cow<'_, [f64]>>) = drafts
        .iter()
        .zip(&table.columns)
        .enumerate()
        .filter(|&(i, _)| !is_in_one_unit[i])
        .filter_map(|(i, (draft, column))| match (draft, &column.values) {
            (Draft::Number(fit), Values::Number(values) | Values::Date(values)) if !fit.two_valued => {
                Some((i, Cow::Borrowed(values.as_slice())))
            }
            (Draft::Ordered(_), Values::Category { codes, .. }) => {
                Some((i, Cow::Owned(ordered::values(codes, &column.order))))
            }
            _ => None,
        })
        .unzip();
    // Of so many numbers nobody looks for pairs: they would be a family if they were in one unit.
    let of_numbers = match numbers.1.len() {
        0..=MOST_PAIRED => redundancy::of_numbers(&numbers.1),
        several => vec![(1.0, Vec::new()); several],
    };
    for (at, shared) in [
        (categories.0, redundancy::of_categories(&categories.1)),
        (numbers.0, of_numbers),
    ] {
        for (&i, (share, others)) in at.iter().zip(shared) {
            found.shares[i] = share;
            found.repeats[i] = others
                .into_iter()
                .map(|o| table.columns[at[o]].name.clone())
                .collect();
        }
    }
    Ok(found)
}

/// Gives every code its factor.
fn weigh(drafts: &mut [Draft], counts: &[f64], metric: Metric, scale: Option<Scale>) {
    let total: f64 = drafts
        .iter()
        .zip(counts)
        .filter(|(draft, _)| !matches!(draft, Draft::Out(..)))
        .map(|(_, weight)| weight)
        .sum();
    let variance = typical_variance(drafts, scale);
    for (draft, &weight) in drafts.iter_mut().zip(counts) {
        let (full, mismatch, level) = match (metric, metric.distance()) {
            (Metric::Gower, _) => (weight / total, weight / total, 0.5 * weight / total),
            (_, Distance::Manhattan) => {
                let step = variance.sqrt() / 2.0 * weight;
                (weight, step, step / 2.0)
            }
            (_, Distance::Euclidean) => {
                let square = variance / 2.0 * weight;
                (weight.sqrt(), square.sqrt(), (square / 2.0).sqrt())
            }
        };
        match draft {
            Draft::Out(..) => {}
            Draft::Number(fit) => fit.code.factor = if fit.two_valued { mismatch } else { full },
            Draft::Ordered(ordered) => ordered.fit.code.factor = full * ordered.shrink,
            Draft::Category(code) => code.size = if code.binary { mismatch } else { level },
        }
    }
}

/// The variance of a number column that categories have to stand beside: 1 where columns are standardized.
fn typical_variance(drafts: &[Draft], scale: Option<Scale>) -> f64 {
    if !matches!(scale, Some(Scale::Minmax | Scale::None)) {
        return 1.0;
    }
    let mut variances: Vec<f64> = drafts
        .iter()
        .filter_map(|draft| match draft {
            Draft::Number(fit) => Some(fit.variance),
            Draft::Ordered(ordered) => Some(ordered.fit.variance),
            _ => None,
        })
        .collect();
    variances.sort_unstable_by(f64::total_cmp);
    if variances.is_empty() {
        1.0
    } else {
        quantile_sorted(&variances, 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::table::written::{categories, feature, table};

    fn fitted(columns: Vec<Column>) -> Features {
        fit(&table(rows(&columns[0]), columns), &FeatureSettings::default())
            .expect("features")
            .1
    }

    fn rising(n: usize) -> Column {
        feature("rising", Values::Number((0..n).map(|i| i as f64).collect()))
    }

    #[test]
    fn constant_columns_are_told_from_those_without_a_common_value() {
        let names: Vec<String> = (0..40).map(|i| format!("name {i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let features = fitted(vec![
            rising(40),
            feature("country", categories(&["NO"; 40])),
            feature("zero", Values::Number(vec![0.0; 40])),
            feature("name", categories(&names)),
        ]);
        let said: Vec<(&str, String)> = features
            .warnings
            .iter()
            .map(|w| (w.code, w.message.to_string()))
            .collect();
        assert_eq!(
            said,
            [
                (
                    "constant-columns",
                    "2 columns are the same for everybody and left out: \"country\", \"zero\"".to_owned()
                ),
                (
                    "unusable-columns",
                    "not used, being text or without a common category: \"name\"".to_owned()
                ),
            ]
        );
        let used: Vec<bool> = features.treatments.iter().map(|t| t.used).collect();
        assert_eq!(used, [true, false, false, false]);
    }

    #[test]
    fn a_column_of_which_nine_tenths_are_missing_is_used_and_one_of_which_more_are_is_not() {
        let gaps = |missing: usize| {
            let value = |i: usize| if i < missing { f64::NAN } else { i as f64 };
            let sparse = feature("sparse", Values::Number((0..40).map(value).collect()));
            fitted(vec![rising(40), sparse]).treatments[1].clone()
        };
        assert!(gaps(36).used && !gaps(37).used);
        assert_eq!(gaps(38).action, "left out: 95 % missing");
        assert_eq!(gaps(40).action, "left out: no values");
    }

    #[test]
    fn an_answer_of_two_values_repeats_the_category_that_says_the_same_gaps_included() {
        let n = 120;
        let words: Vec<&str> = (0..n).map(|i| ["no", "yes", "-"][i * 5 % 7 % 3]).collect();
        let flag = |word: &&str| match *word {
            "no" => 0.0,
            "yes" => 1.0,
            _ => f64::NAN,
        };
        let features = fitted(vec![
            rising(n),
            feature("answer", categories(&words)),
            feature("flag", Values::Number(words.iter().map(flag).collect())),
        ]);
        for (at, other) in [(1, "flag"), (2, "answer")] {
            let treatment = &features.treatments[at];
            assert!((treatment.weight - 0.5).abs() < 0.02, "{}", treatment.weight);
            assert_eq!(treatment.repeats, [other]);
        }
    }

    #[test]
    fn categories_stand_beside_numbers_as_they_vary() {
        // Under min–max two numbers have the variances of 0 to 1 in 11 steps, 0.1, and in two, 0.25: half of their middle is the square.
        let settings = FeatureSettings {
            scale: Some(Scale::Minmax),
            ..FeatureSettings::default()
        };
        let words: Vec<&str> = (0..22).map(|i| ["a", "b"][i % 2]).collect();
        let table = table(
            22,
            vec![
                feature(
                    "steps",
                    Values::Number((0..22).map(|i| f64::from(i / 2)).collect()),
                ),
                feature(
                    "ends",
                    Values::Number((0..22).map(|i| f64::from(i / 11)).collect()),
                ),
                feature("word", categories(&words)),
            ],
        );
        let (_, features) = fit(&table, &settings).expect("features");
        let step = f64::from((features.values[[0, 2]] - features.values[[1, 2]]).abs());
        assert!((step - (0.175f64 / 2.0).sqrt()).abs() < 1e-6, "{step}");
        assert_eq!(typical_variance(&[], None), 1.0);
        assert_eq!(typical_variance(&[], Some(Scale::None)), 1.0);
    }
}
