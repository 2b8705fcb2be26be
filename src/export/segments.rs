//! `segments.csv`: one row per segment.

use super::cells::{CsvStyle, Rows};
use crate::Result;
use crate::centrality::{BRIDGE_SCORE, EXEMPLARS, exemplars};
use crate::num::math;
use crate::segmentation::Segmentation;
use crate::stability::verdict;
use std::io::Write;

/// Writes `segments.csv`: one row per segment, the largest first. `O(n d)`.
///
/// Columns: `segment, name, customers, share, stability, verdict, conductance, modularity_share, typical_customer,
/// bridge_customers, mean_outlier_score`, `value_share` where a value column was named, and `exemplar_1, exemplar_2,
/// exemplar_3`.
///
/// - `modularity_share`: what the segment adds to the modularity; the sum over segments is the modularity at γ in force.
/// - `typical_customer`: the member nearest to the segment's mean on the features, straight-line.
/// - `bridge_customers`: members whose bridge score is at least [`BRIDGE_SCORE`].
/// - `exemplar_1` to `exemplar_3`: the members that are tied most strongly inside the segment; empty where there are fewer.
/// - `value_share`: the segment's share of the sum of the value column; it may be outside [0, 1] where values are negative.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_segments(segmentation: &Segmentation, style: CsvStyle, out: impl Write) -> Result<usize> {
    let s = segmentation;
    let value = s.value_shares();
    let mut header = vec![
        "segment",
        "name",
        "customers",
        "share",
        "stability",
        "verdict",
        "conductance",
        "modularity_share",
        "typical_customer",
        "bridge_customers",
        "mean_outlier_score",
    ];
    header.extend(value.as_ref().map(|_| "value_share"));
    header.extend(["exemplar_1", "exemplar_2", "exemplar_3"]);
    let exemplars = exemplars(&s.partition, &s.positions.within_segment_z);
    let modularity = modularity_shares(s);
    let mut rows = Rows::new(out, style, &header)?;
    for (g, members) in s.partition.members().iter().enumerate() {
        let size = members.len() as f64;
        let bridges = members
            .iter()
            .filter(|&&v| s.positions.bridge_score[v as usize] >= BRIDGE_SCORE);
        let outliers: f64 = members
            .iter()
            .map(|&v| s.features.outlier_score[v as usize])
            .sum();
        rows.group(Some(g as u32))?;
        rows.text(s.profiles.names.get(g).map_or("", String::as_str))?;
        rows.count(members.len())?;
        rows.number(size / s.partition.len() as f64)?;
        rows.maybe_number(s.stability.as_ref().map(|x| x.segments[g]))?;
        rows.text(s.stability.as_ref().map_or("", |x| verdict(x.segments[g])))?;
        rows.number(s.conductance[g])?;
        rows.number(modularity[g])?;
        rows.text(typical(s, members).map_or("", |v| &s.table.ids[v as usize]))?;
        rows.count(bridges.count())?;
        rows.number(outliers / size)?;
        if let Some(value) = &value {
            rows.number(value[g])?;
        }
        for place in 0..EXEMPLARS {
            let id = exemplars[g].get(place).map(|&v| &s.table.ids[v as usize]);
            rows.text(id.unwrap_or(""))?;
        }
        rows.end()?;
    }
    rows.finish()
}

/// The member nearest to the mean of all members; the first of equals.
fn typical(s: &Segmentation, members: &[u32]) -> Option<u32> {
    let values = &s.features.values;
    let mut mean = vec![0.0; values.ncols()];
    for &v in members {
        for (m, &x) in mean.iter_mut().zip(values.row(v as usize)) {
            *m += f64::from(x);
        }
    }
    for m in &mut mean {
        *m /= members.len() as f64;
    }
    let distance = |v: u32| -> f64 {
        let row = values.row(v as usize);
        row.iter()
            .zip(&mean)
            .map(|(&x, m)| math::square(f64::from(x) - m))
            .sum()
    };
    members
        .iter()
        .map(|&v| (distance(v), v))
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
        .map(|best| best.1)
}

/// `Σ_inside w / m − γ (K_g / 2m)²` of each segment.
fn modularity_shares(s: &Segmentation) -> Vec<f64> {
    let labels = s.partition.labels();
    let mut inside = vec![0.0; s.partition.n_groups()];
    let mut strength = vec![0.0; s.partition.n_groups()];
    for (v, &g) in (0u32..).zip(labels) {
        strength[g as usize] += s.graph.strength(v);
        for (t, w) in s.graph.edges_of(v).filter(|e| e.0 >= v) {
            if labels[t as usize] == g {
                inside[g as usize] += w;
            }
        }
    }
    let m = s.graph.total_weight();
    let share = |(i, k): (f64, f64)| {
        let k = k / (2.0 * m);
        i / m - s.resolution * k * k
    };
    inside.into_iter().zip(strength).map(share).collect()
}
