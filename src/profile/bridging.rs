//! Why a customer stands between two segments, in one sentence that is true of its numbers.

use super::words::{column_number, humanised, percent, tame};
use super::{ProfileRow, Profiles};
use crate::centrality::Surroundings;
use crate::table::{ColumnType, MISSING, Role, Table, Values};
use rustc_hash::FxHashMap;

/// From this difference of effects on, a column tells two segments apart.
const APART: f64 = 0.28;
/// How many columns are named on either side.
const NAMED: usize = 2;

/// A column in which a customer is like one of the two segments it joins.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// The table column.
    pub column: String,
    /// What the customer has there, as a person would write it.
    pub value: String,
    /// How far the column tells the two segments apart: the difference of their effects, 0 to 2.
    pub apart: f64,
}

/// Where a bridge customer is like the one segment, where like the other; the columns that tell most come first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likenesses {
    /// Like its own segment.
    pub own: Vec<Likeness>,
    /// Like the other.
    pub other: Vec<Likeness>,
    /// Columns of numbers or dates that tell the two apart, and where its value lies between their medians, like neither.
    pub between: Vec<Likeness>,
}

/// Which columns of a customer (row of the table) are like the first segment of the pair, which like the second.
///
/// Only columns count whose effects (Cliff's δ, see the [module](super)) differ by 0.28 or more between the two. A number
/// or date is like a segment where it is at least twice as near to that segment's median as to the other's; a category,
/// where the share of that segment that holds it is higher by 0.28 or more. It is between them where it lies between their
/// medians and is like neither; beyond both it is none of these. `O(profile rows)`.
///
/// # Panics
/// Where the table has no such customer.
pub fn likenesses(table: &Table, profiles: &Profiles, customer: usize, pair: (u32, u32)) -> Likenesses {
    let mut found = Likenesses::default();
    let mut rows: FxHashMap<(u32, &str, Option<&str>), &ProfileRow> = FxHashMap::default();
    for row in profiles
        .rows
        .iter()
        .filter(|r| r.segment == pair.0 || r.segment == pair.1)
    {
        rows.entry((row.segment, &row.column, row.level.as_deref()))
            .or_insert(row);
    }
    for column in table.columns.iter().filter(|c| c.role == Role::Feature) {
        let row =
            |segment: u32, level: Option<&str>| rows.get(&(segment, column.name.as_str(), level)).copied();
        let (value, level) = match &column.values {
            Values::Number(v) | Values::Date(v) if v[customer].is_finite() => (v[customer], None),
            Values::Category { codes, levels } if codes[customer] != MISSING => {
                match levels.get(codes[customer] as usize) {
                    Some(level) => (f64::NAN, Some(level.as_str())),
                    None => continue,
                }
            }
            _ => continue,
        };
        let (Some(own), Some(other)) = (row(pair.0, level), row(pair.1, level)) else {
            continue;
        };
        let apart = (own.effect - other.effect).abs();
        let likeness = Likeness {
            column: column.name.clone(),
            value: level.map_or_else(|| written(value, own), str::to_owned),
            apart,
        };
        let (off_own, off_other) = match level {
            None => ((value - own.median).abs(), (value - other.median).abs()),
            // The higher the share, the nearer.
            Some(_) => (other.mean, own.mean),
        };
        match level {
            _ if apart < APART => {}
            None if own.median == other.median => {}
            None if 2.0 * off_own <= off_other => found.own.push(likeness),
            None if 2.0 * off_other <= off_own => found.other.push(likeness),
            Some(_) if off_other - off_own >= APART => found.own.push(likeness),
            Some(_) if off_own - off_other >= APART => found.other.push(likeness),
            None if (value > own.median) != (value > other.median) => found.between.push(likeness),
            _ => {}
        }
    }
    for side in [&mut found.own, &mut found.other, &mut found.between] {
        // Stable: of equals the first column of the table.
        side.sort_by(|a, b| b.apart.total_cmp(&a.apart));
    }
    found
}

fn written(value: f64, row: &ProfileRow) -> String {
    let date = (row.column_type == ColumnType::Date)
        .then(|| crate::text::iso_day(value))
        .flatten();
    date.unwrap_or_else(|| column_number(&row.column, value, 3))
}

/// The sentence: whom a bridge customer is like in what, and where its nearest are.
///
/// `names` are those of the profiles, `repeats` says whether several customers of the table are alike in everything (the
/// nearest are then different ones). `group` is what the groups are called: `segment`, or `part`. It is meant for bridge customers: that
/// the two groups are joined is said, not tested.
pub(crate) fn explain(
    id: &str,
    found: &Likenesses,
    surroundings: &Surroundings,
    pair: (u32, u32),
    names: &[String],
    group: &str,
    repeats: bool,
) -> String {
    let segment = |s: u32| match names.get(s as usize) {
        Some(name) => format!("{group} {} ({name})", s + 1),
        None => format!("{group} {}", s + 1),
    };
    let (own, other) = (segment(pair.0), segment(pair.1));
    let columns = |side: &[Likeness]| {
        let said: Vec<String> = side
            .iter()
            .take(NAMED)
            .map(|l| format!("{} ({})", humanised(&l.column), l.value))
            .collect();
        said.join(" and ")
    };
    let halfway = || format!("stands between the two in {}", columns(&found.between));
    let likeness = match (
        found.own.is_empty(),
        found.other.is_empty(),
        found.between.is_empty(),
    ) {
        (false, false, _) => format!(
            "is like {own} in {} but like {other} in {}",
            columns(&found.own),
            columns(&found.other)
        ),
        (false, true, true) => format!("is like {own} in {} and joins it to {other}", columns(&found.own)),
        (false, true, false) => format!(
            "is like {own} in {}, joins it to {other}, and {}",
            columns(&found.own),
            halfway()
        ),
        (true, false, true) => format!(
            "belongs to {own} but is like {other} in {}",
            columns(&found.other)
        ),
        (true, false, false) => format!(
            "belongs to {own} but is like {other} in {}, and {}",
            columns(&found.other),
            halfway()
        ),
        (true, true, false) => format!("joins {own} and {other} and {}", halfway()),
        (true, true, true) => {
            format!("joins {own} and {other}, and no single column shows which it is more like")
        }
    };
    let nearest = if repeats {
        "nearest different customers"
    } else {
        "nearest"
    };
    tame(&format!(
        "{id} {likeness}: {}",
        around(surroundings, pair, nearest, group)
    ))
}

/// Where those around a node are: `9 of its 15 nearest are in segment 1, 6 in segment 2`.
///
/// Where none of them is in the other group, it says what share of the walks of three steps, from nearest to nearest, ends there.
pub(crate) fn around(surroundings: &Surroundings, pair: (u32, u32), nearest: &str, group: &str) -> String {
    let (own, other) = (pair.0 + 1, pair.1 + 1);
    let own = format!(
        "{} of its {} {nearest} are in {group} {own}",
        surroundings.own, surroundings.all
    );
    if surroundings.other > 0 {
        format!("{own}, {} in {group} {other}", surroundings.other)
    } else {
        format!(
            "{own}, and {} of the walks of three such steps end in {group} {other}",
            percent(surroundings.onward, 0)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(columns: &[&str]) -> Vec<Likeness> {
        columns
            .iter()
            .map(|c| Likeness {
                column: (*c).to_owned(),
                value: "3".to_owned(),
                apart: 0.5,
            })
            .collect()
    }

    #[test]
    fn a_sentence_says_no_more_than_is_known() {
        let surroundings = Surroundings {
            all: 15,
            own: 15,
            other: 0,
            onward: 0.221,
        };
        let said = |own: &[&str], other: &[&str], between: &[&str]| {
            let found = Likenesses {
                own: like(own),
                other: like(other),
                between: like(between),
            };
            let text = explain("A", &found, &surroundings, (1, 0), &[], "segment", false);
            let (likeness, nearest) = text.split_once(": ").expect("two parts");
            assert_eq!(
                nearest,
                "15 of its 15 nearest are in segment 2, and 22 % of the walks of three such steps end in segment 1"
            );
            likeness.to_owned()
        };
        assert_eq!(
            said(&["a", "b", "c"], &["d_days"], &["e"]),
            "A is like segment 2 in a (3) and b (3) but like segment 1 in d days (3)"
        );
        assert_eq!(
            said(&["a"], &[], &[]),
            "A is like segment 2 in a (3) and joins it to segment 1"
        );
        assert_eq!(
            said(&["a"], &[], &["e"]),
            "A is like segment 2 in a (3), joins it to segment 1, and stands between the two in e (3)"
        );
        assert_eq!(
            said(&[], &["a"], &[]),
            "A belongs to segment 2 but is like segment 1 in a (3)"
        );
        assert_eq!(
            said(&[], &["a"], &["e"]),
            "A belongs to segment 2 but is like segment 1 in a (3), and stands between the two in e (3)"
        );
        assert_eq!(
            said(&[], &[], &["e"]),
            "A joins segment 2 and segment 1 and stands between the two in e (3)"
        );
        assert_eq!(
            said(&[], &[], &[]),
            "A joins segment 2 and segment 1, and no single column shows which it is more like"
        );
    }

    #[test]
    fn a_sentence_says_whom_a_customer_is_like() {
        let like = |column: &str, value: &str| {
            vec![Likeness {
                column: column.into(),
                value: value.into(),
                apart: 1.0,
            }]
        };
        let found = Likenesses {
            own: like("monetary", "1,240"),
            other: like("visits", "2"),
            between: vec![],
        };
        let surroundings = Surroundings {
            all: 15,
            own: 9,
            other: 6,
            onward: 0.4,
        };
        let names = ["loyal".to_owned(), "bargain hunters".to_owned()];
        assert_eq!(
            explain("C10293", &found, &surroundings, (0, 1), &names, "segment", false),
            "C10293 is like segment 1 (loyal) in monetary (1,240) but like segment 2 (bargain hunters) in visits (2): \
             9 of its 15 nearest are in segment 1, 6 in segment 2"
        );
    }

    #[test]
    fn where_none_is_in_the_other_group_walks_are_told() {
        let surroundings = Surroundings {
            all: 4,
            own: 4,
            other: 0,
            onward: 0.25,
        };
        assert_eq!(
            around(&surroundings, (1, 0), "neighbors", "community"),
            "4 of its 4 neighbors are in community 2, and 25 % of the walks of three such steps end in community 1"
        );
    }
}
