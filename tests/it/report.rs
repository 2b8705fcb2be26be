//! `report.html`: what may be on it, what may not, and how large it gets. What its first page says is checked in `sentences`.

use crate::sentences::report::{plain, said};
use crate::support::skipped;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Runs the program with these arguments in a folder and gives back `out/report.html`.
fn report(folder: &Path, args: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .current_dir(folder)
        .args(args)
        .args(["-o", "out", "-q"])
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{args:?}: {told}");
    fs::read_to_string(folder.join("out/report.html")).expect("written")
}

fn temp() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Two groups of forty, one of five, with names that try everything.
fn hostile() -> String {
    let mut text = String::from("customer_id,\"<b>spend</b>\",\"visits \"\"&\"\" more\",kind\n");
    for i in 0..85 {
        let (spend, visits, kind) = match i {
            0..40 => (20 + i % 9, 30 + i % 7, "</script><script>alert(1)</script>"),
            40..80 => (400 + i % 11, 2 + i % 5, "<!-- \u{202e}' onload=x"),
            _ => (4000 + i, 300 + i % 3, "only a few"),
        };
        text += &format!("<img src=x>{i},{spend},{visits},{kind}\n");
    }
    text
}

#[test]
fn names_cannot_become_marks_of_the_page() {
    let folder = temp();
    fs::write(folder.path().join("h.csv"), hostile()).expect("written");
    for flags in [&[][..], &["--report-customers"]] {
        let args = [&["segment", "h.csv", "--id", "customer_id"], flags].concat();
        let html = report(folder.path(), &args);
        for mark in ["<b>spend", "<img", "<script>alert", "<!-- ", "\u{202e}"] {
            assert!(!html.contains(mark), "{mark} with {flags:?}");
        }
        assert!(
            html.contains("&lt;b&gt;spend&lt;&#x2f;b&gt;"),
            "it is there as text"
        );
        assert_eq!(html.matches("<script").count(), 2, "the drawing and our own");
        assert_eq!(html.matches("</script").count(), 2);
    }
}

#[test]
fn no_customer_is_on_the_page_unless_asked_for() {
    let folder = temp();
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/shop_customers.csv");
    let without = report(folder.path(), &["segment", shop, "--resolution", "0.6"]);
    let ids: Vec<String> = fs::read_to_string(shop)
        .expect("in the repository")
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next().map(str::to_owned))
        .collect();
    assert_eq!(ids.len(), 1500);
    let there = |html: &str| ids.iter().filter(|id| html.contains(id.as_str())).count();
    assert_eq!(there(&without), 0);
    assert!(without.contains("It holds no identifier and no row of a single customer."));
    let with = report(
        folder.path(),
        &["segment", shop, "--resolution", "0.6", "--report-customers"],
    );
    assert_eq!(there(&with), 1500);
    assert!(with.contains("handle it as you handle the table"));
}

#[test]
fn small_groups_are_counted_and_not_described() {
    let folder = temp();
    fs::write(folder.path().join("h.csv"), hostile()).expect("written");
    let args = ["segment", "h.csv", "--id", "customer_id", "--resolution", "1"];
    let html = report(folder.path(), &args);
    let names = fs::read_to_string(folder.path().join("out/segments.csv")).expect("written");
    let mut rows = csv::Reader::from_reader(names.as_bytes());
    let mut small = 0;
    for row in rows.records() {
        let row = row.expect("good CSV");
        let size: usize = row[2].parse().expect("a number");
        if size < 10 {
            small += 1;
            assert!(!plain(&html).contains(&row[1]), "{} is told of", &row[1]);
        }
    }
    assert!(small >= 1, "the five are a segment");
    assert!(html.contains("Too few to be described."));
    // A category that only five hold is not told of either.
    assert!(!html.contains("only a few"));
    let shown = report(folder.path(), &[&args[..], &["--report-customers"]].concat());
    assert!(shown.contains("only a few"));
}

#[test]
fn the_first_page_needs_no_dictionary() {
    let folder = temp();
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/shop_customers.csv");
    let html = report(
        folder.path(),
        &["segment", shop, "--ignore", "true_segment,bridge_between"],
    );
    let main = html.split_once("<main").expect("the page").1;
    let first = plain(main.split_once("id=\"analyst\"").expect("its second part").0).to_lowercase();
    assert!(first.len() > 1500, "{first}");
    for word in [
        "modularity",
        "louvain",
        "leiden",
        "resolution",
        "silhouette",
        "rand index",
        "jaccard",
        "k-means",
        "kmeans",
        "cluster",
        "centrality",
        "betweenness",
        "eigen",
        "component",
        "vertex",
        "node",
        "edge",
        "graph",
        "p-value",
        "significan",
        "hyperparameter",
        "algorithm",
        "conductance",
        "partition",
    ] {
        assert!(!first.contains(word), "{word}");
    }
}

#[test]
fn the_page_asks_nothing_of_the_network() {
    let folder = temp();
    let edges = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/graphs/karate.edges.csv");
    let html = report(folder.path(), &["communities", edges]);
    for way in [
        "http://",
        "https://",
        "//cdn",
        "@import",
        "url(",
        "fetch(",
        "XMLHttpRequest",
        "src=",
    ] {
        assert!(!html.contains(way), "{way}");
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn communities_are_told_of_as_their_files_have_them() {
    let folder = temp();
    let edges = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/graphs/karate.edges.csv");
    let html = report(folder.path(), &["communities", edges]);
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).expect("written");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    let communities = summary["communities"].as_array().expect("a list");
    let all = said(&html);
    let at = |place: &str| -> Vec<&str> {
        let here = all.iter().filter(|s| s.0 == place);
        here.map(|s| s.1.as_str()).collect()
    };
    assert_eq!(
        at("title"),
        [format!("{} communities in 34 nodes", communities.len())]
    );
    assert!(
        at("why")[0].starts_with("34 nodes are joined by 78 ties."),
        "{:?}",
        at("why")
    );
    let cards = at("card");
    assert_eq!(cards.len(), communities.len());
    for (c, card) in cards.iter().enumerate() {
        let nodes = communities[c]["nodes"].as_u64().expect("a number");
        let leaves = communities[c]["conductance"].as_f64().expect("a number");
        assert!(card.contains(&format!("{nodes} nodes")), "{card}");
        assert!(
            card.contains(&format!("{:.0} % of its ties, by their strength", 100.0 * leaves)),
            "{card}: {leaves}"
        );
    }
    let nodes = fs::read_to_string(folder.path().join("out/nodes.csv")).expect("written");
    let mut rows = csv::Reader::from_reader(nodes.as_bytes());
    let header = rows.headers().expect("a header").clone();
    let score = header.iter().position(|h| h == "bridge_score").expect("a column");
    let bridges = rows
        .records()
        .filter(|r| {
            r.as_ref()
                .is_ok_and(|r| r[score].parse::<f64>().is_ok_and(|x| x >= 0.4))
        })
        .count();
    let expected = match bridges {
        0 => "No node stands between two communities.".to_owned(),
        1 => "1 node stands between two communities.".to_owned(),
        n => format!("{n} nodes stand between two communities."),
    };
    assert_eq!(at("between"), [expected]);
}

#[test]
fn a_page_is_left_out_on_request() {
    let folder = temp();
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/penguins.csv");
    let run = |flags: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_kinfolk"))
            .current_dir(folder.path())
            .args(["segment", shop, "-o", "none"])
            .args(flags)
            .output()
            .expect("the program starts")
    };
    let done = run(&["--no-report"]);
    assert!(done.status.success());
    assert!(!folder.path().join("none/report.html").exists());
    assert!(!String::from_utf8_lossy(&done.stdout).contains("report.html"));
    assert_eq!(run(&["--no-report", "--report-customers"]).status.code(), Some(2));
}

#[test]
fn a_page_stays_small_and_says_that_it_draws_a_sample() {
    let folder = temp();
    let done = Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .current_dir(folder.path())
        .args([
            "generate",
            "--customers",
            "21000",
            "--noise-columns",
            "6",
            "-o",
            "s.csv",
            "-q",
        ])
        .status()
        .expect("the program starts");
    assert!(done.success());
    let html = report(
        folder.path(),
        &[
            "segment",
            "s.csv",
            "--resolution",
            "0.5",
            "--betweenness",
            "32",
            "--layout",
            "pca",
            "--report-customers",
        ],
    );
    assert!(html.len() < 4 << 20, "{} bytes", html.len());
    assert!(html.contains("20,000 of 21,000 customers are drawn, spread evenly among all."));
    let bare = report(
        folder.path(),
        &[
            "segment",
            "s.csv",
            "--resolution",
            "0.5",
            "--betweenness",
            "32",
            "--layout",
            "pca",
        ],
    );
    assert!(bare.len() < 1 << 20, "{} bytes", bare.len());
}

/// `tests/report/check.sh` opens pages in Chromium: what it asks of them stands in `tests/report/browser.mjs`.
#[test]
fn a_real_browser_finds_no_fault() {
    let folder = temp();
    let dataset = |name: &str| format!("{}/datasets/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::write(folder.path().join("hostile.csv"), hostile()).expect("written");
    let (shop, penguins, karate) = (
        dataset("shop_customers.csv"),
        dataset("penguins.csv"),
        dataset("graphs/karate.edges.csv"),
    );
    let runs: [(&str, &[&str]); 4] = [
        ("shop", &["segment", &shop, "--value", "monetary"]),
        ("penguins", &["segment", &penguins, "--report-customers"]),
        ("hostile", &["segment", "hostile.csv", "--segments", "4"]),
        ("karate", &["communities", &karate]),
    ];
    let mut check = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report/check.sh"));
    for (name, args) in runs {
        let html = report(folder.path(), args);
        let at = folder.path().join(name);
        fs::create_dir(&at).expect("a folder");
        fs::write(at.join("report.html"), html).expect("written");
        check.arg(at.join("report.html"));
    }
    let Ok(done) = check.output() else {
        skipped("no shell to run tests/report/check.sh");
        return;
    };
    let said = String::from_utf8_lossy(&done.stdout);
    if done.status.code() == Some(77) {
        skipped(said.trim().trim_start_matches("skipped: "));
        return;
    }
    assert!(
        done.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn figures_are_pictures_of_the_same_numbers() {
    let folder = temp();
    fs::write(folder.path().join("h.csv"), hostile()).expect("written");
    report(
        folder.path(),
        &[
            "segment",
            "h.csv",
            "--id",
            "customer_id",
            "--figures",
            "--baselines",
            "kmeans_best",
        ],
    );
    let out = folder.path().join("out");
    let picture = |name: &str| fs::read_to_string(out.join(name)).expect(name);
    for name in ["segments", "network", "levels", "map", "clusters"] {
        let svg = picture(&format!("figure_{name}.svg"));
        assert!(svg.contains("viewBox=\"0 0 1280 720\""), "{name}");
        assert!(!svg.contains("<img") && !svg.contains("<script"), "{name}");
        let mut reader = quick_xml::Reader::from_str(&svg);
        let mut depth = 0;
        loop {
            match reader.read_event().expect("well-formed") {
                quick_xml::events::Event::Start(_) => depth += 1,
                quick_xml::events::Event::End(_) => depth -= 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(depth, 0, "{name}");
        // Signature, length and name of the first chunk, width and height.
        let png = fs::read(out.join(format!("figure_{name}.png"))).expect("drawn");
        assert!(
            png.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x05\0\0\0\x02\xd0"),
            "{name}"
        );
        // An empty sheet of that size takes some 3,000 bytes.
        assert!(png.len() > 10_000, "{name}: {}", png.len());
    }
    // A dot for each number of clusters on each side, as high as the table says.
    let curve = fs::read_to_string(out.join("k_means_curve.csv")).expect("written");
    let clusters = picture("figure_clusters.svg");
    assert_eq!(
        clusters.matches("<circle").count(),
        2 * (curve.lines().count() - 1)
    );
    assert_eq!(clusters.matches("r=\"5\"").count(), 2, "best and elbow");
    let line = clusters
        .split("points=\"")
        .nth(2)
        .expect("inertia")
        .split('"')
        .next();
    let heights: Vec<f64> = (line.expect("points").split(' '))
        .map(|point| {
            point
                .split_once(',')
                .expect("a pair")
                .1
                .parse()
                .expect("a number")
        })
        .collect();
    let inertia: Vec<f64> = (curve.lines().skip(1))
        .map(|row| row.split(',').nth(2).expect("a cell").parse().expect("a number"))
        .collect();
    for (height, inertia_of) in heights.iter().zip(&inertia) {
        assert!(
            (204.0 - height - 190.0 * inertia_of / inertia[0]).abs() < 0.06,
            "{line:?}"
        );
    }
    let customers = fs::read_to_string(out.join("customers.csv")).expect("written");
    let mut rows = csv::Reader::from_reader(customers.as_bytes());
    let header = rows.headers().expect("a header").clone();
    let score = header.iter().position(|h| h == "bridge_score").expect("a column");
    let bridges = rows
        .records()
        .filter(|r| {
            r.as_ref()
                .is_ok_and(|r| r[score].parse::<f64>().is_ok_and(|x| x >= 0.4))
        })
        .count();
    let network = picture("figure_network.svg");
    assert_eq!(
        network.matches("r=\"4\"").count(),
        bridges,
        "a ring for each in between"
    );
    assert_eq!(network.matches("h0").count() + bridges, 85, "a dot for each");
}

#[test]
fn shares_of_money_are_those_of_the_table() {
    let folder = temp();
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/shop_customers.csv");
    let html = report(
        folder.path(),
        &["segment", shop, "--resolution", "0.6", "--value", "monetary"],
    );
    let segments = fs::read_to_string(folder.path().join("out/segments.csv")).expect("written");
    let mut rows = csv::Reader::from_reader(segments.as_bytes());
    let header = rows.headers().expect("a header").clone();
    let share = header.iter().position(|h| h == "value_share").expect("a column");
    let cards: Vec<String> = (said(&html).into_iter())
        .filter(|(place, _)| place == "card")
        .map(|(_, text)| text)
        .collect();
    let mut checked = 0;
    for (row, card) in rows.records().zip(&cards) {
        let share = 100.0 * row.expect("good CSV")[share].parse::<f64>().expect("a number");
        let shown = if share >= 9.95 {
            format!("{share:.0} %")
        } else {
            format!("{share:.1} %")
        };
        assert!(
            card.contains(&format!(" {shown} of monetary ")),
            "{card}: {share}"
        );
        checked += 1;
    }
    assert!(checked >= 4, "{checked}");
}
