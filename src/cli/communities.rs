//! `kinfolk communities`.

use super::args::{CommunitiesArgs, Output};
use super::input::Input;
use super::networks::{self, Networks};
use super::run_record::{self, SettingsInForce};
use super::screen::Screen;
use super::tables::Tables;
use super::{flags, interrupt, memory, output, summary};
use crate::export::{self, OutputFolder};
use crate::read::{read_edges_from, read_table_from};
use crate::report;
use crate::segmentation::{NetworkCommunities, NetworkSettings, communities};
use crate::table::EdgeList;
use crate::{Error, Result};

/// What may be written beside the files of the network and the pictures.
const FILES: &[&str] = &[
    "report.html",
    "nodes.csv",
    "levels.csv",
    "community_map.csv",
    "community_map.gexf",
    "summary.json",
    "run.json",
];

pub(super) fn run(
    args: &CommunitiesArgs,
    settings_in_force: SettingsInForce,
    mut screen: Screen,
) -> Result<()> {
    if args.directed {
        return Err(Error::usage(
            "--directed is not possible: modularity, communities and bridges here are those of undirected networks",
        )
        .hint("leave it out, and the two directions of a pair are summed into one tie"));
    }
    let (mut folder, folder_name) = output::folder(
        &args.output,
        &args.input,
        "communities",
        FILES,
        &settings_in_force,
        &screen,
    )?;

    screen.stage("read")?;
    let (edges, name, sha256) = read(args, &mut screen)?;
    let settings = NetworkSettings {
        method: args.method(),
        resolution: args.resolution.0,
        trials: args.trials.0,
        only_communities: args.only_communities,
        betweenness: args.betweenness(),
        layout: args.layout(),
        seed: args.running.seed,
    };
    let found = communities(edges, &settings, &mut |stage| screen.stage(stage.name()))?;

    screen.stage("write")?;
    let mut warnings = found.warnings.clone();
    flags::of_warnings(&mut warnings);
    let files = export::Communities::of(&found);
    let mut escaped = 0;
    if let Some(files) = &files {
        let networks = write_networks(&mut folder, &found, files, &args.output)?;
        escaped += networks.escaped;
        warnings.extend(networks.warnings);
    }
    escaped += write_tables(&mut folder, &found, files.as_ref(), &args.output)?;
    warnings.extend(super::escaped_warning(escaped));
    // Behind everything that may still be noticed.
    if let Some(settings) = args.output.report().filter(|_| files.is_some()) {
        folder.write("report.html", |out| {
            report::write_communities_report(&found, &warnings, settings, out)
        })?;
    }
    if let Some(settings) = args.output.figures().filter(|_| files.is_some()) {
        output::write_figures(&mut folder, &report::communities_figures(&found, settings)?)?;
    }
    let mut json = Vec::new();
    export::write_communities_summary(&found, &warnings, &mut json)?;
    output::write_bytes(&mut folder, "summary.json", &json)?;
    let (stages, total) = screen.finish();
    let files = folder.files().clone();
    folder.write("run.json", |out| {
        run_record::write(out, &name, &sha256, &settings_in_force, &stages, total, &files)
    })?;
    interrupt::publish(|| folder.publish())?;

    screen.warn(&warnings);
    if args.output.json {
        screen.print(&json)
    } else if screen.is_quiet() {
        Ok(())
    } else {
        screen.print_words(&summary::of_communities(&found, &folder_name))
    }
}

/// The edges, with what a table says about the nodes; what messages call them, and the checksum of their bytes.
fn read(args: &CommunitiesArgs, screen: &mut Screen) -> Result<(EdgeList, String, String)> {
    let mut input = Input::of(screen.open(&args.input)?);
    let name = input.name.clone();
    let mut edges = read_edges_from(&name, &mut input, &args.edges(memory::for_reading(None)))?;
    let sha256 = input.sha256()?;
    screen.say(&format!("{name}: {}", edges.reading.join(", ")));
    if let Some(path) = &args.nodes {
        let mut input = Input::of(screen.open(path)?);
        let name = input.name.clone();
        let mut table = read_table_from(&name, &mut input, &args.nodes_table(memory::for_reading(None)))?;
        flags::of_table(&mut table);
        screen.say(&format!("{name}: {}", table.reading.join(", ")));
        edges.warnings.extend(table.warnings.iter().cloned());
        edges.describe(&table)?;
    }
    Ok((edges, name, sha256))
}

/// The network in each format that was asked for, and the map of its communities.
fn write_networks(
    folder: &mut OutputFolder,
    found: &NetworkCommunities,
    files: &export::Communities<'_>,
    args: &Output,
) -> Result<Networks> {
    let written = networks::write(folder, args, &found.graph, |backbone| {
        if backbone {
            export::communities_backbone(files)
        } else {
            export::communities_network(files)
        }
    })?;
    let mut map = export::community_map_network(files);
    map.version = args.gexf_version();
    folder.write("community_map.gexf", |out| export::write_gexf(&map, out))?;
    Ok(written)
}

/// The tables; how many texts were made harmless.
fn write_tables(
    folder: &mut OutputFolder,
    found: &NetworkCommunities,
    files: Option<&export::Communities<'_>>,
    args: &Output,
) -> Result<usize> {
    let mut tables = Tables::new(folder, args);
    match files {
        Some(files) => {
            tables.write("community_map", |style, out| {
                export::write_community_map(files, style, out)
            })?;
            tables.write("nodes", |style, out| export::write_nodes(files, style, out))?;
        }
        None => tables.write("nodes", |style, out| export::write_labels(found, style, out))?,
    }
    if let Some(scales) = &found.scales {
        tables.write("levels", |style, out| {
            export::write_levels(scales, found.level, style, out).map(|()| 0)
        })?;
    }
    Ok(tables.escaped)
}
