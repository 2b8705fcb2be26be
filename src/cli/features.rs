//! `kinfolk features`.

use super::args::FeaturesArgs;
use super::guesses::{aligned, printable};
use super::screen::Screen;
use super::table_file::{check_name, is_parquet, table_file};
use super::{escaped_warning, interrupt, memory, output};
use crate::export::{CsvStyle, OutputFile, write_customer_features};
use crate::text::count;
use crate::transactions::{CustomerFeatures, read_transactions};
use crate::{Result, Warning};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) fn run(args: &FeaturesArgs, config_file: Option<&Path>, mut screen: Screen) -> Result<()> {
    let settings = args.settings(memory::for_reading(args.memory))?;
    if let Some(database) = args.sql {
        screen.stage("read")?;
        let customers = read_transactions(&args.input, &settings)?;
        let query = customers.sql(database, &args.table)?;
        say(&customers, &mut screen);
        screen.finish();
        return screen.print(query.as_bytes());
    }
    let path = args.output.clone().unwrap_or_else(|| {
        PathBuf::from(format!(
            "{}.csv",
            output::default_name(&args.input, "customers").display()
        ))
    });
    check_name(&path)?;
    // Standard input may be a file, too.
    let input = if args.input == Path::new("-") {
        Path::new("/dev/stdin")
    } else {
        &args.input
    };
    let inputs: Vec<&Path> = std::iter::once(input).chain(config_file).collect();
    let file = interrupt::begin(
        || OutputFile::prepare(&path, &inputs, args.force),
        OutputFile::unfinished,
    )?;

    screen.stage("read")?;
    let customers = read_transactions(&args.input, &settings)?;
    say(&customers, &mut screen);
    screen.stage("write")?;
    let mut out = table_file(&path, Some(file.create()?));
    let style = CsvStyle {
        typed: is_parquet(&path),
        ..CsvStyle::default()
    };
    let escaped = write_customer_features(&customers, &mut out, style)?;
    out.end()?;
    screen.warn(escaped_warning(escaped).as_slice());
    interrupt::publish(|| file.publish())?;
    screen.finish();
    screen.say(&format!(
        "\n{}, {}: {}\nNext: kinfolk segment {}",
        count(customers.len(), "customer", "customers"),
        count(customers.features.len(), "feature", "features"),
        path.display(),
        path.display()
    ));
    Ok(())
}

/// What the file was taken for, what was counted, and what the columns mean.
fn say(customers: &CustomerFeatures, screen: &mut Screen) {
    let lines = usize::try_from(customers.lines).unwrap_or(usize::MAX);
    let mut text = format!(
        "{}: {}, {}, {} to {} ({})\n\n",
        customers.source,
        count(lines, "line", "lines"),
        count(customers.len(), "customer", "customers"),
        customers.days.0,
        customers.days.1,
        customers.reading.join(", ")
    );
    let mut roles = aligned(&["what", "column"]);
    for (role, column) in &customers.roles {
        roles.add_row([(*role).to_owned(), printable(column)]);
    }
    text.push_str(&roles.trim_fmt());
    text.push_str(&format!("\n\nLooking back from {}:\n\n", customers.as_of));
    let mut columns = aligned(&["feature", "what it is"]);
    for feature in &customers.features {
        columns.add_row([printable(&feature.name), printable(&feature.meaning)]);
    }
    text.push_str(&columns.trim_fmt());
    text.push('\n');
    screen.say(&text);
    screen.warn(&customers.warnings);
    screen.warn(dates_to_come(customers).as_slice());
}

/// Where the last date is still to come by the clock of this machine; nothing that is written depends on it.
fn dates_to_come(customers: &CustomerFeatures) -> Option<Warning> {
    let today = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs() / 86_400;
    let last = &customers.days.1;
    // Zones may be a day ahead.
    (customers.last_day() > i64::try_from(today).ok()? + 1).then(|| {
        Warning::new(
            "dates-to-come",
            format!("the last date, {last}, is still to come: all customers look long gone from there; --as-of names the day to look back from"),
        )
    })
}
