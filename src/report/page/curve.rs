//! k-means by its number of clusters, as two charts beside each other.

use super::super::view::View;
use super::levels::{Dot, Tick, line};
use crate::quality::{CurvePoint, KMeansCurve};
use serde::Serialize;

/// A box of 720 × 240: silhouettes take 44 to 344, inertia 408 to 708, and both 14 to 204.
const LEFTS: [f64; 2] = [44.0, 408.0];
const WIDTH: f64 = 300.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 204.0;

#[derive(Serialize)]
pub(in super::super) struct Section {
    best: usize,
    elbow: usize,
    charts: [Chart; 2],
}

/// One measure by the number of clusters.
#[derive(Serialize)]
struct Chart {
    left: f64,
    right: f64,
    middle: f64,
    what: &'static str,
    dots: Vec<Dot>,
    line: String,
    ticks: Vec<Tick>,
    /// Values on the axis: the place and the text.
    values: Vec<(String, String)>,
    /// Where the number stands that this measure asks for.
    chosen: String,
}

pub(super) fn of(view: &View<'_>) -> Option<Section> {
    let mut baselines = view.table?.baselines.iter();
    let curve = baselines.find_map(|b| b.curve.as_ref())?;
    let silhouette = |point: &CurvePoint| point.silhouette;
    let least = curve.points.iter().map(silhouette).fold(0.0, f64::min);
    let most = curve.points.iter().map(silhouette).fold(0.0, f64::max);
    // To tenths, and some height where all are 0.
    let low = (least * 10.0).floor() / 10.0;
    let high = ((most * 10.0).ceil() / 10.0).max(low + 0.1);
    let of_two = curve.points.first()?.inertia;
    let share = move |point: &CurvePoint| {
        if of_two > 0.0 { point.inertia / of_two } else { 0.0 }
    };
    Some(Section {
        best: curve.best,
        elbow: curve.elbow,
        charts: [
            chart(
                curve,
                0,
                "silhouette, more is better",
                (low, high),
                &silhouette,
                curve.best,
            ),
            chart(
                curve,
                1,
                "inertia, as a share of that of 2 clusters",
                (0.0, 1.0),
                &share,
                curve.elbow,
            ),
        ],
    })
}

fn chart(
    curve: &KMeansCurve,
    place: usize,
    what: &'static str,
    (low, high): (f64, f64),
    value: &dyn Fn(&CurvePoint) -> f64,
    chosen: usize,
) -> Chart {
    let left = LEFTS[place];
    let most = curve.points.last().map_or(2, |point| point.n_clusters);
    let x = |clusters: usize| {
        // One number alone stands in the middle.
        let part = match most {
            0..=2 => 0.5,
            _ => (clusters as f64 - 2.0) / (most as f64 - 2.0),
        };
        format!("{:.1}", left + part * WIDTH)
    };
    let y = |value: f64| {
        let part = ((value - low) / (high - low)).clamp(0.0, 1.0);
        format!("{:.1}", BOTTOM - part * (BOTTOM - TOP))
    };
    let dots: Vec<Dot> = (curve.points.iter())
        .map(|point| Dot {
            x: x(point.n_clusters),
            y: y(value(point)),
            supported: point.n_clusters == chosen,
            chosen: point.n_clusters == chosen,
        })
        .collect();
    let ticks = [2, 5, 10, 15, 20].into_iter().filter(|&t| t <= most);
    Chart {
        left,
        right: left + WIDTH,
        middle: left + WIDTH / 2.0,
        what,
        line: line(&dots),
        dots,
        ticks: ticks
            .map(|t| Tick {
                x: x(t),
                label: t.to_string(),
            })
            .collect(),
        values: [low, (low + high) / 2.0, high]
            .map(|v| (y(v), format!("{v:.2}")))
            .to_vec(),
        chosen: x(chosen),
    }
}
