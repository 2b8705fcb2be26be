//! Compressed rows and their filling by many threads.

use rayon::prelude::*;

/// Rows that one task fills.
const BLOCK: usize = 1024;

/// For each of some points an ascending list of points with a number each.
pub(super) struct Csr {
    pub(super) offsets: Vec<usize>,
    pub(super) targets: Vec<u32>,
    pub(super) values: Vec<f32>,
}

impl Csr {
    pub(super) fn row(&self, p: u32) -> (&[u32], &[f32]) {
        let row = self.offsets[p as usize]..self.offsets[p as usize + 1];
        (&self.targets[row.clone()], &self.values[row])
    }

    fn n(&self) -> usize {
        self.offsets.len() - 1
    }
}

/// For each of some points the points whose lists it stands in, ascending.
pub(super) struct ReverseNeighbors {
    offsets: Vec<usize>,
    sources: Vec<u32>,
}

impl ReverseNeighbors {
    pub(super) fn of(&self, p: u32) -> &[u32] {
        &self.sources[self.offsets[p as usize]..self.offsets[p as usize + 1]]
    }
}

/// Points whose rows one task fills: their part of the result stays in the cache while all lists go by.
pub(super) const REGION: usize = 1 << 17;

/// Who has each of `n` points in its list of `k`: the same links seen from the other end. `O(n k)` per 131,072 points,
/// each a pass over the lists in their order.
pub(super) fn reverse_neighbors(targets: &[u32], k: usize, n: usize) -> ReverseNeighbors {
    let mut offsets = vec![0usize; n + 1];
    for &q in targets {
        offsets[q as usize + 1] += 1;
    }
    for p in 0..n {
        offsets[p + 1] += offsets[p];
    }
    let mut sources = vec![0u32; targets.len()];
    let mut rest = &mut sources[..];
    let mut regions = Vec::with_capacity(n.div_ceil(REGION));
    for first in (0..n).step_by(REGION) {
        let last = (first + REGION).min(n);
        let (region, beyond) = rest.split_at_mut(offsets[last] - offsets[first]);
        rest = beyond;
        regions.push((first, last, region));
    }
    regions.into_par_iter().for_each(|(first, last, region)| {
        let start = offsets[first];
        let mut next: Vec<u32> = offsets[first..last].iter().map(|o| (o - start) as u32).collect();
        for (p, list) in targets.chunks_exact(k.max(1)).enumerate() {
            for &q in list {
                if let Some(next) = next.get_mut((q as usize).wrapping_sub(first)) {
                    region[*next as usize] = p as u32;
                    *next += 1;
                }
            }
        }
    });
    ReverseNeighbors { offsets, sources }
}

/// Rows of known lengths, to be filled.
pub(super) struct RowWriter {
    lists: Csr,
}

impl RowWriter {
    pub(super) fn new(lengths: &[usize]) -> Self {
        let mut offsets = Vec::with_capacity(lengths.len() + 1);
        let mut end = 0;
        offsets.push(end);
        for length in lengths {
            end += length;
            offsets.push(end);
        }
        RowWriter {
            lists: Csr {
                offsets,
                targets: vec![0; end],
                values: vec![0.0; end],
            },
        }
    }

    /// The length of all rows together.
    pub(super) fn len(&self) -> usize {
        self.lists.targets.len()
    }

    /// Calls `fill` for each row with room for its targets, its values and its part of `beside`, which has one
    /// element per target or is empty.
    pub(super) fn fill<T: Send>(
        &mut self,
        beside: &mut [T],
        fill: impl Fn(u32, &mut [u32], &mut [f32], &mut [T]) + Sync,
    ) {
        let n = self.lists.n();
        let offsets = &self.lists.offsets;
        let width = usize::from(!beside.is_empty());
        let (mut targets, mut values, mut beside) =
            (&mut self.lists.targets[..], &mut self.lists.values[..], beside);
        let mut blocks = Vec::with_capacity(n.div_ceil(BLOCK));
        for first in (0..n).step_by(BLOCK) {
            let last = (first + BLOCK).min(n);
            let length = offsets[last] - offsets[first];
            let (block_targets, rest_targets) = targets.split_at_mut(length);
            let (block_values, rest_values) = values.split_at_mut(length);
            let (block_beside, rest_beside) = beside.split_at_mut(length * width);
            (targets, values, beside) = (rest_targets, rest_values, rest_beside);
            blocks.push((first..last, block_targets, block_values, block_beside));
        }
        blocks
            .into_par_iter()
            .for_each(|(rows, block_targets, block_values, block_beside)| {
                let start = offsets[rows.start];
                for p in rows {
                    let row = offsets[p] - start..offsets[p + 1] - start;
                    let beside = row.start * width..row.end * width;
                    fill(
                        p as u32,
                        &mut block_targets[row.clone()],
                        &mut block_values[row],
                        &mut block_beside[beside],
                    );
                }
            });
    }

    pub(super) fn finish(self) -> Csr {
        self.lists
    }
}
