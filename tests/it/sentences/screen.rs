//! The closing words on standard output, line by line.

use super::text::{between, count, number};
use super::world::World;
use super::{Ledger, names};

type Claims = Option<Vec<bool>>;

pub(super) fn check(world: &World, ledger: &mut Ledger) {
    let listed: Vec<&str> = explanations(world);
    let mut in_table = false;
    let mut bridges_said = 0;
    for line in world.stdout.lines() {
        let line = &world.as_of_segments(line)[..];
        if line.trim().is_empty() {
            in_table = false;
        } else if line.trim_start().starts_with("segment  ") || line.trim() == "segment" {
            in_table = true;
        } else if in_table {
            if table_row(world, line, ledger).is_none() {
                ledger.not_understood(line);
            }
        } else if listed
            .get(bridges_said)
            .is_some_and(|e| line.trim() == world.as_of_segments(e))
        {
            // Checked as it stands in summary.json.
            bridges_said += 1;
        } else {
            let claims = headline(world, line)
                .or_else(|| how_sure(world, line))
                .or_else(|| bridges_and_doubt(world, line))
                .or_else(|| next_steps(world, line))
                .or_else(|| technical(world, line));
            match claims {
                Some(claims) => claims.into_iter().for_each(|c| ledger.claim(c, line)),
                None => ledger.not_understood(line),
            }
        }
    }
    ledger.claim(
        bridges_said == listed.len().min(3),
        "the first three bridge customers are explained",
    );
}

fn explanations(world: &World) -> Vec<&str> {
    let bridges = world.summary["bridges"].as_array().expect("a list");
    bridges.iter().filter_map(|b| b["explanation"].as_str()).collect()
}

/// Whether `4.9 %` is a count over the number of customers, to one digit.
fn share_is(world: &World, text: &str, part: usize) -> Option<bool> {
    let shown = number(text.strip_suffix(" %")?)?;
    Some((shown - 100.0 * part as f64 / world.table.n_rows() as f64).abs() <= 0.050_001)
}

/// `1 customer`, `3 customers`
fn counted(text: &str, one: &str) -> Option<usize> {
    let (number, word) = text.split_once(' ')?;
    let n = count(number)?;
    (word == if n == 1 { one.to_owned() } else { format!("{one}s") }).then_some(n)
}

fn bridge_customers(world: &World) -> usize {
    let is_bridge =
        |c: &&std::collections::HashMap<String, String>| number(&c["bridge_score"]).is_some_and(|x| x >= 0.4);
    world.customers.iter().filter(is_bridge).count()
}

fn in_doubt(world: &World) -> Vec<usize> {
    let p = |i: usize| number(&world.customers[i]["probability"]);
    (0..world.customers.len())
        .filter(|&i| p(i).is_some_and(|p| p < 0.75))
        .collect()
}

fn headline(world: &World, line: &str) -> Claims {
    let n = world.table.n_rows();
    if let Some(customers) = between(
        line,
        "No segments in ",
        ": no borders found, they form a continuum.",
    ) {
        return Some(vec![
            counted(customers, "customer")? == n,
            world.sizes.len() == 1,
            world.summary["supported"] == false,
        ]);
    }
    let continuum = line.strip_prefix("No borders found: these ");
    if let Some(rest) = continuum {
        let (customers, rest) = rest.split_once(" form a continuum. For working with them, here are ")?;
        let groups =
            rest.strip_suffix(" segments of similar customers; they are a convenience, not natural groups.")?;
        return Some(vec![
            counted(customers, "customer")? == n,
            count(groups)? == world.sizes.len(),
            world.summary["supported"] == false,
        ]);
    }
    let (segments, customers) = line.split_once(" in ")?;
    Some(vec![
        counted(segments, "segment")? == world.sizes.len(),
        counted(customers, "customer")? == n,
    ])
}

fn how_sure(world: &World, line: &str) -> Claims {
    let chosen = world.levels.iter().find(|l| l["chosen"] == "true");
    let none_supported = world.levels.iter().all(|l| l["supported"] == "false");
    if let Some(what) = line.strip_prefix("How sure: ") {
        return Some(match what {
            "supported, by two tests" => vec![
                world.summary["supported"] == true,
                chosen.is_some_and(|l| l["supported"] == "true"),
            ],
            "whether the data support these segments was not examined" => {
                vec![world.levels.is_empty(), world.summary["supported"].is_null()]
            }
            "not supported; no number of segments has thin borders and comes back (levels.csv)" => {
                vec![none_supported, world.summary["supported"] == false]
            }
            "no division examined has borders thinner than made-up customers without groups show and comes back when a fifth of the customers is left out (levels.csv)" =>
            {
                vec![none_supported, !world.levels.is_empty()]
            }
            _ => return None,
        });
    }
    if let Some(borders) = line.strip_prefix("  Borders: little crosses them, ") {
        let (ratio, limit) = borders
            .split_once(" of what crosses the best borders in made-up customers without groups (below ")?;
        let (ratio, limit) = (
            number(ratio.strip_suffix(" %")?)?,
            number(limit.strip_suffix(" % is needed)")?)?,
        );
        let of = |column: &str| number(&chosen?[column]).map(|x| 100.0 * x);
        return Some(vec![
            (ratio - of("border_ratio")?).abs() <= 0.500_001,
            (limit - of("border_limit")?).abs() <= 0.500_001,
            ratio < limit,
        ]);
    }
    let repeats = line.strip_prefix("  Repeats: without a fifth of the customers, ")?;
    let (words, agreement) = repeats.split_once(" segments come back, agreement ")?;
    let shown = number(agreement.strip_suffix(" (1 is the same, 0 is chance)")?)?;
    let exact = number(&chosen?["stability"])?;
    let range = match words {
        "nearly the same" => 0.9..=1.0,
        "much the same" => 0.75..=0.9,
        "roughly the same" => 0.6..=0.75,
        _ => return None,
    };
    Some(vec![(shown - exact).abs() <= 0.005_001, range.contains(&exact)])
}

/// ` 1  name  509  34 %  highly stable  what marks it`
fn table_row(world: &World, line: &str, ledger: &mut Ledger) -> Option<()> {
    if let Some(more) = between(line, " ... and ", " smaller ones (segments.csv)") {
        ledger.claim(count(more)? + 20 == world.sizes.len(), line);
        return Some(());
    }
    let cells: Vec<&str> = line
        .split("  ")
        .map(str::trim)
        .filter(|c| !c.is_empty())
        .collect();
    let [segment, name, customers, share, verdict, marks @ ..] = cells.as_slice() else {
        return None;
    };
    let segment = count(segment)?;
    let row = &world.segments[segment - 1];
    ledger.claim(*name == world.names[segment - 1], line);
    ledger.claim(count(customers)? == world.sizes[segment - 1], line);
    let exact = 100.0 * world.sizes[segment - 1] as f64 / world.table.n_rows() as f64;
    ledger.claim(
        (number(share.strip_suffix(" %")?)? - exact).abs() <= 0.500_001,
        line,
    );
    let expected = match number(&row["stability"]) {
        None => "-",
        Some(s) if s >= 0.85 => "highly stable",
        Some(s) if s >= 0.75 => "stable",
        Some(s) if s >= 0.6 => "a pattern",
        Some(_) => "do not trust",
    };
    ledger.claim(*verdict == expected, line);
    names::check_marks(world, segment, marks.first().copied().unwrap_or("-"), ledger);
    Some(())
}

fn bridges_and_doubt(world: &World, line: &str) -> Claims {
    let bridges = bridge_customers(world);
    if line == "No customer stands between two segments (no bridge customers)." {
        return Some(vec![bridges == 0]);
    }
    if let Some((front, _)) = line.split_once(" between two segments; the strongest:") {
        let (who, verb) = front.rsplit_once(' ')?;
        let (who, share) = who.strip_suffix(')')?.split_once(" (")?;
        return Some(vec![
            counted(who, "bridge customer")? == bridges,
            share_is(world, share, bridges)?,
            verb == if bridges == 1 { "stands" } else { "stand" },
        ]);
    }
    let doubtful = in_doubt(world);
    if line
        == "Every customer's segment is clear: it falls there in at least three in four samples of the customers."
    {
        return Some(vec![doubtful.is_empty()]);
    }
    if let Some(front) =
        line.strip_suffix(" to other segments in more than one in four samples of the customers; most often")
    {
        let (who, verb) = front.rsplit_once(' ')?;
        let (who, share) = who.strip_suffix(')')?.split_once(" (")?;
        return Some(vec![
            counted(who, "customer")? == doubtful.len(),
            share_is(world, share, doubtful.len())?,
            verb == if doubtful.len() == 1 { "falls" } else { "fall" },
        ]);
    }
    let (front, pair) = line.strip_prefix("  ")?.split_once(" between ")?;
    let (number, share) = front.strip_suffix(')')?.split_once(" (")?;
    let with_name = |s: usize| format!("{s} ({})", world.names[s - 1]);
    let all = 1..=world.sizes.len();
    let (a, b) = all
        .clone()
        .flat_map(|a| all.clone().map(move |b| (a, b)))
        .find(|&(a, b)| pair == format!("{} and {}", with_name(a), with_name(b)))?;
    let joins = |i: &&usize| {
        let (own, second) = (world.segment[**i], count(&world.customers[**i]["second_segment"]));
        second.is_some_and(|s| (own, s) == (a, b) || (own, s) == (b, a))
    };
    let found = doubtful.iter().filter(joins).count();
    Some(vec![count(number)? == found, share_is(world, share, found)?])
}

fn next_steps(world: &World, line: &str) -> Claims {
    let has = |rows: &[std::collections::HashMap<String, String>], column: &str| rows[0].contains_key(column);
    if line == "What to do next" {
        return Some(Vec::new());
    }
    if line
        == "  Who they are: profiles.csv has every column for every segment; the farther its effect is from 0, the more that column marks it"
    {
        return Some(vec![world.files.iter().any(|f| f == "profiles.csv")]);
    }
    if let Some(rest) =
        line.strip_prefix("  Who is in which: customers.csv, columns segment and segment_name")
    {
        let mut claims = vec![
            has(&world.customers, "segment"),
            has(&world.customers, "segment_name"),
        ];
        if !rest.is_empty() {
            let sure = between(
                rest,
                "; the sure ones have a probability of 0.75 and above (",
                ")",
            )?;
            claims.push(counted(sure, "customer")? == world.table.n_rows() - in_doubt(world).len());
        }
        return Some(claims);
    }
    if let Some(rest) =
        line.strip_prefix("  Who is in between: customers.csv, bridge_score of 0.4 and above (")
    {
        let bridges = rest.strip_suffix("); bridge_from and bridge_to are the two segments")?;
        return Some(vec![
            counted(bridges, "customer")? == bridge_customers(world),
            has(&world.customers, "bridge_to"),
        ]);
    }
    if let Some(rest) = line.strip_prefix("  Another number: --segments ") {
        let (first, all) = rest
            .strip_suffix(" (levels.csv)")?
            .split_once("; also supported: ")?;
        let all: Vec<usize> = all.split(", ").map(count).collect::<Option<_>>()?;
        let supported = |k: &usize| {
            let mut levels = world.levels.iter().filter(|l| l["supported"] == "true");
            levels.any(|l| l["segments"] == k.to_string()) && *k != world.sizes.len()
        };
        return Some(vec![
            all.iter().all(supported),
            all.first() == count(first).as_ref(),
        ]);
    }
    if line == "  See them: open network.gexf in Gephi; places and colors are set" {
        return Some(vec![world.files.iter().any(|f| f == "network.gexf")]);
    }
    let written = line
        .strip_prefix("Written to out: ")?
        .strip_suffix(" for Gephi")?;
    let mut named: Vec<&str> = written.split([',', ' ']).filter(|w| w.contains('.')).collect();
    named.sort_unstable();
    Some(vec![named == world.files])
}

fn technical(world: &World, line: &str) -> Claims {
    let s = &world.summary;
    let graph = &world.comparison[0];
    let in_json = |key: &str| s[key].as_f64();
    if line == "Technical" {
        return Some(Vec::new());
    }
    if let Some(rest) = line.strip_prefix("  modularity ") {
        let (at_one, here) = rest.split_once(" (at resolution 1, as in the files), ")?;
        let mut claims = vec![
            (number(at_one)? - number(&graph["modularity"])?).abs() <= 0.000_500_1,
            (number(here.strip_suffix(" at this resolution")?)? - in_json("modularity")?).abs()
                <= 0.000_500_1,
        ];
        if let Some(level) = world.levels.iter().find(|l| l["chosen"] == "true") {
            claims.push((number(at_one)? - number(&level["modularity"])?).abs() <= 0.000_500_1);
        }
        return Some(claims);
    }
    if let Some(rest) = line.strip_prefix(&format!("  {}, ", graph["method"])) {
        let (neighbors, rest) = rest.split_once(" nearest neighbors, ")?;
        let mut claims = vec![
            count(neighbors)? as u64 == s["neighbors"].as_u64()?,
            rest.ends_with("seed 42"),
        ];
        if let Some(resolution) = rest.strip_prefix("resolution ") {
            let (here, gephi) = resolution.split_once(" (")?;
            claims.push((number(here)? - in_json("resolution")?).abs() < 1e-9);
            let gephi = number(gephi.split_once(" in Gephi), seed")?.0)?;
            claims.push((gephi - 1.0 / in_json("resolution")?).abs() <= 0.000_500_1);
        }
        return Some(claims);
    }
    for other in &world.comparison[1..] {
        let method = other["method"].as_str();
        if let Some(rest) = line.strip_prefix(&format!("  {method} with ")) {
            let (clusters, rest) = rest.split_once(" clusters: adjusted Rand ")?;
            let shown = number(rest.strip_suffix(" with these segments (1 is the same, 0 is chance)")?)?;
            return Some(vec![
                clusters == other["clusters"],
                (shown - number(&other["ari_with_graph"])?).abs() <= 0.005_001,
                (shown - agreement(world, method)).abs() <= 0.005_001,
            ]);
        }
        if let Some(rest) =
            line.strip_prefix(&format!("    adjusted Rand with the known grouping: {method} "))
        {
            let (theirs, ours) = rest.split_once(", these segments ")?;
            let near = |shown: &str, row: &std::collections::HashMap<String, String>| {
                Some((number(shown)? - number(&row["ari_with_truth"])?).abs() <= 0.005_001)
            };
            return Some(vec![near(theirs, other)?, near(ours, graph)?]);
        }
    }
    measures(world, line)
}

/// `    kmeans is better: silhouette 0.17 against 0.10; …`: of some method, if there are several.
fn measures(world: &World, line: &str) -> Claims {
    let (who, list) = line.strip_prefix("    ")?.split_once(": ")?;
    let mut answers = Vec::new();
    for other in &world.comparison[1..] {
        let graph = &world.comparison[0];
        let (first, second) = match who {
            "these segments are better" | "even" => (graph, other),
            who if who == format!("{} is better", other["method"]) => (other, graph),
            _ => continue,
        };
        let mut claims = Vec::new();
        for entry in list.split("; ") {
            let (name, values) = entry.split_at(entry.find(|c: char| c.is_ascii_digit()).map(|at| {
                // A minus belongs to the number.
                if entry[..at].ends_with('-') { at - 1 } else { at }
            })?);
            let (column, less) = match name.trim() {
                "silhouette" => ("silhouette", false),
                "Davies-Bouldin (less is better)" => ("davies_bouldin", true),
                "Calinski-Harabasz" => ("calinski_harabasz", false),
                "modularity" => ("modularity", false),
                _ => return None,
            };
            let half = |shown: &str| {
                0.500_001 / 10f64.powi(shown.split_once('.').map_or(0, |(_, d)| d.len()) as i32)
            };
            let (a, b) = values.split_once(" against ").unwrap_or((values, values));
            let (x, y) = (number(&first[column])?, number(&second[column])?);
            claims.push((number(a)? - x).abs() <= half(a) && (number(b)? - y).abs() <= half(b));
            claims.push(who == "even" || (x > y) != less);
        }
        answers.push(claims);
    }
    let best = answers
        .iter()
        .position(|claims| claims.iter().all(|c| *c))
        .unwrap_or(0);
    (!answers.is_empty()).then(|| answers.swap_remove(best))
}

/// Adjusted Rand index of a method's column with the segments, by its definition.
fn agreement(world: &World, method: &str) -> f64 {
    let other: Vec<usize> = world.customers.iter().filter_map(|c| count(&c[method])).collect();
    let pairs = |counts: &std::collections::BTreeMap<(usize, usize), usize>| -> f64 {
        counts.values().map(|&n| n as f64 * (n as f64 - 1.0) / 2.0).sum()
    };
    let table = |key: &dyn Fn(usize) -> (usize, usize)| {
        let mut counts = std::collections::BTreeMap::new();
        (0..other.len()).for_each(|i| *counts.entry(key(i)).or_insert(0) += 1);
        counts
    };
    let both = pairs(&table(&|i| (world.segment[i], other[i])));
    let (a, b) = (
        pairs(&table(&|i| (world.segment[i], 0))),
        pairs(&table(&|i| (0, other[i]))),
    );
    let n = other.len() as f64;
    let chance = a * b / (n * (n - 1.0) / 2.0);
    if (a + b) / 2.0 == chance {
        1.0
    } else {
        (both - chance) / ((a + b) / 2.0 - chance)
    }
}
