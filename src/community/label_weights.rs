//! Weights summed by label.

/// Sums by label in a table no larger than the labels around a node need: it stays in the nearest cache, which an
/// array over all labels of a large network does not.
///
/// Labels stand in the order in which they first came; that order and the sums depend on nothing else.
pub(super) struct LabelWeights {
    /// Label and sum. A row uses the first `mask + 1`.
    slots: Vec<(u32, f64)>,
    /// The slots in use are the first `n_used` of these.
    used: Vec<u32>,
    n_used: usize,
    mask: usize,
    shift: u32,
}

/// No label: labels lie below the number of nodes.
const FREE: u32 = u32::MAX;

impl LabelWeights {
    pub(super) fn new() -> Self {
        LabelWeights {
            slots: Vec::new(),
            used: Vec::new(),
            n_used: 0,
            mask: 0,
            shift: 0,
        }
    }

    /// Makes room for this many labels. The sums have to be empty.
    #[inline]
    pub(super) fn fit(&mut self, n_labels: usize) {
        // Half empty at least, so that looking for a label is short and ends.
        let size = (2 * n_labels.max(8)).next_power_of_two();
        self.mask = size - 1;
        self.shift = u32::BITS - size.trailing_zeros();
        if self.slots.len() < size {
            self.slots.resize(size, (FREE, 0.0));
            self.used.resize(size / 2, 0);
        }
    }

    #[inline]
    pub(super) fn add(&mut self, label: u32, weight: f64) {
        let mut at = (label.wrapping_mul(0x9E37_79B1) >> self.shift) as usize;
        loop {
            let slot = &mut self.slots[at];
            if slot.0 == label {
                slot.1 += weight;
                return;
            }
            if slot.0 == FREE {
                *slot = (label, weight);
                self.used[self.n_used] = at as u32;
                self.n_used += 1;
                return;
            }
            at = (at + 1) & self.mask;
        }
    }

    /// Labels and sums in the order in which the labels first came; the sums are empty afterwards.
    #[inline]
    pub(super) fn drain(&mut self, mut each: impl FnMut(u32, f64)) {
        for &at in &self.used[..self.n_used] {
            let slot = &mut self.slots[at as usize];
            each(slot.0, slot.1);
            slot.0 = FREE;
        }
        self.n_used = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_stand_in_the_order_of_first_appearance_in_tables_of_every_size() {
        let mut sums = LabelWeights::new();
        for n in [1000u32, 3, 0, 40] {
            sums.fit(n as usize);
            for label in (0..n).rev() {
                sums.add(label * 64, 1.0);
                sums.add((n - 1) * 64, 0.5);
            }
            let mut found = Vec::new();
            sums.drain(|label, sum| found.push((label, sum)));
            let sum = |label| {
                if label + 1 == n {
                    1.0 + 0.5 * f64::from(n)
                } else {
                    1.0
                }
            };
            let expected: Vec<(u32, f64)> = (0..n).rev().map(|label| (label * 64, sum(label))).collect();
            assert_eq!(found, expected);
        }
    }
}
