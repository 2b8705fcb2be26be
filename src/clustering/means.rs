//! Sums per cluster that are kept while rows change their cluster.

use super::row_of;

/// The label of a row that has not been assigned yet.
pub(super) const NONE: u32 = u32::MAX;

/// Sums, weights and counts per cluster.
pub(super) struct Means {
    sums: Vec<f64>,
    /// Multiples of 1/256, so that what is added and taken away again leaves nothing behind.
    weights: Vec<f64>,
    counts: Vec<isize>,
}

impl Means {
    pub(super) fn new(n_clusters: usize, d: usize) -> Self {
        Means {
            sums: vec![0.0; n_clusters * d],
            weights: vec![0.0; n_clusters],
            counts: vec![0; n_clusters],
        }
    }

    pub(super) fn n_clusters(&self) -> usize {
        self.counts.len()
    }

    /// Takes a row out of one cluster and into another; [`NONE`] is nowhere.
    pub(super) fn exchange(&mut self, values: &[f32], weight: f64, from: u32, to: u32) {
        let d = values.len();
        let mut add = |c: u32, sign: isize| {
            if c != NONE {
                let weight = sign as f64 * weight;
                let own = c as usize * d..(c as usize + 1) * d;
                for (sum, &x) in self.sums[own].iter_mut().zip(values) {
                    *sum += weight * f64::from(x);
                }
                self.weights[c as usize] += weight;
                self.counts[c as usize] += sign;
            }
        };
        add(from, -1);
        add(to, 1);
    }

    /// Adds changes that were gathered elsewhere.
    pub(super) fn add(&mut self, changes: &Means) {
        let floats = self.sums.iter_mut().chain(&mut self.weights);
        for (sum, part) in floats.zip(changes.sums.iter().chain(&changes.weights)) {
            *sum += part;
        }
        for (count, part) in self.counts.iter_mut().zip(&changes.counts) {
            *count += part;
        }
    }

    pub(super) fn empty(&self) -> Vec<usize> {
        (0..self.counts.len()).filter(|&c| self.counts[c] == 0).collect()
    }

    /// The means; a cluster without rows keeps its center.
    pub(super) fn centers(&self, old: &[f64]) -> Vec<f64> {
        let d = self.sums.len() / self.counts.len();
        let mut centers = old.to_vec();
        for (c, &count) in self.counts.iter().enumerate() {
            if count > 0 {
                let own = c * d..(c + 1) * d;
                for (value, sum) in centers[own.clone()].iter_mut().zip(&self.sums[own]) {
                    *value = sum / self.weights[c];
                }
            }
        }
        centers
    }

    /// The weighted sum of squared distances of the means from `middle`. With the mean of all rows for it, this and
    /// the squared distances of rows from their means add up to a constant: it rises by what the inertia falls.
    pub(super) fn between(&self, middle: &[f64]) -> f64 {
        let d = middle.len();
        let of_cluster = |c: usize| {
            let weight = self.weights[c];
            let from_middle = (row_of(&self.sums, d, c).iter().zip(middle)).map(|(sum, x)| sum / weight - x);
            weight * from_middle.map(|t| t * t).sum::<f64>()
        };
        (0..self.counts.len())
            .filter(|&c| self.counts[c] > 0)
            .map(of_cluster)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::math;

    #[test]
    fn what_means_have_around_the_middle_rows_have_not_around_their_means() {
        let rows: [[f32; 2]; 5] = [[1.0, 2.0], [3.0, 0.0], [0.0, 0.0], [8.0, 9.0], [9.0, 5.0]];
        let weights = [1.0, 2.0, 0.5, 1.25, 1.0];
        let total: f64 = weights.iter().sum();
        let middle: Vec<f64> = (0..2)
            .map(|c| (0..5).map(|i| weights[i] * f64::from(rows[i][c])).sum::<f64>() / total)
            .collect();
        let mut means = Means::new(2, 2);
        let mut sums = Vec::new();
        for labels in [[0, 0, 0, 1, 1], [0, 1, 0, 1, 1]] {
            for i in 0..5 {
                let before = if sums.is_empty() { NONE } else { [0, 0, 0, 1, 1][i] };
                means.exchange(&rows[i], weights[i], before, labels[i]);
            }
            let centers = means.centers(&[0.0; 4]);
            let within: f64 = (0..5)
                .map(|i| {
                    let center = row_of(&centers, 2, labels[i] as usize);
                    let squares = (0..2).map(|c| math::square(f64::from(rows[i][c]) - center[c]));
                    weights[i] * squares.sum::<f64>()
                })
                .sum();
            sums.push(within + means.between(&middle));
        }
        assert!((sums[0] - sums[1]).abs() < 1e-12, "{sums:?}");
    }
}
