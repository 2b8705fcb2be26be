//! Networks in formats of their own: GEXF, GraphML, GML, Pajek, Matrix Market.

use crate::networks::run;
use crate::support::{kinfolk, python_with, real_data};
use kinfolk::Error;
use kinfolk::read::parse_edges;
use kinfolk::table::{Column, EdgeList, EdgeSettings, MISSING, Values};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

const GEXF: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3">
  <graph defaultedgetype="undirected">
    <attributes class="node">
      <attribute id="0" title="age" type="integer"/>
      <attribute id="1" title="zip" type="string"><default>none</default></attribute>
    </attributes>
    <attributes class="edge"><attribute id="0" title="since" type="integer"/></attributes>
    <nodes>
      <node id="1" label="Ada &amp; co"><attvalues><attvalue for="0" value="36"/><attvalue for="1" value="00501"/></attvalues></node>
      <node id="2" label="Bo"/>
      <node id="10" label=""><attvalues><attvalue for="0" value="41"/></attvalues></node>
      <node id="alone" label="Cy"/>
    </nodes>
    <edges>
      <edge id="0" source="1" target="2" weight="2.5"/>
      <edge id="1" source="10" target="2" type="directed"><attvalues><attvalue for="0" value="1999"/></attvalues></edge>
      <edge id="2" source="2" target="1" weight="0.5"/>
    </edges>
  </graph>
</gexf>"#;

const GRAPHML: &str = r#"<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
  <key id="d0" for="node" attr.name="age" attr.type="int"/>
  <key id="d1" for="node" attr.name="zip" attr.type="string"><default>none</default></key>
  <key id="d2" for="node" attr.name="label" attr.type="string"/>
  <key id="w" for="edge" attr.name="weight" attr.type="double"><default>1.0</default></key>
  <key id="s" for="edge" attr.name="since" attr.type="int"/>
  <key id="g" for="node" yfiles.type="nodegraphics"/>
  <graph edgedefault="undirected">
    <edge source="1" target="2"><data key="w">2.5</data></edge>
    <node id="1"><data key="d0">36</data><data key="d1">00501</data><data key="d2">Ada &amp; co</data>
      <data key="g"><y:ShapeNode><y:NodeLabel>not this</y:NodeLabel></y:ShapeNode></data></node>
    <node id="2"><data key="d2"><![CDATA[Bo]]></data></node>
    <node id="10"><data key="d0">41</data></node>
    <node id="alone"><data key="d2">Cy</data></node>
    <edge source="10" target="2" directed="true"><data key="s">1999</data></edge>
    <edge source="2" target="1"><data key="w">0.5</data></edge>
  </graph>
</graphml>"#;

const GML: &str = "Creator \"by hand\"\ngraph\n[\n  directed 0\n  # people\n  node [ id 1 label \"Ada &amp; co\" age 36 zip \"00501\" graphics [ x 1.0 ] ]\n  \
    node [ id 2 label \"Bo\" zip \"none\" ]\n  node [ id 10 age 41 zip \"none\" ]\n  node [ id 11 label \"Cy\" ]\n  \
    edge [ source 1 target 2 value 2.5 ]\n  edge [ source 10 target 2 since 1999 ]\n  edge [ source 2 target 1 value 0.5 ]\n]\n";

const PAJEK: &str = "% by hand\r\n*Vertices 11\r\n1 \"Ada & co\" 0.1 0.2\r\n2 Bo\r\n11 \"Cy\"\r\n*Arcs\r\n10 2\r\n*Edges\r\n1 2 2.5\r\n2 1 0.5\r\n";

const MATRIX_MARKET: &str =
    "%%MatrixMarket matrix coordinate real symmetric\n% by hand\n11 11 3\n2 1 2.5\n10 2 1\n2 1 0.5\n";

fn parse(name: &str, text: &str) -> Result<EdgeList, Error> {
    parse_edges(name, text.into(), &EdgeSettings::default())
}

fn read(text: &str) -> EdgeList {
    parse("n.txt", text).unwrap_or_else(|e| panic!("{e}"))
}

fn texts(list: &EdgeList, name: &str) -> Vec<String> {
    let column = list
        .attributes
        .iter()
        .find(|c| c.name == name)
        .expect("an attribute");
    match &column.values {
        Values::Text(v) => v.iter().map(str::to_owned).collect(),
        Values::Number(v) => v.iter().map(|x| x.to_string()).collect(),
        other => panic!("{other:?}"),
    }
}

fn codes(list: &EdgeList) -> Vec<&str> {
    list.warnings.iter().map(|w| w.code).collect()
}

#[test]
fn the_same_network_in_every_format_is_the_same() {
    for text in [GEXF, GRAPHML, GML, PAJEK, MATRIX_MARKET] {
        let list = read(text);
        assert_eq!(list.nodes, ["1", "2", "10"], "{text}");
        assert_eq!(list.edges, [(0, 1, 3.0), (1, 2, 1.0)], "{text}");
        assert_eq!(list.repeated, 1);
        assert!(codes(&list).contains(&"repeated-edges"), "{text}");
    }
}

#[test]
fn labels_and_attributes_come_with_the_nodes_and_keep_their_zeros() {
    for text in [GEXF, GRAPHML, GML] {
        let list = read(text);
        assert_eq!(list.labels, ["Ada & co", "Bo", "10"], "{text}");
        assert_eq!(texts(&list, "age"), ["36", "NaN", "41"], "{text}");
        assert_eq!(texts(&list, "zip"), ["00501", "none", "none"], "{text}");
        assert!(
            codes(&list).contains(&"rows-without-node"),
            "one node has no edge: {text}"
        );
        let since: Vec<&Column> = list
            .edge_attributes
            .iter()
            .filter(|c| c.name == "since")
            .collect();
        let [since] = since[..] else {
            panic!("one attribute of edges is called since: {text}");
        };
        match &since.values {
            Values::Number(v) => assert!(v[0].is_nan() && v[1] == 1999.0, "{text}"),
            Values::Category { codes, levels } => {
                assert!(
                    codes[0] == MISSING && levels[codes[1] as usize] == "1999",
                    "{text}"
                );
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(read(PAJEK).labels, ["Ada & co", "Bo", "10"]);
    assert!(read(MATRIX_MARKET).labels.is_empty() && read(MATRIX_MARKET).attributes.is_empty());
}

#[test]
fn directions_are_dropped_and_it_is_said() {
    for text in [GEXF, GRAPHML, PAJEK] {
        let list = read(text);
        let said = list
            .warnings
            .iter()
            .find(|w| w.code == "directions-dropped")
            .expect("said");
        assert!(
            said.message.starts_with("1 of 3 edges have a direction"),
            "{}",
            said.message
        );
    }
    assert!(!codes(&read(GML)).contains(&"directions-dropped"));
    let gml = read(&GML.replace("directed 0", "directed 1"));
    assert!(codes(&gml).contains(&"directions-dropped"));
}

#[test]
fn lists_of_one_vertex_and_those_it_is_tied_to_are_read() {
    let list = read("*vertices 4\n*edgeslist\n1 2 3\n*arcslist\n4 1\n*partition x\n1\n");
    assert_eq!(list.edges, [(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0)]);
    assert_eq!(codes(&list)[..2], ["unused-sections", "directions-dropped"]);
}

#[test]
fn errors_name_the_file_the_line_and_what_to_try() {
    for (text, said) in [
        (
            GEXF.replace("weight=\"2.5\"", "weight=\"-1\""),
            "n.txt line 16: the weight \"-1\" is not above 0; weights must be",
        ),
        (
            GEXF.replace("value=\"36\"", "value=\"old\""),
            "n.txt line 10, column \"age\": \"old\" is not a number",
        ),
        (
            GEXF.replace("value=\"36\"", "value=\"INF\""),
            "n.txt line 10, column \"age\": \"INF\" is not a number",
        ),
        (
            GEXF.replace("id=\"2\" label", "id=\"1\" label"),
            "n.txt line 11: the node \"1\" stands a second time; it is on line 10, too",
        ),
        (
            GEXF.replace("target=\"2\" weight", "weight"),
            "n.txt line 16: the edge has no target; each edge needs",
        ),
        (
            GEXF.replace("for=\"1\"", "for=\"7\""),
            "n.txt line 10: a value is for the attribute \"7\", which the file does not declare",
        ),
        (
            GEXF.replace("</nodes>", "</node>"),
            "n.txt line 14: is not well-formed XML",
        ),
        (GEXF[..GEXF.len() - 30].to_owned(), "is not well-formed XML"),
        (
            GEXF.replace("&amp;", "&bomb;"),
            "n.txt line 10: is not well-formed XML",
        ),
        (
            GRAPHML.replace("<data key=\"w\">2.5", "<data key=\"w\">much"),
            "n.txt line 9: the weight \"much\" is not a number",
        ),
        (
            GRAPHML.replace(
                "<edge source=\"10\" target=\"2\" directed=\"true\">",
                "<hyperedge>",
            ),
            "line 15: a hyperedge joins more than two",
        ),
        (
            "<html><body/></html>".to_owned(),
            "n.txt: is XML, but neither GEXF nor GraphML; save the network as",
        ),
        ("<gexf><graph/></gexf>".to_owned(), "n.txt: holds no edges"),
        (
            GML.replace("value 2.5", "value"),
            "n.txt line 10: the key \"value\" has no value",
        ),
        (
            GML.replace("source 1 target 2", "target 2"),
            "n.txt line 10: the edge has no source",
        ),
        (
            GML.trim_end().trim_end_matches(']').to_owned(),
            "n.txt: ends inside a list; a bracket is missing",
        ),
        (
            format!("{GML} ]"),
            "n.txt line 14: a bracket closes that none has opened",
        ),
        (
            GML.replace("\"Bo\"", "\"Bo"),
            "n.txt line 9: a text begins and does not end; a quotation mark",
        ),
        (
            PAJEK.replace("10 2\r", "12 2\r"),
            "n.txt line 7: \"12\" is none of the 11 vertices",
        ),
        (
            PAJEK.replace("1 2 2.5", "1"),
            "n.txt line 9: the edge has no target",
        ),
        (
            "*Vertices many\n".to_owned(),
            "n.txt line 1: *Vertices does not say how many",
        ),
        (
            "*Vertices 2\n*Matrix\n0 1\n1 0\n".to_owned(),
            "n.txt line 2: the network is written as a matrix",
        ),
        (
            MATRIX_MARKET.replace("10 2 1", "12 2 1"),
            "n.txt line 5: \"12\" is none of the 11 rows",
        ),
        (
            MATRIX_MARKET.replace("10 2 1", "10 2"),
            "n.txt line 5: the weight \"\" is missing",
        ),
        (
            MATRIX_MARKET.replace("11 11 3", "11 9 3"),
            "n.txt line 3: the matrix has 11 rows and 9 columns",
        ),
        (
            MATRIX_MARKET.replace("real", "complex"),
            "n.txt line 1: values of the kind \"complex\" are no weights",
        ),
        (
            MATRIX_MARKET.replace("coordinate", "array"),
            "n.txt line 1: the matrix is of the kind \"array\"",
        ),
    ] {
        let error = parse("n.txt", &text).expect_err(said).to_string();
        assert!(error.contains(said), "{error}\nnot {said}");
    }
    let settings = EdgeSettings {
        separator: Some(';'),
        ..EdgeSettings::default()
    };
    let error = parse_edges("n.gexf", GEXF.into(), &settings)
        .expect_err("for tables")
        .to_string();
    assert!(
        error.contains("`separator` is for lists of edges, and this is a GEXF file"),
        "{error}"
    );
    let entries = read(&MATRIX_MARKET.replace("11 11 3", "11 11 9"));
    assert!(codes(&entries).contains(&"entries-missing"));
}

#[test]
fn files_cut_off_or_changed_anywhere_end_with_an_answer() {
    for text in [GEXF, GRAPHML, GML, PAJEK, MATRIX_MARKET] {
        for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
            let _ = parse("n", &text[..end]);
            for other in ["\"", "<", "]", "[", "\u{0}", "\u{FFFF}", "-1e999"] {
                let _ = parse("n", &format!("{}{other}{}", &text[..end], &text[end..]));
            }
        }
    }
    // However deep: no step of reading calls itself.
    for (open, n) in [("<graphml><graph>", 1), ("<node id='a'>", 100_000)] {
        let _ = parse("n", &open.repeat(n));
    }
    let deep = format!("graph [ {}", "node [ id 1 x [ ".repeat(100_000));
    assert!(parse("n", &deep).is_err());
    let nested = format!("<gexf><graph>{}", "<nodes><node id='a'>".repeat(100_000));
    assert!(parse("n", &nested).is_err());
}

#[test]
fn memory_is_counted_before_it_is_taken() {
    let mut text = String::from("*Vertices 100000\n*Edges\n");
    for i in 1..100_000 {
        text.push_str(&format!("{i} {}\n", i + 1));
    }
    let settings = EdgeSettings {
        memory: Some(3_000_000),
        ..EdgeSettings::default()
    };
    let error = parse_edges("n.net", text.into(), &settings)
        .expect_err("too much")
        .to_string();
    assert!(error.contains("the network would take about"), "{error}");
}

/// The community of each node.
fn communities(file: &Path) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_path(file).expect("written");
    let rows = reader.records().map(|r| r.expect("a row"));
    rows.map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}

#[test]
fn what_was_written_is_read_back_with_the_same_communities() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let edges = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/graphs/karate.edges.csv");
    let edges = edges.to_string_lossy().into_owned();
    run(
        at,
        &["communities", &edges, "-o", "a", "--network", "full,graphml"],
    );
    for file in ["network.gexf", "network.graphml"] {
        let said = run(at, &["communities", &format!("a/{file}"), "-o", file]);
        assert!(said.contains("34 nodes, 78 edges"), "{said}");
        assert_eq!(
            communities(&at.join("a/nodes.csv")),
            communities(&at.join(file).join("nodes.csv")),
            "{file}"
        );
        let header = fs::read_to_string(at.join(file).join("nodes.csv")).expect("written");
        let header = header.lines().next().expect("a header").to_owned();
        let header = header.to_lowercase();
        assert!(header.contains("community (input)"), "{header}");
        assert!(
            header.contains("bridge_score (input)") || header.contains("bridge score"),
            "{header}"
        );
    }
    fs::write(at.join("friends.gml"), GML).expect("written");
    run(at, &["communities", "friends.gml"]);
    let nodes = fs::read_to_string(at.join("friends-communities/nodes.csv")).expect("written");
    assert!(nodes.contains(",Ada & co,36.0,00501\n"), "{nodes}");
    let gexf = fs::read_to_string(at.join("friends-communities/network.gexf")).expect("written");
    assert!(gexf.contains("label=\"Ada &amp; co\""), "{gexf}");
}

#[test]
fn a_table_about_the_nodes_adds_to_what_the_file_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    fs::write(at.join("n.gexf"), GEXF).expect("written");
    fs::write(
        at.join("people.csv"),
        "id,town,age\n1,Ulm,7\n2,Kiel,8\n10,Ulm,9\n",
    )
    .expect("written");
    run(at, &["communities", "n.gexf", "--nodes", "people.csv", "-o", "c"]);
    let text = fs::read_to_string(at.join("c/nodes.csv")).expect("written");
    let header = text.lines().next().expect("a header");
    assert!(
        header.ends_with(",age,zip,label,town,age (people.csv)"),
        "{header}"
    );
    let done = kinfolk(at, &["communities", "n.gexf", "--decimal", ",", "-o", "d"]);
    assert_eq!(
        done.status.code(),
        Some(2),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn networkx_reads_the_node_link_file() {
    let Some(python) = python_with("networkx") else {
        return;
    };
    let Some(edges) = real_data("graphs/karate.edges.csv") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    run(
        at,
        &[
            "communities",
            &edges.to_string_lossy(),
            "-o",
            "a",
            "--network",
            "json",
        ],
    );
    let script = r##"
import json, networkx as nx
found = nx.node_link_graph(json.load(open("a/network.json")), edges="edges")
same = nx.read_gexf("a/network.gexf")
assert set(found) == set(same) and found.number_of_edges() == same.number_of_edges() == 78
for a, b, tie in found.edges(data=True):
    assert abs(tie["weight"] - same[a][b]["weight"]) < 1e-9
for node, values in found.nodes(data=True):
    assert isinstance(values["community"], int) and values["color"].startswith("#"), values
"##;
    let done = Command::new(python)
        .current_dir(at)
        .args(["-c", script])
        .output()
        .expect("it started before");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
