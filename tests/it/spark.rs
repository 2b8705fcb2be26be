//! `kinfolk.spark` on a Spark of two workers, where that is asked for.

use crate::support::skipped;
use std::path::Path;
use std::process::Command;

#[test]
fn spark_gives_what_the_program_gives() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spark/check.sh");
    if std::env::var_os("KINFOLK_TEST_SPARK").is_none_or(|asked| asked != "1") {
        return skipped(
            "nothing runs on Spark: KINFOLK_TEST_SPARK=1 does it, with Java and Python (850 MB the first time)",
        );
    }
    let run = Command::new("bash")
        .arg(&script)
        .env("KINFOLK_PROGRAM", env!("CARGO_BIN_EXE_kinfolk"))
        .output();
    let Ok(run) = run else {
        return skipped("nothing runs on Spark: there is no bash");
    };
    let told = String::from_utf8_lossy(&run.stdout);
    if run.status.code() == Some(77) {
        let reason = told.lines().last().unwrap_or_default();
        return skipped(&format!(
            "nothing runs on Spark: {}",
            reason.trim_start_matches("skipped: ")
        ));
    }
    let why = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "tests/spark/check.sh\n{told}\n{why}");
}
