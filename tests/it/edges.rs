//! Networks that already exist, as lists of edges.

use crate::support::real_data;
use kinfolk::read::{parse_edges, read_edges};
use kinfolk::table::{EdgeList, EdgeSettings};
use kinfolk::{Error, SimilarityGraph};
use proptest::prelude::*;

fn read(text: &str) -> EdgeList {
    parse_edges("e.csv", text.into(), &EdgeSettings::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn refused(text: &str) -> Error {
    parse_edges("e.csv", text.into(), &EdgeSettings::default()).expect_err("this cannot be read")
}

#[test]
fn a_header_is_found_or_absent() {
    for text in [
        "source,target,weight\na,b,2\nb,c,1\n",
        "a,b,2\nb,c,1\n",
        "from;to;w\na;b;2\nb;c;1\n",
        "# Undirected graph\n# from\tto\na\tb\t2\nb\tc\t1\n",
        "a b 2\nb c 1\n",
        "# a comment\nsource target weight\na b 2\nb c 1\n",
        "\n\nsource,target,weight\n\na,b,2\n\nb,c,1\n",
        "Weight,Target,Source\n2,b,a\n1,c,b\n",
        "Source,Target,Type,Weight\na,b,Undirected,2\nb,c,Undirected,1\n",
    ] {
        let list = read(text);
        assert_eq!(list.nodes, ["a", "b", "c"], "{text:?}");
        assert_eq!(list.edges, [(0, 1, 2.0), (1, 2, 1.0)], "{text:?}");
    }
    let numbers = read("source,target\n10,9\n2,10\n");
    assert_eq!(numbers.nodes, ["2", "9", "10"]);
    assert_eq!(numbers.edges.len(), 2);
    assert_eq!(read("10,9\n2,10\n").nodes, ["2", "9", "10"]);
}

#[test]
fn further_columns_are_reported_as_unused() {
    let list = read("source,target,weight,since\na,b,1,2020\nb,c,2,2021\n");
    assert_eq!(list.warnings[0].code, "unused-columns");
    assert_eq!(list.warnings[0].message, "1 column is not used: since");
    let list = read("source,target,since\na,b,2020\nb,c,2021\n");
    assert_eq!(list.edges[0].2, 1.0);
    assert_eq!(
        list.warnings[0].message,
        "1 column is not used: since; a column of weights is called weight"
    );
}

#[test]
fn repeated_edges_and_self_loops_are_summed_and_counted() {
    let list = read("source,target,weight\na,b,1\nb,a,2\na,a,3\nc,b,1\na,b,0.5\na,a,1\n");
    assert_eq!(list.edges, [(0, 0, 4.0), (0, 1, 3.5), (1, 2, 1.0)]);
    assert_eq!((list.self_loops, list.repeated), (2, 3));
    let codes: Vec<&str> = list.warnings.iter().map(|w| w.code).collect();
    assert_eq!(codes, ["self-loops", "repeated-edges"]);
    let graph = SimilarityGraph::from_edges(list.nodes.len(), &list.edges);
    assert_eq!(graph.n_edges(), 3);
}

#[test]
fn weights_must_be_finite_and_above_zero() {
    for (weight, what) in [
        ("0", "is not above 0"),
        ("-1", "is not above 0"),
        ("inf", "is not finite"),
        ("1e999", "is not finite"),
        ("nan", "is not a number"),
        ("heavy", "is not a number"),
        ("", "is missing"),
    ] {
        let error = refused(&format!("source,target,weight\na,b,1\n\na,c,{weight}\n"));
        assert_eq!(error.line(), Some(4), "{weight}");
        assert!(
            error
                .to_string()
                .contains(&format!("the weight \"{weight}\" {what}")),
            "{error}"
        );
    }
    assert!(
        refused("source,target,weight\na,b,1e300\n")
            .to_string()
            .contains("single precision")
    );
}

#[test]
fn an_edge_needs_both_ends() {
    insta::assert_snapshot!(refused("source,target\na,b\nc,\n"), @"e.csv line 3: the edge has no target; each row needs two nodes");
    insta::assert_snapshot!(refused("source,target\n"), @"e.csv: holds no edges; one row source,target[,weight] per edge is needed");
    assert!(refused("").to_string().contains("is empty"));
    assert!(refused("a\nb\n").to_string().contains("only one column"));
}

#[test]
fn decimal_commas_are_understood_in_weights() {
    assert_eq!(
        read("source;target;weight\na;b;1,234\nb;c;0,5\n").edges,
        [(0, 1, 1.234), (1, 2, 0.5)]
    );
}

#[test]
fn benchmark_graphs_have_their_known_sizes() {
    for (name, nodes, edges) in [
        ("karate", 34, 78),
        ("dolphins", 62, 159),
        ("football", 115, 613),
        ("power", 4941, 6594),
    ] {
        let Some(path) = real_data(&format!("graphs/{name}.edges.csv")) else {
            return;
        };
        let list = read_edges(&path, &EdgeSettings::default()).expect(name);
        assert_eq!((list.nodes.len(), list.edges.len()), (nodes, edges), "{name}");
        assert!(list.warnings.is_empty(), "{name}: {:?}", list.warnings);
    }
    let Some(path) = real_data("graphs/karate.edges.csv") else {
        return;
    };
    let karate = read_edges(&path, &EdgeSettings::default()).expect("karate");
    assert_eq!(&karate.nodes[33], "33");
    assert_eq!(karate.edges[0], (0, 1, 4.0));
}

proptest! {
    #[test]
    fn the_order_of_rows_and_ends_changes_nothing(
        edges in prop::collection::vec((0u8..12, 0u8..12, 1u32..1000), 1..40),
        seed in any::<u64>(),
    ) {
        let row = |a: u8, b: u8, w: u32| format!("n{a},n{b},{}\n", f64::from(w) / 7.0);
        let text = |rows: Vec<String>| format!("source,target,weight\n{}", rows.concat());
        let one = read(&text(edges.iter().map(|&(a, b, w)| row(a, b, w)).collect()));
        let mut turned: Vec<(u64, String)> = edges
            .iter()
            .enumerate()
            .map(|(i, &(a, b, w))| {
                let key = (seed ^ i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                (key, if key & 1 == 0 { row(a, b, w) } else { row(b, a, w) })
            })
            .collect();
        turned.sort();
        let other = read(&text(turned.into_iter().map(|(_, r)| r).collect()));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn any_bytes_are_edges_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_edges("e", bytes, &EdgeSettings::default());
    }

    #[test]
    fn any_text_is_edges_or_an_error(text in "[0-9a-c,;\t\n\r\". -]{0,120}") {
        if let Ok(list) = parse_edges("e", text.into_bytes(), &EdgeSettings::default()) {
            for (a, b, w) in &list.edges {
                prop_assert!(a <= b && (*b as usize) < list.nodes.len() && w.is_finite() && *w > 0.0);
            }
            prop_assert!(list.edges.windows(2).all(|e| (e[0].0, e[0].1) < (e[1].0, e[1].1)));
        }
    }
}
