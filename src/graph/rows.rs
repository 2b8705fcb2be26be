//! Compressed rows and their filling by many threads.

use rayon::prelude::*;

/// Rows that one task fills.
const BLOCK: usize = 1024;

/// For each of some points an ascending list of points with a number each.
pub(super) struct Lists {
    pub(super) offsets: Vec<usize>,
    pub(super) targets: Vec<u32>,
    pub(super) values: Vec<f32>,
}

impl Lists {
    pub(super) fn row(&self, p: u32) -> (&[u32], &[f32]) {
        let row = self.offsets[p as usize]..self.offsets[p as usize + 1];
        (&self.targets[row.clone()], &self.values[row])
    }

    fn n(&self) -> usize {
        self.offsets.len() - 1
    }
}

/// Who has each point in its list: the same links seen from the other end, ascending. `O(n + m)`.
pub(super) fn transpose(lists: &Lists) -> Lists {
    let n = lists.n();
    let mut offsets = vec![0usize; n + 1];
    for &q in &lists.targets {
        offsets[q as usize + 1] += 1;
    }
    for p in 0..n {
        offsets[p + 1] += offsets[p];
    }
    let mut next = offsets.clone();
    let mut targets = vec![0u32; lists.targets.len()];
    let mut values = vec![0f32; lists.targets.len()];
    for p in 0..n as u32 {
        let (row, numbers) = lists.row(p);
        for (&q, &value) in row.iter().zip(numbers) {
            let slot = next[q as usize];
            next[q as usize] += 1;
            targets[slot] = p;
            values[slot] = value;
        }
    }
    Lists {
        offsets,
        targets,
        values,
    }
}

/// Lists of known lengths, to be filled.
pub(super) struct RowWriter {
    lists: Lists,
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
            lists: Lists {
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

    pub(super) fn finish(self) -> Lists {
        self.lists
    }
}
