//! What `kinfolk communities` says: every line is read and worked out again from the list of edges and the files written.

use super::Ledger;
use super::text::{between, count, number};
use super::world::{Rows, kinfolk, rows};
use crate::support::real_data;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A list of edges and what a run of it left.
struct World {
    /// Both ends and the weight of every row.
    list: Vec<(String, String, f64)>,
    columns: Vec<String>,
    weight: Option<String>,
    projected: bool,
    nodes: Rows,
    levels: Rows,
    map: Rows,
    network: String,
    summary: serde_json::Value,
}

type Claims = Option<Vec<bool>>;

fn check(folder: &Path, file: &str, flags: &[&str], ledger: &mut Ledger) {
    let output = kinfolk(
        folder,
        &[&["communities", file, "-o", "out", "--force"], flags].concat(),
    );
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.success(), "{stderr}");
    let stdout = String::from_utf8(output.stdout).expect("text");
    let out = folder.join("out");
    let table = rows(&folder.join(file));
    let read = fs::read_to_string(folder.join(file)).expect("readable");
    let columns: Vec<String> = (read.lines().next().unwrap_or_default().split(','))
        .map(str::to_owned)
        .collect();
    let weight = (columns.iter()).find(|c| ["weight", "amount"].contains(&c.as_str()));
    let world = World {
        list: (table.iter())
            .map(|row| {
                let weight = weight.and_then(|w| number(&row[w])).unwrap_or(1.0);
                (row[&columns[0]].clone(), row[&columns[1]].clone(), weight)
            })
            .collect(),
        weight: weight.cloned(),
        columns,
        projected: flags.contains(&"--project"),
        nodes: rows(&out.join("nodes.csv")),
        levels: rows(&out.join("levels.csv")),
        map: rows(&out.join("community_map.csv")),
        network: fs::read_to_string(out.join("network.gexf")).expect("written"),
        summary: serde_json::from_slice(&fs::read(out.join("summary.json")).expect("written")).expect("JSON"),
    };
    let warnings = world.summary["warnings"].as_array().expect("a list");
    let said = |code: &str| {
        let of_code = warnings.iter().find(|w| w["code"] == code)?;
        of_code["message"].as_str().map(str::to_owned)
    };
    for warning in warnings {
        let (code, message) = (
            warning["code"].as_str().expect("text"),
            warning["message"].as_str().expect("text"),
        );
        ledger.claim(stderr.contains(&format!("warning: {message}")), message);
        take(ledger, message, warned(&world, code, message));
    }
    let first = stderr.lines().find(|l| l.starts_with(file)).unwrap_or_default();
    take(ledger, first, taken_as(&world, file, first));
    // What is not said of repeats must not be there.
    if !world.projected {
        let repeats = world.list.len() - pairs(&world).len();
        ledger.claim(
            (repeats > 0) == said("repeated-edges").is_some(),
            "repeats are said",
        );
    }
    for line in stdout.lines() {
        take(ledger, line, on_screen(&world, line));
    }
}

fn take(ledger: &mut Ledger, line: &str, claims: Claims) {
    match claims {
        Some(claims) => claims.into_iter().for_each(|c| ledger.claim(c, line)),
        None => ledger.not_understood(line),
    }
}

/// The pairs of nodes that rows of the list name, in one direction or the other.
fn pairs(world: &World) -> BTreeSet<(&str, &str)> {
    (world.list.iter())
        .map(|(a, b, _)| (a.as_str().min(b), a.as_str().max(b)))
        .collect()
}

/// Of a projection on the first column: the things that each owner has.
fn things(world: &World) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut things: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (owner, thing, _) in &world.list {
        things.entry(owner).or_default().insert(thing);
    }
    things
}

/// The ties that there must be: both ends, the lower first, and the weight.
fn ties(world: &World) -> BTreeMap<(String, String), f64> {
    let mut ties = BTreeMap::new();
    if !world.projected {
        for (a, b, weight) in &world.list {
            let (low, high) = if a <= b { (a, b) } else { (b, a) };
            *ties.entry((low.clone(), high.clone())).or_insert(0.0) += weight;
        }
        return ties;
    }
    let things = things(world);
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (owner, own) in &things {
        for thing in own {
            owners.entry(thing).or_default().push(owner);
        }
    }
    for own in owners.values() {
        for (i, a) in own.iter().enumerate() {
            for b in &own[i + 1..] {
                let pair = ((*a).to_owned(), (*b).to_owned());
                *ties.entry(pair).or_insert(0.0) += 1.0 / (own.len() - 1) as f64;
            }
        }
    }
    ties
}

/// `edges.csv: UTF-8, …, 34 nodes, 78 edges`.
fn taken_as(world: &World, file: &str, line: &str) -> Claims {
    let what = line.strip_prefix(file)?.strip_prefix(": UTF-8, ")?;
    let (what, attributes) = match what.split_once(" of edges: ") {
        Some((what, names)) => (what.rsplit_once(", ")?.0, Some(names)),
        None => (what, None),
    };
    let (how, edges) = what.rsplit_once(", ")?;
    let (how, nodes) = how.rsplit_once(", ")?;
    let ties = ties(world);
    let ends: BTreeSet<&String> = ties.keys().flat_map(|(a, b)| [a, b]).collect();
    let columns = format!(
        "edges from column {} to column {}",
        world.columns[0], world.columns[1]
    );
    let weight = format!("weight in column {}", world.weight.as_deref().unwrap_or("?"));
    Some(vec![
        count(nodes.strip_suffix(" nodes")?)? == ends.len(),
        count(edges.strip_suffix(" edges")?)? == ties.len(),
        ends.len() == world.nodes.len(),
        how.contains(&columns),
        world.projected == how.contains("projected on "),
        world.projected == how.contains("with d owners adds 1/(d − 1) to a tie (Newman 2001)"),
        how.contains(&weight) == (world.weight.is_some() && !world.projected),
        how.contains("all of weight 1") == (world.weight.is_none() && !world.projected),
        // In the file, too.
        attributes.is_none_or(|names| {
            names
                .split(", ")
                .all(|n| world.network.contains(&format!("title=\"{n}\"")))
        }),
    ])
}

fn warned(world: &World, code: &str, message: &str) -> Claims {
    let numbers: Vec<usize> = message.split([' ', ';', ',']).filter_map(count).collect();
    let first = || message.rsplit_once("(first \"").map(|x| x.1)?.strip_suffix("\")");
    Some(match code {
        "repeated-edges" if world.projected => {
            let different: usize = things(world).values().map(BTreeSet::len).sum();
            vec![
                numbers.first() == Some(&(world.list.len() - different)),
                message.ends_with(&format!(
                    "a pair of {} and {} that stands before; each pair counts once",
                    world.columns[0], world.columns[1]
                )),
            ]
        }
        "repeated-edges" => vec![
            numbers == [world.list.len() - pairs(world).len()],
            message.ends_with("of nodes, in one direction or the other; their weights were added"),
        ],
        "self-loops" => {
            let own = pairs(world).iter().filter(|(a, b)| a == b).count();
            vec![
                numbers == [own],
                message.ends_with("with itself; kept as self-loops"),
            ]
        }
        "directions-dropped" => vec![
            numbers[0] <= world.list.len(),
            numbers[1] == world.list.len(),
            world.columns.iter().any(|c| c.eq_ignore_ascii_case("type")),
        ],
        "weight-not-found" => {
            let named = message.split_once("kept as attributes: ")?.1.split_once(';')?.0;
            let mut named = named.split(", ").map(|n| n.trim_matches('"').to_owned());
            vec![
                named.all(|n| world.columns[2..].contains(&n)),
                !world.columns.iter().any(|c| c == "weight"),
                world
                    .nodes
                    .iter()
                    .map(|n| number(&n["strength"]))
                    .sum::<Option<f64>>()?
                    == 2.0 * world.list.len() as f64,
            ]
        }
        "two-kinds" => {
            let ends: [BTreeSet<&str>; 2] = [
                world.list.iter().map(|x| x.0.as_str()).collect(),
                world.list.iter().map(|x| x.1.as_str()).collect(),
            ];
            let kinds = &world.columns[..2];
            vec![
                message.starts_with(&format!("values of {} and of {} ", kinds[0], kinds[1])),
                kinds == ["customer", "product"] || ends[0].is_disjoint(&ends[1]),
                message.contains("--project source") && message.contains("--project target"),
            ]
        }
        "unused-columns" => vec![
            numbers.first() == Some(&(world.columns.len() - 2)),
            world.columns[2..].iter().all(|c| message.contains(c)),
        ],
        "attributes-differ" => {
            let mut rows_of: BTreeMap<(&str, &str), usize> = BTreeMap::new();
            for (a, b, _) in &world.list {
                *rows_of.entry((a.as_str().min(b), a.as_str().max(b))).or_insert(0) += 1;
            }
            let several = rows_of.values().filter(|&&rows| rows > 1).count();
            let (column, without) = ("since", numbers.get(1)?);
            vec![
                numbers[0] == several,
                *without <= several,
                message.ends_with(&format!(" {without} in {column}")),
            ]
        }
        "none-supported" => vec![
            message.ends_with("as divisions of structureless nodes"),
            world.levels.iter().all(|l| l["chosen"] != "true"),
        ],
        "names-on-both-sides" => {
            let things: BTreeSet<&str> = world.list.iter().map(|x| x.1.as_str()).collect();
            let both: Vec<&String> = (world.list.iter().map(|x| &x.0))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .filter(|owner| things.contains(owner.as_str()))
                .collect();
            vec![
                numbers.first() == Some(&both.len()),
                both.iter().any(|b| Some(b.as_str()) == first()),
            ]
        }
        "nodes-alone" => {
            let tied: BTreeSet<String> = ties(world).into_keys().flat_map(|(a, b)| [a, b]).collect();
            let owners: BTreeSet<&String> = world.list.iter().map(|x| &x.0).collect();
            let alone: Vec<_> = owners.iter().filter(|o| !tied.contains(**o)).collect();
            vec![
                numbers[..2] == [alone.len(), owners.len()],
                alone.iter().any(|a| Some(a.as_str()) == first()),
            ]
        }
        "components" => {
            let parts = numbers.first()?;
            vec![
                *parts > 1,
                world.summary["components"]
                    .as_u64()
                    .is_none_or(|c| c as usize == *parts),
            ]
        }
        "betweenness-sampled" => vec![numbers[1] == world.nodes.len(), numbers[0] < numbers[1]],
        "unstable-segments" => vec![message.contains("communit")],
        _ => return None,
    })
}

fn on_screen(world: &World, line: &str) -> Claims {
    let n = world.nodes.len();
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for node in &world.nodes {
        *sizes.entry(count(&node["community"])?).or_insert(0) += 1;
    }
    let chosen = world.levels.iter().find(|l| l["chosen"] == "true");
    let recurrence = &world.summary["recurrence"];
    if let Some(sure) = line.strip_prefix("How sure: ") {
        let passing = || world.levels.iter().filter(|l| l["supported"] == "true");
        return Some(match sure {
            "supported by every test" => vec![chosen?["supported"] == "true"],
            "whether the data support these communities was not examined" => vec![world.levels.is_empty()],
            _ if sure.starts_with("no division passes every test: ") => vec![passing().next().is_none()],
            _ => {
                let list = between(
                    sure,
                    "divisions into ",
                    " pass every test (levels.csv), but none is sure enough to be recommended",
                )?;
                let numbers: Vec<&str> = list.split(", ").collect();
                vec![
                    numbers.iter().all(|k| passing().any(|l| l["segments"] == **k)),
                    chosen.is_none(),
                ]
            }
        });
    }
    if let Some(rest) = line.strip_prefix("  Borders: little crosses them, ") {
        let (ratio, limit) = rest
            .split_once(" of what crosses the best borders in random networks of the same degrees (below ")?;
        let shown = [ratio.strip_suffix(" %")?, limit.strip_suffix(" % is needed)")?];
        let exact = [&chosen?["border_ratio"], &chosen?["border_limit"]];
        return (shown.iter().zip(exact))
            .map(|(shown, exact)| Some((number(shown)? - 100.0 * number(exact)?).abs() <= 0.500_001))
            .collect();
    }
    if let Some(rest) = line.strip_prefix("  Repeats: without a fifth of the ties, ") {
        let shown = rest.split_once(" communities come back, agreement ")?.1;
        let shown = number(shown.strip_suffix(" (1 is the same, 0 is chance)")?)?;
        return Some(vec![(shown - number(&chosen?["stability"])?).abs() <= 0.005_001]);
    }
    if let Some(rest) = line.strip_prefix("  Why ") {
        let k = rest.split_once(':')?.0;
        return Some(vec![chosen?["segments"] == k, count(k)? == sizes.len()]);
    }
    if let Some(rest) = line.strip_prefix("  Asked again on ") {
        let (samples, rest) = rest.split_once(" samples that leave out a fifth of the ties, ")?;
        let n_samples = recurrence["samples"].as_u64()?;
        let times = |key: &str| Some((recurrence[key].as_f64()? * n_samples as f64).round() as usize);
        let same = samples.parse() == Ok(n_samples);
        return Some(match rest.split_once(" recommend nothing") {
            Some((none, _)) if !none.contains(' ') => vec![same, count(none)? == times("none")?],
            _ => {
                let back = rest.strip_prefix("the same number (give or take one) came back in ")?;
                let (back, agree) = back.split_once(", and the communities agree at ")?;
                let agree = number(agree.split(';').next()?)?;
                vec![
                    same,
                    count(back)? == times("same_number")?,
                    (agree - recurrence["agreement"].as_f64()?).abs() <= 0.005_001,
                ]
            }
        });
    }
    if let Some(list) = line.strip_prefix("Sizes: ") {
        let said: Vec<usize> = (list.trim_end_matches(", ...").split(", "))
            .map(count)
            .collect::<Option<_>>()?;
        let all: Vec<usize> = sizes.values().copied().collect();
        return Some(vec![
            said == all[..said.len()],
            all.is_sorted_by(|a, b| a >= b),
            list.ends_with(", ...") == (said.len() < all.len()),
        ]);
    }
    if let Some(list) = line.strip_prefix("Also supported: ") {
        let mut numbers = list.strip_suffix(" (levels.csv)")?.split(", ");
        return Some(vec![numbers.all(|k| {
            count(k) != Some(sizes.len())
                && world
                    .levels
                    .iter()
                    .any(|l| l["segments"] == k && l["supported"] == "true")
        })]);
    }
    if let Some((bridges, most)) = (line.split_once(" nodes stand between two communities, most of all "))
        .or_else(|| line.split_once(" node stands between two communities, most of all "))
    {
        let flagged = world
            .nodes
            .iter()
            .filter(|x| number(&x["bridge_score"]) >= Some(0.4))
            .count();
        let mut claims = vec![count(bridges)? == flagged];
        for named in most.split("), ") {
            let (node, pair) = named.trim_end_matches(')').rsplit_once(" (")?;
            let (from, to) = pair.split_once(" and ")?;
            let row = world.nodes.iter().find(|x| x["node"] == node)?;
            claims.push(row["bridge_from"] == from && row["bridge_to"] == to);
            let score = number(&row["bridge_score"])?;
            let above = world
                .nodes
                .iter()
                .filter(|x| number(&x["bridge_score"]) > Some(score))
                .count();
            claims.push(above < 3);
        }
        return Some(claims);
    }
    if line == "No node stands between two communities." {
        return Some(vec![
            world
                .nodes
                .iter()
                .all(|x| number(&x["bridge_score"]).is_none_or(|s| s < 0.4)),
        ]);
    }
    if line == "One community: there is nothing to bridge." {
        return Some(vec![sizes.len() == 1]);
    }
    if let Some((k, of)) = (line.split_once(" communities in ")).or_else(|| line.split_once(" community in "))
    {
        let pairs_on_map = world.map.len();
        return Some(vec![
            count(k)? == sizes.len(),
            count(of.strip_suffix(" nodes")?)? == n,
            pairs_on_map <= sizes.len() * (sizes.len() - 1) / 2,
        ]);
    }
    if let Some(rest) = line.strip_prefix("Technical: ") {
        let modularity = rest
            .split_once("modularity at this resolution ")?
            .1
            .split_once(", ")?
            .0;
        let resolution = rest.split_once("resolution ")?.1.split([' ', ',']).next()?;
        let in_gephi = rest
            .split_once(" (")
            .and_then(|x| x.1.split_once(" in Gephi)"))
            .map(|x| x.0);
        let inverse = in_gephi
            .and_then(number)
            .map(|g| (g * number(resolution).unwrap_or(0.0) - 1.0).abs() < 0.01);
        return Some(vec![
            (number(modularity)? - modularity_of(world, number(resolution)?)?).abs() <= 0.000_005_1,
            inverse.unwrap_or(true),
        ]);
    }
    if line.starts_with("Written to ") {
        return Some(vec![line == "Written to out"]);
    }
    let (node, rest) = line.strip_prefix("  ")?.rsplit_once(": ")?;
    neighbors(world, node, rest)
}

/// `5 of its 16 neighbors are in community 2, 4 in community 1`.
fn neighbors(world: &World, node: &str, text: &str) -> Claims {
    let community: BTreeMap<&str, &str> = (world.nodes.iter())
        .map(|x| (x["node"].as_str(), x["community"].as_str()))
        .collect();
    let around: Vec<&str> = (ties(world).keys())
        .filter(|(a, b)| (a == node) != (b == node))
        .map(|(a, b)| community[if a == node { b.as_str() } else { a.as_str() }])
        .collect();
    let (first, rest) = text.split_once(" of its ")?;
    let (all, rest) = rest.split_once(" neighbors are in community ")?;
    let (of_first, second) = rest.split_once(", ")?;
    let (second, of_second) = second.split_once(" in community ")?;
    let inside = |c: &str| around.iter().filter(|&&a| a == c).count();
    Some(vec![
        count(all)? == around.len(),
        count(first)? == inside(of_first),
        count(second)? == inside(of_second),
    ])
}

/// Modularity of the communities by its definition.
fn modularity_of(world: &World, resolution: f64) -> Option<f64> {
    let community: BTreeMap<&str, usize> = (world.nodes.iter())
        .map(|x| Some((x["node"].as_str(), count(&x["community"])?)))
        .collect::<Option<_>>()?;
    let ties = ties(world);
    let total: f64 = ties.values().sum();
    let mut inside = 0.0;
    let mut strength: BTreeMap<usize, f64> = BTreeMap::new();
    for ((a, b), weight) in &ties {
        let (a, b) = (community[a.as_str()], community[b.as_str()]);
        inside += if a == b { *weight } else { 0.0 };
        *strength.entry(a).or_insert(0.0) += weight;
        *strength.entry(b).or_insert(0.0) += weight;
    }
    let chance: f64 = strength.values().map(|s| (s / (2.0 * total)).powi(2)).sum();
    Some(inside / total - resolution * chance)
}

/// Friends in four circles; some pairs twice, some with themselves, some directed.
fn friends() -> String {
    let mut text = "source,target,since,type\n".to_owned();
    for i in 0..80u32 {
        for step in 1..4 {
            let j = i / 20 * 20 + (i + step * step) % 20;
            let _ = writeln!(
                text,
                "p{i},p{j},{},{}",
                1990 + (i + step) % 30,
                if i % 9 == 0 { "directed" } else { "undirected" }
            );
        }
        if i % 16 == 3 {
            let _ = writeln!(
                text,
                "p{i},p{},2001,undirected\np{i},p{i},2002,undirected",
                (i + 20) % 80
            );
        }
        if i % 10 == 7 {
            let _ = writeln!(text, "p{},p{i},2003,undirected", i / 20 * 20 + (i + 1) % 20);
        }
    }
    text
}

/// Baskets of three kinds of shoppers; some pairs twice, one shopper alone, one product called as a shopper.
fn baskets() -> String {
    let mut text = "customer,product,amount\n".to_owned();
    for i in 0..90u32 {
        for step in 0..5 {
            let _ = writeln!(text, "c{i},k{}-{},{}", i % 3, (i * 7 + step * 11) % 17, step + 1);
        }
        if i % 8 == 0 {
            let _ = writeln!(text, "c{i},k{}-{},9\nc{i},milk,1", i % 3, (i * 7) % 17);
        }
    }
    text.push_str("c900,only-this,1\nc16,c17,2\nc25,c17,2\n");
    text
}

#[test]
fn every_claim_about_networks_is_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let mut ledger = Ledger::default();
    fs::write(at.join("friends.csv"), friends()).expect("written");
    fs::write(at.join("baskets.csv"), baskets()).expect("written");
    let mut cases: Vec<(String, Vec<&str>)> = vec![
        ("friends.csv".to_owned(), vec![]),
        ("friends.csv".to_owned(), vec!["--resolution", "auto"]),
        ("baskets.csv".to_owned(), vec![]),
        ("baskets.csv".to_owned(), vec!["--project", "source"]),
        (
            "baskets.csv".to_owned(),
            vec![
                "--project",
                "source",
                "--resolution",
                "auto",
                "--betweenness",
                "30",
            ],
        ),
    ];
    for name in ["karate", "dolphins", "football", "lfr_1000_small_mu03"] {
        let file = format!("{name}.edges.csv");
        if let Some(path) = real_data(&format!("graphs/{file}")) {
            fs::copy(path, at.join(&file)).expect("copied");
            cases.push((file.clone(), vec!["--resolution", "auto"]));
            cases.push((file, vec!["--method", "leiden", "--resolution", "1.5"]));
        }
    }
    for (file, flags) in &cases {
        check(at, file, flags, &mut ledger);
    }
    println!("{} claims about networks", ledger.checked);
    assert!(ledger.wrong.is_empty(), "{}", ledger.wrong.join("\n"));
    assert!(ledger.checked > 100);
}
