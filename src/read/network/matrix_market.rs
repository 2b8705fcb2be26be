//! Matrix Market: `%%MatrixMarket matrix coordinate real symmetric`, a line of sizes, a line per entry (Boisvert, Pozo and Remington 1996).

use super::found::Found;
use crate::error::{Error, Result};
use crate::warning::Warning;

pub(super) fn read(text: &str, found: &mut Found<'_>) -> Result<()> {
    let mut lines = (1u64..)
        .zip(text.lines())
        .map(|(line, row)| (line, row.trim_start_matches('\u{FEFF}').trim()));
    let header = lines
        .find(|(_, row)| !row.is_empty())
        .map_or("", |(_, row)| row)
        .to_lowercase();
    let (has_values, is_symmetric) = of_header(&header)?;
    let mut rows = lines.filter(|(_, row)| !row.is_empty() && !row.starts_with('%'));
    let (line, sizes) = rows.next().ok_or_else(|| {
        Error::data("ends before the line of sizes")
            .hint("rows, columns and entries are needed, such as 34 34 78")
    })?;
    let sizes: Vec<u64> = sizes.split_whitespace().map_while(|n| n.parse().ok()).collect();
    let [n_rows, n_columns, n_entries] = sizes[..] else {
        return Err(Error::data("the line of sizes does not hold three numbers")
            .at_line(line)
            .hint("rows, columns and entries are needed, such as 34 34 78"));
    };
    if n_rows != n_columns {
        return Err(Error::data(format!(
            "the matrix has {n_rows} rows and {n_columns} columns, and a network has as many of one as of the other"
        ))
        .at_line(line)
        .hint("a matrix of two kinds of things has to be projected on one of them first"));
    }
    let mut read = 0;
    for (line, row) in rows {
        let mut cells = row.split_whitespace();
        let mut end = || {
            let cell = cells.next().unwrap_or_default();
            match cell.parse::<u64>() {
                Ok(number) if number >= 1 && number <= n_rows => Ok(number.to_string()),
                _ => Err(
                    Error::data(format!("\"{cell}\" is none of the {n_rows} rows and columns"))
                        .at_line(line)
                        .hint("they count from 1"),
                ),
            }
        };
        let (a, b) = (end()?, end()?);
        let value = cells.next();
        let weight = if has_values {
            Some(value.unwrap_or_default())
        } else {
            None
        };
        found.edge([Some(&a), Some(&b)], weight, !is_symmetric, line)?;
        read += 1;
    }
    if read != n_entries {
        found.warnings.push(Warning::new(
            "entries-missing",
            format!("the file says that it holds {n_entries} entries, and {read} are there: was it cut off?"),
        ));
    }
    Ok(())
}

/// Whether entries have values, and whether the other half of the matrix is left out.
fn of_header(header: &str) -> Result<(bool, bool)> {
    let words: Vec<&str> = header.split_whitespace().collect();
    let wrong = |what: String| {
        Err(Error::data(what)
            .at_line(1)
            .hint("coordinate, with pattern, real or integer values, general or symmetric, is read"))
    };
    let [_, "matrix", layout, field, symmetry] = words[..] else {
        return wrong("the first line does not say what the file holds".to_owned());
    };
    if layout != "coordinate" {
        return wrong(format!("the matrix is of the kind \"{layout}\""));
    }
    let has_values = match field {
        "pattern" => false,
        "real" | "integer" | "double" => true,
        other => return wrong(format!("values of the kind \"{other}\" are no weights")),
    };
    match symmetry {
        "symmetric" => Ok((has_values, true)),
        "general" => Ok((has_values, false)),
        other => wrong(format!("the matrix is \"{other}\"")),
    }
}
