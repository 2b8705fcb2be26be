//! What is said of baselines beside the segments: names of their clusters, best matches, and who is with others there.

use super::text::{count, number};
use super::world::World;
use super::{Ledger, names};
use std::collections::{BTreeMap, BTreeSet};

const MATCHES: &str = "    best match of each segment in ";
const LEFT: &str = " left the others of ";

/// Whether [`check`] reads the line.
pub(super) fn is_said(line: &str) -> bool {
    line.starts_with(MATCHES) || line.contains(LEFT)
}

pub(super) fn check(world: &mut World, ledger: &mut Ledger) {
    let methods: Vec<String> = world.comparison[1..]
        .iter()
        .map(|m| m["method"].clone())
        .collect();
    for method in methods {
        let labels = |column: &str| -> Vec<usize> {
            let of = |c: &std::collections::HashMap<String, String>| count(&c[column]).expect("a number");
            world.customers.iter().map(of).collect()
        };
        let (segments, clusters) = (labels("segment"), labels(&method));
        let overlap = overlaps(&segments, &clusters);
        let differ = differing(&overlap, &segments, &clusters);
        let in_file: BTreeSet<&str> = (world.moved.iter())
            .filter(|row| row["b"] == method)
            .map(|row| row["customer_id"].as_str())
            .collect();
        let ids = world.customers.iter().zip(&differ).filter(|(_, d)| **d);
        let ids: BTreeSet<&str> = ids.map(|(c, _)| c["customer_id"].as_str()).collect();
        ledger.claim(
            ids == in_file,
            &format!("moved.csv has those who differ in {method}"),
        );
        let lines: Vec<String> = world.stdout.lines().map(|l| world.as_of_segments(l)).collect();
        for line in lines
            .iter()
            .filter(|l| l.contains(&format!(" in {method}")) && is_said(l))
        {
            // Another method may begin with the same word.
            if line.contains(&format!(" in {method}_")) {
                continue;
            }
            match line.strip_prefix(MATCHES) {
                Some(rest) => best(rest, &method, &overlap, world.sizes.len(), ledger, line),
                None => left(world, &method, &differ, line, ledger),
            }
        }
        clusters_names(world, &method, &clusters, ledger);
    }
}

/// Jaccard index of every segment and cluster that share customers.
fn overlaps(segments: &[usize], clusters: &[usize]) -> BTreeMap<(usize, usize), f64> {
    let pairs: Vec<(usize, usize)> = segments.iter().copied().zip(clusters.iter().copied()).collect();
    let different: BTreeSet<(usize, usize)> = pairs.iter().copied().collect();
    let jaccard = |&(a, b): &(usize, usize)| {
        let both = pairs.iter().filter(|p| **p == (a, b)).count();
        let either = pairs.iter().filter(|p| p.0 == a || p.1 == b).count();
        ((a, b), both as f64 / either as f64)
    };
    different.iter().map(jaccard).collect()
}

/// The best match of a group; of equals the lowest.
fn best_of(overlap: &BTreeMap<(usize, usize), f64>, group: usize, is_segment: bool) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    for (&(a, b), &x) in overlap {
        let (own, other) = if is_segment { (a, b) } else { (b, a) };
        if own == group && best.is_none_or(|(_, most)| x > most) {
            best = Some((other, x));
        }
    }
    best
}

fn differing(overlap: &BTreeMap<(usize, usize), f64>, segments: &[usize], clusters: &[usize]) -> Vec<bool> {
    let left = |(&a, &b): (&usize, &usize)| {
        best_of(overlap, a, true).map(|m| m.0) != Some(b)
            && best_of(overlap, b, false).map(|m| m.0) != Some(a)
    };
    segments.iter().zip(clusters).map(left).collect()
}

/// `kmeans, with the overlap (1 is the same customers): 1 in 1 (0.95), 2 in 3 (0.80)`
fn best(
    text: &str,
    method: &str,
    overlap: &BTreeMap<(usize, usize), f64>,
    n_segments: usize,
    ledger: &mut Ledger,
    line: &str,
) {
    let front = format!("{method}, with the overlap (1 is the same customers): ");
    let Some(list) = text.strip_prefix(&front) else {
        return ledger.not_understood(line);
    };
    let entries: Vec<&str> = list.split(", ").filter(|e| *e != "...").collect();
    ledger.claim(entries.len() == n_segments.min(20), line);
    for (entry, segment) in entries.iter().zip(1..) {
        let (said, share) = entry.split_once(" (").unwrap_or_default();
        let share = number(share.trim_end_matches(')')).unwrap_or(f64::NAN);
        let Some((cluster, x)) = best_of(overlap, segment, true) else {
            return ledger.not_understood(line);
        };
        ledger.claim(said == format!("{segment} in {cluster}"), line);
        ledger.claim((share - x).abs() <= 0.005_001, line);
    }
}

/// `34 customers (2.3 %) have left the others of their segment in kmeans (moved.csv); what marks them: …`
fn left(world: &mut World, method: &str, differ: &[bool], line: &str, ledger: &mut Ledger) {
    let n = differ.iter().filter(|d| **d).count();
    let text = line.trim();
    if text == format!("Nobody has left the others of its segment in {method}") {
        return ledger.claim(n == 0, line);
    }
    let Some((said, rest)) = text.split_once(" (") else {
        return ledger.not_understood(line);
    };
    let (share, rest) = rest.split_once(" %) ").unwrap_or_default();
    let whole = 100.0 * n as f64 / differ.len() as f64;
    ledger.claim(said.split(' ').next().and_then(count) == Some(n), line);
    ledger.claim(
        number(share).is_some_and(|x| (x - whole).abs() <= 0.050_001),
        line,
    );
    let marks = rest.split_once("; what marks them: ").map(|(_, marks)| marks);
    ledger.claim(marks.is_none() || n >= 10, line);
    if let Some(marks) = marks {
        let groups: Vec<usize> = differ.iter().map(|&d| if d { 1 } else { 2 }).collect();
        divided(world, &groups, |world| {
            names::check_marks(world, 1, marks, ledger)
        });
    }
}

/// Each cluster's name is true of it, and says how many it has.
fn clusters_names(world: &mut World, method: &str, clusters: &[usize], ledger: &mut Ledger) {
    let named: BTreeSet<(usize, String, usize)> = (world.baseline_profiles.iter())
        .filter(|row| row["method"] == method && !row["cluster"].is_empty())
        .filter_map(|row| {
            Some((
                count(&row["cluster"])?,
                row["cluster_name"].clone(),
                count(&row["customers"])?,
            ))
        })
        .collect();
    let different: BTreeSet<&str> = named.iter().map(|(_, name, _)| name.as_str()).collect();
    ledger.claim(
        different.len() == named.len(),
        &format!("clusters of {method} have names of their own"),
    );
    divided(world, clusters, |world| {
        for (cluster, name, customers) in &named {
            ledger.claim(
                world.sizes[cluster - 1] == *customers,
                &format!("{method}, {cluster}: {customers}"),
            );
            names::check_name(world, *cluster, name, ledger);
        }
    });
}

/// Does something with the customers as if they were divided otherwise.
fn divided(world: &mut World, groups: &[usize], work: impl FnOnce(&World)) {
    let mut sizes = vec![0; groups.iter().copied().max().unwrap_or(0)];
    groups.iter().for_each(|g| sizes[g - 1] += 1);
    let segment = std::mem::replace(&mut world.segment, groups.to_vec());
    let sizes = std::mem::replace(&mut world.sizes, sizes);
    work(world);
    world.segment = segment;
    world.sizes = sizes;
}
