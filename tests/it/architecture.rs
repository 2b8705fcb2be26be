//! The floors of the house: a room looks down, never sideways or up.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from the ground up. Rooms of one floor do not see each other, except the ground floor's.
const FLOORS: &[&[&str]] = &[
    &[
        "error",
        "message",
        "warning",
        "text",
        "random",
        "num",
        "partition",
    ],
    &["table"],
    &["columns", "generate"],
    &["read"],
    &["features", "transactions"],
    &["neighbors"],
    &["graph"],
    &["community", "clustering"],
    &["centrality", "quality", "layout"],
    &["profile", "compare", "stability"],
    &["segmentation"],
    &["model"],
    &["export"],
    &["report"],
    &["cli"],
];

/// What the root re-exports from the ground floor.
const ROOT: &[&str] = &[
    "Error",
    "ErrorKind",
    "Message",
    "Result",
    "Setting",
    "Warning",
    "Partition",
    "did_you_mean",
];

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("src is readable").path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// One `crate::` path in the code: where it stands, the room it stands in, and the name that follows.
struct Use {
    place: String,
    room: String,
    name: String,
    in_braces: bool,
}

/// All uses that rooms make of rooms; comments are left out.
fn uses() -> Vec<Use> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).expect("below src");
        let first = inside.components().next().expect("a name").as_os_str();
        let room = first.to_string_lossy().trim_end_matches(".rs").to_owned();
        if room == "lib" || room == "main" {
            continue;
        }
        let text = fs::read_to_string(&file).expect("readable");
        let lines = text.lines().map(str::trim_start).enumerate();
        for (number, code) in lines.filter(|(_, code)| !code.starts_with("//")) {
            let mut add = |name: &str, in_braces| {
                found.push(Use {
                    place: format!("{} line {}", inside.display(), number + 1),
                    room: room.clone(),
                    name: name.to_owned(),
                    in_braces,
                });
            };
            for used in code.split("crate::").skip(1) {
                // `crate::{Error, Result}` names the re-exports at the root only.
                if let Some(list) = used.strip_prefix('{') {
                    let names = list.split('}').next().unwrap_or(list).split(',');
                    names.for_each(|name| add(name.trim(), true));
                } else {
                    let end = used.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                    add(&used[..end.unwrap_or(used.len())], false);
                }
            }
        }
    }
    found
}

/// The floor of what is named, where it is a room or stands for one.
fn floor_named(name: &str) -> Option<usize> {
    match name {
        // Re-exports at the root stand for their rooms.
        root if ROOT.contains(&root) => Some(0),
        "SimilarityGraph" => floor_of("graph"),
        other => floor_of(other),
    }
}

/// A flag of the program in this line of code, if there is one. What is said of cargo names cargo's flags.
fn flag_in(code: &str) -> Option<&str> {
    let starts = code.match_indices("--").map(|(at, _)| at);
    let mut flags = starts.filter(|&at| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '-')
            && code[at + 2..].starts_with(|c: char| c.is_ascii_lowercase())
    });
    let at = flags.next().filter(|_| !code.contains("cargo install"))?;
    let end = code[at + 2..].find(|c: char| !c.is_ascii_lowercase() && c != '-');
    Some(&code[at..end.map_or(code.len(), |end| at + 2 + end)])
}

/// A caller of the library has fields and no command line; `cli/flags.rs` has the flag of each setting.
#[test]
fn flags_are_named_by_the_program_alone() {
    assert_eq!(flag_in(r#"    .hint("set --decimal ,")"#), Some("--decimal"));
    assert_eq!(flag_in(r#""save it, or --force""#), Some("--force"));
    assert_eq!(flag_in(r#"format!("{}--{b}", a--b, "a -- b")"#), None);
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    for file in files {
        let inside = file.strip_prefix(&src).expect("below src");
        if inside.starts_with("cli") {
            continue;
        }
        let text = fs::read_to_string(&file).expect("readable");
        for (number, line) in text.lines().enumerate() {
            let is_code = !line.trim_start().starts_with("//");
            let found = flag_in(line).filter(|_| is_code);
            assert!(
                found.is_none(),
                "{} line {}: {line}",
                inside.display(),
                number + 1
            );
        }
    }
}

#[test]
fn rooms_look_down_only() {
    let uses = uses();
    assert!(
        uses.len() > 10,
        "only {} uses found: is the pattern still right?",
        uses.len()
    );
    let is_wrong = |used: &&Use| {
        let Some(floor) = floor_of(&used.room) else {
            return true;
        };
        if used.in_braces {
            return !ROOT.contains(&used.name.as_str());
        }
        !floor_named(&used.name)
            .is_some_and(|below| below < floor || (below == floor && (floor == 0 || used.name == used.room)))
    };
    let wrong: Vec<String> = uses
        .iter()
        .filter(is_wrong)
        .map(|used| format!("{}: {} uses {}", used.place, used.room, used.name))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The floors with their rooms, a line from each room to those it uses; the ground, which all use, has none.
fn picture(uses: &[Use]) -> String {
    const WIDTH: f64 = 960.0;
    const HIGH: f64 = 74.0;
    let middle = |room: &str| -> Option<(f64, f64)> {
        let floor = floor_of(room)?;
        let place = FLOORS[floor].iter().position(|r| *r == room)?;
        let x = WIDTH * (place as f64 + 0.5) / FLOORS[floor].len() as f64;
        Some((x, HIGH * (FLOORS.len() - 1 - floor) as f64 + 0.5 * HIGH))
    };
    let mut lines: Vec<(String, String)> = uses
        .iter()
        .filter(|used| floor_of(&used.name).is_some_and(|floor| floor > 0) && used.name != used.room)
        .map(|used| (used.room.clone(), used.name.clone()))
        .collect();
    lines.sort();
    lines.dedup();
    let height = HIGH * FLOORS.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"15\">\n\
         <title>The rooms of the house: each uses only rooms below it</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    for (from, to) in &lines {
        let ((x, y), (u, v)) = (middle(from).expect("a room"), middle(to).expect("a room"));
        // Bent outwards the more floors it passes, so that it goes around the rooms between.
        let floors = (v - y) / HIGH;
        let side = if (from.len() + to.len()).is_multiple_of(2) {
            1.0
        } else {
            -1.0
        };
        let bend = if floors > 1.5 {
            side * 36.0 * floors.min(9.0)
        } else {
            0.0
        };
        svg += &format!(
            "<path d=\"M{x:.0} {:.0}C{:.0} {:.0} {:.0} {:.0} {u:.0} {:.0}\" fill=\"none\" stroke=\"#4477aa\" stroke-opacity=\".4\"/>\n",
            y + 17.0,
            x + bend,
            y + 0.4 * (v - y),
            u + bend,
            y + 0.6 * (v - y),
            v - 17.0,
        );
    }
    for room in FLOORS.iter().copied().flatten() {
        let (x, y) = middle(room).expect("a room");
        svg += &format!(
            "<rect x=\"{:.0}\" y=\"{:.0}\" width=\"124\" height=\"34\" rx=\"6\" fill=\"#eef3f8\" stroke=\"#4477aa\"/>\
             <text x=\"{x:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{room}</text>\n",
            x - 62.0,
            y - 17.0,
            y + 5.0,
        );
    }
    svg + "</svg>\n"
}

#[test]
fn the_picture_in_the_docs_is_drawn_from_the_code() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/figures/house.svg");
    let drawn = picture(&uses());
    if std::env::var_os("KINFOLK_RENEW_FIGURES").is_some() {
        fs::write(&place, &drawn).expect("written");
    }
    let kept = fs::read_to_string(&place).unwrap_or_default();
    assert!(
        kept == drawn,
        "rooms use other rooms now: KINFOLK_RENEW_FIGURES=1 cargo test --test it architecture::"
    );
}
