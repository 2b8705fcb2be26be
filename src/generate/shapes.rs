//! Plain shapes for tests: nothing to find, or two groups that no straight line divides.

use super::{Generate, Generated, PURPOSE_ROWS, Shape, chunked, round};
use crate::num::math;
use crate::random::Random;
use crate::random::StandardNormal;
use rand::RngExt;
use std::f64::consts::PI;

/// Columns of the shapes without groups.
const DIMENSIONS: usize = 6;
/// Distance of the two arcs, and of the two rings, where they are nearest.
const GAP: f64 = 0.5;

pub(super) fn shape(settings: &Generate) -> Generated {
    let n = settings.customers;
    // Without separation the scatter would be without end.
    let scatter = GAP / settings.separation.max(0.1);
    match settings.shape {
        Shape::Moons => plane(settings, ["upper moon", "lower moon"], |group, random| {
            let t = PI * random.random::<f64>();
            let on_arc = if group == 0 {
                [math::cos(t), math::sin(t)]
            } else {
                [1.0 - math::cos(t), GAP - math::sin(t)]
            };
            on_arc.map(|x| x + scatter * random.sample::<f64, _>(StandardNormal))
        }),
        Shape::Rings => plane(settings, ["outer ring", "inner ring"], |group, random| {
            let t = 2.0 * PI * random.random::<f64>();
            let radius = if group == 0 { 1.0 } else { 1.0 - GAP };
            [radius * math::cos(t), radius * math::sin(t)]
                .map(|x| x + scatter * random.sample::<f64, _>(StandardNormal))
        }),
        other => {
            let rows = chunked(settings, PURPOSE_ROWS, |_, random| {
                std::array::from_fn::<f64, DIMENSIONS, _>(|_| match other {
                    Shape::Cube => random.random::<f64>(),
                    Shape::LogNormal => math::exp(random.sample(StandardNormal)),
                    _ => random.sample(StandardNormal),
                })
            });
            let mut out = Generated::new(vec!["everybody".to_owned()], vec![0; n], Vec::new());
            for d in 0..DIMENSIONS {
                let values = rows.iter().map(|r| round(r[d], 3)).collect();
                out.push_numbers(&format!("x{}", d + 1), 3, values);
            }
            out
        }
    }
}

fn plane(
    settings: &Generate,
    names: [&str; 2],
    point: impl Fn(u32, &mut Random) -> [f64; 2] + Sync,
) -> Generated {
    let rows = chunked(settings, PURPOSE_ROWS, |_, random| {
        let group = u32::from(random.random::<bool>());
        (group, point(group, random))
    });
    let truth = rows.iter().map(|r| r.0).collect();
    let mut out = Generated::new(names.map(str::to_owned).to_vec(), truth, Vec::new());
    out.push_numbers("x", 3, rows.iter().map(|r| round(r.1[0], 3)).collect());
    out.push_numbers("y", 3, rows.iter().map(|r| round(r.1[1], 3)).collect());
    out
}
