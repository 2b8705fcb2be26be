//! For who wants to repeat or doubt a run: resolution, modularity, other methods under the same measures.

use super::in_gephi;
use crate::compare::MethodScores;
use crate::segmentation::{Grouping, Segmentation};
use crate::stability::Found;
use std::fmt::Write as _;

/// A measure of a division: its name, its value, digits behind the point, and whether more of it is better.
type Measure = (&'static str, fn(&MethodScores) -> f64, usize, bool);

const MEASURES: [Measure; 4] = [
    ("silhouette", |m| m.silhouette, 2, true),
    ("Davies-Bouldin (less is better)", |m| m.davies_bouldin, 2, false),
    ("Calinski-Harabasz", |m| m.calinski_harabasz, 1, true),
    ("modularity", |m| m.modularity, 3, true),
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
            in_gephi(found.resolution),
            found.seed
        );
        let _ = writeln!(
            text,
            "  modularity {:.3} (at resolution 1, as in the files), {:.3} at this resolution",
            graph.modularity, found.modularity
        );
    }
    // k-means's parts are k-means's answer: nothing to compare.
    let is_same = |m: &MethodScores| {
        found.grouping() == Grouping::Parts && m.method == "kmeans" && m.ari_with_graph == 1.0
    };
    for other in others.iter().filter(|m| !is_same(m)) {
        let _ = writeln!(
            text,
            "  {} with {} clusters: adjusted Rand {:.2} with these {} (1 is the same, 0 is chance)",
            other.method,
            other.n_clusters,
            other.ari_with_graph,
            found.grouping().many()
        );
        side_by_side(text, other, graph, found.grouping().many());
        if let (Some(theirs), Some(ours)) = (other.ari_with_truth, graph.ari_with_truth) {
            let _ = writeln!(
                text,
                "    adjusted Rand with the known grouping: {} {theirs:.2}, these {} {ours:.2}",
                other.method,
                found.grouping().many()
            );
        }
    }
}

/// Which of two methods is better in what, as the digits shown tell.
fn side_by_side(text: &mut String, other: &MethodScores, ours: &MethodScores, many: &str) {
    let (mut theirs_better, mut ours_better, mut even) = (Vec::new(), Vec::new(), Vec::new());
    for (name, of, digits, more_is_better) in MEASURES {
        let (a, b) = (of(other), of(ours));
        if !a.is_finite() || !b.is_finite() {
            continue;
        }
        let (shown_a, shown_b) = (format!("{a:.digits$}"), format!("{b:.digits$}"));
        if shown_a == shown_b {
            even.push(format!("{name} {shown_a}"));
        } else if (a > b) == more_is_better {
            theirs_better.push(format!("{name} {shown_a} against {shown_b}"));
        } else {
            ours_better.push(format!("{name} {shown_b} against {shown_a}"));
        }
    }
    let mut line = |who: String, list: Vec<String>| {
        if !list.is_empty() {
            let _ = writeln!(text, "    {who}: {}", list.join("; "));
        }
    };
    line(format!("{} is better", other.method), theirs_better);
    line(format!("these {many} are better"), ours_better);
    line("even".to_owned(), even);
}
