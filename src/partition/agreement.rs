//! How far two divisions of the same customers agree.

use super::Partition;
use crate::num::math;

/// Customers that are in group `.0` of `a` and group `.1` of `b`: the cross table without its zeros, ascending.
/// `O(n log n)`.
///
/// ```
/// use kinfolk::partition::{Partition, contingency};
///
/// let a = Partition::from_labels(&[0, 0, 0, 1, 1]);
/// let b = Partition::from_labels(&[0, 0, 1, 1, 1]);
/// // Three are in the largest group of `b`, which is its group 0.
/// assert_eq!(contingency(&a, &b), [(0, 0, 1), (0, 1, 2), (1, 0, 2)]);
/// ```
///
/// # Panics
/// Where the partitions are not of the same number of customers.
#[doc(alias = "cross_table")]
#[doc(alias = "confusion")]
pub fn contingency(a: &Partition, b: &Partition) -> Vec<(u32, u32, usize)> {
    assert_eq!(a.len(), b.len(), "two partitions of different customers");
    let mut pairs: Vec<u64> = (a.labels().iter().zip(b.labels()))
        .map(|(&i, &j)| u64::from(i) << 32 | u64::from(j))
        .collect();
    pairs.sort_unstable();
    pairs
        .chunk_by(|x, y| x == y)
        .map(|run| ((run[0] >> 32) as u32, run[0] as u32, run.len()))
        .collect()
}

/// Adjusted Rand index: 1 for equal divisions, 0 on average for unrelated ones, down to −½. Symmetric.
///
/// Of all pairs of customers, those on which the divisions agree, above what chance gives. Where both have one group
/// only, or both keep everybody alone, they are equal: 1. `O(n log n)`. Equals scikit-learn's
/// `adjusted_rand_score`. Hubert and Arabie, Journal of Classification 2, 193 (1985).
///
/// ```
/// use kinfolk::partition::{Partition, adjusted_rand};
///
/// let a = Partition::from_labels(&[0, 0, 1, 1]);
/// assert_eq!(adjusted_rand(&a, &Partition::from_labels(&["x", "x", "y", "y"])), 1.0);
/// assert_eq!(adjusted_rand(&a, &Partition::from_labels(&[0, 1, 0, 1])), -0.5);
/// ```
///
/// # Panics
/// Where the partitions are not of the same number of customers.
#[doc(alias = "ari")]
pub fn adjusted_rand(a: &Partition, b: &Partition) -> f64 {
    // Ordered pairs are exact in 128 bits, and so are the differences of their products: no cancellation.
    let square = |count: usize| (count as i128) * (count as i128);
    let n = a.len() as i128;
    let both: i128 = contingency(a, b).iter().map(|cell| square(cell.2)).sum();
    let in_a: i128 = a.sizes().iter().map(|&s| square(s)).sum();
    let in_b: i128 = b.sizes().iter().map(|&s| square(s)).sum();
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

/// Adjusted mutual information: 1 for equal divisions, 0 on average for unrelated ones of the same group sizes, at
/// times a little below 0. Symmetric.
///
/// `(I − E[I]) / (½(H(a) + H(b)) − E[I])` with the expectation over all divisions of these sizes. Unlike the plain
/// mutual information it does not favor many small groups. Where one of two different divisions has a single
/// group: 0. `O(n log n)` and, for the expectation, the product of the numbers of *different* group sizes times a
/// few standard deviations of their overlap. Equals scikit-learn's `adjusted_mutual_info_score`. Vinh, Epps and
/// Bailey, Journal of Machine Learning Research 11, 2837 (2010).
///
/// ```
/// use kinfolk::partition::{Partition, adjusted_mutual_information};
///
/// let a = Partition::from_labels(&[0, 0, 1, 1]);
/// assert_eq!(adjusted_mutual_information(&a, &a), 1.0);
/// assert_eq!(adjusted_mutual_information(&a, &Partition::one_group(4)), 0.0);
/// ```
///
/// # Panics
/// Where the partitions are not of the same number of customers.
#[doc(alias = "ami")]
pub fn adjusted_mutual_information(a: &Partition, b: &Partition) -> f64 {
    assert_eq!(a.len(), b.len(), "two partitions of different customers");
    if a == b {
        return 1.0;
    }
    if a.n_groups() == 1 || b.n_groups() == 1 {
        return 0.0;
    }
    let expected = expected_mutual_information(a, b);
    let mean_entropy = (entropy(a) + entropy(b)) / 2.0;
    // The mean entropy exceeds the expectation except for two equal divisions into singletons, seen above; what
    // rounding leaves of the difference must not divide.
    (mutual_information(a, b) - expected) / (mean_entropy - expected).max(f64::EPSILON)
}

/// Normalized mutual information, in \[0, 1\]: `I / ½(H(a) + H(b))`, 1 for equal divisions. Symmetric.
///
/// Grows with the number of groups even where nothing agrees: [`adjusted_mutual_information`] does not.
/// `O(n log n)`. Equals scikit-learn's `normalized_mutual_info_score`.
///
/// ```
/// use kinfolk::partition::{Partition, normalized_mutual_information};
///
/// let a = Partition::from_labels(&[0, 0, 1, 1]);
/// assert_eq!(normalized_mutual_information(&a, &a), 1.0);
/// assert_eq!(normalized_mutual_information(&a, &Partition::from_labels(&[0, 1, 0, 1])), 0.0);
/// ```
///
/// # Panics
/// Where the partitions are not of the same number of customers.
#[doc(alias = "nmi")]
pub fn normalized_mutual_information(a: &Partition, b: &Partition) -> f64 {
    assert_eq!(a.len(), b.len(), "two partitions of different customers");
    if a == b {
        return 1.0;
    }
    // Different divisions do not both have entropy 0.
    (2.0 * mutual_information(a, b) / (entropy(a) + entropy(b))).min(1.0)
}

/// Variation of information in nats, from 0 for equal divisions to ln n: what each tells that the other does not,
/// `H(a) + H(b) − 2I`. A metric: symmetric, and it obeys the triangle inequality. `O(n log n)`. Meilă, Journal of
/// Multivariate Analysis 98, 873 (2007).
///
/// ```
/// use kinfolk::partition::{Partition, variation_of_information};
///
/// let distance = variation_of_information(&Partition::singletons(8), &Partition::one_group(8));
/// assert!((distance - 8f64.ln()).abs() < 1e-12);
/// ```
///
/// # Panics
/// Where the partitions are not of the same number of customers.
pub fn variation_of_information(a: &Partition, b: &Partition) -> f64 {
    assert_eq!(a.len(), b.len(), "two partitions of different customers");
    if a == b {
        return 0.0;
    }
    (entropy(a) + entropy(b) - 2.0 * mutual_information(a, b)).max(0.0)
}

/// −Σ p ln p over the groups.
fn entropy(partition: &Partition) -> f64 {
    let n = partition.len() as f64;
    let terms = partition.sizes().iter().map(|&size| {
        let share = size as f64 / n;
        -share * math::ln(share)
    });
    terms.sum::<f64>().max(0.0)
}

/// Σ p_ij ln(p_ij / p_i p_j) over the cells of the cross table.
fn mutual_information(a: &Partition, b: &Partition) -> f64 {
    let n = a.len() as f64;
    let terms = contingency(a, b).into_iter().map(|(i, j, count)| {
        let (count, in_a, in_b) = (
            count as f64,
            a.sizes()[i as usize] as f64,
            b.sizes()[j as usize] as f64,
        );
        count / n * math::ln((count / in_a) * (n / in_b))
    });
    terms.sum::<f64>().max(0.0)
}

/// The mean of the mutual information over all pairs of divisions with these group sizes.
fn expected_mutual_information(a: &Partition, b: &Partition) -> f64 {
    // Equal sizes give equal terms. There are fewer than √(2n) different sizes, so even two divisions into
    // singletons cost next to nothing.
    let runs = |p: &Partition| -> Vec<(usize, f64)> {
        p.sizes()
            .chunk_by(|x, y| x == y)
            .map(|run| (run[0], run.len() as f64))
            .collect()
    };
    let columns = runs(b);
    let mut sum = 0.0;
    for (row_size, rows) in runs(a) {
        for &(column_size, cols) in &columns {
            sum += rows * cols * expected_cell(a.len(), row_size, column_size);
        }
    }
    sum
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expectation_is_the_mean_over_all_arrangements() {
        // Slow twin: every order of five labels against a fixed division.
        let a = Partition::from_labels(&[0, 0, 0, 1, 1]);
        let labels = [0, 0, 1, 2, 2];
        let mut sum = 0.0;
        let mut orders = 0.0;
        for code in 0..5usize.pow(5) {
            let places: Vec<usize> = (0..5).map(|p| code / 5usize.pow(p) % 5).collect();
            let mut seen = places.clone();
            seen.sort_unstable();
            if seen == [0, 1, 2, 3, 4] {
                let b = Partition::from_labels(&places.iter().map(|&p| labels[p]).collect::<Vec<_>>());
                sum += mutual_information(&a, &b);
                orders += 1.0;
            }
        }
        let expected = expected_mutual_information(&a, &Partition::from_labels(&labels));
        assert_eq!(orders, 120.0);
        assert!((sum / orders - expected).abs() < 1e-14, "{expected}");
    }

    #[test]
    fn singletons_share_with_another_division_what_chance_gives() {
        let alone = Partition::singletons(6);
        let pairs = Partition::from_labels(&[0, 0, 1, 1, 2, 2]);
        assert_eq!(adjusted_rand(&alone, &pairs), 0.0);
        assert!(adjusted_mutual_information(&alone, &pairs).abs() < 1e-12);
        assert_eq!(adjusted_rand(&alone, &alone), 1.0);
        assert_eq!(adjusted_mutual_information(&alone, &alone), 1.0);
    }

    #[test]
    fn no_customers_agree_with_no_customers() {
        let nobody = Partition::singletons(0);
        assert_eq!(adjusted_rand(&nobody, &nobody), 1.0);
        assert_eq!(adjusted_mutual_information(&nobody, &nobody), 1.0);
        assert_eq!(normalized_mutual_information(&nobody, &nobody), 1.0);
        assert_eq!(variation_of_information(&nobody, &nobody), 0.0);
    }

    #[test]
    fn unrelated_divisions_of_many_sizes_agree_by_chance_only() {
        // Groups of 1, 2, …, 400: the largest number of different sizes, so no term of the expectation is shared.
        let mut labels = Vec::new();
        for group in 0..400u32 {
            labels.extend(std::iter::repeat_n(group, group as usize + 1));
        }
        let a = Partition::from_labels(&labels);
        rand::seq::SliceRandom::shuffle(&mut labels[..], &mut crate::random::stream(3, 0));
        let b = Partition::from_labels(&labels);
        assert_eq!(a.sizes(), b.sizes());
        let (adjusted, plain) = (
            adjusted_mutual_information(&a, &b),
            normalized_mutual_information(&a, &b),
        );
        assert!(
            adjusted.abs() < 0.01 && plain > 0.1,
            "adjusted {adjusted}, plain {plain}"
        );
    }
}
