//! What each customer does to measures of a division: how they vary with the customers.

use super::Widths;
use super::centers::{Centers, squared};
use crate::features::Distance;
use crate::partition::Partition;
use ndarray::{Array2, ArrayView1, ArrayView2};
use rayon::prelude::*;

/// Customers whose widths are followed, at most, evenly spaced: what all of them feel is estimated from these.
const FOLLOWED: usize = 1_000;

/// Followed customers in a piece of parallel work.
const PIECE: usize = 64;

/// For each customer its silhouette width, and what it adds to the widths of others by being there: the mean is that of the widths, and
/// its spread is how the mean varies with the customers. Fixed widths would leave out that a customer in the wrong group
/// spoils the widths of all of that group.
///
/// The infinitesimal jackknife: the derivative of the mean by the weight of each customer. Widths must be of all customers.
/// `O(1000 n d)`. Efron, The Jackknife, the Bootstrap and Other Resampling Plans, chapter 6 (1982).
pub(crate) fn pseudo_widths(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    partition: &Partition,
    widths: &Widths,
) -> Vec<f64> {
    let n = partition.len();
    let followed: Vec<usize> = (0..n.min(FOLLOWED)).map(|f| f * n / n.min(FOLLOWED)).collect();
    let pieces: Vec<Vec<f64>> = followed
        .par_chunks(PIECE)
        .map(|some| {
            let mut felt = vec![0.0; n];
            let mut apart = vec![0.0; n];
            for &i in some {
                for (apart, other) in apart.iter_mut().zip(points.rows()) {
                    *apart = between(points.row(i), other, distance);
                }
                feel(&mut felt, &apart, i, partition);
            }
            felt
        })
        .collect();
    let scale = n as f64 / followed.len().max(1) as f64;
    (0..n)
        .map(|j| widths.widths[j] + scale * pieces.iter().map(|felt| felt[j]).sum::<f64>())
        .collect()
}

/// What each customer does to the Caliński–Harabasz index: `n` times the derivative by its weight, of mean 0. Centers move with the weights;
/// `B` changes by the squared distance to the overall mean minus that to the customer's center, `W` by the latter. `None` where the index
/// is not defined or nothing varies inside groups. `O(n d)`. The infinitesimal jackknife, as for [`pseudo_widths`].
pub(crate) fn calinski_harabasz_influence(
    points: ArrayView2<'_, f32>,
    partition: &Partition,
) -> Option<Vec<f64>> {
    let (n, k) = (points.nrows(), partition.n_groups());
    if k < 2 || k >= n {
        return None;
    }
    let rows: Vec<u32> = (0..n as u32).collect();
    let Centers { centers, overall, .. } = Centers::of(points, partition, &rows);
    let apart: Vec<(f64, f64)> = (points.rows().into_iter().zip(partition.labels()))
        .map(|(point, &g)| {
            let within = squared(point, centers.row(g as usize));
            (squared(point, overall.view()) - within, within)
        })
        .collect();
    let between: f64 = apart.iter().map(|a| a.0).sum();
    let within: f64 = apart.iter().map(|a| a.1).sum();
    if within <= 0.0 || between <= 0.0 {
        return None;
    }
    let index = between * (n - k) as f64 / (within * (k - 1) as f64);
    let scale = index * n as f64;
    Some(
        apart
            .iter()
            .map(|(b, w)| scale * (b / between - w / within))
            .collect(),
    )
}

/// What each customer does to the Davies–Bouldin index: `n` times the derivative by its weight, of mean 0. For each group the pair with the worst ratio
/// stays the worst; a customer moves the center of its group, and with it the distances of the others to that center and its separation from the other's, and its own
/// distance counts. `None` where the index is not defined or no pair is separated. `O(nd + c²d)`. The infinitesimal jackknife, as for [`pseudo_widths`].
pub(crate) fn davies_bouldin_influence(
    points: ArrayView2<'_, f32>,
    partition: &Partition,
) -> Option<Vec<f64>> {
    let (n, k, d) = (points.nrows(), partition.n_groups(), points.ncols());
    if k < 2 || k >= n {
        return None;
    }
    let rows: Vec<u32> = (0..n as u32).collect();
    let Centers { centers, .. } = Centers::of(points, partition, &rows);
    let sizes = partition.sizes();
    let apart: Vec<f64> = (points.rows().into_iter().zip(partition.labels()))
        .map(|(point, &g)| squared(point, centers.row(g as usize)).sqrt())
        .collect();
    // Of each group the mean distance to its center, and the mean direction there: what a step of the center takes from it.
    let mut scatter = vec![0.0; k];
    let mut direction = Array2::<f64>::zeros((k, d));
    for ((point, &g), &apart) in points.rows().into_iter().zip(partition.labels()).zip(&apart) {
        let g = g as usize;
        scatter[g] += apart / sizes[g] as f64;
        if apart > 0.0 {
            let scale = 1.0 / (apart * sizes[g] as f64);
            for c in 0..d {
                direction[[g, c]] += (f64::from(point[c]) - centers[[g, c]]) * scale;
            }
        }
    }
    // The derivatives of the index by each group's scatter and by each center.
    let mut by_scatter = vec![0.0; k];
    let mut by_center = Array2::<f64>::zeros((k, d));
    let separation = |i: usize, j: usize| -> f64 {
        let differences = centers.row(i).into_iter().zip(centers.row(j));
        differences.map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
    };
    let mut separated = false;
    for i in 0..k {
        let ratios = (0..k).filter(|&j| j != i).filter_map(|j| {
            let between = separation(i, j);
            (between > 0.0).then(|| ((scatter[i] + scatter[j]) / between, j, between))
        });
        // Of equal ratios the first, as everywhere.
        let worst = ratios.reduce(|best, other| if other.0 > best.0 { other } else { best });
        let Some((ratio, j, between)) = worst else {
            continue;
        };
        separated = true;
        let share = 1.0 / (between * k as f64);
        by_scatter[i] += share;
        by_scatter[j] += share;
        for c in 0..d {
            let step = -ratio * share * (centers[[i, c]] - centers[[j, c]]) / between;
            by_center[[i, c]] += step;
            by_center[[j, c]] -= step;
        }
    }
    if !separated {
        return None;
    }
    let influence = |((point, &g), &apart): ((ArrayView1<'_, f32>, &u32), &f64)| {
        let g = g as usize;
        let mut found = by_scatter[g] * (apart - scatter[g]);
        for c in 0..d {
            let step = f64::from(point[c]) - centers[[g, c]];
            found += step * (by_center[[g, c]] - by_scatter[g] * direction[[g, c]]);
        }
        found * n as f64 / sizes[g] as f64
    };
    Some(
        (points.rows().into_iter().zip(partition.labels()).zip(&apart))
            .map(influence)
            .collect(),
    )
}

/// Adds to each customer what its weight does to the width of customer `i`, from whom it is that far apart.
fn feel(felt: &mut [f64], apart: &[f64], i: usize, partition: &Partition) {
    let labels = partition.labels();
    let own = labels[i];
    let others = partition.sizes()[own as usize] as f64 - 1.0;
    if others < 1.0 {
        return;
    }
    let mut sums = vec![0.0; partition.n_groups()];
    for (&g, &d) in labels.iter().zip(apart) {
        sums[g as usize] += d;
    }
    let mean = |g: usize| sums[g] / partition.sizes()[g] as f64;
    let nearest = (0..sums.len())
        .filter(|&g| g != own as usize)
        .min_by(|&x, &y| mean(x).total_cmp(&mean(y)));
    let Some(nearest) = nearest else { return };
    let (a, b) = (sums[own as usize] / others, mean(nearest));
    if a == 0.0 && b == 0.0 {
        return;
    }
    // Of (b - a) / max(a, b) by a and by b.
    let (by_a, by_b) = if a < b {
        (-1.0 / b, a / (b * b))
    } else {
        (-b / (a * a), 1.0 / a)
    };
    let in_nearest = partition.sizes()[nearest] as f64;
    for (j, (felt, (&g, &d))) in felt.iter_mut().zip(labels.iter().zip(apart)).enumerate() {
        if g == own && j != i {
            *felt += by_a * (d - a) / others;
        } else if g as usize == nearest {
            *felt += by_b * (d - b) / in_nearest;
        }
    }
}

fn between(x: ArrayView1<'_, f32>, y: ArrayView1<'_, f32>, distance: Distance) -> f64 {
    let differences = x.iter().zip(y).map(|(&a, &b)| f64::from(a) - f64::from(b));
    match distance {
        Distance::Euclidean => differences.map(|x| x * x).sum::<f64>().sqrt(),
        Distance::Manhattan => differences.map(f64::abs).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::{calinski_harabasz, davies_bouldin, measured_widths};
    use ndarray::Axis;

    #[test]
    fn a_customer_left_out_changes_calinski_harabasz_by_about_what_its_influence_says() {
        let n = 90;
        let points = Array2::from_shape_fn((n, 2), |(i, c)| {
            (i % 3) as f32 * 3.0 + (i * (7 + c * 4) % 13) as f32 * 0.2
        });
        let labels: Vec<usize> = (0..n).map(|i| if i == 7 { 2 } else { i % 3 }).collect();
        let partition = Partition::from_labels(&labels);
        let influence = calinski_harabasz_influence(points.view(), &partition).expect("three");
        assert!(influence.iter().sum::<f64>().abs() < 1e-6);
        let whole = calinski_harabasz(points.view(), &partition).expect("three");
        for left_out in [0, 7, 8, 30] {
            let rows: Vec<usize> = (0..n).filter(|&i| i != left_out).collect();
            let rest: Vec<usize> = rows.iter().map(|&i| labels[i]).collect();
            let rest = Partition::from_labels(&rest);
            let without = calinski_harabasz(points.select(Axis(0), &rows).view(), &rest).expect("three");
            // The index also falls with the number of customers.
            let without = without * (n - 3) as f64 / (n - 4) as f64;
            let expected = influence[left_out] / n as f64;
            assert!(
                (whole - without - expected).abs() < 0.13 * expected.abs() + 0.05,
                "{left_out}: {} {expected}",
                whole - without
            );
        }
        assert_eq!(
            calinski_harabasz_influence(points.view(), &Partition::one_group(n)),
            None
        );
    }

    #[test]
    fn a_customer_left_out_changes_davies_bouldin_by_about_what_its_influence_says() {
        let n = 90;
        let points = Array2::from_shape_fn((n, 2), |(i, c)| {
            (i % 3) as f32 * 3.0 + (i * (7 + c * 4) % 13) as f32 * 0.2
        });
        let labels: Vec<usize> = (0..n).map(|i| if i == 7 { 2 } else { i % 3 }).collect();
        let partition = Partition::from_labels(&labels);
        let influence = davies_bouldin_influence(points.view(), &partition).expect("three");
        assert!(influence.iter().sum::<f64>().abs() < 1e-9);
        let whole = davies_bouldin(points.view(), &partition).expect("three");
        for left_out in [0, 7, 8, 30] {
            let rows: Vec<usize> = (0..n).filter(|&i| i != left_out).collect();
            let rest: Vec<usize> = rows.iter().map(|&i| labels[i]).collect();
            let rest = Partition::from_labels(&rest);
            let without = davies_bouldin(points.select(Axis(0), &rows).view(), &rest).expect("three");
            let expected = influence[left_out] / (n as f64 - 1.0);
            assert!(
                (whole - without - expected).abs() < 0.15 * expected.abs() + 3e-4,
                "{left_out}: {} {expected}",
                whole - without
            );
        }
        assert_eq!(
            davies_bouldin_influence(points.view(), &Partition::one_group(n)),
            None
        );
        // Around the same center nothing is separated.
        let rings = ndarray::array![[1.0f32, 0.0], [-1.0, 0.0], [0.0, 3.0], [0.0, -3.0]];
        let rings_of = Partition::from_labels(&[0, 0, 1, 1]);
        assert_eq!(davies_bouldin_influence(rings.view(), &rings_of), None);
    }

    #[test]
    fn a_customer_left_out_changes_the_mean_by_about_what_its_pseudo_width_says() {
        let n = 60;
        let points = Array2::from_shape_fn((n, 2), |(i, c)| {
            (i % 3) as f32 * 3.0 + (i * (7 + c * 4) % 13) as f32 * 0.2
        });
        // One in the wrong group, who spoils the widths of the others there.
        let labels: Vec<usize> = (0..n).map(|i| if i == 7 { 2 } else { i % 3 }).collect();
        let partition = Partition::from_labels(&labels);
        let mean = |points: &Array2<f32>, partition: &Partition| {
            let widths = measured_widths(points.view(), Distance::Euclidean, partition).expect("three");
            widths.mean().mean
        };
        let widths = measured_widths(points.view(), Distance::Euclidean, &partition).expect("three");
        let pseudo = pseudo_widths(points.view(), Distance::Euclidean, &partition, &widths);
        let whole = mean(&points, &partition);
        assert!((pseudo.iter().sum::<f64>() / n as f64 - whole).abs() < 1e-12);
        for left_out in [0, 7, 8, 30] {
            let rows: Vec<usize> = (0..n).filter(|&i| i != left_out).collect();
            let rest: Vec<usize> = rows.iter().map(|&i| labels[i]).collect();
            let without = mean(&points.select(Axis(0), &rows), &Partition::from_labels(&rest));
            let expected = (pseudo[left_out] - whole) / (n as f64 - 1.0);
            assert!(
                (whole - without - expected).abs() < 0.15 * expected.abs() + 2e-4,
                "{left_out}: {} {expected}",
                whole - without
            );
        }
        // The one in the wrong group does more than its own width.
        assert!(pseudo[7] < widths.widths[7] - 0.3);
    }
}
