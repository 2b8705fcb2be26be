//! How a division is found again where some of the customers are left out.

use super::rings::Rings;
use super::searched::coarsest;
use super::{Found, Ground, Sample};
use crate::Result;
use crate::community::join_small;
use crate::graph::SimilarityGraph;
use crate::partition::Partition;

impl Found {
    /// The nodes of sample `number` of this seed, and their division, found the same way; groups of fewer than `least` nodes
    /// join others.
    ///
    /// `by_few`: found among a few of the sample and spread to all of it along the edges of the whole, so that no graph of the
    /// sample is made.
    ///
    /// # Errors
    /// Those of the search for neighbors and communities.
    pub(super) fn in_sample(
        self,
        ground: &Ground<'_>,
        by_few: bool,
        least: usize,
        seed: u64,
        number: u64,
    ) -> Result<(Vec<u32>, Partition)> {
        let with_seed = seed.wrapping_add(number);
        let without_graph = by_few || matches!(self, Found::Parts(_));
        if !without_graph {
            let sample = ground.source.sample(ground.graph, seed, number);
            let division = self.again(ground, &sample, with_seed)?;
            let joined = join_small(sample.graph.edges(), &division, least);
            return Ok((sample.nodes, joined));
        }
        let nodes = ground.source.sampled_nodes(seed, number);
        let division = match self {
            Found::Parts(n_parts) => parts(ground, &nodes, n_parts, with_seed)?,
            _ => self.by_few(ground, &nodes, with_seed)?,
        };
        let joined = join_small(among(ground.graph, &nodes), &division, least);
        Ok((nodes, joined))
    }

    /// The division of these nodes that is found the same way among a few of them; they are one group where nodes have no place.
    fn by_few(self, ground: &Ground<'_>, nodes: &[u32], seed: u64) -> Result<Partition> {
        let Some(few) = ground.source.few(nodes) else {
            return Ok(Partition::one_group(nodes.len()));
        };
        let few = few?;
        let division = self.again(ground, &few, seed)?;
        let rings = Rings::around(ground.graph, &few.nodes, nodes);
        Ok(rings.spread(ground.graph, ground.together, &division))
    }

    /// The division of a sample that is found the same way.
    fn again(self, ground: &Ground<'_>, sample: &Sample, seed: u64) -> Result<Partition> {
        let at = |resolution: f64| -> Result<Partition> {
            let found = (ground.find)(&sample.graph, &[resolution], seed, sample.together.as_ref())?;
            Ok(found
                .into_iter()
                .next()
                .unwrap_or_else(|| Partition::one_group(sample.nodes.len())))
        };
        match self {
            Found::Communities(resolution) => at(resolution),
            Found::Joined(wanted) => {
                let coarsest = at(coarsest())?;
                let coarser = ground.source.joined(Some(&sample.nodes), &coarsest);
                let same = coarser
                    .into_iter()
                    .map(|j| j.partition)
                    .find(|p| p.n_groups() == wanted);
                Ok(same.unwrap_or(coarsest))
            }
            Found::Parts(n_parts) => parts(ground, &sample.nodes, n_parts, seed),
        }
    }
}

/// So many parts of these nodes; one where nodes have no place.
fn parts(ground: &Ground<'_>, nodes: &[u32], n_parts: usize, seed: u64) -> Result<Partition> {
    let parts = ground.source.parts(Some(nodes), n_parts, seed);
    parts.unwrap_or_else(|| Ok(Partition::one_group(nodes.len())))
}

/// The edges between these nodes (ascending), by their numbers among them.
fn among<'a>(graph: &'a SimilarityGraph, nodes: &[u32]) -> impl Iterator<Item = (u32, u32, f64)> + 'a {
    let mut place = vec![u32::MAX; graph.n_nodes()];
    for (i, &v) in nodes.iter().enumerate() {
        place[v as usize] = i as u32;
    }
    graph.edges().filter_map(move |(a, b, w)| {
        let (a, b) = (place[a as usize], place[b as usize]);
        (a != u32::MAX && b != u32::MAX).then_some((a, b, w))
    })
}
