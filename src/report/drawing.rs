//! The points and ties that the page's maps draw, packed: places as two 16-bit numbers each, in base64.

use super::MOST_POINTS;
use super::view::View;
use super::words::printable;
use crate::centrality::is_bridge;
use crate::layout;
use crate::num::round_significant;
use crate::table::{MISSING, Role, Values};
use crate::text::shown::cut;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// Groups with a color and a name of their own at most.
const GROUPS: usize = 1000;
/// Ties drawn at most.
const TIES: usize = 30_000;
/// Bytes that values of single customers may take.
const VALUES: usize = 2_500_000;
/// Characters of an identifier or a category.
const SHORT: usize = 40;

/// What the script reads.
#[derive(Serialize)]
pub(super) struct Drawing {
    group: &'static str,
    names: Vec<Option<String>>,
    colors: Vec<String>,
    /// Group of each point, 16 bits.
    groups: String,
    /// For bridges the group on the other side plus 1, else 0, 16 bits.
    other: String,
    maps: Vec<Map>,
    /// Pairs of points, 16 bits each.
    ties: String,
    customers: Option<Customers>,
}

/// One way to place the points.
#[derive(Serialize)]
struct Map {
    name: &'static str,
    /// x and y, 16 bits each, y upwards.
    places: String,
}

/// Who the points are: only where asked for.
#[derive(Serialize)]
struct Customers {
    ids: Vec<String>,
    columns: Vec<Column>,
    /// Columns that found no room.
    left_out: usize,
}

#[derive(Serialize)]
struct Column {
    name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    levels: Vec<String>,
    /// Numbers, or places in `levels`; `null` where missing.
    values: Vec<Option<f64>>,
    date: bool,
}

/// Who is drawn: everybody, or so many spread evenly over the canonical order; nobody where there are no places.
fn drawn(view: &View<'_>) -> Vec<u32> {
    let n = view.n();
    let m = if view.layout.is_empty() {
        0
    } else {
        n.min(MOST_POINTS)
    };
    (0..m).map(|i| (i * n / m) as u32).collect()
}

pub(super) fn of(view: &View<'_>) -> Drawing {
    let drawn = drawn(view);
    let labels = view.partition.labels();
    let other = |v: u32| {
        let positions = view.positions?;
        let pair = positions.bridge_pair[v as usize]?;
        is_bridge(positions.bridge_score[v as usize]).then_some(numbered(pair.1).saturating_add(1))
    };
    let groups = view.n_groups().min(GROUPS);
    let mut maps = Vec::new();
    if !drawn.is_empty() {
        maps.push(Map {
            name: "network",
            places: packed(&drawn, view.layout),
        });
    }
    if let Some(s) = view.table.filter(|_| view.has_components()) {
        maps.push(Map {
            name: "components",
            places: packed(&drawn, &layout::first_two(s.features.values.view())),
        });
    }
    Drawing {
        group: view.group,
        names: (0..groups).map(|g| view.name(g)).collect(),
        colors: (0..groups).map(|g| view.color(g)).collect(),
        groups: bytes(drawn.iter().map(|&v| numbered(labels[v as usize]))),
        other: bytes(drawn.iter().map(|&v| other(v).unwrap_or(0))),
        maps,
        ties: ties(view, &drawn),
        customers: view.settings.customers.then(|| customers(view, &drawn)),
    }
}

/// A group's number, and one that no group has beyond those with a color.
fn numbered(group: u32) -> u16 {
    if (group as usize) < GROUPS {
        group as u16
    } else {
        u16::MAX - 1
    }
}

/// Numbers of 16 bits, the low byte first, in base64.
fn bytes(numbers: impl Iterator<Item = u16>) -> String {
    let bytes: Vec<u8> = numbers.flat_map(u16::to_le_bytes).collect();
    STANDARD.encode(bytes)
}

/// The places of some points in the least square that holds all, of that side, y upwards.
fn in_square<'a>(
    drawn: &'a [u32],
    places: &'a [[f64; 2]],
    length: f64,
) -> impl Iterator<Item = [f64; 2]> + 'a {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for place in places {
        for axis in 0..2 {
            low[axis] = low[axis].min(place[axis]);
            high[axis] = high[axis].max(place[axis]);
        }
    }
    let side = (high[0] - low[0]).max(high[1] - low[1]);
    let scale = if side > 0.0 { length / side } else { 0.0 };
    drawn.iter().map(move |&v| {
        [0, 1].map(|axis| {
            let slack = (side - (high[axis] - low[axis])) / 2.0;
            (places[v as usize][axis] - low[axis] + slack) * scale
        })
    })
}

fn packed(drawn: &[u32], places: &[[f64; 2]]) -> String {
    bytes(in_square(drawn, places, 65_535.0).flat_map(|place| place.map(|x| x.round() as u16)))
}

/// The network as a still picture.
#[derive(Serialize)]
pub(super) struct Dots {
    /// How thick a dot is.
    width: String,
    groups: Vec<DotGroup>,
    between: Vec<Ringed>,
}

#[derive(Serialize)]
struct DotGroup {
    color: String,
    path: String,
}

#[derive(Serialize)]
struct Ringed {
    x: String,
    y: String,
    color: String,
}

/// Side of the picture of the network.
const PICTURE: f64 = 672.0;

/// The dots of a picture of 672 × 672: a path of points per group, and those in between one by one.
pub(super) fn dots(view: &View<'_>) -> Dots {
    let drawn = drawn(view);
    let labels = view.partition.labels();
    let mut paths = vec![String::new(); view.n_groups()];
    let mut between = Vec::new();
    for (&v, [x, up]) in drawn.iter().zip(in_square(&drawn, view.layout, PICTURE)) {
        let y = PICTURE - up;
        let group = labels[v as usize] as usize;
        if view
            .positions
            .is_some_and(|p| is_bridge(p.bridge_score[v as usize]))
        {
            between.push(Ringed {
                x: format!("{x:.1}"),
                y: format!("{y:.1}"),
                color: view.color(group),
            });
        } else {
            paths[group].push_str(&format!("M{x:.1} {y:.1}h0"));
        }
    }
    let groups = paths.into_iter().enumerate().filter(|(_, path)| !path.is_empty());
    Dots {
        width: format!(
            "{:.1}",
            (260.0 / (drawn.len() as f64 + 1.0).sqrt()).clamp(2.0, 9.0)
        ),
        groups: groups
            .map(|(group, path)| DotGroup {
                color: view.color(group),
                path,
            })
            .collect(),
        between,
    }
}

/// Ties between points drawn: those between groups and the strongest of the others. Every tie of a point comes with the points.
fn ties(view: &View<'_>, drawn: &[u32]) -> String {
    let mut place = vec![u32::MAX; view.n()];
    for (i, &v) in drawn.iter().enumerate() {
        place[v as usize] = i as u32;
    }
    let labels = view.partition.labels();
    let mut found: Vec<(bool, f64, u32, u32)> = (view.graph.edges())
        .filter(|&(a, b, _)| a != b && place[a as usize] != u32::MAX && place[b as usize] != u32::MAX)
        .map(|(a, b, w)| {
            let crosses = labels[a as usize] != labels[b as usize];
            (crosses, w, place[a as usize], place[b as usize])
        })
        .collect();
    let (mut across, mut inside): (Vec<_>, Vec<_>) = found.drain(..).partition(|t| t.0);
    for (list, most) in [(&mut across, TIES / 3), (&mut inside, TIES)] {
        list.sort_by(|x, y| y.1.total_cmp(&x.1).then((x.2, x.3).cmp(&(y.2, y.3))));
        list.truncate(most);
    }
    inside.truncate(TIES - across.len());
    bytes((inside.iter().chain(&across)).flat_map(|&(_, _, a, b)| [a as u16, b as u16]))
}

/// Identifiers and, as far as there is room, values: columns that were compared first.
fn customers(view: &View<'_>, drawn: &[u32]) -> Customers {
    let short = |text: &str| cut(&printable(text), SHORT).into_owned();
    let ids = drawn.iter().map(|&v| short(&view.ids[v as usize])).collect();
    let mut columns = Vec::new();
    let mut left_out = 0;
    let mut room = VALUES;
    for role in [Role::Feature, Role::Ignored, Role::Truth] {
        let of_table = view.table.map_or(&[][..], |s| &s.table.columns);
        for column in of_table.iter().filter(|c| c.role == role) {
            let (values, levels, date) = match &column.values {
                Values::Number(v) | Values::Date(v) => {
                    let date = matches!(column.values, Values::Date(_));
                    let values: Vec<Option<f64>> = (drawn.iter())
                        .map(|&i| v[i as usize])
                        .map(|x| {
                            x.is_finite()
                                .then(|| round_significant(x, if date { 9 } else { 5 }) + 0.0)
                        })
                        .collect();
                    (values, Vec::new(), date)
                }
                Values::Category { codes, levels } => {
                    let values = (drawn.iter())
                        .map(|&i| codes[i as usize])
                        .map(|c| (c != MISSING).then_some(f64::from(c)))
                        .collect();
                    (values, levels.iter().map(|l| short(l)).collect(), false)
                }
                Values::Text(_) => continue,
            };
            let column = Column {
                name: short(&column.name),
                levels,
                values,
                date,
            };
            let size = serde_json::to_string(&column).map_or(usize::MAX, |text| text.len());
            if size > room {
                left_out += 1;
                continue;
            }
            room -= size;
            columns.push(column);
        }
    }
    Customers {
        ids,
        columns,
        left_out,
    }
}
