//! What reaches files: snapshots of a small segmentation with nasty names, and what must hold for any text.

use kinfolk::centrality::{Betweenness, Positions, Role, core_numbers, cut_nodes, segment_map};
use kinfolk::compare::{Interval, Intervals, MethodScores, agreement};
use kinfolk::export::{
    Communities, CsvStyle, GexfColumn, GexfNetwork, GexfValues, GexfVersion, communities_network,
    segment_map_network, segmentation_network, write_comparison, write_customers, write_features, write_gexf,
    write_nodes, write_profiles, write_segment_map, write_segments, write_summary,
};
use kinfolk::features::{Coordinate, Distance, Features, Metric, Treatment};
use kinfolk::graph::Similarity;
use kinfolk::profile::{ProfileRow, Profiles};
use kinfolk::segmentation::{
    Baseline, BridgeNote, ColumnImportance, Differing, Permuted, Segmentation, Without,
};
use kinfolk::stability::{Found, Stability};
use kinfolk::table::{Column, ColumnType, MISSING, Role as ColumnRole, Table, Values};
use kinfolk::{Partition, Result, SimilarityGraph, Warning};
use ndarray::Array2;
use proptest::prelude::*;
use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use std::borrow::Cow;

const IDS: [&str; 10] = [
    "C-1",
    "<b>&\"'",
    "tab\tand\u{1}bell\u{7}",
    "owl 🦉",
    "=cmd|' /C calc'!A0",
    "null",
    "INF",
    "-5",
    "two\nlines",
    "two lines",
];

fn column(name: &str, values: Values, role: ColumnRole) -> Column {
    Column {
        name: name.to_owned(),
        values,
        role,
        missing: 0,
        order: Vec::new(),
        note: kinfolk::Message::default(),
    }
}

/// Ten customers in three segments, the last alone and without ties.
fn example() -> Segmentation {
    let ids: Vec<String> = IDS.iter().map(|id| (*id).to_owned()).collect();
    let labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2u32];
    let edges = [
        (0, 1, 1.0),
        (0, 2, 0.75),
        (1, 2, 0.1),
        (2, 3, 0.5),
        (3, 4, 1.0 / 3.0),
        (0, 4, 0.2),
        (4, 5, 0.0625),
        (5, 6, 1.0),
        (5, 7, 0.5),
        (6, 7, 0.5),
        (7, 8, 0.25),
    ];
    let graph = SimilarityGraph::from_edges(10, &edges);
    let partition = Partition::from_labels(&labels);
    let gap = f64::NAN;
    let columns = vec![
        column("customer", Values::Text(ids.clone().into()), ColumnRole::Id),
        column(
            "Monetary (€)",
            Values::Number(vec![
                120.5,
                80.0,
                gap,
                1e9,
                0.1 + 0.2,
                -3.0,
                12.0,
                1.5e-7,
                7.0,
                8.0,
            ]),
            ColumnRole::Feature,
        ),
        column(
            "Segment",
            Values::Category {
                codes: vec![0, 1, MISSING, 2, 3, 0, 0, 0, 0, 0],
                levels: ["INFLUENCER", "NULL", "gold & silver", "=1+1"]
                    .map(str::to_owned)
                    .to_vec(),
            },
            ColumnRole::Feature,
        ),
        column(
            "since",
            Values::Date(
                (0..10)
                    .map(|i| {
                        if i == 3 {
                            gap
                        } else {
                            20_000.0 + f64::from(i) * 1.25
                        }
                    })
                    .collect(),
            ),
            ColumnRole::Feature,
        ),
        column(
            "notes",
            Values::Text(vec!["secret"; 10].into()),
            ColumnRole::Ignored,
        ),
        column("empty", Values::Number(vec![gap; 10]), ColumnRole::Feature),
    ];
    let values = Array2::from_shape_fn(
        (10, 2),
        |(i, j)| if j == 0 { labels[i] as f32 } else { (i % 3) as f32 },
    );
    let places = (0..10)
        .map(|i| {
            [
                f64::from(i % 5) * 125.5 - 250.25,
                f64::from(i / 5) * 500.0 - 250.0,
            ]
        })
        .collect();
    let treatment = |name: &str, column_type, used| Treatment {
        column: name.to_owned(),
        column_type,
        missing: 1,
        used,
        transform: if used {
            "log, z-score".to_owned()
        } else {
            String::new()
        },
        weight: 1.0,
        repeats: Vec::new(),
        action: String::new(),
    };
    let row = |segment, column: &str, level: Option<&str>, column_type, mean, median| ProfileRow {
        segment,
        column: column.to_owned(),
        level: level.map(str::to_owned),
        column_type,
        present: 1,
        members: [5, 4][segment as usize],
        mean,
        median,
        quartiles: (median, median),
        zeros: f64::NAN,
        overall_mean: mean * 0.5,
        overall_median: median,
        overall_deviation: 1.0,
        range: (0.0, 100.0),
        flag: false,
        effect: 1.25,
        effect_interval: (1.0, 1.5),
    };
    let without_names = |rows: Vec<ProfileRow>| Profiles {
        rows,
        others: Vec::new(),
        names: Vec::new(),
        plain_names: Vec::new(),
    };
    let scores = |method: &str, silhouette, truth| MethodScores {
        method: method.to_owned(),
        n_clusters: 3,
        silhouette,
        davies_bouldin: 0.8,
        calinski_harabasz: 123.456_789_012_3,
        intervals: Intervals {
            silhouette: Some(Interval { low: 0.25, high: 0.5 }),
            ..Intervals::default()
        },
        minus_graph: Intervals::default(),
        modularity: 0.4,
        stability: None,
        with_graph: agreement(&partition, &partition, 10, 1),
        ari_with_truth: truth,
        ami_with_truth: truth,
    };
    let betweenness = Betweenness {
        values: (0..10).map(|i| f64::from(i * i) / 3.0).collect(),
        errors: vec![0.0; 10],
        n_sources: 10,
    };
    let bridge_pair: Vec<Option<(u32, u32)>> = (0..10)
        .map(|i| match i {
            4 => Some((0, 1)),
            5 => Some((1, 0)),
            _ => None,
        })
        .collect();
    Segmentation {
        found: Found::Communities(0.8),
        map: segment_map(&graph, &partition, &bridge_pair, &[4]),
        bridge_notes: vec![BridgeNote {
            customer: 4,
            explanation: "=cmd is like segment 1".to_owned(),
        }],
        input_rows: (0..10).rev().collect(),
        features: Features {
            values,
            coordinates: ["a", "b"]
                .map(|c| Coordinate {
                    column: c.to_owned(),
                    level: None,
                })
                .to_vec(),
            distance: Distance::Euclidean,
            outlier_score: (0..10).map(|i| f64::from(i) / 7.0).collect(),
            treatments: vec![
                treatment("customer", ColumnType::Text, false),
                treatment("Monetary (€)", ColumnType::Number, true),
                treatment("Segment", ColumnType::Category, true),
            ],
            warnings: Vec::new(),
        },
        table: Table {
            source: "customers.csv".to_owned(),
            ids: ids.into(),
            lines: (2..12).collect(),
            columns,
            reading: Vec::new(),
            warnings: Vec::new(),
            value_column: Some("Monetary (€)".to_owned()),
        },
        metric: Metric::Euclidean,
        n_neighbors: 15,
        recall: None,
        similarity: Similarity::Jaccard,
        method: "louvain",
        resolution: 1.25,
        seed: 42,
        components: Partition::from_labels(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 1u32]),
        modularity: 0.4375,
        conductance: vec![0.01, 0.02, gap],
        positions: Positions {
            degree: (0..10).map(|v| graph.degree(v) as u32).collect(),
            strength: (0..10).map(|v| graph.strength(v)).collect(),
            betweenness_ranks: betweenness.ranks(),
            betweenness,
            core: core_numbers(&graph),
            is_cut: (0..10).map(|v| cut_nodes(&graph).contains(&v)).collect(),
            clustering: vec![0.5; 10],
            participation: vec![0.0; 10],
            within_segment_z: (0..10)
                .map(|i| if i == 9 { f64::NAN } else { f64::from(i) - 4.0 })
                .collect(),
            role: (0..10)
                .map(|i| {
                    if i == 4 {
                        Role::Connector
                    } else {
                        Role::UltraPeripheral
                    }
                })
                .collect(),
            bridge_score: (0..10)
                .map(|i| {
                    if i == 4 {
                        0.9
                    } else if i == 5 {
                        0.25
                    } else {
                        0.0
                    }
                })
                .collect(),
            bridge_pair,
        },
        importance: vec![ColumnImportance {
            column: "Monetary (€)".to_owned(),
            share_of_distance: 0.75,
            share_among_neighbors: 0.125,
            separation: 0.5,
            permuted: Some(Permuted {
                moved: 0.25,
                low: 0.125,
                high: 0.375,
            }),
            without: Some(Without {
                agreement: 0.3125,
                n_segments: 2,
            }),
        }],
        stability: None,
        scales: None,
        level: None,
        profiles: Profiles {
            rows: vec![
                row(0, "Monetary (€)", None, ColumnType::Number, 200.0, f64::NAN),
                row(0, "Segment", Some("=1+1"), ColumnType::Category, 0.2, f64::NAN),
                row(1, "since", None, ColumnType::Date, 20_000.5, 20_001.0),
            ],
            others: vec![row(1, "churned", None, ColumnType::Number, 0.25, 0.0)],
            plain_names: Vec::new(),
            names: ["High Monetary", "Low & recent", "-Alone"]
                .map(str::to_owned)
                .to_vec(),
        },
        unused_names: Vec::new(),
        associations: Vec::new(),
        baselines: vec![Baseline {
            name: "kmeans",
            partition: Partition::from_labels(&[0, 0, 0, 0, 1, 1, 1, 1, 1, 1u32]),
            stability: None,
            curve: None,
            merges: Vec::new(),
            profiles: Profiles {
                names: ["low =Visits", "=high Visits"].map(str::to_owned).to_vec(),
                ..without_names(vec![
                    row(0, "=Visits", None, ColumnType::Number, 2.5, 2.0),
                    row(1, "Segment", Some("=1+1"), ColumnType::Category, 0.5, f64::NAN),
                ])
            },
            differing: Differing {
                matches: Vec::new(),
                customers: vec![4],
                profiles: without_names(Vec::new()),
            },
        }],
        comparison: vec![
            scores("louvain", 0.5, Some(0.75)),
            scores("kmeans", f64::NAN, None),
        ],
        layout: places,
        warnings: vec![Warning::new("small-segment", "segment 3 has 1 customer")],
        graph,
        partition,
    }
}

fn text(write: impl FnOnce(&mut Vec<u8>) -> Result<usize>) -> (String, usize) {
    let mut bytes = Vec::new();
    let count = write(&mut bytes).expect("memory can be written");
    (String::from_utf8(bytes).expect("UTF-8"), count)
}

fn gexf(network: &GexfNetwork<'_>) -> String {
    let mut bytes = Vec::new();
    write_gexf(network, &mut bytes).expect("a good network");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn the_gephi_file_of_a_small_segmentation() {
    let segmentation = example();
    let mut bytes = Vec::new();
    let report = write_gexf(&segmentation_network(&segmentation), &mut bytes).expect("a good network");
    let file = String::from_utf8(bytes).expect("UTF-8");
    insta::assert_snapshot!("gexf", file.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    insta::assert_snapshot!(
        report.warnings().iter().map(|w| format!("{}: {}\n", w.code, w.message)).collect::<String>(),
        @r"
    gexf-illegal-characters: characters that XML does not know stand as � in the Gephi file (texts: 1)
    gexf-line-breaks: line breaks and tabs are spaces in the Gephi file (texts: 2)
    gexf-inf: INF stands as Inf in the Gephi file, because Gephi would make it Infinity (values: 6)
    gexf-null: the word null is left out of the Gephi file, because Gephi takes it for no value (values: 1)
    gexf-renamed-ids: ids that are equal but for such characters have a number behind in the Gephi file (ids: 1)
    "
    );
    assert_eq!((report.nodes, report.edges, report.columns_left_out), (10, 11, 1));
}

#[test]
fn the_tables_of_a_small_segmentation() {
    let s = example();
    let (customers, guarded) = text(|out| write_customers(&s, CsvStyle::default(), out));
    // An id, and the name of a segment of one.
    assert_eq!(guarded, 2);
    insta::assert_snapshot!("customers", customers);
    let (segments, guarded) = text(|out| write_segments(&s, CsvStyle::default(), out));
    // The segment's name, and an exemplar's id.
    assert_eq!(guarded, 2);
    insta::assert_snapshot!("segments", segments);
    let (profiles, guarded) = text(|out| write_profiles(&s, CsvStyle::default(), out));
    assert_eq!(guarded, 1);
    insta::assert_snapshot!("profiles", profiles);
    let (features, guarded) = text(|out| write_features(&s, CsvStyle::default(), out));
    assert_eq!(guarded, 0);
    assert_eq!(
        features,
        "feature,type,transform,weight,share_of_distance,share_among_neighbors,separation,segments_without,ari_without,\
         moved_if_permuted,moved_if_permuted_low,moved_if_permuted_high,repeated_by\n\
         Monetary (€),number,\"log, z-score\",1.0,0.75,0.125,0.5,2,0.3125,0.25,0.125,0.375,\n\
         Segment,category,\"log, z-score\",1.0,,,,,,,,,\n"
    );
    let (comparison, guarded) = text(|out| write_comparison(&s, CsvStyle::default(), out));
    assert_eq!(guarded, 0);
    insta::assert_snapshot!("comparison", comparison);
    let (map, guarded) = text(|out| write_segment_map(&s, CsvStyle::default(), out));
    assert_eq!(guarded, 1);
    insta::assert_snapshot!("segment_map", map);
    insta::assert_snapshot!("segment_map_gexf", gexf(&segment_map_network(&s)));
    let mut bytes = Vec::new();
    write_summary(&s, &mut bytes).expect("memory can be written");
    let summary = String::from_utf8(bytes).expect("UTF-8");
    insta::assert_snapshot!("summary", summary);
}

#[test]
fn measured_stability_fills_its_cells() {
    let mut s = Segmentation {
        stability: Some(Stability {
            segments: vec![0.9, 0.8, 0.1],
            probability: vec![0.5; 10],
            second: [1, 9, 9, 9, 9, 1, 0, 0, 0, 9]
                .map(|s| (s < 9).then_some(s))
                .to_vec(),
            second_probability: vec![0.25; 10],
            apart: vec![1.0; 9],
            n_resamples: 20,
        }),
        ..example()
    };
    let (customers, _) = text(|out| write_customers(&s, CsvStyle::default(), out));
    // Input order is the reverse of the canonical one; the own segment is no second segment.
    assert!(
        customers.contains("\ntwo lines,3,'-Alone,0.5,,0.0,"),
        "{customers}"
    );
    assert!(
        customers.contains("\nC-1,1,High Monetary,0.5,2,0.0,"),
        "{customers}"
    );
    let (segments, _) = text(|out| write_segments(&s, CsvStyle::default(), out));
    assert!(
        segments.contains("1,High Monetary,5,0.5,0.9,highly stable,0.01,"),
        "{segments}"
    );
    s.comparison[0].stability = Some(0.78);
    let (comparison, _) = text(|out| write_comparison(&s, CsvStyle::default(), out));
    assert!(
        comparison.contains("louvain,3,0.5,0.8,123.456789,0.4,0.78,1.0,1.0,0.75,0.75"),
        "{comparison}"
    );
}

#[test]
fn modularity_shares_add_up_to_the_modularity() {
    let s = example();
    let (segments, _) = text(|out| write_segments(&s, CsvStyle::default(), out));
    let mut reader = csv::Reader::from_reader(segments.as_bytes());
    let column = reader
        .headers()
        .expect("a header")
        .iter()
        .position(|h| h == "modularity_share")
        .expect("there");
    let sum: f64 = reader
        .records()
        .map(|r| r.expect("a row")[column].parse::<f64>().expect("a number"))
        .sum();
    let m = s.graph.total_weight();
    let labels = s.partition.labels();
    let mut q = 0.0;
    for a in 0..10u32 {
        for b in 0..10u32 {
            if labels[a as usize] == labels[b as usize] {
                let w: f64 = s.graph.edges_of(a).filter(|e| e.0 == b).map(|e| e.1).sum();
                q += w - s.resolution * s.graph.strength(a) * s.graph.strength(b) / (2.0 * m);
            }
        }
    }
    assert!((sum - q / (2.0 * m)).abs() < 1e-8, "{sum}");
}

#[test]
fn communities_have_a_gephi_file_and_a_table_of_nodes() {
    let s = example();
    let communities = Communities {
        attributes: &[],
        edge_attributes: &[],
        labels: &[],
        ids: &s.table.ids,
        graph: &s.graph,
        partition: &s.partition,
        positions: &s.positions,
        map: &s.map,
        layout: &s.layout,
        method: "leiden",
        resolution: 1.0,
        seed: 1,
        modularity: 0.5,
        stability: None,
        scales: None,
        level: None,
    };
    let file = gexf(&communities_network(&communities));
    assert!(file.contains(r#"<attribute id="community" title="Community" type="integer"/>"#));
    assert!(!file.contains("modularity_class"));
    let (nodes, guarded) = text(|out| write_nodes(&communities, CsvStyle::default(), out));
    assert_eq!(guarded, 1);
    assert_eq!(nodes.lines().count(), 12, "one id has two lines");
    assert!(
        nodes.starts_with("node,community,degree,strength,betweenness,participation,bridge_from,bridge_to,")
    );
}

#[test]
fn sampled_betweenness_does_not_take_the_id_of_gephis_own() {
    let mut s = example();
    s.positions.betweenness.n_sources = 5;
    let file = gexf(&segmentation_network(&s));
    assert!(file.contains(r#"id="betweenness_sampled""#) && !file.contains("betweenesscentrality"));
}

#[test]
fn the_same_segmentation_gives_the_same_bytes() {
    let s = example();
    assert_eq!(
        gexf(&segmentation_network(&s)),
        gexf(&segmentation_network(&s.clone()))
    );
}

#[test]
fn version_1_2_has_the_namespaces_that_old_readers_know() {
    let ids = ["a".to_owned()];
    let network = GexfNetwork {
        version: GexfVersion::V1_2,
        ids: Cow::Owned(ids.iter().collect()),
        ..GexfNetwork::default()
    };
    let file = gexf(&network);
    assert!(file.contains(
        r#"<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2">"#
    ));
}

#[test]
fn integers_beyond_32_bits_are_declared_long() {
    let ids = ["a".to_owned(), "b".to_owned()];
    let column = |values| GexfNetwork {
        ids: Cow::Owned(ids.iter().collect()),
        node_columns: vec![GexfColumn::new("number", "Number", GexfValues::Integer(values))],
        ..GexfNetwork::default()
    };
    assert!(gexf(&column(vec![Some(1), None])).contains(r#"type="integer""#));
    assert!(gexf(&column(vec![Some(3_000_000_000), None])).contains(r#"type="long""#));
}

#[test]
fn networks_that_readers_would_misread_are_refused() {
    let ids = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
    let good = GexfNetwork {
        ids: Cow::Owned(ids.iter().collect()),
        edges: vec![(0, 1, 1.0), (2, 0, 0.5)],
        ..GexfNetwork::default()
    };
    assert!(write_gexf(&good, Vec::new()).is_ok());
    let edges = |edges: &[(u32, u32, f64)]| GexfNetwork {
        edges: edges.to_vec(),
        ..good.clone()
    };
    let named = |names: [&str; 3]| GexfNetwork {
        ids: Cow::Owned(names.into_iter().collect()),
        ..good.clone()
    };
    let twice = GexfColumn::new("x1", "X", GexfValues::Double(vec![0.0; 3].into()));
    let cases = [
        (named(["a", "b", "a"]), "two nodes have the id \"a\""),
        (named(["a", " ", "c"]), "a node has an empty id"),
        (
            edges(&[(0, 1, f64::NAN)]),
            "the edge \"a\" to \"b\" has the weight NaN",
        ),
        (
            edges(&[(0, 1, f64::INFINITY)]),
            "the edge \"a\" to \"b\" has the weight inf",
        ),
        (edges(&[(0, 1, 0.0)]), "the edge \"a\" to \"b\" has the weight 0"),
        (edges(&[(0, 3, 1.0)]), "an edge names node 3 of 3"),
        (
            edges(&[(0, 1, 1.0), (1, 2, 1.0), (1, 0, 1.0)]),
            "the edge \"a\" to \"b\" stands twice",
        ),
        (
            GexfNetwork {
                sizes: vec![1.0],
                ..good.clone()
            },
            "not all that is said of 3 nodes has 3 entries",
        ),
        (
            GexfNetwork {
                sizes: vec![1.0, -1.0, 1.0],
                ..good.clone()
            },
            "node \"b\" has the size -1",
        ),
        (
            GexfNetwork {
                positions: vec![[0.0, f64::NAN]; 3].into(),
                ..good.clone()
            },
            "node \"a\" has no finite place",
        ),
        (
            GexfNetwork {
                node_columns: vec![twice.clone(), twice],
                ..good.clone()
            },
            "column \"X\": a column's id or title is empty or stands twice",
        ),
    ];
    for (network, message) in cases {
        let mut bytes = Vec::new();
        let error = write_gexf(&network, &mut bytes).expect_err("refused");
        assert_eq!(error.to_string(), message);
        assert!(
            bytes.is_empty(),
            "nothing is written of a network that is refused"
        );
    }
}

/// Attribute values of all elements of that name, in order; fails where the document is not well-formed.
fn attributes(document: &str, element: &str, attribute: &str) -> Vec<String> {
    let mut reader = Reader::from_str(document);
    let mut found = Vec::new();
    let mut depth = 0i32;
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => break,
            Event::End(_) => depth -= 1,
            event @ (Event::Start(_) | Event::Empty(_)) => {
                depth += i32::from(matches!(event, Event::Start(_)));
                let (Event::Start(e) | Event::Empty(e)) = event else {
                    unreachable!("matched above")
                };
                for a in e.attributes() {
                    let a = a.expect("well-formed, no attribute twice");
                    let value = a
                        .normalized_value(XmlVersion::Explicit1_0)
                        .expect("known entities")
                        .into_owned();
                    if e.name().as_ref() == element && a.key.as_ref() == attribute {
                        found.push(value);
                    }
                }
            }
            _ => {}
        }
    }
    assert_eq!(depth, 0, "every element ends");
    found
}

/// XML 1.0, second production.
fn is_xml_char(c: char) -> bool {
    matches!(u32::from(c), 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x10000..)
}

fn any_text() -> impl Strategy<Value = String> {
    let nasty = prop_oneof![
        Just("\u{0}".to_owned()),
        Just("\u{B}".to_owned()),
        Just("\u{FFFE}".to_owned()),
        Just("\r\n".to_owned()),
        Just("]]>".to_owned()),
        Just("&amp;".to_owned()),
        Just("INF".to_owned()),
        Just("null".to_owned()),
        Just("\u{85}".to_owned()),
        Just("<!--".to_owned()),
        any::<String>(),
    ];
    prop::collection::vec(nasty, 0..4).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_makes_a_well_formed_file(texts in prop::collection::vec((any_text(), any_text(), any_text()), 1..6), title in any_text()) {
        let ids: Vec<String> = texts.iter().map(|t| t.0.clone()).collect();
        let labels: Vec<String> = texts.iter().map(|t| t.1.clone()).collect();
        let values = texts.iter().map(|t| Some(t.2.as_str().into())).collect();
        let network = GexfNetwork {
            ids: Cow::Owned(ids.iter().collect()),
            labels: labels[..].into(),
            description: title.clone(),
            node_columns: vec![GexfColumn::new("text", format!("T{title}"), GexfValues::Text(values))],
            edges: (1..ids.len() as u32).map(|v| (v - 1, v, 0.5)).collect(),
            ..GexfNetwork::default()
        };
        let mut bytes = Vec::new();
        if let Err(error) = write_gexf(&network, &mut bytes) {
            // Only what cannot be written is refused.
            prop_assert!(error.to_string().contains("id"), "{error}");
            return Ok(());
        }
        let file = String::from_utf8(bytes).expect("UTF-8");
        prop_assert!(file.chars().all(is_xml_char));
        let found = attributes(&file, "node", "id");
        let distinct: std::collections::HashSet<&String> = found.iter().collect();
        prop_assert_eq!(distinct.len(), ids.len());
        for (id, found) in ids.iter().zip(&found) {
            prop_assert!(!found.trim().is_empty() && found.trim() == found && !found.contains(['\n', '\r', '\t']));
            if id.chars().all(|c| is_xml_char(c) && !c.is_control()) {
                prop_assert_eq!(found, id.trim());
            }
        }
        prop_assert!(attributes(&file, "node", "label").iter().all(|l| !l.is_empty() && !l.contains('\n')));
        let written = attributes(&file, "attvalue", "value");
        prop_assert!(written.iter().all(|v| !v.is_empty() && !v.contains("INF") && !v.eq_ignore_ascii_case("null")));
        let ends = attributes(&file, "edge", "source");
        prop_assert!(ends.iter().all(|end| distinct.contains(end)));
    }

    #[test]
    fn no_spreadsheet_executes_any_id(id in any_text()) {
        let mut s = example();
        let others = s.table.ids.iter().take(9);
        s.table.ids = others.chain([id.as_str()]).collect();
        let (customers, _) = text(|out| write_customers(&s, CsvStyle::default(), out));
        let mut reader = csv::Reader::from_reader(customers.as_bytes());
        let first = reader.records().next().expect("a row").expect("good CSV");
        let cell = &first[0];
        prop_assert!(!cell.starts_with(['=', '@', '\t', '\r', '\n']));
        // What begins with a sign is a number, or cannot be worked out: no name or call is left in it.
        let named = |c: char| c.is_alphabetic() && !matches!(c, 'e' | 'E');
        prop_assert!(!cell.starts_with(['+', '-']) || !cell.contains(named));
        prop_assert!(cell == id || cell.strip_prefix('\'') == Some(&id));
    }
}
