//! The Python package, by its own tests, where Python is.

use crate::support::skipped;
use std::path::Path;
use std::process::Command;

#[test]
fn the_package_passes_its_own_tests() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/test.sh");
    if !script.exists() {
        return skipped("the Python package is no part of this package");
    }
    // It builds the library once more and downloads 250 MB of packages to be tested with.
    if std::env::var_os("KINFOLK_TEST_PYTHON_PACKAGE").is_some_and(|v| v == "0") {
        return skipped("the Python package: KINFOLK_TEST_PYTHON_PACKAGE is 0");
    }
    let run = Command::new("bash")
        .arg(&script)
        .env("KINFOLK_PROGRAM", env!("CARGO_BIN_EXE_kinfolk"))
        .output();
    let Ok(run) = run else {
        return skipped("the Python package: there is no bash");
    };
    let told = String::from_utf8_lossy(&run.stdout);
    let why = String::from_utf8_lossy(&run.stderr);
    if run.status.code() == Some(77) {
        let reason = told.lines().last().unwrap_or_default();
        return skipped(&format!(
            "the Python package: {}",
            reason.trim_start_matches("skipped: ")
        ));
    }
    assert!(run.status.success(), "python/test.sh\n{told}\n{why}");
}
