//! From a finished segmentation to a model.

use super::novelty::{TESTED, strangeness};
use super::votes::{Voter, Votes, Worth, right};
use super::{About, ColumnAbout, Held, Model, NO_SEGMENT, SegmentAbout, Span};
use crate::features::Recipe;
use crate::neighbors::{Distinct, PointSearch, distinct};
use crate::num::quantile_sorted;
use crate::read::Rules;
use crate::segmentation::Segmentation;
use crate::table::{Column, Table, Values};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Different customers that a model keeps, fewer in very many dimensions: a choice that keeps a model of 8 columns below 6 MB. What
/// more of them would add was not measured.
const KEPT: usize = 100_000;
/// Coordinates that a model keeps, all customers together: 80 MB.
const NUMBERS: usize = 20_000_000;
/// Of a segment at least so many are kept, or all.
const OF_EACH: usize = 100;

impl Model {
    /// The model of a segmentation, with the recipe of its features, the rules by which its table was read and the words of its
    /// summary. `O(n log n + tested · search)`.
    ///
    /// # Panics
    /// Where the recipe is not that of the segmentation.
    pub fn of(found: &Segmentation, recipe: &Recipe, rules: &Rules, summary: String) -> Model {
        Model::of_at_most(KEPT, found, recipe, rules, summary)
    }

    /// As [`of`](Self::of), keeping at most so many different customers beside the least of each segment, and leaving out a tenth
    /// (10,000 at most) to be tested where not all are kept.
    ///
    /// # Panics
    /// Where the recipe is not that of the segmentation.
    pub fn of_at_most(
        most: usize,
        found: &Segmentation,
        recipe: &Recipe,
        rules: &Rules,
        summary: String,
    ) -> Model {
        let values = found.features.values.as_standard_layout();
        let cells = values.as_slice().unwrap_or_default();
        let d = found.features.n_coordinates();
        let row = |customer: u32| &cells[customer as usize * d..][..d];
        let different = distinct(found.features.values.view());
        let kept = kept(found, &different, most.min(NUMBERS / d.max(1)).max(1));
        let rows = kept
            .iter()
            .flat_map(|&p| row(different.representatives[p as usize]));
        let points: Vec<f32> = rows.copied().collect();
        let distance = recipe.distance();
        let k = found.n_neighbors.clamp(1, kept.len().max(1));
        let search = PointSearch::new(&points, d, distance);

        // Customers who are not kept where there are such; else each is looked for among the others.
        let mut is_kept = vec![false; different.len()];
        kept.iter().for_each(|&p| is_kept[p as usize] = true);
        let all = kept.len() == different.len();
        let candidates: Vec<u32> = (0..found.partition.len() as u32)
            .filter(|&v| all || !is_kept[different.group[v as usize] as usize])
            .collect();
        let tested = spread(candidates.len(), TESTED);
        let voters: Vec<Voter> = kept.iter().map(|&p| voter(found, different.copies(p))).collect();
        let seen: Vec<Seen> = tested
            .par_iter()
            .map_init(
                || (Votes::new(found.partition.n_groups()), search.room(k)),
                |(votes, room), &at| {
                    let customer = candidates[at];
                    let point = different.group[customer as usize];
                    let alone = all && different.copies(point).len() == 1;
                    let neighbors = search.nearest(row(customer), alone.then_some(point), room);
                    let said = votes.count(neighbors, |p| voters[p as usize]);
                    let own = voter(found, &[customer]);
                    let strangeness = strangeness(neighbors);
                    Seen {
                        strangeness,
                        known: (strangeness > 0.0).then(|| (said.share, right(own, said.first))),
                    }
                },
            )
            .collect();
        let known: Vec<(f64, f64)> = seen.iter().filter_map(|s| s.known).collect();
        let mut strangeness: Vec<f64> = seen.iter().map(|s| s.strangeness).collect();
        strangeness.sort_unstable_by(f64::total_cmp);
        let names: Vec<&str> = recipe.columns().collect();
        Model {
            about: About {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                customers: found.partition.len(),
                kept: kept.len(),
                coordinates: d,
                groups: found.grouping().many().to_owned(),
                method: found.method.to_owned(),
                n_neighbors: k,
                resolution: found.resolution,
                seed: found.seed,
                segments: segments(found),
                columns: columns(&found.table, &names),
                tested: strangeness.len(),
                worth: Worth::of(&known),
                summary,
                rules: rules.only(&names),
                recipe: recipe.clone(),
            },
            points,
            segment: voters.iter().map(|v| v.segment).collect(),
            probability: voters.iter().map(|v| v.probability).collect(),
            second: voters.iter().map(|v| v.second).collect(),
            second_probability: voters.iter().map(|v| v.second_probability).collect(),
            strangeness,
        }
    }
}

/// So many of `n` places, evenly spread; all where there are no more.
fn spread(n: usize, most: usize) -> Vec<usize> {
    let count = n.min(most);
    (0..count).map(|i| (2 * i + 1) * n / (2 * count)).collect()
}

/// The distinct points that are kept, ascending. Customers stand in the order of space, so that every so manieth is a sample
/// spread evenly over it.
fn kept(found: &Segmentation, different: &Distinct, most: usize) -> Vec<u32> {
    let n = different.len();
    if n <= most {
        return (0..n as u32).collect();
    }
    // Who is not kept is tested, and a handful could not tell how rare strangeness is.
    let most = most.min(n - TESTED.min(n / 10));
    let mut kept: Vec<u32> = spread(n, most).into_iter().map(|p| p as u32).collect();
    let label = |p: u32| found.partition.labels()[different.representatives[p as usize] as usize];
    let mut of_segment: Vec<Vec<u32>> = vec![Vec::new(); found.partition.n_groups()];
    (0..n as u32).for_each(|p| of_segment[label(p) as usize].push(p));
    for members in of_segment {
        if members.len() * most / n < OF_EACH {
            kept.extend(spread(members.len(), OF_EACH).into_iter().map(|at| members[at]));
        }
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// What a tested customer showed: how strange it is, and, where nobody equals it, the share of the votes for the first segment and how
/// often it fell there.
struct Seen {
    strangeness: f64,
    known: Option<(f64, f64)>,
}

/// What customers at one point say: equal customers share a segment, and samples that leave some of them out differ little.
fn voter(found: &Segmentation, members: &[u32]) -> Voter {
    let segment = found.partition.labels()[members[0] as usize];
    let Some(stability) = &found.stability else {
        return Voter {
            segment,
            probability: 1.0,
            second: NO_SEGMENT,
            second_probability: 0.0,
        };
    };
    let mean = |of: &[f64]| members.iter().map(|&v| of[v as usize]).sum::<f64>() / members.len() as f64;
    let second = members.iter().find_map(|&v| stability.second[v as usize]);
    Voter {
        segment,
        probability: mean(&stability.probability),
        second: second.unwrap_or(NO_SEGMENT),
        second_probability: mean(&stability.second_probability),
    }
}

fn segments(found: &Segmentation) -> Vec<SegmentAbout> {
    let sizes = found.partition.sizes().iter().enumerate();
    sizes
        .map(|(s, &customers)| SegmentAbout {
            name: found.profiles.names.get(s).cloned().unwrap_or_default(),
            customers,
            stability: found.stability.as_ref().map(|x| x.segments[s]),
        })
        .collect()
}

fn columns(table: &Table, names: &[&str]) -> Vec<ColumnAbout> {
    let by_name: FxHashMap<&str, &Column> = table.columns.iter().map(|c| (c.name.as_str(), c)).collect();
    let of = |name: &&str| {
        let values = match &by_name.get(name)?.values {
            Values::Number(values) => Held::Number(span(values)),
            Values::Date(values) => Held::Date(span(values)),
            Values::Category { levels, .. } => Held::Category(levels.clone()),
            Values::Text(_) => return None,
        };
        Some(ColumnAbout {
            column: (*name).to_owned(),
            values,
        })
    };
    names.iter().filter_map(of).collect()
}

fn span(values: &[f64]) -> Span {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    Span {
        lowest: sorted.first().copied().unwrap_or(0.0),
        low: quantile_sorted(&sorted, 0.05),
        high: quantile_sorted(&sorted, 0.95),
        highest: sorted.last().copied().unwrap_or(0.0),
    }
}
