//! Methods that compare everybody with everybody, on a sample of many customers.

use crate::features::Distance;
use crate::neighbors::PointSearch;
use crate::partition::Partition;
use ndarray::ArrayView2;
use rayon::prelude::*;

/// Members of a group that are in the sample at least, where it has so many.
const LEAST: usize = 20;
/// Customers that ask one after the other.
const PIECE: usize = 1024;

/// About `size` customers, ascending: of each group its share of them, 20 at least, evenly over its members. `O(n)`.
pub(super) fn stratified(groups: &Partition, size: usize) -> Vec<usize> {
    let n = groups.len().max(1);
    let wanted: Vec<usize> = (groups.sizes().iter())
        .map(|&members| (members * size).div_ceil(n).max(LEAST).min(members))
        .collect();
    let mut seen = vec![0usize; groups.n_groups()];
    let chosen = |&(_, &group): &(usize, &u32)| {
        let (g, place) = (group as usize, seen[group as usize]);
        seen[g] += 1;
        // Whether a multiple of members / wanted has been passed.
        (place + 1) * wanted[g] / groups.sizes()[g] > place * wanted[g] / groups.sizes()[g]
    };
    let labels = groups.labels().iter().enumerate();
    labels.filter(chosen).map(|(i, _)| i).collect()
}

/// The division of all customers in which everybody is in the cluster of the nearest of the sample; of equally near ones the first.
/// `rows` are the sample's places, ascending, `found` is its division. `O(n log m)` in few coordinates.
pub(super) fn extended(
    points: ArrayView2<'_, f32>,
    distance: Distance,
    rows: &[usize],
    found: &Partition,
) -> Partition {
    let points = points.as_standard_layout();
    let d = points.ncols();
    let values = points.as_slice().unwrap_or_default();
    let sample: Vec<f32> = rows
        .iter()
        .flat_map(|&i| &values[i * d..(i + 1) * d])
        .copied()
        .collect();
    let search = PointSearch::new(&sample, d, distance);
    let pieces: Vec<Vec<u32>> = (values.par_chunks(PIECE * d))
        .map(|piece| {
            let mut room = search.room(1);
            let nearest = piece.chunks_exact(d).map(|row| {
                let near = search.nearest(row, None, &mut room).first();
                near.map_or(0, |near| found.labels()[near.point as usize])
            });
            nearest.collect()
        })
        .collect();
    let mut labels = pieces.concat();
    // Who is in the sample stays where it is, also where an equal one is elsewhere.
    for (&row, &label) in rows.iter().zip(found.labels()) {
        labels[row] = label;
    }
    Partition::from_labels(&labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn every_group_is_in_the_sample_by_its_share_and_small_ones_whole() {
        let labels: Vec<u32> = (0..10_000)
            .map(|i| if i % 1000 == 5 { 2 } else { u32::from(i % 4 == 0) })
            .collect();
        let groups = Partition::from_labels(&labels);
        let sample = stratified(&groups, 1_000);
        let mut sizes = vec![0; 3];
        sample
            .iter()
            .for_each(|&i| sizes[groups.labels()[i] as usize] += 1);
        // Of 7,490, 2,500 and 10.
        assert_eq!(sizes, [749, 250, 10]);
        assert!(sample.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(stratified(&groups, 10_000).len(), 10_000);
    }

    #[test]
    fn the_others_join_the_nearest_of_the_sample() {
        let points = Array2::from_shape_fn((3_000, 1), |(i, _)| (i % 3) as f32 * 10.0 + (i % 7) as f32);
        let rows: Vec<usize> = (0..3_000).step_by(10).collect();
        let of_sample: Vec<usize> = rows.iter().map(|i| i % 3).collect();
        let found = extended(
            points.view(),
            Distance::Euclidean,
            &rows,
            &Partition::from_labels(&of_sample),
        );
        let all: Vec<usize> = (0..3_000).map(|i| i % 3).collect();
        assert_eq!(found, Partition::from_labels(&all));
    }
}
