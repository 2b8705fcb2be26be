//! How far two divisions of the same customers agree.

use super::{CrossTable, Partition};

/// Customers that are in group `.0` of `a` and group `.1` of `b`: the cross table without its zeros, ascending.
/// `O(n)` where groups are few, else `O(n log n)`.
///
/// # Panics
/// Where the partitions are not of the same number of customers.
#[doc(alias = "cross_table")]
#[doc(alias = "confusion")]
pub(crate) fn contingency(a: &Partition, b: &Partition) -> Vec<(u32, u32, usize)> {
    assert_eq!(a.len(), b.len(), "two partitions of different customers");
    let (rows, columns) = (a.n_groups(), b.n_groups());
    let pairs = a.labels().iter().zip(b.labels());
    // Counted in place where the table is no longer than the customers are many, sorted where it is.
    if rows.saturating_mul(columns) <= a.len() {
        let mut counts = vec![0usize; rows * columns];
        for (&i, &j) in pairs {
            counts[i as usize * columns + j as usize] += 1;
        }
        let cells = counts.iter().enumerate().filter(|&(_, &count)| count > 0);
        return cells
            .map(|(at, &count)| ((at / columns) as u32, (at % columns) as u32, count))
            .collect();
    }
    let mut pairs: Vec<u64> = pairs.map(|(&i, &j)| u64::from(i) << 32 | u64::from(j)).collect();
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
    CrossTable::new(a, b).adjusted_rand()
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
    CrossTable::new(a, b).adjusted_mutual_information()
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
    CrossTable::new(a, b).normalized_mutual_information()
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
    CrossTable::new(a, b).variation_of_information()
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
                sum += CrossTable::new(&a, &b).mutual_information();
                orders += 1.0;
            }
        }
        let expected = CrossTable::new(&a, &Partition::from_labels(&labels)).expected_mutual_information();
        assert_eq!(orders, 120.0);
        assert!((sum / orders - expected).abs() < 1e-14, "{expected}");
    }

    #[test]
    fn counted_in_place_or_sorted_the_cross_table_is_the_same() {
        let few = Partition::from_labels(&[0, 1, 0, 1, 2, 0, 1, 0, 0]);
        let halves = Partition::from_labels(&[0, 0, 0, 0, 0, 1, 1, 1, 1]);
        // Groups by falling size: 0, 1, 2 and 0 (five), 1 (four).
        assert_eq!(
            contingency(&few, &halves),
            [(0, 0, 2), (0, 1, 3), (1, 0, 2), (1, 1, 1), (2, 0, 1)]
        );
        // Twelve cells for five customers.
        let many = Partition::from_labels(&[0, 0, 1, 2, 3]);
        let three = Partition::from_labels(&[0, 1, 1, 2, 0]);
        assert_eq!(
            contingency(&many, &three),
            [(0, 0, 1), (0, 1, 1), (1, 1, 1), (2, 2, 1), (3, 0, 1)]
        );
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
