//! What is done with bytes that a fuzzer makes up. The test `fuzz` of the package does the same with the corpus.

use kinfolk::export;
use kinfolk::read::{parse_edges, parse_table};
use kinfolk::segmentation::{NetworkSettings, Settings, communities, prepare, segment};
use kinfolk::table::{EdgeSettings, Table, TableSettings, TypeChoice, Values};
use std::collections::BTreeSet;
use std::io::sink;

/// Memory that a few kilobytes may take at most.
const MEMORY: Option<u64> = Some(200_000_000);

/// What holds for every table that was read.
fn check(table: &Table) {
    let n = table.n_rows();
    assert!(n > 0 && table.lines.len() == n);
    assert!(table.ids.iter().all(|id| !id.is_empty() && id.trim() == id));
    assert_eq!(table.ids.iter().collect::<BTreeSet<_>>().len(), n, "ids differ");
    let names: BTreeSet<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names.len(), table.columns.len(), "names of columns differ");
    for column in &table.columns {
        let missing = match &column.values {
            Values::Number(v) | Values::Date(v) => {
                assert!(v.len() == n && !v.iter().any(|x| x.is_infinite()));
                v.iter().filter(|x| x.is_nan()).count()
            }
            Values::Category { codes, levels } => {
                assert!(codes.len() == n && levels.is_sorted());
                let missing = |c: &&u32| **c == kinfolk::table::MISSING;
                let known = codes.iter().filter(|c| !missing(c));
                assert!(known.copied().all(|c| (c as usize) < levels.len()));
                codes.iter().filter(missing).count()
            }
            Values::Text(v) => {
                assert_eq!(v.len(), n);
                v.iter().filter(|t| t.is_empty()).count()
            }
        };
        assert_eq!(missing, column.missing, "{}", column.name);
    }
}

/// A table with settings that its first byte chooses.
pub fn table(data: &[u8]) {
    let Some((&choice, bytes)) = data.split_first() else {
        return;
    };
    let settings = TableSettings {
        separator: [None, Some(','), Some(';'), Some('\t')][usize::from(choice & 3)],
        decimal: [None, Some(','), Some('.'), None][usize::from(choice >> 2 & 3)],
        encoding: [None, Some("windows-1252"), Some("utf-16le"), Some("utf-8")][usize::from(choice >> 4 & 3)]
            .map(str::to_owned),
        memory: MEMORY,
        ..TableSettings::default()
    };
    match parse_table("t", bytes.to_vec(), &settings) {
        Ok(table) => check(&table),
        Err(error) => check_words(&error),
    }
}

/// What holds for every error.
fn check_words(error: &kinfolk::Error) {
    let text = error.to_string();
    assert!(text.len() < 20_000, "an error is a paragraph");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
}

/// A list of edges.
pub fn edges(data: &[u8]) {
    let settings = EdgeSettings {
        memory: MEMORY,
        ..EdgeSettings::default()
    };
    match parse_edges("t", data.to_vec(), &settings) {
        Ok(list) => {
            let names: BTreeSet<&str> = list.nodes.iter().collect();
            assert_eq!(names.len(), list.nodes.len(), "names of nodes differ");
            assert!(
                names
                    .iter()
                    .all(|n| !n.is_empty() && !n.chars().any(char::is_control))
            );
            assert!(list.edges.windows(2).all(|w| (w[0].0, w[0].1) < (w[1].0, w[1].1)));
            for &(a, b, weight) in &list.edges {
                assert!(a <= b && (b as usize) < list.nodes.len());
                assert!(weight.is_finite() && weight as f32 > 0.0);
            }
        }
        Err(error) => check_words(&error),
    }
}

/// The lines of `data` as the values of one column of that type.
fn column(data: &[u8], choice: TypeChoice) {
    let text = String::from_utf8_lossy(data);
    let mut csv = String::from("id,x\n");
    for (i, line) in text.lines().take(200).enumerate() {
        csv += &format!("C{i},\"{}\"\n", line.replace(['"', '\0'], ""));
    }
    for types in [vec![("x".to_owned(), choice)], Vec::new()] {
        let settings = TableSettings {
            types,
            memory: MEMORY,
            ..TableSettings::default()
        };
        match parse_table("t", csv.clone().into_bytes(), &settings) {
            Ok(table) => check(&table),
            Err(error) => check_words(&error),
        }
    }
}

/// Numbers, one per line.
pub fn number(data: &[u8]) {
    column(data, TypeChoice::Number);
}

/// Dates, one per line.
pub fn date(data: &[u8]) {
    column(data, TypeChoice::Date);
}

/// A file of flags, up to the input that is not there.
pub fn config(data: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    let file = folder.path().join("flags.toml");
    if std::fs::write(&file, data).is_err() {
        return;
    }
    let absent = folder.path().join("absent.csv");
    // Flags on the command line win: nothing is written whatever the file says, and there is one pool of threads.
    let args = [
        "kinfolk".into(),
        "segment".into(),
        absent.into(),
        "--plan".into(),
        "--threads=1".into(),
    ];
    let args = args.into_iter().chain(["--config".into(), file.into()]);
    // What it says goes to standard error; that it ends is all that is asked.
    let _ = kinfolk::cli::run(args);
}

/// From the bytes of a small table, or of a small network, to all files.
pub fn program(data: &[u8]) {
    let settings = TableSettings {
        memory: MEMORY,
        ..TableSettings::default()
    };
    if let Ok(table) = parse_table("t", data.to_vec(), &settings)
        && table.n_rows() <= 200
        && table.columns.len() <= 50
    {
        let settings = Settings {
            resolution: Some(1.0),
            ..Settings::default()
        };
        let prepared = prepare(&table, &settings.features);
        if let Ok(found) = prepared.and_then(|p| segment(p, &settings, &mut |_| Ok(()))) {
            let written = [
                export::write_gexf(&export::segmentation_network(&found), sink()).map(drop),
                export::write_gexf(&export::segment_map_network(&found), sink()).map(drop),
                export::write_customers(&found, export::CsvStyle::default(), sink()).map(drop),
                export::write_segments(&found, export::CsvStyle::default(), sink()).map(drop),
                export::write_profiles(&found, export::CsvStyle::default(), sink()).map(drop),
                export::write_comparison(&found, export::CsvStyle::default(), sink()).map(drop),
                export::write_summary(&found, sink()).map(drop),
            ];
            for done in written {
                done.expect("what was found can be written");
            }
        }
    }
    let settings = EdgeSettings {
        memory: MEMORY,
        ..EdgeSettings::default()
    };
    if let Ok(list) = parse_edges("t", data.to_vec(), &settings)
        && list.nodes.len() <= 200
    {
        let found = communities(list, &NetworkSettings::default(), &mut |_| Ok(()));
        let found = found.expect("a network that was read has communities");
        if let Some(files) = export::Communities::of(&found) {
            let network = export::communities_network(&files);
            export::write_gexf(&network, sink()).expect("what was found can be written");
            export::write_nodes(&files, export::CsvStyle::default(), sink())
                .expect("what was found can be written");
        }
    }
}
