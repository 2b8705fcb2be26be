//! The cross table of two divisions, and every measure of agreement that follows from its counts.

use super::{Partition, contingency};
use crate::num::math;

/// How many customers are in which group of one division and which of another.
pub(crate) struct CrossTable {
    /// Group of the one, group of the other, customers.
    cells: Vec<(u32, u32, usize)>,
    /// Sizes of the groups of the one; 0 where a resample has none of a group.
    a: Vec<usize>,
    b: Vec<usize>,
    n: usize,
}

impl CrossTable {
    /// That of two divisions of the same customers. `O(n log n)`.
    pub(crate) fn new(a: &Partition, b: &Partition) -> Self {
        CrossTable {
            cells: contingency(a, b),
            a: a.sizes().to_vec(),
            b: b.sizes().to_vec(),
            n: a.len(),
        }
    }

    /// Its cells, ascending, without zeros: group of the one, group of the other, customers.
    pub(crate) fn cells(&self) -> &[(u32, u32, usize)] {
        &self.cells
    }

    /// The same cells with other counts, such as those of a resample.
    pub(crate) fn with_counts(&self, counts: &[usize]) -> Self {
        let (mut a, mut b) = (vec![0; self.a.len()], vec![0; self.b.len()]);
        let mut cells = Vec::with_capacity(counts.len());
        for (&(i, j, _), &count) in self.cells.iter().zip(counts) {
            if count > 0 {
                a[i as usize] += count;
                b[j as usize] += count;
                cells.push((i, j, count));
            }
        }
        CrossTable {
            cells,
            a,
            b,
            n: counts.iter().sum(),
        }
    }

    /// Whether the divisions are the same.
    fn is_equal(&self) -> bool {
        let groups = |sizes: &[usize]| sizes.iter().filter(|&&s| s > 0).count();
        self.cells.len() == groups(&self.a) && self.cells.len() == groups(&self.b)
    }

    /// Whether one of the two has a single group.
    fn is_one_group(&self) -> bool {
        self.a.contains(&self.n) || self.b.contains(&self.n)
    }

    pub(crate) fn adjusted_rand(&self) -> f64 {
        // Ordered pairs are exact in 128 bits, and so are the differences of their products: no cancellation.
        let square = |count: usize| (count as i128) * (count as i128);
        let n = self.n as i128;
        let both: i128 = self.cells.iter().map(|cell| square(cell.2)).sum();
        let in_a: i128 = self.a.iter().map(|&s| square(s)).sum();
        let in_b: i128 = self.b.iter().map(|&s| square(s)).sum();
        let together = both - n;
        let only_a = in_a - both;
        let only_b = in_b - both;
        let apart = n * n - in_a - in_b + both;
        if only_a == 0 && only_b == 0 {
            return 1.0;
        }
        let numerator = 2 * (together * apart - only_a * only_b);
        let denominator = (together + only_a) * (only_a + apart) + (together + only_b) * (only_b + apart);
        numerator as f64 / denominator as f64
    }

    pub(super) fn adjusted_mutual_information(&self) -> f64 {
        self.mutual_information_above(|| self.expected_mutual_information())
    }

    /// The adjusted mutual information where `expected` gives what chance would: that of a resample is about that of the whole.
    pub(crate) fn mutual_information_above(&self, expected: impl FnOnce() -> f64) -> f64 {
        if self.is_equal() {
            return 1.0;
        }
        if self.is_one_group() {
            return 0.0;
        }
        let expected = expected();
        let mean_entropy = (entropy(&self.a) + entropy(&self.b)) / 2.0;
        // The mean entropy exceeds the expectation except for two equal divisions into singletons, seen above; what
        // rounding leaves of the difference must not divide.
        (self.mutual_information() - expected) / (mean_entropy - expected).max(f64::EPSILON)
    }

    pub(super) fn normalized_mutual_information(&self) -> f64 {
        if self.is_equal() {
            return 1.0;
        }
        // Different divisions do not both have entropy 0.
        (2.0 * self.mutual_information() / (entropy(&self.a) + entropy(&self.b))).min(1.0)
    }

    pub(crate) fn variation_of_information(&self) -> f64 {
        if self.is_equal() {
            return 0.0;
        }
        (entropy(&self.a) + entropy(&self.b) - 2.0 * self.mutual_information()).max(0.0)
    }

    /// Σ p_ij ln(p_ij / p_i p_j) over the cells.
    pub(super) fn mutual_information(&self) -> f64 {
        let n = self.n as f64;
        let terms = self.cells.iter().map(|&(i, j, count)| {
            let (count, in_a, in_b) = (count as f64, self.a[i as usize] as f64, self.b[j as usize] as f64);
            count / n * math::ln((count / in_a) * (n / in_b))
        });
        terms.sum::<f64>().max(0.0)
    }

    /// The mean of the mutual information over all pairs of divisions with these group sizes.
    pub(crate) fn expected_mutual_information(&self) -> f64 {
        // Equal sizes give equal terms. There are fewer than √(2n) different sizes, so even two divisions into
        // singletons cost next to nothing.
        let runs = |sizes: &[usize]| -> Vec<(usize, f64)> {
            let mut sizes: Vec<usize> = sizes.iter().copied().filter(|&s| s > 0).collect();
            sizes.sort_unstable_by(|x, y| y.cmp(x));
            sizes
                .chunk_by(|x, y| x == y)
                .map(|run| (run[0], run.len() as f64))
                .collect()
        };
        let columns = runs(&self.b);
        let mut sum = 0.0;
        for (row_size, rows) in runs(&self.a) {
            for &(column_size, cols) in &columns {
                sum += rows * cols * expected_cell(self.n, row_size, column_size);
            }
        }
        sum
    }
}

/// −Σ p ln p over the groups.
fn entropy(sizes: &[usize]) -> f64 {
    let n = sizes.iter().sum::<usize>() as f64;
    let terms = sizes.iter().filter(|&&size| size > 0).map(|&size| {
        let share = size as f64 / n;
        -share * math::ln(share)
    });
    terms.sum::<f64>().max(0.0)
}

/// The mean of `k/n ln(nk / ab)` where `k`, the overlap of groups of `a` and of `b` among `n` customers, is
/// hypergeometric.
///
/// The probabilities come from the ratio of neighboring ones, outward from the most frequent overlap, and are divided
/// by their sum: no factorials, whose logarithms lose digits as `n` grows, and only as many terms as count.
fn expected_cell(n: usize, a: usize, b: usize) -> f64 {
    // Below this share of the largest probability the remaining tail falls faster than a geometric series.
    const NEGLIGIBLE: f64 = 1e-22;
    let lowest = (a + b).saturating_sub(n);
    let highest = a.min(b);
    let mode = ((a as u128 + 1) * (b as u128 + 1) / (n as u128 + 2)) as usize;
    let mode = mode.clamp(lowest, highest);
    let (nf, af, bf) = (n as f64, a as f64, b as f64);
    let scale = (nf / af) / bf;
    let term = |k: usize| {
        let k = k as f64;
        // An overlap of 0 adds nothing: k ln k → 0.
        if k == 0.0 {
            0.0
        } else {
            k / nf * math::ln(k * scale)
        }
    };
    // P(k + 1) / P(k); the last factor is the number of customers outside both groups, plus one.
    let ratio = |k: usize| {
        let outside = (n + k + 1 - a - b) as f64;
        (a - k) as f64 * (b - k) as f64 / ((k + 1) as f64 * outside)
    };
    let mut total = 1.0;
    let mut sum = term(mode);
    let mut probability = 1.0;
    for k in mode..highest {
        probability *= ratio(k);
        if probability < NEGLIGIBLE {
            break;
        }
        total += probability;
        sum += probability * term(k + 1);
    }
    probability = 1.0;
    for k in (lowest..mode).rev() {
        probability /= ratio(k);
        if probability < NEGLIGIBLE {
            break;
        }
        total += probability;
        sum += probability * term(k);
    }
    sum / total
}
