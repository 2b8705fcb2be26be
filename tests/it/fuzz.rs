//! The inputs that fuzzing kept, once more: none may panic, and what is read and written keeps its promises.

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the same functions are the targets of fuzz/"
)]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The kept inputs of a target, in the order of their names.
fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("a corpus")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

fn replay(target: &str, run: fn(&[u8])) {
    for file in corpus(target) {
        run(&fs::read(file).expect("readable"));
    }
}

#[test]
fn tables_of_the_corpus_are_read_or_refused() {
    replay("table", targets::table);
}

#[test]
fn edges_of_the_corpus_are_read_or_refused() {
    replay("edges", targets::edges);
}

#[test]
fn numbers_and_dates_of_the_corpus_are_read_or_refused() {
    replay("number", targets::number);
    replay("date", targets::date);
}

#[test]
fn whole_runs_on_the_corpus_write_what_they_find() {
    replay("program", targets::program);
}

/// As a program of its own: a pool of threads is set up once per process.
#[test]
fn flags_of_the_corpus_are_taken_or_refused() {
    for file in corpus("config") {
        let output = Command::new(env!("CARGO_BIN_EXE_kinfolk"))
            .args(["segment", "absent.csv", "--plan", "--threads=1", "--config"])
            .arg(&file)
            .output()
            .expect("the program starts");
        assert!(
            matches!(output.status.code(), Some(1 | 2)),
            "{}: {output:?}",
            file.display()
        );
    }
}
