//! `kinfolk compare`.

use super::args::CompareArgs;
use super::input::Input;
use super::run_record::{self, SettingsInForce};
use super::screen::Screen;
use super::{escaped_warning, flags, interrupt, memory, output, summary};
use crate::compare::{align, compare_results};
use crate::export::{self, OutputFolder};
use crate::read::{LabelSettings, Labels, read_labels};
use crate::report::{LEAST_DESCRIBED, MOVED_FIGURE, moved_figure};
use crate::{Error, Result, Warning};
use std::path::{Path, PathBuf};

const FILES: &[&str] = &[
    "agreement.csv",
    "crosstab.csv",
    "moved.csv",
    MOVED_FIGURE,
    "figure_moved.png",
    "summary.json",
    "run.json",
];

/// Tables of a folder of results that hold who is in which group.
const TABLES: [&str; 2] = ["customers.csv", "nodes.csv"];

/// Resamples of the customers for each interval.
const RESAMPLES: usize = 400;

pub(super) fn run(args: &CompareArgs, settings: SettingsInForce, mut screen: Screen) -> Result<()> {
    let wanted = args.labels()?;
    let files: Vec<PathBuf> = args
        .results
        .iter()
        .map(|path| table_of(path))
        .collect::<Result<_>>()?;
    let name = args.output.clone().unwrap_or_else(|| default_name(&args.results));
    let mut inputs: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    inputs.extend(settings.get("config").into_iter().flatten().map(Path::new));
    let mut folder = interrupt::begin(
        || OutputFolder::prepare(&name, FILES, &inputs, args.force),
        OutputFolder::unfinished,
    )?;

    screen.stage("read")?;
    let mut results = Vec::new();
    let mut checksums = Vec::new();
    for ((path, file), mut wanted) in args.results.iter().zip(&files).zip(wanted) {
        wanted.guarded = path.is_dir();
        let (labels, sha256) = read_one(file, &wanted, &mut screen)?;
        results.push(labels);
        checksums.push(sha256);
    }
    let names = short_names(&args.results, &results);
    for (labels, name) in results.iter_mut().zip(&names) {
        labels.source.clone_from(name);
    }
    screen.stage("compare")?;
    let aligned = align(&results)?;
    let mut warnings: Vec<Warning> = results.iter().flat_map(|r| r.warnings.clone()).collect();
    warnings.extend(aligned.warnings.iter().cloned());
    let compared = compare_results(names.clone(), aligned, RESAMPLES, args.running.seed);
    warnings.extend(one_group(&compared));
    flags::of_warnings(&mut warnings);

    screen.stage("write")?;
    let style = args.csv_style();
    let escaped = folder.write("agreement.csv", |out| {
        export::write_agreement(&compared, style, out)
    })? + folder.write("crosstab.csv", |out| {
        export::write_compared_crosstab(&compared, style, out)
    })? + folder.write("moved.csv", |out| export::write_moved(&compared, style, out))?;
    warnings.extend(escaped_warning(escaped));
    let picture = args.figures.then(|| moved_figure(&compared));
    if let Some(Some(picture)) = &picture {
        output::write_figures(&mut folder, &[(MOVED_FIGURE, picture.clone())])?;
    }
    warnings.extend(nothing_drawn(&picture));
    let mut json = Vec::new();
    export::write_compared_summary(&compared, &warnings, &mut json)?;
    output::write_bytes(&mut folder, "summary.json", &json)?;
    let (stages, total) = screen.finish();
    let written = folder.files().clone();
    let (all, sums) = (names.join(", "), checksums.join(", "));
    folder.write("run.json", |out| {
        run_record::write(out, &all, &sums, &settings, &stages, total, &written)
    })?;
    interrupt::publish(|| folder.publish())?;

    screen.warn(&warnings);
    if args.json {
        screen.print(&json)
    } else if screen.is_quiet() {
        Ok(())
    } else {
        screen.print_words(&summary::of_compared(
            &compared,
            &results,
            &name,
            picture.flatten().is_some(),
        ))
    }
}

/// The groups in a file, and its checksum.
fn read_one(file: &Path, wanted: &LabelSettings, screen: &mut Screen) -> Result<(Labels, String)> {
    let mut input = Input::of(screen.open(file)?);
    let settings = LabelSettings {
        memory: memory::for_reading(None),
        ..wanted.clone()
    };
    let labels = read_labels(&file.display().to_string(), &mut input, &settings)?;
    screen.say(&format!(
        "{}: groups in column {}, customers in column {} ({})",
        file.display(),
        labels.label_column,
        labels.id_column,
        labels.reading.join(", ")
    ));
    Ok((labels, input.sha256()?))
}

/// The table of groups in a folder of results; a file is one.
fn table_of(path: &Path) -> Result<PathBuf> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let tables = TABLES.map(|table| path.join(table));
    tables.into_iter().find(|table| table.is_file()).ok_or_else(|| {
        Error::data("holds neither customers.csv nor nodes.csv")
            .in_file(path.display().to_string())
            .hint("name a folder that kinfolk segment or communities wrote, or a table with the groups")
    })
}

/// `shop-segments/` and `b.csv` become `shop-segments-and-b-compared`, three and more `shop-segments-and-2-others-compared`.
fn default_name(results: &[PathBuf]) -> PathBuf {
    let others = match results {
        [_, one] => output::stem(one),
        more => format!("{}-others", more.len().saturating_sub(1)),
    };
    let first = results.first().map(|path| output::stem(path)).unwrap_or_default();
    PathBuf::from(format!("{first}-and-{others}-compared"))
}

/// Names for people, all different: the file or folder, else the whole path, else with the column of the groups, else numbered.
fn short_names(paths: &[PathBuf], results: &[Labels]) -> Vec<String> {
    let last = |path: &PathBuf| {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
        name.unwrap_or_else(|| path.display().to_string())
    };
    let short: Vec<String> = paths.iter().map(last).collect();
    let whole: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let with_column = |names: &[String]| -> Vec<String> {
        let labels = results.iter().map(|r| &r.label_column);
        names
            .iter()
            .zip(labels)
            .map(|(name, label)| format!("{name} ({label})"))
            .collect()
    };
    let numbered: Vec<String> = (1..)
        .zip(&whole)
        .map(|(k, name)| format!("{name} #{k}"))
        .collect();
    let different = |names: &Vec<String>| {
        let mut sorted = names.clone();
        sorted.sort();
        sorted.windows(2).all(|pair| pair[0] != pair[1])
    };
    let ways = [
        short.clone(),
        with_column(&short),
        whole.clone(),
        with_column(&whole),
    ];
    ways.into_iter().find(different).unwrap_or(numbered)
}

/// Says so where there is nothing to draw.
fn nothing_drawn(picture: &Option<Option<String>>) -> Option<Warning> {
    matches!(picture, Some(None)).then(|| {
        Warning::new(
            "nothing-drawn",
            format!("no picture: groups of the two share fewer than {LEAST_DESCRIBED} customers each"),
        )
    })
}

/// Says so where a result has one group, with which nothing agrees better than by chance.
fn one_group(compared: &crate::compare::Compared) -> Vec<Warning> {
    let partitions = &compared.aligned.partitions;
    let alone = compared
        .names
        .iter()
        .zip(partitions)
        .filter(|(_, p)| p.n_groups() == 1);
    alone
        .map(|(name, _)| {
            Warning::new(
                "one-group",
                format!("{name} has all these customers in one group: with it, agreement cannot be better than chance"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_folder_is_named_after_the_results() {
        let name = |paths: &[&str]| default_name(&paths.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(
            name(&["out/shop-segments/", "b.csv.gz"]),
            Path::new("shop-segments-and-b-compared")
        );
        assert_eq!(name(&["a", "b", "c"]), Path::new("a-and-2-others-compared"));
    }
}
