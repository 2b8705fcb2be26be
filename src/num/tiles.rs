//! Distances from one row to many points at once.

/// Points per tile: enough independent sums to keep a processor busy, few enough to stay in registers.
pub(crate) const LANES: usize = 8;

/// Points in groups of [`LANES`], coordinate by coordinate, so that the distances from one row to eight points are
/// eight sums side by side. A single sum over coordinates could not be vectorized without changing its order.
///
/// The last tile is filled up with points at infinity.
#[derive(Clone, Debug)]
pub(crate) struct Tiles {
    n_points: usize,
    n_coordinates: usize,
    values: Vec<[f64; LANES]>,
}

impl Tiles {
    /// The tiles of `n_points` points whose coordinates are `value(point, coordinate)`. `O(nd)`.
    pub(crate) fn new(n_points: usize, n_coordinates: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let n_tiles = n_points.div_ceil(LANES);
        let mut values = vec![[f64::INFINITY; LANES]; n_tiles * n_coordinates];
        for point in 0..n_points {
            for coordinate in 0..n_coordinates {
                values[point / LANES * n_coordinates + coordinate][point % LANES] = value(point, coordinate);
            }
        }
        Tiles {
            n_points,
            n_coordinates,
            values,
        }
    }

    /// Moves point `point` to the coordinates `value(coordinate)`; to infinity, and it is nobody's neighbor. `O(d)`.
    pub(crate) fn set(&mut self, point: usize, value: impl Fn(usize) -> f64) {
        let first = point / LANES * self.n_coordinates;
        for coordinate in 0..self.n_coordinates {
            self.values[first + coordinate][point % LANES] = value(coordinate);
        }
    }

    /// Coordinate `coordinate` of point `point`. `O(1)`.
    pub(crate) fn get(&self, point: usize, coordinate: usize) -> f64 {
        self.values[point / LANES * self.n_coordinates + coordinate][point % LANES]
    }

    /// How many tiles there are.
    pub(crate) fn n_tiles(&self) -> usize {
        self.n_points.div_ceil(LANES)
    }

    /// Tile number `tile`: for each coordinate its value at eight points.
    pub(crate) fn tile(&self, tile: usize) -> &[[f64; LANES]] {
        &self.values[tile * self.n_coordinates..(tile + 1) * self.n_coordinates]
    }

    /// Squared Euclidean distances from `row` to every point, in `out`, which is made as long as there are points.
    /// `O(nd)`.
    pub(crate) fn squared_distances(&self, row: &[f64], out: &mut Vec<f64>) {
        out.clear();
        for tile in 0..self.n_tiles() {
            out.extend_from_slice(&squared_to_tile(row, self.tile(tile)));
        }
        out.truncate(self.n_points);
    }
}

/// Squared Euclidean distances from `row` to the eight points of a tile. `O(d)`.
#[inline]
pub(crate) fn squared_to_tile(row: &[f64], tile: &[[f64; LANES]]) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for (x, lane) in row.iter().zip(tile) {
        for (sum, y) in sums.iter_mut().zip(lane) {
            let difference = x - y;
            *sum += difference * difference;
        }
    }
    sums
}

/// Sums of absolute differences from `row` to the eight points of a tile. `O(d)`.
#[inline]
pub(crate) fn absolute_to_tile(row: &[f64], tile: &[[f64; LANES]]) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for (x, lane) in row.iter().zip(tile) {
        for (sum, y) in sums.iter_mut().zip(lane) {
            *sum += (x - y).abs();
        }
    }
    sums
}

/// Squared Euclidean distance of a row of features to a point. `O(d)`.
#[inline]
pub(crate) fn squared_distance(row: &[f32], point: &[f64]) -> f64 {
    // Four sums side by side, for the reason given at `Tiles`.
    let mut sums = [0.0; 4];
    let (rows, rest) = row.as_chunks::<4>();
    let (points, rest_of_point) = point.as_chunks::<4>();
    for (r, p) in rows.iter().zip(points) {
        for lane in 0..4 {
            let difference = f64::from(r[lane]) - p[lane];
            sums[lane] += difference * difference;
        }
    }
    let mut sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (&r, p) in rest.iter().zip(rest_of_point) {
        let difference = f64::from(r) - p;
        sum += difference * difference;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_and_single_distances_agree_for_every_count_and_dimension() {
        for n in [1, 7, 8, 9, 17] {
            for d in [0, 1, 3, 4, 5, 11] {
                let value = |i: usize, c: usize| ((i * 31 + c * 17) % 23) as f32 * 0.25 - 2.0;
                let tiles = Tiles::new(n, d, |i, c| f64::from(value(i, c)));
                let row: Vec<f32> = (0..d).map(|c| value(n + 3, c)).collect();
                let wide: Vec<f64> = row.iter().map(|&x| f64::from(x)).collect();
                let mut out = Vec::new();
                tiles.squared_distances(&wide, &mut out);
                assert_eq!(out.len(), n);
                for (i, found) in out.iter().enumerate() {
                    let point: Vec<f64> = (0..d).map(|c| f64::from(value(i, c))).collect();
                    // Multiples of 1/4: every sum is exact.
                    assert_eq!(*found, squared_distance(&row, &point), "n {n}, d {d}, point {i}");
                }
            }
        }
    }
}
