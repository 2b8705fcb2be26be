//! An order of customers that does not depend on the order of the input.

use super::Features;
use crate::table::{Role, Table};
use ndarray::Axis;
use rayon::slice::ParallelSliceMut;
use std::cmp::Ordering;

/// The rows in the order of their features (first coordinate first, −0.0 equal to 0.0), then of the other values that the
/// table has for them (first column first; no id and no known grouping), and only then of their ids.
///
/// What is computed in this order comes out the same however the input is shuffled. `O(n log n)` comparisons of at
/// most d numbers.
///
/// ```
/// # use kinfolk::features::{canonical_order, fit, FeatureSettings};
/// # use kinfolk::table::{Column, Role, Table, Values};
/// # fn main() -> kinfolk::Result<()> {
/// # let table = |spend: Vec<f64>, ids: [&str; 4]| Table {
/// #     source: "customers.csv".into(),
/// #     ids: ids.into_iter().collect(),
/// #     lines: vec![2, 3, 4, 5],
/// #     columns: vec![Column {
/// #         name: "spend".into(), values: Values::Number(spend), role: Role::Feature, missing: 0, order: Vec::new(), note: kinfolk::Message::default(),
/// #     }],
/// #     reading: Vec::new(),
/// #     warnings: Vec::new(),
/// #     value_column: None,
/// # };
/// let customers = table(vec![9.0, 2.0, 5.0, 2.0], ["d", "b", "c", "a"]);
/// let (_, features) = fit(&customers, &FeatureSettings::default())?;
/// assert_eq!(canonical_order(&features, &customers), [3, 1, 2, 0]);
/// # Ok(())
/// # }
/// ```
///
/// # Panics
/// Where the table has fewer rows than there are customers.
pub fn canonical_order(features: &Features, table: &Table) -> Vec<u32> {
    let values = features.values.as_standard_layout();
    let d = features.n_coordinates();
    let cells = values.as_slice().unwrap_or(&[]);
    let row = |i: u32| &cells[i as usize * d..(i as usize + 1) * d];
    let mut order: Vec<u32> = (0..features.n_customers() as u32).collect();
    order.par_sort_unstable_by(|&a, &b| {
        compare(row(a), row(b))
            .then_with(|| compare_rest(table, a, b))
            .then_with(|| table.ids[a as usize].cmp(&table.ids[b as usize]))
            .then(a.cmp(&b))
    });
    order
}

/// By what does not measure similarity: values that were left out, and what rounding, scaling or a rare level made equal.
fn compare_rest(table: &Table, a: u32, b: u32) -> Ordering {
    table
        .columns
        .iter()
        .filter(|c| !matches!(c.role, Role::Id | Role::Truth))
        .map(|c| c.values.compare(a, b))
        .find(|o| o.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn compare(a: &[f32], b: &[f32]) -> Ordering {
    for (x, y) in a.iter().zip(b) {
        match x.partial_cmp(y) {
            Some(Ordering::Equal) => {}
            Some(different) => return different,
            None => return x.total_cmp(y),
        }
    }
    Ordering::Equal
}

impl Features {
    /// The number of customers, n.
    pub fn n_customers(&self) -> usize {
        self.values.nrows()
    }

    /// The number of coordinates, d.
    pub fn n_coordinates(&self) -> usize {
        self.values.ncols()
    }

    /// The same customers in another order: row `i` of the result is row `order[i]` of these. `O(n d)`.
    ///
    /// # Panics
    /// Where `order` names a row that is not there.
    #[must_use]
    pub fn reordered(&self, order: &[u32]) -> Features {
        let rows: Vec<usize> = order.iter().map(|&i| i as usize).collect();
        Features {
            values: self.values.select(Axis(0), &rows),
            coordinates: self.coordinates.clone(),
            distance: self.distance,
            outlier_score: rows.iter().map(|&i| self.outlier_score[i]).collect(),
            treatments: self.treatments.clone(),
            warnings: self.warnings.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minus_zero_is_zero_and_the_next_coordinate_decides() {
        assert_eq!(compare(&[-0.0, 1.0], &[0.0, 1.0]), Ordering::Equal);
        assert_eq!(compare(&[-0.0, 2.0], &[0.0, 1.0]), Ordering::Greater);
        assert_eq!(compare(&[-1.0, 2.0], &[0.0, 1.0]), Ordering::Less);
    }

    #[test]
    fn customers_of_equal_features_are_ordered_by_what_was_left_out_and_then_by_id() {
        use crate::features::{FeatureSettings, fit};
        use crate::table::Values;
        use crate::table::written::{feature, table};

        let numbers = |values: &[f64]| Values::Number(values.to_vec());
        let mut note = feature("note", numbers(&[4.0, 3.0, 2.0, 2.0]));
        note.role = Role::Ignored;
        let mut truth = feature("known", numbers(&[0.0, 1.0, 9.0, 8.0]));
        truth.role = Role::Truth;
        let columns = vec![truth, feature("spend", numbers(&[1.0, 1.0, 5.0, 5.0])), note];
        let customers = table(4, columns);
        let (_, features) = fit(&customers, &FeatureSettings::default()).expect("features");
        // 0 and 1 differ in the note, 2 and 3 in the known grouping alone, which has no say.
        assert_eq!(canonical_order(&features, &customers), [1, 0, 2, 3]);
    }
}
