//! `kinfolk segment`.

use super::args::SegmentArgs;
use super::run_record::{self, SettingsInForce};
use super::screen::Screen;
use super::{default_folder, guesses, input, interrupt, plan, print, summary};
use crate::export::{self, OutputFolder};
use crate::segmentation::{prepare, segment};
use crate::table::read_table_from;
use crate::{Error, Result};

const FILES: &[&str] = &[
    "customers.csv",
    "segments.csv",
    "profiles.csv",
    "comparison.csv",
    "levels.csv",
    "segment_map.csv",
    "network.gexf",
    "segment_map.gexf",
    "summary.json",
    "run.json",
];

pub(super) fn run(args: &SegmentArgs, settings_in_force: SettingsInForce, mut screen: Screen) -> Result<()> {
    if args.plan {
        return plan::run(args, &mut screen);
    }
    let folder_name = args
        .output
        .output
        .clone()
        .unwrap_or_else(|| default_folder(&args.input, "segments"));
    let folder = OutputFolder::prepare(&folder_name, FILES, args.output.force)?;
    interrupt::guard(folder.partial_path());

    screen.stage("read");
    let mut input = input::open(&args.input)?;
    let name = input.name.clone();
    let table = read_table_from(&name, &mut input, &args.table())?;
    let sha256 = input.sha256()?;

    screen.stage("features");
    let settings = args.study();
    plan::check_table(&table, &settings, args)?;
    let prepared = prepare(&table, &settings.features)?;
    drop(table);
    screen.say(&guesses::guesses(&prepared.table, &prepared.features.treatments));

    let mut found = segment(prepared, &settings, &mut |stage| screen.stage(stage.name()))?;

    screen.stage("write");
    let mut network = export::segmentation_network(&found);
    network.version = args.output.gexf_version();
    let report = export::write_gexf(&network, folder.create("network.gexf")?)?;
    drop(network);
    let mut map = export::segment_map_network(&found);
    map.version = args.output.gexf_version();
    export::write_gexf(&map, folder.create("segment_map.gexf")?)?;
    drop(map);
    let style = args.output.csv_style();
    let escaped = export::write_customers(&found, style, folder.create("customers.csv")?)?
        + export::write_segments(&found, style, folder.create("segments.csv")?)?
        + export::write_segment_map(&found, style, folder.create("segment_map.csv")?)?
        + export::write_profiles(&found, style, folder.create("profiles.csv")?)?;
    export::write_comparison(&found, style, folder.create("comparison.csv")?)?;
    if let Some(scales) = &found.scales {
        export::write_levels(scales, found.level, style, folder.create("levels.csv")?)?;
    }
    found.warnings.extend(report.warnings());
    found.warnings.extend(super::escaped_warning(escaped));
    let mut json = Vec::new();
    export::write_summary(&found, &mut json)?;
    super::write_bytes(&folder, "summary.json", &json)?;

    let (stages, total) = screen.finish();
    run_record::write(
        folder.create("run.json")?,
        &name,
        &sha256,
        &settings_in_force,
        &stages,
        total,
    )?;
    interrupt::publish(|| folder.publish())?;

    screen.warn(&found.warnings);
    if args.output.json {
        print(&json)?;
    } else if !screen.is_quiet() {
        print(summary::of_segments(&found, &folder_name).as_bytes())?;
    }
    if args.require_segments && found.supported() != Some(true) {
        return Err(
            Error::no_segments("the data support no segments").hint("--require-segments asks for them")
        );
    }
    Ok(())
}
