//! How much two columns say of each other.

use crate::num::math;
use crate::table::{Column, ColumnType, MISSING, Role, Table, Values};
use rayon::prelude::*;
use serde::Serialize;

/// Columns of which every pair is measured, at most.
pub(crate) const MOST_ASSOCIATED: usize = 50;
/// Customers on whom a pair is measured, at most, spread evenly over the table.
const SAMPLE: usize = 20_000;
/// Pairs of levels of two categories that are counted, at most.
const CELLS: usize = 1_000_000;

/// What an association is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AssociationMeasure {
    /// Two numbers or dates: Spearman's rank correlation, −1 to 1; ties have their mean rank. Spearman, American Journal of
    /// Psychology 15, 72 (1904).
    Spearman,
    /// Two categories: Cramér's V, 0 to 1, without correction. Cramér, Mathematical Methods of Statistics, chapter 21 (1946).
    CramersV,
    /// A number or date and a category: the correlation ratio η, 0 to 1; its square is the part of the number's variance that lies between
    /// the levels. Fisher, Statistical Methods for Research Workers, chapter 8 (1925).
    CorrelationRatio,
}

impl AssociationMeasure {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            AssociationMeasure::Spearman => "spearman",
            AssociationMeasure::CramersV => "cramers_v",
            AssociationMeasure::CorrelationRatio => "correlation_ratio",
        }
    }
}

/// How much two columns say of each other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Association {
    /// The one column.
    pub a: String,
    /// The other, behind it in the table.
    pub b: String,
    /// What it is measured by.
    pub measure: AssociationMeasure,
    /// The measure, at most 1; below 0 only for Spearman's.
    pub value: f64,
    /// Customers who have a value in both and were asked.
    pub customers: usize,
}

/// Every pair of the feature columns whose place `rank` names, the first 50 of them, the strongest pair first; of
/// equals in the order of the table. Pairs of which one column does not vary are left out, as are two categories of more than a million
/// pairs of levels.
///
/// Measured on the customers who have a value in both, of more than 20,000 on so many spread evenly over the table.
/// `O(n log n)` per pair at most.
///
/// ```
/// use kinfolk::profile::{AssociationMeasure, associations};
/// use kinfolk::read::read_table;
/// use kinfolk::table::TableSettings;
///
/// let penguins = read_table("datasets/penguins.csv".as_ref(), &TableSettings::default())?;
/// let all: Vec<usize> = (0..penguins.columns.len()).collect();
/// let strongest = &associations(&penguins, &all)[0];
/// assert_eq!((strongest.a.as_str(), strongest.b.as_str()), ("species", "flipper_length_mm"));
/// assert_eq!(strongest.measure, AssociationMeasure::CorrelationRatio);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Panics
/// Where `rank` names a column that is not there.
pub fn associations(table: &Table, rank: &[usize]) -> Vec<Association> {
    let is_feature = |&&c: &&usize| {
        let column = &table.columns[c];
        column.role == Role::Feature && column.column_type() != ColumnType::Text
    };
    let mut places: Vec<usize> = rank.iter().filter(is_feature).copied().collect();
    places.truncate(MOST_ASSOCIATED);
    places.sort_unstable();
    places.dedup();
    let n = table.n_rows();
    let m = n.min(SAMPLE);
    let rows: Vec<usize> = (0..m).map(|i| i * n / m).collect();
    let asked: Vec<Asked<'_>> = (places.par_iter())
        .map(|&c| Asked::of(&table.columns[c], &rows))
        .collect();
    let pairs: Vec<(usize, usize)> = (0..asked.len())
        .flat_map(|a| (a + 1..asked.len()).map(move |b| (a, b)))
        .collect();
    let mut found: Vec<Association> = pairs
        .par_iter()
        .filter_map(|&(a, b)| asked[a].with(&asked[b]))
        .collect();
    // Stable: of equals the first pair of the table.
    found.sort_by(|x, y| y.value.abs().total_cmp(&x.value.abs()));
    found
}

/// The asked customers' values in a column.
struct Asked<'a> {
    name: &'a str,
    values: Cells,
}

enum Cells {
    /// NaN where there is no value.
    Numbers(Vec<f64>),
    /// [`MISSING`] where there is no value.
    Levels(Vec<u32>),
}

impl<'a> Asked<'a> {
    fn of(column: &'a Column, rows: &[usize]) -> Self {
        let values = match &column.values {
            Values::Number(v) | Values::Date(v) => Cells::Numbers(rows.iter().map(|&i| v[i]).collect()),
            Values::Category { codes, .. } => Cells::Levels(rows.iter().map(|&i| codes[i]).collect()),
            Values::Text(_) => Cells::Levels(vec![MISSING; rows.len()]),
        };
        Asked {
            name: &column.name,
            values,
        }
    }

    fn with(&self, other: &Asked<'_>) -> Option<Association> {
        use AssociationMeasure::{CorrelationRatio, CramersV, Spearman};
        let (measure, (value, customers)) = match (&self.values, &other.values) {
            (Cells::Numbers(x), Cells::Numbers(y)) => (Spearman, spearman(x, y)?),
            (Cells::Levels(x), Cells::Levels(y)) => (CramersV, cramers_v(x, y)?),
            (Cells::Numbers(x), Cells::Levels(g)) | (Cells::Levels(g), Cells::Numbers(x)) => {
                (CorrelationRatio, correlation_ratio(x, g)?)
            }
        };
        Some(Association {
            a: self.name.to_owned(),
            b: other.name.to_owned(),
            measure,
            value,
            customers,
        })
    }
}

/// The measure of those who have both, and how many they are.
fn spearman(x: &[f64], y: &[f64]) -> Option<(f64, usize)> {
    let both = || x.iter().zip(y).filter(|(a, b)| a.is_finite() && b.is_finite());
    let (xs, ys) = (ranks(both().map(|p| *p.0)), ranks(both().map(|p| *p.1)));
    // Ranks have this mean whatever the ties.
    let middle = (xs.len() as f64 + 1.0) / 2.0;
    let sum = |a: &[f64], b: &[f64]| -> f64 {
        let terms = a.iter().zip(b);
        terms.map(|(a, b)| (a - middle) * (b - middle)).sum()
    };
    let scale = (sum(&xs, &xs) * sum(&ys, &ys)).sqrt();
    (scale > 0.0).then(|| ((sum(&xs, &ys) / scale).clamp(-1.0, 1.0), xs.len()))
}

/// Ranks from 1, the mean of them where values are equal.
fn ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    // Adding zero turns −0 into 0.
    let values: Vec<f64> = values.map(|x| x + 0.0).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for ties in order.chunk_by(|&a, &b| values[a] == values[b]) {
        for &i in ties {
            ranks[i] = before as f64 + (ties.len() as f64 + 1.0) / 2.0;
        }
        before += ties.len();
    }
    ranks
}

fn cramers_v(x: &[u32], y: &[u32]) -> Option<(f64, usize)> {
    let both: Vec<(u32, u32)> = (x.iter().zip(y))
        .filter(|(a, b)| **a != MISSING && **b != MISSING)
        .map(|(&a, &b)| (a, b))
        .collect();
    let (x, rows) = present(both.iter().map(|p| p.0));
    let (y, columns) = present(both.iter().map(|p| p.1));
    if rows < 2 || columns < 2 || rows * columns > CELLS {
        return None;
    }
    let mut counts = vec![0.0; rows * columns];
    let (mut of_row, mut of_column) = (vec![0.0; rows], vec![0.0; columns]);
    for (&a, &b) in x.iter().zip(&y) {
        counts[a * columns + b] += 1.0;
        of_row[a] += 1.0;
        of_column[b] += 1.0;
    }
    let n = both.len() as f64;
    let mut chi_squared = 0.0;
    for (a, counts) in counts.chunks_exact(columns).enumerate() {
        for (count, of_column) in counts.iter().zip(&of_column) {
            let expected = of_row[a] * of_column / n;
            chi_squared += math::square(count - expected) / expected;
        }
    }
    let most = n * (rows.min(columns) - 1) as f64;
    Some(((chi_squared / most).sqrt().min(1.0), both.len()))
}

/// Codes without those that nobody has, and how many there are.
fn present(codes: impl Iterator<Item = u32> + Clone) -> (Vec<usize>, usize) {
    let mut place = vec![usize::MAX; codes.clone().max().map_or(0, |most| most as usize + 1)];
    let mut next = 0;
    let renumbered = codes.map(|code| {
        let place = &mut place[code as usize];
        if *place == usize::MAX {
            *place = next;
            next += 1;
        }
        *place
    });
    let renumbered: Vec<usize> = renumbered.collect();
    (renumbered, next)
}

fn correlation_ratio(x: &[f64], g: &[u32]) -> Option<(f64, usize)> {
    let both: Vec<(f64, u32)> = (x.iter().zip(g))
        .filter(|(x, g)| x.is_finite() && **g != MISSING)
        .map(|(&x, &g)| (x, g))
        .collect();
    let (groups, n_groups) = present(both.iter().map(|p| p.1));
    // Everybody alone would be told apart by anything.
    if n_groups < 2 || n_groups >= both.len() {
        return None;
    }
    let n = both.len() as f64;
    // Divided before they are added: sums of huge values stay finite.
    let mean: f64 = both.iter().map(|p| p.0 / n).sum();
    let (mut sums, mut sizes) = (vec![0.0; n_groups], vec![0.0; n_groups]);
    let largest = both.iter().map(|p| (p.0 - mean).abs()).fold(0.0, f64::max);
    if largest == 0.0 || !largest.is_finite() {
        return None;
    }
    let mut total = 0.0;
    for (&(x, _), &g) in both.iter().zip(&groups) {
        let away = (x - mean) / largest;
        sums[g] += away;
        sizes[g] += 1.0;
        total += away * away;
    }
    let between: f64 = sums.iter().zip(&sizes).map(|(s, n)| s * s / n).sum();
    Some(((between / total).sqrt().min(1.0), both.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_categories_by_cramer_leave_out_who_lacks_one() {
        // Rows of 2, 1, 0 and 0, 1, 2, where 1 each is expected: χ² = 4 of at most 6.
        let x = [0, 0, 0, 1, 1, 1, MISSING, 1];
        let y = [0, 0, 1, 1, 2, 2, 0, MISSING];
        let (value, both) = cramers_v(&x, &y).expect("two of two");
        assert!((value - (4.0f64 / 6.0).sqrt()).abs() < 1e-15, "{value}");
        assert_eq!(both, 6);
        assert_eq!(cramers_v(&[0, 0, 1], &[5, 5, 5]), None);
    }

    #[test]
    fn the_same_column_twice_is_wholly_associated_and_a_constant_with_nothing() {
        let x = [3.0, 1.0, f64::NAN, 2.0, 9.0];
        assert_eq!(spearman(&x, &x), Some((1.0, 4)));
        assert_eq!(spearman(&x, &x.map(|v| -v)), Some((-1.0, 4)));
        assert_eq!(spearman(&x, &[5.0; 5]), None);
        let g = [0, 1, MISSING, 1, 0];
        assert_eq!(cramers_v(&g, &g), Some((1.0, 4)));
        assert_eq!(cramers_v(&g, &[0; 5]), None);
        assert_eq!(correlation_ratio(&[7.0; 5], &g), None);
        assert_eq!(correlation_ratio(&[1.0, 2.0, 5.0, 2.0, 1.0], &g), Some((1.0, 4)));
        assert_eq!(
            correlation_ratio(&[f64::MAX, -f64::MAX, 0.0, -f64::MAX, f64::MAX], &g),
            Some((1.0, 4))
        );
    }

    #[test]
    fn ties_have_their_mean_rank() {
        assert_eq!(ranks([2.0, 1.0, 2.0, 5.0].into_iter()), [2.5, 1.0, 2.5, 4.0]);
    }
}
