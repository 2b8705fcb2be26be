//! Where the tests find data that is not part of the repository.

#![allow(dead_code, reason = "each module of the test binary uses some of these")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// A run of the program in a folder.
pub(crate) fn kinfolk(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the program starts")
}

/// The file `name` of the folder of real data, else of the repository's own `datasets/`; `None` where neither has it,
/// which the list at the end of the tests then says.
pub(crate) fn real_data(name: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder =
        std::env::var_os("KINFOLK_TEST_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    let plain = name.rsplit('/').next().unwrap_or(name);
    let places = [
        folder.join(name),
        root.join("datasets").join(name),
        root.join("datasets").join(plain),
    ];
    let found = places.into_iter().find(|path| path.is_file());
    if found.is_none() {
        skipped(&format!(
            "{name} is absent (KINFOLK_TEST_DATA may name the folder of real data)"
        ));
    }
    found
}

/// Notes what a test could not do here; `tests/skipped.rs` lists all of it after the tests.
pub(crate) fn skipped(what: &str) {
    use std::io::Write;
    let list = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("skipped.txt");
    let file = std::fs::OpenOptions::new().create(true).append(true).open(list);
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    // A list that cannot be written is no reason for a test to fail.
    let _ = file.and_then(|mut file| writeln!(file, "{test}: {what}"));
}

/// A Python that has the package: what `KINFOLK_TEST_PYTHON` names, else `python3`, else the environment in which the Python package is
/// tested; `None` where none has it, which the list at the end of the tests then says.
pub(crate) fn python_with(package: &str) -> Option<PathBuf> {
    let has_it = |python: &PathBuf| {
        Command::new(python)
            .args(["-c", &format!("import {package}")])
            .output()
            .is_ok_and(|o| o.status.success())
    };
    let found = match std::env::var_os("KINFOLK_TEST_PYTHON") {
        Some(named) => Some(PathBuf::from(named)).filter(has_it),
        None => Some(PathBuf::from("python3"))
            .filter(has_it)
            .or_else(|| python_environment().ok().filter(has_it)),
    };
    if found.is_none() {
        skipped(&format!(
            "no Python with {package} (KINFOLK_TEST_PYTHON may name one)"
        ));
    }
    found
}

/// The Python of the environment in which the package is tested, made at the first call, or why there is none.
pub(crate) fn python_environment() -> Result<PathBuf, String> {
    static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    MADE.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/test.sh");
        if !script.exists() {
            return Err("the Python package is no part of this package".to_owned());
        }
        // It downloads 250 MB of packages to be tested with.
        if std::env::var_os("KINFOLK_TEST_PYTHON_PACKAGE").is_some_and(|v| v == "0") {
            return Err("KINFOLK_TEST_PYTHON_PACKAGE is 0".to_owned());
        }
        let Ok(run) = Command::new("bash").arg(script).arg("--environment").output() else {
            return Err("there is no bash".to_owned());
        };
        let told = String::from_utf8_lossy(&run.stdout);
        let last = told.lines().last().unwrap_or_default();
        if run.status.code() == Some(77) {
            return Err(last.trim_start_matches("skipped: ").to_owned());
        }
        let why = String::from_utf8_lossy(&run.stderr);
        assert!(
            run.status.success(),
            "python/test.sh --environment\n{told}\n{why}"
        );
        Ok(PathBuf::from(last))
    })
    .clone()
}

/// The text of a file of real data, decompressed where its name ends in `.gz`.
pub(crate) fn real_text(name: &str) -> Option<String> {
    use std::io::Read;
    let path = real_data(name)?;
    let bytes = std::fs::read(&path).expect("the file is there");
    if name.ends_with(".gz") {
        let mut text = String::new();
        flate2::read::GzDecoder::new(&bytes[..])
            .read_to_string(&mut text)
            .expect("valid gzip of UTF-8");
        Some(text)
    } else {
        Some(String::from_utf8(bytes).expect("UTF-8"))
    }
}
