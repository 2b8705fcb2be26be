//! `kinfolk why`: why one customer stands where it does, from the files of a run.

mod folder;
mod moves;

use super::args::WhyArgs;
use super::guesses::printable;
use super::screen::Screen;
use crate::centrality::BRIDGE_SCORE;
use crate::profile::humanised;
use crate::text::number;
use crate::{Error, Result, did_you_mean};
use folder::{Node, Row, node, scan};
use rustc_hash::FxHashMap;
use std::fmt::Write as _;
use std::path::Path;

/// Columns of customers.csv, and of profiles.csv, that are looked at.
const CUSTOMERS: &[&str] = &[
    "customer_id",
    "segment",
    "segment_name",
    "probability",
    "second_segment",
    "second_probability",
    "bridge_score",
    "bridge_from",
    "bridge_to",
];
const PROFILES: &[&str] = &["segment", "feature", "level", "used", "mean", "median", "effect"];

/// Values that speak for a segment, or against it, and changes: the first few.
const NAMED: usize = 5;

pub(super) fn run(args: &WhyArgs, screen: &Screen) -> Result<()> {
    let folder = &args.folder;
    let table = folder.join("customers.csv");
    let mut own: Option<Row> = None;
    let mut n_customers = 0;
    let mut names: FxHashMap<String, String> = FxHashMap::default();
    scan(&table, CUSTOMERS, |cells| {
        n_customers += 1;
        if own.is_none() && cells.get("customer_id") == args.customer {
            own = Some(cells.row());
        }
        let segment = cells.get("segment");
        if !names.contains_key(&*segment) {
            names.insert(segment.into_owned(), cells.get("segment_name").into_owned());
        }
    })?;
    let own = own.ok_or_else(|| nobody(&table, &args.customer))?;
    let network = folder.join("network.gexf");
    let node = node(&network, &args.customer, n_customers)?
        .ok_or_else(|| Error::data("does not hold that customer").in_file(network.display().to_string()))?;
    let mut profiles = Vec::new();
    scan(&folder.join("profiles.csv"), PROFILES, |cells| {
        if cells.get("used") == "true" {
            profiles.push(cells.row());
        }
    })?;
    let mut segment_of: FxHashMap<&str, String> = (node.ties.iter())
        .map(|(other, _)| (other.as_str(), String::new()))
        .collect();
    scan(&table, CUSTOMERS, |cells| {
        if let Some(segment) = segment_of.get_mut(&*cells.get("customer_id")) {
            *segment = cells.get("segment").into_owned();
        }
    })?;

    let mut text = where_it_is(&own, &names);
    let counts = neighbors(&mut text, &node, &segment_of);
    let segment = own["segment"].as_str();
    let other = [own["second_segment"].as_str(), own["bridge_to"].as_str()]
        .into_iter()
        .chain(counts.iter().map(|(segment, _)| *segment))
        .find(|other| !other.is_empty() && *other != segment);
    if let Some(other) = other {
        for_and_against(&mut text, &node, &profiles, segment, other);
    }
    if names.len() > 1 {
        moves::what_would_move_it(&mut text, folder, &node, &profiles, &own)?;
    }
    screen.print_words(&text)
}

/// That no row names the customer, and whom it may mean.
fn nobody(table: &Path, customer: &str) -> Error {
    let mut ids = Vec::new();
    let read = scan(table, CUSTOMERS, |cells| {
        ids.push(cells.get("customer_id").into_owned())
    });
    let near = read
        .ok()
        .and_then(|()| did_you_mean(customer, ids.iter().map(String::as_str)));
    Error::usage(format!("no customer is called \"{customer}\""))
        .in_file(table.display().to_string())
        .hint(near.unwrap_or_else(|| "--customer takes the id as it stands in customers.csv".to_owned()))
}

/// `segment 2 (mostly discount)`
fn called(segment: &str, names: &FxHashMap<String, String>) -> String {
    format!(
        "segment {segment} ({})",
        printable(names.get(segment).map_or("", String::as_str))
    )
}

/// A share in a file as percent.
fn percent(share: &str) -> String {
    format!("{:.0} %", 100.0 * share.parse::<f64>().unwrap_or(f64::NAN))
}

fn where_it_is(own: &Row, names: &FxHashMap<String, String>) -> String {
    let mut text = format!(
        "{} is in {}\n",
        printable(&own["customer_id"]),
        called(&own["segment"], names)
    );
    if !own["probability"].is_empty() {
        let _ = write!(
            text,
            "  Samples that leave out a fifth of the customers put it there in {}",
            percent(&own["probability"])
        );
        if own["second_segment"].is_empty() {
            text.push('\n');
        } else {
            let _ = writeln!(
                text,
                ", and in {} into {}",
                percent(&own["second_probability"]),
                called(&own["second_segment"], names)
            );
        }
    }
    let score = own["bridge_score"].parse().unwrap_or(0.0);
    if score >= BRIDGE_SCORE && !own["bridge_to"].is_empty() {
        let _ = writeln!(
            text,
            "  It is a bridge customer: with a score of {score:.2} it joins segments {} and {}",
            own["bridge_from"], own["bridge_to"]
        );
    }
    text
}

/// Whom it is tied to; how many in each segment, the most first.
fn neighbors<'a>(
    text: &mut String,
    node: &Node,
    segment_of: &'a FxHashMap<&str, String>,
) -> Vec<(&'a str, usize)> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for (other, _) in &node.ties {
        let segment = segment_of.get(other.as_str()).map_or("", String::as_str);
        match counts.iter_mut().find(|(s, _)| *s == segment) {
            Some(count) => count.1 += 1,
            None => counts.push((segment, 1)),
        }
    }
    counts.sort_by_key(|(segment, count)| (std::cmp::Reverse(*count), segment.parse::<usize>().unwrap_or(0)));
    let by_segment: Vec<String> = counts
        .iter()
        .map(|(s, n)| format!("{n} in segment {s}"))
        .collect();
    let strongest: Vec<String> = (node.ties.iter().take(NAMED))
        .map(|(other, _)| printable(other))
        .collect();
    if node.ties.is_empty() {
        let _ = writeln!(text, "\nIt is tied to nobody");
    } else {
        let _ = writeln!(
            text,
            "\nIt is tied to {}: {}\n  most strongly to {}",
            crate::text::count(node.ties.len(), "customer", "customers"),
            by_segment.join(", "),
            strongest.join(", ")
        );
    }
    counts
}

/// What a value says: how much, and in words.
struct Sign {
    strength: f64,
    words: String,
}

fn for_and_against(text: &mut String, node: &Node, profiles: &[Row], segment: &str, other: &str) {
    let (mut speaks_for, mut against): (Vec<Sign>, Vec<Sign>) = (Vec::new(), Vec::new());
    let of = |segment: &str, feature: &str, level: &str| {
        let same =
            |row: &&Row| row["segment"] == segment && row["feature"] == feature && row["level"] == level;
        profiles.iter().find(same)
    };
    for mine in profiles.iter().filter(|row| row["segment"] == segment) {
        let (feature, level) = (mine["feature"].as_str(), mine["level"].as_str());
        let Some(value) = moves::value(node, feature) else {
            continue;
        };
        let Some(theirs) = of(other, feature, level) else {
            continue;
        };
        let effects = [mine, theirs].map(|row| row["effect"].parse::<f64>().unwrap_or(0.0));
        let (closer, words) = if level.is_empty() {
            let Some([x, a, b]) = moves::places([value, &mine["median"], &theirs["median"]]) else {
                continue;
            };
            let words = format!(
                "{} {}: the middle member has {} in segment {segment}, {} in segment {other}",
                humanised(feature),
                shown(value),
                shown(&mine["median"]),
                shown(&theirs["median"])
            );
            ((x - b).abs() - (x - a).abs(), words)
        } else if value == level {
            let shares = [mine, theirs].map(|row| row["mean"].parse::<f64>().unwrap_or(0.0));
            let words = format!(
                "{} {}: {} in segment {segment}, {} in segment {other}",
                humanised(feature),
                printable(value),
                percent(&mine["mean"]),
                percent(&theirs["mean"])
            );
            (shares[0] - shares[1], words)
        } else {
            continue;
        };
        let sign = Sign {
            strength: (effects[0] - effects[1]).abs(),
            words,
        };
        match closer.partial_cmp(&0.0) {
            Some(std::cmp::Ordering::Greater) => speaks_for.push(sign),
            Some(std::cmp::Ordering::Less) => against.push(sign),
            _ => {}
        }
    }
    for (segment, signs) in [(segment, &mut speaks_for), (other, &mut against)] {
        if signs.is_empty() {
            continue;
        }
        // Stable: columns of one strength keep their order.
        signs.sort_by(|a, b| b.strength.total_cmp(&a.strength));
        let _ = writeln!(text, "\nMore like segment {segment}");
        for sign in signs.iter().take(NAMED) {
            let _ = writeln!(text, "  {}", printable(&sign.words));
        }
        if signs.len() > NAMED {
            let _ = writeln!(text, "  ... and {} more", signs.len() - NAMED);
        }
    }
}

/// A number of a file to at most six digits, anything else as it is.
fn shown(cell: &str) -> String {
    cell.parse().map_or_else(|_| cell.to_owned(), number)
}
