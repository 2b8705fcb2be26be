//! Warnings: on standard error and in summary.json.

use super::Ledger;
use super::screen::set_apart;
use super::text::{between, count, number};
use super::world::World;
use kinfolk::table::{Column, Values};
use std::collections::BTreeMap;

/// Remarks on how a file was read that begin with a column: `reading.rs` tests them; here, that the column exists.
const OF_A_COLUMN: [&str; 11] = [
    "ambiguous-dates",
    "ambiguous-decimal",
    "levels-differ-by-case",
    "impossible-dates",
    "mixed-currencies",
    "mixed-dates",
    "mixed-percent",
    "repeated-ids",
    "sentinel-values",
    "stands-apart",
    "unusable-columns",
];

/// Remarks on lines and characters of a file: `reading.rs` and `features.rs` test them; here, that the lines are in it.
const OF_LINES: [&str; 14] = [
    "blank-column-names",
    "blank-lines",
    "damaged-text",
    "duplicate-ids",
    "duplicate-rows",
    "long-rows",
    "nested-columns",
    "no-header",
    "numbers-as-names",
    "repeated-column-names",
    "short-rows",
    "title-lines",
    "two-header-rows",
    "utf-16-guessed",
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
        "none-supported" => return none_supported(world, message),
        "small-segments-joined" => return joined(world, message),
        "column-decides" => return decides(world, message),
        "result-columns" => return results(world, message),
        "total-row" => return total(world, message),
        "scales-sampled" => vec![numbers == [25_000, 25_000], n > 25_000],
        "truth-missing" => {
            let known = number(message.rsplit_once("the other ")?.1)? as usize;
            vec![numbers.first() == Some(&(n - known))]
        }
        "truth-one-group" => vec![
            world
                .comparison
                .iter()
                .all(|row| !row.contains_key("ari_with_truth")),
            if message.starts_with("no customer has a value in ") {
                true
            } else {
                message.ends_with("always the same one; agreement with it is not measured")
                    && numbers.first().is_some_and(|&known| known <= n)
            },
        ],
        "kmeans-best" => {
            let (best, rest) = message
                .strip_prefix("k-means takes ")?
                .split_once(" clusters by itself")?;
            let (judged, rest) = rest.split_once(": the largest silhouette of 2 to ")?;
            let many = judged == ", judged on 5,000 of the customers";
            let (last, elbow) = rest.split_once("; the elbow of its inertia is at ")?;
            let elbow = elbow.strip_suffix(" (k_means_curve.csv)")?;
            let of = |row: &std::collections::HashMap<String, String>, column: &str| number(&row[column]);
            let rows = &world.curve;
            let (first, end) = (of(rows.first()?, "inertia")?, of(rows.last()?, "inertia")?);
            // How far below the straight line from the first to the last.
            let below = |place: usize| {
                let line = first + (end - first) * place as f64 / (rows.len() - 1) as f64;
                of(&rows[place], "inertia").map(|x| line - x)
            };
            let at = |k: &str| rows.iter().position(|row| row["clusters"] == k);
            let (at_best, at_elbow) = (at(best)?, at(elbow)?);
            let own = world
                .comparison
                .iter()
                .find(|row| row["method"] == "kmeans_best")?;
            vec![
                rows.iter()
                    .all(|row| of(row, "silhouette") <= of(&rows[at_best], "silhouette")),
                (0..rows.len()).all(|place| below(place) <= below(at_elbow)),
                rows[at_best]["best"] == "true" && rows[at_elbow]["elbow"] == "true",
                rows.last()?["clusters"] == last,
                many == (n > 10_000) && (many || judged.is_empty()),
                own["clusters"] == best,
                // Of many customers the curve has the silhouette of a sample.
                many || own["silhouette"] == rows[at_best]["silhouette"],
            ]
        }
        "columns-hardly-matter" => {
            let (names, rest) = message.split_once(" hardly matter")?;
            let high =
                |row: &std::collections::HashMap<String, String>| number(&row["moved_if_permuted_high"]);
            let hardly: Vec<String> = (world.feature_rows.iter())
                .filter(|row| high(row).is_some_and(|x| x < 0.02))
                .map(|row| format!("\"{}\"", row["feature"]))
                .collect();
            let listed = hardly[..hardly.len().min(8)].join(", ");
            let more = match hardly.len().saturating_sub(8) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            vec![
                names == format!("{listed}{more}"),
                rest.contains("fewer than 2 in 100") && hardly.len() < world.feature_rows.len(),
                rest.starts_with("s:") == (hardly.len() == 1),
            ]
        }
        "dbscan-epsilon" => {
            let said = message.strip_prefix("dbscan's epsilon is ")?;
            let (epsilon, rest) =
                said.split_once(", the knee of the distances from each customer to its nearest number ")?;
            let reach = number(epsilon)?;
            vec![
                reach >= 0.0 && reach.is_finite(),
                rest.starts_with("4 in rising order; "),
            ]
        }
        "baseline-sampled" => vec![n > 30_000, numbers.iter().any(|&m| (10_000..=n).contains(&m))],
        "dbscan-noise" | "hdbscan-noise" => {
            let method = code.trim_end_matches("-noise");
            let rest = message.strip_prefix(method)?;
            let cluster_of = |c: &std::collections::HashMap<String, String>| c[method].clone();
            if rest.ends_with("for noise: it found no cluster") {
                let first = cluster_of(world.customers.first()?);
                vec![
                    numbers == [n],
                    world.customers.iter().all(|c| cluster_of(c) == first),
                ]
            } else {
                let cluster = rest.rsplit_once("its cluster ")?.1;
                let in_it = world.customers.iter().filter(|c| cluster_of(c) == cluster);
                let others = world.customers.iter().any(|c| cluster_of(c) != cluster);
                vec![numbers.first() == Some(&in_it.count()), others]
            }
        }
        "hdbscan-size" => {
            let rest = message.strip_prefix("hdbscan's clusters have at least ")?;
            let (least, rest) = rest.split_once(" of the ")?;
            let of = rest.split_once(" customers that it was asked of, ")?.0;
            let count = |text: &str| text.replace(',', "").parse::<usize>().ok();
            let (least, of) = (count(least)?, count(of)?);
            let mut sizes: BTreeMap<&String, usize> = BTreeMap::new();
            for customer in &world.customers {
                *sizes.entry(&customer["hdbscan"]).or_default() += 1;
            }
            vec![
                least == of.div_ceil(100).max(5),
                if n > 30_000 { of < n } else { of == n },
                // All but the noise.
                sizes.values().filter(|&&size| size < least).count() <= 1,
            ]
        }
        "network-backbone" => {
            let written = |what: &str| world.network.matches(what).count();
            // Nodes of all customers, ties of all.
            vec![
                numbers[..2] == [written("<node "), n],
                numbers[2] == written("<edge "),
                numbers[3] == world.summary["graph"]["edges"].as_u64()? as usize,
            ]
        }
        "neighbors-capped" => vec![numbers.contains(&(n - world.nearest.repeats))],
        "neighbors-approximate" => vec![
            world.summary["neighbors_recall"].is_number(),
            numbers.contains(&(world.summary["neighbors"].as_u64()? as usize)),
        ],
        "spreadsheet-formulas" => {
            let tables = [&world.customers, &world.segments, &world.feature_rows];
            let escaped = |v: &&String| v.starts_with('\'');
            let cells = tables.iter().flat_map(|t| t.iter()).flat_map(|row| row.values());
            vec![*numbers.first()? >= cells.filter(escaped).count()]
        }
        "zero-rows" => vec![*numbers.first()? <= n],
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
            let mut claims = vec![
                numbers.first() == Some(&(n - world.nearest.repeats)),
                numbers[1] == 30,
                world.levels.is_empty(),
                message.ends_with("found by k-means") == world.parts(),
            ];
            if let Some(parts) = between(
                message.rsplit_once("; ")?.1,
                "the ",
                " parts are found by k-means",
            ) {
                claims.push(count(parts)? == world.sizes.len());
            }
            claims
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
        code if OF_LINES.contains(&code) => {
            let lines = message.split_once("line ").and_then(|(_, rest)| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                count(&digits)
            });
            vec![lines.is_none_or(|line| line <= world.table.lines.last().map_or(0, |&l| l as usize))]
        }
        code if OF_A_COLUMN.contains(&code) => {
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
    let group = if world.parts() { "part" } else { "segment" };
    let said = message.strip_prefix(&format!("do not trust {group} "))?;
    let (list, words) = said.split_once(": ")?;
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

/// `no segments supported: …; the 5 parts are a convenience, …`, or with supported ones that are not sure enough.
fn none_supported(world: &World, message: &str) -> Option<Vec<bool>> {
    let (what, parts) = message.rsplit_once("; the ")?;
    let parts = parts.strip_suffix(" parts are a convenience, found by k-means, not natural groups")?;
    let supported: Vec<usize> = world
        .levels
        .iter()
        .filter(|l| l["supported"] == "true")
        .filter_map(|l| count(&l["segments"]))
        .collect();
    // Small parts may have joined others.
    let mut claims = vec![
        count(parts)? >= world.sizes.len(),
        world.parts(),
        !world.levels.is_empty(),
    ];
    if let Some(menu) = between(
        what,
        "no segments recommended: ",
        " are supported (levels.csv) but not sure enough",
    ) {
        let menu: Vec<usize> = menu.split(", ").map(count).collect::<Option<_>>()?;
        claims.push(menu.iter().all(|k| supported.contains(k)));
    } else if let Some(few) = between(
        what,
        "no segments recommended: what is supported (levels.csv) sets ",
        " customers apart from all others, too few to divide by",
    ) {
        let (few, of) = few.split_once(" of ")?;
        claims.push(count(few)? == set_apart(world)? && count(of)? == world.customers.len());
    } else {
        claims.push(what == "no segments supported: every division is as blurred, or changes as much when some are left out, as divisions of structureless customers");
        claims.push(supported.is_empty());
    }
    Some(claims)
}

/// `2 segments of fewer than 60 customers joined the one they have most edge weight with: 71 customers in all`
fn joined(world: &World, message: &str) -> Option<Vec<bool>> {
    let (how_many, rest) = message.split_once(if world.parts() {
        " parts of fewer than "
    } else {
        " segments of fewer than "
    })?;
    let (least, moved) = rest.split_once(" customers joined the one they have most edge weight with: ")?;
    let (least, moved) = (count(least)?, count(moved.strip_suffix(" customers in all")?)?);
    let how_many = count(how_many)?;
    Some(vec![
        moved < how_many * least,
        // One that no tie joins to another stays.
        world.sizes.iter().filter(|&&s| s < least).count() == 0 || world.summary["graph"]["components"] != 1,
    ])
}

/// `"a" decides: without it the answer is another, 3 segments (agreement 0.20 on a sample, where …)`
fn decides(world: &World, message: &str) -> Option<Vec<bool>> {
    let (who, rest) = message.split_once(": without ")?;
    let name = who.strip_prefix('"')?.split_once('"')?.0;
    let (segments, rest) = rest
        .split_once(" the answer is another, ")?
        .1
        .split_once(" (agreement ")?;
    let (agreement, rest) = rest.split_once(" on a sample, where leaving out another column gives ")?;
    let (middle, flag) = rest.split_once(" in the middle); to see it, add --ignore ")?;
    let of = |row: &std::collections::HashMap<String, String>| number(&row["ari_without"]);
    let row = world.feature_rows.iter().find(|r| r["feature"] == name)?;
    let mut known: Vec<f64> = world.feature_rows.iter().filter_map(of).collect();
    known.sort_by(f64::total_cmp);
    let segments = match segments {
        "one segment" => "1",
        several => several.strip_suffix(" segments")?,
    };
    Some(vec![
        row["segments_without"] == segments,
        (number(agreement)? - of(row)?).abs() <= 0.005_001,
        (number(middle)? - known[known.len() / 2]).abs() <= 0.005_001,
        of(row)? <= known[0] && of(row)? < 0.5,
        flag.contains(name),
        world.feature_rows.iter().all(|r| {
            r["feature"] == name
                || who.contains(&format!("\"{}\"", r["feature"]))
                    == row["repeated_by"].split("; ").any(|x| x == r["feature"])
        }),
    ])
}

/// `a column looks like a result …: "churn" (an outcome); it is kept; …`
fn results(world: &World, message: &str) -> Option<Vec<bool>> {
    let (_, rest) = message.split_once("should not decide the segments: ")?;
    let (list, rest) = rest.split_once(" kept; to see the segments without, add --ignore ")?;
    let named: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let one = named.len() == 1;
    let mut claims = vec![
        message.starts_with(if one {
            "a column looks like a result"
        } else {
            "columns look like results"
        }),
        list.ends_with(if one { "; it is" } else { "; they are" }),
        rest.contains("profiles.csv still shows"),
    ];
    claims.extend(
        named
            .iter()
            .map(|name| world.feature_rows.iter().any(|r| r["feature"] == *name)),
    );
    Some(claims)
}

/// `line 302 ("Total") looks like a sum of the others: in 3 of 3 columns of numbers …`
fn total(world: &World, message: &str) -> Option<Vec<bool>> {
    let (line, rest) = message.strip_prefix("line ")?.split_once(" (\"")?;
    let rest = rest.split_once("looks like a sum of the others: in ")?.1;
    let (times, rest) = rest.split_once(" of ")?;
    let (of, _) = rest.split_once(" columns of numbers its value is that of all other rows together;")?;
    let row = world
        .table
        .lines
        .iter()
        .position(|&l| l as usize == count(line).unwrap_or(0))?;
    let sums = world.table.columns.iter().filter(|c| match &c.values {
        Values::Number(v) => {
            let others: f64 = v
                .iter()
                .enumerate()
                .filter(|(i, x)| *i != row && x.is_finite())
                .map(|x| x.1)
                .sum();
            others > 0.0 && (v[row] - others).abs() <= 0.01 * others
        }
        _ => false,
    });
    Some(vec![sums.count() == count(times)?, count(times)? <= count(of)?])
}
