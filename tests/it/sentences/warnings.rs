//! Warnings: on standard error and in summary.json.

use super::Ledger;
use super::text::{between, count, number};
use super::world::World;
use kinfolk::table::{Column, Values};

/// Remarks on how a file was read: `reading.rs` tests them; here, that the columns they name exist.
const OF_THE_READER: [&str; 10] = [
    "ambiguous-dates",
    "ambiguous-decimal",
    "levels-differ-by-case",
    "impossible-dates",
    "repeated-ids",
    "duplicate-rows",
    "duplicate-ids",
    "mixed-percent",
    "repeated-columns",
    "unusable-columns",
];

pub(super) fn check(world: &World, ledger: &mut Ledger) {
    let warnings = world.summary["warnings"].as_array().expect("a list");
    let on_screen: Vec<&str> = world
        .stderr
        .lines()
        .filter_map(|l| l.strip_prefix("warning: "))
        .collect();
    ledger.claim(
        on_screen.len() == warnings.len(),
        "as many warnings on the screen as in the file",
    );
    for warning in warnings {
        let (code, message) = (
            warning["code"].as_str().expect("text"),
            warning["message"].as_str().expect("text"),
        );
        ledger.claim(on_screen.contains(&message), &format!("on the screen: {message}"));
        match understood(world, code, message) {
            Some(claims) => claims.into_iter().for_each(|c| ledger.claim(c, message)),
            None => ledger.not_understood(&format!("{code}: {message}")),
        }
    }
    let unstable = world.segments.iter().any(|s| s["verdict"] == "do not trust");
    let warned = warnings.iter().any(|w| w["code"] == "unstable-segments");
    ledger.claim(
        unstable == warned,
        "a warning exactly where a verdict is: do not trust",
    );
}

/// What a warning claims, each true or not.
fn understood(world: &World, code: &str, message: &str) -> Option<Vec<bool>> {
    let n = world.table.n_rows();
    let numbers: Vec<usize> = message.split([' ', ';']).filter_map(count).collect();
    let supported = || world.levels.iter().any(|l| l["supported"] == "true");
    Some(match code {
        "identical-customers" => vec![numbers == [world.nearest.repeats, n]],
        "components" => {
            let parts = world
                .customers
                .iter()
                .filter_map(|c| count(&c["component"]))
                .max()?;
            let said = between(
                message,
                "the graph falls into ",
                " parts with no tie between them",
            )?;
            vec![count(said)? == parts]
        }
        "unstable-segments" => return unstable(world, message),
        "none-supported" => vec![!supported(), !world.levels.is_empty()],
        "unsupported" => {
            let got = message
                .split("these ")
                .nth(1)?
                .split(' ')
                .next()
                .and_then(count)?;
            vec![!supported(), got == world.sizes.len()]
        }
        "segments-nearest" => {
            let (wanted, menu) = message.split_once(" segments are not supported; supported are ")?;
            let menu: Vec<usize> = menu.split(", ").map(count).collect::<Option<_>>()?;
            let is_supported = |k: &usize| {
                let mut of_level = world.levels.iter().filter(|l| l["supported"] == "true");
                of_level.any(|l| l["segments"] == k.to_string())
            };
            let got = world.sizes.len();
            let nearest = menu
                .iter()
                .all(|k| k.abs_diff(numbers[0]) >= got.abs_diff(numbers[0]));
            vec![
                !menu.contains(&count(wanted)?),
                menu.iter().all(is_supported),
                nearest,
            ]
        }
        "resolution-range" => vec![message.contains(&format!("{}", world.summary["resolution"]))],
        "too-small-to-resample" => {
            vec![
                numbers.first() == Some(&(n - world.nearest.repeats)),
                numbers[1] == 30,
                world.levels.is_empty(),
            ]
        }
        "betweenness-sampled" => vec![numbers.contains(&n)],
        "silhouette-sampled" => vec![numbers.iter().all(|&x| n > x)],
        "missing-values" | "many-missing" => {
            let list = message
                .split_once(if code == "many-missing" {
                    "alone: "
                } else {
                    "every other: "
                })?
                .1;
            let list = list.split_once("; --ignore").map_or(list, |l| l.0);
            let mut claims = Vec::new();
            let mut rest = list;
            while let Some((column, behind)) = rest.strip_prefix('"').and_then(|r| r.split_once("\" ")) {
                let (missing, behind) = behind.split_once(" (")?;
                let column = world.table.columns.iter().find(|c| c.name == column)?;
                claims.push(missing_in(column) == count(missing)?);
                let (percent, behind) = behind.split_once(" %)")?;
                let exact = 100.0 * missing_in(column) as f64 / n as f64;
                claims.push((number(percent)? - exact).abs() <= 0.5);
                rest = behind.trim_start_matches(", ");
            }
            claims.push(rest.is_empty() || rest.trim().starts_with("and "));
            claims
        }
        "constant-columns" | "mostly-missing" => {
            let named = message.split('"').skip(1).step_by(2);
            named
                .map(|name| {
                    let column = world.table.columns.iter().find(|c| c.name == name);
                    column.is_some_and(|c| {
                        if code == "mostly-missing" {
                            10 * missing_in(c) > 9 * n
                        } else {
                            is_constant(c)
                        }
                    })
                })
                .collect()
        }
        code if OF_THE_READER.contains(&code) => {
            let named = message.split('"').skip(1).step_by(2).take(1);
            named
                .map(|name| world.table.columns.iter().any(|c| c.name == name))
                .collect()
        }
        _ => return None,
    })
}

fn missing_in(column: &Column) -> usize {
    column.missing
}

fn is_constant(column: &Column) -> bool {
    match &column.values {
        Values::Number(v) | Values::Date(v) => {
            let present = || v.iter().filter(|x| x.is_finite());
            present().all(|x| Some(x) == present().next())
        }
        Values::Category { codes, .. } => codes.iter().all(|c| c == &codes[0]),
        Values::Text(_) => true,
    }
}

/// `do not trust segment 2 (0.55), 3 (0.40): … less than 0.6 …`
fn unstable(world: &World, message: &str) -> Option<Vec<bool>> {
    let (list, words) = message.strip_prefix("do not trust segment ")?.split_once(": ")?;
    let (list, more) = match list.split_once(" and ") {
        Some((list, more)) => (list, count(more.strip_suffix(" more")?)?),
        None => (list, 0),
    };
    let of = |segment: usize| number(&world.segments[segment - 1]["stability"]);
    let mut claims = Vec::new();
    let mut named = Vec::new();
    for entry in list.split(", ") {
        let (segment, shown) = entry.strip_suffix(')')?.split_once(" (")?;
        let segment = count(segment)?;
        named.push(segment);
        let off = of(segment)? - number(shown)?;
        claims.push((-1e-9..0.01).contains(&off));
    }
    let below: Vec<usize> = (1..=world.sizes.len())
        .filter(|&s| of(s).is_some_and(|x| x < 0.6))
        .collect();
    claims.push(below.len() == named.len() + more && below.starts_with(&named));
    let half = below.iter().all(|&s| of(s).is_some_and(|x| x < 0.5));
    let how = if half { "less than half" } else { "less than 0.6" };
    claims.push(
        words == format!("when a fifth of the customers is left out, {how} of it and of the group in its place is shared by the two, on average"),
    );
    Some(claims)
}
