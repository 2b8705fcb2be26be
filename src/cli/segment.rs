//! `kinfolk segment`.

use super::args::{Output, SegmentArgs};
use super::input::Input;
use super::networks::{self, Networks};
use super::run_record::{self, SettingsInForce};
use super::screen::Screen;
use super::tables::Tables;
use super::{flags, guesses, interrupt, names, output, plan, summary};
use crate::export::{self, OutputFolder, SqlDialect};
use crate::features::Recipe;
use crate::model::Model;
use crate::profile::{SegmentRules, segment_rules};
use crate::read::{Rules, read_table_and_rules};
use crate::report;
use crate::segmentation::{Segmentation, prepare, segment};
use crate::table::Column;
use crate::{Error, Result};
use std::collections::BTreeSet;

/// What may be written beside the files of the network and the pictures.
const FILES: &[&str] = &[
    "report.html",
    "customers.csv",
    "segments.csv",
    "profiles.csv",
    "baseline_profiles.csv",
    "features.csv",
    "comparison.csv",
    "crosstab.csv",
    "moved.csv",
    "k_means_curve.csv",
    "dendrogram.csv",
    "associations.csv",
    "names.toml",
    "rules.csv",
    "rules.txt",
    "rules.sql",
    "decision_table.csv",
    "levels.csv",
    "segment_map.csv",
    "segment_map.gexf",
    "segments.xlsx",
    "model.kinfolk",
    "summary.json",
    "run.json",
];

pub(super) fn run(args: &SegmentArgs, settings_in_force: SettingsInForce, mut screen: Screen) -> Result<()> {
    if args.plan {
        return plan::run(args, &mut screen);
    }
    if args.xlsx && cfg!(not(feature = "xlsx")) {
        return Err(
            Error::usage("--xlsx is not possible: this kinfolk was built without writing workbooks")
                .hint("build it with cargo install --path . --features xlsx, or add --excel for tables that Excel opens"),
        );
    }
    let mut settings = args.settings()?;
    let (mut folder, folder_name) = output::folder(
        &args.output,
        &args.input,
        "segments",
        FILES,
        &settings_in_force,
        &screen,
    )?;

    screen.stage("read")?;
    let mut input = Input::of(screen.open(&args.input)?);
    let name = input.name.clone();
    let (mut table, rules) = read_table_and_rules(&name, &mut input, &args.table(plan::for_reading(args)))?;
    flags::of_table(&mut table);
    let sha256 = input.sha256()?;

    screen.stage("features")?;
    if let Some(Some(file)) = &args.names {
        settings.names = names::read(file)?;
    }
    plan::check_table(&table, &settings, args)?;
    let prepared = prepare(&table, &settings.features)?;
    drop(table);
    screen.say(&guesses::guesses(&prepared.table, &prepared.features.treatments));

    let recipe = (!args.no_model).then(|| prepared.recipe.clone());
    let mut found = segment(prepared, &settings, &mut |stage| screen.stage(stage.name()))?;
    flags::of_warnings(&mut found.warnings);

    screen.stage("write")?;
    let written = write_files(&mut folder, args, &mut found, &rules, recipe.as_ref())?;
    let mut json = Vec::new();
    export::write_summary(&found, &mut json)?;
    output::write_bytes(&mut folder, "summary.json", &json)?;

    let (stages, total) = screen.finish();
    let files = folder.files().clone();
    folder.write("run.json", |out| {
        run_record::write(out, &name, &sha256, &settings_in_force, &stages, total, &files)
    })?;
    interrupt::publish(|| folder.publish())?;

    screen.warn(&found.warnings);
    if args.output.json {
        screen.print(&json)?;
    } else if !screen.is_quiet() {
        let asked_for = files.keys().map(String::as_str).filter(|file| is_asked_for(file));
        let others: Vec<&str> = written.networks.others.iter().copied().chain(asked_for).collect();
        let also = summary::Also {
            report: args.output.report().is_some(),
            model: !args.no_model,
            gexf: written.networks.gexf,
            others: &others,
            rules: written.rules.as_ref(),
            names: args.names.is_some(),
        };
        screen.print_words(&summary::of_segments(&found, &folder_name, also))?;
    }
    if args.require_segments && found.supported() != Some(true) {
        return Err(
            Error::no_segments("the data support no segments").hint("--require-segments asks for them")
        );
    }
    Ok(())
}

/// Whether a file is of a kind that is written only where it was asked for.
fn is_asked_for(file: &str) -> bool {
    [".jsonl", ".parquet", ".xlsx", ".svg", ".png"]
        .iter()
        .any(|ending| file.ends_with(ending))
}

/// What the closing words say of the files.
struct Written {
    networks: Networks,
    rules: Option<SegmentRules>,
}

/// Everything but the summary and the record of the run, which come last. What is noticed on the way goes to the warnings.
fn write_files(
    folder: &mut OutputFolder,
    args: &SegmentArgs,
    found: &mut Segmentation,
    rules: &Rules,
    recipe: Option<&Recipe>,
) -> Result<Written> {
    let mut networks = networks::write(folder, &args.output, &found.graph, |backbone| {
        if backbone {
            export::segmentation_backbone(found)
        } else {
            export::segmentation_network(found)
        }
    })?;
    let mut map = export::segment_map_network(found);
    map.version = args.output.gexf_version();
    folder.write("segment_map.gexf", |out| export::write_gexf(&map, out))?;
    drop(map);
    let mut escaped = networks.escaped + write_tables(folder, found, &args.output)?;
    found.warnings.extend(names::unused(&found.unused_names));
    if args.names.is_some() {
        let text = names::written(&found.profiles);
        output::write_bytes(folder, "names.toml", text.as_bytes())?;
    }
    let learned = match args.rules {
        Some(dialect) => {
            let learned = learn(found, rules, args.running.seed);
            escaped += write_rules(folder, args, found, rules, dialect, &learned)?;
            Some(learned)
        }
        None => None,
    };
    if let Some(recipe) = recipe {
        let words = summary::without_customers(found);
        let model = Model::of(found, recipe, rules, words);
        folder.write("model.kinfolk", |out| model.write(out))?;
    }
    found.warnings.append(&mut networks.warnings);
    found.warnings.extend(super::escaped_warning(escaped));
    #[cfg(feature = "xlsx")]
    if args.xlsx {
        let words = summary::without_customers(found);
        let left_out = folder.write("segments.xlsx", |out| export::write_workbook(found, &words, out))?;
        found.warnings.extend(left_out);
    }
    // Behind everything that may still be noticed.
    if let Some(settings) = args.output.report() {
        folder.write("report.html", |out| report::write_report(found, settings, out))?;
    }
    if let Some(settings) = args.output.figures() {
        output::write_figures(folder, &report::figures(found, settings)?)?;
    }
    Ok(Written {
        networks,
        rules: learned,
    })
}

/// The tables that every run has, and those of what it asked for; how many texts were made harmless.
fn write_tables(folder: &mut OutputFolder, found: &Segmentation, args: &Output) -> Result<usize> {
    let mut tables = Tables::new(folder, args);
    tables.write("customers", |style, out| {
        export::write_customers(found, style, out)
    })?;
    tables.write("segments", |style, out| export::write_segments(found, style, out))?;
    tables.write("segment_map", |style, out| {
        export::write_segment_map(found, style, out)
    })?;
    tables.write("profiles", |style, out| export::write_profiles(found, style, out))?;
    tables.write("features", |style, out| export::write_features(found, style, out))?;
    tables.write("comparison", |style, out| {
        export::write_comparison(found, style, out)
    })?;
    if !found.baselines.is_empty() {
        tables.write("crosstab", |style, out| {
            export::write_crosstab(found, style, out).map(|()| 0)
        })?;
        tables.write("moved", |style, out| export::write_differing(found, style, out))?;
        tables.write("baseline_profiles", |style, out| {
            export::write_baseline_profiles(found, style, out)
        })?;
    }
    if let Some(curve) = found.baselines.iter().find_map(|b| b.curve.as_ref()) {
        tables.write("k_means_curve", |style, out| {
            export::write_k_means_curve(curve, style, out).map(|()| 0)
        })?;
    }
    if let Some(ward) = found.baselines.iter().find(|b| !b.merges.is_empty()) {
        tables.write("dendrogram", |style, out| {
            export::write_dendrogram(&ward.merges, style, out).map(|()| 0)
        })?;
    }
    if !found.associations.is_empty() {
        tables.write("associations", |style, out| {
            export::write_associations(&found.associations, style, out)
        })?;
    }
    if let Some(scales) = &found.scales {
        tables.write("levels", |style, out| {
            export::write_levels(scales, found.level, style, out).map(|()| 0)
        })?;
    }
    Ok(tables.escaped)
}

/// The rules as a table, as text, as SQL and as a decision table; how many texts were made harmless.
fn write_rules(
    folder: &mut OutputFolder,
    args: &SegmentArgs,
    found: &Segmentation,
    rules: &Rules,
    dialect: SqlDialect,
    learned: &SegmentRules,
) -> Result<usize> {
    let names = &found.profiles.names;
    let mut tables = Tables::new(folder, &args.output);
    tables.write("rules", |style, out| {
        export::write_rules(learned, names, dialect, style, out)
    })?;
    tables.write("decision_table", |style, out| {
        export::write_decision_table(learned, names, style, out)
    })?;
    let escaped = tables.escaped;
    let text = export::rules_text(learned, names, found.grouping().many());
    output::write_bytes(folder, "rules.txt", text.as_bytes())?;
    let sql = export::rules_sql(learned, dialect, rules.id(), &output::stem(&args.input));
    output::write_bytes(folder, "rules.sql", sql.as_bytes())?;
    Ok(escaped)
}

/// A rule for each segment, on the columns that measured similarity and that a database would hold as they are.
fn learn(found: &Segmentation, rules: &Rules, seed: u64) -> SegmentRules {
    let used: BTreeSet<&str> = (found.features.treatments.iter().filter(|t| t.used))
        .map(|t| t.column.as_str())
        .collect();
    let usable = |column: &Column| used.contains(column.name.as_str()) && rules.is_as_written(&column.name);
    segment_rules(&found.table, &found.partition, &usable, seed)
}
