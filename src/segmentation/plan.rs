//! How long a run will take, from one on a sample, and how much memory it will need.

use super::{Settings, Stage};
use crate::centrality::{EXACT_WORK, MIN_SOURCES, SAMPLED_WORK};
use crate::layout::{Arrangement, moves_for};
use crate::num::math;
use crate::quality::SILHOUETTE_EXACT_UP_TO;
use crate::stability;
use crate::table::{Role, Table, Values};
use rayon::prelude::*;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// The size of a run, as far as time and memory depend on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Workload {
    /// Customers.
    pub n_customers: usize,
    /// Coordinates that they are compared by.
    pub n_coordinates: usize,
    /// Neighbors of each.
    pub n_neighbors: usize,
    /// Edges of the graph per customer: between half the neighbors and all of them.
    pub edges_per_customer: f64,
    /// Whether some customers are equal in all features. They stay together, which takes a second graph, of those that differ.
    pub has_equals: bool,
    /// Bytes of the table, see [`table_bytes`].
    pub table_bytes: usize,
    /// Threads: each holds its own buffers, and a sample where there are fewer than 250,000 customers.
    pub n_threads: usize,
    /// How customers are placed in the picture.
    pub arrangement: Arrangement,
    /// Whether scales are examined, since no resolution is given. From [`stability::SCANNED`] customers on that happens on a sample.
    pub scans: bool,
}

/// From this many customers on communities are found on groups of customers, and fewer samples are drawn: per customer, stages that
/// search for communities take about a third.
const GROUPED: usize = 8_192;

/// k-means of more customers than this searches on some of them.
const SEARCHED_BY_K_MEANS: f64 = 16_384.0;

/// What the measures beside betweenness take per customer, in visits of its search from everybody.
const OTHER_BRIDGE_WORK: f64 = 2_000.0;

/// Up to this many coordinates the kd-tree skips most of the points.
const MANY_DIMENSIONS: usize = 24;

impl Workload {
    /// The run on this table before anything is known about it: a coordinate per column, two thirds of the neighbors
    /// as edges. Not less than it will be, but for categories.
    pub fn of_table(table: &Table, settings: &Settings, n_threads: usize) -> Self {
        let n_neighbors = settings.n_neighbors.unwrap_or(15).min(table.n_rows());
        Workload {
            n_customers: table.n_rows(),
            n_coordinates: table.columns.len(),
            n_neighbors,
            edges_per_customer: n_neighbors as f64 * 0.67,
            has_equals: has_equals(table),
            table_bytes: table_bytes(table),
            n_threads,
            arrangement: settings.layout.arrangement,
            scans: settings.resolution.is_none(),
        }
    }

    /// Resident memory at the peak, in bytes: right within a factor of two; within a tenth of the runs of 25,000 to a million
    /// customers that its constants were fitted to, and within 4 % of two of 200,000 that they were not.
    ///
    /// That is the program itself and, per customer: the table; features; the neighbors (4 bytes each) and 20 bytes that
    /// tell equal customers; the graph (8 bytes per edge and direction); and the largest of three stages. While stability is
    /// measured, there are the neighbors that come next and, for each sample at hand, the lists and the graph of four fifths of
    /// the customers: one sample from 250,000 customers on, one per thread below. While bridges are, each thread holds 160
    /// bytes besides the results of 95. While files are written, there are all results (170 bytes) and the network (20
    /// bytes per edge and 40). Where customers are equal, the graph of the sample is there twice. Where scales are examined on a
    /// sample, some fifteen divisions of all are kept (4 bytes each), and samples have neither lists nor graphs. What an allocator
    /// cannot use is added: a twentieth, and two fifths up to 80 MB, since it keeps pieces below 32 MB that were given back.
    ///
    /// ```
    /// use kinfolk::layout::Arrangement;
    /// use kinfolk::segmentation::Workload;
    ///
    /// let million = Workload {
    ///     n_customers: 1_000_000,
    ///     n_coordinates: 8,
    ///     n_neighbors: 15,
    ///     edges_per_customer: 9.6,
    ///     has_equals: false,
    ///     table_bytes: 120_000_000,
    ///     n_threads: 2,
    ///     arrangement: Arrangement::PrincipalComponents,
    ///     scans: false,
    /// };
    /// assert!((0.9e9..1.1e9).contains(&(million.peak_bytes() as f64)));
    /// ```
    pub fn peak_bytes(&self) -> u64 {
        const PROGRAM: f64 = 20e6;
        const KEPT_BACK: f64 = 80e6;
        let (d, k, edges) = (
            self.n_coordinates as f64,
            self.n_neighbors as f64,
            self.edges_per_customer,
        );
        let features = 4.0 * d + 12.0;
        let neighbors = 4.0 * k + 20.0;
        let graph = 8.0 + 16.0 * edges;
        let farther = 4.0 * (stability::wide(self.n_neighbors) as f64 - k);
        let samples = stability::at_once(self.n_customers).min(self.n_threads) as f64;
        let second = if self.has_equals { graph + 20.0 } else { 0.0 };
        let stability = if self.by_few() {
            60.0
        } else {
            farther + samples * 0.8 * (12.0 * k + graph + second + 100.0)
        };
        let bridges = 95.0 + 160.0 * self.n_threads as f64;
        let files = 170.0 + 20.0 * edges + 40.0;
        let levels = if self.by_few() { 4.0 * 15.0 } else { 0.0 };
        let largest = stability.max(bridges).max(files) + levels;
        let each = features + neighbors + graph + largest;
        let bytes = self.table_bytes as f64 + each * self.n_customers as f64;
        (PROGRAM + 1.05 * bytes + (0.4 * bytes).min(KEPT_BACK)) as u64
    }

    /// How many times the seconds a stage takes here compared with `sample`.
    ///
    /// Neighbors: n log n in up to 24 dimensions, n² in more, which is too much where the search turns approximate.
    /// Communities, stability and profiles: n log n; the share of the slower memory in larger runs is in the logarithm, and from
    /// 8,192 customers on searches work on groups. Where scales are examined, communities and the searches of stability take at most what
    /// those of 25,000 customers take, and everybody else joins. Betweenness: the nodes and edges visited, which from drawn sources, far apart
    /// in a large graph, wait for memory. Forces: their passes. Silhouettes are exact, and quadratic, in small tables only, and of many millions against a million;
    /// k-means searches on some of the customers of large ones. All else: n.
    pub fn times(&self, stage: Stage, sample: &Workload) -> f64 {
        self.work(stage) / sample.work(stage).max(1.0)
    }

    /// Whether segments are looked for among some of the customers.
    fn by_few(&self) -> bool {
        self.scans && stability::by_few(self.n_customers)
    }

    fn work(&self, stage: Stage) -> f64 {
        let n = self.n_customers as f64;
        let n_log_n = n * math::log2(n.max(2.0));
        match stage {
            // In many dimensions boxes overlap, and most pairs are compared.
            Stage::Neighbors if self.n_coordinates > MANY_DIMENSIONS => n * n,
            Stage::Neighbors => n_log_n,
            Stage::Communities if self.scans => scan_work(self.n_customers),
            // By the clock, on tables of `kinfolk generate` with 8 columns: 1.1 s for 25,000 customers, 7.4 for a million, 34 for ten million.
            Stage::Stability if self.by_few() => {
                let few = stability::SCANNED as f64;
                0.3 * few * math::log2(few) + 0.4 * n
            }
            Stage::Communities | Stage::Stability if self.n_customers >= GROUPED => 0.3 * n_log_n,
            Stage::Communities | Stage::Stability | Stage::Profiles => n_log_n,
            Stage::Bridges => {
                let visited = n * (1.0 + 2.0 * self.edges_per_customer);
                let paths = if n * visited <= EXACT_WORK as f64 {
                    n * visited
                } else {
                    let waiting = 2.0 * (n / 1e5).sqrt().max(1.0);
                    waiting * (MIN_SOURCES as f64 * visited).max(SAMPLED_WORK as f64)
                };
                paths + OTHER_BRIDGE_WORK * n
            }
            // 6.5 s for a million, 16 for ten million.
            Stage::Comparison if self.n_customers > SILHOUETTE_EXACT_UP_TO => 400.0 * n.min(1e6) + 100.0 * n,
            Stage::Comparison => n * n,
            Stage::Baselines => n.min(SEARCHED_BY_K_MEANS) + 0.1 * n,
            Stage::Layout if self.arrangement == Arrangement::ForceAtlas2 => {
                moves_for(self.n_customers) as f64
            }
            Stage::Graph | Stage::Layout => n,
        }
    }
}

/// The scan of scales: every resolution is searched on all customers, on samples and on null draws, and from [`stability::SCANNED`]
/// customers on all that on so many.
///
/// Measured on tables of `kinfolk generate` with 17 coordinates, by the processor: 1.75 s for 4,000 customers (with 27 searches) and 15.9 s
/// for 25,000, so that a search, with its graph and its neighbors, takes n to the power of 4/3. By the clock: 7.2 s for 25,000, and 8.2, 8.5 and
/// 8.5 s for 50,000, 200,000 and 800,000, among whom everybody else joins.
fn scan_work(n_customers: usize) -> f64 {
    let scanned = n_customers.min(stability::SCANNED);
    let each = 0.75 * scanned as f64 * math::cbrt(scanned as f64);
    let scan = stability::searches(scanned) as f64 * each;
    if n_customers > scanned { 1.17 * scan } else { scan }
}

/// Bytes of the values of a table. `O(columns)`.
pub fn table_bytes(table: &Table) -> usize {
    let columns = table.columns.iter().map(|column| match &column.values {
        Values::Number(v) | Values::Date(v) => 8 * v.len(),
        Values::Category { codes, .. } => 4 * codes.len(),
        Values::Text(texts) => texts.bytes(),
    });
    columns.sum::<usize>() + table.ids.bytes() + 8 * table.lines.len()
}

/// Whether two rows have the same values in all columns that measure similarity. `O(cells + n log n)`, 8 bytes per row.
fn has_equals(table: &Table) -> bool {
    let features = || table.columns.iter().filter(|c| c.role == Role::Feature);
    let mut hashes: Vec<u64> = (0..table.n_rows())
        .into_par_iter()
        .map(|row| {
            let mut hasher = FxHasher::default();
            for column in features() {
                match &column.values {
                    Values::Number(v) | Values::Date(v) => v[row].to_bits().hash(&mut hasher),
                    Values::Category { codes, .. } => codes[row].hash(&mut hasher),
                    Values::Text(_) => {}
                }
            }
            hasher.finish()
        })
        .collect();
    hashes.par_sort_unstable();
    hashes.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Workload = Workload {
        n_customers: 4000,
        n_coordinates: 8,
        n_neighbors: 15,
        edges_per_customer: 10.0,
        has_equals: false,
        table_bytes: 480_000,
        n_threads: 2,
        arrangement: Arrangement::ForceAtlas2,
        scans: false,
    };

    #[test]
    fn a_hundred_times_the_customers_take_more_than_a_hundred_times_the_search_for_neighbors() {
        let large = Workload {
            n_customers: 400_000,
            ..SMALL
        };
        assert!((100.0..200.0).contains(&large.times(Stage::Neighbors, &SMALL)));
        let wide = |n_customers| Workload {
            n_customers,
            n_coordinates: 64,
            ..SMALL
        };
        assert!((wide(40_000).times(Stage::Neighbors, &wide(4000)) - 100.0).abs() < 1e-9);
        assert!((large.times(Stage::Graph, &SMALL) - 100.0).abs() < 1e-9);
    }

    /// Peaks of runs on tables of `kinfolk generate` at a fixed resolution with two threads, in MB: all columns, all but the two
    /// of the truth, and four columns of numbers, in which some customers are equal. The constants were fitted to the first four, and what
    /// an allocator keeps to the two smallest, so these keep the fit; the two of 200,000 customers check it. Bytes per row and
    /// 28 coordinates are rough. `/usr/bin/time -v` measures anew.
    #[test]
    fn memory_is_estimated_within_a_tenth_of_what_runs_took() {
        for (n_customers, n_coordinates, has_equals, bytes_per_row, used) in [
            (1_000_000, 28, false, 122, 1042.0),
            (300_000, 28, false, 122, 391.0),
            (300_000, 17, false, 122, 365.0),
            (300_000, 4, true, 122, 427.0),
            (50_000, 17, false, 122, 113.9),
            (25_000, 17, false, 122, 70.3),
            (200_000, 22, false, 122, 354.9),
            (200_000, 17, false, 122, 343.2),
        ] {
            let workload = Workload {
                n_customers,
                n_coordinates,
                has_equals,
                table_bytes: bytes_per_row * n_customers,
                ..SMALL
            };
            let estimate = workload.peak_bytes() as f64 / 1e6;
            assert!(
                (0.9..1.1).contains(&(estimate / used)),
                "{estimate} estimated, {used} used"
            );
        }
    }

    #[test]
    fn many_customers_take_the_scan_of_a_sample_and_join_it() {
        let scan = |n_customers| Workload {
            n_customers,
            scans: true,
            ..SMALL
        };
        let sample = scan(stability::SCANNED);
        let times = |n_customers| scan(n_customers).times(Stage::Communities, &sample);
        // As measured, see `scan_work`: 8.2 to 8.5 s of 7.2 s; and 1.75 s of 15.9 with 27 searches, of which there are 65 now.
        assert!((1.14..1.18).contains(&times(50_000)), "{}", times(50_000));
        assert!((times(800_000) - times(50_000)).abs() < 1e-9);
        assert!((0.22..0.27).contains(&times(4000)), "{}", times(4000));
        // As measured: 7.4 s for a million on a busy machine and 34 s for ten million, of 1.1 s.
        let stability = |n_customers| scan(n_customers).times(Stage::Stability, &sample);
        assert!(
            (4.4..6.8).contains(&stability(1_000_000)),
            "{}",
            stability(1_000_000)
        );
        assert!(
            (31.0..40.0).contains(&stability(10_000_000)),
            "{}",
            stability(10_000_000)
        );
    }

    #[test]
    fn a_picture_without_forces_takes_a_small_part_of_the_forces_of_a_sample() {
        let large = Workload {
            n_customers: 400_000,
            arrangement: Arrangement::PrincipalComponents,
            ..SMALL
        };
        assert!(large.times(Stage::Layout, &SMALL) < 1.0);
    }

    #[test]
    fn betweenness_is_quadratic_while_exact_and_grows_with_the_graph_when_sampled() {
        let times = |n_customers| Workload { n_customers, ..SMALL }.times(Stage::Bridges, &SMALL);
        assert!((2.9..3.0625).contains(&times(7000)), "exact: quadratic");
        assert!((2.0..2.0 * 2f64.sqrt()).contains(&(times(2_000_000) / times(1_000_000))));
    }
}
