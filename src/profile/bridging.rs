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

    use crate::partition::Partition;
    use crate::table::written::{categories, feature, table};

    /// What the first of 21 customers is like, of whom it and ten others are in the first segment.
    fn of_first(columns: Vec<crate::table::Column>) -> Likenesses {
        let table = table(21, columns);
        let labels: Vec<u32> = (0..21).map(|i| u32::from(i > 10)).collect();
        let profiles = super::super::profiles(&table, &Partition::from_labels(&labels));
        likenesses(&table, &profiles, 0, (0, 1))
    }

    /// This value, then ten of `own` and ten of `other`.
    fn numbers(first: f64, own: f64, other: f64) -> Vec<f64> {
        (0..21)
            .map(|i| [first, own, other][usize::div_ceil(i, 10)])
            .collect()
    }

    /// The column of the first customer's only likeness, and where it is.
    fn sides(found: &Likenesses) -> Vec<&'static str> {
        let mut sides = Vec::new();
        for (side, name) in [
            (&found.own, "own"),
            (&found.other, "other"),
            (&found.between, "between"),
        ] {
            sides.extend(side.iter().map(|_| name));
        }
        sides
    }

    #[test]
    fn a_number_is_like_the_segment_whose_median_is_at_least_twice_as_near() {
        for (value, side) in [
            (10.0, &["own"][..]),
            (20.0, &["own"]),
            (20.1, &["between"]),
            (29.9, &["between"]),
            (30.0, &["other"]),
            (40.0, &["other"]),
            // Beyond both, and not twice as near to either.
            (-50.0, &[]),
            (100.0, &[]),
            (f64::NAN, &[]),
        ] {
            for falling in [false, true] {
                let turn = |x: f64| if falling { -x } else { x };
                let values = numbers(turn(value), turn(10.0), turn(40.0));
                assert_eq!(
                    sides(&of_first(vec![feature("spend", Values::Number(values))])),
                    side,
                    "{value}"
                );
            }
        }
        let dates = numbers(19_000.0, 19_000.0, 19_400.0);
        let found = of_first(vec![feature("last seen", Values::Date(dates))]);
        assert_eq!(found.own[0].value, "2022-01-08");
        assert_eq!(found.own[0].column, "last seen");
    }

    #[test]
    fn columns_that_hardly_tell_the_two_apart_or_of_equal_medians_are_left_out() {
        // All but one have 10: δ is a tenth.
        let mut alike = numbers(10.0, 10.0, 10.0);
        alike[20] = 11.0;
        assert_eq!(
            of_first(vec![feature("spend", Values::Number(alike))]),
            Likenesses::default()
        );
        // The first segment lies below 10 as often as at it, the other above: the medians are 10.
        let halves: Vec<f64> = (0..21)
            .map(|i| match i {
                1..=5 => 5.0,
                17..=20 => 15.0,
                _ => 10.0,
            })
            .collect();
        assert_eq!(
            of_first(vec![feature("spend", Values::Number(halves))]),
            Likenesses::default()
        );
        let mut ignored = feature("spend", Values::Number(numbers(10.0, 10.0, 40.0)));
        ignored.role = Role::Ignored;
        assert_eq!(of_first(vec![ignored]), Likenesses::default());
    }

    #[test]
    fn a_category_is_like_the_segment_that_holds_it_more_by_a_quarter_and_a_little() {
        // Of the eleven of the first segment `own` hold what the first customer holds, of the ten others `other`.
        let held = |own: usize, other: usize| {
            let holds = |i: usize| if i <= 10 { i < own } else { i - 11 < other };
            let words: Vec<&str> = (0..21).map(|i| if holds(i) { "x" } else { "y" }).collect();
            of_first(vec![feature("plan", categories(&words))])
        };
        assert_eq!(sides(&held(7, 2)), ["own"]);
        assert_eq!(held(7, 2).own[0].value, "x");
        // Shares that differ by 0.274 and by 0.281.
        assert!(sides(&held(3, 0)).is_empty());
        assert_eq!(sides(&held(9, 5)), ["own"]);
        assert_eq!(sides(&held(1, 9)), ["other"]);
        assert!(sides(&held(5, 5)).is_empty());
        let mut words = vec!["y"; 21];
        words[0] = "-";
        words[11] = "z";
        assert_eq!(
            of_first(vec![feature("plan", categories(&words))]),
            Likenesses::default()
        );
    }

    #[test]
    fn the_column_that_tells_most_is_named_first_and_of_equals_the_first_of_the_table() {
        let mut less = numbers(10.0, 10.0, 40.0);
        less[20] = 10.0;
        let whole = || Values::Number(numbers(10.0, 10.0, 40.0));
        let columns = vec![
            feature("less", Values::Number(less)),
            feature("b", whole()),
            feature("a", whole()),
        ];
        let found = of_first(columns);
        let order: Vec<&str> = found.own.iter().map(|l| l.column.as_str()).collect();
        assert_eq!(order, ["b", "a", "less"]);
        assert_eq!(found.own[0].apart, 2.0);
    }
}
