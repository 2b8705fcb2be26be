//! Runs after the tests and lists what they could not do on this machine.

#![allow(clippy::print_stdout, reason = "the list is printed")]

use std::collections::BTreeSet;
use std::path::Path;

fn main() {
    let list = Path::new(env!("CARGO_TARGET_TMPDIR")).join("skipped.txt");
    let Ok(text) = std::fs::read_to_string(&list) else {
        println!("\nNo test was skipped.");
        return;
    };
    let lines: BTreeSet<&str> = text.lines().collect();
    println!("\nSkipped, {}:", lines.len());
    for line in lines {
        println!("  {line}");
    }
    // The next run begins a list of its own.
    let _ = std::fs::remove_file(list);
}
