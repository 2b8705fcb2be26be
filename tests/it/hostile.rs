//! Files made to do harm: a clear sentence and the right exit code, in bounded memory and time.

use crate::support::real_data;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Runs `kinfolk` in this folder with 2 GB of address space, where the system knows such limits.
fn bounded(folder: &Path, args: &[&str]) -> Output {
    let mut command = if cfg!(target_os = "linux") {
        let mut shell = Command::new("sh");
        shell.args([
            "-c",
            "ulimit -v 2097152 && exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_kinfolk"),
        ]);
        shell
    } else {
        Command::new(env!("CARGO_BIN_EXE_kinfolk"))
    };
    command
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the program starts")
}

fn temp() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn hostile(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/hostile")
        .join(name)
}

fn run(command: &str, file: &Path) -> (Option<i32>, String, TempDir) {
    let folder = temp();
    let file = file.to_str().expect("a path of letters");
    let output = bounded(folder.path(), &[command, file, "-o", "out"]);
    (output.status.code(), said(&output), folder)
}

fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("written");
    path
}

#[test]
fn node_names_that_files_cannot_tell_apart_are_refused_with_their_lines() {
    let (code, said, _) = run("communities", &hostile("tab.csv"));
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(said, @r#"error: tab.csv line 3: the name "a b" differs from one on line 2 only by a tab, a line break or a control character, and files cannot tell the two apart; give one of the nodes another name"#);
    let (code, said, _) = run("communities", &hostile("crlf.csv"));
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with("error: crlf.csv line 3: the name \"a b\" differs from one on line 2"),
        "{said}"
    );
}

#[test]
fn a_name_of_a_control_character_is_a_name() {
    let (code, said, folder) = run("communities", &hostile("ctl.csv"));
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains(
            "1 node name holds line breaks, tabs or control characters; replaced (first on line 2)"
        )
    );
    let nodes = fs::read_to_string(folder.path().join("out/nodes.csv")).expect("written");
    let gexf = fs::read_to_string(folder.path().join("out/network.gexf")).expect("written");
    assert!(
        nodes.contains("\n\u{FFFD},") && gexf.contains("<node id=\"\u{FFFD}\""),
        "{nodes}"
    );
}

#[test]
fn what_a_terminal_obeys_is_written_out() {
    let (code, told, _) = run("communities", &hostile("esc.csv"));
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(told, @r#"error: esc.csv line 2: the weight "\u{1b}[2J" is not a number; weights must be finite and above 0; leave edges of weight 0 out"#);
    let folder = temp();
    let mut table = String::from("id,a\u{1b}]0;x\u{7}b,plan\n");
    for i in 0..40 {
        table += &format!("C{i},{},{}\n", i % 7, ["\u{1b}[31mred", "plain"][i % 2]);
    }
    let file = write(&folder, "esc\u{1b}[2J.csv", table.as_bytes());
    let file = file.to_str().expect("letters");
    let output = bounded(
        folder.path(),
        &["segment", file, "-o", "out", "--resolution", "1"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    for bytes in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
    assert!(said(&output).contains(r"esc\u{1b}[2J.csv"));
}

#[test]
fn a_formula_and_the_same_with_an_apostrophe_stay_two_customers() {
    let folder = temp();
    let mut table = String::from("customer_id,spend,visits\n");
    for i in 0..40 {
        let id = ["=x".to_owned(), "'=x".to_owned(), format!("C{i}")][i.min(2)].clone();
        table += &format!("{id},{},{}\n", i % 7, i % 2 * 50);
    }
    let file = write(&folder, "t.csv", table.as_bytes());
    let output = bounded(
        folder.path(),
        &[
            "segment",
            file.to_str().expect("letters"),
            "-o",
            "out",
            "--resolution",
            "1",
        ],
    );
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let customers = fs::read_to_string(folder.path().join("out/customers.csv")).expect("written");
    let ids: Vec<&str> = customers
        .lines()
        .skip(1)
        .take(2)
        .filter_map(|l| l.split(',').next())
        .collect();
    assert_eq!(ids, ["'=x", "''=x"]);
}

#[test]
fn bombs_are_counted_while_they_are_unpacked() {
    let folder = temp();
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..300 {
        gz.write_all(&zeros).expect("memory");
    }
    let gz = write(&folder, "zeros.csv.gz", &gz.finish().expect("memory"));
    // Zstandard: frames of one block each that repeats a byte 128 KB times.
    let frame = [&[0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38, 0x03, 0x00, 0x10][..], b"0"].concat();
    let zst = write(&folder, "zeros.csv.zst", &frame.repeat(3_000));
    for file in [gz, zst] {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let path = file.to_str().expect("letters");
        for command in [
            &["segment", path, "--memory", "100MB", "-o", "out"][..],
            &["segment", path, "--memory", "100MB", "--plan"],
        ] {
            let output = bounded(folder.path(), command);
            let said = said(&output);
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.starts_with(&format!("error: {name}: the first ")), "{said}");
            assert!(
                said.contains("and there is more") && said.contains("--memory"),
                "{said}"
            );
        }
    }
    let plain = write(&folder, "plain.csv", &b"id,x\n".repeat(20_000_000));
    let output = bounded(
        folder.path(),
        &["segment", plain.to_str().expect("letters"), "--memory", "50MB"],
    );
    assert!(
        said(&output).starts_with("error: plain.csv: holds more than "),
        "{}",
        said(&output)
    );
}

#[test]
fn short_rows_below_a_wide_header_are_counted_before_they_are_filled_up() {
    let folder = temp();
    let mut table = (0..20_000).map(|c| format!("c{c}")).collect::<Vec<_>>().join(",");
    table.push('\n');
    table += &"1\n".repeat(100_000);
    table += &",".repeat(19_999);
    let file = write(&folder, "wide.csv", table.as_bytes());
    let file = file.to_str().expect("letters");
    let output = bounded(folder.path(), &["segment", file, "--separator", ",", "-o", "out"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        said(&output).starts_with("error: wide.csv: its rows of 20,000 cells do not fit into memory"),
        "{}",
        said(&output)
    );
}

#[test]
fn tens_of_thousands_of_columns_are_read_and_categories_beyond_count_are_refused() {
    let folder = temp();
    let row = |first: &str, cell: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = (0..30_000).map(cell).collect();
        format!("{first},{}\n", cells.join(","))
    };
    let numbers: String = (0..5)
        .map(|r| row(&format!("C{r}"), &|c| ((c * 7 + r * r * 13) % 101).to_string()))
        .collect();
    let table = row("id", &|c| format!("v{c}")) + &numbers;
    let file = write(&folder, "numbers.csv", table.as_bytes());
    let args = [
        "segment",
        file.to_str().expect("letters"),
        "-o",
        "out",
        "--resolution",
        "1",
    ];
    let output = bounded(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let flags: String = (0..5)
        .map(|r| row(&format!("C{r}"), &|c| ["a", "b"][(c + r) % 2].to_owned()))
        .collect();
    let table = row("id", &|c| format!("v{c}")) + &flags;
    let file = write(&folder, "flags.csv", table.as_bytes());
    let output = bounded(
        folder.path(),
        &["segment", file.to_str().expect("letters"), "-o", "out2"],
    );
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        said(&output).contains("30,000 columns are categories or hold two values only"),
        "{}",
        said(&output)
    );
}

#[test]
fn an_id_of_a_megabyte_is_whole_in_tables_and_cut_in_labels() {
    let folder = temp();
    let long = "n".repeat(1_000_000);
    let file = write(
        &folder,
        "long.csv",
        format!("source,target\n{long},a\na,b\nb,{long}\nb,c\nc,d\nd,b\n").as_bytes(),
    );
    let output = bounded(
        folder.path(),
        &["communities", file.to_str().expect("letters"), "-o", "out"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("names of more than 200 characters are cut in labels and sentences"));
    assert!(output.stdout.len() + output.stderr.len() < 20_000);
    let gexf = fs::read_to_string(folder.path().join("out/network.gexf")).expect("written");
    assert!(gexf.contains(&format!("<node id=\"{long}\" label=\"{}…\"", &long[..200])));
    let nodes = fs::read_to_string(folder.path().join("out/nodes.csv")).expect("written");
    assert!(nodes.contains(&format!("\n{long},")));
}

#[test]
fn guesses_that_may_be_wrong_are_warnings_in_the_summary() {
    let folder = temp();
    let mut table = String::from("customer_id,spend,visits,signup_date\n");
    let (mut spend, mut visits) = (0, 0);
    for i in 0..40 {
        let (s, v) = (100 + i * 37 % 91, 1 + i % 9);
        (spend, visits) = (spend + s, visits + v);
        let date = if i % 3 == 0 {
            45_000 + i
        } else {
            1_700_000_000 + 86_400 * i
        };
        table += &format!("C{i},{s},{v},{date}\n");
    }
    table += &format!("TOTAL,{spend},{visits},\n");
    let utf16: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = write(&folder, "t.csv", &utf16);
    let args = [
        "segment",
        file.to_str().expect("letters"),
        "-o",
        "out",
        "--resolution",
        "1",
    ];
    let output = bounded(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).expect("written");
    for (code, words) in [
        (
            "utf-16-guessed",
            "was read as UTF-16LE because every second byte is zero",
        ),
        (
            "total-row",
            "line 42 (\\\"TOTAL\\\") looks like a sum of the others: in 2 of 2 columns of numbers",
        ),
        (
            "mixed-dates",
            "14 serial days of a spreadsheet and 26 times since 1970",
        ),
    ] {
        assert!(
            summary.contains(code) && summary.contains(words),
            "{code}: {summary}"
        );
    }
}

#[cfg(feature = "excel")]
#[test]
fn workbooks_are_held_by_what_is_in_them() {
    for (file, words) in [
        (
            "farcell.xlsx",
            "scattered over 1,048,576 rows and 16,384 columns, as far as XFD1048576",
        ),
        ("fuzz531_abort.xlsx", "scattered over 1,048,576 rows"),
        ("lol.xlsx", "no workbook that can be read"),
    ] {
        let (code, said, _) = run("segment", &hostile(file));
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.starts_with(&format!("error: {file}: ")) && said.contains(words),
            "{said}"
        );
    }
}

#[test]
fn bombs_of_real_size_are_refused_in_a_sentence() {
    for name in ["hostile/zeros1GB.csv.gz", "hostile/zstd20GB.csv.zst"] {
        let Some(file) = real_data(name) else {
            continue;
        };
        let (code, said, _) = run("segment", &file);
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.starts_with("error: ") && !said.contains("damaged") && said.lines().count() == 1,
            "{said}"
        );
    }
}
