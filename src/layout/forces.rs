//! ForceAtlas2: every node repels every other, edges attract, gravity holds all together.

use super::Layout;
use super::quadtree::Quadtree;
use crate::SimilarityGraph;
use crate::num::math;
use rayon::prelude::*;

/// Nodes per piece of parallel work, whatever the number of threads; sums over pieces are added in order.
const PIECE: usize = 128;
/// How much swinging is tolerated: Gephi's default.
const TOLERANCE: f64 = 1.0;
/// Spread of the start in terms of the disc in which repulsion and gravity balance without edges.
const START: f64 = 0.3;

/// How nodes push and pull: the same numbers for a graph and for the coarser ones it is contracted to.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// "Scaling" in Gephi.
    repulsion: f64,
    /// Mean weight of the ties of the finest graph: forces do not depend on the unit of the weights.
    unit: f64,
    theta: f64,
    gravity: f64,
    lin_log: bool,
}

impl Rules {
    /// Those of `settings` for this graph.
    pub(super) fn of(graph: &SimilarityGraph, settings: &Layout) -> Self {
        let (mut total, mut count) = (0.0, 0usize);
        for v in 0..graph.n_nodes() as u32 {
            for (_, w) in graph.edges_of(v).filter(|e| e.0 != v) {
                total += w;
                count += 1;
            }
        }
        Rules {
            // In Gephi, too, it depends on n alone.
            repulsion: if graph.n_nodes() < 100 { 10.0 } else { 2.0 },
            unit: if total > 0.0 { total / count as f64 } else { 1.0 },
            theta: settings.theta.clamp(0.0, 2.0),
            gravity: settings.gravity,
            lin_log: settings.lin_log,
        }
    }

    /// The spread with which nodes of so much mass start.
    pub(super) fn start(&self, mass: f64) -> f64 {
        START * self.repulsion * mass / self.gravity
    }
}

/// Moves the places through so many passes.
pub(super) fn arrange(
    graph: &SimilarityGraph,
    masses: &[f64],
    places: &mut [[f64; 2]],
    rules: &Rules,
    passes: usize,
) {
    let mut state = State::new(graph, masses, places, *rules);
    for _ in 0..passes {
        state.pass();
    }
    for (&node, &place) in state.order.iter().zip(&state.places) {
        places[node as usize] = place;
    }
}

/// The force on a node in the last pass, and how far it is from the one before.
#[derive(Clone, Copy, Default)]
struct Force {
    vector: [f64; 2],
    swing: f64,
}

/// The nodes in the order of their first place along a curve through the plane, so that neighbors in the picture are
/// neighbors in memory.
struct State {
    /// The node of the graph at each index of the other fields.
    order: Vec<u32>,
    places: Vec<[f64; 2]>,
    /// 1 + number of edges; of a group the sum of its members'.
    masses: Vec<f64>,
    forces: Vec<Force>,
    offsets: Vec<usize>,
    /// Other end and weight of each edge, in terms of the unit.
    edges: Vec<(u32, f64)>,
    tree: Quadtree,
    rules: Rules,
    speed: f64,
    efficiency: f64,
}

impl State {
    fn new(graph: &SimilarityGraph, masses: &[f64], start: &[[f64; 2]], rules: Rules) -> Self {
        let n = start.len();
        let mut tree = Quadtree::default();
        tree.rebuild(start, &vec![1.0; n], 1.0);
        let order: Vec<u32> = tree.order().collect();
        let mut index = vec![0u32; n];
        for (i, &node) in order.iter().enumerate() {
            index[node as usize] = i as u32;
        }
        let mut offsets = vec![0];
        let mut edges = Vec::new();
        for &node in &order {
            let others = graph.edges_of(node).filter(|&(t, _)| t != node);
            edges.extend(others.map(|(t, w)| (index[t as usize], w / rules.unit)));
            offsets.push(edges.len());
        }
        State {
            places: order.iter().map(|&v| start[v as usize]).collect(),
            masses: order.iter().map(|&v| masses[v as usize]).collect(),
            order,
            forces: vec![Force::default(); n],
            offsets,
            edges,
            tree,
            rules,
            speed: 1.0,
            efficiency: 1.0,
        }
    }

    /// One step of all nodes.
    fn pass(&mut self) {
        self.tree.rebuild(&self.places, &self.masses, self.rules.theta);
        let mut forces = std::mem::take(&mut self.forces);
        let state = &*self;
        let sums: Vec<(f64, f64)> = forces
            .par_chunks_mut(PIECE)
            .enumerate()
            .map(|(piece, forces)| {
                let (mut swinging, mut traction) = (0.0, 0.0);
                for (i, force) in (piece * PIECE..).zip(forces) {
                    let (old, new) = (force.vector, state.force(i));
                    let swing = math::hypot(old[0] - new[0], old[1] - new[1]);
                    swinging += state.masses[i] * swing;
                    traction += state.masses[i] * math::hypot(old[0] + new[0], old[1] + new[1]) / 2.0;
                    *force = Force { vector: new, swing };
                }
                (swinging, traction)
            })
            .collect();
        self.forces = forces;
        self.adjust_speed(sums.iter().map(|s| s.0).sum(), sums.iter().map(|s| s.1).sum());
        let speed = self.speed;
        for ((place, force), mass) in self.places.iter_mut().zip(&self.forces).zip(&self.masses) {
            let step = speed / (1.0 + (speed * mass * force.swing).sqrt());
            place[0] += step * force.vector[0];
            place[1] += step * force.vector[1];
        }
    }

    /// The force on node `i`.
    fn force(&self, i: usize) -> [f64; 2] {
        let (p, mass) = (self.places[i], self.masses[i]);
        let push = self.tree.push(p);
        let from_middle = math::hypot(p[0], p[1]);
        let pull = if from_middle > 0.0 {
            self.rules.gravity * mass / from_middle
        } else {
            0.0
        };
        let mut force = [0, 1].map(|axis| self.rules.repulsion * mass * push[axis] - pull * p[axis]);
        for &(other, weight) in &self.edges[self.offsets[i]..self.offsets[i + 1]] {
            let q = self.places[other as usize];
            let (dx, dy) = (q[0] - p[0], q[1] - p[1]);
            let factor = if self.rules.lin_log {
                let d = (dx * dx + dy * dy).sqrt();
                if d > 0.0 {
                    weight * math::ln(1.0 + d) / d
                } else {
                    0.0
                }
            } else {
                weight
            };
            force[0] += factor * dx;
            force[1] += factor * dy;
        }
        force
    }

    /// The global speed: more where nodes keep their direction, less where they swing back and forth.
    fn adjust_speed(&mut self, swinging: f64, traction: f64) {
        if swinging <= 0.0 || traction <= 0.0 {
            return;
        }
        let n = self.places.len() as f64;
        let estimate = 0.05 * n.sqrt();
        let mut tolerance = TOLERANCE * estimate.sqrt().max((estimate * traction / (n * n)).min(10.0));
        if swinging / traction > 2.0 {
            if self.efficiency > 0.05 {
                self.efficiency *= 0.5;
            }
            tolerance = tolerance.max(TOLERANCE);
        }
        let target = tolerance * self.efficiency * traction / swinging;
        if swinging > tolerance * traction {
            if self.efficiency > 0.05 {
                self.efficiency *= 0.7;
            }
        } else if self.speed < 1000.0 {
            self.efficiency *= 1.3;
        }
        self.speed += (target - self.speed).min(self.speed / 2.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;
    use rand::RngExt;

    fn example() -> (SimilarityGraph, Vec<[f64; 2]>) {
        let mut random = stream(11, 0);
        let places = (0..40)
            .map(|_| [random.random_range(-1.0..1.0), random.random_range(-1.0..1.0)])
            .collect();
        let edges: Vec<(u32, u32, f64)> = (0..90)
            .map(|_| {
                (
                    random.random_range(0..40u32),
                    random.random_range(0..40u32),
                    random.random_range(0.1..2.0),
                )
            })
            .collect();
        (SimilarityGraph::from_edges(40, &edges), places)
    }

    fn ties(graph: &SimilarityGraph, v: usize) -> usize {
        let others = graph.neighbors(v as u32).iter().filter(|&&t| t != v as u32);
        others.count()
    }

    /// The force on `v` by the definition, all pairs, in the order of the graph.
    fn naive(
        graph: &SimilarityGraph,
        places: &[[f64; 2]],
        v: usize,
        gravity: f64,
        lin_log: bool,
    ) -> [f64; 2] {
        let n = places.len();
        let mean = {
            let w: Vec<f64> = graph.edges().filter(|e| e.0 != e.1).map(|e| e.2).collect();
            w.iter().sum::<f64>() / w.len() as f64
        };
        let toward = |u: usize| [places[u][0] - places[v][0], places[u][1] - places[v][1]];
        let m = |v: usize| 1.0 + ties(graph, v) as f64;
        let mut f = [0.0; 2];
        let mut add = |direction: [f64; 2], size: f64| {
            let d = math::hypot(direction[0], direction[1]);
            f[0] += size * direction[0] / d;
            f[1] += size * direction[1] / d;
        };
        for u in (0..n).filter(|&u| u != v) {
            let d = math::hypot(toward(u)[0], toward(u)[1]);
            add(toward(u), -10.0 * m(u) * m(v) / d);
        }
        for (u, w) in graph.edges_of(v as u32).filter(|e| e.0 as usize != v) {
            let d = math::hypot(toward(u as usize)[0], toward(u as usize)[1]);
            add(
                toward(u as usize),
                w / mean * if lin_log { math::ln(1.0 + d) } else { d },
            );
        }
        add(places[v].map(|x| -x), gravity * m(v));
        f
    }

    #[test]
    fn forces_at_theta_0_are_those_of_the_definition() {
        let (graph, start) = example();
        for lin_log in [true, false] {
            let settings = Layout {
                theta: 0.0,
                gravity: 2.5,
                lin_log,
                ..Layout::default()
            };
            let masses: Vec<f64> = (0..40).map(|v| 1.0 + ties(&graph, v) as f64).collect();
            let mut state = State::new(&graph, &masses, &start, Rules::of(&graph, &settings));
            state.tree.rebuild(&state.places, &state.masses, 0.0);
            let mut places = start.clone();
            for (&v, &p) in state.order.iter().zip(&state.places) {
                places[v as usize] = p;
            }
            for (i, &v) in state.order.iter().enumerate() {
                let exact = naive(&graph, &places, v as usize, 2.5, lin_log);
                let found = state.force(i);
                for axis in 0..2 {
                    assert!((found[axis] - exact[axis]).abs() < 1e-9 * (1.0 + exact[axis].abs()));
                }
            }
        }
    }

    #[test]
    fn two_nodes_with_one_edge_come_to_rest_where_forces_balance() {
        let graph = SimilarityGraph::from_edges(2, &[(0, 1, 5.0)]);
        let mut places = vec![[-3.0, 0.0], [1.0, 0.0]];
        let settings = Layout {
            gravity: 1.0,
            ..Layout::default()
        };
        arrange(
            &graph,
            &[2.0, 2.0],
            &mut places,
            &Rules::of(&graph, &settings),
            2000,
        );
        // Repulsion 10 · 2 · 2 / d against ln(1 + d) and gravity 2.
        let d = places[1][0] - places[0][0];
        assert!((40.0 / d - math::ln(1.0 + d) - 2.0).abs() < 1e-3, "{places:?}");
    }
}
