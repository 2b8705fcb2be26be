//! One stage of the library on numbers from a file, timed without start-up, reading and writing. `compare.py` runs it
//! in turn with other libraries.
//!
//! ```text
//! stages neighbors POINTS N D K OUT     exact neighbors; OUT: N × K u32
//! stages kiddo POINTS N 8 K OUT         the same by plain queries of the kiddo crate in file order
//! stages graph POINTS N D K OUT         neighbors and Jaccard weights; OUT: edges
//! stages louvain EDGES N OUT            communities; OUT: N u32
//! stages leiden EDGES N OUT
//! stages kmeans POINTS N D C            10 starts, to convergence
//! stages betweenness EDGES N OUT [S]    exact, or from S sources; OUT: N f64
//! stages gexf EDGES N OUT               a Gephi file
//! stages read TABLE                     a customer table
//! ```
//!
//! POINTS are f32, EDGES are u32, u32, f32 each, little-endian. Prints one line of JSON.

use kiddo::{ImmutableKdTree, SquaredEuclidean};
use kinfolk::centrality::{Sources, betweenness};
use kinfolk::clustering::{KMeans, k_means};
use kinfolk::community::{Leiden, Louvain, leiden, louvain, modularity};
use kinfolk::export::{GexfNetwork, write_gexf};
use kinfolk::features::Distance;
use kinfolk::graph::{Similarity, similarity_graph};
use kinfolk::neighbors::{Neighbors, Search, distinct, neighbors};
use kinfolk::read::read_table;
use kinfolk::table::{TableSettings, Texts};
use kinfolk::{Partition, SimilarityGraph};
use ndarray::Array2;
use rayon::prelude::*;
use std::borrow::Cow;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = |i: usize| args.get(i).map(String::as_str).ok_or("too few arguments");
    let number = |i: usize| -> Outcome<usize> { Ok(text(i)?.parse()?) };
    let line = match text(0)? {
        "read" => timed(|| Ok(read_table(text(1)?.as_ref(), &TableSettings::default())?))
            .map(|(seconds, table)| format!("\"seconds\": {seconds}, \"rows\": {}", table.n_rows()))?,
        "neighbors" => {
            let points = points(text(1)?, number(2)?, number(3)?)?;
            let settings = Neighbors {
                n_neighbors: number(4)?,
                search: match args.get(6).map(String::as_str) {
                    None => None,
                    Some("exact") => Some(Search::Exact),
                    Some("approximate") => Some(Search::Approximate),
                    Some(other) => return Err(format!("there is no search {other}").into()),
                },
            };
            let (seconds, found) = timed(|| Ok(neighbors(points.view(), Distance::Euclidean, &settings)?))?;
            write_u32(text(5)?, found.targets.iter().copied())?;
            let said = found.recall.map_or(1.0, |recall| recall.share);
            format!("\"seconds\": {seconds}, \"recall\": {said}")
        }
        "kiddo" => {
            let points = points(text(1)?, number(2)?, 8)?;
            let (seconds, targets) = timed(|| plain_kiddo(&points, number(4)?))?;
            write_u32(text(5)?, targets.into_iter())?;
            format!("\"seconds\": {seconds}")
        }
        "graph" => {
            let points = points(text(1)?, number(2)?, number(3)?)?;
            let settings = Neighbors {
                n_neighbors: number(4)?,
                ..Neighbors::default()
            };
            let found = neighbors(points.view(), Distance::Euclidean, &settings)?;
            let distinct = distinct(points.view());
            let (seconds, graph) = timed(|| Ok(similarity_graph(&found, &distinct, Similarity::Jaccard)))?;
            let mut out = BufWriter::new(File::create(text(5)?)?);
            for (a, b, weight) in graph.edges() {
                out.write_all(&a.to_le_bytes())?;
                out.write_all(&b.to_le_bytes())?;
                out.write_all(&(weight as f32).to_le_bytes())?;
            }
            out.flush()?;
            format!("\"seconds\": {seconds}, \"edges\": {}", graph.n_edges())
        }
        method @ ("louvain" | "leiden") => {
            let graph = graph(text(1)?, number(2)?)?;
            let (seconds, found) = timed(|| {
                Ok(match method {
                    "louvain" => louvain(&graph, &Louvain::default(), None)?,
                    _ => leiden(&graph, &Leiden::default(), None)?,
                })
            })?;
            write_u32(text(3)?, found.labels().iter().copied())?;
            communities(seconds, &graph, &found)
        }
        "kmeans" => {
            let points = points(text(1)?, number(2)?, number(3)?)?;
            let settings = KMeans {
                n_clusters: number(4)?,
                ..KMeans::default()
            };
            let (seconds, fit) = timed(|| Ok(k_means(points.view(), &settings)?))?;
            format!("\"seconds\": {seconds}, \"inertia\": {}", fit.inertia)
        }
        "betweenness" => {
            let graph = graph(text(1)?, number(2)?)?;
            let sources = if args.len() > 4 {
                Sources::Count(number(4)?)
            } else {
                Sources::Exact
            };
            let (seconds, found) = timed(|| Ok(betweenness(&graph, sources, 42)))?;
            let mut out = BufWriter::new(File::create(text(3)?)?);
            for value in &found.values {
                out.write_all(&value.to_le_bytes())?;
            }
            out.flush()?;
            format!("\"seconds\": {seconds}, \"sources\": {}", found.n_sources)
        }
        "gexf" => {
            let network = GexfNetwork {
                ids: Cow::Owned((0..number(2)?).map(|i| i.to_string()).collect::<Texts>()),
                edges: edges(text(1)?)?,
                ..GexfNetwork::default()
            };
            let (seconds, _) = timed(|| Ok(write_gexf(&network, File::create(text(3)?)?)?))?;
            format!("\"seconds\": {seconds}")
        }
        other => return Err(format!("there is no stage {other}").into()),
    };
    writeln!(std::io::stdout(), "{{{line}}}")?;
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<(f64, T)> {
    let begun = Instant::now();
    let result = work()?;
    Ok((begun.elapsed().as_secs_f64(), result))
}

fn communities(seconds: f64, graph: &SimilarityGraph, found: &Partition) -> String {
    let q = modularity(graph, found, 1.0);
    format!(
        "\"seconds\": {seconds}, \"q\": {q}, \"groups\": {}",
        found.n_groups()
    )
}

fn plain_kiddo(points: &Array2<f32>, k: usize) -> Outcome<Vec<u32>> {
    let rows: Vec<[f32; 8]> = points
        .outer_iter()
        .map(|row| std::array::from_fn(|c| row[c]))
        .collect();
    let tree = ImmutableKdTree::<f32, 8>::new_from_slice(&rows).map_err(|e| format!("{e:?}"))?;
    let wanted = NonZeroUsize::new(k + 1).ok_or("no neighbors")?;
    let lists: Vec<Vec<u32>> = rows
        .par_iter()
        .enumerate()
        .map(|(i, row)| {
            let near = tree
                .query(row)
                .nearest_n::<SquaredEuclidean<f32>>(wanted)
                .execute();
            let others = near.iter().map(|found| found.item).filter(|&j| j as usize != i);
            others.take(k).collect()
        })
        .collect();
    Ok(lists.concat())
}

fn points(path: &str, n: usize, d: usize) -> Outcome<Array2<f32>> {
    let values = std::fs::read(path)?
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    Ok(Array2::from_shape_vec((n, d), values)?)
}

fn edges(path: &str) -> Outcome<Vec<(u32, u32, f64)>> {
    let word = |b: &[u8]| u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    Ok(std::fs::read(path)?
        .chunks_exact(12)
        .map(|b| (word(b), word(&b[4..]), f64::from(f32::from_bits(word(&b[8..])))))
        .collect())
}

fn graph(path: &str, n: usize) -> Outcome<SimilarityGraph> {
    Ok(SimilarityGraph::from_edges(n, &edges(path)?))
}

fn write_u32(path: &str, values: impl Iterator<Item = u32>) -> Outcome<()> {
    let mut out = BufWriter::new(File::create(path)?);
    for value in values {
        out.write_all(&value.to_le_bytes())?;
    }
    Ok(out.flush()?)
}
