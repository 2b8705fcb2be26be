//! Into how many parts customers without borders are divided.

use super::Ground;
use super::customers::ascending_sample;
use super::draws::shared;
use crate::Result;
use crate::num::mean;
use crate::partition::{Partition, adjusted_rand};
use crate::random::stream;
use rayon::prelude::*;

/// Samples whose parts are compared, each with the next few.
const SAMPLES: u64 = 8;
const COMPARED: usize = 3;
/// Customers in a sample at most.
const MOST: usize = 20_000;
/// Another number is taken only where its parts agree between samples by this much more.
const STEADIER: f64 = 0.05;

/// `usual` parts, or one less or one more where those come back more surely: k-means on a continuum has, for some
/// numbers, two solutions as good, and which of them it finds is chance.
///
/// Agreement is the mean adjusted Rand index between the parts of samples of four fifths, on the customers that two
/// samples share. Nothing above `most` is taken. Cost: 24 runs of k-means on 20,000 customers or fewer; none where the
/// source knows no parts.
///
/// # Errors
/// Those of the division into parts.
pub fn steadiest_parts(ground: &Ground<'_>, usual: usize, most: usize) -> Result<usize> {
    let n = ground.graph.n_nodes();
    let size = (n * 4 / 5).min(MOST);
    let agreement = |n_parts: usize| -> Result<f64> {
        let draw = |number: u64| {
            let nodes = ascending_sample(n, size, &mut stream(ground.seed ^ 0x7061_7274, number));
            let parts = ground
                .source
                .parts(Some(&nodes), n_parts, ground.seed.wrapping_add(number));
            parts.transpose().map(|parts| parts.map(|parts| (nodes, parts)))
        };
        let drawn: Vec<Option<(Vec<u32>, Partition)>> =
            (0..SAMPLES).into_par_iter().map(draw).collect::<Result<_>>()?;
        let drawn: Vec<(Vec<u32>, Partition)> = drawn.into_iter().flatten().collect();
        let mut agreements = Vec::new();
        for (i, (nodes, parts)) in drawn.iter().enumerate() {
            for step in 1..=COMPARED.min(drawn.len() - 1) {
                let (others, theirs) = &drawn[(i + step) % drawn.len()];
                let (here, there) = shared(nodes, others);
                agreements.push(adjusted_rand(
                    &parts.restricted(&here),
                    &theirs.restricted(&there),
                ));
            }
        }
        Ok(if agreements.is_empty() {
            0.0
        } else {
            mean(&agreements)
        })
    };
    if size <= usual + 1 {
        return Ok(usual);
    }
    let mut best = (usual, agreement(usual)? + STEADIER);
    for other in [usual - 1, usual + 1] {
        if (2..=most).contains(&other) {
            let steadiness = agreement(other)?;
            if steadiness > best.1 {
                best = (other, steadiness);
            }
        }
    }
    Ok(best.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::graph::SimilarityGraph;
    use crate::stability::{Border, NullDraws, Sample, Source};

    /// A hundred nodes whose division into this number of parts is the same in every sample, and into any other by chance.
    struct Steady(usize);

    impl Source for Steady {
        fn n_different(&self) -> usize {
            100
        }
        fn sample(&self, _: &SimilarityGraph, _: u64, _: u64) -> Sample {
            unreachable!("parts need no graph of a sample")
        }
        fn sampled_nodes(&self, _: u64, _: u64) -> Vec<u32> {
            unreachable!("parts draw their own")
        }
        fn null_draws(&self, _: u64) -> NullDraws<'_> {
            unreachable!("parts are compared with nothing")
        }
        fn borders(&self, _: &SimilarityGraph, _: &[&Partition]) -> Vec<Border> {
            unreachable!("parts have no borders")
        }
        fn parts(&self, nodes: Option<&[u32]>, n_parts: usize, seed: u64) -> Option<Result<Partition>> {
            let nodes = nodes.expect("a sample");
            assert_eq!(nodes.len(), 80, "four fifths");
            let chance = if n_parts == self.0 { 0 } else { seed as u32 };
            let part = |v: &u32| {
                (v.wrapping_mul(2_654_435_761)
                    .wrapping_add(chance.wrapping_mul(v * v))
                    >> 7)
                    % n_parts as u32
            };
            Some(Ok(Partition::from_labels(
                &nodes.iter().map(part).collect::<Vec<_>>(),
            )))
        }
    }

    fn steadiest(n: usize, source: &dyn Source, usual: usize, most: usize) -> usize {
        let ground = Ground {
            graph: &SimilarityGraph::from_edges(n, &[(0, 1, 1.0)]),
            together: None,
            find: &|_, _, _, _| unreachable!("no communities are looked for"),
            source,
            seed: 1,
        };
        steadiest_parts(&ground, usual, most).expect("divided")
    }

    #[test]
    fn one_part_less_or_more_is_taken_where_that_comes_back_and_no_more_than_are_allowed() {
        assert_eq!(steadiest(100, &Steady(5), 5, 9), 5);
        assert_eq!(steadiest(100, &Steady(4), 5, 9), 4);
        assert_eq!(steadiest(100, &Steady(6), 5, 9), 6);
        assert_eq!(steadiest(100, &Steady(6), 5, 6), 6);
        assert_eq!(steadiest(100, &Steady(6), 5, 5), 5);
        assert_eq!(steadiest(100, &Steady(7), 5, 9), 5);
        assert_eq!(steadiest(100, &Steady(1), 2, 9), 2, "one part is none");
    }

    #[test]
    fn where_few_are_left_in_a_sample_the_usual_number_stays() {
        // Of seven a sample has five, no more than one more than the usual four.
        assert_eq!(steadiest(7, &Steady(0), 4, 9), 4);
    }
}
