//! Some nodes of a network, with what is said of them.

use super::{GexfColumn, GexfNetwork, GexfValues};
use std::borrow::Cow;

impl GexfValues<'_> {
    /// The values at these places.
    fn at(self, places: &[u32]) -> Self {
        fn pick<T: Clone>(values: &[T], places: &[u32]) -> Vec<T> {
            places.iter().map(|&i| values[i as usize].clone()).collect()
        }
        match self {
            GexfValues::Integer(v) => GexfValues::Integer(pick(&v, places)),
            GexfValues::Double(v) => GexfValues::Double(pick(&v, places).into()),
            GexfValues::Text(v) => GexfValues::Text(pick(&v, places)),
            GexfValues::Boolean(v) => GexfValues::Boolean(pick(&v, places)),
            GexfValues::Count { values, from } => GexfValues::Count {
                values: pick(&values, places).into(),
                from,
            },
            GexfValues::Level { codes, levels } => GexfValues::Level {
                codes: pick(&codes, places).into(),
                levels,
            },
        }
    }
}

impl GexfColumn<'_> {
    /// The column of the values at these places.
    pub(in super::super) fn at(self, places: &[u32]) -> Self {
        GexfColumn {
            values: self.values.at(places),
            ..self
        }
    }
}

impl GexfNetwork<'_> {
    /// The network of these of its nodes, ascending. `O(nodes + edges)`.
    ///
    /// # Panics
    /// Where an edge has an end that is not among them.
    #[must_use]
    pub(in super::super) fn part(self, nodes: &[u32]) -> Self {
        fn pick<T: Clone>(values: &[T], nodes: &[u32]) -> Vec<T> {
            let some = |_: &&u32| !values.is_empty();
            nodes
                .iter()
                .filter(some)
                .map(|&v| values[v as usize].clone())
                .collect()
        }
        let place = |v: u32| nodes.binary_search(&v).expect("edges among the nodes") as u32;
        GexfNetwork {
            ids: Cow::Owned(self.ids.pick(nodes)),
            labels: pick(&self.labels, nodes).into(),
            labelled: pick(&self.labelled, nodes),
            node_columns: self.node_columns.into_iter().map(|c| c.at(nodes)).collect(),
            colors: pick(&self.colors, nodes),
            positions: pick(&self.positions, nodes).into(),
            sizes: pick(&self.sizes, nodes),
            edges: self
                .edges
                .iter()
                .map(|&(a, b, w)| (place(a), place(b), w))
                .collect(),
            ..self
        }
    }
}
