//! Bridge customers from end to end: what is said of them is true, ranks hold, and odd input gives numbers.

use crate::support::real_text;
use kinfolk::centrality::{Sources, betweenness, is_bridge, segment_map};
use kinfolk::community::modularity;
use kinfolk::generate::{Generate, generate};
use kinfolk::graph::{Similarity, similarity_graph};
use kinfolk::neighbors::{Neighbors, distinct, neighbors};
use kinfolk::profile::likenesses;
use kinfolk::read::parse_edges;
use kinfolk::segmentation::{
    NetworkCommunities, NetworkSettings, Segmentation, Settings, communities, prepare, segment,
};
use kinfolk::table::{ColumnType, EdgeSettings, Role, Table, Values};
use kinfolk::{Partition, SimilarityGraph};

/// Customers of a shop, compared by their numbers alone.
fn shop(customers: usize, seed: u64) -> Table {
    let settings = Generate {
        customers,
        bridges: 30,
        seed,
        ..Generate::default()
    };
    let mut table = generate(&settings).expect("fine settings").to_table();
    for column in &mut table.columns {
        if column.role == Role::Feature && matches!(column.values, Values::Category { .. }) {
            column.role = Role::Ignored;
        }
    }
    table
}

fn study(table: &Table, settings: &Settings) -> Segmentation {
    let prepared = prepare(table, &settings.features).expect("a fine table");
    segment(prepared, settings, &mut |_| Ok(())).expect("segments")
}

fn network(edges: &str) -> NetworkCommunities {
    let edges = parse_edges("edges", edges.as_bytes().to_vec(), &EdgeSettings::default()).expect("edges");
    communities(edges, &NetworkSettings::default(), &mut |_| Ok(())).expect("communities")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    (values[(n - 1) / 2] + values[n / 2]) / 2.0
}

/// How many of the 15 nearest, by brute force, are in each of two segments.
fn nearest(found: &Segmentation, customer: usize, pair: (u32, u32)) -> (usize, usize) {
    let values = &found.features.values;
    let own = values.row(customer);
    let mut all: Vec<(f32, usize)> = (0..values.nrows())
        .filter(|&i| i != customer)
        .map(|i| {
            let off = own.iter().zip(values.row(i)).map(|(a, b)| (a - b) * (a - b));
            (off.sum(), i)
        })
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let count = |segment: u32| {
        all[..15]
            .iter()
            .filter(|a| found.partition.labels()[a.1] == segment)
            .count()
    };
    (count(pair.0), count(pair.1))
}

#[test]
fn what_is_said_of_bridge_customers_is_true_of_the_table() {
    let mut said_of_both = 0;
    for seed in [3, 8] {
        let found = study(&shop(1_500, seed), &Settings::default());
        assert_eq!(found.bridge_notes.len(), 20);
        for note in &found.bridge_notes {
            let i = note.customer as usize;
            let pair = found.positions.bridge_pair[i].expect("a bridge has a pair");
            let what = likenesses(&found.table, &found.profiles, i, pair);
            let text = &note.explanation;
            assert!(text.starts_with(&format!("{} ", &found.table.ids[i])), "{text}");

            // Whom it is like in what: medians taken here, from the values of the table.
            for (like, unlike, side) in [(pair.0, pair.1, &what.own), (pair.1, pair.0, &what.other)] {
                for l in side {
                    let column = found
                        .table
                        .columns
                        .iter()
                        .find(|c| c.name == l.column)
                        .expect("there");
                    let Values::Number(values) = &column.values else {
                        panic!("only numbers are features here")
                    };
                    let of = |segment: u32| {
                        let members = (0..values.len())
                            .filter(|&v| found.partition.labels()[v] == segment && values[v].is_finite());
                        median(members.map(|v| values[v]).collect())
                    };
                    let off = |segment: u32| (values[i] - of(segment)).abs();
                    assert!(2.0 * off(like) <= off(unlike), "{text}: {}", l.column);
                }
            }
            for (side, before) in [(&what.own, "is like"), (&what.other, "is like")] {
                if let Some(first) = side.first() {
                    assert!(text.contains(before) && text.contains(&first.value), "{text}");
                }
            }
            said_of_both += usize::from(!what.own.is_empty() && !what.other.is_empty());

            // Where its nearest are.
            let (own, other) = nearest(&found, i, pair);
            let counted = format!(": {own} of its 15 nearest are in segment {}", pair.0 + 1);
            assert!(text.contains(&counted), "{text}: {own} and {other}");
            if other > 0 {
                let counted = format!(", {other} in segment {}", pair.1 + 1);
                assert!(text.ends_with(&counted), "{text}: {own} and {other}");
            } else {
                assert!(text.contains("% of the ways three steps on end in"), "{text}");
            }
        }
    }
    assert!(said_of_both >= 20, "{said_of_both} of 40 are like both");
}

#[test]
fn dates_and_categories_are_told_by_medians_and_shares() {
    // Two groups apart in all columns; the last customer has the date of the one and the color of the other.
    let mut rows = String::from("id,x,y,since,color\n");
    for i in 0..120 {
        let far = i % 2;
        let color = if (i / 2) % 10 == 0 {
            "green"
        } else {
            ["red", "blue"][far]
        };
        let (x, y) = (far * 50 + i / 2 % 7, far * 40 + i / 2 % 5);
        rows.push_str(&format!(
            "C{i:03},{x},{y},202{}-03-{:02},{color}\n",
            far * 3,
            i / 2 % 28 + 1
        ));
    }
    rows.push_str("M,28,22,2020-03-11,blue\n");
    let settings = kinfolk::table::TableSettings::default();
    let table = kinfolk::read::parse_table("t.csv", rows.into_bytes(), &settings).expect("a table");
    assert!(table.columns.iter().any(|c| c.column_type() == ColumnType::Date));
    let labels: Vec<u32> = (0..121).map(|i| if i == 120 { 0 } else { i % 2 }).collect();
    let partition = Partition::from_labels(&labels);
    let profiles = kinfolk::profile::profiles(&table, &partition);
    let found = likenesses(&table, &profiles, 120, (0, 1));
    let names = |side: &[kinfolk::profile::Likeness]| -> Vec<(String, String)> {
        side.iter().map(|l| (l.column.clone(), l.value.clone())).collect()
    };
    assert_eq!(names(&found.own), [("since".to_owned(), "2020-03-11".to_owned())]);
    assert_eq!(names(&found.other), [("color".to_owned(), "blue".to_owned())]);
    assert_eq!(
        names(&found.between),
        [
            ("x".to_owned(), "28".to_owned()),
            ("y".to_owned(), "22".to_owned())
        ]
    );
}

#[test]
fn the_true_first_twenty_lie_in_their_intervals_of_rank() {
    let settings = Settings::default();
    let prepared = prepare(&shop(3_000, 5), &settings.features).expect("a fine table");
    let points = prepared.features.values.view();
    let distinct = distinct(points);
    let near = neighbors(
        distinct.rows(points).view(),
        prepared.features.distance,
        &Neighbors::default(),
    )
    .expect("neighbors");
    let graph = similarity_graph(&near, &distinct, Similarity::Jaccard);
    let truth = betweenness(&graph, Sources::Exact, 0).ranks();
    assert_eq!((&truth.low, truth.rank.iter().min()), (&truth.rank, Some(&1)));
    let mut held = 0;
    for seed in 0..20 {
        let sampled = betweenness(&graph, Sources::Count(300), seed);
        assert!(!sampled.is_exact() && sampled.errors.iter().all(|&e| e > 0.0));
        let ranks = sampled.ranks();
        let within = |v: usize| (ranks.low[v]..=ranks.high[v]).contains(&truth.rank[v]);
        held += usize::from((0..3_000).all(|v| truth.rank[v] > 20 || within(v)));
        // The intervals say something: those of the first are far from everybody.
        let first = (0..3_000).find(|&v| truth.rank[v] == 1).expect("a first");
        assert!(ranks.high[first] < 300, "{}", ranks.high[first]);
    }
    assert!(held >= 19, "{held} of 20");
}

#[test]
fn on_the_football_network_the_independents_are_the_first_bridges() {
    let Some(edges) = real_text("graphs/football.edges.csv") else {
        return;
    };
    let found = network(&edges);
    let positions = found.positions.as_ref().expect("asked for");
    let first: Vec<&str> = positions
        .bridges()
        .iter()
        .take(2)
        .map(|&v| &found.nodes[v as usize])
        .collect();
    // Notre Dame and Navy, who play in no conference.
    assert_eq!(first, ["82", "80"]);
    assert_eq!(
        found.bridge_notes[0].explanation,
        "82: 4 of its 11 neighbors are in community 7, 2 in community 4"
    );
}

#[test]
fn the_map_of_segments_has_the_modularity_of_the_segments() {
    let found = study(&shop(1_500, 3), &Settings::default());
    let m = found.graph.total_weight();
    let strength: Vec<f64> = found
        .partition
        .members()
        .iter()
        .map(|members| members.iter().map(|&v| found.graph.strength(v)).sum())
        .collect();
    let from_map: f64 = found
        .map
        .inside
        .iter()
        .zip(&strength)
        .map(|(inside, k)| inside / m - (k / (2.0 * m)).powi(2))
        .sum();
    assert!((from_map - modularity(&found.graph, &found.partition, 1.0)).abs() < 1e-9);
    for pair in &found.map.pairs {
        let expected = strength[pair.a as usize] * strength[pair.b as usize] / (2.0 * m);
        assert!((pair.expected - expected).abs() < 1e-9 * expected);
        assert!(pair.bridges.len() <= pair.n_bridges);
        for &v in &pair.bridges {
            let (from, to) = found.positions.bridge_pair[v as usize].expect("a pair");
            assert_eq!((from.min(to), from.max(to)), (pair.a, pair.b));
            assert!(is_bridge(found.positions.bridge_score[v as usize]));
        }
    }
    let counted: usize = found.map.pairs.iter().map(|p| p.n_bridges).sum();
    assert_eq!(counted, found.bridges().len());
}

#[test]
fn ranks_and_bridges_are_the_same_for_any_order_of_the_rows() {
    let table = shop(900, 4);
    let settings = Settings {
        betweenness: Sources::Count(200),
        ..Settings::default()
    };
    let straight = study(&table, &settings);
    let order: Vec<u32> = (0..900).map(|i| i * 77 % 900).collect();
    let mixed = study(&table.reordered(&order), &settings);
    assert_eq!(straight.table.ids, mixed.table.ids);
    assert_eq!(straight.positions, mixed.positions);
    assert_eq!(straight.map, mixed.map);
    assert_eq!(straight.bridge_notes, mixed.bridge_notes);
}

#[test]
fn one_segment_has_no_bridges_and_no_pairs() {
    let settings = Settings {
        resolution: Some(0.0),
        ..Settings::default()
    };
    let found = study(&shop(300, 1), &settings);
    assert_eq!(found.partition.n_groups(), 1);
    assert!(found.bridges().is_empty() && found.bridge_notes.is_empty() && found.map.pairs.is_empty());
    assert_eq!(found.positions.bridge_score, vec![0.0; 300]);
}

#[test]
fn lone_nodes_pairs_and_parts_have_numbers_and_no_bridges() {
    // A pair, a triangle, a node that is tied to itself only.
    let found = network("source,target\na,b\nc,d\nd,e\nc,e\nf,f\n");
    assert_eq!(found.partition.n_groups(), 3);
    let p = found.positions.as_ref().expect("asked for");
    let numbers = [
        &p.betweenness.values,
        &p.clustering,
        &p.participation,
        &p.within_segment_z,
        &p.bridge_score,
    ];
    assert!(numbers.iter().all(|values| values.iter().all(|x| x.is_finite())));
    assert!(p.bridges().is_empty() && found.bridge_notes.is_empty());
    let map = found.map.as_ref().expect("asked for");
    assert!(map.pairs.is_empty());
    assert_eq!(map.inside, [3.0, 1.0, 1.0]);
    // Nobody lies between anybody: all share the first rank.
    assert_eq!(
        (&p.betweenness_ranks.rank, &p.betweenness_ranks.high),
        (&vec![1; 6], &vec![6; 6])
    );
    let nobody = SimilarityGraph::from_edges(0, &[]);
    assert!(
        segment_map(&nobody, &Partition::singletons(0), &[], &[])
            .pairs
            .is_empty()
    );
}

#[test]
fn equal_scores_stand_in_the_order_of_their_ids() {
    // A ring of four triangles; every triangle has two corners that are bridges, all eight alike. Names against the order
    // of the rows.
    let name = |v: usize| char::from(b'z' - v as u8);
    let mut edges = String::from("source,target\n");
    for c in 0..4 {
        for (a, b) in [(0, 1), (0, 2), (1, 2), (2, 3)] {
            edges.push_str(&format!("{},{}\n", name(3 * c + a), name((3 * c + b) % 12)));
        }
    }
    let found = network(&edges);
    assert_eq!(found.partition.n_groups(), 4);
    let p = found.positions.as_ref().expect("asked for");
    let first: Vec<&str> = p.bridges().iter().map(|&v| &found.nodes[v as usize]).collect();
    let mut sorted = first.clone();
    sorted.sort_unstable();
    assert_eq!(first, sorted);
    assert_eq!(first.len(), 8);
}
