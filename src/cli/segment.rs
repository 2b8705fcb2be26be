//! `kinfolk segment`.

use super::args::SegmentArgs;
use super::input::Input;
use super::run_record::{self, SettingsInForce};
use super::screen::Screen;
use super::{guesses, interrupt, names, networks, output, plan, summary};
use crate::export;
use crate::model::Model;
use crate::profile::{SegmentRules, segment_rules};
use crate::read::{Rules, read_table_and_rules};
use crate::report;
use crate::segmentation::{Segmentation, prepare, segment};
use crate::table::Column;
use crate::{Error, Result};
use std::collections::BTreeSet;

const FILES: &[&str] = &[
    "report.html",
    "figure_segments.svg",
    "figure_segments.png",
    "figure_network.svg",
    "figure_network.png",
    "figure_levels.svg",
    "figure_levels.png",
    "figure_map.svg",
    "figure_map.png",
    "customers.csv",
    "segments.csv",
    "profiles.csv",
    "features.csv",
    "comparison.csv",
    "crosstab.csv",
    "k_means_curve.csv",
    "names.toml",
    "rules.csv",
    "rules.txt",
    "rules.sql",
    "levels.csv",
    "segment_map.csv",
    "network.gexf",
    "network.gexf.gz",
    "network.graphml",
    "gephi_nodes.csv",
    "gephi_edges.csv",
    "neo4j_nodes.csv",
    "neo4j_edges.csv",
    "segment_map.gexf",
    "model.kinfolk",
    "summary.json",
    "run.json",
];

pub(super) fn run(args: &SegmentArgs, settings_in_force: SettingsInForce, mut screen: Screen) -> Result<()> {
    if args.plan {
        return plan::run(args, &mut screen);
    }
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
    let (table, rules) = read_table_and_rules(&name, &mut input, &args.table(plan::for_reading(args)))?;
    let sha256 = input.sha256()?;

    screen.stage("features")?;
    let mut settings = args.settings();
    if let Some(Some(file)) = &args.names {
        settings.names = names::read(file)?;
    }
    plan::check_table(&table, &settings, args)?;
    let prepared = prepare(&table, &settings.features)?;
    drop(table);
    screen.say(&guesses::guesses(&prepared.table, &prepared.features.treatments));

    let recipe = (!args.no_model).then(|| prepared.recipe.clone());
    let mut found = segment(prepared, &settings, &mut |stage| screen.stage(stage.name()))?;

    screen.stage("write")?;
    let networks = networks::write(&mut folder, &args.output, found.partition.len(), |backbone| {
        if backbone {
            export::segmentation_backbone(&found)
        } else {
            export::segmentation_network(&found)
        }
    })?;
    let mut map = export::segment_map_network(&found);
    map.version = args.output.gexf_version();
    folder.write("segment_map.gexf", |out| export::write_gexf(&map, out))?;
    drop(map);
    let style = args.output.csv_style();
    let mut escaped = networks.escaped
        + folder.write("customers.csv", |out| export::write_customers(&found, style, out))?
        + folder.write("segments.csv", |out| export::write_segments(&found, style, out))?
        + folder.write("segment_map.csv", |out| {
            export::write_segment_map(&found, style, out)
        })?
        + folder.write("profiles.csv", |out| export::write_profiles(&found, style, out))?
        + folder.write("features.csv", |out| export::write_features(&found, style, out))?;
    folder.write("comparison.csv", |out| {
        export::write_comparison(&found, style, out)
    })?;
    if !found.baselines.is_empty() {
        folder.write("crosstab.csv", |out| export::write_crosstab(&found, style, out))?;
    }
    if let Some(curve) = found.baselines.iter().find_map(|b| b.curve.as_ref()) {
        folder.write("k_means_curve.csv", |out| {
            export::write_k_means_curve(curve, style, out)
        })?;
    }
    if let Some(scales) = &found.scales {
        folder.write("levels.csv", |out| {
            export::write_levels(scales, found.level, style, out)
        })?;
    }
    found.warnings.extend(names::unused(&found.unused_names));
    if args.names.is_some() {
        let text = names::written(&found.profiles);
        output::write_bytes(&mut folder, "names.toml", text.as_bytes())?;
    }
    let learned = args
        .rules
        .map(|dialect| (dialect, learn(&found, &rules, args.running.seed)));
    if let Some((dialect, learned)) = &learned {
        let names = &found.profiles.names;
        escaped += folder.write("rules.csv", |out| {
            export::write_rules(learned, names, *dialect, style, out)
        })?;
        let text = export::rules_text(learned, names, found.grouping().many());
        output::write_bytes(&mut folder, "rules.txt", text.as_bytes())?;
        let sql = export::rules_sql(learned, *dialect, rules.id(), &output::stem(&args.input));
        output::write_bytes(&mut folder, "rules.sql", sql.as_bytes())?;
    }
    if let Some(recipe) = recipe {
        let words = summary::without_customers(&found);
        let model = Model::of(&found, &recipe, &rules, words);
        folder.write("model.kinfolk", |out| model.write(out))?;
    }
    found.warnings.extend(networks.warnings);
    found.warnings.extend(super::escaped_warning(escaped));
    // Behind everything that may still be noticed.
    if let Some(settings) = args.output.report() {
        folder.write("report.html", |out| report::write_report(&found, settings, out))?;
    }
    if let Some(settings) = args.output.figures() {
        output::write_figures(&mut folder, &report::figures(&found, settings)?)?;
    }
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
        let also = summary::Also {
            report: args.output.report().is_some(),
            model: !args.no_model,
            gexf: networks.gexf,
            networks: &networks.others,
            rules: learned.as_ref().map(|(_, learned)| learned),
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

/// A rule for each segment, on the columns that measured similarity and that a database would hold as they are.
fn learn(found: &Segmentation, rules: &Rules, seed: u64) -> SegmentRules {
    let used: BTreeSet<&str> = (found.features.treatments.iter().filter(|t| t.used))
        .map(|t| t.column.as_str())
        .collect();
    let usable = |column: &Column| used.contains(column.name.as_str()) && rules.is_as_written(&column.name);
    segment_rules(&found.table, &found.partition, &usable, seed)
}
