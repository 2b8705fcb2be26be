//! What the output folder replaces and what it never touches; what is refused before a run.

use flate2::Crc;
use kinfolk::ErrorKind;
use kinfolk::export::{OutputFile, OutputFolder};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

pub(crate) fn temp() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

pub(crate) fn text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).expect("a text")
}

/// Names of what stands in the folder, hidden things too.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// 40 customers in two groups.
pub(crate) fn table() -> String {
    let mut text = String::from("customer_id,spend,visits\n");
    for i in 0..40 {
        let far = 40 * (i % 2);
        text.push_str(&format!("C{i},{},{}\n", 10 * far + i * 7 % 13, far + i * 5 % 11));
    }
    text
}

pub(crate) fn kinfolk(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinfolk"));
    command
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Exit code, and what was said.
pub(crate) fn ended(output: &Output) -> (i32, String) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().expect("not killed"), said)
}

pub(crate) fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    ended(&kinfolk(folder, args).output().expect("the program starts"))
}

/// A short run into `out`.
pub(crate) fn segment(folder: &Path, out: &str, more: &[&str]) -> (i32, String) {
    let input = folder.join("t.csv");
    let input = input.to_str().expect("UTF-8");
    let args = [&["segment", input, "-o", out, "-q", "--resolution", "1"], more].concat();
    run(folder, &args)
}

/// How `run.json` lists a file.
pub(crate) fn listed(bytes: &[u8]) -> serde_json::Value {
    let mut crc = Crc::new();
    crc.update(bytes);
    serde_json::json!({"bytes": bytes.len(), "crc32": format!("{:08x}", crc.sum())})
}

/// The seed of the results in the folder, where they are whole and `kept` is all there is beside them.
pub(crate) fn whole(folder: &Path, kept: &[&str]) -> Option<u64> {
    let record = fs::read(folder.join("run.json")).ok()?;
    let record: serde_json::Value = serde_json::from_slice(&record).ok()?;
    let files = record["files"].as_object()?;
    for (name, written) in files {
        let bytes = fs::read(folder.join(name)).ok()?;
        if *written != listed(&bytes) {
            return None;
        }
    }
    let mut all: Vec<&str> = files.keys().map(String::as_str).collect();
    all.push("run.json");
    all.extend(kept);
    all.sort_unstable();
    (names(folder) == all).then_some(())?;
    record["settings"]["seed"][0].as_str()?.parse().ok()
}

const OWN: [&str; 3] = ["customers.csv", "summary.json", "run.json"];

/// Writes these files, and a `run.json` that lists them.
fn fill(folder: &mut OutputFolder, names: &[&str], content: &str) {
    let put = |out: &mut dyn Write, bytes: &[u8]| {
        out.write_all(bytes)
            .map_err(|e| kinfolk::Error::io("it", "cannot be written", e))
    };
    for name in names {
        folder
            .write(name, |out| put(out, content.as_bytes()))
            .expect("written");
    }
    let record = serde_json::json!({"format": 1, "program": "kinfolk", "files": folder.files()});
    folder
        .write("run.json", |out| put(out, record.to_string().as_bytes()))
        .expect("written");
}

/// A folder with results: `customers.csv` and `run.json`.
fn with_results(target: &Path) {
    let mut folder = OutputFolder::prepare(target, &OWN, &[], false).expect("can be written");
    fill(&mut folder, &OWN[..1], "old");
    folder.publish().expect("published");
}

#[test]
fn files_appear_together_at_the_end() {
    let above = temp();
    let target = above.path().join("2026/01/results");
    let mut folder = OutputFolder::prepare(&target, &OWN, &[], false).expect("can be written");
    fill(&mut folder, &OWN[..2], "new");
    assert!(!target.exists());
    let place = folder.publish().expect("published");
    assert_eq!(names(&place), ["customers.csv", "run.json", "summary.json"]);
    assert_eq!(names(&above.path().join("2026/01")), ["results"]);
}

#[test]
fn a_run_that_fails_leaves_everything_as_it_was() {
    let above = temp();
    let mut folder =
        OutputFolder::prepare(above.path().join("a/b"), &OWN, &[], false).expect("can be written");
    fill(&mut folder, &OWN[..2], "half");
    drop(folder);
    assert_eq!(names(above.path()), Vec::<String>::new());

    let target = above.path().join("c");
    with_results(&target);
    let mut folder = OutputFolder::prepare(&target, &OWN, &[], false).expect("only our files");
    fill(&mut folder, &OWN[..2], "half");
    drop(folder);
    assert_eq!(names(above.path()), ["c"]);
    assert_eq!(names(&target), ["customers.csv", "run.json"]);
    assert_eq!(text(target.join("customers.csv")), "old");
}

#[test]
fn results_of_ours_are_replaced_and_what_a_file_browser_left_stays() {
    let above = temp();
    let target = above.path().join("results");
    with_results(&target);
    fs::write(target.join(".DS_Store"), "places").expect("written");
    let mut folder = OutputFolder::prepare(&target, &OWN, &[], false).expect("only our files");
    fill(&mut folder, &OWN[1..2], "new");
    folder.publish().expect("published");
    assert_eq!(names(&target), [".DS_Store", "run.json", "summary.json"]);
    assert_eq!(names(above.path()), ["results"]);
}

#[test]
fn a_name_alone_makes_no_file_ours() {
    let above = temp();
    let target = above.path().join("results");
    fs::create_dir(&target).expect("made");
    for (name, content) in [
        ("customers.csv", "id\n1\n"),
        ("run.json", r#"{"format": 1, "program": "another", "files": {}}"#),
    ] {
        fs::write(target.join(name), content).expect("written");
        for force in [false, true] {
            let error = OutputFolder::prepare(&target, &OWN, &[], force).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Usage);
            let message = error.to_string();
            assert!(
                message.contains("customers.csv in it is not as kinfolk wrote it"),
                "{message}"
            );
            assert!(message.contains("another folder"), "{message}");
        }
    }
    assert_eq!(text(target.join("customers.csv")), "id\n1\n");
    assert_eq!(names(above.path()), ["results"]);
}

#[test]
fn a_result_that_was_edited_is_not_replaced() {
    let above = temp();
    let target = above.path().join("results");
    with_results(&target);
    fs::write(target.join("customers.csv"), "odl").expect("written");
    let error = OutputFolder::prepare(&target, &OWN, &[], true).expect_err("refused");
    assert!(error.to_string().contains("customers.csv"), "{error}");
    // A run that writes no file of that name leaves it alone.
    let mut folder = OutputFolder::prepare(&target, &OWN[1..], &[], true).expect("forced");
    fill(&mut folder, &OWN[1..2], "new");
    folder.publish().expect("published");
    assert_eq!(text(target.join("customers.csv")), "odl");
    assert_eq!(names(&target), ["customers.csv", "run.json", "summary.json"]);
}

#[test]
fn other_files_are_refused_and_with_force_left_alone() {
    let above = temp();
    let target = above.path().join("results");
    with_results(&target);
    fs::write(target.join("thesis.docx"), "mine").expect("written");
    let error = OutputFolder::prepare(&target, &OWN, &[], false).expect_err("refused");
    let message = error.to_string();
    assert!(
        message.contains("results: holds a file that kinfolk did not write, such as \"thesis.docx\""),
        "{message}"
    );
    assert!(message.contains("`force`"), "{message}");

    let mut folder = OutputFolder::prepare(&target, &OWN, &[], true).expect("forced");
    fill(&mut folder, &OWN[..2], "new");
    assert_eq!(text(target.join("customers.csv")), "old");
    folder.publish().expect("published");
    assert_eq!(
        names(&target),
        ["customers.csv", "run.json", "summary.json", "thesis.docx"]
    );
    assert_eq!(text(target.join("thesis.docx")), "mine");
    assert_eq!(text(target.join("customers.csv")), "new");
}

#[test]
fn what_was_put_there_during_the_run_stays_and_the_results_stand_beside() {
    for existing in [false, true] {
        let above = temp();
        let target = above.path().join("results");
        if existing {
            with_results(&target);
        }
        let mut folder = OutputFolder::prepare(&target, &OWN, &[], false).expect("can be written");
        fill(&mut folder, &OWN[..2], "new");
        fs::create_dir_all(&target).expect("made");
        fs::write(target.join("summary.json"), "mine").expect("written");
        fs::write(target.join("notes.txt"), "mine too").expect("written");
        let error = folder.publish().expect_err("in the way");
        let message = error.to_string();
        assert!(message.contains("summary.json was put there"), "{message}");
        assert!(message.contains("results-1"), "{message}");
        assert_eq!(names(above.path()), ["results", "results-1"]);
        assert_eq!(text(target.join("summary.json")), "mine");
        assert_eq!(text(target.join("notes.txt")), "mine too");
        assert_eq!(target.join("run.json").exists(), existing);
        assert_eq!(
            names(&above.path().join("results-1")),
            ["customers.csv", "run.json", "summary.json"]
        );
    }
}

#[test]
fn places_that_cannot_be_written_are_told_before_the_run() {
    let above = temp();
    let file = above.path().join("file");
    fs::write(&file, "x").expect("written");
    let error = OutputFolder::prepare(&file, &OWN, &[], true).expect_err("a file");
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("is a file"), "{error}");
    let error = OutputFolder::prepare(file.join("below"), &OWN, &[], false).expect_err("below a file");
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("below"), "{error}");
    let error = OutputFile::prepare(file.join("below"), &[], false).expect_err("below a file");
    assert!(error.to_string().contains("below"), "{error}");
    let error = OutputFile::prepare(above.path(), &[], true).expect_err("a folder");
    assert!(error.to_string().contains("is a folder"), "{error}");
    let error = OutputFile::prepare(above.path().join("no/file"), &[], true).expect_err("no folder");
    assert!(error.to_string().contains("no does not exist"), "{error}");

    let target = above.path().join("results");
    fs::create_dir_all(target.join("summary.json/inside")).expect("made");
    let error = OutputFolder::prepare(&target, &OWN, &[], true).expect_err("a folder of that name");
    assert!(
        error.to_string().contains("summary.json in it is a folder"),
        "{error}"
    );
    assert_eq!(text(&file), "x");
    assert_eq!(names(above.path()), ["file", "results"]);
}

#[test]
fn the_input_is_never_overwritten() {
    let folder = temp();
    let here = folder.path();
    fs::write(here.join("t.csv"), table()).expect("written");
    let inside = here.join("d");
    fs::create_dir(&inside).expect("made");
    fs::write(inside.join("customers.csv"), table()).expect("written");
    fs::write(inside.join("nodes.csv"), "source,target\na,b\nb,c\n").expect("written");
    let before = text(inside.join("customers.csv"));
    for args in [
        ["segment", "d/customers.csv", "-o", "d"],
        ["communities", "d/nodes.csv", "-o", "d"],
    ] {
        for force in [&[][..], &["--force"]] {
            let (code, said) = run(here, &[&args[..], force].concat());
            assert_eq!(code, 2, "{said}");
            assert!(said.contains("is the input"), "{said}");
            assert!(said.contains("name another folder"), "{said}");
        }
        let name = args[1].trim_start_matches("d/");
        let (code, said) = run(&inside, &[args[0], name, "-o", ".", "--force"]);
        assert_eq!(code, 2, "{said}");
    }
    assert_eq!(text(inside.join("customers.csv")), before);
    assert_eq!(names(&inside), ["customers.csv", "nodes.csv"]);

    // Results of ours that are read, by name, by a hard link, from standard input.
    assert_eq!(segment(here, "r", &[]).0, 0);
    fs::hard_link(here.join("r/customers.csv"), here.join("hard.csv")).expect("linked");
    for input in ["r/customers.csv", "hard.csv"] {
        let (code, said) = run(here, &["segment", input, "-o", "r", "--force"]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("is the input"), "{said}");
    }
    assert_eq!(whole(&here.join("r"), &[]), Some(42));
    assert_eq!(names(here), ["d", "hard.csv", "r", "t.csv"]);
}

#[test]
fn a_configuration_that_was_found_does_not_say_where_results_go() {
    let folder = temp();
    let here = folder.path();
    fs::write(here.join("t.csv"), table()).expect("written");
    for (line, key) in [
        ("output = \"/elsewhere\"", "output"),
        ("force = true", "force"),
        ("quiet = true", "quiet"),
    ] {
        fs::write(
            here.join("kinfolk.toml"),
            format!("resolution = 1.0\n# more\n{line}\n"),
        )
        .expect("written");
        let (code, said) = run(here, &["segment", "t.csv"]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(&format!("kinfolk.toml line 3: {key} ")), "{said}");
        assert!(said.contains("--config"), "{said}");
    }
    fs::write(here.join("asked.toml"), "output = \"there\"\nresolution = 1.0\n").expect("written");
    fs::remove_file(here.join("kinfolk.toml")).expect("removed");
    let (code, said) = run(here, &["segment", "t.csv", "--config", "asked.toml"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("Flags from asked.toml\n"), "{said}");
    fs::write(here.join("kinfolk.toml"), "resolution = 1.0\n").expect("written");
    let (code, said) = run(here, &["segment", "t.csv", "-o", "there"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("Flags from kinfolk.toml\n"), "{said}");
    let record: serde_json::Value = serde_json::from_str(&text(here.join("there/run.json"))).expect("JSON");
    assert_eq!(record["settings"]["config"][0], "kinfolk.toml");
    let (code, said) = run(here, &["generate", "-o", "kinfolk.toml", "--force"]);
    assert_eq!(code, 2, "{said}");
    assert_eq!(text(here.join("kinfolk.toml")), "resolution = 1.0\n");
}

/// What only Unix has: links, modes, devices, limits.
#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("there").permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
    }

    #[test]
    fn a_link_to_a_folder_stays_a_link_and_one_to_nowhere_is_refused() {
        let above = temp();
        let (real, link) = (above.path().join("real"), above.path().join("link"));
        symlink(&real, &link).expect("linked");
        let error = OutputFolder::prepare(&link, &OWN, &[], true).expect_err("nowhere");
        assert!(error.to_string().contains("leads nowhere"), "{error}");
        fs::create_dir(&real).expect("made");
        let mut folder = OutputFolder::prepare(&link, &OWN, &[], false).expect("can be written");
        fill(&mut folder, &OWN[..1], "new");
        folder.publish().expect("published");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(names(&real), ["customers.csv", "run.json"]);
    }

    #[test]
    fn an_input_behind_a_link_is_never_overwritten() {
        let folder = temp();
        let here = folder.path();
        fs::write(here.join("t.csv"), table()).expect("written");
        assert_eq!(segment(here, "r", &[]).0, 0);
        symlink("r/customers.csv", here.join("soft.csv")).expect("linked");
        let (code, said) = run(here, &["segment", "soft.csv", "-o", "r"]);
        assert_eq!(code, 2, "{said}");
        let file = fs::File::open(here.join("r/customers.csv")).expect("there");
        let piped = kinfolk(here, &["segment", "-", "-o", "r"])
            .stdin(file)
            .output()
            .expect("starts");
        let (code, said) = ended(&piped);
        assert_eq!(code, 2, "{said}");
        // Into a folder where a link of that name leads to the input.
        fs::create_dir(here.join("l")).expect("made");
        symlink("../t.csv", here.join("l/customers.csv")).expect("linked");
        assert_eq!(segment(here, "l", &["--force"]).0, 2);
        assert_eq!(text(here.join("t.csv")), table());
        assert_eq!(whole(&here.join("r"), &[]), Some(42));
    }

    #[test]
    fn modes_stay_and_new_files_are_no_wider_than_their_folder() {
        let folder = temp();
        let here = folder.path();
        fs::write(here.join("t.csv"), table()).expect("written");
        let out = here.join("out");
        fs::create_dir(&out).expect("made");
        set_mode(&out, 0o700);
        // An empty folder, one with results, one with something of the user's.
        for (more, notes) in [(&[][..], false), (&[], false), (&["--force"], true)] {
            if notes {
                fs::write(out.join("notes.txt"), "mine").expect("written");
            }
            assert_eq!(segment(here, "out", more).0, 0);
            assert_eq!(mode(&out), 0o700);
            assert_eq!(mode(&out.join("customers.csv")) & 0o077, 0);
        }
        let file = here.join("g.csv");
        assert_eq!(run(here, &["generate", "--customers", "50", "-o", "g.csv"]).0, 0);
        set_mode(&file, 0o600);
        assert_eq!(
            run(here, &["generate", "--customers", "60", "-o", "g.csv", "--force"]).0,
            0
        );
        assert_eq!(mode(&file), 0o600);
        assert_eq!(text(&file).lines().count(), 61);
    }

    #[test]
    fn generate_replaces_nothing_but_files_and_follows_no_link() {
        let folder = temp();
        let here = folder.path();
        fs::write(here.join("victim"), "mine").expect("written");
        symlink("victim", here.join("link.csv")).expect("linked");
        symlink("nowhere", here.join("dangling.csv")).expect("linked");
        fs::create_dir(here.join("folder.csv")).expect("made");
        for (name, says) in [
            ("link.csv", "is a link"),
            ("dangling.csv", "is a link"),
            ("folder.csv", "is a folder"),
            ("/dev/null", "is a device"),
        ] {
            let (code, said) = run(here, &["generate", "-o", name, "--force"]);
            assert_eq!(code, 2, "{said}");
            assert!(said.contains(says), "{said}");
        }
        // Planted where the half-written file goes: another user's cannot be taken for ours, nor a link followed.
        symlink("victim", here.join(".t.csv.kinfolk-partial")).expect("linked");
        let (code, said) = run(here, &["generate", "-o", "t.csv"]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("in the way"), "{said}");
        assert_eq!(text(here.join("victim")), "mine");
    }

    #[test]
    fn a_file_that_cannot_be_written_to_its_end_is_named_and_nothing_stays() {
        let folder = temp();
        let here = folder.path();
        fs::write(here.join("t.csv"), table()).expect("written");
        // No file may grow above 4 KB or 8 KB, as on a full disk.
        let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" segment t.csv -q --resolution 1 -o new/out";
        let output = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_kinfolk")])
            .current_dir(here)
            .output()
            .expect("starts");
        let (code, said) = ended(&output);
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains("/new/out/network.gexf: cannot be written: "),
            "{said}"
        );
        assert_eq!(names(here), ["t.csv"]);
    }
}
