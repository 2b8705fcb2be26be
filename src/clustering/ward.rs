//! Ward's hierarchical clustering without a distance matrix.

use super::{Points, check_finite, check_n_clusters, check_quadratic};
use crate::error::Result;
use crate::num::{LANES, Tiles, squared_to_tile};
use crate::partition::Partition;
use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::Serialize;

/// Tiles per piece of parallel work, whatever the number of threads.
const TILES: usize = 256;

/// How [`ward`] works.
#[derive(Clone, Debug, PartialEq)]
pub struct Ward {
    /// How many clusters, 1 to the number of customers. Default 8.
    pub n_clusters: usize,
}

impl Default for Ward {
    fn default() -> Self {
        Ward { n_clusters: 8 }
    }
}

/// Starts with everybody alone and joins, again and again, the two clusters whose union raises the sum of squared
/// distances to the centers least, until `n_clusters` are left.
///
/// The order of joins is found by chains of nearest neighbors, which give the same tree (Murtagh 1983), on centers and
/// sizes instead of a matrix of distances: `O(n²d)` time and `O(nd)` memory. Equal distances are broken by the order of
/// customers; other programs may break them otherwise. No random numbers. Ward, Journal of the American
/// Statistical Association 58, 236 (1963); Murtagh, The Computer Journal 26, 354 (1983).
///
/// ```
/// use kinfolk::clustering::{Ward, ward};
/// use ndarray::array;
///
/// let points = array![[0.0f32], [1.0], [2.0], [10.0], [11.0]];
/// assert_eq!(ward(points.view(), &Ward { n_clusters: 2 })?.labels(), [0, 0, 0, 1, 1]);
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where a coordinate is not finite, there are no clusters, more clusters than customers, or more than
/// [`QUADRATIC_UP_TO`](super::QUADRATIC_UP_TO) customers.
pub fn ward(points: ArrayView2<'_, f32>, settings: &Ward) -> Result<Partition> {
    check_n_clusters(points, settings.n_clusters)?;
    Ok(ward_dendrogram(points)?.cut(settings.n_clusters))
}

/// The whole tree of [`ward`], from everybody alone to one cluster; cost, errors and ties are the same.
///
/// ```
/// use kinfolk::clustering::ward_dendrogram;
/// use ndarray::array;
///
/// let points = array![[0.0f32], [2.0], [10.0]];
/// let tree = ward_dendrogram(points.view())?;
/// assert_eq!(tree.cut(2).labels(), [0, 0, 1]);
/// let merges = tree.merges();
/// assert_eq!(merges[0].height, 2.0);
/// assert_eq!((merges[1].larger, merges[1].smaller, merges[1].clusters_left), (2, 1, 1));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where a coordinate is not finite, or there are more than [`QUADRATIC_UP_TO`](super::QUADRATIC_UP_TO) customers.
pub fn ward_dendrogram(points: ArrayView2<'_, f32>) -> Result<Dendrogram> {
    check_finite(points)?;
    check_quadratic("Ward's method", points.nrows())?;
    let standard = points.as_standard_layout();
    let mut joins = joins(&Points::new(&standard));
    // Chains find joins out of order; of equals the earlier comes first, so a cluster is joined after its parts.
    joins.sort_by(|x, y| x.cost.total_cmp(&y.cost));
    Ok(Dendrogram {
        joins,
        n: points.nrows(),
    })
}

/// In which order customers and clusters were joined, from everybody alone to one cluster.
pub struct Dendrogram {
    joins: Vec<Join>,
    n: usize,
}

/// A step of a [`Dendrogram`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Merge {
    /// How far the two clusters were apart: the root of twice what their union adds to the sum of squares, as the heights of SciPy's
    /// `linkage(method="ward")` and of R's `hclust(method="ward.D2")`. Never falls from step to step.
    pub height: f64,
    /// Customers in the larger of the two.
    pub larger: usize,
    /// Customers in the smaller.
    pub smaller: usize,
    /// Clusters that are left behind the step.
    pub clusters_left: usize,
}

impl Dendrogram {
    /// The clusters when `n_clusters` are left; everybody alone where that is more than there are customers, one cluster for 0.
    pub fn cut(&self, n_clusters: usize) -> Partition {
        let mut parents: Vec<u32> = (0..self.n as u32).collect();
        for join in &self.joins[..self.joins.len().min(self.n.saturating_sub(n_clusters))] {
            let (a, b) = (root(&mut parents, join.a), root(&mut parents, join.b));
            parents[a.max(b) as usize] = a.min(b);
        }
        let roots: Vec<u32> = (0..self.n as u32).map(|i| root(&mut parents, i)).collect();
        Partition::from_labels(&roots)
    }

    /// Every step, the lowest first: one fewer than there are customers.
    pub fn merges(&self) -> Vec<Merge> {
        let mut parents: Vec<u32> = (0..self.n as u32).collect();
        let mut sizes = vec![1usize; self.n];
        let step = |(step, join): (usize, &Join)| {
            let (a, b) = (root(&mut parents, join.a), root(&mut parents, join.b));
            let (x, y) = (sizes[a as usize], sizes[b as usize]);
            let (low, high) = (a.min(b), a.max(b));
            parents[high as usize] = low;
            sizes[low as usize] = x + y;
            Merge {
                height: (2.0 * join.cost).sqrt(),
                larger: x.max(y),
                smaller: x.min(y),
                clusters_left: self.n - 1 - step,
            }
        };
        self.joins.iter().enumerate().map(step).collect()
    }
}

/// The lowest customer joined with `i`, halving the way there.
pub(super) fn root(parents: &mut [u32], mut i: u32) -> u32 {
    while parents[i as usize] != i {
        parents[i as usize] = parents[parents[i as usize] as usize];
        i = parents[i as usize];
    }
    i
}

/// Two clusters, each named by one of its customers, and what their union adds to the sum of squares.
struct Join {
    a: u32,
    b: u32,
    cost: f64,
}

/// The clusters that are left, each in a slot; emptied slots lie at infinity.
struct Clusters {
    centers: Tiles,
    /// Customers in each, tile by tile; 0 in emptied slots.
    sizes: Vec<[f64; LANES]>,
    /// A customer of each.
    members: Vec<u32>,
    left: usize,
}

impl Clusters {
    fn new(centers: Tiles, members: Vec<u32>, size: impl Fn(usize) -> f64) -> Self {
        let mut sizes = vec![[0.0; LANES]; centers.n_tiles()];
        for slot in 0..members.len() {
            sizes[slot / LANES][slot % LANES] = size(slot);
        }
        Clusters {
            centers,
            sizes,
            left: members.len(),
            members,
        }
    }

    fn size(&self, slot: usize) -> f64 {
        self.sizes[slot / LANES][slot % LANES]
    }
}

fn joins(points: &Points<'_>) -> Vec<Join> {
    let (n, d) = (points.n, points.d);
    let centers = Tiles::new(n, d, |i, c| f64::from(points.row(i)[c]));
    let mut clusters = Clusters::new(centers, (0..n as u32).collect(), |_| 1.0);
    let mut joins = Vec::with_capacity(n.saturating_sub(1));
    let mut chain: Vec<usize> = Vec::new();
    let mut first = 0;
    while clusters.left > 1 {
        if clusters.left * 2 <= clusters.members.len() {
            compact(&mut clusters, d, &mut chain);
            first = 0;
        }
        if chain.is_empty() {
            while clusters.size(first) == 0.0 {
                first += 1;
            }
            chain.push(first);
        }
        let end = chain[chain.len() - 1];
        let before = chain.len().checked_sub(2).map(|place| chain[place]);
        let (cost, nearest) = nearest(&clusters, d, end, before);
        if before != Some(nearest) {
            chain.push(nearest);
            continue;
        }
        // Each is the other's nearest.
        chain.truncate(chain.len() - 2);
        let (keep, drop) = (end.min(nearest), end.max(nearest));
        joins.push(Join {
            a: clusters.members[keep],
            b: clusters.members[drop],
            cost,
        });
        let (m, k) = (clusters.size(keep), clusters.size(drop));
        let mean: Vec<f64> = (0..d)
            .map(|c| (clusters.centers.get(keep, c) * m + clusters.centers.get(drop, c) * k) / (m + k))
            .collect();
        clusters.centers.set(keep, |c| mean[c]);
        clusters.centers.set(drop, |_| f64::INFINITY);
        clusters.sizes[keep / LANES][keep % LANES] = m + k;
        clusters.sizes[drop / LANES][drop % LANES] = 0.0;
        clusters.left -= 1;
    }
    joins
}

/// The cluster that is cheapest to join with that in slot `own`: `before` if it is among the cheapest, for chains to
/// end, otherwise the first.
fn nearest(clusters: &Clusters, d: usize, own: usize, before: Option<usize>) -> (f64, usize) {
    let row: Vec<f64> = (0..d).map(|c| clusters.centers.get(own, c)).collect();
    let size = clusters.size(own);
    let search = |tiles: std::ops::Range<usize>| {
        let mut best = (f64::INFINITY, usize::MAX);
        for tile in tiles {
            let squared = squared_to_tile(&row, clusters.centers.tile(tile));
            let others = &clusters.sizes[tile];
            let costs: [f64; LANES] =
                std::array::from_fn(|lane| squared[lane] * (size * others[lane] / (size + others[lane])));
            // Nearly always nothing is near enough, and that is seen without a branch per cluster.
            if !costs.iter().fold(false, |any, &cost| any | (cost <= best.0)) {
                continue;
            }
            for (lane, &cost) in costs.iter().enumerate() {
                let slot = tile * LANES + lane;
                // An empty slot would come at no cost.
                if others[lane] == 0.0 || slot == own {
                    continue;
                }
                if cost < best.0 || (cost == best.0 && Some(slot) == before) {
                    best = (cost, slot);
                }
            }
        }
        best
    };
    let n_tiles = clusters.centers.n_tiles();
    if n_tiles <= TILES {
        return search(0..n_tiles);
    }
    let parts: Vec<(f64, usize)> = (0..n_tiles.div_ceil(TILES))
        .into_par_iter()
        .map(|part| search(part * TILES..((part + 1) * TILES).min(n_tiles)))
        .collect();
    let mut best = (f64::INFINITY, usize::MAX);
    for (cost, slot) in parts {
        if cost < best.0 || (cost == best.0 && Some(slot) == before) {
            best = (cost, slot);
        }
    }
    best
}

/// Closes the gaps that joins left, keeping the order.
fn compact(clusters: &mut Clusters, d: usize, chain: &mut [usize]) {
    let n_slots = clusters.members.len();
    let kept: Vec<usize> = (0..n_slots).filter(|&slot| clusters.size(slot) > 0.0).collect();
    let mut moved = vec![0; n_slots];
    for (slot, &old) in kept.iter().enumerate() {
        moved[old] = slot;
    }
    for slot in chain {
        *slot = moved[*slot];
    }
    *clusters = Clusters::new(
        Tiles::new(kept.len(), d, |slot, c| clusters.centers.get(kept[slot], c)),
        kept.iter().map(|&old| clusters.members[old]).collect(),
        |slot| clusters.size(kept[slot]),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::math;
    use crate::random::stream;
    use ndarray::Array2;
    use rand::RngExt;

    /// The definition: the cheapest of all pairs, until enough are joined.
    fn slow(points: &Array2<f32>, n_clusters: usize) -> Partition {
        let mut groups: Vec<Vec<usize>> = (0..points.nrows()).map(|i| vec![i]).collect();
        let squares = |group: &[usize]| -> f64 {
            (0..points.ncols())
                .map(|c| {
                    let mean =
                        group.iter().map(|&i| f64::from(points[[i, c]])).sum::<f64>() / group.len() as f64;
                    group
                        .iter()
                        .map(|&i| math::square(f64::from(points[[i, c]]) - mean))
                        .sum::<f64>()
                })
                .sum()
        };
        while groups.len() > n_clusters {
            let mut best = (f64::INFINITY, 0, 0);
            for a in 0..groups.len() {
                for b in 0..a {
                    let union: Vec<usize> = groups[a].iter().chain(&groups[b]).copied().collect();
                    let cost = squares(&union) - squares(&groups[a]) - squares(&groups[b]);
                    if cost < best.0 {
                        best = (cost, a, b);
                    }
                }
            }
            let joined = groups.remove(best.1);
            groups[best.2].extend(joined);
        }
        let mut labels = vec![0; points.nrows()];
        for (g, group) in groups.iter().enumerate() {
            for &i in group {
                labels[i] = g;
            }
        }
        Partition::from_labels(&labels)
    }

    #[test]
    fn chains_give_the_clusters_of_the_definition() {
        let mut random = stream(5, 0);
        let points = Array2::from_shape_fn((45, 2), |_| random.random::<f32>());
        for n_clusters in [1, 2, 3, 7, 20, 44, 45] {
            let found = ward(points.view(), &Ward { n_clusters }).expect("enough customers");
            assert_eq!(found, slow(&points, n_clusters), "{n_clusters} clusters");
        }
    }

    #[test]
    fn equal_customers_and_no_coordinates_do_not_loop() {
        let points = Array2::<f32>::zeros((20, 2));
        assert_eq!(
            ward(points.view(), &Ward { n_clusters: 3 })
                .expect("clusters")
                .n_groups(),
            3
        );
        let points = Array2::<f32>::zeros((20, 0));
        assert_eq!(
            ward(points.view(), &Ward { n_clusters: 1 })
                .expect("a cluster")
                .n_groups(),
            1
        );
    }

    #[test]
    fn many_tiles_are_searched_in_parts_with_the_same_result() {
        // More tiles than one part holds: two clouds far apart.
        let mut random = stream(6, 0);
        let points = Array2::from_shape_fn((2 * TILES * LANES, 1), |(i, _)| {
            random.random::<f32>() + if i % 3 == 0 { 9.0 } else { 0.0 }
        });
        let labels: Vec<bool> = (0..points.nrows()).map(|i| i % 3 == 0).collect();
        let found = ward(points.view(), &Ward { n_clusters: 2 }).expect("clusters");
        assert_eq!(found, Partition::from_labels(&labels));
    }
}
