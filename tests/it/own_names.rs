//! `--names`: what segments are called, kept in a file that a person may change.

use crate::support::kinfolk;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn segment(folder: &Path, out: &str, names: &str) -> (String, String) {
    let done = kinfolk(folder, &["segment", "shop.csv", "-o", out, "--no-report", names]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}");
    (String::from_utf8_lossy(&done.stdout).into_owned(), said)
}

/// A column of a table by segment.
fn names_in(path: &Path, segment: &str, name: &str) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_path(path).expect("written");
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(|r| r.expect("good CSV")).collect();
    rows.into_iter()
        .map(|row| (row[segment].clone(), row[name].clone()))
        .collect()
}

#[test]
fn names_that_a_person_changed_are_everywhere_and_the_file_keeps_the_plain_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    assert!(
        kinfolk(
            at,
            &[
                "generate",
                "--customers",
                "400",
                "--segments",
                "3",
                "-o",
                "shop.csv"
            ]
        )
        .status
        .success()
    );
    segment(at, "plain", "--names");
    let plain = names_in(&at.join("plain/segments.csv"), "segment", "name");
    let file = fs::read_to_string(at.join("plain/names.toml")).expect("written");
    for name in plain.values() {
        assert!(
            file.contains(&format!("\"{name}\" = \"{name}\"\n")),
            "{name}\n{file}"
        );
    }
    // Changed twice, and once more for the plain name, which stays the key.
    let first = &plain["1"];
    let changed = file.replace(&format!("= \"{first}\""), "= 'Our \"best\" ones'");
    assert_ne!(changed, file);
    fs::write(at.join("own.toml"), changed + "\"no such segment\" = \"x\"\n").expect("written");
    let (words, said) = segment(at, "own", "--names=own.toml");
    assert!(
        said.contains("warning: 1 name of --names fits no segment of this run: \"no such segment\""),
        "{said}"
    );
    let own = names_in(&at.join("own/segments.csv"), "segment", "name");
    assert_eq!(own["1"], "Our \"best\" ones");
    assert_eq!((&own["2"], &own["3"]), (&plain["2"], &plain["3"]));
    let of_customers = names_in(&at.join("own/customers.csv"), "segment", "segment_name");
    assert_eq!(of_customers, own);
    assert!(
        words.contains("Our \"best\" ones") && !words.contains(first.as_str()),
        "{words}"
    );
    let model = kinfolk(at, &["show", "own"]);
    assert!(String::from_utf8_lossy(&model.stdout).contains("Our \"best\" ones"));
    let again = fs::read_to_string(at.join("own/names.toml")).expect("written");
    assert!(
        again.contains(&format!("\"{first}\" = \"Our \\\"best\\\" ones\"\n")),
        "{again}"
    );
    // What such a file gives, it gives again.
    fs::copy(at.join("own/names.toml"), at.join("copy.toml")).expect("copied");
    segment(at, "again", "--names=copy.toml");
    for name in ["segments.csv", "customers.csv", "names.toml", "network.gexf"] {
        let read = |folder: &str| fs::read(at.join(folder).join(name)).expect("written");
        assert!(read("own") == read("again"), "{name}");
    }
}

#[test]
fn names_that_are_none_or_the_same_are_refused_with_the_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    assert!(
        kinfolk(
            at,
            &[
                "generate",
                "--customers",
                "400",
                "--segments",
                "3",
                "-o",
                "shop.csv"
            ]
        )
        .status
        .success()
    );
    segment(at, "plain", "--names");
    let file = fs::read_to_string(at.join("plain/names.toml")).expect("written");
    let plain = names_in(&at.join("plain/segments.csv"), "segment", "name");
    let refused = |text: &str| {
        fs::write(at.join("own.toml"), text).expect("written");
        let done = kinfolk(at, &["segment", "shop.csv", "-o", "own", "--names=own.toml"]);
        assert_eq!(done.status.code(), Some(2));
        assert!(!at.join("own").exists());
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    let same = refused(&file.replace(&format!("= \"{}\"", plain["1"]), &format!("= \"{}\"", plain["2"])));
    assert!(
        same.contains(&format!("two segments would be called \"{}\"", plain["2"])),
        "{same}"
    );
    assert!(refused(&format!("\"{}\" = \" \"\n", plain["1"])).contains("is empty"));
    assert!(refused("\"a\" = 3\n").contains("own.toml: the name of \"a\" is 3, and not a text in quotes"));
    assert!(refused("\"a\" = \"b\"\nc d\n").contains("own.toml line 2"));
}
