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

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_quantiles(of: &Unimodal, expected: &[(f64, f64)]) {
        for &(share, value) in expected {
            let found = of.quantile(share);
            assert!((found - value).abs() < 1e-12, "{share}: {found}");
        }
    }

    #[test]
    fn what_has_one_peak_stays() {
        let of = Unimodal::of(&[0.0, 4.0, 5.0, 7.0]);
        assert_quantiles(
            &of,
            &[
                (0.0, 0.0),
                (1.0 / 6.0, 2.0),
                (0.5, 4.5),
                (5.0 / 6.0, 6.0),
                (1.0, 7.0),
            ],
        );
    }

    #[test]
    fn a_hole_is_filled_from_the_side_that_moves_least() {
        // Thirds on widths of 1, 8 and 2: with the hole pooled to the right, 10 wide, its end moves by 2/3 · 8/10 − 1/3 = 0.2;
        // to the left, 9 wide, its start by 1/3 − 2/3 · 1/9 = 0.26.
        let of = Unimodal::of(&[0.0, 1.0, 9.0, 11.0]);
        assert_quantiles(
            &of,
            &[(1.0 / 6.0, 0.5), (1.0 / 3.0, 1.0), (2.0 / 3.0, 6.0), (1.0, 11.0)],
        );
        // The mirror image, with the peak at its last cell.
        let of = Unimodal::of(&[0.0, 2.0, 10.0, 11.0]);
        assert_quantiles(&of, &[(1.0 / 3.0, 5.0), (2.0 / 3.0, 10.0), (5.0 / 6.0, 10.5)]);
    }

    #[test]
    fn cells_are_pooled_until_densities_rise_or_fall() {
        // Densities of 1/4, 1 and 1/2 thirds rise if the last two are pooled; of 1, 1/4 and 1/2 they fall.
        let third = 1.0 / 3.0;
        assert_eq!(
            pool(&[4.0, 1.0, 2.0], third, true),
            [(4.0, third), (3.0, 2.0 * third)]
        );
        assert_eq!(
            pool(&[1.0, 4.0, 2.0], third, false),
            [(1.0, third), (6.0, 2.0 * third)]
        );
        // Equal densities are neither.
        assert_eq!(pool(&[2.0, 2.0], 0.5, true), [(2.0, 0.5), (2.0, 0.5)]);
    }

    #[test]
    fn equal_values_and_a_single_one_have_a_distribution() {
        assert_eq!(Unimodal::of(&[3.0, 3.0, 3.0]).quantile(0.5), 3.0);
        assert_eq!(Unimodal::of(&[3.0]).quantile(0.5), 3.0);
    }
}
