//! For who wants to repeat or doubt a run: resolution, modularity, other methods under the same measures.

use super::{LISTED, in_gephi};
use crate::compare::{Interval, MethodScores};
use crate::report::words;
use crate::segmentation::{Baseline, Grouping, Segmentation};
use crate::stability::Found;
use crate::text::counted;
use std::fmt::Write as _;

/// A measure of a division: its name, its value, the interval of its difference from these segments', digits behind the point,
/// whether more of it is better, and what it rewards.
struct Measure {
    name: &'static str,
    value: fn(&MethodScores) -> f64,
    minus_graph: fn(&MethodScores) -> Option<Interval>,
    digits: usize,
    more_is_better: bool,
    rewards: &'static str,
}

const MEASURES: [Measure; 3] = [
    Measure {
        name: "silhouette",
        value: |m| m.silhouette,
        minus_graph: |m| m.minus_graph.silhouette,
        digits: 2,
        more_is_better: true,
        rewards: "customers nearer to their own group than to the next one, on average: round groups, equally large, do well",
    },
    Measure {
        name: "Davies-Bouldin (less is better)",
        value: |m| m.davies_bouldin,
        minus_graph: |m| m.minus_graph.davies_bouldin,
        digits: 2,
        more_is_better: false,
        rewards: "groups that are narrow for how far their centers are apart: a long or bent group does badly however clear its edge",
    },
    Measure {
        name: "Calinski-Harabasz",
        value: |m| m.calinski_harabasz,
        minus_graph: |m| m.minus_graph.calinski_harabasz,
        digits: 1,
        more_is_better: true,
        rewards: "what k-means seeks for its number of clusters, small squares around centers: it leads there by construction",
    },
];

/// The run in its terms, and the other methods.
pub(super) fn of_segments(text: &mut String, found: &Segmentation) {
    let _ = writeln!(text, "Technical");
    let (graph, others) = match found.comparison.split_first() {
        Some((graph, others)) if graph.n_clusters > 1 => (graph, others),
        _ => {
            let _ = writeln!(
                text,
                "  {}, {} nearest neighbors, seed {}",
                found.method, found.n_neighbors, found.seed
            );
            return;
        }
    };
    in_its_terms(text, found, graph);
    // k-means's parts are k-means's answer: nothing to compare.
    let is_same = |m: &MethodScores| {
        found.grouping() == Grouping::Parts && m.method == "kmeans" && m.with_graph.adjusted_rand.value == 1.0
    };
    let compared: Vec<&MethodScores> = others.iter().filter(|m| !is_same(m)).collect();
    for &other in &compared {
        beside(text, found, graph, other);
    }
    if compared.iter().any(|m| differs(m)) {
        rewards(text);
    }
}

/// The way from the customers to these groups.
fn in_its_terms(text: &mut String, found: &Segmentation, graph: &MethodScores) {
    // Parts are not from the graph, and no resolution gives them, nor what was joined.
    if found.grouping() == Grouping::Parts {
        let _ = writeln!(
            text,
            "  parts by k-means, seed {}; modularity {:.3} (at resolution 1, as in the files)",
            found.seed, graph.modularity
        );
    } else if matches!(found.found, Found::Joined(_)) {
        let _ = writeln!(
            text,
            "  {}, {} nearest neighbors, groups that no tie joins joined by where they lie, seed {}",
            found.method, found.n_neighbors, found.seed
        );
        let _ = writeln!(
            text,
            "  modularity {:.3} (at resolution 1, as in the files)",
            graph.modularity
        );
    } else {
        let _ = writeln!(
            text,
            "  {}, {} nearest neighbors, resolution {}{}, seed {}",
            found.method,
            found.n_neighbors,
            found.resolution,
            if found.sampled() {
                " among those looked at".to_owned()
            } else {
                in_gephi(found.resolution)
            },
            found.seed
        );
        let _ = writeln!(
            text,
            "  modularity {:.3} (at resolution 1, as in the files){}",
            graph.modularity,
            if found.sampled() {
                String::new()
            } else {
                format!(", {:.3} at this resolution", found.modularity)
            }
        );
    }
}

fn differs(m: &MethodScores) -> bool {
    m.with_graph.adjusted_rand.value < 1.0
}

/// Another method beside the graph's answer.
fn beside(text: &mut String, found: &Segmentation, graph: &MethodScores, other: &MethodScores) {
    let many = found.grouping().many();
    let clusters = counted(other.n_clusters, "cluster");
    if differs(other) {
        let _ = writeln!(
            text,
            "  {} with {clusters}: adjusted Rand {:.2}{} with these {many} (1 is the same, 0 is chance)",
            other.method,
            other.with_graph.adjusted_rand.value,
            from_to(other.with_graph.adjusted_rand.interval, 2),
        );
        side_by_side(text, other, graph, many);
        if let Some(baseline) = found.baselines.iter().find(|b| b.name == other.method) {
            who_differs(text, found, baseline);
        }
    } else {
        let _ = writeln!(
            text,
            "  {} with {clusters}: the same customers together as in these {many}, so what measures the groups is the same",
            other.method,
        );
        come_back(text, other, graph, many);
    }
    if let (Some(theirs), Some(ours)) = (other.ari_with_truth, graph.ari_with_truth) {
        let _ = writeln!(
            text,
            "    adjusted Rand with the known grouping: {} {theirs:.2}, these {many} {ours:.2}",
            other.method,
        );
    }
}

/// `, 0.81 to 0.86`
fn from_to(interval: Option<Interval>, digits: usize) -> String {
    interval.map_or_else(String::new, |i| {
        format!(", {:.digits$} to {:.digits$},", i.low, i.high)
    })
}

/// Which cluster is most like which segment, and who is with others there.
fn who_differs(text: &mut String, found: &Segmentation, baseline: &Baseline) {
    let (one, name) = (found.grouping().one(), baseline.name);
    let differing = &baseline.differing;
    let mut matches: Vec<String> = (differing.matches.iter().take(LISTED))
        .map(|cell| format!("{} in {} ({:.2})", cell.a + 1, cell.b + 1, cell.overlap))
        .collect();
    if differing.matches.len() > LISTED {
        matches.push("...".to_owned());
    }
    let _ = writeln!(
        text,
        "    best match of each {one} in {name}, with the overlap (1 is the same customers): {}",
        matches.join(", ")
    );
    let _ = writeln!(text, "    {}", words::differing::who(found, baseline));
}

/// Which of two methods is better in what; neither where other customers of the same kind might turn them around.
fn side_by_side(text: &mut String, other: &MethodScores, ours: &MethodScores, many: &str) {
    let (mut theirs_better, mut ours_better, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for measure in &MEASURES {
        let (name, digits) = (measure.name, measure.digits);
        let (a, b) = ((measure.value)(other), (measure.value)(ours));
        let Some(difference) = (measure.minus_graph)(other) else {
            continue;
        };
        if !difference.excludes_zero() {
            open.push(format!("{name} {a:.digits$} against {b:.digits$}"));
        } else if (difference.low > 0.0) == measure.more_is_better {
            theirs_better.push(format!("{name} {a:.digits$} against {b:.digits$}"));
        } else {
            ours_better.push(format!("{name} {b:.digits$} against {a:.digits$}"));
        }
    }
    let mut line = |who: String, list: Vec<String>| {
        if !list.is_empty() {
            let _ = writeln!(text, "    {who}: {}", list.join("; "));
        }
    };
    line(format!("{} is better", other.method), theirs_better);
    line(format!("these {many} are better"), ours_better);
    line(
        format!(
            "other customers could turn {} and these {many} around",
            other.method
        ),
        open,
    );
    come_back(text, other, ours, many);
    let _ = writeln!(
        text,
        "    modularity, which the graph's methods seek: {} {:.3}, these {many} {:.3}",
        other.method, other.modularity, ours.modularity
    );
}

/// How far either comes back.
fn come_back(text: &mut String, other: &MethodScores, ours: &MethodScores, many: &str) {
    if let (Some(theirs), Some(ours)) = (other.stability, ours.stability) {
        let _ = writeln!(
            text,
            "    come back without a fifth of the customers: {} {theirs:.2}, these {many} {ours:.2} (1 is all of them)",
            other.method
        );
    }
}

/// What each measure rewards: none of them knows the true groups.
fn rewards(text: &mut String) {
    let _ = writeln!(
        text,
        "  Better is said where 95 % of resamples of the customers agree; what the measures reward:"
    );
    for measure in &MEASURES {
        let _ = writeln!(text, "    {}: {}", measure.name, measure.rewards);
    }
}
