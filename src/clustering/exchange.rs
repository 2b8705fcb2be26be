//! Better divisions from good ones: a center that is hardly needed goes where one is missing.

use super::lloyd::Descent;
use super::start::draw_by_weight;
use super::{Points, ROWS};
use crate::num::squared_distance;
use crate::random::Random;

/// The centers of `descent` with the two that are cheapest to join, the `rank`-th cheapest pair, joined, and the free
/// one at a row drawn with a probability proportional to its squared distance from its center. `None` where no row is
/// away from its center or there are no two centers. `O(nd + k²d)`.
///
/// Fränti and Kivijärvi, Pattern Analysis and Applications 3, 358 (2000), who join and place at random; the price of
/// joining is Ward's.
pub(super) fn exchanged(
    points: &Points<'_>,
    descent: &Descent,
    rank: usize,
    random: &mut Random,
) -> Option<Vec<f64>> {
    let d = points.d;
    let mut sizes = vec![0f64; descent.centers.len().checked_div(d)?];
    for &label in &descent.labels {
        sizes[label as usize] += 1.0;
    }
    let center = |c: usize| &descent.centers[c * d..(c + 1) * d];
    let mut pairs = Vec::new();
    for b in 0..sizes.len() {
        for a in 0..b {
            let apart: f64 = (center(a).iter().zip(center(b)))
                .map(|(x, y)| (x - y) * (x - y))
                .sum();
            pairs.push((apart * sizes[a] * sizes[b] / (sizes[a] + sizes[b]), a, b));
        }
    }
    pairs.sort_by(|x, y| x.0.total_cmp(&y.0));
    let &(_, kept, free) = pairs.get(rank.min(pairs.len().checked_sub(1)?))?;

    let weights: Vec<f32> = points
        .per_chunk(|rows| {
            let own = |i: usize| center(descent.labels[i] as usize);
            rows.map(|i| squared_distance(points.row(i), own(i)) as f32)
                .collect::<Vec<f32>>()
        })
        .concat();
    let sums: Vec<f64> = weights
        .chunks(ROWS)
        .map(|chunk| chunk.iter().map(|&x| f64::from(x)).sum())
        .collect();
    let row = points.row(draw_by_weight(&weights, &sums, random)?);

    let mut centers = descent.centers.clone();
    let share = sizes[free] / (sizes[kept] + sizes[free]);
    for c in 0..d {
        centers[kept * d + c] += share * (centers[free * d + c] - centers[kept * d + c]);
        centers[free * d + c] = f64::from(row[c]);
    }
    Some(centers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;

    #[test]
    fn the_center_that_is_hardly_needed_goes_where_two_clusters_share_one() {
        let values = [0.0, 0.0, 0.0, 1.0, 100.0, 100.0, 200.0, 200.0];
        let points = Points {
            values: &values,
            n: 8,
            d: 1,
        };
        let descent = Descent {
            labels: vec![0, 0, 0, 1, 2, 2, 2, 2],
            centers: vec![0.0, 1.0, 150.0],
            inertia: 10_000.0,
            iterations: 1,
            converged: true,
        };
        let mut random = stream(1, 0);
        let centers = exchanged(&points, &descent, 0, &mut random).expect("a pair and a far row");
        assert_eq!(centers[0], 0.25);
        assert!([100.0, 200.0].contains(&centers[1]), "{centers:?}");
        assert_eq!(centers[2], 150.0);
        // Beyond the last pair the last is taken: the dearest.
        let centers = exchanged(&points, &descent, 9, &mut random).expect("a pair and a far row");
        assert_eq!(centers[1], 1.0);
        let perfect = Descent {
            centers: vec![0.0, 1.0, 150.0],
            labels: vec![0, 0, 1],
            inertia: 0.0,
            ..descent
        };
        let values = [0.0, 0.0, 1.0];
        let points = Points {
            values: &values,
            n: 3,
            d: 1,
        };
        assert_eq!(exchanged(&points, &perfect, 0, &mut random), None);
    }
}
