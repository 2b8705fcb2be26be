//! `kinfolk generate`.

use super::args::GenerateArgs;
use super::{interrupt, print};
use crate::table::generate::generate;
use crate::{Error, Result};
use std::io::{BufWriter, Write};
use std::path::Path;

pub(super) fn run(args: &GenerateArgs) -> Result<()> {
    let generated = generate(&args.settings())?;
    let Some(path) = &args.output else {
        let mut bytes = Vec::new();
        generated
            .write_csv(&mut bytes)
            .map_err(|e| Error::io("standard output", "cannot be written", e))?;
        return print(&bytes);
    };
    if path.exists() && !args.force {
        return Err(Error::usage(format!("{} is there already", path.display()))
            .hint("choose another name, or --force to overwrite it"));
    }
    // Beside the goal and then renamed: an interrupted run leaves no half of a file.
    let mut partial = path.clone().into_os_string();
    partial.push(".partial");
    let partial = Path::new(&partial);
    interrupt::guard(partial);
    let result = write(partial, &generated).and_then(|()| {
        interrupt::publish(|| std::fs::rename(partial, path))
            .map_err(|e| Error::io(path, "cannot be written", e))
    });
    if result.is_err() {
        let _ = std::fs::remove_file(partial);
    }
    result
}

fn write(path: &Path, generated: &crate::table::generate::Generated) -> Result<()> {
    let file = std::fs::File::create(path).map_err(|e| Error::io(path, "cannot be written", e))?;
    let mut out = BufWriter::new(file);
    generated
        .write_csv(&mut out)
        .and_then(|()| out.flush())
        .map_err(|e| Error::io(path, "cannot be written", e))
}
