//! The closing words on standard output, line by line.

use super::text::{between, count, number};
use super::world::World;
use super::{Ledger, differing, names};
use std::collections::HashMap;

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
        bridges_said == if world.parts() { 0 } else { listed.len().min(3) },
        "the first three bridge customers are explained, and none of parts",
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
    if let Some(what) =
        line.strip_suffix(" segments of similar customers; they are a convenience, not natural groups.")
    {
        let (what, groups) = what.rsplit_once(" For working with them, here are ")?;
        let none_chosen = world.levels.iter().all(|l| l["chosen"] == "false");
        let mut claims = vec![count(groups)? == world.sizes.len(), world.parts(), none_chosen];
        let customers = if let Some(customers) =
            between(what, "No borders found: these ", " form a continuum.")
        {
            claims.push(supported(world).is_empty() && world.summary["supported"] == false);
            customers
        } else if let Some(customers) = between(
            what,
            "No borders found that are sure enough: these ",
            " are rather a continuum.",
        ) {
            claims.push(!supported(world).is_empty() && world.summary["supported"] == false);
            customers
        } else if let Some(rest) = what.strip_prefix("No borders found but around ") {
            let (few, rest) = rest.split_once(": these ")?;
            claims
                .push(counted(few, "customer")? == set_apart(world)? && world.summary["supported"] == false);
            rest.strip_suffix(" are rather a continuum.")?
        } else {
            claims.push(world.levels.is_empty() && world.summary["supported"].is_null());
            claims.push(n - world.nearest.repeats < 30);
            between(what, "These ", " are too few to tell segments from chance.")?
        };
        claims.push(counted(customers, "customer")? == n);
        return Some(claims);
    }
    let (segments, customers) = line.split_once(" in ")?;
    Some(vec![
        counted(segments, "segment")? == world.sizes.len(),
        counted(customers, "customer")? == n,
        !world.parts(),
    ])
}

/// Numbers of segments of the supported levels.
fn supported(world: &World) -> Vec<usize> {
    let levels = world.levels.iter().filter(|l| l["supported"] == "true");
    levels.filter_map(|l| count(&l["segments"])).collect()
}

/// Customers outside the largest segment of the finest supported level, by its column in the network's file, where every such level is one
/// of exceptions: tells less than a segment of a fiftieth beside everybody else.
pub(super) fn set_apart(world: &World) -> Option<usize> {
    let mut apart = None;
    for k in supported(world) {
        let begin = format!("for=\"segment_at_{k}\" value=\"");
        let mut sizes: HashMap<&str, usize> = HashMap::new();
        for rest in world.network.split(&begin).skip(1) {
            *sizes.entry(rest.split_once('"')?.0).or_insert(0) += 1;
        }
        let n: usize = sizes.values().sum();
        let share = |&size: &usize| size as f64 / n as f64;
        let entropy: f64 = sizes.values().map(|s| -share(s) * share(s).ln()).sum();
        if n != world.customers.len() || entropy >= 0.098 {
            return None;
        }
        apart = Some(n - sizes.values().max()?);
    }
    apart
}

/// What a level must pass to be supported, as far as its row tells.
/// `sampled`: resolutions are those of a sample, and none of Gephi's.
fn passes(level: &HashMap<String, String>, sampled: bool) -> bool {
    let of = |column: &str| number(&level[column]);
    of("border_ratio")
        .zip(of("border_limit"))
        .is_some_and(|(r, l)| r < l)
        && of("stability").is_some_and(|s| s >= 0.87)
        && of("crowding").is_some_and(|c| c <= 0.8)
        && of("doubtful").is_some_and(|d| d <= 0.05)
        && (of("resolution") == Some(0.0)) == (level["joined"] == "true")
        && level["gephi_resolution"].is_empty() == (sampled || level["joined"] == "true")
}

fn how_sure(world: &World, line: &str) -> Claims {
    let chosen = world.levels.iter().find(|l| l["chosen"] == "true");
    let recommended = world.summary["recurrence"]["recommended"].as_u64();
    if let Some(what) = line.strip_prefix("How sure: ") {
        if let Some(list) = between(
            what,
            "divisions into ",
            " pass every test (levels.csv), but none is sure enough to be recommended",
        ) {
            let numbers: Vec<usize> = list.split(", ").map(count).collect::<Option<_>>()?;
            return Some(vec![
                numbers.iter().all(|k| supported(world).contains(k)),
                recommended.is_none() && chosen.is_none(),
            ]);
        }
        if let Some(few) = between(
            what,
            "what passes every test (levels.csv) sets ",
            " apart from all others, too few to divide by",
        ) {
            return Some(vec![
                counted(few, "customer")? == set_apart(world)?,
                recommended.is_none() && chosen.is_none(),
            ]);
        }
        return Some(match what {
            "supported by every test" => vec![
                world.summary["supported"] == true,
                chosen.is_some_and(|l| l["supported"] == "true"),
                world
                    .levels
                    .iter()
                    .filter(|l| l["supported"] == "true")
                    .all(|level| passes(level, world.customers.len() > 25_000)),
            ],
            "whether the data support these segments was not examined" => {
                vec![world.levels.is_empty(), world.summary["supported"].is_null()]
            }
            "no division passes every test: borders thinner than in made-up customers without groups, not through crowded places, and segments that come back when a fifth of the customers is left out (levels.csv)" =>
            {
                vec![supported(world).is_empty(), !world.levels.is_empty()]
            }
            _ => return None,
        });
    }
    if let Some(why) = line.strip_prefix("  Why ") {
        let (number, why) = why.split_once(": ")?;
        let mut claims = vec![count(number) == chosen.and_then(|l| count(&l["segments"]))];
        if let Some(other) = between(why, "it was asked for; recommended are ", " segments") {
            claims.push(count(other)? as u64 == recommended?);
        } else if why == "it was asked for" {
            claims.push(recommended.is_none());
        } else if why
            == "of the divisions good enough to be recommended, it is the one that samples which choose anew agree with most"
        {
            let at = chosen.and_then(|l| super::text::number(&l["resolution"]))?;
            let of = |column: &str| chosen.and_then(|l| super::text::number(&l[column]));
            let clear = of("stability")? >= 0.97 && of("border_ratio")? <= 0.3;
            claims.push(count(number)? as u64 == recommended? && at < 2.0 && (at <= 1.0 || clear));
        } else {
            return None;
        }
        return Some(claims);
    }
    if let Some(rest) = line.strip_prefix("  Asked again on ") {
        return asked_again(world, rest, chosen.and_then(|l| count(&l["segments"])));
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

/// `20 samples that leave out a fifth of the customers, …`
fn asked_again(world: &World, text: &str, chosen: Option<usize>) -> Claims {
    let recurrence = &world.summary["recurrence"];
    let samples = recurrence["samples"].as_u64()?;
    let (said, rest) = text.split_once(" samples that leave out a fifth of the customers, ")?;
    let times = |key: &str| Some((recurrence[key].as_f64()? * samples as f64).round() as usize);
    let (fewest, most) = (recurrence["fewest"].as_u64(), recurrence["most"].as_u64());
    let range = match fewest.zip(most) {
        Some((a, b)) if a == b => format!("{a}"),
        Some((a, b)) => format!("{a} to {b}"),
        None => String::new(),
    };
    let none = times("none")?;
    let mut claims = vec![count(said)? as u64 == samples];
    if let Some((nothing, others)) = rest.split_once(" recommend nothing") {
        claims.push(count(nothing)? == none);
        claims.push((none == samples as usize) == range.is_empty());
        claims.push(recurrence["recommended"].is_null() && recurrence["agreement"].is_null());
        claims.push(if range.is_empty() {
            others.is_empty()
        } else {
            others == format!(", the others {range}")
        });
        return Some(claims);
    }
    let rest = rest.strip_prefix("the same number (give or take one) came back in ")?;
    let (same, rest) = rest.split_once(", and the segments agree at ")?;
    let same = count(same)?;
    let (agreement, others) = rest.split_once(';').unwrap_or((rest, ""));
    let (fewest, most) = (fewest? as usize, most? as usize);
    let wanted = chosen?;
    let all_near = fewest.abs_diff(wanted).max(most.abs_diff(wanted)) <= 1;
    claims.push(same == times("same_number")? && same + none <= samples as usize);
    claims.push(all_near == (same + none == samples as usize) && all_near == others.is_empty());
    claims.push((number(agreement)? - recurrence["agreement"].as_f64()?).abs() <= 0.005_001);
    if !others.is_empty() {
        let near = if recurrence["same_number"].as_f64()? < 0.8 {
            " near equals remain:"
        } else {
            ""
        };
        let nothing = match none {
            0 => String::new(),
            none => format!(", {none} of them nothing"),
        };
        claims.push(others == format!("{near} the samples recommend {range}{nothing}"));
    }
    Some(claims)
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
    if let Some(front) = line.strip_suffix(
        " where two segments meet: where a line was drawn through a continuum, and no bridges between groups.",
    ) {
        let (who, verb) = front.rsplit_once(' ')?;
        let (who, share) = who.strip_suffix(')')?.split_once(" (")?;
        return Some(vec![
            counted(who, "customer")? == bridges,
            share_is(world, share, bridges)?,
            verb == if bridges == 1 { "lies" } else { "lie" },
            world.parts(),
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
    if let Some(rest) = line.strip_prefix("  As rules: rules.txt, and rules.sql for a database; ") {
        let (usable, rest) = rest.split_once(" of ")?;
        let (all, rest) =
            rest.split_once(" have a precision of 0.8 and above, and the list of them is right for ")?;
        let (share, tried) = rest.split_once(" % of ")?;
        let tried = counted(tried.strip_suffix(" that no rule was learned on")?, "customer")?;
        let of = |row: &HashMap<String, String>, column: &str| number(&row[column]);
        let members: f64 = world.rules.iter().filter_map(|r| of(r, "members")).sum();
        let right: f64 = (world.rules.iter())
            .filter_map(|r| Some(of(r, "list_recall")? * of(r, "members")?))
            .sum();
        let good = world
            .rules
            .iter()
            .filter(|r| of(r, "precision").is_some_and(|p| p >= 0.8));
        let said_good = world.rules.iter().filter(|r| r["usable"] == "true");
        return Some(vec![
            count(all)? == world.sizes.len() && world.rules.len() == world.sizes.len(),
            count(usable)? == good.count() && count(usable)? == said_good.count(),
            tried as f64 == members,
            (number(share)? - 100.0 * right / members).abs() <= 0.050_001,
        ]);
    }
    if line == "  Another number: --segments N, for exactly N segments" {
        return Some(vec![world.parts(), supported(world).is_empty()]);
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
    if line == "  Read and show it: open report.html in a browser" {
        return Some(vec![world.files.iter().any(|f| f == "report.html")]);
    }
    if line == "  See them: open network.gexf in Gephi; places and colors are set" {
        return Some(vec![world.files.iter().any(|f| f == "network.gexf")]);
    }
    if line == "  New customers: kinfolk assign out NEW.csv puts them into these segments" {
        return Some(vec![world.files.iter().any(|f| f == "model.kinfolk")]);
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
    if let Some(at_one) = between(
        line,
        "  segments by k-means, seed 42; modularity ",
        " (at resolution 1, as in the files)",
    ) {
        return Some(vec![
            (number(at_one)? - number(&graph["modularity"])?).abs() <= 0.000_500_1,
            graph["method"] == "parts" && s["method"] == "parts" && world.parts(),
        ]);
    }
    if let Some(at_one) = between(line, "  modularity ", " (at resolution 1, as in the files)") {
        return Some(vec![
            (number(at_one)? - number(&graph["modularity"])?).abs() <= 0.000_500_1,
        ]);
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
        if rest.starts_with("groups that no tie joins joined by where they lie, ") {
            let chosen = world.levels.iter().find(|l| l["chosen"] == "true");
            claims.push(chosen.is_some_and(|l| l["joined"] == "true") && in_json("resolution") == Some(0.0));
        }
        if let Some(resolution) = rest.strip_prefix("resolution ") {
            if let Some((here, _)) = resolution.split_once(" among those looked at, ") {
                claims.push(
                    (number(here)? - in_json("resolution")?).abs() < 1e-9 && world.customers.len() > 25_000,
                );
                return Some(claims);
            }
            let (here, gephi) = resolution.split_once(" (")?;
            claims.push((number(here)? - in_json("resolution")?).abs() < 1e-9);
            let gephi = number(gephi.split_once(" in Gephi), seed")?.0)?;
            claims.push((gephi - 1.0 / in_json("resolution")?).abs() <= 0.000_500_1);
        }
        return Some(claims);
    }
    if differing::is_said(line) {
        // Checked there.
        return Some(Vec::new());
    }
    for other in &world.comparison[1..] {
        let method = other["method"].as_str();
        if let Some(rest) = line.strip_prefix(&format!("  {method} with ")) {
            let (clusters, rest) = rest.split_once(": ")?;
            let clusters = match clusters.strip_suffix(" clusters") {
                Some(many) => many.replace(',', ""),
                None => clusters
                    .strip_suffix(" cluster")
                    .filter(|one| *one == "1")?
                    .to_owned(),
            };
            if rest
                == "the same customers together as in these segments, so what measures the groups is the same"
            {
                let same = ["silhouette", "davies_bouldin", "calinski_harabasz", "modularity"];
                return Some(vec![
                    clusters == other["clusters"],
                    agreement(world, method) == 1.0,
                    same.iter().all(|c| other[*c] == graph[*c]),
                ]);
            }
            let rest = (rest.strip_prefix("adjusted Rand ")?)
                .strip_suffix(", with these segments (1 is the same, 0 is chance)")?;
            let (shown, ends) = rest.split_once(", ")?;
            let (shown, (low, high)) = (number(shown)?, ends.split_once(" to ")?);
            let near = |shown: &str, column: &str| {
                Some((number(shown)? - number(&other[column])?).abs() <= 0.005_001)
            };
            return Some(vec![
                near(low, "ari_with_graph_low")? && near(high, "ari_with_graph_high")?,
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
    if line == "  Better is said where 95 % of resamples of the customers agree; what the measures reward:" {
        let differs = |m: &HashMap<String, String>| agreement(world, m["method"].as_str()) < 1.0;
        return Some(vec![world.comparison[1..].iter().any(differs)]);
    }
    // What measures reward is no claim about these customers; each is described once.
    for (measure, begins) in [
        ("silhouette", "customers nearer to their own group"),
        ("Davies-Bouldin (less is better)", "groups that are narrow"),
        ("Calinski-Harabasz", "what k-means seeks"),
    ] {
        if let Some(rest) = line.strip_prefix(&format!("    {measure}: ")) {
            let once = world.stdout.lines().filter(|l| *l == line).count() == 1;
            return Some(vec![once && rest.starts_with(begins)]);
        }
    }
    if let Some(rest) = line.strip_prefix("    come back without a fifth of the customers: ") {
        let mut claims = both(
            world,
            rest.strip_suffix(" (1 is all of them)")?,
            "stability",
            0.005_001,
        )?;
        let of = |s: &HashMap<String, String>| Some(number(&s["stability"])? * number(&s["share"])?);
        let mean: f64 = world.segments.iter().map(of).sum::<Option<f64>>()?;
        claims.push((mean - number(&graph["stability"])?).abs() < 1e-6);
        return Some(claims);
    }
    if let Some(rest) = line.strip_prefix("    modularity, which the graph's methods seek: ") {
        return both(world, rest, "modularity", 0.000_501);
    }
    measures(world, line)
}

/// `kmeans 0.93, these segments 0.95`: of some method, if there are several of that name in front.
fn both(world: &World, text: &str, column: &str, half: f64) -> Claims {
    let (theirs, ours) = text.split_once(", these segments ")?;
    let (method, theirs) = theirs.rsplit_once(' ')?;
    let other = world.comparison[1..].iter().find(|row| row["method"] == method)?;
    let near = |shown: &str, row: &HashMap<String, String>| {
        Some((number(shown)? - number(&row[column])?).abs() <= half)
    };
    Some(vec![near(theirs, other)?, near(ours, &world.comparison[0])?])
}

/// `    kmeans is better: silhouette 0.17 against 0.10; …`: of some method, if there are several.
fn measures(world: &World, line: &str) -> Claims {
    let (who, list) = line.strip_prefix("    ")?.split_once(": ")?;
    let mut answers = Vec::new();
    for other in &world.comparison[1..] {
        let graph = &world.comparison[0];
        let (first, second) = match who {
            "these segments are better" => (graph, other),
            who if who
                == format!(
                    "other customers could turn {} and these segments around",
                    other["method"]
                ) =>
            {
                (other, graph)
            }
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
                _ => return None,
            };
            let half = |shown: &str| {
                0.500_001 / 10f64.powi(shown.split_once('.').map_or(0, |(_, d)| d.len()) as i32)
            };
            let (a, b) = values.split_once(" against ").unwrap_or((values, values));
            let (x, y) = (number(&first[column])?, number(&second[column])?);
            claims.push((number(a)? - x).abs() <= half(a) && (number(b)? - y).abs() <= half(b));
            let end = |which: &str| number(&other[&format!("{column}_minus_graph_{which}")]);
            let (low, high) = (end("low")?, end("high")?);
            claims.push(low <= high && low <= difference(other, graph, column)? + 1e-6);
            if who.ends_with(" around") {
                claims.push(low <= 0.0 && high >= 0.0);
            } else {
                claims.push((x > y) != less && (low > 0.0 || high < 0.0));
            }
        }
        answers.push(claims);
    }
    let best = answers
        .iter()
        .position(|claims| claims.iter().all(|c| *c))
        .unwrap_or(0);
    (!answers.is_empty()).then(|| answers.swap_remove(best))
}

/// What a method has more of than the segments.
fn difference(other: &HashMap<String, String>, graph: &HashMap<String, String>, column: &str) -> Option<f64> {
    Some(number(&other[column])? - number(&graph[column])?)
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
