//! ForceAtlas2: every node repels every other, edges attract, gravity holds all together.

use super::quadtree::Quadtree;
use super::{Layout, frame, passes_for};
use crate::SimilarityGraph;
use crate::num::math;
use rayon::prelude::*;

/// Nodes per piece of parallel work, whatever the number of threads; sums over pieces are added in order.
const PIECE: usize = 128;
/// How much swinging is tolerated: Gephi's default.
const TOLERANCE: f64 = 1.0;
/// Size of the start in terms of the disc in which repulsion and gravity balance without edges.
const START: f64 = 0.3;

/// Moves the places through the passes that `settings` asks for.
pub(super) fn arrange(graph: &SimilarityGraph, places: &mut [[f64; 2]], settings: &Layout) {
    let mut state = State::new(graph, places, settings);
    for _ in 0..settings.passes.unwrap_or_else(|| passes_for(places.len())) {
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
    /// 1 + number of edges.
    masses: Vec<f64>,
    forces: Vec<Force>,
    offsets: Vec<usize>,
    /// Other end and weight of each edge; the mean weight is 1, so that the unit of the weights does not show.
    edges: Vec<(u32, f64)>,
    tree: Quadtree,
    theta: f64,
    gravity: f64,
    lin_log: bool,
    repulsion: f64,
    speed: f64,
    efficiency: f64,
}

impl State {
    fn new(graph: &SimilarityGraph, start: &[[f64; 2]], settings: &Layout) -> Self {
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
            edges.extend(others.map(|(t, w)| (index[t as usize], w)));
            offsets.push(edges.len());
        }
        let mean = edges.iter().map(|e| e.1).sum::<f64>() / edges.len().max(1) as f64;
        for edge in edges.iter_mut().filter(|_| mean > 0.0) {
            edge.1 /= mean;
        }
        let masses: Vec<f64> = offsets.windows(2).map(|w| 1.0 + (w[1] - w[0]) as f64).collect();
        // "Scaling" in Gephi, where it also depends on n alone.
        let repulsion = if n < 100 { 10.0 } else { 2.0 };
        let radius = repulsion * masses.iter().sum::<f64>() / settings.gravity;
        let spread = frame::spread(start);
        let scale = if spread > 0.0 {
            START * radius / spread
        } else {
            1.0
        };
        State {
            places: order
                .iter()
                .map(|&v| start[v as usize].map(|x| x * scale))
                .collect(),
            order,
            masses,
            forces: vec![Force::default(); n],
            offsets,
            edges,
            tree,
            theta: settings.theta.clamp(0.0, 2.0),
            gravity: settings.gravity,
            lin_log: settings.lin_log,
            repulsion,
            speed: 1.0,
            efficiency: 1.0,
        }
    }

    /// One step of all nodes.
    fn pass(&mut self) {
        self.tree.rebuild(&self.places, &self.masses, self.theta);
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
            self.gravity * mass / from_middle
        } else {
            0.0
        };
        let mut force = [0, 1].map(|axis| self.repulsion * mass * push[axis] - pull * p[axis]);
        for &(other, weight) in &self.edges[self.offsets[i]..self.offsets[i + 1]] {
            let q = self.places[other as usize];
            let (dx, dy) = (q[0] - p[0], q[1] - p[1]);
            let factor = if self.lin_log {
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

    /// The force on `v` by the definition, all pairs, in the order of the graph.
    fn naive(
        graph: &SimilarityGraph,
        places: &[[f64; 2]],
        v: usize,
        gravity: f64,
        lin_log: bool,
    ) -> [f64; 2] {
        let n = places.len();
        let ties = |v: usize| {
            graph
                .neighbors(v as u32)
                .iter()
                .filter(|&&t| t != v as u32)
                .count()
        };
        let mean = {
            let w: Vec<f64> = graph.edges().filter(|e| e.0 != e.1).map(|e| e.2).collect();
            w.iter().sum::<f64>() / w.len() as f64
        };
        let toward = |u: usize| [places[u][0] - places[v][0], places[u][1] - places[v][1]];
        let m = |v: usize| 1.0 + ties(v) as f64;
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
            let mut state = State::new(&graph, &start, &settings);
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
            passes: Some(2000),
            gravity: 1.0,
            ..Layout::default()
        };
        arrange(&graph, &mut places, &settings);
        // Repulsion 10 · 2 · 2 / d against ln(1 + d) and gravity 2.
        let d = places[1][0] - places[0][0];
        assert!((40.0 / d - math::ln(1.0 + d) - 2.0).abs() < 1e-3, "{places:?}");
    }
}
