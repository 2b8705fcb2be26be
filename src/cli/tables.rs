//! The tables of a run: CSV always, and in other formats where they are asked for.

use super::args::Output;
use crate::export::{CsvStyle, JsonLines, OutputFolder};
use crate::{Error, Result};
use std::io::Write;

/// Endings of the names of a table, by the words of `--tables`.
pub(super) const ENDINGS: [&str; 3] = ["csv", "parquet", "jsonl"];

/// Refuses formats that this program was built without.
///
/// # Errors
/// Where one is asked for.
pub(super) fn check(args: &Output) -> Result<()> {
    if args.tables("parquet") && cfg!(not(feature = "parquet")) {
        return Err(Error::usage(
            "--tables parquet is not possible: this kinfolk was built without writing Parquet",
        )
        .hint("build it with cargo install --path . --features parquet, or take --tables jsonl"));
    }
    Ok(())
}

/// The names in other formats of all tables among these files.
pub(super) fn other_names(files: &[&str]) -> Vec<String> {
    let stems = files.iter().filter_map(|file| file.strip_suffix(".csv"));
    let others = |stem: &str| -> Vec<String> {
        let endings = ENDINGS.iter().filter(|ending| **ending != "csv");
        endings.map(|ending| format!("{stem}.{ending}")).collect()
    };
    stems.flat_map(others).collect()
}

/// Writes tables into a folder.
pub(super) struct Tables<'a> {
    folder: &'a mut OutputFolder,
    args: &'a Output,
    style: CsvStyle,
    /// Texts with an apostrophe before them.
    pub(super) escaped: usize,
}

impl<'a> Tables<'a> {
    pub(super) fn new(folder: &'a mut OutputFolder, args: &'a Output) -> Self {
        Tables {
            folder,
            args,
            style: args.csv_style(),
            escaped: 0,
        }
    }

    /// Writes the table `name` (without an ending); `rows` writes its rows and returns how many texts got an apostrophe.
    pub(super) fn write(
        &mut self,
        name: &str,
        rows: impl Fn(CsvStyle, &mut dyn Write) -> Result<usize>,
    ) -> Result<()> {
        let style = self.style;
        self.escaped += self
            .folder
            .write(&format!("{name}.csv"), |out| rows(style, out))?;
        let typed = CsvStyle {
            typed: true,
            ..CsvStyle::default()
        };
        if self.args.tables("jsonl") {
            self.folder.write(&format!("{name}.jsonl"), |out| {
                let mut lines = JsonLines::new(std::io::BufWriter::with_capacity(1 << 16, out));
                rows(typed, &mut lines)?;
                lines.finish().map(drop)
            })?;
        }
        #[cfg(feature = "parquet")]
        if self.args.tables("parquet") {
            self.folder.write(&format!("{name}.parquet"), |out| {
                let mut packed = crate::export::ParquetRows::new(Vec::new());
                rows(typed, &mut packed)?;
                out.write_all(&packed.finish()?)
                    .map_err(|e| Error::io("the table", "cannot be written", e))
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_may_come_in_every_format_and_nothing_else_does() {
        assert_eq!(
            other_names(&["report.html", "levels.csv"]),
            ["levels.parquet", "levels.jsonl"]
        );
    }
}
