//! Every scale examined, as a chart and a table.

use super::super::view::View;
use crate::num::math;
use crate::text::group_digits;
use serde::Serialize;

/// Rows of the table at most.
const ROWS: usize = 40;

/// A box of 720 × 240, of which the lines take 44 to 708 and 14 to 204.
const LEFT: f64 = 44.0;
const RIGHT: f64 = 708.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 204.0;

#[derive(Serialize)]
pub(in super::super) struct Section {
    /// How surely each comes back, 0 to 1.
    steady: Vec<Dot>,
    steady_line: String,
    /// Its border as a share of what is allowed.
    border: Vec<Dot>,
    border_line: String,
    ticks: Vec<Tick>,
    /// Where the chosen one stands.
    chosen: Option<String>,
    chosen_label: String,
    rows: Vec<Row>,
    more: Option<usize>,
    examined: usize,
    supported: usize,
    resamples: usize,
}

#[derive(Serialize)]
pub(super) struct Dot {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) supported: bool,
    pub(super) chosen: bool,
}

#[derive(Serialize)]
pub(super) struct Tick {
    pub(super) x: String,
    pub(super) label: String,
}

#[derive(Serialize)]
struct Row {
    groups: String,
    resolution: String,
    border: String,
    limit: String,
    stability: String,
    modularity: String,
    supported: bool,
    chosen: bool,
}

pub(super) fn of(view: &View<'_>) -> Option<Section> {
    let scales = view.scales?;
    let groups = |l: usize| scales.levels[l].partition.n_groups();
    let most = (0..scales.levels.len()).map(groups).max()?.max(2);
    let x = |n: usize| {
        let part = math::ln(n.max(1) as f64) / math::ln(most as f64);
        LEFT + part * (RIGHT - LEFT)
    };
    let y = |value: f64| BOTTOM - value.clamp(0.0, 1.0) * (BOTTOM - TOP);
    let dots = |of: &dyn Fn(&crate::stability::Level) -> Option<f64>| -> Vec<Dot> {
        (scales.levels.iter().enumerate())
            .filter_map(|(l, level)| {
                Some(Dot {
                    x: format!("{:.1}", x(groups(l))),
                    y: format!("{:.1}", y(of(level)?)),
                    supported: level.supported,
                    chosen: view.level == Some(l),
                })
            })
            .collect()
    };
    let steady = dots(&|level| level.stability);
    let border = dots(&|level| level.border_ratio);
    let rows = (scales.levels.iter().enumerate()).map(|(l, level)| row(level, view.level == Some(l)));
    let mut rows: Vec<Row> = rows.collect();
    let more = rows.len().checked_sub(ROWS).filter(|&m| m > 0);
    rows.truncate(ROWS);
    let ticks = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000];
    Some(Section {
        steady_line: line(&steady),
        border_line: line(&border),
        steady,
        border,
        ticks: (ticks.into_iter().filter(|&t| t <= most))
            .map(|t| Tick {
                x: format!("{:.1}", x(t)),
                label: group_digits(t),
            })
            .collect(),
        chosen: view.level.map(|l| format!("{:.1}", x(groups(l)))),
        chosen_label: group_digits(view.n_groups()),
        rows,
        more,
        examined: scales.levels.len(),
        supported: scales.levels.iter().filter(|l| l.supported).count(),
        resamples: scales.n_resamples,
    })
}

pub(super) fn line(dots: &[Dot]) -> String {
    let points: Vec<String> = dots.iter().map(|d| format!("{},{}", d.x, d.y)).collect();
    points.join(" ")
}

fn row(level: &crate::stability::Level, chosen: bool) -> Row {
    let two = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| format!("{x:.2}"));
    Row {
        groups: group_digits(level.partition.n_groups()),
        resolution: if level.joined {
            "–".to_owned()
        } else {
            format!("{:.3}", level.resolution)
        },
        border: two(level.border_ratio),
        limit: two(level.border_limit),
        stability: two(level.stability),
        modularity: format!("{:.3}", level.modularity),
        supported: level.supported,
        chosen,
    }
}
