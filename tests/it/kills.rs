//! Runs that are killed, interrupted, hung up on, or two at a time: the results are the old ones or the new ones.

use crate::publishing::{ended, kinfolk, listed, names, run, segment, table, temp, text, whole};
use kinfolk::random::stream;
use rand::RngExt;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(child.id().try_into().expect("a process number")).expect("not 0");
    // Fails where it has just ended.
    let _ = kill_process(pid, signal);
}

/// The program as a terminal starts it: these tests may themselves run under nohup, or in a script's background.
fn with_default_signals(folder: &Path, args: &[&str]) -> Command {
    if !cfg!(target_os = "linux") {
        return kinfolk(folder, args);
    }
    let mut command = Command::new("env");
    command
        .args(["--default-signal=HUP,INT,TERM", env!("CARGO_BIN_EXE_kinfolk")])
        .args(args)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A run that has its output folder and waits for its table on standard input.
fn waiting(mut command: Command, hidden: &Path) -> Child {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("starts");
    while !hidden.join("new").exists() {
        assert_eq!(child.try_wait().expect("asked"), None, "ended too early");
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

/// Gives it the table.
fn feed(mut child: Child) -> (i32, String) {
    let mut input = child.stdin.take().expect("piped");
    input.write_all(table().as_bytes()).expect("read");
    drop(input);
    ended(&child.wait_with_output().expect("ends"))
}

const FROM_INPUT: [&str; 7] = ["segment", "-", "-o", "out", "-q", "--resolution", "1"];

#[test]
fn the_second_of_two_runs_into_one_folder_stops_and_says_so() {
    let folder = temp();
    let here = folder.path();
    fs::write(here.join("t.csv"), table()).expect("written");
    let first = waiting(kinfolk(here, &FROM_INPUT), &here.join(".out.kinfolk-partial"));
    let (code, said) = segment(here, "out", &[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(&format!("process {}", first.id())), "{said}");
    assert_eq!(feed(first).0, 0);
    assert_eq!(segment(here, "out", &[]).0, 0);
    assert_eq!(names(here), ["out", "t.csv"]);
}

#[test]
fn files_that_come_during_the_run_stay() {
    for existing in [false, true] {
        let folder = temp();
        let here = folder.path();
        fs::write(here.join("t.csv"), table()).expect("written");
        if existing {
            assert_eq!(segment(here, "out", &[]).0, 0);
        }
        let first = waiting(kinfolk(here, &FROM_INPUT), &here.join(".out.kinfolk-partial"));
        fs::create_dir_all(here.join("out/deep")).expect("made");
        fs::write(here.join("out/deep/notes.txt"), "mine").expect("written");
        let (code, said) = feed(first);
        assert_eq!(code, 0, "{said}");
        assert_eq!(text(here.join("out/deep/notes.txt")), "mine");
        assert_eq!(whole(&here.join("out"), &["deep"]), Some(42));
        assert_eq!(names(here), ["out", "t.csv"]);
    }
}

#[test]
fn an_interrupt_ends_with_130_unless_it_was_ignored_from_the_start() {
    let folder = temp();
    let here = folder.path();
    let hidden = here.join(".out.kinfolk-partial");
    for (name, number) in [("HUP", Signal::HUP), ("INT", Signal::INT), ("TERM", Signal::TERM)] {
        let mut child = waiting(with_default_signals(here, &FROM_INPUT), &hidden);
        signal(&child, number);
        assert_eq!(child.wait().expect("ends").code(), Some(130), "{name}");
        assert_eq!(names(here), Vec::<String>::new(), "{name}");

        // As nohup does it, and a script that starts something in its background.
        let mut ignoring = Command::new("sh");
        let script = format!("trap '' {name}; exec \"$0\" \"$@\"");
        ignoring
            .args(["-c", &script, env!("CARGO_BIN_EXE_kinfolk")])
            .args(FROM_INPUT)
            .current_dir(here)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = waiting(ignoring, &hidden);
        signal(&child, number);
        let (code, said) = feed(child);
        assert_eq!(code, 0, "{name}: {said}");
        fs::remove_dir_all(here.join("out")).expect("removed");
    }
}

/// Where the results go, and what is there before.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scene {
    Fresh,
    Existing,
    /// Existing, as `-o .`.
    Here,
    /// Existing, beside a file of the user's.
    Beside,
}

const SCENES: [Scene; 4] = [Scene::Fresh, Scene::Existing, Scene::Here, Scene::Beside];
const SIGNALS: [Signal; 4] = [Signal::KILL, Signal::INT, Signal::TERM, Signal::HUP];

/// What came of the kills.
#[derive(Debug, Default)]
struct Tally {
    old: usize,
    new: usize,
    /// Neither, until the next run began.
    between: usize,
    /// Killed with the journal there: while files were put in their place.
    in_publishing: usize,
}

impl Scene {
    fn kept(self) -> &'static [&'static str] {
        if self == Scene::Beside {
            &["notes.txt"]
        } else {
            &[]
        }
    }

    /// Folder and command of a run with this seed.
    fn command(self, above: &Path, input: &str, seed: &str) -> Command {
        let (folder, out) = if self == Scene::Here {
            (above.join("out"), ".")
        } else {
            (above.to_owned(), "out")
        };
        let args = [
            "segment",
            input,
            "-o",
            out,
            "-q",
            "--resolution",
            "1",
            "--threads",
            "1",
            "--seed",
            seed,
        ];
        let mut command = with_default_signals(&folder, &args);
        if self == Scene::Beside {
            command.arg("--force");
        }
        command
    }
}

/// One run, killed at a random moment; then one that fails at once, which must find or make everything whole.
fn kill_once(number: u64, scene: Scene, with: Signal, a_run: Duration, tally: &mut Tally) {
    let mut random = stream(7, number);
    let folder = temp();
    let above = folder.path().join("above");
    fs::create_dir(&above).expect("made");
    let input: PathBuf = folder.path().join("t.csv");
    fs::write(&input, table()).expect("written");
    let input = input.to_str().expect("UTF-8");
    let out = above.join("out");
    let before = if scene == Scene::Fresh { None } else { Some(1) };
    if before.is_some() {
        fs::create_dir(&out).expect("made");
        let done = scene.command(&above, input, "1").output().expect("starts");
        assert_eq!(ended(&done).0, 0, "{scene:?}");
    }
    for name in scene.kept() {
        fs::write(out.join(name), "mine").expect("written");
    }
    let state = || -> Option<Option<u64>> {
        if out.exists() {
            whole(&out, scene.kept()).map(Some)
        } else {
            Some(None)
        }
    };
    let hidden = above.join(".out.kinfolk-partial");
    let journal = hidden.join("journal");
    let mut child = scene.command(&above, input, "2").spawn().expect("starts");
    let wait = a_run.mul_f64(random.random::<f64>());
    let begun = Instant::now();
    if number.is_multiple_of(2) {
        std::thread::sleep(wait);
    } else {
        // Into the publishing: that takes less than a thousandth of the run.
        while !journal.exists() && child.try_wait().expect("asked").is_none() {}
        let further = Duration::from_micros(random.random_range(0..200));
        let found = Instant::now();
        while found.elapsed() < further {}
    }
    signal(&child, with);
    let _ = child.wait().expect("ends");
    let publishing = journal.exists();
    let case = format!("kill {number}, {scene:?}, {with:?} after {:?}", begun.elapsed());

    let after = state();
    let whole_now = after == Some(before) || after == Some(Some(2));
    // Files that move one by one are brought in order by the next run; all else is whole at once.
    let may_wait = with == Signal::KILL && publishing && matches!(scene, Scene::Here | Scene::Beside);
    if with != Signal::KILL {
        assert_eq!(
            names(&above).len(),
            usize::from(out.exists()),
            "{case}: {:?}",
            names(&above)
        );
    }
    assert!(whole_now || may_wait, "{case}: {after:?}, {publishing}");
    tally.in_publishing += usize::from(publishing);
    tally.between += usize::from(!whole_now);

    let failing = scene.command(&above, "absent.csv", "3").output().expect("starts");
    let (code, said) = ended(&failing);
    assert_eq!(code, 1, "{case}: {said}");
    let last = state();
    assert!(last == Some(before) || last == Some(Some(2)), "{case}: {last:?}");
    assert!(!whole_now || last == after, "{case}: {after:?} became {last:?}");
    assert_eq!(
        names(&above).len(),
        usize::from(out.exists()),
        "{case}: {:?}",
        names(&above)
    );
    if last == Some(before) {
        tally.old += 1;
    } else {
        tally.new += 1;
    }
    for name in scene.kept() {
        assert_eq!(text(out.join(name)), "mine", "{case}");
    }
}

fn kill(times: u64) -> Tally {
    let folder = temp();
    fs::write(folder.path().join("t.csv"), table()).expect("written");
    let begun = Instant::now();
    assert_eq!(segment(folder.path(), "out", &["--threads", "1"]).0, 0);
    let a_run = begun.elapsed();
    let mut tally = Tally::default();
    for number in 0..times {
        let scene = SCENES[(number / 2 % 4) as usize];
        // Half of them cannot be caught.
        let with = SIGNALS[if number / 8 % 2 == 0 {
            0
        } else {
            1 + (number / 16 % 3) as usize
        }];
        kill_once(number, scene, with, a_run, &mut tally);
    }
    assert_eq!(tally.old + tally.new, times as usize);
    tally
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_or_the_new_results() {
    kill(16);
}

/// By hand: `cargo test --test it kills:: -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
#[allow(clippy::print_stderr, reason = "it is run to be read")]
fn two_hundred_kills() {
    eprintln!("{:?}", kill(200));
}

/// A run that was killed in the middle of its publishing, as it can be seen there: each step of it is undone.
#[test]
fn what_a_kill_left_half_moved_is_put_back() {
    for moved in 0..=2 {
        let folder = temp();
        let here = folder.path();
        fs::write(here.join("t.csv"), table()).expect("written");
        assert_eq!(segment(here, "out", &[]).0, 0);
        assert_eq!(segment(here, "next", &["--seed", "2"]).0, 0);
        let hidden = here.join(".out.kinfolk-partial");
        fs::create_dir_all(hidden.join("old")).expect("made");
        fs::rename(here.join("next"), hidden.join("new")).expect("moved");
        fs::write(hidden.join("lock"), "kinfolk 1").expect("written");
        let listing = names(&hidden.join("new")).into_iter().map(|name| {
            let bytes = fs::read(hidden.join("new").join(&name)).expect("there");
            (name, listed(&bytes))
        });
        let files: serde_json::Map<String, serde_json::Value> = listing.collect();
        let journal = serde_json::json!({"whole": false, "files": files});
        fs::write(hidden.join("journal"), journal.to_string()).expect("written");
        let files: Vec<String> = names(&here.join("out"));
        let away = if moved == 0 { 3 } else { files.len() };
        for name in &files[..away] {
            fs::rename(here.join("out").join(name), hidden.join("old").join(name)).expect("moved");
        }
        for name in names(&hidden.join("new")).iter().take(4 * moved) {
            fs::rename(hidden.join("new").join(name), here.join("out").join(name)).expect("moved");
        }
        fs::write(here.join("out/notes.txt"), "mine").expect("written");
        let (code, said) = run(here, &["segment", "absent.csv", "-o", "out", "--force"]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("a run that was killed"), "{said}");
        assert_eq!(whole(&here.join("out"), &["notes.txt"]), Some(42), "{moved}");
        assert_eq!(names(here), ["out", "t.csv"]);
    }
}
