//! The [`Recipe`], and customers' coordinates by it.

use super::category::{self, CategoryCode, Slot};
use super::number::{LARGEST_RAW, NumberCode};
use super::{Coordinate, Distance, Metric, words};
use crate::error::{Error, Result, did_you_mean};
use crate::message::{Setting, message};
use crate::table::{Column, Table, Values};
use crate::warning::Warning;
use ndarray::Array2;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Rows that one piece of work fills.
const ROWS: usize = 1024;

/// How coordinates are made of table columns. It can be saved (serde) and applied to customers it has not seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    pub(super) metric: Metric,
    pub(super) parts: Vec<Part>,
}

/// One table column that measures similarity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) column: String,
    pub(super) code: Code,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Code {
    Number(NumberCode),
    Category(CategoryCode),
    Ordered(OrderedCode),
}

/// Ordered categories as numbers: each level that has a rank, sorted by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct OrderedCode {
    pub(super) ranks: Vec<(String, f64)>,
    pub(super) number: NumberCode,
}

/// New customers in the coordinates of a [`Recipe`].
#[derive(Clone, Debug)]
pub struct Applied {
    /// n × d, finite. Row `i` is customer `i` of the table.
    pub values: Array2<f32>,
    /// As [`Features::outlier_score`](super::Features::outlier_score), against the customers of the recipe.
    pub outlier_score: Vec<f64>,
    /// Values of category columns that the recipe does not know; they are treated as missing.
    pub unknown: usize,
    /// What is worth a remark.
    pub warnings: Vec<Warning>,
}

impl Code {
    pub(super) fn width(&self) -> usize {
        match self {
            Code::Number(_) | Code::Ordered(_) => 1,
            Code::Category(code) => code.width(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Code::Number(code) if code.reference.is_some() => "date",
            Code::Number(_) => "number",
            Code::Category(_) | Code::Ordered(_) => "category",
        }
    }
}

impl OrderedCode {
    /// NaN for a level beside the scale, or one that the recipe does not know.
    fn rank(&self, level: &str) -> f64 {
        let place = self
            .ranks
            .binary_search_by(|(known, _)| known.as_str().cmp(level));
        place.map_or(f64::NAN, |place| self.ranks[place].1)
    }
}

/// A part beside the values it is applied to.
enum Source<'a> {
    Number(&'a NumberCode, Cow<'a, [f64]>),
    Category(&'a CategoryCode, &'a [u32], Vec<Slot>),
}

impl Recipe {
    /// The metric in force.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// How rows are to be compared.
    pub fn distance(&self) -> Distance {
        self.metric.distance()
    }

    /// The table columns that are needed, in the order of the table they were found in.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.column.as_str())
    }

    /// What each coordinate stands for.
    pub fn coordinates(&self) -> Vec<Coordinate> {
        self.parts
            .iter()
            .flat_map(|part| {
                let levels = match &part.code {
                    Code::Number(_) | Code::Ordered(_) => vec![None],
                    Code::Category(code) => code.names().into_iter().map(Some).collect(),
                };
                levels.into_iter().map(|level| Coordinate {
                    column: part.column.clone(),
                    level,
                })
            })
            .collect()
    }

    /// Whether its parts fit together, as they do unless somebody else wrote them.
    pub(crate) fn is_sound(&self) -> bool {
        !self.parts.is_empty()
            && self.parts.iter().all(|part| match &part.code {
                Code::Number(code) => code.is_sound(),
                Code::Ordered(code) => code.number.is_sound() && code.ranks.is_sorted_by(|a, b| a.0 < b.0),
                Code::Category(code) => code.is_sound(),
            })
    }

    /// The coordinates of other customers, whose table has the same columns by name; further columns and roles do not
    /// matter. Missing values and unknown categories are treated as when the recipe was made. `O(n d)`.
    ///
    /// ```
    /// # use kinfolk::features::{fit, FeatureSettings};
    /// # use kinfolk::table::{Column, Role, Table, Values};
    /// # fn main() -> kinfolk::Result<()> {
    /// # let table = |spend: Vec<f64>| Table {
    /// #     source: "customers.csv".into(),
    /// #     ids: (0..spend.len()).map(|i| i.to_string()).collect(),
    /// #     lines: (0..spend.len() as u64).collect(),
    /// #     columns: vec![Column {
    /// #         name: "spend".into(), values: Values::Number(spend), role: Role::Feature, missing: 0, order: Vec::new(), note: kinfolk::Message::default(),
    /// #     }],
    /// #     reading: Vec::new(),
    /// #     warnings: Vec::new(),
    /// #     value_column: None,
    /// # };
    /// let (recipe, features) = fit(&table(vec![1.0, 2.0, 3.0]), &FeatureSettings::default())?;
    /// let newcomers = recipe.apply(&table(vec![3.0, 4.0]))?;
    /// assert_eq!(newcomers.values[[0, 0]], features.values[[2, 0]]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where a column is absent or has another type, or, under [`Scale::None`](super::Scale::None), where a value is
    /// too large for single precision.
    pub fn apply(&self, table: &Table) -> Result<Applied> {
        // Of columns of one name the first, as everywhere.
        let mut by_name: FxHashMap<&str, &Column> = FxHashMap::default();
        for column in &table.columns {
            by_name.entry(&column.name).or_insert(column);
        }
        let sources = self
            .parts
            .iter()
            .map(|part| source(part, by_name.get(part.column.as_str()).copied(), table))
            .collect::<Result<Vec<Source>>>()?;
        for (part, source) in self.parts.iter().zip(&sources) {
            if let Source::Number(code, values) = source
                && !code.bounded
            {
                check_size(&part.column, code, values)?;
            }
        }
        let n = table.n_rows();
        let d: usize = self.parts.iter().map(|part| part.code.width()).sum();
        let mut cells = vec![0f32; n * d];
        let mut outlier_score = vec![0f64; n];
        cells
            .par_chunks_mut((ROWS * d).max(1))
            .zip(outlier_score.par_chunks_mut(ROWS))
            .enumerate()
            .for_each(|(chunk, (cells, scores))| {
                write_rows(&sources, chunk * ROWS, d, cells, scores);
                if self.metric == Metric::Cosine {
                    cells.chunks_exact_mut(d).for_each(normalize);
                }
            });
        let mut unknown = 0;
        let mut warnings = Vec::new();
        for (part, source) in self.parts.iter().zip(&sources) {
            if let Source::Category(_, codes, slots) = source {
                let strange = |&&code: &&u32| {
                    slots
                        .get(code as usize)
                        .is_some_and(|slot| *slot == Slot::Nowhere)
                };
                let count = codes.iter().filter(strange).count();
                if count > 0 {
                    warnings.push(words::unknown(&part.column, count));
                }
                unknown += count;
            }
        }
        if self.metric == Metric::Cosine {
            let zeros = cells
                .chunks_exact(d.max(1))
                .filter(|row| row.iter().all(|&v| v == 0.0))
                .count();
            warnings.extend((zeros > 0).then(|| words::zero_rows(zeros)));
        }
        let values = Array2::from_shape_vec((n, d), cells)
            .map_err(|e| Error::data(format!("the feature matrix has no shape: {e}")))?;
        Ok(Applied {
            values,
            outlier_score,
            unknown,
            warnings,
        })
    }
}

fn source<'a>(part: &'a Part, column: Option<&'a Column>, table: &Table) -> Result<Source<'a>> {
    let names = || table.columns.iter().map(|c| c.name.as_str());
    let column = column.ok_or_else(|| {
        let error = Error::data("the column is missing, but similarity was measured on it")
            .in_file(&table.source)
            .in_column(&part.column);
        match did_you_mean(&part.column, names()) {
            Some(hint) => error.hint(hint),
            None => error.hint(format!("there are {}", crate::text::list(names()))),
        }
    })?;
    match (&part.code, &column.values) {
        (Code::Number(code), Values::Number(values)) if code.reference.is_none() => {
            Ok(Source::Number(code, Cow::Borrowed(values)))
        }
        (Code::Number(code), Values::Date(values)) if code.reference.is_some() => {
            Ok(Source::Number(code, Cow::Borrowed(values)))
        }
        (Code::Ordered(code), Values::Category { codes, levels }) => {
            let ranks: Vec<f64> = levels.iter().map(|level| code.rank(level)).collect();
            let rank = |&c: &u32| ranks.get(c as usize).copied().unwrap_or(f64::NAN);
            Ok(Source::Number(&code.number, codes.iter().map(rank).collect()))
        }
        (Code::Category(code), Values::Category { codes, levels }) => {
            Ok(Source::Category(code, codes, category::slots(code, levels)))
        }
        _ => Err(wrong_type(part, column, table)),
    }
}

fn wrong_type(part: &Part, column: &Column, table: &Table) -> Error {
    let (is, was) = (words::type_name(column.column_type()), part.code.kind());
    Error::data(format!(
        "the values were read as {is}, but as {was} when the features were made"
    ))
    .in_file(&table.source)
    .in_column(&part.column)
    .hint(message![
        "if they are of the same kind, set ",
        Setting::Types,
        format!(" {}={was}", part.column)
    ])
}

fn check_size(column: &str, code: &NumberCode, values: &[f64]) -> Result<()> {
    let size = |value: f64| (code.place(value) * code.factor).abs();
    let farthest = values
        .iter()
        .copied()
        .max_by(|a, b| size(*a).total_cmp(&size(*b)).then(a.total_cmp(b)));
    match farthest.filter(|&value| size(value) > LARGEST_RAW) {
        None => Ok(()),
        Some(value) => Err(Error::data(format!(
            "{value:e} is too far from the others to be compared unscaled; up to {LARGEST_RAW:e} is possible"
        ))
        .in_column(column)
        .hint(message![
            "leave ",
            Setting::Scale,
            " out, or choose zscore, robust, log or rank"
        ])),
    }
}

fn write_rows(sources: &[Source], first: usize, d: usize, cells: &mut [f32], scores: &mut [f64]) {
    let mut at = 0;
    for source in sources {
        let width = match source {
            Source::Number(code, values) => {
                for (i, score) in scores.iter_mut().enumerate() {
                    let place = code.place(values[first + i]);
                    let excess = code.excess(place);
                    *score += excess * excess;
                    // Adding 0.0 turns −0.0 into 0.0, so that equal rows have equal bits.
                    cells[i * d + at] = (place * code.factor) as f32 + 0.0;
                }
                1
            }
            Source::Category(code, codes, slots) => {
                let width = code.width();
                for (i, score) in scores.iter_mut().enumerate() {
                    let slot = category::slot(slots, codes[first + i]);
                    let excess = code.excess(slot);
                    *score += excess * excess;
                    code.write(slot, &mut cells[i * d + at..i * d + at + width]);
                }
                width
            }
        };
        at += width;
    }
    scores.iter_mut().for_each(|score| *score = score.sqrt());
}

fn normalize(row: &mut [f32]) {
    let length = row
        .iter()
        .map(|&v| f64::from(v) * f64::from(v))
        .sum::<f64>()
        .sqrt();
    if length > 0.0 {
        row.iter_mut()
            .for_each(|v| *v = (f64::from(*v) / length) as f32 + 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::features::{FeatureSettings, Scale, fit};
    use crate::table::written::{categories, feature, table};

    /// A number, a date, a category of three levels and an ordered one, of so many customers.
    fn customers(n: usize) -> Table {
        let pick = |words: &[&'static str]| -> Vec<&'static str> {
            (0..n).map(|i| words[i * 7 % words.len()]).collect()
        };
        let number = (0..n).map(|i| (i * 37 % 101) as f64).collect();
        let date = (0..n).map(|i| 19_000.0 + (i * 11 % 47) as f64).collect();
        let mut steps = feature("band", categories(&pick(&["high", "low", "mid"])));
        steps.order = vec![2, 0, 1];
        table(
            n,
            vec![
                feature("spend", Values::Number(number)),
                feature("since", Values::Date(date)),
                feature("city", categories(&pick(&["Kyiv", "Oslo", "Rome"]))),
                steps,
            ],
        )
    }

    fn recipe() -> Recipe {
        fit(&customers(60), &FeatureSettings::default())
            .expect("features")
            .0
    }

    #[test]
    fn every_row_is_made_of_its_own_values_however_many_there_are() {
        let recipe = recipe();
        let all = customers(2 * ROWS + 300);
        let applied = recipe.apply(&all).expect("applied");
        for row in [0, ROWS - 1, ROWS, 2 * ROWS + 299] {
            let one = recipe.apply(&all.reordered(&[row as u32])).expect("applied");
            assert_eq!(one.values.row(0), applied.values.row(row), "{row}");
        }
    }

    #[test]
    fn what_was_a_number_is_no_date_and_what_was_a_date_no_number() {
        for (at, expected) in [
            (0, "the values were read as date, but as number"),
            (1, "the values were read as number, but as date"),
        ] {
            let mut other = customers(60);
            other.columns[at].values = match &other.columns[at].values {
                Values::Number(v) => Values::Date(v.clone()),
                Values::Date(v) => Values::Number(v.clone()),
                values => values.clone(),
            };
            let error = recipe().apply(&other).expect_err("another type").to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn unknown_levels_are_counted_and_those_without_a_value_are_not() {
        let mut other = customers(4);
        other.columns[2].values = categories(&["Oslo", "Lima", "-", "Bonn"]);
        let applied = recipe().apply(&other).expect("applied");
        assert_eq!((applied.unknown, applied.warnings.len()), (2, 1));
        // All three stand at none of the coordinates of the city.
        let at = recipe()
            .coordinates()
            .iter()
            .position(|c| c.column == "city")
            .expect("there");
        let of_city = |row: usize| {
            (at..at + 3)
                .map(|j| applied.values[[row, j]])
                .collect::<Vec<f32>>()
        };
        assert!(of_city(0).contains(&(of_city(0).iter().sum())));
        assert_eq!([of_city(1), of_city(2), of_city(3)], [[0.0; 3]; 3].map(Vec::from));
    }

    #[test]
    fn an_unscaled_value_may_be_as_large_as_single_precision_sums_and_no_larger() {
        let of = |values: &[f64]| {
            table(
                values.len(),
                vec![feature("spend", Values::Number(values.to_vec()))],
            )
        };
        let settings = FeatureSettings {
            scale: Some(Scale::None),
            ..FeatureSettings::default()
        };
        let (recipe, _) = fit(&of(&[-1.0, 1.0]), &settings).expect("features");
        assert!(recipe.apply(&of(&[LARGEST_RAW, -LARGEST_RAW])).is_ok());
        let error = recipe
            .apply(&of(&[0.0, -1.1e15, 1.05 * LARGEST_RAW]))
            .expect_err("too large");
        assert!(
            error.to_string().contains("-1.1e15 is too far from the others"),
            "{error}"
        );
    }

    #[test]
    fn a_recipe_that_somebody_broke_is_not_sound() {
        assert!(recipe().is_sound());
        assert!(
            !Recipe {
                parts: Vec::new(),
                ..recipe()
            }
            .is_sound()
        );
        let broken = |at: usize, change: fn(&mut Code)| {
            let mut recipe = recipe();
            change(&mut recipe.parts[at].code);
            !recipe.is_sound()
        };
        assert!(broken(0, |code| match code {
            Code::Number(number) => number.fill = f64::NAN,
            _ => unreachable!("the first is a number"),
        }));
        assert!(broken(2, |code| match code {
            Code::Category(category) => category.size = f64::NAN,
            _ => unreachable!("the third is a category"),
        }));
        assert!(broken(3, |code| match code {
            Code::Ordered(ordered) => ordered.number.fill = f64::NAN,
            _ => unreachable!("the fourth is ordered"),
        }));
        assert!(broken(3, |code| match code {
            Code::Ordered(ordered) => ordered.ranks.reverse(),
            _ => unreachable!("the fourth is ordered"),
        }));
        assert!(broken(3, |code| match code {
            Code::Ordered(ordered) => ordered.ranks[1].0 = ordered.ranks[0].0.clone(),
            _ => unreachable!("the fourth is ordered"),
        }));
    }
}
