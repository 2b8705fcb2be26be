//! How nodes and ties look in a network file: color, size, label.

use super::gexf::{GexfColumn, GexfNetwork, GexfValues};
use super::{CROSS_SEGMENT, NO_SEGMENT, group_colors};
use crate::SimilarityGraph;
use crate::centrality::{Positions, exemplars, is_bridge};
use crate::layout::{APART_UP_TO, apart, half_extent};
use crate::num::math;
use crate::partition::Partition;
use crate::table::Texts;
use std::borrow::Cow;
use std::f64::consts::PI;

/// The smallest and the largest size, as a radius. Exactly these: Gephi stretches sizes to them on opening, and all places with
/// them.
const SMALLEST: f64 = 4.0;
const LARGEST: f64 = 100.0;
/// The least size of a bridge or an exemplar.
const LEAST_NAMED: f64 = 8.0;
/// The share of the picture that all discs together cover at most.
const COVERED: f64 = 0.09;
/// How much an exemplar counts where the strongest bridge counts 1.
const EXEMPLAR: f64 = 0.4;
/// Networks of so few nodes have room for all names.
const ALL_NAMED: usize = 100;

/// Whether each node is an exemplar of its group.
pub(super) fn is_exemplar(positions: &Positions, partition: &Partition) -> Vec<bool> {
    let mut is_one = vec![false; partition.len()];
    for v in exemplars(partition, &positions.within_segment_z).concat() {
        is_one[v as usize] = true;
    }
    is_one
}

/// Everything of a network file but the columns of the nodes: who is in which group by color, bridges and exemplars large and
/// named, with room around them up to 20,000 nodes, `edges` between groups dark.
pub(super) fn drawn<'a>(
    ids: &'a Texts,
    graph: &SimilarityGraph,
    partition: &Partition,
    positions: &Positions,
    layout: &'a [[f64; 2]],
    edges: Vec<(u32, u32, f64)>,
) -> GexfNetwork<'a> {
    let n = partition.len();
    let labels = partition.labels();
    let palette = group_colors(partition.n_groups());
    let colors = (0u32..).zip(labels).map(|(v, &g)| {
        let tied = graph.neighbors(v).iter().any(|&t| t != v);
        if tied { palette[g as usize] } else { NO_SEGMENT }
    });
    let cross = |e: &(u32, u32, f64)| labels[e.0 as usize] != labels[e.1 as usize];
    let named = named(positions, partition);
    let mut labelled = vec![n <= ALL_NAMED; n];
    for &(v, _) in &named {
        labelled[v as usize] = true;
    }
    let sizes = sizes(n, &named);
    let positions = if layout.len() == n && n <= APART_UP_TO {
        let mut stands_out = vec![false; n];
        for &(v, _) in &named {
            stands_out[v as usize] = true;
        }
        Cow::Owned(apart(layout, &sizes, &stands_out))
    } else {
        layout.into()
    };
    GexfNetwork {
        ids: Cow::Borrowed(ids),
        labelled,
        colors: colors.collect(),
        positions,
        sizes,
        edge_colors: edges.iter().map(|e| cross(e).then_some(CROSS_SEGMENT)).collect(),
        // Ties within a group, nearly all, carry no value: it would be half of the file.
        edge_columns: vec![GexfColumn::new(
            "cross_segment",
            "Cross-segment",
            GexfValues::Boolean(edges.iter().map(|e| cross(e).then_some(true)).collect()),
        )],
        edges,
        ..GexfNetwork::default()
    }
}

/// The nodes that are to be picked out: bridges and exemplars.
pub(super) fn to_pick_out(positions: &Positions, partition: &Partition) -> Vec<u32> {
    named(positions, partition).into_iter().map(|(v, _)| v).collect()
}

/// The bridges, the strongest first, then the exemplars that are none, each with how much it counts, up to 1.
fn named(positions: &Positions, partition: &Partition) -> Vec<(u32, f64)> {
    let score = |v: u32| positions.bridge_score[v as usize];
    let all = 0..partition.len() as u32;
    let mut bridges: Vec<u32> = all.clone().filter(|&v| is_bridge(score(v))).collect();
    bridges.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
    let strongest = bridges.first().map(|&v| score(v));
    let exemplar = if strongest.is_some() { EXEMPLAR } else { 1.0 };
    let is_exemplar = is_exemplar(positions, partition);
    let exemplars = all.filter(|&v| is_exemplar[v as usize] && !is_bridge(score(v)));
    let mut named: Vec<(u32, f64)> = bridges
        .iter()
        .map(|&v| (v, score(v) / strongest.unwrap_or(1.0)))
        .collect();
    named.extend(exemplars.map(|v| (v, exemplar)));
    named
}

/// [`SMALLEST`] for all but the named, who have from [`LEAST_NAMED`] to [`LARGEST`] by what they count: so steeply that all discs
/// cover at most that share of the picture.
fn sizes(n: usize, named: &[(u32, f64)]) -> Vec<f64> {
    let side = 2.0 * half_extent(n);
    let count = named.len() as f64;
    // Equals fall off with their place: else hundreds of them could all be the largest.
    let of_largest: Vec<f64> = (0..named.len())
        .map(|place| named[place].1 / named[0].1 * (1.0 - 0.5 * place as f64 / count))
        .collect();
    let others = n.saturating_sub(named.len()) as f64 * SMALLEST * SMALLEST;
    // Twice the score is four times the size: few are as large as the largest.
    let mut power = 2.0;
    let of_named = loop {
        let of_named: Vec<f64> = of_largest
            .iter()
            .map(|&x| LEAST_NAMED + (LARGEST - LEAST_NAMED) * math::powf(x, power))
            .collect();
        let area = PI * (others + of_named.iter().map(|r| r * r).sum::<f64>());
        if area <= COVERED * side * side || power > 1000.0 {
            break of_named;
        }
        power *= 1.25;
    };
    let mut sizes = vec![SMALLEST; n];
    for (&(v, _), size) in named.iter().zip(of_named) {
        // A tenth of a unit is not seen.
        sizes[v as usize] = (size * 10.0).round() / 10.0;
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(n: usize, sizes: &[f64]) -> f64 {
        let side = 2.0 * half_extent(n);
        PI * sizes.iter().map(|r| r * r).sum::<f64>() / (side * side)
    }

    #[test]
    fn all_discs_cover_little_of_the_picture_however_many_are_bridges() {
        for n in [34usize, 1500, 20_000, 50_000] {
            for count in [0, 1, n / 50, n / 5, n / 2] {
                let named: Vec<(u32, f64)> = (0..count as u32)
                    .map(|v| (v, 1.0 - 0.5 * f64::from(v) / n as f64))
                    .collect();
                let sizes = sizes(n, &named);
                assert!(covered(n, &sizes) <= 0.0901, "{count} of {n}");
                assert!(sizes[..count].iter().all(|&s| s >= LEAST_NAMED));
                assert!(sizes[count..].iter().all(|&s| s == SMALLEST));
                assert!(count == 0 || sizes[0] == LARGEST);
            }
        }
    }

    #[test]
    fn bridges_of_one_score_are_not_all_the_largest() {
        let named: Vec<(u32, f64)> = (0..400).map(|v| (v, 1.0)).collect();
        let sizes = sizes(2000, &named);
        assert!(covered(2000, &sizes) <= 0.0901);
        assert!(sizes[..400].is_sorted_by(|a, b| a >= b));
    }
}
