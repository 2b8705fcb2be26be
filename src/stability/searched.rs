//! What searches find at every resolution, in the whole and in a sample.

use super::border::Border;
use super::choose::SAME_ANSWER;
use super::draws::Draw;
use super::joined::CLEAR_STEP;
use super::{Ground, in_batches};
use crate::Result;
use crate::num::math;
use crate::partition::{Partition, adjusted_rand};

/// Above this many segments nobody can read the answer, and no level is examined.
const MOST_SEGMENTS: usize = 100;

/// The divisions of the whole.
pub(super) struct Searched {
    /// γ of each division, 0 for joined ones.
    pub(super) at: Vec<f64>,
    /// The run of equal answers that each is of; neighbors are of one run where its middle was examined too.
    run: Vec<usize>,
    /// How many levels are joined ones; they come first.
    pub(super) n_joined: usize,
    /// For each level the divisions found, of joined ones a single one.
    pub(super) found: Vec<Vec<Partition>>,
}

impl Searched {
    /// The highest resolution of each run: cuts of null draws are compared by diversity, and one per run tells how they grow with it.
    pub(super) fn last_of_runs(&self) -> Vec<f64> {
        let last = |&l: &usize| l + 1 == self.run.len() || self.run[l + 1] != self.run[l];
        let of_resolutions = self.n_joined..self.at.len();
        of_resolutions.filter(last).map(|l| self.at[l]).collect()
    }

    /// Of each level's searches the one that the samples agree with most, the first of equals, and how far they do.
    pub(super) fn agreed_with(&self, draws: &[Draw]) -> Vec<(&Partition, Option<f64>)> {
        let agreement = |l: usize, found: &Partition| -> Option<f64> {
            let of = |d: &Draw| Some(adjusted_rand(&found.restricted(&d.nodes), d.found[l].as_ref()?));
            let known: Vec<f64> = draws.iter().filter_map(of).collect();
            // A level that a sample does not have is one that it disagrees with.
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / draws.len() as f64)
        };
        let value = |agreed: &(&Partition, Option<f64>)| agreed.1.unwrap_or(f64::NEG_INFINITY);
        let of_level = |l: usize| {
            let searches = &self.found[l];
            let agreed = searches.iter().rev().map(|found| (found, agreement(l, found)));
            let best = agreed.max_by(|a, b| value(a).total_cmp(&value(b)));
            best.unwrap_or((&searches[0], None))
        };
        (0..self.found.len()).map(of_level).collect()
    }

    /// Of each run of equal answers the division that samples agree with most, of equals the finer; the last where nothing was resampled.
    pub(super) fn stablest_of_runs(&self, best: &[(&Partition, Option<f64>)]) -> Vec<usize> {
        let mut stablest: Vec<usize> = Vec::new();
        for l in 0..best.len() {
            match stablest.last_mut() {
                Some(last) if self.run[*last] == self.run[l] => {
                    if best[l].1 >= best[*last].1 {
                        *last = l;
                    }
                }
                _ => stablest.push(l),
            }
        }
        stablest
    }
}

/// Several searches at every resolution, of each run of equal answers one, and what can be joined of the coarsest.
pub(super) fn search_all(ground: &Ground<'_>, resolutions: &[f64], searches: usize) -> Result<Searched> {
    let n = ground.graph.n_nodes();
    let search = |at: &[f64], number: usize| {
        let seed = ground.seed.wrapping_add((number as u64) << 32);
        (ground.find)(ground.graph, at, seed, ground.together)
    };
    let mut divisions = search(resolutions, 0)?;
    // What no edge joins is apart at every resolution and counts as one.
    let parts = divisions.first().map_or(1, Partition::n_groups);
    let joined: Vec<Partition> = (divisions.first().into_iter())
        .flat_map(|d| ground.source.joined(None, d))
        .filter(|j| j.step >= CLEAR_STEP)
        .map(|j| j.partition)
        .collect();
    let examined = plateaus(&divisions, resolutions, MOST_SEGMENTS.min(n / 5) + parts - 1);
    let examined_at: Vec<f64> = examined.iter().map(|&(i, _)| resolutions[i]).collect();
    let mut found: Vec<Vec<Partition>> = (examined.iter())
        .map(|&(i, _)| vec![std::mem::replace(&mut divisions[i], Partition::one_group(0))])
        .collect();
    in_batches(
        n,
        searches - 1,
        |number| search(&examined_at, number + 1),
        |again: Vec<Partition>| {
            for (of_level, division) in found.iter_mut().zip(again) {
                of_level.push(division);
            }
        },
    )?;
    let n_joined = joined.len();
    let at = std::iter::repeat_n(0.0, n_joined).chain(examined_at);
    let run = (0..n_joined).chain(examined.iter().map(|&(_, run)| n_joined + run));
    Ok(Searched {
        at: at.collect(),
        run: run.collect(),
        n_joined,
        found: joined.into_iter().map(|j| vec![j]).chain(found).collect(),
    })
}

/// A sample divided at the levels asked for.
pub(super) fn draw_sample(
    ground: &Ground<'_>,
    searched: &Searched,
    asked: &[bool],
    number: u64,
) -> Result<Draw> {
    let sample = ground.source.sample(ground.graph, ground.seed, number);
    let seed = ground.seed.wrapping_add(1 + number);
    let of_resolution: Vec<usize> = (searched.n_joined..asked.len()).filter(|&l| asked[l]).collect();
    let mut at: Vec<f64> = of_resolution.iter().map(|&l| searched.at[l]).collect();
    // Joined levels are made of the groups there.
    at.push(coarsest());
    let mut divisions = (ground.find)(&sample.graph, &at, seed, sample.together.as_ref())?;
    let at_coarsest = divisions
        .pop()
        .unwrap_or_else(|| Partition::one_group(sample.nodes.len()));
    let mut found: Vec<Option<Partition>> = vec![None; asked.len()];
    for (&l, division) in of_resolution.iter().zip(divisions) {
        found[l] = Some(division);
    }
    if searched.n_joined > 0 {
        let coarser = ground.source.joined(Some(&sample.nodes), &at_coarsest);
        for (slot, of_whole) in found.iter_mut().zip(&searched.found[..searched.n_joined]) {
            let wanted = of_whole[0].n_groups();
            let same = |p: &&Partition| p.n_groups() == wanted;
            *slot = coarser
                .iter()
                .map(|j| &j.partition)
                .chain([&at_coarsest])
                .find(same)
                .cloned();
        }
    }
    let border = |found: &Option<Partition>| found.as_ref().map(|p| Border::of(&sample.graph, p));
    Ok(Draw {
        borders: found.iter().map(border).collect(),
        found,
        nodes: sample.nodes,
    })
}

/// Of each run of resolutions with the same answer the middle and the one three quarters up, each with the number of its run, up to
/// so many segments. Of a run that begins at 1 or below, ones up to 1: what modularity itself supports is not beyond it.
fn plateaus(found: &[Partition], resolutions: &[f64], most_segments: usize) -> Vec<(usize, usize)> {
    let mut examined = Vec::new();
    let (mut first, mut run) = (0, 0);
    while first < found.len() && found[first].n_groups() <= most_segments {
        let mut last = first;
        while last + 1 < found.len() && adjusted_rand(&found[first], &found[last + 1]) >= SAME_ANSWER {
            last += 1;
        }
        // A run begins where its answer has just come up and is least stable.
        let high = first + (3 * (last - first)).div_ceil(4);
        let up_to_one = (first..=high).rev().find(|&i| resolutions[i] <= 1.0);
        let upper = up_to_one.unwrap_or(high);
        // A short run may end just above it, where samples have the next answer already.
        let middle = upper.min(first + (last - first) / 2);
        examined.extend([middle, upper].map(|i| (i, run)));
        examined.dedup();
        first = last + 1;
        run += 1;
    }
    examined
}

/// The coarsest resolution examined.
pub(super) fn coarsest() -> f64 {
    grid()[0]
}

/// Resolutions from 0.0001 to 2 in steps of a factor 1.5.
pub(super) fn grid() -> Vec<f64> {
    (0..25)
        .map(|i| crate::num::round_significant(2.0 / math::powi(1.5, 24 - i), 2))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolutions_rise_by_half_from_a_ten_thousandth_to_two() {
        let grid = grid();
        assert_eq!(grid.len(), 25);
        assert_eq!((grid[0], coarsest(), grid[24]), (0.00012, 0.00012, 2.0));
        // 2 / 1.5 and 2 / 1.5², to two digits.
        assert_eq!((grid[22], grid[23]), (0.89, 1.3));
        assert!(
            grid.windows(2)
                .all(|pair| (1.4..1.6).contains(&(pair[1] / pair[0])))
        );
    }

    #[test]
    fn of_several_searches_the_one_that_samples_agree_with_counts_and_a_missing_level_is_a_disagreement() {
        let halves = Partition::from_labels(&[0, 0, 1, 1]);
        let across = Partition::from_labels(&[0, 1, 0, 1]);
        let searched = Searched {
            at: vec![0.5, 1.0],
            run: vec![0, 1],
            n_joined: 0,
            found: vec![vec![across.clone(), halves.clone()], vec![across.clone()]],
        };
        let draw = |found: Vec<Option<Partition>>| Draw {
            nodes: vec![0, 1, 2, 3],
            borders: vec![None; 2],
            found,
        };
        let draws = [
            draw(vec![Some(halves.clone()), None]),
            draw(vec![Some(halves.clone()), None]),
            draw(vec![None, None]),
        ];
        let agreed = searched.agreed_with(&draws);
        assert_eq!(agreed[0], (&halves, Some(2.0 / 3.0)));
        assert_eq!(agreed[1], (&across, None));
        // As many agree with either: the first.
        let torn = [
            draw(vec![Some(halves.clone()), None]),
            draw(vec![Some(across.clone()), None]),
        ];
        assert_eq!(searched.agreed_with(&torn)[0].0, &across);
    }

    #[test]
    fn of_a_run_the_one_that_samples_agree_with_most_stays() {
        let one = || vec![Partition::one_group(3)];
        let searched = Searched {
            at: vec![0.1, 0.2, 0.3, 0.4, 0.6],
            run: vec![0, 1, 1, 2, 2],
            n_joined: 0,
            found: (0..5).map(|_| one()).collect(),
        };
        let p = Partition::one_group(3);
        let best = [None, Some(0.9), Some(0.8), Some(0.7), Some(0.7)].map(|agreement| (&p, agreement));
        assert_eq!(searched.stablest_of_runs(&best), [0, 1, 4]);
    }

    #[test]
    fn of_a_run_of_equal_answers_an_upper_one_stands_but_not_beyond_one_where_it_begins_before() {
        let two = || Partition::from_labels(&[0, 0, 0, 1, 1, 1]);
        let three = || Partition::from_labels(&[0, 0, 1, 1, 2, 2]);
        let at = [0.4, 0.6, 0.9, 1.3, 2.0];
        let early = [two(), two(), three(), three(), three()];
        assert_eq!(plateaus(&early, &at, 10), [(0, 0), (1, 0), (2, 1)]);
        let late = [two(), two(), two(), three(), three()];
        assert_eq!(plateaus(&late, &at, 10), [(1, 0), (2, 0), (3, 1), (4, 1)]);
        assert_eq!(plateaus(&early, &at, 2), [(0, 0), (1, 0)]);
    }

    use crate::graph::SimilarityGraph;
    use crate::stability::{Border, Joined, NullDraws, Sample, Source};

    /// Forty nodes without edges; samples are the first 32 of them. What Ward's method makes of any groups is four groups with a clear
    /// step, and two without one.
    struct Fixed;

    fn groups(n: usize, k: usize) -> Partition {
        Partition::from_labels(&(0..n).map(|i| i % k).collect::<Vec<_>>())
    }

    impl Source for Fixed {
        fn n_different(&self) -> usize {
            40
        }
        fn sample(&self, _: &SimilarityGraph, _: u64, _: u64) -> Sample {
            Sample {
                nodes: (0..32).collect(),
                graph: SimilarityGraph::from_edges(32, &[(0, 1, 1.0)]),
                together: None,
            }
        }
        fn sampled_nodes(&self, _: u64, _: u64) -> Vec<u32> {
            (0..32).collect()
        }
        fn null_draws(&self, _: u64) -> NullDraws<'_> {
            unreachable!("nothing is compared with structureless draws here")
        }
        fn borders(&self, _: &SimilarityGraph, _: &[&Partition]) -> Vec<Border> {
            unreachable!("no borders are asked for here")
        }
        fn joined(&self, nodes: Option<&[u32]>, _: &Partition) -> Vec<Joined> {
            let n = nodes.map_or(40, <[u32]>::len);
            let joined = |k: usize, step: f64| Joined {
                partition: groups(n, k),
                step,
            };
            vec![joined(2, 1.49), joined(4, 1.5)]
        }
    }

    const SEED: u64 = 7;

    /// Three groups up to 0.1, ten up to 0.5, eleven beyond it; the first search finds them as they stand, others turned round.
    fn find(graph: &SimilarityGraph, at: &[f64], seed: u64, _: Option<&Partition>) -> Result<Vec<Partition>> {
        let n = graph.n_nodes();
        let one = |&resolution: &f64| {
            let k = if resolution <= 0.1 {
                3
            } else if resolution <= 0.5 {
                10
            } else {
                11
            };
            let turn = usize::from(seed != SEED);
            Partition::from_labels(&(0..n).map(|i| (i + turn * (i / k)) % k).collect::<Vec<_>>())
        };
        Ok(at.iter().map(one).collect())
    }

    fn ground<'a>(graph: &'a SimilarityGraph, source: &'a Fixed) -> Ground<'a> {
        Ground {
            graph,
            together: None,
            find: &find,
            source,
            seed: SEED,
        }
    }

    #[test]
    fn a_fifth_of_the_customers_beside_the_parts_is_the_most_that_is_examined() {
        let graph = SimilarityGraph::from_edges(40, &[(0, 1, 1.0)]);
        let searched = search_all(&ground(&graph, &Fixed), &[0.01, 0.1, 0.3, 0.5, 1.0], 3).expect("found");
        // Of three parts no resolution is coarser; eight segments beside two more of them are ten, and eleven are too many.
        assert_eq!(searched.n_joined, 1);
        assert_eq!(searched.at, [0.0, 0.01, 0.1, 0.3, 0.5]);
        assert_eq!(searched.run, [0, 1, 1, 2, 2]);
        let counts: Vec<Vec<usize>> = (searched.found.iter())
            .map(|of_level| of_level.iter().map(Partition::n_groups).collect())
            .collect();
        assert_eq!(
            counts,
            [vec![4], vec![3; 3], vec![3; 3], vec![10; 3], vec![10; 3]]
        );
        // The first is of the seed asked for, the others are of other ones.
        assert_eq!(searched.found[3][0], groups(40, 10));
        assert_ne!(searched.found[3][1], groups(40, 10));
        assert_eq!(searched.last_of_runs(), [0.1, 0.5]);
    }

    #[test]
    fn a_sample_is_divided_where_it_is_asked_and_joined_levels_are_found_by_their_number() {
        let graph = SimilarityGraph::from_edges(40, &[(0, 1, 1.0)]);
        let searched = Searched {
            at: vec![0.0, 0.0, 0.0, 0.1, 0.3],
            run: vec![0, 1, 2, 3, 4],
            n_joined: 3,
            found: [4, 3, 5, 3, 10].iter().map(|&k| vec![groups(40, k)]).collect(),
        };
        let draw = draw_sample(
            &ground(&graph, &Fixed),
            &searched,
            &[true, true, true, false, true],
            0,
        )
        .expect("drawn");
        assert_eq!(draw.nodes.len(), 32);
        let counts: Vec<Option<usize>> = draw
            .found
            .iter()
            .map(|found| found.as_ref().map(Partition::n_groups))
            .collect();
        // Four as joined, three as the coarsest resolution has them, and five nowhere.
        assert_eq!(counts, [Some(4), Some(3), None, None, Some(10)]);
        let bordered: Vec<bool> = draw.borders.iter().map(Option::is_some).collect();
        assert_eq!(bordered, [true, true, false, false, true]);
    }
}
