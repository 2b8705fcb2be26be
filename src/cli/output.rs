//! The output folder as the program asks for it.

use super::args::Output;
use super::run_record::SettingsInForce;
use super::screen::Screen;
use super::{interrupt, networks, tables};
use crate::export::OutputFolder;
use crate::report::PngPainter;
use crate::{Error, Result};
use std::path::{Path, PathBuf};

/// Names of the pictures of `--figures`.
pub(super) const FIGURES: [&str; 12] = [
    "figure_segments.svg",
    "figure_segments.png",
    "figure_network.svg",
    "figure_network.png",
    "figure_levels.svg",
    "figure_levels.png",
    "figure_map.svg",
    "figure_map.png",
    "figure_clusters.svg",
    "figure_clusters.png",
    "figure_legend.svg",
    "figure_legend.png",
];

/// The folder for the results of `input`, ready to be written to, and its name as it was asked for. `what` ends its
/// default name, `files` are all that may go there beside those of the network, the pictures and the tables in other formats.
pub(super) fn folder(
    args: &Output,
    input: &Path,
    what: &str,
    files: &[&str],
    settings: &SettingsInForce,
    screen: &Screen,
) -> Result<(OutputFolder, PathBuf)> {
    networks::check(args)?;
    tables::check(args)?;
    let name = args.output.clone().unwrap_or_else(|| default_name(input, what));
    // Standard input may be a file, too.
    let input = if input == Path::new("-") {
        Path::new("/dev/stdin")
    } else {
        input
    };
    let mut inputs = vec![input];
    for flag in ["config", "names", "nodes"] {
        inputs.extend(settings.get(flag).into_iter().flatten().map(Path::new));
    }
    let tables = tables::other_names(files);
    let mut names = [files, &networks::FILES, &FIGURES].concat();
    names.extend(tables.iter().map(String::as_str));
    let folder = interrupt::begin(
        || OutputFolder::prepare(&name, &names, &inputs, args.force),
        OutputFolder::unfinished,
    )?;
    if folder.has_tidied() {
        screen.say(&format!(
            "{}: a run that was killed had left unfinished files, which are gone",
            name.display()
        ));
    }
    Ok((folder, name))
}

/// Writes a small file whole.
pub(super) fn write_bytes(folder: &mut OutputFolder, name: &str, bytes: &[u8]) -> Result<()> {
    folder.write(name, |out| {
        out.write_all(bytes)
            .map_err(|e| Error::io(name, "cannot be written", e))
    })
}

/// Writes pictures by file name, as SVG and as PNG.
pub(super) fn write_figures(folder: &mut OutputFolder, figures: &[(&str, String)]) -> Result<()> {
    let painter = PngPainter::default();
    for (name, picture) in figures {
        write_bytes(folder, name, picture.as_bytes())?;
        write_bytes(folder, &name.replace(".svg", ".png"), &painter.paint(picture)?)?;
    }
    Ok(())
}

/// `data/shop.csv.gz` and `segments` become `shop-segments`.
pub(super) fn default_name(input: &Path, what: &str) -> PathBuf {
    PathBuf::from(format!("{}-{what}", stem(input)))
}

/// The name of an input without its endings: `shop` for `data/shop.csv.gz`, `stdin` for `-`.
pub(super) fn stem(input: &Path) -> String {
    let name = input
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut stem = if name == "-" || name.is_empty() {
        "stdin".to_owned()
    } else {
        name
    };
    for ending in [
        ".gz", ".zst", ".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".gexf", ".graphml", ".gml", ".net",
        ".mtx",
    ] {
        if let Some(shorter) = stem.to_lowercase().strip_suffix(ending).map(str::len) {
            stem.truncate(shorter);
        }
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_folder_is_named_after_the_input() {
        assert_eq!(
            default_name(Path::new("data/Shop.CSV.gz"), "segments"),
            Path::new("Shop-segments")
        );
        assert_eq!(
            default_name(Path::new("-"), "communities"),
            Path::new("stdin-communities")
        );
        assert_eq!(
            default_name(Path::new("a.b"), "segments"),
            Path::new("a.b-segments")
        );
    }
}
