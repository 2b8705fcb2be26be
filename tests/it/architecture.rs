//! The floors of the house: a room looks down, never sideways or up.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from the ground up. Rooms of one floor do not see each other, except the ground floor's.
const FLOORS: &[&[&str]] = &[
    &["error", "warning", "text", "random", "num", "partition"],
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
    "Result",
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

#[test]
fn rooms_look_down_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files {
        let inside = file.strip_prefix(&src).expect("below src");
        let first = inside
            .components()
            .next()
            .expect("a name")
            .as_os_str()
            .to_string_lossy();
        let room = first.trim_end_matches(".rs").to_owned();
        if room == "lib" || room == "main" {
            continue;
        }
        let Some(floor) = floor_of(&room) else {
            wrong.push(format!(
                "{}: no floor is known for the room {room}",
                inside.display()
            ));
            continue;
        };
        let text = fs::read_to_string(&file).expect("readable");
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") {
                continue;
            }
            for used in code.split("crate::").skip(1) {
                // `crate::{Error, Result}` names the re-exports at the root only.
                if let Some(list) = used.strip_prefix('{') {
                    let names = list.split('}').next().unwrap_or(list).split(',').map(str::trim);
                    for name in names.filter(|n| !ROOT.contains(n)) {
                        wrong.push(format!(
                            "{} line {}: {name} in braces",
                            inside.display(),
                            number + 1
                        ));
                    }
                    continue;
                }
                let name: String = used
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                let below = match name.as_str() {
                    // Re-exports at the root stand for their rooms.
                    root if ROOT.contains(&root) => Some(0),
                    "SimilarityGraph" => floor_of("graph"),
                    other => floor_of(other),
                };
                seen += 1;
                let fine = match below {
                    Some(b) => b < floor || (b == floor && (floor == 0 || name == room)),
                    None => false,
                };
                if !fine {
                    wrong.push(format!(
                        "{} line {}: {room} uses {name}",
                        inside.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(seen > 10, "only {seen} uses found: is the pattern still right?");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
