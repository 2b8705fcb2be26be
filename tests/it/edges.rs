//! Networks that already exist, as lists of edges.

use crate::support::real_data;
use kinfolk::read::{parse_edges, read_edges};
use kinfolk::table::{EdgeList, EdgeSettings, Side, Values};
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
fn further_columns_are_attributes_of_the_edges() {
    let list = read("source,target,weight,since,kind\nb,c,2,2021,work\na,b,1,2020,\nc,d,1,,home\n");
    assert_eq!(list.edges, [(0, 1, 1.0), (1, 2, 2.0), (2, 3, 1.0)]);
    assert!(list.warnings.is_empty(), "{:?}", list.warnings);
    let names: Vec<&str> = list.edge_attributes.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["since", "kind"]);
    assert_eq!(texts(&list, "since"), ["2020", "2021", "NaN"]);
    assert_eq!(texts(&list, "kind"), ["", "work", "home"]);
    assert!(
        list.reading
            .contains(&"2 attributes of edges: since, kind".to_owned())
    );
    let list = read("source,target,since\na,b,2020\nb,c,2021\n");
    assert_eq!(list.edges[0].2, 1.0);
    assert_eq!(
        list.warnings[0].message,
        "all edges have weight 1, and 1 column of numbers is kept as attributes: since; a column of weights is called weight"
    );
}

fn texts(list: &EdgeList, name: &str) -> Vec<String> {
    let column = list.edge_attributes.iter().find(|c| c.name == name);
    match &column.expect("an attribute").values {
        Values::Number(v) => v.iter().map(f64::to_string).collect(),
        Values::Category { codes, levels } => {
            let text = |&code: &u32| levels.get(code as usize).cloned().unwrap_or_default();
            codes.iter().map(text).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_attribute_is_kept_where_all_rows_of_an_edge_agree() {
    let list = read(
        "source,target,weight,kind,code,n\na,b,1,work,007,1\nb,a,2,work,007,1.0\nb,c,1,work,1,2\nc,b,1,home,1,\nb,c,1,work,1,3\n",
    );
    assert_eq!(list.edges, [(0, 1, 3.0), (1, 2, 3.0)]);
    assert_eq!(texts(&list, "kind"), ["work", ""]);
    assert_eq!(texts(&list, "code"), ["007", "1"]);
    assert_eq!(texts(&list, "n"), ["1", "NaN"]);
    let said = list.warnings.iter().find(|w| w.code == "attributes-differ");
    assert_eq!(
        said.expect("said").message,
        "of 2 edges that stand on several rows, those whose rows differ have no value: 1 in kind, 1 in n"
    );
}

#[test]
fn directions_in_gephis_column_are_dropped_and_it_is_said() {
    let list = read("Source,Target,Type,Weight\na,b,Directed,2\nb,c,Undirected,1\nc,a,Directed,1\n");
    assert!(list.edge_attributes.is_empty());
    assert_eq!(
        list.warnings[0].message,
        "2 of 3 edges have a direction, which is dropped: communities here are of undirected networks"
    );
}

fn projected(text: &str, side: Side) -> Result<EdgeList, Error> {
    let settings = EdgeSettings {
        project: Some(side),
        ..EdgeSettings::default()
    };
    parse_edges("e.csv", text.into(), &settings)
}

/// Bread: all three; tea: Ada and Bo; salt: Cy alone; wine: Di alone, and Di buys nothing else.
const BASKETS: &str = "customer,product,kind\nAda,bread,x\nBo,bread,x\nCy,bread,x\nAda,tea,x\nBo,tea,y\nBo,tea,z\nCy,salt,x\nDi,wine,x\n";

#[test]
fn customers_are_tied_by_what_they_share() {
    let list = projected(BASKETS, Side::Source).expect("read");
    assert_eq!(list.nodes, ["Ada", "Bo", "Cy"]);
    // Bread has three owners and adds 1/2, tea two and adds 1.
    assert_eq!(list.edges, [(0, 1, 1.5), (0, 2, 0.5), (1, 2, 0.5)]);
    assert_eq!(texts(&list, "shared"), ["2", "1", "1"]);
    assert_eq!((list.repeated, list.self_loops), (1, 0));
    let said: Vec<(&str, &str)> = list
        .warnings
        .iter()
        .map(|w| (w.code, w.message.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (
                "unused-columns",
                "1 column is not used: kind; a projection asks who shares what, not how much"
            ),
            (
                "repeated-edges",
                "1 row repeats a pair of customer and product that stands before; each pair counts once"
            ),
            (
                "nodes-alone",
                "1 of 4 values of customer share nothing with another and are left out (first \"Di\")"
            ),
        ]
    );
    let said = |begin: &str| list.reading.iter().any(|phrase| phrase.starts_with(begin));
    assert!(
        said("edges from column customer to column product"),
        "{:?}",
        list.reading
    );
    assert!(said(
        "projected on customer: each shared value of product with d owners adds 1/(d − 1)"
    ));

    let products = projected(BASKETS, Side::Target).expect("read");
    assert_eq!(products.nodes, ["bread", "salt", "tea"]);
    // Ada and Bo have two products each that others have, too; Cy's two are tied by Cy alone.
    assert_eq!(products.edges, [(0, 1, 1.0), (0, 2, 2.0)]);
}

#[test]
fn equal_names_on_both_sides_are_two_things() {
    let list = projected("user,item\n1,1\n2,1\n2,2\n3,2\n", Side::Source).expect("read");
    assert_eq!(list.nodes, ["1", "2", "3"]);
    assert_eq!(list.edges, [(0, 1, 1.0), (1, 2, 1.0)]);
    assert_eq!(
        list.warnings[0].message,
        "2 names stand on both sides, each taken for two things of different kinds (first \"1\")"
    );
}

#[test]
fn nothing_shared_is_an_error_that_names_the_other_side() {
    let error = projected("user,item\na,x\nb,y\nb,z\n", Side::Source).expect_err("nothing is shared");
    insta::assert_snapshot!(error, @"e.csv: no two values of user share one of item; `project` target ties those of item");
    let gml = parse_edges(
        "e.gml",
        "graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 ] ]".into(),
        &EdgeSettings {
            project: Some(Side::Target),
            ..EdgeSettings::default()
        },
    );
    insta::assert_snapshot!(gml.expect_err("a format"), @"e.gml: `project` is for lists of edges, and this is a GML file; leave it out");
}

#[test]
fn things_of_two_kinds_are_noticed() {
    let two_kinds = |text: &str| read(text).warnings.iter().any(|w| w.code == "two-kinds");
    assert!(two_kinds(BASKETS));
    assert!(two_kinds("a,x\nb,x\nb,y\n"), "no value stands on both sides");
    assert!(two_kinds("user,item\n1,2\n2,1\n"), "the header says so");
    assert!(!two_kinds("a,b\nb,c\n"));
    assert!(!two_kinds("hub,a\nhub,b\n"), "one node and its neighbors");
    assert!(!two_kinds("source,target\n1,2\n3,1\n"));
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
        // Which column an end stands in tells whether these may be two kinds of things, and nothing else.
        let but_kinds = |mut list: EdgeList| {
            list.warnings.retain(|w| w.code != "two-kinds");
            list
        };
        prop_assert_eq!(but_kinds(one), but_kinds(other));
    }

    #[test]
    fn attributes_and_projections_do_not_depend_on_the_order_of_rows(
        rows in prop::collection::vec((0u8..8, 0u8..8, 0u8..3), 2..40),
    ) {
        let text = |rows: &mut dyn Iterator<Item = &(u8, u8, u8)>| {
            let lines = rows.map(|(a, b, c)| format!("c{a},p{b},k{c}\n"));
            format!("customer,product,kind\n{}", lines.collect::<String>())
        };
        let (one, other) = (text(&mut rows.iter()), text(&mut rows.iter().rev()));
        prop_assert_eq!(read(&one), read(&other));
        for side in [Side::Source, Side::Target] {
            match (projected(&one, side), projected(&other, side)) {
                (Ok(one), Ok(other)) => prop_assert_eq!(one, other),
                (one, other) => prop_assert!(one.is_err() && other.is_err()),
            }
        }
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
