//! From a table to customers in canonical order.

use crate::Result;
use crate::features::{self, FeatureSettings, Features, Recipe};
use crate::neighbors;
use crate::table::Table;

/// A table with its features, customers in canonical order.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The customers.
    pub table: Table,
    /// The row of the input that each customer was read from.
    pub input_rows: Vec<u32>,
    /// What they are compared by.
    pub features: Features,
    /// How the features were made.
    pub recipe: Recipe,
}

/// Makes features and puts columns and customers into an order of their own, which makes every later number independent
/// of the order in which the file has them. Columns are sorted by name; customers by features, then by their other
/// values, then by id, and from there into the leaves of a kd-tree, so that neighbors in space are neighbors in memory.
/// `O(n log n · columns)`.
///
/// # Errors
/// Where no column can be used, or a setting does not fit the table.
pub fn prepare(table: &Table, settings: &FeatureSettings) -> Result<Prepared> {
    let mut table = table.clone();
    table.sort_columns();
    let (recipe, features) = features::fit(&table, settings)?;
    let sorted = features::canonical_order(&features, &table);
    let features = features.reordered(&sorted);
    let values = features.values.as_standard_layout();
    let in_space = neighbors::order_in_space(neighbors::Rows {
        values: values.as_slice().unwrap_or_default(),
        d: features.n_coordinates(),
    });
    let order: Vec<u32> = in_space.iter().map(|&i| sorted[i as usize]).collect();
    table.reorder(&order);
    Ok(Prepared {
        table,
        features: features.reordered(&in_space),
        input_rows: order,
        recipe,
    })
}
