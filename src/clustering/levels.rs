//! What holds together below each width of gaps, and which clusters among them last.

use super::hdbscan::Gap;

/// Customers, and what they join to as gaps close, from the narrowest on. Numbers below that of the customers are customers.
pub(super) struct Levels {
    n: usize,
    /// From number `n` on.
    joined: Vec<Joined>,
    /// What all are in the end; `None` for no customers.
    root: Option<usize>,
}

/// What joins at one width, all of it at once.
struct Joined {
    width: f64,
    /// Customers, or what has joined at smaller widths.
    parts: Vec<usize>,
    size: usize,
}

/// A part that is large enough for a cluster.
struct Cluster {
    /// What it is at first.
    node: usize,
    /// How well it lasts: over its customers, the inverse width at which each leaves less that at which the cluster appears.
    excess: f64,
    /// The clusters that it falls apart into.
    parts: Vec<usize>,
}

impl Levels {
    /// Joins `n` customers along a spanning tree.
    pub(super) fn new(n: usize, mut gaps: Vec<Gap>) -> Self {
        gaps.sort_by(|x, y| x.width.total_cmp(&y.width));
        let mut levels = Levels {
            n,
            joined: Vec::new(),
            root: n.checked_sub(1),
        };
        // Of each set of customers, named by one of them, what they are now.
        let mut now: Vec<usize> = (0..n).collect();
        let mut parents: Vec<u32> = (0..n as u32).collect();
        for gap in gaps {
            let (a, b) = (
                super::ward::root(&mut parents, gap.a),
                super::ward::root(&mut parents, gap.b),
            );
            let (low, high) = (a.min(b), a.max(b));
            parents[high as usize] = low;
            let node = levels.join(now[a as usize], now[b as usize], gap.width);
            now[low as usize] = node;
            levels.root = Some(node);
        }
        levels
    }

    fn size(&self, node: usize) -> usize {
        self.joined(node).map_or(1, |joined| joined.size)
    }

    fn joined(&self, node: usize) -> Option<&Joined> {
        node.checked_sub(self.n).map(|place| &self.joined[place])
    }

    /// What two become at a width: of what has joined at the same width already, one of them, so that equal gaps close at once.
    fn join(&mut self, a: usize, b: usize, width: f64) -> usize {
        let size = self.size(a) + self.size(b);
        let open = |node: usize| (self.joined(node)).filter(|joined| joined.width == width);
        let (into, from) = match (open(a), open(b)) {
            // The shorter list moves, for lists not to be copied again and again.
            (Some(x), Some(y)) if x.parts.len() < y.parts.len() => (b, a),
            (Some(_), _) => (a, b),
            (None, Some(_)) => (b, a),
            (None, None) => {
                self.joined.push(Joined {
                    width,
                    parts: vec![a, b],
                    size,
                });
                return self.n + self.joined.len() - 1;
            }
        };
        let moved = match from.checked_sub(self.n) {
            Some(place) if self.joined[place].width == width => std::mem::take(&mut self.joined[place].parts),
            _ => vec![from],
        };
        let joined = &mut self.joined[into - self.n];
        joined.parts.extend(moved);
        joined.size = size;
        into
    }

    /// For each customer a number of the cluster it is in, among those of at least `least` customers (2 or more) that last longer than the clusters that they
    /// fall apart into; `u32::MAX` for noise. All customers together are no such cluster.
    pub(super) fn lasting(&self, least: usize) -> Vec<u32> {
        let mut labels = vec![u32::MAX; self.n];
        let mut clusters = self.clusters(least);
        let Some(root) = clusters.first() else {
            return labels;
        };
        let mut chosen = root.parts.clone();
        // Parts have higher numbers than what falls apart into them.
        let mut lasts = vec![false; clusters.len()];
        for c in (1..clusters.len()).rev() {
            let mut below: Vec<f64> = clusters[c].parts.iter().map(|&p| clusters[p].excess).collect();
            // In the order of their sizes, for the sum not to depend on that of customers.
            below.sort_by(f64::total_cmp);
            let below: f64 = below.iter().sum();
            lasts[c] = clusters[c].excess >= below;
            clusters[c].excess = clusters[c].excess.max(below);
        }
        let mut label = 0;
        while let Some(c) = chosen.pop() {
            if !lasts[c] {
                chosen.extend(&clusters[c].parts);
                continue;
            }
            let mut members = vec![clusters[c].node];
            while let Some(node) = members.pop() {
                match self.joined(node) {
                    Some(joined) => members.extend(&joined.parts),
                    None => labels[node] = label,
                }
            }
            label += 1;
        }
        labels
    }

    /// All clusters, from all customers together on: the condensed tree. A cluster stays the same where only parts too small for one leave it.
    fn clusters(&self, least: usize) -> Vec<Cluster> {
        // Where each appears: all customers at no density.
        let mut appear = vec![0.0];
        let mut clusters: Vec<Cluster> = (self.root.into_iter())
            .map(|node| Cluster {
                node,
                excess: 0.0,
                parts: Vec::new(),
            })
            .collect();
        let mut c = 0;
        while c < clusters.len() {
            let mut node = clusters[c].node;
            while let Some(joined) = self.joined(node) {
                // Infinite where customers coincide. They leave all at once, and nothing appears there.
                let density = 1.0 / joined.width;
                let large: Vec<usize> = (joined.parts.iter().copied())
                    .filter(|&part| self.size(part) >= least)
                    .collect();
                let stay = if large.len() == 1 { self.size(large[0]) } else { 0 };
                clusters[c].excess += (density - appear[c]) * (joined.size - stay) as f64;
                if let [one] = large[..] {
                    node = one;
                    continue;
                }
                for node in large {
                    let part = clusters.len();
                    clusters[c].parts.push(part);
                    appear.push(density);
                    clusters.push(Cluster {
                        node,
                        excess: 0.0,
                        parts: Vec::new(),
                    });
                }
                break;
            }
            c += 1;
        }
        clusters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(widths: &[f64]) -> Levels {
        let gaps = (0u32..).zip(widths).map(|(a, &width)| Gap { a, b: a + 1, width });
        Levels::new(widths.len() + 1, gaps.collect())
    }

    #[test]
    fn equal_gaps_close_at_once_in_whatever_order_they_come() {
        let widths = [1.0, 2.0, 1.0, 2.0, 2.0, 1.0];
        let levels = line(&widths);
        let root = levels.joined(levels.root.expect("customers")).expect("joined");
        let mut sizes: Vec<usize> = root.parts.iter().map(|&part| levels.size(part)).collect();
        sizes.sort_unstable();
        assert_eq!((root.width, root.size, sizes), (2.0, 7, vec![1, 2, 2, 2]));
    }

    #[test]
    fn a_customer_at_the_gap_between_two_clusters_is_noise() {
        // Three, one at two equal gaps, three.
        let labels = line(&[1.0, 1.0, 4.0, 4.0, 1.0, 1.0]).lasting(3);
        assert_eq!(labels[3], u32::MAX);
        assert!(labels[0] == labels[2] && labels[4] == labels[6] && labels[0] != labels[4]);
    }

    #[test]
    fn a_cluster_is_taken_for_its_parts_where_it_lasts_longer() {
        // Two pairs of pairs; what is near each other within a pair hardly lasts longer, or much longer.
        let of = |inner: f64| {
            let pairs = [inner, 1.0, inner];
            let labels = line(&[&pairs[..], &[9.0], &pairs[..]].concat()).lasting(2);
            let mut groups = labels.clone();
            groups.sort_unstable();
            groups.dedup();
            groups.len()
        };
        assert_eq!((of(0.9), of(0.1)), (2, 4));
    }

    #[test]
    fn customers_that_coincide_last_for_ever_and_nothing_is_not_a_number() {
        let labels = line(&[0.0, 0.0, 1.0, 0.5, 0.5, 1.0, 0.0, 0.0]).lasting(3);
        assert!(labels[..3].iter().all(|&l| l == labels[0]) && labels[0] != u32::MAX);
        assert!(labels[6..].iter().all(|&l| l == labels[6]) && labels[6] != labels[0]);
        assert!(labels[3..6].iter().all(|&l| l == labels[3]) && labels[3] != u32::MAX);
        assert_eq!(line(&[0.0; 9]).lasting(5), [u32::MAX; 10]);
    }

    #[test]
    fn nobody_and_one_are_noise() {
        assert!(Levels::new(0, Vec::new()).lasting(2).is_empty());
        assert_eq!(Levels::new(1, Vec::new()).lasting(2), [u32::MAX]);
    }
}
