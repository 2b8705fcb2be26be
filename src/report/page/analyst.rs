//! For the analyst: heat map of the profiles, other methods, columns that decide, and words about the maps.

use super::super::view::View;
use super::super::words::{self, printable};
use super::super::{LEAST_DESCRIBED, MOST_POINTS};
use super::segments::is_told;
use super::{DESCRIBED, Label};
use crate::profile::{ProfileRow, shown_mean};
use crate::segmentation::{Baseline, Segmentation};
use crate::text::{counted, group_digits};
use serde::Serialize;

/// Rows of the heat map: of columns that were compared, and of those left out.
const HEAT_ROWS: usize = 24;
const OTHER_ROWS: usize = 8;
/// Columns in the table of columns.
const COLUMNS: usize = 24;

#[derive(Serialize)]
pub(in super::super) struct MapNote {
    /// That only a sample is drawn, or that everybody is.
    drawn: String,
}

pub(super) fn map_note(view: &View<'_>) -> Option<MapNote> {
    (!view.layout.is_empty()).then(|| MapNote {
        drawn: if view.n() > MOST_POINTS {
            format!(
                "{} of {} are drawn, spread evenly among all.",
                group_digits(MOST_POINTS),
                counted(view.n(), view.thing)
            )
        } else {
            format!("All {} are drawn.", counted(view.n(), view.thing))
        },
    })
}

#[derive(Serialize)]
pub(in super::super) struct Heat {
    labels: Vec<Label>,
    rows: Vec<HeatRow>,
    others: Vec<HeatRow>,
    /// Rows that found no place.
    more: Option<usize>,
}

#[derive(Serialize)]
struct HeatRow {
    name: String,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    mean: String,
    effect: String,
    /// 0 to 100, of which sign: how strong the color is.
    strength: String,
    up: bool,
}

pub(super) fn heat(view: &View<'_>) -> Option<Heat> {
    let s = view.table?;
    let groups: Vec<usize> = (0..view.n_groups().min(DESCRIBED))
        .filter(|&g| view.is_described(g))
        .collect();
    if view.n_groups() < 2 || groups.is_empty() {
        return None;
    }
    let (rows, left) = heat_rows(view, &s.profiles.rows, &groups, HEAT_ROWS);
    let (others, left_others) = heat_rows(view, &s.profiles.others, &groups, OTHER_ROWS);
    Some(Heat {
        labels: groups.iter().map(|&g| Label::of(view, g)).collect(),
        rows,
        others,
        more: Some(left + left_others).filter(|&m| m > 0),
    })
}

/// The rows of the strongest effects in the order of the table, and how many there are besides.
fn heat_rows(view: &View<'_>, rows: &[ProfileRow], groups: &[usize], most: usize) -> (Vec<HeatRow>, usize) {
    // Rows of one column and level, in the order in which they come first.
    let mut kinds: Vec<(&str, Option<&str>, Vec<&ProfileRow>)> = Vec::new();
    let mut place = rustc_hash::FxHashMap::default();
    for row in rows {
        let key = (row.column.as_str(), row.level.as_deref());
        let at = *place.entry(key).or_insert_with(|| {
            kinds.push((key.0, key.1, Vec::new()));
            kinds.len() - 1
        });
        kinds[at].2.push(row);
    }
    kinds.retain(|(_, _, rows)| is_told(view, rows.iter().copied()));
    let strongest = |rows: &[&ProfileRow]| rows.iter().map(|r| r.effect.abs()).fold(0.0, f64::max);
    let mut order: Vec<usize> = (0..kinds.len()).collect();
    order.sort_by(|&a, &b| strongest(&kinds[b].2).total_cmp(&strongest(&kinds[a].2)));
    order.truncate(most);
    order.sort_unstable();
    let shown = order.iter().map(|&k| {
        let rows = &kinds[k].2;
        let of_group = |g: usize| rows.iter().find(|r| r.segment as usize == g);
        HeatRow {
            name: printable(&shown_mean(rows[0]).0),
            cells: groups.iter().map(|&g| cell(of_group(g))).collect(),
        }
    });
    let shown: Vec<HeatRow> = shown.collect();
    let left = kinds.len() - shown.len();
    (shown, left)
}

fn cell(row: Option<&&ProfileRow>) -> Cell {
    row.map_or_else(
        || Cell {
            mean: "–".to_owned(),
            effect: "no value".to_owned(),
            strength: "0".to_owned(),
            up: true,
        },
        |row| Cell {
            mean: shown_mean(row).1,
            effect: format!("{:+.2}", row.effect),
            strength: format!("{:.0}", 100.0 * row.effect.abs()),
            up: row.effect >= 0.0,
        },
    )
}

#[derive(Serialize)]
pub(in super::super) struct Comparison {
    methods: Vec<Method>,
    with_truth: bool,
    cross: Option<Cross>,
    /// Who is with others in each method.
    differing: Vec<String>,
}

#[derive(Serialize)]
struct Method {
    name: String,
    clusters: usize,
    silhouette: String,
    silhouette_width: String,
    davies_bouldin: String,
    calinski_harabasz: String,
    modularity: String,
    agreement: String,
    truth: String,
}

/// Members by group and by the first other method's cluster.
#[derive(Serialize)]
struct Cross {
    method: &'static str,
    clusters: Vec<usize>,
    rows: Vec<CrossRow>,
    more: bool,
}

#[derive(Serialize)]
struct CrossRow {
    label: Label,
    cells: Vec<CrossCell>,
}

#[derive(Serialize)]
struct CrossCell {
    count: String,
    strength: String,
}

pub(super) fn comparison(view: &View<'_>) -> Option<Comparison> {
    let s = view.table?;
    if view.n_groups() < 2 || s.comparison.is_empty() {
        return None;
    }
    let digits = |x: f64, d: usize| {
        if x.is_finite() {
            format!("{x:.d$}")
        } else {
            "–".to_owned()
        }
    };
    let methods = s.comparison.iter().map(|m| Method {
        name: m.method.clone(),
        clusters: m.n_clusters,
        silhouette: digits(m.silhouette, 2),
        silhouette_width: format!("{:.1}", 100.0 * m.silhouette.clamp(0.0, 1.0)),
        davies_bouldin: digits(m.davies_bouldin, 2),
        calinski_harabasz: digits(m.calinski_harabasz, 1),
        modularity: digits(m.modularity, 3),
        agreement: digits(m.with_graph.adjusted_rand.value, 2),
        truth: m.ari_with_truth.map_or_else(String::new, |x| digits(x, 2)),
    });
    Some(Comparison {
        methods: methods.collect(),
        with_truth: s.comparison.iter().any(|m| m.ari_with_truth.is_some()),
        cross: cross(view, s),
        differing: differing(view, s),
    })
}

/// A sentence for each other method, but where so few differ that it would be about single customers.
fn differing(view: &View<'_>, s: &Segmentation) -> Vec<String> {
    let told = |b: &&Baseline| {
        view.settings.customers || b.differing.customers.is_empty() || b.differing.is_described()
    };
    // The segments are the first row.
    let differs = s.baselines.iter().zip(s.comparison.iter().skip(1));
    let differs = differs.filter(|(_, scores)| scores.with_graph.adjusted_rand.value < 1.0);
    let told = differs.map(|(b, _)| b).filter(told);
    told.map(|b| words::differing::who(s, b)).collect()
}

fn cross(view: &View<'_>, s: &Segmentation) -> Option<Cross> {
    let other = s.baselines.first()?;
    let shown = |n: usize| n.min(DESCRIBED);
    let (rows, columns) = (shown(view.n_groups()), shown(other.partition.n_groups()));
    let mut counts = vec![vec![0usize; columns]; rows];
    for (&a, &b) in view.partition.labels().iter().zip(other.partition.labels()) {
        if let Some(cell) = counts.get_mut(a as usize).and_then(|row| row.get_mut(b as usize)) {
            *cell += 1;
        }
    }
    let sizes = view.partition.sizes();
    let rows = counts.into_iter().enumerate().map(|(g, row)| CrossRow {
        label: Label::of(view, g),
        cells: (row.into_iter())
            .map(|count| CrossCell {
                count: match count {
                    1..LEAST_DESCRIBED if !view.settings.customers => "under 10".to_owned(),
                    count => group_digits(count),
                },
                strength: format!("{:.0}", 100.0 * count as f64 / sizes[g] as f64),
            })
            .collect(),
    });
    Some(Cross {
        method: other.name,
        clusters: (1..=columns).collect(),
        rows: rows.collect(),
        more: columns < other.partition.n_groups() || view.n_groups() > DESCRIBED,
    })
}

#[derive(Serialize)]
pub(in super::super) struct Columns {
    rows: Vec<ColumnRow>,
    more: Option<usize>,
    with_without: bool,
}

#[derive(Serialize)]
struct ColumnRow {
    name: String,
    transform: String,
    distance: String,
    distance_width: String,
    neighbors: String,
    separation: String,
    separation_width: String,
    without: String,
}

pub(super) fn columns(view: &View<'_>) -> Option<Columns> {
    let s = view.table?;
    if s.importance.is_empty() {
        return None;
    }
    let mut order: Vec<usize> = (0..s.importance.len()).collect();
    order.sort_by(|&a, &b| {
        let of = |i: usize| s.importance[i].separation;
        of(b).total_cmp(&of(a))
    });
    let percent = |x: f64| format!("{:.0} %", 100.0 * x);
    let width = |x: f64| format!("{:.1}", 100.0 * x.clamp(0.0, 1.0));
    let rows = order.iter().take(COLUMNS).map(|&i| {
        let c = &s.importance[i];
        let treatment = s.features.treatments.iter().find(|t| t.column == c.column);
        ColumnRow {
            name: printable(&c.column),
            transform: treatment.map_or_else(String::new, |t| t.transform.clone()),
            distance: percent(c.share_of_distance),
            distance_width: width(c.share_of_distance),
            neighbors: percent(c.share_among_neighbors),
            separation: percent(c.separation),
            separation_width: width(c.separation),
            without: c.without.map_or_else(
                || "–".to_owned(),
                |w| format!("{} at {:.2}", w.n_segments, w.agreement),
            ),
        }
    });
    Some(Columns {
        rows: rows.collect(),
        more: s.importance.len().checked_sub(COLUMNS).filter(|&m| m > 0),
        with_without: s.importance.iter().any(|c| c.without.is_some()),
    })
}
