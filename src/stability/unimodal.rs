//! A distribution made to have one peak.

use crate::num::quantile_sorted;

/// The distribution nearest to the data that has one peak only: densities rising up to it and falling after it, by
/// pooling neighbors that do not. Grenander, Skand. Aktuarietidskr. 39, 125 (1956).
pub(super) struct Unimodal {
    /// Cell borders and the share of customers below each.
    borders: Vec<(f64, f64)>,
}

/// Quantile cells that a distribution is described by.
const CELLS: usize = 256;

impl Unimodal {
    /// Of sorted values; `O(cells²)` besides reading them.
    pub(super) fn of(sorted: &[f64]) -> Unimodal {
        let cells = CELLS.min(sorted.len().saturating_sub(1)).max(1);
        let at = |i: usize| quantile_sorted(sorted, i as f64 / cells as f64);
        let range = at(cells) - at(0);
        // Equal values have no width; a sliver of the range stands in for it.
        let sliver = (range * 1e-6).max(f64::MIN_POSITIVE);
        let widths: Vec<f64> = (0..cells).map(|i| (at(i + 1) - at(i)).max(sliver)).collect();
        let share = 1.0 / cells as f64;
        // Each candidate peak in turn; the best changes the cells least.
        let step = (cells / 32).max(1);
        let best = (0..cells)
            .step_by(step)
            .map(|peak| {
                let mut pooled = pool(&widths[..peak], share, true);
                pooled.extend(pool(&widths[peak..], share, false));
                let (mut cost, mut p) = (0f64, 0.0);
                let mut raw = widths.iter();
                for &(width, mass) in &pooled {
                    // Distance between the two distribution functions at the cell borders inside the pool.
                    let (mut inside, mut below) = (0.0, p);
                    while inside + 1e-12 * range < width {
                        let Some(w) = raw.next() else { break };
                        inside += w;
                        below += share;
                        cost = cost.max((below - (p + mass * (inside / width).min(1.0))).abs());
                    }
                    p += mass;
                }
                (cost, pooled)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, pooled)| pooled)
            .unwrap_or_default();
        let mut borders = vec![(at(0), 0.0)];
        let (mut x, mut p) = (at(0), 0.0);
        for (width, mass) in best {
            x += width;
            p += mass;
            borders.push((x, p));
        }
        Unimodal { borders }
    }

    /// The value below which a share `q` lies.
    pub(super) fn quantile(&self, q: f64) -> f64 {
        let right = self
            .borders
            .partition_point(|b| b.1 < q)
            .clamp(1, (self.borders.len() - 1).max(1));
        let Some(&(x1, p1)) = self.borders.get(right) else {
            return self.borders[0].0;
        };
        let (x0, p0) = self.borders[right - 1];
        if p1 > p0 {
            x0 + (x1 - x0) * ((q - p0) / (p1 - p0)).clamp(0.0, 1.0)
        } else {
            x0
        }
    }
}

/// Cells (width, share) pooled until their densities rise, or fall.
fn pool(widths: &[f64], share: f64, rising: bool) -> Vec<(f64, f64)> {
    let mut pooled: Vec<(f64, f64)> = Vec::new();
    for &width in widths {
        pooled.push((width, share));
        while let [.., (w0, p0), (w1, p1)] = pooled[..] {
            let wrong = if rising {
                p0 * w1 > p1 * w0
            } else {
                p0 * w1 < p1 * w0
            };
            if !wrong {
                break;
            }
            pooled.truncate(pooled.len() - 2);
            pooled.push((w0 + w1, p0 + p1));
        }
    }
    pooled
}
