//! The program called by another program.

use kinfolk::ErrorKind;
use kinfolk::cli::{Event, call};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

const SHOP: &str = "datasets/shop_customers.csv";
const FLAGS: [&str; 4] = [
    "--resolution=1",
    "--truth=true_segment",
    "--ignore=bridge_between",
    "--threads=2",
];

/// What a call lets its caller hear.
fn heard(words: &[&str], input: Option<(String, Vec<u8>)>) -> (kinfolk::Result<()>, Vec<Event>) {
    let events = Mutex::new(Vec::new());
    let result = call(words, input, &|event| {
        events.lock().expect("no panic").push(event);
        Ok(())
    });
    (result, events.into_inner().expect("no panic"))
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("readable").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(&path).expect("readable"))
        })
        .filter(|(name, _)| name != "run.json")
        .collect();
    all.sort();
    all
}

#[test]
fn a_call_writes_and_says_what_the_program_does() {
    let above = tempfile::tempdir().expect("temp");
    let (by_call, by_program) = (above.path().join("called"), above.path().join("typed"));
    let output = format!("--output={}", by_call.display());
    let bytes = fs::read(SHOP).expect("in the repository");
    let words = [&["segment", "-", &output], &FLAGS[..]].concat();
    let (result, events) = heard(&words, Some(("shop_customers.csv".to_owned(), bytes)));
    result.expect("segments");
    let told = Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .args(["segment", SHOP, "--output"])
        .arg(&by_program)
        .args(FLAGS)
        .output()
        .expect("the program runs");
    assert!(
        files(&by_call) == files(&by_program),
        "the files are not the same"
    );
    let printed: Vec<u8> = events
        .iter()
        .flat_map(|event| match event {
            Event::Printed(bytes) => bytes.clone(),
            _ => Vec::new(),
        })
        .collect();
    let printed =
        String::from_utf8_lossy(&printed).replace(&*by_call.to_string_lossy(), &by_program.to_string_lossy());
    assert_eq!(printed, String::from_utf8_lossy(&told.stdout));
    let said = String::from_utf8_lossy(&told.stderr);
    for event in &events {
        match event {
            Event::Said(text) => assert!(said.contains(text), "{text}"),
            Event::Warned(warning) => assert!(said.contains(&*warning.message), "{}", warning.message),
            _ => {}
        }
    }
    assert_eq!(events.first(), Some(&Event::Stage("read")));
    assert!(events.contains(&Event::Stage("write")));
}

#[test]
fn what_is_no_command_line_is_told_without_a_help_that_nobody_sees() {
    let (result, events) = heard(&["segment", SHOP, "--neighbours=3"], None);
    let error = result.expect_err("no such flag");
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert_eq!(
        error.to_string(),
        "unexpected argument '--neighbours' found\n\n  tip: a similar argument exists: '--neighbors'"
    );
    assert!(events.is_empty());
}

#[test]
fn a_listener_that_answers_with_an_error_ends_the_run_and_leaves_nothing() {
    let above = tempfile::tempdir().expect("temp");
    let output = format!("--output={}", above.path().join("never").display());
    let words = [&["segment", SHOP, &output], &FLAGS[..]].concat();
    for stage in ["features", "bridges", "write"] {
        let ended = call(&words, None, &|event| match event {
            Event::Stage(name) if name == stage => Err(kinfolk::Error::interrupted("enough")),
            _ => Ok(()),
        });
        let error = ended.expect_err("ended");
        assert_eq!(
            (error.kind(), error.to_string()),
            (ErrorKind::Interrupted, "enough".to_owned())
        );
    }
    assert_eq!(fs::read_dir(above.path()).expect("a folder").count(), 0);
}
