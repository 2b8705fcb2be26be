//! The Python package, by its own tests, where Python is.

use crate::support::{python_environment, skipped};
use std::path::Path;
use std::process::Command;

#[test]
fn the_package_passes_its_own_tests() {
    // It builds the library once more.
    if let Err(reason) = python_environment() {
        return skipped(&format!("the Python package: {reason}"));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/test.sh");
    let run = Command::new("bash")
        .arg(&script)
        .env("KINFOLK_PROGRAM", env!("CARGO_BIN_EXE_kinfolk"))
        .output()
        .expect("it ran before");
    let told = String::from_utf8_lossy(&run.stdout);
    let why = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "python/test.sh\n{told}\n{why}");
}
