//! Category columns that say the same thing share one weight.

use rayon::prelude::*;

/// The share of its weight that each column keeps, in (0, 1]: `1 / Σ_j V_ij⁴`, with V the bias-corrected association
/// of columns i and j (V_ii = 1). `columns` hold small codes, one per row. `O(n c²)` for c columns.
///
/// The fourth power spares columns that are merely related, as columns that tell segments apart are.
/// W. Bergsma, J. Korean Stat. Soc. 42, 323 (2013).
pub(super) fn shares(columns: &[Vec<u8>]) -> Vec<f64> {
    let sizes: Vec<usize> = columns
        .iter()
        .map(|c| c.iter().max().map_or(0, |&m| usize::from(m) + 1))
        .collect();
    let rows: Vec<Vec<f64>> = (0..columns.len())
        .into_par_iter()
        .map(|i| {
            let mut table = Vec::new();
            (0..i)
                .map(|j| {
                    let v2 = association(&columns[i], sizes[i], &columns[j], sizes[j], &mut table);
                    v2 * v2
                })
                .collect()
        })
        .collect();
    (0..columns.len())
        .map(|i| {
            let sum: f64 = (0..columns.len())
                .map(|j| match i.cmp(&j) {
                    std::cmp::Ordering::Equal => 1.0,
                    std::cmp::Ordering::Greater => rows[i][j],
                    std::cmp::Ordering::Less => rows[j][i],
                })
                .sum();
            1.0 / sum
        })
        .collect()
}

/// V² in 0 to 1.
fn association(a: &[u8], size_a: usize, b: &[u8], size_b: usize, table: &mut Vec<u32>) -> f64 {
    table.clear();
    table.resize(size_a * size_b, 0);
    for (&x, &y) in a.iter().zip(b) {
        table[usize::from(x) * size_b + usize::from(y)] += 1;
    }
    let mut sum_a = vec![0f64; size_a];
    let mut sum_b = vec![0f64; size_b];
    for (x, row) in table.chunks_exact(size_b.max(1)).enumerate() {
        for (y, &count) in row.iter().enumerate() {
            sum_a[x] += f64::from(count);
            sum_b[y] += f64::from(count);
        }
    }
    let n = a.len() as f64;
    let mut phi2 = -1.0;
    for (x, row) in table.chunks_exact(size_b.max(1)).enumerate() {
        for (y, &count) in row.iter().enumerate() {
            if count > 0 {
                phi2 += f64::from(count) / sum_a[x] * (f64::from(count) / sum_b[y]);
            }
        }
    }
    let used = |sums: &[f64]| sums.iter().filter(|&&s| s > 0.0).count() as f64 - 1.0;
    let (free_a, free_b) = (used(&sum_a), used(&sum_b));
    let corrected = |free: f64| free - free * free / (n - 1.0);
    let most = corrected(free_a).min(corrected(free_b));
    // As many levels as rows: nothing can be said.
    if most.is_nan() || most <= 0.0 {
        return 0.0;
    }
    ((phi2 - free_a * free_b / (n - 1.0)) / most).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_equal_columns_count_as_one_and_an_unrelated_one_keeps_its_weight() {
        let a: Vec<u8> = (0..240).map(|i| (i % 3) as u8).collect();
        let b: Vec<u8> = (0..240).map(|i| (i / 3 % 2) as u8).collect();
        let renamed: Vec<u8> = a.iter().map(|x| 2 - x).collect();
        let shares = shares(&[a.clone(), b, a, renamed]);
        for (found, expected) in shares.iter().zip([1.0 / 3.0, 1.0, 1.0 / 3.0, 1.0 / 3.0]) {
            assert!((found - expected).abs() < 1e-12, "{shares:?}");
        }
    }

    #[test]
    fn mildly_related_columns_keep_most_of_their_weight() {
        // Equal in 60 of 100 rows, where chance gives 50.
        let a: Vec<u8> = (0..1000).map(|i| (i % 2) as u8).collect();
        let b: Vec<u8> = (0..1000)
            .map(|i| ((i % 2) ^ usize::from(i / 2 % 10 >= 6)) as u8)
            .collect();
        assert!(shares(&[a, b]).iter().all(|&s| s > 0.99));
    }

    #[test]
    fn two_rows_are_too_few_to_call_columns_repeated() {
        assert_eq!(shares(&[vec![0, 1], vec![0, 1]]), [1.0, 1.0]);
    }
}
