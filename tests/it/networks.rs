//! The files of a network: what stands out in them, what a backbone leaves out, the other formats.

use crate::support::kinfolk;
use kinfolk::layout::half_extent;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::PI;
use std::fs;
use std::io::Read;
use std::path::Path;

pub(crate) fn run(folder: &Path, args: &[&str]) -> String {
    let done = kinfolk(folder, args);
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{args:?}: {errors}");
    errors
}

/// A node or edge as a file has it: attributes and values by name.
pub(crate) type Element = BTreeMap<String, String>;

/// Nodes and edges of a GEXF or GraphML file.
pub(crate) fn read(text: &str) -> (Vec<Element>, Vec<Element>) {
    let mut reader = Reader::from_str(text);
    let (mut nodes, mut edges): (Vec<Element>, Vec<Element>) = Default::default();
    let (mut keys, mut key): (Element, String) = Default::default();
    let mut current: Option<(bool, Element)> = None;
    let attributes = |e: &BytesStart<'_>| -> Element {
        let all = e.attributes().map(|a| a.expect("well-formed"));
        all.map(|a| {
            let value = a.normalized_value(XmlVersion::Implicit1_0);
            (a.key.0.to_owned(), value.expect("well-formed").into_owned())
        })
        .collect()
    };
    loop {
        let (name, found, is_empty) = match reader.read_event().expect("well-formed") {
            Event::Start(e) => (e.name().0.to_owned(), attributes(&e), false),
            Event::Empty(e) => (e.name().0.to_owned(), attributes(&e), true),
            Event::Text(t) => {
                if let Some((_, element)) = current.as_mut().filter(|_| !key.is_empty()) {
                    element.insert(keys[&key].clone(), t.xml10_content().into_owned());
                }
                continue;
            }
            Event::End(e) => {
                key.clear();
                if matches!(e.name().0, "node" | "edge")
                    && let Some((is_node, element)) = current.take()
                {
                    if is_node { &mut nodes } else { &mut edges }.push(element);
                }
                continue;
            }
            Event::Eof => return (nodes, edges),
            _ => continue,
        };
        match (name.as_str(), current.as_mut()) {
            ("key", _) => {
                keys.insert(found["id"].clone(), found["attr.name"].clone());
            }
            ("node", _) if is_empty => nodes.push(found),
            ("edge", _) if is_empty => edges.push(found),
            ("node" | "edge", _) => current = Some((name == "node", found)),
            ("attvalue", Some((_, element))) => {
                element.insert(found["for"].clone(), found["value"].clone());
            }
            ("data", _) => key = found["key"].clone(),
            ("viz:position" | "viz:size", Some((_, element))) => element.extend(found),
            _ => {}
        }
    }
}

fn shop(folder: &Path, customers: &str) {
    run(
        folder,
        &[
            "generate",
            "--customers",
            customers,
            "-o",
            "shop.csv",
            "--seed",
            "3",
        ],
    );
}

const SEGMENT: [&str; 10] = [
    "segment",
    "shop.csv",
    "--truth",
    "true_segment",
    "--ignore",
    "bridge_between",
    "--resolution",
    "1",
    "-o",
    "s",
];

#[test]
fn only_bridges_and_exemplars_are_large_and_named_and_all_discs_cover_less_than_a_tenth() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(folder.path(), "800");
    run(folder.path(), &SEGMENT);
    let text = fs::read_to_string(folder.path().join("s/network.gexf")).expect("written");
    let (nodes, edges) = read(&text);
    assert_eq!(nodes.len(), 800);
    let mut area = 0.0;
    for node in &nodes {
        let stands_out = node["is_bridge"] == "true" || node["is_exemplar"] == "true";
        let size: f64 = node["value"].parse().expect("a size");
        assert_eq!(size > 4.0, stands_out, "{node:?}");
        assert_eq!(!node["label"].is_empty(), stands_out, "{node:?}");
        area += PI * size * size;
    }
    let side = 2.0 * half_extent(800);
    assert!(area < 0.1 * side * side, "{}", area / side / side);
    let segment: BTreeMap<&str, &str> = nodes
        .iter()
        .map(|n| (n["id"].as_str(), n["segment"].as_str()))
        .collect();
    for edge in &edges {
        let crosses = segment[edge["source"].as_str()] != segment[edge["target"].as_str()];
        let said = edge.get("cross_segment").map(String::as_str);
        assert_eq!(said, crosses.then_some("true"), "{edge:?}");
    }
}

#[test]
fn other_programs_get_the_same_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    shop(at, "300");
    run(
        at,
        &[&SEGMENT[..], &["--network", "full,gz,graphml,gephi-csv,neo4j"]].concat(),
    );
    let read_text = |name: &str| fs::read_to_string(at.join("s").join(name)).expect("written");
    let mut gexf = String::new();
    let packed = fs::File::open(at.join("s/network.gexf.gz")).expect("written");
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut gexf)
        .expect("packed text");
    assert!(!at.join("s/network.gexf").exists());
    let (nodes, edges) = read(&gexf);
    let (same_nodes, same_edges) = read(&read_text("network.graphml"));
    assert_eq!((nodes.len(), edges.len()), (same_nodes.len(), same_edges.len()));
    for (node, same) in nodes.iter().zip(&same_nodes) {
        for (name, value) in node.iter().filter(|(name, v)| *name != "value" && !v.is_empty()) {
            assert_eq!(same.get(name), Some(value), "{name} of {}", node["id"]);
        }
        assert_eq!(same["size"], node["value"]);
    }
    for (edge, same) in edges.iter().zip(&same_edges) {
        for name in ["source", "target", "weight"] {
            assert_eq!(edge[name], same[name]);
        }
    }
    for (file, header, rows) in [
        ("gephi_nodes.csv", "Id,Label,segment,", nodes.len()),
        (
            "gephi_edges.csv",
            "Source,Target,Type,Weight,cross_segment",
            edges.len(),
        ),
        (
            "neo4j_nodes.csv",
            "id:ID,label,segment:int,segment_name:string,",
            nodes.len(),
        ),
        (
            "neo4j_edges.csv",
            ":START_ID,:END_ID,:TYPE,weight:double,cross_segment:boolean",
            edges.len(),
        ),
    ] {
        let text = read_text(file);
        assert!(text.starts_with(header), "{file}: {:?}", text.lines().next());
        let mut table = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(
            table
                .records()
                .collect::<Result<Vec<_>, _>>()
                .expect("good CSV")
                .len(),
            rows,
            "{file}"
        );
    }
}

#[test]
fn a_backbone_says_what_it_leaves_out_and_keeps_every_bridge() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    // A ring of more nodes than are written whole, in which everybody knows the next two.
    let n = 50_001;
    let edges: String = (0..n)
        .flat_map(|i| [1, 2].map(|step| format!("n{i},n{}\n", (i + step) % n)))
        .collect();
    fs::write(at.join("ring.csv"), format!("source,target\n{edges}")).expect("written");
    let flags = ["communities", "ring.csv", "--betweenness", "20", "-o", "c"];
    let errors = run(at, &flags);
    let text = fs::read_to_string(at.join("c/network.gexf")).expect("written");
    let (nodes, ties) = read(&text);
    assert!((15_000..30_000).contains(&nodes.len()), "{}", nodes.len());
    let said = format!(
        "backbone with {} of 50,001 nodes and {} of 100,002 ties: all bridges and exemplars, groups in proportion, the strongest ties",
        grouped(nodes.len()),
        grouped(ties.len())
    );
    assert!(text.contains(&said), "{said}");
    assert!(
        errors.contains(&format!(
            "the network's files hold a {said}; --network full writes all of it"
        )),
        "{errors}"
    );
    let names: BTreeSet<&str> = nodes.iter().map(|n| n["id"].as_str()).collect();
    let mut table = csv::Reader::from_path(at.join("c/nodes.csv")).expect("written");
    let mut bridges = 0;
    for row in table.deserialize::<BTreeMap<String, String>>() {
        let row = row.expect("a row");
        let score: f64 = row["bridge_score"].parse().unwrap_or(0.0);
        if score >= 0.4 || row["exemplar"] == "true" {
            bridges += 1;
            assert!(names.contains(row["node"].as_str()), "{row:?}");
        }
    }
    assert!(bridges > 100, "{bridges}");

    let none = [&flags[..4], &["--network", "none", "-o", "none"]].concat();
    run(at, &none);
    assert!(!at.join("none/network.gexf").exists());
    let both = [&flags[..4], &["--network", "full,backbone", "-o", "both"]].concat();
    let refused = kinfolk(at, &both);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn of_a_network_with_more_than_a_million_edges_all_nodes_are_written_and_the_strongest_ties() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    // What everybody buys ties all to all, and what some buy ties those more.
    let n = 1_420;
    let baskets: String = (0..n)
        .flat_map(|i| [format!("c{i},bread\n"), format!("c{i},p{}\n", i % 40)])
        .collect();
    fs::write(at.join("baskets.csv"), format!("customer,product\n{baskets}")).expect("written");
    let flags = ["communities", "baskets.csv", "--project", "source", "-o", "c"];
    let fast = ["--betweenness", "20", "--no-report"];
    let errors = run(at, &[&flags[..], &fast].concat());
    let (nodes, ties) = read(&fs::read_to_string(at.join("c/network.gexf")).expect("written"));
    assert_eq!(nodes.len(), n);
    assert!((n..=6 * n).contains(&ties.len()), "{}", ties.len());
    let of = format!("{} of 1,007,490 ties: ", grouped(ties.len()));
    assert!(errors.contains(&of), "{errors}");
}

fn grouped(n: usize) -> String {
    format!("{},{:03}", n / 1000, n % 1000)
}

#[test]
fn what_is_known_of_nodes_goes_into_every_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    fs::write(at.join("e.csv"), "a,b\nb,c\na,c\nc,d\nd,e\ne,f\nd,f\n").expect("written");
    let people =
        "person,label,age,degree\na,Ada,36.0,x\nb,Bo,41,y\nc,,29,x\nd,Di,50,y\ne,Ed,33,x\nzz,Zoe,20,y\n";
    fs::write(at.join("people.csv"), people).expect("written");
    let flags = ["communities", "e.csv", "--nodes", "people.csv", "--nodes-id"];
    let errors = run(at, &[&flags[..], &["person", "-o", "c"]].concat());
    assert!(
        errors.contains("1 of 6 nodes have no row in people.csv and no values (first \"f\")"),
        "{errors}"
    );
    assert!(
        errors
            .contains("1 of 6 rows of people.csv name nodes without any tie and are left out (first \"zz\")"),
        "{errors}"
    );
    let nodes = fs::read_to_string(at.join("c/nodes.csv")).expect("written");
    let header = nodes.lines().next().expect("a header");
    assert!(header.ends_with(",label,age,degree (input)"), "{header}");
    assert!(
        nodes.contains(",Ada,36.0,x\n") && nodes.lines().any(|l| l.starts_with("f,") && l.ends_with(",,,"))
    );
    let text = fs::read_to_string(at.join("c/network.gexf")).expect("written");
    let (nodes, _) = read(&text);
    let of = |id: &str| nodes.iter().find(|n| n["id"] == id).expect("a node");
    assert_eq!(
        (of("a")["label"].as_str(), of("a")["age"].as_str()),
        ("Ada", "36.0")
    );
    assert_eq!(of("c")["label"], "c");

    let wrong = kinfolk(at, &[&flags[..], &["label", "-o", "w"]].concat());
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(!wrong.status.success() && said.contains("people.csv"), "{said}");
}

#[test]
fn what_is_known_of_edges_goes_into_every_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let edges = "source,target,weight,bond,type,since\na,b,1,work,x,2001\nb,a,2,home,x,2001\nb,c,1,work,y,2003\na,c,1,,x,\n\
                 c,d,0.5,home,x,2004\n";
    fs::write(at.join("e.csv"), edges).expect("written");
    let said = run(
        at,
        &[
            "communities",
            "e.csv",
            "-o",
            "c",
            "--network",
            "full,graphml,json,gephi-csv,neo4j",
        ],
    );
    assert!(
        said.contains("3 attributes of edges: bond, type, since"),
        "{said}"
    );
    assert!(
        said.contains(
            "of 1 edge that stands on several rows, those whose rows differ have no value: 1 in bond"
        ),
        "{said}"
    );
    let read_text = |name: &str| fs::read_to_string(at.join("c").join(name)).expect("written");
    // Edges stand in the order of their ends: a-b, a-c, b-c, c-d.
    let value = |edge: &Element, name: &str| edge.get(name).cloned().unwrap_or_default();
    for file in ["network.gexf", "network.graphml"] {
        let (_, edges) = read(&read_text(file));
        let column = |name: &str| edges.iter().map(|e| value(e, name)).collect::<Vec<_>>();
        assert_eq!(column("bond"), ["", "", "work", "home"], "{file}");
        assert_eq!(column("x_type"), ["x", "x", "y", "x"], "{file}");
        assert_eq!(column("since"), ["2001.0", "", "2003.0", "2004.0"], "{file}");
    }
    for file in ["gephi_edges.csv", "neo4j_edges.csv"] {
        let text = read_text(file);
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let header = header_of(&mut table);
        let plain = header.iter().map(|h| {
            if h.starts_with(':') {
                h
            } else {
                h.split(':').next().unwrap_or(h)
            }
        });
        assert_eq!(
            plain.skip(5).collect::<Vec<_>>(),
            ["bond", "x_type", "since"],
            "{file}"
        );
        let last: Vec<String> = (table
            .records()
            .last()
            .expect("rows")
            .expect("a row")
            .iter()
            .skip(5))
        .map(str::to_owned)
        .collect();
        assert_eq!(last, ["home", "x", "2004.0"], "{file}");
    }
    let json: serde_json::Value = serde_json::from_str(&read_text("network.json")).expect("JSON");
    assert_eq!(json["edges"][2]["bond"], "work");
    assert_eq!(json["edges"][2]["since"], 2003.0);
    assert!(json["edges"][0].get("bond").is_none());
}

#[test]
fn ties_of_a_backbone_keep_their_own_attributes() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let edges = (0..3000).flat_map(|i| [1, 2].map(|step| (i, (i + step) % 3000)));
    let rows: String = edges.map(|(a, b)| format!("n{a},n{b},{a}-{b}\n")).collect();
    fs::write(at.join("ring.csv"), format!("source,target,ends\n{rows}")).expect("written");
    run(
        at,
        &[
            "communities",
            "ring.csv",
            "--betweenness",
            "20",
            "--network",
            "backbone",
            "-o",
            "c",
        ],
    );
    let (_, edges) = read(&fs::read_to_string(at.join("c/network.gexf")).expect("written"));
    assert!(!edges.is_empty());
    for edge in &edges {
        let mut ends = [&edge["source"], &edge["target"]].map(|id| id.trim_start_matches('n').to_owned());
        let mut said: Vec<&str> = edge["ends"].split('-').collect();
        ends.sort();
        said.sort_unstable();
        assert_eq!(ends.to_vec(), said);
    }
}

#[test]
fn customers_and_products_become_a_network_of_customers() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    // Two circles of customers who buy the same, and a bag that all buy.
    let mut rows = String::from("customer,product\n");
    for c in 0..12 {
        let circle = c / 6;
        rows.push_str(&format!(
            "c{c},bag\nc{c},p{circle}{}\nc{c},p{circle}{}\n",
            c % 3,
            (c + 1) % 3
        ));
    }
    fs::write(at.join("baskets.csv"), rows).expect("written");
    let plain = run(at, &["communities", "baskets.csv", "-o", "both"]);
    assert!(
        plain.contains("--project source ties those of customer by what they share"),
        "{plain}"
    );
    let said = run(
        at,
        &["communities", "baskets.csv", "--project", "source", "-o", "c"],
    );
    assert!(said.contains("projected on customer"), "{said}");
    assert!(!said.contains("--project"), "{said}");
    let mut reader = csv::Reader::from_path(at.join("c/nodes.csv")).expect("written");
    let communities: BTreeMap<String, String> = (reader.records())
        .map(|r| r.expect("a row"))
        .map(|row| (row[0].to_owned(), row[1].to_owned()))
        .collect();
    assert_eq!(communities.len(), 12);
    for c in 0..12 {
        let same = communities[&format!("c{c}")] == communities["c0"];
        assert_eq!(same, c < 6, "c{c}");
    }
    let (_, edges) = read(&fs::read_to_string(at.join("c/network.gexf")).expect("written"));
    let tie = |a: &str, b: &str| {
        edges
            .iter()
            .find(|e| e["source"] == a && e["target"] == b)
            .expect("a tie")
    };
    // The bag has twelve owners, each product of a circle four of its six.
    let close =
        |weight: &str, expected: f64| (weight.parse::<f64>().expect("a number") - expected).abs() < 1e-6;
    assert!(close(&tie("c0", "c11")["weight"], 1.0 / 11.0));
    assert!(close(&tie("c0", "c1")["weight"], 1.0 / 11.0 + 1.0 / 3.0));
    assert!(close(&tie("c0", "c3")["weight"], 1.0 / 11.0 + 2.0 / 3.0));
    assert_eq!(tie("c0", "c3")["shared"], "3.0");
}

fn header_of(table: &mut csv::Reader<&[u8]>) -> Vec<String> {
    let header = table.headers().expect("a header");
    header.iter().map(str::to_owned).collect()
}

/// <https://neo4j.com/docs/operations-manual/current/import/>: a field is `name:type`; nodes have one `:ID`, ties one `:START_ID`, one
/// `:END_ID` and one `:TYPE`, whose values are names of labels and types; a property stands once and a value never spans lines.
#[test]
fn neo4j_finds_the_headers_that_its_import_wants() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    fs::write(
        at.join("e.csv"),
        "source,target,weight,note\na,b,1,x\nb,c,2,\na,c,1,y\n",
    )
    .expect("written");
    let people =
        "person,label,id,name:int,age,note\na,Ada,7,x,36,\"one\ntwo\"\nb,Bo,8,y,41,z\nc,Cy,9,x,29,z\n";
    fs::write(at.join("people.csv"), people).expect("written");
    run(
        at,
        &[
            "communities",
            "e.csv",
            "--nodes",
            "people.csv",
            "--nodes-id",
            "person",
            "-o",
            "c",
            "--network",
            "neo4j",
        ],
    );
    for (file, roles) in [
        ("neo4j_nodes.csv", &[":ID", ":LABEL"][..]),
        ("neo4j_edges.csv", &[":START_ID", ":END_ID", ":TYPE"]),
    ] {
        let text = fs::read_to_string(at.join("c").join(file)).expect("written");
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let header = header_of(&mut table);
        for role in roles {
            assert_eq!(
                header.iter().filter(|h| h.ends_with(role)).count(),
                1,
                "{file}: {role}"
            );
        }
        let mut names = BTreeSet::new();
        for field in header
            .iter()
            .filter(|h| !roles.iter().any(|role| h.ends_with(role)))
        {
            let (name, kind) = field.split_once(':').unwrap_or((field, "string"));
            let known = ["int", "long", "double", "boolean", "string"];
            assert!(known.contains(&kind) && !name.is_empty(), "{file}: {field}");
            assert!(names.insert(name.to_owned()), "{file}: {field} stands twice");
        }
        let rows: Vec<csv::StringRecord> = table.records().map(|r| r.expect("a row")).collect();
        assert_eq!(rows.len(), 3, "{file}");
        for row in &rows {
            for (field, value) in header.iter().zip(row) {
                let fits = match field.rsplit_once(':').map_or("", |f| f.1) {
                    "ID" | "START_ID" | "END_ID" => ["a", "b", "c"].contains(&value),
                    "LABEL" | "TYPE" => {
                        value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !value.is_empty()
                    }
                    "int" | "long" => value.is_empty() || value.parse::<i64>().is_ok(),
                    "double" => value.is_empty() || value.parse::<f64>().is_ok(),
                    "boolean" => ["", "true", "false"].contains(&value),
                    _ => !value.contains(['\n', '\r']),
                };
                assert!(fits, "{file}: {field} {value:?}");
            }
        }
    }
}

#[test]
fn small_networks_take_the_best_of_several_seeds() {
    let folder = tempfile::tempdir().expect("a folder");
    let karate = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/graphs/karate.edges.csv");
    let flags = ["communities", karate, "-o", "c"];
    let done = kinfolk(folder.path(), &flags);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(said.contains("the best of 20 seeds from 42 on"), "{said}");
    let text = fs::read_to_string(folder.path().join("c/summary.json")).expect("written");
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let modularity = summary["modularity"].as_f64().expect("a number");
    // The best that Gephi finds in many runs is 0.4449.
    assert!(modularity > 0.4448, "{modularity}");
}

#[test]
fn other_supported_numbers_of_segments_are_columns_of_the_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let penguins = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/penguins.csv");
    let penguins = penguins.to_string_lossy().into_owned();
    let flags = ["--no-report", "--baselines", "none"];
    run(at, &[&["segment", &penguins, "-o", "s"], &flags[..]].concat());
    run(
        at,
        &[
            &["segment", &penguins, "-o", "two", "--segments", "2"],
            &flags[..],
        ]
        .concat(),
    );
    let text = fs::read_to_string(at.join("s/network.gexf")).expect("written");
    let (nodes, _) = read(&text);
    let mut reader = csv::Reader::from_path(at.join("two/customers.csv")).expect("written");
    let two: BTreeMap<String, String> = (reader.records())
        .map(|r| r.expect("a row"))
        .map(|row| (row[0].to_owned(), row[1].to_owned()))
        .collect();
    for node in &nodes {
        assert_eq!(node["segment_at_2"], two[&node["id"]], "{}", node["id"]);
    }
    let others = nodes[0].keys().filter_map(|key| key.strip_prefix("segment_at_"));
    let mut reader = csv::Reader::from_path(at.join("s/levels.csv")).expect("written");
    let supported: BTreeSet<String> = (reader.records())
        .map(|r| r.expect("a row"))
        .filter(|row| &row[5] == "true" && &row[6] == "false")
        .map(|row| row[2].to_owned())
        .collect();
    assert!(
        others.map(str::to_owned).all(|n| supported.contains(&n)),
        "{supported:?}"
    );
}
