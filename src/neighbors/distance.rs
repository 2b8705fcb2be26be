//! The one definition of distance that decides who is nearer, and the lists of the nearest it fills.
//!
//! Searches look at rounded single-precision values first. What they let through is measured again here, in double
//! precision and in the order of the coordinates, so that the answer does not depend on how it was searched for.

use crate::features::Distance;
use crate::num::math;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// n rows of d numbers, one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) d: usize,
}

impl<'a> Rows<'a> {
    pub(in crate::neighbors) fn n(&self) -> usize {
        self.values.len() / self.d
    }

    pub(in crate::neighbors) fn row(&self, i: usize) -> &'a [f32] {
        &self.values[i * self.d..(i + 1) * self.d]
    }

    /// A power of two that brings the largest value to about 2⁵⁰. There, squares of differences neither overflow in
    /// single precision nor vanish unless they are some 10³⁷ times smaller than the largest; and multiplying by it
    /// rounds nothing.
    pub(crate) fn scale(&self) -> f64 {
        let largest = self.values.iter().fold(0f32, |m, x| m.max(x.abs()));
        let exponent = (largest.to_bits() >> 23) as i32 - 127;
        math::powi(2.0, 50 - exponent)
    }
}

/// What is smaller for the nearer: the squared Euclidean distance, or the Manhattan distance.
pub(in crate::neighbors) fn key(distance: Distance, a: &[f32], b: &[f32]) -> f64 {
    let differences = a.iter().zip(b).map(|(&x, &y)| f64::from(x) - f64::from(y));
    match distance {
        Distance::Euclidean => differences.map(|t| t * t).sum(),
        Distance::Manhattan => differences.map(f64::abs).sum(),
    }
}

/// The factor that a [`key`] takes when all coordinates are multiplied by `scale`.
pub(in crate::neighbors) fn key_scale(distance: Distance, scale: f64) -> f64 {
    match distance {
        Distance::Euclidean => scale * scale,
        Distance::Manhattan => scale,
    }
}

/// The distance that belongs to a [`key`]; the largest single where it is beyond.
pub(in crate::neighbors) fn length(distance: Distance, key: f64) -> f32 {
    let length = match distance {
        Distance::Euclidean => key.sqrt(),
        Distance::Manhattan => key,
    };
    (length as f32).min(f32::MAX)
}

/// A point at a distance: the nearer is the lesser, equal distances go by index.
#[derive(Clone, Copy, Debug)]
pub(in crate::neighbors) struct Candidate {
    pub(in crate::neighbors) key: f64,
    pub(in crate::neighbors) index: u32,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.total_cmp(&other.key).then(self.index.cmp(&other.index))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

/// The k least of the candidates offered so far. `O(log k)` per change.
pub(in crate::neighbors) struct Nearest {
    k: usize,
    kept: BinaryHeap<Candidate>,
}

impl Nearest {
    pub(in crate::neighbors) fn new(k: usize) -> Self {
        Nearest {
            k,
            kept: BinaryHeap::with_capacity(k),
        }
    }

    /// Takes the candidate if it is among the k least; whether it was.
    pub(in crate::neighbors) fn offer(&mut self, candidate: Candidate) -> bool {
        if self.kept.len() < self.k {
            self.kept.push(candidate);
            return true;
        }
        match self.kept.peek_mut() {
            Some(mut worst) if candidate < *worst => {
                *worst = candidate;
                true
            }
            _ => false,
        }
    }

    /// The key that a newcomer must not exceed; infinite while there are fewer than k.
    pub(in crate::neighbors) fn limit(&self) -> f64 {
        match self.kept.peek() {
            Some(worst) if self.kept.len() == self.k => worst.key,
            _ => f64::INFINITY,
        }
    }

    /// Writes the list, nearest first, and empties it.
    pub(in crate::neighbors) fn drain_into(
        &mut self,
        distance: Distance,
        targets: &mut [u32],
        lengths: &mut [f32],
    ) {
        for slot in (0..targets.len()).rev() {
            if let Some(candidate) = self.kept.pop() {
                targets[slot] = candidate.index;
                lengths[slot] = length(distance, candidate.key);
            }
        }
    }
}
