//! Why customers stand between two segments.

use super::Ledger;
use super::text::{count, entries, key, number};
use super::world::{World, day};
use kinfolk::table::{Column, MISSING, Values};

const APART: f64 = 0.28;

pub(super) fn check(world: &World, ledger: &mut Ledger) {
    let listed = world.summary["bridges"].as_array().expect("a list");
    for bridge in listed {
        let id = bridge["customer_id"].as_str().expect("text");
        let segment = |end: &str| bridge[end].as_u64().expect("a number") as usize;
        let (from, to) = (segment("from"), segment("to"));
        let sentence = &world.as_of_segments(bridge["explanation"].as_str().expect("text"))[..];
        let row = world.table.ids.iter().position(|i| i == id).expect("a customer");
        let customer = &world.customers[row];
        let score: f64 = customer["bridge_score"].parse().expect("a number");
        ledger.claim(
            score >= 0.4,
            &format!("{sentence}: a bridge customer of score {score}"),
        );
        ledger.claim(
            world.segment[row] == from
                && customer["bridge_from"] == from.to_string()
                && customer["bridge_to"] == to.to_string(),
            &format!("{sentence}: joins {from} and {to}"),
        );
        if understood(world, row, id, from, to, sentence, ledger).is_none() {
            ledger.not_understood(sentence);
        }
    }
}

fn understood(
    world: &World,
    row: usize,
    id: &str,
    from: usize,
    to: usize,
    sentence: &str,
    ledger: &mut Ledger,
) -> Option<()> {
    let rest = sentence.strip_prefix(id)?.strip_prefix(' ')?;
    let (likeness, nearest) = rest.rsplit_once(": ")?;
    check_nearest(world, row, from, to, nearest, sentence, ledger)?;

    let with_name = |s: usize| format!("segment {s} ({})", world.names[s - 1]);
    let plain = likeness
        .replacen(&with_name(from), "OWN", 1)
        .replacen(&with_name(to), "OTHER", 1);
    let (plain, halfway) = match plain.rsplit_once("and stands between the two in ") {
        Some((front, list)) => (
            front.trim_end_matches(", ").trim_end_matches(' ').to_owned(),
            Some(list.to_owned()),
        ),
        None => (plain.clone(), None),
    };
    let mut own = None;
    let mut other = None;
    if let Some(lists) = plain.strip_prefix("is like OWN in ") {
        if let Some((a, b)) = lists.split_once(" but like OTHER in ") {
            (own, other) = (Some(a), Some(b));
        } else {
            let a = lists
                .strip_suffix(" and joins it to OTHER")
                .or_else(|| lists.strip_suffix(", joins it to OTHER"))?;
            own = Some(a);
        }
    } else if let Some(list) = plain.strip_prefix("belongs to OWN but is like OTHER in ") {
        other = Some(list);
    } else if plain == "joins OWN and OTHER, and no single column shows which it is more like" {
        let shows = world
            .features()
            .any(|c| side(world, c, row, from, to).is_some_and(|s| s != Side::Neither));
        ledger.claim(!shows, sentence);
    } else if plain != "joins OWN and OTHER" || halfway.is_none() {
        return None;
    }
    for (list, wanted) in [
        (own, Side::Own),
        (other, Side::Other),
        (halfway.as_deref(), Side::Between),
    ] {
        let Some(list) = list else { continue };
        let read = |t: &str| entry(world, row, t);
        for (column, value_is_right) in entries(list, " and ", &read, &|e| e.1)? {
            ledger.claim(
                value_is_right,
                &format!("{sentence}: the value of {}", column.name),
            );
            ledger.claim(
                side(world, column, row, from, to) == Some(wanted),
                &format!("{sentence}: {} is {wanted:?}", column.name),
            );
        }
    }
    Some(())
}

/// `column (value)`, and whether the customer has that value.
fn entry<'a>(world: &'a World, row: usize, text: &str) -> Option<(&'a Column, bool)> {
    let text = text.strip_suffix(')')?;
    text.match_indices(" (").find_map(|(at, _)| {
        let (name, value) = (&text[..at], &text[at + 2..]);
        let column = world.features().find(|c| key(&c.name) == key(name))?;
        let right = match &column.values {
            Values::Number(v) => number(value).is_some_and(|x| (x - v[row]).abs() <= 0.005_1 * v[row].abs()),
            Values::Date(v) => day(v[row]) == value,
            Values::Category { codes, levels } => {
                codes[row] != MISSING && key(&levels[codes[row] as usize]) == key(value)
            }
            Values::Text(_) => false,
        };
        Some((column, right))
    })
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Own,
    Other,
    Between,
    Neither,
}

/// Where a customer stands between two segments in a column; `None` where it has no value.
fn side(world: &World, column: &Column, row: usize, from: usize, to: usize) -> Option<Side> {
    let (value, level) = match &column.values {
        Values::Number(v) | Values::Date(v) if v[row].is_finite() => (v[row], None),
        Values::Category { codes, .. } if codes[row] != MISSING => (f64::NAN, Some(codes[row])),
        _ => return None,
    };
    let (own, other) = (world.of(column, level, from)?, world.of(column, level, to)?);
    if (own.effect - other.effect).abs() < APART {
        return Some(Side::Neither);
    }
    if level.is_some() {
        let more = own.mean - other.mean;
        return Some(match more {
            x if x >= APART => Side::Own,
            x if x <= -APART => Side::Other,
            _ => Side::Neither,
        });
    }
    let (off_own, off_other) = ((value - own.median).abs(), (value - other.median).abs());
    let inside = value > own.median.min(other.median) && value < own.median.max(other.median);
    Some(if own.median == other.median {
        Side::Neither
    } else if 2.0 * off_own <= off_other {
        Side::Own
    } else if 2.0 * off_other <= off_own {
        Side::Other
    } else if inside {
        Side::Between
    } else {
        Side::Neither
    })
}

/// `9 of its 15 nearest are in segment 1, 6 in segment 2`
fn check_nearest(
    world: &World,
    row: usize,
    from: usize,
    to: usize,
    text: &str,
    sentence: &str,
    ledger: &mut Ledger,
) -> Option<()> {
    let (own, rest) = text.split_once(" of its ")?;
    let (all, rest) = rest.split_once(" nearest ")?;
    let (different, rest) = match rest.strip_prefix("different customers are in segment ") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix("are in segment ")?),
    };
    let near = world.nearest.segments(row, &world.segment);
    let in_segment = |s: usize| near.iter().filter(|&&x| x == s).count();
    ledger.claim(
        different == (world.nearest.repeats > 0),
        &format!("{sentence}: different customers"),
    );
    ledger.claim(
        count(all)? == near.len() && count(own)? == in_segment(from),
        &format!("{sentence}: {} of {} are in {from}", in_segment(from), near.len()),
    );
    let others = rest.strip_prefix(&from.to_string())?;
    if let Some(walks) = others.strip_prefix(", and ") {
        let share = walks.strip_suffix(&format!(" of the walks of three such steps end in segment {to}"))?;
        let walks = world.nearest.walks(row, &world.segment, to);
        let right = super::text::split_value(&format!("x {share}"))?.1.is(walks);
        ledger.claim(
            right && in_segment(to) == 0,
            &format!("{sentence}: {walks} of the walks"),
        );
    } else {
        let number = others
            .strip_prefix(", ")?
            .strip_suffix(&format!(" in segment {to}"))?;
        ledger.claim(
            count(number)? == in_segment(to),
            &format!("{sentence}: {} in {to}", in_segment(to)),
        );
    }
    Some(())
}
