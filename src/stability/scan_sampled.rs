//! The scan of many customers, on a sample of them that is spread evenly through space.

use super::Ground;
use super::customers::Customers;
use super::scan::{Level, Scales, grid, scan};
use crate::Result;
use crate::community::modularity;
use crate::graph::{Similarity, similarity_graph};
use crate::neighbors::{self, Distinct, Neighbors};
use crate::partition::{Partition, adjusted_rand};
use ndarray::Axis;
use rayon::prelude::*;

/// Above this many different customers scales are examined on a sample of so many.
pub const SCANNED: usize = 25_000;

/// A level of the sample is one of all customers where their divisions agree this well on the sample.
const SAME_LEVEL: f64 = 0.8;

/// As [`scan`], on a sample where there are more than [`SCANNED`] different customers.
///
/// Customers stand in the order of a kd-tree's leaves, so every so many of them is a sample of every region in proportion: the samples
/// and null tables that cost most need no more than that. All customers are then searched once at every resolution, and each level of
/// the sample becomes the division of all that agrees with it best; a level that no such division agrees with is not
/// supported. Resolutions are those at which all customers were searched.
///
/// # Errors
/// Those of the search for neighbors and communities.
pub fn scan_customers(
    ground: &Ground<'_>,
    customers: &Customers<'_>,
    most_segments: usize,
) -> Result<Option<Scales>> {
    let n_points = customers.distinct.len();
    if n_points <= SCANNED {
        return scan(ground, most_segments);
    }
    let kept: Vec<usize> = (0..SCANNED).map(|i| i * n_points / SCANNED).collect();
    let mut place = vec![u32::MAX; n_points];
    for (i, &p) in kept.iter().enumerate() {
        place[p] = i as u32;
    }
    let on_kept = |c: &u32| place[customers.distinct.group[*c as usize] as usize] != u32::MAX;
    let nodes: Vec<u32> = (0..customers.distinct.group.len() as u32)
        .filter(on_kept)
        .collect();
    let group: Vec<u32> = nodes
        .iter()
        .map(|&c| place[customers.distinct.group[c as usize] as usize])
        .collect();
    let scales = scan_sample(
        ground,
        customers,
        &kept,
        Distinct::from_groups(group),
        most_segments,
    )?;
    scales.map(|scales| of_all(ground, &nodes, scales)).transpose()
}

/// The scan of the customers who stand on these points.
fn scan_sample(
    ground: &Ground<'_>,
    customers: &Customers<'_>,
    kept: &[usize],
    distinct: Distinct,
    most_segments: usize,
) -> Result<Option<Scales>> {
    let points = customers.points.select(Axis(0), kept);
    let n_neighbors = customers.neighbors.n_neighbors;
    let search = Neighbors {
        n_neighbors: super::wide(n_neighbors),
        search: customers.search,
    };
    let mut wide = neighbors::neighbors(points.view(), customers.distance, &search)?;
    let spacing = wide.spacing(n_neighbors);
    if customers.similarity != Similarity::Gaussian {
        wide.distances = Vec::new();
    }
    let (neighbors, farther) = wide.split(n_neighbors);
    let graph = similarity_graph(&neighbors, &distinct, customers.similarity);
    let together = (distinct.n_repeats() > 0).then(|| Partition::from_labels(&distinct.group));
    let source = Customers {
        points: points.view(),
        distinct: &distinct,
        neighbors: &neighbors,
        farther: &farther,
        spacing: &spacing,
        ..*customers
    };
    let sampled = Ground {
        graph: &graph,
        together: together.as_ref(),
        source: &source,
        ..*ground
    };
    scan(&sampled, most_segments)
}

/// The levels of a sample as divisions of all.
fn of_all(ground: &Ground<'_>, nodes: &[u32], sampled: Scales) -> Result<Scales> {
    let resolutions = grid();
    let mut whole: Vec<(f64, bool, Partition)> = Vec::new();
    let found = (ground.find)(ground.graph, &resolutions, ground.seed, ground.together)?;
    if let Some(coarsest) = found.first() {
        let coarser = ground.source.joined(None, coarsest);
        whole.extend(coarser.into_iter().map(|j| (0.0, true, j.partition)));
    }
    whole.extend(resolutions.into_iter().zip(found).map(|(r, p)| (r, false, p)));
    let on_sample: Vec<Partition> = whole.par_iter().map(|(_, _, p)| p.restricted(nodes)).collect();

    // For each level the division that agrees with it best; of divisions that serve two levels, the level that agrees better.
    let best: Vec<(usize, f64)> = sampled
        .levels
        .par_iter()
        .map(|level| {
            let agreement = |w: usize| (w, adjusted_rand(&on_sample[w], &level.partition));
            let better = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0));
            (0..whole.len()).map(agreement).max_by(better).unwrap_or((0, 0.0))
        })
        .collect();
    let leads = |l: usize| sampled.recommended == Some(l);
    let mut keeps: Vec<usize> = (0..best.len()).collect();
    keeps.sort_by(|&a, &b| {
        let by_place = best[a].0.cmp(&best[b].0);
        by_place
            .then(leads(b).cmp(&leads(a)))
            .then(best[b].1.total_cmp(&best[a].1))
    });
    keeps.dedup_by_key(|l| best[*l].0);

    let levels: Vec<Level> = keeps
        .iter()
        .map(|&l| {
            let (place, agreement) = best[l];
            let (resolution, joined, partition) = &whole[place];
            Level {
                resolution: *resolution,
                joined: *joined,
                modularity: modularity(ground.graph, partition, 1.0),
                partition: partition.clone(),
                supported: sampled.levels[l].supported && agreement >= SAME_LEVEL,
                ..sampled.levels[l].clone()
            }
        })
        .collect();
    let at = |l: usize| {
        keeps
            .iter()
            .position(|&k| k == l)
            .filter(|&at| levels[at].supported)
    };
    Ok(Scales {
        recommended: sampled.recommended.and_then(at),
        menu: sampled.menu.iter().filter_map(|&l| at(l)).collect(),
        levels,
        ..sampled
    })
}
