//! `kinfolk generate`.

use super::args::GenerateArgs;
use super::interrupt;
use super::screen::Screen;
use crate::export::OutputFile;
use crate::generate::{Purchases, generate};
use crate::{Error, Result};
use std::io::{BufWriter, Write};
use std::path::Path;

pub(super) fn run(args: &GenerateArgs, config_file: Option<&Path>, screen: &Screen) -> Result<()> {
    let Some(path) = &args.output else {
        if args.transactions {
            return purchases(args)?
                .pieces()
                .try_for_each(|piece| screen.print(&piece));
        }
        let mut bytes = Vec::new();
        generate(&args.settings())?
            .write_csv(&mut bytes)
            .map_err(|e| Error::io("standard output", "cannot be written", e))?;
        return screen.print(&bytes);
    };
    let inputs: Vec<&Path> = config_file.into_iter().collect();
    let output = interrupt::begin(
        || OutputFile::prepare(path, &inputs, args.force),
        OutputFile::unfinished,
    )?;
    let cannot = |e| Error::io(path, "cannot be written", e);
    if args.transactions {
        let purchases = purchases(args)?;
        purchases.write_csv(output.create()?).map_err(cannot)?;
    } else {
        let generated = generate(&args.settings())?;
        let mut out = BufWriter::new(output.create()?);
        generated
            .write_csv(&mut out)
            .and_then(|()| out.flush())
            .map_err(cannot)?;
    }
    interrupt::publish(|| output.publish())
}

fn purchases(args: &GenerateArgs) -> Result<Purchases> {
    Purchases::new(&args.settings(), args.lines_per_order)
}
